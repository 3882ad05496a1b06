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

/* Whether @q is what a user may have, and not one that Windows has deleted and
 * not yet taken out.  */
bool ntfs_quota_is_user(const struct ntfs_quota *q);

/* 0 OK, 1 more is used than the warning limit, 2 more than the limit.  */
unsigned ntfs_quota_status(const struct ntfs_quota *q);

/* All entries of $Q, in the volume's arena, but @most of them; $O is held
 * against it.  An entry that cannot be used, one too many, and what $O has
 * otherwise is a finding.  ERR_NOT_FOUND: the volume has no quotas, as of
 * NTFS 1.2.  */
int ntfs_quotas_read(struct ntfs *n, size_t most, struct ntfs_quotas *ret,
		     struct err *reterr);

#endif /* NTFS_QUOTA_H */
