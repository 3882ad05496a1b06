#include "ntfs/mft_search.h"

#include <inttypes.h>
#include <stdlib.h>

#include "ntfs/findings.h"
#include "format/mft_record.h"
#include "ntfs/mft_stream.h"

#define CHUNK_BYTES (1u << 20)

/* As much of a volume is read for it: a minute, on a slow disk some more.  */
#define MAX_SEARCHED_BYTES (64ull << 30)

/* Pieces of an $MFT; a badly fragmented one has a few hundred.  Records of
 * former volumes and of virtual machines make others.  */
#define MAX_PIECES 4096

/* Fewer records than this side by side are no piece of an $MFT: a cluster holds
 * four, and pieces grow by more.  */
#define MIN_PIECE 4

/* Records whose numbers and places go together: that with number 0 would lie at
 * byte @base, which may be before the volume.  */
struct piece {
	int64_t base;
	uint64_t first, last;	/* numbers */
	uint64_t count;		/* of records that were seen */
};

struct search {
	struct ntfs *n;
	struct piece *pieces;
	size_t n_pieces, recent;	/* the one that was added to last */
	bool full;
};

static bool joins(const struct piece *p, int64_t base, uint64_t number)
{
	return p->base == base && number >= p->first;
}

static void add_record(struct search *s, uint64_t at, uint64_t number)
{
	int64_t base = (int64_t)at -
		       (int64_t)(number * s->n->info.record_size);
	size_t i = s->recent;

	/* They come in the order of their places.  */
	if (i >= s->n_pieces || !joins(&s->pieces[i], base, number))
		for (i = 0; i < s->n_pieces; i++)
			if (joins(&s->pieces[i], base, number))
				break;
	if (i == s->n_pieces) {
		if (i == MAX_PIECES) {
			s->full = true;
			return;
		}
		s->pieces[s->n_pieces++] =
			(struct piece){ base, number, number, 0 };
	}
	s->pieces[i].last = number;
	s->pieces[i].count++;
	s->recent = i;
}

static void scan(struct search *s, struct span bytes)
{
	const size_t step = s->n->info.record_size < s->n->info.cluster_size ?
			    s->n->info.record_size : s->n->info.cluster_size;
	struct mft_record r;
	struct span rec;

	for (uint64_t off = 0; span_sub(bytes, off, s->n->info.record_size,
					&rec); off += step)
		if (rec.p[0] == 'F' && span_has(rec, 0, "FILE", 4) &&
		    mft_record_parse(rec, &r, NULL) == 0 && r.has_number)
			add_record(s, rec.at, r.number);
}

static void scan_volume(struct search *s, uint8_t *buf)
{
	struct source *v = s->n->volume;
	uint64_t end = v->size < MAX_SEARCHED_BYTES ? v->size :
						      MAX_SEARCHED_BYTES;
	uint64_t off = 0;

	/* Ends: each turn goes on by what was read.  */
	while (off < end) {
		uint64_t next = source_next_data(v, off);
		size_t take;

		next -= next % CHUNK_BYTES;
		off = next > off ? next : off;
		if (off >= end)
			break;
		take = end - off < CHUNK_BYTES ? (size_t)(end - off) :
						 CHUNK_BYTES;
		if (source_read(v, off, buf, take, NULL) == 0)
			scan(s, (struct span){ buf, take, off });
		off += take;
	}
}

/* The most records first, then by place.  */
static int by_count(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return x->base < y->base ? -1 : x->base > y->base;
}

static int by_number(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	return x->first < y->first ? -1 : x->first > y->first;
}

/* Widen a piece to the clusters in which it lies.  False: it does not begin
 * where a cluster does, or is none.  */
static bool to_clusters(const struct ntfs *n, struct piece *p)
{
	const uint64_t cluster = n->info.cluster_size;
	const uint64_t size = n->info.record_size;
	const uint64_t per = cluster > size ? cluster / size : 1;
	uint64_t at;

	if (p->count < MIN_PIECE)
		return false;
	p->first = p->first / per * per;
	p->last = p->last / per * per + per - 1;
	at = (uint64_t)(p->base + (int64_t)(p->first * size));
	return at % cluster == 0 && at / cluster < n->total_clusters;
}

static bool overlaps(const struct piece *a, const struct piece *b)
{
	return a->first <= b->last && b->first <= a->last;
}

/* Keep, of pieces that claim the same numbers, the one with more records.  */
static void choose(struct search *s)
{
	size_t kept = 0;

	qsort(s->pieces, s->n_pieces, sizeof(s->pieces[0]), by_count);
	for (size_t i = 0; i < s->n_pieces; i++) {
		bool clear = to_clusters(s->n, &s->pieces[i]);

		for (size_t k = 0; k < kept && clear; k++)
			clear = !overlaps(&s->pieces[i], &s->pieces[k]);
		if (clear)
			s->pieces[kept++] = s->pieces[i];
	}
	s->n_pieces = kept;
	qsort(s->pieces, kept, sizeof(s->pieces[0]), by_number);
}

static int append(struct source *s, uint64_t *vcn, uint64_t lcn, uint64_t end,
		  struct err *reterr)
{
	struct run r = { *vcn, lcn, end - *vcn };

	*vcn = end;
	return r.clusters == 0 ? 0 : mft_stream_append(s, &r, reterr);
}

static int compose(struct search *s, struct source *stream,
		   struct err *reterr)
{
	const uint64_t cluster = s->n->info.cluster_size;
	const uint64_t size = s->n->info.record_size;
	uint64_t vcn = 0;
	int r = 0;

	for (size_t i = 0; i < s->n_pieces && r == 0; i++) {
		const struct piece *p = &s->pieces[i];
		uint64_t first = p->first * size / cluster;
		uint64_t at = (uint64_t)(p->base + (int64_t)(p->first * size));

		r = append(stream, &vcn, RUN_MISSING, first, reterr);
		if (r == 0)
			r = append(stream, &vcn, at / cluster,
				   (p->last + 1) * size / cluster, reterr);
	}
	return r;
}

static int make_stream(struct search *s, struct source **ret,
		       struct err *reterr)
{
	const uint64_t size = s->n->info.record_size;
	uint64_t records = 0, bytes;
	struct source *stream;
	int r;

	for (size_t i = 0; i < s->n_pieces; i++)
		records += s->pieces[i].count;
	if (records < MIN_PIECE)
		return err_set(reterr, ERR_NOT_FOUND, 0, "records of the $MFT",
			       0, 0);
	bytes = (s->pieces[s->n_pieces - 1].last + 1) * size;
	stream = mft_stream_new(s->n, bytes, bytes);
	if (stream == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "$MFT", 0, 0);
	r = compose(s, stream, reterr);
	if (r < 0) {
		source_free(stream);
		return r;
	}
	diag_add(s->n->diags, &FINDING_NTFS_MFT_SEARCHED,
		 "Neither the $MFT's own record nor its copy can be used; the "
		 "$MFT is put together from %" PRIu64 " records that were "
		 "found, in %zu piece%s%s.", records, s->n_pieces,
		 s->n_pieces == 1 ? "" : "s",
		 s->full ? ", and there were more pieces than are kept" : "");
	*ret = stream;
	return 0;
}

int mft_search(struct ntfs *n, struct source **ret, struct err *reterr)
{
	struct search s = { .n = n };
	uint8_t *buf = arena_malloc(n->arena, CHUNK_BYTES);
	int r;

	s.pieces = arena_calloc(n->arena, MAX_PIECES, sizeof(*s.pieces));
	if (buf == NULL || s.pieces == NULL) {
		r = err_set(reterr, ERR_NOMEM, 0, "$MFT", 0, 0);
	} else {
		scan_volume(&s, buf);
		choose(&s);
		r = make_stream(&s, ret, reterr);
	}
	free(s.pieces);
	free(buf);
	return r;
}
