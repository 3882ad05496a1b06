#ifndef TESTS_SMALL_HIVE_H
#define TESTS_SMALL_HIVE_H

#include "base/diag.h"
#include "lib/bytes_source.h"
#include "registry/replay.h"

/*
 * Hives of four bins of a page each, which are 'a' to 'd' all through behind
 * their headers, and logs that change some pages.  Nothing in them is a key.
 */
#define SMALL_PAGE 4096
#define SMALL_PAGES 4
#define SMALL_HIVE_BYTES (SMALL_PAGE + SMALL_PAGES * SMALL_PAGE)
/* Of an entry: its head, a page, padding.  */
#define SMALL_ENTRY_BYTES 4608
#define SMALL_LOG_BYTES (512 + 4 * SMALL_ENTRY_BYTES)

/* A hive, its logs, and what became of them.  */
struct small_set {
	uint8_t hive_bytes[SMALL_HIVE_BYTES];
	uint8_t log_bytes[REPLAY_LOGS][SMALL_LOG_BYTES];
	struct bytes_source hive, logs[REPLAY_LOGS];	/* images 0, 1, 2, 3 */
	bool absent[REPLAY_LOGS];
	struct source *recovered;
	struct replay_report report;
	struct arena *arena;
	struct diag_list diags;
};

/* All logs are absent.  small_done() frees it.  */
struct small_set *small_new(uint32_t primary, uint32_t secondary);
void small_replay(struct small_set *s);
void small_done(struct small_set *s);

/* Fields of a base block; the sum is made right.  */
void small_put(uint8_t *base, unsigned at, uint32_t v);
void small_put_time(uint8_t *base, uint64_t time);

/* A bin's header at @offset, and @fill behind it, one page of them.  */
void small_bin(uint8_t *page, uint32_t offset, uint32_t size, char fill);

/* Log @i is one of entries that starts with the sequence @start, and empty.  */
void small_log(struct small_set *s, size_t i, uint32_t start);
/* Add to it the page @page, as a bin of its own; returns the entry.  */
uint8_t *small_entry(struct small_set *s, size_t i, uint32_t sequence,
		     unsigned page, char fill);
/* Make the hashes of an entry right.  */
void small_seal(uint8_t *entry);

/* Log @i has a bitmap, and no page yet.  */
void small_bitmap_log(struct small_set *s, size_t i, uint32_t type,
		      uint64_t time);
/* Add a page behind those that are there; @page is above theirs.  Returns its
 * bytes.  */
uint8_t *small_bitmap_page(struct small_set *s, size_t i, unsigned page,
			   char fill);

/* Whether the recovered hive has these pages, by what fills them, and a base
 * block at rest with the sequence @sequence; says what is not so.  Upper case
 * comes from a log, lower case from the hive.  */
bool small_has(struct small_set *s, const char *name, const char *pages,
	       uint32_t sequence);

#endif /* TESTS_SMALL_HIVE_H */
