/*
 * columns_place.h - the record of a place that a target means
 */
#ifndef REPORT_COLUMNS_PLACE_H
#define REPORT_COLUMNS_PLACE_H

#include "machine/place.h"
#include "report/columns.h"

/* Of struct place.  */
extern const struct table place_table;

/* "mount-point", "junction", "symlink".  */
const char *hop_kind_name(enum reparse_kind k);

#endif /* REPORT_COLUMNS_PLACE_H */
