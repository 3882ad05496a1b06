/*
 * scan_place.c - which of the records are values of the tree, and where the
 * others lie
 *
 * A record in a cell that is in use is a value of MountedDevices, or of another
 * key, or part of the data of a value, or slack behind one, or lost. To tell,
 * all cells in use are gone through once: whose lists and data are these?
 */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "registry/scan_internal.h"

/* As deep as Windows lets keys be.  */
#define DEPTH_MAX 512

#define LIST_CHUNK 256

static unsigned head_bytes(const struct scan *s)
{
	return s->states[ORIGIN_HIVE].cells->layout.nt31 ? 8 : 4;
}

uint32_t scan_cell_of(const struct scan *s, const struct record *r)
{
	return (uint32_t)(r->at - REGF_BASE_BYTES - head_bytes(s));
}

static int compare_places(const void *a, const void *b)
{
	const struct by_place *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->record->at < y->record->at ? -1
					     : x->record->at > y->record->at;
}

static void add_place(struct scan *s, struct places *p, uint64_t at,
		      struct record *r)
{
	struct by_place *slot = arena_push(s->work, &p->list, p->n,
					   sizeof(*slot));

	if (slot == NULL) {
		s->out_of_memory = true;
		return;
	}
	*slot = (struct by_place){ at, r };
	p->n++;
}

static void sort_places(struct places *p)
{
	if (p->n > 0)
		qsort(p->list, p->n, sizeof(*p->list), compare_places);
}

size_t scan_first_from(const struct places *p, uint64_t at)
{
	size_t low = 0, high = p->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (p->list[mid].at < at)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* The first of @p at @at; where there is none, @p->n.  */
static size_t first_at(const struct places *p, uint64_t at)
{
	size_t i = scan_first_from(p, at);

	return i < p->n && p->list[i].at == at ? i : p->n;
}

static bool is_at_start(const struct scan *s, const struct record *r)
{
	return r->at == r->cell + head_bytes(s);
}

/* What lies in the first @n bytes of the cell at @cell is no slack.  */
static void mark_used(struct scan *s, struct state *st, uint64_t cell,
		      uint64_t n)
{
	struct places *p = &st->data_inside;

	if (n == 0)
		return;
	for (size_t i = first_at(p, cell); i < p->n && p->list[i].at == cell;
	     i++) {
		struct record *r = p->list[i].record;

		if (r->data_cell_used == SCAN_NOWHERE ||
		    r->data_cell_used < n)
			r->data_cell_used = n;
	}
	p = &st->cells_used;

	for (size_t i = first_at(p, cell); i < p->n && p->list[i].at == cell;
	     i++) {
		struct record *r = p->list[i].record;

		if (!is_at_start(s, r) && r->at - cell - head_bytes(s) < n)
			r->dropped = true;
	}
}

struct child {
	struct state *state;
	uint32_t cell;
	bool found;
};

static int is_child(void *ctx, const struct hive_key *k)
{
	struct child *c = ctx;

	c->found = k->cell == c->cell;
	if (c->found || c->state->subkeys_left == 0)
		return 1;
	c->state->subkeys_left--;
	return 0;
}

/* Whether the tree leads to the key in @cell.  */
static bool is_reachable(struct state *st, uint32_t cell)
{
	struct hive_key root;

	if (st->tree == NULL || hive_root(st->tree, &root, NULL) < 0)
		return false;
	for (int depth = 0; depth < DEPTH_MAX && cell != root.cell; depth++) {
		struct child c = { st, cell, false };
		struct hive_record record;
		struct regf_key k, up;
		struct hive_key parent;

		if (hive_read_key(st->tree, cell, &k, &record, NULL) < 0 ||
		    hive_read_key(st->tree, k.parent, &up, &record, NULL) < 0)
			return false;
		parent = hive_make_key(st->tree, k.parent, &up, &record);
		(void)hive_each_subkey(st->tree, &parent, is_child, &c, NULL);
		if (!c.found)
			return false;
		cell = k.parent;
	}
	return cell == root.cell;
}

/* A key lists the record's cell: if the tree has the key, it has the value.  */
static void take_listed(struct scan *s, struct state *st, uint32_t entry,
			uint32_t key, int *reachable)
{
	struct places *p = &st->cells_used;
	uint64_t cell = REGF_BASE_BYTES + (uint64_t)entry;

	for (size_t i = first_at(p, cell); i < p->n && p->list[i].at == cell;
	     i++) {
		struct record *r = p->list[i].record;

		if (!is_at_start(s, r))
			continue;
		if (*reachable < 0)
			*reachable = is_reachable(st, key);
		if (st->subkeys_left == 0)
			s->cut = true;
		if (*reachable > 0)
			r->dropped = true;
	}
}

static void take_list(struct scan *s, struct state *st,
		      const struct regf_key *k, uint32_t key)
{
	struct cell list;
	uint32_t n = k->n_values;
	int reachable = -1;	/* not known */
	le32 b[LIST_CHUNK];

	if (cells_get(st->cells, k->value_list, &list, NULL) < 0)
		return;
	if (n > list.size / sizeof(*b))
		n = (uint32_t)(list.size / sizeof(*b));
	for (uint32_t i = 0; i < n; i += LIST_CHUNK) {
		size_t take = n - i < LIST_CHUNK ? n - i : LIST_CHUNK;

		if (!hive_spend(&st->list_left, take * sizeof(*b)) ||
		    cells_read(st->cells, &list, (uint64_t)i * sizeof(*b), b,
			       take * sizeof(*b), NULL) < 0)
			return;
		for (size_t j = 0; j < take; j++)
			take_listed(s, st, get_le32(b[j]), key, &reachable);
	}
}

/* The record that uses a cell, and what it refers to.  */
static void take_cell(struct scan *s, struct state *st, const struct tile *t,
		      struct span payload)
{
	struct regf_value v = { 0 };
	struct regf_key k = { 0 };

	mark_used(s, st, t->start, regf_record_bytes(payload));
	if (regf_key_parse(payload, t->layout, &k, NULL) == 0 &&
	    (k.flags & REGF_KEY_PREDEFINED) == 0 && k.n_values > 0) {
		mark_used(s, st, REGF_BASE_BYTES + (uint64_t)k.value_list,
			  (uint64_t)k.n_values * sizeof(le32));
		if (st->data_inside.n == 0)
			take_list(s, st, &k,
				  (uint32_t)(t->start - REGF_BASE_BYTES));
	}
	if (regf_value_parse(payload, t->layout, &v, NULL) == 0 &&
	    !v.data_inline)
		mark_used(s, st, REGF_BASE_BYTES + (uint64_t)v.data_offset,
			  v.size);
}

static void see_area(struct scan *s, enum origin o, const struct tile *t,
		     struct span bytes)
{
	struct state *st = &s->states[o];
	struct places *p = &st->data;
	struct span payload;

	for (; p->next < p->n && p->list[p->next].at < t->stop; p->next++) {
		struct record *r = p->list[p->next].record;

		r->data_area = t->area;
		r->data_cell = t->start;
		r->data_cell_end = t->stop;
		r->data_cell_used = SCAN_NOWHERE;
	}
	if (t->area == AREA_USED && st->cells_used.n + st->data_inside.n > 0 &&
	    span_sub(bytes, head_bytes(s), bytes.n - head_bytes(s), &payload))
		take_cell(s, st, t, payload);
}

/* Where nothing tells the cells apart, the record's own size field may.  */
static bool own_cell_used(struct scan *s, const struct record *r)
{
	struct cells *c = r->origin == ORIGIN_LOG
		? scan_view(s, r->order)
		: s->states[r->origin].cells;
	struct cell cell;

	return cells_get(c, scan_cell_of(s, r), &cell, NULL) == 0 &&
	       cell.in_use && cell.size >= r->record_size &&
	       cell.size <= CELLS_PAGE_BYTES;
}

static void place_record(struct scan *s, struct record *r)
{
	r->place = SCAN_LOG_PAGE;
	if (r->origin == ORIGIN_LOG)
		r->cell_used = own_cell_used(s, r);
	if (r->origin == ORIGIN_LOG || r->origin == ORIGIN_LOG_REST)
		return;
	if (r->area == AREA_USED)
		r->cell_used = is_at_start(s, r);
	else if (r->area == AREA_RUIN)
		r->cell_used = own_cell_used(s, r);
	if (r->area == AREA_BEYOND)
		r->place = SCAN_BEYOND_BINS;
	else if (r->cell_used)
		r->place = SCAN_UNREACHABLE;
	else if (r->area == AREA_USED)
		r->place = SCAN_CELL_SLACK;
	else
		r->place = SCAN_FREE_CELL;
}

static enum origin data_state(const struct record *r)
{
	return r->origin == ORIGIN_FILE ? ORIGIN_FILE : ORIGIN_HIVE;
}

static void note_places(struct scan *s, struct record *r)
{
	bool in_hive = r->origin == ORIGIN_HIVE || r->origin == ORIGIN_FILE;

	if (in_hive && scan_live_at(s, r->origin, scan_cell_of(s, r))) {
		r->dropped = true;
		return;
	}
	r->data_area = AREA_BEYOND;
	if (in_hive && r->area == AREA_USED)
		add_place(s, &s->states[r->origin].cells_used, r->cell, r);
	if (!r->data_inline && r->size > 0)
		add_place(s, &s->states[data_state(r)].data,
			  REGF_BASE_BYTES + (uint64_t)r->data_offset, r);
}

static bool same_record(const struct record *a, const struct record *b)
{
	return a->type == b->type && a->size == b->size &&
	       a->data_offset == b->data_offset &&
	       scan_compare_spans(a->name, b->name) == 0;
}

/* What other keys of the tree have is no loss in the logs either.  */
static void drop_values_of_others(struct scan *s)
{
	struct places others = { 0 };

	for (size_t i = 0; i < s->n_records; i++) {
		struct record *r = &s->records[i];

		if (r->dropped && r->origin == ORIGIN_HIVE &&
		    !scan_live_at(s, ORIGIN_HIVE, scan_cell_of(s, r)))
			add_place(s, &others, r->at, r);
	}
	sort_places(&others);
	for (size_t i = 0; i < s->n_records && others.n > 0; i++) {
		struct record *r = &s->records[i];
		size_t k = first_at(&others, r->at);

		if (r->origin == ORIGIN_LOG && k < others.n &&
		    same_record(r, others.list[k].record))
			r->dropped = true;
	}
}

/* Whose are the cells in use that hold old data? That takes a second walk, for
 * what refers to a cell may lie before or behind what lies in it.  */
static void find_users(struct scan *s, enum origin o)
{
	struct state *st = &s->states[o];

	for (size_t i = 0; i < st->data.n; i++) {
		struct record *r = st->data.list[i].record;

		if (!r->dropped && r->data_area == AREA_USED &&
		    r->data_cell != st->data.list[i].at)
			add_place(s, &st->data_inside, r->data_cell, r);
	}
	sort_places(&st->data_inside);
	if (st->data_inside.n > 0 && !s->out_of_memory)
		scan_walk(s, o, see_area);
}

void scan_place_records(struct scan *s)
{
	for (size_t i = 0; i < s->n_records; i++)
		note_places(s, &s->records[i]);
	for (enum origin o = ORIGIN_HIVE; o <= ORIGIN_FILE; o++) {
		struct state *st = &s->states[o];

		sort_places(&st->cells_used);
		sort_places(&st->data);
		if (st->cells_used.n + st->data.n > 0 && !s->out_of_memory)
			scan_walk(s, o, see_area);
		find_users(s, o);
	}
	drop_values_of_others(s);
	for (size_t i = 0; i < s->n_records && !s->out_of_memory; i++)
		if (!s->records[i].dropped)
			place_record(s, &s->records[i]);
}
