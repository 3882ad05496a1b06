/*
 * remote_database.h - entries of a volume's MountPointManagerRemoteDatabase
 */
#ifndef FORMAT_REMOTE_DATABASE_H
#define FORMAT_REMOTE_DATABASE_H

#include "base/span.h"

struct remote_database_entry {
	uint32_t size;		/* of the whole entry; the next one follows */
	uint32_t references;	/* mount points on this volume that name it */
	struct span name;	/* UTF-16LE: \??\Volume{guid} */
	struct span unique_id;	/* as in MountedDevices */
};

/* The entry at the start of @s; the spans point into it.  An entry that does
 * not check out is an error, and nothing tells where another would begin.  */
int remote_database_parse(struct span s, struct remote_database_entry *ret,
			  struct err *reterr);

#endif /* FORMAT_REMOTE_DATABASE_H */
