#include <criterion/criterion.h>

#include <string.h>

#include "format/fat.h"
#include "lib/guard.h"

/* A FAT16 volume of 16 MiB.  Fields that are not listed are zero.  */
static const uint8_t fat16[512] = {
	0xeb, 0x3c, 0x90, 'M', 'S', 'D', 'O', 'S', '5', '.', '0',
	[0x0b] = 0x00, 0x02,		/* 512 bytes per sector */
	[0x0d] = 4,			/* sectors per cluster */
	[0x0e] = 6, 0,			/* reserved sectors */
	[0x10] = 2,			/* FATs */
	[0x11] = 0x00, 0x02,		/* 512 entries in the root */
	[0x13] = 0x00, 0x80,		/* 32768 sectors */
	[0x15] = 0xf8,
	[0x16] = 32, 0,			/* sectors of a FAT */
	[0x1c] = 0x44, 0x33, 0x22, 0x11,
	[0x26] = 0x29,
	[0x27] = 0x26, 0x88, 0x5a, 0xe0,
	[0x2b] = 'D', 'A', 'T', 'A', ' ', ' ', ' ', ' ', ' ', ' ', ' ',
	[0x36] = 'F', 'A', 'T', '1', '6', ' ', ' ', ' ',
	[0x1fe] = 0x55, 0xaa,
};

/* A FAT32 volume of 32 MiB.  */
static const uint8_t fat32[512] = {
	0xeb, 0x58, 0x90, 'M', 'S', 'D', 'O', 'S', '5', '.', '0',
	[0x0b] = 0x00, 0x02,
	[0x0d] = 1,
	[0x0e] = 32, 0,
	[0x10] = 2,
	[0x15] = 0xf8,
	[0x20] = 0x00, 0x00, 0x01, 0x00,	/* 65536 sectors */
	[0x24] = 0x00, 0x02, 0, 0,		/* 512 sectors of a FAT */
	[0x2c] = 2, 0, 0, 0,			/* cluster of the root */
	[0x42] = 0x28,				/* a serial, but no label */
	[0x43] = 0x04, 0x93, 0x20, 0xa4,
	[0x1fe] = 0x55, 0xaa,
};

static int parse(const uint8_t *p, size_t at, const void *bytes, size_t n,
		 struct fat_boot *ret, struct err *reterr)
{
	uint8_t copy[512];
	struct span s;
	int r;

	memcpy(copy, p, sizeof(copy));
	memcpy(copy + at, bytes, n);
	s = guard_copy(copy, sizeof(copy), 0x7e00);
	r = fat_boot_parse(s, ret, reterr);
	guard_free(s);
	return r;
}

Test(fat, decodes_fat16)
{
	struct fat_boot b;

	cr_assert_eq(parse(fat16, 0, fat16, 1, &b, NULL), 0);
	cr_expect_eq(b.bits, 16);
	cr_expect_eq(b.bytes_per_sector, 512);
	cr_expect_eq(b.cluster_bytes, 2048);
	cr_expect_eq(b.total_sectors, 32768);
	cr_expect_eq(b.hidden_sectors, 0x11223344);
	cr_expect_eq(b.fat_offset, 6 * 512);
	cr_expect_eq(b.root_offset, (6 + 2 * 32) * 512);
	cr_expect_eq(b.root_bytes, 16384);
	cr_expect_eq(b.data_offset, (6 + 2 * 32 + 32) * 512);
	cr_expect_eq(b.clusters, (32768 - 6 - 2 * 32 - 32) / 4);
	cr_expect(b.has_serial);
	cr_expect_eq(b.serial, 0xe05a8826);
	cr_expect_arr_eq(b.label, "DATA       ", 11);
	cr_expect(b.has_end_marker);
}

static bool state(unsigned bits, const void *bytes, struct fat_state *ret)
{
	struct span s = guard_copy(bytes, FAT_STATE_BYTES, 0);
	bool r = fat_state_parse(s, bits, ret);

	guard_free(s);
	return r;
}

/* Entries as Microsoft's specification has them, as Windows NT writes them
 * (fat.h of fastfat), and as mkfs.fat does.  */
Test(fat, decodes_the_state)
{
	static const struct {
		unsigned bits;
		uint8_t bytes[FAT_STATE_BYTES];
		bool told, dirty, errors;
	} cases[] = {
		{ 16, { 0xf8, 0xff, 0xff, 0xff }, true, false, false },
		{ 16, { 0xf8, 0xff, 0xf8, 0xff }, true, false, false },
		{ 16, { 0xf8, 0xff, 0xff, 0x7f }, true, true, false },
		{ 16, { 0xf0, 0xff, 0xff, 0xbf }, true, false, true },
		{ 16, { 0xf8, 0xff, 0xff, 0x3f }, true, true, true },
		{ 32, { 0xf8, 0xff, 0xff, 0x0f, 0xff, 0xff, 0xff, 0x0f },
		  true, false, false },
		{ 32, { 0xf8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
		  true, false, false },
		{ 32, { 0xf8, 0xff, 0xff, 0x0f, 0xff, 0xff, 0xff, 0x07 },
		  true, true, false },
		{ 32, { 0xf8, 0xff, 0xff, 0x0f, 0xff, 0xff, 0xff, 0x0b },
		  true, false, true },
		{ 32, { 0xf8, 0xff, 0xff, 0x0f, 0xff, 0xff, 0xff, 0x7f },
		  true, true, false },
		/* What is no FAT, and what has no such bits.  */
		{ 16, { 0 }, false, false, false },
		{ 16, { 0xf8, 0xff, 0x00, 0x80 }, false, false, false },
		{ 16, { 0xe8, 0xff, 0xff, 0xff }, false, false, false },
		{ 32, { 0xf8, 0xff, 0xff, 0x0f, 0xff, 0xff, 0xfe, 0x0f },
		  false, false, false },
		{ 12, { 0xf8, 0xff, 0xff, 0xff }, false, false, false },
	};
	struct fat_state s;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool told = state(cases[i].bits, cases[i].bytes, &s);

		cr_expect_eq(told, cases[i].told, "%zu", i);
		cr_expect(!told || (s.dirty == cases[i].dirty &&
				    s.errors == cases[i].errors), "%zu", i);
	}
	for (size_t n = 0; n < FAT_STATE_BYTES; n++) {
		struct span s2 = guard_copy(cases[5].bytes, n, 0);

		cr_expect(!fat_state_parse(s2, 32, &s), "%zu bytes", n);
		guard_free(s2);
	}
}

Test(fat, decodes_fat32)
{
	struct fat_boot b;

	cr_assert_eq(parse(fat32, 0, fat32, 1, &b, NULL), 0);
	cr_expect_eq(b.bits, 32);
	cr_expect_eq(b.cluster_bytes, 512);
	cr_expect_eq(b.total_sectors, 65536);
	cr_expect_eq(b.root_cluster, 2);
	cr_expect_eq(b.data_offset, (32 + 2 * 512) * 512);
	cr_expect_eq(b.clusters, 65536 - 32 - 2 * 512);
	cr_expect(b.has_serial);
	cr_expect_eq(b.serial, 0xa4209304);
	cr_expect_arr_eq(b.label, "           ", 11);
}

/* FAT12 has at most 4084 clusters: Microsoft's specification, "FAT Type
 * Determination".  102 sectors of the volume above are no clusters.  */
Test(fat, the_number_of_clusters_tells_fat12_from_fat16)
{
	static const struct { uint16_t clusters; unsigned bits; } cases[] = {
		{ 4084, 12 }, { 4085, 16 },
	};

	for (int i = 0; i < 2; i++) {
		uint16_t sectors = (uint16_t)(102 + 4 * cases[i].clusters);
		uint8_t bytes[2] = { (uint8_t)sectors,
				     (uint8_t)(sectors >> 8) };
		struct fat_boot b;

		cr_assert_eq(parse(fat16, 0x13, bytes, 2, &b, NULL), 0);
		cr_expect_eq(b.clusters, cases[i].clusters);
		cr_expect_eq(b.bits, cases[i].bits);
	}
}

Test(fat, survives_every_truncation)
{
	for (size_t n = 0; n < 512; n++) {
		struct fat_boot b;
		struct err e = { 0 };
		struct span s = guard_copy(fat16, n, 0x7e00);

		cr_assert_eq(fat_boot_parse(s, &b, &e), ERR_TRUNCATED);
		cr_expect_eq(e.at, 0x7e00);
		cr_expect_eq(e.got, n);
		guard_free(s);
	}
}

/* Whatever the bytes are, what is inside the volume stays there.  */
Test(fat, keeps_its_promises_with_every_byte_changed)
{
	for (size_t i = 0; i < 0x60; i++)
		for (int x = 0; x < 512; x++) {
			uint8_t byte = (uint8_t)x;
			struct fat_boot b;
			struct err e = { 0 };

			if (parse(x < 256 ? fat16 : fat32, i, &byte, 1, &b,
				  &e) < 0) {
				cr_expect(e.at >= 0x7e00 && e.at < 0x8000);
				continue;
			}
			cr_expect_gt(b.clusters, 0);
			cr_expect_leq(b.data_offset +
				      (uint64_t)b.clusters * b.cluster_bytes,
				      (uint64_t)b.total_sectors *
				      b.bytes_per_sector);
		}
}

Test(fat, says_which_field_is_impossible)
{
	static const struct {
		size_t at, n;
		uint8_t bytes[4];
		int code;
	} cases[] = {
		{ 0x00, 1, { 0x33 }, ERR_MAGIC },
		{ 0x0b, 2, { 0x00, 0x03 }, ERR_VALUE },	/* 768 */
		{ 0x0b, 2, { 0x00, 0x01 }, ERR_VALUE },	/* 256 */
		{ 0x0d, 1, { 0 }, ERR_VALUE },
		{ 0x0d, 1, { 5 }, ERR_VALUE },
		{ 0x0e, 2, { 0 }, ERR_VALUE },
		{ 0x10, 1, { 0 }, ERR_VALUE },
		{ 0x11, 2, { 0 }, ERR_VALUE },
		{ 0x13, 2, { 100 }, ERR_VALUE },	/* sectors */
		{ 0x15, 1, { 0xf1 }, ERR_VALUE },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fat_boot b;
		struct err e = { 0 };

		cr_expect_eq(parse(fat16, cases[i].at, cases[i].bytes,
				   cases[i].n, &b, &e), cases[i].code,
			     "case %zu", i);
		cr_expect_eq(e.at, 0x7e00 + cases[i].at, "case %zu", i);
	}
}

/* A deleted label, a long name and a directory come before the label.  */
static const uint8_t root[] = {
	0xe5, 'L', 'D', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', 0x08, [31] = 0,
	[32] = 0x41, 'l', 0, 'o', 0, 'n', 0, 'g', 0, 0, 0, 0x0f, [63] = 0,
	[64] = 'D', 'I', 'R', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', 0x10,
	[96] = 'M', 'Y', ' ', 'D', 'I', 'S', 'K', ' ', ' ', ' ', ' ', 0x28,
	[127] = 0,
};

Test(fat, finds_the_label_among_other_entries)
{
	struct span s = guard_copy(root, sizeof(root), 0x4000), label;

	cr_assert_eq(fat_scan_label(s, &label), LABEL_FOUND);
	cr_expect_eq(label.at, 0x4000 + 96);
	cr_assert_eq(label.n, 11);
	cr_expect_arr_eq(label.p, "MY DISK    ", 11);
	guard_free(s);
}

Test(fat, finds_a_directory_of_windows)
{
	static const struct { const char *entry; enum label_scan want; }
	rows[] = {
		{ "WINDOWS    \x10", LABEL_FOUND },
		{ "WINNT      \x30", LABEL_FOUND },
		{ "WINDOWS    \x20", LABEL_NOT_YET },	/* a file */
		{ "WINDOWS    \x18", LABEL_NOT_YET },	/* of a long name */
		{ "\xe5INDOWS    \x10", LABEL_NOT_YET },
		{ "WINDOWS1   \x10", LABEL_NOT_YET },
		{ "WINDOWS BAK\x10", LABEL_NOT_YET },
	};
	uint8_t directory[96] = "A          \x10";

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span s, name;

		memcpy(directory + 32, rows[i].entry, 12);
		s = guard_copy(directory, 64, 0x4000);
		cr_expect_eq(fat_scan_windows(s, &name), rows[i].want,
			     "row %zu", i);
		if (rows[i].want == LABEL_FOUND)
			cr_expect_eq(name.at, 0x4020);
		guard_free(s);
		s = guard_copy(directory, 63, 0);
		cr_expect_eq(fat_scan_windows(s, &name), LABEL_NOT_YET);
		guard_free(s);
		s = guard_copy(directory, 96, 0);
		cr_expect_eq(fat_scan_windows(s, &name),
			     rows[i].want == LABEL_FOUND ? LABEL_FOUND
							 : LABEL_NONE);
		guard_free(s);
	}
}

Test(fat, a_directory_may_go_on_or_end_without_a_label)
{
	uint8_t end[64] = { 'A', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ',
			    ' ', 0x20 };
	struct span label;

	cr_expect_eq(fat_scan_label((struct span){ root, 96, 0 }, &label),
		     LABEL_NOT_YET);
	cr_expect_eq(fat_scan_label((struct span){ end, 64, 0 }, &label),
		     LABEL_NONE);
	for (size_t n = 0; n < sizeof(root); n++) {
		struct span s = guard_copy(root, n, 0);

		cr_expect_eq(fat_scan_label(s, &label), LABEL_NOT_YET);
		guard_free(s);
	}
}

static bool may_be_directory(const uint8_t *p, size_t n)
{
	struct span s = guard_copy(p, n, 0);
	bool r = fat_may_be_directory(s);

	guard_free(s);
	return r;
}

Test(fat, tells_a_directory_from_other_bytes)
{
	static const uint8_t empty[64], kanji[32] = { 0x05, 'A', [31] = 0 };
	static const struct {
		uint8_t bytes[12];
	} others[] = {
		{ "\x01NAME      \x20" },		/* a control character */
		{ "           \x20" },		/* no name */
		{ "NAME       \x60" },		/* no such attribute */
		{ "NAME       \xa0" },
	};
	uint8_t mixed[sizeof(root)];

	for (size_t n = 0; n <= sizeof(root); n++)
		cr_expect(may_be_directory(root, n), "%zu", n);
	cr_expect(may_be_directory(empty, sizeof(empty)));
	cr_expect(may_be_directory(kanji, sizeof(kanji)));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		memcpy(mixed, root, sizeof(root));
		memcpy(mixed + 96, others[i].bytes, 12);
		cr_expect_not(may_be_directory(mixed, sizeof(mixed)), "%zu", i);
		/* behind the end anything may be */
		mixed[64] = 0;
		cr_expect(may_be_directory(mixed, sizeof(mixed)), "%zu", i);
	}
}
