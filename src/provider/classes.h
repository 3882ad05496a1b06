/*
 * classes.h - the classes one by one, and what their tables share
 */
#ifndef PROVIDER_CLASSES_H
#define PROVIDER_CLASSES_H

#include "provider/provider.h"

/* Their objects have the index of a row of the provider's: of `directories',
 * `letters', `partitions', and so on; volumes and disks that of the model.  */
extern const struct cim_class class_mount_point, class_volume, class_directory,
	class_disk_drive, class_disk_partition, class_logical_disk;
extern const struct cim_class class_drive_to_partition,
	class_logical_disk_to_partition, class_logical_disk_root_directory;
extern const struct cim_class class_quota_setting, class_volume_quota,
	class_volume_user_quota, class_account;
extern const struct cim_class class_defrag_analysis;
extern const struct cim_class class_volume_to_partition,
	class_mount_point_location;
extern const struct cim_class class_msft_disk, class_msft_partition,
	class_msft_volume, class_msft_disk_to_partition,
	class_msft_partition_to_volume;

#define ARRAY_LENGTH(a) (sizeof(a) / sizeof((a)[0]))

/* Rows of the tables.  */
#define PROPERTY(NAME, TYPE, GET, SOURCE) \
	{ .name = (NAME), .type = (TYPE), .get = (GET), .source = (SOURCE) }
#define KEY(NAME, TYPE, GET, SOURCE) \
	{ .name = (NAME), .type = (TYPE), .get = (GET), .source = (SOURCE), \
	  .is_key = true }
#define REFERENCE_KEY(NAME, CLASS, LEADS_TO, SOURCE) \
	{ .name = (NAME), .type = CIM_REFERENCE, .source = (SOURCE), \
	  .is_key = true, .reference = (CLASS), .leads_to = (LEADS_TO) }
/* What nothing offline can tell, and why.  */
#define UNKNOWN(NAME, TYPE, WHY) \
	{ .name = (NAME), .type = (TYPE), .source = (WHY) }
#define UNKNOWN_ARRAY(NAME, TYPE, WHY) \
	{ .name = (NAME), .type = (TYPE), .source = (WHY), .is_array = true }

/* Why.  */
#define STATE_OF_RUNNING "a state of the running system"
#define NEVER_FILLED "Windows leaves it NULL"
#define NOT_STORED "no disk and no registry has it"

/* Where several classes have it from.  */
#define DRIVE_TYPE "2 where MountedDevices, Enum\\STORAGE or event 1006 has " \
	"a removable medium; else 3 of what lies in a partition"

/* "\\.\PHYSICALDRIVE0", "Disk #0, Partition #1", "C:".  */
const char *disk_device_id(const struct provider *p, size_t disk);
const char *partition_device_id(const struct provider *p, size_t row);
const char *letter_device_id(const struct provider *p, char letter);

/* The $STANDARD_INFORMATION of a file of volume @volume of the model; false
 * where it is not NTFS, or that cannot be read.  */
bool file_information(const struct provider *p, size_t volume, ntfs_ref ref,
		      struct standard_information *ret);

/* Of its attributes, as the Windows SDK calls them.  */
enum {
	ATTRIBUTE_HIDDEN = 0x2,
	ATTRIBUTE_SYSTEM = 0x4,
	ATTRIBUTE_ARCHIVE = 0x20,
	ATTRIBUTE_COMPRESSED = 0x800,
	ATTRIBUTE_NOT_CONTENT_INDEXED = 0x2000,
	ATTRIBUTE_ENCRYPTED = 0x4000,
};

/* The letter that leads to volume @volume of the model; 0: none does.  */
char volume_letter(const struct provider *p, size_t volume);

/* The registry's record of disk @disk in this installation; NULL: it has none,
 * or more than one.  */
const struct machine_known_disk *disk_record(const struct provider *p,
					     size_t disk);

/* A FILETIME as a CIM datetime in UTC, "20210102030405.123456+000"; 0 is
 * NULL.  */
void cim_set_time(const struct provider *p, struct cim_value *v,
		  uint64_t filetime);

/* What several classes say alike.  */
void get_class_name(const struct cim_object *o, struct cim_value *v);
void get_computer_system(const struct cim_object *o, struct cim_value *v);
void get_host(const struct cim_object *o, struct cim_value *v);

/* The label, and the file system, of a volume of the model; NULL: none.  */
const char *volume_label(const struct provider *p, size_t volume);
const char *volume_file_system(const struct provider *p, size_t volume);

#endif /* PROVIDER_CLASSES_H */
