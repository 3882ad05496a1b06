/*
 * columns_layout.c - the partitions of a table that Windows kept, and the slots
 * of one as Windows gives it
 */
#include <inttypes.h>

#include "format/gpt.h"
#include "format/mbr.h"
#include "format/partition_type.h"
#include "report/drive_layout_report.h"
#include "report/shared.h"

/* A slot, decoded when it is asked for.  */
struct slot {
	const struct drive_layout *layout;
	struct drive_layout_partition entry;
	const struct machine_disk *disk;	/* NULL: it is a kept one */
};

static const struct slot *slot_of(const struct row *r)
{
	return r->record;
}

static bool is_mbr(const struct row *r)
{
	return slot_of(r)->layout->scheme == DRIVE_LAYOUT_MBR;
}

static bool is_gpt(const struct row *r)
{
	return slot_of(r)->layout->scheme == DRIVE_LAYOUT_GPT;
}

static void slot_offset(const struct row *r, struct value *v)
{
	value_integer(v, slot_of(r)->entry.offset);
}

static void slot_length(const struct row *r, struct value *v)
{
	value_integer(v, slot_of(r)->entry.length);
}

static void slot_type(const struct row *r, struct value *v)
{
	char guid[GUID_TEXT_CHARS + 1];

	if (is_mbr(r))
		value_format(v, "%02x", slot_of(r)->entry.mbr_type);
	else if (is_gpt(r))
		value_format(v, "%s", guid_text(&slot_of(r)->entry.type, guid));
}

static void slot_type_name(const struct row *r, struct value *v)
{
	if (is_mbr(r))
		value_string(v, mbr_type_name(slot_of(r)->entry.mbr_type));
	else if (is_gpt(r))
		value_string(v, gpt_type_name(&slot_of(r)->entry.type));
}

static void slot_guid(const struct row *r, struct value *v)
{
	if (is_gpt(r))
		value_guid(v, &slot_of(r)->entry.id);
}

/* By the name that Windows 10 gives the volume.  */
static void slot_volume_name(const struct row *r, struct value *v)
{
	const struct slot *s = slot_of(r);
	struct guid g = s->entry.id;
	char text[GUID_TEXT_CHARS + 1];

	if (is_mbr(r))
		g = mbr_stable_guid(s->layout->signature, s->entry.offset);
	if ((is_mbr(r) && (s->layout->signature == 0 || s->entry.container)) ||
	    guid_is_zero(&g))
		return;
	value_format(v, "\\\\?\\Volume{%s}\\", guid_text(&g, text));
}

static void slot_name(const struct row *r, struct value *v)
{
	if (slot_of(r)->entry.name.n > 0)
		value_text(v, text_from_utf16(r->scratch,
					      slot_of(r)->entry.name));
}

static void slot_active(const struct row *r, struct value *v)
{
	if (is_mbr(r))
		value_bool(v, slot_of(r)->entry.active);
}

static void slot_container(const struct row *r, struct value *v)
{
	if (is_mbr(r))
		value_bool(v, slot_of(r)->entry.container);
}

static void slot_attributes(const struct row *r, struct value *v)
{
	if (is_gpt(r))
		value_format(v, "%016" PRIx64, slot_of(r)->entry.attributes);
}

static const struct column slot_columns[] = {
	{ "offset", VALUE_INTEGER, slot_offset },
	{ "length", VALUE_INTEGER, slot_length },
	{ "type", VALUE_STRING, slot_type },
	{ "typeName", VALUE_STRING, slot_type_name },
	{ "guid", VALUE_STRING, slot_guid },
	{ "name", VALUE_TEXT, slot_name },
	{ "active", VALUE_BOOL, slot_active },
	{ "container", VALUE_BOOL, slot_container },
	{ "attributes", VALUE_STRING, slot_attributes },
	{ "volumeName", VALUE_STRING, slot_volume_name },
};
static const struct table slot_table = {
	slot_columns, ARRAY_LENGTH(slot_columns)
};

static void slot_at(const struct row *r, size_t i, struct value *v)
{
	const struct kept_partitions *p = r->record;
	struct slot *s = arena_alloc(r->scratch, sizeof(*s));

	if (s == NULL || drive_layout_partition(p->layout, p->slots[i],
						&s->entry, NULL) < 0)
		return;
	s->layout = p->layout;
	s->disk = NULL;
	value_object(v, r, &slot_table, s, i);
}

void value_kept_partitions(struct value *v, const struct row *r,
			   const struct kept_partitions *p)
{
	struct row row = *r;

	row.record = p;
	value_array(v, &row, p->n, slot_at);
}

/* Slots, used or not */

static const struct table_slot *table_slot_of(const struct row *r)
{
	const struct disk *d = &slot_of(r)->disk->table;

	return r->index < d->n_slots ? &d->slots[r->index] : NULL;
}

static void slot_index(const struct row *r, struct value *v)
{
	value_integer(v, r->index);
}

static void slot_used(const struct row *r, struct value *v)
{
	value_bool(v, slot_of(r)->entry.used);
}

static void slot_partition(const struct row *r, struct value *v)
{
	const struct table_slot *s = table_slot_of(r);

	/* A disk without a table has a slot that is not in one.  */
	if (s != NULL && s->partition != SIZE_MAX)
		value_partition_id(v, r->model,
				   slot_of(r)->disk->first_partition +
				   s->partition);
}

static void slot_number(const struct row *r, struct value *v)
{
	value_integer(v, slot_of(r)->entry.number);
}

static void slot_hidden(const struct row *r, struct value *v)
{
	if (is_mbr(r))
		value_integer(v, slot_of(r)->entry.hidden_sectors);
}

static void slot_recognized(const struct row *r, struct value *v)
{
	if (is_mbr(r))
		value_bool(v, slot_of(r)->entry.recognized);
}

static void slot_partition_id(const struct row *r, struct value *v)
{
	value_guid(v, &slot_of(r)->entry.id);
}

static void slot_rewrite(const struct row *r, struct value *v)
{
	value_bool(v, slot_of(r)->entry.rewrite);
}

static void slot_service(const struct row *r, struct value *v)
{
	value_bool(v, slot_of(r)->entry.service);
}

/* The entry itself; of a disk without a table, what says that it has one
 * partition.  */
static void slot_cite_at(const struct row *r, size_t i, struct value *v)
{
	const struct machine_disk *d = slot_of(r)->disk;
	const struct table_slot *s = table_slot_of(r);
	struct cites *c = arena_alloc(r->scratch, sizeof(*c));

	if (c == NULL)
		return;
	if (s == NULL)
		*c = d->table.partitions[0].cites;
	else if (is_gpt(r))
		source_cite(d->table.source, s->at, GPT_MIN_ENTRY_BYTES,
			    "gpt entry", r->scratch, c);
	else
		source_cite(d->table.source, s->at, MBR_ENTRY_BYTES,
			    s->at < MBR_BYTES ? "mbr entry" : "ebr entry",
			    r->scratch, c);
	value_cite(v, r, c, NULL, i);
}

static void slot_cites(const struct row *r, struct value *v)
{
	value_array(v, r, 1, slot_cite_at);
}

static const struct column full_columns[] = {
	{ "slot", VALUE_INTEGER, slot_index },
	{ "used", VALUE_BOOL, slot_used },
	{ "partition", VALUE_STRING, slot_partition },
	{ "partitionNumber", VALUE_INTEGER, slot_number },
	{ "startingOffset", VALUE_INTEGER, slot_offset },
	{ "partitionLength", VALUE_INTEGER, slot_length },
	{ "rewritePartition", VALUE_BOOL, slot_rewrite },
	{ "isServicePartition", VALUE_BOOL, slot_service },
	{ "partitionType", VALUE_STRING, slot_type },
	{ "typeName", VALUE_STRING, slot_type_name },
	{ "bootIndicator", VALUE_BOOL, slot_active },
	{ "recognizedPartition", VALUE_BOOL, slot_recognized },
	{ "container", VALUE_BOOL, slot_container },
	{ "hiddenSectors", VALUE_INTEGER, slot_hidden },
	{ "partitionId", VALUE_STRING, slot_partition_id },
	{ "attributes", VALUE_STRING, slot_attributes },
	{ "name", VALUE_TEXT, slot_name },
	{ "citations", VALUE_ARRAY, slot_cites },
};
static const struct table full_table = {
	full_columns, ARRAY_LENGTH(full_columns)
};

static void full_slot_at(const struct row *r, size_t i, struct value *v)
{
	const struct disk_layout *l = r->record;
	struct slot *s = arena_alloc(r->scratch, sizeof(*s));

	if (s == NULL)
		return;
	s->layout = &l->layout;
	s->disk = &r->model->disks[l->disk];
	if (drive_layout_partition(&l->layout, i, &s->entry, NULL) == 0)
		value_object(v, r, &full_table, s, i);
}

void value_layout_slots(struct value *v, const struct row *r,
			const struct disk_layout *l)
{
	struct row row = *r;

	row.record = l;
	value_array(v, &row, l->layout.n_partitions, full_slot_at);
}
