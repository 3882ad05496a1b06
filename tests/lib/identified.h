/*
 * identified.h - what volume_identify() says of bytes in memory
 */
#ifndef TESTS_IDENTIFIED_H
#define TESTS_IDENTIFIED_H

#include "disk/volume.h"
#include "lib/test_disk.h"

struct identified {
	struct test_disk disk;
	struct arena *arena;
	struct diag_list diags;
	struct volume_identity v;
};

/* What is said of @n bytes at @p, zeros behind them, or of t->disk as the test
 * has made it; the test fails where that is an error.  */
void identify_bytes(struct identified *t, const uint8_t *p, size_t n,
		    uint64_t size);
void identify_disk(struct identified *t);
void identified_done(struct identified *t);	/* frees it */

/* The bytes of a volume of @size that `@mkfs FILE' makes; to be freed.  Aborts
 * where it makes none.  */
uint8_t *volume_made_by(const char *mkfs, size_t size);

#endif /* TESTS_IDENTIFIED_H */
