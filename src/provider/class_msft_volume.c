/*
 * class_msft_volume.c - MSFT_Volume of the Storage Management API
 *
 * Source: Microsoft's documentation of the class, and what Get-Volume prints on
 * live hosts.
 */
#include <stdlib.h>

#include "provider/storage_object.h"
#include "provider/system_properties.h"

/* Windows 8 and 8.1, in which the ObjectId of a volume is its name.  Later ones
 * put a GUID of the running system before it.  */
enum { FIRST_BUILD = 9200, LAST_BUILD = 9600 };

static const struct machine_volume *volume_of(const struct cim_object *o)
{
	return &o->provider->model->volumes[o->index];
}

/* Property @name of the same volume's Win32_Volume.  */
static void get_of_volume(const struct cim_object *o, const char *name,
			  struct cim_value *v)
{
	struct cim_object volume = { o->provider, &class_volume, o->index };

	cim_get(&volume, property_find(&class_volume, name), v);
}

static void get_path(const struct cim_object *o, struct cim_value *v)
{
	cim_set_string(v, provider_volume_name(o->provider, o->index));
}

static void get_object_id(const struct cim_object *o, struct cim_value *v)
{
	const struct provider *p = o->provider;
	const char *build = p->installation == NONE ? NULL :
		p->model->installations[p->installation].build.utf8;
	long n = build != NULL ? strtol(build, NULL, 10) : 0;

	if (n >= FIRST_BUILD && n <= LAST_BUILD)
		get_path(o, v);
}

static void get_cluster_size(const struct cim_object *o, struct cim_value *v)
{
	get_of_volume(o, "BlockSize", v);
}

static void get_letter(const struct cim_object *o, struct cim_value *v)
{
	cim_set_letter(o->provider, o->index, v);
}

static void get_drive_type(const struct cim_object *o, struct cim_value *v)
{
	get_of_volume(o, "DriveType", v);
}

static void get_file_system(const struct cim_object *o, struct cim_value *v)
{
	cim_set_string(v, volume_file_system(o->provider, o->index));
}

static void get_label(const struct cim_object *o, struct cim_value *v)
{
	cim_set_string(v, volume_label(o->provider, o->index));
}

/* The documentation has no number for exFAT, UDF and CDFS.  */
static void get_file_system_type(const struct cim_object *o,
				 struct cim_value *v)
{
	static const struct {
		enum fs_kind kind;
		uint16_t type;
	} types[] = {
		{ FS_FAT12, 4 }, { FS_FAT16, 5 }, { FS_FAT32, 6 },
		{ FS_NTFS, 14 }, { FS_REFS, 15 },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(types); i++)
		if (types[i].kind == volume_of(o)->identity.kind)
			cim_set_integer(v, types[i].type);
}

static void get_size(const struct cim_object *o, struct cim_value *v)
{
	get_of_volume(o, "Capacity", v);
}

static void get_free(const struct cim_object *o, struct cim_value *v)
{
	get_of_volume(o, "FreeSpace", v);
}

static const struct cim_property properties[] = {
	PROPERTY("ObjectId", CIM_STRING, get_object_id,
		 "Windows 8 and 8.1: as Path; later: NULL, " OBJECT_ID),
	PASS_THROUGH,
	KEY("UniqueId", CIM_STRING, get_path, "as Path"),
	PROPERTY("AllocationUnitSize", CIM_UINT32, get_cluster_size,
		 "boot sector"),
	UNKNOWN("DedupMode", CIM_UINT32,
		"whether the feature is there is not looked for"),
	PROPERTY("DriveLetter", CIM_CHAR16, get_letter, "MountedDevices"),
	PROPERTY("DriveType", CIM_UINT32, get_drive_type,
		 DRIVE_TYPE),
	PROPERTY("FileSystem", CIM_STRING, get_file_system, "boot sector"),
	PROPERTY("FileSystemLabel", CIM_STRING, get_label,
		 "$Volume; the label entry of FAT and exFAT; descriptors of "
		 "UDF and CDFS"),
	PROPERTY("FileSystemType", CIM_UINT16, get_file_system_type,
		 "boot sector; exFAT, UDF and CDFS have no number"),
	UNKNOWN("HealthStatus", CIM_UINT16, STATE_OF_RUNNING),
	UNKNOWN_ARRAY("OperationalStatus", CIM_UINT16, STATE_OF_RUNNING),
	PROPERTY("Path", CIM_STRING, get_path,
		 "MountedDevices; else the GUID that Windows computes"),
	UNKNOWN("ReFSDedupMode", CIM_UINT32,
		"whether the feature is there is not looked for"),
	PROPERTY("Size", CIM_UINT64, get_size, "boot sector"),
	PROPERTY("SizeRemaining", CIM_UINT64, get_free,
		 "FreeSpace of Win32_Volume"),
};

static size_t count(const struct provider *p)
{
	return p->model->n_volumes;
}

const struct cim_class class_msft_volume = {
	.name = "MSFT_Volume",
	.ancestors = "MSFT_StorageObject",
	.space = STORAGE_SPACE,
	.properties = properties,
	.n_properties = ARRAY_LENGTH(properties),
	.count = count,
	.lists = provider_lists_volume,
};

/* --- MSFT_PartitionToVolume ----------------------------------------------- */

static struct cim_object to_partition(const struct cim_object *o)
{
	const struct provider *p = o->provider;
	const struct placed *at = &p->volumes_in_tables.list[o->index];

	return (struct cim_object){ p, &class_msft_partition, at->partition };
}

static struct cim_object to_volume(const struct cim_object *o)
{
	const struct provider *p = o->provider;

	return (struct cim_object){ p, &class_msft_volume,
				    p->volumes_in_tables.list[o->index].row };
}

static const struct cim_property link_properties[] = {
	REFERENCE_KEY("Partition", "MSFT_Partition", to_partition,
		      "partition table; the database of dynamic disks"),
	REFERENCE_KEY("Volume", "MSFT_Volume", to_volume, "boot sector"),
};

static size_t count_links(const struct provider *p)
{
	return p->volumes_in_tables.n;
}

const struct cim_class class_msft_partition_to_volume = {
	.name = "MSFT_PartitionToVolume",
	.ancestors = "",
	.space = STORAGE_SPACE,
	.association = true,
	.properties = link_properties,
	.n_properties = ARRAY_LENGTH(link_properties),
	.count = count_links,
};
