/*
 * recovered.c - a hive with the pages of its logs over it, as a source
 *
 * Pieces of the hive and of the logs, behind a base block that is made up.
 */
#include "registry/recovered.h"

#include <stdlib.h>
#include <string.h>

/* What of a cut hive can lie between its end and a page of a log.  Few hives
 * are larger; it bounds what is searched of zeros.  */
#define CUT_MAX_BYTES (256u << 20)

struct recovered {
	struct source source;
	struct source *pieces;
	struct recovered_base base;
};

static int recovered_read(struct source *s, uint64_t off, void *buf, size_t n,
			  struct err *reterr)
{
	struct recovered *h = (struct recovered *)s;
	size_t take = 0;

	if (off < sizeof(h->base.block)) {
		take = sizeof(h->base.block) - (size_t)off;
		if (take > n)
			take = n;
		memcpy(buf, h->base.block + off, take);
	}
	return source_read(h->pieces, off + take, (uint8_t *)buf + take,
			   n - take, reterr);
}

static struct source_place recovered_place(struct source *s, uint64_t off)
{
	struct recovered *h = (struct recovered *)s;

	if (off < sizeof(h->base.block))
		return (struct source_place){ h->base.from, off,
					      sizeof(h->base.block) - off };
	return h->pieces->ops->place(h->pieces, off);
}

static void recovered_free(struct source *s)
{
	source_free(((struct recovered *)s)->pieces);
	free(s);
}

static const struct source_ops recovered_ops = {
	recovered_read, recovered_place, recovered_free,
};

/* Pieces in the making; there is room for all that can come.  */
struct pieces {
	struct source_piece *list;
	size_t n;
	uint64_t end;
	uint64_t missing;	/* bytes of zeros */
};

static void add_piece(struct pieces *p, struct source *s, uint64_t off,
		      uint64_t n)
{
	if (n == 0)
		return;
	p->list[p->n++] = (struct source_piece){ s, off, n };
	p->end += n;
}

/* The hive's own bytes up to @end, and zeros behind it.  */
static void add_own(struct pieces *p, struct source *hive, uint64_t end)
{
	uint64_t from = p->end;

	if (from < hive->size && from < end)
		add_piece(p, hive, from,
			  (end < hive->size ? end : hive->size) - from);
	if (p->end < end) {
		p->missing += end - p->end;
		add_piece(p, NULL, 0, end - p->end);
	}
}

/* How far the recovered hive reaches.  A log that extends the hive holds all of
 * the new bins; of one that was cut, it may hold some that lay far behind.  A
 * size beyond what is there to read is not believed.  */
static uint64_t end_of_bins(const struct source *hive,
			    const struct log_pages *pages, uint32_t bins_size)
{
	uint64_t end = REGF_BASE_BYTES + (uint64_t)bins_size;
	uint64_t most = hive->size + REGF_BASE_BYTES;

	for (size_t i = 0; i < pages->n; i++) {
		const struct log_page *x = &pages->list[i];
		uint64_t behind = REGF_BASE_BYTES + (uint64_t)x->offset +
				  x->size;

		most += x->size;
		if (behind > most && behind < hive->size + CUT_MAX_BYTES)
			most = behind;
	}
	return end < most ? end : most;
}

static void lay_pieces(struct pieces *p, struct source *hive,
		       const struct log_pages *pages, uint32_t bins_size)
{
	uint64_t end = end_of_bins(hive, pages, bins_size);

	for (size_t i = 0; i < pages->n; i++) {
		const struct log_page *x = &pages->list[i];
		uint64_t at = REGF_BASE_BYTES + (uint64_t)x->offset;

		if (at >= end)
			break;
		add_own(p, hive, at);
		add_piece(p, x->log, x->at,
			  x->size < end - at ? x->size : end - at);
	}
	add_own(p, hive, end > hive->size ? end : hive->size);
}

struct source *recovered_new(struct source *hive, const struct log_pages *pages,
			     const struct recovered_base *base,
			     uint64_t *ret_missing)
{
	struct recovered *h = calloc(1, sizeof(*h));
	/* Each page has at most two pieces before it.  */
	struct pieces p = { calloc(3 * pages->n + 2, sizeof(*p.list)), 0, 0,
			    0 };

	if (h != NULL && p.list != NULL) {
		lay_pieces(&p, hive, pages, base->bins_size);
		h->pieces = source_concat(p.list, p.n);
	}
	free(p.list);
	if (h == NULL || h->pieces == NULL) {
		free(h);
		return NULL;
	}
	h->source = (struct source){
		.ops = &recovered_ops, .size = h->pieces->size,
		.sector_size = hive->sector_size,
	};
	h->base = *base;
	*ret_missing = p.missing;
	return &h->source;
}
