#include <criterion/criterion.h>

#include <string.h>

#include "evidence/striped.h"
#include "lib/bytes_source.h"

#define CHUNK 4

/* Chunks of a striped volume over two columns, by the letter of their place in
 * the volume.  */
Test(striped, reads_columns_in_turn)
{
	struct bytes_source a = bytes_source("AAAACCCC", 8);
	struct bytes_source b = bytes_source("BBBBDDDD", 8);
	struct source *columns[] = { &a.source, &b.source };
	struct source *s = source_striped(columns, 2, CHUNK, 16);
	char got[17] = "";

	cr_assert_eq(source_read(s, 0, got, 16, NULL), 0);
	cr_expect_str_eq(got, "AAAABBBBCCCCDDDD");
	cr_assert_eq(source_read(s, 3, got, 10, NULL), 0);
	got[10] = '\0';
	cr_expect_str_eq(got, "ABBBBCCCCD");
	source_free(s);
}

/*
 * RAID-5 over three columns, as Windows lays it out: the parity of row 0 is in
 * the last column, of row 1 in the one before, of row 2 in the first; the data
 * of a row goes on behind its parity.  Rows: A B | D C' ... see the columns.
 */
static const char data[] = "AAAABBBBCCCCDDDDEEEEFFFF";

static void parity(char *to, const char *x, const char *y)
{
	for (int i = 0; i < CHUNK; i++)
		to[i] = (char)(x[i] ^ y[i]);
}

static void make_columns(char column[3][12])
{
	/* Row 0: A B p.  */
	memcpy(column[0], "AAAA", 4);
	memcpy(column[1], "BBBB", 4);
	parity(column[2], "AAAA", "BBBB");
	/* Row 1: D p C: data begins behind the parity, in the last column.  */
	memcpy(column[2] + 4, "CCCC", 4);
	memcpy(column[0] + 4, "DDDD", 4);
	parity(column[1] + 4, "CCCC", "DDDD");
	/* Row 2: p E F.  */
	memcpy(column[1] + 8, "EEEE", 4);
	memcpy(column[2] + 8, "FFFF", 4);
	parity(column[0] + 8, "EEEE", "FFFF");
}

/* With all columns, and without each of them.  */
Test(striped, reads_raid5_with_any_one_column_missing)
{
	char bytes[3][12];

	make_columns(bytes);
	for (int missing = -1; missing < 3; missing++) {
		struct bytes_source b[3];
		struct source *columns[3], *s;
		char got[25] = "";

		for (int i = 0; i < 3; i++) {
			b[i] = bytes_source(bytes[i], 12);
			columns[i] = i == missing ? NULL : &b[i].source;
		}
		s = source_raid5(columns, 3, CHUNK, 24);
		cr_assert_eq(source_read(s, 0, got, 24, NULL), 0);
		cr_expect_str_eq(got, data, "without %d", missing);
		cr_assert_eq(source_read(s, 6, got, 13, NULL), 0);
		cr_expect_arr_eq(got, data + 6, 13, "without %d", missing);
		source_free(s);
	}
}

Test(striped, tells_which_byte_of_raid5_lies_at_a_place)
{
	char bytes[3][12];
	size_t n = 0;
	uint64_t at;

	make_columns(bytes);
	for (size_t c = 0; c < 3; c++)
		for (size_t i = 0; i < 12; i++) {
			const bool is_data = source_raid5_byte(3, CHUNK, c, i,
							       &at);

			n += is_data;
			cr_assert_lt(at, 24);
			cr_expect_eq(bytes[c][i], is_data ? data[at] :
				     data[at] ^ data[at + CHUNK],
				     "byte %zu of column %zu", i, c);
			cr_expect_eq(at % CHUNK, i % CHUNK);
		}
	cr_expect_eq(n, 24);
	cr_expect(source_raid5_byte(3, 1, 0, UINT64_MAX / 3 * 3, &at) ||
		  at == UINT64_MAX);
	cr_expect_eq(at, UINT64_MAX);
}

/* What was made of other bytes lies nowhere; the rest is cited where it is.  */
Test(striped, cites_only_bytes_that_are_there)
{
	char bytes[3][12];
	struct bytes_source b[3];
	struct source *columns[3], *s;
	struct arena *a = arena_new();
	struct cites c = { 0 };

	make_columns(bytes);
	for (int i = 0; i < 3; i++) {
		b[i] = bytes_source(bytes[i], 12);
		columns[i] = &b[i].source;
	}
	columns[1] = NULL;
	s = source_raid5(columns, 3, CHUNK, 24);
	source_cite(s, 0, 16, "test", a, &c);
	cr_assert_eq(c.n, 3);
	cr_expect_eq(c.list[0].offset, 0);
	cr_expect_eq(c.list[0].length, 4);
	cr_expect_eq(c.list[1].offset, 4);
	cr_expect_eq(c.list[2].offset, 4);
	source_free(s);
	arena_free(a);
}

/* A column that ends too early is an error at the place in the volume.  */
Test(striped, tells_where_a_column_ends)
{
	struct bytes_source a = bytes_source("AAAACCCC", 8);
	struct bytes_source b = bytes_source("BBBB", 4);
	struct source *columns[] = { &a.source, &b.source };
	struct source *s = source_striped(columns, 2, CHUNK, 16);
	char got[16];
	struct err e;

	cr_expect_eq(source_read(s, 0, got, 16, &e), ERR_TRUNCATED);
	cr_expect_eq(e.at, 12);
	source_free(s);
}

Test(striped, refuses_numbers_that_cannot_be)
{
	struct source *columns[STRIPED_MAX_COLUMNS + 1] = { NULL };

	cr_expect_null(source_striped(columns, 0, CHUNK, 16));
	cr_expect_null(source_striped(columns, 2, 0, 16));
	cr_expect_null(source_striped(columns, STRIPED_MAX_COLUMNS + 1, CHUNK,
				      16));
	cr_expect_null(source_raid5(columns, 1, CHUNK, 16));
}
