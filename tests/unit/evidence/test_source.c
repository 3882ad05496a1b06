#include <criterion/criterion.h>

#include "evidence/source.h"

/* A bottom source: image 3, without a place below.  */
static int root_read(struct source *s, uint64_t off, void *buf, size_t n,
		     struct err *reterr)
{
	(void)s;
	(void)reterr;
	for (size_t i = 0; i < n; i++)
		((uint8_t *)buf)[i] = (uint8_t)(off + i);
	return 0;
}

static const struct source_ops root_ops = { root_read, NULL, NULL };

Test(source, a_window_reads_and_cites_its_bytes_in_the_disk)
{
	struct source root = { .ops = &root_ops, .size = 1000, .image = 3 };
	struct source *w = source_window(&root, 100, 50);
	struct arena *a = arena_new();
	struct cites c = { 0 };
	uint8_t b[4];

	cr_assert_eq(source_read(w, 10, b, 4, NULL), 0);
	cr_expect_eq(b[0], 110);
	source_cite(w, 10, 4, "thing", a, &c);
	cr_assert_eq(c.n, 1);
	cr_expect_eq(c.list[0].image, 3);
	cr_expect_eq(c.list[0].offset, 110);
	cr_expect_eq(c.list[0].length, 4);
	source_free(w);
	arena_free(a);
}

Test(source, reading_past_the_end_says_where_and_how_much_is_there)
{
	struct source root = { .ops = &root_ops, .size = 1000 };
	struct source *w = source_window(&root, 990, 50);
	struct err e = { 0 };
	uint8_t b[64];

	cr_expect_eq(source_read(w, 48, b, 4, &e), ERR_TRUNCATED);
	cr_expect_eq(e.at, 48);
	cr_expect_eq(e.want, 4);
	cr_expect_eq(e.got, 2);
	/* Inside the window, but the disk is shorter than its table says.  */
	cr_expect_eq(source_read(w, 8, b, 4, &e), ERR_TRUNCATED);
	cr_expect_eq(e.at, 8);
	cr_expect_eq(source_read(w, UINT64_MAX, b, 4, &e), ERR_TRUNCATED);
	source_free(w);
}

Test(source, a_range_over_several_pieces_has_a_cite_for_each)
{
	struct source root = { .ops = &root_ops, .size = 1000, .image = 1 };
	struct source_piece pieces[] = {
		{ &root, 200, 10 }, { NULL, 0, 10 }, { &root, 100, 10 },
	};
	struct source *s = source_concat(pieces, 3);
	struct arena *a = arena_new();
	struct cites c = { 0 };
	uint8_t b[30];

	cr_assert_eq(s->size, 30);
	cr_assert_eq(source_read(s, 0, b, 30, NULL), 0);
	cr_expect_eq(b[9], 209);
	cr_expect_eq(b[10], 0);
	cr_expect_eq(b[20], 100);
	source_cite(s, 5, 20, "thing", a, &c);
	cr_assert_eq(c.n, 2);
	cr_expect_eq(c.list[0].offset, 205);
	cr_expect_eq(c.list[0].length, 5);
	cr_expect_eq(c.list[1].offset, 100);
	cr_expect_eq(c.list[1].length, 5);
	source_free(s);
	arena_free(a);
}
