/*
 * log_bins.c - whether the pages of transaction logs leave each bin a header
 *
 * A page of 4096 bytes is the first of a bin, with a header, or lies inside of
 * one, of which the header is further up.  Bins come and go: where the hive has
 * a header, the inside of a larger bin may be now.
 */
#include "registry/log_bins.h"

#include <stdlib.h>

#include "base/checked.h"
#include "format/regf.h"

#define PAGE 4096

struct check {
	const struct log_pages *pages;
	struct source *hive;
	uint64_t known;		/* up to here it is known which bin it is */
};

/* The page that has the byte @at of the bins, or NULL.  */
static const struct log_page *page_with(const struct log_pages *p, uint64_t at)
{
	size_t low = 0, high = p->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if ((uint64_t)p->list[mid].offset + p->list[mid].size <= at)
			low = mid + 1;
		else
			high = mid;
	}
	return low < p->n && p->list[low].offset <= at ? &p->list[low] : NULL;
}

/* The bin that begins at @at in what @s has at @from; false if none does.  */
static bool header_in(struct source *s, uint64_t from, uint64_t at,
		      struct regf_bin *ret)
{
	uint8_t b[REGF_BIN_HEADER_BYTES];
	struct span span = { b, sizeof(b), from };

	return range_fits(from, sizeof(b), s->size) &&
	       source_read(s, from, b, sizeof(b), NULL) == 0 &&
	       regf_bin_parse(span, ret, NULL) == 0 && ret->offset == at &&
	       ret->size >= PAGE && ret->size % PAGE == 0;
}

static bool header_at(const struct check *c, uint64_t at, struct regf_bin *ret)
{
	const struct log_page *p = page_with(c->pages, at);

	if (p != NULL)
		return header_in(p->log, p->at + (at - p->offset), at, ret);
	return header_in(c->hive, REGF_BASE_BYTES + at, at, ret);
}

/* Whether the page at @at lies inside of a bin that begins further up.  Looks
 * no further than up to the last bin that is known: each page is looked at
 * once at most.  */
static bool is_inside(struct check *c, uint64_t at)
{
	for (uint64_t up = at; up > c->known; up -= PAGE) {
		struct regf_bin bin;

		if (!header_at(c, up - PAGE, &bin))
			continue;
		if (bin.size <= at - (up - PAGE))
			return false;
		c->known = up - PAGE + bin.size;
		return true;
	}
	return false;
}

/* What of the old hive is better than the page at @at, which is in no bin: the
 * bin that was there.  A page of a hive that has no valid header there either
 * is no worse than what it replaces.  */
static bool old_part(const struct check *c, uint64_t at, struct kept_part *ret)
{
	struct regf_bin bin;

	*ret = (struct kept_part){ (uint32_t)at, PAGE };
	if (header_in(c->hive, REGF_BASE_BYTES + at, at, &bin)) {
		ret->size = bin.size;
		return true;
	}
	return REGF_BASE_BYTES + at >= c->hive->size;
}

static int add_lost(struct lost_bins *l, const struct lost_bin *bin,
		    struct err *reterr)
{
	if (l->n == l->room) {
		size_t room = l->room == 0 ? 16 : 2 * l->room;
		struct lost_bin *list = realloc(l->list, room * sizeof(*list));

		if (list == NULL)
			return err_set(reterr, ERR_NOMEM, 0, "bins", room, 0);
		l->list = list;
		l->room = room;
	}
	l->list[l->n++] = *bin;
	return 0;
}

/* Look at what begins at @at, which @page holds.  */
static int check_at(struct check *c, const struct log_page *page, uint64_t at,
		    struct lost_bins *ret, struct err *reterr)
{
	struct lost_bin lost = { .log = page->log };
	struct regf_bin bin;

	if (header_at(c, at, &bin)) {
		c->known = at + bin.size;
		return 0;
	}
	if (is_inside(c, at))
		return 0;
	c->known = at + PAGE;
	if (!old_part(c, at, &lost.part))
		return 0;
	c->known = at + lost.part.size;
	lost.at = page->at + (at - page->offset);
	return add_lost(ret, &lost, reterr);
}

int log_bins_check(const struct log_pages *pages, struct source *hive,
		   struct lost_bins *ret, struct err *reterr)
{
	struct check c = { pages, hive, 0 };
	struct lost_bins lost = { 0 };
	int r = 0;

	for (size_t i = 0; i < pages->n && r == 0; i++) {
		const struct log_page *p = &pages->list[i];
		uint64_t end = (uint64_t)p->offset + p->size;
		uint64_t at = ((uint64_t)p->offset + PAGE - 1) / PAGE * PAGE;

		/* Ends: what is known grows.  */
		while (at < end && r == 0) {
			if (at >= c.known)
				r = check_at(&c, p, at, &lost, reterr);
			at = c.known > at ? c.known : at + PAGE;
		}
	}
	if (r < 0) {
		free(lost.list);
		return r;
	}
	*ret = lost;
	return 0;
}
