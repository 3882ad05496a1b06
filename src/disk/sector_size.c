/*
 * sector_size.c - how large the sectors of a disk are
 */
#include <inttypes.h>

#include "disk/findings.h"
#include "disk/first_sector.h"
#include "format/ldm.h"

/* Whether a private header of dynamic disks lies in its sector, if sectors have
 * this size, and says that they do.  */
static bool has_private_header(struct layout *l, uint32_t sector)
{
	struct ldm_privhead h;
	struct span s;

	return layout_bytes(l, (uint64_t)LDM_PRIVHEAD_LBA * sector,
			    LDM_BLOCK_BYTES, &s, NULL) == 0 &&
	       ldm_privhead_parse(s, &h, NULL) == 0 &&
	       h.sector_bytes == sector;
}

/* How many entries lead, with this sector size, to something that begins as it
 * should; and whether one of those says that its sectors have another size.  */
static int votes_for(struct layout *l, const struct mbr *mbr, uint32_t sector,
		     uint32_t *ret_says)
{
	int votes = 0;

	if (mbr_find(mbr, MBR_TYPE_LDM) != NULL &&
	    has_private_header(l, sector)) {
		*ret_says = sector;
		return 1;
	}
	for (int i = 0; i < MBR_ENTRIES; i++) {
		const struct mbr_entry *e = &mbr->entry[i];
		struct boot_sector boot;
		struct mbr ebr;
		struct span s;

		if (e->type == MBR_TYPE_EMPTY || e->first_lba == 0 ||
		    layout_bytes(l, (uint64_t)e->first_lba * sector,
				 BOOT_SECTOR_BYTES, &s, NULL) < 0)
			continue;
		if (mbr_is_container(e->type)) {
			votes += mbr_parse(s, &ebr, NULL) == 0;
		} else if (boot_sector_parse(s, &boot, NULL) == 0) {
			votes++;
			*ret_says = boot.bytes_per_sector;
		}
	}
	return votes;
}

static bool sector_size_of_mbr(struct layout *l, const struct mbr *mbr)
{
	uint32_t says = 0;	/* by a logical drive none is said */
	bool found = true;

	l->sector = 512;
	if (votes_for(l, mbr, 512, &says) == 0) {
		l->sector = 4096;
		found = votes_for(l, mbr, 4096, &says) > 0;
	}
	/* Of a disk that was dynamic before its table was changed.  */
	if (!found && has_private_header(l, 4096))
		return true;
	if (!found)
		l->sector = DEFAULT_SECTOR_BYTES;
	else if (says != 0 && says != l->sector)
		layout_report(l, &FINDING_SECTOR_SIZE, layout_mbr,
			      "The MBR leads to boot sectors if its sectors "
			      "have %" PRIu32 " bytes, but a volume there says "
			      "%" PRIu32 "; %" PRIu32 " is used.",
			      l->sector, says, l->sector);
	return found;
}

/* Whether the disk's partitions are those of a GPT, if it has one.  */
static bool gpt_may_rule(const struct first_sector *f)
{
	return !f->is_volume &&
	       (!f->has_mbr || mbr_is_empty(&f->mbr) ||
		mbr_find(&f->mbr, MBR_TYPE_GPT_PROTECTIVE) != NULL);
}

/* The size that a GPT tells by where it lies, or 0.  */
static uint32_t sector_size_of_gpt(struct layout *l,
				   const struct first_sector *f)
{
	bool small = gpt_is_at(l, 512), large = gpt_is_at(l, 4096);
	bool deep = gpt_may_rule(f);

	if (small && large)
		layout_report(l, &FINDING_SECTOR_SIZE,
			      (struct place){ 512, 4096, "gpt header" },
			      "Valid GPT headers lie at byte 512 and at byte "
			      "4096; sectors of 512 bytes are assumed.");
	if (small)
		return 512;
	if (large)
		return 4096;
	return gpt_find_hint(l, deep);
}

static void conflict_with_given(struct layout *l, uint32_t given,
				uint32_t gpt)
{
	layout_report(l, &FINDING_SECTOR_SIZE,
		      (struct place){ gpt, GPT_HEADER_BYTES, "gpt header" },
		      "The sector size is given as %" PRIu32 ", but a GPT "
		      "header with a good checksum lies where it would if it "
		      "were %" PRIu32 "; %" PRIu32 " is used.", given, gpt,
		      gpt);
}

/* A size with which the table leads nowhere, while with the other one it leads
 * to volumes, was given by mistake.  */
static uint32_t contradicted_size(struct layout *l,
				  const struct first_sector *f, uint32_t given)
{
	const uint32_t other = given == 512 ? 4096 : 512;
	const char *what = "there are entries of a GPT";
	uint32_t says;

	if (f->is_volume)
		return given;
	if (gpt_may_rule(f)) {
		if (gpt_entries_hint(l) != other)
			return given;
	} else {
		if (votes_for(l, &f->mbr, given, &says) > 0 ||
		    votes_for(l, &f->mbr, other, &says) == 0)
			return given;
		what = "the MBR leads to volumes";
	}
	layout_report(l, &FINDING_SECTOR_SIZE, layout_mbr,
		      "The sector size is given as %" PRIu32 ", but only if "
		      "it is %" PRIu32 " %s; %" PRIu32 " is used.", given,
		      other, what, other);
	return other;
}

enum sector_size_basis layout_decide_sector_size(struct layout *l,
						 const struct first_sector *f)
{
	uint32_t given = l->source->sector_size;
	uint32_t gpt = given != 0 && gpt_is_at(l, given) ?
			       given : sector_size_of_gpt(l, f);

	if (given != 0 && (gpt == 0 || gpt == given)) {
		l->sector = gpt == given ? given :
					   contradicted_size(l, f, given);
		return l->sector == given ? SECTOR_SIZE_GIVEN :
		       gpt_may_rule(f) ? SECTOR_SIZE_GPT : SECTOR_SIZE_VOLUME;
	}
	if (gpt != 0) {
		l->sector = gpt;
		if (given != 0)
			conflict_with_given(l, given, gpt);
		return SECTOR_SIZE_GPT;
	}
	if (f->is_volume && f->boot.bytes_per_sector >= 512) {
		l->sector = f->boot.bytes_per_sector;
		return SECTOR_SIZE_VOLUME;
	}
	if (gpt_may_rule(f) && (gpt = gpt_entries_hint(l)) != 0) {
		l->sector = gpt;
		return SECTOR_SIZE_GPT;
	}
	if (f->has_mbr && sector_size_of_mbr(l, &f->mbr))
		return SECTOR_SIZE_VOLUME;
	l->sector = DEFAULT_SECTOR_BYTES;
	return SECTOR_SIZE_ASSUMED;
}
