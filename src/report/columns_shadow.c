/*
 * columns_shadow.c - the shadow copies of volumes
 */
#include "report/kinds.h"
#include "report/shared.h"

static const struct machine_shadow_copy *shadow_of(const struct row *r)
{
	return r->record;
}

/* Where the store of a copy lies */

static void store_volume(const struct row *r, struct value *v)
{
	value_id(v, "volume", shadow_of(r)->store_volume);
}

static void store_header(const struct row *r, struct value *v)
{
	value_integer(v, shadow_of(r)->store->entry.header);
}

static void store_block_list(const struct row *r, struct value *v)
{
	value_integer(v, shadow_of(r)->store->entry.block_list);
}

static void store_ranges(const struct row *r, struct value *v)
{
	value_integer(v, shadow_of(r)->store->entry.ranges);
}

static void store_bitmap(const struct row *r, struct value *v)
{
	value_integer(v, shadow_of(r)->store->entry.bitmap);
}

static void store_previous_bitmap(const struct row *r, struct value *v)
{
	if (shadow_of(r)->store->entry.previous_bitmap != 0)
		value_integer(v, shadow_of(r)->store->entry.previous_bitmap);
}

static void store_record(const struct row *r, struct value *v)
{
	value_integer(v, NTFS_RECORD(shadow_of(r)->store->entry.file));
}

static void store_sequence(const struct row *r, struct value *v)
{
	value_integer(v, NTFS_SEQUENCE(shadow_of(r)->store->entry.file));
}

static const struct column store_columns[] = {
	{ "volume", VALUE_STRING, store_volume },
	{ "header", VALUE_INTEGER, store_header },
	{ "blockList", VALUE_INTEGER, store_block_list },
	{ "ranges", VALUE_INTEGER, store_ranges },
	{ "bitmap", VALUE_INTEGER, store_bitmap },
	{ "previousBitmap", VALUE_INTEGER, store_previous_bitmap },
	{ "mftRecord", VALUE_INTEGER, store_record },
	{ "mftSequence", VALUE_INTEGER, store_sequence },
};
static const struct table store_table = {
	store_columns, ARRAY_LENGTH(store_columns)
};

/* The copy */

static void shadow_id(const struct row *r, struct value *v)
{
	value_id(v, "shadow", r->index);
}

static void shadow_volume(const struct row *r, struct value *v)
{
	value_id(v, "volume", shadow_of(r)->volume);
}

/* The store, where its header could be read; else NULL.  */
static const struct shadow_store *info_of(const struct row *r)
{
	const struct shadow_store *s = shadow_of(r)->store;

	return s != NULL && s->has_info ? s : NULL;
}

static void shadow_identifier(const struct row *r, struct value *v)
{
	if (info_of(r) != NULL)
		value_guid(v, &info_of(r)->copy);
}

static void shadow_set(const struct row *r, struct value *v)
{
	if (info_of(r) != NULL)
		value_guid(v, &info_of(r)->set);
}

static const struct guid *store_guid(const struct row *r)
{
	const struct machine_shadow_copy *s = shadow_of(r);

	return s->copy != NULL ? &s->copy->entry.store :
				 &s->store->entry.store;
}

static void shadow_store_identifier(const struct row *r, struct value *v)
{
	value_guid(v, store_guid(r));
}

static void shadow_guid_time(const struct row *r, struct value *v)
{
	value_guid_time(v, r, store_guid(r));
}

static void shadow_created(const struct row *r, struct value *v)
{
	if (shadow_of(r)->copy != NULL)
		value_time(v, shadow_of(r)->copy->entry.created);
}

static void shadow_size(const struct row *r, struct value *v)
{
	if (shadow_of(r)->copy != NULL)
		value_integer(v, shadow_of(r)->copy->entry.volume_bytes);
}

static void shadow_sequence(const struct row *r, struct value *v)
{
	if (shadow_of(r)->copy != NULL)
		value_integer(v, shadow_of(r)->copy->entry.sequence);
}

static void shadow_state(const struct row *r, struct value *v)
{
	value_string(v, shadow_state_name(shadow_of(r)->state));
}

static void shadow_store(const struct row *r, struct value *v)
{
	if (shadow_of(r)->store != NULL)
		value_object(v, r, &store_table, r->record, r->index);
}

static void shadow_volume_identifier(const struct row *r, struct value *v)
{
	if (shadow_of(r)->header != NULL)
		value_guid(v, &shadow_of(r)->header->volume);
}

static void shadow_storage_identifier(const struct row *r, struct value *v)
{
	if (shadow_of(r)->header != NULL)
		value_guid(v, &shadow_of(r)->header->storage);
}

static void shadow_context(const struct row *r, struct value *v)
{
	const struct shadow_store *s = info_of(r);
	const char *name = s != NULL ? vss_context_name(s->context) : NULL;

	if (name != NULL)
		value_string(v, name);
	else if (s != NULL)
		value_format(v, "0x%08x", (unsigned)s->context);
}

/* The set bit number @i of the attributes.  */
static unsigned bit_at(uint32_t attributes, size_t i)
{
	unsigned bit = 0;

	/* Ends: there are more set bits than @i.  */
	for (;; bit++)
		if ((attributes >> bit & 1) != 0 && i-- == 0)
			return bit;
}

static void shadow_attribute_at(const struct row *r, size_t i, struct value *v)
{
	unsigned bit = bit_at(info_of(r)->attributes, i);
	const char *name = vss_attribute_name(bit);

	if (name != NULL)
		value_string(v, name);
	else
		value_format(v, "bit %u", bit);
}

static void shadow_attributes(const struct row *r, struct value *v)
{
	size_t n = 0;

	if (info_of(r) == NULL)
		return;
	for (unsigned bit = 0; bit < 32; bit++)
		n += info_of(r)->attributes >> bit & 1;
	value_array(v, r, n, shadow_attribute_at);
}

static void shadow_machine(const struct row *r, struct value *v)
{
	if (info_of(r) != NULL)
		value_text(v, info_of(r)->machine);
}

static void shadow_service_machine(const struct row *r, struct value *v)
{
	if (info_of(r) != NULL)
		value_text(v, info_of(r)->service_machine);
}

static void shadow_cite_at(const struct row *r, size_t i, struct value *v)
{
	value_cite(v, r, &shadow_of(r)->cites, NULL, i);
}

static void shadow_cites(const struct row *r, struct value *v)
{
	value_array(v, r, shadow_of(r)->cites.n, shadow_cite_at);
}

static const struct column shadow_columns[] = {
	{ "id", VALUE_STRING, shadow_id },
	{ "volume", VALUE_STRING, shadow_volume },
	{ "identifier", VALUE_STRING, shadow_identifier },
	{ "setIdentifier", VALUE_STRING, shadow_set },
	{ "storeIdentifier", VALUE_STRING, shadow_store_identifier },
	{ "guidTime", VALUE_OBJECT, shadow_guid_time },
	{ "created", VALUE_STRING, shadow_created },
	{ "size", VALUE_INTEGER, shadow_size },
	{ "sequence", VALUE_INTEGER, shadow_sequence },
	{ "state", VALUE_STRING, shadow_state },
	{ "store", VALUE_OBJECT, shadow_store },
	{ "volumeIdentifier", VALUE_STRING, shadow_volume_identifier },
	{ "storageIdentifier", VALUE_STRING, shadow_storage_identifier },
	{ "context", VALUE_STRING, shadow_context },
	{ "attributes", VALUE_ARRAY, shadow_attributes },
	{ "machine", VALUE_TEXT, shadow_machine },
	{ "serviceMachine", VALUE_TEXT, shadow_service_machine },
	{ "citations", VALUE_ARRAY, shadow_cites },
};

static size_t shadow_count(const struct model *m)
{
	return m->n_shadow_copies;
}

static const void *shadow_at(const struct model *m, size_t i)
{
	return &m->shadow_copies[i];
}

const struct record_kind shadow_copy_kind = {
	"shadowCopies", "shadowCopy",
	{ shadow_columns, ARRAY_LENGTH(shadow_columns) },
	shadow_count, shadow_at
};
