/*
 * ascii.h - the names that Windows gives, compared as Windows compares them
 *
 * Letters of ASCII are equal in either case, whatever the locale; all other
 * bytes are only equal to themselves.
 */
#ifndef BASE_ASCII_H
#define BASE_ASCII_H

#include <stdbool.h>

static inline char ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static inline char ascii_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* As strcasecmp().  */
int ascii_compare(const char *a, const char *b);

/* What follows @prefix in @s; NULL where @s does not begin with it.  */
const char *ascii_after(const char *s, const char *prefix);

/* The first place of @part in @s, or NULL.  */
const char *ascii_find(const char *s, const char *part);

#endif /* BASE_ASCII_H */
