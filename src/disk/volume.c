#include "disk/volume.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/checked.h"
#include "disk/backup_serial.h"
#include "disk/boot_sector.h"
#include "disk/fat_backup.h"
#include "disk/fat_label.h"
#include "disk/findings.h"
#include "disk/foreign.h"
#include "disk/iso9660_volume.h"
#include "disk/lost_bitlocker.h"
#include "disk/lost_volumes.h"
#include "disk/refs_label.h"
#include "disk/udf_volume.h"
#include "format/iso9660.h"
#include "format/udf.h"

/* How much of a volume's end is searched for its backup boot sector: what
 * partitions are aligned to.  */
#define BACKUP_SEARCH_BYTES (1u << 20)

/* Where not all of it can be read at once, parts of this size are tried.  */
#define PART_BYTES (32u << 10)

struct reader {
	struct source *volume;
	struct arena *arena;
	struct diag_list *diags;
};

static void report_of(struct reader *r, const struct diag_kind *kind,
		      const char *structure, uint64_t off, uint64_t n,
		      const char *text)
{
	struct diag *d = diag_add(r->diags, kind, "%s",
				  text != NULL ? text : kind->title);

	if (d != NULL)
		source_cite(r->volume, off, n, structure, r->arena,
			    &d->cites);
}

static void report(struct reader *r, const struct diag_kind *kind,
		   uint64_t off, uint64_t n, const char *text)
{
	report_of(r, kind, "boot sector", off, n, text);
}

static void report_err(struct reader *r, const struct diag_kind *kind,
		       uint64_t off, uint64_t n, const struct err *e)
{
	char text[200];

	report(r, kind, off, n,
	       arena_printf(r->arena, "%s.",
			    err_text(e, text, sizeof(text))));
}

/* Of the boot sectors at @at: the first ones, or the backup.  */
static void check_exfat_sum(struct reader *r, const struct exfat_boot *b,
			    uint64_t at)
{
	size_t n = (size_t)EXFAT_BOOT_SECTORS * b->bytes_per_sector;
	uint8_t *buf = arena_malloc(r->arena, n);
	struct err e = { .code = ERR_NOMEM, .what = "boot sectors" };
	int err = buf == NULL ? ERR_NOMEM :
				source_read(r->volume, at, buf, n, &e);

	if (err == 0)
		err = exfat_boot_check((struct span){ buf, n, at },
				       b->bytes_per_sector, &e);
	if (err < 0)
		report_err(r, &FINDING_VOLUME_ODD, at, n, &e);
	free(buf);
}

static void set_serial(struct volume_identity *v, uint32_t serial)
{
	v->has_serial = true;
	v->serial = serial;
}

/* vol shows the low half.  */
static void set_serial64(struct volume_identity *v, uint64_t serial)
{
	v->has_serial64 = true;
	v->serial64 = serial;
	set_serial(v, (uint32_t)serial);
}

static void identify_ntfs(const struct ntfs_boot *b, struct volume_identity *v)
{
	v->name = "NTFS";
	v->cluster_size = b->cluster_bytes;
	v->capacity = ntfs_boot_capacity(b);
	v->first_sector = b->hidden_sectors;
	set_serial64(v, b->serial);
}

/* Windows goes by the boot sector; MS-DOS and Windows 95 to Me by the FAT.  The
 * backup of a boot sector is that of a volume that was in order.  */
static void compare_state(struct reader *r, const struct fat_boot *b,
			  uint64_t at)
{
	uint8_t start[FAT_STATE_BYTES];
	struct fat_state s;

	if (!b->has_serial || b->bits == 12 ||
	    source_read(r->volume, b->fat_offset, start, sizeof(start),
			NULL) < 0 ||
	    !fat_state_parse((struct span){ start, sizeof(start),
					    b->fat_offset }, b->bits, &s))
		return;
	if (at == 0 && s.dirty != b->dirty)
		report(r, &FINDING_VOLUME_FAT_STATE, b->fat_offset,
		       sizeof(start), s.dirty ?
		       "According to its FAT the volume was not cleanly "
		       "dismounted; according to its boot sector, which "
		       "Windows uses, it was." :
		       "According to its boot sector, which Windows uses, the "
		       "volume was not cleanly dismounted; according to its "
		       "FAT it was.");
	if (s.errors)
		report(r, &FINDING_VOLUME_FAT_STATE, b->fat_offset,
		       sizeof(start), "The FAT records that the disk could not "
		       "be read or written.");
}

static void identify_fat(struct reader *r, const struct fat_boot *b,
			 uint64_t at, struct volume_identity *v)
{
	v->name = b->bits == 12 ? "FAT12" : b->bits == 16 ? "FAT16" : "FAT32";
	v->cluster_size = b->cluster_bytes;
	v->capacity = (uint64_t)b->clusters * b->cluster_bytes;
	v->first_sector = b->hidden_sectors;
	v->has_dirty = b->has_serial && at == 0;
	v->dirty = v->has_dirty && b->dirty;
	if (b->has_serial)
		set_serial(v, b->serial);
	compare_state(r, b, at);
	fat_label_read(r->volume, b, r->arena, r->diags, v);
}

static void identify_exfat(struct reader *r, const struct exfat_boot *b,
			   uint64_t at, struct volume_identity *v)
{
	v->name = "exFAT";
	v->first_sector = b->first_sector;
	v->cluster_size = b->cluster_bytes;
	v->capacity = (uint64_t)b->clusters * b->cluster_bytes;
	set_serial(v, b->serial);
	v->has_dirty = at == 0;
	v->dirty = v->has_dirty && b->dirty;
	check_exfat_sum(r, b, at);
	exfat_label_read(r->volume, b, r->arena, r->diags, v);
}

static void check_refs_sum(struct reader *r, const struct refs_boot *b,
			   uint64_t at)
{
	struct err e;

	if (b->checksum == b->checksum_computed)
		return;
	err_set(&e, ERR_CHECKSUM, at, "ReFS boot sector", b->checksum_computed,
		b->checksum);
	report_err(r, &FINDING_VOLUME_ODD, at, BOOT_SECTOR_BYTES, &e);
}

static void identify_refs(struct reader *r, const struct refs_boot *b,
			  uint64_t at, struct volume_identity *v)
{
	v->name = "ReFS";
	v->has_version = true;
	v->major = b->major;
	v->minor = b->minor;
	v->cluster_size = b->cluster_bytes;
	v->capacity = b->total_sectors * b->bytes_per_sector /
		      b->cluster_bytes * b->cluster_bytes;
	set_serial64(v, b->serial);
	check_refs_sum(r, b, at);
}

static void read_refs_label(struct reader *r, const struct refs_boot *b,
			    struct volume_identity *v)
{
	uint64_t at = 0, n = 0;

	v->label = refs_label_read(r->volume, b, r->arena, r->diags, &at, &n);
	if (n > 0)
		source_cite(r->volume, at, n, "volume label", r->arena,
			    &v->cites);
}

static void check_size(struct reader *r, const struct boot_sector *b,
		       uint64_t at)
{
	uint64_t bytes;

	if (checked_mul(b->total_sectors, b->bytes_per_sector, &bytes) &&
	    bytes <= r->volume->size)
		return;
	report(r, &FINDING_VOLUME_ODD, at, BOOT_SECTOR_BYTES,
	       arena_printf(r->arena, "The file system has %" PRIu64
			    " sectors of %" PRIu32 " bytes, more than the %"
			    PRIu64 " bytes of its partition.",
			    b->total_sectors, b->bytes_per_sector,
			    r->volume->size));
}

static void check_end_marker(struct reader *r, bool has, uint64_t at)
{
	if (!has)
		report(r, &FINDING_VOLUME_ODD, at, BOOT_SECTOR_BYTES,
		       "The boot sector does not end in 55 aa.");
}

/* @b was found at @at.  */
static void identify(struct reader *r, const struct boot_sector *b,
		     uint64_t at, struct volume_identity *v)
{
	v->kind = b->kind;
	v->sector_size = b->bytes_per_sector;
	switch (b->kind) {
	case FS_NTFS:
		identify_ntfs(&b->ntfs, v);
		check_end_marker(r, b->ntfs.has_end_marker, at);
		break;
	case FS_FAT12:
	case FS_FAT16:
	case FS_FAT32:
		identify_fat(r, &b->fat, at, v);
		check_end_marker(r, b->fat.has_end_marker, at);
		break;
	case FS_EXFAT:
		identify_exfat(r, &b->exfat, at, v);
		break;
	case FS_REFS:
		identify_refs(r, &b->refs, at, v);
		break;
	case FS_BITLOCKER:
		v->name = "BitLocker";
		v->bitlocker = bitlocker_read(r->volume, &b->bitlocker,
					      r->arena, r->diags);
		break;
	default:
		break;
	}
	if (!checked_mul(b->total_sectors, b->bytes_per_sector, &v->bytes))
		v->bytes = UINT64_MAX;
	check_size(r, b, at);
	if (at == 0)
		backup_serial_compare(r->volume, b, r->arena, r->diags);
	source_cite(r->volume, at, BOOT_SECTOR_BYTES,
		    b->kind == FS_BITLOCKER && at > 0 ? "FVE metadata" :
							"boot sector",
		    r->arena, &v->cites);
	if (b->kind == FS_REFS)
		read_refs_label(r, &b->refs, v);
}

/* Whether the sector @b at byte @at of a volume is the backup of its first one:
 * it says itself that the volume ends there.  What lies at the end of a
 * partition may be the backup of an older volume, or the next partition.  */
static bool is_ntfs_backup(const struct boot_sector *b, uint64_t at)
{
	uint64_t end;

	return b->kind == FS_NTFS &&
	       checked_mul(b->total_sectors, b->bytes_per_sector, &end) &&
	       (end == at || end - b->bytes_per_sector == at);
}

/* The last sector of a volume of ReFS is one of those that it counts.  */
static bool is_refs_backup(const struct boot_sector *b, uint64_t at)
{
	uint64_t distance;

	return b->kind == FS_REFS &&
	       b->refs.checksum == b->refs.checksum_computed &&
	       checked_mul(b->total_sectors - 1, b->bytes_per_sector,
			   &distance) && distance == at;
}

/* The table of files, or what is copied of it, must be where the boot sector
 * says: else it is the backup of a volume that is gone.  Where neither can be
 * read, as @may_lack, that it ends with the volume must do.  */
static bool has_mft(struct source *s, uint64_t base, const struct ntfs_boot *b,
		    bool may_lack)
{
	const uint64_t places[] = { b->mft_lcn, b->mftmirr_lcn };
	bool lacks = may_lack;
	uint64_t at;
	char magic[4];

	for (int i = 0; i < 2; i++) {
		if (!checked_mul(places[i], b->cluster_bytes, &at) ||
		    !checked_add(at, base, &at) || at >= s->size) {
			lacks = false;
			continue;
		}
		if (source_read(s, at, magic, sizeof(magic), NULL) < 0)
			continue;
		if (memcmp(magic, "FILE", sizeof(magic)) == 0)
			return true;
		lacks = false;
	}
	return lacks;
}

/* Where a backup is looked for: in @buf, the bytes from @from on of @disk,
 * where the volume begins at @base.  */
struct backup_search {
	struct source *disk;
	uint64_t base, from;
	uint8_t *buf;
};

/* Whether @f, at byte @at of the volume, is the backup of its first sector, and
 * leads to what such a volume has.  */
static bool is_own_backup(const struct backup_search *b,
			  const struct boot_sector *f, uint64_t at)
{
	if (is_refs_backup(f, at))
		return lost_volume_leads(b->disk, b->base, f);
	return is_ntfs_backup(f, at) &&
	       has_mft(b->disk, b->base, &f->ntfs, b->base == 0 &&
		       at + f->bytes_per_sector == b->disk->size);
}

/* The last one in the @n bytes of @p.  */
static bool scan_backups(const struct backup_search *b, const uint8_t *p,
			 size_t n, struct boot_sector *ret, uint64_t *ret_at)
{
	const struct span s = { p, n, b->from + (uint64_t)(p - b->buf) -
				      b->base };
	struct boot_sector found;
	struct span sector;

	for (size_t end = n; end >= BOOT_SECTOR_BYTES;
	     end -= BOOT_SECTOR_BYTES) {
		span_sub(s, end - BOOT_SECTOR_BYTES, BOOT_SECTOR_BYTES,
			 &sector);
		if ((!span_has(sector, 3, "NTFS", 4) &&
		     !span_has(sector, 3, "ReFS", 4)) ||
		    boot_sector_parse(sector, &found, NULL) < 0 ||
		    !is_own_backup(b, &found, sector.at))
			continue;
		*ret = found;
		*ret_at = sector.at;
		return true;
	}
	return false;
}

/* What can be read of the @n bytes at @off of the buffer: in parts of @part
 * bytes from the last one on, and those that cannot be, by sectors.  */
static bool search_parts(const struct backup_search *b, size_t off, size_t n,
			 size_t part, struct boot_sector *ret, uint64_t *ret_at)
{
	while (n > 0) {
		const size_t take = n % part != 0 ? n % part : part;
		uint8_t *p = b->buf + off + (n -= take);

		if (source_read(b->disk, b->from + off + n, p, take, NULL) ==
		    0) {
			if (scan_backups(b, p, take, ret, ret_at))
				return true;
		} else if (part > BOOT_SECTOR_BYTES &&
			   search_parts(b, off + n, take, BOOT_SECTOR_BYTES,
					ret, ret_at)) {
			return true;
		}
	}
	return false;
}

/* Read all of it, or what can be read, piece by piece; unless all is a hole of
 * the image, as in the many partitions that a hostile table may list.  */
static bool search_backup(const struct backup_search *b, size_t n,
			  struct boot_sector *ret, uint64_t *ret_at)
{
	if (source_next_data(b->disk, b->from) >= b->from + n)
		return false;
	if (source_read(b->disk, b->from, b->buf, n, NULL) == 0)
		return scan_backups(b, b->buf, n, ret, ret_at);
	return search_parts(b, 0, n, PART_BYTES, ret, ret_at);
}

static uint64_t whole_sectors(uint64_t n)
{
	return n / BOOT_SECTOR_BYTES * BOOT_SECTOR_BYTES;
}

/* NTFS keeps a copy of its boot sector behind its last sector, ReFS in it.  A
 * partition may be longer than its volume, mostly by less than what partitions
 * are aligned to.  */
static bool find_backup_at_end(struct reader *r, struct boot_sector *ret,
			     uint64_t *ret_at)
{
	const uint64_t size = whole_sectors(r->volume->size);
	const uint64_t n = size < BACKUP_SEARCH_BYTES ? size :
							BACKUP_SEARCH_BYTES;
	struct backup_search b = { r->volume, 0, size - n,
				   arena_malloc(r->arena,
						BACKUP_SEARCH_BYTES) };
	bool found = b.buf != NULL &&
		     search_backup(&b, (size_t)n, ret, ret_at);

	free(b.buf);
	return found;
}

uint64_t volume_backup_behind(struct source *disk, uint64_t off,
			      uint64_t size, struct arena *a)
{
	struct backup_search b = { disk, off, off + whole_sectors(size),
				   arena_malloc(a, BACKUP_SEARCH_BYTES) };
	uint64_t n = b.from < disk->size ?
			     whole_sectors(disk->size - b.from) : 0;
	struct boot_sector found;
	uint64_t at, length = 0;

	if (n > BACKUP_SEARCH_BYTES)
		n = BACKUP_SEARCH_BYTES;
	if (b.buf != NULL && search_backup(&b, (size_t)n, &found, &at))
		length = at + found.bytes_per_sector;
	free(b.buf);
	return length;
}

static bool find_any_backup(struct reader *r, struct boot_sector *ret,
			    uint64_t *ret_at)
{
	return find_backup_at_end(r, ret, ret_at) ||
	       fat_backup_find(r->volume, r->arena, ret, ret_at);
}

static const char *name_of_backup(const struct boot_sector *b)
{
	switch (b->kind) {
	case FS_NTFS:
		return "NTFS";
	case FS_REFS:
		return "ReFS";
	case FS_EXFAT:
		return "exFAT";
	default:
		return "FAT32";
	}
}

static bool use_backup(struct reader *r, struct volume_identity *v)
{
	struct boot_sector b;
	uint64_t at;

	if (!find_any_backup(r, &b, &at))
		return false;
	report(r, &FINDING_VOLUME_BACKUP_USED, at, BOOT_SECTOR_BYTES,
	       arena_printf(r->arena,
			    "The first sector of the volume is not a usable "
			    "boot sector; the volume is known from the backup "
			    "of its %s boot sector, at byte %" PRIu64 " of the "
			    "volume.",
			    name_of_backup(&b), at));
	v->from_backup = true;
	v->backup_at = at;
	identify(r, &b, at, v);
	return true;
}

/* BitLocker has no backup of its first sector; but its metadata tell as
 * much.  */
static bool use_metadata(struct reader *r, struct volume_identity *v)
{
	struct lost_bitlocker found;
	struct boot_sector b;
	struct diag *d;
	uint64_t at;

	if (!lost_bitlocker_find(r->volume, r->arena, &found, &at) ||
	    boot_sector_parse((struct span){ found.sector,
			      sizeof(found.sector), 0 }, &b, NULL) < 0)
		return false;
	d = diag_add(r->diags, &FINDING_BITLOCKER_FOUND,
		     "The first sector of the volume is not a boot sector; "
		     "that BitLocker encrypts it is known from a block of its "
		     "metadata, at byte %" PRIu64 " of the volume.", at);
	if (d != NULL)
		source_cite(r->volume, at, BOOT_SECTOR_BYTES, "FVE metadata",
			    r->arena, &d->cites);
	v->from_backup = true;
	v->backup_at = at;
	identify(r, &b, at, v);
	return true;
}

/* UDF and CD-ROM file systems begin with a descriptor at the same place.  */
static bool has_disc_descriptor(struct reader *r)
{
	uint8_t b[UDF_VSD_NAME_BYTES];

	return source_read(r->volume, UDF_VSD_OFFSET, b, sizeof(b), NULL) ==
		       0 &&
	       udf_vsd_parse((struct span){ b, sizeof(b), UDF_VSD_OFFSET }) !=
		       UDF_VSD_END;
}

/* Descriptors of UDF that are sound are read; but they may be left over, too.
 */
static void doubt_udf(struct reader *r, struct volume_identity *v)
{
	const char *what = "boot sector", *other = NULL;
	uint64_t at = 0, n = BOOT_SECTOR_BYTES;
	struct boot_sector b;
	struct foreign f;

	if (find_any_backup(r, &b, &at)) {
		other = arena_printf(r->arena, "at byte %" PRIu64 " of it is a "
				     "backup of the boot sector of %s", at,
				     name_of_backup(&b));
	} else if (foreign_over_disc(r->volume, r->arena, &f)) {
		other = arena_printf(r->arena, "it begins with %s", f.name);
		what = f.n > 0 ? "signature" : "first sector";
		at = f.at;
		n = f.n > 0 ? f.n : n;
	} else {
		return;
	}
	v->doubtful = true;
	report_of(r, &FINDING_DISC_OR_OTHER, what, at, n, other == NULL ? NULL :
		  arena_printf(r->arena, "The volume is read as UDF, but %s. "
			       "One of the two is left over from the other.",
			       other));
}

/* Formatting leaves the descriptors of a disc in what it does not write: those
 * of CDFS count only where nothing else tells of a volume.  */
static bool identify_cdfs(struct reader *r, struct volume_identity *v)
{
	struct volume_identity cdfs = *v;
	struct foreign f;

	if (!iso9660_volume_identify(r->volume, r->arena, &cdfs))
		return false;
	if (!foreign_over_disc(r->volume, r->arena, &f)) {
		*v = cdfs;
		return true;
	}
	report_of(r, &FINDING_DISC_OR_OTHER, "volume descriptor",
		  ISO9660_OFFSET, ISO9660_DESCRIPTOR_BYTES,
		  arena_printf(r->arena, "The volume begins with %s; the "
			       "descriptors of CDFS that lie in it are left "
			       "over from what was there before.", f.name));
	return false;
}

static bool identify_disc(struct reader *r, struct volume_identity *v)
{
	if (!has_disc_descriptor(r))
		return false;
	if (udf_volume_identify(r->volume, r->arena, r->diags, v)) {
		doubt_udf(r, v);
		return true;
	}
	return use_backup(r, v) || identify_cdfs(r, v);
}

/* Superblocks of the file systems that libtsk is asked for lie before this:
 * that of UFS2 is the last, at 64 KiB.  */
#define SUPERBLOCKS_END (72u << 10)

/* The first of the @n bytes that cannot be read.  */
static void find_unread(struct reader *r, size_t n, struct err *ret)
{
	uint8_t sector[BOOT_SECTOR_BYTES];

	for (uint64_t at = 0; at < n; at += sizeof(sector)) {
		size_t take = n - at < sizeof(sector) ? (size_t)(n - at) :
			      sizeof(sector);

		if (source_read(r->volume, at, sector, take, ret) < 0)
			return;
	}
}

/* Not knowing a file system means something only where its superblock, had it
 * one, could be read.  */
static bool begins_blank(struct reader *r, struct volume_identity *v)
{
	size_t n = r->volume->size < SUPERBLOCKS_END ?
			   (size_t)r->volume->size : SUPERBLOCKS_END;
	uint8_t *buf = arena_malloc(r->arena, n);
	int err = buf == NULL ? ERR_NOMEM :
				source_read(r->volume, 0, buf, n, NULL);
	bool blank = err == 0 && span_is_zero((struct span){ buf, n, 0 });

	if (buf != NULL && err < 0)
		find_unread(r, n, &v->unread);
	free(buf);
	return blank;
}

static void identify_foreign(struct reader *r, struct volume_identity *v)
{
	struct foreign f;

	if (!foreign_find(r->volume, r->arena, &f))
		return;
	v->kind = FS_OTHER;
	v->name = f.name;
	if (f.n > 0)
		source_cite(r->volume, f.at, f.n, "signature", r->arena,
			    &v->cites);
}

/* The first sector is no boot sector that we know; @damaged, if not NULL, says
 * why one that has a known signature cannot be used.  */
static void identify_otherwise(struct reader *r, const struct err *damaged,
			       struct volume_identity *v)
{
	bool blank;

	if (damaged != NULL) {
		v->damaged = !use_backup(r, v) && !use_metadata(r, v);
		if (v->damaged)
			report_err(r, &FINDING_VOLUME_DAMAGED, 0,
				   BOOT_SECTOR_BYTES, damaged);
		return;
	}
	if (identify_disc(r, v)) {
		v->damaged = false;
		return;
	}
	blank = begins_blank(r, v);
	if (!blank)
		identify_foreign(r, v);
	if (v->kind == FS_UNKNOWN && !use_backup(r, v) && !blank)
		use_metadata(r, v);
	if (v->kind != FS_UNKNOWN) {
		v->unread = (struct err){ 0 };
		v->damaged = false;
	}
}

static void identify_any(struct reader *r, struct volume_identity *v)
{
	uint8_t sector[BOOT_SECTOR_BYTES];
	struct boot_sector b;
	struct err e;
	int err = source_read(r->volume, 0, sector, sizeof(sector),
			      &v->unread);

	if (err < 0) {
		if (!use_backup(r, v))
			use_metadata(r, v);
		return;
	}
	err = boot_sector_parse((struct span){ sector, sizeof(sector), 0 }, &b,
				&e);
	if (err == 0)
		identify(r, &b, 0, v);
	else
		identify_otherwise(r, err == ERR_MAGIC ? NULL : &e, v);
}

/* What a volume is not, its first sector tells as well.  */
static void cite_first_sector(struct source *volume, struct arena *a,
			      struct cites *c)
{
	if (c->n == 0)
		source_cite(volume, 0, volume->size < BOOT_SECTOR_BYTES ?
			    volume->size : BOOT_SECTOR_BYTES, "first sector",
			    a, c);
}

int volume_identify(struct source *volume, struct arena *a, struct diag_list *d,
		    struct volume_identity *ret, struct err *reterr)
{
	struct reader r = { volume, a, d };
	struct volume_identity v = { .kind = FS_UNKNOWN };

	(void)reterr;
	identify_any(&r, &v);
	cite_first_sector(volume, a, &v.cites);
	*ret = v;
	return 0;
}

void volume_glance(struct source *disk, uint64_t off, uint64_t size,
		   struct arena *a, struct volume_identity *ret)
{
	struct diag_list unused = { .arena = a };
	struct source *window = source_window(disk, off, size);

	*ret = (struct volume_identity){ .kind = FS_UNKNOWN };
	if (window == NULL)
		arena_set_failed(a);
	else
		volume_identify(window, a, &unused, ret, NULL);
	source_free(window);
}
