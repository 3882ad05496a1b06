/*
 * bitmap.h - which clusters of a volume are free: $Bitmap
 *
 * Record 6; a bit for each cluster, the first one bit 0 of byte 0, set where it
 * is in use.  Bits beyond the last cluster say nothing.
 */
#ifndef NTFS_BITMAP_H
#define NTFS_BITMAP_H

#include "ntfs/ntfs.h"

/* In clusters.  */
struct ntfs_space {
	uint64_t total, free;
	uint64_t n_free_runs;	/* that lie apart */
	uint64_t largest_free_run;
};

/* Reads the whole bitmap: 32 MiB of a volume of 1 TiB.  That it cannot be read
 * is a finding.  */
int ntfs_space_read(struct ntfs *n, struct ntfs_space *ret, struct err *reterr);

#endif /* NTFS_BITMAP_H */
