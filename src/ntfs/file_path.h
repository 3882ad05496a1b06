/* file_path.h - the memory of names that building paths needs.  */
#ifndef NTFS_FILE_PATH_H
#define NTFS_FILE_PATH_H

#include "ntfs/ntfs_volume.h"

struct name_cache *name_cache_new(void);
void name_cache_free(struct name_cache *c);

#endif /* NTFS_FILE_PATH_H */
