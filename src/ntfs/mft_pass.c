#include "ntfs/mft_pass.h"

#include <stdlib.h>
#include <string.h>

#include "format/attribute.h"
#include "format/multi_sector.h"
#include "ntfs/findings.h"

/* Large enough for the speed of the disk, small enough for the second-level
 * cache of the processor: with 1 MiB, the sweep took 5 % longer.  */
#define CHUNK_BYTES (256u << 10)

/* Of an $MFT that ends before so many bytes of it, the rest is not there.  */
#define MAX_UNREADABLE_CHUNKS 16384

/* What cannot be read has one cause as a rule, a disk that is missing or cut,
 * and with columns any number of places.  */
struct unreadable {
	uint64_t bytes, first, next;	/* next: behind the last place */
	uint64_t places;
	struct err why;		/* of the first */
};

static void add_unreadable(struct unreadable *u, uint64_t off, uint64_t bytes,
			   const struct err *e)
{
	if (u->places == 0) {
		u->first = off;
		u->why = *e;
	}
	u->places += u->places == 0 || u->next != off;
	u->bytes += bytes;
	u->next = off + bytes;
}

static void tell_unreadable(struct ntfs *n, const struct unreadable *u)
{
	if (u->places == 1)
		ntfs_finding(n, &FINDING_NTFS_RECORD, UNREAD_KEY, &u->why,
			     "The %llu bytes at %llu of the $MFT cannot be "
			     "read", (unsigned long long)u->bytes,
			     (unsigned long long)u->first);
	else if (u->places > 1)
		ntfs_finding(n, &FINDING_NTFS_RECORD, UNREAD_KEY, &u->why,
			     "%llu bytes of the $MFT in %llu places, the first "
			     "at %llu, cannot be read",
			     (unsigned long long)u->bytes,
			     (unsigned long long)u->places,
			     (unsigned long long)u->first);
}

struct pass {
	struct ntfs *ntfs;
	mft_pass_fn *fn;
	void *ctx;
	uint8_t *buf;
	struct unreadable lost;
};

/* A chunk of which a part cannot be read: record by record, unless neither its
 * first nor its last can be.  */
static bool take_pieces(struct pass *p, uint64_t off, size_t bytes,
			bool *ret_all_lost)
{
	struct source *mft = p->ntfs->mft;
	size_t size = p->ntfs->info.record_size;
	struct err e;

	*ret_all_lost = source_read(mft, off, p->buf, size, &e) < 0 &&
			source_read(mft, off + bytes - size, p->buf, size,
				    NULL) < 0;
	if (*ret_all_lost) {
		add_unreadable(&p->lost, off, bytes, &e);
		return true;
	}
	for (size_t i = 0; i + size <= bytes; i += size) {
		if (source_read(mft, off + i, p->buf, size, &e) < 0) {
			add_unreadable(&p->lost, off + i, size, &e);
			continue;
		}
		if (!p->fn(p->ctx, off + i, p->buf, size))
			return false;
	}
	return true;
}

/* How many bytes at @off lie in no cluster: not to be read as zeros, of which a
 * made-up $MFT could have petabytes.  */
static uint64_t hole_at(struct ntfs *n, uint64_t off)
{
	struct source_place p = n->mft->ops->place(n->mft, off);

	return p.below == NULL ? p.n : 0;
}

static int pass(struct pass *p, struct err *reterr)
{
	struct ntfs *n = p->ntfs;
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
		ok = source_read(n->mft, off, p->buf, bytes, NULL) == 0 ?
		     p->fn(p->ctx, off, p->buf, bytes) :
		     take_pieces(p, off, bytes, &all_lost);
		if (!ok)
			return err_set(reterr, ERR_NOMEM, 0, "$MFT", 0, 0);
		if (all_lost && ++lost > MAX_UNREADABLE_CHUNKS) {
			add_unreadable(&p->lost, off + bytes,
				       end - off - bytes, &p->lost.why);
			break;
		}
	}
	return 0;
}

int mft_pass(struct ntfs *n, mft_pass_fn *fn, void *ctx, uint64_t *ret_lost,
	     struct err *reterr)
{
	struct pass p = {
		.ntfs = n, .fn = fn, .ctx = ctx,
		.buf = arena_malloc(n->arena, CHUNK_BYTES),
	};
	int r;

	if (p.buf == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "$MFT", CHUNK_BYTES, 0);
	r = pass(&p, reterr);
	free(p.buf);
	tell_unreadable(n, &p.lost);
	if (r == 0)
		*ret_lost = p.lost.bytes;
	return r;
}

static void damaged(struct ntfs *n, struct record *r, const struct err *e)
{
	mft_record_finding(n, e->code == ERR_CHECKSUM ? &FINDING_NTFS_TORN :
			   &FINDING_NTFS_RECORD, r, e);
}

enum mft_pass_state mft_pass_decode(struct ntfs *n, struct record *r)
{
	enum mft_pass_state state = PASS_WHOLE;
	struct block *b = &r->block;
	struct err e;

	if (memcmp(b->bytes, "FILE", 4) == 0 &&
	    multi_sector_fix(b->bytes, b->n, b->at, &b->array, &e) < 0) {
		damaged(n, r, &e);
		if (e.code != ERR_CHECKSUM)
			return PASS_UNUSABLE;
		state = PASS_TORN;
	}
	if (mft_record_parse(record_block_span(b), &r->head, &e) == 0)
		return state;
	damaged(n, r, &e);
	return PASS_UNUSABLE;
}

bool mft_pass_is_extension(const struct record *r, uint32_t types)
{
	return r->head.base != 0 &&
	       !(types & mft_pass_bit(ATTRIBUTE_STANDARD_INFORMATION));
}
