#include <criterion/criterion.h>

#include "base/err.h"

Test(err, is_set_whole_and_returned)
{
	struct err e = { 0 };

	cr_expect_eq(err_set(&e, ERR_VALUE, 512, "footer", 1, 2), ERR_VALUE);
	cr_expect_eq(e.code, ERR_VALUE);
	cr_expect_eq(e.at, 512);
	cr_expect_str_eq(e.what, "footer");
	cr_expect_eq(e.want, 1);
	cr_expect_eq(e.got, 2);
	cr_expect_eq(err_set(NULL, ERR_IO, 0, "x", 0, 0), ERR_IO);
}

Test(err, its_text_has_the_place_and_what_is_known)
{
	static const struct { struct err e; const char *text; } cases[] = {
		{ { ERR_CHECKSUM, 512, "VHD footer", 0x12, 0x34 },
		  "VHD footer: wrong checksum, computed 0x12, stored 0x34, "
		  "at byte 512" },
		{ { ERR_TRUNCATED, 0, "MBR", 512, 3 },
		  "MBR: truncated, bytes needed 0x200, there 0x3, at byte 0" },
		{ { ERR_UNSUPPORTED, 8, "type", 9, 7 },
		  "type: not supported, found 0x7, at byte 8" },
		{ { ERR_UNSUPPORTED, 0, "Zip file", 0, 0 },
		  "Zip file: not supported, at byte 0" },
		{ { ERR_LOOP, 8, "chain", 9, 7 },
		  "chain: comes back to where it was, at byte 8" },
		{ { ERR_NOT_FOUND, 0, "x.E01", 0, 0 }, "x.E01: not found" },
		{ { ERR_NOT_FOUND, 8, "$DATA", 0, 0 },
		  "$DATA: not found, at byte 8" },
		{ { ERR_FILE, 0, "x.E01: Permission denied", 0, 0 },
		  "x.E01: Permission denied" },
		{ { ERR_NOMEM, 0, NULL, 0, 0 }, "?: out of memory, at byte 0" },
		{ { ERR_MAGIC, UINT64_MAX, "m", UINT64_MAX, UINT64_MAX },
		  "m: wrong signature, expected 0xffffffffffffffff, "
		  "found 0xffffffffffffffff, at byte 18446744073709551615" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char buf[200], small[10];

		cr_expect_str_eq(err_text(&cases[i].e, buf, sizeof(buf)),
				 cases[i].text);
		cr_expect_lt(strlen(err_text(&cases[i].e, small,
					     sizeof(small))), sizeof(small));
	}
}
