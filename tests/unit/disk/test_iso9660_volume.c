#include <criterion/criterion.h>

#include <string.h>

#include "lib/identified.h"

static uint8_t image[48 * 1024];

/* Bytes that are no string.  */
static void set(uint8_t *p, const char *bytes, size_t n)
{
	memcpy(p, bytes, n);
}

static void identify(struct identified *t)
{
	identify_bytes(t, image, sizeof(image), 1 << 20);
}

/* The @i-th descriptor, of type @type.  */
static uint8_t *descriptor(int i, uint8_t type)
{
	uint8_t *p = image + 32768 + i * 2048;

	memset(p, 0, 2048);
	p[0] = type;
	set(p + 1, "CD001\1", 6);
	return p;
}

/* Boot record, primary, one of Joliet, and another one.  */
static void make(void)
{
	uint8_t *p;

	memset(image, 0, sizeof(image));
	descriptor(0, 0);
	set(descriptor(1, 1) + 40, "PRIMARY         ", 16);
	p = descriptor(2, 2);
	set(p + 40, "\0J\0\xfc\0 \x04\x1c", 8);
	set(p + 88, "%/E", 3);
	p = descriptor(3, 2);
	set(p + 40, "\0L\0A\0T\0E\0R", 10);
	set(p + 88, "%/@", 3);
	descriptor(4, 255);
}

static void expect(const char *label, uint32_t serial, uint64_t at)
{
	struct identified t;

	identify(&t);
	cr_assert_eq(t.v.kind, FS_ISO9660);
	cr_expect_str_eq(t.v.name, "CDFS");
	cr_expect_str_eq(t.v.label.utf8, label);
	cr_expect(t.v.has_serial);
	cr_expect_eq(t.v.serial, serial, "%s: %08x", label, t.v.serial);
	cr_expect_eq(t.v.cites.list[0].offset, at);
	cr_expect_eq(t.v.cites.list[0].length, 2048);
	identified_done(&t);
}

/* Serial numbers as python sums every fourth byte of what is made above.  */
Test(iso9660_volume, the_first_descriptor_of_joliet_is_used)
{
	make();
	expect("J\xc3\xbc \xd0\x9c", 0x570d8e48, 32768 + 2 * 2048);
}

Test(iso9660_volume, else_the_first_primary_one)
{
	make();
	image[32768 + 2 * 2048 + 90] = 'X';
	image[32768 + 3 * 2048] = 3;
	set(descriptor(3, 1) + 40, "SECOND", 6);
	expect("PRIMARY", 0x025827dd, 32768 + 2048);
}

Test(iso9660_volume, what_follows_the_end_is_not_seen)
{
	make();
	image[32768 + 2 * 2048] = 255;
	expect("PRIMARY", 0x025827dd, 32768 + 2048);
	image[32768 + 2 * 2048] = 0;
	image[32768 + 2 * 2048 + 6] = 2;
	expect("PRIMARY", 0x025827dd, 32768 + 2048);
}

Test(iso9660_volume, one_without_a_primary_descriptor_is_not_mounted)
{
	struct identified t;

	make();
	image[32768 + 2048] = 3;
	identify(&t);
	cr_expect_neq(t.v.kind, FS_ISO9660);
	identified_done(&t);
}

Test(iso9660_volume, letters_beyond_ascii_are_kept)
{
	struct identified t;

	make();
	descriptor(2, 255);
	set(image + 32768 + 2048 + 40, "\x8e", 1);
	identify(&t);
	cr_expect_str_eq(t.v.label.utf8, "\xc3\x84RIMARY");
	cr_expect_eq(t.v.oem_label_n, 7);
	cr_expect_eq(t.v.oem_label_at, 32768 + 2048 + 40);
	cr_expect_eq(memcmp(t.v.oem_label, "\x8eRIMARY", 7), 0);
	identified_done(&t);
}
