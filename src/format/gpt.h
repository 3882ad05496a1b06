/*
 * gpt.h - the GUID Partition Table
 */
#ifndef FORMAT_GPT_H
#define FORMAT_GPT_H

#include "base/guid.h"
#include "base/span.h"

#define GPT_HEADER_BYTES 92
#define GPT_MIN_ENTRY_BYTES 128
#define GPT_NAME_OFFSET 56	/* in an entry */
#define GPT_NAME_BYTES 72

/*
 * Windows makes 128 entries of 128 bytes, 16 KiB.  A mebibyte holds 8192 such
 * entries; libldm stops at 1024, and no tool is known to write more.
 */
#define GPT_MAX_ARRAY_BYTES (1u << 20)
#define GPT_MAX_ENTRY_BYTES 4096

struct gpt_header {
	uint32_t revision;
	uint32_t header_bytes;
	uint32_t header_crc;
	uint32_t computed_crc;	/* of the header; 0 if header_bytes is wrong */
	uint32_t reserved;
	uint64_t my_lba;
	uint64_t alternate_lba;
	uint64_t first_usable_lba;
	uint64_t last_usable_lba;
	struct guid disk_guid;
	uint64_t entries_lba;
	uint32_t entry_count;
	uint32_t entry_bytes;
	uint32_t entries_crc;
	uint64_t at;		/* of the header in its source */
};

struct gpt_entry {
	struct guid type;
	struct guid guid;
	uint64_t first_lba;
	uint64_t last_lba;	/* inclusive */
	uint64_t attributes;
	struct span name;	/* UTF-16LE, borrowed, without closing NULs */
};

/* Read the header in @sector, a whole logical sector.  Fails where the
 * signature is not there; all else is for gpt_header_check() to judge.  */
int gpt_header_parse(struct span sector, struct gpt_header *ret,
		     struct err *reterr);

/*
 * What can be wrong with a header.  Up to GPT_CHECK_TRUSTED the header cannot
 * be used as it stands; after that it is only odd.
 */
enum gpt_check {
	GPT_CHECK_SIZE, GPT_CHECK_CRC, GPT_CHECK_MY_LBA,
	GPT_CHECK_ENTRY_BYTES, GPT_CHECK_ENTRY_COUNT,
	GPT_CHECK_TRUSTED,
	GPT_CHECK_REVISION = GPT_CHECK_TRUSTED, GPT_CHECK_RESERVED,
	GPT_CHECK_USABLE, GPT_CHECK_USABLE_START, GPT_CHECK_USABLE_END,
	GPT_CHECK_ENTRIES_LBA,
	GPT_CHECKS
};

/* Where a header was read, on which disk.  */
struct gpt_place {
	uint64_t lba;
	uint64_t disk_sectors;
	uint32_t sector_bytes;
};

int gpt_header_check(const struct gpt_header *h, enum gpt_check which,
		     struct gpt_place place, struct err *reterr);

/* Bytes of the array of entries; only of a header that passed the checks of the
 * entries' size and count it is bounded, by GPT_MAX_ARRAY_BYTES.  */
uint64_t gpt_array_bytes(const struct gpt_header *h);

/* Compare the CRC of the whole array with the header's.  */
int gpt_array_check(const struct gpt_header *h, struct span array,
		    struct err *reterr);

/* Read one entry; its type is zero where the slot is unused.  */
int gpt_entry_parse(struct span entry, struct gpt_entry *ret,
		    struct err *reterr);

#endif /* FORMAT_GPT_H */
