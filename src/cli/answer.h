/*
 * answer.h - the commands that answer for an IOCTL: a target, and images
 */
#ifndef CLI_ANSWER_H
#define CLI_ANSWER_H

#include "cli/cli.h"
#include "cli/request.h"

/* cm_layout() and its like.  */
typedef int answer_call(const struct cm_machine *m, const char *target,
			const char *shape, const struct cm_report_options *o,
			cm_write_fn *write, void *ctx, size_t *ret_count,
			struct cm_error *error);

struct answer {
	const char *name;	/* of the command */
	const char *operand;	/* "DISK" */
	const char *const *shapes;	/* the first is the default */
	size_t n_shapes;
	answer_call *call;
};

#define COUNT(ARRAY) (sizeof(ARRAY) / sizeof((ARRAY)[0]))

/* Rows of each of these commands, after that of --format.  */
#define ANSWER_ROWS \
	{ OPT_JSON, "json", NULL, "the same as --format json" }, \
	{ OPT_INSTALLATION, "installation", "N", \
	  "in whose namespace: windowsN of the report; otherwise the first" }, \
	OUTPUT_ROWS, \
	EVIDENCE_ROWS, \
	OUTCOME_ROWS, \
	{ 'v', "verbose", NULL, "the text tells where each fact lies" }, \
	{ 'h', "help", NULL, "show this" }
#define BINARY_ROW \
	{ OPT_BINARY, "binary", NULL, "the same as --format binary" }

/* As struct analysis has them.  */
int answer_at_once(const struct answer *a, const struct request *r);
int answer_write(const struct answer *a, const struct request *r,
		 const struct cm_machine *m, struct output *out);

#endif /* CLI_ANSWER_H */
