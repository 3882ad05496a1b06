/*
 * mft_stream.h - the content of an attribute as a source
 */
#ifndef NTFS_MFT_STREAM_H
#define NTFS_MFT_STREAM_H

#include "format/runlist.h"
#include "ntfs/mft.h"
#include "format/attribute.h"

/* Clusters of a stream that no run names, between two that are named: reading
 * them fails.  */
#define RUN_MISSING (UINT64_MAX - 1)

/* An empty stream of @real bytes that reads as zeros from @initialised on.  */
struct source *mft_stream_new(struct ntfs *n, uint64_t real,
			      uint64_t initialised);

/* Add @r behind what @s has, joined with its last run where they touch.  */
int mft_stream_append(struct source *s, const struct run *r,
		      struct err *reterr);

/* Add the runs of the piece @a, found in @rec.  What is wrong with them is a
 * finding; those that are right are added.  Negative only where memory is
 * out.  */
int mft_stream_append_piece(struct source *s, const struct record *rec,
			    const struct attribute *a, struct err *reterr);

/* How many bytes the runs cover.  */
uint64_t mft_stream_mapped(const struct source *s);

/* In how many places the stream lies on the volume, holes left out; 0 where @s
 * is no stream of runs.  */
uint64_t mft_stream_fragments(const struct source *s);

/* Whether @s is a stream of runs, all of which are known up to its end: none is
 * a hole, or missing.  */
bool mft_stream_has_all(const struct source *s);

/* The value of the resident attribute @a of @rec; copied.  */
struct source *mft_stream_resident(struct ntfs *n, const struct record *rec,
				   const struct attribute *a);

#endif /* NTFS_MFT_STREAM_H */
