#include <criterion/criterion.h>

#include "format/ewf.h"
#include "lib/guard.h"

static const uint8_t file_header[13] = {
	'E', 'V', 'F', 0x09, 0x0d, 0x0a, 0xff, 0x00, 1, 0x02, 0x01, 0, 0,
};

/* A "next" section at 0x1f8b02, as ewfacquire wrote it.  */
static const uint8_t section[76] = {
	'n', 'e', 'x', 't', [16] = 0x02, 0x8b, 0x1f,
	[72] = 0x6c, 0x02, 0x26, 0xa0,
};

Test(ewf, reads_the_number_of_a_segment)
{
	struct span s = guard_copy(file_header, sizeof(file_header), 0);
	unsigned n;

	cr_assert_eq(ewf_segment_parse(s, &n, NULL), 0);
	cr_expect_eq(n, 0x102);
	guard_free(s);
	for (size_t i = 0; i < sizeof(file_header); i++) {
		s = guard_copy(file_header, i, 0);
		cr_expect_eq(ewf_segment_parse(s, &n, NULL), ERR_TRUNCATED);
		guard_free(s);
	}
}

Test(ewf, reads_a_section_and_notices_every_changed_byte)
{
	struct span s = guard_copy(section, sizeof(section), 0x1000);
	uint8_t *p = (uint8_t *)s.p;
	struct ewf_section sec;
	struct err e;

	cr_assert_eq(ewf_section_parse(s, &sec, NULL), 0);
	cr_expect_str_eq(sec.type, "next");
	cr_expect_eq(sec.next, 0x1f8b02);
	for (size_t i = 0; i < sizeof(section); i++) {
		p[i] ^= 0x80;
		cr_expect_eq(ewf_section_parse(s, &sec, &e), ERR_CHECKSUM,
			     "byte %zu", i);
		cr_expect_eq(e.at, 0x1048);
		p[i] ^= 0x80;
	}
	guard_free(s);
	for (size_t n = 0; n < sizeof(section); n++) {
		s = guard_copy(section, n, 0);
		cr_expect_eq(ewf_section_parse(s, &sec, NULL), ERR_TRUNCATED);
		guard_free(s);
	}
}

Test(ewf, reads_the_id_of_the_acquisition)
{
	static uint8_t bytes[80];
	struct guid set;
	struct span s;

	for (uint8_t i = 0; i < 16; i++)
		bytes[64 + i] = (uint8_t)(0xa0 + i);
	for (size_t n = 0; n <= sizeof(bytes); n++) {
		s = guard_copy(bytes, n, 0);
		cr_expect_eq(ewf_set_parse(s, &set), n == sizeof(bytes));
		guard_free(s);
	}
	cr_expect_eq(memcmp(set.b, bytes + 64, 16), 0);
}

Test(ewf, counts_chunks)
{
	static const uint8_t bytes[8] = { 0x99, 0, 0, 0, 0x63, 2, 0, 0 };
	struct span s = { bytes, sizeof(bytes), 0 };
	uint32_t n;

	cr_assert_eq(ewf_volume_parse(s, &n, NULL), 0);
	cr_expect_eq(n, 611);
	cr_assert_eq(ewf_table_parse(s, &n, NULL), 0);
	cr_expect_eq(n, 0x99);
	s.n = 7;
	cr_expect_eq(ewf_volume_parse(s, &n, NULL), ERR_TRUNCATED);
}
