#include "provider/path.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "provider/cim.h"
#include "provider/provider.h"

/* --- paths written -------------------------------------------------------- */

/* @s with a backslash before each quote and backslash; NULL when out of
 * memory.  */
static const char *quoted(struct arena *a, const char *s)
{
	char *ret = arena_alloc(a, 2 * strlen(s) + 1), *out = ret;

	if (ret == NULL)
		return NULL;
	for (; *s != '\0'; s++) {
		if (*s == '\\' || *s == '"')
			*out++ = '\\';
		*out++ = *s;
	}
	return ret;
}

static int compare_keys(const void *a, const void *b)
{
	return ascii_compare(((const struct path_key *)a)->name,
			     ((const struct path_key *)b)->name);
}

/* The value NULL: out of memory.  */
static struct path_key key_of(const struct cim_object *o,
			      const struct cim_property *p,
			      const struct cim_value *v)
{
	if (v->string != NULL)
		return (struct path_key){ p->name, v->string, NULL, false };
	return (struct path_key){
		p->name, arena_printf(o->provider->arena, "%llu",
				      (unsigned long long)v->integer), NULL,
		true
	};
}

/* The keys of @o in the order of their names; 0 where one of them is
 * unknown.  */
static size_t keys_of(const struct cim_object *o,
		      struct path_key keys[PATH_MAX_KEYS])
{
	size_t n = 0;

	for (size_t i = 0; i < o->class->n_properties; i++) {
		const struct cim_property *p = &o->class->properties[i];
		struct cim_value v;

		if (!p->is_key)
			continue;
		cim_get(o, p, &v);
		if (!v.is_set || n == PATH_MAX_KEYS)
			return 0;
		keys[n] = key_of(o, p, &v);
		if (keys[n++].value == NULL)
			return 0;
	}
	qsort(keys, n, sizeof(keys[0]), compare_keys);
	return n;
}

const char *path_of(const struct cim_object *o)
{
	struct arena *a = o->provider->arena;
	struct path_key keys[PATH_MAX_KEYS];
	size_t n = keys_of(o, keys);
	const char *path = n > 0 ? o->class->name : NULL;

	for (size_t i = 0; i < n && path != NULL; i++) {
		const char *q = quoted(a, keys[i].value);
		const char *mark = keys[i].number ? "" : "\"";

		path = q == NULL ? NULL :
		       arena_printf(a, "%s%c%s=%s%s%s", path,
				    i == 0 ? '.' : ',', keys[i].name, mark, q,
				    mark);
	}
	return path;
}

const char *path_absolute(const struct cim_object *o)
{
	const char *path = path_of(o), *host = o->provider->host;

	if (path == NULL || host == NULL)
		return NULL;
	return arena_printf(o->provider->arena, "\\\\%s\\%s:%s", host,
			    o->class->space, path);
}

/* --- paths read ----------------------------------------------------------- */

struct reader {
	struct arena *a;
	const char *text;
	size_t at;
	struct query_error *error;
};

static const char *part(struct reader *r, size_t from, size_t to)
{
	return arena_printf(r->a, "%.*s", (int)(to - from), r->text + from);
}

static bool is_slash(char c)
{
	return c == '\\' || c == '/';
}

/* A namespace, whose parts may have slashes between them, too.  */
static const char *space_of(struct reader *r, size_t from, size_t to)
{
	char *space = arena_printf(r->a, "%.*s", (int)(to - from),
				   r->text + from);

	for (char *c = space; c != NULL && *c != '\0'; c++)
		if (*c == '/')
			*c = '\\';
	return space;
}

/* What stands before the class: \\HOST\space: or space: or nothing.  */
static int read_place(struct reader *r, struct object_path *p)
{
	size_t colon = r->at + strcspn(r->text + r->at, ":\"'=");
	size_t at = r->at, host;

	if (r->text[colon] != ':')
		return 0;
	if (is_slash(r->text[at]) && is_slash(r->text[at + 1])) {
		host = at + 2;
		at = host + strcspn(r->text + host, "\\/");
		if (at >= colon)
			return query_error_set(r->error, colon, "a namespace "
					       "is expected after the host");
		p->host = part(r, host, at);
		at++;
	}
	p->space = space_of(r, at, colon);
	r->at = colon + 1;
	return 0;
}

static size_t word_end(const struct reader *r)
{
	return r->at + strcspn(r->text + r->at, ".=,\"' \t\r\n");
}

/* Whether a key's value may end before @s.  */
static bool ends_value(const char *s)
{
	s += strspn(s, " \t\r\n");
	return *s == '\0' || *s == ',' || *s == '}';
}

size_t path_string_end(const char *s)
{
	size_t at = 1;

	while (s[at] != '\0' && s[at] != *s) {
		if (s[at] == '\\' && s[at + 1] != '\0') {
			at++;
			if (*s == '\'' && s[at] == *s &&
			    ends_value(s + at + 1))
				return at;
		}
		at++;
	}
	return at;
}

static int read_string(struct reader *r, struct path_key *ret)
{
	size_t from = r->at + 1;
	size_t end = r->at + path_string_end(r->text + r->at);
	char *value = arena_alloc(r->a, end - from + 1);
	size_t n = 0;

	if (r->text[end] == '\0')
		return query_error_set(r->error, r->at,
				       "a string without its end");
	if (value == NULL)
		return query_error_set(r->error, r->at, "out of memory");
	for (size_t at = from; at < end; at++) {
		if (r->text[at] == '\\' && at + 1 < end)
			at++;
		value[n++] = r->text[at];
	}
	ret->value = value;
	if (n < end - from)
		ret->raw = part(r, from, end);
	r->at = end + 1;
	return 0;
}

/* ="value" or =123.  */
static int read_value(struct reader *r, struct path_key *ret)
{
	size_t end;

	if (r->text[r->at] != '=')
		return query_error_set(r->error, r->at, "= is expected");
	r->at++;
	if (r->text[r->at] == '"' || r->text[r->at] == '\'')
		return read_string(r, ret);
	end = word_end(r);
	if (end == r->at)
		return query_error_set(r->error, r->at,
				       "the value of a key is expected");
	ret->value = part(r, r->at, end);
	r->at = end;
	return 0;
}

static int read_key(struct reader *r, struct object_path *p)
{
	size_t end = word_end(r);
	struct path_key *k = &p->keys[p->n_keys];

	if (p->n_keys == PATH_MAX_KEYS)
		return query_error_set(r->error, r->at, "no class has more "
				       "than %d keys", PATH_MAX_KEYS);
	if (end == r->at)
		return query_error_set(r->error, r->at, "a key is expected");
	k->name = part(r, r->at, end);
	r->at = end;
	p->n_keys++;
	return read_value(r, k);
}

static int read_keys(struct reader *r, struct object_path *p)
{
	if (r->text[r->at] == '=') {
		p->n_keys = 1;
		return read_value(r, &p->keys[0]);
	}
	if (r->text[r->at] != '.')
		return 0;
	do {
		r->at++;
		if (read_key(r, p) < 0)
			return -1;
	} while (r->text[r->at] == ',');
	return 0;
}

int path_parse(struct arena *a, const char *text, struct object_path *ret,
	       struct query_error *error)
{
	struct reader r = { a, text, strspn(text, " \t\r\n"), error };
	struct object_path p = { 0 };
	size_t end;

	if (read_place(&r, &p) < 0)
		return -1;
	end = word_end(&r);
	if (end == r.at)
		return query_error_set(error, r.at, "a class is expected");
	p.class_name = part(&r, r.at, end);
	r.at = end;
	if (read_keys(&r, &p) < 0)
		return -1;
	r.at += strspn(text + r.at, " \t\r\n");
	if (text[r.at] != '\0')
		return query_error_set(error, r.at, "the end of the object "
				       "path is expected");
	if (arena_failed(a))
		return query_error_set(error, 0, "out of memory");
	*ret = p;
	return 0;
}

/* Texts that are equal, or one of which is not there.  */
static bool may_equal(const char *a, const char *b)
{
	return a == NULL || b == NULL || ascii_compare(a, b) == 0;
}

/* "." is the computer that is asked, whatever its name.  */
static bool hosts_equal(const char *a, const char *b)
{
	return may_equal(a, b) || strcmp(a, ".") == 0 || strcmp(b, ".") == 0;
}

/* A value that is a path itself is compared as one.  */
static bool values_equal(struct arena *a, const char *left, const char *right)
{
	return ascii_compare(left, right) == 0 ||
	       (strchr(left, '"') != NULL && path_equal(a, left, right));
}

/* How long the name of a directory is without a backslash at its end, which
 * Win32_Volume.Name has and scripts leave there; that of a root is part of the
 * name.  */
static size_t directory_length(const char *s)
{
	size_t n = strlen(s);

	return n > sizeof("C:\\") - 1 && s[n - 1] == '\\' ? n - 1 : n;
}

static bool directories_equal(struct arena *a, const char *left,
			      const char *right)
{
	size_t n = directory_length(left), k = directory_length(right);
	const char *l = arena_printf(a, "%.*s", (int)n, left);
	const char *r = arena_printf(a, "%.*s", (int)k, right);

	return l != NULL && r != NULL && ascii_compare(l, r) == 0;
}

static bool may_be(struct arena *a, const char *left, const char *right,
		   bool is_directory)
{
	return values_equal(a, left, right) ||
	       (is_directory && directories_equal(a, left, right));
}

bool path_has_key(struct arena *a, const struct object_path *p,
		  const struct path_key *key)
{
	bool is_directory = ascii_compare(p->class_name,
					  "Win32_Directory") == 0;

	for (size_t i = 0; i < p->n_keys; i++) {
		const struct path_key *k = &p->keys[i];

		if (may_equal(k->name, key->name) &&
		    (may_be(a, k->value, key->value, is_directory) ||
		     (k->raw != NULL &&
		      may_be(a, k->raw, key->value, is_directory)) ||
		     (key->raw != NULL &&
		      may_be(a, k->value, key->raw, is_directory))))
			return true;
	}
	return false;
}

/* Ends: a path within a path is shorter by its quotes.  */
bool path_equal(struct arena *a, const char *left, const char *right)
{
	struct object_path l, r;
	struct query_error unused = { 0 };

	if (path_parse(a, left, &l, &unused) < 0 ||
	    path_parse(a, right, &r, &unused) < 0)
		return ascii_compare(left, right) == 0;
	if (!hosts_equal(l.host, r.host) || !may_equal(l.space, r.space) ||
	    ascii_compare(l.class_name, r.class_name) != 0 ||
	    l.n_keys != r.n_keys)
		return false;
	for (size_t i = 0; i < l.n_keys; i++)
		if (!path_has_key(a, &r, &l.keys[i]))
			return false;
	return true;
}
