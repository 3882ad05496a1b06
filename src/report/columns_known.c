/*
 * columns_known.c - the disks that a registry remembers, and volumes of which
 * it does not say on which disk they were
 */
#include "report/kinds.h"
#include "report/shared.h"

#include <inttypes.h>

static const char *source_name(enum volume_source s)
{
	static const char *const names[] = {
		[VOLUME_SOURCE_STORAGE] = "storage",
		[VOLUME_SOURCE_INTERFACE] = "interface",
		[VOLUME_SOURCE_PORTABLE] = "portable-device",
		[VOLUME_SOURCE_READY_BOOST] = "ready-boost",
		[VOLUME_SOURCE_SEARCH] = "search",
	};

	return names[s];
}

static const char *place_name(enum record_place p)
{
	static const char *const names[] = {
		[RECORD_ENUM] = "current", [RECORD_OTHER_SET] = "other-set",
		[RECORD_MIGRATION] = "before-upgrade",
		[RECORD_INTERFACE] = "interface",
		[RECORD_SOFTWARE] = "software",
	};

	return names[p];
}

/* Text out of evidence of which only UTF-8 was kept.  */
static void value_word(struct value *v, const char *s)
{
	value_text(v, (struct text){ s, NULL });
}

/* Volumes */

static const struct machine_known_volume *volume_of(const struct row *r)
{
	return r->record;
}

static void volume_installation(const struct row *r, struct value *v)
{
	value_id(v, "windows", volume_of(r)->installation);
}

static void volume_instance(const struct row *r, struct value *v)
{
	value_text(v, volume_of(r)->instance);
}

static void volume_source(const struct row *r, struct value *v)
{
	value_string(v, source_name(volume_of(r)->source));
}

static const char *states_name(unsigned states)
{
	if (states == RECORD_BEFORE)
		return presence_name(PRESENT_BEFORE);
	return presence_name(states == RECORD_AFTER ? PRESENT_AFTER
						    : PRESENT_BOTH);
}

static void volume_present(const struct row *r, struct value *v)
{
	value_string(v, states_name(volume_of(r)->states));
}

static void volume_offset(const struct row *r, struct value *v)
{
	if (volume_of(r)->at.has_offset)
		value_integer(v, volume_of(r)->at.offset);
}

static void volume_length(const struct row *r, struct value *v)
{
	if (volume_of(r)->at.length != 0)
		value_integer(v, volume_of(r)->at.length);
}

static void volume_label(const struct row *r, struct value *v)
{
	value_text(v, volume_of(r)->label);
}

static void volume_letter(const struct row *r, struct value *v)
{
	if (volume_of(r)->letter != 0)
		value_format(v, "%c", volume_of(r)->letter);
}

static void volume_drive_type(const struct row *r, struct value *v)
{
	if (volume_of(r)->has_drive_type)
		value_integer(v, volume_of(r)->drive_type);
}

static void volume_serial(const struct row *r, struct value *v)
{
	if (volume_of(r)->has_serial)
		value_format(v, "%04X-%04X", volume_of(r)->serial >> 16,
			     volume_of(r)->serial & 0xffff);
}

static void volume_volume(const struct row *r, struct value *v)
{
	if (volume_of(r)->has_serial)
		value_id(v, "volume", volume_of(r)->volume);
}

static void volume_first_installed(const struct row *r, struct value *v)
{
	value_time(v, volume_of(r)->times.first_installed);
}

static void volume_installed(const struct row *r, struct value *v)
{
	value_time(v, volume_of(r)->times.installed);
}

static void volume_last_arrival(const struct row *r, struct value *v)
{
	value_time(v, volume_of(r)->times.last_arrival);
}

static void volume_last_removal(const struct row *r, struct value *v)
{
	value_time(v, volume_of(r)->times.last_removal);
}

static void volume_last_written(const struct row *r, struct value *v)
{
	value_time(v, volume_of(r)->last_written);
}

static void volume_last_tested(const struct row *r, struct value *v)
{
	value_time(v, volume_of(r)->last_tested);
}

static void volume_cite_at(const struct row *r, size_t i, struct value *v)
{
	value_cite(v, r, &volume_of(r)->cites, NULL, i);
}

static void volume_cites(const struct row *r, struct value *v)
{
	value_array(v, r, volume_of(r)->cites.n, volume_cite_at);
}

static const struct column trace_columns[] = {
	{ "installation", VALUE_STRING, volume_installation },
	{ "instance", VALUE_TEXT, volume_instance },
	{ "source", VALUE_STRING, volume_source },
	{ "present", VALUE_STRING, volume_present },
	{ "offset", VALUE_INTEGER, volume_offset },
	{ "length", VALUE_INTEGER, volume_length },
	{ "letter", VALUE_STRING, volume_letter },
	{ "driveType", VALUE_INTEGER, volume_drive_type },
	{ "label", VALUE_TEXT, volume_label },
	{ "serial", VALUE_STRING, volume_serial },
	{ "volume", VALUE_STRING, volume_volume },
	{ "firstInstalled", VALUE_STRING, volume_first_installed },
	{ "installed", VALUE_STRING, volume_installed },
	{ "lastArrival", VALUE_STRING, volume_last_arrival },
	{ "lastRemoval", VALUE_STRING, volume_last_removal },
	{ "lastTested", VALUE_STRING, volume_last_tested },
	{ "lastWritten", VALUE_STRING, volume_last_written },
	{ "citations", VALUE_ARRAY, volume_cites },
};

/* Of a disk, without the installation.  */
static const struct table volume_table = {
	trace_columns + 1, ARRAY_LENGTH(trace_columns) - 1
};

/* Those of no known disk are the last ones.  */
static size_t first_trace(const struct model *m)
{
	size_t i = m->n_known_volumes;

	while (i > 0 && m->known_volumes[i - 1].known_disk == NONE)
		i--;
	return i;
}

static size_t trace_count(const struct model *m)
{
	return m->n_known_volumes - first_trace(m);
}

static const void *trace_at(const struct model *m, size_t i)
{
	return &m->known_volumes[m->n_known_volumes - trace_count(m) + i];
}

const struct record_kind volume_trace_kind = {
	"volumeTraces", "volumeTrace",
	{ trace_columns, ARRAY_LENGTH(trace_columns) }, trace_count, trace_at
};

/* Disks */

static const struct machine_known_disk *known_of(const struct row *r)
{
	return r->record;
}

static void known_id(const struct row *r, struct value *v)
{
	value_id(v, "known", r->index);
}

static void known_installation(const struct row *r, struct value *v)
{
	value_id(v, "windows", known_of(r)->installation);
}

static void known_instance(const struct row *r, struct value *v)
{
	value_text(v, known_of(r)->instance);
}

static void known_bus(const struct row *r, struct value *v)
{
	value_word(v, known_of(r)->bus);
}

static void known_vendor(const struct row *r, struct value *v)
{
	value_word(v, known_of(r)->vendor);
}

static void known_product(const struct row *r, struct value *v)
{
	value_word(v, known_of(r)->product);
}

static void known_revision(const struct row *r, struct value *v)
{
	value_word(v, known_of(r)->revision);
}

static void known_model(const struct row *r, struct value *v)
{
	value_text(v, known_of(r)->model);
}

static void known_serial(const struct row *r, struct value *v)
{
	value_word(v, known_of(r)->serial);
}

static void known_location(const struct row *r, struct value *v)
{
	value_text(v, known_of(r)->location);
}

static void known_parent(const struct row *r, struct value *v)
{
	value_text(v, known_of(r)->parent);
}

static void known_container(const struct row *r, struct value *v)
{
	value_guid(v, &known_of(r)->container);
}

static void known_attributes(const struct row *r, struct value *v)
{
	if (known_of(r)->has_attributes)
		value_integer(v, known_of(r)->attributes);
}

static void known_attributes_table(const struct row *r, struct value *v)
{
	if (known_of(r)->attributes_table.n > 0)
		value_bytes(v, known_of(r)->attributes_table);
}

static void known_disk_id(const struct row *r, struct value *v)
{
	value_guid(v, &known_of(r)->disk_id);
}

static void known_disk_id_time(const struct row *r, struct value *v)
{
	value_guid_time(v, r, &known_of(r)->disk_id);
}

static void known_scheme(const struct row *r, struct value *v)
{
	if (known_of(r)->layout != NULL)
		value_string(v, drive_layout_scheme_name(
				     known_of(r)->layout->scheme));
	else if (known_of(r)->has_signature)
		value_string(v, drive_layout_scheme_name(DRIVE_LAYOUT_MBR));
}

static void known_signature(const struct row *r, struct value *v)
{
	if (known_of(r)->has_signature)
		value_format(v, "%08" PRIx32, known_of(r)->signature);
}

static void known_guid(const struct row *r, struct value *v)
{
	value_guid(v, &known_of(r)->guid);
}

static void known_capacity(const struct row *r, struct value *v)
{
	if (known_of(r)->capacity != 0)
		value_integer(v, known_of(r)->capacity);
}

static void known_number(const struct row *r, struct value *v)
{
	if (known_of(r)->has_number)
		value_integer(v, known_of(r)->number);
}

static void known_partitions(const struct row *r, struct value *v)
{
	value_kept_partitions(v, r, &known_of(r)->partitions);
}

static void known_volume_at(const struct row *r, size_t i, struct value *v)
{
	value_object(v, r, &volume_table,
		     &r->model->known_volumes[known_of(r)->first_volume + i],
		     i);
}

static void known_volumes(const struct row *r, struct value *v)
{
	value_array(v, r, known_of(r)->n_volumes, known_volume_at);
}

static void known_record_at(const struct row *r, size_t i, struct value *v)
{
	value_string(v, place_name(known_of(r)->records[i]->place));
}

static void known_records(const struct row *r, struct value *v)
{
	value_array(v, r, known_of(r)->n_records, known_record_at);
}

static void known_first_installed(const struct row *r, struct value *v)
{
	value_time(v, known_of(r)->times.first_installed);
}

static void known_installed(const struct row *r, struct value *v)
{
	value_time(v, known_of(r)->times.installed);
}

static void known_last_arrival(const struct row *r, struct value *v)
{
	value_time(v, known_of(r)->times.last_arrival);
}

static void known_last_removal(const struct row *r, struct value *v)
{
	value_time(v, known_of(r)->times.last_removal);
}

static void known_last_present(const struct row *r, struct value *v)
{
	value_time(v, known_of(r)->times.last_present);
}

static void known_layout_written(const struct row *r, struct value *v)
{
	value_time(v, known_of(r)->layout_written);
}

static void known_interface_written(const struct row *r, struct value *v)
{
	value_time(v, known_of(r)->interface_written);
}

static void known_last_written(const struct row *r, struct value *v)
{
	value_time(v, known_of(r)->last_written);
}

static void known_disk(const struct row *r, struct value *v)
{
	value_id(v, "disk", known_of(r)->disk);
}

static void known_certainty(const struct row *r, struct value *v)
{
	if (known_of(r)->has_certainty)
		value_string(v, certainty_name(known_of(r)->certainty));
}

static void known_alike_at(const struct row *r, size_t i, struct value *v)
{
	value_id(v, "known", known_of(r)->alike[i]);
}

static void known_alike(const struct row *r, struct value *v)
{
	value_array(v, r, known_of(r)->n_alike, known_alike_at);
}

static void known_cite_at(const struct row *r, size_t i, struct value *v)
{
	value_cite(v, r, &known_of(r)->cites, NULL, i);
}

static void known_present(const struct row *r, struct value *v)
{
	value_string(v, states_name(known_of(r)->states));
}

/* Of a hive that is lost: its records are whole, but nobody knows if they still
 * were there.  */
static void known_recovered(const struct row *r, struct value *v)
{
	static const struct lost_name in_log = {
		.place = SCAN_LOG_PAGE, .data = SCAN_INTACT,
	};
	const struct machine_known_disk *k = known_of(r);

	if (known_disk_is_of_log(r->model, k))
		value_recovered(v, r, &in_log);
}

static void known_cites(const struct row *r, struct value *v)
{
	value_array(v, r, known_of(r)->cites.n, known_cite_at);
}

/* The devices that it was to Windows.  */

static const struct device_record *device_of(const struct row *r)
{
	return r->record;
}

static void device_instance(const struct row *r, struct value *v)
{
	value_text(v, device_of(r)->instance);
}

static void device_revision(const struct row *r, struct value *v)
{
	value_word(v, device_of(r)->revision);
}

static void device_container(const struct row *r, struct value *v)
{
	value_guid(v, &device_of(r)->container);
}

static void device_disk_id(const struct row *r, struct value *v)
{
	value_guid(v, &device_of(r)->disk_id);
}

static void device_cite_at(const struct row *r, size_t i, struct value *v)
{
	value_cite(v, r, &device_of(r)->cites, NULL, i);
}

static void device_cites(const struct row *r, struct value *v)
{
	value_array(v, r, device_of(r)->cites.n, device_cite_at);
}

static const struct column device_columns[] = {
	{ "instance", VALUE_TEXT, device_instance },
	{ "revision", VALUE_TEXT, device_revision },
	{ "containerId", VALUE_STRING, device_container },
	{ "diskId", VALUE_STRING, device_disk_id },
	{ "citations", VALUE_ARRAY, device_cites },
};
static const struct table device_table = {
	device_columns, ARRAY_LENGTH(device_columns)
};

static void known_instance_at(const struct row *r, size_t i, struct value *v)
{
	value_object(v, r, &device_table, known_of(r)->instances[i], i);
}

static void known_instances(const struct row *r, struct value *v)
{
	value_array(v, r, known_of(r)->n_instances, known_instance_at);
}

static const struct column known_columns[] = {
	{ "id", VALUE_STRING, known_id },
	{ "installation", VALUE_STRING, known_installation },
	{ "instance", VALUE_TEXT, known_instance },
	{ "instances", VALUE_ARRAY, known_instances },
	{ "present", VALUE_STRING, known_present },
	{ "recovered", VALUE_OBJECT, known_recovered },
	{ "records", VALUE_ARRAY, known_records },
	{ "bus", VALUE_TEXT, known_bus },
	{ "vendor", VALUE_TEXT, known_vendor },
	{ "product", VALUE_TEXT, known_product },
	{ "revision", VALUE_TEXT, known_revision },
	{ "model", VALUE_TEXT, known_model },
	{ "serial", VALUE_TEXT, known_serial },
	{ "location", VALUE_TEXT, known_location },
	{ "parent", VALUE_TEXT, known_parent },
	{ "containerId", VALUE_STRING, known_container },
	{ "diskId", VALUE_STRING, known_disk_id },
	{ "diskIdTime", VALUE_OBJECT, known_disk_id_time },
	{ "number", VALUE_INTEGER, known_number },
	{ "capacity", VALUE_INTEGER, known_capacity },
	{ "scheme", VALUE_STRING, known_scheme },
	{ "signature", VALUE_STRING, known_signature },
	{ "guid", VALUE_STRING, known_guid },
	{ "attributes", VALUE_INTEGER, known_attributes },
	{ "attributesTable", VALUE_BYTES, known_attributes_table },
	{ "partitions", VALUE_ARRAY, known_partitions },
	{ "volumes", VALUE_ARRAY, known_volumes },
	{ "firstInstalled", VALUE_STRING, known_first_installed },
	{ "installed", VALUE_STRING, known_installed },
	{ "lastArrival", VALUE_STRING, known_last_arrival },
	{ "lastRemoval", VALUE_STRING, known_last_removal },
	{ "lastPresent", VALUE_STRING, known_last_present },
	{ "layoutWritten", VALUE_STRING, known_layout_written },
	{ "interfaceWritten", VALUE_STRING, known_interface_written },
	{ "lastWritten", VALUE_STRING, known_last_written },
	{ "disk", VALUE_STRING, known_disk },
	{ "certainty", VALUE_STRING, known_certainty },
	{ "alike", VALUE_ARRAY, known_alike },
	{ "citations", VALUE_ARRAY, known_cites },
};

static size_t known_count(const struct model *m)
{
	return m->n_known_disks;
}

static const void *known_at(const struct model *m, size_t i)
{
	return &m->known_disks[i];
}

const struct record_kind known_disk_kind = {
	"knownDisks", "knownDisk",
	{ known_columns, ARRAY_LENGTH(known_columns) }, known_count, known_at
};
