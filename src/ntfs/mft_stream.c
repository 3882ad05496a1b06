#include "ntfs/mft_stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "ntfs/findings.h"

struct stream {
	struct source source;
	struct ntfs *ntfs;
	uint64_t initialised;
	struct run *runs;
	size_t n, room;
	uint64_t clusters;	/* covered by the runs */
	bool outside;		/* a run was found to lie outside the volume */
};

/* The run that holds @vcn; the runs follow each other without a gap.  */
static const struct run *run_of(const struct stream *st, uint64_t vcn)
{
	size_t low = 0, high = st->n;

	if (vcn >= st->clusters)
		return NULL;
	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (st->runs[mid].vcn <= vcn)
			low = mid;
		else
			high = mid;
	}
	return &st->runs[low];
}

/* The part of @st at @off, at most @n bytes, that lies together: its place in
 * the volume and length; @ret_lcn tells a hole.  */
static bool locate(const struct stream *st, uint64_t off, uint64_t *ret_lcn,
		   struct source_place *ret)
{
	uint64_t cluster = st->ntfs->info.cluster_size;
	const struct run *r = run_of(st, off / cluster);
	uint64_t skip;

	if (r == NULL)
		return false;
	skip = off - r->vcn * cluster;
	*ret_lcn = r->lcn;
	*ret = (struct source_place){ NULL, 0, r->clusters * cluster - skip };
	if (r->lcn != RUN_HOLE && r->lcn != RUN_MISSING) {
		ret->below = st->ntfs->volume;
		ret->off = r->lcn * cluster + skip;
	}
	return true;
}

static int read_part(struct stream *st, uint64_t off, uint8_t *buf, size_t n,
		     size_t *ret_taken, struct err *reterr)
{
	struct source_place p;
	struct err e;
	uint64_t lcn;

	if (off >= st->initialised) {
		memset(buf, 0, n);
		*ret_taken = n;
		return 0;
	}
	if (!locate(st, off, &lcn, &p) || lcn == RUN_MISSING)
		return err_set(reterr, ERR_TRUNCATED, off,
			       "stream: no run covers this", n, 0);
	if (n > p.n)
		n = (size_t)p.n;
	if (n > st->initialised - off)
		n = (size_t)(st->initialised - off);
	*ret_taken = n;
	if (lcn == RUN_HOLE) {
		memset(buf, 0, n);
		return 0;
	}
	if (source_read(p.below, p.off, buf, n, &e) < 0)
		return err_set(reterr, e.code, off, e.what, e.want, e.got);
	return 0;
}

static int stream_read(struct source *s, uint64_t off, void *buf, size_t n,
		       struct err *reterr)
{
	struct stream *st = (struct stream *)s;
	uint8_t *out = buf;

	/* Ends: each turn takes at least a byte.  */
	while (n > 0) {
		size_t taken = 0;
		int r = read_part(st, off, out, n, &taken, reterr);

		if (r < 0)
			return r;
		out += taken;
		off += taken;
		n -= taken;
	}
	return 0;
}

static struct source_place stream_place(struct source *s, uint64_t off)
{
	struct stream *st = (struct stream *)s;
	struct source_place p = { .n = s->size - off };
	uint64_t lcn;

	if (off >= st->initialised || !locate(st, off, &lcn, &p))
		return p;
	if (p.n > st->initialised - off)
		p.n = st->initialised - off;
	return p;
}

static void stream_free(struct source *s)
{
	free(((struct stream *)s)->runs);
	free(s);
}

static const struct source_ops stream_ops = {
	stream_read, stream_place, stream_free,
};

struct source *mft_stream_new(struct ntfs *n, uint64_t real,
			      uint64_t initialised)
{
	struct stream *st = arena_calloc(n->arena, 1, sizeof(*st));

	if (st == NULL)
		return NULL;
	st->source = (struct source){
		.ops = &stream_ops, .size = real,
		.sector_size = n->info.sector_size,
	};
	st->ntfs = n;
	st->initialised = initialised < real ? initialised : real;
	return &st->source;
}

static bool touches(const struct run *last, const struct run *r)
{
	if (last->lcn >= RUN_MISSING || r->lcn >= RUN_MISSING)
		return last->lcn == r->lcn;
	return last->lcn + last->clusters == r->lcn;
}

int mft_stream_append(struct source *s, const struct run *r, struct err *reterr)
{
	struct stream *st = (struct stream *)s;
	size_t room = st->room == 0 ? 4 : 2 * st->room;
	struct run *grown;

	if (st->n > 0 && touches(&st->runs[st->n - 1], r)) {
		st->runs[st->n - 1].clusters += r->clusters;
		st->clusters += r->clusters;
		return 0;
	}
	if (st->n == st->room) {
		grown = arena_realloc(st->ntfs->arena, st->runs,
				      room * sizeof(*grown));
		if (grown == NULL)
			return err_set(reterr, ERR_NOMEM, 0, "run list", 0, 0);
		st->runs = grown;
		st->room = room;
	}
	st->runs[st->n++] = (struct run){ st->clusters, r->lcn, r->clusters };
	st->clusters += r->clusters;
	return 0;
}

uint64_t mft_stream_mapped(const struct source *s)
{
	const struct stream *st = (const struct stream *)s;

	return st->clusters * st->ntfs->info.cluster_size;
}

uint64_t mft_stream_fragments(const struct source *s)
{
	const struct stream *st = (const struct stream *)s;
	const struct run *last = NULL;
	uint64_t n = 0;

	if (s->ops != &stream_ops)
		return 0;
	for (size_t i = 0; i < st->n; i++) {
		const struct run *r = &st->runs[i];

		if (r->lcn >= RUN_MISSING)
			continue;
		if (last == NULL || last->lcn + last->clusters != r->lcn)
			n++;
		last = r;
	}
	return n;
}

bool mft_stream_has_all(const struct source *s)
{
	const struct stream *st = (const struct stream *)s;

	if (s->ops != &stream_ops)
		return false;
	for (size_t i = 0; i < st->n; i++)
		if (st->runs[i].lcn >= RUN_MISSING &&
		    st->runs[i].vcn * st->ntfs->info.cluster_size <
		    st->initialised)
			return false;
	return true;
}

/* Put @rec's run list @a behind the runs of earlier pieces.  False: it belongs
 * to clusters that are there already.  */
static bool close_gap(struct stream *st, const struct record *rec,
		      const struct attribute *a)
{
	struct err e;

	if (a->first_vcn == st->clusters)
		return true;
	err_set(&e, ERR_VALUE, a->raw.at + 0x10, "attribute: first VCN",
		st->clusters, a->first_vcn);
	mft_record_finding(st->ntfs, &FINDING_NTFS_RUNS, rec, &e);
	if (a->first_vcn < st->clusters)
		return false;
	mft_stream_append(&st->source,
			  &(struct run){ .lcn = RUN_MISSING,
				     .clusters = a->first_vcn - st->clusters },
			  NULL);
	return st->clusters == a->first_vcn;
}

/* A run that cannot be: its LCN could not even be counted in bytes, or it lies
 * behind the volume.  The latter is kept: perhaps it is the boot sector that is
 * wrong, and the partition goes on.  */
static bool check_place(struct stream *st, const struct record *rec,
			const struct run *r, uint64_t at)
{
	struct ntfs *n = st->ntfs;
	uint64_t end = UINT64_MAX;
	struct err e;

	if (r->lcn == RUN_HOLE)
		return true;
	if (checked_add(r->lcn, r->clusters, &end) && end <= n->total_clusters)
		return true;
	err_set(&e, ERR_VALUE, at, "run: end, in clusters",
		n->total_clusters, r->lcn + r->clusters);
	if (!st->outside)
		mft_record_finding(n, &FINDING_NTFS_OUTSIDE, rec, &e);
	st->outside = true;
	return end <= (uint64_t)INT64_MAX / n->info.cluster_size;
}

int mft_stream_append_piece(struct source *s, const struct record *rec,
			    const struct attribute *a, struct err *reterr)
{
	struct stream *st = (struct stream *)s;
	struct run_walk w = run_walk_of(a->runs, a->first_vcn);
	uint64_t limit = (uint64_t)INT64_MAX / st->ntfs->info.cluster_size;
	uint64_t end = a->first_vcn + a->clusters, at;
	struct run run;
	struct err e;
	int r;

	if (end > limit || !close_gap(st, rec, a))
		return 0;
	while (at = w.left.at, (r = run_next(&w, &run, &e)) > 0) {
		if (run.vcn + run.clusters > end) {
			r = err_set(&e, ERR_VALUE, at, "run: length",
				    end - run.vcn, run.clusters);
			break;
		}
		if (!check_place(st, rec, &run, at))
			run.lcn = RUN_MISSING;
		if (mft_stream_append(s, &run, reterr) < 0)
			return ERR_NOMEM;
	}
	if (r == 0 && st->clusters != end)
		r = err_set(&e, ERR_VALUE, a->runs.at,
			    "run list: clusters in all", a->clusters,
			    st->clusters - a->first_vcn);
	if (r < 0)
		mft_record_finding(st->ntfs, &FINDING_NTFS_RUNS, rec, &e);
	return 0;
}

struct resident {
	struct source source;
	struct block block;	/* of the record; its bytes are gone */
	uint64_t off;		/* of the value in the record */
	uint8_t value[];
};

static int resident_read(struct source *s, uint64_t off, void *buf, size_t n,
			 struct err *reterr)
{
	(void)reterr;
	memcpy(buf, ((struct resident *)s)->value + off, n);
	return 0;
}

static struct source_place resident_place(struct source *s, uint64_t off)
{
	struct resident *r = (struct resident *)s;
	struct source_place p = record_block_place(&r->block, r->off + off);

	if (p.n > s->size - off)
		p.n = s->size - off;
	return p;
}

static void resident_free(struct source *s)
{
	free(s);
}

static const struct source_ops resident_ops = {
	resident_read, resident_place, resident_free,
};

struct source *mft_stream_resident(struct ntfs *n, const struct record *rec,
				   const struct attribute *a)
{
	struct resident *r = arena_calloc(n->arena, 1,
					  sizeof(*r) + a->value.n);

	if (r == NULL)
		return NULL;
	r->source = (struct source){ .ops = &resident_ops,
				     .size = a->value.n };
	r->block = rec->block;
	r->block.bytes = NULL;
	r->off = a->value.at - rec->block.at;
	if (a->value.n > 0)
		memcpy(r->value, a->value.p, a->value.n);
	return &r->source;
}
