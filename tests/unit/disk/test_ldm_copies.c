/*
 * The private regions of real disks, MBR and GPT: where libldm's tests say that
 * their structures are (the data's README), each is taken away or changed.
 */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disk/findings.h"
#include "disk/ldm_database.h"
#include "lib/shared_data.h"
#include "lib/test_disk.h"

#define LDM_DATA "mdbooth__libldm/test/data/ldm-data.tar.xz"
#define SECTOR 512

struct found {
	size_t copies, headers;	/* CM0293, CM0231 */
	size_t records;
	char message[256];	/* of the first CM0293 */
};

static uint8_t *load(const char *name, size_t *ret_n)
{
	char member[64];

	snprintf(member, sizeof(member), "ldm-%s.img", name);
	return test_file(shared_data_unpacked(LDM_DATA, member), ret_n);
}

static struct found look(uint8_t *bytes, size_t n)
{
	struct found f = { 0 };
	struct test_reading disk;
	struct arena *a = arena_new();
	struct diag_list diags = { .arena = a };
	struct ldm_database db;

	test_read(&disk, bytes, n, n, SECTOR);
	if (ldm_database_read(&disk.table, a, &diags, &db, NULL) == 0)
		f.records = db.n;
	f.copies = diag_count(&diags, &FINDING_LDM_COPY);
	f.headers = diag_count(&diags, &FINDING_LDM_HEADER);
	for (size_t i = 0; i < diags.n; i++)
		if (diags.list[i].kind == &FINDING_LDM_COPY) {
			cr_expect_eq(diags.list[i].cites.n, 2);
			if (f.message[0] == '\0')
				snprintf(f.message, sizeof(f.message), "%s",
					 diags.list[i].message);
		}
	test_read_done(&disk);
	arena_free(a);
	return f;
}

Test(ldm_copies, of_real_disks_are_whole)
{
	static const char *const names[] = {
		"2003r2-simple-1", "2003r2-spanned-1", "2003r2-spanned-2",
		"2003r2-striped-1", "2003r2-striped-2", "2003r2-mirrored-1",
		"2003r2-mirrored-2", "2003r2-raid5-1", "2003r2-raid5-2",
		"2003r2-raid5-3", "2008r2-spanned-1", "2008r2-spanned-2",
		"2008r2-striped-1", "2008r2-striped-2", "2008r2-mirrored-1",
		"2008r2-mirrored-2", "2008r2-raid5-1", "2008r2-raid5-2",
		"2008r2-raid5-3",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t n;
		uint8_t *bytes = load(names[i], &n);
		struct found f;

		if (bytes == NULL)
			cr_skip_test("no shared data");
		f = look(bytes, n);
		cr_expect_eq(f.copies + f.headers, 0, "%s: %s", names[i],
			     f.message);
		cr_expect_gt(f.records, 0);
		free(bytes);
	}
}

/* The sectors of private headers, then of tables of contents.  */
static const struct {
	const char *name;
	unsigned sectors[7];
	size_t n, first_toc;
} disks[] = {
	{ "2003r2-simple-1",
	  { 6, 102208, 102399, 100353, 100354, 102397, 102398 }, 7, 3 },
	{ "2008r2-raid5-1", { 6, 102208, 102399, 100354, 102397 }, 5, 3 },
	{ "2008r2-mirrored-2", { 1890, 2081, 36, 2079 }, 4, 2 },
};

static void check(const char *name, unsigned sector, const char *how,
		  const struct found *f, size_t records)
{
	char want[64];

	snprintf(want, sizeof(want), "in sector %u, %s;", sector, how);
	cr_expect_eq(f->records, records, "%s: %u", name, sector);
	cr_expect_eq(f->copies, 1, "%s: %u", name, sector);
	cr_expect_eq(f->headers, 0, "%s: %u", name, sector);
	cr_expect_not_null(strstr(f->message, want), "%s, not %s", f->message,
			   want);
}

Test(ldm_copies, one_that_is_gone_is_told)
{
	for (size_t i = 0; i < sizeof(disks) / sizeof(disks[0]); i++) {
		size_t n, records;
		uint8_t *bytes = load(disks[i].name, &n);

		if (bytes == NULL)
			cr_skip_test("no shared data");
		records = look(bytes, n).records;
		for (size_t k = 0; k < disks[i].n; k++) {
			uint8_t *p = bytes +
				     (size_t)disks[i].sectors[k] * SECTOR;
			uint8_t kept[SECTOR];
			struct found f;

			memcpy(kept, p, SECTOR);
			memset(p, 0, SECTOR);
			f = look(bytes, n);
			check(disks[i].name, disks[i].sectors[k],
			      "is not there", &f, records);
			memcpy(p, kept, SECTOR);
		}
		free(bytes);
	}
}

/* One finding for each that is damaged, whether it was met on the way to a
 * sound one or not.  */
Test(ldm_copies, one_that_is_damaged_is_told_once)
{
	for (size_t i = 0; i < sizeof(disks) / sizeof(disks[0]); i++) {
		size_t n, records;
		uint8_t *bytes = load(disks[i].name, &n);

		if (bytes == NULL)
			cr_skip_test("no shared data");
		records = look(bytes, n).records;
		for (size_t k = 0; k < disks[i].n; k++) {
			uint8_t *p = bytes +
				     (size_t)disks[i].sectors[k] * SECTOR;
			struct found f;

			p[300] ^= 1;
			f = look(bytes, n);
			cr_expect_eq(f.records, records);
			cr_expect_eq(f.copies + f.headers, 1, "%s: %u",
				     disks[i].name, disks[i].sectors[k]);
			p[300] ^= 1;
		}
		free(bytes);
	}
}

/* With a sum that is right: one up in a byte, one down in the next.  */
Test(ldm_copies, one_that_says_something_else_is_told)
{
	for (size_t i = 0; i < sizeof(disks) / sizeof(disks[0]); i++) {
		const size_t last = disks[i].n - 1;
		const unsigned toc = disks[i].sectors[last];
		const unsigned head = disks[i].sectors[1];
		size_t n, records;
		uint8_t *bytes = load(disks[i].name, &n);
		struct found f;

		if (bytes == NULL)
			cr_skip_test("no shared data");
		records = look(bytes, n).records;
		bytes[head * SECTOR + 0xf4]++;
		bytes[head * SECTOR + 0xf5]--;
		f = look(bytes, n);
		cr_expect_eq(f.records, records);
		cr_expect_eq(f.copies, 1, "%s", disks[i].name);
		cr_expect_not_null(strstr(f.message, "says something else"));
		bytes[head * SECTOR + 0xf4]--;
		bytes[head * SECTOR + 0xf5]++;
		bytes[toc * SECTOR + 0x46]++;
		bytes[toc * SECTOR + 0x47]--;
		f = look(bytes, n);
		cr_expect_eq(f.copies, 1, "%s", disks[i].name);
		cr_expect_not_null(strstr(f.message, "table of contents"));
		free(bytes);
	}
}

/* Both of the pair in use gone: the other one is older, and used.  */
Test(ldm_copies, a_pair_that_is_gone_is_told)
{
	size_t n;
	uint8_t *bytes = load("2003r2-simple-1", &n);
	struct found f;

	if (bytes == NULL)
		cr_skip_test("no shared data");
	memset(bytes + 100353 * SECTOR, 0, SECTOR);
	memset(bytes + 102398 * SECTOR, 0, SECTOR);
	f = look(bytes, n);
	cr_expect_eq(f.copies, 2);
	cr_expect_eq(f.headers, 0);
	cr_expect_gt(f.records, 0);
	free(bytes);
}
