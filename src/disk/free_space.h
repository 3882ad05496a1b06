/*
 * free_space.h - how many clusters of a FAT or exFAT volume are free
 */
#ifndef DISK_FREE_SPACE_H
#define DISK_FREE_SPACE_H

#include "evidence/source.h"

/*
 * Count them as Windows does: the entries of the first FAT that are 0, or the
 * bits of exFAT's allocation bitmap that are clear.  What FAT32 keeps beside
 * its boot sector is a hint that may be stale, and is not asked.  Reads all of
 * the FAT or bitmap of @volume.  ERR_UNSUPPORTED: it is of another file system.
 */
int volume_free_clusters(struct source *volume, struct arena *a, uint64_t *ret,
			 struct err *reterr);

#endif /* DISK_FREE_SPACE_H */
