// SPDX-License-Identifier: MIT
#ifndef SAMPLES_WINDOW_DEVICE_H
#define SAMPLES_WINDOW_DEVICE_H

#include <stdint.h>

struct ntfs_device;

/*
 * A device for libntfs-3g: `length` bytes at `offset` of the file `path`. NULL
 * with errno on failure. ntfs_umount() closes and frees it.
 */
struct ntfs_device *window_device_new(const char *path, int64_t offset,
				      int64_t length);

#endif /* SAMPLES_WINDOW_DEVICE_H */
