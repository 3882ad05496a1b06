/*
 * gzip.h - header and trailer of a member of a gzip file
 */
#ifndef FORMAT_GZIP_H
#define FORMAT_GZIP_H

#include "base/span.h"

/* The longest header that gzip_header_parse() has to see whole.  */
#define GZIP_MAX_HEADER_BYTES (128u << 10)

#define GZIP_TRAILER_BYTES 8

struct gzip_trailer {
	uint32_t crc32;		/* of the bytes before compression */
	uint32_t size;		/* their number, modulo 2^32 */
};

/* How long the header at the start of @s is.  ERR_TRUNCATED: it does not end
 * in @s.  */
int gzip_header_parse(struct span s, size_t *ret_bytes, struct err *reterr);

int gzip_trailer_parse(struct span s, struct gzip_trailer *ret,
		       struct err *reterr);

#endif /* FORMAT_GZIP_H */
