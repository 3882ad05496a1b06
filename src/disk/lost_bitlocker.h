/*
 * lost_bitlocker.h - an encrypted volume by what its metadata say of themselves
 *
 * BitLocker's first sector says where the three blocks of metadata are, and
 * each block says it of all three.  Where that sector is lost, a block still
 * tells where its volume begins.
 */
#ifndef DISK_LOST_BITLOCKER_H
#define DISK_LOST_BITLOCKER_H

#include "disk/boot_sector.h"
#include "evidence/source.h"

struct lost_bitlocker {
	uint64_t offset;	/* of the volume, on the disk */
	uint64_t length;	/* bytes; 0: not said */
	uint8_t sector[BOOT_SECTOR_BYTES];	/* a first sector in the form
				 * of Windows 7 that leads to the metadata */
};

/* Whether the sector may be the start of a block of metadata.  */
bool lost_bitlocker_may_begin(const uint8_t *sector);

/*
 * Take what is at @at of @disk for a block of the metadata of a volume that
 * begins at byte @begin or behind it.  Where it begins behind that, two blocks
 * must agree on where.  False: it is none, or one of Vista, which keeps more in
 * the first sector than can be told.
 */
bool lost_bitlocker_read(struct source *disk, uint64_t at, uint64_t begin,
			 struct arena *a, struct lost_bitlocker *ret);

/* Look for one in a volume where Windows puts the first block: at a multiple of
 * 64 KiB, near the start.  *@ret_at: where it is.  */
bool lost_bitlocker_find(struct source *volume, struct arena *a,
			 struct lost_bitlocker *ret, uint64_t *ret_at);

#endif /* DISK_LOST_BITLOCKER_H */
