/*
 * columns_volume.c - volumes
 */
#include "report/columns_pool.h"
#include "report/shared.h"

#include <inttypes.h>
#include <stdio.h>

#include "machine/device_number.h"
#include "report/kinds.h"

static const struct machine_volume *volume_of(const struct row *r)
{
	return r->record;
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
	value_partition_id(v, r->model, volume_of(r)->partition);
}

/* The disk of a part of a dynamic volume, as its group's database has it */

static const struct dynamic_extent *part_of(const struct row *r)
{
	return r->record;
}

static void part_name(const struct row *r, struct value *v)
{
	value_text(v, part_of(r)->disk_name);
}

static void part_guid(const struct row *r, struct value *v)
{
	if (!guid_is_zero(&part_of(r)->disk_guid))
		value_guid(v, &part_of(r)->disk_guid);
}

static void part_offset(const struct row *r, struct value *v)
{
	value_integer(v, part_of(r)->data_offset);
}

static const struct column part_columns[] = {
	{ "name", VALUE_TEXT, part_name },
	{ "guid", VALUE_STRING, part_guid },
	{ "dataOffset", VALUE_INTEGER, part_offset },
};
static const struct table part_table = {
	part_columns, ARRAY_LENGTH(part_columns)
};

void value_dynamic_disk(struct value *v, const struct row *r,
			const struct dynamic_extent *e)
{
	if (e != NULL)
		value_object(v, r, &part_table, e, 0);
}

/* Extents */

static struct extent extent_of(const struct row *r)
{
	return volume_extent_at(r->record, r->index);
}

void volume_extent_disk(const struct row *r, struct value *v)
{
	value_id(v, "disk", extent_of(r).disk);
}

void volume_extent_offset(const struct row *r, struct value *v)
{
	if (extent_of(r).disk != NONE)
		value_integer(v, extent_of(r).offset);
}

void volume_extent_length(const struct row *r, struct value *v)
{
	value_integer(v, extent_of(r).length);
}

void volume_extent_dynamic_disk(const struct row *r, struct value *v)
{
	value_dynamic_disk(v, r, volume_dynamic_extent_at(r->record, r->index));
}

static const struct column extent_columns[] = {
	{ "disk", VALUE_STRING, volume_extent_disk },
	{ "offset", VALUE_INTEGER, volume_extent_offset },
	{ "length", VALUE_INTEGER, volume_extent_length },
	{ "dynamicDisk", VALUE_OBJECT, volume_extent_dynamic_disk },
};
static const struct table extent_table = {
	extent_columns, ARRAY_LENGTH(extent_columns)
};

static void extent_at(const struct row *r, size_t i, struct value *v)
{
	value_object(v, r, &extent_table, volume_of(r), i);
}

/* Of a dynamic volume */

static const struct dynamic_volume *dynamic_of(const struct row *r)
{
	return r->record;
}

static void dynamic_name(const struct row *r, struct value *v)
{
	value_text(v, dynamic_of(r)->name);
}

static void dynamic_guid(const struct row *r, struct value *v)
{
	value_guid(v, &dynamic_of(r)->guid);
}

static void dynamic_group_name(const struct row *r, struct value *v)
{
	value_text(v, dynamic_of(r)->group_name);
}

static void dynamic_group(const struct row *r, struct value *v)
{
	value_guid(v, &dynamic_of(r)->group);
}

static void dynamic_layout_text(const struct row *r, struct value *v)
{
	value_string(v, dynamic_layout_name(dynamic_of(r)->layout));
}

static void dynamic_state_text(const struct row *r, struct value *v)
{
	value_string(v, dynamic_state_name(dynamic_of(r)->state));
}

static void dynamic_hint(const struct row *r, struct value *v)
{
	if (dynamic_of(r)->hint != 0)
		value_format(v, "%c:", dynamic_of(r)->hint);
}

static void dynamic_size(const struct row *r, struct value *v)
{
	value_integer(v, dynamic_of(r)->size);
}

static void dynamic_parts(const struct row *r, struct value *v)
{
	value_integer(v, dynamic_of(r)->n_extents);
}

static void dynamic_missing(const struct row *r, struct value *v)
{
	const struct dynamic_volume *d = dynamic_of(r);
	uint64_t n = 0;

	for (size_t i = 0; i < d->n_extents; i++)
		n += d->extents[i].disk == SIZE_MAX;
	value_integer(v, n);
}

static const struct column dynamic_columns[] = {
	{ "name", VALUE_TEXT, dynamic_name },
	{ "guid", VALUE_STRING, dynamic_guid },
	{ "groupName", VALUE_TEXT, dynamic_group_name },
	{ "group", VALUE_STRING, dynamic_group },
	{ "layout", VALUE_STRING, dynamic_layout_text },
	{ "state", VALUE_STRING, dynamic_state_text },
	{ "letterHint", VALUE_STRING, dynamic_hint },
	{ "size", VALUE_INTEGER, dynamic_size },
	{ "parts", VALUE_INTEGER, dynamic_parts },
	{ "missingParts", VALUE_INTEGER, dynamic_missing },
};
static const struct table dynamic_table = {
	dynamic_columns, ARRAY_LENGTH(dynamic_columns)
};

static void volume_dynamic(const struct row *r, struct value *v)
{
	if (volume_of(r)->dynamic != NULL)
		value_object(v, r, &dynamic_table, volume_of(r)->dynamic, 0);
}

static void volume_extents(const struct row *r, struct value *v)
{
	value_array(v, r, volume_extent_count(volume_of(r)), extent_at);
}

static void volume_file_system(const struct row *r, struct value *v)
{
	value_string(v, volume_of(r)->identity.name);
}

static void volume_label(const struct row *r, struct value *v)
{
	value_text(v, volume_of(r)->identity.label);
}

const char *volume_serial_text(const struct volume_identity *v,
			       char buf[VOLUME_SERIAL_BYTES])
{
	snprintf(buf, VOLUME_SERIAL_BYTES, "%04X-%04X",
		 (unsigned)(v->serial >> 16), (unsigned)(v->serial & 0xffff));
	return buf;
}

static void volume_serial(const struct row *r, struct value *v)
{
	const struct volume_identity *id = &volume_of(r)->identity;

	if (id->has_serial)
		value_string(v, volume_serial_text(id, v->buf));
}

static void volume_serial64(const struct row *r, struct value *v)
{
	if (volume_of(r)->identity.has_serial64)
		value_format(v, "%016" PRIx64, volume_of(r)->identity.serial64);
}

static void volume_cluster_size(const struct row *r, struct value *v)
{
	if (volume_of(r)->identity.cluster_size != 0)
		value_integer(v, volume_of(r)->identity.cluster_size);
}

static void volume_capacity(const struct row *r, struct value *v)
{
	if (volume_of(r)->identity.capacity != 0)
		value_integer(v, volume_of(r)->identity.capacity);
}

static void volume_ntfs_version(const struct row *r, struct value *v)
{
	const struct ntfs_info *n = &volume_of(r)->ntfs;

	if (volume_of(r)->is_ntfs && n->version_major != 0)
		value_format(v, "%u.%u", n->version_major, n->version_minor);
}

static void volume_refs_version(const struct row *r, struct value *v)
{
	const struct volume_identity *id = &volume_of(r)->identity;

	if (id->has_version)
		value_format(v, "%u.%u", id->major, id->minor);
}

static void volume_udf_revision(const struct row *r, struct value *v)
{
	const unsigned revision = volume_of(r)->identity.udf_revision;

	if (revision != 0)
		value_format(v, "%x.%02x", revision >> 8, revision & 0xff);
}

static void volume_dirty(const struct row *r, struct value *v)
{
	if (volume_of(r)->is_ntfs)
		value_bool(v, volume_of(r)->ntfs.dirty);
	else if (volume_of(r)->identity.has_dirty)
		value_bool(v, volume_of(r)->identity.dirty);
}

static void volume_from_backup(const struct row *r, struct value *v)
{
	value_bool(v, volume_of(r)->identity.from_backup);
}

static void volume_recovered(const struct row *r, struct value *v)
{
	value_string(v, volume_of(r)->provenance);
}

static void volume_scan(const struct row *r, struct value *v)
{
	const struct machine_volume *vol = volume_of(r);

	if (vol->index_read && vol->swept)
		value_string(v, "index+full");
	else if (vol->index_read || vol->swept)
		value_string(v, vol->swept ? "full" : "index");
}

static void volume_bitlocker(const struct row *r, struct value *v)
{
	value_bitlocker(v, r, volume_of(r));
}

static void volume_quota(const struct row *r, struct value *v)
{
	value_quota(v, r, volume_of(r));
}

static const struct offline_volume *offline_of(const struct row *r)
{
	return r->record;
}

static void offline_installation(const struct row *r, struct value *v)
{
	value_id(v, "windows", offline_of(r)->installation);
}

static void offline_name(const struct row *r, struct value *v)
{
	value_text(v, offline_of(r)->name);
}

static void offline_cite(const struct row *r, size_t i, struct value *v)
{
	value_cite(v, r, &offline_of(r)->cites, NULL, i);
}

static void offline_cites(const struct row *r, struct value *v)
{
	value_array(v, r, cites_count(&offline_of(r)->cites, NULL),
		    offline_cite);
}

static const struct column offline_columns[] = {
	{ "installation", VALUE_STRING, offline_installation },
	{ "name", VALUE_TEXT, offline_name },
	{ "citations", VALUE_ARRAY, offline_cites },
};
static const struct table offline_table = {
	offline_columns, ARRAY_LENGTH(offline_columns)
};

static void offline_at(const struct row *r, size_t i, struct value *v)
{
	value_object(v, r, &offline_table, &volume_of(r)->offline[i], i);
}

static void volume_offline(const struct row *r, struct value *v)
{
	value_array(v, r, volume_of(r)->n_offline, offline_at);
}

static void volume_name_at(const struct row *r, size_t i, struct value *v)
{
	char guid[GUID_TEXT_CHARS + 1];

	value_format(v, "\\\\?\\Volume{%s}\\",
		     guid_text(&volume_of(r)->names[i], guid));
}

static void volume_names(const struct row *r, struct value *v)
{
	value_array(v, r, volume_of(r)->n_names, volume_name_at);
}

static void access_installation(const struct row *r, struct value *v)
{
	value_id(v, "windows",
		 ((const struct access_path *)r->record)->installation);
}

static void access_path_text(const struct row *r, struct value *v)
{
	value_text(v, ((const struct access_path *)r->record)->path);
}

static const struct column access_columns[] = {
	{ "installation", VALUE_STRING, access_installation },
	{ "path", VALUE_TEXT, access_path_text },
};
static const struct table access_table = {
	access_columns, ARRAY_LENGTH(access_columns)
};

static void access_at(const struct row *r, size_t i, struct value *v)
{
	value_object(v, r, &access_table, &volume_of(r)->paths[i], i);
}

static void volume_access_paths(const struct row *r, struct value *v)
{
	value_array(v, r, volume_of(r)->n_paths, access_at);
}

void value_volume_names(struct value *v, const struct row *r,
			const struct machine_volume *volume)
{
	struct row row = *r;

	row.record = volume;
	volume_names(&row, v);
}

void value_access_paths(struct value *v, const struct row *r,
			const struct machine_volume *volume)
{
	struct row row = *r;

	row.record = volume;
	volume_access_paths(&row, v);
}

/* The records that put a dynamic volume together; NULL of another.  */
static const struct cites *dynamic_cites(const struct row *r)
{
	const struct dynamic_volume *d = volume_of(r)->dynamic;

	return d != NULL ? &d->cites : NULL;
}

static void volume_cite_at(const struct row *r, size_t i, struct value *v)
{
	value_cite(v, r, &volume_of(r)->identity.cites, dynamic_cites(r), i);
}

static void volume_cites(const struct row *r, struct value *v)
{
	value_array(v, r, cites_count(&volume_of(r)->identity.cites,
				      dynamic_cites(r)), volume_cite_at);
}

static const struct column volume_columns[] = {
	{ "id", VALUE_STRING, volume_id },
	{ "kind", VALUE_STRING, volume_kind_text },
	{ "partition", VALUE_STRING, volume_partition },
	{ "extents", VALUE_ARRAY, volume_extents },
	{ "dynamic", VALUE_OBJECT, volume_dynamic },
	{ "pool", VALUE_OBJECT, volume_pool },
	{ "fileSystem", VALUE_STRING, volume_file_system },
	{ "label", VALUE_TEXT, volume_label },
	{ "serial", VALUE_STRING, volume_serial },
	{ "serial64", VALUE_STRING, volume_serial64 },
	{ "clusterSize", VALUE_INTEGER, volume_cluster_size },
	{ "capacity", VALUE_INTEGER, volume_capacity },
	{ "ntfsVersion", VALUE_STRING, volume_ntfs_version },
	{ "refsVersion", VALUE_STRING, volume_refs_version },
	{ "udfRevision", VALUE_STRING, volume_udf_revision },
	{ "dirty", VALUE_BOOL, volume_dirty },
	{ "fromBackup", VALUE_BOOL, volume_from_backup },
	{ "recovered", VALUE_STRING, volume_recovered },
	{ "scan", VALUE_STRING, volume_scan },
	{ "bitlocker", VALUE_OBJECT, volume_bitlocker },
	{ "quota", VALUE_OBJECT, volume_quota },
	{ "volumeNames", VALUE_ARRAY, volume_names },
	{ "accessPaths", VALUE_ARRAY, volume_access_paths },
	{ "offline", VALUE_ARRAY, volume_offline },
	{ "citations", VALUE_ARRAY, volume_cites },
};

static size_t volume_count(const struct model *m)
{
	return m->n_volumes;
}

static const void *volume_at(const struct model *m, size_t i)
{
	return &m->volumes[i];
}

const struct record_kind volume_kind = {
	"volumes", "volume", { volume_columns, ARRAY_LENGTH(volume_columns) },
	volume_count, volume_at
};
