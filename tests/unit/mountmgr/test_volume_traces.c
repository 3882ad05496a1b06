#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/bytes_source.h"
#include "lib/hive_tree.h"
#include "mountmgr/disk_records.h"

#define PORTABLE "Microsoft\\Windows Portable Devices\\Devices\\"
#define BOOST "Microsoft\\Windows NT\\CurrentVersion\\EMDMgmt\\"
#define SEARCH "Microsoft\\Windows Search\\VolumeInfoCache\\"
#define STICK "_??_USBSTOR#DISK&VEN_A&PROD_B&REV_1#0123&0#" \
	"{53F56307-B6BF-11D0-94F2-00A0C91EFB8B}"
#define DEVICE "USBSTOR\\DISK&VEN_A&PROD_B&REV_1\\0123&0"

/* One key, and what it says.  */
static const struct row {
	const char *key, *value, *data;
	enum volume_form form;
	const char *device, *label, *serial;
	char letter;
} rows[] = {
	{ PORTABLE "SWD#WPDBUSENUM#" STICK, "FriendlyName", "E:\\",
	  VOLUME_FORM_DEVICE, DEVICE, "E:\\", NULL, 0 },
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
	{ SEARCH "F", NULL, NULL, VOLUME_FORM_OTHER, NULL, NULL, NULL, 0 },
};

static size_t read_row(const struct row *row, struct volume_record *ret,
		       struct arena *a)
{
	struct hive_tree_row tree = { row->key, row->value, TREE_SZ,
				      row->data };
	struct hive_image *image = calloc(1, sizeof(*image));
	struct diag_list d = { .arena = a };
	struct volume_traces traces = { 0 };
	struct bytes_source source;
	struct hive *hive;

	hive_tree_build(image, &tree, 1);
	source = bytes_source(image->bytes, sizeof(image->bytes));
	cr_assert_eq(hive_open(&source.source, a, &d, &hive, NULL), 0);
	cr_assert_eq(volume_traces_read(hive, a, &d, &traces, NULL), 0);
	if (traces.n > 0)
		*ret = traces.list[0];
	hive_close(hive);
	free(image);
	return traces.n;
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
		cr_expect_eq(v.last_written, 0x12345678);
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
