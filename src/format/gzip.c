/*
 * gzip.c - the members of a gzip file; numbers are little-endian
 *
 * Header
 *
 *   OFFSET  SIZE  FIELD
 *        0     2  1f 8b
 *        2     1  8: deflate
 *        3     1  flags, below
 *        4     4  time of the file
 *        8     1  how well it was compressed
 *        9     1  system
 *       10        if FEXTRA: 2 bytes of length, and so many bytes
 *                 if FNAME: the file's name, ends with a NUL
 *                 if FCOMMENT: a comment, ends with a NUL
 *                 if FHCRC: 2 bytes of checksum of the header
 *
 * Then a deflate stream, and the trailer
 *
 *        0     4  CRC-32 of what was compressed
 *        4     4  its size modulo 2^32
 *
 * Members follow each other, and what they hold is one file.
 *
 * Source: RFC 1952.
 */
#include "format/gzip.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"

enum gzip_flag {
	FHCRC = 1u << 1,
	FEXTRA = 1u << 2,
	FNAME = 1u << 3,
	FCOMMENT = 1u << 4,
	RESERVED = 7u << 5,
};

struct gzip_header_disk {
	uint8_t magic[2];
	uint8_t method;
	uint8_t flags;
	le32 time;
	uint8_t level;
	uint8_t system;
};
static_assert(sizeof(struct gzip_header_disk) == 10, "gzip");

struct gzip_trailer_disk {
	le32 crc32;
	le32 size;
};
static_assert(sizeof(struct gzip_trailer_disk) == GZIP_TRAILER_BYTES, "gzip");

static void skip_text(struct cur *c, const char *what)
{
	const uint8_t *end = c->left.n > 0 ?
			     memchr(c->left.p, 0, c->left.n) : NULL;

	cur_take(c, end != NULL ? (size_t)(end - c->left.p) + 1 :
				  c->left.n + 1, what);
}

int gzip_header_parse(struct span s, size_t *ret_bytes, struct err *reterr)
{
	const struct gzip_header_disk *d =
		span_view(s, 0, struct gzip_header_disk);
	struct cur c = cur_of(s);
	int r;

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, "gzip header",
			       sizeof(*d), s.n);
	if (d->magic[0] != 0x1f || d->magic[1] != 0x8b)
		return err_set(reterr, ERR_MAGIC, s.at, "gzip header", 0x1f8b,
			       (uint64_t)d->magic[0] << 8 | d->magic[1]);
	if (d->method != 8 || (d->flags & RESERVED) != 0)
		return err_set(reterr, ERR_UNSUPPORTED, s.at + 2,
			       "gzip header: method and flags", 8,
			       d->method | (uint64_t)d->flags << 8);
	cur_take(&c, sizeof(*d), "gzip header");
	if (d->flags & FEXTRA)
		cur_take(&c, cur_le16(&c, "gzip header"), "gzip header");
	if (d->flags & FNAME)
		skip_text(&c, "gzip header: file name");
	if (d->flags & FCOMMENT)
		skip_text(&c, "gzip header: comment");
	if (d->flags & FHCRC)
		cur_take(&c, 2, "gzip header: checksum");
	r = cur_end(&c, reterr);
	if (r < 0)
		return r;
	*ret_bytes = s.n - c.left.n;
	return 0;
}

int gzip_trailer_parse(struct span s, struct gzip_trailer *ret,
		       struct err *reterr)
{
	const struct gzip_trailer_disk *d =
		span_view(s, 0, struct gzip_trailer_disk);

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, "gzip trailer",
			       sizeof(*d), s.n);
	*ret = (struct gzip_trailer){ get_le32(d->crc32), get_le32(d->size) };
	return 0;
}
