/*
 * shadow_blocks.c - where a store keeps the former content of blocks
 *
 * The list is read from its begin to its end, later descriptors of a block
 * replace earlier ones.  The content of a block can be moved on the volume in
 * place of being kept: when the block it went to is written, what is kept then
 * is the former content of the first.  Source: the documentation of libvshadow,
 * "Successive block descriptors".
 */
#include "disk/shadow_blocks.h"

#include <stdlib.h>

#include "disk/findings.h"

struct reader {
	struct source *storage;
	struct arena *arena;
	struct diag_list *diags;
	struct shadow_blocks *blocks;
	struct block_map seen;	/* blocks of the list */
	struct shadow_budget *budget;
	size_t capacity;
	struct err *err;
};

void shadow_blocks_done(struct shadow_blocks *b)
{
	free(b->list);
	block_map_done(&b->index);
	block_map_done(&b->moved);
}

const struct shadow_block *shadow_blocks_at(const struct shadow_blocks *b,
					    uint64_t off)
{
	uint64_t i = block_map_get(&b->index, off / VSS_BLOCK_BYTES);

	return i != BLOCK_MAP_NONE ? &b->list[i] : NULL;
}

static int make_room(struct reader *r)
{
	struct shadow_blocks *b = r->blocks;
	size_t capacity = r->capacity > 0 ? 2 * r->capacity : 64;
	void *list;

	if (b->n < r->capacity)
		return 0;
	list = arena_realloc(r->arena, b->list, capacity * sizeof(b->list[0]));
	if (list == NULL)
		return err_set(r->err, ERR_NOMEM, 0, "blocks", 0, 0);
	b->list = list;
	r->capacity = capacity;
	return 0;
}

/* The entry of the block at @original, a new one where there is none.  */
static int entry_of(struct reader *r, uint64_t original,
		    struct shadow_block **ret)
{
	struct shadow_blocks *b = r->blocks;
	uint64_t number = original / VSS_BLOCK_BYTES;
	uint64_t i = block_map_get(&b->index, number);
	int code;

	if (i == BLOCK_MAP_NONE) {
		code = make_room(r);
		if (code == 0)
			code = block_map_set(&b->index, number, b->n, r->err);
		if (code < 0)
			return code;
		i = b->n++;
		b->list[i] = (struct shadow_block){ 0 };
	}
	*ret = &b->list[i];
	return 0;
}

static int add_overlay(struct reader *r, const struct vss_descriptor *d)
{
	struct shadow_block *b;
	int code = entry_of(r, d->original, &b);

	if (code < 0)
		return code;
	/* Those that follow only tell of more of the same block.  */
	if (b->overlay == 0)
		b->overlay_at = d->offset;
	b->overlay |= d->bitmap;
	return 0;
}

static int add_content(struct reader *r, const struct vss_descriptor *d)
{
	struct block_map *moved = &r->blocks->moved;
	const bool is_moved = (d->flags & VSS_FORWARDER) != 0;
	uint64_t original = block_map_get(moved, d->original);
	struct shadow_block *b;
	int code = 0;

	if (original == BLOCK_MAP_NONE)
		original = d->original;
	else
		code = block_map_set(moved, d->original, BLOCK_MAP_NONE,
				     r->err);
	/* It is back where it was.  */
	if (code < 0 || (is_moved && original == d->relative))
		return code;
	code = entry_of(r, original, &b);
	if (code < 0)
		return code;
	b->is_kept = true;
	b->is_moved = is_moved;
	b->at = is_moved ? d->relative : d->offset;
	return is_moved ? block_map_set(moved, d->relative, original, r->err)
			: 0;
}

/* False where @d cannot be true: a block that is none, or lies nowhere.  */
static bool is_sound(const struct reader *r, const struct vss_descriptor *d)
{
	const uint64_t size = r->storage->size;

	if (d->original % VSS_BLOCK_BYTES != 0 || d->original > INT64_MAX)
		return false;
	if ((d->flags & VSS_FORWARDER) != 0 && (d->flags & VSS_OVERLAY) == 0)
		return d->relative % VSS_BLOCK_BYTES == 0 &&
		       d->relative <= INT64_MAX;
	return size >= VSS_BLOCK_BYTES && d->offset <= size - VSS_BLOCK_BYTES;
}

static int add_descriptor(struct reader *r, struct span s)
{
	struct vss_descriptor d;
	struct diag *diag;

	if (span_is_zero(s) || vss_descriptor_parse(s, &d, NULL) < 0 ||
	    (d.flags & VSS_UNUSED) != 0)
		return 0;
	if (is_sound(r, &d))
		return (d.flags & VSS_OVERLAY) != 0 ? add_overlay(r, &d)
						    : add_content(r, &d);
	diag = diag_add(r->diags, &FINDING_SHADOW_STORE,
			"a descriptor of a shadow copy's block is impossible: "
			"block at %llu, kept at %llu.",
			(unsigned long long)d.original,
			(unsigned long long)d.offset);
	if (diag != NULL)
		source_cite(r->storage, s.at, s.n, "shadow copy metadata",
			    r->arena, &diag->cites);
	return 0;
}

static int add_descriptors(struct reader *r, struct span content)
{
	const uint64_t n = content.n / VSS_DESCRIPTOR_BYTES;
	struct span s;
	int code = 0;

	if (n > r->budget->descriptors)
		return err_set(r->err, ERR_LIMIT, content.at,
			       "blocks of shadow copies",
			       r->budget->descriptors, n);
	r->budget->descriptors -= n;
	for (size_t off = 0; code == 0 &&
	     span_sub(content, off, VSS_DESCRIPTOR_BYTES, &s);
	     off += VSS_DESCRIPTOR_BYTES)
		code = add_descriptor(r, s);
	return code;
}

static int read_list(struct reader *r, uint64_t at, uint8_t *buf)
{
	int code = 0;

	/* Ends: each turn takes from the budget.  */
	while (at != 0 && code == 0) {
		struct vss_block b;

		if (block_map_get(&r->seen, at) != BLOCK_MAP_NONE)
			return err_set(r->err, ERR_LOOP, at,
				       "block list of a shadow copy", 0, 0);
		code = block_map_set(&r->seen, at, 0, r->err);
		if (code == 0)
			code = source_read(r->storage, at, buf,
					   VSS_BLOCK_BYTES, r->err);
		if (code == 0)
			code = vss_block_parse(
				(struct span){ buf, VSS_BLOCK_BYTES, at },
				VSS_BLOCK_LIST, &b, r->err);
		if (code == 0)
			code = add_descriptors(r, b.content);
		at = code == 0 ? b.next : 0;
	}
	return code;
}

int shadow_blocks_read(struct source *storage, const struct shadow_store *store,
		       struct shadow_budget *budget, struct arena *a,
		       struct diag_list *d, struct shadow_blocks *ret,
		       struct err *reterr)
{
	struct shadow_blocks b = { .index.arena = a, .moved.arena = a };
	struct reader r = {
		.storage = storage, .arena = a, .diags = d, .blocks = &b,
		.seen.arena = a, .budget = budget, .err = reterr,
	};
	uint8_t *buf = arena_malloc(a, VSS_BLOCK_BYTES);
	int code;

	if (buf == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "block list", 0, 0);
	code = read_list(&r, store->entry.block_list, buf);
	free(buf);
	block_map_done(&r.seen);
	if (code < 0)
		shadow_blocks_done(&b);
	else
		*ret = b;
	return code;
}
