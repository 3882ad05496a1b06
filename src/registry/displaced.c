/*
 * displaced.c - bins that do not lie where they say
 *
 * What copied or carved a hive may have left out sectors of it, or put some in.
 * All behind them then lies at another place of the file than the one that
 * cells name; read from there, names get the ids of others.  Each bin says
 * where it belongs.
 */
#include <string.h>

#include "base/checked.h"
#include "registry/findings.h"
#include "registry/hive.h"

#define SECTOR_BYTES 512
#define PAGE_BYTES 4096u
/* Where a hive is asked whether it is displaced: at as many places as make it
 * sure, with few reads, to meet what has moved a part of some size, and at its
 * last pages, where all of it shows that is not made up for.  */
#define PROBES 7
#define LAST_BYTES (8 * PAGE_BYTES)
#define SURVEY_BYTES LAST_BYTES
/* A file that was put together of more parts is no copy of a hive.  */
#define MAX_RUNS 64
/* Of each run: its bytes, those before it, and what is missing there.  */
#define MAX_PIECES (3 * MAX_RUNS + 2)
/* Where the base block does not tell: as much may be missing.  */
#define MAX_MISSING_BYTES (64u << 20)

/* Bins that follow one another and have moved as far.  */
struct run {
	uint64_t file;		/* where the first one begins */
	uint64_t place;		/* where it says that it does */
	uint64_t n;		/* bytes */
	uint32_t bins;
};

struct survey {
	struct source *source;
	uint64_t end;		/* of the bins, at their places */
	struct run runs[MAX_RUNS];
	size_t n;
	bool too_many;
};

/* Whether a bin begins with the bytes @b at @at.  */
static bool is_bin(const struct survey *s, const uint8_t *b, uint64_t at,
		   struct run *ret)
{
	struct regf_bin bin;

	if (regf_bin_parse((struct span){ b, REGF_BIN_HEADER_BYTES, at }, &bin,
			   NULL) < 0 ||
	    bin.offset % PAGE_BYTES != 0 || bin.size % PAGE_BYTES != 0 ||
	    bin.size == 0 ||
	    !range_fits(REGF_BASE_BYTES + (uint64_t)bin.offset, bin.size,
			s->end))
		return false;
	*ret = (struct run){ at, REGF_BASE_BYTES + (uint64_t)bin.offset,
			     bin.size, 1 };
	return true;
}

/* Whether a bin among the @n bytes at @at lies elsewhere than it says.  */
static bool has_moved(const struct survey *s, uint64_t at, size_t n)
{
	uint8_t b[LAST_BYTES];
	struct run bin;

	if (at >= s->source->size)
		return false;
	if (n > s->source->size - at)
		n = (size_t)(s->source->size - at);
	if (source_read(s->source, at, b, n, NULL) < 0)
		return false;
	for (size_t i = 0; i + REGF_BIN_HEADER_BYTES <= n; i += SECTOR_BYTES)
		if (is_bin(s, b + i, at + i, &bin) && bin.file != bin.place)
			return true;
	return false;
}

static bool is_displaced(const struct survey *s)
{
	uint64_t end = s->end < s->source->size ? s->end : s->source->size;
	uint64_t step = end / (PROBES + 1);

	for (unsigned i = 1; i <= PROBES; i++)
		if (has_moved(s, step * i / PAGE_BYTES * PAGE_BYTES,
			      PAGE_BYTES))
			return true;
	return has_moved(s, end < LAST_BYTES ? 0 : end - LAST_BYTES,
			 LAST_BYTES);
}

static void take_bin(struct survey *s, const struct run *bin)
{
	struct run *last = s->n > 0 ? &s->runs[s->n - 1] : NULL;

	if (last != NULL &&
	    bin->file - last->file == bin->place - last->place) {
		last->n = bin->file + bin->n - last->file;
		last->bins++;
		return;
	}
	/* What lies at an odd place alone is what remains of older bins, or a
	 * page in the place of another; no bin moves by itself.  */
	if (last != NULL && last->bins == 1) {
		s->n--;
		take_bin(s, bin);
		return;
	}
	if (last != NULL &&
	    (bin->place < last->place + (last->n - PAGE_BYTES) ||
	     bin->file < last->file + PAGE_BYTES))
		return;
	if (s->n == MAX_RUNS)
		s->too_many = true;
	else
		s->runs[s->n++] = *bin;
}

static void survey(struct survey *s)
{
	static const uint64_t step = SURVEY_BYTES;
	const uint64_t end = s->source->size < REGF_MAX_BYTES ?
			     s->source->size : REGF_MAX_BYTES;
	uint8_t b[SURVEY_BYTES];
	struct run bin;

	for (uint64_t at = 0; at < end; at += step) {
		size_t n = SURVEY_BYTES;

		if (n > end - at)
			n = (size_t)(end - at);
		if (source_read(s->source, at, b, n, NULL) < 0)
			continue;
		for (size_t i = 0; i + REGF_BIN_HEADER_BYTES <= n;
		     i += SECTOR_BYTES)
			if (is_bin(s, b + i, at + i, &bin))
				take_bin(s, &bin);
	}
}

/* Whether @s is a hive, and no log, whose pages lie in an order of their own.
 * *@ret_end is the end of its bins.  */
static bool is_hive(struct source *s, uint64_t *ret_end)
{
	uint8_t b[REGF_BASE_RECORD_BYTES];
	struct regf_base base;

	*ret_end = s->size + MAX_MISSING_BYTES;
	if (source_read(s, 0, b, sizeof(b), NULL) < 0 ||
	    regf_base_parse((struct span){ b, sizeof(b), 0 }, &base,
			    NULL) < 0 ||
	    base.checksum != base.checksum_computed)
		return true;
	*ret_end = REGF_BASE_BYTES + (uint64_t)base.bins_size;
	return base.file_type == REGF_PRIMARY;
}

static bool any_moved(struct survey *s)
{
	const struct run *last = s->n > 0 ? &s->runs[s->n - 1] : NULL;

	if (last != NULL && last->bins == 1 && last->place + last->n != s->end)
		s->n--;
	for (size_t i = 0; i < s->n; i++)
		if (s->runs[i].file != s->runs[i].place)
			return !s->too_many;
	return false;
}

/* The hive as it is put together: @at is where it has come to, @file where the
 * file has.  */
struct layout {
	struct source *source;
	struct diag_list *diags;
	struct source_piece pieces[MAX_PIECES];
	size_t n;
	uint64_t at, file;
};

static void put(struct layout *l, struct source *below, uint64_t n)
{
	l->pieces[l->n++] = (struct source_piece){ below, l->file, n };
	l->at += n;
	if (below != NULL)
		l->file += n;
}

static void say(struct layout *l, const struct run *r, uint64_t missing,
		uint64_t extra)
{
	const char *file = l->source->file;
	struct diag *d = diag_add(
		l->diags, &FINDING_BINS_DISPLACED,
		"%s: the bins from byte %llu on belong at byte %llu, as they "
		"say, and are read as if they lay there. Before them, %llu "
		"bytes are %s.", file != NULL ? file : "hive",
		(unsigned long long)r->file, (unsigned long long)r->place,
		(unsigned long long)(missing > 0 ? missing : extra),
		missing > 0 ? "missing, which are read as zeros" :
		"too many, and are left out");

	if (d != NULL)
		source_cite(l->source, r->file, REGF_BIN_HEADER_BYTES, "hbin",
			    l->diags->arena, &d->cites);
}

/* Lay down what lies before @r and @r itself, as far as the run at @next does
 * not begin in the file, or belong in the hive: what was copied twice is taken
 * where all of it is there.  */
static void lay_run(struct layout *l, const struct run *r,
		    const struct run *next)
{
	uint64_t room = r->place > l->at ? r->place - l->at : 0;
	uint64_t there = r->file > l->file ? r->file - l->file : 0;
	uint64_t take = there < room ? there : room;
	uint64_t n = r->n;

	if (take > 0)
		put(l, l->source, take);
	if (room > take)
		put(l, NULL, room - take);
	if (room != there)
		say(l, r, room - take, there - take);
	if (n > next->file - r->file)
		n = next->file - r->file;
	if (n > next->place - r->place)
		n = next->place - r->place;
	l->file = r->file;
	put(l, l->source, n);
}

static struct source *lay_out(const struct survey *s, struct diag_list *d)
{
	struct layout l = { .source = s->source, .diags = d };
	const struct run behind = { .file = s->source->size,
				    .place = UINT64_MAX };
	const uint64_t first = s->runs[0].file;
	struct source *made;

	if (first >= REGF_BASE_BYTES)
		put(&l, s->source, REGF_BASE_BYTES);
	for (size_t i = 0; i < s->n; i++)
		lay_run(&l, &s->runs[i],
			i + 1 < s->n ? &s->runs[i + 1] : &behind);
	if (l.file < s->source->size)
		put(&l, s->source, s->source->size - l.file);
	made = source_concat(l.pieces, l.n);
	if (made != NULL)
		made->file = s->source->file;
	return made;
}

int hive_realign(struct source *s, struct diag_list *d, struct source **ret,
		 struct err *reterr)
{
	struct survey found = { .source = s };

	*ret = NULL;
	if (!is_hive(s, &found.end) || !is_displaced(&found))
		return 0;
	survey(&found);
	if (!any_moved(&found))
		return 0;
	*ret = lay_out(&found, d);
	return *ret != NULL ? 0 : err_set(reterr, ERR_NOMEM, 0, "hive", 0, 0);
}
