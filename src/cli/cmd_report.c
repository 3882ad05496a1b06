/*
 * cmd_report.c - analyse the disks of one machine, and write a report
 */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/output.h"
#include "cli/request.h"

static const struct option_row rows[] = {
	{ 'f', "format", "FORMAT",
	  "tree (default), json, jsonl, timeline, or the output of one of "
	  "Windows' own tools; 'list' shows them all" },
	{ OPT_JSON, "json", NULL, "the same as --format json" },
	{ OPT_JSONL, "jsonl", NULL, "the same as --format jsonl" },
	{ OPT_INSTALLATION, "installation", "N",
	  "with the output of a Windows tool: for windowsN of the report only; "
	  "otherwise for each" },
	OUTPUT_ROWS,
	EVIDENCE_ROWS,
	OUTCOME_ROWS,
	{ 'v', "verbose", NULL, "the tree shows where each fact lies" },
	{ OPT_COLOR, "color", "WHEN",
	  "colour the tree: auto (default), always or never" },
	{ OPT_VERSION, "version", NULL,
	  "show versions, with --json as JSON" },
	{ 'h', "help", NULL, "show this" },
};
#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

static bool is_format(const char *name)
{
	const char *known, *purpose;

	for (size_t i = 0; cm_report_format(i, &known, &purpose); i++)
		if (strcmp(known, name) == 0)
			return true;
	return false;
}

void report_help(void)
{
	fputs("\nOptions:\n", stdout);
	options_help(rows, N_ROWS, stdout);
	fputs("\nExit status: 0 complete; 2 wrong usage; 3 an image or a hive "
	      "could not be\nread; 4 the report is partial; 5 it could not be "
	      "written; 6 out of memory.\n", stdout);
}

/* The options that are answered without an analysis; -1: none of them.  */
static int answer_at_once(const struct request *r)
{
	bool json = r->format != NULL && strcmp(r->format, "json") == 0;

	if (r->help) {
		print_usage(stdout);
		report_help();
		return end_stdout();
	}
	if (r->version)
		return print_version(json);
	if (r->format != NULL && strcmp(r->format, "list") == 0)
		return print_formats();
	if (r->format != NULL && !is_format(r->format))
		return usage_error("--format: there is no '%s'; --format list "
				   "shows which there are", r->format);
	return -1;
}

static bool use_color(const struct request *r)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (r->color != WHEN_AUTO)
		return r->color == WHEN_ALWAYS;
	if (no_color != NULL && *no_color != '\0')
		return false;
	if (term == NULL || strcmp(term, "dumb") == 0)
		return false;
	return r->output == NULL && isatty(STDOUT_FILENO);
}

static unsigned terminal_width(const struct request *r)
{
	struct winsize w;

	if (r->output != NULL || ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) < 0)
		return 0;
	return w.ws_col;
}

/* A terminal that shows the tree has the findings in it.  */
static bool findings_are_seen(const struct request *r)
{
	return r->output == NULL && isatty(STDOUT_FILENO) &&
	       (r->format == NULL || strcmp(r->format, "tree") == 0);
}

static int write_report(const struct request *r, const struct cm_machine *m,
			struct output *out)
{
	struct cm_report_options o = {
		use_color(r), r->verbose, terminal_width(r),
		r->installation >= 0, (unsigned)r->installation
	};
	const char *format = r->format != NULL ? r->format : "tree";
	struct cm_error e;
	int written = cm_report_write(m, format, &o, output_write, out, &e);

	/* What failed to be written, the output itself tells.  */
	if (written < 0 && e.code != CM_ERROR_WRITE) {
		output_end(out, false);
		return failure_status(&e);
	}
	return output_end(out, true);
}

int report_run(int argc, char **argv)
{
	static const struct analysis report = {
		.rows = rows, .n_rows = N_ROWS,
		.at_once = answer_at_once,
		.tells_findings = findings_are_seen,
		.write = write_report,
	};

	return request_run(&report, argc, argv);
}
