// SPDX-License-Identifier: MIT
#ifndef SAMPLES_NTFS3G_H
#define SAMPLES_NTFS3G_H

/*
 * libntfs-3g's headers ask its own config.h what the system has, and that file
 * is not installed. Without what stands before them here they do not know
 * va_list and declare a timespec of their own.
 */
#define HAVE_STDARG_H 1

#include <stdarg.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

#include <ntfs-3g/types.h>
#include <ntfs-3g/attrib.h>
#include <ntfs-3g/bitmap.h>
#include <ntfs-3g/cache.h>
#include <ntfs-3g/device.h>
#include <ntfs-3g/dir.h>
#include <ntfs-3g/index.h>
#include <ntfs-3g/inode.h>
#include <ntfs-3g/logging.h>
#include <ntfs-3g/reparse.h>
#include <ntfs-3g/security.h>
#include <ntfs-3g/volume.h>

#endif /* SAMPLES_NTFS3G_H */
