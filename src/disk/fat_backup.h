/*
 * fat_backup.h - the backup boot sectors of FAT32 and exFAT
 *
 * They lie near the first sector, so that much of what may come to lie over the
 * volume leaves them there.
 */
#ifndef DISK_FAT_BACKUP_H
#define DISK_FAT_BACKUP_H

#include "disk/boot_sector.h"
#include "evidence/source.h"

/* Find that of @volume.  */
bool fat_backup_find(struct source *volume, struct arena *a,
		     struct boot_sector *ret, uint64_t *ret_at);

/*
 * Find the backup boot sector of a volume that is all of @disk, of @size bytes,
 * which has no table.  It counts only where the volume is as long as the disk
 * and its FAT and root directory are there, and nothing is known that was made
 * over it: another file system, or one where a first partition would begin.
 */
bool fat_backup_of_disk(struct source *disk, uint64_t size, struct arena *a,
			struct boot_sector *ret, uint64_t *ret_at);

#endif /* DISK_FAT_BACKUP_H */
