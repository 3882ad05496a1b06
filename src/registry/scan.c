/*
 * scan.c - a scan from its request to its result
 */
#include "registry/scan.h"

#include <stdlib.h>
#include <string.h>

#include "registry/findings.h"
#include "registry/scan_internal.h"

/* Bytes of value lists that are read beyond the size of the hive: honest lists
 * do not overlap, and are a small part of it.  */
#define LIST_EXTRA_BYTES (1u << 20)

int scan_compare_spans(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int r = n == 0 ? 0 : memcmp(a.p, b.p, n);

	return r != 0 ? r : (a.n > b.n) - (a.n < b.n);
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* The values of the tree */

const struct live *scan_live_at(const struct scan *s, enum origin o,
				uint32_t cell)
{
	size_t low = 0, high = s->n_lives;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct live *l = &s->lives[mid];

		if (l->cell < cell || (l->cell == cell && l->origin < o))
			low = mid + 1;
		else
			high = mid;
	}
	return low < s->n_lives && s->lives[low].cell == cell &&
	       s->lives[low].origin == o ? &s->lives[low] : NULL;
}

size_t scan_live_named(const struct scan *s, struct span name, size_t *ret_n)
{
	size_t low = 0, high = s->n_lives, end;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (scan_compare_spans(s->by_name[mid]->name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (end = low; end < s->n_lives; end++)
		if (scan_compare_spans(s->by_name[end]->name, name) != 0)
			break;
	*ret_n = end - low;
	return low;
}

bool scan_same_record(const struct record *r, const struct live *l)
{
	return r->type == l->type && r->size == l->size &&
	       r->data_inline == l->data_inline &&
	       memcmp(r->inline_data, l->inline_data, REGF_INLINE_BYTES) == 0 &&
	       scan_compare_spans(r->name, l->name) == 0;
}

struct add_live {
	struct scan *scan;
	enum origin origin;
};

static int add_live(void *ctx, const struct hive_value *v)
{
	struct add_live *add = ctx;
	struct scan *s = add->scan;
	struct live *l;

	if (s->n_lives == SCAN_LIVE_MAX)
		return 1;
	l = arena_push(s->work, &s->lives, s->n_lives, sizeof(*l));
	if (l == NULL)
		return ERR_NOMEM;
	*l = (struct live){
		.origin = add->origin, .cell = v->cell, .name = v->name_utf16,
		.type = v->type, .size = v->size,
		.data_offset = v->data_offset, .data_inline = v->data_inline,
	};
	memcpy(l->inline_data, v->inline_data, sizeof(l->inline_data));
	s->n_lives++;
	return 0;
}

static int compare_lives(const void *a, const void *b)
{
	const struct live *x = a, *y = b;
	int r = compare_numbers(x->cell, y->cell);

	return r != 0 ? r : (x->origin > y->origin) - (x->origin < y->origin);
}

static int compare_live_names(const void *a, const void *b)
{
	const struct live *x = *(const struct live *const *)a;
	const struct live *y = *(const struct live *const *)b;
	int r = scan_compare_spans(x->name, y->name);

	return r != 0 ? r : (x > y) - (x < y);
}

/* The values of the key in the tree of a state.  Returns whether that is all
 * of them.  */
static bool read_lives(struct scan *s, enum origin o)
{
	const struct hive_value_filter f = { .form = s->q->form };
	struct add_live add = { s, o };
	struct hive *tree = s->states[o].tree;
	struct hive_key key;
	int r;

	if (tree == NULL ||
	    hive_find_key(tree, NULL, s->q->key, &key, NULL) < 0)
		return false;
	r = hive_each_value_of(tree, &key, &f, add_live, &add, NULL);
	if (r == 0)
		r = hive_each_uncounted_value(tree, &key, s->q->prefixes,
					      add_live, &add);
	if (r == ERR_NOMEM)
		s->out_of_memory = true;
	return r == 0;
}

static void sort_lives(struct scan *s)
{
	s->by_name = arena_alloc(s->work,
				 (s->n_lives + 1) * sizeof(struct live *));
	if (s->by_name == NULL) {
		s->out_of_memory = true;
		return;
	}
	for (size_t i = 0; i < s->n_lives; i++)
		s->by_name[i] = &s->lives[i];
	if (s->n_lives == 0)
		return;
	qsort(s->lives, s->n_lives, sizeof(*s->lives), compare_lives);
	qsort(s->by_name, s->n_lives, sizeof(struct live *),
	      compare_live_names);
}

/* What was found, compared with the tree */

/* Whether the value @l has the data of @r.  */
static bool has_data_of(struct scan *s, const struct live *l,
			const struct record *r)
{
	struct cells *c = s->states[l->origin].cells;
	uint8_t buf[256];
	struct cell cell;

	if (l->data_inline)
		return r->data.n <= REGF_INLINE_BYTES &&
		       memcmp(l->inline_data, r->data.p, r->data.n) == 0;
	if (r->data.n == 0)
		return true;
	if (cells_get(c, l->data_offset, &cell, NULL) < 0 ||
	    cell.size < r->data.n)
		return false;
	for (size_t i = 0; i < r->data.n; i += sizeof(buf)) {
		size_t n = r->data.n - i < sizeof(buf) ? r->data.n - i
						       : sizeof(buf);

		if (cells_read(c, &cell, i, buf, n, NULL) < 0 ||
		    memcmp(buf, r->data.p + i, n) != 0)
			return false;
	}
	return true;
}

/* In use: what the hive was before its logs does not make it a copy.  */
static bool is_in_hive(const struct record *r)
{
	return r->origin == ORIGIN_HIVE && r->place == SCAN_UNREACHABLE;
}

static bool is_copy(struct scan *s, const struct record *r)
{
	size_t n, i = scan_live_named(s, r->name, &n);

	for (; n > 0; i++, n--) {
		const struct live *l = s->by_name[i];

		if (r->type != l->type || r->size != l->size ||
		    (is_in_hive(r) && l->origin != ORIGIN_HIVE))
			continue;
		if (r->state == SCAN_INTACT ? has_data_of(s, l, r)
					    : scan_same_record(r, l))
			return true;
	}
	return false;
}

static bool has_data(const struct record *r)
{
	return r->state == SCAN_INTACT || r->state == SCAN_PARTIAL;
}

/* The parts of a record that a copy of it shares, wherever it lies.  */
static int compare_content(const struct record *a, const struct record *b)
{
	int r = scan_compare_spans(a->name, b->name);

	if (r == 0)
		r = compare_numbers(a->type, b->type);
	return r != 0 ? r : compare_numbers(a->size, b->size);
}

/* Records that say the same, side by side: those with data first.  */
static int compare_saying(const void *a, const void *b)
{
	const struct record *x = *(struct record *const *)a;
	const struct record *y = *(struct record *const *)b;
	int r = compare_content(x, y);

	if (r == 0)
		r = compare_numbers(x->data_offset, y->data_offset);
	if (r == 0)
		r = has_data(y) - has_data(x);
	return r != 0 ? r : scan_compare_spans(x->data, y->data);
}

static int compare_cell_records(const void *a, const void *b)
{
	const struct record *x = *(struct record *const *)a;
	const struct record *y = *(struct record *const *)b;
	int r = compare_numbers(x->at, y->at);

	return r != 0 ? r : compare_saying(a, b);
}

static bool same_saying(const struct record *a, const struct record *b)
{
	return compare_content(a, b) == 0 && a->data_offset == b->data_offset;
}

/* A record without data of which another state holds its data: it is the same
 * value.  Two kinds of data, and nothing tells which it had.  */
static void join_records(struct record **list, size_t n, bool same_cell)
{
	struct record *first = list[0], *last = first;

	for (size_t i = 1; i < n; i++)
		if (has_data(list[i]))
			last = list[i];
	if (first->state != SCAN_INTACT ||
	    scan_compare_spans(first->data, last->data) != 0)
		return;
	for (size_t i = 1; i < n; i++) {
		if (has_data(list[i]) ||
		    (!same_cell && list[i]->origin != ORIGIN_LOG_REST))
			continue;
		list[i]->state = SCAN_INTACT;
		list[i]->data = first->data;
		list[i]->data_source = first->data_source;
		list[i]->data_at = first->data_at;
		list[i]->data_order = first->data_order;
	}
}

/* Join those of one cell; then those of no known cell with any that say the
 * same.  */
static void join_twins(struct record **list, size_t n, bool same_cell)
{
	size_t end;

	if (n > 0)
		qsort(list, n, sizeof(*list),
		      same_cell ? compare_cell_records : compare_saying);
	for (size_t i = 0; i < n; i = end) {
		for (end = i + 1; end < n; end++)
			if (!same_saying(list[i], list[end]) ||
			    (same_cell && list[i]->at != list[end]->at))
				break;
		join_records(list + i, end - i, same_cell);
	}
}

/* By what they say first, then by where they lie, the best place first.  */
static int compare_records(const void *a, const void *b)
{
	const struct record *x = *(struct record *const *)a;
	const struct record *y = *(struct record *const *)b;
	int r = compare_content(x, y);

	if (r == 0)
		r = has_data(y) - has_data(x);
	if (r == 0)
		r = scan_compare_spans(x->data, y->data);
	if (r == 0 && !has_data(x))
		r = compare_numbers(x->data_offset, y->data_offset);
	if (r == 0)
		r = (x->place > y->place) - (x->place < y->place);
	if (r == 0)
		r = (x->origin > y->origin) - (x->origin < y->origin);
	if (r == 0)
		r = compare_numbers(y->order, x->order);
	if (r == 0)
		r = compare_numbers(x->log, y->log);
	return r != 0 ? r : compare_numbers(x->at, y->at);
}

static bool same_value(const struct record *a, const struct record *b)
{
	return compare_content(a, b) == 0 && has_data(a) == has_data(b) &&
	       scan_compare_spans(a->data, b->data) == 0 &&
	       (has_data(a) || a->data_offset == b->data_offset);
}

/* The result */

static bool lies_in_log(const struct scan *s, const struct record *r)
{
	struct source *hive = s->q->hive;

	if (r->origin != ORIGIN_HIVE || hive->ops->place == NULL)
		return r->origin == ORIGIN_LOG || r->origin == ORIGIN_LOG_REST;
	for (size_t i = 0; i < s->q->n_logs; i++)
		if (s->q->logs[i] != NULL &&
		    hive->ops->place(hive, r->at).below == s->q->logs[i])
			return true;
	return false;
}

static void cite_record(struct scan *s, const struct record *r,
			struct cites *c)
{
	if (r->origin == ORIGIN_LOG)
		scan_view(s, r->order);
	source_cite(r->source, r->at, r->record_size, "vk", s->arena, c);
	if (r->data_source != NULL) {
		if (r->data_source == &s->view.source)
			scan_view(s, r->data_order);
		source_cite(r->data_source, r->data_at, r->data.n,
			    "value data", s->arena, c);
	}
	if (r->owner_at == SCAN_NOWHERE)
		return;
	if (r->origin == ORIGIN_LOG)
		scan_view(s, r->order);
	source_cite(r->source, r->owner_at, 76 + s->key.n / 2, "nk", s->arena,
		    c);
}

/* Whether it is out of reach only: of a name that the tree has, the key has no
 * second value.  */
static bool is_in_use(const struct scan *s, const struct record *r)
{
	size_t n, i = scan_live_named(s, r->name, &n);

	for (; n > 0; i++, n--)
		if (s->by_name[i]->origin == ORIGIN_HIVE)
			return false;
	return r->origin == ORIGIN_HIVE && r->cell_used;
}

static int add_value(struct scan *s, struct record *const *group, size_t n,
		     struct scan_result *ret)
{
	struct scan_value *v = arena_push(s->arena, &ret->list, ret->n,
					  sizeof(*v));
	const struct record *r = group[0];

	if (v == NULL)
		return ERR_NOMEM;
	ret->n++;
	*v = (struct scan_value){
		.name = text_from_utf16(s->arena, r->name),
		.name_utf16 = { arena_copy(s->arena, r->name.p, r->name.n),
				r->name.n, r->name.at },
		.type = r->type, .size = r->size,
		.data = { arena_copy(s->arena, r->data.p, r->data.n),
			  r->data.n, r->data.at },
		.place = r->place, .state = r->state,
		.in_use = is_in_use(s, r),
		.in_log = lies_in_log(s, r),
	};
	if (v->name_utf16.p == NULL || v->data.p == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < n; i++) {
		if (v->last_written == 0)
			v->last_written = group[i]->last_written;
		cite_record(s, group[i], &v->cites);
	}
	return 0;
}

static int make_result(struct scan *s, struct scan_result *ret)
{
	struct record **list =
		arena_alloc(s->work, (s->n_records + 1) * sizeof(*list));
	size_t n = 0, end;
	int r = list == NULL ? ERR_NOMEM : 0;

	for (size_t i = 0; list != NULL && i < s->n_records; i++) {
		if (s->records[i].dropped)
			continue;
		if (is_copy(s, &s->records[i]))
			ret->n_copies++;
		else
			list[n++] = &s->records[i];
	}
	if (n > 0) {
		join_twins(list, n, true);
		join_twins(list, n, false);
		qsort(list, n, sizeof(*list), compare_records);
	}
	for (size_t i = 0; i < n && r == 0; i = end) {
		for (end = i + 1; end < n; end++)
			if (!same_value(list[i], list[end]))
				break;
		if (ret->n == SCAN_VALUES_MAX) {
			s->cut = true;
			break;
		}
		r = add_value(s, list + i, end - i, ret);
	}
	return r;
}

/* The way there */

static const char *label(const struct scan *s)
{
	const struct source *source = s->q->file != NULL ? s->q->file
							 : s->q->hive;

	return source->file != NULL ? source->file : "hive";
}

static void report_ruin(struct scan *s, const struct tile *t)
{
	uint64_t n = t->ruin_bytes;
	struct diag *d;

	/* Where the base block tells the end, zeros in front of it are lost
	 * bytes.  */
	if (t->end < s->q->hive->size ||
	    (s->q->tree != NULL && s->q->tree->info.checksum_ok))
		n += t->zero_bytes;
	if (n == 0)
		return;
	d = diag_add(s->diags, &FINDING_BINS_RUINED,
		     "%s: %llu bytes of its bins, the first at byte %llu, are "
		     "not cells.", label(s), (unsigned long long)n,
		     (unsigned long long)t->ruin_at);
	if (d != NULL)
		source_cite(s->q->hive, t->ruin_at, CELLS_PAGE_BYTES,
			    "hive bin", s->diags->arena, &d->cites);
}

static void search_state(struct scan *s, enum origin o)
{
	struct state *st = &s->states[o];
	struct tile t;
	struct seek seek = { .origin = o, .source = st->source, .tile = &t };

	if (st->source == NULL || st->source->size <= REGF_BASE_BYTES)
		return;
	t = scan_tile(st);
	scan_search(s, &seek, REGF_BASE_BYTES,
		    st->source->size < REGF_MAX_BYTES ? st->source->size :
		    REGF_MAX_BYTES);
	if (o == ORIGIN_HIVE)
		report_ruin(s, &t);
}

/* The end of the bins and the layout, where no tree tells.  */
static void guess_layout(struct cells *c)
{
	uint8_t block[REGF_BASE_RECORD_BYTES];
	struct regf_base base = { 0 };
	uint64_t end;

	c->end = c->source->size;
	if (source_read(c->source, 0, block, sizeof(block), NULL) < 0 ||
	    regf_base_parse((struct span){ block, sizeof(block), 0 }, &base,
			    NULL) < 0 ||
	    base.checksum != base.checksum_computed)
		return;
	end = REGF_BASE_BYTES + (uint64_t)base.bins_size;
	if (base.bins_size > 0 && end < c->end)
		c->end = end;
	c->layout = (struct regf_layout){ base.minor <= 1, base.minor >= 6 };
}

static void state_init(struct scan *s, enum origin o, struct source *source,
		       struct hive *tree)
{
	struct state *st = &s->states[o];

	if (source == NULL)
		return;
	st->source = source;
	st->tree = tree;
	st->list_left = source->size + LIST_EXTRA_BYTES;
	st->subkeys_left = SCAN_SUBKEYS_MAX;
	st->cells = calloc(1, sizeof(*st->cells));
	if (st->cells == NULL) {
		s->out_of_memory = true;
		return;
	}
	st->cells->source = source;
	if (tree == NULL) {
		guess_layout(st->cells);
		return;
	}
	st->cells->end = tree->cells.end;
	st->cells->layout = tree->cells.layout;
}

static void names_init(struct scan *s)
{
	size_t n = 0;

	while (s->q->prefixes[n] != NULL)
		n++;
	s->prefixes = arena_alloc(s->work, n * sizeof(*s->prefixes));
	s->out_of_memory = s->prefixes == NULL ||
			   !utf16_from_utf8(s->work, s->q->key, &s->key);
	for (; s->n_prefixes < n && !s->out_of_memory; s->n_prefixes++)
		if (!utf16_from_utf8(s->work, s->q->prefixes[s->n_prefixes],
				     &s->prefixes[s->n_prefixes]))
			s->out_of_memory = true;
}

static void scan_init(struct scan *s)
{
	names_init(s);
	s->bytes_left = SCAN_BYTES_MAX;
	s->view_cells = calloc(1, sizeof(*s->view_cells));
	if (s->view_cells == NULL)
		s->out_of_memory = true;
	state_init(s, ORIGIN_HIVE, s->q->hive, s->q->tree);
	state_init(s, ORIGIN_FILE, s->q->file, s->q->file_tree);
}

static void scan_done(struct scan *s)
{
	for (size_t i = 0; i < 2; i++)
		free(s->states[i].cells);
	free(s->view_cells);
	arena_free(s->work);
}

static int run(struct scan *s, struct scan_result *ret)
{
	if (!s->out_of_memory) {
		ret->key_whole = read_lives(s, ORIGIN_HIVE);
		read_lives(s, ORIGIN_FILE);
		sort_lives(s);
	}
	for (enum origin o = ORIGIN_HIVE; o <= ORIGIN_FILE; o++)
		if (!s->out_of_memory)
			search_state(s, o);
	if (!s->out_of_memory)
		scan_logs(s);
	if (!s->out_of_memory)
		scan_place_records(s);
	if (!s->out_of_memory)
		scan_find_data(s);
	if (!s->out_of_memory)
		scan_find_owners(s);
	return s->out_of_memory ? ERR_NOMEM : make_result(s, ret);
}

int hive_scan(const struct scan_request *q, struct arena *a,
	      struct diag_list *d, struct scan_result *ret, struct err *reterr)
{
	struct scan_result result = { 0 };
	struct scan s = {
		.q = q, .arena = a, .diags = d, .work = arena_new(),
	};
	struct diag *diag;
	int r = ERR_NOMEM;

	if (q->tree != NULL && q->tree->text != NULL) {
		arena_free(s.work);
		*ret = (struct scan_result){ .key_whole = true };
		return 0;
	}
	result.scanned = true;
	if (s.work != NULL) {
		scan_init(&s);
		r = run(&s, &result);
	}
	if (r == 0 && s.cut) {
		diag = diag_add(d, &FINDING_SCAN_CUT,
				"%s: of what looks like values that are not in "
				"its tree, only a part is listed.", label(&s));
		if (diag != NULL)
			source_cite(q->hive, 0, REGF_BASE_RECORD_BYTES,
				    "hive base block", d->arena, &diag->cites);
	}
	scan_done(&s);
	if (r < 0)
		return err_set(reterr, r, 0, "scan of a hive", 0, 0);
	*ret = result;
	return 0;
}
