/*
 * columns_pool.h - the storage pool that a partition belongs to
 */
#ifndef REPORT_COLUMNS_POOL_H
#define REPORT_COLUMNS_POOL_H

#include "report/value.h"

/* The column of a volume that has an object for its pool, or null.  */
void volume_pool(const struct row *r, struct value *v);

#endif /* REPORT_COLUMNS_POOL_H */
