/*
 * upcase.h - names compared as the volume compares them
 */
#ifndef NTFS_UPCASE_H
#define NTFS_UPCASE_H

#include "ntfs/ntfs_volume.h"

/* Less than, equal to or greater than 0, in the order of an index of names:
 * without regard to case, by the $UpCase of the volume.  It is read when a unit
 * that is not ASCII has to be compared; in all known tables ASCII maps as one
 * expects.  */
int upcase_compare(struct ntfs *n, struct span a, struct span b);

/* The order of the units themselves, which decides between names that differ
 * in case only.  */
int utf16_compare(struct span a, struct span b);

#endif /* NTFS_UPCASE_H */
