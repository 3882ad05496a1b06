#include <criterion/criterion.h>

#include <string.h>

#include "format/multi_sector.h"
#include "lib/guard.h"

/* Two blocks, both ending in the placeholder 0xabcd; the array at 0x30 keeps
 * what belongs there: 0x1111 and 0x2222.  */
static void make_record(uint8_t rec[1024])
{
	memset(rec, 0, 1024);
	memcpy(rec, "FILE\x30\x00\x03\x00", 8);
	memcpy(rec + 0x30, "\xcd\xab\x11\x11\x22\x22", 6);
	memcpy(rec + 510, "\xcd\xab", 2);
	memcpy(rec + 1022, "\xcd\xab", 2);
}

Test(multi_sector, puts_the_ends_of_blocks_back)
{
	uint8_t rec[1024];
	unsigned array = 0;

	make_record(rec);
	cr_assert_eq(multi_sector_fix(rec, 1024, 0, &array, NULL), 0);
	cr_expect_eq(array, 0x30);
	cr_expect_arr_eq(rec + 510, "\x11\x11", 2);
	cr_expect_arr_eq(rec + 1022, "\x22\x22", 2);
}

/* A count that is too large is harmless: the array may have room to spare.  */
Test(multi_sector, accepts_a_longer_array)
{
	uint8_t rec[1024];
	unsigned array;

	make_record(rec);
	rec[6] = 9;
	cr_expect_eq(multi_sector_fix(rec, 1024, 0, &array, NULL), 0);
	cr_expect_arr_eq(rec + 1022, "\x22\x22", 2);
}

Test(multi_sector, reports_a_torn_block_and_mends_the_others)
{
	uint8_t rec[1024];
	unsigned array = 0;
	struct err e;

	make_record(rec);
	memcpy(rec + 510, "\xcc\xab", 2);
	cr_expect_eq(multi_sector_fix(rec, 1024, 7000, &array, &e),
		     ERR_CHECKSUM);
	cr_expect_eq(e.at, 7510);
	cr_expect_eq(e.want, 0xabcd);
	cr_expect_eq(e.got, 0xabcc);
	cr_expect_eq(array, 0x30);
	cr_expect_arr_eq(rec + 510, "\xcc\xab", 2);
	cr_expect_arr_eq(rec + 1022, "\x22\x22", 2);
}

/* The image mft_file_bad_fixup_value_count of ntfsprogs-plus has 2 for 3.  */
Test(multi_sector, reports_a_count_that_is_too_small)
{
	uint8_t rec[1024];
	unsigned array;
	struct err e;

	make_record(rec);
	rec[6] = 2;
	cr_expect_eq(multi_sector_fix(rec, 1024, 7000, &array, &e),
		     ERR_CHECKSUM);
	cr_expect_eq(e.at, 7006);
	cr_expect_eq(e.want, 3);
	cr_expect_eq(e.got, 2);
	cr_expect_arr_eq(rec + 1022, "\x22\x22", 2);
}

Test(multi_sector, refuses_an_array_that_cannot_be)
{
	/* In the header, odd, and reaching the first block's end.  */
	static const uint16_t offsets[] = { 0, 6, 0x31, 506, 0xffff };
	unsigned array = 77;
	struct err e;

	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		uint8_t rec[1024];

		make_record(rec);
		rec[4] = (uint8_t)offsets[i];
		rec[5] = (uint8_t)(offsets[i] >> 8);
		cr_expect_eq(multi_sector_fix(rec, 1024, 7000, &array, &e),
			     ERR_VALUE, "offset %u", offsets[i]);
		cr_expect_eq(e.at, 7004);
		cr_expect_eq(e.got, offsets[i]);
		cr_expect_eq(array, 77, "untouched on failure");
	}
}

/* Of whatever length the record is, only its own bytes are touched.  */
Test(multi_sector, stays_inside_records_of_every_length)
{
	uint8_t rec[1024];
	unsigned array;

	for (size_t n = 0; n <= 1024; n++) {
		struct span s;
		int r;

		make_record(rec);
		s = guard_copy(rec, n, 0);
		r = multi_sector_fix((uint8_t *)s.p, n, 0, &array, NULL);
		if (n < 512)
			cr_expect_eq(r, ERR_TRUNCATED);
		else
			cr_expect_eq(r, 0);
		guard_free(s);
	}
}
