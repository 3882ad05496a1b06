#include "provider/query.h"

#include <string.h>

#include "base/ascii.h"
#include "provider/condition.h"
#include "provider/path.h"
#include "provider/system_properties.h"

struct run {
	struct provider *p;
	const struct wql *q;
	struct cim_object *objects;
	size_t n;
	bool **seen;		/* by class and index; a class that was not met
				 * has none */
	struct query_error *error;
};

static int no_memory(struct run *r)
{
	return query_error_set(r->error, 0, "out of memory");
}

static int add(struct run *r, const struct cim_object *o)
{
	struct cim_object *new = arena_push(r->p->arena, &r->objects, r->n,
					    sizeof(*new));

	if (new == NULL)
		return no_memory(r);
	*new = *o;
	r->n++;
	return 0;
}

/* --- SELECT --------------------------------------------------------------- */

static int check_properties(const struct wql *q, const struct cim_class *c,
			    struct query_error *error)
{
	for (size_t i = 0; i < q->n_properties; i++) {
		const struct wql_word *w = &q->properties[i];

		if (property_find(c, w->text) == NULL)
			return query_error_set(error, w->at,
					       "%s has no property %s",
					       c->name, w->text);
	}
	return condition_check(q->where, c, error);
}

static bool class_exists(const char *name)
{
	for (size_t i = 0; i < n_cim_classes; i++)
		if (cim_class_is(cim_classes[i], name))
			return true;
	return false;
}

/* @w names a class, or nothing.  */
static int check_class(const struct wql_word *w, struct query_error *error)
{
	if (w->text == NULL || class_exists(w->text))
		return 0;
	return query_error_set(error, w->at, "there is no class %s here",
			       w->text);
}

/* What classes have is not all published.  */
enum qualified { QUALIFIED_ALL, QUALIFIED_ASSOCIATIONS, QUALIFIED_SOME };

static const struct {
	const char *name;
	enum qualified by;
} qualifiers[] = {
	{ "Association", QUALIFIED_ASSOCIATIONS },
	{ "Dynamic", QUALIFIED_ALL },	/* a provider makes the objects */
	{ "Locale", QUALIFIED_SOME },
	{ "Provider", QUALIFIED_ALL },
};
#define N_QUALIFIERS (sizeof(qualifiers) / sizeof(qualifiers[0]))

static size_t find_qualifier(const char *name)
{
	size_t i = 0;

	while (i < N_QUALIFIERS && ascii_compare(qualifiers[i].name, name) != 0)
		i++;
	return i;
}

static int check_qualifier(const struct wql_word *w, struct query_error *error)
{
	if (w->text == NULL || find_qualifier(w->text) < N_QUALIFIERS)
		return 0;
	return query_error_set(error, w->at, "which classes have the qualifier "
			       "%s is not known here", w->text);
}

/* Microsoft: "The ClassDefsOnly and ResultClass keywords are mutually
 * exclusive."  */
static int check_of(const struct wql *q, struct query_error *error)
{
	if (q->class_defs_only && q->result_class.text != NULL)
		return query_error_set(error, q->result_class.at, "ResultClass "
				       "and ClassDefsOnly exclude each other");
	if (check_qualifier(&q->qualifier, error) < 0)
		return -1;
	return check_qualifier(&q->assoc_qualifier, error);
}

static int check(const struct wql *q, struct query_error *error)
{
	if (check_class(&q->class_name, error) < 0 ||
	    check_class(&q->assoc_class, error) < 0 ||
	    check_class(&q->result_class, error) < 0)
		return -1;
	if (q->kind != WQL_SELECT)
		return check_of(q, error);
	for (size_t i = 0; i < n_cim_classes; i++)
		if (cim_class_is(cim_classes[i], q->class_name.text) &&
		    check_properties(q, cim_classes[i], error) < 0)
			return -1;
	return 0;
}

int provider_query_check(struct arena *a, const char *query,
			 struct query_error *error)
{
	struct wql q;

	return wql_parse(a, query, &q, error) < 0 ? -1 : check(&q, error);
}

static bool is_listed(const struct cim_object *o)
{
	return o->class->lists == NULL ||
	       o->class->lists(o->provider, o->index);
}

static int select_from(struct run *r, const struct cim_class *c)
{
	struct cim_object o = { r->p, c, 0 };

	for (size_t n = c->count(r->p); o.index < n; o.index++)
		if (is_listed(&o) && condition_holds(r->q->where, &o) &&
		    add(r, &o) < 0)
			return -1;
	return 0;
}

static int run_select(struct run *r)
{
	for (size_t i = 0; i < n_cim_classes; i++)
		if (cim_class_is(cim_classes[i], r->q->class_name.text) &&
		    select_from(r, cim_classes[i]) < 0)
			return -1;
	return 0;
}

/* --- ASSOCIATORS OF, REFERENCES OF ---------------------------------------- */

/* Whether the keys of @path are those of @o.  */
static bool has_keys(const struct cim_object *o, const struct object_path *path)
{
	const char *own = path_of(o);
	struct object_path p;
	struct query_error unused;

	if (own == NULL || path_parse(o->provider->arena, own, &p, &unused) < 0
	    || p.n_keys == 0 || p.n_keys != path->n_keys)
		return false;
	for (size_t i = 0; i < p.n_keys; i++)
		if (!path_has_key(o->provider->arena, path, &p.keys[i]))
			return false;
	return true;
}

static bool find_in_class(struct run *r, const struct cim_class *c,
			  const struct object_path *path,
			  struct cim_object *ret)
{
	struct cim_object o = { r->p, c, 0 };

	if (!cim_class_is(c, path->class_name) ||
	    (path->space != NULL && ascii_compare(path->space, c->space) != 0))
		return false;
	for (size_t n = c->count(r->p); o.index < n; o.index++)
		if (is_listed(&o) && has_keys(&o, path)) {
			*ret = o;
			return true;
		}
	return false;
}

/* Whether a path that names @host is one of the evidence's computer, with its
 * domain or without; of whose name nothing is known it may be.  */
static bool is_our_host(const struct provider *p, const char *host)
{
	const char *rest;

	if (host == NULL || p->host == NULL || strcmp(host, ".") == 0 ||
	    ascii_compare(host, "localhost") == 0)
		return true;
	rest = ascii_after(host, p->host);
	return rest != NULL && (*rest == '\0' || *rest == '.');
}

/* The object that the query is about.  */
static int find_object(struct run *r, struct cim_object *ret)
{
	const struct wql_word *w = &r->q->path;
	struct object_path path;

	if (path_parse(r->p->arena, w->text, &path, r->error) < 0) {
		r->error->at += w->at;
		return -1;
	}
	if (!class_exists(path.class_name))
		return query_error_set(r->error, w->at,
				       "there is no class %s here",
				       path.class_name);
	if (!is_our_host(r->p, path.host))
		return query_error_set(r->error, w->at, "the path is that of "
				       "an object on another computer");
	for (size_t i = 0; i < n_cim_classes; i++)
		if (find_in_class(r, cim_classes[i], &path, ret))
			return 0;
	return query_error_set(r->error, w->at, "there is no such object");
}

static bool is_named(const struct wql_word *w, const char *name)
{
	return w->text == NULL || ascii_compare(w->text, name) == 0;
}

static bool is_of(const struct wql_word *w, const struct cim_class *c)
{
	return w->text == NULL || cim_class_is(c, w->text);
}

/* Whether the class @c has the qualifier @w, which is one that is known: 1, 0,
 * or -1 where nothing tells.  The documentation of ASSOCIATORS OF has Locale of
 * the two classes that a letter leads to.  */
static int qualifies(struct run *r, const struct wql_word *w,
		     const struct cim_class *c)
{
	if (w->text == NULL)
		return 1;
	switch (qualifiers[find_qualifier(w->text)].by) {
	case QUALIFIED_ALL:
		return 1;
	case QUALIFIED_ASSOCIATIONS:
		return c->association;
	case QUALIFIED_SOME:
		break;
	}
	if (strcmp(c->name, "Win32_Directory") == 0 ||
	    strcmp(c->name, "Win32_DiskPartition") == 0)
		return 1;
	return query_error_set(r->error, w->at, "whether %s has the qualifier "
			       "%s is not known here", c->name, w->text);
}

/* Add @o, if it is new; of classes alone, if its class is.  */
static int add_once(struct run *r, const struct cim_object *o)
{
	size_t class = 0;
	bool **seen;

	while (cim_classes[class] != o->class)
		class++;
	seen = &r->seen[class];
	if (*seen == NULL)
		*seen = arena_alloc(r->p->arena, o->class->count(r->p));
	else if (r->q->class_defs_only)
		return 0;
	if (*seen == NULL)
		return no_memory(r);
	if ((*seen)[o->index])
		return 0;
	(*seen)[o->index] = true;
	return add(r, o);
}

/* Take what @link, an object of an association, has at its other ends.  */
static int take_others(struct run *r, const struct cim_object *link,
		       const struct cim_property *end)
{
	for (size_t i = 0; i < link->class->n_properties; i++) {
		const struct cim_property *p = &link->class->properties[i];
		struct cim_object o;
		int status;

		if (p == end || p->leads_to == NULL ||
		    !is_named(&r->q->result_role, p->name))
			continue;
		o = p->leads_to(link);
		if (!is_of(&r->q->result_class, o.class))
			continue;
		status = qualifies(r, &r->q->qualifier, o.class);
		if (status < 0 || (status > 0 && add_once(r, &o) < 0))
			return -1;
	}
	return 0;
}

static int take_link(struct run *r, const struct cim_object *link,
		     const struct cim_object *of)
{
	bool references = r->q->kind == WQL_REFERENCES;
	const struct wql_word *qualifier = references ? &r->q->qualifier :
					   &r->q->assoc_qualifier;

	for (size_t i = 0; i < link->class->n_properties; i++) {
		const struct cim_property *p = &link->class->properties[i];
		struct cim_object o;
		int status;

		if (p->leads_to == NULL || !is_named(&r->q->role, p->name))
			continue;
		o = p->leads_to(link);
		if (o.class != of->class || o.index != of->index)
			continue;
		status = qualifies(r, qualifier, link->class);
		if (status > 0)
			status = references ? add_once(r, link) :
				 take_others(r, link, p);
		if (status < 0)
			return -1;
	}
	return 0;
}

static int run_of(struct run *r)
{
	const struct wql_word *links = r->q->kind == WQL_REFERENCES ?
		&r->q->result_class : &r->q->assoc_class;
	struct cim_object of = { 0 };

	r->seen = arena_alloc(r->p->arena, n_cim_classes * sizeof(*r->seen));
	if (r->seen == NULL)
		return no_memory(r);
	if (find_object(r, &of) < 0)
		return -1;
	for (size_t i = 0; i < n_cim_classes; i++) {
		struct cim_object link = { r->p, cim_classes[i], 0 };

		if (!link.class->association || !is_of(links, link.class))
			continue;
		for (size_t n = link.class->count(r->p); link.index < n;
		     link.index++)
			if (take_link(r, &link, &of) < 0)
				return -1;
	}
	return 0;
}

/* All that is told of a class.  */
static const struct wql_word class_word = { "__CLASS", 0 };

int provider_query(struct provider *p, const char *query,
		   struct query_result *ret, struct query_error *error)
{
	struct wql q;
	struct run r = { .p = p, .q = &q, .error = error };

	if (wql_parse(p->arena, query, &q, error) < 0 || check(&q, error) < 0)
		return -1;
	if ((q.kind == WQL_SELECT ? run_select(&r) : run_of(&r)) < 0)
		return -1;
	if (arena_failed(p->arena))
		return no_memory(&r);
	*ret = (struct query_result){
		.objects = r.objects, .n_objects = r.n,
		.properties = q.class_defs_only ? &class_word : q.properties,
		.n_properties = q.class_defs_only ? 1 : q.n_properties,
	};
	return 0;
}
