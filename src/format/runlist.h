/*
 * runlist.h - where the clusters of a non-resident attribute lie
 */
#ifndef FORMAT_RUNLIST_H
#define FORMAT_RUNLIST_H

#include "base/span.h"

/* The LCN of clusters that are not on the disk and read as zeros.  */
#define RUN_HOLE UINT64_MAX

struct run {
	uint64_t vcn, lcn, clusters;
};

/* A walk over a run list.  */
struct run_walk {
	struct span left;
	uint64_t vcn;		/* of the next run */
	int64_t lcn;		/* of the last run that is not a hole */
};

struct run_walk run_walk_of(struct span runs, uint64_t first_vcn);

/* The next run: 1, and *@ret; 0 at the end.  After an error there is no going
 * on, since all that follows counts from what is broken.  */
int run_next(struct run_walk *w, struct run *ret, struct err *reterr);

#endif /* FORMAT_RUNLIST_H */
