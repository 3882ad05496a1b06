/*
 * disk_target.h - what a user names where a disk is wanted
 *
 * Beside the forms of target.h, of which each leads to the disks that its
 * volumes and partitions lie on:
 *
 *   N                      PhysicalDriveN
 *   XXXXXXXX  0xXXXXXXXX   the disks with that MBR signature
 *   {GUID}  GUID           the disks with that GUID, if there is one; else a
 *                          volume by its name
 */
#ifndef MACHINE_DISK_TARGET_H
#define MACHINE_DISK_TARGET_H

#include "machine/target.h"

enum disk_target_form {
	DISK_TARGET_NUMBER, DISK_TARGET_SIGNATURE, DISK_TARGET_OTHER,
};

struct disk_target {
	enum disk_target_form form;
	const char *text;	/* borrowed */
	uint32_t number;	/* or signature */
	struct target other;	/* of a number, too: as a TARGET_DISK */
};

/* As target_parse().  */
int disk_target_parse(struct arena *a, const char *text,
		      struct disk_target *ret, struct target_error *reterr);

/* Disks of the model, in their order.  */
struct disk_matches {
	size_t *list;
	size_t n;
	const char *why_none;	/* a sentence, if n is 0 */
};

/* Those that are named by what a disk itself has: its signature or GUID.  Fails
 * only when out of memory.  */
int disk_target_find_by_id(const struct model *o, const struct disk_target *t,
			   struct arena *a, struct disk_matches *ret,
			   struct err *reterr);

/* All.  Fails only when out of memory.  */
int disk_target_find(struct machine *m, size_t installation,
		     const struct disk_target *t, struct arena *a,
		     struct disk_matches *ret, struct err *reterr);

#endif /* MACHINE_DISK_TARGET_H */
