/*
 * iso9660_volume.h - CD-ROM file systems by their volume descriptors
 */
#ifndef DISK_ISO9660_VOLUME_H
#define DISK_ISO9660_VOLUME_H

#include "disk/volume.h"
#include "format/iso9660.h"

/* Read descriptor @i of @volume, from 0 on.  False: there is none, or it ends
 * them.  */
bool iso9660_read_descriptor(struct source *volume, unsigned i,
			     uint8_t bytes[ISO9660_DESCRIPTOR_BYTES],
			     struct iso9660_descriptor *ret);

/* Recognise the CD-ROM file system in @volume, as Windows' CDFS does.  False,
 * with *@v untouched, where it finds none.  */
bool iso9660_volume_identify(struct source *volume, struct arena *a,
			     struct volume_identity *v);

#endif /* DISK_ISO9660_VOLUME_H */
