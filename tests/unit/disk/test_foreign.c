#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "disk/findings.h"
#include "lib/identified.h"
#include "lib/test_disk.h"

#define MIB (1024 * 1024)

/* Where each has its signature: the kernel's Documentation/filesystems and
 * fs/<name>, LUKS On-Disk Format Specification 1.1, md(4), Apple File System
 * Reference, lvm2 lib/format_text/layout.h, mkswap(8).  */
static const struct {
	const char *name;
	size_t at, n;
	const char *bytes;
} known[] = {
	{ "XFS", 0, 4, "XFSB" },
	{ "LUKS", 0, 6, "LUKS\xba\xbe" },
	{ "APFS", 0x20, 4, "NXSB" },
	{ "LVM2", 0x218, 8, "LVM2 001" },
	{ "F2FS", 0x400, 4, "\x10\x20\xf5\xf2" },
	{ "Linux swap", 0xff6, 10, "SWAPSPACE2" },
	{ "Linux RAID", 0x1000, 4, "\xfc\x4e\x2b\xa9" },
	{ "JFS", 0x8000, 4, "JFS1" },
	{ "ReiserFS", 0x10034, 8, "ReIsErFs" },
	{ "ReiserFS", 0x10034, 9, "ReIsEr2Fs" },
	{ "Btrfs", 0x10040, 8, "_BHRfS_M" },
};

/* The signature of known[@i], and zeros.  */
static uint8_t *mib_with(size_t i)
{
	uint8_t *p = calloc(1, MIB);

	memcpy(p + known[i].at, known[i].bytes, known[i].n);
	return p;
}

/* It was told that the table might be lost or, where the first 64 KiB are
 * zeros, that the disk is blank.  */
Test(foreign, a_disk_that_it_takes_up_is_said_to_be_of_it)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		uint8_t *p = mib_with(i);
		struct test_reading t;
		const struct diag *d;

		test_read(&t, p, MIB, 40 * MIB, 0);
		cr_expect_eq(t.table.scheme, SCHEME_NONE);
		cr_expect_eq(t.table.n_partitions, 0);
		cr_expect_eq(t.diags.n, 1, "%s", known[i].name);
		d = test_finding(&t.diags, &FINDING_FOREIGN);
		cr_assert_not_null(d, "%s", known[i].name);
		cr_expect_not_null(strstr(d->message, known[i].name));
		cr_assert_eq(d->cites.n, 1);
		cr_expect_eq(d->cites.list[0].offset, known[i].at);
		cr_expect_leq(d->cites.list[0].length, known[i].n);
		test_read_done(&t);
		free(p);
	}
}

Test(foreign, so_is_a_volume)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		uint8_t *p = mib_with(i);
		struct identified t;

		identify_bytes(&t, p, MIB, MIB);
		cr_expect_eq(t.v.kind, FS_OTHER, "%s", known[i].name);
		cr_expect_str_eq(t.v.name, known[i].name);
		cr_assert_eq(t.v.cites.n, 1);
		cr_expect_eq(t.v.cites.list[0].offset, known[i].at);
		identified_done(&t);
		free(p);
	}
}

Test(foreign, libtsk_tells_of_others)
{
	uint8_t *p = volume_made_by("mkfs.ext4 -q -F", 8 * MIB);
	struct test_reading t;
	const struct diag *d;

	test_read(&t, p, 8 * MIB, 8 * MIB, 0);
	d = test_finding(&t.diags, &FINDING_FOREIGN);
	cr_assert_not_null(d);
	cr_expect_not_null(strstr(d->message, "Ext4"));
	cr_expect_eq(t.diags.n, 1);
	test_read_done(&t);
	free(p);
}

/* A letter less is no signature.  */
Test(foreign, what_is_not_known_stays_so)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		uint8_t *p = mib_with(i);
		struct test_reading t;

		p[known[i].at + 3] ^= 0x20;
		test_read(&t, p, MIB, 40 * MIB, 0);
		cr_expect_null(test_finding(&t.diags, &FINDING_FOREIGN), "%s",
			       known[i].name);
		cr_expect_not_null(test_finding(&t.diags, &FINDING_NO_TABLE),
				   "%s", known[i].name);
		test_read_done(&t);
		free(p);
	}
}

/* What the disk was before it was partitioned, and the table is lost.  */
Test(foreign, a_disk_with_a_volume_of_windows_is_not_of_it)
{
	static const size_t places[] = { 63 * 512, MIB };

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		uint8_t *q = volume_made_by("mkntfs -F -q", 4 * MIB);
		uint8_t *p = calloc(1, 6 * MIB);
		struct test_reading t;

		memcpy(p + 0x218, "LVM2 001", sizeof("LVM2 001"));
		memcpy(p + places[i], q, 4 * MIB);
		test_read(&t, p, 6 * MIB, 40 * MIB, 0);
		cr_expect_null(test_finding(&t.diags, &FINDING_FOREIGN));
		cr_expect_not_null(test_finding(&t.diags, &FINDING_NO_TABLE));
		test_read_done(&t);
		free(p);
		free(q);
	}
}
