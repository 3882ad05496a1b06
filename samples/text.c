// SPDX-License-Identifier: MIT
/*
 * text.c - the small language that the sample scripts are written in
 */
#include "text.h"

#include <stdio.h>
#include <string.h>

#define BLANKS " \t\r\n"

int text_fields(char *line, char **fields, int max)
{
	int n = 0;

	for (line += strspn(line, BLANKS); *line != '\0';
	     line += strspn(line, BLANKS)) {
		int quoted = *line == '"';

		if (n == max)
			return -1;
		line += quoted;
		fields[n++] = line;
		line += strcspn(line, quoted ? "\"" : BLANKS);
		if (quoted && *line == '\0')
			return -1;
		if (*line != '\0')
			*line++ = '\0';
	}
	return n;
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	char lower = c >= 'A' && c <= 'F' ? (char)(c - 'A' + 'a') : c;
	const char *at = lower == '\0' ? NULL : strchr(digits, lower);

	return at == NULL ? -1 : (int)(at - digits);
}

/* The unit of a \uXXXX at `s`, or -1. */
static int escaped_unit(const char *s, size_t len)
{
	int unit = 0;

	if (len < 6 || s[0] != '\\' || s[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++) {
		int digit = hex_digit(s[i]);

		if (digit < 0)
			return -1;
		unit = unit << 4 | digit;
	}
	return unit;
}

/*
 * Decodes one character of UTF-8 at `s`; its length, or 0. Overlong forms pass:
 * the scripts are ours.
 */
static size_t utf8_char(const uint8_t *s, size_t len, uint32_t *ret)
{
	size_t n = s[0] < 0x80 ? 1 : s[0] < 0xc0 ? 0 : s[0] < 0xe0 ? 2 :
		   s[0] < 0xf0 ? 3 : 4;

	if (n == 0 || n > len)
		return 0;
	*ret = n == 1 ? s[0] : s[0] & (0xffu >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*ret = *ret << 6 | (s[i] & 0x3f);
	}
	return n;
}

int text_to_utf16(const char *text, size_t len, uint8_t *out, int max)
{
	int n = 0;

	while (len > 0) {
		int unit = escaped_unit(text, len);
		uint32_t c = (uint32_t)unit;
		size_t used = unit >= 0 ? 6 :
			utf8_char((const uint8_t *)text, len, &c);

		if (used == 0 || n + (c > 0xffff) >= max)
			return -1;
		if (c > 0xffff) {
			put_le16(out + 2 * n++, 0xd800 + ((c - 0x10000) >> 10));
			c = 0xdc00 + (c & 0x3ff);
		}
		put_le16(out + 2 * n++, c);
		text += used;
		len -= used;
	}
	return n;
}

int text_to_bytes(const char *hex, uint8_t *out, int max)
{
	int n = 0;

	for (; *hex != '\0'; hex += 2) {
		hex += strspn(hex, " ");
		int high = hex_digit(hex[0]);
		int low = high < 0 ? -1 : hex_digit(hex[1]);

		if (low < 0 || n == max)
			return -1;
		out[n++] = (uint8_t)(high << 4 | low);
	}
	return n;
}

int text_to_guid(const char *text, uint8_t out[16])
{
	/* the first three groups are little-endian, the rest is as written */
	static const int place[16] = { 3, 2, 1, 0, 5, 4, 7, 6,
				       8, 9, 10, 11, 12, 13, 14, 15 };
	char digits[33];
	uint8_t bytes[16];
	size_t n = 0;

	for (; *text != '\0' && n < 32; text++)
		if (*text != '-')
			digits[n++] = *text;
	digits[n] = '\0';
	if (*text != '\0' || text_to_bytes(digits, bytes, 16) != 16)
		return -1;
	for (int i = 0; i < 16; i++)
		out[place[i]] = bytes[i];
	return 0;
}

int64_t text_to_time(const char *text)
{
	static const int before[12] = { 0, 31, 59, 90, 120, 151, 181, 212, 243,
					273, 304, 334 };
	int year, month, day, hour, min, sec;

	if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2dZ", &year, &month, &day,
		   &hour, &min, &sec) != 6)
		return -1;
	if (year < 1970 || year > 9999 || month < 1 || month > 12)
		return -1;
	int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	int last = year - 1;
	int64_t days = (int64_t)(year - 1970) * 365 +
		(last / 4 - last / 100 + last / 400) - 477 +
		before[month - 1] + (leap && month > 2) + day - 1;

	return ((days * 24 + hour) * 60 + min) * 60 + sec;
}

void put_le16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

void put_le32(uint8_t *p, uint32_t v)
{
	put_le16(p, v & 0xffff);
	put_le16(p + 2, v >> 16);
}

void put_le64(uint8_t *p, uint64_t v)
{
	put_le32(p, (uint32_t)v);
	put_le32(p + 4, (uint32_t)(v >> 32));
}

uint32_t get_le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

uint64_t get_le64(const uint8_t *p)
{
	return get_le32(p) | (uint64_t)get_le32(p + 4) << 32;
}
