/*
 * test_api_resolve.c - where names lead, as a program sees it: on a volume that
 * other tools have made
 */
#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "coldmount/coldmount.h"
#include "lib/ntfs_sample.h"

static struct cm_machine *m;
static struct cm_error e;
static const char *path;

/* Tests run side by side, each with a volume of its own.  */
static void set_up(void)
{
	char name[32];

	snprintf(name, sizeof(name), "api_resolve-%d", (int)getpid());
	path = ntfs_sample_make(name,
				"serial 00000000aabbccdd\n"
				"mkdir /dir\n"
				"file /dir/note.txt \"so it was written\"\n"
				"symlink /link dir\\note.txt\n");
	if (path == NULL)
		cr_skip_test("mkntfs or ntfsbuild is not here");
	m = cm_machine_new();
	cr_assert_not_null(m);
	cr_assert_eq(cm_machine_add_image(m, path, -1, &e), 0);
}

static void tear_down(void)
{
	cm_machine_free(m);
	if (path != NULL)
		unlink(path);
}

TestSuite(api_resolve, .init = set_up, .fini = tear_down);

/* The @n bytes of the image at @offset.  */
static void read_image(uint64_t offset, char *buf, size_t n)
{
	FILE *f = fopen(path, "rb");

	cr_assert_not_null(f);
	cr_assert_eq(fseek(f, (long)offset, SEEK_SET), 0);
	cr_assert_eq(fread(buf, 1, n, f), n);
	fclose(f);
}

Test(api_resolve, leads_over_a_link_to_the_bytes)
{
	static const char want[] = "so it was written";
	const struct cm_place *p;
	struct cm_places *places;
	char buf[sizeof(want)] = "";

	cr_assert_eq(cm_machine_analyse(m, NULL, &e), 0);
	cr_assert_eq(cm_places_new(m, "AABB-CCDD\\LINK", -1, &places, &e), 0);
	p = cm_place_at(places, 0);
	cr_assert_not_null(p);
	cr_expect(p->found);
	cr_expect_str_eq(p->path, "\\dir\\note.txt");
	cr_assert_eq(p->n_hops, 1);
	cr_expect_str_eq(p->hops[0].kind, "symlink");
	cr_expect_str_eq(p->hops[0].target, "dir\\note.txt");
	cr_expect_gt(p->hops[0].citations.n, 0);
	cr_expect(p->has_data && p->is_resident && !p->is_directory);
	cr_expect_eq(p->size, sizeof(want) - 1);
	cr_assert_eq(p->n_extents, 1);
	cr_assert_eq(p->extents[0].length, sizeof(want) - 1);
	read_image(p->extents[0].offset, buf, sizeof(want) - 1);
	cr_expect_str_eq(buf, want);
	cr_expect_null(cm_place_at(places, 1));
	cr_expect_null(cm_places_reason(places));
	cm_places_free(places);
}

Test(api_resolve, says_why_there_is_no_place)
{
	struct cm_places *places;

	cr_assert_eq(cm_machine_analyse(m, NULL, &e), 0);
	cr_assert_eq(cm_places_new(m, "0000-0001", -1, &places, &e), 0);
	cr_expect_null(cm_place_at(places, 0));
	cr_expect_not_null(cm_places_reason(places));
	cm_places_free(places);
	cm_places_free(NULL);
}

static int drop(void *ctx, const void *data, size_t n)
{
	(void)data;
	(void)n;
	return *(int *)ctx;
}

Test(api_resolve, tells_what_is_wrong)
{
	struct cm_places *places;
	int status = 0;
	size_t n = 7;

	cr_expect_eq(cm_resolve(m, "disk0", NULL, -1, drop, &status, &n, &e),
		     CM_ERROR_ARGUMENT);
	cr_expect_str_eq(e.text, "the machine was not analysed");
	cr_assert_eq(cm_machine_analyse(m, NULL, &e), 0);
	cr_expect_eq(cm_resolve(m, "disk0", "no", -1, drop, &status, &n, &e),
		     CM_ERROR_ARGUMENT);
	cr_expect_eq(cm_resolve(m, "disk0", NULL, 0, drop, &status, &n, &e),
		     CM_ERROR_ARGUMENT);
	cr_expect_eq(cm_resolve(m, "disk0", NULL, -2, drop, &status, &n, &e),
		     CM_ERROR_ARGUMENT);
	cr_expect_eq(cm_resolve(m, NULL, NULL, -1, drop, &status, &n, &e),
		     CM_ERROR_ARGUMENT);
	cr_expect_eq(cm_places_new(m, "\xc3\xa4", -1, &places, &e),
		     CM_ERROR_ARGUMENT);
	cr_expect_not_null(strstr(e.text, "character 1"), "%s", e.text);
	cr_expect_eq(cm_target_check("\xc3\xa4:\\", &e), CM_ERROR_ARGUMENT);
	cr_expect_eq(cm_target_check("C:\\", &e), 0);
	cr_expect_eq(n, 7);
	cr_expect_eq(cm_resolve(m, "disk0", NULL, -1, drop, &status, &n, &e),
		     0);
	cr_expect_eq(n, 1);
	status = -1;
	cr_expect_eq(cm_resolve(m, "disk0", NULL, -1, drop, &status, &n, &e),
		     CM_ERROR_WRITE);
}

Test(api_resolve, lists_forms_and_shapes)
{
	const char *name, *purpose;
	size_t n = 0;

	cr_expect(cm_resolve_shape(1, &name, &purpose));
	cr_expect_str_eq(name, "json");
	cr_expect_not(cm_resolve_shape(2, &name, &purpose));
	while (cm_target_form(n, &name))
		n++;
	cr_expect_gt(n, 10);
}
