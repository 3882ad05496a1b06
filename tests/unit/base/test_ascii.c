#include <criterion/criterion.h>

#include "base/ascii.h"

Test(ascii, letters_are_equal_in_either_case_and_nothing_else_is)
{
	cr_expect_eq(ascii_compare("UsbStor\\Disk@[`{", "USBSTOR\\dISK@[`{"), 0);
	/* '@' and '`', '[' and '{' differ by the bit that cases differ by.  */
	cr_expect_neq(ascii_compare("@", "`"), 0);
	cr_expect_neq(ascii_compare("[", "{"), 0);
	cr_expect_lt(ascii_compare("a", "B"), 0);
	cr_expect_lt(ascii_compare("ab", "abc"), 0);
	cr_expect_gt(ascii_compare("ab", ""), 0);
	/* As bytes, not as signed characters; and not as Latin-1 letters.  */
	cr_expect_gt(ascii_compare("\xc4", "z"), 0);
	cr_expect_neq(ascii_compare("\xc4", "\xe4"), 0);
}

Test(ascii, a_prefix_is_cut_off)
{
	cr_expect_str_eq(ascii_after("Ven_HP", "VEN_"), "HP");
	cr_expect_str_eq(ascii_after("Ven_", "ven_"), "");
	cr_expect_str_eq(ascii_after("x", ""), "x");
	cr_expect_null(ascii_after("Ven", "ven_"));
	cr_expect_null(ascii_after("", "a"));
}

Test(ascii, a_part_is_found_at_its_first_place)
{
	cr_expect_str_eq(ascii_find("1&2&SignatureSIGNATURE", "signature"),
			 "SignatureSIGNATURE");
	cr_expect_str_eq(ascii_find("aab", "AB"), "ab");
	cr_expect_null(ascii_find("sig", "signature"));
	cr_expect_null(ascii_find("", "a"));
}
