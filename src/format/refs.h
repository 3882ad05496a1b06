/*
 * refs.h - the boot sector of a ReFS volume
 */
#ifndef FORMAT_REFS_H
#define FORMAT_REFS_H

#include "base/span.h"

struct refs_boot {
	uint8_t major, minor;		/* version: 1.1 to 3.x */
	uint32_t bytes_per_sector;	/* a power of two */
	uint32_t cluster_bytes;		/* a power of two */
	uint64_t total_sectors;		/* in bytes they fit 64 bits */
	uint64_t serial;
	uint64_t container_bytes;	/* as it stands there; 0: before 3.4 */
	uint16_t checksum, checksum_computed;
};

/* Decode the 512 bytes of @sector.  The checksum is for the caller to compare.
 */
int refs_boot_parse(struct span sector, struct refs_boot *ret,
		    struct err *reterr);

#endif /* FORMAT_REFS_H */
