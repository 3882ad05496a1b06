#include "evidence/plain_file.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "evidence/file.h"
#include "evidence/opening.h"

/* Counts what is read, and is where citations end.  */
struct plain_file {
	struct source source;
	struct source *below;
	struct io_stats *stats;
};

static int plain_read(struct source *s, uint64_t off, void *buf, size_t n,
		      struct err *reterr)
{
	struct plain_file *f = (struct plain_file *)s;

	f->stats->bytes += n;
	f->stats->calls++;
	return source_read(f->below, off, buf, n, reterr);
}

static void plain_free(struct source *s)
{
	source_free(((struct plain_file *)s)->below);
	free(s);
}

static const struct source_ops plain_ops = { plain_read, NULL, plain_free };

int plain_file_open(const char *path, unsigned index, struct io_stats *stats,
		    struct arena *a, struct source **ret, struct err *reterr)
{
	struct plain_file *f = calloc(1, sizeof(*f));
	const char *name = arena_strdup(a, file_name(path)), *what;
	struct err e = { 0 };

	if (f == NULL || name == NULL) {
		free(f);
		return err_set(reterr, ERR_NOMEM, 0, "file", 0, 0);
	}
	if (file_open(path, a, &f->below, &e) < 0) {
		free(f);
		what = arena_printf(a, "%s: %s", name, e.what);
		return err_set(reterr, e.code, e.at,
			       what != NULL ? what : e.what, e.want, e.got);
	}
	f->source = (struct source){
		.ops = &plain_ops, .size = f->below->size, .image = index,
		.file = name,
	};
	f->stats = stats;
	*ret = &f->source;
	return 0;
}

int plain_file_beside(const char *path, const char *name, struct arena *a,
		      const char **ret, struct err *reterr)
{
	struct opening o = { .arena = a };

	return opening_sibling(&o, path, name, ret, reterr);
}

bool plain_file_is_empty(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 0;
}

bool plain_file_is_same(const char *path, const char *other)
{
	struct stat a, b;

	return stat(path, &a) == 0 && stat(other, &b) == 0 &&
	       S_ISREG(a.st_mode) && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}
