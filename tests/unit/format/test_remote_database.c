#include <criterion/criterion.h>

#include <string.h>

#include "format/remote_database.h"
#include "lib/guard.h"

/* An entry with a name of three characters and an id of two bytes, and the
 * first bytes of another.  */
static const uint8_t entry[] = {
	0x1a, 0, 0, 0,		/* size: 26 */
	2, 0, 0, 0,		/* reference count */
	0x10, 0, 6, 0,		/* name: offset, length */
	0x16, 0, 2, 0,		/* unique id: offset, length */
	'a', 0, 'b', 0, 'c', 0,
	0x77, 0x88,
	0, 0,			/* the entry's own padding */
	0x1a, 0, 0,
};
#define ENTRY_BYTES 26

Test(remote_database, reads_an_entry_and_leaves_the_next)
{
	struct span s = guard_copy(entry, sizeof(entry), 0x400);
	struct remote_database_entry e;

	cr_assert_eq(remote_database_parse(s, &e, NULL), 0);
	cr_expect_eq(e.size, ENTRY_BYTES);
	cr_expect_eq(e.references, 2);
	cr_expect_eq(e.name.n, 6);
	cr_expect_eq(e.name.at, 0x410);
	cr_expect_arr_eq(e.name.p, "a\0b\0c", 6);
	cr_expect_eq(e.unique_id.n, 2);
	cr_expect_arr_eq(e.unique_id.p, "\x77\x88", 2);
	guard_free(s);
}

Test(remote_database, survives_every_truncation)
{
	for (size_t n = 0; n < ENTRY_BYTES; n++) {
		struct span s = guard_copy(entry, n, 0x400);
		struct remote_database_entry ret;
		struct err e = { 0 };

		cr_assert_eq(remote_database_parse(s, &ret, &e),
			     ERR_TRUNCATED, "%zu", n);
		cr_expect_eq(e.at, 0x400);
		cr_expect_eq(e.want, n < 16 ? 16 : ENTRY_BYTES);
		cr_expect_eq(e.got, n);
		guard_free(s);
	}
}

Test(remote_database, survives_every_byte_changed)
{
	for (size_t at = 0; at < sizeof(entry); at++)
		for (unsigned x = 1; x < 256; x++) {
			struct span s = guard_copy(entry, sizeof(entry), 0);
			struct remote_database_entry e;

			((uint8_t *)s.p)[at] ^= (uint8_t)x;
			if (remote_database_parse(s, &e, NULL) == 0) {
				cr_expect_leq(e.name.at + e.name.n, e.size);
				cr_expect_leq(e.unique_id.at + e.unique_id.n,
					      e.size);
				cr_expect_leq(e.size, sizeof(entry));
			}
			guard_free(s);
		}
}

/* Each change of one field, and what it makes of the entry.  */
Test(remote_database, an_entry_that_does_not_check_out_is_refused)
{
	static const struct {
		size_t at;
		uint8_t value;
		int result;
	} rows[] = {
		{ 0, 0, ERR_VALUE },		/* size 0: would never end */
		{ 0, 15, ERR_VALUE },
		{ 0, 0x1e, ERR_TRUNCATED },	/* one more than there is */
		{ 3, 0x80, ERR_TRUNCATED },
		{ 8, 0x0f, ERR_VALUE },		/* name inside the head */
		{ 8, 0x15, ERR_VALUE },		/* name past the end */
		{ 11, 0xff, ERR_VALUE },
		{ 12, 0x19, ERR_VALUE },
		{ 13, 0xff, ERR_VALUE },
		{ 10, 0, 0 },			/* no name, no id: odd, */
		{ 14, 0, 0 },			/* but nothing is wrong */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span s = guard_copy(entry, sizeof(entry), 0x400);
		struct remote_database_entry ret;
		struct err e = { .at = 0x400 };

		((uint8_t *)s.p)[rows[i].at] = rows[i].value;
		cr_expect_eq(remote_database_parse(s, &ret, &e), rows[i].result,
			     "row %zu", i);
		cr_expect_eq(e.at, 0x400);
		guard_free(s);
	}
}
