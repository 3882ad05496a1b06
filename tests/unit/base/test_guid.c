#include <criterion/criterion.h>

#include "base/guid.h"

/* A basic data partition's type as a GPT entry holds it, and as UEFI 2.10 and
 * Microsoft print it.  */
static const struct guid basic_data = { {
	0xa2, 0xa0, 0xd0, 0xeb, 0xe5, 0xb9, 0x33, 0x44,
	0x87, 0xc0, 0x68, 0xb6, 0xb7, 0x26, 0x99, 0xc7,
} };
#define BASIC_DATA "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7"

Test(guid, is_printed_as_windows_prints_it)
{
	char buf[GUID_TEXT_CHARS + 1];

	cr_expect_str_eq(guid_text(&basic_data, buf), BASIC_DATA);
}

Test(guid, is_read_in_either_case)
{
	struct guid g;

	cr_assert(guid_parse(BASIC_DATA, &g));
	cr_expect(guid_equal(&g, &basic_data));
	cr_assert(guid_parse("EBD0A0A2-B9E5-4433-87C0-68B6B72699C7", &g));
	cr_expect(guid_equal(&g, &basic_data));
	cr_expect_not(guid_is_zero(&g));
	cr_assert(guid_parse("00000000-0000-0000-0000-000000000000", &g));
	cr_expect(guid_is_zero(&g));
}

/* Each truncation, and each character replaced by one that cannot be there.  */
Test(guid, what_is_not_one_is_refused_and_leaves_the_result_alone)
{
	struct guid g = basic_data;

	for (size_t i = 0; i < GUID_TEXT_CHARS; i++) {
		static const char wrong[] = { '\0', '-', 'g', '{', '0' };
		char s[] = BASIC_DATA;

		for (size_t j = 0; j < sizeof(wrong); j++) {
			bool dash = BASIC_DATA[i] == '-';

			if (dash ? wrong[j] == '-' : wrong[j] == '0')
				continue;
			s[i] = wrong[j];
			cr_expect_not(guid_parse(s, &g), "at %zu: %s", i, s);
		}
	}
	cr_expect(guid_equal(&g, &basic_data));
}
