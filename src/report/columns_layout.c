/*
 * columns_layout.c - the partitions of a table that Windows kept
 */
#include <inttypes.h>

#include "format/partition_type.h"
#include "report/shared.h"

/* A slot, decoded when it is asked for.  */
struct slot {
	const struct drive_layout *layout;
	struct drive_layout_partition entry;
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
	value_object(v, r, &slot_table, s, i);
}

void value_kept_partitions(struct value *v, const struct row *r,
			   const struct kept_partitions *p)
{
	struct row row = *r;

	row.record = p;
	value_array(v, &row, p->n, slot_at);
}
