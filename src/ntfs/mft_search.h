/*
 * mft_search.h - the $MFT, where neither its own record nor the copy tells
 * where it is
 */
#ifndef NTFS_MFT_SEARCH_H
#define NTFS_MFT_SEARCH_H

#include "ntfs/ntfs_volume.h"

/* Put the $MFT together of the records that lie all over the volume and tell
 * their own numbers.  ERR_NOT_FOUND where there are none; before NTFS 3.1
 * records did not tell.  */
int mft_search(struct ntfs *n, struct source **ret, struct err *reterr);

#endif /* NTFS_MFT_SEARCH_H */
