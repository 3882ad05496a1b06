/*
 * filetime.h - times as Windows stores them
 *
 * A FILETIME counts 100 ns ticks since 1601-01-01 00:00 UTC, without leap
 * seconds.  Source: [MS-DTYP] 2.3.3.
 */
#ifndef BASE_FILETIME_H
#define BASE_FILETIME_H

#include <stdint.h>

/* Room for the text of any value, and for a compiler that cannot prove it.  */
#define FILETIME_TEXT_BYTES 40

/* The last time that Windows has; its functions refuse what is later.  */
#define FILETIME_MAX (UINT64_MAX / 2)

/* 1979-01-01: the clock of a PC begins a year later.  */
#define FILETIME_FIRST_CLOCK UINT64_C(119284704000000000)
/* 2108-01-01: dates of FAT, which clocks are set by, end a day before.  */
#define FILETIME_END_OF_CLOCKS UINT64_C(159992928000000000)

/* ISO 8601 in UTC with seven decimals, "2011-07-05T19:33:28.3281240Z".  Every
 * 64-bit value has a text; a year of five digits takes the sign that ISO 8601
 * asks of it, "+30828-09-14T02:48:05.4775807Z".  Returns @buf.  */
const char *filetime_text(uint64_t filetime, char buf[FILETIME_TEXT_BYTES]);

#endif /* BASE_FILETIME_H */
