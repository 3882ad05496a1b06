#include <criterion/criterion.h>

#include "evidence/image.h"
#include "lib/digest.h"
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
	{ "LTRData__DiscUtils/Tests/LibraryTests/Lvm/Data/lvm2.vhdx.gz",
	  "lvm2.vhdx", IMAGE_VHDX_DYNAMIC, "sha256sum", "f7dc6812a3b12a35",
	  512 },
	{ "fox-it__dissect.hypervisor/tests/_data/disk/qcow2/basic.qcow2.gz",
	  "basic.qcow2", IMAGE_QCOW2, "sha256sum", "3c86a52ad19ebbe3", 0 },
	{ "fox-it__dissect.hypervisor/tests/_data/disk/qcow2/snapshot.qcow2.gz",
	  "snapshot.qcow2", IMAGE_QCOW2, "sha256sum", "9acca8e8c2220115", 0 },
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
	cr_expect_eq(d.n, 0, "%s: %s", k->file, d.n > 0 ? d.list[0].message : "");
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
