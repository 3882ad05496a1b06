/*
 * lost_key.c - keys to which no path leads any more
 *
 * The keys above it, or their lists, are damaged; its own record is not, and
 * nor are its subkeys.  A name that a hive has once tells which it is.
 */
#include <string.h>

#include "registry/findings.h"
#include "registry/hive_internal.h"

/* Lost keys that are looked at, each by a walk over the hive.  */
#define PARENTS_MAX 8

struct search {
	struct hive *hive;
	struct span name;	/* UTF-16LE */
	struct hive_key found;
	size_t n;
};

/* The key in the cell @c, if it is in use and one can be read there.  */
static bool read_live_key(struct hive *h, uint32_t cell, const struct cell *c,
			  struct regf_key *ret, struct hive_record *ret_record)
{
	uint8_t b[2];

	return c->in_use &&
	       cells_read(&h->cells, c, 0, b, sizeof(b), NULL) == 0 &&
	       b[0] == 'n' && b[1] == 'k' &&
	       hive_read_key(h, cell, ret, ret_record, NULL) == 0;
}

static int try_key(void *ctx, uint32_t cell, const struct cell *c)
{
	struct search *s = ctx;
	struct hive_record record = { 0 };
	struct regf_key k;

	if (!read_live_key(s->hive, cell, c, &k, &record) ||
	    !regf_name_equal(k.name, k.name_is_8bit, s->name))
		return 0;
	if (s->n++ > 0)
		return 1;
	s->found = hive_make_key(s->hive, cell, &k, &record);
	return 0;
}

bool hive_find_lost_key(struct hive *h, const char *name, struct hive_key *ret)
{
	struct search s = { .hive = h };
	uint64_t at;

	if (h->text != NULL || !utf16_from_utf8(h->arena, name, &s.name))
		return false;
	hive_each_cell(h, try_key, &s);
	if (s.n != 1)
		return false;
	at = REGF_BASE_BYTES + (uint64_t)s.found.cell;
	hive_report(h, &FINDING_KEY_BY_NAME,
		    (struct hive_place){ at, 80, "nk" },
		    "what leads to the key \"%s\" is damaged; the one of this "
		    "name, in the cell at byte %llu, is taken for it.",
		    s.found.name.utf8, (unsigned long long)at);
	*ret = s.found;
	return true;
}

bool hive_find_parent(struct hive *h, const struct hive_key *k,
		      struct hive_key *ret)
{
	struct hive_record record = { 0 };
	struct regf_key own, above;

	if (h->text != NULL || k->cell == h->root.cell ||
	    hive_read_key(h, k->cell, &own, &record, NULL) < 0 ||
	    hive_read_key(h, own.parent, &above, &record, NULL) < 0)
		return false;
	*ret = hive_make_key(h, own.parent, &above, &record);
	return true;
}

bool hive_lost_parent_names(struct hive *h, const struct hive_key *k,
			    const struct hive_key *above)
{
	struct hive_record record;
	struct regf_key own, lost;

	return h->text == NULL &&
	       hive_read_key(h, k->cell, &own, &record, NULL) == 0 &&
	       hive_read_bare(h, own.parent, &record) &&
	       regf_key_decode(record.bytes, h->cells.layout, &lost) &&
	       lost.parent == above->cell;
}

struct beginning {
	struct hive *hive;
	const char *prefix;
	hive_key_fn *fn;
	void *ctx;
};

static int try_beginning(void *ctx, uint32_t cell, const struct cell *c)
{
	struct beginning *s = ctx;
	struct hive_record record = { 0 };
	struct hive_key key;
	struct regf_key k;

	if (!read_live_key(s->hive, cell, c, &k, &record) ||
	    !k.name_is_8bit || k.name.n < strlen(s->prefix) ||
	    memcmp(k.name.p, s->prefix, strlen(s->prefix)) != 0)
		return 0;
	key = hive_make_key(s->hive, cell, &k, &record);
	return s->fn(s->ctx, &key);
}

int hive_each_key_like(struct hive *h, const char *prefix, hive_key_fn *fn,
		       void *ctx)
{
	struct beginning s = { h, prefix, fn, ctx };

	return h->text != NULL ? 0 : hive_each_cell(h, try_beginning, &s);
}

struct parents {
	struct hive *hive;
	struct span name;	/* UTF-16LE, of a subkey */
	size_t n;
	struct {
		uint32_t cell;
		struct hive_place subkey;
	} list[PARENTS_MAX];
};

static bool is_met(const struct parents *p, uint32_t cell)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->list[i].cell == cell)
			return true;
	return false;
}

static int try_subkey(void *ctx, uint32_t cell, const struct cell *c)
{
	struct parents *p = ctx;
	struct hive_record record = { 0 };
	struct hive_place place;
	struct regf_key k, above;

	if (!read_live_key(p->hive, cell, c, &k, &record) ||
	    !regf_name_equal(k.name, k.name_is_8bit, p->name) ||
	    is_met(p, k.parent) || k.parent == p->hive->root.cell)
		return 0;
	place = (struct hive_place){ record.bytes.at, k.size, "nk" };
	if (hive_read_key(p->hive, k.parent, &above, &record, NULL) == 0)
		return 0;
	p->list[p->n].cell = k.parent;
	p->list[p->n++].subkey = place;
	return p->n == PARENTS_MAX;
}

bool hive_has_lost_keys(const struct hive *h)
{
	for (size_t i = 0; i < h->said_places; i++)
		if (h->said[i].kind == &FINDING_LIST_DAMAGED ||
		    h->said[i].kind == &FINDING_KEY_UNREADABLE)
			return true;
	return false;
}

static int give_parent(struct hive *h, uint32_t cell, struct hive_place subkey,
		       const char *sibling, hive_key_fn *fn, void *ctx)
{
	const struct hive_orphans *o = hive_orphans_of(h, cell);
	struct hive_key k = {
		.cell = cell, .name = { .utf8 = HIVE_LOST_NAME },
		.subkey_list = REGF_NONE, .value_list = REGF_NONE,
	}, found;

	if (o == NULL)
		return 0;
	k.n_subkeys = (uint32_t)o->n;
	source_cite(h->cells.source, subkey.at, subkey.n, subkey.structure,
		    h->arena, &k.cites);
	return hive_find_key(h, &k, sibling, &found, NULL) == 0 ? fn(ctx, &k)
								: 0;
}

int hive_each_lost_parent(struct hive *h, const char *subkey,
			  const char *sibling, hive_key_fn *fn, void *ctx)
{
	struct parents p = { .hive = h };
	int r = 0;

	if (h->text != NULL || !hive_has_lost_keys(h) ||
	    !utf16_from_utf8(h->arena, subkey, &p.name))
		return 0;
	hive_each_cell(h, try_subkey, &p);
	for (size_t i = 0; i < p.n && r == 0; i++)
		r = give_parent(h, p.list[i].cell, p.list[i].subkey, sibling,
				fn, ctx);
	return r;
}
