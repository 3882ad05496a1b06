/* file_path.h - the memory of names that building paths needs, and what is said
 * where there is none.  */
#ifndef NTFS_FILE_PATH_H
#define NTFS_FILE_PATH_H

#include "ntfs/ntfs_volume.h"

struct name_cache *name_cache_new(void);
void name_cache_free(struct name_cache *c);

/* The path of a record that cannot be read: "\$OrphanFiles\MFT record 7".  */
void file_path_unknown(struct ntfs *n, ntfs_ref ref, struct ntfs_path *ret);

#endif /* NTFS_FILE_PATH_H */
