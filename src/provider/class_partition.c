/*
 * class_partition.c - Win32_DiskPartition
 *
 * Its index counts from 0 what the class lists, and is not the number that
 * IOCTL_STORAGE_GET_DEVICE_NUMBER gives.
 */
#include "format/mbr.h"
#include "format/partition_type.h"
#include "provider/classes.h"

static const struct machine_partition *part_of(const struct cim_object *o)
{
	return o->provider->partitions[o->index].partition;
}

static const struct machine_disk *disk_of(const struct cim_object *o)
{
	return &o->provider->model->disks[part_of(o)->disk];
}

static bool is_gpt(const struct cim_object *o)
{
	return disk_of(o)->table.scheme == SCHEME_GPT;
}

static void get_block_size(const struct cim_object *o, struct cim_value *v)
{
	cim_set_integer(v, disk_of(o)->table.sector_size);
}

/* Where the firmware finds what boots: the active partition of an MBR, the EFI
 * system partition of a GPT.  */
static void get_bootable(const struct cim_object *o, struct cim_value *v)
{
	const struct partition *e = part_of(o)->entry;

	cim_set_boolean(v, is_gpt(o) ?
			guid_equal(&e->type_guid, &GPT_TYPE_EFI_SYSTEM) :
			e->active);
}

static void get_device_id(const struct cim_object *o, struct cim_value *v)
{
	cim_set_string(v, partition_device_id(o->provider, o->index));
}

static void get_disk_index(const struct cim_object *o, struct cim_value *v)
{
	cim_set_integer(v, disk_of(o)->number);
}

static void get_index(const struct cim_object *o, struct cim_value *v)
{
	cim_set_integer(v, (uint64_t)part_of(o)->entry->wmi_index);
}

static void get_block_count(const struct cim_object *o, struct cim_value *v)
{
	cim_set_integer(v, part_of(o)->entry->length /
			   disk_of(o)->table.sector_size);
}

/* Of a GPT a live host calls its ESP and its basic data primary, its recovery
 * partition not; an extended one is none.  */
static void get_primary(const struct cim_object *o, struct cim_value *v)
{
	const struct partition *e = part_of(o)->entry;

	cim_set_boolean(v, is_gpt(o) ?
			guid_equal(&e->type_guid, &GPT_TYPE_EFI_SYSTEM) ||
			guid_equal(&e->type_guid, &GPT_TYPE_BASIC_DATA) :
			!mbr_is_container(e->mbr_type));
}

static void get_size(const struct cim_object *o, struct cim_value *v)
{
	cim_set_integer(v, part_of(o)->entry->length);
}

static void get_offset(const struct cim_object *o, struct cim_value *v)
{
	cim_set_integer(v, part_of(o)->entry->offset);
}

/* The class' words, which are not those of other tools.  Which of them 0b, 0c
 * and 0e have is documented nowhere: what all three share is taken.  */
static const struct {
	uint8_t type;
	const char *text;
} mbr_types[] = {
	{ 0x00, "Unused" },
	{ 0x01, "12-bit FAT" },
	{ 0x02, "Xenix Type 1" },
	{ 0x03, "Xenix Type 2" },
	{ 0x04, "16-bit FAT" },
	{ 0x05, "Extended Partition" },
	{ 0x06, "MS-DOS V4 Huge" },
	{ 0x07, "Installable File System" },
	{ 0x0b, "Win95 w/Extended Int 13" },
	{ 0x0c, "Win95 w/Extended Int 13" },
	{ 0x0e, "Win95 w/Extended Int 13" },
	{ 0x0f, "Extended w/Extended Int 13" },
	{ 0x41, "PowerPC Reference Platform" },
	{ 0x42, "Logical Disk Manager" },
	{ 0x63, "UNIX" },
};

static const struct {
	const struct guid *type;
	const char *text;
} gpt_types[] = {
	{ &GPT_TYPE_EFI_SYSTEM, "GPT: System" },
	{ &GPT_TYPE_MICROSOFT_RESERVED, "GPT: Microsoft Reserved" },
	{ &GPT_TYPE_BASIC_DATA, "GPT: Basic Data" },
	{ &GPT_TYPE_LDM_METADATA, "GPT: Logical Disk Manager Metadata" },
	{ &GPT_TYPE_LDM_DATA, "GPT: Logical Disk Manager Data" },
};

static const char *gpt_type(const struct guid *type)
{
	for (size_t i = 0; i < ARRAY_LENGTH(gpt_types); i++)
		if (guid_equal(gpt_types[i].type, type))
			return gpt_types[i].text;
	return "GPT: Unknown";
}

static const char *mbr_type(uint8_t type)
{
	for (size_t i = 0; i < ARRAY_LENGTH(mbr_types); i++)
		if (mbr_types[i].type == type)
			return mbr_types[i].text;
	return "Unknown";
}

static void get_type(const struct cim_object *o, struct cim_value *v)
{
	const struct partition *e = part_of(o)->entry;

	cim_set_string(v, is_gpt(o) ? gpt_type(&e->type_guid)
				    : mbr_type(e->mbr_type));
}

#define TABLE "partition table"
#define BOOTABLE "MBR: active; GPT: the EFI system partition"

static const struct cim_property properties[] = {
	UNKNOWN("Access", CIM_UINT16, NEVER_FILLED),
	UNKNOWN("Availability", CIM_UINT16, NEVER_FILLED),
	PROPERTY("BlockSize", CIM_UINT64, get_block_size,
		 "container, GPT or boot sectors"),
	PROPERTY("Bootable", CIM_BOOLEAN, get_bootable, BOOTABLE),
	PROPERTY("BootPartition", CIM_BOOLEAN, get_bootable, BOOTABLE),
	PROPERTY("Caption", CIM_STRING, get_device_id, "as DeviceID"),
	UNKNOWN("ConfigManagerErrorCode", CIM_UINT32, NEVER_FILLED),
	UNKNOWN("ConfigManagerUserConfig", CIM_BOOLEAN, NEVER_FILLED),
	PROPERTY("CreationClassName", CIM_STRING, get_class_name, "the class"),
	PROPERTY("Description", CIM_STRING, get_type, "as Type"),
	KEY("DeviceID", CIM_STRING, get_device_id, "DiskIndex and Index"),
	PROPERTY("DiskIndex", CIM_UINT32, get_disk_index,
		 "disk number: see disks[].numberBasis of the report"),
	UNKNOWN("ErrorCleared", CIM_BOOLEAN, NEVER_FILLED),
	UNKNOWN("ErrorDescription", CIM_STRING, NEVER_FILLED),
	UNKNOWN("ErrorMethodology", CIM_STRING, NEVER_FILLED),
	UNKNOWN("HiddenSectors", CIM_UINT32, NEVER_FILLED),
	PROPERTY("Index", CIM_UINT32, get_index,
		 "partition table, without Microsoft reserved partitions and "
		 "logical drives"),
	UNKNOWN("InstallDate", CIM_DATETIME, NEVER_FILLED),
	UNKNOWN("LastErrorCode", CIM_UINT32, NEVER_FILLED),
	PROPERTY("Name", CIM_STRING, get_device_id, "as DeviceID"),
	PROPERTY("NumberOfBlocks", CIM_UINT64, get_block_count, TABLE),
	UNKNOWN("PNPDeviceID", CIM_STRING, NEVER_FILLED),
	UNKNOWN_ARRAY("PowerManagementCapabilities", CIM_UINT16, NEVER_FILLED),
	UNKNOWN("PowerManagementSupported", CIM_BOOLEAN, NEVER_FILLED),
	PROPERTY("PrimaryPartition", CIM_BOOLEAN, get_primary, TABLE),
	UNKNOWN("Purpose", CIM_STRING, NEVER_FILLED),
	UNKNOWN("RewritePartition", CIM_BOOLEAN, NEVER_FILLED),
	PROPERTY("Size", CIM_UINT64, get_size, TABLE),
	PROPERTY("StartingOffset", CIM_UINT64, get_offset, TABLE),
	UNKNOWN("Status", CIM_STRING, NEVER_FILLED),
	UNKNOWN("StatusInfo", CIM_UINT16, NEVER_FILLED),
	PROPERTY("SystemCreationClassName", CIM_STRING, get_computer_system,
		 "the class of computers"),
	PROPERTY("SystemName", CIM_STRING, get_host,
		 "Control\\ComputerName"),
	PROPERTY("Type", CIM_STRING, get_type, TABLE),
};

/* Of CIM_LogicalDevice as the documentation has it: objects that were published
 * have 34 properties, and not these.  */
#define NOT_LIVE "documented, and no property of live objects: by its name only"

static const struct cim_property unused[] = {
	UNKNOWN("AdditionalAvailability", CIM_UINT16, NOT_LIVE),
	UNKNOWN_ARRAY("IdentifyingDescriptions", CIM_STRING, NOT_LIVE),
	UNKNOWN("MaxQuiesceTime", CIM_UINT64, NOT_LIVE),
	UNKNOWN("OtherIdentifyingInfo", CIM_UINT64, NOT_LIVE),
	UNKNOWN("PowerOnHours", CIM_UINT64, NOT_LIVE),
	UNKNOWN("TotalPowerOnHours", CIM_UINT64, NOT_LIVE),
};

static size_t count(const struct provider *p)
{
	return p->n_partitions;
}

const struct cim_class class_disk_partition = {
	.name = "Win32_DiskPartition",
	.ancestors = "CIM_DiskPartition CIM_StorageExtent CIM_LogicalDevice "
		     "CIM_LogicalElement CIM_ManagedSystemElement",
	.space = "root\\cimv2",
	.properties = properties,
	.n_properties = ARRAY_LENGTH(properties),
	.unused = unused,
	.n_unused = ARRAY_LENGTH(unused),
	.count = count,
};
