#include "registry/cells.h"

#include <string.h>

#include "base/bytes.h"
#include "base/checked.h"

/* Cells that take more than a bin of one page are few, and seldom larger.  */
#define BIN_MAX_PAGES 256

static struct cells_page *page_kept(struct cells *c, uint64_t at)
{
	for (size_t i = 0; i < CELLS_PAGES; i++)
		if (c->pages[i].used != 0 && c->pages[i].at == at)
			return &c->pages[i];
	return NULL;
}

static struct cells_page *page_least_used(struct cells *c)
{
	struct cells_page *p = &c->pages[0];

	for (size_t i = 1; i < CELLS_PAGES; i++)
		if (c->pages[i].used < p->used)
			p = &c->pages[i];
	return p;
}

/* Whether the bytes @b at @at begin a bin, which then is the last one that was
 * met.  */
static bool meet_bin(struct cells *c, uint64_t at, const uint8_t *b)
{
	const struct span s = { b, REGF_BIN_HEADER_BYTES, at };
	struct regf_bin bin;

	if (regf_bin_parse(s, &bin, NULL) < 0 ||
	    REGF_BASE_BYTES + (uint64_t)bin.offset != at || bin.size == 0 ||
	    bin.size % CELLS_PAGE_BYTES != 0)
		return false;
	c->bin_at = at;
	c->bin_end = at + bin.size;
	return true;
}

/* Whether the page @p is one of a bin.  What is far behind the begin of a large
 * one is taken for it.  */
static bool is_in_bin(struct cells *c, const struct cells_page *p)
{
	uint8_t b[REGF_BIN_HEADER_BYTES];
	uint64_t up = p->at;

	if ((up >= c->bin_at && up < c->bin_end) || meet_bin(c, up, p->bytes))
		return true;
	for (unsigned i = 0; i < BIN_MAX_PAGES; i++) {
		if (up <= REGF_BASE_BYTES)
			return false;
		up -= CELLS_PAGE_BYTES;
		if (source_read(c->source, up, b, sizeof(b), NULL) == 0 &&
		    meet_bin(c, up, b))
			return p->at < c->bin_end;
	}
	return true;
}

/* The page at @at, or NULL where it cannot be read whole.  */
static struct cells_page *page_at(struct cells *c, uint64_t at)
{
	struct cells_page *p = page_kept(c, at);

	if (p == NULL) {
		uint64_t left = c->source->size - at;

		p = page_least_used(c);
		p->used = 0;
		if (source_read(c->source, at, p->bytes,
				left < CELLS_PAGE_BYTES ? (size_t)left
							: CELLS_PAGE_BYTES,
				NULL) < 0)
			return NULL;
		p->at = at;
		if (c->no_bin != NULL && at >= REGF_BASE_BYTES &&
		    !is_in_bin(c, p))
			c->no_bin(c->ctx, at);
	}
	p->used = ++c->clock;
	return p;
}

int cells_read_at(struct cells *c, uint64_t at, void *buf, size_t n,
		  struct err *reterr)
{
	uint8_t *out = buf;

	if (!range_fits(at, n, c->source->size))
		return err_set(reterr, ERR_TRUNCATED, at, "hive", n,
			       at < c->source->size ? c->source->size - at : 0);
	/* Ends: each turn takes at least a byte.  */
	while (n > 0) {
		uint64_t skip = at % CELLS_PAGE_BYTES;
		size_t take = CELLS_PAGE_BYTES - (size_t)skip;
		struct cells_page *p = page_at(c, at - skip);

		/* A page may straddle the end of a damaged image: what is
		 * wanted of it may still be there.  */
		if (p == NULL)
			return source_read(c->source, at, out, n, reterr);
		if (take > n)
			take = n;
		memcpy(out, p->bytes + skip, take);
		out += take;
		at += take;
		n -= take;
	}
	return 0;
}

int cells_get(struct cells *c, uint32_t offset, struct cell *ret,
	      struct err *reterr)
{
	uint64_t at = REGF_BASE_BYTES + (uint64_t)offset;
	uint64_t head = c->layout.nt31 ? 8 : 4;
	le32 field;
	uint32_t size;
	bool in_use = false;
	int r;

	if (offset % 8 != 0 || offset < REGF_BIN_HEADER_BYTES)
		return err_set(reterr, ERR_VALUE, at, "cell offset",
			       REGF_BIN_HEADER_BYTES, offset);
	if (!range_fits(at, head + 4, c->end))
		return err_set(reterr, ERR_TRUNCATED, at, "cell", head + 4,
			       at < c->end ? c->end - at : 0);
	r = cells_read_at(c, at, field.b, sizeof(field.b), reterr);
	if (r < 0)
		return r;
	size = regf_cell_size((struct span){ field.b, sizeof(field.b), at },
			      &in_use);
	if (size < head + 4)
		return err_set(reterr, ERR_VALUE, at, "cell size", head + 4,
			       get_le32(field));
	/* Whether the cell crosses the end of its bin is not looked at: that
	 * would take the header of every bin before it.  */
	if (size > c->end - at)
		size = (uint32_t)(c->end - at);
	*ret = (struct cell){ at + head, (uint32_t)(size - head), in_use };
	return 0;
}

/* What is looked at lies in one page, which is kept.  */
bool cells_is_inside(struct cells *c, uint32_t offset, uint64_t *ret)
{
	const uint64_t place = REGF_BASE_BYTES + (uint64_t)offset;
	const uint64_t bin = place - place % CELLS_PAGE_BYTES;
	const struct cells_page *p;
	struct regf_bin header;
	uint64_t before = 0;

	if (c->layout.nt31 || place >= c->end ||
	    c->end - bin < CELLS_PAGE_BYTES)
		return false;
	p = page_at(c, bin);
	if (p == NULL ||
	    regf_bin_parse((struct span){ p->bytes, REGF_BIN_HEADER_BYTES,
					  bin }, &header, NULL) < 0 ||
	    REGF_BASE_BYTES + (uint64_t)header.offset != bin ||
	    header.size != CELLS_PAGE_BYTES)
		return false;
	for (uint32_t at = REGF_BIN_HEADER_BYTES; at < CELLS_PAGE_BYTES;) {
		const struct span s = { p->bytes + at, 4, bin + at };
		bool in_use;
		uint32_t size = regf_cell_size(s, &in_use);

		if (bin + at == place || size < 8 || size % 8 != 0 ||
		    size > CELLS_PAGE_BYTES - at)
			return false;
		if (bin + at < place)
			before = bin + at;
		at += size;
	}
	*ret = before;
	return before != 0;
}

int cells_read(struct cells *c, const struct cell *cell, uint64_t off,
	       void *buf, size_t n, struct err *reterr)
{
	if (!range_fits(off, n, cell->size))
		return err_set(reterr, ERR_TRUNCATED, cell->at + off, "cell", n,
			       off < cell->size ? cell->size - off : 0);
	return cells_read_at(c, cell->at + off, buf, n, reterr);
}
