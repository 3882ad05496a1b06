/*
 * replay_internal.h - a replay under way, for the two formats of logs
 */
#ifndef REGISTRY_REPLAY_INTERNAL_H
#define REGISTRY_REPLAY_INTERNAL_H

#include "format/regf.h"
#include "format/regf_log.h"
#include "registry/log_bins.h"
#include "registry/log_pages.h"
#include "registry/replay.h"

struct replay_open_log {
	struct source *source;	/* NULL: absent, or of no use */
	struct regf_base base;
	uint8_t block[REGF_BASE_RECORD_BYTES];
};

struct replay {
	struct source *hive;
	struct regf_base base;	/* of the hive, and as it becomes */
	uint8_t block[REGF_BASE_RECORD_BYTES];
	bool base_sound;
	struct source *base_from;	/* whose base block is settled */
	struct replay_open_log logs[REPLAY_LOGS];
	struct log_pages pages;
	uint64_t left;		/* bytes of entries that may still be read */
	struct arena *arena;
	struct diag_list *diags;
	struct replay_report *report;
};

static inline bool replay_is_entry_log(const struct replay_open_log *l)
{
	return l->source != NULL && l->base.file_type == REGF_LOG_ENTRIES;
}

static inline bool replay_is_bitmap_log(const struct replay_open_log *l)
{
	return l->source != NULL && (l->base.file_type == REGF_LOG_XP ||
				     l->base.file_type == REGF_LOG_NT);
}

/* Sequence numbers wrap.  */
static inline bool replay_is_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

/* Its path in the evidence, or a word for it.  */
const char *replay_name(const struct source *s);

/* Add a finding about @s; @message NULL: the title of @kind.  */
void replay_say(struct replay *r, const struct diag_kind *kind,
		struct source *s, uint64_t at, uint64_t n,
		const char *structure, const char *message);

/* The same for a damaged log: what is wrong with it, and the @rest of the
 * sentence.  */
void replay_say_error(struct replay *r, struct source *s, const struct err *e,
		      uint64_t n, const char *rest);

/* Say that a log is passed over, and do so.  */
void replay_pass_over(struct replay *r, size_t log,
		      const struct diag_kind *kind, const char *why);

/* Take the base block of a log for that of the hive, which is not sound.  */
void replay_take_base(struct replay *r, size_t log);

/* Make the pages flat, and find the bins that they leave without a header.  */
int replay_check_bins(struct replay *r, struct lost_bins *ret,
		      struct err *reterr);

/* Say that a log leaves a bin without a header, and the @rest of the
 * sentence.  */
void replay_say_lost(struct replay *r, const struct lost_bin *b,
		     const char *rest);

/* Apply the logs of entries among the @n from @first, or the bitmap log that
 * fits best.  Fail only with ERR_NOMEM.  */
int replay_entries(struct replay *r, size_t first, size_t n,
		   struct err *reterr);
int replay_bitmap(struct replay *r, struct err *reterr);

/* Whether @s, a sound log, holds what is newer than the clean hive.  */
bool replay_entries_newer(const struct replay_open_log *l,
			  const struct regf_base *hive, uint64_t *ret_at,
			  uint32_t *ret_sequence);
bool replay_bitmap_newer(const struct replay_open_log *l,
			 const struct regf_base *hive);

#endif /* REGISTRY_REPLAY_INTERNAL_H */
