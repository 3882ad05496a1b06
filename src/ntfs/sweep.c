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
#include "ntfs/mft.h"

/* Large enough for the speed of the disk, small enough for the cache of the
 * processor.  */
#define CHUNK_BYTES (1u << 20)

/* Of an $MFT that ends before so many bytes of it, the rest is not there.  */
#define MAX_UNREADABLE_CHUNKS 4096

/* More reparse points than any volume has been seen with.  */
#define MAX_HITS (1u << 22)

bool reparse_hits_add(struct hits *h, const struct hit *hit)
{
	size_t room = h->room == 0 ? 64 : 2 * h->room;
	struct hit *grown;

	if (h->n == MAX_HITS) {
		h->limited = true;
		return false;
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

/* True if an attribute header in @attributes has the type of a reparse point.
 * Lengths that cannot be end the walk: the record is read again with all checks
 * if it matters.  */
static bool has_reparse_point(struct span attributes)
{
	const uint8_t *p = attributes.p;
	size_t left = attributes.n;

	while (left >= 8) {
		uint32_t type = get_le32(*(const le32 *)p);
		uint32_t length = get_le32(*(const le32 *)(p + 4));

		if (type == ATTRIBUTE_REPARSE_POINT)
			return true;
		if (length > left)
			length &= 0xffff;
		if (length < 0x18 || length > left)
			return false;
		p += length;
		left -= length;
	}
	return false;
}

static void damaged(struct ntfs *n, struct record *r, const struct err *e)
{
	mft_record_finding(n, e->code == ERR_CHECKSUM ? &FINDING_NTFS_TORN :
			   &FINDING_NTFS_RECORD, r, e);
}

/* The record @r, its bytes in the buffer of the sweep.  */
static bool sweep_record(struct ntfs *n, struct record *r, struct hits *h)
{
	struct block *b = &r->block;
	struct hit hit = { 0 };
	struct err e;

	if (memcmp(b->bytes, "\0\0\0", 4) == 0)
		return true;
	if (memcmp(b->bytes, "FILE", 4) == 0 &&
	    multi_sector_fix(b->bytes, b->n, b->at, &b->array, &e) < 0) {
		damaged(n, r, &e);
		if (e.code != ERR_CHECKSUM)
			return true;
	}
	if (mft_record_parse(record_block_span(b), &r->head, &e) < 0) {
		damaged(n, r, &e);
		return true;
	}
	if (!has_reparse_point(r->head.attributes))
		return true;
	hit.number = r->head.base != 0 ? NTFS_RECORD(r->head.base) : r->number;
	return reparse_hits_add(h, &hit);
}

static bool sweep_bytes(struct ntfs *n, uint64_t off, uint8_t *buf,
			size_t bytes, struct hits *h)
{
	size_t size = n->info.record_size;

	for (size_t i = 0; i + size <= bytes; i += size) {
		struct record r = {
			.number = (off + i) / size,
			.block = { buf + i, size, n->mft, off + i, 0 },
		};

		if (!sweep_record(n, &r, h))
			return false;
	}
	return true;
}

static void unreadable(struct ntfs *n, uint64_t off, uint64_t bytes,
		       const struct err *e)
{
	ntfs_finding(n, &FINDING_NTFS_RECORD, off | (uint64_t)1 << 63, e,
		     "The %llu bytes at %llu of the $MFT cannot be read",
		     (unsigned long long)bytes, (unsigned long long)off);
}

/* A chunk of which a part cannot be read: record by record, unless neither its
 * first nor its last can be.  */
static bool sweep_pieces(struct ntfs *n, uint64_t off, uint8_t *buf,
			 size_t bytes, struct hits *h, bool *ret_all_lost)
{
	size_t size = n->info.record_size;
	struct err e;

	*ret_all_lost = source_read(n->mft, off, buf, size, &e) < 0 &&
			source_read(n->mft, off + bytes - size, buf, size,
				    NULL) < 0;
	if (*ret_all_lost) {
		unreadable(n, off, bytes, &e);
		return true;
	}
	for (size_t i = 0; i + size <= bytes; i += size) {
		if (source_read(n->mft, off + i, buf, size, &e) < 0) {
			unreadable(n, off + i, size, &e);
			continue;
		}
		if (!sweep_bytes(n, off + i, buf, size, h))
			return false;
	}
	return true;
}

/* How many bytes at @off lie in no cluster: not to be swept as zeros, of which
 * a made-up $MFT could have petabytes.  */
static uint64_t hole_at(struct ntfs *n, uint64_t off)
{
	struct source_place p = n->mft->ops->place(n->mft, off);

	return p.below == NULL ? p.n : 0;
}

static int too_many(struct ntfs *n, const struct hits *h, struct err *reterr)
{
	struct err e;

	if (!h->limited)
		return err_set(reterr, ERR_NOMEM, 0, "reparse points", 0, 0);
	err_set(&e, ERR_LIMIT, 0, "reparse points", MAX_HITS, h->n);
	ntfs_finding(n, &FINDING_NTFS_LIMIT, 0, &e,
		     "The $MFT is not swept to its end");
	return 0;
}

static int sweep(struct ntfs *n, uint8_t *buf, struct hits *h,
		 struct err *reterr)
{
	uint64_t size = n->info.record_size;
	uint64_t end = mft_count(n) * size, hole;
	unsigned lost = 0;

	for (uint64_t off = 0, bytes; off < end; off += bytes) {
		bool ok, all_lost = false;

		hole = hole_at(n, off);
		bytes = hole / size * size;
		if (bytes > 0)
			continue;
		bytes = end - off < CHUNK_BYTES ? end - off : CHUNK_BYTES;
		ok = source_read(n->mft, off, buf, bytes, NULL) == 0 ?
		     sweep_bytes(n, off, buf, bytes, h) :
		     sweep_pieces(n, off, buf, bytes, h, &all_lost);
		if (!ok)
			return too_many(n, h, reterr);
		if (all_lost && ++lost > MAX_UNREADABLE_CHUNKS)
			break;
	}
	return 0;
}

int sweep_mft(struct ntfs *n, struct hits *h, struct err *reterr)
{
	uint8_t *buf = malloc(CHUNK_BYTES);
	int r;

	if (buf == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "$MFT", CHUNK_BYTES, 0);
	r = sweep(n, buf, h, reterr);
	free(buf);
	return r;
}
