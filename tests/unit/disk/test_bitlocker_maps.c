#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "disk/bitlocker_maps.h"
#include "disk/findings.h"
#include "lib/bytes_source.h"
#include "lib/store.h"
#include "lib/test_disk.h"

#define VOLUME_BYTES (128u << 10)

enum { LIST = 4096, LIST_2 = 8192, MAP = 16384, RECORD = 512 };

/* A volume of 128 KiB, whose region from 16 KiB on is told of in chunks of
 * 8 KiB, and what is read of it.  */
struct reading {
	uint8_t *p;
	struct bytes_source disk;
	struct arena *arena;
	struct diag_list diags;
	struct bitlocker_maps *maps;
	uint32_t sector;
};

static void seal(uint8_t *p, size_t n, size_t sum_at)
{
	store_le32(p + sum_at, 0);
	store_le32(p + sum_at, (uint32_t)crc32(0, p, (uInt)n));
}

static void seal_all(struct reading *r)
{
	seal(r->p + LIST, 64, 0x24);
	seal(r->p + LIST_2, 64, 0x24);
	seal(r->p + MAP, RECORD, 0x38);
	seal(r->p + MAP + RECORD, RECORD, 0x20);
	seal(r->p + MAP + 2 * RECORD, RECORD, 0x20);
}

static void put_record(uint8_t *p, uint32_t sequence, uint8_t bits)
{
	memcpy(p, "FVE-EOWBR\0\044", 12);
	store_le32(p + 0x0c, RECORD);
	store_le32(p + 0x10, 6);
	store_le32(p + 0x14, sequence);
	p[0x24] = bits;
}

static void set_up(struct reading *r)
{
	memset(r, 0, sizeof(*r));
	r->p = calloc(1, VOLUME_BYTES);
	r->sector = 512;
	r->arena = arena_new();
	r->diags.arena = r->arena;
	memcpy(r->p + LIST, "FVE-EOW\0\070\0\100", 11);
	store_le32(r->p + LIST + 0x14, 8192);
	store_le32(r->p + LIST + 0x18, 512);
	store_le32(r->p + LIST + 0x20, 1);
	store_le32(r->p + LIST + 0x38, MAP);
	memcpy(r->p + LIST_2, r->p + LIST, 64);
	memcpy(r->p + MAP, "FVE-EOWBM\0\074", 12);
	store_le32(r->p + MAP + 0x0c, 3 * RECORD);
	store_le32(r->p + MAP + 0x14, 16 << 10);
	store_le32(r->p + MAP + 0x1c, 44 << 10);
	store_le32(r->p + MAP + 0x24, 20 << 10);
	store_le32(r->p + MAP + 0x2c, RECORD);
	store_le32(r->p + MAP + 0x30, 2 * RECORD);
	store_le32(r->p + MAP + 0x34, RECORD);
	put_record(r->p + MAP + RECORD, 6, 0x00);
	put_record(r->p + MAP + 2 * RECORD, 7, 0x19);
	seal_all(r);
}

static void read_it(struct reading *r)
{
	struct bitlocker_boot boot = { .bytes_per_sector = r->sector,
				       .maps = { LIST, LIST_2 } };

	r->disk = bytes_source(r->p, VOLUME_BYTES);
	cr_assert(bitlocker_maps_read(&r->disk.source, &boot, r->arena,
				      &r->diags, &r->maps));
}

static void tear_down(struct reading *r)
{
	arena_free(r->arena);
	free(r->p);
}

/* Bits 0, 3 and 4 of 6 are set; the last chunk is cut to 4 KiB.  */
Test(bitlocker_maps, tell_what_is_not_encrypted)
{
	struct reading r;

	set_up(&r);
	read_it(&r);
	cr_assert_not_null(r.maps);
	cr_expect_eq(r.diags.n, 0);
	cr_expect_eq(r.maps->plain_bytes, 20 << 10);
	cr_expect_not(bitlocker_maps_is_plain(r.maps, 0));
	cr_expect_eq(bitlocker_maps_until(r.maps, 0), 16 << 10);
	cr_expect_not(bitlocker_maps_is_plain(r.maps, (24 << 10) - 1));
	cr_expect_eq(bitlocker_maps_until(r.maps, 17 << 10), 24 << 10);
	cr_expect(bitlocker_maps_is_plain(r.maps, 24 << 10));
	cr_expect(bitlocker_maps_is_plain(r.maps, (40 << 10) - 1));
	cr_expect_eq(bitlocker_maps_until(r.maps, 24 << 10), 40 << 10);
	cr_expect_not(bitlocker_maps_is_plain(r.maps, 40 << 10));
	cr_expect(bitlocker_maps_is_plain(r.maps, (60 << 10) - 1));
	cr_expect_eq(bitlocker_maps_until(r.maps, 56 << 10), 60 << 10);
	cr_expect_not(bitlocker_maps_is_plain(r.maps, 60 << 10));
	cr_expect_eq(bitlocker_maps_until(r.maps, 60 << 10), UINT64_MAX);
	cr_expect_not(bitlocker_maps_is_plain(r.maps, UINT64_MAX));
	cr_expect(bitlocker_maps_own(r.maps, LIST + 63));
	cr_expect_not(bitlocker_maps_own(r.maps, LIST + 64));
	cr_expect(bitlocker_maps_own(r.maps, MAP + 1535));
	cr_expect(bitlocker_maps_own(r.maps, 20 << 10));
	tear_down(&r);
}

/* What is damaged is said; what no map tells of is taken for encrypted.  */
Test(bitlocker_maps, that_are_damaged_are_told)
{
	static const struct {
		size_t at;	/* what is changed, behind the checksums */
		bool found;
		size_t copy, map;
		uint64_t plain;
	} cases[] = {
		{ LIST + 3, true, 1, 0, 20 << 10 },
		{ MAP + 3, true, 0, 1, 0 },
		{ MAP + 2 * RECORD + 40, true, 1, 0, 44 << 10 },
		{ MAP + RECORD + 40, true, 1, 0, 20 << 10 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct reading r;

		set_up(&r);
		r.p[cases[i].at] ^= 1;
		read_it(&r);
		cr_assert_eq(r.maps != NULL, cases[i].found, "case %zu", i);
		cr_expect_eq(diag_count(&r.diags, &FINDING_BITLOCKER_COPY),
			     cases[i].copy, "case %zu", i);
		cr_expect_eq(diag_count(&r.diags, &FINDING_BITLOCKER_MAP),
			     cases[i].map, "case %zu", i);
		cr_expect_eq(r.maps->plain_bytes, cases[i].plain, "case %zu",
			     i);
		tear_down(&r);
	}
}

/* Every field takes what it should not, with checksums that are right: runs
 * end behind where they begin, and nothing is read that is not there.  */
Test(bitlocker_maps, survive_every_number_in_every_field)
{
	static const uint64_t numbers[] = {
		0, 1, 511, 513, 0x7fffffff, 0xffffffff, 0x80000000,
	};
	static const struct { size_t at, n; } parts[] = {
		{ LIST + 8, 56 }, { MAP + 10, 48 }, { MAP + RECORD + 10, 24 },
	};

	for (size_t i = 0; i < 3; i++)
		for (size_t at = 0; at < parts[i].n; at += 2)
			for (size_t j = 0; j < 7; j++) {
				struct reading r;

				set_up(&r);
				store_le32(r.p + parts[i].at + at,
					   (uint32_t)numbers[j]);
				seal_all(&r);
				read_it(&r);
				for (uint64_t off = 0; r.maps != NULL &&
				     off < VOLUME_BYTES; off += 512) {
					(void)bitlocker_maps_is_plain(r.maps,
								      off);
					(void)bitlocker_maps_own(r.maps, off);
					cr_expect_gt(bitlocker_maps_until(
							     r.maps, off),
						     off);
				}
				tear_down(&r);
			}
}

/* A boot sector that has no size of a sector, and a region that is no whole
 * number of sectors, which nothing could be read of.  */
Test(bitlocker_maps, of_no_whole_sectors_are_refused)
{
	struct reading r;

	set_up(&r);
	r.sector = 0;
	read_it(&r);
	cr_expect_eq(r.diags.n, 0);
	tear_down(&r);
	set_up(&r);
	store_le32(r.p + MAP + 0x1c, (44 << 10) + 100);
	seal_all(&r);
	read_it(&r);
	cr_expect_eq(diag_count(&r.diags, &FINDING_BITLOCKER_MAP), 1);
	cr_expect_eq(r.maps->plain_bytes, 0);
	tear_down(&r);
}
