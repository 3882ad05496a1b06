#include "disk/fat_backup.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "disk/first_partition.h"
#include "disk/lost_volumes.h"
#include "disk/volume.h"

static const struct {
	uint32_t sector, bytes;
	enum fs_kind kind;
} places[] = {
	{ 6, 512, FS_FAT32 }, { 12, 512, FS_EXFAT },
	{ 6, 1024, FS_FAT32 }, { 12, 1024, FS_EXFAT },
	{ 6, 2048, FS_FAT32 }, { 12, 2048, FS_EXFAT },
	{ 6, 4096, FS_FAT32 }, { 12, 4096, FS_EXFAT },
};

#define N_PLACES (sizeof(places) / sizeof(places[0]))

/* Where they all are.  */
#define START_BYTES (12 * 4096 + BOOT_SECTOR_BYTES)

static bool is_backup(struct span sector, size_t place,
		      struct boot_sector *ret)
{
	return boot_sector_parse(sector, ret, NULL) == 0 &&
	       ret->kind == places[place].kind &&
	       ret->bytes_per_sector == places[place].bytes;
}

/* Look in one of the places; @start: the bytes that hold them, or nothing if
 * they cannot be read at once.  */
static bool look_at(struct source *volume, struct span start, size_t place,
		    struct boot_sector *ret, uint64_t *ret_at)
{
	const uint64_t at = (uint64_t)places[place].sector *
			    places[place].bytes;
	uint8_t buf[BOOT_SECTOR_BYTES];
	struct span sector = { buf, sizeof(buf), at };
	struct boot_sector b;

	if (!span_sub(start, at, BOOT_SECTOR_BYTES, &sector) &&
	    source_read(volume, at, buf, sizeof(buf), NULL) < 0)
		return false;
	if (!is_backup(sector, place, &b))
		return false;
	*ret = b;
	*ret_at = at;
	return true;
}

bool fat_backup_find(struct source *volume, struct arena *a,
		     struct boot_sector *ret, uint64_t *ret_at)
{
	uint8_t *buf = arena_malloc(a, START_BYTES);
	struct span start = { 0 };
	bool found = false;

	if (buf != NULL &&
	    source_read(volume, 0, buf, START_BYTES, NULL) == 0)
		start = (struct span){ buf, START_BYTES, 0 };
	for (size_t i = 0; i < N_PLACES && !found; i++)
		found = look_at(volume, start, i, ret, ret_at);
	free(buf);
	return found;
}

/* A volume may be shorter than its disk by less than what partitions are
 * aligned to: mkfs.fat leaves out what fills no track.  */
#define MAX_SLACK_BYTES (1u << 20)

static bool is_as_long(const struct boot_sector *b, uint64_t size)
{
	const uint64_t sectors = size / b->bytes_per_sector;

	return b->total_sectors <= sectors &&
	       sectors - b->total_sectors <
		       MAX_SLACK_BYTES / b->bytes_per_sector;
}

/* Where cluster @n >= 2 begins, of a heap that begins at @heap.  */
static uint64_t cluster_at(uint64_t heap, uint32_t n, uint32_t cluster_bytes)
{
	return heap + (uint64_t)(n - 2) * cluster_bytes;
}

static bool has_fat_root(struct source *disk, const struct fat_boot *b)
{
	uint8_t start[BOOT_SECTOR_BYTES];
	uint64_t at;
	le32 next;

	if (b->root_cluster < 2 || b->root_cluster - 2 >= b->clusters ||
	    source_read(disk, b->fat_offset + 4ull * b->root_cluster, &next,
			sizeof(next), NULL) < 0 ||
	    (get_le32(next) & 0x0fffffff) < 2)
		return false;
	at = cluster_at(b->data_offset, b->root_cluster, b->cluster_bytes);
	return source_read(disk, at, start, sizeof(start), NULL) == 0 &&
	       fat_may_be_directory((struct span){ start, sizeof(start), at });
}

/* The allocation bitmap stands among the first entries.  */
static bool has_exfat_root(struct source *disk, const struct exfat_boot *b)
{
	const uint64_t at = cluster_at(b->heap_offset, b->root_cluster,
				       b->cluster_bytes);
	uint8_t start[BOOT_SECTOR_BYTES];
	struct exfat_bitmap bitmap;

	return source_read(disk, at, start, sizeof(start), NULL) == 0 &&
	       exfat_scan_bitmap((struct span){ start, sizeof(start), at },
				 &bitmap) == LABEL_FOUND &&
	       bitmap.first_cluster >= 2 &&
	       bitmap.first_cluster - 2 < b->clusters;
}

/* A disk that once was one volume, and was partitioned since, may have all that
 * tells of the volume.  */
static bool is_partitioned(struct source *disk, struct arena *a)
{
	struct volume_identity v;
	uint64_t at;

	return first_partition_find(disk, 0, true, a, &v, &at);
}

/* Whether nothing else is known on the disk than the volume whose backup boot
 * sector is at @at.  */
static bool is_known_by(struct source *disk, uint64_t at, struct arena *a)
{
	struct volume_identity v;

	volume_glance(disk, 0, disk->size, a, &v);
	return v.from_backup && v.backup_at == at;
}

bool fat_backup_of_disk(struct source *disk, uint64_t size, struct arena *a,
			struct boot_sector *ret, uint64_t *ret_at)
{
	for (size_t i = 0; i < N_PLACES; i++) {
		struct boot_sector b;
		uint64_t at;

		if (!look_at(disk, (struct span){ 0 }, i, &b, &at) ||
		    !is_as_long(&b, size) || !lost_volume_leads(disk, 0, &b) ||
		    !(b.kind == FS_FAT32 ? has_fat_root(disk, &b.fat) :
					   has_exfat_root(disk, &b.exfat)) ||
		    !is_known_by(disk, at, a) || is_partitioned(disk, a))
			continue;
		*ret = b;
		*ret_at = at;
		return true;
	}
	return false;
}
