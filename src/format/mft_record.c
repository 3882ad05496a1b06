/*
 * mft_record.c - the header of a record of the $MFT
 *
 *   OFFSET  SIZE  FIELD
 *     0x00     4  "FILE"; "BAAD" after a failed fix-up
 *     0x04     4  fix-up array: offset, length (multi_sector.c)
 *     0x08     8  $LogFile sequence number
 *     0x10     2  sequence number
 *     0x12     2  number of names
 *     0x14     2  offset of the first attribute
 *     0x16     2  flags: 1 in use, 2 directory, 4 in $Extend, 8 view index
 *     0x18     4  bytes used
 *     0x1c     4  bytes allocated
 *     0x20     8  file reference of the base record, 0 if this is it
 *     0x28     2  id of the next attribute
 *     0x2a     2  unused        \ since NTFS 3.1; before, the fix-up array
 *     0x2c     4  record number / starts here
 *
 * Sources: libfsntfs, "New Technologies File System", 5.2; layout.h of ntfs-3g.
 */
#include "format/mft_record.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"

#define FIXUP_ARRAY_3_1 0x30

struct mft_record_disk {
	uint8_t signature[4];
	le16 array_offset, array_count;
	le64 lsn;
	le16 sequence;
	le16 links;
	le16 first_attribute;
	le16 flags;
	le32 used;
	le32 allocated;
	le64 base;
	le16 next_id;
	le16 unused;
	le32 number;
};
static_assert(offsetof(struct mft_record_disk, used) == 0x18, "record");
static_assert(offsetof(struct mft_record_disk, flags) ==
	      MFT_RECORD_FLAGS_OFFSET, "record");
static_assert(sizeof(struct mft_record_disk) == 0x30, "record");

#define AT(field) (rec.at + offsetof(struct mft_record_disk, field))

static int check(struct span rec, const struct mft_record_disk *d,
		 struct err *reterr)
{
	size_t array_end = get_le16(d->array_offset) +
			   2u * get_le16(d->array_count);
	size_t first = get_le16(d->first_attribute);

	if (memcmp(d->signature, "FILE", 4) != 0)
		return err_set(reterr,
			       span_is_zero(rec) ? ERR_NOT_FOUND : ERR_MAGIC,
			       rec.at, "MFT record", 0x454c4946,
			       get_le32(*(const le32 *)d->signature));
	if (first % 8 != 0 || first < get_le16(d->array_offset) ||
	    first > rec.n)
		return err_set(reterr, ERR_VALUE, AT(first_attribute),
			       "MFT record: offset of the first attribute",
			       array_end, first);
	if (get_le32(d->used) < first || get_le32(d->used) > rec.n)
		return err_set(reterr, ERR_VALUE, AT(used),
			       "MFT record: bytes used", rec.n,
			       get_le32(d->used));
	return 0;
}

int mft_record_parse(struct span rec, struct mft_record *ret,
		     struct err *reterr)
{
	const struct mft_record_disk *d =
		span_view(rec, 0, struct mft_record_disk);
	size_t first;
	int r;

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, rec.at, "MFT record",
			       sizeof(*d), rec.n);
	r = check(rec, d, reterr);
	if (r < 0)
		return r;
	ret->lsn = get_le64(d->lsn);
	ret->sequence = get_le16(d->sequence);
	ret->links = get_le16(d->links);
	ret->flags = get_le16(d->flags);
	ret->base = get_le64(d->base);
	ret->has_number = get_le16(d->array_offset) >= FIXUP_ARRAY_3_1;
	ret->number = ret->has_number ? get_le32(d->number) : 0;
	first = get_le16(d->first_attribute);
	span_sub(rec, first, get_le32(d->used) - first, &ret->attributes);
	return 0;
}
