#ifndef TESTS_BYTES_SOURCE_H
#define TESTS_BYTES_SOURCE_H

#include "evidence/source.h"

/* A disk whose bytes are in memory, so that cites lead into it: image 0.  It
 * counts what is read.  */
struct bytes_source {
	struct source source;
	const uint8_t *p;
	uint64_t calls, bytes;
	uint64_t bad_at;	/* reading the byte there fails; UINT64_MAX: none */
};

struct bytes_source bytes_source(const void *p, size_t n);

/* The bytes of the file at @path, to be freed; aborts where it cannot be read. */
uint8_t *load_file(const char *path, size_t *ret_n);

#endif /* TESTS_BYTES_SOURCE_H */
