/*
 * replay_bitmap.c - logs with a bitmap of dirty pages, before Windows 8.1
 *
 * A log is one write of the hive, whole.  It completes the hive if both were
 * written at the same time; without a sound base block the hive's first bin
 * tells its time, and the log's block is taken.  Of several such logs the first
 * counts, .LOG1 before .LOG2 before .LOG, as in all versions of Windows: the
 * other may be half-written, and nothing in it would tell.
 *
 * Where none is of that time, the one that was written last counts, if that was
 * after the hive: a write that failed before it reached the hive is in the
 * other log, too.  Windows 8, and 7 since March 2016, take .LOG2 so; here it
 * may be any.  The first bin of a hive without a base block tells of the write
 * before, if the bin itself was still to be written.
 *
 * A log that leaves a bin without a header is only taken if there is no other,
 * and up to there: Windows stops there, too.
 */
#include <stdlib.h>

#include "base/checked.h"
#include "registry/findings.h"
#include "registry/replay_internal.h"

#define UNIT REGF_LOG_UNIT_BYTES

/* When the hive was written, or began to be; 0 where nothing tells.  */
static uint64_t time_of_hive(struct replay *r)
{
	uint8_t b[REGF_BIN_HEADER_BYTES];
	struct span span = { b, sizeof(b), REGF_BASE_BYTES };
	struct regf_bin bin;

	if (r->base_sound)
		return r->base.last_written;
	if (source_read(r->hive, REGF_BASE_BYTES, b, sizeof(b), NULL) < 0 ||
	    regf_bin_parse(span, &bin, NULL) < 0)
		return 0;
	return bin.last_written;
}

static void drop_old(struct replay *r, uint64_t time)
{
	for (size_t i = 0; i < REPLAY_LOGS; i++)
		if (replay_is_bitmap_log(&r->logs[i]) &&
		    r->logs[i].base.last_written < time)
			replay_pass_over(r, i, &FINDING_LOG_NOT_APPLIED,
					 "it was written before the hive was; "
					 "it was not applied.");
}

/* The log that counts most of those that are left.  */
static size_t pick(const struct replay *r, uint64_t time)
{
	size_t best = REPLAY_LOGS;

	for (size_t i = 0; i < REPLAY_LOGS; i++) {
		const struct replay_open_log *l = &r->logs[i];

		if (!replay_is_bitmap_log(l))
			continue;
		if (l->base.last_written == time)
			return i;
		if (best == REPLAY_LOGS ||
		    l->base.last_written > r->logs[best].base.last_written)
			best = i;
	}
	return best;
}

/* Add the units of a bitmap log, which has to hold them all.  */
static int add_units(struct replay *r, const struct replay_open_log *l,
		     const struct regf_dirt *d, struct err *reterr)
{
	struct log_page p = { 0, UNIT, l->source, d->units_at };

	for (uint32_t i = 0; i < l->base.bins_size / UNIT; i++) {
		int x;

		if (!regf_dirt_has(d, i))
			continue;
		if (!range_fits(p.at, UNIT, l->source->size))
			return err_set(reterr, ERR_TRUNCATED, p.at,
				       "log pages", UNIT,
				       p.at < l->source->size
					       ? l->source->size - p.at : 0);
		p.offset = i * UNIT;
		x = log_pages_add(&r->pages, &p, reterr);
		if (x < 0)
			return x;
		p.at += UNIT;
	}
	return 0;
}

/* Read the bitmap of a log, and add the units that it names.  */
static int read_log(struct replay *r, const struct replay_open_log *l,
		    struct err *reterr)
{
	uint32_t n = regf_dirt_bytes(l->base.bins_size);
	struct regf_dirt dirt = { 0 };
	uint8_t *buf;
	int x;

	log_pages_done(&r->pages);
	if (!range_fits(REGF_LOG_START, n, l->source->size))
		return err_set(reterr, ERR_TRUNCATED, REGF_LOG_START,
			       "log bitmap", n,
			       l->source->size - REGF_LOG_START);
	buf = malloc(n);
	if (buf == NULL)
		return err_set(reterr, ERR_NOMEM, REGF_LOG_START, "log bitmap",
			       n, 0);
	x = source_read(l->source, REGF_LOG_START, buf, n, reterr);
	if (x == 0)
		x = regf_dirt_parse((struct span){ buf, n, REGF_LOG_START },
				    l->base.bins_size, &dirt, reterr);
	if (x == 0)
		x = add_units(r, l, &dirt, reterr);
	free(buf);
	return x;
}

static void settle(struct replay *r, size_t log)
{
	const struct replay_open_log *l = &r->logs[log];
	struct replay_log *report = &r->report->logs[log];

	report->applied = true;
	report->order = r->report->n_applied++;
	report->first_sequence = l->base.primary_sequence;
	report->last_sequence = l->base.primary_sequence;
	for (size_t i = 0; i < r->pages.n; i++)
		report->pages += r->pages.list[i].size / UNIT;
	if (!r->base_sound)
		replay_take_base(r, log);
	r->base.bins_size = l->base.bins_size;
}

/* Try a log, of which all can be applied up to *@ret_end.  Where it cannot be
 * read, which has been said, that is 0.  */
static int try_log(struct replay *r, size_t log, uint64_t *ret_end,
		   struct err *reterr)
{
	struct replay_open_log *l = &r->logs[log];
	struct lost_bins lost = { 0 };
	struct err e;
	int x = read_log(r, l, &e);

	*ret_end = 0;
	if (x == ERR_NOMEM)
		return err_set(reterr, x, e.at, e.what, e.want, 0);
	if (x < 0) {
		replay_say_error(r, l->source, &e, UNIT,
				 "; the log was not applied");
		return 0;
	}
	x = replay_check_bins(r, &lost, reterr);
	*ret_end = lost.n > 0 ? lost.list[0].part.offset : UINT64_MAX;
	if (x == 0 && lost.n > 0)
		replay_say_lost(r, &lost.list[0],
				"it can be applied up to there at most.");
	free(lost.list);
	return x;
}

/* Say which logs would have served as well.  */
static void say_others(struct replay *r, size_t taken)
{
	const char *why = arena_printf(r->diags->arena, "it could complete the "
				       "hive as well, but %s was taken.",
				       replay_name(r->logs[taken].source));

	for (size_t i = 0; i < REPLAY_LOGS; i++)
		if (i != taken && replay_is_bitmap_log(&r->logs[i]))
			replay_pass_over(r, i, &FINDING_LOG_NOT_APPLIED, why);
}

/* Apply of @log what lies before @end.  */
static int apply_part(struct replay *r, size_t log, uint64_t end,
		      struct err *reterr)
{
	struct kept_part rest = { (uint32_t)end, UINT32_MAX - (uint32_t)end };
	int x = read_log(r, &r->logs[log], reterr);

	if (x == 0)
		x = log_pages_leave_out(&r->pages, &rest, 1, reterr);
	if (x == 0)
		settle(r, log);
	return x;
}

int replay_bitmap(struct replay *r, struct err *reterr)
{
	struct replay_open_log part = { 0 };
	size_t i, part_of = REPLAY_LOGS;
	uint64_t time = time_of_hive(r), end, part_end = 0;

	drop_old(r, time);
	/* Ends: each is dropped, unless it is applied.  */
	while ((i = pick(r, time)) != REPLAY_LOGS) {
		int x = try_log(r, i, &end, reterr);

		if (x < 0)
			return x;
		if (end == UINT64_MAX) {
			settle(r, i);
			say_others(r, i);
			return 0;
		}
		if (end > 0 && part_of == REPLAY_LOGS) {
			part = r->logs[i];
			part_of = i;
			part_end = end;
		}
		r->logs[i].source = NULL;
	}
	if (part_of == REPLAY_LOGS)
		return 0;
	r->logs[part_of] = part;
	return apply_part(r, part_of, part_end, reterr);
}

bool replay_bitmap_newer(const struct replay_open_log *l,
			 const struct regf_base *hive)
{
	uint8_t b[4];

	return replay_is_bitmap_log(l) &&
	       l->base.primary_sequence == l->base.secondary_sequence &&
	       l->base.last_written > hive->last_written &&
	       source_read(l->source, REGF_LOG_START, b, sizeof(b), NULL) ==
		       0 &&
	       span_has((struct span){ b, sizeof(b), REGF_LOG_START }, 0,
			"DIRT", sizeof(b));
}
