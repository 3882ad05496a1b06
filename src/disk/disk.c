#include "disk/disk.h"

#include <inttypes.h>

#include "base/checked.h"
#include "base/count.h"
#include "disk/findings.h"
#include "disk/first_sector.h"
#include "disk/foreign.h"
#include "disk/gpt_front.h"
#include "format/drive_layout.h"
#include "format/iso9660.h"
#include "format/mbr.h"
#include "format/partition_type.h"
#include "format/udf.h"

/* Windows begins partitions at multiples of a mebibyte.  So many of these are
 * looked at before a disk is called blank, and as many places all over it.  */
#define PARTITION_ALIGNMENT (1u << 20)
#define PROBES 512
#define PROBE_BYTES 4096

/* Win32_DiskPartition has the extended partition, and no logical drives, which
 * it takes for parts of that: on live hosts they all have its DeviceID, as
 * their owners tell (github.com/oshi/oshi, issues 411 and 1305).  */
static void index_mbr(struct partition_list *list)
{
	int index = 0, extended = -1;

	for (size_t i = 0; i < list->n_slots && i < MBR_ENTRIES; i++) {
		struct table_slot *s = &list->slots[i];

		if (s->partition != SIZE_MAX) {
			list->list[s->partition].wmi_index = index++;
		} else if (mbr_is_container(s->mbr_type)) {
			s->wmi_index = index++;
			if (extended < 0)
				extended = s->wmi_index;
		}
	}
	for (size_t i = 0; i < list->n; i++)
		if (list->list[i].logical)
			list->list[i].wmi_index = extended;
}

static void index_gpt(struct partition_list *list)
{
	int index = 0;

	for (size_t i = 0; i < list->n; i++)
		list->list[i].wmi_index =
			guid_equal(&list->list[i].type_guid,
				   &GPT_TYPE_MICROSOFT_RESERVED) ?
			-1 : index++;
}

/*
 * IOCTL_STORAGE_GET_DEVICE_NUMBER counts the entries that are in use from 1, in
 * the order of the table, the Microsoft reserved partition among them.
 * Win32_DiskPartition.Index counts from 0 and leaves that one out.
 */
static void number_partitions(struct partition_list *list, bool gpt)
{
	for (size_t i = 0; i < list->n; i++)
		list->list[i].number = (unsigned)i + 1;
	if (gpt)
		index_gpt(list);
	else
		index_mbr(list);
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
	disk->slots = list->slots;
	disk->n_slots = list->n_slots;
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
			      "span several disks, and are listed apart from "
			      "its partitions.");
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
		      "table in LBA %d; only the table in the MBR itself is "
		      "read.",
		      type == MBR_TYPE_EZ_DRIVE ? "EZ-Drive" :
						  "OnTrack Disk Manager",
		      type == MBR_TYPE_EZ_DRIVE ? 1 : 63);
}

/* In which order the extended partition is counted, no source says.  */
static void report_wmi_index(struct layout *l, const struct mbr *mbr)
{
	for (unsigned i = 0; i < MBR_ENTRIES; i++)
		if (mbr_is_container(mbr->entry[i].type)) {
			layout_report(l, &FINDING_WMI_INDEX,
				      (struct place){ MBR_ENTRY_OFFSET(i),
						      MBR_ENTRY_BYTES,
						      "mbr entry" },
				      "Win32_DiskPartition lists the extended "
				      "partition, with its logical drives as "
				      "parts of it. That its Index counts "
				      "entries in the order of the table is "
				      "not documented.");
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
	disk->untold_offset = list.untold_offset;
	disk->untold_length = list.untold_length;
	give(disk, &list);
	source_cite(l->source, 0, MBR_BYTES, "mbr", l->arena, &disk->cites);
	report_overlay(l, &f->mbr);
	report_wmi_index(l, &f->mbr);
	report_dynamic(l, disk);
	return 0;
}

static bool is_numbered(const struct disk *disk, const struct partition *p)
{
	for (size_t i = 0; i < disk->n_partitions; i++)
		if (disk->partitions[i].offset == p->offset &&
		    disk->partitions[i].length == p->length)
			return true;
	return false;
}

/* Those that the GPT has as well were looked at.  */
static void check_others(struct layout *l, const struct disk *disk,
			 const struct partition_list *list)
{
	struct partition_list alone = { 0 };

	alone.list = arena_alloc(l->arena,
				 (list->n + 1) * sizeof(*alone.list));
	for (size_t i = 0; alone.list != NULL && i < list->n; i++)
		if (!is_numbered(disk, &list->list[i]))
			alone.list[alone.n++] = list->list[i];
	layout_check_ranges(l, &alone);
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
	if (r < 0)
		return r;
	check_others(l, disk, &list);
	give_others(disk, &list);
	return 0;
}

static void check_protective_mbr(struct layout *l,
				 const struct first_sector *f)
{
	const struct mbr_entry *ee =
		f->has_mbr ? mbr_find(&f->mbr, MBR_TYPE_GPT_PROTECTIVE) : NULL;

	if (f->has_mbr && mbr_is_empty(&f->mbr))
		layout_report(l, &FINDING_GPT_PROTECTIVE_MBR, layout_mbr,
			      "The MBR's table is empty: Windows would have "
			      "shown no partition. The GPT is read.");
	else if (ee == NULL)
		layout_report(l, &FINDING_GPT_PROTECTIVE_MBR, layout_mbr,
			      "The disk has a GPT, but no protective MBR: "
			      "Windows would not have read the GPT.");
	else if (ee->first_lba != 1)
		layout_report(l, &FINDING_GPT_PROTECTIVE_MBR, layout_mbr,
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
	layout_report(l, &FINDING_GPT_HYBRID, layout_mbr,
		      "The MBR holds %zu %s beside the protective entry (a "
		      "hybrid MBR); the partitions are numbered as in the GPT.",
		      disk->n_others,
		      count_word(disk->n_others, "partition", "partitions"));
}

/* What the header says that no partition does.  */
static void take_gpt_header(const struct layout *l, const struct gpt_copy *c,
			    struct disk *disk)
{
	uint64_t first = c->header.first_usable_lba;
	uint64_t last = c->header.last_usable_lba, end;

	disk->guid = c->header.disk_guid;
	disk->entries_offset = c->array.at;
	disk->entries_length = c->array.n;
	if (c->headless)
		return;
	disk->max_partitions = c->header.entry_count;
	if (first > last || !checked_add(last, 1, &end) ||
	    !checked_mul(end, l->sector, &end))
		return;
	disk->usable_offset = first * l->sector;
	disk->usable_length = end - disk->usable_offset;
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
	take_gpt_header(l, copy, disk);
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
	layout_report(l, &FINDING_GPT_LOST, layout_mbr,
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
			      "those of the damaged %s.", copy->name);
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

/* What shows that the disk is one volume.  */
static struct place place_of_volume(const struct first_sector *f)
{
	switch (f->boot.kind) {
	case FS_UDF:
		return (struct place){ f->boot_offset, UDF_VSD_NAME_BYTES,
				       "UDF recognition descriptor" };
	case FS_ISO9660:
		return (struct place){ f->boot_offset,
				       ISO9660_DESCRIPTOR_BYTES,
				       "volume descriptor" };
	default:
		return (struct place){ f->boot_offset, BOOT_SECTOR_BYTES,
				       "boot sector" };
	}
}

/* Windows shows such a disk as partition 0; in WMI it has an instance of
 * Win32_DiskPartition with index 0.  */
static int use_volume(struct layout *l, const struct first_sector *f,
		      struct disk *disk, struct err *reterr)
{
	struct partition_list list = { 0 };
	struct partition p = { .length = l->size };

	if (!layout_push(l, &list, &p, place_of_volume(f)))
		return err_set(reterr, ERR_NOMEM, 0, "disk", 0, 0);
	give(disk, &list);
	disk->doubtful_disc = f->doubtful_disc;
	/* a backup of the boot sector, which was looked for later */
	if (disk->sector_size_basis == SECTOR_SIZE_ASSUMED &&
	    f->boot.bytes_per_sector >= 512) {
		disk->sector_size = f->boot.bytes_per_sector;
		disk->sector_size_basis = SECTOR_SIZE_VOLUME;
	}
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
 * partition: so look where partitions begin, and all over it; and behind its
 * first bytes, where some file systems of Linux have all that they have at the
 * start.  */
static bool is_blank_behind(const struct layout *l, struct span head)
{
	uint64_t step = l->size / PROBES / PROBE_BYTES * PROBE_BYTES;

	if (!span_is_zero(head) || !span_is_zero(l->tail) ||
	    !is_blank_at(l, LAYOUT_END_BYTES))
		return false;
	for (uint64_t i = head.p == l->head.p ? 0 : 1; i < PROBES; i++)
		if (!is_blank_at(l, i * PARTITION_ALIGNMENT) ||
		    (i * step > 0 && !is_blank_at(l, i * step)))
			return false;
	return true;
}

/* Whether a volume of Windows begins where the first partition does: signatures
 * of what a disk was before stay in the gap before that, and say nothing of a
 * disk whose table was lost.  */
static bool has_first_partition(struct layout *l)
{
	static const uint64_t places[] = { 63 * 512, PARTITION_ALIGNMENT };
	struct boot_sector b;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (boot_sector_read(l->source, places[i], &b, NULL) == 0)
			return true;
	return false;
}

static void report_no_table(struct layout *l)
{
	struct foreign f;

	if (is_blank_behind(l, l->head))
		layout_report(l, &FINDING_BLANK, layout_mbr,
			      "The disk has no partition table and seems to be "
			      "blank: there are zeros at its start, at its end "
			      "and in %d places between.", 2 * PROBES);
	else if (!has_first_partition(l) &&
		 foreign_find(l->source, l->arena, &f))
		layout_report(l, &FINDING_FOREIGN, f.n == 0 ? layout_mbr :
			      (struct place){ f.at, f.n, "signature" },
			      "The disk has no partition table: it begins with "
			      "%s, which Windows does not recognise.", f.name);
	else
		layout_report(l, &FINDING_NO_TABLE, layout_mbr,
			      "The disk is not blank, but has neither a "
			      "partition table nor, in sector 0, a volume that "
			      "Windows recognises.");
}

/* An MBR whose table was wiped looks like that of a disk that was never
 * partitioned.  */
static void report_empty_table(struct layout *l)
{
	struct span rest = l->head;

	if (rest.n > MBR_BYTES)
		span_sub(rest, MBR_BYTES, rest.n - MBR_BYTES, &rest);
	if (!is_blank_behind(l, rest))
		layout_report(l, &FINDING_NO_TABLE, layout_mbr,
			      "The disk is not blank, but the partition table "
			      "of its MBR is empty.");
}

static int read_found_tables(struct layout *l, struct first_sector *f,
			     const struct gpt_layout *g, struct disk *disk,
			     struct err *reterr)
{
	int r = 0;
	bool gpt_rules = f->has_mbr ?
		mbr_find(&f->mbr, MBR_TYPE_GPT_PROTECTIVE) != NULL :
		!f->is_volume;

	/* An MBR without any partition has lost the entry that protects.  */
	if (f->has_mbr && mbr_is_empty(&f->mbr) && g->use != NULL)
		gpt_rules = true;
	if (gpt_rules)
		r = read_gpt_disk(l, f, g, disk, reterr);
	if (r < 0 || disk->scheme != SCHEME_NONE)
		return r;
	if (!f->has_mbr && !f->is_volume)
		first_sector_look_elsewhere(l, f);
	else if (f->has_mbr && mbr_is_empty(&f->mbr) && !disk->signature)
		first_sector_look_behind(l, f);
	disk->has_signature = f->has_mbr;
	if (f->is_volume)
		r = use_volume(l, f, disk, reterr);
	else if (f->has_mbr && !gpt_rules)
		r = use_mbr(l, f, disk, reterr);
	if (r == 0 && disk->scheme == SCHEME_MBR && mbr_is_empty(&f->mbr))
		report_empty_table(l);
	if (r == 0 && !gpt_rules)
		r = read_leftover(l, g, disk, reterr);
	if (r == 0 && !f->has_mbr && !f->is_volume)
		report_no_table(l);
	return r;
}

static int read_tables(struct layout *l, struct first_sector *f,
		       struct disk *disk, struct err *reterr)
{
	struct gpt_layout g;
	int r = gpt_layout_find(l, f->has_mbr ? &f->mbr : NULL, &g, reterr);

	if (r == 0)
		r = read_found_tables(l, f, &g, disk, reterr);
	if (r == 0 && g.use == NULL)
		gpt_front_check(l, disk->scheme == SCHEME_GPT);
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
	layout_cut_vhd_footer(&l);
	first_sector_read(&l, &f);
	disk.sector_size_basis = layout_decide_sector_size(&l, &f);
	disk.sector_size = l.sector;
	disk.size = l.size;
	disk.marked = f.bytes.n == MBR_BYTES && f.bytes.p[510] == 0x55 &&
		      f.bytes.p[511] == 0xaa;
	drive_layout_checksum(f.bytes, &disk.layout_checksum);
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
