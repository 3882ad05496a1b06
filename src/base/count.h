/*
 * count.h - the words around a number, in texts for people
 */
#ifndef BASE_COUNT_H
#define BASE_COUNT_H

#include <stdint.h>

static inline const char *count_word(uint64_t n, const char *one,
				     const char *many)
{
	return n == 1 ? one : many;
}

#endif /* BASE_COUNT_H */
