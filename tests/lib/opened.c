#include "lib/opened.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_SIZE 1024

struct opened open_image(const char *path, const struct image_options *o)
{
	struct opened r = { .diags = { .arena = arena_new() } };
	struct image *img = NULL;

	r.stats = arena_alloc(r.diags.arena, sizeof(*r.stats));
	if (image_open(path, 0, o, r.stats, r.diags.arena, &r.diags, &img,
		       &r.err) < 0)
		err_text(&r.err, r.text, sizeof(r.text));
	r.img = img;
	return r;
}

void close_image(struct opened *o)
{
	image_close(o->img);
	arena_free(o->diags.arena);
	*o = (struct opened){ .img = NULL };
}

static bool warns(const struct diag_list *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->list[i].kind->severity > SEVERITY_INFO)
			return true;
	return false;
}

static enum outcome judge(struct opened *o, const void *want, size_t n)
{
	struct source *s = o->img->disk;
	enum outcome r = SILENTLY_WRONG;
	uint8_t *got;

	if (warns(&o->diags))
		return FOUND_DAMAGED;
	if (s->size != n)
		return SILENTLY_WRONG;
	got = malloc(n);
	if (source_read(s, 0, got, n, NULL) < 0)
		r = FOUND_DAMAGED;
	else if (memcmp(got, want, n) == 0)
		r = EQUAL;
	free(got);
	return r;
}

enum outcome try_image(const char *path, const void *want, size_t n)
{
	struct opened o = open_image(path, NULL);
	enum outcome r = o.img == NULL ? REFUSED : judge(&o, want, n);

	close_image(&o);
	return r;
}

uint8_t *read_disk(const char *path, size_t *ret_n)
{
	struct opened o = open_image(path, NULL);
	uint8_t *p;

	if (o.img == NULL) {
		fprintf(stderr, "%s\n", o.text);
		abort();
	}
	*ret_n = (size_t)o.img->disk->size;
	p = malloc(*ret_n);
	if (source_read(o.img->disk, 0, p, *ret_n, NULL) < 0)
		abort();
	close_image(&o);
	return p;
}

static char dir[] = "/tmp/coldmount-test-XXXXXX";
static pid_t owner;

static void remove_dir(void)
{
	if (getpid() == owner)
		run("rm -rf '%s'", dir);
}

const char *scratch_dir(void)
{
	if (owner == getpid())
		return dir;
	memcpy(dir + sizeof(dir) - 7, "XXXXXX", 6);
	if (mkdtemp(dir) == NULL)
		abort();
	owner = getpid();
	atexit(remove_dir);
	return dir;
}

const char *scratch(const char *name)
{
	static char paths[4][PATH_SIZE];
	static unsigned turn;
	char *path = paths[turn++ % 4];

	snprintf(path, PATH_SIZE, "%s/%s", scratch_dir(), name);
	return path;
}

const char *scratch_write(const char *name, const void *bytes, size_t n)
{
	const char *path = scratch(name);
	FILE *f = fopen(path, "wb");

	if (f == NULL || fwrite(bytes, 1, n, f) != n || fclose(f) != 0)
		abort();
	return path;
}

const char *scratch_copy(const char *name, const char *from)
{
	const char *path = scratch(name);

	if (!run("cp --sparse=always '%s' '%s' && chmod u+w '%s'", from, path,
		 path))
		abort();
	return path;
}

bool run(const char *fmt, ...)
{
	char command[4 * PATH_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	return system(command) == 0;
}
