#include "report/escape.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* Room for "<U+10FFFF>".  */
#define ESCAPE_BYTES 16

/* Characters that are no picture: they move the cursor, turn the direction of
 * what follows, or cannot be seen.  */
static const struct { uint32_t first, last; } unsafe[] = {
	{ 0x0000, 0x001f }, { 0x007f, 0x009f },	/* C0, DEL, C1 */
	{ 0x00ad, 0x00ad },	/* soft hyphen */
	{ 0x034f, 0x034f },	/* grapheme joiner */
	{ 0x061c, 0x061c },	/* Arabic letter mark */
	{ 0x115f, 0x1160 },	/* Hangul fillers */
	{ 0x17b4, 0x17b5 },
	{ 0x180b, 0x180f },
	{ 0x200b, 0x200f },	/* zero width, left-to-right mark */
	{ 0x2028, 0x202e },	/* separators, embeddings, overrides */
	{ 0x2060, 0x206f },	/* isolates, invisible operators */
	{ 0x3164, 0x3164 },
	{ 0xfe00, 0xfe0f },	/* variation selectors */
	{ 0xfeff, 0xfeff },	/* byte order mark */
	{ 0xffa0, 0xffa0 },
	{ 0xfff0, 0xfffb },
	{ 0xe0000, 0xe0fff },	/* tags */
};

static bool is_unsafe(uint32_t c)
{
	if (c >= 0x20 && c < 0x7f)
		return false;
	for (size_t i = 0; i < sizeof(unsafe) / sizeof(unsafe[0]); i++)
		if (c >= unsafe[i].first && c <= unsafe[i].last)
			return true;
	return false;
}

/* The bytes that a character takes by its first byte; 0: none begins so.  */
static unsigned length_by_first(uint8_t b)
{
	if (b < 0x80)
		return 1;
	if (b < 0xc2 || b > 0xf4)
		return 0;
	return b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : 2;
}

struct glyph glyph_at(const char *s)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const uint8_t *b = (const uint8_t *)s;
	unsigned n = length_by_first(b[0]);
	struct glyph bad = { b[0], 1, true, true };
	uint32_t c;

	if (b[0] == '\0')
		return (struct glyph){ 0 };
	if (n == 0)
		return bad;
	c = n == 1 ? b[0] : b[0] & (0x7fu >> n);
	for (unsigned i = 1; i < n; i++) {
		if ((b[i] & 0xc0) != 0x80)
			return bad;
		c = c << 6 | (b[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return bad;
	return (struct glyph){ c, n, false, is_unsafe(c) };
}

/* How many characters from @s on stand for themselves: nearly all of a
 * report.  */
static size_t plain_run(const char *s)
{
	size_t n = 0;

	while (s[n] >= ' ' && s[n] <= '~' && s[n] != '"' && s[n] != '\\')
		n++;
	return n;
}

bool utf8_valid(const char *s)
{
	struct glyph g;

	do {
		s += plain_run(s);
		g = glyph_at(s);
		if (g.invalid)
			return false;
		s += g.n;
	} while (g.n > 0);
	return true;
}

static unsigned visible_escape(struct glyph g, char buf[ESCAPE_BYTES])
{
	return (unsigned)snprintf(buf, ESCAPE_BYTES,
				  g.invalid ? "<%02X>" : "<U+%04X>",
				  (unsigned)g.c);
}

/* A blank at the end of a text or of a name cannot be seen either.  */
static bool is_hidden(const char *s, struct glyph g)
{
	return g.unsafe || (g.c == ' ' && (s[1] == '\0' || s[1] == '\\'));
}

unsigned out_text_cut(struct out *o, const char *s, unsigned width)
{
	char buf[ESCAPE_BYTES];
	unsigned columns = 0;
	struct glyph g;

	for (; (g = glyph_at(s)).n > 0; s += g.n) {
		bool hidden = is_hidden(s, g);
		unsigned n = hidden ? visible_escape(g, buf) : 1;

		if (n > width - columns)
			break;
		out_bytes(o, hidden ? buf : s, hidden ? n : g.n);
		columns += n;
	}
	return columns;
}

void out_text(struct out *o, const char *s)
{
	out_text_cut(o, s, UINT_MAX);
}

void out_prose(struct out *o, const char *s)
{
	char buf[ESCAPE_BYTES];
	bool in_path = false;
	struct glyph g;

	for (; (g = glyph_at(s)).n > 0; s += g.n) {
		bool begins_path = g.c == ' ' && s[1] == '\\' && !in_path;

		if (is_hidden(s, g) && !begins_path)
			out_bytes(o, buf, visible_escape(g, buf));
		else
			out_bytes(o, s, g.n);
		in_path = g.c == '\\' || (in_path && g.c != ' ');
	}
}

unsigned text_columns(const char *s)
{
	char buf[ESCAPE_BYTES];
	unsigned columns = 0;
	struct glyph g;

	for (; (g = glyph_at(s)).n > 0; s += g.n)
		columns += is_hidden(s, g) ? visible_escape(g, buf) : 1;
	return columns;
}

/* JSON's \uXXXX takes 16 bits: a character above them needs a pair.  */
static void out_json_escape(struct out *o, uint32_t c)
{
	if (c >= 0x10000) {
		c -= 0x10000;
		out_printf(o, "\\u%04x", (unsigned)(0xd800 + (c >> 10)));
		c = 0xdc00 + (c & 0x3ff);
	}
	out_printf(o, "\\u%04x", (unsigned)c);
}

static void out_json_glyph(struct out *o, const char *s, struct glyph g)
{
	char buf[ESCAPE_BYTES];

	if (g.invalid) {
		out_bytes(o, buf, visible_escape(g, buf));
	} else if (g.c == '"' || g.c == '\\') {
		out_bytes(o, "\\", 1);
		out_bytes(o, s, 1);
	} else if (g.unsafe) {
		out_json_escape(o, g.c);
	} else {
		out_bytes(o, s, g.n);
	}
}

void out_json_string(struct out *o, const char *s)
{
	struct glyph g;

	out_bytes(o, "\"", 1);
	do {
		size_t n = plain_run(s);

		out_bytes(o, s, n);
		s += n;
		g = glyph_at(s);
		if (g.n > 0)
			out_json_glyph(o, s, g);
		s += g.n;
	} while (g.n > 0);
	out_bytes(o, "\"", 1);
}

static void csv_field(struct out *o, const char *front, const char *s)
{
	char buf[ESCAPE_BYTES];
	struct glyph g;

	out_bytes(o, "\"", 1);
	out_string(o, front);
	for (; (g = glyph_at(s)).n > 0; s += g.n) {
		if (g.unsafe)
			out_bytes(o, buf, visible_escape(g, buf));
		else
			out_bytes(o, s, g.n);
		if (g.c == '"')
			out_bytes(o, s, 1);
	}
	out_bytes(o, "\"", 1);
}

void out_csv_field(struct out *o, const char *s)
{
	csv_field(o, "", s);
}

/* Whether a spreadsheet may take @s for a formula: OWASP, "CSV Injection", of
 * which tab and return are made visible in any case.  Some locales take the
 * wide forms of the four.  */
static bool is_formula(const char *s)
{
	static const char *const starts[] = {
		"=", "+", "-", "@", "\xef\xbc\x9d", "\xef\xbc\x8b",
		"\xef\xbc\x8d", "\xef\xbc\xa0",
	};

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (strncmp(s, starts[i], strlen(starts[i])) == 0)
			return true;
	return false;
}

void out_csv_inert(struct out *o, const char *s)
{
	csv_field(o, is_formula(s) ? "'" : "", s);
}

/* \x takes up to four digits: a character above 16 bits needs a pair.  */
static void out_mof_escape(struct out *o, uint32_t c)
{
	if (c >= 0x10000) {
		c -= 0x10000;
		out_printf(o, "\\x%04x", (unsigned)(0xd800 + (c >> 10)));
		c = 0xdc00 + (c & 0x3ff);
	}
	out_printf(o, "\\x%04x", (unsigned)c);
}

void out_mof_string(struct out *o, const char *s)
{
	char buf[ESCAPE_BYTES];
	struct glyph g;

	out_bytes(o, "\"", 1);
	for (; (g = glyph_at(s)).n > 0; s += g.n) {
		if (g.invalid) {
			out_bytes(o, buf, visible_escape(g, buf));
		} else if (g.unsafe) {
			out_mof_escape(o, g.c);
		} else {
			if (g.c == '"' || g.c == '\\')
				out_bytes(o, "\\", 1);
			out_bytes(o, s, g.n);
		}
	}
	out_bytes(o, "\"", 1);
}

/* What XML 1.0 calls a character: not the controls, nor U+FFFE and U+FFFF.  */
static bool is_xml(struct glyph g)
{
	return !g.invalid && g.c >= 0x20 && g.c != 0xfffe && g.c != 0xffff;
}

static void out_xml_glyph(struct out *o, const char *s, struct glyph g)
{
	char buf[ESCAPE_BYTES];

	if (!is_xml(g)) {	/* "<U+001B>", with its own brackets escaped */
		unsigned n = visible_escape(g, buf);

		out_string(o, "&lt;");
		out_bytes(o, buf + 1, n - 2);
		out_string(o, "&gt;");
	} else if (g.unsafe || g.c == '"' || g.c == '&' || g.c == '<' ||
		   g.c == '>') {
		out_printf(o, "&#x%x;", (unsigned)g.c);
	} else {
		out_bytes(o, s, g.n);
	}
}

void out_xml_text(struct out *o, const char *s)
{
	struct glyph g;

	for (; (g = glyph_at(s)).n > 0; s += g.n)
		out_xml_glyph(o, s, g);
}
