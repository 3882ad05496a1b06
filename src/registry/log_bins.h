/*
 * log_bins.h - whether the pages of transaction logs leave each bin a header
 *
 * A hash tells that a log was written as it is, not that what it holds belongs
 * into this hive, and a bitmap log has not even a hash.  Windows looks at the
 * header of each bin that a log changes.
 */
#ifndef REGISTRY_LOG_BINS_H
#define REGISTRY_LOG_BINS_H

#include "registry/log_pages.h"

/* A bin that the pages leave without a valid header.  */
struct lost_bin {
	struct kept_part part;	/* whose old bytes are better */
	struct source *log;	/* where the header was to be */
	uint64_t at;
};

struct lost_bins {
	struct lost_bin *list;	/* by their offset, not overlapping */
	size_t n, room;
};

/* Find them, in @hive with the flat @pages over it.  Reads the headers of the
 * bins that have a changed page, no more.  */
int log_bins_check(const struct log_pages *pages, struct source *hive,
		   struct lost_bins *ret, struct err *reterr);

#endif /* REGISTRY_LOG_BINS_H */
