#include <criterion/criterion.h>

#include "base/diag.h"

static const struct diag_kind kind_a = { "CM9901", SEVERITY_INFO, "a", false };
static const struct diag_kind kind_b = { "CM9902", SEVERITY_ERROR, "b", true };

Test(diag, a_finding_keeps_its_sentence_and_its_places)
{
	struct arena *a = arena_new();
	struct diag_list d = { .arena = a };
	struct diag *f = diag_add(&d, &kind_a, "entry %d is damaged", 3);

	cr_assert_not_null(f);
	cites_add(a, &f->cites, (struct cite){ 1, 512, 16, "entry", NULL, false, false });
	cites_add(a, &f->cites, (struct cite){ 1, 1024, 8, "entry", "\\f", false, false });
	diag_add(&d, &kind_b, "other");
	cr_assert_eq(d.n, 2);
	cr_expect_str_eq(d.list[0].message, "entry 3 is damaged");
	cr_expect_eq(d.list[0].kind, &kind_a);
	cr_assert_eq(d.list[0].cites.n, 2);
	cr_expect_eq(d.list[0].cites.list[1].offset, 1024);
	cr_expect_eq(d.list[1].cites.n, 0);
	cr_expect_not(d.lost);
	arena_free(a);
}

Test(diag, a_sentence_begins_with_the_place_that_is_looked_at)
{
	struct arena *a = arena_new();
	struct diag_list d = { .arena = a, .where = "disk1 (b.raw)" };

	diag_add(&d, &kind_a, "Entry %d is damaged.", 3);
	d.where = NULL;
	diag_add(&d, &kind_a, "Nothing is there.");
	cr_assert_eq(d.n, 2);
	cr_expect_str_eq(d.list[0].message,
			 "disk1 (b.raw): Entry 3 is damaged.");
	cr_expect_str_eq(d.list[1].message, "Nothing is there.");
	arena_free(a);
}

Test(diag, of_each_kind_so_many_are_kept_and_all_are_counted)
{
	struct arena *a = arena_new();
	struct diag_list d = { .arena = a };

	for (int i = 0; i < DIAG_MAX_PER_KIND; i++)
		cr_assert_not_null(diag_add(&d, &kind_a, "%d", i));
	cr_expect_null(diag_add(&d, &kind_a, "one too many"));
	cr_expect_not_null(diag_add(&d, &kind_b, "of another kind"));
	cr_expect_eq(d.n, DIAG_MAX_PER_KIND + 1);
	cr_expect_eq(diag_count(&d, &kind_a), DIAG_MAX_PER_KIND + 1);
	cr_expect_eq(diag_count(&d, &kind_b), 1);
	cr_expect_not(d.lost, "counted is not lost");
	arena_free(a);
}

Test(diag, joined_places_come_behind)
{
	struct arena *a = arena_new();
	struct cites one = { 0 }, two = { 0 };

	cites_add(a, &one, (struct cite){ .offset = 1 });
	cites_add(a, &two, (struct cite){ .offset = 2 });
	cites_add(a, &two, (struct cite){ .offset = 3 });
	cites_join(a, &one, &two);
	cr_assert_eq(one.n, 3);
	cr_expect_eq(one.list[0].offset, 1);
	cr_expect_eq(one.list[2].offset, 3);
	cr_expect_eq(two.n, 2);
	arena_free(a);
}
