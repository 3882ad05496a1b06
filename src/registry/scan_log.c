/*
 * scan_log.c - the states of a hive that its logs hold
 *
 * Each entry of a log is the hive at one moment: its own pages, over those of
 * the entries before it, over the hive. A record is read in the state of the
 * entry that holds it, because its data may lie in another page, or in no page
 * of a log at all. Entries that were applied are looked at like the others:
 * what later ones replaced is seen nowhere else.
 */
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "format/regf_log.h"
#include "registry/scan_internal.h"

#define UNIT REGF_LOG_UNIT_BYTES

/* Windows starts the other log when this one has some MiB.  */
#define LOG_MAX_BYTES (64u << 20)

/* Entries have orders from here on, by their sequence; a bitmap log has a lower
 * one of its own, and is a state for itself, and so is what is left of an
 * entry.  */
#define ENTRY_ORDER ((uint64_t)1 << 31)
#define REST_ORDER 16

/* Units that follow each other in the hive, of one state.  */
struct run {
	uint64_t order;
	uint64_t from, to;	/* in the hive file */
};

/* Bytes of a log that belong to no known page.  */
struct rest {
	size_t log;
	uint64_t from, to;
};

struct collect {
	struct scan *scan;
	uint32_t reference;	/* sequences wrap: they are told from this */
	struct run *runs;
	size_t n_runs;
	struct rest *rests;
	size_t n_rests, n_regions;
};

static bool same_kind(uint64_t order, uint64_t other)
{
	return order < ENTRY_ORDER ? order == other : other >= ENTRY_ORDER;
}

/* The newest unit of the state @order; NULL: no log has it.  */
static const struct log_unit *find_unit(const struct scan *s, uint64_t order,
					uint64_t at)
{
	uint64_t unit = (at - REGF_BASE_BYTES) / UNIT;
	size_t low = 0, high = s->n_units;

	if (at < REGF_BASE_BYTES)
		return NULL;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct log_unit *u = &s->units[mid];

		if (u->unit < unit || (u->unit == unit && u->order <= order))
			low = mid + 1;
		else
			high = mid;
	}
	if (low == 0 || s->units[low - 1].unit != unit ||
	    !same_kind(order, s->units[low - 1].order))
		return NULL;
	return &s->units[low - 1];
}

/* How many bytes lie together in the log from @off on, which is in @u.  */
static uint64_t bytes_together(const struct scan *s, uint64_t order,
			       const struct log_unit *u, uint64_t off)
{
	uint64_t n = UNIT - off % UNIT;

	for (uint64_t i = 1; i < SCAN_DATA_MAX_BYTES / UNIT; i++) {
		const struct log_unit *next = find_unit(s, order, off + n);

		if (next == NULL || next->log != u->log ||
		    next->at != u->at + i * UNIT)
			break;
		n += UNIT;
	}
	return n;
}

static struct source_place view_place(struct source *source, uint64_t off)
{
	struct log_view *v = (struct log_view *)source;
	struct scan *s = v->scan;
	const struct log_unit *u = find_unit(s, v->order, off);
	struct source *hive = s->states[ORIGIN_HIVE].source;
	uint64_t n = UNIT - off % UNIT;

	if (u != NULL)
		return (struct source_place){
			s->q->logs[u->log], u->at + off % UNIT,
			bytes_together(s, v->order, u, off),
		};
	if (off >= hive->size)
		return (struct source_place){ NULL, off, n };
	return (struct source_place){ hive, off, n };
}

static int view_read(struct source *source, uint64_t off, void *buf, size_t n,
		     struct err *reterr)
{
	struct log_view *v = (struct log_view *)source;
	struct source *hive = v->scan->states[ORIGIN_HIVE].source;
	uint8_t *out = buf;

	/* Ends: each turn takes at least a byte.  */
	while (n > 0) {
		const struct log_unit *u = find_unit(v->scan, v->order, off);
		uint64_t left = UNIT - off % UNIT;
		size_t take = left < n ? (size_t)left : n;
		int r = 0;

		if (u != NULL)
			r = source_read(v->scan->q->logs[u->log],
					u->at + off % UNIT, out, take, reterr);
		else if (range_fits(off, take, hive->size))
			r = source_read(hive, off, out, take, reterr);
		else
			memset(out, 0, take);
		if (r < 0)
			return r;
		out += take;
		off += take;
		n -= take;
	}
	return 0;
}

static void view_free(struct source *source)
{
	(void)source;
}

static const struct source_ops view_ops = { view_read, view_place, view_free };

static void init_view(struct scan *s)
{
	const struct state *hive = &s->states[ORIGIN_HIVE];
	uint64_t size = hive->source->size;

	for (size_t i = 0; i < s->n_units; i++) {
		uint64_t end = REGF_BASE_BYTES +
			       ((uint64_t)s->units[i].unit + 1) * UNIT;

		if (size < end)
			size = end;
	}
	s->view = (struct log_view){
		.source = { .ops = &view_ops, .size = size }, .scan = s,
	};
	s->view_cells->source = &s->view.source;
	s->view_cells->end = size;
	s->view_cells->layout = hive->cells->layout;
}

struct cells *scan_view(struct scan *s, uint64_t order)
{
	if (s->view.order != order) {
		s->view.order = order;
		for (size_t i = 0; i < CELLS_PAGES; i++)
			s->view_cells->pages[i].used = 0;
	}
	return s->view_cells;
}

bool scan_view_has(struct scan *s, uint64_t order, uint64_t at)
{
	return find_unit(s, order, at) != NULL;
}

static void add_unit(struct collect *c, size_t log, uint64_t order,
		     uint32_t unit, uint64_t at)
{
	struct scan *s = c->scan;
	struct log_unit *u = arena_push(s->work, &s->units, s->n_units,
					sizeof(*u));
	uint64_t from = REGF_BASE_BYTES + (uint64_t)unit * UNIT;
	struct run *run;

	if (u == NULL) {
		s->out_of_memory = true;
		return;
	}
	*u = (struct log_unit){ unit, (uint32_t)log, at, order };
	s->n_units++;
	run = c->n_runs > 0 ? &c->runs[c->n_runs - 1] : NULL;
	if (run != NULL && run->order == order && run->to == from) {
		run->to += UNIT;
		return;
	}
	run = arena_push(s->work, &c->runs, c->n_runs, sizeof(*run));
	if (run == NULL) {
		s->out_of_memory = true;
		return;
	}
	*run = (struct run){ order, from, from + UNIT };
	c->n_runs++;
}

static void add_bytes(struct collect *c, size_t log, uint64_t from, uint64_t to)
{
	struct rest *r;

	if (from >= to)
		return;
	r = arena_push(c->scan->work, &c->rests, c->n_rests, sizeof(*r));
	if (r == NULL) {
		c->scan->out_of_memory = true;
		return;
	}
	*r = (struct rest){ log, from, to };
	c->n_rests++;
}

#define BIN_BLOCK_BYTES 65536

/* The first bin header in the @n bytes of @buf that says where in the hive its
 * page was; SIZE_MAX where there is none.  */
static size_t find_bin(const uint8_t *buf, size_t n, struct regf_bin *ret)
{
	for (size_t i = 0; i + REGF_BIN_HEADER_BYTES <= n; i += 2)
		if (buf[i] == 'h' &&
		    regf_bin_parse((struct span){ buf + i,
						  REGF_BIN_HEADER_BYTES, 0 },
				   ret, NULL) == 0 &&
		    ret->offset % CELLS_PAGE_BYTES == 0 &&
		    ret->offset < UINT32_MAX / 2 && ret->size > 0 &&
		    ret->size % CELLS_PAGE_BYTES == 0)
			return i;
	return SIZE_MAX;
}

/* An entry that was overwritten in part: its list of pages is gone, but pages
 * that begin a bin tell themselves where they were.  */
static void add_rest(struct collect *c, size_t log, uint64_t from, uint64_t to)
{
	struct source *s = c->scan->q->logs[log];
	uint64_t order = REST_ORDER + c->n_regions++, at = from;
	uint8_t *buf = malloc(BIN_BLOCK_BYTES);

	if (buf == NULL)
		c->scan->out_of_memory = true;
	/* Ends: each turn goes on by a page, or to the next block.  */
	while (buf != NULL && to - at >= CELLS_PAGE_BYTES &&
	       !c->scan->out_of_memory) {
		size_t n = to - at < BIN_BLOCK_BYTES ? (size_t)(to - at)
						     : BIN_BLOCK_BYTES;
		struct regf_bin bin;
		size_t i = SIZE_MAX;

		if (source_read(s, at, buf, n, NULL) == 0)
			i = find_bin(buf, n, &bin);
		if (i == SIZE_MAX) {
			at += n - REGF_BIN_HEADER_BYTES + 2;
			continue;
		}
		at += i;
		if (to - at < CELLS_PAGE_BYTES)
			break;
		add_bytes(c, log, from, at);
		for (uint32_t k = 0; k < CELLS_PAGE_BYTES / UNIT; k++)
			add_unit(c, log, order, bin.offset / UNIT + k,
				 at + k * UNIT);
		at += CELLS_PAGE_BYTES;
		from = at;
	}
	free(buf);
	add_bytes(c, log, from, to);
}

static void add_entry(struct collect *c, size_t log,
		      const struct regf_log_entry *e)
{
	uint64_t order = ENTRY_ORDER + ENTRY_ORDER +
			 (uint64_t)(int64_t)(int32_t)(e->sequence -
						      c->reference);
	struct regf_log_page p = { 0 };

	for (uint32_t i = 0; i < e->n_pages; i++) {
		regf_log_page(e, i, &p);
		for (uint32_t off = 0; off < p.size; off += UNIT)
			add_unit(c, log, order, (p.offset + off) / UNIT,
				 p.at + off);
	}
}

/* Parse an entry whose pages are all as they were written.  */
static bool is_whole(struct span s, struct regf_log_entry *ret)
{
	struct span body;

	return span_sub(s, REGF_LOG_HEAD_BYTES, s.n - REGF_LOG_HEAD_BYTES,
			&body) &&
	       regf_log_hash(body) == ret->body_hash &&
	       regf_log_entry_parse(s, ret, NULL) == 0;
}

/* The entry at @at, if a sound one is there.  Returns its size, or 0.  */
static uint32_t try_entry(struct collect *c, size_t log, uint64_t at,
			  uint64_t end)
{
	struct source *s = c->scan->q->logs[log];
	uint8_t head[REGF_LOG_HEAD_BYTES], *buf;
	struct regf_log_entry e = { 0 };
	uint32_t size = 0;

	if (end - at < sizeof(head) ||
	    source_read(s, at, head, sizeof(head), NULL) < 0 ||
	    regf_log_head_parse((struct span){ head, sizeof(head), at }, &e,
				NULL) < 0 ||
	    !e.head_sound || e.size > end - at)
		return 0;
	buf = malloc(e.size);
	if (buf == NULL) {
		c->scan->out_of_memory = true;
		return 0;
	}
	size = e.size;
	if (source_read(s, at, buf, size, NULL) == 0 &&
	    is_whole((struct span){ buf, size, at }, &e))
		add_entry(c, log, &e);
	else
		size = 0;
	free(buf);
	return size;
}

/* All sound entries, wherever they lie: old ones follow the last that counts,
 * behind what is left of the one that it overwrote.  */
static void collect_entries(struct collect *c, size_t log, uint64_t end)
{
	uint64_t rest = REGF_LOG_START, at = REGF_LOG_START;

	while (at < end && !c->scan->out_of_memory) {
		uint32_t size = try_entry(c, log, at, end);

		if (size == 0) {
			at += UNIT;
			continue;
		}
		add_rest(c, log, rest, at);
		at += size;
		rest = at;
	}
	add_rest(c, log, rest, end);
}

/* Returns where the units of a bitmap log end.  */
static uint64_t add_bitmap(struct collect *c, size_t log, uint64_t end,
			   const struct regf_dirt *d, uint32_t bins_size)
{
	uint64_t at = d->units_at;

	for (uint32_t i = 0; i < bins_size / UNIT; i++) {
		if (!regf_dirt_has(d, i))
			continue;
		if (!range_fits(at, UNIT, end))
			break;
		add_unit(c, log, log, i, at);
		at += UNIT;
	}
	return at;
}

static void collect_bitmap(struct collect *c, size_t log, uint64_t end,
			   const struct regf_base *base)
{
	struct source *s = c->scan->q->logs[log];
	uint32_t n = regf_dirt_bytes(base->bins_size);
	uint64_t rest = REGF_LOG_START;
	struct regf_dirt d = { 0 };
	uint8_t *buf;

	if (!range_fits(REGF_LOG_START, n, end)) {
		add_rest(c, log, rest, end);
		return;
	}
	buf = malloc(n);
	if (buf == NULL) {
		c->scan->out_of_memory = true;
		return;
	}
	if (source_read(s, REGF_LOG_START, buf, n, NULL) == 0 &&
	    regf_dirt_parse((struct span){ buf, n, REGF_LOG_START },
			    base->bins_size, &d, NULL) == 0)
		rest = add_bitmap(c, log, end, &d, base->bins_size);
	free(buf);
	add_rest(c, log, rest, end);
}

static void collect_log(struct collect *c, size_t log)
{
	struct source *s = c->scan->q->logs[log];
	uint8_t block[REGF_BASE_RECORD_BYTES];
	struct regf_base base = { 0 };
	uint64_t end;

	if (s == NULL || s->size <= REGF_LOG_START)
		return;
	end = s->size < LOG_MAX_BYTES ? s->size : LOG_MAX_BYTES;
	if (end < s->size)
		c->scan->cut = true;
	if (source_read(s, 0, block, sizeof(block), NULL) == 0 &&
	    regf_base_parse((struct span){ block, sizeof(block), 0 }, &base,
			    NULL) == 0 &&
	    base.checksum == base.checksum_computed &&
	    (base.file_type == REGF_LOG_XP || base.file_type == REGF_LOG_NT))
		collect_bitmap(c, log, end, &base);
	else
		collect_entries(c, log, end);
}

static int compare_units(const void *a, const void *b)
{
	const struct log_unit *x = a, *y = b;

	if (x->unit != y->unit)
		return x->unit < y->unit ? -1 : 1;
	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	if (x->log != y->log)
		return x->log < y->log ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static uint32_t reference_sequence(const struct scan *s)
{
	uint8_t block[REGF_BASE_RECORD_BYTES];
	struct regf_base base = { 0 };

	if (source_read(s->q->hive, 0, block, sizeof(block), NULL) == 0)
		(void)regf_base_parse((struct span){ block, sizeof(block), 0 },
				      &base, NULL);
	return base.primary_sequence;
}

void scan_logs(struct scan *s)
{
	struct collect c = { .scan = s, .reference = reference_sequence(s) };

	for (size_t i = 0; i < s->q->n_logs && !s->out_of_memory; i++)
		collect_log(&c, i);
	if (s->n_units > 0)
		qsort(s->units, s->n_units, sizeof(*s->units), compare_units);
	init_view(s);
	for (size_t i = 0; i < c.n_runs && !s->out_of_memory; i++) {
		struct seek seek = {
			.origin = ORIGIN_LOG, .source = &s->view.source,
			.order = c.runs[i].order,
		};

		scan_view(s, seek.order);
		scan_search(s, &seek, c.runs[i].from, c.runs[i].to);
	}
	for (size_t i = 0; i < c.n_rests && !s->out_of_memory; i++) {
		struct seek seek = {
			.origin = ORIGIN_LOG_REST, .log = c.rests[i].log,
			.source = s->q->logs[c.rests[i].log],
		};

		scan_search(s, &seek, c.rests[i].from, c.rests[i].to);
	}
}
