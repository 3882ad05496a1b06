#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "disk/findings.h"
#include "lib/identified.h"
#include "lib/shared_data.h"

#define MIB (1u << 20)

struct want {
	const char *file, *member;
	enum fs_kind kind;
	const char *name;
	uint32_t serial;
	uint64_t serial64;
	uint32_t cluster_size;
	const char *label;
};

/* Serial numbers and labels as fsstat and README of the data tell them; but
 * fsstat sees only the entry of the first volume's first label, which was none,
 * and blkid the one that Windows wrote later.  */
static const struct want real[] = {
	{ "msuhanov__dfir_ntfs/test_data/exfat_win.raw.gz", "exfat_win.raw",
	  FS_EXFAT, "exFAT", 0x405e4ea6, 0, 512, "test123" },
	{ "msuhanov__dfir_ntfs/test_data/win_exfat_7.raw.gz",
	  "win_exfat_7.raw", FS_EXFAT, "exFAT", 0x947889e1, 0, 4096, NULL },
	{ "msuhanov__dfir_ntfs/test_data/fat16.raw.gz", "fat16.raw", FS_FAT16,
	  "FAT16", 0x134cd791, 0, 2048, NULL },
	{ "msuhanov__dfir_ntfs/test_data/fat32_small.raw.gz",
	  "fat32_small.raw", FS_FAT32, "FAT32", 0x1f7cd088, 0, 65536, NULL },
	{ "util-linux__util-linux/tests/ts/blkid/images-fs/"
	  "fat32_xp_label1.img.xz", "fat32_xp_label1.img", FS_FAT32, "FAT32",
	  0xa4209304, 0, 512, "LABEL1" },
	{ "util-linux__util-linux/tests/ts/blkid/images-fs/ntfs.img.xz",
	  "ntfs.img", FS_NTFS, "NTFS", 0x30c87310, 0x09cbb6de30c87310, 4096,
	  NULL },
	{ "util-linux__util-linux/tests/ts/blkid/images-fs/"
	  "bitlocker-win7.img.xz", "bitlocker-win7.img", FS_BITLOCKER,
	  "BitLocker", 0, 0, 0, NULL },
	{ "log2timeline__dfvfs/test_data/bdetogo.raw", NULL, FS_BITLOCKER,
	  "BitLocker", 0, 0, 0, NULL },
	{ "Velocidex__velociraptor/artifacts/testdata/files/"
	  "fat_very_small.dd", NULL, FS_FAT12, "FAT12", 0x0cb36f08, 0, 2048,
	  NULL },
};

Test(volume, recognises_real_volumes)
{
	for (size_t i = 0; i < sizeof(real) / sizeof(real[0]); i++) {
		const struct want *w = &real[i];
		size_t n;
		uint8_t *p = test_file(w->member == NULL ?
				       shared_data(w->file) :
				       shared_data_unpacked(w->file,
							    w->member), &n);
		struct identified t;

		if (p == NULL)
			cr_skip_test("no shared data");
		identify_bytes(&t, p, n, n);
		cr_expect_eq(t.v.kind, w->kind, "%s", w->file);
		cr_expect_str_eq(t.v.name, w->name, "%s", w->file);
		cr_expect_eq(t.v.has_serial, w->serial != 0);
		cr_expect_eq(t.v.serial, w->serial, "%s", w->file);
		cr_expect_eq(t.v.serial64, w->serial64, "%s", w->file);
		cr_expect_eq(t.v.cluster_size, w->cluster_size);
		if (w->label == NULL)
			cr_expect_null(t.v.label.utf8, "%s: %s", w->file,
				       t.v.label.utf8);
		else
			cr_expect_str_eq(t.v.label.utf8, w->label);
		cr_assert_eq(t.v.cites.n, 1);
		cr_expect_eq(t.v.cites.list[0].offset, 0);
		cr_expect_not(t.v.from_backup);
		identified_done(&t);
		free(p);
	}
}

Test(volume, reads_fat_labels_as_mkfs_writes_them)
{
	static const struct {
		const char *mkfs;
		size_t size;
		enum fs_kind kind;
	} cases[] = {
		{ "mkfs.fat -F 12 -i 1234abcd -n 'MY DISK'", MIB, FS_FAT12 },
		{ "mkfs.fat -F 16 -i 1234abcd -n 'MY DISK'", 16 * MIB,
		  FS_FAT16 },
		{ "mkfs.fat -F 32 -i 1234abcd -n 'MY DISK'", 64 * MIB,
		  FS_FAT32 },
	};

	for (int i = 0; i < 3; i++) {
		uint8_t *p = volume_made_by(cases[i].mkfs, cases[i].size);
		struct identified t;

		identify_bytes(&t, p, cases[i].size, cases[i].size);
		cr_expect_eq(t.v.kind, cases[i].kind);
		cr_expect_eq(t.v.serial, 0x1234abcd);
		cr_expect_str_eq(t.v.label.utf8, "MY DISK");
		cr_expect_eq(t.diags.n, 0);
		/* The boot sector, the start of the FAT, the root for a label
		 * and for a Windows; of FAT32 the backup of the former.  */
		cr_expect_leq(t.disk.stats.calls, i < 2 ? 4 : 5);
		identified_done(&t);
		free(p);
	}
}

/* The label of the root directory counts, that of the boot sector only where
 * the former cannot be read.  FAT32's root is a chain: here its first cluster is full of
 * deleted entries.  */
Test(volume, the_root_directorys_label_comes_first)
{
	uint8_t *p = volume_made_by("mkfs.fat -F 32 -s 1 -R 32 -f 1 -n BOOT",
			     64 * MIB);
	uint32_t fat = 32 * 512, fat_bytes = 512 * (uint32_t)p[0x24] +
					     512 * 256 * (uint32_t)p[0x25];
	uint8_t *root = p + fat + fat_bytes, *second = root + 512;
	struct identified t;

	memcpy(root, "\x8eHNLICH    \x08", 12);
	identify_bytes(&t, p, 64 * MIB, 64 * MIB);
	cr_expect_str_eq(t.v.label.utf8, "\xc3\x84HNLICH");
	identified_done(&t);

	root[0] = 0x05;	/* stands for e5 */
	identify_bytes(&t, p, 64 * MIB, 64 * MIB);
	cr_expect_str_eq(t.v.label.utf8, "\xcf\x83HNLICH", "of page 437");
	identified_done(&t);

	for (int i = 0; i < 16; i++)
		root[32 * i] = 0xe5;
	memcpy(second, "SECOND     \x08", 12);
	memcpy(p + fat + 8, "\x03\0\0\0\xff\xff\xff\x0f", 8);
	identify_bytes(&t, p, 64 * MIB, 64 * MIB);
	cr_expect_str_eq(t.v.label.utf8, "SECOND");
	identified_done(&t);

	memset(second, 0xe5, 512);
	identify_bytes(&t, p, 64 * MIB, 64 * MIB);
	cr_expect_null(t.v.label.utf8);
	cr_expect_not_null(test_finding(&t.diags,
					&FINDING_VOLUME_LABELS_DIFFER));
	cr_expect_null(test_finding(&t.diags, &FINDING_VOLUME_LABEL));
	identified_done(&t);

	/* In a circle, and out of the volume.  */
	for (int i = 0; i < 2; i++) {
		memcpy(p + fat + 12, i == 0 ? "\2\0\0\0" : "\0\0\0\1", 4);
		identify_bytes(&t, p, 64 * MIB, 64 * MIB);
		cr_expect_str_eq(t.v.label.utf8, "BOOT");
		cr_expect_leq(t.disk.stats.bytes, 4 * MIB);
		cr_expect_not_null(test_finding(&t.diags,
						&FINDING_VOLUME_LABEL));
		identified_done(&t);
	}
	/* The directory itself is out of the volume: it may have a label.  */
	memcpy(p + 0x2c, "\xff\xff\xff\x0f", 4);
	identify_bytes(&t, p, 64 * MIB, 64 * MIB);
	cr_expect_str_eq(t.v.label.utf8, "BOOT");
	cr_expect_not_null(test_finding(&t.diags, &FINDING_VOLUME_LABEL));
	cr_expect_null(test_finding(&t.diags, &FINDING_VOLUME_LABELS_DIFFER));
	identified_done(&t);
	free(p);
}

Test(volume, reads_exfat_labels_as_mkfs_writes_them)
{
	uint8_t *p = volume_made_by("mkfs.exfat -L 'Том 1'", 16 * MIB);
	struct identified t;

	identify_bytes(&t, p, 16 * MIB, 16 * MIB);
	cr_expect_eq(t.v.kind, FS_EXFAT);
	cr_expect_str_eq(t.v.label.utf8, "Том 1");
	cr_expect_eq(t.diags.n, 0);
	identified_done(&t);
	p[200] ^= 1;	/* boot code, which the checksum covers */
	identify_bytes(&t, p, 16 * MIB, 16 * MIB);
	cr_expect_eq(t.v.kind, FS_EXFAT);
	cr_expect_not_null(test_finding(&t.diags, &FINDING_VOLUME_ODD));
	identified_done(&t);
	free(p);
}

/* Tools that change it do so in the first sector alone.  */
Test(volume, the_backups_serial_number_is_compared)
{
	static const struct {
		const char *mkfs;
		size_t size, serial, backup;
		const char *says;
	} rows[] = {
		{ "mkntfs -F -q -s 512 -p 0", 8 * MIB, 0x48, 8 * MIB - 512,
		  "has the serial number 5544-3322 (8877665555443322), which "
		  "Windows shows; its backup, at byte 8388096 of the volume, "
		  "has 4433-2211 (8877665544332211): " },
		{ "mkfs.fat -F 32 -i 1234abcd", 64 * MIB, 0x43, 6 * 512,
		  "has the serial number 5544-3322, which Windows shows; its "
		  "backup, at byte 3072 of the volume, has 1234-ABCD: " },
		{ "mkfs.exfat", 16 * MIB, 0x64, 12 * 512,
		  "has the serial number 5544-3322, which Windows shows; its "
		  "backup, at byte 6144 of the volume, has " },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t *p = volume_made_by(rows[i].mkfs, rows[i].size);
		const struct diag *d;
		struct identified t;

		identify_bytes(&t, p, rows[i].size, rows[i].size);
		cr_expect_null(test_finding(&t.diags,
					    &FINDING_VOLUME_SERIALS_DIFFER));
		identified_done(&t);
		memcpy(p + rows[i].serial, "\x22\x33\x44\x55", 4);
		if (i == 0) {
			memcpy(p + 0x4c, "\x55\x66\x77\x88", 4);
			memcpy(p + rows[i].backup + 0x48,
			       "\x11\x22\x33\x44\x55\x66\x77\x88", 8);
		}
		identify_bytes(&t, p, rows[i].size, rows[i].size);
		cr_expect_eq(t.v.serial, 0x55443322);
		d = test_finding(&t.diags, &FINDING_VOLUME_SERIALS_DIFFER);
		cr_assert_not_null(d);
		cr_expect(strstr(d->message, rows[i].says) != NULL, "%s",
			  d->message);
		cr_assert_eq(d->cites.n, 2);
		cr_expect_eq(d->cites.list[1].offset, rows[i].backup);
		identified_done(&t);
		free(p);
	}
}

Test(volume, ntfs_is_known_from_its_backup_boot_sector)
{
	enum { SIZE = 8 * MIB };
	uint8_t *p = volume_made_by("mkntfs -F -q -s 512 -p 0", SIZE);
	struct identified t, u;
	const struct diag *d;

	identify_bytes(&t, p, SIZE, SIZE);
	cr_expect_eq(t.v.kind, FS_NTFS);
	cr_expect_not(t.v.from_backup);
	cr_expect_eq(t.disk.stats.calls, 2, "both boot sectors");
	cr_expect_eq(t.diags.n, 0);

	p[0x0d] = 3;	/* sectors per cluster */
	identify_bytes(&u, p, SIZE, SIZE);
	cr_expect_eq(u.v.kind, FS_NTFS);
	cr_expect(u.v.from_backup);
	cr_expect_eq(u.v.serial64, t.v.serial64);
	cr_expect_eq(u.v.capacity, t.v.capacity);
	cr_assert_eq(u.v.cites.n, 1);
	cr_expect_eq(u.v.cites.list[0].offset, SIZE - 512);
	d = test_finding(&u.diags, &FINDING_VOLUME_BACKUP_USED);
	cr_expect_not_null(d);
	identified_done(&u);

	memset(p, 0, 4096);	/* wiped */
	identify_bytes(&u, p, SIZE, SIZE);
	cr_expect_eq(u.v.kind, FS_NTFS);
	cr_expect(u.v.from_backup);
	cr_expect_eq(u.v.serial64, t.v.serial64);
	identified_done(&u);

	memset(p, 0, SIZE - 512);	/* a backup of what is gone */
	identify_bytes(&u, p, SIZE, SIZE);
	cr_expect_eq(u.v.kind, FS_UNKNOWN);
	identified_done(&u);
	identified_done(&t);
	free(p);
}

/* FAT32 and exFAT have theirs near the first one.  */
Test(volume, fat_is_known_from_its_backup_boot_sector)
{
	enum { SIZE = 64 * MIB };
	static const struct {
		const char *mkfs;
		enum fs_kind kind;
		uint64_t at;
	} cases[] = {
		{ "mkfs.fat -F 32 -n 'MY DISK'", FS_FAT32, 6 * 512 },
		{ "mkfs.exfat -L 'MY DISK'", FS_EXFAT, 12 * 512 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t *p = volume_made_by(cases[i].mkfs, SIZE);
		struct identified t, u;

		identify_bytes(&t, p, SIZE, SIZE);
		memset(p, 0, 512);
		identify_bytes(&u, p, SIZE, SIZE);
		cr_expect_eq(u.v.kind, cases[i].kind, "case %zu", i);
		cr_expect(u.v.from_backup);
		cr_expect_eq(u.v.serial, t.v.serial);
		cr_assert_not_null(u.v.label.utf8);
		cr_expect_str_eq(u.v.label.utf8, "MY DISK");
		cr_expect_eq(u.v.cites.list[0].offset, cases[i].at);
		cr_expect_not_null(test_finding(&u.diags,
						&FINDING_VOLUME_BACKUP_USED));
		identified_done(&u);
		identified_done(&t);
		free(p);
	}
}

/* A partition is longer than its volume by less than what partitions are
 * aligned to; and what lies in its last sector is another volume's.  */
Test(volume, the_backup_of_a_shorter_volume_is_found)
{
	enum { SIZE = 8 * MIB, LONGER = SIZE + MIB - 512 };
	uint8_t *p = volume_made_by("mkntfs -F -q -s 512 -p 0", SIZE);
	uint8_t *longer = realloc(p, LONGER);
	struct identified t;

	cr_assert_not_null(longer);
	p = longer;
	memset(p + SIZE, 0, LONGER - SIZE);
	memcpy(p + LONGER - 512, p, 512);	/* the next one's */
	p[LONGER - 512 + 0x48] ^= 0xff;
	memset(p, 0, 512);
	identify_bytes(&t, p, LONGER, LONGER);
	cr_expect_eq(t.v.kind, FS_NTFS);
	cr_assert_eq(t.v.cites.n, 1);
	cr_expect_eq(t.v.cites.list[0].offset, SIZE - 512);
	cr_expect_eq(t.v.backup_at, SIZE - 512);
	identified_done(&t);
	free(p);
}

/* The last sector is where it is, whatever its size.  */
Test(volume, the_backup_is_looked_for_in_sectors_of_4096_bytes)
{
	enum { SIZE = 8 * MIB };
	uint8_t *p = volume_made_by("mkntfs -F -q -s 4096 -p 0", SIZE);
	struct identified t;

	memset(p, 0, 4096);
	identify_bytes(&t, p, SIZE, SIZE);
	cr_expect_eq(t.v.kind, FS_NTFS);
	cr_expect_eq(t.v.cites.list[0].offset, SIZE - 4096);
	identified_done(&t);

	memcpy(p + SIZE - 512, p + SIZE - 4096, 512);
	memset(p + SIZE - 4096, 0, 512);
	identify_bytes(&t, p, SIZE, SIZE);
	cr_expect_eq(t.v.kind, FS_UNKNOWN);
	identified_done(&t);
	free(p);
}

Test(volume, a_damaged_boot_sector_without_backup_is_told)
{
	static uint8_t p[512];
	struct identified t;
	const struct diag *d;

	memcpy(p, "\xeb\x52\x90NTFS    \0\2\3", 14);
	identify_bytes(&t, p, sizeof(p), MIB);
	cr_expect_eq(t.v.kind, FS_UNKNOWN);
	cr_expect_null(t.v.name);
	d = test_finding(&t.diags, &FINDING_VOLUME_DAMAGED);
	cr_assert_not_null(d);
	cr_expect_not_null(strstr(d->message, "sectors per cluster"));
	cr_expect_eq(d->cites.list[0].offset, 0);
	identified_done(&t);
}

/* The image ends inside the volume: told, and the volume is known still.  */
Test(volume, a_volume_larger_than_its_partition_is_told)
{
	uint8_t *p = volume_made_by("mkntfs -F -q -s 512 -p 0", 8 * MIB);
	struct identified t;

	identify_bytes(&t, p, 4 * MIB, 4 * MIB);
	cr_expect_eq(t.v.kind, FS_NTFS);
	cr_expect_not_null(test_finding(&t.diags, &FINDING_VOLUME_ODD));
	identified_done(&t);
	identify_bytes(&t, p, 100, 100);
	cr_expect_eq(t.v.kind, FS_UNKNOWN);
	cr_expect_eq(t.v.unread.code, ERR_TRUNCATED);
	identified_done(&t);
	free(p);
}

Test(volume, libtsk_names_what_windows_does_not_know)
{
	uint8_t *p = volume_made_by("mkfs.ext4 -q -F", 8 * MIB);
	struct identified t;

	identify_bytes(&t, p, 8 * MIB, 8 * MIB);
	cr_expect_eq(t.v.kind, FS_OTHER);
	cr_expect_str_eq(t.v.name, "Ext4");
	cr_expect_eq(t.diags.n, 0);
	cr_expect_leq(t.disk.stats.calls, 20);
	identified_done(&t);
	free(p);
}

/* Each byte of a superblock changed: libtsk reads little, and comes back.  */
Test(volume, hostile_superblocks_are_survived_quickly)
{
	uint8_t *p = volume_made_by("mkfs.ext4 -q -F", 8 * MIB);

	for (uint32_t at = 1024; at < 1024 + 256; at++) {
		struct identified t;

		p[at] ^= 0xff;
		identify_bytes(&t, p, 8 * MIB, 8 * MIB);
		cr_expect_leq(t.disk.stats.bytes, 4 * MIB, "byte %u", at);
		identified_done(&t);
		p[at] ^= 0xff;
	}
	free(p);
}

Test(volume, cdfs_is_recognised_by_its_descriptor)
{
	static uint8_t p[40 * 1024];
	struct identified t;

	memcpy(p + 32768, "\1CD001\1", 7);
	memset(p + 32768 + 8, ' ', 32);
	memcpy(p + 32768 + 40, "GSP1RMCPRXFREO_EN_DVD           ", 32);
	identify_bytes(&t, p, sizeof(p), MIB);
	cr_expect_eq(t.v.kind, FS_ISO9660);
	cr_expect_str_eq(t.v.name, "CDFS");
	cr_expect_str_eq(t.v.label.utf8, "GSP1RMCPRXFREO_EN_DVD");
	cr_expect_eq(t.v.cites.list[0].offset, 32768);
	identified_done(&t);
}

static void identify_with_bad_bytes(struct identified *t, uint64_t off,
				    uint64_t n)
{
	memset(t, 0, sizeof(*t));
	test_disk_init(&t->disk, NULL, 0, 8 * MIB);
	t->disk.bad_off = off;
	t->disk.bad_n = n;
	identify_disk(t);
}

/* What could not be read was called a volume without a known file system.  */
Test(volume, says_which_bytes_could_not_be_read)
{
	struct identified t;

	identify_with_bad_bytes(&t, 0, 512);
	cr_expect_eq(t.v.kind, FS_UNKNOWN);
	cr_expect_eq(t.v.unread.code, ERR_IO);
	cr_expect_eq(t.v.unread.at, 0);
	identified_done(&t);
	/* Where the superblock of an ext4 would be.  */
	identify_with_bad_bytes(&t, 1024, 1024);
	cr_expect_eq(t.v.kind, FS_UNKNOWN);
	cr_expect_eq(t.v.unread.code, ERR_IO);
	cr_expect_eq(t.v.unread.at, 1024);
	identified_done(&t);
	/* Behind all superblocks.  */
	identify_with_bad_bytes(&t, 4 * MIB, 512);
	cr_expect_eq(t.v.unread.code, 0);
	identified_done(&t);
}

/* The root directory of a FAT16 lies behind the reserved sectors and the two
 * tables.  */
Test(volume, a_label_that_cannot_be_read_is_told)
{
	const size_t size = 16 * MIB;
	uint8_t *p = volume_made_by("mkfs.fat -F 16 -n 'MY DISK'", size);
	unsigned reserved = p[14] | (unsigned)p[15] << 8;
	unsigned table = p[22] | (unsigned)p[23] << 8;
	struct identified t = { 0 };

	test_disk_init(&t.disk, p, size, size);
	t.disk.bad_off = (reserved + p[16] * table) * 512;
	t.disk.bad_n = 512;
	identify_disk(&t);
	cr_expect_eq(t.v.kind, FS_FAT16);
	cr_expect_str_eq(t.v.label.utf8, "MY DISK", "the boot sector's");
	cr_assert_eq(t.diags.n, 1);
	cr_expect_str_eq(t.diags.list[0].kind->code, "CM0229");
	identified_done(&t);
	free(p);
}

Test(volume, nothing_is_made_of_zeros)
{
	struct identified t;

	identify_bytes(&t, NULL, 0, 128 * MIB);
	cr_expect_eq(t.v.kind, FS_UNKNOWN);
	cr_expect_eq(t.diags.n, 0);
	cr_expect_leq(t.disk.stats.calls, 5);
	identified_done(&t);
}

Test(volume, refs_tells_serial_and_cluster_size)
{
	static uint8_t p[512] = {
		0, 0, 0, 'R', 'e', 'F', 'S', 0, 0, 0, 0,
		[0x10] = 'F', 'S', 'R', 'S', 0x00, 0x02, 0xec, 0xf6,
		[0x1a] = 0x02,				/* 131072 sectors */
		[0x21] = 0x02, [0x24] = 0x80,		/* 64 KiB clusters */
		[0x28] = 3, 4,
		[0x38] = 0x8a, 0x8a, 0x71, 0xa6, 0xd8, 0x71, 0xa6, 0xe8,
	};
	struct identified t;

	identify_bytes(&t, p, sizeof(p), 64 * MIB);
	cr_expect_eq(t.v.kind, FS_REFS);
	cr_expect_str_eq(t.v.name, "ReFS");
	cr_expect_eq(t.v.serial64, 0xe8a671d8a6718a8a);
	cr_expect_eq(t.v.serial, 0xa6718a8a);
	cr_expect_eq(t.v.cluster_size, 65536);
	cr_expect_eq(t.v.capacity, 64 * MIB);
	/* Of its trees there is nothing.  */
	cr_expect_null(t.v.label.utf8);
	cr_assert_eq(t.diags.n, 1);
	cr_expect_str_eq(t.diags.list[0].kind->code, "CM0229");
	identified_done(&t);
}

/* The root directory has free entries only, and its chain comes back to its
 * first cluster, or to its second.  */
Test(volume, a_root_directory_without_end_is_told)
{
	const size_t size = 16 * MIB;

	for (unsigned back = 0; back < 2; back++) {
		uint8_t *p = volume_made_by("mkfs.exfat -c 4096", size);
		size_t fat = 512 * (p[0x50] | (size_t)p[0x51] << 8);
		size_t heap = 512 * (p[0x58] | (size_t)p[0x59] << 8);
		unsigned root = p[0x60];
		uint8_t *next = p + fat + 4 * root;
		struct identified t;

		for (unsigned i = root; i < root + 2; i++)
			for (size_t k = 0; k < 4096; k += 32)
				p[heap + (i - 2) * 4096ul + k] = 0x05;
		memcpy(next, (uint8_t[8]){ (uint8_t)(root + 1), 0, 0, 0,
					   (uint8_t)(root + back) }, 8);
		identify_bytes(&t, p, size, size);
		cr_expect_eq(t.v.kind, FS_EXFAT);
		cr_expect_null(t.v.label.utf8);
		cr_assert_eq(t.diags.n, 1);
		cr_expect_str_eq(t.diags.list[0].kind->code, "CM0229");
		identified_done(&t);
		free(p);
	}
}
