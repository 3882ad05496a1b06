#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "evidence/findings.h"
#include "lib/opened.h"
#include "lib/store.h"

/*
 * One disk in every container that other tools can make of it; qemu-img and
 * ewfacquire wrote them, and its bytes are what has to come out.
 */
#define DISK (3u * 1024 * 1024 + 512 * 7)

static uint8_t *disk;

/* Runs of text, of zeros, and of what does not compress.  */
static void make_disk(void)
{
	uint32_t x = 1;

	disk = calloc(1, DISK);
	for (size_t i = 0; i < DISK; i++) {
		x = x * 1664525 + 1013904223;
		if (i / 65536 % 3 == 0)
			disk[i] = (uint8_t)(x >> 24);
		else if (i / 65536 % 3 == 1)
			disk[i] = (uint8_t)("volume"[i % 6]);
	}
	scratch_write("disk.raw", disk, DISK);
}

static void free_disk(void)
{
	free(disk);
}

TestSuite(containers, .init = make_disk, .fini = free_disk, .timeout = 120);

static const char *convert(const char *format, const char *options,
			   const char *name)
{
	cr_assert(run("cd '%s' && qemu-img convert -f raw -O %s %s disk.raw %s",
		      scratch_dir(), format, options, name), "%s", name);
	return scratch(name);
}

static void expect_format(const char *path, enum image_format format)
{
	struct opened o = open_image(path, NULL);
	uint8_t *got;

	cr_assert_not_null(o.img, "%s", o.text);
	cr_expect_eq(o.img->format, format, "%s", path);
	for (size_t i = 0; i < o.diags.n; i++)
		cr_expect_eq(o.diags.list[i].kind, &FINDING_BACKING_UNVERIFIED,
			     "%s: %s", path, o.diags.list[i].message);
	cr_assert_geq(o.img->disk->size, DISK);
	got = malloc(DISK);
	cr_assert_eq(source_read(o.img->disk, 0, got, DISK, NULL), 0);
	cr_expect(memcmp(got, disk, DISK) == 0, "%s", path);
	free(got);
	close_image(&o);
}

static void expect_refused(const char *path, const char *words)
{
	struct opened o = open_image(path, NULL);

	cr_expect_null(o.img, "%s", path);
	cr_expect_not_null(strstr(o.text, words), "%s: %s", path, o.text);
	close_image(&o);
}

Test(containers, of_qemu_all_hold_the_same_disk)
{
	static const struct {
		const char *format, *options, *name;
		enum image_format want;
	} cases[] = {
		{ "raw", "", "a.raw", IMAGE_RAW },
		{ "vpc", "-o subformat=fixed,force_size=on", "fixed",
		  IMAGE_VHD_FIXED },
		{ "vpc", "-o subformat=dynamic,force_size=on", "dynamic",
		  IMAGE_VHD_DYNAMIC },
		{ "vpc", "-o subformat=dynamic", "rounded", IMAGE_VHD_DYNAMIC },
		{ "vhdx", "", "vhdx", IMAGE_VHDX_DYNAMIC },
		{ "vhdx", "-o subformat=fixed,block_size=1M", "vhdx-fixed",
		  IMAGE_VHDX_FIXED },
		{ "qcow2", "", "qcow2", IMAGE_QCOW2 },
		{ "qcow2", "-o compat=0.10,cluster_size=512", "small",
		  IMAGE_QCOW2 },
		{ "qcow2", "-c -o cluster_size=2M", "packed", IMAGE_QCOW2 },
		{ "qcow2", "-c -o compression_type=zstd", "zstd", IMAGE_QCOW2 },
		{ "qcow2", "-o data_file=data.bin", "outside", IMAGE_QCOW2 },
		{ "qcow", "", "qcow", IMAGE_QCOW },
		{ "vdi", "", "a.vdi", IMAGE_VDI_DYNAMIC },
		{ "vdi", "-o static=on", "static.vdi", IMAGE_VDI_FIXED },
		{ "vmdk", "-o subformat=monolithicSparse", "sparse.vmdk",
		  IMAGE_VMDK },
		{ "vmdk", "-o subformat=streamOptimized", "stream.vmdk",
		  IMAGE_VMDK },
		{ "vmdk", "-o subformat=monolithicFlat", "flat.vmdk",
		  IMAGE_VMDK },
		{ "vmdk", "-o subformat=twoGbMaxExtentSparse", "2gb.vmdk",
		  IMAGE_VMDK },
		{ "vmdk", "-o subformat=twoGbMaxExtentFlat", "2gbflat.vmdk",
		  IMAGE_VMDK },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		expect_format(convert(cases[i].format, cases[i].options,
				      cases[i].name), cases[i].want);
}

Test(containers, that_are_not_read_are_refused_by_name)
{
	expect_refused(convert("parallels", "", "a.hdd"), "Parallels");
	expect_refused(convert("qed", "", "a.qed"), "QED");
	expect_refused(convert("qcow2", "-o extended_l2=on", "sub"),
		       "subclusters");
	cr_assert(run("cd '%s' && python3 -c 'import bz2, lzma, zipfile\n"
		      "d = open(\"disk.raw\", \"rb\").read()\n"
		      "open(\"d.bz2\", \"wb\").write(bz2.compress(d))\n"
		      "open(\"d.xz\", \"wb\").write(lzma.compress(d))\n"
		      "zipfile.ZipFile(\"d.zip\", \"w\").write(\"disk.raw\")\n"
		      "z = zipfile.ZipFile(\"d.aff4\", \"w\")\n"
		      "z.writestr(\"container.description\", \"aff4://1\")\n"
		      "z.writestr(\"information.turtle\", \"\")'",
		      scratch_dir()));
	expect_refused(scratch("d.bz2"), "bzip2 file: not supported");
	expect_refused(scratch("d.xz"), "xz file: not supported");
	expect_refused(scratch("d.zip"), "archive): not supported");
	expect_refused(scratch("d.aff4"), "AFF4 image: not supported");
	cr_assert(run("cd '%s' && head -c 65536 /dev/zero > set.vhds && "
		      "head -c 65536 /dev/zero > b.TIBX", scratch_dir()));
	expect_refused(scratch("set.vhds"), "beside it): not supported");
	expect_refused(scratch("b.TIBX"), "Acronis backup: not supported");
	if (run("command -v affconvert > /dev/null")) {
		cr_assert(run("cd '%s' && AFFLIB_PASSPHRASE=secret "
			      "affconvert -q -o d.aff disk.raw",
			      scratch_dir()));
		expect_refused(scratch("d.aff"),
			       "AFF image with encrypted pages: not supported");
	}
}

/* libvmdk would look for the old name, and read what it finds there.  */
Test(containers, vmdk_in_one_file_is_read_under_any_name)
{
	const char *path = convert("vmdk", "", "before.vmdk");
	uint8_t other[1024] = { 0 };

	rename(path, scratch("after.vmdk"));
	scratch_write("before.vmdk", other, sizeof(other));
	expect_format(scratch("after.vmdk"), IMAGE_VMDK);
}

Test(containers, vmdk_without_an_extent_is_refused_by_its_name)
{
	convert("vmdk", "-o subformat=monolithicFlat", "flat.vmdk");
	unlink(scratch("flat-flat.vmdk"));
	expect_refused(scratch("flat.vmdk"), "flat-flat.vmdk");
	convert("vmdk", "-o subformat=twoGbMaxExtentSparse", "2gb.vmdk");
	expect_refused(scratch("2gb-s001.vmdk"), "without the descriptor");
	unlink(scratch("2gb-s001.vmdk"));
	expect_refused(scratch("2gb.vmdk"), "2gb-s001.vmdk");
}

Test(containers, vmdk_with_a_short_extent_says_so)
{
	struct opened o;

	convert("vmdk", "-o subformat=monolithicFlat", "flat.vmdk");
	cr_assert_eq(truncate(scratch("flat-flat.vmdk"), DISK / 2), 0);
	o = open_image(scratch("flat.vmdk"), NULL);
	cr_assert_not_null(o.img);
	cr_expect_eq(diag_count(&o.diags, &FINDING_CONTAINER_SIZE), 1);
	close_image(&o);
}

/* The whole image earns no such finding, cut by a quarter it does, although its
 * tables are all there.  */
Test(containers, qcow2_that_was_cut_says_so)
{
	static const char *const options[] = { "", "-c" };

	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++) {
		const char *path = convert("qcow2", options[i], "cut.qcow2");
		struct opened o = open_image(path, NULL);
		struct stat st;

		cr_assert_not_null(o.img);
		cr_expect_eq(diag_count(&o.diags, &FINDING_CONTAINER_BLOCK), 0);
		close_image(&o);
		cr_assert_eq(stat(path, &st), 0);
		cr_assert_eq(truncate(path, st.st_size / 4 * 3), 0);
		o = open_image(path, NULL);
		cr_assert_not_null(o.img);
		cr_expect_eq(diag_count(&o.diags, &FINDING_CONTAINER_BLOCK), 1,
			     "%s", options[i]);
		close_image(&o);
	}
}

/* A level 1 table of 65536 entries, all of one level 2 table of 2 MiB, in a file
 * of 8 MiB: opening it took minutes.  */
Test(containers, qcow2_that_names_one_table_again_and_again_costs_a_moment)
{
	enum { MIB = 1 << 20, ENTRIES = 65536 };
	uint8_t *f = calloc(8, MIB);
	struct opened o;
	FILE *file;

	memcpy(f, "QFI\xfb", 4);
	store_be32(f + 4, 2);		/* version */
	store_be32(f + 20, 21);		/* clusters of 2 MiB */
	store_be32(f + 24, 0x800000);	/* 2^55 bytes */
	store_be32(f + 36, ENTRIES);
	store_be32(f + 44, 2 * MIB);		/* of the level 1 table */
	for (size_t i = 0; i < ENTRIES; i++)
		store_be32(f + 2 * MIB + 8 * i + 4, 4 * MIB);
	for (size_t i = 0; i < 2 * MIB / 8; i++)
		store_be32(f + 4 * MIB + 8 * i + 4, 6 * MIB);
	file = fopen(scratch("huge.qcow2"), "wb");
	cr_assert(file != NULL && fwrite(f, MIB, 8, file) == 8 &&
		  fclose(file) == 0);
	o = open_image(scratch("huge.qcow2"), NULL);
	cr_assert_not_null(o.img, "%s", o.text);
	cr_expect_eq(o.img->disk->size, (uint64_t)1 << 55);
	close_image(&o);
	free(f);
}

/* The child has only what was changed, in whatever lies below.  */
static void check_overlay(const char *format, const char *base,
			  const char *base_format)
{
	cr_assert(run("cd '%s' && rm -f base child && "
		      "qemu-img convert -f raw -O %s disk.raw base %s && "
		      "qemu-img create -q -f %s -b base -F %s child && "
		      "qemu-io -f %s -c 'write -P 0x5a 70000 5000' "
		      "-c 'write -P 0x33 262144 65536' "
		      "-c 'write -P 0x44 196608 65536' child > /dev/null",
		      scratch_dir(), base_format, base, format, base_format,
		      format));
	memset(disk + 70000, 0x5a, 5000);
	/* Neighbours on the disk, but the other way round in the file.  */
	memset(disk + 262144, 0x33, 65536);
	memset(disk + 196608, 0x44, 65536);
	expect_format(scratch("child"), strcmp(format, "vmdk") == 0 ?
		      IMAGE_VMDK : IMAGE_QCOW2);
	rename(scratch("base"), scratch("moved"));
	expect_refused(scratch("child"), "base");
	rename(scratch("moved"), scratch("base"));
}

Test(containers, qcow2_reads_through_to_its_backing_file)
{
	check_overlay("qcow2", "", "qcow2");
	check_overlay("qcow2", "", "raw");
	check_overlay("qcow2", "", "vmdk");
}

static void expect_overlay(const char *command, size_t differs,
			   const char *words)
{
	struct opened o;

	cr_assert(run("cd '%s' && rm -f base child && "
		      "qemu-img convert -f raw -O qcow2 disk.raw base && %s",
		      scratch_dir(), command));
	o = open_image(scratch("child"), NULL);
	cr_assert_not_null(o.img, "%s", o.text);
	cr_expect_eq(diag_count(&o.diags, &FINDING_BACKING_UNVERIFIED), 1);
	cr_expect_eq(diag_count(&o.diags, &FINDING_BACKING_DIFFERS), differs,
		     "%s", command);
	cr_assert_eq(o.diags.n, 1 + differs);
	cr_expect_not_null(strstr(o.diags.list[differs].message, words), "%s",
			   o.diags.list[differs].message);
	close_image(&o);
}

Test(containers, qcow2_says_what_it_cannot_know_of_its_backing_file)
{
	convert("qcow2", "", "any.qcow2");	/* writes disk.raw */
	expect_overlay("qemu-img create -q -f qcow2 -b base -F qcow2 child", 0,
		       "no id");
	expect_overlay("qemu-img create -q -f qcow2 -b base -F qcow2 child 9M",
		       1, "a disk of 9437184 bytes");
	expect_overlay("size=$(stat -c %s disk.raw); qemu-img create -q "
		       "-f qcow2 -u -b base -F raw child $size", 1,
		       "of the format raw, but base was read as qcow2");
}

Test(containers, qcow2_says_that_it_keeps_former_states)
{
	struct opened o;

	convert("qcow2", "", "kept");
	cr_assert(run("cd '%s' && qemu-img snapshot -c one kept && "
		      "qemu-img snapshot -c two kept", scratch_dir()));
	o = open_image(scratch("kept"), NULL);
	cr_assert_not_null(o.img, "%s", o.text);
	cr_assert_eq(o.diags.n, 1);
	cr_expect_eq(o.diags.list[0].kind, &FINDING_CONTAINER_SNAPSHOTS);
	cr_expect_not_null(strstr(o.diags.list[0].message,
				  "keeps 2 former states"));
	close_image(&o);
}

Test(containers, vmdk_reads_through_to_its_parent)
{
	check_overlay("vmdk", "", "vmdk");
}

Test(containers, vmdk_snapshot_of_several_extents_finds_its_place_below)
{
	uint8_t *got;
	size_t n;

	convert("vmdk", "", "base.vmdk");
	cr_assert(run("cd '%s' && qemu-img create -q -f vmdk e1.vmdk 1M && "
		      "qemu-img create -q -f vmdk e2.vmdk 2M && "
		      "{ echo '# Disk DescriptorFile'; echo CID=11111111; "
		      "grep -a ^CID= base.vmdk | sed s/^/parent/; "
		      "echo 'parentFileNameHint=\"base.vmdk\"'; "
		      "echo 'RW 2048 SPARSE \"e1.vmdk\"'; "
		      "echo 'RW 4096 SPARSE \"e2.vmdk\"'; } > child.vmdk",
		      scratch_dir()));
	got = read_disk(scratch("child.vmdk"), &n);
	cr_assert_eq(n, 3 << 20);
	cr_expect(memcmp(got, disk, n) == 0);
	free(got);
}

static bool have(const char *tool)
{
	return access(tool, X_OK) == 0;
}

#define VHDXLOG "build/samples/vhdxlog"
#define VHDXCHILD "build/samples/vhdxchild"

Test(containers, vhdx_that_was_not_closed_is_replayed)
{
	struct opened o;
	uint8_t *got;

	if (!have(VHDXLOG))
		cr_skip_test("sample builders are not built");
	convert("vhdx", "-o block_size=1M", "log.vhdx");
	cr_assert(run(VHDXLOG " '%s'", scratch("log.vhdx")));
	o = open_image(scratch("log.vhdx"), NULL);
	cr_assert_not_null(o.img, "%s", o.text);
	cr_expect_eq(diag_count(&o.diags, &FINDING_LOG_REPLAYED), 1);
	cr_expect_eq(o.diags.n, 1);
	got = malloc(DISK);
	cr_assert_eq(source_read(o.img->disk, 0, got, DISK, NULL), 0);
	cr_expect(memcmp(got, disk, DISK) == 0);
	free(got);
	close_image(&o);

	/* A log without its first entry cannot be replayed, and that is said. */
	cr_assert(run("printf x | dd of='%s' bs=1 seek=1048586 conv=notrunc "
		      "status=none", scratch("log.vhdx")));
	o = open_image(scratch("log.vhdx"), NULL);
	cr_expect_eq(diag_count(&o.diags, &FINDING_LOG_REPLAYED), 0);
	cr_expect_eq(diag_count(&o.diags, &FINDING_LOG_NOT_REPLAYED), 1);
	close_image(&o);
}

Test(containers, vhdx_child_is_read_with_and_without_sector_bitmaps)
{
	static const char *const kinds[] = { "mixed", "whole" };
	uint8_t *old;

	if (!have(VHDXCHILD))
		cr_skip_test("sample builders are not built");
	old = malloc(DISK);
	memcpy(old, disk, DISK);
	for (size_t i = 0; i < DISK; i += 512 * 5)
		memset(old + i, 0xcc, 512);
	scratch_write("old.raw", old, DISK);
	free(old);
	cr_assert(run("cd '%s' && qemu-img convert -f raw -O vhdx old.raw "
		      "parent.vhdx", scratch_dir()));
	for (int i = 0; i < 2; i++) {
		cr_assert(run(VHDXCHILD " '%s' '%s' '%s' '%s' %s",
			      scratch("parent.vhdx"), scratch("old.raw"),
			      scratch("disk.raw"), scratch("child.vhdx"),
			      kinds[i]));
		expect_format(scratch("child.vhdx"), IMAGE_VHDX_DIFFERENCING);
	}
	rename(scratch("parent.vhdx"), scratch("moved.vhdx"));
	expect_refused(scratch("child.vhdx"), "parent");
}

static void acquire(const char *options)
{
	if (!run("command -v ewfacquire > /dev/null"))
		cr_skip_test("no ewfacquire");
	cr_assert(run("cd '%s' && rm -f e.E* && ewfacquire -u -q -t e "
		      "-f encase6 %s disk.raw > /dev/null 2>&1",
		      scratch_dir(), options));
}

Test(containers, ewf_is_read_with_all_its_segments)
{
	struct opened o;

	acquire("-c fast");
	expect_format(scratch("e.E01"), IMAGE_EWF);
	acquire("-c none -S 1048576");
	expect_format(scratch("e.E01"), IMAGE_EWF);
	o = open_image(scratch("e.E01"), NULL);
	cr_assert_geq(o.img->n_segments, 3);
	cr_expect_str_eq(o.img->segments[2], "e.E03");
	cr_expect_eq(o.img->sector_size, 512);
	close_image(&o);
}

/* Neither zeros nor what happens to be in memory: every byte that is read is
 * right, every other is an error.  */
static void expect_no_wrong_byte(const char *path, size_t step)
{
	struct opened o = open_image(path, NULL);
	unsigned failed = 0;
	uint8_t *got = malloc(step);

	cr_assert_not_null(o.img, "%s", o.text);
	for (size_t off = 0; off + step <= DISK; off += step) {
		if (source_read(o.img->disk, off, got, step, NULL) < 0)
			failed++;
		else
			cr_expect(memcmp(got, disk + off, step) == 0, "%zu",
				  off);
	}
	cr_expect_gt(failed, 0);
	free(got);
	close_image(&o);
}

Test(containers, ewf_without_a_segment_gives_no_zeros)
{
	struct opened o;

	acquire("-c none -S 1048576");
	unlink(scratch("e.E02"));
	o = open_image(scratch("e.E01"), NULL);
	cr_assert_not_null(o.img, "%s", o.text);
	cr_expect_geq(diag_count(&o.diags, &FINDING_CONTAINER_SEGMENT), 1);
	cr_expect_not_null(strstr(o.diags.list[0].message,
				  "segment 2 is missing"));
	close_image(&o);
	expect_no_wrong_byte(scratch("e.E01"), 4096);
	expect_no_wrong_byte(scratch("e.E01"), 50000);
}

Test(containers, ewf_with_a_damaged_chunk_gives_no_wrong_byte)
{
	acquire("-c none");
	cr_assert(run("printf XYZ | dd of='%s' bs=1 seek=1000000 conv=notrunc "
		      "status=none", scratch("e.E01")));
	expect_no_wrong_byte(scratch("e.E01"), 4096);
}

Test(containers, ewf_segments_in_the_wrong_place_are_refused)
{
	acquire("-c none -S 1048576");
	cr_assert(run("cp '%s' '%s'", scratch("e.E03"), scratch("e.E02")));
	expect_refused(scratch("e.E01"), "e.E02: segment number: impossible "
		       "value, expected 0x2, found 0x3");
}

/* Give a segment the id of another acquisition: bytes 64 to 79 of its section
 * "data", whose Adler-32 lies at 1048.  */
static void change_set(const char *path)
{
	static uint8_t b[2 << 20];
	FILE *f = fopen(path, "r+b");
	size_t n = fread(b, 1, sizeof(b), f), at = 13;
	uint32_t sum;

	while (at + 76 + 1052 <= n && strcmp((char *)b + at, "data") != 0) {
		memcpy(&at, b + at + 16, 8);
		cr_assert_neq(at, 0);
	}
	cr_assert_leq(at + 76 + 1052, n);
	memset(b + at + 76 + 64, 0xbb, 16);
	sum = (uint32_t)adler32(1, b + at + 76, 1048);
	memcpy(b + at + 76 + 1048, &sum, 4);
	rewind(f);
	fwrite(b, 1, n, f);
	fclose(f);
}

/* Before, the first segment was said to be empty, and of the other acquisition
 * libewf's outermost message was told: "unable to open handle".  */
Test(containers, ewf_names_the_segment_that_is_wrong)
{
	acquire("-c none -S 1048576");
	cr_assert(run("cp '%s' '%s'", scratch("e.E02"), scratch("f.E02")));
	cr_assert(run(": > '%s'", scratch("e.E02")));
	expect_refused(scratch("e.E01"), "e.E02: empty file");
	cr_assert(run("cp '%s' '%s'", scratch("f.E02"), scratch("e.E02")));
	expect_format(scratch("e.E01"), IMAGE_EWF);
	change_set(scratch("e.E02"));
	expect_refused(scratch("e.E01"), "e.E02: this segment is of another "
		       "acquisition than e.E01");
}

static void patch(const char *path, size_t at, uint8_t x)
{
	FILE *f = fopen(path, "r+b");
	int c;

	fseek(f, (long)at, SEEK_SET);
	c = fgetc(f);
	fseek(f, (long)at, SEEK_SET);
	fputc(c ^ x, f);
	fclose(f);
}

/* Ranges that a checksum covers: not a byte can be changed there unnoticed.  */
static void expect_noticed(const char *path, size_t first, size_t end,
			   size_t step)
{
	for (size_t i = first; i < end; i += step) {
		patch(path, i, 0x11);
		cr_expect_neq(try_image(path, disk, DISK), SILENTLY_WRONG,
			      "%s: byte %zu", path, i);
		patch(path, i, 0x11);
	}
}

Test(containers, vhdx_notices_changed_bytes)
{
	const char *path = convert("vhdx", "-o block_size=1M", "m");

	expect_noticed(path, 0, 8, 1);
	expect_noticed(path, 0x10000, 0x10060, 1);
	expect_noticed(path, 0x20000, 0x20060, 3);
	expect_noticed(path, 0x30000, 0x30060, 1);
	expect_noticed(path, 0x40000, 0x40060, 3);
	expect_noticed(path, 0x200000, 0x200020, 1);
}

Test(containers, ewf_notices_changed_bytes)
{
	acquire("-c none");
	rename(scratch("e.E01"), scratch("m"));
	expect_noticed(scratch("m"), 0, 2048, 19);
	expect_noticed(scratch("m"), 2048, 0x300000, 50021);
}

/* Whatever is cut or changed: never taken for raw, never a crash or a hang.  */
static void batter(const char *path, size_t size, enum image_format was)
{
	for (size_t i = 0; i < size; i += i < 600 ? 7 : size / 60) {
		struct opened o;

		patch(path, i, 0xff);
		o = open_image(path, NULL);
		if (o.img != NULL) {
			uint8_t b[4096];

			cr_expect(o.img->format != IMAGE_RAW, "%s: %zu", path,
				  i);
			source_read(o.img->disk, 0, b, sizeof(b), NULL);
		}
		close_image(&o);
		patch(path, i, 0xff);
	}
	for (size_t n = size - 1; n > 512; n -= n / 20 + 1) {
		cr_assert_eq(truncate(path, (off_t)n), 0);
		cr_expect_neq(try_image(path, disk, DISK), SILENTLY_WRONG,
			      "%s, format %d: cut at %zu", path, (int)was, n);
	}
}

Test(containers, survive_battering)
{
	static const struct {
		const char *format, *options;
		enum image_format was;
	} cases[] = {
		{ "vpc", "-o force_size=on", IMAGE_VHD_DYNAMIC },
		{ "vhdx", "-o block_size=1M", IMAGE_VHDX_DYNAMIC },
		{ "qcow2", "", IMAGE_QCOW2 },
		{ "qcow2", "-c", IMAGE_QCOW2 },
		{ "vmdk", "", IMAGE_VMDK },
		{ "vmdk", "-o subformat=streamOptimized", IMAGE_VMDK },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *path = convert(cases[i].format, cases[i].options,
					   "m");
		FILE *f = fopen(path, "rb");
		long size;

		fseek(f, 0, SEEK_END);
		size = ftell(f);
		fclose(f);
		batter(path, (size_t)size, cases[i].was);
	}
}
