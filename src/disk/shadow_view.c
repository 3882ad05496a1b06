/*
 * shadow_view.c - a volume as it was when a shadow copy was made
 *
 * What a store has of a block is its content when the copy was made, if it was
 * changed before the next copy was made; else that one's store has it, if
 * anyone's.  What was written to a copy itself, which Windows does while it
 * makes one, only that copy has.
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
	struct source *volume;
	struct bitmap unused, unused_before;
	size_t n;
	struct shadow_layer layers[];
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
		if (source_read(v->layers[0].storage,
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

	return v->n == 1 &&
	       block_map_get(&v->layers[0].blocks->moved, block) ==
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

/* What is in the block of @off, at most, by the layers from @level on.  */
static struct place place_in_block(struct view *v, uint64_t off)
{
	uint64_t in = off % VSS_BLOCK_BYTES, n = VSS_BLOCK_BYTES - in;
	bool moved = false;

	for (size_t level = 0; level < v->n; level++) {
		const struct shadow_layer *l = &v->layers[level];
		const struct shadow_block *b = shadow_blocks_at(l->blocks, off);

		if (b == NULL)
			continue;
		if (level == 0 && b->overlay != 0) {
			unsigned sector = (unsigned)(in / SECTOR);

			n = overlay_run(b->overlay, sector) - in % SECTOR;
			if ((b->overlay >> sector & 1) != 0)
				return (struct place){ l->storage,
						       b->overlay_at + in, n };
		}
		if (b->is_kept && !b->is_moved)
			return (struct place){ l->storage, b->at + in, n };
		if (b->is_kept)
			off = b->at + in;
		moved |= b->is_kept;
	}
	if (!moved && is_unused(v, off))
		return (struct place){ NULL, 0, n };
	return (struct place){ v->volume, off, n };
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
		int r = source_read(v->layers[0].storage, at, header,
				    sizeof(header), reterr);

		if (r == 0)
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
static int open_bitmap(struct view *v, uint64_t at, struct bitmap *b,
		       struct arena *a, struct diag_list *d,
		       struct err *reterr)
{
	uint64_t blocks = v->volume->size / BITMAP_COVERS + 1;
	struct err e;
	char text[256];
	struct diag *diag;
	int r;

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
	r = follow_bitmap(v, at, b, blocks, &e);
	if (r == 0)
		return 0;
	b->n = 0;
	diag = diag_add(d, &FINDING_SHADOW_BITMAP,
			"blocks that were unused when the newest shadow copy "
			"was made may show what was written later: %s.",
			err_text(&e, text, sizeof(text)));
	if (diag != NULL)
		source_cite(v->layers[0].storage, at, VSS_BLOCK_HEADER_BYTES,
			    "shadow copy metadata", a, &diag->cites);
	return 0;
}

int shadow_view_open(struct source *volume, uint64_t bytes,
		     const struct shadow_layer *layers, size_t n,
		     struct arena *a, struct diag_list *d, struct source **ret,
		     struct err *reterr)
{
	const struct vss_entry *e = &layers[0].store->entry;
	struct view *v = arena_calloc(a, 1, sizeof(*v) + n * sizeof(*layers));
	int r = 0;

	if (v == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "shadow copy", 0, 0);
	v->source = (struct source){
		.ops = &view_ops, .size = bytes, .image = volume->image,
		.sector_size = volume->sector_size,
	};
	v->volume = volume;
	v->n = n;
	memcpy(v->layers, layers, n * sizeof(*layers));
	if (n == 1) {
		r = open_bitmap(v, e->bitmap, &v->unused, a, d, reterr);
		if (r == 0)
			r = open_bitmap(v, e->previous_bitmap,
					&v->unused_before, a, d, reterr);
	}
	if (r < 0)
		view_free(&v->source);
	else
		*ret = &v->source;
	return r;
}
