/*
 * lost_names.h - names that a hive holds outside of its tree
 */
#ifndef MOUNTMGR_LOST_NAMES_H
#define MOUNTMGR_LOST_NAMES_H

#include "mountmgr/names.h"
#include "registry/scan.h"

struct lost_name {
	/* Where its data is not there whole, the id is raw: the part that is,
	 * which may be nothing.  */
	struct mountmgr_name name;
	enum scan_place place;
	enum scan_data data;
	bool in_use;		/* not deleted: only no walk leads to it */
	bool in_log;		/* its record lies in a log */
};

struct lost_names {
	struct lost_name *list;	/* sorted by name, then by data */
	size_t n;
	bool scanned;		/* false: registry text has no bytes to scan */
	bool key_whole;		/* the tree has MountedDevices, with all of its
				 * values */
};

/* Scan for values of MountedDevices; @q says where, its key and prefixes are
 * filled in here.  ERR_NOMEM is the only failure.  */
int lost_names_read(struct scan_request q, struct arena *a, struct diag_list *d,
		    struct lost_names *ret, struct err *reterr);

/* Whether a scan would find some, by a look at the pages around those of the
 * key: see hive_scan_near().  */
bool lost_names_near(struct scan_request q);

#endif /* MOUNTMGR_LOST_NAMES_H */
