/*
 * disk_records.h - what a SYSTEM hive remembers of disks
 *
 * The plug-and-play manager keeps a key for each device that was ever attached,
 * Enum\<bus>\<device>\<instance>, and for each volume that was ever there.
 * These are the facts as they are stored, one record a key; which of them speak
 * of one physical disk is for the machine layer to say.
 */
#ifndef MOUNTMGR_DISK_RECORDS_H
#define MOUNTMGR_DISK_RECORDS_H

#include "base/guid.h"
#include "format/drive_layout.h"
#include "registry/hive.h"

/* FILETIMEs, 0 where there is none.  */
struct device_times {
	uint64_t first_installed, installed;
	uint64_t last_arrival, last_removal;
	uint64_t last_present;	/* of a record that an upgrade left */
	/* Where these lie.  */
	struct cites first_cites, arrival_cites, removal_cites;
};

/* Where in the hive a record is.  */
enum record_place {
	RECORD_ENUM,		/* Enum of the current control set */
	RECORD_OTHER_SET,	/* Enum of another one */
	RECORD_MIGRATION,	/* what an upgrade of Windows left */
	RECORD_INTERFACE,	/* Control\DeviceClasses or disk\Enum only */
	RECORD_SOFTWARE,	/* the SOFTWARE hive */
};

/* In which states of a hive a record is: without its logs, and with them.  */
enum { RECORD_BEFORE = 1u << 0, RECORD_AFTER = 1u << 1 };

/* A disk, as a device.  Texts are NULL where the hive does not say.  */
struct device_record {
	enum record_place place;
	unsigned states;	/* for who compares two states to fill in */
	struct text instance;	/* "SCSI\Disk&Ven_X&Prod_Y\5&1ec5&0&000000" */
	const char *bus;	/* "SCSI" */
	const char *vendor, *product, *revision;	/* without padding */
	const char *serial;	/* of the device; NULL where Windows made up
				 * what stands in its place */
	struct text friendly_name;	/* "SanDisk Cruzer USB Device" */
	struct text location, maker;	/* LocationInformation, Mfg */
	struct text parent;	/* "USB\VID_0781&PID_5530\2006..." */
	struct text parent_prefix;	/* ParentIdPrefix, up to Windows XP */
	struct guid container;	/* zero: none */
	struct guid disk_id;	/* Partmgr\DiskId; zero: none */
	bool has_attributes;
	uint32_t attributes;	/* Partmgr\Attributes */
	bool has_layout;
	struct drive_layout layout;	/* Partmgr\PartitionTableCache */
	struct span attributes_table;	/* Partmgr\AttributesTableCache */
	uint64_t layout_written;	/* of the key Partmgr */
	bool has_number;
	bool numbers_differ;	/* it was given two: neither is taken */
	unsigned number;	/* PhysicalDrive number, of a live export */
	struct device_times times;
	uint64_t last_written;	/* of its key */
	uint64_t interface_written;	/* of its key in DeviceClasses */
	struct cites cites;
	struct cites layout_cites;	/* of the table alone */
	struct cites partmgr_cites;	/* of the key Partmgr alone */
	struct cites interface_cites;	/* of its key in DeviceClasses alone */
	struct cites disk_id_cites;	/* of DiskId alone */
};

/* How a volume's record says which disk it lies on.  */
enum volume_form {
	VOLUME_FORM_OTHER,
	VOLUME_FORM_DISK_ID,	/* {DiskId}#offset */
	VOLUME_FORM_DEVICE,	/* _??_USBSTOR#...: the one volume of a disk */
	VOLUME_FORM_SIGNATURE,	/* Signature...Offset...Length..., to Vista */
	VOLUME_FORM_GPT,	/* GptPartition{guid}, to Vista */
	VOLUME_FORM_PREFIX,	/* RemovableMedia: of a ParentIdPrefix */
};

struct volume_form_parts {
	enum volume_form form;
	struct guid guid;	/* DISK_ID: of the disk.  GPT: of the entry */
	const char *device;	/* DEVICE: its instance.  PREFIX: the prefix */
	uint32_t signature;	/* SIGNATURE */
	bool has_offset;	/* DISK_ID, SIGNATURE */
	uint64_t offset, length;	/* bytes; length 0: not said */
};

enum volume_source {
	VOLUME_SOURCE_STORAGE,	/* Enum\STORAGE */
	VOLUME_SOURCE_INTERFACE,	/* Control\DeviceClasses */
	VOLUME_SOURCE_PORTABLE,	/* portable devices: with a label */
	VOLUME_SOURCE_READY_BOOST,	/* with label and serial number */
	VOLUME_SOURCE_SEARCH,	/* of a letter, with a label */
};

struct volume_record {
	enum record_place place;
	unsigned states;	/* as of a device */
	enum volume_source source;
	struct text instance;	/* "STORAGE\Volume\{...}#0000000000100000" */
	struct volume_form_parts at;
	struct text label;
	bool has_serial;
	uint32_t serial;	/* of the file system, as `vol' prints it */
	char letter;		/* 'A' to 'Z'; 0: not said */
	bool has_drive_type;
	uint32_t drive_type;	/* as GetDriveType() has it: 2 removable ... */
	struct device_times times;
	uint64_t last_tested;	/* by ReadyBoost; 0: not said */
	struct cites tested_cites;	/* where it lies */
	uint64_t last_written;
	struct cites cites;
};

/* The instance of a disk of which no more is left than its key Partmgr.  */
#define LOST_INSTANCE "?\\?\\?"

struct disk_records {
	struct device_record *devices;
	size_t n_devices;
	struct volume_record *volumes;
	size_t n_volumes;
};

/* What the SYSTEM hive @h remembers, in its arena @a.  @control_set: the number
 * of the current one; where that is 0, all that there are are others.  What
 * cannot be read is a finding; the rest is still listed.  Fails only when out
 * of memory.  */
int disk_records_read(struct hive *h, struct arena *a, struct diag_list *d,
		      unsigned control_set, struct disk_records *ret,
		      struct err *reterr);

struct volume_traces {
	struct volume_record *list;
	size_t n;
};

/* What the SOFTWARE hive @h says of volumes.  As disk_records_read().  */
int volume_traces_read(struct hive *h, struct arena *a, struct diag_list *d,
		       struct volume_traces *ret, struct err *reterr);

/* What the last part of a volume's instance says.  Texts in @a.  */
struct volume_form_parts volume_form_parse(struct arena *a, const char *s);

/* Whether @s, of VOLUME_FORM_OTHER, looks like a damaged name of another form;
 * there are more forms than those above, of dynamic disks.  */
bool volume_form_resembles(const char *s);

/* Fill in what the instance of @r says of its maker, its product and its serial
 * number.  @hardware_id: the first one, or NULL.  Texts in @a.  */
void device_record_name(struct arena *a, struct device_record *r,
			const char *hardware_id);

/* Put the backslashes into @name, "USBSTOR#Disk&Ven_X&Prod_SD#MMC#0123&0": of a
 * device path that is a name, or part of one, where `#' stands for them and for
 * the slashes in the name of a device, while the instance of a volume may have
 * it itself.  False where it is no such name.  */
bool device_path_from_name(char *name);

/* Compare device paths without regard to case, and with `#' for a backslash or
 * a slash, as they stand in names of other keys: as strcmp() does.  */
int device_path_compare(const char *a, const char *b);
bool device_path_equal(const char *a, const char *b);

#endif /* MOUNTMGR_DISK_RECORDS_H */
