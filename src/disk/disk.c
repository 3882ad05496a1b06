#include "disk/disk.h"

#include <inttypes.h>

#include "base/count.h"
#include "disk/boot_sector.h"
#include "disk/findings.h"
#include "disk/layout.h"
#include "format/ldm.h"
#include "format/partition_type.h"
#include "format/vhd.h"

/* Windows begins partitions at multiples of a mebibyte.  So many of these are
 * looked at before a disk is called blank, and as many places all over it.  */
#define PARTITION_ALIGNMENT (1u << 20)
#define PROBES 512
#define PROBE_BYTES 4096

#define DEFAULT_SECTOR_BYTES 512

/* The descriptor of a CD-ROM file system lies in its 17th sector of 2048
 * bytes; its name in the second byte.  */
#define ISO9660_NAME_OFFSET (16 * 2048 + 1)

static const struct place mbr_place = { 0, MBR_BYTES, "mbr" };

/* What sector 0 is.  */
struct first_sector {
	struct span bytes;	/* empty if it cannot be read */
	bool has_mbr;
	struct mbr mbr;
	bool is_volume;
	struct boot_sector boot;	/* of a volume */
	uint64_t boot_offset;	/* where it was found */
};

/*
 * A raw image may be that of a fixed VHD, with its footer.  It is no part of
 * the disk: a GPT's backup lies before it.
 */
static void cut_vhd_footer(struct layout *l)
{
	uint64_t off = l->size - VHD_FOOTER_BYTES, end;
	struct vhd_footer footer;
	struct span s;

	if (l->size <= VHD_FOOTER_BYTES ||
	    layout_bytes(l, off, VHD_FOOTER_BYTES, &s, NULL) < 0 ||
	    vhd_footer_parse(s, &footer, NULL) < 0 || footer.bad_checksum ||
	    footer.type != VHD_FIXED)
		return;
	end = footer.current_size < off ? footer.current_size : off;
	layout_report(l, &FINDING_VHD_FOOTER,
		      (struct place){ off, VHD_FOOTER_BYTES, "vhd footer" },
		      "The last 512 bytes of the image are the footer of a "
		      "fixed VHD of %" PRIu64 " bytes; the disk is taken to "
		      "end at byte %" PRIu64 ".", footer.current_size, end);
	if (end > 0)
		l->size = end;
}

/* True if @s is the backup boot sector of an NTFS volume as large as the disk.
 */
static bool is_backup_of_whole_disk(struct layout *l, struct span s,
				    struct boot_sector *ret)
{
	return boot_sector_parse(s, ret, NULL) == 0 &&
	       ret->kind == FS_NTFS &&
	       (ret->total_sectors + 1) * ret->bytes_per_sector == l->size &&
	       s.at + ret->bytes_per_sector == l->size;
}

static bool find_backup(struct layout *l, struct first_sector *f)
{
	static const uint32_t sizes[] = { 512, 4096 };
	struct boot_sector b;
	struct span s;

	for (int i = 0; i < 2; i++)
		if (l->size > sizes[i] &&
		    layout_bytes(l, l->size - sizes[i], BOOT_SECTOR_BYTES, &s,
				 NULL) == 0 &&
		    is_backup_of_whole_disk(l, s, &b)) {
			f->is_volume = true;
			f->boot = b;
			f->boot_offset = s.at;
			return true;
		}
	return false;
}

/* Code stands where an MBR has its table, and some of it can look like entries:
 * the sector is a volume's first one, although it is damaged, where it says so
 * itself or has a backup at the end of the disk.  */
static void check_damaged_volume(struct layout *l, struct first_sector *f)
{
	struct boot_sector b = { 0 };
	int r = boot_sector_parse(f->bytes, &b, NULL);

	if (!f->has_mbr || f->is_volume ||
	    mbr_is_plausible(&f->mbr, l->size / DEFAULT_SECTOR_BYTES))
		return;
	if (!find_backup(l, f) && r < 0 && r != ERR_MAGIC) {
		f->is_volume = true;
		f->boot = (struct boot_sector){ .kind = b.kind };
	}
	if (f->is_volume)
		f->has_mbr = false;
}

/* A volume without partition table need not show in sector 0.  */
static void find_volume_elsewhere(struct layout *l, struct first_sector *f)
{
	struct span s;

	if (find_backup(l, f))
		return;
	if (layout_bytes(l, ISO9660_NAME_OFFSET, 5, &s, NULL) < 0 ||
	    !span_has(s, 0, "CD001", 5))
		return;
	f->is_volume = true;
	f->boot_offset = ISO9660_NAME_OFFSET - 1;
	f->boot = (struct boot_sector){ .kind = FS_ISO9660 };
}

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

static void read_first_sector(struct layout *l, struct first_sector *ret)
{
	struct first_sector f = { 0 };
	struct err e;

	if (layout_bytes(l, 0, l->size < MBR_BYTES ? l->size : MBR_BYTES,
			 &f.bytes, &e) < 0) {
		layout_report_err(l, &FINDING_DISK_UNREADABLE, mbr_place,
				  "sector 0", &e);
		*ret = f;
		return;
	}
	f.has_mbr = mbr_parse(f.bytes, &f.mbr, NULL) == 0 &&
		    !mbr_is_garbage(&f.mbr);
	f.is_volume = boot_sector_parse(f.bytes, &f.boot, NULL) == 0;
	/* Some boot loaders keep a FAT boot sector's fields in the MBR.  What a
	 * boot sector holds where an MBR has its table is code or text.  */
	if (f.is_volume && f.has_mbr && !mbr_is_empty(&f.mbr) &&
	    mbr_is_plausible(&f.mbr, l->size / DEFAULT_SECTOR_BYTES)) {
		layout_report(l, &FINDING_SECTOR_0_AMBIGUOUS, mbr_place,
			      "Sector 0 could be the boot sector of a volume "
			      "and holds a partition table; it is taken for "
			      "the MBR.");
		f.is_volume = false;
	}
	if (f.is_volume)
		f.has_mbr = false;
	check_damaged_volume(l, &f);
	if (!f.has_mbr && !f.is_volume && mbr_unmarked(l, f.bytes, 0, &f.mbr)) {
		layout_report(l, &FINDING_MBR_UNMARKED, mbr_place,
			      "The MBR does not end in 55 aa, so that Windows "
			      "would not have read it; its entries lead to a "
			      "volume and are used.");
		f.has_mbr = true;
	}
	*ret = f;
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
	uint32_t says = DEFAULT_SECTOR_BYTES;
	bool found = true;

	l->sector = 512;
	if (votes_for(l, mbr, 512, &says) == 0) {
		l->sector = 4096;
		found = votes_for(l, mbr, 4096, &says) > 0;
	}
	if (!found)
		l->sector = DEFAULT_SECTOR_BYTES;
	else if (says != l->sector)
		layout_report(l, &FINDING_SECTOR_SIZE, mbr_place,
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
	layout_report(l, &FINDING_SECTOR_SIZE, mbr_place,
		      "The sector size is given as %" PRIu32 ", but only if "
		      "it is %" PRIu32 " %s; %" PRIu32 " is used.", given,
		      other, what, other);
	return other;
}

/* A size that was given holds against all but a GPT header, whose checksum and
 * own LBA say where it belongs, and a table that leads nowhere with it.  */
static enum sector_size_basis decide_sector_size(struct layout *l,
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

/*
 * IOCTL_STORAGE_GET_DEVICE_NUMBER counts the entries that are in use from 1, in
 * the order of the table, the Microsoft reserved partition among them.
 * Win32_DiskPartition.Index counts from 0 and leaves that one out.
 */
static void number_partitions(struct partition_list *list, bool gpt)
{
	int wmi_index = 0;

	for (size_t i = 0; i < list->n; i++) {
		struct partition *p = &list->list[i];

		p->number = (unsigned)i + 1;
		p->wmi_index =
			gpt && guid_equal(&p->type_guid,
					  &GPT_TYPE_MICROSOFT_RESERVED) ?
				-1 : wmi_index++;
	}
}

static void unnumber(struct partition_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		list->list[i].wmi_index = -1;
}

static void give(struct disk *disk, const struct partition_list *list)
{
	disk->partitions = list->list;
	disk->n_partitions = list->n;
}

static void give_others(struct disk *disk, struct partition_list *list)
{
	unnumber(list);
	disk->others = list->list;
	disk->n_others = list->n;
}

static void report_dynamic(struct layout *l, struct disk *disk)
{
	for (size_t i = 0; i < disk->n_partitions; i++) {
		const struct partition *p = &disk->partitions[i];

		disk->ldm |= disk->scheme == SCHEME_MBR ?
			p->mbr_type == MBR_TYPE_LDM :
			guid_equal(&p->type_guid, &GPT_TYPE_LDM_METADATA) ||
			guid_equal(&p->type_guid, &GPT_TYPE_LDM_DATA);
	}
	if (disk->ldm)
		layout_report(l, &FINDING_DYNAMIC_DISK,
			      (struct place){ 0, MBR_BYTES, "mbr" },
			      "This is a dynamic disk (LDM): its volumes may "
			      "lie over several disks, and are listed apart "
			      "from its partitions.");
}

static void report_overlay(struct layout *l, const struct mbr *mbr)
{
	uint8_t type = mbr->entry[0].type;

	if (type != MBR_TYPE_EZ_DRIVE && type != MBR_TYPE_ONTRACK)
		return;
	layout_report(l, &FINDING_MBR_OVERLAY,
		      (struct place){ MBR_ENTRY_OFFSET(0), MBR_ENTRY_BYTES,
				      "mbr entry" },
		      "The disk was set up by %s, which keeps the partition "
		      "table in LBA %d; only the MBR's own is read.",
		      type == MBR_TYPE_EZ_DRIVE ? "EZ-Drive" :
						  "OnTrack Disk Manager",
		      type == MBR_TYPE_EZ_DRIVE ? 1 : 63);
}

/* Whether an extended partition is an instance of Win32_DiskPartition, and so
 * takes an index, no source says for certain.  Here it does not.  */
static void report_wmi_index(struct layout *l, const struct mbr *mbr)
{
	for (unsigned i = 0; i < MBR_ENTRIES; i++)
		if (mbr_is_container(mbr->entry[i].type)) {
			layout_report(l, &FINDING_WMI_INDEX,
				      (struct place){ MBR_ENTRY_OFFSET(i),
						      MBR_ENTRY_BYTES,
						      "mbr entry" },
				      "The WMI indexes are given as if "
				      "Win32_DiskPartition did not list the "
				      "extended partition; if it does, those "
				      "behind it differ.");
			return;
		}
}

static int use_mbr(struct layout *l, const struct first_sector *f,
		   struct disk *disk, struct err *reterr)
{
	struct partition_list list = { 0 };
	int r = mbr_layout_read(l, &f->mbr, &list, reterr);

	if (r < 0)
		return r;
	layout_check_ranges(l, &list);
	number_partitions(&list, false);
	disk->scheme = SCHEME_MBR;
	give(disk, &list);
	source_cite(l->source, 0, MBR_BYTES, "mbr", l->arena, &disk->cites);
	report_overlay(l, &f->mbr);
	report_wmi_index(l, &f->mbr);
	report_dynamic(l, disk);
	return 0;
}

/* The partitions of an MBR beside its protective entry.  */
static int other_mbr_partitions(struct layout *l, const struct mbr *mbr,
				struct disk *disk, struct err *reterr)
{
	struct partition_list list = { 0 };
	struct mbr rest = *mbr;
	int r;

	for (int i = 0; i < MBR_ENTRIES; i++)
		if (rest.entry[i].type == MBR_TYPE_GPT_PROTECTIVE)
			rest.entry[i].type = MBR_TYPE_EMPTY;
	r = mbr_layout_read(l, &rest, &list, reterr);
	if (r == 0)
		give_others(disk, &list);
	return r;
}

static void check_protective_mbr(struct layout *l,
				 const struct first_sector *f)
{
	const struct mbr_entry *ee =
		f->has_mbr ? mbr_find(&f->mbr, MBR_TYPE_GPT_PROTECTIVE) : NULL;

	if (f->has_mbr && mbr_is_empty(&f->mbr))
		layout_report(l, &FINDING_GPT_PROTECTIVE_MBR, mbr_place,
			      "The MBR's table is empty: Windows would have "
			      "shown no partition. The GPT is read.");
	else if (ee == NULL)
		layout_report(l, &FINDING_GPT_PROTECTIVE_MBR, mbr_place,
			      "The disk has a GPT, but no protective MBR: "
			      "Windows would not have read the GPT.");
	else if (ee->first_lba != 1)
		layout_report(l, &FINDING_GPT_PROTECTIVE_MBR, mbr_place,
			      "The protective entry of the MBR begins at LBA %"
			      PRIu32 ", not at LBA 1.", ee->first_lba);
}

/*
 * Windows, depending on its version, may take the MBR of a hybrid disk; but the
 * GPT is what was meant to rule it, so its partitions are the numbered ones.
 */
static void report_hybrid(struct layout *l, const struct disk *disk)
{
	if (disk->n_others == 0)
		return;
	layout_report(l, &FINDING_GPT_HYBRID, mbr_place,
		      "The MBR holds %zu %s beside the protective entry (a "
		      "hybrid MBR); the partitions are numbered as the GPT "
		      "has them.", disk->n_others,
		      count_word(disk->n_others, "partition", "partitions"));
}

static int use_gpt(struct layout *l, const struct first_sector *f,
		   const struct gpt_layout *g, const struct gpt_copy *copy,
		   struct disk *disk, struct err *reterr)
{
	struct partition_list list = { 0 };
	int r;

	gpt_layout_check(l, g);
	check_protective_mbr(l, f);
	r = gpt_layout_read(l, copy, &list, reterr);
	if (r < 0)
		return r;
	layout_check_ranges(l, &list);
	number_partitions(&list, true);
	disk->scheme = SCHEME_GPT;
	disk->guid = copy->header.disk_guid;
	disk->from_backup = copy == &g->backup ||
			    (copy == &g->entries && copy->lba != 2);
	give(disk, &list);
	if (copy->headless)
		source_cite(l->source, copy->array.at, copy->array.n,
			    "gpt entries", l->arena, &disk->cites);
	else
		source_cite(l->source, copy->header.at, GPT_HEADER_BYTES,
			    "gpt header", l->arena, &disk->cites);
	if (f->has_mbr)
		r = other_mbr_partitions(l, &f->mbr, disk, reterr);
	report_hybrid(l, disk);
	report_dynamic(l, disk);
	return r;
}

static bool is_own_array(const struct gpt_copy *c,
			 const struct gpt_copy *entries)
{
	return c->found && c->array.at == entries->array.at &&
	       c->array.n == entries->array.n && c->array.n > 0;
}

/* The copy to read where none is valid: one whose entries make sense, or are
 * there at all.  */
static const struct gpt_copy *best_effort(const struct gpt_layout *g)
{
	if (g->entries.found)
		return is_own_array(&g->primary, &g->entries) ? &g->primary :
		       is_own_array(&g->backup, &g->entries) ? &g->backup :
							       &g->entries;
	if (g->primary.found && g->primary.array.n > 0)
		return &g->primary;
	if (g->backup.found && g->backup.array.n > 0)
		return &g->backup;
	return NULL;
}

/* The protective entry is a partition then as any other, as for systems that do
 * not know GPT.  */
static int lose_gpt(struct layout *l, const struct first_sector *f,
		    const struct gpt_layout *g, struct disk *disk,
		    struct err *reterr)
{
	if (g->primary.found || g->backup.found)
		gpt_layout_check(l, g);
	if (!f->has_mbr)
		return 0;
	layout_report(l, &FINDING_GPT_LOST, mbr_place,
		      "The MBR says that the disk has a GPT, but neither of "
		      "its copies can be read.");
	for (int i = 0; i < MBR_ENTRIES; i++)
		if (f->mbr.entry[i].type != MBR_TYPE_EMPTY &&
		    f->mbr.entry[i].type != MBR_TYPE_GPT_PROTECTIVE)
			return use_mbr(l, f, disk, reterr);
	return 0;
}

/* The MBR says that there is a GPT, or there is no MBR.  */
static int read_gpt_disk(struct layout *l, const struct first_sector *f,
			 const struct gpt_layout *g, struct disk *disk,
			 struct err *reterr)
{
	const struct gpt_copy *copy = g->use != NULL ? g->use : best_effort(g);

	if (copy == &g->entries)
		gpt_entries_report(l, g);
	else if (g->use == NULL && copy != NULL)
		layout_report(l, &FINDING_GPT_UNTRUSTED,
			      (struct place){ copy->header.at,
					      GPT_HEADER_BYTES, "gpt header" },
			      "No copy of the GPT is valid; the partitions are "
			      "what the damaged %s says.", copy->name);
	if (copy != NULL)
		return use_gpt(l, f, g, copy, disk, reterr);
	return lose_gpt(l, f, g, disk, reterr);
}

/* A GPT that the MBR, or a volume in sector 0, has made void.  */
static int read_leftover(struct layout *l, const struct gpt_layout *g,
			 struct disk *disk, struct err *reterr)
{
	struct partition_list list = { 0 };
	char text[GUID_TEXT_CHARS + 1];
	int r;

	if (g->use == NULL)
		return 0;
	r = gpt_layout_read(l, g->use, &list, reterr);
	if (r < 0)
		return r;
	give_others(disk, &list);
	layout_report(l, &FINDING_GPT_LEFTOVER,
		      (struct place){ g->use->header.at, GPT_HEADER_BYTES,
				      "gpt header" },
		      "The disk still holds a GPT (disk GUID %s) with %zu %s, "
		      "which %s has replaced.",
		      guid_text(&g->use->header.disk_guid, text), list.n,
		      count_word(list.n, "partition", "partitions"),
		      disk->scheme == SCHEME_MBR ? "the MBR" :
						   "a volume in sector 0");
	return 0;
}

/* Windows shows such a disk as partition 0; in WMI it has an instance of
 * Win32_DiskPartition with index 0.  */
static int use_volume(struct layout *l, const struct first_sector *f,
		      struct disk *disk, struct err *reterr)
{
	struct partition_list list = { 0 };
	struct partition p = { .length = l->size };
	struct place boot = { f->boot_offset, BOOT_SECTOR_BYTES,
			      "boot sector" };

	if (!layout_push(l, &list, &p, boot))
		return err_set(reterr, ERR_NOMEM, 0, "disk", 0, 0);
	give(disk, &list);
	return 0;
}

static bool is_blank_at(const struct layout *l, uint64_t off)
{
	uint8_t buf[PROBE_BYTES];
	size_t n = sizeof(buf);

	if (off >= l->size)
		return true;
	if (n > l->size - off)
		n = (size_t)(l->size - off);
	return source_read(l->source, off, buf, n, NULL) == 0 &&
	       span_is_zero((struct span){ buf, n, off });
}

/* A disk whose table was wiped has zeros at both ends as well, up to the first
 * partition: so look where partitions begin, and all over it.  */
static bool is_blank_behind(const struct layout *l, struct span head)
{
	uint64_t step = l->size / PROBES / PROBE_BYTES * PROBE_BYTES;

	if (!span_is_zero(head) || !span_is_zero(l->tail))
		return false;
	for (uint64_t i = head.p == l->head.p ? 0 : 1; i < PROBES; i++)
		if (!is_blank_at(l, i * PARTITION_ALIGNMENT) ||
		    (i * step > 0 && !is_blank_at(l, i * step)))
			return false;
	return true;
}

static void report_no_table(struct layout *l)
{
	if (is_blank_behind(l, l->head))
		layout_report(l, &FINDING_BLANK, mbr_place,
			      "The disk has no partition table and seems to be "
			      "blank: there are zeros at its start, at its end "
			      "and in %d places between.", 2 * PROBES);
	else
		layout_report(l, &FINDING_NO_TABLE, mbr_place,
			      "The disk is not blank, but has neither a "
			      "partition table nor, in sector 0, a volume that "
			      "Windows knows.");
}

/* An MBR whose table was wiped looks like that of a disk that was never
 * partitioned.  */
static void report_empty_table(struct layout *l)
{
	struct span rest = l->head;

	if (rest.n > MBR_BYTES)
		span_sub(rest, MBR_BYTES, rest.n - MBR_BYTES, &rest);
	if (!is_blank_behind(l, rest))
		layout_report(l, &FINDING_NO_TABLE, mbr_place,
			      "The disk is not blank, but the partition table "
			      "of its MBR is empty.");
}

static int read_tables(struct layout *l, struct first_sector *f,
		       struct disk *disk, struct err *reterr)
{
	struct gpt_layout g;
	int r = gpt_layout_find(l, f->has_mbr ? &f->mbr : NULL, &g, reterr);
	bool gpt_rules = f->has_mbr ?
		mbr_find(&f->mbr, MBR_TYPE_GPT_PROTECTIVE) != NULL :
		!f->is_volume;

	if (r < 0)
		return r;
	/* An MBR without any partition has lost the entry that protects.  */
	if (f->has_mbr && mbr_is_empty(&f->mbr) && g.use != NULL)
		gpt_rules = true;
	if (gpt_rules)
		r = read_gpt_disk(l, f, &g, disk, reterr);
	if (r < 0 || disk->scheme != SCHEME_NONE)
		return r;
	if (!f->has_mbr && !f->is_volume)
		find_volume_elsewhere(l, f);
	if (f->is_volume)
		r = use_volume(l, f, disk, reterr);
	else if (f->has_mbr && !gpt_rules)
		r = use_mbr(l, f, disk, reterr);
	if (r == 0 && disk->scheme == SCHEME_MBR && mbr_is_empty(&f->mbr))
		report_empty_table(l);
	if (r == 0 && !gpt_rules)
		r = read_leftover(l, &g, disk, reterr);
	if (r == 0 && !f->has_mbr && !f->is_volume)
		report_no_table(l);
	return r;
}

int disk_read(struct source *s, struct arena *a, struct diag_list *d,
	      struct disk *ret, struct err *reterr)
{
	struct layout l = { .source = s, .arena = a, .diags = d,
			    .size = s->size, .sector = DEFAULT_SECTOR_BYTES };
	struct disk disk = { .source = s };
	struct first_sector f;
	int r = layout_open(&l, reterr);

	if (r < 0)
		return r;
	cut_vhd_footer(&l);
	read_first_sector(&l, &f);
	disk.sector_size_basis = decide_sector_size(&l, &f);
	disk.sector_size = l.sector;
	disk.size = l.size;
	disk.has_signature = f.has_mbr;
	disk.signature = f.has_mbr ? f.mbr.disk_signature : 0;
	r = read_tables(&l, &f, &disk, reterr);
	if (r < 0)
		return r;
	if (disk.cites.n == 0)
		source_cite(s, 0, l.size < MBR_BYTES ? l.size : MBR_BYTES,
			    "first sector", a, &disk.cites);
	*ret = disk;
	return 0;
}

const char *partition_type_name(const struct disk *disk,
				const struct partition *p)
{
	if (disk->scheme == SCHEME_NONE)
		return "Whole disk";
	return guid_is_zero(&p->type_guid) ? mbr_type_name(p->mbr_type) :
					     gpt_type_name(&p->type_guid);
}

bool partition_is_storage_spaces(const struct disk *disk,
				 const struct partition *p)
{
	return disk->scheme == SCHEME_GPT ?
	       guid_equal(&p->type_guid, &GPT_TYPE_STORAGE_SPACES) :
	       p->mbr_type == MBR_TYPE_STORAGE_SPACES;
}

bool partition_is_mountable(const struct disk *disk,
			    const struct partition *p)
{
	static const uint8_t types[] = {
		0x01, 0x04, 0x06, 0x07, 0x0b, 0x0c, 0x0e, 0x27,
	};

	if (disk->scheme == SCHEME_GPT)
		return guid_equal(&p->type_guid, &GPT_TYPE_BASIC_DATA);
	for (size_t i = 0; i < sizeof(types); i++)
		if (disk->scheme == SCHEME_MBR && p->mbr_type == types[i])
			return true;
	return false;
}
