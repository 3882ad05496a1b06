/*
 * scan_data.c - what is left of the data of each record, and which key it was a
 * value of
 *
 * Freed cells are joined with free neighbours, but what they hold stays, down
 * to their old size fields. Data is taken for intact where the cell at its
 * place is free, or was never anything else, is large enough, does not begin
 * like a record that came later, and is no other value's that can be found.
 */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/checked.h"
#include "registry/scan_internal.h"

/* Keys of the name that is sought, looked for in a log's pages: there is
 * one.  */
#define LOG_OWNERS_MAX 4

#define LIST_CHUNK 256

/* Records that are compared with a value which lies near their data.  */
#define CONTESTED_MAX 8

/* Data that is but zeros was wiped, if it is longer than some drivers' ids.  */
#define WIPED_MIN_BYTES 8

static unsigned head_bytes(const struct cells *c)
{
	return c->layout.nt31 ? 8 : 4;
}

/* What a size field would say of a cell at @at: 0 if there can be none.  */
static uint32_t size_field(struct cells *c, uint64_t at, bool *ret_in_use)
{
	le32 b;

	if (cells_read_at(c, at, b.b, sizeof(b.b), NULL) < 0)
		return 0;
	return regf_cell_size((struct span){ b.b, sizeof(b.b), at },
			      ret_in_use);
}

/* Whether the payload at @at, of @n bytes, begins like what uses cells: a
 * record, or a list of values.  */
static bool looks_used_again(struct cells *c, uint64_t at, uint64_t n)
{
	uint8_t b[80] = { 0 };
	struct span s = { b, n < sizeof(b) ? (size_t)n : sizeof(b), at };
	uint64_t record, cell;

	if (s.n < sizeof(le32) || cells_read_at(c, at, b, s.n, NULL) < 0)
		return false;
	record = regf_record_bytes(s);
	if (record > REGF_LIST_HEAD_BYTES && record <= n)
		return true;
	cell = get_le32(*(const le32 *)b);
	return cell % 8 == 0 && cell >= REGF_BIN_HEADER_BYTES &&
	       cells_read_at(c, REGF_BASE_BYTES + cell + head_bytes(c), b, 2,
			     NULL) == 0 &&
	       b[1] == 'k' && (b[0] == 'v' || b[0] == 'n');
}

/* Take up to @left of the bytes at @at for the data of @r.  */
static void take_data(struct scan *s, struct record *r, struct cells *c,
		      uint64_t at, uint64_t left)
{
	uint64_t n = r->size;
	uint8_t *p;

	r->state = SCAN_MISSING;
	if (at >= c->source->size)
		return;
	if (left > c->source->size - at)
		left = c->source->size - at;
	if (n > left)
		n = left;
	if (n == 0)
		return;
	if (s->bytes_left < n) {
		s->cut = true;
		return;
	}
	p = arena_alloc(s->work, (size_t)n);
	if (p == NULL) {
		s->out_of_memory = true;
		return;
	}
	if (cells_read_at(c, at, p, (size_t)n, NULL) < 0)
		return;
	s->bytes_left -= n;
	r->data = (struct span){ p, (size_t)n, at };
	if (n >= WIPED_MIN_BYTES && !r->cell_used && span_is_zero(r->data)) {
		r->data = (struct span){ 0 };
		r->state = SCAN_OVERWRITTEN;
		return;
	}
	r->data_at = at;
	r->data_source = c->source;
	r->data_order = r->order;
	r->state = n < r->size ? SCAN_PARTIAL : SCAN_INTACT;
}

static void take_inline(struct record *r)
{
	uint32_t n = r->size < REGF_INLINE_BYTES ? r->size : REGF_INLINE_BYTES;

	r->data = (struct span){ r->inline_data, n, r->at };
	r->state = n < r->size ? SCAN_PARTIAL : SCAN_INTACT;
}

/* A record in a log equals one that the hive still has: so does its data.  */
static bool has_equal(const struct scan *s, const struct record *r)
{
	const struct live *l = NULL;
	size_t n, i = scan_live_named(s, r->name, &n);

	if (r->origin == ORIGIN_LOG)
		l = scan_live_at(s, ORIGIN_HIVE, scan_cell_of(s, r));
	if (l != NULL)
		return scan_same_record(r, l);
	for (; r->origin == ORIGIN_LOG_REST && n > 0; i++, n--)
		if (s->by_name[i]->origin == ORIGIN_HIVE &&
		    scan_same_record(r, s->by_name[i]))
			return true;
	return false;
}

/* Whether a value of the tree has its data at @offset.  */
static bool is_live_data(const struct scan *s, enum origin o, uint32_t offset)
{
	for (size_t i = 0; i < s->n_lives; i++)
		if (s->lives[i].origin == o && !s->lives[i].data_inline &&
		    s->lives[i].data_offset == offset)
			return true;
	return false;
}

/* The data may lie behind what uses its cell now, where nobody wrote.  */
static bool is_in_slack(const struct record *r, struct cells *c, uint64_t at)
{
	uint64_t payload = r->data_cell + head_bytes(c);
	uint64_t want = (uint64_t)r->size + head_bytes(c);
	bool used = false;
	uint64_t size = size_field(c, at, &used);

	return r->data_cell_used < r->data_cell_end - r->data_cell &&
	       at >= payload + r->data_cell_used && size >= want &&
	       r->data_cell_end - at >= want &&
	       !looks_used_again(c, at + head_bytes(c),
				 size - head_bytes(c));
}

/* The cell at the record's data is in use.  */
static void take_from_used(struct scan *s, struct record *r, struct cells *c,
			   uint64_t at, enum origin o)
{
	uint64_t data = at + head_bytes(c);
	bool own = r->place == SCAN_UNREACHABLE &&
		   !is_live_data(s, o, r->data_offset);

	r->state = SCAN_OVERWRITTEN;
	if (r->data_cell == at ? own || has_equal(s, r)
			       : is_in_slack(r, c, at))
		take_data(s, r, c, data, r->data_cell_end - data);
}

/* It is free, or of no cell that can be made out.  */
static void take_from_free(struct scan *s, struct record *r, struct cells *c,
			   uint64_t at)
{
	uint64_t data = at + head_bytes(c);
	bool used = false;
	uint64_t size = size_field(c, at, &used);
	uint64_t end = r->data_cell_end;

	r->state = SCAN_OVERWRITTEN;
	if (size < (uint64_t)r->size + head_bytes(c) &&
	    (r->data_cell != at || r->data_area != AREA_FREE))
		return;
	if (r->data_area == AREA_RUIN && used && !r->cell_used)
		return;
	if (data >= end || size <= head_bytes(c) ||
	    looks_used_again(c, data, size - head_bytes(c)))
		return;
	take_data(s, r, c, data, end - data);
}

static void take_from_hive(struct scan *s, struct record *r)
{
	enum origin o = r->origin == ORIGIN_FILE ? ORIGIN_FILE : ORIGIN_HIVE;
	struct cells *c = s->states[o].cells;
	uint64_t at = REGF_BASE_BYTES + (uint64_t)r->data_offset;

	if (at >= c->source->size)
		r->state = SCAN_MISSING;
	else if (r->data_area == AREA_HEAD)
		r->state = SCAN_OVERWRITTEN;
	else if (r->data_area == AREA_USED)
		take_from_used(s, r, c, at, o);
	else
		take_from_free(s, r, c, at);
}

/* The page of the data is in a log, of the same state or an older one.  */
static void take_from_log(struct scan *s, struct record *r)
{
	struct cells *c = scan_view(s, r->order);
	uint64_t at = REGF_BASE_BYTES + (uint64_t)r->data_offset;
	uint64_t data = at + head_bytes(c);
	bool used = false;
	uint64_t size = size_field(c, at, &used);

	r->state = SCAN_OVERWRITTEN;
	if (size < (uint64_t)r->size + head_bytes(c) ||
	    (used && !r->cell_used) ||
	    (!used && looks_used_again(c, data, size - head_bytes(c))))
		return;
	take_data(s, r, c, data, size - head_bytes(c));
}

static void find_data(struct scan *s, struct record *r)
{
	uint32_t at = r->data_offset;

	r->state = SCAN_MISSING;
	if (r->data_inline || r->size == 0)
		take_inline(r);
	else if (at % 8 != 0 || at < REGF_BIN_HEADER_BYTES ||
		 r->size > SCAN_DATA_MAX_BYTES)
		return;
	else if (r->origin == ORIGIN_LOG &&
		 scan_view_has(s, r->order, REGF_BASE_BYTES + (uint64_t)at))
		take_from_log(s, r);
	else
		take_from_hive(s, r);
}

/* Free cells are used again, and freed again: whose data lies there now?  */
static bool is_uncertain(const struct record *r)
{
	return !r->dropped && !r->cell_used && r->data_source != NULL &&
	       (r->origin == ORIGIN_HIVE || r->origin == ORIGIN_FILE);
}

static bool is_same(const struct record *r, const struct regf_value *v)
{
	struct span name;

	return r->size == v->size && r->data_offset == v->data_offset &&
	       span_sub(r->name, 0,
			v->name_is_8bit ? 2 * v->name.n : v->name.n, &name) &&
	       name.n == r->name.n &&
	       regf_name_equal(v->name, v->name_is_8bit, name);
}

/* Any value claims the same bytes: nothing tells which of the two came last. */
static void contest(struct scan *s, const struct seek *seek,
		    const struct regf_value *v, uint64_t at)
{
	const struct places *p = &s->states[seek->origin].data;
	uint64_t from = REGF_BASE_BYTES + (uint64_t)v->data_offset;
	size_t i = scan_first_from(p, from);

	if (v->data_inline || v->size == 0 || v->data_offset % 8 != 0 ||
	    v->size > SCAN_DATA_MAX_BYTES)
		return;
	/* What begins before it, too.  */
	i = i > CONTESTED_MAX ? i - CONTESTED_MAX : 0;
	for (size_t n = 0; i < p->n && n < 2 * CONTESTED_MAX; i++, n++) {
		struct record *r = p->list[i].record;
		uint64_t its = p->list[i].at;

		if (its >= from + v->size + head_bytes(s->view_cells))
			return;
		if (its + r->size + head_bytes(s->view_cells) <= from ||
		    r->at == at || !is_uncertain(r) || is_same(r, v))
			continue;
		r->state = SCAN_OVERWRITTEN;
		r->data = (struct span){ 0 };
		r->data_source = NULL;
	}
}

static void contest_state(struct scan *s, enum origin o)
{
	struct state *st = &s->states[o];
	struct seek seek = {
		.origin = o, .source = st->source, .any_value = contest,
	};

	for (size_t i = 0; i < st->data.n; i++)
		if (is_uncertain(st->data.list[i].record)) {
			scan_search(s, &seek, REGF_BASE_BYTES,
				    st->source->size);
			return;
		}
}

void scan_find_data(struct scan *s)
{
	for (size_t i = 0; i < s->n_records && !s->out_of_memory; i++)
		if (!s->records[i].dropped)
			find_data(s, &s->records[i]);
	for (enum origin o = ORIGIN_HIVE; o <= ORIGIN_FILE; o++)
		contest_state(s, o);
}

/* Records by their own cell.  */
static int compare_cells(const void *a, const void *b)
{
	const struct by_place *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

/* Record that @r was a value of the key at @at, unless it is known to be one of
 * another.  */
static void set_owner(struct record *r, uint64_t at, uint64_t last_written)
{
	if (r->owner_at != SCAN_NOWHERE)
		return;
	r->owner_at = at;
	r->last_written = last_written;
}

struct search {
	const struct by_place *list;	/* records by cell */
	size_t n;
	uint64_t owner_at, last_written;
};

static void match_entry(const struct search *f, uint32_t entry)
{
	size_t low = 0, high = f->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (f->list[mid].at < entry)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < f->n && f->list[low].at == entry; low++)
		set_owner(f->list[low].record, f->owner_at, f->last_written);
}

/* Go through a value list, and what is behind its end: entries that were taken
 * out stay there.  */
static void match_list(struct scan *s, struct cells *c, uint32_t value_list,
		       const struct search *f)
{
	struct cell list;
	le32 b[LIST_CHUNK];

	if (cells_get(c, value_list, &list, NULL) < 0)
		return;
	for (uint64_t off = 0; off < list.size; off += sizeof(b)) {
		uint64_t take = list.size - off < sizeof(b) ? list.size - off
							    : sizeof(b);

		if (!hive_spend(&s->states[ORIGIN_HIVE].list_left, take) ||
		    cells_read(c, &list, off, b, (size_t)take, NULL) < 0)
			return;
		for (size_t i = 0; i < take / sizeof(*b); i++)
			match_entry(f, get_le32(b[i]));
	}
}

static void match_hive_lists(struct scan *s, enum origin o, bool in_use,
			     struct by_place *list, size_t n)
{
	for (size_t i = 0; i < s->n_owners; i++) {
		const struct owner *owner = &s->owners[i];
		struct search f = { list, n, owner->at, owner->last_written };

		if (owner->origin == o && owner->in_use == in_use)
			match_list(s, s->states[o].cells, owner->value_list,
				   &f);
	}
}

static void find_hive_owners(struct scan *s, enum origin o)
{
	struct by_place *list =
		arena_alloc(s->work, (s->n_records + 1) * sizeof(*list));
	size_t n = 0;

	for (size_t i = 0; list != NULL && i < s->n_records; i++)
		if (!s->records[i].dropped && s->records[i].origin == o) {
			list[n].at = scan_cell_of(s, &s->records[i]);
			list[n++].record = &s->records[i];
		}
	if (n == 0)
		return;
	qsort(list, n, sizeof(*list), compare_cells);
	/* What a key lists that is there counts before what one listed that is
	 * gone.  */
	match_hive_lists(s, o, true, list, n);
	match_hive_lists(s, o, false, list, n);
}

/* The key as the log's pages hold it: its time is that of this state.  */
static void find_log_owner(struct scan *s, struct record *r,
			   const struct owner *owner)
{
	struct cells *c = scan_view(s, r->order);
	struct by_place only = { scan_cell_of(s, r), r };
	struct search f = { &only, 1, owner->at, 0 };
	uint8_t b[128];
	struct regf_key k = { 0 };

	if (!scan_view_has(s, r->order, owner->at) ||
	    cells_read_at(c, owner->at, b, sizeof(b), NULL) < 0 ||
	    regf_key_parse((struct span){ b, sizeof(b), owner->at }, c->layout,
			   &k, NULL) < 0 ||
	    !regf_name_equal(k.name, k.name_is_8bit, s->key))
		return;
	f.last_written = k.last_written;
	match_list(s, c, k.value_list, &f);
}

static void find_log_owners(struct scan *s, struct record *r)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_owners && n < LOG_OWNERS_MAX; i++)
		if (s->owners[i].origin == ORIGIN_HIVE && s->owners[i].in_use) {
			find_log_owner(s, r, &s->owners[i]);
			n++;
		}
}

void scan_find_owners(struct scan *s)
{
	find_hive_owners(s, ORIGIN_HIVE);
	if (s->states[ORIGIN_FILE].source != NULL)
		find_hive_owners(s, ORIGIN_FILE);
	for (size_t i = 0; i < s->n_records; i++)
		if (!s->records[i].dropped &&
		    s->records[i].origin == ORIGIN_LOG)
			find_log_owners(s, &s->records[i]);
}
