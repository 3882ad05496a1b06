/*
 * cmd_resolve.c - say where a path, a volume, a partition or a byte lies
 */
#include "cli/cli.h"

#include <string.h>

#include "cli/output.h"
#include "cli/request.h"

static const struct option_row rows[] = {
	{ 'f', "format", "SHAPE", "text (default) or json" },
	{ OPT_JSON, "json", NULL, "the same as --format json" },
	{ OPT_INSTALLATION, "installation", "N",
	  "whose letters and names count: windowsN of the report; otherwise "
	  "the first" },
	OUTPUT_ROWS,
	EVIDENCE_ROWS,
	OUTCOME_ROWS,
	{ 'h', "help", NULL, "show this" },
};
#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

static void print_forms(FILE *f)
{
	const char *form;

	fputs("\nA TARGET is one of\n", f);
	for (size_t i = 0; cm_target_form(i, &form); i++)
		fprintf(f, "  %s\n", form);
	fputs("N is a PhysicalDrive number; in diskN, it may also be the id in "
	      "the report. OFFSET is\nin bytes, or hexadecimal behind 0x.\n",
	      f);
}

void resolve_help(void)
{
	const char *name, *purpose;

	print_forms(stdout);
	fputs("\nOptions:\n", stdout);
	options_help(rows, N_ROWS, stdout);
	fputs("\nShapes:\n", stdout);
	for (size_t i = 0; cm_resolve_shape(i, &name, &purpose); i++)
		printf("  %-10s%s\n", name, purpose);
}

static bool is_shape(const char *name)
{
	const char *known, *purpose;

	for (size_t i = 0; cm_resolve_shape(i, &known, &purpose); i++)
		if (strcmp(known, name) == 0)
			return true;
	return false;
}

static int at_once(const struct request *r)
{
	struct cm_error e;

	if (r->help) {
		fputs("usage: coldmount resolve [OPTION]... TARGET IMAGE...\n",
		      stdout);
		resolve_help();
		return end_stdout();
	}
	if (r->query == NULL)
		return usage_error("there is no target");
	if (r->format != NULL && !is_shape(r->format))
		return usage_error("--format: there is no '%s'; 'coldmount "
				   "help resolve' tells which there are",
				   r->format);
	if (cm_target_check(r->query, &e) < 0)
		return failure_status(&e);
	return -1;
}

/* That nothing was found is an answer, and a status.  */
static int write_answer(const struct request *r, const struct cm_machine *m,
			struct output *out)
{
	struct cm_error e;
	size_t n = 0;
	int status;

	if (cm_resolve(m, r->query, r->format, r->installation, output_write,
		       out, &n, &e) < 0 && e.code != CM_ERROR_WRITE) {
		output_end(out, false);
		return failure_status(&e);
	}
	status = output_end(out, true);
	return status == 0 && n == 0 ? STATUS_NO : status;
}

int resolve_run(int argc, char **argv)
{
	static const struct analysis resolve = {
		.rows = rows, .n_rows = N_ROWS, .takes_query = true,
		.at_once = at_once, .write = write_answer,
	};

	return request_run(&resolve, argc, argv);
}
