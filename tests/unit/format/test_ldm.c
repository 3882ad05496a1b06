#include <criterion/criterion.h>

#include <string.h>

#include "base/bytes.h"
#include "format/ldm.h"
#include "lib/guard.h"
#include "lib/mutate.h"
#include "lib/store.h"

/* As `sum' of the bytes: each counts once.  */
static void fix_sum(uint8_t *s)
{
	uint32_t sum = 0;

	memset(s + 8, 0, 4);
	for (int i = 0; i < 512; i++)
		sum += s[i];
	store_be32(s + 8, sum);
}

/* The private header of the first disk of libldm's Windows 2008 R2 set, field
 * by field.  */
static void make_privhead(uint8_t s[512])
{
	memset(s, 0, 512);
	memcpy(s, "PRIVHEAD", 8);
	s[0x0d] = 2;
	s[0x0f] = 12;
	store_be64(s + 0x10, UINT64_C(0x01cd8ee6d0d4b2d0));
	store_be64(s + 0x18, 1);
	store_be64(s + 0x20, 2047);
	store_be64(s + 0x28, 1856);
	memcpy(s + 0x30, "06495a85-fbfd-11e1-8cf9-52540061f5db", 36);
	memcpy(s + 0x70, "1b77da20-c717-11d0-a5be-00a0c91db73c", 36);
	memcpy(s + 0xb0, "06495a84-fbfd-11e1-8cf9-52540061f5db", 36);
	memcpy(s + 0xf0, "WIN-ERRDJSBDAVF-Dg0", 19);
	store_be32(s + 0x10f, 512);
	store_be64(s + 0x11b, 63);
	store_be64(s + 0x123, 100289);
	store_be64(s + 0x12b, 100352);
	store_be64(s + 0x133, 2048);
	store_be64(s + 0x13b, 1);
	store_be64(s + 0x143, 2046);
	fix_sum(s);
}

static void make_toc(uint8_t s[512])
{
	memset(s, 0, 512);
	memcpy(s, "TOCBLOCK", 8);
	store_be64(s + 0x0c, 5);
	memcpy(s + 0x24, "config", 6);
	store_be64(s + 0x2e, 17);
	store_be64(s + 0x36, 1481);
	memcpy(s + 0x46, "log", 3);
	store_be64(s + 0x50, 1498);
	store_be64(s + 0x58, 224);
	fix_sum(s);
}

static void make_vmdb(uint8_t s[512])
{
	memset(s, 0, 512);
	memcpy(s, "VMDB", 4);
	store_be32(s + 0x04, 5924);
	store_be32(s + 0x08, 128);
	store_be32(s + 0x0c, 512);
	s[0x11] = 1;
	s[0x13] = 4;
	s[0x15] = 10;
	memcpy(s + 0x16, "WIN-ERRDJSBDAVF-Dg0", 19);
	memcpy(s + 0x35, "06495a84-fbfd-11e1-8cf9-52540061f5db", 36);
	store_be64(s + 0x75, 1063);
	store_be64(s + 0x7d, 1064);
	store_be32(s + 0x85, 5);
	store_be32(s + 0x89, 6);
	store_be32(s + 0x8d, 12);
	store_be32(s + 0x91, 9);
	store_be64(s + 0xbd, UINT64_C(0x01cd8ee6d0d4b2d0));
}

static void expect_guid(const struct guid *g, const char *want)
{
	char buf[GUID_TEXT_CHARS + 1];

	cr_expect_str_eq(guid_text(g, buf), want);
}

Test(ldm, decodes_a_private_header)
{
	uint8_t s[512];
	struct ldm_privhead h;
	struct span g;

	make_privhead(s);
	g = guard_copy(s, sizeof(s), 3072);
	cr_assert_eq(ldm_privhead_parse(g, &h, NULL), 0);
	cr_expect_eq(h.major, 2);
	cr_expect_eq(h.minor, 12);
	cr_expect_eq(h.sequence, 1);
	expect_guid(&h.disk_guid, "06495a85-fbfd-11e1-8cf9-52540061f5db");
	expect_guid(&h.group_guid, "06495a84-fbfd-11e1-8cf9-52540061f5db");
	cr_expect_eq(h.group_name.n, 19);
	cr_expect_eq(h.sector_bytes, 512);
	cr_expect_eq(h.data_start, 63);
	cr_expect_eq(h.data_size, 100289);
	cr_expect_eq(h.config_start, 100352);
	cr_expect_eq(h.config_size, 2048);
	cr_expect_eq(h.toc, 1);
	cr_expect_eq(h.toc_mirror, 2046);
	cr_expect_eq(h.copies[0], 2047);
	cr_expect_eq(h.copies[1], 1856);
	cr_expect_eq(h.checksum, h.checksum_computed);
	guard_free(g);
}

/* A name of 31 bytes ends without a NUL: the size of a sector follows it.  */
Test(ldm, takes_a_group_name_that_fills_its_field)
{
	uint8_t s[512];
	struct ldm_privhead h;

	make_privhead(s);
	memset(s + 0xf0, 'x', 31);
	cr_assert_eq(ldm_privhead_parse((struct span){ s, 512, 0 }, &h, NULL),
		     0);
	cr_expect_eq(h.group_name.n, 31);
	cr_expect_neq(h.checksum, h.checksum_computed);
}

Test(ldm, refuses_what_is_no_private_header)
{
	static const struct {
		size_t at;
		uint8_t byte;
		enum err_code code;
		uint64_t err_at;
	} rows[] = {
		{ 0, 'p', ERR_MAGIC, 3072 },
		{ 0x0d, 3, ERR_VALUE, 3072 + 0x0c },
		{ 0x30, 'x', ERR_VALUE, 3072 + 0x30 },
		{ 0xb0 + 35, 0, ERR_VALUE, 3072 + 0xb0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ldm_privhead h = { .major = 7 };
		uint8_t s[512];
		struct err e;

		make_privhead(s);
		s[rows[i].at] = rows[i].byte;
		cr_expect_eq(ldm_privhead_parse((struct span){ s, 512, 3072 },
						&h, &e), rows[i].code);
		cr_expect_eq(e.at, rows[i].err_at, "row %zu", i);
		cr_expect_eq(h.major, 7);
	}
}

Test(ldm, decodes_a_table_of_contents)
{
	uint8_t s[512];
	struct ldm_toc t;
	struct err e;

	make_toc(s);
	cr_assert_eq(ldm_toc_parse((struct span){ s, 512, 0 }, &t, NULL), 0);
	cr_expect_eq(t.sequence, 5);
	cr_expect_eq(t.config.start, 17);
	cr_expect_eq(t.config.size, 1481);
	cr_expect_eq(t.log.start, 1498);
	cr_expect_eq(t.log.size, 224);
	cr_expect_eq(t.checksum, t.checksum_computed);
	memcpy(s + 0x24, "konfig", 6);
	cr_expect_eq(ldm_toc_parse((struct span){ s, 512, 0 }, &t, &e),
		     ERR_VALUE);
	cr_expect_eq(e.at, 0x24);
}

Test(ldm, decodes_the_header_of_the_database)
{
	uint8_t s[512];
	struct ldm_vmdb v;

	make_vmdb(s);
	cr_assert_eq(ldm_vmdb_parse((struct span){ s, 512, 0 }, &v, NULL), 0);
	cr_expect_eq(v.n_slots, 5924);
	cr_expect_eq(v.slot_bytes, 128);
	cr_expect_eq(v.first_slot, 512);
	cr_expect_eq(v.status, 1);
	cr_expect_eq(v.major, 4);
	cr_expect_eq(v.minor, 10);
	expect_guid(&v.group_guid, "06495a84-fbfd-11e1-8cf9-52540061f5db");
	cr_expect_eq(v.committed, 1063);
	cr_expect_eq(v.pending, 1064);
	cr_expect_eq(v.counts.volumes, 5);
	cr_expect_eq(v.counts.components, 6);
	cr_expect_eq(v.counts.partitions, 12);
	cr_expect_eq(v.counts.disks, 9);
}

/* A division by the size of a slot, and a table of slots as large as the number
 * says, are what hostile numbers would ask for.  */
Test(ldm, refuses_slots_that_cannot_be)
{
	static const struct {
		size_t at;
		uint32_t value;
	} rows[] = {
		{ 0x08, 0 }, { 0x08, 64 }, { 0x08, 1024 }, { 0x08, 200 },
		{ 0x0c, 0 }, { 0x0c, 500 }, { 0x0c, 0xffffff80 },
		{ 0x04, 0 }, { 0x04, 3 }, { 0x04, 0xffffffff },
		{ 0x12, 0x0005000a },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t s[512];
		struct ldm_vmdb v;
		struct err e;

		make_vmdb(s);
		store_be32(s + rows[i].at, rows[i].value);
		cr_expect_eq(ldm_vmdb_parse((struct span){ s, 512, 0 }, &v,
					    &e), ERR_VALUE, "row %zu", i);
		cr_expect_leq(e.at, 0x12);
	}
}

static void parse_all(struct span s)
{
	struct ldm_privhead h;
	struct ldm_toc t;
	struct ldm_vmdb v;

	(void)ldm_privhead_parse(s, &h, NULL);
	(void)ldm_toc_parse(s, &t, NULL);
	(void)ldm_vmdb_parse(s, &v, NULL);
}

Test(ldm, survives_every_truncation_and_changed_byte)
{
	uint8_t s[512];

	make_privhead(s);
	mutate(s, sizeof(s), parse_all);
	make_toc(s);
	mutate(s, sizeof(s), parse_all);
	make_vmdb(s);
	mutate(s, sizeof(s), parse_all);
}
