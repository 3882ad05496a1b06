/* For O_NOATIME, also where the compiler is called without options.  */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "evidence/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Linux reads no more than 2 GiB in one call.  */
#define MAX_READ_BYTES (1u << 30)

struct file {
	struct source source;
	int fd;
};

const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static int file_read(struct source *s, uint64_t off, void *buf, size_t n,
		     struct err *reterr)
{
	struct file *f = (struct file *)s;
	uint8_t *out = buf;

	while (n > 0) {
		size_t want = n < MAX_READ_BYTES ? n : MAX_READ_BYTES;
		ssize_t r = pread(f->fd, out, want, (off_t)off);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return err_set(reterr, ERR_IO, off, "image file", 0, 0);
		if (r == 0)	/* someone cuts it while we read */
			return err_set(reterr, ERR_TRUNCATED, off, "image file",
				       n, 0);
		out += r;
		off += (uint64_t)r;
		n -= (size_t)r;
	}
	return 0;
}

/* Nothing reads at the position of the descriptor, which this moves.  */
static uint64_t file_next_data(struct source *s, uint64_t off)
{
	off_t next = lseek(((struct file *)s)->fd, (off_t)off, SEEK_DATA);

	if (next >= 0)
		return (uint64_t)next;
	return errno == ENXIO ? s->size : off;
}

static void file_free(struct source *s)
{
	close(((struct file *)s)->fd);
	free(s);
}

static const struct source_ops file_ops = { file_read, NULL, file_free };

/* Not to change even the access time, where the system lets us; and not to wait
 * for the other end of a FIFO.  */
static int open_quietly(const char *path)
{
	int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	int fd = open(path, flags | O_NOATIME);

	if (fd < 0 && errno == EPERM)
		fd = open(path, flags);
	return fd;
}

static int check_kind(mode_t mode, struct err *reterr)
{
	if (S_ISREG(mode) || S_ISBLK(mode))
		return 0;
	return err_set(reterr, ERR_FILE, 0,
		       S_ISDIR(mode) ? "a directory, not a file" :
		       "neither a file nor a block device", 0, 0);
}

static int measure(int fd, uint64_t *ret, struct err *reterr)
{
	struct stat st;
	off_t end;
	int r;

	if (fstat(fd, &st) < 0)
		return err_set(reterr, ERR_IO, 0, "image file", 0, 0);
	r = check_kind(st.st_mode, reterr);
	if (r < 0)
		return r;
	/* stat() knows no size of a block device.  */
	end = lseek(fd, 0, SEEK_END);
	if (end < 0)
		return err_set(reterr, ERR_IO, 0, "image file", 0, 0);
	if (end == 0)
		return err_set(reterr, ERR_FILE, 0, "empty file", 0, 0);
	*ret = (uint64_t)end;
	return 0;
}

static int open_failed(struct arena *a, int error, struct err *reterr)
{
	const char *text = arena_strdup(a, strerror(error));

	return err_set(reterr, ERR_FILE, 0,
		       text != NULL ? text : "it cannot be opened", 0, 0);
}

int file_open(const char *path, struct arena *a, struct source **ret,
	      struct err *reterr)
{
	int fd = open_quietly(path);
	struct file *f;
	uint64_t size = 0;
	int r;

	if (fd < 0)
		return open_failed(a, errno, reterr);
	r = measure(fd, &size, reterr);
	if (r < 0) {
		close(fd);
		return r;
	}
	f = arena_calloc(a, 1, sizeof(*f));
	if (f == NULL) {
		close(fd);
		return err_set(reterr, ERR_NOMEM, 0, "image file", 0, 0);
	}
	f->source = (struct source){ .ops = &file_ops, .size = size,
				     .next_data = file_next_data };
	f->fd = fd;
	*ret = &f->source;
	return 0;
}
