/*
 * log_pages.h - where the pages of transaction logs lie
 *
 * Only their places are kept, some bytes for each; what they hold stays in the
 * log until it is read.
 */
#ifndef REGISTRY_LOG_PAGES_H
#define REGISTRY_LOG_PAGES_H

#include "evidence/source.h"

/* Bytes of the bins that a log has newer.  */
struct log_page {
	uint32_t offset, size;	/* in the bins; multiples of 512 */
	struct source *log;
	uint64_t at;		/* in the log */
};

struct log_pages {
	struct log_page *list;
	size_t n, room;
};

/* A part of the bins whose old bytes are kept.  */
struct kept_part {
	uint32_t offset, size;
};

int log_pages_add(struct log_pages *p, const struct log_page *page,
		  struct err *reterr);
void log_pages_done(struct log_pages *p);

/* Leave what counts of pages that were added one after the other: each byte
 * comes from the last one that has it.  They are sorted then, and do not
 * overlap.  */
int log_pages_flatten(struct log_pages *p, struct err *reterr);

/* Take the @n @parts, which are sorted and do not overlap, out of the flat
 * @p.  */
int log_pages_leave_out(struct log_pages *p, const struct kept_part *parts,
			size_t n, struct err *reterr);

#endif /* REGISTRY_LOG_PAGES_H */
