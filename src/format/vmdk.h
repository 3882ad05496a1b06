/*
 * vmdk.h - sparse extents and descriptors of VMware's virtual disks
 */
#ifndef FORMAT_VMDK_H
#define FORMAT_VMDK_H

#include <stdbool.h>

#include "base/span.h"

#define VMDK_SECTOR 512u
#define VMDK_HEADER_BYTES 512u
#define VMDK_AT_END UINT64_MAX		/* grain directory: see the footer */
#define VMDK_NO_PARENT 0xffffffffu

/* All offsets and sizes in sectors.  */
struct vmdk_sparse {
	uint64_t capacity;
	uint64_t grain;			/* a power of two */
	uint64_t descriptor, descriptor_sectors;	/* 0: none inside */
	uint32_t table_entries;		/* of a grain table */
	uint64_t directory;		/* VMDK_AT_END or where it lies */
	uint64_t redundant_directory;	/* 0: none */
	bool zeroed_grains;		/* entry 1: a grain of zeros */
	bool compressed;		/* grains, each behind a marker */
	bool unclean;			/* was not closed */
};

enum vmdk_extent_kind {
	VMDK_FLAT, VMDK_SPARSE, VMDK_ZERO, VMDK_OTHER,
};

struct vmdk_extent {
	enum vmdk_extent_kind kind;
	uint64_t sectors;
	struct span type;		/* as written: "VMFSSPARSE" */
	struct span name;		/* of its file; n = 0 if it has none */
	uint64_t offset;		/* of its first sector in that file */
};

int vmdk_sparse_parse(struct span s, struct vmdk_sparse *ret,
		      struct err *reterr);

/* The value of @key in the descriptor @text, without quotes; false if it is not
 * there.  */
bool vmdk_value(struct span text, const char *key, struct span *ret);

/* The same as a hexadecimal number; @otherwise if it is not there.  */
uint32_t vmdk_id(struct span text, const char *key, uint32_t otherwise);

/* Take the next extent from the descriptor *@text, which is cut to what is
 * behind it; false if there is none.  */
bool vmdk_next_extent(struct span *text, struct vmdk_extent *ret);

#endif /* FORMAT_VMDK_H */
