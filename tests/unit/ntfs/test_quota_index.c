#include <criterion/criterion.h>

#include <string.h>

#include "lib/ntfs_sample.h"
#include "lib/shared_data.h"
#include "ntfs/quota.h"

/* What every volume has that Windows has just made: the defaults, without a
 * limit, and the administrators.  */
Test(quota_index, a_new_volume_of_windows_has_defaults_and_administrators)
{
	const char *path = shared_data_unpacked(
		"fox-it__dissect.ntfs/tests/data/ntfs-cloud.bin.gz",
		"ntfs-cloud.bin");
	struct ntfs_quotas q = { 0 };
	struct ntfs_sample s;
	struct err e = { 0 };

	if (path == NULL)
		cr_skip_test("no shared data");
	cr_assert(ntfs_sample_open(&s, path));
	cr_assert_eq(ntfs_quotas_read(s.ntfs, &q, &e), 0, "%s", e.what);
	cr_assert_eq(q.n, 2);
	cr_assert_not_null(q.defaults);
	cr_expect_eq(q.defaults->quota.flags & QUOTA_DEFAULT_LIMITS, 1);
	cr_expect_eq(q.defaults->quota.limit, -1);
	cr_expect_eq(q.defaults->quota.threshold, -1);
	cr_expect_null(q.defaults->sid);
	cr_expect_eq(q.list[1].quota.owner, QUOTA_FIRST_USER);
	cr_expect_str_eq(q.list[1].sid, "S-1-5-32-544");
	cr_expect_gt(q.list[1].cites.n, 0);
	ntfs_sample_close(&s);
}
