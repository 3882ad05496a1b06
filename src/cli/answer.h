/*
 * answer.h - the commands that answer a question about images
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
	int (*check)(const char *question, struct cm_error *error);
	/* The shapes that the library lists; NULL: those in `shapes'.  */
	bool (*shape_at)(size_t i, const char **ret_name,
			 const char **ret_purpose);
	const char *const *shapes;	/* the first is the default */
	size_t n_shapes;
	answer_call *call;	/* of a command for an IOCTL */
};

#define COUNT(ARRAY) (sizeof(ARRAY) / sizeof((ARRAY)[0]))

/* Rows of the commands for an IOCTL, after that of --format.  */
#define ANSWER_ROWS \
	{ OPT_JSON, "json", NULL, "the same as --format json" }, \
	{ OPT_INSTALLATION, "installation", "N", \
	  "answer for installation windowsN of the report; otherwise for the " \
	  "first" }, \
	OUTPUT_ROWS, \
	EVIDENCE_ROWS, \
	OUTCOME_ROWS, \
	{ 'v', "verbose", NULL, "the text shows where each fact lies" }, \
	{ 'h', "help", NULL, "show this" }
#define BINARY_ROW \
	{ OPT_BINARY, "binary", NULL, "the same as --format binary" }

/* As struct analysis has them; the second is for an IOCTL.  */
int answer_at_once(const struct answer *a, const struct request *r);
int answer_write(const struct answer *a, const struct request *r,
		 const struct cm_machine *m, struct output *out);

/* End @out, to which a call of the library wrote that returned @result with
 * @e.  Returns a status.  */
int answer_end(struct output *out, int result, const struct cm_error *e);

/* The shapes that the library lists, with their purposes.  */
void answer_print_shapes(const struct answer *a);

/* What the statuses mean.  @none: when 1 is given.  */
void answer_print_statuses(const char *none);
#define ANSWER_NOT_THERE "what is asked for is not in the evidence"

#endif /* CLI_ANSWER_H */
