/*
 * cmd_extents.c - where a volume lies on the disks, as Windows gives it
 */
#include "cli/answer.h"

static const char *const shapes[] = { "text", "json", "binary" };
static const struct answer extents = {
	.name = "extents", .operand = "TARGET", .check = cm_layout_check,
	.shapes = shapes, .n_shapes = COUNT(shapes), .call = cm_extents,
};

static const struct option_row rows[] = {
	{ 'f', "format", "SHAPE",
	  "text (default), json or binary" },
	BINARY_ROW,
	ANSWER_ROWS,
};

void extents_help(void)
{
	fputs("\nTARGET is a volume (C:, \\\\?\\Volume{GUID}\\, GUID, "
	      "a mounted folder), or\nsomething that holds volumes: "
	      "a partition (0:2) or a disk.\n\nOptions:\n", stdout);
	options_help(rows, COUNT(rows), stdout);
	answer_print_statuses(ANSWER_NOT_THERE);
}

static int at_once(const struct request *r)
{
	return answer_at_once(&extents, r);
}

static int write_answer(const struct request *r, const struct cm_machine *m,
			struct output *out)
{
	return answer_write(&extents, r, m, out);
}

int extents_run(int argc, char **argv)
{
	static const struct analysis analysis = {
		.rows = rows, .n_rows = COUNT(rows), .takes_query = true,
		.at_once = at_once, .write = write_answer,
	};

	return request_run(&analysis, argc, argv);
}
