/*
 * copies.c - images that are one file, and disks that look like copies of one
 *
 * A captured disk is easily named twice: by two names of one file, by a second
 * segment, or by a copy in another format.  Each is read as the disk that it is
 * said to be, so that all names lead to several volumes; this says why.
 */
#include <string.h>

#include "machine/internal.h"

/* What is compared at each place: the boot code and the table of a disk, the
 * boot sector of a volume and what lies beside it.  */
#define SAMPLE_BYTES 16384

/* Volumes of a disk whose beginnings are compared.  */
#define MAX_SAMPLED 16

/* The file of @image among those of @other; NONE.  */
static size_t find_file(const struct image *image, const struct image *other)
{
	const struct file_id *id = &image->ids[0];

	for (size_t i = 0; i < other->n_segments; i++)
		if (id->inode != 0 && other->ids[i].inode == id->inode &&
		    other->ids[i].device == id->device)
			return i;
	return NONE;
}

static void say_shared(struct machine *m, size_t image, size_t other,
		       size_t place)
{
	const struct model *o = &m->model;

	if (place == 0)
		diag_add(&m->model.findings, &FINDING_IMAGE_TWICE,
			 "image%zu and image%zu are the same file (%s, %s), so "
			 "one disk is reported twice.", other, image,
			 o->images[other].file, o->images[image].file);
	else
		diag_add(&m->model.findings, &FINDING_IMAGE_TWICE,
			 "image%zu is the file %s, which is a segment or a "
			 "parent of image%zu (%s) and was read with it.",
			 image, o->images[image].file, other,
			 o->images[other].file);
}

/* Whether the images @a and @b are made of one file; if so, it is said.  */
static bool share_file(struct machine *m, size_t a, size_t b)
{
	const struct image *x = m->images[a], *y = m->images[b];
	size_t place = find_file(y, x);

	if (place != NONE) {
		say_shared(m, b, a, place);
		return true;
	}
	place = find_file(x, y);
	if (place != NONE)
		say_shared(m, a, b, place);
	return place != NONE;
}

static bool same_id(const struct disk *a, const struct disk *b)
{
	if (a->size != b->size || a->scheme != b->scheme)
		return false;
	if (a->scheme == SCHEME_GPT)
		return !guid_is_zero(&a->guid) && guid_equal(&a->guid,
							     &b->guid);
	if (a->scheme == SCHEME_MBR)
		return a->signature != 0 && a->signature == b->signature;
	/* A volume that takes the whole disk.  */
	return a->n_partitions > 0 && b->n_partitions > 0;
}

/* Compare @n bytes at @off; false also where they cannot be read.  */
static bool same_bytes(const struct disk *a, const struct disk *b, uint64_t off,
		       uint64_t n, uint64_t *compared)
{
	uint8_t x[SAMPLE_BYTES], y[SAMPLE_BYTES];

	if (off >= a->size)
		return true;
	if (n > a->size - off)
		n = a->size - off;
	if (source_read(a->source, off, x, (size_t)n, NULL) < 0 ||
	    source_read(b->source, off, y, (size_t)n, NULL) < 0)
		return false;
	*compared += n;
	return memcmp(x, y, (size_t)n) == 0;
}

static bool same_samples(const struct disk *a, const struct disk *b,
			 uint64_t *compared)
{
	uint64_t last = a->size > SAMPLE_BYTES ? a->size - SAMPLE_BYTES : 0;

	if (!same_bytes(a, b, 0, SAMPLE_BYTES, compared) ||
	    !same_bytes(a, b, last, SAMPLE_BYTES, compared))
		return false;
	for (size_t i = 0; i < a->n_partitions && i < MAX_SAMPLED; i++)
		if (!same_bytes(a, b, a->partitions[i].offset, SAMPLE_BYTES,
				compared))
			return false;
	return true;
}

static bool compare_disks(struct machine *m, size_t a, size_t b)
{
	const struct disk *x = &m->model.disks[a].table;
	const struct disk *y = &m->model.disks[b].table;
	uint64_t compared = 0;
	struct diag *d;

	if (!same_id(x, y) || !same_samples(x, y, &compared))
		return false;
	d = diag_add(&m->model.findings, &FINDING_DISK_COPIED,
		     "disk%zu and disk%zu have the same size, the same id, and "
		     "the same bytes wherever they were compared (%llu bytes: "
		     "where the disks and their volumes begin, and where the "
		     "disks end): images of one disk, or a copy of it.", a, b,
		     (unsigned long long)compared);
	if (d == NULL)
		return true;
	cites_join(m->arena, &d->cites, &x->cites);
	cites_join(m->arena, &d->cites, &y->cites);
	return true;
}

/* Compare the disk @b with those before it.  The first that it equals will do:
 * that one was compared with the others.  */
static void compare_with_others(struct machine *m, size_t b)
{
	const struct machine_disk *disks = m->model.disks;

	for (size_t a = 0; a < b; a++)
		if (share_file(m, disks[a].image, disks[b].image) ||
		    compare_disks(m, a, b))
			return;
}

int machine_find_copies(struct machine *m, struct err *reterr)
{
	(void)reterr;
	for (size_t b = 1; b < m->model.n_disks; b++)
		compare_with_others(m, b);
	return 0;
}
