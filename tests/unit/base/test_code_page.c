#include <criterion/criterion.h>
#include <iconv.h>
#include <stdio.h>
#include <string.h>

#include "base/code_page.h"

/* The C library knows the pages as well, where its modules are installed.  */
Test(code_page, each_letter_is_that_of_the_c_library)
{
	static const unsigned pages[] = { 437, 850, 852, 858, 866 };

	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		struct arena *a = arena_new();
		char name[16];
		iconv_t cd;

		snprintf(name, sizeof(name), "CP%u", pages[i]);
		cd = iconv_open("UTF-8", name);
		if (cd == (iconv_t)-1)
			cr_skip_test("the C library has no module for it");
		cr_expect(code_page_is_known(pages[i]));
		for (unsigned c = 1; c < 256; c++) {
			const uint8_t byte = (uint8_t)c;
			char in = (char)c, want[8] = "", *from = &in,
			     *to = want;
			size_t n = 1, room = sizeof(want) - 1;
			struct text t = text_from_code_page(
				a, pages[i], (struct span){ &byte, 1, 0 });

			cr_assert_neq(iconv(cd, &from, &n, &to, &room),
				      (size_t)-1);
			cr_expect_str_eq(t.utf8, want, "page %u, byte %02x",
					 pages[i], c);
		}
		iconv_close(cd);
		arena_free(a);
	}
}

Test(code_page, others_are_not_known)
{
	struct arena *a = arena_new();
	const uint8_t byte = 0xe9;

	cr_expect_not(code_page_is_known(932));
	cr_expect_str_eq(text_from_code_page(a, 932, (struct span){ &byte, 1,
								    0 }).utf8,
			 "\xc3\xa9");
	arena_free(a);
}
