/*
 * gpt_entries.c - the entries of a GPT whose headers cannot be used
 *
 * The entries are what matters, and both headers say where they are.  With the
 * headers gone or damaged they are looked for where every tool puts them: in
 * LBA 2, and right before the last LBA of the disk.  A header that is still
 * good vouches for any array that has its checksum, wherever that lies.
 */
#include <inttypes.h>

#include "disk/findings.h"
#include "disk/layout.h"
#include "format/partition_type.h"

/* 128 entries of 128 bytes, as every known tool makes.  */
#define USUAL_ENTRIES 128

/* What speaks for an array, each more than all that follow.  */
#define SCORE_GOOD_HEADER 40000	/* has the checksum in a header that is good */
#define SCORE_HEADER 20000	/* has that in a damaged header */
#define SCORE_NOTHING_ODD 10000	/* is nothing but possible entries */

struct verdict {
	size_t used, odd, known;
	size_t first;		/* slot in use */
};

struct search {
	struct layout *l;
	struct gpt_layout *g;
	struct gpt_copy best;
	const struct gpt_copy *vouches;	/* whose checksum the best one has */
	int score;
};

static bool is_possible(const struct gpt_entry *e, uint64_t sectors)
{
	return e->first_lba <= e->last_lba && e->first_lba > 1 &&
	       e->first_lba < sectors && !guid_is_zero(&e->guid);
}

static struct verdict judge(struct span array, uint32_t entry_bytes,
			    uint64_t sectors)
{
	struct verdict v = { .first = SIZE_MAX };
	struct gpt_entry e;
	struct span s;

	for (size_t i = 0; span_sub(array, (uint64_t)i * entry_bytes,
				    entry_bytes, &s); i++) {
		if (gpt_entry_parse(s, &e, NULL) < 0 || span_is_zero(s))
			continue;
		if (guid_is_zero(&e.type) || !is_possible(&e, sectors)) {
			v.odd++;
			continue;
		}
		if (v.used++ == 0)
			v.first = i;
		v.known += gpt_type_is_known(&e.type);
	}
	return v;
}

static bool has_checksum_of(const struct gpt_copy *c, struct span array)
{
	return c->found && array.n == gpt_array_bytes(&c->header) &&
	       gpt_array_check(&c->header, array, NULL) == 0;
}

static const struct gpt_copy *voucher(const struct gpt_layout *g,
				      struct span array)
{
	bool primary = has_checksum_of(&g->primary, array);
	bool backup = has_checksum_of(&g->backup, array);

	if (primary && (g->primary.header_valid || !backup))
		return &g->primary;
	return backup ? &g->backup : NULL;
}

static int score_of(const struct verdict *v, const struct gpt_copy *vouches)
{
	const int most = USUAL_ENTRIES * 64;
	int score = (v->used < (size_t)most ? (int)v->used : most) -
		    (v->odd < (size_t)most ? (int)v->odd : most);

	if (v->used > 0 && v->odd == 0)
		score += SCORE_NOTHING_ODD;
	if (vouches != NULL)
		score += vouches->header_valid ? SCORE_GOOD_HEADER :
						 SCORE_HEADER;
	return score;
}

/* Take the array of @count entries of @bytes in @lba, if it is a better one
 * than those before it.  */
static int try_array(struct search *s, uint64_t lba, uint32_t count,
		     uint32_t bytes, struct err *reterr)
{
	struct gpt_copy c = { .name = "entries", .lba = lba };
	const struct gpt_copy *vouches;
	struct verdict v;
	int r, score;

	c.header = (struct gpt_header){
		.entries_lba = lba, .entry_count = count, .entry_bytes = bytes,
		.last_usable_lba = UINT64_MAX,
	};
	if (lba < 2)
		return 0;
	r = gpt_read_array(s->l, &c, reterr);
	if (r < 0)
		return r;
	v = judge(c.array, bytes, s->l->size / s->l->sector);
	vouches = voucher(s->g, c.array);
	score = score_of(&v, vouches);
	if (score <= s->score)
		return 0;
	s->best = c;
	s->score = score;
	s->vouches = vouches;
	return 0;
}

static int try_geometry(struct search *s, uint64_t own_lba, uint32_t count,
			uint32_t bytes, struct err *reterr)
{
	uint64_t n = (uint64_t)count * bytes, last;
	int r = try_array(s, own_lba, count, bytes, reterr);

	n = (n + s->l->sector - 1) / s->l->sector;
	last = s->l->size / s->l->sector;
	if (r == 0)
		r = try_array(s, 2, count, bytes, reterr);
	if (r == 0 && last > n + 1)
		r = try_array(s, last - 1 - n, count, bytes, reterr);
	if (r == 0 && s->g->backup.found && s->g->backup.lba > n)
		r = try_array(s, s->g->backup.lba - n, count, bytes, reterr);
	return r;
}

static int try_copy(struct search *s, const struct gpt_copy *c,
		    struct err *reterr)
{
	const struct gpt_header *h = &c->header;
	struct gpt_place p = { c->lba, s->l->size / s->l->sector,
			       s->l->sector };

	if (!c->found || gpt_header_check(h, GPT_CHECK_ENTRY_BYTES, p, NULL) ||
	    gpt_header_check(h, GPT_CHECK_ENTRY_COUNT, p, NULL))
		return 0;
	return try_geometry(s, h->entries_lba, h->entry_count, h->entry_bytes,
			    reterr);
}

/* The rest of what a header tells comes from the one that is there.  */
static void complete_header(struct search *s)
{
	const struct gpt_copy *from = s->vouches;
	struct gpt_header *h = &s->best.header;

	if (from == NULL)
		from = s->g->primary.found ? &s->g->primary :
		       s->g->backup.found ? &s->g->backup : NULL;
	h->at = s->best.array.at;
	s->best.headless = from == NULL;
	if (from == NULL)
		return;
	h->at = from->header.at;
	h->disk_guid = from->header.disk_guid;
	if (!from->header_valid)
		return;
	h->first_usable_lba = from->header.first_usable_lba;
	h->last_usable_lba = from->header.last_usable_lba;
}

/* A disk on which nothing else speaks of a GPT has one only where the entries
 * are beyond doubt.  */
static bool is_convincing(const struct search *s, bool expected)
{
	struct verdict v = judge(s->best.array, s->best.header.entry_bytes,
				 s->l->size / s->l->sector);

	if (s->vouches != NULL)
		return true;
	return v.used > v.odd && (expected || (v.odd == 0 && v.known > 0));
}

int gpt_entries_find(struct layout *l, struct gpt_layout *g, bool expected,
		     struct err *reterr)
{
	struct search s = { .l = l, .g = g };
	int r = try_copy(&s, &g->primary, reterr);

	if (r == 0)
		r = try_copy(&s, &g->backup, reterr);
	if (r == 0)
		r = try_geometry(&s, 2, USUAL_ENTRIES, GPT_MIN_ENTRY_BYTES,
				 reterr);
	if (r < 0 || s.score <= 0)
		return r;
	expected = expected || g->primary.found || g->backup.found;
	if (!is_convincing(&s, expected))
		return 0;
	complete_header(&s);
	g->entries = s.best;
	g->entries.found = true;
	g->vouches = s.vouches;
	return 0;
}

void gpt_entries_report(struct layout *l, const struct gpt_layout *g)
{
	const struct gpt_copy *e = &g->entries;
	struct place where = { e->array.at, e->array.n, "gpt entries" };

	if (g->vouches != NULL && g->vouches->header_valid)
		layout_report(l, &FINDING_GPT_REPAIRED, where,
			      "The GPT is put together from the %s header and "
			      "the entries in LBA %" PRIu64 ", which have the "
			      "checksum given in the header.",
			      g->vouches->name, e->lba);
	else if (g->vouches != NULL)
		layout_report(l, &FINDING_GPT_UNTRUSTED, where,
			      "No header of the GPT is valid; the partitions "
			      "are those of the entries in LBA %" PRIu64 ", "
			      "which have the checksum given in the damaged "
			      "%s.", e->lba, g->vouches->name);
	else
		layout_report(l, &FINDING_GPT_UNTRUSTED, where,
			      "No header of the GPT %s; the partitions are "
			      "those of the entries in LBA %" PRIu64
			      ", which no checksum confirms.",
			      e->headless ? "is there" : "is valid", e->lba);
}

/* With the headers gone the size of a sector shows in where the entries are.
 * The one array can lie inside of where the other would be, so that the one
 * counts of which an earlier slot is in use.  */
uint32_t gpt_entries_hint(struct layout *l)
{
	static const uint32_t sizes[] = { 512, 4096 };
	const uint64_t n = USUAL_ENTRIES * GPT_MIN_ENTRY_BYTES;
	size_t first = SIZE_MAX;
	uint32_t found = 0;

	for (int i = 0; i < 2; i++) {
		uint64_t sectors = l->size / sizes[i];
		uint64_t at[2] = { 2ull * sizes[i],
				   (sectors - 1) * sizes[i] - n };

		for (int k = 0; k < 2 && sectors > 2 * n / sizes[i]; k++) {
			struct verdict v;
			struct span s;

			if (layout_bytes(l, at[k], n, &s, NULL) < 0)
				continue;
			v = judge(s, GPT_MIN_ENTRY_BYTES, sectors);
			if (v.used == 0 || v.odd > 0 || v.first >= first)
				continue;
			first = v.first;
			found = sizes[i];
		}
	}
	return found;
}
