/*
 * cim_list.c - objects as lists and tables, as PowerShell's Format-List and
 * Format-Table print them
 */
#include <string.h>

#include "report/cim_report.h"
#include "report/escape.h"

static void write_scalar(enum cim_type type, const struct cim_value *v,
			 struct out *o)
{
	char buf[CIM_TEXT_BYTES];
	const char *plain = cim_plain_text(type, v, buf);

	if (plain != NULL)
		out_string(o, plain);
	else if (v->is_set)
		out_text(o, v->string);
}

/* NULL is empty, an array is {a, b}.  */
static void write_value(const struct cim_property *p,
			const struct cim_value *v, struct out *o)
{
	if (!v->is_set)
		return;
	if (!p->is_array) {
		write_scalar(p->type, v, o);
		return;
	}
	out_string(o, "{");
	for (size_t i = 0; i < v->n_elements; i++) {
		out_string(o, i == 0 ? "" : ", ");
		write_scalar(p->type, &v->elements[i], o);
	}
	out_string(o, "}");
}

static void pad(struct out *o, size_t have, size_t want)
{
	for (; have < want; have++)
		out_string(o, " ");
}

static size_t longest_name(const struct query_result *r,
			   const struct cim_object *object)
{
	size_t longest = 0;

	for (size_t i = 0; i < cim_shown_count(r, object); i++) {
		size_t n = strlen(cim_shown(r, object, i)->name);

		longest = n > longest ? n : longest;
	}
	return longest;
}

static void write_list(const struct query_result *r, struct out *o)
{
	for (size_t k = 0; k < r->n_objects; k++) {
		const struct cim_object *object = &r->objects[k];
		size_t width = longest_name(r, object);

		out_string(o, k == 0 ? "" : "\n");
		for (size_t i = 0; i < cim_shown_count(r, object); i++) {
			const struct cim_property *p = cim_shown(r, object, i);
			struct cim_value v;

			cim_get(object, p, &v);
			out_string(o, p->name);
			pad(o, strlen(p->name), width);
			out_string(o, v.is_set ? " : " : " :");
			write_value(p, &v, o);
			out_string(o, "\n");
		}
	}
}

const struct cim_shape cim_list = {
	"list", "one name and value per line, as Format-List", write_list,
};

/* --- table ---------------------------------------------------------------- */

/* How many columns @v takes.  */
static size_t value_columns(const struct cim_property *p,
			    const struct cim_value *v)
{
	char buf[CIM_TEXT_BYTES];
	const char *plain = cim_plain_text(p->type, v, buf);
	size_t n = 2;

	if (!v->is_set)
		return 0;
	if (!p->is_array)
		return plain != NULL ? strlen(plain) : text_columns(v->string);
	for (size_t i = 0; i < v->n_elements; i++) {
		plain = cim_plain_text(p->type, &v->elements[i], buf);
		n += (i == 0 ? 0 : 2) + (plain != NULL ? strlen(plain) :
			text_columns(v->elements[i].string));
	}
	return n;
}

/* How many objects from @first on have its columns: they have one table.  */
static size_t same_columns(const struct query_result *r, size_t first)
{
	size_t n = first;

	if (r->n_properties > 0)
		return r->n_objects - first;
	while (n < r->n_objects &&
	       r->objects[n].class == r->objects[first].class)
		n++;
	return n - first;
}

static size_t column_width(const struct query_result *r, size_t first,
			   size_t n, size_t column)
{
	size_t width = strlen(cim_shown(r, &r->objects[first], column)->name);

	for (size_t k = first; k < first + n; k++) {
		const struct cim_property *p =
			cim_shown(r, &r->objects[k], column);
		struct cim_value v;
		size_t w;

		cim_get(&r->objects[k], p, &v);
		w = value_columns(p, &v);
		width = w > width ? w : width;
	}
	return width;
}

/* Numbers stand at the right, as their head does.  */
static bool is_number(const struct cim_property *p)
{
	switch (p->type) {
	case CIM_BOOLEAN:
	case CIM_CHAR16:
	case CIM_STRING:
	case CIM_DATETIME:
	case CIM_REFERENCE:
		return false;
	default:
		return !p->is_array;
	}
}

/* A line of the table.  */
struct table_line {
	struct out *out;
	size_t blanks;		/* before the next text, if one comes */
};

static void begin_cell(struct table_line *l, const struct cim_property *p,
		       size_t have, size_t width)
{
	if (is_number(p))
		l->blanks += width - have;
	if (have == 0)
		return;
	pad(l->out, 0, l->blanks);
	l->blanks = 0;
}

static void end_cell(struct table_line *l, const struct cim_property *p,
		     size_t have, size_t width)
{
	l->blanks += 1 + (is_number(p) ? 0 : width - have);
}

/* A line of the head: the names, or lines below them.  */
static void write_head(const struct query_result *r, size_t first,
		       const size_t *widths, size_t columns, bool names,
		       struct out *o)
{
	struct table_line l = { o, 0 };

	for (size_t i = 0; i < columns; i++) {
		const struct cim_property *p =
			cim_shown(r, &r->objects[first], i);
		size_t n = strlen(p->name);

		begin_cell(&l, p, n, widths[i]);
		if (names)
			out_string(o, p->name);
		for (size_t k = 0; !names && k < n; k++)
			out_string(o, "-");
		end_cell(&l, p, n, widths[i]);
	}
	out_string(o, "\n");
}

static void write_row(const struct query_result *r, size_t k,
		      const size_t *widths, size_t columns, struct out *o)
{
	struct table_line l = { o, 0 };

	for (size_t i = 0; i < columns; i++) {
		const struct cim_property *p = cim_shown(r, &r->objects[k], i);
		struct cim_value v;
		size_t n;

		cim_get(&r->objects[k], p, &v);
		n = value_columns(p, &v);
		begin_cell(&l, p, n, widths[i]);
		write_value(p, &v, o);
		end_cell(&l, p, n, widths[i]);
	}
	out_string(o, "\n");
}

static void write_one_table(const struct query_result *r, size_t first,
			    size_t n, struct out *o)
{
	size_t columns = cim_shown_count(r, &r->objects[first]);
	size_t *widths = arena_alloc(r->objects[first].provider->arena,
				     columns * sizeof(*widths));

	if (widths == NULL)	/* the caller asks the arena */
		return;
	for (size_t i = 0; i < columns; i++)
		widths[i] = column_width(r, first, n, i);
	write_head(r, first, widths, columns, true, o);
	write_head(r, first, widths, columns, false, o);
	for (size_t k = first; k < first + n; k++)
		write_row(r, k, widths, columns, o);
}

static void write_table(const struct query_result *r, struct out *o)
{
	for (size_t k = 0, n; k < r->n_objects; k += n) {
		n = same_columns(r, k);
		out_string(o, k == 0 ? "" : "\n");
		write_one_table(r, k, n, o);
	}
}

const struct cim_shape cim_table = {
	"table", "a table for each class, as Format-Table", write_table,
};
