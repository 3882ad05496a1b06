/*
 * test_record_slot.c - slots of dynamic disks and of storage pools, built byte
 * by byte
 */
#include "format/record_slot.h"

#include <criterion/criterion.h>
#include <string.h>

#include "lib/mutate.h"

static const uint8_t vblk[] = {
	'V', 'B', 'L', 'K', 0, 0, 0, 4, 0, 0, 0, 9, 0, 1, 0, 2, 0xaa, 0xbb,
};

static int parse(const uint8_t *p, size_t n, struct record_slot *ret,
		 struct err *reterr)
{
	return record_slot_parse((struct span){ p, n, 640 }, "VBLK", ret,
				 reterr);
}

Test(record_slot, decodes_a_fragment)
{
	struct record_slot s;

	cr_assert_eq(parse(vblk, sizeof(vblk), &s, NULL), 0);
	cr_expect_eq(s.at, 640);
	cr_expect_eq(s.number, 4);
	cr_expect_eq(s.record, 9);
	cr_expect_eq(s.fragment, 1);
	cr_expect_eq(s.n_fragments, 2);
	cr_expect_eq(s.content.n, 2);
	cr_expect_eq(s.content.at, 656);
}

Test(record_slot, refuses_a_fragment_behind_the_last)
{
	uint8_t wrong[sizeof(vblk)];
	struct record_slot s;
	struct err e;

	memcpy(wrong, vblk, sizeof(vblk));
	wrong[13] = 2;
	cr_expect_eq(parse(wrong, sizeof(wrong), &s, &e), ERR_VALUE);
	cr_expect_eq(e.at, 652);
	cr_expect_eq(e.got, 2);
	/* A free slot has no fragments at all.  */
	wrong[15] = 0;
	cr_assert_eq(parse(wrong, sizeof(wrong), &s, NULL), 0);
	cr_expect_eq(s.n_fragments, 0);
}

Test(record_slot, refuses_a_slot_of_the_other_kind)
{
	uint8_t sdbb[] = "SDBB\0\0\0\11\0\0\0\10\0\1\0\2";
	struct span s = { sdbb, 16, 0 };
	struct record_slot r;
	struct err e;

	cr_expect_eq(parse(sdbb, 16, &r, &e), ERR_MAGIC);
	cr_assert_eq(record_slot_parse(s, "SDBB", &r, NULL), 0);
	cr_expect_eq(r.number, 9);
	cr_expect_eq(r.record, 8);
	cr_expect_eq(r.content.n, 0);
	cr_expect_eq(parse(vblk, 15, &r, &e), ERR_TRUNCATED);
}

static void parse_both(struct span s)
{
	struct record_slot r;

	(void)record_slot_parse(s, "VBLK", &r, NULL);
	(void)record_slot_parse(s, "SDBB", &r, NULL);
}

Test(record_slot, survives_every_truncation_and_changed_byte)
{
	mutate(vblk, sizeof(vblk), parse_both);
}
