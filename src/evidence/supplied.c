/*
 * supplied.c - the bytes of a file that the caller reads himself
 */
#include "evidence/supplied.h"

#include <stdlib.h>

struct supplied {
	struct source source;
	struct supplied_bytes bytes;
};

static int supplied_read(struct source *s, uint64_t off, void *buf, size_t n,
			 struct err *reterr)
{
	const struct supplied_bytes *b = &((struct supplied *)s)->bytes;

	/* Who gives back how much was read may have read less.  */
	if (b->read_at(b->ctx, off, buf, n) != 0)
		return err_set(reterr, ERR_IO, off, "image file", 0, 0);
	return 0;
}

static void supplied_free(struct source *s)
{
	free(s);
}

static const struct source_ops supplied_ops = {
	supplied_read, NULL, supplied_free
};

int supplied_open(const struct supplied_bytes *bytes, struct arena *a,
		  struct source **ret, struct err *reterr)
{
	struct supplied *s;

	if (bytes->size == 0)
		return err_set(reterr, ERR_FILE, 0, "empty file", 0, 0);
	s = arena_calloc(a, 1, sizeof(*s));
	if (s == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "image file", 0, 0);
	s->source.ops = &supplied_ops;
	s->source.size = bytes->size;
	s->bytes = *bytes;
	*ret = &s->source;
	return 0;
}
