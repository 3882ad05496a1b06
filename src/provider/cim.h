/*
 * cim.h - classes, properties and values, as WMI knows them
 *
 * A class is a table of properties; an object is a class and a number from 0.
 * Every output format, the query language and the documentation are driven by
 * these tables.  A property that nothing offline can tell has no getter, and is
 * NULL in every object: no value is made up.  A reference leads to an object,
 * and its value is that object's path.
 *
 * Sources: Microsoft's documentation of the classes; DSP0004 (CIM
 * infrastructure) for the types.
 */
#ifndef PROVIDER_CIM_H
#define PROVIDER_CIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct provider;

enum cim_type {
	CIM_BOOLEAN, CIM_UINT8, CIM_UINT16, CIM_UINT32, CIM_UINT64, CIM_SINT64,
	CIM_REAL64, CIM_CHAR16, CIM_STRING, CIM_DATETIME, CIM_REFERENCE
};

/* What a property holds in one object.  Zero-initialised: NULL.  */
struct cim_value {
	bool is_set;
	bool boolean;
	uint64_t integer;	/* unsigned types; CHAR16 */
	int64_t sinteger;	/* SINT64 */
	double real;
	const char *string;	/* STRING, CHAR16; DATETIME and REFERENCE as
				 * WMI writes them; lives as long as the
				 * provider */
	const struct cim_value *elements;	/* of an array */
	size_t n_elements;
};

struct cim_object {
	const struct provider *provider;
	const struct cim_class *class;
	size_t index;
};

struct cim_property {
	const char *name;
	void (*get)(const struct cim_object *o, struct cim_value *ret);
	const char *source;	/* where the value comes from, for people;
				 * without a getter: why there is none */
	/* Of a REFERENCE, which has no getter: the class and the object that it
	 * leads to.  */
	const char *reference;
	struct cim_object (*leads_to)(const struct cim_object *o);
	enum cim_type type;
	bool is_array, is_key;
};

struct cim_class {
	const char *name;
	const char *ancestors;	/* names, the nearest first, a blank between
				 * them; "" for none */
	const char *space;	/* its namespace: "root\\cimv2" */
	bool association;
	/* References in it name the computer and the namespace, as those of
	 * Windows' CIMWin32 provider do, and those of Vdswmi do not.  */
	bool whole_references;
	const struct cim_property *properties;
	size_t n_properties;
	/* What the documentation has, and no live object: a query may name
	 * these, and all that an object has is without them.  */
	const struct cim_property *unused;
	size_t n_unused;
	size_t (*count)(const struct provider *p);
	/* Whether object @index is one; NULL: all that are counted are.  */
	bool (*lists)(const struct provider *p, size_t index);
};

extern const struct cim_class *const cim_classes[];
extern const size_t n_cim_classes;

/* Whether @name is @c or one of its ancestors.  */
bool cim_class_is(const struct cim_class *c, const char *name);

/* Property @p of @o.  */
void cim_get(const struct cim_object *o, const struct cim_property *p,
	     struct cim_value *ret);

const char *cim_type_name(enum cim_type t);	/* "uint64", as MOF writes */

/* For getters.  */
void cim_set_boolean(struct cim_value *v, bool b);
void cim_set_integer(struct cim_value *v, uint64_t n);
void cim_set_signed(struct cim_value *v, int64_t n);
void cim_set_char(struct arena *a, struct cim_value *v, char c); /* ASCII */
void cim_set_string(struct cim_value *v, const char *s);	/* NULL: NULL */

#endif /* PROVIDER_CIM_H */
