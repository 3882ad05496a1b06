/*
 * sorted_names.h - the names of one installation, found by their text
 */
#ifndef MACHINE_SORTED_NAMES_H
#define MACHINE_SORTED_NAMES_H

#include "machine/machine.h"

struct sorted_names {
	struct machine_name **list;	/* into the model's names */
	size_t n;
};

/* Those of @installation, in the machine's arena.  */
int machine_sort_names(struct machine *m, size_t installation,
		       struct sorted_names *ret, struct err *reterr);

/* The first that is called @name, in any letter case; or where it would be.  */
size_t sorted_names_first(const struct sorted_names *s, const char *name);

/* Whether number @i is there and called @name: go on from the first while it
 * is.  */
bool sorted_names_has(const struct sorted_names *s, size_t i, const char *name);

#endif /* MACHINE_SORTED_NAMES_H */
