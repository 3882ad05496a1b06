#include "ntfs/record_block.h"

#include "format/multi_sector.h"

struct span record_block_span(const struct block *b)
{
	return (struct span){ b->bytes, b->n, b->at };
}

struct source_place record_block_place(const struct block *b, uint64_t off)
{
	uint64_t in = off % MULTI_SECTOR_STRIDE;
	uint64_t end = MULTI_SECTOR_STRIDE - 2;
	uint64_t left = b->n - off;

	if (b->array == 0)
		return (struct source_place){ b->below, b->at + off, left };
	if (in >= end) {
		uint64_t word = 1 + off / MULTI_SECTOR_STRIDE;

		return (struct source_place){
			b->below, b->at + b->array + 2 * word + (in - end),
			MULTI_SECTOR_STRIDE - in,
		};
	}
	return (struct source_place){ b->below, b->at + off,
				      left < end - in ? left : end - in };
}

/* A source to ask for places only.  */
struct block_source {
	struct source source;
	const struct block *block;
};

static struct source_place place(struct source *s, uint64_t off)
{
	return record_block_place(((struct block_source *)s)->block, off);
}

void record_block_cite(const struct block *b, uint64_t off, uint64_t n,
		       const char *structure, struct arena *a, struct cites *c)
{
	static const struct source_ops ops = { NULL, place, NULL };
	struct block_source s = { { .ops = &ops, .size = b->n }, b };

	source_cite(&s.source, off, n, structure, a, c);
}
