#include <criterion/criterion.h>

#include "format/runlist.h"
#include "lib/guard.h"
#include "lib/mutate.h"

/* The three examples that the Linux-NTFS project's documentation works
 * through ("Data Runs"), with the clusters that it gives.  */
static const struct {
	const char *name;
	uint8_t bytes[24];
	size_t n;
	struct run runs[4];
	size_t n_runs;
} examples[] = {
	{ "one run",
	  { 0x21, 0x18, 0x34, 0x56, 0x00 }, 5,
	  { { 0, 0x5634, 0x18 } }, 1 },
	{ "fragmented",
	  { 0x31, 0x38, 0x73, 0x25, 0x34, 0x32, 0x14, 0x01, 0xe5, 0x11, 0x02,
	    0x31, 0x42, 0xaa, 0x00, 0x03, 0x00 }, 17,
	  { { 0, 0x342573, 0x38 }, { 0x38, 0x363758, 0x114 },
	    { 0x14c, 0x393802, 0x42 } }, 3 },
	{ "sparse, and backwards",
	  { 0x11, 0x30, 0x60, 0x21, 0x10, 0x00, 0x01, 0x01, 0x20, 0x11, 0x30,
	    0xe0, 0x00 }, 13,
	  { { 0, 0x60, 0x30 }, { 0x30, 0x160, 0x10 },
	    { 0x40, RUN_HOLE, 0x20 }, { 0x60, 0x140, 0x30 } }, 4 },
};

Test(runlist, decodes_documented_examples)
{
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		struct span s = guard_copy(examples[i].bytes, examples[i].n,
					   0);
		struct run_walk w = run_walk_of(s, 0);
		struct run r;

		for (size_t j = 0; j < examples[i].n_runs; j++) {
			const struct run *want = &examples[i].runs[j];

			cr_assert_eq(run_next(&w, &r, NULL), 1);
			cr_expect_eq(r.vcn, want->vcn, "%s, run %zu",
				     examples[i].name, j);
			cr_expect_eq(r.lcn, want->lcn, "%s, run %zu",
				     examples[i].name, j);
			cr_expect_eq(r.clusters, want->clusters, "%s, run %zu",
				     examples[i].name, j);
		}
		cr_expect_eq(run_next(&w, &r, NULL), 0);
		guard_free(s);
	}
}

Test(runlist, counts_from_the_first_vcn_of_a_piece)
{
	struct span s = guard_copy(examples[0].bytes, examples[0].n, 0);
	struct run_walk w = run_walk_of(s, 1000);
	struct run r;

	cr_assert_eq(run_next(&w, &r, NULL), 1);
	cr_expect_eq(r.vcn, 1000);
	guard_free(s);
}

/* What cannot be true, each with the place of the run that says it.  */
Test(runlist, reports_impossible_runs_at_their_offset)
{
	static const struct {
		const char *name;
		uint8_t bytes[24];
		size_t n;
		int code;
		uint64_t at;
	} bad[] = {
		{ "length 0", { 0x11, 0x00, 0x05, 0x00 }, 4, ERR_VALUE, 100 },
		{ "no length", { 0x10, 0x05, 0x00 }, 3, ERR_VALUE, 100 },
		{ "negative length", { 0x11, 0x80, 0x05, 0x00 }, 4, ERR_VALUE,
		  100 },
		{ "LCN below 0, in the second run",
		  { 0x11, 0x10, 0x05, 0x11, 0x10, 0xf0, 0x00 }, 7, ERR_VALUE,
		  103 },
		{ "length of 9 bytes",
		  { 0x19, 1, 2, 3, 4, 5, 6, 7, 8, 9, 5, 0x00 }, 12, ERR_VALUE,
		  100 },
		{ "LCN over 63 bits",
		  { 0x81, 0x10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f,
		    0x11, 0x10, 0x01, 0x00 }, 14, ERR_VALUE, 110 },
		{ "VCN over 63 bits",
		  { 0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x05,
		    0x11, 0x01, 0x01, 0x00 }, 14, ERR_VALUE, 110 },
		{ "no end", { 0x11, 0x10, 0x05 }, 3, ERR_TRUNCATED, 103 },
		{ "cut", { 0x31, 0x10, 0x05 }, 3, ERR_TRUNCATED, 102 },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct span s = guard_copy(bad[i].bytes, bad[i].n, 100);
		struct run_walk w = run_walk_of(s, 0);
		struct run run;
		struct err e = { 0 };
		int r;

		while ((r = run_next(&w, &run, &e)) > 0)
			;
		cr_expect_eq(r, bad[i].code, "%s: %d", bad[i].name, r);
		cr_expect_eq(e.at, bad[i].at, "%s: at %llu", bad[i].name,
			     (unsigned long long)e.at);
		guard_free(s);
	}
}

static void walk(struct span s)
{
	struct run_walk w = run_walk_of(s, 0);
	struct run r;
	uint64_t vcn = 0;

	while (run_next(&w, &r, NULL) > 0) {
		cr_assert_eq(r.vcn, vcn);
		vcn += r.clusters;
	}
}

Test(runlist, reads_nothing_beyond_a_damaged_list)
{
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++)
		mutate(examples[i].bytes, examples[i].n, walk);
}
