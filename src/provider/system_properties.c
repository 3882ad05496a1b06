#include "provider/system_properties.h"

#include <string.h>

#include "base/ascii.h"
#include "provider/classes.h"
#include "provider/path.h"

static void get_path(const struct cim_object *o, struct cim_value *v)
{
	cim_set_string(v, path_absolute(o));
}

static void get_relative_path(const struct cim_object *o, struct cim_value *v)
{
	cim_set_string(v, path_of(o));
}

static void get_namespace(const struct cim_object *o, struct cim_value *v)
{
	cim_set_string(v, o->class->space);
}

/* Name number @i of the class' ancestors, the nearest first.  */
static const char *ancestor(const struct cim_object *o, size_t i)
{
	const char *at = o->class->ancestors;

	while (i-- > 0) {
		at += strcspn(at, " ");
		at += strspn(at, " ");
	}
	if (*at == '\0')
		return NULL;
	return arena_printf(o->provider->arena, "%.*s", (int)strcspn(at, " "),
			    at);
}

static size_t count_ancestors(const struct cim_object *o)
{
	const char *at = o->class->ancestors;
	size_t n = *at != '\0';

	while ((at = strchr(at, ' ')) != NULL) {
		at++;
		n++;
	}
	return n;
}

static void get_superclass(const struct cim_object *o, struct cim_value *v)
{
	cim_set_string(v, ancestor(o, 0));
}

/* The class at the root of the tree, which may be the class itself.  */
static void get_dynasty(const struct cim_object *o, struct cim_value *v)
{
	size_t n = count_ancestors(o);

	cim_set_string(v, n == 0 ? o->class->name : ancestor(o, n - 1));
}

static void get_derivation(const struct cim_object *o, struct cim_value *v)
{
	size_t n = count_ancestors(o);
	struct cim_value *names = arena_alloc(o->provider->arena,
					      (n + 1) * sizeof(*names));

	if (names == NULL)
		return;
	for (size_t i = 0; i < n; i++)
		cim_set_string(&names[i], ancestor(o, i));
	v->is_set = true;
	v->elements = names;
	v->n_elements = n;
}

static void get_genus(const struct cim_object *o, struct cim_value *v)
{
	(void)o;
	cim_set_integer(v, 2);	/* an object; a class would be 1 */
}

static void get_property_count(const struct cim_object *o,
			       struct cim_value *v)
{
	cim_set_integer(v, o->class->n_properties);
}

/* In the order in which WMI prints them.  */
static const struct cim_property system_properties[] = {
	PROPERTY("__GENUS", CIM_UINT32, get_genus, "the same of every object"),
	PROPERTY("__CLASS", CIM_STRING, get_class_name, "the class"),
	PROPERTY("__SUPERCLASS", CIM_STRING, get_superclass, "the class"),
	PROPERTY("__DYNASTY", CIM_STRING, get_dynasty, "the class"),
	PROPERTY("__RELPATH", CIM_STRING, get_relative_path, "the keys"),
	PROPERTY("__PROPERTY_COUNT", CIM_UINT32, get_property_count,
		 "the class"),
	{ .name = "__DERIVATION", .type = CIM_STRING, .get = get_derivation,
	  .source = "the class", .is_array = true },
	PROPERTY("__SERVER", CIM_STRING, get_host, "Control\\ComputerName"),
	PROPERTY("__NAMESPACE", CIM_STRING, get_namespace, "the class"),
	PROPERTY("__PATH", CIM_STRING, get_path, "the keys"),
};

const struct cim_property *property_find(const struct cim_class *c,
					 const char *name)
{
	for (size_t i = 0; i < c->n_properties; i++)
		if (ascii_compare(c->properties[i].name, name) == 0)
			return &c->properties[i];
	for (size_t i = 0; i < c->n_unused; i++)
		if (ascii_compare(c->unused[i].name, name) == 0)
			return &c->unused[i];
	for (size_t i = 0; i < ARRAY_LENGTH(system_properties); i++)
		if (ascii_compare(system_properties[i].name, name) == 0)
			return &system_properties[i];
	return NULL;
}
