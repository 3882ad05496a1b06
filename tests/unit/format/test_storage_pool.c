#include <criterion/criterion.h>

#include <string.h>
#include <zlib.h>

#include "format/storage_pool.h"
#include "lib/guard.h"
#include "lib/mutate.h"

#define GUID "0b5e0001-9d1e-11eb-8a01-525400c01d01"

static const uint8_t guid[16] = {
	0x0b, 0x5e, 0x00, 0x01, 0x9d, 0x1e, 0x11, 0xeb,
	0x8a, 0x01, 0x52, 0x54, 0x00, 0xc0, 0x1d, 0x01,
};

struct builder {
	uint8_t bytes[512];
	size_t n;
};

static void add(struct builder *b, const void *p, size_t n)
{
	memcpy(b->bytes + b->n, p, n);
	b->n += n;
}

static void add_number(struct builder *b, uint64_t v, uint8_t n)
{
	add(b, &n, 1);
	for (int i = n - 1; i >= 0; i--)
		add(b, &(uint8_t){ (uint8_t)(v >> 8 * i) }, 1);
}

/* UTF-16BE with its NUL, behind the number of units.  */
static void add_text(struct builder *b, const char *s)
{
	const size_t units = *s == '\0' ? 0 : strlen(s) + 1;

	add(b, &(uint8_t[]){ 0, (uint8_t)units }, 2);
	for (size_t i = 0; i < units; i++)
		add(b, &(uint8_t[]){ 0, (uint8_t)s[i] }, 2);
}

static struct builder record(uint8_t kind, uint8_t version)
{
	struct builder b = { .n = 8 };

	b.bytes[0] = kind;
	b.bytes[1] = version;
	return b;
}

static struct pool_record finish(struct builder *b)
{
	struct pool_record r;

	b->bytes[6] = (uint8_t)((b->n - 8) >> 8);
	b->bytes[7] = (uint8_t)(b->n - 8);
	cr_assert_eq(pool_record_parse((struct span){ b->bytes, b->n, 100 },
				       &r, NULL), 0);
	return r;
}

static void checksum(uint8_t block[512])
{
	uint32_t crc;

	memset(block + 12, 0, 4);
	crc = (uint32_t)crc32(0, block, 512);
	for (int i = 0; i < 4; i++)
		block[12 + i] = (uint8_t)(crc >> (24 - 8 * i));
}

static void header(uint8_t block[512])
{
	memset(block, 0, 512);
	memcpy(block, "SPACEDB ", 8);
	block[9] = 3;
	block[0x1f] = 77;
	memcpy(block + 0x20, guid, 16);
	memcpy(block + 0x30, guid, 16);
	block[0x30] = 0x99;
	block[0x41] = 1;
	checksum(block);
}

static void database(uint8_t block[512])
{
	memset(block, 0, 512);
	memcpy(block, "SDBC    ", 8);
	memcpy(block + 0x10, guid, 16);
	block[0x27] = 64;
	block[0x2b] = 28;
	block[0x47] = 5;
	block[0x4f] = 6;
	checksum(block);
}

static void expect_guid(const struct guid *g)
{
	char text[GUID_TEXT_CHARS + 1];

	cr_expect_str_eq(guid_text(g, text), GUID);
}

static void expect_text(struct span s, const char *text)
{
	cr_expect_eq(s.n, 2 * strlen(text), "%s", text);
	for (size_t i = 0; i < s.n / 2; i++)
		cr_expect_eq(s.p[2 * i + 1], text[i]);
}

Test(storage_pool, decodes_the_header)
{
	uint8_t block[512];
	struct pool_header h;
	struct err e;

	header(block);
	cr_assert_eq(pool_header_parse((struct span){ block, 512, 0 }, &h,
				       NULL), 0);
	cr_expect_eq(h.version, 3);
	cr_expect_eq(h.joined, 77);
	expect_guid(&h.pool);
	cr_expect_eq(h.disk.b[3], 0x99);
	cr_expect(h.has_database);
	cr_expect_eq(h.checksum, h.checksum_computed);
	block[500] = 1;
	cr_assert_eq(pool_header_parse((struct span){ block, 512, 0 }, &h,
				       NULL), 0);
	cr_expect_neq(h.checksum, h.checksum_computed);
	for (unsigned version = 0; version < 5; version += 4) {
		block[9] = (uint8_t)version;
		cr_expect_eq(pool_header_parse((struct span){ block, 512, 100 },
					       &h, &e), ERR_UNSUPPORTED);
		cr_expect_eq(e.at, 108);
	}
	block[0] = 's';
	cr_expect_eq(pool_header_parse((struct span){ block, 512, 0 }, &h,
				       NULL), ERR_MAGIC);
}

Test(storage_pool, decodes_the_header_of_windows_8)
{
	for (uint8_t version = 1; version < 3; version++) {
		uint8_t block[512] = "SPACEDB ";
		struct pool_header h;

		block[9] = version;
		memcpy(block + 0x10, guid, 16);
		block[0x20] = 0x99;
		block[0x5f] = 77;
		checksum(block);
		cr_assert_eq(pool_header_parse((struct span){ block, 512, 0 },
					       &h, NULL), 0);
		cr_expect_eq(h.version, version);
		cr_expect_eq(h.joined, 77);
		expect_guid(&h.pool);
		cr_expect_eq(h.disk.b[3], 0x99);
		cr_expect_eq(h.checksum, h.checksum_computed);
	}
}

Test(storage_pool, decodes_the_header_of_the_database)
{
	uint8_t block[512];
	struct pool_database d;
	struct err e;

	database(block);
	cr_assert_eq(pool_database_parse((struct span){ block, 512, 0 }, &d,
					 NULL), 0);
	expect_guid(&d.owner);
	cr_expect_eq(d.slot_bytes, 64);
	cr_expect_eq(d.n_slots, 28);
	cr_expect_eq(d.sequence, 5);
	cr_expect_eq(d.updated, 6);
	cr_expect_eq(d.checksum, d.checksum_computed);
	block[0x27] = 48;
	cr_expect_eq(pool_database_parse((struct span){ block, 512, 0 }, &d,
					 &e), ERR_VALUE);
	cr_expect_eq(e.at, 0x24);
	block[0x27] = 64;
	block[0x2b] = 7;
	cr_expect_eq(pool_database_parse((struct span){ block, 512, 0 }, &d,
					 &e), ERR_VALUE);
	cr_expect_eq(e.at, 0x28);
	block[0x28] = 1;
	cr_expect_eq(pool_database_parse((struct span){ block, 512, 0 }, &d,
					 &e), ERR_VALUE);
}

static struct builder pool(void)
{
	struct builder b = record(1, 15);

	add(&b, "\0\1\7", 3);
	add(&b, guid, 16);
	add_text(&b, "A pool");
	add_text(&b, "");
	add(&b, "\0\0\34\11\14", 5);
	return b;
}

static struct builder disk(void)
{
	struct builder b = record(2, 6);

	add_number(&b, 3, 1);
	add_number(&b, 1, 1);
	add(&b, guid, 16);
	add_text(&b, "PhysicalDisk3");
	add_text(&b, "");
	add(&b, "\0\2\1", 3);
	add_text(&b, "ACME");
	add_text(&b, "Spindle");
	add_text(&b, "");
	add_text(&b, "");
	add(&b, "\x0f\1", 2);
	b.n += 32;
	add_number(&b, 0x123456789a, 5);
	return b;
}

/* What stands before the resiliency takes five bytes in version 17, four in
 * version 16.  */
static struct builder space(uint8_t version)
{
	struct builder b = record(3, version);

	add_number(&b, 5, 1);
	add_number(&b, 1, 1);
	add(&b, guid, 16);
	add_text(&b, "Space");
	add_text(&b, "");
	add(&b, "\0\0\2", 3);
	add_number(&b, 0x80000000, 4);
	add_number(&b, 0, 0);
	add(&b, "\1", 1);
	add_number(&b, 0x40000000, 4);
	add(&b, "\0", 1);
	add(&b, version == 16 ? "\1\1\0\0" : "\1\0\1\0\0",
	    version == 16 ? 4 : 5);
	add(&b, "\2", 1);
	add_number(&b, 1, 1);
	add_number(&b, 2, 1);
	add_number(&b, 1, 1);
	add_number(&b, 4, 1);
	return b;
}

Test(storage_pool, decodes_the_pool)
{
	struct builder b = pool();
	struct pool_record r = finish(&b);
	struct pool_info v;

	cr_assert_eq(pool_info_parse(&r, &v, NULL), 0);
	expect_guid(&v.guid);
	expect_text(v.name, "A pool");
	cr_expect_eq(v.version, 28);
	cr_expect_eq(v.sector_bytes, 512);
}

Test(storage_pool, decodes_disks)
{
	struct builder b = disk();
	struct pool_record r = finish(&b);
	struct pool_disk v;

	cr_assert_eq(pool_disk_parse(&r, &v, NULL), 0);
	cr_expect_eq(v.id, 3);
	expect_guid(&v.guid);
	expect_text(v.name, "PhysicalDisk3");
	expect_text(v.manufacturer, "ACME");
	expect_text(v.model, "Spindle");
	cr_expect_eq(v.size, 0x123456789a);
	/* Of another form behind the name: that is known all the same.  */
	r.body.n = 2 + 2 + 16 + 2 + 28 + 4;
	cr_assert_eq(pool_disk_parse(&r, &v, NULL), 0);
	expect_text(v.name, "PhysicalDisk3");
	cr_expect_eq(v.model.n, 0);
	cr_expect_eq(v.size, 0);
}

/* Behind the usage: a byte, and a number of slabs, where Windows 11 has the
 * manufacturer.  The names that they would give are none.  */
Test(storage_pool, decodes_disks_of_older_pools)
{
	static const char *const ends[] = {
		"\0\1\37\0\0\0\0\0\0", "\0\2\37\100\0\0\0\0\0\0\0",
		"\1\3\1\2\3\0\0\0\0\0\0\0\0", "\2\1\7",
	};
	static const size_t sizes[] = { 9, 11, 13, 3 };

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct builder b = record(2, 2);
		struct pool_record r;
		struct pool_disk v;

		add_number(&b, 3, 1);
		add_number(&b, 1, 1);
		add(&b, guid, 16);
		add_text(&b, "PhysicalDisk3");
		add_text(&b, "");
		add(&b, "\0\2\1", 3);
		add(&b, ends[i], sizes[i]);
		r = finish(&b);
		cr_assert_eq(pool_disk_parse(&r, &v, NULL), 0, "%zu", i);
		expect_text(v.name, "PhysicalDisk3");
		cr_expect_eq(v.manufacturer.n, 0, "%zu", i);
		cr_expect_eq(v.model.n, 0, "%zu", i);
		cr_expect_eq(v.size, 0, "%zu", i);
	}
}

/* A text has its NUL, or it is none.  */
Test(storage_pool, texts_without_an_end_are_no_texts)
{
	struct builder b = disk();
	struct pool_record r = finish(&b);
	struct pool_disk v;
	size_t end = 8 + 2 + 2 + 16 + 2 + 28 + 2 + 3 + 2 + 10;

	b.bytes[end - 1] = 'x';
	cr_assert_eq(pool_disk_parse(&r, &v, NULL), 0);
	cr_expect_eq(v.manufacturer.n, 0);
	cr_expect_eq(v.model.n, 0);
	cr_expect_eq(v.size, 0);
}

/* Of older pools a size is a number of slabs; the smallest in bytes is one.  */
Test(storage_pool, sizes_are_slabs_or_bytes)
{
	static const struct {
		uint64_t stored, bytes;
	} cases[] = {
		{ 0, 0 }, { 1, 0x10000000 }, { 12, 0xc0000000 },
		{ 0xfffffff, 0xfffffff0000000 }, { 0x10000000, 0x10000000 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct builder b = record(3, 3);
		struct pool_record r;
		struct pool_space v;

		add_number(&b, 5, 1);
		add_number(&b, 1, 1);
		add(&b, guid, 16);
		add_text(&b, "Space");
		add_text(&b, "");
		add(&b, "\0\0\2", 3);
		add_number(&b, cases[i].stored, 4);
		r = finish(&b);
		cr_assert_eq(pool_space_parse(&r, &v, NULL), 0);
		cr_expect_eq(v.size, cases[i].bytes, "%zu", i);
	}
}

Test(storage_pool, a_version_beside_an_impossible_sector_is_none)
{
	struct builder b = pool();
	struct pool_record r = finish(&b);
	struct pool_info v;

	b.bytes[b.n - 2] = 40;
	cr_assert_eq(pool_info_parse(&r, &v, NULL), 0);
	expect_text(v.name, "A pool");
	cr_expect_eq(v.version, 0);
	cr_expect_eq(v.sector_bytes, 0);
}

Test(storage_pool, decodes_spaces_of_both_versions)
{
	for (uint8_t version = 15; version < 18; version++) {
		struct builder b = space(version);
		struct pool_record r = finish(&b);
		struct pool_space v;

		cr_assert_eq(pool_space_parse(&r, &v, NULL), 0);
		expect_guid(&v.guid);
		expect_text(v.name, "Space");
		cr_expect_eq(v.size, 0x80000000);
		cr_expect_eq(v.provisioning, POOL_THIN);
		cr_expect_not(v.internal);
		/* What another version holds there nobody knows.  */
		cr_expect_eq(v.resiliency, version == 15 ? 0 : POOL_MIRROR,
			     "version %u", version);
		cr_expect_eq(v.copies, version == 15 ? 0 : 2);
		cr_expect_eq(v.columns, version == 15 ? 0 : 4);
	}
}

static void parse_all(struct span s)
{
	struct pool_header h;
	struct pool_database d;
	struct pool_record r;
	struct pool_info i;
	struct pool_disk k;
	struct pool_space p;

	(void)pool_header_parse(s, &h, NULL);
	(void)pool_database_parse(s, &d, NULL);
	if (pool_record_parse(s, &r, NULL) < 0)
		return;
	(void)pool_info_parse(&r, &i, NULL);
	(void)pool_disk_parse(&r, &k, NULL);
	(void)pool_space_parse(&r, &p, NULL);
}

Test(storage_pool, survives_every_truncation_and_changed_byte)
{
	struct builder all[] = { pool(), disk(), space(16), space(17) };
	uint8_t block[512];

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		finish(&all[i]);
		mutate(all[i].bytes, all[i].n, parse_all);
	}
	header(block);
	mutate(block, sizeof(block), parse_all);
	database(block);
	mutate(block, sizeof(block), parse_all);
}
