/*
 * iso9660_files.h - what lies at a place of a disc
 */
#ifndef DISK_ISO9660_FILES_H
#define DISK_ISO9660_FILES_H

#include "evidence/source.h"

/* Whether a file of the CDFS volume @volume that is @n bytes long or longer
 * begins at byte @at of it, or an image that its boot catalog names.  */
bool iso9660_file_begins(struct source *volume, uint64_t at, uint64_t n);

#endif /* DISK_ISO9660_FILES_H */
