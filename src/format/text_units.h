/*
 * text_units.h - text of one or two bytes a character, as parsers walk it
 */
#ifndef FORMAT_TEXT_UNITS_H
#define FORMAT_TEXT_UNITS_H

#include <string.h>

#include "format/reg_text.h"

/* No position: as what is looked for is not there.  */
#define NOWHERE SIZE_MAX

/* Text as units of one or two bytes.  */
struct units {
	enum reg_encoding encoding;
	struct span s;
	size_t n;
};

static inline size_t width(enum reg_encoding e)
{
	return e == REG_BYTES ? 1 : 2;
}

static inline struct units units_of(const struct reg_text *t, struct span s)
{
	return (struct units){ t->encoding, s, s.n / width(t->encoding) };
}

static inline uint32_t unit(const struct units *u, size_t i)
{
	switch (u->encoding) {
	case REG_UTF16LE:
		return (uint32_t)(u->s.p[2 * i] | u->s.p[2 * i + 1] << 8);
	case REG_UTF16BE:
		return (uint32_t)(u->s.p[2 * i + 1] | u->s.p[2 * i] << 8);
	case REG_BYTES:
		break;
	}
	return u->s.p[i];
}

/* The units from @from up to @to.  */
static inline struct span cut(const struct units *u, size_t from, size_t to)
{
	size_t w = width(u->encoding);

	return (struct span){ u->s.p + w * from, w * (to - from),
			      u->s.at + w * from };
}

static inline bool is_blank(uint32_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static inline size_t skip_blanks(const struct units *u, size_t i)
{
	while (i < u->n && is_blank(unit(u, i)))
		i++;
	return i;
}

/* Without the carriage return of a line that ends.  */
static inline size_t skip_spaces(const struct units *u, size_t i)
{
	while (i < u->n && (unit(u, i) == ' ' || unit(u, i) == '\t'))
		i++;
	return i;
}

/* The first ASCII @c at @i or behind it.  */
static inline size_t find(const struct units *u, size_t i, char c)
{
	size_t w = width(u->encoding);

	/* memchr() finds the byte that is not 0, and with it the unit.  */
	while (i < u->n) {
		const uint8_t *p = u->s.p + w * i;
		const uint8_t *hit = memchr(p, c, w * (u->n - i));

		if (hit == NULL)
			return NOWHERE;
		i += (size_t)(hit - p) / w;
		if (unit(u, i) == (uint8_t)c)
			return i;
		i++;
	}
	return NOWHERE;
}

/* The end of the line that @i is in: its line feed, or the end of the text;
 * NOWHERE if the text goes on behind what is seen of it.  */
static inline size_t line_end(const struct units *u, size_t i, bool last)
{
	size_t end = find(u, i, '\n');

	return end == NOWHERE && last ? u->n : end;
}

/* Does @word, lower case, stand at @i?  */
static inline bool has_word(const struct units *u, size_t i, const char *word)
{
	for (; *word != '\0'; word++, i++) {
		uint32_t c;

		if (i >= u->n)
			return false;
		c = unit(u, i);
		if (c >= 'A' && c <= 'Z')
			c += 'a' - 'A';
		if (c != (uint8_t)*word)
			return false;
	}
	return true;
}

static inline int digit(uint32_t c)
{
	if (c >= '0' && c <= '9')
		return (int)c - '0';
	if (c >= 'a' && c <= 'f')
		return (int)c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return (int)c - 'A' + 10;
	return -1;
}

#endif /* FORMAT_TEXT_UNITS_H */
