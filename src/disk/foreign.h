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

#endif /* DISK_FOREIGN_H */
