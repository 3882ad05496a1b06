/*
 * boot_sector.h - a volume's first sector, whatever file system it is of
 */
#ifndef DISK_BOOT_SECTOR_H
#define DISK_BOOT_SECTOR_H

#include "base/span.h"
#include "disk/volume.h"
#include "evidence/source.h"
#include "format/bitlocker.h"
#include "format/exfat.h"
#include "format/fat.h"
#include "format/ntfs_boot.h"
#include "format/refs.h"

#define BOOT_SECTOR_BYTES 512

struct boot_sector {
	enum fs_kind kind;
	uint32_t bytes_per_sector;
	uint64_t total_sectors;		/* 0: the sector does not say */
	union {
		struct ntfs_boot ntfs;
		struct fat_boot fat;
		struct exfat_boot exfat;
		struct refs_boot refs;
		struct bitlocker_boot bitlocker;
	};
};

/*
 * Recognise the boot sector at the start of @s.  Returns ERR_MAGIC where it is
 * of no kind that we know; another error where it has the signature of a file
 * system but cannot be of one: ret->kind then is what it claims to be.
 */
int boot_sector_parse(struct span s, struct boot_sector *ret,
		      struct err *reterr);

/* The same of the sector at byte @at of @s; fails also where that cannot be
 * read.  */
int boot_sector_read(struct source *s, uint64_t at, struct boot_sector *ret,
		     struct err *reterr);

#endif /* DISK_BOOT_SECTOR_H */
