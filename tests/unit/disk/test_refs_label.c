#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "disk/findings.h"
#include "lib/identified.h"
#include "lib/test_refs.h"

static const struct test_refs kinds[] = {
	{ .major = 1, .minor = 2, .cluster_bytes = 65536, .ref_bytes = 24,
	  .label = "Server 2012" },
	{ .major = 3, .minor = 1, .cluster_bytes = 4096, .ref_bytes = 104,
	  .label = "Server 2016" },
	{ .major = 3, .minor = 4, .cluster_bytes = 65536, .ref_bytes = 104,
	  .label = "Large clusters" },
	{ .major = 3, .minor = 14, .cluster_bytes = 4096, .ref_bytes = 48,
	  .indirect = true, .label = "Dev Drive" },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static void identify(struct identified *t, const uint8_t *p)
{
	identify_bytes(t, p, TEST_REFS_BYTES, TEST_REFS_BYTES);
	cr_assert_eq(t->v.kind, FS_REFS);
}

/* The label of what is at @p is @want, or none for NULL, with a finding of each
 * of the kinds @copy and @unread if that is true, and no others.  */
static void expect(const uint8_t *p, const char *want, bool copy, bool unread,
		   const char *what)
{
	struct identified t;
	unsigned n = 0;

	identify(&t, p);
	if (want == NULL)
		cr_expect_null(t.v.label.utf8, "%s", what);
	else
		cr_expect_str_eq(t.v.label.utf8, want, "%s", what);
	for (size_t i = 0; i < t.diags.n; i++) {
		const struct diag *d = &t.diags.list[i];

		cr_expect_gt(d->cites.n, 0, "%s", what);
		n += d->kind == &FINDING_REFS_COPY && copy;
		n += d->kind == &FINDING_VOLUME_LABEL && unread;
	}
	cr_expect_eq(n, t.diags.n, "%s: %zu findings", what, t.diags.n);
	cr_expect_eq(test_finding(&t.diags, &FINDING_REFS_COPY) != NULL, copy,
		     "%s", what);
	cr_expect_eq(test_finding(&t.diags, &FINDING_VOLUME_LABEL) != NULL,
		     unread, "%s", what);
	identified_done(&t);
}

/* A byte of the serial number that is not the one the checksum is of, and not
 * the one the backup has.  */
Test(refs_label, a_changed_serial_number_is_told)
{
	struct test_refs_places at;
	uint8_t *p = test_refs_volume(&kinds[3], &at);
	static const char wrong[] = "ReFS boot sector: wrong checksum,";
	const struct diag *odd;
	struct identified t;

	p[0x38] ^= 0xff;
	identify(&t, p);
	cr_expect_eq(t.v.serial, 0x55667777);
	cr_expect_eq(t.diags.n, 2);
	odd = test_finding(&t.diags, &FINDING_VOLUME_ODD);
	cr_assert_not_null(odd);
	cr_expect(strncmp(odd->message, wrong, sizeof(wrong) - 1) == 0);
	cr_assert_not_null(test_finding(&t.diags,
					&FINDING_VOLUME_SERIALS_DIFFER));
	identified_done(&t);
	/* Changed by who made the checksum anew: the backup has it still.  */
	test_refs_seal(p);
	identify(&t, p);
	cr_expect_eq(t.diags.n, 1);
	cr_assert_not_null(test_finding(&t.diags,
					&FINDING_VOLUME_SERIALS_DIFFER));
	identified_done(&t);
	free(p);
}

/* Without its first sector a volume is known by its last one, where that is
 * right, and leads to a superblock; the label is read as ever.  */
Test(refs_label, the_backup_of_the_boot_sector_is_used)
{
	const size_t last = TEST_REFS_BYTES - 512;

	for (size_t k = 0; k < KINDS; k++) {
		struct test_refs_places at;
		uint8_t *p = test_refs_volume(&kinds[k], &at);
		struct identified t;

		memset(p, 0, 512);
		identify(&t, p);
		cr_expect(t.v.from_backup);
		cr_expect_eq(t.v.backup_at, last);
		cr_expect_eq(t.v.serial64, 0x1122334455667788);
		cr_expect_str_eq(t.v.label.utf8, kinds[k].label);
		cr_expect_eq(t.diags.n, 1);
		cr_assert_not_null(test_finding(&t.diags,
						&FINDING_VOLUME_BACKUP_USED));
		identified_done(&t);

		p[last + 0x38] ^= 1;
		identify_bytes(&t, p, TEST_REFS_BYTES, TEST_REFS_BYTES);
		cr_expect_eq(t.v.kind, FS_UNKNOWN);
		identified_done(&t);
		p[last + 0x38] ^= 1;

		memset(p + at.superblock, 0, at.block);
		identify_bytes(&t, p, TEST_REFS_BYTES, TEST_REFS_BYTES);
		cr_expect_eq(t.v.kind, FS_UNKNOWN);
		identified_done(&t);
		free(p);
	}
}

Test(refs_label, sums_are_those_that_are_published)
{
	const uint8_t *digits = (const uint8_t *)"123456789";

	cr_expect_eq(test_crc32c(digits, 9), 0xe3069283);
	cr_expect_eq(test_crc64(digits, 9), 0xae8b14860a799888);
}

Test(refs_label, is_read_of_each_version_and_cited)
{
	for (size_t i = 0; i < KINDS; i++) {
		struct test_refs_places at;
		uint8_t *p = test_refs_volume(&kinds[i], &at);
		struct identified t;

		expect(p, kinds[i].label, false, false, kinds[i].label);
		identify(&t, p);
		cr_assert_eq(t.v.cites.n, 2);
		cr_expect_eq(t.v.cites.list[1].offset, at.label, "%zu", i);
		cr_expect_eq(t.v.cites.list[1].length, at.label_n, "%zu", i);
		cr_expect_leq(t.disk.stats.calls, 60);
		identified_done(&t);
		free(p);
	}
}

Test(refs_label, may_be_none)
{
	for (size_t i = 0; i < KINDS; i++) {
		struct test_refs t = kinds[i];
		struct test_refs_places at;
		uint8_t *p;

		t.label = "";
		p = test_refs_volume(&t, &at);
		expect(p, NULL, false, false, "empty");
		free(p);
		t.no_label = true;
		p = test_refs_volume(&t, &at);
		expect(p, NULL, false, false, "no row");
		free(p);
	}
}

Test(refs_label, is_not_guessed_from_odd_rows)
{
	for (size_t i = 0; i < KINDS; i++) {
		struct test_refs t = kinds[i];
		struct test_refs_places at;
		uint8_t *p;

		t.twice = true;
		p = test_refs_volume(&t, &at);
		expect(p, NULL, false, true, "twice");
		free(p);
		t.twice = false;
		t.odd = true;
		p = test_refs_volume(&t, &at);
		expect(p, NULL, false, true, "odd size");
		free(p);
	}
}

/* A byte of each page in turn is another.  */
Test(refs_label, damaged_pages_are_told_and_copies_read)
{
	for (size_t i = 0; i < KINDS; i++) {
		const bool three = kinds[i].major == 3;
		struct test_refs t = kinds[i];
		struct test_refs_places at;
		uint8_t *p;

		t.copy_label = "Copy";
		p = test_refs_volume(&t, &at);
		p[at.superblock + 0x90] ^= 1;
		expect(p, three ? t.label : NULL, three, !three, "superblock");
		p[at.superblock + 0x90] ^= 1;
		p[at.checkpoints[0] + 0x1f8] ^= 1;
		expect(p, t.label, true, false, "older checkpoint");
		p[at.checkpoints[1] + 0x1f8] ^= 1;
		expect(p, NULL, false, true, "both checkpoints");
		p[at.checkpoints[0] + 0x1f8] ^= 1;
		expect(p, "Before", true, false, "newer checkpoint");
		p[at.checkpoints[1] + 0x1f8] ^= 1;
		p[at.leaf + at.block - 1] ^= 1;
		expect(p, t.label, true, false, "leaf of objects");
		p[at.leaf + at.block - 1] ^= 1;
		p[at.objects + 0x60] ^= 1;
		expect(p, t.label, true, false, "objects");
		p[at.objects_copy + 0x60] ^= 1;
		expect(p, NULL, false, true, "objects and copy");
		p[at.objects + 0x60] ^= 1;
		p[at.objects_copy + 0x60] ^= 1;
		p[at.info + 0x200] ^= 1;
		expect(p, three ? "Copy" : NULL, three, !three, "information");
		p[at.info_copy + 0x200] ^= 1;
		expect(p, NULL, false, true, "information and copy");
		free(p);
	}
}

Test(refs_label, damaged_containers_are_told_and_their_copy_read)
{
	for (size_t i = 0; i < KINDS; i++) {
		struct test_refs_places at;
		uint8_t *p = test_refs_volume(&kinds[i], &at);

		if (kinds[i].major == 3) {
			p[at.containers + 0x100] ^= 1;
			expect(p, kinds[i].label, true, false, "containers");
			p[at.containers_copy + 0x100] ^= 1;
			expect(p, NULL, false, true, "containers and copy");
		}
		free(p);
	}
}

/* What the boot sector says of versions and clusters that are not read.  */
Test(refs_label, of_unknown_versions_is_not_read)
{
	static const struct {
		size_t at;
		uint8_t value;
	} cases[] = {
		{ 0x28, 2 }, { 0x28, 4 }, { 0x28, 1 }, { 0x24, 16 },
		{ 0x40, 1 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct test_refs_places at;
		uint8_t *p = test_refs_volume(&kinds[3], &at);

		p[cases[i].at] = cases[i].value;
		test_refs_seal(p);
		expect(p, NULL, false, true, "boot sector");
		free(p);
	}
}

/* The reference of a page to itself is no part of what is summed.  */
static bool is_self(size_t page, size_t i, const struct test_refs *t)
{
	const size_t first = page == 0 ? 0xd0 : 0x100;

	return page < 2 && i >= first && i < first + t->ref_bytes;
}

/* Whichever byte of the metadata is another, the label is never a third one, and
 * a finding tells of it.  */
Test(refs_label, survives_every_changed_byte, .timeout = 600)
{
	for (size_t i = 0; i < KINDS; i++) {
		struct test_refs_places at;
		uint8_t *p = test_refs_volume(&kinds[i], &at);
		const size_t pages[] = {
			at.superblock, at.checkpoints[1], at.containers,
			at.objects, at.leaf, at.info,
		};

		for (size_t k = 0; k < 6 * 0x300; k += 11) {
			size_t byte = pages[k / 0x300] + k % 0x300;
			struct identified t;

			if (byte < at.superblock)
				continue;
			p[byte] ^= 0x21;
			identify(&t, p);
			cr_expect(t.v.label.utf8 != NULL ?
				  strcmp(t.v.label.utf8, kinds[i].label) == 0 ||
				  strcmp(t.v.label.utf8, "Before") == 0 :
				  test_finding(&t.diags,
					       &FINDING_VOLUME_LABEL) != NULL,
				  "%zu: byte %zu", i, byte);
			cr_expect(t.diags.n > 0 ||
				  is_self(k / 0x300, k % 0x300, &kinds[i]),
				  "%zu: byte %zu", i, byte);
			identified_done(&t);
			p[byte] ^= 0x21;
		}
		free(p);
	}
}

Test(refs_label, survives_every_cut)
{
	for (size_t i = 0; i < KINDS; i++) {
		struct test_refs_places at;
		uint8_t *p = test_refs_volume(&kinds[i], &at);

		for (size_t n = 512; n < TEST_REFS_BYTES; n += 8192 + 512) {
			struct identified t;

			identify_bytes(&t, p, n, n);
			cr_expect(t.v.label.utf8 == NULL ||
				  strcmp(t.v.label.utf8, kinds[i].label) == 0);
			cr_expect(t.v.label.utf8 != NULL ||
				  test_finding(&t.diags,
					       &FINDING_VOLUME_LABEL) != NULL);
			identified_done(&t);
		}
		free(p);
	}
}
