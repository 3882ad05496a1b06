/*
 * cmd_query.c - answer a query as WMI would have answered it
 */
#include "cli/cli.h"

#include <string.h>

#include "cli/output.h"
#include "cli/request.h"

static const struct option_row rows[] = {
	{ 'f', "format", "SHAPE",
	  "list (default), table, csv, json, mof or cimxml" },
	{ OPT_JSON, "json", NULL, "the same as --format json" },
	{ OPT_INSTALLATION, "installation", "N",
	  "in whose namespace: windowsN of the report; otherwise the first" },
	{ OPT_EXIT_STATUS, "exit-status", NULL,
	  "exit with status 1 where no object answers" },
	OUTPUT_ROWS,
	EVIDENCE_ROWS,
	OUTCOME_ROWS,
	{ 'h', "help", NULL, "show this" },
};
#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

void query_help(void)
{
	fputs("\nQUERY is WQL: SELECT ... FROM CLASS [WHERE ...], ASSOCIATORS "
	      "OF {PATH} [WHERE ...]\nor REFERENCES OF {PATH} [WHERE ...].\n"
	      "\nOptions:\n", stdout);
	options_help(rows, N_ROWS, stdout);
	fputs("\nShapes:\n", stdout);
	print_shapes(stdout);
}

static bool is_shape(const char *name)
{
	const char *known, *purpose;

	for (size_t i = 0; cm_query_shape(i, &known, &purpose); i++)
		if (strcmp(known, name) == 0)
			return true;
	return false;
}

void print_shapes(FILE *f)
{
	const char *name, *purpose;

	for (size_t i = 0; cm_query_shape(i, &name, &purpose); i++)
		fprintf(f, "  %-10s%s\n", name, purpose);
}

static int at_once(const struct request *r)
{
	struct cm_error e;

	if (r->help) {
		fputs("usage: coldmount query [OPTION]... QUERY IMAGE...\n",
		      stdout);
		query_help();
		return end_stdout();
	}
	if (r->query == NULL)
		return usage_error("there is no query");
	if (r->format != NULL && !is_shape(r->format))
		return usage_error("--format: there is no '%s'; 'coldmount "
				   "help query' tells which there are",
				   r->format);
	if (cm_query_check(r->query, &e) < 0)
		return failure_status(&e);
	return -1;
}

static int write_answer(const struct request *r, const struct cm_machine *m,
			struct output *out)
{
	struct cm_error e;
	size_t n = 0;
	int status;

	if (cm_query(m, r->query, r->format, r->installation, output_write,
		     out, &n, &e) < 0 && e.code != CM_ERROR_WRITE) {
		output_end(out, false);
		return failure_status(&e);
	}
	status = output_end(out, true);
	return status == 0 && n == 0 && r->exit_status ? STATUS_NO : status;
}

int query_run(int argc, char **argv)
{
	static const struct analysis query = {
		.rows = rows, .n_rows = N_ROWS, .takes_query = true,
		.one_installation = true,
		.at_once = at_once, .write = write_answer,
	};

	return request_run(&query, argc, argv);
}
