/*
 * span.h - bounded views of evidence bytes, and a cursor over one
 *
 * Parsers never see a bare pointer.  They see a `struct span', which knows its
 * length and where in its source it came from, and they narrow it with
 * span_sub().  Every comparison is written as `n <= left', never as
 * `off + n <= size', so none can overflow.
 */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct span {
	const uint8_t *p;
	size_t n;
	uint64_t at;		/* offset of p[0] in the source it is from */
};

/* Narrow @s to the @n bytes at @off.  False, and *@ret untouched, if they are
 * not all there.  */
bool span_sub(struct span s, uint64_t off, uint64_t n, struct span *ret);

/* View the bytes at @off as an on-disk struct, or NULL if it doesn't fit.  Such
 * structs are built of bytes.h types only, hence have alignment 1.  */
#define span_view(s, off, type) \
	((const type *)span_bytes((s), (off), sizeof(type), _Alignof(type)))

const void *span_bytes(struct span s, uint64_t off, size_t n, size_t align);

/* True if the @n bytes at @off are there and equal @want.  */
bool span_has(struct span s, uint64_t off, const void *want, size_t n);

/* True if every byte of @s is zero.  */
bool span_is_zero(struct span s);

/*
 * A cursor for records of variable-length fields.  It is sticky: the first read
 * that does not fit records an error, and from then on every read returns 0 or
 * an empty span.  So a record is read in one straight line and checked once,
 * with cur_end().
 */
struct cur {
	struct span left;
	struct err err;		/* code 0 while all is well */
};

struct cur cur_of(struct span s);
struct span cur_take(struct cur *c, size_t n, const char *what);
uint8_t cur_u8(struct cur *c, const char *what);
uint16_t cur_le16(struct cur *c, const char *what);
uint32_t cur_le32(struct cur *c, const char *what);
uint64_t cur_be64(struct cur *c, const char *what);

/* The bytes that a byte in front of them counts, and the big-endian number that
 * they are, of at most eight.  */
struct span cur_counted(struct cur *c, const char *what);
uint64_t cur_counted_be(struct cur *c, const char *what);

int cur_end(const struct cur *c, struct err *reterr);

#endif /* BASE_SPAN_H */
