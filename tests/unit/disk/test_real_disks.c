/*
 * Disks that Windows and others partitioned, with what is known of them from
 * mmls, sgdisk and the documentation of the data.
 */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "disk/findings.h"
#include "disk/volume.h"
#include "disk/witness.h"
#include "lib/file_source.h"
#include "lib/shared_data.h"
#include "lib/test_disk.h"

struct real_disk {
	struct io_stats stats;
	struct source *source;
	struct arena *arena;
	struct diag_list diags;
	struct disk table;
};

/* False where the data is not there.  */
static bool open_disk(struct real_disk *t, const char *path)
{
	memset(t, 0, sizeof(*t));
	if (path == NULL)
		return false;
	t->source = file_source(path, &t->stats);
	cr_assert_not_null(t->source);
	t->arena = arena_new();
	t->diags.arena = t->arena;
	cr_assert_eq(disk_read(t->source, t->arena, &t->diags, &t->table,
			       NULL), 0);
	return true;
}

static void close_disk(struct real_disk *t)
{
	arena_free(t->arena);
	source_free(t->source);
}

static void expect_partition(const struct real_disk *t, size_t i,
			     uint64_t first, uint64_t last)
{
	const struct partition *p = &t->table.partitions[i];

	cr_assert_lt(i, t->table.n_partitions);
	cr_expect_eq(p->number, i + 1);
	cr_expect_eq(p->offset, first * 512);
	cr_expect_eq(p->length, (last - first + 1) * 512);
}

static void expect_guid(const struct guid *g, const char *text)
{
	char buf[GUID_TEXT_CHARS + 1];

	cr_expect_str_eq(guid_text(g, buf), text);
}

static struct volume_identity identify(struct real_disk *t, size_t i)
{
	const struct partition *p = &t->table.partitions[i];
	struct source *w = source_window(t->source, p->offset, p->length);
	struct volume_identity v;

	cr_assert_eq(volume_identify(w, t->arena, &t->diags, &v, NULL), 0);
	source_free(w);
	return v;
}

static enum witness_state ask(struct real_disk *t)
{
	enum witness_state state = WITNESS_NOT_ASKED;

	cr_assert_eq(disk_witness_tsk(&t->table, t->arena, &t->diags, &state,
				      NULL), 0);
	return state;
}

/* 5 GiB, of which 128 KiB are read.  */
Test(real_disks, a_windows_gpt_disk)
{
	struct real_disk t;
	struct volume_identity v;

	if (!open_disk(&t, shared_data_unpacked(
			"msuhanov__dfir_ntfs/test_data/vss_1_vol.tar.gz",
			"vss_1_vol.raw")))
		cr_skip_test("no shared data");
	cr_expect_leq(t.stats.calls, 2);
	cr_expect_leq(t.stats.bytes, 128 << 10);
	cr_expect_eq(t.table.scheme, SCHEME_GPT);
	expect_guid(&t.table.guid, "e4d476e1-9a33-4507-8535-79b6ed0840bd");
	cr_assert_eq(t.table.n_partitions, 2);
	expect_partition(&t, 0, 34, 65569);
	expect_partition(&t, 1, 67584, 10483711);
	expect_guid(&t.table.partitions[1].guid,
		    "1d612dd1-5ccb-4f1d-807e-1c4f42c94a77");
	cr_expect_eq(t.table.partitions[0].wmi_index, -1);
	cr_expect_eq(t.table.partitions[1].wmi_index, 0);
	cr_expect_str_eq(t.table.partitions[1].name.utf8,
			 "Basic data partition");
	cr_expect_eq(t.diags.n, 0);
	v = identify(&t, 1);
	cr_expect_eq(v.kind, FS_NTFS);
	cr_expect_eq(v.serial64, 0xf42a64552a6416c0);
	cr_expect_eq(v.serial, 0x2a6416c0);
	cr_expect_eq(identify(&t, 0).kind, FS_UNKNOWN);
	cr_expect_eq(ask(&t), WITNESS_AGREES);
	cr_expect_eq(t.diags.n, 0);
	close_disk(&t);
}

/* FTK Imager took this image of the file of a fixed VHD.  */
Test(real_disks, an_image_with_a_vhd_footer_at_its_end)
{
	const char *e01 = shared_data("sleuthkit__sleuthkit/test/data/"
				      "imageformat_mmls_1.E01");
	char name[TEST_PATH_SIZE], raw[TEST_PATH_SIZE + 10], command[2048];
	struct real_disk t;

	if (e01 == NULL)
		cr_skip_test("no shared data");
	test_new_file(name, 0);
	unlink(name);
	snprintf(raw, sizeof(raw), "%s.raw", name);
	snprintf(command, sizeof(command),
		 "ewfexport -q -u -f raw -t %s '%s' > /dev/null 2>&1", name,
		 e01);
	cr_assert_eq(system(command), 0);
	cr_assert(open_disk(&t, raw));
	unlink(raw);
	snprintf(raw, sizeof(raw), "%s.raw.info", name);
	unlink(raw);
	cr_expect_eq(t.source->size, 122881 * 512);
	cr_expect_eq(t.table.size, 122880 * 512);
	cr_expect_eq(t.table.signature, 0x7ef7f55d);
	cr_assert_eq(t.table.n_partitions, 2);
	expect_partition(&t, 0, 128, 128 + 55296 - 1);
	expect_partition(&t, 1, 55424, 55424 + 61440 - 1);
	cr_expect_eq(identify(&t, 0).serial64, 0xae5c74505c7414f5);
	cr_expect_eq(identify(&t, 1).serial64, 0xac327f33327f021e);
	cr_expect_eq(t.diags.n, 1);
	cr_expect_not_null(test_finding(&t.diags, &FINDING_VHD_FOOTER));
	cr_expect_eq(ask(&t), WITNESS_AGREES);
	close_disk(&t);
}

/* Boot Camp: a hybrid MBR; only the first 32 KiB of the disk.  */
Test(real_disks, a_hybrid_disk_of_a_mac)
{
	struct real_disk t;

	if (!open_disk(&t, shared_data("fox-it__dissect.volume/tests/data/"
				       "gpt.bin")))
		cr_skip_test("no shared data");
	cr_expect_eq(t.table.scheme, SCHEME_GPT);
	expect_guid(&t.table.guid, "299dd468-9fa2-4f82-9123-c79621ded58b");
	cr_assert_eq(t.table.n_partitions, 2);
	expect_partition(&t, 1, 411648, 61437951);
	expect_guid(&t.table.partitions[1].guid,
		    "a14cecf3-b364-4d6d-a540-e245e6df9d11");
	cr_assert_eq(t.table.n_others, 1);
	cr_expect_eq(t.table.others[0].offset, 411648ull * 512);
	cr_expect_not_null(test_finding(&t.diags, &FINDING_GPT_HYBRID));
	cr_expect_not_null(test_finding(&t.diags, &FINDING_GPT_BACKUP));
	cr_expect_not_null(test_finding(&t.diags,
					&FINDING_PARTITION_BEYOND_END));
	close_disk(&t);
}

/* Names of 36 times 0xffff; and its entries do not have their checksum.  */
Test(real_disks, a_gpt_with_damaged_entries_and_no_names)
{
	struct real_disk t;

	if (!open_disk(&t, shared_data("fox-it__dissect.volume/tests/data/"
				       "gpt_no_name_xff.bin")))
		cr_skip_test("no shared data");
	cr_expect_eq(t.table.scheme, SCHEME_GPT);
	cr_assert_eq(t.table.n_partitions, 1);
	expect_partition(&t, 0, 2048, 41940992);
	cr_expect_not_null(test_finding(&t.diags, &FINDING_GPT_UNTRUSTED));
	cr_expect_eq(strlen(t.table.partitions[0].name.utf8), 36 * 3);
	close_disk(&t);
}

struct mbr_case {
	const char *file;
	uint32_t signature;
	size_t n;
	struct { uint64_t first, sectors; uint8_t type; bool active; } p[4];
};

/* Single sectors: all that a table needs.  */
static const struct mbr_case mbrs[] = {
	{ "Velocidex__velociraptor/artifacts/testdata/files/MBR", 0xd7e47829,
	  2, { { 2048, 166808174, 0x07, true },
	       { 166811648, 956416, 0x27, false } } },
	{ "fox-it__dissect.volume/tests/data/mbr.bin", 0xbaff7d5c,
	  2, { { 2048, 1024000, 0x07, true },
	       { 1026048, 124801024, 0x07, false } } },
	{ "msuhanov__dfir_ntfs/test_data/mbr-512-p4.bin", 0x4f781bc6,
	  4, { { 1, 2, 0x83, false }, { 3, 2, 0x83, false },
	       { 5, 2, 0x83, false }, { 7, 2041, 0x8e, false } } },
	{ "msuhanov__dfir_ntfs/test_data/mbr-512-p0.bin", 0xdd23224b,
	  0, { { 0, 0, 0, false } } },
	{ "google__grr/grr/test/grr_response_test/test_data/ntfs_img.dd",
	  0x13231194, 1, { { 63, 160587, 0x07, true } } },
};

Test(real_disks, mbrs)
{
	for (size_t i = 0; i < sizeof(mbrs) / sizeof(mbrs[0]); i++) {
		const struct mbr_case *c = &mbrs[i];
		struct real_disk t;

		if (!open_disk(&t, shared_data(c->file)))
			cr_skip_test("no shared data");
		cr_expect_eq(t.table.scheme, SCHEME_MBR, "%s", c->file);
		cr_expect(t.table.has_signature);
		cr_expect_eq(t.table.signature, c->signature, "%s", c->file);
		cr_assert_eq(t.table.n_partitions, c->n, "%s", c->file);
		for (size_t j = 0; j < c->n; j++) {
			expect_partition(&t, j, c->p[j].first,
					 c->p[j].first + c->p[j].sectors - 1);
			cr_expect_eq(t.table.partitions[j].mbr_type,
				     c->p[j].type);
			cr_expect_eq(t.table.partitions[j].active,
				     c->p[j].active);
		}
		close_disk(&t);
	}
}

#define LDM_DATA "mdbooth__libldm/test/data/ldm-data.tar.xz"

/* Dynamic disks of Windows 2003 R2 and 2008 R2.  */
Test(real_disks, dynamic_disks)
{
	struct real_disk t;

	if (!open_disk(&t, shared_data_unpacked(LDM_DATA,
						"ldm-2003r2-simple-1.img")))
		cr_skip_test("no shared data");
	cr_expect_eq(t.table.scheme, SCHEME_MBR);
	cr_expect_eq(t.table.signature, 0x901ce95f);
	cr_expect(t.table.ldm);
	cr_assert_eq(t.table.n_partitions, 1);
	expect_partition(&t, 0, 63, 63 + 96327 - 1);
	cr_expect_not_null(test_finding(&t.diags, &FINDING_DYNAMIC_DISK));
	close_disk(&t);

	cr_assert(open_disk(&t, shared_data_unpacked(LDM_DATA,
			"ldm-2008r2-spanned-2.img")));
	cr_expect_eq(t.table.scheme, SCHEME_GPT);
	expect_guid(&t.table.guid, "41061403-9973-4d4c-8b49-97a77c02f856");
	cr_expect(t.table.ldm);
	cr_assert_eq(t.table.n_partitions, 3);
	expect_partition(&t, 0, 34, 2081);
	expect_partition(&t, 1, 2082, 65569);
	expect_partition(&t, 2, 65570, 102366);
	cr_expect_eq(t.table.partitions[1].wmi_index, -1);
	cr_expect_eq(ask(&t), WITNESS_AGREES);
	close_disk(&t);
}

/* Whole volumes, without a table: partition 0.  */
Test(real_disks, volumes_without_a_table)
{
	static const struct { const char *file, *member; } cases[] = {
		{ "msuhanov__dfir_ntfs/test_data/exfat_win.raw.gz",
		  "exfat_win.raw" },
		{ "msuhanov__dfir_ntfs/test_data/fat16.raw.gz", "fat16.raw" },
		{ "msuhanov__dfir_ntfs/test_data/fat32_small.raw.gz",
		  "fat32_small.raw" },
		{ "util-linux__util-linux/tests/ts/blkid/images-fs/"
		  "ntfs.img.xz", "ntfs.img" },
		{ "util-linux__util-linux/tests/ts/blkid/images-fs/"
		  "bitlocker-win7.img.xz", "bitlocker-win7.img" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct real_disk t;

		if (!open_disk(&t, shared_data_unpacked(cases[i].file,
							cases[i].member)))
			cr_skip_test("no shared data");
		cr_expect_eq(t.table.scheme, SCHEME_NONE);
		cr_assert_eq(t.table.n_partitions, 1, "%s", cases[i].file);
		cr_expect_eq(t.table.partitions[0].number, 0);
		cr_expect_eq(t.table.partitions[0].length, t.table.size);
		cr_expect_eq(t.diags.n, 0, "%s", cases[i].file);
		cr_expect_eq(ask(&t), WITNESS_NOT_ASKED);
		close_disk(&t);
	}
}
