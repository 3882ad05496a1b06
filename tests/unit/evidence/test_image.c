#include <criterion/criterion.h>
#include <libbfio.h>
#include <libfsntfs.h>
#include <stdlib.h>

#include "evidence/image.h"
#include "evidence/findings.h"
#include "lib/digest.h"
#include "lib/opened.h"
#include "lib/shared_data.h"

/* Images that others made, and what independent tools say they hold.  */
static const struct known {
	const char *file, *member;
	enum image_format format;
	const char *tool, *digest;	/* the first digits */
	unsigned sector_size;
} known[] = {
	{ "sleuthkit__sleuthkit/test/data/image.E01", NULL, IMAGE_EWF,
	  "md5sum", "3ebb0b7dcd6b5fcd59a0020625d70994", 512 },
	{ "sleuthkit__sleuthkit/test/data/imageformat_mmls_1.E01", NULL,
	  IMAGE_EWF, "md5sum", "8ec671e301095c258224aad701740503", 512 },
	{ "Velocidex__velociraptor/artifacts/testdata/files/test.ntfs.dd.E01",
	  NULL, IMAGE_EWF, "md5sum", "8b4382280340597b7930b4b34742afba", 512 },
	{ "sleuthkit__sleuthkit/test/data/image.vhd", NULL, IMAGE_VHD_DYNAMIC,
	  "sha256sum", "84c172cd6e864e2a", 0 },
	{ "fox-it__dissect.hypervisor/tests/_data/disk/vhdx/dynamic.vhdx.gz",
	  "dynamic.vhdx", IMAGE_VHDX_DYNAMIC, "sha256sum", "8e2b5e9265d694b4",
	  512 },
	{ "fox-it__dissect.hypervisor/tests/_data/disk/qcow2/basic.qcow2.gz",
	  "basic.qcow2", IMAGE_QCOW2, "sha256sum", "3c86a52ad19ebbe3", 0 },
	{ "fox-it__dissect.hypervisor/tests/_data/disk/qcow2/"
	  "basic-zstd.qcow2.gz",
	  "basic-zstd.qcow2", IMAGE_QCOW2, "sha256sum", "3c86a52ad19ebbe3", 0 },
	{ "fox-it__dissect.hypervisor/tests/_data/disk/qcow2/snapshot.qcow2.gz",
	  "snapshot.qcow2", IMAGE_QCOW2, "sha256sum", "9acca8e8c2220115", 0 },
	{ "fox-it__dissect.hypervisor/tests/_data/disk/vdi/basic.vdi.gz",
	  "basic.vdi", IMAGE_VDI_DYNAMIC, "sha256sum", "92d551781f9b62f3", 0 },
	{ "sleuthkit__sleuthkit/test/data/image.qcow", NULL,
	  IMAGE_QCOW, "sha256sum", "854c3db1c4a07a24", 0 },
	{ "log2timeline__dfvfs/test_data/windows_volume.qcow2", NULL,
	  IMAGE_QCOW2, "sha256sum", "44abe9deca9658f3", 0 },
	{ "log2timeline__dfvfs/test_data/vsstest.qcow2", NULL,
	  IMAGE_QCOW2, "sha256sum", "5cba558cfac0916c", 0 },
	{ "log2timeline__dfvfs/test_data/ext2.qcow2", NULL,
	  IMAGE_QCOW2, "sha256sum", "a6c2f0e39afe6c6a", 0 },
	{ "sleuthkit__sleuthkit/test/data/image.vmdk", NULL,
	  IMAGE_VMDK, "sha256sum", "854c3db1c4a07a24", 0 },
	{ "log2timeline__dfvfs/test_data/ext2.vmdk", NULL,
	  IMAGE_VMDK, "sha256sum", "a6c2f0e39afe6c6a", 0 },
	{ "microsoft__RecursiveExtractor/RecursiveExtractor.Tests/TestData/"
	  "TestDataArchives/Empty.vmdk", NULL,
	  IMAGE_VMDK, "sha256sum", "bb9f8df61474d25e", 0 },
};

static void check_known(const struct known *k)
{
	const char *path = k->member != NULL ?
		shared_data_unpacked(k->file, k->member) : shared_data(k->file);
	struct diag_list d = { .arena = arena_new() };
	struct io_stats stats = { 0 };
	char buf[DIGEST_CHARS + 1];
	struct image *img;
	struct err e = { 0 };

	if (path == NULL)
		cr_skip_test("no shared data");
	if (image_open(path, 7, NULL, &stats, d.arena, &d, &img, &e) < 0)
		cr_assert_fail("%s: %s", k->file, err_text(&e, buf, sizeof(buf)));
	cr_expect_eq(img->format, k->format, "%s", k->file);
	cr_expect_eq(img->sector_size, k->sector_size, "%s", k->file);
	cr_expect_eq(img->disk->image, 7);
	cr_expect_eq(d.n, diag_count(&d, &FINDING_CONTAINER_SNAPSHOTS),
		     "%s: %s", k->file, d.n > 0 ? d.list[0].message : "");
	cr_assert_not_null(digest(img->disk, k->tool, buf, &e), "%s", k->file);
	cr_expect(strncmp(buf, k->digest, strlen(k->digest)) == 0, "%s: %s",
		  k->file, buf);
	cr_expect_eq(stats.bytes, img->disk->size);
	image_close(img);
	arena_free(d.arena);
}

Test(image, holds_what_independent_tools_found_in_it)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		check_known(&known[i]);
}

static void expect_error(const char *path, enum err_code code,
			 const char *words)
{
	struct opened o = open_image(path, NULL);

	cr_expect_null(o.img, "%s", path);
	cr_expect_eq(o.err.code, code, "%s: %s", path, o.text);
	cr_expect_not_null(strstr(o.text, words), "%s: %s", path, o.text);
	close_image(&o);
}

Test(image, that_is_no_file_of_bytes_is_an_error)
{
	static const char few[] = "EVF\x09\x0d";

	expect_error(scratch("none.raw"), ERR_FILE,
		     "none.raw: No such file or directory");
	expect_error(scratch_write("empty", "", 0), ERR_FILE, "empty");
	expect_error(scratch_write("few", few, sizeof(few)), ERR_TRUNCATED,
		     "few");
	expect_error(scratch_dir(), ERR_FILE, "directory");
	expect_error("/dev/null", ERR_FILE, "null");
	cr_assert(run("mkfifo '%s'", scratch("fifo")));
	expect_error(scratch("fifo"), ERR_FILE, "fifo");
}

Test(image, named_like_a_container_is_not_simply_raw)
{
	uint8_t b[4096] = { 0 };
	struct opened o;

	expect_error(scratch_write("a.E01", b, sizeof(b)), ERR_MAGIC, ".E01");
	expect_error(scratch_write("a.vhdx", b, sizeof(b)), ERR_MAGIC, ".vhdx");
	memcpy(b, "EVX\t\r\nXY", 8);
	memcpy(b + sizeof(b) - 512, "Conectiv", 8);
	expect_error(scratch_write("a.E01", b, sizeof(b)), ERR_MAGIC,
		     "expected 0x455646090d0aff00, found 0x455658090d0a5859, "
		     "at byte 0");
	expect_error(scratch_write("a.vhd", b, sizeof(b)), ERR_MAGIC,
		     "expected 0x636f6e6563746978, found 0x436f6e6563746976, "
		     "at byte 3584");
	memset(b, 0, sizeof(b));
	b[510] = 0x55;
	b[511] = 0xaa;
	o = open_image(scratch_write("b.E01", b, sizeof(b)), NULL);
	cr_assert_not_null(o.img);
	cr_expect_eq(o.img->format, IMAGE_RAW);
	cr_expect_eq(diag_count(&o.diags, &FINDING_CONTAINER_MISNAMED), 1);
	close_image(&o);
}

Test(image, has_the_sector_size_that_was_asked_for)
{
	uint8_t b[4096] = { 0 };
	struct image_options options = { .sector_size = 4096 };
	const char *path = scratch_write("a.raw", b, sizeof(b));
	struct opened o = open_image(path, &options);

	cr_expect_eq(o.img->disk->sector_size, 4096);
	cr_expect_eq(o.img->sector_size, 0);
	close_image(&o);
	o = open_image(path, NULL);
	cr_expect_eq(o.img->disk->sector_size, 0);
	close_image(&o);
}

static void write_segments(const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint8_t b[1024];

		memset(b, (int)('1' + i), sizeof(b));
		scratch_write(names[i], b, i + 1 < n ? 1024 : 512);
	}
}

static void expect_split(const char *const *names, size_t n)
{
	struct opened o;
	uint8_t b[8192];

	write_segments(names, n);
	o = open_image(scratch(names[0]), NULL);
	cr_assert_not_null(o.img, "%s", o.text);
	cr_expect_eq(o.img->format, IMAGE_SPLIT_RAW, "%s", names[0]);
	cr_assert_eq(o.img->n_segments, n);
	cr_expect_eq(o.img->disk->size, (n - 1) * 1024 + 512);
	cr_expect_eq(o.diags.n, 0);
	cr_assert_eq(source_read(o.img->disk, 1000, b, 100, NULL), 0);
	cr_expect_eq(b[23], '1');
	cr_expect_eq(b[24], '2');
	for (size_t i = 0; i < n; i++)
		cr_expect_str_eq(o.img->segments[i], names[i]);
	close_image(&o);
}

Test(image, in_segments_is_one_disk)
{
	static const char *const from_one[] = { "a.001", "a.002", "a.003" };
	static const char *const from_zero[] = { "b.000", "b.001" };
	static const char *const letters[] = { "c.aa", "c.ab", "c.ac" };
	static const char *const three[] = { "d.img.aaa", "d.img.aab" };
	uint8_t other[512] = { 0 };

	expect_split(from_one, 3);
	expect_split(from_zero, 2);
	expect_split(letters, 3);
	expect_split(three, 2);
	/* What lies beside them does not matter.  */
	scratch_write("c.dd", other, sizeof(other));
	scratch_write("c.img", other, sizeof(other));
	scratch_write("a.txt", other, sizeof(other));
	expect_split(letters, 3);
	expect_split(from_one, 3);
}

Test(image, without_a_middle_segment_is_refused_by_its_name)
{
	static const char *const names[] = { "a.001", "a.002", "a.003",
					     "a.004" };

	write_segments(names, 4);
	cr_assert(run("rm '%s'", scratch("a.003")));
	expect_error(scratch("a.001"), ERR_FILE, "segment a.003: No such");
}

Test(image, of_unequal_or_later_segments_says_so)
{
	static const char *const names[] = { "a.001", "a.002", "a.003" };
	uint8_t b[600] = { 0 };
	struct opened o;

	write_segments(names, 3);
	scratch_write("a.002", b, sizeof(b));
	o = open_image(scratch("a.001"), NULL);
	cr_assert_eq(diag_count(&o.diags, &FINDING_CONTAINER_SEGMENT), 1);
	cr_expect_not_null(strstr(o.diags.list[0].message,
				  "is read at too low an offset"));
	close_image(&o);
	o = open_image(scratch("a.002"), NULL);
	cr_assert_not_null(o.img);
	cr_expect_eq(o.img->format, IMAGE_RAW);
	cr_expect_eq(diag_count(&o.diags, &FINDING_CONTAINER_SEGMENT), 1);
	close_image(&o);
}

/* Images of others whose parent is not there: named, and refused.  */
Test(image, of_others_without_its_parent_is_refused)
{
	const char *path = shared_data("log2timeline__dfvfs/test_data/"
				       "fat-differential.vhd");

	if (path == NULL)
		cr_skip_test("no shared data");
	expect_error(path, ERR_NOT_FOUND,
		     "C:\\Projects\\dfvfs\\test_data\\fat-parent.vhd");
	path = shared_data_unpacked("fox-it__dissect.hypervisor/tests/_data/"
				    "disk/vhdx/differencing.avhdx.gz",
				    "differencing.avhdx");
	expect_error(path, ERR_NOT_FOUND,
		     "\\\\?\\Volume{0eba351e-5634-46d6-a8cf-4ddc2d6ac0b9}");
}

/* Nobody gave these two their right checksums; libvhdi reads them.  */
Test(image, of_others_with_wrong_checksums_is_read_with_a_finding)
{
	const char *path = shared_data("log2timeline__dfvfs/test_data/"
				       "image-differential.vhd");
	struct opened o;

	if (path == NULL)
		cr_skip_test("no shared data");
	o = open_image(path, NULL);
	cr_assert_not_null(o.img, "%s", o.text);
	cr_expect_eq(o.img->format, IMAGE_VHD_DIFFERENCING);
	cr_expect_eq(o.img->n_segments, 2);
	cr_expect_geq(diag_count(&o.diags, &FINDING_CONTAINER_CHECKSUM), 2);
	close_image(&o);
}

/*
 * libewf brings a libbfio of its own that clashes with libfsntfs's: linked the
 * wrong way round, the one crashes or the other sees nothing.
 */
Test(image, of_ewf_and_libfsntfs_live_in_one_process)
{
	const char *path = shared_data("Velocidex__velociraptor/artifacts/"
				       "testdata/files/test.ntfs.dd.E01");
	libbfio_handle_t *io = NULL;
	libfsntfs_volume_t *volume = NULL;
	uint64_t serial = 0;
	uint8_t *disk;
	size_t n;

	if (path == NULL)
		cr_skip_test("no shared data");
	disk = read_disk(path, &n);
	cr_assert_eq(libbfio_memory_range_initialize(&io, NULL), 1);
	cr_assert_eq(libbfio_memory_range_set(io, disk, n, NULL), 1);
	cr_assert_eq(libfsntfs_volume_initialize(&volume, NULL), 1);
	cr_assert_eq(libfsntfs_volume_open_file_io_handle(
		volume, io, LIBFSNTFS_OPEN_READ, NULL), 1);
	cr_assert_eq(libfsntfs_volume_get_serial_number(volume, &serial, NULL),
		     1);
	cr_expect_eq(serial, 0x5696a7bd96a79c4d);
	libfsntfs_volume_close(volume, NULL);
	libfsntfs_volume_free(&volume, NULL);
	libbfio_handle_free(&io, NULL);
	free(disk);
}
