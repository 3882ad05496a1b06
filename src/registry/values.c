/*
 * values.c - the values of a key, and their data
 */
#include <string.h>

#include "base/bytes.h"
#include "registry/findings.h"
#include "registry/hive_internal.h"

#define VALUE_LIST_STRIDE 4

/* Of what lies behind a list in its cell.  A cell is larger than its list by
 * what was deleted since it was made, or by a count that is damaged.  */
#define UNCOUNTED_MAX 1024

static void list_damaged(struct hive *h, const struct hive_key *k,
			 struct hive_place place, const struct err *e)
{
	char text[160];

	hive_report(h, &FINDING_LIST_DAMAGED, place,
		    "values of \"%s\" are lost: %s.", k->name.utf8,
		    err_text(e, text, sizeof(text)));
}

/* The value list of @k, and the number of values that it has room for.  */
static int open_list(struct hive *h, const struct hive_key *k,
		     struct cell *ret, uint32_t *ret_n, struct err *reterr)
{
	struct hive_place nk = { REGF_BASE_BYTES + (uint64_t)k->cell, 4, "nk" };
	struct cell c;
	struct err e;
	int r = cells_get(&h->cells, k->value_list, &c, &e);

	if (r < 0) {
		list_damaged(h, k, nk, &e);
		return err_set(reterr, e.code, e.at, e.what, e.want, e.got);
	}
	hive_check_in_use(h, c.in_use,
			  (struct hive_place){ c.at, 4, "value list" },
			  k->name);
	*ret = c;
	*ret_n = c.size / VALUE_LIST_STRIDE;
	return 0;
}

static struct span name_as_utf16(struct hive *h, struct span name, bool is_8bit)
{
	uint8_t *wide;

	if (!is_8bit)
		return (struct span){ arena_copy(h->arena, name.p, name.n),
				      name.n, name.at };
	wide = arena_alloc(h->arena, 2 * name.n);
	for (size_t i = 0; wide != NULL && i < name.n; i++)
		wide[2 * i] = name.p[i];
	return (struct span){ wide, 2 * name.n, name.at };
}

static struct hive_value make_value(struct hive *h, uint32_t cell,
				    const struct regf_value *v,
				    const struct hive_record *record)
{
	struct hive_value value = {
		.cell = cell,
		.name = hive_name_text(h, v->name, v->name_is_8bit),
		.name_utf16 = name_as_utf16(h, v->name, v->name_is_8bit),
		.type = v->type,
		.size = v->size,
		.data_offset = v->data_offset,
		.data_inline = v->data_inline,
		.inline_data_at = v->inline_data.at,
		.tombstone = v->tombstone,
		.doubtful = record->doubtful,
	};

	/* Out of memory: no name, rather than a length without bytes.  */
	if (value.name_utf16.p == NULL)
		value.name_utf16.n = 0;
	if (v->inline_data.p != NULL)
		memcpy(value.inline_data, v->inline_data.p, REGF_INLINE_BYTES);
	source_cite(h->cells.source, record->bytes.at, v->record_size, "vk",
		    h->arena, &value.cites);
	hive_check_in_use(h, record->in_use,
			  (struct hive_place){ record->bytes.at,
					       v->record_size, "vk" },
			  value.name);
	return value;
}

struct walk;
typedef int record_fn(struct walk *w, uint32_t cell, const struct regf_value *v,
		      const struct hive_record *record);

struct walk {
	struct hive *hive;
	const struct hive_key *key;
	record_fn *fn;
	struct hive_names names;
	uint64_t left;		/* see hive_spend() */
	uint32_t index;		/* in the list, of the value at hand */
	struct err bad;		/* the first damage; code 0: none */

	/* each value */
	const struct hive_value_filter *filter;	/* or NULL */
	hive_value_fn *value_fn;
	void *ctx;
	bool all;		/* whatever their names are */

	/* search */
	struct hive_value *found;
	unsigned n_found;
};

static int read_value(struct walk *w, uint32_t cell, struct regf_value *ret,
		      struct hive_record *ret_record, struct err *reterr)
{
	struct hive *h = w->hive;
	int r = hive_read_record(h, cell, ret_record, reterr);

	if (r == 0)
		r = regf_value_parse(ret_record->bytes, h->cells.layout, ret,
				     reterr);
	if (r < 0)
		return r;
	if (!hive_spend(&w->left, ret->record_size))
		return err_set(reterr, ERR_LIMIT, ret_record->bytes.at,
			       "values: bytes", h->cells.end,
			       ret->record_size);
	return 0;
}

/* What the list names is a value if it has its signature and a name.  */
static bool read_bare_value(struct walk *w, uint32_t cell,
			    struct regf_value *ret,
			    struct hive_record *ret_record)
{
	struct hive *h = w->hive;

	if (!hive_read_bare(h, cell, ret_record) ||
	    regf_value_parse(ret_record->bytes, h->cells.layout, ret,
			     NULL) < 0 ||
	    !hive_name_is_text(ret->name, ret->name_is_8bit) ||
	    !hive_spend(&w->left, ret->record_size))
		return false;
	hive_report(h, &FINDING_CELL_SIZE,
		    (struct hive_place){ ret_record->bytes.at,
					 ret->record_size, "vk" },
		    "value %u of \"%s\" is taken as it stands at byte %llu: "
		    "the size of its cell is damaged.", w->index,
		    w->key->name.utf8,
		    (unsigned long long)ret_record->bytes.at);
	return true;
}

/* The value in @cell, as what speaks of it allows.  */
static int read_listed_value(struct walk *w, uint32_t cell,
			     struct regf_value *ret,
			     struct hive_record *ret_record,
			     struct err *reterr)
{
	struct hive *h = w->hive;
	int r = read_value(w, cell, ret, ret_record, reterr);

	if (r == 0 && !hive_mend_value_name(h, &w->names, ret_record, ret) &&
	    w->all)
		hive_say_lost_flag(h, ret_record, ret);
	if (r == ERR_MAGIC || r == ERR_TRUNCATED)
		if (hive_read_damaged_value(h, cell, &w->names, ret,
					    ret_record) &&
		    hive_spend(&w->left, ret->record_size))
			return 0;
	if ((r == ERR_VALUE || r == ERR_TRUNCATED) &&
	    read_bare_value(w, cell, ret, ret_record))
		return 0;
	return r;
}

/* Hand on the value that entry @i of the list names.  */
static int walk_entry(struct walk *w, const struct cell *list, uint32_t i)
{
	struct hive *h = w->hive;
	uint64_t off = (uint64_t)i * VALUE_LIST_STRIDE;
	struct hive_place place = { list->at + off, 4, "value list" };
	struct hive_record record = { 0 };
	struct regf_value v = { 0 };
	struct err e;
	char text[160];
	le32 cell = { { 0 } };
	int r = cells_read(&h->cells, list, off, cell.b, sizeof(cell.b), &e);

	w->index = i;
	if (r == 0)
		r = read_listed_value(w, get_le32(cell), &v, &record, &e);
	if (r == 0)
		return w->fn(w, get_le32(cell), &v, &record);
	if (w->bad.code == 0)
		w->bad = e;
	hive_report(h, &FINDING_VALUE_UNREADABLE, place,
		    "value %u of \"%s\" cannot be read: %s.", i,
		    w->key->name.utf8, err_text(&e, text, sizeof(text)));
	return 0;
}

/* Windows takes the list away from a key with its last value.  How many values
 * a list has that is still there, only its cell says.  */
static uint32_t uncounted(struct hive *h, const struct hive_key *k,
			  uint32_t room)
{
	hive_report(h, &FINDING_COUNT_DIFFERS,
		    (struct hive_place){ REGF_BASE_BYTES + (uint64_t)k->cell,
					 80, "nk" },
		    "key \"%s\" says that it has no values, but has a list "
		    "with room for %u.", k->name.utf8, room);
	return room;
}

static int walk_values(struct walk *w, struct err *reterr)
{
	const struct hive_key *k = w->key;
	struct cell list = { 0 };
	uint32_t room = 0, n = k->n_values;
	struct err e;
	int r;

	w->left = w->hive->cells.end;
	if (n == 0 && (k->value_list == REGF_NONE || k->value_list == 0))
		return 0;
	r = open_list(w->hive, k, &list, &room, reterr);
	if (r < 0)
		return r;
	if (n == 0)
		n = uncounted(w->hive, k, room);
	if (n > room) {
		err_set(&w->bad, ERR_TRUNCATED, list.at, "value list: count",
			n, room);
		list_damaged(w->hive, k,
			     (struct hive_place){ list.at, 4, "value list" },
			     &w->bad);
		n = room;
	}
	for (uint32_t i = w->filter != NULL ? w->filter->first : 0; i < n;
	     i++) {
		r = walk_entry(w, &list, i);
		if (r != 0)
			return r;
	}
	e = w->bad;
	return e.code == 0 ? 0 : err_set(reterr, e.code, e.at, e.what, e.want,
					 e.got);
}

/* Whether the filter of @w lets a value of this name pass.  */
static bool passes(const struct walk *w, struct span name, bool is_8bit)
{
	uint8_t wide[2 * HIVE_SHORT_NAME_CHARS] = { 0 };
	/* In UTF-16, too, a damaged name may have any number of bytes.  */
	const size_t n = is_8bit ? 2 * name.n : name.n;

	if (w->filter == NULL || (w->filter->wants == NULL &&
				  w->filter->nearly == NULL))
		return true;
	if (n > sizeof(wide))
		return false;
	for (size_t i = 0; i < name.n; i++)
		wide[is_8bit ? 2 * i : i] = name.p[i];
	return hive_filter_wants(w->filter,
				 (struct span){ wide, n, name.at });
}

static int give_value(struct walk *w, uint32_t cell, const struct regf_value *v,
		      const struct hive_record *record)
{
	struct hive_value value;

	if (!passes(w, v->name, v->name_is_8bit))
		return 0;
	value = make_value(w->hive, cell, v, record);
	value.index = w->index;
	return w->value_fn(w->ctx, &value);
}

int cell_each_value(struct hive *h, const struct hive_key *k,
		    const struct hive_value_filter *f, hive_value_fn *fn,
		    void *ctx, struct err *reterr)
{
	struct walk w = {
		.hive = h, .key = k, .fn = give_value, .filter = f,
		.names.form = f != NULL ? f->form : NULL, .value_fn = fn,
		.ctx = ctx,
		.all = f == NULL || f->form != NULL ||
		       (f->wants == NULL && f->nearly == NULL),
	};

	return walk_values(&w, reterr);
}

/* Hand on the value that entry @i of the list names, behind those that the key
 * counts, if it is one.  */
static int walk_uncounted(struct walk *w, const struct cell *list, uint32_t i,
			  const char *const *prefixes)
{
	struct hive_record record = { 0 };
	struct regf_value v = { 0 };
	le32 cell = { { 0 } };

	if (cells_read(&w->hive->cells, list, (uint64_t)i * VALUE_LIST_STRIDE,
		       cell.b, sizeof(cell.b), NULL) != 0 ||
	    read_value(w, get_le32(cell), &v, &record, NULL) != 0 ||
	    !record.in_use ||
	    !regf_name_has_prefix(v.name, v.name_is_8bit, prefixes))
		return 0;
	return give_value(w, get_le32(cell), &v, &record);
}

int cell_each_uncounted_value(struct hive *h, const struct hive_key *k,
			      const char *const *prefixes, hive_value_fn *fn,
			      void *ctx)
{
	struct walk w = {
		.hive = h, .key = k, .left = h->cells.end, .value_fn = fn,
		.ctx = ctx,
	};
	struct cell list;
	uint32_t room, end;

	/* Where the key counts none, those that its list has were given.  */
	if (h->info.dirty || k->n_values == 0 ||
	    cells_get(&h->cells, k->value_list, &list, NULL) < 0)
		return 0;
	room = list.size / VALUE_LIST_STRIDE;
	if (k->n_values >= room)
		return 0;
	end = room - k->n_values < UNCOUNTED_MAX ? room
						 : k->n_values + UNCOUNTED_MAX;
	for (uint32_t i = k->n_values; i < end; i++) {
		int r = walk_uncounted(&w, &list, i, prefixes);

		if (r != 0)
			return r;
	}
	return 0;
}

static int match_value(struct walk *w, uint32_t cell,
		       const struct regf_value *v,
		       const struct hive_record *record)
{
	if (v->tombstone || !regf_name_equal(v->name, v->name_is_8bit,
					      w->names.wanted))
		return 0;
	if (w->n_found++ == 0) {
		*w->found = make_value(w->hive, cell, v, record);
		return 0;
	}
	hive_report(w->hive, &FINDING_NAME_TWICE,
		    (struct hive_place){ record->bytes.at, v->record_size,
					 "vk" },
		    "key \"%s\" has two values named \"%s\"; the one at byte "
		    "%llu is not used.", w->key->name.utf8, w->found->name.utf8,
		    (unsigned long long)record->bytes.at);
	return 0;
}

int cell_find_value(struct hive *h, const struct hive_key *k, struct span name,
		    struct hive_value *ret, struct err *reterr)
{
	struct hive_value found = { 0 };
	struct walk w = {
		.hive = h, .key = k, .fn = match_value, .names.wanted = name,
		.found = &found,
	};
	int r = walk_values(&w, reterr);

	if (w.n_found > 0) {
		*ret = found;
		return 0;
	}
	/* In what is damaged, it may have been.  */
	return r < 0 ? r : err_set(reterr, ERR_NOT_FOUND,
				   REGF_BASE_BYTES + (uint64_t)k->cell,
				   "registry value", 0, 0);
}

/* Where the data of a value is collected.  */
struct data {
	struct hive *hive;
	uint8_t *p;
	size_t n, want;
	struct text name;	/* of the value */
	struct cites *cites;	/* or NULL */
};

static void cite_data(struct data *d, uint64_t at, size_t n)
{
	if (d->cites != NULL)
		source_cite(d->hive->cells.source, at, n, "value data",
			    d->hive->arena, d->cites);
}

/* Append up to @max bytes of the cell @offset.  */
static int add_cell(struct data *d, uint32_t offset, size_t max,
		    struct err *reterr)
{
	struct cell c;
	size_t n = d->want - d->n;
	uint64_t inside;
	int r = cells_get(&d->hive->cells, offset, &c, reterr);

	if (r < 0)
		return r;
	/* Damage to the size of a cell before it may hide one in use.  */
	if (!c.in_use && cells_is_inside(&d->hive->cells, offset, &inside))
		return err_set(reterr, ERR_VALUE, c.at,
			       "value data inside another cell", inside,
			       REGF_BASE_BYTES + (uint64_t)offset);
	if (n > max)
		n = max;
	if (n > c.size)
		n = c.size;
	r = cells_read(&d->hive->cells, &c, 0, d->p + d->n, n, reterr);
	if (r < 0)
		return r;
	cite_data(d, c.at, n);
	hive_check_in_use(d->hive, c.in_use,
			  (struct hive_place){ c.at, n, "value data" },
			  d->name);
	d->n += n;
	/* A segment that is too short shifts all that follows.  */
	if (n < max && d->n < d->want)
		return err_set(reterr, ERR_TRUNCATED, c.at, "value data",
			       d->want, d->n);
	return 0;
}

/* All but the last segment are whole, so that these are all there can be.  */
#define MAX_SEGMENTS (HIVE_DATA_MAX_BYTES / REGF_SEGMENT_BYTES + 1)

static int add_segments(struct data *d, const struct regf_big_data *db,
			struct err *reterr)
{
	struct cells *cells = &d->hive->cells;
	uint32_t segments[MAX_SEGMENTS];
	struct cell list;
	int r = cells_get(cells, db->segment_list, &list, reterr);

	for (uint32_t i = 0; r == 0 && d->n < d->want; i++) {
		uint64_t at = (uint64_t)i * sizeof(le32);
		le32 segment = { { 0 } };

		if (i >= db->n_segments || i >= MAX_SEGMENTS)
			return err_set(reterr, ERR_TRUNCATED, list.at,
				       "big data", d->want, d->n);
		r = cells_read(cells, &list, at, segment.b, sizeof(segment.b),
			       reterr);
		if (r < 0)
			return r;
		segments[i] = get_le32(segment);
		for (uint32_t k = 0; k < i; k++)
			if (segments[k] == segments[i])
				return err_set(reterr, ERR_VALUE, list.at + at,
					       "big data: a segment for the "
					       "second time", i, k);
		r = add_cell(d, segments[i], REGF_SEGMENT_BYTES, reterr);
	}
	return r;
}

static bool is_big_data(struct hive *h, const struct hive_value *v,
			struct regf_big_data *ret)
{
	uint8_t b[8];
	struct cell c;

	return v->size > REGF_SEGMENT_BYTES && h->may_have_big_data &&
	       cells_get(&h->cells, v->data_offset, &c, NULL) == 0 &&
	       cells_read(&h->cells, &c, 0, b, sizeof(b), NULL) == 0 &&
	       regf_big_data_parse((struct span){ b, sizeof(b), c.at }, ret,
				   NULL) == 0;
}

static int collect(struct data *d, const struct hive_value *v,
		   struct err *reterr)
{
	struct regf_big_data db;

	if (v->data_inline && d->want > 0) {
		d->n = d->want;		/* at most 4, see data_init() */
		memcpy(d->p, v->inline_data, d->n);
		cite_data(d, v->inline_data_at, d->n);
	} else if (d->want > 0 && is_big_data(d->hive, v, &db)) {
		return add_segments(d, &db, reterr);
	} else if (d->want > 0) {
		return add_cell(d, v->data_offset, d->want, reterr);
	}
	if (d->n < v->size)
		return err_set(reterr, ERR_TRUNCATED, v->inline_data_at,
			       "value data", v->size, d->n);
	return 0;
}

/* Room for the data of @v, as much of it as we read.  */
static int data_init(struct hive *h, const struct hive_value *v,
		     struct cites *c, struct data *ret, struct err *reterr)
{
	uint32_t want = v->size;
	uint64_t at = v->inline_data_at;
	uint8_t *p;

	if (v->data_inline && want > REGF_INLINE_BYTES)
		want = REGF_INLINE_BYTES;
	if (want > HIVE_DATA_MAX_BYTES)
		want = HIVE_DATA_MAX_BYTES;
	if (want > h->cells.end)
		want = (uint32_t)h->cells.end;
	if (!hive_spend(&h->data_left, want))
		return err_set(reterr, ERR_LIMIT, at, "data read from a hive",
			       HIVE_DATA_READ_FACTOR * h->cells.end, want);
	p = arena_alloc(h->arena, want);
	if (p == NULL)
		return err_set(reterr, ERR_NOMEM, at, "value data", want, 0);
	*ret = (struct data){
		.hive = h, .p = p, .want = want, .name = v->name, .cites = c,
	};
	return 0;
}

/* Whether the cell of the data cannot have the size that it says.  */
static bool data_cell_is_damaged(struct hive *h, const struct hive_value *v)
{
	struct cell c;
	int r = cells_get(&h->cells, v->data_offset, &c, NULL);

	return r == ERR_VALUE || (r == 0 && c.size < v->size);
}

bool cell_read_bare_data(struct hive *h, const struct hive_value *v,
			 bool (*is_data)(struct span data), struct span *ret,
			 struct cites *c)
{
	struct hive_record record;
	struct span s;

	if (v->data_inline || v->size == 0 || v->size > BARE_RECORD_BYTES ||
	    !data_cell_is_damaged(h, v) ||
	    !hive_read_bare(h, v->data_offset, &record) ||
	    !span_sub(record.bytes, 0, v->size, &s) || !is_data(s))
		return false;
	hive_report(h, &FINDING_DATA_CELL,
		    (struct hive_place){ s.at, s.n, "value data" },
		    "the data of value \"%s\" is taken as it stands at byte "
		    "%llu: the size of its cell is damaged.", v->name.utf8,
		    (unsigned long long)s.at);
	if (c != NULL)
		source_cite(h->cells.source, s.at, s.n, "value data", h->arena,
			    c);
	*ret = (struct span){ arena_copy(h->arena, s.p, s.n), s.n, s.at };
	return ret->p != NULL;
}

int cell_read_value(struct hive *h, const struct hive_value *v,
		    struct span *ret, struct cites *c, struct err *reterr)
{
	struct hive_place place = { v->inline_data_at, 4, "vk" };
	struct data d = { 0 };
	struct err e = { 0 };
	char text[160];
	int r = data_init(h, v, c, &d, &e);

	if (r == 0)
		r = collect(&d, v, &e);
	if (r == 0 && d.n < v->size)
		r = err_set(&e, ERR_LIMIT, v->inline_data_at, "value data",
			    HIVE_DATA_MAX_BYTES, v->size);
	if (r < 0)
		hive_report(h, &FINDING_VALUE_DATA, place,
			    "of the %u bytes of value \"%s\", %zu are there: "
			    "%s.", v->size, v->name.utf8, d.n,
			    err_text(&e, text, sizeof(text)));
	if (r < 0 && d.n == 0)
		return err_set(reterr, e.code, e.at, e.what, e.want, e.got);
	*ret = (struct span){ d.p, d.n, v->inline_data_at };
	return 0;
}
