#include "base/guid.h"

#include <stdio.h>
#include <string.h>

/* Where in the stored form each printed byte lies.  */
static const uint8_t printed[16] = {
	3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15,
};

static bool dash_before(int i)
{
	return i == 4 || i == 6 || i == 8 || i == 10;
}

const char *guid_text(const struct guid *g, char *buf)
{
	static const char digits[] = "0123456789abcdef";
	char *out = buf;

	for (int i = 0; i < 16; i++) {
		uint8_t b = g->b[printed[i]];

		if (dash_before(i))
			*out++ = '-';
		*out++ = digits[b >> 4];
		*out++ = digits[b & 15];
	}
	*out = '\0';
	return buf;
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool guid_parse(const char *s, struct guid *ret)
{
	struct guid g;

	for (int i = 0; i < 16; i++) {
		int high, low;

		if (dash_before(i) && *s++ != '-')
			return false;
		high = digit_value(s[0]);
		low = high < 0 ? -1 : digit_value(s[1]);
		if (low < 0)
			return false;
		g.b[printed[i]] = (uint8_t)(high << 4 | low);
		s += 2;
	}
	*ret = g;
	return true;
}

bool guid_equal(const struct guid *a, const struct guid *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

bool guid_is_zero(const struct guid *g)
{
	static const struct guid zero;

	return guid_equal(g, &zero);
}
