/*
 * bfio.c - a source as libbfio's handle
 */
#include "evidence/bfio.h"

#include <stdio.h>

/* libbfio calls its handles intptr_t *.  */
static struct bfio *self(intptr_t *h)
{
	return (struct bfio *)(void *)h;
}

static int io_free(intptr_t **h, libbfio_error_t **error)
{
	(void)error;
	*h = NULL;
	return 1;
}

static int io_clone(intptr_t **to, intptr_t *from, libbfio_error_t **error)
{
	(void)error;
	*to = from;
	return 1;
}

static int io_open(intptr_t *h, int flags, libbfio_error_t **error)
{
	(void)h;
	(void)error;
	return flags == LIBBFIO_OPEN_READ ? 1 : -1;
}

static int io_close(intptr_t *h, libbfio_error_t **error)
{
	(void)h;
	(void)error;
	return 0;
}

static ssize_t io_read(intptr_t *h, uint8_t *buf, size_t n,
		       libbfio_error_t **error)
{
	struct bfio *b = self(h);

	(void)error;
	if (b->at >= b->source->size)
		return 0;
	if (n > b->source->size - b->at)
		n = (size_t)(b->source->size - b->at);
	if (n > b->left)
		return -1;
	b->left -= n;
	if (source_read(b->source, b->at, buf, n, NULL) < 0)
		return -1;
	b->at += n;
	return (ssize_t)n;
}

static ssize_t io_write(intptr_t *h, const uint8_t *buf, size_t n,
			libbfio_error_t **error)
{
	(void)h;
	(void)buf;
	(void)n;
	(void)error;
	return -1;
}

static off64_t io_seek(intptr_t *h, off64_t off, int whence,
		       libbfio_error_t **error)
{
	struct bfio *b = self(h);

	(void)error;
	if (whence == SEEK_CUR)
		off += (off64_t)b->at;
	else if (whence == SEEK_END)
		off += (off64_t)b->source->size;
	if (off < 0)
		return -1;
	b->at = (uint64_t)off;
	return off;
}

static int io_yes(intptr_t *h, libbfio_error_t **error)
{
	(void)h;
	(void)error;
	return 1;
}

static int io_size(intptr_t *h, size64_t *ret, libbfio_error_t **error)
{
	(void)error;
	*ret = self(h)->source->size;
	return 1;
}

int bfio_init(struct bfio *b, struct source *s)
{
	*b = (struct bfio){ .source = s, .left = UINT64_MAX };
	return libbfio_handle_initialize(&b->handle, (intptr_t *)(void *)b,
					 io_free, io_clone, io_open, io_close,
					 io_read, io_write, io_seek, io_yes,
					 io_yes, io_size, 0, NULL) == 1 ? 0 :
									  -1;
}

void bfio_done(struct bfio *b)
{
	if (b->handle != NULL)
		libbfio_handle_free(&b->handle, NULL);
}
