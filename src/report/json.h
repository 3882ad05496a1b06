/*
 * json.h - a JSON writer
 *
 * A state machine: it places the commas, the line breaks and the indentation,
 * so that its users say only what there is.  A key of NULL is an element of an
 * array.  Laid out for people and for diff(1), each of the outermost
 * JSON_OPEN_DEPTH levels has its values on lines of their own, what is deeper
 * stands on one line; a compact writer puts everything on one line.
 */
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "report/out.h"

#define JSON_MAX_DEPTH 16
#define JSON_OPEN_DEPTH 4

struct json {
	struct out *out;
	bool compact;
	unsigned depth;		/* objects and arrays that are open */
	bool filled[JSON_MAX_DEPTH + 1];	/* has a value, by depth */
};

void json_init(struct json *j, struct out *o, bool compact);
void json_object_open(struct json *j, const char *key);
void json_object_close(struct json *j);
void json_array_open(struct json *j, const char *key);
void json_array_close(struct json *j);
void json_string(struct json *j, const char *key, const char *s);
void json_hex(struct json *j, const char *key, const void *data, size_t n);
void json_integer(struct json *j, const char *key, uint64_t v);
void json_bool(struct json *j, const char *key, bool v);
void json_null(struct json *j, const char *key);

#endif /* REPORT_JSON_H */
