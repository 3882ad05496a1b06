/*
 * test_missing_extents.c - parts of dynamic volumes on disks that are not here,
 * as a program sees them: what ldmtool says of them
 */
#include <criterion/criterion.h>

#include "coldmount/coldmount.h"
#include "lib/shared_data.h"

#define LDM_DATA "mdbooth__libldm/test/data/ldm-data.tar.xz"

/* Of the volumes on the disk "spanned-1" of the set, the second part of Volume2
 * is here, and the first is not.  */
Test(missing_extents, are_told_beside_those_that_are_here)
{
	const char *path = shared_data_unpacked(LDM_DATA,
						"ldm-2003r2-spanned-1.img");
	struct cm_machine *m = cm_machine_new();
	const struct cm_volume *v;
	struct cm_records *r;
	struct cm_error e;
	size_t n = 0;

	cr_assert_not_null(m);
	if (path == NULL)
		cr_skip_test("no shared data");
	cr_assert_eq(cm_machine_add_image(m, path, -1, &e), 0);
	cr_assert_eq(cm_machine_analyse(m, NULL, &e), 0);
	cr_assert_eq(cm_records_new(m, &r, &e), 0);
	for (size_t i = 0; (v = cm_volume_at(r, i)) != NULL; i++) {
		if (v->n_extents == 0)
			continue;
		n++;
		cr_assert_eq(v->n_extents, 1);
		cr_expect_eq(v->extents[0].length, 96256 * 512);
		cr_assert_eq(v->n_missing, 1);
		cr_expect_eq(v->missing[0].index, 0);
		cr_expect_eq(v->missing[0].data_offset, 0);
		cr_expect_eq(v->missing[0].length, 96256 * 512);
		cr_expect_str_eq(v->missing[0].disk_name, "Disk3");
		cr_expect_str_eq(v->missing[0].disk_guid,
				 "004c32fa-91e1-41ac-83b3-bc1baff2dc93");
	}
	cr_expect_eq(n, 1);
	cm_records_free(r);
	cm_machine_free(m);
}
