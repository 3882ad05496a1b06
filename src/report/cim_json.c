/*
 * cim_json.c - objects as JSON, as Get-CimInstance | ConvertTo-Json has them
 *
 * A reference is an object of the keys of what it leads to, so that
 * $_.Directory.Name works on it; the properties of PowerShell's own are left
 * out.  Always an array, whatever the number of objects.  A time is in the form
 * of ISO 8601, as PowerShell since 6 writes what Get-CimInstance makes of it;
 * what 5.1 writes, "\/Date(1614834367000)\/", has no more than milliseconds.
 */
#include "provider/datetime.h"
#include "report/cim_report.h"
#include "report/escape.h"

static void write_scalar(enum cim_type type, const struct cim_value *v,
			 struct out *o)
{
	char buf[CIM_TEXT_BYTES], iso[CIM_ISO_CHARS];
	const char *plain = cim_plain_text(type, v, buf);

	if (!v->is_set)
		out_string(o, "null");
	else if (type == CIM_BOOLEAN)
		out_string(o, v->boolean ? "true" : "false");
	else if (cim_is_nul(type, v))
		out_string(o, "\"\\u0000\"");
	else if (plain != NULL)
		out_string(o, plain);
	else if (type == CIM_DATETIME) {
		cim_datetime_iso(v->string, iso);
		out_json_string(o, iso);
	} else
		out_json_string(o, v->string);
}

static void write_keys(const struct cim_object *to, struct out *o)
{
	bool first = true;

	out_string(o, "{");
	for (size_t i = 0; i < to->class->n_properties; i++) {
		const struct cim_property *p = &to->class->properties[i];
		struct cim_value v;

		if (!p->is_key)
			continue;
		cim_get(to, p, &v);
		out_string(o, first ? "" : ", ");
		first = false;
		out_json_string(o, p->name);
		out_string(o, ": ");
		write_scalar(p->type, &v, o);
	}
	out_string(o, "}");
}

static void write_value(const struct cim_object *object,
			const struct cim_property *p, struct out *o)
{
	struct cim_value v;

	if (p->leads_to != NULL) {
		struct cim_object to = p->leads_to(object);

		write_keys(&to, o);
		return;
	}
	cim_get(object, p, &v);
	if (!p->is_array || !v.is_set) {
		write_scalar(p->type, &v, o);
		return;
	}
	out_string(o, "[");
	for (size_t i = 0; i < v.n_elements; i++) {
		out_string(o, i == 0 ? "" : ", ");
		write_scalar(p->type, &v.elements[i], o);
	}
	out_string(o, "]");
}

static void write_json(const struct query_result *r, struct out *o)
{
	out_string(o, "[");
	for (size_t k = 0; k < r->n_objects; k++) {
		const struct cim_object *object = &r->objects[k];

		out_string(o, k == 0 ? "\n  {" : ",\n  {");
		for (size_t i = 0; i < cim_shown_count(r, object); i++) {
			const struct cim_property *p = cim_shown(r, object, i);

			out_string(o, i == 0 ? "\n    " : ",\n    ");
			out_json_string(o, p->name);
			out_string(o, ": ");
			write_value(object, p, o);
		}
		out_string(o, "\n  }");
	}
	out_string(o, r->n_objects > 0 ? "\n]\n" : "]\n");
}

const struct cim_shape cim_json = {
	"json", "an array, as Get-CimInstance | ConvertTo-Json", write_json,
};
