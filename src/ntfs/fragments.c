/*
 * fragments.c - the runs of all files, in one pass over the $MFT
 *
 * What lies in one record is counted when it passes.  Of a file with an
 * attribute list the pieces lie in several records, which pass in any order:
 * they are kept, and joined when all have passed.
 */
#include "ntfs/fragments.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/checked.h"
#include "base/utf16.h"
#include "format/attribute.h"
#include "format/runlist.h"
#include "ntfs/findings.h"
#include "ntfs/mft_file.h"
#include "ntfs/mft_pass.h"
#include "ntfs/mft_stream.h"

/* Pieces that are kept: 80 MiB.  A file takes some 40000 fragments to fill 300
 * records, so that these are of thousands of such files.  */
#define MAX_PIECES (1u << 20)

/* The header of a resident attribute, which is the shorter one.  */
#define MIN_ATTRIBUTE_BYTES 0x18

/* A stream, or a piece of one, as its runs come.  */
struct extents {
	uint64_t clusters;	/* with the holes */
	uint64_t n;		/* fragments */
	uint64_t first, end;	/* LCNs: of the first one, behind the last */
};

struct piece {
	ntfs_ref base;
	bool folder;		/* an index; else data */
	bool resident;
	uint64_t vcn, bytes;	/* bytes: of the whole stream, if vcn is 0 */
	struct extents x;
};

/* A base record with an attribute list.  */
struct head {
	ntfs_ref ref;
	bool folder;
};

struct counting {
	struct ntfs *ntfs;
	struct ntfs_fragments f;
	struct piece *pieces;
	size_t n_pieces, pieces_room;
	struct head *heads;	/* by number */
	size_t n_heads, heads_room;
};

/* The one of whose runs we speak.  */
struct stream {
	uint64_t number;
	bool folder, resident;
	uint64_t bytes;
	struct extents x;
};

static void extents_add(struct extents *x, const struct run *r)
{
	x->clusters += r->clusters;
	if (r->lcn == RUN_HOLE)
		return;
	if (x->n == 0)
		x->first = r->lcn;
	if (x->n == 0 || r->lcn != x->end)
		x->n++;
	x->end = r->lcn + r->clusters;
}

static void extents_join(struct extents *x, const struct extents *more)
{
	x->clusters += more->clusters;
	if (more->n == 0)
		return;
	if (x->n == 0)
		x->first = more->first;
	x->n += more->n - (x->n > 0 && x->end == more->first);
	x->end = more->end;
}

static void damaged(struct counting *c, const struct diag_kind *kind,
		    const struct record *r, const struct err *e)
{
	c->f.whole = false;
	mft_record_finding(c->ntfs, kind, r, e);
}

static void limited(struct counting *c, uint64_t number, const struct err *e)
{
	c->f.whole = false;
	ntfs_finding(c->ntfs, &FINDING_NTFS_LIMIT, number, e,
		     "Fragments are not counted");
}

/* --- one record ----------------------------------------------------------- */

static void read_runs(struct counting *c, const struct record *r,
		      const struct attribute *a, struct extents *x)
{
	uint64_t total = c->ntfs->total_clusters, at;
	struct run_walk w = run_walk_of(a->runs, a->first_vcn);
	struct run run;
	struct err e;
	int code;

	while (at = w.left.at, (code = run_next(&w, &run, &e)) > 0) {
		if (run.clusters > a->clusters - x->clusters) {
			code = err_set(&e, ERR_VALUE, at, "run: length",
				       a->clusters - x->clusters, run.clusters);
			break;
		}
		if (run.lcn != RUN_HOLE &&
		    (run.lcn > total || run.clusters > total - run.lcn)) {
			err_set(&e, ERR_VALUE, at, "run: end, in clusters",
				total, run.lcn + run.clusters);
			damaged(c, &FINDING_NTFS_OUTSIDE, r, &e);
		}
		extents_add(x, &run);
	}
	if (code == 0 && x->clusters != a->clusters)
		code = err_set(&e, ERR_VALUE, a->runs.at,
			       "run list: clusters in all", a->clusters,
			       x->clusters);
	if (code < 0)
		damaged(c, &FINDING_NTFS_RUNS, r, &e);
}

static void stream_add(struct counting *c, struct stream *s,
		       const struct piece *p)
{
	struct err e;

	if (p->vcn != s->x.clusters) {
		c->f.whole = false;
		err_set(&e, ERR_VALUE, 0, "attribute: first VCN",
			s->x.clusters, p->vcn);
		ntfs_finding(c->ntfs, &FINDING_NTFS_RUNS, s->number, &e,
			     "MFT record %llu: the pieces of its data do not "
			     "follow each other",
			     (unsigned long long)s->number);
	}
	if (p->vcn < s->x.clusters)
		return;
	s->x.clusters = p->vcn;
	if (p->vcn == 0) {
		s->bytes = p->bytes;
		s->resident = p->resident;
	}
	extents_join(&s->x, &p->x);
}

/* What @s is known to have, of what it says.  */
static uint64_t size_of(struct counting *c, const struct stream *s)
{
	uint64_t mapped = UINT64_MAX;
	struct err e;

	if (s->resident || !checked_mul(s->x.clusters,
					c->ntfs->info.cluster_size, &mapped) ||
	    s->bytes <= mapped)
		return s->bytes;
	c->f.whole = false;
	err_set(&e, ERR_VALUE, 0, "attribute: real size", mapped, s->bytes);
	ntfs_finding(c->ntfs, &FINDING_NTFS_RUNS, s->number, &e,
		     "The data of MFT record %llu is longer than its clusters",
		     (unsigned long long)s->number);
	return mapped;
}

static void stream_end(struct counting *c, const struct stream *s)
{
	struct ntfs_fragment_count *count = s->folder ? &c->f.folders :
						        &c->f.files;
	uint64_t bytes = size_of(c, s);
	struct err e;

	count->n++;
	if (s->x.n > 1) {
		count->fragmented++;
		count->excess += s->x.n - 1;
	}
	if (s->folder || checked_add(c->f.file_bytes, bytes, &c->f.file_bytes))
		return;
	err_set(&e, ERR_LIMIT, 0, "sizes of files, in all", 0, bytes);
	limited(c, s->number, &e);
}

/* Room for one more in @list of *@room; NULL: memory is out.  */
static void *grow(struct counting *c, void *list, size_t n, size_t *room,
		  size_t size)
{
	size_t wanted = *room == 0 ? 64 : 2 * *room;
	void *grown;

	if (n < *room)
		return list;
	grown = arena_realloc(c->ntfs->arena, list, wanted * size);
	if (grown != NULL)
		*room = wanted;
	return grown;
}

static bool keep_piece(struct counting *c, const struct piece *p)
{
	struct err e;
	void *grown;

	if (NTFS_RECORD(p->base) < NTFS_FIRST_USER_RECORD)
		return true;
	if (c->n_pieces == MAX_PIECES) {
		err_set(&e, ERR_LIMIT, 0, "pieces of files", MAX_PIECES,
			MAX_PIECES + 1);
		limited(c, 0, &e);
		return true;
	}
	grown = grow(c, c->pieces, c->n_pieces, &c->pieces_room,
		     sizeof(*p));
	if (grown == NULL)
		return false;
	c->pieces = grown;
	c->pieces[c->n_pieces++] = *p;
	return true;
}

/* There are no more heads than pieces that lead to them; a list that leads to
 * none would be one of them.  */
static bool keep_head(struct counting *c, const struct stream *s, ntfs_ref ref)
{
	struct err e;
	void *grown;

	if (c->n_heads == MAX_PIECES) {
		err_set(&e, ERR_LIMIT, 0, "attribute lists", MAX_PIECES,
			MAX_PIECES + 1);
		limited(c, 0, &e);
		return true;
	}
	grown = grow(c, c->heads, c->n_heads, &c->heads_room,
		     sizeof(*c->heads));
	if (grown == NULL)
		return false;
	c->heads = grown;
	c->heads[c->n_heads++] = (struct head){ ref, s->folder };
	return true;
}

/* Whether fragments of @a count, and of what.  */
static bool is_counted(const struct attribute *a, bool *ret_folder)
{
	*ret_folder = a->type == ATTRIBUTE_INDEX_ALLOCATION;
	if (*ret_folder)
		return !a->resident && utf16_equals_ascii(a->name, "$I30");
	return a->type == ATTRIBUTE_DATA && a->name.n == 0;
}

static struct piece piece_of(struct counting *c, const struct record *r,
			     const struct attribute *a, ntfs_ref base)
{
	struct piece p = {
		.base = base, .resident = a->resident,
		.folder = a->type == ATTRIBUTE_INDEX_ALLOCATION,
	};

	if (a->resident) {
		p.bytes = a->value.n;
		return p;
	}
	p.vcn = a->first_vcn;
	p.bytes = a->real;
	read_runs(c, r, a, &p.x);
	return p;
}

/* What is known of a record while its attributes pass.  */
struct walk {
	const struct record *rec;
	uint32_t types;		/* of those that have passed */
	struct stream stream;
};

static ntfs_ref own_ref(const struct record *r)
{
	return r->number | (uint64_t)r->head.sequence << 48;
}

static bool has_list(const struct walk *w)
{
	return (w->types & mft_pass_bit(ATTRIBUTE_LIST)) != 0;
}

static bool is_part(const struct walk *w)
{
	return mft_pass_is_extension(w->rec, w->types);
}

/* False: memory is out.  */
static bool take_attribute(struct counting *c, struct walk *w,
			   const struct attribute *a)
{
	const struct record *r = w->rec;
	bool folder, part = is_part(w);
	struct piece p;

	if (!is_counted(a, &folder))
		return true;
	if (part || has_list(w)) {
		p = piece_of(c, r, a, part ? r->head.base : own_ref(r));
		return keep_piece(c, &p);
	}
	if (folder != w->stream.folder || r->number < NTFS_FIRST_USER_RECORD)
		return true;
	p = piece_of(c, r, a, own_ref(r));
	stream_add(c, &w->stream, &p);
	return true;
}

static bool is_wanted(uint32_t type)
{
	return type == ATTRIBUTE_DATA || type == ATTRIBUTE_INDEX_ALLOCATION;
}

/* The next attribute that may count; the others, of which a million records
 * have three or four each, are passed over by their headers.  One that cannot
 * be true is left to attribute_next(), which says why.  */
static int next_wanted(struct span *left, uint32_t *types,
		       struct attribute *ret, struct err *reterr)
{
	const struct { le32 type, length; } *d;

	while ((d = span_bytes(*left, 0, sizeof(*d), 1)) != NULL) {
		uint32_t type = get_le32(d->type), length = get_le32(d->length);

		if (is_wanted(type) || type % 0x10 != 0 || length % 8 != 0 ||
		    type < ATTRIBUTE_STANDARD_INFORMATION ||
		    type > ATTRIBUTE_LAST || length < MIN_ATTRIBUTE_BYTES ||
		    !span_sub(*left, length, left->n - length, left))
			break;
		*types |= mft_pass_bit(type);
	}
	return attribute_next(left, ret, reterr);
}

/* Go through the attributes of @r, which is in use.  */
static bool take_attributes(struct counting *c, const struct record *r)
{
	struct walk w = { .rec = r, .stream = {
		.number = r->number,
		.folder = (r->head.flags & MFT_RECORD_DIRECTORY) != 0,
	} };
	struct span left = r->head.attributes;
	struct attribute a;
	struct err e;
	int code;

	while ((code = next_wanted(&left, &w.types, &a, &e)) != 0) {
		if (code < 0) {
			damaged(c, &FINDING_NTFS_ATTRIBUTE, r, &e);
			continue;
		}
		w.types |= mft_pass_bit(a.type);
		if (!take_attribute(c, &w, &a))
			return false;
	}
	if (is_part(&w) || r->number < NTFS_FIRST_USER_RECORD)
		return true;
	if (has_list(&w))
		return keep_head(c, &w.stream, own_ref(r));
	stream_end(c, &w.stream);
	return true;
}

static bool is_in_use(const uint8_t *record)
{
	return memcmp(record, "FILE", 4) != 0 ||
	       (record[MFT_RECORD_FLAGS_OFFSET] & MFT_RECORD_IN_USE) != 0;
}

static bool take_records(void *ctx, uint64_t off, uint8_t *buf, size_t bytes)
{
	struct counting *c = ctx;
	struct ntfs *n = c->ntfs;
	size_t size = n->info.record_size;

	for (size_t i = 0; i + size <= bytes; i += size) {
		struct record r = {
			.number = (off + i) / size,
			.block = { buf + i, size, n->mft, off + i, 0 },
		};
		enum mft_pass_state state;

		if (memcmp(buf + i, "\0\0\0", 4) == 0 || !is_in_use(buf + i))
			continue;
		state = mft_pass_decode(n, &r);
		if (state != PASS_WHOLE)
			c->f.whole = false;
		if (state == PASS_UNUSABLE)
			continue;
		c->f.records_in_use++;
		if (!take_attributes(c, &r))
			return false;
	}
	return true;
}

/* --- files of several records --------------------------------------------- */

static int compare_pieces(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;
	uint64_t nx = NTFS_RECORD(x->base), ny = NTFS_RECORD(y->base);

	if (nx != ny)
		return nx < ny ? -1 : 1;
	return (x->vcn > y->vcn) - (x->vcn < y->vcn);
}

/* A piece that names a file that was there before is left over.  */
static bool belongs(const struct piece *p, const struct head *h)
{
	unsigned sequence = NTFS_SEQUENCE(p->base);

	return p->folder == h->folder &&
	       (sequence == 0 || sequence == NTFS_SEQUENCE(h->ref));
}

static void join_pieces(struct counting *c)
{
	size_t k = 0;

	if (c->n_pieces > 0)
		qsort(c->pieces, c->n_pieces, sizeof(c->pieces[0]),
		      compare_pieces);
	for (size_t i = 0; i < c->n_heads; i++) {
		const struct head *h = &c->heads[i];
		struct stream s = { .number = NTFS_RECORD(h->ref),
				    .folder = h->folder };

		while (k < c->n_pieces &&
		       NTFS_RECORD(c->pieces[k].base) < s.number)
			k++;
		for (; k < c->n_pieces &&
		       NTFS_RECORD(c->pieces[k].base) == s.number; k++)
			if (belongs(&c->pieces[k], h))
				stream_add(c, &s, &c->pieces[k]);
		stream_end(c, &s);
	}
}

int ntfs_fragments_read(struct ntfs *n, struct ntfs_fragments *ret,
			struct err *reterr)
{
	struct counting c = { .ntfs = n, .f.whole = mft_is_whole(n) };
	uint64_t lost = 0;
	int r;

	c.f.records = mft_count(n);
	c.f.mft_bytes = n->mft->size;
	c.f.mft_fragments = mft_stream_fragments(n->mft);
	r = mft_pass(n, take_records, &c, &lost, reterr);
	if (r == 0) {
		join_pieces(&c);
		c.f.whole = c.f.whole && lost == 0;
		*ret = c.f;
	}
	free(c.pieces);
	free(c.heads);
	return r;
}

int ntfs_fragments_of(struct ntfs *n, ntfs_ref ref, uint64_t *ret_bytes,
		      uint64_t *ret_fragments, struct err *reterr)
{
	struct mft_file f;
	struct source *s;
	int r = mft_file_open(n, ref, &f, reterr);

	if (r < 0)
		return r;
	r = mft_file_stream(&f, ATTRIBUTE_DATA, NULL, &s, reterr);
	mft_file_done(&f);
	if (r < 0)
		return r;
	*ret_bytes = s->size;
	*ret_fragments = mft_stream_fragments(s);
	source_free(s);
	return 0;
}
