/*
 * record_slot.c - slots, in which dynamic disks and storage pools keep records
 *
 * All numbers are big-endian.
 *
 *   OFFSET  SIZE  FIELD
 *     0x00     4  "VBLK" on dynamic disks, "SDBB" in storage pools
 *     0x04     4  number of the slot
 *     0x08     4  id of the record
 *     0x0c     4  number of the fragment, and of all fragments
 *     0x10        content
 *
 * Sources: linux block/partitions/ldm.c; for pools as storage_pool.c.
 */
#include "format/record_slot.h"

#include <assert.h>

#include "base/bytes.h"

struct record_slot_disk {
	uint8_t magic[4];
	be32 number;
	be32 record;
	be16 fragment, n_fragments;
};
static_assert(sizeof(struct record_slot_disk) == SLOT_HEAD_BYTES, "slot");

int record_slot_parse(struct span s, const char *magic, struct record_slot *ret,
		      struct err *reterr)
{
	const struct record_slot_disk *d =
		span_view(s, 0, struct record_slot_disk);
	struct record_slot slot;

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, magic, sizeof(*d),
			       s.n);
	if (!span_has(s, 0, magic, sizeof(d->magic)))
		return err_set(reterr, ERR_MAGIC, s.at, magic,
			       (uint8_t)magic[0], d->magic[0]);
	slot = (struct record_slot){
		.at = s.at,
		.number = get_be32(d->number),
		.record = get_be32(d->record),
		.fragment = get_be16(d->fragment),
		.n_fragments = get_be16(d->n_fragments),
	};
	if (slot.n_fragments != 0 && slot.fragment >= slot.n_fragments)
		return err_set(reterr, ERR_VALUE, s.at + 0x0c,
			       "number of the fragment", slot.n_fragments,
			       slot.fragment);
	span_sub(s, sizeof(*d), s.n - sizeof(*d), &slot.content);
	*ret = slot;
	return 0;
}
