#ifndef TESTS_SAMPLE_MODEL_H
#define TESTS_SAMPLE_MODEL_H

#include "machine/model.h"

/*
 * A machine of two disks, put together by hand, with a record of each kind and
 * the rarer forms of each: a lost letter, a deleted mount point, an image that
 * could not be read.
 *
 * image0 disk0  GPT  p1 EFI, p2 reserved, p3 NTFS "System"
 * image1 disk1  MBR  p1 NTFS "Data"
 * image2        unreadable
 * volume0 = disk0/p1, volume1 = disk0/p3, volume2 = disk1/p1
 * windows0 on volume1: C: = volume1, D: = volume2, E: not in evidence;
 * C:\Mount\Data = volume2; \Old on volume1 was deleted
 */
struct model sample_model(void);

/* The same with @name, any UTF-8, wherever text comes from evidence or from the
 * user.  */
struct model hostile_model(const char *name);

/* An empty one: nothing was found.  */
struct model empty_model(void);

#endif /* TESTS_SAMPLE_MODEL_H */
