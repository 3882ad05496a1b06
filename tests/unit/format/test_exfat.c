#include <criterion/criterion.h>

#include <string.h>

#include "format/exfat.h"
#include "lib/guard.h"
#include "lib/shared_data.h"
#include "lib/test_disk.h"

/* A volume of 6 MiB.  Fields that are not listed are zero.  */
static const uint8_t boot[512] = {
	0xeb, 0x76, 0x90, 'E', 'X', 'F', 'A', 'T', ' ', ' ', ' ',
	[0x48] = 0x00, 0x30, 0, 0, 0, 0, 0, 0,	/* 12288 sectors */
	[0x50] = 0x80, 0, 0, 0,			/* FAT from sector 128 */
	[0x54] = 16, 0, 0, 0,			/* sectors of the FAT */
	[0x58] = 0x00, 0x01, 0, 0,		/* heap from sector 256 */
	[0x5c] = 0xe0, 0x05, 0, 0,		/* 1504 clusters */
	[0x60] = 4, 0, 0, 0,			/* cluster of the root */
	[0x64] = 0xe1, 0x89, 0x78, 0x94,	/* serial */
	[0x68] = 0x00, 0x01,			/* revision 1.0 */
	[0x6a] = 0x02, 0x00,			/* dirty */
	[0x6c] = 9, 3,				/* 512 bytes, 8 sectors */
	[0x6e] = 1,
	[0x1fe] = 0x55, 0xaa,
};

static int parse(size_t at, const void *bytes, size_t n,
		 struct exfat_boot *ret, struct err *reterr)
{
	uint8_t copy[512];
	struct span s;
	int r;

	memcpy(copy, boot, sizeof(copy));
	memcpy(copy + at, bytes, n);
	s = guard_copy(copy, sizeof(copy), 0x7e00);
	r = exfat_boot_parse(s, ret, reterr);
	guard_free(s);
	return r;
}

Test(exfat, decodes_every_field)
{
	struct exfat_boot b;

	cr_assert_eq(parse(0, boot, 1, &b, NULL), 0);
	cr_expect_eq(b.bytes_per_sector, 512);
	cr_expect_eq(b.cluster_bytes, 4096);
	cr_expect_eq(b.total_sectors, 12288);
	cr_expect_eq(b.fat_offset, 65536);
	cr_expect_eq(b.fat_bytes, 8192);
	cr_expect_eq(b.heap_offset, 131072);
	cr_expect_eq(b.clusters, 1504);
	cr_expect_eq(b.root_cluster, 4);
	cr_expect_eq(b.serial, 0x947889e1);
	cr_expect(b.dirty);
}

Test(exfat, survives_every_truncation)
{
	for (size_t n = 0; n < 512; n++) {
		struct exfat_boot b;
		struct err e = { 0 };
		struct span s = guard_copy(boot, n, 0x7e00);

		cr_assert_eq(exfat_boot_parse(s, &b, &e), ERR_TRUNCATED);
		cr_expect_eq(e.at, 0x7e00);
		cr_expect_eq(e.got, n);
		guard_free(s);
	}
}

Test(exfat, keeps_its_promises_with_every_byte_changed)
{
	for (size_t i = 0; i < 0x80; i++)
		for (int x = 0; x < 256; x++) {
			uint8_t byte = (uint8_t)x;
			struct exfat_boot b;
			struct err e = { 0 };

			if (parse(i, &byte, 1, &b, &e) < 0) {
				cr_expect(e.at >= 0x7e00 && e.at < 0x8000);
				continue;
			}
			cr_expect_leq(b.cluster_bytes, 32 << 20);
			cr_expect_leq(b.heap_offset +
				      (uint64_t)b.clusters * b.cluster_bytes,
				      b.total_sectors * b.bytes_per_sector);
			cr_expect(b.root_cluster >= 2 &&
				  b.root_cluster < b.clusters + 2);
		}
}

Test(exfat, says_which_field_is_impossible)
{
	static const struct {
		size_t at, n;
		uint8_t bytes[8];
		int code;
	} cases[] = {
		{ 0x03, 1, { 'e' }, ERR_MAGIC },
		{ 0x48, 8, { 0 }, ERR_VALUE },
		{ 0x48, 8, { [7] = 0xff }, ERR_VALUE },
		{ 0x58, 4, { [3] = 1 }, ERR_VALUE },
		{ 0x5c, 4, { 0xe1, 0x05 }, ERR_VALUE },	/* 1505 clusters */
		{ 0x60, 4, { 1 }, ERR_VALUE },
		{ 0x60, 4, { 0xe2, 0x05 }, ERR_VALUE },	/* cluster 1506 */
		{ 0x6c, 1, { 8 }, ERR_VALUE },
		{ 0x6c, 1, { 13 }, ERR_VALUE },
		{ 0x6d, 1, { 17 }, ERR_VALUE },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct exfat_boot b;
		struct err e = { 0 };

		cr_expect_eq(parse(cases[i].at, cases[i].bytes, cases[i].n, &b,
				   &e), cases[i].code, "case %zu", i);
		cr_expect_eq(e.at, 0x7e00 + cases[i].at, "case %zu", i);
	}
}

/* fsck.exfat says of the second image that its boot region's checksum is
 * 0x80cdcbe0 but 0xb743bcf8 was expected, and of the first that it is
 * clean.  */
Test(exfat, the_checksum_is_that_of_fsck)
{
	size_t n;
	uint8_t *p = test_file(shared_data_unpacked(
		"msuhanov__dfir_ntfs/test_data/exfat_win.raw.gz",
		"exfat_win.raw"), &n);
	struct err e = { 0 };

	if (p == NULL)
		cr_skip_test("no shared data");
	cr_expect_eq(exfat_boot_check((struct span){ p, n, 0 }, 512, &e), 0);
	free(p);
	p = test_file(shared_data_unpacked(
		"msuhanov__dfir_ntfs/test_data/win_exfat_7.raw.gz",
		"win_exfat_7.raw"), &n);
	cr_expect_eq(exfat_boot_check((struct span){ p, n, 0 }, 512, &e),
		     ERR_CHECKSUM);
	cr_expect_eq(e.want, 0xb743bcf8);
	cr_expect_eq(e.got, 0x80cdcbe0);
	cr_expect_eq(e.at, 11 * 512);
	cr_expect_eq(exfat_boot_check((struct span){ p, 11 * 512 + 3, 0 }, 512,
				      &e), ERR_TRUNCATED);
	free(p);
}

Test(exfat, finds_the_label)
{
	static const uint8_t root[96] = {
		[0] = 0x81,			/* bitmap */
		[32] = 0x82,			/* upcase table */
		[64] = 0x83, 2, 'H', 0, 'i', 0,
	};
	/* Windows leaves it, and writes another entry for a label.  */
	static const uint8_t no_label[64] = { 0x03 };
	static const uint8_t too_long[32] = { 0x83, 16 };
	struct span label, s = guard_copy(root, sizeof(root), 0x20000);

	cr_assert_eq(exfat_scan_label(s, &label), LABEL_FOUND);
	cr_expect_eq(label.at, 0x20000 + 66);
	cr_expect_eq(label.n, 4);
	cr_expect_arr_eq(label.p, "H\0i", 4);
	guard_free(s);
	for (size_t n = 0; n < sizeof(root); n++) {
		s = guard_copy(root, n, 0);
		cr_expect_eq(exfat_scan_label(s, &label), LABEL_NOT_YET);
		guard_free(s);
	}
	cr_expect_eq(exfat_scan_label((struct span){ no_label, 32, 0 },
				      &label), LABEL_NOT_YET);
	cr_expect_eq(exfat_scan_label((struct span){ no_label, 64, 0 },
				      &label), LABEL_NONE);
	cr_expect_eq(exfat_scan_label((struct span){ too_long, 32, 64 },
				      &label), LABEL_DAMAGED);
	cr_expect_eq(label.at, 64);
	cr_expect_eq(label.n, 32);
}
