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

static void shadow_is_read(const struct row *r, struct value *v)
{
	value_bool(v, shadow_of(r)->is_read);
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
	{ "read", VALUE_BOOL, shadow_is_read },
	{ "store", VALUE_OBJECT, shadow_store },
	{ "volumeIdentifier", VALUE_STRING, shadow_volume_identifier },
	{ "storageIdentifier", VALUE_STRING, shadow_storage_identifier },
	{ "context", VALUE_STRING, shadow_context },
	{ "attributes", VALUE_ARRAY, shadow_attributes },
	{ "machine", VALUE_TEXT, shadow_machine },
	{ "serviceMachine", VALUE_TEXT, shadow_service_machine },
	{ "citations", VALUE_ARRAY, shadow_cites },
};

/* What was mounted in it */

static const struct machine_former_mount *mount_of(const struct row *r)
{
	return r->record;
}

static bool is_directory(const struct row *r)
{
	return mount_of(r)->mount->kind == MOUNT_DIRECTORY;
}

static void mount_shadow(const struct row *r, struct value *v)
{
	value_id(v, "shadow", mount_of(r)->shadow_copy);
}

static void mount_time(const struct row *r, struct value *v)
{
	size_t i = mount_of(r)->shadow_copy;

	value_time(v, r->model->shadow_copies[i].copy->entry.created);
}

static void mount_installation(const struct row *r, struct value *v)
{
	value_id(v, "windows", mount_of(r)->installation);
}

static void mount_names(const struct row *r, struct value *v)
{
	if (mount_of(r)->mount->installation != NONE)
		value_string(v, mount_of(r)->live_names ? "live" : "copy");
}

static void mount_kind_text(const struct row *r, struct value *v)
{
	value_string(v, is_directory(r) ? "directory" : "drive-root");
}

static void mount_state(const struct row *r, struct value *v)
{
	value_string(v, mount_of(r)->mount->deleted ? "deleted" : "present");
}

static void mount_host_volume(const struct row *r, struct value *v)
{
	if (is_directory(r))
		value_id(v, "volume", mount_of(r)->mount->host_volume);
}

static void mount_path(const struct row *r, struct value *v)
{
	value_text(v, mount_of(r)->mount->path);
}

static void mount_directory(const struct row *r, struct value *v)
{
	value_text(v, mount_of(r)->mount->directory);
}

static void mount_target(const struct row *r, struct value *v)
{
	value_text(v, mount_of(r)->mount->target);
}

static void mount_volume(const struct row *r, struct value *v)
{
	value_volume(v, &mount_of(r)->mount->resolution);
}

static void mount_tier(const struct row *r, struct value *v)
{
	value_tier(v, &mount_of(r)->mount->resolution);
}

static void mount_certainty(const struct row *r, struct value *v)
{
	value_certainty(v, &mount_of(r)->mount->resolution);
}

static void mount_known_disk(const struct row *r, struct value *v)
{
	value_known_disk(v, &mount_of(r)->mount->resolution);
}

static void mount_known_disk_at(const struct row *r, size_t i, struct value *v)
{
	value_known_disk_at(v, &mount_of(r)->mount->resolution, i);
}

static void mount_known_disks(const struct row *r, struct value *v)
{
	value_array(v, r, mount_of(r)->mount->resolution.n_known_disks,
		    mount_known_disk_at);
}

static void mount_created(const struct row *r, struct value *v)
{
	if (mount_of(r)->point != NULL)
		value_time(v, mount_of(r)->point->times.created);
}

static void mount_changed(const struct row *r, struct value *v)
{
	if (mount_of(r)->point != NULL)
		value_time(v, mount_of(r)->point->times.record_changed);
}

static void mount_change(const struct row *r, struct value *v)
{
	value_string(v, name_change_name(mount_of(r)->change));
}

static void mount_cite_at(const struct row *r, size_t i, struct value *v)
{
	value_cite(v, r, &mount_of(r)->mount->cites,
		   &mount_of(r)->mount->resolution.cites, i);
}

static void mount_cites(const struct row *r, struct value *v)
{
	value_array(v, r, cites_count(&mount_of(r)->mount->cites,
				      &mount_of(r)->mount->resolution.cites),
		    mount_cite_at);
}

static const struct column mount_columns[] = {
	{ "shadowCopy", VALUE_STRING, mount_shadow },
	{ "time", VALUE_STRING, mount_time },
	{ "installation", VALUE_STRING, mount_installation },
	{ "kind", VALUE_STRING, mount_kind_text },
	{ "state", VALUE_STRING, mount_state },
	{ "hostVolume", VALUE_STRING, mount_host_volume },
	{ "path", VALUE_TEXT, mount_path },
	{ "directory", VALUE_TEXT, mount_directory },
	{ "target", VALUE_TEXT, mount_target },
	{ "change", VALUE_STRING, mount_change },
	{ "volume", VALUE_STRING, mount_volume },
	{ "tier", VALUE_STRING, mount_tier },
	{ "certainty", VALUE_STRING, mount_certainty },
	{ "names", VALUE_STRING, mount_names },
	{ "knownDisk", VALUE_STRING, mount_known_disk },
	{ "knownDisks", VALUE_ARRAY, mount_known_disks },
	{ "created", VALUE_STRING, mount_created },
	{ "recordChanged", VALUE_STRING, mount_changed },
	{ "citations", VALUE_ARRAY, mount_cites },
};

static size_t mount_count(const struct model *m)
{
	return m->n_former_mounts;
}

static const void *mount_at(const struct model *m, size_t i)
{
	return &m->former_mounts[i];
}

const struct record_kind mount_history_kind = {
	"mountHistory", "historicMount",
	{ mount_columns, ARRAY_LENGTH(mount_columns) },
	mount_count, mount_at
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
