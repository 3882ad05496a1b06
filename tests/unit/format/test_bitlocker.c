#include <criterion/criterion.h>

#include <string.h>

#include "format/bitlocker.h"
#include "lib/guard.h"
#include "lib/shared_data.h"
#include "lib/test_disk.h"

static const uint8_t vista[512] = {
	0xeb, 0x52, 0x90, '-', 'F', 'V', 'E', '-', 'F', 'S', '-',
	[0x0b] = 0x00, 0x02, 8,
	[0x38] = 0x34, 0x12,			/* cluster of the metadata */
};

/* 92a84d3b-dd80-4d0e-9e4e-b1e3284eaed8: what is encrypted is told by maps.  */
static const uint8_t on_write[512] = {
	0xeb, 0x58, 0x90, '-', 'F', 'V', 'E', '-', 'F', 'S', '-',
	[0x0b] = 0x00, 0x02, 8,
	[0xa0] = 0x3b, 0x4d, 0xa8, 0x92, 0x80, 0xdd, 0x0e, 0x4d,
		 0x9e, 0x4e, 0xb1, 0xe3, 0x28, 0x4e, 0xae, 0xd8,
	[0xb0] = 0x00, 0x00, 0x10, [0xb8] = 0x00, 0x00, 0x20,
	[0xc0] = 0x00, 0x00, 0x30,
	[0xc8] = 0x00, 0x00, 0x40, [0xd0] = 0x00, 0x10, 0x40,
};

Test(bitlocker, decodes_the_forms_of_vista_and_on_write)
{
	struct bitlocker_boot b;
	struct span s = guard_copy(vista, sizeof(vista), 0);

	cr_assert_eq(bitlocker_boot_parse(s, &b, NULL), 0);
	cr_expect_eq(b.form, BITLOCKER_VISTA);
	cr_expect_eq(b.metadata[0], 0x1234 * 4096);
	guard_free(s);
	s = guard_copy(on_write, sizeof(on_write), 0);
	cr_assert_eq(bitlocker_boot_parse(s, &b, NULL), 0);
	cr_expect_eq(b.form, BITLOCKER_WINDOWS_7);
	cr_expect(b.on_write);
	cr_expect_eq(b.metadata[2], 0x300000);
	cr_expect_eq(b.maps[0], 0x400000);
	cr_expect_eq(b.maps[1], 0x401000);
	guard_free(s);
}

Test(bitlocker, survives_every_truncation_and_changed_byte)
{
	for (size_t n = 0; n < 512; n++) {
		struct bitlocker_boot b;
		struct err e = { 0 };
		struct span s = guard_copy(on_write, n, 0x7e00);

		cr_assert_eq(bitlocker_boot_parse(s, &b, &e), ERR_TRUNCATED);
		cr_expect_eq(e.at, 0x7e00);
		guard_free(s);
	}
	for (size_t i = 0; i < 512; i++) {
		uint8_t bad[512];
		struct bitlocker_boot b;
		struct err e = { 0 };
		struct span s;
		bool named = i < 3 || i > 10;

		memcpy(bad, on_write, sizeof(bad));
		bad[i] ^= 0xff;
		s = guard_copy(bad, sizeof(bad), 0x7e00);
		cr_expect_eq(bitlocker_boot_parse(s, &b, &e),
			     named ? 0 : ERR_MAGIC, "byte %zu", i);
		if (!named)
			cr_expect_eq(e.at, 0x7e03);
		guard_free(s);
	}
}

/* A volume of Windows 7 and one of BitLocker To Go, both made by Windows.  */
Test(bitlocker, recognises_real_volumes)
{
	size_t n;
	uint8_t *p = test_file(shared_data_unpacked(
		"util-linux__util-linux/tests/ts/blkid/images-fs/"
		"bitlocker-win7.img.xz", "bitlocker-win7.img"), &n);
	struct bitlocker_boot b;

	if (p == NULL)
		cr_skip_test("no shared data");
	cr_assert_eq(bitlocker_boot_parse((struct span){ p, 512, 0 }, &b,
					  NULL), 0);
	cr_expect_eq(b.form, BITLOCKER_WINDOWS_7);
	cr_expect_not(b.on_write);
	cr_assert_lt(b.metadata[0], n - 8);
	cr_expect_arr_eq(p + b.metadata[0], "-FVE-FS-", 8);
	/* the image is cut before these */
	cr_expect_eq(b.metadata[1], 0x057e4000);
	cr_expect_eq(b.metadata[2], 0x08ec8000);
	free(p);
	p = test_file(shared_data("log2timeline__dfvfs/test_data/bdetogo.raw"),
		      &n);
	cr_assert_eq(bitlocker_boot_parse((struct span){ p, 512, 0 }, &b,
					  NULL), 0);
	cr_expect_eq(b.form, BITLOCKER_TO_GO);
	cr_expect_eq(b.metadata[0], 0x02100000);
	free(p);
}
