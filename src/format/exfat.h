/*
 * exfat.h - boot sectors and root directory of exFAT
 */
#ifndef FORMAT_EXFAT_H
#define FORMAT_EXFAT_H

#include "base/span.h"
#include "format/label_scan.h"

#define EXFAT_BOOT_SECTORS 12	/* the last one repeats their checksum */
#define EXFAT_ENTRY_BYTES 32

struct exfat_boot {
	uint32_t bytes_per_sector;	/* 512 to 4096 */
	uint32_t cluster_bytes;		/* up to 32 MiB */
	uint64_t first_sector;		/* of it on its disk: a hint */
	uint64_t total_sectors;
	uint64_t fat_offset, fat_bytes;
	uint64_t heap_offset;		/* of cluster 2 */
	uint32_t clusters;
	uint32_t root_cluster;		/* inside the heap */
	uint32_t serial;
	bool dirty;
};

int exfat_boot_parse(struct span sector, struct exfat_boot *ret,
		     struct err *reterr);

/* Compare the checksum of the first eleven of @sectors, of @bytes_per_sector
 * each, with the first number in the twelfth.  */
int exfat_boot_check(struct span sectors, uint32_t bytes_per_sector,
		     struct err *reterr);

#define EXFAT_LABEL_CHARS 15

/* Look for the entry that holds the volume's label, UTF-16LE.  Of one that is
 * LABEL_DAMAGED, @ret_label is all of it.  */
enum label_scan exfat_scan_label(struct span directory,
				 struct span *ret_label);

struct exfat_bitmap {
	uint32_t first_cluster;
	uint64_t bytes;
};

/* Look for the entry that tells where the allocation bitmap is.  */
enum label_scan exfat_scan_bitmap(struct span directory,
				  struct exfat_bitmap *ret);

#endif /* FORMAT_EXFAT_H */
