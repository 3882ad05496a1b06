/*
 * cim_mof.c - objects as instances in MOF, the text form of CIM
 *
 * NULL properties are left out, as WMI's GetObjectText does.  Source: DSP0004,
 * Annex A: instanceDeclaration, realValue.
 */
#include <string.h>

#include "report/cim_report.h"
#include "report/escape.h"

static void write_scalar(enum cim_type type, const struct cim_value *v,
			 struct out *o)
{
	char buf[CIM_TEXT_BYTES];
	const char *plain = cim_plain_text(type, v, buf);

	if (!v->is_set)
		out_string(o, "NULL");
	else if (type == CIM_BOOLEAN)
		out_string(o, v->boolean ? "TRUE" : "FALSE");
	else if (plain != NULL)
		out_printf(o, "%s%s", plain, type == CIM_REAL64 &&
			   strchr(plain, '.') == NULL ? ".0" : "");
	else if (cim_is_nul(type, v))
		out_string(o, "'\\x0000'");
	else if (type == CIM_CHAR16)	/* a letter: needs no escape */
		out_printf(o, "'%c'", (char)v->integer);
	else
		out_mof_string(o, v->string);
}

static void write_property(const struct cim_property *p,
			   const struct cim_value *v, struct out *o)
{
	out_string(o, "\t");
	out_string(o, p->name);
	out_string(o, " = ");
	if (p->is_array)
		out_string(o, "{");
	else
		write_scalar(p->type, v, o);
	for (size_t i = 0; i < v->n_elements; i++) {
		out_string(o, i == 0 ? "" : ", ");
		write_scalar(p->type, &v->elements[i], o);
	}
	out_string(o, p->is_array ? "};\n" : ";\n");
}

static void write_mof(const struct query_result *r, struct out *o)
{
	for (size_t k = 0; k < r->n_objects; k++) {
		const struct cim_object *object = &r->objects[k];

		out_string(o, k == 0 ? "" : "\n");
		out_string(o, "instance of ");
		out_string(o, object->class->name);
		out_string(o, "\n{\n");
		for (size_t i = 0; i < cim_shown_count(r, object); i++) {
			const struct cim_property *p = cim_shown(r, object, i);
			struct cim_value v;

			cim_get(object, p, &v);
			if (v.is_set)
				write_property(p, &v, o);
		}
		out_string(o, "};\n");
	}
}

const struct cim_shape cim_mof = {
	"mof", "instances, in the text form of CIM", write_mof,
};
