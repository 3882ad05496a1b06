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

Test(iso9660, survives_truncations_and_changes)
{
	mutate(primary, sizeof(primary), look);
	mutate(joliet, sizeof(joliet), look);
}
