/*
 * directory.c - what a directory lists, and where a name or a path leads
 */
#include "ntfs/ntfs.h"

#include <string.h>

#include "format/file_name.h"
#include "ntfs/findings.h"
#include "ntfs/index_tree.h"
#include "ntfs/mft_file.h"
#include "ntfs/ntfs_volume.h"
#include "ntfs/own_name.h"
#include "ntfs/unlisted.h"

struct list {
	ntfs_dir_fn *fn;
	void *ctx;
};

static int list_entry(void *ctx, struct tree *t, const struct tree_entry *e)
{
	struct list *l = ctx;
	struct ntfs_dir_entry out = { .ref = e->entry.ref };
	const struct span no_name = { 0 };
	struct own_name own;
	struct file_name key;
	struct err err;

	if (file_name_parse(e->entry.key, &key, &err) < 0) {
		index_tree_entry_finding(t, e, &err);
		return 0;
	}
	if (NTFS_RECORD(key.parent) != t->file.rec.number) {
		err_set(&err, ERR_VALUE, e->entry.key.at,
			"index entry: parent", t->file.rec.number, key.parent);
		index_tree_entry_finding(t, e, &err);
	}
	if (key.name_space == FILE_NAME_DOS)
		return 0;
	out.name = key.name;
	out.file_attributes = key.attributes;
	out.is_directory = (key.attributes & FILE_ATTRIBUTE_INDEX_I30) != 0;
	if (file_name_check(e->entry.key, &key, &err) < 0) {
		index_tree_entry_finding(t, e, &err);
		if (own_name_find(t->ntfs, out.ref, t->file.ref, no_name,
				  &own)) {
			out.name = (struct span){ own.utf16, own.bytes, 0 };
			out.file_attributes = own.file_attributes;
			out.is_directory = own.is_directory;
		}
	}
	return l->fn(l->ctx, &out);
}

/* Whether no file is in the record of @ref.  */
static bool is_lost(struct ntfs *n, ntfs_ref ref)
{
	struct mft_file f;
	int r = mft_file_open(n, ref, &f, NULL);
	bool lost;

	if (r < 0)
		return r == ERR_NOT_FOUND;
	lost = !mft_file_in_use(&f);
	mft_file_done(&f);
	return lost;
}

/* A directory that is named and not there is damage.  It must not be taken for
 * one in which a name is not.  */
static int open_directory(struct ntfs *n, ntfs_ref dir, struct tree *ret,
			  struct err *reterr)
{
	struct err e;
	int r = index_tree_open(n, dir, "$I30", false, ret, &e);
	struct diag *d;

	if (r == 0)
		return 0;
	if (r != ERR_NOT_FOUND || !is_lost(n, dir))
		return err_set(reterr, r, e.at, e.what, e.want, e.got);
	d = ntfs_finding(n, &FINDING_NTFS_LOST, dir, &e,
			 "MFT record %llu does not hold the directory that is "
			 "said to be in it",
			 (unsigned long long)NTFS_RECORD(dir));
	if (d != NULL)
		source_cite(n->mft, NTFS_RECORD(dir) * n->info.record_size,
			    n->info.record_size, "mft record", n->arena,
			    &d->cites);
	return err_set(reterr, ERR_IO, e.at,
		       "directory, whose record is empty or another file's",
		       0, 0);
}

/* Whether there is a directory in the record of @ref, that is in use and has
 * lost its index; or whether the record cannot be read.  */
static bool has_lost_index(struct ntfs *n, ntfs_ref ref)
{
	struct mft_file f;
	bool lost;

	if (mft_file_open(n, ref, &f, NULL) < 0)
		return true;
	lost = !mft_file_in_use(&f) ||
	       (f.rec.head.flags & MFT_RECORD_DIRECTORY) != 0;
	mft_file_done(&f);
	return lost;
}

/* Open the index of @dir.  Where this fails, *@ret_damaged tells whether there
 * should be one.  */
static int open_or_doubt(struct ntfs *n, ntfs_ref dir, struct tree *ret,
			 bool *ret_damaged, struct err *reterr)
{
	int r = open_directory(n, dir, ret, reterr);

	*ret_damaged = r < 0 && r != ERR_NOMEM && has_lost_index(n, dir);
	return r;
}

/* Whether what a directory does not list may be there all the same; then the
 * pass is made.  A sound directory is trusted, unless ntfs_ask_records() was
 * called for the volume, or another one has lost a reparse point.  */
static bool may_be_unlisted(struct ntfs *n, bool damaged)
{
	if (n->unlisted != NULL)
		return true;
	return (damaged || n->has_unlisted) && unlisted_read(n, NULL) == 0;
}

int ntfs_ask_records(struct ntfs *n, struct err *reterr)
{
	bool first = n->unlisted == NULL;
	int r = unlisted_read(n, reterr);

	return r < 0 ? r : first;
}

bool ntfs_is_unlisted(struct ntfs *n, ntfs_ref dir, ntfs_ref ref)
{
	return unlisted_has(n, dir, ref);
}

int ntfs_find_rivals(struct ntfs *n, ntfs_ref dir, struct span name,
		     struct ntfs_case ret[NTFS_MAX_CASES], size_t *ret_n,
		     struct err *reterr)
{
	return unlisted_find(n, dir, name, ret, ret_n, reterr);
}

int ntfs_list(struct ntfs *n, ntfs_ref dir, ntfs_dir_fn *fn, void *ctx,
	      struct err *reterr)
{
	struct list l = { fn, ctx };
	struct err e = { 0 };
	struct tree t;
	bool damaged, any = false;
	int failed = open_or_doubt(n, dir, &t, &damaged, &e), r = 0;

	if (failed == 0) {
		r = index_tree_each(&t, list_entry, &l);
		damaged = t.damaged;
	}
	if (r == 0 && failed != ERR_NOMEM && may_be_unlisted(n, damaged))
		r = unlisted_list(n, dir, failed == 0 ? &t : NULL, fn, ctx,
				  &any, reterr);
	if (failed == 0)
		index_tree_done(&t);
	else if (!any)
		return err_set(reterr, e.code, e.at, e.what, e.want, e.got);
	return r;
}

static bool is_there(struct ntfs *n, ntfs_ref ref)
{
	struct mft_file f;
	bool in_use;

	if (mft_file_open(n, ref, &f, NULL) < 0)
		return false;
	in_use = mft_file_in_use(&f);
	mft_file_done(&f);
	return in_use;
}

static const char *utf8_of(struct ntfs *n, const uint8_t *p, size_t bytes)
{
	const char *s = text_from_utf16(n->arena,
					(struct span){ p, bytes, 0 }).utf8;

	return s != NULL ? s : "?";
}

bool ntfs_check_entry(struct ntfs *n, ntfs_ref dir, ntfs_ref ref,
		      struct span name)
{
	const struct span any = { 0 };
	struct own_name own = { 0 };
	struct diag *d;

	if (own_name_find(n, ref, dir, name, &own))
		return true;
	if (!is_there(n, ref) || !ntfs_first_time(n, &FINDING_NTFS_NAME, ref))
		return false;
	if (!own_name_find(n, ref, dir, any, &own))
		own.bytes = 0;
	d = diag_add(n->diags, &FINDING_NTFS_NAME,
		     "The directory in MFT record %llu lists MFT record %llu "
		     "as %s, which calls itself %s.",
		     (unsigned long long)NTFS_RECORD(dir),
		     (unsigned long long)NTFS_RECORD(ref),
		     utf8_of(n, name.p, name.n),
		     own.bytes > 0 ? utf8_of(n, own.utf16, own.bytes) :
				     "a file of another directory");
	if (d != NULL)
		source_cite(n->mft, NTFS_RECORD(ref) * n->info.record_size,
			    n->info.record_size, "mft record", n->arena,
			    &d->cites);
	return false;
}

/* Look @name up in the index of @dir.  *@ret_damaged: another file may be the
 * one, even if one is found.  */
static int find_listed(struct ntfs *n, ntfs_ref dir, struct span name,
		       ntfs_ref *ret, bool *ret_damaged, struct err *reterr)
{
	struct tree t;
	ntfs_ref ref;
	int r = open_or_doubt(n, dir, &t, ret_damaged, reterr);

	if (r < 0)
		return r;
	r = index_tree_find(&t, name, &ref, reterr);
	*ret_damaged = t.damaged;
	index_tree_done(&t);
	if (r < 0)
		return r;
	/* Whoever looks for a file reads its record next.  */
	*ret_damaged = !ntfs_check_entry(n, dir, ref, name);
	*ret = ref;
	return 0;
}

int ntfs_find_in_index(struct ntfs *n, ntfs_ref dir, struct span name,
		       ntfs_ref *ret, struct err *reterr)
{
	bool damaged;

	return find_listed(n, dir, name, ret, &damaged, reterr);
}

/* What is said of a name that is not in the index, for the reason @listed, and
 * that no record has, for the reason @unlisted.  Of a directory that cannot be
 * read the records tell what is in it, too.  */
static int settle(int listed, int unlisted, struct err *reterr)
{
	if (listed == ERR_NOT_FOUND || unlisted != ERR_NOT_FOUND)
		return listed;
	return err_set(reterr, ERR_NOT_FOUND, 0, "file name", 0, 0);
}

int ntfs_find(struct ntfs *n, ntfs_ref dir, struct span name, ntfs_ref *ret,
	      struct err *reterr)
{
	struct ntfs_case unlisted[NTFS_MAX_CASES];
	bool damaged;
	size_t found;
	int r = find_listed(n, dir, name, ret, &damaged, reterr), x;

	if (r == ERR_NOMEM || (r == 0 && !damaged) ||
	    !may_be_unlisted(n, damaged))
		return r;
	/* What is listed may be the record of another file.  */
	x = unlisted_find(n, dir, name, unlisted, &found, NULL);
	if (x == 0)
		*ret = unlisted[0].ref;
	return r == 0 || x == 0 ? 0 : settle(r, x, reterr);
}

static void add_case(const struct ntfs_case *c, struct ntfs_case *list,
		     size_t *n)
{
	for (size_t i = 0; i < *n; i++)
		if (NTFS_RECORD(list[i].ref) == NTFS_RECORD(c->ref))
			return;
	list[(*n)++] = *c;
}

/* Look up in the index all that @name can mean.  */
static int find_listed_cases(struct ntfs *n, ntfs_ref dir, struct span name,
			     struct ntfs_case *ret, size_t *ret_n,
			     bool *ret_damaged, struct err *reterr)
{
	static const enum index_pick picks[] = {
		INDEX_EXACT, INDEX_FIRST, INDEX_LAST,
	};
	struct tree t;
	size_t found = 0;
	int r = open_or_doubt(n, dir, &t, ret_damaged, reterr);

	if (r < 0)
		return r;
	for (int i = 0; i < NTFS_MAX_CASES && r == 0; i++) {
		struct ntfs_case c;

		r = index_tree_pick(&t, name, picks[i], &c.ref, &c.name,
				    reterr);
		if (r == 0)
			add_case(&c, ret, &found);
	}
	*ret_damaged = t.damaged;
	index_tree_done(&t);
	*ret_n = found;
	return r;
}

/* Whether one of the files at least bears out what the index says.  */
static bool check_entries(struct ntfs *n, ntfs_ref dir,
			  const struct ntfs_case *list, size_t n_list,
			  struct span name)
{
	bool any = false;

	for (size_t i = 0; i < n_list; i++)
		any |= ntfs_check_entry(n, dir, list[i].ref, name);
	return any;
}

int ntfs_find_cases(struct ntfs *n, ntfs_ref dir, struct span name,
		    struct ntfs_case ret[NTFS_MAX_CASES], size_t *ret_n,
		    struct err *reterr)
{
	struct ntfs_case list[NTFS_MAX_CASES];
	bool damaged;
	size_t found = 0;
	int r = find_listed_cases(n, dir, name, list, &found, &damaged, reterr);
	int x = ERR_IO;

	if (r == ERR_NOMEM)
		return r;
	if (r == 0)
		damaged = !check_entries(n, dir, list, found, name);
	if ((r < 0 || damaged) && may_be_unlisted(n, damaged))
		x = unlisted_find(n, dir, name, ret, ret_n, NULL);
	if (x == 0)
		return 0;
	if (r < 0)
		return settle(r, x, reterr);
	memcpy(ret, list, found * sizeof(*ret));
	*ret_n = found;
	return 0;
}

/* Cut the first name off *@path.  False: none is left.  */
static bool next_name(struct span *path, struct span *ret)
{
	size_t i = 0;

	while (path->n >= 2 && path->p[0] == '\\' && path->p[1] == 0)
		span_sub(*path, 2, path->n - 2, path);
	while (i + 2 <= path->n &&
	       !(path->p[i] == '\\' && path->p[i + 1] == 0))
		i += 2;
	span_sub(*path, 0, i, ret);
	span_sub(*path, i, path->n - i, path);
	return i > 0;
}

int ntfs_find_path(struct ntfs *n, const char *path, ntfs_ref *ret,
		   struct err *reterr)
{
	ntfs_ref ref = NTFS_ROOT;
	struct span left, name;

	if (!utf16_from_utf8(n->arena, path, &left))
		return err_set(reterr, ERR_VALUE, 0, "path: UTF-8", 0, 0);
	while (next_name(&left, &name)) {
		int r = ntfs_find(n, ref, name, &ref, reterr);

		if (r < 0)
			return r;
	}
	*ret = ref;
	return 0;
}
