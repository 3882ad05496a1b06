/*
 * hits.h - where reparse points were met: in $R and in the sweep of the $MFT
 */
#ifndef NTFS_HITS_H
#define NTFS_HITS_H

#include "ntfs/ntfs_volume.h"

struct hit {
	uint64_t number;	/* of the base record */
	bool from_index;
	uint64_t holder;	/* of the sweep: the record that has it */
	/* Of the index entry.  */
	ntfs_ref ref;
	uint32_t tag;
	struct cites cites;
};

struct hits {
	struct hit *list;	/* of malloc() */
	size_t n, room;
	uint64_t dropped;	/* past the limit */
};

/* False when memory is out.  */
bool reparse_hits_add(struct hits *h, const struct hit *hit);

/* Read the $MFT from end to end and add each record that has attribute 0xc0,
 * in use or not.  */
int sweep_mft(struct ntfs *n, struct hits *h, struct err *reterr);

#endif /* NTFS_HITS_H */
