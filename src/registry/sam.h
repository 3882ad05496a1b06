/*
 * sam.h - the users and groups of a computer, as the hive SAM has them
 */
#ifndef REGISTRY_SAM_H
#define REGISTRY_SAM_H

#include "registry/hive.h"

struct sam_account {
	const char *sid;
	bool is_alias;		/* a group; else a user */
	bool disabled;
	struct text name;
	struct text full_name, comment;	/* utf8 NULL: none */
	struct cites cites;	/* the nk of its key, then the values used */
};

struct sam_accounts {
	struct sam_account *list;	/* by SID */
	size_t n;
	const char *sid;	/* of the computer; NULL: unknown */
	struct cites sid_cites;
};

/* All accounts of the SAM hive @h, in its arena and @a.  Damage, and a user
 * whom the hive's lists call otherwise or number otherwise, are findings; fails
 * only when out of memory.  */
int sam_read(struct hive *h, struct arena *a, struct diag_list *d,
	     struct sam_accounts *ret, struct err *reterr);

#endif /* REGISTRY_SAM_H */
