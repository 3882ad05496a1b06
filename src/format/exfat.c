/*
 * exfat.c - boot sectors and root directory of exFAT
 *
 *   OFFSET  SIZE  FIELD
 *    0x000     3  jump
 *    0x003     8  "EXFAT   "
 *    0x00b    53  zeros, where FAT has its fields
 *    0x040     8  sector of the disk where the volume begins; a hint
 *    0x048     8  sectors of the volume
 *    0x050     4  first sector of the FAT
 *    0x054     4  sectors of a FAT
 *    0x058     4  first sector of the cluster heap
 *    0x05c     4  clusters
 *    0x060     4  first cluster of the root directory
 *    0x064     4  volume serial number
 *    0x068     2  revision
 *    0x06a     2  flags: bit 1: dirty
 *    0x06c     1  log2 of the bytes per sector
 *    0x06d     1  log2 of the sectors per cluster
 *    0x070     1  percentage in use
 *    0x1fe     2  55 aa
 *
 * Source: Microsoft, "exFAT file system specification", 3 and 7.3.
 */
#include "format/exfat.h"

#include <assert.h>
#include <stddef.h>

#include "base/bytes.h"

struct exfat_boot_disk {
	uint8_t jump[3];
	uint8_t name[8];
	uint8_t zero[53];
	le64 partition_sector;
	le64 total_sectors;
	le32 fat_sector;
	le32 fat_sectors;
	le32 heap_sector;
	le32 clusters;
	le32 root_cluster;
	le32 serial;
	le16 revision;
	le16 flags;
	uint8_t sector_shift;
	uint8_t cluster_shift;
	uint8_t fats;
	uint8_t drive;
	uint8_t percent_in_use;
	uint8_t unused_0x71[7];
	uint8_t boot_code[390];
	be16 end_marker;
};
static_assert(offsetof(struct exfat_boot_disk, serial) == 0x64, "exFAT");
static_assert(offsetof(struct exfat_boot_disk, percent_in_use) == 0x70,
	      "exFAT");
static_assert(sizeof(struct exfat_boot_disk) == 512, "exFAT");

#define FLAG_DIRTY 0x0002
#define MAX_CLUSTER_SHIFT 25	/* 32 MiB, section 3.1.15 */

static int value(struct span s, size_t field, const char *what, uint64_t want,
		 uint64_t got, struct err *reterr)
{
	return err_set(reterr, ERR_VALUE, s.at + field, what, want, got);
}

#define BAD_VALUE(field, what, want, got) \
	value(s, offsetof(struct exfat_boot_disk, field), \
	      "exFAT boot sector: " what, (want), (got), reterr)

static int check_shifts(struct span s, const struct exfat_boot_disk *d,
			struct err *reterr)
{
	if (d->sector_shift < 9 || d->sector_shift > 12)
		return BAD_VALUE(sector_shift, "log2 of the sector size", 9,
				 d->sector_shift);
	if (d->cluster_shift > MAX_CLUSTER_SHIFT - d->sector_shift)
		return BAD_VALUE(cluster_shift, "log2 of sectors per cluster",
				 MAX_CLUSTER_SHIFT - d->sector_shift,
				 d->cluster_shift);
	return 0;
}

static int check_extent(struct span s, const struct exfat_boot_disk *d,
			const struct exfat_boot *b, struct err *reterr)
{
	uint64_t sectors = b->total_sectors;
	uint64_t heap = get_le32(d->heap_sector);
	uint64_t clusters = b->clusters;

	if (sectors == 0 || sectors > UINT64_MAX >> 12)
		return BAD_VALUE(total_sectors, "sectors of the volume",
				 UINT64_MAX >> 12, sectors);
	if (heap >= sectors)
		return BAD_VALUE(heap_sector, "first sector of the heap",
				 sectors - 1, heap);
	if (clusters == 0 || clusters > (sectors - heap) >> d->cluster_shift)
		return BAD_VALUE(clusters, "clusters",
				 (sectors - heap) >> d->cluster_shift,
				 clusters);
	if (b->root_cluster < 2 || b->root_cluster - 2 >= clusters)
		return BAD_VALUE(root_cluster, "cluster of the root directory",
				 2, b->root_cluster);
	return 0;
}

int exfat_boot_parse(struct span s, struct exfat_boot *ret, struct err *reterr)
{
	const struct exfat_boot_disk *d =
		span_view(s, 0, struct exfat_boot_disk);
	struct exfat_boot b = { 0 };
	struct span zero;
	int r;

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at,
			       "exFAT boot sector", sizeof(*d), s.n);
	if (!span_has(s, offsetof(struct exfat_boot_disk, name), "EXFAT   ", 8))
		return err_set(reterr, ERR_MAGIC,
			       s.at + offsetof(struct exfat_boot_disk, name),
			       "exFAT boot sector", 'E', d->name[0]);
	if (span_sub(s, offsetof(struct exfat_boot_disk, zero),
		     sizeof(d->zero), &zero) && !span_is_zero(zero))
		return BAD_VALUE(zero, "zeros where FAT has its fields", 0, 1);
	r = check_shifts(s, d, reterr);
	if (r < 0)
		return r;

	b.bytes_per_sector = 1u << d->sector_shift;
	b.cluster_bytes = b.bytes_per_sector << d->cluster_shift;
	b.first_sector = get_le64(d->partition_sector);
	b.total_sectors = get_le64(d->total_sectors);
	b.fat_offset = (uint64_t)get_le32(d->fat_sector) << d->sector_shift;
	b.fat_bytes = (uint64_t)get_le32(d->fat_sectors) << d->sector_shift;
	b.heap_offset = (uint64_t)get_le32(d->heap_sector) << d->sector_shift;
	b.clusters = get_le32(d->clusters);
	b.root_cluster = get_le32(d->root_cluster);
	b.serial = get_le32(d->serial);
	b.dirty = (get_le16(d->flags) & FLAG_DIRTY) != 0;
	r = check_extent(s, d, &b, reterr);
	if (r == 0)
		*ret = b;
	return r;
}

/* The fields that change while the volume is mounted are left out.  */
static bool is_summed(size_t i)
{
	return i != offsetof(struct exfat_boot_disk, flags) &&
	       i != offsetof(struct exfat_boot_disk, flags) + 1 &&
	       i != offsetof(struct exfat_boot_disk, percent_in_use);
}

int exfat_boot_check(struct span sectors, uint32_t bytes_per_sector,
		     struct err *reterr)
{
	size_t n = (EXFAT_BOOT_SECTORS - 1) * (size_t)bytes_per_sector;
	const le32 *stored = span_view(sectors, n, le32);
	uint32_t sum = 0;

	if (stored == NULL)
		return err_set(reterr, ERR_TRUNCATED, sectors.at,
			       "exFAT boot sectors", n + sizeof(*stored),
			       sectors.n);
	for (size_t i = 0; i < n; i++)
		if (is_summed(i))
			sum = (sum << 31 | sum >> 1) + sectors.p[i];
	if (sum != get_le32(*stored))
		return err_set(reterr, ERR_CHECKSUM, sectors.at + n,
			       "exFAT boot sectors: checksum", sum,
			       get_le32(*stored));
	return 0;
}

/*
 *   OFFSET  SIZE  FIELD of the entry of the label
 *        0     1  83; 03 in an entry whose label was deleted
 *        1     1  characters: up to 11, as specified; Windows reads 15, and
 *                 Windows 7 and exfatlabel write as many
 *        2    30  the label, UTF-16LE
 */
enum {
	ENTRY_END = 0x00, ENTRY_LABEL = 0x83,
};

enum label_scan exfat_scan_label(struct span directory, struct span *ret_label)
{
	struct span e;

	for (uint64_t off = 0;
	     span_sub(directory, off, EXFAT_ENTRY_BYTES, &e);
	     off += EXFAT_ENTRY_BYTES) {
		if (e.p[0] == ENTRY_END)
			return LABEL_NONE;
		if (e.p[0] != ENTRY_LABEL)
			continue;
		if (e.p[1] == 0)
			return LABEL_NONE;
		if (e.p[1] > EXFAT_LABEL_CHARS) {
			*ret_label = e;
			return LABEL_DAMAGED;
		}
		span_sub(e, 2, 2u * e.p[1], ret_label);
		return LABEL_FOUND;
	}
	return LABEL_NOT_YET;
}

/*
 *   OFFSET  SIZE  FIELD of the entry of the allocation bitmap
 *        0     1  81
 *        1     1  bit 0: it is the second one, of a volume with two FATs
 *       20     4  first cluster
 *       24     8  bytes
 *
 * Source: Microsoft, "exFAT file system specification", 7.1.
 */
enum { ENTRY_BITMAP = 0x81, BITMAP_SECOND = 0x01 };

struct exfat_bitmap_disk {
	uint8_t type, flags;
	uint8_t reserved[18];
	le32 first_cluster;
	le64 bytes;
};
static_assert(sizeof(struct exfat_bitmap_disk) == EXFAT_ENTRY_BYTES, "exFAT");

enum label_scan exfat_scan_bitmap(struct span directory,
				  struct exfat_bitmap *ret)
{
	const struct exfat_bitmap_disk *d;

	for (uint64_t off = 0;
	     (d = span_view(directory, off, struct exfat_bitmap_disk)) != NULL;
	     off += EXFAT_ENTRY_BYTES) {
		if (d->type == ENTRY_END)
			return LABEL_NONE;
		if (d->type != ENTRY_BITMAP || (d->flags & BITMAP_SECOND) != 0)
			continue;
		ret->first_cluster = get_le32(d->first_cluster);
		ret->bytes = get_le64(d->bytes);
		return LABEL_FOUND;
	}
	return LABEL_NOT_YET;
}
