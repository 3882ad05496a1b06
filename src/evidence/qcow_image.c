/*
 * qcow_image.c - the disk in a QCOW or QCOW2 image
 *
 * An own reader, because libqcow knows neither data in a file of its own, nor a
 * backing file that is not QCOW too, nor zstd.  qemu is the control in the
 * tests.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>
#include <zstd.h>

#include "base/bytes.h"
#include "base/checked.h"
#include "base/count.h"
#include "evidence/file.h"
#include "evidence/findings.h"
#include "evidence/opening.h"
#include "evidence/runs.h"
#include "format/qcow.h"

/* Level 2 tables that are kept: of 64 KiB each, as qemu makes them, these map
 * 4 GiB.  */
#define MAX_TABLES 8

struct table {
	uint64_t index;		/* in the level 1 table */
	be64 *entries;		/* NULL: not in use */
};

struct qcow_source {
	struct source source;
	struct arena *arena;
	struct source *file;	/* tables, compressed clusters */
	struct source *data;	/* clusters; usually the same */
	struct source *backing;	/* NULL: holes are zeros */
	struct qcow q;
	be64 *l1;
	struct table tables[MAX_TABLES];
	uint8_t *unpacked;	/* the compressed cluster read last */
	uint64_t unpacked_at;	/* its offset in the disk; UINT64_MAX: none */
};

static uint64_t cluster_bytes(const struct qcow_source *v)
{
	return (uint64_t)1 << v->q.cluster_bits;
}

/* The level 2 table for entry @index of level 1, in *@ret; NULL: a hole.  */
static int load_table(struct qcow_source *v, uint64_t index, const be64 **ret,
		      struct err *reterr)
{
	struct table *t = &v->tables[index % MAX_TABLES];
	uint64_t offset = qcow_l2_offset(&v->q, get_be64(v->l1[index]));
	size_t bytes = (size_t)8 << v->q.l2_bits;
	int r;

	*ret = NULL;
	if (offset == 0)
		return 0;
	*ret = t->entries;
	if (t->entries != NULL && t->index == index)
		return 0;
	if (t->entries == NULL)
		t->entries = arena_malloc(v->arena, bytes);
	if (t->entries == NULL)
		return err_set(reterr, ERR_NOMEM, offset, "QCOW table", 0, 0);
	t->index = UINT64_MAX;
	r = source_read(v->file, offset, t->entries, bytes, reterr);
	if (r < 0)
		return r;
	t->index = index;
	*ret = t->entries;
	return 0;
}

static int inflate_cluster(struct qcow_source *v, uint8_t *packed, size_t n,
			   struct err *reterr)
{
	z_stream z = {
		.next_in = packed, .avail_in = (uInt)n,
		.next_out = v->unpacked,
		.avail_out = (uInt)cluster_bytes(v),
	};
	int r;

	/* The bare deflate format, without zlib's header.  */
	if (inflateInit2(&z, -15) != Z_OK)
		return err_set(reterr, ERR_NOMEM, 0, "QCOW cluster", 0, 0);
	r = inflate(&z, Z_FINISH);
	inflateEnd(&z);
	/* More may follow in the sector; less is damage.  */
	if (z.avail_out == 0 && (r == Z_STREAM_END || r == Z_BUF_ERROR ||
				 r == Z_OK))
		return 0;
	return err_set(reterr, ERR_VALUE, 0, "compressed cluster of a QCOW",
		       cluster_bytes(v), cluster_bytes(v) - z.avail_out);
}

static int zstd_cluster(struct qcow_source *v, const uint8_t *packed, size_t n,
			struct err *reterr)
{
	ZSTD_DCtx *z = ZSTD_createDCtx();
	ZSTD_inBuffer in = { packed, n, 0 };
	ZSTD_outBuffer out = { v->unpacked, (size_t)cluster_bytes(v), 0 };

	if (z == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "QCOW cluster", 0, 0);
	/* Ends: each turn takes or gives a byte.  */
	while (out.pos < out.size) {
		size_t before = in.pos + out.pos;
		size_t r = ZSTD_decompressStream(z, &out, &in);

		if (ZSTD_isError(r) || in.pos + out.pos == before)
			break;
	}
	ZSTD_freeDCtx(z);
	if (out.pos == out.size)
		return 0;
	return err_set(reterr, ERR_VALUE, 0, "compressed cluster of a QCOW",
		       out.size, out.pos);
}

static int unpack(struct qcow_source *v, const struct qcow_cluster *c,
		  struct err *reterr)
{
	uint64_t size = v->file->size;
	size_t n = c->bytes;
	uint8_t *packed;
	int r;

	/* Its length is in whole sectors, the file's need not be.  */
	if (c->offset >= size)
		return err_set(reterr, ERR_TRUNCATED, c->offset,
			       "compressed cluster of a QCOW", n, 0);
	if (n > size - c->offset)
		n = (size_t)(size - c->offset);
	packed = arena_malloc(v->arena, n > 0 ? n : 1);
	if (packed == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "QCOW cluster", 0, 0);
	r = source_read(v->file, c->offset, packed, n, reterr);
	if (r == 0)
		r = v->q.zstd ? zstd_cluster(v, packed, n, reterr)
				 : inflate_cluster(v, packed, n, reterr);
	free(packed);
	return r;
}

/* Have the compressed cluster @c, of the disk's bytes at @at, unpacked.  */
static int unpack_once(struct qcow_source *v, const struct qcow_cluster *c,
		       uint64_t at, struct err *reterr)
{
	int r;

	if (v->unpacked == NULL)
		v->unpacked = arena_malloc(v->arena, (size_t)cluster_bytes(v));
	if (v->unpacked == NULL)
		return err_set(reterr, ERR_NOMEM, at, "QCOW cluster", 0, 0);
	if (v->unpacked_at == at)
		return 0;
	v->unpacked_at = UINT64_MAX;
	r = unpack(v, c, reterr);
	if (r == 0)
		v->unpacked_at = at;
	return r;
}

/* How many of the @n bytes at @off are clusters that follow each other in the
 * file as well; no more than the table @t maps.  */
static uint64_t together(const struct qcow_source *v, const be64 *t,
			 struct qcow_cluster first, uint64_t off, uint64_t n)
{
	uint64_t bytes = cluster_bytes(v);
	uint64_t mask = ((uint64_t)1 << v->q.l2_bits) - 1;
	uint64_t index = off / bytes & mask;
	uint64_t got = bytes - off % bytes;

	for (uint64_t i = 1; got < n && index + i <= mask; i++) {
		struct qcow_cluster c =
			qcow_cluster_of(&v->q, get_be64(t[index + i]));

		if (first.kind != QCOW_DATA || c.kind != QCOW_DATA ||
		    c.offset != first.offset + i * bytes)
			break;
		got += bytes;
	}
	return got < n ? got : n;
}

/* What one table maps, which is the most that is looked at together.  */
static uint64_t table_bytes(const struct qcow_source *v)
{
	return cluster_bytes(v) << v->q.l2_bits;
}

static int find_run(struct source *s, uint64_t off, uint64_t n,
		    struct run *ret, struct err *reterr)
{
	struct qcow_source *v = (struct qcow_source *)s;
	uint64_t bytes = cluster_bytes(v), in = off % bytes;
	struct qcow_cluster c = { QCOW_HOLE, 0, 0 };
	const be64 *t;
	int r = load_table(v, off / table_bytes(v), &t, reterr);

	if (r < 0)
		return r;
	if (t != NULL) {	/* else all that it would map is a hole */
		c = qcow_cluster_of(&v->q, get_be64(
			t[off / bytes & (((uint64_t)1 << v->q.l2_bits) - 1)]));
		n = together(v, t, c, off, n);
	}
	if (c.kind == QCOW_COMPRESSED)
		r = unpack_once(v, &c, off - in, reterr);
	if (r < 0)
		return r;
	if (c.kind == QCOW_HOLE)
		*ret = run_of_parent(v->backing, off, n);
	else if (c.kind == QCOW_ZERO)
		*ret = (struct run){ .n = n };
	else if (c.kind == QCOW_COMPRESSED)
		*ret = (struct run){ .bytes = v->unpacked + in, .n = n };
	else
		*ret = (struct run){
			.from = v->data, .off = c.offset + in, .n = n,
		};
	return 0;
}

static int qcow_read(struct source *s, uint64_t off, void *buf, size_t n,
		     struct err *reterr)
{
	const struct qcow_source *v = (struct qcow_source *)s;

	return runs_read(s, table_bytes(v), find_run, off, buf, n, reterr);
}

static uint64_t qcow_next_data(struct source *s, uint64_t off)
{
	const struct qcow_source *v = (struct qcow_source *)s;

	return runs_next_data(s, table_bytes(v), find_run, off);
}

static void qcow_free(struct source *s)
{
	struct qcow_source *v = (struct qcow_source *)s;

	for (int i = 0; i < MAX_TABLES; i++)
		free(v->tables[i].entries);
	free(v->unpacked);
	free(v->l1);
	free(v);
}

static const struct source_ops qcow_ops = { qcow_read, NULL, qcow_free };

/* A backing file has no id: its name is all that there is.  */
static bool is_named(struct opening *o, const char *path, const void *name)
{
	const char *want = name;
	const char *slash = strrchr(want, '/');

	(void)o;
	return strcasecmp(file_name(path), slash != NULL ? slash + 1 : want) ==
	       0;
}

static int find_file(struct opening *o, const char *path, const char *what,
		     const char *name, const char **ret, struct err *reterr)
{
	struct parent_hint hint = {
		.what = what, .paths = { name }, .n_paths = 1,
		.is_parent = is_named, .arg = name,
		.mismatch = "has another name",
	};

	return parent_find(o, path, &hint, ret, reterr);
}

static char *text_of(struct opening *o, struct span s)
{
	return arena_printf(o->arena, "%.*s", (int)s.n, (const char *)s.p);
}

/* Is @name, by which qemu calls a format, another one than @f?  */
static bool is_other_format(struct span name, enum image_format f)
{
	static const struct {
		const char *name;
		enum image_format first, last;
	} table[] = {
		{ "raw", IMAGE_RAW, IMAGE_SPLIT_RAW },
		{ "vpc", IMAGE_VHD_FIXED, IMAGE_VHD_DIFFERENCING },
		{ "vhdx", IMAGE_VHDX_FIXED, IMAGE_VHDX_DIFFERENCING },
		{ "vmdk", IMAGE_VMDK, IMAGE_VMDK },
		{ "qcow", IMAGE_QCOW, IMAGE_QCOW },
		{ "qcow2", IMAGE_QCOW2, IMAGE_QCOW2 },
		{ "vdi", IMAGE_VDI_FIXED, IMAGE_VDI_DIFFERENCING },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (name.n == strlen(table[i].name) &&
		    span_has(name, 0, table[i].name, name.n))
			return f < table[i].first || f > table[i].last;
	return false;
}

/* What a QCOW image says of its backing file is little: its name, perhaps its
 * format.  */
static void check_backing(struct opening *o, const char *path,
			  const char *found, const struct qcow_source *v,
			  const struct container *backing, struct span header)
{
	const char *name = file_name(path), *below = file_name(found);
	struct span format;

	diag_add(o->diags, &FINDING_BACKING_UNVERIFIED,
		 "%s: the backing file %s was found by its name; a QCOW image "
		 "keeps no id of it that could be compared.", name, below);
	if (backing->disk->size != v->q.size)
		diag_add(o->diags, &FINDING_BACKING_DIFFERS,
			 "%s: the QCOW image has a disk of %" PRIu64
			 " bytes, its backing file %s one of %" PRIu64 ".",
			 name, v->q.size, below, backing->disk->size);
	if (qcow_extension_find(header, &v->q, QCOW_EXTENSION_BACKING_FORMAT,
				&format) &&
	    is_other_format(format, backing->format))
		diag_add(o->diags, &FINDING_BACKING_DIFFERS,
			 "%s: the QCOW image says that its backing file is of "
			 "the format %.*s, but %s was read as %s.", name,
			 (int)format.n, (const char *)format.p, below,
			 image_format_name(backing->format));
}

static int open_backing(struct opening *o, const char *path,
			struct qcow_source *v, struct span header,
			struct err *reterr)
{
	uint8_t buf[1024];
	struct container backing;
	const char *found, *name;
	int r;

	if (v->q.backing_offset == 0 || v->q.backing_bytes == 0)
		return 0;
	r = source_read(v->file, v->q.backing_offset, buf, v->q.backing_bytes,
			reterr);
	if (r < 0)
		return r;
	name = text_of(o, (struct span){ buf, v->q.backing_bytes, 0 });
	if (name == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "QCOW", 0, 0);
	r = find_file(o, path, "backing file", name, &found, reterr);
	if (r < 0)
		return r;
	r = container_open(o, found, &backing, reterr);
	if (r < 0)
		return r;
	v->backing = backing.disk;
	check_backing(o, path, found, v, &backing, header);
	return 0;
}

static int open_data(struct opening *o, const char *path,
		     struct qcow_source *v, struct span header,
		     struct err *reterr)
{
	const char *found, *name;
	struct span s;
	struct err e;
	int r;

	v->data = v->file;
	if (!v->q.external_data)
		return 0;
	if (!qcow_extension_find(header, &v->q, QCOW_EXTENSION_DATA_FILE, &s))
		return err_set(reterr, ERR_NOT_FOUND, 0,
			       "name of a QCOW2's data file", 0, 0);
	name = text_of(o, s);
	if (name == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "QCOW", 0, 0);
	r = find_file(o, path, "data file", name, &found, reterr);
	if (r < 0)
		return r;
	r = opening_file(o, found, &v->data, &e);
	return r < 0 ? opening_fail(o, &e, reterr, "data file %s: %s",
				    file_name(found), e.what) : 0;
}

static int load_l1(struct opening *o, struct qcow_source *v,
		   struct err *reterr)
{
	uint64_t bytes = v->q.l1_entries * sizeof(*v->l1);
	int r = opening_table(o, bytes, v->q.l1_offset, reterr);

	if (r < 0)
		return r;
	if (!range_fits(v->q.l1_offset, bytes, v->file->size))
		return err_set(reterr, ERR_TRUNCATED, v->q.l1_offset,
			       "QCOW level 1 table", bytes, v->file->size);
	v->l1 = arena_malloc(v->arena, (size_t)bytes);
	if (v->l1 == NULL)
		return err_set(reterr, ERR_NOMEM, v->q.l1_offset,
			       "QCOW level 1 table", 0, 0);
	return source_read(v->file, v->q.l1_offset, v->l1, (size_t)bytes,
			   reterr);
}

/* What lies outside of the file is said at once, not when it is read.  */
static void check_l1(struct opening *o, const char *name,
		     const struct qcow_source *v)
{
	for (uint64_t i = 0; i < v->q.l1_entries; i++) {
		uint64_t at = qcow_l2_offset(&v->q, get_be64(v->l1[i]));

		if (at != 0 && !range_fits(at, (uint64_t)8 << v->q.l2_bits,
					   v->file->size))
			diag_add(o->diags, &FINDING_CONTAINER_BLOCK,
				 "%s: a table of the QCOW image should lie at "
				 "byte %" PRIu64 "; the file has %" PRIu64 ".",
				 name, at, v->file->size);
	}
}

static bool is_outside(const struct qcow_source *v, uint64_t entry)
{
	struct qcow_cluster c = qcow_cluster_of(&v->q, entry);

	if (c.kind == QCOW_COMPRESSED)
		return c.offset >= v->file->size;
	return c.kind == QCOW_DATA && c.offset >= v->data->size;
}

/* A cluster that begins in the file may end behind it: a writer need not write
 * the zeros at the end of the last one.  */
static void check_clusters(struct opening *o, const char *name,
			   struct qcow_source *v)
{
	uint64_t outside = 0;

	for (uint64_t i = 0; i < v->q.l1_entries; i++) {
		const be64 *table;

		if (load_table(v, i, &table, NULL) < 0 || table == NULL)
			continue;
		if (!opening_may_check(o, (uint64_t)8 << v->q.l2_bits))
			break;
		for (uint64_t k = 0; k < (uint64_t)1 << v->q.l2_bits; k++)
			outside += is_outside(v, get_be64(table[k]));
	}
	if (outside > 0)
		diag_add(o->diags, &FINDING_CONTAINER_BLOCK,
			 "%s: %" PRIu64 " %s of the QCOW image would lie past "
			 "the end of the file, which has %" PRIu64 " bytes.",
			 name, outside,
			 count_word(outside, "cluster", "clusters"),
			 v->file->size);
}

static void note_state(struct opening *o, const char *name,
		       const struct qcow *q)
{
	if (q->corrupt)
		diag_add(o->diags, &FINDING_CONTAINER_BLOCK,
			 "%s: the QCOW2 image is marked as corrupt by the "
			 "program that wrote it.", name);
	if (q->dirty)
		diag_add(o->diags, &FINDING_CONTAINER_COPY,
			 "%s: the QCOW2 image was not closed; its reference "
			 "counts, which are not needed to read it, may be "
			 "wrong.", name);
	if (q->n_snapshots > 0)
		diag_add(o->diags, &FINDING_CONTAINER_SNAPSHOTS,
			 "%s: the QCOW2 image also keeps %" PRIu32 " %s of its "
			 "disk, which %s not read; qemu-img convert -l makes "
			 "an image of one.", name, q->n_snapshots,
			 count_word(q->n_snapshots, "former state",
				    "former states"),
			 count_word(q->n_snapshots, "is", "are"));
}

static int open_clusters(struct opening *o, const char *path,
			 struct qcow_source *v, struct err *reterr)
{
	uint8_t buf[QCOW_HEADER_BYTES];
	size_t n = v->file->size < sizeof(buf) ? (size_t)v->file->size :
		   sizeof(buf);
	struct span header = { buf, n, 0 };
	int r = source_read(v->file, 0, buf, n, reterr);

	if (r < 0)
		return r;
	r = qcow_header_parse(header, &v->q, reterr);
	if (r < 0)
		return r;
	r = load_l1(o, v, reterr);
	if (r < 0)
		return r;
	note_state(o, file_name(path), &v->q);
	check_l1(o, file_name(path), v);
	r = open_data(o, path, v, header, reterr);
	if (r < 0)
		return r;
	check_clusters(o, file_name(path), v);
	return open_backing(o, path, v, header, reterr);
}

int qcow_open(struct opening *o, const char *path, struct source *file,
	      struct container *ret, struct err *reterr)
{
	struct qcow_source *v = arena_calloc(o->arena, 1, sizeof(*v));
	int r;

	if (v == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "QCOW", 0, 0);
	v->source.ops = &qcow_ops;
	v->source.next_data = qcow_next_data;
	v->arena = o->arena;
	v->file = file;
	v->unpacked_at = UINT64_MAX;
	r = opening_own(o, &v->source, reterr);
	if (r < 0)
		return r;
	r = open_clusters(o, path, v, reterr);
	if (r < 0)
		return r;
	v->source.size = v->q.size;
	*ret = (struct container){
		.disk = &v->source,
		.format = v->q.version == 1 ? IMAGE_QCOW : IMAGE_QCOW2,
	};
	return 0;
}
