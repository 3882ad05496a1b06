#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "mountmgr/disk_records.h"

static void expect_text(const char *got, const char *want, const char *where)
{
	if (want == NULL)
		cr_expect_null(got, "%s: %s", where, got);
	else
		cr_expect(got != NULL && strcmp(got, want) == 0,
			  "%s: \"%s\", not \"%s\"", where, got, want);
}

/* Instances of Windows 7 to 10 as they lie in public hives, and of Windows XP
 * as they were published.  */
Test(disk_names, an_instance_says_who_made_the_disk)
{
	static const struct {
		const char *instance, *hardware, *parent;
		const char *bus, *vendor, *product, *revision, *serial;
	} rows[] = {
		{ "USBSTOR\\Disk&Ven_SanDisk&Prod_Cruzer&Rev_1.20\\"
		  "200608767007B7C08A6A&0",
		  "USBSTOR\\DiskSanDisk_Cruzer__________1.20",
		  "USB\\VID_0781&PID_5530\\200608767007B7C08A6A", "USBSTOR",
		  "SanDisk", "Cruzer", "1.20", "200608767007B7C08A6A" },
		/* Windows made up what stands for the serial number.  */
		{ "USBSTOR\\Disk&Ven_Generic&Prod_Flash&Rev_8.07\\"
		  "7&23ef5a1&0", NULL, NULL, "USBSTOR", "Generic", "Flash",
		  "8.07", NULL },
		/* USB Attached SCSI: the parent has the serial number, the
		 * hardware id the revision.  */
		{ "SCSI\\Disk&Ven_SanDisk&Prod_Extreme_SSD\\000000",
		  "SCSI\\DiskSanDisk_Extreme_SSD_____1009",
		  "USB\\VID_0781&PID_558C\\MSFT30313735303835343230333437",
		  "SCSI", "SanDisk", "Extreme_SSD", "1009",
		  "MSFT30313735303835343230333437" },
		{ "SCSI\\Disk&Ven_SanDisk&Prod_Extreme_SSD\\000000", NULL,
		  "USB\\VID_0781&PID_558C\\5&2a2b&0&1", "SCSI", "SanDisk",
		  "Extreme_SSD", NULL, NULL },
		/* A parent on another bus has a name, not a serial number.  */
		{ "SCSI\\Disk&Ven_VMware_&Prod_VMware_Virtual_S\\"
		  "5&1ec51bf7&0&000000",
		  "SCSI\\DiskVMware__VMware_Virtual_S1.0_",
		  "PCI\\VEN_1000&DEV_0054\\4&2509f6e&0&00A8", "SCSI", "VMware",
		  "VMware_Virtual_S", "1.0", NULL },
		/* ATA swaps the bytes of each word: WD-WMACA62916244.  */
		{ "IDE\\DiskWDC_WD800BB-00CAA1______________________17.07W17\\"
		  "4457572d414d41433236313932363434" "20202020", NULL, NULL,
		  "IDE", NULL, "WDC_WD800BB-00CAA1", "17.07W17",
		  "WD-WMACA62916244" },
		{ "IDE\\DiskVBOX_HARDDISK___________________________1.0_____\\"
		  "5&33d1638a&0&0.0.0", NULL, NULL, "IDE", NULL,
		  "VBOX_HARDDISK", "1.0", NULL },
		/* 40 digits that are no text.  */
		{ "IDE\\DiskX\\0102030405060708091011121314151617181920", NULL,
		  NULL, "IDE", NULL, "X", NULL, NULL },
		{ "usbstor\\disk&ven_a&prod_b\\C&0", NULL, NULL, "usbstor",
		  "a", "b", NULL, NULL },	/* `&': made up */
		{ "USBSTOR\\Disk&Ven_&Prod_USB_DISK_2.0&Rev_PMAP\\"
		  "070B2A5E&1", NULL, NULL, "USBSTOR", NULL, "USB_DISK_2.0",
		  "PMAP", "070B2A5E" },
		{ "SCSI\\Disk", NULL, NULL, NULL, NULL, NULL, NULL, NULL },
		{ "", NULL, NULL, NULL, NULL, NULL, NULL, NULL },
	};
	struct arena *a = arena_new();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct device_record r = {
			.instance = { rows[i].instance, NULL },
			.parent = { rows[i].parent, NULL },
		};
		const char *where = rows[i].instance;

		device_record_name(a, &r, rows[i].hardware);
		expect_text(r.bus, rows[i].bus, where);
		expect_text(r.vendor, rows[i].vendor, where);
		expect_text(r.product, rows[i].product, where);
		expect_text(r.revision, rows[i].revision, where);
		expect_text(r.serial, rows[i].serial, where);
	}
	arena_free(a);
}

Test(disk_names, a_volume_says_where_it_lies)
{
	static const char id[] = "656b1713-ecf6-11df-92e6-806e6f6e6963";
	static const struct {
		const char *name;
		enum volume_form form;
		const char *guid, *device;
		uint32_t signature;
		uint64_t offset, length;
	} rows[] = {
		{ "{656b1713-ecf6-11df-92e6-806e6f6e6963}#0000000000100000",
		  VOLUME_FORM_DISK_ID, id, NULL, 0, 1048576, 0 },
		{ "{656B1713-ECF6-11DF-92E6-806E6F6E6963}#00000022E1858000",
		  VOLUME_FORM_DISK_ID, id, NULL, 0, 149812510720, 0 },
		{ "_??_USBSTOR#Disk&Ven_HP&Prod_v100w&Rev_1024#"
		  "AA951D0000007252&0#{53f56307-b6bf-11d0-94f2-00a0c91efb8b}",
		  VOLUME_FORM_DEVICE, NULL, "USBSTOR\\Disk&Ven_HP&Prod_v100w&"
		  "Rev_1024\\AA951D0000007252&0", 0, 0, 0 },
		/* A slash is a `#' as well: "Prod_SD/MMC".  */
		{ "_??_USBSTOR#Disk&Ven_A&Prod_SD#MMC&Rev_1.00#0123&1#"
		  "{53f56307-b6bf-11d0-94f2-00a0c91efb8b}",
		  VOLUME_FORM_DEVICE, NULL, "USBSTOR\\Disk&Ven_A&Prod_SD#MMC&"
		  "Rev_1.00\\0123&1", 0, 0, 0 },
		/* The portable devices' bus of Windows 7.  */
		{ "2&37c186b&0&STORAGE#VOLUME#_??_USBSTOR#DISK&VEN_HP&PROD_"
		  "V100W&REV_1024#AA951D0000007252&0#", VOLUME_FORM_DEVICE,
		  NULL, "USBSTOR\\DISK&VEN_HP&PROD_V100W&REV_1024\\"
		  "AA951D0000007252&0", 0, 0, 0 },
		{ "2&37c186b&0&STORAGE#VOLUME#{656b1713-ecf6-11df-92e6-806e6f"
		  "6e6963}#0000000000100000", VOLUME_FORM_DISK_ID, id, NULL, 0,
		  1048576, 0 },
		/* Windows XP and Vista.  */
		{ "1&30a96598&0&Signature5CBEA03EOffset7E00Length950A60E00",
		  VOLUME_FORM_SIGNATURE, NULL, NULL, 0x5cbea03e, 0x7e00,
		  0x950a60e00 },
		{ "1&19f7e59c&0&_??_USBSTOR#Disk&Ven_A#0&1#{53f56307-b6bf-11d0"
		  "-94f2-00a0c91efb8b}", VOLUME_FORM_DEVICE, NULL,
		  "USBSTOR\\Disk&Ven_A\\0&1", 0, 0, 0 },
		{ "1&30a96598&0&GptPartition{656b1713-ecf6-11df-92e6-806e6f6e6"
		  "963}", VOLUME_FORM_GPT, id, NULL, 0, 0, 0 },
		{ "7&326659cd&0&RM", VOLUME_FORM_PREFIX, NULL,
		  "7&326659cd&0", 0, 0, 0 },
		/* What is cut or damaged says nothing.  */
		{ "{656b1713-ecf6-11df-92e6-806e6f6e6963}#000000000010000",
		  VOLUME_FORM_OTHER, NULL, NULL, 0, 0, 0 },
		{ "{656b1713-ecf6-11df-92e6-806e6f6e6963}",
		  VOLUME_FORM_OTHER, NULL, NULL, 0, 0, 0 },
		{ "{656b1713-ecf6-11df-92e6-806e6f6e69", VOLUME_FORM_OTHER,
		  NULL, NULL, 0, 0, 0 },
		{ "_??_USBSTOR#Disk&Ven_HP", VOLUME_FORM_OTHER, NULL, NULL, 0,
		  0, 0 },
		{ "1&30a96598&0&SignatureOffset7E00", VOLUME_FORM_OTHER, NULL,
		  NULL, 0, 0, 0 },
		{ "1&30a96598&0&Signature15CBEA03EOffset7E00Length1",
		  VOLUME_FORM_OTHER, NULL, NULL, 0, 0, 0 },
		/* Numbers up to the damaged digit were told.  */
		{ "1&30a96598&0&Signature5CBEx03EOffset7E00Length1",
		  VOLUME_FORM_OTHER, NULL, NULL, 0, 0, 0 },
		{ "1&30a96598&0&Signature5CBEA03EOffset7x00Length1",
		  VOLUME_FORM_OTHER, NULL, NULL, 0, 0, 0 },
		{ "1&30a96598&0&Signature5CBEA03EOffset7E00Length1x",
		  VOLUME_FORM_OTHER, NULL, NULL, 0, 0, 0 },
		{ "1&30a96598&0&Signature5CBEA03EOffset7E00Lengti1",
		  VOLUME_FORM_OTHER, NULL, NULL, 0, 0, 0 },
		{ "1&30a96598&0&GptPartition{656b1713-ecf6-11df-92e6-806e6f6e6"
		  "963}x", VOLUME_FORM_OTHER, NULL, NULL, 0, 0, 0 },
		{ "{656b1713-ecf6-11df-92e6-806e6f6e6963}#00000000001x0000",
		  VOLUME_FORM_OTHER, NULL, NULL, 0, 0, 0 },
		{ "STORAGE#", VOLUME_FORM_OTHER, NULL, NULL, 0, 0, 0 },
		{ "&RM", VOLUME_FORM_OTHER, NULL, NULL, 0, 0, 0 },
		{ "", VOLUME_FORM_OTHER, NULL, NULL, 0, 0, 0 },
	};
	struct arena *a = arena_new();
	char text[GUID_TEXT_CHARS + 1];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct volume_form_parts v = volume_form_parse(a, rows[i].name);

		cr_expect_eq(v.form, rows[i].form, "%s: %d", rows[i].name,
			     v.form);
		cr_expect_eq(v.signature, rows[i].signature);
		cr_expect_eq(v.offset, rows[i].offset);
		cr_expect_eq(v.length, rows[i].length);
		cr_expect_eq(v.has_offset, rows[i].offset != 0);
		expect_text(v.device, rows[i].device, rows[i].name);
		if (rows[i].guid != NULL)
			cr_expect_str_eq(guid_text(&v.guid, text),
					 rows[i].guid);
	}
	arena_free(a);
}

Test(disk_names, a_damaged_name_of_a_volume_is_told_from_other_forms)
{
	static const struct {
		const char *name;
		bool resembles;
	} rows[] = {
		{ "1&30a96598&0&Signature5CBEx03EOffset7E00Length1", true },
		{ "1&30a96598&0&Sigxature5CBEA03EOffset7E00Length1", true },
		{ "1&30a96598&0&GptPartition[656b1713", true },
		{ "{656b1713-ecf6-11df-92e6-806e6f6e6963}#000000000010000x",
		  true },
		{ "[656b1713-ecf6-11df-92e6-806e6f6e6963}#0000000000100000",
		  true },
		{ "_??_USBSTOR#Disk&Ven_HP", true },
		{ "1&30a96598&0&LDM#{656b1713-ecf6-11df-92e6-806e6f6e6963}",
		  false },
		{ "who knows", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect_eq(volume_form_resembles(rows[i].name),
			     rows[i].resembles, "%s", rows[i].name);
}

Test(disk_names, a_device_is_one_however_it_is_written)
{
	cr_expect(device_path_equal("USBSTOR\\Disk&Ven_A\\1&0",
				    "usbstor#DISK&VEN_A#1&0"));
	cr_expect(!device_path_equal("USBSTOR\\Disk&Ven_A\\1&0",
				     "USBSTOR\\Disk&Ven_A\\1&00"));
	cr_expect(device_path_equal("USBSTOR\\Disk&Ven_A&Prod_SD/MMC\\1&0",
				    "USBSTOR#Disk&Ven_A&Prod_SD#MMC#1&0"));
	cr_expect(!device_path_equal("A", ""));
}

Test(disk_names, a_name_of_a_device_path_has_its_backslashes)
{
	static const struct {
		const char *name, *path;	/* NULL: it is none */
	} rows[] = {
		{ "USBSTOR#Disk&Ven_A#0123&0", "USBSTOR\\Disk&Ven_A\\0123&0" },
		{ "USBSTOR#Disk&Prod_SD#MMC#0123&0",
		  "USBSTOR\\Disk&Prod_SD#MMC\\0123&0" },
		{ "IDE#CdRomA_CDRW#DVD_B____#5&1&0&0.0.0",
		  "IDE\\CdRomA_CDRW#DVD_B____\\5&1&0&0.0.0" },
		/* The instance of a volume has a `#' of its own.  */
		{ "STORAGE#Volume#{656b1713-ecf6-11df-92e6-806e6f6e6963}#"
		  "0000000000100000", "STORAGE\\Volume\\{656b1713-ecf6-11df-"
		  "92e6-806e6f6e6963}#0000000000100000" },
		{ "STORAGE#Volume", NULL },
		{ "USBSTOR#Disk", NULL },
		{ "USBSTOR", NULL },
		{ "", NULL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char name[100];

		snprintf(name, sizeof(name), "%s", rows[i].name);
		cr_expect_eq(device_path_from_name(name), rows[i].path != NULL,
			     "%s", rows[i].name);
		if (rows[i].path != NULL)
			cr_expect_str_eq(name, rows[i].path);
	}
}
