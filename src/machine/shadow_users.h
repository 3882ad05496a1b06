/*
 * shadow_users.h - what users' hives in shadow copies remember
 */
#ifndef MACHINE_SHADOW_USERS_H
#define MACHINE_SHADOW_USERS_H

#include "machine/model.h"

struct machine;

/* What the users of the map remember, sorted.  */
struct live_traces {
	const struct machine_user_volume **list;
	size_t n;
	bool full;		/* no more are kept of copies */
};

int machine_sort_traces(struct machine *m, struct live_traces *ret,
			struct err *reterr);

/* Add @f, whose user and change are found here.  Where too many are kept it is
 * left out, and a finding says so.  */
int machine_add_former_trace(struct machine *m, struct live_traces *live,
			     const struct machine_former_user_volume *f,
			     struct err *reterr);

#endif /* MACHINE_SHADOW_USERS_H */
