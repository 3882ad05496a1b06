/*
 * query.h - the objects that a query asks for
 */
#ifndef PROVIDER_QUERY_H
#define PROVIDER_QUERY_H

#include "provider/provider.h"
#include "provider/wql.h"

struct query_result {
	const struct cim_object *objects;
	size_t n_objects;
	const struct wql_word *properties;	/* to show; none: all */
	size_t n_properties;
};

/* Check @query without a machine: its spelling, its class, its properties and
 * their types.  0, or -1 with *@error filled.  */
int provider_query_check(struct arena *a, const char *query,
			 struct query_error *error);

/* Run @query over @p, in whose arena the result lives.  0, or -1 with *@error
 * filled; where memory was refused, arena_failed(p->arena) tells.  */
int provider_query(struct provider *p, const char *query,
		   struct query_result *ret, struct query_error *error);

#endif /* PROVIDER_QUERY_H */
