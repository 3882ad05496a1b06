#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/ntfs_sample.h"
#include "ntfs/unlisted.h"

/* The volumes are of 12 MiB, with 27 records of the file system's own.  */
static const char *make(const char *name, const char *script)
{
	const char *path = ntfs_sample_make(name, script);

	if (path == NULL)
		cr_skip_test("no sample builder");
	return path;
}

static struct span utf16(struct arena *a, const char *utf8)
{
	struct span s = { NULL, 0, 0 };

	cr_assert(utf16_from_utf8(a, utf8, &s));
	return s;
}

static ntfs_ref find(struct ntfs_sample *s, const char *path)
{
	ntfs_ref ref = 0;

	return ntfs_find_path(s->ntfs, path, &ref, NULL) == 0 ? ref : 0;
}

/* Where record @number of the $MFT lies in @path, whose $MFT is in one piece
 * as a new one is.  */
static uint64_t record_at(const char *path, uint64_t number)
{
	struct ntfs_sample s;
	uint64_t at;

	cr_assert(ntfs_sample_open(&s, path));
	at = ntfs_sample_record(&s, NTFS_RECORD(number));
	ntfs_sample_close(&s);
	return at;
}

static uint64_t attribute_at(const char *path, uint64_t number, unsigned type)
{
	struct ntfs_sample s;
	uint64_t at;

	cr_assert(ntfs_sample_open(&s, path));
	at = ntfs_sample_attribute(&s, path, NTFS_RECORD(number), type);
	ntfs_sample_close(&s);
	return at;
}

/* A sound directory is believed: what it does not list costs a look into its
 * index, until somebody knows that the file must be there.  Then the $MFT is
 * read, all of it and once.  */
Test(unlisted, costs_a_pass_where_something_must_be_there_and_one_only)
{
	const char *path = make("unlisted-cost",
		"bulk /many 3000 1 0\nfile /dir/one 1\nfile /dir/two 2\n"
		"file /other/three 3\nunlist /dir/two\nunlist /other/three\n");
	struct ntfs_sample s;
	ntfs_ref ref;

	cr_assert(ntfs_sample_open(&s, path));
	cr_assert_neq(find(&s, "\\dir\\one"), 0);
	s.stats = (struct io_stats){ 0 };
	for (int i = 0; i < 100; i++)
		cr_expect_eq(find(&s, "\\dir\\two"), 0);
	cr_expect_leq(s.stats.bytes, 100 * 4096, "%llu",
		      (unsigned long long)s.stats.bytes);
	s.stats = (struct io_stats){ 0 };
	cr_expect_eq(ntfs_ask_records(s.ntfs, NULL), 1);
	/* 3000 files, one record of 1024 bytes each.  */
	cr_expect_geq(s.stats.bytes, 3000 * 1024);
	cr_expect_leq(s.stats.bytes, 3300 * 1024, "%llu",
		      (unsigned long long)s.stats.bytes);
	s.stats = (struct io_stats){ 0 };
	cr_expect_eq(ntfs_ask_records(s.ntfs, NULL), 0);
	ref = find(&s, "\\DIR\\Two");
	cr_expect_neq(ref, 0);
	cr_expect_neq(find(&s, "\\other\\three"), 0);
	cr_expect_eq(find(&s, "\\dir\\three"), 0);
	cr_expect_leq(s.stats.bytes, 65536, "%llu",
		      (unsigned long long)s.stats.bytes);
	cr_expect_eq(ntfs_sample_findings(&s, "CM0328"), 2);
	cr_expect(ntfs_is_unlisted(s.ntfs, find(&s, "\\dir"), ref));
	cr_expect_not(ntfs_is_unlisted(s.ntfs, find(&s, "\\dir"),
				       find(&s, "\\dir\\one")));
	cr_expect_not(ntfs_is_unlisted(s.ntfs, find(&s, "\\other"), ref));
	ntfs_sample_close(&s);
}

/* A record that is not in use, or whose parent was another directory in the
 * same record, or that is of another directory, is not the file.  */
Test(unlisted, is_in_use_and_of_this_very_directory)
{
	static const struct {
		unsigned off;	/* in the record, or behind 0x100 in the value
				 * of $FILE_NAME */
		bool found;
		size_t n;
		const char *bytes;
	} rows[] = {
		{ 0x16, true, 2, "\x01\x00" },	/* as it is */
		{ 0x16, false, 2, "\x00\x00" },	/* not in use */
		{ 0x106, true, 2, "\x01\x00" },	/* sequence of the parent */
		{ 0x106, false, 2, "\x02\x00" },
		{ 0x106, true, 2, "\x00\x00" },	/* is not compared */
		{ 0x100, false, 2, "\x05\x00" },	/* of the root */
		{ 0x140, false, 1, "\x02" },	/* two letters of three */
		{ 0x142, true, 6, "T\x00W\x00O\x00" },
		{ 0x142, false, 6, "t\x00w\x00\x00\x00" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *path = make("unlisted-rows",
			"file /dir/one 1\nfile /dir/two 2\nunlist /dir/two\n");
		struct ntfs_sample s;
		uint64_t at = record_at(path, 66);

		if (rows[i].off >= 0x100)
			at = attribute_at(path, 66, 0x30) + 0x18 - 0x100;
		ntfs_sample_patch(path, at + rows[i].off, rows[i].bytes,
				  rows[i].n);
		cr_assert(ntfs_sample_open(&s, path));
		cr_assert_eq(ntfs_ask_records(s.ntfs, NULL), 1);
		cr_expect_eq(NTFS_RECORD(find(&s, "\\dir\\two")),
			     rows[i].found ? 66 : 0, "row %zu", i);
		cr_expect_eq(ntfs_sample_findings(&s, "CM0328"),
			     rows[i].found, "row %zu", i);
		ntfs_sample_close(&s);
	}
}

struct names {
	struct ntfs *ntfs;
	struct arena *arena;
	char text[512];
};

static int add_name(void *ctx, const struct ntfs_dir_entry *e)
{
	struct names *n = ctx;
	size_t used = strlen(n->text);

	if (NTFS_RECORD(e->ref) < 24)
		return 0;
	snprintf(n->text + used, sizeof(n->text) - used, "%s%s%s",
		 used > 0 ? " " : "", text_from_utf16(n->arena, e->name).utf8,
		 e->is_directory ? "/" : "");
	return 0;
}

static const char *list(struct ntfs_sample *s, const char *path,
			struct names *n)
{
	*n = (struct names){ .ntfs = s->ntfs, .arena = s->arena };
	cr_expect_eq(ntfs_list(s->ntfs, find(s, path), add_name, n, NULL), 0);
	return n->text;
}

/* Once each, though one has two names; and what is listed is not told again. */
Test(unlisted, are_listed_behind_those_that_are)
{
	const char *path = make("unlisted-list",
		"mkdir /dir/b\nfile /dir/a\nfile /dir/z\nmkdir /dir/y\n"
		"file \"/dir/long name\"\ndosname \"/dir/long name\" LONG~1\n"
		"unlist /dir/b\nunlist \"/dir/long name\"\nunlist /dir/y\n");
	struct ntfs_sample s;
	struct names n;

	cr_assert(ntfs_sample_open(&s, path));
	cr_expect_str_eq(list(&s, "\\dir", &n), "a z");
	cr_expect_eq(s.diags.n, 0);
	ntfs_ask_records(s.ntfs, NULL);
	cr_expect_str_eq(list(&s, "\\dir", &n), "a z b/ y/ long name");
	cr_expect_str_eq(list(&s, "\\dir", &n), "a z b/ y/ long name");
	cr_expect_str_eq(list(&s, "\\", &n), "dir/");
	cr_assert_eq(s.diags.n, 1);
	cr_expect_not_null(strstr(s.diags.list[0].message,
				  "does not list 3 files"));
	cr_expect_eq(s.diags.list[0].cites.n, 3);
	cr_expect_neq(find(&s, "\\dir\\LONG~1"), 0);
	ntfs_sample_close(&s);
}

/* As many as there are, the one that is spelt as it is asked for first.  */
Test(unlisted, rivals_are_told_and_none_is_taken_silently)
{
	const char *path = make("unlisted-rivals",
		"file /dir/SYSTEM 1\nunlist /dir/SYSTEM\n"
		"file /dir/System 2\nunlist /dir/System\n"
		"file /dir/SYSTEM 3\nunlist /dir/SYSTEM\n");
	struct ntfs_case cases[NTFS_MAX_CASES];
	struct ntfs_sample s;
	size_t n = 0;

	cr_assert(ntfs_sample_open(&s, path));
	ntfs_ask_records(s.ntfs, NULL);
	cr_assert_eq(ntfs_find_cases(s.ntfs, find(&s, "\\dir"),
				     utf16(s.arena, "System"), cases, &n,
				     NULL), 0);
	cr_assert_eq(n, 3);
	cr_expect_eq(NTFS_RECORD(cases[0].ref), 66);
	cr_expect_eq(NTFS_RECORD(cases[1].ref), 65);
	cr_expect_eq(NTFS_RECORD(cases[2].ref), 67);
	cr_expect_str_eq(cases[0].name.utf8, "System");
	cr_expect_str_eq(cases[1].name.utf8, "SYSTEM");
	cr_expect_eq(ntfs_sample_findings(&s, "CM0328"), 3);
	cr_expect_eq(ntfs_sample_findings(&s, "CM0329"), 1);
	cr_expect_eq(NTFS_RECORD(find(&s, "\\dir\\SYSTEM")), 65);
	ntfs_sample_close(&s);
}

#define FILES "file /dir/a-long-name-one 1\nfile /dir/a-long-name-two 2\n" \
	      "mkdir /dir/a-long-name-three\nfile /dir/SYSTEM 4\n"
static const char *const files[] = {
	"\\dir\\a-long-name-one", "\\dir\\a-long-name-two",
	"\\dir\\a-long-name-three", "\\dir\\SYSTEM",
};
#define N_FILES (sizeof(files) / sizeof(files[0]))

/* Which of the files cannot be found, as the sum of their bits.  */
static unsigned lost_files(const char *path, const ntfs_ref *want)
{
	struct ntfs_sample s;
	unsigned lost = 0;

	cr_assert(ntfs_sample_open(&s, path));
	for (size_t i = 0; i < N_FILES; i++)
		if (NTFS_RECORD(find(&s, files[i])) != NTFS_RECORD(want[i]))
			lost |= 1u << i;
	ntfs_sample_close(&s);
	return lost;
}

/* Changes each byte of @n at @at of @path, in several ways; what is damaged is
 * the directory alone, so that no file may be lost by it.  */
static void expect_none_lost(const char *path, uint64_t at, size_t n,
			     size_t step)
{
	static const uint8_t changes[] = { 0x01, 0x80, 0xff };
	ntfs_ref want[N_FILES];
	uint8_t bytes[4096];
	struct ntfs_sample s;
	FILE *f = fopen(path, "rb");

	cr_assert(ntfs_sample_open(&s, path));
	for (size_t i = 0; i < N_FILES; i++) {
		want[i] = find(&s, files[i]);
		cr_assert_neq(want[i], 0);
	}
	cr_expect_eq(s.diags.n, 0);
	ntfs_sample_close(&s);
	fseek(f, (long)at, SEEK_SET);
	cr_assert_eq(fread(bytes, 1, n, f), n);
	fclose(f);
	for (size_t i = 0; i < n; i += step)
		for (size_t k = 0; k < sizeof(changes); k++) {
			uint8_t byte = bytes[i] ^ changes[k];
			unsigned lost;

			ntfs_sample_patch(path, at + i, &byte, 1);
			lost = lost_files(path, want);
			cr_expect_eq(lost, 0, "byte %zu ^ %02x: %x", i,
				     changes[k], lost);
			ntfs_sample_patch(path, at + i, bytes + i, 1);
		}
}

Test(unlisted, no_byte_of_the_root_of_an_index_costs_a_file)
{
	const char *path = make("unlisted-root", FILES);
	uint64_t record = record_at(path, 64);
	uint64_t root = attribute_at(path, 64, 0x90);

	/* The attribute, and all that is used of the record behind it.  */
	expect_none_lost(path, root, (size_t)(record + 1024 - root) - 600, 1);
}

/* Where the index block lies that has @name, and none that has it lies before
 * it.  */
static uint64_t block_of(const char *path, const char *name, size_t n)
{
	static uint8_t image[12 << 20];
	FILE *f = fopen(path, "rb");

	cr_assert_eq(fread(image, 1, sizeof(image), f), sizeof(image));
	fclose(f);
	for (size_t at = 0; at < sizeof(image); at += 4096)
		if (memcmp(image + at, "INDX", 4) == 0 &&
		    memmem(image + at, 4096, name, n) != NULL)
			return at;
	cr_assert_fail("no index block");
	return 0;
}

Test(unlisted, no_byte_of_an_index_block_costs_a_file)
{
	static const char name[] = "S\0Y\0S\0T\0E\0M";
	const char *path = make("unlisted-block", FILES
		"file /dir/a-name-that-fills-the-directory-0\n"
		"file /dir/a-name-that-fills-the-directory-1\n"
		"file /dir/a-name-that-fills-the-directory-2\n"
		"file /dir/a-name-that-fills-the-directory-3\n"
		"file /dir/a-name-that-fills-the-directory-4\n"
		"file /dir/a-name-that-fills-the-directory-5\n");

	expect_none_lost(path, block_of(path, name, sizeof(name)), 1536, 1);
}
