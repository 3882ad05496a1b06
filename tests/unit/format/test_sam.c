#include <criterion/criterion.h>

#include <string.h>

#include "format/quota.h"
#include "format/sam.h"
#include "lib/guard.h"
#include "lib/mutate.h"

#define PART(OFFSET, SIZE) OFFSET, 0, 0, 0, SIZE, 0, 0, 0, 0, 0, 0, 0
#define NO_PART PART(0, 0)

/* S-1-5-21-1-2-3 behind four bytes of security descriptor.  */
static const uint8_t domain[] = {
	PART(0, 4), PART(4, 24), PART(28, 0), PART(28, 0),
	0xaa, 0xaa, 0xaa, 0xaa,
	1, 4, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0,
};

/* "joe", full name "J", no comment; then what is nobody's business.  */
static const uint8_t user[] = {
	PART(0, 4), PART(4, 6), PART(12, 2), PART(16, 0),
	NO_PART, NO_PART, NO_PART, NO_PART, NO_PART, NO_PART, NO_PART,
	NO_PART, NO_PART, PART(16, 4), PART(16, 4), NO_PART, NO_PART,
	0xaa, 0xaa, 0xaa, 0xaa, 'j', 0, 'o', 0, 'e', 0, 0, 0, 'J', 0, 0, 0,
	0xee, 0xee, 0xee, 0xee,
};

static const uint8_t alias[] = {
	0x20, 2, 0, 0,
	PART(0, 4), PART(4, 4), PART(8, 2), PART(12, 0),
	0xaa, 0xaa, 0xaa, 0xaa, 'G', 0, '1', 0, 'c', 0, 0, 0,
};

static struct span span_of(const uint8_t *p, size_t n)
{
	return (struct span){ p, n, 0 };
}

static bool is(struct span s, const char *utf16, size_t n)
{
	return s.n == n && memcmp(s.p, utf16, n) == 0;
}

Test(sam, a_domain_has_its_sid)
{
	char buf[SID_TEXT_BYTES];
	struct span sid;

	cr_assert_eq(sam_domain_parse(span_of(domain, sizeof(domain)), &sid,
				      NULL), 0);
	cr_expect_str_eq(sid_text(sid, buf), "S-1-5-21-1-2-3");
}

Test(sam, a_user_has_names)
{
	struct sam_user u;

	cr_assert_eq(sam_user_parse(span_of(user, sizeof(user)), &u, NULL), 0);
	cr_expect(is(u.name, "j\0o\0e", 6));
	cr_expect(is(u.full_name, "J", 2));
	cr_expect_eq(u.comment.n, 0);
}

/* Administrator of a Windows 7, disabled.  */
Test(sam, a_user_has_a_number_and_flags)
{
	uint8_t f[80] = { [0x30] = 0xf4, [0x31] = 1, [0x34] = 1, [0x35] = 2,
			  [0x38] = 0x11, [0x39] = 2 };
	struct sam_control c;

	cr_assert_eq(sam_control_parse(span_of(f, sizeof(f)), &c, NULL), 0);
	cr_expect_eq(c.rid, 500);
	cr_expect_eq(c.flags, 0x211);
	cr_expect_neq(c.flags & SAM_USER_DISABLED, 0);
	cr_expect_eq(sam_control_parse(span_of(f, 0x39), &c, NULL),
		     ERR_TRUNCATED);
}

Test(sam, an_alias_has_a_number_and_names)
{
	struct sam_alias a;

	cr_assert_eq(sam_alias_parse(span_of(alias, sizeof(alias)), &a, NULL),
		     0);
	cr_expect_eq(a.rid, 544);
	cr_expect(is(a.name, "G\0001", 4));
	cr_expect(is(a.comment, "c", 2));
}

/* A part that begins, or ends, behind the value, told at its place.  */
Test(sam, a_part_outside_of_the_value_is_refused)
{
	uint8_t bytes[sizeof(user)];
	struct sam_user u;
	struct err e;

	memcpy(bytes, user, sizeof(user));
	bytes[12] = 21;
	cr_expect_eq(sam_user_parse((struct span){ bytes, sizeof(bytes), 100 },
				    &u, &e), ERR_TRUNCATED);
	cr_expect_eq(e.at, 112);
	bytes[12] = 4;
	bytes[28] = 9;
	cr_expect_eq(sam_user_parse((struct span){ bytes, sizeof(bytes), 100 },
				    &u, &e), ERR_TRUNCATED);
	cr_expect_eq(e.at, 128);
	bytes[28] = 8;
	cr_expect_eq(sam_user_parse(span_of(bytes, sizeof(bytes)), &u, &e), 0);
	memset(bytes + 12, 0xff, 8);
	cr_expect_eq(sam_user_parse(span_of(bytes, sizeof(bytes)), &u, &e),
		     ERR_TRUNCATED);
}

static volatile uint8_t touched;

static void touch(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		touched = s.p[i];
}

static void parse_all(struct span s)
{
	struct sam_control c;
	struct sam_alias a;
	struct sam_user u;
	struct span sid;

	if (sam_domain_parse(s, &sid, NULL) == 0)
		touch(sid);
	if (sam_user_parse(s, &u, NULL) == 0) {
		touch(u.name);
		touch(u.full_name);
		touch(u.comment);
	}
	if (sam_alias_parse(s, &a, NULL) == 0) {
		touch(a.name);
		touch(a.comment);
	}
	sam_control_parse(s, &c, NULL);
}

Test(sam, survives_every_truncation_and_changed_byte)
{
	mutate(domain, sizeof(domain), parse_all);
	mutate(user, sizeof(user), parse_all);
	mutate(alias, sizeof(alias), parse_all);
}
