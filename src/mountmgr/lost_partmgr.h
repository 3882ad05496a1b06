/*
 * lost_partmgr.h - the keys Partmgr of disks to which damage leaves no path
 *
 * Between the key of a disk and Partmgr, which has its partitions, lies only
 * Device Parameters.  Where that is lost together with the list that it was in,
 * its record may still name the disk's key as its parent; and where a single
 * disk misses its Partmgr and a single one is left, they belong together.  Else
 * it is that of a disk of which no more is known.
 */
#ifndef MOUNTMGR_LOST_PARTMGR_H
#define MOUNTMGR_LOST_PARTMGR_H

#include "registry/hive.h"

/* Keys that are lost together lie in one sector or page.  */
#define LOST_PARTMGR_MAX 64

/* A disk on the way to whose Partmgr there is damage, and no such key.  */
struct partmgr_way {
	size_t device;		/* index, of the caller's */
	const char *instance;
	struct hive_key key;
};

struct lost_partmgr {
	struct hive *hive;
	struct arena *arena;
	struct diag_list *diags;
	struct partmgr_way ways[LOST_PARTMGR_MAX];
	size_t n_ways;
	bool more;		/* there are more, so that none is the only one
				 */
};

void lost_partmgr_miss(struct lost_partmgr *l, size_t device,
		       const char *instance, const struct hive_key *k);

struct partmgr_reader {
	/* Whether @partmgr was read for a disk.  */
	bool (*is_read)(void *ctx, const struct hive_key *partmgr);
	/* It is that of @device.  */
	void (*read)(void *ctx, size_t device, const struct hive_key *partmgr);
	/* Whose it is, nothing tells.  ERR_NOMEM or 0.  */
	int (*keep)(void *ctx, const struct hive_key *partmgr);
	void *ctx;
};

/* Find whose each key Partmgr is that is left; with findings.  Returns
 * ERR_NOMEM or 0.  */
int lost_partmgr_join(struct lost_partmgr *l, const struct partmgr_reader *to);

#endif /* MOUNTMGR_LOST_PARTMGR_H */
