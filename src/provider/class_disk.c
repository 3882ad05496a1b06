/*
 * class_disk.c - Win32_DiskDrive, Win32_DiskPartition and what joins them
 *
 * A disk's size is not that of the disk: it is whole cylinders of a geometry
 * that no disk has any more, of 255 heads and 63 sectors.
 */
#include "provider/classes.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/ascii.h"
#include "provider/device_facts.h"

#define HEADS 255u
#define SECTORS 63u

static const struct machine_disk *disk_of(const struct cim_object *o)
{
	return &o->provider->model->disks[o->index];
}

static uint64_t cylinders(const struct cim_object *o)
{
	return disk_of(o)->table.size /
	       ((uint64_t)HEADS * SECTORS * disk_of(o)->table.sector_size);
}

const struct machine_known_disk *disk_record(const struct provider *p,
					     size_t disk)
{
	const struct model *m = p->model;
	const struct machine_known_disk *found = NULL;

	for (size_t i = 0; i < m->n_known_disks; i++) {
		if (m->known_disks[i].disk != disk ||
		    m->known_disks[i].installation != p->installation)
			continue;
		if (found != NULL)
			return NULL;
		found = &m->known_disks[i];
	}
	return found;
}

static const struct machine_known_disk *known_of(const struct cim_object *o)
{
	return disk_record(o->provider, o->index);
}

static void get_sector_size(const struct cim_object *o, struct cim_value *v)
{
	cim_set_integer(v, disk_of(o)->table.sector_size);
}

static void get_device_id(const struct cim_object *o, struct cim_value *v)
{
	cim_set_string(v, disk_device_id(o->provider, o->index));
}

static void get_revision(const struct cim_object *o, struct cim_value *v)
{
	const struct machine_known_disk *k = known_of(o);

	if (k != NULL)
		cim_set_string(v, k->revision);
}

static void get_interface(const struct cim_object *o, struct cim_value *v)
{
	cim_set_string(v, disk_interface_type(o->provider, o->index));
}

static void get_media_type(const struct cim_object *o, struct cim_value *v)
{
	cim_set_string(v, disk_media_type(o->provider, o->index));
}

static void get_index(const struct cim_object *o, struct cim_value *v)
{
	cim_set_integer(v, disk_of(o)->number);
}

static void get_model(const struct cim_object *o, struct cim_value *v)
{
	const struct machine_known_disk *k = known_of(o);

	if (k != NULL)
		cim_set_string(v, k->model.utf8);
}

/* In capitals, as Windows gives it, whatever the registry has.  */
static void get_instance(const struct cim_object *o, struct cim_value *v)
{
	const struct machine_known_disk *k = known_of(o);
	char *id = k == NULL || k->instance.utf8 == NULL ? NULL :
		arena_strdup(o->provider->arena, k->instance.utf8);

	for (char *c = id; c != NULL && *c != '\0'; c++)
		*c = ascii_upper(*c);
	cim_set_string(v, id);
}

/* The number behind @word in "Bus Number 0, Target Id 1, LUN 0", which is what
 * the port drivers of SCSI call a device's location; others have other words.
 */
static void set_address(const struct cim_object *o, const char *word,
			struct cim_value *v)
{
	const struct machine_known_disk *k = known_of(o);
	const char *at = k == NULL ? NULL : k->location.utf8;
	unsigned long n;

	if (at == NULL || ascii_after(at, "Bus Number ") == NULL)
		return;
	at = ascii_find(at, word);
	at = at == NULL ? NULL : ascii_after(at, word);
	if (at == NULL || *at < '0' || *at > '9')
		return;
	n = strtoul(at, NULL, 10);
	if (n <= UINT8_MAX)	/* as SCSI_ADDRESS has them */
		cim_set_integer(v, n);
}

static void get_bus(const struct cim_object *o, struct cim_value *v)
{
	set_address(o, "Bus Number ", v);
}

static void get_target(const struct cim_object *o, struct cim_value *v)
{
	set_address(o, "Target Id ", v);
}

static void get_unit(const struct cim_object *o, struct cim_value *v)
{
	set_address(o, "LUN ", v);
}

/* "@disk.inf,%genmanufacturer%;(Standard disk drives)": what stands behind the
 * place of the text is the text.  Up to Windows XP it stands alone.  */
static void get_maker(const struct cim_object *o, struct cim_value *v)
{
	const struct machine_known_disk *k = known_of(o);
	const char *text = k == NULL ? NULL : k->maker.utf8;

	if (text != NULL && *text == '@') {
		text = strrchr(text, ';');
		text = text == NULL ? NULL : text + 1;
	}
	cim_set_string(v, text);
}

static void get_serial(const struct cim_object *o, struct cim_value *v)
{
	const struct machine_known_disk *k = known_of(o);

	if (k != NULL)
		cim_set_string(v, k->serial);
}

static void get_partition_count(const struct cim_object *o,
				struct cim_value *v)
{
	const struct provider *p = o->provider;
	uint64_t n = 0;

	for (size_t i = 0; i < p->n_partitions; i++)
		n += p->partitions[i].partition->disk == o->index;
	cim_set_integer(v, n);
}

static void get_signature(const struct cim_object *o, struct cim_value *v)
{
	if (disk_of(o)->table.scheme == SCHEME_MBR)
		cim_set_integer(v, disk_of(o)->table.signature);
}

static void get_size(const struct cim_object *o, struct cim_value *v)
{
	cim_set_integer(v, cylinders(o) * HEADS * SECTORS *
			   disk_of(o)->table.sector_size);
}

static void get_cylinders(const struct cim_object *o, struct cim_value *v)
{
	cim_set_integer(v, cylinders(o));
}

static void get_heads(const struct cim_object *o, struct cim_value *v)
{
	(void)o;
	cim_set_integer(v, HEADS);
}

static void get_tracks(const struct cim_object *o, struct cim_value *v)
{
	cim_set_integer(v, cylinders(o) * HEADS);
}

static void get_sectors(const struct cim_object *o, struct cim_value *v)
{
	cim_set_integer(v, cylinders(o) * HEADS * SECTORS);
}

static void get_sectors_per_track(const struct cim_object *o,
				  struct cim_value *v)
{
	(void)o;
	cim_set_integer(v, SECTORS);
}

static void get_disk_description(const struct cim_object *o,
				 struct cim_value *v)
{
	(void)o;
	cim_set_string(v, "Disk drive");
}

#define GEOMETRY "size of the disk, in cylinders of 255 heads, 63 sectors"
#define DEVICE "Enum\\...: the disk's record, if exactly one is this disk"
#define LOCATION DEVICE ": LocationInformation of SCSI"
#define NUMBER "disk number: see disks[].numberBasis of the report"

static const struct cim_property disk_properties[] = {
	UNKNOWN("Availability", CIM_UINT16, NEVER_FILLED),
	PROPERTY("BytesPerSector", CIM_UINT32, get_sector_size,
		 "container, GPT or boot sectors"),
	UNKNOWN_ARRAY("Capabilities", CIM_UINT16, NOT_STORED),
	UNKNOWN_ARRAY("CapabilityDescriptions", CIM_STRING, NOT_STORED),
	PROPERTY("Caption", CIM_STRING, get_model, "as Model"),
	UNKNOWN("CompressionMethod", CIM_STRING, NEVER_FILLED),
	UNKNOWN("ConfigManagerErrorCode", CIM_UINT32, STATE_OF_RUNNING),
	UNKNOWN("ConfigManagerUserConfig", CIM_BOOLEAN, STATE_OF_RUNNING),
	PROPERTY("CreationClassName", CIM_STRING, get_class_name, "the class"),
	UNKNOWN("DefaultBlockSize", CIM_UINT64, NEVER_FILLED),
	PROPERTY("Description", CIM_STRING, get_disk_description,
		 "the same of every disk"),
	KEY("DeviceID", CIM_STRING, get_device_id, NUMBER),
	UNKNOWN("ErrorCleared", CIM_BOOLEAN, NEVER_FILLED),
	UNKNOWN("ErrorDescription", CIM_STRING, NEVER_FILLED),
	UNKNOWN("ErrorMethodology", CIM_STRING, NEVER_FILLED),
	PROPERTY("FirmwareRevision", CIM_STRING, get_revision, DEVICE),
	PROPERTY("Index", CIM_UINT32, get_index, NUMBER),
	UNKNOWN("InstallDate", CIM_DATETIME, NEVER_FILLED),
	PROPERTY("InterfaceType", CIM_STRING, get_interface,
		 DEVICE ": its enumerator; of SCSI the bus: event 1006, "
		 "device"),
	UNKNOWN("LastErrorCode", CIM_UINT32, NEVER_FILLED),
	PROPERTY("Manufacturer", CIM_STRING, get_maker, DEVICE ": Mfg"),
	UNKNOWN("MaxBlockSize", CIM_UINT64, NEVER_FILLED),
	UNKNOWN("MaxMediaSize", CIM_UINT64, NEVER_FILLED),
	UNKNOWN("MediaLoaded", CIM_BOOLEAN, STATE_OF_RUNNING),
	PROPERTY("MediaType", CIM_STRING, get_media_type,
		 "as DriveType of Win32_Volume; fixed: external where it "
		 "hangs on USB, built in by ContainerID, else NULL"),
	UNKNOWN("MinBlockSize", CIM_UINT64, NEVER_FILLED),
	PROPERTY("Model", CIM_STRING, get_model, DEVICE ": FriendlyName"),
	PROPERTY("Name", CIM_STRING, get_device_id, "as DeviceID"),
	UNKNOWN("NeedsCleaning", CIM_BOOLEAN, NEVER_FILLED),
	UNKNOWN("NumberOfMediaSupported", CIM_UINT32, NEVER_FILLED),
	PROPERTY("Partitions", CIM_UINT32, get_partition_count,
		 "partition table"),
	PROPERTY("PNPDeviceID", CIM_STRING, get_instance,
		 DEVICE ", in capitals"),
	UNKNOWN_ARRAY("PowerManagementCapabilities", CIM_UINT16, NEVER_FILLED),
	UNKNOWN("PowerManagementSupported", CIM_BOOLEAN, NEVER_FILLED),
	PROPERTY("SCSIBus", CIM_UINT32, get_bus, LOCATION),
	PROPERTY("SCSILogicalUnit", CIM_UINT16, get_unit, LOCATION),
	UNKNOWN("SCSIPort", CIM_UINT16, STATE_OF_RUNNING),
	PROPERTY("SCSITargetId", CIM_UINT16, get_target, LOCATION),
	PROPERTY("SectorsPerTrack", CIM_UINT32, get_sectors_per_track,
		 GEOMETRY),
	PROPERTY("SerialNumber", CIM_STRING, get_serial, DEVICE),
	PROPERTY("Signature", CIM_UINT32, get_signature, "MBR"),
	PROPERTY("Size", CIM_UINT64, get_size, GEOMETRY),
	UNKNOWN("Status", CIM_STRING, STATE_OF_RUNNING),
	UNKNOWN("StatusInfo", CIM_UINT16, STATE_OF_RUNNING),
	PROPERTY("SystemCreationClassName", CIM_STRING, get_computer_system,
		 "the class of computers"),
	PROPERTY("SystemName", CIM_STRING, get_host,
		 "Control\\ComputerName"),
	PROPERTY("TotalCylinders", CIM_UINT64, get_cylinders, GEOMETRY),
	PROPERTY("TotalHeads", CIM_UINT32, get_heads, GEOMETRY),
	PROPERTY("TotalSectors", CIM_UINT64, get_sectors, GEOMETRY),
	PROPERTY("TotalTracks", CIM_UINT64, get_tracks, GEOMETRY),
	PROPERTY("TracksPerCylinder", CIM_UINT32, get_heads, GEOMETRY),
};

static size_t count_disks(const struct provider *p)
{
	return p->model->n_disks;
}

const struct cim_class class_disk_drive = {
	.name = "Win32_DiskDrive",
	.ancestors = "CIM_DiskDrive CIM_MediaAccessDevice CIM_LogicalDevice "
		     "CIM_LogicalElement CIM_ManagedSystemElement",
	.space = "root\\cimv2",
	.properties = disk_properties,
	.n_properties = ARRAY_LENGTH(disk_properties),
	.count = count_disks,
};

/* --- Win32_DiskDriveToDiskPartition --------------------------------------- */

static struct cim_object to_disk(const struct cim_object *o)
{
	const struct provider *p = o->provider;

	return (struct cim_object){ p, &class_disk_drive,
		p->partitions[o->index].partition->disk };
}

static struct cim_object to_partition(const struct cim_object *o)
{
	return (struct cim_object){ o->provider, &class_disk_partition,
				    o->index };
}

static const struct cim_property drive_to_partition_properties[] = {
	REFERENCE_KEY("Antecedent", "Win32_DiskDrive", to_disk,
		      "disk number"),
	REFERENCE_KEY("Dependent", "Win32_DiskPartition", to_partition,
		      "partition table"),
};

static size_t count_partitions(const struct provider *p)
{
	return p->n_partitions;
}

const struct cim_class class_drive_to_partition = {
	.name = "Win32_DiskDriveToDiskPartition",
	.ancestors = "CIM_MediaPresent CIM_Dependency",
	.space = "root\\cimv2",
	.association = true,
	.whole_references = true,
	.properties = drive_to_partition_properties,
	.n_properties = ARRAY_LENGTH(drive_to_partition_properties),
	.count = count_partitions,
};
