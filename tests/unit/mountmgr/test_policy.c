/* Switches in hives that hivex writes, through samples/hivebuild.  */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/bytes_source.h"
#include "lib/hive_image.h"
#include "lib/opened.h"
#include "lib/shared_data.h"
#include "mountmgr/findings.h"
#include "mountmgr/policy.h"
#include "registry/findings.h"

#define REGIPY "mkorman90__regipy/regipy_tests/data/"
#define BUILDER "build/samples/hivebuild"

struct read {
	struct arena *arena;
	struct diag_list diags;
	struct bytes_source source;
	struct hive *hive;
	struct mount_policy policy;
	struct offline_links links;
};

static void read_hive(struct read *r, const void *p, size_t n, const char *set)
{
	*r = (struct read){ .arena = arena_new() };
	r->diags.arena = r->arena;
	r->source = bytes_source(p, n);
	if (hive_open(&r->source.source, r->arena, &r->diags, &r->hive,
		      NULL) < 0)
		return;
	r->policy = mount_policy_read(r->hive, set, r->arena, &r->diags);
	cr_assert_eq(offline_links_read(r->hive, r->arena, &r->diags, &r->links,
					NULL), 0);
}

static void read_done(struct read *r)
{
	hive_close(r->hive);
	arena_free(r->arena);
}

/* The hive that hivex makes of @script; freed by the caller.  NULL: the samples
 * are not built.  */
static uint8_t *hivex_hive(const char *script, size_t *ret_n)
{
	const char *hive = scratch("hive");

	if (!run("test -x " BUILDER))
		return NULL;
	cr_assert(run(BUILDER " %s < %s", hive,
		      scratch_write("script", script, strlen(script))));
	return load_file(hive, ret_n);
}

static uint8_t *read_script(struct read *r, const char *script)
{
	size_t n;
	uint8_t *bytes = hivex_hive(script, &n);

	if (bytes == NULL)
		cr_skip_test("no samples");
	read_hive(r, bytes, n, "ControlSet001");
	return bytes;
}

static uint32_t le32_at(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

/* The bytes that a switch cites: a vk record, whose data is in itself.  */
static void expect_switch(const uint8_t *bytes, const struct policy_value *p,
			  uint32_t value)
{
	const uint8_t *vk;

	cr_assert(p->is_set);
	cr_expect_eq(p->value, value);
	cr_assert_geq(p->cites.n, 1);
	vk = bytes + p->cites.list[0].offset;
	cr_expect_arr_eq(vk, "vk", 2);
	cr_expect_eq(le32_at(vk + 8), value);
}

#define SWITCHES(set, automount, san) \
	"key " set "\\Services\\MountMgr\ndword NoAutoMount " automount "\n" \
	"key " set "\\Services\\partmgr\\Parameters\ndword SanPolicy " san "\n"

Test(policy, is_that_of_the_control_set_asked_for)
{
	static const struct {
		const char *set;
		bool found;
		uint32_t automount, san;
	} rows[] = {
		{ "ControlSet001", true, 0, 1 },
		{ "ControlSet002", true, 1, 3 },
		{ "ControlSet003", true, 2, 0xdeadbeef },
		{ "ControlSet004", false, 0, 0 },
		{ NULL, false, 0, 0 },
	};
	size_t n;
	uint8_t *bytes = hivex_hive(SWITCHES("ControlSet001", "0", "1")
				    SWITCHES("ControlSet002", "1", "3")
				    SWITCHES("ControlSet003", "2",
					     "0xdeadbeef"), &n);

	if (bytes == NULL)
		cr_skip_test("no samples");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct read r;

		read_hive(&r, bytes, n, rows[i].set);
		cr_expect_eq(r.diags.n, 0);
		cr_expect_eq(r.policy.no_automount.is_set, rows[i].found);
		cr_expect_eq(r.policy.san_policy.is_set, rows[i].found);
		if (rows[i].found) {
			expect_switch(bytes, &r.policy.no_automount,
				      rows[i].automount);
			expect_switch(bytes, &r.policy.san_policy,
				      rows[i].san);
		}
		read_done(&r);
	}
	free(bytes);
}

Test(policy, switches_that_are_not_there_are_not_set_and_no_finding)
{
	struct read r;
	uint8_t *bytes = read_script(&r,
		"key ControlSet001\\Services\\MountMgr\n"
		"dword Start 0\n"
		"key ControlSet001\\Services\\partmgr\n"
		"dword SanPolicy 1\n"
		"key MountedDevices\n");

	cr_expect_not(r.policy.no_automount.is_set);
	cr_expect_not(r.policy.san_policy.is_set,
		      "it belongs into Parameters");
	cr_expect_eq(r.links.n, 0);
	cr_expect_eq(r.diags.n, 0);
	read_done(&r);
	free(bytes);
}

/* One letter of the name of a switch was enough to lose it without a word.  */
Test(policy, a_switch_whose_name_is_damaged_is_read_and_said)
{
	struct read r;
	uint8_t *bytes = read_script(&r,
		"key ControlSet001\\Services\\MountMgr\n"
		"dword NoAuto!ount 1\n"
		"key ControlSet001\\Services\\partmgr\\Parameters\n"
		"dword SanPolic~ 3\n");

	expect_switch(bytes, &r.policy.no_automount, 1);
	expect_switch(bytes, &r.policy.san_policy, 3);
	cr_expect_eq(r.diags.n, 2);
	cr_expect_eq(diag_count(&r.diags, &FINDING_RECORD_FIELD), 2);
	read_done(&r);
	free(bytes);
}

/* Bytes of another type say nothing, and are not taken for a number.  */
Test(policy, a_switch_of_another_type_is_a_finding)
{
	struct read r;
	uint8_t *bytes = read_script(&r,
		"key ControlSet001\\Services\\MountMgr\n"
		"hex NoAutoMount 01000000\n"
		"key ControlSet001\\Services\\partmgr\\Parameters\n"
		"sz SanPolicy 1\n"
		"key MountedDevices\\Offline\n"
		"sz \\DosDevices\\D: 1\n"
		"dword \\DosDevices\\E: 1\n");

	cr_expect_not(r.policy.no_automount.is_set);
	cr_expect_not(r.policy.san_policy.is_set);
	cr_assert_eq(r.links.n, 1, "the one behind it is still read");
	cr_expect_str_eq(r.links.list[0].name.utf8, "\\DosDevices\\E:");
	cr_assert_eq(diag_count(&r.diags, &FINDING_POLICY_VALUE), 3);
	for (size_t i = 0; i < r.diags.n; i++) {
		cr_assert_eq(r.diags.list[i].cites.n, 1);
		cr_expect_arr_eq(bytes + r.diags.list[i].cites.list[0].offset,
				 "vk", 2);
	}
	read_done(&r);
	free(bytes);
}

Test(policy, offline_links_are_listed_as_stored_with_their_switch)
{
	static const struct {
		const char *name;
		bool offline;
	} want[] = {
		{ "\\??\\Volume{656b1715-ecf6-11df-92e6-806e6f6e6963}", true },
		{ "\\DosDevices\\D:", false },
		{ "\\??\\STORAGE#Volume#{656b1713-ecf6-11df-92e6-"
		  "806e6f6e6963}#0000000000100000#"
		  "{53f5630d-b6bf-11d0-94f2-00a0c91efb8b}", true },
		{ "", true },
	};
	size_t n;
	uint8_t *bytes = hivex_hive(
		"key MountedDevices\n"
		"mbr \\DosDevices\\C: 5cbea03e 1048576\n"
		"key MountedDevices\\Offline\n"
		"dword \\??\\Volume{656b1715-ecf6-11df-92e6-806e6f6e6963} 1\n"
		"dword \\DosDevices\\D: 0\n"
		"dword \\??\\STORAGE#Volume#{656b1713-ecf6-11df-92e6-"
		"806e6f6e6963}#0000000000100000#"
		"{53f5630d-b6bf-11d0-94f2-00a0c91efb8b} 0x80000000\n"
		"dword \"\" 1\n", &n);
	struct read r;

	if (bytes == NULL)
		cr_skip_test("no samples");
	read_hive(&r, bytes, n, NULL);
	cr_expect_eq(r.diags.n, 0);
	cr_assert_eq(r.links.n, sizeof(want) / sizeof(want[0]));
	for (size_t i = 0; i < r.links.n; i++) {
		const struct offline_link *l = &r.links.list[i];

		cr_expect_str_eq(l->name.utf8, want[i].name);
		cr_expect_eq(l->offline, want[i].offline);
		cr_assert_geq(l->cites.n, 1);
		cr_expect_arr_eq(bytes + l->cites.list[0].offset, "vk", 2);
	}
	read_done(&r);
	free(bytes);
}

/* As hivexsh shows them.  */
Test(policy, real_systems_bring_all_disks_online_and_keep_no_volume_offline)
{
	static const char *const files[][2] = {
		{ REGIPY "SYSTEM.xz", "SYSTEM" },
		{ REGIPY "SYSTEM_2.xz", "SYSTEM_2" },
		{ REGIPY "SYSTEM_B.xz", "SYSTEM_B" },
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		const char *path = shared_data_unpacked(files[i][0],
							files[i][1]);
		struct read r;
		uint8_t *bytes;
		size_t n;

		if (path == NULL)
			cr_skip_test("no shared data");
		bytes = load_file(path, &n);
		read_hive(&r, bytes, n, "ControlSet001");
		cr_expect_not(r.policy.no_automount.is_set, "%s", files[i][1]);
		expect_switch(bytes, &r.policy.san_policy, 1);
		/* As hivexsh lists ExistingPageFiles.  */
		cr_assert_eq(r.policy.n_page_files, 1);
		cr_expect_str_eq(r.policy.page_files[0].utf8,
				 "\\??\\C:\\pagefile.sys");
		cr_expect_eq(r.links.n, 0);
		cr_expect_lt(r.source.bytes, 256 << 10, "%s", files[i][1]);
		read_done(&r);
		free(bytes);
	}
}

Test(policy, each_policy_has_the_name_that_vds_gives_it)
{
	cr_expect_null(san_policy_name(0));
	cr_expect_str_eq(san_policy_name(1), "online");
	cr_expect_str_eq(san_policy_name(2), "offline-shared");
	cr_expect_str_eq(san_policy_name(3), "offline");
	cr_expect_str_eq(san_policy_name(4), "offline-internal");
	cr_expect_null(san_policy_name(5));
	cr_expect_null(san_policy_name(UINT32_MAX));
}

/* --- damage ------------------------------------------------------------------ */

static struct hive_image image;

/* MountedDevices\Offline with two links.  */
static void build(void)
{
	static const uint8_t one[4] = { 1 };
	uint32_t key, values[2];

	hive_image_start(&image);
	key = hive_image_only_subkey(&image, hive_image_key(&image, "ROOT"),
				     "MountedDevices");
	key = hive_image_only_subkey(&image, key, "Offline");
	values[0] = hive_image_value(&image, "\\DosDevices\\D:", 4, one, 4);
	values[1] = hive_image_value(&image, "\\DosDevices\\E:", 4, one, 4);
	hive_image_values(&image, key, values, 2);
	hive_image_finish(&image);
}

static void survives(const uint8_t *bytes, size_t n)
{
	uint8_t *copy = malloc(n);	/* its end is guarded by ASan */
	struct read r;

	memcpy(copy, bytes, n);
	read_hive(&r, copy, n, "ControlSet001");
	cr_expect_leq(r.links.n, 2);
	for (size_t i = 0; i < r.links.n; i++)
		cr_expect_not_null(r.links.list[i].name.utf8);
	read_done(&r);
	free(copy);
}

Test(policy, every_truncation_and_every_changed_byte_is_survived)
{
	const size_t used = 4096 + 0x600;
	struct read r;

	build();
	read_hive(&r, image.bytes, image.n, "ControlSet001");
	cr_assert_eq(r.links.n, 2);
	read_done(&r);
	for (size_t n = 0; n < used; n += n < 4096 ? 64 : 1)
		survives(image.bytes, n);
	for (size_t at = 4096; at < used; at++)
		for (unsigned x = 1; x < 256; x <<= 1) {
			image.bytes[at] ^= (uint8_t)x;
			survives(image.bytes, image.n);
			image.bytes[at] ^= (uint8_t)x;
		}
}

Test(policy, a_link_whose_record_is_lost_is_said_and_the_other_read)
{
	struct read r;

	build();
	for (size_t at = 4096; at + 16 < image.n; at++)
		if (memcmp(image.bytes + at, "vk", 2) == 0) {
			image.bytes[at] = 0;
			image.bytes[at + 15] = 1;	/* of the type */
			break;
		}
	read_hive(&r, image.bytes, image.n, NULL);
	cr_assert_eq(r.links.n, 1);
	cr_expect_str_eq(r.links.list[0].name.utf8, "\\DosDevices\\E:");
	cr_expect_eq(diag_count(&r.diags, &FINDING_VALUE_UNREADABLE), 1);
	read_done(&r);
}
