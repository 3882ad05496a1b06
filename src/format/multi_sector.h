/*
 * multi_sector.h - the fix-ups that protect FILE and INDX records
 */
#ifndef FORMAT_MULTI_SECTOR_H
#define FORMAT_MULTI_SECTOR_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Whatever the sector size of the disk is.  */
#define MULTI_SECTOR_STRIDE 512

/*
 * Put the bytes that the fix-up array keeps back to the ends of the blocks of a
 * record: @n bytes at @record, a private copy of what lies at @at.
 *
 * ERR_CHECKSUM: a block was not written with the others (a torn write), or the
 * array's count is wrong.  All blocks that fit are put right, and the record
 * may be looked at with caution.  After any other error it is not to be used.
 * *@ret_array is the offset of the array in the record, on success and after
 * ERR_CHECKSUM.
 */
int multi_sector_fix(uint8_t *record, size_t n, uint64_t at,
		     unsigned *ret_array, struct err *reterr);

#endif /* FORMAT_MULTI_SECTOR_H */
