/*
 * lost_volumes.h - volumes that no table leads to, found by their boot sectors
 *
 * A volume's first sector says how long it is and where its files are.  NTFS
 * and ReFS keep a copy of it at the end, FAT32 and exFAT a few sectors behind
 * it, so that the copy tells where the volume begins.  A sector that looks like
 * one is believed where what it leads to is there.
 */
#ifndef DISK_LOST_VOLUMES_H
#define DISK_LOST_VOLUMES_H

#include "disk/boot_sector.h"
#include "evidence/source.h"

/* A disk has few volumes; virtual machines in its files have more.  */
#define LOST_MAX 512

/* Private headers of dynamic disks that are remembered.  */
#define LOST_MAX_LDM 8

enum lost_doubt {
	LOST_CLEAR,		/* nothing speaks against it */
	LOST_INSIDE,		/* it lies inside another, as the disk of a
				 * virtual machine does */
	LOST_REPLACED,		/* its first sector is that of another */
	LOST_COPY,		/* it begins inside another, with the first
				 * sectors of one that has its backup, too: a
				 * shadow copy or a backup keeps those */
	LOST_OVERLAPS,		/* it overlaps another that is as good */
};

struct lost_volume {
	uint64_t offset, length;	/* bytes, on the disk; with its backup
					 * boot sector */
	bool has_length;	/* false: it does not say; as far as the range
				 * goes that was searched */
	struct boot_sector boot;
	const uint8_t *made;	/* both are lost: a boot sector that is made
				 * of what its $MFT tells, or BitLocker's
				 * metadata; else NULL */
	bool has_boot;		/* its first sector is there */
	bool has_backup;	/* and the copy */
	bool has_files;		/* and what it leads to */
	uint64_t found_at;	/* of the boot sector that was decoded, or of
				 * the $MFT's own record */
	enum lost_doubt doubt;
	size_t other;		/* which is the other one */
};

struct lost_search {
	struct lost_volume *list;	/* by offset */
	size_t n;
	size_t n_left_out;	/* over LOST_MAX, or never looked at */
	size_t n_nowhere;	/* sectors that lead to nothing */
	uint64_t unread;	/* bytes that could not be read */
	uint64_t ldm[LOST_MAX_LDM];	/* bytes at which private headers are */
	size_t n_ldm;
	uint64_t strange_ldm;	/* byte of the first one that lies where this
				 * disk cannot have it */
	size_t n_strange_ldm;
	size_t tries;		/* boot sectors that were followed */
	size_t n_fve;		/* blocks of BitLocker's metadata, likewise */
};

/* Search the @n bytes at @off of @disk, in one pass, and add what is found to
 * @ret, which begins as zeros.  Fails when out of memory only.  */
int lost_volumes_search(struct source *disk, uint64_t off, uint64_t n,
			struct arena *a, struct lost_search *ret,
			struct err *reterr);

/* Whether @b, as the boot sector of a volume at byte @start of @disk, leads to
 * what such a volume has: the $MFT, the start of a FAT.  */
bool lost_volume_leads(struct source *disk, uint64_t start,
		       const struct boot_sector *b);

/* Sort what was found, and say what speaks against each.  */
void lost_volumes_judge(struct lost_search *s);

/* "boot-sector", or "backup-boot-sector" where that is all there is; where
 * neither is, "mft-record" or "bitlocker-metadata".  */
const char *lost_provenance(const struct lost_volume *v);

#endif /* DISK_LOST_VOLUMES_H */
