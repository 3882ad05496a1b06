/*
 * replay_entries.c - logs of entries, of Windows 8.1 and later
 *
 *   - The log that starts first is applied, unless it starts before the hive's
 *     secondary sequence; then the other, if it goes on where that one ended.
 *   - A hive without a sound base block takes that of the log that starts last,
 *     and its pages only.  Where nothing of it can be applied, the other one is
 *     better than none.
 *   - A log ends before the first entry that does not follow, or is damaged.
 *   - A log that is cut behind its base block is no log: the other one is
 *     applied as if it were alone.  The specification lets a log follow only
 *     the last entry that was applied, which speaks of a log that has some:
 *     where its first entry is damaged, the other log waits in vain.  The
 *     author's own recovery (yarp) takes for a log what has room for an entry.
 *
 * An entry is read once, piece by piece, for the hash over its pages; after
 * that, what of it is asked for.
 */
#include <stdlib.h>

#include "base/checked.h"
#include "registry/findings.h"
#include "registry/replay_internal.h"

#define CHUNK_BYTES 16384

/* Entries of a clean hive's log that are looked at for one that is newer: as
 * many as are made in a day or so.  */
#define MAX_NEWER_HEADS 1024

static int check_hash(struct source *s, const struct regf_log_entry *e,
		      struct err *reterr)
{
	uint8_t b[CHUNK_BYTES];
	uint64_t at = e->at + REGF_LOG_HEAD_BYTES, end = e->at + e->size;
	struct regf_log_hash h;
	uint64_t sum;

	regf_log_hash_start(&h);
	for (; at < end; at += sizeof(b)) {
		size_t n = end - at < sizeof(b) ? (size_t)(end - at)
						: sizeof(b);
		int r = source_read(s, at, b, n, reterr);

		if (r < 0)
			return r;
		regf_log_hash_add(&h, (struct span){ b, n, at });
	}
	sum = regf_log_hash_end(&h, (struct span){ b, 0, at });
	if (sum == e->body_hash)
		return 0;
	return err_set(reterr, ERR_CHECKSUM, e->at + 24,
		       "log entry: hash of its pages", sum, e->body_hash);
}

/* Read the list of pages of the entry whose head is @head, and check all of it.
 * *@ret_buf is the caller's to free.  */
static int read_entry(struct replay *r, struct source *s,
		      const struct regf_log_entry *head, uint8_t **ret_buf,
		      struct regf_log_entry *ret, struct err *reterr)
{
	uint32_t n = 0;
	int x;

	if (!range_fits(head->at, head->size, s->size))
		return err_set(reterr, ERR_TRUNCATED, head->at, "log entry",
			       head->size, s->size - head->at);
	if (head->size > r->left)
		return err_set(reterr, ERR_LIMIT, head->at, "log entries",
			       r->left, head->size);
	r->left -= head->size;
	x = regf_log_list_bytes(head, &n, reterr);
	if (x < 0)
		return x;
	*ret_buf = malloc(n);
	if (*ret_buf == NULL)
		return err_set(reterr, ERR_NOMEM, head->at, "log entry", n, 0);
	x = source_read(s, head->at, *ret_buf, n, reterr);
	if (x == 0)
		x = regf_log_entry_parse((struct span){ *ret_buf, n, head->at },
					 ret, reterr);
	return x == 0 ? check_hash(s, ret, reterr) : x;
}

static int add_entry(struct replay *r, size_t log,
		     const struct regf_log_entry *e, struct err *reterr)
{
	struct replay_log *report = &r->report->logs[log];
	struct regf_log_page p = { 0 };

	for (uint32_t i = 0; i < e->n_pages; i++) {
		int x;

		regf_log_page(e, i, &p);
		x = log_pages_add(&r->pages, &(struct log_page){
			p.offset, p.size, r->logs[log].source, p.at,
		}, reterr);
		if (x < 0)
			return x;
		report->pages += p.size / REGF_LOG_UNIT_BYTES;
	}
	if (!report->applied) {
		report->applied = true;
		report->order = r->report->n_applied++;
		report->first_sequence = e->sequence;
	}
	report->last_sequence = e->sequence;
	r->base.primary_sequence = e->sequence;
	r->base.bins_size = e->bins_size;
	r->base.flags = (r->base.flags & ~1u) | (e->flags & 1);
	return 0;
}

static void say_remnant(struct replay *r, struct source *s, uint64_t at,
			uint32_t sequence, uint32_t want)
{
	replay_say(r, &FINDING_LOG_REMNANT, s, at, REGF_LOG_HEAD_BYTES,
		   "log entry",
		   arena_printf(r->diags->arena, "the entry at byte %llu has "
				"the sequence number %u where %u would follow: "
				"the log ends there, the rest is older.",
				(unsigned long long)at, sequence, want));
}

/* The head of the entry @want at @at.  False where the log ends there: what
 * lies there is left from its last use, unless it is the first.  */
static bool head_at(struct replay *r, size_t log, uint64_t at, uint32_t want,
		    struct regf_log_entry *ret)
{
	struct source *s = r->logs[log].source;
	uint8_t b[REGF_LOG_HEAD_BYTES];
	struct span span = { b, sizeof(b), at };
	struct err e;

	if (s->size - at < sizeof(b))
		return false;
	if (source_read(s, at, b, sizeof(b), &e) < 0) {
		replay_say_error(r, s, &e, sizeof(b), "; the log ends there");
		return false;
	}
	if (regf_log_head_parse(span, ret, &e) < 0) {
		if (at == REGF_LOG_START && !span_is_zero(span))
			replay_say_error(r, s, &e, sizeof(b),
					 "; the log was not applied");
		return false;
	}
	if (ret->sequence == want ||
	    (at == REGF_LOG_START && !ret->head_sound))
		return true;
	say_remnant(r, s, at, ret->sequence, want);
	return false;
}

/* Apply the entries of a log, up to the first that does not follow.  */
static int apply_entries(struct replay *r, size_t log, struct err *reterr)
{
	struct source *s = r->logs[log].source;
	uint32_t want = r->logs[log].base.primary_sequence;
	uint64_t at = REGF_LOG_START;
	struct regf_log_entry head = { 0 };

	/* Ends: an entry has a size.  */
	while (at < s->size && head_at(r, log, at, want, &head)) {
		struct regf_log_entry entry = { 0 };
		uint8_t *buf = NULL;
		struct err e;
		int x = read_entry(r, s, &head, &buf, &entry, &e);

		if (x == 0) {
			x = add_entry(r, log, &entry, reterr);
			free(buf);
			if (x < 0)
				return x;
			at += head.size;
			want++;
			continue;
		}
		free(buf);
		if (x == ERR_NOMEM)
			return err_set(reterr, x, at, e.what, e.want, 0);
		replay_say_error(r, s, &e, REGF_LOG_HEAD_BYTES,
				 "; this entry and what follows was not "
				 "applied");
		return 0;
	}
	return 0;
}

static void pass_over_stale(struct replay *r, size_t log)
{
	const struct replay_open_log *l = &r->logs[log];
	uint32_t start = l->base.primary_sequence;

	if (replay_is_entry_log(l) &&
	    replay_is_before(start, r->base.secondary_sequence))
		replay_pass_over(r, log, &FINDING_LOG_NOT_APPLIED,
				 arena_printf(r->diags->arena, "it starts with "
					      "the sequence number %u, the "
					      "hive holds everything before "
					      "%u; it was not applied.", start,
					      r->base.secondary_sequence));
}

/* What cannot hold an entry, and thus cannot be followed either.  */
static void pass_over_cut(struct replay *r, size_t log)
{
	const struct replay_open_log *l = &r->logs[log];

	if (replay_is_entry_log(l) &&
	    l->source->size <= REGF_LOG_START + REGF_LOG_HEAD_BYTES)
		replay_pass_over(r, log, &FINDING_LOG_DAMAGED,
				 arena_printf(r->diags->arena, "it is cut "
					      "short before its first entry, "
					      "%u; it was skipped.",
					      l->base.primary_sequence));
}

static bool starts_before(const struct replay *r, size_t a, size_t b)
{
	return replay_is_before(r->logs[a].base.primary_sequence,
				r->logs[b].base.primary_sequence);
}

/* The log of entries among @n from @first that starts first, or last;
 * REPLAY_LOGS where there is none.  Of two that start alike it is the first of
 * them.  */
static size_t pick(const struct replay *r, size_t first, size_t n, bool last)
{
	size_t best = REPLAY_LOGS;

	for (size_t i = first; i < first + n; i++)
		if (replay_is_entry_log(&r->logs[i]) &&
		    (best == REPLAY_LOGS || (last ? starts_before(r, best, i)
						  : starts_before(r, i, best))))
			best = i;
	return best;
}

/* Say which logs were not applied beside @taken: their pages may be newer than
 * those of a hive that cannot tell.  */
static void pass_over_others(struct replay *r, size_t first, size_t n,
			     size_t taken)
{
	const char *why = arena_printf(r->diags->arena, "the base block of the "
				       "hive is not sound, and in that case "
				       "Windows uses only the log that starts "
				       "last, which is %s; it was not applied.",
				       replay_name(r->logs[taken].source));

	for (size_t i = first; i < first + n; i++)
		if (i != taken && replay_is_entry_log(&r->logs[i]))
			replay_pass_over(r, i, &FINDING_LOG_NOT_APPLIED, why);
}

/* Complete a hive without a sound base block: that of the newest log is it.  */
static int rebuild(struct replay *r, size_t first, size_t n, struct err *reterr)
{
	struct regf_base old = r->base;
	size_t log;

	for (size_t i = first; i < first + n; i++)
		pass_over_cut(r, i);
	/* Ends: one of which nothing can be applied is dropped.  */
	while ((log = pick(r, first, n, true)) != REPLAY_LOGS) {
		int x;

		r->base = r->logs[log].base;
		x = apply_entries(r, log, reterr);
		if (x < 0)
			return x;
		if (r->report->logs[log].applied) {
			struct regf_base base = r->base;

			replay_take_base(r, log);
			r->base = base;
			pass_over_others(r, first, n, log);
			return 0;
		}
		r->base = old;
		r->logs[log].source = NULL;
	}
	return 0;
}

static void say_gap(struct replay *r, size_t log, size_t before)
{
	const struct replay_log *b = &r->report->logs[before];
	uint32_t start = r->logs[log].base.primary_sequence;
	const char *why;

	if (b->applied)
		why = arena_printf(r->diags->arena, "it starts with the "
				   "sequence number %u, but %s ends with %u; "
				   "it was not applied.", start,
				   replay_name(r->logs[before].source),
				   b->last_sequence);
	else
		why = arena_printf(r->diags->arena, "it starts with the "
				   "sequence number %u, and nothing of %s, "
				   "which comes before it, could be applied; "
				   "it was not applied.", start,
				   replay_name(r->logs[before].source));
	replay_pass_over(r, log, &FINDING_LOG_GAP, why);
}

/* Apply the logs in their order to a hive with a sound base block.  */
static int follow(struct replay *r, size_t first, size_t n, struct err *reterr)
{
	size_t one, two;
	int x;

	for (size_t i = first; i < first + n; i++)
		pass_over_stale(r, i);
	for (size_t i = first; i < first + n; i++)
		pass_over_cut(r, i);
	one = pick(r, first, n, false);
	if (one == REPLAY_LOGS)
		return 0;
	x = apply_entries(r, one, reterr);
	two = one == REPLAY_LOG1 ? REPLAY_LOG2 : REPLAY_LOG1;
	if (x < 0 || n < 2 || !replay_is_entry_log(&r->logs[two]))
		return x;
	if (r->report->logs[one].applied &&
	    r->logs[two].base.primary_sequence ==
		    r->report->logs[one].last_sequence + 1)
		return apply_entries(r, two, reterr);
	say_gap(r, two, one);
	return 0;
}

/* Windows puts an empty bin where one has lost its header; what the hive had
 * there is better.  */
static int keep_lost(struct replay *r, const struct lost_bins *lost,
		     struct err *reterr)
{
	struct kept_part *parts = calloc(lost->n + 1, sizeof(*parts));
	int x;

	if (parts == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "bins", lost->n, 0);
	for (size_t i = 0; i < lost->n; i++) {
		parts[i] = lost->list[i].part;
		replay_say_lost(r, &lost->list[i],
				"the old bytes of the hive were kept there.");
	}
	x = log_pages_leave_out(&r->pages, parts, lost->n, reterr);
	free(parts);
	return x;
}

int replay_entries(struct replay *r, size_t first, size_t n, struct err *reterr)
{
	struct lost_bins lost = { 0 };
	int x = r->base_sound ? follow(r, first, n, reterr)
			      : rebuild(r, first, n, reterr);

	if (x < 0 || r->pages.n == 0)
		return x;
	x = replay_check_bins(r, &lost, reterr);
	if (x == 0)
		x = keep_lost(r, &lost, reterr);
	free(lost.list);
	return x;
}

bool replay_entries_newer(const struct replay_open_log *l,
			  const struct regf_base *hive, uint64_t *ret_at,
			  uint32_t *ret_sequence)
{
	uint32_t want = l->base.primary_sequence;
	uint64_t at = REGF_LOG_START;

	if (!replay_is_entry_log(l))
		return false;
	for (int i = 0; i < MAX_NEWER_HEADS; i++, want++) {
		uint8_t b[REGF_LOG_HEAD_BYTES];
		struct span span = { b, sizeof(b), at };
		struct regf_log_entry e;

		if (!range_fits(at, sizeof(b), l->source->size) ||
		    source_read(l->source, at, b, sizeof(b), NULL) < 0 ||
		    regf_log_head_parse(span, &e, NULL) < 0 ||
		    !e.head_sound || e.sequence != want)
			return false;
		if (!replay_is_before(want, hive->secondary_sequence)) {
			*ret_at = at;
			*ret_sequence = want;
			return true;
		}
		at += e.size;
	}
	return false;
}
