#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Small enough that a report of a small image costs little, large enough that
 * a large one makes few calls to malloc.  */
#define CHUNK_BYTES 32768

struct chunk {
	struct chunk *next;
	size_t used, size;
	max_align_t data[];
};

struct arena {
	struct chunk *chunks;	/* the first one has the free room */
	size_t bytes;
	bool failed;
};

struct arena *arena_new(void)
{
	return calloc(1, sizeof(struct arena));
}

void arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	for (struct chunk *c = a->chunks, *next; c != NULL; c = next) {
		next = c->next;
		free(c);
	}
	free(a);
}

/* Remember if there is no @p.  */
static void *known(struct arena *a, void *p)
{
	a->failed = a->failed || p == NULL;
	return p;
}

static struct chunk *chunk_new(struct arena *a, size_t n)
{
	size_t size = n > CHUNK_BYTES / 4 ? n : CHUNK_BYTES;
	struct chunk *c;

	if (size > SIZE_MAX - sizeof(*c))
		return NULL;
	c = calloc(1, sizeof(*c) + size);
	if (c == NULL)
		return NULL;
	c->size = size;
	/* A chunk made for one large block is full at once: it goes behind the
	 * first, whose room stays in use.  */
	if (size == n && a->chunks != NULL) {
		c->next = a->chunks->next;
		a->chunks->next = c;
	} else {
		c->next = a->chunks;
		a->chunks = c;
	}
	return c;
}

void *arena_alloc(struct arena *a, size_t n)
{
	const size_t align = _Alignof(max_align_t);
	struct chunk *c = a->chunks;
	void *p;

	if (n > SIZE_MAX - align)
		return known(a, NULL);
	n = (n + align - 1) / align * align;
	if (c == NULL || n > c->size - c->used)
		c = known(a, chunk_new(a, n));
	if (c == NULL)
		return NULL;
	p = (char *)c->data + c->used;
	c->used += n;
	a->bytes += n;
	return p;
}

void *arena_malloc(struct arena *a, size_t n)
{
	return known(a, malloc(n > 0 ? n : 1));
}

void *arena_calloc(struct arena *a, size_t n, size_t size)
{
	return known(a, calloc(n > 0 ? n : 1, size));
}

void *arena_realloc(struct arena *a, void *p, size_t n)
{
	return known(a, realloc(p, n > 0 ? n : 1));
}

bool arena_failed(const struct arena *a)
{
	return a->failed;
}

void arena_set_failed(struct arena *a)
{
	a->failed = true;
}

size_t arena_bytes(const struct arena *a)
{
	return a->bytes;
}

void *arena_copy(struct arena *a, const void *p, size_t n)
{
	void *q = arena_alloc(a, n);

	if (q != NULL && n > 0)
		memcpy(q, p, n);
	return q;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_copy(a, s, strlen(s) + 1);
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;
	char *s;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		return NULL;
	s = arena_alloc(a, (size_t)n + 1);
	if (s != NULL)
		vsnprintf(s, (size_t)n + 1, fmt, ap);
	return s;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return s;
}

/* An array is grown when its length reaches a power of two from 4 on.  */
static bool is_full(size_t n)
{
	return n == 0 || (n >= 4 && (n & (n - 1)) == 0);
}

void *arena_push(struct arena *a, void *array, size_t n, size_t size)
{
	size_t room = n < 4 ? 4 : 2 * n;
	char *old, *grown;

	/* Not through a `void **': the caller's pointer has another type.  */
	memcpy(&old, array, sizeof(old));
	if (!is_full(n))
		return old + n * size;
	if (room > SIZE_MAX / size)
		return known(a, NULL);
	grown = arena_alloc(a, room * size);
	if (grown == NULL)
		return NULL;
	if (n > 0)
		memcpy(grown, old, n * size);
	memcpy(array, &grown, sizeof(grown));
	return grown + n * size;
}
