#include "report/report.h"

#include <string.h>

const struct report_format report_formats[] = {
	{ .name = "tree", .write = tree_report,
	  .purpose = "for people: maps of letters and folders, then the "
		     "disks" },
	{ .name = "json", .write = json_report,
	  .purpose = "everything, as one document "
		     "(docs/coldmount.schema.json)" },
	{ .name = "jsonl", .write = jsonl_report,
	  .purpose = "the same records, one per line" },
	{ .name = "timeline", .write = timeline_report,
	  .purpose = "all times in the evidence, one event per line" },
	{ .name = "mountvol", .familiar = mountvol_write,
	  .purpose = "volume names and mount points, as mountvol" },
	{ .name = "diskpart", .familiar = diskpart_write,
	  .purpose = "disks, volumes and partitions, as diskpart lists them" },
	{ .name = "get-partition", .familiar = get_partition_write,
	  .purpose = "partitions of each disk, as Get-Partition" },
	{ .name = "fsutil-reparse", .familiar = fsutil_reparse_write,
	  .purpose = "mounted folders, as fsutil reparsepoint query" },
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
