#include "evidence/source.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"

/* A range of a file in this many pieces or more is badly fragmented; its first
 * pieces are enough to find it.  */
#define MAX_CITES_PER_RANGE 16

int source_read(struct source *s, uint64_t off, void *buf, size_t n,
		struct err *reterr)
{
	if (!range_fits(off, n, s->size))
		return err_set(reterr, ERR_TRUNCATED, off, "read", n,
			       off < s->size ? s->size - off : 0);
	if (n == 0)
		return 0;
	return s->ops->read_at(s, off, buf, n, reterr);
}

void source_free(struct source *s)
{
	if (s != NULL)
		s->ops->free(s);
}

uint64_t source_next_data(struct source *s, uint64_t off)
{
	uint64_t next;

	if (off >= s->size)
		return s->size;
	if (s->next_data == NULL)
		return off;
	next = s->next_data(s, off);
	return next < off ? off : next > s->size ? s->size : next;
}

struct window {
	struct source source;
	struct source *below;
	uint64_t start;
};

static int window_read(struct source *s, uint64_t off, void *buf, size_t n,
		       struct err *reterr)
{
	struct window *w = (struct window *)s;
	struct err e;
	int r = source_read(w->below, w->start + off, buf, n, &e);

	if (r < 0) {
		e.at = off;
		err_set(reterr, e.code, e.at, e.what, e.want, e.got);
	}
	return r;
}

static struct source_place window_place(struct source *s, uint64_t off)
{
	struct window *w = (struct window *)s;

	return (struct source_place){ w->below, w->start + off, s->size - off };
}

static uint64_t window_next_data(struct source *s, uint64_t off)
{
	struct window *w = (struct window *)s;

	return source_next_data(w->below, w->start + off) - w->start;
}

static void plain_free(struct source *s)
{
	free(s);
}

static const struct source_ops window_ops = {
	window_read, window_place, plain_free,
};

struct source *source_window(struct source *below, uint64_t off, uint64_t size)
{
	struct window *w;

	if (size > UINT64_MAX - off)
		size = UINT64_MAX - off;
	w = calloc(1, sizeof(*w));
	if (w == NULL)
		return NULL;
	w->source = (struct source){
		.ops = &window_ops, .size = size,
		.sector_size = below->sector_size, .image = below->image,
		.next_data = window_next_data,
	};
	w->below = below;
	w->start = off;
	return &w->source;
}

struct memory {
	struct source source;
	const uint8_t *p;
};

static int memory_read(struct source *s, uint64_t off, void *buf, size_t n,
		       struct err *reterr)
{
	(void)reterr;
	memcpy(buf, ((struct memory *)s)->p + off, n);
	return 0;
}

static struct source_place memory_place(struct source *s, uint64_t off)
{
	return (struct source_place){ NULL, off, s->size - off };
}

static const struct source_ops memory_ops = {
	memory_read, memory_place, plain_free,
};

struct source *source_memory(const void *p, size_t n)
{
	struct memory *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	m->source = (struct source){ .ops = &memory_ops, .size = n };
	m->p = p;
	return &m->source;
}

struct concat {
	struct source source;
	size_t n;
	struct concat_piece {
		struct source_piece piece;
		uint64_t start;		/* in the composed source */
	} list[];
};

/* The piece that holds the byte at @off, which lies inside the source.  */
static const struct concat_piece *piece_at(const struct concat *c, uint64_t off)
{
	size_t low = 0, high = c->n;

	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (c->list[mid].start <= off)
			low = mid;
		else
			high = mid;
	}
	return &c->list[low];
}

static int concat_read(struct source *s, uint64_t off, void *buf, size_t n,
		       struct err *reterr)
{
	struct concat *c = (struct concat *)s;
	uint8_t *out = buf;

	/* Ends: pieces are not empty, so each turn takes at least a byte.  */
	while (n > 0) {
		const struct concat_piece *p = piece_at(c, off);
		uint64_t skip = off - p->start;
		uint64_t left = p->piece.n - skip;
		size_t take = n < left ? n : (size_t)left;

		if (p->piece.below == NULL) {
			memset(out, 0, take);
		} else {
			struct err e;
			int r = source_read(p->piece.below, p->piece.off + skip,
					    out, take, &e);

			if (r < 0)
				return err_set(reterr, e.code, off, e.what,
					       e.want, e.got);
		}
		out += take;
		off += take;
		n -= take;
	}
	return 0;
}

static struct source_place concat_place(struct source *s, uint64_t off)
{
	const struct concat_piece *p = piece_at((struct concat *)s, off);
	uint64_t skip = off - p->start;

	return (struct source_place){ p->piece.below, p->piece.off + skip,
				      p->piece.n - skip };
}

/* Ends: each turn goes on to the next piece.  */
static uint64_t concat_next_data(struct source *s, uint64_t off)
{
	struct concat *c = (struct concat *)s;

	while (off < s->size) {
		const struct concat_piece *p = piece_at(c, off);
		uint64_t skip = off - p->start, next = p->piece.n;

		if (p->piece.below != NULL)
			next = source_next_data(p->piece.below,
						p->piece.off + skip) -
			       p->piece.off;
		if (next < p->piece.n)
			return p->start + next;
		off = p->start + p->piece.n;
	}
	return off;
}

static const struct source_ops concat_ops = {
	concat_read, concat_place, plain_free,
};

struct source *source_concat(const struct source_piece *pieces, size_t n)
{
	struct concat *c = calloc(1, sizeof(*c) + n * sizeof(c->list[0]));
	uint64_t size = 0;

	if (c == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		uint64_t end;

		if (pieces[i].n == 0)
			continue;
		if (!checked_add(pieces[i].off, pieces[i].n, &end) ||
		    !checked_add(size, pieces[i].n, &end)) {
			free(c);
			return NULL;
		}
		c->list[c->n++] = (struct concat_piece){ pieces[i], size };
		size = end;
	}
	c->source = (struct source){ .ops = &concat_ops, .size = size,
				     .next_data = concat_next_data };
	if (n > 0 && pieces[0].below != NULL)
		c->source.sector_size = pieces[0].below->sector_size;
	return &c->source;
}

/* Where a byte was found, and what is said of it on the way.  */
struct found {
	struct source *root;	/* NULL: in no image */
	uint64_t off;		/* in `root' */
	uint64_t n;		/* how many of those asked for lie together */
	const char *file;
	bool encrypted;
	struct source_place packed;	/* what they are unpacked from */
};

/* The byte at @off of @s, @n bytes wanted, followed to the bottom, or to what
 * it is unpacked from.  */
static struct found follow(struct source *s, uint64_t off, uint64_t n)
{
	struct found f = { .n = n };

	while (s != NULL && off < s->size) {
		struct source_place p;

		if (f.file == NULL)
			f.file = s->file;
		if (s->is_encrypted != NULL && s->is_encrypted(s, off))
			f.encrypted = true;
		if (s->packed != NULL) {
			f.packed = s->packed(s, off, &n);
			if (f.packed.below != NULL) {
				f.n = f.n < n ? f.n : n;
				return f;
			}
		}
		if (s->ops->place == NULL) {
			f.root = s;
			f.off = off;
			f.n = f.n < s->size - off ? f.n : s->size - off;
			return f;
		}
		p = s->ops->place(s, off);
		f.n = f.n < p.n ? f.n : p.n;
		s = p.below;
		off = p.off;
	}
	return f;
}

static void cite_packed(const struct found *unpacked, const char *structure,
			struct arena *a, struct cites *c)
{
	const struct source_place *p = &unpacked->packed;
	uint64_t left = p->n;

	for (int i = 0; i < MAX_CITES_PER_RANGE && left > 0; i++) {
		struct found f = follow(p->below, p->off + (p->n - left), left);

		if (f.root != NULL)
			cites_add(a, c, (struct cite){
				f.root->image, f.off, f.n, structure,
				unpacked->file, f.encrypted, true });
		if (f.n == 0)
			return;
		left -= f.n;
	}
}

void source_cite(struct source *s, uint64_t off, uint64_t n,
		 const char *structure, struct arena *a, struct cites *c)
{
	for (int i = 0; i < MAX_CITES_PER_RANGE && n > 0; i++) {
		struct found f = follow(s, off, n);

		if (f.packed.below != NULL)
			cite_packed(&f, structure, a, c);
		else if (f.root != NULL)
			cites_add(a, c, (struct cite){
				f.root->image, f.off, f.n, structure, f.file,
				f.encrypted, false });
		if (f.n == 0)
			return;
		off += f.n;
		n -= f.n;
	}
}

bool source_locate(struct source *s, uint64_t off, uint64_t n,
		   const char *structure, struct cite *ret)
{
	struct found f = follow(s, off, n);

	*ret = (struct cite){
		.offset = f.off, .length = f.n, .structure = structure,
		.file = f.file, .encrypted = f.encrypted,
	};
	if (f.root != NULL)
		ret->image = f.root->image;
	return f.root != NULL;
}
