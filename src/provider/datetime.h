/*
 * datetime.h - times as CIM writes them, "20210304050607.000000+060"
 *
 * Year, month, day, hour, minute, second, microseconds, and how many minutes
 * local time is ahead of UTC.  A field of asterisks is one that is not said.
 * Source: DSP0004 5.2.4.
 */
#ifndef PROVIDER_DATETIME_H
#define PROVIDER_DATETIME_H

#include <stdbool.h>

/* Is @text a time, perhaps with fields that are not said?  */
bool cim_datetime_is(const char *text);

/* Read @text, a time or a date alone, which is when it begins in UTC, into @buf
 * as a time.  Of the forms that WQL has besides ("WQL-Supported Date Formats")
 * these do not have the order of some locale: 20210304, 2021-03-04,
 * 2021/3/04.  */
#define CIM_DATETIME_BYTES 26
bool cim_datetime_read(const char *text, char buf[CIM_DATETIME_BYTES]);

/* Below, equal to or above 0, as the time @a is before, at or after @b: as
 * instants, whatever their offsets are.  Fields from the first on that one of
 * them does not say are not compared, nor are offsets then.  Both are
 * times.  */
int cim_datetime_compare(const char *a, const char *b);

/* Write the time @text, all of whose fields are said, at @buf as ISO 8601 has
 * it, "2021-03-04T05:06:07.5+01:00": no zeros are at the end of a fraction.  */
#define CIM_ISO_CHARS 33
void cim_datetime_iso(const char *text, char buf[CIM_ISO_CHARS]);

#endif /* PROVIDER_DATETIME_H */
