/*
 * arena.h - memory that lives and dies with one analysis
 *
 * Facts point at each other freely and are all freed together, so none of them
 * has an owner to remember.  An arena belongs to one thread at a time.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a);

/* @n zeroed bytes, aligned for any type; NULL when out of memory.  */
void *arena_alloc(struct arena *a, size_t n);
void *arena_copy(struct arena *a, const void *p, size_t n);
char *arena_strdup(struct arena *a, const char *s);
char *arena_printf(struct arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

/*
 * As malloc(), calloc() and realloc(): the memory is no part of the arena, and
 * its owner frees it.  But where it was refused, the arena knows.
 */
void *arena_malloc(struct arena *a, size_t n);
void *arena_calloc(struct arena *a, size_t n, size_t size);
void *arena_realloc(struct arena *a, void *p, size_t n);

/* Memory was refused, by any of the functions here or, as somebody else said,
 * elsewhere: what was made since may lack something that the evidence has.  */
bool arena_failed(const struct arena *a);
void arena_set_failed(struct arena *a);

/* How many bytes the arena has handed out, for who must not keep all that
 * hostile evidence offers.  */
size_t arena_bytes(const struct arena *a);

/*
 * Room for one more element at the end of a growing array that lives in the
 * arena: @array is the address of the pointer to its @n elements of @size
 * bytes.  Doubles the array as needed (the old copy stays in the arena, so the
 * waste is bounded by the final size), and returns the new element, zeroed;
 * NULL when out of memory. The capacity is derived from @n: call it for every
 * element, from the first.
 */
void *arena_push(struct arena *a, void *array, size_t n, size_t size);

#endif /* BASE_ARENA_H */
