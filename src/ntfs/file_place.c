#include "ntfs/file_place.h"

#include <string.h>

#include "ntfs/mft_file.h"
#include "ntfs/upcase.h"

int ntfs_record_place(struct ntfs *n, ntfs_ref ref, struct arena *a,
		      struct ntfs_record_place *ret, struct err *reterr)
{
	struct ntfs_record_place p = { .ref = ref };
	struct mft_file f;
	int r = mft_file_open(n, ref, &f, reterr);

	if (r < 0)
		return r;
	p.ref = f.ref;
	p.in_use = mft_file_in_use(&f);
	p.is_directory = (f.rec.head.flags & MFT_RECORD_DIRECTORY) != 0;
	record_block_cite(&f.rec.block, 0, f.rec.block.n, "mft record", a,
			  &p.cites);
	mft_file_done(&f);
	*ret = p;
	return 0;
}

/* --- one stream ----------------------------------------------------------- */

struct stream_walk {
	struct ntfs *ntfs;
	struct span name;
	struct arena *arena;
	struct ntfs_stream_place *place;
	bool found;
};

/* Take the runs of one piece, as far as they can be true.  */
static void take_runs(struct stream_walk *w, const struct attribute *a)
{
	struct run_walk walk = run_walk_of(a->runs, a->first_vcn);
	struct ntfs_stream_place *p = w->place;
	struct run run, *slot;
	int r;

	while ((r = run_next(&walk, &run, NULL)) > 0) {
		if (run.lcn != RUN_HOLE &&
		    (run.lcn > w->ntfs->total_clusters ||
		     run.clusters > w->ntfs->total_clusters - run.lcn)) {
			p->damaged = true;
			continue;
		}
		if (p->n_runs == NTFS_MAX_RUNS) {
			p->uncounted += run.clusters;
			continue;
		}
		slot = arena_push(w->arena, &p->runs, p->n_runs, sizeof(*slot));
		if (slot == NULL)
			return;
		*slot = run;
		p->n_runs++;
	}
	p->damaged |= r < 0;
}

static int take_stream(void *ctx, const struct record *rec,
		       const struct attribute *a, struct err *reterr)
{
	struct stream_walk *w = ctx;
	struct ntfs_stream_place *p = w->place;
	const struct span *part = a->resident ? &a->value : &a->raw;

	(void)reterr;
	if (upcase_compare(w->ntfs, a->name, w->name) != 0 ||
	    (p->resident && w->found))
		return 0;
	record_block_cite(&rec->block, part->at - rec->block.at, part->n,
			  a->resident ? "resident data" : "attribute",
			  w->arena, &p->cites);
	if (a->resident || a->first_vcn == 0) {
		if (a->name.n > 0)
			p->name = text_from_utf16(w->arena, a->name);
		p->resident = a->resident;
		p->size = a->resident ? a->value.n : a->real;
		p->initialised = a->resident ? a->value.n : a->initialised;
		p->allocated = a->resident ? 0 : a->allocated;
		p->compressed = (a->flags & ATTRIBUTE_COMPRESSED) != 0;
		p->unit = a->compression_unit > 0 && a->compression_unit < 32 ?
			  UINT64_C(1) << a->compression_unit : 0;
		p->sparse = (a->flags & ATTRIBUTE_SPARSE) != 0;
		p->encrypted = (a->flags & ATTRIBUTE_ENCRYPTED) != 0;
		w->found = true;
	}
	if (!a->resident)
		take_runs(w, a);
	return 0;
}

int ntfs_stream_place(struct ntfs *n, ntfs_ref ref, const char *name,
		      struct arena *a, struct ntfs_stream_place *ret,
		      struct err *reterr)
{
	struct ntfs_stream_place p = { .n_runs = 0 };
	struct stream_walk w = { .ntfs = n, .arena = a, .place = &p };
	struct mft_file f;
	int r;

	if (name != NULL && !utf16_from_utf8(a, name, &w.name))
		return err_set(reterr, ERR_NOT_FOUND, 0, "stream", 0, 0);
	r = mft_file_open(n, ref, &f, reterr);
	if (r < 0)
		return r;
	r = mft_file_each_of_type(&f, ATTRIBUTE_DATA, take_stream, &w, reterr);
	mft_file_done(&f);
	if (arena_failed(a))
		return err_set(reterr, ERR_NOMEM, 0, "stream", 0, 0);
	if (r < 0)
		return r;
	if (!w.found)
		return err_set(reterr, ERR_NOT_FOUND, 0, "stream", 0, 0);
	*ret = p;
	return 0;
}

/* --- the owners of a cluster ---------------------------------------------- */

struct owner_walk {
	struct ntfs *ntfs;
	uint64_t lcn;
	struct arena *arena;
	struct ntfs_owner *list;
	size_t n;
};

static void add_owner(struct owner_walk *w, const struct record *rec,
		      const struct attribute *a, uint64_t vcn)
{
	bool in_use = (rec->head.flags & MFT_RECORD_IN_USE) != 0;
	size_t at = w->n;

	/* Behind the others that are in use.  */
	for (size_t i = 0; in_use && i < w->n; i++)
		if (!w->list[i].in_use) {
			at = i;
			break;
		}
	if (at == NTFS_MAX_OWNERS)
		return;
	if (w->n == NTFS_MAX_OWNERS)
		w->n--;
	memmove(&w->list[at + 1], &w->list[at],
		(w->n - at) * sizeof(w->list[0]));
	w->n++;
	w->list[at] = (struct ntfs_owner){
		.ref = rec->head.base != 0 ? rec->head.base :
		       (uint64_t)rec->head.sequence << 48 | rec->number,
		.type = a->type, .vcn = vcn, .in_use = in_use,
	};
	if (a->name.n > 0)
		w->list[at].name = text_from_utf16(w->arena, a->name);
}

static void search_runs(struct owner_walk *w, const struct record *rec,
			const struct attribute *a)
{
	struct run_walk walk = run_walk_of(a->runs, a->first_vcn);
	struct run run;

	while (run_next(&walk, &run, NULL) > 0)
		if (run.lcn != RUN_HOLE && w->lcn >= run.lcn &&
		    w->lcn - run.lcn < run.clusters)
			add_owner(w, rec, a, run.vcn + (w->lcn - run.lcn));
}

int ntfs_cluster_owners(struct ntfs *n, uint64_t lcn, struct arena *a,
			struct ntfs_owner ret[NTFS_MAX_OWNERS], size_t *ret_n,
			struct err *reterr)
{
	struct ntfs_owner list[NTFS_MAX_OWNERS] = { { .ref = 0 } };
	struct owner_walk w = { n, lcn, a, list, 0 };
	uint64_t count = mft_count(n);

	for (uint64_t i = 0; i < count; i++) {
		struct attribute attribute;
		struct record rec;
		struct span left;

		if (i % MFT_AHEAD == 0)
			mft_ahead(n, i, MFT_AHEAD);
		if (mft_record_read(n, i, &rec, NULL) < 0)
			continue;
		left = rec.head.attributes;
		while (attribute_next(&left, &attribute, NULL) > 0)
			if (!attribute.resident)
				search_runs(&w, &rec, &attribute);
		mft_record_done(&rec);
	}
	if (arena_failed(a) || arena_failed(n->arena))
		return err_set(reterr, ERR_NOMEM, 0, "owners", 0, 0);
	memcpy(ret, list, sizeof(list));
	*ret_n = w.n;
	return 0;
}
