/*
 * cim_report.h - the answer to a query, in one of the shapes that scripts know
 */
#ifndef REPORT_CIM_REPORT_H
#define REPORT_CIM_REPORT_H

#include "provider/query.h"
#include "report/out.h"

/* What a shape writes: objects, each with the properties that were asked for.
 * Strings of evidence go through the shape's own escape.  */
struct cim_shape {
	const char *name;
	const char *purpose;
	void (*write)(const struct query_result *r, struct out *o);
};

extern const struct cim_shape *const cim_shapes[];
extern const size_t n_cim_shapes;
const struct cim_shape *cim_shape_find(const char *name);

extern const struct cim_shape cim_list, cim_table, cim_csv, cim_csv_safe,
	cim_json, cim_mof, cim_xml;

/* How many properties @r shows of @o, and number @i of them.  */
size_t cim_shown_count(const struct query_result *r,
		       const struct cim_object *o);
const struct cim_property *cim_shown(const struct query_result *r,
				     const struct cim_object *o, size_t i);

/* A value that is no string, as people read it: "True", "4096"; @buf has room.
 * NULL: it is a string, or NULL.  */
#define CIM_TEXT_BYTES 40
const char *cim_plain_text(enum cim_type type, const struct cim_value *v,
			   char buf[CIM_TEXT_BYTES]);

/* The character 0, whose string is empty: the letter of a partition that has
 * none.  */
bool cim_is_nul(enum cim_type type, const struct cim_value *v);

#endif /* REPORT_CIM_REPORT_H */
