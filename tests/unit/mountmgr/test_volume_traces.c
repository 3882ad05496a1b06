#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/bytes_source.h"
#include "lib/hive_tree.h"
#include "mountmgr/disk_records.h"
#include "mountmgr/findings.h"

#define PORTABLE "Microsoft\\Windows Portable Devices\\Devices\\"
#define BOOST "Microsoft\\Windows NT\\CurrentVersion\\EMDMgmt\\"
#define SEARCH "Microsoft\\Windows Search\\VolumeInfoCache\\"
#define STICK "_??_USBSTOR#DISK&VEN_A&PROD_B&REV_1#0123&0#" \
	"{53F56307-B6BF-11D0-94F2-00A0C91EFB8B}"
#define DISK_VOLUME "{656b1713-ecf6-11df-92e6-806e6f6e6963}#0000000000100000"
#define DEVICE "USBSTOR\\DISK&VEN_A&PROD_B&REV_1\\0123&0"

/* One key, and what it says.  */
static const struct row {
	const char *key, *value, *data;
	enum volume_form form;
	const char *device, *label, *serial;
	char letter;
} rows[] = {
	{ PORTABLE "SWD#WPDBUSENUM#" STICK, "FriendlyName", "E:\\",
	  VOLUME_FORM_DEVICE, DEVICE, NULL, NULL, 'E' },
	{ PORTABLE "SWD#WPDBUSENUM#" STICK, "FriendlyName", "e:",
	  VOLUME_FORM_DEVICE, DEVICE, NULL, NULL, 'E' },
	/* Labels, which only look like letters.  */
	{ PORTABLE "SWD#WPDBUSENUM#" STICK, "FriendlyName", "E:\\x",
	  VOLUME_FORM_DEVICE, DEVICE, "E:\\x", NULL, 0 },
	{ PORTABLE "SWD#WPDBUSENUM#" STICK, "FriendlyName", "1:\\",
	  VOLUME_FORM_DEVICE, DEVICE, "1:\\", NULL, 0 },
	{ PORTABLE "SWD#WPDBUSENUM#" STICK, "FriendlyName", "[:",
	  VOLUME_FORM_DEVICE, DEVICE, "[:", NULL, 0 },
	{ PORTABLE "SWD#WPDBUSENUM#{656B1713-ECF6-11DF-92E6-806E6F6E6963}#"
	  "0000000000100000", "FriendlyName", "DATA", VOLUME_FORM_DISK_ID, NULL,
	  "DATA", NULL, 0 },
	{ PORTABLE "WPDBUSENUMROOT#UMB#2&37C186B&0&STORAGE#VOLUME#_??_USBSTOR#"
	  "DISK&VEN_A&PROD_B&REV_1#0123&0#", "FriendlyName", "SECRETPLANS",
	  VOLUME_FORM_DEVICE, DEVICE, "SECRETPLANS", NULL, 0 },
	{ PORTABLE "WPDBUSENUM", NULL, NULL, VOLUME_FORM_OTHER, NULL, NULL,
	  NULL, 0 },
	/* 3735928559 is 0xdeadbeef.  */
	{ BOOST STICK "MY_STICK_3735928559", NULL, NULL, VOLUME_FORM_DEVICE,
	  DEVICE, "MY_STICK", "deadbeef", 0 },
	{ BOOST STICK "_3735928559", NULL, NULL, VOLUME_FORM_DEVICE, DEVICE,
	  NULL, "deadbeef", 0 },
	{ BOOST STICK "A}B_1", NULL, NULL, VOLUME_FORM_DEVICE, DEVICE, "A}B",
	  "00000001", 0 },
	/* The label had the rest of the device's name, too.  */
	{ BOOST "STORAGE#Volume#" DISK_VOLUME "#{53f5630d-b6bf-11d0-94f2-"
	  "00a0c91efb8b}LBL_2", NULL, NULL, VOLUME_FORM_DISK_ID, NULL, "LBL",
	  "00000002", 0 },
	{ BOOST "SWD#WPDBUSENUM#" DISK_VOLUME "LBL_2", NULL, NULL,
	  VOLUME_FORM_DISK_ID, NULL, "LBL", "00000002", 0 },
	{ BOOST DISK_VOLUME "ABC_2", NULL, NULL, VOLUME_FORM_DISK_ID, NULL,
	  "ABC", "00000002", 0 },
	{ BOOST "SWD#WPDBUSENUM#" STICK "#LBL_2", NULL, NULL,
	  VOLUME_FORM_DEVICE, DEVICE, "#LBL", "00000002", 0 },
	/* Where the one ends and the other begins, is not known.  */
	{ BOOST "_??_USBSTOR#DISK&VEN_A&PROD_B&REV_1#0123&0LBL_2", NULL, NULL,
	  VOLUME_FORM_OTHER, NULL, NULL, "00000002", 0 },
	{ BOOST "A#{B}_2", NULL, NULL, VOLUME_FORM_OTHER, NULL, "A#{B}",
	  "00000002", 0 },
	{ BOOST "Data_4294967295", NULL, NULL, VOLUME_FORM_OTHER, NULL, "Data",
	  "ffffffff", 0 },
	{ BOOST "Data_4294967296", NULL, NULL, VOLUME_FORM_OTHER, NULL, NULL,
	  NULL, 0 },
	{ BOOST "Data_-1", NULL, NULL, VOLUME_FORM_OTHER, NULL, NULL, NULL, 0 },
	{ BOOST "Data_12x", NULL, NULL, VOLUME_FORM_OTHER, NULL, NULL, NULL,
	  0 },
	{ BOOST "Data", NULL, NULL, VOLUME_FORM_OTHER, NULL, NULL, NULL, 0 },
	{ SEARCH "F:", "VolumeLabel", "FILES", VOLUME_FORM_OTHER, NULL,
	  "FILES", NULL, 'F' },
	{ SEARCH "f:", NULL, NULL, VOLUME_FORM_OTHER, NULL, NULL, NULL, 'F' },
	{ SEARCH "F", NULL, NULL, VOLUME_FORM_OTHER, NULL, NULL, NULL, 0 },
	{ SEARCH "1:", NULL, NULL, VOLUME_FORM_OTHER, NULL, NULL, NULL, 0 },
	{ SEARCH "FF:", NULL, NULL, VOLUME_FORM_OTHER, NULL, NULL, NULL, 0 },
};

static size_t read_tree(const struct hive_tree_row *tree,
			struct volume_record *ret, struct arena *a,
			struct diag_list *d)
{
	struct hive_image *image = calloc(1, sizeof(*image));
	struct volume_traces traces = { 0 };
	struct bytes_source source;
	struct hive *hive;

	d->arena = a;
	hive_tree_build(image, tree, 1);
	source = bytes_source(image->bytes, sizeof(image->bytes));
	cr_assert_eq(hive_open(&source.source, a, d, &hive, NULL), 0);
	cr_assert_eq(volume_traces_read(hive, a, d, &traces, NULL), 0);
	if (traces.n > 0)
		*ret = traces.list[0];
	hive_close(hive);
	free(image);
	return traces.n;
}

static size_t read_row(const struct row *row, struct volume_record *ret,
		       struct arena *a)
{
	const struct hive_tree_row tree = { row->key, row->value, TREE_SZ,
					    row->data };
	struct diag_list d = { 0 };
	size_t n = read_tree(&tree, ret, a, &d);

	cr_expect_eq(d.n, 0, "%s", row->key);
	return n;
}

static bool same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

Test(volume_traces, each_key_says_what_it_knows_of_a_volume)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena *a = arena_new();
		struct volume_record v = { 0 };
		char serial[9];

		cr_assert_eq(read_row(&rows[i], &v, a), 1, "%s", rows[i].key);
		snprintf(serial, sizeof(serial), "%08x", v.serial);
		cr_expect_eq(v.at.form, rows[i].form, "%s", rows[i].key);
		cr_expect(same(v.at.device, rows[i].device), "%s: %s",
			  rows[i].key, v.at.device);
		cr_expect(same(v.label.utf8, rows[i].label), "%s: %s",
			  rows[i].key, v.label.utf8);
		cr_expect(same(v.has_serial ? serial : NULL, rows[i].serial),
			  "%s: %s", rows[i].key, serial);
		cr_expect_eq(v.letter, rows[i].letter);
		cr_expect_eq(v.last_written, HIVE_IMAGE_TIME);
		cr_expect_geq(v.cites.n, 1);
		arena_free(a);
	}
}

Test(volume_traces, a_telephone_is_no_volume)
{
	static const struct row phone = {
		.key = PORTABLE "USB#VID_18D1&PID_4EE1#0123",
	};
	struct arena *a = arena_new();
	struct volume_record v;

	cr_expect_eq(read_row(&phone, &v, a), 0);
	arena_free(a);
}

/* Numbers and times, as bytes; what cannot be one is said.  */
Test(volume_traces, a_drive_type_is_one_that_windows_has)
{
	static const struct {
		const char *data;
		bool is;
		uint32_t type;
	} types[] = {
		{ "02000000", true, 2 }, { "00000000", true, 0 },
		{ "06000000", true, 6 }, { "07000000", false, 0 },
		{ "0200", false, 0 }, { "0200000000", false, 0 },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		const struct hive_tree_row tree = {
			SEARCH "F:", "DriveType", TREE_DWORD, types[i].data,
		};
		struct arena *a = arena_new();
		struct diag_list d = { 0 };
		struct volume_record v = { 0 };

		cr_assert_eq(read_tree(&tree, &v, a, &d), 1);
		cr_expect_eq(v.has_drive_type, types[i].is, "%zu", i);
		cr_expect_eq(v.drive_type, types[i].type, "%zu", i);
		/* The key, the value; five bytes are no inline data.  */
		cr_expect_geq(v.cites.n, 2);
		cr_assert_eq(d.n, types[i].is ? 0 : 1, "%zu", i);
		if (d.n > 0) {
			cr_expect_eq(d.list[0].kind, &FINDING_RECORD_VALUE);
			cr_expect_eq(d.list[0].cites.list[0].offset,
				     v.cites.list[1].offset);
		}
		arena_free(a);
	}
}

Test(volume_traces, ready_boost_says_when_it_tested_a_volume)
{
	static const struct {
		const char *data;
		uint64_t time;
		bool damaged;
	} times[] = {
		{ "80926c26849fda01", UINT64_C(0x01da9f84266c9280), false },
		{ "ffffffffffffff7f", INT64_MAX, false },
		/* It was not tested.  */
		{ "0000000000000000", 0, false },
		{ "0000000000000080", 0, true },
		{ "80926c26", 0, true },
		{ "80926c26849fda0100", 0, true },
	};

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		const struct hive_tree_row tree = {
			BOOST "Data_1", "LastTestedTime", 11, times[i].data,
		};
		struct arena *a = arena_new();
		struct diag_list d = { 0 };
		struct volume_record v = { 0 };

		cr_assert_eq(read_tree(&tree, &v, a, &d), 1);
		cr_expect_eq(v.last_tested, times[i].time, "%zu", i);
		/* The value, then where its data are.  */
		cr_assert_eq(v.tested_cites.n, 2, "%zu", i);
		cr_assert_eq(d.n, times[i].damaged ? 1 : 0, "%zu", i);
		if (d.n > 0)
			cr_expect_eq(d.list[0].kind, &FINDING_RECORD_VALUE);
		arena_free(a);
	}
}
