/*
 * device_number.h - which device number Windows gives what a user names, and
 * which volumes have that number
 *
 * IOCTL_STORAGE_GET_DEVICE_NUMBER answers with {DeviceType, DeviceNumber,
 * PartitionNumber} where one partition of one disk, or one disk, is meant.  A
 * volume that is put together of several has none: the call fails, and its
 * extents tell where it lies.
 */
#ifndef MACHINE_DEVICE_NUMBER_H
#define MACHINE_DEVICE_NUMBER_H

#include "machine/disk_target.h"

/* DEVICE_TYPE.  */
enum device_type { FILE_DEVICE_CD_ROM = 2, FILE_DEVICE_DISK = 7 };

/* A PartitionNumber of what cannot have partitions, and a DeviceNumber that
 * nothing offline tells.  */
#define DEVICE_NO_NUMBER UINT32_MAX

/* The errors with which the call fails.  */
enum device_error {
	DEVICE_ANSWERS,
	DEVICE_INVALID_FUNCTION = 1,	/* ERROR_INVALID_FUNCTION */
	DEVICE_NOT_FOUND = 2,		/* ERROR_FILE_NOT_FOUND: Windows shows
					 * no such device */
};

struct device_number {
	enum device_error error;
	enum device_type type;	/* where it answers */
	uint32_t number, partition_number;
	const char *reason;	/* of an error, or of a number that is not as
				 * others; NULL */
	/* What it is: NONE where there is no such.  */
	size_t volume, partition, disk;
	const size_t *volumes;	/* those that have bytes in it, in the model */
	size_t n_volumes;
	/* Why it is meant.  */
	enum tier tier;
	enum certainty certainty;
	const char *why;
	struct cites cites;
};

struct device_numbers {
	struct device_number *list;
	size_t n;
	bool cut;		/* there are more than TARGET_MAX_MATCHES */
	const char *why_none;	/* a sentence, if n is 0 */
};

/* All that @t may mean in @installation (NONE: there is none), a path being
 * followed through mounted folders; into @a.  Fails only when out of memory. */
int device_numbers_find(struct machine *m, size_t installation,
			const struct disk_target *t, struct arena *a,
			struct device_numbers *ret, struct err *reterr);

/* "FILE_DEVICE_DISK", "ERROR_INVALID_FUNCTION".  */
const char *device_type_name(enum device_type t);
const char *device_error_name(enum device_error e);

/* Of a volume: the extents of IOCTL_VOLUME_GET_VOLUME_DISK_EXTENTS in their
 * order, number @i of *@ret_n.  disk NONE: it lies on none of this evidence. */
size_t volume_extent_count(const struct machine_volume *v);
struct extent volume_extent_at(const struct machine_volume *v, size_t i);

/* What the database says of the part that it is; NULL: it is of no dynamic
 * volume.  */
const struct dynamic_extent *
volume_dynamic_extent_at(const struct machine_volume *v, size_t i);

/* Whether all of them are on disks that are here.  */
bool volume_extents_are_here(const struct machine_volume *v);

/* The VOLUME_DISK_EXTENTS of @volume, as a 64-bit process gets it, into @a.
 * Fails only when out of memory.  */
int volume_extents_make(const struct model *o, size_t volume, struct arena *a,
			struct span *ret, struct err *reterr);

#endif /* MACHINE_DEVICE_NUMBER_H */
