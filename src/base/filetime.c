#include "base/filetime.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#define TICKS_PER_SECOND 10000000u
#define DAYS_PER_400_YEARS 146097u	/* a Gregorian cycle */

/* The civil date of @days since 1601-01-01, which starts a 400-year cycle: the
 * leap days of a cycle then fall at the ends of its 4- and 100-year parts.  */
static void civil_date(uint64_t days, uint64_t *year, unsigned *month,
		       unsigned *day)
{
	static const uint8_t lengths[] = { 31, 28, 31, 30, 31, 30,
					   31, 31, 30, 31, 30, 31 };
	uint64_t cycles = days / DAYS_PER_400_YEARS;
	unsigned left = (unsigned)(days % DAYS_PER_400_YEARS);
	unsigned hundreds = left / 36524 < 3 ? left / 36524 : 3;
	unsigned fours, ones, year_of_cycle, m = 0;

	left -= hundreds * 36524;
	fours = left / 1461;
	left -= fours * 1461;
	ones = left / 365 < 3 ? left / 365 : 3;
	left -= ones * 365;
	year_of_cycle = hundreds * 100 + fours * 4 + ones;
	*year = 1601 + cycles * 400 + year_of_cycle;
	for (;; m++) {
		bool leap = ones == 3 && (fours != 24 || hundreds == 3);
		unsigned n = lengths[m];

		if (m == 1 && leap)
			n++;
		if (left < n)
			break;
		left -= n;
	}
	*month = m + 1;
	*day = left + 1;
}

const char *filetime_text(uint64_t filetime, char buf[FILETIME_TEXT_BYTES])
{
	uint64_t seconds = filetime / TICKS_PER_SECOND, year;
	unsigned second = (unsigned)(seconds % 86400), month, day;

	civil_date(seconds / 86400, &year, &month, &day);
	snprintf(buf, FILETIME_TEXT_BYTES,
		 "%s%04" PRIu64 "-%02u-%02uT%02u:%02u:%02u.%07uZ",
		 year > 9999 ? "+" : "", year, month, day, second / 3600,
		 second / 60 % 60, second % 60,
		 (unsigned)(filetime % TICKS_PER_SECOND));
	return buf;
}
