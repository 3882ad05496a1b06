/*
 * replay.c - which logs complete a hive, and the hive with their pages
 *
 * What Windows does, after Maxim Suhanov's specification (regf_log.c):
 *
 *   - A hive is dirty if its sequences differ or its base block is not sound;
 *     a clean one is taken as it is.
 *   - Logs of entries: the one that starts first is applied, unless it starts
 *     before the hive's secondary sequence; then the other, if it goes on where
 *     that one ended. A hive without a sound base block takes that of the log
 *     that starts last, and its pages only.
 *   - A bitmap log is applied if it was written at the same time as the hive.
 *     Without a sound base block the hive's first bin tells its time, and the
 *     log's block is taken.  Sources differ on whether that time may be older;
 *     here it may, because a bin that is still to be written has the time of
 *     its last write.
 */
#include "registry/replay.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "format/regf.h"
#include "format/regf_log.h"
#include "registry/findings.h"

/* An entry holds the pages of one write. Windows starts the other log when this
 * one is longer than some MiB; this is far above.  */
#define ENTRY_MAX_BYTES (256u << 20)

#define UNIT REGF_LOG_UNIT_BYTES

/* A changed unit of the bins.  */
struct patch {
	uint32_t unit;
	uint32_t log;
	uint64_t at;		/* in the log */
	size_t order;		/* the last one counts */
};

struct log {
	struct source *source;	/* NULL: absent, or of no use */
	struct regf_base base;
	uint8_t block[REGF_BASE_RECORD_BYTES];
};

struct replay {
	struct source *hive;
	struct regf_base base;
	uint8_t block[REGF_BASE_RECORD_BYTES];
	bool base_sound;
	struct log logs[REPLAY_LOGS];
	struct arena *arena;
	struct diag_list *diags;
	struct replay_report *report;
	struct patch *patches;
	size_t n_patches, room;
	struct source *base_from;	/* whose base block is settled */
};

static const char *name_of(const struct source *s)
{
	return s->file != NULL ? s->file : "transaction log";
}

static void report_at(struct replay *r, const struct diag_kind *kind,
		      struct source *s, uint64_t at, uint64_t n,
		      const char *structure, const char *message)
{
	struct diag *d = diag_add(r->diags, kind, "%s: %s", name_of(s),
				  message != NULL ? message : kind->title);

	if (d != NULL)
		source_cite(s, at, n, structure, r->diags->arena, &d->cites);
}

static void report_error(struct replay *r, struct source *s,
			 const struct err *e, uint64_t n, const char *rest)
{
	char text[160];

	report_at(r, &FINDING_LOG_DAMAGED, s, e->at, n, "log entry",
		  arena_printf(r->diags->arena, "%s%s",
			       err_text(e, text, sizeof(text)), rest));
}

/* Sequences wrap.  */
static bool is_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

static bool is_entry_log(const struct log *l)
{
	return l->source != NULL && l->base.file_type == REGF_LOG_ENTRIES;
}

static bool is_bitmap_log(const struct log *l)
{
	return l->source != NULL && (l->base.file_type == REGF_LOG_XP ||
				     l->base.file_type == REGF_LOG_NT);
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

static void open_log(struct replay *r, struct source *s, struct log *ret)
{
	struct err e;

	/* An empty log is a usual thing: the other one is in use.  */
	if (s == NULL || s->size == 0)
		return;
	if (!read_base(s, ret->block, &ret->base, &e))
		report_error(r, s, &e, REGF_BASE_RECORD_BYTES,
			     "; the log was not applied");
	else
		ret->source = s;
}

static int add_patch(struct replay *r, size_t log, uint32_t unit, uint64_t at,
		     struct err *reterr)
{
	struct patch *p;

	if (r->n_patches == r->room) {
		size_t room = r->room == 0 ? 64 : 2 * r->room;

		p = realloc(r->patches, room * sizeof(*p));
		if (p == NULL)
			return err_set(reterr, ERR_NOMEM, 0, "log pages",
				       room, 0);
		r->patches = p;
		r->room = room;
	}
	r->patches[r->n_patches] = (struct patch){
		unit, (uint32_t)log, at, r->n_patches,
	};
	r->n_patches++;
	r->report->logs[log].pages++;
	return 0;
}

static int add_entry(struct replay *r, size_t log,
		     const struct regf_log_entry *e, struct err *reterr)
{
	struct replay_log *report = &r->report->logs[log];
	struct regf_log_page p = { 0 };

	for (uint32_t i = 0; i < e->n_pages; i++) {
		regf_log_page(e, i, &p);
		for (uint32_t off = 0; off < p.size; off += UNIT) {
			int x = add_patch(r, log, (p.offset + off) / UNIT,
					  p.at + off, reterr);

			if (x < 0)
				return x;
		}
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

/* Read the entry at @at, whose head is sound.  *@ret_buf is the caller's to
 * free.  */
static int read_entry(struct source *s, uint64_t at,
		      const struct regf_log_entry *head, uint8_t **ret_buf,
		      struct regf_log_entry *ret, struct err *reterr)
{
	int r;

	if (!range_fits(at, head->size, s->size))
		return err_set(reterr, ERR_TRUNCATED, at, "log entry",
			       head->size, s->size - at);
	if (head->size > ENTRY_MAX_BYTES)
		return err_set(reterr, ERR_LIMIT, at, "log entry: size",
			       ENTRY_MAX_BYTES, head->size);
	*ret_buf = malloc(head->size);
	if (*ret_buf == NULL)
		return err_set(reterr, ERR_NOMEM, at, "log entry", head->size,
			       0);
	r = source_read(s, at, *ret_buf, head->size, reterr);
	if (r < 0)
		return r;
	return regf_log_entry_parse((struct span){ *ret_buf, head->size, at },
				    ret, reterr);
}

static void report_remnant(struct replay *r, struct source *s, uint64_t at,
			   uint32_t sequence, uint32_t want)
{
	report_at(r, &FINDING_LOG_REMNANT, s, at, REGF_LOG_HEAD_BYTES,
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
		report_error(r, s, &e, sizeof(b), "; the log ends there");
		return false;
	}
	if (regf_log_head_parse(span, ret, &e) < 0) {
		if (at == REGF_LOG_START && !span_is_zero(span))
			report_error(r, s, &e, sizeof(b),
				     "; the log was not applied");
		return false;
	}
	if (ret->sequence == want ||
	    (at == REGF_LOG_START && !ret->head_sound))
		return true;
	report_remnant(r, s, at, ret->sequence, want);
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
		int x = read_entry(s, at, &head, &buf, &entry, &e);

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
		report_error(r, s, &e, REGF_LOG_HEAD_BYTES,
			     "; this entry and what follows was not applied");
		return 0;
	}
	return 0;
}

/* Say that a log was passed over, with a reason in the arena.  */
static void pass_over(struct replay *r, size_t log,
		      const struct diag_kind *kind, const char *why)
{
	report_at(r, kind, r->logs[log].source, 0, REGF_BASE_RECORD_BYTES,
		  "log base block", why);
	r->logs[log].source = NULL;
}

static void pass_over_stale(struct replay *r, size_t log)
{
	const struct log *l = &r->logs[log];
	uint32_t start = l->base.primary_sequence;

	if (is_entry_log(l) && is_before(start, r->base.secondary_sequence))
		pass_over(r, log, &FINDING_LOG_NOT_APPLIED,
			  arena_printf(r->diags->arena, "it starts with the "
				       "sequence number %u, the hive holds all "
				       "before %u; it was not applied.", start,
				       r->base.secondary_sequence));
}

/* The log of entries among @n from @first that starts first, or last;
 * REPLAY_LOGS where there is none.  */
static size_t pick(const struct replay *r, size_t first, size_t n, bool last)
{
	size_t best = REPLAY_LOGS;

	for (size_t i = first; i < first + n; i++) {
		const struct log *l = &r->logs[i];

		if (!is_entry_log(l))
			continue;
		if (best == REPLAY_LOGS ||
		    is_before(l->base.primary_sequence,
			      r->logs[best].base.primary_sequence) != last)
			best = i;
	}
	return best;
}

/* Complete a hive without a sound base block: that of the newest log is it.  */
static int rebuild(struct replay *r, size_t log, struct err *reterr)
{
	struct regf_base old = r->base;
	int x;

	if (log == REPLAY_LOGS)
		return 0;
	r->base = r->logs[log].base;
	x = apply_entries(r, log, reterr);
	if (!r->report->logs[log].applied) {
		r->base = old;
		return x;
	}
	memcpy(r->block, r->logs[log].block, sizeof(r->block));
	r->base_from = r->logs[log].source;
	r->report->base_rebuilt = true;
	return x;
}

static void report_gap(struct replay *r, size_t log, size_t before)
{
	const struct replay_log *b = &r->report->logs[before];
	uint32_t start = r->logs[log].base.primary_sequence;
	const char *why;

	if (b->applied)
		why = arena_printf(r->diags->arena, "it starts with the "
				   "sequence number %u, but %s ends with %u; "
				   "it was not applied.", start,
				   name_of(r->logs[before].source),
				   b->last_sequence);
	else
		why = arena_printf(r->diags->arena, "it starts with the "
				   "sequence number %u, and nothing of %s, "
				   "which comes before it, could be applied; "
				   "it was not applied.", start,
				   name_of(r->logs[before].source));
	pass_over(r, log, &FINDING_LOG_GAP, why);
}

/* Apply the logs of entries among @n from @first, in their order.  */
static int replay_entries(struct replay *r, size_t first, size_t n,
			  struct err *reterr)
{
	size_t one, two;
	int x;

	if (!r->base_sound)
		return rebuild(r, pick(r, first, n, true), reterr);
	for (size_t i = first; i < first + n; i++)
		pass_over_stale(r, i);
	one = pick(r, first, n, false);
	if (one == REPLAY_LOGS)
		return 0;
	x = apply_entries(r, one, reterr);
	two = one == REPLAY_LOG1 ? REPLAY_LOG2 : REPLAY_LOG1;
	if (x < 0 || n < 2 || !is_entry_log(&r->logs[two]))
		return x;
	if (r->report->logs[one].applied &&
	    r->logs[two].base.primary_sequence ==
		    r->report->logs[one].last_sequence + 1)
		return apply_entries(r, two, reterr);
	report_gap(r, two, one);
	return 0;
}

/* Whether a bitmap log that was written at @time completes the hive.  */
static bool time_fits(const struct replay *r, uint64_t time)
{
	uint8_t b[REGF_BIN_HEADER_BYTES];
	struct span span = { b, sizeof(b), REGF_BASE_BYTES };
	struct regf_bin bin;

	if (r->base_sound)
		return time == r->base.last_written;
	return source_read(r->hive, REGF_BASE_BYTES, b, sizeof(b), NULL) == 0 &&
	       regf_bin_parse(span, &bin, NULL) == 0 &&
	       time >= bin.last_written;
}

static void drop_bitmap_logs(struct replay *r)
{
	for (size_t i = 0; i < REPLAY_LOGS; i++) {
		const struct log *l = &r->logs[i];

		if (!is_bitmap_log(l))
			continue;
		if (l->base.primary_sequence != l->base.secondary_sequence)
			pass_over(r, i, &FINDING_LOG_DAMAGED,
				  "it was not written to its end; it was not "
				  "applied.");
		else if (!time_fits(r, l->base.last_written))
			pass_over(r, i, &FINDING_LOG_NOT_APPLIED,
				  "it was not written at the time of the hive; "
				  "it was not applied.");
	}
}

/* Add the units of a bitmap log, which has to hold them all.  */
static int add_bitmap(struct replay *r, size_t log, const struct regf_dirt *d,
		      struct err *reterr)
{
	struct log *l = &r->logs[log];
	uint64_t at = d->units_at;
	size_t before = r->n_patches;

	for (uint32_t i = 0; i < l->base.bins_size / UNIT; i++) {
		int x;

		if (!regf_dirt_has(d, i))
			continue;
		if (!range_fits(at, UNIT, l->source->size)) {
			r->n_patches = before;
			r->report->logs[log].pages = 0;
			return err_set(reterr, ERR_TRUNCATED, at, "log pages",
				       UNIT, at < l->source->size
						     ? l->source->size - at
						     : 0);
		}
		x = add_patch(r, log, i, at, reterr);
		if (x < 0)
			return x;
		at += UNIT;
	}
	return 0;
}

static int read_bitmap(struct replay *r, size_t log, uint8_t **ret_buf,
		       struct err *reterr)
{
	const struct log *l = &r->logs[log];
	uint32_t n = regf_dirt_bytes(l->base.bins_size);
	struct span span = { NULL, n, REGF_LOG_START };
	struct regf_dirt d = { 0 };
	int x;

	if (!range_fits(REGF_LOG_START, n, l->source->size))
		return err_set(reterr, ERR_TRUNCATED, REGF_LOG_START,
			       "log bitmap", n, l->source->size);
	*ret_buf = malloc(n);
	if (*ret_buf == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "log bitmap", n, 0);
	x = source_read(l->source, REGF_LOG_START, *ret_buf, n, reterr);
	span.p = *ret_buf;
	if (x == 0)
		x = regf_dirt_parse(span, l->base.bins_size, &d, reterr);
	return x < 0 ? x : add_bitmap(r, log, &d, reterr);
}

static void settle_bitmap(struct replay *r, size_t log)
{
	const struct log *l = &r->logs[log];
	struct replay_log *report = &r->report->logs[log];

	report->applied = true;
	report->order = r->report->n_applied++;
	report->first_sequence = l->base.primary_sequence;
	report->last_sequence = l->base.primary_sequence;
	if (!r->base_sound) {
		r->base = l->base;
		memcpy(r->block, l->block, sizeof(r->block));
		r->base_from = l->source;
		r->report->base_rebuilt = true;
	}
	r->base.bins_size = l->base.bins_size;
}

/* The bitmap log that was written last, the first of several; REPLAY_LOGS where
 * there is none left.  */
static size_t pick_bitmap(const struct replay *r)
{
	size_t best = REPLAY_LOGS;

	uint64_t time = 0;

	for (size_t i = 0; i < REPLAY_LOGS; i++) {
		const struct log *l = &r->logs[i];

		if (!is_bitmap_log(l) ||
		    (best != REPLAY_LOGS && l->base.last_written <= time))
			continue;
		best = i;
		time = l->base.last_written;
	}
	return best;
}

static int replay_bitmap(struct replay *r, struct err *reterr)
{
	size_t i;

	drop_bitmap_logs(r);
	/* Ends: one that fails is dropped.  */
	while ((i = pick_bitmap(r)) != REPLAY_LOGS) {
		uint8_t *buf = NULL;
		struct err e;
		int x = read_bitmap(r, i, &buf, &e);

		free(buf);
		if (x == 0) {
			settle_bitmap(r, i);
			return 0;
		}
		if (x == ERR_NOMEM)
			return err_set(reterr, x, e.at, e.what, e.want, 0);
		report_error(r, r->logs[i].source, &e, UNIT,
			     "; the log was not applied");
		r->logs[i].source = NULL;
	}
	return 0;
}

/* The recovered hive: pieces of the hive and the logs behind a base block that
 * is made up.  */
struct recovered {
	struct source source;
	struct source *pieces;
	struct source *base_from;
	uint8_t block[REGF_BASE_RECORD_BYTES];
};

static int recovered_read(struct source *s, uint64_t off, void *buf, size_t n,
			  struct err *reterr)
{
	struct recovered *h = (struct recovered *)s;
	size_t take = 0;

	if (off < sizeof(h->block)) {
		take = sizeof(h->block) - (size_t)off;
		if (take > n)
			take = n;
		memcpy(buf, h->block + off, take);
	}
	return source_read(h->pieces, off + take, (uint8_t *)buf + take,
			   n - take, reterr);
}

static struct source_place recovered_place(struct source *s, uint64_t off)
{
	struct recovered *h = (struct recovered *)s;

	if (off < sizeof(h->block))
		return (struct source_place){ h->base_from, off,
					      sizeof(h->block) - off };
	return h->pieces->ops->place(h->pieces, off);
}

static void recovered_free(struct source *s)
{
	source_free(((struct recovered *)s)->pieces);
	free(s);
}

static const struct source_ops recovered_ops = {
	recovered_read, recovered_place, recovered_free,
};

static int compare_patches(const void *a, const void *b)
{
	const struct patch *x = a, *y = b;

	if (x->unit != y->unit)
		return x->unit < y->unit ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

/* Pieces in the making; there is room for all that can come.  */
struct pieces {
	struct source_piece *list;
	size_t n;
	uint64_t end;
};

static void add_piece(struct pieces *p, struct source *s, uint64_t off,
		      uint64_t n)
{
	struct source_piece *last = p->n > 0 ? &p->list[p->n - 1] : NULL;

	if (n == 0)
		return;
	p->end += n;
	if (last != NULL && last->below == s &&
	    (s == NULL || last->off + last->n == off))
		last->n += n;
	else
		p->list[p->n++] = (struct source_piece){ s, off, n };
}

/* The hive's own bytes up to @end, and zeros behind it.  */
static void add_own(struct pieces *p, struct source *hive, uint64_t end)
{
	uint64_t from = p->end;

	if (from < hive->size && from < end)
		add_piece(p, hive, from,
			  (end < hive->size ? end : hive->size) - from);
	if (p->end < end)
		add_piece(p, NULL, 0, end - p->end);
}

/* How far the recovered hive reaches. A log that extends the hive holds all of
 * the new bins; a size beyond what is there to read is not believed.  */
static uint64_t recovered_end(const struct replay *r)
{
	uint64_t end = REGF_BASE_BYTES + (uint64_t)r->base.bins_size;
	uint64_t most = r->hive->size + REGF_BASE_BYTES +
			(uint64_t)r->n_patches * UNIT;

	return end < most ? end : most;
}

static void lay_pieces(struct replay *r, struct pieces *p)
{
	uint64_t end = recovered_end(r);

	/* A bitmap may have no bit set.  */
	if (r->n_patches > 0)
		qsort(r->patches, r->n_patches, sizeof(*r->patches),
		      compare_patches);
	for (size_t i = 0; i < r->n_patches; i++) {
		const struct patch *x = &r->patches[i];
		uint64_t at = REGF_BASE_BYTES + (uint64_t)x->unit * UNIT;

		if (i + 1 < r->n_patches && x[1].unit == x->unit)
			continue;
		if (at > end || end - at < UNIT)
			break;
		add_own(p, r->hive, at);
		add_piece(p, r->logs[x->log].source, x->at, UNIT);
	}
	add_own(p, r->hive, end > r->hive->size ? end : r->hive->size);
}

static struct source *make_recovered(struct replay *r)
{
	struct recovered *h = calloc(1, sizeof(*h));
	/* A unit gives itself and at most two pieces before it.  */
	struct pieces p = { calloc(3 * r->n_patches + 2, sizeof(*p.list)), 0,
			    0 };

	if (h != NULL && p.list != NULL) {
		lay_pieces(r, &p);
		h->pieces = source_concat(p.list, p.n);
	}
	free(p.list);
	if (h == NULL || h->pieces == NULL) {
		free(h);
		return NULL;
	}
	h->source = (struct source){
		.ops = &recovered_ops, .size = h->pieces->size,
		.sector_size = r->hive->sector_size,
	};
	h->base_from = r->base_from;
	memcpy(h->block, r->block, sizeof(h->block));
	regf_base_settle(h->block, &r->base);
	return &h->source;
}

static void report_recovered(struct replay *r)
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
				    name_of(r->logs[log].source),
				    l->first_sequence, l->last_sequence,
				    (unsigned long long)l->pages);
	}
	report_at(r, &FINDING_HIVE_RECOVERED, r->hive, 0,
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

/* The hive's own base block, and whether it asks for logs.  */
static bool needs_logs(struct replay *r)
{
	r->base_from = r->hive;
	r->base_sound = read_base(r->hive, r->block, &r->base, NULL);
	return !r->base_sound ||
	       r->base.primary_sequence != r->base.secondary_sequence;
}

int hive_replay(struct source *hive, struct source *const *logs, size_t n_logs,
		struct arena *a, struct diag_list *d,
		struct source **ret_recovered, struct replay_report *ret,
		struct err *reterr)
{
	struct replay_report report = { 0 };
	struct replay r = {
		.hive = hive, .arena = a, .diags = d, .report = &report,
	};
	struct source *s = NULL;
	int x = 0;

	report.needed = needs_logs(&r);
	if (report.needed) {
		for (size_t i = 0; i < n_logs && i < REPLAY_LOGS; i++)
			open_log(&r, logs[i], &r.logs[i]);
		x = replay_logs(&r, reterr);
	}
	if (x == 0 && report.n_applied > 0) {
		s = make_recovered(&r);
		if (s == NULL)
			x = err_set(reterr, ERR_NOMEM, 0, "recovered hive",
				    r.n_patches, 0);
		else
			report_recovered(&r);
	}
	free(r.patches);
	if (x < 0)
		return x;
	*ret_recovered = s;
	*ret = report;
	return 0;
}
