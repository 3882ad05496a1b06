/*
 * aff_index.c - the segments of AFF images
 *
 * All segments are gone through, one behind the other, when the image is
 * opened; nothing in the file says where they are. Of each its head is read and
 * its tail, which must agree.
 *
 * Where they do not, the tail is looked for that says, by the size that it has,
 * that its segment begins here. So a damaged segment is stepped over, and an
 * AFF image that is part of a page is not taken for more of this one.
 */
#include "evidence/aff_index.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/count.h"
#include "evidence/findings.h"

/* Head, name and tail of a small segment; next to the tail of a page, which is
 * skipped, lies the head of the next.  */
#define WINDOW_BYTES 4096u

#define SEARCH_BYTES (64u << 10)

/* A damaged segment is not longer than a page.  */
#define MAX_SEGMENT_BYTES ((uint64_t)80 << 20)

/* In all searches, since a file can be made to need one a thousand times.  */
#define MAX_SEARCHED_BYTES ((uint64_t)1 << 30)

struct walk {
	struct opening *o;
	struct aff_index *x;
	struct source *file;
	const char *name;
	uint32_t number;	/* of the file */
	uint64_t at;		/* where the next segment begins */
	uint64_t searched;
	uint64_t n_lost, first_lost;	/* segments whose head is damaged */
	uint64_t n_bad_tails, first_bad_tail;
	struct span window;
	uint8_t bytes[WINDOW_BYTES];
};

/* The @n bytes at @at, or what there is of them.  */
static int peek(struct walk *w, uint64_t at, size_t n, struct span *ret,
		struct err *reterr)
{
	uint64_t left = at < w->file->size ? w->file->size - at : 0;
	size_t take = left < WINDOW_BYTES ? (size_t)left : WINDOW_BYTES;
	int r;

	if (n > left)
		n = (size_t)left;
	if (at >= w->window.at &&
	    span_sub(w->window, at - w->window.at, n, ret))
		return 0;
	r = source_read(w->file, at, w->bytes, take, reterr);
	if (r < 0)
		return r;
	w->window = (struct span){ w->bytes, take, at };
	*ret = (struct span){ w->bytes, n, at };
	return 0;
}

/* Is a segment of @bytes at @at closed by its tail?  */
static int check_tail(struct walk *w, uint64_t at, uint64_t bytes,
		      bool *ret, struct err *reterr)
{
	struct span tail = { NULL, 0, 0 };
	int r = 0;

	*ret = range_fits(at, bytes, w->file->size);
	if (*ret)
		r = peek(w, at + bytes - AFF_TAIL_BYTES, AFF_TAIL_BYTES, &tail,
			 reterr);
	*ret = *ret && r == 0 && aff_tail_parse(tail, bytes, NULL) == 0;
	return r;
}

/* Read the head at @at. *@ret_whole: the segment has both head and tail, which
 * agree.  */
static int read_head(struct walk *w, uint64_t at, struct aff_segment *ret,
		     bool *ret_head, bool *ret_whole, struct err *reterr)
{
	struct span s = { NULL, 0, 0 };
	int r = peek(w, at, AFF_HEAD_BYTES, &s, reterr);

	*ret_whole = false;
	*ret_head = r == 0 && aff_segment_parse(s, ret, NULL) == 0;
	if (!*ret_head)
		return r;
	return check_tail(w, at, aff_segment_bytes(ret), ret_whole, reterr);
}

/* --- what a segment says -------------------------------------------------- */

static struct span name_of(const struct aff_segment *s, struct span head)
{
	struct span name = { NULL, 0, 0 };

	if (s->name_bytes > AFF_MAX_NAME_BYTES ||
	    !span_sub(head, AFF_HEAD_BYTES, s->name_bytes, &name))
		return (struct span){ (const uint8_t *)"?", 1, head.at };
	return name;
}

static int add_page(struct walk *w, const struct aff_page *p,
		    struct err *reterr)
{
	int r = opening_table(w->o, sizeof(*p), p->at, reterr);
	struct aff_page *slot;

	if (r < 0)
		return r;
	slot = arena_push(w->o->arena, &w->x->pages, w->x->n_pages,
			  sizeof(*slot));
	if (slot == NULL)
		return err_set(reterr, ERR_NOMEM, p->at, "AFF index", 0, 0);
	*slot = *p;
	w->x->n_pages++;
	return 0;
}

static int add_hash(struct walk *w, const struct aff_hash *h,
		    struct err *reterr)
{
	int r = opening_table(w->o, sizeof(*h), h->at, reterr);
	struct aff_hash *slot;

	if (r < 0)
		return r;
	slot = arena_push(w->o->arena, &w->x->hashes, w->x->n_hashes,
			  sizeof(*slot));
	if (slot == NULL)
		return err_set(reterr, ERR_NOMEM, h->at, "AFF index", 0, 0);
	*slot = *h;
	w->x->n_hashes++;
	return 0;
}

/* Segments of one name may differ, in one file or in those of an AFD.  */
static void set_value(struct walk *w, struct aff_value *v, uint64_t value,
		      const char *what)
{
	if (v->known && v->value != value && !v->odd) {
		v->odd = true;
		diag_add(w->o->diags, &FINDING_CONTAINER_PART,
			 "%s: the AFF image gives its %s as %" PRIu64
			 " and, at byte %" PRIu64 ", as %" PRIu64 "; the first "
			 "was used.", w->name, what, v->value, w->at, value);
	}
	if (v->known)
		return;
	v->value = value;
	v->known = true;
}

static void set_number(struct walk *w, struct aff_value *v, struct span data,
		       const char *what)
{
	uint64_t value = 0;
	struct err e;
	char text[200];

	if (aff_number_parse(data, &value, &e) == 0) {
		set_value(w, v, value, what);
		return;
	}
	if (!v->odd)
		diag_add(w->o->diags, &FINDING_CONTAINER_PART,
			 "%s: the %s of the AFF image is not usable: %s.",
			 w->name, what, err_text(&e, text, sizeof(text)));
	v->odd = true;
}

static int set_bad_flag(struct walk *w, uint64_t at, size_t n,
			struct err *reterr)
{
	uint8_t *flag;
	int r;

	if (w->x->bad_flag != NULL || n == 0 || n > AFF_MAX_FLAG_BYTES)
		return 0;
	flag = arena_alloc(w->o->arena, n);
	if (flag == NULL)
		return err_set(reterr, ERR_NOMEM, at, "AFF badflag", 0, 0);
	r = source_read(w->file, at, flag, n, reterr);
	/* Of zeros, it would declare all of an empty disk bad.  */
	if (r < 0 || span_is_zero((struct span){ flag, n, at }))
		return r;
	w->x->bad_flag = flag;
	w->x->bad_flag_bytes = n;
	return 0;
}

/* Each file of an AFD may have its own.  */
static void add_bad_sectors(struct aff_index *x, struct span data)
{
	uint64_t n = 0;

	if (aff_number_parse(data, &n, NULL) < 0 ||
	    !checked_add(x->bad_sectors, n, &x->bad_sectors))
		x->bad_sectors = UINT64_MAX;
}

static void set_text(char ret[8], struct span data)
{
	if (ret[0] == '\0' && data.n < 8)
		memcpy(ret, data.p, data.n);
}

/* What the segment at w->at, which is neither a page nor a hash, says.  */
static int take_value(struct walk *w, enum aff_kind kind,
		      const struct aff_segment *s, struct err *reterr)
{
	uint64_t at = w->at + AFF_HEAD_BYTES + s->name_bytes;
	struct aff_index *x = w->x;
	struct span data = { NULL, 0, 0 };
	int r;

	if (kind == AFF_BAD_FLAG)
		return set_bad_flag(w, at, s->data_bytes, reterr);
	r = peek(w, at, s->data_bytes < 9 ? s->data_bytes : 9, &data, reterr);
	if (r < 0)
		return r;
	if (kind == AFF_PAGE_SIZE)
		set_value(w, &x->page_bytes, s->arg, "page size");
	else if (kind == AFF_SECTOR_SIZE)
		set_value(w, &x->sector_bytes, s->arg, "sector size");
	else if (kind == AFF_DISK_SIZE)
		set_number(w, &x->disk_bytes, data, "image size");
	else if (kind == AFF_BAD_SECTORS)
		add_bad_sectors(x, data);
	else if (kind == AFF_FILE_TYPE)
		set_text(x->type, data);
	else if (kind == AFF_RAW_EXTENSION)
		set_text(x->raw_extension, data);
	return 0;
}

/* Take in the segment at w->at, of whose data @bytes are in the file.  */
static int take(struct walk *w, const struct aff_segment *s, uint32_t bytes,
		struct err *reterr)
{
	uint64_t at = w->at + AFF_HEAD_BYTES + s->name_bytes;
	struct span head = { NULL, 0, 0 };
	struct aff_name name;
	int r = peek(w, w->at, AFF_HEAD_BYTES + AFF_MAX_NAME_BYTES, &head,
		     reterr);

	if (r < 0)
		return r;
	name = aff_name_parse(name_of(s, head));
	switch (name.kind) {
	case AFF_OTHER:
	case AFF_UNUSED:
		return 0;
	case AFF_PAGE:
	case AFF_OLD_PAGE:
		return add_page(w, &(struct aff_page){
			.number = name.page, .at = at, .bytes = bytes,
			.arg = s->arg, .file = w->number,
			.cut = bytes < s->data_bytes,
			.old = name.kind == AFF_OLD_PAGE,
		}, reterr);
	case AFF_PAGE_MD5:
	case AFF_PAGE_SHA1:
		if (bytes != (name.kind == AFF_PAGE_MD5 ? 16 : 20))
			return 0;
		return add_hash(w, &(struct aff_hash){
			.number = name.page, .at = at, .file = w->number,
			.is_sha1 = name.kind == AFF_PAGE_SHA1,
		}, reterr);
	case AFF_ENCRYPTED_PAGE:
		if (w->x->n_encrypted++ == 0)
			w->x->encrypted_at = w->at;
		return 0;
	default:
		return bytes < s->data_bytes ? 0 :
		       take_value(w, name.kind, s, reterr);
	}
}

/* --- damage --------------------------------------------------------------- */

/* The first tail in @s of a segment that begins at w->at.  */
static bool find_tail(const struct walk *w, struct span s, uint64_t *ret_end)
{
	for (size_t i = 0; i + AFF_TAIL_BYTES <= s.n; i++) {
		uint64_t end = s.at + i + AFF_TAIL_BYTES;
		struct span tail;

		if (s.p[i] != 'A' || !span_sub(s, i, AFF_TAIL_BYTES, &tail) ||
		    aff_tail_parse(tail, end - w->at, NULL) < 0)
			continue;
		*ret_end = end;
		return true;
	}
	return false;
}

/* Where the damaged segment at w->at ends; not found: *@ret_end is w->at.  */
static int search_end(struct walk *w, uint64_t *ret_end, struct err *reterr)
{
	uint64_t at = w->at, left = w->file->size - w->at;
	uint8_t *buf = arena_malloc(w->o->arena, SEARCH_BYTES);
	bool found = false;
	int r = 0;

	*ret_end = w->at;
	if (buf == NULL)
		return err_set(reterr, ERR_NOMEM, at, "AFF index", 0, 0);
	if (left > MAX_SEGMENT_BYTES)
		left = MAX_SEGMENT_BYTES;
	/* Ends: all but the last turn advance by most of the buffer.  */
	while (r == 0 && !found && left >= AFF_TAIL_BYTES &&
	       w->searched < MAX_SEARCHED_BYTES) {
		size_t n = left < SEARCH_BYTES ? (size_t)left : SEARCH_BYTES;

		r = source_read(w->file, at, buf, n, reterr);
		found = r == 0 && find_tail(w, (struct span){ buf, n, at },
					    ret_end);
		n -= AFF_TAIL_BYTES - 1;
		w->searched += n;
		at += n;
		left -= n;
	}
	free(buf);
	return r;
}

static void stop(struct walk *w)
{
	diag_add(w->o->diags, &FINDING_CONTAINER_PART,
		 "%s: at byte %" PRIu64 " of the AFF image a segment should "
		 "begin, but does not; its file was not read from there on, to "
		 "byte %" PRIu64 ".", w->name, w->at, w->file->size);
	w->at = w->file->size;
}

/* The last segment goes on behind the end of the file.  */
static int take_cut(struct walk *w, const struct aff_segment *s,
		    struct err *reterr)
{
	uint64_t before = AFF_HEAD_BYTES + (uint64_t)s->name_bytes;
	uint64_t left = w->file->size - w->at;
	int r = 0;

	diag_add(w->o->diags, &FINDING_CONTAINER_SIZE,
		 "%s: the AFF image is cut short: the segment at byte %" PRIu64
		 " has %" PRIu64 " bytes, of which %" PRIu64 " are in the "
		 "file.", w->name, w->at, aff_segment_bytes(s), left);
	if (left > before)
		r = take(w, s, left - before < s->data_bytes ?
			 (uint32_t)(left - before) : s->data_bytes, reterr);
	w->at = w->file->size;
	return r;
}

/* Does a segment, or the end of the file, follow at @at?  */
static int is_end(struct walk *w, uint64_t at, bool *ret, struct err *reterr)
{
	struct aff_segment next;
	bool head;

	*ret = at == w->file->size;
	if (*ret || at > w->file->size)
		return 0;
	return read_head(w, at, &next, &head, ret, reterr);
}

static int take_with_bad_tail(struct walk *w, const struct aff_segment *s,
			      struct err *reterr)
{
	int r = take(w, s, s->data_bytes, reterr);

	if (w->n_bad_tails++ == 0)
		w->first_bad_tail = w->at;
	w->at += aff_segment_bytes(s);
	return r;
}

/* Get past the segment at w->at, which has a wrong head, tail or size; @s: its
 * head, or NULL.  */
static int pass_damaged(struct walk *w, const struct aff_segment *s,
			struct err *reterr)
{
	uint64_t end = 0;
	bool good = false;
	int r = s == NULL ? 0 : is_end(w, w->at + aff_segment_bytes(s), &good,
				       reterr);

	if (r < 0)
		return r;
	if (good)
		return take_with_bad_tail(w, s, reterr);
	r = search_end(w, &end, reterr);
	if (r < 0)
		return r;
	if (end > w->at) {
		if (w->n_lost++ == 0)
			w->first_lost = w->at;
		w->at = end;
		return 0;
	}
	if (s != NULL &&
	    !range_fits(w->at, aff_segment_bytes(s), w->file->size))
		return take_cut(w, s, reterr);
	stop(w);
	return 0;
}

static const char *segments_have(uint64_t n)
{
	return count_word(n, "segment of the AFF image has",
			  "segments of the AFF image have");
}

static void tell_damage(const struct walk *w)
{
	if (w->n_lost > 0)
		diag_add(w->o->diags, &FINDING_CONTAINER_PART,
			 "%s: %" PRIu64 " %s a damaged head and %s not read; "
			 "the first is at byte %" PRIu64 ".", w->name,
			 w->n_lost, segments_have(w->n_lost),
			 count_word(w->n_lost, "was", "were"), w->first_lost);
	if (w->n_bad_tails > 0)
		diag_add(w->o->diags, &FINDING_CONTAINER_PART,
			 "%s: %" PRIu64 " %s a damaged tail; what %s was used. "
			 "The first is at byte %" PRIu64 ".", w->name,
			 w->n_bad_tails, segments_have(w->n_bad_tails),
			 count_word(w->n_bad_tails, "it holds", "they hold"),
			 w->first_bad_tail);
}

/* --- the walk ------------------------------------------------------------- */

static int step(struct walk *w, struct err *reterr)
{
	struct aff_segment s = { 0 };
	bool head, whole;
	int r = read_head(w, w->at, &s, &head, &whole, reterr);

	if (r < 0)
		return r;
	if (!whole)
		return pass_damaged(w, head ? &s : NULL, reterr);
	r = take(w, &s, s.data_bytes, reterr);
	w->at += aff_segment_bytes(&s);
	return r;
}

static int add_file(struct opening *o, struct aff_index *x, const char *name,
		    struct source *file, struct err *reterr)
{
	struct source **slot = arena_push(o->arena, &x->files, x->n_files,
					  sizeof(*slot));
	const char **name_slot = arena_push(o->arena, &x->names, x->n_files,
					    sizeof(*name_slot));

	if (slot == NULL || name_slot == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "AFF index", 0, 0);
	*slot = file;
	*name_slot = name;
	x->n_files++;
	return 0;
}

int aff_index_add(struct opening *o, struct aff_index *x, const char *name,
		  struct source *file, struct err *reterr)
{
	struct walk w = {
		.o = o, .x = x, .file = file, .name = name,
		.number = x->n_files, .at = AFF_HEADER_BYTES,
	};
	struct span s = { NULL, 0, 0 };
	int r;

	w.window.p = w.bytes;
	r = peek(&w, 0, AFF_HEADER_BYTES, &s, reterr);
	if (r == 0)
		r = aff_header_parse(s, reterr);
	if (r == 0)
		r = add_file(o, x, name, file, reterr);
	/* Ends: each turn gets at least the bytes of a tail further.  */
	while (r == 0 && w.at < file->size)
		r = step(&w, reterr);
	if (r == 0)
		tell_damage(&w);
	return r;
}

/* --- the table ------------------------------------------------------------ */

#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))

/* First that which AFFLIB reads, unless the file ends in it.  */
static int compare_pages(const void *a, const void *b)
{
	const struct aff_page *x = a, *y = b;

	if (x->number != y->number)
		return ORDER(x->number, y->number);
	if (x->cut != y->cut)
		return x->cut - y->cut;
	if (x->old != y->old)
		return x->old - y->old;
	if (x->file != y->file)
		return ORDER(x->file, y->file);
	return ORDER(x->at, y->at);
}

static int compare_hashes(const void *a, const void *b)
{
	const struct aff_hash *x = a, *y = b;

	if (x->number != y->number)
		return ORDER(x->number, y->number);
	if (x->file != y->file)
		return ORDER(x->file, y->file);
	return ORDER(x->at, y->at);
}

void aff_index_sort(struct opening *o, struct aff_index *x, const char *name)
{
	const struct aff_page *twice = NULL;
	uint64_t n_twice = 0;
	size_t n = 0;

	if (x->n_pages > 0)
		qsort(x->pages, x->n_pages, sizeof(*x->pages), compare_pages);
	if (x->n_hashes > 0)
		qsort(x->hashes, x->n_hashes, sizeof(*x->hashes),
		      compare_hashes);
	for (size_t i = 0; i < x->n_pages; i++) {
		if (n == 0 || x->pages[i].number != x->pages[n - 1].number) {
			x->pages[n++] = x->pages[i];
			continue;
		}
		if (n_twice++ == 0)
			twice = &x->pages[n - 1];
	}
	x->n_pages = n;
	if (n_twice > 0)
		diag_add(o->diags, &FINDING_CONTAINER_PART,
			 "%s: %" PRIu64 " %s of the AFF image %s present more "
			 "than once; the first is page %" PRIu64 ", of which "
			 "the one at byte %" PRIu64 " of %s was read.", name,
			 n_twice, count_word(n_twice, "page", "pages"),
			 count_word(n_twice, "is", "are"),
			 twice->number, twice->at,
			 x->names[twice->file]);
}

const struct aff_page *aff_index_find(const struct aff_index *x,
				      uint64_t number)
{
	size_t low = 0, high = x->n_pages;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (x->pages[mid].number < number)
			low = mid + 1;
		else
			high = mid;
	}
	return low < x->n_pages && x->pages[low].number == number ?
	       &x->pages[low] : NULL;
}

const struct aff_hash *aff_index_hashes(const struct aff_index *x,
					uint64_t number, size_t *ret_n)
{
	size_t low = 0, high = x->n_hashes, n = 0;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (x->hashes[mid].number < number)
			low = mid + 1;
		else
			high = mid;
	}
	while (low + n < x->n_hashes && x->hashes[low + n].number == number)
		n++;
	*ret_n = n;
	return n > 0 ? &x->hashes[low] : NULL;
}
