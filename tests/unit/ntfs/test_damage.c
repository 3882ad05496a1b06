#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/ntfs_sample.h"
#include "lib/shared_data.h"

#define COLLECTION "ntfsprogs-plus__ntfs_corrupted_images/"

/* A walk over all that this layer reads of a volume.  */
struct tour {
	struct ntfs *ntfs;
	unsigned depth, left;
	size_t names;		/* in the root */
};

static int visit(void *ctx, const struct ntfs_dir_entry *e)
{
	struct tour *t = ctx;
	struct source *s;
	uint8_t byte;
	ntfs_ref ref;

	if (t->left == 0)
		return 1;
	t->left--;
	t->names += t->depth == 0;
	if (t->depth == 0)
		ntfs_find(t->ntfs, NTFS_ROOT, e->name, &ref, NULL);
	if (ntfs_open_stream(t->ntfs, e->ref, NULL, "file", &s, NULL) == 0) {
		if (s->size > 0)
			source_read(s, s->size - 1, &byte, 1, NULL);
		source_free(s);
	}
	if (!e->is_directory || t->depth >= 10 ||
	    NTFS_RECORD(e->ref) == NTFS_ROOT)
		return 0;
	t->depth++;
	ntfs_list(t->ntfs, e->ref, visit, t, NULL);
	t->depth--;
	return 0;
}

static size_t tour(struct ntfs *n)
{
	struct tour t = { .ntfs = n, .left = 20000 };
	struct ntfs_reparse_list l = { 0 };
	enum ntfs_witness w;

	ntfs_list(n, NTFS_ROOT, visit, &t, NULL);
	cr_assert_eq(ntfs_reparse_points(n, NTFS_SCAN_FULL, &l, NULL), 0);
	for (size_t i = 0; i < l.n; i++) {
		cr_assert_not_null(l.list[i].path.text.utf8);
		cr_assert_eq(ntfs_witness_fsntfs(n, &l.list[i], &w, NULL), 0);
	}
	return t.names;
}

/*
 * Volumes that the authors of ntfsprogs-plus damaged, each as its folder's name
 * says.  What each has to say is known from that name, or from what ntfsck
 * repairs there; NULL: the damage is in what a reader of names and reparse
 * points does not use, such as sizes in directory entries.
 */
static const struct {
	const char *folder, *finding;
} damaged[] = {
	{ "check_only/block_overflow_hole_file", NULL },
	{ "check_only/orphaned_inode_cant_repair", NULL },
	{ "created_manually/bs_filesystem_siganture", "CM0301" },
	{ "created_manually/bs_mft_cluster_number", "CM0301" },
	{ "created_manually/bs_total_sectors", "CM0301" },
	{ "created_manually/mft_bitmap_unset_mft_in_use", NULL },
	{ "created_manually/mft_bitmap_unset_mft_in_use_2", NULL },
	{ "created_manually/mft_file_bad_base_mft_record", "CM0303" },
	{ "created_manually/mft_file_bad_fixup_value_count", "CM0305" },
	{ "created_manually/mft_file_missing_attrlist", NULL },
	{ "created_manually/mft_file_missing_bitmap_attr", "CM0334" },
	{ "generated_during_use/attrlist_length_corrupted2", "CM0303" },
	{ "generated_during_use/attrlist_length_corrupted3", "CM0303" },
	{ "generated_during_use/data_size_init_size_bigger_than_alloc_size_ia",
	  "CM0308" },
	{ "generated_during_use/"
	  "data_size_init_size_smaller_than_alloc_size_DATA_attr", NULL },
	{ "generated_during_use/different_index_and_mft_flags", "CM0318" },
	{ "generated_during_use/entry_length_corrupted", "CM0310" },
	{ "generated_during_use/fsck_error_remain", "CM0304" },
	{ "generated_during_use/idx_fn_mft_data_allocated_size_mismatch",
	  NULL },
	{ "generated_during_use/incompleted_multi_sector_transfer_after",
	  "CM0304" },
	{ "generated_during_use/index_block_valid_but_index_bitmap_cleared",
	  "CM0310" },
	{ "generated_during_use/index_block_valid_but_index_bitmap_cleared2",
	  "CM0310" },
	{ "generated_during_use/index_block_vcn_corruption", "CM0310" },
	{ "generated_during_use/infinite_loop_root_dir_in_orphaned_file",
	  NULL },
	{ "generated_during_use/ir_missing_in_parent_orphaned_file", "CM0315" },
	{ "generated_during_use/lostfound_corrupted", NULL },
	{ "generated_during_use/mft_parent_reference_corrupted", NULL },
	{ "generated_during_use/mft_table_entry_corruption", "CM0305" },
	{ "generated_during_use/mismatch_index_filename", NULL },
	{ "generated_during_use/mismatch_seqno_illegal_seek3", "CM0304" },
	{ "generated_during_use/missing_mft_filename_attr", NULL },
	{ "generated_during_use/next_ie_entry_out_of_bound", "CM0310" },
	{ "generated_during_use/paragon_ntfs_test2", NULL },
	{ "generated_during_use/remove_index_entry_twice", "CM0304" },
	{ "generated_during_use/root_attribute_missing_in_directory",
	  "CM0307" },
	{ "generated_during_use/runlist_lcn_over_max_cluster", "CM0309" },
	{ "generated_during_use/runlist_mapping_pair_corrupted", "CM0302" },
	{ "generated_during_use/zero_allocsize_on_non_resident_attr", NULL },
};

/* How many names fls finds in the root of @image; 0 where it cannot read the
 * volume.  Streams, the names in the slack of an index (`-/r') and those of
 * records that are not in use (`r/-') are not counted.  */
static size_t names_by_fls(const char *image)
{
	char command[1024];
	size_t n = 0;
	FILE *f;

	snprintf(command, sizeof(command), "fls -u %s 2>/dev/null | "
		 "grep -v -e '^-' -e '^./-' -e ':.*:' -e OrphanFiles | wc -l",
		 image);
	f = popen(command, "r");
	cr_assert_eq(fscanf(f, "%zu", &n), 1);
	pclose(f);
	return n;
}

Test(damage, every_damaged_volume_is_read_as_far_as_it_goes, .timeout = 300)
{
	for (size_t i = 0; i < sizeof(damaged) / sizeof(damaged[0]); i++) {
		char archive[512];
		const char *path;
		struct ntfs_sample s;
		size_t names;

		snprintf(archive, sizeof(archive), COLLECTION "%s/%s",
			 damaged[i].folder, "ntfs.img.tar.xz");
		path = shared_data_unpacked(archive, "ntfs.img");
		if (path == NULL)
			cr_skip_test("no shared data");
		cr_assert(ntfs_sample_open(&s, path), "%s", damaged[i].folder);
		names = tour(s.ntfs);
		cr_expect_geq(names, names_by_fls(path), "%s: %zu",
			      damaged[i].folder, names);
		if (damaged[i].finding != NULL)
			cr_expect_gt(ntfs_sample_findings(
					     &s, damaged[i].finding), 0,
				     "%s: no %s", damaged[i].folder,
				     damaged[i].finding);
		ntfs_sample_close(&s);
	}
}

/* In one of them, the data of a symbolic link does not fit its record.  */
Test(damage, reparse_data_may_lie_in_clusters)
{
	const char *path = shared_data_unpacked(
		COLLECTION "generated_during_use/"
		"ir_missing_in_parent_orphaned_file/ntfs.img.tar.xz",
		"ntfs.img");
	uint8_t want[REPARSE_MAX_BYTES];
	struct ntfs_reparse_list l;
	struct ntfs_sample s;
	char command[512];
	size_t n;
	FILE *f;

	if (path == NULL)
		cr_skip_test("no shared data");
	snprintf(command, sizeof(command), "icat %s 317-192", path);
	f = popen(command, "r");
	n = fread(want, 1, sizeof(want), f);
	pclose(f);
	cr_assert(ntfs_sample_open(&s, path));
	cr_assert_eq(ntfs_reparse_points(s.ntfs, NTFS_SCAN_FULL, &l, NULL), 0);
	cr_assert_eq(l.n, 1);
	cr_expect_eq(NTFS_RECORD(l.list[0].ref), 317);
	cr_assert_eq(l.list[0].raw.n, n);
	cr_expect_arr_eq(l.list[0].raw.p, want, n);
	cr_expect_eq(l.list[0].data.kind, REPARSE_SYMLINK);
	ntfs_sample_close(&s);
}

/* istat: record 923 there is deleted, and its attribute list says that its
 * reparse point is in record 1938, which is an extension.  */
Test(damage, a_reparse_point_in_an_extension_record_is_its_base_records)
{
	const char *path = shared_data_unpacked(
		COLLECTION "generated_during_use/"
		"zero_allocsize_on_non_resident_attr/ntfs.img.tar.xz",
		"ntfs.img");
	struct ntfs_reparse_list l;
	struct ntfs_sample s;
	unsigned base = 0, extension = 0;

	if (path == NULL)
		cr_skip_test("no shared data");
	cr_assert(ntfs_sample_open(&s, path));
	cr_assert_eq(ntfs_reparse_points(s.ntfs, NTFS_SCAN_FULL, &l, NULL), 0);
	for (size_t i = 0; i < l.n; i++) {
		base += NTFS_RECORD(l.list[i].ref) == 923;
		extension += NTFS_RECORD(l.list[i].ref) == 1938;
	}
	cr_expect_eq(base, 1);
	cr_expect_eq(extension, 0);
	ntfs_sample_close(&s);
}

static const char script[] =
	"mount /Mount/Data d0000000-0000-4000-8000-000000000002\n"
	"file /dir/a.txt text\n"
	"bulk /many 400 3 60\n";

static const char *make(const char *name)
{
	const char *path = ntfs_sample_make(name, script);

	if (path == NULL)
		cr_skip_test("no sample builder");
	return path;
}

static const uint8_t zeros[4096];

Test(damage, the_backup_boot_sector_takes_over)
{
	const char *path = make("boot");
	struct ntfs_sample s;

	ntfs_sample_patch(path, 0, zeros, 512);
	cr_assert(ntfs_sample_open(&s, path));
	cr_expect(ntfs_info(s.ntfs)->from_backup);
	cr_expect_eq(ntfs_sample_findings(&s, "CM0301"), 1);
	cr_assert_eq(s.diags.list[0].cites.n, 2);
	cr_expect_eq(s.diags.list[0].cites.list[1].offset, 12582912 - 512);
	cr_expect_geq(tour(s.ntfs), 14);
	ntfs_sample_close(&s);

	ntfs_sample_patch(path, 12582912 - 512, zeros, 512);
	cr_expect_not(ntfs_sample_open(&s, path));
	cr_expect_eq(s.err.code, ERR_MAGIC);
	ntfs_sample_close(&s);
}

/* Copies @n bytes at @from of the file @path to @to.  */
static void copy_bytes(const char *path, long from, size_t n, uint64_t to)
{
	uint8_t buf[4096];
	FILE *f = fopen(path, "rb");

	fseek(f, from, SEEK_SET);
	cr_assert_eq(fread(buf, 1, n, f), n);
	fclose(f);
	ntfs_sample_patch(path, to, buf, n);
}

/* The volume has 12 MiB less a sector, the backup behind it; the partition is
 * longer.  What is damaged, and where the backup is found then.  */
Test(damage, the_backup_boot_sector_is_found_in_a_longer_partition)
{
	static const struct {
		const char *what;
		off_t length;
		uint64_t damage;	/* from here on to 512 */
		bool stale;		/* an older backup behind it */
		bool found;
	} cases[] = {
		{ "slack", (12 << 20) + 300000, 0, false, true },
		{ "stale", (12 << 20) + 300 * 1024, 0, true, true },
		{ "odd length", (12 << 20) + (1 << 20) - 513, 0, false, true },
		/* The count of sectors is at 0x28.  */
		{ "own count", 64 << 20, 0x30, false, true },
		{ "too far", 64 << 20, 0, false, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *path = make("longer");
		struct ntfs_sample s;

		cr_assert_eq(truncate(path, cases[i].length), 0);
		if (cases[i].stale)
			copy_bytes(path, 0, 512, (12 << 20) + 100 * 1024);
		ntfs_sample_patch(path, cases[i].damage, zeros,
				  512 - cases[i].damage);
		cr_assert_eq(ntfs_sample_open(&s, path), cases[i].found, "%s",
			     cases[i].what);
		if (cases[i].found) {
			cr_expect(ntfs_info(s.ntfs)->from_backup);
			cr_assert_eq(s.diags.list[0].cites.n, 2);
			cr_expect_eq(s.diags.list[0].cites.list[1].offset,
				     12582912 - 512, "%s", cases[i].what);
			cr_expect_eq(s.diags.n, 1, "%s", cases[i].what);
			cr_expect_geq(tour(s.ntfs), 14);
		} else {
			cr_expect_eq(s.err.code, ERR_MAGIC);
		}
		ntfs_sample_close(&s);
	}
}

Test(damage, the_mirror_has_the_first_records)
{
	const char *path = make("mirror");
	struct ntfs_sample s;
	uint64_t at;

	cr_assert(ntfs_sample_open(&s, path));
	at = ntfs_sample_record(&s, 0);
	ntfs_sample_close(&s);
	ntfs_sample_patch(path, at, "BAAD", 4);			/* $MFT */
	ntfs_sample_patch(path, at + 3 * 1024 + 510, zeros, 2);	/* $Volume */
	cr_assert(ntfs_sample_open(&s, path));
	cr_expect_eq(ntfs_info(s.ntfs)->version_major, 3);
	cr_expect_eq(ntfs_sample_findings(&s, "CM0305"), 2);
	cr_expect_geq(tour(s.ntfs), 14);
	ntfs_sample_close(&s);
}

/* A sector that could not be read is zeros in an image, as a record is that was
 * never used; but these four records always were.  */
Test(damage, the_mirror_has_first_records_that_are_zeros)
{
	static const uint8_t record[1024];
	const char *path = make("mirror_zeros");
	struct ntfs_sample s;
	uint64_t at;

	cr_assert(ntfs_sample_open(&s, path));
	at = ntfs_sample_record(&s, 0);
	ntfs_sample_close(&s);
	ntfs_sample_patch(path, at, record, sizeof(record));
	ntfs_sample_patch(path, at + 3 * 1024, record, sizeof(record));
	cr_assert(ntfs_sample_open(&s, path));
	cr_expect_eq(ntfs_info(s.ntfs)->version_major, 3);
	cr_expect_eq(ntfs_sample_findings(&s, "CM0305"), 2);
	cr_expect_geq(tour(s.ntfs), 14);
	ntfs_sample_close(&s);
}

/* What becomes of the $MFTMirr beside a sound $MFT: @bytes at @at of its copy
 * of record @copy.  */
static const struct {
	const char *what;
	unsigned copy, at;
	size_t n;
	char bytes[8];
	unsigned bad, other;	/* findings */
} mirrors[] = {
	{ "nothing", 0, 0, 4, "FILE", 0, 0 },
	{ "no signature", 0, 0, 4, "BAAD", 1, 0 },
	{ "a torn write", 1, 510, 2, "\x77\x77", 1, 0 },
	{ "a byte of an attribute", 0, 0x148, 1, "\x55", 1, 0 },
	{ "a base record", 2, 0x20, 1, "\x01", 1, 0 },
	{ "another LSN", 3, 8, 2, "\x77\x77", 0, 1 },
	{ "behind the bytes used", 2, 0x300, 2, "\x77\x77", 0, 0 },
};

static uint64_t mirror_offset(const char *path)
{
	uint8_t boot[512];
	FILE *f = fopen(path, "rb");
	uint64_t lcn = 0;

	cr_assert_eq(fread(boot, 1, sizeof(boot), f), sizeof(boot));
	fclose(f);
	for (int i = 7; i >= 0; i--)
		lcn = lcn << 8 | boot[0x38 + i];
	return lcn * boot[13] * 512;
}

static void check_mirror(const char *path, const char *what, size_t bad,
			 size_t other)
{
	struct ntfs_sample s;

	cr_assert(ntfs_sample_open(&s, path), "%s", what);
	cr_expect_eq(ntfs_sample_findings(&s, "CM0334"), bad, "%s", what);
	cr_expect_eq(ntfs_sample_findings(&s, "CM0335"), other, "%s", what);
	cr_expect_eq(s.diags.n, bad + other, "%s", what);
	for (size_t i = 0; i < s.diags.n; i++)
		cr_expect_geq(s.diags.list[i].cites.n, 1, "%s", what);
	ntfs_sample_close(&s);
}

Test(damage, the_mirror_is_compared_with_the_records)
{
	for (size_t i = 0; i < sizeof(mirrors) / sizeof(mirrors[0]); i++) {
		const char *path = make("mirror_compared");

		ntfs_sample_patch(path, mirror_offset(path) +
				  mirrors[i].copy * 1024 + mirrors[i].at,
				  mirrors[i].bytes, mirrors[i].n);
		check_mirror(path, mirrors[i].what, mirrors[i].bad,
			     mirrors[i].other);
	}
}

/* Each write of a record has another number at the ends of its sectors.  */
Test(damage, the_mirror_may_have_been_written_apart)
{
	static const uint8_t number[] = { 0x34, 0x12 };
	const char *path = make("mirror_apart");
	uint64_t at = mirror_offset(path) + 1024;

	ntfs_sample_patch(path, at + 0x30, number, 2);
	ntfs_sample_patch(path, at + 510, number, 2);
	ntfs_sample_patch(path, at + 1022, number, 2);
	check_mirror(path, "another number", 0, 0);
}

/* One finding tells of all four, and where each of the two copies lies.  */
Test(damage, the_mirror_may_be_gone)
{
	static const uint8_t gone[4096];
	const char *path = make("mirror_gone");
	uint64_t at = mirror_offset(path);
	struct ntfs_sample s;

	ntfs_sample_patch(path, at, gone, sizeof(gone));
	check_mirror(path, "zeros", 1, 0);
	cr_assert(ntfs_sample_open(&s, path));
	cr_assert_eq(s.diags.list[0].cites.n, 8);
	cr_expect_eq(s.diags.list[0].cites.list[0].offset,
		     ntfs_sample_record(&s, 0));
	for (size_t i = 0; i < 4; i++)
		cr_expect_eq(s.diags.list[0].cites.list[2 * i + 1].offset,
			     at + 1024 * i);
	cr_expect_not_null(strstr(s.diags.list[0].message, "of 4 MFT records"));
	cr_expect_geq(tour(s.ntfs), 14);
	ntfs_sample_close(&s);
}

/* Its cluster: outside of the volume, that of the $MFT, and beyond 64 bits.  */
Test(damage, the_mirror_may_be_in_no_place)
{
	static const uint8_t places[][8] = {
		{ 0x00, 0x0c, 0x00 }, { 0x04 },
		{ 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f },
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const char *path = make("mirror_place");

		ntfs_sample_patch(path, 0x38, places[i], 8);
		check_mirror(path, "place", 1, 0);
	}
}

/* A child pointer that leads nowhere: the name is found all the same, among all
 * the blocks.  */
Test(damage, a_broken_tree_is_searched_block_by_block)
{
	const char *path = make("broken_tree");
	struct ntfs_sample s;
	ntfs_ref dir, ref, found;
	uint64_t at;
	bool patched = false;

	cr_assert(ntfs_sample_open(&s, path));
	cr_assert_eq(ntfs_find_path(s.ntfs, "\\many\\d00001", &dir, NULL), 0);
	cr_assert_eq(ntfs_find_path(s.ntfs, "\\many\\d00001\\f00000200.dat",
				    &ref, NULL), 0);
	at = ntfs_sample_record(&s, NTFS_RECORD(dir));
	ntfs_sample_close(&s);
	/* The last entry of the root: flags 3, and the VCN behind.  */
	for (uint64_t off = at + 0x38; off < at + 1000 && !patched; off += 8) {
		uint8_t b[24];
		FILE *f = fopen(path, "rb");

		fseek(f, (long)off, SEEK_SET);
		cr_assert_eq(fread(b, 1, sizeof(b), f), sizeof(b));
		fclose(f);
		patched = b[8] == 0x18 && b[10] == 0 && b[12] == 3;
		if (patched)
			ntfs_sample_patch(path, off + 16, "\x77\x77", 2);
	}
	cr_assert(patched);
	cr_assert(ntfs_sample_open(&s, path));
	cr_expect_eq(ntfs_find_path(s.ntfs, "\\many\\d00001\\f00000200.dat",
				    &found, NULL), 0);
	cr_expect_eq(found, ref);
	cr_expect_eq(ntfs_sample_findings(&s, "CM0311"), 1);
	ntfs_sample_close(&s);
}

static int count_name(void *ctx, const struct ntfs_dir_entry *e)
{
	(void)e;
	++*(size_t *)ctx;
	return 0;
}

static size_t names_in_many(struct ntfs_sample *s)
{
	ntfs_ref dir;
	size_t n = 0;

	cr_assert_eq(ntfs_find_path(s->ntfs, "\\many\\d00001", &dir, NULL), 0);
	cr_assert_eq(ntfs_list(s->ntfs, dir, count_name, &n, NULL), 0);
	return n;
}

/* Whether offset @off of @image is among the bytes used in an index block.  */
static bool in_index(const uint8_t *image, size_t off)
{
	const uint8_t *block = image + off / 4096 * 4096;

	return memcmp(block, "INDX", 4) == 0 &&
	       off % 4096 < 0x18u + block[0x1c] + 256u * block[0x1d];
}

/* Where the entry of the name f00000200.dat lies in an index block of @path;
 * before the name are 16 bytes of the entry, and 0x42 of $FILE_NAME.  */
static uint64_t find_entry(const char *path)
{
	static const char name[] = "f\0000\0000\0000\0000\0000\0002\0000\000"
				   "0\000.\000d\000a\000t";
	static uint8_t image[12 << 20];
	FILE *f = fopen(path, "rb");
	uint8_t *p = image;

	cr_assert_eq(fread(image, 1, sizeof(image), f), sizeof(image));
	fclose(f);
	do {
		p = memmem(p + 1, (size_t)(image + sizeof(image) - p - 1),
			   name, sizeof(name));
		cr_assert_not_null(p);
	} while (!in_index(image, (size_t)(p - image)));
	return (uint64_t)(p - image) - 0x42 - 16;
}

/* Its entry is 0x70 bytes long: 16, 0x42 and 26 of the name, rounded up.  */
Test(damage, a_broken_index_entry_costs_no_other_name)
{
	static const struct {
		unsigned off;
		const char *bytes;
		size_t n, lost;
	} bad[] = {
		{ 8, "\xef\xef", 2, 0 },	/* length: behind the node */
		{ 8, "\x71\x00", 2, 0 },	/* not aligned */
		{ 8, "\x68\x00", 2, 0 },	/* ends in itself */
		{ 8, "\xe0\x00", 2, 0 },	/* over the next one */
		{ 12, "\x02", 1, 1 },		/* the last: without key */
		{ 10, "\xff\xff", 2, 1 },	/* key: behind the node */
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const char *path = make("broken_entry");
		struct ntfs_sample s;
		size_t whole, n;

		cr_assert(ntfs_sample_open(&s, path));
		whole = names_in_many(&s);
		cr_expect_eq(s.diags.n, 0);
		ntfs_sample_close(&s);
		ntfs_sample_patch(path, find_entry(path) + bad[i].off,
				  bad[i].bytes, bad[i].n);
		cr_assert(ntfs_sample_open(&s, path));
		n = names_in_many(&s);
		cr_expect_eq(n, whole, "case %zu: %zu of %zu", i, n, whole);
		/* That one is known by its own record only.  */
		cr_expect_eq(ntfs_sample_findings(&s, "CM0328"), bad[i].lost,
			     "case %zu", i);
		cr_expect_eq(ntfs_sample_findings(&s, "CM0310"), 1,
			     "case %zu", i);
		ntfs_sample_close(&s);
	}
}

/* Parents that form a circle, and one that was used again.  */
Test(damage, paths_end_where_parents_lead_nowhere)
{
	const char *path = ntfs_sample_make(
		"parents", "mount /a/b/c d0000000-0000-4000-8000-000000000001\n"
		"mount /x/y d0000000-0000-4000-8000-000000000002\n");
	struct ntfs_reparse_list l;
	struct ntfs_sample s;
	ntfs_ref a, b, y;
	uint64_t at_a, at_y;
	uint8_t ref[8];

	if (path == NULL)
		cr_skip_test("no sample builder");
	cr_assert(ntfs_sample_open(&s, path));
	cr_assert_eq(ntfs_find_path(s.ntfs, "\\a", &a, NULL), 0);
	cr_assert_eq(ntfs_find_path(s.ntfs, "\\a\\b", &b, NULL), 0);
	cr_assert_eq(ntfs_find_path(s.ntfs, "\\x\\y", &y, NULL), 0);
	at_a = ntfs_sample_record(&s, NTFS_RECORD(a));
	at_y = ntfs_sample_record(&s, NTFS_RECORD(y));
	ntfs_sample_close(&s);
	/* $FILE_NAME begins at 0x98 behind $STANDARD_INFORMATION of 0x60 bytes,
	 * its value 0x18 further, with the parent.  */
	for (int i = 0; i < 8; i++)
		ref[i] = (uint8_t)(b >> 8 * i);
	ntfs_sample_patch(path, at_a + 0x98 + 0x18, ref, 8);
	ntfs_sample_patch(path, at_y + 0x98 + 0x18 + 6, "\x63", 1);

	cr_assert(ntfs_sample_open(&s, path));
	cr_assert_eq(ntfs_reparse_points(s.ntfs, NTFS_SCAN_INDEX, &l, NULL), 0);
	cr_assert_eq(l.n, 2);
	cr_expect_eq(l.list[0].path.state, PATH_LOOP);
	cr_expect_str_eq(l.list[0].path.text.utf8, "\\$OrphanFiles\\c");
	cr_expect_eq(l.list[1].path.state, PATH_ORPHAN);
	cr_expect_str_eq(l.list[1].path.text.utf8, "\\$OrphanFiles\\y");
	cr_expect_eq(ntfs_sample_findings(&s, "CM0318"), 2);
	ntfs_sample_close(&s);
}

static bool says(const struct ntfs_sample *s, const char *code,
		 const char *words)
{
	for (size_t i = 0; i < s->diags.n; i++)
		if (strcmp(s->diags.list[i].kind->code, code) == 0 &&
		    strstr(s->diags.list[i].message, words) != NULL)
			return true;
	return false;
}

/* "mount /<name><number>/.../end <guid>", @depth directories of @length.  */
static const char *make_deep(const char *name, unsigned depth, unsigned length)
{
	static char lines[64 << 10];
	const size_t room = sizeof(lines);
	size_t n = (size_t)snprintf(lines, room, "mount ");

	for (unsigned i = 0; i < depth; i++) {
		n += (size_t)snprintf(lines + n, room - n, "/%04u", i);
		for (unsigned k = 4; k < length; k++)
			lines[n++] = 'n';
	}
	snprintf(lines + n, room - n,
		 "/end d0000000-0000-4000-8000-000000000001\n");
	return ntfs_sample_make(name, lines);
}

/* Before, the directories of such a path were said to be gone.  */
Test(damage, a_path_that_does_not_fit_is_said_to_be_that)
{
	static const struct {
		unsigned depth, length;
		enum ntfs_path_state state;
		const char *words, *path;
	} rows[] = {
		{ 130, 244, PATH_WHOLE, NULL, "\\0000n" },
		{ 140, 244, PATH_TOO_LONG, "longer than 32767",
		  "\\$OrphanFiles\\0007n" },
		{ 1022, 4, PATH_WHOLE, NULL, "\\0000\\0001" },
		{ 1030, 4, PATH_TOO_DEEP, "more than 1023 directories deep",
		  "\\$OrphanFiles\\end" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *path = make_deep("deep", rows[i].depth,
					     rows[i].length);
		struct ntfs_reparse_list l;
		struct ntfs_sample s;

		if (path == NULL)
			cr_skip_test("no sample builder");
		cr_assert(ntfs_sample_open(&s, path));
		cr_assert_eq(ntfs_reparse_points(s.ntfs, NTFS_SCAN_INDEX, &l,
						 NULL), 0);
		cr_assert_eq(l.n, 1);
		cr_expect_eq(l.list[0].path.state, rows[i].state, "%zu", i);
		cr_expect_eq(strncmp(l.list[0].path.text.utf8, rows[i].path,
				     strlen(rows[i].path)), 0, "%zu: %.40s", i,
			     l.list[0].path.text.utf8);
		cr_expect_eq(ntfs_sample_findings(&s, "CM0318"),
			     rows[i].words != NULL);
		if (rows[i].words != NULL)
			cr_expect(says(&s, "CM0318", rows[i].words), "%zu", i);
		ntfs_sample_close(&s);
	}
}

/* Nor is a directory gone whose record is damaged, and an index that cannot be
 * read is not absent.  */
Test(damage, what_cannot_be_read_is_not_said_to_be_gone)
{
	static const struct {
		const char *what;
		unsigned off;
		const char *code, *words, *not_words;
	} rows[] = {
		{ "\\x", 0, "CM0318", "cannot be read as one", "gone" },
		/* Its flags: in use, no directory.  */
		{ "\\x", 0x16, "CM0318", "cannot be read as one", "gone" },
		{ "\\x", 0x10, "CM0318", "gone or was used again", "read as" },
		{ "\\$Extend\\$Reparse", 0, "CM0310", "$Reparse:$R cannot",
		  "has no" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *path = ntfs_sample_make(
			"not_gone",
			"mount /x/y d0000000-0000-4000-8000-000000000002\n");
		struct ntfs_reparse_list l;
		struct ntfs_sample s;
		uint64_t at;
		ntfs_ref x;

		if (path == NULL)
			cr_skip_test("no sample builder");
		cr_assert(ntfs_sample_open(&s, path));
		cr_assert_eq(ntfs_find_path(s.ntfs, rows[i].what, &x, NULL),
			     0);
		at = ntfs_sample_record(&s, NTFS_RECORD(x));
		ntfs_sample_close(&s);
		ntfs_sample_patch(path, at + rows[i].off, "\x01", 1);
		if (rows[i].off == 0x10)
			ntfs_sample_patch(path, at + 0x10, "\x63", 1);
		cr_assert(ntfs_sample_open(&s, path));
		cr_assert_eq(ntfs_reparse_points(s.ntfs, NTFS_SCAN_AUTO, &l,
						 NULL), 0);
		cr_assert_eq(l.n, 1, "%zu: %zu", i, l.n);
		cr_expect(says(&s, rows[i].code, rows[i].words), "%zu", i);
		cr_expect(!says(&s, rows[i].code, rows[i].not_words), "%zu", i);
		cr_expect_eq(ntfs_sample_findings(&s, "CM0313"), 0);
		ntfs_sample_close(&s);
	}
}

/* An image that was cut in the middle: what is before the cut is read.  */
Test(damage, a_truncated_volume_is_read_to_its_end)
{
	const char *path = make("truncated");
	struct ntfs_sample s;

	cr_assert_eq(truncate(path, 6 << 20), 0);
	cr_assert(ntfs_sample_open(&s, path));
	cr_expect_eq(ntfs_sample_findings(&s, "CM0302"), 1);
	cr_expect_geq(tour(s.ntfs), 14);
	ntfs_sample_close(&s);
}

/* Bytes of records, index blocks and the boot sector changed at random, always
 * in the same way.  Nothing may crash (SAN=1 sees more), nor take long.  */
Test(damage, random_changes_of_metadata_do_no_harm, .timeout = 300)
{
	const char *path = make("random");
	static uint8_t image[12 << 20];
	static size_t sectors[24576];
	uint64_t seed = 88172645463325252u;
	size_t n = 0, opened = 0;
	FILE *f = fopen(path, "rb");

	cr_assert_eq(fread(image, 1, sizeof(image), f), sizeof(image));
	fclose(f);
	for (size_t i = 0; i < sizeof(image) / 512; i++)
		if (i == 0 || memcmp(image + 512 * i, "FILE", 4) == 0 ||
		    memcmp(image + 512 * i, "INDX", 4) == 0)
			sectors[n++] = i;
	for (int round = 0; round < 200; round++) {
		struct source *src = source_memory(image, sizeof(image));
		struct arena *a = arena_new();
		struct diag_list d = { .arena = a };
		uint8_t old[16];
		size_t at[16];
		struct ntfs *v;

		for (int i = 0; i < 16; i++) {
			/* xorshift64 */
			seed ^= seed << 13;
			seed ^= seed >> 7;
			seed ^= seed << 17;
			at[i] = sectors[(seed >> 40) % (i < 8 ? 64 : n)] * 512 +
				(seed >> 16) % 400;
			old[i] = image[at[i]];
			image[at[i]] = (uint8_t)(seed >> 8);
		}
		if (ntfs_open(src, a, &d, &v, NULL) == 0) {
			opened++;
			tour(v);
			ntfs_close(v);
		}
		for (int i = 15; i >= 0; i--)
			image[at[i]] = old[i];
		arena_free(a);
		source_free(src);
	}
	cr_expect_gt(opened, 150, "%zu", opened);
}
