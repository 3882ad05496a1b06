#include <criterion/criterion.h>
#include <stdlib.h>

#include "format/gzip.h"
#include "lib/guard.h"
#include "lib/mutate.h"

/* With all that a header can have, and the first byte behind it.  */
static const uint8_t full[] = {
	0x1f, 0x8b, 8, 0x1e, 1, 2, 3, 4, 0, 3,
	3, 0, 'x', 0, 'y',		/* extra field */
	'd', 'i', 's', 'k', 0,		/* file name */
	'c', 0,				/* comment */
	0x12, 0x34,			/* checksum */
	0x63,
};

Test(gzip, header_is_as_long_as_its_flags_say)
{
	static const struct {
		uint8_t flags;
		size_t bytes;
	} rows[] = {
		{ 0, 10 }, { 1, 10 }, { 2, 12 }, { 4, 15 }, { 6, 17 },
		{ 0x1c, 22 }, { 0x1e, 24 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint8_t b[sizeof(full)];
		size_t n = 0;

		memcpy(b, full, sizeof(b));
		b[3] = rows[i].flags;
		cr_expect_eq(gzip_header_parse((struct span){ b, sizeof(b), 0 },
					       &n, NULL), 0);
		cr_expect_eq(n, rows[i].bytes, "flags %x", rows[i].flags);
	}
}

Test(gzip, says_what_is_wrong_with_a_header_and_where)
{
	static const struct {
		size_t at;
		uint8_t value;
		enum err_code code;
		uint64_t err_at;
	} rows[] = {
		{ 0, 0x1e, ERR_MAGIC, 0x100 },
		{ 1, 0x8a, ERR_MAGIC, 0x100 },
		{ 2, 7, ERR_UNSUPPORTED, 0x102 },
		{ 3, 0x20, ERR_UNSUPPORTED, 0x102 },
		{ 11, 1, ERR_TRUNCATED, 0x10c },	/* extra field */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint8_t b[sizeof(full)];
		struct err e = { 0 };
		size_t n = 7;

		memcpy(b, full, sizeof(b));
		b[rows[i].at] = rows[i].value;
		cr_expect_eq(gzip_header_parse((struct span){ b, sizeof(b),
							      0x100 }, &n, &e),
			     rows[i].code, "%zu", i);
		cr_expect_eq(e.at, rows[i].err_at, "%zu", i);
		cr_expect_eq(n, 7);
	}
}

Test(gzip, header_survives_every_truncation)
{
	for (size_t n = 0; n < 24; n++) {
		struct span s = guard_copy(full, n, 0);
		size_t bytes;

		cr_expect_eq(gzip_header_parse(s, &bytes, NULL), ERR_TRUNCATED,
			     "%zu", n);
		guard_free(s);
	}
}

static void parse_any(struct span s)
{
	struct gzip_trailer t;
	size_t n = 0;

	if (gzip_header_parse(s, &n, NULL) == 0)
		cr_expect(n >= 10 && n <= s.n);
	gzip_trailer_parse(s, &t, NULL);
}

Test(gzip, survives_every_changed_byte)
{
	mutate(full, sizeof(full), parse_any);
}

/* The longest header there can be is seen whole, unless a name has no end.  */
Test(gzip, header_can_have_the_longest_extra_field)
{
	uint8_t *b = calloc(1, GZIP_MAX_HEADER_BYTES);
	size_t n = 0;

	memcpy(b, "\x1f\x8b\x08\x04\0\0\0\0\0\3\xff\xff", 12);
	cr_expect_eq(gzip_header_parse((struct span){
		b, GZIP_MAX_HEADER_BYTES, 0 }, &n, NULL), 0);
	cr_expect_eq(n, 12 + 65535);
	free(b);
}

Test(gzip, trailer_is_little_endian)
{
	static const uint8_t b[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	struct gzip_trailer t;

	cr_expect_eq(gzip_trailer_parse((struct span){ b, 7, 9 }, &t, NULL),
		     ERR_TRUNCATED);
	cr_assert_eq(gzip_trailer_parse((struct span){ b, 8, 9 }, &t, NULL), 0);
	cr_expect_eq(t.crc32, 0x04030201);
	cr_expect_eq(t.size, 0x08070605);
}
