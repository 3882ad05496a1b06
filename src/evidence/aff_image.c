/*
 * aff_image.c - the disk in an AFF image: one file, a directory of them (AFD),
 * or one beside the raw disk that it describes (AFM)
 *
 * An own reader, because libaff takes a changed byte for the disk's even where
 * the page's hash is in the file, stops at a page that is missing as if the
 * disk ended there, and writes to the standard error of whoever uses it. Its
 * affcat is the control in the tests.
 *
 * A page is decoded as a whole, and checked against its hashes: what cannot be
 * decoded, or has another hash, cannot be read. Nor can sectors that the imager
 * could not read; they are filled with a pattern that the file names.
 */
#include <dirent.h>
#include <inttypes.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <tsk/libtsk.h>
#include <zlib.h>

#include "evidence/aff_index.h"
#include "base/count.h"
#include "evidence/file.h"
#include "evidence/findings.h"

/* AFFLIB reads none above 16 MiB.  */
#define MAX_PAGE_BYTES (64u << 20)

/* Of decoded pages: eight of 16 MiB, which is their usual size.  */
#define CACHE_BYTES (128u << 20)
#define MIN_SLOTS 2
#define MAX_SLOTS 256

#define INPUT_BYTES 65536u

/* The dictionary is 16 MiB; its decoder needs little besides.  */
#define LZMA_MEMORY ((uint64_t)80 << 20)

/* One of each kind in each file is usual.  */
#define MAX_HASHES 8

/* An AFD has files of 650 MB or more.  */
#define MAX_AFD_FILES 10000

/* A decoded page, or why it could not be: what is asked for often should not be
 * tried each time.  */
struct slot {
	const struct aff_page *page;	/* NULL: not in use */
	uint64_t used;			/* the higher, the later */
	uint8_t *bytes;
	size_t n;			/* of them are good */
	struct err why;			/* the others are not */
};

struct aff_source {
	struct source source;
	struct arena *arena;
	struct aff_index index;
	struct source *raw;	/* has the disk of an AFM; else NULL */
	uint32_t page_bytes, sector_bytes;
	struct slot slots[MAX_SLOTS];
	unsigned n_slots;
	uint64_t clock;
	uint8_t input[INPUT_BYTES];
};

/* --- decoding ------------------------------------------------------------- */

/* The data of a page, piece by piece.  */
struct input {
	struct aff_source *a;
	const struct aff_page *page;
	uint64_t done;
};

static int input_next(struct input *in, const uint8_t **ret, size_t *ret_n,
		      struct err *reterr)
{
	uint64_t left = in->page->bytes - in->done;
	size_t n = left < INPUT_BYTES ? (size_t)left : INPUT_BYTES;
	int r = n == 0 ? 0 :
		source_read(in->a->index.files[in->page->file],
			    in->page->at + in->done, in->a->input, n, reterr);

	if (r < 0)
		return r;
	in->done += n;
	*ret = in->a->input;
	*ret_n = n;
	return 0;
}

static int no_memory(struct aff_source *a, struct err *reterr)
{
	arena_set_failed(a->arena);
	return err_set(reterr, ERR_NOMEM, 0, "AFF page", 0, 0);
}

static int damaged(const char *what, struct err *reterr)
{
	return err_set(reterr, ERR_IO, 0, what, 0, 0);
}

static int decode_plain(struct input *in, struct slot *s, struct err *reterr)
{
	/* Ends: each turn takes bytes, of which there are as many as fit.  */
	while (in->done < in->page->bytes) {
		const uint8_t *p;
		size_t n;
		int r = input_next(in, &p, &n, reterr);

		if (r < 0)
			return r;
		if (n > in->a->page_bytes - s->n)
			return damaged("AFF page (longer than the page size)",
				       reterr);
		memcpy(s->bytes + s->n, p, n);
		s->n += n;
	}
	return 0;
}

static int run_zlib(struct input *in, z_stream *z, struct err *reterr)
{
	int r = Z_OK;

	/* Ends: without input, inflate gives output, or is stuck.  */
	while (r == Z_OK) {
		if (z->avail_in == 0) {
			const uint8_t *p;
			size_t n;
			int e = input_next(in, &p, &n, reterr);

			if (e < 0)
				return e;
			z->next_in = (Bytef *)p;
			z->avail_in = (uInt)n;
		}
		r = inflate(z, Z_NO_FLUSH);
	}
	if (r == Z_MEM_ERROR)
		return no_memory(in->a, reterr);
	if (r == Z_STREAM_END)
		return 0;
	if (r == Z_BUF_ERROR && in->page->cut)
		return 0;
	return damaged("AFF page (its zlib stream is damaged)", reterr);
}

static int decode_zlib(struct input *in, struct slot *s, struct err *reterr)
{
	z_stream z = { .next_out = s->bytes, .avail_out = in->a->page_bytes };
	int r;

	if (inflateInit(&z) != Z_OK)
		return no_memory(in->a, reterr);
	r = run_zlib(in, &z, reterr);
	if (r == 0)
		s->n = in->a->page_bytes - z.avail_out;
	inflateEnd(&z);
	return r;
}

/* LZMA has no checksum. But its decoder knows whether it came out even, and
 * must have used all of the data.  */
static int run_lzma(struct input *in, lzma_stream *z, struct err *reterr)
{
	lzma_ret r = LZMA_OK;

	/* Ends: as with zlib.  */
	while (r == LZMA_OK) {
		bool last = in->done == in->page->bytes;

		if (z->avail_in == 0 && !last) {
			int e = input_next(in, &z->next_in, &z->avail_in,
					   reterr);

			if (e < 0)
				return e;
		}
		r = lzma_code(z, LZMA_RUN);
	}
	if (r == LZMA_MEM_ERROR)
		return no_memory(in->a, reterr);
	if (r == LZMA_STREAM_END && z->avail_in == 0 &&
	    in->done == in->page->bytes)
		return 0;
	if (r == LZMA_BUF_ERROR && in->page->cut)
		return 0;
	return damaged("AFF page (its LZMA stream is damaged)", reterr);
}

static int decode_lzma(struct input *in, struct slot *s, struct err *reterr)
{
	lzma_stream z = LZMA_STREAM_INIT;
	int r;

	if (lzma_alone_decoder(&z, LZMA_MEMORY) != LZMA_OK)
		return no_memory(in->a, reterr);
	z.next_out = s->bytes;
	z.avail_out = in->a->page_bytes;
	r = run_lzma(in, &z, reterr);
	if (r == 0)
		s->n = in->a->page_bytes - z.avail_out;
	lzma_end(&z);
	return r;
}

static int decode_zeros(struct input *in, struct slot *s, struct err *reterr)
{
	const uint8_t *p;
	uint32_t zeros = 0;
	size_t n;
	int r = input_next(in, &p, &n, reterr);

	if (r < 0)
		return r;
	if (in->page->bytes != n || in->page->cut ||
	    aff_zeros_parse((struct span){ p, n, 0 }, &zeros, NULL) < 0 ||
	    zeros > in->a->page_bytes)
		return damaged("AFF page (its number of zeros is not usable)",
			       reterr);
	memset(s->bytes, 0, zeros);
	s->n = zeros;
	return 0;
}

static int decode(struct aff_source *a, struct slot *s, struct err *reterr)
{
	struct input in = { .a = a, .page = s->page };

	switch (aff_coding(s->page->arg)) {
	case AFF_PLAIN:
		return decode_plain(&in, s, reterr);
	case AFF_ZLIB:
		return decode_zlib(&in, s, reterr);
	case AFF_LZMA:
		return decode_lzma(&in, s, reterr);
	case AFF_ZEROS:
		return decode_zeros(&in, s, reterr);
	case AFF_UNKNOWN_CODING:
		break;
	}
	return err_set(reterr, ERR_UNSUPPORTED, 0,
		       "AFF page (coded in a way that is not known)", 0,
		       s->page->arg);
}

/* --- hashes --------------------------------------------------------------- */

/* Does @h say what is in @s?  */
static int check_hash(struct aff_source *a, const struct slot *s,
		      const struct aff_hash *h, struct err *reterr)
{
	uint8_t want[20], got[TSK_SHA_DIGEST_LENGTH];
	size_t n = h->is_sha1 ? 20 : 16;
	int r = source_read(a->index.files[h->file], h->at, want, n, reterr);

	if (r < 0)
		return r;
	if (h->is_sha1) {
		TSK_SHA_CTX c;

		TSK_SHA_Init(&c);
		TSK_SHA_Update(&c, s->bytes, (int)s->n);
		TSK_SHA_Final(got, &c);
	} else {
		TSK_MD5_CTX c;

		TSK_MD5_Init(&c);
		TSK_MD5_Update(&c, s->bytes, (unsigned)s->n);
		TSK_MD5_Final(got, &c);
	}
	if (memcmp(want, got, n) == 0)
		return 0;
	return damaged(h->is_sha1 ? "AFF page (its SHA-1 differs)" :
		       "AFF page (its MD5 differs)", reterr);
}

static int check_hashes(struct aff_source *a, const struct slot *s,
			struct err *reterr)
{
	size_t n = 0;
	const struct aff_hash *h = aff_index_hashes(&a->index, s->page->number,
						    &n);
	int r = 0;

	for (size_t i = 0; r == 0 && i < n && i < MAX_HASHES; i++)
		r = check_hash(a, s, &h[i], reterr);
	return r;
}

/* --- pages ---------------------------------------------------------------- */

static struct slot *slot_for(struct aff_source *a, const struct aff_page *p)
{
	struct slot *oldest = &a->slots[0];

	for (unsigned i = 0; i < a->n_slots; i++) {
		if (a->slots[i].page == p)
			return &a->slots[i];
		if (a->slots[i].used < oldest->used)
			oldest = &a->slots[i];
	}
	oldest->page = NULL;
	return oldest;
}

static int fill(struct aff_source *a, struct slot *s)
{
	int r = decode(a, s, &s->why);

	/* Of a page that is cut, the hash is that of the whole.  */
	if (r == 0 && !s->page->cut)
		r = check_hashes(a, s, &s->why);
	if (r < 0)
		s->n = 0;
	else if (s->page->cut)
		damaged("AFF page (the file ends in it)", &s->why);
	else
		damaged("AFF page (it is shorter than the page size)",
			&s->why);
	return r;
}

/* Have the page @p in a slot, or the reason why it is not.  */
static int load(struct aff_source *a, const struct aff_page *p,
		struct slot **ret, struct err *reterr)
{
	struct slot *s = slot_for(a, p);

	if (s->bytes == NULL)
		s->bytes = arena_malloc(a->arena, a->page_bytes);
	if (s->bytes == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "AFF page", 0, 0);
	s->used = ++a->clock;
	*ret = s;
	if (s->page == p)
		return 0;
	s->page = p;
	s->n = 0;
	if (fill(a, s) != ERR_NOMEM)
		return 0;
	s->page = NULL;
	return err_set(reterr, ERR_NOMEM, 0, "AFF page", 0, 0);
}

/* Is one of the @n bytes at @in of the @size bytes at @p in a sector that the
 * imager could not read?  */
static bool is_bad(const struct aff_source *a, const uint8_t *p, size_t size,
		   size_t in, size_t n)
{
	size_t step = a->sector_bytes;

	if (a->index.bad_flag == NULL)
		return false;
	for (size_t i = in - in % step; i < in + n && i + step <= size;
	     i += step)
		if (memcmp(p + i, a->index.bad_flag, step) == 0)
			return true;
	return false;
}

/* Read @n bytes at @in of page @number.  */
static int read_page(struct aff_source *a, uint64_t number, size_t in,
		     uint8_t *buf, size_t n, struct err *reterr)
{
	const struct aff_page *p = aff_index_find(&a->index, number);
	struct slot *s;
	int r;

	if (p == NULL)
		return damaged("AFF page (it is not in the image)", reterr);
	r = load(a, p, &s, reterr);
	if (r < 0)
		return r;
	if (in > s->n || n > s->n - in)
		return err_set(reterr, s->why.code, 0, s->why.what,
			       s->why.want, s->why.got);
	if (is_bad(a, s->bytes, s->n, in, n))
		return damaged("sector that the imager could not read (AFF)",
			       reterr);
	memcpy(buf, s->bytes + in, n);
	return 0;
}

static int aff_read(struct source *s, uint64_t off, void *buf, size_t n,
		    struct err *reterr)
{
	struct aff_source *a = (struct aff_source *)s;
	uint8_t *out = buf;

	/* Ends: each turn reads at least a byte.  */
	while (n > 0) {
		size_t in = (size_t)(off % a->page_bytes);
		size_t take = a->page_bytes - in;
		struct err e;

		if (take > n)
			take = n;
		if (read_page(a, off / a->page_bytes, in, out, take, &e) < 0)
			return err_set(reterr, e.code, off, e.what, e.want,
				       e.got);
		out += take;
		off += take;
		n -= take;
	}
	return 0;
}

/* The same for an AFM: its sectors are those of another file.  */
static int afm_read(struct source *s, uint64_t off, void *buf, size_t n,
		    struct err *reterr)
{
	struct aff_source *a = (struct aff_source *)s;
	uint64_t in = off % a->sector_bytes;
	uint64_t end = off + n;
	uint8_t sector[AFF_MAX_FLAG_BYTES];
	int r = source_read(a->raw, off, buf, n, reterr);

	if (r < 0 || a->index.bad_flag == NULL)
		return r;
	for (uint64_t at = off - in; at < end; at += a->sector_bytes) {
		const uint8_t *p = sector;

		if (at + a->sector_bytes > s->size)
			break;
		if (at >= off && at + a->sector_bytes <= end)
			p = (uint8_t *)buf + (at - off);
		else if (source_read(a->raw, at, sector, a->sector_bytes,
				     NULL) < 0)
			continue;
		if (memcmp(p, a->index.bad_flag, a->sector_bytes) == 0)
			return err_set(reterr, ERR_IO, at < off ? off : at,
				       "sector that the imager could not read "
				       "(AFM)", 0, 0);
	}
	return 0;
}

static void aff_free(struct source *s)
{
	struct aff_source *a = (struct aff_source *)s;

	for (unsigned i = 0; i < a->n_slots; i++)
		free(a->slots[i].bytes);
	free(a);
}

static const struct source_ops aff_ops = { aff_read, NULL, aff_free };
static const struct source_ops afm_ops = { afm_read, NULL, aff_free };

/* --- opening -------------------------------------------------------------- */

static int set_sizes(struct aff_source *a, struct err *reterr)
{
	const struct aff_index *x = &a->index;
	uint64_t sector = x->sector_bytes.known ? x->sector_bytes.value : 512;
	uint64_t page = x->page_bytes.value;

	if (sector < 512 || sector > AFF_MAX_FLAG_BYTES)
		return err_set(reterr, ERR_VALUE, 0, "AFF image: sector size",
			       512, sector);
	if (!x->page_bytes.known)
		return err_set(reterr, ERR_NOT_FOUND, 0,
			       "AFF image: page size", 0, 0);
	if (page == 0 || page % sector != 0)
		return err_set(reterr, ERR_VALUE, 0, "AFF image: page size",
			       16u << 20, page);
	if (page > MAX_PAGE_BYTES)
		return err_set(reterr, ERR_LIMIT, 0, "AFF image: page size",
			       MAX_PAGE_BYTES, page);
	a->sector_bytes = (uint32_t)sector;
	a->page_bytes = (uint32_t)page;
	a->n_slots = CACHE_BYTES / a->page_bytes;
	if (a->n_slots < MIN_SLOTS)
		a->n_slots = MIN_SLOTS;
	if (a->n_slots > MAX_SLOTS)
		a->n_slots = MAX_SLOTS;
	return 0;
}

/* Where the last page ends, which tells the size where nothing else does.  */
static int end_of_pages(struct aff_source *a, uint64_t *ret,
			struct err *reterr)
{
	const struct aff_page *p = &a->index.pages[a->index.n_pages - 1];
	struct slot *s;
	int r;

	if (p->number >= INT64_MAX / a->page_bytes)
		return err_set(reterr, ERR_VALUE, p->at,
			       "AFF image: number of a page", 0, p->number);
	r = load(a, p, &s, reterr);
	if (r < 0)
		return r;
	*ret = p->number * a->page_bytes + s->n;
	return 0;
}

static int set_disk_size(struct opening *o, const char *name,
			 struct aff_source *a, struct err *reterr)
{
	const struct aff_value *v = &a->index.disk_bytes;
	int r;

	a->source.size = v->value;
	if (v->known && v->value > 0 && v->value <= INT64_MAX)
		return 0;
	r = end_of_pages(a, &a->source.size, reterr);
	if (r < 0)
		return r;
	if (a->source.size == 0)
		return err_set(reterr, ERR_VALUE, 0, "AFF image: image size",
			       0, v->value);
	diag_add(o->diags, &FINDING_CONTAINER_SIZE,
		 "%s: the AFF image does not say how large its disk is; it was "
		 "taken to end with the last page, at byte %" PRIu64 ".", name,
		 a->source.size);
	return 0;
}

/* The first page that is not there; all are: the number of pages.  */
static uint64_t first_missing(const struct aff_index *x)
{
	size_t i = 0;

	while (i < x->n_pages && x->pages[i].number == i)
		i++;
	return i;
}

static void check_pages(struct opening *o, const char *name,
			const struct aff_source *a)
{
	const struct aff_index *x = &a->index;
	uint64_t needed = (a->source.size - 1) / a->page_bytes + 1;
	uint64_t have = 0, first = first_missing(x);

	for (size_t i = 0; i < x->n_pages; i++)
		have += x->pages[i].number < needed;
	if (have < needed)
		diag_add(o->diags, &FINDING_CONTAINER_PART,
			 "%s: of %" PRIu64 " %s of the AFF image %" PRIu64 " "
			 "%s missing; the first is page %" PRIu64 ". What it "
			 "should hold, from byte %" PRIu64 " of the disk "
			 "onwards, cannot be read.", name, needed,
			 count_word(needed, "page", "pages"), needed - have,
			 count_word(needed - have, "is", "are"), first,
			 first * a->page_bytes);
	if (have < x->n_pages)
		diag_add(o->diags, &FINDING_CONTAINER_SIZE,
			 "%s: the AFF image has a disk of %" PRIu64 " bytes, "
			 "but %" PRIu64 " %s past its end, up to page %" PRIu64
			 ", which %s not read.", name,
			 a->source.size, x->n_pages - have,
			 count_word(x->n_pages - have, "page that lies",
				    "pages that lie"),
			 x->pages[x->n_pages - 1].number,
			 count_word(x->n_pages - have, "was", "were"));
}

static bool is_zero_from(const struct slot *s, size_t in)
{
	return span_is_zero((struct span){ s->bytes + in, s->n - in, 0 });
}

/* The last page ends with the disk, or is filled up with zeros.  */
static int check_last_page(struct opening *o, const char *name,
			   struct aff_source *a, struct err *reterr)
{
	uint64_t number = (a->source.size - 1) / a->page_bytes;
	const struct aff_page *p = aff_index_find(&a->index, number);
	size_t want = (size_t)(a->source.size - number * a->page_bytes);
	struct slot *s;
	int r;

	if (p == NULL || p->cut)
		return 0;
	r = load(a, p, &s, reterr);
	if (r < 0 || s->n == want || (s->n > want && is_zero_from(s, want)))
		return r;
	diag_add(o->diags, &FINDING_CONTAINER_SIZE,
		 "%s: the AFF image has a disk of %" PRIu64 " bytes, of which "
		 "the last page should have %zu, but it has %zu.", name,
		 a->source.size, want, s->n);
	return 0;
}

static void check_bad_sectors(struct opening *o, const char *name,
			      struct aff_source *a)
{
	struct aff_index *x = &a->index;

	if (x->bad_flag_bytes != a->sector_bytes)
		x->bad_flag = NULL;
	if (x->bad_sectors == 0)
		return;
	diag_add(o->diags, &FINDING_BAD_SECTORS,
		 "%s: the imager could not read %" PRIu64 " %s of the disk; "
		 "%s.", name, x->bad_sectors,
		 count_word(x->bad_sectors, "sector", "sectors"),
		 x->bad_flag != NULL ? "what was there cannot be read" :
		 "their places are not known, since the AFF image does not say "
		 "what was filled in for them");
}

static int check_index(const struct aff_index *x, struct err *reterr)
{
	if (x->n_encrypted > 0)
		return err_set(reterr, ERR_UNSUPPORTED, x->encrypted_at,
			       "AFF image with encrypted pages", 0, 0);
	if (x->n_pages == 0)
		return err_set(reterr, ERR_NOT_FOUND, 0,
			       "pages of an AFF image", 0, 0);
	return 0;
}

/* Imagers say 512 of any disk that was an image before.  */
static unsigned sector_size_of(const struct aff_source *a)
{
	return a->sector_bytes == 4096 ? 4096 : 0;
}

static int open_pages(struct opening *o, const char *name,
		      struct aff_source *a, struct err *reterr)
{
	int r;

	aff_index_sort(o, &a->index, name);
	r = check_index(&a->index, reterr);
	if (r == 0)
		r = set_sizes(a, reterr);
	if (r == 0)
		r = set_disk_size(o, name, a, reterr);
	if (r < 0)
		return r;
	check_pages(o, name, a);
	check_bad_sectors(o, name, a);
	return check_last_page(o, name, a, reterr);
}

/* --- a file beside that has the pages ------------------------------------- */

static bool is_extension(const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++)
		if (s[i] <= ' ' || s[i] > '~' || s[i] == '.' || s[i] == '/')
			return false;
	return n > 0;
}

static int find_raw(struct opening *o, const char *path,
		    const struct aff_source *a, const char **ret,
		    struct err *reterr)
{
	const char *name = file_name(path), *dot = strrchr(name, '.');
	int stem = dot != NULL ? (int)(dot - name) : (int)strlen(name);
	const char *wanted;

	if (!is_extension(a->index.raw_extension))
		return err_set(reterr, ERR_NOT_FOUND, 0,
			       "extension of the raw file of an AFM", 0, 0);
	wanted = arena_printf(o->arena, "%.*s.%s", stem, name,
			      a->index.raw_extension);
	if (wanted == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "AFM", 0, 0);
	return opening_sibling(o, path, wanted, ret, reterr);
}

static int open_raw(struct opening *o, const char *path, struct aff_source *a,
		    struct err *reterr)
{
	const struct aff_value *size = &a->index.disk_bytes;
	struct container raw = { 0 };
	struct source *file;
	const char *found;
	int r = find_raw(o, path, a, &found, reterr);

	if (r == 0)
		r = opening_file(o, found, &file, reterr);
	if (r == 0)
		r = raw_open(o, found, file, &raw, reterr);
	if (r != 0)
		return r;
	a->raw = raw.disk;
	a->source.ops = &afm_ops;
	a->source.size = raw.disk->size;
	if (size->known && size->value != a->source.size)
		diag_add(o->diags, &FINDING_CONTAINER_SIZE,
			 "%s: the AFM says that the disk has %" PRIu64
			 " bytes, but what was read, from %s on, has %" PRIu64
			 ".", file_name(path),
			 size->value, file_name(found), a->source.size);
	return 0;
}

static int open_afm(struct opening *o, const char *path, struct aff_source *a,
		    struct err *reterr)
{
	uint64_t sector = a->index.sector_bytes.known ?
			  a->index.sector_bytes.value : 512;
	int r;

	if (sector < 512 || sector > AFF_MAX_FLAG_BYTES)
		return err_set(reterr, ERR_VALUE, 0, "AFM: sector size", 512,
			       sector);
	a->sector_bytes = (uint32_t)sector;
	r = open_raw(o, path, a, reterr);
	if (r < 0)
		return r;
	check_bad_sectors(o, file_name(path), a);
	return 0;
}

/* --- a directory of files ------------------------------------------------- */

static bool has_extension(const char *name, size_t n, const char *ext)
{
	size_t k = strlen(ext);

	return n > k && strncasecmp(name + n - k, ext, k) == 0;
}

static size_t without_slashes(const char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	return n;
}

bool afd_is_directory(const char *path)
{
	struct stat st;

	return has_extension(path, without_slashes(path), ".afd") &&
	       stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The paths of the .aff files in the directory that is the first @n characters
 * of @path, sorted.  */
static int list_files(struct opening *o, const char *path, size_t n,
		      const char ***ret, size_t *ret_n, struct err *reterr)
{
	const char *dir = arena_printf(o->arena, "%.*s", (int)n, path);
	DIR *d = dir != NULL ? opendir(n > 0 ? dir : ".") : NULL;
	const char **list = NULL;
	struct dirent *e;
	size_t k = 0;

	while (d != NULL && (e = readdir(d)) != NULL && k < MAX_AFD_FILES) {
		const char **slot;

		if (!has_extension(e->d_name, strlen(e->d_name), ".aff"))
			continue;
		slot = arena_push(o->arena, &list, k, sizeof(*slot));
		if (slot == NULL)
			break;
		*slot = arena_printf(o->arena, "%s%s%s", dir, n > 0 &&
				     dir[n - 1] != '/' ? "/" : "", e->d_name);
		if (*slot == NULL)
			break;
		k++;
	}
	if (d != NULL)
		closedir(d);
	if (arena_failed(o->arena))
		return err_set(reterr, ERR_NOMEM, 0, "AFD", 0, 0);
	if (k == 0)
		return err_set(reterr, ERR_NOT_FOUND, 0,
			       "AFF images in the directory (AFD)", 0, 0);
	qsort(list, k, sizeof(*list), compare_names);
	*ret = list;
	*ret_n = k;
	return 0;
}

/* Add the files of the AFD but for the one at @path, which has been.  */
static int add_files(struct opening *o, const char *path, size_t dir,
		     struct aff_source *a, struct err *reterr)
{
	const char **list;
	size_t n = 0;
	int r = list_files(o, path, dir, &list, &n, reterr);

	for (size_t i = 0; r == 0 && i < n; i++) {
		struct source *file;
		struct err e;

		if (strcmp(file_name(list[i]), file_name(path)) == 0)
			continue;
		r = opening_file(o, list[i], &file, &e);
		if (r == 0)
			r = aff_index_add(o, &a->index, file_name(list[i]),
					  file, &e);
		if (r < 0)
			return opening_fail(o, &e, reterr, "%s: %s",
					    file_name(list[i]), e.what);
	}
	return r;
}

/* --- what there is -------------------------------------------------------- */

static struct aff_source *new_source(struct opening *o)
{
	struct aff_source *a = arena_calloc(o->arena, 1, sizeof(*a));

	if (a == NULL)
		return NULL;
	a->source.ops = &aff_ops;
	a->arena = o->arena;
	return a;
}

static int finish(struct opening *o, const char *name, struct aff_source *a,
		  enum image_format format, struct container *ret,
		  struct err *reterr)
{
	int r = open_pages(o, name, a, reterr);

	if (r < 0)
		return r;
	*ret = (struct container){
		.disk = &a->source, .format = format,
		.sector_size = sector_size_of(a),
	};
	return 0;
}

/* Is the file @path one of an AFD?  Only the first says so itself.  */
static bool is_of_afd(const struct aff_source *a, const char *path)
{
	size_t n = (size_t)(file_name(path) - path);

	return strcmp(a->index.type, "AFD") == 0 ||
	       (n > 1 && has_extension(path, n - 1, ".afd"));
}

int aff_open(struct opening *o, const char *path, struct source *file,
	     struct container *ret, struct err *reterr)
{
	struct aff_source *a = new_source(o);
	const char *name = file_name(path);
	int r = a != NULL ? opening_own(o, &a->source, reterr) :
		err_set(reterr, ERR_NOMEM, 0, "AFF image", 0, 0);

	if (r == 0)
		r = aff_index_add(o, &a->index, name, file, reterr);
	if (r != 0)
		return r;
	if (strcmp(a->index.type, "AFM") == 0 && a->index.n_pages == 0) {
		r = open_afm(o, path, a, reterr);
		if (r == 0)
			*ret = (struct container){
				.disk = &a->source, .format = IMAGE_AFM,
				.sector_size = sector_size_of(a),
			};
		return r;
	}
	if (!is_of_afd(a, path))
		return finish(o, name, a, IMAGE_AFF, ret, reterr);
	r = add_files(o, path, (size_t)(name - path), a, reterr);
	return r < 0 ? r : finish(o, name, a, IMAGE_AFD, ret, reterr);
}

int afd_open(struct opening *o, const char *path, struct container *ret,
	     struct err *reterr)
{
	struct aff_source *a = new_source(o);
	int r = opening_own(o, a != NULL ? &a->source : NULL, reterr);

	if (r == 0)
		r = add_files(o, path, without_slashes(path), a, reterr);
	if (r < 0)
		return r;
	return finish(o, file_name(path), a, IMAGE_AFD, ret, reterr);
}
