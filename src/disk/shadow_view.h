/*
 * shadow_view.h - a volume as it was when a shadow copy was made
 *
 * A source: blocks that were changed since are read from the stores, the others
 * from the volume, and cited there.
 */
#ifndef DISK_SHADOW_VIEW_H
#define DISK_SHADOW_VIEW_H

#include "disk/shadow_blocks.h"

/* A copy: its store, the volume which that lies on, and what it says.  */
struct shadow_layer {
	struct source *storage;
	const struct shadow_store *store;
	const struct shadow_blocks *blocks;
};

/*
 * The copy of @volume whose layer is the first of @layers, of @bytes; behind it
 * are those of all newer copies, from old to new.  The array is copied, what it
 * points to is not.  Damage is a finding in @d.
 */
int shadow_view_open(struct source *volume, uint64_t bytes,
		     const struct shadow_layer *layers, size_t n,
		     struct arena *a, struct diag_list *d, struct source **ret,
		     struct err *reterr);

#endif /* DISK_SHADOW_VIEW_H */
