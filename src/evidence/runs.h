/*
 * runs.h - disks in blocks, of which each lies somewhere else
 *
 * What the readers of block containers share: a block is in the file, packed or
 * not, is zeros, or is the parent's, and a bitmap may tell sector by sector
 * which.
 */
#ifndef EVIDENCE_RUNS_H
#define EVIDENCE_RUNS_H

#include "evidence/source.h"

/* Bytes that one source has together, that were unpacked, or that are
 * zeros.  */
struct run {
	struct source *from;	/* NULL: `bytes' */
	uint64_t off, n;
	const uint8_t *bytes;	/* the reader's, until the next run; NULL:
				 * zeros */
};

/* Of the @n bytes at @off of the parent (NULL: there is none) the first that
 * lie together.  It can be smaller than the child: beyond its end are
 * zeros.  */
struct run run_of_parent(struct source *parent, uint64_t off, uint64_t n);

/* Where the first of the @n > 0 bytes at @off of @s lie, all of them in one
 * block.  A run has at least one byte.  */
typedef int run_find_fn(struct source *s, uint64_t off, uint64_t n,
			struct run *ret, struct err *reterr);

/* Read for a source of blocks of @block_bytes, run by run.  Errors have `at' in
 * @s.  */
int runs_read(struct source *s, uint64_t block_bytes, run_find_fn *find,
	      uint64_t off, void *buf, size_t n, struct err *reterr);

/* As source_next_data(), for such a source.  */
uint64_t runs_next_data(struct source *s, uint64_t block_bytes,
			run_find_fn *find, uint64_t off);

/* A bitmap with a bit for each sector of a block.  */
struct sector_bitmap {
	uint8_t *bytes;
	bool high_first;	/* the first sector is bit 7 of the byte */
};

bool sector_bit(const struct sector_bitmap *map, uint64_t i);

/* How many sectors from @first on, and before @end, have the bit of @first.  */
uint64_t sectors_alike(const struct sector_bitmap *map, uint64_t first,
		       uint64_t end);

#endif /* EVIDENCE_RUNS_H */
