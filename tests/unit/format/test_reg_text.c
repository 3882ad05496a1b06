#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/reg_text.h"
#include "lib/guard.h"
#include "lib/mutate.h"

/* What Windows writes, with what other tools write behind it.  Each backslash
 * of the text stands twice here.  */
static const char sample[] =
	"Windows Registry Editor Version 5.00\r\n"
	"\r\n"
	"[HKEY_LOCAL_MACHINE\\SYSTEM\\MountedDevices]\r\n"
	"\"\\\\DosDevices\\\\C:\"=hex:78,56,34,12,\\\r\n"
	"  00,00,10,00,00,00,00,00\r\n"
	"@=\"a \\\"b\\\" \\\\ c\"\r\n"
	"\"two\"=\"first\r\nsecond\"\r\n"
	"\"n\"=dword:0000002a\r\n"
	"\"x\"=hex(7):61,00,00,00,00,00\r\n"
	"\"s\"=str(2):\"%SystemRoot%\\\"\r\n"
	"\"empty\"=hex(0):\r\n"
	"\"gone\"=-\r\n"
	"; a comment [not a key]\r\n"
	"[-HKEY_LOCAL_MACHINE\\SOFTWARE\\a]b]\r\n";

/* One record as text, for comparison with what is written out by hand.  */
static void print_record(const struct reg_text *t, const struct reg_record *r,
			 char *buf, size_t n)
{
	static const char *const kinds[] = {
		"nothing", "key", "-key", "value", "-value", "time", "bad",
	};
	uint8_t name[1000], data[1000];
	struct reg_utf16 wide;
	struct reg_data d;
	int k;

	cr_assert_leq(REG_UTF16_BYTES(r->name.n), sizeof(name));
	wide = reg_text_decode(t, r->name, r->kind == REG_VALUE, name);
	k = snprintf(buf, n, "%s %zu ", kinds[r->kind], r->lines);
	for (size_t i = 0; i < wide.n; i += 2)
		k += snprintf(buf + k, n - (size_t)k, "%c", name[i]);
	if (r->kind != REG_VALUE)
		return;
	d = reg_data_decode(t, r, data, sizeof(data));
	k += snprintf(buf + k, n - (size_t)k, " %u:", r->type);
	for (size_t i = 0; i < d.n; i++)
		k += snprintf(buf + k, n - (size_t)k, "%02x", data[i]);
	if (d.bad.code != 0)
		snprintf(buf + k, n - (size_t)k, "!");
}

static const char *const sample_records[] = {
	"nothing 1 ", "nothing 1 ",
	"key 1 HKEY_LOCAL_MACHINE\\SYSTEM\\MountedDevices",
	"value 2 \\DosDevices\\C: 3:785634120000100000000000",
	/* a "b" \ c and the NUL that the text does not show */
	"value 1  1:6100200022006200220020005c00200063000000",
	"value 2 two 1:660069007200730074000d000a00"
	"7300650063006f006e0064000000",
	"value 1 n 4:2a000000",
	"value 1 x 7:610000000000",
	"value 1 s 2:2500530079007300740065006d0052006f006f00740025005c00"
	"0000",
	"value 1 empty 0:",
	"-value 1 gone",
	"nothing 1 ",
	"-key 1 HKEY_LOCAL_MACHINE\\SOFTWARE\\a]b",
};
#define N_SAMPLE (sizeof(sample_records) / sizeof(sample_records[0]))

/* @text in the encoding @e, with its mark where @mark; to be freed.  */
static uint8_t *encode(const char *text, enum reg_encoding e, bool mark,
		       size_t *ret_n)
{
	size_t n = 0, k = strlen(text), w = e == REG_BYTES ? 1 : 2;
	uint8_t *p = calloc(k + 2, 2);

	if (mark) {
		memcpy(p, e == REG_BYTES ? "\xef\xbb\xbf" :
			  e == REG_UTF16LE ? "\xff\xfe" : "\xfe\xff", 3);
		n = e == REG_BYTES ? 3 : 2;
	}
	for (size_t i = 0; i < k; i++, n += w)
		p[n + (e == REG_UTF16BE)] = (uint8_t)text[i];
	for (size_t i = 0; w == 2 && i < k; i++)
		p[(mark ? 2 : 0) + 2 * i + (e != REG_UTF16BE)] = 0;
	*ret_n = n;
	return p;
}

static void expect_records(struct span s, const char *const *want, size_t n)
{
	struct reg_text t = { 0 };
	size_t i;

	cr_assert_eq(reg_text_begin(s, &t, NULL), 0);
	cr_assert(span_sub(s, t.start, s.n - t.start, &s));
	for (i = 0; s.n > 0; i++) {
		struct reg_record r;
		char text[1000] = "";

		cr_assert_eq(reg_record_parse(&t, s, true, &r, NULL), 0);
		cr_assert_lt(i, n);
		print_record(&t, &r, text, sizeof(text));
		cr_expect_str_eq(text, want[i]);
		cr_assert(span_sub(s, r.size, s.n - r.size, &s));
	}
	cr_expect_eq(i, n);
}

Test(reg_text, reads_every_form_in_every_encoding)
{
	for (int e = REG_BYTES; e <= REG_UTF16BE; e++)
		for (int mark = 0; mark < 2; mark++) {
			size_t n;
			uint8_t *p = encode(sample, (enum reg_encoding)e,
					    mark, &n);
			struct span s = guard_copy(p, n, 0);

			expect_records(s, sample_records, N_SAMPLE);
			guard_free(s);
			free(p);
		}
}

/* One line behind a key, and what comes of it.  */
Test(reg_text, each_line_is_what_it_should_be)
{
	static const struct {
		const char *line, *record;
	} rows[] = {
		{ "\"a\"=hex:00,11", "value 1 a 3:0011" },
		{ "  \"a\" = HEX: 0 , ff ", "value 1 a 3:00ff" },
		{ "\"a\"=hex(80000001):aa", "value 1 a 2147483649:aa" },
		{ "\"a\"=hex:00,1", "value 1 a 3:0001" },
		{ "\"a\"=hex:00,11 ; it, was", "value 1 a 3:0011" },
		{ "\"a\"=hex:00,;\\", "value 1 a 3:00!" },
		{ "\"a\"=hex:00,", "value 1 a 3:00!" },
		{ "\"a\"=hex:00,\\", "value 1 a 3:00!" },
		{ "\"a\"=hex:00,\\ ; on\n  11 ; end", "value 2 a 3:0011" },
		{ "\"a\"=hex:00,0g", "value 1 a 3:0000!" },
		{ "\"a\"=hex:00,001", "value 1 a 3:0000!" },
		{ "\"a\"=hex:zz", "value 1 a 3:!" },
		{ "\"a\"=hex:00 11", "value 1 a 3:00!" },
		{ "\"a\"=dword:1", "value 1 a 4:01000000" },
		{ "\"a\"=dword:DEADBEEF ; c", "value 1 a 4:efbeadde" },
		{ "\"a\\\"b\\\\\"=\"\"", "value 1 a\"b\\ 1:0000" },
		{ "\"a\"=\"\\n\"", "value 1 a 1:5c006e000000" },
		{ "\"a\"=\"x\" ; c", "value 1 a 1:78000000" },
		{ "\"a\"=str:\"x\"", "value 1 a 1:78000000" },
		{ "\"a\"=\"x\"y", "bad 1 a" },
		{ "\"a\"=\"x", "bad 1 a" },
		{ "\"a\"=dword:", "bad 1 a" },
		{ "\"a\"=dword:123456789", "bad 1 a" },
		{ "\"a\"=hexstr:\"x\"", "bad 1 a" },
		{ "\"a\"=hex(:00", "bad 1 a" },
		{ "\"a\"=hex(1:00", "bad 1 a" },
		{ "\"a\"", "bad 1 a" },
		{ "\"a=1", "bad 1 " },
		{ "@", "bad 1 " },
		{ "@=-", "-value 1 " },
		{ "[a", "bad 1 " },
		{ "[a]b", "bad 1 " },
		{ "[]", "key 1 " },
		{ "[\\]", "key 1 \\" },
		{ "[a]  ; c", "key 1 a" },
		{ "00,11", "bad 1 " },
		{ "\xef\xbb\xbfREGEDIT4", "nothing 1 " },
		{ "   ", "nothing 1 " },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[200];
		int n = snprintf(text, sizeof(text), "[k]\n%s", rows[i].line);
		const char *const want[] = { "key 1 k", rows[i].record };
		struct span s = guard_copy(text, (size_t)n, 0);

		expect_records(s, want, 2);
		guard_free(s);
	}
}

/* What ERR_TRUNCATED means: the same record, once more of it is seen.  */
Test(reg_text, a_record_that_is_cut_is_not_taken_for_a_whole_one)
{
	struct span all = { (const uint8_t *)sample, sizeof(sample) - 1, 0 };
	struct reg_text t = { 0 };
	struct reg_record r, seen;
	struct span left;

	for (left = all; left.n > 0;
	     span_sub(left, r.size, left.n - r.size, &left)) {
		reg_record_parse(&t, left, true, &r, NULL);
		for (size_t n = 0; n < r.size; n++) {
			struct span s = guard_copy(left.p, n, 0);

			if (n > 0)
				cr_expect_eq(reg_record_parse(&t, s, false,
							      &seen, NULL),
					     ERR_TRUNCATED, "%zu of %zu", n,
					     r.size);
			guard_free(s);
		}
		cr_expect_eq(reg_record_parse(&t, left, false, &seen, NULL), 0);
		cr_expect_eq(seen.size, r.size);
	}
}

Test(reg_text, an_error_says_where_it_is)
{
	static const char line[] = "\"name\"=\"x\"junk\n";
	struct span s = { (const uint8_t *)line, sizeof(line) - 1, 1000 };
	struct reg_text t = { 0 };
	struct reg_record r;

	cr_assert_eq(reg_record_parse(&t, s, true, &r, NULL), 0);
	cr_expect_eq(r.kind, REG_BAD);
	cr_expect_eq(r.bad.code, ERR_VALUE);
	cr_expect_eq(r.bad.at, 1000 + 8);
	cr_expect_eq(r.size, sizeof(line) - 1);
}

Test(reg_text, text_of_no_encoding_is_guessed_and_says_so)
{
	static const struct {
		const char *text;
		uint8_t want[8];
		size_t n;
		bool guessed;
	} rows[] = {
		{ "\xc3\xa4", { 0xe4, 0 }, 2, false },		/* UTF-8 */
		{ "\xe4" "b", { 0xe4, 0, 'b', 0 }, 4, true },	/* Latin-1 */
		{ "\xf0\x9f\x92\xbe", { 0x3d, 0xd8, 0xbe, 0xdc }, 4, false },
		{ "\xc0\x80", { 0xc0, 0, 0x80, 0 }, 4, true },	/* overlong */
		{ "\xed\xa0\x80", { 0xed, 0, 0xa0, 0, 0x80, 0 }, 6, true },
		{ "ab\xc3", { 'a', 0, 'b', 0, 0xc3, 0 }, 6, true },
	};
	struct reg_text t = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span s = guard_copy(rows[i].text,
					   strlen(rows[i].text), 0);
		uint8_t out[16];
		struct reg_utf16 r = reg_text_decode(&t, s, false, out);

		cr_expect_eq(r.n, rows[i].n, "row %zu", i);
		cr_expect_arr_eq(out, rows[i].want, rows[i].n, "row %zu", i);
		cr_expect_eq(r.guessed, rows[i].guessed, "row %zu", i);
		guard_free(s);
	}
}

/* Its data of text types is one byte a character.  */
Test(reg_text, regedit4_text_data_becomes_utf16)
{
	static const char text[] =
		"REGEDIT4\n\n[k]\n"
		"\"e\"=hex(2):25,61,25,00\n"
		"\"m\"=hex(7):61,00,00\n"
		"\"b\"=hex:61,00\n";
	static const char *const want[] = {
		"nothing 1 ", "nothing 1 ", "key 1 k",
		"value 1 e 2:2500610025000000",
		"value 1 m 7:610000000000",
		"value 1 b 3:6100",
	};

	expect_records((struct span){ (const uint8_t *)text, sizeof(text) - 1,
				      0 }, want, 6);
}

Test(reg_text, what_is_something_else_is_refused)
{
	static const struct {
		const char *bytes;
		size_t n;
		int result;
	} rows[] = {
		{ "regf\1\0\0\0\1\0\0\0", 12, ERR_MAGIC },
		{ "", 0, ERR_MAGIC },
		{ "\xff\xfe", 2, ERR_MAGIC },
		{ "; only a comment", 16, ERR_MAGIC },
		{ "\r\n\r\n", 4, ERR_MAGIC },
		{ "[Trash Info]\nPath=x", 19, 0 },	/* lines are bad then */
		{ "\n; c\n[k]", 8, 0 },
		{ "MZ\220\0\3\0\0\0", 8, ERR_MAGIC },
		{ "Windows Registry Editor Version 9.99", 36, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span s = guard_copy(rows[i].bytes, rows[i].n, 0);
		struct reg_text t;

		cr_expect_eq(reg_text_begin(s, &t, NULL), rows[i].result,
			     "row %zu", i);
		guard_free(s);
	}
}

/* Data larger than its room is counted whole, and only the room is written.  */
Test(reg_text, data_stays_inside_its_room)
{
	static const char line[] = "\"a\"=hex:01,02,03,04\n";
	struct span s = { (const uint8_t *)line, sizeof(line) - 1, 0 };
	struct reg_text t = { 0 };
	uint8_t out[3] = { 0xee, 0xee, 0xee };
	struct reg_record r;

	cr_assert_eq(reg_record_parse(&t, s, true, &r, NULL), 0);
	cr_expect_eq(reg_data_decode(&t, &r, out, 2).n, 4);
	cr_expect_arr_eq(out, "\x01\x02\xee", 3);
	cr_expect_eq(reg_data_decode(&t, &r, NULL, 0).n, 4);
}

static void read_all(struct span s)
{
	struct reg_text t;

	if (reg_text_begin(s, &t, NULL) < 0)
		return;
	cr_assert(span_sub(s, t.start, s.n - t.start, &s));
	while (s.n > 0) {
		struct reg_record r;
		uint8_t data[32], name[400];

		cr_assert_eq(reg_record_parse(&t, s, true, &r, NULL), 0);
		cr_assert(r.size > 0 && r.size <= s.n);
		if (r.name.n > 0 && REG_UTF16_BYTES(r.name.n) <= sizeof(name))
			reg_text_decode(&t, r.name, true, name);
		if (r.kind == REG_VALUE)
			reg_data_decode(&t, &r, data, sizeof(data));
		cr_assert(span_sub(s, r.size, s.n - r.size, &s));
	}
}

Test(reg_text, survives_every_truncation_and_every_byte_changed)
{
	for (int e = REG_BYTES; e <= REG_UTF16BE; e++) {
		size_t n;
		uint8_t *p = encode(sample, (enum reg_encoding)e, true, &n);

		mutate(p, n, read_all);
		free(p);
	}
}
