#include "evidence/opening.h"

#include <dirent.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/utf16.h"
#include "evidence/file.h"

int opening_own(struct opening *o, struct source *s, struct err *reterr)
{
	struct source **slot;

	if (s == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "container", 0, 0);
	slot = arena_push(o->arena, &o->owned, o->n_owned, sizeof(*slot));
	if (slot == NULL) {
		source_free(s);
		return err_set(reterr, ERR_NOMEM, 0, "container", 0, 0);
	}
	*slot = s;
	o->n_owned++;
	return 0;
}

/* List @path as a segment.  */
static int list_file(struct opening *o, const char *path, struct err *reterr)
{
	const char **slot = arena_push(o->arena, &o->files, o->n_files,
				       sizeof(*slot));
	struct file_id *id = arena_push(o->arena, &o->ids, o->n_files,
					sizeof(*id));
	char *name = arena_strdup(o->arena, file_name(path));
	struct stat st;

	if (slot == NULL || id == NULL || name == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "image file", 0, 0);
	*slot = name;
	if (stat(path, &st) == 0)
		*id = (struct file_id){ st.st_dev, st.st_ino };
	o->n_files++;
	return 0;
}

static int take_file(struct opening *o, const char *path, struct source *s,
		     struct source **ret, struct err *reterr)
{
	int r = opening_own(o, s, reterr);

	if (r < 0)
		return r;
	r = list_file(o, path, reterr);
	if (r < 0)
		return r;
	*ret = s;
	return 0;
}

int opening_file(struct opening *o, const char *path, struct source **ret,
		 struct err *reterr)
{
	struct source *s;
	int r = file_open(path, o->arena, &s, reterr);

	return r < 0 ? r : take_file(o, path, s, ret, reterr);
}

int opening_supplied(struct opening *o, const char *path, struct source **ret,
		     struct err *reterr)
{
	struct source *s;
	int r = supplied_open(o->options.supplied, o->arena, &s, reterr);

	return r < 0 ? r : take_file(o, path, s, ret, reterr);
}

int opening_fail(struct opening *o, const struct err *e, struct err *reterr,
		 const char *fmt, ...)
{
	const char *what;
	va_list ap;

	va_start(ap, fmt);
	what = arena_vprintf(o->arena, fmt, ap);
	va_end(ap);
	return err_set(reterr, e->code, e->at,
		       what != NULL ? what : "container", e->want, e->got);
}

/* Many times what the largest disk of any format needs in blocks of the usual
 * size.  */
#define MAX_TABLE_BYTES (256u << 20)

/* The tables of a disk of 2 TiB, in clusters as qemu makes them.  */
#define MAX_CHECKED_BYTES (256u << 20)

int opening_table(struct opening *o, uint64_t bytes, uint64_t at,
		  struct err *reterr)
{
	if (bytes > MAX_TABLE_BYTES - o->table_bytes)
		return err_set(reterr, ERR_LIMIT, at, "tables of the image",
			       MAX_TABLE_BYTES, bytes);
	o->table_bytes += bytes;
	return 0;
}

bool opening_may_check(struct opening *o, uint64_t bytes)
{
	if (bytes > MAX_CHECKED_BYTES - o->checked_bytes)
		return false;
	o->checked_bytes += bytes;
	return true;
}

void opening_done(struct opening *o)
{
	while (o->n_owned > 0)
		source_free(o->owned[--o->n_owned]);
}

static const struct err not_there = { .code = ERR_NOT_FOUND };

/* The name in the open directory @d that equals @name but for case.  */
/* Of several, the first by its bytes: a directory has no order.  */
static const char *find_name(struct opening *o, DIR *d, const char *name)
{
	const char *found = NULL;
	struct dirent *e;

	while ((e = readdir(d)) != NULL)
		if (strcasecmp(e->d_name, name) == 0 &&
		    (found == NULL || strcmp(e->d_name, found) < 0))
			found = arena_strdup(o->arena, e->d_name);
	return found;
}

int opening_sibling(struct opening *o, const char *path, const char *name,
		    const char **ret, struct err *reterr)
{
	int n = (int)(file_name(path) - path);
	char *dir = arena_printf(o->arena, "%.*s", n, path);
	char *full = arena_printf(o->arena, "%.*s%s", n, path, name);
	const char *found;
	DIR *d;

	if (dir == NULL || full == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "file name", 0, 0);
	if (name[0] != '\0' && strchr(name, '/') == NULL &&
	    access(full, F_OK) == 0) {
		*ret = full;
		return 0;
	}
	d = opendir(n > 0 ? dir : ".");
	found = d != NULL ? find_name(o, d, name) : NULL;
	if (d != NULL)
		closedir(d);
	if (found == NULL)
		return opening_fail(o, &not_there, reterr, "%s", name);
	full = arena_printf(o->arena, "%s%s", dir, found);
	if (full == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "file name", 0, 0);
	*ret = full;
	return 0;
}

const char *base_name(const char *path)
{
	const char *base = path;

	for (; *path != '\0'; path++)
		if (*path == '\\' || *path == '/')
			base = path + 1;
	return base;
}

void parent_add_path(struct opening *o, struct parent_hint *h, struct span s)
{
	struct text t = text_from_utf16(o->arena, utf16_trim_nul(s));

	if (h->n_paths < sizeof(h->paths) / sizeof(h->paths[0]) &&
	    t.utf8 != NULL && t.utf8[0] != '\0')
		h->paths[h->n_paths++] = t.utf8;
}

/* The paths that a child names, in one text.  */
static const char *all_paths(struct opening *o, const struct parent_hint *h)
{
	const char *text = NULL;

	for (size_t i = 0; i < h->n_paths; i++)
		text = text == NULL ? h->paths[i] :
		       arena_printf(o->arena, "%s, %s", text, h->paths[i]);
	return text != NULL ? text : "without a name";
}

/* Is @path the parent?  If not, the reason is added to *@why.  */
static bool try_parent(struct opening *o, const struct parent_hint *h,
		       const char *path, const char **why)
{
	const char *reason = h->mismatch, *before = *why;
	struct source *file;
	struct err e;

	if (file_open(path, o->arena, &file, &e) < 0) {
		reason = e.what;
	} else {
		source_free(file);
		if (h->is_parent(o, path, h->arg))
			return true;
	}
	*why = arena_printf(o->arena, "%s%s%s: %s", before != NULL ? before :
			    "", before != NULL ? "; " : "", file_name(path),
			    reason);
	return false;
}

int parent_find(struct opening *o, const char *path,
		const struct parent_hint *h, const char **ret,
		struct err *reterr)
{
	const char *why = NULL;

	for (size_t i = 0; i < h->n_paths; i++) {
		const char *beside;

		if (opening_sibling(o, path, base_name(h->paths[i]), &beside,
				    NULL) == 0 &&
		    try_parent(o, h, beside, &why)) {
			*ret = beside;
			return 0;
		}
	}
	for (size_t i = 0; i < o->options.n_parents; i++)
		if (try_parent(o, h, o->options.parents[i], &why)) {
			*ret = o->options.parents[i];
			return 0;
		}
	if (why != NULL)
		return opening_fail(o, &not_there, reterr, "%s %s (%s)",
				    h->what, all_paths(o, h), why);
	return opening_fail(o, &not_there, reterr, "%s %s", h->what,
			    all_paths(o, h));
}
