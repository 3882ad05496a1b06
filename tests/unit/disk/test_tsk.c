#include <criterion/criterion.h>

#include "disk/tsk.h"
#include "lib/bytes_source.h"

/* The whole budget may be read, and no byte more.  */
Test(tsk, an_image_is_read_to_the_end_of_its_budget)
{
	static const uint8_t disk[8192] = { [4095] = 7 };
	static const struct {
		uint64_t budget;
		size_t n;
		ssize_t got;
	} rows[] = {
		{ 4096, 4096, 4096 }, { 4095, 4096, -1 }, { 4097, 4096, 4096 },
		/* It ends where the image does.  */
		{ 8192, 65536, 8192 }, { 8191, 65536, -1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bytes_source s = bytes_source(disk, sizeof(disk));
		TSK_IMG_INFO *img = tsk_image_of(&s.source, sizeof(disk),
						 rows[i].budget, 512);
		static char buf[65536];

		cr_assert_not_null(img);
		cr_expect_eq(img->read(img, 0, buf, rows[i].n), rows[i].got,
			     "row %zu", i);
		if (rows[i].budget == 4096)
			cr_expect_eq(img->read(img, 4096, buf, 1), -1);
		tsk_img_close(img);
	}
}
