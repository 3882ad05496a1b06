#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/binary_xml.h"
#include "format/evtx.h"
#include "lib/event_log.h"
#include "lib/guard.h"
#include "lib/mutate.h"

/* <E x="ab"><S><D Name="n">0x12345678</D><D/></S></E>, as a template with two
 * values, the second of them null. Offsets count from the first byte.  */
static const uint8_t event[] = {
	0x0f, 1, 1, 0,				/* head of the fragment */
	0x0c, 1,				/* 4: a template */
	0x11, 0x22, 0x33, 0x44,			/* id */
	14, 0, 0, 0,				/* it lies here: */
	0, 0, 0, 0,				/* 14: next */
	0x11, 0x22, 0x33, 0x44, 5, 6, 7, 8,	/* GUID */
	9, 10, 11, 12, 13, 14, 15, 16,
	163, 0, 0, 0,				/* 34: size */
	0x0f, 1, 1, 0,				/* 38 */
	0x41, 0xff, 0xff, 151, 0, 0, 0, 53, 0, 0, 0,	/* 42: element */
	0, 0, 0, 0, 0x45, 0, 1, 0, 'E', 0, 0, 0,	/* 53: its name */
	25, 0, 0, 0,				/* 65: size of attributes */
	0x06, 74, 0, 0, 0,			/* 69: attribute */
	0, 0, 0, 0, 0x78, 0, 1, 0, 'x', 0, 0, 0,	/* 74: its name */
	0x05, 1, 2, 0, 'a', 0, 'b', 0,		/* 86: text */
	0x02,					/* 94 */
	0x01, 0xff, 0xff, 97, 0, 0, 0, 106, 0, 0, 0,	/* 95: element */
	0, 0, 0, 0, 0x53, 0, 1, 0, 'S', 0, 0, 0,
	0x02,					/* 118 */
	0x41, 0xff, 0xff, 55, 0, 0, 0, 130, 0, 0, 0,	/* 119: element */
	0, 0, 0, 0, 0x44, 0, 1, 0, 'D', 0, 0, 0,
	29, 0, 0, 0,				/* 142 */
	0x06, 151, 0, 0, 0,			/* 146: attribute */
	0, 0, 0, 0, 0, 0, 4, 0, 'N', 0, 'a', 0, 'm', 0, 'e', 0, 0, 0,
	0x05, 1, 1, 0, 'n', 0,			/* 169: text */
	0x02,					/* 175 */
	0x0d, 0, 0, 8,				/* 176: value 0 */
	0x04,					/* 180 */
	0x01, 0xff, 0xff, 10, 0, 0, 0, 130, 0, 0, 0,	/* 181: D again */
	0x02,					/* 192 */
	0x0e, 1, 0, 1,				/* 193: value 1 */
	0x04,					/* 197 */
	0x04, 0x04,				/* 198 */
	0,					/* 200: end of the template */
	2, 0, 0, 0,				/* 201: two values */
	4, 0, 8, 0,				/* four bytes, UInt32 */
	0, 0, 0, 0,				/* null */
	0x78, 0x56, 0x34, 0x12,			/* 213 */
	0,					/* 217 */
};

/* What was given, a line each: section/element[name]@attribute type=bytes.  */
struct given {
	char text[4096];
	size_t n;
	int stop_after;		/* values; 0: never */
};

static void put(struct given *g, const char *s)
{
	size_t n = strlen(s);

	if (g->n + n < sizeof(g->text)) {
		memcpy(g->text + g->n, s, n + 1);
		g->n += n;
	}
}

static void put_chars(struct given *g, const char *before, struct span s,
		      const char *after)
{
	put(g, before);
	for (size_t i = 0; i < s.n; i += 2)
		put(g, (char[]){ (char)s.p[i], '\0' });
	put(g, after);
}

static int note(void *ctx, const struct binary_xml_value *v)
{
	struct given *g = ctx;
	char hex[16];

	put_chars(g, "", v->section, "/");
	put_chars(g, "", v->element, "");
	if (v->name.n > 0)
		put_chars(g, "[", v->name, "]");
	if (v->attribute.n > 0)
		put_chars(g, "@", v->attribute, "");
	snprintf(hex, sizeof(hex), " %x=", v->type);
	put(g, hex);
	for (size_t i = 0; i < v->data.n; i++) {
		snprintf(hex, sizeof(hex), "%02x", v->data.p[i]);
		put(g, hex);
	}
	put(g, "\n");
	return g->stop_after > 0 && --g->stop_after == 0 ? 99 : 0;
}

static const char whole[] =
	"/E@x 1=61006200\n"
	"S/D[n]@Name 1=6e00\n"
	"S/D[n] 8=78563412\n"
	"S/D 0=\n";

Test(binary_xml, gives_each_value_with_its_place)
{
	struct span s = guard_copy(event, sizeof(event), 0x1200);
	struct given g = { 0 };
	uint32_t budget = 100;

	cr_assert_eq(binary_xml_walk(s, s, &budget, note, &g, NULL), 0);
	cr_expect_str_eq(g.text, whole);
	cr_expect_eq(budget, 100 - 21, "%u", budget);
	guard_free(s);
}

Test(binary_xml, ends_where_the_caller_wants)
{
	struct span s = { event, sizeof(event), 0 };
	struct given g = { .stop_after = 2 };
	uint32_t budget = 100;

	cr_expect_eq(binary_xml_walk(s, s, &budget, note, &g, NULL), 99);
	cr_expect_str_eq(g.text, "/E@x 1=61006200\nS/D[n]@Name 1=6e00\n");
}

/* A record that comes later uses template and names of this one.  */
Test(binary_xml, follows_a_template_that_lies_elsewhere)
{
	static const uint8_t later[] = {
		0x0f, 1, 1, 0, 0x0c, 1, 0x11, 0x22, 0x33, 0x44, 14, 0, 0, 0,
		2, 0, 0, 0, 1, 0, 4, 0, 2, 0, 1, 0, 7, 'z', 0, 0,
	};
	uint8_t b[sizeof(event) + sizeof(later)];
	struct span s, record;
	struct given g = { 0 };
	uint32_t budget = 100;

	memcpy(b, event, sizeof(event));
	memcpy(b + sizeof(event), later, sizeof(later));
	s = guard_copy(b, sizeof(b), 0);
	span_sub(s, sizeof(event), sizeof(later), &record);
	cr_assert_eq(binary_xml_walk(s, record, &budget, note, &g, NULL), 0);
	cr_expect_str_eq(g.text, "/E@x 1=61006200\nS/D[n]@Name 1=6e00\n"
			 "S/D[n] 4=07\nS/D 1=7a00\n");
	guard_free(s);
}

/* One change, and what comes of it.  */
Test(binary_xml, what_cannot_be_is_refused)
{
	static const struct {
		size_t at;
		uint8_t value;
		enum err_code code;
		uint64_t error_at;
		const char *text;
	} rows[] = {
		{ 6, 0x12, ERR_VALUE, 14, "" },	/* another template's id */
		{ 12, 1, ERR_VALUE, 14, "" },	/* a template outside */
		{ 35, 1, ERR_VALUE, 14, "" },	/* one that is too long */
		{ 4, 0x10, ERR_VALUE, 5, "" },	/* no token */
		{ 50, 1, ERR_VALUE, 53, "" },	/* a name outside */
		{ 63, 1, ERR_VALUE, 53, "" },	/* one without its NUL */
		{ 59, 0, ERR_VALUE, 53, "" },	/* one without characters */
		{ 88, 200, ERR_TRUNCATED, 90, "" },
		{ 199, 0x02, ERR_TRUNCATED, 201, NULL },	/* not closed */
		{ 175, 0x04, ERR_VALUE, 200, NULL },	/* closed twice */
		{ 194, 2, ERR_VALUE, 197, NULL },	/* value 2 of 2 */
		{ 202, 3, ERR_LIMIT, 205, "" },
		{ 201, 5, ERR_TRUNCATED, 205, "" },
		{ 206, 1, ERR_TRUNCATED, 213, "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span s = guard_copy(event, sizeof(event), 0);
		struct given g = { 0 };
		struct err e = { 0 };
		uint32_t budget = 100;

		((uint8_t *)s.p)[rows[i].at] = rows[i].value;
		cr_expect_eq(binary_xml_walk(s, s, &budget, note, &g, &e),
			     rows[i].code, "row %zu: %d", i, e.code);
		cr_expect_eq(e.at, rows[i].error_at, "row %zu: %llu", i,
			     (unsigned long long)e.at);
		if (rows[i].text != NULL)
			cr_expect_str_eq(g.text, rows[i].text, "row %zu", i);
		guard_free(s);
	}
}

Test(binary_xml, a_failure_comes_behind_what_is_sound)
{
	struct span s = guard_copy(event, sizeof(event), 0);
	struct given g = { 0 };
	uint32_t budget = 100;

	((uint8_t *)s.p)[194] = 2;
	cr_expect_lt(binary_xml_walk(s, s, &budget, note, &g, NULL), 0);
	cr_expect_str_eq(g.text, "/E@x 1=61006200\nS/D[n]@Name 1=6e00\n"
			 "S/D[n] 8=78563412\n");
	guard_free(s);
}

Test(binary_xml, ends_with_its_budget)
{
	struct span s = { event, sizeof(event), 0 };
	struct given g = { 0 };
	uint32_t budget = 20;
	struct err e;

	cr_expect_eq(binary_xml_walk(s, s, &budget, note, &g, &e), ERR_LIMIT);
	cr_expect_eq(budget, 0);
}

static int count(void *ctx, const struct binary_xml_value *v)
{
	(void)v;
	++*(size_t *)ctx;
	return 0;
}

/* <E> with @width values, each of them the same value 0; that value uses the
 * template again, @depth times, one in the other. All readers that build the
 * XML build width ^ depth elements.  */
static size_t bomb(uint8_t *b, unsigned width, unsigned depth)
{
	static const uint8_t head[] = { 0x0f, 1, 1, 0, 0x0c, 1, 1, 0, 0, 0,
					14, 0, 0, 0 };
	size_t n = 14, tokens = 14 + 24;

	memset(b, 0, 8192);
	memcpy(b, head, sizeof(head));
	b[18] = 1;				/* id */
	n = tokens;
	memcpy(b + n, "\x01\xff\xff\0\0\0\0", 7);
	b[n + 7] = (uint8_t)(n + 11);		/* its name is just behind */
	b[n + 17] = 1;
	b[n + 19] = 'E';
	n += 11 + 12;
	b[n++] = 0x02;
	for (unsigned i = 0; i < width; i++, n += 4) {
		b[n] = 0x0d;
		b[n + 3] = 0x21;
	}
	b[n++] = 0x04;
	n++;
	b[34] = (uint8_t)(n - tokens);
	b[35] = (uint8_t)((n - tokens) >> 8);
	for (unsigned i = 0; i < depth; i++) {
		/* the rest: this value's head, and the levels below */
		size_t rest = (depth - i - 1) * (14 + 8);

		b[n] = 1;
		b[n + 4] = (uint8_t)rest;
		b[n + 5] = (uint8_t)(rest >> 8);
		b[n + 6] = 0x21;
		n += 8;
		memcpy(b + n, head, sizeof(head));
		n += i + 1 < depth ? sizeof(head) : 0;
	}
	return n;
}

Test(binary_xml, a_template_inside_itself_ends)
{
	static uint8_t b[8192];
	uint32_t budget = 1000000;
	size_t n = bomb(b, 2, 3), values = 0;
	struct span s = { b, n, 0 };
	struct err e;

	cr_assert_eq(binary_xml_walk(s, s, &budget, count, &values, &e), 0,
		     "%s at %llu", e.what, (unsigned long long)e.at);
	s.n = bomb(b, 100, 6);
	cr_expect_eq(binary_xml_walk(s, s, &budget, count, &values, &e),
		     ERR_LIMIT, "nested, or the budget");
	s.n = bomb(b, 100, 4);
	budget = 1000000;
	cr_expect_eq(binary_xml_walk(s, s, &budget, count, &values, &e),
		     ERR_LIMIT);
	cr_expect_eq(budget, 0);
	s.n = bomb(b, 1, 100);
	budget = 1000000;
	cr_expect_eq(binary_xml_walk(s, s, &budget, count, &values, &e),
		     ERR_LIMIT);
	cr_expect_gt(budget, 999000, "too deep, not too long");
}

/* A template that is nothing but its value, a hundred times in itself.  */
Test(binary_xml, fragments_nest_only_so_deep)
{
	static const uint8_t use[] = { 0x0c, 1, 1, 0, 0, 0, 10, 0, 0, 0 };
	static const uint8_t template[] = {
		0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		5, 0, 0, 0, 0x0d, 0, 0, 0x21, 0,
	};
	static uint8_t b[2048];
	uint32_t budget = 1000;
	size_t n = sizeof(use) + sizeof(template), values = 0;
	struct err e;

	memcpy(b, use, sizeof(use));
	memcpy(b + sizeof(use), template, sizeof(template));
	for (size_t left = 100; left-- > 0;) {
		b[n] = 1;
		b[n + 4] = (uint8_t)(left * 18);
		b[n + 5] = (uint8_t)(left * 18 >> 8);
		b[n + 6] = 0x21;
		n += 8;
		if (left > 0)
			memcpy(b + n, use, sizeof(use));
		n += left > 0 ? sizeof(use) : 0;
	}
	cr_expect_eq(binary_xml_walk((struct span){ b, n, 0 },
				     (struct span){ b, n, 0 }, &budget, count,
				     &values, &e), ERR_LIMIT);
	cr_expect_gt(budget, 950);
}

/* Elements without end.  */
Test(binary_xml, elements_nest_only_so_deep)
{
	static const uint8_t name[12] = { [6] = 1, [8] = 'E' };
	static const uint8_t open[9] = { 0x01 };	/* its name: at 0 */
	static uint8_t b[65536];
	uint32_t budget = 1000000;
	struct span s = { b, sizeof(b), 0 };
	size_t values = 0;
	struct err e;

	memcpy(b, name, sizeof(name));
	for (size_t at = 12; at + 9 < sizeof(b); at += 9)
		memcpy(b + at, open, sizeof(open));
	s.p += 12;
	s.n -= 12;
	s.at = 12;
	cr_expect_eq(binary_xml_walk((struct span){ b, sizeof(b), 0 }, s,
				     &budget, count, &values, &e), ERR_LIMIT);
	cr_expect_gt(budget, 999900);
}

/* The same, without the two bytes of a dependency in the value's own XML.  */
Test(binary_xml, an_element_may_stand_in_a_value)
{
	static const uint8_t b[] = {
		0x0f, 1, 1, 0, 0x0c, 1, 1, 0, 0, 0, 14, 0, 0, 0,
		0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		34, 0, 0, 0,
		0x0f, 1, 1, 0,				/* 38 */
		0x01, 0xff, 0xff, 0, 0, 0, 0, 53, 0, 0, 0,	/* 42 */
		0, 0, 0, 0, 0, 0, 1, 0, 'E', 0, 0, 0,	/* 53 */
		0x02,
		0x0e, 0, 0, 0x21,			/* 66 */
		0x04, 0,
		1, 0, 0, 0,				/* 72: one value */
		36, 0, 0x21, 0,				/* 76 */
		0x01, 0, 0, 0, 0, 89, 0, 0, 0,		/* 80: <U> */
		0, 0, 0, 0, 0, 0, 1, 0, 'U', 0, 0, 0,	/* 89 */
		0x02, 0x05, 1, 3, 0, 'a', 0, 'b', 0, 'c', 0, 0x04,
		0, 0, 0, 0,
	};
	struct span s = guard_copy(b, sizeof(b), 0);
	struct given g = { 0 };
	uint32_t budget = 100;
	struct err e = { 0 };

	cr_expect_eq(binary_xml_walk(s, s, &budget, note, &g, &e), 0,
		     "%s at %llu", e.what, (unsigned long long)e.at);
	cr_expect_str_eq(g.text, "U/U 1=610062006300\n");
	guard_free(s);
}

/* <E x="v">42A&amp;<![CDATA[cd]]><?pi p?></E>, without a template, as an event
 * of another machine: no dependency stands before the size of E, and the bytes
 * around it would make one as well, since the chunk begins with what passes for
 * a name.  */
static const uint8_t sent[] = {
	0x0f, 1, 1, 0,				/* 0x200 */
	0x41, 0, 0, 0, 0, 0x0d, 2, 0, 0,	/* 0x204: element */
	0, 0, 0, 0, 0, 0, 1, 0, 'E', 0, 0, 0,	/* 0x20d: its name */
	21, 0, 0, 0,				/* 0x219 */
	0x06, 0x22, 2, 0, 0,			/* 0x21d: attribute */
	0, 0, 0, 0, 0, 0, 1, 0, 'x', 0, 0, 0,	/* 0x222: its name */
	0x05, 1, 1, 0, 'v', 0,			/* 0x22e */
	0x02,					/* 0x234 */
	0x45, 1, 2, 0, '4', 0, '2', 0,		/* 0x235 */
	0x48, 'A', 0,				/* 0x23d: character */
	0x49, 0x45, 2, 0, 0,			/* 0x240: entity */
	0, 0, 0, 0, 0, 0, 3, 0,			/* 0x245: its name */
	'a', 0, 'm', 0, 'p', 0, 0, 0,
	0x47, 2, 0, 'c', 0, 'd', 0,		/* 0x255: CDATA */
	0x0a, 0x61, 2, 0, 0,			/* 0x25c: instruction */
	0, 0, 0, 0, 0, 0, 2, 0,			/* 0x261: its name */
	'p', 0, 'i', 0, 0, 0,
	0x0b, 1, 0, 'p', 0,			/* 0x26f: its text */
	0x04, 0,				/* 0x274 */
};

static void walk_sent(struct span bytes, struct given *g, bool sound)
{
	uint8_t b[0x200 + sizeof(sent)] = "ElfChnk";
	uint32_t budget = 100;
	struct span s, record;
	struct err e = { 0 };
	int r;

	memcpy(b + 0x200, bytes.p, bytes.n);
	s = guard_copy(b, 0x200 + bytes.n, 0);
	span_sub(s, 0x200, bytes.n, &record);
	r = binary_xml_walk(s, record, &budget, note, g, &e);
	if (sound)
		cr_expect_eq(r, 0, "%s at %#llx", e.what,
			     (unsigned long long)e.at);
	guard_free(s);
}

Test(binary_xml, an_event_needs_no_template)
{
	struct given g = { 0 };

	walk_sent((struct span){ sent, sizeof(sent), 0 }, &g, true);
	cr_expect_str_eq(g.text, "/E@x 1=7600\n/E 1=34003200\n");
}

static void parse_sent(struct span s)
{
	struct given g = { 0 };

	walk_sent(s, &g, false);
}

Test(binary_xml, survives_changes_without_a_template)
{
	mutate(sent, sizeof(sent), parse_sent);
}

/* What is null has bytes all the same where Windows reserved some.  */
Test(binary_xml, a_null_has_no_bytes)
{
	uint8_t b[sizeof(event)];
	struct span s = { b, sizeof(b), 0 };
	struct given g = { 0 };
	uint32_t budget = 100;

	memcpy(b, event, sizeof(event));
	b[209] = 1;
	cr_assert_eq(binary_xml_walk(s, s, &budget, note, &g, NULL), 0);
	cr_expect_str_eq(g.text, whole);
}

static void parse(struct span s)
{
	uint32_t budget = 10000;
	size_t values = 0;

	binary_xml_walk(s, s, &budget, count, &values, NULL);
}

Test(binary_xml, survives_every_truncation_and_changed_byte)
{
	mutate(event, sizeof(event), parse);
}

/* What the samples' builder makes, since the golden tests rest on it.  */
Test(binary_xml, reads_an_event_with_all_its_parts)
{
	static const struct event_field fields[] = {
		{ "DiskNumber", EVENT_UINT32, "\x03\0\0\0", 4 },
		{ "Mbr", EVENT_BINARY, "", 0 },
	};
	struct event_log *log = event_log_new(40);
	struct given g = { 0 };
	uint32_t budget = 1000;
	struct evtx_record r;
	struct span s;
	size_t at, n;

	event_log_add(log, &(struct event){ 1006, 5, "PC", fields, 2 });
	at = event_log_add(log, &(struct event){ 1006, 6, "PC", fields, 2 });
	s = (struct span){ event_log_finish(log, true, &n) + 4096, 65536, 0 };
	cr_assert_eq(evtx_record_parse(s, at - 4096, &r, NULL), 0);
	cr_expect_eq(r.id, 41);
	cr_assert_eq(binary_xml_walk(s, r.event, &budget, note, &g, NULL), 0);
	cr_expect(strstr(g.text, "\nSystem/EventID 6=ee03\n"), "%s", g.text);
	cr_expect(strstr(g.text, "\nSystem/TimeCreated@SystemTime 11="
			 "0600000000000000\n"), "%s", g.text);
	cr_expect(strstr(g.text, "\nSystem/Computer 1=50004300\n"));
	cr_expect(strstr(g.text, "EventData/Data[DiskNumber] 8=03000000\n"
			 "EventData/Data[Mbr]@Name 1=4d0062007200\n"
			 "EventData/Data[Mbr] e=\n"), "%s", g.text);
	event_log_free(log);
}
