/*
 * replay.c - which logs complete a hive, and the hive with their pages
 *
 * What Windows does, after Maxim Suhanov's specification (regf_log.c):
 *
 *   - A hive is dirty if its sequences differ or its base block is not sound; a
 *     clean one is taken as it is, whatever its logs hold.
 *   - Logs of entries before bitmap logs, .LOG1 and .LOG2 before .LOG: see
 *     replay_entries.c, replay_bitmap.c.
 *   - Each bin that is changed must have a header afterwards.
 */
#include "registry/replay.h"

#include <stdlib.h>
#include <string.h>

#include "registry/findings.h"
#include "registry/recovered.h"
#include "registry/replay_internal.h"

/* Entries of all logs together.  Windows begins the other log when one is
 * longer than some dozens of MiB.  This bounds the time, and what the places of
 * their pages take.  */
#define ENTRIES_MAX_BYTES (1ull << 30)

/* Before Windows 8 there was no such time, and small numbers mean something
 * else: 1980.  */
#define FIRST_REORGANIZED 119600064000000000ull

const char *replay_name(const struct source *s)
{
	return s->file != NULL ? s->file : "transaction log";
}

void replay_say(struct replay *r, const struct diag_kind *kind,
		struct source *s, uint64_t at, uint64_t n,
		const char *structure, const char *message)
{
	struct diag *d = diag_add(r->diags, kind, "%s: %s", replay_name(s),
				  message != NULL ? message : kind->title);

	if (d != NULL)
		source_cite(s, at, n, structure, r->diags->arena, &d->cites);
}

void replay_say_error(struct replay *r, struct source *s, const struct err *e,
		      uint64_t n, const char *rest)
{
	char text[160];

	replay_say(r, &FINDING_LOG_DAMAGED, s, e->at, n, "log entry",
		   arena_printf(r->diags->arena, "%s%s",
				err_text(e, text, sizeof(text)), rest));
}

void replay_pass_over(struct replay *r, size_t log,
		      const struct diag_kind *kind, const char *why)
{
	replay_say(r, kind, r->logs[log].source, 0, REGF_BASE_RECORD_BYTES,
		   "log base block", why);
	r->logs[log].source = NULL;
}

void replay_take_base(struct replay *r, size_t log)
{
	const struct replay_open_log *l = &r->logs[log];

	r->base = l->base;
	memcpy(r->block, l->block, sizeof(r->block));
	r->base_from = l->source;
	r->report->base_rebuilt = true;
}

/* Read the base block of @s.  False where it is not sound.  */
static bool read_base(struct source *s, uint8_t *block, struct regf_base *ret,
		      struct err *reterr)
{
	struct span span = { block, REGF_BASE_RECORD_BYTES, 0 };

	if (source_read(s, 0, block, REGF_BASE_RECORD_BYTES, reterr) < 0 ||
	    regf_base_parse(span, ret, reterr) < 0)
		return false;
	if (ret->checksum == ret->checksum_computed)
		return true;
	err_set(reterr, ERR_CHECKSUM, 508, "base block: checksum",
		ret->checksum_computed, ret->checksum);
	return false;
}

/* An empty log is a usual thing: the other one is in use.  It has no bytes, or
 * was made larger and never written.  */
static bool is_empty(struct source *s)
{
	uint8_t b[REGF_LOG_START + REGF_LOG_HEAD_BYTES];
	struct span span = { b, sizeof(b), 0 };

	return s->size == 0 ||
	       (source_read(s, 0, b, sizeof(b), NULL) == 0 &&
		span_is_zero(span));
}

/* Whether the base block of a log is that of another hive, which has another
 * id.  A hive keeps its id, and each log begins with a copy of its base block;
 * before Vista, and in a hive that was saved, there is none.  */
static bool has_other_id(const struct regf_base *hive,
			 const struct regf_base *log)
{
	return !span_is_zero(hive->resource_manager) &&
	       !span_is_zero(log->resource_manager) &&
	       !span_has(hive->resource_manager, 0, log->resource_manager.p,
			 log->resource_manager.n);
}

/* The character @i from the end of @name, UTF-16LE, in upper case; 0 before its
 * beginning.  Letters that are not ASCII are all alike: whether two of them
 * differ in case only, the volume would know.  */
static unsigned from_end(struct span name, size_t i)
{
	const uint8_t *p;

	if (i >= name.n / 2)
		return 0;
	p = name.p + 2 * (name.n / 2 - 1 - i);
	if (p[1] != 0 || p[0] >= 0x80)
		return 0x80;
	return p[0] >= 'a' && p[0] <= 'z' ? p[0] - 0x20u : p[0];
}

/* Whether both paths end in the same file in directories of other names:
 * "Users\ada\ntuser.dat", "Users\joe\NTUSER.DAT".  The profiles of a machine
 * are made from one, and their hives have its id.  A mere file name tells
 * nothing: that of every machine's SYSTEM hive is the same.  */
static bool has_other_directory(struct span a, struct span b)
{
	unsigned depth = 0;

	for (size_t i = 0;; i++) {
		unsigned x = from_end(a, i), y = from_end(b, i);

		/* The field has the end of a longer path.  */
		if (x == 0 || y == 0)
			return false;
		if (x != y)
			return depth == 1;
		depth += x == '\\';
		if (depth == 2)
			return false;
	}
}

/* Why the log @log is that of another hive than @hive; NULL: it is not.  */
static const char *why_foreign(const struct regf_base *hive,
			       const struct regf_base *log)
{
	if (has_other_id(hive, log))
		return "it is the log of another hive: the id of the resource "
		       "manager in its base block is another one; it was not "
		       "applied, nor searched.";
	if (has_other_directory(hive->file_name, log->file_name))
		return "it is the log of another hive: the path in its base "
		       "block leads to another directory than that in the "
		       "hive's; it was not applied, nor searched.";
	return NULL;
}

static void pass_over_foreign(struct replay *r, size_t i, const char *why)
{
	r->report->logs[i].foreign = true;
	replay_pass_over(r, i, &FINDING_LOG_NOT_APPLIED, why);
}

/* A hive that is reorganized has its cells elsewhere: no page of a log that was
 * written before, or for a hive of the same name and id that was reorganized
 * at another time, has its place in it.  */
static bool is_of_other_order(const struct regf_base *hive,
			      const struct regf_base *log)
{
	return hive->last_reorganized >= FIRST_REORGANIZED &&
	       log->last_reorganized >= FIRST_REORGANIZED &&
	       hive->last_reorganized != log->last_reorganized;
}

static void check_log(struct replay *r, size_t i)
{
	const struct replay_open_log *l = &r->logs[i];
	const char *why = r->base_sound ? why_foreign(&r->base, &l->base)
					: NULL;

	if (!replay_is_entry_log(l) && !replay_is_bitmap_log(l))
		replay_pass_over(r, i, &FINDING_LOG_DAMAGED,
				 arena_printf(r->diags->arena, "its base block "
					      "is not that of a log, but of "
					      "file type %u; it was not "
					      "applied.", l->base.file_type));
	else if (l->base.primary_sequence != l->base.secondary_sequence)
		replay_pass_over(r, i, &FINDING_LOG_DAMAGED,
				 "it was not written completely; it was not "
				 "applied.");
	else if (why != NULL)
		pass_over_foreign(r, i, why);
	else if (r->base_sound && is_of_other_order(&r->base, &l->base))
		replay_pass_over(r, i, &FINDING_LOG_NOT_APPLIED,
				 "its hive was reorganized at another time "
				 "than the hive beside it, whose cells lie in "
				 "another order; it was not applied.");
}

static void open_log(struct replay *r, struct source *s, size_t i)
{
	struct replay_open_log *l = &r->logs[i];
	struct err e;

	if (s == NULL || is_empty(s))
		return;
	if (!read_base(s, l->block, &l->base, &e)) {
		replay_say_error(r, s, &e, REGF_BASE_RECORD_BYTES,
				 "; the log was not applied");
		return;
	}
	l->source = s;
	check_log(r, i);
}

int replay_check_bins(struct replay *r, struct lost_bins *ret,
		      struct err *reterr)
{
	int x = log_pages_flatten(&r->pages, reterr);

	if (x == 0)
		x = log_bins_check(&r->pages, r->hive, ret, reterr);
	return x;
}

void replay_say_lost(struct replay *r, const struct lost_bin *b,
		     const char *rest)
{
	replay_say(r, &FINDING_LOG_BIN, b->log, b->at, REGF_BIN_HEADER_BYTES,
		   "hbin",
		   arena_printf(r->diags->arena, "what it has at byte %llu, "
				"for the bin at 0x%x of the hive, has no valid "
				"header; %s", (unsigned long long)b->at,
				b->part.offset, rest));
}

static void say_missing(struct replay *r, uint64_t missing)
{
	if (missing > 0)
		replay_say(r, &FINDING_HIVE_TRUNCATED, r->hive, 0,
			   REGF_BASE_RECORD_BYTES, "hive base block",
			   arena_printf(r->diags->arena, "%llu bytes of its "
					"bins are neither in the hive nor in "
					"its logs; they are read as zeros.",
					(unsigned long long)missing));
}

static struct source *make_recovered(struct replay *r)
{
	struct recovered_base base = {
		.from = r->base_from, .bins_size = r->base.bins_size,
	};
	uint64_t missing = 0;
	struct source *s;

	memcpy(base.block, r->block, sizeof(base.block));
	regf_base_settle(base.block, &r->base);
	s = recovered_new(r->hive, &r->pages, &base, &missing);
	if (s != NULL)
		say_missing(r, missing);
	return s;
}

static void say_recovered(struct replay *r)
{
	const struct replay_log *by_order[REPLAY_LOGS] = { NULL };
	const char *text = "";

	for (size_t i = 0; i < REPLAY_LOGS; i++)
		if (r->report->logs[i].applied)
			by_order[r->report->logs[i].order] =
				&r->report->logs[i];
	for (size_t i = 0; i < r->report->n_applied && text != NULL; i++) {
		const struct replay_log *l = by_order[i];
		size_t log;

		if (l == NULL)
			continue;
		log = (size_t)(l - r->report->logs);
		text = arena_printf(r->arena, "%s%s%s (sequence numbers %u to "
				    "%u, %llu pages of 512 bytes)", text,
				    i == 0 ? "" : ", then ",
				    replay_name(r->logs[log].source),
				    l->first_sequence, l->last_sequence,
				    (unsigned long long)l->pages);
	}
	replay_say(r, &FINDING_HIVE_RECOVERED, r->hive, 0,
		   REGF_BASE_RECORD_BYTES, "hive base block",
		   arena_printf(r->arena, "the hive is dirty; in memory it was "
				"recovered from %s%s.", text,
				r->report->base_rebuilt
					? "; its base block, which is not "
					  "sound, was taken from there" : ""));
}

static int replay_logs(struct replay *r, struct err *reterr)
{
	int x = replay_entries(r, REPLAY_LOG1, 2, reterr);

	if (x == 0 && r->report->n_applied == 0)
		x = replay_entries(r, REPLAY_LOG, 1, reterr);
	if (x == 0 && r->report->n_applied == 0)
		x = replay_bitmap(r, reterr);
	return x;
}

/* Say what the log @s of a clean hive has newer.  Only the heads of its entries
 * are read; what else is wrong with it does not matter.  */
static void say_newer(struct replay *r, struct source *s, size_t i)
{
	struct replay_open_log l = { .source = s };
	uint64_t at = REGF_LOG_START;
	uint32_t sequence = 0;
	const char *why;

	if (s == NULL || !read_base(s, l.block, &l.base, NULL))
		return;
	why = why_foreign(&r->base, &l.base);
	if (why != NULL) {
		r->logs[i].source = s;
		pass_over_foreign(r, i, why);
		return;
	}
	if (is_of_other_order(&r->base, &l.base))
		return;
	if (replay_entries_newer(&l, &r->base, &at, &sequence))
		replay_say(r, &FINDING_LOG_NEWER, s, at, REGF_LOG_HEAD_BYTES,
			   "log entry",
			   arena_printf(r->diags->arena, "its entry at byte "
					"%llu has the sequence number %u, and "
					"the hive, which is clean, holds "
					"everything before %u. Windows would "
					"not apply it, and it was not applied "
					"here.",
					(unsigned long long)at, sequence,
					r->base.secondary_sequence));
	else if (replay_bitmap_newer(&l, &r->base))
		replay_say(r, &FINDING_LOG_NEWER, s, 0, REGF_BASE_RECORD_BYTES,
			   "log base block",
			   "it was written after the hive, which is clean. "
			   "Windows would not apply it, and it was not applied "
			   "here.");
}

/* Say which logs have what is newer than all that was applied: of a third log
 * Windows takes none, whatever it has.  */
static void say_newer_left(struct replay *r)
{
	struct regf_base now = r->base;

	now.secondary_sequence = r->base.primary_sequence + 1;
	for (size_t i = 0; i < REPLAY_LOGS; i++)
		if (r->report->logs[i].applied &&
		    r->logs[i].base.last_written > now.last_written)
			now.last_written = r->logs[i].base.last_written;
	for (size_t i = 0; i < REPLAY_LOGS; i++) {
		const struct replay_open_log *l = &r->logs[i];
		uint64_t at = 0;
		uint32_t sequence;

		if (!r->report->logs[i].applied &&
		    (replay_entries_newer(l, &now, &at, &sequence) ||
		     replay_bitmap_newer(l, &now)))
			replay_say(r, &FINDING_LOG_NEWER, l->source, at,
				   REGF_LOG_HEAD_BYTES,
				   at > 0 ? "log entry" : "log base block",
				   "it holds newer data than the hive has with "
				   "its other logs. Windows would not apply it "
				   "together with them, and it was not applied "
				   "here.");
	}
}

/* The hive's own base block, and whether it asks for logs.  */
static bool needs_logs(struct replay *r)
{
	r->base_from = r->hive;
	r->base_sound = read_base(r->hive, r->block, &r->base, NULL);
	return !r->base_sound ||
	       r->base.primary_sequence != r->base.secondary_sequence;
}

static int recover(struct replay *r, struct source **ret, struct err *reterr)
{
	int x = replay_logs(r, reterr);

	if (x < 0 || r->report->n_applied == 0)
		return x;
	*ret = make_recovered(r);
	if (*ret == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "recovered hive",
			       r->pages.n, 0);
	say_recovered(r);
	say_newer_left(r);
	return 0;
}

int hive_replay(struct source *hive, struct source *const *logs, size_t n_logs,
		struct arena *a, struct diag_list *d,
		struct source **ret_recovered, struct replay_report *ret,
		struct err *reterr)
{
	struct replay_report report = { 0 };
	struct replay r = {
		.hive = hive, .arena = a, .diags = d, .report = &report,
		.left = ENTRIES_MAX_BYTES,
	};
	struct source *s = NULL;
	int x = 0;

	report.needed = needs_logs(&r);
	for (size_t i = 0; i < n_logs && i < REPLAY_LOGS; i++) {
		if (report.needed)
			open_log(&r, logs[i], i);
		else
			say_newer(&r, logs[i], i);
	}
	if (report.needed)
		x = recover(&r, &s, reterr);
	log_pages_done(&r.pages);
	if (x < 0)
		return x;
	*ret_recovered = s;
	*ret = report;
	return 0;
}
