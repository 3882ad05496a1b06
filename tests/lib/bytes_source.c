#include "lib/bytes_source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int bytes_read(struct source *s, uint64_t off, void *buf, size_t n,
		      struct err *reterr)
{
	struct bytes_source *b = (struct bytes_source *)s;

	b->calls++;
	b->bytes += n;
	if (b->bad_at >= off && b->bad_at - off < n)
		return err_set(reterr, ERR_IO, off, "test source", 0, 0);
	memcpy(buf, b->p + off, n);
	return 0;
}

static const struct source_ops bytes_ops = { bytes_read, NULL, NULL };

struct bytes_source bytes_source(const void *p, size_t n)
{
	return (struct bytes_source){
		.source = { .ops = &bytes_ops, .size = n }, .p = p,
		.bad_at = UINT64_MAX,
	};
}

uint8_t *load_file(const char *path, size_t *ret_n)
{
	FILE *f = fopen(path, "rb");
	uint8_t *p = NULL;
	size_t n = 0, room = 0, got;

	if (f == NULL)
		abort();
	do {
		room = room == 0 ? 1 << 16 : 2 * room;
		p = realloc(p, room);
		if (p == NULL)
			abort();
		got = fread(p + n, 1, room - n, f);
		n += got;
	} while (n == room);
	fclose(f);
	*ret_n = n;
	return p;
}
