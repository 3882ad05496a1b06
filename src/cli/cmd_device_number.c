/*
 * cmd_device_number.c - which device number Windows gives a volume, a partition
 * or a disk, and which volumes have it
 */
#include "cli/answer.h"

static const char *const shapes[] = { "text", "json" };
static const struct answer device_number = {
	.name = "device-number", .operand = "TARGET", .check = cm_layout_check,
	.shapes = shapes, .n_shapes = COUNT(shapes), .call = cm_device_number,
};

static const struct option_row rows[] = {
	{ 'f', "format", "SHAPE",
	  "text (default) or json" },
	ANSWER_ROWS,
};

void device_number_help(void)
{
	fputs("\nTARGET is a volume (C:, \\\\?\\Volume{GUID}\\, GUID, "
	      "a mounted folder),\na partition (0:2, disk0/partition2) or a "
	      "disk.\n\nOptions:\n", stdout);
	options_help(rows, COUNT(rows), stdout);
	answer_print_statuses(ANSWER_NOT_THERE);
}

static int at_once(const struct request *r)
{
	return answer_at_once(&device_number, r);
}

static int write_answer(const struct request *r, const struct cm_machine *m,
			struct output *out)
{
	return answer_write(&device_number, r, m, out);
}

int device_number_run(int argc, char **argv)
{
	static const struct analysis analysis = {
		.rows = rows, .n_rows = COUNT(rows), .takes_query = true,
		.at_once = at_once, .write = write_answer,
	};

	return request_run(&analysis, argc, argv);
}
