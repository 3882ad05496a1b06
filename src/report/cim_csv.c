/*
 * cim_csv.c - objects as comma-separated values, RFC 4180 in UTF-8
 *
 * All fields are quoted, as Export-Csv does, and the first line names the
 * columns.  Objects of several classes have the columns of all of them, behind
 * one that tells the class.  An array is one field, which Export-Csv does not
 * tell, with '|' between its elements: no path that Windows' programs make has
 * one, and in what others have made it is visible as <U+007C>.  NULL is nothing
 * between two commas, and an empty text has its quotes; but a line that would
 * be empty, which readers pass over, has them, too.
 *
 * Texts are what the evidence has, as Export-Csv writes them, and a spreadsheet
 * takes "=cmd|..." for a formula: for these there is a second shape.
 */
#include <string.h>

#include "base/ascii.h"
#include "report/cim_report.h"
#include "report/escape.h"

/* Between the elements of an array, and within one.  */
#define SEPARATOR '|'
#define SEPARATOR_ESCAPE "<U+007C>"

/* The columns of all objects, by name.  */
struct columns {
	const char **names;
	size_t n;
	bool classes;		/* there are several */
};

static bool has_column(const struct columns *c, const char *name)
{
	for (size_t i = 0; i < c->n; i++)
		if (ascii_compare(c->names[i], name) == 0)
			return true;
	return false;
}

static void add_columns(struct columns *c, const struct query_result *r,
			const struct cim_object *object)
{
	for (size_t i = 0; i < cim_shown_count(r, object); i++) {
		const char *name = cim_shown(r, object, i)->name;
		const char **column;

		if (has_column(c, name))
			continue;
		column = arena_push(object->provider->arena, &c->names, c->n,
				    sizeof(*column));
		if (column == NULL)	/* the caller asks the arena */
			return;
		*column = name;
		c->n++;
	}
}

static struct columns columns_of(const struct query_result *r)
{
	struct columns c = { 0 };

	for (size_t k = 0; k < r->n_objects; k++) {
		if (k > 0 && r->objects[k].class == r->objects[k - 1].class)
			continue;
		c.classes = c.classes || (k > 0 && r->n_properties == 0);
		add_columns(&c, r, &r->objects[k]);
	}
	return c;
}

/* How a text of the evidence is written.  */
typedef void text_fn(struct out *o, const char *s);

static void write_scalar(enum cim_type type, const struct cim_value *v,
			 text_fn *text, struct out *o)
{
	char buf[CIM_TEXT_BYTES];
	const char *plain = cim_plain_text(type, v, buf);

	if (plain != NULL)
		out_csv_field(o, plain);
	else
		text(o, v->string);
}

/* One more element at the end of @out, which has room for it.  Returns the new
 * end.  */
static char *put_element(char *out, const char *s, bool is_first)
{
	if (!is_first)
		*out++ = SEPARATOR;
	for (; *s != '\0'; s++) {
		if (*s != SEPARATOR) {
			*out++ = *s;
			continue;
		}
		memcpy(out, SEPARATOR_ESCAPE, sizeof(SEPARATOR_ESCAPE) - 1);
		out += sizeof(SEPARATOR_ESCAPE) - 1;
	}
	*out = '\0';
	return out;
}

static const char *element_text(const struct cim_property *p,
				const struct cim_value *v,
				char buf[CIM_TEXT_BYTES])
{
	const char *plain = cim_plain_text(p->type, v, buf);

	return plain != NULL ? plain : v->string;
}

static void write_array(const struct cim_property *p,
			const struct cim_value *v, struct arena *a,
			text_fn *text, struct out *o)
{
	char buf[CIM_TEXT_BYTES], *all, *end;
	size_t n = 1;

	for (size_t i = 0; i < v->n_elements; i++)
		n += 1 + (sizeof(SEPARATOR_ESCAPE) - 1) *
			 strlen(element_text(p, &v->elements[i], buf));
	all = end = arena_alloc(a, n);
	for (size_t i = 0; i < v->n_elements && all != NULL; i++)
		end = put_element(end, element_text(p, &v->elements[i], buf),
				  i == 0);
	text(o, all != NULL ? all : "");
}

/* Column @name of @object; @is_line: which is all of the line.  */
static void write_field(const struct query_result *r,
			const struct cim_object *object, const char *name,
			bool is_line, text_fn *text, struct out *o)
{
	for (size_t i = 0; i < cim_shown_count(r, object); i++) {
		const struct cim_property *p = cim_shown(r, object, i);
		struct cim_value v;

		if (ascii_compare(p->name, name) != 0)
			continue;
		cim_get(object, p, &v);
		if (!v.is_set)
			break;
		if (p->is_array)
			write_array(p, &v, object->provider->arena, text, o);
		else
			write_scalar(p->type, &v, text, o);
		return;
	}
	out_string(o, is_line ? "\"\"" : "");
}

static void write_all(const struct query_result *r, text_fn *text,
		      struct out *o)
{
	struct columns c = columns_of(r);

	if (c.classes)
		out_string(o, "\"__CLASS\",");
	for (size_t i = 0; i < c.n; i++) {
		out_string(o, i == 0 ? "" : ",");
		out_csv_field(o, c.names[i]);
	}
	out_string(o, c.n > 0 ? "\r\n" : "");
	for (size_t k = 0; k < r->n_objects; k++) {
		if (c.classes) {
			out_csv_field(o, r->objects[k].class->name);
			out_string(o, ",");
		}
		for (size_t i = 0; i < c.n; i++) {
			out_string(o, i == 0 ? "" : ",");
			write_field(r, &r->objects[k], c.names[i],
				    c.n == 1 && !c.classes, text, o);
		}
		out_string(o, "\r\n");
	}
}

static void write_csv(const struct query_result *r, struct out *o)
{
	write_all(r, out_csv_field, o);
}

const struct cim_shape cim_csv = {
	"csv", "comma-separated values, as Export-Csv", write_csv,
};

static void write_inert(const struct query_result *r, struct out *o)
{
	write_all(r, out_csv_inert, o);
}

const struct cim_shape cim_csv_safe = {
	"csv-safe", "the same, for spreadsheets: ' before text that begins "
	"like a formula", write_inert,
};
