#include <criterion/criterion.h>

#include "base/filetime.h"

/* Expected texts come from date(1): date -u -d @SECONDS, where SECONDS =
 * FILETIME / 10^7 - 11644473600.  */
Test(filetime, agrees_with_date_1)
{
	static const struct { uint64_t ft; const char *text; } cases[] = {
		{ 0, "1601-01-01T00:00:00.0000000Z" },
		{ 116444736000000000, "1970-01-01T00:00:00.0000000Z" },
		{ 129543680083281240, "2011-07-05T19:33:28.3281240Z" },
		{ 125962560000000000, "2000-02-29T00:00:00.0000000Z" },
		{ 126227807999999999, "2000-12-31T23:59:59.9999999Z" },
		{ 94354847990000001, "1899-12-31T23:59:59.0000001Z" },
		{ 157469183999999999, "2099-12-31T23:59:59.9999999Z" },
		{ INT64_MAX, "+30828-09-14T02:48:05.4775807Z" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char buf[FILETIME_TEXT_BYTES];

		cr_expect_str_eq(filetime_text(cases[i].ft, buf), cases[i].text);
	}
}

/* The buffer is as large as the largest value needs.  */
Test(filetime, the_largest_value_fits)
{
	char buf[FILETIME_TEXT_BYTES];

	/* 9999-12-31 and the day after, by Python's datetime.  */
	cr_expect_str_eq(filetime_text(2650467743999999999, buf),
			 "9999-12-31T23:59:59.9999999Z");
	cr_expect_str_eq(filetime_text(2650467744000000000, buf),
			 "+10000-01-01T00:00:00.0000000Z");
	cr_expect_lt(strlen(filetime_text(UINT64_MAX, buf)),
		     FILETIME_TEXT_BYTES - 1);
}
