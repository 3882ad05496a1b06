// SPDX-License-Identifier: MIT
/*
 * window_device.c - a partition inside an image file, as libntfs-3g sees it
 *
 * With this the volumes of the sample machine are written without root, FUSE
 * and loop devices. Every access is bounded to the partition, so that a mistake
 * cannot reach its neighbour.
 */
#include "window_device.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "ntfs3g.h"

struct window {
	int fd;
	int64_t offset, length;
	int64_t position;	/* of read(), write() and seek() */
};

static struct window *window_of(struct ntfs_device *dev)
{
	return dev->d_private;
}

static int window_open(struct ntfs_device *dev, int flags)
{
	struct window *w = window_of(dev);

	w->fd = open(dev->d_name, flags);
	if (w->fd < 0)
		return -1;
	dev->d_state |= 1ul << ND_Open;
	return 0;
}

static int window_close(struct ntfs_device *dev)
{
	struct window *w = window_of(dev);
	int err = close(w->fd);

	dev->d_state &= ~(1ul << ND_Open);
	free(w);
	dev->d_private = NULL;
	return err;
}

static s64 window_seek(struct ntfs_device *dev, s64 offset, int whence)
{
	struct window *w = window_of(dev);
	int64_t base = whence == SEEK_SET ? 0 :
		       whence == SEEK_CUR ? w->position : w->length;

	if (offset < -base || offset > w->length - base) {
		errno = EINVAL;
		return -1;
	}
	return w->position = base + offset;
}

/* The part of [at, at+count) that lies in the window; 0 at its end, -1. */
static s64 clamp(const struct window *w, s64 count, s64 at)
{
	if (at < 0 || count < 0) {
		errno = EINVAL;
		return -1;
	}
	if (at >= w->length)
		return 0;
	return count < w->length - at ? count : w->length - at;
}

static s64 window_pread(struct ntfs_device *dev, void *buf, s64 count, s64 at)
{
	struct window *w = window_of(dev);
	s64 n = clamp(w, count, at);

	return n <= 0 ? n : pread(w->fd, buf, (size_t)n, w->offset + at);
}

static s64 window_pwrite(struct ntfs_device *dev, const void *buf, s64 count,
			 s64 at)
{
	struct window *w = window_of(dev);
	s64 n = clamp(w, count, at);

	if (n == 0 && count > 0) {
		errno = ENOSPC;
		return -1;
	}
	return n <= 0 ? n : pwrite(w->fd, buf, (size_t)n, w->offset + at);
}

static s64 window_read(struct ntfs_device *dev, void *buf, s64 count)
{
	s64 n = window_pread(dev, buf, count, window_of(dev)->position);

	window_of(dev)->position += n > 0 ? n : 0;
	return n;
}

static s64 window_write(struct ntfs_device *dev, const void *buf, s64 count)
{
	s64 n = window_pwrite(dev, buf, count, window_of(dev)->position);

	window_of(dev)->position += n > 0 ? n : 0;
	return n;
}

/* Nothing here needs to survive a power cut. */
static int window_sync(struct ntfs_device *dev)
{
	(void)dev;
	return 0;
}

static int window_stat(struct ntfs_device *dev, struct stat *st)
{
	return fstat(window_of(dev)->fd, st);
}

/* libntfs-3g asks block devices for their sizes; this is none. */
static int window_ioctl(struct ntfs_device *dev, unsigned long request,
			void *arg)
{
	(void)dev;
	(void)request;
	(void)arg;
	errno = EOPNOTSUPP;
	return -1;
}

static struct ntfs_device_operations window_operations = {
	.open = window_open,
	.close = window_close,
	.seek = window_seek,
	.read = window_read,
	.write = window_write,
	.pread = window_pread,
	.pwrite = window_pwrite,
	.sync = window_sync,
	.stat = window_stat,
	.ioctl = window_ioctl,
};

struct ntfs_device *window_device_new(const char *path, int64_t offset,
				      int64_t length)
{
	struct window *w = calloc(1, sizeof(*w));
	struct ntfs_device *dev;

	if (w == NULL)
		return NULL;
	*w = (struct window){ .fd = -1, .offset = offset, .length = length };
	dev = ntfs_device_alloc(path, 0, &window_operations, w);
	if (dev == NULL)
		free(w);
	return dev;
}
