/*
 * columns_recovered.c - places on disks that no table leads to
 */
#include "report/kinds.h"
#include "report/shared.h"

static const struct machine_recovered *recovered_of(const struct row *r)
{
	return r->record;
}

const char *recovered_doubt_name(const struct machine_recovered *x)
{
	static const char *const names[] = {
		[LOST_CLEAR] = NULL, [LOST_INSIDE] = "inside",
		[LOST_REPLACED] = "replaced", [LOST_COPY] = "copy",
		[LOST_OVERLAPS] = "overlaps",
	};

	if (x->table_volume != NONE)
		return "overlaps";
	if (x->found.doubt == LOST_CLEAR && !x->found.has_files)
		return "files-missing";
	return names[x->found.doubt];
}

static const char *file_system_name(enum fs_kind k)
{
	static const char *const names[] = {
		[FS_NTFS] = "NTFS", [FS_FAT12] = "FAT12", [FS_FAT16] = "FAT16",
		[FS_FAT32] = "FAT32", [FS_EXFAT] = "exFAT", [FS_REFS] = "ReFS",
		[FS_BITLOCKER] = "BitLocker",
	};

	return k <= FS_BITLOCKER ? names[k] : NULL;
}

static void recovered_id(const struct row *r, struct value *v)
{
	value_id(v, "recovered", r->index);
}

static void recovered_disk(const struct row *r, struct value *v)
{
	value_id(v, "disk", recovered_of(r)->disk);
}

static void recovered_offset(const struct row *r, struct value *v)
{
	value_integer(v, recovered_of(r)->found.offset);
}

static void recovered_length(const struct row *r, struct value *v)
{
	if (recovered_of(r)->found.has_length)
		value_integer(v, recovered_of(r)->found.length);
}

static void recovered_file_system(const struct row *r, struct value *v)
{
	value_string(v, file_system_name(recovered_of(r)->found.boot.kind));
}

static void recovered_provenance(const struct row *r, struct value *v)
{
	value_string(v, lost_provenance(&recovered_of(r)->found));
}

static void recovered_boot(const struct row *r, struct value *v)
{
	value_bool(v, recovered_of(r)->found.has_boot);
}

static void recovered_backup(const struct row *r, struct value *v)
{
	value_bool(v, recovered_of(r)->found.has_backup);
}

static void recovered_files(const struct row *r, struct value *v)
{
	value_bool(v, recovered_of(r)->found.has_files);
}

static void recovered_doubt(const struct row *r, struct value *v)
{
	value_string(v, recovered_doubt_name(recovered_of(r)));
}

static void recovered_other(const struct row *r, struct value *v)
{
	if (recovered_of(r)->table_volume != NONE)
		value_id(v, "volume", recovered_of(r)->table_volume);
	else
		value_id(v, "recovered", recovered_of(r)->other);
}

static void recovered_volume(const struct row *r, struct value *v)
{
	value_id(v, "volume", recovered_of(r)->volume);
}

static void recovered_cite_at(const struct row *r, size_t i, struct value *v)
{
	value_cite(v, r, &recovered_of(r)->cites, NULL, i);
}

static void recovered_cites(const struct row *r, struct value *v)
{
	value_array(v, r, recovered_of(r)->cites.n, recovered_cite_at);
}

static const struct column recovered_columns[] = {
	{ "id", VALUE_STRING, recovered_id },
	{ "disk", VALUE_STRING, recovered_disk },
	{ "offset", VALUE_INTEGER, recovered_offset },
	{ "length", VALUE_INTEGER, recovered_length },
	{ "fileSystem", VALUE_STRING, recovered_file_system },
	{ "provenance", VALUE_STRING, recovered_provenance },
	{ "bootSector", VALUE_BOOL, recovered_boot },
	{ "backupBootSector", VALUE_BOOL, recovered_backup },
	{ "files", VALUE_BOOL, recovered_files },
	{ "doubt", VALUE_STRING, recovered_doubt },
	{ "other", VALUE_STRING, recovered_other },
	{ "volume", VALUE_STRING, recovered_volume },
	{ "citations", VALUE_ARRAY, recovered_cites },
};

static size_t recovered_count(const struct model *m)
{
	return m->n_recovered;
}

static const void *recovered_at(const struct model *m, size_t i)
{
	return &m->recovered[i];
}

const struct record_kind recovered_kind = {
	"recovered", "recoveredVolume",
	{ recovered_columns, ARRAY_LENGTH(recovered_columns) },
	recovered_count, recovered_at
};
