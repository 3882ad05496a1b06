#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/bytes_source.h"
#include "lib/ntfs_sample.h"
#include "lib/shared_data.h"
#include "ntfs/fragments.h"

/* libntfs-3g leaves the first 64 records to the system.  */
#define SCRIPT "scatter /five 5\n" \
	"scatter /many 700\n" \
	"file /small text\n" \
	"file /sparse x\n" \
	"sparse /sparse 100000\n" \
	"sparse /sparse 900000\n" \
	"mkdir /folder\n" \
	"file /gone text\n" \
	"delete /gone\n"
#define FIVE 64
#define MANY 65
#define N_SYSTEM_FILES 3	/* $Quota, $ObjId, $Reparse, from record 24 */

static const char *make(const char *name)
{
	return ntfs_sample_make_as(name, "-s 512 -c 4096", 24, SCRIPT);
}

/* The volume in memory, and what is counted of it.  */
struct volume {
	struct arena *arena;
	struct diag_list diags;
	struct bytes_source disk;
	struct ntfs *ntfs;
	struct ntfs_fragments f;
};

static bool count(struct volume *v, const uint8_t *bytes, size_t n)
{
	*v = (struct volume){ .arena = arena_new(),
			      .disk = bytes_source(bytes, n) };
	v->diags.arena = v->arena;
	return ntfs_open(&v->disk.source, v->arena, &v->diags, &v->ntfs,
			 NULL) == 0 &&
	       ntfs_fragments_read(v->ntfs, &v->f, NULL) == 0;
}

static void done(struct volume *v)
{
	ntfs_close(v->ntfs);
	arena_free(v->arena);
}

Test(fragments, each_cluster_that_was_laid_apart_is_one)
{
	const char *path = make("fragments");
	struct ntfs_sample s;
	struct ntfs_fragments f = { 0 };
	uint64_t bytes = 0, n = 0;
	ntfs_ref sparse = 0;

	if (path == NULL)
		cr_skip_test("no sample tools");
	cr_assert(ntfs_sample_open(&s, path));
	cr_assert_eq(ntfs_fragments_read(s.ntfs, &f, NULL), 0);
	cr_expect(f.whole);
	cr_expect_eq(s.diags.n, 0);
	cr_expect_eq(f.files.n, 4 + N_SYSTEM_FILES);
	cr_expect_eq(f.folders.n, 1);
	cr_expect_eq(f.folders.fragmented, 0);
	/* A byte in each of three clusters of the sparse one, whose places
	 * libntfs-3g chose.  */
	cr_assert_eq(ntfs_find_path(s.ntfs, "\\sparse", &sparse, NULL), 0);
	cr_assert_eq(ntfs_fragments_of(s.ntfs, sparse, &bytes, &n, NULL), 0);
	cr_expect_eq(bytes, 900001);
	cr_expect_leq(n, 3);
	cr_expect_eq(f.files.fragmented, 2 + (n > 1));
	cr_expect_eq(f.files.excess, 4 + 699 + n - 1);
	cr_expect_eq(f.file_bytes, (5 + 700) * 4096 + 4 + 900001);
	cr_assert_eq(ntfs_fragments_of(s.ntfs, FIVE, &bytes, &n, NULL), 0);
	cr_expect_eq(bytes, 5 * 4096);
	cr_expect_eq(n, 5);
	/* In several records.  */
	cr_assert_eq(ntfs_fragments_of(s.ntfs, MANY, &bytes, &n, NULL), 0);
	cr_expect_eq(n, 700);
	ntfs_sample_close(&s);
}

/* Each 256 KiB of each fragment of the $MFT is a call at most, and no byte is
 * read twice.  */
Test(fragments, all_are_counted_in_one_pass)
{
	const char *path = make("fragments-pass");
	struct ntfs_fragments f = { 0 };
	struct ntfs_sample s;

	if (path == NULL)
		cr_skip_test("no sample tools");
	cr_assert(ntfs_sample_open(&s, path));
	s.stats = (struct io_stats){ 0 };
	cr_assert_eq(ntfs_fragments_read(s.ntfs, &f, NULL), 0);
	cr_expect_eq(s.stats.bytes, f.mft_bytes);
	cr_expect_leq(s.stats.calls,
		      f.mft_bytes / (256 * 1024) + f.mft_fragments);
	ntfs_sample_close(&s);
}

/* The cluster of @number's data before @lcn, as istat lists them.  */
static unsigned cluster_before(const char *path, unsigned number, unsigned lcn)
{
	char command[400];
	unsigned last = 0, next;
	FILE *f;

	snprintf(command, sizeof(command), "istat %s %u | "
		 "sed '1,/\\$DATA/d' | grep -o '^[0-9 ]*$'", path, number);
	f = popen(command, "r");
	cr_assert_not_null(f);
	while (fscanf(f, "%u", &next) == 1 && next != lcn)
		last = next;
	pclose(f);
	return last;
}

/* Two runs that touch are one fragment: all of the file of five, whose runs are
 * "11 01 02", one cluster that lies two behind the last one ...  */
Test(fragments, runs_that_touch_are_one)
{
	const char *path = make("fragments-touch");
	struct ntfs_sample s;
	uint64_t runs;
	struct volume v;
	uint8_t *bytes;
	size_t n;

	if (path == NULL)
		cr_skip_test("no sample tools");
	cr_assert(ntfs_sample_open(&s, path));
	runs = ntfs_sample_attribute(&s, path, FIVE, 0x80) + 0x40;
	ntfs_sample_close(&s);
	bytes = load_file(path, &n);
	cr_assert(count(&v, bytes, n));
	uint64_t excess = v.f.files.excess;
	done(&v);
	/* The first one has an LCN of two bytes.  */
	for (size_t i = 0; i < 4; i++) {
		uint8_t *run = bytes + runs + 4 + 3 * i;

		cr_assert_arr_eq(run, "\x11\x01", 2);
		run[2] = 1;
	}
	cr_assert(count(&v, bytes, n));
	cr_expect(v.f.whole);
	cr_expect_eq(v.f.files.excess, excess - 4);
	done(&v);
	free(bytes);
}

/* ... and the first of a record, where it lies behind the last of another.  */
Test(fragments, runs_that_touch_across_records_are_one)
{
	const char *path = make("fragments-join");
	unsigned first, second, before, next;
	uint64_t record, runs, excess;
	struct ntfs_sample s;
	struct volume v;
	uint8_t *bytes, *run;
	size_t n;

	if (path == NULL)
		cr_skip_test("no sample tools");
	cr_assert(ntfs_sample_open(&s, path));
	record = ntfs_sample_record(&s, MANY + 2);
	runs = ntfs_sample_attribute(&s, path, MANY + 2, 0x80);
	ntfs_sample_close(&s);
	bytes = load_file(path, &n);
	cr_assert_eq(bytes[record + 0x20], MANY, "it is a part of that");
	run = bytes + runs + bytes[runs + 0x20];
	cr_assert_arr_eq(run, "\x21\x01", 2);
	first = run[2] | (unsigned)run[3] << 8;
	before = cluster_before(path, MANY, first);
	cr_assert_gt(before, 0);
	cr_assert(count(&v, bytes, n));
	excess = v.f.files.excess;
	done(&v);
	/* Those behind it stay where they are.  */
	cr_assert_arr_eq(run + 4, "\x21\x01", 2);
	second = (first + (run[6] | (unsigned)run[7] << 8)) & 0xffff;
	next = second - (before + 1);
	run[2] = (uint8_t)(before + 1);
	run[3] = (uint8_t)((before + 1) >> 8);
	run[6] = (uint8_t)next;
	run[7] = (uint8_t)(next >> 8);
	cr_assert(count(&v, bytes, n));
	cr_expect(v.f.whole);
	/* The second may come to lie behind the first in turn.  */
	cr_expect_eq(v.f.files.excess, excess - 1 - (second == before + 2));
	done(&v);
	free(bytes);
}

/* What cannot be read is no number, and is said.  */
Test(fragments, a_record_that_is_damaged_leaves_nothing_unsaid)
{
	static const struct {
		const char *what, *code;
		unsigned at;	/* in the record */
		const char *bytes;
		size_t n;
	} rows[] = {
		{ "signature", "CM0303", 0, "BAAD", 4 },
		{ "fix-up", "CM0304", 510, "\xee\xee", 2 },
		{ "length of an attribute", "CM0306", 0x38 + 4, "\x01", 1 },
	};
	const char *path = make("fragments-damage");
	struct ntfs_sample s;
	uint64_t record;
	uint8_t *bytes;
	size_t n;

	if (path == NULL)
		cr_skip_test("no sample tools");
	cr_assert(ntfs_sample_open(&s, path));
	record = ntfs_sample_record(&s, FIVE);
	ntfs_sample_close(&s);
	bytes = load_file(path, &n);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t saved[8];
		struct volume v;

		memcpy(saved, bytes + record + rows[i].at, rows[i].n);
		memcpy(bytes + record + rows[i].at, rows[i].bytes, rows[i].n);
		cr_assert(count(&v, bytes, n), "%s", rows[i].what);
		cr_expect_not(v.f.whole, "%s", rows[i].what);
		cr_expect_eq(v.diags.n, 1, "%s", rows[i].what);
		cr_expect_str_eq(v.diags.list[0].kind->code, rows[i].code,
				 "%s", rows[i].what);
		cr_expect_eq(v.diags.list[0].cites.n, 1, "%s", rows[i].what);
		done(&v);
		memcpy(bytes + record + rows[i].at, saved, rows[i].n);
	}
	free(bytes);
}

Test(fragments, what_cannot_be_read_leaves_nothing_unsaid)
{
	const char *path = make("fragments-bad");
	struct volume v;
	uint8_t *bytes;
	size_t n;

	if (path == NULL)
		cr_skip_test("no sample tools");
	bytes = load_file(path, &n);
	v = (struct volume){ .arena = arena_new(),
			     .disk = bytes_source(bytes, n) };
	v.diags.arena = v.arena;
	cr_assert_eq(ntfs_open(&v.disk.source, v.arena, &v.diags, &v.ntfs,
			       NULL), 0);
	/* A sector of the record behind those that opening it has read.  */
	v.disk.bad_at = 4 * 4096 + (uint64_t)FIVE * 1024;
	cr_assert_eq(ntfs_fragments_read(v.ntfs, &v.f, NULL), 0);
	cr_expect_not(v.f.whole);
	cr_expect_eq(v.diags.n, 1);
	cr_expect_str_eq(v.diags.list[0].kind->code, "CM0303");
	cr_expect_eq(v.f.mft_bytes / 1024, v.f.records);
	done(&v);
	free(bytes);
}

static void check(const struct ntfs_fragments *f, size_t findings,
		  const char *what, size_t at)
{
	cr_expect(f->whole || findings > 0, "%s %zu: nothing is said", what,
		  at);
	cr_expect_leq(f->files.fragmented, f->files.n, "%s %zu", what, at);
	cr_expect_leq(f->files.fragmented, f->files.excess, "%s %zu", what, at);
	/* No more fragments than the runs of all records could say.  */
	cr_expect_leq(f->files.excess, f->records * 1024 / 2, "%s %zu", what,
		      at);
}

Test(fragments, any_byte_of_a_record_may_be_changed, .timeout = 60)
{
	static const uint8_t masks[] = { 0xff, 0x80, 0x01 };
	static const unsigned records[] = { FIVE, MANY };
	const char *path = make("fragments-bytes");
	struct ntfs_sample s;
	uint64_t at[2];
	uint8_t *bytes;
	size_t n;

	if (path == NULL)
		cr_skip_test("no sample tools");
	cr_assert(ntfs_sample_open(&s, path));
	for (size_t i = 0; i < 2; i++)
		at[i] = ntfs_sample_record(&s, records[i]);
	ntfs_sample_close(&s);
	bytes = load_file(path, &n);
	for (size_t i = 0; i < 2 * 1024 * sizeof(masks); i++) {
		uint8_t *byte = bytes + at[i % 2] + i / 2 % 1024;
		struct volume v;

		*byte ^= masks[i / 2048];
		cr_assert(count(&v, bytes, n));
		check(&v.f, v.diags.n, "byte", i / 2 % 1024);
		done(&v);
		*byte ^= masks[i / 2048];
	}
	free(bytes);
}

/* What others damaged, see test_damage.c.  */
Test(fragments, of_damaged_volumes_a_number_or_a_finding)
{
	static const char *const folders[] = {
		"check_only/block_overflow_hole_file",
		"created_manually/mft_file_bad_base_mft_record",
		"created_manually/mft_file_missing_attrlist",
		"created_manually/bs_mft_cluster_number",
	};
	size_t tested = 0;

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		char name[300];
		const char *path;
		struct ntfs_fragments f = { 0 };
		struct ntfs_sample s;

		snprintf(name, sizeof(name), "ntfsprogs-plus__ntfs_corrupted_"
			 "images/%s/ntfs.img.tar.xz", folders[i]);
		path = shared_data_unpacked(name, "ntfs.img");
		if (path == NULL)
			continue;
		cr_assert(ntfs_sample_open(&s, path));
		cr_assert_eq(ntfs_fragments_read(s.ntfs, &f, NULL), 0);
		check(&f, s.diags.n, folders[i], 0);
		ntfs_sample_close(&s);
		tested++;
	}
	if (tested == 0)
		cr_skip_test("no shared data");
}
