/*
 * dynamic_parts.h - what dynamic volumes are put together of
 *
 * Between dynamic_group.c, which chooses what is believed of a group,
 * dynamic_strays.c, which finds more of its disks, dynamic.c, which puts the
 * volumes together, and dynamic_words.c, which says what of them is not read,
 * and why.
 */
#ifndef DISK_DYNAMIC_PARTS_H
#define DISK_DYNAMIC_PARTS_H

#include "disk/dynamic.h"
#include "disk/ldm_database.h"

struct member {
	size_t disk;		/* index among the disks given */
	const struct disk *table;
	struct ldm_database db;
	bool stale;		/* the group has gone on without it */
	bool apart;		/* its database is another one of that state */
};

struct group {
	struct member **members;
	size_t n;
	const struct ldm_database *db;	/* the newest */
	struct ldm_database joined;	/* of several damaged copies */
	const struct member *older;	/* an older state, which stands in for
					 * what they all lack; or NULL */
};

/* Whether a part is read; why not.  */
enum part_use {
	PART_READ,
	PART_MISSING,		/* its disk is not in the evidence */
	PART_CUT,		/* its disk ends before it does */
	PART_LEFT,		/* older than others that make up for it */
	PART_NEWER,		/* newer than all others, which do so */
	PART_INACTIVE,		/* of a side that the database calls so */
};
#define PART_USES (PART_INACTIVE + 1)

/* A partition of a component, and the disk that it lies on.  */
struct part {
	const struct ldm_partition *p;
	const struct ldm_entry *entry;
	const struct member *member;	/* NULL: not in the evidence */
	uint64_t offset, length;	/* bytes, on that disk */
	enum part_use use;
};

struct plex {
	const struct ldm_component *component;
	struct part *parts;
	size_t n;
	bool older;		/* records of an older state tell of it */
	bool holes;		/* the source cannot be read everywhere */
	struct source *source;	/* NULL: it would be of no use */
};

/* A disk with the private header of a member, which it no longer is: its table
 * has other partitions.  */
struct refused {
	size_t disk;
	struct guid guid;
	uint64_t at;		/* byte of the header */
};

struct assembly {
	const struct disk *const *disks;
	struct arena *arena;
	struct diag_list *diags;
	struct dynamic_volumes out;
	struct member *members;
	size_t n_members;
	bool many_groups;	/* they are of, by several names */
	const char *nameless;	/* "disk1, disk4": without a private header;
				 * NULL: none is */
	struct refused *refused;
	size_t n_refused;
	const struct group *group;
	size_t n_compared;	/* places of copies of one disk, */
	size_t n_ordered;	/* and such to put them in order */
	struct source *nothing;		/* cannot be read anywhere */
};

/* ASCII of a record, as text; what of that can be printed, "" for none.  */
struct text dynamic_text(struct assembly *a, struct span s);
const char *dynamic_name(struct text t);

/* "Volume2", and of which group, where several have names: each counts its
 * volumes from 1.  */
const char *dynamic_title(struct assembly *a, const struct dynamic_volume *v);

/* A finding with @cites, which may be NULL; @message NULL: out of memory.  */
struct diag *dynamic_say(struct assembly *a, const struct diag_kind *kind,
			 const struct cites *cites, const char *message);

/* "ACTIVE": what the database says of volumes and components.  */
bool dynamic_is_active(struct span state);

/* The state of the group that @m holds: that of its newest database where its
 * own cannot be read.  */
uint64_t dynamic_state_of(const struct group *g, const struct member *m);

/* Collect the group of the member @first in @g->members, which has room for all
 * members.  False: it was dealt with, with a member before that one.  */
bool dynamic_collect_group(struct assembly *a, size_t first, struct group *g);

/* Choose the database of @g, and among copies of one disk the one to be read.
 * @g->db stays NULL where no member has a database.  Fails when out of memory
 * only, as the next one does.  */
int dynamic_settle_group(struct assembly *a, struct group *g,
			 struct err *reterr);

/* Say what is wrong with the disks and parts of a->group.  */
int dynamic_check_group(struct assembly *a, struct err *reterr);

/* The disk with the id @id of the group; NULL where it is not in the
 * evidence.  */
const struct member *dynamic_member(const struct group *g, uint64_t id);

/* Where the partition lies, in bytes.  False: not on that disk.  */
bool dynamic_locate(struct part *part);

/* The database's record of the disk with the id @id; NULL: it has none.  */
const struct ldm_entry *dynamic_disk_record(const struct group *g, uint64_t id);

/* Compare the part @p, by its place, of two copies of its disk, as memcmp() has
 * it.  */
int dynamic_compare_copies(struct assembly *a, const struct part *p,
			   const struct member *x, const struct member *y);

/* Say what of @v, whose @n sides are @x, is not read as the newest state has
 * it; what is read of copies that may not go together is stale.  @best is the
 * side that is read, or NULL.  */
void dynamic_explain(struct assembly *a, struct dynamic_volume *v,
		     const struct plex *x, size_t n, const struct plex *best);

/* Add to the members those of the @n disks that no table calls dynamic, and
 * that the others list.  Fails when out of memory only.  */
int dynamic_take_strays(struct assembly *a, size_t n, struct err *reterr);

#endif /* DISK_DYNAMIC_PARTS_H */
