/*
 * vdi.h - header and block map of a VirtualBox disk image
 */
#ifndef FORMAT_VDI_H
#define FORMAT_VDI_H

#include "base/guid.h"
#include "base/span.h"

/* How much of the file's start vdi_header_parse() can use.  */
#define VDI_HEADER_BYTES 512

/* From here on, an entry of the block map is not a block of the file.  */
#define VDI_ZERO 0xfffffffeu	/* zeros, whatever the parent has */
#define VDI_FREE 0xffffffffu	/* the parent's; zeros where there is none */

enum vdi_type { VDI_DYNAMIC = 1, VDI_FIXED = 2, VDI_DIFFERENCING = 4 };

struct vdi_header {
	enum vdi_type type;
	uint32_t map_offset, data_offset;
	uint64_t disk_bytes;
	uint32_t block_bytes;	/* a power of two, from 512 */
	uint32_t extra_bytes;	/* before the data of each block */
	uint32_t n_blocks;	/* entries of the map, enough for the disk */
	uint32_t n_allocated;	/* of them in the file */
	struct guid uuid;	/* of this image */
	struct guid modified;	/* anew whenever it is written to */
	struct guid parent, parent_modified;	/* zero: no parent */
};

/* Read the header at the start of @s.  */
int vdi_header_parse(struct span s, struct vdi_header *ret,
		     struct err *reterr);

#endif /* FORMAT_VDI_H */
