#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/ntfs_sample.h"
#include "lib/shared_data.h"
#include "ntfs/bitmap.h"

static const struct { const char *archive, *member; } volumes[] = {
	{ "fox-it__dissect.ntfs/tests/data/ntfs-cloud.bin.gz",
	  "ntfs-cloud.bin" },
	{ "SecurityRonin__ntfs-forensic/tests/data/SampleTinyNtfsVolume.zip",
	  "SampleTinyNtfsVolume/partition.dd" },
	{ "msuhanov__dfir_ntfs/test_data/ntfs3.raw.gz", "ntfs3.raw" },
	{ "ColinFinck__ntfs/testdata/testfs1", NULL },
};

static const char *path_of(size_t i)
{
	return volumes[i].member != NULL ?
		shared_data_unpacked(volumes[i].archive, volumes[i].member) :
		shared_data(volumes[i].archive);
}

/* Bit by bit, of the bitmap as The Sleuth Kit's icat reads it.  */
static struct ntfs_space count_by_icat(const char *path, uint64_t total)
{
	struct ntfs_space s = { .total = total };
	char command[600];
	uint64_t run = 0;
	int byte = 0;
	FILE *f;

	snprintf(command, sizeof(command), "icat '%s' 6", path);
	f = popen(command, "r");
	cr_assert_not_null(f);
	for (uint64_t i = 0; i <= total; i++) {
		if (i % 8 == 0 && i < total)
			byte = fgetc(f);
		cr_assert_neq(byte, EOF);
		if (i < total && (byte >> i % 8 & 1) == 0) {
			run++;
			continue;
		}
		s.free += run;
		s.n_free_runs += run > 0;
		if (run > s.largest_free_run)
			s.largest_free_run = run;
		run = 0;
	}
	pclose(f);
	return s;
}

Test(bitmap, free_clusters_are_those_of_the_bitmap_that_icat_reads)
{
	size_t tested = 0;

	for (size_t i = 0; i < sizeof(volumes) / sizeof(volumes[0]); i++) {
		const char *path = path_of(i);
		struct ntfs_space got = { 0 }, want;
		struct ntfs_sample s;
		struct err e = { 0 };

		if (path == NULL)
			continue;
		cr_assert(ntfs_sample_open(&s, path));
		cr_assert_eq(ntfs_space_read(s.ntfs, &got, &e), 0, "%s",
			     e.what);
		want = count_by_icat(path, got.total);
		cr_expect_eq(got.total, ntfs_info(s.ntfs)->capacity /
			     ntfs_info(s.ntfs)->cluster_size);
		cr_expect_eq(got.free, want.free, "%s", path);
		cr_expect_eq(got.n_free_runs, want.n_free_runs, "%s", path);
		cr_expect_eq(got.largest_free_run, want.largest_free_run);
		ntfs_sample_close(&s);
		tested++;
	}
	if (tested == 0)
		cr_skip_test("no shared data");
}
