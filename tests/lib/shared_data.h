#ifndef TESTS_SHARED_DATA_H
#define TESTS_SHARED_DATA_H

/*
 * Files that others made, in ../shared/data: see HACKING.md.  Tests run at the
 * top of the tree.  Both return a path in a static buffer that lasts until the
 * next call, or NULL where the data is absent; then the test is to be skipped:
 *
 *	const char *path = shared_data("libyal__winreg-kb/test_data/NTUSER.DAT");
 *
 *	if (path == NULL)
 *		cr_skip_test("no shared data");
 */

/* The path of @rel.  */
const char *shared_data(const char *rel);

/*
 * The path of @member of the archive @rel, which is unpacked below build/data
 * once; of a file that is only compressed, the member is its name without the
 * suffix.
 */
const char *shared_data_unpacked(const char *rel, const char *member);

#endif /* TESTS_SHARED_DATA_H */
