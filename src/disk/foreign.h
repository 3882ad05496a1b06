/*
 * foreign.h - what lies in a volume, or on a disk, that Windows does not know
 */
#ifndef DISK_FOREIGN_H
#define DISK_FOREIGN_H

#include "base/arena.h"
#include "evidence/source.h"

struct foreign {
	const char *name;	/* "Ext4", "LUKS" */
	uint64_t at;		/* its signature, */
	unsigned n;		/* and how long that is; 0: libtsk tells */
};

bool foreign_find(struct source *s, struct arena *a, struct foreign *ret);

/* The same where there are descriptors of a disc, too: what cannot have come
 * before these, which begin with zeros where it has its own, nor share the disc
 * with them, as HFS+ does.  */
bool foreign_over_disc(struct source *s, struct arena *a, struct foreign *ret);

#endif /* DISK_FOREIGN_H */
