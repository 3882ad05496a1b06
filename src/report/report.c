#include "report/report.h"

#include <string.h>

const struct report_format report_formats[] = {
	{ "tree", "for people: maps of letters and folders, then the disks",
	  tree_report },
	{ "json", "everything, as one document (docs/coldmount.schema.json)",
	  json_report },
	{ "jsonl", "the same records, one a line", jsonl_report },
	{ "timeline", "all times that the evidence tells, an event a line",
	  timeline_report },
};
const size_t n_report_formats =
	sizeof(report_formats) / sizeof(report_formats[0]);

const struct report_format *report_format_find(const char *name)
{
	for (size_t i = 0; i < n_report_formats; i++)
		if (strcmp(report_formats[i].name, name) == 0)
			return &report_formats[i];
	return NULL;
}
