/*
 * vmdk_image.c - the disk in a VMDK: sparse, flat, split, stream-optimised, and
 * snapshots on top of them
 *
 * An own reader.  libvmdk, and so libtsk, opens every extent by the path in the
 * descriptor, even of a disk that is one file: an image that was renamed is not
 * opened, or, where another file has its old name, that one is read in its
 * place.  Here a disk in one file is that file, and other extents are sought
 * beside the descriptor and nowhere else.  qemu is the control in the tests.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/bytes.h"
#include "base/checked.h"
#include "base/count.h"
#include "evidence/file.h"
#include "evidence/findings.h"
#include "evidence/opening.h"
#include "evidence/runs.h"
#include "format/vmdk.h"

#define MAX_DESCRIPTOR_BYTES (1u << 20)

/* 2 GiB each, of the largest disk that VMware makes: 62 TiB.  */
#define MAX_EXTENTS 32768

struct sparse_source {
	struct source source;
	struct arena *arena;
	struct source *file;
	struct source *parent;	/* NULL: holes are zeros */
	uint64_t start;		/* of the extent in the disk, bytes */
	struct vmdk_sparse h;
	uint64_t n_tables;
	le32 *directory;
	le32 *table;		/* the one used last */
	uint64_t table_index;	/* UINT64_MAX: none yet */
	uint8_t *unpacked;	/* the compressed grain used last */
	uint64_t unpacked_grain;
};

static uint64_t grain_bytes(const struct sparse_source *v)
{
	return v->h.grain * VMDK_SECTOR;
}

static int read_table(const struct sparse_source *v, uint32_t sector, le32 *ret,
		      struct err *reterr)
{
	return source_read(v->file, (uint64_t)sector * VMDK_SECTOR, ret,
			   v->h.table_entries * sizeof(*ret), reterr);
}

/* The sector at which grain @grain lies in the file; 0: a hole.  */
static int find_grain(struct sparse_source *v, uint64_t grain, uint32_t *ret,
		      struct err *reterr)
{
	uint64_t index = grain / v->h.table_entries;
	uint32_t sector = get_le32(v->directory[index]);
	int r;

	*ret = 0;
	if (sector == 0)
		return 0;
	if (v->table_index != index) {
		v->table_index = UINT64_MAX;
		r = read_table(v, sector, v->table, reterr);
		if (r < 0)
			return r;
		v->table_index = index;
	}
	*ret = get_le32(v->table[grain % v->h.table_entries]);
	return 0;
}

static int inflate_grain(struct sparse_source *v, uint8_t *packed, size_t n,
			 uint64_t want, struct err *reterr)
{
	uLongf got = (uLongf)grain_bytes(v);
	int r = uncompress(v->unpacked, &got, packed, (uLong)n);

	if (r == Z_OK && got >= want)
		return 0;
	return err_set(reterr, ERR_VALUE, 0, "compressed grain of a VMDK", want,
		       got);
}

/* Unpack grain @grain, which begins at @sector with its marker.  */
static int unpack(struct sparse_source *v, uint64_t grain, uint32_t sector,
		  struct err *reterr)
{
	uint64_t at = (uint64_t)sector * VMDK_SECTOR;
	uint64_t want = v->source.size - grain * grain_bytes(v);
	struct { le64 sector; le32 bytes; } marker;
	uint8_t *packed;
	uint32_t n;
	int r = source_read(v->file, at, &marker, sizeof(marker), reterr);

	if (r < 0)
		return r;
	n = get_le32(marker.bytes);
	if (get_le64(marker.sector) != grain * v->h.grain)
		return err_set(reterr, ERR_VALUE, at, "marker of a VMDK grain",
			       grain * v->h.grain, get_le64(marker.sector));
	if (n > 2 * grain_bytes(v))
		return err_set(reterr, ERR_LIMIT, at, "VMDK grain",
			       2 * grain_bytes(v), n);
	packed = arena_malloc(v->arena, n > 0 ? n : 1);
	if (packed == NULL)
		return err_set(reterr, ERR_NOMEM, at, "VMDK grain", 0, 0);
	r = source_read(v->file, at + sizeof(marker), packed, n, reterr);
	if (r == 0)
		r = inflate_grain(v, packed, n, want < grain_bytes(v) ? want :
				  grain_bytes(v), reterr);
	free(packed);
	return r;
}

static int unpack_once(struct sparse_source *v, uint64_t grain, uint32_t sector,
		       struct err *reterr)
{
	int r;

	if (v->unpacked == NULL)
		v->unpacked = arena_malloc(v->arena, (size_t)grain_bytes(v));
	if (v->unpacked == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "VMDK grain", 0, 0);
	if (v->unpacked_grain == grain)
		return 0;
	v->unpacked_grain = UINT64_MAX;
	r = unpack(v, grain, sector, reterr);
	if (r == 0)
		v->unpacked_grain = grain;
	return r;
}

static int find_run(struct source *s, uint64_t off, uint64_t n,
		    struct run *ret, struct err *reterr)
{
	struct sparse_source *v = (struct sparse_source *)s;
	uint64_t grain = off / grain_bytes(v), in = off % grain_bytes(v);
	uint32_t sector = 0;
	int r = find_grain(v, grain, &sector, reterr);

	if (r == 0 && sector != 0 && v->h.compressed &&
	    !(sector == 1 && v->h.zeroed_grains))
		r = unpack_once(v, grain, sector, reterr);
	if (r < 0)
		return r;
	if (sector == 0)
		*ret = run_of_parent(v->parent, v->start + off, n);
	else if (sector == 1 && v->h.zeroed_grains)
		*ret = (struct run){ .n = n };
	else if (v->h.compressed)
		*ret = (struct run){ .bytes = v->unpacked + in, .n = n };
	else
		*ret = (struct run){
			.from = v->file,
			.off = (uint64_t)sector * VMDK_SECTOR + in, .n = n,
		};
	return 0;
}

static int sparse_read(struct source *s, uint64_t off, void *buf, size_t n,
		       struct err *reterr)
{
	const struct sparse_source *v = (struct sparse_source *)s;

	return runs_read(s, grain_bytes(v), find_run, off, buf, n, reterr);
}

static uint64_t sparse_next_data(struct source *s, uint64_t off)
{
	const struct sparse_source *v = (struct sparse_source *)s;

	return runs_next_data(s, grain_bytes(v), find_run, off);
}

static void sparse_free(struct source *s)
{
	struct sparse_source *v = (struct sparse_source *)s;

	free(v->directory);
	free(v->table);
	free(v->unpacked);
	free(v);
}

static const struct source_ops sparse_ops = { sparse_read, NULL, sparse_free };

static int read_sparse_header(struct source *file, struct vmdk_sparse *ret,
			      struct err *reterr)
{
	uint8_t buf[VMDK_HEADER_BYTES];
	uint64_t at = 0;
	int r = source_read(file, at, buf, sizeof(buf), reterr);

	if (r == 0)
		r = vmdk_sparse_parse((struct span){ buf, sizeof(buf), at },
				      ret, reterr);
	if (r < 0 || ret->directory != VMDK_AT_END)
		return r;
	if (file->size < 3 * VMDK_HEADER_BYTES)
		return err_set(reterr, ERR_TRUNCATED, 0, "VMDK footer",
			       3 * VMDK_HEADER_BYTES, file->size);
	at = file->size - 2 * VMDK_HEADER_BYTES;
	r = source_read(file, at, buf, sizeof(buf), reterr);
	if (r < 0)
		return r;
	return vmdk_sparse_parse((struct span){ buf, sizeof(buf), at }, ret,
				 reterr);
}

static int load_directory(struct opening *o, struct sparse_source *v,
			  uint64_t sector, le32 **ret, struct err *reterr)
{
	uint64_t bytes = v->n_tables * sizeof(le32), at;
	le32 *d;
	int r;

	if (!checked_mul(sector, VMDK_SECTOR, &at) ||
	    !range_fits(at, bytes, v->file->size))
		return err_set(reterr, ERR_TRUNCATED, 56,
			       "VMDK grain directory", bytes, v->file->size);
	r = opening_table(o, bytes, at, reterr);
	if (r < 0)
		return r;
	d = arena_malloc(v->arena, (size_t)bytes);
	if (d == NULL)
		return err_set(reterr, ERR_NOMEM, at, "VMDK grain directory",
			       0, 0);
	r = source_read(v->file, at, d, (size_t)bytes, reterr);
	if (r < 0) {
		free(d);
		return r;
	}
	*ret = d;
	return 0;
}

/* Do the tables and all grains of table @i lie in the file?  Counts those that
 * do not.  */
static uint64_t count_outside(struct sparse_source *v, uint64_t i)
{
	uint32_t sector = get_le32(v->directory[i]);
	uint64_t wrong = 0, end = v->file->size / VMDK_SECTOR;

	if (sector == 0)
		return 0;
	v->table_index = UINT64_MAX;
	if (read_table(v, sector, v->table, NULL) < 0)
		return 1;
	for (uint32_t k = 0; k < v->h.table_entries; k++) {
		uint32_t g = get_le32(v->table[k]);
		bool there = g != 0 && !(g == 1 && v->h.zeroed_grains);

		wrong += there && (g >= end || (!v->h.compressed && k + 1 <
				   v->h.table_entries &&
				   v->h.grain > end - g));
	}
	return wrong;
}

/* Is table @i, in v->table, equal to its copy?  */
static bool equals_copy(const struct sparse_source *v, const le32 *redundant,
			uint64_t i, le32 *buf)
{
	uint32_t sector = get_le32(redundant[i]);

	if (sector == 0)
		return get_le32(v->directory[i]) == 0;
	return read_table(v, sector, buf, NULL) == 0 &&
	       memcmp(buf, v->table, v->h.table_entries * sizeof(*buf)) == 0;
}

static int check_tables(struct opening *o, const char *name,
			struct sparse_source *v, struct err *reterr)
{
	uint64_t outside = 0, different = 0;
	uint64_t bytes = v->h.table_entries * sizeof(*v->table);
	le32 *redundant = NULL;
	le32 *buf = arena_calloc(v->arena, v->h.table_entries, sizeof(*buf));

	if (buf == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "VMDK grain table", 0, 0);
	if (v->h.redundant_directory != 0 &&
	    load_directory(o, v, v->h.redundant_directory, &redundant,
			   NULL) < 0)
		different++;
	for (uint64_t i = 0; i < v->n_tables; i++) {
		if (get_le32(v->directory[i]) != 0 &&
		    !opening_may_check(o, bytes))
			break;
		outside += count_outside(v, i);
		if (redundant != NULL && get_le32(v->directory[i]) != 0)
			different += !equals_copy(v, redundant, i, buf);
	}
	v->table_index = UINT64_MAX;
	free(redundant);
	free(buf);
	if (outside > 0)
		diag_add(o->diags, &FINDING_CONTAINER_BLOCK,
			 "%s: %" PRIu64 " %s of the VMDK would lie past the "
			 "end of the file, which has %" PRIu64 " bytes.", name,
			 outside, count_word(outside, "grain or table",
					     "grains or tables"),
			 v->file->size);
	if (different > 0)
		diag_add(o->diags, &FINDING_CONTAINER_BLOCK,
			 "%s: %" PRIu64 " grain %s.", name, different,
			 count_word(different, "table of the VMDK differs from "
				    "its copy; the first one was used",
				    "tables of the VMDK differ from their "
				    "copies; the first ones were used"));
	return 0;
}

static int open_tables(struct opening *o, const char *name,
		       struct sparse_source *v, struct err *reterr)
{
	uint64_t grains;
	int r = read_sparse_header(v->file, &v->h, reterr);

	if (r < 0)
		return r;
	v->source.size = v->h.capacity * VMDK_SECTOR;
	grains = (v->h.capacity - 1) / v->h.grain + 1;
	v->n_tables = (grains - 1) / v->h.table_entries + 1;
	r = opening_table(o, v->h.table_entries * sizeof(*v->table), 44,
			  reterr);
	if (r < 0)
		return r;
	v->table = arena_calloc(v->arena, v->h.table_entries,
				sizeof(*v->table));
	if (v->table == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "VMDK grain table", 0, 0);
	r = load_directory(o, v, v->h.directory, &v->directory, reterr);
	if (r < 0)
		return r;
	return check_tables(o, name, v, reterr);
}

static int open_sparse(struct opening *o, const char *name, struct source *file,
		       struct source *parent, uint64_t start,
		       struct source **ret, struct err *reterr)
{
	struct sparse_source *v = arena_calloc(o->arena, 1, sizeof(*v));
	int r;

	if (v == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "VMDK", 0, 0);
	v->source.ops = &sparse_ops;
	v->source.next_data = sparse_next_data;
	v->arena = o->arena;
	v->file = file;
	v->parent = parent;
	v->start = start;
	v->table_index = UINT64_MAX;
	v->unpacked_grain = UINT64_MAX;
	r = opening_own(o, &v->source, reterr);
	if (r < 0)
		return r;
	r = open_tables(o, name, v, reterr);
	if (r < 0)
		return r;
	*ret = &v->source;
	return 0;
}

static const char no_descriptor[] =
	"one extent of a VMDK, without the descriptor";

/* The descriptor: the file itself, or in it; *@inside says which.  In the
 * arena.  */
static int read_descriptor(struct arena *a, struct source *file,
			   struct span *ret, bool *inside, struct err *reterr)
{
	struct vmdk_sparse h;
	uint64_t at = 0, n = file->size;
	uint8_t magic[4], *buf;
	int r = source_read(file, 0, magic, sizeof(magic), reterr);

	if (r < 0)
		return r;
	*inside = magic[0] != '#';
	if (*inside) {
		r = read_sparse_header(file, &h, reterr);
		if (r < 0)
			return r;
		if (!checked_mul(h.descriptor, VMDK_SECTOR, &at) ||
		    !checked_mul(h.descriptor_sectors, VMDK_SECTOR, &n))
			n = UINT64_MAX;
		if (at == 0 || n == 0)
			return err_set(reterr, ERR_UNSUPPORTED, 28,
				       no_descriptor, 0, 0);
	}
	if (n > MAX_DESCRIPTOR_BYTES)
		return err_set(reterr, ERR_LIMIT, at, "VMDK descriptor",
			       MAX_DESCRIPTOR_BYTES, n);
	buf = arena_alloc(a, (size_t)n);
	if (buf == NULL)
		return err_set(reterr, ERR_NOMEM, at, "VMDK descriptor", 0, 0);
	r = source_read(file, at, buf, (size_t)n, reterr);
	if (r < 0)
		return r;
	*ret = (struct span){ buf, (size_t)n, at };
	/* Of a split disk, each extent may have room for one.  */
	if (!span_has(*ret, 0, "# Disk DescriptorFile", 21))
		return err_set(reterr, ERR_UNSUPPORTED, at, no_descriptor, 0,
			       0);
	return 0;
}

struct vmdk_open {
	struct opening *o;
	const char *path;
	struct source *file;
	struct source *parent;
	struct span text;
	struct source_piece *pieces;
	size_t n;
	uint64_t size;
};

/* Open the file of an extent, beside the descriptor.  */
static int open_extent_file(struct vmdk_open *v, const struct vmdk_extent *e,
			    const char **ret_path, struct source **ret,
			    struct err *reterr)
{
	const char *name = arena_printf(v->o->arena, "%.*s", (int)e->name.n,
					(const char *)e->name.p);
	struct err why;
	int r;

	if (name == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "VMDK", 0, 0);
	r = opening_sibling(v->o, v->path, base_name(name), ret_path, &why);
	if (r == 0)
		r = opening_file(v->o, *ret_path, ret, &why);
	if (r == 0)
		return 0;
	why.at = e->name.at;
	if (r == ERR_FILE)
		return opening_fail(v->o, &why, reterr,
				    "extent %s of the VMDK: %s", name,
				    why.what);
	return opening_fail(v->o, &why, reterr, "extent %s of the VMDK", name);
}

static int open_extent(struct vmdk_open *v, const struct vmdk_extent *e,
		       struct source_piece *ret, struct err *reterr)
{
	struct source *file = NULL;
	const char *path;
	struct err why;
	uint64_t n = e->sectors * VMDK_SECTOR;
	uint64_t off = e->offset * VMDK_SECTOR;
	int r;

	*ret = (struct source_piece){ NULL, 0, n };
	if (e->kind == VMDK_ZERO)
		return 0;
	if (e->kind == VMDK_OTHER) {
		err_set(&why, ERR_UNSUPPORTED, e->type.at, NULL, 0, 0);
		return opening_fail(v->o, &why, reterr,
				    "VMDK extent of type %.*s", (int)e->type.n,
				    (const char *)e->type.p);
	}
	r = open_extent_file(v, e, &path, &file, reterr);
	if (r != 0)
		return r;
	if (e->kind == VMDK_SPARSE) {
		r = open_sparse(v->o, file_name(path), file, v->parent,
				v->size, &file, reterr);
		if (r != 0)
			return r;
		off = 0;
	}
	assert(file != NULL);
	if (!range_fits(off, n, file->size))
		diag_add(v->o->diags, &FINDING_CONTAINER_SIZE,
			 "%s: this extent of the VMDK should have %" PRIu64
			 " bytes, it has %" PRIu64 ".", file_name(path),
			 off + n, file->size);
	*ret = (struct source_piece){ file, off, n };
	return 0;
}

static int open_extents(struct vmdk_open *v, struct err *reterr)
{
	struct span text = v->text;
	struct vmdk_extent e;

	while (vmdk_next_extent(&text, &e)) {
		struct source_piece *p = arena_push(v->o->arena, &v->pieces,
						    v->n, sizeof(*p));
		uint64_t n, off;
		int r;

		if (p == NULL)
			return err_set(reterr, ERR_NOMEM, 0, "VMDK", 0, 0);
		if (v->n >= MAX_EXTENTS)
			return err_set(reterr, ERR_LIMIT, e.type.at,
				       "VMDK extents", MAX_EXTENTS, v->n);
		if (!checked_mul(e.sectors, VMDK_SECTOR, &n) ||
		    !checked_mul(e.offset, VMDK_SECTOR, &off) ||
		    !checked_add(v->size, n, &n))
			return err_set(reterr, ERR_VALUE, e.type.at,
				       "VMDK extent: sectors", 0, e.sectors);
		r = open_extent(v, &e, p, reterr);
		if (r < 0)
			return r;
		v->n++;
		v->size = n;
	}
	if (v->n == 0)
		return err_set(reterr, ERR_NOT_FOUND, v->text.at,
			       "extents in the VMDK descriptor", 0, 0);
	return 0;
}

static bool is_parent(struct opening *o, const char *path, const void *arg)
{
	const uint32_t *want = arg;
	struct source *file;
	struct span text;
	bool inside;
	int r;

	if (file_open(path, o->arena, &file, NULL) < 0)
		return false;
	r = read_descriptor(o->arena, file, &text, &inside, NULL);
	source_free(file);
	return r == 0 && vmdk_id(text, "CID", VMDK_NO_PARENT) == *want;
}

/* A snapshot names the disk below by the id that it has to have.  */
static int open_parent(struct vmdk_open *v, struct err *reterr)
{
	uint32_t id = vmdk_id(v->text, "parentCID", VMDK_NO_PARENT);
	struct parent_hint hint = {
		.what = "parent", .is_parent = is_parent, .arg = &id,
		.mismatch = "has another id or is damaged",
	};
	struct container parent;
	const char *found;
	struct span s;
	int r;

	if (id == VMDK_NO_PARENT)
		return 0;
	if (vmdk_value(v->text, "parentFileNameHint", &s)) {
		hint.paths[0] = arena_printf(v->o->arena, "%.*s", (int)s.n,
					     (const char *)s.p);
		hint.n_paths = hint.paths[0] != NULL;
	}
	r = parent_find(v->o, v->path, &hint, &found, reterr);
	if (r < 0)
		return r;
	r = container_open(v->o, found, &parent, reterr);
	if (r < 0)
		return r;
	v->parent = parent.disk;
	return 0;
}

static int open_disk(struct vmdk_open *v, bool inside, struct source **ret,
		     struct err *reterr)
{
	int r = open_parent(v, reterr);

	if (r < 0)
		return r;
	if (inside)
		return open_sparse(v->o, file_name(v->path), v->file, v->parent,
				   0, ret, reterr);
	r = open_extents(v, reterr);
	if (r < 0)
		return r;
	*ret = source_concat(v->pieces, v->n);
	return opening_own(v->o, *ret, reterr);
}

int vmdk_open(struct opening *o, const char *path, struct source *file,
	      struct container *ret, struct err *reterr)
{
	struct vmdk_open v = { .o = o, .path = path, .file = file };
	struct source *disk = NULL;
	bool inside = false;
	int r = read_descriptor(o->arena, file, &v.text, &inside, reterr);

	if (r < 0)
		return r;
	r = open_disk(&v, inside, &disk, reterr);
	if (r < 0)
		return r;
	*ret = (struct container){ .disk = disk, .format = IMAGE_VMDK };
	return 0;
}
