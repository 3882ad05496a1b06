/*
 * former_names.h - names of another time, compared with those of the map
 */
#ifndef MACHINE_FORMER_NAMES_H
#define MACHINE_FORMER_NAMES_H

#include "machine/sorted_names.h"

/* The names of the map, by installation; the last, without any, are those of
 * no installation.  */
struct live_names {
	struct sorted_names *list;
};

int machine_sort_live_names(struct machine *m, struct live_names *ret,
			    struct err *reterr);

/* Add @n, whose change and resolution are found here.  */
int machine_add_former_name(struct machine *m, const struct live_names *live,
			    const struct machine_former_name *n,
			    struct err *reterr);

#endif /* MACHINE_FORMER_NAMES_H */
