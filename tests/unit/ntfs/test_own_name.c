#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/ntfs_sample.h"
#include "ntfs/own_name.h"

static struct span utf16(struct arena *a, const char *utf8)
{
	struct span s = { NULL, 0, 0 };

	cr_assert(utf16_from_utf8(a, utf8, &s));
	return s;
}

/* The order is that of letters without case, then of lengths.  */
Test(own_name, in_order_is_what_an_index_can_hold)
{
	static const struct {
		const char *a, *b;
		bool in_order;
	} rows[] = {
		{ "SAM", "SECURITY", true }, { "SECURITY", "SAM", false },
		{ "sam", "SECURITY", true }, { "Sam", "sAM", true },
		{ "SYSTEM", "SYSTEM.LOG", true },
		{ "SYSTEM.LOG", "SYSTEM", false },
		{ "_a", "Za", false }, { "Za", "_a", true },
		/* $UpCase decides.  */
		{ "\xc3\xa9", "\xc3\x89", true }, { "\xc3\x89", "z", true },
		{ "z", "\xc3\x89", true },
		{ "\xc3\xa9z", "\xc3\xa9" "a", false },
	};
	struct arena *a = arena_new();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect_eq(own_name_in_order(utf16(a, rows[i].a),
					       utf16(a, rows[i].b)),
			     rows[i].in_order, "row %zu", i);
	arena_free(a);
}

Test(own_name, resembles_what_has_half_of_its_letters)
{
	static const struct {
		const char *wanted, *name;
		bool resembles;
	} rows[] = {
		{ "SOFTWARE", "SOFTWARD", true },
		{ "SOFTWARE", "softward", true },
		{ "SOFTWARE", "SOFTabcd", true },
		{ "SOFTWARE", "SOFabcdf", false },
		{ "SOFTWARE", "SOFTWAR", false },
		{ "System32", "SysWOW64", false },
	};
	struct arena *a = arena_new();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect_eq(own_name_resembles(utf16(a, rows[i].wanted),
						utf16(a, rows[i].name)),
			     rows[i].resembles, "row %zu", i);
	arena_free(a);
}

/* 3000 names, which fill some 80 blocks below the root of the index.  */
static const char script[] = "bulk /many 3000 1 0\n";
static const char wanted[] = "\\many\\d00000\\f00002222.dat";

static const char *make(const char *name)
{
	const char *path = ntfs_sample_make(name, script);

	if (path == NULL)
		cr_skip_test("no sample builder");
	return path;
}

/* Where the name f00002222.dat stands in an index block of @path.  */
static uint64_t name_in_index(const char *path)
{
	static const char name[] = "f\0000\0000\0000\0000\0002\0002\0002\0002"
				   "\000.\000d\000a\000t";
	static uint8_t image[12 << 20];
	FILE *f = fopen(path, "rb");
	uint8_t *p = image;

	cr_assert_eq(fread(image, 1, sizeof(image), f), sizeof(image));
	fclose(f);
	for (;;) {
		const uint8_t *block;
		size_t at;

		p = memmem(p + 1, (size_t)(image + sizeof(image) - p - 1),
			   name, sizeof(name));
		cr_assert_not_null(p);
		at = (size_t)(p - image);
		block = image + at / 4096 * 4096;
		if (memcmp(block, "INDX", 4) == 0 &&
		    at % 4096 < 0x18u + block[0x1c] + 256u * block[0x1d])
			return at;
	}
}

static int seek_name(void *ctx, const struct ntfs_dir_entry *e)
{
	struct span *name = ctx;

	return e->name.n == name->n && memcmp(e->name.p, name->p, name->n) == 0;
}

/* Each of these hid the file without a word, as it hid a hive, and gave a
 * system root a name that it does not have.  */
Test(own_name, finds_a_file_whose_name_in_the_directory_is_changed)
{
	static const struct {
		unsigned off;
		const char *bytes;
		size_t n;
		const char *code;
		bool listed;	/* under its own name */
		uint64_t max_bytes;	/* that a look-up may read */
	} rows[] = {
		{ 16, "3", 1, "CM0326", false, 40000 },
		{ 0, "g", 1, "CM0311", false, 800000 },
		{ 0, "a", 1, "CM0311", false, 800000 },
		{ 0, "\0", 1, "CM0311", true, 800000 },
		{ 0, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 26,
		  "CM0311", true, 800000 },
		/* The length of the name, and the key's.  */
		{ -2u, "\x0c", 1, "CM0311", true, 800000 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *path = make("own-name");
		struct ntfs_sample s;
		struct span name;
		ntfs_ref dir, ref, found = 0;
		uint64_t at;

		cr_assert(ntfs_sample_open(&s, path));
		cr_assert_eq(ntfs_find_path(s.ntfs, wanted, &ref, NULL), 0);
		cr_expect_eq(s.diags.n, 0);
		ntfs_sample_close(&s);
		at = name_in_index(path);
		ntfs_sample_patch(path, at + (uint64_t)(int)rows[i].off,
				  rows[i].bytes, rows[i].n);

		cr_assert(ntfs_sample_open(&s, path));
		s.stats = (struct io_stats){ 0 };
		cr_expect_eq(ntfs_find_path(s.ntfs, wanted, &found, NULL), 0,
			     "row %zu", i);
		cr_expect_eq(found, ref, "row %zu", i);
		cr_expect_eq(ntfs_sample_findings(&s, "CM0326"), 1,
			     "row %zu", i);
		cr_expect_geq(ntfs_sample_findings(&s, rows[i].code), 1,
			      "row %zu", i);
		cr_expect_leq(s.stats.bytes, rows[i].max_bytes,
			      "row %zu: %llu", i,
			      (unsigned long long)s.stats.bytes);
		cr_assert_eq(ntfs_find_path(s.ntfs, "\\many\\d00000", &dir,
					    NULL), 0);
		name = utf16(s.arena, "f00002222.dat");
		cr_expect_eq(ntfs_list(s.ntfs, dir, seek_name, &name, NULL),
			     rows[i].listed, "row %zu", i);
		ntfs_sample_close(&s);
	}
}

/* The reference of the entry leads to the record of another file, of the same
 * directory or of another one; the one that was looked for tells of itself.  */
Test(own_name, is_held_against_the_one_that_was_looked_for)
{
	for (int i = 0; i < 2; i++) {
		const char *path = make("own-name-ref");
		struct ntfs_sample s;
		ntfs_ref ref, other, own;
		char le[8];

		cr_assert(ntfs_sample_open(&s, path));
		cr_assert_eq(ntfs_find_path(s.ntfs, wanted, &own, NULL), 0);
		cr_assert_eq(ntfs_find_path(s.ntfs, i == 0 ?
					    "\\many\\d00000\\f00000001.dat" :
					    "\\many", &other, NULL), 0);
		for (unsigned k = 0; k < sizeof(le); k++)
			le[k] = (char)(other >> (8 * k));
		ntfs_sample_close(&s);
		ntfs_sample_patch(path, name_in_index(path) - 82, le,
				  sizeof(le));

		cr_assert(ntfs_sample_open(&s, path));
		cr_expect_eq(ntfs_find_path(s.ntfs, wanted, &ref, NULL), 0);
		cr_expect_eq(ref, own);
		cr_expect_eq(ntfs_sample_findings(&s, "CM0326"), 1);
		cr_expect_eq(ntfs_sample_findings(&s, "CM0328"), 1);
		cr_expect_not_null(strstr(s.diags.list[0].message, i == 0 ?
					  "f00000001.dat" :
					  "another directory"));
		ntfs_sample_close(&s);
	}
}

/* A name that is not there costs no more than one that is; that its neighbours
 * resemble it is no reason to take one of them for it.  */
Test(own_name, of_a_neighbour_is_not_taken_for_one_that_is_not_there)
{
	const char *path = make("own-name-none");
	struct ntfs_sample s;
	ntfs_ref ref;

	cr_assert(ntfs_sample_open(&s, path));
	s.stats = (struct io_stats){ 0 };
	cr_expect_eq(ntfs_find_path(s.ntfs, "\\many\\d00000\\f0000222x.dat",
				    &ref, NULL), ERR_NOT_FOUND);
	cr_expect_eq(s.diags.n, 0);
	cr_expect_leq(s.stats.bytes, 40000, "%llu",
		      (unsigned long long)s.stats.bytes);
	ntfs_sample_close(&s);
}

Test(own_name, is_held_against_the_one_in_the_directory)
{
	const char *path = make("own-name-check");
	struct ntfs_sample s;
	ntfs_ref ref;

	cr_assert(ntfs_sample_open(&s, path));
	cr_assert_eq(ntfs_find_path(s.ntfs, "\\many", &ref, NULL), 0);
	ntfs_check_entry(s.ntfs, NTFS_ROOT, ref, utf16(s.arena, "MANY"));
	cr_expect_eq(s.diags.n, 0);
	ntfs_check_entry(s.ntfs, NTFS_ROOT, ref, utf16(s.arena, "mani"));
	cr_expect_eq(ntfs_sample_findings(&s, "CM0326"), 1);
	ntfs_sample_close(&s);
}
