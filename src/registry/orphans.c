/*
 * orphans.c - the subkeys of a key whose list of them is lost
 *
 * Each key names the cell of its parent.  To find those of one parent takes a
 * walk over all cells, so it is made for few keys, and once for each.
 */
#include "base/bytes.h"
#include "registry/findings.h"
#include "registry/hive_internal.h"

/* Of an nk record, what is read of each cell.  */
#define NK_PARENT_OFFSET 16
#define NK_HEAD_BYTES 20

struct search {
	struct hive *hive;
	struct hive_orphans *found;
	uint32_t parent;
};

static int add_orphan(void *ctx, uint32_t cell, const struct cell *c)
{
	struct search *s = ctx;
	uint8_t b[NK_HEAD_BYTES];

	if (!c->in_use || cell == s->parent ||
	    cells_read(&s->hive->cells, c, 0, b, sizeof(b), NULL) < 0 ||
	    b[0] != 'n' || b[1] != 'k' ||
	    get_le32(*(const le32 *)(b + NK_PARENT_OFFSET)) != s->parent)
		return 0;
	if (s->found->n == HIVE_ORPHANS_MAX)
		return 1;
	s->found->cells[s->found->n++] = cell;
	return 0;
}

const struct hive_orphans *hive_orphans_of(struct hive *h, uint32_t parent)
{
	struct hive_orphans *o;
	struct search s = { .hive = h, .parent = parent };

	for (size_t i = 0; i < h->n_orphans; i++)
		if (h->orphans[i]->parent == parent)
			return h->orphans[i];
	if (h->n_orphans == HIVE_ORPHAN_WALKS)
		return NULL;
	o = arena_alloc(h->arena, sizeof(*o));
	if (o == NULL)
		return NULL;
	o->parent = parent;
	s.found = o;
	hive_each_cell(h, add_orphan, &s);
	h->orphans[h->n_orphans++] = o;
	return o;
}
