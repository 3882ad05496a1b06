#include <criterion/criterion.h>

#include "format/container.h"
#include "lib/guard.h"

static struct container_guess guess(const uint8_t *bytes, size_t n)
{
	size_t tail = n < CONTAINER_TAIL_BYTES ? n : CONTAINER_TAIL_BYTES;
	size_t head = n < CONTAINER_HEAD_BYTES ? n : CONTAINER_HEAD_BYTES;
	struct span h = guard_copy(bytes, head, 0);
	struct span t = guard_copy(bytes + n - tail, tail, n - tail);
	struct container_guess g = container_detect(h, t);

	guard_free(h);
	guard_free(t);
	return g;
}

#define SIZE 0x40000

static const struct sample {
	size_t at, n;
	const char *bytes;
	enum container_kind kind;
} samples[] = {
	{ 0, 8, "conectix", CONTAINER_VHD },
	{ SIZE - 512, 8, "conectix", CONTAINER_VHD },
	{ SIZE - 511, 8, "conectix", CONTAINER_VHD },
	{ 512, 8, "cxsparse", CONTAINER_VHD },
	{ 0, 8, "vhdxfile", CONTAINER_VHDX },
	{ 0x20000, 4, "head", CONTAINER_VHDX },
	{ 0x30000, 4, "regi", CONTAINER_VHDX },
	{ 0, 8, "EVF\x09\x0d\x0a\xff\x00", CONTAINER_EWF },
	{ 13, 7, "header2", CONTAINER_EWF },
	{ 0, 4, "KDMV", CONTAINER_VMDK },
	{ 0, 21, "# Disk DescriptorFile", CONTAINER_VMDK },
	{ 0, 4, "QFI\xfb", CONTAINER_QCOW },
	{ 0, 8, "EVF2\x0d\x0a\x81\x00", CONTAINER_OTHER },
	{ 0, 8, "LVF\x09\x0d\x0a\xff\x00", CONTAINER_OTHER },
	{ 0x40, 4, "\x7f\x10\xda\xbe", CONTAINER_VDI },
	{ 0, 8, "AFF10\r\n\0", CONTAINER_AFF },
	{ 0, 4, "PK\x03\x04", CONTAINER_OTHER },
	{ 30, 21, "container.description", CONTAINER_OTHER },
	{ 0, 4, "\x04\x22\x4d\x18", CONTAINER_OTHER },
	{ 0, 23, "#!/bin/sh\n#V2.0 Format\n", CONTAINER_OTHER },
	{ 0, 8, "encrcdsa", CONTAINER_OTHER },
	{ 0, 4, "sprs", CONTAINER_OTHER },
	{ 0, 4, "VMA\0", CONTAINER_OTHER },
	{ 0, 8, "MSWIM\0\0\0", CONTAINER_OTHER },
	{ SIZE - 512, 4, "koly", CONTAINER_OTHER },
	{ 0, 3, "\x1f\x8b\x08", CONTAINER_GZIP },
	{ 0, 4, "regf", CONTAINER_OTHER },
	{ 0, 23, "Windows Registry Editor", CONTAINER_OTHER },
	{ 0, 24, "\xff\xfeW\0i\0n\0d\0o\0w\0s\0 \0R\0e\0g\0", CONTAINER_OTHER },
	{ 510, 2, "\x55\xaa", CONTAINER_RAW },
	{ 3, 8, "NTFS    ", CONTAINER_RAW },
	{ 512, 8, "EFI PART", CONTAINER_RAW },
};

Test(container, is_known_by_its_signature)
{
	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
		uint8_t *b = calloc(1, SIZE);
		struct container_guess g;

		memcpy(b + samples[i].at, samples[i].bytes, samples[i].n);
		g = guess(b, SIZE);
		cr_expect_eq(g.kind, samples[i].kind, "%s", samples[i].bytes);
		if (g.kind != CONTAINER_RAW)
			cr_expect_eq(g.at, samples[i].at);
		free(b);
	}
}

Test(container, with_one_wrong_byte_in_its_signature_is_not_raw)
{
	static const char *const first[] = {
		"conectix", "vhdxfile", "KDMV", "QFI\xfb",
		"# Disk DescriptorFile",
	};

	for (size_t i = 0; i < sizeof(first) / sizeof(*first); i++)
		for (size_t k = 0; k < strlen(first[i]); k++) {
			uint8_t b[1024] = { 0 };

			memcpy(b, first[i], strlen(first[i]));
			b[k] ^= 0x10;
			cr_expect_neq(guess(b, sizeof(b)).kind, CONTAINER_RAW);
			cr_expect(guess(b, sizeof(b)).damaged);
			/* But a boot sector is a disk's.  */
			b[510] = 0x55;
			b[511] = 0xaa;
			cr_expect_eq(guess(b, sizeof(b)).kind, CONTAINER_RAW);
		}
}

Test(container, of_any_size_can_be_looked_at)
{
	uint8_t b[600] = "EVF\x09\x0d\x0a\xff";

	for (size_t n = 0; n <= sizeof(b); n++)
		cr_expect_eq(guess(b, n).kind,
			     n < 8 ? CONTAINER_RAW : CONTAINER_EWF, "%zu", n);
}

Test(container, is_promised_by_an_extension)
{
	static const struct {
		const char *ext;
		enum container_kind kind;
		const char *bytes;
		unsigned at;
	} rows[] = {
		{ "E01", CONTAINER_EWF, "EVF\t\r\n\xff", 0 },
		{ "avhdx", CONTAINER_VHDX, "vhdxfile", 0 },
		{ "vdi", CONTAINER_VDI, "\x7f\x10\xda\xbe", 0x40 },
		{ "VHD", CONTAINER_VHD, "conectix", 512 },
		{ "vmdk", CONTAINER_VMDK, "KDMV", 0 },
		{ "qcow2", CONTAINER_QCOW, "QFI\xfb", 0 },
		{ "ex01", CONTAINER_OTHER, "EVF2", 0 },
		{ "l01", CONTAINER_OTHER, "LVF", 0 },
		{ "Lx01", CONTAINER_OTHER, "LEF2", 0 },
		{ "aff", CONTAINER_AFF, "AFF10", 0 },
		{ "aff4", CONTAINER_OTHER, "PK\x03\x04", 0 },
		{ "ad1", CONTAINER_OTHER, "ADSEGMENTEDFILE", 0 },
		{ "afm", CONTAINER_AFF, "AFF10", 0 },
		{ "gz", CONTAINER_GZIP, "\x1f\x8b\x08", 0 },
		{ "xz", CONTAINER_OTHER, "\xfd" "7zXZ", 0 },
		{ "zst", CONTAINER_OTHER, "\x28\xb5\x2f\xfd", 0 },
		{ "7z", CONTAINER_OTHER, "7z\xbc\xaf", 0 },
		{ "WIM", CONTAINER_OTHER, "MSWIM", 0 },
	};
	struct container_mark m;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		cr_assert(container_of_extension(rows[i].ext, &m), "%s",
			  rows[i].ext);
		cr_expect_eq(m.kind, rows[i].kind, "%s", rows[i].ext);
		cr_expect(memcmp(m.bytes, rows[i].bytes,
				 strlen(rows[i].bytes)) == 0, "%s",
			  rows[i].ext);
		cr_expect_eq(m.at, rows[i].at, "%s", rows[i].ext);
		cr_expect_eq(m.from_end, m.at == 512);
	}
	cr_expect(!container_of_extension("dd", &m));
	cr_expect(!container_of_extension("001", &m));
}

Test(container, a_name_may_tell_what_no_signature_does)
{
	static const struct {
		const char *ext, *words;
	} rows[] = {
		{ "vhds", "VHD set" }, { "VHDS", "VHD set" },
		{ "tib", "Acronis" }, { "tibx", "Acronis" },
		{ "mrimg", "Macrium" }, { "ghs", "Ghost" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *name = container_unread(rows[i].ext);

		cr_assert_not_null(name, "%s", rows[i].ext);
		cr_expect_not_null(strstr(name, rows[i].words));
	}
	cr_expect_null(container_unread("raw"));
	cr_expect_null(container_unread("vhd"));
}

/* What the specifications, and the magic of file(1), have at the start of each
 * format that is known but not read.  */
static const struct {
	const char *words;	/* of the name that a person reads */
	size_t at, n;
	const char *bytes;
} refused[] = {
	{ "Ex01", 0, 8, "EVF2\x0d\x0a\x81\x00" },
	{ "Lx01", 0, 8, "LEF2\x0d\x0a\x81\x00" },
	{ "L01", 0, 8, "LVF\x09\x0d\x0a\xff\x00" },
	{ "AFF4", 0, 51, "PK\3\4\24\0\0\0\0\0xxxxxxxxxxxxxxxx\25\0\0\0"
	  "container.description" },
	{ "AFF4", 0, 48, "PK\3\4\24\0\0\0\0\0xxxxxxxxxxxxxxxx\22\0\0\0"
	  "information.turtle" },
	{ "Zip file", 0, 38, "PK\3\4\24\0\0\0\0\0xxxxxxxxxxxxxxxx\10\0\0\0"
	  "disk.raw" },
	{ "UDIF", SIZE - 512, 12, "koly\0\0\0\4\0\0\2\0" },
	{ "sparse Apple", 0, 8, "sprs\0\0\0\3" },
	{ "encrypted Apple", 0, 8, "encrcdsa" },
	{ "Parallels", 0, 20, "WithoutFreeSpace\2\0\0\0" },
	{ "Parallels", 0, 20, "WithouFreSpacExt\2\0\0\0" },
	{ "Parallels", 0, 60, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	  "<Parallels_disk_image Version=\"1.0\">" },
	{ "Parallels", 0, 60, "<?xml version='1.0' encoding='UTF-8'?>\n"
	  "<Parallels_disk_image Version=\"1.0\">" },
	{ "QED", 0, 4, "QED\0" },
	{ "Bochs", 0, 33, "Bochs Virtual HD Image\0\0\0\0\0\0\0\0\0\0Re" },
	{ "cloop", 0, 33, "#!/bin/sh\n#V2.0 Format\nmodprobe c" },
	{ "WIM", 0, 12, "MSWIM\0\0\0\xd0\0\0\0" },
	{ "WIM", 0, 12, "WLPWM\0\0\0\xd0\0\0\0" },
	{ "Hyper-V", 0, 4, "\x14\x20\x28\x01" },
	{ "VMSN", 0, 4, "\xd2\xbe\xd2\xbe" },
	{ "VMSN", 0, 4, "\xd0\xbe\xd2\xbe" },
	{ "VMSN", 0, 4, "\xd0\xbe\xd0\xbe" },
	{ "VMSN", 0, 4, "\xd3\xbe\xd3\xbe" },
	{ "VMSN", 0, 4, "\xd1\xba\xd1\xba" },
	{ "COWD", 0, 8, "COWD\1\0\0\0" },
	{ "SESparse", 0, 8, "\xbe\xba\xfe\xca\0\0\0\0" },
	{ "AD1", 0, 16, "ADSEGMENTEDFILE\0" },
	{ "ntfsclone", 0, 16, "\0ntfsclone-image" },
	{ "partclone", 0, 15, "partclone-image" },
	{ "Partimage", 0, 16, "PaRtImAgE-VoLuMe" },
	{ "Ghost", 0, 4, "\xfe\xef\1\1" },
	{ "Ghost", 0, 4, "\xfe\xef\1\2" },
	{ "Acronis", 0, 8, "\xce\x24\xb9\xa2\x20\0\0\0" },
	{ "Macrium", SIZE - 20, 20, "\0\0\1\0\0\0\0\0MACRIUM_FILE" },
	{ "Macrium", SIZE - 40, 21, "__79241006_2651_11D4_" },
	{ "bzip2", 0, 10, "BZh91AY&SY" },
	{ "xz", 0, 6, "\xfd" "7zXZ\0" },
	{ "zstd", 0, 4, "\x28\xb5\x2f\xfd" },
	{ "LZ4", 0, 4, "\x04\x22\x4d\x18" },
	{ "lzip", 0, 5, "LZIP\1" },
	{ "7z", 0, 6, "7z\xbc\xaf\x27\x1c" },
	{ "RAR", 0, 7, "Rar!\x1a\7\0" },
	{ "RAR", 0, 8, "Rar!\x1a\7\1\0" },
	{ "tar", 257, 8, "ustar\00000" },
	{ "tar", 257, 8, "ustar  \0" },
	{ "cabinet", 0, 8, "MSCF\0\0\0\0" },
	{ "SquashFS", 0, 4, "hsqs" },
	{ "VMA", 0, 8, "VMA\0\0\0\0\1" },
	{ "VBK", 0, 16, "\x0d\0\0\0\1\0\0\0\3\0\0\0md5" },
	{ "memory dump", 0, 8, "PAGEDU64" },
	{ "memory dump", 0, 8, "PAGEDUMP" },
	{ "memory dump", 0, 6, "MDMP\x93\xa7" },
	{ "memory dump", 0, 8, "EMiL\1\0\0\0" },
};

Test(container, that_is_not_read_is_named)
{
	uint8_t *b = malloc(SIZE);

	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		struct container_guess g;

		memset(b, 0, SIZE);
		memcpy(b + refused[i].at, refused[i].bytes, refused[i].n);
		g = guess(b, SIZE);
		cr_expect_eq(g.kind, CONTAINER_OTHER, "%s", refused[i].words);
		cr_expect_not_null(strstr(g.name, refused[i].words), "%s: %s",
				   refused[i].words, g.name);
		/* By no less than the whole signature.  */
		b[refused[i].at] ^= 0xff;
		b[refused[i].at + refused[i].n - 1] ^= 0xff;
		if (refused[i].n < 9)
			cr_expect_neq(guess(b, SIZE).kind, CONTAINER_OTHER,
				      "%s", refused[i].words);
	}
	free(b);
}
