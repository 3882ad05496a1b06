/*
 * storage_object.h - what the classes of the Storage Management API share
 *
 * Their key in WMI is ObjectId, which has a GUID that only the running system
 * knows.  Here the key of a volume is UniqueId, that of a disk its number, that
 * of a partition both numbers: so that paths lead to objects at all.
 */
#ifndef PROVIDER_STORAGE_OBJECT_H
#define PROVIDER_STORAGE_OBJECT_H

#include "provider/classes.h"

#define STORAGE_SPACE "root\\Microsoft\\Windows\\Storage"

#define OBJECT_ID "it has a GUID of the running system"
#define DISK_RECORD "Enum\\...: the disk's record, if exactly one is this disk"
#define DISK_NUMBER "disk number: see disks[].numberBasis of the report"

/* Rows that are the same in all of them.  */
#define PASS_THROUGH \
	UNKNOWN("PassThroughClass", CIM_STRING, NEVER_FILLED), \
	UNKNOWN("PassThroughIds", CIM_STRING, NEVER_FILLED), \
	UNKNOWN("PassThroughNamespace", CIM_STRING, NEVER_FILLED), \
	UNKNOWN("PassThroughServer", CIM_STRING, NEVER_FILLED)
#define STORAGE_OBJECT \
	UNKNOWN("ObjectId", CIM_STRING, OBJECT_ID), PASS_THROUGH

/* "\\?\scsi#disk&ven_...#{53f56307-b6bf-11d0-94f2-00a0c91efb8b}": by which the
 * device of @disk is opened; NULL: unknown.  */
const char *disk_interface(const struct provider *p, size_t disk);

/* "{ebd0a0a2-...}".  */
void cim_set_guid(const struct provider *p, const struct guid *g,
		  struct cim_value *v);

/* Of volume @volume of the model: its letter; its paths, then its name.  NULL
 * without one.  */
void cim_set_letter(const struct provider *p, size_t volume,
		    struct cim_value *v);
void cim_set_access_paths(const struct provider *p, size_t volume,
			  struct cim_value *v);

#endif /* PROVIDER_STORAGE_OBJECT_H */
