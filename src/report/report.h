/*
 * report.h - the formats in which a model can be written
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "machine/model.h"
#include "report/familiar.h"
#include "report/out.h"

#define REPORT_SCHEMA "coldmount/1"

struct report_options {
	bool colour;		/* of the tree */
	bool verbose;		/* the tree tells where each fact lies */
	unsigned width;		/* columns of the tree; 0: 100 */
	bool one_installation;	/* of a familiar format: only
				 * `installation' */
	unsigned installation;
};

/* Both return 0 or ERR_NOMEM; whether @out took it all says out_end().  */
int json_report(const struct model *m, const struct report_options *o,
		struct out *out);
int jsonl_report(const struct model *m, const struct report_options *o,
		 struct out *out);
int tree_report(const struct model *m, const struct report_options *o,
		struct out *out);
int timeline_report(const struct model *m, const struct report_options *o,
		    struct out *out);

/* One of @write, which tells of the whole model, and @familiar, which tells of
 * one installation.  */
struct report_format {
	const char *name, *purpose;
	int (*write)(const struct model *m, const struct report_options *o,
		     struct out *out);
	familiar_fn *familiar;
};

/* In the order in which they are listed; the first is the default.  */
extern const struct report_format report_formats[];
extern const size_t n_report_formats;

/* NULL: no format is called so.  */
const struct report_format *report_format_find(const char *name);

#endif /* REPORT_REPORT_H */
