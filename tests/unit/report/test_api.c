/*
 * test_api.c - the public interface as a program sees it, mistakes included
 */
#include <criterion/criterion.h>

#include <stdio.h>
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

/* A disk that the test reads for the machine.  */
struct memory {
	const uint8_t *p;
	uint64_t bad_off;	/* of a sector that cannot be read; 0: none */
	bool outside;		/* it was asked for what is not there */
	size_t n;
};

static int read_memory(void *ctx, uint64_t offset, void *buf, size_t n)
{
	struct memory *d = ctx;

	if (n == 0 || offset > d->n || n > d->n - offset) {
		d->outside = true;
		return -1;
	}
	if (d->bad_off != 0 && offset < d->bad_off + 512 &&
	    d->bad_off < offset + n)
		return -1;
	memcpy(buf, d->p + offset, n);
	return 0;
}

/* Is @text a part of one of the findings?  */
static bool is_said(const char *text)
{
	enum cm_severity severity;
	char line[400];

	for (size_t i = 0; cm_finding(m, i, &severity, line, sizeof(line)); i++)
		if (strstr(line, text) != NULL)
			return true;
	return false;
}

static int add_memory(struct memory *d, const char *name)
{
	struct cm_evidence evidence = {
		name, d->n, read_memory, d,
	};

	return cm_machine_add_evidence(m, &evidence, 7, &e);
}

#define MEMORY_SCRIPT \
	"label: dos\nlabel-id: 0x5ca1ab1e\nstart=2048, size=2048, type=7\n"

Test(api, reads_evidence_that_is_no_file)
{
	struct memory d = { .n = 4 << 20 };
	uint8_t *p = test_fdisk(d.n, 512, MEMORY_SCRIPT);
	struct cm_records *r;

	d.p = p;
	cr_assert_eq(add_memory(&d, "far/away"), 0);
	cr_assert_eq(cm_machine_analyse(m, NULL, &e), 0);
	cr_expect_eq(cm_machine_outcome(m).disks, 2);
	cr_expect_not(d.outside);
	cr_assert_eq(cm_records_new(m, &r, &e), 0);
	cr_assert_not_null(cm_disk_at(r, 1));
	cr_expect_eq(cm_disk_at(r, 1)->number, 7);
	cr_expect_str_eq(cm_disk_at(r, 1)->image, "away");
	cr_expect_str_eq(cm_disk_at(r, 1)->scheme, "mbr");
	cr_expect_str_eq(cm_disk_at(r, 1)->signature, "5ca1ab1e");
	cr_expect_eq(cm_disk_at(r, 1)->size, 4 << 20);
	cr_expect_null(cm_disk_at(r, 2));
	cr_assert_not_null(cm_partition_at(r, 0));
	cr_expect_eq(cm_partition_at(r, 0)->disk, 1);
	cr_expect_eq(cm_partition_at(r, 0)->offset, 1 << 20);
	cr_expect_str_eq(cm_partition_at(r, 0)->type, "07");
	cr_assert_eq(cm_partition_at(r, 0)->citations.n, 1);
	cr_expect_eq(cm_partition_at(r, 0)->citations.list[0].offset, 446);
	cr_expect_eq(cm_partition_at(r, 0)->citations.list[0].image, 1);
	cr_expect_null(cm_partition_at(r, 1));
	cr_expect_null(cm_mount_point_at(r, 0));
	cr_expect_null(cm_name_at(r, 0));
	cr_expect_null(cm_installation_at(r, 0));
	cm_records_free(r);
	free(p);
}

Test(api, says_what_of_evidence_cannot_be_read)
{
	struct memory d = { .n = 4 << 20, .bad_off = 1 << 20 };
	uint8_t *p = test_fdisk(d.n, 512, MEMORY_SCRIPT);

	d.p = p;
	cr_assert_eq(add_memory(&d, "away"), 0);
	cr_assert_eq(cm_machine_analyse(m, NULL, &e), 0);
	cr_expect(is_said("byte 1048576 of the disk, cannot be read"));
	cr_expect_not(cm_machine_outcome(m).complete);
	free(p);
}

Test(api, refuses_evidence_that_cannot_be)
{
	struct cm_evidence none = { .name = "away", .size = 1 };
	struct cm_records *r;
	struct memory d = { .n = 0 };

	cr_expect_eq(cm_machine_add_evidence(m, NULL, -1, &e),
		     CM_ERROR_ARGUMENT);
	cr_expect_eq(cm_machine_add_evidence(m, &none, -1, &e),
		     CM_ERROR_ARGUMENT);
	cr_expect_eq(add_memory(&d, NULL), CM_ERROR_ARGUMENT);
	cr_expect_eq(cm_records_new(m, &r, &e), CM_ERROR_ARGUMENT);
	cr_expect_eq(add_memory(&d, "away"), 0);
	cr_assert_eq(cm_machine_analyse(m, NULL, &e), 0);
	cr_expect(is_said("away: empty file"));
	cr_expect(cm_machine_outcome(m).unreadable);
	cm_records_free(NULL);
}

/* Of libewf and of what lies in this directory under such a name.  */
Test(api, opens_no_file_for_evidence_that_is_none)
{
	uint8_t ewf[4096] = "EVF\x09\x0d\x0a\xff\x00\x01\x01";
	struct memory d = { .p = ewf, .n = sizeof(ewf) };

	cr_assert_eq(add_memory(&d, "away.E01"), 0);
	cr_assert_eq(cm_machine_analyse(m, NULL, &e), 0);
	cr_expect(is_said("EWF image without a file"));
}

Test(api, takes_no_segment_for_evidence_that_is_no_file)
{
	struct memory d = { .n = 4 << 20 };
	uint8_t *p = test_fdisk(d.n, 512, MEMORY_SCRIPT);
	char first[TEST_PATH_SIZE + 4], second[TEST_PATH_SIZE + 4];
	struct cm_records *r;

	d.p = p;
	snprintf(first, sizeof(first), "%s.001", image);
	snprintf(second, sizeof(second), "%s.002", image);
	cr_assert_eq(link(image, second), 0);
	cr_assert_eq(add_memory(&d, first), 0);
	cr_expect_eq(cm_machine_analyse(m, NULL, &e), 0);
	unlink(second);
	cr_assert_eq(cm_records_new(m, &r, &e), 0);
	cr_expect_eq(cm_disk_at(r, 1)->size, 4 << 20);
	cm_records_free(r);
	free(p);
}
