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

/* The node of Windows before it knows a network card: 0x80, "nonic".  */
static const uint8_t no_card[6] = { 0x80, 'n', 'o', 'n', 'i', 'c' };
static const uint8_t no_node[6];

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

struct guid guid_from_printed(const uint8_t *p)
{
	struct guid g;

	for (int i = 0; i < 16; i++)
		g.b[printed[i]] = p[i];
	return g;
}

struct guid cur_printed_guid(struct cur *c, const char *what)
{
	struct span s = cur_take(c, sizeof(struct guid), what);
	static const struct guid none;

	return s.n == 0 ? none : guid_from_printed(s.p);
}

/* Ticks of 100 ns from 1582-10-15, where these GUIDs count from, to 1601.  */
#define TICKS_TO_1601 UINT64_C(0x00146bf33e42c000)

bool guid_time(const struct guid *g, struct guid_time *ret)
{
	const uint8_t *b = g->b;
	uint64_t ticks = b[7] & 0x0f;

	if (b[7] >> 4 != 1 || b[8] >> 6 != 2)
		return false;
	/* As stored, the three groups are one little-endian number.  */
	for (int i = 6; i >= 0; i--)
		ticks = ticks << 8 | b[i];
	if (ticks < TICKS_TO_1601)
		return false;
	ret->filetime = ticks - TICKS_TO_1601;
	ret->clock_sequence = (uint16_t)((b[8] & 0x3f) << 8 | b[9]);
	memcpy(ret->node, b + 10, sizeof(ret->node));
	/* Random nodes have the multicast bit, which no network card has; nor
	 * has one the address 0.  */
	ret->node_is_mac = (b[10] & 1) == 0 &&
			   memcmp(ret->node, no_node, sizeof(no_node)) != 0 &&
			   memcmp(ret->node, no_card, sizeof(no_card)) != 0;
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
