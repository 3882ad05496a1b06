/*
 * sweep.c - the $MFT from end to end
 *
 * A million records pass through here, nearly all of them without a reparse
 * point: what is done for each is counted in nanoseconds.
 */
#include "ntfs/hits.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "format/attribute.h"
#include "format/multi_sector.h"
#include "ntfs/findings.h"
#include "ntfs/fragments.h"
#include "ntfs/mft_pass.h"

/* Hits that are kept.  A volume that is compressed or in the cloud has hundreds
 * of thousands of reparse points, so that the second half of the room is for
 * those that $R calls mount points.  */
#define MAX_HITS (1u << 18)
#define MAX_OTHER_HITS (MAX_HITS / 2)

bool reparse_hits_add(struct hits *h, const struct hit *hit)
{
	size_t room = h->room == 0 ? 64 : 2 * h->room;
	struct hit *grown;

	if (h->n == MAX_HITS || (h->n >= MAX_OTHER_HITS &&
				 hit->tag != REPARSE_TAG_MOUNT_POINT)) {
		h->dropped++;
		return true;
	}
	if (h->n == h->room) {
		grown = realloc(h->list, room * sizeof(*grown));
		if (grown == NULL)
			return false;
		h->list = grown;
		h->room = room;
	}
	h->list[h->n++] = *hit;
	return true;
}

static uint16_t u16_at(const uint8_t *p)
{
	return get_le16(*(const le16 *)p);
}

/* A bit for each type of attribute between @off and @end of the record @rec, up
 * to 0x1f0.  Lengths that cannot be end the walk: the record is read again with
 * all checks if it matters.
 *
 * Works before the fix-ups are applied, too: attributes start at multiples of
 * 8, so that of a header at the end of a block only the upper half of the
 * length is not yet right, which no record is long enough to need.  */
static uint32_t types_between(const uint8_t *rec, size_t off, size_t end)
{
	uint32_t types = 0;

	while (off + 8 <= end) {
		size_t length = u16_at(rec + off + 4);

		types |= mft_pass_bit(get_le32(*(const le32 *)(rec + off)));
		if (length < 0x18 || length > end - off)
			break;
		off += length;
	}
	return types;
}

/* True if there is nothing to say about the record @rec: never used, or whole,
 * named and without a reparse point.  For what is false, sweep_record() finds
 * out why.  */
static bool is_plain(const uint8_t *rec, size_t size)
{
	size_t blocks = size / MULTI_SECTOR_STRIDE;
	size_t array = u16_at(rec + 4), first = u16_at(rec + 0x14);
	size_t used = get_le32(*(const le32 *)(rec + 0x18));
	uint16_t placeholder;
	uint32_t types;

	if (memcmp(rec, "\0\0\0", 4) == 0)
		return true;
	if (memcmp(rec, "FILE", 4) != 0 || u16_at(rec + 6) != 1 + blocks ||
	    array > MULTI_SECTOR_STRIDE / 2 || first % 8 != 0 ||
	    first < array || used > size)
		return false;
	placeholder = u16_at(rec + array);
	for (size_t i = 1; i <= blocks; i++)
		if (u16_at(rec + i * MULTI_SECTOR_STRIDE - 2) != placeholder)
			return false;
	types = types_between(rec, first, used);
	return (types & mft_pass_bit(ATTRIBUTE_REPARSE_POINT)) == 0 &&
	       (types & mft_pass_bit(ATTRIBUTE_FILE_NAME)) != 0;
}

/* Every file has a name; the reserved records are no files, and the names of a
 * file with an attribute list may lie elsewhere.  */
static void check_name(struct ntfs *n, struct record *r, uint32_t types)
{
	struct err e;

	if (types & (mft_pass_bit(ATTRIBUTE_FILE_NAME) |
		     mft_pass_bit(ATTRIBUTE_LIST)) ||
	    r->number < NTFS_FIRST_USER_RECORD || r->head.base != 0 ||
	    !(r->head.flags & MFT_RECORD_IN_USE))
		return;
	err_set(&e, ERR_NOT_FOUND, r->block.at, "$FILE_NAME", 0, 0);
	mft_record_finding(n, &FINDING_NTFS_PATH, r, &e);
}

/* The record @r, its bytes in the buffer of the pass.  */
static bool sweep_record(struct ntfs *n, struct record *r, struct hits *h)
{
	struct hit hit = { 0 };
	uint32_t types;

	if (mft_pass_decode(n, r) == PASS_UNUSABLE)
		return true;
	types = types_between(r->head.attributes.p, 0, r->head.attributes.n);
	check_name(n, r, types);
	if (!(types & mft_pass_bit(ATTRIBUTE_REPARSE_POINT)))
		return true;
	hit.number = mft_pass_is_extension(r, types) ?
		     NTFS_RECORD(r->head.base) : r->number;
	hit.holder = r->number;
	return reparse_hits_add(h, &hit);
}

struct sweep {
	struct ntfs *ntfs;
	struct hits *hits;
};

static bool sweep_bytes(void *ctx, uint64_t off, uint8_t *buf, size_t bytes)
{
	struct sweep *s = ctx;
	struct ntfs *n = s->ntfs;
	size_t size = n->info.record_size;

	for (size_t i = 0; i + size <= bytes; i += size) {
		struct record r = {
			.number = (off + i) / size,
			.block = { buf + i, size, n->mft, off + i, 0 },
		};

		if (!is_plain(buf + i, size) && !sweep_record(n, &r, s->hits))
			return false;
	}
	return true;
}

int sweep_mft(struct ntfs *n, struct hits *h, struct err *reterr)
{
	struct sweep s = { n, h };
	uint64_t lost;
	int r = mft_pass(n, sweep_bytes, &s, &lost, reterr);

	n->is_swept = true;
	return r;
}
