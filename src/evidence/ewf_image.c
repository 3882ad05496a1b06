/*
 * ewf_image.c - the disk in an Expert Witness image (E01), through libewf
 *
 * libewf, and not libtsk on top of it, because libtsk does not ask it whether
 * the checksum of a chunk was right, and libewf fills a chunk that it cannot
 * read with zeros.  Nor does libewf mind a segment that is missing or cut: the
 * segments' chains of sections are followed here before it opens them.
 */
#include <inttypes.h>
#include <libewf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/file.h"
#include "evidence/findings.h"
#include "evidence/opening.h"
#include "format/ewf.h"

/* A segment has some ten sections, and two for each table of 16 thousand
 * chunks.  */
#define MAX_SECTIONS 100000

struct ewf_source {
	struct source source;
	libewf_handle_t *handle;
	unsigned sector_size;
};

/* Is one of the @n bytes at @off in a chunk that libewf found damaged, and
 * filled with zeros?  It keeps a list of such runs of sectors.  */
static bool is_damaged(struct ewf_source *e, uint64_t off, size_t n)
{
	uint64_t first = off / e->sector_size;
	uint64_t end = (off + n - 1) / e->sector_size + 1;
	uint32_t count = 0;

	libewf_handle_get_number_of_checksum_errors(e->handle, &count, NULL);
	for (uint32_t i = 0; i < count; i++) {
		uint64_t start, sectors;

		if (libewf_handle_get_checksum_error(e->handle, i, &start,
						     &sectors, NULL) != 1)
			return true;
		if (start < end && first < start + sectors)
			return true;
	}
	return false;
}

static int ewf_read(struct source *s, uint64_t off, void *buf, size_t n,
		    struct err *reterr)
{
	struct ewf_source *e = (struct ewf_source *)s;

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
	if (is_damaged(e, off, n))
		return err_set(reterr, ERR_IO, off,
			       "chunk of an EWF image (missing or damaged)", 0,
			       0);
	return 0;
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

/* What the sections of all segments say together.  */
struct survey {
	uint32_t chunks;	/* that there should be */
	uint64_t found;		/* in the tables */
	bool complete;		/* the last segment ended with "done" */
	bool damaged;		/* it could not be followed to its end */
	const char *segment;	/* the name of the one at hand */
	struct guid set;	/* the id of the first one that has one */
	bool has_set;
	const char *stray;	/* the first one with another id, which is of
				 * another acquisition; or NULL */
};

static void survey_set(struct survey *s, struct span content)
{
	struct guid set;

	if (!ewf_set_parse(content, &set))
		return;
	if (!s->has_set)
		s->set = set;
	else if (s->stray == NULL && !guid_equal(&set, &s->set))
		s->stray = s->segment;
	s->has_set = true;
}

static bool is_volume(const char *type)
{
	return strcmp(type, "volume") == 0 || strcmp(type, "disk") == 0 ||
	       strcmp(type, "data") == 0;
}

/* Count what the content of a section, at @at, says of chunks.  */
static int survey_section(struct source *file, const struct ewf_section *sec,
			  uint64_t at, struct survey *s, struct err *reterr)
{
	const bool volume = is_volume(sec->type);
	uint8_t buf[EWF_VOLUME_BYTES];
	struct span content = { buf, 8, at };
	uint32_t n = 0;
	int r;

	if (!volume && strcmp(sec->type, "table") != 0)
		return 0;
	if (volume && sec->size >= EWF_SECTION_BYTES + sizeof(buf))
		content.n = sizeof(buf);
	r = source_read(file, at, buf, content.n, reterr);
	if (r == 0 && volume) {
		survey_set(s, content);
		return strcmp(sec->type, "data") == 0 ? 0 :
		       ewf_volume_parse(content, &s->chunks, reterr);
	}
	if (r == 0)
		r = ewf_table_parse(content, &n, reterr);
	s->found += n;
	return r;
}

/* Follow the sections of a segment to its end.  */
static int survey_segment(struct source *file, struct survey *s,
			  struct err *reterr)
{
	uint64_t at = EWF_FILE_HEADER_BYTES;
	struct ewf_section sec = { .next = at };

	s->complete = false;
	for (int i = 0; i < MAX_SECTIONS; i++) {
		uint8_t buf[EWF_SECTION_BYTES];
		int r = source_read(file, at, buf, sizeof(buf), reterr);

		if (r == 0)
			r = ewf_section_parse((struct span){ buf, sizeof(buf),
							     at },
					      &sec, reterr);
		if (r == 0)
			r = survey_section(file, &sec, at + sizeof(buf), s,
					   reterr);
		if (r < 0)
			return r;
		s->complete = strcmp(sec.type, "done") == 0;
		if (s->complete || strcmp(sec.type, "next") == 0)
			return 0;
		if (sec.next <= at)
			return err_set(reterr, ERR_LOOP, at, "EWF section", 0,
				       0);
		at = sec.next;
	}
	return err_set(reterr, ERR_LIMIT, at, "EWF sections", MAX_SECTIONS,
		       MAX_SECTIONS);
}

static int check_number(struct opening *o, struct source *file,
			const char *name, unsigned want, struct err *reterr)
{
	uint8_t buf[EWF_FILE_HEADER_BYTES];
	unsigned got = 0;
	struct err e;
	int r = source_read(file, 0, buf, sizeof(buf), &e);

	if (r == 0)
		r = ewf_segment_parse((struct span){ buf, sizeof(buf), 0 },
				      &got, &e);
	if (r < 0)
		return opening_fail(o, &e, reterr, "%s: %s", name, e.what);
	if (got == want)
		return 0;
	err_set(&e, ERR_VALUE, 9, NULL, want, got);
	return opening_fail(o, &e, reterr, "%s: segment number", name);
}

static int check_segment(struct opening *o, const char *path, unsigned number,
			 struct survey *s, struct err *reterr)
{
	const char *name = file_name(path);
	struct source *file;
	char text[200];
	struct err e;
	int r = opening_file(o, path, &file, &e);

	/* Of the first, the image's own name tells it.  */
	if (r < 0 && number == 1)
		return err_set(reterr, e.code, e.at, e.what, e.want, e.got);
	if (r < 0)
		return opening_fail(o, &e, reterr, "%s: %s", name,
				    e.what != NULL ? e.what : "segment");
	s->segment = name;
	r = check_number(o, file, name, number, reterr);
	if (r < 0)
		return r;
	s->damaged = survey_segment(file, s, &e) < 0;
	if (s->damaged)
		diag_add(o->diags, &FINDING_CONTAINER_SEGMENT,
			 "%s: this segment of the EWF image is damaged or cut "
			 "short: %s.", name, err_text(&e, text, sizeof(text)));
	return 0;
}

static void say_survey(struct opening *o, const struct survey *s, char **names,
		       int n)
{
	if (!s->complete && !s->damaged)
		diag_add(o->diags, &FINDING_CONTAINER_SEGMENT,
			 "%s: the EWF image continues after this segment, but "
			 "segment %d is missing; what lies there cannot be "
			 "read.", file_name(names[n - 1]), n + 1);
	if (s->found != s->chunks)
		diag_add(o->diags, &FINDING_CONTAINER_SEGMENT,
			 "%s: the EWF image should have %" PRIu32
			 " chunks, its tables have %" PRIu64 ".",
			 file_name(names[0]), s->chunks, s->found);
	if (s->stray != NULL)
		diag_add(o->diags, &FINDING_CONTAINER_SEGMENT,
			 "%s: this segment is of another acquisition than %s.",
			 s->stray, file_name(names[0]));
}

static int check_segments(struct opening *o, char **names, int n,
			  struct survey *s, struct err *reterr)
{
	o->n_files--;	/* the one that was given; all are listed now */
	for (int i = 0; i < n; i++) {
		int r = check_segment(o, names[i], (unsigned)i + 1, s, reterr);

		if (r < 0)
			return r;
		if (s->complete && i + 1 < n)
			diag_add(o->diags, &FINDING_CONTAINER_SEGMENT,
				 "%s: the EWF image ends here, but more "
				 "segments lie beside it.",
				 file_name(names[i]));
	}
	say_survey(o, s, names, n);
	return 0;
}

/* Why libewf failed: of its lines, the first, which tells the cause.  */
static const char *cause(libewf_error_t *error, char *buf, size_t n)
{
	snprintf(buf, n, "libewf cannot open it");
	if (error != NULL && libewf_error_backtrace_sprint(error, buf, n) < 0)
		libewf_error_sprint(error, buf, n);
	buf[strcspn(buf, "\r\n")] = '\0';
	return buf;
}

static int open_handle(struct opening *o, struct ewf_source *e, char **names,
		       int n, const struct survey *s, struct err *reterr)
{
	libewf_error_t *error = NULL;
	struct err why = { .code = ERR_IO };
	char text[2048];

	if (libewf_handle_initialize(&e->handle, &error) == 1 &&
	    libewf_handle_open(e->handle, names, n, LIBEWF_OPEN_READ,
			       &error) == 1)
		return 0;
	cause(error, text, sizeof(text));
	libewf_error_free(&error);
	if (s->stray == NULL)
		return opening_fail(o, &why, reterr, "EWF image: %s", text);
	why.code = ERR_FILE;
	return opening_fail(o, &why, reterr, "%s: this segment is of another "
			    "acquisition than %s", s->stray,
			    file_name(names[0]));
}

static int measure(struct ewf_source *e, struct container *ret,
		   struct err *reterr)
{
	uint32_t sector_size = 0;
	size64_t size = 0;

	if (libewf_handle_get_media_size(e->handle, &size, NULL) != 1 ||
	    libewf_handle_get_bytes_per_sector(e->handle, &sector_size,
					       NULL) != 1 ||
	    size == 0 || sector_size == 0)
		return err_set(reterr, ERR_VALUE, 0, "EWF image: media size", 0,
			       size);
	e->source.size = size;
	e->sector_size = sector_size;
	*ret = (struct container){ .disk = &e->source, .format = IMAGE_EWF };
	if (sector_size == 512 || sector_size == 4096)
		ret->sector_size = sector_size;
	return 0;
}

int ewf_open(struct opening *o, const char *path, struct source *file,
	     struct container *ret, struct err *reterr)
{
	struct ewf_source *e = arena_calloc(o->arena, 1, sizeof(*e));
	struct survey s = { 0 };
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
			NULL) != 1 || n < 1)
		return err_set(reterr, ERR_NOT_FOUND, 0,
			       "segments of an EWF image", 0, 0);
	r = check_segments(o, names, n, &s, reterr);
	if (r == 0)
		r = open_handle(o, e, names, n, &s, reterr);
	libewf_glob_free(names, n, NULL);
	if (r < 0)
		return r;
	return measure(e, ret, reterr);
}
