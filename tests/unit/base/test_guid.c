#include <criterion/criterion.h>

#include "base/filetime.h"
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

/* The first two are of the Windows 7 SYSTEM hive of regipy's tests and a no-
 * letter marker of a Windows 10, with their times as other decoders give them;
 * the third is the example of RFC 9562, A.1.  */
Test(guid, of_version_1_tells_its_time_and_node)
{
	static const struct {
		const char *text, *time;
		uint8_t node[6];
		bool node_is_mac;
		uint16_t clock_sequence;
	} rows[] = {
		{ "656b1715-ecf6-11df-92e6-806e6f6e6963",
		  "2010-11-10T18:14:45.2031253Z",
		  { 0x80, 0x6e, 0x6f, 0x6e, 0x69, 0x63 }, false, 0x12e6 },
		{ "46686113-4e39-11ea-bd05-784f439fa657",
		  "2020-02-13T08:17:28.9569555Z",
		  { 0x78, 0x4f, 0x43, 0x9f, 0xa6, 0x57 }, true, 0x3d05 },
		{ "c232ab00-9414-11ec-b3c8-9f6bdeced846",
		  "2022-02-22T19:22:22.0000000Z",
		  { 0x9f, 0x6b, 0xde, 0xce, 0xd8, 0x46 }, false, 0x33c8 },
		/* The same without a node.  */
		{ "c232ab00-9414-11ec-b3c8-000000000000",
		  "2022-02-22T19:22:22.0000000Z",
		  { 0, 0, 0, 0, 0, 0 }, false, 0x33c8 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char buf[FILETIME_TEXT_BYTES];
		struct guid_time t;
		struct guid g;

		cr_assert(guid_parse(rows[i].text, &g));
		cr_assert(guid_time(&g, &t), "%s", rows[i].text);
		cr_expect_str_eq(filetime_text(t.filetime, buf), rows[i].time);
		cr_expect_arr_eq(t.node, rows[i].node, 6);
		cr_expect_eq(t.node_is_mac, rows[i].node_is_mac);
		cr_expect_eq(t.clock_sequence, rows[i].clock_sequence);
	}
}

/* Other versions, the variants of NCS and of Microsoft, a stable name of an MBR
 * volume, and a count of ticks that ends before 1601.  */
Test(guid, of_another_kind_tells_no_time)
{
	static const char *const rows[] = {
		BASIC_DATA, "919108f7-52d1-4320-9bac-f847db4148a8",
		"656b1715-ecf6-21df-92e6-806e6f6e6963",
		"656b1715-ecf6-11df-12e6-806e6f6e6963",
		"656b1715-ecf6-11df-d2e6-806e6f6e6963",
		"df4546ae-0000-0000-0000-501f00000000",
		"00000000-0000-1000-8000-000000000000",
		"3e42bfff-6bf3-1014-8000-000000000001",
	};
	struct guid_time t = { .filetime = 7 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct guid g;

		cr_assert(guid_parse(rows[i], &g));
		cr_expect_not(guid_time(&g, &t), "%s", rows[i]);
	}
	cr_expect_eq(t.filetime, 7);
}
