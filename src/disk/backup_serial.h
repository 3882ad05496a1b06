/*
 * backup_serial.h - the serial number that a volume's backup boot sector has
 */
#ifndef DISK_BACKUP_SERIAL_H
#define DISK_BACKUP_SERIAL_H

#include "disk/boot_sector.h"
#include "evidence/source.h"

/*
 * Tell in @d where the backup of @b, the first sector of @volume, has another
 * serial number.  Who changes it leaves the backup as a rule, which then has
 * what the volume was formatted with.
 */
void backup_serial_compare(struct source *volume, const struct boot_sector *b,
			   struct arena *a, struct diag_list *d);

#endif /* DISK_BACKUP_SERIAL_H */
