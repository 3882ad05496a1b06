#include "report/value.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/filetime.h"

void column_get(const struct column *c, const struct row *r, struct value *ret)
{
	ret->type = VALUE_NULL;
	c->get(r, ret);
}

void element_get(const struct value *array, size_t i, struct value *ret)
{
	ret->type = VALUE_NULL;
	array->element(&array->row, i, ret);
}

void value_bool(struct value *v, bool b)
{
	v->type = VALUE_BOOL;
	v->boolean = b;
}

void value_integer(struct value *v, uint64_t n)
{
	v->type = VALUE_INTEGER;
	v->integer = n;
}

void value_string(struct value *v, const char *s)
{
	v->type = s != NULL ? VALUE_STRING : VALUE_NULL;
	v->string = s;
}

void value_text(struct value *v, struct text t)
{
	v->type = t.utf8 != NULL ? VALUE_TEXT : VALUE_NULL;
	v->text = t;
}

void value_bytes(struct value *v, struct span s)
{
	v->type = VALUE_BYTES;
	v->bytes = s;
}

void value_format(struct value *v, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(v->buf, sizeof(v->buf), fmt, ap);
	va_end(ap);
	v->type = VALUE_STRING;
	v->string = v->buf;
}

void value_guid(struct value *v, const struct guid *g)
{
	if (!guid_is_zero(g))
		value_string(v, guid_text(g, v->buf));
}

void value_time(struct value *v, uint64_t filetime)
{
	if (filetime != 0)
		value_string(v, filetime_text(filetime, v->buf));
}

void value_id(struct value *v, const char *prefix, size_t index)
{
	if (index != NONE)
		value_format(v, "%s%zu", prefix, index);
}

void value_partition_id(struct value *v, const struct model *m, size_t index)
{
	const struct machine_partition *p;

	if (index == NONE)
		return;
	p = &m->partitions[index];
	value_format(v, "disk%zu/p%u", p->disk, p->entry->number);
}

void value_object(struct value *v, const struct row *r,
		  const struct table *table, const void *record, size_t index)
{
	v->type = VALUE_OBJECT;
	v->table = table;
	v->row = (struct row){ r->model, record, index, r->scratch };
}

void value_array(struct value *v, const struct row *r, size_t n,
		 element_fn *element)
{
	v->type = VALUE_ARRAY;
	v->n = n;
	v->element = element;
	v->row = *r;
}

static void cite_image(const struct row *r, struct value *v)
{
	value_id(v, "image", ((const struct cite *)r->record)->image);
}

static void cite_offset(const struct row *r, struct value *v)
{
	value_integer(v, ((const struct cite *)r->record)->offset);
}

static void cite_length(const struct row *r, struct value *v)
{
	value_integer(v, ((const struct cite *)r->record)->length);
}

static void cite_structure(const struct row *r, struct value *v)
{
	value_string(v, ((const struct cite *)r->record)->structure);
}

static void cite_file(const struct row *r, struct value *v)
{
	value_string(v, ((const struct cite *)r->record)->file);
}

static void cite_encrypted(const struct row *r, struct value *v)
{
	value_bool(v, ((const struct cite *)r->record)->encrypted);
}

static void cite_compressed(const struct row *r, struct value *v)
{
	value_bool(v, ((const struct cite *)r->record)->compressed);
}

static const struct column cite_columns[] = {
	{ "image", VALUE_STRING, cite_image },
	{ "offset", VALUE_INTEGER, cite_offset },
	{ "length", VALUE_INTEGER, cite_length },
	{ "structure", VALUE_STRING, cite_structure },
	{ "file", VALUE_STRING, cite_file },
	{ "encrypted", VALUE_BOOL, cite_encrypted },
	{ "compressed", VALUE_BOOL, cite_compressed },
};
static const struct table cite_table = {
	cite_columns, ARRAY_LENGTH(cite_columns)
};

static bool cite_equal(const struct cite *a, const struct cite *b)
{
	return a->image == b->image && a->offset == b->offset &&
	       a->length == b->length &&
	       strcmp(a->structure, b->structure) == 0;
}

static bool cites_have(const struct cites *c, const struct cite *cite)
{
	for (size_t i = 0; i < c->n; i++)
		if (cite_equal(&c->list[i], cite))
			return true;
	return false;
}

/* Number @i of @more's that are not among @own's; NULL: there are @*ret_n.  */
static const struct cite *more_at(const struct cites *own,
				  const struct cites *more, size_t i,
				  size_t *ret_n)
{
	size_t n = 0;

	for (size_t k = 0; more != NULL && k < more->n; k++) {
		if (cites_have(own, &more->list[k]))
			continue;
		if (n++ == i)
			return &more->list[k];
	}
	*ret_n = n;
	return NULL;
}

size_t cites_count(const struct cites *own, const struct cites *more)
{
	size_t n = 0;

	more_at(own, more, SIZE_MAX, &n);
	return own->n + n;
}

void value_cite(struct value *v, const struct row *r, const struct cites *own,
		const struct cites *more, size_t i)
{
	const struct cite *c;
	size_t n;

	c = i < own->n ? &own->list[i] : more_at(own, more, i - own->n, &n);
	if (c != NULL)
		value_object(v, r, &cite_table, c, i);
}
