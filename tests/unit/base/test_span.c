#include <criterion/criterion.h>

#include "base/bytes.h"
#include "base/checked.h"
#include "base/span.h"

static const uint8_t bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };

static struct span ten(void)
{
	return (struct span){ bytes, sizeof(bytes), 1000 };
}

Test(span, narrows_only_to_what_is_there)
{
	static const struct { uint64_t off, n; bool fits; } cases[] = {
		{ 0, 0, true }, { 0, 10, true }, { 10, 0, true }, { 9, 1, true },
		{ 0, 11, false }, { 10, 1, false }, { 11, 0, false },
		{ 1, UINT64_MAX, false }, { UINT64_MAX, 1, false },
		{ UINT64_MAX, UINT64_MAX, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span s = { NULL, 77, 77 };
		bool fits = span_sub(ten(), cases[i].off, cases[i].n, &s);

		cr_expect_eq(fits, cases[i].fits, "case %zu", i);
		cr_expect_eq(s.n, fits ? cases[i].n : 77, "case %zu", i);
		cr_expect_eq(s.at, fits ? 1000 + cases[i].off : 77, "case %zu",
			     i);
		cr_expect_eq(s.p, fits ? bytes + cases[i].off : NULL,
			     "case %zu", i);
	}
}

Test(span, compares_bytes_inside_only)
{
	static const uint8_t end[] = { 9, 10, 11 };

	cr_expect(span_has(ten(), 8, end, 2));
	cr_expect_not(span_has(ten(), 8, end, 3));
	cr_expect_not(span_has(ten(), 7, end, 2));
	cr_expect_not(span_is_zero(ten()));
	cr_expect(span_is_zero((struct span){ (const uint8_t[2]){ 0 }, 2, 0 }));
}

Test(span, views_a_struct_where_it_fits)
{
	const le32 *d = span_view(ten(), 6, le32);

	cr_assert_not_null(d);
	cr_expect_eq(get_le32(*d), 0x0a090807);
	cr_expect_null(span_view(ten(), 7, le32));
}

/* The bytes 1 to 8 read in both orders, as one would read them aloud.  */
Test(bytes, integers_are_read_and_written_in_both_orders)
{
	const struct { le16 a; be16 b; le32 c; be32 d; le64 e; be64 f; } x = {
		{ { 1, 2 } }, { { 1, 2 } },
		{ { 1, 2, 3, 4 } }, { { 1, 2, 3, 4 } },
		{ { 1, 2, 3, 4, 5, 6, 7, 8 } }, { { 1, 2, 3, 4, 5, 6, 7, 8 } },
	};

	cr_expect_eq(get_le16(x.a), 0x0201);
	cr_expect_eq(get_be16(x.b), 0x0102);
	cr_expect_eq(get_le32(x.c), 0x04030201);
	cr_expect_eq(get_be32(x.d), 0x01020304);
	cr_expect_eq(get_le64(x.e), 0x0807060504030201);
	cr_expect_eq(get_be64(x.f), 0x0102030405060708);
	cr_expect_eq(put_le16(0x0201).b[1], 2);
	cr_expect_eq(put_be16(0x0201).b[1], 1);
	cr_expect_arr_eq(put_le32(0x04030201).b, x.c.b, 4);
	cr_expect_arr_eq(put_be32(0x01020304).b, x.d.b, 4);
	cr_expect_arr_eq(put_le64(0x0807060504030201).b, x.e.b, 8);
	cr_expect_arr_eq(put_be64(0x0102030405060708).b, x.f.b, 8);
}

Test(cursor, reads_straight_through)
{
	struct cur c = cur_of(ten());
	struct err e = { 0 };

	cr_expect_eq(cur_u8(&c, "a"), 1);
	cr_expect_eq(cur_le16(&c, "b"), 0x0302);
	cr_expect_eq(cur_le32(&c, "c"), 0x07060504);
	cr_expect_eq(cur_take(&c, 3, "d").at, 1007);
	cr_expect_eq(c.left.n, 0);
	cr_expect_eq(cur_end(&c, &e), 0);
}

Test(cursor, remembers_the_first_field_that_did_not_fit)
{
	struct cur c = cur_of(ten());
	struct err e = { 0 };

	cr_expect_eq(cur_be64(&c, "first"), 0x0102030405060708);
	cr_expect_eq(cur_le32(&c, "second"), 0);
	cr_expect_eq(cur_u8(&c, "third"), 0, "sticky, though a byte is left");
	cr_expect_eq(cur_end(&c, &e), ERR_TRUNCATED);
	cr_expect_eq(e.at, 1008);
	cr_expect_str_eq(e.what, "second");
	cr_expect_eq(e.want, 4);
	cr_expect_eq(e.got, 2);
}

Test(checked, says_what_does_not_fit)
{
	static const struct { uint64_t a, b; bool add, mul; } cases[] = {
		{ 0, UINT64_MAX, true, true },
		{ 1, UINT64_MAX, false, true },
		{ 2, UINT64_MAX, false, false },
		{ UINT64_MAX, 0, true, true },
		{ 1ull << 32, 1ull << 32, true, false },
		{ 1ull << 32, (1ull << 32) - 1, true, true },
		{ 1ull << 63, 1ull << 63, false, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t sum = 7, product = 7;
		__extension__ typedef unsigned __int128 wide;
		wide a = cases[i].a, b = cases[i].b;

		cr_expect_eq(checked_add(cases[i].a, cases[i].b, &sum),
			     cases[i].add, "case %zu", i);
		cr_expect(sum == (cases[i].add ? a + b : 7), "case %zu", i);
		cr_expect_eq(checked_mul(cases[i].a, cases[i].b, &product),
			     cases[i].mul, "case %zu", i);
		cr_expect(product == (cases[i].mul ? a * b : 7), "case %zu", i);
	}
	cr_expect(range_fits(10, 0, 10));
	cr_expect_not(range_fits(10, 1, 10));
	cr_expect_not(range_fits(11, 0, 10));
	cr_expect_not(range_fits(5, UINT64_MAX, 10));
}
