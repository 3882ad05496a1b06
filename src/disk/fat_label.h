/*
 * fat_label.h - the label of a FAT or exFAT volume
 */
#ifndef DISK_FAT_LABEL_H
#define DISK_FAT_LABEL_H

#include "disk/volume.h"
#include "format/exfat.h"
#include "format/fat.h"

/*
 * Read the label of @volume, whose boot sector is @b, from its root directory
 * into @v.  Where that cannot be read a finding in @d says why, and a FAT
 * volume has the label of its boot sector.  One that differs from that is a
 * finding, too.
 */
void fat_label_read(struct source *volume, const struct fat_boot *b,
		    struct arena *a, struct diag_list *d,
		    struct volume_identity *v);
void exfat_label_read(struct source *volume, const struct exfat_boot *b,
		      struct arena *a, struct diag_list *d,
		      struct volume_identity *v);

#endif /* DISK_FAT_LABEL_H */
