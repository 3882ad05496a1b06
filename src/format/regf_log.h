/*
 * regf_log.h - the transaction log of a registry hive
 *
 * A log begins with a copy of the hive's base block (regf.h), whose type says
 * which of the two formats follows.  All spans have their `at' in the log.
 */
#ifndef FORMAT_REGF_LOG_H
#define FORMAT_REGF_LOG_H

#include "base/span.h"

#define REGF_LOG_START 512	/* what lies behind the base block */
#define REGF_LOG_UNIT_BYTES 512	/* of it, and of a hive's pages */

/* A log entry, of Windows 8.1 and later.  */
#define REGF_LOG_HEAD_BYTES 40

struct regf_log_entry {
	uint32_t size;			/* bytes, all of it */
	uint32_t flags;			/* bit 0 goes to the base block's */
	uint32_t sequence;
	uint32_t bins_size;		/* of the hive behind this entry */
	uint32_t n_pages;
	uint64_t body_hash, head_hash;	/* as stored */
	bool head_sound;		/* head_hash is right */
	struct span references, pages;	/* only by regf_log_entry_parse() */
};

/* Read the head of an entry, whose pages need not be there.  Demands the
 * signature and a size that can be; a wrong hash is for the caller to judge,
 * because the sequence tells a damaged entry from an old one.  */
int regf_log_head_parse(struct span s, struct regf_log_entry *ret,
			struct err *reterr);

/* Read a whole entry, which has to be right: both hashes, and each page, which
 * lies in the bins and in the entry.  */
int regf_log_entry_parse(struct span s, struct regf_log_entry *ret,
			 struct err *reterr);

struct regf_log_page {
	uint32_t offset, size;		/* in the bins; multiples of 512 */
	uint64_t at;			/* of its bytes, in the log */
};

/* Page @i of a parsed entry; @ret holds the one before it, and nothing for the
 * first.  */
void regf_log_page(const struct regf_log_entry *e, uint32_t i,
		   struct regf_log_page *ret);

/* The Marvin32 hash of @s, with the registry's seed.  */
uint64_t regf_log_hash(struct span s);

/* The bitmap of a log before Windows 8.1: a bit for each unit of the bins.  */
struct regf_dirt {
	struct span bitmap;
	uint64_t units_at;	/* of the dirty units, in the log */
};

/* How many bytes the bitmap takes, with its signature.  */
uint32_t regf_dirt_bytes(uint32_t bins_size);

/* @s begins behind the base block of the log.  */
int regf_dirt_parse(struct span s, uint32_t bins_size, struct regf_dirt *ret,
		    struct err *reterr);

/* Whether unit @i of the bins is in the log.  */
bool regf_dirt_has(const struct regf_dirt *d, uint32_t i);

#endif /* FORMAT_REGF_LOG_H */
