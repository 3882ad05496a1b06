/*
 * text_hive.c - the keys and values of a hive that is registry text
 */
#include "registry/findings.h"
#include "registry/text_internal.h"

#include <stdlib.h>
#include <string.h>

static struct span name_of(struct hive *h, uint32_t key)
{
	const struct text_key *k = &h->text->keys[key];
	uint8_t *p = arena_alloc(h->arena, 2 * (size_t)k->name_units);
	struct span s = { p, 2 * (size_t)k->name_units, k->at };

	if (p == NULL)
		return (struct span){ 0 };
	for (size_t i = 0; i < k->name_units; i++) {
		p[2 * i] = (uint8_t)h->text->names[k->name + i];
		p[2 * i + 1] = (uint8_t)(h->text->names[k->name + i] >> 8);
	}
	return s;
}

struct hive_key text_make_key(struct hive *h, uint32_t key)
{
	const struct text_key *k = &h->text->keys[key];
	struct hive_key made = {
		.cell = key,
		.name = text_from_utf16(h->arena, name_of(h, key)),
		.n_subkeys = k->n_children,
	};

	/* Ends: each entry is behind the one before.  */
	for (uint32_t i = key;; i = h->text->keys[i].again) {
		made.n_values += h->text->keys[i].n_values;
		if (h->text->keys[i].again == 0)
			break;
	}
	source_cite(h->text->source, k->at, k->values - k->at, "reg key",
		    h->arena, &made.cites);
	return made;
}

/* May one more key be handed out?  */
static bool spend_key(struct hive *h, const struct text_key *k,
		      struct err *reterr)
{
	if (h->text->keys_left > 0) {
		h->text->keys_left--;
		return true;
	}
	hive_report(h, &FINDING_REG_LIMIT,
		    (struct hive_place){ k->at, k->values - k->at, "reg key" },
		    "some of its subkeys are not read: too many were asked "
		    "for.");
	err_set(reterr, ERR_LIMIT, k->at, "keys of registry text", 0, 0);
	return false;
}

/* Whether the name of @key begins with @prefix; NULL: each does.  */
static bool has_prefix(const struct registry_text *t, uint32_t key,
		       const char *prefix)
{
	const struct text_key *k = &t->keys[key];
	const uint16_t *name = t->names + k->name;

	for (size_t i = 0; prefix != NULL && prefix[i] != '\0'; i++)
		if (i >= k->name_units ||
		    regf_upcase(name[i]) != regf_upcase((uint8_t)prefix[i]))
			return false;
	return true;
}

static int each_subkey(struct hive *h, const struct hive_key *key,
		       const char *prefix, hive_key_fn *fn, void *ctx,
		       struct err *reterr)
{
	const struct text_key *k = &h->text->keys[key->cell];

	for (uint32_t i = 0; i < k->n_children; i++) {
		const uint32_t child = h->text->sorted[k->first_child + i];
		struct hive_key sub;
		int r;

		if (!has_prefix(h->text, child, prefix))
			continue;
		if (!spend_key(h, k, reterr))
			return ERR_LIMIT;
		sub = text_make_key(h, child);
		r = fn(ctx, &sub);
		if (r != 0)
			return r;
	}
	return 0;
}

/* @name against that of @key.  */
static int compare_name(const struct registry_text *t, struct span name,
			uint32_t key)
{
	const struct text_key *k = &t->keys[key];
	size_t n = name.n / 2;

	for (size_t i = 0; i < n && i < k->name_units; i++) {
		uint32_t x = regf_upcase((uint32_t)(name.p[2 * i] |
						    name.p[2 * i + 1] << 8));
		uint32_t y = regf_upcase(t->names[k->name + i]);

		if (x != y)
			return x < y ? -1 : 1;
	}
	return (n > k->name_units) - (n < k->name_units);
}

static int find_subkey(struct hive *h, const struct hive_key *key,
		       struct span name, struct hive_key *ret,
		       struct err *reterr)
{
	const struct registry_text *t = h->text;
	const struct text_key *k = &t->keys[key->cell];
	uint32_t low = 0, high = k->n_children;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		uint32_t child = t->sorted[k->first_child + middle];
		int r = compare_name(t, name, child);

		if (r == 0) {
			*ret = text_make_key(h, child);
			return 0;
		}
		if (r < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return err_set(reterr, ERR_NOT_FOUND, k->at, "registry key", 0, 0);
}

/* Values of a key that are held against those where it stands again.  Of more,
 * none is held.  */
#define SEEN_MAX 4096

struct seen {
	uint64_t at, sum;
	size_t size;
};

struct walk;
typedef int record_fn(struct walk *w, const struct reg_record *r, uint64_t at);

struct walk {
	struct hive *hive;
	const struct hive_key *key;
	record_fn *fn;
	uint32_t n_seen;	/* values, also those that were passed over */
	struct err bad;		/* the first damage; code 0: none */

	/* each value */
	const struct hive_value_filter *filter;	/* or NULL */
	hive_value_fn *value_fn;
	void *ctx;
	struct seen *seen;	/* of a key that stands there again; or NULL */
	size_t n_listed;
	bool again;		/* not its first place */

	/* search */
	struct span name;	/* UTF-16LE */
	struct hive_value *found;
	unsigned n_found;
};

/* The record at @at, or what is left of one that cannot be read, whose finding
 * was made when the keys were read.  */
static int read_record(struct walk *w, uint64_t at, struct reg_record *ret,
		       struct err *reterr)
{
	struct registry_text *t = w->hive->text;
	struct err e;
	int r = text_record(t, at, ret, &e);

	if (r == ERR_LIMIT) {
		w->bad = e;
		r = text_skip(t, at, ret, &e);
	} else if (r == 0 && ret->kind == REG_BAD) {
		w->bad = ret->bad;
	}
	return r == 0 ? 0 : err_set(reterr, e.code, e.at, e.what, e.want,
				    e.got);
}

static int walk_lines(struct walk *w, const struct text_key *k,
		      struct err *reterr)
{
	uint64_t end = k->values_end;

	/* Ends: each record takes a line.  */
	for (uint64_t at = k->values; at < end;) {
		struct reg_record record = { 0 };
		int r = read_record(w, at, &record, reterr);
		size_t size = record.size;

		if (r == 0 && record.kind == REG_VALUE)
			r = w->fn(w, &record, at);
		if (r != 0)
			return r;
		at += size;
	}
	return 0;
}

static int walk_values(struct walk *w, struct err *reterr)
{
	const struct text_key *keys = w->hive->text->keys;

	/* Ends: each entry of the key is behind the one before.  */
	for (uint32_t i = w->key->cell;; i = keys[i].again) {
		int r;

		w->again = i != w->key->cell;
		r = walk_lines(w, &keys[i], reterr);

		if (r != 0)
			return r;
		if (keys[i].again == 0)
			break;
	}
	if (w->bad.code == 0)
		return 0;
	return err_set(reterr, w->bad.code, w->bad.at, w->bad.what,
		       w->bad.want, w->bad.got);
}

static struct hive_place cited(struct span s, const char *structure)
{
	return (struct hive_place){ s.at, s.n, structure };
}

static struct span value_name(struct hive *h, const struct reg_record *r)
{
	uint8_t *p = arena_alloc(h->arena, REG_UTF16_BYTES(r->name.n));
	struct reg_utf16 wide;

	if (p == NULL)
		return (struct span){ 0 };
	wide = reg_text_decode(&h->text->format, r->name, true, p);
	if (wide.guessed)
		text_report_guess(h->text, cited(r->name, "reg value"));
	return (struct span){ p, wide.n, r->name.at };
}

static struct hive_value make_value(struct hive *h, const struct reg_record *r,
				    uint64_t at, struct span name)
{
	struct reg_data data = reg_data_decode(&h->text->format, r, NULL, 0);
	struct hive_value v = {
		.name = text_from_utf16(h->arena, name),
		.name_utf16 = name,
		.type = r->type,
		.inline_data_at = at,
	};
	uint64_t size = data.n;

	/* Damaged text does not tell how much there was: more than this.  */
	size += data.bad.code != 0;
	v.size = size < UINT32_MAX ? (uint32_t)size : UINT32_MAX;
	source_cite(h->text->source, at, r->data.at - at, "reg value",
		    h->arena, &v.cites);
	return v;
}

/* What a short name takes at most, where each of its characters is escaped and
 * has two bytes.  */
#define SHORT_NAME_BYTES (4 * HIVE_SHORT_NAME_CHARS)

/* Whether the filter of @w lets the @index-th value, which is @r, pass.  */
static bool passes(const struct walk *w, const struct reg_record *r,
		   uint32_t index)
{
	uint8_t p[REG_UTF16_BYTES(SHORT_NAME_BYTES)];
	struct reg_utf16 wide;

	if (w->filter == NULL)
		return true;
	if (index < w->filter->first)
		return false;
	if (w->filter->wants == NULL && w->filter->nearly == NULL)
		return true;
	if (r->name.n > SHORT_NAME_BYTES)
		return false;
	wide = reg_text_decode(&w->hive->text->format, r->name, true, p);
	return wide.n <= 2 * (size_t)HIVE_SHORT_NAME_CHARS &&
	       hive_filter_wants(w->filter, (struct span){ p, wide.n,
							   r->name.at });
}

/* FNV-1a, which only spares reading.  */
static uint64_t sum_of(struct span s, uint64_t sum)
{
	for (size_t i = 0; i < s.n; i++)
		sum = (sum ^ s.p[i]) * UINT64_C(0x100000001b3);
	return sum;
}

static bool same_bytes(struct walk *w, uint64_t a, uint64_t b, size_t n)
{
	struct source *s = w->hive->cells.source;
	uint8_t x[512], y[sizeof(x)];

	while (n > 0) {
		size_t take = n < sizeof(x) ? n : sizeof(x);

		if (source_read(s, a, x, take, NULL) < 0 ||
		    source_read(s, b, y, take, NULL) < 0 ||
		    memcmp(x, y, take) != 0)
			return false;
		a += take;
		b += take;
		n -= take;
	}
	return true;
}

/* Whether @r, at @at, is the same in each byte as a value in a place where the
 * key stood before: an export that was put into one file twice.  */
static bool is_repeated(struct walk *w, const struct reg_record *r,
			uint64_t at)
{
	struct seen now = {
		at, sum_of(r->data, sum_of(r->name, 0)), r->size,
	};

	for (size_t i = 0; w->again && i < w->n_listed; i++)
		if (w->seen[i].sum == now.sum && w->seen[i].size == now.size &&
		    same_bytes(w, w->seen[i].at, at, now.size))
			return true;
	if (w->n_listed < SEEN_MAX)
		w->seen[w->n_listed++] = now;
	return false;
}

static int give_value(struct walk *w, const struct reg_record *r, uint64_t at)
{
	const uint32_t index = w->n_seen++;
	struct hive_value v;

	if (!passes(w, r, index) ||
	    (w->seen != NULL && is_repeated(w, r, at)))
		return 0;
	v = make_value(w->hive, r, at, value_name(w->hive, r));
	v.index = index;
	return w->value_fn(w->ctx, &v);
}

static int each_value(struct hive *h, const struct hive_key *k,
		      const struct hive_value_filter *f, hive_value_fn *fn,
		      void *ctx, struct err *reterr)
{
	struct walk w = {
		.hive = h, .key = k, .fn = give_value, .filter = f,
		.value_fn = fn, .ctx = ctx,
	};
	int r;

	if (h->text->keys[k->cell].again != 0) {
		w.seen = calloc(SEEN_MAX, sizeof(*w.seen));
		if (w.seen == NULL)
			return err_set(reterr, ERR_NOMEM, 0, "registry text",
				       SEEN_MAX * sizeof(*w.seen), 0);
	}
	r = walk_values(&w, reterr);
	free(w.seen);
	return r;
}

static int match_value(struct walk *w, const struct reg_record *r, uint64_t at)
{
	struct hive *h = w->hive;
	struct span name;

	/* Escapes only make it longer, so this is not its name.  */
	if (REG_UTF16_BYTES(r->name.n) < w->name.n)
		return 0;
	name = value_name(h, r);
	if (!regf_name_equal(name, false, w->name))
		return 0;
	if (w->n_found++ == 0) {
		*w->found = make_value(h, r, at, name);
		return 0;
	}
	text_report(h->text, &FINDING_NAME_TWICE,
		    (struct hive_place){ at, r->size, "reg value" },
		    "key \"%s\" has two values named \"%s\"; the one at byte "
		    "%llu is not used.", w->key->name.utf8, w->found->name.utf8,
		    (unsigned long long)at);
	return 0;
}

static int find_value(struct hive *h, const struct hive_key *k,
		      struct span name, struct hive_value *ret,
		      struct err *reterr)
{
	struct hive_value found = { 0 };
	struct walk w = {
		.hive = h, .key = k, .fn = match_value, .name = name,
		.found = &found,
	};
	int r = walk_values(&w, reterr);

	if (w.n_found > 0) {
		*ret = found;
		return 0;
	}
	/* In what is damaged, it may have been.  */
	return r < 0 ? r : err_set(reterr, ERR_NOT_FOUND,
				   h->text->keys[k->cell].at, "registry value",
				   0, 0);
}

/* As much of the data of @v as we read.  */
static int decode_data(struct hive *h, const struct hive_value *v,
		       const struct reg_record *r, struct span *ret,
		       struct err *reterr)
{
	size_t room = v->size < HIVE_DATA_MAX_BYTES ? v->size
						    : HIVE_DATA_MAX_BYTES;
	struct reg_data data;
	uint8_t *p;

	if (!hive_spend(&h->data_left, room))
		return err_set(reterr, ERR_LIMIT, r->data.at,
			       "data read from registry text",
			       HIVE_DATA_READ_FACTOR * h->text->source->size,
			       room);
	p = arena_alloc(h->arena, room);
	if (p == NULL)
		return err_set(reterr, ERR_NOMEM, r->data.at, "value data",
			       room, 0);
	data = reg_data_decode(&h->text->format, r, p, room);
	if (data.guessed)
		text_report_guess(h->text, cited(r->data, "reg data"));
	*ret = (struct span){ p, data.n < room ? data.n : room, r->data.at };
	if (data.bad.code != 0)
		return err_set(reterr, data.bad.code, data.bad.at,
			       data.bad.what, data.bad.want, data.bad.got);
	if (data.n > room)
		return err_set(reterr, ERR_LIMIT, r->data.at, "value data",
			       HIVE_DATA_MAX_BYTES, data.n);
	return 0;
}

static int read_value(struct hive *h, const struct hive_value *v,
		      struct span *ret, struct cites *c, struct err *reterr)
{
	struct reg_record record = { 0 };
	struct span data = { 0 };
	struct err e;
	char text[160];
	int r = text_record(h->text, v->inline_data_at, &record, &e);

	if (r == 0)
		r = decode_data(h, v, &record, &data, &e);
	if (r < 0)
		hive_report(h, &FINDING_VALUE_DATA,
			    (struct hive_place){ v->inline_data_at,
						 record.size, "reg value" },
			    "of the data of value \"%s\", %zu bytes are there: "
			    "%s.", v->name.utf8, data.n,
			    text_error(&e, text, sizeof(text)));
	if (r < 0 && data.n == 0)
		return err_set(reterr, e.code, e.at, e.what, e.want, e.got);
	if (c != NULL)
		source_cite(h->text->source, record.data.at, record.data.n,
			    "reg data", h->arena, c);
	*ret = data;
	return 0;
}

const struct hive_ops text_hive_ops = {
	each_subkey, find_subkey, each_value, find_value, read_value,
};
