/*
 * timeline.h - events in words
 */
#ifndef REPORT_TIMELINE_H
#define REPORT_TIMELINE_H

#include "report/columns.h"

/* What is told of an event.  Strings are static, borrowed from the model or in
 * the row's scratch.  */
struct told {
	const char *event;	/* "letter-set" */
	const char *basis;	/* what the time is, see event_bases */
	const char *source;	/* where it is kept: "MountedDevices" */
	const char *array;	/* of the document; the record's is @index */
	size_t index;
	size_t installation, volume;	/* NONE: of none; not known */
	const char *unnamed;	/* what a subject of no letters is called; NULL:
				 * it has some */
	struct text subject;
	const char *description;
	const struct cites *cites, *more;	/* @more may be NULL */
};

/* Tell the event that is the record of @r.  */
void timeline_tell(const struct row *r, struct told *ret);

#endif /* REPORT_TIMELINE_H */
