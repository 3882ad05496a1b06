/*
 * device_facts.h - what is known of a disk as a device: no sector of it tells
 */
#ifndef PROVIDER_DEVICE_FACTS_H
#define PROVIDER_DEVICE_FACTS_H

#include "provider/provider.h"

/* Whether a disk's medium can be taken out of it.  */
enum media {
	MEDIA_UNSAID,		/* no source says */
	MEDIA_FIXED,
	MEDIA_REMOVABLE,
	MEDIA_DISPUTED,		/* sources contradict each other */
};

/* What the installation knows of the disk that volume @volume of the model lies
 * on.  Where no source says, a volume in a partition is taken to be fixed,
 * except on USB disks, most of which are sticks.  */
enum media volume_media(const struct provider *p, size_t volume);

/* As Win32_DiskDrive has them; NULL: unknown.  */
const char *disk_media_type(const struct provider *p, size_t disk);
const char *disk_interface_type(const struct provider *p, size_t disk);

/* STORAGE_BUS_TYPE; false: unknown.  */
bool disk_bus(const struct provider *p, size_t disk, uint32_t *ret);

/* The last event of @disk in which @has is true; NULL: there is none.  */
typedef bool event_has_fn(const struct partition_event *e);
const struct partition_event *disk_last_event(const struct provider *p,
					      size_t disk, event_has_fn *has);

#endif /* PROVIDER_DEVICE_FACTS_H */
