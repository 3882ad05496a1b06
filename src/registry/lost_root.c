/*
 * lost_root.c - the root of a hive whose root key cannot be read
 *
 * The root's own record is small, and lies where damage is common; the list of
 * its subkeys lies elsewhere, and each of them names the root's cell.
 */
#include <string.h>

#include "base/bytes.h"

#include "registry/findings.h"
#include "registry/hive_internal.h"

/* A root has some dozens of subkeys; more are in several lists, and which of
 * them were the root's cannot be told.  */
#define SUBKEYS_MAX 1024

/* Keys that are looked at, in lists that turn out to be others'.  */
#define TRIES_MAX (1u << 19)

/* Where cells do not follow each other, one may begin at each unit up to the
 * next bin: of so many, 16 MiB.  */
#define CELL_UNIT_BYTES 8
#define GUESSES_MAX (1u << 21)

/* Whether entry @i of the list in @c is a key whose parent is @root.  */
static bool is_child(struct hive *h, const struct cell *c,
		     const struct regf_list *l, uint32_t i, uint32_t root)
{
	uint8_t b[4];
	struct hive_record record = { 0 };
	struct regf_key k;

	return cells_read(&h->cells, c,
			  REGF_LIST_HEAD_BYTES + (uint64_t)i * l->stride, b,
			  sizeof(b), NULL) == 0 &&
	       hive_read_key(h, get_le32(*(const le32 *)b), &k, &record,
			     NULL) == 0 &&
	       record.in_use && k.parent == root;
}

static bool is_list_of(struct hive *h, const struct cell *c, uint32_t root,
		       uint32_t *tries, struct regf_list *ret)
{
	uint8_t b[REGF_LIST_HEAD_BYTES];

	if (!c->in_use || cells_read(&h->cells, c, 0, b, sizeof(b), NULL) < 0 ||
	    regf_list_parse((struct span){ b, sizeof(b), c->at }, ret, NULL) <
		    0 ||
	    ret->kind == REGF_LIST_RI || ret->count == 0 ||
	    ret->count > SUBKEYS_MAX ||
	    ret->count > (c->size - REGF_LIST_HEAD_BYTES) / ret->stride)
		return false;
	for (uint32_t i = 0; i < ret->count; i++, (*tries)--)
		if (*tries == 0 || !is_child(h, c, ret, i, root))
			return false;
	return true;
}

static void take_list(struct hive *h, uint32_t root, const struct cell *c,
		      uint32_t cell, const struct regf_list *l)
{
	h->root = (struct hive_key){
		.cell = root, .name = { .utf8 = "" },
		.n_subkeys = l->count, .subkey_list = cell,
		.value_list = UINT32_MAX,
	};
	source_cite(h->cells.source, c->at, c->size, regf_list_name(l->kind),
		    h->arena, &h->root.cites);
}

static bool bin_begins(struct hive *h, uint64_t at)
{
	uint8_t b[4];

	return at % CELLS_PAGE_BYTES == 0 &&
	       cells_read_at(&h->cells, at, b, sizeof(b), NULL) == 0 &&
	       memcmp(b, "hbin", sizeof(b)) == 0;
}

/* Where to look next, in what is no bin that can be followed.  */
static uint64_t next_guess(uint64_t at, uint32_t *guesses)
{
	if (*guesses == 0)
		return (at / CELLS_PAGE_BYTES + 1) * CELLS_PAGE_BYTES;
	(*guesses)--;
	return at + CELL_UNIT_BYTES;
}

int hive_each_cell(struct hive *h, cell_fn *fn, void *ctx)
{
	uint32_t guesses = GUESSES_MAX;
	uint64_t at = REGF_BASE_BYTES;
	bool lost = true;

	while (at < h->cells.end) {
		uint32_t cell = (uint32_t)(at - REGF_BASE_BYTES);
		struct cell c;
		bool there;
		int r;

		if (bin_begins(h, at)) {
			at += REGF_BIN_HEADER_BYTES;
			lost = false;
			continue;
		}
		there = cells_get(&h->cells, cell, &c, NULL) == 0;
		r = there ? fn(ctx, cell, &c) : 0;
		if (r != 0)
			return r;
		lost = lost || !there;
		at = lost ? next_guess(at, &guesses) : c.at + c.size;
	}
	return 0;
}

struct search {
	struct hive *hive;
	uint32_t root, tries;
};

static int try_list(void *ctx, uint32_t cell, const struct cell *c)
{
	struct search *s = ctx;
	struct regf_list l;

	if (!is_list_of(s->hive, c, s->root, &s->tries, &l))
		return 0;
	take_list(s->hive, s->root, c, cell, &l);
	return 1;
}

/* The list is lost, too.  */
static bool take_orphans(struct hive *h, uint32_t root)
{
	const struct hive_orphans *o = hive_orphans_of(h, root);

	if (o == NULL || o->n == 0)
		return false;
	h->root = (struct hive_key){
		.cell = root, .name = { .utf8 = "" },
		.n_subkeys = (uint32_t)o->n, .subkey_list = REGF_NONE,
		.value_list = REGF_NONE,
	};
	source_cite(h->cells.source, REGF_BASE_BYTES + (uint64_t)o->cells[0],
		    4, "nk", h->arena, &h->root.cites);
	return true;
}

bool hive_find_lost_root(struct hive *h, uint32_t root)
{
	struct search s = { h, root, TRIES_MAX };

	return hive_each_cell(h, try_list, &s) != 0 || take_orphans(h, root);
}
