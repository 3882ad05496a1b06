/*
 * ioctl_layout.h - a partition table in the bytes that a program on Windows is
 * given of it
 */
#ifndef MACHINE_IOCTL_LAYOUT_H
#define MACHINE_IOCTL_LAYOUT_H

#include "disk/disk.h"
#include "format/drive_layout.h"

/* What the numbers of its partitions are.  */
enum ioctl_layout_numbers {
	LAYOUT_NUMBERED,	/* as IOCTL_DISK_GET_DRIVE_LAYOUT_EX says */
	LAYOUT_AS_KEPT,		/* all -1, as in PartitionTableCache */
};

/* True of a disk that holds a volume from its first sector on and no table:
 * Windows shows it with one partition, which has number 0.  */
bool ioctl_layout_is_super_floppy(const struct disk *d);

/* The DRIVE_LAYOUT_INFORMATION_EX of @d, as a 64-bit process gets it, into @a.
 * Fails only when out of memory.  */
int ioctl_layout_make(const struct disk *d, enum ioctl_layout_numbers numbers,
		      struct arena *a, struct span *ret, struct err *reterr);

#endif /* MACHINE_IOCTL_LAYOUT_H */
