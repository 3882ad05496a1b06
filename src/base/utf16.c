#include "base/utf16.h"

#include <stdio.h>
#include <string.h>

/* The longest form of one unit: "<U+D800>".  */
#define UNIT_MAX_CHARS 8

static uint32_t unit_at(struct span s, size_t i)
{
	return (uint32_t)(s.p[2 * i] | s.p[2 * i + 1] << 8);
}

static bool is_high(uint32_t u)
{
	return u >= 0xd800 && u < 0xdc00;
}

static bool is_low(uint32_t u)
{
	return u >= 0xdc00 && u < 0xe000;
}

/* Write @c as UTF-8, and return the bytes that it takes.  */
static size_t put_utf8(char *out, uint32_t c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* Decode @s into @out, which may be NULL, and return the bytes that this takes,
 * without the NUL.  The character @special is escaped as well as what cannot be
 * written.  *@exact becomes false if anything was.  */
static size_t decode(struct span s, uint32_t special, char *out, bool *exact)
{
	size_t units = s.n / 2, n = 0;

	if (s.n % 2 != 0)
		*exact = false;
	for (size_t i = 0; i < units; i++) {
		char buf[UNIT_MAX_CHARS + 1];
		uint32_t c = unit_at(s, i);
		size_t k;

		if (is_high(c) && i + 1 < units && is_low(unit_at(s, i + 1))) {
			uint32_t low = unit_at(s, ++i);

			c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
		}
		if (c == 0 || c == special || is_high(c) || is_low(c)) {
			snprintf(buf, sizeof(buf), "<U+%04X>", (unsigned)c);
			k = UNIT_MAX_CHARS;
			*exact = false;
		} else {
			k = put_utf8(buf, c);
		}
		if (out != NULL)
			memcpy(out + n, buf, k);
		n += k;
	}
	return n;
}

/* What is made where memory is refused: the arena knows, and whoever compares
 * texts before it is asked has something to compare.  */
static const struct text refused = { .utf8 = "" };

struct text text_from_utf16(struct arena *a, struct span s)
{
	bool exact = true;
	char *utf8 = arena_alloc(a, decode(s, 0, NULL, &exact) + 1);

	if (utf8 == NULL)
		return refused;
	decode(s, 0, utf8, &exact);
	return (struct text){ utf8, exact ? NULL : hex_encode(a, s.p, s.n) };
}

struct text text_from_utf16be(struct arena *a, struct span s)
{
	uint8_t *units = arena_copy(a, s.p, s.n);

	if (units == NULL)
		return refused;
	for (size_t i = 0; i + 1 < s.n; i += 2) {
		units[i] = s.p[i + 1];
		units[i + 1] = s.p[i];
	}
	return text_from_utf16(a, (struct span){ units, s.n, s.at });
}

static char *put_hex(char *out, const uint8_t *b, size_t n)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		*out++ = digits[b[i] >> 4];
		*out++ = digits[b[i] & 15];
	}
	return out;
}

/* The raw bytes of a path that takes @bytes.  */
static char *names_hex(struct arena *a, const struct span *names, size_t n,
		       size_t bytes)
{
	char *hex = arena_alloc(a, 2 * bytes + 1), *end = hex;

	for (size_t i = 0; hex != NULL && i < n; i++) {
		end = put_hex(end, (const uint8_t *)"\\", 2);
		end = put_hex(end, names[i].p, names[i].n);
	}
	return hex;
}

struct text text_from_names(struct arena *a, const struct span *names, size_t n)
{
	size_t size = 1, bytes = 0;
	bool exact = true;
	char *utf8, *end;

	for (size_t i = 0; i < n; i++) {
		size += 1 + decode(names[i], '\\', NULL, &exact);
		bytes += 2 + names[i].n;
	}
	utf8 = end = arena_alloc(a, size);
	if (utf8 == NULL)
		return refused;
	for (size_t i = 0; i < n; i++) {
		*end++ = '\\';
		end += decode(names[i], '\\', end, &exact);
	}
	return (struct text){ utf8, exact ? NULL :
			      names_hex(a, names, n, bytes) };
}

struct text text_from_latin1(struct arena *a, struct span s)
{
	uint8_t *wide = arena_alloc(a, 2 * s.n);

	if (wide == NULL)
		return refused;
	for (size_t i = 0; i < s.n; i++)
		wide[2 * i] = s.p[i];
	return text_from_utf16(a, (struct span){ wide, 2 * s.n, s.at });
}

struct span utf16_trim_nul(struct span s)
{
	s.n -= s.n % 2;
	while (s.n >= 2 && unit_at(s, s.n / 2 - 1) == 0)
		s.n -= 2;
	return s;
}

/* The character that starts at *@p, which moves behind it; 0 if it is not
 * UTF-8.  Overlong forms and surrogates are not.  */
static uint32_t get_utf8(const char **p)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	const uint8_t *s = (const uint8_t *)*p;
	int more = s[0] < 0x80 ? 0 : s[0] >= 0xf0 ? 3 : s[0] >= 0xe0 ? 2 : 1;
	uint32_t c = more == 0 ? s[0] : s[0] & (0x3fu >> more);

	if ((s[0] >= 0x80 && s[0] < 0xc2) || s[0] > 0xf4)
		return 0;
	for (int i = 1; i <= more; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[more] || c > 0x10ffff || is_high(c) || is_low(c))
		return 0;
	*p += more + 1;
	return c;
}

static size_t put_unit(uint8_t *out, uint32_t u)
{
	out[0] = (uint8_t)u;
	out[1] = (uint8_t)(u >> 8);
	return 2;
}

bool utf16_from_utf8(struct arena *a, const char *utf8, struct span *ret)
{
	uint8_t *buf = arena_alloc(a, 2 * strlen(utf8));
	size_t n = 0;

	if (buf == NULL)
		return false;
	while (*utf8 != '\0') {
		uint32_t c = get_utf8(&utf8);

		if (c == 0) {
			/* perhaps of a password */
			explicit_bzero(buf, n);
			return false;
		}
		if (c >= 0x10000) {
			c -= 0x10000;
			n += put_unit(buf + n, 0xd800 + (c >> 10));
			c = 0xdc00 + (c & 0x3ff);
		}
		n += put_unit(buf + n, c);
	}
	*ret = (struct span){ buf, n, 0 };
	return true;
}

static uint32_t ascii_lower(uint32_t c)
{
	return c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c;
}

bool utf16_equals_ascii(struct span s, const char *ascii)
{
	size_t n = strlen(ascii);

	if (s.n != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (ascii_lower(unit_at(s, i)) !=
		    ascii_lower((uint8_t)ascii[i]))
			return false;
	return true;
}

char *hex_encode(struct arena *a, const void *p, size_t n)
{
	char *hex = arena_alloc(a, 2 * n + 1);

	if (hex != NULL)
		put_hex(hex, p, n);
	return hex;
}
