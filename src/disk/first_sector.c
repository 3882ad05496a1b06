/*
 * first_sector.c - what sector 0 of a disk is
 */
#include "disk/first_sector.h"

#include <inttypes.h>

#include "disk/fat_backup.h"
#include "disk/findings.h"
#include "disk/first_partition.h"
#include "disk/foreign.h"
#include "disk/iso9660_files.h"
#include "disk/iso9660_volume.h"
#include "disk/udf_volume.h"
#include "format/iso9660.h"
#include "format/vhd.h"

const struct place layout_mbr = { 0, MBR_BYTES, "mbr" };

void layout_cut_vhd_footer(struct layout *l)
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

/* How many sectors the volume has with its backup, which NTFS does not count;
 * 0: of no volume whose backup is its last sector.  */
static uint64_t sectors_with_backup(const struct boot_sector *b)
{
	if (b->kind == FS_REFS)
		return b->refs.checksum == b->refs.checksum_computed ?
			       b->total_sectors : 0;
	return b->kind == FS_NTFS ? b->total_sectors + 1 : 0;
}

/* True if @s is the backup boot sector of a volume of NTFS or ReFS as large as
 * the disk.  */
static bool is_backup_of_whole_disk(struct layout *l, struct span s,
				    struct boot_sector *ret)
{
	return boot_sector_parse(s, ret, NULL) == 0 &&
	       sectors_with_backup(ret) * ret->bytes_per_sector == l->size &&
	       s.at + ret->bytes_per_sector == l->size;
}

static bool find_backup_at_end(struct layout *l, struct first_sector *f)
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

static bool find_backup(struct layout *l, struct first_sector *f)
{
	if (find_backup_at_end(l, f))
		return true;
	if (!fat_backup_of_disk(l->source, l->size, l->arena, &f->boot,
				&f->boot_offset))
		return false;
	f->is_volume = true;
	return true;
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
	if (!find_backup_at_end(l, f) && r < 0 && r != ERR_MAGIC) {
		f->is_volume = true;
		f->boot = (struct boot_sector){ .kind = b.kind };
	}
	if (f->is_volume)
		f->has_mbr = false;
}

static const char *disc_name(const struct first_sector *f)
{
	return f->boot.kind == FS_UDF ? "UDF" : "CDFS";
}

/* Whether the volume at @at is a file of the disc, as its boot image is.  Discs
 * of UDF have an older side, too, where they can be booted.  */
static bool is_file_of_disc(struct layout *l, uint64_t at)
{
	struct boot_sector b;
	uint64_t bytes = BOOT_SECTOR_BYTES;

	if (boot_sector_read(l->source, at, &b, NULL) == 0 &&
	    b.total_sectors > 0)
		bytes = b.total_sectors * b.bytes_per_sector;
	return iso9660_file_begins(l->source, at, bytes);
}

static bool find_first_partition(struct layout *l, struct volume_identity *v,
				 uint64_t *ret_at)
{
	uint64_t from = 0;

	while (first_partition_find(l->source, from, false, l->arena, v,
				    ret_at)) {
		if (!is_file_of_disc(l, *ret_at))
			return true;
		from = *ret_at + 1;
	}
	return false;
}

/* The descriptors of a disc lie behind a table, and before the first partition,
 * so that partitioning leaves them there.  */
static void doubt_disc(struct layout *l, struct first_sector *f)
{
	const char *name = disc_name(f);
	struct volume_identity v;
	uint64_t at;

	f->doubtful_disc = find_first_partition(l, &v, &at);
	if (f->doubtful_disc)
		layout_report(l, &FINDING_DISC_LEFT_OVER,
			      (struct place){ at, BOOT_SECTOR_BYTES,
					      "first sector" },
			      "The disk is read as one volume of %s; but at "
			      "byte %" PRIu64 " of it, where a first partition "
			      "would begin, is one of %s. The descriptors of "
			      "%s may be left over from what was there before "
			      "a partition table that is lost.", name, at,
			      v.name, name);
}

static bool is_cdfs(struct layout *l)
{
	struct volume_identity v = { .kind = FS_UNKNOWN };
	struct foreign over;

	return iso9660_volume_identify(l->source, l->arena, &v) &&
	       !foreign_over_disc(l->source, l->arena, &over);
}

static void take_disc(struct first_sector *f, enum fs_kind kind, uint64_t at)
{
	f->is_volume = true;
	f->boot_offset = at;
	f->boot = (struct boot_sector){ .kind = kind };
}

/* Find a volume of which sector 0 does not tell.  */
static bool find_volume(struct layout *l, struct first_sector *f)
{
	uint64_t at;

	if (udf_volume_is_there(l->source, &at))
		take_disc(f, FS_UDF, at);
	else if (find_backup(l, f))
		return true;
	else if (is_cdfs(l))
		take_disc(f, FS_ISO9660, ISO9660_OFFSET);
	else
		return false;
	return true;
}

static bool is_disc(const struct first_sector *f)
{
	return f->boot.kind == FS_UDF || f->boot.kind == FS_ISO9660;
}

void first_sector_look_elsewhere(struct layout *l, struct first_sector *f)
{
	if (find_volume(l, f) && is_disc(f))
		doubt_disc(l, f);
}

void first_sector_look_behind(struct layout *l, struct first_sector *f)
{
	if (!find_volume(l, f))
		return;
	f->has_mbr = false;
	if (!is_disc(f))
		return;
	layout_report(l, &FINDING_SECTOR_0_AMBIGUOUS, layout_mbr,
		      "Sector 0 ends as an MBR does, but its table is empty "
		      "and it has no signature, and descriptors of %s follow "
		      "it; the disk is taken for one volume.",
		      disc_name(f));
	doubt_disc(l, f);
}

void first_sector_read(struct layout *l, struct first_sector *ret)
{
	struct first_sector f = { 0 };
	struct err e;

	if (layout_bytes(l, 0, l->size < MBR_BYTES ? l->size : MBR_BYTES,
			 &f.bytes, &e) < 0) {
		layout_report_err(l, &FINDING_DISK_UNREADABLE, layout_mbr,
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
		layout_report(l, &FINDING_SECTOR_0_AMBIGUOUS, layout_mbr,
			      "Sector 0 could be the boot sector of a volume "
			      "and holds a partition table; it is taken for "
			      "the MBR.");
		f.is_volume = false;
	}
	if (f.is_volume)
		f.has_mbr = false;
	check_damaged_volume(l, &f);
	if (!f.has_mbr && !f.is_volume && mbr_unmarked(l, f.bytes, 0, &f.mbr)) {
		layout_report(l, &FINDING_MBR_UNMARKED, layout_mbr,
			      "The MBR does not end in 55 aa, so that Windows "
			      "would not have read it; its entries lead to a "
			      "volume and are used.");
		f.has_mbr = true;
	}
	*ret = f;
}
