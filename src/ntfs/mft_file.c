#include "ntfs/mft_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf16.h"
#include "format/file_name.h"
#include "ntfs/findings.h"
#include "ntfs/mft_stream.h"

/* Windows' own limit: a list is at most 256 KiB long.  */
#define MAX_LIST_BYTES (256 * 1024)

/* The records before this one are the system files, none of them a part of
 * another.  */
#define SYSTEM_RECORDS 12

/* Attributes lie in the order of their types: one that does not has another
 * type than it was written with.  */
static void check_order(struct ntfs *n, const struct record *rec,
			const struct attribute *a, uint32_t before)
{
	struct err e;

	if (a->type >= before)
		return;
	err_set(&e, ERR_VALUE, a->raw.at, "attribute: type, in the order of "
		"types", before, a->type);
	mft_record_finding(n, &FINDING_NTFS_ATTRIBUTE, rec, &e);
}

/* A resident attribute ends where its value does: 13000 of 13000 do.  */
static void check_length(struct ntfs *n, const struct record *rec,
			 const struct attribute *a)
{
	struct err e;

	if (!a->loose)
		return;
	err_set(&e, ERR_VALUE, a->raw.at + 0x10,
		"attribute: length of the value, in one of so many bytes",
		a->raw.n, a->value.n);
	mft_record_finding(n, &FINDING_NTFS_ATTRIBUTE, rec, &e);
}

/* Go through the attributes of @rec alone.  */
static int each_in_record(struct ntfs *n, const struct record *rec,
			  attribute_fn *fn, void *ctx, struct err *reterr)
{
	struct span left = rec->head.attributes;
	uint32_t before = 0;
	struct attribute a;
	struct err e;
	int r;

	while ((r = attribute_next(&left, &a, &e)) != 0) {
		if (r < 0) {
			mft_record_finding(n, &FINDING_NTFS_ATTRIBUTE, rec, &e);
			continue;
		}
		check_order(n, rec, &a, before);
		before = a.type;
		check_length(n, rec, &a);
		r = fn(ctx, rec, &a, reterr);
		if (r != 0)
			return r;
	}
	return 0;
}

struct wanted {
	uint32_t type;
	const char *name;
	attribute_fn *fn;
	void *ctx;
	bool any_name;
};

static bool is_wanted(const struct wanted *w, uint32_t type, struct span name)
{
	return type == w->type &&
	       (w->any_name ||
		utf16_equals_ascii(name, w->name != NULL ? w->name : ""));
}

static int pass_wanted(void *ctx, const struct record *rec,
		       const struct attribute *a, struct err *reterr)
{
	struct wanted *w = ctx;

	return is_wanted(w, a->type, a->name) ?
	       w->fn(w->ctx, rec, a, reterr) : 0;
}

/* The attribute that an entry of the list means.  */
struct entry_match {
	const struct attribute_entry *entry;
	const struct wanted *wanted;
	bool found;
};

static int pass_entry(void *ctx, const struct record *rec,
		      const struct attribute *a, struct err *reterr)
{
	struct entry_match *m = ctx;
	const struct attribute_entry *e = m->entry;

	if (m->found || !is_wanted(m->wanted, a->type, a->name) ||
	    a->id != e->id || a->first_vcn != e->first_vcn)
		return 0;
	m->found = true;
	return m->wanted->fn(m->wanted->ctx, rec, a, reterr);
}

static void list_finding(struct mft_file *f, struct err *e)
{
	mft_record_finding(f->ntfs, &FINDING_NTFS_ATTRIBUTE_LIST, &f->rec, e);
}

/* A deleted file's own sequence number is one higher than its extension
 * records remember.  */
static bool is_base(const struct mft_file *f, ntfs_ref base)
{
	unsigned want = NTFS_SEQUENCE(base);

	return base != 0 && NTFS_RECORD(base) == f->rec.number &&
	       (want == 0 || want == f->rec.head.sequence ||
		!mft_file_in_use(f));
}

/* Read the extension record @number of @f, which must name @f as its base.  */
static int read_extension(struct mft_file *f, ntfs_ref ref, struct record *ret)
{
	struct err e;
	struct record rec;

	if (mft_record_read(f->ntfs, NTFS_RECORD(ref), &rec, &e) < 0) {
		list_finding(f, &e);
		return -1;
	}
	if (!is_base(f, rec.head.base)) {
		err_set(&e, ERR_VALUE, rec.block.at + 0x20,
			"MFT record: base record", f->ref, rec.head.base);
		list_finding(f, &e);
		mft_record_done(&rec);
		return -1;
	}
	*ret = rec;
	return 0;
}

static int each_of_entry(struct mft_file *f,
			 const struct attribute_entry *entry,
			 const struct wanted *w, struct err *reterr)
{
	struct entry_match m = { entry, w, false };
	struct record rec;
	struct err e;
	int r;

	if (NTFS_RECORD(entry->ref) == f->rec.number) {
		r = each_in_record(f->ntfs, &f->rec, pass_entry, &m, reterr);
	} else {
		if (read_extension(f, entry->ref, &rec) < 0)
			return 0;
		r = each_in_record(f->ntfs, &rec, pass_entry, &m, reterr);
		mft_record_done(&rec);
	}
	if (!m.found && r == 0) {
		err_set(&e, ERR_VALUE, NTFS_RECORD(entry->ref),
			"record in the attribute list: type and id of an "
			"attribute there", entry->type, entry->id);
		list_finding(f, &e);
	}
	return r;
}

static int each(struct mft_file *f, struct wanted *w, struct err *reterr)
{
	struct span left = { f->list, f->list_bytes, 0 };
	struct attribute_entry entry;
	struct err e;
	int r;

	if (f->list == NULL)
		return each_in_record(f->ntfs, &f->rec, pass_wanted, w,
				      reterr);
	while ((r = attribute_entry_next(&left, &entry, &e)) != 0) {
		if (r < 0) {
			list_finding(f, &e);
			continue;
		}
		if (!is_wanted(w, entry.type, entry.name))
			continue;
		r = each_of_entry(f, &entry, w, reterr);
		if (r != 0)
			return r;
	}
	return 0;
}

int mft_file_each(struct mft_file *f, uint32_t type, const char *name,
		  attribute_fn *fn, void *ctx, struct err *reterr)
{
	struct wanted w = { type, name, fn, ctx, false };

	return each(f, &w, reterr);
}

int mft_file_each_of_type(struct mft_file *f, uint32_t type, attribute_fn *fn,
			  void *ctx, struct err *reterr)
{
	struct wanted w = { type, NULL, fn, ctx, true };

	return each(f, &w, reterr);
}

/* A stream while its pieces come in.  */
struct gather {
	struct mft_file *file;
	struct source *source;
	uint64_t allocated;
	bool as_stored;		/* what is compressed is wanted so */
	unsigned unit;		/* log2 of clusters */
};

static int gather_piece(void *ctx, const struct record *rec,
			const struct attribute *a, struct err *reterr)
{
	struct gather *g = ctx;
	struct ntfs *n = g->file->ntfs;

	if (a->resident) {
		if (g->source != NULL)
			return 0;
		g->source = mft_stream_resident(n, rec, a);
		return g->source != NULL ? 1 :
		       err_set(reterr, ERR_NOMEM, 0, "stream", 0, 0);
	}
	if (g->source == NULL) {
		if (a->flags & ATTRIBUTE_ENCRYPTED)
			return err_set(reterr, ERR_UNSUPPORTED, a->raw.at + 12,
				       "encrypted stream", 0, a->flags);
		if ((a->flags & ATTRIBUTE_COMPRESSED) && !g->as_stored)
			return err_set(reterr, ERR_UNSUPPORTED, a->raw.at + 12,
				       "compressed stream", 0, a->flags);
		g->allocated = a->allocated;
		g->unit = a->compression_unit;
		g->source = g->as_stored ?
			mft_stream_new(n, UINT64_MAX, UINT64_MAX) :
			mft_stream_new(n, a->real, a->initialised);
		if (g->source == NULL)
			return err_set(reterr, ERR_NOMEM, 0, "stream", 0, 0);
	}
	return mft_stream_append_piece(g->source, rec, a, reterr);
}

/* What no cluster is there for, cannot be read: the stream ends before it.  */
static void clamp_size(struct gather *g, uint32_t type)
{
	struct source *s = g->source;
	uint64_t mapped = mft_stream_mapped(s);
	struct err e;

	if (s->size <= mapped)
		return;
	err_set(&e, ERR_VALUE, g->file->rec.block.at, "attribute: real size",
		mapped, s->size);
	ntfs_finding(g->file->ntfs, &FINDING_NTFS_RUNS, g->file->ref, &e,
		     "Attribute 0x%x of MFT record %llu is longer than its "
		     "clusters", (unsigned)type,
		     (unsigned long long)g->file->rec.number);
	s->size = mapped;
}

/* Returns 1 where it is resident, which ended the walk.  */
static int gather(struct gather *g, uint32_t type, const char *name,
		  struct err *reterr)
{
	struct mft_file *f = g->file;
	int r = mft_file_each(f, type, name, gather_piece, g, reterr);

	if (r < 0) {
		source_free(g->source);
		return r;
	}
	if (g->source == NULL)
		return err_set(reterr, ERR_NOT_FOUND, f->rec.block.at,
			       "attribute", type, 0);
	return r;
}

int mft_file_stream(struct mft_file *f, uint32_t type, const char *name,
		    struct source **ret, struct err *reterr)
{
	struct gather g = { .file = f };
	int r = gather(&g, type, name, reterr);

	if (r < 0)
		return r;
	if (r == 0)
		clamp_size(&g, type);
	*ret = g.source;
	return 0;
}

/* Windows compresses 16 clusters at a time, and a larger unit than these is
 * damage.  */
#define USUAL_UNIT 4
#define MAX_UNIT 16

/* As many bytes as it may have: where its run list is damaged, no more than the
 * volume.  */
static uint64_t most_bytes(const struct gather *g)
{
	const uint64_t mapped = mft_stream_mapped(g->source);
	const uint64_t volume = g->file->ntfs->volume->size;
	const uint64_t said = g->allocated < volume ? g->allocated : volume;

	return mapped > said ? mapped : said;
}

int mft_file_clusters(struct mft_file *f, uint32_t type, const char *name,
		      struct source **ret, uint64_t *unit, struct err *reterr)
{
	struct gather g = { .file = f, .as_stored = true };
	int r = gather(&g, type, name, reterr);

	if (r < 0)
		return r;
	if (r == 0)
		g.source->size = most_bytes(&g);
	if (g.unit == 0 || g.unit > MAX_UNIT)
		g.unit = USUAL_UNIT;
	*unit = f->ntfs->info.cluster_size << g.unit;
	*ret = g.source;
	return 0;
}

int mft_file_read(struct mft_file *f, uint32_t type, const char *name,
		  size_t max, uint8_t **ret, size_t *ret_n,
		  struct source **ret_source, struct err *reterr)
{
	struct source *s = NULL;
	uint8_t *buf = NULL;
	int r = mft_file_stream(f, type, name, &s, reterr);

	if (r < 0)
		return r;
	if (s->size > max)
		r = err_set(reterr, ERR_LIMIT, f->rec.block.at,
			    "attribute: size", max, s->size);
	if (r == 0) {
		buf = arena_malloc(f->ntfs->arena, (size_t)s->size);
		r = buf != NULL ?
		    source_read(s, 0, buf, (size_t)s->size, reterr) :
		    err_set(reterr, ERR_NOMEM, 0, "attribute", s->size, 0);
	}
	if (r < 0) {
		free(buf);
		source_free(s);
		return r;
	}
	*ret = buf;
	*ret_n = (size_t)s->size;
	if (ret_source != NULL)
		*ret_source = s;
	else
		source_free(s);
	return 0;
}

static int is_of_type(void *ctx, const struct record *rec,
		      const struct attribute *a, struct err *reterr)
{
	const uint32_t *type = ctx;

	(void)rec;
	(void)reterr;
	return a->type == *type;
}

/* Whether an attribute of @type is in @rec itself.  */
static bool has(struct ntfs *n, const struct record *rec, uint32_t type)
{
	return each_in_record(n, rec, is_of_type, &type, NULL) != 0;
}

/* Without its list, what a file has in its base record is still there.  */
static void read_list(struct mft_file *f)
{
	struct err e;

	if (!has(f->ntfs, &f->rec, ATTRIBUTE_LIST))
		return;
	if (mft_file_read(f, ATTRIBUTE_LIST, NULL, MAX_LIST_BYTES, &f->list,
			  &f->list_bytes, NULL, &e) < 0)
		list_finding(f, &e);
}

/* Whether @rec says wrongly that it is a part of another record.  Of each file,
 * the base record has the $STANDARD_INFORMATION: none of 1100 extensions that
 * Windows and Linux wrote has one.  */
static bool is_no_extension(struct ntfs *n, const struct record *rec)
{
	return rec->number < SYSTEM_RECORDS ||
	       has(n, rec, ATTRIBUTE_STANDARD_INFORMATION);
}

int mft_file_open(struct ntfs *n, ntfs_ref ref, struct mft_file *ret,
		  struct err *reterr)
{
	struct mft_file f = { .ntfs = n };
	unsigned want = NTFS_SEQUENCE(ref);
	int r = mft_record_read(n, NTFS_RECORD(ref), &f.rec, reterr);

	if (r < 0)
		return r;
	if (f.rec.head.base != 0 && is_no_extension(n, &f.rec)) {
		struct err e;

		err_set(&e, ERR_VALUE, f.rec.block.at + 0x20,
			"MFT record: base record", 0, f.rec.head.base);
		mft_record_finding(n, &FINDING_NTFS_RECORD, &f.rec, &e);
		f.rec.head.base = 0;
	}
	if (f.rec.head.base != 0)
		r = err_set(reterr, ERR_VALUE, f.rec.block.at + 0x20,
			    "MFT record: base record", 0, f.rec.head.base);
	else if (want != 0 && want != f.rec.head.sequence)
		r = err_set(reterr, ERR_NOT_FOUND, f.rec.block.at + 0x10,
			    "file: its record was used again", want,
			    f.rec.head.sequence);
	if (r < 0) {
		mft_record_done(&f.rec);
		return r;
	}
	f.ref = f.rec.number | (uint64_t)f.rec.head.sequence << 48;
	read_list(&f);
	*ret = f;
	return 0;
}

void mft_file_done(struct mft_file *f)
{
	mft_record_done(&f->rec);
	free(f->list);
	f->list = NULL;
}

struct times_walk {
	struct ntfs *ntfs;
	struct ntfs_times *times;
};

static int take_times(void *ctx, const struct record *rec,
		      const struct attribute *a, struct err *reterr)
{
	struct times_walk *w = ctx;
	struct standard_information si;

	if (!a->resident ||
	    standard_information_parse(a->value, &si, reterr) < 0)
		return 0;
	w->times->created = si.created;
	w->times->modified = si.modified;
	w->times->record_changed = si.record_changed;
	record_block_cite(&rec->block, a->value.at - rec->block.at, a->value.n,
			  "standard information", w->ntfs->arena,
			  &w->times->cites);
	return 1;
}

void mft_file_times(struct mft_file *f, struct ntfs_times *ret)
{
	struct times_walk w = { f->ntfs, ret };

	*ret = (struct ntfs_times){ 0 };
	mft_file_each(f, ATTRIBUTE_STANDARD_INFORMATION, NULL, take_times, &w,
		      NULL);
}
