#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/bytes.h"
#include "evidence/findings.h"
#include "lib/opened.h"
#include "lib/store.h"

/*
 * A VHD with blocks of 4096 bytes, laid out by hand:
 *
 *      0  copy of the footer
 *    512  dynamic header
 *   1536  BAT of four entries
 *   2048  block A: bitmap, data
 *   6656  block B: bitmap, data
 *  11264  footer
 *
 * The disk is A at 8192, B at 0; nothing at 4096 and 12288.
 */
#define BLOCK 4096
#define DISK (4 * BLOCK)
#define A_AT 2048
#define B_AT (A_AT + 512 + BLOCK)
#define FOOTER_AT (B_AT + 512 + BLOCK)
#define FILE_BYTES (FOOTER_AT + 512)

/* The complement of the sum of all bytes but the checksum's.  */
static void seal(uint8_t *p, size_t n, size_t at)
{
	uint32_t sum = 0;

	store_be32(p + at, 0);
	for (size_t i = 0; i < n; i++)
		sum += p[i];
	store_be32(p + at, ~sum);
}

static void make_footer(uint8_t *p, uint32_t type, uint64_t size, uint8_t id)
{
	memset(p, 0, 512);
	memcpy(p, "conectix", 8);
	store_be32(p + 8, 2);
	store_be32(p + 12, 0x10000);
	store_be64(p + 16, type == 2 ? UINT64_MAX : 512);
	store_be64(p + 40, size);
	store_be64(p + 48, size);
	store_be32(p + 60, type);
	p[68] = id;
	seal(p, 512, 64);
}

static void set_bat(uint8_t *f, int block, uint32_t sector)
{
	store_be32(f + 1536 + 4 * block, sector);
}

static void make_vhd(uint8_t *f, uint32_t type, uint8_t id)
{
	memset(f, 0, FILE_BYTES);
	make_footer(f, type, DISK, id);
	memcpy(f + 512, "cxsparse", 8);
	store_be64(f + 520, UINT64_MAX);
	store_be64(f + 528, 1536);
	store_be32(f + 536, 0x10000);
	store_be32(f + 540, 4);
	store_be32(f + 544, BLOCK);
	seal(f + 512, 1024, 36);
	memset(f + 1536, 0xff, 512);
	set_bat(f, 2, A_AT / 512);
	set_bat(f, 0, B_AT / 512);
	memset(f + A_AT, 0xff, 512);
	memset(f + A_AT + 512, 'A', BLOCK);
	memset(f + B_AT, 0xff, 512);
	memset(f + B_AT + 512, 'B', BLOCK);
	memcpy(f + FOOTER_AT, f, 512);
}

/* Make it the child of the disk @parent_id, which was called @name; it has the
 * sectors 1, 2 and 5 of block A, and the last of B.  */
static void make_child(uint8_t *f, uint8_t id, uint8_t parent_id,
		       const char *name)
{
	make_vhd(f, 4, id);
	f[512 + 40] = parent_id;
	for (size_t i = 0; name[i] != '\0'; i++)
		f[512 + 64 + 2 * i + 1] = (uint8_t)name[i];
	seal(f + 512, 1024, 36);
	memset(f + A_AT, 0, 512);
	f[A_AT] = 0x64;			/* 0110 0100 */
	memset(f + B_AT, 0, 512);
	f[B_AT] = 0x01;
}

static void dynamic_disk(uint8_t *disk)
{
	memset(disk, 0, DISK);
	memset(disk, 'B', BLOCK);
	memset(disk + 2 * BLOCK, 'A', BLOCK);
}

static void expect_disk(const char *path, const uint8_t *want)
{
	size_t n;
	uint8_t *got = read_disk(path, &n);

	cr_expect_eq(n, DISK);
	cr_expect_arr_eq(got, want, DISK);
	free(got);
}

static void expect_finding(const char *path, const struct diag_kind *kind)
{
	struct opened o = open_image(path, NULL);

	cr_assert_not_null(o.img, "%s", o.text);
	cr_expect_geq(diag_count(&o.diags, kind), 1, "%s", kind->code);
	for (size_t i = 0; i < o.diags.n; i++)
		cr_expect_eq(o.diags.list[i].kind, kind, "%s",
			     o.diags.list[i].message);
	close_image(&o);
}

Test(vhd_image, reads_blocks_in_any_order_and_holes_as_zeros)
{
	uint8_t f[FILE_BYTES], disk[DISK], some[600];
	const char *path;
	struct opened o;

	make_vhd(f, 3, 1);
	dynamic_disk(disk);
	path = scratch_write("d.vhd", f, sizeof(f));
	expect_disk(path, disk);
	o = open_image(path, NULL);
	cr_expect_eq(o.img->format, IMAGE_VHD_DYNAMIC);
	cr_expect_eq(o.diags.n, 0);
	cr_assert_eq(source_read(o.img->disk, BLOCK - 300, some, 600, NULL), 0);
	cr_expect_arr_eq(some, disk + BLOCK - 300, 600);
	cr_expect_eq(o.stats->bytes, 600);
	cr_expect_eq(o.stats->calls, 1);
	cr_expect_eq(source_read(o.img->disk, DISK - 1, some, 2, NULL),
		     ERR_TRUNCATED);
	close_image(&o);
}

Test(vhd_image, takes_the_footer_that_is_left)
{
	uint8_t f[FILE_BYTES], disk[DISK];
	const char *path;

	dynamic_disk(disk);
	make_vhd(f, 3, 1);
	path = scratch_write("cut.vhd", f, FOOTER_AT);
	expect_disk(path, disk);
	expect_finding(path, &FINDING_CONTAINER_COPY);

	memset(f, 0, 512);
	path = scratch_write("start.vhd", f, sizeof(f));
	expect_disk(path, disk);
	expect_finding(path, &FINDING_CONTAINER_COPY);

	make_vhd(f, 3, 1);
	f[48] ^= 1;			/* size, and its checksum is wrong */
	path = scratch_write("sum.vhd", f, sizeof(f));
	expect_disk(path, disk);
	expect_finding(path, &FINDING_CONTAINER_COPY);

	/* 511 bytes, as early Virtual PC wrote it: no damage.  */
	make_vhd(f, 3, 1);
	path = scratch_write("511.vhd", f, sizeof(f) - 1);
	expect_disk(path, disk);
	cr_expect_eq(try_image(path, disk, DISK), EQUAL);
}

Test(vhd_image, without_a_footer_is_an_error)
{
	uint8_t f[FILE_BYTES];
	struct opened o;

	make_vhd(f, 3, 1);
	memset(f, 0, 512);
	o = open_image(scratch_write("none", f, FOOTER_AT), NULL);
	cr_expect_null(o.img);
	cr_expect_eq(o.err.code, ERR_MAGIC);
	close_image(&o);
}

Test(vhd_image, says_when_blocks_cannot_lie_where_the_table_says)
{
	static const uint32_t sectors[] = {
		0, 3,				/* in the header */
		A_AT / 512 + 1, B_AT / 512,	/* in another block */
		FOOTER_AT / 512 - 1, 0x7fffffff, 0xfffffffe,
	};

	for (size_t i = 0; i < sizeof(sectors) / sizeof(*sectors); i++) {
		uint8_t f[FILE_BYTES];

		make_vhd(f, 3, 1);
		set_bat(f, 2, sectors[i]);
		expect_finding(scratch_write("b.vhd", f, sizeof(f)),
			       &FINDING_CONTAINER_BLOCK);
	}
}

Test(vhd_image, refuses_a_table_that_is_too_short_or_not_there)
{
	static const struct {
		size_t at;
		uint32_t value;
		int want;
	} cases[] = {
		{ 512 + 28, 3, ERR_VALUE },		/* entries */
		{ 512 + 20, FILE_BYTES - 8, ERR_TRUNCATED },
		{ 512 + 16, UINT32_MAX, ERR_TRUNCATED },
		{ 512 + 32, 4097, ERR_VALUE },		/* block size */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint8_t f[FILE_BYTES];
		struct opened o;

		make_vhd(f, 3, 1);
		store_be32(f + cases[i].at, cases[i].value);
		seal(f + 512, 1024, 36);
		o = open_image(scratch_write("t.vhd", f, sizeof(f)), NULL);
		cr_expect_null(o.img);
		cr_expect_eq(o.err.code, cases[i].want, "case %zu: %s", i,
			     o.text);
		close_image(&o);
	}
}

/* Where each sector of the child's disk comes from: see make_child().  */
static void child_disk(uint8_t *disk, const uint8_t *parent)
{
	memcpy(disk, parent, DISK);
	memset(disk + 7 * 512, 'B', 512);
	memset(disk + 2 * BLOCK + 512, 'A', 1024);
	memset(disk + 2 * BLOCK + 5 * 512, 'A', 512);
}

static const char *write_parent(const char *name, uint8_t id, uint8_t *disk)
{
	uint8_t f[DISK + 512];

	for (size_t i = 0; i < DISK; i++)
		f[i] = disk[i] = (uint8_t)('a' + i / 512 % 26);
	make_footer(f + DISK, 2, DISK, id);
	return scratch_write(name, f, sizeof(f));
}

Test(vhd_image, a_child_takes_from_its_parent_what_it_has_not)
{
	uint8_t f[FILE_BYTES], parent[DISK], disk[DISK];
	const char *path;
	struct opened o;

	/* The name differs by case only, and comes with a path of Windows.  */
	write_parent("Base Disk.VHD", 7, parent);
	make_child(f, 2, 7, "C:\\Images\\base disk.vhd");
	child_disk(disk, parent);
	path = scratch_write("child.vhd", f, sizeof(f));
	expect_disk(path, disk);
	o = open_image(path, NULL);
	cr_expect_eq(o.img->format, IMAGE_VHD_DIFFERENCING);
	cr_expect_eq(o.diags.n, 0);
	cr_assert_eq(o.img->n_segments, 2);
	cr_expect_str_eq(o.img->segments[0], "child.vhd");
	cr_expect_str_eq(o.img->segments[1], "Base Disk.VHD");
	/* Every read, whatever its bounds, sees the same disk.  */
	for (size_t off = 0; off < DISK; off += 500)
		for (size_t n = 1; n <= DISK - off; n += 1733) {
			uint8_t some[DISK];

			cr_assert_eq(source_read(o.img->disk, off, some, n,
						 NULL), 0);
			cr_assert_arr_eq(some, disk + off, n);
		}
	close_image(&o);
}

Test(vhd_image, a_chain_of_three_is_followed)
{
	uint8_t f[FILE_BYTES], parent[DISK], disk[DISK], top[DISK];

	write_parent("base.vhd", 7, parent);
	make_child(f, 2, 7, "base.vhd");
	scratch_write("middle.vhd", f, sizeof(f));
	child_disk(disk, parent);
	make_child(f, 3, 2, "middle.vhd");
	memset(f + B_AT + 512, 'T', BLOCK);
	child_disk(top, disk);
	memset(top + 7 * 512, 'T', 512);
	expect_disk(scratch_write("top.vhd", f, sizeof(f)), top);
}

Test(vhd_image, a_parent_can_be_given)
{
	uint8_t f[FILE_BYTES], parent[DISK], disk[DISK], got[DISK];
	const char *candidates[2];
	struct image_options options = {
		.parents = candidates, .n_parents = 2,
	};
	const char *path;
	struct opened o;

	candidates[0] = write_parent("wrong.vhd", 8, parent);
	candidates[1] = write_parent("right.vhd", 7, parent);
	make_child(f, 2, 7, "gone.vhd");
	child_disk(disk, parent);
	path = scratch_write("child.vhd", f, sizeof(f));
	o = open_image(path, &options);
	cr_assert_not_null(o.img, "%s", o.text);
	cr_assert_eq(source_read(o.img->disk, 0, got, DISK, NULL), 0);
	cr_expect_arr_eq(got, disk, DISK);
	close_image(&o);
}

Test(vhd_image, without_its_parent_a_child_is_refused_by_the_parents_name)
{
	uint8_t f[FILE_BYTES], parent[DISK];
	const char *path;
	struct opened o;

	make_child(f, 2, 7, "D:\\vm\\gone.vhd");
	path = scratch_write("child.vhd", f, sizeof(f));
	o = open_image(path, NULL);
	cr_expect_null(o.img);
	cr_expect_eq(o.err.code, ERR_NOT_FOUND);
	cr_expect_not_null(strstr(o.text, "D:\\vm\\gone.vhd"), "%s", o.text);
	close_image(&o);

	/* Another disk has its name.  */
	write_parent("gone.vhd", 8, parent);
	o = open_image(path, NULL);
	cr_expect_null(o.img);
	cr_expect_eq(o.err.code, ERR_NOT_FOUND);
	cr_expect_not_null(strstr(o.text, "another id"), "%s", o.text);
	close_image(&o);
}

Test(vhd_image, a_chain_that_comes_back_is_refused)
{
	uint8_t f[FILE_BYTES];
	struct opened o;

	make_child(f, 2, 2, "self.vhd");
	o = open_image(scratch_write("self.vhd", f, sizeof(f)), NULL);
	cr_expect_null(o.img);
	cr_expect_eq(o.err.code, ERR_LOOP, "%s", o.text);
	close_image(&o);

	make_child(f, 3, 4, "b.vhd");
	scratch_write("a.vhd", f, sizeof(f));
	make_child(f, 4, 3, "a.vhd");
	o = open_image(scratch_write("b.vhd", f, sizeof(f)), NULL);
	cr_expect_null(o.img);
	cr_expect_eq(o.err.code, ERR_LOOP, "%s", o.text);
	close_image(&o);
}

/* A sparse file can hold a table of any length: this one of 8 GiB was read.  */
Test(vhd_image, with_a_table_that_no_disk_needs_is_refused)
{
	uint8_t f[FILE_BYTES];
	struct opened o;
	const char *path;

	make_vhd(f, 3, 1);
	make_footer(f, 3, (uint64_t)1 << 40, 1);
	store_be32(f + 540, 0xffffffff);
	store_be32(f + 544, 512);
	seal(f + 512, 1024, 36);
	path = scratch_write("long.vhd", f, sizeof(f));
	cr_assert_eq(truncate(path, (off_t)1 << 34), 0);
	o = open_image(path, NULL);
	cr_expect_null(o.img);
	cr_expect_eq(o.err.code, ERR_LIMIT, "%s", o.text);
	close_image(&o);
}

/* The time of the parent's file changes with each copy: it was a finding, so
 * that copies of the same evidence gave other reports.  */
Test(vhd_image, the_time_of_a_parents_file_does_not_matter)
{
	uint8_t f[FILE_BYTES], parent[DISK];
	struct opened o;

	write_parent("base.vhd", 7, parent);
	make_child(f, 2, 7, "base.vhd");
	store_be32(f + 512 + 56, 86400);		/* 2000-01-02 */
	seal(f + 512, 1024, 36);
	cr_assert(run("touch -d 1999-12-31T23:59:59Z '%s'",
		      scratch("base.vhd")));
	o = open_image(scratch_write("child.vhd", f, sizeof(f)), NULL);
	cr_assert_not_null(o.img, "%s", o.text);
	cr_expect_eq(o.diags.n, 0);
	close_image(&o);
}

/* Candidates that could not be used were not named.  */
Test(vhd_image, candidates_that_are_no_parent_are_named_with_the_reason)
{
	uint8_t f[FILE_BYTES], parent[DISK];
	const char *candidates[4];
	struct image_options options = { .parents = candidates,
					 .n_parents = 4 };
	struct opened o;
	const char *path;

	write_parent("base.vhd", 8, parent);
	candidates[0] = strdup(scratch("none.vhd"));
	candidates[1] = strdup(scratch_write("empty.vhd", "", 0));
	candidates[2] = strdup(scratch_dir());
	candidates[3] = strdup(scratch_write("text.vhd", "text", 4));
	make_child(f, 2, 7, "base.vhd");
	path = scratch_write("child.vhd", f, sizeof(f));
	o = open_image(path, &options);
	cr_expect_null(o.img);
	cr_expect_eq(o.err.code, ERR_NOT_FOUND);
	cr_expect_not_null(strstr(o.text, "base.vhd: has another id"), "%s",
			   o.text);
	cr_expect_not_null(strstr(o.text, "none.vhd: No such file"), "%s",
			   o.text);
	cr_expect_not_null(strstr(o.text, "empty.vhd: empty file"), "%s",
			   o.text);
	cr_expect_not_null(strstr(o.text, ": a directory, not a file"), "%s", o.text);
	cr_expect_not_null(strstr(o.text, "text.vhd: has another id or is "
				  "damaged"), "%s", o.text);
	close_image(&o);
	for (int i = 0; i < 4; i++)
		free((char *)candidates[i]);
}

Test(vhd_image, of_a_fixed_disk_is_the_bytes_before_the_footer)
{
	uint8_t f[DISK + 512], disk[DISK];
	const char *path = write_parent("f.vhd", 7, disk);
	struct opened o = open_image(path, NULL);

	cr_assert_not_null(o.img);
	cr_expect_eq(o.img->format, IMAGE_VHD_FIXED);
	cr_expect_eq(o.diags.n, 0);
	close_image(&o);
	expect_disk(path, disk);

	memcpy(f, disk, DISK);
	make_footer(f + DISK, 2, DISK + 4096, 7);	/* it was longer */
	expect_finding(scratch_write("s.vhd", f, sizeof(f)),
		       &FINDING_CONTAINER_SIZE);
	make_footer(f + DISK, 2, DISK, 7);
	f[DISK + 70] ^= 1;				/* in its id */
	path = scratch_write("c.vhd", f, sizeof(f));
	expect_finding(path, &FINDING_CONTAINER_CHECKSUM);
	expect_disk(path, disk);
	f[DISK + 48] ^= 1;				/* and in its size */
	cr_expect_eq(try_image(scratch_write("d.vhd", f, sizeof(f)), disk,
			       DISK), REFUSED);
}

/* No byte of what describes the disk can be changed unnoticed.  */
Test(vhd_image, notices_every_changed_byte, .timeout = 60)
{
	uint8_t f[FILE_BYTES], disk[DISK];

	make_vhd(f, 3, 1);
	dynamic_disk(disk);
	for (size_t i = 0; i < FILE_BYTES; i++) {
		enum outcome r;

		if (i == 1536 + 16)	/* behind the BAT: bitmaps, data */
			i = FOOTER_AT;
		f[i] ^= 0x11;
		r = try_image(scratch_write("m", f, FILE_BYTES), disk, DISK);
		cr_expect_neq(r, SILENTLY_WRONG, "byte %zu", i);
		f[i] ^= 0x11;
	}
}

Test(vhd_image, notices_every_truncation)
{
	uint8_t f[FILE_BYTES], disk[DISK];

	make_vhd(f, 3, 1);
	dynamic_disk(disk);
	for (size_t n = 0; n < FILE_BYTES - 1; n += n < 2048 ? 1 : 37)
		cr_expect_neq(try_image(scratch_write("m", f, n), disk, DISK),
			      SILENTLY_WRONG, "%zu", n);
}
