/*
 * cmd_query.c - answer a query as WMI would have answered it
 */
#include "cli/answer.h"
#include "cli/output.h"

static const struct option_row rows[] = {
	{ 'f', "format", "SHAPE",
	  "list (default), table, csv, csv-safe, json, mof or cimxml" },
	{ OPT_JSON, "json", NULL, "the same as --format json" },
	{ OPT_INSTALLATION, "installation", "N",
	  "answer for installation windowsN of the report; otherwise for the "
	  "first" },
	{ OPT_EXIT_STATUS, "exit-status", NULL,
	  "exit with status 1 where no object answers" },
	OUTPUT_ROWS,
	EVIDENCE_ROWS,
	OUTCOME_ROWS,
	{ 'h', "help", NULL, "show this" },
};

static const struct answer query = {
	.name = "query", .operand = "query", .check = cm_query_check,
	.shape_at = cm_query_shape,
};

void query_help(void)
{
	fputs("\nQUERY is WQL: SELECT ... FROM CLASS [WHERE ...], ASSOCIATORS "
	      "OF {PATH} [WHERE ...]\nor REFERENCES OF {PATH} [WHERE ...].\n"
	      "\nOptions:\n", stdout);
	options_help(rows, COUNT(rows), stdout);
	answer_print_shapes(&query);
	answer_print_statuses("no object answers, with --exit-status");
}

static int at_once(const struct request *r)
{
	return answer_at_once(&query, r);
}

static int write_answer(const struct request *r, const struct cm_machine *m,
			struct output *out)
{
	struct cm_error e;
	size_t n = 0;
	int status;

	status = answer_end(out, cm_query(m, r->query, r->format,
					  r->installation, output_write, out,
					  &n, &e), &e);
	return status == 0 && n == 0 && r->exit_status ? STATUS_NO : status;
}

int query_run(int argc, char **argv)
{
	static const struct analysis analysis = {
		.rows = rows, .n_rows = COUNT(rows), .takes_query = true,
		.one_installation = true,
		.at_once = at_once, .write = write_answer,
	};

	return request_run(&analysis, argc, argv);
}
