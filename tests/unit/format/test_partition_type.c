#include <criterion/criterion.h>

#include <string.h>

#include "format/partition_type.h"

/* GUIDs as Microsoft and the UEFI specification print them.  */
Test(partition_type, guids_have_their_names)
{
	static const struct { const char *guid, *name; } cases[] = {
		{ "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7", "Basic data" },
		{ "C12A7328-F81F-11D2-BA4B-00A0C93EC93B", "EFI system" },
		{ "E3C9E316-0B5C-4DB8-817D-F92DF00215AE",
		  "Microsoft reserved" },
		{ "5808C8AA-7E8F-42E0-85D2-E1E90434CFB3",
		  "Dynamic disk metadata" },
		{ "AF9B60A0-1431-4F62-BC68-3311714A69AD",
		  "Dynamic disk data" },
		{ "DE94BBA4-06D1-4D40-A16A-BFD50179D6AC",
		  "Windows recovery" },
		{ "E75CAF8F-F680-4CEE-AFA3-B001E56EFC2D", "Storage Spaces" },
		{ "E6D6D379-F507-44C2-A23C-238F2A3DF928", "Linux LVM" },
		{ "00112233-4455-6677-8899-AABBCCDDEEFF", "unknown" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct guid g;

		cr_assert(guid_parse(cases[i].guid, &g));
		cr_expect_str_eq(gpt_type_name(&g), cases[i].name);
	}
}

Test(partition_type, mbr_types_have_their_names)
{
	cr_expect_str_eq(mbr_type_name(0x07), "NTFS / exFAT");
	cr_expect_str_eq(mbr_type_name(0x27), "Windows recovery");
	cr_expect_str_eq(mbr_type_name(0x42), "Dynamic disk");
	cr_expect_str_eq(mbr_type_name(0xef), "EFI system");
	cr_expect_str_eq(mbr_type_name(0xff), "unknown");
	for (int type = 0; type < 256; type++)
		cr_expect_gt(strlen(mbr_type_name((uint8_t)type)), 0);
}
