#include <criterion/criterion.h>

#include <string.h>

#include "format/refs.h"
#include "lib/guard.h"

/* A volume of version 3.4.  Fields that are not listed are zero.  */
static const uint8_t boot[512] = {
	0, 0, 0, 'R', 'e', 'F', 'S', 0, 0, 0, 0,
	[0x10] = 'F', 'S', 'R', 'S',
	[0x14] = 0x00, 0x02,
	[0x18] = 0x00, 0x00, 0x20, 0,		/* 1 GiB of sectors */
	[0x20] = 0x00, 0x02, 0, 0,		/* 512 bytes each */
	[0x24] = 0x08, 0, 0, 0,			/* sectors per cluster */
	[0x28] = 3, 4,				/* version */
	[0x38] = 0x8a, 0x8a, 0x71, 0xa6, 0xd8, 0x71, 0xa6, 0xe8,
};

static int parse(size_t at, const void *bytes, size_t n, struct refs_boot *ret,
		 struct err *reterr)
{
	uint8_t copy[512];
	struct span s;
	int r;

	memcpy(copy, boot, sizeof(copy));
	memcpy(copy + at, bytes, n);
	s = guard_copy(copy, sizeof(copy), 0x7e00);
	r = refs_boot_parse(s, ret, reterr);
	guard_free(s);
	return r;
}

Test(refs, decodes_every_field)
{
	struct refs_boot b;

	cr_assert_eq(parse(0, boot, 1, &b, NULL), 0);
	cr_expect_eq(b.major, 3);
	cr_expect_eq(b.minor, 4);
	cr_expect_eq(b.bytes_per_sector, 512);
	cr_expect_eq(b.cluster_bytes, 4096);
	cr_expect_eq(b.total_sectors, 2097152);
	cr_expect_eq(b.serial, 0xe8a671d8a6718a8a);
}

/* A volume of Windows 11, as forefst prints its first sector
 * (docs/examples/decode_vbr_by_hand.md); what it does not print is zero.  */
Test(refs, the_checksum_is_that_of_windows)
{
	uint8_t p[512] = {
		[0x03] = 'R', 'e', 'F', 'S',
		[0x10] = 'F', 'S', 'R', 'S', 0x00, 0x02, 0x89, 0x54,
		0x00, 0x00, 0x3e, 0, 0, 0, 0, 0,
		0x00, 0x02, 0, 0, 0x08, 0, 0, 0, 3, 14, 2, 0, 0x66,
		[0x38] = 0x04, 0x88, 0x8b, 0x4a, 0xa6, 0x8b, 0x4a, 0x50,
		0, 0, 0, 0x04, 0, 0, 0, 0,
		0xff, 0xc8, 0x60, 0x39, 0xe7, 0xa4, 0xf0, 0x49,
		0x81, 0xcb, 0x45, 0x63, 0x78, 0x6e, 0x1a, 0x86,
	};
	struct refs_boot b;
	uint16_t before;
	struct span s;

	cr_assert_eq(refs_boot_parse((struct span){ p, 512, 0 }, &b, NULL), 0);
	cr_expect_eq(b.checksum, 0x5489);
	cr_expect_eq(b.checksum_computed, 0x5489);
	/* Each byte counts but those before the name.  */
	for (size_t i = 0x28; i < sizeof(p); i++) {
		p[i] ^= 0x10;
		cr_assert_eq(refs_boot_parse((struct span){ p, 512, 0 }, &b,
					     NULL), 0);
		cr_expect_neq(b.checksum_computed, 0x5489, "byte %zu", i);
		p[i] ^= 0x10;
	}
	/* And so many as it says.  */
	p[0x14] = 0x58;
	p[0x15] = 0;
	memset(p + 0x58, 0xff, sizeof(p) - 0x58);
	cr_assert_eq(refs_boot_parse((struct span){ p, 512, 0 }, &b, NULL), 0);
	p[0x58] = 0;
	before = b.checksum_computed;
	cr_assert_eq(refs_boot_parse((struct span){ p, 512, 0 }, &b, NULL), 0);
	cr_expect_eq(b.checksum_computed, before);
	p[0x15] = 0xff;
	s = guard_copy(p, 512, 0);
	cr_assert_eq(refs_boot_parse(s, &b, NULL), 0);
	guard_free(s);
}

Test(refs, survives_every_truncation_and_changed_byte)
{
	struct refs_boot b;

	for (size_t n = 0; n < 512; n++) {
		struct err e = { 0 };
		struct span s = guard_copy(boot, n, 0x7e00);

		cr_assert_eq(refs_boot_parse(s, &b, &e), ERR_TRUNCATED);
		cr_expect_eq(e.at, 0x7e00);
		guard_free(s);
	}
	for (size_t i = 0; i < 0x40; i++)
		for (int x = 0; x < 256; x++) {
			uint8_t byte = (uint8_t)x;
			struct err e = { 0 };

			if (parse(i, &byte, 1, &b, &e) == 0)
				cr_expect_leq(b.cluster_bytes, 2 << 20);
			else
				cr_expect(e.at >= 0x7e00 && e.at < 0x7e40);
		}
}

Test(refs, says_which_field_is_impossible)
{
	static const struct {
		size_t at, n;
		uint8_t bytes[8];
		int code;
		uint64_t err_at;
	} cases[] = {
		{ 0x03, 1, { 'r' }, ERR_MAGIC, 0x03 },
		{ 0x10, 1, { 'X' }, ERR_MAGIC, 0x03 },
		{ 0x18, 8, { 0 }, ERR_VALUE, 0x18 },
		{ 0x18, 8, { [7] = 0xff }, ERR_VALUE, 0x18 },
		{ 0x20, 4, { 0, 3 }, ERR_VALUE, 0x20 },
		{ 0x24, 4, { 0 }, ERR_VALUE, 0x24 },
		{ 0x24, 4, { 0, 0x20 }, ERR_VALUE, 0x24 },	/* 4 MiB */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct refs_boot b;
		struct err e = { 0 };

		cr_expect_eq(parse(cases[i].at, cases[i].bytes, cases[i].n, &b,
				   &e), cases[i].code, "case %zu", i);
		cr_expect_eq(e.at, 0x7e00 + cases[i].err_at, "case %zu", i);
	}
}
