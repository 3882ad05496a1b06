/*
 * file_place.h - where a file lies: its record, and the clusters of a stream
 */
#ifndef NTFS_FILE_PLACE_H
#define NTFS_FILE_PLACE_H

#include "format/runlist.h"
#include "ntfs/ntfs.h"

struct ntfs_record_place {
	ntfs_ref ref;		/* with the record's own sequence number */
	bool in_use, is_directory;
	struct cites cites;	/* all of the record */
};

/* The record of @ref, into @a.  ERR_NOT_FOUND: it was never used, or has been
 * used again since.  */
int ntfs_record_place(struct ntfs *n, ntfs_ref ref, struct arena *a,
		      struct ntfs_record_place *ret, struct err *reterr);

/* A file in 131072 pieces is one that somebody made so; from there on its
 * clusters are only counted.  */
#define NTFS_MAX_RUNS 131072

struct ntfs_stream_place {
	struct text name;	/* as it is stored; utf8 NULL: the unnamed */
	bool resident;
	bool compressed, sparse, encrypted;	/* encrypted: by EFS */
	uint64_t unit;		/* clusters that are compressed as one; 0:
				 * not told */
	uint64_t size, initialised, allocated;	/* bytes */
	struct run *runs;	/* of clusters; RUN_HOLE for those that are not
				 * stored */
	size_t n_runs;
	uint64_t uncounted;	/* clusters of runs that are not in the list */
	bool damaged;		/* the run list breaks off, or leads out of the
				 * volume */
	struct cites cites;	/* the value of a resident one, else the
				 * attributes with the run list */
};

/* The $DATA stream @name (UTF-8, without regard to case; NULL: the unnamed) of
 * @ref, into @a.  ERR_NOT_FOUND: it has none.  */
int ntfs_stream_place(struct ntfs *n, ntfs_ref ref, const char *name,
		      struct arena *a, struct ntfs_stream_place *ret,
		      struct err *reterr);

/* Something that has a cluster.  */
struct ntfs_owner {
	ntfs_ref ref;
	uint64_t vcn;		/* which cluster of the attribute that is */
	struct text name;	/* of the attribute; utf8 NULL: unnamed */
	uint32_t type;		/* of it: 0x80 is $DATA */
	bool in_use;		/* else a deleted file had it */
};

/* A cluster has one owner; and perhaps as many that were deleted.  */
#define NTFS_MAX_OWNERS 16

/* Who has cluster @lcn by the records of the $MFT, all of which are read; into
 * @a, those in use first.  */
int ntfs_cluster_owners(struct ntfs *n, uint64_t lcn, struct arena *a,
			struct ntfs_owner ret[NTFS_MAX_OWNERS], size_t *ret_n,
			struct err *reterr);

#endif /* NTFS_FILE_PLACE_H */
