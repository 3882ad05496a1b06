#include <criterion/criterion.h>
#include <iconv.h>

#include "base/utf16.h"

static struct arena *arena;

static void set_up(void)
{
	arena = arena_new();
}

static void tear_down(void)
{
	arena_free(arena);
}

TestSuite(utf16, .init = set_up, .fini = tear_down);

/* glibc's converter, as the one that says what is right.  */
static size_t convert(const char *to, const char *from, char *in, size_t n,
		      char *out, size_t room)
{
	iconv_t cd = iconv_open(to, from);
	char *end = out;

	cr_assert_neq(iconv(cd, &in, &n, &end, &room), (size_t)-1);
	iconv_close(cd);
	return (size_t)(end - out);
}

/* Every character there is, the surrogates and NUL apart, in pieces of 4096.  */
Test(utf16, agrees_with_iconv_on_every_character)
{
	static uint32_t chars[4096];

	for (uint32_t first = 0; first < 0x110000; first += 4096) {
		static char wide[4 * 4096], utf8[4 * 4096 + 1];
		size_t n = 0, n_wide, n_utf8;
		struct text t;
		struct span s;

		for (uint32_t c = first; c < first + 4096; c++)
			if (c != 0 && (c < 0xd800 || c >= 0xe000))
				chars[n++] = c;
		n_wide = convert("UTF-16LE", "UTF-32LE", (char *)chars, 4 * n,
				 wide, sizeof(wide));
		n_utf8 = convert("UTF-8", "UTF-32LE", (char *)chars, 4 * n,
				 utf8, sizeof(utf8) - 1);
		utf8[n_utf8] = '\0';
		s = (struct span){ (uint8_t *)wide, n_wide, 0 };
		t = text_from_utf16(arena, s);
		cr_assert_str_eq(t.utf8, utf8, "from U+%04X", first);
		cr_assert_null(t.hex);
		cr_assert(utf16_from_utf8(arena, utf8, &s));
		cr_assert_eq(s.n, n_wide);
		cr_assert_eq(memcmp(s.p, wide, n_wide), 0, "from U+%04X", first);
	}
}

Test(utf16, units_without_a_form_are_escaped_and_given_in_hexadecimal)
{
	static const struct {
		uint8_t bytes[8];
		size_t n;
		const char *utf8, *hex;
	} cases[] = {
		{ "a\0\x00\xd8" "b\0", 6, "a<U+D800>b", "610000d86200" },
		{ "\x00\xd8", 2, "<U+D800>", "00d8" },
		{ "\xff\xdf" "a\0", 4, "<U+DFFF>a", "ffdf6100" },
		/* the wrong way round */
		{ "\x00\xdc\x00\xd8", 4, "<U+DC00><U+D800>", "00dc00d8" },
		/* two high ones, the second begins a pair */
		{ "\x3d\xd8\x3d\xd8\x00\xde", 6, "<U+D83D>\xf0\x9f\x98\x80",
		  "3dd83dd800de" },
		{ "a\0\0\0b\0", 6, "a<U+0000>b", "610000006200" },
		{ "a\0b", 3, "a", "610062" },
		{ "", 0, "", NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text t = text_from_utf16(arena, (struct span){
			cases[i].bytes, cases[i].n, 0 });

		cr_expect_str_eq(t.utf8, cases[i].utf8);
		if (cases[i].hex == NULL)
			cr_expect_null(t.hex);
		else
			cr_expect_str_eq(t.hex, cases[i].hex);
	}
}

/* \back\slash was one name and looked like two.  */
Test(utf16, names_with_a_backslash_are_not_two_names)
{
	static const uint8_t one[] = "a\0\\\0b", two[] = "a\0", b[] = "b";
	static const uint8_t half[] = "\x3d\xd8", rest[] = "\0\xde";
	struct span names[] = { { two, 2, 0 }, { b, 2, 0 } };
	struct text t = text_from_names(arena, names, 2);

	cr_expect_str_eq(t.utf8, "\\a\\b");
	cr_expect_null(t.hex);
	t = text_from_names(arena, (struct span[]){ { one, 6, 0 } }, 1);
	cr_expect_str_eq(t.utf8, "\\a<U+005C>b");
	cr_expect_str_eq(t.hex, "5c0061005c006200");
	/* Halves of a character do not find each other across names.  */
	names[0] = (struct span){ half, 2, 0 };
	names[1] = (struct span){ rest, 2, 0 };
	t = text_from_names(arena, names, 2);
	cr_expect_str_eq(t.utf8, "\\<U+D83D>\\<U+DE00>");
	cr_expect_str_eq(t.hex, "5c003dd85c0000de");
}

Test(utf16, one_byte_characters_are_latin_1)
{
	struct text t = text_from_latin1(arena, (struct span){
		(const uint8_t *)"Gr\xf6\xdf" "e", 5, 0 });

	cr_expect_str_eq(t.utf8, "Gr\xc3\xb6\xc3\x9f" "e");
	cr_expect_null(t.hex);
}

/* As RFC 3629 and the Unicode standard (table 3-7) have it.  */
Test(utf16, what_is_not_utf_8_is_refused)
{
	static const char *const bad[] = {
		"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2\x61",
		"\xe0\x9f\xbf", "\xe2\x82", "\xed\xa0\x80", "\xed\xbf\xbf",
		"\xf0\x8f\xbf\xbf", "\xf0\x9f\x98", "\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80", "\xff", "good\xfe",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct span s = { NULL, 7, 7 };

		cr_expect_not(utf16_from_utf8(arena, bad[i], &s), "case %zu",
			      i);
		cr_expect_eq(s.n, 7);
	}
}

Test(utf16, trailing_nuls_are_cut_off_and_no_others)
{
	static const uint8_t padded[] = "a\0\0\0b\0\0\0\0";
	struct span s = { padded, 9, 0 };

	cr_expect_eq(utf16_trim_nul(s).n, 6);
	s.n = 0;
	cr_expect_eq(utf16_trim_nul(s).n, 0);
	s = (struct span){ (const uint8_t *)"\0\0\0", 3, 0 };
	cr_expect_eq(utf16_trim_nul(s).n, 0);
}

Test(utf16, ascii_is_compared_without_case_and_nothing_else_is)
{
	static const struct { const char *utf8, *ascii; bool equal; } cases[] = {
		{ "SYSTEM", "system", true },
		{ "SYSTEM", "SYSTEM2", false },
		{ "SYSTEM2", "SYSTEM", false },
		{ "", "", true },
		{ "[", "{", false },	/* 0x20 apart as letters are */
		{ "@", "`", false },
		{ "\u212a", "k", false },	/* the Kelvin sign */
		{ "\u0153", "S", false },	/* low byte 0x53 */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span s;

		cr_assert(utf16_from_utf8(arena, cases[i].utf8, &s));
		cr_expect_eq(utf16_equals_ascii(s, cases[i].ascii),
			     cases[i].equal, "case %zu", i);
	}
}
