/*
 * datetime.c - times as CIM writes them
 */
#include "provider/datetime.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DATETIME_CHARS 25
#define POINT_AT 14
#define SIGN_AT 21

enum field { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, MICROSECOND, OFFSET };

static const struct {
	uint8_t at, n;
	int min, max;
} fields[] = {
	[YEAR] = { 0, 4, 0, 9999 }, [MONTH] = { 4, 2, 1, 12 },
	[DAY] = { 6, 2, 1, 31 }, [HOUR] = { 8, 2, 0, 23 },
	[MINUTE] = { 10, 2, 0, 59 }, [SECOND] = { 12, 2, 0, 59 },
	[MICROSECOND] = { 15, 6, 0, 999999 }, [OFFSET] = { 22, 3, 0, 999 },
};

/* The number in field @f; -1: it is not said, -2: it is none.  */
static int field_of(const char *text, enum field f)
{
	const char *p = text + fields[f].at;
	int v = 0;

	if (strspn(p, "*") >= fields[f].n)
		return -1;
	for (int i = 0; i < fields[f].n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return -2;
		v = v * 10 + (p[i] - '0');
	}
	return v >= fields[f].min && v <= fields[f].max ? v : -2;
}

bool cim_datetime_is(const char *text)
{
	if (strlen(text) != DATETIME_CHARS || text[POINT_AT] != '.' ||
	    (text[SIGN_AT] != '+' && text[SIGN_AT] != '-'))
		return false;
	for (enum field f = YEAR; f <= OFFSET; f++)
		if (field_of(text, f) == -2)
			return false;
	return true;
}

/* Between the numbers of a date, both of a kind.  */
#define SEPARATORS "/-."
#define DIGITS "0123456789"

/* Write the date @text as eight digits.  */
static bool put_date(const char *text, char out[9])
{
	size_t n = strspn(text, DIGITS), months;
	const char *month, *day;

	if (n == 8 && text[n] == '\0') {
		memcpy(out, text, n + 1);
		return true;
	}
	if (n != 4 || text[n] == '\0' || strchr(SEPARATORS, text[n]) == NULL)
		return false;
	month = text + n + 1;
	months = strspn(month, DIGITS);
	if (months < 1 || months > 2 || month[months] != text[n])
		return false;
	day = month + months + 1;
	if (strspn(day, DIGITS) != 2 || day[2] != '\0')
		return false;
	snprintf(out, 9, "%.4s%s%.*s%.2s", text, months == 1 ? "0" : "",
		 (int)months, month, day);
	return true;
}

bool cim_datetime_read(const char *text, char buf[CIM_DATETIME_BYTES])
{
	char date[9];

	if (cim_datetime_is(text)) {
		memcpy(buf, text, CIM_DATETIME_BYTES);
		return true;
	}
	if (!put_date(text, date))
		return false;
	snprintf(buf, CIM_DATETIME_BYTES, "%s000000.000000+000", date);
	return cim_datetime_is(buf);
}

/* Days from 1 March of the year 0 of the Gregorian calendar, in which a year
 * that begins with March has its leap day at its end.  */
static int64_t days_of(int year, int month, int day)
{
	int m = (month + 9) % 12;
	int y = year - m / 10;

	return (int64_t)365 * y + y / 4 - y / 100 + y / 400 +
	       (m * 306 + 5) / 10 + day - 1;
}

/* Microseconds, in UTC; all fields are said.  */
static int64_t instant_of(const char *text)
{
	int64_t t = days_of(field_of(text, YEAR), field_of(text, MONTH),
			    field_of(text, DAY));
	int offset = field_of(text, OFFSET);

	t = t * 24 + field_of(text, HOUR);
	t = t * 60 + field_of(text, MINUTE);
	t -= text[SIGN_AT] == '-' ? -offset : offset;
	t = t * 60 + field_of(text, SECOND);
	return t * 1000000 + field_of(text, MICROSECOND);
}

static bool says_all(const char *text)
{
	return strchr(text, '*') == NULL;
}

int cim_datetime_compare(const char *a, const char *b)
{
	if (says_all(a) && says_all(b)) {
		int64_t x = instant_of(a), y = instant_of(b);

		return x < y ? -1 : x > y;
	}
	for (enum field f = YEAR; f < OFFSET; f++) {
		int x = field_of(a, f), y = field_of(b, f);

		if (x < 0 || y < 0)
			return 0;
		if (x != y)
			return x < y ? -1 : 1;
	}
	return 0;
}

void cim_datetime_iso(const char *text, char buf[CIM_ISO_CHARS])
{
	const int offset = field_of(text, OFFSET);
	int digits = 6, fraction = field_of(text, MICROSECOND), n;

	for (; digits > 0 && fraction % 10 == 0; digits--)
		fraction /= 10;
	n = snprintf(buf, CIM_ISO_CHARS, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2s", text,
		     text + 4, text + 6, text + 8, text + 10, text + 12);
	if (digits > 0)
		n += snprintf(buf + n, CIM_ISO_CHARS - (size_t)n, ".%0*d",
			      digits, fraction);
	snprintf(buf + n, CIM_ISO_CHARS - (size_t)n, "%c%02d:%02d",
		 text[SIGN_AT], offset / 60, offset % 60);
}
