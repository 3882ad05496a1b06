/*
 * quota.h - the quotas of a volume: $Extend\$Quota
 */
#ifndef NTFS_QUOTA_H
#define NTFS_QUOTA_H

#include "format/quota.h"
#include "ntfs/ntfs.h"

struct ntfs_quota {
	struct quota quota;	/* without its SID */
	const char *sid;	/* "S-1-5-..."; NULL: none */
	struct cites cites;
};

struct ntfs_quotas {
	struct ntfs_quota *list;	/* by owner id */
	size_t n;
	const struct ntfs_quota *defaults;	/* of them; NULL: none */
};

/* More users than a domain has would want it; the rest is left out, with a
 * finding.  */
#define NTFS_MAX_QUOTAS 100000

/* All entries of $Q, in the volume's arena.  An entry that cannot be used is a
 * finding.  ERR_NOT_FOUND: the volume has no quotas, as of NTFS 1.2 and of what
 * Linux formats.  */
int ntfs_quotas_read(struct ntfs *n, struct ntfs_quotas *ret,
		     struct err *reterr);

#endif /* NTFS_QUOTA_H */
