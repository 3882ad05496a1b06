#include <criterion/criterion.h>

#include <stdlib.h>

#include "lib/capture.h"
#include "report/escape.h"

static struct out out;

static char *written(void (*write)(struct out *, const char *), const char *s)
{
	struct capture c = { 0 };

	out_init(&out, capture_write, &c);
	write(&out, s);
	out_string(&out, "");
	cr_assert_eq(out_end(&out), 0);
	return c.data;
}

Test(escape, leaves_the_blank_before_a_path_in_a_sentence)
{
	static const struct { const char *in, *text; } cases[] = {
		{ "the hive \\W\\SYSTEM could not be read",
		  "the hive \\W\\SYSTEM could not be read" },
		{ "the hive \\W \\SYSTEM", "the hive \\W<U+0020>\\SYSTEM" },
		{ "\\W and \\X", "\\W and \\X" },
		{ "ends ", "ends<U+0020>" },
		{ "a \x1b[2J", "a <U+001B>[2J" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *text = written(out_prose, cases[i].in);

		cr_expect_str_eq(text, cases[i].text);
		free(text);
	}
}

/* The four characters, their wide forms, and the two that a field cannot begin
 * with, are those of OWASP's "CSV Injection".  */
Test(escape, a_spreadsheet_computes_nothing_of_an_inert_field)
{
	static const struct { const char *in, *plain, *inert; } cases[] = {
		{ "", "\"\"", "\"\"" },
		{ "=1+1", "\"=1+1\"", "\"'=1+1\"" },
		{ "+1", "\"+1\"", "\"'+1\"" },
		{ "-1", "\"-1\"", "\"'-1\"" },
		{ "@A1", "\"@A1\"", "\"'@A1\"" },
		{ "=\"a\"", "\"=\"\"a\"\"\"", "\"'=\"\"a\"\"\"" },
		{ "\uff1d1", "\"\uff1d1\"", "\"'\uff1d1\"" },
		{ "\uff0b1", "\"\uff0b1\"", "\"'\uff0b1\"" },
		{ "\uff0d1", "\"\uff0d1\"", "\"'\uff0d1\"" },
		{ "\uff20A", "\"\uff20A\"", "\"'\uff20A\"" },
		{ "\uff1e1", "\"\uff1e1\"", "\"\uff1e1\"" },
		{ "a=1", "\"a=1\"", "\"a=1\"" },
		{ "\t=1", "\"<U+0009>=1\"", "\"<U+0009>=1\"" },
		{ "\r=1", "\"<U+000D>=1\"", "\"<U+000D>=1\"" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *plain = written(out_csv_field, cases[i].in);
		char *inert = written(out_csv_inert, cases[i].in);

		cr_expect_str_eq(plain, cases[i].plain);
		cr_expect_str_eq(inert, cases[i].inert);
		free(plain);
		free(inert);
	}
}

/* The forms of UTF-8 are those of Unicode 15, table 3-7.  */
Test(escape, makes_visible_what_a_terminal_would_obey)
{
	static const struct { const char *in, *text, *json; } cases[] = {
		{ "plain", "plain", "\"plain\"" },
		{ "a b ", "a b<U+0020>", "\"a b \"" },
		{ "a b \\c", "a b<U+0020>\\c", "\"a b \\\\c\"" },
		{ "C:\\dir", "C:\\dir", "\"C:\\\\dir\"" },
		{ "say \"x\"", "say \"x\"", "\"say \\\"x\\\"\"" },
		{ "\x1b[2J", "<U+001B>[2J", "\"\\u001b[2J\"" },
		{ "a\nb\tc", "a<U+000A>b<U+0009>c", "\"a\\u000ab\\u0009c\"" },
		{ "\x7f", "<U+007F>", "\"\\u007f\"" },
		/* CSI in one character; right-to-left override; isolate;
		 * line separator; left-to-right mark */
		{ "\xc2\x9b", "<U+009B>", "\"\\u009b\"" },
		{ "\xe2\x80\xae", "<U+202E>", "\"\\u202e\"" },
		{ "\xe2\x81\xa7", "<U+2067>", "\"\\u2067\"" },
		{ "\xe2\x80\xa8", "<U+2028>", "\"\\u2028\"" },
		{ "\xe2\x80\x8e", "<U+200E>", "\"\\u200e\"" },
		/* tag A, above 16 bits: JSON takes a pair of surrogates */
		{ "\xf3\xa0\x81\x81", "<U+E0041>", "\"\\udb40\\udc41\"" },
		/* letters of two, three and four bytes stay */
		{ "\xc3\xa4", "\xc3\xa4", "\"\xc3\xa4\"" },
		{ "\xe4\xb8\xad", "\xe4\xb8\xad", "\"\xe4\xb8\xad\"" },
		{ "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80",
		  "\"\xf0\x9f\x98\x80\"" },
		/* not UTF-8: a lone byte, a cut character, an overlong
		 * slash, a surrogate, one above U+10FFFF */
		{ "\xff", "<FF>", "\"<FF>\"" },
		{ "\xe4\xb8", "<E4><B8>", "\"<E4><B8>\"" },
		{ "\xc0\xaf", "<C0><AF>", "\"<C0><AF>\"" },
		{ "\xed\xa0\x80", "<ED><A0><80>", "\"<ED><A0><80>\"" },
		{ "\xf4\x90\x80\x80", "<F4><90><80><80>",
		  "\"<F4><90><80><80>\"" },
		{ "\xe4" "A", "<E4>A", "\"<E4>A\"" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *text = written(out_text, cases[i].in);
		char *json = written(out_json_string, cases[i].in);

		cr_expect_str_eq(text, cases[i].text);
		cr_expect_str_eq(json, cases[i].json);
		cr_expect_eq(utf8_valid(cases[i].in),
			     cases[i].text[0] != '<' || cases[i].text[1] == 'U',
			     "%s", cases[i].text);
		free(text);
		free(json);
	}
}

Test(escape, counts_the_columns_that_are_written)
{
	cr_expect_eq(text_columns("C:\\\xc3\xa4"), 4);
	cr_expect_eq(text_columns("\x1b\xff"), 8 + 4);
	cr_expect_eq(text_columns("\xf3\xa0\x81\x81"), 9);
	cr_expect_eq(text_columns(""), 0);
}

static char *as_cut(const char *s, unsigned width)
{
	struct capture c = { 0 };
	unsigned n;

	out_init(&out, capture_write, &c);
	n = out_text_cut(&out, s, width);
	out_string(&out, "");
	cr_assert_eq(out_end(&out), 0);
	cr_expect_leq(n, width);
	return c.data != NULL ? c.data : calloc(1, 1);
}

Test(escape, cuts_between_characters_and_never_within_what_is_made_visible)
{
	static const struct {
		const char *in;
		unsigned width;
		const char *out;
	} cases[] = {
		{ "Temporary Storage", 11, "Temporary S" },
		{ "Data", 4, "Data" },
		{ "\xc3\xa4\xc3\xb6\xc3\xbc", 2, "\xc3\xa4\xc3\xb6" },
		{ "ab\x1b[2J", 10, "ab<U+001B>" },
		{ "ab\x1b[2J", 9, "ab" },
		{ "x", 0, "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *s = as_cut(cases[i].in, cases[i].width);

		cr_expect_str_eq(s, cases[i].out);
		free(s);
	}
}
