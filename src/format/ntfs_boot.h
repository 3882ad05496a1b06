/*
 * ntfs_boot.h - the boot sector of an NTFS volume
 */
#ifndef FORMAT_NTFS_BOOT_H
#define FORMAT_NTFS_BOOT_H

#include "base/span.h"

/* Since Windows 10 1903 clusters may take 2 MiB; none was ever larger.  */
#define NTFS_MAX_CLUSTER_BYTES (2u << 20)

/* Records take 1 or 4 KiB, index blocks 4 KiB or, on disks formatted by other
 * tools, up to 64 KiB; the bound keeps what is read at once small.  */
#define NTFS_MAX_BLOCK_BYTES (64u << 10)

struct ntfs_boot {
	uint32_t bytes_per_sector;	/* a power of two, 256 to 4096 */
	uint32_t sectors_per_cluster;	/* a power of two */
	uint32_t cluster_bytes;		/* a power of two */
	uint64_t total_sectors;		/* without the backup boot sector; in
					 * bytes it fits 64 bits */
	uint64_t mft_lcn;		/* inside the volume */
	uint64_t mftmirr_lcn;		/* not checked */
	uint32_t record_bytes;		/* a power of two, from 256 */
	uint32_t index_block_bytes;	/* a power of two, from 256 */
	uint64_t serial;
	uint32_t hidden_sectors;	/* sectors before the volume when it was
					 * formatted: a hint, may be stale */
	bool has_end_marker;		/* 55 aa */
};

/* Needs the first 512 bytes of the volume, or those of its last sector.  */
int ntfs_boot_parse(struct span sector, struct ntfs_boot *ret,
		    struct err *reterr);

/* The total sectors that a sector tells which cannot be parsed; 0: none.  */
uint64_t ntfs_boot_total_sectors(struct span sector);

/* What Win32_Volume.Capacity counts: the whole clusters of the volume.  */
uint64_t ntfs_boot_capacity(const struct ntfs_boot *b);

#endif /* FORMAT_NTFS_BOOT_H */
