/*
 * class_msft_disk.c - MSFT_Disk of the Storage Management API, and what joins
 * it to its partitions
 *
 * Its size is that of the disk, unlike Win32_DiskDrive's.
 *
 * Source: Microsoft's documentation of the class.
 */
#include "format/partition_type.h"
#include "provider/device_facts.h"
#include "provider/storage_object.h"
#include "provider/system_properties.h"

static const struct machine_disk *disk_of(const struct cim_object *o)
{
	return &o->provider->model->disks[o->index];
}

static void get_path(const struct cim_object *o, struct cim_value *v)
{
	cim_set_string(v, disk_interface(o->provider, o->index));
}

/* Property @name of the same disk's Win32_DiskDrive.  */
static void get_of_drive(const struct cim_object *o, const char *name,
			 struct cim_value *v)
{
	struct cim_object drive = { o->provider, &class_disk_drive, o->index };

	cim_get(&drive, property_find(&class_disk_drive, name), v);
}

static void get_bus(const struct cim_object *o, struct cim_value *v)
{
	uint32_t bus;

	if (disk_bus(o->provider, o->index, &bus))
		cim_set_integer(v, bus);
}

static bool has_manufacturer(const struct partition_event *e)
{
	return partition_event_tells(e->manufacturer);
}

static void get_manufacturer(const struct cim_object *o, struct cim_value *v)
{
	const struct partition_event *e = disk_last_event(
		o->provider, o->index, has_manufacturer);

	if (e != NULL)
		cim_set_string(v, e->manufacturer.utf8);
}

static bool has_model(const struct partition_event *e)
{
	return partition_event_tells(e->model);
}

static void get_model(const struct cim_object *o, struct cim_value *v)
{
	const struct partition_event *e = disk_last_event(o->provider,
							  o->index, has_model);

	if (e != NULL)
		cim_set_string(v, e->model.utf8);
}

static bool has_physical_sector(const struct partition_event *e)
{
	return e->has_physical_sector;
}

static void get_physical_sector(const struct cim_object *o,
				struct cim_value *v)
{
	const struct partition_event *e = disk_last_event(
		o->provider, o->index, has_physical_sector);

	if (e != NULL)
		cim_set_integer(v, e->physical_sector);
}

static bool has_revision(const struct partition_event *e)
{
	return partition_event_tells(e->revision);
}

static void get_revision(const struct cim_object *o, struct cim_value *v)
{
	const struct partition_event *e = disk_last_event(
		o->provider, o->index, has_revision);

	if (e != NULL)
		cim_set_string(v, e->revision.utf8);
	else
		get_of_drive(o, "FirmwareRevision", v);
}

static void get_friendly_name(const struct cim_object *o, struct cim_value *v)
{
	get_of_drive(o, "Model", v);
}

static void get_serial(const struct cim_object *o, struct cim_value *v)
{
	get_of_drive(o, "SerialNumber", v);
}

static void get_signature(const struct cim_object *o, struct cim_value *v)
{
	get_of_drive(o, "Signature", v);
}

static void get_guid(const struct cim_object *o, struct cim_value *v)
{
	if (disk_of(o)->table.scheme == SCHEME_GPT)
		cim_set_guid(o->provider, &disk_of(o)->table.guid, v);
}

/* Whether @name is true of one of the disk's partitions; unknown where one of
 * them does not know.  */
static void get_of_partitions(const struct cim_object *o, const char *name,
			      struct cim_value *v)
{
	const struct cim_property *p = property_find(&class_msft_partition,
						     name);
	struct cim_object part = { o->provider, &class_msft_partition,
				   disk_of(o)->first_partition };
	bool known = true, any = false;

	for (size_t i = 0; i < disk_of(o)->n_partitions; i++, part.index++) {
		struct cim_value of;

		cim_get(&part, p, &of);
		known = known && of.is_set;
		any = any || (of.is_set && of.boolean);
	}
	if (known || any)
		cim_set_boolean(v, any);
}

static void get_boot(const struct cim_object *o, struct cim_value *v)
{
	get_of_partitions(o, "IsBoot", v);
}

static void get_system(const struct cim_object *o, struct cim_value *v)
{
	get_of_partitions(o, "IsSystem", v);
}

static bool has_esp(const struct model *o, size_t disk)
{
	const struct machine_disk *d = &o->disks[disk];

	for (size_t i = 0; i < d->n_partitions; i++)
		if (guid_equal(&o->partitions[d->first_partition + i].entry
					->type_guid, &GPT_TYPE_EFI_SYSTEM))
			return d->table.scheme == SCHEME_GPT;
	return false;
}

/* By its table as it was kept.  */
static bool had_esp(const struct machine_known_disk *k)
{
	struct drive_layout_partition p;

	for (size_t i = 0; i < k->partitions.n; i++)
		if (drive_layout_partition(k->layout, k->partitions.slots[i],
					   &p, NULL) == 0 &&
		    k->layout->scheme == DRIVE_LAYOUT_GPT &&
		    guid_equal(&p.type, &GPT_TYPE_EFI_SYSTEM))
			return true;
	return false;
}

/* Windows starts from a disk with a GPT where the firmware is EFI, only.  */
static bool has_efi(const struct provider *p)
{
	const struct machine_volume *v;
	size_t volume = p->installation == NONE ? NONE :
		p->model->installations[p->installation].volume;

	if (volume == NONE)
		return false;
	v = &p->model->volumes[volume];
	for (size_t i = 0; i < v->n_extents; i++)
		if (p->model->disks[v->extents[i].disk].table.scheme !=
		    SCHEME_GPT)
			return false;
	return v->n_extents > 0;
}

/* With EFI it is the one disk with a system partition; of several it is none,
 * and a disk that is not here may be another.  With a BIOS it is the first that
 * the firmware finds.  */
static void get_boot_from(const struct cim_object *o, struct cim_value *v)
{
	const struct provider *p = o->provider;
	const struct model *m = p->model;
	size_t n = 0;

	if (!has_efi(p))
		return;
	for (size_t i = 0; i < m->n_disks; i++)
		n += has_esp(m, i);
	for (size_t i = 0; i < m->n_known_disks; i++)
		n += m->known_disks[i].installation == p->installation &&
		     m->known_disks[i].disk == NONE &&
		     had_esp(&m->known_disks[i]);
	if (n == 1)
		cim_set_boolean(v, has_esp(m, o->index));
}

static void get_sector_size(const struct cim_object *o, struct cim_value *v)
{
	cim_set_integer(v, disk_of(o)->table.sector_size);
}

static void get_number(const struct cim_object *o, struct cim_value *v)
{
	cim_set_integer(v, disk_of(o)->number);
}

static void get_partition_count(const struct cim_object *o,
				struct cim_value *v)
{
	cim_set_integer(v, disk_of(o)->n_partitions);
}

static void get_style(const struct cim_object *o, struct cim_value *v)
{
	switch (disk_of(o)->table.scheme) {
	case SCHEME_NONE:
		cim_set_integer(v, 0);
		break;
	case SCHEME_MBR:
		cim_set_integer(v, 1);
		break;
	case SCHEME_GPT:
		cim_set_integer(v, 2);
		break;
	}
}

static void get_size(const struct cim_object *o, struct cim_value *v)
{
	cim_set_integer(v, disk_of(o)->table.size);
}

#define UNCLEAR "its rule is documented nowhere"
#define EVENT "event 1006: the last of the disk"
#define DEVICE_IDS "StorageId of event 1006 is not read"
#define OTHER_WORDS "the registry has it in other words"

static const struct cim_property properties[] = {
	STORAGE_OBJECT,
	UNKNOWN("UniqueId", CIM_STRING, DEVICE_IDS),
	UNKNOWN("AllocatedSize", CIM_UINT64, UNCLEAR),
	PROPERTY("BootFromDisk", CIM_BOOLEAN, get_boot_from,
		 "Windows on a GPT: whether it has the only EFI system "
		 "partition, kept tables of disks that are not here too; MBR: "
		 "NULL"),
	PROPERTY("BusType", CIM_UINT16, get_bus,
		 EVENT "; Enum\\...: USB, NVMe and 1394 by the device"),
	PROPERTY("FirmwareVersion", CIM_STRING, get_revision,
		 EVENT "; " DISK_RECORD),
	PROPERTY("FriendlyName", CIM_STRING, get_friendly_name,
		 DISK_RECORD ": FriendlyName"),
	PROPERTY("Guid", CIM_STRING, get_guid, "GPT"),
	UNKNOWN("HealthStatus", CIM_UINT16, STATE_OF_RUNNING),
	PROPERTY("IsBoot", CIM_BOOLEAN, get_boot, "its partitions"),
	UNKNOWN("IsClustered", CIM_BOOLEAN, STATE_OF_RUNNING),
	UNKNOWN("IsOffline", CIM_BOOLEAN, STATE_OF_RUNNING),
	UNKNOWN("IsReadOnly", CIM_BOOLEAN, STATE_OF_RUNNING),
	PROPERTY("IsSystem", CIM_BOOLEAN, get_system, "its partitions"),
	UNKNOWN("LargestFreeExtent", CIM_UINT64, UNCLEAR),
	UNKNOWN("Location", CIM_STRING, OTHER_WORDS),
	PROPERTY("LogicalSectorSize", CIM_UINT32, get_sector_size,
		 "container, GPT or boot sectors"),
	PROPERTY("Manufacturer", CIM_STRING, get_manufacturer, EVENT),
	PROPERTY("Model", CIM_STRING, get_model, EVENT),
	KEY("Number", CIM_UINT32, get_number, DISK_NUMBER),
	PROPERTY("NumberOfPartitions", CIM_UINT32, get_partition_count,
		 "partition table"),
	UNKNOWN("OfflineReason", CIM_UINT16, STATE_OF_RUNNING),
	UNKNOWN_ARRAY("OperationalStatus", CIM_UINT16, STATE_OF_RUNNING),
	PROPERTY("PartitionStyle", CIM_UINT16, get_style,
		 "partition table: 0 none, 1 MBR, 2 GPT"),
	PROPERTY("Path", CIM_STRING, get_path, DISK_RECORD),
	PROPERTY("PhysicalSectorSize", CIM_UINT32, get_physical_sector, EVENT),
	UNKNOWN("ProvisioningType", CIM_UINT16,
		"IsThinProvisioned of event 1006 is not read"),
	PROPERTY("SerialNumber", CIM_STRING, get_serial, DISK_RECORD),
	PROPERTY("Signature", CIM_UINT32, get_signature, "MBR"),
	PROPERTY("Size", CIM_UINT64, get_size, "size of the disk"),
	UNKNOWN("UniqueIdFormat", CIM_UINT16, DEVICE_IDS),
};

static size_t count_disks(const struct provider *p)
{
	return p->model->n_disks;
}

const struct cim_class class_msft_disk = {
	.name = "MSFT_Disk",
	.ancestors = "MSFT_StorageObject",
	.space = STORAGE_SPACE,
	.properties = properties,
	.n_properties = ARRAY_LENGTH(properties),
	.count = count_disks,
};

/* --- MSFT_DiskToPartition ------------------------------------------------- */

static struct cim_object to_disk(const struct cim_object *o)
{
	const struct provider *p = o->provider;

	return (struct cim_object){ p, &class_msft_disk,
				    p->model->partitions[o->index].disk };
}

static struct cim_object to_partition(const struct cim_object *o)
{
	return (struct cim_object){ o->provider, &class_msft_partition,
				    o->index };
}

static const struct cim_property link_properties[] = {
	REFERENCE_KEY("Disk", "MSFT_Disk", to_disk, "disk number"),
	REFERENCE_KEY("Partition", "MSFT_Partition", to_partition,
		      "partition table"),
};

static size_t count_partitions(const struct provider *p)
{
	return p->model->n_partitions;
}

const struct cim_class class_msft_disk_to_partition = {
	.name = "MSFT_DiskToPartition",
	.ancestors = "",
	.space = STORAGE_SPACE,
	.association = true,
	.properties = link_properties,
	.n_properties = ARRAY_LENGTH(link_properties),
	.count = count_partitions,
};
