#include "ntfs/unlisted.h"

#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "format/file_name.h"
#include "ntfs/findings.h"
#include "ntfs/mft_pass.h"
#include "ntfs/own_name.h"
#include "ntfs/upcase.h"

/* Names that are kept: 64 MiB.  Windows with all its components has half a
 * million.  */
#define MAX_NAMES (1u << 22)

/* Names of one directory that a finding spells out.  */
#define MAX_TOLD 8

/* Records of one directory that are read for one name: their hashes are of 23
 * bits, so that few have other names unless somebody chose these.  */
#define MAX_TRIED 256

#define NUMBER_BITS 40	/* more records than a petabyte holds */
#define NUMBER_MASK ((UINT64_C(1) << NUMBER_BITS) - 1)
#define HASH_MASK 0x7fffffu

/* What a record says: that the file @number has a name of this hash in the
 * directory @parent.  */
struct claim {
	ntfs_ref parent;
	uint64_t number : NUMBER_BITS, hash : 23, taken : 1;
};

struct unlisted {
	struct claim *list;	/* by record of the parent, hash, number */
	size_t n, room;
	bool full;
};

void unlisted_free(struct unlisted *u)
{
	if (u != NULL)
		free(u->list);
	free(u);
}

/* Of the units that are the same in both cases and of ASCII, without case:
 * names that are the same to $UpCase have the same one.  */
static uint32_t hash_of(struct span name)
{
	uint32_t h = (uint32_t)name.n;

	for (size_t i = 0; i + 1 < name.n; i += 2) {
		unsigned c = name.p[i + 1] == 0 ? name.p[i] : 0x80;

		c = c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c;
		h = (h ^ (c < 0x80 ? c : 0)) * 0x01000193u;
	}
	return (h ^ h >> 23) & HASH_MASK;
}

static int compare_claims(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	uint64_t px = NTFS_RECORD(x->parent), py = NTFS_RECORD(y->parent);

	if (px != py)
		return px < py ? -1 : 1;
	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

/* --- the pass ------------------------------------------------------------- */

/* False: memory is out.  */
static bool add_claim(struct ntfs *n, ntfs_ref parent, uint64_t number,
		      struct span name)
{
	struct unlisted *u = n->unlisted;
	size_t room = u->room == 0 ? 1024 : 2 * u->room;
	struct claim *grown;

	if (u->n == MAX_NAMES || number >> NUMBER_BITS != 0) {
		u->full = true;
		return true;
	}
	if (u->n == u->room) {
		grown = arena_realloc(n->arena, u->list,
				      room * sizeof(*grown));
		if (grown == NULL)
			return false;
		u->list = grown;
		u->room = room;
	}
	u->list[u->n++] = (struct claim){
		parent, number & NUMBER_MASK, hash_of(name) & HASH_MASK, 0,
	};
	return true;
}

/* Whose names are in @r, an attribute of which has one of the @types: a file
 * with many has some of them in other records.  */
static uint64_t owner_of(const struct record *r, uint32_t types)
{
	return mft_pass_is_extension(r, types) ? NTFS_RECORD(r->head.base) :
	       r->number;
}

static bool take_names(struct ntfs *n, const struct record *r)
{
	struct span left = r->head.attributes;
	struct attribute a;
	struct file_name fn;
	uint32_t types = 0;
	int found;

	while ((found = attribute_next(&left, &a, NULL)) != 0) {
		if (found < 0)
			continue;
		types |= mft_pass_bit(a.type);
		if (a.type == ATTRIBUTE_FILE_NAME && a.resident &&
		    file_name_parse(a.value, &fn, NULL) == 0 &&
		    !add_claim(n, fn.parent, owner_of(r, types), fn.name))
			return false;
	}
	return true;
}

static bool take_records(void *ctx, uint64_t off, uint8_t *buf, size_t bytes)
{
	struct ntfs *n = ctx;
	size_t size = n->info.record_size;

	for (size_t i = 0; i + size <= bytes; i += size) {
		struct record r = {
			.number = (off + i) / size,
			.block = { buf + i, size, n->mft, off + i, 0 },
		};

		if (memcmp(buf + i, "FILE", 4) != 0 ||
		    !(buf[i + MFT_RECORD_FLAGS_OFFSET] & MFT_RECORD_IN_USE) ||
		    mft_pass_decode(n, &r) == PASS_UNUSABLE)
			continue;
		if (!take_names(n, &r))
			return false;
	}
	return true;
}

static void say_full(struct ntfs *n)
{
	struct err e;

	err_set(&e, ERR_LIMIT, 0, "names of files", MAX_NAMES,
		(uint64_t)MAX_NAMES + 1);
	ntfs_finding(n, &FINDING_NTFS_LIMIT, MAX_NAMES, &e,
		     "Files that no directory lists were searched for among "
		     "some of the names only");
}

int unlisted_read(struct ntfs *n, struct err *reterr)
{
	struct unlisted *u = n->unlisted;
	uint64_t lost;
	int r;

	if (u != NULL)
		return 0;
	n->unlisted = u = arena_calloc(n->arena, 1, sizeof(*u));
	if (u == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "names", 0, 0);
	r = mft_pass(n, take_records, n, &lost, reterr);
	if (u->n > 1)
		qsort(u->list, u->n, sizeof(*u->list), compare_claims);
	if (u->full)
		say_full(n);
	return r;
}

/* --- what it found -------------------------------------------------------- */

/* The first claim that is not before (@parent, @hash).  */
static size_t first_claim(const struct unlisted *u, ntfs_ref parent,
			  uint32_t hash)
{
	const struct claim want = { parent, 0, hash & HASH_MASK, 0 };
	size_t low = 0, high = u->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare_claims(&u->list[mid], &want) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* @dir with the sequence number of its record, where the caller has none.  */
static ntfs_ref whole_ref(struct ntfs *n, ntfs_ref dir)
{
	struct mft_file f;

	if (NTFS_SEQUENCE(dir) != 0 || mft_file_open(n, dir, &f, NULL) < 0)
		return dir;
	dir = f.ref;
	mft_file_done(&f);
	return dir;
}

static bool is_below(const struct claim *c, ntfs_ref dir)
{
	unsigned want = NTFS_SEQUENCE(dir), got = NTFS_SEQUENCE(c->parent);

	return NTFS_RECORD(c->parent) == NTFS_RECORD(dir) &&
	       (want == 0 || got == 0 || want == got);
}

static void unlisted_finding(struct ntfs *n, ntfs_ref dir,
			     const struct own_name *own, const char *name)
{
	struct diag *d;

	if (!ntfs_first_time(n, &FINDING_NTFS_UNLISTED, own->ref))
		return;
	d = diag_add(n->diags, &FINDING_NTFS_UNLISTED,
		     "The directory in MFT record %llu does not list %s; MFT "
		     "record %llu is in use and claims to be that file, and is "
		     "taken for it.", (unsigned long long)NTFS_RECORD(dir),
		     name, (unsigned long long)NTFS_RECORD(own->ref));
	if (d != NULL)
		cites_join(n->arena, &d->cites, &own->cites);
}

/* What a look-up has found so far.  */
struct find {
	struct ntfs *ntfs;
	ntfs_ref dir;
	struct span name;
	struct ntfs_case *list;
	struct cites cites;
	size_t n, tried;
};

static bool has_case(const struct find *f, const struct claim *c)
{
	for (size_t i = 0; i < f->n; i++)
		if (NTFS_RECORD(f->list[i].ref) == c->number)
			return true;
	return false;
}

/* Take the file of @c, if its name is the one: in all its letters, if @exact.
 * -1: memory is out.  */
static int try_claim(struct find *f, struct claim *c, bool exact)
{
	struct ntfs *n = f->ntfs;
	struct own_name own;
	struct ntfs_case *found = &f->list[f->n];
	struct span name;

	if (!own_name_find(n, c->number, f->dir, f->name, &own))
		return 0;
	name = (struct span){ own.utf16, own.bytes, 0 };
	if (exact && utf16_compare(name, f->name) != 0)
		return 0;
	found->ref = own.ref;
	found->name = text_from_utf16(n->arena, name);
	if (found->name.utf8 == NULL)
		return -1;
	f->n++;
	c->taken = 1;
	cites_join(n->arena, &f->cites, &own.cites);
	unlisted_finding(n, f->dir, &own, found->name.utf8);
	return 0;
}

static int try_claims(struct find *f, bool exact)
{
	struct unlisted *u = f->ntfs->unlisted;
	const uint32_t hash = hash_of(f->name);
	int r = 0;

	for (size_t i = first_claim(u, f->dir, hash);
	     i < u->n && u->list[i].hash == hash && r == 0; i++) {
		struct claim *c = &u->list[i];

		if (NTFS_RECORD(c->parent) != NTFS_RECORD(f->dir) ||
		    f->n == NTFS_MAX_CASES || f->tried == MAX_TRIED)
			break;
		if (!is_below(c, f->dir) || has_case(f, c))
			continue;
		f->tried++;
		r = try_claim(f, c, exact);
	}
	return r;
}

static void rivals_finding(struct find *f)
{
	struct ntfs *n = f->ntfs;
	const char *records = "";
	struct diag *d;

	if (!ntfs_first_time(n, &FINDING_NTFS_RIVALS, f->list[0].ref))
		return;
	for (size_t i = 0; i < f->n && records != NULL; i++)
		records = arena_printf(n->arena, "%s%s%llu", records,
				       i > 0 ? ", " : "", (unsigned long long)
				       NTFS_RECORD(f->list[i].ref));
	d = diag_add(n->diags, &FINDING_NTFS_RIVALS,
		     "The directory in MFT record %llu does not list %s, and "
		     "several files in use claim to be that file: those in the "
		     "MFT records %s. If nothing else decides which one it is, "
		     "the first is taken.",
		     (unsigned long long)NTFS_RECORD(f->dir),
		     f->list[0].name.utf8, records != NULL ? records : "");
	if (d != NULL)
		cites_join(n->arena, &d->cites, &f->cites);
}

/* Whether any file says that it is in @dir.  */
static bool has_children(const struct ntfs *n, ntfs_ref dir)
{
	const struct unlisted *u = n->unlisted;

	if (u == NULL)
		return false;
	for (size_t i = first_claim(u, dir, 0);
	     i < u->n && NTFS_RECORD(u->list[i].parent) == NTFS_RECORD(dir);
	     i++)
		if (is_below(&u->list[i], dir))
			return true;
	return false;
}

int unlisted_find(struct ntfs *n, ntfs_ref dir, struct span name,
		  struct ntfs_case ret[NTFS_MAX_CASES], size_t *ret_n,
		  struct err *reterr)
{
	struct find f = { .ntfs = n, .name = name, .list = ret };
	int r = 0;

	if (n->unlisted != NULL) {
		f.dir = whole_ref(n, dir);
		r = try_claims(&f, true);
		f.tried = 0;
		r = r < 0 ? r : try_claims(&f, false);
	}
	if (r < 0)
		return err_set(reterr, ERR_NOMEM, 0, "file name", 0, 0);
	if (f.n == 0)
		return err_set(reterr, has_children(n, f.dir) ? ERR_NOT_FOUND :
			       ERR_IO, 0, "file name", 0, 0);
	if (f.n > 1)
		rivals_finding(&f);
	*ret_n = f.n;
	return 0;
}

bool unlisted_has(const struct ntfs *n, ntfs_ref dir, ntfs_ref ref)
{
	const struct unlisted *u = n->unlisted;

	if (u == NULL)
		return false;
	for (size_t i = first_claim(u, dir, 0); i < u->n; i++) {
		const struct claim *c = &u->list[i];

		if (NTFS_RECORD(c->parent) != NTFS_RECORD(dir))
			break;
		if (c->taken && c->number == NTFS_RECORD(ref))
			return true;
	}
	return false;
}

/* --- all of a directory --------------------------------------------------- */

/* The files that say they are in one directory, each once, by number.  */
struct children {
	struct ntfs *ntfs;
	ntfs_ref dir;
	struct child {
		uint64_t number;
		bool listed;
	} *list;
	size_t n;
	/* Of those that are not listed.  */
	size_t lost;
	const char *told;
	struct cites cites;
};

static int compare_children(const void *a, const void *b)
{
	const struct child *x = a, *y = b;

	return x->number < y->number ? -1 : x->number > y->number;
}

static int find_children(struct children *c)
{
	const struct unlisted *u = c->ntfs->unlisted;
	size_t first = first_claim(u, c->dir, 0), end = first, kept = 0;

	while (end < u->n && NTFS_RECORD(u->list[end].parent) ==
			     NTFS_RECORD(c->dir))
		end++;
	if (end == first)
		return 0;
	c->list = arena_calloc(c->ntfs->arena, end - first, sizeof(*c->list));
	if (c->list == NULL)
		return ERR_NOMEM;
	for (size_t i = first; i < end; i++)
		if (is_below(&u->list[i], c->dir) &&
		    u->list[i].number != NTFS_RECORD(c->dir))
			c->list[c->n++].number = u->list[i].number;
	if (c->n > 1)
		qsort(c->list, c->n, sizeof(*c->list), compare_children);
	for (size_t i = 0; i < c->n; i++)
		if (i == 0 || c->list[i].number != c->list[kept - 1].number)
			c->list[kept++] = c->list[i];
	c->n = kept;
	return 0;
}

/* As ntfs_list() gives them: a name that cannot be read is none.  */
static int mark_listed(void *ctx, struct tree *t, const struct tree_entry *e)
{
	struct children *c = ctx;
	struct file_name key;
	const struct child want = { NTFS_RECORD(e->entry.ref), false };
	struct child *found = bsearch(&want, c->list, c->n, sizeof(*c->list),
				      compare_children);

	(void)t;
	if (found != NULL && file_name_parse(e->entry.key, &key, NULL) == 0 &&
	    key.name_space != FILE_NAME_DOS)
		found->listed = true;
	return 0;
}

static void note_child(struct children *c, const struct own_name *own)
{
	const struct span name = { own->utf16, own->bytes, 0 };
	struct arena *a = c->ntfs->arena;

	if (c->lost++ >= MAX_TOLD)
		return;
	c->told = arena_printf(a, "%s%s%s (MFT record %llu)",
			       c->told != NULL ? c->told : "",
			       c->lost > 1 ? ", " : "",
			       text_from_utf16(a, name).utf8,
			       (unsigned long long)NTFS_RECORD(own->ref));
	cites_join(a, &c->cites, &own->cites);
}

static void children_finding(struct children *c)
{
	struct ntfs *n = c->ntfs;
	struct diag *d;

	if (c->lost == 0 ||
	    !ntfs_first_time(n, &FINDING_NTFS_UNLISTED, ~c->dir))
		return;
	d = diag_add(n->diags, &FINDING_NTFS_UNLISTED,
		     "The directory in MFT record %llu does not list %zu "
		     "file%s in use that claim%s to be in it, and %s taken as "
		     "if it did: %s%s.",
		     (unsigned long long)NTFS_RECORD(c->dir), c->lost,
		     count_word(c->lost, "", "s"), count_word(c->lost, "s", ""),
		     count_word(c->lost, "is", "are"),
		     c->told != NULL ? c->told : "",
		     c->lost > MAX_TOLD ? ", and others" : "");
	if (d != NULL)
		cites_join(n->arena, &d->cites, &c->cites);
}

/* Give the file @number to @fn, if it is one that has a name in the directory
 * but a DOS name.  */
static int give_child(struct children *c, uint64_t number, ntfs_dir_fn *fn,
		      void *ctx)
{
	const struct span any = { 0 };
	struct ntfs_dir_entry out = { 0 };
	struct own_name own;

	if (!own_name_find(c->ntfs, number, c->dir, any, &own))
		return 0;
	note_child(c, &own);
	out.ref = own.ref;
	out.name = (struct span){ own.utf16, own.bytes, 0 };
	out.is_directory = own.is_directory;
	out.file_attributes = own.file_attributes;
	return fn(ctx, &out);
}

int unlisted_list(struct ntfs *n, ntfs_ref dir, struct tree *t,
		  ntfs_dir_fn *fn, void *ctx, bool *ret_any,
		  struct err *reterr)
{
	struct children c = { .ntfs = n, .dir = whole_ref(n, dir) };
	int r = n->unlisted == NULL ? 0 : find_children(&c);

	if (r == 0 && c.n > 0 && t != NULL)
		r = index_tree_each(t, mark_listed, &c);
	if (r == ERR_NOMEM)
		err_set(reterr, r, 0, "directory", 0, 0);
	for (size_t i = 0; i < c.n && r == 0; i++)
		if (!c.list[i].listed)
			r = give_child(&c, c.list[i].number, fn, ctx);
	children_finding(&c);
	free(c.list);
	*ret_any = c.lost > 0;
	return r;
}
