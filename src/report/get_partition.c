/*
 * get_partition.c - the partitions of each disk, as PowerShell's Get-Partition
 * prints them
 *
 * A group for each disk: by its path where the registry tells that, else by its
 * number, as Windows 8 grouped them.  The width of a column is that of a window
 * of 120 characters.
 *
 * The words of the types are those of live hosts and, where none was seen, of
 * what others rebuilt of PowerShell's Storage module.
 */
#include <inttypes.h>
#include <stdio.h>

#include "format/partition_type.h"
#include "provider/classes.h"
#include "report/familiar.h"

enum { LETTER = 17, OFFSET = 29, SIZE_END = 86, TYPE = 87 };

static const struct {
	uint8_t type;
	const char *text;
} mbr_types[] = {
	{ 0x01, "FAT12" }, { 0x02, "Xenix" }, { 0x03, "Xenix" },
	{ 0x04, "FAT16" }, { 0x06, "Logical" }, { 0x07, "IFS" },
	{ 0x0a, "OS/2 BootMgr" }, { 0x0b, "FAT32" }, { 0x0c, "FAT32 XINT13" },
	{ 0x0e, "XINT13" }, { 0x41, "PReP" }, { 0x42, "LDM" },
	{ 0x63, "Unix" }, { 0xe7, "Space Protective" },
};

static const struct {
	const struct guid *type;
	const char *text;
} gpt_types[] = {
	{ &GPT_TYPE_BASIC_DATA, "Basic" },
	{ &GPT_TYPE_EFI_SYSTEM, "System" },
	{ &GPT_TYPE_MICROSOFT_RESERVED, "Reserved" },
	{ &GPT_TYPE_RECOVERY, "Recovery" },
	{ &GPT_TYPE_LDM_METADATA, "LDM Metadata" },
	{ &GPT_TYPE_LDM_DATA, "LDM Data" },
	{ &GPT_TYPE_STORAGE_SPACES, "Space Protective" },
};

static const char *type_of(const struct disk *d, const struct partition *e)
{
	if (d->scheme == SCHEME_GPT) {
		for (size_t i = 0; i < ARRAY_LENGTH(gpt_types); i++)
			if (guid_equal(gpt_types[i].type, &e->type_guid))
				return gpt_types[i].text;
		return "Unknown";
	}
	for (size_t i = 0; i < ARRAY_LENGTH(mbr_types); i++)
		if (mbr_types[i].type == e->mbr_type)
			return mbr_types[i].text;
	return "Unknown";
}

/* "251.98 GB", "500 MB": rounded to two digits, without closing zeros.  */
#define SIZE_BYTES 32
static const char *size_of(uint64_t bytes, char buf[SIZE_BYTES])
{
	static const char *const units[] = { "B", "KB", "MB", "GB", "TB" };
	unsigned hundredths;
	uint64_t whole;
	size_t unit = 0;
	int n;

	while (unit + 1 < ARRAY_LENGTH(units) && bytes >> 10 * (unit + 1) != 0)
		unit++;
	whole = bytes >> 10 * unit;
	hundredths = (unsigned)(((bytes - (whole << 10 * unit)) * 100 +
				 (UINT64_C(1) << 10 * unit) / 2) >> 10 * unit);
	whole += hundredths / 100;
	hundredths %= 100;
	n = snprintf(buf, SIZE_BYTES, "%" PRIu64, whole);
	if (hundredths != 0)
		n += snprintf(buf + n, SIZE_BYTES - (size_t)n,
			      hundredths % 10 != 0 ? ".%02u" : ".%u",
			      hundredths % 10 != 0 ? hundredths :
			      hundredths / 10);
	snprintf(buf + n, SIZE_BYTES - (size_t)n, " %s", units[unit]);
	return buf;
}

static void put_partition(struct provider *p, size_t index, struct line *l)
{
	const struct machine_partition *part = &p->model->partitions[index];
	const struct partition *e = part->entry;
	char buf[SIZE_BYTES];

	snprintf(buf, sizeof(buf), "%u", e->number);
	line_put(l, buf);
	line_left(l, LETTER, familiar_value(p, &class_msft_partition, index,
					    "DriveLetter").string);
	snprintf(buf, sizeof(buf), "%" PRIu64, e->offset);
	line_left(l, OFFSET, buf);
	line_right(l, SIZE_END, size_of(e->length, buf));
	line_left(l, TYPE, type_of(&p->model->disks[part->disk].table, e));
	line_end(l);
}

static void put_head(struct provider *p, size_t disk, struct line *l)
{
	const char *path = familiar_value(p, &class_msft_disk, disk,
					  "Path").string;
	char buf[32];

	snprintf(buf, sizeof(buf), "%u", p->model->disks[disk].number);
	line_put(l, path != NULL ? "   DiskPath: " : "   Disk Number: ");
	line_text(l, path != NULL ? path : buf, UINT32_MAX);
	line_end(l);
	line_end(l);
	line_put(l, "PartitionNumber");
	line_left(l, LETTER, "DriveLetter");
	line_left(l, OFFSET, "Offset");
	line_right(l, SIZE_END, "Size");
	line_left(l, TYPE, "Type");
	line_end(l);
	line_put(l, "---------------");
	line_left(l, LETTER, "-----------");
	line_left(l, OFFSET, "------");
	line_right(l, SIZE_END, "----");
	line_left(l, TYPE, "----");
	line_end(l);
}

void get_partition_write(struct provider *p, struct out *out)
{
	struct line l = { out, 0 };
	bool first = true;

	for (size_t i = 0; i < p->model->n_disks; i++) {
		const struct machine_disk *d = &p->model->disks[i];

		if (d->n_partitions == 0)
			continue;
		out_string(out, first ? "" : "\n\n");
		first = false;
		put_head(p, i, &l);
		for (size_t k = 0; k < d->n_partitions; k++)
			put_partition(p, d->first_partition + k, &l);
	}
}
