/*
 * iso9660_volume.h - CD-ROM file systems by their volume descriptors
 */
#ifndef DISK_ISO9660_VOLUME_H
#define DISK_ISO9660_VOLUME_H

#include "disk/volume.h"

/* Recognise the CD-ROM file system in @volume, as Windows' CDFS does.  False,
 * with *@v untouched, where it finds none.  */
bool iso9660_volume_identify(struct source *volume, struct arena *a,
			     struct volume_identity *v);

#endif /* DISK_ISO9660_VOLUME_H */
