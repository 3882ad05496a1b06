/*
 * checked.h - arithmetic on numbers that come from evidence
 *
 * Each returns false, and leaves *@ret alone, where the result would not fit.
 */
#ifndef BASE_CHECKED_H
#define BASE_CHECKED_H

#include <stdbool.h>
#include <stdint.h>

static inline bool checked_add(uint64_t a, uint64_t b, uint64_t *ret)
{
	if (b > UINT64_MAX - a)
		return false;
	*ret = a + b;
	return true;
}

static inline bool checked_mul(uint64_t a, uint64_t b, uint64_t *ret)
{
	if (a != 0 && b > UINT64_MAX / a)
		return false;
	*ret = a * b;
	return true;
}

/* True if the @n bytes at @off lie inside a thing of @size bytes.  */
static inline bool range_fits(uint64_t off, uint64_t n, uint64_t size)
{
	return off <= size && n <= size - off;
}

#endif /* BASE_CHECKED_H */
