/*
 * kept_layouts.h - a disk's partition table as it is, beside what Windows kept
 * of it
 */
#ifndef MACHINE_KEPT_LAYOUTS_H
#define MACHINE_KEPT_LAYOUTS_H

#include "machine/ioctl_layout.h"
#include "machine/model.h"

/* A field that is not the same here and in a kept table.  */
struct layout_difference {
	const char *field;	/* as winioctl.h calls it; "excess": what stands
				 * behind the last slot; NULL: the whole slot,
				 * which only one of them has */
	size_t slot;		/* NONE: of the head */
	struct span here, kept;	/* n 0: only the other has it; `at' counts from
				 * the start of the layout */
};

/* What differs is told up to here: that a table was replaced by another takes
 * fewer, and each slot of a table of 128 has one or two.  */
#define KEPT_MAX_DIFFERENCES 256

/* A layout that the registry or the partition manager's log has of a disk.
 * Events that say the same one after another count as one.  */
struct kept_layout {
	const struct drive_layout *layout;
	bool by_id;		/* nothing but its id says that it is this
				 * disk's */
	size_t installation;
	size_t known_disk;	/* NONE */
	size_t event;		/* the first one, in disk_events; NONE: the
				 * registry has it */
	size_t n_events;
	uint64_t first, last;	/* FILETIMEs; of the registry, of its key */
	bool numbered;		/* it has numbers of partitions */
	struct layout_difference *differences;
	size_t n_differences;	/* in the list */
	size_t n_all_differences;	/* n_differences ends at the bound */
	const struct cites *cites;
};

struct disk_layout {
	size_t disk;
	struct span bytes;	/* numbered */
	struct drive_layout layout;	/* of these */
	struct kept_layout *kept;	/* the registry's, then the log's */
	size_t n_kept;
};

/* Fails only when out of memory.  */
int disk_layout_make(const struct model *o, size_t disk, struct arena *a,
		     struct disk_layout *ret, struct err *reterr);

#endif /* MACHINE_KEPT_LAYOUTS_H */
