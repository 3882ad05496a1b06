/*
 * class_location.c - where a volume, and what is mounted, lies on disks
 *
 * The join that WMI has no class for: Win32_MountPoint ends at the volume, and
 * the documentation sends whoever wants the disk to
 * IOCTL_STORAGE_GET_DEVICE_NUMBER.  These two classes are ours, and their names
 * say so.  A volume on several disks has an object for each partition.
 */
#include "provider/classes.h"

#define OURS "root\\cimv2"
#define DEVICE_DISK 7	/* FILE_DEVICE_DISK */

static struct cim_object partition_row(const struct cim_object *o,
				       const struct placed *at)
{
	return (struct cim_object){ o->provider, &class_disk_partition,
				    at->partition };
}

/* --- Coldmount_VolumeToDiskPartition -------------------------------------- */

static const struct placed *volume_at(const struct cim_object *o)
{
	return &o->provider->volumes_placed.list[o->index];
}

static struct cim_object volume_partition(const struct cim_object *o)
{
	return partition_row(o, volume_at(o));
}

static struct cim_object placed_volume(const struct cim_object *o)
{
	return (struct cim_object){ o->provider, &class_volume,
				    volume_at(o)->row };
}

static const struct cim_property volume_properties[] = {
	REFERENCE_KEY("Antecedent", "Win32_DiskPartition", volume_partition,
		      "partition table; the database of dynamic disks"),
	REFERENCE_KEY("Dependent", "Win32_Volume", placed_volume,
		      "boot sector"),
};

static size_t count_volumes(const struct provider *p)
{
	return p->volumes_placed.n;
}

const struct cim_class class_volume_to_partition = {
	.name = "Coldmount_VolumeToDiskPartition",
	.ancestors = "CIM_BasedOn CIM_Dependency",
	.space = OURS,
	.association = true,
	.properties = volume_properties,
	.n_properties = ARRAY_LENGTH(volume_properties),
	.count = count_volumes,
};

/* --- Coldmount_MountPointLocation ----------------------------------------- */

static const struct placed *directory_at(const struct cim_object *o)
{
	return &o->provider->directories_placed.list[o->index];
}

static const struct machine_partition *part_of(const struct cim_object *o)
{
	return directory_at(o)->entry;
}

static struct cim_object location_directory(const struct cim_object *o)
{
	return (struct cim_object){ o->provider, &class_directory,
				    directory_at(o)->row };
}

static struct cim_object location_volume(const struct cim_object *o)
{
	const struct provider *p = o->provider;

	return (struct cim_object){ p, &class_volume,
				    p->directories[directory_at(o)->row]
					    .volume };
}

static struct cim_object location_partition(const struct cim_object *o)
{
	return partition_row(o, directory_at(o));
}

static struct cim_object location_disk(const struct cim_object *o)
{
	return (struct cim_object){ o->provider, &class_disk_drive,
				    part_of(o)->disk };
}

static void get_device_type(const struct cim_object *o, struct cim_value *v)
{
	(void)o;
	cim_set_integer(v, DEVICE_DISK);
}

static void get_device_number(const struct cim_object *o, struct cim_value *v)
{
	cim_set_integer(v, o->provider->model->disks[part_of(o)->disk].number);
}

static void get_partition_number(const struct cim_object *o,
				 struct cim_value *v)
{
	cim_set_integer(v, part_of(o)->entry->number);
}

#define NUMBERS "as IOCTL_STORAGE_GET_DEVICE_NUMBER gives it of Partition, or "\
		"of the logical drive in it"

static const struct cim_property location_properties[] = {
	REFERENCE_KEY("Directory", "Win32_Directory", location_directory,
		      "as Win32_MountPoint"),
	REFERENCE_KEY("Volume", "Win32_Volume", location_volume,
		      "as Win32_MountPoint"),
	REFERENCE_KEY("Partition", "Win32_DiskPartition", location_partition,
		      "partition table; the database of dynamic disks"),
	REFERENCE_KEY("DiskDrive", "Win32_DiskDrive", location_disk,
		      "disk number"),
	PROPERTY("DeviceType", CIM_UINT32, get_device_type, NUMBERS),
	PROPERTY("DeviceNumber", CIM_UINT32, get_device_number, NUMBERS),
	PROPERTY("PartitionNumber", CIM_UINT32, get_partition_number, NUMBERS),
};

static size_t count_directories(const struct provider *p)
{
	return p->directories_placed.n;
}

const struct cim_class class_mount_point_location = {
	.name = "Coldmount_MountPointLocation",
	.ancestors = "",
	.space = OURS,
	.association = true,
	.properties = location_properties,
	.n_properties = ARRAY_LENGTH(location_properties),
	.count = count_directories,
};
