// SPDX-License-Identifier: MIT
#ifndef SAMPLES_REPARSE_BUFFER_H
#define SAMPLES_REPARSE_BUFFER_H

#include <stddef.h>
#include <stdint.h>

/* Windows' own limit, [MS-FSCC] 2.1.2 */
enum { REPARSE_BYTES_MAX = 16384 };

struct reparse_buffer {
	uint8_t bytes[REPARSE_BYTES_MAX];
	size_t n;
};

/* Each returns 0, or -1 if the text is malformed or too long. */
int reparse_mount_point(const char *substitute, const char *print,
			struct reparse_buffer *ret);
int reparse_symlink(const char *substitute, const char *print, int relative,
		    struct reparse_buffer *ret);
int reparse_tagged(uint32_t tag, const char *hex, struct reparse_buffer *ret);

#endif /* SAMPLES_REPARSE_BUFFER_H */
