#include "evidence/image.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "evidence/file.h"
#include "evidence/findings.h"
#include "evidence/opening.h"
#include "format/container.h"

/* The disk of an image: counts what is read of it, and is where citations
 * end.  */
struct disk_source {
	struct source source;
	struct source *below;
	struct io_stats *stats;
};

struct image_with_files {
	struct image image;
	struct disk_source disk;
	struct opening opening;
};

const char *image_format_name(enum image_format f)
{
	static const char *const names[] = {
		[IMAGE_RAW] = "raw", [IMAGE_SPLIT_RAW] = "split-raw",
		[IMAGE_VHD_FIXED] = "vhd-fixed",
		[IMAGE_VHD_DYNAMIC] = "vhd-dynamic",
		[IMAGE_VHD_DIFFERENCING] = "vhd-differencing",
		[IMAGE_VHDX_FIXED] = "vhdx-fixed",
		[IMAGE_VHDX_DYNAMIC] = "vhdx-dynamic",
		[IMAGE_VHDX_DIFFERENCING] = "vhdx-differencing",
		[IMAGE_EWF] = "ewf", [IMAGE_VMDK] = "vmdk",
		[IMAGE_QCOW] = "qcow", [IMAGE_QCOW2] = "qcow2",
		[IMAGE_VDI_FIXED] = "vdi-fixed",
		[IMAGE_VDI_DYNAMIC] = "vdi-dynamic",
		[IMAGE_VDI_DIFFERENCING] = "vdi-differencing",
		[IMAGE_GZIP] = "gzip", [IMAGE_AFF] = "aff",
		[IMAGE_AFD] = "afd", [IMAGE_AFM] = "afm",
	};

	return names[f];
}

static int disk_read(struct source *s, uint64_t off, void *buf, size_t n,
		     struct err *reterr)
{
	struct disk_source *d = (struct disk_source *)s;

	if (d->stats != NULL) {
		d->stats->bytes += n;
		d->stats->calls++;
	}
	return source_read(d->below, off, buf, n, reterr);
}

static uint64_t disk_next_data(struct source *s, uint64_t off)
{
	return source_next_data(((struct disk_source *)s)->below, off);
}

static const struct source_ops disk_ops = { disk_read, NULL, NULL };

/* Look at the signatures of @file.  */
static int detect(struct source *file, struct container_guess *ret,
		  struct err *reterr)
{
	size_t head_n = file->size < CONTAINER_HEAD_BYTES ? (size_t)file->size :
			CONTAINER_HEAD_BYTES;
	size_t tail_n = head_n < CONTAINER_TAIL_BYTES ? head_n :
			CONTAINER_TAIL_BYTES;
	uint64_t tail_at = file->size - tail_n;
	uint8_t tail[CONTAINER_TAIL_BYTES];
	uint8_t *head = malloc(head_n);
	int r;

	if (head == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "image file", 0, 0);
	r = source_read(file, 0, head, head_n, reterr);
	if (r == 0)
		r = source_read(file, tail_at, tail, tail_n, reterr);
	if (r == 0)
		*ret = container_detect((struct span){ head, head_n, 0 },
					(struct span){ tail, tail_n, tail_at });
	free(head);
	return r;
}

/* Fail since @file has not the signature that its extension @dot promises.  */
static int no_signature(struct opening *o, const char *dot,
			struct source *file, const struct container_mark *m,
			struct err *reterr)
{
	uint64_t at = m->from_end ? file->size - m->at : m->at;
	uint64_t want = 0, got = 0;
	unsigned n = m->n < 8 ? m->n : 8;
	uint8_t found[8];
	struct err e;
	int r = source_read(file, at, found, n, reterr);

	if (r < 0)
		return r;
	for (unsigned i = 0; i < n; i++) {
		want = want << 8 | (uint8_t)m->bytes[i];
		got = got << 8 | found[i];
	}
	err_set(&e, ERR_MAGIC, at, NULL, want, got);
	return opening_fail(o, &e, reterr,
			    "named %s, but without its signature", dot);
}

/*
 * A file without signature but with the name of a container: if it begins with
 * a boot sector, it is a disk after all; else its signature was lost, and what
 * follows is not a disk's bytes.
 */
static int check_name(struct opening *o, const char *path, struct source *file,
		      struct err *reterr)
{
	const char *dot = strrchr(file_name(path), '.');
	struct container_mark promised;
	const char *unread;
	uint8_t mark[2];
	int r;

	if (dot == NULL)
		return 0;
	unread = container_unread(dot + 1);
	if (unread == NULL && !container_of_extension(dot + 1, &promised))
		return 0;
	r = source_read(file, 510, mark, sizeof(mark), reterr);
	if (r < 0)
		return r;
	if (memcmp(mark, "\x55\xaa", sizeof(mark)) != 0)
		return unread != NULL ?
			err_set(reterr, ERR_UNSUPPORTED, 0, unread, 0, 0) :
			no_signature(o, dot, file, &promised, reterr);
	diag_add(o->diags, &FINDING_CONTAINER_MISNAMED,
		 "%s: the file is named %s but has no signature of that "
		 "format; it begins with a boot sector and was read as a raw "
		 "image.", file_name(path), dot);
	return 0;
}

static int open_as(struct opening *o, const char *path, struct source *file,
		   const struct container_guess *g, struct container *ret,
		   struct err *reterr)
{
	int r;

	switch (g->kind) {
	case CONTAINER_VHD:
		return vhd_open(o, path, file, ret, reterr);
	case CONTAINER_VHDX:
		return vhdx_open(o, path, file, ret, reterr);
	case CONTAINER_EWF:
		return ewf_open(o, path, file, ret, reterr);
	case CONTAINER_VMDK:
		return vmdk_open(o, path, file, ret, reterr);
	case CONTAINER_QCOW:
		return qcow_open(o, path, file, ret, reterr);
	case CONTAINER_VDI:
		return vdi_open(o, path, file, ret, reterr);
	case CONTAINER_GZIP:
		return gzip_open(o, path, file, ret, reterr);
	case CONTAINER_AFF:
		return aff_open(o, path, file, ret, reterr);
	case CONTAINER_OTHER:
		return err_set(reterr, ERR_UNSUPPORTED, g->at, g->name, 0, 0);
	case CONTAINER_RAW:
		break;
	}
	r = check_name(o, path, file, reterr);
	if (r < 0)
		return r;
	return raw_open(o, path, file, ret, reterr);
}

static int open_file(struct opening *o, const char *path, struct container *ret,
		     struct err *reterr)
{
	/* Only the first file is: those that it names are files.  */
	bool supplied = o->options.supplied != NULL && o->n_files == 0;
	struct container_guess g = { 0 };
	struct source *file;
	int r;

	if (!supplied && afd_is_directory(path))
		return afd_open(o, path, ret, reterr);
	r = supplied ? opening_supplied(o, path, &file, reterr) :
		       opening_file(o, path, &file, reterr);
	if (r < 0)
		return r;
	r = detect(file, &g, reterr);
	if (r < 0)
		return r;
	/* libewf opens files by their names.  */
	if (supplied && g.kind == CONTAINER_EWF)
		return err_set(reterr, ERR_UNSUPPORTED, 0,
			       "EWF image without a file", 0, 0);
	return open_as(o, path, file, &g, ret, reterr);
}

/* Open @path as the parent of what is being opened now.  */
static int open_in_chain(struct opening *o, const char *path,
			 struct container *ret, struct err *reterr)
{
	struct chain link = { .child = o->chain };
	struct stat st;
	int r;

	if (o->depth >= MAX_CHAIN)
		return err_set(reterr, ERR_LIMIT, 0, "chain of parents",
			       MAX_CHAIN, o->depth);
	if (stat(path, &st) == 0) {
		link.device = st.st_dev;
		link.inode = st.st_ino;
	}
	for (const struct chain *c = o->chain; c != NULL; c = c->child)
		if (c->device == link.device && c->inode == link.inode)
			return err_set(reterr, ERR_LOOP, 0, "chain of parents",
				       0, 0);
	o->chain = &link;
	o->depth++;
	r = open_file(o, path, ret, reterr);
	o->depth--;
	o->chain = link.child;
	return r;
}

int container_open(struct opening *o, const char *path, struct container *ret,
		   struct err *reterr)
{
	struct err e;
	const char *what;
	int r = open_in_chain(o, path, ret, &e);

	if (r == 0)
		return 0;
	what = arena_printf(o->arena, "%s: %s", file_name(path), e.what);
	err_set(reterr, e.code, e.at, what != NULL ? what : e.what, e.want,
		e.got);
	return r;
}

static void set_image(struct image_with_files *w, const struct container *c,
		      const char *path, unsigned index, struct io_stats *stats)
{
	unsigned asked = w->opening.options.sector_size;

	w->disk = (struct disk_source){
		.source = {
			.ops = &disk_ops, .size = c->disk->size,
			.sector_size = asked != 0 ? asked : c->sector_size,
			.image = index,
			.next_data = disk_next_data,
		},
		.below = c->disk,
		.stats = stats,
	};
	w->image = (struct image){
		.disk = &w->disk.source, .format = c->format,
		.file = file_name(path),
		.segments = w->opening.files, .n_segments = w->opening.n_files,
		.ids = w->opening.ids,
		.sector_size = c->sector_size,
	};
}

int image_open(const char *path, unsigned index, const struct image_options *o,
	       struct io_stats *stats, struct arena *a, struct diag_list *d,
	       struct image **ret, struct err *reterr)
{
	struct image_with_files *w = arena_calloc(a, 1, sizeof(*w));
	struct container c = { 0 };
	int r;

	/* Nothing lies beside it: a file is no directory.  */
	path = o != NULL && o->supplied != NULL ?
	       arena_printf(a, "/dev/null/%s", file_name(path)) :
	       arena_strdup(a, path);
	if (w == NULL || path == NULL) {
		free(w);
		return err_set(reterr, ERR_NOMEM, 0, "image", 0, 0);
	}
	w->opening.arena = a;
	w->opening.diags = d;
	if (o != NULL)
		w->opening.options = *o;
	r = container_open(&w->opening, path, &c, reterr);
	if (r < 0) {
		image_close(&w->image);
		return r;
	}
	set_image(w, &c, path, index, stats);
	*ret = &w->image;
	return 0;
}

void image_close(struct image *img)
{
	struct image_with_files *w = (struct image_with_files *)img;

	if (w == NULL)
		return;
	opening_done(&w->opening);
	free(w);
}
