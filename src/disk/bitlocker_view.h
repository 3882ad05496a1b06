/*
 * bitlocker_view.h - an encrypted volume as libbde is shown it
 */
#ifndef DISK_BITLOCKER_VIEW_H
#define DISK_BITLOCKER_VIEW_H

#include "disk/bitlocker.h"

/*
 * @volume with a boot sector and copies of the metadata that are made here, of
 * what @b holds, with @p as the only protector, or none of it; everything else
 * is as in @volume.  ERR_UNSUPPORTED where libbde would not do with it.
 */
int bitlocker_view(struct source *volume, const struct bitlocker *b,
		   const struct bitlocker_protector *p, struct arena *a,
		   struct source **ret, struct err *reterr);

/* Until this is called, what cannot be read of the volume is zeros, so that a
 * key that is right opens what is left of it; afterwards it is an error.  */
void bitlocker_view_opened(struct source *view);

/* Read the @n bytes at @off at once, where that is possible: what is read next
 * will be of them.  */
void bitlocker_view_expect(struct source *view, uint64_t off, size_t n);

#endif /* DISK_BITLOCKER_VIEW_H */
