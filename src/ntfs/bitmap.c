#include "ntfs/bitmap.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "ntfs/findings.h"
#include "ntfs/ntfs_volume.h"

#define BITMAP_RECORD ((ntfs_ref)6)
#define CHUNK_BYTES ((size_t)256 * 1024)
#define WORD_BITS 64u

struct counting {
	struct ntfs_space space;
	uint64_t run;		/* free clusters just before the next bit */
};

static void end_run(struct counting *c)
{
	if (c->run == 0)
		return;
	c->space.free += c->run;
	c->space.n_free_runs++;
	if (c->run > c->space.largest_free_run)
		c->space.largest_free_run = c->run;
	c->run = 0;
}

/* The lowest @n bits of @word, from the first on.  */
static void count_word(struct counting *c, uint64_t word, unsigned n)
{
	if (word == 0) {
		c->run += n;
		return;
	}
	for (; n > 0; n--, word >>= 1) {
		if ((word & 1) == 0)
			c->run++;
		else
			end_run(c);
	}
}

/* @n clusters, whose bits are at @p.  */
static void count_bits(struct counting *c, const uint8_t *p, uint64_t n)
{
	for (; n >= WORD_BITS; n -= WORD_BITS, p += sizeof(le64)) {
		le64 word;

		for (size_t i = 0; i < sizeof(word); i++)
			word.b[i] = p[i];
		if (get_le64(word) == UINT64_MAX)
			end_run(c);
		else
			count_word(c, get_le64(word), WORD_BITS);
	}
	for (; n > 0; p++) {
		unsigned bits = n < 8 ? (unsigned)n : 8;

		count_word(c, *p & ((1u << bits) - 1), bits);
		n -= bits;
	}
}

static int count_stream(struct source *s, struct counting *c, uint8_t *buf,
			struct err *reterr)
{
	uint64_t left = c->space.total, off = 0;

	if (s->size < (left + 7) / 8)
		return err_set(reterr, ERR_TRUNCATED, 0, "$Bitmap",
			       (left + 7) / 8, s->size);
	while (left > 0) {
		uint64_t bits = left < 8 * CHUNK_BYTES ? left : 8 * CHUNK_BYTES;
		size_t bytes = (size_t)((bits + 7) / 8);
		int r = source_read(s, off, buf, bytes, reterr);

		if (r < 0)
			return r;
		count_bits(c, buf, bits);
		off += bytes;
		left -= bits;
	}
	end_run(c);
	return 0;
}

static int fail(struct ntfs *n, const struct err *e, struct err *reterr)
{
	if (e->code != ERR_NOMEM)
		ntfs_finding(n, &FINDING_NTFS_BITMAP, BITMAP_RECORD, e,
			     "Which clusters are free is unknown");
	return err_set(reterr, e->code, e->at, e->what, e->want, e->got);
}

int ntfs_space_read(struct ntfs *n, struct ntfs_space *ret, struct err *reterr)
{
	struct counting c = { .space.total = n->total_clusters };
	uint8_t *buf = arena_malloc(n->arena, CHUNK_BYTES);
	struct source *s;
	struct err e;
	int r;

	if (buf == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "$Bitmap", 0, 0);
	r = ntfs_open_stream(n, BITMAP_RECORD, NULL, "$Bitmap", &s, &e);
	if (r == 0) {
		r = count_stream(s, &c, buf, &e);
		source_free(s);
	}
	free(buf);
	if (r < 0)
		return fail(n, &e, reterr);
	*ret = c.space;
	return 0;
}
