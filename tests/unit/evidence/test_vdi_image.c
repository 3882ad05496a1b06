#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "evidence/findings.h"
#include "lib/opened.h"
#include "lib/store.h"

/*
 * A VDI with blocks of 4096 bytes, laid out by hand:
 *
 *      0  header
 *    512  map of four entries
 *   1024  block 0: 512 bytes that are not of the disk, then its data
 *   5632  block 1: the same
 *
 * Of the disk, block 1 is free, block 2 zeros, 0 and 3 are in the file, in the
 * other order. The disk ends in the middle of block 3.
 */
#define BLOCK 4096
#define DISK (3 * BLOCK + 2048)
#define DATA_AT 1024
#define FILE_BYTES (DATA_AT + 2 * (512 + BLOCK))

static void make(uint8_t f[FILE_BYTES], uint32_t type, uint8_t id)
{
	memset(f, 0, FILE_BYTES);
	store_le32(f + 0x40, 0xbeda107f);
	store_le32(f + 0x44, 0x10001);
	store_le32(f + 0x48, 0x190);
	store_le32(f + 0x4c, type);
	store_le32(f + 0x154, 512);
	store_le32(f + 0x158, DATA_AT);
	store_le32(f + 0x170, DISK);
	store_le32(f + 0x178, BLOCK);
	store_le32(f + 0x17c, 512);
	store_le32(f + 0x180, 4);
	store_le32(f + 0x184, 2);
	memset(f + 0x188, id, 16);
	memset(f + 0x198, id + 1, 16);
	store_le32(f + 512, 1);
	store_le32(f + 516, UINT32_MAX);
	store_le32(f + 520, UINT32_MAX - 1);
	store_le32(f + 524, 0);
	memset(f + DATA_AT, 'x', 512);
	memset(f + DATA_AT + 512, 'D', BLOCK);
	memset(f + DATA_AT + 512 + BLOCK, 'x', 512);
	memset(f + DATA_AT + 512 + BLOCK + 512, 'A', BLOCK);
}

static void expect_blocks(const char *path, const char *want)
{
	size_t n;
	uint8_t *got = read_disk(path, &n);

	cr_assert_eq(n, DISK);
	for (size_t i = 0; i < n; i++)
		cr_assert_eq(got[i], (uint8_t)want[i / BLOCK], "byte %zu", i);
	free(got);
}

Test(vdi_image, is_read_block_by_block)
{
	uint8_t f[FILE_BYTES];
	struct opened o;

	make(f, 1, 1);
	expect_blocks(scratch_write("a.vdi", f, sizeof(f)), "A\0\0D");
	o = open_image(scratch("a.vdi"), NULL);
	cr_assert_not_null(o.img);
	cr_expect_eq(o.img->format, IMAGE_VDI_DYNAMIC);
	cr_expect_eq(o.diags.n, 0);
	close_image(&o);
}

/* What lies behind the disk's end need not be in the file.  */
Test(vdi_image, may_end_with_the_disk)
{
	uint8_t f[FILE_BYTES];
	struct opened o;

	make(f, 1, 1);
	store_le32(f + 512, UINT32_MAX);
	store_le32(f + 0x184, 1);
	o = open_image(scratch_write("a.vdi", f, DATA_AT + 512 + 2048), NULL);
	cr_assert_not_null(o.img, "%s", o.text);
	cr_expect_eq(o.diags.n, 0);
	close_image(&o);
	o = open_image(scratch_write("a.vdi", f, DATA_AT + 512 + 2047), NULL);
	cr_assert_not_null(o.img, "%s", o.text);
	cr_expect_eq(diag_count(&o.diags, &FINDING_CONTAINER_BLOCK), 1);
	close_image(&o);
}

static void make_pair(uint8_t f[FILE_BYTES])
{
	uint8_t parent[FILE_BYTES];

	make(parent, 2, 7);
	store_le32(parent + 516, 0);		/* D once more */
	store_le32(parent + 520, 0);
	store_le32(parent + 524, 0);
	scratch_write("base.vdi", parent, sizeof(parent));
	make(f, 4, 1);
	memset(f + 0x1a8, 7, 16);
	memset(f + 0x1b8, 8, 16);
	memset(f + DATA_AT + 512, 'E', BLOCK);
}

static void expect_child(const char *path, const char *base,
			 size_t differs)
{
	struct image_options options = { .parents = &base, .n_parents = 1 };
	struct opened o = open_image(path, base != NULL ? &options : NULL);
	uint8_t got[DISK];

	cr_assert_not_null(o.img, "%s", o.text);
	cr_expect_eq(o.img->format, IMAGE_VDI_DIFFERENCING);
	cr_expect_eq(o.img->n_segments, 2);
	cr_expect_eq(diag_count(&o.diags, &FINDING_BACKING_DIFFERS), differs);
	cr_assert_eq(source_read(o.img->disk, 0, got, DISK, NULL), 0);
	for (size_t i = 0; i < DISK; i++)
		cr_assert_eq(got[i], (uint8_t)"AD\0E"[i / BLOCK], "%zu", i);
	close_image(&o);
}

Test(vdi_image, that_is_differencing_reads_through_to_its_parent)
{
	static const char *const places[] = {
		"base.vdi", "{07070707-0707-0707-0707-070707070707}.VDI",
		"other/base.vdi", "vm/base.vdi", "vm/Snapshots/base.vdi",
	};
	uint8_t f[FILE_BYTES];
	struct opened o;

	cr_assert(run("mkdir -p '%s/vm/Snapshots' '%s/other'", scratch_dir(),
		      scratch_dir()));
	make_pair(f);
	scratch_write("vm/Snapshots/child.vdi", f, sizeof(f));
	scratch_write("vm/child.vdi", f, sizeof(f));
	scratch_write("child.vdi", f, sizeof(f));
	expect_child(scratch("child.vdi"), NULL, 0);
	/* By the name that VirtualBox gives a snapshot; where the user says; in
	 * the three directories of a virtual machine.  */
	cr_assert(run("cd '%s' && mv base.vdi '%s'", scratch_dir(), places[1]));
	expect_child(scratch("child.vdi"), NULL, 0);
	cr_assert(run("cd '%s' && mv '%s' '%s'", scratch_dir(), places[1],
		      places[2]));
	o = open_image(scratch("child.vdi"), NULL);
	cr_expect_null(o.img);
	cr_expect_eq(o.err.code, ERR_NOT_FOUND);
	cr_expect_not_null(strstr(o.text, "07070707-0707"), "%s", o.text);
	close_image(&o);
	expect_child(scratch("child.vdi"), scratch("other/base.vdi"), 0);
	cr_assert(run("cd '%s' && mv '%s' '%s'", scratch_dir(), places[2],
		      places[3]));
	expect_child(scratch("vm/child.vdi"), NULL, 0);
	expect_child(scratch("vm/Snapshots/child.vdi"), NULL, 0);
	cr_assert(run("cd '%s' && mv '%s' '%s'", scratch_dir(), places[3],
		      places[4]));
	expect_child(scratch("vm/child.vdi"), NULL, 0);
}

Test(vdi_image, refuses_a_parent_with_another_uuid)
{
	uint8_t f[FILE_BYTES], other[FILE_BYTES];
	const char *base = scratch("base.vdi");
	struct image_options options = { .parents = &base, .n_parents = 1 };
	struct opened o;

	make_pair(f);
	make(other, 1, 9);
	scratch_write("base.vdi", other, sizeof(other));
	o = open_image(scratch_write("child.vdi", f, sizeof(f)), &options);
	cr_expect_null(o.img);
	cr_expect_eq(o.err.code, ERR_NOT_FOUND);
	cr_expect_not_null(strstr(o.text, "another UUID"), "%s", o.text);
	close_image(&o);
}

Test(vdi_image, prefers_the_parent_that_was_not_changed_since)
{
	uint8_t f[FILE_BYTES], changed[FILE_BYTES];

	make_pair(f);
	make(changed, 1, 7);
	memset(changed + 0x198, 0x55, 16);
	scratch_write("aaa.vdi", changed, sizeof(changed));
	expect_child(scratch_write("child.vdi", f, sizeof(f)), NULL, 0);
	/* Alone, it is used, and that is said.  */
	memset(f + 0x1b8, 0x44, 16);
	unlink(scratch("aaa.vdi"));
	expect_child(scratch_write("child.vdi", f, sizeof(f)), NULL, 1);
}

Test(vdi_image, that_is_its_own_parent_is_refused)
{
	uint8_t f[FILE_BYTES];
	struct opened o;

	make(f, 4, 3);
	memset(f + 0x1a8, 3, 16);
	o = open_image(scratch_write("loop.vdi", f, sizeof(f)), NULL);
	cr_expect_null(o.img);
	cr_expect_eq(o.err.code, ERR_LOOP, "%s", o.text);
	close_image(&o);
}

static const struct damage {
	unsigned at;
	uint32_t value;
	const struct diag_kind *kind;
	const char *words;
} damages[] = {
	{ 512, 7, &FINDING_CONTAINER_BLOCK, "1 block of the VDI would lie" },
	{ 512, 0, &FINDING_CONTAINER_BLOCK, "1 block of the file a second" },
	{ 516, 2, &FINDING_CONTAINER_BLOCK, "would lie past the end" },
	{ 512, UINT32_MAX, &FINDING_CONTAINER_BLOCK,
	  "2 blocks are in the file, its map has 1" },
	{ 0x184, 3, &FINDING_CONTAINER_BLOCK, "3 blocks are in the file" },
	{ 0x158, 516, &FINDING_CONTAINER_BLOCK, "inside of its headers" },
	{ 0x180, 5, &FINDING_CONTAINER_SIZE, "a map of 5 blocks" },
	{ 0x170, 2 * BLOCK, &FINDING_CONTAINER_SIZE, "needs 2" },
};

Test(vdi_image, says_what_its_map_cannot_mean)
{
	for (size_t i = 0; i < sizeof(damages) / sizeof(*damages); i++) {
		const struct damage *d = &damages[i];
		uint8_t f[FILE_BYTES];
		struct opened o;
		bool said = false;

		make(f, 1, 1);
		store_le32(f + d->at, d->value);
		o = open_image(scratch_write("bad.vdi", f, sizeof(f)), NULL);
		cr_assert_not_null(o.img, "%s", o.text);
		cr_expect_geq(diag_count(&o.diags, d->kind), 1, "%zu", i);
		for (size_t k = 0; k < o.diags.n; k++)
			said = said || strstr(o.diags.list[k].message,
					      d->words) != NULL;
		cr_expect(said, "%zu: %s", i, d->words);
		close_image(&o);
	}
}

/* A map that would need 16 GiB, in a file that claims to have it: refused
 * before any of it is taken.  */
Test(vdi_image, with_a_huge_map_is_refused_at_once, .timeout = 10)
{
	uint8_t f[FILE_BYTES];
	struct opened o;
	const char *path;

	make(f, 1, 1);
	store_le32(f + 0x180, UINT32_MAX);
	store_le32(f + 0x174, 0xffe);
	path = scratch_write("huge.vdi", f, sizeof(f));
	cr_assert_eq(truncate(path, 20ll << 30), 0);
	o = open_image(path, NULL);
	cr_expect_null(o.img);
	cr_expect_eq(o.err.code, ERR_LIMIT, "%s", o.text);
	close_image(&o);
	cr_assert_eq(truncate(path, 1 << 20), 0);
	o = open_image(path, NULL);
	cr_expect_null(o.img);
	close_image(&o);
}

/* Whatever byte changes, in the header's numbers or in the map.  */
Test(vdi_image, is_never_silently_wrong_in_its_map, .timeout = 60)
{
	uint8_t f[FILE_BYTES], want[DISK];

	make(f, 1, 1);
	for (size_t i = 0; i < DISK; i++)
		want[i] = (uint8_t)"A\0\0D"[i / BLOCK];
	for (size_t i = 512; i < 528; i++) {
		f[i] ^= 0x10;
		scratch_write("bad.vdi", f, sizeof(f));
		cr_expect_neq(try_image(scratch("bad.vdi"), want, DISK),
			      SILENTLY_WRONG, "byte %zu", i);
		f[i] ^= 0x10;
	}
	for (size_t n = 0; n < sizeof(f); n += 97) {
		scratch_write("cut.vdi", f, n);
		cr_expect_neq(try_image(scratch("cut.vdi"), want, DISK),
			      SILENTLY_WRONG, "%zu bytes", n);
	}
}
