/*
 * reparse_points.c - all reparse points of a volume
 *
 * $Extend\$Reparse:$R names the records that have one, the sweep of the $MFT
 * meets the records themselves.  What each found is put together by record
 * number, so that the records are read in their order on disk, and each once.
 */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "ntfs/mft_file.h"
#include "ntfs/file_path.h"
#include "ntfs/findings.h"
#include "ntfs/hits.h"
#include "ntfs/index_tree.h"

#define EXTEND_RECORD 11

/* Records not wanted between two that are, cheaper to read along than to make
 * another call for.  */
#define MAX_GAP 3

/* What may be kept of all volumes: citations of $R, then reparse points, a
 * kilobyte each.  A system that is compressed by WOF has tens of thousands.
 * The mount manager's names and what is made of both shall have room beside it,
 * all within 256 MiB.  */
#define CITES_MAX_BYTES (40u << 20)
#define POINTS_MAX_BYTES (96u << 20)

/* So many hits are no burden: they are taken in the order of their records.  Of
 * more, the mount points come first.  */
#define MANY_HITS 8192

static int take_entry(void *ctx, struct tree *t, const struct tree_entry *e)
{
	struct hits *h = ctx;
	struct hit hit = { .from_index = true };
	struct reparse_key key;
	struct err err;

	if (reparse_key_parse(e->entry.key, &key, &err) < 0) {
		index_tree_entry_finding(t, e, &err);
		return 0;
	}
	hit.number = NTFS_RECORD(key.ref);
	hit.ref = key.ref;
	hit.tag = key.tag;
	if (arena_bytes(t->ntfs->arena) < CITES_MAX_BYTES)
		index_tree_cite(t, e, "reparse index entry", &hit.cites);
	return reparse_hits_add(h, &hit) ? 0 : ERR_NOMEM;
}

/* Read $R.  *@ret_whole: it is there and undamaged.  */
static int read_index(struct ntfs *n, struct hits *h, bool *ret_whole,
		      struct err *reterr)
{
	static const uint8_t name[] = { '$', 0, 'R', 0, 'e', 0, 'p', 0, 'a', 0,
					'r', 0, 's', 0, 'e', 0 };
	ntfs_ref ref;
	struct tree t;
	struct err e;
	int r = ntfs_find(n, EXTEND_RECORD,
			  (struct span){ name, sizeof(name), 0 }, &ref, &e);

	*ret_whole = false;
	if (r == 0)
		r = index_tree_open(n, ref, "$R", true, &t, &e);
	if (r < 0) {
		if (r == ERR_NOT_FOUND)
			ntfs_finding(n, &FINDING_NTFS_NO_REPARSE_INDEX, 0, &e,
				     "The volume has no $Extend\\$Reparse:$R");
		else
			ntfs_finding(n, &FINDING_NTFS_INDEX, 0, &e,
				     "The index $Extend\\$Reparse:$R cannot be "
				     "read, all records of the $MFT are "
				     "searched");
		return 0;
	}
	if (t.blocks != NULL)
		t.blocks->file = "\\$Extend\\$Reparse:$R";
	r = index_tree_each(&t, take_entry, h);
	*ret_whole = r == 0 && !t.damaged;
	index_tree_done(&t);
	return r < 0 ? err_set(reterr, r, 0, "$R", 0, h->n) : 0;
}

static int compare_hits(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	if (x->from_index != y->from_index)
		return x->from_index ? -1 : 1;
	if (x->ref != y->ref)
		return x->ref < y->ref ? -1 : 1;
	if (x->tag != y->tag)
		return x->tag < y->tag ? -1 : 1;
	return x->holder < y->holder ? -1 : x->holder > y->holder;
}

/* A record has one reparse point.  An index that names it twice has lost one
 * that it named in the second place, and is not whole.  @h is sorted.  */
static bool names_twice(struct ntfs *n, const struct hits *h)
{
	bool twice = false;

	for (size_t i = 1; i < h->n; i++) {
		const struct hit *a = &h->list[i - 1], *b = &h->list[i];
		struct diag *d;

		if (a->ref != b->ref)
			continue;
		twice = true;
		d = diag_add(n->diags, &FINDING_NTFS_INDEX,
			     "$R names MFT record %llu twice, so that it may "
			     "lack another",
			     (unsigned long long)b->number);
		if (d == NULL)
			continue;
		cites_join(n->arena, &d->cites, &a->cites);
		cites_join(n->arena, &d->cites, &b->cites);
	}
	return twice;
}

/* The hits of one record, and what is made of them.  */
struct group {
	struct ntfs *ntfs;
	const struct hit *hits;
	size_t n;
	bool compare;		/* both the index and the $MFT were read */
	bool *astray;		/* set where an entry of $R leads astray */
	struct ntfs_reparse *point;
};

static void data_finding(struct group *g, const struct err *e)
{
	struct ntfs_reparse *p = g->point;
	struct diag *d;

	if (p->deleted)
		return;
	d = ntfs_finding(g->ntfs, &FINDING_NTFS_REPARSE_DATA, p->ref, e,
			 "The reparse point of MFT record %llu",
			 (unsigned long long)NTFS_RECORD(p->ref));
	if (d != NULL)
		cites_join(g->ntfs->arena, &d->cites, &p->cites);
}

static void target_finding(struct group *g)
{
	const struct ntfs_reparse *p = g->point;
	struct diag *d;

	if (p->deleted)
		return;
	d = diag_add(g->ntfs->diags, &FINDING_NTFS_TARGET,
		     "The target of the junction in MFT record %llu is not a "
		     "path as Windows writes it.",
		     (unsigned long long)NTFS_RECORD(p->ref));
	if (d != NULL)
		cites_join(g->ntfs->arena, &d->cites, &p->cites);
}

static void length_finding(struct group *g)
{
	const struct reparse *rp = &g->point->data;
	struct err e;

	err_set(&e, ERR_VALUE, 4, "length of the data", rp->data_bytes_there,
		rp->data_bytes);
	data_finding(g, &e);
}

/* Clusters that a deleted file has left may hold anything by now.  */
static bool holds_reparse_point(const uint8_t *bytes, size_t n)
{
	struct reparse rp;

	return reparse_parse((struct span){ bytes, n, 0 }, &rp, NULL) == 0 &&
	       rp.tag > 2;
}

/* Read and decode attribute 0xc0 of @f.  */
static void read_data(struct group *g, struct mft_file *f)
{
	struct ntfs_reparse *p = g->point;
	struct source *s;
	uint8_t *bytes;
	struct err e;
	size_t n;
	int r = mft_file_read(f, ATTRIBUTE_REPARSE_POINT, NULL,
			      REPARSE_MAX_BYTES, &bytes, &n, &s, &e);

	if (r == ERR_NOT_FOUND)
		return;
	p->in_record = true;
	if (r < 0) {
		data_finding(g, &e);
		return;
	}
	if (p->deleted && !holds_reparse_point(bytes, n)) {
		source_free(s);
		free(bytes);
		return;
	}
	source_cite(s, 0, n, "reparse point", g->ntfs->arena, &p->cites);
	source_free(s);
	p->raw.p = arena_copy(g->ntfs->arena, bytes, n);
	p->raw.n = p->raw.p != NULL ? n : 0;
	free(bytes);
	if (p->raw.n >= sizeof(le32))
		p->tag = get_le32(*(const le32 *)p->raw.p);
	p->data.tag = p->tag;
	p->data.kind = REPARSE_OTHER;
	if (reparse_parse(p->raw, &p->data, &e) < 0)
		data_finding(g, &e);
	else if (p->data.data_bytes != p->data.data_bytes_there)
		length_finding(g);
	if (p->data.odd_target)
		target_finding(g);
}

/* Where the record that an entry of $R names is, "; its path is \\Mount".  */
static const char *path_note(const struct group *g,
			     const struct diag_kind *kind)
{
	const ntfs_ref ref = g->point->ref;
	struct ntfs_path path;
	const char *note = NULL;

	if (diag_count(g->ntfs->diags, kind) >= DIAG_MAX_PER_KIND)
		return "";
	if (ref != 0 && ntfs_path_of(g->ntfs, ref, &path, NULL) == 0 &&
	    path.state == PATH_WHOLE)
		note = arena_printf(g->ntfs->arena, "; its path is %s",
				    path.text.utf8);
	return note != NULL ? note : "";
}

static void entry_finding(struct group *g, const struct diag_kind *kind,
			  const struct hit *hit, const char *what)
{
	struct diag *d = diag_add(g->ntfs->diags, kind,
				  "$R names record %llu, sequence %u, with tag "
				  "0x%08x, but %s%s",
				  (unsigned long long)hit->number,
				  NTFS_SEQUENCE(hit->ref), (unsigned)hit->tag,
				  what, path_note(g, kind));

	if (d == NULL)
		return;
	cites_join(g->ntfs->arena, &d->cites, &hit->cites);
	cites_join(g->ntfs->arena, &d->cites, &g->point->cites);
}

/* What is wrong with an entry of $R, seen from the record that it names; NULL
 * if nothing.  */
static const char *stale_why(const struct ntfs_reparse *p,
			     const struct hit *hit, bool readable)
{
	const uint16_t next = (uint16_t)(NTFS_SEQUENCE(hit->ref) + 1);
	const uint16_t since = (uint16_t)(NTFS_SEQUENCE(p->ref) -
					  NTFS_SEQUENCE(hit->ref));

	if (!readable)
		return "this record cannot be read";
	if (p->deleted &&
	    (hit->ref == p->ref || next == NTFS_SEQUENCE(p->ref)))
		return "this record is not in use";
	/* It counts up, round 65535.  */
	if (hit->ref != p->ref)
		return since < 0x8000 ? "this record was used again since" :
		       "this record has not been used so often";
	if (!p->in_record)
		return "no reparse point was found in this record";
	return NULL;
}

static void check_entry(struct group *g, const struct hit *hit, bool readable)
{
	struct ntfs_reparse *p = g->point;
	const char *why = stale_why(p, hit, readable);

	if (why != NULL)
		*g->astray = true;
	if (!readable && hit->tag != REPARSE_TAG_MOUNT_POINT)
		g->ntfs->unread_entries++;
	else if (why != NULL)
		entry_finding(g, &FINDING_NTFS_STALE_ENTRY, hit, why);
	else if (p->raw.n > 0 && hit->tag != p->tag)
		entry_finding(g, &FINDING_NTFS_TAG_DIFFERS, hit,
			      "the data there has another tag");
	if (why == NULL || !p->in_record)
		p->in_index = true;
}

static void check_entries(struct group *g, bool readable)
{
	struct ntfs_reparse *p = g->point;
	size_t n_index = 0;
	struct diag *d;

	for (size_t i = 0; i < g->n; i++) {
		const struct hit *hit = &g->hits[i];

		if (!hit->from_index)
			continue;
		n_index++;
		check_entry(g, hit, readable);
	}
	for (size_t i = 0; i < g->n; i++)
		cites_join(g->ntfs->arena, &p->cites, &g->hits[i].cites);
	if (n_index > 0 || !g->compare || p->deleted || !p->in_record)
		return;
	d = diag_add(g->ntfs->diags, &FINDING_NTFS_NOT_INDEXED,
		     "MFT record %llu has a reparse point that $R does not "
		     "name", (unsigned long long)NTFS_RECORD(p->ref));
	if (d != NULL)
		cites_join(g->ntfs->arena, &d->cites, &p->cites);
}

static int is_holder(void *ctx, const struct record *rec,
		     const struct attribute *a, struct err *reterr)
{
	const uint64_t *number = ctx;

	(void)a;
	(void)reterr;
	return rec->number == *number;
}

/* An extension record has the reparse point, and no attribute list leads
 * there.  */
static void unlisted_finding(struct group *g, const struct hit *hit)
{
	struct record rec;
	struct diag *d = NULL;

	if (mft_record_read(g->ntfs, hit->holder, &rec, NULL) < 0)
		return;
	if ((rec.head.flags & MFT_RECORD_IN_USE) != 0 &&
	    ntfs_first_time(g->ntfs, &FINDING_NTFS_ATTRIBUTE_LIST,
			    hit->holder))
		d = diag_add(g->ntfs->diags, &FINDING_NTFS_ATTRIBUTE_LIST,
			     "MFT record %llu has a reparse point and says "
			     "that it is a part of MFT record %llu, which does "
			     "not list it; the reparse point is not read.",
			     (unsigned long long)hit->holder,
			     (unsigned long long)hit->number);
	if (d != NULL)
		record_block_cite(&rec.block, 0, rec.block.n, "mft record",
				  g->ntfs->arena, &d->cites);
	mft_record_done(&rec);
}

/* Whether the records in which the sweep met the reparse point are those of the
 * file @f; NULL: it cannot be read.  */
static void check_holders(struct group *g, struct mft_file *f)
{
	for (size_t i = 0; i < g->n; i++) {
		const struct hit *hit = &g->hits[i];
		uint64_t holder = hit->holder;

		if (hit->from_index || holder == hit->number)
			continue;
		if (f == NULL ||
		    mft_file_each(f, ATTRIBUTE_REPARSE_POINT, NULL, is_holder,
				  &holder, NULL) <= 0)
			unlisted_finding(g, hit);
	}
}

/* What only $R knows of: not the record as it is now, if that is another
 * file's.  */
static void take_from_entry(struct ntfs_reparse *p, const struct hit *hit,
			    bool readable)
{
	p->tag = hit->tag;
	if (readable && NTFS_SEQUENCE(hit->ref) == NTFS_SEQUENCE(p->ref))
		return;
	p->ref = hit->ref;
	p->is_directory = false;
	p->times = (struct ntfs_times){ 0 };
}

/* Fill g->point.  False: nothing there to report but what is a finding.  */
static bool load_point(struct group *g)
{
	struct ntfs_reparse *p = g->point;
	struct mft_file f;
	struct err e;
	bool readable = mft_file_open(g->ntfs, g->hits[0].number, &f, &e) == 0;

	if (readable) {
		p->ref = f.ref;
		p->deleted = !mft_file_in_use(&f);
		p->is_directory =
			(f.rec.head.flags & MFT_RECORD_DIRECTORY) != 0;
		mft_file_times(&f, &p->times);
		read_data(g, &f);
		check_holders(g, &f);
		mft_file_done(&f);
	} else {
		check_holders(g, NULL);
	}
	check_entries(g, readable);
	if (!p->in_record && !g->hits[0].from_index)
		return false;
	if (!p->in_record)
		take_from_entry(p, &g->hits[0], readable);
	if (ntfs_path_of(g->ntfs, p->ref, &p->path, &e) < 0)
		file_path_unknown(g->ntfs, p->ref, &p->path);
	return true;
}

/* Have the records of the hits from @h on read together, as far as they lie
 * together.  Returns how many hits this covers.  */
static size_t read_ahead(struct ntfs *n, const struct hit *h, size_t left)
{
	uint64_t first = h[0].number, last = first;
	size_t i;

	for (i = 1; i < left; i++) {
		if (h[i].number - last > MAX_GAP + 1 ||
		    h[i].number - first >= MFT_AHEAD)
			break;
		last = h[i].number;
	}
	if (last > first)
		mft_ahead(n, first, last - first + 1);
	return i;
}

/* Whether one of the @n hits of a record may be of a mount point: one of $R
 * says so, or there is none of $R.  */
static bool may_be_mount(const struct hit *h, size_t n)
{
	for (size_t i = 0; i < n && h[i].from_index; i++)
		if (h[i].tag == REPARSE_TAG_MOUNT_POINT)
			return true;
	return !h[0].from_index;
}

enum choice { ALL, MOUNT_POINTS, OTHERS };

static size_t group_size(const struct hits *h, size_t first)
{
	size_t n = 1;

	while (first + n < h->n &&
	       h->list[first + n].number == h->list[first].number)
		n++;
	return n;
}

/* Load the points that are chosen, while there is room; counts the others in
 * *@left_out.  */
static int load_chosen(struct ntfs *n, const struct hits *h, bool compare,
		       enum choice choice, struct ntfs_reparse_list *out,
		       uint64_t *left_out, struct err *reterr)
{
	size_t ahead = 0;

	for (size_t i = 0, count; i < h->n; i += count) {
		struct group g = { n, &h->list[i], 0, compare, &out->astray,
				   NULL };

		count = group_size(h, i);
		if (choice != ALL && may_be_mount(g.hits, count) !=
				     (choice == MOUNT_POINTS))
			continue;
		if (arena_bytes(n->arena) > POINTS_MAX_BYTES) {
			++*left_out;
			continue;
		}
		if (i >= ahead)
			ahead = i + read_ahead(n, &h->list[i], h->n - i);
		g.n = count;
		g.point = arena_push(n->arena, &out->list, out->n,
				     sizeof(*g.point));
		if (g.point == NULL)
			return err_set(reterr, ERR_NOMEM, 0, "reparse points",
				       h->n, out->n);
		memset(g.point, 0, sizeof(*g.point));
		if (load_point(&g))
			out->n++;
	}
	return 0;
}

static int load_points(struct ntfs *n, const struct hits *h, bool compare,
		       struct ntfs_reparse_list *out, struct err *reterr)
{
	const char *why = "they would take more memory than is allowed";
	uint64_t left_out = h->dropped;
	int r;

	if (h->n <= MANY_HITS) {
		r = load_chosen(n, h, compare, ALL, out, &left_out, reterr);
	} else {
		r = load_chosen(n, h, compare, MOUNT_POINTS, out, &left_out,
				reterr);
		if (r == 0)
			r = load_chosen(n, h, compare, OTHERS, out, &left_out,
					reterr);
	}
	if (r < 0 || left_out == 0)
		return r;
	if (left_out == h->dropped)
		why = "there are more than are examined";
	diag_add(n->diags, &FINDING_NTFS_LIMIT,
		 "%zu reparse points of the volume are listed, mount points "
		 "first, and up to %llu more are not: %s.", out->n,
		 (unsigned long long)left_out, why);
	return 0;
}

static int compare_points(const void *a, const void *b)
{
	const struct ntfs_reparse *x = a, *y = b;

	if (x->deleted != y->deleted)
		return x->deleted ? 1 : -1;
	if (NTFS_RECORD(x->ref) != NTFS_RECORD(y->ref))
		return NTFS_RECORD(x->ref) < NTFS_RECORD(y->ref) ? -1 : 1;
	return 0;
}

/* Leave of the hits those of records that $R does not name.  */
static void drop_indexed(struct hits *h)
{
	size_t left = 0;

	for (size_t i = 0, count; i < h->n; i += count) {
		count = group_size(h, i);
		if (h->list[i].from_index)
			continue;
		memmove(&h->list[left], &h->list[i],
			count * sizeof(h->list[0]));
		left += count;
	}
	h->n = left;
}

/* An entry that leads astray may be one whose key was damaged: what it named
 * before is found by the sweep.  */
static int look_further(struct ntfs *n, struct hits *h,
			struct ntfs_reparse_list *out, struct err *reterr)
{
	int r = sweep_mft(n, h, reterr);

	if (r < 0)
		return r;
	out->swept = true;
	qsort(h->list, h->n, sizeof(h->list[0]), compare_hits);
	drop_indexed(h);
	return load_points(n, h, true, out, reterr);
}

static int collect(struct ntfs *n, enum ntfs_scan scan, struct hits *h,
		   struct ntfs_reparse_list *out, struct err *reterr)
{
	int r = read_index(n, h, &out->index_read, reterr);

	if (r < 0)
		return r;
	if (h->n > 0)
		qsort(h->list, h->n, sizeof(h->list[0]), compare_hits);
	if (names_twice(n, h))
		out->index_read = false;
	if (scan == NTFS_SCAN_FULL ||
	    (scan == NTFS_SCAN_AUTO && !out->index_read)) {
		r = sweep_mft(n, h, reterr);
		out->swept = r == 0;
	}
	if (r < 0 || h->n == 0)
		return r;
	qsort(h->list, h->n, sizeof(h->list[0]), compare_hits);
	r = load_points(n, h, out->swept && out->index_read, out, reterr);
	if (r == 0 && scan == NTFS_SCAN_AUTO && !out->swept && out->astray)
		r = look_further(n, h, out, reterr);
	if (r == 0 && out->n > 0)
		qsort(out->list, out->n, sizeof(out->list[0]), compare_points);
	return r;
}

int ntfs_reparse_points(struct ntfs *n, enum ntfs_scan scan,
			struct ntfs_reparse_list *ret, struct err *reterr)
{
	struct ntfs_reparse_list out = { 0 };
	struct hits h = { 0 };
	int r = collect(n, scan, &h, &out, reterr);

	free(h.list);
	if (r == 0)
		*ret = out;
	return r;
}
