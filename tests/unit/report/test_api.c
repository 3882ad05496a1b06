/*
 * test_api.c - the public interface as a program sees it, mistakes included
 */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "coldmount/coldmount.h"
#include "lib/capture.h"
#include "lib/test_disk.h"

static struct cm_machine *m;
static struct cm_error e;
static char image[TEST_PATH_SIZE];

static void set_up(void)
{
	m = cm_machine_new();
	cr_assert_not_null(m);
	test_new_file(image, 1 << 20);
	cr_assert_eq(cm_machine_add_image(m, image, 3, &e), 0);
}

static void tear_down(void)
{
	cm_machine_free(m);
	unlink(image);
}

TestSuite(api, .init = set_up, .fini = tear_down);

Test(api, wants_a_path_for_an_image)
{
	cr_expect_eq(cm_machine_add_image(m, NULL, -1, &e), CM_ERROR_ARGUMENT);
	cr_expect_str_eq(e.text, "an image has no path");
}

/* What is no hive is a finding, not a failure, and so is what is not there.  */
Test(api, takes_hives_without_a_disk)
{
	struct cm_outcome o;
	char line[300];
	enum cm_severity severity;
	const char *name;
	bool said = false;

	cr_expect_eq(cm_machine_add_hive(m, NULL, &e), CM_ERROR_ARGUMENT);
	cr_expect_str_eq(e.text, "a hive has no path");
	cr_expect_eq(cm_machine_add_registry_text(m, NULL, NULL),
		     CM_ERROR_ARGUMENT);
	cr_expect_eq(cm_machine_add_hive(m, image, &e), 0);
	cr_expect_eq(cm_machine_add_registry_text(m, "/none", &e), 0);
	cr_assert_eq(cm_machine_analyse(m, NULL, &e), 0);
	cr_expect_eq(cm_machine_add_hive(m, image, &e), CM_ERROR_ARGUMENT);
	cr_expect_str_eq(e.text, "hives are added before the analysis");
	o = cm_machine_outcome(m);
	cr_expect(o.unreadable);
	cr_expect_eq(o.images, 3);
	cr_expect_eq(o.disks, 1);
	for (size_t i = 0; cm_finding(m, i, &severity, line, sizeof(line)); i++)
		said = said || strncmp(line, "CM0601: image2: the registry "
				       "text", 33) == 0;
	cr_expect(said);
	/* The image and the hive; not the one that is not there.  */
	cr_expect(cm_machine_file(m, 1, &name));
	cr_expect_not(cm_machine_file(m, 2, &name));
}

Test(api, gives_a_disk_number_only_once)
{
	cr_expect_eq(cm_machine_add_image(m, image, 3, &e), CM_ERROR_ARGUMENT);
	cr_expect_str_eq(e.text, "a disk number is given twice");
	cr_expect_eq(cm_machine_add_image(m, image, 0, &e), 0);
	cr_expect_eq(cm_machine_add_image(m, image, 0, &e), CM_ERROR_ARGUMENT);
	cr_expect_eq(cm_machine_add_image(m, image, -2, &e), CM_ERROR_ARGUMENT);
	cr_expect_str_eq(e.text, "a disk number is negative");
	cr_expect_eq(cm_machine_add_image(m, image, -1, NULL), 0);
}

/* A wrong option is the caller's, and leaves the machine to be analysed.  */
Test(api, refuses_options_that_cannot_be)
{
	struct cm_options sector = { .sector_size = 777 };
	struct cm_options scan = { .scan = (enum cm_scan)3 };

	cr_expect_eq(cm_machine_analyse(m, &sector, &e), CM_ERROR_ARGUMENT);
	cr_expect_str_eq(e.text, "a sector has 512 or 4096 bytes");
	cr_expect_eq(cm_machine_analyse(m, &scan, &e), CM_ERROR_ARGUMENT);
	cr_expect_str_eq(e.text, "there is no such way to scan");
	cr_expect_eq(cm_machine_analyse(m, NULL, &e), 0);
}

Test(api, calls_nothing_complete_before_it_was_analysed)
{
	cr_expect_not(cm_machine_outcome(m).complete);
	cr_expect_eq(cm_machine_analyse(m, NULL, &e), 0);
	cr_expect(cm_machine_outcome(m).complete);
}

Test(api, analyses_once_and_reports_afterwards)
{
	struct capture c = { 0 };

	cr_expect_eq(cm_report_write(m, "json", NULL, capture_write, &c, &e),
		     CM_ERROR_ARGUMENT);
	cr_assert_eq(cm_machine_analyse(m, NULL, &e), 0);
	cr_expect_eq(cm_machine_analyse(m, NULL, &e), CM_ERROR_ARGUMENT);
	cr_expect_eq(cm_machine_add_image(m, image, -1, &e), CM_ERROR_ARGUMENT);
	cr_expect_eq(cm_report_write(m, NULL, NULL, capture_write, &c, &e),
		     CM_ERROR_ARGUMENT);
	cr_expect_eq(cm_report_write(m, "xml", NULL, capture_write, &c, &e),
		     CM_ERROR_ARGUMENT);
	cr_expect_eq(c.n, 0);
	cr_expect_eq(cm_report_write(m, "json", NULL, capture_write, &c, NULL),
		     0);
	cr_assert_not_null(c.data);
	cr_expect_not_null(strstr(c.data, "\"number\": 3"));
	free(c.data);
}

Test(api, stops_where_the_writer_stops)
{
	static const char *const formats[] = { "tree", "json", "jsonl" };

	cr_assert_eq(cm_machine_analyse(m, NULL, &e), 0);
	for (size_t i = 0; i < 3; i++) {
		struct capture c = { .room = 100 };

		cr_expect_eq(cm_report_write(m, formats[i], NULL,
					     capture_write, &c, &e),
			     CM_ERROR_WRITE, "%s", formats[i]);
		free(c.data);
	}
}
