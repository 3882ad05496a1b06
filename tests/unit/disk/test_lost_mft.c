#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "disk/lost_mft.h"
#include "lib/bytes_source.h"
#include "lib/mutate.h"
#include "lib/ntfs_sample.h"

/* So many records are looked at: up to that of $BadClus.  */
#define RECORDS 9
#define MAX_START (64u << 10)

static const uint8_t zeros[MAX_START];
static uint64_t mft_at;

static uint8_t *volume(const char *name, const char *options, size_t *ret_n)
{
	const char *path = ntfs_sample_make_as(name, options, 24, "");

	if (path == NULL)
		cr_skip_test("mkntfs or ntfsbuild is not here");
	return load_file(path, ret_n);
}

static struct ntfs_boot boot_of(const uint8_t *p)
{
	struct ntfs_boot b;

	cr_assert_eq(ntfs_boot_parse((struct span){ p, 512, 0 }, &b, NULL), 0);
	return b;
}

/* What is made is what mkntfs wrote, but for what the $MFT does not know.  */
static void compare(const struct lost_mft *m, const struct ntfs_boot *b)
{
	const struct ntfs_boot made = boot_of(m->sector);

	cr_expect_eq(made.cluster_bytes, b->cluster_bytes);
	cr_expect_eq(made.mft_lcn, b->mft_lcn);
	cr_expect_eq(made.mftmirr_lcn, b->mftmirr_lcn);
	cr_expect_eq(made.record_bytes, b->record_bytes);
	cr_expect_eq(made.index_block_bytes, b->index_block_bytes);
	cr_expect(m->has_length);
	cr_expect_eq(made.total_sectors * made.bytes_per_sector,
		     b->total_sectors * b->bytes_per_sector /
		     b->cluster_bytes * b->cluster_bytes);
	cr_expect_eq(made.serial, 0);
	cr_expect(made.has_end_marker);
}

Test(lost_mft, tells_what_the_boot_sector_did)
{
	static const char *const options[] = {
		"-s 512 -c 512", "-s 512 -c 4096", "-s 512 -c 65536",
		"-s 4096 -c 4096",
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		size_t n;
		uint8_t *p = volume("lost_mft", options[i], &n);
		const struct ntfs_boot b = boot_of(p);
		const uint64_t places[] = { b.mft_lcn, b.mftmirr_lcn };
		struct bytes_source s = bytes_source(p, n);

		memset(p, 0, 512);
		for (int k = 0; k < 2; k++) {
			struct lost_mft m;

			cr_assert(lost_mft_may_begin(
				p + places[k] * b.cluster_bytes));
			cr_assert(lost_mft_read(&s.source, places[k] *
						b.cluster_bytes, 0, n, &m));
			cr_expect_eq(m.offset, 0);
			compare(&m, &b);
		}
		free(p);
	}
}

/* Alone, the record does not tell whether it is the copy.  */
Test(lost_mft, wants_the_other_one_or_the_start_of_the_range)
{
	size_t n;
	uint8_t *p = volume("lost_mft_alone", "-s 512 -c 4096", &n);
	const struct ntfs_boot b = boot_of(p);
	const uint64_t at = b.mft_lcn * b.cluster_bytes;
	uint8_t *disk = calloc(1, n + 4096);
	struct bytes_source s = bytes_source(disk, n + 4096);
	struct lost_mft m;

	memcpy(disk + 4096, p, n);
	cr_expect(lost_mft_read(&s.source, 4096 + at, 0, n + 4096, &m));
	cr_expect_eq(m.offset, 4096);
	memset(disk + 4096 + b.mftmirr_lcn * b.cluster_bytes, 0, 4096);
	cr_expect_not(lost_mft_read(&s.source, 4096 + at, 0, n + 4096, &m));
	cr_expect(lost_mft_read(&s.source, 4096 + at, 4096, n + 4096, &m));
	cr_expect_eq(m.offset, 4096);
	free(disk);
	free(p);
}

static void read_records(struct span records)
{
	struct source *before = source_memory(zeros, mft_at);
	struct source *behind = source_memory(records.p, records.n);
	struct source_piece pieces[] = { { before, 0, mft_at },
					 { behind, 0, records.n } };
	struct source *disk = source_concat(pieces, 2);
	struct lost_mft m;

	if (lost_mft_read(disk, mft_at, 0, disk->size, &m))
		cr_assert_leq(m.offset, mft_at);
	source_free(disk);
	source_free(behind);
	source_free(before);
}

Test(lost_mft, survives_every_truncation_and_every_changed_byte)
{
	size_t n;
	uint8_t *p = volume("lost_mft_mutated", "-s 512 -c 4096", &n);
	const struct ntfs_boot b = boot_of(p);

	mft_at = b.mft_lcn * b.cluster_bytes;
	cr_assert_leq(mft_at, MAX_START);
	mutate(p + mft_at, RECORDS * b.record_bytes, read_records);
	free(p);
}
