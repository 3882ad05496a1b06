#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/bytes_source.h"
#include "lib/ntfs_sample.h"
#include "lib/shared_data.h"
#include "ntfs/quota.h"

#define MOST 1000

static void read_quotas(struct ntfs_sample *s, const char *path, size_t most,
			struct ntfs_quotas *q)
{
	struct err e = { 0 };

	cr_assert(ntfs_sample_open(s, path));
	cr_assert_eq(ntfs_quotas_read(s->ntfs, most, q, &e), 0, "%s", e.what);
}

/* A volume that libntfs-3g has filled by @script, and its quotas.  */
static void make(struct ntfs_sample *s, const char *name, const char *script,
		 size_t most, struct ntfs_quotas *q)
{
	const char *path = ntfs_sample_make(name, script);

	if (path == NULL)
		cr_skip_test("no mkntfs or ntfsbuild");
	read_quotas(s, path, most, q);
}

static const struct ntfs_quota *find(const struct ntfs_quotas *q,
				     uint32_t owner)
{
	for (size_t i = 0; i < q->n; i++)
		if (q->list[i].quota.owner == owner)
			return &q->list[i];
	cr_assert_fail("no owner %u", owner);
	return NULL;
}

/* What every volume has that Windows has just made: the defaults, without a
 * limit, and the administrators.  */
Test(quota_index, a_new_volume_of_windows_has_defaults_and_administrators)
{
	const char *path = shared_data_unpacked(
		"fox-it__dissect.ntfs/tests/data/ntfs-cloud.bin.gz",
		"ntfs-cloud.bin");
	struct ntfs_quotas q = { 0 };
	struct ntfs_sample s;

	if (path == NULL)
		cr_skip_test("no shared data");
	read_quotas(&s, path, MOST, &q);
	cr_assert_eq(q.n, 2);
	cr_assert_not_null(q.defaults);
	cr_expect_eq(q.defaults->quota.flags & QUOTA_DEFAULT_LIMITS, 1);
	cr_expect_eq(q.defaults->quota.limit, -1);
	cr_expect_eq(q.defaults->quota.threshold, -1);
	cr_expect_null(q.defaults->sid);
	cr_expect_not(ntfs_quota_is_user(q.defaults));
	cr_expect_eq(q.list[1].quota.owner, QUOTA_FIRST_USER);
	cr_expect_str_eq(q.list[1].sid, "S-1-5-32-544");
	cr_expect(ntfs_quota_is_user(&q.list[1]));
	cr_expect_gt(q.list[1].cites.n, 0);
	cr_expect_eq(ntfs_sample_findings(&s, "CM0331"), 0);
	ntfs_sample_close(&s);
}

Test(quota_index, users_have_what_was_written)
{
	struct ntfs_quotas q = { 0 };
	struct ntfs_sample s;

	make(&s, "quota-users",
	     "quota-defaults 0x1b1 0 10485760 20971520\n"
	     "quota 0x101 S-1-5-21-1-2-3-1001 1 5000 4000 6000\n"
	     "quota 0x102 S-1-5-18 2 6001 4000 6000\n"
	     "quota 0x103 S-1-5-21-1-2-3-1002 0 7000 -1 -1\n"
	     "quota 0x104 S-1-5-21-1-2-3-1003 4 8000 1 1\n"
	     "quota 0x105 S-1-5-21-1-2-3-1004 0 6000 6000 6000\n", MOST, &q);
	cr_assert_eq(q.n, 7);
	cr_assert_not_null(q.defaults);
	cr_expect_eq(q.defaults->quota.flags, 0x1b1);
	cr_expect_eq(q.defaults->quota.threshold, 10485760);
	cr_expect_eq(q.defaults->quota.limit, 20971520);
	cr_expect_str_eq(find(&q, 0x101)->sid, "S-1-5-21-1-2-3-1001");
	cr_expect_eq(find(&q, 0x101)->quota.used, 5000);
	cr_expect_eq(find(&q, 0x101)->quota.threshold, 4000);
	cr_expect_eq(find(&q, 0x101)->quota.limit, 6000);
	/* 2021-03-04 05:06:07, as the builder's clock has it.  */
	cr_expect_eq(find(&q, 0x101)->quota.changed, 132593079670000000u);
	cr_expect_eq(ntfs_quota_status(find(&q, 0x101)), 1);
	cr_expect_eq(ntfs_quota_status(find(&q, 0x102)), 2);
	cr_expect_eq(ntfs_quota_status(find(&q, 0x103)), 0);
	cr_expect_eq(ntfs_quota_status(find(&q, 0x105)), 0);
	cr_expect(ntfs_quota_is_user(find(&q, 0x103)));
	cr_expect_not(ntfs_quota_is_user(find(&q, 0x104)), "it is deleted");
	cr_expect_eq(s.diags.n, 0);
	ntfs_sample_close(&s);
}

/* So many that both indexes have blocks.  */
Test(quota_index, many_users_are_all_found)
{
	static char script[1 << 16];
	struct ntfs_quotas q = { 0 };
	struct ntfs_sample s;
	size_t n = 0;

	for (unsigned i = 0; i < 200; i++)
		n += (size_t)snprintf(script + n, sizeof(script) - n,
				      "quota %u S-1-5-21-7-8-9-%u 0 %u -1 -1\n",
				      0x300 - i, 1000 + i, i * 10);
	make(&s, "quota-many", script, MOST, &q);
	cr_assert_eq(q.n, 202);
	for (unsigned i = 0; i < 200; i++)
		cr_expect_eq(find(&q, 0x300 - i)->quota.used, i * 10);
	for (size_t i = 1; i < q.n; i++)
		cr_expect_lt(q.list[i - 1].quota.owner, q.list[i].quota.owner);
	cr_expect_eq(s.diags.n, 0);
	ntfs_sample_close(&s);
}

Test(quota_index, more_than_are_wanted_are_left_out_with_a_finding)
{
	struct ntfs_quotas q = { 0 };
	struct ntfs_sample s;

	make(&s, "quota-limit", "quota 0x101 S-1-5-18 0 1 2 3\n"
	     "quota 0x102 S-1-5-19 0 1 2 3\n", 2, &q);
	cr_expect_eq(q.n, 2);
	cr_expect_eq(ntfs_sample_findings(&s, "CM0310"), 2, "$Q, $O: %zu",
		     ntfs_sample_findings(&s, "CM0310"));
	cr_expect_eq(ntfs_sample_findings(&s, "CM0331"), 0,
		     "what was left out contradicts nothing");
	ntfs_sample_close(&s);
}

/* Each is told with how many there are, whose the first is, and its bytes.  */
Test(quota_index, indexes_that_contradict_each_other_are_a_finding)
{
	struct ntfs_quotas q = { 0 };
	struct ntfs_sample s;

	make(&s, "quota-contradiction",
	     "quota-entry 0x101 S-1-5-18 0 1 2 3\n"
	     "quota-entry 0x102 S-1-5-19 4 1 2 3\n"
	     "quota-entry 0x103 S-1-5-20 0 1 2 3\n"
	     "quota-owner S-1-5-20 0x104\n", MOST, &q);
	cr_expect_eq(q.n, 5);
	cr_assert_eq(ntfs_sample_findings(&s, "CM0331"), 2);
	cr_expect_str_eq(s.diags.list[0].message,
			 "2 entries of \\$Extend\\$Quota:$Q without a "
			 "counterpart in $O; the first is S-1-5-18 with the "
			 "owner id 257.");
	cr_expect_eq(s.diags.list[0].cites.n, 2);
	cr_expect_str_eq(s.diags.list[1].message,
			 "1 entry of \\$Extend\\$Quota:$O without a "
			 "counterpart in $Q; the first is S-1-5-20 with the "
			 "owner id 260.");
	ntfs_sample_close(&s);
}

/* -2 has no meaning on a disk, and no file has 2^63 bytes.  */
Test(quota_index, figures_that_none_can_have_are_a_finding)
{
	struct ntfs_quotas q = { 0 };
	struct ntfs_sample s;

	make(&s, "quota-figures",
	     "quota-defaults 0x31 0 -1 -1\n"
	     "quota 0x101 S-1-5-18 0 9223372036854775807 -1 -1\n"
	     "quota 0x102 S-1-5-19 0 1 -1 -2\n"
	     "quota 0x103 S-1-5-20 0 1 -9223372036854775808 6000\n"
	     "quota 0x104 S-1-5-21-1-2-3-4 0 9223372036854775808 0 0\n",
	     MOST, &q);
	cr_expect_eq(q.n, 6);
	cr_assert_eq(ntfs_sample_findings(&s, "CM0333"), 1);
	cr_expect_eq(s.diags.n, 1);
	cr_expect_str_eq(s.diags.list[0].message,
			 "3 entries of \\$Extend\\$Quota:$Q with a limit below "
			 "-1, or a usage larger than any file; the first is "
			 "S-1-5-19 with the owner id 258.");
	cr_expect_geq(s.diags.list[0].cites.n, 3);
	ntfs_sample_close(&s);
}

/* The attribute $INDEX_ROOT of $Q, then the file's record: that quotas are not
 * read is told.  */
Test(quota_index, an_index_that_cannot_be_read_is_a_finding)
{
	static const uint8_t zeros[16];
	const char *path = ntfs_sample_make("quota-unread",
					    "quota 0x101 S-1-5-18 0 1 2 3\n");
	struct ntfs_quotas q = { 0 };
	struct ntfs_sample s;
	struct err e = { 0 };
	uint64_t at;

	if (path == NULL)
		cr_skip_test("no mkntfs or ntfsbuild");
	cr_assert(ntfs_sample_open(&s, path));
	at = ntfs_sample_record(&s, 24);
	ntfs_sample_close(&s);
	ntfs_sample_patch(path, at, zeros, sizeof(zeros));
	cr_assert(ntfs_sample_open(&s, path));
	cr_expect_lt(ntfs_quotas_read(s.ntfs, MOST, &q, &e), 0);
	cr_expect_neq(e.code, ERR_NOT_FOUND);
	cr_expect_geq(ntfs_sample_findings(&s, "CM0310"), 1);
	ntfs_sample_close(&s);
}

/* Where in the file @path the entry of @owner in $Q begins.  */
static uint64_t entry_at(const char *path, uint8_t owner)
{
	const uint8_t key[] = { owner, 1, 0, 0, 2, 0, 0, 0 };
	uint8_t *bytes;
	size_t n;
	uint64_t at = 0;

	bytes = load_file(path, &n);
	for (size_t i = 16; i + sizeof(key) <= n && at == 0; i++)
		if (memcmp(bytes + i, key, sizeof(key)) == 0)
			at = i - 16;
	free(bytes);
	cr_assert_neq(at, 0);
	return at;
}

/* The length of an entry, by which the next one is found, is too large.  */
Test(quota_index, entries_behind_a_damaged_one_are_found)
{
	static const uint8_t length[] = { 0xf0, 0xff };
	const char *path = ntfs_sample_make(
		"quota-damage",
		"quota 0x101 S-1-5-18 0 1 2 3\nquota 0x102 S-1-5-19 0 4 5 6\n"
		"quota 0x103 S-1-5-20 0 7 8 9\n");
	struct ntfs_quotas q = { 0 };
	struct ntfs_sample s;

	if (path == NULL)
		cr_skip_test("no mkntfs or ntfsbuild");
	ntfs_sample_patch(path, entry_at(path, 1) + 8, length, 2);
	read_quotas(&s, path, MOST, &q);
	cr_expect_eq(find(&q, 0x102)->quota.used, 4);
	cr_expect_eq(find(&q, 0x103)->quota.used, 7);
	cr_expect_eq(ntfs_sample_findings(&s, "CM0310"), 1);
	cr_expect_eq(ntfs_sample_findings(&s, "CM0331"), 0);
	ntfs_sample_close(&s);
}

/* Each byte of an entry, in turn: an answer or a finding, never a crash.  */
Test(quota_index, survives_every_changed_byte_of_an_entry)
{
	const char *path = ntfs_sample_make(
		"quota-bytes", "quota 0x101 S-1-5-18 0 1 2 3\n"
		"quota 0x102 S-1-5-19 0 4 5 6\n");
	uint64_t at;
	uint8_t *bytes;
	size_t n;

	if (path == NULL)
		cr_skip_test("no mkntfs or ntfsbuild");
	at = entry_at(path, 1);
	bytes = load_file(path, &n);
	for (uint64_t i = at; i < at + 0x60; i++) {
		const uint8_t changed[] = { bytes[i] ^ 0xff, bytes[i] ^ 1 };

		for (size_t k = 0; k < 2; k++) {
			struct ntfs_quotas q = { 0 };
			struct ntfs_sample s;

			ntfs_sample_patch(path, i, &changed[k], 1);
			read_quotas(&s, path, MOST, &q);
			cr_expect_geq(q.n, 3, "byte %zu", (size_t)(i - at));
			cr_expect_not_null(q.defaults);
			ntfs_sample_close(&s);
		}
		ntfs_sample_patch(path, i, &bytes[i], 1);
	}
	free(bytes);
}

/* Windows allows 15 parts; 255 of them do not end what is read.  */
Test(quota_index, a_sid_that_is_none_is_a_finding_and_the_others_stay)
{
	static char script[1 << 13];
	struct ntfs_quotas q = { 0 };
	struct ntfs_sample s;
	size_t n = (size_t)snprintf(script, sizeof(script),
				    "quota 0x101 S-1-5");

	for (unsigned i = 0; i < 255; i++)
		n += (size_t)snprintf(script + n, sizeof(script) - n,
				      "-4294967295");
	snprintf(script + n, sizeof(script) - n,
		 " 0 1 2 3\nquota 0x102 S-1-5-18 0 4 5 6\n");
	make(&s, "quota-sid", script, MOST, &q);
	cr_assert_eq(q.n, 4);
	cr_expect_null(find(&q, 0x101)->sid);
	cr_expect_not(ntfs_quota_is_user(find(&q, 0x101)));
	cr_expect_str_eq(find(&q, 0x102)->sid, "S-1-5-18");
	cr_expect_geq(ntfs_sample_findings(&s, "CM0310"), 2);
	ntfs_sample_close(&s);
}
