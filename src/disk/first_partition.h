/*
 * first_partition.h - what begins where the first partition of a disk would
 */
#ifndef DISK_FIRST_PARTITION_H
#define DISK_FIRST_PARTITION_H

#include "disk/volume.h"
#include "evidence/source.h"

/*
 * Look on @disk, which has no table that can be used, where the first partition
 * of one would begin.  A volume there that is known speaks for a table that is
 * lost.  @discs: one of UDF or CDFS, too.  The first that is there, from byte
 * @from on.
 */
bool first_partition_find(struct source *disk, uint64_t from, bool discs,
			  struct arena *a, struct volume_identity *ret,
			  uint64_t *ret_at);

#endif /* DISK_FIRST_PARTITION_H */
