/*
 * mft_record.h - the header of a record of the $MFT
 */
#ifndef FORMAT_MFT_RECORD_H
#define FORMAT_MFT_RECORD_H

#include "base/span.h"

enum {
	MFT_RECORD_IN_USE    = 1u << 0,
	MFT_RECORD_DIRECTORY = 1u << 1,	/* has $I30 */
	MFT_RECORD_EXTEND    = 1u << 2,
	MFT_RECORD_VIEW      = 1u << 3,	/* has another index */
};

/* Of the flags, for who has to know before the record is whole.  */
#define MFT_RECORD_FLAGS_OFFSET 0x16
#define MFT_RECORD_LSN_OFFSET 0x08

struct mft_record {
	uint64_t lsn;		/* of its last change, in the $LogFile */
	uint16_t sequence, links, flags;
	uint64_t base;		/* file reference; 0: this is a base record */
	struct span attributes;	/* up to the bytes used */
	bool has_number;	/* since NTFS 3.1 */
	uint32_t number;
};

/* Decode @rec, a whole record with its fix-ups applied.  ERR_NOT_FOUND: never
 * used, all zeros.  */
int mft_record_parse(struct span rec, struct mft_record *ret,
		     struct err *reterr);

#endif /* FORMAT_MFT_RECORD_H */
