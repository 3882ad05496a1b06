#include <criterion/criterion.h>

#include <string.h>

#include "format/regf.h"
#include "format/regf_log.h"
#include "lib/guard.h"
#include "lib/mutate.h"

static uint64_t hash_of(const char *s, size_t n)
{
	return regf_log_hash((struct span){ (const uint8_t *)s, n, 0 });
}

/* From an implementation in another language, checked on real logs.  */
Test(regf_log, hashes_as_the_registry_does)
{
	static const char zeros[32];

	cr_expect_eq(hash_of("", 0), 0xb39efca403966e08);
	cr_expect_eq(hash_of("abcd", 4), 0x20094fb11a6cd086);
	cr_expect_eq(hash_of(zeros, 32), 0xda91a06ac5359223);
}

/* An entry with two pages of 512 bytes, of 'a' and 'b', in 1536 bytes. Fields
 * not listed are zero.  */
static const uint8_t plain[1536] = {
	'H', 'v', 'L', 'E',
	0, 6, 0, 0,			/* size */
	1, 0, 0, 0,			/* flags */
	0x3b, 8, 0, 0,			/* sequence: 2107 */
	0, 0x50, 0, 0,			/* size of the bins */
	2, 0, 0, 0,			/* pages */
	[40] = 0, 0x12, 0, 0, 0, 2, 0, 0,	/* 0x1200, 512 bytes */
	0, 0x4e, 0, 0, 0, 2, 0, 0,		/* 0x4e00, 512 bytes */
	[56] = 'a', [567] = 'A', [568] = 'b', [1079] = 'B',
};

static void put_hash(uint8_t *p, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

/* Make the hashes right again.  */
static void seal(uint8_t *entry, size_t n)
{
	put_hash(entry + 24, hash_of((const char *)entry + 40, n - 40));
	put_hash(entry + 32, hash_of((const char *)entry, 32));
}

Test(regf_log, decodes_an_entry_and_its_pages)
{
	uint8_t b[sizeof(plain)];
	struct regf_log_page p = { 0 };
	struct regf_log_entry e;
	struct span s;

	memcpy(b, plain, sizeof(b));
	seal(b, sizeof(b));
	s = guard_copy(b, sizeof(b), 0x3e00);
	cr_assert_eq(regf_log_entry_parse(s, &e, NULL), 0);
	cr_expect_eq(e.size, 1536);
	cr_expect_eq(e.flags, 1);
	cr_expect_eq(e.sequence, 2107);
	cr_expect_eq(e.bins_size, 0x5000);
	cr_expect_eq(e.n_pages, 2);
	cr_expect(e.head_sound);
	regf_log_page(&e, 0, &p);
	cr_expect_eq(p.offset, 0x1200);
	cr_expect_eq(p.size, 512);
	cr_expect_eq(p.at, 0x3e00 + 56);
	regf_log_page(&e, 1, &p);
	cr_expect_eq(p.offset, 0x4e00, "up to the end of the bins");
	cr_expect_eq(p.at, 0x3e00 + 568);
	guard_free(s);
	s = guard_copy(b, 40, 0);
	memset(&e, 0, sizeof(e));
	cr_expect_eq(regf_log_head_parse(s, &e, NULL), 0, "pages not needed");
	cr_expect_eq(e.sequence, 2107);
	guard_free(s);
	s = guard_copy(b, 56, 0x3e00);
	cr_expect_eq(regf_log_entry_parse(s, &e, NULL), 0, "nor here");
	regf_log_page(&e, 0, &p);
	regf_log_page(&e, 1, &p);
	cr_expect_eq(p.at, 0x3e00 + 568);
	guard_free(s);
}

Test(regf_log, hashes_in_parts_as_in_one)
{
	static const char text[] = "abcdefghijklmnopqrstuvwxyz";
	const uint8_t *p = (const uint8_t *)text;

	for (size_t i = 0; i <= 24; i += 4) {
		struct regf_log_hash h;

		regf_log_hash_start(&h);
		regf_log_hash_add(&h, (struct span){ p, i, 0 });
		cr_expect_eq(regf_log_hash_end(&h, (struct span){
			p + i, 26 - i, i }), hash_of(text, 26), "%zu", i);
	}
}

/* One field that cannot be, in an entry whose hashes are right.  */
static const struct lie {
	size_t at;
	uint8_t bytes[4];
	enum err_code code;
	uint64_t error_at;
} lies[] = {
	{ 0, { 'H', 'v', 'L', 'F' }, ERR_MAGIC, 0x200 },
	{ 4, { 0, 0, 0, 0 }, ERR_VALUE, 0x204 },
	{ 4, { 1, 6, 0, 0 }, ERR_VALUE, 0x204 },
	{ 16, { 0, 0, 0, 0 }, ERR_VALUE, 0x210 },
	{ 16, { 0, 0x52, 0, 0 }, ERR_VALUE, 0x210 },
	{ 20, { 0, 0, 0, 0 }, ERR_VALUE, 0x214 },
	{ 20, { 3, 0, 0, 0 }, ERR_TRUNCATED, 0x228 },
	{ 20, { 0xff, 0xff, 0xff, 0xff }, ERR_TRUNCATED, 0x228 },
	{ 40, { 1, 0, 0, 0 }, ERR_VALUE, 0x228 },
	{ 40, { 0, 0x50, 0, 0 }, ERR_VALUE, 0x228 },
	{ 40, { 0, 0xfe, 0xff, 0xff }, ERR_VALUE, 0x228 },
	{ 44, { 0, 0, 0, 0 }, ERR_VALUE, 0x22c },
	{ 44, { 1, 2, 0, 0 }, ERR_VALUE, 0x22c },
	{ 44, { 0, 0x3e, 0, 0 }, ERR_TRUNCATED, 0x228 },
	{ 52, { 0, 4, 0, 0 }, ERR_VALUE, 0x230 },
};

Test(regf_log, an_entry_with_a_right_hash_can_still_be_wrong)
{
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		uint8_t b[sizeof(plain)];
		struct regf_log_entry e = { .sequence = 99 };
		struct err err = { 0 };
		struct span s;

		memcpy(b, plain, sizeof(b));
		memcpy(b + lies[i].at, lies[i].bytes, 4);
		seal(b, sizeof(b));
		s = guard_copy(b, sizeof(b), 0x200);
		cr_expect_eq(regf_log_entry_parse(s, &e, &err), lies[i].code,
			     "%zu: %d", i, err.code);
		cr_expect_eq(err.at, lies[i].error_at, "%zu: 0x%llx", i,
			     (unsigned long long)err.at);
		cr_expect_eq(e.sequence, 99, "%zu: untouched", i);
		guard_free(s);
	}
}

Test(regf_log, each_changed_bit_is_seen_by_a_hash)
{
	for (size_t i = 0; i < sizeof(plain); i++) {
		uint8_t b[sizeof(plain)];
		struct regf_log_entry e;
		struct span s = { b, sizeof(b), 0 };

		memcpy(b, plain, sizeof(b));
		seal(b, sizeof(b));
		b[i] ^= 0x10;
		cr_expect(regf_log_entry_parse(s, &e, NULL) < 0 ||
			  hash_of((const char *)b + 40, sizeof(b) - 40) !=
				  e.body_hash, "%zu", i);
		if (i >= 8 && i < 40) {
			cr_expect_eq(regf_log_head_parse(s, &e, NULL), 0);
			cr_expect(!e.head_sound, "%zu", i);
		}
	}
}

/* A bitmap of bins of 8192 bytes: units 0, 7 and 9.  */
static const uint8_t dirt[4 + 2] = { 'D', 'I', 'R', 'T', 0x81, 0x02 };

Test(regf_log, decodes_a_bitmap)
{
	struct span s = guard_copy(dirt, sizeof(dirt), 512);
	struct regf_dirt d;
	struct err e;

	cr_expect_eq(regf_dirt_bytes(8192), 6);
	cr_assert_eq(regf_dirt_parse(s, 8192, &d, NULL), 0);
	cr_expect_eq(d.units_at, 1024);
	for (uint32_t i = 0; i < 40; i++)
		cr_expect_eq(regf_dirt_has(&d, i), i == 0 || i == 7 || i == 9,
			     "%u", i);
	cr_expect_eq(regf_dirt_parse(s, 12288, &d, &e), ERR_TRUNCATED);
	cr_expect_eq(e.at, 512);
	cr_expect_eq(regf_dirt_parse(s, 0, &d, &e), ERR_VALUE);
	cr_expect_eq(regf_dirt_parse(s, 5000, &d, &e), ERR_VALUE);
	guard_free(s);
	s = guard_copy("DIRS\0\0", 6, 512);
	cr_expect_eq(regf_dirt_parse(s, 8192, &d, &e), ERR_MAGIC);
	cr_expect_eq(e.at, 512);
	guard_free(s);
}

/* 508 bytes of bitmap end where a unit ends: no padding.  */
Test(regf_log, units_follow_a_bitmap_that_ends_with_its_sector)
{
	uint8_t b[512] = "DIRT";
	struct regf_dirt d;

	cr_assert_eq(regf_dirt_parse((struct span){ b, sizeof(b), 512 },
				     508 * 4096, &d, NULL), 0);
	cr_expect_eq(d.units_at, 1024);
}

static void parse(struct span s)
{
	struct regf_log_page p = { 0 };
	struct regf_log_entry e;
	struct regf_dirt d;

	regf_log_head_parse(s, &e, NULL);
	if (regf_log_entry_parse(s, &e, NULL) == 0)
		for (uint32_t i = 0; i < e.n_pages; i++) {
			regf_log_page(&e, i, &p);
			cr_expect_leq(p.at + p.size, s.at + e.size);
		}
	if (regf_dirt_parse(s, 8192, &d, NULL) == 0)
		cr_expect(!regf_dirt_has(&d, 16));
}

/* Hashes made right again, so that what is behind them is reached.  */
static void parse_sealed(struct span s)
{
	if (s.n >= 40)
		seal((uint8_t *)s.p, s.n);
	parse(s);
}

Test(regf_log, survives_every_truncation_and_changed_byte)
{
	uint8_t b[sizeof(plain)];

	memcpy(b, plain, sizeof(b));
	seal(b, sizeof(b));
	mutate(b, sizeof(b), parse);
	mutate(b, sizeof(b), parse_sealed);
	mutate(dirt, sizeof(dirt), parse);
}

Test(regf_log, a_settled_base_block_is_that_of_a_clean_hive)
{
	uint8_t b[512] = { 'r', 'e', 'g', 'f', 9, 0, 0, 0, 8, 0, 0, 0,
			   [28] = 6, [36] = 0x20, [48] = 'S', [500] = 0x77 };
	const struct regf_base as = {
		.primary_sequence = 12, .bins_size = 0x7000, .flags = 1,
	};
	struct regf_base got;

	regf_base_settle(b, &as);
	cr_assert_eq(regf_base_parse((struct span){ b, sizeof(b), 0 }, &got,
				     NULL), 0);
	cr_expect_eq(got.primary_sequence, 12);
	cr_expect_eq(got.secondary_sequence, 12);
	cr_expect_eq(got.file_type, REGF_PRIMARY);
	cr_expect_eq(got.bins_size, 0x7000);
	cr_expect_eq(got.flags, 1);
	cr_expect_eq(got.checksum, got.checksum_computed);
	cr_expect_eq(got.root_cell, 0x20, "the rest stays");
	cr_expect_eq(b[500], 0x77);
}
