/*
 * gpt_layout.c - the partitions of a GPT, out of the copy that can be trusted
 *
 * The backup lies in the last sector of a disk; but an image may be cut, the
 * disk may have been cloned to a larger one, and a container may have rounded
 * up its size to whole cylinders.  So it is looked for where the primary says,
 * in the last sector, where the protective MBR ends, and near the end of the
 * disk.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "disk/findings.h"
#include "disk/layout.h"
#include "format/partition_type.h"

/* VHD rounds up to whole cylinders of at most 16 heads of 255 sectors of 512
 * bytes; what is scanned for a backup has to be a little more.  */
#define DEEP_SCAN_BYTES (16u * 255 * 512 + LAYOUT_END_BYTES)

static struct place header_place(const struct layout *l,
				 const struct gpt_copy *c)
{
	return (struct place){ c->lba * l->sector, GPT_HEADER_BYTES,
			       "gpt header" };
}

static struct gpt_place place_of(const struct layout *l, uint64_t lba)
{
	return (struct gpt_place){ lba, l->size / l->sector, l->sector };
}

static bool passes(const struct gpt_header *h, struct gpt_place at,
		   enum gpt_check from, enum gpt_check to)
{
	for (enum gpt_check i = from; i < to; i++)
		if (gpt_header_check(h, i, at, NULL) < 0)
			return false;
	return true;
}

static bool header_at(struct span s, uint64_t off, uint32_t sector,
		      struct gpt_header *ret)
{
	struct span bytes;

	return off >= s.at && span_sub(s, off - s.at, sector, &bytes) &&
	       gpt_header_parse(bytes, ret, NULL) == 0;
}

bool gpt_is_at(struct layout *l, uint32_t sector)
{
	struct gpt_header h;
	struct gpt_place at = { 1, l->size / sector, sector };

	return header_at(l->head, sector, sector, &h) &&
	       passes(&h, at, GPT_CHECK_SIZE, GPT_CHECK_ENTRY_BYTES);
}

/* The last header in @s that says itself where it lies.  */
static uint32_t scan_for_hint(struct layout *l, struct span s)
{
	static const uint32_t sizes[] = { 512, 4096 };
	struct gpt_header h;

	for (uint64_t end = s.at + s.n; end >= s.at + 512; end -= 512)
		for (int i = 0; i < 2; i++) {
			uint64_t off = end - 512;
			struct gpt_place at = { off / sizes[i],
						l->size / sizes[i], sizes[i] };

			if (off % sizes[i] != 0 || at.lba < 2 ||
			    !header_at(s, off, sizes[i], &h) ||
			    !passes(&h, at, GPT_CHECK_SIZE,
				    GPT_CHECK_ENTRY_BYTES))
				continue;
			l->has_backup_hint = true;
			l->backup_hint = at.lba;
			return sizes[i];
		}
	return 0;
}

/* Sectors are counted from the start of the disk: a tail that does not begin at
 * one is cut.  */
static struct span whole_sectors(struct span s)
{
	size_t odd = (512 - s.at % 512) % 512;

	if (odd > s.n)
		return (struct span){ 0 };
	return (struct span){ s.p + odd, (s.n - odd) / 512 * 512, s.at + odd };
}

uint32_t gpt_find_hint(struct layout *l, bool deep)
{
	uint32_t found;
	uint64_t n = l->size < DEEP_SCAN_BYTES ? l->size : DEEP_SCAN_BYTES;
	struct span s = l->tail.n > 0 ? l->tail : l->head;
	uint8_t *p;

	if (s.at + s.n > l->size)
		s.n = l->size > s.at ? (size_t)(l->size - s.at) : 0;
	found = scan_for_hint(l, whole_sectors(s));
	if (found != 0 || !deep || n <= LAYOUT_END_BYTES)
		return found;
	p = arena_malloc(l->arena, (size_t)n);
	if (p == NULL)
		return 0;
	s = (struct span){ p, (size_t)n, l->size - n };
	if (source_read(l->source, s.at, p, s.n, NULL) == 0)
		found = scan_for_hint(l, whole_sectors(s));
	free(p);
	return found;
}

int gpt_read_array(struct layout *l, struct gpt_copy *c, struct err *reterr)
{
	uint64_t n = gpt_array_bytes(&c->header), off;
	struct err e;
	int r;

	if (!checked_mul(c->header.entries_lba, l->sector, &off) ||
	    off >= l->size)
		return 0;
	if (n > l->size - off)
		n = l->size - off;
	r = layout_bytes(l, off, n, &c->array, &e);
	return r == ERR_NOMEM ? err_set(reterr, r, off, e.what, n, 0) : 0;
}

static bool array_is_valid(const struct gpt_copy *c)
{
	return c->array.n == gpt_array_bytes(&c->header) &&
	       gpt_array_check(&c->header, c->array, NULL) == 0;
}

static int read_copy(struct layout *l, uint64_t lba, struct gpt_copy *c,
		     struct err *reterr)
{
	struct span sector;
	uint64_t off;
	struct err e;
	int r;

	c->lba = lba;
	if (!checked_mul(lba, l->sector, &off))
		return 0;
	r = layout_bytes(l, off, l->sector, &sector, &e);
	if (r == ERR_NOMEM)
		return err_set(reterr, r, off, e.what, l->sector, 0);
	if (r < 0 || gpt_header_parse(sector, &c->header, NULL) < 0)
		return 0;
	c->found = true;
	c->header_valid = passes(&c->header, place_of(l, lba), GPT_CHECK_SIZE,
				 GPT_CHECK_TRUSTED);
	if (!passes(&c->header, place_of(l, lba), GPT_CHECK_ENTRY_BYTES,
		    GPT_CHECK_TRUSTED))
		return 0;
	r = gpt_read_array(l, c, reterr);
	c->valid = c->header_valid && r == 0 && array_is_valid(c);
	return r;
}

/* Try one more place for the backup; the first valid one is kept, else the
 * first that was found at all.  */
static int try_backup(struct layout *l, uint64_t lba, struct gpt_layout *g,
		      struct err *reterr)
{
	struct gpt_copy c = { .name = "backup GPT" };
	int r;

	if (lba < 2 || g->backup.valid ||
	    (g->backup.found && g->backup.lba == lba))
		return 0;
	r = read_copy(l, lba, &c, reterr);
	if (r == 0 && c.found && (c.valid || !g->backup.found))
		g->backup = c;
	return r;
}

static int find_backup(struct layout *l, const struct mbr *mbr,
		       struct gpt_layout *g, struct err *reterr)
{
	const struct mbr_entry *ee =
		mbr == NULL ? NULL : mbr_find(mbr, MBR_TYPE_GPT_PROTECTIVE);
	uint64_t last = l->size / l->sector;
	int r = 0;

	if (g->primary.header_valid)
		r = try_backup(l, g->primary.header.alternate_lba, g, reterr);
	if (r == 0 && last > 0)
		r = try_backup(l, last - 1, g, reterr);
	if (r == 0 && l->has_backup_hint)
		r = try_backup(l, l->backup_hint, g, reterr);
	if (r == 0 && ee != NULL)
		r = try_backup(l, (uint64_t)ee->first_lba + ee->sectors - 1, g,
			       reterr);
	return r;
}

int gpt_layout_find(struct layout *l, const struct mbr *mbr,
		    struct gpt_layout *ret, struct err *reterr)
{
	struct gpt_layout g = {
		.primary = { .name = "primary GPT" },
		.backup = { .name = "backup GPT" },
	};
	int r = read_copy(l, 1, &g.primary, reterr);

	if (r == 0)
		r = find_backup(l, mbr, &g, reterr);
	if (r < 0)
		return r;
	*ret = g;
	if (ret->primary.valid)
		ret->use = &ret->primary;
	else if (ret->backup.valid)
		ret->use = &ret->backup;
	if (ret->use != NULL)
		return 0;
	return gpt_entries_find(l, ret, mbr != NULL &&
				mbr_find(mbr, MBR_TYPE_GPT_PROTECTIVE) != NULL,
				reterr);
}

static void check_copy(struct layout *l, const struct gpt_copy *c)
{
	struct err e;

	if (!c->found)
		return;
	for (enum gpt_check i = GPT_CHECK_SIZE; i < GPT_CHECKS; i++)
		if (gpt_header_check(&c->header, i, place_of(l, c->lba), &e) <
		    0)
			layout_report_err(l, i < GPT_CHECK_TRUSTED ?
						     &FINDING_GPT_DAMAGED :
						     &FINDING_GPT_ODD,
					  header_place(l, c), c->name, &e);
	if (c->array.n != gpt_array_bytes(&c->header))
		layout_report(l, &FINDING_GPT_DAMAGED, header_place(l, c),
			      "%s: of the entries' %" PRIu64 " bytes in LBA %"
			      PRIu64 " only %zu can be read.", c->name,
			      gpt_array_bytes(&c->header),
			      c->header.entries_lba, c->array.n);
	else if (gpt_array_check(&c->header, c->array, &e) < 0)
		layout_report_err(l, &FINDING_GPT_DAMAGED,
				  (struct place){ c->array.at, c->array.n,
						  "gpt entries" },
				  c->name, &e);
}

static void differ(struct layout *l, const struct gpt_layout *g,
		   const char *what, uint64_t primary, uint64_t backup)
{
	struct diag *d;

	if (primary == backup)
		return;
	d = diag_add(l->diags, &FINDING_GPT_COPIES_DIFFER,
		     "The copies of the GPT differ in %s: 0x%" PRIx64 " in the "
		     "primary, 0x%" PRIx64 " in the backup; the %s is used.",
		     what, primary, backup,
		     g->use == &g->backup ? "backup" : "primary");
	if (d == NULL)
		return;
	source_cite(l->source, g->primary.header.at, GPT_HEADER_BYTES,
		    "gpt header", l->arena, &d->cites);
	source_cite(l->source, g->backup.header.at, GPT_HEADER_BYTES,
		    "gpt header", l->arena, &d->cites);
}

static void compare(struct layout *l, const struct gpt_layout *g)
{
	const struct gpt_header *p = &g->primary.header;
	const struct gpt_header *b = &g->backup.header;

	differ(l, g, "the LBA of the backup", p->alternate_lba, g->backup.lba);
	differ(l, g, "the LBA of the primary", g->primary.lba,
	       b->alternate_lba);
	differ(l, g, "the first usable LBA", p->first_usable_lba,
	       b->first_usable_lba);
	differ(l, g, "the last usable LBA", p->last_usable_lba,
	       b->last_usable_lba);
	differ(l, g, "the number of entries", p->entry_count, b->entry_count);
	differ(l, g, "the size of an entry", p->entry_bytes, b->entry_bytes);
	differ(l, g, "the checksum of the entries", p->entries_crc,
	       b->entries_crc);
	if (!guid_equal(&p->disk_guid, &b->disk_guid)) {
		char pt[GUID_TEXT_CHARS + 1], bt[GUID_TEXT_CHARS + 1];

		layout_report(l, &FINDING_GPT_COPIES_DIFFER,
			      header_place(l, &g->backup),
			      "The backup of the GPT belongs to another disk: "
			      "its disk GUID is %s, not %s.",
			      guid_text(&b->disk_guid, bt),
			      guid_text(&p->disk_guid, pt));
	}
}

static void check_backup_place(struct layout *l, const struct gpt_layout *g)
{
	uint64_t last = l->size / l->sector - 1;
	struct place where = header_place(l, g->backup.found ? &g->backup :
							       &g->primary);

	if (g->backup.found && g->backup.lba != last)
		layout_report(l, &FINDING_GPT_BACKUP, where,
			      "The backup of the GPT lies in LBA %" PRIu64
			      ", not in the last LBA of the disk, %" PRIu64
			      ": the disk or its image has grown since it "
			      "was partitioned.", g->backup.lba, last);
	else if (!g->backup.found && g->primary.header.alternate_lba > last)
		layout_report(l, &FINDING_GPT_BACKUP, where,
			      "The backup of the GPT should lie in LBA %" PRIu64
			      ", but the last LBA of the disk is %" PRIu64 ": "
			      "the image is cut short, or its sector size is "
			      "wrong.",
			      g->primary.header.alternate_lba, last);
	else if (!g->backup.found)
		layout_report(l, &FINDING_GPT_BACKUP, where,
			      "No backup of the GPT is in LBA %" PRIu64
			      ", nor near the end of the disk.",
			      g->primary.header.alternate_lba);
}

void gpt_layout_check(struct layout *l, const struct gpt_layout *g)
{
	check_copy(l, &g->primary);
	check_copy(l, &g->backup);
	if (!g->primary.found && !g->backup.found) {
		layout_report(l, &FINDING_GPT_DAMAGED, (struct place){
			      l->sector, l->sector, "gpt header" },
			      "Neither header of the GPT is there, in LBA 1 or "
			      "at the end of the disk.");
		return;
	}
	if (!g->primary.found)
		layout_report(l, &FINDING_GPT_DAMAGED, (struct place){
			      l->sector, l->sector, "gpt header" },
			      "The primary header of the GPT is not there; the "
			      "backup in LBA %" PRIu64 " is.", g->backup.lba);
	check_backup_place(l, g);
	if (g->primary.header_valid && g->backup.header_valid)
		compare(l, g);
}

static void odd_entry(struct layout *l, struct place where, size_t slot,
		      const struct gpt_entry *e, const char *why)
{
	layout_report(l, &FINDING_GPT_ENTRY, where,
		      "Entry %zu of the GPT, from LBA %" PRIu64 " to LBA %"
		      PRIu64 ", %s.", slot, e->first_lba, e->last_lba, why);
}

/* A range that cannot be one is listed with length 0: it has a number, but
 * nothing can lie in it.  */
static void set_range(struct layout *l, const struct gpt_copy *c,
		      struct place where, size_t slot,
		      const struct gpt_entry *e, struct partition *p)
{
	uint64_t sectors = e->last_lba - e->first_lba, end;

	if (e->first_lba > e->last_lba ||
	    !checked_add(e->last_lba, 1, &end) ||
	    !checked_mul(end, l->sector, &end)) {
		odd_entry(l, where, slot, e, "cannot be a range of sectors");
		return;
	}
	p->offset = e->first_lba * l->sector;
	p->length = (sectors + 1) * l->sector;
	if (e->first_lba < c->header.first_usable_lba ||
	    e->last_lba > c->header.last_usable_lba)
		odd_entry(l, where, slot, e,
			  "lies outside the range of usable LBAs");
}

static int push_slot(struct layout *l, const struct gpt_copy *c, size_t slot,
		     struct span bytes, struct partition_list *ret,
		     struct err *reterr)
{
	struct place where = { bytes.at, GPT_MIN_ENTRY_BYTES, "gpt entry" };
	struct table_slot s = { .at = bytes.at, .partition = ret->n };
	struct partition p = { 0 };
	struct gpt_entry e;
	int r = gpt_entry_parse(bytes, &e, reterr);

	if (r < 0)
		return r;
	if (guid_is_zero(&e.type))
		return 0;
	p.type_guid = e.type;
	p.guid = e.guid;
	p.attributes = e.attributes;
	if (e.name.n > 0)
		p.name = text_from_utf16(l->arena, e.name);
	set_range(l, c, where, slot, &e, &p);
	span_sub(bytes, GPT_NAME_OFFSET, GPT_NAME_BYTES, &s.name);
	if ((e.name.n > 0 && p.name.utf8 == NULL) ||
	    !layout_push_slot(l, ret, &s) || !layout_push(l, ret, &p, where))
		return err_set(reterr, ERR_NOMEM, bytes.at, "GPT entry", 0, 0);
	return 0;
}

static int by_guid(const void *a, const void *b)
{
	const struct partition *p = *(const struct partition *const *)a;
	const struct partition *q = *(const struct partition *const *)b;
	int order = memcmp(p->guid.b, q->guid.b, sizeof(p->guid.b));

	/* equal GUIDs: a fixed order, so that reports do not change */
	return order != 0 ? order : p < q ? -1 : p > q;
}

static void check_duplicates(struct layout *l,
			     const struct partition_list *list)
{
	const struct partition **sorted =
		arena_alloc(l->arena, (list->n + 1) * sizeof(*sorted));

	if (sorted == NULL)
		return;
	for (size_t i = 0; i < list->n; i++)
		sorted[i] = &list->list[i];
	qsort(sorted, list->n, sizeof(*sorted), by_guid);
	for (size_t i = 1; i < list->n; i++) {
		char text[GUID_TEXT_CHARS + 1];
		struct diag *d;

		if (!guid_equal(&sorted[i - 1]->guid, &sorted[i]->guid))
			continue;
		d = diag_add(l->diags, &FINDING_GPT_ENTRY,
			     "The partitions at byte %" PRIu64 " and %" PRIu64
			     " have the same GUID, %s.", sorted[i - 1]->offset,
			     sorted[i]->offset,
			     guid_text(&sorted[i]->guid, text));
		if (d == NULL)
			continue;
		cites_join(l->arena, &d->cites, &sorted[i - 1]->cites);
		cites_join(l->arena, &d->cites, &sorted[i]->cites);
	}
}

int gpt_layout_read(struct layout *l, const struct gpt_copy *copy,
		    struct partition_list *ret, struct err *reterr)
{
	struct span entry;

	for (size_t slot = 0;
	     span_sub(copy->array, (uint64_t)slot * copy->header.entry_bytes,
		      copy->header.entry_bytes, &entry);
	     slot++) {
		int r = push_slot(l, copy, slot, entry, ret, reterr);

		if (r < 0)
			return r;
	}
	check_duplicates(l, ret);
	return 0;
}
