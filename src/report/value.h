/*
 * value.h - how columns fill their values
 */
#ifndef REPORT_VALUE_H
#define REPORT_VALUE_H

#include "report/columns.h"

#define ARRAY_LENGTH(a) (sizeof(a) / sizeof((a)[0]))

void value_bool(struct value *v, bool b);
void value_integer(struct value *v, uint64_t n);
void value_string(struct value *v, const char *s);	/* NULL: null */
void value_text(struct value *v, struct text t);	/* utf8 NULL: null */
void value_bytes(struct value *v, struct span s);
void value_format(struct value *v, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void value_guid(struct value *v, const struct guid *g);	/* zero: null */
void value_time(struct value *v, uint64_t filetime);	/* 0: null */

/* "volume3"; null for NONE.  */
void value_id(struct value *v, const char *prefix, size_t index);
void value_partition_id(struct value *v, const struct model *m, size_t index);

/* The object that @table makes of @record.  */
void value_object(struct value *v, const struct row *r,
		  const struct table *table, const void *record, size_t index);
/* An array of @n, whose elements @element makes of @r.  */
void value_array(struct value *v, const struct row *r, size_t n,
		 element_fn *element);

/* The cites @own, then those of @more (may be NULL) that are not among
 * them.  */
size_t cites_count(const struct cites *own, const struct cites *more);
void value_cite(struct value *v, const struct row *r, const struct cites *own,
		const struct cites *more, size_t i);

#endif /* REPORT_VALUE_H */
