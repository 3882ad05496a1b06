/*
 * json_report.c - the model as JSON, and as JSON a line
 */
#include "report/report.h"

#include <stdio.h>
#include <string.h>

#include "report/columns.h"
#include "report/escape.h"
#include "report/json.h"

/* Beside a text that is not what its bytes say stands a key with those bytes:
 * "name" and "nameHex".  An element of an array has no room for one; texts that
 * may be inexact are therefore put into objects.  */
#define HEX_KEY_BYTES 64

static const char *hex_key(const char *key, char buf[HEX_KEY_BYTES])
{
	snprintf(buf, HEX_KEY_BYTES, "%sHex", key);
	return buf;
}

static void write_text(struct json *j, const char *key, struct text t)
{
	char buf[HEX_KEY_BYTES];

	json_string(j, key, t.utf8);
	if (t.hex != NULL && key != NULL)
		json_string(j, hex_key(key, buf), t.hex);
}

static void write_string(struct json *j, const char *key, const char *s)
{
	char buf[HEX_KEY_BYTES];

	json_string(j, key, s);
	if (key != NULL && !utf8_valid(s))
		json_hex(j, hex_key(key, buf), s, strlen(s));
}

static void write_table(struct json *j, const struct table *t,
			const struct row *r);

static void write_value(struct json *j, const char *key, const struct value *v)
{
	switch (v->type) {
	case VALUE_NULL:
		json_null(j, key);
		break;
	case VALUE_BOOL:
		json_bool(j, key, v->boolean);
		break;
	case VALUE_INTEGER:
		json_integer(j, key, v->integer);
		break;
	case VALUE_STRING:
		write_string(j, key, v->string);
		break;
	case VALUE_TEXT:
		write_text(j, key, v->text);
		break;
	case VALUE_BYTES:
		json_hex(j, key, v->bytes.p, v->bytes.n);
		break;
	case VALUE_OBJECT:
		json_object_open(j, key);
		write_table(j, v->table, &v->row);
		json_object_close(j);
		break;
	case VALUE_ARRAY:
		json_array_open(j, key);
		for (size_t i = 0; i < v->n; i++) {
			struct value e;

			element_get(v, i, &e);
			write_value(j, NULL, &e);
		}
		json_array_close(j);
		break;
	}
}

static void write_table(struct json *j, const struct table *t,
			const struct row *r)
{
	for (size_t i = 0; i < t->n_columns; i++) {
		struct value v;

		column_get(&t->columns[i], r, &v);
		write_value(j, t->columns[i].name, &v);
	}
}

/* Write record @i of @k as an object, begun with its kind if @label is set.  */
static int write_record(struct json *j, const struct model *m,
			const struct record_kind *k, size_t i, bool label)
{
	struct row r = { m, k->at(m, i), i, arena_new() };
	bool failed;

	if (r.scratch == NULL)
		return ERR_NOMEM;
	json_object_open(j, NULL);
	if (label)
		json_string(j, "record", k->name);
	write_table(j, &k->table, &r);
	json_object_close(j);
	failed = arena_failed(r.scratch);
	arena_free(r.scratch);
	return failed ? ERR_NOMEM : 0;
}

int json_report(const struct model *m, const struct report_options *o,
		struct out *out)
{
	struct json j;

	(void)o;
	json_init(&j, out, false);
	json_object_open(&j, NULL);
	json_string(&j, "schema", REPORT_SCHEMA);
	json_bool(&j, "complete", m->complete);
	for (size_t k = 0; k < n_record_kinds; k++) {
		size_t n = record_kinds[k]->count(m);

		json_array_open(&j, record_kinds[k]->array_name);
		for (size_t i = 0; i < n; i++)
			if (write_record(&j, m, record_kinds[k], i, false) < 0)
				return ERR_NOMEM;
		json_array_close(&j);
	}
	json_object_close(&j);
	out_string(out, "\n");
	return 0;
}

static void write_start(struct out *out)
{
	struct json j;

	json_init(&j, out, true);
	json_object_open(&j, NULL);
	json_string(&j, "record", "start");
	json_string(&j, "schema", REPORT_SCHEMA);
	json_object_close(&j);
	out_string(out, "\n");
}

static void write_end(const struct model *m, struct out *out)
{
	struct json j;

	json_init(&j, out, true);
	json_object_open(&j, NULL);
	json_string(&j, "record", "end");
	json_bool(&j, "complete", m->complete);
	json_object_open(&j, "counts");
	for (size_t k = 0; k < n_record_kinds; k++)
		json_integer(&j, record_kinds[k]->array_name,
			     record_kinds[k]->count(m));
	json_object_close(&j);
	json_object_close(&j);
	out_string(out, "\n");
}

int jsonl_report(const struct model *m, const struct report_options *o,
		 struct out *out)
{
	(void)o;
	write_start(out);
	for (size_t k = 0; k < n_record_kinds; k++) {
		size_t n = record_kinds[k]->count(m);

		for (size_t i = 0; i < n; i++) {
			struct json j;

			json_init(&j, out, true);
			if (write_record(&j, m, record_kinds[k], i, true) < 0)
				return ERR_NOMEM;
			out_string(out, "\n");
		}
	}
	write_end(m, out);
	return 0;
}
