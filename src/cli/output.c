#include "cli/output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"

struct output {
	int fd;
	const char *path;	/* for messages */
	char *temporary;	/* NULL: written straight to its place */
	bool force;
	int error;		/* errno of the first failure */
};

static int stop(const char *path, const char *why)
{
	complain("%s: %s", path, why);
	return STATUS_OUTPUT;
}

static int no_memory(void)
{
	complain("out of memory");
	return STATUS_LIMIT;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* 0 if @path may be written; @ret_direct: as it is, without a temporary.  */
static int check_target(const char *path, bool force,
			const char *const *inputs, size_t n_inputs,
			bool *ret_direct)
{
	struct stat out, in;

	*ret_direct = false;
	if (stat(path, &out) < 0)
		return errno == ENOENT ? 0 : stop(path, strerror(errno));
	for (size_t i = 0; i < n_inputs; i++)
		if (stat(inputs[i], &in) == 0 && same_file(&out, &in))
			return stop(path, "is an input; evidence is never "
				    "written to");
	if (S_ISBLK(out.st_mode))
		return stop(path, "is a block device; it is never written to");
	if (S_ISDIR(out.st_mode))
		return stop(path, "is a directory");
	*ret_direct = !S_ISREG(out.st_mode);
	if (S_ISREG(out.st_mode) && !force)
		return stop(path, "is there already; --force overwrites it");
	return 0;
}

/* The directory part of @path, up to its last slash.  */
static size_t directory_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? 0 : (size_t)(slash - path) + 1;
}

/* The path of @name in the directory of @path, for the caller to free.  */
static char *path_beside(const char *path, const char *name)
{
	size_t dir = directory_length(path), n = strlen(name) + 1;
	char *t = malloc(dir + n);

	if (t == NULL)
		return NULL;
	memcpy(t, path, dir);
	memcpy(t + dir, name, n);
	return t;
}

/* mkstemp() makes a file that only its owner reads; a report has the rights
 * that any new file gets.  */
static void set_usual_mode(int fd)
{
	mode_t mask = umask(0);

	umask(mask);
	fchmod(fd, 0666 & ~mask);
}

/* What a signal leaves to be removed.  */
static char *volatile unfinished;

static void remove_unfinished(int signal_number)
{
	if (unfinished != NULL)
		unlink(unfinished);
	signal(signal_number, SIG_DFL);
	raise(signal_number);
}

static void remove_when_stopped(char *name)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGTERM };

	unfinished = name;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (signal(signals[i], remove_unfinished) == SIG_IGN)
			signal(signals[i], SIG_IGN);
}

static int open_temporary(struct output *o)
{
	o->temporary = path_beside(o->path, ".coldmount-XXXXXX");
	if (o->temporary == NULL)
		return no_memory();
	o->fd = mkstemp(o->temporary);
	if (o->fd < 0)
		return stop(o->path, strerror(errno));
	remove_when_stopped(o->temporary);
	set_usual_mode(o->fd);
	return 0;
}

static int open_direct(struct output *o)
{
	o->fd = open(o->path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	return o->fd < 0 ? stop(o->path, strerror(errno)) : 0;
}

static int open_file(struct output *o, const char *const *inputs,
		     size_t n_inputs)
{
	bool direct;
	int r = check_target(o->path, o->force, inputs, n_inputs, &direct);

	if (r != 0)
		return r;
	return direct ? open_direct(o) : open_temporary(o);
}

static bool is_standard_output(const char *path)
{
	return path == NULL || strcmp(path, "-") == 0;
}

bool output_is_terminal(const char *path)
{
	return is_standard_output(path) && isatty(STDOUT_FILENO);
}

int output_open(const char *path, bool force, const char *const *inputs,
		size_t n_inputs, struct output **ret)
{
	struct output *o = calloc(1, sizeof(*o));
	int r = 0;

	if (o == NULL)
		return no_memory();
	o->force = force;
	if (is_standard_output(path)) {
		o->fd = STDOUT_FILENO;
		o->path = "standard output";
	} else {
		o->path = path;
		r = open_file(o, inputs, n_inputs);
	}
	if (r != 0) {
		free(o->temporary);
		free(o);
		return r;
	}
	*ret = o;
	return STATUS_COMPLETE;
}

static int check_beside(const struct output *o, const char *beside,
			const char *name, const char *why)
{
	struct stat out, in;
	char *path;
	int r = 0;

	if (o->temporary == NULL)
		return 0;
	path = path_beside(beside, name);
	if (path == NULL)
		return no_memory();
	if (stat(o->path, &out) == 0 && stat(path, &in) == 0 &&
	    same_file(&out, &in))
		r = stop(o->path, why);
	free(path);
	return r;
}

int output_check(const struct output *o, const char *beside, const char *name)
{
	return check_beside(o, beside, name, "is part of an image; evidence is "
			    "never written to");
}

/* In whatever case: Windows knows none.  */
static bool is_log_name(const char *name, const char *hive)
{
	static const char *const suffixes[] = { ".LOG", ".LOG1", ".LOG2" };
	const size_t n = strlen(hive);

	if (strncasecmp(name, hive, n) != 0)
		return false;
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (strcasecmp(name + n, suffixes[i]) == 0)
			return true;
	return false;
}

/* Those in the directory of @hive.  */
static int check_logs_beside(const struct output *o, const char *hive)
{
	const size_t n = directory_length(hive);
	char *directory = path_beside(hive, ".");
	const struct dirent *e;
	DIR *d;
	int r = 0;

	if (directory == NULL)
		return no_memory();
	d = opendir(directory);
	free(directory);
	/* Ends: a directory does.  */
	while (d != NULL && r == 0 && (e = readdir(d)) != NULL)
		if (is_log_name(e->d_name, hive + n))
			r = check_beside(o, hive, e->d_name,
					 "is a log of a hive; evidence is "
					 "never written to");
	if (d != NULL)
		closedir(d);
	return r;
}

int output_check_logs(const struct output *o, const char *hive)
{
	char *real;
	int r;

	if (o->temporary == NULL)
		return 0;
	r = check_logs_beside(o, hive);
	if (r != 0)
		return r;
	real = realpath(hive, NULL);
	if (real != NULL)
		r = check_logs_beside(o, real);
	free(real);
	return r;
}

int output_write(void *ctx, const void *data, size_t n)
{
	struct output *o = ctx;
	const char *p = data;

	while (n > 0) {
		ssize_t w = write(o->fd, p, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0) {
			o->error = errno;
			return -1;
		}
		p += w;
		n -= (size_t)w;
	}
	return 0;
}

/* Give the temporary file its name.  link() fails where the name was taken in
 * the meantime, which rename() would not.  */
static int take_name(const struct output *o)
{
	struct stat st;

	if (o->force)
		return rename(o->temporary, o->path);
	if (link(o->temporary, o->path) == 0)
		return unlink(o->temporary);
	/* File systems without hard links.  */
	if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS)
		return -1;
	if (lstat(o->path, &st) == 0) {
		errno = EEXIST;
		return -1;
	}
	return rename(o->temporary, o->path);
}

/* So that the name, too, outlives a power failure.  A file system that cannot
 * do it has said nothing about the file.  */
static void sync_directory(const char *path)
{
	size_t n = directory_length(path);
	char *dir = n > 0 ? strndup(path, n) : strdup(".");
	int fd = dir != NULL ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) :
			       -1;

	free(dir);
	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

static int finish_file(struct output *o)
{
	int synced = fsync(o->fd), error = errno;

	if (close(o->fd) < 0)
		return errno;
	if (synced < 0)
		return error;
	if (take_name(o) < 0)
		return errno;
	sync_directory(o->path);
	return 0;
}

int output_end(struct output *o, bool keep)
{
	int error = o->error;

	if (o->temporary != NULL) {
		if (keep && error == 0)
			error = finish_file(o);
		else
			close(o->fd);
		if (!keep || error != 0)
			unlink(o->temporary);
	} else if (o->fd != STDOUT_FILENO && close(o->fd) < 0 && error == 0) {
		error = errno;
	}
	unfinished = NULL;
	if (error != 0 && error != EPIPE)
		complain("%s: %s", o->path, strerror(error));
	free(o->temporary);
	free(o);
	return error != 0 && error != EPIPE ? STATUS_OUTPUT : STATUS_COMPLETE;
}
