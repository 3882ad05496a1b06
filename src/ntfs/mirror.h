/*
 * mirror.h - whether the $MFTMirr still is a copy of the first MFT records
 */
#ifndef NTFS_MIRROR_H
#define NTFS_MIRROR_H

#include "ntfs/ntfs_volume.h"

/* Compare the $MFTMirr of @n, which is open, with the $MFT: what is damaged or
 * differs is a finding.  */
void mirror_check(struct ntfs *n);

#endif /* NTFS_MIRROR_H */
