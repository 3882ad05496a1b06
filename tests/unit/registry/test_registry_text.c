#include <criterion/criterion.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/bytes_source.h"
#include "lib/file_source.h"
#include "lib/mutate.h"
#include "lib/opened.h"
#include "lib/shared_data.h"
#include "registry/findings.h"
#include "registry/registry_text.h"

/* Text that a test wrote, opened, and its first hive.  */
struct opened_text {
	struct arena *arena;
	struct diag_list diags;
	struct bytes_source source;
	struct registry_text *text;
	struct hive *hive;
	const struct registry_text_hive *hives;
	size_t n_hives;
	int result;
	struct err err;
};

static void open_bytes(struct opened_text *o, const void *p, size_t n)
{
	*o = (struct opened_text){ .arena = arena_new() };
	o->diags.arena = o->arena;
	o->source = bytes_source(p, n);
	o->source.source.file = "export.reg";
	o->result = registry_text_open(&o->source.source, o->arena, &o->diags,
				       &o->text, &o->err);
	if (o->result < 0)
		return;
	o->hives = registry_text_hives(o->text, &o->n_hives);
	if (o->n_hives > 0)
		cr_assert_eq(registry_text_hive(o->text, &o->hives[0],
						&o->hive, NULL), 0);
}

static void open_text(struct opened_text *o, const char *text)
{
	open_bytes(o, text, strlen(text));
}

static void close_text(struct opened_text *o)
{
	hive_close(o->hive);
	if (o->result == 0)
		registry_text_close(o->text);
	arena_free(o->arena);
}

static const char system_text[] =
	"Windows Registry Editor Version 5.00\r\n\r\n"
	"[HKEY_LOCAL_MACHINE\\SYSTEM]\r\n\r\n"
	"[HKEY_LOCAL_MACHINE\\SYSTEM\\MountedDevices]\r\n"
	"\"\\\\DosDevices\\\\C:\"=hex:78,56,34,12,\\\r\n"
	"  00,00,10,00,00,00,00,00\r\n"
	"\"Text\"=\"a b\"\r\n"
	"\"Number\"=dword:0000002a\r\n\r\n"
	"[HKEY_LOCAL_MACHINE\\SYSTEM\\Select]\r\n"
	"\"Current\"=dword:00000001\r\n";

Test(registry_text, answers_what_a_hive_answers)
{
	struct opened_text o;
	struct hive_key k;
	struct hive_value v;
	struct text s;
	struct span data;
	uint32_t n;

	open_text(&o, system_text);
	cr_assert_eq(o.result, 0);
	cr_assert_eq(o.n_hives, 1);
	cr_expect_eq(o.hives[0].role, HIVE_SYSTEM);
	cr_expect_str_eq(o.hives[0].path.utf8, "HKEY_LOCAL_MACHINE\\SYSTEM");
	cr_assert_eq(hive_find_key(o.hive, NULL, "mounteddevices", &k, NULL),
		     0);
	cr_expect_str_eq(k.name.utf8, "MountedDevices");
	cr_expect_eq(k.last_written, 0);
	cr_expect_eq(k.n_values, 3);
	cr_assert_eq(hive_get_string(o.hive, &k, "TEXT", &s, NULL), 0);
	cr_expect_str_eq(s.utf8, "a b");
	cr_assert_eq(hive_get_dword(o.hive, &k, "Number", &n, NULL), 0);
	cr_expect_eq(n, 42);
	cr_assert_eq(hive_find_value(o.hive, &k, "\\DosDevices\\C:", &v, NULL),
		     0);
	cr_expect_eq(v.type, 3);
	cr_expect_eq(v.size, 12);
	cr_assert_eq(hive_read_value(o.hive, &v, &data, NULL, NULL), 0);
	cr_expect_eq(data.n, 12);
	cr_expect_arr_eq(data.p, "\x78\x56\x34\x12\0\0\x10\0\0\0\0\0", 12);
	cr_expect_eq(hive_find_value(o.hive, &k, "", &v, NULL), ERR_NOT_FOUND);
	cr_expect_eq(hive_find_key(o.hive, &k, "None", &k, NULL),
		     ERR_NOT_FOUND);
	cr_expect_eq(o.diags.n, 0);
	close_text(&o);
}

/* The bytes of the text that a cite names.  */
static void expect_cited(const struct cites *c, size_t i, const char *text,
			 const char *want)
{
	cr_assert_lt(i, c->n);
	cr_expect_eq(c->list[i].length, strlen(want));
	cr_expect(strncmp(text + c->list[i].offset, want, strlen(want)) == 0,
		  "%.*s", (int)c->list[i].length, text + c->list[i].offset);
	cr_expect_str_eq(c->list[i].file, "export.reg");
}

Test(registry_text, cites_the_bytes_of_the_text)
{
	struct opened_text o;
	struct cites data = { 0 };
	struct hive_key k;
	struct hive_value v;
	struct span s;

	open_text(&o, system_text);
	cr_assert_eq(hive_find_key(o.hive, NULL, "MountedDevices", &k, NULL),
		     0);
	expect_cited(&k.cites, 0, system_text,
		     "[HKEY_LOCAL_MACHINE\\SYSTEM\\MountedDevices]\r\n");
	hive_find_value(o.hive, &k, "\\DosDevices\\C:", &v, NULL);
	expect_cited(&v.cites, 0, system_text, "\"\\\\DosDevices\\\\C:\"=hex:");
	hive_read_value(o.hive, &v, &s, &data, NULL);
	expect_cited(&data, 0, system_text,
		     "78,56,34,12,\\\r\n  00,00,10,00,00,00,00,00");
	close_text(&o);
}

/* Text that grows.  */
struct writer {
	char *p;
	size_t n, room;
};

static struct writer writer(size_t room)
{
	return (struct writer){ calloc(room, 1), 0, room };
}

__attribute__((format(printf, 2, 3)))
static void add(struct writer *w, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	w->n += (size_t)vsnprintf(w->p + w->n, w->room - w->n, fmt, ap);
	va_end(ap);
	cr_assert_lt(w->n, w->room);
}

/* A key's children and values, in one line.  */
static int add_key_name(void *ctx, const struct hive_key *k)
{
	add(ctx, "%s\\ ", k->name.utf8);
	return 0;
}

static int add_value_name(void *ctx, const struct hive_value *v)
{
	add(ctx, "%s ", v->name.utf8);
	return 0;
}

static void expect_key(struct hive *h, const char *path, const char *want)
{
	struct writer w = writer(500);
	struct hive_key k;

	cr_assert_eq(hive_find_key(h, NULL, path, &k, NULL), 0, "%s", path);
	hive_each_subkey(h, &k, add_key_name, &w, NULL);
	hive_each_value(h, &k, add_value_name, &w, NULL);
	cr_expect_str_eq(w.p, want, "%s: %s", path, w.p);
	free(w.p);
}

/* Keys in any order, twice, and some that only their children tell of.  */
Test(registry_text, joins_what_belongs_to_one_key)
{
	struct opened_text o;

	open_text(&o,
		  "[\\Select\\b\\deep]\n\"1\"=dword:1\n"
		  "[\\Select]\n\"x\"=dword:1\n"
		  "[\\SELECT\\A]\n\"2\"=dword:1\n"
		  "[\\]\n\"root\"=dword:1\n"
		  "[\\Select\\c]\n"
		  "[\\Select\\B]\n\"3\"=dword:1\n"
		  "[\\select\\b\\Other]\n"
		  "[\\Select]\n\"y\"=dword:1\n"
		  "[\\]\n\"more\"=dword:1\n"
		  "[\\Select\\b\\deep]\n\"4\"=dword:1\n");
	cr_assert_eq(o.n_hives, 1);
	cr_expect_str_eq(o.hives[0].path.utf8, "");
	expect_key(o.hive, "", "Select\\ root more ");
	expect_key(o.hive, "Select", "A\\ b\\ c\\ x y ");
	expect_key(o.hive, "Select\\B", "deep\\ Other\\ 3 ");
	expect_key(o.hive, "Select\\b\\DEEP", "1 4 ");
	cr_expect_eq(o.diags.n, 0);
	close_text(&o);
}

/* What may be the root of a hive, and what it is then.  */
Test(registry_text, finds_the_hives)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "[HKEY_LOCAL_MACHINE\\SYSTEM\\MountedDevices]\n",
		  "1HKEY_LOCAL_MACHINE\\SYSTEM " },
		{ "[HKLM\\System\\Setup]\n", "1HKLM\\System " },
		{ "[\\ControlSet001\\Enum]\n", "1 " },
		{ "[HKEY_LOCAL_MACHINE\\offline\\Select]\n",
		  "1HKEY_LOCAL_MACHINE\\offline " },
		{ "[offline\\Select]\n", "1offline " },
		{ "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes]\n",
		  "2HKEY_LOCAL_MACHINE\\SOFTWARE " },
		{ "[\\Microsoft\\Windows NT\\CurrentVersion]\n", "2 " },
		{ "[\\Software\\Microsoft\\Windows\\CurrentVersion\\Explorer"
		  "\\MountPoints2]\n", "3 " },
		{ "[HKEY_CURRENT_USER\\Software\\Microsoft\\Windows"
		  "\\CurrentVersion\\Explorer]\n", "3HKEY_CURRENT_USER " },
		{ "[HKEY_USERS\\S-1-5-21-1\\Software\\Microsoft\\Windows"
		  "\\CurrentVersion\\Explorer\\MountPoints2]\n"
		  "[HKEY_USERS\\S-1-5-21-1_Classes\\x]\n"
		  "[HKEY_LOCAL_MACHINE\\SYSTEM\\Select]\n"
		  "[HKEY_LOCAL_MACHINE\\SAM\\SAM]\n"
		  "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT]\n",
		  "2HKEY_LOCAL_MACHINE\\SOFTWARE 1HKEY_LOCAL_MACHINE\\SYSTEM "
		  "3HKEY_USERS\\S-1-5-21-1 " },
		{ "[HKEY_LOCAL_MACHINE\\SAM\\SAM\\Domains\\Account\\Users]\n",
		  "4HKEY_LOCAL_MACHINE\\SAM " },
		{ "[HKEY_CLASSES_ROOT\\.txt]\n", "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct opened_text o;
		struct writer got = writer(500);

		open_text(&o, rows[i].text);
		for (size_t k = 0; k < o.n_hives; k++)
			add(&got, "%d%s ", o.hives[k].role,
			    o.hives[k].path.utf8);
		cr_expect_str_eq(got.p, rows[i].want, "%s: %s", rows[i].text,
				 got.p);
		free(got.p);
		close_text(&o);
	}
}

static bool has_finding(const struct opened_text *o,
			const struct diag_kind *kind)
{
	return diag_count(&o->diags, kind) > 0;
}

/* Each oddity behind a sound key and value, which stay.  */
Test(registry_text, what_is_odd_is_a_finding)
{
	static const struct {
		const char *text;
		const struct diag_kind *kind;
	} rows[] = {
		{ "\"a\"=\"x\n", &FINDING_REG_LINE },
		{ "junk\n", &FINDING_REG_LINE },
		{ "[Select\n", &FINDING_REG_LINE },
		{ "[-Select]\n", &FINDING_REG_DELETION },
		{ "\"Current\"=-\n", &FINDING_REG_DELETION },
		{ "[-Select]\n\"a\"=dword:1\n", &FINDING_REG_LINE },
		{ "[\\Select\\\xe4]\n", &FINDING_REG_ENCODING },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct opened_text o;
		struct hive_key k;
		char text[200];
		uint32_t n = 0;

		snprintf(text, sizeof(text),
			 "[\\Select]\n\"Current\"=dword:7\n%s", rows[i].text);
		open_text(&o, text);
		cr_assert_eq(o.n_hives, 1, "row %zu", i);
		cr_expect(has_finding(&o, rows[i].kind), "row %zu", i);
		cr_assert_gt(o.diags.n, 0);
		cr_expect(strstr(o.diags.list[0].message, "export.reg") != NULL,
			  "%s", o.diags.list[0].message);
		cr_expect_gt(o.diags.list[0].cites.n, 0);
		hive_find_key(o.hive, NULL, "Select", &k, NULL);
		cr_expect_eq(hive_get_dword(o.hive, &k, "Current", &n, NULL),
			     0);
		cr_expect_eq(n, 7);
		close_text(&o);
	}
}

/* What an examiner read was "impossible value, expected 0x0, found 0x0".  */
Test(registry_text, what_is_wrong_with_a_line_is_a_sentence)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "junk\n", "line 3 cannot be read: it is no key and no value, "
			    "at byte 28, where there is \"j\"." },
		{ "\x01\n", "line 3 cannot be read: it is no key and no value, "
			    "at byte 28, where there is U+0001." },
		{ "[Select\n", "line 3 cannot be read: no ] ends the key, at "
			       "byte 35, where there is the end of the line." },
		{ "\"a\"=dword:", "line 3 cannot be read: no hexadecimal "
				  "number follows, at byte 38, where the text "
				  "ends." },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct opened_text o;
		char text[200];

		snprintf(text, sizeof(text),
			 "[\\Select]\n\"Current\"=dword:7\n%s", rows[i].text);
		open_text(&o, text);
		cr_assert_eq(o.diags.n, 1, "row %zu", i);
		cr_expect_str_eq(o.diags.list[0].message +
				 strlen("export.reg: "), rows[i].want);
		close_text(&o);
	}
}

/* Bytes of @text, @width for each character.  */
static size_t put_wide(uint8_t *out, const char *text, size_t width, bool big)
{
	for (size_t i = 0; text[i] != '\0'; i++) {
		out[i * width] = out[i * width + width - 1] = 0;
		out[i * width + (big ? width - 1 : 0)] = (uint8_t)text[i];
	}
	return strlen(text) * width;
}

/* Of a file that was carved.  Where the last line had no end, its data were
 * not data, and the name stood for nothing.  */
Test(registry_text, zeros_behind_the_text_are_none_of_it)
{
	static const struct {
		const char *last;
		size_t width, zeros;
		bool big;
		const struct diag_kind *kind;	/* or NULL */
	} rows[] = {
		{ "07\r\n", 1, 0, false, NULL },
		{ "07\r\n", 1, 1, false, &FINDING_REG_PADDING },
		{ "07", 1, 0, false, NULL },
		{ "07", 1, 1, false, &FINDING_REG_CUT },
		{ "07", 1, 9000, false, &FINDING_REG_CUT },
		{ "07\r\n", 2, 0, false, NULL },
		{ "07\r\n", 2, 1, false, &FINDING_REG_PADDING },
		{ "07\r\n", 2, 9001, false, &FINDING_REG_PADDING },
		{ "07", 2, 0, false, NULL },
		{ "07", 2, 300, false, &FINDING_REG_CUT },
		{ "07\n", 2, 4096, true, &FINDING_REG_PADDING },
		{ "07", 2, 4095, true, &FINDING_REG_CUT },
	};
	static uint8_t bytes[16384];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct opened_text o;
		struct hive_key k;
		struct hive_value v;
		struct span data = { 0 };
		const struct cite *c;
		size_t n;

		memset(bytes, 0, sizeof(bytes));
		n = put_wide(bytes, "[\\Select]\n\"Current\"=hex:01,",
			     rows[i].width, rows[i].big);
		n += put_wide(bytes + n, rows[i].last, rows[i].width,
			      rows[i].big);
		open_bytes(&o, bytes, n + rows[i].zeros);
		cr_assert_eq(o.n_hives, 1, "row %zu", i);
		hive_find_key(o.hive, NULL, "Select", &k, NULL);
		cr_assert_eq(hive_find_value(o.hive, &k, "Current", &v, NULL),
			     0);
		cr_expect_eq(hive_read_value(o.hive, &v, &data, NULL, NULL), 0);
		cr_expect_eq(data.n, 2, "row %zu", i);
		cr_assert_eq(o.diags.n, rows[i].kind != NULL, "row %zu", i);
		if (rows[i].kind != NULL) {
			c = o.diags.list[0].cites.list;
			cr_expect_eq(o.diags.list[0].kind, rows[i].kind);
			cr_expect_eq(c->offset, n, "row %zu", i);
			cr_expect_eq(c->length, rows[i].zeros, "row %zu", i);
		}
		close_text(&o);
	}
}

/* A value that is not found may be in the line that cannot be read.  */
Test(registry_text, a_damaged_line_may_have_been_the_value)
{
	struct opened_text o;
	struct hive_value v;
	struct hive_key k;

	open_text(&o, "[\\Select]\n\"Curr\"nt=dword:7\n\"b\"=dword:1\n");
	hive_find_key(o.hive, NULL, "Select", &k, NULL);
	cr_expect_eq(hive_find_value(o.hive, &k, "Current", &v, NULL),
		     ERR_VALUE);
	cr_expect_eq(hive_find_value(o.hive, &k, "b", &v, NULL), 0);
	close_text(&o);
}

Test(registry_text, a_value_whose_name_is_damaged_is_found_and_said_once)
{
	static const char text[] =
		"[\\Select]\n\"LastKnownGo~d\"=dword:7\n\"Failed\"=dword:1\n";
	struct opened_text o;
	struct hive_value v;
	struct hive_key k;

	open_text(&o, text);
	hive_find_key(o.hive, NULL, "Select", &k, NULL);
	cr_expect_eq(hive_find_value_nearly(o.hive, &k, "Current", &v, NULL),
		     ERR_NOT_FOUND);
	for (int i = 0; i < 2; i++) {
		cr_assert_eq(hive_find_value_nearly(o.hive, &k, "LastKnownGood",
						    &v, NULL), 0);
		cr_expect_str_eq(v.name.utf8, "LastKnownGo~d");
		cr_expect(v.doubtful);
	}
	cr_assert_eq(o.diags.n, 1);
	cr_expect_eq(o.diags.list[0].kind, &FINDING_RECORD_FIELD);
	expect_cited(&o.diags.list[0].cites, 0, text, "\"LastKnownGo~d\"=dword:");
	close_text(&o);
}

/* As a key is found: without regard to case.  */
Test(registry_text, gives_the_keys_that_begin_with_a_prefix)
{
	struct opened_text o;
	struct writer w = writer(100);
	struct hive_key k;

	open_text(&o, "[\\Select]\n[\\Setup]\n[\\SETTINGS]\n[\\Se]\n");
	hive_root(o.hive, &k, NULL);
	cr_expect_eq(hive_each_subkey_like(o.hive, &k, "set", add_key_name, &w,
					   NULL), 0);
	cr_expect_str_eq(w.p, "SETTINGS\\ Setup\\ ");
	free(w.p);
	close_text(&o);
}

Test(registry_text, damaged_data_is_given_up_to_the_damage)
{
	struct opened_text o;
	struct hive_value v;
	struct hive_key k;
	struct span s;

	open_text(&o, "[\\Select]\n\"a\"=hex:01,02,0x,04\n\"b\"=hex:zz\n");
	hive_find_key(o.hive, NULL, "Select", &k, NULL);
	cr_assert_eq(hive_find_value(o.hive, &k, "a", &v, NULL), 0);
	cr_assert_eq(hive_read_value(o.hive, &v, &s, NULL, NULL), 0);
	cr_expect_eq(s.n, 3);
	cr_expect_lt(s.n, v.size);
	cr_assert_eq(hive_find_value(o.hive, &k, "b", &v, NULL), 0);
	cr_expect_eq(hive_read_value(o.hive, &v, &s, NULL, NULL), ERR_VALUE);
	cr_expect(has_finding(&o, &FINDING_VALUE_DATA));
	close_text(&o);
}

Test(registry_text, two_values_of_one_name)
{
	struct opened_text o;
	struct hive_key k;
	uint32_t n = 0;

	open_text(&o, "[\\Select]\n\"a\"=dword:1\n\"A\"=dword:2\n");
	hive_find_key(o.hive, NULL, "Select", &k, NULL);
	cr_expect_eq(hive_get_dword(o.hive, &k, "a", &n, NULL), 0);
	cr_expect_eq(n, 1);
	cr_expect(has_finding(&o, &FINDING_NAME_TWICE));
	close_text(&o);
}

/* A record that no window holds is passed over with all its lines.  */
Test(registry_text, a_record_that_is_too_long_is_passed_over)
{
	struct writer w = writer(11u << 20);
	struct opened_text o;
	struct hive_key k;
	uint32_t number = 0;

	add(&w, "[\\Select]\n\"a\"=hex:00");
	for (size_t i = 0; i < 400000; i++)
		add(&w, ",\\\n  00,11,22,33,44,55,66");
	add(&w, "\n\"b\"=dword:7\n[\\Setup]\n");
	open_bytes(&o, w.p, w.n);
	cr_assert_eq(o.result, 0);
	cr_expect(has_finding(&o, &FINDING_REG_LINE));
	cr_expect_eq(o.diags.n, 1);
	cr_assert_eq(hive_find_key(o.hive, NULL, "Select", &k, NULL), 0);
	cr_expect_eq(hive_get_dword(o.hive, &k, "b", &number, NULL), 0);
	cr_expect_eq(number, 7);
	cr_expect_eq(hive_find_key(o.hive, NULL, "Setup", &k, NULL), 0);
	close_text(&o);
	free(w.p);
}

/* More keys than are kept, backwards, so that each is new.  */
Test(registry_text, keys_are_bounded)
{
	size_t keys = 1600000;
	struct writer w = writer(24 * keys + 100);
	struct opened_text o;
	struct hive_key k;

	add(&w, "[\\Select]\n\"a\"=dword:1\n");
	for (size_t i = keys; i > 0; i--)
		add(&w, "[\\Select\\%07zu]\n", i);
	open_bytes(&o, w.p, w.n);
	cr_assert_eq(o.result, 0);
	cr_expect(has_finding(&o, &FINDING_REG_LIMIT));
	cr_expect_eq(hive_find_key(o.hive, NULL, "Select\\1600000", &k, NULL),
		     0);
	cr_expect_eq(hive_find_key(o.hive, NULL, "Select\\0000001", &k, NULL),
		     ERR_NOT_FOUND);
	close_text(&o);
	free(w.p);
}

/* Each of these made a reader that looks too far look at it again and again:
 * N of the piece take no more than seconds.  */
Test(registry_text, no_text_takes_long)
{
	static const char *const pieces[] = {
		"\\", "\"", "\"a\"=\"", "@=\"\n", "[", "[\\", "]", "[a]\n",
		"\"a\"=hex:\\\n", "a\\", "[\\a\\b]\n[\\A]\n",
	};
	size_t n = 6u << 20;

	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		struct writer w = writer(n + 100);
		struct opened_text o;

		add(&w, "[\\Select]\n[");
		while (w.n < n)
			add(&w, "%s", pieces[i]);
		open_bytes(&o, w.p, w.n);
		cr_expect_eq(o.result, 0);
		close_text(&o);
		free(w.p);
	}
}

static void read_everything(struct span s)
{
	struct opened_text o;

	open_bytes(&o, s.p, s.n);
	if (o.hive != NULL) {
		struct hive_key k;
		uint32_t number;
		struct text t;

		if (hive_find_key(o.hive, NULL, "MountedDevices", &k,
				  NULL) == 0) {
			hive_get_string(o.hive, &k, "Text", &t, NULL);
			hive_get_dword(o.hive, &k, "Number", &number, NULL);
		}
	}
	close_text(&o);
}

Test(registry_text, survives_every_truncation_and_every_byte_changed)
{
	mutate(system_text, sizeof(system_text) - 1, read_everything);
}

/* The same hive twice: as its file, and as another tool exports it.  */
struct two {
	struct hive *hive, *text;
	struct hive_key text_key;
	size_t keys, values;
};

static int compare_value(void *ctx, const struct hive_value *v)
{
	struct two *t = ctx;
	struct hive_value other;
	struct span a, b;
	struct cites c = { 0 };

	if (v->name.hex != NULL)
		return 0;
	cr_assert_eq(hive_find_value(t->text, &t->text_key, v->name.utf8,
				     &other, NULL), 0, "%s", v->name.utf8);
	cr_expect_eq(v->type, other.type, "%s", v->name.utf8);
	cr_assert_eq(hive_read_value(t->hive, v, &a, NULL, NULL), 0);
	cr_assert_eq(hive_read_value(t->text, &other, &b, &c, NULL), 0);
	cr_assert_eq(a.n, b.n, "%s", v->name.utf8);
	cr_expect_arr_eq(a.p, b.p, a.n);
	t->values++;
	return 0;
}

static int compare_key(void *ctx, const struct hive_key *k)
{
	struct two *t = ctx, below = *t;

	if (k->name.hex != NULL)
		return 0;
	cr_assert_eq(hive_find_key(t->text, &t->text_key, k->name.utf8,
				   &below.text_key, NULL), 0, "%s",
		     k->name.utf8);
	cr_expect_eq(below.text_key.n_values, k->n_values, "%s", k->name.utf8);
	cr_expect_eq(below.text_key.n_subkeys, k->n_subkeys, "%s",
		     k->name.utf8);
	hive_each_value(t->hive, k, compare_value, &below, NULL);
	hive_each_subkey(t->hive, k, compare_key, &below, NULL);
	t->keys = below.keys + 1;
	t->values = below.values;
	return 0;
}

static void compare_with_hivexregedit(const char *rel, size_t min_keys)
{
	const char *path = shared_data(rel), *reg = scratch("export.reg");
	struct two t = { 0 };
	struct registry_text *text;
	const struct registry_text_hive *hives;
	struct registry_text_hive all = { 0 };
	struct arena *a = arena_new();
	struct diag_list d = { .arena = a };
	struct source *file, *exported;
	struct hive_key root;
	size_t n;

	if (path == NULL)
		cr_skip_test("no shared data");
	cr_assert(run("hivexregedit --export '%s' '\\' > %s", path, reg));
	file = file_source(path, NULL);
	exported = file_source(reg, NULL);
	cr_assert(file != NULL && exported != NULL);
	cr_assert_eq(hive_open(file, a, &d, &t.hive, NULL), 0);
	cr_assert_eq(registry_text_open(exported, a, &d, &text, NULL), 0);
	hives = registry_text_hives(text, &n);
	cr_assert_eq(registry_text_hive(text, n > 0 ? hives : &all, &t.text,
					NULL), 0);
	hive_root(t.hive, &root, NULL);
	hive_root(t.text, &t.text_key, NULL);
	hive_each_value(t.hive, &root, compare_value, &t, NULL);
	hive_each_subkey(t.hive, &root, compare_key, &t, NULL);
	cr_expect_geq(t.keys, min_keys);
	hive_close(t.hive);
	hive_close(t.text);
	registry_text_close(text);
	source_free(file);
	source_free(exported);
	arena_free(a);
}

Test(registry_text, equals_the_hive_that_hivexregedit_exported)
{
	compare_with_hivexregedit("libyal__winreg-kb/test_data/NTUSER.DAT",
				  1000);
	compare_with_hivexregedit("Velocidex__velociraptor/artifacts/testdata/"
				  "files/ntuser.dat", 1000);
}
