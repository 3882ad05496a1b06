/*
 * class_msft_partition.c - MSFT_Partition of the Storage Management API
 *
 * Its numbers are those of IOCTL_STORAGE_GET_DEVICE_NUMBER, and it lists
 * Microsoft reserved partitions, both unlike Win32_DiskPartition.
 *
 * Sources: Microsoft's documentation of the class; what Get-Partition prints on
 * live hosts: of a GPT's other types IsHidden is True, and the attributes that
 * basic data has are NULL.
 */
#include "format/partition_type.h"
#include "provider/storage_object.h"
#include "provider/system_properties.h"

static const struct machine_partition *part_of(const struct cim_object *o)
{
	return &o->provider->model->partitions[o->index];
}

static bool is_gpt(const struct cim_object *o)
{
	return o->provider->model->disks[part_of(o)->disk].table.scheme ==
	       SCHEME_GPT;
}

static bool is_basic_data(const struct cim_object *o)
{
	return is_gpt(o) && guid_equal(&part_of(o)->entry->type_guid,
				       &GPT_TYPE_BASIC_DATA);
}

/* Property @name of the partition's Win32_Volume; NULL without a volume.  */
static void get_of_volume(const struct cim_object *o, const char *name,
			  struct cim_value *v)
{
	struct cim_object volume = { o->provider, &class_volume,
				     part_of(o)->volume };

	if (volume.index != NONE)
		cim_get(&volume, property_find(&class_volume, name), v);
}

/* What the Mount Manager is to leave alone has no paths.  */
static void get_access_paths(const struct cim_object *o, struct cim_value *v)
{
	const size_t volume = part_of(o)->volume;

	if (volume != NONE && !machine_is_hidden(o->provider->model, volume))
		cim_set_access_paths(o->provider, volume, v);
}

static void get_disk_id(const struct cim_object *o, struct cim_value *v)
{
	cim_set_string(v, disk_interface(o->provider, part_of(o)->disk));
}

static void get_disk_number(const struct cim_object *o, struct cim_value *v)
{
	cim_set_integer(v, o->provider->model->disks[part_of(o)->disk].number);
}

/* Without a letter the character 0, not NULL as in MSFT_Volume: so scripts ask
 * for it (DriveLetter -ne "`0"), and so live hosts print it as JSON.  */
static void get_letter(const struct cim_object *o, struct cim_value *v)
{
	cim_set_char(o->provider->arena, v, 0);
	if (part_of(o)->volume != NONE)
		cim_set_letter(o->provider, part_of(o)->volume, v);
}

static void get_gpt_type(const struct cim_object *o, struct cim_value *v)
{
	if (is_gpt(o))
		cim_set_guid(o->provider, &part_of(o)->entry->type_guid, v);
}

static void get_guid(const struct cim_object *o, struct cim_value *v)
{
	if (is_gpt(o))
		cim_set_guid(o->provider, &part_of(o)->entry->guid, v);
}

static void get_active(const struct cim_object *o, struct cim_value *v)
{
	cim_set_boolean(v, !is_gpt(o) && part_of(o)->entry->active);
}

static void get_boot(const struct cim_object *o, struct cim_value *v)
{
	get_of_volume(o, "BootVolume", v);
	if (part_of(o)->volume == NONE && o->provider->installation != NONE)
		cim_set_boolean(v, false);
}

static void get_system(const struct cim_object *o, struct cim_value *v)
{
	get_of_volume(o, "SystemVolume", v);
	if (part_of(o)->volume == NONE)
		cim_set_boolean(v, false);
}

static void get_attribute(const struct cim_object *o, uint64_t attribute,
			  struct cim_value *v)
{
	if (is_basic_data(o))
		cim_set_boolean(v, (part_of(o)->entry->attributes & attribute)
				   != 0);
}

static void get_hidden(const struct cim_object *o, struct cim_value *v)
{
	get_attribute(o, GPT_ATTRIBUTE_HIDDEN, v);
	if (is_gpt(o) && !is_basic_data(o))
		cim_set_boolean(v, true);
}

static void get_read_only(const struct cim_object *o, struct cim_value *v)
{
	get_attribute(o, GPT_ATTRIBUTE_READ_ONLY, v);
}

static void get_shadow_copy(const struct cim_object *o, struct cim_value *v)
{
	get_attribute(o, GPT_ATTRIBUTE_SHADOW_COPY, v);
}

static void get_no_letter(const struct cim_object *o, struct cim_value *v)
{
	get_attribute(o, GPT_ATTRIBUTE_NO_DEFAULT_LETTER, v);
	if (!is_gpt(o))
		cim_set_boolean(v, false);
}

static void get_mbr_type(const struct cim_object *o, struct cim_value *v)
{
	if (!is_gpt(o))
		cim_set_integer(v, part_of(o)->entry->mbr_type);
}

static void get_offset(const struct cim_object *o, struct cim_value *v)
{
	cim_set_integer(v, part_of(o)->entry->offset);
}

static void get_number(const struct cim_object *o, struct cim_value *v)
{
	cim_set_integer(v, part_of(o)->entry->number);
}

static void get_size(const struct cim_object *o, struct cim_value *v)
{
	cim_set_integer(v, part_of(o)->entry->length);
}

#define TABLE "partition table"
#define ATTRIBUTE "GPT: attribute of basic data; MBR: NULL, it is in no table"

static const struct cim_property properties[] = {
	STORAGE_OBJECT,
	UNKNOWN("UniqueId", CIM_STRING, "it has the disk's, which is not read"),
	{ .name = "AccessPaths", .type = CIM_STRING, .get = get_access_paths,
	  .source = "letters, mounted folders, the volume's name",
	  .is_array = true },
	PROPERTY("DiskId", CIM_STRING, get_disk_id, DISK_RECORD),
	KEY("DiskNumber", CIM_UINT32, get_disk_number, DISK_NUMBER),
	PROPERTY("DriveLetter", CIM_CHAR16, get_letter,
		 "MountedDevices; the character 0 without a letter"),
	PROPERTY("GptType", CIM_STRING, get_gpt_type, TABLE),
	PROPERTY("Guid", CIM_STRING, get_guid, TABLE),
	PROPERTY("IsActive", CIM_BOOLEAN, get_active, TABLE),
	PROPERTY("IsBoot", CIM_BOOLEAN, get_boot, "BootVolume of Win32_Volume"),
	UNKNOWN("IsDAX", CIM_BOOLEAN, STATE_OF_RUNNING),
	PROPERTY("IsHidden", CIM_BOOLEAN, get_hidden, ATTRIBUTE
		 "; True of other types of a GPT"),
	UNKNOWN("IsOffline", CIM_BOOLEAN, STATE_OF_RUNNING),
	PROPERTY("IsReadOnly", CIM_BOOLEAN, get_read_only, ATTRIBUTE),
	PROPERTY("IsShadowCopy", CIM_BOOLEAN, get_shadow_copy, ATTRIBUTE),
	PROPERTY("IsSystem", CIM_BOOLEAN, get_system,
		 "SystemVolume of Win32_Volume"),
	PROPERTY("MbrType", CIM_UINT16, get_mbr_type, TABLE),
	PROPERTY("NoDefaultDriveLetter", CIM_BOOLEAN, get_no_letter,
		 "GPT: attribute of basic data; MBR: False"),
	PROPERTY("Offset", CIM_UINT64, get_offset, TABLE),
	UNKNOWN("OperationalStatus", CIM_UINT16, STATE_OF_RUNNING),
	KEY("PartitionNumber", CIM_UINT32, get_number, TABLE),
	PROPERTY("Size", CIM_UINT64, get_size, TABLE),
	UNKNOWN("TransitionState", CIM_UINT16, STATE_OF_RUNNING),
};

static size_t count(const struct provider *p)
{
	return p->model->n_partitions;
}

const struct cim_class class_msft_partition = {
	.name = "MSFT_Partition",
	.ancestors = "MSFT_StorageObject",
	.space = STORAGE_SPACE,
	.properties = properties,
	.n_properties = ARRAY_LENGTH(properties),
	.count = count,
};
