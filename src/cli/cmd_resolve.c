/*
 * cmd_resolve.c - say where a path, a volume, a partition or a byte lies
 */
#include "cli/answer.h"
#include "cli/output.h"

static const struct option_row rows[] = {
	{ 'f', "format", "SHAPE", "text (default) or json" },
	{ OPT_JSON, "json", NULL, "the same as --format json" },
	{ OPT_INSTALLATION, "installation", "N",
	  "use the letters and names of windowsN of the report; otherwise of "
	  "the first" },
	OUTPUT_ROWS,
	EVIDENCE_ROWS,
	OUTCOME_ROWS,
	{ 'h', "help", NULL, "show this" },
};

static void print_forms(FILE *f)
{
	const char *form;

	fputs("\nA TARGET is one of\n", f);
	for (size_t i = 0; cm_target_form(i, &form); i++)
		fprintf(f, "  %s\n", form);
	fputs("N is a PhysicalDrive number; in diskN, it may also be the id in "
	      "the report. OFFSET is\nin bytes, in hexadecimal after 0x.\n",
	      f);
}

static const struct answer resolve = {
	.name = "resolve", .operand = "target", .check = cm_target_check,
	.shape_at = cm_resolve_shape,
};

void resolve_help(void)
{
	print_forms(stdout);
	fputs("\nOptions:\n", stdout);
	options_help(rows, COUNT(rows), stdout);
	answer_print_shapes(&resolve);
	answer_print_statuses(ANSWER_NOT_THERE);
}

static int at_once(const struct request *r)
{
	return answer_at_once(&resolve, r);
}

/* That nothing was found is an answer, and a status.  */
static int write_answer(const struct request *r, const struct cm_machine *m,
			struct output *out)
{
	struct cm_error e;
	size_t n = 0;
	int status;

	status = answer_end(out, cm_resolve(m, r->query, r->format,
					    r->installation, output_write, out,
					    &n, &e), &e);
	return status == 0 && n == 0 ? STATUS_NO : status;
}

int resolve_run(int argc, char **argv)
{
	static const struct analysis analysis = {
		.rows = rows, .n_rows = COUNT(rows), .takes_query = true,
		.at_once = at_once, .write = write_answer,
	};

	return request_run(&analysis, argc, argv);
}
