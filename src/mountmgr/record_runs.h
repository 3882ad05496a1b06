/*
 * record_runs.h - which records of an event log are there, by their numbers
 *
 * Windows numbers the records of a log without a gap, and fills one chunk after
 * the other; when the log has its full size, it goes on in the oldest.  So the
 * chunks, put in the order of their numbers, tell what is missing between them,
 * wherever the newest one lies in the file.
 */
#ifndef MOUNTMGR_RECORD_RUNS_H
#define MOUNTMGR_RECORD_RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Of records that follow each other in one chunk.  */
struct record_run {
	uint64_t first, last;	/* numbers */
	uint64_t chunk;		/* where it lies in the log */
	bool counted;		/* some of them are by the chunk's header */
};

struct record_runs {
	struct record_run *list;
	size_t n, room;
	bool full;		/* there are more than are kept */
};

void record_runs_done(struct record_runs *r);

/* Add the next record of the @chunk.  Fails only when out of memory.  */
int record_runs_add(struct record_runs *r, uint64_t chunk, uint64_t number,
		    bool counted, struct err *reterr);

/* Sort them by their numbers, and leave out those whose number is the work of
 * damage: a lone one that its chunk does not count, and that follows no other
 * where it would be the first or the last of the log.  */
void record_runs_sort(struct record_runs *r);

#endif /* MOUNTMGR_RECORD_RUNS_H */
