/*
 * cmd_layout.c - the partition table of a disk as Windows gives it to programs
 */
#include "cli/answer.h"

static const char *const shapes[] = { "text", "json", "binary", "cached" };
static const struct answer layout = {
	.name = "layout", .operand = "DISK", .check = cm_layout_check,
	.shapes = shapes, .n_shapes = COUNT(shapes), .call = cm_layout,
};

static const struct option_row rows[] = {
	{ 'f', "format", "SHAPE",
	  "text (default), json, binary or cached, as the registry keeps it" },
	BINARY_ROW,
	ANSWER_ROWS,
};

void layout_help(void)
{
	fputs("\nDISK is a disk number, diskN, \\\\.\\PhysicalDriveN, a "
	      "signature or GUID, or the\nname of a volume on the disk.\n\n"
	      "Options:\n", stdout);
	options_help(rows, COUNT(rows), stdout);
	answer_print_statuses(ANSWER_NOT_THERE);
}

static int at_once(const struct request *r)
{
	return answer_at_once(&layout, r);
}

static int write_answer(const struct request *r, const struct cm_machine *m,
			struct output *out)
{
	return answer_write(&layout, r, m, out);
}

int layout_run(int argc, char **argv)
{
	static const struct analysis analysis = {
		.rows = rows, .n_rows = COUNT(rows), .takes_query = true,
		.at_once = at_once, .write = write_answer,
	};

	return request_run(&analysis, argc, argv);
}
