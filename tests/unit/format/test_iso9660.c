#include <criterion/criterion.h>

#include <string.h>

#include "format/iso9660.h"
#include "lib/guard.h"
#include "lib/mutate.h"

/* Bytes that are no string.  */
static void set(uint8_t *p, const char *bytes, size_t n)
{
	memcpy(p, bytes, n);
}

static const uint8_t primary[2048] = {
	1, 'C', 'D', '0', '0', '1', 1,
	[0x28] = 'O', 'L', 'D', ' ', 'D', 'I', 'S', 'C', ' ', ' ', '\0', ' ',
	[0x50] = 0x80, [0x53] = 0x90,
	[0x7fd] = 0x70,
};

static const uint8_t joliet[2048] = {
	2, 'C', 'D', '0', '0', '1', 1,
	[0x28] = 0, 'N', 0, 'e', 0, 'w', 0, ' ', 0x04, 0x20, 0, ' ',
		 0, ' ', 0, 0,
	[0x58] = '%', '/', 'E',
};

static int parse(const uint8_t *bytes, struct iso9660_descriptor *ret,
		 struct err *reterr)
{
	struct span s = guard_copy(bytes, 2048, 0x8000);
	int r = iso9660_descriptor_parse(s, ret, reterr);

	guard_free(s);
	return r;
}

/* Summed by hand: 1 '0' 'O' 'D' ' ' 80; 'C' '1' 'L' 'I' ' ' 70; 'D' 1 'D' 'S';
 * '0' ' ' 'C' ' ' 90.  */
Test(iso9660, decodes_a_primary_descriptor)
{
	struct iso9660_descriptor d;

	cr_assert_eq(parse(primary, &d, NULL), 0);
	cr_expect_eq(d.type, ISO9660_PRIMARY);
	cr_expect_not(d.joliet);
	cr_expect_eq(d.label.at, 0x8028);
	cr_expect_eq(d.label.n, 8);
	cr_expect_eq(d.serial, 0x6499dc43, "%08x", d.serial);
}

Test(iso9660, decodes_one_of_joliet)
{
	static const char escapes[][4] = { "%/@", "%/C", "%/E" };
	struct iso9660_descriptor d;
	uint8_t copy[2048];

	memcpy(copy, joliet, sizeof(copy));
	for (size_t i = 0; i < 3; i++) {
		memcpy(copy + 0x58, escapes[i], 3);
		cr_assert_eq(parse(copy, &d, NULL), 0);
		cr_expect(d.joliet);
		/* The last character is U+0420, which ends in a blank's 20.  */
		cr_expect_eq(d.label.n, 10, "%zu", d.label.n);
	}
	set(copy + 0x58, "%/G", 3);
	cr_assert_eq(parse(copy, &d, NULL), 0);
	cr_expect_not(d.joliet);
	set(copy + 0x58, "%/E", 3);
	copy[0] = ISO9660_PRIMARY;
	cr_assert_eq(parse(copy, &d, NULL), 0);
	cr_expect_not(d.joliet);
}

Test(iso9660, a_label_can_be_empty)
{
	struct iso9660_descriptor d;
	uint8_t copy[2048];

	memcpy(copy, primary, sizeof(copy));
	memset(copy + 0x28, ' ', 32);
	cr_assert_eq(parse(copy, &d, NULL), 0);
	cr_expect_eq(d.label.n, 0);
	memcpy(copy, joliet, sizeof(copy));
	memset(copy + 0x28, 0, 32);
	cr_assert_eq(parse(copy, &d, NULL), 0);
	cr_expect_eq(d.label.n, 0);
}

Test(iso9660, refuses_what_windows_does_not_read)
{
	struct iso9660_descriptor d;
	struct err e = { 0 };
	uint8_t copy[2048];

	memcpy(copy, primary, sizeof(copy));
	copy[5] = '2';
	cr_expect_eq(parse(copy, &d, &e), ERR_MAGIC);
	cr_expect_eq(e.at, 0x8001);
	copy[5] = '1';
	copy[6] = 2;
	cr_expect_eq(parse(copy, &d, &e), ERR_VALUE);
	cr_expect_eq(e.at, 0x8006);
}

static void look(struct span s)
{
	struct iso9660_descriptor d;
	int r = iso9660_descriptor_parse(s, &d, NULL);

	if (s.n < 2048)
		cr_assert_eq(r, ERR_TRUNCATED);
	if (r < 0)
		return;
	cr_assert_leq(d.label.n, 32);
	cr_assert_eq(d.label.p, s.p + 0x28);
	cr_assert(!d.joliet || d.label.n % 2 == 0);
}

/* The directory itself, the one above, a directory of 2 blocks in block 0x1234,
 * and, in the next block, a file of 0x180000 bytes in block 512.  */
static const uint8_t directory[4096] = {
	34, 0, 0x18, 0, 0, 0, 0, 0, 0, 0x18, 0, 8, 0, 0, 0, 0, 8, 0,
	[25] = 2, [32] = 1, 0,
	[34] = 34, 0, 0x18, 0, 0, 0, 0, 0, 0, 0x18, 0, 8, 0, 0, 0, 0, 8, 0,
	[34 + 25] = 2, [34 + 32] = 1, 1,
	[68] = 36, 0, 0x34, 0x12, 0, 0, 0, 0, 0x12, 0x34, 0, 0x10, 0, 0,
	[68 + 25] = 2, [68 + 32] = 2, 'A', 'B',
	[2048] = 40, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0x18, 0,
	[2048 + 32] = 6, 'E', 'F', 'I', '.', ';', '1',
};

Test(iso9660, lists_a_directory)
{
	const struct span s = guard_copy(directory, sizeof(directory), 0);
	struct iso9660_record r;
	size_t off = 0;

	cr_assert(iso9660_record_next(s, &off, &r));
	cr_expect_eq(r.block, 0x1234);
	cr_expect_eq(r.bytes, 4096);
	cr_expect(r.directory);
	cr_assert(iso9660_record_next(s, &off, &r));
	cr_expect_eq(r.block, 512);
	cr_expect_eq(r.bytes, 0x180000);
	cr_expect_not(r.directory);
	cr_expect_not(iso9660_record_next(s, &off, &r));
	guard_free(s);
}

/* The validation entry, one for BIOS, a header of EFI's section, one of it, and
 * one that leads nowhere as it does not boot.  */
Test(iso9660, lists_a_boot_catalog)
{
	static const uint8_t catalog[2048] = {
		1, [30] = 0x55, 0xaa,
		[32] = 0x88, [32 + 6] = 4, [32 + 8] = 0x21,
		[64] = 0x91, 0xef, 1,
		[96] = 0x88, [96 + 8] = 0x00, 0x02,
		[128] = 0x00, [128 + 8] = 0x77,
	};
	const struct span s = guard_copy(catalog, sizeof(catalog), 0);
	uint32_t block;
	size_t off = 0;

	cr_assert(iso9660_boot_next(s, &off, &block));
	cr_expect_eq(block, 0x21);
	cr_assert(iso9660_boot_next(s, &off, &block));
	cr_expect_eq(block, 512);
	cr_expect_not(iso9660_boot_next(s, &off, &block));
	guard_free(s);
}

static void look_at_lists(struct span s)
{
	struct iso9660_record r;
	uint32_t block;
	size_t off = 0, before = 0;

	for (; iso9660_record_next(s, &off, &r); before = off)
		cr_assert_gt(off, before);
	for (off = before = 0; iso9660_boot_next(s, &off, &block);
	     before = off)
		cr_assert_gt(off, before);
}

Test(iso9660, survives_truncations_and_changes)
{
	mutate(directory, 128, look_at_lists);
	mutate(primary, sizeof(primary), look);
	mutate(joliet, sizeof(joliet), look);
}
