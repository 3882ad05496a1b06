/*
 * fat.h - boot sector and root directory of FAT12, FAT16 and FAT32
 */
#ifndef FORMAT_FAT_H
#define FORMAT_FAT_H

#include "base/span.h"
#include "format/label_scan.h"

#define FAT_LABEL_CHARS 11
#define FAT_ENTRY_BYTES 32	/* of a directory */

struct fat_boot {
	unsigned bits;			/* 12, 16 or 32 */
	uint32_t bytes_per_sector;	/* a power of two, 512 to 4096 */
	uint32_t cluster_bytes;
	uint32_t total_sectors;
	uint32_t clusters;
	uint32_t hidden_sectors;	/* before the volume: a hint */
	uint64_t fat_offset, fat_bytes;	/* the first FAT */
	uint64_t root_offset;		/* FAT12 and FAT16 */
	uint32_t root_bytes;
	uint32_t root_cluster;		/* FAT32 */
	uint64_t data_offset;		/* of cluster 2 */
	bool has_serial;		/* then there is a label too */
	uint32_t serial;
	uint8_t label[FAT_LABEL_CHARS];	/* padded with blanks, OEM code page */
	bool dirty;			/* not cleanly dismounted */
	bool has_end_marker;		/* 55 aa */
};

int fat_boot_parse(struct span sector, struct fat_boot *ret,
		   struct err *reterr);

/* What entry 1 of a FAT says, of which the two highest bits are no part of a
 * chain.  */
struct fat_state {
	bool dirty;		/* not cleanly dismounted */
	bool errors;		/* the disk could not be read, or written to */
};

#define FAT_STATE_BYTES 8	/* entries 0 and 1 */

/* @fat: the start of a FAT of @bits bits.  False where it says nothing: a FAT12
 * has no such bits, and other bits of the two entries are ones.  */
bool fat_state_parse(struct span fat, unsigned bits, struct fat_state *ret);

/* Look for the entry that holds the volume's label, in the OEM code page.  */
enum label_scan fat_scan_label(struct span directory, struct span *ret_label);

/* Look for a directory that Windows is installed in by default: its name of
 * eight and three characters.  */
enum label_scan fat_scan_windows(struct span directory, struct span *ret_name);

/* Whether the entries of @directory, up to its end, can be some.  */
bool fat_may_be_directory(struct span directory);

#endif /* FORMAT_FAT_H */
