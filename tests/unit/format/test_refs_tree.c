#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "format/refs_tree.h"
#include "lib/guard.h"
#include "lib/test_refs.h"

static const struct test_refs kinds[] = {
	{ .major = 1, .minor = 2, .cluster_bytes = 65536, .ref_bytes = 24,
	  .label = "One" },
	{ .major = 3, .minor = 14, .cluster_bytes = 4096, .ref_bytes = 48,
	  .indirect = true, .label = "Three" },
};

static struct refs_layout layout_of(const uint8_t *p)
{
	struct refs_layout l;
	struct refs_boot b;

	cr_assert_eq(refs_boot_parse((struct span){ p, 512, 0 }, &b, NULL), 0);
	cr_assert(refs_layout_of(&b, &l));
	return l;
}

/* All that is done with the bytes of @s, whatever they are: never a crash, and
 * whatever is found lies within them.  */
static void try(struct span s, const struct refs_layout *l, uint64_t block)
{
	struct refs_superblock sb;
	struct refs_checkpoint c;
	struct refs_node n;
	struct refs_ref refs[2];
	struct span value, label;
	uint64_t first;

	(void)refs_superblock_parse(s, l, block, &sb, NULL);
	if (refs_checkpoint_parse(s, l, block, &c, NULL) == 0)
		cr_expect_leq(c.n, REFS_ROOTS);
	if (refs_node_parse(s, l, &n, NULL) < 0)
		return;
	for (enum refs_key k = REFS_KEY_CONTAINER; k <= REFS_KEY_RECORD; k++)
		for (uint64_t want = 0; want < 0x520; want += 0x10) {
			cr_expect_leq(refs_branch_find(&n, k, want, l, refs,
						       NULL), 2);
			if (refs_leaf_find(&n, k, want, &value, NULL) < 0)
				continue;
			cr_expect(value.at >= s.at && value.n <= s.n &&
				  value.at - s.at <= s.n - value.n);
			(void)refs_object_parse(value, l, refs, NULL);
			(void)refs_container_parse(value, want, l, &first,
						   NULL);
			if (refs_label_parse(value, &label, NULL) == 0)
				cr_expect_leq(label.n, value.n);
		}
}

static void mutate(const uint8_t *page, size_t n, const struct refs_layout *l,
		   uint64_t block, size_t used)
{
	uint8_t *copy = malloc(n);

	cr_assert_not_null(copy);
	for (size_t i = 0; i < n; i += i < used ? 1 : 61) {
		struct span s = guard_copy(page, i, 0x10000);

		try(s, l, block);
		guard_free(s);
	}
	for (size_t i = 0; i < n; i++) {
		struct span s;

		if (i == used && n > used + 64)
			i = n - 64;
		memcpy(copy, page, n);
		copy[i] ^= i % 2 != 0 ? 0xff : 0x14;
		s = guard_copy(copy, n, 0x10000);
		try(s, l, block);
		guard_free(s);
	}
	free(copy);
}

Test(refs_tree, survives_every_truncation_and_changed_byte, .timeout = 600)
{
	for (size_t i = 0; i < 2; i++) {
		struct test_refs_places at;
		uint8_t *p = test_refs_volume(&kinds[i], &at);
		const struct refs_layout l = layout_of(p);
		const size_t node = (size_t)l.block_bytes * l.page_blocks;

		mutate(p + at.superblock, l.block_bytes, &l, 0x1e, 0x180);
		mutate(p + at.checkpoints[1], l.block_bytes, &l, 0x21, 0x180);
		mutate(p + at.leaf, node, &l, 0, 0x180);
		mutate(p + at.objects, node, &l, 0, 0x100);
		mutate(p + at.info, node, &l, 0, 0x100);
		if (l.major == 3)
			mutate(p + at.containers, node, &l, 0, 0x180);
		free(p);
	}
}

Test(refs_tree, layouts_are_those_that_are_described)
{
	struct refs_boot b = { .major = 3, .minor = 4, .cluster_bytes = 4096 };
	struct refs_layout l;

	cr_assert(refs_layout_of(&b, &l));
	cr_expect_eq(l.block_bytes, 4096);
	cr_expect_eq(l.page_blocks, 4);
	cr_expect_eq(l.container_shift, 14);	/* 64 MiB */
	b.cluster_bytes = 65536;
	cr_assert(refs_layout_of(&b, &l));
	cr_expect_eq(l.page_blocks, 1);
	cr_expect_eq(l.container_shift, 10);
	b.major = 1;
	cr_assert(refs_layout_of(&b, &l));
	cr_expect_eq(l.block_bytes, 16384);
	b.cluster_bytes = 4096;
	cr_expect_not(refs_layout_of(&b, &l));
}

/* Of a checkpoint of version 1.2.  */
Test(refs_tree, says_what_of_a_checkpoint_is_wrong)
{
	static const struct {
		size_t at;
		int code;
		uint64_t err_at;
	} cases[] = {
		{ 0x00, ERR_VALUE, 0x00 },	/* block */
		{ 0x39, ERR_UNSUPPORTED, 0x90a },	/* all zeros there */
		{ 0x100, ERR_VALUE, 0x100 },	/* reference to itself */
		{ 0x10a, ERR_UNSUPPORTED, 0x10a },
		{ 0x10b, ERR_VALUE, 0x10b },
		{ 0x10c, ERR_VALUE, 0x10c },
		{ 0x110, ERR_CHECKSUM, 0 },
		{ 0x40, ERR_CHECKSUM, 0 },	/* clock */
	};
	struct test_refs_places at;
	uint8_t *p = test_refs_volume(&kinds[0], &at);
	const struct refs_layout l = layout_of(p);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t *page = p + at.checkpoints[1];
		struct refs_checkpoint c;
		struct err e = { 0 };

		page[cases[i].at] ^= 0x08;
		cr_expect_eq(refs_checkpoint_parse((struct span){
				page, l.block_bytes, 0x84000 }, &l, 0x21, &c,
				&e), cases[i].code, "case %zu: %d", i, e.code);
		cr_expect_eq(e.at, 0x84000 + cases[i].err_at, "case %zu: %#lx",
			     i, (long)e.at);
		page[cases[i].at] ^= 0x08;
	}
	free(p);
}

/* Values that end where memory does.  */
Test(refs_tree, values_are_not_read_beyond_their_end)
{
	const uint8_t label[] = { 'a', 0, 'b', 0, 0, 0, 'c', 0 };
	const struct refs_layout l = { 3, 4096, 4, 14 };
	uint8_t value[160] = { [0x19] = 0x40, [0x90] = 0x07 };
	struct refs_ref ref;
	uint64_t first = 0;
	struct span s, got;

	for (size_t n = 0; n <= sizeof(label); n++) {
		s = guard_copy(label, n, 0x100);
		cr_expect_eq(refs_label_parse(s, &got, NULL),
			     n % 2 != 0 ? ERR_VALUE : 0);
		if (n % 2 == 0)
			cr_expect_eq(got.n, n < 4 ? n : 4);
		guard_free(s);
	}
	for (size_t n = 0; n <= sizeof(value); n++) {
		s = guard_copy(value, n, 0x100);
		(void)refs_container_parse(s, 0, &l, &first, NULL);
		cr_expect_lt(refs_object_parse(s, &l, &ref, NULL), 0);
		cr_expect_lt(refs_ref_parse(s, &l, &ref, NULL), 0);
		guard_free(s);
	}
	cr_expect_eq(first, 7);
}

/* A branch whose key of one byte ends the page.  */
Test(refs_tree, keys_are_not_read_beyond_their_end)
{
	const struct refs_layout l = { 3, 4096, 4, 14 };
	uint8_t page[0x58 + 0x20 + 4 + 17] = {
		'M', 'S', 'B', '+', [0x50] = 8,
		[0x58] = 0x24, [0x5c] = 0x35,		/* rows */
		[0x65] = 1, [0x68] = 0x20, [0x6c] = 1,	/* where: below */
		[0x78] = 0x24,
		[0x7c] = 17, [0x80] = 16, [0x82] = 1,
	};
	struct span s = guard_copy(page, sizeof(page), 0);
	struct refs_ref refs[2];
	struct refs_node n;
	struct err e = { 0 };

	cr_assert_eq(refs_node_parse(s, &l, &n, NULL), 0);
	cr_expect_eq(refs_branch_find(&n, REFS_KEY_OBJECT, 1, &l, refs, &e),
		     ERR_VALUE);
	cr_expect_eq(e.at, 0x8c);
	guard_free(s);
}
