/*
 * profiles.h - the accounts that have a profile, as SOFTWARE lists them
 */
#ifndef REGISTRY_PROFILES_H
#define REGISTRY_PROFILES_H

#include "registry/hive.h"

struct profile_account {
	struct text sid;	/* name of the key: "S-1-5-21-...-1001", with
				 * ".bak" where Windows has put it aside */
	struct text path;	/* ProfileImagePath, as stored; utf8 NULL: it
				 * has none */
	uint64_t loaded, unloaded;	/* FILETIME of the last time; 0 if
					 * unknown */
	struct cites loaded_cites, unloaded_cites;	/* of the values that
							 * have these */
	uint64_t last_written;	/* FILETIME of the key */
	struct cites cites;	/* the nk, then the path */
};

struct profile_list {
	struct profile_account *list;	/* by SID; one put aside goes last */
	size_t n;
	struct text directory;	/* ProfilesDirectory: "%SystemDrive%\Users";
				 * utf8 NULL: unknown */
	struct cites directory_cites;
};

/* The key ProfileList of the SOFTWARE hive @h, in its arena and @a.  Where
 * there is none the list is empty.  Damage is a finding; fails only when out of
 * memory.  */
int profile_list_read(struct hive *h, struct arena *a, struct diag_list *d,
		      struct profile_list *ret, struct err *reterr);

#endif /* REGISTRY_PROFILES_H */
