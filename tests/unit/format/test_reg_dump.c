#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/reg_dump.h"
#include "lib/guard.h"
#include "lib/mutate.h"

/* As regedit of Windows 10 writes it, blanks behind words included; a line of
 * sixteen bytes is as Microsoft's article on PR_NETWORK_ADDRS shows it.  */
static const char sample[] =
	"Key Name:          HKEY_LOCAL_MACHINE\\SYSTEM\\MountedDevices\r\n"
	"Class Name:        <NO CLASS>\r\n"
	"Last Write Time:   19/09/2024 - 8:24 PM\r\n"
	"Value 0\r\n"
	"  Name:            \\DosDevices\\C:\r\n"
	"  Type:            REG_BINARY\r\n"
	"  Data:            \r\n"
	"00000000   3e a0 be 5c 00 00 10 00 - 00 00 00 00              "
	">..\\........\r\n"
	"\r\n"
	"Value 1\r\n"
	"  Name:            <NO NAME>\r\n"
	"  Type:            REG_SZ\r\n"
	"  Data:              a \"b\" \\\\\r\n"
	"\r\n"
	"Value 2\r\n"
	"  Name:            long\r\n"
	"  Type:            REG_BINARY\r\n"
	"  Data:            \r\n"
	"00000000   06 00 00 00 1c 00 00 00 - 2d 00 00 00 51 00 00 00  "
	"........-...Q...\r\n"
	"00000010   64 00                                              d.\r\n"
	"\r\n"
	"Value 10\r\n"
	"  Name:            n\r\n"
	"  Type:            REG_DWORD\r\n"
	"  Data:            0x2a\r\n"
	"\r\n"
	"Value 11\r\n"
	"  Name:            two\r\n"
	"  Type:            REG_MULTI_SZ\r\n"
	"  Data:            x\r\n"
	"                   yz\r\n"
	"\r\n"
	"Value 12\r\n"
	"  Name:            lines\r\n"
	"  Type:            REG_EXPAND_SZ\r\n"
	"  Data:            p\r\n"
	"\r\n"
	"q\r\n"
	"\r\n"
	"Value 13\r\n"
	"  Name:            empty\r\n"
	"  Type:            REG_NONE\r\n"
	"  Data:            \r\n"
	"\r\n"
	"Key Name:          HKEY_LOCAL_MACHINE\\SYSTEM\\Select\r\n"
	"Class Name:        5a\r\n"
	"Last Write Time:   11/30/2021 - 20:59\r\n";

static const char *const records[] = {
	"key 1 HKEY_LOCAL_MACHINE\\SYSTEM\\MountedDevices", "nothing 1 ",
	"time 1 19/09/2024 - 8:24 PM",
	"value 6 \\DosDevices\\C: 3:3ea0be5c0000100000000000",
	"value 5  1:200020006100200022006200220020005c005c000000",
	"value 7 long 3:060000001c0000002d000000510000006400",
	"value 5 n 4:2a000000",
	"value 6 two 7:7800000079007a0000000000",
	"value 7 lines 2:70000d000a000d000a0071000000",
	"value 5 empty 0:",
	"key 1 HKEY_LOCAL_MACHINE\\SYSTEM\\Select", "nothing 1 ",
	"time 1 11/30/2021 - 20:59",
};
#define N_RECORDS (sizeof(records) / sizeof(records[0]))

static int print_text(const struct reg_text *t, struct span s, char *buf,
		      size_t room)
{
	uint8_t wide[400];
	size_t n = reg_text_decode(t, s, true, wide).n;
	int k = 0;

	for (size_t i = 0; i < n; i += 2)
		k += snprintf(buf + k, room - (size_t)k, "%c", wide[i]);
	return k;
}

static void print_record(const struct reg_text *t, const struct reg_record *r,
			 char *buf, size_t room)
{
	static const char *const kinds[] = {
		[REG_NOTHING] = "nothing", [REG_KEY] = "key",
		[REG_VALUE] = "value", [REG_TIME] = "time", [REG_BAD] = "bad",
	};
	uint8_t data[200];
	struct reg_data d;
	int k = snprintf(buf, room, "%s %zu ", kinds[r->kind], r->lines);

	k += print_text(t, r->kind == REG_TIME ? r->data : r->name, buf + k,
			room - (size_t)k);
	if (r->kind != REG_VALUE)
		return;
	d = reg_data_decode(t, r, data, sizeof(data));
	k += snprintf(buf + k, room - (size_t)k, " %u:", r->type);
	for (size_t i = 0; i < d.n; i++)
		k += snprintf(buf + k, room - (size_t)k, "%02x", data[i]);
	if (d.bad.code != 0)
		snprintf(buf + k, room - (size_t)k, "!");
}

/* The sample in the encoding @e, to be freed.  */
static uint8_t *encoded(enum reg_encoding e, size_t *ret_n)
{
	size_t n = sizeof(sample) - 1;
	uint8_t *p = calloc(n + 1, 2);

	if (e == REG_BYTES) {
		memcpy(p, sample, n);
		*ret_n = n;
		return p;
	}
	p[e == REG_UTF16BE] = 0xff;
	p[e != REG_UTF16BE] = 0xfe;
	for (size_t i = 0; i < n; i++)
		p[2 + 2 * i + (e == REG_UTF16BE)] = (uint8_t)sample[i];
	*ret_n = 2 + 2 * n;
	return p;
}

Test(reg_dump, reads_what_regedit_writes_in_every_encoding)
{
	for (int e = REG_BYTES; e <= REG_UTF16BE; e++) {
		size_t n, i;
		uint8_t *p = encoded((enum reg_encoding)e, &n);
		struct span s = guard_copy(p, n, 0), left;
		struct reg_text t = { 0 };

		cr_assert_eq(reg_text_begin(s, &t, NULL), 0);
		cr_expect(t.dump);
		cr_assert(span_sub(s, t.start, s.n - t.start, &left));
		for (i = 0; left.n > 0; i++) {
			struct reg_record r;
			char text[600] = "";

			cr_assert_eq(reg_record_parse(&t, left, true, &r,
						      NULL), 0);
			cr_assert_lt(i, N_RECORDS);
			print_record(&t, &r, text, sizeof(text));
			cr_expect_str_eq(text, records[i]);
			cr_assert(span_sub(left, r.size, left.n - r.size,
					   &left));
		}
		cr_expect_eq(i, N_RECORDS);
		guard_free(s);
		free(p);
	}
}

/* The same record, once more of it is seen, or what tells that it has ended. */
Test(reg_dump, a_record_that_is_cut_is_not_taken_for_a_whole_one)
{
	struct span left = { (const uint8_t *)sample, sizeof(sample) - 1, 0 };
	struct reg_text t = { .dump = true };
	struct reg_record r = { 0 }, seen;

	for (; left.n > 0; span_sub(left, r.size, left.n - r.size, &left)) {
		reg_record_parse(&t, left, true, &r, NULL);
		for (size_t n = 1; n < r.size; n++) {
			struct span s = guard_copy(left.p, n, 0);

			cr_expect_eq(reg_record_parse(&t, s, false, &seen,
						      NULL), ERR_TRUNCATED,
				     "%zu of %zu", n, r.size);
			guard_free(s);
		}
		cr_expect_eq(reg_record_parse(&t, left, false, &seen, NULL),
			     0);
		cr_expect_eq(seen.size, r.size);
		cr_expect_eq(seen.kind, r.kind);
	}
}

#define HEAD "Value 0\r\n  Name:            a\r\n  Type:            "
#define LINE "  Data:            \r\n"

Test(reg_dump, what_is_damaged_is_said)
{
	static const struct {
		const char *text, *record;
	} rows[] = {
		{ HEAD "REG_BINARY\r\n" LINE "00000000   01 02\r\n"
		  "00000010   03\r\n", "value 6 a 3:0102!" },
		{ HEAD "REG_BINARY\r\n" LINE "0000000x   01\r\n",
		  "value 5 a 3:!" },
		{ HEAD "REG_BINARY\r\n" LINE "00000000   0\r\n",
		  "value 5 a 3:!" },
		{ HEAD "REG_DWORD\r\n  Data:            42\r\n",
		  "bad 4 a" },
		{ HEAD "REG_DWORD\r\n  Data:            0x123456789\r\n",
		  "bad 4 a" },
		{ HEAD "REG_DWORD\r\n  Data:            0x\r\n", "bad 4 a" },
		{ HEAD "REG_SZ\r\n", "bad 3 a" },
		{ "Value 0\r\n  Type:            REG_SZ\r\n", "bad 2 " },
		{ "Value 0", "bad 1 " },
		{ "Wert 0\r\n", "bad 1 " },
		{ HEAD "REG_DUNNO\r\n" LINE "00000000   01\r\n",
		  "value 5 a 4294967295:01" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span s = guard_copy(rows[i].text, strlen(rows[i].text),
					   0);
		struct reg_text t = { .dump = true };
		struct reg_record r;
		char text[600] = "";

		cr_assert_eq(reg_record_parse(&t, s, true, &r, NULL), 0);
		print_record(&t, &r, text, sizeof(text));
		cr_expect_str_eq(text, rows[i].record, "%zu: %s", i, text);
		cr_expect_eq(r.size, s.n);
		cr_expect_eq(r.bad.code != 0, r.kind == REG_BAD);
		guard_free(s);
	}
}

static void read_all(struct span s)
{
	struct reg_text t;

	if (reg_text_begin(s, &t, NULL) < 0)
		return;
	cr_assert(span_sub(s, t.start, s.n - t.start, &s));
	while (s.n > 0) {
		struct reg_record r;
		uint8_t data[8], name[1024];

		cr_assert_eq(reg_record_parse(&t, s, true, &r, NULL), 0);
		cr_assert(r.size > 0 && r.size <= s.n);
		if (r.name.n > 0 && REG_UTF16_BYTES(r.name.n) <= sizeof(name))
			reg_text_decode(&t, r.name, true, name);
		if (r.kind == REG_VALUE)
			reg_data_decode(&t, &r, data, sizeof(data));
		cr_assert(span_sub(s, r.size, s.n - r.size, &s));
	}
}

Test(reg_dump, survives_every_truncation_and_every_byte_changed)
{
	for (int e = REG_BYTES; e <= REG_UTF16BE; e++) {
		size_t n;
		uint8_t *p = encoded((enum reg_encoding)e, &n);

		mutate(p, n, read_all);
		free(p);
	}
}
