/*
 * fsntfs.h - the same volume, read by libfsntfs
 *
 * It reads compressed streams for us, and is the witness for what we read
 * ourselves.  It is opened when it is first needed.
 */
#ifndef NTFS_FSNTFS_H
#define NTFS_FSNTFS_H

#include "ntfs/ntfs_volume.h"

struct fsntfs;

void fsntfs_free(struct fsntfs *f);

/* The compressed $DATA stream @stream of record @number as a source.  @stored
 * are its clusters as they lie in the volume, of which @unit bytes at a time,
 * at a multiple of as many, were compressed as one; it goes to the source, also
 * where this fails.  */
int fsntfs_stream(struct ntfs *n, uint64_t number, const char *stream,
		  struct source *stored, uint64_t unit, struct source **ret,
		  struct err *reterr);

#endif /* NTFS_FSNTFS_H */
