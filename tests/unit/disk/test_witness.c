#include <criterion/criterion.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "disk/findings.h"
#include "disk/witness.h"
#include "lib/shared_data.h"
#include "lib/test_disk.h"

#define MIB (1u << 20)

static enum witness_state ask(struct test_reading *t)
{
	enum witness_state state = WITNESS_NOT_ASKED;

	cr_assert_eq(disk_witness_tsk(&t->table, t->arena, &t->diags, &state,
				      NULL), 0);
	return state;
}

static const char gpt_script[] =
	"label: gpt\n"
	"start=8192, size=4096, type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7\n"
	"start=2048, size=2048, type=E3C9E316-0B5C-4DB8-817D-F92DF00215AE\n";

Test(witness, agrees_on_a_gpt_with_either_sector_size)
{
	static const unsigned sizes[] = { 512, 4096 };

	for (int i = 0; i < 2; i++) {
		uint8_t *p = test_fdisk(64 * MIB, sizes[i], gpt_script);
		struct test_reading t;

		test_read(&t, p, 64 * MIB, 64 * MIB, 0);
		cr_expect_eq(ask(&t), WITNESS_AGREES);
		cr_assert_eq(t.table.n_partitions, 2);
		cr_expect(t.table.partitions[0].tsk_agrees);
		cr_expect(t.table.partitions[1].tsk_agrees);
		cr_expect_eq(t.diags.n, 0);
		test_read_done(&t);
		free(p);
	}
}

Test(witness, agrees_on_logical_drives)
{
	uint8_t *p = test_fdisk(16 * MIB, 512,
				"label: dos\n"
				"start=2048, size=2048, type=7\n"
				"start=4096, size=20000, type=f\n"
				"start=6144, size=2048, type=7\n"
				"start=10240, size=2048, type=b\n");
	struct test_reading t;

	test_read(&t, p, 16 * MIB, 16 * MIB, 0);
	cr_assert_eq(t.table.n_partitions, 3);
	cr_expect_eq(ask(&t), WITNESS_AGREES);
	cr_expect(t.table.partitions[2].tsk_agrees);
	test_read_done(&t);
	free(p);
}

/* libtsk looks each entry up in the list of those before: a GPT that announced
 * 100,000 of them took minutes.  */
Test(witness, libtsk_is_not_let_loose_on_a_table_without_end)
{
	uint8_t *p = test_fdisk(64 * MIB, 512, gpt_script);
	struct test_reading t;
	uint64_t before;

	test_read(&t, p, 64 * MIB, 64 * MIB, 0);
	before = t.disk.stats.bytes;
	p[512 + 80] = 0xa0;	/* 100,000 entries, in the primary header */
	p[512 + 81] = 0x86;
	p[512 + 82] = 0x01;
	cr_expect_eq(ask(&t), WITNESS_SILENT);
	cr_expect_leq(t.disk.stats.bytes - before, MIB);
	test_read_done(&t);
	free(p);
}

/* Both copies of the GPT are gone: the entry that protects it is left, and is no
 * partition that we have overlooked.  */
Test(witness, a_protective_entry_alone_is_no_partition)
{
	uint8_t *p = test_fdisk(64 * MIB, 512, gpt_script);
	struct test_reading t;

	memset(p + 512, 0, 33 * 512);
	memset(p + 64 * MIB - 33 * 512, 0, 33 * 512);
	test_read(&t, p, 64 * MIB, 64 * MIB, 0);
	cr_expect_eq(t.table.scheme, SCHEME_NONE);
	ask(&t);
	cr_expect_null(test_finding(&t.diags, &FINDING_WITNESS_DISAGREES));
	test_read_done(&t);
	free(p);
}

/* What we say is changed behind libtsk's back.  */
Test(witness, a_difference_is_a_finding_with_both_values)
{
	uint8_t *p = test_fdisk(16 * MIB, 512, gpt_script);
	struct test_reading t;
	const struct diag *d;

	test_read(&t, p, 16 * MIB, 16 * MIB, 0);
	t.table.partitions[0].length -= 512;
	cr_expect_eq(ask(&t), WITNESS_DISAGREES);
	cr_expect_not(t.table.partitions[0].tsk_agrees);
	cr_expect(t.table.partitions[1].tsk_agrees);
	d = test_finding(&t.diags, &FINDING_WITNESS_DISAGREES);
	cr_assert_not_null(d);
	cr_expect_not_null(strstr(d->message, "2096640"));
	cr_expect_not_null(strstr(d->message, "2097152"));
	cr_assert_eq(d->cites.n, 1);
	cr_expect_eq(d->cites.list[0].offset, 1024);
	test_read_done(&t);

	test_read(&t, p, 16 * MIB, 16 * MIB, 0);
	t.table.partitions[0].offset += 512;
	cr_expect_eq(ask(&t), WITNESS_DISAGREES);
	cr_expect_eq(diag_count(&t.diags, &FINDING_WITNESS_DISAGREES), 2);
	test_read_done(&t);

	test_read(&t, p, 16 * MIB, 16 * MIB, 0);
	t.table.n_partitions--;
	cr_expect_eq(ask(&t), WITNESS_DISAGREES);
	cr_expect_eq(diag_count(&t.diags, &FINDING_WITNESS_DISAGREES), 1);
	test_read_done(&t);
	free(p);
}

/* libtsk looks for logical drives in a Linux extended partition.  */
Test(witness, a_known_difference_is_explained)
{
	uint8_t *p = test_fdisk(16 * MIB, 512,
				"label: dos\n"
				"start=2048, size=20000, type=f\n"
				"start=6144, size=2048, type=7\n");
	struct test_reading t;
	const struct diag *d;

	p[0x1be + 4] = 0x85;
	test_read(&t, p, 16 * MIB, 16 * MIB, 0);
	cr_assert_eq(t.table.n_partitions, 1);
	cr_expect_eq(ask(&t), WITNESS_DISAGREES);
	d = test_finding(&t.diags, &FINDING_WITNESS_DISAGREES);
	cr_assert_not_null(d);
	cr_expect_not_null(strstr(d->message, "0x85"));
	test_read_done(&t);
	free(p);
}

/* libtsk finds the backup of a GPT at the end only.  */
Test(witness, a_table_that_libtsk_cannot_read_is_told)
{
	uint8_t *p = test_fdisk(16 * MIB, 512, gpt_script);
	struct test_reading t;

	memset(p, 0, MIB);
	test_read(&t, p, 16 * MIB, 16 * MIB, 0);
	cr_assert_eq(t.table.n_partitions, 2);
	cr_expect_eq(ask(&t), WITNESS_AGREES);	/* it is */
	test_read_done(&t);

	test_read(&t, p, 16 * MIB, 16 * MIB + 4096, 0);
	cr_assert_eq(t.table.n_partitions, 2);
	cr_expect_eq(ask(&t), WITNESS_SILENT);
	cr_expect_not(t.table.partitions[0].tsk_agrees);
	cr_expect_not_null(test_finding(&t.diags, &FINDING_WITNESS_SILENT));
	test_read_done(&t);
	free(p);
}

Test(witness, is_not_asked_where_there_is_no_table)
{
	struct test_reading t;

	test_read(&t, NULL, 0, 16 * MIB, 0);
	cr_expect_eq(ask(&t), WITNESS_NOT_ASKED);
	cr_expect_eq(t.diags.n, 1);
	cr_expect_not_null(test_finding(&t.diags, &FINDING_BLANK));
	test_read_done(&t);
}

/* What mmls prints of a disk, asked in the same run.  */
static size_t mmls(const char *path, uint64_t (*ret)[2], size_t max)
{
	char command[2048], line[256];
	size_t n = 0;
	FILE *f;

	snprintf(command, sizeof(command), "mmls -a '%s' 2> /dev/null", path);
	f = popen(command, "r");
	cr_assert_not_null(f);
	while (fgets(line, sizeof(line), f) != NULL && n < max) {
		uint64_t first, last, length;

		if (sscanf(line, "%*d: %*s %" SCNu64 " %" SCNu64 " %" SCNu64,
			   &first, &last, &length) != 3)
			continue;
		ret[n][0] = first * 512;
		ret[n++][1] = length * 512;
	}
	pclose(f);
	return n;
}

static void expect_as_mmls(const char *path)
{
	uint64_t theirs[64][2];
	size_t n, size;
	uint8_t *p = test_file(path, &size);
	struct test_reading t;

	cr_assert_not_null(p);
	n = mmls(path, theirs, 64);
	test_read(&t, p, size, size, 0);
	cr_assert_gt(n, 0, "%s", path);
	cr_assert_eq(t.table.n_partitions, n, "%s", path);
	for (size_t i = 0; i < n; i++) {
		size_t found = 0;

		for (size_t j = 0; j < n; j++)
			found += theirs[j][0] == t.table.partitions[i].offset &&
				 theirs[j][1] == t.table.partitions[i].length;
		cr_expect_eq(found, 1, "%s: partition %zu", path, i + 1);
	}
	cr_expect_eq(ask(&t), WITNESS_AGREES, "%s", path);
	test_read_done(&t);
	free(p);
}

Test(witness, whole_tables_of_real_disks_are_those_of_mmls)
{
	static const struct { const char *file, *member; } disks[] = {
		{ "log2timeline__dfvfs/test_data/tsk_volume_system.raw",
		  NULL },
		{ "log2timeline__dfvfs/test_data/mbr.raw", NULL },
		{ "google__grr/grr/test/grr_response_test/test_data/"
		  "ntfs_img.dd", NULL },
		{ "util-linux__util-linux/tests/ts/blkid/images-pt/"
		  "gpt.img.xz", "gpt.img" },
		{ "util-linux__util-linux/tests/ts/blkid/images-pt/"
		  "dos+bsd.img.xz", "dos+bsd.img" },
		{ "mdbooth__libldm/test/data/ldm-data.tar.xz",
		  "ldm-2008r2-spanned-2.img" },
	};

	for (size_t i = 0; i < sizeof(disks) / sizeof(disks[0]); i++) {
		const char *path = disks[i].member == NULL ?
			shared_data(disks[i].file) :
			shared_data_unpacked(disks[i].file, disks[i].member);
		char copy[1024];

		if (path == NULL)
			cr_skip_test("no shared data");
		snprintf(copy, sizeof(copy), "%s", path);
		expect_as_mmls(copy);
	}
}
