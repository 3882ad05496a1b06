/*
 * columns_device.c - device numbers and the extents of volumes, as IOCTLs give
 * them
 */
#include <inttypes.h>

#include "report/device_report.h"
#include "report/json_record.h"
#include "report/shared.h"

/* A volume that has a number, or a part in a partition that has it */

static const struct machine_volume *volume_of(const struct row *r)
{
	return &r->model->volumes[r->index];
}

static void volume_id(const struct row *r, struct value *v)
{
	value_id(v, "volume", r->index);
}

static void volume_kind_text(const struct row *r, struct value *v)
{
	value_string(v, volume_kind_name(volume_of(r)->kind));
}

static void volume_partition(const struct row *r, struct value *v)
{
	if (volume_of(r)->kind == VOLUME_PARTITION)
		value_partition_id(v, r->model, volume_of(r)->partition);
}

static void volume_file_system(const struct row *r, struct value *v)
{
	value_string(v, volume_of(r)->identity.name);
}

static void volume_label(const struct row *r, struct value *v)
{
	value_text(v, volume_of(r)->identity.label);
}

static void volume_serial(const struct row *r, struct value *v)
{
	if (volume_of(r)->identity.has_serial)
		value_string(v, volume_serial_text(&volume_of(r)->identity,
						   v->buf));
}

static void volume_names(const struct row *r, struct value *v)
{
	value_volume_names(v, r, volume_of(r));
}

static void volume_paths(const struct row *r, struct value *v)
{
	value_access_paths(v, r, volume_of(r));
}

static const struct column volume_columns[] = {
	{ "volume", VALUE_STRING, volume_id },
	{ "kind", VALUE_STRING, volume_kind_text },
	{ "partition", VALUE_STRING, volume_partition },
	{ "fileSystem", VALUE_STRING, volume_file_system },
	{ "label", VALUE_TEXT, volume_label },
	{ "serial", VALUE_STRING, volume_serial },
	{ "volumeNames", VALUE_ARRAY, volume_names },
	{ "accessPaths", VALUE_ARRAY, volume_paths },
};
static const struct table volume_table = {
	volume_columns, ARRAY_LENGTH(volume_columns)
};

/* A device number */

static const struct device_number *number_of(const struct row *r)
{
	return r->record;
}

static bool answers(const struct row *r)
{
	return number_of(r)->error == DEVICE_ANSWERS;
}

static void number_volume(const struct row *r, struct value *v)
{
	value_id(v, "volume", number_of(r)->volume);
}

static void number_partition(const struct row *r, struct value *v)
{
	if (number_of(r)->partition != NONE)
		value_partition_id(v, r->model, number_of(r)->partition);
}

static void number_disk(const struct row *r, struct value *v)
{
	value_id(v, "disk", number_of(r)->disk);
}

static void number_type(const struct row *r, struct value *v)
{
	if (answers(r))
		value_integer(v, (uint64_t)number_of(r)->type);
}

static void number_type_name(const struct row *r, struct value *v)
{
	if (answers(r))
		value_string(v, device_type_name(number_of(r)->type));
}

static void number_number(const struct row *r, struct value *v)
{
	if (answers(r) && number_of(r)->number != DEVICE_NO_NUMBER)
		value_integer(v, number_of(r)->number);
}

static void number_basis(const struct row *r, struct value *v)
{
	if (answers(r) && number_of(r)->disk != NONE)
		value_string(v, number_basis_name(
			r->model->disks[number_of(r)->disk].basis));
}

static void number_partition_number(const struct row *r, struct value *v)
{
	if (answers(r))
		value_integer(v, number_of(r)->partition_number);
}

static void number_device(const struct row *r, struct value *v)
{
	const struct device_number *d = number_of(r);

	if (answers(r) && d->type == FILE_DEVICE_DISK)
		value_format(v, "\\Device\\Harddisk%" PRIu32 "\\Partition%"
			     PRIu32, d->number, d->partition_number);
}

static void number_error(const struct row *r, struct value *v)
{
	if (!answers(r))
		value_integer(v, (uint64_t)number_of(r)->error);
}

static void number_error_name(const struct row *r, struct value *v)
{
	if (!answers(r))
		value_string(v, device_error_name(number_of(r)->error));
}

static void number_reason(const struct row *r, struct value *v)
{
	value_string(v, number_of(r)->reason);
}

static void number_volume_at(const struct row *r, size_t i, struct value *v)
{
	size_t volume = number_of(r)->volumes[i];

	value_object(v, r, &volume_table, &r->model->volumes[volume], volume);
}

static void number_volumes(const struct row *r, struct value *v)
{
	value_array(v, r, number_of(r)->n_volumes, number_volume_at);
}

static void number_tier(const struct row *r, struct value *v)
{
	value_string(v, tier_name(number_of(r)->tier));
}

static void number_certainty(const struct row *r, struct value *v)
{
	value_string(v, certainty_name(number_of(r)->certainty));
}

static void number_why(const struct row *r, struct value *v)
{
	value_string(v, number_of(r)->why);
}

static void number_cite_at(const struct row *r, size_t i, struct value *v)
{
	value_cite(v, r, &number_of(r)->cites, NULL, i);
}

static void number_cites(const struct row *r, struct value *v)
{
	value_array(v, r, number_of(r)->cites.n, number_cite_at);
}

static const struct column number_columns[] = {
	{ "volume", VALUE_STRING, number_volume },
	{ "partition", VALUE_STRING, number_partition },
	{ "disk", VALUE_STRING, number_disk },
	{ "deviceType", VALUE_INTEGER, number_type },
	{ "deviceTypeName", VALUE_STRING, number_type_name },
	{ "deviceNumber", VALUE_INTEGER, number_number },
	{ "partitionNumber", VALUE_INTEGER, number_partition_number },
	{ "numberBasis", VALUE_STRING, number_basis },
	{ "device", VALUE_STRING, number_device },
	{ "error", VALUE_INTEGER, number_error },
	{ "errorName", VALUE_STRING, number_error_name },
	{ "reason", VALUE_STRING, number_reason },
	{ "tier", VALUE_STRING, number_tier },
	{ "certainty", VALUE_STRING, number_certainty },
	{ "why", VALUE_STRING, number_why },
	{ "volumes", VALUE_ARRAY, number_volumes },
	{ "citations", VALUE_ARRAY, number_cites },
};
static const struct table number_table = {
	number_columns, ARRAY_LENGTH(number_columns)
};

int device_numbers_json(const struct model *m, const struct device_numbers *d,
			struct out *out)
{
	const struct json_answer a = {
		"deviceNumbers", &number_table, d->list, sizeof(*d->list), d->n
	};

	return json_answer(m, &a, out);
}

/* The extents of a volume */

static const struct volume_place *place_of(const struct row *r)
{
	return r->record;
}

static const struct machine_volume *placed(const struct row *r)
{
	return &r->model->volumes[place_of(r)->volume];
}

static void extent_number(const struct row *r, struct value *v)
{
	const struct extent e = volume_extent_at(r->record, r->index);

	if (e.disk != NONE)
		value_integer(v, r->model->disks[e.disk].number);
}

static const struct column extent_columns[] = {
	{ "disk", VALUE_STRING, volume_extent_disk },
	{ "diskNumber", VALUE_INTEGER, extent_number },
	{ "startingOffset", VALUE_INTEGER, volume_extent_offset },
	{ "extentLength", VALUE_INTEGER, volume_extent_length },
	{ "dynamicDisk", VALUE_OBJECT, volume_extent_dynamic_disk },
};
static const struct table extent_table = {
	extent_columns, ARRAY_LENGTH(extent_columns)
};

static void place_extent_at(const struct row *r, size_t i, struct value *v)
{
	value_object(v, r, &extent_table, placed(r), i);
}

static void place_extents(const struct row *r, struct value *v)
{
	value_array(v, r, volume_extent_count(placed(r)), place_extent_at);
}

static void place_volume(const struct row *r, struct value *v)
{
	value_object(v, r, &volume_table, placed(r), place_of(r)->volume);
}

static void place_whole(const struct row *r, struct value *v)
{
	value_bool(v, volume_extents_are_here(placed(r)));
}

/* What says that the volume is meant: a row of that.  */
static struct row by(const struct row *r)
{
	struct row row = *r;

	row.record = place_of(r)->by;
	return row;
}

static void place_tier(const struct row *r, struct value *v)
{
	struct row row = by(r);

	number_tier(&row, v);
}

static void place_certainty(const struct row *r, struct value *v)
{
	struct row row = by(r);

	number_certainty(&row, v);
}

static void place_why(const struct row *r, struct value *v)
{
	struct row row = by(r);

	number_why(&row, v);
}

/* What is not known of the path.  */
static void place_reason(const struct row *r, struct value *v)
{
	if (place_of(r)->by->error == DEVICE_ANSWERS)
		value_string(v, place_of(r)->by->reason);
}

static void place_cites(const struct row *r, struct value *v)
{
	struct row row = by(r);

	number_cites(&row, v);
}

static const struct column place_columns[] = {
	{ "volume", VALUE_OBJECT, place_volume },
	{ "extents", VALUE_ARRAY, place_extents },
	{ "allHere", VALUE_BOOL, place_whole },
	{ "reason", VALUE_STRING, place_reason },
	{ "tier", VALUE_STRING, place_tier },
	{ "certainty", VALUE_STRING, place_certainty },
	{ "why", VALUE_STRING, place_why },
	{ "citations", VALUE_ARRAY, place_cites },
};
static const struct table place_table = {
	place_columns, ARRAY_LENGTH(place_columns)
};

int volume_extents_json(const struct model *m, const struct volume_place *list,
			size_t n, struct out *out)
{
	const struct json_answer a = {
		"volumeExtents", &place_table, list, sizeof(*list), n
	};

	return json_answer(m, &a, out);
}
