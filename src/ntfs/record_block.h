/*
 * record_block.h - a private copy of a record that fix-ups protect
 *
 * Two bytes at the end of each 512 of such a record lie elsewhere on disk: in
 * the fix-up array.  Citations of a range over such an end therefore name three
 * places; put together, their bytes are the range.
 */
#ifndef NTFS_RECORD_BLOCK_H
#define NTFS_RECORD_BLOCK_H

#include "base/span.h"
#include "evidence/source.h"

struct block {
	uint8_t *bytes;
	size_t n;
	struct source *below;	/* where it was read from */
	uint64_t at;		/* offset there */
	unsigned array;		/* offset of the fix-up array; 0: none */
};

/* The bytes, at their offset in what they were read from.  */
struct span record_block_span(const struct block *b);

/* Where the byte at @off < n lies.  */
struct source_place record_block_place(const struct block *b, uint64_t off);

/* As source_cite(), of the @n bytes at @off of the block.  */
void record_block_cite(const struct block *b, uint64_t off, uint64_t n,
		       const char *structure, struct arena *a, struct cites *c);

#endif /* NTFS_RECORD_BLOCK_H */
