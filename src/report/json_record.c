#include "report/json_record.h"

#include <stdio.h>
#include <string.h>

#include "report/escape.h"

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
		json_table(j, v->table, &v->row);
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

void json_table(struct json *j, const struct table *t, const struct row *r)
{
	for (size_t i = 0; i < t->n_columns; i++) {
		struct value v;

		column_get(&t->columns[i], r, &v);
		write_value(j, t->columns[i].name, &v);
	}
}

int json_answer(const struct model *m, const struct json_answer *a,
		struct out *out)
{
	struct json j;
	bool failed = false;

	json_init(&j, out, false);
	json_object_open(&j, NULL);
	json_string(&j, "schema", REPORT_SCHEMA);
	json_bool(&j, "complete", m->complete);
	json_array_open(&j, a->name);
	for (size_t i = 0; i < a->n && !failed; i++) {
		struct row r = { m, (const char *)a->records + i * a->size, i,
				 arena_new() };

		if (r.scratch == NULL)
			return ERR_NOMEM;
		json_object_open(&j, NULL);
		json_table(&j, a->table, &r);
		json_object_close(&j);
		failed = arena_failed(r.scratch);
		arena_free(r.scratch);
	}
	json_array_close(&j);
	json_object_close(&j);
	out_string(out, "\n");
	return failed ? ERR_NOMEM : 0;
}
