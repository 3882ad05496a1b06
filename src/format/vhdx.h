/*
 * vhdx.h - the structures of a VHDX file
 */
#ifndef FORMAT_VHDX_H
#define FORMAT_VHDX_H

#include "base/guid.h"
#include "base/span.h"

#define VHDX_HEADER_1_AT 0x10000u
#define VHDX_HEADER_2_AT 0x20000u
#define VHDX_HEADER_BYTES 4096u
#define VHDX_REGIONS_1_AT 0x30000u
#define VHDX_REGIONS_2_AT 0x40000u
#define VHDX_TABLE_BYTES 0x10000u	/* a region table, a metadata table */
#define VHDX_LOG_SECTOR 4096u
#define VHDX_MIB (1u << 20)		/* blocks begin at multiples of it */
#define VHDX_BITMAP_BITS (1u << 23)	/* sectors that a bitmap block covers */

struct vhdx_header {
	uint64_t sequence;
	struct guid data_write_guid;	/* by which a child knows its parent */
	struct guid log_guid;		/* zero: the log is empty */
	uint16_t log_version;
	uint32_t log_length;
	uint64_t log_offset;
};

struct vhdx_region {
	uint64_t offset;
	uint32_t length;
};

struct vhdx_regions {
	struct vhdx_region bat, metadata;
};

struct vhdx_metadata {
	uint32_t block_bytes;
	bool leave_allocated;	/* a fixed disk */
	bool has_parent;
	uint64_t size;		/* of the disk, bytes */
	uint32_t sector_bytes;	/* logical */
	struct span locator;	/* of the parent; n = 0 if there is none */
};

enum vhdx_state {
	VHDX_NOT_PRESENT = 0, VHDX_UNDEFINED = 1, VHDX_ZERO = 2,
	VHDX_UNMAPPED = 3,
	VHDX_UNMAPPED_095 = 5,	/* as drafts of the format had it; qemu */
	VHDX_FULLY_PRESENT = 6, VHDX_PARTIALLY_PRESENT = 7,
};

/* A BAT entry.  */
#define VHDX_STATE(entry) ((enum vhdx_state)((entry) & 7))
#define VHDX_OFFSET(entry) ((entry) & ~(uint64_t)(VHDX_MIB - 1))

struct vhdx_log_entry {
	uint32_t length;	/* bytes, of the whole entry */
	uint32_t tail;		/* where in the log its sequence begins */
	uint64_t sequence;
	uint32_t n_descriptors;
	uint64_t flushed_size;	/* the file had at least that many bytes */
	uint64_t last_size;	/* and is to have at least these */
};

/* One change that a log entry makes to the file.  */
struct vhdx_log_write {
	uint64_t offset, length;
	bool zero;
	uint8_t page[VHDX_LOG_SECTOR];	/* if not zero */
};

uint32_t vhdx_crc(struct span s, size_t field);

int vhdx_header_parse(struct span s, struct vhdx_header *ret,
		      struct err *reterr);
int vhdx_regions_parse(struct span s, struct vhdx_regions *ret,
		       struct err *reterr);

/* @s is the metadata region, or as much of it as its items need.  */
int vhdx_metadata_parse(struct span s, struct vhdx_metadata *ret,
			struct err *reterr);

/* The UTF-16 value of @key in a parent locator.  */
bool vhdx_locator_find(struct span locator, const char *key,
		       struct span *ret);

/* Check and read the log entry at the start of @s, which goes on to where the
 * log ends (an entry may wrap: unwind it first).  */
int vhdx_log_entry_parse(struct span s, const struct guid *log_guid,
			 struct vhdx_log_entry *ret, struct err *reterr);

/* The descriptor @i of the entry at the start of @s, which was checked;
 * *@data is the number of data sectors before it, 0 for the first.  */
int vhdx_log_write_parse(struct span s, const struct vhdx_log_entry *entry,
			 uint32_t i, uint32_t *data,
			 struct vhdx_log_write *ret, struct err *reterr);

#endif /* FORMAT_VHDX_H */
