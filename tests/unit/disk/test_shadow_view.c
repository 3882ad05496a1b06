/*
 * Volumes as they were when shadow copies were made: a volume built field by
 * field, of which each sector says its own number, so that what is read tells
 * where it was read; and copies that Windows made.  Both as libvshadow reads
 * them, byte by byte.
 */
#include <criterion/criterion.h>

#include <libvshadow.h>
#include <stdlib.h>
#include <string.h>

#include "disk/findings.h"
#include "disk/shadow_view.h"
#include "evidence/bfio.h"
#include "lib/bytes_source.h"
#include "lib/file_source.h"
#include "lib/opened.h"
#include "lib/shadow_volume.h"
#include "lib/shared_data.h"
#include "ntfs/ntfs.h"

#define VOLUME_BYTES (4u << 20)
#define BLOCK 0x4000u
#define CATALOG (4 * BLOCK)
#define STORE_1 (16 * BLOCK)
#define STORE_2 (32 * BLOCK)
#define LIST_1 (STORE_1 + BLOCK)
#define LIST_2 (STORE_2 + BLOCK)
#define BEFORE_2 (STORE_2 + 4 * BLOCK)

#define MAX_COPIES 4

struct opened_copies {
	struct arena *arena;
	struct diag_list diags;
	struct shadow_catalog c;
	struct shadow_budget budget;
	struct shadow_stack stacks[MAX_COPIES];
	struct source *views[MAX_COPIES];
	int r;
	struct err err;
};

/* Open all copies of @volume, whose stores lie on @storage.  */
static void open_copies(struct opened_copies *o, struct source *volume,
			struct source *storage)
{
	struct shadow_catalog stores;

	memset(o, 0, sizeof(*o));
	o->budget.descriptors = 1u << 20;
	o->arena = arena_new();
	o->diags.arena = o->arena;
	cr_assert_eq(shadow_catalog_read(volume, o->arena, &o->diags, &o->c,
					 NULL), 0);
	cr_assert_eq(shadow_catalog_read(storage, o->arena, &o->diags, &stores,
					 NULL), 0);
	cr_assert_leq(o->c.n_copies, MAX_COPIES);
	for (size_t i = 0; i < o->c.n_copies && o->r == 0; i++) {
		shadow_stack_init(&o->stacks[i], volume, &o->budget, o->arena,
				  &o->diags);
		for (size_t k = o->c.n_copies; k-- > i && o->r == 0;)
			o->r = shadow_stack_push(
				&o->stacks[i], storage, shadow_find_store(
					&stores, &o->c.copies[k].entry.store),
				&o->err);
	}
	for (size_t i = 0; i < o->c.n_copies && o->r == 0; i++)
		cr_assert_eq(shadow_view_open(
			&o->stacks[i], o->c.copies[i].entry.volume_bytes,
			&o->views[i], NULL), 0);
}

static void close_copies(struct opened_copies *o)
{
	for (size_t i = 0; i < MAX_COPIES; i++) {
		source_free(o->views[i]);
		shadow_stack_done(&o->stacks[i]);
	}
	arena_free(o->arena);
}

static void set_unused(uint8_t *volume, uint64_t bitmap, unsigned block)
{
	volume[bitmap + 128 + block / 8] |= (uint8_t)(1u << block % 8);
}

static uint8_t *make(void)
{
	uint8_t *v = calloc(1, VOLUME_BYTES);
	static const struct {
		uint64_t list;
		uint64_t original, relative, offset;
		uint32_t flags, bitmap;
	} rows[] = {
		{ LIST_1, 100, 0, 40, 0, 0 },
		{ LIST_1, 101, 0, 41, 0, 0 },
		{ LIST_1, 101, 0, 42, VSS_OVERLAY, 0xff00 },
		{ LIST_1, 102, 0, 43, VSS_OVERLAY, 1 },
		{ LIST_1, 102, 0, 43, VSS_OVERLAY, 0x80000000 },
		{ LIST_1, 103, 104, 0, VSS_FORWARDER, 0 },
		/* To 106, and when that was written, kept.  */
		{ LIST_1, 105, 106, 0, VSS_FORWARDER, 0 },
		{ LIST_1, 106, 0, 44, 0, 0 },
		/* Away and back.  */
		{ LIST_1, 107, 108, 0, VSS_FORWARDER, 0 },
		{ LIST_1, 108, 107, 0, VSS_FORWARDER, 0 },
		{ LIST_1, 109, 0, 45, VSS_UNUSED, 0 },
		{ LIST_2, 104, 0, 50, 0, 0 },
		{ LIST_2, 110, 0, 51, 0, 0 },
		{ LIST_2, 102, 0, 52, VSS_OVERLAY, 0xffffffff },
		{ LIST_2, 111, 112, 0, VSS_FORWARDER, 0 },
	};

	for (uint32_t i = 0; i < VOLUME_BYTES / 512; i++)
		for (uint32_t k = 0; k < 512; k += 4)
			memcpy(v + i * 512 + k, &i, 4);
	memset(v + 0x1e00, 0, 512);
	memset(v + CATALOG, 0, BLOCK);
	memset(v + STORE_1, 0, 4 * BLOCK);
	memset(v + STORE_2, 0, 5 * BLOCK);
	shadow_put_header(v, CATALOG);
	shadow_put_block(v, CATALOG, 2, 0, 0);
	shadow_put_copy(v, CATALOG, 0, 1, VOLUME_BYTES);
	shadow_put_store(v, CATALOG, 1, 1, STORE_1);
	shadow_put_copy(v, CATALOG, 2, 2, VOLUME_BYTES);
	shadow_put_store(v, CATALOG, 3, 2, STORE_2);
	v[CATALOG + 4 * 128 + 0x48 + 1] = BEFORE_2 >> 8 & 0xff;
	v[CATALOG + 4 * 128 + 0x48 + 2] = BEFORE_2 >> 16;
	shadow_put_info(v, STORE_1, 1);
	shadow_put_info(v, STORE_2, 2);
	for (uint32_t i = 1; i < 4; i++) {
		uint32_t record = i == 1 ? 3 : i == 2 ? 5 : 6;

		shadow_put_block(v, STORE_1 + i * BLOCK, record, i * BLOCK, 0);
		shadow_put_block(v, STORE_2 + i * BLOCK, record, i * BLOCK, 0);
	}
	shadow_put_block(v, BEFORE_2, 6, 4 * BLOCK, 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		shadow_put_descriptor(v, rows[i].list, rows[i].list == LIST_1 ?
				      i : i - 11, rows[i].original * BLOCK,
				      rows[i].relative * BLOCK,
				      rows[i].offset * BLOCK, rows[i].flags,
				      rows[i].bitmap);
	set_unused(v, STORE_1 + 3 * BLOCK, 120);
	set_unused(v, STORE_2 + 3 * BLOCK, 112);
	set_unused(v, STORE_2 + 3 * BLOCK, 120);
	set_unused(v, STORE_2 + 3 * BLOCK, 121);
	set_unused(v, BEFORE_2, 112);
	set_unused(v, BEFORE_2, 120);
	return v;
}

/* Of what block the sector is that copy @copy has at sector @sector of block
 * @block.  0: of zeros.  */
static const struct {
	size_t copy;
	unsigned block, sector, from;
} answers[] = {
	{ 0, 100, 0, 40 }, { 0, 100, 31, 40 }, { 0, 99, 31, 99 },
	{ 0, 101, 7, 41 }, { 0, 101, 8, 42 }, { 0, 101, 15, 42 },
	{ 0, 101, 16, 41 },
	{ 0, 102, 0, 43 }, { 0, 102, 1, 102 }, { 0, 102, 30, 102 },
	{ 0, 102, 31, 43 },
	/* Moved, and kept at its new place by the newer copy.  */
	{ 0, 103, 5, 50 }, { 0, 104, 5, 50 },
	{ 0, 105, 0, 44 }, { 0, 106, 0, 106 },
	{ 0, 109, 0, 109 }, { 0, 110, 0, 51 }, { 0, 111, 1, 112 },
	/* Only of the newest copy it is asked what was unused.  */
	{ 0, 120, 0, 120 },
	{ 1, 100, 0, 100 }, { 1, 101, 8, 101 }, { 1, 102, 3, 52 },
	{ 1, 103, 0, 103 }, { 1, 104, 0, 50 }, { 1, 110, 0, 51 },
	{ 1, 111, 0, 112 }, { 1, 112, 0, 112 }, { 1, 120, 9, 0 },
	{ 1, 121, 0, 121 },
};

Test(shadow_view, reads_each_sector_from_where_it_is)
{
	uint8_t *v = make();
	struct bytes_source s = bytes_source(v, VOLUME_BYTES);
	struct opened_copies o;

	open_copies(&o, &s.source, &s.source);
	cr_assert_eq(o.r, 0);
	cr_expect_eq(o.diags.n, 0);
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		uint64_t at = (uint64_t)answers[i].block * BLOCK +
			      answers[i].sector * 512;
		uint32_t want = answers[i].from == 0 ? 0 :
			answers[i].from * 32 + answers[i].sector;
		struct source *view = o.views[answers[i].copy];
		struct cites c = { 0 };
		uint32_t got[2];

		cr_assert_eq(source_read(view, at + 100, got, 8, NULL), 0);
		cr_expect_eq(got[0], want, "row %zu: %u", i, got[0]);
		/* It is cited where it is.  */
		source_cite(view, at + 100, 8, "sector", o.arena, &c);
		if (want == 0) {
			cr_expect_eq(c.n, 0);
			continue;
		}
		cr_assert_eq(c.n, 1, "row %zu", i);
		cr_expect_eq(c.list[0].offset, want * 512 + 100, "row %zu", i);
	}
	close_copies(&o);
	free(v);
}

/* What libvshadow makes of a volume.  */
struct lib {
	struct bfio io;
	libvshadow_volume_t *volume;
	libvshadow_store_t *store;
};

static void lib_open(struct lib *l, struct source *volume, int store)
{
	libvshadow_error_t *e = NULL;

	memset(l, 0, sizeof(*l));
	cr_assert_eq(bfio_init(&l->io, volume), 0);
	cr_assert_eq(libvshadow_volume_initialize(&l->volume, NULL), 1);
	if (libvshadow_volume_open_file_io_handle(
		    l->volume, l->io.handle, LIBVSHADOW_OPEN_READ, &e) != 1 ||
	    libvshadow_volume_get_store(l->volume, store, &l->store, &e) != 1) {
		libvshadow_error_backtrace_fprint(e, stderr);
		cr_assert(false, "libvshadow does not open it");
	}
}

static void lib_close(struct lib *l)
{
	libvshadow_store_free(&l->store, NULL);
	libvshadow_volume_free(&l->volume, NULL);
	bfio_done(&l->io);
}

/* Compare the @n bytes at @off; false where they differ.  */
static bool is_alike(struct lib *l, struct source *view, uint64_t off, size_t n)
{
	uint8_t *ours = malloc(n), *theirs = malloc(n);
	libvshadow_error_t *e = NULL;
	bool same;

	cr_assert_eq(source_read(view, off, ours, n, NULL), 0);
	if (libvshadow_store_read_buffer_at_offset(
		    l->store, theirs, n, (off64_t)off, &e) != (ssize_t)n) {
		libvshadow_error_backtrace_fprint(e, stderr);
		cr_assert(false, "libvshadow does not read %llu",
			  (unsigned long long)off);
	}
	same = memcmp(ours, theirs, n) == 0;
	for (size_t i = 0; i < n && !same; i++)
		if (ours[i] != theirs[i]) {
			cr_log_error("%llu: ours %02x, libvshadow's %02x",
				     (unsigned long long)(off + i), ours[i],
				     theirs[i]);
			break;
		}
	free(ours);
	free(theirs);
	return same;
}

Test(shadow_view, reads_what_libvshadow_reads)
{
	uint8_t *v = make();
	struct bytes_source s = bytes_source(v, VOLUME_BYTES);
	struct opened_copies o;

	open_copies(&o, &s.source, &s.source);
	for (int copy = 0; copy < 2; copy++) {
		struct lib l;

		lib_open(&l, &s.source, copy);
		for (uint64_t at = 0; at < VOLUME_BYTES; at += BLOCK)
			cr_expect(is_alike(&l, o.views[copy], at, BLOCK),
				  "copy %d, block %llu", copy,
				  (unsigned long long)at / BLOCK);
		lib_close(&l);
	}
	close_copies(&o);
	free(v);
}

/* Compare the blocks around those that any copy has, the first 64 MiB, and one
 * of each @stride bytes.  */
static void compare_real(struct opened_copies *o, struct source *volume,
			 size_t copy, uint64_t stride)
{
	uint64_t size = o->views[copy]->size;
	struct lib l;

	lib_open(&l, volume, (int)copy);
	for (size_t i = 0; i < o->c.n_copies; i++) {
		const struct block_map *m = &o->stacks[i].index;

		for (size_t k = 0; k < m->n_slots; k++) {
			uint64_t at = m->slots[k].key;

			if (at == BLOCK_MAP_NONE || at == 0 ||
			    (at + 2) * BLOCK > size)
				continue;
			cr_assert(is_alike(&l, o->views[copy],
					   (at - 1) * BLOCK, 3 * BLOCK));
		}
	}
	for (uint64_t at = 0; at < 64u << 20; at += 1u << 20)
		cr_assert(is_alike(&l, o->views[copy], at, 1u << 20));
	for (uint64_t at = 0; at + stride <= size; at += stride)
		cr_assert(is_alike(&l, o->views[copy], at, 2 * BLOCK));
	lib_close(&l);
}

/* Compare the @n copies of @volume with those that libvshadow finds in
 * @theirs.  */
static void try_real(struct source *volume, struct source *theirs, size_t n,
		     uint64_t stride)
{
	struct opened_copies o;

	open_copies(&o, volume, volume);
	cr_assert_eq(o.r, 0);
	cr_expect_eq(o.diags.n, 0);
	cr_assert_eq(o.c.n_copies, n);
	for (size_t i = 0; i < n; i++)
		compare_real(&o, theirs, i, stride);
	close_copies(&o);
}

/* The volume at @off of the disk @path; NULL where the data is not there.  */
static struct source *real_volume(const char *path, uint64_t off,
				  uint64_t bytes, struct source **ret_disk)
{
	if (path == NULL)
		return NULL;
	*ret_disk = file_source(path, NULL);
	cr_assert_not_null(*ret_disk);
	return source_window(*ret_disk, off, bytes);
}

Test(shadow_view, reads_copies_of_windows_10_as_libvshadow_does)
{
	struct source *disk, *volume = real_volume(
		shared_data_unpacked("msuhanov__ntfs-samples/ntfs.tgz",
				     "ntfs.raw"),
		1048576, UINT64_C(68716331008), &disk);

	if (volume == NULL)
		cr_skip_test("no shared data");
	try_real(volume, volume, 2, 64u << 20);
	source_free(volume);
	source_free(disk);
}

/* With overlays.  */
Test(shadow_view, reads_copies_of_windows_7_as_libvshadow_does)
{
	const char *path = shared_data(
		"log2timeline__dfvfs/test_data/vsstest.qcow2");
	const struct image_options none = { 0 };
	struct opened image;

	if (path == NULL)
		cr_skip_test("no shared data");
	image = open_image(path, &none);
	cr_assert_not_null(image.img);
	try_real(image.img->disk, image.img->disk, 2, 1u << 20);
	close_image(&image);
}

#define DFIR_NTFS "msuhanov__dfir_ntfs/test_data/"
#define SERVER_OFFSET 34603008
#define SERVER_BYTES UINT64_C(5333057536)
/* In the catalogue of the second volume: the stores of the first one's
 * copies.  */
#define SERVER_STRANGERS (0x730000 + 384)

/* libvshadow takes the stores of other volumes for that of the last copy
 * before them, so they are hidden from it.  */
Test(shadow_view, reads_a_copy_of_a_server_as_libvshadow_does)
{
	struct source *disk, *hidden, *volume = real_volume(
		shared_data_unpacked(DFIR_NTFS "vss_2_stor.tar.gz",
				     "vss_2_stor.raw"),
		SERVER_OFFSET, SERVER_BYTES, &disk);
	const uint64_t behind = SERVER_STRANGERS + 256;
	const struct source_piece pieces[] = {
		{ volume, 0, SERVER_STRANGERS }, { NULL, 0, 256 },
		{ volume, behind, SERVER_BYTES - behind },
	};

	if (volume == NULL)
		cr_skip_test("no shared data");
	hidden = source_concat(pieces, 3);
	try_real(volume, hidden, 1, 4u << 20);
	source_free(hidden);
	source_free(volume);
	source_free(disk);
}

/* The copies of a volume on another, which libvshadow does not read: as NTFS
 * volumes they are whole.  */
Test(shadow_view, reads_copies_that_lie_on_another_volume)
{
	struct source *disks[2], *volume, *storage;
	struct opened_copies o;

	volume = real_volume(shared_data_unpacked(DFIR_NTFS "vss_1_vol.tar.gz",
						  "vss_1_vol.raw"),
			     SERVER_OFFSET, SERVER_BYTES, &disks[0]);
	if (volume == NULL)
		cr_skip_test("no shared data");
	storage = real_volume(
		shared_data_unpacked(DFIR_NTFS "vss_2_stor.tar.gz",
				     "vss_2_stor.raw"),
		SERVER_OFFSET, SERVER_BYTES, &disks[1]);
	open_copies(&o, volume, storage);
	cr_assert_eq(o.r, 0);
	cr_assert_eq(o.c.n_copies, 2);
	for (size_t i = 0; i < 2; i++) {
		struct ntfs *n = NULL;
		ntfs_ref ref;

		cr_assert_eq(ntfs_open(o.views[i], o.arena, &o.diags, &n,
				       NULL), 0);
		cr_expect_eq(ntfs_info(n)->serial,
			     UINT64_C(0xf42a64552a6416c0));
		cr_expect_eq(ntfs_find_path(n, "\\System Volume Information",
					    &ref, NULL), 0);
		ntfs_close(n);
	}
	cr_expect_eq(o.diags.n, 0);
	close_copies(&o);
	source_free(storage);
	source_free(volume);
	source_free(disks[0]);
	source_free(disks[1]);
}

/* What a list is that does not end, or is no list.  */
static const struct {
	uint64_t at;
	uint8_t value;
	enum err_code code;
} broken_lists[] = {
	/* Of the newer store: next, the record, its own offset.  */
	{ LIST_2 + 0x2a, LIST_2 >> 16, ERR_VALUE },
	{ LIST_2 + 0x14, 4, ERR_VALUE },
	{ LIST_2 + 0x20, 1, ERR_VALUE },
	{ LIST_2 + 0x2f, 1, ERR_TRUNCATED },
	{ LIST_2 + 1, 0, ERR_MAGIC },
};

Test(shadow_view, refuses_a_list_that_is_broken)
{
	for (size_t i = 0; i < sizeof(broken_lists) / sizeof(broken_lists[0]);
	     i++) {
		uint8_t *v = make();
		struct bytes_source s = bytes_source(v, VOLUME_BYTES);
		struct opened_copies o;

		v[broken_lists[i].at] = broken_lists[i].value;
		open_copies(&o, &s.source, &s.source);
		cr_expect_eq(o.r, broken_lists[i].code, "row %zu: %d", i, o.r);
		close_copies(&o);
		free(v);
	}
}

Test(shadow_view, ends_where_a_list_comes_back_to_itself)
{
	uint8_t *v = make();
	struct bytes_source s = bytes_source(v, VOLUME_BYTES);
	struct opened_copies o;

	shadow_put_block(v, LIST_2, 3, BLOCK, LIST_2);
	open_copies(&o, &s.source, &s.source);
	cr_expect_eq(o.r, ERR_LOOP);
	cr_expect_eq(o.err.at, LIST_2);
	close_copies(&o);
	free(v);
}

/* Blocks that lie between blocks, or beyond the volume.  */
Test(shadow_view, leaves_out_descriptors_that_cannot_be_true)
{
	uint8_t *v = make();
	struct bytes_source s = bytes_source(v, VOLUME_BYTES);
	uint32_t got;
	struct opened_copies o;

	shadow_put_descriptor(v, LIST_2, 4, 130 * BLOCK + 1, 0, 0, 0, 0);
	shadow_put_descriptor(v, LIST_2, 5, 131 * BLOCK, 0,
			      VOLUME_BYTES - BLOCK + 1, 0, 0);
	shadow_put_descriptor(v, LIST_2, 6, 132 * BLOCK, 3, 0, VSS_FORWARDER,
			      0);
	shadow_put_descriptor(v, LIST_2, 7, UINT64_MAX - BLOCK + 1, 0, 0, 0,
			      0);
	open_copies(&o, &s.source, &s.source);
	cr_assert_eq(o.r, 0);
	/* Both copies are read through this list.  */
	cr_expect_eq(diag_count(&o.diags, &FINDING_SHADOW_STORE), 8);
	cr_expect_eq(o.diags.list[0].cites.list[0].offset,
		     LIST_2 + 128 + 4 * 32);
	cr_assert_eq(source_read(o.views[1], 131 * BLOCK, &got, 4, NULL), 0);
	cr_expect_eq(got, 131 * 32);
	close_copies(&o);
	free(v);
}

Test(shadow_view, tells_a_bitmap_that_cannot_be_read)
{
	uint8_t *v = make();
	struct bytes_source s = bytes_source(v, VOLUME_BYTES);
	uint32_t got;
	struct opened_copies o;

	v[STORE_2 + 3 * BLOCK + 0x14] = 9;
	open_copies(&o, &s.source, &s.source);
	cr_assert_eq(o.r, 0);
	cr_assert_eq(o.diags.n, 1);
	cr_expect_eq(o.diags.list[0].kind, &FINDING_SHADOW_BITMAP);
	cr_expect_eq(o.diags.list[0].cites.list[0].offset,
		     STORE_2 + 3 * BLOCK);
	cr_assert_eq(source_read(o.views[1], 120 * BLOCK, &got, 4, NULL), 0);
	cr_expect_eq(got, 120 * 32);
	close_copies(&o);
	free(v);
}

/* Numbers of blocks that fall into one place of the table: they are not
 * looked through again and again.  */
Test(shadow_view, does_not_get_slow_by_chosen_numbers)
{
	struct arena *a = arena_new();
	struct block_map m = { .arena = a };
	uint64_t key = 0;
	int r = 0;
	size_t n = 0;

	/* The low 20 bits of the hash are 0: by trying, as one would.  */
	while (n < 700 && r == 0) {
		uint64_t h = ++key;

		h = (h ^ h >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
		h = (h ^ h >> 27) * UINT64_C(0x94d049bb133111eb);
		if (((h ^ h >> 31) & 0xffff) != 0)
			continue;
		r = block_map_set(&m, key, n++, NULL);
	}
	cr_expect_eq(r, ERR_LIMIT);
	cr_expect_gt(n, 500);
	block_map_done(&m);
	arena_free(a);
}

Test(shadow_view, keeps_many_numbers)
{
	struct arena *a = arena_new();
	struct block_map m = { .arena = a };

	for (uint64_t i = 0; i < 100000; i++)
		cr_assert_eq(block_map_set(&m, i * 7, i, NULL), 0);
	cr_assert_eq(block_map_set(&m, 7, 42, NULL), 0);
	cr_assert_eq(block_map_set(&m, 14, BLOCK_MAP_NONE, NULL), 0);
	cr_expect_eq(block_map_get(&m, 7), 42);
	cr_expect_eq(block_map_get(&m, 14), BLOCK_MAP_NONE);
	cr_expect_eq(block_map_get(&m, 8), BLOCK_MAP_NONE);
	cr_expect_eq(block_map_get(&m, 7 * 99999), 99999);
	block_map_done(&m);
	arena_free(a);
}
