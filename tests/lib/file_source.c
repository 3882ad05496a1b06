#include "lib/file_source.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct file_source {
	struct source source;
	struct io_stats *stats;
	int fd;
};

static int read_at(struct source *s, uint64_t off, void *buf, size_t n,
		   struct err *reterr)
{
	struct file_source *f = (struct file_source *)s;

	if (f->stats != NULL) {
		f->stats->calls++;
		f->stats->bytes += n;
	}
	if (pread(f->fd, buf, n, (off_t)off) != (ssize_t)n)
		return err_set(reterr, ERR_IO, off, "test file", n, 0);
	return 0;
}

static void close_source(struct source *s)
{
	close(((struct file_source *)s)->fd);
	free(s);
}

struct source *file_source(const char *path, struct io_stats *stats)
{
	static const struct source_ops ops = { read_at, NULL, close_source };
	struct file_source *f = calloc(1, sizeof(*f));
	struct stat st;

	if (f == NULL)
		return NULL;
	f->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (f->fd < 0 || fstat(f->fd, &st) < 0) {
		free(f);
		return NULL;
	}
	f->source = (struct source){ .ops = &ops,
				     .size = (uint64_t)st.st_size };
	f->stats = stats;
	return &f->source;
}
