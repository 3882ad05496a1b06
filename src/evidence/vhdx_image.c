/*
 * vhdx_image.c - the disk in a VHDX: fixed, dynamic, differencing
 *
 * An own reader, because libvhdi replays no log, and reads a differencing disk
 * wrong where a chunk has no sector-bitmap block.  qemu and 7-Zip are the
 * controls in the tests.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/checked.h"
#include "base/count.h"
#include "evidence/file.h"
#include "evidence/findings.h"
#include "evidence/opening.h"
#include "evidence/runs.h"
#include "evidence/vhdx_log.h"
#include "format/vhdx.h"

/* Enough for the largest disk of the format in blocks of 8 MiB; Windows makes
 * them of 32 MiB.  */
#define MAX_BAT_ENTRIES (8u << 20)

/* Windows makes a metadata region of 1 MiB.  */
#define MAX_METADATA_BYTES (4u << 20)

struct vhdx_source {
	struct source source;
	struct source *file;	/* with its log replayed */
	struct source *parent;	/* NULL: holes are zeros */
	struct vhdx_metadata meta;
	uint64_t n_blocks;
	uint64_t chunk_blocks;	/* blocks that share a sector bitmap */
	uint64_t n_entries;
	le64 *bat;
	struct sector_bitmap bitmap;	/* of `bitmap_block' */
	uint64_t bitmap_block;	/* UINT64_MAX: of none yet */
};

static uint64_t block_entry(const struct vhdx_source *v, uint64_t block)
{
	return get_le64(v->bat[block + block / v->chunk_blocks]);
}

static uint64_t bitmap_entry(const struct vhdx_source *v, uint64_t block)
{
	uint64_t chunk = block / v->chunk_blocks;

	return get_le64(v->bat[(chunk + 1) * (v->chunk_blocks + 1) - 1]);
}

static size_t bitmap_bytes(const struct vhdx_source *v)
{
	return v->meta.block_bytes / v->meta.sector_bytes / 8;
}

static int load_bitmap(struct vhdx_source *v, uint64_t block,
		       struct err *reterr)
{
	uint64_t entry = bitmap_entry(v, block);
	uint64_t off = VHDX_OFFSET(entry) +
		       block % v->chunk_blocks * bitmap_bytes(v);
	int r;

	if (v->bitmap_block == block)
		return 0;
	if (VHDX_STATE(entry) != VHDX_FULLY_PRESENT)
		return err_set(reterr, ERR_NOT_FOUND, 0,
			       "sector bitmap of a VHDX block",
			       VHDX_FULLY_PRESENT, VHDX_STATE(entry));
	v->bitmap_block = UINT64_MAX;
	r = source_read(v->file, off, v->bitmap.bytes, bitmap_bytes(v), reterr);
	if (r == 0)
		v->bitmap_block = block;
	return r;
}

/* A block of which some sectors are the parent's.  */
static int find_partial_run(struct vhdx_source *v, uint64_t off, uint64_t n,
			    struct run *ret, struct err *reterr)
{
	uint64_t block = off / v->meta.block_bytes;
	uint64_t in = off % v->meta.block_bytes;
	uint32_t sector = v->meta.sector_bytes;
	uint64_t same;
	int r;

	if (v->bitmap.bytes == NULL)
		return err_set(reterr, ERR_VALUE, off,
			       "VHDX block state in a disk without parent",
			       VHDX_FULLY_PRESENT, VHDX_PARTIALLY_PRESENT);
	r = load_bitmap(v, block, reterr);
	if (r < 0)
		return r;
	same = sectors_alike(&v->bitmap, in / sector,
			  (in + n + sector - 1) / sector);
	if (n > (in / sector + same) * sector - in)
		n = (in / sector + same) * sector - in;
	if (!sector_bit(&v->bitmap, in / sector)) {
		*ret = run_of_parent(v->parent, off, n);
		return 0;
	}
	*ret = (struct run){
		.from = v->file, .n = n,
		.off = VHDX_OFFSET(block_entry(v, block)) + in,
	};
	return 0;
}

/*
 * Where the first of the @n bytes at @off lie, all of them in one block.  What
 * is undefined or unmapped may hold anything by the format; Windows and qemu
 * answer zeros, and not what the parent has.
 */
static int find_run(struct source *s, uint64_t off, uint64_t n,
		    struct run *ret, struct err *reterr)
{
	struct vhdx_source *v = (struct vhdx_source *)s;
	uint64_t entry = block_entry(v, off / v->meta.block_bytes);

	switch (VHDX_STATE(entry)) {
	case VHDX_NOT_PRESENT:
		*ret = run_of_parent(v->parent, off, n);
		return 0;
	case VHDX_UNDEFINED:
	case VHDX_ZERO:
	case VHDX_UNMAPPED:
	case VHDX_UNMAPPED_095:
		*ret = (struct run){ .n = n };
		return 0;
	case VHDX_FULLY_PRESENT:
		*ret = (struct run){
			.from = v->file, .n = n,
			.off = VHDX_OFFSET(entry) +
			       off % v->meta.block_bytes,
		};
		return 0;
	case VHDX_PARTIALLY_PRESENT:
		return find_partial_run(v, off, n, ret, reterr);
	}
	return err_set(reterr, ERR_VALUE, off, "VHDX block state",
		       VHDX_FULLY_PRESENT, VHDX_STATE(entry));
}

static int vhdx_read(struct source *s, uint64_t off, void *buf, size_t n,
		     struct err *reterr)
{
	const struct vhdx_source *v = (struct vhdx_source *)s;

	return runs_read(s, v->meta.block_bytes, find_run, off, buf, n, reterr);
}

static uint64_t vhdx_next_data(struct source *s, uint64_t off)
{
	const struct vhdx_source *v = (struct vhdx_source *)s;

	return runs_next_data(s, v->meta.block_bytes, find_run, off);
}

static void vhdx_free(struct source *s)
{
	struct vhdx_source *v = (struct vhdx_source *)s;

	free(v->bitmap.bytes);
	free(v->bat);
	free(v);
}

static const struct source_ops vhdx_ops = { vhdx_read, NULL, vhdx_free };

static int read_header(struct source *file, uint64_t off,
		       struct vhdx_header *ret, struct err *reterr)
{
	uint8_t buf[VHDX_HEADER_BYTES];
	int r = source_read(file, off, buf, sizeof(buf), reterr);

	if (r < 0)
		return r;
	return vhdx_header_parse((struct span){ buf, sizeof(buf), off }, ret,
				 reterr);
}

/* The header that counts: of the valid ones, that with the higher number.
 * *@reterr is filled, even on success, if one of them is not valid.  */
static int active_header(struct source *file, struct vhdx_header *ret,
			 struct err *reterr)
{
	struct vhdx_header h;
	int first = read_header(file, VHDX_HEADER_1_AT, ret, reterr);
	int second = read_header(file, VHDX_HEADER_2_AT, &h,
				 first < 0 ? NULL : reterr);

	if (first < 0 && second < 0)
		return first;
	if (second == 0 && (first < 0 || h.sequence > ret->sequence))
		*ret = h;
	return 0;
}

static void note_copy(struct opening *o, const char *name, const char *what,
		      const struct err *e)
{
	char text[200];

	diag_add(o->diags, &FINDING_CONTAINER_COPY,
		 "%s: one of the two %s of the VHDX cannot be used (%s); the "
		 "other was.", name, what, err_text(e, text, sizeof(text)));
}

static int find_header(struct opening *o, const char *name, struct source *file,
		       struct vhdx_header *ret, struct err *reterr)
{
	struct err e = { 0 };
	uint8_t magic[8];
	int r = active_header(file, ret, &e);

	if (r < 0)
		return err_set(reterr, e.code, e.at, e.what, e.want, e.got);
	if (e.code != 0)
		note_copy(o, name, "headers", &e);
	r = source_read(file, 0, magic, sizeof(magic), reterr);
	if (r < 0)
		return r;
	if (memcmp(magic, "vhdxfile", sizeof(magic)) != 0)
		diag_add(o->diags, &FINDING_CONTAINER_COPY,
			 "%s: the signature of the VHDX at byte 0 is damaged; "
			 "its headers were found.", name);
	return 0;
}

static int read_regions(struct opening *o, struct source *file, uint64_t off,
			struct vhdx_regions *ret, struct err *reterr)
{
	uint8_t *buf = arena_malloc(o->arena, VHDX_TABLE_BYTES);
	int r;

	if (buf == NULL)
		return err_set(reterr, ERR_NOMEM, off, "VHDX region table", 0,
			       0);
	r = source_read(file, off, buf, VHDX_TABLE_BYTES, reterr);
	if (r == 0)
		r = vhdx_regions_parse((struct span){ buf, VHDX_TABLE_BYTES,
						      off }, ret, reterr);
	free(buf);
	return r;
}

static int find_regions(struct opening *o, const char *name,
			struct source *file, struct vhdx_regions *ret,
			struct err *reterr)
{
	struct vhdx_regions copy;
	struct err e1 = { 0 }, e2 = { 0 };
	int first = read_regions(o, file, VHDX_REGIONS_1_AT, ret, &e1);
	int second = read_regions(o, file, VHDX_REGIONS_2_AT, &copy, &e2);

	if (first < 0 && second < 0)
		return err_set(reterr, e1.code, e1.at, e1.what, e1.want,
			       e1.got);
	if (first < 0)
		*ret = copy;
	if (first < 0 || second < 0)
		note_copy(o, name, "region tables", first < 0 ? &e1 : &e2);
	else if (ret->bat.offset != copy.bat.offset ||
		 ret->bat.length != copy.bat.length ||
		 ret->metadata.offset != copy.metadata.offset)
		diag_add(o->diags, &FINDING_CONTAINER_COPY,
			 "%s: the two region tables of the VHDX differ; the "
			 "first was used.", name);
	return 0;
}

/* The metadata, copied to the arena: the locator stays in it.  */
static int read_metadata(struct opening *o, struct vhdx_source *v,
			 const struct vhdx_region *region, struct err *reterr)
{
	size_t n = region->length < MAX_METADATA_BYTES ? region->length :
		   MAX_METADATA_BYTES;
	uint8_t *buf;
	int r;

	if (!range_fits(region->offset, n, v->file->size))
		return err_set(reterr, ERR_TRUNCATED, region->offset,
			       "VHDX metadata", n, v->file->size);
	buf = arena_alloc(o->arena, n);
	if (buf == NULL)
		return err_set(reterr, ERR_NOMEM, region->offset,
			       "VHDX metadata", 0, 0);
	r = source_read(v->file, region->offset, buf, n, reterr);
	if (r < 0)
		return r;
	r = vhdx_metadata_parse((struct span){ buf, n, region->offset },
				&v->meta, reterr);
	if (r < 0)
		return r;
	if (v->meta.size % v->meta.sector_bytes != 0)
		return err_set(reterr, ERR_VALUE, region->offset,
			       "VHDX disk size", v->meta.sector_bytes,
			       v->meta.size);
	return 0;
}

static int load_bat(struct opening *o, struct vhdx_source *v,
		    const struct vhdx_region *region, struct err *reterr)
{
	uint64_t bytes;
	int r;

	v->n_blocks = (v->meta.size - 1) / v->meta.block_bytes + 1;
	v->chunk_blocks = (uint64_t)VHDX_BITMAP_BITS * v->meta.sector_bytes /
			  v->meta.block_bytes;
	v->n_entries = v->n_blocks + (v->n_blocks - 1) / v->chunk_blocks;
	if (v->meta.has_parent)
		v->n_entries = ((v->n_blocks - 1) / v->chunk_blocks + 1) *
			       (v->chunk_blocks + 1);
	if (v->n_entries == 0 || v->n_entries > MAX_BAT_ENTRIES)
		return err_set(reterr, ERR_LIMIT, region->offset,
			       "VHDX BAT: entries", MAX_BAT_ENTRIES,
			       v->n_entries);
	bytes = v->n_entries * sizeof(*v->bat);
	if (bytes > region->length ||
	    !range_fits(region->offset, bytes, v->file->size))
		return err_set(reterr, ERR_TRUNCATED, region->offset,
			       "VHDX BAT", bytes, region->length);
	r = opening_table(o, bytes, region->offset, reterr);
	if (r < 0)
		return r;
	v->bat = calloc((size_t)v->n_entries, sizeof(*v->bat));
	if (v->bat == NULL)
		return err_set(reterr, ERR_NOMEM, region->offset, "VHDX BAT",
			       0, 0);
	return source_read(v->file, region->offset, v->bat, (size_t)bytes,
			   reterr);
}

static int compare_offsets(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void check_place(struct opening *o, const char *name,
			const struct vhdx_source *v, uint64_t at,
			const uint64_t *next)
{
	uint64_t n = v->meta.block_bytes;

	if (at < VHDX_MIB || !range_fits(at, n, v->file->size))
		diag_add(o->diags, &FINDING_CONTAINER_BLOCK,
			 "%s: a block of the VHDX should lie at byte %" PRIu64
			 " with %" PRIu64 " bytes; the file has %" PRIu64 ".",
			 name, at, n, v->file->size);
	else if (next != NULL && *next - at < n)
		diag_add(o->diags, &FINDING_CONTAINER_BLOCK,
			 "%s: two blocks of the VHDX overlap: one begins at "
			 "byte %" PRIu64 " and has %" PRIu64 " bytes, another "
			 "begins at %" PRIu64 ".", name, at, n, *next);
}

static void check_state(struct opening *o, const char *name,
			const struct vhdx_source *v, uint64_t block)
{
	unsigned state = VHDX_STATE(block_entry(v, block));

	if (state != 4 && (state != VHDX_PARTIALLY_PRESENT ||
			   (v->meta.has_parent &&
			    VHDX_STATE(bitmap_entry(v, block)) ==
			    VHDX_FULLY_PRESENT)))
		return;
	diag_add(o->diags, &FINDING_CONTAINER_BLOCK,
		 "%s: block %" PRIu64 " of the VHDX has the state %u, which is "
		 "impossible here; its %" PRIu32 " bytes cannot be read.", name,
		 block, state, v->meta.block_bytes);
}

static int check_blocks(struct opening *o, const char *name,
			const struct vhdx_source *v, struct err *reterr)
{
	uint64_t *places = arena_calloc(o->arena, (size_t)v->n_blocks,
					sizeof(*places));
	size_t n = 0;

	if (places == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "VHDX BAT", 0, 0);
	for (uint64_t i = 0; i < v->n_blocks; i++) {
		uint64_t entry = block_entry(v, i);

		check_state(o, name, v, i);
		if (VHDX_STATE(entry) >= VHDX_FULLY_PRESENT)
			places[n++] = VHDX_OFFSET(entry);
	}
	qsort(places, n, sizeof(*places), compare_offsets);
	for (size_t i = 0; i < n; i++)
		check_place(o, name, v, places[i],
			    i + 1 < n ? &places[i + 1] : NULL);
	free(places);
	return 0;
}

/* GUIDs that the parent may have, of which one must be its.  */
struct linkage {
	struct guid id[2];
	size_t n;
};

static bool is_parent(struct opening *o, const char *path, const void *arg)
{
	const struct linkage *link = arg;
	struct vhdx_header h;
	struct source *file;
	int r;

	if (file_open(path, o->arena, &file, NULL) < 0)
		return false;
	r = active_header(file, &h, NULL);
	source_free(file);
	for (size_t i = 0; r == 0 && i < link->n; i++)
		if (guid_equal(&h.data_write_guid, &link->id[i]))
			return true;
	return false;
}

/* The GUID in braces, in UTF-16, at @key.  */
static void add_linkage(struct span locator, const char *key,
			struct linkage *link)
{
	char text[GUID_TEXT_CHARS + 1] = { 0 };
	struct span s;

	if (!vhdx_locator_find(locator, key, &s) ||
	    s.n < 2 * (GUID_TEXT_CHARS + 2) || s.p[0] != '{')
		return;
	for (int i = 0; i < GUID_TEXT_CHARS; i++)
		text[i] = (char)s.p[2 + 2 * i];
	if (guid_parse(text, &link->id[link->n]))
		link->n++;
}

static int open_parent(struct opening *o, const char *path,
		       struct vhdx_source *v, struct err *reterr)
{
	static const char *const keys[] = {
		"relative_path", "absolute_win32_path", "volume_path",
	};
	struct linkage link = { .n = 0 };
	struct parent_hint hint = {
		.what = "parent", .is_parent = is_parent, .arg = &link,
		.mismatch = "has another id or is damaged",
	};
	struct container parent;
	const char *found;
	struct span s;
	int r;

	add_linkage(v->meta.locator, "parent_linkage", &link);
	add_linkage(v->meta.locator, "parent_linkage2", &link);
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (vhdx_locator_find(v->meta.locator, keys[i], &s))
			parent_add_path(o, &hint, s);
	r = parent_find(o, path, &hint, &found, reterr);
	if (r < 0)
		return r;
	r = container_open(o, found, &parent, reterr);
	if (r < 0)
		return r;
	v->parent = parent.disk;
	v->bitmap.bytes = arena_malloc(o->arena, bitmap_bytes(v));
	if (v->bitmap.bytes == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "VHDX bitmap", 0, 0);
	return 0;
}

/* Put the log in front of @v->file, if it is not empty.  */
static int open_log(struct opening *o, const char *name, struct vhdx_source *v,
		    const struct vhdx_header *h, struct err *reterr)
{
	struct source *replayed;
	char text[200];
	struct err e;
	int n;

	if (guid_is_zero(&h->log_guid))
		return 0;
	n = vhdx_log_replay(v->file, h, &replayed, &e);
	if (n == ERR_NOMEM)
		return err_set(reterr, e.code, e.at, e.what, 0, 0);
	if (n < 0) {
		diag_add(o->diags, &FINDING_LOG_NOT_REPLAYED,
			 "%s: the VHDX was not closed, and its log could not "
			 "be replayed (%s); what it holds may be older than "
			 "what Windows would show.", name,
			 err_text(&e, text, sizeof(text)));
		return 0;
	}
	diag_add(o->diags, &FINDING_LOG_REPLAYED,
		 "%s: the VHDX was not closed; %d %s of its log %s replayed "
		 "in memory, as Windows would have done.", name, n,
		 count_word((uint64_t)n, "entry", "entries"),
		 count_word((uint64_t)n, "was", "were"));
	v->file = replayed;
	return opening_own(o, replayed, reterr);
}

static int open_blocks(struct opening *o, const char *path,
		       struct vhdx_source *v, struct err *reterr)
{
	const char *name = file_name(path);
	struct vhdx_regions regions = { 0 };
	struct vhdx_header h = { 0 };
	int r = find_header(o, name, v->file, &h, reterr);

	if (r < 0)
		return r;
	r = open_log(o, name, v, &h, reterr);
	if (r < 0)
		return r;
	r = find_regions(o, name, v->file, &regions, reterr);
	if (r < 0)
		return r;
	r = read_metadata(o, v, &regions.metadata, reterr);
	if (r < 0)
		return r;
	r = load_bat(o, v, &regions.bat, reterr);
	if (r < 0)
		return r;
	r = check_blocks(o, name, v, reterr);
	if (r < 0 || !v->meta.has_parent)
		return r;
	return open_parent(o, path, v, reterr);
}

static enum image_format format_of(const struct vhdx_metadata *m)
{
	if (m->has_parent)
		return IMAGE_VHDX_DIFFERENCING;
	return m->leave_allocated ? IMAGE_VHDX_FIXED : IMAGE_VHDX_DYNAMIC;
}

int vhdx_open(struct opening *o, const char *path, struct source *file,
	      struct container *ret, struct err *reterr)
{
	struct vhdx_source *v = arena_calloc(o->arena, 1, sizeof(*v));
	int r;

	if (v == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "VHDX", 0, 0);
	v->source.ops = &vhdx_ops;
	v->source.next_data = vhdx_next_data;
	v->file = file;
	v->bitmap_block = UINT64_MAX;
	r = opening_own(o, &v->source, reterr);
	if (r < 0)
		return r;
	r = open_blocks(o, path, v, reterr);
	if (r < 0)
		return r;
	v->source.size = v->meta.size;
	*ret = (struct container){
		.disk = &v->source,
		.format = format_of(&v->meta),
		.sector_size = v->meta.sector_bytes,
	};
	return 0;
}
