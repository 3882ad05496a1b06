#include <criterion/criterion.h>

#include <string.h>

#include "base/utf16.h"
#include "format/file_name.h"
#include "format/index.h"
#include "format/volume_information.h"
#include "lib/guard.h"
#include "lib/mutate.h"

/* The root of $R with one key, whose entry is that of a junction on a real
 * volume (record 406, sequence 3), and a closing entry with a sub-node.  */
static const uint8_t root_r[] = {
	/* 0x00 */ 0, 0, 0, 0, 0x13, 0, 0, 0,	/* no type, collation */
	/* 0x08 */ 0, 0x10, 0, 0, 1, 0, 0, 0,	/* 4096 bytes in a block */
	/* 0x10 */ 0x10, 0, 0, 0, 0x48, 0, 0, 0,	/* entries, used */
	/* 0x18 */ 0x48, 0, 0, 0, 1, 0, 0, 0,	/* allocated, has sub-nodes */
	/* 0x20 */ 0x1c, 0, 0, 0, 0, 0, 0, 0,	/* data at 0x1c, 0 bytes */
	/* 0x28 */ 0x20, 0, 0x0c, 0, 0, 0, 0, 0,	/* lengths, flags */
	/* 0x30 */ 0x03, 0, 0, 0xa0, 0x96, 0x01, 0, 0, 0, 0, 0x03, 0,
	/* 0x3c */ 0, 0, 0, 0,
	/* 0x40 */ 0, 0, 0, 0, 0, 0, 0, 0,
	/* 0x48 */ 0x18, 0, 0, 0, 3, 0, 0, 0,	/* last, sub-node */
	/* 0x50 */ 5, 0, 0, 0, 0, 0, 0, 0,	/* its VCN */
};

Test(index, reads_the_root_of_a_view)
{
	struct span s = guard_copy(root_r, sizeof(root_r), 0x100);
	struct index_root root;
	struct index_entry e;
	struct reparse_key key;
	struct err err;

	cr_assert_eq(index_root_parse(s, &root, NULL), 0);
	cr_expect_eq(root.type, 0);
	cr_expect_eq(root.collation, INDEX_COLLATION_ULONGS);
	cr_expect_eq(root.block_bytes, 4096);
	cr_expect(root.has_children);
	cr_expect_eq(root.entries.at, 0x120);
	cr_assert_eq(index_entry_next(&root.entries, true, &e, NULL), 1);
	cr_expect_not(e.last || e.has_child);
	cr_expect_eq(e.raw.at, 0x120);
	cr_expect_eq(e.raw.n, 0x20);
	cr_expect_eq(e.data.n, 0);
	cr_assert_eq(reparse_key_parse(e.key, &key, NULL), 0);
	cr_expect_eq(key.tag, 0xa0000003);
	cr_expect_eq(key.ref, 0x0003000000000196);
	cr_assert_eq(index_entry_next(&root.entries, true, &e, NULL), 1);
	cr_expect(e.last && e.has_child);
	cr_expect_eq(e.child, 5);
	/* Nothing stands behind the last entry.  */
	cr_expect_eq(index_entry_next(&root.entries, true, &e, &err),
		     ERR_TRUNCATED);
	cr_expect_eq(err.at, 0x158);
	guard_free(s);
}

/* A block of a directory, with one name.  */
static const uint8_t block_i30[] = {
	/* 0x00 */ 'I', 'N', 'D', 'X', 0x28, 0, 9, 0,	/* fix-up array */
	/* 0x08 */ 0, 0, 0, 0, 0, 0, 0, 0,		/* $LogFile number */
	/* 0x10 */ 0x07, 0, 0, 0, 0, 0, 0, 0,		/* its VCN */
	/* 0x18 */ 0x28, 0, 0, 0, 0x90, 0, 0, 0,	/* entries, used */
	/* 0x20 */ 0xe8, 0x0f, 0, 0, 0, 0, 0, 0,	/* allocated, a leaf */
	/* 0x28 */ 1, 0, 0, 0, 0, 0, 0, 0,		/* fix-up array */
	/* 0x30 */ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	/* 0x40 */ 0x2a, 0, 0, 0, 0, 0, 0x02, 0,	/* file reference */
	/* 0x48 */ 0x58, 0, 0x48, 0, 0, 0, 0, 0,	/* lengths, flags */
	/* 0x50 */ 0x05, 0, 0, 0, 0, 0, 0x05, 0,	/* parent */
	/* 0x58 */ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	/* 0x68 */ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	/* 0x78 */ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	/* 0x88 */ 0x16, 0, 0, 0x10, 0, 0, 0, 0,	/* directory, hidden */
	/* 0x90 */ 3, 1, 'M', 0, 'n', 0, 't', 0,	/* Win32 name */
	/* 0x98 */ 0, 0, 0, 0, 0, 0, 0, 0,		/* the last entry */
	/* 0xa0 */ 0x10, 0, 0, 0, 2, 0, 0, 0,
};

Test(index, reads_a_block_of_a_directory)
{
	struct span s = guard_copy(block_i30, sizeof(block_i30), 0);
	struct index_block b;
	struct index_entry e;
	struct file_name fn;

	cr_assert_eq(index_block_parse(s, &b, NULL), 0);
	cr_expect_eq(b.vcn, 7);
	cr_expect_not(b.has_children);
	cr_assert_eq(index_entry_next(&b.entries, false, &e, NULL), 1);
	cr_expect_eq(e.ref, 0x000200000000002a);
	cr_assert_eq(file_name_parse(e.key, &fn, NULL), 0);
	cr_expect_eq(fn.parent, 0x0005000000000005);
	cr_expect_eq(fn.name_space, FILE_NAME_WIN32);
	cr_expect_eq(fn.attributes, 0x10000016);
	cr_expect(utf16_equals_ascii(fn.name, "Mnt"));
	cr_assert_eq(index_entry_next(&b.entries, false, &e, NULL), 1);
	cr_expect(e.last);
	guard_free(s);
}

Test(index, reports_impossible_values_with_their_place)
{
	static const struct {
		size_t off;
		uint8_t value;
		int code;
		uint64_t at;
	} bad[] = {
		{ 0x14, 0x49, ERR_VALUE, 0x14 },	/* used > there */
		{ 0x10, 0x08, ERR_VALUE, 0x10 },	/* in the node header */
		{ 0x10, 0x50, ERR_VALUE, 0x10 },	/* behind used */
		{ 0x28, 0x08, ERR_VALUE, 0x28 },	/* entry too short */
		{ 0x28, 0x21, ERR_VALUE, 0x28 },	/* not aligned */
		{ 0x29, 0x01, ERR_VALUE, 0x28 },	/* behind the node */
		{ 0x2a, 0x11, ERR_VALUE, 0x2a },	/* key behind its end */
		{ 0x22, 0x05, ERR_VALUE, 0x20 },	/* data likewise */
		{ 0x28, 0x28, ERR_VALUE, 0x28 },	/* longer than it is */
		{ 0x2c, 0x02, ERR_VALUE, 0x28 },	/* last, yet with key */
		{ 0x48, 0x10, ERR_TRUNCATED, 0x40 },	/* no room for a VCN */
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct span s = guard_copy(root_r, sizeof(root_r), 0);
		struct index_root root;
		struct index_entry e;
		struct err err = { 0 };
		int r;

		((uint8_t *)s.p)[bad[i].off] = bad[i].value;
		r = index_root_parse(s, &root, &err);
		while (r >= 0)
			r = index_entry_next(&root.entries, true, &e, &err);
		cr_expect_eq(r, bad[i].code, "case %zu: %d", i, r);
		cr_expect_eq(err.at, bad[i].at, "case %zu: at 0x%llx", i,
			     (unsigned long long)err.at);
		guard_free(s);
	}
}

Test(index, an_entry_can_be_read_without_its_length)
{
	struct span s = guard_copy(block_i30, sizeof(block_i30), 0);
	struct index_block b;
	struct index_entry e;
	struct file_name fn;

	((uint8_t *)s.p)[0x48] = 0xff;
	cr_assert_eq(index_block_parse(s, &b, NULL), 0);
	cr_expect_eq(index_entry_next(&b.entries, false, &e, NULL), ERR_VALUE);
	cr_expect_eq(b.entries.at, 0x40, "not moved");
	cr_assert_eq(index_entry_by_key(&b.entries, false, &e, NULL), 1);
	cr_expect_eq(e.raw.n, 0x58);
	cr_assert_eq(file_name_parse(e.key, &fn, NULL), 0);
	cr_expect(utf16_equals_ascii(fn.name, "Mnt"));
	cr_assert_eq(index_entry_by_key(&b.entries, false, &e, NULL), 1);
	cr_expect(e.last);
	cr_expect_eq(b.entries.n, 0);
	guard_free(s);
}

Test(index, a_block_needs_its_signature)
{
	struct index_block b;
	struct err e;
	uint8_t bytes[sizeof(block_i30)];

	memcpy(bytes, block_i30, sizeof(bytes));
	bytes[3] = 'Y';
	cr_expect_eq(index_block_parse((struct span){ bytes, sizeof(bytes),
						      0x3000 }, &b, &e),
		     ERR_MAGIC);
	cr_expect_eq(e.at, 0x3000);
	cr_expect_eq(e.want, 0x58444e49);
	cr_expect_eq(e.got, 0x59444e49);
}

static void walk(struct span entries, bool is_view)
{
	struct span again = entries;
	struct index_entry e;
	struct file_name fn;

	while (index_entry_by_key(&again, is_view, &e, NULL) > 0) {
		span_is_zero(e.raw);
		span_is_zero(e.key);
		span_is_zero(e.data);
	}
	while (index_entry_next(&entries, is_view, &e, NULL) > 0 && !e.last) {
		span_is_zero(e.raw);
		span_is_zero(e.key);
		span_is_zero(e.data);
		if (!is_view && file_name_parse(e.key, &fn, NULL) == 0)
			span_is_zero(fn.name);
	}
}

static void parse_root(struct span s)
{
	struct index_root root;

	if (index_root_parse(s, &root, NULL) == 0)
		walk(root.entries, true);
}

static void parse_block(struct span s)
{
	struct index_block b;

	if (index_block_parse(s, &b, NULL) == 0)
		walk(b.entries, false);
}

Test(index, survives_every_truncation_and_change)
{
	mutate(root_r, sizeof(root_r), parse_root);
	mutate(block_i30, sizeof(block_i30), parse_block);
}

Test(volume_information, decodes_version_and_flags)
{
	static const uint8_t vi[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 3, 1, 0x81, 0 };
	struct volume_information v;
	struct err e;

	cr_assert_eq(volume_information_parse((struct span){ vi, 12, 0 }, &v,
					      NULL), 0);
	cr_expect_eq(v.version_major, 3);
	cr_expect_eq(v.version_minor, 1);
	cr_expect_eq(v.flags, VOLUME_IS_DIRTY | 0x80);
	cr_expect_eq(volume_information_parse((struct span){ vi, 11, 64 }, &v,
					      &e), ERR_TRUNCATED);
	cr_expect_eq(e.at, 64);
	cr_expect_eq(e.want, 12);
}
