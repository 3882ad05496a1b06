/*
 * lost_mft.h - an NTFS volume by what the $MFT says of itself
 *
 * Where both boot sectors are lost, the first records of the $MFT still tell
 * what these did: where the $MFT and the $MFTMirr lie, how long clusters are,
 * and how long the volume is; but not its serial number.
 */
#ifndef DISK_LOST_MFT_H
#define DISK_LOST_MFT_H

#include "disk/boot_sector.h"
#include "evidence/source.h"

struct lost_mft {
	uint64_t offset;	/* of the volume, on the disk */
	bool has_length;	/* the $MFT says how long it is */
	uint8_t sector[BOOT_SECTOR_BYTES];	/* a boot sector, made of what
				 * the $MFT tells; without a serial number */
};

/* Whether the sector may be the start of the $MFT's own record.  */
bool lost_mft_may_begin(const uint8_t *sector);

/* Take the record at @at of @disk for the $MFT's own, or for its copy in the
 * $MFTMirr, of a volume in the bytes from @begin to @end.  False: it is none,
 * or nothing tells which of both.  */
bool lost_mft_read(struct source *disk, uint64_t at, uint64_t begin,
		   uint64_t end, struct lost_mft *ret);

#endif /* DISK_LOST_MFT_H */
