#include <criterion/criterion.h>

#include <string.h>

#include "format/regf.h"
#include "lib/guard.h"

static const struct regf_layout now = { .nt31 = false };
static const struct regf_layout layered = { .layered = true };
static const struct regf_layout nt31 = { .nt31 = true };

/* Fields not listed are zero.  */
static const uint8_t base[512] = {
	'r', 'e', 'g', 'f',
	0x9f, 0x36, 0, 0,		/* primary sequence: 13983 */
	0x9f, 0x36, 0, 0,		/* secondary sequence */
	1, 2, 3, 4, 5, 6, 7, 8,		/* last written */
	1, 0, 0, 0, 3, 0, 0, 0,		/* version 1.3 */
	0, 0, 0, 0, 1, 0, 0, 0,		/* type, format */
	0x20, 0, 0, 0,			/* root cell */
	0, 0x10, 0xb3, 0,		/* size of the bins */
	1, 0, 0, 0,			/* clustering factor */
	'S', 0, 'Y', 0, 'S', 0, 0, 0, 'x', 0,
};

Test(regf, decodes_the_base_block)
{
	struct span s = guard_copy(base, sizeof(base), 0);
	struct regf_base b;

	cr_assert_eq(regf_base_parse(s, &b, NULL), 0);
	cr_expect_eq(b.primary_sequence, 13983);
	cr_expect_eq(b.secondary_sequence, 13983);
	cr_expect_eq(b.last_written, 0x0807060504030201);
	cr_expect_eq(b.major, 1);
	cr_expect_eq(b.minor, 3);
	cr_expect_eq(b.root_cell, 0x20);
	cr_expect_eq(b.bins_size, 0xb31000);
	cr_expect_eq(b.file_name.n, 6, "up to its NUL");
	cr_expect_arr_eq(b.file_name.p, "S\0Y\0S", 6);
	guard_free(s);
}

static uint32_t sum_of(const uint8_t *words, size_t n)
{
	uint8_t b[512] = "regf";
	struct regf_base ret;

	memcpy(b + 100, words, n);
	cr_assert_eq(regf_base_parse((struct span){ b, 512, 0 }, &ret, NULL), 0);
	return ret.checksum_computed;
}

/* "regf" is 0x66676572; a second word can turn the sum into anything.  */
Test(regf, a_checksum_is_never_0_nor_minus_1)
{
	cr_expect_eq(sum_of((const uint8_t *)"regf", 4), 1);
	cr_expect_eq(sum_of((const uint8_t[]){ 0x8d, 0x9a, 0x98, 0x99 }, 4),
		     0xfffffffe);
	cr_expect_eq(sum_of((const uint8_t[]){ 0, 0, 0, 0 }, 4), 0x66676572);
}

static const uint8_t key[76 + 5] = {
	'n', 'k',
	0x24, 0,			/* flags: root, 8-bit name */
	1, 2, 3, 4, 5, 6, 7, 8,		/* last written */
	0, 0, 0, 0,			/* access bits */
	0x40, 2, 0, 0,			/* parent */
	3, 0, 0, 0, 9, 0, 0, 0,		/* subkeys, volatile subkeys */
	0x80, 1, 0, 0,			/* subkey list */
	0xff, 0xff, 0xff, 0xff,		/* volatile subkey list */
	4, 0, 0, 0,			/* values */
	0xa0, 1, 0, 0,			/* value list */
	[72] = 5, 0, 0, 0,		/* name, class name */
	'S', 'e', 't', 'u', 0xfc,
};

Test(regf, decodes_a_key)
{
	struct span s = guard_copy(key, sizeof(key), 0x1024);
	struct regf_key k;

	cr_assert_eq(regf_key_parse(s, now, &k, NULL), 0);
	cr_expect_eq(k.flags, REGF_KEY_ROOT | REGF_KEY_8BIT_NAME);
	cr_expect_eq(k.last_written, 0x0807060504030201);
	cr_expect_eq(k.parent, 0x240);
	cr_expect_eq(k.n_subkeys, 3);
	cr_expect_eq(k.subkey_list, 0x180);
	cr_expect_eq(k.n_values, 4);
	cr_expect_eq(k.value_list, 0x1a0);
	cr_expect(k.name_is_8bit);
	cr_expect_eq(k.name.n, 5);
	cr_expect_eq(k.name.at, 0x1024 + 76);
	cr_expect_eq(k.size, sizeof(key));
	cr_assert_eq(regf_key_parse(s, nt31, &k, NULL), 0);
	cr_expect(!k.name_is_8bit, "NT 3.1 has no such flag");
	guard_free(s);
}

static const uint8_t value[20 + 3] = {
	'v', 'k',
	3, 0,				/* name */
	4, 0, 0, 0x80,			/* size: 4, inline */
	0x11, 0x22, 0x33, 0x44,		/* data */
	4, 0, 0, 0,			/* REG_DWORD */
	3, 0, 0, 0,			/* flags: 8-bit name, tombstone */
	'a', 'b', 'c',
};

Test(regf, decodes_a_value)
{
	struct span s = guard_copy(value, sizeof(value), 0x2000);
	struct regf_value v;

	cr_assert_eq(regf_value_parse(s, now, &v, NULL), 0);
	cr_expect_eq(v.size, 4);
	cr_expect(v.data_inline);
	cr_expect_eq(v.inline_data.at, 0x2008);
	cr_expect_eq(v.inline_data.p[3], 0x44);
	cr_expect_eq(v.data_offset, 0x44332211);
	cr_expect_eq(v.type, 4);
	cr_expect(v.name_is_8bit);
	cr_expect(!v.tombstone, "in a hive that lies over no other");
	cr_expect_eq(v.name.n, 3);
	cr_assert_eq(regf_value_parse(s, layered, &v, NULL), 0);
	cr_expect(v.tombstone);
	cr_assert_eq(regf_value_parse(s, nt31, &v, NULL), 0);
	cr_expect(!v.name_is_8bit && !v.tombstone, "there: a title index");
	guard_free(s);
}

Test(regf, tells_the_kinds_of_lists_and_the_size_of_their_entries)
{
	static const struct {
		uint8_t head[4];
		enum regf_list_kind kind;
		unsigned stride;
	} rows[] = {
		{ { 'l', 'i', 1, 2 }, REGF_LIST_LI, 4 },
		{ { 'l', 'f', 1, 2 }, REGF_LIST_LF, 8 },
		{ { 'l', 'h', 1, 2 }, REGF_LIST_LH, 8 },
		{ { 'r', 'i', 1, 2 }, REGF_LIST_RI, 4 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span s = guard_copy(rows[i].head, 4, 0);
		struct regf_list l;

		cr_assert_eq(regf_list_parse(s, &l, NULL), 0);
		cr_expect_eq(l.kind, rows[i].kind);
		cr_expect_eq(l.stride, rows[i].stride);
		cr_expect_eq(l.count, 0x201);
		cr_expect_arr_eq(regf_list_name(l.kind), rows[i].head, 2);
		guard_free(s);
	}
}

Test(regf, a_cell_size_is_a_positive_multiple_of_8_of_either_sign)
{
	static const struct {
		uint8_t b[4];
		uint32_t size;
		bool in_use;
	} rows[] = {
		{ { 0xf0, 0xff, 0xff, 0xff }, 16, true },
		{ { 0x10, 0, 0, 0 }, 16, false },
		{ { 0, 0, 0, 0 }, 0, false },
		{ { 4, 0, 0, 0 }, 0, false },
		{ { 0xfc, 0xff, 0xff, 0xff }, 0, true },
		{ { 0xf1, 0xff, 0xff, 0xff }, 0, true },
		{ { 0, 0, 0, 0x80 }, 0, true },		/* no such number */
		{ { 8, 0, 0, 0x80 }, 0x7ffffff8, true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool in_use = !rows[i].in_use;
		struct span s = { rows[i].b, 4, 0 };

		cr_expect_eq(regf_cell_size(s, &in_use), rows[i].size, "%zu", i);
		cr_expect_eq(in_use, rows[i].in_use, "%zu", i);
	}
}

/* The hashes are out of the root's lh list of a Windows 7 SYSTEM hive.  */
Test(regf, hashes_names_as_windows_does)
{
	static const uint8_t name[] = "S\0e\0l\0e\0c\0t";
	static const uint8_t lower[] = "s\0E\0L\0e\0c\0t";
	static const uint8_t long_name[] =
		"M\0o\0u\0n\0t\0e\0d\0D\0e\0v\0i\0c\0e\0s";

	cr_expect_eq(regf_name_hash((struct span){ name, 12, 0 }, false), 0x5f0024a0);
	cr_expect_eq(regf_name_hash((struct span){ lower, 12, 0 }, false), 0x5f0024a0);
	cr_expect_eq(regf_name_hash((struct span){ long_name, 28, 0 }, false),
		     0xfc7a072b);
}

/* Hashes out of the lh lists of a Windows 7 SYSTEM hive, and of arithmetic by
 * hand for the short names: 37 * first + second, in capitals.  */
Test(regf, tells_a_hint_that_cannot_be_of_a_name)
{
	static const struct {
		enum regf_list_kind kind;
		uint8_t hint[4];
		const char *name;
		size_t n;
		bool is_8bit, differs;
	} rows[] = {
		{ REGF_LIST_LH, { 0xa0, 0x24, 0, 0x5f }, "Select", 6, true,
		  false },
		{ REGF_LIST_LH, { 0xa0, 0x24, 0, 0x5f }, "sELECT", 6, true,
		  false },
		{ REGF_LIST_LH, { 0xa0, 0x24, 0, 0x5f }, "Selecu", 6, true,
		  true },
		{ REGF_LIST_LH, { 0xa0, 0x24, 0, 0x5f }, "", 0, true, true },
		{ REGF_LIST_LH, { 0xa0, 0x24, 0, 0x5f },
		  "S\0e\0l\0e\0c\0t", 12, false, false },
		/* Its flag lost: three ideographs.  */
		{ REGF_LIST_LH, { 0xa0, 0x24, 0, 0x5f }, "Select", 6, false,
		  true },
		/* u with diaeresis, twice: 0xdc = 220, 37 * 220 + 220 */
		{ REGF_LIST_LH, { 0xa8, 0x20 }, "\xfc\xdc", 2, true, false },
		{ REGF_LIST_LH, { 0xa9, 0x20 }, "\xfc\xdc", 2, true, true },
		/* A small Greek letter, the micro sign: who knows?  */
		{ REGF_LIST_LH, { 0x91, 0x03 }, "\xb1\x03", 2, false, false },
		{ REGF_LIST_LH, { 0x91, 0x03 }, "\xb5", 1, true, false },
		{ REGF_LIST_LF, "Sele", "Select", 6, true, false },
		{ REGF_LIST_LF, "sELE", "Select", 6, true, false },
		{ REGF_LIST_LF, "Self", "Select", 6, true, true },
		{ REGF_LIST_LF, "Sel", "Select", 6, true, true },
		{ REGF_LIST_LF, "C:", "C:", 2, true, false },
		{ REGF_LIST_LF, "C:x", "C:", 2, true, true },
		{ REGF_LIST_LF, { 0 }, "Select", 6, true, false },
		/* A code page's byte for a letter of Latin-1.  */
		{ REGF_LIST_LF, { 0x81 }, "\xfc", 1, true, false },
		{ REGF_LIST_LI, { 0 }, "Select", 6, true, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span name = { (const uint8_t *)rows[i].name, rows[i].n,
				     0 };

		cr_expect_eq(regf_hint_differs(rows[i].kind, rows[i].hint, name,
					       rows[i].is_8bit),
			     rows[i].differs, "%zu", i);
	}
}

Test(regf, compares_names_without_case_in_either_form)
{
	static const uint8_t wide[] = "M\0\xfc\0N\0\xff\0";
	static const uint8_t upper[] = "m\0\xdc\0n\0\x78\1";
	static const uint8_t narrow[] = "mUn\xff";
	struct span w = { wide, 8, 0 }, u = { upper, 8, 0 };

	cr_expect(regf_name_equal(w, false, u));
	cr_expect(!regf_name_equal((struct span){ narrow, 4, 0 }, true, w));
	cr_expect(regf_name_equal((struct span){ narrow, 1, 0 }, true,
				  (struct span){ wide, 2, 0 }));
	cr_expect(!regf_name_equal((struct span){ wide, 7, 0 }, false,
				   (struct span){ wide, 7, 0 }),
		  "half a unit is no name");
	/* The sign of division has no capital.  */
	cr_expect_eq(regf_upcase(0xf7), 0xf7);
	cr_expect_eq(regf_upcase('@'), '@');
	cr_expect_eq(regf_upcase('{'), '{');
}

static int parse_any(const uint8_t *p, struct span s, struct err *e)
{
	struct regf_base b;
	struct regf_key k;
	struct regf_value v;

	if (p == base)
		return regf_base_parse(s, &b, e);
	return p == key ? regf_key_parse(s, now, &k, e)
			: regf_value_parse(s, now, &v, e);
}

static const struct {
	const uint8_t *p;
	size_t n;
} records[] = {
	{ base, sizeof(base) }, { key, sizeof(key) }, { value, sizeof(value) },
};

Test(regf, every_truncation_is_reported_with_its_place)
{
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++)
		for (size_t n = 0; n < records[i].n; n++) {
			struct span s = guard_copy(records[i].p, n, 0x8000);
			struct err e = { 0 };

			cr_assert_eq(parse_any(records[i].p, s, &e),
				     ERR_TRUNCATED, "%zu: %zu", i, n);
			cr_expect(e.at >= 0x8000 && e.at <= 0x8000 + n);
			cr_expect_gt(e.want, e.got);
			guard_free(s);
		}
}

Test(regf, every_changed_byte_stays_inside_the_record)
{
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++)
		for (size_t at = 0; at < records[i].n; at++)
			for (unsigned x = 1; x < 256; x++) {
				struct span s = guard_copy(records[i].p,
							   records[i].n, 0);
				struct err e = { 0 };

				((uint8_t *)s.p)[at] ^= (uint8_t)x;
				if (parse_any(records[i].p, s, &e) < 0)
					cr_expect_leq(e.at, records[i].n);
				guard_free(s);
			}
}

Test(regf, a_wrong_signature_is_reported)
{
	static const uint8_t zeros[512];
	struct span s = { zeros, sizeof(zeros), 0x3000 };
	struct regf_bin bin;
	struct regf_list list;
	struct regf_big_data db;
	struct err e = { 0 };

	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		cr_expect_eq(parse_any(records[i].p, s, &e), ERR_MAGIC);
		cr_expect_eq(e.at, 0x3000);
	}
	cr_expect_eq(regf_bin_parse(s, &bin, NULL), ERR_MAGIC);
	cr_expect_eq(regf_list_parse(s, &list, NULL), ERR_MAGIC);
	cr_expect_eq(regf_big_data_parse(s, &db, NULL), ERR_MAGIC);
	s.n = 0;
	cr_expect_eq(regf_bin_parse(s, &bin, NULL), ERR_TRUNCATED);
	cr_expect_eq(regf_list_parse(s, &list, NULL), ERR_TRUNCATED);
	cr_expect_eq(regf_big_data_parse(s, &db, NULL), ERR_TRUNCATED);
}

Test(regf, tells_how_many_bytes_a_record_takes)
{
	static const struct {
		const char *bytes;
		size_t n;
		uint64_t want;
	} cases[] = {
		{ "vk\5\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20, 25 },
		{ "vk\5\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 19, 0 },
		{ "lh\3\0", 4, 4 + 3 * 8 }, { "lf\1\0", 4, 4 + 8 },
		{ "li\3\0", 4, 4 + 3 * 4 }, { "ri\3\0", 4, 4 + 3 * 4 },
		{ "db\2\0", 4, 8 }, { "nk\2\0", 4, 0 }, { "lh\3", 3, 0 },
		{ "sk\0\0\0\0\0\0\0\0\0\0\1\0\0\0\7\0\0\0", 20, 27 },
		{ "\30\1\0\0\0\0\0\0", 8, 0 }, { "", 0, 0 },
	};
	uint8_t nk[76] = { 'n', 'k' };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span s = guard_copy(cases[i].bytes, cases[i].n, 0);

		cr_expect_eq(regf_record_bytes(s), cases[i].want, "case %zu",
			     i);
		guard_free(s);
	}
	nk[72] = 9;
	cr_expect_eq(regf_record_bytes((struct span){ nk, 76, 0 }), 85);
}
