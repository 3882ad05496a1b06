/*
 * event_check.h - whether event 1006 can be as Windows wrote it
 */
#ifndef MOUNTMGR_EVENT_CHECK_H
#define MOUNTMGR_EVENT_CHECK_H

#include "base/diag.h"
#include "mountmgr/event_fields.h"

/* More than there are texts.  */
#define EVENT_DOUBTS_MAX 64

/* What cannot be so in events of one log: each thing is said once, of all that
 * have it, since one template serves all events of a chunk, and one disk comes
 * many times.  */
struct event_doubts {
	struct event_doubt {
		const char *text;
		size_t n;		/* events, */
		struct cites cites;	/* and where they lie, */
		uint64_t last;		/* and the last of them */
	} list[EVENT_DOUBTS_MAX];
	size_t n;
};

/* The event at @event has what @text, a static string, says.  */
void event_doubts_add(struct event_doubts *x, struct arena *a,
		      const char *text, const struct cites *event);

/* Make findings of them; @file may be NULL.  */
void event_doubts_say(const struct event_doubts *x, const char *file,
		      struct diag_list *d);

/* Call @say with a static string for each field that @found lacks, and for each
 * that is not as another one says.  @e was made of them.  */
void event_check(const struct event_fields *found,
		 const struct partition_event *e,
		 void (*say)(void *ctx, const char *text), void *ctx);

#endif /* MOUNTMGR_EVENT_CHECK_H */
