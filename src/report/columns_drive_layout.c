/*
 * columns_drive_layout.c - the partition table of a disk as Windows gives it,
 * and what of it Windows had kept
 */
#include <inttypes.h>

#include "report/drive_layout_report.h"
#include "report/json_record.h"
#include "report/shared.h"

/* A difference */

static const struct layout_difference *difference_of(const struct row *r)
{
	return r->record;
}

static void difference_slot(const struct row *r, struct value *v)
{
	if (difference_of(r)->slot != NONE)
		value_integer(v, difference_of(r)->slot);
}

static void difference_field(const struct row *r, struct value *v)
{
	value_string(v, difference_of(r)->field);
}

static void difference_offset(const struct row *r, struct value *v)
{
	value_integer(v, difference_of(r)->here.at);
}

static void difference_here(const struct row *r, struct value *v)
{
	if (difference_of(r)->here.n > 0)
		value_bytes(v, difference_of(r)->here);
}

static void difference_kept(const struct row *r, struct value *v)
{
	if (difference_of(r)->kept.n > 0)
		value_bytes(v, difference_of(r)->kept);
}

static const struct column difference_columns[] = {
	{ "slot", VALUE_INTEGER, difference_slot },
	{ "field", VALUE_STRING, difference_field },
	{ "offset", VALUE_INTEGER, difference_offset },
	{ "here", VALUE_BYTES, difference_here },
	{ "kept", VALUE_BYTES, difference_kept },
};
static const struct table difference_table = {
	difference_columns, ARRAY_LENGTH(difference_columns)
};

/* What was kept */

static const struct kept_layout *kept_of(const struct row *r)
{
	return r->record;
}

static void kept_source(const struct row *r, struct value *v)
{
	value_string(v, kept_of(r)->event == NONE ? "registry" : "event-log");
}

static void kept_installation(const struct row *r, struct value *v)
{
	value_id(v, "windows", kept_of(r)->installation);
}

static void kept_known_disk(const struct row *r, struct value *v)
{
	value_id(v, "known", kept_of(r)->known_disk);
}

static void kept_record_id(const struct row *r, struct value *v)
{
	size_t event = kept_of(r)->event;

	if (event != NONE)
		value_integer(v, r->model->disk_events[event].event->record);
}

static void kept_events(const struct row *r, struct value *v)
{
	value_integer(v, kept_of(r)->n_events);
}

static void kept_first(const struct row *r, struct value *v)
{
	value_time(v, kept_of(r)->first);
}

static void kept_last(const struct row *r, struct value *v)
{
	value_time(v, kept_of(r)->last);
}

static void kept_by_id(const struct row *r, struct value *v)
{
	value_bool(v, kept_of(r)->by_id);
}

static void kept_numbered(const struct row *r, struct value *v)
{
	value_bool(v, kept_of(r)->numbered);
}

static void kept_same(const struct row *r, struct value *v)
{
	value_bool(v, kept_of(r)->n_all_differences == 0);
}

static void kept_count(const struct row *r, struct value *v)
{
	value_integer(v, kept_of(r)->n_all_differences);
}

static void kept_difference_at(const struct row *r, size_t i, struct value *v)
{
	value_object(v, r, &difference_table, &kept_of(r)->differences[i], i);
}

static void kept_differences(const struct row *r, struct value *v)
{
	value_array(v, r, kept_of(r)->n_differences, kept_difference_at);
}

static void kept_cite_at(const struct row *r, size_t i, struct value *v)
{
	value_cite(v, r, kept_of(r)->cites, NULL, i);
}

static void kept_cites(const struct row *r, struct value *v)
{
	value_array(v, r, kept_of(r)->cites->n, kept_cite_at);
}

static const struct column kept_columns[] = {
	{ "source", VALUE_STRING, kept_source },
	{ "installation", VALUE_STRING, kept_installation },
	{ "knownDisk", VALUE_STRING, kept_known_disk },
	{ "recordId", VALUE_INTEGER, kept_record_id },
	{ "events", VALUE_INTEGER, kept_events },
	{ "first", VALUE_STRING, kept_first },
	{ "last", VALUE_STRING, kept_last },
	{ "byIdOnly", VALUE_BOOL, kept_by_id },
	{ "numbered", VALUE_BOOL, kept_numbered },
	{ "same", VALUE_BOOL, kept_same },
	{ "differenceCount", VALUE_INTEGER, kept_count },
	{ "differences", VALUE_ARRAY, kept_differences },
	{ "citations", VALUE_ARRAY, kept_cites },
};
static const struct table kept_table = {
	kept_columns, ARRAY_LENGTH(kept_columns)
};

/* The layout */

static const struct disk_layout *record_of(const struct row *r)
{
	return r->record;
}

static const struct drive_layout *layout_of(const struct row *r)
{
	return &record_of(r)->layout;
}

static const struct machine_disk *disk_of(const struct row *r)
{
	return &r->model->disks[record_of(r)->disk];
}

static bool is_mbr(const struct row *r)
{
	return layout_of(r)->scheme == DRIVE_LAYOUT_MBR;
}

static bool is_gpt(const struct row *r)
{
	return layout_of(r)->scheme == DRIVE_LAYOUT_GPT;
}

static void layout_disk(const struct row *r, struct value *v)
{
	value_id(v, "disk", record_of(r)->disk);
}

static void layout_number(const struct row *r, struct value *v)
{
	value_integer(v, disk_of(r)->number);
}

static void layout_basis(const struct row *r, struct value *v)
{
	value_string(v, number_basis_name(disk_of(r)->basis));
}

static void layout_file(const struct row *r, struct value *v)
{
	value_string(v, r->model->images[disk_of(r)->image].file);
}

static void layout_style(const struct row *r, struct value *v)
{
	value_string(v, drive_layout_scheme_name(layout_of(r)->scheme));
}

static void layout_floppy(const struct row *r, struct value *v)
{
	value_bool(v, ioctl_layout_is_super_floppy(&disk_of(r)->table));
}

static void layout_count(const struct row *r, struct value *v)
{
	value_integer(v, layout_of(r)->declared);
}

static void layout_signature(const struct row *r, struct value *v)
{
	if (is_mbr(r))
		value_format(v, "%08" PRIx32, layout_of(r)->signature);
}

static void layout_checksum(const struct row *r, struct value *v)
{
	if (is_mbr(r))
		value_format(v, "%08" PRIx32, layout_of(r)->checksum);
}

static void layout_guid(const struct row *r, struct value *v)
{
	if (is_gpt(r))
		value_guid(v, &layout_of(r)->guid);
}

static void layout_usable_offset(const struct row *r, struct value *v)
{
	if (is_gpt(r))
		value_integer(v, layout_of(r)->usable_offset);
}

static void layout_usable_length(const struct row *r, struct value *v)
{
	if (is_gpt(r))
		value_integer(v, layout_of(r)->usable_length);
}

static void layout_max(const struct row *r, struct value *v)
{
	if (is_gpt(r))
		value_integer(v, layout_of(r)->max_partitions);
}

static void layout_slots(const struct row *r, struct value *v)
{
	value_layout_slots(v, r, record_of(r));
}

static void layout_bytes(const struct row *r, struct value *v)
{
	value_bytes(v, record_of(r)->bytes);
}

static void layout_kept_at(const struct row *r, size_t i, struct value *v)
{
	value_object(v, r, &kept_table, &record_of(r)->kept[i], i);
}

static void layout_kept(const struct row *r, struct value *v)
{
	value_array(v, r, record_of(r)->n_kept, layout_kept_at);
}

static void layout_cite_at(const struct row *r, size_t i, struct value *v)
{
	value_cite(v, r, &disk_of(r)->table.cites, NULL, i);
}

static void layout_cites(const struct row *r, struct value *v)
{
	value_array(v, r, disk_of(r)->table.cites.n, layout_cite_at);
}

static const struct column layout_columns[] = {
	{ "disk", VALUE_STRING, layout_disk },
	{ "diskNumber", VALUE_INTEGER, layout_number },
	{ "numberBasis", VALUE_STRING, layout_basis },
	{ "file", VALUE_STRING, layout_file },
	{ "partitionStyle", VALUE_STRING, layout_style },
	{ "superFloppy", VALUE_BOOL, layout_floppy },
	{ "partitionCount", VALUE_INTEGER, layout_count },
	{ "signature", VALUE_STRING, layout_signature },
	{ "checkSum", VALUE_STRING, layout_checksum },
	{ "diskId", VALUE_STRING, layout_guid },
	{ "startingUsableOffset", VALUE_INTEGER, layout_usable_offset },
	{ "usableLength", VALUE_INTEGER, layout_usable_length },
	{ "maxPartitionCount", VALUE_INTEGER, layout_max },
	{ "slots", VALUE_ARRAY, layout_slots },
	{ "kept", VALUE_ARRAY, layout_kept },
	{ "bytes", VALUE_BYTES, layout_bytes },
	{ "citations", VALUE_ARRAY, layout_cites },
};
static const struct table layout_table = {
	layout_columns, ARRAY_LENGTH(layout_columns)
};

int drive_layout_json(const struct model *m, const struct disk_layout *list,
		      size_t n, struct out *out)
{
	const struct json_answer a = {
		"layouts", &layout_table, list, sizeof(*list), n
	};

	return json_answer(m, &a, out);
}
