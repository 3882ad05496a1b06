#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "format/ntfs_boot.h"
#include "lib/guard.h"
#include "lib/shared_data.h"

/* A volume of 7 MiB with clusters of 512 bytes.  Fields not listed are zero. */
static const uint8_t tiny[512] = {
	0xeb, 0x52, 0x90, 'N', 'T', 'F', 'S', ' ', ' ', ' ', ' ',
	[0x0b] = 0x00, 0x02,			/* 512 bytes per sector */
	[0x0d] = 1,				/* sectors per cluster */
	[0x15] = 0xf8,
	[0x1c] = 0x80, 0, 0, 0,			/* hidden sectors: 128 */
	[0x28] = 0xff, 0x37, 0, 0, 0, 0, 0, 0,	/* 14335 sectors */
	[0x30] = 0xaa, 0x12, 0, 0, 0, 0, 0, 0,	/* $MFT */
	[0x38] = 0x10, 0, 0, 0, 0, 0, 0, 0,	/* $MFTMirr */
	[0x40] = 0x02,				/* record: 2 clusters */
	[0x44] = 0xf4,				/* index block: 2^12 bytes */
	[0x48] = 0x66, 0xcc, 0xe2, 0xf4, 0x0d, 0xe3, 0xf4, 0x38,
	[0x1fe] = 0x55, 0xaa,
};

static int parse_changed(size_t at, const void *bytes, size_t n,
			 struct ntfs_boot *ret, struct err *reterr)
{
	uint8_t copy[512];
	struct span s;
	int r;

	memcpy(copy, tiny, sizeof(copy));
	memcpy(copy + at, bytes, n);
	s = guard_copy(copy, sizeof(copy), 0x100000);
	r = ntfs_boot_parse(s, ret, reterr);
	guard_free(s);
	return r;
}

Test(ntfs_boot, decodes_every_field)
{
	struct ntfs_boot b;

	cr_assert_eq(parse_changed(0, tiny, 0, &b, NULL), 0);
	cr_expect_eq(b.bytes_per_sector, 512);
	cr_expect_eq(b.cluster_bytes, 512);
	cr_expect_eq(b.total_sectors, 14335);
	cr_expect_eq(b.mft_lcn, 0x12aa);
	cr_expect_eq(b.mftmirr_lcn, 0x10);
	cr_expect_eq(b.record_bytes, 1024);
	cr_expect_eq(b.index_block_bytes, 4096);
	cr_expect_eq(b.serial, 0x38f4e30df4e2cc66);
	cr_expect_eq(b.hidden_sectors, 128);
	cr_expect(b.has_end_marker);
}

Test(ntfs_boot, survives_every_truncation)
{
	for (size_t n = 0; n < sizeof(tiny); n++) {
		struct ntfs_boot b;
		struct err e = { 0 };
		struct span s = guard_copy(tiny, n, 0x8000);

		cr_assert_eq(ntfs_boot_parse(s, &b, &e), ERR_TRUNCATED);
		cr_expect_eq(e.at, 0x8000);
		cr_expect_eq(e.want, 512);
		cr_expect_eq(e.got, n);
		guard_free(s);
	}
}

/* What a parsed boot sector promises holds whatever its bytes are.  */
Test(ntfs_boot, keeps_its_promises_with_every_byte_changed)
{
	for (size_t i = 0; i < 0x60; i++)
		for (int x = 0; x < 256; x++) {
			uint8_t byte = (uint8_t)x;
			struct ntfs_boot b;
			struct err e = { 0 };

			if (parse_changed(i, &byte, 1, &b, &e) < 0) {
				cr_expect(e.at >= 0x100000 &&
					  e.at < 0x100200 && e.what != NULL);
				continue;
			}
			cr_expect_leq(b.cluster_bytes, 2 << 20);
			cr_expect_geq(b.record_bytes, 256);
			cr_expect_leq(b.record_bytes, 65536);
			cr_expect_leq(b.index_block_bytes, 65536);
			cr_expect_lt(b.mft_lcn * b.cluster_bytes,
				     b.total_sectors * b.bytes_per_sector);
		}
}

Test(ntfs_boot, says_which_field_is_impossible)
{
	static const uint8_t huge[8] = { 0xff, 0xff, 0xff, 0xff,
					 0xff, 0xff, 0xff, 0xff };
	static const struct {
		size_t at, n;
		uint8_t bytes[8];
		int code;
	} cases[] = {
		{ 0x03, 1, { 'n' }, ERR_MAGIC },
		{ 0x0b, 2, { 0x00, 0x20 }, ERR_VALUE },	/* 8192 */
		{ 0x0b, 2, { 0x01, 0x02 }, ERR_VALUE },	/* 513 */
		{ 0x0b, 2, { 0x00, 0x00 }, ERR_VALUE },
		{ 0x0d, 1, { 0 }, ERR_VALUE },
		{ 0x0d, 1, { 3 }, ERR_VALUE },
		{ 0x0d, 1, { 0xf3 }, ERR_VALUE },	/* 2^13 sectors */
		{ 0x28, 8, { 0 }, ERR_VALUE },
		{ 0x30, 8, { 0 }, ERR_VALUE },		/* $MFT in sector 0 */
		{ 0x40, 1, { 0 }, ERR_VALUE },
		{ 0x40, 1, { 0x03 }, ERR_VALUE },	/* 1536 bytes */
		{ 0x40, 1, { 0x80 }, ERR_VALUE },	/* 2^128 bytes */
		{ 0x44, 1, { 0xef }, ERR_VALUE },	/* 2^17 bytes */
	};
	struct ntfs_boot b;
	struct err e = { 0 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cr_expect_eq(parse_changed(cases[i].at, cases[i].bytes,
					   cases[i].n, &b, &e), cases[i].code,
			     "case %zu", i);
		cr_expect_eq(e.at, 0x100000 + cases[i].at, "case %zu", i);
	}
	cr_expect_eq(parse_changed(0x28, huge, 8, &b, &e), ERR_VALUE);
	cr_expect_eq(e.at, 0x100028);
	cr_expect_eq(parse_changed(0x30, huge, 8, &b, &e), ERR_VALUE);
	cr_expect_eq(e.at, 0x100030);
	cr_expect_eq(e.got, UINT64_MAX);
}

/* The largest cluster is 2 MiB, and 0xf4 means 2^12 sectors.  */
Test(ntfs_boot, decodes_clusters_larger_than_128_sectors)
{
	static const struct { uint8_t byte; uint32_t bytes; } cases[] = {
		{ 0x80, 65536 }, { 0xf9, 65536 }, { 0xf8, 131072 },
		{ 0xf4, 2097152 },
	};
	uint8_t large[512];

	memcpy(large, tiny, sizeof(large));
	large[0x30] = 1;	/* so that $MFT stays inside the volume */
	large[0x31] = 0;
	large[0x40] = 0xf6;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ntfs_boot b;

		large[0x0d] = cases[i].byte;
		cr_assert_eq(parse_changed(0, large, 512, &b, NULL), 0);
		cr_expect_eq(b.cluster_bytes, cases[i].bytes);
	}
}

/* Three volumes of public WMI dumps: the size of the partition and the Capacity
 * that Win32_Volume gives.  Their clusters are 4096 bytes.  */
Test(ntfs_boot, capacity_is_what_wmi_counts)
{
	static const struct { uint64_t partition, capacity; } dumps[] = {
		{ 20762853376, 20762849280 },
		{ 524288000, 524283904 },
		{ 15579742208, 15579738112 },
	};

	for (size_t i = 0; i < sizeof(dumps) / sizeof(dumps[0]); i++) {
		struct ntfs_boot b = {
			.bytes_per_sector = 512, .cluster_bytes = 4096,
			/* the last sector holds the backup */
			.total_sectors = dumps[i].partition / 512 - 1,
		};

		cr_expect_eq(ntfs_boot_capacity(&b), dumps[i].capacity);
	}
}

/* Sizes read off hex dumps of boot sectors that Windows wrote.  */
Test(ntfs_boot, reads_boot_sectors_that_windows_wrote)
{
	static const struct {
		const char *file;
		uint32_t sector, cluster, record, index, hidden;
		uint64_t serial;
	} cases[] = {
		{ "64k.boot", 512, 65536, 1024, 4096, 2048,
		  0xa8a66d90a66d6034 },
		{ "4k.boot", 512, 4096, 1024, 4096, 1126400,
		  0x7efeeedbfeee8b2b },
		{ "4kn.boot", 4096, 4096, 4096, 4096, 16,
		  0x187eb6507eb62682 },
		{ "128k.boot", 512, 131072, 1024, 4096, 2048,
		  0x5cb4c084b4c061de },
		{ "512.boot", 512, 512, 1024, 4096, 128,
		  0xa6ee1e1bee1de479 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char rel[100];
		const char *path;
		uint8_t sector[512];
		struct ntfs_boot b;
		FILE *f;

		snprintf(rel, sizeof(rel), "msuhanov__dfir_ntfs/test_data/%s",
			 cases[i].file);
		path = shared_data(rel);
		if (path == NULL)
			cr_skip_test("no shared data");
		f = fopen(path, "rb");
		cr_assert_not_null(f);
		cr_assert_eq(fread(sector, 1, 512, f), 512);
		fclose(f);
		cr_assert_eq(ntfs_boot_parse((struct span){ sector, 512, 0 },
					     &b, NULL), 0);
		cr_expect_eq(b.bytes_per_sector, cases[i].sector);
		cr_expect_eq(b.cluster_bytes, cases[i].cluster);
		cr_expect_eq(b.record_bytes, cases[i].record);
		cr_expect_eq(b.index_block_bytes, cases[i].index);
		cr_expect_eq(b.hidden_sectors, cases[i].hidden);
		cr_expect_eq(b.serial, cases[i].serial);
	}
}
