#include "ntfs/mft.h"

#include <stdlib.h>
#include <string.h>

#include "format/multi_sector.h"
#include "ntfs/mft_file.h"
#include "ntfs/mft_search.h"
#include "ntfs/findings.h"
#include "ntfs/mft_stream.h"

/* Records as they lie on disk, each in the slot of its number modulo
 * MFT_AHEAD, so that a range read ahead fits.  */
struct mft_cache {
	bool used[MFT_AHEAD];
	uint64_t number[MFT_AHEAD];
	uint8_t *bytes;		/* MFT_AHEAD records */
};

uint64_t mft_count(const struct ntfs *n)
{
	return n->mft != NULL ? n->mft->size / n->info.record_size : 1;
}

static uint8_t *slot_bytes(struct ntfs *n, size_t slot)
{
	return n->records->bytes + slot * n->info.record_size;
}

static bool is_cached(const struct ntfs *n, uint64_t number)
{
	size_t slot = number % MFT_AHEAD;

	return n->records->used[slot] && n->records->number[slot] == number;
}

static void keep(struct ntfs *n, uint64_t number, const uint8_t *bytes)
{
	size_t slot = number % MFT_AHEAD;

	memcpy(slot_bytes(n, slot), bytes, n->info.record_size);
	n->records->used[slot] = true;
	n->records->number[slot] = number;
}

void mft_ahead(struct ntfs *n, uint64_t first, uint64_t count)
{
	size_t size = n->info.record_size;
	uint8_t *buf;

	if (count > MFT_AHEAD)
		count = MFT_AHEAD;
	if (first >= mft_count(n) || count > mft_count(n) - first)
		return;
	buf = arena_malloc(n->arena, count * size);
	/* What cannot be read here is read, and reported, one by one.  */
	if (buf != NULL &&
	    source_read(n->mft, first * size, buf, count * size, NULL) == 0)
		for (uint64_t i = 0; i < count; i++)
			keep(n, first + i, buf + i * size);
	free(buf);
}

/* Fill @b with record @number as it lies on disk.  Before the $MFT is a stream,
 * its first record is found where the boot sector says.  */
static int read_raw(struct ntfs *n, uint64_t number, struct block *b,
		    struct err *reterr)
{
	size_t size = n->info.record_size;
	int r;

	b->below = n->mft != NULL ? n->mft : n->volume;
	b->at = (n->mft != NULL ? 0 :
		 n->by_copy ? n->mirror_offset : n->mft_offset) +
		number * size;
	b->n = size;
	if (number >= mft_count(n))
		return err_set(reterr, ERR_LIMIT, b->at,
			       "number of a record in the $MFT",
			       mft_count(n) - 1, number);
	if (is_cached(n, number)) {
		memcpy(b->bytes, slot_bytes(n, number % MFT_AHEAD), size);
		return 0;
	}
	r = source_read(b->below, b->at, b->bytes, size, reterr);
	if (r == 0)
		keep(n, number, b->bytes);
	return r;
}

static int read_mirror(struct ntfs *n, uint64_t number, struct block *b,
		       struct err *reterr)
{
	b->below = n->volume;
	b->at = n->mirror_offset + number * n->info.record_size;
	return source_read(b->below, b->at, b->bytes, b->n, reterr);
}

/* Apply the fix-ups of @r and decode its head.  *@ret_torn, if the record is
 * usable but torn, says how.  */
static int decode(struct record *r, struct err *ret_torn, struct err *reterr)
{
	struct block *b = &r->block;
	int code = 0;

	ret_torn->code = 0;
	b->array = 0;
	if (b->n >= 4 && memcmp(b->bytes, "FILE", 4) == 0)
		code = multi_sector_fix(b->bytes, b->n, b->at, &b->array,
					ret_torn);
	if (code < 0 && code != ERR_CHECKSUM) {
		if (reterr != NULL)
			*reterr = *ret_torn;
		return code;
	}
	return mft_record_parse(record_block_span(b), &r->head, reterr);
}

static bool is_deleted(const struct record *r)
{
	const uint8_t *flags = r->block.bytes + MFT_RECORD_FLAGS_OFFSET;

	return memcmp(r->block.bytes, "FILE", 4) == 0 &&
	       (flags[0] & MFT_RECORD_IN_USE) == 0;
}

void mft_record_finding(struct ntfs *n, const struct diag_kind *kind,
			const struct record *r, const struct err *e)
{
	struct diag *d;

	if (is_deleted(r))
		return;
	d = ntfs_finding(n, kind, r->number, e, "MFT record %llu",
				      (unsigned long long)r->number);

	if (d != NULL)
		source_cite(r->block.below, r->block.at, r->block.n,
			    "mft record", n->arena, &d->cites);
}

/* The copy of a damaged record, if it is one that has a good copy.  */
static int try_mirror(struct ntfs *n, struct record *r, const struct err *why)
{
	struct block damaged = r->block;
	struct err torn;
	struct diag *d;

	if (r->number >= MFT_MIRRORED ||
	    read_mirror(n, r->number, &r->block, NULL) < 0 ||
	    decode(r, &torn, NULL) < 0 || torn.code != 0)
		return -1;
	d = ntfs_finding(n, &FINDING_NTFS_MIRROR, r->number, why,
			 "MFT record %llu is read from the $MFTMirr",
			 (unsigned long long)r->number);
	if (d != NULL) {
		source_cite(damaged.below, damaged.at, damaged.n, "mft record",
			    n->arena, &d->cites);
		source_cite(r->block.below, r->block.at, r->block.n,
			    "mft record", n->arena, &d->cites);
	}
	return 0;
}

static void check_number(struct ntfs *n, const struct record *r)
{
	struct err e;

	if (!r->head.has_number || r->head.number == (uint32_t)r->number)
		return;
	err_set(&e, ERR_VALUE, r->block.at + 0x2c, "MFT record: own number",
		(uint32_t)r->number, r->head.number);
	mft_record_finding(n, &FINDING_NTFS_RECORD, r, &e);
}

static int record_load(struct ntfs *n, struct record *r, struct err *reterr)
{
	struct err e, torn = { 0 };
	int code = read_raw(n, r->number, &r->block, &e);
	const bool is_unread = code < 0 && ntfs_is_unread(&e);

	if (code == 0)
		code = decode(r, &torn, &e);
	if (code == 0 && torn.code == 0) {
		check_number(n, r);
		return 0;
	}
	if (try_mirror(n, r, code < 0 ? &e : &torn) == 0)
		return 0;
	/* The mirror was tried in the same buffer.  */
	if (r->number < MFT_MIRRORED && code == 0 &&
	    (read_raw(n, r->number, &r->block, &e) < 0 ||
	     decode(r, &torn, &e) < 0))
		code = e.code;
	if (code == 0) {
		mft_record_finding(n, &FINDING_NTFS_TORN, r, &torn);
		return 0;
	}
	if (is_unread && ntfs_first_time(n, &FINDING_NTFS_RECORD, r->number))
		ntfs_count_unread(n, &n->unread, r->number, &e, r->block.below,
				  r->block.at, r->block.n, "mft record");
	else if (!is_unread && code != ERR_NOT_FOUND)
		mft_record_finding(n, &FINDING_NTFS_RECORD, r, &e);
	if (reterr != NULL)
		*reterr = e;
	return code;
}

int mft_record_read(struct ntfs *n, uint64_t number, struct record *ret,
		    struct err *reterr)
{
	struct record r = { .number = number };
	int code;

	r.block.bytes = arena_malloc(n->arena, n->info.record_size);
	if (r.block.bytes == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "MFT record",
			       n->info.record_size, 0);
	/* Where nothing can be read, it is no record, and none deleted.  */
	memset(r.block.bytes, 0, n->info.record_size);
	code = record_load(n, &r, reterr);
	if (code < 0) {
		free(r.block.bytes);
		return code;
	}
	*ret = r;
	return 0;
}

int mft_mirror_read(struct ntfs *n, uint64_t number, struct record *ret,
		    struct err *reterr)
{
	struct record r = { .number = number };
	struct err torn = { 0 };
	int code;

	r.block.n = n->info.record_size;
	r.block.bytes = arena_malloc(n->arena, r.block.n);
	if (r.block.bytes == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "MFT record", r.block.n,
			       0);
	code = read_mirror(n, number, &r.block, reterr);
	if (code == 0)
		code = decode(&r, &torn, reterr);
	if (code == 0 && torn.code != 0)
		code = err_set(reterr, torn.code, torn.at, torn.what,
			       torn.want, torn.got);
	if (code < 0) {
		mft_record_done(&r);
		return code;
	}
	*ret = r;
	return 0;
}

void mft_record_done(struct record *r)
{
	free(r->block.bytes);
	r->block.bytes = NULL;
}

/* Each piece goes into the stream at once: the next piece may lie in a record
 * that only this one makes readable.  */
static int add_piece(void *ctx, const struct record *rec,
		     const struct attribute *a, struct err *reterr)
{
	struct ntfs *n = ctx;

	if (a->resident)
		return err_set(reterr, ERR_VALUE, a->raw.at + 8,
			       "$MFT: resident data", 1, 0);
	if (n->mft == NULL) {
		n->mft = mft_stream_new(n, a->real, a->initialised);
		if (n->mft == NULL)
			return err_set(reterr, ERR_NOMEM, 0, "$MFT", 0, 0);
		n->mft->file = "\\$MFT";
	}
	return mft_stream_append_piece(n->mft, rec, a, reterr);
}

/* The $MFT has no more bytes than it has clusters, and no more of these than
 * the volume.  */
static void clamp_size(struct ntfs *n)
{
	uint64_t max = mft_stream_mapped(n->mft);
	struct err e;

	if (max > n->volume->size)
		max = n->volume->size;
	if (n->mft->size <= max)
		return;
	err_set(&e, ERR_VALUE, n->mft_offset, "$MFT: real size", max,
		n->mft->size);
	ntfs_finding(n, &FINDING_NTFS_RUNS, 0, &e,
		     "The $MFT is longer than its clusters");
	n->mft->size = max;
	n->mft_cut = true;
}

bool mft_is_whole(const struct ntfs *n)
{
	return !n->mft_cut && mft_stream_has_all(n->mft);
}

/* Read the $MFT by its first record, or by the copy where @copy.  */
static int open_by_record(struct ntfs *n, bool copy, struct err *reterr)
{
	struct mft_file f;
	int r;

	n->by_copy = copy;
	r = mft_file_open(n, 0, &f, reterr);
	if (r < 0)
		return r;
	r = mft_file_each(&f, ATTRIBUTE_DATA, NULL, add_piece, n, reterr);
	if (r == 0 && n->mft == NULL)
		r = err_set(reterr, ERR_NOT_FOUND, f.rec.block.at,
			    "$MFT: data", 0, 0);
	mft_file_done(&f);
	if (r < 0)
		return r;
	clamp_size(n);
	return 0;
}

/* Where a run list leads to what are no records, it is wrong: so many of the
 * $MFT's own are enough.  */
#define MIN_RECORDS 4
#define FIRST_RECORDS 12

/* How many records are where the $MFT that was opened has those that are looked
 * at: the first ones, and then more and more apart.  */
static unsigned count_records(struct ntfs *n)
{
	unsigned found = 0;
	char magic[4];

	for (uint64_t i = 0; n->mft != NULL && i < mft_count(n);
	     i += i < FIRST_RECORDS ? 1 : i / 8)
		if (source_read(n->mft, i * n->info.record_size, magic,
				sizeof(magic), NULL) == 0 &&
		    memcmp(magic, "FILE", sizeof(magic)) == 0)
			found++;
	return found;
}

/* Findings about run lists and attributes: while the $MFT is opened, about
 * it.  */
static size_t count_damage(const struct ntfs *n)
{
	return diag_count(n->diags, &FINDING_NTFS_RUNS) +
	       diag_count(n->diags, &FINDING_NTFS_OUTSIDE) +
	       diag_count(n->diags, &FINDING_NTFS_ATTRIBUTE);
}

static void forget(struct ntfs *n)
{
	source_free(n->mft);
	n->mft = NULL;
	n->mft_cut = false;
	for (size_t i = 0; i < MFT_AHEAD; i++)
		n->records->used[i] = false;
}

static void report_copy(struct ntfs *n, const struct err *why)
{
	struct diag *d = ntfs_finding(n, &FINDING_NTFS_MIRROR, 0, why,
				      "The $MFT is read by its record in the "
				      "$MFTMirr");

	if (d == NULL)
		return;
	source_cite(n->volume, n->mft_offset, n->info.record_size,
		    "mft record", n->arena, &d->cites);
	source_cite(n->volume, n->mirror_offset, n->info.record_size,
		    "mft record", n->arena, &d->cites);
}

/* The first record could not be used, or not without a finding, for @why; by it
 * @found records are there.  */
static int open_otherwise(struct ntfs *n, unsigned found,
			  const struct err *why, struct err *reterr)
{
	int r;

	forget(n);
	r = open_by_record(n, true, NULL);
	n->by_copy = false;
	if (r == ERR_NOMEM)
		return err_set(reterr, r, 0, "$MFT", 0, 0);
	if (r == 0 && count_records(n) >= MIN_RECORDS &&
	    count_records(n) > found) {
		report_copy(n, why);
		return 0;
	}
	forget(n);
	if (found >= MIN_RECORDS)
		return open_by_record(n, false, reterr);
	if (n->may_search && mft_search(n, &n->mft, NULL) == 0)
		return 0;
	return err_set(reterr, why->code, why->at, why->what, why->want,
		       why->got);
}

int mft_open(struct ntfs *n, struct err *reterr)
{
	size_t damage = count_damage(n);
	unsigned found = 0;
	struct err e;
	int r;

	n->records = arena_calloc(n->arena, 1, sizeof(*n->records));
	if (n->records != NULL)
		n->records->bytes = arena_malloc(n->arena, (size_t)MFT_AHEAD *
					   n->info.record_size);
	if (n->records == NULL || n->records->bytes == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "$MFT", 0, 0);
	r = open_by_record(n, false, &e);
	if (r == ERR_NOMEM)
		return err_set(reterr, e.code, e.at, e.what, e.want, e.got);
	if (r == 0)
		found = count_records(n);
	if (found >= MIN_RECORDS && count_damage(n) == damage)
		return 0;
	if (r == 0)
		err_set(&e, ERR_IO, n->mft_offset, "$MFT: its run list, or "
			"some of its records", 0, 0);
	return open_otherwise(n, found, &e, reterr);
}

void mft_close(struct ntfs *n)
{
	source_free(n->mft);
	n->mft = NULL;
	if (n->records != NULL)
		free(n->records->bytes);
	free(n->records);
	n->records = NULL;
}
