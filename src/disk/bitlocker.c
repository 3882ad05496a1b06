/*
 * bitlocker.c - what a volume that BitLocker encrypts says of itself
 *
 * The metadata is there three times.  A copy can be used if its heads are what
 * they should be and its checksum, where it can be read, is right.  Of copies
 * that can be used and differ, the one that was changed last counts: each
 * change takes a new number for a nonce.
 */
#include "disk/bitlocker.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "disk/findings.h"
#include "disk/lost_bitlocker.h"

#define SECTOR_BYTES 512

static const char *const ordinal[] = { "first", "second", "third" };

/* A copy while the three are compared.  */
struct candidate {
	uint8_t *bytes;
	size_t n;
	struct fve_block block;
	struct err err;
};

struct reader {
	struct source *volume;
	struct arena *arena;
	struct diag_list *diags;
	struct bitlocker *b;
	struct candidate list[3];
};

static void cite(struct reader *r, struct cites *c, uint64_t off, uint64_t n,
		 const char *structure)
{
	source_cite(r->volume, off, n, structure, r->arena, c);
}

/* As many of the bytes of a copy as there are.  */
static size_t read_bytes(struct source *s, uint64_t off, uint8_t *buf,
			 struct err *reterr)
{
	size_t n = 0;

	if (source_read(s, off, buf, FVE_BLOCK_BYTES, reterr) == 0)
		return FVE_BLOCK_BYTES;
	while (n < FVE_BLOCK_BYTES) {
		size_t take = SECTOR_BYTES;

		if (off + n < s->size && s->size - off - n < take)
			take = (size_t)(s->size - off - n);
		if (source_read(s, off + n, buf + n, take, reterr) < 0)
			break;
		n += take;
	}
	return n;
}

static bool read_copy(struct reader *r, int i, uint64_t off)
{
	struct candidate *c = &r->list[i];
	struct bitlocker_copy *copy = &r->b->copies[i];
	struct err e = { 0 };

	*copy = (struct bitlocker_copy){ .offset = off };
	if (c->bytes == NULL)
		c->bytes = arena_malloc(r->arena, FVE_BLOCK_BYTES);
	if (c->bytes == NULL)
		return false;
	c->n = read_bytes(r->volume, off, c->bytes, &e);
	c->err = e;
	if (c->n > 0)
		copy->usable = fve_block_parse(
			(struct span){ c->bytes, c->n, off }, &c->block,
			&c->err) == 0;
	if (!copy->usable)
		return true;
	copy->usable = !c->block.has_checksum || c->block.checksum_ok;
	if (!copy->usable)
		err_set(&c->err, ERR_CHECKSUM, off + c->block.bytes,
			"FVE metadata block", 0, 0);
	return true;
}

/* The copy that counts, or NULL.  */
static struct candidate *choose(struct reader *r)
{
	struct candidate *best = NULL;

	for (unsigned i = 0; i < 3; i++) {
		struct candidate *c = &r->list[i];

		if (!r->b->copies[i].usable)
			continue;
		if (best == NULL ||
		    c->block.has_checksum > best->block.has_checksum ||
		    (c->block.has_checksum == best->block.has_checksum &&
		     c->block.next_nonce > best->block.next_nonce)) {
			best = c;
			r->b->copy = i;
		}
	}
	return best;
}

static void tell_damaged(struct reader *r, unsigned i)
{
	const struct candidate *c = &r->list[i];
	uint64_t at = r->b->copies[i].offset;
	char text[200];
	struct diag *d;

	/* Vista, whose first copy cannot be used.  */
	if (c->err.code == 0) {
		diag_add(r->diags, &FINDING_BITLOCKER_COPY,
			 "where the %s copy of the BitLocker metadata lies is "
			 "not known.", ordinal[i]);
		return;
	}
	d = diag_add(r->diags, &FINDING_BITLOCKER_COPY,
		     "the %s copy of the BitLocker metadata, at byte %" PRIu64
		     " of the volume, cannot be used: %s.", ordinal[i], at,
		     c->err.code == ERR_CHECKSUM ? "its checksum is wrong" :
		     err_text(&c->err, text, sizeof(text)));
	if (d != NULL)
		cite(r, &d->cites, at, SECTOR_BYTES, "FVE metadata");
}

static void tell_different(struct reader *r, unsigned i)
{
	struct diag *d = diag_add(
		r->diags, &FINDING_BITLOCKER_COPIES_DIFFER,
		"the %s copy of the BitLocker metadata differs from the %s, "
		"which is used: that has %s.", ordinal[i], ordinal[r->b->copy],
		r->list[i].block.next_nonce !=
				r->list[r->b->copy].block.next_nonce ?
			"the higher nonce, so it was changed last" :
			"the same nonce and comes first");

	if (d == NULL)
		return;
	cite(r, &d->cites, r->b->copies[i].offset, SECTOR_BYTES,
	     "FVE metadata");
	cite(r, &d->cites, r->b->copies[r->b->copy].offset, SECTOR_BYTES,
	     "FVE metadata");
}

static bool same(const struct candidate *a, const struct candidate *b)
{
	size_t n = (size_t)(b->block.entries.p + b->block.entries.n - b->bytes);

	return a->n >= n && memcmp(a->bytes, b->bytes, n) == 0;
}

/* Each block since Windows 7 has a checksum behind it; the field that tells
 * where is part of what it protects.  */
static void tell_unchecked(struct reader *r, const struct candidate *best)
{
	const uint64_t at = r->b->copies[r->b->copy].offset;
	struct diag *d;

	/* Of an image that is cut the end is told.  */
	if (best == NULL || best->block.has_checksum ||
	    best->block.version < 2 || best->n < FVE_BLOCK_BYTES)
		return;
	d = diag_add(r->diags, &FINDING_BITLOCKER_UNCHECKED,
		     "no copy of the BitLocker metadata has a checksum where "
		     "its size says that one is, %" PRIu32 " bytes on; the %s, "
		     "at byte %" PRIu64 " of the volume, is used all the same.",
		     best->block.bytes, ordinal[r->b->copy], at);
	if (d != NULL)
		cite(r, &d->cites, at, SECTOR_BYTES, "FVE metadata");
}

static void compare_copies(struct reader *r, const struct candidate *best)
{
	tell_unchecked(r, best);
	for (unsigned i = 0; i < 3; i++) {
		if (!r->b->copies[i].usable)
			tell_damaged(r, i);
		else if (&r->list[i] != best && !same(&r->list[i], best))
			tell_different(r, i);
	}
}

static void tell_entry(struct reader *r, const struct err *e)
{
	char text[200];
	struct diag *d = diag_add(r->diags, &FINDING_BITLOCKER_ENTRY,
				  "an entry of the BitLocker metadata cannot "
				  "be read: %s.",
				  err_text(e, text, sizeof(text)));

	if (d != NULL)
		cite(r, &d->cites, e->at, 8, "FVE metadata entry");
}

/* The text in front of the first blank at @s, and what is behind it.  */
static const char *take_word(struct arena *a, const char *s, size_t n)
{
	return arena_printf(a, "%.*s", (int)n, s);
}

static bool is_drive(const char *s)
{
	char letter = (char)(s[0] & ~0x20);

	return letter >= 'A' && letter <= 'Z' && s[1] == ':' && s[2] == ' ';
}

/* A day has a digit, a label in front of it may have blanks.  */
static void split_description(struct arena *a, struct bitlocker_description *d)
{
	const char *s = d->text.utf8;
	const char *blank = strchr(s, ' ');
	const char *last = strrchr(s, ' ');

	if (d->text.hex != NULL || blank == NULL || blank == s)
		return;
	if (is_drive(blank + 1)) {
		d->drive = take_word(a, blank + 1, 2);
		d->date = arena_strdup(a, blank + 4);
	} else if (last > blank && strpbrk(last, "0123456789") != NULL) {
		d->label = take_word(a, blank + 1, (size_t)(last - blank - 1));
		d->date = arena_strdup(a, last + 1);
	} else {
		return;
	}
	d->computer = take_word(a, s, (size_t)(blank - s));
}

static void take_description(struct reader *r, const struct fve_entry *e)
{
	struct bitlocker_description *d = &r->b->description;

	if (d->text.utf8 != NULL || e->value_type != FVE_VALUE_STRING)
		return;
	d->text = text_from_utf16(r->arena, utf16_trim_nul(e->data));
	if (d->text.utf8 != NULL)
		split_description(r->arena, d);
}

static int take_protector(struct reader *r, const struct fve_entry *e,
			  struct err *reterr)
{
	struct bitlocker_protector p = { .name = { 0 } }, *to;
	int err = fve_protector_parse(e, &p.fve, reterr);

	if (err < 0)
		return err;
	if (p.fve.name.n > 0)
		p.name = text_from_utf16(r->arena,
					 utf16_trim_nul(p.fve.name));
	to = arena_push(r->arena, &r->b->protectors, r->b->n_protectors,
			sizeof(*to));
	if (to == NULL)
		return 0;
	*to = p;
	r->b->n_protectors++;
	return 0;
}

static int take_entry(struct reader *r, const struct fve_entry *e,
		      struct err *reterr)
{
	switch (e->type) {
	case FVE_ENTRY_VMK:
		return take_protector(r, e, reterr);
	case FVE_ENTRY_FVEK:
		if (r->b->fvek.n == 0 && e->value_type == FVE_VALUE_AES_CCM)
			r->b->fvek = e->raw;
		return 0;
	case FVE_ENTRY_DESCRIPTION:
		take_description(r, e);
		return 0;
	case FVE_ENTRY_VOLUME_HEADER:
		return fve_volume_header_parse(e, &r->b->header, reterr);
	default:
		return 0;
	}
}

static void take_entries(struct reader *r)
{
	struct span left = r->b->block.entries;
	struct fve_entry e;
	struct err err;
	int code;

	/* Ends: each turn takes the head of an entry off `left'.  */
	while ((code = fve_entry_take(&left, &e, &err)) == 0)
		if (take_entry(r, &e, &err) < 0)
			tell_entry(r, &err);
	if (code != ERR_NOT_FOUND)
		tell_entry(r, &err);
}

/* Later versions of Windows 10 have no entry for it.  */
static void complete_header(struct bitlocker *b)
{
	uint64_t bytes = (uint64_t)b->block.header_sectors *
			 b->boot.bytes_per_sector;

	if (b->header.bytes == 0 && b->block.version == 2)
		b->header = (struct fve_volume_header){ b->block.header_offset,
							bytes };
}

/* The block's bytes outlive the comparison.  */
static bool keep(struct reader *r, const struct candidate *c)
{
	struct bitlocker *b = r->b;
	uint8_t *copy = arena_copy(r->arena, c->bytes, c->n);

	if (copy == NULL)
		return false;
	b->known = true;
	b->block = c->block;
	b->block.entries.p = copy + (c->block.entries.p - c->bytes);
	return true;
}

static void tell_unknown(struct reader *r)
{
	struct diag *d = diag_add(
		r->diags, &FINDING_BITLOCKER_METADATA,
		"none of the three copies of the BitLocker metadata can be "
		"used where the first sector says that they are, nor was one "
		"found where they usually lie; without them no key can unlock "
		"the volume.");

	if (d != NULL)
		cite(r, &d->cites, 0, SECTOR_BYTES, "boot sector");
}

/* The boot sector knows where the copies are, Vista's only of the first; each
 * copy knows it of all.  */
static bool read_copies(struct reader *r)
{
	bool vista = r->b->boot.form == BITLOCKER_VISTA;

	for (int i = 0; i < (vista ? 1 : 3); i++)
		if (!read_copy(r, i, r->b->boot.metadata[i]))
			return false;
	for (int from = 0; from < 3; from++)
		for (int i = 0; i < 3 && r->b->copies[from].usable; i++) {
			uint64_t off = r->list[from].block.metadata[i];

			if (!r->b->copies[i].usable &&
			    r->b->copies[i].offset != off &&
			    !read_copy(r, i, off))
				return false;
		}
	return true;
}

/* Where the first sector leads to no copy, look for one.  *@ret is the one that
 * counts then; NULL: none was found.  */
static bool find_copies(struct reader *r, const struct candidate **ret)
{
	struct lost_bitlocker found;
	struct boot_sector b;
	struct diag *d;
	uint64_t at;

	if (r->b->boot.form == BITLOCKER_VISTA ||
	    !lost_bitlocker_find(r->volume, r->arena, &found, &at) ||
	    boot_sector_parse((struct span){ found.sector,
			      sizeof(found.sector), 0 }, &b, NULL) < 0)
		return true;
	memcpy(r->b->boot.metadata, b.bitlocker.metadata,
	       sizeof(r->b->boot.metadata));
	if (!read_copies(r))
		return false;
	*ret = choose(r);
	d = diag_add(r->diags, &FINDING_BITLOCKER_FOUND,
		     "the first sector leads to none of the three copies of "
		     "the BitLocker metadata; the one at byte %" PRIu64 " of "
		     "the volume was found by a search, and gives their places "
		     "itself.", at);
	if (d != NULL) {
		cite(r, &d->cites, 0, SECTOR_BYTES, "boot sector");
		cite(r, &d->cites, at, SECTOR_BYTES, "FVE metadata");
	}
	return true;
}

static bool read_all(struct reader *r)
{
	const struct candidate *best;

	if (!read_copies(r))
		return false;
	cite(r, &r->b->cites, 0, SECTOR_BYTES, "boot sector");
	best = choose(r);
	if (best == NULL && !find_copies(r, &best))
		return false;
	compare_copies(r, best);
	if (best == NULL) {
		tell_unknown(r);
		return true;
	}
	if (!keep(r, best))
		return false;
	take_entries(r);
	complete_header(r->b);
	if (r->b->boot.on_write &&
	    !bitlocker_maps_read(r->volume, &r->b->boot, r->arena, r->diags,
				 &r->b->maps))
		return false;
	cite(r, &r->b->cites, r->b->copies[r->b->copy].offset,
	     r->b->block.entries.at + r->b->block.entries.n -
		     r->b->copies[r->b->copy].offset, "FVE metadata");
	return true;
}

struct bitlocker *bitlocker_read(struct source *volume,
				 const struct bitlocker_boot *boot,
				 struct arena *a, struct diag_list *d)
{
	struct reader r = { .volume = volume, .arena = a, .diags = d };
	bool done;

	r.b = arena_alloc(a, sizeof(*r.b));
	if (r.b == NULL)
		return NULL;
	r.b->boot = *boot;
	done = read_all(&r);
	for (int i = 0; i < 3; i++)
		free(r.list[i].bytes);
	return done ? r.b : NULL;
}
