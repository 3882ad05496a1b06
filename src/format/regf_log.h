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
	uint64_t head_hash_computed;
	bool head_sound;		/* they are the same */
	uint64_t at;			/* of the entry, in the log */
	struct span references;		/* only by regf_log_entry_parse() */
};

/* Read the head of an entry, whose pages need not be there.  Demands the
 * signature and a size that can be; a wrong hash is for the caller to judge,
 * because the sequence tells a damaged entry from an old one.  */
int regf_log_head_parse(struct span s, struct regf_log_entry *ret,
			struct err *reterr);

/* How many bytes the head of an entry takes with the list of its pages.  Fails
 * where the head is not right, or the entry too small for so many pages.  */
int regf_log_list_bytes(const struct regf_log_entry *head, uint32_t *ret,
			struct err *reterr);

/* Read the head of an entry and the list of its pages, which have to be right:
 * each page lies in the bins and in the entry.  The pages themselves need not
 * be there: the hash over them is for the caller, who need not hold them all
 * at once.  */
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

/* The Marvin32 hash, with the registry's seed, of bytes that come in parts: all
 * of them but the last are multiples of 4.  */
struct regf_log_hash {
	uint32_t low, high;
};

void regf_log_hash_start(struct regf_log_hash *h);
void regf_log_hash_add(struct regf_log_hash *h, struct span part);
uint64_t regf_log_hash_end(struct regf_log_hash *h, struct span last);

/* The same of @s alone.  */
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
