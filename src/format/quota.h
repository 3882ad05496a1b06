/*
 * quota.h - what a user may have on a volume: entries of $Quota:$Q, and of
 * $Quota:$O, which finds them by the SID of the user
 */
#ifndef FORMAT_QUOTA_H
#define FORMAT_QUOTA_H

#include "base/span.h"

/* The entry with the defaults of the volume, and its state.  */
#define QUOTA_DEFAULTS 1u
#define QUOTA_FIRST_USER 0x100u

enum {
	/* Of a user's entry.  */
	QUOTA_DEFAULT_LIMITS  = 0x0001,
	QUOTA_LIMIT_REACHED   = 0x0002,
	QUOTA_ID_DELETED      = 0x0004,
	/* Of the entry with the defaults.  */
	QUOTA_TRACKING        = 0x0010,
	QUOTA_ENFORCEMENT     = 0x0020,
	QUOTA_TRACKING_WANTED = 0x0040,
	QUOTA_LOG_THRESHOLD   = 0x0080,
	QUOTA_LOG_LIMIT       = 0x0100,
	QUOTA_OUT_OF_DATE     = 0x0200,
	QUOTA_CORRUPT         = 0x0400,
	QUOTA_PENDING_DELETES = 0x0800,
};

struct quota {
	uint32_t owner;
	uint32_t flags;
	uint64_t used;		/* bytes */
	uint64_t changed;	/* FILETIME; 0: never */
	int64_t threshold, limit;	/* bytes; -1: none */
	uint64_t exceeded;	/* FILETIME; 0: not */
	struct span sid;	/* empty: none */
};

int quota_parse(struct span key, struct span data, struct quota *ret,
		struct err *reterr);

/* An entry of $O.  */
struct quota_owner {
	struct span sid;
	uint32_t owner;
};

int quota_owner_parse(struct span key, struct span data,
		      struct quota_owner *ret, struct err *reterr);

/* "S-1-5-21-..." of a SID; @buf has room for any.  NULL where it is none.  */
#define SID_TEXT_BYTES 200
const char *sid_text(struct span sid, char buf[SID_TEXT_BYTES]);

#endif /* FORMAT_QUOTA_H */
