#include <criterion/criterion.h>

#include <string.h>

#include "format/mbr.h"
#include "lib/guard.h"

/* A disk as Windows 10 sets it up, and a container behind it.  */
static const uint8_t windows[512] = {
	[0x1b8] = 0x5c, 0x7d, 0xff, 0xba,
	[0x1be] = 0x80, 0x20, 0x21, 0x00, 0x07, 0xdd, 0x1e, 0x3f,
		  0x00, 0x08, 0x00, 0x00, 0x00, 0xa0, 0x0f, 0x00,
	[0x1ce] = 0x00, 0xdd, 0x1f, 0x3f, 0x0f, 0xfe, 0xff, 0xff,
		  0x00, 0xa8, 0x0f, 0x00, 0x00, 0x50, 0x70, 0x07,
	[0x1fe] = 0x55, 0xaa,
};

Test(mbr, decodes_signature_and_entries)
{
	struct mbr m;
	struct span s = guard_copy(windows, 512, 0);

	cr_assert_eq(mbr_parse(s, &m, NULL), 0);
	cr_expect_eq(m.disk_signature, 0xbaff7d5c);
	cr_expect_eq(m.entry[0].status, 0x80);
	cr_expect_eq(m.entry[0].type, 0x07);
	cr_expect_eq(m.entry[0].first_lba, 2048);
	cr_expect_eq(m.entry[0].sectors, 1024000);
	cr_expect_eq(m.entry[1].status, 0);
	cr_expect_eq(m.entry[1].type, 0x0f);
	cr_expect_eq(m.entry[1].first_lba, 1026048);
	cr_expect_eq(m.entry[1].sectors, 124801024);
	cr_expect_eq(m.entry[2].type, MBR_TYPE_EMPTY);
	cr_expect_eq(m.entry[3].type, MBR_TYPE_EMPTY);
	guard_free(s);
}

Test(mbr, survives_every_truncation)
{
	for (size_t n = 0; n < 512; n++) {
		struct mbr m;
		struct err e = { 0 };
		struct span s = guard_copy(windows, n, 0x10000);

		cr_assert_eq(mbr_parse(s, &m, &e), ERR_TRUNCATED);
		cr_expect_eq(e.at, 0x10000);
		cr_expect_eq(e.want, 512);
		cr_expect_eq(e.got, n);
		guard_free(s);
	}
}

/* Only the end marker can make it fail, and the error says where that is.  */
Test(mbr, survives_every_byte_changed)
{
	for (size_t i = 0; i < 512; i++) {
		uint8_t bad[512];
		struct mbr m;
		struct err e = { 0 };
		struct span s;

		memcpy(bad, windows, sizeof(bad));
		bad[i] ^= 0xff;
		s = guard_copy(bad, sizeof(bad), 0x10000);
		cr_expect_eq(mbr_parse(s, &m, &e), i < 510 ? 0 : ERR_MAGIC);
		if (i >= 510)
			cr_expect_eq(e.at, 0x10000 + 510);
		guard_free(s);
	}
}

Test(mbr, two_types_are_containers)
{
	for (int type = 0; type < 256; type++)
		cr_expect_eq(mbr_is_container((uint8_t)type),
			     type == 0x05 || type == 0x0f, "type %02x", type);
}
