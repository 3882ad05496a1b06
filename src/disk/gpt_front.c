/*
 * gpt_front.c - a GPT's backup that tells that the start of its disk is missing
 *
 * An image that was begun at a partition, or at another disk of a set that was
 * put together by something below Windows, ends in a backup whose header says
 * that it lies in a later LBA.  The entries are right before it all the same,
 * and have its checksum.  That tells how much is missing, but no volume is
 * looked for at other places than the table gives: ids that are made of a place
 * would no longer be those that Windows knew.
 */
#include "disk/gpt_front.h"

#include <inttypes.h>

#include "base/count.h"
#include "disk/findings.h"

/* Headers with a good checksum whose entries are read: a hostile image has as
 * many as it has sectors.  */
#define MAX_TRIES 4

struct front {
	struct gpt_header header;
	struct span array;
	uint32_t sector;
	uint64_t lba;		/* in the image */
};

static bool is_sound(const struct gpt_header *h, const struct front *f,
		     uint64_t size)
{
	static const enum gpt_check checks[] = {
		GPT_CHECK_SIZE, GPT_CHECK_CRC, GPT_CHECK_ENTRY_BYTES,
		GPT_CHECK_ENTRY_COUNT,
	};
	const struct gpt_place p = { f->lba, size / f->sector, f->sector };

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		if (gpt_header_check(h, checks[i], p, NULL) < 0)
			return false;
	return h->my_lba > f->lba && h->alternate_lba == 1 &&
	       h->entries_lba < h->my_lba &&
	       h->my_lba - h->entries_lba <= f->lba;
}

/* Whether the sector at @off, if sectors have @sector bytes, is such a backup
 * with its entries before it.  */
static bool is_front(struct layout *l, uint64_t off, uint32_t sector,
		     unsigned *tries, struct front *ret)
{
	struct front f = { .sector = sector, .lba = off / sector };
	struct span s;
	uint64_t at;

	if (off % sector != 0 || layout_bytes(l, off, sector, &s, NULL) < 0 ||
	    gpt_header_parse(s, &f.header, NULL) < 0 ||
	    !is_sound(&f.header, &f, l->size))
		return false;
	++*tries;
	at = (f.lba - (f.header.my_lba - f.header.entries_lba)) * sector;
	if (layout_bytes(l, at, gpt_array_bytes(&f.header), &f.array,
			 NULL) < 0 ||
	    gpt_array_check(&f.header, f.array, NULL) < 0)
		return false;
	*ret = f;
	return true;
}

static bool has_magic(struct span end, uint64_t off)
{
	return span_has(end, off - end.at, "EFI PART", 8);
}

/* The last one in what was read of the end.  */
static bool find(struct layout *l, struct front *ret)
{
	const struct span end = l->tail.n > 0 ? l->tail : l->head;
	uint64_t off = l->size / 512 * 512;
	unsigned tries = 0;

	while (off >= end.at + 512 && tries < MAX_TRIES) {
		off -= 512;
		if (has_magic(end, off) &&
		    (is_front(l, off, 512, &tries, ret) ||
		     is_front(l, off, 4096, &tries, ret)))
			return true;
	}
	return false;
}

/* The entry, from 1 on, whose partition begins in @lba; 0: none does.  */
static size_t entry_at(const struct front *f, uint64_t lba, size_t *ret_used)
{
	struct gpt_entry e;
	struct span s;
	size_t used = 0, found = 0;

	for (size_t i = 0;
	     span_sub(f->array, (uint64_t)i * f->header.entry_bytes,
		      f->header.entry_bytes, &s); i++) {
		if (gpt_entry_parse(s, &e, NULL) < 0 || guid_is_zero(&e.type))
			continue;
		used++;
		if (e.first_lba == lba && found == 0)
			found = i + 1;
	}
	*ret_used = used;
	return found;
}

static void report(struct layout *l, const struct front *f, bool listed)
{
	const uint64_t missing = f->header.my_lba - f->lba;
	char guid[GUID_TEXT_CHARS + 1];
	size_t used, entry = entry_at(f, missing, &used);
	const char *begins = entry == 0 ? "" :
		arena_printf(l->arena, " It begins with the partition of entry "
			     "%zu.", entry);
	struct diag *d = diag_add(l->diags, &FINDING_GPT_FRONT,
		"The image does not begin where its disk does: the backup of "
		"the GPT (disk GUID %s) is in its LBA %" PRIu64 " and was in "
		"LBA %" PRIu64 " of the disk, so that the first %" PRIu64
		" sectors are missing.%s %s",
		guid_text(&f->header.disk_guid, guid), f->lba,
		f->header.my_lba, missing, begins != NULL ? begins : "",
		listed ? "Volumes are looked for at the places that the table "
			 "gives, which are not theirs in this image." :
		used == 1 ? "Its partition is not listed as such." :
			    "Its partitions are not listed.");

	if (d == NULL)
		return;
	source_cite(l->source, f->header.at, GPT_HEADER_BYTES, "gpt header",
		    l->arena, &d->cites);
	source_cite(l->source, f->array.at, f->array.n, "gpt entries",
		    l->arena, &d->cites);
}

void gpt_front_check(struct layout *l, bool listed)
{
	struct front f;

	if (find(l, &f))
		report(l, &f, listed);
}
