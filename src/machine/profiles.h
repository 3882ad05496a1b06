/*
 * profiles.h - the profiles of users, and where they lie
 */
#ifndef MACHINE_PROFILES_H
#define MACHINE_PROFILES_H

#include "machine/internal.h"

struct profile {
	size_t installation;
	struct text name;	/* of its directory; or "DEFAULT" */
	struct text path;	/* in its volume, "\Users\joe"; utf8 NULL: it
				 * was not found */
	size_t volume;		/* NONE: it was not found */
	ntfs_ref directory;
	bool unnamed;		/* the directory itself does not tell these */
	bool former;		/* of Windows before it was replaced */
	bool is_default;	/* not a profile, but the hive DEFAULT beside
				 * SYSTEM */
	const struct profile_account **accounts;
	size_t n_accounts;
};

struct profiles {
	struct profile *list;	/* by installation, volume and path; those that
				 * were not found last */
	size_t n;
};

/* The profiles of all installations, and of what these have replaced: those
 * that their accounts have, those that lie where profiles lie, the services'.
 * A profile that lies where two installations would look, and that is an
 * account's in one of them, is that one's.  Fails only when out of memory.  */
int machine_find_profiles(struct machine *m, struct profiles *ret,
			  struct err *reterr);

#endif /* MACHINE_PROFILES_H */
