/*
 * media.c - whether a disk's medium can be taken out of it
 *
 * No sector of a disk tells.  Windows has remembered it in three places: the
 * mount manager knows a removable medium by its device, as a partition table
 * may change with the medium, and others by what is in their table; so do the
 * names of the volumes that plug and play keeps; and event 1006 has the
 * characteristics of the device.  A USB disk is not removable by being one.  A
 * volume without a table is known by its device whatever its medium is.
 *
 * Sources: MountedDevices and Enum\STORAGE of hives that were published; the
 * Windows SDK for the characteristics.
 */
#include "provider/device_facts.h"

#include "base/ascii.h"
#include "provider/classes.h"

/* The device of a removable medium: "_??_USBSTOR#Disk&...", which is the disk;
 * up to Windows XP "\??\STORAGE#RemovableMedia#...".  */
static bool is_removable_id(const struct mountmgr_name *name)
{
	const char *id = name->id_text.utf8;

	return name->id.kind == UNIQUE_ID_DEVICE && id != NULL &&
	       (ascii_after(id, "_??_") != NULL ||
		ascii_find(id, "STORAGE#RemovableMedia#") != NULL);
}

static bool lies_on(const struct provider *p, size_t volume, size_t disk)
{
	const struct machine_volume *v;

	if (volume == NONE)
		return false;
	v = &p->model->volumes[volume];
	for (size_t i = 0; i < v->n_extents; i++)
		if (v->extents[i].disk == disk)
			return true;
	return false;
}

/* By its place on a disk, as others are known.  */
static bool is_fixed_id(const struct mountmgr_name *name)
{
	return name->id.kind == UNIQUE_ID_MBR ||
	       name->id.kind == UNIQUE_ID_DMIO;
}

static bool has_name(const struct provider *p, size_t disk,
		     bool (*is_such)(const struct mountmgr_name *name))
{
	for (size_t i = 0; i < p->model->n_names; i++) {
		const struct machine_name *n = &p->model->names[i];

		if (n->installation == p->installation && !n->superseded &&
		    lies_on(p, n->resolution.volume, disk) &&
		    is_such(n->name))
			return true;
	}
	return false;
}

/* ReadyBoost names fixed disks by their device, too.  */
static bool is_removable_record(const struct machine_known_volume *v)
{
	return (v->source == VOLUME_SOURCE_STORAGE ||
		v->source == VOLUME_SOURCE_INTERFACE) &&
	       (v->at.form == VOLUME_FORM_DEVICE ||
		v->at.form == VOLUME_FORM_PREFIX);
}

static bool is_fixed_record(const struct machine_known_volume *v)
{
	return v->source == VOLUME_SOURCE_STORAGE &&
	       v->at.form == VOLUME_FORM_DISK_ID;
}

static bool is_of(const struct provider *p,
		  const struct machine_known_volume *v, size_t disk)
{
	return lies_on(p, v->volume, disk) ||
	       (v->known_disk != NONE &&
		p->model->known_disks[v->known_disk].disk == disk);
}

static bool has_record(const struct provider *p, size_t disk,
		       bool (*is_such)(const struct machine_known_volume *v))
{
	for (size_t i = 0; i < p->model->n_known_volumes; i++) {
		const struct machine_known_volume *v =
			&p->model->known_volumes[i];

		if (v->installation == p->installation &&
		    is_such(v) && is_of(p, v, disk))
			return true;
	}
	return false;
}

const struct partition_event *disk_last_event(const struct provider *p,
					      size_t disk, event_has_fn *has)
{
	const struct partition_event *last = NULL;

	for (size_t i = 0; i < p->model->n_disk_events; i++) {
		const struct machine_disk_event *e = &p->model->disk_events[i];

		if (e->installation != p->installation || e->disk != disk ||
		    !has(e->event))
			continue;
		/* Remnants come from before the log was emptied.  */
		if (last == NULL || last->remnant || !e->event->remnant)
			last = e->event;
	}
	return last;
}

static bool has_characteristics(const struct partition_event *e)
{
	return e->has_characteristics;
}

/* Whether the device of @disk was found by @enumerator, "USBSTOR\".  */
static bool is_found_by(const struct provider *p, size_t disk,
			const char *enumerator)
{
	const struct machine_known_disk *k = disk_record(p, disk);

	return k != NULL && k->instance.utf8 != NULL &&
	       ascii_after(k->instance.utf8, enumerator) != NULL;
}

static enum media disk_media(const struct provider *p, size_t disk)
{
	const struct partition_event *e;
	bool removable, fixed;

	if (p->installation == NONE)
		return MEDIA_UNSAID;
	e = disk_last_event(p, disk, has_characteristics);
	removable = (p->model->disks[disk].whole_volume == NONE &&
		     (has_name(p, disk, is_removable_id) ||
		      has_record(p, disk, is_removable_record))) ||
		    (e != NULL &&
		     (e->characteristics & EVENT_REMOVABLE_MEDIA) != 0);
	fixed = e != NULL && (e->characteristics & EVENT_REMOVABLE_MEDIA) == 0;
	if (removable)
		return fixed ? MEDIA_DISPUTED : MEDIA_REMOVABLE;
	return fixed || has_name(p, disk, is_fixed_id) ||
	       has_record(p, disk, is_fixed_record) ? MEDIA_FIXED :
	       MEDIA_UNSAID;
}

enum media volume_media(const struct provider *p, size_t volume)
{
	const struct machine_volume *v = &p->model->volumes[volume];
	size_t disk = v->n_extents > 0 ? v->extents[0].disk : NONE;
	enum media said = disk != NONE ? disk_media(p, disk) : MEDIA_UNSAID;

	/* A disk that Windows made dynamic is none that can be taken out.  */
	if (v->kind == VOLUME_LDM)
		return MEDIA_FIXED;
	if (said == MEDIA_UNSAID && v->kind != VOLUME_WHOLE_DISK &&
	    !is_found_by(p, disk, "USBSTOR\\"))
		return MEDIA_FIXED;
	return said;
}

/* --- bus ------------------------------------------------------------------ */

static bool has_bus(const struct partition_event *e)
{
	return e->has_bus && e->bus != STORAGE_BUS_UNKNOWN;
}

static bool hangs_on_usb(const struct provider *p, size_t disk)
{
	const struct machine_known_disk *k = disk_record(p, disk);

	return is_found_by(p, disk, "USBSTOR\\") ||
	       (k != NULL && k->parent.utf8 != NULL &&
		ascii_after(k->parent.utf8, "USB\\") != NULL);
}

bool disk_bus(const struct provider *p, size_t disk, uint32_t *ret)
{
	const struct partition_event *e = disk_last_event(p, disk, has_bus);

	if (e != NULL)
		*ret = e->bus;
	else if (hangs_on_usb(p, disk))
		*ret = STORAGE_BUS_USB;
	else if (is_found_by(p, disk, "SCSI\\Disk&Ven_NVMe&"))
		*ret = STORAGE_BUS_NVME;
	else if (is_found_by(p, disk, "SBP2\\"))
		*ret = STORAGE_BUS_1394;
	else
		return false;
	return true;
}

/* What the enumerator SCSI finds may be a SATA disk, and says so by its bus
 * only.  */
const char *disk_interface_type(const struct provider *p, size_t disk)
{
	uint32_t bus;

	if (is_found_by(p, disk, "USBSTOR\\"))
		return "USB";
	if (is_found_by(p, disk, "IDE\\"))
		return "IDE";
	if (is_found_by(p, disk, "SBP2\\"))
		return "1394";
	if (!is_found_by(p, disk, "SCSI\\") || !disk_bus(p, disk, &bus))
		return NULL;
	return bus == STORAGE_BUS_ATA || bus == STORAGE_BUS_ATAPI ||
	       bus == STORAGE_BUS_SATA ? "IDE" : "SCSI";
}

/* The container of what is built into the computer, and not removable, nor is
 * any device between: GUID_CONTAINERID_INTERNALLY_CONNECTED_DEVICE.  */
static const struct guid BUILT_IN = {
	{ 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255 }
};

static bool is_built_in(const struct provider *p, size_t disk)
{
	const struct machine_known_disk *k = disk_record(p, disk);

	return k != NULL && guid_equal(&k->container, &BUILT_IN);
}

/* CM_DEVCAP_REMOVABLE of a disk's own Capabilities does not tell: those of USB
 * have it not, as the device above them has, and some of virtual machines
 * have.  */
const char *disk_media_type(const struct provider *p, size_t disk)
{
	uint32_t bus;

	switch (disk_media(p, disk)) {
	case MEDIA_REMOVABLE:
		return "Removable Media";
	case MEDIA_FIXED:
		if (disk_bus(p, disk, &bus) && bus == STORAGE_BUS_USB)
			return "External hard disk media";
		return is_built_in(p, disk) ? "Fixed hard disk media" : NULL;
	case MEDIA_UNSAID:
	case MEDIA_DISPUTED:
		break;
	}
	return NULL;
}
