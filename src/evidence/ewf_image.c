/*
 * ewf_image.c - the disk in an Expert Witness image (E01), through libewf
 *
 * libewf, and not libtsk on top of it, because libtsk does not ask it whether
 * the checksum of a chunk was right: a damaged chunk would read as data.
 */
#include <libewf.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/file.h"
#include "evidence/findings.h"
#include "evidence/opening.h"

struct ewf_source {
	struct source source;
	libewf_handle_t *handle;
	uint32_t damaged;	/* chunks with a wrong checksum so far */
};

static int ewf_read(struct source *s, uint64_t off, void *buf, size_t n,
		    struct err *reterr)
{
	struct ewf_source *e = (struct ewf_source *)s;
	uint32_t damaged = 0;

	/* Ends: each turn reads a byte or fails.  */
	for (size_t done = 0; done < n;) {
		ssize_t r = libewf_handle_read_random(
			e->handle, (uint8_t *)buf + done, n - done,
			(off64_t)(off + done), NULL);

		if (r <= 0)
			return err_set(reterr, ERR_IO, off + done,
				       "chunk of an EWF image", 0, 0);
		done += (size_t)r;
	}
	libewf_handle_get_number_of_checksum_errors(e->handle, &damaged, NULL);
	if (damaged == e->damaged)
		return 0;
	e->damaged = damaged;
	return err_set(reterr, ERR_CHECKSUM, off, "chunk of an EWF image", 0,
		       0);
}

static void ewf_free(struct source *s)
{
	struct ewf_source *e = (struct ewf_source *)s;

	if (e->handle != NULL) {
		libewf_handle_close(e->handle, NULL);
		libewf_handle_free(&e->handle, NULL);
	}
	free(e);
}

static const struct source_ops ewf_ops = { ewf_read, NULL, ewf_free };

static int open_handle(struct opening *o, struct ewf_source *e, char **names,
		       int n, struct err *reterr)
{
	libewf_error_t *error = NULL;
	char text[256] = "libewf cannot open it";

	if (libewf_handle_initialize(&e->handle, &error) == 1 &&
	    libewf_handle_open(e->handle, names, n, LIBEWF_OPEN_READ,
			       &error) == 1)
		return 0;
	if (error != NULL)
		libewf_error_sprint(error, text, sizeof(text));
	libewf_error_free(&error);
	return opening_fail(o, ERR_IO, 0, reterr, "EWF image: %s", text);
}

static int measure(struct ewf_source *e, struct container *ret,
		   struct err *reterr)
{
	uint32_t sector_size = 0;
	size64_t size = 0;

	if (libewf_handle_get_media_size(e->handle, &size, NULL) != 1 ||
	    libewf_handle_get_bytes_per_sector(e->handle, &sector_size,
					       NULL) != 1)
		return err_set(reterr, ERR_VALUE, 0, "EWF image: media size", 0,
			       0);
	e->source.size = size;
	ret->disk = &e->source;
	ret->format = IMAGE_EWF;
	if (sector_size == 512 || sector_size == 4096)
		ret->sector_size = sector_size;
	return 0;
}

static int list_segments(struct opening *o, char **names, int n,
			 struct err *reterr)
{
	int r = 0;

	/* The first one is in the list.  */
	for (int i = 1; i < n && r == 0; i++)
		r = opening_list(o, names[i], reterr);
	return r;
}

int ewf_open(struct opening *o, const char *path, struct source *file,
	     struct container *ret, struct err *reterr)
{
	struct ewf_source *e = calloc(1, sizeof(*e));
	char **names = NULL;
	int n = 0;
	int r;

	(void)file;
	if (e == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "EWF image", 0, 0);
	e->source.ops = &ewf_ops;
	r = opening_own(o, &e->source, reterr);
	if (r < 0)
		return r;
	if (libewf_glob(path, strlen(path), LIBEWF_FORMAT_UNKNOWN, &names, &n,
			NULL) != 1)
		return err_set(reterr, ERR_NOT_FOUND, 0,
			       "segments of an EWF image", 0, 0);
	r = list_segments(o, names, n, reterr);
	if (r == 0)
		r = open_handle(o, e, names, n, reterr);
	libewf_glob_free(names, n, NULL);
	*ret = (struct container){ 0 };
	if (r < 0)
		return r;
	return measure(e, ret, reterr);
}
