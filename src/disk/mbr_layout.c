/*
 * mbr_layout.c - the partitions of an MBR and of its chain of EBRs
 *
 * An extended partition holds a chain of logical drives.  Each has an EBR
 * before it: a sector like the MBR, with an entry for the drive, whose first
 * LBA counts from this EBR, and an entry that links to the next EBR, whose
 * first LBA counts from the start of the extended partition.
 *
 * Sources: ReactOS, ntoskrnl/fstub/disksup.c and drivers/storage/partmgr;
 * Linux, block/partitions/msdos.c.
 */
#include <inttypes.h>
#include <string.h>

#include "disk/boot_sector.h"
#include "disk/findings.h"
#include "disk/layout.h"

/* Windows has 24 letters for logical drives, and no known tool makes more than
 * a few dozen.  */
#define MAX_EBRS 256

static struct place entry_place(uint64_t sector_off, unsigned i,
				const char *structure)
{
	return (struct place){ sector_off + MBR_ENTRY_OFFSET(i),
			       MBR_ENTRY_BYTES, structure };
}

static bool entry_is_plausible(const struct mbr_entry *e, uint64_t disk_sectors)
{
	return (e->status == 0 || e->status == 0x80) && e->first_lba != 0 &&
	       e->first_lba < disk_sectors && e->sectors != 0;
}

bool mbr_is_plausible(const struct mbr *mbr, uint64_t disk_sectors)
{
	for (int i = 0; i < MBR_ENTRIES; i++)
		if (mbr->entry[i].type != MBR_TYPE_EMPTY &&
		    !entry_is_plausible(&mbr->entry[i], disk_sectors))
			return false;
	return true;
}

bool mbr_is_garbage(const struct mbr *mbr)
{
	int used = 0;

	for (int i = 0; i < MBR_ENTRIES; i++) {
		if (mbr->entry[i].type == MBR_TYPE_EMPTY)
			continue;
		used++;
		if (mbr->entry[i].status == 0 || mbr->entry[i].status == 0x80)
			return false;
	}
	return used > 0;
}

bool mbr_is_empty(const struct mbr *mbr)
{
	for (int i = 0; i < MBR_ENTRIES; i++)
		if (mbr->entry[i].type != MBR_TYPE_EMPTY)
			return false;
	return true;
}

/* Whether an entry of the table in LBA @lba leads to a volume.  */
static bool leads_to_volume(struct layout *l, const struct mbr *mbr,
			    uint64_t lba, uint32_t sector)
{
	for (int i = 0; i < MBR_ENTRIES; i++) {
		const struct mbr_entry *e = &mbr->entry[i];
		struct boot_sector boot;
		struct span s;

		if (e->type != MBR_TYPE_EMPTY && !mbr_is_container(e->type) &&
		    e->first_lba != 0 &&
		    layout_bytes(l, (lba + e->first_lba) * sector,
				 BOOT_SECTOR_BYTES, &s, NULL) == 0 &&
		    boot_sector_parse(s, &boot, NULL) == 0)
			return true;
	}
	return false;
}

bool mbr_unmarked(struct layout *l, struct span sector, uint64_t lba,
		  struct mbr *ret)
{
	static const uint32_t sizes[] = { 512, 4096 };
	uint8_t copy[MBR_BYTES];
	struct mbr mbr;

	if (sector.n < sizeof(copy))
		return false;
	memcpy(copy, sector.p, sizeof(copy));
	memcpy(copy + MBR_BYTES - 2, "\x55\xaa", 2);
	if (mbr_parse((struct span){ copy, sizeof(copy), sector.at }, &mbr,
		      NULL) < 0 || mbr_is_empty(&mbr) ||
	    !mbr_is_plausible(&mbr, l->size / sizes[0]))
		return false;
	for (int i = 0; i < 2; i++)
		if ((lba == 0 || sizes[i] == l->sector) &&
		    leads_to_volume(l, &mbr, lba, sizes[i])) {
			*ret = mbr;
			return true;
		}
	return false;
}

const struct mbr_entry *mbr_find(const struct mbr *mbr, uint8_t type)
{
	for (int i = 0; i < MBR_ENTRIES; i++)
		if (mbr->entry[i].type == type)
			return &mbr->entry[i];
	return NULL;
}

static void check_entry(struct layout *l, const struct mbr_entry *e,
			struct place where)
{
	if (e->status != 0 && e->status != 0x80)
		layout_report(l, &FINDING_MBR_ENTRY, where,
			      "The %s at byte %" PRIu64 " has status 0x%02x; "
			      "only 0x00 and 0x80 are valid.",
			      where.structure, where.off, e->status);
	if (e->sectors == 0)
		layout_report(l, &FINDING_MBR_ENTRY, where,
			      "The %s at byte %" PRIu64 " has type 0x%02x, but "
			      "a length of 0.", where.structure, where.off,
			      e->type);
}

/* The slot in which @e stands; of a partition, the next that is pushed.  */
static bool push_slot(struct layout *l, const struct mbr_entry *e,
		      uint64_t base_lba, struct place where,
		      struct partition_list *ret)
{
	struct table_slot s = { .at = where.off, .partition = SIZE_MAX };

	if (e->type != MBR_TYPE_EMPTY) {
		s.mbr_type = e->type;
		s.active = (e->status & 0x80) != 0;
		s.first_lba = e->first_lba;
		s.offset = (base_lba + e->first_lba) * l->sector;
		s.length = (uint64_t)e->sectors * l->sector;
		if (!mbr_is_container(e->type))
			s.partition = ret->n;
	}
	return layout_push_slot(l, ret, &s);
}

static bool push_entry(struct layout *l, const struct mbr_entry *e,
		       uint64_t base_lba, struct place where,
		       struct partition_list *ret)
{
	struct partition p = {
		.offset = (base_lba + e->first_lba) * l->sector,
		.length = (uint64_t)e->sectors * l->sector,
		.logical = base_lba != 0,
		.active = (e->status & 0x80) != 0,
		.mbr_type = e->type,
	};

	check_entry(l, e, where);
	return layout_push(l, ret, &p, where);
}

struct chain {
	uint64_t first, sectors;	/* of the extended partition, in LBAs */
	uint64_t seen[MAX_EBRS];	/* LBAs of the EBRs so far */
	unsigned n;
};

static void stop(struct layout *l, struct place where, uint64_t lba,
		 const char *why)
{
	layout_report(l, &FINDING_EBR_STOP, where,
		      "The chain of logical drives ends before the EBR in LBA "
		      "%" PRIu64 ": %s.", lba, why);
}

/* True if the chain may go on at @lba, to which the entry at @link leads.  */
static bool may_follow(struct layout *l, const struct chain *c, uint64_t lba,
		       struct place link)
{
	if (c->n == MAX_EBRS) {
		stop(l, link, lba, "it already has 256 links, the most that "
				   "are followed");
		return false;
	}
	for (unsigned i = 0; i < c->n; i++)
		if (c->seen[i] == lba) {
			stop(l, link, lba, "it leads back to an earlier EBR");
			return false;
		}
	if (lba < c->first || lba - c->first >= c->sectors) {
		stop(l, link, lba, "it lies outside the extended partition");
		return false;
	}
	if (c->n > 0 && lba < c->seen[c->n - 1])
		layout_report(l, &FINDING_EBR_ODD, link,
			      "The chain of logical drives goes back from LBA "
			      "%" PRIu64 " to LBA %" PRIu64 ".",
			      c->seen[c->n - 1], lba);
	return true;
}

static void check_logical(struct layout *l, const struct chain *c,
			  uint64_t ebr_lba, const struct mbr_entry *e,
			  struct place where)
{
	uint64_t end = ebr_lba + e->first_lba + e->sectors;

	if (end > c->first + c->sectors)
		layout_report(l, &FINDING_EBR_ODD, where,
			      "The logical drive ends before LBA %" PRIu64
			      ", the extended partition around it before LBA "
			      "%" PRIu64 ".", end, c->first + c->sectors);
}

/* The drives of one EBR; and the entry of its link, or -1 at the end of the
 * chain.  Drives in other entries than the first are listed, as by ReactOS.  */
static int read_ebr(struct layout *l, const struct chain *c, uint64_t lba,
		    const struct mbr *ebr, struct partition_list *ret,
		    int *ret_link, struct err *reterr)
{
	uint64_t off = lba * l->sector;
	unsigned drives = 0;
	int link = -1;

	for (unsigned i = 0; i < MBR_ENTRIES; i++) {
		const struct mbr_entry *e = &ebr->entry[i];
		struct place where = entry_place(off, i, "ebr entry");
		uint64_t base = mbr_is_container(e->type) ? c->first : lba;

		if (!push_slot(l, e, base, where, ret))
			return err_set(reterr, ERR_NOMEM, where.off, "EBR", 0,
				       0);
		if (e->type == MBR_TYPE_EMPTY)
			continue;
		if (mbr_is_container(e->type)) {
			if (link >= 0)
				layout_report(l, &FINDING_EBR_ODD, where,
					      "The EBR in LBA %" PRIu64 " has "
					      "two links; only the first is "
					      "followed.", lba);
			else
				link = (int)i;
			continue;
		}
		if (++drives > 1 || i > 1)
			layout_report(l, &FINDING_EBR_ODD, where,
				      "Entry %u of the EBR in LBA %" PRIu64
				      " holds a partition, where Windows "
				      "writes none.", i, lba);
		check_logical(l, c, lba, e, where);
		if (!push_entry(l, e, lba, where, ret))
			return err_set(reterr, ERR_NOMEM, where.off, "EBR", 0,
				       0);
	}
	*ret_link = link;
	return 0;
}

/* Ends: the chain never comes back to an EBR, and has at most MAX_EBRS.  */
static int read_chain(struct layout *l, const struct mbr_entry *container,
		      struct place link_place, struct partition_list *ret,
		      struct err *reterr)
{
	struct chain c = { .first = container->first_lba,
			   .sectors = container->sectors };
	uint64_t lba = c.first;

	while (may_follow(l, &c, lba, link_place)) {
		struct span sector;
		struct mbr ebr;
		struct err e;
		int link = -1, r;

		c.seen[c.n++] = lba;
		r = layout_bytes(l, lba * l->sector, MBR_BYTES, &sector, &e);
		if (r == 0)
			r = mbr_parse(sector, &ebr, &e);
		if (r == ERR_MAGIC && mbr_unmarked(l, sector, lba, &ebr)) {
			layout_report(l, &FINDING_MBR_UNMARKED,
				      (struct place){ sector.at, MBR_BYTES,
						      "ebr" },
				      "The EBR in LBA %" PRIu64 " does not end "
				      "in 55 aa, but leads to a volume; it is "
				      "used.", lba);
			r = 0;
		}
		if (r == ERR_NOMEM)
			return err_set(reterr, r, e.at, e.what, 0, 0);
		if (r < 0) {
			layout_report_err(l, &FINDING_EBR_STOP, link_place,
					  "EBR", &e);
			ret->untold_offset = c.first * l->sector;
			ret->untold_length = c.sectors * l->sector;
			return 0;
		}
		r = read_ebr(l, &c, lba, &ebr, ret, &link, reterr);
		if (r < 0 || link < 0)
			return r;
		link_place = entry_place(lba * l->sector, (unsigned)link,
					 "ebr entry");
		lba = c.first + ebr.entry[link].first_lba;
	}
	return 0;
}

static void check_active(struct layout *l, const struct mbr *mbr)
{
	int active = 0;

	for (int i = 0; i < MBR_ENTRIES; i++)
		if (mbr->entry[i].type != MBR_TYPE_EMPTY &&
		    mbr->entry[i].status == 0x80)
			active++;
	if (active > 1)
		layout_report(l, &FINDING_MBR_ENTRY,
			      (struct place){ MBR_ENTRY_OFFSET(0),
					      MBR_ENTRIES * MBR_ENTRY_BYTES,
					      "mbr entries" },
			      "%d partitions are marked active; Windows "
			      "starts from the first.", active);
}

int mbr_layout_read(struct layout *l, const struct mbr *mbr,
		    struct partition_list *ret, struct err *reterr)
{
	const struct mbr_entry *container = NULL;
	struct place container_place = { 0 };

	check_active(l, mbr);
	for (unsigned i = 0; i < MBR_ENTRIES; i++) {
		const struct mbr_entry *e = &mbr->entry[i];
		struct place where = entry_place(0, i, "mbr entry");

		if (!push_slot(l, e, 0, where, ret))
			return err_set(reterr, ERR_NOMEM, where.off, "MBR", 0,
				       0);
		if (e->type == MBR_TYPE_EMPTY)
			continue;
		if (!mbr_is_container(e->type)) {
			if (!push_entry(l, e, 0, where, ret))
				return err_set(reterr, ERR_NOMEM, where.off,
					       "MBR", 0, 0);
		} else if (container == NULL) {
			check_entry(l, e, where);
			container = e;
			container_place = where;
		} else {
			layout_report(l, &FINDING_EBR_STOP, where,
				      "The MBR has two extended partitions; "
				      "like Windows, only the first one is "
				      "read.");
		}
	}
	if (container == NULL)
		return 0;
	return read_chain(l, container, container_place, ret, reterr);
}
