/*
 * condition.h - whether an object meets the condition of a query
 */
#ifndef PROVIDER_CONDITION_H
#define PROVIDER_CONDITION_H

#include "provider/cim.h"
#include "provider/wql.h"

/* Check that @where can be asked of objects of @c: that its properties exist,
 * and that its constants are of their types.  0, or -1 with *@error filled.  */
int condition_check(const struct wql_node *where, const struct cim_class *c,
		    struct query_error *error);

/* Whether @o, of a class that was checked, meets @where (NULL: all do).  A
 * comparison with a property that is NULL does not hold, except by IS NULL, or
 * = NULL.  */
bool condition_holds(const struct wql_node *where, const struct cim_object *o);

/* Whether @text is like @pattern: % stands for any characters, _ for one, [a-f]
 * or [xyz] for one of those, [^a-f] for one that is none of those.  */
bool like(const char *text, const char *pattern);

#endif /* PROVIDER_CONDITION_H */
