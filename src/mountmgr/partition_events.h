/*
 * partition_events.h - what the partition manager's event log says of disks
 *
 * Since Windows 10 the partition manager writes event 1006 each time that a
 * disk comes or goes.  It is the one place on a disk that keeps the numbers
 * which disks had.
 */
#ifndef MOUNTMGR_PARTITION_EVENTS_H
#define MOUNTMGR_PARTITION_EVENTS_H

#include <string.h>

#include "base/guid.h"
#include "base/utf16.h"
#include "disk/volume.h"
#include "evidence/source.h"
#include "format/drive_layout.h"

/* STORAGE_BUS_TYPE of the Windows SDK: those that mean something here.  */
enum storage_bus {
	STORAGE_BUS_UNKNOWN = 0,
	STORAGE_BUS_ATAPI = 2,
	STORAGE_BUS_ATA = 3,
	STORAGE_BUS_1394 = 4,
	STORAGE_BUS_USB = 7,
	STORAGE_BUS_SATA = 11,
	STORAGE_BUS_NVME = 17,
};

/* Of Characteristics, which are those of the disk's device object: its medium
 * can be taken out of it (as the Windows SDK has it).  */
#define EVENT_REMOVABLE_MEDIA 0x1u

/* Of the first volumes of a disk: Vbr0 to Vbr3.  */
#define PARTITION_EVENT_VBRS 4

struct partition_event_vbr {
	bool there;
	enum fs_kind kind;	/* FS_UNKNOWN: of no kind that we know */
	const char *name;	/* "NTFS", as in volume_identity */
	bool has_serial, has_serial64;
	uint32_t serial;	/* as `vol' shows it */
	uint64_t serial64;	/* NTFS and ReFS */
};

/* Texts: utf8 NULL where the event has none.  GUIDs: zero.  */
struct partition_event {
	uint64_t record;	/* its id; later events have higher ones, while
				 * the clock may have been set back */
	uint64_t time;		/* FILETIME */
	uint64_t capacity;	/* bytes; 0: the disk went */
	struct text computer;	/* as it was called then */
	struct text manufacturer, model, revision, serial, location, parent;
	struct guid disk_id, adapter_id, registry_id;
	struct drive_layout layout;	/* its spans are in the arena */
	struct partition_event_vbr vbr[PARTITION_EVENT_VBRS];
	struct cites cites;	/* the record */
	uint32_t number;	/* PhysicalDrive number */
	uint32_t bus;		/* STORAGE_BUS_TYPE */
	uint32_t characteristics;	/* FILE_REMOVABLE_MEDIA, ... */
	uint32_t physical_sector;	/* bytes */
	uint32_t signature;	/* of the layout, or else of sector 0 */
	unsigned log;		/* of several: 0 is the one in use */
	bool has_number, has_capacity, has_bus, has_layout, has_signature;
	bool has_characteristics, has_physical_sector;
	bool remnant;		/* it lies where the log has no record any
				 * more */
	bool damaged;		/* not all of it could be read */
};

/* The id by which the registry knows the device, Partmgr's DiskId: RegistryId.
 * What an event calls DiskId is made from what the device says of itself, and
 * two machines can have the same; it stands in where there is no other.  */
static inline const struct guid *
partition_event_device(const struct partition_event *e)
{
	return guid_is_zero(&e->registry_id) ? &e->disk_id : &e->registry_id;
}

/* Whether an event has that text: where the device gave none, Windows writes
 * the word NULL.  */
static inline bool partition_event_tells(struct text t)
{
	return t.utf8 != NULL && t.utf8[0] != '\0' &&
	       strcmp(t.utf8, "NULL") != 0;
}

/* Whether the event says which partition table the disk had.  */
static inline bool partition_event_has_id(const struct partition_event *e)
{
	return e->has_layout ? drive_layout_has_id(&e->layout)
			     : e->has_signature && e->signature != 0;
}

/* The records that a log has, of all events, by their ids.  */
struct event_range {
	uint64_t first, last;	/* 0: it has none */
	struct cites cites;	/* the chunks that they are in */
	bool unsure;		/* not all of the log was read */
};

struct partition_events {
	struct partition_event *list;	/* sorted by their ids */
	size_t n;
	struct event_range range;	/* of what was read, not what joined */
};

/*
 * How much is read of all logs of a machine: a few seconds of work where all
 * are hostile, and events that can be kept beside the rest of a report within
 * 256 MiB.  An event of Windows 11 has 567 tokens, a log of 1 MiB holds 500
 * events, and a machine has one, two or three logs.
 */
struct partition_events_budget {
	uint32_t tokens, events;
};
#define PARTITION_EVENTS_BUDGET { 1u << 24, 16384 }

/* The events 1006 of the log whose bytes are @s; they cost of @budget.  What
 * is damaged is a finding, and the rest is read.  Fails only when out of
 * memory.  */
int partition_events_read(struct source *s,
			  struct partition_events_budget *budget,
			  struct arena *a, struct diag_list *d,
			  struct partition_events *ret, struct err *reterr);

/* Add the @more events of another log, which has the @number, to @all.  Those
 * that @all has already are left out.  Fails only when out of memory.  */
int partition_events_join(struct partition_events *all,
			  const struct partition_events *more, unsigned number,
			  struct arena *a, struct err *reterr);

/* "NVMe", as Get-Disk prints it; NULL for a number without a name.  */
const char *partition_event_bus_name(uint32_t bus);

#endif /* MOUNTMGR_PARTITION_EVENTS_H */
