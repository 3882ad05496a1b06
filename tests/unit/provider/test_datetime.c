/*
 * test_datetime.c - times as CIM writes them; what is the same instant was
 * computed with date(1)
 */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "provider/datetime.h"

Test(datetime, knows_what_is_a_time)
{
	cr_expect(cim_datetime_is("20210304050607.000000+000"));
	cr_expect(cim_datetime_is("20210304050607.123456-720"));
	cr_expect(cim_datetime_is("20210304******.******+000"));
	cr_expect(cim_datetime_is("20210304050607.000000+***"));
	cr_expect_not(cim_datetime_is(""));
	cr_expect_not(cim_datetime_is("20210304050607.000000+00"));
	cr_expect_not(cim_datetime_is("20210304050607.000000+0000"));
	cr_expect_not(cim_datetime_is("20211304050607.000000+000"));
	cr_expect_not(cim_datetime_is("20210300050607.000000+000"));
	cr_expect_not(cim_datetime_is("20210304240607.000000+000"));
	cr_expect_not(cim_datetime_is("20210304050607,000000+000"));
	cr_expect_not(cim_datetime_is("20210304050607.000000:000"));
	cr_expect_not(cim_datetime_is("2021030405060*.000000+000"));
	cr_expect_not(cim_datetime_is("2021-03-04 05:06:07      "));
}

Test(datetime, reads_dates_whose_order_is_known)
{
	static const struct { const char *text, *time; } rows[] = {
		{ "20210304", "20210304000000.000000+000" },
		{ "2021-03-04", "20210304000000.000000+000" },
		{ "2021/3/04", "20210304000000.000000+000" },
		{ "2021.12.31", "20211231000000.000000+000" },
		{ "20210304050607.000000+060", "20210304050607.000000+060" },
		{ "", NULL }, { "2021", NULL }, { "202103", NULL },
		{ "2021030", NULL }, { "202103040", NULL },
		{ "20211304", NULL }, { "2021-13-04", NULL },
		{ "2021-03/04", NULL }, { "2021-03-4", NULL },
		{ "2021-03-045", NULL }, { "2021-003-04", NULL },
		{ "2021--04", NULL }, { "2021-", NULL }, { "2021-3", NULL },
		{ "2021-3-", NULL }, { "2021 03 04", NULL },
		{ "03/04/2021", NULL },		/* an order of a locale */
		{ "March 4, 2021", NULL },
	};
	char time[CIM_DATETIME_BYTES];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_expect_eq(cim_datetime_read(rows[i].text, time),
			     rows[i].time != NULL, "%s", rows[i].text);
		if (rows[i].time != NULL)
			cr_expect_str_eq(time, rows[i].time);
	}
}

Test(datetime, compares_instants)
{
	const char *utc = "20210304050607.000000+000";

	cr_expect_eq(cim_datetime_compare(utc, utc), 0);
	/* Berlin, and Newfoundland on the day before.  */
	cr_expect_eq(cim_datetime_compare(utc, "20210304060607.000000+060"), 0);
	cr_expect_eq(cim_datetime_compare(utc, "20210304013607.000000-210"), 0);
	cr_expect_eq(cim_datetime_compare("20210228233000.000000-060",
					  "20210301003000.000000+000"), 0);
	cr_expect_eq(cim_datetime_compare("20200229233000.000000-060",
					  "20200301003000.000000+000"), 0);
	cr_expect_lt(cim_datetime_compare(utc, "20210304050607.000001+000"), 0);
	cr_expect_gt(cim_datetime_compare(utc, "20210304050607.000000+001"), 0);
	cr_expect_lt(cim_datetime_compare("20201231235959.999999+000",
					  "20210101000000.000000+000"), 0);
}

/* As the C library counts, a day each, over leap years and centuries.  */
Test(datetime, counts_days_as_the_c_library_does)
{
	char last[40] = "", text[40];
	struct tm tm;

	for (time_t t = -11644473600; t < 7258118400; t += 86400 * 7 + 3601) {
		cr_assert_not_null(gmtime_r(&t, &tm));
		cr_assert_gt(strftime(text, sizeof(text),
				      "%Y%m%d%H%M%S.000000+000", &tm), 0);
		cr_assert(cim_datetime_is(text), "%s", text);
		if (last[0] != '\0')
			cr_assert_lt(cim_datetime_compare(last, text), 0);
		snprintf(last, sizeof(last), "%s", text);
		/* The same instant where clocks are twelve hours ahead.  */
		t += 43200;
		cr_assert_not_null(gmtime_r(&t, &tm));
		t -= 43200;
		strftime(text, sizeof(text), "%Y%m%d%H%M%S.000000+720", &tm);
		cr_assert_eq(cim_datetime_compare(last, text), 0, "%s %s", last,
			     text);
	}
}

Test(datetime, leaves_out_what_is_not_said)
{
	const char *t = "20210304050607.000000+000";

	cr_expect_eq(cim_datetime_compare(t, "20210304******.******+000"), 0);
	cr_expect_gt(cim_datetime_compare(t, "20210303******.******+000"), 0);
	cr_expect_lt(cim_datetime_compare(t, "202104********.******+000"), 0);
	cr_expect_eq(cim_datetime_compare(t, "**************.******+***"), 0);
}

/* The forms that Newtonsoft's Json.NET, which PowerShell uses, gives a DateTime:
 * up to seven digits, and none that only a zero follows.  */
Test(datetime, is_written_as_iso_8601)
{
	static const struct {
		const char *cim, *iso;
	} times[] = {
		{ "20210304050607.000000+000", "2021-03-04T05:06:07+00:00" },
		{ "20210304050607.123456+060",
		  "2021-03-04T05:06:07.123456+01:00" },
		{ "20210304050607.120000-210", "2021-03-04T05:06:07.12-03:30" },
		{ "16010101000000.000001+845",
		  "1601-01-01T00:00:00.000001+14:05" },
	};

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		char buf[CIM_ISO_CHARS];

		cim_datetime_iso(times[i].cim, buf);
		cr_expect_str_eq(buf, times[i].iso);
	}
}
