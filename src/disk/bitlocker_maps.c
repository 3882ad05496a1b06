/*
 * bitlocker_maps.c - which parts of a volume BitLocker has encrypted, where it
 * does so while the volume is in use
 *
 * What no map tells of is taken for encrypted.  The log of a map has what was
 * being moved when the power failed; it is not replayed.
 */
#include "disk/bitlocker_maps.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/checked.h"
#include "disk/findings.h"
#include "format/fve_eow.h"

#define SECTOR_BYTES 512
#define LIST_HEAD_BYTES 56

/* So far the end of a run is looked for: a read is of less.  */
#define MAX_RUN_CHUNKS 4096

struct maps_reader {
	struct source *volume;
	const struct bitlocker_boot *boot;
	uint32_t sector;	/* 512 where the boot sector has no size */
	struct arena *arena;
	struct diag_list *diags;
	struct bitlocker_maps *m;
	uint8_t *list;			/* FVE_EOW_BYTES */
	uint8_t head[FVE_EOW_MAP_BYTES];
	uint8_t record[FVE_EOW_RECORD_BYTES];
};

static void tell(struct maps_reader *r, const struct diag_kind *kind,
		 uint64_t at, const char *what, const struct err *e)
{
	char text[200];
	struct diag *d = diag_add(
		r->diags, kind, "%s, at byte %" PRIu64 " of the volume: %s.",
		what, at, e->code == ERR_CHECKSUM ? "its checksum is wrong" :
		err_text(e, text, sizeof(text)));

	if (d != NULL)
		source_cite(r->volume, at, SECTOR_BYTES, "FVE metadata",
			    r->arena, &d->cites);
}

static int read_list(struct maps_reader *r, uint64_t at, struct fve_eow *ret,
		     struct err *reterr)
{
	size_t n;
	int err = source_read(r->volume, at, r->list, LIST_HEAD_BYTES, reterr);

	if (err < 0)
		return err;
	n = (size_t)(r->list[10] | r->list[11] << 8);
	if (n < LIST_HEAD_BYTES)
		n = LIST_HEAD_BYTES;
	err = source_read(r->volume, at, r->list, n, reterr);
	if (err < 0)
		return err;
	err = fve_eow_parse((struct span){ r->list, n, at }, ret, reterr);
	if (err == 0 && ret->chunk_bytes < r->sector)
		return err_set(reterr, ERR_VALUE, at,
			       "BitLocker's list of maps: bytes of a chunk",
			       r->sector, ret->chunk_bytes);
	return err;
}

/* The first of the two that can be used.  */
static bool find_list(struct maps_reader *r, struct fve_eow *ret)
{
	static const char *const copy[] = {
		"the first list of what BitLocker encrypted cannot be used",
		"the second list of what BitLocker encrypted cannot be used",
	};
	bool found = false;

	for (int i = 0; i < 2 && !found; i++) {
		uint64_t at = r->boot->maps[i];
		struct err e = { 0 };

		found = read_list(r, at, ret, &e) == 0;
		if (!found)
			tell(r, &FINDING_BITLOCKER_COPY, at, copy[i], &e);
	}
	return found;
}

static void tell_unknown(struct maps_reader *r)
{
	struct diag *d = diag_add(
		r->diags, &FINDING_BITLOCKER_MAP,
		"the boot sector says that maps record which parts of the "
		"volume are encrypted, as while encryption is under way, but "
		"neither list of maps can be used: the whole volume is taken "
		"to be encrypted, and parts that are not are read wrongly.");

	if (d != NULL)
		source_cite(r->volume, 0, SECTOR_BYTES, "boot sector",
			    r->arena, &d->cites);
}

static int read_head(struct maps_reader *r, uint64_t at,
		     struct fve_eow_map *ret, struct err *reterr)
{
	size_t n = sizeof(r->head);
	uint64_t end;
	int err = source_read(r->volume, at, r->head, n, NULL);

	if (err < 0) {
		n = SECTOR_BYTES;
		err = source_read(r->volume, at, r->head, n, reterr);
	}
	if (err == 0)
		err = fve_eow_map_parse((struct span){ r->head, n, at }, ret,
					reterr);
	if (err < 0)
		return err;
	if (at > UINT64_MAX - UINT32_MAX ||
	    !checked_add(ret->offset, ret->size, &end) ||
	    ret->offset % r->sector != 0 || ret->size % r->sector != 0 ||
	    ret->record_bytes > sizeof(r->record))
		return err_set(reterr, ERR_VALUE, at,
			       "BitLocker's map of a region",
			       sizeof(r->record), ret->record_bytes);
	return 0;
}

static int read_record(struct maps_reader *r, uint64_t at, size_t n,
		       struct fve_eow_record *ret, struct err *reterr)
{
	int err = source_read(r->volume, at, r->record, n, reterr);

	return err < 0 ? err :
	       fve_eow_record_parse((struct span){ r->record, n, at }, ret,
				    reterr);
}

/* The bits of the record that was written last.  That which is damaged may have
 * been it.  */
static bool read_records(struct maps_reader *r, uint64_t at,
			 const struct fve_eow_map *m,
			 struct bitlocker_region *region)
{
	uint64_t sequence = 0;

	for (int i = 0; i < 2; i++) {
		uint64_t from = at + m->records[i];
		struct fve_eow_record record;
		struct err e = { 0 };

		if (read_record(r, from, m->record_bytes, &record, &e) < 0) {
			tell(r, &FINDING_BITLOCKER_COPY, from,
			     "a record of what BitLocker has encrypted cannot "
			     "be used", &e);
			continue;
		}
		if (region->bits != NULL && record.sequence <= sequence)
			continue;
		region->bits = arena_copy(r->arena, record.bits.p,
					  record.bits.n);
		if (region->bits == NULL)
			return false;
		region->n_bits = record.n_bits;
		sequence = record.sequence;
	}
	return true;
}

static void add_own(struct maps_reader *r, uint64_t offset, uint64_t n)
{
	struct bitlocker_own *o = &r->m->own[r->m->n_own];

	if (n > 0 && checked_add(offset, n, &o->end)) {
		o->offset = offset;
		r->m->n_own++;
	}
}

static bool read_map(struct maps_reader *r, const struct fve_eow *list,
		     uint64_t at)
{
	static const char lost[] =
		"it is not known which parts of a region of the volume are "
		"encrypted, so all of it is taken to be encrypted";
	struct bitlocker_region *region = &r->m->regions[r->m->n_regions];
	struct fve_eow_map map;
	struct err e = { 0 };

	if (read_head(r, at, &map, &e) < 0) {
		tell(r, &FINDING_BITLOCKER_MAP, at, lost, &e);
		return true;
	}
	*region = (struct bitlocker_region){ .offset = map.offset,
					     .size = map.size };
	if (!read_records(r, at, &map, region))
		return false;
	if (region->bits == NULL) {
		err_set(&e, ERR_NOT_FOUND, at, "record of the map", 0, 0);
		tell(r, &FINDING_BITLOCKER_MAP, at, lost, &e);
	}
	r->m->n_regions++;
	add_own(r, at, map.bytes);
	add_own(r, map.log, list->log_bytes);
	return true;
}

static int by_offset(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static bool bit_at(const struct bitlocker_region *r, uint64_t chunk)
{
	return chunk >= r->n_bits || (r->bits[chunk / 8] >> chunk % 8 & 1) != 0;
}

static uint64_t plain_bytes(const struct bitlocker_maps *m,
			    const struct bitlocker_region *r)
{
	uint64_t sum = 0;

	for (uint64_t i = 0; i < r->n_bits; i++) {
		uint64_t at = i * m->chunk_bytes;

		if (at >= r->size)
			break;
		if (!bit_at(r, i))
			sum += r->size - at < m->chunk_bytes ?
			       r->size - at : m->chunk_bytes;
	}
	return sum;
}

static bool read_maps(struct maps_reader *r, const struct fve_eow *list)
{
	struct bitlocker_maps *m = r->m;

	m->chunk_bytes = list->chunk_bytes;
	m->regions = arena_alloc(r->arena,
				 (list->n_maps + 1) * sizeof(*m->regions));
	m->own = arena_alloc(r->arena,
			     (2 * (size_t)list->n_maps + 2) *
				     sizeof(*m->own));
	if (m->regions == NULL || m->own == NULL)
		return false;
	for (int i = 0; i < 2; i++)
		add_own(r, r->boot->maps[i], list->bytes);
	for (uint32_t i = 0; i < list->n_maps; i++)
		if (!read_map(r, list, fve_eow_map_at(list, i)))
			return false;
	qsort(m->regions, m->n_regions, sizeof(*m->regions), by_offset);
	qsort(m->own, m->n_own, sizeof(*m->own), by_offset);
	for (size_t i = 0; i < m->n_regions; i++)
		m->plain_bytes += plain_bytes(m, &m->regions[i]);
	return true;
}

bool bitlocker_maps_read(struct source *volume,
			 const struct bitlocker_boot *boot, struct arena *a,
			 struct diag_list *d, struct bitlocker_maps **ret)
{
	struct maps_reader *r = arena_alloc(a, sizeof(*r));
	struct fve_eow list;

	*ret = NULL;
	if (r == NULL)
		return false;
	r->volume = volume;
	r->boot = boot;
	r->sector = boot->bytes_per_sector;
	if (r->sector < SECTOR_BYTES || (r->sector & (r->sector - 1)) != 0)
		r->sector = SECTOR_BYTES;
	r->arena = a;
	r->diags = d;
	r->list = arena_alloc(a, FVE_EOW_BYTES);
	r->m = arena_alloc(a, sizeof(*r->m));
	if (r->list == NULL || r->m == NULL)
		return false;
	if (!find_list(r, &list)) {
		tell_unknown(r);
		return true;
	}
	if (!read_maps(r, &list))
		return false;
	*ret = r->m;
	return true;
}

/* How many of @n, sorted, begin at @off or before.  Each begins with its
 * offset.  */
static size_t begun(const void *list, size_t n, size_t size, uint64_t off)
{
	size_t from = 0;

	/* Ends: each turn halves what is left.  */
	while (from < n) {
		size_t mid = from + (n - from) / 2;
		const void *p = (const char *)list + mid * size;

		if (*(const uint64_t *)p <= off)
			from = mid + 1;
		else
			n = mid;
	}
	return from;
}

bool bitlocker_maps_is_plain(const struct bitlocker_maps *m, uint64_t off)
{
	size_t i = begun(m->regions, m->n_regions, sizeof(*m->regions), off);
	const struct bitlocker_region *r = &m->regions[i - 1];

	return i > 0 && off - r->offset < r->size &&
	       !bit_at(r, (off - r->offset) / m->chunk_bytes);
}

uint64_t bitlocker_maps_until(const struct bitlocker_maps *m, uint64_t off)
{
	size_t i = begun(m->regions, m->n_regions, sizeof(*m->regions), off);
	uint64_t next = i < m->n_regions ? m->regions[i].offset : UINT64_MAX;
	const struct bitlocker_region *r = &m->regions[i - 1];
	uint64_t chunk, end;
	bool bit;

	if (i == 0 || off - r->offset >= r->size)
		return next;
	chunk = (off - r->offset) / m->chunk_bytes;
	bit = bit_at(r, chunk);
	end = r->size;
	for (int n = 0; n < MAX_RUN_CHUNKS && bit_at(r, chunk) == bit; n++)
		chunk++;
	if (chunk < end / m->chunk_bytes)
		end = chunk * m->chunk_bytes;
	return r->offset + end < next ? r->offset + end : next;
}

bool bitlocker_maps_own(const struct bitlocker_maps *m, uint64_t off)
{
	size_t i = begun(m->own, m->n_own, sizeof(*m->own), off);

	return i > 0 && off < m->own[i - 1].end;
}
