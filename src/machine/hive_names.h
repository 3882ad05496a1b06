/*
 * hive_names.h - the values of MountedDevices of an open hive
 */
#ifndef MACHINE_HIVE_NAMES_H
#define MACHINE_HIVE_NAMES_H

#include "machine/hives.h"

struct hive_name {
	const struct mountmgr_name *name;
	enum presence presence;
	bool superseded;	/* by what the hive's logs hold */
};

/* Those that there are, and then those that were before the logs were
 * applied.  */
struct hive_names {
	struct hive_name *list;
	size_t n;
	struct err unread;	/* why the key could not be read; or no code */
	bool whole;		/* the key has no value that could not */
};

/* Read them, in the machine's arena.  ERR_NOMEM is the only failure.  */
int machine_hive_names(struct machine *m, struct open_hive *h,
		       struct hive_names *ret, struct err *reterr);

#endif /* MACHINE_HIVE_NAMES_H */
