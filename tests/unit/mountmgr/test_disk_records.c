#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/bytes_source.h"
#include "lib/hive_tree.h"
#include "mountmgr/disk_records.h"
#include "mountmgr/findings.h"
#include "registry/findings.h"

#define DISK "{4d36e967-e325-11ce-bfc1-08002be10318}"
#define STICK "Enum\\USBSTOR\\Disk&Ven_A&Prod_B&Rev_1\\0123&0"
#define TIMES "Properties\\{83da6326-97a6-4088-9453-a1923f573b29}"

/* A table of one MBR slot: signature 5ca1ab1e, offset 1 MiB, length 2 MiB.  */
#define LAYOUT_HEAD "0000000001000000" "1eaba15c" "44332211"
#define ZEROS_16 "00000000000000000000000000000000"
#define LAYOUT LAYOUT_HEAD ZEROS_16 ZEROS_16 \
	"0000000000000000" "0000100000000000" "0000200000000000" "ffffffff" \
	"00000000" "07000100" "00080000" "1eaba15c00000000" "0000100000000000" \
	ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16 "0000000000000000"

/* In 2020: one stored, and the same as a number.  */
#define CLOCK(n) "0" #n "0000000000d601"
#define CLOCK_OF(n) (UINT64_C(0x01d6000000000000) + (n))

static const struct hive_tree_row rows[] = {
	{ "Select", "Current", TREE_DWORD, "01000000" },
	{ "Select", "LastKnownGood", TREE_DWORD, "02000000" },
	/* A stick, as Windows 10 keeps one.  */
	{ "ControlSet001\\" STICK, "ClassGUID", TREE_SZ, DISK },
	{ "ControlSet001\\" STICK, "FriendlyName", TREE_SZ,
	  "@disk.inf,%name%;A B USB Device" },
	{ "ControlSet001\\" STICK, "HardwareID", TREE_MULTI_SZ,
	  "USBSTOR\\DiskA_______B_______________1___" },
	{ "ControlSet001\\" STICK "\\Device Parameters\\Partmgr", "DiskId",
	  TREE_SZ, "{656b1713-ecf6-11df-92e6-806e6f6e6963}" },
	{ "ControlSet001\\" STICK "\\Device Parameters\\Partmgr", "Attributes",
	  TREE_DWORD, "02000000" },
	{ "ControlSet001\\" STICK "\\Device Parameters\\Partmgr",
	  "PartitionTableCache", TREE_BINARY, LAYOUT },
	{ "ControlSet001\\" STICK "\\" TIMES "\\000A", "", 0xffff0012,
	  "5500530042005c0058005c00590000" "00" },
	{ "ControlSet001\\" STICK "\\" TIMES "\\0064", "", 0xffff0010,
	  CLOCK(1) },
	{ "ControlSet001\\" STICK "\\" TIMES "\\0065", "", 0xffff0010,
	  CLOCK(2) },
	{ "ControlSet001\\" STICK "\\" TIMES "\\0066", "", 0xffff0010,
	  CLOCK(3) },
	{ "ControlSet001\\" STICK "\\" TIMES "\\0067", "", 0xffff0010,
	  "04000000000000" },		/* cut: no time */
	/* A disk of Windows 7, which has its times elsewhere.  */
	{ "ControlSet001\\Enum\\SCSI\\Disk&Ven_C&Prod_D\\5&1&0&000000",
	  "ClassGUID", TREE_SZ, DISK },
	{ "ControlSet001\\Enum\\SCSI\\Disk&Ven_C&Prod_D\\5&1&0&000000\\" TIMES
	  "\\00000064\\00000000", "Data", TREE_BINARY, CLOCK(5) },
	/* No class: the service, or the name, says that it is a disk.  */
	{ "ControlSet001\\Enum\\SD\\VID_03\\1", "Service", TREE_SZ, "DISK" },
	{ "ControlSet001\\Enum\\IDE\\DiskX\\1&2", NULL, 0, NULL },
	/* Nor does one damaged letter of the class make it none.  */
	{ "ControlSet001\\Enum\\SD\\VID_03\\1", "ClassGUID", TREE_SZ,
	  "{4d36e967-e325-11ce-bfc1-08002be10319}" },
	/* No disks.  */
	{ "ControlSet001\\Enum\\IDE\\CdRomX\\1&2", "ClassGUID", TREE_SZ,
	  "{4d36e965-e325-11ce-bfc1-08002be10318}" },
	{ "ControlSet001\\Enum\\PCI\\Disk\\1&2", "ClassGUID", TREE_SZ, DISK },
	{ "ControlSet001\\Enum\\Root\\LEGACY_DISK\\0000", "Service", TREE_SZ,
	  "Disk" },
	/* Volumes.  */
	{ "ControlSet001\\Enum\\STORAGE\\Volume\\{656b1713-ecf6-11df-92e6-"
	  "806e6f6e6963}#0000000000100000", NULL, 0, NULL },
	{ "ControlSet001\\Enum\\STORAGE\\VolumeSnapshot\\1", NULL, 0, NULL },
	{ "ControlSet001\\Enum\\STORAGE\\RemovableMedia\\7&1&0&RM", NULL, 0,
	  NULL },
	{ "ControlSet001\\Enum\\SWD\\WPDBUSENUM\\{656b1713-ecf6-11df-92e6-"
	  "806e6f6e6963}#0000000000100000", "FriendlyName", TREE_SZ, "LABEL" },
	{ "ControlSet001\\Enum\\SWD\\WPDBUSENUM\\{656b1713-ecf6-11df-92e6-"
	  "806e6f6e6963}#0000000000200000", "FriendlyName", TREE_SZ, "e:\\" },
	{ "ControlSet001\\Enum\\SWD\\PRINTENUM\\{1}", NULL, 0, NULL },
	/* Interfaces: of the stick, and of disks whose own key is gone.  */
	{ "ControlSet001\\Control\\DeviceClasses\\{53f56307-b6bf-11d0-94f2-"
	  "00a0c91efb8b}\\a", "DeviceInstance", TREE_SZ,
	  "USBSTOR\\DISK&VEN_A&PROD_B&REV_1\\0123&0" },
	{ "ControlSet001\\Control\\DeviceClasses\\{53f56307-b6bf-11d0-94f2-"
	  "00a0c91efb8b}\\b", "DeviceInstance", TREE_SZ,
	  "USBSTOR\\Disk&Ven_E&Prod_F&Rev_2\\4567&0" },
	{ "ControlSet001\\Control\\DeviceClasses\\{53f5630d-b6bf-11d0-94f2-"
	  "00a0c91efb8b}\\a", "DeviceInstance", TREE_SZ,
	  "STORAGE\\Volume\\{656b1713-ecf6-11df-92e6-806e6f6e6963}#"
	  "0000000000100000" },
	{ "ControlSet001\\Control\\DeviceClasses\\{53f5630d-b6bf-11d0-94f2-"
	  "00a0c91efb8b}\\b", "DeviceInstance", TREE_SZ,
	  "STORAGE\\Volume\\{656b1713-ecf6-11df-92e6-806e6f6e6963}#"
	  "0000000000200000" },
	/* Numbers, where a running Windows was exported.  */
	{ "ControlSet001\\Services\\disk\\Enum", "0", TREE_SZ,
	  "SCSI\\Disk&Ven_C&Prod_D\\5&1&0&000000" },
	/* One that has no key of its own.  */
	{ "ControlSet001\\Services\\disk\\Enum", "1", TREE_SZ,
	  "IDE\\DiskM\\1&2" },
	{ "ControlSet001\\Services\\disk\\Enum", "Count", TREE_DWORD,
	  "02000000" },
	/* The last one that was good, one that failed, what an upgrade left.
	 */
	{ "ControlSet002\\Enum\\SCSI\\Disk&Ven_G&Prod_H\\5&1&0&000000",
	  "ClassGUID", TREE_SZ, DISK },
	{ "ControlSet003\\Enum\\SCSI\\Disk&Ven_I&Prod_J\\5&1&0&000000",
	  "ClassGUID", TREE_SZ, DISK },
	{ "Setup\\Upgrade\\PnP\\CurrentControlSet\\Control\\DeviceMigration\\"
	  "Devices\\SCSI\\Disk&Ven_K&Prod_L\\000001", "ClassGuid", TREE_SZ,
	  DISK },
	{ "Setup\\Upgrade\\PnP\\CurrentControlSet\\Control\\DeviceMigration\\"
	  "Devices\\SCSI\\Disk&Ven_K&Prod_L\\000001", "BusDeviceDesc", TREE_SZ,
	  "K L SCSI Disk Device" },
	{ "Setup\\Upgrade\\PnP\\CurrentControlSet\\Control\\DeviceMigration\\"
	  "Devices\\SCSI\\Disk&Ven_K&Prod_L\\000001", "LastPresentDate",
	  TREE_BINARY, CLOCK(6) },
	{ "Setup\\Upgrade\\PnP\\CurrentControlSet\\Control\\DeviceMigration\\"
	  "Devices\\SCSI\\Disk&Ven_K&Prod_L\\000001\\Device\\Partmgr",
	  "PartitionTableCache", TREE_BINARY, LAYOUT },
};

struct read {
	struct arena *arena;
	struct diag_list diags;
	struct bytes_source source;
	struct hive_image image;
	struct hive *hive;
	struct disk_records records;
};

/* What is done to the hive before it is read; or NULL.  */
typedef void damage_fn(struct hive_image *image, const char *key);

static struct read *read_damaged(const struct hive_tree_row *list, size_t n,
				 unsigned control_set, damage_fn *damage,
				 const char *key)
{
	struct read *r = calloc(1, sizeof(*r));

	r->arena = arena_new();
	r->diags.arena = r->arena;
	hive_tree_build(&r->image, list, n);
	if (damage != NULL)
		damage(&r->image, key);
	r->source = bytes_source(r->image.bytes, sizeof(r->image.bytes));
	cr_assert_eq(hive_open(&r->source.source, r->arena, &r->diags,
			       &r->hive, NULL), 0);
	cr_assert_eq(disk_records_read(r->hive, r->arena, &r->diags,
				       control_set, &r->records, NULL), 0);
	return r;
}

static struct read *read_rows(const struct hive_tree_row *list, size_t n,
			      unsigned control_set)
{
	return read_damaged(list, n, control_set, NULL, NULL);
}

static void read_done(struct read *r)
{
	hive_close(r->hive);
	arena_free(r->arena);
	free(r);
}

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct device_record *device(struct read *r, const char *instance)
{
	for (size_t i = 0; i < r->records.n_devices; i++)
		if (strcmp(r->records.devices[i].instance.utf8, instance) == 0)
			return &r->records.devices[i];
	cr_assert_fail("no %s", instance);
	abort();
}

Test(disk_records, a_disk_has_what_its_keys_say)
{
	struct read *r = read_rows(rows, COUNT(rows), 1);
	struct device_record *d = device(r, "USBSTOR\\Disk&Ven_A&Prod_B&Rev_1"
					 "\\0123&0");
	struct drive_layout_partition p;
	char text[GUID_TEXT_CHARS + 1];

	cr_expect_eq(d->place, RECORD_ENUM);
	cr_expect_str_eq(d->friendly_name.utf8, "A B USB Device");
	cr_expect_str_eq(d->serial, "0123");
	cr_expect_str_eq(d->parent.utf8, "USB\\X\\Y");
	cr_expect_str_eq(guid_text(&d->disk_id, text),
			 "656b1713-ecf6-11df-92e6-806e6f6e6963");
	cr_expect(d->has_attributes);
	cr_expect_eq(d->attributes, 2);
	cr_expect_eq(d->times.installed, CLOCK_OF(1));
	cr_expect_eq(d->times.first_installed, CLOCK_OF(2));
	cr_expect_eq(d->times.last_arrival, CLOCK_OF(3));
	cr_expect_eq(d->times.last_removal, 0);
	/* hive_image_key() stamps every key so.  */
	cr_expect_eq(d->last_written, HIVE_IMAGE_TIME);
	cr_expect_eq(d->layout_written, HIVE_IMAGE_TIME);
	cr_expect_eq(d->interface_written, HIVE_IMAGE_TIME);
	cr_assert(d->has_layout);
	cr_expect_eq(d->layout.signature, 0x5ca1ab1e);
	cr_assert_eq(drive_layout_partition(&d->layout, 0, &p, NULL), 0);
	cr_expect_eq(p.offset, 1048576);
	cr_expect_eq(p.length, 2097152);
	/* The value, then its data: 48 and 144 bytes.  */
	cr_assert_eq(d->layout_cites.n, 2);
	cr_expect_eq(d->layout_cites.list[1].length, 192);
	cr_expect_gt(d->cites.n, 10);
	/* 0067, and the class of SD\VID_03.  */
	cr_expect_eq(r->diags.n, 2);
	cr_expect_eq(diag_count(&r->diags, &FINDING_RECORD_VALUE), 2);
	read_done(r);
}

Test(disk_records, every_disk_is_found_and_nothing_else)
{
	static const struct {
		const char *instance;
		enum record_place place;
	} want[] = {
		{ "USBSTOR\\Disk&Ven_A&Prod_B&Rev_1\\0123&0", RECORD_ENUM },
		{ "SCSI\\Disk&Ven_C&Prod_D\\5&1&0&000000", RECORD_ENUM },
		{ "SD\\VID_03\\1", RECORD_ENUM },
		{ "IDE\\DiskX\\1&2", RECORD_ENUM },
		{ "USBSTOR\\Disk&Ven_E&Prod_F&Rev_2\\4567&0",
		  RECORD_INTERFACE },
		{ "IDE\\DiskM\\1&2", RECORD_INTERFACE },
		{ "SCSI\\Disk&Ven_G&Prod_H\\5&1&0&000000", RECORD_OTHER_SET },
		{ "SCSI\\Disk&Ven_I&Prod_J\\5&1&0&000000", RECORD_OTHER_SET },
		{ "SCSI\\Disk&Ven_K&Prod_L\\000001", RECORD_MIGRATION },
	};
	struct read *r = read_rows(rows, COUNT(rows), 1);

	cr_assert_eq(r->records.n_devices, COUNT(want));
	for (size_t i = 0; i < COUNT(want); i++)
		cr_expect_eq(device(r, want[i].instance)->place, want[i].place,
			     "%s", want[i].instance);
	read_done(r);
}

Test(disk_records, times_lie_elsewhere_in_windows_7)
{
	struct read *r = read_rows(rows, COUNT(rows), 1);
	struct device_record *d = device(r, "SCSI\\Disk&Ven_C&Prod_D\\"
					 "5&1&0&000000");

	cr_expect_eq(d->times.installed, CLOCK_OF(5));
	cr_expect_eq(d->times.first_installed, 0);
	cr_expect(!d->has_layout);
	cr_expect(guid_is_zero(&d->disk_id));
	read_done(r);
}

Test(disk_records, a_running_windows_numbers_its_disks)
{
	struct read *r = read_rows(rows, COUNT(rows), 1);
	struct device_record *d = device(r, "SCSI\\Disk&Ven_C&Prod_D\\"
					 "5&1&0&000000");

	cr_expect(d->has_number);
	cr_expect_eq(d->number, 0);
	cr_expect(!device(r, "SD\\VID_03\\1")->has_number);
	d = device(r, "IDE\\DiskM\\1&2");
	cr_expect(d->has_number);
	cr_expect_eq(d->number, 1);
	read_done(r);
}

#define NUMBERS "ControlSet001\\Services\\disk\\Enum"
#define DISK_M "IDE\\DiskM\\1&2"

/* Of one disk, the number that was read last had counted, without a word; what
 * names no disk was passed over.  */
Test(disk_records, numbers_that_tell_nothing_are_said)
{
	static const struct {
		struct hive_tree_row row[2];
		int number;		/* -1: none */
		size_t findings;
	} rows_of[] = {
		{ { { NUMBERS, "0", TREE_SZ, DISK_M },
		    { NUMBERS, "1", TREE_SZ, "IDE\\DiskN\\3" } }, 0, 0 },
		{ { { NUMBERS, "2", TREE_SZ, DISK_M },
		    { NUMBERS, "5", TREE_SZ, DISK_M } }, -1, 1 },
		{ { { NUMBERS, "0", TREE_SZ, DISK_M },
		    { NUMBERS, "1", TREE_BINARY, "01" } }, 0, 1 },
		{ { { NUMBERS, "0", TREE_SZ, DISK_M },
		    { NUMBERS, "1", TREE_SZ, "" } }, 0, 1 },
		{ { { NUMBERS, "7", TREE_SZ, DISK_M },
		    { NUMBERS, "03", TREE_SZ, DISK_M } }, 7, 0 },
		{ { { NUMBERS, "7", TREE_SZ, DISK_M },
		    { NUMBERS, "-1", TREE_SZ, DISK_M } }, 7, 0 },
	};

	for (size_t i = 0; i < COUNT(rows_of); i++) {
		struct read *r = read_rows(rows_of[i].row, 2, 1);
		const struct device_record *d = device(r, DISK_M);

		cr_expect_eq(d->has_number ? (int)d->number : -1,
			     rows_of[i].number, "%zu", i);
		cr_expect_eq(diag_count(&r->diags, &FINDING_RECORD_VALUE),
			     rows_of[i].findings, "%zu", i);
		cr_expect_eq(r->diags.n, rows_of[i].findings, "%zu", i);
		read_done(r);
	}
}

/* A number that was lost with its value was not missed.  */
Test(disk_records, a_count_that_is_not_of_the_numbers_is_said)
{
	static const struct {
		const char *count;
		uint32_t type;
		const char *second, *said;	/* NULL: nothing is */
	} rows_of[] = {
		{ "02000000", TREE_DWORD, "1", NULL },
		/* Another disk was taken away.  */
		{ "02000000", TREE_DWORD, "7", NULL },
		{ "03000000", TREE_DWORD, "1", "Count of Services\\disk\\Enum: "
		  "it is 3, but 2 disks are numbered." },
		{ "01000000", TREE_DWORD, "1", "Count of Services\\disk\\Enum: "
		  "it is 1, but 2 disks are numbered." },
		{ "02000000", TREE_DWORD, "q", "Count of Services\\disk\\Enum: "
		  "it is 2, but 1 disk is numbered." },
		{ "0200", TREE_BINARY, "1", "Count of Services\\disk\\Enum: "
		  "it has 2 bytes, but a number has 4." },
	};

	for (size_t i = 0; i < COUNT(rows_of); i++) {
		const struct hive_tree_row numbers[] = {
			{ NUMBERS, "0", TREE_SZ, DISK_M },
			{ NUMBERS, rows_of[i].second, TREE_SZ,
			  "IDE\\DiskN\\3" },
			{ NUMBERS, "Count", rows_of[i].type, rows_of[i].count },
		};
		struct read *r = read_rows(numbers, COUNT(numbers), 1);

		cr_expect(device(r, DISK_M)->has_number);
		cr_assert_eq(r->diags.n, rows_of[i].said != NULL, "%zu", i);
		if (rows_of[i].said != NULL) {
			cr_expect_eq(r->diags.list[0].kind,
				     &FINDING_RECORD_VALUE);
			cr_expect_str_eq(r->diags.list[0].message,
					 rows_of[i].said);
		}
		read_done(r);
	}
}

Test(disk_records, an_upgrade_leaves_what_was_before)
{
	struct read *r = read_rows(rows, COUNT(rows), 1);
	struct device_record *d = device(r, "SCSI\\Disk&Ven_K&Prod_L\\000001");

	cr_expect_str_eq(d->friendly_name.utf8, "K L SCSI Disk Device");
	cr_expect_eq(d->times.last_present, CLOCK_OF(6));
	cr_expect(d->has_layout);
	read_done(r);
}

Test(disk_records, volumes_are_found_with_labels)
{
	struct read *r = read_rows(rows, COUNT(rows), 1);
	const struct volume_record *v = r->records.volumes;

	cr_assert_eq(r->records.n_volumes, 5);
	cr_expect_eq(v[0].source, VOLUME_SOURCE_STORAGE);
	cr_expect_eq(v[0].at.form, VOLUME_FORM_DISK_ID);
	cr_expect_eq(v[0].at.offset, 1048576);
	cr_expect_eq(v[0].last_written, HIVE_IMAGE_TIME);
	cr_expect_eq(v[1].at.form, VOLUME_FORM_PREFIX);
	cr_expect_eq(v[2].source, VOLUME_SOURCE_PORTABLE);
	cr_expect_str_eq(v[2].label.utf8, "LABEL");
	cr_expect_eq(v[2].letter, 0);
	/* Without a label, Windows writes the letter.  */
	cr_expect_null(v[3].label.utf8);
	cr_expect_eq(v[3].letter, 'E');
	/* Of the two interfaces, the one whose volume's key is gone.  */
	cr_expect_eq(v[4].source, VOLUME_SOURCE_INTERFACE);
	cr_expect_eq(v[4].at.offset, 2097152);
	read_done(r);
}

/* Where Select is damaged, all control sets are others.  */
Test(disk_records, without_a_current_control_set_all_are_read)
{
	struct read *r = read_rows(rows, COUNT(rows), 0);

	cr_expect_eq(r->records.n_devices, 9);
	cr_expect_eq(device(r, "SCSI\\Disk&Ven_I&Prod_J\\5&1&0&000000")->place,
		     RECORD_OTHER_SET);
	cr_expect_eq(device(r, "SD\\VID_03\\1")->place, RECORD_OTHER_SET);
	read_done(r);
}

Test(disk_records, a_table_that_is_cut_is_a_finding)
{
	static const struct {
		const char *data;
		bool has_layout;
		size_t findings;
	} cases[] = {
		{ "", false, 1 },
		{ "02000000", false, 1 },
		{ "0300000000000000" ZEROS_16 ZEROS_16 "0000000000000000",
		  false, 1 },
		{ LAYOUT_HEAD ZEROS_16 ZEROS_16, true, 1 },
		/* A GPT's slot in the table of an MBR.  */
		{ LAYOUT_HEAD ZEROS_16 ZEROS_16 "01000000" "00000000"
		  ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16
		  ZEROS_16 ZEROS_16 "0000000000000000", true, 0 },
		{ LAYOUT_HEAD ZEROS_16 ZEROS_16 "01000000" "00000000"
		  ZEROS_16 "0000000000000000" "0700000000000000" ZEROS_16
		  ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16, true, 1 },
		/* One slot by its count, two by its length.  */
		{ LAYOUT_HEAD ZEROS_16 ZEROS_16 "00000000" "00000000"
		  ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16
		  ZEROS_16 ZEROS_16 "0000000000000000" "00000000" "00000000"
		  ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16
		  ZEROS_16 ZEROS_16 "0000000000000000", true, 1 },
		/* A GPT whose first byte says that it is an MBR.  */
		{ "00000000" "01000000" "1ae8b5b0ca82e911bcf7784f439fa657"
		  "0044000000000000" "0000000004000000" "8000000000000000"
		  "01000000" "00000000" "0000100000000000" "0000200000000000"
		  "0000000000000000" "a2a0d0ebe5b9334487c068b6b72699c7"
		  ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16,
		  true, 1 },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct hive_tree_row list[] = {
			rows[0], rows[2],
			{ "ControlSet001\\" STICK
			  "\\Device Parameters\\Partmgr",
			  "PartitionTableCache", TREE_BINARY, cases[i].data },
		};
		struct read *r = read_rows(list, COUNT(list), 1);

		cr_assert_eq(r->records.n_devices, 1);
		cr_expect_eq(r->records.devices[0].has_layout,
			     cases[i].has_layout, "case %zu", i);
		cr_expect_eq(diag_count(&r->diags,
					&FINDING_PARTITION_TABLE_CACHE),
			     cases[i].findings, "case %zu", i);
		if (i == COUNT(cases) - 1)
			cr_expect_eq(r->records.devices[0].layout.guid.b[0],
				     0x1a);
		read_done(r);
	}
}

/* Of the value @name of the stick; an empty key has none.  */
static struct read *read_value(const char *key, const char *name,
			       unsigned type, const char *data)
{
	char path[200];
	struct hive_tree_row list[] = {
		rows[0], rows[2], { path, name, type, data },
	};

	snprintf(path, sizeof(path), "ControlSet001\\" STICK "%s", key);
	return read_rows(list, COUNT(list), 1);
}

#define TIME "\\" TIMES "\\0067"
#define PARTMGR "\\Device Parameters\\Partmgr"
#define ID "{656b1713-ecf6-11df-92e6-806e6f6e6963"

/* They were left out, or told wrongly, without a word.  */
Test(disk_records, a_value_that_is_not_of_its_form_is_said_and_not_told)
{
	static const struct {
		const char *key, *name, *data;
		unsigned type;
		bool damaged;
	} cases[] = {
		{ TIME, "", "ffffffffffffff7f", 0xffff0010, true },
		{ TIME, "", "", 0xffff0010, false },
		/* 1979-01-01, and the tick before.  */
		{ TIME, "", "00c00e69cec8a701", 0xffff0010, false },
		{ TIME, "", "ffbf0e69cec8a701", 0xffff0010, true },
		{ TIME, "", "766b000000000000", 0xffff0010, true },
		{ TIME, "", "00000000", 0xffff0010, true },
		{ TIME, "", "01000000000000", 0xffff0010, true },
		{ TIME, "", "010000000000000000", 0xffff0010, true },
		{ TIME, "", "0000000000000080", 0xffff0010, true },
		{ TIME, "", "ffffffffffffffff", 0xffff0010, true },
		{ PARTMGR, "DiskId", ID "}", TREE_SZ, false },
		{ PARTMGR, "DiskId", ID, TREE_SZ, true },
		{ PARTMGR, "DiskId", ID ")", TREE_SZ, true },
		{ PARTMGR, "DiskId",
		  "{656b1713-ecf6-11df-92e6-806e6f6e696g}", TREE_SZ, true },
		{ PARTMGR, "Attributes", "02000000", TREE_DWORD, false },
		{ PARTMGR, "Attributes", "0200", TREE_DWORD, true },
		{ "", "ContainerID", "{}", TREE_SZ, true },
		/* "A", NUL, "B"; and zeros only behind the NUL.  */
		{ "", "FriendlyName", "A", 1, false },
		{ "", "LocationInformation", "410000004200", 2, true },
		{ "", "LocationInformation", "410000000000", 2, false },
		/* Texts of a list are several.  */
		{ "", "HardwareID", "A", TREE_MULTI_SZ, false },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct read *r = read_value(cases[i].key, cases[i].name,
					    cases[i].type, cases[i].data);
		const struct device_record *d = r->records.devices;

		cr_assert_eq(r->records.n_devices, 1);
		cr_assert_eq(r->diags.n, cases[i].damaged ? 1 : 0, "case %zu",
			     i);
		if (cases[i].damaged) {
			cr_expect_eq(r->diags.list[0].kind,
				     &FINDING_RECORD_VALUE);
			/* Its value, then the data.  */
			cr_expect_eq(memcmp(r->image.bytes + r->diags.list[0]
					    .cites.list[0].offset, "vk", 2), 0,
				     "case %zu", i);
			cr_expect_eq(d->times.last_removal, 0);
			cr_expect(guid_is_zero(&d->disk_id));
			cr_expect(!d->has_attributes);
		}
		read_done(r);
	}
}

/* Bytes from @at on in the hexadecimal text of a table become @hex.  */
static void put_bytes(char *table, size_t at, const char *hex)
{
	memcpy(table + 2 * at, hex, strlen(hex));
}

/* A GPT with room for partitions from 1 MiB to 4 MiB, which has one from 1 MiB
 * to 3 MiB.  */
static void put_gpt(char *table)
{
	put_bytes(table, 0, "0100000001000000" "11223344" "55667788"
		  "99aabbccddeeff00" "0000100000000000" "0000300000000000"
		  "8000000000000000");
	put_bytes(table, 48, "01000000");
	put_bytes(table, 80, "a2a0d0ebe5b9334487c068b6b72699c7");
}

/* Each was told as it is stored.  */
Test(disk_records, a_partition_that_cannot_be_there_is_said)
{
	static const struct {
		bool gpt;
		size_t at;
		const char *hex;
		size_t findings;
	} cases[] = {
		{ false, 48, "00000000", 0 },
		{ false, 64, "0000000000000000", 1 },
		{ false, 64, "0001200000000000", 1 },
		{ false, 64, "0002200000000000", 0 },
		/* Offset, and signature and offset in the id.  */
		{ false, 56, "0002100000000000", 1 },
		{ false, 88, "1eaba15d", 1 },
		{ false, 96, "0000110000000000", 1 },
		{ false, 92, "01000000", 0 },
		{ false, 88, ZEROS_16, 0 },
		{ true, 48, "01000000", 0 },
		{ true, 56, "0000200000000000", 0 },
		{ true, 56, "0002200000000000", 1 },
		{ true, 56, "00fe0f0000000000", 1 },
		{ true, 64, "0000300000000000", 0 },
		{ true, 64, "0002300000000000", 1 },
		/* Where the head does not tell its room, any is.  */
		{ true, 32, "0000000000000000", 0 },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		char table[sizeof(LAYOUT)] = LAYOUT;
		struct read *r;

		if (cases[i].gpt)
			put_gpt(table);
		put_bytes(table, cases[i].at, cases[i].hex);
		r = read_value(PARTMGR, "PartitionTableCache", TREE_BINARY,
			       table);
		cr_assert_eq(r->records.n_devices, 1);
		cr_expect(r->records.devices[0].has_layout);
		cr_expect_eq(r->diags.n, cases[i].findings, "case %zu", i);
		cr_expect_eq(diag_count(&r->diags, &FINDING_RECORD_VALUE),
			     cases[i].findings, "case %zu", i);
		read_done(r);
	}
}

/* Since Windows 10 each slot of an MBR has an id, that of an unused one only the
 * signature.  Zeros were taken for an unused slot.  */
Test(disk_records, a_slot_of_zeros_is_no_unused_one)
{
	static const struct {
		bool gpt;
		const char *used_id, *unused_id;	/* signatures */
		size_t findings;
	} cases[] = {
		{ false, "1eaba15c", "1eaba15c", 0 },
		{ false, "1eaba15c", "00000000", 1 },
		{ true, "1eaba15c", "00000000", 0 },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		char table[] = LAYOUT
			ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16
			ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16;
		struct read *r;

		if (cases[i].gpt) {
			put_gpt(table);
			put_bytes(table, 192, "01000000");
		} else {
			put_bytes(table, 88, cases[i].used_id);
			put_bytes(table, 192 + 40, cases[i].unused_id);
		}
		put_bytes(table, 4, "02");
		r = read_value(PARTMGR, "PartitionTableCache", TREE_BINARY,
			       table);
		cr_assert(r->records.devices[0].has_layout);
		cr_expect_eq(r->diags.n, cases[i].findings, "case %zu", i);
		cr_expect_eq(diag_count(&r->diags,
					&FINDING_PARTITION_TABLE_CACHE),
			     cases[i].findings, "case %zu", i);
		read_done(r);
	}
}

/* What it has was lost, without a word.  */
Test(disk_records, a_value_is_found_whose_name_is_damaged)
{
	static const struct {
		const char *name;
		bool found;
		size_t findings;
	} cases[] = {
		{ "PartitionTableCache", true, 0 },
		{ "partitiontablecache", true, 0 },
		/* 64 for 65, 51 for 50; 66 is two bits off 65.  */
		{ "PartitionTableCachd", true, 1 },
		{ "QartitionTableCache", true, 1 },
		{ "PartitionTableCachf", true, 1 },
		{ "PartitionTableC!che", true, 1 },
		{ "PartitionTableC!chf", false, 0 },
		/* The length: 18 for 19.  */
		{ "PartitionTableCach", true, 1 },
		{ "PartitionTableCacheX", false, 0 },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct read *r = read_value(PARTMGR, cases[i].name, TREE_BINARY,
					    LAYOUT);

		cr_assert_eq(r->records.n_devices, 1);
		cr_expect_eq(r->records.devices[0].has_layout, cases[i].found,
			     "case %zu", i);
		cr_expect_eq(r->diags.n, cases[i].findings, "case %zu", i);
		if (r->diags.n > 0)
			cr_expect_eq(memcmp(r->image.bytes + r->diags.list[0]
					    .cites.list[0].offset, "vk", 2), 0);
		read_done(r);
	}
}

/* The vk record of the value @name, of letters of one byte each.  */
static uint8_t *find_vk(struct hive_image *image, const char *name)
{
	const size_t n = strlen(name);
	size_t at = 0;

	while (memcmp(image->bytes + at, name, n) != 0) {
		at++;
		cr_assert_leq(at + n, sizeof(image->bytes));
	}
	cr_assert_eq(memcmp(image->bytes + at - 20, "vk", 2), 0);
	cr_assert_eq(image->bytes[at - 4], 1);
	return image->bytes + at - 20;
}

/* The flag that tells the kind of its letters.  */
static void lose_flag(struct hive_image *image, const char *name)
{
	put16(find_vk(image, name) + 16, 0);
}

/* The length of its name.  */
static void lose_length(struct hive_image *image, const char *name)
{
	put16(find_vk(image, name) + 2, 0);
}

static void cut_length(struct hive_image *image, const char *name)
{
	put16(find_vk(image, name) + 2, 3);
}

/* Within its cell, which is a multiple of eight bytes: 4 of its own, 20.  */
static void grow_length(struct hive_image *image, const char *name)
{
	put16(find_vk(image, name) + 2, (uint16_t)((strlen(name) + 7) & ~7u));
}

static void grow_length_beyond(struct hive_image *image, const char *name)
{
	put16(find_vk(image, name) + 2, 0x101e);
}

/* Each was lost without a word, or with one that does not tell what.  */
Test(disk_records, a_value_is_found_whose_name_is_known_but_for_its_head)
{
	static const struct hive_tree_row list[] = {
		{ "ControlSet001\\" STICK, "ClassGUID", TREE_SZ, DISK },
		{ "ControlSet001\\" STICK PARTMGR, "PartitionTableCache",
		  TREE_BINARY, LAYOUT },
		{ "ControlSet001\\" STICK PARTMGR, "DiskId", TREE_SZ,
		  ID "}" },
		{ "ControlSet001\\" STICK PARTMGR, "Attributes", TREE_DWORD,
		  "01000000" },
	};
	static const char *const names[] = {
		"PartitionTableCache", "DiskId", "Attributes",
	};
	static damage_fn *const damage[] = {
		lose_flag, lose_length, cut_length, grow_length,
		grow_length_beyond,
	};

	for (size_t i = 0; i < COUNT(names) * COUNT(damage); i++) {
		const size_t n = i / COUNT(damage);
		struct read *r = read_damaged(list, COUNT(list), 1,
					      damage[i % COUNT(damage)],
					      names[n]);
		const struct device_record *d = r->records.devices;

		cr_assert_eq(r->records.n_devices, 1);
		cr_expect(d->has_layout && d->has_attributes &&
			  !guid_is_zero(&d->disk_id), "case %zu", i);
		cr_expect_eq(diag_count(&r->diags, &FINDING_RECORD_FIELD), 1,
			     "case %zu", i);
		cr_expect_eq(r->diags.n, 1, "case %zu", i);
		read_done(r);
	}
}

/* What a cell was before may stand behind a name in it.  */
Test(disk_records, a_value_of_a_longer_or_shorter_name_is_another)
{
	static const char *const names[] = { "DiskIdXY", "DiskI", "DiskId16",
		"DiskId\1hidden", };

	for (size_t i = 0; i < COUNT(names); i++) {
		struct read *r = read_value(PARTMGR, names[i], TREE_SZ,
					    ID "}");

		cr_assert_eq(r->records.n_devices, 1);
		cr_expect(guid_is_zero(&r->records.devices[0].disk_id), "%s",
			  names[i]);
		cr_expect_eq(diag_count(&r->diags, &FINDING_RECORD_FIELD), 0);
		read_done(r);
	}
}

#define INTERFACES(guid) "ControlSet001\\Control\\DeviceClasses\\{" guid "-" \
	"b6bf-11d0-94f2-00a0c91efb8b}\\##?#"
#define DISK_NAME "USBSTOR#Disk&Ven_A&Prod_B&Rev_1#0123&0"
#define OTHER "USBSTOR\\Disk&Ven_A&Prod_X&Rev_1\\0123&0"
#define SUFFIX "#{53f56307-b6bf-11d0-94f2-00a0c91efb8b}"
#define SD_MMC "USBSTOR\\Disk&Ven_A&Prod_SD/MMC&Rev_1\\0123&0"

/* One damaged letter of either made another disk, without a word; no value,
 * none.  */
Test(disk_records, an_interface_is_of_the_disk_that_two_say_it_is_of)
{
	static const struct {
		const char *key, *value, *data;
		size_t devices, findings;
	} cases[] = {
		{ DISK_NAME SUFFIX, "DeviceInstance",
		  "USBSTOR\\DISK&VEN_A&Prod_B&Rev_1\\0123&0", 1, 0 },
		{ DISK_NAME SUFFIX, "DeviceInstance", OTHER, 1, 1 },
		{ DISK_NAME SUFFIX, "DeviceInstanxx", OTHER, 1, 1 },
		{ "USBSTOR#Disk&Ven_A&Prod_Y&Rev_1#0123&0" SUFFIX,
		  "DeviceInstance", "USBSTOR\\Disk&Ven_A&Prod_B&Rev_1\\0123&0",
		  1, 1 },
		/* None has a record: another disk, and doubt.  */
		{ "USBSTOR#Disk&Ven_A&Prod_Y&Rev_1#0123&0" SUFFIX,
		  "DeviceInstance", OTHER, 2, 1 },
		/* A name that tells none.  */
		{ "USBSTOR" SUFFIX, "DeviceInstance", OTHER, 2, 0 },
		{ "USBSTOR#Disk", "DeviceInstance", OTHER, 2, 0 },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		char key[300];
		struct hive_tree_row list[] = {
			rows[0], rows[2],
			{ key, cases[i].value, TREE_SZ, cases[i].data },
		};
		struct read *r;

		snprintf(key, sizeof(key), "%s%s", INTERFACES("53f56307"),
			 cases[i].key);
		r = read_rows(list, COUNT(list), 1);
		cr_expect_eq(r->records.n_devices, cases[i].devices,
			     "case %zu", i);
		cr_expect_eq(r->diags.n, cases[i].findings, "case %zu", i);
		cr_expect_eq(r->records.devices[0].interface_written != 0,
			     cases[i].devices == 1, "case %zu", i);
		if (r->diags.n > 0)
			cr_expect_eq(r->diags.list[0].kind,
				     &FINDING_RECORD_VALUE);
		read_done(r);
	}
}

/* It was called the name of another device, by real card readers, too.  */
Test(disk_records, a_slash_in_the_name_of_a_device_is_none_of_its_path)
{
	static const struct hive_tree_row list[] = {
		{ "Select", "Current", TREE_DWORD, "01000000" },
		{ "ControlSet001\\Enum\\" SD_MMC, "ClassGUID", TREE_SZ, DISK },
		{ INTERFACES("53f56307") "USBSTOR#Disk&Ven_A&Prod_SD#MMC&Rev_1#"
		  "0123&0" SUFFIX, "DeviceInstance", TREE_SZ, SD_MMC },
	};
	struct read *r = read_rows(list, COUNT(list), 1);

	cr_assert_eq(r->records.n_devices, 1);
	cr_expect_str_eq(r->records.devices[0].instance.utf8, SD_MMC);
	cr_expect_neq(r->records.devices[0].interface_written, 0);
	cr_expect_eq(r->diags.n, 0);
	read_done(r);
}

Test(disk_records, a_damaged_name_of_a_volume_is_said)
{
	static const struct {
		const char *key;
		size_t findings;
	} cases[] = {
		{ "Volume\\1&2&0&Signature5CBEA03EOffset7E00Length1", 0 },
		{ "Volume\\1&2&0&Signature5CBExx3EOffset7E00Length1", 1 },
		{ "Volume\\1&2&0&LDM#{656b1713-ecf6-11df-92e6-806e6f6e6963}",
		  0 },
		{ "RemovableMedia\\7&1&0&RM", 0 },
		{ "RemovableMedia\\7&1&0&RN", 1 },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		char key[200];
		struct hive_tree_row list[] = {
			rows[0], { key, NULL, 0, NULL },
		};
		struct read *r;

		snprintf(key, sizeof(key), "ControlSet001\\Enum\\STORAGE\\%s",
			 cases[i].key);
		r = read_rows(list, COUNT(list), 1);
		cr_assert_eq(r->records.n_volumes, 1);
		cr_assert_eq(r->diags.n, cases[i].findings, "case %zu", i);
		if (r->diags.n > 0)
			cr_expect_eq(memcmp(r->image.bytes + r->diags.list[0]
					    .cites.list[0].offset, "nk", 2), 0);
		read_done(r);
	}
}

Test(disk_records, a_hive_without_any_is_no_error)
{
	struct read *r = read_rows(rows, 2, 1);

	cr_expect_eq(r->records.n_devices, 0);
	cr_expect_eq(r->records.n_volumes, 0);
	read_done(r);
}

/* One disk, 2049 times.  */
Test(disk_records, no_more_disks_are_kept_than_a_machine_can_have_met)
{
	static const char *const path[] = {
		"ControlSet001", "Enum", "SCSI", "Disk&Ven_A&Prod_B",
	};
	static uint32_t many[2049];
	const size_t n = 1 << 20;
	struct read r = { .arena = arena_new() };
	uint32_t key, instance;
	uint8_t *bytes;

	hive_image_start(&r.image);
	key = hive_image_key(&r.image, "ROOT");
	for (size_t i = 0; i < COUNT(path); i++)
		key = hive_image_only_subkey(&r.image, key, path[i]);
	instance = hive_image_key(&r.image, "4&1&0&000000");
	for (size_t i = 0; i < COUNT(many); i++)
		many[i] = instance;
	hive_image_subkeys(&r.image, key, COUNT(many),
			   hive_image_list(&r.image, "li", many, COUNT(many)));
	hive_image_finish(&r.image);
	bytes = hive_image_stretched(&r.image, n);
	r.diags.arena = r.arena;
	r.source = bytes_source(bytes, n);
	cr_assert_eq(hive_open(&r.source.source, r.arena, &r.diags, &r.hive,
			       NULL), 0);
	cr_assert_eq(disk_records_read(r.hive, r.arena, &r.diags, 1,
				       &r.records, NULL), 0);
	cr_expect_eq(r.records.n_devices, 2048);
	cr_expect_eq(diag_count(&r.diags, &FINDING_DISK_RECORDS_CUT), 1);
	hive_close(r.hive);
	arena_free(r.arena);
	free(bytes);
}

/* The place of the nk record of @name.  */
static uint8_t *record_of(struct hive_image *h, const char *name)
{
	const size_t n = strlen(name);

	for (size_t i = 4096; i + 76 + n <= h->n; i += 4)
		if (memcmp(h->bytes + i, "nk", 2) == 0 &&
		    h->bytes[i + 72] == n &&
		    memcmp(h->bytes + i + 76, name, n) == 0)
			return h->bytes + i;
	cr_assert_fail("no key %s", name);
	abort();
}

/* As a sector of zeros does, with the size of its cell.  */
static void lose_key(struct hive_image *h, const char *name)
{
	memset(record_of(h, name) - 4, 0, 80 + strlen(name));
}

/* The list that has it tells the first letters only.  */
static void lose_key_of_lf(struct hive_image *h, const char *name)
{
	const uint8_t *nk = record_of(h, name), *above;
	uint8_t *list;

	above = hive_image_at(h, (uint32_t)(nk[16] | nk[17] << 8));
	list = hive_image_at(h, (uint32_t)(above[28] | above[29] << 8));
	list[1] = 'f';
	memcpy(list + 8, name, 4);
	lose_key(h, name);
}

#define INTERFACE(name) \
	{ "ControlSet001\\Control\\DeviceClasses\\{53f56307-b6bf-11d0-94f2-" \
	  "00a0c91efb8b}\\##?#" name "#{53f56307-b6bf-11d0-94f2-" \
	  "00a0c91efb8b}", NULL, 0, NULL }
#define STICK_DEVICE "Disk&Ven_A&Prod_B&Rev_1"
#define LOST_ROW(name, type, data) \
	{ "ControlSet001\\" STICK, name, type, data }
#define LOST_CLASS LOST_ROW("ClassGUID", TREE_SZ, DISK)
#define LOST_ID { "ControlSet001\\" STICK "\\Device Parameters\\Partmgr", \
	"DiskId", TREE_SZ, "{656b1713-ecf6-11df-92e6-806e6f6e6963}" }

/* What may stand for a lost name: one interface of that instance, two, hardware
 * ids.  */
static const struct hive_tree_row by_interface[] = {
	LOST_CLASS, LOST_ID,
	INTERFACE("USBSTOR#" STICK_DEVICE "#0123&0"),
	INTERFACE("USBSTOR#Disk&Ven_Z#4567&0"),
}, by_two[] = {
	LOST_CLASS, LOST_ID,
	INTERFACE("USBSTOR#" STICK_DEVICE "#0123&0"),
	INTERFACE("USBSTOR#Disk&Ven_Z#0123&0"),
}, by_hardware[] = {
	LOST_CLASS, LOST_ID,
	LOST_ROW("HardwareID", TREE_MULTI_SZ,
		 "USBSTOR\\DiskA_______B_______________1___"),
};

/* A key on the way to a disk is lost: what is below it is told, under the name
 * that else stands for it, if that can be its name.  */
Test(disk_records, a_disk_is_told_whose_key_or_one_above_it_is_lost)
{
	static const struct hive_tree_row
	by_none[] = {
		LOST_CLASS, LOST_ID,
		INTERFACE("USBSTOR#Disk&Ven_Z#0123&0"),
		LOST_ROW("HardwareID", TREE_MULTI_SZ,
			 "USBSTOR\\DiskA_______C_______________1___"),
	}, by_friendly[] = {
		{ "ControlSet001\\Enum\\SCSI\\Disk&Ven_A_&Prod_B_C\\1",
		  "ClassGUID", TREE_SZ, DISK },
		{ "ControlSet001\\Enum\\SCSI\\Disk&Ven_A_&Prod_B_C\\1",
		  "FriendlyName", TREE_SZ, "A, B C SCSI Disk Device" },
	};
	static const struct {
		const struct hive_tree_row *rows;
		size_t n;
		damage_fn *damage;
		const char *lost, *instance;
	} cases[] = {
		{ by_interface, COUNT(by_interface), lose_key, STICK_DEVICE,
		  "USBSTOR\\" STICK_DEVICE "\\0123&0" },
		{ by_interface, COUNT(by_interface), lose_key_of_lf,
		  STICK_DEVICE, "USBSTOR\\" STICK_DEVICE "\\0123&0" },
		{ by_interface, COUNT(by_interface), lose_key, "USBSTOR",
		  "USBSTOR\\" STICK_DEVICE "\\0123&0" },
		{ by_interface, COUNT(by_interface), lose_key, "0123&0",
		  "USBSTOR\\" STICK_DEVICE "\\0123&0" },
		{ by_two, COUNT(by_two), lose_key, STICK_DEVICE,
		  "USBSTOR\\" STICK_DEVICE "\\0123&0" },
		{ by_two, COUNT(by_two), lose_key_of_lf, STICK_DEVICE,
		  "USBSTOR\\?\\0123&0" },
		{ by_hardware, COUNT(by_hardware), lose_key, STICK_DEVICE,
		  "USBSTOR\\" STICK_DEVICE "\\0123&0" },
		{ by_hardware, COUNT(by_hardware), lose_key_of_lf,
		  STICK_DEVICE, "USBSTOR\\?\\0123&0" },
		{ by_none, COUNT(by_none), lose_key, STICK_DEVICE,
		  "USBSTOR\\?\\0123&0" },
		{ by_none, COUNT(by_none), lose_key, "0123&0",
		  "USBSTOR\\" STICK_DEVICE "\\?" },
		{ by_friendly, COUNT(by_friendly), lose_key,
		  "Disk&Ven_A_&Prod_B_C", "SCSI\\Disk&Ven_A_&Prod_B_C\\1" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct read *r = read_damaged(cases[i].rows, cases[i].n, 1,
					      cases[i].damage, cases[i].lost);
		const struct device_record *d = device(r, cases[i].instance);
		char text[GUID_TEXT_CHARS + 1];

		cr_expect_eq(d->place, RECORD_ENUM, "%zu", i);
		if (cases[i].rows != by_friendly)
			cr_expect_str_eq(guid_text(&d->disk_id, text),
					 "656b1713-ecf6-11df-92e6-"
					 "806e6f6e6963", "%zu", i);
		cr_expect_eq(diag_count(&r->diags, &FINDING_RECORD_KEY_LOST),
			     1, "%zu", i);
		read_done(r);
	}
}

/* The list that names a key is lost with it: both lie in one sector.  */
static void lose_with_list(struct hive_image *h, const char *name)
{
	const uint8_t *nk = record_of(h, name), *above;

	above = hive_image_at(h, (uint32_t)(nk[16] | nk[17] << 8));
	memset(hive_image_at(h, (uint32_t)(above[28] | above[29] << 8)), 0, 4);
	lose_key(h, name);
}

static void lose_bus_too(struct hive_image *h, const char *name)
{
	lose_key(h, name);
	lose_with_list(h, "USBSTOR");
}

static void lose_enum_too(struct hive_image *h, const char *name)
{
	lose_key(h, name);
	lose_with_list(h, "Enum");
}

Test(disk_records, a_disk_is_told_whose_key_above_is_lost_with_its_list)
{
	static const struct hive_tree_row by_none[] = {
		LOST_CLASS, LOST_ID,
	};
	static const struct {
		const struct hive_tree_row *rows;
		size_t n;
		damage_fn *damage;
		const char *lost, *instance;
	} cases[] = {
		{ by_interface, COUNT(by_interface), lose_with_list,
		  STICK_DEVICE, "USBSTOR\\" STICK_DEVICE "\\0123&0" },
		{ by_two, COUNT(by_two), lose_with_list,
		  STICK_DEVICE, "?\\?\\0123&0" },
		{ by_hardware, COUNT(by_hardware), lose_with_list,
		  STICK_DEVICE, "USBSTOR\\?\\0123&0" },
		{ by_none, COUNT(by_none), lose_with_list,
		  STICK_DEVICE, "?\\?\\0123&0" },
		{ by_none, COUNT(by_none), lose_with_list,
		  "USBSTOR", "?\\" STICK_DEVICE "\\0123&0" },
		{ by_none, COUNT(by_none), lose_with_list,
		  "Enum", "USBSTOR\\" STICK_DEVICE "\\0123&0" },
		{ by_none, COUNT(by_none), lose_bus_too,
		  STICK_DEVICE, "?\\?\\0123&0" },
		{ by_none, COUNT(by_none), lose_enum_too,
		  "USBSTOR", "?\\" STICK_DEVICE "\\0123&0" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct read *r = read_damaged(cases[i].rows, cases[i].n, 1,
					      cases[i].damage, cases[i].lost);
		const struct device_record *d = device(r, cases[i].instance);
		char text[GUID_TEXT_CHARS + 1];

		cr_expect_eq(d->place, RECORD_ENUM, "%zu", i);
		cr_expect_str_eq(guid_text(&d->disk_id, text),
				 "656b1713-ecf6-11df-92e6-806e6f6e6963", "%zu",
				 i);
		cr_expect_eq(diag_count(&r->diags, &FINDING_RECORD_KEY_LOST),
			     1, "%zu", i);
		for (size_t n = 0; n < r->records.n_devices; n++)
			cr_expect(&r->records.devices[n] == d ||
				  r->records.devices[n].place ==
				  RECORD_INTERFACE, "%zu", i);
		read_done(r);
	}
}

static void lose_two_with_lists(struct hive_image *h, const char *name)
{
	lose_with_list(h, name);
	lose_with_list(h, name);
}

/* The first is found by its list, so that one is left.  */
static void lose_two_with_a_list(struct hive_image *h, const char *name)
{
	lose_key(h, name);
	lose_with_list(h, name);
}

/* The lists, and of the keys the signatures only.  */
static void unsign_two_with_lists(struct hive_image *h, const char *name)
{
	uint8_t *nk[2], copy[76];

	for (size_t i = 0; i < 2; i++) {
		nk[i] = record_of(h, name);
		memcpy(copy, nk[i] - 4, sizeof(copy));
		lose_with_list(h, name);
		memcpy(nk[i] - 4, copy, sizeof(copy));
		memset(nk[i], 0, 2);
	}
}

/* Its DiskId and its partitions were of no disk, or of a second one.  */
Test(disk_records, partitions_are_told_whose_key_above_is_lost_with_its_list)
{
#define SECOND "ControlSet001\\Enum\\SCSI\\Disk&Ven_C&Prod_D\\5&1&0&000000"
	static const struct hive_tree_row one[] = {
		LOST_CLASS, LOST_ID,
		/* One that has none, and no damage.  */
		{ SECOND, "ClassGUID", TREE_SZ, DISK },
	}, two[] = {
		LOST_CLASS, LOST_ID,
		{ SECOND, "ClassGUID", TREE_SZ, DISK },
		{ SECOND "\\Device Parameters\\Partmgr", "DiskId", TREE_SZ,
		  "{756b1713-ecf6-11df-92e6-806e6f6e6963}" },
	};
	static const struct {
		const struct hive_tree_row *rows;
		size_t n;
		damage_fn *damage;
		uint32_t ids[2];	/* their beginnings */
		size_t findings;
	} cases[] = {
		{ one, COUNT(one), NULL, { 0x656b1713, 0 }, 0 },
		{ one, COUNT(one), lose_key, { 0x656b1713, 0 }, 0 },
		{ one, COUNT(one), lose_with_list, { 0x656b1713, 0 }, 1 },
		{ two, COUNT(two), lose_with_list,
		  { 0x656b1713, 0x756b1713 }, 1 },
		{ two, COUNT(two), lose_two_with_a_list,
		  { 0x656b1713, 0x756b1713 }, 1 },
		/* Whose each is, is not guessed; but what it has was lost.  */
		{ two, COUNT(two), lose_two_with_lists, { 0, 0 }, 2 },
		{ two, COUNT(two), unsign_two_with_lists,
		  { 0x656b1713, 0x756b1713 }, 2 },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct read *r = read_damaged(cases[i].rows, cases[i].n, 1,
					      cases[i].damage,
					      "Device Parameters");
		static const char *const names[] = {
			"USBSTOR\\" STICK_DEVICE "\\0123&0",
			"SCSI\\Disk&Ven_C&Prod_D\\5&1&0&000000",
		};

		cr_assert_eq(r->records.n_devices,
			     cases[i].ids[0] == 0 ? 4 : 2, "%zu", i);
		for (size_t k = 2; k < r->records.n_devices; k++) {
			const struct device_record *d = &r->records.devices[k];

			cr_expect_str_eq(d->instance.utf8, LOST_INSTANCE);
			cr_expect_eq(d->disk_id.b[3], k == 2 ? 0x65 : 0x75);
			cr_expect_eq(d->partmgr_cites.n, 1);
		}
		for (size_t k = 0; k < 2; k++) {
			const struct device_record *d = device(r, names[k]);
			char text[GUID_TEXT_CHARS + 1], want[9];

			guid_text(&d->disk_id, text);
			snprintf(want, sizeof(want), "%08x", cases[i].ids[k]);
			cr_expect_eq(memcmp(text, want, 8), 0, "%zu: %s", i,
				     text);
			cr_expect_eq(d->partmgr_cites.n,
				     cases[i].ids[k] != 0, "%zu", i);
		}
		cr_expect_eq(diag_count(&r->diags, &FINDING_RECORD_KEY_LOST),
			     cases[i].findings, "%zu", i);
		read_done(r);
	}
}

/* The driver has a service of this name, which is no disk's.  */
Test(disk_records, a_service_below_a_lost_key_is_no_disk)
{
	static const struct hive_tree_row rows_of[] = {
		LOST_CLASS,
		{ "ControlSet001\\Services\\partmgr", "Start", TREE_DWORD,
		  "00000000" },
	};
	struct read *r = read_damaged(rows_of, COUNT(rows_of), 1,
				      lose_with_list, "Services");

	cr_expect_eq(r->records.n_devices, 1);
	cr_expect_eq(diag_count(&r->diags, &FINDING_RECORD_KEY_LOST), 0);
	read_done(r);
}

/* And volumes.  */
Test(disk_records, volumes_are_told_whose_keys_are_below_one_that_is_lost)
{
#define DISK_VOLUME "{656b1713-ecf6-11df-92e6-806e6f6e6963}#0000000000100000"
	static const struct hive_tree_row volume[] = {
		{ "ControlSet001\\Enum\\STORAGE\\Volume\\" DISK_VOLUME, NULL,
		  0, NULL },
	};
	static const char *const lost[] = { "Volume", "STORAGE" };

	for (size_t i = 0; i < COUNT(lost); i++) {
		struct read *r = read_damaged(volume, 1, 1, lose_key, lost[i]);

		cr_assert_eq(r->records.n_volumes, 1, "%s", lost[i]);
		cr_expect_str_eq(r->records.volumes[0].instance.utf8,
				 "STORAGE\\Volume\\" DISK_VOLUME);
		cr_expect_eq(r->records.volumes[0].at.form,
			     VOLUME_FORM_DISK_ID);
		cr_expect_eq(diag_count(&r->diags, &FINDING_RECORD_KEY_LOST),
			     1);
		read_done(r);
	}
}

/* The key of the control set, and the root's list, which had its name.  */
static void lose_set(struct hive_image *h, const char *name)
{
	const uint8_t *root = hive_image_at(h, 0x20);

	lose_key(h, name);
	memset(hive_image_at(h, (uint32_t)(root[28] | root[29] << 8)), 0, 4);
}

Test(disk_records, a_control_set_is_known_by_its_keys_where_its_own_is_lost)
{
	static const struct hive_tree_row set[] = {
		LOST_CLASS, LOST_ID,
		INTERFACE("USBSTOR#" STICK_DEVICE "#0123&0"),
		{ "Select", NULL, 0, NULL },
	}, service[] = {
		{ "ControlSet001\\Enum\\Disk\\Disk&Ven_A\\0", "ClassGUID",
		  TREE_SZ, DISK },
	};
	struct read *r = read_damaged(set, COUNT(set), 1, lose_set,
				      "ControlSet001");

	cr_assert_eq(r->records.n_devices, 1);
	cr_expect_str_eq(r->records.devices[0].instance.utf8,
			 "USBSTOR\\" STICK_DEVICE "\\0123&0");
	cr_expect_eq(r->records.devices[0].place, RECORD_OTHER_SET,
		     "which it was is not known");
	cr_expect_eq(r->records.devices[0].interface_written, HIVE_IMAGE_TIME);
	cr_expect_eq(diag_count(&r->diags, &FINDING_RECORD_KEY_LOST), 1);
	read_done(r);
	/* Nothing but Enum is left, which was not found.  */
	r = read_damaged(set, 2, 1, lose_set, "ControlSet001");
	cr_assert_eq(r->records.n_devices, 1);
	cr_expect_eq(r->records.devices[0].place, RECORD_OTHER_SET);
	cr_expect_eq(diag_count(&r->diags, &FINDING_RECORD_KEY_LOST), 1);
	read_done(r);
	/* Others have a key Enum, too.  */
	r = read_damaged(service, COUNT(service), 1, lose_set,
			 "ControlSet001");
	cr_expect_eq(r->records.n_devices, 0);
	cr_expect_eq(diag_count(&r->diags, &FINDING_RECORD_KEY_LOST), 0);
	read_done(r);
	/* Nor is one read twice, that the root's list has the hash of.  */
	r = read_damaged(set, COUNT(set), 1, lose_key, "ControlSet001");
	cr_assert_eq(r->records.n_devices, 1);
	cr_expect_eq(r->records.devices[0].place, RECORD_ENUM);
	cr_expect_eq(diag_count(&r->diags, &FINDING_RECORD_KEY_LOST), 0);
	read_done(r);
}
