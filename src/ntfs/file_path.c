#include "ntfs/file_path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/file_name.h"
#include "ntfs/mft_file.h"
#include "ntfs/findings.h"
#include "ntfs/unlisted.h"

/* Windows' bound of a path, in UTF-16 units.  */
#define MAX_PATH_UNITS 32767

/* Directories below each other.  Windows' bound allows 16383 names of one
 * letter; of real trees, the deepest known have a few hundred levels.  */
#define MAX_DEPTH 1024

/* Those, and the one that stands for a root.  */
#define MAX_NAMES (MAX_DEPTH + 1)

/* Directory records read for all paths of a volume, and bytes of all the
 * paths: so that records made to form long chains cost seconds, not hours.  */
#define MAX_READS (1u << 20)
#define MAX_TEXT_BYTES (32u << 20)

/* Names that are looked up in their directories: a machine has a few mount
 * points.  */
#define MAX_LOOKED_UP 256

/* Names of directories, each in the slot of its record number.  */
#define SLOTS 512
#define MAX_NAME_BYTES (255 * 2)

/* A resident value no longer than a $FILE_NAME lies in at most this many places
 * (record_block.h).  */
#define MAX_NAME_CITES 5

static const char orphans[] = "$OrphanFiles";

struct name {
	ntfs_ref ref;		/* with the record's own sequence number */
	ntfs_ref parent;
	bool in_use, is_directory, found;
	size_t bytes;
	uint8_t utf16[MAX_NAME_BYTES];
	struct cite cites[MAX_NAME_CITES];
	size_t n_cites;
};

struct name_cache {
	unsigned reads;
	unsigned looked_up;
	size_t text_bytes;
	bool used[SLOTS];
	struct name slots[SLOTS];
	/* The path that is being built, from its end, and its names.  */
	uint8_t path[2 * (MAX_PATH_UNITS + 1)];
	struct span names[MAX_NAMES];
};

struct name_cache *name_cache_new(void)
{
	return calloc(1, sizeof(struct name_cache));
}

void name_cache_free(struct name_cache *c)
{
	free(c);
}

struct name_walk {
	struct ntfs *ntfs;
	struct name *name;
	size_t skip;		/* names before the one that is wanted */
};

static int take_name(void *ctx, const struct record *rec,
		     const struct attribute *a, struct err *reterr)
{
	struct name_walk *w = ctx;
	struct file_name fn;
	struct cites c = { 0 };
	struct err e;

	(void)reterr;
	if (!a->resident)
		return 0;
	if (file_name_parse(a->value, &fn, &e) < 0) {
		mft_record_finding(w->ntfs, &FINDING_NTFS_ATTRIBUTE, rec, &e);
		return 0;
	}
	if (fn.name_space == FILE_NAME_DOS || fn.name.n == 0 || w->skip-- > 0)
		return 0;
	w->name->found = true;
	w->name->parent = fn.parent;
	w->name->bytes = fn.name.n;
	memcpy(w->name->utf16, fn.name.p, fn.name.n);
	record_block_cite(&rec->block, a->value.at - rec->block.at, a->value.n,
			  "file name", w->ntfs->arena, &c);
	w->name->n_cites = c.n < MAX_NAME_CITES ? c.n : MAX_NAME_CITES;
	if (c.n > 0)
		memcpy(w->name->cites, c.list,
		       w->name->n_cites * sizeof(c.list[0]));
	return 1;
}

/* Name number @i of those that are no DOS names.  */
static int read_name_at(struct ntfs *n, ntfs_ref ref, size_t i,
			struct name *ret, struct err *reterr)
{
	struct name_walk w = { n, ret, i };
	struct mft_file f;
	int r = mft_file_open(n, ref, &f, reterr);

	if (r < 0)
		return r;
	memset(ret, 0, sizeof(*ret));
	ret->ref = f.ref;
	ret->in_use = mft_file_in_use(&f);
	ret->is_directory = (f.rec.head.flags & MFT_RECORD_DIRECTORY) != 0;
	r = mft_file_each(&f, ATTRIBUTE_FILE_NAME, NULL, take_name, &w, reterr);
	mft_file_done(&f);
	return r < 0 ? r : 0;
}

static int read_name(struct ntfs *n, ntfs_ref ref, struct name *ret,
		     struct err *reterr)
{
	return read_name_at(n, ref, 0, ret, reterr);
}

static void reads_finding(struct ntfs *n)
{
	struct err e;

	err_set(&e, ERR_LIMIT, 0, "paths: directories read", MAX_READS,
		n->names->reads);
	ntfs_finding(n, &FINDING_NTFS_LIMIT, MAX_READS, &e,
		     "Paths of some files are not followed to the root");
}

/* The name of directory @ref, or NULL if there is none by that name any more;
 * then *@ret_why.  */
static const struct name *directory(struct ntfs *n, ntfs_ref ref,
				    enum ntfs_path_state *ret_why)
{
	struct name_cache *c = n->names;
	size_t slot = NTFS_RECORD(ref) % SLOTS;
	struct name *name = &c->slots[slot];
	unsigned want = NTFS_SEQUENCE(ref), have;
	int r;

	if (!c->used[slot] || NTFS_RECORD(name->ref) != NTFS_RECORD(ref)) {
		if (++c->reads > MAX_READS) {
			reads_finding(n);
			*ret_why = PATH_LEFT_OUT;
			return NULL;
		}
		r = read_name(n, NTFS_RECORD(ref), name, NULL);
		c->used[slot] = r == 0;
		/* There is no such record.  */
		*ret_why = r == ERR_NOT_FOUND ? PATH_ORPHAN : PATH_UNREADABLE;
		if (r < 0)
			return NULL;
	}
	have = NTFS_SEQUENCE(name->ref);
	*ret_why = PATH_ORPHAN;
	/* A record counts up when it is deleted.  */
	if (want != 0 && want != have &&
	    (name->in_use || have != (uint16_t)(want + 1)))
		return NULL;
	if (name->found && name->is_directory)
		return name;
	/* Deleted, or damaged: it was a directory, and had a name.  */
	if (name->in_use)
		*ret_why = PATH_UNREADABLE;
	return NULL;
}

/* A path while it grows from its end.  */
struct path {
	struct ntfs *ntfs;
	struct path_start {
		size_t byte;	/* in the buffer of the cache */
		size_t name;	/* in its names */
	} start;
	struct cites cites;
	enum ntfs_path_state state;
};

static const struct path_start path_end = {
	sizeof(((struct name_cache *)0)->path), MAX_NAMES,
};

static bool prepend(struct path *p, const void *utf16, size_t bytes)
{
	struct name_cache *c = p->ntfs->names;

	if (bytes + 2 > p->start.byte || p->start.name == 0)
		return false;
	p->start.byte -= bytes;
	memcpy(c->path + p->start.byte, utf16, bytes);
	c->names[--p->start.name] = (struct span){ c->path + p->start.byte,
						   bytes, 0 };
	p->start.byte -= 2;
	memcpy(c->path + p->start.byte, "\\", 2);
	return true;
}

static bool prepend_ascii(struct path *p, const char *s)
{
	uint8_t utf16[2 * 64] = { 0 };
	size_t n = strlen(s);

	if (n > sizeof(utf16) / 2)
		return false;
	for (size_t i = 0; i < n; i++)
		utf16[2 * i] = (uint8_t)s[i];
	return prepend(p, utf16, 2 * n);
}

static bool prepend_name(struct path *p, const struct name *name)
{
	struct cites c = { (struct cite *)name->cites, name->n_cites };

	if (!prepend(p, name->utf16, name->bytes))
		return false;
	cites_join(p->ntfs->arena, &p->cites, &c);
	return true;
}

/* Put the parents of @name before it, up to the root.  Ends: MAX_DEPTH.  */
static enum ntfs_path_state climb(struct path *p, const struct name *leaf)
{
	const struct name *name = leaf;
	enum ntfs_path_state why;
	ntfs_ref mark = leaf->ref;

	for (unsigned depth = 1; depth < MAX_DEPTH; depth++) {
		ntfs_ref parent = name->parent;

		if (NTFS_RECORD(parent) == NTFS_ROOT)
			return PATH_WHOLE;
		/* What is seen again at twice the depth is a loop.  */
		if (NTFS_RECORD(parent) == NTFS_RECORD(mark))
			return PATH_LOOP;
		if ((depth & (depth - 1)) == 0)
			mark = parent;
		name = directory(p->ntfs, parent, &why);
		if (name == NULL)
			return why;
		if (leaf->in_use && !name->in_use)
			return PATH_ORPHAN;
		if (!prepend_name(p, name))
			return PATH_TOO_LONG;
	}
	return PATH_TOO_DEEP;
}

static void build_unknown(struct path *p, ntfs_ref ref,
			  enum ntfs_path_state why)
{
	char number[48];

	snprintf(number, sizeof(number), "MFT record %llu",
		 (unsigned long long)NTFS_RECORD(ref));
	p->start = path_end;
	prepend_ascii(p, number);
	prepend_ascii(p, orphans);
	p->state = why;
}

static void build(struct path *p, const struct name *leaf)
{
	struct path_start after_leaf;

	if (!leaf->found) {
		build_unknown(p, leaf->ref, PATH_UNNAMED);
		return;
	}
	p->start = path_end;
	prepend_name(p, leaf);
	after_leaf = p->start;
	p->state = climb(p, leaf);
	if (p->state == PATH_LOOP || p->state == PATH_TOO_DEEP)
		p->start = after_leaf;
	if (p->state != PATH_WHOLE && !prepend_ascii(p, orphans)) {
		p->start = after_leaf;
		prepend_ascii(p, orphans);
	}
}

static const char *state_text(enum ntfs_path_state state)
{
	switch (state) {
	case PATH_ORPHAN:
		return "a directory above it is gone or was used again";
	case PATH_UNREADABLE:
		return "the record of a directory above it cannot be read as "
		       "one of a directory";
	case PATH_LOOP:
		return "a directory above it is its own descendant";
	case PATH_TOO_DEEP:
		return "it lies more than 1023 directories deep, which is the "
		       "most that are followed";
	case PATH_TOO_LONG:
		return "its path is longer than 32767 UTF-16 units, the "
		       "longest that Windows knows";
	case PATH_UNNAMED:
		return "no $FILE_NAME was found in it";
	case PATH_LEFT_OUT:
		return "too much was read for the paths of this volume already";
	case PATH_WHOLE:
		break;
	}
	return "it is whole";
}

static void report(struct ntfs *n, const struct name *leaf,
		   const struct ntfs_path *path)
{
	struct diag *d;

	if (path->state == PATH_WHOLE || !leaf->in_use ||
	    !ntfs_first_time(n, &FINDING_NTFS_PATH, leaf->ref))
		return;
	d = diag_add(n->diags, &FINDING_NTFS_PATH,
		     "MFT record %llu has no path from the root, since %s; it "
		     "is listed as %s.",
		     (unsigned long long)NTFS_RECORD(leaf->ref),
		     state_text(path->state), path->text.utf8);
	if (d != NULL)
		cites_join(n->arena, &d->cites, &path->cites);
}

/* Copy what was built out of the buffer.  */
static int finish(struct path *p, struct ntfs_path *ret, struct err *reterr)
{
	struct ntfs *n = p->ntfs;
	struct path_start at = p->start;
	size_t bytes = path_end.byte - at.byte;
	struct ntfs_path path = { .state = p->state, .cites = p->cites };

	path.utf16.p = arena_copy(n->arena, n->names->path + at.byte, bytes);
	path.utf16.n = bytes;
	if (path.utf16.p != NULL)
		path.text = at.name < MAX_NAMES ?
			    text_from_names(n->arena, n->names->names + at.name,
					    MAX_NAMES - at.name) :
			    text_from_utf16(n->arena, path.utf16);
	if (path.text.utf8 == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "path", bytes, 0);
	*ret = path;
	return 0;
}

void file_path_unknown(struct ntfs *n, ntfs_ref ref, struct ntfs_path *ret)
{
	struct path p = { .ntfs = n };

	build_unknown(&p, ref, PATH_UNREADABLE);
	finish(&p, ret, NULL);
}

/* Whether the directory above @ref lists it under the name that its record
 * gives.  True where that cannot be looked up, which has its own finding.  */
static bool is_listed(struct ntfs *n, ntfs_ref ref)
{
	struct name leaf;
	ntfs_ref found;
	uint64_t failures = n->block_failures;
	int r;

	if (read_name(n, ref, &leaf, NULL) < 0 || !leaf.found)
		return true;
	r = ntfs_find_in_index(n, leaf.parent,
			       (struct span){ leaf.utf16, leaf.bytes, 0 },
			       &found, NULL);
	if (r < 0)
		return r != ERR_NOT_FOUND || n->block_failures != failures;
	return NTFS_RECORD(found) == NTFS_RECORD(leaf.ref);
}

void ntfs_check_name(struct ntfs *n, const struct ntfs_reparse *p)
{
	struct diag *d;

	if (p->deleted || p->path.state != PATH_WHOLE ||
	    n->names->looked_up++ >= MAX_LOOKED_UP || is_listed(n, p->ref))
		return;
	n->has_unlisted = true;
	d = diag_add(n->diags, &FINDING_NTFS_NAME,
		     "MFT record %llu calls itself %s, but the directory above "
		     "does not list it under this name.",
		     (unsigned long long)NTFS_RECORD(p->ref),
		     p->path.text.utf8);
	if (d != NULL)
		cites_join(n->arena, &d->cites, &p->path.cites);
}

static void limit_finding(struct ntfs *n)
{
	struct err e;

	err_set(&e, ERR_LIMIT, 0, "paths: bytes in all", MAX_TEXT_BYTES,
		n->names->text_bytes);
	ntfs_finding(n, &FINDING_NTFS_LIMIT, MAX_TEXT_BYTES, &e,
		     "Paths of some files are not given");
}

static int root_path(struct ntfs *n, struct ntfs_path *ret, struct err *reterr)
{
	struct path p = { .ntfs = n, .start = path_end };

	p.start.byte -= 2;
	memcpy(n->names->path + p.start.byte, "\\", 2);
	return finish(&p, ret, reterr);
}

int ntfs_link_path(struct ntfs *n, ntfs_ref ref, size_t i,
		   struct ntfs_path *ret, struct err *reterr)
{
	struct path p = { .ntfs = n };
	struct name leaf;
	int r;

	if (NTFS_RECORD(ref) == NTFS_ROOT && i == 0)
		return root_path(n, ret, reterr);
	r = read_name_at(n, ref, i, &leaf, reterr);
	if (r == 0 && i > 0 && !leaf.found)
		r = err_set(reterr, ERR_NOT_FOUND, 0, "name", 0, i);
	if (r < 0)
		return r;
	if (n->names->text_bytes > MAX_TEXT_BYTES) {
		limit_finding(n);
		build_unknown(&p, leaf.ref, PATH_LEFT_OUT);
	} else {
		build(&p, &leaf);
	}
	n->names->text_bytes += path_end.byte - p.start.byte;
	r = finish(&p, ret, reterr);
	if (r == 0)
		report(n, &leaf, ret);
	return r;
}

int ntfs_path_of(struct ntfs *n, ntfs_ref ref, struct ntfs_path *ret,
		 struct err *reterr)
{
	return ntfs_link_path(n, ref, 0, ret, reterr);
}
