/*
 * gzip_image.c - a raw disk that was compressed with gzip
 *
 * Nothing in such a file says how large the disk is, or where its sectors are:
 * it is decompressed once when it is opened. Places are kept on the way, from
 * which inflate can go on, each with the 32 KiB before it; a sector is read
 * from the last place before it. Places are at first a megabyte apart, and
 * further where the disk is large, so that their memory is bounded. zlib's
 * examples/zran.c shows how.
 *
 * What is damaged ends the disk there, since inflate cannot go on behind it. A
 * wrong checksum does not: all bytes are there, and one of them is wrong.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "evidence/file.h"
#include "base/count.h"
#include "evidence/findings.h"
#include "evidence/opening.h"
#include "format/container.h"
#include "format/gzip.h"

#define WINDOW_BYTES 32768u
#define INPUT_BYTES 65536u
#define OUTPUT_BYTES (256u << 10)

/* What is kept: 64 MiB of windows; and places whose window is zeros, as most of
 * them are in an empty disk.  */
#define MAX_WINDOWS 2048
#define MAX_POINTS 65536
#define FIRST_SPACING (1u << 20)

/* Of the disk, as read last: 32 MiB.  */
#define CHUNK_BYTES (128u << 10)
#define MAX_CHUNKS 256

/* Inflate stops between blocks only.  No encoder writes one of more than some
 * 20 MiB; a longer one would have to be gone through for each sector in it.  */
#define MAX_BLOCK_BYTES (64u << 20)

/* Zeros become a thousandth of their size. A file may be an empty disk, or made
 * to keep us busy for days: it is read up to this many bytes, and as many more
 * as are plausible for its size.  */
#define MAX_EASY_BYTES ((uint64_t)16 << 30)
#define MAX_RATIO 100

/* A place from which to go on.  */
struct point {
	uint64_t out;		/* in the disk */
	uint64_t in;		/* in the file; behind the byte with `bits' */
	uint8_t *window;	/* NULL: zeros */
	int bits;		/* not yet used, of the byte before `in' */
};

struct chunk {
	uint64_t number;
	uint8_t *bytes;		/* NULL: not in use */
};

enum step {
	STEP_ON,
	STEP_BLOCK,	/* between two blocks of a member */
	STEP_MEMBER,	/* at the start of a member */
	STEP_END,	/* of the file */
	STEP_GARBAGE,	/* the same, but no gzip follows */
	STEP_CUT,	/* the file ends in a member */
	STEP_BAD,	/* not a deflate stream */
};

static bool goes_on(enum step s)
{
	return s == STEP_ON || s == STEP_BLOCK || s == STEP_MEMBER;
}

struct stream {
	struct arena *arena;
	struct source *file;
	z_stream z;
	bool ready;		/* z is to be ended */
	uint64_t in;		/* in the file, behind the input buffer */
	uint64_t out;		/* bytes of the disk so far */
	uint64_t member_out;	/* of the member */
	uint32_t crc;
	uint64_t bad_members;	/* with a checksum or a size that is wrong */
	uint64_t bad_at;	/* trailer of the first of them */
	struct gzip_trailer bad;
	bool moved;		/* the size of one is wrong */
	bool last_is_bad;
	uint8_t input[INPUT_BYTES];
};

struct gzip_source {
	struct source source;
	struct stream stream;
	struct point *points;
	size_t n_points, n_windows;
	uint64_t spacing;
	bool lost;		/* the stream is nowhere */
	struct chunk chunks[MAX_CHUNKS];
};

/* --- the stream ----------------------------------------------------------- */

static uint64_t stream_at(const struct stream *st)
{
	return st->in - st->z.avail_in;
}

static void stream_seek(struct stream *st, uint64_t in)
{
	st->in = in;
	st->z.avail_in = 0;
}

static int no_memory(struct stream *st, struct err *reterr)
{
	arena_set_failed(st->arena);
	return err_set(reterr, ERR_NOMEM, st->in, "gzip file", 0, 0);
}

/* No zlib header: members are told apart here.  */
static int stream_reset(struct stream *st, struct err *reterr)
{
	if (st->ready)
		return inflateReset(&st->z) == Z_OK ? 0 :
		       no_memory(st, reterr);
	if (inflateInit2(&st->z, -15) != Z_OK)
		return no_memory(st, reterr);
	st->ready = true;
	return 0;
}

static int stream_fill(struct stream *st, struct err *reterr)
{
	uint64_t left = st->file->size - st->in;
	uInt n = left < INPUT_BYTES ? (uInt)left : INPUT_BYTES;
	int r;

	if (st->z.avail_in > 0 || n == 0)
		return 0;
	r = source_read(st->file, st->in, st->input, n, reterr);
	if (r < 0)
		return r;
	st->in += n;
	st->z.next_in = st->input;
	st->z.avail_in = n;
	return 0;
}

/* Read as much of the header at @at as helps, and parse it.  */
static int read_member(struct stream *st, uint64_t at, size_t room,
		       size_t *ret_bytes, struct err *reterr)
{
	uint64_t left = st->file->size - at;
	size_t n = left < room ? (size_t)left : room;
	uint8_t *buf = arena_malloc(st->arena, n > 0 ? n : 1);
	int r;

	if (buf == NULL)
		return err_set(reterr, ERR_NOMEM, at, "gzip header", 0, 0);
	r = source_read(st->file, at, buf, n, reterr);
	if (r == 0)
		r = gzip_header_parse((struct span){ buf, n, at }, ret_bytes,
				      reterr);
	free(buf);
	return r;
}

static int begin_member(struct stream *st, uint64_t at, struct err *reterr)
{
	size_t bytes = 0;
	int r = read_member(st, at, 512, &bytes, reterr);

	if (r == ERR_TRUNCATED && st->file->size - at > 512)
		r = read_member(st, at, GZIP_MAX_HEADER_BYTES, &bytes, reterr);
	if (r < 0)
		return r;
	stream_seek(st, at + bytes);
	st->member_out = 0;
	st->crc = (uint32_t)crc32(0, NULL, 0);
	return stream_reset(st, reterr);
}

/* A tape or a medium leaves zeros behind the last member.  */
static bool only_zeros(struct stream *st, uint64_t at)
{
	while (at < st->file->size) {
		uint64_t left = st->file->size - at;
		size_t n = left < INPUT_BYTES ? (size_t)left : INPUT_BYTES;

		if (source_read(st->file, at, st->input, n, NULL) < 0 ||
		    !span_is_zero((struct span){ st->input, n, at }))
			return false;
		at += n;
	}
	return true;
}

/* Compare the member's trailer, at @at, and go on to the next member.  */
static int end_member(struct stream *st, enum step *ret, struct err *reterr)
{
	uint8_t buf[GZIP_TRAILER_BYTES];
	uint64_t at = stream_at(st);
	struct gzip_trailer t = { 0 };
	struct err e;
	int r;

	*ret = STEP_CUT;
	if (st->file->size - at < sizeof(buf))
		return 0;
	r = source_read(st->file, at, buf, sizeof(buf), reterr);
	if (r == 0)
		r = gzip_trailer_parse((struct span){ buf, sizeof(buf), at },
				       &t, reterr);
	if (r < 0)
		return r;
	st->last_is_bad = t.crc32 != st->crc ||
			  t.size != (uint32_t)st->member_out;
	if (t.size != (uint32_t)st->member_out)
		st->moved = true;
	if (st->last_is_bad && st->bad_members++ == 0) {
		st->bad_at = at;
		st->bad = (struct gzip_trailer){
			st->crc, (uint32_t)st->member_out,
		};
	}
	at += sizeof(buf);
	stream_seek(st, at);
	*ret = STEP_MEMBER;
	r = begin_member(st, at, &e);
	if (r == ERR_NOMEM || r == ERR_IO)
		return err_set(reterr, e.code, e.at, e.what, e.want, e.got);
	if (r < 0)
		*ret = only_zeros(st, at) ? STEP_END : STEP_GARBAGE;
	return 0;
}

/* Decompress up to @n bytes, but not past the end of a block.  */
static int stream_step(struct stream *st, uint8_t *buf, size_t n,
		       size_t *ret_got, enum step *ret, struct err *reterr)
{
	int r = stream_fill(st, reterr), z;

	if (r < 0)
		return r;
	*ret_got = 0;
	*ret = STEP_CUT;
	if (st->z.avail_in == 0)
		return 0;
	st->z.next_out = buf;
	st->z.avail_out = (uInt)n;
	z = inflate(&st->z, Z_BLOCK);
	*ret_got = n - st->z.avail_out;
	st->out += *ret_got;
	st->member_out += *ret_got;
	st->crc = (uint32_t)crc32(st->crc, buf, (uInt)*ret_got);
	if (z == Z_STREAM_END)
		return end_member(st, ret, reterr);
	if (z == Z_MEM_ERROR)
		return no_memory(st, reterr);
	*ret = STEP_BAD;
	if (z == Z_OK || z == Z_BUF_ERROR)
		*ret = (st->z.data_type & (128 | 64)) == 128 ? STEP_BLOCK :
		       STEP_ON;
	return 0;
}

/* --- the index ------------------------------------------------------------ */

static void drop_window(struct gzip_source *g, struct point *p)
{
	g->n_windows -= p->window != NULL;
	free(p->window);
	p->window = NULL;
}

/* Keep every second place.  */
static void thin_out(struct gzip_source *g)
{
	size_t n = 0;

	for (size_t i = 0; i < g->n_points; i++)
		if (i % 2 == 0)
			g->points[n++] = g->points[i];
		else
			drop_window(g, &g->points[i]);
	g->n_points = n;
	g->spacing *= 2;
}

/* Keep the place where the stream is, before which lies @window; nothing does
 * at the start of a member.  */
static int add_point(struct gzip_source *g, bool start, const uint8_t *window,
		     struct err *reterr)
{
	struct point p = {
		.out = g->stream.out, .in = stream_at(&g->stream),
		.bits = g->stream.z.data_type & 7,
	};

	if (start)
		p.bits = 0;
	else if (!span_is_zero((struct span){ window, WINDOW_BYTES, 0 })) {
		p.window = arena_malloc(g->stream.arena, WINDOW_BYTES);
		if (p.window == NULL)
			return err_set(reterr, ERR_NOMEM, 0, "gzip index", 0,
				       0);
		memcpy(p.window, window, WINDOW_BYTES);
		g->n_windows++;
	}
	g->points[g->n_points++] = p;
	if (g->n_points == MAX_POINTS || g->n_windows == MAX_WINDOWS)
		thin_out(g);
	return 0;
}

static const struct point *point_before(const struct gzip_source *g,
					uint64_t out)
{
	size_t low = 0, high = g->n_points;

	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (g->points[mid].out <= out)
			low = mid;
		else
			high = mid;
	}
	return &g->points[low];
}

static int go_to(struct gzip_source *g, const struct point *p,
		 struct err *reterr)
{
	static const uint8_t zeros[WINDOW_BYTES];
	struct stream *st = &g->stream;
	uint8_t byte = 0;
	int r = stream_reset(st, reterr);

	if (r == 0 && p->bits > 0)
		r = source_read(st->file, p->in - 1, &byte, 1, reterr);
	if (r < 0)
		return r;
	if ((p->bits > 0 && inflatePrime(&st->z, p->bits,
					 byte >> (8 - p->bits)) != Z_OK) ||
	    inflateSetDictionary(&st->z, p->window != NULL ? p->window : zeros,
				 WINDOW_BYTES) != Z_OK)
		return no_memory(st, reterr);
	stream_seek(st, p->in);
	st->out = p->out;
	return 0;
}

/* --- reading -------------------------------------------------------------- */

/* Decompress exactly @n bytes.  */
static int stream_read(struct stream *st, uint8_t *buf, size_t n,
		       struct err *reterr)
{
	/* Ends: a step takes a byte, gives one, or says that no more come.  */
	while (n > 0) {
		enum step step;
		size_t got;
		int r = stream_step(st, buf, n, &got, &step, reterr);

		if (r < 0)
			return r;
		buf += got;
		n -= got;
		if (n > 0 && !goes_on(step))
			return err_set(reterr, ERR_IO, st->out,
				       "gzip file (changed while it was read)",
				       0, 0);
	}
	return 0;
}

static uint64_t chunk_bytes(const struct gzip_source *g, uint64_t number)
{
	uint64_t left = g->source.size - number * CHUNK_BYTES;

	return left < CHUNK_BYTES ? left : CHUNK_BYTES;
}

/* Decompress the chunk that comes next; where the stream is in the middle of
 * one, what is left of that, which nobody wants.  */
static int next_chunk(struct gzip_source *g, struct err *reterr)
{
	uint64_t number = g->stream.out / CHUNK_BYTES;
	uint64_t skip = g->stream.out % CHUNK_BYTES;
	struct chunk *c = &g->chunks[number % MAX_CHUNKS];
	int r;

	if (c->bytes == NULL)
		c->bytes = arena_malloc(g->stream.arena, CHUNK_BYTES);
	if (c->bytes == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "gzip file", 0, 0);
	c->number = UINT64_MAX;
	r = stream_read(&g->stream, c->bytes + skip,
			(size_t)(chunk_bytes(g, number) - skip), reterr);
	if (r == 0 && skip == 0)
		c->number = number;
	return r;
}

static int load_chunk(struct gzip_source *g, uint64_t number,
		      struct err *reterr)
{
	uint64_t at = number * CHUNK_BYTES;
	const struct point *p = point_before(g, at);
	int r = 0;

	if (g->lost || g->stream.out > at || g->stream.out < p->out)
		r = go_to(g, p, reterr);
	g->lost = true;
	while (r == 0 && g->stream.out <= at)
		r = next_chunk(g, reterr);
	g->lost = r < 0;
	return r;
}

static int gzip_read(struct source *s, uint64_t off, void *buf, size_t n,
		     struct err *reterr)
{
	struct gzip_source *g = (struct gzip_source *)s;
	uint8_t *out = buf;

	/* Ends: each turn reads at least a byte.  */
	while (n > 0) {
		uint64_t number = off / CHUNK_BYTES, in = off % CHUNK_BYTES;
		struct chunk *c = &g->chunks[number % MAX_CHUNKS];
		size_t take = (size_t)(CHUNK_BYTES - in);
		struct err e;

		if ((c->bytes == NULL || c->number != number) &&
		    load_chunk(g, number, &e) < 0)
			return err_set(reterr, e.code, off, e.what, e.want,
				       e.got);
		if (take > n)
			take = n;
		memcpy(out, c->bytes + in, take);
		out += take;
		off += take;
		n -= take;
	}
	return 0;
}

static void gzip_free(struct source *s)
{
	struct gzip_source *g = (struct gzip_source *)s;

	if (g->stream.ready)
		inflateEnd(&g->stream.z);
	for (size_t i = 0; i < g->n_points; i++)
		free(g->points[i].window);
	for (size_t i = 0; i < MAX_CHUNKS; i++)
		free(g->chunks[i].bytes);
	free(g->points);
	free(g);
}

static const struct source_ops gzip_ops = { gzip_read, NULL, gzip_free };

/* --- opening -------------------------------------------------------------- */

/* Where the first pass goes through; the window before it is kept.  */
struct pass {
	struct gzip_source *g;
	uint8_t *buf;		/* WINDOW_BYTES, then OUTPUT_BYTES */
	size_t used;
	uint64_t block;		/* where in the disk the block began */
	uint64_t limit;
	const char *limit_name;	/* which was reached, or NULL */
};

static void make_room(struct pass *p)
{
	if (p->used < WINDOW_BYTES + OUTPUT_BYTES)
		return;
	memmove(p->buf, p->buf + p->used - WINDOW_BYTES, WINDOW_BYTES);
	p->used = WINDOW_BYTES;
}

static int pass_step(struct pass *p, enum step *ret, struct err *reterr)
{
	struct gzip_source *g = p->g;
	const struct point *last = &g->points[g->n_points - 1];
	size_t got = 0;
	bool between;
	int r;

	make_room(p);
	r = stream_step(&g->stream, p->buf + p->used,
			WINDOW_BYTES + OUTPUT_BYTES - p->used, &got, ret,
			reterr);
	if (r < 0)
		return r;
	p->used += got;
	between = *ret == STEP_BLOCK || *ret == STEP_MEMBER;
	if (between)
		p->block = g->stream.out;
	if (g->stream.out > p->limit)
		p->limit_name = "more bytes than are read of a file of its "
				"size";
	else if (g->stream.out - p->block > MAX_BLOCK_BYTES)
		p->limit_name = "a block of more than 64 MiB";
	if (!between || g->stream.out - last->out < g->spacing)
		return 0;
	return add_point(g, *ret == STEP_MEMBER,
			 p->buf + p->used - WINDOW_BYTES, reterr);
}

/* What the bytes of the disk are.  */
static int look(struct gzip_source *g, struct container_guess *ret,
		struct err *reterr)
{
	uint64_t size = g->source.size;
	size_t head_n = size < CONTAINER_HEAD_BYTES ? (size_t)size :
			CONTAINER_HEAD_BYTES;
	size_t tail_n = size < CONTAINER_TAIL_BYTES ? (size_t)size :
			CONTAINER_TAIL_BYTES;
	uint8_t tail[CONTAINER_TAIL_BYTES];
	uint8_t *head = arena_malloc(g->stream.arena, head_n);
	int r;

	if (head == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "gzip file", 0, 0);
	r = source_read(&g->source, 0, head, head_n, reterr);
	if (r == 0)
		r = source_read(&g->source, size - tail_n, tail, tail_n,
				reterr);
	if (r == 0)
		*ret = container_detect(
			(struct span){ head, head_n, 0 },
			(struct span){ tail, tail_n, size - tail_n });
	free(head);
	return r;
}

/* A container inside would have to be read through two indexes; who has one
 * unpacks it.  */
static int check_content(struct opening *o, struct gzip_source *g,
			 struct err *reterr)
{
	struct container_guess guess;
	struct err e;
	int r;

	if (g->source.size < 512)
		return err_set(reterr, ERR_TRUNCATED, 0,
			       "disk in a gzip file", 512, g->source.size);
	r = look(g, &guess, reterr);
	if (r < 0 || guess.kind == CONTAINER_RAW)
		return r;
	err_set(&e, ERR_UNSUPPORTED, 0, NULL, 0, 0);
	return opening_fail(o, &e, reterr, "gzip file that holds a %s",
			    guess.name);
}

static void check_sums(struct opening *o, const char *name,
		       const struct stream *st)
{
	if (st->bad_members == 0)
		return;
	diag_add(o->diags, &FINDING_CONTAINER_CHECKSUM,
		 "%s: the gzip file decompresses, but to different bytes than "
		 "were compressed: of %" PRIu64 " %s the trailer is wrong; the "
		 "first is at byte %" PRIu64 ", where CRC-32 0x%08" PRIx32 " "
		 "and size 0x%08" PRIx32 " should be.%s", name,
		 st->bad_members,
		 count_word(st->bad_members, "member", "members"),
		 st->bad_at, st->bad.crc32, st->bad.size,
		 st->moved ? " Since the size differs, what follows the damage "
		 "may not be where it was on the disk." : "");
}

static void check_end(struct opening *o, const char *name,
		      const struct pass *p, enum step end)
{
	const struct stream *st = &p->g->stream;
	uint64_t at = stream_at(st);

	if (p->limit_name != NULL)
		diag_add(o->diags, &FINDING_CONTAINER_LIMIT,
			 "%s: the gzip file has %s; of its disk the first %"
			 PRIu64 " bytes were read.", name, p->limit_name,
			 st->out);
	else if (end == STEP_CUT)
		diag_add(o->diags, &FINDING_CONTAINER_SIZE,
			 "%s: the gzip file is cut short: it ends at byte %"
			 PRIu64 ", in the middle of its data; of its disk the "
			 "first %" PRIu64 " bytes are there.", name, at,
			 st->out);
	else if (end == STEP_BAD)
		diag_add(o->diags, &FINDING_CONTAINER_BLOCK,
			 "%s: the gzip file is damaged at byte %" PRIu64
			 " or before; of its disk the first %" PRIu64 " bytes "
			 "were read, the last of which may be wrong.", name, at,
			 st->out);
	else if (end == STEP_GARBAGE && st->last_is_bad)
		diag_add(o->diags, &FINDING_CONTAINER_BLOCK,
			 "%s: the gzip file is damaged before byte %" PRIu64
			 ", where its data ends too early: the %" PRIu64 " "
			 "bytes after that were not read. Of its disk the "
			 "first %" PRIu64 " bytes were read, the last of which "
			 "may be wrong.", name, at, st->file->size - at,
			 st->out);
	else if (end == STEP_GARBAGE)
		diag_add(o->diags, &FINDING_CONTAINER_SIZE,
			 "%s: at byte %" PRIu64 " the gzip file ends, but "
			 "other bytes follow; the disk was read without them.",
			 name, at);
	check_sums(o, name, st);
}

static int run_pass(struct opening *o, const char *name,
		    struct gzip_source *g, struct err *reterr)
{
	struct pass p = {
		.g = g, .used = WINDOW_BYTES,
		.limit = MAX_EASY_BYTES + MAX_RATIO * g->stream.file->size,
		.buf = arena_malloc(o->arena, WINDOW_BYTES + OUTPUT_BYTES),
	};
	enum step step = STEP_ON;
	int r;

	if (p.buf == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "gzip file", 0, 0);
	memset(p.buf, 0, WINDOW_BYTES);
	r = begin_member(&g->stream, 0, reterr);
	if (r == 0)
		r = add_point(g, true, p.buf, reterr);
	while (r == 0 && goes_on(step) && p.limit_name == NULL)
		r = pass_step(&p, &step, reterr);
	free(p.buf);
	if (r < 0)
		return r;
	g->source.size = g->stream.out;
	g->lost = true;
	check_end(o, name, &p, step);
	return 0;
}

int gzip_open(struct opening *o, const char *path, struct source *file,
	      struct container *ret, struct err *reterr)
{
	struct gzip_source *g = arena_calloc(o->arena, 1, sizeof(*g));
	int r;

	if (g == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "gzip file", 0, 0);
	g->source.ops = &gzip_ops;
	g->stream.arena = o->arena;
	g->stream.file = file;
	g->spacing = FIRST_SPACING;
	g->points = arena_calloc(o->arena, MAX_POINTS, sizeof(*g->points));
	r = opening_own(o, &g->source, reterr);
	if (r < 0)
		return r;
	if (g->points == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "gzip file", 0, 0);
	r = run_pass(o, file_name(path), g, reterr);
	if (r == 0)
		r = check_content(o, g, reterr);
	if (r < 0)
		return r;
	*ret = (struct container){ .disk = &g->source, .format = IMAGE_GZIP };
	return 0;
}
