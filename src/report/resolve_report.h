/*
 * resolve_report.h - the answer to where a name leads
 */
#ifndef REPORT_RESOLVE_REPORT_H
#define REPORT_RESOLVE_REPORT_H

#include "machine/place.h"
#include "report/report.h"

/* An answer: what was asked, and what was found.  */
struct resolve_answer {
	const char *text;	/* the target as the user wrote it */
	const struct places *places;
};

struct resolve_shape {
	const char *name, *purpose;
	/* 0 or ERR_NOMEM.  */
	int (*write)(const struct model *m, const struct resolve_answer *a,
		     const struct report_options *o, struct out *out);
};

/* The first is the default.  */
extern const struct resolve_shape resolve_shapes[];
extern const size_t n_resolve_shapes;

#endif /* REPORT_RESOLVE_REPORT_H */
