#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/utf16.h"
#include "format/attribute.h"
#include "format/file_name.h"
#include "format/mft_record.h"
#include "format/multi_sector.h"
#include "format/reparse.h"
#include "lib/guard.h"
#include "lib/mutate.h"
#include "lib/shared_data.h"

/* A record in use with one resident and one non-resident attribute, as NTFS 3.1
 * lays it out; its fix-ups are already applied.  */
static const uint8_t record[1024] = {
	/* 0x00 */ 'F', 'I', 'L', 'E', 0x30, 0, 3, 0,	/* fix-up array */
	/* 0x08 */ 0, 0, 0, 0, 0, 0, 0, 0,		/* $LogFile number */
	/* 0x10 */ 9, 0, 2, 0,				/* sequence, links */
	/* 0x14 */ 0x38, 0, 0x03, 0,			/* first, flags */
	/* 0x18 */ 0xb0, 0, 0, 0, 0, 4, 0, 0,		/* used, allocated */
	/* 0x20 */ 0, 0, 0, 0, 0, 0, 0, 0,		/* base */
	/* 0x28 */ 5, 0, 0, 0, 0x2a, 0, 0, 0,		/* id, number 42 */
	/* 0x30 */ 1, 0, 0, 0, 0, 0, 0, 0,

	/* 0x38 */ 0x60, 0, 0, 0, 0x20, 0, 0, 0,	/* $VOLUME_NAME */
	/* 0x40 */ 0, 0, 0x18, 0, 0, 0, 3, 0,		/* resident, id 3 */
	/* 0x48 */ 6, 0, 0, 0, 0x18, 0, 0, 0,		/* 6 bytes at 0x18 */
	/* 0x50 */ 'a', 0, 'b', 0, 'c', 0, 0, 0,

	/* 0x58 */ 0x80, 0, 0, 0, 0x50, 0, 0, 0,	/* $DATA */
	/* 0x60 */ 1, 2, 0x40, 0, 0, 0x80, 4, 0,	/* named, sparse */
	/* 0x68 */ 0, 0, 0, 0, 0, 0, 0, 0,		/* first VCN */
	/* 0x70 */ 0x17, 0, 0, 0, 0, 0, 0, 0,		/* last VCN */
	/* 0x78 */ 0x48, 0, 0, 0, 0, 0, 0, 0,		/* runs at 0x48 */
	/* 0x80 */ 0, 0x80, 1, 0, 0, 0, 0, 0,		/* allocated */
	/* 0x88 */ 0x34, 0x12, 1, 0, 0, 0, 0, 0,	/* real */
	/* 0x90 */ 0x00, 0x10, 0, 0, 0, 0, 0, 0,	/* initialised */
	/* 0x98 */ '$', 0, 'J', 0, 0, 0, 0, 0,
	/* 0xa0 */ 0x21, 0x18, 0x34, 0x56, 0, 0, 0, 0,
	/* 0xa8 */ 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0,
};

Test(mft_record, decodes_its_head)
{
	struct span s = guard_copy(record, 1024, 0x4000);
	struct mft_record r;

	cr_assert_eq(mft_record_parse(s, &r, NULL), 0);
	cr_expect_eq(r.sequence, 9);
	cr_expect_eq(r.links, 2);
	cr_expect_eq(r.flags, MFT_RECORD_IN_USE | MFT_RECORD_DIRECTORY);
	cr_expect_eq(r.base, 0);
	cr_expect(r.has_number);
	cr_expect_eq(r.number, 42);
	cr_expect_eq(r.attributes.at, 0x4038);
	cr_expect_eq(r.attributes.n, 0xb0 - 0x38);
	guard_free(s);
}

Test(mft_record, decodes_its_attributes)
{
	struct mft_record r;
	struct attribute a;
	struct span left;

	cr_assert_eq(mft_record_parse((struct span){ record, 1024, 0 }, &r,
				      NULL), 0);
	left = r.attributes;
	cr_assert_eq(attribute_next(&left, &a, NULL), 1);
	cr_expect_eq(a.type, ATTRIBUTE_VOLUME_NAME);
	cr_expect(a.resident);
	cr_expect_eq(a.id, 3);
	cr_expect_eq(a.name.n, 0);
	cr_expect_eq(a.value.at, 0x50);
	cr_expect(utf16_equals_ascii(a.value, "abc"));
	cr_assert_eq(attribute_next(&left, &a, NULL), 1);
	cr_expect_eq(a.type, ATTRIBUTE_DATA);
	cr_expect_not(a.resident);
	cr_expect(utf16_equals_ascii(a.name, "$J"));
	cr_expect_eq(a.flags, ATTRIBUTE_SPARSE);
	cr_expect_eq(a.first_vcn, 0);
	cr_expect_eq(a.clusters, 0x18);
	cr_expect_eq(a.allocated, 0x18000);
	cr_expect_eq(a.real, 0x11234);
	cr_expect_eq(a.initialised, 0x1000);
	cr_expect_eq(a.runs.at, 0xa0);
	cr_expect_eq(a.runs.n, 8);
	cr_expect_eq(attribute_next(&left, &a, NULL), 0);
}

/* One field of the fixture changed at a time: the error, and its place.  */
Test(mft_record, reports_impossible_values_with_their_place)
{
	static const struct {
		size_t off;
		uint8_t value;
		int code;
		uint64_t at;
	} bad[] = {
		{ 0x00, 'B', ERR_MAGIC, 0x4000 },
		{ 0x14, 0x39, ERR_VALUE, 0x4014 },	/* not aligned */
		{ 0x14, 0x28, ERR_VALUE, 0x4014 },	/* in the array */
		{ 0x15, 0x08, ERR_VALUE, 0x4014 },	/* behind the record */
		{ 0x18, 0x30, ERR_VALUE, 0x4018 },	/* before the first */
		{ 0x19, 0x04, ERR_VALUE, 0x4018 },	/* behind the record */
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct span s = guard_copy(record, 1024, 0x4000);
		struct mft_record r = { .sequence = 77 };
		struct err e = { 0 };

		((uint8_t *)s.p)[bad[i].off] = bad[i].value;
		cr_expect_eq(mft_record_parse(s, &r, &e), bad[i].code,
			     "case %zu", i);
		cr_expect_eq(e.at, bad[i].at, "case %zu", i);
		cr_expect_eq(r.sequence, 77, "untouched on failure");
		guard_free(s);
	}
}

Test(mft_record, one_never_used_is_not_damaged)
{
	static const uint8_t zeros[1024];
	struct mft_record r;

	cr_expect_eq(mft_record_parse((struct span){ zeros, 1024, 0 }, &r,
				      NULL), ERR_NOT_FOUND);
}

Test(mft_record, reports_impossible_attributes_with_their_place)
{
	static const struct {
		size_t off;
		uint8_t value;
		uint64_t at;
		bool goes_on;	/* the attribute behind it is still found */
	} bad[] = {
		{ 0x3c, 0x00, 0x3c, false },	/* length 0 */
		{ 0x3c, 0x1c, 0x3c, false },	/* no multiple of 8 */
		{ 0x3d, 0x01, 0x3c, false },	/* longer than what is used */
		{ 0x38, 0x61, 0x38, true },	/* type of no kind */
		{ 0x39, 0x01, 0x38, true },
		{ 0x38, 0x00, 0x38, true },
		{ 0x48, 0x09, 0x48, true },	/* value behind its end */
		{ 0x4c, 0x10, 0x4c, true },	/* value in the header */
		{ 0x41, 0x05, 0x42, true },	/* name behind its end */
		{ 0x6f, 0x01, 0x70, false },	/* first VCN behind the last */
		{ 0x77, 0x80, 0x70, false },	/* last VCN negative */
		{ 0x79, 0x01, 0x78, false },	/* runs behind its end */
		{ 0x78, 0x38, 0x78, false },	/* runs in the header */
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct span s = guard_copy(record, 0xb0, 0);
		struct span left = { s.p + 0x38, 0xb0 - 0x38, 0x38 };
		struct attribute a;
		struct err e = { 0 };
		int r;

		((uint8_t *)s.p)[bad[i].off] = bad[i].value;
		while ((r = attribute_next(&left, &a, &e)) > 0)
			;
		cr_expect_eq(r, ERR_VALUE, "case %zu: %d", i, r);
		cr_expect_eq(e.at, bad[i].at, "case %zu: at 0x%llx", i,
			     (unsigned long long)e.at);
		if (bad[i].goes_on)
			cr_expect_eq(attribute_next(&left, &a, &e), 1);
		guard_free(s);
	}
}

/* 6 bytes of value make an attribute of 0x20 bytes, none one of 0x18.  */
Test(mft_record, an_attribute_ends_where_its_value_does)
{
	struct span s = guard_copy(record, 0xb0, 0);
	struct span left = { s.p + 0x38, 0xb0 - 0x38, 0x38 }, again = left;
	struct attribute a;

	cr_assert_eq(attribute_next(&left, &a, NULL), 1);
	cr_expect_not(a.loose);
	((uint8_t *)s.p)[0x48] = 0;
	cr_assert_eq(attribute_next(&again, &a, NULL), 1);
	cr_expect(a.loose);
	cr_expect_eq(a.value.n, 0);
	guard_free(s);
}

static const uint8_t marker[4] = { 0xff, 0xff, 0xff, 0xff };

/* A marker that a type was changed into hid all attributes behind it.  */
Test(mft_record, an_end_marker_before_the_end_hides_nothing)
{
	struct span s = guard_copy(record, 0xb0, 0);
	struct span left = { s.p + 0x38, 0xb0 - 0x38, 0x38 };
	struct attribute a;
	struct err e = { 0 };

	memcpy((uint8_t *)s.p + 0x38, marker, 4);
	cr_expect_eq(attribute_next(&left, &a, &e), ERR_VALUE);
	cr_expect_eq(e.at, 0x38);
	cr_assert_eq(attribute_next(&left, &a, &e), 1);
	cr_expect_eq(a.id, 4);
	cr_expect_eq(attribute_next(&left, &a, &e), 0);
	cr_expect_eq(attribute_next(&left, &a, &e), 0);
	guard_free(s);
}

/* The walk over the first @used bytes of the record, to its last answer.  */
static int walk_used(size_t used, uint64_t *ret_at)
{
	struct span s = guard_copy(record, used, 0);
	struct span left = { s.p + 0x38, used - 0x38, 0x38 };
	struct attribute a;
	struct err e = { .at = 0 };
	int r;

	while ((r = attribute_next(&left, &a, &e)) > 0)
		;
	*ret_at = e.at;
	guard_free(s);
	return r;
}

/* Fewer bytes in use than there are: the walk ended between two attributes as
 * if all was well.  */
Test(mft_record, attributes_end_with_a_marker_where_the_bytes_in_use_do)
{
	static const struct {
		size_t used;
		int r;
		uint64_t at;
	} rows[] = {
		{ 0xb0, 0, 0 }, { 0xac, 0, 0 },
		{ 0xa8, ERR_VALUE, 0xa8 },	/* no marker */
		{ 0x58, ERR_VALUE, 0x58 },	/* one attribute less */
		{ 0x38, ERR_VALUE, 0x38 },	/* none */
		{ 0xb8, ERR_VALUE, 0xa8 },	/* more than there are */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t at;

		cr_expect_eq(walk_used(rows[i].used, &at), rows[i].r,
			     "case %zu", i);
		cr_expect_eq(at, rows[i].at, "case %zu: 0x%llx", i,
			     (unsigned long long)at);
	}
}

static void parse(struct span s)
{
	struct mft_record r;
	struct attribute a;
	struct span left;
	int code;

	if (mft_record_parse(s, &r, NULL) < 0)
		return;
	left = r.attributes;
	while ((code = attribute_next(&left, &a, NULL)) != 0) {
		if (code < 0)
			continue;
		span_is_zero(a.raw);
		span_is_zero(a.name);
		span_is_zero(a.value);
		span_is_zero(a.runs);
	}
}

Test(mft_record, survives_every_truncation_and_change)
{
	mutate(record, 0xb0, parse);
}

/* List entries as ntfs-3g writes them: 0x20 bytes, the name at 0x1a.  */
static const uint8_t list[] = {
	0x10, 0, 0, 0, 0x20, 0, 0, 0x1a, 0, 0, 0, 0, 0, 0, 0, 0,
	0x05, 0, 0, 0, 0, 0, 0x01, 0, 2, 0, 0, 0, 0, 0, 0, 0,
	0xa0, 0, 0, 0, 0x28, 0, 4, 0x1a, 7, 0, 0, 0, 0, 0, 0, 0,
	0x99, 0, 0, 0, 0, 0, 0x03, 0, 1, 0, '$', 0, 'I', 0, '3', 0,
	'0', 0, 0, 0, 0, 0, 0, 0,
};

static void parse_list(struct span s)
{
	struct attribute_entry e;
	int r;

	while ((r = attribute_entry_next(&s, &e, NULL)) != 0)
		if (r > 0)
			span_is_zero(e.name);
}

Test(attribute_list, decodes_its_entries)
{
	struct span s = guard_copy(list, sizeof(list), 0), left = s;
	struct attribute_entry e;
	struct err err;

	cr_assert_eq(attribute_entry_next(&left, &e, NULL), 1);
	cr_expect_eq(e.type, 0x10);
	cr_expect_eq(e.ref, 0x0001000000000005);
	cr_expect_eq(e.id, 2);
	cr_expect_eq(e.name.n, 0);
	cr_assert_eq(attribute_entry_next(&left, &e, NULL), 1);
	cr_expect_eq(e.type, 0xa0);
	cr_expect_eq(e.first_vcn, 7);
	cr_expect_eq(e.ref, 0x0003000000000099);
	cr_expect_eq(e.id, 1);
	cr_expect(utf16_equals_ascii(e.name, "$I30"));
	cr_expect_eq(attribute_entry_next(&left, &e, NULL), 0);

	((uint8_t *)s.p)[0x24] = 0x19;	/* shorter than its fields */
	left = s;
	cr_assert_eq(attribute_entry_next(&left, &e, NULL), 1);
	cr_expect_eq(attribute_entry_next(&left, &e, &err), ERR_VALUE);
	cr_expect_eq(err.at, 0x24);
	guard_free(s);
	mutate(list, sizeof(list), parse_list);
}

static size_t read_file(const char *path, uint8_t *buf, size_t n)
{
	FILE *f = fopen(path, "rb");
	size_t got = f != NULL ? fread(buf, 1, n, f) : 0;

	if (f != NULL)
		fclose(f);
	return got;
}

/* The record of a symbolic link that Windows 10 made, from raw bytes to the
 * names in it.  Facts: tests of dfir_ntfs.  */
Test(mft_record, reads_the_record_of_a_real_symbolic_link)
{
	const char *path = shared_data("msuhanov__dfir_ntfs/test_data/rp.bin");
	struct arena *arena = arena_new();
	struct standard_information si = { 0 };
	struct file_name fn = { 0 };
	struct reparse rp = { 0 };
	struct mft_record r;
	struct attribute a;
	struct span left;
	uint8_t buf[1024];
	unsigned array;

	if (path == NULL)
		cr_skip_test("no shared data");
	cr_assert_eq(read_file(path, buf, sizeof(buf)), 1024);
	cr_assert_eq(multi_sector_fix(buf, 1024, 0, &array, NULL), 0);
	cr_assert_eq(mft_record_parse((struct span){ buf, 1024, 0 }, &r,
				      NULL), 0);
	cr_expect_eq(r.number, 106);
	left = r.attributes;
	while (attribute_next(&left, &a, NULL) > 0) {
		if (a.type == ATTRIBUTE_STANDARD_INFORMATION)
			standard_information_parse(a.value, &si, NULL);
		if (a.type == ATTRIBUTE_FILE_NAME)
			file_name_parse(a.value, &fn, NULL);
		if (a.type == ATTRIBUTE_REPARSE_POINT)
			cr_expect_eq(reparse_parse(a.value, &rp, NULL), 0);
	}
	cr_expect_eq(si.attributes, 0x420, "archive, reparse point");
	cr_expect_str_eq(text_from_utf16(arena, fn.name).utf8, "link.txt");
	cr_expect_eq(fn.parent, 0x0005000000000005, "the root");
	cr_expect_eq(rp.kind, REPARSE_SYMLINK);
	cr_expect_eq(rp.symlink_flags, 1);
	cr_expect_str_eq(text_from_utf16(arena, rp.substitute_name).utf8,
			 "target.txt");
	arena_free(arena);
}
