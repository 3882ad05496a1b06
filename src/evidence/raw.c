/*
 * raw.c - a disk's bytes as they are, in one file or in segments
 *
 * Segments carry a number (disk.001, disk.002; some count from .000) or letters
 * (disk.aa, disk.ab) for an extension, and lie in one directory.  There is
 * nothing inside that says so: a name that looks like it, and a next one beside
 * it, make a split image.
 */
#include <ctype.h>
#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/file.h"
#include "evidence/findings.h"
#include "evidence/opening.h"

/* A sector: what is smaller is no disk, but perhaps what is left of a container
 * whose signature was cut off.  */
#define MIN_DISK_BYTES 512

/* More than any tool writes.  Of letters, no more than aa to zz: disk.img is
 * not a segment.  */
#define MAX_NUMBERS 10000
#define MAX_LETTERS (26 * 26)

/* How segments are named: all digits or all lower-case letters of a fixed
 * width; numbers may outgrow it.  */
struct numbering {
	int stem;		/* length of the path up to the extension */
	int width;
	bool letters;
	unsigned first;		/* number of the file that was given */
};

static bool all(const char *s, int (*test)(int))
{
	for (; *s != '\0'; s++)
		if (!test((unsigned char)*s))
			return false;
	return true;
}

static unsigned segment_number(const char *ext, bool letters)
{
	unsigned x = 0;

	for (; *ext != '\0'; ext++)
		x = letters ? x * 26 + (unsigned)(*ext - 'a') :
			      x * 10 + (unsigned)(*ext - '0');
	return x;
}

static bool parse_extension(const char *ext, bool *ret_letters)
{
	size_t n = strlen(ext);

	if (n >= 3 && n <= 5 && all(ext, isdigit))
		*ret_letters = false;
	else if (n >= 2 && n <= 3 && all(ext, islower))
		*ret_letters = true;
	else
		return false;
	return true;
}

static bool parse_numbering(const char *path, struct numbering *ret)
{
	const char *name = file_name(path);
	const char *dot = strrchr(name, '.');
	bool letters;

	if (dot == NULL || dot == name || !parse_extension(dot + 1, &letters))
		return false;
	*ret = (struct numbering){
		.stem = (int)(dot + 1 - path),
		.width = (int)strlen(dot + 1),
		.letters = letters,
		.first = segment_number(dot + 1, letters),
	};
	return true;
}

static const char *segment_path(struct opening *o, const char *path,
				const struct numbering *nb, unsigned i)
{
	char letters[4] = { 0 };

	if (!nb->letters)
		return arena_printf(o->arena, "%.*s%0*u", nb->stem, path,
				    nb->width, i);
	for (int k = nb->width - 1; k >= 0; k--) {
		letters[k] = (char)('a' + i % 26);
		i /= 26;
	}
	return arena_printf(o->arena, "%.*s%s", nb->stem, path, letters);
}

/* Is @name a segment of the image @path?  Which?  */
static bool is_segment(const char *name, const char *path,
		       const struct numbering *nb, unsigned *ret)
{
	size_t stem = (size_t)nb->stem - (size_t)(file_name(path) - path);
	const char *ext = name + stem;
	bool letters;

	if (strncmp(name, file_name(path), stem) != 0 ||
	    !parse_extension(ext, &letters) || letters != nb->letters)
		return false;
	if (strlen(ext) != (size_t)nb->width &&
	    (letters || ext[0] == '0' || strlen(ext) < (size_t)nb->width))
		return false;
	/* disk.dd is the usual name of the image before it was split.  */
	if (strcmp(ext, "dd") == 0)
		return false;
	*ret = segment_number(ext, letters);
	return *ret < (letters ? MAX_LETTERS : MAX_NUMBERS);
}

/* The lowest and the highest number of a segment in the image's directory.  */
static void find_range(struct opening *o, const char *path,
		       const struct numbering *nb, unsigned *ret_low,
		       unsigned *ret_high)
{
	int n = (int)(file_name(path) - path);
	char *dir = arena_printf(o->arena, "%.*s", n, path);
	DIR *d = dir != NULL ? opendir(n > 0 ? dir : ".") : NULL;
	struct dirent *e;
	unsigned i;

	*ret_low = *ret_high = nb->first;
	if (d == NULL)
		return;
	while ((e = readdir(d)) != NULL) {
		if (!is_segment(e->d_name, path, nb, &i))
			continue;
		if (i < *ret_low)
			*ret_low = i;
		if (i > *ret_high)
			*ret_high = i;
	}
	closedir(d);
}

/* All segments but the last are as long as the first.  */
static void check_size(struct opening *o, const char *path,
		       const struct source_piece *first, uint64_t size,
		       bool last)
{
	if (size == first->n || (last && size < first->n))
		return;
	diag_add(o->diags, &FINDING_CONTAINER_SEGMENT,
		 "%s: this segment of a split image has %" PRIu64
		 " bytes, the first one has %" PRIu64
		 ": they may not belong together, or one is cut short%s.",
		 file_name(path), size, first->n, size < first->n ?
		 ", and what the later ones hold is read at too low an "
		 "offset" : "");
}

static int open_segments(struct opening *o, const char *path,
			 const struct numbering *nb, unsigned high,
			 struct source_piece *pieces, struct err *reterr)
{
	for (unsigned i = nb->first + 1; i <= high; i++) {
		const char *segment = segment_path(o, path, nb, i);
		struct source *s;
		struct err e;
		int r;

		if (segment == NULL)
			return err_set(reterr, ERR_NOMEM, 0, "segment", 0, 0);
		r = opening_file(o, segment, &s, &e);
		if (r < 0)
			return opening_fail(o, &e, reterr, "segment %s: %s",
					    file_name(segment), e.what);
		check_size(o, segment, &pieces[0], s->size, i == high);
		pieces[i - nb->first] = (struct source_piece){ s, 0, s->size };
	}
	return 0;
}

static int split_open(struct opening *o, const char *path, struct source *file,
		      const struct numbering *nb, unsigned high,
		      struct container *ret, struct err *reterr)
{
	size_t n = high - nb->first + 1;
	struct source_piece *pieces = arena_calloc(o->arena, n,
						   sizeof(*pieces));
	struct source *disk;
	int r;

	if (pieces == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "segments", 0, 0);
	pieces[0] = (struct source_piece){ file, 0, file->size };
	r = open_segments(o, path, nb, high, pieces, reterr);
	if (r < 0)
		goto out;
	disk = source_concat(pieces, n);
	r = opening_own(o, disk, reterr);
	if (r < 0)
		goto out;
	*ret = (struct container){ .disk = disk, .format = IMAGE_SPLIT_RAW };
out:
	free(pieces);
	return r;
}

int raw_open(struct opening *o, const char *path, struct source *file,
	     struct container *ret, struct err *reterr)
{
	struct numbering nb;
	unsigned low, high;

	if (file->size < MIN_DISK_BYTES)
		return err_set(reterr, ERR_TRUNCATED, 0, "raw image",
			       MIN_DISK_BYTES, file->size);
	*ret = (struct container){ .disk = file, .format = IMAGE_RAW };
	if (!parse_numbering(path, &nb))
		return 0;
	find_range(o, path, &nb, &low, &high);
	if (nb.first <= 1 && high > nb.first)
		return split_open(o, path, file, &nb, high, ret, reterr);
	if (low < nb.first && low <= 1)
		diag_add(o->diags, &FINDING_CONTAINER_SEGMENT,
			 "%s: the name is that of a later segment of a split "
			 "image, whose first lies beside it; it was read "
			 "alone.",
			 file_name(path));
	return 0;
}
