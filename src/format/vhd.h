/*
 * vhd.h - footer and dynamic header of a Virtual Hard Disk
 */
#ifndef FORMAT_VHD_H
#define FORMAT_VHD_H

#include <stdbool.h>

#include "base/span.h"

#define VHD_FOOTER_BYTES 512
#define VHD_HEADER_BYTES 1024
#define VHD_LOCATORS 8
#define VHD_NO_BLOCK 0xffffffffu	/* BAT entry of an absent block */

enum vhd_type { VHD_FIXED = 2, VHD_DYNAMIC = 3, VHD_DIFFERENCING = 4 };

struct vhd_footer {
	uint64_t data_offset;	/* of the dynamic header */
	uint32_t timestamp;	/* seconds since 2000-01-01 UTC */
	uint64_t current_size;	/* of the disk, bytes */
	enum vhd_type type;
	uint8_t uuid[16];	/* in the order in which it is printed */
	uint32_t checksum, sum;	/* as stored, and of the bytes */
	bool bad_checksum;	/* believe it only if nothing better is there */
};

struct vhd_locator {
	char platform[5];	/* "W2ru": a relative path, "W2ku": absolute */
	uint32_t length;	/* bytes of text */
	uint64_t offset;	/* of the text, in the file */
};

struct vhd_header {
	uint64_t bat_offset;
	uint32_t bat_entries;
	uint32_t block_bytes;	/* a power of two, from 512 */
	uint8_t parent_uuid[16];
	struct span parent_name;	/* UTF-16, big-endian; borrowed */
	struct vhd_locator locator[VHD_LOCATORS];
	bool bad_checksum;
};

/* Read the footer @s of 512 bytes, or 511 as early Virtual PC wrote it.  Images
 * whose checksums were never right are in use, libvhdi does not look at them:
 * a wrong one is not an error here.  */
int vhd_footer_parse(struct span s, struct vhd_footer *ret, struct err *reterr);

/* Read the dynamic header at the start of @s.  */
int vhd_header_parse(struct span s, struct vhd_header *ret, struct err *reterr);

/* Size of the sector bitmap before a block's data: a bit for each sector, in
 * whole sectors.  */
uint32_t vhd_bitmap_bytes(uint32_t block_bytes);

#endif /* FORMAT_VHD_H */
