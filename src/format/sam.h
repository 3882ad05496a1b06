/*
 * sam.h - the accounts of a computer: values of the registry hive SAM
 *
 * Of a user's value only the names are looked at; what follows them, hashes of
 * passwords among it, is not.
 */
#ifndef FORMAT_SAM_H
#define FORMAT_SAM_H

#include "base/span.h"

/* The SID of the domain that the accounts are of, from its value V.  */
int sam_domain_parse(struct span v, struct span *ret_sid, struct err *reterr);

/* UTF-16LE; empty where there is none.  */
struct sam_user {
	struct span name, full_name, comment;
};

/* From the value V of a user.  */
int sam_user_parse(struct span v, struct sam_user *ret, struct err *reterr);

enum { SAM_USER_DISABLED = 0x0001 };

struct sam_control {
	uint32_t rid;		/* relative identifier: the SID's last part */
	uint16_t flags;
};

/* From the value F of a user.  */
int sam_control_parse(struct span f, struct sam_control *ret,
		      struct err *reterr);

struct sam_alias {
	uint32_t rid;
	struct span name, comment;
};

/* From the value C of an alias, a group of the computer.  */
int sam_alias_parse(struct span c, struct sam_alias *ret, struct err *reterr);

#endif /* FORMAT_SAM_H */
