#ifndef TESTS_OPENED_H
#define TESTS_OPENED_H

#include "evidence/image.h"

/* An image, or why it could not be opened, with all that was said of it.  */
struct opened {
	struct image *img;	/* NULL: see err */
	struct err err;
	struct diag_list diags;
	struct io_stats *stats;	/* in the arena of diags */
	char text[1000];	/* of err */
};

struct opened open_image(const char *path, const struct image_options *o);
void close_image(struct opened *o);

/* What may become of a damaged image.  */
enum outcome {
	REFUSED,		/* an error when it was opened */
	FOUND_DAMAGED,		/* a finding that warns, or an error in reading */
	EQUAL,			/* as the original */
	SILENTLY_WRONG,
};

/* Open @path, read all of it and compare it to the @n bytes at @want.  */
enum outcome try_image(const char *path, const void *want, size_t n);

/* All bytes of the disk; to be freed.  Aborts where they cannot be read.  */
uint8_t *read_disk(const char *path, size_t *ret_n);

/* A directory of its own for this test process, removed when it ends.  */
const char *scratch_dir(void);

/* The path of the file @name there; in a static buffer, one of four in turn.  */
const char *scratch(const char *name);
const char *scratch_write(const char *name, const void *bytes, size_t n);
const char *scratch_copy(const char *name, const char *from);

/* Run a shell command made like printf's; true if it succeeds.  */
bool run(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif /* TESTS_OPENED_H */
