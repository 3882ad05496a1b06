#include "report/cim_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "provider/system_properties.h"

const struct cim_shape *const cim_shapes[] = {
	&cim_list, &cim_table, &cim_csv, &cim_csv_safe, &cim_json, &cim_mof,
	&cim_xml,
};
const size_t n_cim_shapes = sizeof(cim_shapes) / sizeof(cim_shapes[0]);

const struct cim_shape *cim_shape_find(const char *name)
{
	for (size_t i = 0; i < n_cim_shapes; i++)
		if (strcmp(cim_shapes[i]->name, name) == 0)
			return cim_shapes[i];
	return NULL;
}

size_t cim_shown_count(const struct query_result *r,
		       const struct cim_object *o)
{
	return r->n_properties > 0 ? r->n_properties : o->class->n_properties;
}

const struct cim_property *cim_shown(const struct query_result *r,
				     const struct cim_object *o, size_t i)
{
	return r->n_properties > 0 ?
	       property_find(o->class, r->properties[i].text) :
	       &o->class->properties[i];
}

bool cim_is_nul(enum cim_type type, const struct cim_value *v)
{
	return type == CIM_CHAR16 && v->is_set && v->integer == 0;
}

const char *cim_plain_text(enum cim_type type, const struct cim_value *v,
			   char buf[CIM_TEXT_BYTES])
{
	if (!v->is_set)
		return NULL;
	switch (type) {
	case CIM_CHAR16:
	case CIM_STRING:
	case CIM_DATETIME:
	case CIM_REFERENCE:
		return NULL;
	case CIM_BOOLEAN:
		return v->boolean ? "True" : "False";
	case CIM_REAL64:
		snprintf(buf, CIM_TEXT_BYTES, "%.15g", v->real);
		return buf;
	case CIM_SINT64:
		snprintf(buf, CIM_TEXT_BYTES, "%" PRId64, v->sinteger);
		return buf;
	case CIM_UINT8:
	case CIM_UINT16:
	case CIM_UINT32:
	case CIM_UINT64:
		break;
	}
	snprintf(buf, CIM_TEXT_BYTES, "%" PRIu64, v->integer);
	return buf;
}
