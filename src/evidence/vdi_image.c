/*
 * vdi_image.c - the disk in a VirtualBox disk image: dynamic, fixed,
 * differencing
 *
 * An own reader, because no library that Debian has reads it; qemu-img is the
 * control in the tests.
 *
 * A differencing image knows its parent by UUID alone. A snapshot's file is
 * named after its own UUID and lies in the directory Snapshots of its virtual
 * machine, the first of the chain one directory above; so all three places are
 * looked through for the image that has the UUID.
 */
#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "base/checked.h"
#include "base/count.h"
#include "evidence/file.h"
#include "evidence/findings.h"
#include "evidence/opening.h"
#include "evidence/runs.h"
#include "format/vdi.h"

/* Files that are looked into for a parent: a virtual machine with more
 * snapshots has its parents named by hand.  */
#define MAX_LOOKED_INTO 1000

struct vdi_source {
	struct source source;
	struct source *file;
	struct source *parent;	/* NULL: holes are zeros */
	struct vdi_header h;
	uint32_t n_blocks;	/* that the disk needs */
	le32 *map;
};

static uint64_t block_offset(const struct vdi_source *v, uint32_t index)
{
	return v->h.data_offset +
	       index * ((uint64_t)v->h.extra_bytes + v->h.block_bytes) +
	       v->h.extra_bytes;
}

static int find_run(struct source *s, uint64_t off, uint64_t n,
		    struct run *ret, struct err *reterr)
{
	struct vdi_source *v = (struct vdi_source *)s;
	uint32_t index = get_le32(v->map[off / v->h.block_bytes]);

	(void)reterr;
	if (index == VDI_FREE)
		*ret = run_of_parent(v->parent, off, n);
	else if (index == VDI_ZERO)
		*ret = (struct run){ .n = n };
	else
		*ret = (struct run){
			.from = v->file, .n = n,
			.off = block_offset(v, index) +
			       off % v->h.block_bytes,
		};
	return 0;
}

static int vdi_read(struct source *s, uint64_t off, void *buf, size_t n,
		    struct err *reterr)
{
	const struct vdi_source *v = (struct vdi_source *)s;

	return runs_read(s, v->h.block_bytes, find_run, off, buf, n, reterr);
}

static uint64_t vdi_next_data(struct source *s, uint64_t off)
{
	const struct vdi_source *v = (struct vdi_source *)s;

	return runs_next_data(s, v->h.block_bytes, find_run, off);
}

static void vdi_free(struct source *s)
{
	struct vdi_source *v = (struct vdi_source *)s;

	free(v->map);
	free(v);
}

static const struct source_ops vdi_ops = { vdi_read, NULL, vdi_free };

static int read_header(struct source *file, struct vdi_header *ret,
		       struct err *reterr)
{
	uint8_t buf[VDI_HEADER_BYTES];
	size_t n = file->size < sizeof(buf) ? (size_t)file->size : sizeof(buf);
	int r = source_read(file, 0, buf, n, reterr);

	if (r < 0)
		return r;
	return vdi_header_parse((struct span){ buf, n, 0 }, ret, reterr);
}

/* The map lies in the file, which bounds the memory.  */
static int load_map(struct opening *o, struct vdi_source *v,
		    struct err *reterr)
{
	uint64_t bytes = (uint64_t)v->n_blocks * sizeof(*v->map);
	int r = opening_table(o, bytes, v->h.map_offset, reterr);

	if (r < 0)
		return r;
	if (!range_fits(v->h.map_offset, bytes, v->file->size))
		return err_set(reterr, ERR_TRUNCATED, v->h.map_offset,
			       "VDI block map", bytes, v->file->size);
	v->map = arena_malloc(o->arena, (size_t)bytes);
	if (v->map == NULL)
		return err_set(reterr, ERR_NOMEM, v->h.map_offset,
			       "VDI block map", 0, 0);
	return source_read(v->file, v->h.map_offset, v->map, (size_t)bytes,
			   reterr);
}

/* What a look at the map shows.  */
struct survey {
	uint64_t present;	/* blocks that are in the file */
	uint64_t outside;	/* of them behind its end, in part or all */
	uint64_t twice;		/* that are another block of the disk as well */
};

static int compare_indexes(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static int survey_map(struct opening *o, const struct vdi_source *v,
		      struct survey *s, struct err *reterr)
{
	uint32_t *seen = arena_malloc(o->arena,
				      v->n_blocks * sizeof(*seen));

	if (seen == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "VDI block map", 0, 0);
	for (uint32_t i = 0; i < v->n_blocks; i++) {
		uint32_t index = get_le32(v->map[i]);
		uint64_t left = v->source.size -
				(uint64_t)i * v->h.block_bytes;

		if (index >= VDI_ZERO)
			continue;
		if (left > v->h.block_bytes)
			left = v->h.block_bytes;
		s->outside += !range_fits(block_offset(v, index), left,
					  v->file->size);
		seen[s->present++] = index;
	}
	qsort(seen, s->present, sizeof(*seen), compare_indexes);
	for (uint64_t i = 1; i < s->present; i++)
		s->twice += seen[i] == seen[i - 1];
	free(seen);
	return 0;
}

static void check_offsets(struct opening *o, const char *name,
			  const struct vdi_source *v)
{
	uint64_t map_end = v->h.map_offset +
			   (uint64_t)v->n_blocks * sizeof(*v->map);

	if (v->h.data_offset < map_end)
		diag_add(o->diags, &FINDING_CONTAINER_BLOCK,
			 "%s: the blocks of the VDI begin at byte %" PRIu32
			 ", inside of its headers and its map, which end at %"
			 PRIu64 ".", name, v->h.data_offset, map_end);
}

static int check_map(struct opening *o, const char *name,
		     const struct vdi_source *v, struct err *reterr)
{
	struct survey s = { 0 };
	int r = survey_map(o, v, &s, reterr);

	if (r < 0)
		return r;
	check_offsets(o, name, v);
	if (v->n_blocks != v->h.n_blocks)
		diag_add(o->diags, &FINDING_CONTAINER_SIZE,
			 "%s: the VDI has a map of %" PRIu32 " %s, its disk "
			 "of %" PRIu64 " bytes needs %" PRIu32 ".", name,
			 v->h.n_blocks,
			 count_word(v->h.n_blocks, "block", "blocks"),
			 v->source.size, v->n_blocks);
	if (s.outside > 0)
		diag_add(o->diags, &FINDING_CONTAINER_BLOCK,
			 "%s: %" PRIu64 " %s of the VDI would lie past the end "
			 "of the file, which has %" PRIu64 " bytes.",
			 name, s.outside,
			 count_word(s.outside, "block", "blocks"),
			 v->file->size);
	if (s.twice > 0)
		diag_add(o->diags, &FINDING_CONTAINER_BLOCK,
			 "%s: the map of the VDI names %" PRIu64 " %s of the "
			 "file a second time.", name, s.twice,
			 count_word(s.twice, "block", "blocks"));
	if (s.present != v->h.n_allocated)
		diag_add(o->diags, &FINDING_CONTAINER_BLOCK,
			 "%s: the header of the VDI says that %" PRIu32
			 " %s in the file, its map has %" PRIu64 ".", name,
			 v->h.n_allocated, count_word(v->h.n_allocated,
						      "block is", "blocks are"),
			 s.present);
	return 0;
}

/* --- parents -------------------------------------------------------------- */

static bool header_of(struct opening *o, const char *path,
		      struct vdi_header *ret)
{
	struct source *file;
	int r;

	if (file_open(path, o->arena, &file, NULL) < 0)
		return false;
	r = read_header(file, ret, NULL);
	source_free(file);
	return r == 0;
}

static bool is_parent(struct opening *o, const char *path, const void *uuid)
{
	struct vdi_header h;

	return header_of(o, path, &h) && guid_equal(&h.uuid, uuid);
}

static bool is_vdi_name(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot != NULL && strcasecmp(dot, ".vdi") == 0;
}

struct search {
	const struct vdi_header *child;
	const char *best;	/* path of the parent, so far */
	bool unchanged;		/* it is as the child says */
	unsigned looked_into;
};

/* Of copies of the parent, the one that was not changed since, and then the
 * first by its name: a directory has no order.  */
static void consider(struct opening *o, struct search *s, const char *path)
{
	struct vdi_header h;
	bool unchanged;

	if (!header_of(o, path, &h) || !guid_equal(&h.uuid, &s->child->parent))
		return;
	unchanged = guid_equal(&h.modified, &s->child->parent_modified);
	if (s->best != NULL && (s->unchanged > unchanged ||
				(s->unchanged == unchanged &&
				 strcmp(s->best, path) <= 0)))
		return;
	s->best = path;
	s->unchanged = unchanged;
}

static void search_directory(struct opening *o, struct search *s,
			     const char *path, const char *beside)
{
	int n = (int)(file_name(path) - path);
	const char *dir = arena_printf(o->arena, "%.*s%s", n, path, beside);
	DIR *d = dir != NULL ? opendir(dir) : NULL;
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL &&
	       s->looked_into < MAX_LOOKED_INTO) {
		const char *full;

		if (!is_vdi_name(e->d_name))
			continue;
		s->looked_into++;
		full = arena_printf(o->arena, "%s/%s", dir, e->d_name);
		if (full != NULL)
			consider(o, s, full);
	}
	if (d != NULL)
		closedir(d);
}

static int find_parent(struct opening *o, const char *path,
		       const struct vdi_header *h, const char **ret,
		       struct err *reterr)
{
	struct search s = { .child = h };
	char uuid[GUID_TEXT_CHARS + 1];
	struct parent_hint hint = {
		.what = "parent", .is_parent = is_parent, .arg = &h->parent,
		.mismatch = "has another UUID, or is not a VDI",
		.paths = { arena_printf(o->arena, "{%s}.vdi",
					guid_text(&h->parent, uuid)) },
		.n_paths = 1,
	};
	int r;

	if (hint.paths[0] == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "VDI", 0, 0);
	r = parent_find(o, path, &hint, ret, reterr);
	if (r != ERR_NOT_FOUND)
		return r;
	search_directory(o, &s, path, ".");
	if (s.best == NULL)
		search_directory(o, &s, path, "..");
	if (s.best == NULL)
		search_directory(o, &s, path, "Snapshots");
	if (s.best == NULL)
		return r;
	*ret = s.best;
	return 0;
}

static void check_parent(struct opening *o, const char *path,
			 const char *found, const struct vdi_source *v,
			 const struct source *parent)
{
	const char *name = file_name(path), *below = file_name(found);
	struct vdi_header h;

	if (header_of(o, found, &h) &&
	    !guid_equal(&h.modified, &v->h.parent_modified))
		diag_add(o->diags, &FINDING_BACKING_DIFFERS,
			 "%s: the parent %s was written to after the VDI was "
			 "made on top of it; what was read may never have "
			 "been the disk.", name, below);
	if (parent->size != v->source.size)
		diag_add(o->diags, &FINDING_BACKING_DIFFERS,
			 "%s: the VDI has a disk of %" PRIu64 " bytes, its "
			 "parent %s one of %" PRIu64 ".", name,
			 v->source.size, below, parent->size);
}

static int open_parent(struct opening *o, const char *path,
		       struct vdi_source *v, struct err *reterr)
{
	struct container parent;
	const char *found;
	int r;

	if (v->h.type != VDI_DIFFERENCING)
		return 0;
	r = find_parent(o, path, &v->h, &found, reterr);
	if (r < 0)
		return r;
	r = container_open(o, found, &parent, reterr);
	if (r < 0)
		return r;
	v->parent = parent.disk;
	check_parent(o, path, found, v, parent.disk);
	return 0;
}

/* --- opening -------------------------------------------------------------- */

static int open_blocks(struct opening *o, const char *path,
		       struct vdi_source *v, struct err *reterr)
{
	int r = read_header(v->file, &v->h, reterr);

	if (r < 0)
		return r;
	v->source.size = v->h.disk_bytes;
	v->n_blocks = (uint32_t)((v->h.disk_bytes - 1) / v->h.block_bytes + 1);
	r = load_map(o, v, reterr);
	if (r < 0)
		return r;
	r = check_map(o, file_name(path), v, reterr);
	if (r < 0)
		return r;
	return open_parent(o, path, v, reterr);
}

static enum image_format format_of(enum vdi_type type)
{
	switch (type) {
	case VDI_FIXED:
		return IMAGE_VDI_FIXED;
	case VDI_DIFFERENCING:
		return IMAGE_VDI_DIFFERENCING;
	case VDI_DYNAMIC:
		break;
	}
	return IMAGE_VDI_DYNAMIC;
}

int vdi_open(struct opening *o, const char *path, struct source *file,
	     struct container *ret, struct err *reterr)
{
	struct vdi_source *v = arena_calloc(o->arena, 1, sizeof(*v));
	int r;

	if (v == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "VDI", 0, 0);
	v->source.ops = &vdi_ops;
	v->source.next_data = vdi_next_data;
	v->file = file;
	r = opening_own(o, &v->source, reterr);
	if (r < 0)
		return r;
	r = open_blocks(o, path, v, reterr);
	if (r < 0)
		return r;
	*ret = (struct container){
		.disk = &v->source, .format = format_of(v->h.type),
	};
	return 0;
}
