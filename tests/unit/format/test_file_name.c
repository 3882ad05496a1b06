#include <criterion/criterion.h>

#include "base/utf16.h"
#include "format/file_name.h"
#include "lib/guard.h"
#include "lib/mutate.h"

/* A hidden system directory that is a mount point below the root, in the Win32
 * name space.  */
static const uint8_t name[] = {
	/* 0x00 */ 0x05, 0, 0, 0, 0, 0, 0x07, 0,	/* parent, sequence 7 */
	/* 0x08 */ 0x01, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0, 0,
	/* 0x18 */ 0x03, 0, 0, 0, 0, 0, 0, 0, 0x04, 0, 0, 0, 0, 0, 0, 0,
	/* 0x28 */ 0, 0x10, 0, 0, 0, 0, 0, 0,		/* allocated */
	/* 0x30 */ 0x21, 0, 0, 0, 0, 0, 0, 0,		/* size */
	/* 0x38 */ 0x06, 0, 0, 0x10,			/* attributes */
	/* 0x3c */ 0x03, 0, 0, 0xa0,			/* reparse tag */
	/* 0x40 */ 4, 1, 'B', 0, 'o', 0, 'o', 0, 't', 0,
};

Test(file_name, decodes_every_field)
{
	struct span s = guard_copy(name, sizeof(name), 0x1000);
	struct file_name fn;

	cr_assert_eq(file_name_parse(s, &fn, NULL), 0);
	cr_expect_eq(fn.parent, 0x0007000000000005);
	cr_expect_eq(fn.attributes, FILE_ATTRIBUTE_INDEX_I30 | 0x06);
	cr_expect_eq(fn.name_space, FILE_NAME_WIN32);
	cr_expect(utf16_equals_ascii(fn.name, "Boot"));
	cr_expect_eq(fn.name.at, 0x1042);
	guard_free(s);
}

/* The value may be padded; the length that it says counts.  */
Test(file_name, is_as_long_as_it_says)
{
	uint8_t bytes[sizeof(name)];
	struct file_name fn;

	for (size_t i = 0; i < sizeof(name); i++)
		bytes[i] = name[i];
	bytes[0x40] = 2;
	cr_assert_eq(file_name_parse((struct span){ bytes, sizeof(bytes), 0 },
				     &fn, NULL), 0);
	cr_expect(utf16_equals_ascii(fn.name, "Bo"));
	bytes[0x40] = 0;
	cr_assert_eq(file_name_parse((struct span){ bytes, sizeof(bytes), 0 },
				     &fn, NULL), 0);
	cr_expect_eq(fn.name.n, 0);
}

/* One byte of the fixture changed: the name can or cannot be one.  */
Test(file_name, that_cannot_be_one_is_told_with_its_place)
{
	static const struct {
		size_t off;
		uint8_t value, space;
		int r;
		uint64_t at;
	} rows[] = {
		{ 0x42, 'b', 1, 0, 0 },
		{ 0x40, 3, 1, ERR_VALUE, 0x140 },	/* shorter than its key */
		{ 0x40, 0, 1, ERR_VALUE, 0x140 },
		{ 0x44, 0, 1, ERR_VALUE, 0x144 },
		{ 0x44, 0, 0, ERR_VALUE, 0x144 },
		{ 0x48, '/', 1, ERR_VALUE, 0x148 },
		{ 0x48, '\\', 3, ERR_VALUE, 0x148 },
		{ 0x48, '/', 0, 0, 0 },			/* of POSIX */
		{ 0x48, '\\', 0, 0, 0 },
		{ 0x49, 1, 1, 0, 0 },			/* U+0174 */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span s = guard_copy(name, sizeof(name), 0x100);
		struct err e = { .at = 0 };
		struct file_name fn;

		((uint8_t *)s.p)[0x41] = rows[i].space;
		((uint8_t *)s.p)[rows[i].off] = rows[i].value;
		cr_assert_eq(file_name_parse(s, &fn, NULL), 0);
		cr_expect_eq(file_name_check(s, &fn, &e), rows[i].r,
			     "row %zu", i);
		cr_expect_eq(e.at, rows[i].at, "row %zu", i);
		guard_free(s);
	}
}

Test(file_name, reports_impossible_values_with_their_place)
{
	struct file_name fn = { .parent = 77 };
	struct span s = guard_copy(name, sizeof(name) - 1, 0x200);
	struct err e;

	cr_expect_eq(file_name_parse(s, &fn, &e), ERR_VALUE);
	cr_expect_eq(e.at, 0x240);
	cr_expect_eq(e.want, 3, "units that are whole");
	cr_expect_eq(e.got, 4);
	guard_free(s);
	s = guard_copy(name, 0x41, 0x200);
	cr_expect_eq(file_name_parse(s, &fn, &e), ERR_TRUNCATED);
	cr_expect_eq(e.at, 0x200);
	cr_expect_eq(e.want, 0x42);
	cr_expect_eq(e.got, 0x41);
	cr_expect_eq(fn.parent, 77, "untouched on failure");
	cr_expect_null(fn.name.p, "untouched on failure");
	guard_free(s);
}

static void parse_name(struct span s)
{
	struct file_name fn;

	if (file_name_parse(s, &fn, NULL) < 0)
		return;
	span_is_zero(fn.name);
	cr_assert_leq(fn.name.n, s.n - 0x42);
}

/* Times of 1, 2, 3 and 4; read-only and a reparse point.  */
static const uint8_t standard[] = {
	/* 0x00 */ 0x01, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0, 0,
	/* 0x10 */ 0x03, 0, 0, 0, 0, 0, 0, 0, 0x04, 0, 0, 0, 0, 0, 0, 0x80,
	/* 0x20 */ 0x01, 0x04, 0, 0,
};

Test(standard_information, decodes_every_field)
{
	struct span s = guard_copy(standard, sizeof(standard), 0);
	struct standard_information si;

	cr_assert_eq(standard_information_parse(s, &si, NULL), 0);
	cr_expect_eq(si.created, 1);
	cr_expect_eq(si.modified, 2);
	cr_expect_eq(si.record_changed, 3);
	cr_expect_eq(si.accessed, 0x8000000000000004);
	cr_expect_eq(si.attributes, 0x401);
	guard_free(s);
}

static void parse_standard(struct span s)
{
	struct standard_information si;
	struct err e;
	int r = standard_information_parse(s, &si, &e);

	cr_assert_eq(r, s.n < sizeof(standard) ? ERR_TRUNCATED : 0);
	if (r < 0)
		cr_assert_eq(e.got, s.n);
}

Test(file_name, survives_every_truncation_and_change)
{
	mutate(name, sizeof(name), parse_name);
	mutate(standard, sizeof(standard), parse_standard);
}
