/*
 * dynamic.h - the volumes of dynamic disks, put together
 *
 * Each disk of a group holds the database of the whole group.  The newest one
 * counts; volumes are assembled of the disks that are there.
 */
#ifndef DISK_DYNAMIC_H
#define DISK_DYNAMIC_H

#include "disk/disk.h"
#include "format/ldm_vblk.h"

enum dynamic_layout {
	DYNAMIC_SIMPLE, DYNAMIC_SPANNED, DYNAMIC_STRIPED, DYNAMIC_MIRRORED,
	DYNAMIC_RAID5,
};

enum dynamic_state {
	DYNAMIC_WHOLE,
	DYNAMIC_DEGRADED,	/* one side or column is missing, and all bytes
				 * are still known */
	DYNAMIC_STALE,		/* so are all bytes, but disks that they are
				 * read from hold an older state of the group */
	DYNAMIC_INCOMPLETE,	/* bytes are missing */
};

/* A piece of a volume; they are in the order in which
 * IOCTL_VOLUME_GET_VOLUME_DISK_EXTENTS gives them.  */
struct dynamic_extent {
	size_t disk;		/* index among the disks given; SIZE_MAX: the
				 * disk is not in the evidence */
	uint64_t offset, length;	/* bytes, on the disk; offset 0 where
					 * that is not in the evidence */
	uint64_t data_offset;	/* from where the disk's data begin, which its
				 * own private header tells */
	size_t column;		/* of a striped or RAID-5 volume, */
	uint64_t column_offset;	/* and the byte of it where it begins */
	struct text disk_name;	/* "Disk5": the database's; utf8 NULL, and GUID
				 * 0: it does not list the disk */
	struct guid disk_guid;
};

struct dynamic_volume {
	struct guid guid;
	struct guid group;
	struct text name, group_name;
	char hint;		/* drive letter, upper case; 0: none */
	uint64_t size;		/* bytes */
	unsigned sector_size;	/* of its disks, bytes */
	enum dynamic_layout layout;
	enum dynamic_state state;
	uint64_t chunk;		/* bytes, if striped or RAID-5; else 0 */
	size_t n_columns;	/* likewise */
	struct dynamic_extent *extents;
	size_t n_extents;
	struct source *source;	/* if it is incomplete, NULL or one that cannot
				 * be read everywhere */
	struct cites cites;	/* the volume's VBLK record */
};

struct dynamic_volumes {
	struct dynamic_volume *list;	/* by group and id */
	size_t n;
	size_t *strays;		/* disks that no table calls dynamic, and that
				 * are read as members all the same */
	size_t n_strays;
	struct source **owned;	/* what the sources are made of */
	size_t n_owned;
};

/*
 * Read the databases of the @n disks and assemble the volumes, into @a.  What
 * is damaged or missing is a finding in @d.  Fails when out of memory only.
 * The sources of @ret last until dynamic_volumes_done().
 */
int dynamic_volumes_read(const struct disk *const *disks, size_t n,
			 struct arena *a, struct diag_list *d,
			 struct dynamic_volumes *ret, struct err *reterr);
void dynamic_volumes_done(struct dynamic_volumes *v);

const char *dynamic_layout_name(enum dynamic_layout l);	/* "raid5" */
const char *dynamic_state_name(enum dynamic_state s);	/* "degraded" */

#endif /* DISK_DYNAMIC_H */
