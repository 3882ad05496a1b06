#include <criterion/criterion.h>

#include "base/bytes.h"
#include "format/vhd.h"
#include "lib/guard.h"

/* As Windows writes it for a dynamic disk of 8 MiB.  */
static const uint8_t footer[512] = {
	'c', 'o', 'n', 'e', 'c', 't', 'i', 'x',
	[0x0b] = 2,				/* features */
	[0x0d] = 1,				/* version 1.0 */
	[0x16] = 2, [0x17] = 0x00,		/* header at 512 */
	[0x18] = 0x27, 0x19, 0x8e, 0x1b,	/* time */
	[0x1c] = 'w', 'i', 'n', ' ',
	[0x2d] = 0x80,				/* original size */
	[0x35] = 0x80,				/* current size */
	[0x3f] = 3,				/* dynamic */
	/* checksum: ~0x6db, the sum of all bytes */
	[0x40] = 0xff, 0xff, 0xf9, 0x24,
	[0x44] = 0x0f, [0x53] = 0x10,		/* unique id */
};

static struct vhd_footer parse(const uint8_t *bytes, size_t n)
{
	struct span s = guard_copy(bytes, n, 0);
	struct vhd_footer f;

	cr_assert_eq(vhd_footer_parse(s, &f, NULL), 0);
	guard_free(s);
	return f;
}

Test(vhd, reads_a_footer)
{
	struct vhd_footer f = parse(footer, 512);

	cr_expect_eq(f.data_offset, 512);
	cr_expect_eq(f.current_size, 8 << 20);
	cr_expect_eq(f.type, VHD_DYNAMIC);
	cr_expect_eq(f.timestamp, 0x27198e1b);
	cr_expect_eq(f.uuid[0], 0x0f);
	cr_expect_eq(f.uuid[15], 0x10);
	cr_expect_not(f.bad_checksum);
}

Test(vhd, reads_a_footer_of_511_bytes)
{
	struct vhd_footer f = parse(footer, 511);

	cr_expect_eq(f.current_size, 8 << 20);
	cr_expect_not(f.bad_checksum);
}

Test(vhd, notices_every_changed_byte_of_a_footer)
{
	for (size_t i = 0; i < sizeof(footer); i++) {
		uint8_t bad[512];
		struct vhd_footer f = { 0 };
		struct err e = { 0 };
		struct span s;

		memcpy(bad, footer, sizeof(bad));
		bad[i] ^= 0x21;
		s = guard_copy(bad, sizeof(bad), 0x4000);
		if (vhd_footer_parse(s, &f, &e) == 0)
			cr_expect(f.bad_checksum, "byte %zu", i);
		else
			cr_expect(e.at >= 0x4000 && e.at < 0x4200);
		guard_free(s);
	}
}

Test(vhd, says_what_is_wrong_with_a_footer_and_where)
{
	static const struct {
		size_t at;
		uint8_t value;
		enum err_code code;
		uint64_t err_at;
	} cases[] = {
		{ 0x00, 'k', ERR_MAGIC, 0x4000 },
		{ 0x0d, 2, ERR_UNSUPPORTED, 0x400c },
		{ 0x3f, 5, ERR_UNSUPPORTED, 0x403c },
		{ 0x3f, 0, ERR_UNSUPPORTED, 0x403c },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint8_t bad[512];
		struct vhd_footer f;
		struct err e = { 0 };

		memcpy(bad, footer, sizeof(bad));
		bad[cases[i].at] = cases[i].value;
		cr_expect_eq(vhd_footer_parse((struct span){ bad, 512, 0x4000 },
					      &f, &e), cases[i].code);
		cr_expect_eq(e.at, cases[i].err_at);
	}
}

Test(vhd, survives_every_truncation)
{
	for (size_t n = 0; n < 511; n++) {
		struct vhd_footer f;
		struct err e = { 0 };
		struct span s = guard_copy(footer, n, 0x4000);

		cr_assert_eq(vhd_footer_parse(s, &f, &e), ERR_TRUNCATED);
		cr_expect_eq(e.at, 0x4000);
		cr_expect_eq(e.got, n);
		guard_free(s);
	}
}

static const uint8_t header[1024] = {
	'c', 'x', 's', 'p', 'a', 'r', 's', 'e',
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	[0x16] = 0x20,				/* BAT at 8192 */
	[0x19] = 1,				/* version 1.0 */
	[0x1f] = 2,				/* entries */
	[0x21] = 0x20,				/* blocks of 2 MiB */
	/* checksum: ~0xe1b */
	[0x24] = 0xff, 0xff, 0xf1, 0xe4,
	[0x28] = 0x5f, [0x37] = 0x21,		/* parent's id */
	[0x41] = 'v',				/* parent's name */
	[0x240] = 'W', '2', 'k', 'u', [0x24b] = 0x08, [0x256] = 0x10,
};

Test(vhd, reads_a_dynamic_header)
{
	struct span s = guard_copy(header, sizeof(header), 512);
	struct vhd_header h;

	cr_assert_eq(vhd_header_parse(s, &h, NULL), 0);
	cr_expect_eq(h.bat_offset, 8192);
	cr_expect_eq(h.bat_entries, 2);
	cr_expect_eq(h.block_bytes, 2 << 20);
	cr_expect_eq(h.parent_uuid[0], 0x5f);
	cr_expect_eq(h.parent_uuid[15], 0x21);
	cr_expect_eq(h.parent_name.at, 512 + 0x40);
	cr_expect_str_eq(h.locator[0].platform, "W2ku");
	cr_expect_eq(h.locator[0].length, 8);
	cr_expect_eq(h.locator[0].offset, 4096);
	cr_expect_not(h.bad_checksum);
	guard_free(s);
}

Test(vhd, notices_every_changed_byte_of_a_header)
{
	for (size_t i = 0; i < sizeof(header); i++) {
		uint8_t bad[1024];
		struct vhd_header h = { 0 };
		struct span s;

		memcpy(bad, header, sizeof(bad));
		bad[i] ^= 0x21;
		s = guard_copy(bad, sizeof(bad), 0);
		if (vhd_header_parse(s, &h, NULL) == 0)
			cr_expect(h.bad_checksum, "byte %zu", i);
		guard_free(s);
	}
}

Test(vhd, survives_every_truncation_of_a_header)
{
	for (size_t n = 0; n < sizeof(header); n++) {
		struct vhd_header h;
		struct err e = { 0 };
		struct span s = guard_copy(header, n, 512);

		cr_assert_eq(vhd_header_parse(s, &h, &e), ERR_TRUNCATED);
		cr_expect_eq(e.at, 512);
		guard_free(s);
	}
}

Test(vhd, refuses_blocks_that_are_no_power_of_two_or_too_large)
{
	static const struct {
		uint32_t bytes;
		int want;
	} cases[] = {
		{ 0, ERR_VALUE }, { 256, ERR_VALUE }, { 512, 0 },
		{ 3 << 20, ERR_VALUE }, { 256u << 20, 0 },
		{ 512u << 20, ERR_LIMIT }, { 1u << 31, ERR_LIMIT },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		be32 v = put_be32(cases[i].bytes);
		uint8_t bad[1024];
		struct vhd_header h;

		memcpy(bad, header, sizeof(bad));
		memcpy(bad + 0x20, &v, sizeof(v));
		cr_expect_eq(vhd_header_parse((struct span){ bad, 1024, 0 }, &h,
					      NULL), cases[i].want, "%u",
			     cases[i].bytes);
	}
}

Test(vhd, a_bitmap_has_a_bit_for_each_sector_in_whole_sectors)
{
	cr_expect_eq(vhd_bitmap_bytes(512), 512);
	cr_expect_eq(vhd_bitmap_bytes(2 << 20), 512);
	cr_expect_eq(vhd_bitmap_bytes(4 << 20), 1024);
}
