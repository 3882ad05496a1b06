/*
 * cim_xml.c - objects in the XML form of CIM
 *
 * Source: DSP0201 and its DTD, DSP0203 2.4: a declaration, a group of
 * VALUE.OBJECT, in each an INSTANCE.  A PROPERTY that is NULL has no VALUE, and
 * so has the character 0, which XML cannot have.
 * What is written is valid by DSP0203 2.2 and 2.3, too.
 */
#include "report/cim_report.h"
#include "report/escape.h"

static void attribute(struct out *o, const char *name, const char *value)
{
	out_string(o, " ");
	out_string(o, name);
	out_string(o, "=\"");
	out_xml_text(o, value);
	out_string(o, "\"");
}

static void write_scalar(enum cim_type type, const struct cim_value *v,
			 struct out *o)
{
	char buf[CIM_TEXT_BYTES];
	const char *plain = cim_plain_text(type, v, buf);

	out_string(o, "<VALUE>");
	if (type == CIM_BOOLEAN)
		out_string(o, v->boolean ? "TRUE" : "FALSE");
	else if (plain != NULL)
		out_string(o, plain);
	else
		out_xml_text(o, v->string);
	out_string(o, "</VALUE>");
}

static void write_array(const struct cim_property *p,
			const struct cim_value *v, struct out *o)
{
	out_string(o, "<PROPERTY.ARRAY");
	attribute(o, "NAME", p->name);
	attribute(o, "TYPE", cim_type_name(p->type));
	out_string(o, ">");
	if (v->is_set) {
		out_string(o, "<VALUE.ARRAY>");
		for (size_t i = 0; i < v->n_elements; i++)
			write_scalar(p->type, &v->elements[i], o);
		out_string(o, "</VALUE.ARRAY>");
	}
	out_string(o, "</PROPERTY.ARRAY>\n");
}

static void write_name(const struct cim_object *to, struct out *o);

static void write_key_value(enum cim_type type, const struct cim_value *v,
			    struct out *o)
{
	char buf[CIM_TEXT_BYTES];
	const char *plain = cim_plain_text(type, v, buf);

	out_string(o, "<KEYVALUE");
	attribute(o, "VALUETYPE", plain != NULL ? "numeric" : "string");
	attribute(o, "TYPE", cim_type_name(type));
	out_string(o, ">");
	out_xml_text(o, plain != NULL ? plain : v->is_set ? v->string : "");
	out_string(o, "</KEYVALUE>");
}

/* The value of a key: a reference again, a number or a string.  */
static void write_key(const struct cim_object *to, const struct cim_property *p,
		      struct out *o)
{
	struct cim_value v;

	out_string(o, "<KEYBINDING");
	attribute(o, "NAME", p->name);
	out_string(o, ">");
	if (p->leads_to != NULL) {
		struct cim_object next = p->leads_to(to);

		out_string(o, "<VALUE.REFERENCE>");
		write_name(&next, o);
		out_string(o, "</VALUE.REFERENCE>");
	} else {
		cim_get(to, p, &v);
		write_key_value(p->type, &v, o);
	}
	out_string(o, "</KEYBINDING>");
}

/* Ends: associations lead to objects, no object leads to an association.  */
static void write_name(const struct cim_object *to, struct out *o)
{
	out_string(o, "<INSTANCENAME");
	attribute(o, "CLASSNAME", to->class->name);
	out_string(o, ">");
	for (size_t i = 0; i < to->class->n_properties; i++)
		if (to->class->properties[i].is_key)
			write_key(to, &to->class->properties[i], o);
	out_string(o, "</INSTANCENAME>");
}

static void write_reference(const struct cim_object *object,
			    const struct cim_property *p, struct out *o)
{
	struct cim_object to = p->leads_to(object);

	out_string(o, "<PROPERTY.REFERENCE");
	attribute(o, "NAME", p->name);
	attribute(o, "REFERENCECLASS", p->reference);
	out_string(o, "><VALUE.REFERENCE>");
	write_name(&to, o);
	out_string(o, "</VALUE.REFERENCE></PROPERTY.REFERENCE>\n");
}

static void write_property(const struct cim_object *object,
			   const struct cim_property *p, struct out *o)
{
	struct cim_value v;
	bool has_value;

	if (p->leads_to != NULL) {
		write_reference(object, p, o);
		return;
	}
	cim_get(object, p, &v);
	if (p->is_array) {
		write_array(p, &v, o);
		return;
	}
	has_value = v.is_set && !cim_is_nul(p->type, &v);
	out_string(o, "<PROPERTY");
	attribute(o, "NAME", p->name);
	attribute(o, "TYPE", cim_type_name(p->type));
	out_string(o, has_value ? ">" : "/>\n");
	if (has_value) {
		write_scalar(p->type, &v, o);
		out_string(o, "</PROPERTY>\n");
	}
}

static void write_xml(const struct query_result *r, struct out *o)
{
	out_string(o, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
		   "<CIM CIMVERSION=\"2.0\" DTDVERSION=\"2.4\">\n"
		   "<DECLARATION><DECLGROUP>\n");
	for (size_t k = 0; k < r->n_objects; k++) {
		const struct cim_object *object = &r->objects[k];

		out_string(o, "<VALUE.OBJECT><INSTANCE");
		attribute(o, "CLASSNAME", object->class->name);
		out_string(o, ">\n");
		for (size_t i = 0; i < cim_shown_count(r, object); i++)
			write_property(object, cim_shown(r, object, i), o);
		out_string(o, "</INSTANCE></VALUE.OBJECT>\n");
	}
	out_string(o, "</DECLGROUP></DECLARATION>\n</CIM>\n");
}

const struct cim_shape cim_xml = {
	"cimxml", "instances, in the XML form of CIM (DSP0201)", write_xml,
};
