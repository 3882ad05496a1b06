/*
 * scan_near.c - whether a scan of a hive is worth its price
 *
 * What is deleted from a key lay, mostly, among what the key still has: cells
 * are given out where there is room.  So the pages of its cells, and those
 * beside them, tell at the cost of some KiB whether there is something to find.
 */
#include <string.h>

#include "registry/hive_internal.h"
#include "registry/scan.h"

/* 256 KiB: of the key's own cells, of which it has dozens, all are within.  */
#define MAX_PAGES 64

/* A name is no longer than what is looked for in a scan; see
 * scan_internal.h.  */
#define MARGIN_BYTES 1152

/* Values of the tree that are known by their cells.  More than fit are a reason
 * to scan, too.  */
#define MAX_LIVES 4096

struct near {
	const struct scan_request *q;
	uint64_t pages[MAX_PAGES];	/* by number in the file */
	size_t n_pages;
	uint32_t lives[MAX_LIVES];	/* cells, as the tree lists them */
	size_t n_lives;
	bool full;
};

static void add_page(struct near *n, uint64_t page)
{
	for (size_t i = 0; i < n->n_pages; i++)
		if (n->pages[i] == page)
			return;
	if (n->n_pages < MAX_PAGES)
		n->pages[n->n_pages++] = page;
}

/* The page of @cell, and those before and behind it.  */
static void add_cell(struct near *n, uint32_t cell)
{
	uint64_t page = (REGF_BASE_BYTES + (uint64_t)cell) / CELLS_PAGE_BYTES;

	for (uint64_t i = page - 1; i <= page + 1; i++)
		if (i >= REGF_BASE_BYTES / CELLS_PAGE_BYTES)
			add_page(n, i);
}

static int add_value(void *ctx, const struct hive_value *v)
{
	struct near *n = ctx;

	add_cell(n, v->cell);
	if (!v->data_inline)
		add_cell(n, v->data_offset);
	if (n->n_lives == MAX_LIVES) {
		n->full = true;
		return 1;
	}
	n->lives[n->n_lives++] = v->cell;
	return 0;
}

static bool is_live(const struct near *n, uint64_t cell)
{
	for (size_t i = 0; i < n->n_lives; i++)
		if (n->lives[i] == cell)
			return true;
	return false;
}

/* Whether a record begins at @off of @page that no key of the tree has.  */
static bool is_lost(const struct near *n, struct span page, size_t off)
{
	const struct regf_layout layout = n->q->tree->cells.layout;
	const unsigned head = layout.nt31 ? 8 : 4;
	const uint64_t at = page.at + off;
	struct regf_value v;
	struct span s;

	return page.p[off] == 'v' && page.p[off + 1] == 'k' &&
	       span_sub(page, off, page.n - off, &s) &&
	       regf_value_parse(s, layout, &v, NULL) == 0 &&
	       regf_name_has_prefix(v.name, v.name_is_8bit,
				    n->q->prefixes) &&
	       at >= REGF_BASE_BYTES + head &&
	       !is_live(n, at - head - REGF_BASE_BYTES);
}

static bool page_has_lost(const struct near *n, uint64_t number)
{
	struct source *hive = n->q->hive;
	const uint64_t at = number * CELLS_PAGE_BYTES;
	uint8_t bytes[CELLS_PAGE_BYTES + MARGIN_BYTES];
	size_t size = sizeof(bytes);

	if (at >= hive->size)
		return false;
	if (size > hive->size - at)
		size = (size_t)(hive->size - at);
	/* What cannot be read is a finding of who needs it.  */
	if (source_read(hive, at, bytes, size, NULL) < 0)
		return false;
	for (size_t i = 0; i < CELLS_PAGE_BYTES && i + 2 <= size; i += 2)
		if (is_lost(n, (struct span){ bytes, size, at }, i))
			return true;
	return false;
}

bool hive_scan_near(const struct scan_request *q)
{
	const struct hive_value_filter f = { .form = q->form };
	struct near n = { .q = q };
	struct hive_key key;

	if (q->tree == NULL || q->tree->text != NULL ||
	    hive_find_key(q->tree, NULL, q->key, &key, NULL) < 0)
		return false;
	add_cell(&n, key.cell);
	if (key.n_values > 0)
		add_cell(&n, key.value_list);
	if (hive_each_value_of(q->tree, &key, &f, add_value, &n, NULL) == 0)
		(void)hive_each_uncounted_value(q->tree, &key, q->prefixes,
						add_value, &n);
	for (size_t i = 0; i < n.n_pages && !n.full; i++)
		if (page_has_lost(&n, n.pages[i]))
			return true;
	return n.full;
}
