/*
 * cmd_layout.c - the partition table of a disk as Windows gives it to programs
 */
#include "cli/cli.h"

#include <string.h>

#include "cli/output.h"
#include "cli/request.h"

static const struct option_row rows[] = {
	{ 'f', "format", "SHAPE",
	  "text (default), json, binary or cached, as the registry keeps it" },
	{ OPT_JSON, "json", NULL, "the same as --format json" },
	{ OPT_BINARY, "binary", NULL, "the same as --format binary" },
	{ OPT_INSTALLATION, "installation", "N",
	  "whose names DISK may be: windowsN of the report; otherwise the "
	  "first" },
	OUTPUT_ROWS,
	EVIDENCE_ROWS,
	OUTCOME_ROWS,
	{ 'v', "verbose", NULL, "the text tells where each fact lies" },
	{ 'h', "help", NULL, "show this" },
};
#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

void layout_help(void)
{
	fputs("\nDISK is its number, diskN, \\\\.\\PhysicalDriveN, its "
	      "signature or GUID, or what\nnames a volume on it.\n\n"
	      "Options:\n", stdout);
	options_help(rows, N_ROWS, stdout);
}

static bool is_binary(const char *shape)
{
	return strcmp(shape, "binary") == 0 || strcmp(shape, "cached") == 0;
}

static int at_once(const struct request *r)
{
	const char *shape = r->format != NULL ? r->format : "text";
	struct cm_error e;

	if (r->help) {
		fputs("usage: coldmount layout [OPTION]... DISK IMAGE...\n",
		      stdout);
		layout_help();
		return end_stdout();
	}
	if (r->query == NULL)
		return usage_error("no disk is named");
	if (strcmp(shape, "text") != 0 && strcmp(shape, "json") != 0 &&
	    !is_binary(shape))
		return usage_error("--format: there is no '%s'; 'coldmount "
				   "help layout' tells which there are", shape);
	if (is_binary(shape) && output_is_terminal(r->output))
		return usage_error("bytes are not written to a terminal; "
				   "--output takes a file");
	if (cm_layout_check(r->query, &e) < 0)
		return failure_status(&e);
	return -1;
}

static int write_answer(const struct request *r, const struct cm_machine *m,
			struct output *out)
{
	struct cm_report_options o = {
		.verbose = r->verbose,
		.one_installation = r->installation >= 0,
		.installation = r->installation < 0 ? 0 :
				(unsigned)r->installation,
	};
	struct cm_error e;

	if (cm_layout(m, r->query, r->format, &o, output_write, out, NULL,
		      &e) < 0 && e.code != CM_ERROR_WRITE) {
		output_end(out, false);
		return failure_status(&e);
	}
	return output_end(out, true);
}

int layout_run(int argc, char **argv)
{
	static const struct analysis layout = {
		.rows = rows, .n_rows = N_ROWS, .takes_query = true,
		.at_once = at_once, .write = write_answer,
	};

	return request_run(&layout, argc, argv);
}
