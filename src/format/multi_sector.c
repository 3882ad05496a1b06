/*
 * multi_sector.c - the fix-ups that protect FILE and INDX records
 *
 *   OFFSET  SIZE  FIELD
 *        0     4  signature
 *        4     2  offset of the fix-up array
 *        6     2  its length in 16-bit words: 1 + number of blocks
 *
 *   array: the placeholder, then for each block of 512 bytes the two bytes
 *   that belong at its end; on disk, each block ends in the placeholder.
 *
 * A record written only in part has blocks that end in another value.
 * Sources: libfsntfs, "New Technologies File System", 5.1; layout.h of ntfs-3g.
 */
#include "format/multi_sector.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"
#include "base/span.h"

struct multi_sector_disk {
	uint8_t signature[4];
	le16 array_offset;
	le16 array_count;
};
static_assert(sizeof(struct multi_sector_disk) == 8, "multi-sector header");

int multi_sector_fix(uint8_t *record, size_t n, uint64_t at,
		     unsigned *ret_array, struct err *reterr)
{
	struct span s = { record, n, at };
	const struct multi_sector_disk *d =
		span_view(s, 0, struct multi_sector_disk);
	size_t blocks = n / MULTI_SECTOR_STRIDE;
	size_t array_bytes = 2 * (1 + blocks);
	unsigned array, count;
	int r = 0;

	if (d == NULL || blocks == 0)
		return err_set(reterr, ERR_TRUNCATED, at, "record",
			       MULTI_SECTOR_STRIDE, n);
	array = get_le16(d->array_offset);
	count = get_le16(d->array_count);
	/* The array may not protect itself, nor lie in the header.  */
	if (array < sizeof(*d) || array % 2 != 0 ||
	    array + array_bytes > MULTI_SECTOR_STRIDE - 2)
		return err_set(reterr, ERR_VALUE, at + 4,
			       "record: fix-up array offset",
			       MULTI_SECTOR_STRIDE - 2 - array_bytes, array);
	/* A larger count is harmless; with a smaller one, the blocks tell
	 * whether the array is there all the same.  */
	if (count < 1 + blocks)
		r = err_set(reterr, ERR_CHECKSUM, at + 6,
			    "record: fix-up count", 1 + blocks, count);
	for (size_t i = 0; i < blocks; i++) {
		uint8_t *end = record + (i + 1) * MULTI_SECTOR_STRIDE - 2;

		if (memcmp(end, record + array, 2) == 0)
			memcpy(end, record + array + 2 * (i + 1), 2);
		else if (r == 0)
			r = err_set(reterr, ERR_CHECKSUM,
				    at + (uint64_t)(end - record),
				    "record: end of a block, torn write",
				    (unsigned)(record[array] |
					       record[array + 1] << 8),
				    (unsigned)(end[0] | end[1] << 8));
	}
	*ret_array = array;
	return r;
}
