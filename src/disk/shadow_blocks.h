/*
 * shadow_blocks.h - where a store keeps the former content of blocks
 */
#ifndef DISK_SHADOW_BLOCKS_H
#define DISK_SHADOW_BLOCKS_H

#include "disk/block_map.h"
#include "disk/shadow.h"

/* What became of a block after the copy was made.  */
struct shadow_block {
	bool is_kept;		/* its former content is at @at */
	bool is_moved;		/* on the volume, not in the store: seen with
				 * the newer copies */
	uint64_t at;
	struct source *below;	/* that has it at @at: shadow_view.c's */
	/* What was written to the copy itself, 512 bytes for each bit.  */
	uint32_t overlay;
	uint64_t overlay_at;
};

struct shadow_blocks {
	struct shadow_block *list;
	size_t n;
	struct block_map index;	/* number of the block on the volume */
	struct block_map moved;	/* where a block was moved to, in bytes, and
				 * from where */
};

/* How many descriptors may be read yet.  */
struct shadow_budget {
	uint64_t descriptors;
};

/*
 * Read the block list of @store, which lies on @storage.  A descriptor that
 * cannot be true is a finding, and is left out.  Fails where the list cannot be
 * read to its end: a copy that is put together of half of it would show blocks
 * of another time.
 */
int shadow_blocks_read(struct source *storage, const struct shadow_store *store,
		       struct shadow_budget *budget, struct arena *a,
		       struct diag_list *d, struct shadow_blocks *ret,
		       struct err *reterr);
void shadow_blocks_done(struct shadow_blocks *b);

/* The block that the byte @off of the volume lies in; NULL: it is unchanged. */
const struct shadow_block *shadow_blocks_at(const struct shadow_blocks *b,
					    uint64_t off);

#endif /* DISK_SHADOW_BLOCKS_H */
