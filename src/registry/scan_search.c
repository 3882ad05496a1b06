/*
 * scan_search.c - the cells of a hive, one behind the other, and the records
 * that a block of bytes holds
 */
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "registry/scan_internal.h"

#define BLOCK_BYTES (1u << 20)

/* A record that begins in a block ends behind it by no more: a vk has 20
 * bytes, an nk 76.  */
#define MARGIN_BYTES (SCAN_NAME_MAX_BYTES + 128)

#define VALUE_NAME_AT 20

struct tile scan_tile(const struct state *st)
{
	return (struct tile){
		.layout = st->cells->layout, .end = st->cells->end,
		.bin_end = REGF_BASE_BYTES,
		.area = AREA_HEAD, .stop = REGF_BASE_BYTES,
	};
}

static uint64_t page_behind(uint64_t at)
{
	return (at / CELLS_PAGE_BYTES + 1) * CELLS_PAGE_BYTES;
}

static void set_area(struct tile *t, enum area area, uint64_t stop)
{
	t->area = area;
	t->start = t->stop;
	t->stop = stop;
}

/* Whether a bin begins here that says so itself.  */
static bool sound_bin(const struct tile *t, struct span buf, uint64_t *ret_end)
{
	struct regf_bin bin;

	if (regf_bin_parse(buf, &bin, NULL) < 0 ||
	    bin.offset != t->stop - REGF_BASE_BYTES || bin.size == 0 ||
	    bin.size % CELLS_PAGE_BYTES != 0)
		return false;
	*ret_end = t->stop + bin.size < t->end ? t->stop + bin.size : t->end;
	return true;
}

/* Bytes that are no cells reach up to a page that begins a bin again.  */
static void enter_ruin(struct tile *t, struct span buf)
{
	uint64_t stop = page_behind(t->stop);

	if (stop > t->end)
		stop = t->end;
	if (buf.n > stop - t->stop)
		buf.n = (size_t)(stop - t->stop);
	if (t->ruin_bytes + t->zero_bytes == 0)
		t->ruin_at = t->stop;
	t->zero_bytes += stop - t->stop;
	if (!span_is_zero(buf)) {
		t->ruin_bytes += t->zero_bytes;
		t->zero_bytes = 0;
	}
	if (t->bin_end < stop)
		t->bin_end = stop;
	set_area(t, AREA_RUIN, stop);
}

static void enter_bin(struct tile *t, struct span buf)
{
	uint64_t stop = t->stop + REGF_BIN_HEADER_BYTES;

	t->bin_lost = !sound_bin(t, buf, &t->bin_end);
	if (!t->bin_lost) {
		t->ruin_bytes += t->zero_bytes;
		t->zero_bytes = 0;
	}
	/* The cells may have outlived their header.  */
	if (t->bin_lost)
		t->bin_end = page_behind(t->stop);
	if (t->bin_end > t->end)
		t->bin_end = t->end;
	set_area(t, AREA_HEAD, stop < t->bin_end ? stop : t->bin_end);
}

/* How many bytes the cell here takes; 0 if there is none.  */
static uint64_t cell_bytes(struct tile *t, struct span buf, bool *ret_in_use)
{
	uint64_t size = regf_cell_size(buf, ret_in_use);

	if (size == 0 || size < (t->layout.nt31 ? 16 : 8) ||
	    size > t->end - t->stop)
		return 0;
	/* How far a bin without a header reaches is not known.  */
	if (t->bin_lost && size > t->bin_end - t->stop)
		t->bin_end = page_behind(t->stop + size - 1);
	return size <= t->bin_end - t->stop ? size : 0;
}

/* Go on to the area behind @t's.  @buf holds the bytes at its end.  */
static void tile_next(struct tile *t, struct span buf)
{
	bool in_use = false, page = t->stop % CELLS_PAGE_BYTES == 0;
	uint64_t end, size;

	if (t->stop >= t->end) {
		set_area(t, AREA_BEYOND, UINT64_MAX);
		return;
	}
	if (t->stop >= t->bin_end ||
	    (page && t->area == AREA_RUIN && sound_bin(t, buf, &end))) {
		enter_bin(t, buf);
		return;
	}
	size = t->area == AREA_RUIN ? 0 : cell_bytes(t, buf, &in_use);
	if (size == 0)
		enter_ruin(t, buf);
	else
		set_area(t, in_use ? AREA_USED : AREA_FREE, t->stop + size);
}

/* Read what can be read of a block: where a part cannot, it is zeros.  */
static void read_block(struct source *src, uint64_t at, uint8_t *buf, size_t n)
{
	if (source_read(src, at, buf, n, NULL) == 0)
		return;
	for (size_t i = 0; i < n; i += CELLS_PAGE_BYTES) {
		size_t take = n - i < CELLS_PAGE_BYTES ? n - i
						       : CELLS_PAGE_BYTES;

		if (source_read(src, at + i, buf + i, take, NULL) < 0)
			memset(buf + i, 0, take);
	}
}

/* Whether @name begins with one of the prefixes, letters without case.  */
static bool has_prefix(const struct scan *s, struct span name, bool is_8bit)
{
	for (size_t i = 0; i < s->n_prefixes; i++) {
		struct span want = s->prefixes[i], head;

		if (span_sub(name, 0, is_8bit ? want.n / 2 : want.n, &head) &&
		    regf_name_equal(head, is_8bit, want))
			return true;
	}
	return false;
}

/* A quick look at the first character of a name, before all else.  */
static bool may_match(const struct scan *s, const uint8_t *name)
{
	for (size_t i = 0; i < s->n_prefixes; i++)
		if (regf_upcase(name[0]) == regf_upcase(s->prefixes[i].p[0]))
			return true;
	return false;
}

static struct span keep_name(struct scan *s, struct span name, bool is_8bit)
{
	size_t n = is_8bit ? 2 * name.n : name.n;
	uint8_t *wide = arena_alloc(s->work, n);

	if (wide == NULL) {
		s->out_of_memory = true;
		return (struct span){ 0 };
	}
	for (size_t i = 0; i < name.n; i++)
		wide[is_8bit ? 2 * i : i] = name.p[i];
	return (struct span){ wide, n, name.at };
}

/* What the logs laid over the file hides the bytes there: others see them.  */
static bool is_hidden(const struct scan *s, uint64_t at, uint64_t n)
{
	struct source *hive = s->states[ORIGIN_HIVE].source;
	struct source_place p;

	if (at >= hive->size)
		return true;
	p = hive->ops->place(hive, at);
	return p.below != s->states[ORIGIN_FILE].source || p.off != at ||
	       p.n < n;
}

/* The hive shows just these bytes of the log.  */
static bool is_shown(const struct scan *s, const struct seek *seek, uint64_t at)
{
	struct source *hive = s->states[ORIGIN_HIVE].source;
	struct source_place p, q;

	if (at >= hive->size || hive->ops->place == NULL)
		return false;
	p = hive->ops->place(hive, at);
	q = seek->source->ops->place(seek->source, at);
	return q.below == hive || (p.below == q.below && p.off == q.off);
}

static bool is_wanted(const struct scan *s, const struct seek *seek,
		      uint64_t at, uint64_t n)
{
	if (seek->origin == ORIGIN_FILE)
		return is_hidden(s, at, n);
	if (seek->origin == ORIGIN_LOG)
		return !is_shown(s, seek, at);
	return true;
}

/* Where the record lies, as the walk over the cells knows it by now.  */
static bool enclose(const struct seek *seek, struct record *r)
{
	const struct tile *t = seek->tile;

	if (t == NULL)
		return true;
	r->area = t->area;
	r->cell = t->start;
	/* What reaches into the next cell is cut there.  */
	return t->area != AREA_HEAD &&
	       (t->area == AREA_RUIN ||
		r->record_size <= t->stop - r->at);
}

static void add_value(struct scan *s, const struct seek *seek, struct span buf)
{
	struct regf_layout layout = s->states[ORIGIN_HIVE].cells->layout;
	struct regf_value v = { 0 };
	struct record r = { .origin = seek->origin, .at = buf.at }, *slot;

	if (regf_value_parse(buf, layout, &v, NULL) < 0 ||
	    v.name.n > SCAN_NAME_MAX_BYTES || v.tombstone ||
	    (!v.name_is_8bit && v.name.n % 2 != 0) ||
	    !has_prefix(s, v.name, v.name_is_8bit))
		return;
	r.record_size = v.record_size;
	if (!enclose(seek, &r) ||
	    !is_wanted(s, seek, buf.at, v.record_size))
		return;
	if (s->n_records == SCAN_RECORDS_MAX ||
	    s->bytes_left < 2 * v.name.n) {
		s->cut = true;
		return;
	}
	s->bytes_left -= 2 * v.name.n;
	slot = arena_push(s->work, &s->records, s->n_records, sizeof(*slot));
	if (slot == NULL) {
		s->out_of_memory = true;
		return;
	}
	s->n_records++;
	r.order = seek->order;
	r.source = seek->source;
	r.log = seek->log;
	r.name = keep_name(s, v.name, v.name_is_8bit);
	r.type = v.type;
	r.size = v.size;
	r.data_offset = v.data_offset;
	r.data_inline = v.data_inline;
	r.owner_at = SCAN_NOWHERE;
	memcpy(r.inline_data, v.inline_data.p, REGF_INLINE_BYTES);
	*slot = r;
}

static void give_value(struct scan *s, const struct seek *seek,
		       struct span buf)
{
	struct regf_layout layout = s->states[ORIGIN_HIVE].cells->layout;
	struct regf_value v = { 0 };

	if (regf_value_parse(buf, layout, &v, NULL) == 0)
		seek->any_value(s, seek, &v, buf.at);
}

static void add_owner(struct scan *s, const struct seek *seek, struct span buf)
{
	struct regf_layout layout = s->states[ORIGIN_HIVE].cells->layout;
	struct regf_key k = { 0 };
	struct owner *o;

	if (seek->tile == NULL || s->n_owners == SCAN_OWNERS_MAX ||
	    regf_key_parse(buf, layout, &k, NULL) < 0 ||
	    !regf_name_equal(k.name, k.name_is_8bit, s->key))
		return;
	o = arena_push(s->work, &s->owners, s->n_owners, sizeof(*o));
	if (o == NULL) {
		s->out_of_memory = true;
		return;
	}
	*o = (struct owner){
		.origin = seek->origin, .at = buf.at,
		.in_use = seek->tile->area == AREA_USED,
		.last_written = k.last_written, .value_list = k.value_list,
	};
	s->n_owners++;
}

/* Let the walk go on to the area that holds the byte @at of @buf.  */
static void tile_to(struct tile *t, uint64_t at, struct span buf)
{
	/* Ends: an area has at least a byte.  */
	while (t != NULL && t->stop <= at) {
		struct span here = { 0 };

		if (t->stop >= buf.at && t->stop - buf.at <= buf.n)
			span_sub(buf, t->stop - buf.at,
				 buf.n - (t->stop - buf.at), &here);
		here.at = t->stop;
		tile_next(t, here);
	}
}

/* The records that begin in the first @n bytes of @buf.  Cells are multiples
 * of eight, but what was moved about may lie at any even place.  */
static void search_block(struct scan *s, const struct seek *seek,
			 struct span buf, size_t n)
{
	for (size_t i = 0; i + VALUE_NAME_AT + 2 <= buf.n && i < n; i += 2) {
		const uint8_t *p = buf.p + i;
		struct span here;

		if (p[1] != 'k' || (p[0] != 'v' && p[0] != 'n') ||
		    (p[0] == 'v' && seek->any_value == NULL &&
		     !may_match(s, p + VALUE_NAME_AT)))
			continue;
		tile_to(seek->tile, buf.at + i, buf);
		span_sub(buf, i, buf.n - i, &here);
		if (seek->any_value != NULL)
			give_value(s, seek, here);
		else if (p[0] == 'v')
			add_value(s, seek, here);
		else
			add_owner(s, seek, here);
	}
	if (n > 0)
		tile_to(seek->tile, buf.at + n - 1, buf);
}

void scan_search(struct scan *s, const struct seek *seek, uint64_t from,
		 uint64_t to)
{
	/* A page of a log is not worth a whole block.  */
	uint8_t *buf = malloc((to - from < BLOCK_BYTES ? (size_t)(to - from)
						       : BLOCK_BYTES) +
			      MARGIN_BYTES);

	if (buf == NULL) {
		s->out_of_memory = true;
		return;
	}
	for (uint64_t at = from; at < to && !s->out_of_memory;
	     at += BLOCK_BYTES) {
		uint64_t left = seek->source->size - at;
		size_t own = to - at < BLOCK_BYTES ? (size_t)(to - at)
						   : BLOCK_BYTES;
		size_t n = left < own + MARGIN_BYTES ? (size_t)left
						     : own + MARGIN_BYTES;

		read_block(seek->source, at, buf, n);
		search_block(s, seek, (struct span){ buf, n, at }, own);
	}
	free(buf);
}

static void walk_block(struct scan *s, enum origin o, struct tile *t,
		       struct span buf, size_t n, scan_area_fn *fn)
{
	uint64_t end = buf.at + n;

	/* Ends: an area has at least a byte.  */
	while (t->stop < end) {
		struct span here;
		uint64_t off = t->stop - buf.at;

		span_sub(buf, off, buf.n - off, &here);
		tile_next(t, here);
		if (here.n > t->stop - t->start)
			here.n = (size_t)(t->stop - t->start);
		fn(s, o, t, here);
	}
}

void scan_walk(struct scan *s, enum origin o, scan_area_fn *fn)
{
	const struct state *st = &s->states[o];
	struct tile t = scan_tile(st);
	uint8_t *buf = malloc(BLOCK_BYTES + MARGIN_BYTES);

	if (buf == NULL) {
		s->out_of_memory = true;
		return;
	}
	for (uint64_t at = REGF_BASE_BYTES; at < st->source->size;
	     at += BLOCK_BYTES) {
		uint64_t left = st->source->size - at;
		size_t n = left < BLOCK_BYTES + MARGIN_BYTES
				? (size_t)left : BLOCK_BYTES + MARGIN_BYTES;

		if (t.stop >= at + BLOCK_BYTES)
			continue;
		read_block(st->source, at, buf, n);
		walk_block(s, o, &t, (struct span){ buf, n, at },
			   n < BLOCK_BYTES ? n : BLOCK_BYTES, fn);
	}
	free(buf);
}
