#include "evidence/runs.h"

#include <string.h>

struct run run_of_parent(struct source *parent, uint64_t off, uint64_t n)
{
	if (parent == NULL || off >= parent->size)
		return (struct run){ .n = n };
	if (n > parent->size - off)
		n = parent->size - off;
	return (struct run){ .from = parent, .off = off, .n = n };
}

int runs_read(struct source *s, uint64_t block_bytes, run_find_fn *find,
	      uint64_t off, void *buf, size_t n, struct err *reterr)
{
	uint8_t *out = buf;

	/* Ends: a run has at least one byte.  */
	while (n > 0) {
		uint64_t left = block_bytes - off % block_bytes;
		struct run run = { 0 };
		struct err e;
		int r = find(s, off, n < left ? n : left, &run, &e);

		if (r == 0 && run.from != NULL)
			r = source_read(run.from, run.off, out, (size_t)run.n,
					&e);
		if (r < 0)
			return err_set(reterr, e.code, off, e.what, e.want,
				       e.got);
		if (run.from == NULL && run.bytes != NULL)
			memcpy(out, run.bytes, (size_t)run.n);
		else if (run.from == NULL)
			memset(out, 0, (size_t)run.n);
		out += run.n;
		off += run.n;
		n -= (size_t)run.n;
	}
	return 0;
}

/* Tables are looked up run by run, and a hostile one has a run a sector.  */
#define MAX_RUNS_AHEAD (1u << 20)

uint64_t runs_next_data(struct source *s, uint64_t block_bytes,
			run_find_fn *find, uint64_t off)
{
	for (unsigned i = 0; i < MAX_RUNS_AHEAD && off < s->size; i++) {
		uint64_t left = block_bytes - off % block_bytes, next;
		struct run run = { 0 };

		if (left > s->size - off)
			left = s->size - off;
		if (find(s, off, left, &run, NULL) < 0 ||
		    (run.from == NULL && run.bytes != NULL))
			return off;
		if (run.from != NULL) {
			next = source_next_data(run.from, run.off) - run.off;
			if (next < run.n)
				return off + next;
		}
		off += run.n;
	}
	return off;
}

bool sector_bit(const struct sector_bitmap *map, uint64_t i)
{
	unsigned shift = map->high_first ? 7 - i % 8 : i % 8;

	return map->bytes[i / 8] >> shift & 1;
}

uint64_t sectors_alike(const struct sector_bitmap *map, uint64_t first,
		       uint64_t end)
{
	bool want = sector_bit(map, first);
	uint64_t i = first;

	while (i < end) {
		bool whole = i % 8 == 0 && end - i >= 8;

		if (whole && map->bytes[i / 8] == (want ? 0xff : 0))
			i += 8;
		else if (sector_bit(map, i) == want)
			i++;
		else
			break;
	}
	return i - first;
}
