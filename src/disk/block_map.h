/*
 * block_map.h - numbers of blocks, and a number for each
 *
 * A hash table of 64-bit numbers.  The numbers come from evidence, which may
 * choose them so that they fall together: then adding fails with ERR_LIMIT, and
 * nothing gets slow.
 */
#ifndef DISK_BLOCK_MAP_H
#define DISK_BLOCK_MAP_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"

struct block_map_slot {
	uint64_t key, value;
};

struct block_map {
	struct arena *arena;	/* that knows where memory was refused */
	struct block_map_slot *slots;
	size_t n_slots;		/* a power of two, or 0 */
	size_t n;		/* in use */
};

/* No key and no value has this number.  */
#define BLOCK_MAP_NONE UINT64_MAX

void block_map_done(struct block_map *m);

/* What @key has; BLOCK_MAP_NONE where it has nothing.  */
uint64_t block_map_get(const struct block_map *m, uint64_t key);

/* Give @key the value @value, in place of one that it had.  BLOCK_MAP_NONE: it
 * has nothing from then on.  */
int block_map_set(struct block_map *m, uint64_t key, uint64_t value,
		  struct err *reterr);

#endif /* DISK_BLOCK_MAP_H */
