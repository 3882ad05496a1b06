/*
 * restore_points.h - the hives that Windows XP keeps with each restore point
 */
#ifndef MACHINE_RESTORE_POINTS_H
#define MACHINE_RESTORE_POINTS_H

#include "machine/hives.h"

struct restore_points {
	struct hive_place *list;	/* SYSTEM hives, as their folders lie */
	size_t n;
};

/* Those on the NTFS volume @volume, in the machine's arena.  A folder that
 * cannot be read is a finding; ERR_NOMEM is the only failure.  */
int machine_find_restore_points(struct machine *m, size_t volume,
				struct restore_points *ret, struct err *reterr);

#endif /* MACHINE_RESTORE_POINTS_H */
