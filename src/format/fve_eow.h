/*
 * fve_eow.h - which parts of a volume BitLocker has encrypted, where it
 * encrypts while the volume is in use
 */
#ifndef FORMAT_FVE_EOW_H
#define FORMAT_FVE_EOW_H

#include "base/span.h"

/* A descriptor gives its size in 16 bits; the volume of a gigabyte that was
 * seen has 6 maps.  */
#define FVE_EOW_BYTES 65535
#define FVE_EOW_MAX_MAPS 1024

/* The head of a map and each of its records take a physical sector.  Four of
 * the largest have room for the bits of a terabyte in chunks of 8 MiB.  */
#define FVE_EOW_MAP_BYTES 4096
#define FVE_EOW_RECORD_BYTES 16384

/* The descriptor, which is there twice.  */
struct fve_eow {
	uint32_t bytes;
	uint32_t chunk_bytes;	/* those that a bit stands for */
	uint32_t log_bytes;	/* of the log of each map */
	uint64_t copies[2];	/* where it is, in the volume */
	uint32_t n_maps;
	struct span maps;	/* offsets, 8 bytes each */
};
int fve_eow_parse(struct span s, struct fve_eow *ret, struct err *reterr);

/* Where the map @i < n_maps is, in the volume.  */
uint64_t fve_eow_map_at(const struct fve_eow *e, uint32_t i);

/* The head of a map, of one region of the volume.  */
struct fve_eow_map {
	uint32_t bytes;		/* with its records */
	uint64_t offset, size;	/* the region */
	uint64_t log;		/* where its log is, in the volume */
	uint32_t records[2];	/* behind the head's start */
	uint32_t record_bytes;
};
int fve_eow_map_parse(struct span s, struct fve_eow_map *ret,
		      struct err *reterr);

/* One of a map's two records: that with the higher sequence counts.  */
struct fve_eow_record {
	uint64_t sequence;
	uint32_t n_bits;
	struct span bits;	/* the lowest of a byte first; 1: encrypted */
};
int fve_eow_record_parse(struct span s, struct fve_eow_record *ret,
			 struct err *reterr);

#endif /* FORMAT_FVE_EOW_H */
