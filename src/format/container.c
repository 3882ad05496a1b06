/*
 * container.c - signatures of disk image formats
 *
 *   WHERE          SIGNATURE                      FORMAT
 *   0              "conectix"                     VHD, dynamic or differencing
 *   512            "cxsparse"                     the same, footer copy lost
 *   end - 512      "conectix"                     VHD of any type
 *   end - 511      "conectix"                     VHD of early Virtual PC
 *   0              "vhdxfile"                     VHDX
 *   64, 128 KiB    "head"                         VHDX, identifier lost
 *   192 KiB        "regi"                         the same
 *   0              "EVF" 09 0d 0a ff 00           EWF (E01, S01)
 *   0x0d           "header" or "volume"           EWF, signature lost
 *   0              "KDMV"                         VMDK, sparse extent
 *   0              "# Disk DescriptorFile"        VMDK, descriptor
 *   0              "QFI" fb                       QCOW, QCOW2
 *   64             7f 10 da be                    VirtualBox disk image (VDI)
 *   0              "AFF10" 0d 0a 00               AFF image
 *   0              1f 8b 08                       gzip
 *
 * The table below has those that are recognised only to be refused by name.  A
 * disk begins with none of these: its first sector is code, or zero.  LUKS is
 * none of them: whole disks and sticks begin with it, and the report says so of
 * such a disk; a file that is a LUKS container looks the same, and all that can
 * be said of it is said as well.  SquashFS is: no disk of a Windows host begins
 * with it, while evidence is kept in such files (sfsimage), of which nobody may
 * be told that they are a disk without volumes.
 *
 * Sources: libyal/libvhdi, libewf, libvmdk, libqcow documentation; [MS-VHDX]
 * 2.1; qemu block/vdi.c, qed.h, parallels.c; AFFLIBv3
 * include/afflib/afflib_i.h; aff4/Standard (a Zip file); dissect.hypervisor
 * c_hyperv.py; crash, vmware_vmss.h; macrium/mrimgx_file_layout,
 * docs/FILE_LAYOUT.md (the older mark of Macrium from those who have read such
 * files); file, magic/Magdir.
 *
 * A memory image of VMware (.vmem) and a mere dump of memory have no signature;
 * that of a CD (ISO 9660) is read as a disk.
 */
#include "format/container.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

enum where { FIRST, SECOND, TAIL };

struct signature {
	enum container_kind kind;
	enum where where;	/* TAIL: `at' counts back from the end */
	unsigned at;
	unsigned n;
	const char *bytes;
	const char *name;
};

#define READ(kind, where, at, bytes, name) \
	{ CONTAINER_##kind, where, at, sizeof(bytes) - 1, bytes, name }
#define REFUSED(at, bytes, name) READ(OTHER, FIRST, at, bytes, name)

static const struct signature signatures[] = {
	READ(VHD, FIRST, 0, "conectix", "VHD"),
	READ(VHDX, FIRST, 0, "vhdxfile", "VHDX"),
	READ(EWF, FIRST, 0, "EVF\x09\x0d\x0a\xff\x00", "EWF image"),
	READ(VMDK, FIRST, 0, "KDMV", "VMDK sparse extent"),
	READ(VMDK, FIRST, 0, "# Disk DescriptorFile", "VMDK descriptor"),
	READ(QCOW, FIRST, 0, "QFI\xfb", "QCOW image"),
	READ(VDI, FIRST, 0x40, "\x7f\x10\xda\xbe",
	     "VirtualBox disk image (VDI)"),
	REFUSED(0, "EVF2\x0d\x0a\x81\x00", "EWF version 2 image (Ex01)"),
	REFUSED(0, "LVF\x09\x0d\x0a\xff\x00", "logical EWF image (L01)"),
	REFUSED(0, "LEF2\x0d\x0a\x81\x00", "logical EWF image (Lx01)"),
	REFUSED(0, "COWD", "VMDK of ESX (COWD)"),
	REFUSED(0, "\xbe\xba\xfe\xca\x00\x00\x00\x00", "VMDK (SESparse)"),
	READ(AFF, FIRST, 0, "AFF10\r\n\0", "AFF image"),
	REFUSED(0, "QED\0", "QED image"),
	REFUSED(0, "WithoutFreeSpace", "Parallels disk image"),
	REFUSED(0, "WithouFreSpacExt", "Parallels disk image"),
	REFUSED(39, "<Parallels_disk_image", "Parallels disk descriptor"),
	REFUSED(0, "Bochs Virtual HD Image", "Bochs disk image"),
	REFUSED(0, "MSWIM\0\0\0", "Windows imaging file (WIM)"),
	REFUSED(0, "WLPWM\0\0\0", "Windows imaging file (WIM)"),
	REFUSED(0, "\x14\x20\x28\x01", "Hyper-V state (VMRS or VMCX)"),
	REFUSED(0, "\xd2\xbe\xd2\xbe", "VMware state (VMSN or VMSS)"),
	REFUSED(0, "\xd0\xbe\xd2\xbe", "VMware state (VMSN or VMSS)"),
	REFUSED(0, "\xd0\xbe\xd0\xbe", "VMware state (VMSN or VMSS)"),
	REFUSED(0, "\xd3\xbe\xd3\xbe", "VMware state (VMSN or VMSS)"),
	REFUSED(0, "\xd1\xba\xd1\xba", "VMware state (VMSN or VMSS)"),
	REFUSED(0, "PAGEDUMP", "Windows memory dump"),
	REFUSED(0, "PAGEDU64", "Windows memory dump"),
	REFUSED(0, "MDMP\x93\xa7", "Windows memory dump"),
	REFUSED(0, "EMiL", "LiME memory dump"),
	REFUSED(0, "PaRtImAgE-VoLuMe", "Partimage image"),
	REFUSED(0, "\0ntfsclone-image", "ntfsclone image"),
	REFUSED(0, "partclone-image", "partclone image"),
	REFUSED(0, "\xfe\xef\x01", "Norton Ghost image"),
	REFUSED(0, "\xce\x24\xb9\xa2\x20\0\0\0", "Acronis True Image backup"),
	READ(OTHER, TAIL, 12, "MACRIUM_FILE", "Macrium Reflect image"),
	READ(OTHER, TAIL, 40, "__79241006_2651_11D4_", "Macrium Reflect image"),
	REFUSED(0, "ADCRYPT\0", "encrypted AD1 or E01 image"),
	REFUSED(0, "ADSEGMENTEDFILE\0", "AccessData logical image (AD1)"),
	REFUSED(30, "container.description", "AFF4 image"),
	REFUSED(30, "version.txt", "AFF4 image"),
	REFUSED(30, "information.turtle", "AFF4 image"),
	REFUSED(30, "aff4%3A%2F%2F", "AFF4 image"),
	REFUSED(0, "PK\x03\x04", "Zip file (AFF4 image or archive)"),
	READ(GZIP, FIRST, 0, "\x1f\x8b\x08", "gzip file"),
	REFUSED(4, "1AY&SY", "bzip2 file"),
	REFUSED(0, "\xfd" "7zXZ\0", "xz file"),
	REFUSED(0, "\x28\xb5\x2f\xfd", "zstd file"),
	REFUSED(0, "7z\xbc\xaf\x27\x1c", "7z archive"),
	REFUSED(0, "Rar!\x1a\x07", "RAR archive"),
	REFUSED(257, "ustar", "tar archive"),
	REFUSED(0, "\x04\x22\x4d\x18", "LZ4 file"),
	REFUSED(0, "LZIP\x01", "lzip file"),
	REFUSED(0, "MSCF\0\0\0\0", "cabinet file"),
	REFUSED(0, "hsqs", "SquashFS image"),
	REFUSED(0, "#!/bin/sh\n#V2.0 Format\n", "compressed loop (cloop)"),
	REFUSED(0, "encrcdsa", "encrypted Apple disk image"),
	REFUSED(0, "sprs", "sparse Apple disk image"),
	REFUSED(0, "VMA\0", "backup of Proxmox (VMA)"),
	REFUSED(4, "\1\0\0\0\3\0\0\0md5", "Veeam backup (VBK)"),
	REFUSED(0, "regf", "registry hive (--hive reads it)"),
	REFUSED(0, "Windows Registry Editor", "registry text (--reg reads it)"),
	REFUSED(0, "\xff\xfeW\0i\0n\0d\0o\0w\0s\0 \0R\0e\0g\0",
		"registry text (--reg reads it)"),
	READ(OTHER, TAIL, 512, "koly", "Apple disk image (UDIF)"),
	READ(VHD, TAIL, 512, "conectix", "VHD"),
	READ(VHD, TAIL, 511, "conectix", "VHD"),
	READ(VHD, SECOND, 512, "cxsparse", "VHD"),
	READ(VHDX, SECOND, 0x10000, "head", "VHDX"),
	READ(VHDX, SECOND, 0x20000, "head", "VHDX"),
	READ(VHDX, SECOND, 0x30000, "regi", "VHDX"),
	READ(EWF, SECOND, 0x0d, "header", "EWF image"),
	READ(EWF, SECOND, 0x0d, "volume", "EWF image"),
	READ(VMDK, SECOND, 512, "# Disk DescriptorFile", "VMDK sparse extent"),
};

/* How many of the signature's bytes are not as they should be; all of them
 * where the file is too short.  */
static unsigned wrong_bytes(const struct signature *sig, struct span head,
			    struct span tail, uint64_t *ret_at)
{
	struct span s = sig->where == TAIL ? tail : head;
	unsigned wrong = 0;
	uint64_t at = sig->at;

	if (sig->where == TAIL) {
		if (s.n < sig->at)
			return sig->n;
		at = s.n - sig->at;
	}
	if (!span_sub(s, at, sig->n, &s))
		return sig->n;
	for (unsigned i = 0; i < sig->n; i++)
		wrong += s.p[i] != (uint8_t)sig->bytes[i];
	*ret_at = s.at;
	return wrong;
}

static bool find(struct span head, struct span tail, unsigned max_wrong,
		 struct container_guess *ret)
{
	for (size_t i = 0; i < sizeof(signatures) / sizeof(*signatures); i++) {
		const struct signature *sig = &signatures[i];
		uint64_t at = 0;

		/* Short marks far inside, and formats that are refused anyway,
		 * must be there to the letter.  */
		if (max_wrong > 0 && (sig->kind == CONTAINER_OTHER ||
				      sig->where == SECOND || sig->n < 4))
			continue;
		if (wrong_bytes(sig, head, tail, &at) > max_wrong)
			continue;
		*ret = (struct container_guess){
			sig->kind, sig->name, at,
			max_wrong > 0 || sig->where == SECOND,
		};
		return true;
	}
	return false;
}

struct container_guess container_detect(struct span head, struct span tail)
{
	struct container_guess g = { CONTAINER_RAW, "raw image", 0, false };

	if (find(head, tail, 0, &g))
		return g;
	/* One wrong byte is damage, unless the first sector is a boot sector:
	 * then the file holds a disk, whatever else resembles a signature.  */
	if (span_has(head, 510, "\x55\xaa", 2))
		head.n = 0;
	find(head, tail, 1, &g);
	return g;
}

/* The extensions, and which of the signatures they promise.  */
static const struct {
	const char *ext, *name;
	enum where where;
} extensions[] = {
	{ "vhd", "VHD", TAIL }, { "avhd", "VHD", TAIL },
	{ "vhdx", "VHDX", FIRST }, { "avhdx", "VHDX", FIRST },
	{ "e01", "EWF image", FIRST }, { "s01", "EWF image", FIRST },
	{ "vmdk", "VMDK sparse extent", FIRST },
	{ "qcow", "QCOW image", FIRST }, { "qcow2", "QCOW image", FIRST },
	{ "ex01", "EWF version 2 image (Ex01)", FIRST },
	{ "l01", "logical EWF image (L01)", FIRST },
	{ "lx01", "logical EWF image (Lx01)", FIRST },
	{ "vdi", "VirtualBox disk image (VDI)", FIRST },
	{ "aff", "AFF image", FIRST }, { "afm", "AFF image", FIRST },
	{ "aff4", "Zip file (AFF4 image or archive)", FIRST },
	{ "ad1", "AccessData logical image (AD1)", FIRST },
	{ "gz", "gzip file", FIRST }, { "xz", "xz file", FIRST },
	{ "zst", "zstd file", FIRST }, { "7z", "7z archive", FIRST },
	{ "wim", "Windows imaging file (WIM)", FIRST },
	{ "gho", "Norton Ghost image", FIRST },
	{ "mrimgx", "Macrium Reflect image", TAIL },
};

static bool find_mark(const char *name, enum where where,
		      struct container_mark *ret)
{
	for (size_t i = 0; i < sizeof(signatures) / sizeof(*signatures); i++) {
		const struct signature *sig = &signatures[i];

		if (sig->where != where || strcmp(sig->name, name) != 0)
			continue;
		*ret = (struct container_mark){
			sig->kind, sig->bytes, sig->n, sig->at, where == TAIL,
		};
		return true;
	}
	return false;
}

bool container_of_extension(const char *ext, struct container_mark *ret)
{
	for (size_t i = 0; i < sizeof(extensions) / sizeof(*extensions); i++)
		if (strcasecmp(ext, extensions[i].ext) == 0)
			return find_mark(extensions[i].name,
					 extensions[i].where, ret);
	return false;
}

/* Formats whose files have no signature that is known in public.  */
static const struct {
	const char *ext, *name;
} unread[] = {
	{ "vhds", "VHD set (its disk is in .avhdx files beside it)" },
	{ "tib", "Acronis True Image backup" },
	{ "tibx", "Acronis backup" },
	{ "mrimg", "Macrium Reflect image" },
	{ "ghs", "further part of a Norton Ghost image" },
};

const char *container_unread(const char *ext)
{
	for (size_t i = 0; i < sizeof(unread) / sizeof(*unread); i++)
		if (strcasecmp(ext, unread[i].ext) == 0)
			return unread[i].name;
	return NULL;
}
