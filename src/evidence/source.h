/*
 * source.h - bytes that can be read at an offset
 *
 * A disk out of an image, a partition on it, the $MFT of the NTFS volume there,
 * a hive file in that volume: each is a source on top of another, and the one
 * at the bottom is the disk that an image file holds.  Parsers read through
 * source_read(); citations are made by asking each source where its bytes lie
 * in the one below.
 *
 * A source does not own the one below it, which must outlive it.  Sources are
 * not thread-safe: one machine, one thread.
 */
#ifndef EVIDENCE_SOURCE_H
#define EVIDENCE_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"

struct source;

/* Where a run of a source's bytes lies in the source below. */
struct source_place {
	struct source *below;	/* NULL: in none (a hole, or made in memory) */
	uint64_t off;		/* in `below' */
	uint64_t n;		/* how many bytes lie together from there on */
};

struct source_ops {
	/* Read exactly @n bytes at @off into @buf; they lie inside the size,
	 * source_read() has checked it.  */
	int (*read_at)(struct source *s, uint64_t off, void *buf, size_t n,
		       struct err *reterr);
	/* Where the byte at @off < size lies; NULL in the disk of an image.  */
	struct source_place (*place)(struct source *s, uint64_t off);
	void (*free)(struct source *s);
};

/* Embedded as the first member of what implements it.  */
struct source {
	const struct source_ops *ops;
	uint64_t size;		/* bytes */
	unsigned sector_size;	/* logical, bytes; 0 while unknown */
	unsigned image;		/* index of the image; of a bottom source */
	const char *file;	/* path in the evidence of the file that these
				 * bytes are, for citations; or NULL */
	/* The first byte from @off < size on that may be other than zero, or
	 * the size; NULL: any may.  */
	uint64_t (*next_data)(struct source *s, uint64_t off);
	/* Whether the byte at @off is what a cipher makes of the one at its
	 * place, and with it those that lie together there; NULL: none is.  */
	bool (*is_encrypted)(const struct source *s, uint64_t off);
	/* What the byte at @off is unpacked from: the `n' bytes below, which
	 * the @*ret_n from @off on have in common; below is NULL where it lies
	 * at its place as it is.  NULL: all do.  */
	struct source_place (*packed)(struct source *s, uint64_t off,
				      uint64_t *ret_n);
};

/* What was read from the disks of a machine: bytes and calls.  */
struct io_stats {
	uint64_t bytes, calls;
};

/* Read exactly @n bytes at @off.  Less there: ERR_TRUNCATED, at @off, and @buf
 * is undefined.  */
int source_read(struct source *s, uint64_t off, void *buf, size_t n,
		struct err *reterr);

void source_free(struct source *s);

/* Where, from @off on, the next byte lies that may be other than zero: holes of
 * sparse files and unused blocks of containers are passed over.  The size of
 * @s, if there is none.  */
uint64_t source_next_data(struct source *s, uint64_t off);

/* The @size bytes at @off of @below, with its sector size.  They may reach past
 * the end of @below (a truncated image): reading there fails.  NULL: out of
 * memory.  */
struct source *source_window(struct source *below, uint64_t off, uint64_t size);

/* @n bytes at @p, which must outlive it.  */
struct source *source_memory(const void *p, size_t n);

/* Pieces of other sources, one behind the other.  */
struct source_piece {
	struct source *below;	/* NULL: zeros */
	uint64_t off, n;
};

/* A source composed of @n pieces, which are copied.  Owns none of the sources.
 * NULL: out of memory or the sizes overflow.  */
struct source *source_concat(const struct source_piece *pieces, size_t n);

/* Add to @c where the @n bytes at @off lie in the disk, one cite for each run
 * of bytes that lie together, at most 16; of compressed ones, where that lies
 * which they are unpacked from.  @structure is static.  Bytes that lie in no
 * image are left out.  */
void source_cite(struct source *s, uint64_t off, uint64_t n,
		 const char *structure, struct arena *a, struct cites *c);

/* Where the byte at @off lies in the disk of an image, and in *@ret how many of
 * the @n bytes there lie together.  False where that many lie in no image: a
 * hole, compressed, or made in memory; *@ret says their number all the same.
 * @structure is static.  Never 0 bytes where @off and @n are inside @s.  */
bool source_locate(struct source *s, uint64_t off, uint64_t n,
		   const char *structure, struct cite *ret);

#endif /* EVIDENCE_SOURCE_H */
