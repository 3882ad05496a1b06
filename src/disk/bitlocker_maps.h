/*
 * bitlocker_maps.h - which parts of a volume BitLocker has encrypted, where it
 * does so while the volume is in use
 */
#ifndef DISK_BITLOCKER_MAPS_H
#define DISK_BITLOCKER_MAPS_H

#include "base/diag.h"
#include "evidence/source.h"
#include "format/bitlocker.h"

/* What one map is of.  */
struct bitlocker_region {
	uint64_t offset, size;	/* in the volume */
	uint32_t n_bits;	/* 0: which chunks are encrypted is not known */
	const uint8_t *bits;
};

/* What of the volume is BitLocker's own.  */
struct bitlocker_own {
	uint64_t offset, end;
};

struct bitlocker_maps {
	uint32_t chunk_bytes;
	struct bitlocker_region *regions;	/* by offset */
	size_t n_regions;
	struct bitlocker_own *own;		/* by offset */
	size_t n_own;
	uint64_t plain_bytes;	/* that are not encrypted */
};

/*
 * Read them of a volume whose boot sector has places of them.  Damage is a
 * finding in @d.  *@ret is NULL where there is no list of them that can be
 * used.  False: out of memory.
 */
bool bitlocker_maps_read(struct source *volume,
			 const struct bitlocker_boot *boot, struct arena *a,
			 struct diag_list *d, struct bitlocker_maps **ret);

/* Whether the byte at @off of the volume is known not to be encrypted.  */
bool bitlocker_maps_is_plain(const struct bitlocker_maps *m, uint64_t off);

/* Up to where the bytes from @off on are the same in that, at least.  */
uint64_t bitlocker_maps_until(const struct bitlocker_maps *m, uint64_t off);

/* Whether the byte at @off is of the lists, maps and logs themselves.  */
bool bitlocker_maps_own(const struct bitlocker_maps *m, uint64_t off);

#endif /* DISK_BITLOCKER_MAPS_H */
