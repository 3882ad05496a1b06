#include <criterion/criterion.h>

#include <string.h>

#include "format/quota.h"
#include "lib/guard.h"

/* The entry of the administrators on a volume that Windows has just made, with
 * limits put in: 10 and 20 MiB.  */
static const uint8_t key[] = { 0x00, 0x01, 0, 0 };
static const uint8_t data[] = {
	2, 0, 0, 0,			/* version */
	0x02, 0, 0, 0,			/* flags: limit reached */
	0x00, 0x10, 0x40, 0x01, 0, 0, 0, 0,	/* used: 20 MiB + 4 KiB */
	0x00, 0x80, 0x3e, 0xd5, 0xde, 0xb1, 0x9d, 0x01, /* 1970-01-01 */
	0x00, 0x00, 0xa0, 0, 0, 0, 0, 0,	/* threshold */
	0x00, 0x00, 0x40, 0x01, 0, 0, 0, 0,	/* limit */
	1, 0, 0, 0, 0, 0, 0, 0,			/* exceeded */
	1, 2, 0, 0, 0, 0, 0, 5,			/* S-1-5, two parts */
	0x20, 0, 0, 0, 0x20, 0x02, 0, 0,	/* 32, 544 */
};

static struct span span_of(const uint8_t *p, size_t n)
{
	return (struct span){ p, n, 0 };
}

Test(quota, an_entry_has_its_fields)
{
	char buf[SID_TEXT_BYTES];
	struct quota q;
	struct err e;

	cr_assert_eq(quota_parse(span_of(key, 4), span_of(data, sizeof(data)),
				 &q, &e), 0);
	cr_expect_eq(q.owner, QUOTA_FIRST_USER);
	cr_expect_eq(q.flags, QUOTA_LIMIT_REACHED);
	cr_expect_eq(q.used, 20975616);
	cr_expect_eq(q.changed, 116444736000000000u);
	cr_expect_eq(q.threshold, 10485760);
	cr_expect_eq(q.limit, 20971520);
	cr_expect_eq(q.exceeded, 1);
	cr_expect_str_eq(sid_text(q.sid, buf), "S-1-5-32-544");
}

Test(quota, the_defaults_have_no_sid_and_may_have_no_limit)
{
	uint8_t none[0x30] = { 2 };
	char buf[SID_TEXT_BYTES];
	struct quota q;

	memset(none + 0x18, 0xff, 16);
	cr_assert_eq(quota_parse(span_of(key, 4), span_of(none, sizeof(none)),
				 &q, NULL), 0);
	cr_expect_eq(q.threshold, -1);
	cr_expect_eq(q.limit, -1);
	cr_expect_eq(q.sid.n, 0);
	cr_expect_null(sid_text(q.sid, buf));
	memset(none + 0x18, 0, 7);
	none[0x1f] = 0x80;
	quota_parse(span_of(key, 4), span_of(none, sizeof(none)), &q, NULL);
	cr_expect_eq(q.threshold, INT64_MIN);
}

Test(quota, another_version_is_refused_at_its_place)
{
	uint8_t other[sizeof(data)];
	struct quota q;
	struct err e;

	memcpy(other, data, sizeof(data));
	other[0] = 3;
	cr_expect_eq(quota_parse(span_of(key, 4),
				 (struct span){ other, sizeof(other), 96 }, &q,
				 &e), ERR_UNSUPPORTED);
	cr_expect_eq(e.at, 96);
	cr_expect_eq(e.got, 3);
}

/* The entry of SYSTEM, with the owner id 258.  */
Test(quota, an_owner_is_found_by_its_sid)
{
	static const uint8_t sid[] = { 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0 };
	static const uint8_t id[] = { 2, 1, 0, 0 };
	struct quota_owner o;
	char buf[SID_TEXT_BYTES];
	struct err e;

	cr_assert_eq(quota_owner_parse(span_of(sid, sizeof(sid)),
				       span_of(id, 4), &o, &e), 0);
	cr_expect_eq(o.owner, 258);
	cr_expect_str_eq(sid_text(o.sid, buf), "S-1-5-18");
	for (size_t n = 0; n < sizeof(id); n++) {
		struct span cut = guard_copy(id, n, 7);

		cr_expect_eq(quota_owner_parse(span_of(sid, sizeof(sid)), cut,
					       &o, &e), ERR_TRUNCATED);
		cr_expect_eq(e.at, 7);
		guard_free(cut);
	}
}

/* [MS-DTYP] 2.4.2.1, and the well-known SIDs of 2.4.2.4.  */
Test(quota, sids_are_written_as_windows_does)
{
	static const struct { uint8_t sid[24]; size_t n; const char *text; }
	rows[] = {
		{ { 1, 1, 0, 0, 0, 0, 0, 5, 18 }, 12, "S-1-5-18" },
		{ { 1, 1, 0, 0, 0, 0, 0, 1 }, 12, "S-1-1-0" },
		{ { 1, 1, 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 1 }, 12,
		  "S-1-0x123456789abc-1" },
		{ { 1, 1, 0, 0, 0, 0, 0, 5, 0xff, 0xff, 0xff, 0xff }, 12,
		  "S-1-5-4294967295" },
		{ { 1, 0, 0, 0, 0, 0, 0, 5 }, 8, "S-1-5" },
		{ { 2, 1, 0, 0, 0, 0, 0, 5, 18 }, 12, NULL },
		{ { 1, 2, 0, 0, 0, 0, 0, 5, 18 }, 12, NULL },
		{ { 1, 16, 0, 0, 0, 0, 0, 5, 18 }, 24, NULL },
	};
	uint8_t longest[8 + 15 * 4];
	char buf[SID_TEXT_BYTES];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *got = sid_text(span_of(rows[i].sid, rows[i].n),
					   buf);

		if (rows[i].text == NULL)
			cr_expect_null(got, "row %zu", i);
		else
			cr_expect_str_eq(got, rows[i].text);
	}
	memset(longest, 0xff, sizeof(longest));
	longest[0] = 1;
	longest[1] = 15;
	cr_expect_eq(strlen(sid_text(span_of(longest, sizeof(longest)), buf)),
		     strlen("S-1-0xffffffffffff") + 15 * strlen("-4294967295"));
}

Test(quota, survives_every_truncation_and_changed_byte)
{
	char buf[SID_TEXT_BYTES];
	struct quota q;

	for (size_t n = 0; n <= sizeof(data); n++) {
		struct span cut = guard_copy(data, n, 0);

		if (quota_parse(span_of(key, 4), cut, &q, NULL) == 0)
			sid_text(q.sid, buf);
		guard_free(cut);
	}
	for (size_t n = 0; n < sizeof(key); n++) {
		struct span cut = guard_copy(key, n, 0);

		cr_expect_eq(quota_parse(cut, span_of(data, sizeof(data)), &q,
					 NULL), ERR_TRUNCATED);
		guard_free(cut);
	}
	for (size_t i = 0; i < sizeof(data); i++)
		for (unsigned c = 0; c < 256; c++) {
			struct span s = guard_copy(data, sizeof(data), 0);

			((uint8_t *)s.p)[i] = (uint8_t)c;
			if (quota_parse(span_of(key, 4), s, &q, NULL) == 0)
				sid_text(q.sid, buf);
			guard_free(s);
		}
}
