/*
 * lost_key.c - a key to which no path leads any more
 *
 * The keys above it, or their lists, are damaged; its own record is not, and
 * nor are its subkeys.  A name that a hive has once tells which it is.
 */
#include "registry/findings.h"
#include "registry/hive_internal.h"

struct search {
	struct hive *hive;
	struct span name;	/* UTF-16LE */
	struct hive_key found;
	size_t n;
};

static int try_key(void *ctx, uint32_t cell, const struct cell *c)
{
	struct search *s = ctx;
	struct hive_record record = { 0 };
	struct regf_key k;
	uint8_t b[2];

	if (!c->in_use ||
	    cells_read(&s->hive->cells, c, 0, b, sizeof(b), NULL) < 0 ||
	    b[0] != 'n' || b[1] != 'k' ||
	    hive_read_key(s->hive, cell, &k, &record, NULL) < 0 ||
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
