/*
 * ldm_copies.h - the spare copies in the private region of a dynamic disk
 */
#ifndef DISK_LDM_COPIES_H
#define DISK_LDM_COPIES_H

#include "disk/disk.h"
#include "format/ldm.h"

/* The spare copies of one disk, and of which of them is told already.  */
struct ldm_copies {
	const struct disk *disk;
	const struct ldm_privhead *head;	/* the one that is used */
	const uint64_t *told;	/* bytes where a damaged copy is */
	size_t n_told;
	struct arena *arena;
	struct diag_list *diags;
};

/* Look at each place where Windows keeps a private header, or a table of
 * contents: what is not there, or is not as the other ones, is a finding.  */
void ldm_copies_check(const struct ldm_copies *c);

#endif /* DISK_LDM_COPIES_H */
