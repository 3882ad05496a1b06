/*
 * shadow_view.c - a volume as it was when a shadow copy was made
 *
 * What a store has of a block is its content when the copy was made, if it was
 * changed before the next copy was made; else that one's store has it, if
 * anyone's.  So the copies are gone through from the newest on, and what each
 * has is laid over what is known so far.  What was written to a copy itself,
 * which Windows does while it makes one, only that copy has.
 *
 * Blocks that were not in use when the newest copy was made are not kept, and
 * may have been written since: they are zeros here.  The bitmap tells them; of
 * older copies nobody looks at it.  Source: the documentation of libvshadow,
 * "Reading snapshot data".
 *
 * libvshadow is not asked: it reads no copy whose store lies on another volume,
 * and does not tell where a byte comes from.  The tests compare with it.
 */
#include "disk/shadow_view.h"

#include <stdlib.h>
#include <string.h>

#include "disk/findings.h"

#define SECTOR 512u

/* How far a run of blocks that lie together is followed, for a citation.  */
#define MAX_RUN (1u << 20)

/* What a block of a bitmap tells of.  */
#define BITMAP_BYTES (VSS_BLOCK_BYTES - VSS_BLOCK_HEADER_BYTES)
#define BITMAP_COVERS ((uint64_t)BITMAP_BYTES * 8 * VSS_BLOCK_BYTES)

/* A volume of 2 PiB; NTFS ends before.  */
#define MAX_BITMAP_BLOCKS (1u << 20)

struct bitmap {
	bool is_there;
	uint64_t *offsets;	/* of its blocks */
	uint64_t n;
	uint64_t cached;	/* the one that is in @block */
	uint8_t *block;
};

struct view {
	struct source source;
	struct shadow_stack *stack;
	struct bitmap unused, unused_before;
};

/* Where a byte is, and how many behind it lie together.  */
struct place {
	struct source *below;	/* NULL: zeros */
	uint64_t off, n;
};

static bool is_set(struct view *v, struct bitmap *b, uint64_t off)
{
	const uint64_t i = off / BITMAP_COVERS;
	const uint64_t bit = off % BITMAP_COVERS / VSS_BLOCK_BYTES;

	if (i >= b->n)
		return false;
	if (b->cached != i) {
		if (source_read(v->stack->storage,
				b->offsets[i] + VSS_BLOCK_HEADER_BYTES,
				b->block, BITMAP_BYTES, NULL) < 0)
			return false;
		b->cached = i;
	}
	return (b->block[bit / 8] >> bit % 8 & 1) != 0;
}

/* Whether the block at @off was in no use when the only copy was made.  */
static bool is_unused(struct view *v, uint64_t off)
{
	const uint64_t block = off - off % VSS_BLOCK_BYTES;

	return v->stack->depth == 1 &&
	       block_map_get(&v->stack->blocks.moved, block) ==
		       BLOCK_MAP_NONE &&
	       is_set(v, &v->unused, off) &&
	       (!v->unused_before.is_there ||
		is_set(v, &v->unused_before, off));
}

/* How many bytes from sector @first of the block on have the same bit.  */
static uint64_t overlay_run(uint32_t bits, unsigned first)
{
	unsigned i = first;

	while (i < 32 && (bits >> i & 1) == (bits >> first & 1))
		i++;
	return (uint64_t)(i - first) * SECTOR;
}

/* Where the byte at @off is by all copies so far; of the sector overlays that
 * is not asked.  */
static struct place place_in_stack(const struct shadow_stack *s, uint64_t off,
				   uint64_t n)
{
	uint64_t i = block_map_get(&s->index, off / VSS_BLOCK_BYTES);

	if (i == BLOCK_MAP_NONE)
		return (struct place){ s->volume, off, n };
	return (struct place){ s->places[i].below,
			       s->places[i].at + off % VSS_BLOCK_BYTES, n };
}

/* What is in the block of @off, at most.  */
static struct place place_in_block(struct view *v, uint64_t off)
{
	const struct shadow_stack *s = v->stack;
	const struct shadow_block *b = shadow_blocks_at(&s->blocks, off);
	uint64_t in = off % VSS_BLOCK_BYTES, n = VSS_BLOCK_BYTES - in;

	if (b != NULL && b->overlay != 0) {
		unsigned sector = (unsigned)(in / SECTOR);

		n = overlay_run(b->overlay, sector) - in % SECTOR;
		if ((b->overlay >> sector & 1) != 0)
			return (struct place){ s->storage, b->overlay_at + in,
					       n };
	}
	if ((b == NULL || !b->is_kept) && is_unused(v, off))
		return (struct place){ NULL, 0, n };
	return place_in_stack(s, off, n);
}

/* The same, for as many of the @n bytes at @off as lie together.  */
static struct place place_of(struct view *v, uint64_t off, uint64_t n)
{
	struct place p = place_in_block(v, off);

	/* Ends: each turn adds a byte, and there is an end to the bytes.  */
	while (p.n < n) {
		struct place q = place_in_block(v, off + p.n);

		if (q.below != p.below ||
		    (q.below != NULL && q.off != p.off + p.n))
			break;
		p.n += q.n;
	}
	if (p.n > n)
		p.n = n;
	return p;
}

static int view_read(struct source *s, uint64_t off, void *buf, size_t n,
		     struct err *reterr)
{
	struct view *v = (struct view *)s;
	uint8_t *out = buf;

	/* Ends: a place has at least a byte.  */
	while (n > 0) {
		struct place p = place_of(v, off, n);

		if (p.below == NULL) {
			memset(out, 0, (size_t)p.n);
		} else {
			struct err e;

			if (source_read(p.below, p.off, out, (size_t)p.n,
					&e) < 0)
				return err_set(reterr, e.code, off, e.what,
					       e.want, e.got);
		}
		out += p.n;
		off += p.n;
		n -= (size_t)p.n;
	}
	return 0;
}

static struct source_place view_place(struct source *s, uint64_t off)
{
	uint64_t left = s->size - off;
	struct place p = place_of((struct view *)s, off,
				  left < MAX_RUN ? left : MAX_RUN);

	return (struct source_place){ p.below, p.off, p.n };
}

static void bitmap_done(struct bitmap *b)
{
	free(b->offsets);
	free(b->block);
}

static void view_free(struct source *s)
{
	struct view *v = (struct view *)s;

	bitmap_done(&v->unused);
	bitmap_done(&v->unused_before);
	free(v);
}

static const struct source_ops view_ops = { view_read, view_place, view_free };

/* Follow the chain of @b from @at on.  */
static int follow_bitmap(struct view *v, uint64_t at, struct bitmap *b,
			 uint64_t most, struct err *reterr)
{
	uint8_t header[VSS_BLOCK_HEADER_BYTES];

	/* Ends: a bitmap has no more blocks than the volume needs.  */
	while (at != 0 && b->n < most) {
		struct vss_block block;
		int r = source_read(v->stack->storage, at, header,
				    sizeof(header), reterr);

		if (r < 0)
			return r;
		r = vss_block_parse(
			(struct span){ header, sizeof(header), at },
			VSS_BITMAP, &block, reterr);
		if (r < 0)
			return r;
		b->offsets[b->n++] = at;
		at = block.next;
	}
	return 0;
}

/* A bitmap that cannot be read tells nothing: all blocks count as used then,
 * and those that were not may show newer content.  */
static void bitmap_unread(struct view *v, uint64_t at, const struct err *e)
{
	struct shadow_stack *s = v->stack;
	char text[256];
	struct diag *d = diag_add(
		s->diags, &FINDING_SHADOW_BITMAP,
		"blocks that were unused when the newest shadow copy was made "
		"may show what was written later: %s.",
		err_text(e, text, sizeof(text)));

	if (d != NULL)
		source_cite(s->storage, at, VSS_BLOCK_HEADER_BYTES,
			    "shadow copy metadata", s->arena, &d->cites);
}

static int open_bitmap(struct view *v, uint64_t at, struct bitmap *b,
		       struct err *reterr)
{
	struct arena *a = v->stack->arena;
	uint64_t blocks = v->stack->volume->size / BITMAP_COVERS + 1;
	struct err e;

	if (at == 0)
		return 0;
	if (blocks > MAX_BITMAP_BLOCKS)
		blocks = MAX_BITMAP_BLOCKS;
	b->is_there = true;
	b->cached = UINT64_MAX;
	b->offsets = arena_calloc(a, (size_t)blocks, sizeof(b->offsets[0]));
	b->block = arena_malloc(a, BITMAP_BYTES);
	if (b->offsets == NULL || b->block == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "bitmap", 0, 0);
	if (follow_bitmap(v, at, b, blocks, &e) < 0) {
		b->n = 0;
		bitmap_unread(v, at, &e);
	}
	return 0;
}

int shadow_view_open(struct shadow_stack *s, uint64_t bytes,
		     struct source **ret, struct err *reterr)
{
	const struct vss_entry *e = &s->store->entry;
	struct view *v = arena_calloc(s->arena, 1, sizeof(*v));
	int r = 0;

	if (v == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "shadow copy", 0, 0);
	v->source = (struct source){
		.ops = &view_ops, .size = bytes, .image = s->volume->image,
		.sector_size = s->volume->sector_size,
	};
	v->stack = s;
	if (s->depth == 1) {
		r = open_bitmap(v, e->bitmap, &v->unused, reterr);
		if (r == 0)
			r = open_bitmap(v, e->previous_bitmap,
					&v->unused_before, reterr);
	}
	if (r < 0)
		view_free(&v->source);
	else
		*ret = &v->source;
	return r;
}

void shadow_stack_init(struct shadow_stack *s, struct source *volume,
		       struct shadow_budget *budget, struct arena *a,
		       struct diag_list *d)
{
	*s = (struct shadow_stack){
		.volume = volume, .budget = budget, .arena = a, .diags = d,
		.index.arena = a,
	};
}

void shadow_stack_done(struct shadow_stack *s)
{
	shadow_blocks_done(&s->blocks);
	block_map_done(&s->index);
	free(s->places);
	s->places = NULL;
}

static int set_place(struct shadow_stack *s, uint64_t number,
		     struct shadow_place place, struct err *reterr)
{
	uint64_t i = block_map_get(&s->index, number);
	int r;

	if (i == BLOCK_MAP_NONE) {
		if (s->n_places == s->capacity) {
			size_t n = s->capacity > 0 ? 2 * s->capacity : 64;
			void *p = arena_realloc(s->arena, s->places,
						n * sizeof(s->places[0]));

			if (p == NULL)
				return err_set(reterr, ERR_NOMEM, 0, "blocks",
					       0, 0);
			s->places = p;
			s->capacity = n;
		}
		r = block_map_set(&s->index, number, s->n_places, reterr);
		if (r < 0)
			return r;
		i = s->n_places++;
	}
	s->places[i] = place;
	return 0;
}

/* Lay the copy at hand over those before.  First it is found where moved blocks
 * were by these, which then change.  */
static int merge(struct shadow_stack *s, struct err *reterr)
{
	struct shadow_blocks *b = &s->blocks;
	int r = 0;

	for (size_t i = 0; i < b->n; i++) {
		struct shadow_block *x = &b->list[i];
		struct place p;

		if (!x->is_moved) {
			x->below = s->storage;
			continue;
		}
		p = place_in_stack(s, x->at, 0);
		x->below = p.below;
		x->at = p.off;
	}
	for (size_t i = 0; i < b->index.n_slots && r == 0; i++) {
		const struct block_map_slot *slot = &b->index.slots[i];
		const struct shadow_block *x;

		if (slot->key == BLOCK_MAP_NONE)
			continue;
		x = &b->list[slot->value];
		if (x->is_kept)
			r = set_place(s, slot->key,
				      (struct shadow_place){ x->below, x->at },
				      reterr);
	}
	return r;
}

int shadow_stack_push(struct shadow_stack *s, struct source *storage,
		      const struct shadow_store *store, struct err *reterr)
{
	int r;

	shadow_blocks_done(&s->blocks);
	s->blocks = (struct shadow_blocks){ .n = 0 };
	r = shadow_blocks_read(storage, store, s->budget, s->arena, s->diags,
			       &s->blocks, reterr);
	if (r < 0)
		return r;
	s->storage = storage;
	s->store = store;
	s->depth++;
	return merge(s, reterr);
}
