/*
 * shadow_view.h - a volume as it was when a shadow copy was made
 *
 * A source: blocks that were changed since are read from the stores, the others
 * from the volume, and cited there.
 */
#ifndef DISK_SHADOW_VIEW_H
#define DISK_SHADOW_VIEW_H

#include "disk/shadow_blocks.h"

/* Where the content of a block lies.  */
struct shadow_place {
	struct source *below;
	uint64_t at;
};

/* The copies of a volume, gone through from the newest to the oldest: how the
 * volume was at the one at hand.  */
struct shadow_stack {
	struct source *volume;
	struct arena *arena;
	struct diag_list *diags;
	struct shadow_budget *budget;
	size_t depth;		/* how many copies were gone through */
	/* Of the copy at hand.  */
	struct source *storage;
	const struct shadow_store *store;
	struct shadow_blocks blocks;
	/* Of all so far: the place of each block that is not as it is now.  */
	struct block_map index;
	struct shadow_place *places;
	size_t n_places, capacity;
};

/* Begin at @volume as it is.  What is given must outlive the stack; damage is a
 * finding in @d.  */
void shadow_stack_init(struct shadow_stack *s, struct source *volume,
		       struct shadow_budget *budget, struct arena *a,
		       struct diag_list *d);
void shadow_stack_done(struct shadow_stack *s);

/* Go one copy back, whose store @store lies on @storage.  Where that fails, no
 * older copy can be read: each is changed by all that are newer.  */
int shadow_stack_push(struct shadow_stack *s, struct source *storage,
		      const struct shadow_store *store, struct err *reterr);

/* The volume, of @bytes, as the copy at hand has it: until the next push.  */
int shadow_view_open(struct shadow_stack *s, uint64_t bytes,
		     struct source **ret, struct err *reterr);

#endif /* DISK_SHADOW_VIEW_H */
