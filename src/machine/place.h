/*
 * place.h - all that is known of what a user has named: where it lies, and by
 * which paths it was reached
 *
 * The two directions of one question.  Forwards, a path is followed to a file,
 * its record and its bytes in the images.  Backwards, what was found has every
 * path that leads or led there: those of the map, and those that older hives,
 * shadow copies, users and records of disks remember.
 */
#ifndef MACHINE_PLACE_H
#define MACHINE_PLACE_H

#include "machine/path_walk.h"
#include "machine/target.h"
#include "ntfs/file_place.h"

/* A piece of a file's content.  */
struct place_extent {
	uint64_t file_offset, length;	/* bytes; whole clusters, unless it is
					 * resident */
	bool stored;		/* else a hole */
	bool zeros;		/* a hole that reads as zeros: neither did
				 * compression save its clusters, nor does a
				 * driver fill it */
	uint64_t volume_offset;	/* if stored and not resident */
	bool in_image;		/* else it is on a disk that is not here */
	bool copy;		/* on the other side of a mirror */
	size_t disk;		/* NONE unless in an image */
	struct cite at;
};

/* A file in more pieces is told in part.  */
#define PLACE_MAX_EXTENTS 262144

enum path_basis {
	PATH_OF_MAP,
	PATH_OF_DELETED_FOLDER,	/* a mount point in a deleted record */
	PATH_OF_OLD_VALUE,	/* a hive's logs replaced or deleted it */
	PATH_OF_OLDER_HIVE,
	PATH_OF_SHADOW_COPY,
	PATH_OF_USER,
	PATH_OF_DISK_RECORD,	/* the registry's record of a device */
};

struct place_path {
	enum path_basis basis;
	bool live;		/* of the map, and there is something */
	size_t installation;	/* NONE: in no installation's namespace */
	const char *path;	/* with what lies in the volume */
	uint64_t time;		/* FILETIME; 0: not told */
	bool resolved;		/* else the two below say nothing */
	enum tier tier;
	enum certainty certainty;
	struct cites cites;
};

/* Windows gives a file 1024 names at most; others are not told.  */
#define PLACE_MAX_LINKS 1024

/* The names of a file, by its record: its hard links.  */
struct place_links {
	struct ntfs_path *list;
	size_t n;
};

/* Who has the cluster at a disk's byte.  */
struct place_owner {
	struct ntfs_owner owner;
	struct ntfs_path path;
	struct place_links links;	/* if it is in use */
	bool is_record;		/* the byte is in the $MFT, in the record */
	ntfs_ref record;	/* of this file */
};

struct place {
	struct target_match match;
	/* What was found; NONE as in struct target_match.  */
	size_t volume, partition, disk;
	struct path_walk walk;
	struct ntfs_record_place record;	/* of a file on NTFS */
	struct ntfs_path name;	/* by its record: the long one, the first */
	struct place_links links;
	struct ntfs_stream_place stream;
	struct place_extent *extents;
	size_t n_extents;
	uint64_t bytes_cut;	/* that are not in the list */
	/* Of a byte of a disk.  */
	uint64_t volume_offset, cluster;
	struct place_owner *owners;
	size_t n_owners;
	const char *note;	/* on the byte, a sentence: no partition covers
				 * it; on the volume: it is hidden; NULL */
	struct place_path *paths;	/* live first, then by time */
	size_t n_paths;
	/* Which of these there are.  */
	bool absent;		/* the volume is not here, but has had paths; of
				 * a byte of a disk: a partition that it was in
				 * once */
	bool walked, has_record, has_stream, has_offset, has_cluster;
};

struct places {
	const struct target *target;
	size_t installation;
	struct place *list;
	size_t n;
	bool cut;		/* as in struct target_matches */
	const char *why_none;	/* if n is 0, or the one place is absent */
};

/* All places that @t means, in the namespace of @installation (NONE: there is
 * none), into @a.  Fails where memory is out.  */
int target_places(struct machine *m, size_t installation,
		  const struct target *t, struct arena *a, struct places *ret,
		  struct err *reterr);

/* "map", "older-hive", ...  */
const char *path_basis_name(enum path_basis b);

/* The parts, for place.c alone.  Each leaves out what cannot be read.  */
void place_add_file(struct machine *m, struct arena *a, struct place *p);
void place_add_owners(struct machine *m, struct arena *a, struct place *p);
void place_add_paths(struct machine *m, struct arena *a, const char *inside,
		     struct place *p);

/* Of a volume that @t names and that is not here.  */
void place_add_absent_paths(struct machine *m, size_t installation,
			    const struct target *t, struct arena *arena,
			    struct place *p);

/* A partition that a byte of a disk was in once, and that is not there now.  */
struct place_former {
	struct target_match match;
	uint64_t start;		/* on the disk, bytes */
	struct guid guid;	/* of its volume's name */
	unsigned number;	/* by an event log; 0: not known */
	bool kept;		/* more than names say so */
};

void place_find_formers(struct machine *m, struct arena *a, size_t disk,
			uint64_t offset, struct place_former **ret,
			size_t *ret_n);
/* All that began anywhere on the disk, as kept tables and records have it.  */
void place_find_gone(struct machine *m, struct arena *a, size_t disk,
		     struct place_former **ret, size_t *ret_n);
void place_add_former_paths(struct machine *m, size_t installation,
			    const struct place_former *f, struct arena *a,
			    struct place *p);

/* A sentence of a byte that no partition covers.  */
const char *place_why_bare(const struct machine *m, struct arena *a,
			   size_t disk, uint64_t offset);

#endif /* MACHINE_PLACE_H */
