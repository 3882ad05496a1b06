#ifndef TESTS_CAPTURE_H
#define TESTS_CAPTURE_H

#include <stddef.h>

/* What was written, as a string; free() it.  */
struct capture {
	char *data;		/* closed by a NUL; NULL while there is none */
	size_t n;
	size_t room;		/* stop after so many bytes; 0: never */
};

/* An out_fn and cm_write_fn; @ctx is the capture.  */
int capture_write(void *ctx, const void *data, size_t n);

/* The first @size - 1 bytes that @command prints; 0 if it succeeds.  */
int capture_command(const char *command, char *buf, size_t size);

#endif /* TESTS_CAPTURE_H */
