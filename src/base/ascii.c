#include "base/ascii.h"

#include <stddef.h>

static unsigned char lower(char c)
{
	return (unsigned char)ascii_lower(c);
}

int ascii_compare(const char *a, const char *b)
{
	while (*a != '\0' && lower(*a) == lower(*b)) {
		a++;
		b++;
	}
	return lower(*a) - lower(*b);
}

const char *ascii_after(const char *s, const char *prefix)
{
	for (; *prefix != '\0'; s++, prefix++)
		if (lower(*s) != lower(*prefix))
			return NULL;
	return s;
}

const char *ascii_find(const char *s, const char *part)
{
	for (; *s != '\0'; s++)
		if (ascii_after(s, part) != NULL)
			return s;
	return NULL;
}
