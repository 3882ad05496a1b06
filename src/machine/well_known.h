/*
 * well_known.h - the accounts whose SIDs are the same in every Windows
 */
#ifndef MACHINE_WELL_KNOWN_H
#define MACHINE_WELL_KNOWN_H

/* What a SID stands for: SID_NAME_USE of the Windows SDK.  */
enum sid_type {
	SID_TYPE_USER = 1,
	SID_TYPE_GROUP,
	SID_TYPE_DOMAIN,
	SID_TYPE_ALIAS,			/* a group of one computer */
	SID_TYPE_WELL_KNOWN_GROUP,
	SID_TYPE_DELETED,
	SID_TYPE_INVALID,
	SID_TYPE_UNKNOWN,
};

struct well_known {
	const char *sid;
	const char *name;	/* in English */
	enum sid_type type;
	const char *domain;	/* NULL: WMI has it under the computer's own
				 * name */
};

/* NULL: @sid is none of them.  */
const struct well_known *well_known_account(const char *sid);

#endif /* MACHINE_WELL_KNOWN_H */
