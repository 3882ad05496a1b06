/*
 * fragments.h - in how many pieces the files of a volume lie
 *
 * A fragment is as many clusters as lie together on the volume, in the order of
 * the stream.  Holes are none, and what lies together on both sides of a hole
 * is one fragment; so are runs that touch, in whatever records they are told.
 * Of a file its unnamed $DATA counts, of a folder its $I30 of type
 * $INDEX_ALLOCATION.  What is resident has no fragment.
 */
#ifndef NTFS_FRAGMENTS_H
#define NTFS_FRAGMENTS_H

#include "ntfs/ntfs.h"

/* Files, or folders.  */
struct ntfs_fragment_count {
	uint64_t n;
	uint64_t fragmented;	/* with more than one fragment */
	uint64_t excess;	/* fragments beyond the first of each */
};

/* The records from here on are files and folders of users; those before are the
 * file system's own, the root among them.  */
#define NTFS_FIRST_USER_RECORD 24

struct ntfs_fragments {
	uint64_t records;		/* that the $MFT has room for */
	uint64_t mft_bytes;
	uint64_t mft_fragments;		/* 0: unknown */
	/* What follows is of the records themselves, and holds only where all
	 * could be read: of what could not there is a finding.  */
	bool whole;
	uint64_t records_in_use;	/* of all kinds */
	struct ntfs_fragment_count files, folders;
	uint64_t file_bytes;		/* sizes of unnamed $DATA, in all */
};

/* Reads the whole $MFT, once.  Fails only where memory is out.  */
int ntfs_fragments_read(struct ntfs *n, struct ntfs_fragments *ret,
			struct err *reterr);

/* Size and fragments of the unnamed $DATA of @ref.  */
int ntfs_fragments_of(struct ntfs *n, ntfs_ref ref, uint64_t *ret_bytes,
		      uint64_t *ret_fragments, struct err *reterr);

#endif /* NTFS_FRAGMENTS_H */
