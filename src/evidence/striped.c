#include "evidence/striped.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"

/* What is made of the other columns is made in pieces of this size.  */
#define PIECE_BYTES 4096

struct striped {
	struct source source;
	uint64_t chunk;
	bool parity;
	size_t n;
	struct source *columns[];
};

/* Where a byte lies: in @column at @off, with @n behind it in the chunk.  */
struct spot {
	size_t column;
	uint64_t off, n;
};

/* The column that holds the parity of @row.  */
static size_t parity_of(size_t n, uint64_t row)
{
	return n - 1 - (size_t)(row % n);
}

static struct spot spot_of(const struct striped *s, uint64_t off)
{
	const uint64_t in_chunk = off % s->chunk;
	const uint64_t index = off / s->chunk;
	const size_t data_columns = s->parity ? s->n - 1 : s->n;
	const uint64_t row = index / data_columns;
	size_t column = (size_t)(index % data_columns);

	if (s->parity)
		column = (parity_of(s->n, row) + 1 + column) % s->n;
	return (struct spot){ column, row * s->chunk + in_chunk,
			      s->chunk - in_chunk };
}

/* The @n bytes at @off of the column @missing, which make the sum of all zero.
 */
static int rebuild(struct striped *s, size_t missing, uint64_t off,
		   uint8_t *out, size_t n, struct err *reterr)
{
	uint8_t piece[PIECE_BYTES];

	memset(out, 0, n);
	for (size_t i = 0; i < s->n; i++) {
		if (i == missing)
			continue;
		if (s->columns[i] == NULL)
			return err_set(reterr, ERR_TRUNCATED, off, "read", n,
				       0);
		for (size_t done = 0; done < n; done += sizeof(piece)) {
			size_t take = n - done < sizeof(piece) ? n - done :
							sizeof(piece);
			int r = source_read(s->columns[i], off + done, piece,
					    take, reterr);

			if (r < 0)
				return r;
			for (size_t k = 0; k < take; k++)
				out[done + k] ^= piece[k];
		}
	}
	return 0;
}

/* A column that has holes is made of the others where it has none itself.  */
static int read_spot(struct striped *s, const struct spot *spot, uint8_t *out,
		     size_t n, struct err *reterr)
{
	struct source *column = s->columns[spot->column];
	int r = ERR_TRUNCATED;

	if (column != NULL) {
		r = source_read(column, spot->off, out, n, reterr);
		if (r == 0 || !s->parity)
			return r;
	}
	if (rebuild(s, spot->column, spot->off, out, n,
		    column == NULL ? reterr : NULL) == 0)
		return 0;
	return r;
}

static int striped_read(struct source *source, uint64_t off, void *buf,
			size_t n, struct err *reterr)
{
	struct striped *s = (struct striped *)source;
	uint8_t *out = buf;

	/* Ends: a spot holds a byte at least.  */
	while (n > 0) {
		struct spot spot = spot_of(s, off);
		size_t take = n < spot.n ? n : (size_t)spot.n;
		struct err e;
		int r = read_spot(s, &spot, out, take, &e);

		if (r < 0)
			return err_set(reterr, e.code, off, e.what, e.want,
				       e.got);
		out += take;
		off += take;
		n -= take;
	}
	return 0;
}

static struct source_place striped_place(struct source *source, uint64_t off)
{
	struct striped *s = (struct striped *)source;
	struct spot spot = spot_of(s, off);
	uint64_t left = source->size - off;

	return (struct source_place){ s->columns[spot.column], spot.off,
				      spot.n < left ? spot.n : left };
}

static void striped_free(struct source *source)
{
	free(source);
}

static const struct source_ops striped_ops = {
	striped_read, striped_place, striped_free,
};

static struct source *new_striped(struct source *const *columns, size_t n,
				  uint64_t chunk, uint64_t size, bool parity)
{
	struct striped *s;

	if (n == 0 || n > STRIPED_MAX_COLUMNS || chunk == 0)
		return NULL;
	s = calloc(1, sizeof(*s) + n * sizeof(s->columns[0]));
	if (s == NULL)
		return NULL;
	s->source = (struct source){ .ops = &striped_ops, .size = size };
	s->chunk = chunk;
	s->parity = parity;
	s->n = n;
	for (size_t i = 0; i < n; i++) {
		s->columns[i] = columns[i];
		if (columns[i] != NULL)
			s->source.sector_size = columns[i]->sector_size;
	}
	return &s->source;
}

struct source *source_striped(struct source *const *columns, size_t n,
			      uint64_t chunk, uint64_t size)
{
	return new_striped(columns, n, chunk, size, false);
}

struct source *source_raid5(struct source *const *columns, size_t n,
			    uint64_t chunk, uint64_t size)
{
	return n < 2 ? NULL : new_striped(columns, n, chunk, size, true);
}

bool source_raid5_byte(size_t n, uint64_t chunk, size_t column, uint64_t off,
		       uint64_t *ret)
{
	const uint64_t row = off / chunk;
	const size_t parity = parity_of(n, row);
	/* From the first data column of the row on; that of parity is the
	 * last.  */
	const size_t nth = (column + n - parity - 1) % n;
	uint64_t at;

	if (!checked_mul(row, n - 1, &at) ||
	    !checked_add(at, column != parity ? nth : 0, &at) ||
	    !checked_mul(at, chunk, &at) ||
	    !checked_add(at, off % chunk, ret))
		*ret = UINT64_MAX;
	return column != parity;
}

uint64_t source_raid5_column_bytes(const struct source *source)
{
	const struct striped *s = (const struct striped *)source;
	uint64_t chunks;

	if (source->ops != &striped_ops || !s->parity || s->n < 2)
		return 0;
	for (size_t i = 0; i < s->n; i++)
		if (s->columns[i] == NULL)
			return 0;
	chunks = source->size / s->chunk + (source->size % s->chunk != 0);
	return (chunks / (s->n - 1) + (chunks % (s->n - 1) != 0)) * s->chunk;
}

/* The sum of a piece of all columns; false where one cannot be read.  */
static bool add_columns(struct striped *s, uint64_t off, size_t n,
			uint8_t sum[PIECE_BYTES])
{
	uint8_t piece[PIECE_BYTES];

	memset(sum, 0, n);
	for (size_t i = 0; i < s->n; i++) {
		if (source_read(s->columns[i], off, piece, n, NULL) < 0)
			return false;
		for (size_t k = 0; k < n; k++)
			sum[k] ^= piece[k];
	}
	return true;
}

bool source_raid5_fits(struct source *source, uint64_t off, size_t n,
		       uint64_t *ret_byte)
{
	struct striped *s = (struct striped *)source;
	uint8_t sum[PIECE_BYTES];

	for (size_t done = 0; done < n; done += sizeof(sum)) {
		size_t take = n - done < sizeof(sum) ? n - done : sizeof(sum);

		if (!add_columns(s, off + done, take, sum))
			return true;
		for (size_t k = 0; k < take; k++)
			if (sum[k] != 0) {
				off += done + k;
				source_raid5_byte(s->n, s->chunk, parity_of(
					s->n, off / s->chunk), off, ret_byte);
				return false;
			}
	}
	return true;
}
