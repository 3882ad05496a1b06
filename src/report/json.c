#include "report/json.h"

#include <assert.h>
#include <inttypes.h>

#include "report/escape.h"

void json_init(struct json *j, struct out *o, bool compact)
{
	*j = (struct json){ .out = o, .compact = compact };
}

static bool on_lines(const struct json *j)
{
	return !j->compact && j->depth > 0 && j->depth <= JSON_OPEN_DEPTH;
}

static void new_line(struct json *j)
{
	out_bytes(j->out, "\n", 1);
	for (unsigned i = 0; i < j->depth; i++)
		out_bytes(j->out, "  ", 2);
}

/* What stands before a value: a comma, its place, its key.  */
static void before_value(struct json *j, const char *key)
{
	if (j->filled[j->depth])
		out_bytes(j->out, ",", 1);
	if (on_lines(j))
		new_line(j);
	else if (j->filled[j->depth] && !j->compact)
		out_bytes(j->out, " ", 1);
	j->filled[j->depth] = true;
	if (key == NULL)
		return;
	out_json_string(j->out, key);
	out_string(j->out, j->compact ? ":" : ": ");
}

static void open_level(struct json *j, const char *key, const char *bracket)
{
	before_value(j, key);
	out_bytes(j->out, bracket, 1);
	assert(j->depth < JSON_MAX_DEPTH);
	j->filled[++j->depth] = false;
}

static void close_level(struct json *j, const char *bracket)
{
	bool lines = on_lines(j) && j->filled[j->depth];

	j->depth--;
	if (lines)
		new_line(j);
	out_bytes(j->out, bracket, 1);
}

void json_object_open(struct json *j, const char *key)
{
	open_level(j, key, "{");
}

void json_object_close(struct json *j)
{
	close_level(j, "}");
}

void json_array_open(struct json *j, const char *key)
{
	open_level(j, key, "[");
}

void json_array_close(struct json *j)
{
	close_level(j, "]");
}

void json_string(struct json *j, const char *key, const char *s)
{
	before_value(j, key);
	out_json_string(j->out, s);
}

void json_hex(struct json *j, const char *key, const void *data, size_t n)
{
	before_value(j, key);
	out_bytes(j->out, "\"", 1);
	out_hex(j->out, data, n);
	out_bytes(j->out, "\"", 1);
}

void json_integer(struct json *j, const char *key, uint64_t v)
{
	before_value(j, key);
	out_printf(j->out, "%" PRIu64, v);
}

void json_bool(struct json *j, const char *key, bool v)
{
	before_value(j, key);
	out_string(j->out, v ? "true" : "false");
}

void json_null(struct json *j, const char *key)
{
	before_value(j, key);
	out_string(j->out, "null");
}
