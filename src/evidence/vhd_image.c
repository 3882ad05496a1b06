/*
 * vhd_image.c - the disk in a Virtual Hard Disk: fixed, dynamic, differencing
 *
 * An own reader, because libvhdi reads in steps of one sector and so takes
 * fifty times as long over a dynamic disk, and takes sectors of a differencing
 * disk from the child that are the parent's.  qemu and 7-Zip are the controls
 * in the tests.
 *
 * In a dynamic disk the sector bitmaps are not looked at, as in Windows and
 * qemu: a sector that was never written reads as what its block holds.  In a
 * differencing disk they decide, sector by sector, between child and parent.
 *
 * A parent is known by its unique id.  The child also notes when its parent's
 * file was last changed; nothing inside the parent says that, and the time of
 * the file here is that of a copy, so the note is not used.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/checked.h"
#include "evidence/file.h"
#include "evidence/findings.h"
#include "evidence/opening.h"
#include "evidence/runs.h"
#include "format/vhd.h"

#define SECTOR 512u

/* A path in a locator; Windows knows none that is longer.  */
#define MAX_PATH_BYTES (32767u * 2)

struct vhd_source {
	struct source source;
	struct source *file;
	struct source *parent;	/* NULL: holes are zeros */
	uint32_t block_bytes, bitmap_bytes;
	uint32_t n_blocks;
	be32 *bat;
	struct sector_bitmap bitmap;	/* of `bitmap_block' */
	uint32_t bitmap_block;	/* VHD_NO_BLOCK: of none yet */
};

static int load_bitmap(struct vhd_source *v, uint32_t block, struct err *reterr)
{
	int r;

	if (v->bitmap_block == block)
		return 0;
	v->bitmap_block = VHD_NO_BLOCK;
	r = source_read(v->file, (uint64_t)get_be32(v->bat[block]) * SECTOR,
			v->bitmap.bytes, v->bitmap_bytes, reterr);
	if (r == 0)
		v->bitmap_block = block;
	return r;
}

/* Where the first of the @n bytes at @off lie, all of them in one block.  */
static int find_run(struct source *s, uint64_t off, uint64_t n,
		    struct run *ret, struct err *reterr)
{
	struct vhd_source *v = (struct vhd_source *)s;
	uint32_t block = (uint32_t)(off / v->block_bytes);
	uint64_t in = off % v->block_bytes;
	uint32_t sector = get_be32(v->bat[block]);
	uint64_t first = in / SECTOR, same;
	int r;

	if (sector == VHD_NO_BLOCK) {
		*ret = run_of_parent(v->parent, off, n);
		return 0;
	}
	*ret = (struct run){
		.from = v->file, .n = n,
		.off = (uint64_t)sector * SECTOR + v->bitmap_bytes + in,
	};
	if (v->bitmap.bytes == NULL)
		return 0;
	r = load_bitmap(v, block, reterr);
	if (r < 0)
		return r;
	same = sectors_alike(&v->bitmap, first, (in + n + SECTOR - 1) / SECTOR);
	if (n > (first + same) * SECTOR - in)
		n = (first + same) * SECTOR - in;
	if (sector_bit(&v->bitmap, first))
		ret->n = n;
	else
		*ret = run_of_parent(v->parent, off, n);
	return 0;
}

static int vhd_read(struct source *s, uint64_t off, void *buf, size_t n,
		    struct err *reterr)
{
	const struct vhd_source *v = (struct vhd_source *)s;

	return runs_read(s, v->block_bytes, find_run, off, buf, n, reterr);
}

static uint64_t vhd_next_data(struct source *s, uint64_t off)
{
	const struct vhd_source *v = (struct vhd_source *)s;

	return runs_next_data(s, v->block_bytes, find_run, off);
}

static void vhd_free(struct source *s)
{
	struct vhd_source *v = (struct vhd_source *)s;

	free(v->bitmap.bytes);
	free(v->bat);
	free(v);
}

static const struct source_ops vhd_ops = { vhd_read, NULL, vhd_free };

/* Where the footer at the end of the file begins; it has 511 bytes in files of
 * early Virtual PC, and may be lost.  */
static int read_footer(struct source *file, uint64_t off, size_t n,
		       uint8_t *buf, struct vhd_footer *ret, struct err *reterr)
{
	int r = source_read(file, off, buf, n, reterr);

	if (r < 0)
		return r;
	return vhd_footer_parse((struct span){ buf, n, off }, ret, reterr);
}

struct footers {
	struct vhd_footer last, first;
	uint8_t last_bytes[VHD_FOOTER_BYTES], first_bytes[VHD_FOOTER_BYTES];
	int has_last, has_first;	/* 0, or why not */
	struct err last_err, first_err;
	uint64_t data_end;		/* where the trailing footer begins */
};

static void read_footers(struct source *file, struct footers *f)
{
	uint64_t size = file->size;

	*f = (struct footers){ .data_end = size };
	f->has_first = read_footer(file, 0, VHD_FOOTER_BYTES, f->first_bytes,
				   &f->first, &f->first_err);
	if (size < VHD_FOOTER_BYTES) {
		f->has_last = err_set(&f->last_err, ERR_TRUNCATED, 0,
				      "VHD footer", VHD_FOOTER_BYTES, size);
		return;
	}
	f->data_end = size - VHD_FOOTER_BYTES;
	f->has_last = read_footer(file, f->data_end, VHD_FOOTER_BYTES,
				  f->last_bytes, &f->last, &f->last_err);
	if (f->has_last != ERR_MAGIC)
		return;
	if (read_footer(file, size - 511, 511, f->last_bytes, &f->last,
			NULL) == 0) {
		f->data_end = size - 511;
		f->has_last = 0;
	}
}

/*
 * Which footer to believe.  A fixed disk has the one at the end only.  The
 * copies of other disks are equal; where one is damaged the other serves.
 */
static const struct vhd_footer *best_footer(const struct footers *f)
{
	if (f->has_last < 0 && f->has_first < 0)
		return NULL;
	if (f->has_last < 0)
		return &f->first;
	if (f->has_first < 0 || !f->last.bad_checksum ||
	    f->first.bad_checksum)
		return &f->last;
	return &f->first;
}

static bool equal_copies(const struct footers *f)
{
	return f->has_first == 0 && f->has_last == 0 &&
	       memcmp(f->first_bytes, f->last_bytes, 511) == 0;
}

/* A footer with a wrong checksum is believed if something bears it out: its
 * copy, or the size of the file.  */
static int check_footer_sum(struct opening *o, const char *name,
			    const struct footers *f,
			    const struct vhd_footer *best, struct err *reterr)
{
	if (!best->bad_checksum)
		return 0;
	if (best->type == VHD_FIXED ? best->current_size != f->data_end :
				      !equal_copies(f))
		return err_set(reterr, ERR_CHECKSUM, f->data_end, "VHD footer",
			       best->sum, best->checksum);
	diag_add(o->diags, &FINDING_CONTAINER_CHECKSUM,
		 "%s: the checksum of the VHD's footer is wrong; it was used "
		 "because %s.", name, best->type == VHD_FIXED ?
		 "its size is that of the file" : "its two copies are equal");
	return 0;
}

static int choose_footer(struct opening *o, const char *name,
			 const struct footers *f, struct vhd_footer *ret,
			 struct err *reterr)
{
	const struct vhd_footer *best = best_footer(f);
	const struct err *e = f->has_last < 0 ? &f->last_err : &f->first_err;
	int r;

	if (best == NULL)
		return err_set(reterr, e->code, e->at, e->what, e->want,
			       e->got);
	r = check_footer_sum(o, name, f, best, reterr);
	if (r < 0)
		return r;
	if (best->type != VHD_FIXED && !equal_copies(f))
		diag_add(o->diags, &FINDING_CONTAINER_COPY,
			 "%s: the two footers of the VHD differ or one of them "
			 "is lost; the %s one was used.", name,
			 best == &f->last ? "last" : "first");
	*ret = *best;
	return 0;
}

static int open_fixed(struct opening *o, const char *name, struct source *file,
		      const struct footers *f, uint64_t size,
		      struct container *ret, struct err *reterr)
{
	struct source *disk;
	int r;

	if (size != f->data_end)
		diag_add(o->diags, &FINDING_CONTAINER_SIZE,
			 "%s: the footer of the VHD says that the disk has %"
			 PRIu64 " bytes, the file holds %" PRIu64 " of it.",
			 name, size, f->data_end);
	if (size > f->data_end)
		size = f->data_end;
	disk = source_window(file, 0, size);
	r = opening_own(o, disk, reterr);
	if (r < 0)
		return r;
	ret->disk = disk;
	ret->format = IMAGE_VHD_FIXED;
	return 0;
}

static int check_tables(const struct vhd_source *v, const struct vhd_header *h,
			struct err *reterr)
{
	uint64_t size = v->source.size;
	uint64_t need = size / v->block_bytes + (size % v->block_bytes != 0);

	if (size == 0 || size % SECTOR != 0)
		return err_set(reterr, ERR_VALUE, 0, "VHD footer: current size",
			       SECTOR, size);
	if (need > h->bat_entries)
		return err_set(reterr, ERR_VALUE, 0,
			       "VHD dynamic header: BAT entries", need,
			       h->bat_entries);
	if (!range_fits(h->bat_offset, need * sizeof(be32), v->file->size))
		return err_set(reterr, ERR_TRUNCATED, h->bat_offset, "VHD BAT",
			       need * sizeof(be32), v->file->size);
	return 0;
}

/* Read the part of the BAT that the disk needs; it lies in the file, which
 * bounds the memory.  */
static int load_bat(struct opening *o, struct vhd_source *v,
		    const struct vhd_header *h, struct err *reterr)
{
	uint64_t size = v->source.size;
	int r = check_tables(v, h, reterr);

	if (r < 0)
		return r;
	v->n_blocks = (uint32_t)((size - 1) / v->block_bytes + 1);
	r = opening_table(o, (uint64_t)v->n_blocks * sizeof(*v->bat),
			  h->bat_offset, reterr);
	if (r < 0)
		return r;
	v->bat = calloc(v->n_blocks, sizeof(*v->bat));
	if (v->bat == NULL)
		return err_set(reterr, ERR_NOMEM, h->bat_offset, "VHD BAT", 0,
			       0);
	return source_read(v->file, h->bat_offset, v->bat,
			   (size_t)v->n_blocks * sizeof(*v->bat), reterr);
}

static int compare_sectors(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* What a block cannot share: the header and the BAT before it, the footer
 * behind it.  */
struct room {
	const char *name;
	uint64_t first, end;
	uint64_t block;		/* bytes of a block with its bitmap */
};

static void check_block(struct opening *o, const struct room *room,
			uint32_t sector, uint32_t next)
{
	uint64_t at = (uint64_t)sector * SECTOR;

	if (at < room->first)
		diag_add(o->diags, &FINDING_CONTAINER_BLOCK,
			 "%s: a block of the VHD begins at byte %" PRIu64
			 ", inside the headers and tables, which end at %"
			 PRIu64 ".", room->name, at, room->first);
	if (!range_fits(at, room->block, room->end))
		diag_add(o->diags, &FINDING_CONTAINER_BLOCK,
			 "%s: a block of the VHD begins at byte %" PRIu64
			 " and has %" PRIu64 " bytes, but the data end at %"
			 PRIu64 ".", room->name, at, room->block, room->end);
	if (next != VHD_NO_BLOCK && at + room->block > (uint64_t)next * SECTOR)
		diag_add(o->diags, &FINDING_CONTAINER_BLOCK,
			 "%s: two blocks of the VHD overlap: one begins at "
			 "byte %" PRIu64 " and has %" PRIu64 " bytes, another "
			 "begins at %" PRIu64 ".", room->name, at, room->block,
			 (uint64_t)next * SECTOR);
}

static int check_blocks(struct opening *o, const struct vhd_source *v,
			const struct room *room, struct err *reterr)
{
	uint32_t *sectors = arena_calloc(o->arena, v->n_blocks,
					 sizeof(*sectors));
	uint32_t n = v->n_blocks;

	if (sectors == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "VHD BAT", 0, 0);
	for (uint32_t i = 0; i < n; i++)
		sectors[i] = get_be32(v->bat[i]);
	qsort(sectors, n, sizeof(*sectors), compare_sectors);
	/* Absent blocks sort to the end.  */
	for (uint32_t i = 0; i < n && sectors[i] != VHD_NO_BLOCK; i++)
		check_block(o, room, sectors[i],
			    i + 1 < n ? sectors[i + 1] : VHD_NO_BLOCK);
	free(sectors);
	return 0;
}

static void add_locator(struct opening *o, struct source *file,
			const struct vhd_locator *l, struct parent_hint *h)
{
	struct span path;
	uint8_t *buf;

	if ((strcmp(l->platform, "W2ru") != 0 &&
	     strcmp(l->platform, "W2ku") != 0) ||
	    l->length > MAX_PATH_BYTES)
		return;
	buf = arena_malloc(o->arena, l->length + 1);
	if (buf == NULL)
		return;
	path = (struct span){ buf, l->length, l->offset };
	if (source_read(file, l->offset, buf, l->length, NULL) == 0)
		parent_add_path(o, h, path);
	free(buf);
}

/* The paths that the locators name, then the name in the header.  */
static void collect_paths(struct opening *o, struct source *file,
			  const struct vhd_header *header,
			  struct parent_hint *h)
{
	uint8_t name[512];

	for (int i = 0; i < VHD_LOCATORS; i++)
		add_locator(o, file, &header->locator[i], h);
	for (size_t i = 0; i < sizeof(name); i += 2) {
		name[i] = header->parent_name.p[i + 1];
		name[i + 1] = header->parent_name.p[i];
	}
	for (size_t i = 0; i < sizeof(name); i += 2)
		if (name[i] == 0 && name[i + 1] == 0) {
			parent_add_path(o, h, (struct span){ name, i, 0 });
			return;
		}
	parent_add_path(o, h, (struct span){ name, sizeof(name), 0 });
}

static bool is_parent(struct opening *o, const char *path, const void *uuid)
{
	const struct vhd_footer *best;
	struct footers f;
	struct source *file;

	if (file_open(path, o->arena, &file, NULL) < 0)
		return false;
	read_footers(file, &f);
	source_free(file);
	best = best_footer(&f);
	return best != NULL && memcmp(best->uuid, uuid, 16) == 0;
}

static int open_parent(struct opening *o, const char *path,
		       struct vhd_source *v, const struct vhd_header *h,
		       struct err *reterr)
{
	struct parent_hint hint = {
		.what = "parent", .is_parent = is_parent,
		.arg = h->parent_uuid,
		.mismatch = "has another id or is damaged",
	};
	struct container parent;
	const char *found;
	int r;

	collect_paths(o, v->file, h, &hint);
	r = parent_find(o, path, &hint, &found, reterr);
	if (r < 0)
		return r;
	r = container_open(o, found, &parent, reterr);
	if (r < 0)
		return r;
	v->parent = parent.disk;
	v->bitmap.high_first = true;
	v->bitmap.bytes = arena_malloc(o->arena, v->bitmap_bytes);
	if (v->bitmap.bytes == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "VHD bitmap", 0, 0);
	return 0;
}

static int read_header(struct source *file, uint64_t off, uint8_t *buf,
		       struct vhd_header *ret, struct err *reterr)
{
	int r = source_read(file, off, buf, VHD_HEADER_BYTES, reterr);

	if (r < 0)
		return r;
	return vhd_header_parse((struct span){ buf, VHD_HEADER_BYTES, off },
				ret, reterr);
}

static int open_blocks(struct opening *o, const char *path,
		       struct vhd_source *v, const struct vhd_footer *footer,
		       uint64_t data_end, struct err *reterr)
{
	uint8_t buf[VHD_HEADER_BYTES];
	struct vhd_header h;
	struct room room;
	int r = read_header(v->file, footer->data_offset, buf, &h, reterr);

	if (r < 0)
		return r;
	if (h.bad_checksum)
		diag_add(o->diags, &FINDING_CONTAINER_CHECKSUM,
			 "%s: the checksum of the VHD's dynamic header is "
			 "wrong; it was used because there is no copy of it; "
			 "what was read may not be the disk.", file_name(path));
	v->block_bytes = h.block_bytes;
	v->bitmap_bytes = vhd_bitmap_bytes(h.block_bytes);
	r = load_bat(o, v, &h, reterr);
	if (r < 0)
		return r;
	room = (struct room){
		.name = file_name(path),
		.first = h.bat_offset + v->n_blocks * sizeof(be32),
		.end = data_end,
		.block = (uint64_t)v->bitmap_bytes + v->block_bytes,
	};
	r = check_blocks(o, v, &room, reterr);
	if (r < 0 || footer->type != VHD_DIFFERENCING)
		return r;
	return open_parent(o, path, v, &h, reterr);
}

static int open_dynamic(struct opening *o, const char *path,
			struct source *file, const struct vhd_footer *footer,
			uint64_t data_end, struct container *ret,
			struct err *reterr)
{
	struct vhd_source *v = arena_calloc(o->arena, 1, sizeof(*v));
	int r;

	if (v == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "VHD", 0, 0);
	v->source = (struct source){
		.ops = &vhd_ops, .size = footer->current_size,
		.next_data = vhd_next_data,
	};
	v->file = file;
	v->bitmap_block = VHD_NO_BLOCK;
	r = opening_own(o, &v->source, reterr);
	if (r < 0)
		return r;
	r = open_blocks(o, path, v, footer, data_end, reterr);
	if (r < 0)
		return r;
	ret->disk = &v->source;
	ret->format = footer->type == VHD_DYNAMIC ? IMAGE_VHD_DYNAMIC :
		      IMAGE_VHD_DIFFERENCING;
	return 0;
}

int vhd_open(struct opening *o, const char *path, struct source *file,
	     struct container *ret, struct err *reterr)
{
	struct vhd_footer footer = { 0 };
	struct footers f;
	int r;

	read_footers(file, &f);
	r = choose_footer(o, file_name(path), &f, &footer, reterr);
	if (r < 0)
		return r;
	*ret = (struct container){ 0 };
	if (footer.type == VHD_FIXED)
		return open_fixed(o, file_name(path), file, &f,
				  footer.current_size, ret, reterr);
	return open_dynamic(o, path, file, &footer,
			    f.has_last == 0 ? f.data_end : file->size, ret,
			    reterr);
}
