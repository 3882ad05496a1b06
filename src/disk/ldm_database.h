/*
 * ldm_database.h - the database that one dynamic disk holds of its group
 */
#ifndef DISK_LDM_DATABASE_H
#define DISK_LDM_DATABASE_H

#include "disk/disk.h"
#include "format/ldm.h"
#include "format/ldm_vblk.h"

/* A record of the database.  */
struct ldm_entry {
	enum ldm_kind kind;
	union {
		struct ldm_volume volume;
		struct ldm_component component;
		struct ldm_partition partition;
		struct ldm_disk disk;
		struct ldm_group group;
	} u;
	bool repeated;		/* another one has its id, and is used */
	bool older;		/* of an older state of the group than the
				 * database that it was added to */
	struct cites cites;	/* its slots */
};

struct ldm_database {
	struct ldm_privhead head;
	uint32_t sector_size;	/* in which the header counts, bytes */
	bool has_records;	/* the rest is known, too */
	struct ldm_vmdb vmdb;
	struct ldm_entry *entries;	/* by kind, then as stored */
	size_t n;
	bool cut;		/* the disk ends before the regions that its
				 * private header gives */
	bool damaged;		/* records are missing: it says what, in a
				 * finding */
	uint32_t digest;	/* of the slots in use: copies of one state have
				 * the same */
	struct cites cites;	/* the private header, the database's header */
};

/*
 * Read the private regions of @disk, which is dynamic.  Strings and records go
 * into @a, what is wrong into @d.  ERR_NOT_FOUND where no private header can be
 * used; ERR_NOMEM.
 */
int ldm_database_read(const struct disk *disk, struct arena *a,
		      struct diag_list *d, struct ldm_database *ret,
		      struct err *reterr);

/*
 * Add to @to the records that only @from has: another copy of the same state,
 * or one of an older state, of which only such kinds are taken of which @to has
 * fewer than it counts.  ERR_NOMEM.
 */
int ldm_database_complete(struct ldm_database *to,
			  const struct ldm_database *from, struct arena *a,
			  size_t *ret_added, struct err *reterr);

#endif /* DISK_LDM_DATABASE_H */
