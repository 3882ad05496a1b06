/*
 * test_api_ioctl.c - what IOCTLs would have said, as a program gets it
 */
#include <criterion/criterion.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "coldmount/coldmount.h"
#include "lib/capture.h"
#include "lib/test_disk.h"

static struct cm_machine *m;
static struct cm_error e;
static char image[TEST_PATH_SIZE];

/* A primary partition, and a logical drive, of PhysicalDrive3.  */
static void set_up(void)
{
	static uint8_t mbr[512], ebr[512];
	int fd;

	m = cm_machine_new();
	cr_assert_not_null(m);
	test_new_file(image, 1 << 20);
	memcpy(mbr + 0x1b8, "\x78\x56\x34\x12", 4);
	test_mbr_entry(mbr, 0, 0x80, 0x07, 10, 100);
	test_mbr_entry(mbr, 2, 0, 0x0f, 200, 400);
	test_mbr_entry(ebr, 0, 0, 0x06, 7, 50);
	fd = open(image, O_WRONLY);
	cr_assert_geq(fd, 0);
	cr_assert_eq(pwrite(fd, mbr, sizeof(mbr), 0), 512);
	cr_assert_eq(pwrite(fd, ebr, sizeof(ebr), 200 * 512), 512);
	close(fd);
	cr_assert_eq(cm_machine_add_image(m, image, 3, &e), 0);
}

static void tear_down(void)
{
	cm_machine_free(m);
	unlink(image);
}

TestSuite(api_ioctl, .init = set_up, .fini = tear_down);

Test(api_ioctl, gives_a_layout_as_structs)
{
	struct cm_drive_partition p[9];
	struct cm_drive_layout l;

	cr_expect_eq(cm_drive_layout(m, 0, &l, p, 9, &e), CM_ERROR_ARGUMENT);
	cr_assert_eq(cm_machine_analyse(m, NULL, &e), 0);
	cr_expect_eq(cm_drive_layout(m, 1, &l, p, 9, &e), CM_ERROR_ARGUMENT);
	memset(p, 0xee, sizeof(p));
	cr_assert_eq(cm_drive_layout(m, 0, &l, p, 5, &e), 0);
	cr_expect_eq(l.partition_style, CM_STYLE_MBR);
	cr_expect_eq(l.partition_count, 8);
	cr_expect_eq(l.signature, 0x12345678);
	cr_expect_eq(p[0].partition_number, 1);
	cr_expect_eq(p[0].starting_offset, 10 * 512);
	cr_expect_eq(p[0].partition_length, 100 * 512);
	cr_expect(p[0].boot_indicator && p[0].recognized);
	cr_expect_eq(p[0].hidden_sectors, 10);
	cr_expect_arr_eq(p[0].partition_id, "\x78\x56\x34\x12\0\0\0\0"
			 "\0\x14\0\0\0\0\0\0", 16);
	cr_expect_eq(p[1].mbr_type, 0);
	cr_expect_eq(p[1].partition_number, 0);
	cr_expect_eq(p[2].mbr_type, 0x0f);
	cr_expect_eq(p[2].partition_number, 0);
	cr_expect(!p[2].recognized);
	cr_expect_eq(p[4].partition_number, 2);
	cr_expect_eq(p[4].starting_offset, 207 * 512);
	cr_expect_eq(p[4].hidden_sectors, 7);
	cr_expect_eq(p[5].mbr_type, 0xee);	/* not touched */
	cr_expect_eq(cm_drive_layout(m, 0, &l, NULL, 0, NULL), 0);
}

Test(api_ioctl, gives_device_numbers_as_structs)
{
	struct cm_storage_device d = { .error = 77 };
	struct cm_report_options o = { .one_installation = true };
	size_t n = 77;

	cr_expect_eq(cm_storage_devices(m, "3:2", NULL, &d, 1, &n, &e),
		     CM_ERROR_ARGUMENT);
	cr_assert_eq(cm_machine_analyse(m, NULL, &e), 0);
	cr_assert_eq(cm_storage_devices(m, "3:2", NULL, &d, 1, &n, &e), 0);
	cr_expect_eq(n, 1);
	cr_expect_eq(d.error, 0);
	cr_expect_eq(d.device_type, 7);
	cr_expect_eq(d.device_number, 3);
	cr_expect_eq(d.partition_number, 2);
	cr_expect_eq(d.disk, 0);
	cr_expect_eq(d.partition, 1);
	cr_expect_null(d.tier);
	cr_expect_str_eq(d.certainty, "single");
	n = 77;
	cr_expect_eq(cm_storage_devices(m, "3:9", NULL, &d, 1, &n, &e),
		     CM_ERROR_NOT_FOUND);
	cr_expect_eq(cm_storage_devices(m, NULL, NULL, &d, 1, &n, &e),
		     CM_ERROR_ARGUMENT);
	cr_expect_eq(cm_storage_devices(m, "what?", NULL, &d, 1, &n, &e),
		     CM_ERROR_ARGUMENT);
	cr_expect_eq(cm_storage_devices(m, "3:1", &o, &d, 1, &n, &e),
		     CM_ERROR_ARGUMENT);
	cr_expect_str_eq(e.text, "there is no such installation");
	cr_expect_eq(n, 77);
	cr_expect_eq(cm_storage_devices(m, "3", NULL, NULL, 0, &n, NULL), 0);
	cr_expect_eq(n, 1);
	d.device_number = 77;
	cr_expect_eq(cm_storage_devices(m, "3", NULL, &d, 1, NULL, NULL), 0);
	cr_expect_eq(d.device_number, 3);
}

/* What each call writes, and where it stops.  */
Test(api_ioctl, writes_in_known_shapes_only)
{
	static const struct {
		int (*call)(const struct cm_machine *, const char *,
			    const char *, const struct cm_report_options *,
			    cm_write_fn *, void *, size_t *,
			    struct cm_error *);
		const char *target, *shape;
		size_t bytes;	/* 0: no such shape */
	} rows[] = {
		{ cm_layout, "3", "binary", 48 + 8 * 144 },
		{ cm_layout, "12345678", "cached", 48 + 8 * 144 },
		{ cm_layout, "3", "list", 0 },
		{ cm_device_number, "3", "binary", 0 },
		{ cm_extents, "3:1", "binary", 8 + 24 },
		{ cm_extents, "3:1", "cached", 0 },
	};

	cr_assert_eq(cm_machine_analyse(m, NULL, &e), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct capture c = { 0 }, little = { .room = 7 };
		bool known = rows[i].bytes > 0;
		size_t n = 0;

		cr_expect_eq(rows[i].call(m, rows[i].target, rows[i].shape,
					  NULL, capture_write, &c, &n, &e),
			     known ? 0 : CM_ERROR_ARGUMENT, "row %zu", i);
		cr_expect_eq(c.n, rows[i].bytes, "row %zu", i);
		cr_expect_eq(n, known, "row %zu", i);
		cr_expect_eq(rows[i].call(m, rows[i].target, rows[i].shape,
					  NULL, capture_write, &little, NULL,
					  &e),
			     known ? CM_ERROR_WRITE : CM_ERROR_ARGUMENT,
			     "row %zu", i);
		free(c.data);
		free(little.data);
	}
}

Test(api_ioctl, says_what_is_no_target)
{
	cr_expect_eq(cm_layout_check("3", NULL), 0);
	cr_expect_eq(cm_layout_check("0x12345678", NULL), 0);
	cr_expect_eq(cm_layout_check("C:\\dir", NULL), 0);
	cr_expect_eq(cm_layout_check(NULL, &e), CM_ERROR_ARGUMENT);
	cr_expect_eq(cm_layout_check("", &e), CM_ERROR_ARGUMENT);
	cr_expect_eq(cm_layout_check("1234567x", &e), CM_ERROR_ARGUMENT);
	cr_expect_eq(cm_layout_check("\x1b[31m", &e), CM_ERROR_ARGUMENT);
	cr_expect_null(strchr(e.text, '\x1b'));
}
