/*
 * class_logical_disk.c - Win32_LogicalDisk, and what joins letters to
 * partitions and roots
 *
 * Only letters that lead to a volume here are objects: whether a drive was
 * ready whose medium is not in the evidence, nothing tells.
 */
#include <inttypes.h>

#include "provider/classes.h"
#include "provider/device_facts.h"
#include "provider/system_properties.h"

static char letter_of(const struct cim_object *o)
{
	return o->provider->letters[o->index].letter;
}

static size_t volume_index(const struct cim_object *o)
{
	return o->provider->letters[o->index].volume;
}

static const struct machine_volume *volume_of(const struct cim_object *o)
{
	return &o->provider->model->volumes[volume_index(o)];
}

static void get_device_id(const struct cim_object *o, struct cim_value *v)
{
	cim_set_string(v, letter_device_id(o->provider, letter_of(o)));
}

/* Live hosts say of fixed disks that it is unknown.  */
static void get_access(const struct cim_object *o, struct cim_value *v)
{
	if (volume_media(o->provider, volume_index(o)) == MEDIA_FIXED)
		cim_set_integer(v, 0);
}

static void get_description(const struct cim_object *o, struct cim_value *v)
{
	switch (volume_media(o->provider, volume_index(o))) {
	case MEDIA_REMOVABLE:
		cim_set_string(v, "Removable Disk");
		break;
	case MEDIA_FIXED:
		cim_set_string(v, "Local Fixed Disk");
		break;
	case MEDIA_UNSAID:
	case MEDIA_DISPUTED:
		break;
	}
}

/* What Win32_Volume says of the volume as @name.  */
static void get_of_volume(const struct cim_object *o, const char *name,
			  struct cim_value *v)
{
	struct cim_object volume = {
		o->provider, &class_volume, volume_index(o)
	};

	cim_get(&volume, property_find(&class_volume, name), v);
}

static void get_drive_type(const struct cim_object *o, struct cim_value *v)
{
	get_of_volume(o, "DriveType", v);
}

static void get_file_system(const struct cim_object *o, struct cim_value *v)
{
	get_of_volume(o, "FileSystem", v);
}

static void get_free_space(const struct cim_object *o, struct cim_value *v)
{
	get_of_volume(o, "FreeSpace", v);
}

static void get_name_length(const struct cim_object *o, struct cim_value *v)
{
	get_of_volume(o, "MaximumFileNameLength", v);
}

static void get_size(const struct cim_object *o, struct cim_value *v)
{
	get_of_volume(o, "Capacity", v);
}

/* A volume as a whole, as of DoubleSpace: no file system of Windows NT is, and
 * NTFS compresses files.  */
static void get_compressed(const struct cim_object *o, struct cim_value *v)
{
	if (volume_file_system(o->provider, volume_index(o)) != NULL)
		cim_set_boolean(v, false);
}

static void get_quotas_disabled(const struct cim_object *o,
				struct cim_value *v)
{
	get_of_volume(o, "QuotasEnabled", v);
	if (v->is_set)
		cim_set_boolean(v, !v->boolean);
}

static void get_quotas_incomplete(const struct cim_object *o,
				  struct cim_value *v)
{
	get_of_volume(o, "QuotasIncomplete", v);
}

static void get_quotas_rebuilding(const struct cim_object *o,
				  struct cim_value *v)
{
	get_of_volume(o, "QuotasRebuilding", v);
}

static void get_supports_quotas(const struct cim_object *o,
				struct cim_value *v)
{
	get_of_volume(o, "SupportsDiskQuotas", v);
}

static void get_supports_compression(const struct cim_object *o,
				     struct cim_value *v)
{
	get_of_volume(o, "SupportsFileBasedCompression", v);
}

static void get_dirty(const struct cim_object *o, struct cim_value *v)
{
	get_of_volume(o, "DirtyBitSet", v);
}

/* As MEDIA_TYPE of the Windows SDK has them.  */
static void get_media_type(const struct cim_object *o, struct cim_value *v)
{
	switch (volume_media(o->provider, volume_index(o))) {
	case MEDIA_REMOVABLE:
		cim_set_integer(v, 11);
		break;
	case MEDIA_FIXED:
		cim_set_integer(v, 12);
		break;
	case MEDIA_UNSAID:
	case MEDIA_DISPUTED:
		break;
	}
}

/* Here an empty label is a string.  */
static void get_label(const struct cim_object *o, struct cim_value *v)
{
	const char *label = volume_label(o->provider, volume_index(o));

	if (volume_file_system(o->provider, volume_index(o)) != NULL)
		cim_set_string(v, label != NULL ? label : "");
}

static void get_serial(const struct cim_object *o, struct cim_value *v)
{
	const struct volume_identity *id = &volume_of(o)->identity;

	if (id->has_serial)
		cim_set_string(v, arena_printf(o->provider->arena,
					       "%08" PRIX32, id->serial));
}

#define BOOT_SECTOR "boot sector"
#define QUOTA "$Extend\\$Quota"

static const struct cim_property properties[] = {
	PROPERTY("Access", CIM_UINT16, get_access,
		 "0, unknown, of fixed disks, as live hosts have it"),
	UNKNOWN("Availability", CIM_UINT16, NEVER_FILLED),
	UNKNOWN("BlockSize", CIM_UINT64, NEVER_FILLED),
	PROPERTY("Caption", CIM_STRING, get_device_id, "as DeviceID"),
	PROPERTY("Compressed", CIM_BOOLEAN, get_compressed,
		 "a volume as a whole: no file system of Windows NT is"),
	UNKNOWN("ConfigManagerErrorCode", CIM_UINT32, NEVER_FILLED),
	UNKNOWN("ConfigManagerUserConfig", CIM_BOOLEAN, NEVER_FILLED),
	PROPERTY("CreationClassName", CIM_STRING, get_class_name, "the class"),
	PROPERTY("Description", CIM_STRING, get_description,
		 "as DriveType"),
	KEY("DeviceID", CIM_STRING, get_device_id, "MountedDevices"),
	PROPERTY("DriveType", CIM_UINT32, get_drive_type, DRIVE_TYPE),
	UNKNOWN("ErrorCleared", CIM_BOOLEAN, NEVER_FILLED),
	UNKNOWN("ErrorDescription", CIM_STRING, NEVER_FILLED),
	UNKNOWN("ErrorMethodology", CIM_STRING, NEVER_FILLED),
	PROPERTY("FileSystem", CIM_STRING, get_file_system, BOOT_SECTOR),
	PROPERTY("FreeSpace", CIM_UINT64, get_free_space,
		 "clusters that are free: $Bitmap, the FAT, exFAT's bitmap"),
	UNKNOWN("InstallDate", CIM_DATETIME, NEVER_FILLED),
	UNKNOWN("LastErrorCode", CIM_UINT32, NEVER_FILLED),
	PROPERTY("MaximumComponentLength", CIM_UINT32, get_name_length,
		 "255 in every file system of Windows"),
	PROPERTY("MediaType", CIM_UINT32, get_media_type,
		 "as DriveType: 11 removable, 12 fixed"),
	PROPERTY("Name", CIM_STRING, get_device_id, "as DeviceID"),
	UNKNOWN("NumberOfBlocks", CIM_UINT64, NEVER_FILLED),
	UNKNOWN("PNPDeviceID", CIM_STRING, NEVER_FILLED),
	UNKNOWN_ARRAY("PowerManagementCapabilities", CIM_UINT16, NEVER_FILLED),
	UNKNOWN("PowerManagementSupported", CIM_BOOLEAN, NEVER_FILLED),
	UNKNOWN("ProviderName", CIM_STRING, "only network drives have one"),
	UNKNOWN("Purpose", CIM_STRING, NEVER_FILLED),
	PROPERTY("QuotasDisabled", CIM_BOOLEAN, get_quotas_disabled,
		 QUOTA ": neither tracked nor enforced"),
	PROPERTY("QuotasIncomplete", CIM_BOOLEAN, get_quotas_incomplete,
		 QUOTA ": out of date or corrupt"),
	PROPERTY("QuotasRebuilding", CIM_BOOLEAN, get_quotas_rebuilding,
		 QUOTA ": tracking is wanted, and not there yet"),
	PROPERTY("Size", CIM_UINT64, get_size, BOOT_SECTOR),
	UNKNOWN("Status", CIM_STRING, NEVER_FILLED),
	UNKNOWN("StatusInfo", CIM_UINT16, NEVER_FILLED),
	PROPERTY("SupportsDiskQuotas", CIM_BOOLEAN, get_supports_quotas,
		 "the file system is NTFS"),
	PROPERTY("SupportsFileBasedCompression", CIM_BOOLEAN,
		 get_supports_compression,
		 "the file system is NTFS, in clusters of 4096 bytes at most"),
	PROPERTY("SystemCreationClassName", CIM_STRING, get_computer_system,
		 "the class of computers"),
	PROPERTY("SystemName", CIM_STRING, get_host,
		 "Control\\ComputerName"),
	PROPERTY("VolumeDirty", CIM_BOOLEAN, get_dirty,
		 "$Volume: volume flags; FAT and exFAT: boot sector"),
	PROPERTY("VolumeName", CIM_STRING, get_label,
		 "$Volume; the label entry of FAT and exFAT; descriptors of "
		 "UDF and CDFS"),
	PROPERTY("VolumeSerialNumber", CIM_STRING, get_serial, BOOT_SECTOR),
};

static size_t count(const struct provider *p)
{
	return p->n_letters;
}

const struct cim_class class_logical_disk = {
	.name = "Win32_LogicalDisk",
	.ancestors = "CIM_LogicalDisk CIM_StorageExtent CIM_LogicalDevice "
		     "CIM_LogicalElement CIM_ManagedSystemElement",
	.space = "root\\cimv2",
	.properties = properties,
	.n_properties = ARRAY_LENGTH(properties),
	.count = count,
};

/* --- Win32_LogicalDiskRootDirectory --------------------------------------- */

static struct cim_object to_letter(const struct cim_object *o)
{
	return (struct cim_object){ o->provider, &class_logical_disk,
				    o->index };
}

static struct cim_object to_root(const struct cim_object *o)
{
	return (struct cim_object){ o->provider, &class_directory,
				    o->provider->letters[o->index].directory };
}

static const struct cim_property root_directory_properties[] = {
	REFERENCE_KEY("GroupComponent", "Win32_LogicalDisk", to_letter,
		      "MountedDevices"),
	REFERENCE_KEY("PartComponent", "Win32_Directory", to_root,
		      "MountedDevices"),
};

const struct cim_class class_logical_disk_root_directory = {
	.name = "Win32_LogicalDiskRootDirectory",
	.ancestors = "CIM_Component",
	.space = "root\\cimv2",
	.association = true,
	.whole_references = true,
	.properties = root_directory_properties,
	.n_properties = ARRAY_LENGTH(root_directory_properties),
	.count = count,
};

/* --- Win32_LogicalDiskToPartition ----------------------------------------- */

static const struct placed *pair_of(const struct cim_object *o)
{
	return &o->provider->letters_placed.list[o->index];
}

static const struct partition *entry_of(const struct cim_object *o)
{
	return pair_of(o)->entry->entry;
}

static struct cim_object pair_partition(const struct cim_object *o)
{
	return (struct cim_object){ o->provider, &class_disk_partition,
				    pair_of(o)->partition };
}

static struct cim_object pair_letter(const struct cim_object *o)
{
	return (struct cim_object){ o->provider, &class_logical_disk,
				    pair_of(o)->row };
}

static void get_start(const struct cim_object *o, struct cim_value *v)
{
	cim_set_integer(v, entry_of(o)->offset);
}

/* The last byte of the partition, not of the volume in it.  */
static void get_end(const struct cim_object *o, struct cim_value *v)
{
	const struct partition *e = entry_of(o);

	if (e->length > 0)
		cim_set_integer(v, e->offset + e->length - 1);
}

static const struct cim_property to_partition_properties[] = {
	REFERENCE_KEY("Antecedent", "Win32_DiskPartition", pair_partition,
		      "partition table"),
	REFERENCE_KEY("Dependent", "Win32_LogicalDisk", pair_letter,
		      "MountedDevices"),
	PROPERTY("EndingAddress", CIM_UINT64, get_end, "partition table"),
	PROPERTY("StartingAddress", CIM_UINT64, get_start, "partition table"),
};

static size_t count_pairs(const struct provider *p)
{
	return p->letters_placed.n;
}

const struct cim_class class_logical_disk_to_partition = {
	.name = "Win32_LogicalDiskToPartition",
	.ancestors = "CIM_LogicalDiskBasedOnPartition CIM_BasedOn "
		     "CIM_Dependency",
	.space = "root\\cimv2",
	.association = true,
	.whole_references = true,
	.properties = to_partition_properties,
	.n_properties = ARRAY_LENGTH(to_partition_properties),
	.count = count_pairs,
};
