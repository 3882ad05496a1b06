/*
 * witness.h - partition tables as libtsk reads them, beside ours
 */
#ifndef DISK_WITNESS_H
#define DISK_WITNESS_H

#include "disk/disk.h"

enum witness_state {
	WITNESS_NOT_ASKED,	/* neither sees a partition; or a volume takes
				 * the whole disk */
	WITNESS_AGREES,		/* on every partition */
	WITNESS_DISAGREES,	/* see the findings */
	WITNESS_SILENT,		/* libtsk cannot read the table; as there */
};

/*
 * Let libtsk read the partition table of @disk, of the kind and with the sector
 * size that we found, and compare the start and length of each partition.  Sets
 * `tsk_agrees' in those that both have.  Fails when out of memory only.
 */
int disk_witness_tsk(struct disk *disk, struct arena *a, struct diag_list *d,
		     enum witness_state *ret, struct err *reterr);

#endif /* DISK_WITNESS_H */
