/*
 * columns_disk_event.c - when disks came and went
 */
#include <inttypes.h>

#include "mountmgr/partition_events.h"
#include "report/kinds.h"
#include "report/shared.h"

static const struct machine_disk_event *record_of(const struct row *r)
{
	return r->record;
}

static const struct partition_event *event_of(const struct row *r)
{
	return record_of(r)->event;
}

/* A boot sector; its row has the event, and which of its sectors it is.  */
static const struct partition_event_vbr *vbr_of(const struct row *r)
{
	return &event_of(r)->vbr[r->index];
}

static void vbr_index(const struct row *r, struct value *v)
{
	value_integer(v, r->index);
}

static void vbr_file_system(const struct row *r, struct value *v)
{
	value_string(v, vbr_of(r)->name);
}

static void vbr_serial(const struct row *r, struct value *v)
{
	const struct volume_identity id = {
		.has_serial = vbr_of(r)->has_serial,
		.serial = vbr_of(r)->serial,
	};

	if (id.has_serial)
		value_string(v, volume_serial_text(&id, v->buf));
}

static void vbr_serial64(const struct row *r, struct value *v)
{
	if (vbr_of(r)->has_serial64)
		value_format(v, "%016" PRIx64, vbr_of(r)->serial64);
}

static const struct column vbr_columns[] = {
	{ "index", VALUE_INTEGER, vbr_index },
	{ "fileSystem", VALUE_STRING, vbr_file_system },
	{ "serial", VALUE_STRING, vbr_serial },
	{ "serial64", VALUE_STRING, vbr_serial64 },
};
static const struct table vbr_table = {
	vbr_columns, ARRAY_LENGTH(vbr_columns)
};

/* Events */

static void event_installation(const struct row *r, struct value *v)
{
	value_id(v, "windows", record_of(r)->installation);
}

static void event_record_id(const struct row *r, struct value *v)
{
	value_integer(v, event_of(r)->record);
}

static void event_time(const struct row *r, struct value *v)
{
	value_time(v, event_of(r)->time);
}

static void event_change(const struct row *r, struct value *v)
{
	if (event_of(r)->has_capacity)
		value_string(v, event_of(r)->capacity > 0 ? "arrival" :
			     "removal");
}

static void event_computer(const struct row *r, struct value *v)
{
	value_text(v, event_of(r)->computer);
}

static void event_number(const struct row *r, struct value *v)
{
	if (event_of(r)->has_number)
		value_integer(v, event_of(r)->number);
}

static void event_disk(const struct row *r, struct value *v)
{
	value_id(v, "disk", record_of(r)->disk);
}

static void event_known_disk(const struct row *r, struct value *v)
{
	value_id(v, "known", record_of(r)->known_disk);
}

static void event_known_certainty(const struct row *r, struct value *v)
{
	const struct machine_disk_event *e = record_of(r);

	if (e->known_disk != NONE)
		value_string(v, certainty_name(e->inferred ?
					       CERTAINTY_INFERRED :
					       CERTAINTY_SINGLE));
}

static void event_capacity(const struct row *r, struct value *v)
{
	if (event_of(r)->has_capacity)
		value_integer(v, event_of(r)->capacity);
}

static void event_bus(const struct row *r, struct value *v)
{
	const char *name = partition_event_bus_name(event_of(r)->bus);

	if (!event_of(r)->has_bus)
		return;
	if (name != NULL)
		value_string(v, name);
	else
		value_format(v, "%" PRIu32, event_of(r)->bus);
}

static void event_removable(const struct row *r, struct value *v)
{
	if (event_of(r)->has_characteristics)
		value_bool(v, (event_of(r)->characteristics &
			       EVENT_REMOVABLE_MEDIA) != 0);
}

static void event_physical_sector(const struct row *r, struct value *v)
{
	if (event_of(r)->has_physical_sector)
		value_integer(v, event_of(r)->physical_sector);
}

static void event_manufacturer(const struct row *r, struct value *v)
{
	value_text(v, event_of(r)->manufacturer);
}

static void event_model(const struct row *r, struct value *v)
{
	value_text(v, event_of(r)->model);
}

static void event_revision(const struct row *r, struct value *v)
{
	value_text(v, event_of(r)->revision);
}

static void event_serial(const struct row *r, struct value *v)
{
	value_text(v, event_of(r)->serial);
}

static void event_location(const struct row *r, struct value *v)
{
	value_text(v, event_of(r)->location);
}

static void event_parent_id(const struct row *r, struct value *v)
{
	value_text(v, event_of(r)->parent);
}

static void event_disk_id(const struct row *r, struct value *v)
{
	value_guid(v, &event_of(r)->disk_id);
}

static void event_adapter_id(const struct row *r, struct value *v)
{
	value_guid(v, &event_of(r)->adapter_id);
}

static void event_registry_id(const struct row *r, struct value *v)
{
	value_guid(v, &event_of(r)->registry_id);
}

static void event_scheme(const struct row *r, struct value *v)
{
	if (event_of(r)->has_layout)
		value_string(v, drive_layout_scheme_name(
			event_of(r)->layout.scheme));
}

static void event_signature(const struct row *r, struct value *v)
{
	if (event_of(r)->has_signature)
		value_format(v, "%08" PRIx32, event_of(r)->signature);
}

static void event_guid(const struct row *r, struct value *v)
{
	if (event_of(r)->has_layout)
		value_guid(v, &event_of(r)->layout.guid);
}

static void event_partitions(const struct row *r, struct value *v)
{
	value_kept_partitions(v, r, &record_of(r)->partitions);
}

static void event_vbr_at(const struct row *r, size_t i, struct value *v)
{
	for (size_t k = 0; k < PARTITION_EVENT_VBRS; k++) {
		if (!event_of(r)->vbr[k].there || i-- > 0)
			continue;
		value_object(v, r, &vbr_table, r->record, k);
		return;
	}
}

static void event_vbrs(const struct row *r, struct value *v)
{
	size_t n = 0;

	for (size_t k = 0; k < PARTITION_EVENT_VBRS; k++)
		n += event_of(r)->vbr[k].there;
	value_array(v, r, n, event_vbr_at);
}

static void event_remnant(const struct row *r, struct value *v)
{
	value_bool(v, event_of(r)->remnant);
}

static void event_damaged(const struct row *r, struct value *v)
{
	value_bool(v, event_of(r)->damaged);
}

static void event_cite_at(const struct row *r, size_t i, struct value *v)
{
	value_cite(v, r, &event_of(r)->cites, NULL, i);
}

static void event_cites(const struct row *r, struct value *v)
{
	value_array(v, r, event_of(r)->cites.n, event_cite_at);
}

static const struct column event_columns[] = {
	{ "installation", VALUE_STRING, event_installation },
	{ "recordId", VALUE_INTEGER, event_record_id },
	{ "time", VALUE_STRING, event_time },
	{ "change", VALUE_STRING, event_change },
	{ "computerName", VALUE_TEXT, event_computer },
	{ "diskNumber", VALUE_INTEGER, event_number },
	{ "disk", VALUE_STRING, event_disk },
	{ "knownDisk", VALUE_STRING, event_known_disk },
	{ "knownDiskCertainty", VALUE_STRING, event_known_certainty },
	{ "capacity", VALUE_INTEGER, event_capacity },
	{ "busType", VALUE_STRING, event_bus },
	{ "removableMedia", VALUE_BOOL, event_removable },
	{ "bytesPerPhysicalSector", VALUE_INTEGER, event_physical_sector },
	{ "manufacturer", VALUE_TEXT, event_manufacturer },
	{ "model", VALUE_TEXT, event_model },
	{ "revision", VALUE_TEXT, event_revision },
	{ "serial", VALUE_TEXT, event_serial },
	{ "location", VALUE_TEXT, event_location },
	{ "parentId", VALUE_TEXT, event_parent_id },
	{ "diskId", VALUE_STRING, event_disk_id },
	{ "adapterId", VALUE_STRING, event_adapter_id },
	{ "registryId", VALUE_STRING, event_registry_id },
	{ "scheme", VALUE_STRING, event_scheme },
	{ "signature", VALUE_STRING, event_signature },
	{ "guid", VALUE_STRING, event_guid },
	{ "partitions", VALUE_ARRAY, event_partitions },
	{ "bootSectors", VALUE_ARRAY, event_vbrs },
	{ "remnant", VALUE_BOOL, event_remnant },
	{ "damaged", VALUE_BOOL, event_damaged },
	{ "citations", VALUE_ARRAY, event_cites },
};

static size_t event_count(const struct model *m)
{
	return m->n_disk_events;
}

static const void *event_at(const struct model *m, size_t i)
{
	return &m->disk_events[i];
}

const struct record_kind disk_event_kind = {
	"diskEvents", "diskEvent",
	{ event_columns, ARRAY_LENGTH(event_columns) },
	event_count, event_at
};
