/*
 * keys.c - subkeys: lists of them, and the search through them
 *
 * The names in a list are sorted, and lf and lh lists carry a hint for each.
 * Neither is believed: a search looks first at the entries whose hint fits,
 * which is where Windows looks, and then at all the others.  But the two are
 * witnesses of each other: where a hint cannot be of its key's name, one of
 * them is damaged, and if that key is the only one with the hint of a name that
 * is sought in vain, it is taken for it.
 */
#include <string.h>

#include "base/bytes.h"
#include "registry/findings.h"
#include "registry/hive_internal.h"

struct list_entry {
	enum regf_list_kind kind;
	uint32_t cell;
	uint8_t hint[4];	/* of lf and lh */
	uint64_t at;		/* of the entry, in the file */
};

/* Where one offset is damaged, the key is in a list of its own parent; so many
 * such lists are searched, of any number of entries.  */
#define OTHERS_MAX 16

struct walk;
/* Return 0 to go on.  */
typedef int entry_fn(struct walk *w, const struct list_entry *e);

/* One way through all the entries of a key's list.  */
struct walk {
	struct hive *hive;
	const struct hive_key *key;
	entry_fn *fn;
	uint64_t left;		/* see hive_spend() */
	uint32_t n;		/* entries seen */
	struct err bad;		/* the first damage; code 0: none */

	/* each subkey */
	hive_key_fn *key_fn;
	const char *prefix;	/* of the names that are given, or NULL */
	hive_lost_key_fn *lost_fn;
	void *ctx;

	/* search */
	struct span name;	/* UTF-16LE */
	uint32_t hash;
	bool hint_fits;		/* look at the entries whose hint fits, or at
				 * those whose hint does not */
	struct hive_key *found;
	unsigned n_found;
	struct hive_key likely;	/* by its hint, with a name that is damaged */
	struct list_entry likely_entry;
	unsigned n_likely;
	bool entry_lost;		/* an entry that has no key */
	const struct hive_orphans *unlisted;	/* those that may be it */
	bool listed[HIVE_ORPHANS_MAX];		/* each, then: is not */
	struct list_entry lost;		/* has its hash, but no key */
	unsigned n_lost;
	bool by_parent;			/* the list is lost */
	uint32_t wanted;		/* a cell */
	unsigned n_others;		/* lists of others searched for one */
};

static void list_damaged(struct walk *w, struct hive_place place,
			 const struct err *e)
{
	char text[160];

	if (w->bad.code == 0)
		w->bad = *e;
	hive_report(w->hive, &FINDING_LIST_DAMAGED, place,
		    "subkeys of \"%s\" are lost: %s.", w->key->name.utf8,
		    err_text(e, text, sizeof(text)));
}

static void key_unreadable(struct walk *w, const struct list_entry *entry,
			   const struct err *e)
{
	char text[160];

	w->entry_lost = true;
	if (w->bad.code == 0)
		w->bad = *e;
	hive_report(w->hive, &FINDING_KEY_UNREADABLE,
		    (struct hive_place){ entry->at, 4,
					 regf_list_name(entry->kind) },
		    "a subkey of \"%s\" cannot be read: %s.",
		    w->key->name.utf8, err_text(e, text, sizeof(text)));
}

/* Open the list in cell @offset, which bytes at @from refer to.  Its count is
 * cut to what its cell has room for; where that is nothing, it is lost.  */
static bool open_list(struct walk *w, uint32_t offset, struct hive_place from,
		      struct cell *ret_cell, struct regf_list *ret)
{
	struct cells *cells = &w->hive->cells;
	uint8_t b[REGF_LIST_HEAD_BYTES];
	struct hive_place place;
	struct cell c = { 0 };
	struct err e;
	uint32_t room;
	int r;

	if (offset == REGF_NONE)
		r = err_set(&e, ERR_VALUE, from.at, "cell offset",
			    REGF_BIN_HEADER_BYTES, offset);
	else
		r = cells_get(cells, offset, &c, &e);
	if (r == 0)
		r = cells_read(cells, &c, 0, b, sizeof(b), &e);
	if (r == 0)
		r = regf_list_parse((struct span){ b, sizeof(b), c.at }, ret,
				    &e);
	if (r < 0) {
		list_damaged(w, from, &e);
		return false;
	}
	place = (struct hive_place){ c.at, sizeof(b),
				     regf_list_name(ret->kind) };
	hive_check_in_use(w->hive, c.in_use, place, w->key->name);
	room = (c.size - REGF_LIST_HEAD_BYTES) / ret->stride;
	if (ret->count > room) {
		err_set(&e, ERR_TRUNCATED, c.at + 2, "subkey list: count",
			ret->count, room);
		list_damaged(w, place, &e);
		if (room == 0)
			return false;
		ret->count = room;
	}
	*ret_cell = c;
	return true;
}

/* Read entry @i of a list.  False, with a finding, if the rest of the list
 * cannot be read or is more than the hive can hold.  */
static bool read_entry(struct walk *w, const struct cell *c,
		       const struct regf_list *l, uint32_t i,
		       struct list_entry *ret)
{
	uint64_t off = REGF_LIST_HEAD_BYTES + (uint64_t)i * l->stride;
	struct hive_place place = { c->at + off, l->stride,
				    regf_list_name(l->kind) };
	uint8_t b[8] = { 0 };
	struct err e;

	if (!hive_spend(&w->left, 0) ||
	    !hive_spend(&w->hive->entries_left, 0)) {
		err_set(&e, ERR_LIMIT, place.at, "subkeys: bytes",
			w->hive->cells.end, w->n);
		list_damaged(w, place, &e);
		return false;
	}
	if (cells_read(&w->hive->cells, c, off, b, l->stride, &e) < 0) {
		list_damaged(w, place, &e);
		return false;
	}
	*ret = (struct list_entry){ .kind = l->kind, .at = place.at };
	ret->cell = get_le32(*(const le32 *)b);
	memcpy(ret->hint, b + 4, sizeof(ret->hint));
	return true;
}

static int walk_leaf(struct walk *w, const struct cell *c,
		     const struct regf_list *l)
{
	for (uint32_t i = 0; i < l->count; i++) {
		struct list_entry e;
		int r;

		if (!read_entry(w, c, l, i, &e))
			return 0;
		w->n++;
		r = w->fn(w, &e);
		if (r != 0)
			return r;
	}
	return 0;
}

/* A list of lists.  It never holds another of its kind: that bounds the depth,
 * and what it repeats is bounded by hive_spend().  */
static int walk_ri(struct walk *w, const struct cell *c,
		   const struct regf_list *ri)
{
	for (uint32_t i = 0; i < ri->count; i++) {
		struct list_entry e;
		struct regf_list leaf = { REGF_LIST_LI, 0, 4 };
		struct cell leaf_cell;
		struct hive_place from;
		struct err nested;
		int r;

		if (!read_entry(w, c, ri, i, &e))
			return 0;
		from = (struct hive_place){ e.at, 4, "ri" };
		if (!open_list(w, e.cell, from, &leaf_cell, &leaf))
			continue;
		if (leaf.kind == REGF_LIST_RI) {
			err_set(&nested, ERR_VALUE, leaf_cell.at,
				"ri list inside an ri list", 0, e.cell);
			list_damaged(w, from, &nested);
			continue;
		}
		r = walk_leaf(w, &leaf_cell, &leaf);
		if (r != 0)
			return r;
	}
	return 0;
}

/* Go through the keys that name this one as their parent.  */
static int walk_orphans(struct walk *w)
{
	const struct hive_orphans *o = hive_orphans_of(w->hive, w->key->cell);
	struct diag *d;

	w->by_parent = true;
	if (o == NULL || o->n == 0)
		return 0;
	d = hive_report(w->hive, &FINDING_KEYS_BY_PARENT,
			(struct hive_place){ REGF_BASE_BYTES +
					     (uint64_t)w->key->cell, 4, "nk" },
			"the subkeys of \"%s\" are the %zu keys that name the "
			"cell 0x%x as their parent's.", w->key->name.utf8,
			o->n, w->key->cell);
	if (d != NULL)
		cites_join(w->hive->diags->arena, &d->cites, &w->key->cites);
	for (size_t i = 0; i < o->n; i++) {
		struct list_entry e = {
			.kind = REGF_LIST_LI, .cell = o->cells[i],
			.at = REGF_BASE_BYTES + (uint64_t)o->cells[i],
		};
		int r = w->fn(w, &e);

		if (r != 0)
			return r;
	}
	return 0;
}

static int mark_listed(struct walk *w, const struct list_entry *e)
{
	for (size_t i = 0; i < w->unlisted->n; i++)
		if (w->unlisted->cells[i] == e->cell)
			w->listed[i] = true;
	return 0;
}

static int walk_entries(struct walk *w);

/* Where an entry of the list names no key: go through those that name this one
 * as their parent, and that the list does not have.  */
static int walk_unlisted(struct walk *w)
{
	const struct hive_orphans *o;
	entry_fn *fn = w->fn;
	int r = 0;

	/* Of more, not all would be known.  */
	if (w->key->n_subkeys >= HIVE_ORPHANS_MAX)
		return 0;
	o = hive_orphans_of(w->hive, w->key->cell);
	if (o == NULL)
		return 0;
	w->unlisted = o;
	w->fn = mark_listed;
	(void)walk_entries(w);
	w->fn = fn;
	for (size_t i = 0; i < o->n && r == 0; i++) {
		struct list_entry e = {
			.kind = REGF_LIST_LI, .cell = o->cells[i],
			.at = REGF_BASE_BYTES + (uint64_t)o->cells[i],
		};
		struct hive_place nk = { e.at, 80, "nk" };

		if (w->listed[i])
			continue;
		hive_report(w->hive, &FINDING_KEYS_BY_PARENT, nk,
			    "the key in the cell at byte %llu names \"%s\" as "
			    "its parent, whose list has an entry without a "
			    "key: it is taken for one of its subkeys.",
			    (unsigned long long)e.at, w->key->name.utf8);
		r = w->fn(w, &e);
	}
	return r;
}

/* Call w->fn for each entry; what it returned to stop, or 0.  */
static int walk_subkeys(struct walk *w)
{
	int r = walk_entries(w);

	return r != 0 || !w->entry_lost || w->by_parent ? r : walk_unlisted(w);
}

/* Those of the list.  */
static int walk_entries(struct walk *w)
{
	const struct hive_key *k = w->key;
	struct hive_place nk = { REGF_BASE_BYTES + (uint64_t)k->cell, 4, "nk" };
	struct regf_list list = { REGF_LIST_LI, 0, 4 };
	struct cell c;

	w->left = w->hive->cells.end;
	w->n = 0;
	/* A list that the key does not count has a finding, and keys.  */
	if (k->n_subkeys == 0 &&
	    (k->subkey_list == REGF_NONE || k->subkey_list == 0))
		return 0;
	if (!open_list(w, k->subkey_list, nk, &c, &list))
		return walk_orphans(w);
	return list.kind == REGF_LIST_RI ? walk_ri(w, &c, &list)
					 : walk_leaf(w, &c, &list);
}

/* The first damage that the walk met, as its result.  */
static int walk_end(const struct walk *w, struct err *reterr)
{
	if (w->bad.code == 0)
		return 0;
	return err_set(reterr, w->bad.code, w->bad.at, w->bad.what,
		       w->bad.want, w->bad.got);
}

/* What a whole walk has met is what the key says that it has.  */
static void check_count(const struct walk *w)
{
	const struct hive_key *k = w->key;

	if (w->bad.code == 0 && w->n != k->n_subkeys)
		hive_report(w->hive, &FINDING_COUNT_DIFFERS,
			    (struct hive_place){ REGF_BASE_BYTES +
						 (uint64_t)k->cell, 80, "nk" },
			    "key \"%s\" says that it has %u subkeys, its list "
			    "has %u.", k->name.utf8, k->n_subkeys, w->n);
}

static bool name_differs(const struct list_entry *e, const struct regf_key *k)
{
	return regf_hint_differs(e->kind, e->hint, k->name, k->name_is_8bit);
}

/* What the list has, and what the name would have there.  */
static const char *hints_told(struct arena *a, const struct list_entry *e,
			      const struct regf_key *k)
{
	uint32_t hint = get_le32(*(const le32 *)e->hint);

	if (e->kind == REGF_LIST_LF)
		return arena_printf(a, "its list begins its name with the "
				    "bytes %02x %02x %02x %02x", e->hint[0],
				    e->hint[1], e->hint[2], e->hint[3]);
	return arena_printf(a, "its list has the hash 0x%08x, and the name "
			    "0x%08x", hint,
			    regf_name_hash(k->name, k->name_is_8bit));
}

/* The list and the key are two witnesses of one name.  */
static void check_name(struct walk *w, const struct list_entry *e,
		       const struct regf_key *k,
		       const struct hive_record *record)
{
	struct hive *h = w->hive;
	struct hive_place entry = { e->at, 8, regf_list_name(e->kind) };
	struct hive_place nk = { record->bytes.at, k->size, "nk" };
	const char *name = "", *hints = "";
	struct diag *d;

	if (!name_differs(e, k))
		return;
	/* Each search meets it again: no text for what is only counted.  */
	if (diag_count(h->diags, &FINDING_KEY_NAME) < DIAG_MAX_PER_KIND) {
		name = hive_name_text(h, k->name, k->name_is_8bit).utf8;
		hints = hints_told(h->arena, e, k);
	}
	d = hive_report(h, &FINDING_KEY_NAME, entry,
			"a subkey of \"%s\" is named \"%s\", but %s: the key "
			"or the list is damaged.", w->key->name.utf8, name,
			hints != NULL ? hints : "");
	hive_report_also(h, d, nk);
}

/* Read the key that @e names; false, with a finding, if it cannot be.  */
static bool entry_key(struct walk *w, const struct list_entry *e,
		      struct regf_key *ret, struct hive_record *ret_record)
{
	struct hive_listed listed = {
		.cell = e->cell, .parent = w->key->cell, .kind = e->kind,
	};
	struct err why;
	int r;

	memcpy(listed.hint, e->hint, sizeof(listed.hint));
	r = hive_read_key(w->hive, e->cell, ret, ret_record, &why);
	if (r < 0 && !hive_read_damaged_key(w->hive, &listed, ret,
					    ret_record) &&
	    !((r == ERR_VALUE || r == ERR_TRUNCATED) &&
	      hive_read_bare_key(w->hive, e->cell, ret, ret_record))) {
		key_unreadable(w, e, &why);
		return false;
	}
	/* Who seeks a name has it, and takes the key with its hash.  */
	if (r == 0 && !hive_mend_key_name(w->hive, &listed, ret_record, false,
					  ret) && w->key_fn != NULL)
		(void)hive_mend_key_letter(w->hive, &listed, ret_record, ret);
	if (!hive_spend(&w->left, ret->size)) {
		err_set(&why, ERR_LIMIT, e->at, "subkeys: bytes",
			w->hive->cells.end, ret->size);
		key_unreadable(w, e, &why);
		return false;
	}
	check_name(w, e, ret, ret_record);
	/* Its cell may be damaged so as to name another's key.  */
	if (ret->parent != w->key->cell)
		w->entry_lost = true;
	return true;
}

static int is_cell(struct walk *w, const struct list_entry *e)
{
	return e->cell == w->wanted;
}

/* Whether the key in the cell @parent has the one in @cell in its list.  */
static bool is_listed_by(struct walk *w, uint32_t parent, uint32_t cell)
{
	struct regf_list list = { REGF_LIST_LI, 0, 4 };
	struct hive_place nk = { REGF_BASE_BYTES + (uint64_t)parent, 4, "nk" };
	struct hive_record record;
	struct hive_key other;
	struct regf_key k;
	struct cell c;
	struct walk v = {
		.hive = w->hive, .key = &other, .fn = is_cell, .wanted = cell,
		.left = w->hive->cells.end,
	};

	if (hive_read_key(w->hive, parent, &k, &record, NULL) < 0 ||
	    k.n_subkeys == 0)
		return false;
	if (k.subkey_list == w->key->subkey_list)
		return true;
	if (w->n_others == OTHERS_MAX)
		return false;
	w->n_others++;
	other = hive_make_key(w->hive, parent, &k, &record);
	if (!open_list(&v, other.subkey_list, nk, &c, &list))
		return false;
	return (list.kind == REGF_LIST_RI ? walk_ri(&v, &c, &list)
					  : walk_leaf(&v, &c, &list)) != 0;
}

/* Whether the key that @e names is one of this one's.  If it is in the lists of
 * two, it belongs to the one that it names.  */
static bool check_parent(struct walk *w, const struct list_entry *e,
			 const struct regf_key *k, uint64_t at,
			 const char *name)
{
	const struct hive_place nk = { at, k->size, "nk" };
	const uint32_t parent = k->parent;
	bool others;

	if (parent == w->key->cell)
		return true;
	others = is_listed_by(w, parent, e->cell);
	hive_report(w->hive, &FINDING_PARENT_DIFFERS, nk,
		    "subkey \"%s\" of \"%s\" says that its parent is the key "
		    "at cell 0x%x, but the key that lists it is at 0x%x%s.",
		    name, w->key->name.utf8, parent, w->key->cell,
		    others ? "; the former lists it too, and has it" : "");
	return !others;
}

/* What is wrong with a key that is not given takes no memory when it is only
 * counted.  */
static void check_passed_over(struct walk *w, const struct list_entry *e,
			      const struct regf_key *k,
			      const struct hive_record *record)
{
	struct hive *h = w->hive;
	const char *name = "";

	if (k->parent == w->key->cell)
		return;
	if (diag_count(h->diags, &FINDING_PARENT_DIFFERS) < DIAG_MAX_PER_KIND)
		name = hive_name_text(h, k->name, k->name_is_8bit).utf8;
	(void)check_parent(w, e, k, record->bytes.at, name);
}

static int give_key(struct walk *w, const struct list_entry *e)
{
	const char *const prefixes[] = { w->prefix, NULL };
	struct hive_record record;
	struct regf_key k;
	struct hive_key key;

	if (!entry_key(w, e, &k, &record))
		return 0;
	if (w->prefix != NULL &&
	    !regf_name_has_prefix(k.name, k.name_is_8bit, prefixes)) {
		check_passed_over(w, e, &k, &record);
		return 0;
	}
	key = hive_make_key(w->hive, e->cell, &k, &record);
	if (!check_parent(w, e, &k, record.bytes.at, key.name.utf8))
		return 0;
	return w->key_fn(w->ctx, &key);
}

int cell_each_subkey(struct hive *h, const struct hive_key *k,
		     const char *prefix, hive_key_fn *fn, void *ctx,
		     struct err *reterr)
{
	struct walk w = {
		.hive = h, .key = k, .fn = give_key, .key_fn = fn,
		.prefix = prefix, .ctx = ctx,
	};
	int r = walk_subkeys(&w);

	if (r != 0)
		return r;
	check_count(&w);
	return walk_end(&w, reterr);
}

static bool hint_fits(const struct walk *w, const struct list_entry *e)
{
	if (e->kind == REGF_LIST_LF)
		return regf_name_begins(w->name, false, e->hint);
	if (e->kind == REGF_LIST_LH)
		return get_le32(*(const le32 *)e->hint) == w->hash;
	return true;
}

/* Whether all but the four characters that an lf list has are those sought.  */
static bool rest_fits(struct span name, bool is_8bit, struct span want)
{
	size_t skip = is_8bit ? 4 : 8;
	struct span rest, rest_of_want;

	return span_sub(name, skip, name.n - skip, &rest) &&
	       span_sub(want, 8, want.n - 8, &rest_of_want) &&
	       regf_name_equal(rest, is_8bit, rest_of_want);
}

/* A key with the hint that is sought, and another name.  It has to own up to
 * its parent: a hash of 32 bits is no proof.  */
static void match_hint(struct walk *w, const struct list_entry *e,
		       const struct regf_key *k,
		       const struct hive_record *record)
{
	if (!name_differs(e, k) || k->parent != w->key->cell ||
	    (e->kind == REGF_LIST_LF &&
	     !rest_fits(k->name, k->name_is_8bit, w->name)))
		return;
	if (w->n_likely++ > 0)
		return;
	w->likely = hive_make_key(w->hive, e->cell, k, record);
	w->likely_entry = *e;
}

static int match_key(struct walk *w, const struct list_entry *e)
{
	struct hive_record record;
	struct hive_key key;
	struct regf_key k;

	if (hint_fits(w, e) != w->hint_fits)
		return 0;
	if (!entry_key(w, e, &k, &record)) {
		if (w->hint_fits && e->kind == REGF_LIST_LH &&
		    w->n_lost++ == 0)
			w->lost = *e;
		return 0;
	}
	if (!regf_name_equal(k.name, k.name_is_8bit, w->name)) {
		if (w->hint_fits)
			match_hint(w, e, &k, &record);
		return 0;
	}
	key = hive_make_key(w->hive, e->cell, &k, &record);
	if (!check_parent(w, e, &k, record.bytes.at, key.name.utf8))
		return 0;
	if (w->n_found++ == 0) {
		*w->found = key;
		return 0;
	}
	hive_report(w->hive, &FINDING_NAME_TWICE,
		    (struct hive_place){ record.bytes.at, k.size, "nk" },
		    "key \"%s\" has two subkeys named \"%s\"; the one at byte "
		    "%llu is not used.", w->key->name.utf8,
		    w->found->name.utf8, (unsigned long long)record.bytes.at);
	return 0;
}

/* No key has the name that is sought, but one alone has its hint.  */
static bool take_likely(struct walk *w, struct hive_key *ret)
{
	const struct list_entry *e = &w->likely_entry;
	struct hive_place entry = { e->at, 8, regf_list_name(e->kind) };
	struct hive *h = w->hive;
	struct diag *d;

	if (w->n_likely != 1)
		return false;
	d = hive_report(h, &FINDING_KEY_BY_HINT, entry,
			"\"%s\" has no subkey \"%s\", but the %s list has its "
			"%s for the key that is named \"%s\": that one is "
			"taken for it.", w->key->name.utf8,
			text_from_utf16(h->arena, w->name).utf8,
			regf_list_name(e->kind),
			e->kind == REGF_LIST_LH ? "hash" : "first characters",
			w->likely.name.utf8);
	if (d != NULL)
		cites_join(h->diags->arena, &d->cites, &w->likely.cites);
	*ret = w->likely;
	return true;
}

/* What is left of a key that cannot be read: the entry in its list, and the
 * subkeys that name its cell.  False: there are none.  */
static bool stand_in(struct hive *h, const struct list_entry *e,
		     struct text name, struct hive_key *ret)
{
	const struct hive_orphans *o = hive_orphans_of(h, e->cell);

	if (o == NULL || o->n == 0)
		return false;
	*ret = (struct hive_key){
		.cell = e->cell, .name = name,
		.n_subkeys = (uint32_t)o->n, .subkey_list = REGF_NONE,
		.value_list = REGF_NONE,
	};
	source_cite(h->cells.source, e->at, e->kind == REGF_LIST_LI ? 4 : 8,
		    regf_list_name(e->kind), h->arena, &ret->cites);
	return true;
}

static int give_lost(struct walk *w, const struct list_entry *e)
{
	struct hive_lost_key lost = { .kind = e->kind };
	struct hive_record record;
	struct regf_key k;

	if (entry_key(w, e, &k, &record) ||
	    !stand_in(w->hive, e, (struct text){ .utf8 = HIVE_LOST_NAME },
		      &lost.key))
		return 0;
	memcpy(lost.hint, e->hint, sizeof(lost.hint));
	return w->lost_fn(w->ctx, &lost);
}

int cell_each_lost_subkey(struct hive *h, const struct hive_key *k,
			  hive_lost_key_fn *fn, void *ctx)
{
	struct walk w = {
		.hive = h, .key = k, .fn = give_lost, .lost_fn = fn,
		.ctx = ctx,
	};

	return walk_subkeys(&w);
}

int cell_find_subkey(struct hive *h, const struct hive_key *k, struct span name,
		     struct hive_key *ret, struct err *reterr)
{
	struct hive_key found = { 0 };
	struct walk w = {
		.hive = h, .key = k, .fn = match_key, .name = name,
		.hash = regf_name_hash(name, false), .found = &found,
	};
	int r;

	w.hint_fits = true;
	walk_subkeys(&w);
	if (w.n_found == 0 && !w.by_parent) {
		w.hint_fits = false;
		walk_subkeys(&w);
	}
	if (w.n_found > 0) {
		*ret = found;
		return 0;
	}
	check_count(&w);
	/* Its list has the hash of the key that is sought.  */
	if (take_likely(&w, ret) ||
	    (w.n_lost == 1 &&
	     stand_in(h, &w.lost, text_from_utf16(h->arena, name), ret)))
		return 0;
	/* In what is damaged, it may have been.  */
	r = walk_end(&w, reterr);
	return r < 0 ? r : err_set(reterr, ERR_NOT_FOUND,
				   REGF_BASE_BYTES + (uint64_t)k->cell,
				   "registry key", 0, 0);
}
