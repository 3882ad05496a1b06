/*
 * lost_devices.h - the names of keys in Enum that are lost, but not what is
 * below them
 *
 * A device's name stands in more places than its key: its interfaces in
 * Control\DeviceClasses are named by it, and its hardware id has its parts.
 * The list that the key was in has the hash of its name, or the first letters:
 * what these deny is not its name, and of two names that fit neither is taken.
 */
#ifndef MOUNTMGR_LOST_DEVICES_H
#define MOUNTMGR_LOST_DEVICES_H

#include "registry/hive.h"

/* A device instance that the name of an interface tells.  */
struct interface_path {
	char *bus, *device, *instance;
	struct cites cites;	/* the key of the interface */
};

struct lost_devices {
	struct hive *hive;
	struct arena *arena;
	struct diag_list *diags;
	const struct hive_key *set;	/* the control set; NULL: none.  It is
					 * looked at until is_read */
	bool is_read;			/* its interfaces are */
	struct interface_path *paths;
	size_t n_paths;
};

/* The device instance "<bus>\<device>\<instance>" that the key @k of an
 * interface is named by, "##?#<bus>#<device>#<instance>#{...}"; NULL where it
 * is no such name.  */
char *interface_device(struct arena *a, const struct hive_key *k);

/* The key @k with the name that it had, or with HIVE_LOST_NAME; with a finding
 * that says which.  Of a bus; of a device on @bus; of an instance of @device.
 */
struct hive_key lost_bus(struct lost_devices *l, const struct hive_lost_key *k);
struct hive_key lost_device(struct lost_devices *l,
			    const struct hive_lost_key *k, const char *bus);
struct hive_key lost_instance(struct lost_devices *l,
			      const struct hive_lost_key *k, const char *bus,
			      const char *device);

/* The device instance of the disk @k, whose own key is there, where that of its
 * device or of its bus is lost (NULL); HIVE_LOST_NAME stands for what is not
 * known.  With a finding.  NULL: no memory.  */
const char *lost_path(struct lost_devices *l, const struct hive_key *k,
		      const char *bus, const char *device);

#endif /* MOUNTMGR_LOST_DEVICES_H */
