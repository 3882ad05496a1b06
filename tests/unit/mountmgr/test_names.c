#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/filetime.h"
#include "lib/bytes_source.h"
#include "lib/hive_image.h"
#include "lib/shared_data.h"
#include "mountmgr/findings.h"
#include "mountmgr/names.h"
#include "registry/findings.h"

#define REGIPY "mkorman90__regipy/regipy_tests/data/"

struct read {
	struct arena *arena;
	struct diag_list diags;
	struct bytes_source source;
	struct hive *hive;
	struct mountmgr_names names;
	int result;
};

static void read_start(struct read *r, const void *p, size_t n)
{
	*r = (struct read){ .arena = arena_new() };
	r->diags.arena = r->arena;
	r->source = bytes_source(p, n);
}

static void read_devices(struct read *r, const void *p, size_t n)
{
	read_start(r, p, n);
	r->result = hive_open(&r->source.source, r->arena, &r->diags, &r->hive,
			      NULL);
	if (r->result == 0)
		r->result = mounted_devices_read(r->hive, r->arena, &r->diags,
						 &r->names, NULL);
}

static void read_database(struct read *r, const void *p, size_t n)
{
	read_start(r, p, n);
	r->result = remote_database_read(&r->source.source, r->arena,
					 &r->diags, &r->names, NULL);
}

static void read_done(struct read *r)
{
	hive_close(r->hive);
	arena_free(r->arena);
}

static size_t found(const struct read *r, const struct diag_kind *kind)
{
	return diag_count(&r->diags, kind);
}

/* "kind name = id" of a name, as one line.  */
static const char *line(const struct mountmgr_name *n, char *buf, size_t size)
{
	static const char *const kinds[] = { "letter", "volume", "none",
					     "other" };
	char guid[GUID_TEXT_CHARS + 1];
	size_t used = (size_t)snprintf(buf, size, "%s %s = ", kinds[n->kind],
				       n->name.utf8);

	switch (n->id.kind) {
	case UNIQUE_ID_MBR:
		snprintf(buf + used, size - used, "%08x @%llx", n->id.signature,
			 (unsigned long long)n->id.offset);
		break;
	case UNIQUE_ID_DMIO:
		snprintf(buf + used, size - used, "dmio %s",
			 guid_text(&n->id.guid, guid));
		break;
	case UNIQUE_ID_DEVICE:
		snprintf(buf + used, size - used, "%s", n->id_text.utf8);
		break;
	case UNIQUE_ID_FT:
	case UNIQUE_ID_EMPTY:
	case UNIQUE_ID_RAW:
		snprintf(buf + used, size - used, "%s %zu",
			 n->id.kind == UNIQUE_ID_FT ? "ft"
			 : n->id.kind == UNIQUE_ID_EMPTY ? "empty" : "raw",
			 n->id.raw.n);
		break;
	}
	return buf;
}

#define CDROM "\\??\\IDE#CdRom"
#define CLASS_CD "#{53f5630d-b6bf-11d0-94f2-00a0c91efb8b}"
#define CLASS_DISK "#{53f56307-b6bf-11d0-94f2-00a0c91efb8b}"
#define VMWARE CDROM "NECVMWar_VMware_IDE_CDR10_______________1.00____" \
	"#5&290fd3ab&0&1.0.0" CLASS_CD
#define FLOPPY "\\??\\FDC#GENERIC_FLOPPY_DRIVE#6&2bc13940&0&0" CLASS_CD
#define HP "_??_USBSTOR#Disk&Ven_HP&Prod_v100w&Rev_1024" \
	"#AA951D0000007252&0" CLASS_DISK
#define VBOX "\\??\\SCSI#CdRom&Ven_VBOX&Prod_CD-ROM#4&8f5d389&0&010000" CLASS_CD
#define PLDS "\\??\\SCSI#CdRom&Ven_PLDS&Prod_DVD-ROM_DU-8D5LH" \
	"#4&241bacd1&0&010000" CLASS_CD
#define SANDISK(serial) "_??_USBSTOR#Disk&Ven_SanDisk&Prod_Extreme&Rev_0001#" \
	serial "&0" CLASS_DISK

/* What hivexsh and yarp show.  */
static const struct real {
	const char *archive, *file, *written;
	size_t n;
	const char *lines[11];
} reals[] = {
	{ REGIPY "SYSTEM.xz", "SYSTEM", "2011-07-05T19:33:28.3281250Z", 11, {
		"letter \\DosDevices\\C: = 5cbea03e @100000",
		"volume \\??\\Volume{656b1715-ecf6-11df-92e6-806e6f6e6963} = "
		"5cbea03e @100000",
		"volume \\??\\Volume{656b1718-ecf6-11df-92e6-806e6f6e6963} = "
		VMWARE,
		"letter \\DosDevices\\D: = " VMWARE,
		"volume \\??\\Volume{656b1719-ecf6-11df-92e6-806e6f6e6963} = "
		FLOPPY,
		"letter \\DosDevices\\A: = " FLOPPY,
		"volume \\??\\Volume{aef98e48-ece8-11df-99bb-806e6f6e6963} = "
		CDROM "HL-DT-ST_DVD+-RW_GH30N__________________A102____"
		"#5&290fd3ab&0&1.0.0" CLASS_CD,
		"volume \\??\\Volume{eba74d55-5bb2-11e0-95d1-806e6f6e6963} = "
		CDROM "MATSHITA_DVD-RAM_UJ890__________________SB01____"
		"#5&290fd3ab&0&1.0.0" CLASS_CD,
		"volume \\??\\Volume{eba74da6-5bb2-11e0-95d1-000c2971073c} = "
		HP,
		"letter \\DosDevices\\E: = " HP,
		"volume \\??\\Volume{0b233deb-95f5-11e0-a8e8-806e6f6e6963} = "
		CDROM "HL-DT-ST_DVD+-RW_GU40N__________________A102____"
		"#5&290fd3ab&0&1.0.0" CLASS_CD,
	} },
	{ REGIPY "SYSTEM_2.xz", "SYSTEM_2", "2015-12-12T02:18:30.6908478Z", 5, {
		"letter \\DosDevices\\C: = 273e4cfe @15f00000",
		"volume \\??\\Volume{a08efec2-a076-11e5-824f-806e6f6e6963} = "
		"273e4cfe @100000",
		"volume \\??\\Volume{a08efec3-a076-11e5-824f-806e6f6e6963} = "
		"273e4cfe @15f00000",
		"volume \\??\\Volume{a08efec7-a076-11e5-824f-806e6f6e6963} = "
		VBOX,
		"letter \\DosDevices\\D: = " VBOX,
	} },
	/* Without its logs, which would bring F:.  */
	{ REGIPY "SYSTEM_B.xz", "SYSTEM_B", "2018-03-27T09:22:21.9808495Z", 6, {
		"letter \\DosDevices\\C: = "
		"dmio 09931f21-7faf-44a9-81d8-1e73c14b9eaf",
		"volume \\??\\Volume{5c3108bb-31c0-11e8-9b10-806e6f6e6963} = "
		PLDS,
		"volume \\??\\Volume{5c3108bf-31c0-11e8-9b10-806e6f6e6963} = "
		SANDISK("AA010215170355310594"),
		"letter \\DosDevices\\D: = " SANDISK("AA010603160707470215"),
		"letter \\DosDevices\\E: = " PLDS,
		"volume \\??\\Volume{3869c27a-31b8-11e8-9b12-ecf4bb487fed} = "
		SANDISK("AA010603160707470215"),
	} },
	{ NULL, "msuhanov__yarp/hives_for_tests/System_Delta",
	  "2020-08-14T19:27:22.0783560Z", 1, {
		"letter \\DosDevices\\C: = "
		"dmio 6f57e39f-2e6f-4b45-a752-22512bd0187f",
	} },
	{ NULL, "libguestfs__libguestfs/tests/guests/guest-aux/windows-system", NULL,
	  1, {
		"letter \\DosDevices\\C: = 34333231 @10000000",
	} },
};

static void check_real(const struct real *want)
{
	const char *path = want->archive != NULL
		? shared_data_unpacked(want->archive, want->file)
		: shared_data(want->file);
	char time[FILETIME_TEXT_BYTES];
	struct read r;
	uint8_t *bytes;
	size_t n;

	if (path == NULL)
		cr_skip_test("no shared data");
	bytes = load_file(path, &n);
	read_devices(&r, bytes, n);
	cr_assert_eq(r.result, 0, "%s", want->file);
	cr_assert_eq(r.names.n, want->n, "%s: %zu", want->file, r.names.n);
	for (size_t i = 0; i < r.names.n; i++) {
		const struct mountmgr_name *name = &r.names.list[i];
		char buf[300];

		cr_expect_str_eq(line(name, buf, sizeof(buf)), want->lines[i]);
		if (want->written != NULL)
			cr_expect_str_eq(filetime_text(name->last_written,
						       time), want->written);
		cr_expect_eq(name->cites.n, 3);
		cr_expect_arr_eq(bytes + name->cites.list[0].offset, "vk", 2);
		cr_expect_eq(name->cites.list[1].length, name->id.raw.n);
		cr_expect_arr_eq(bytes + name->cites.list[1].offset,
				 name->id.raw.p, name->id.raw.n);
		cr_expect_arr_eq(bytes + name->cites.list[2].offset, "nk", 2,
				 "the key, for its time");
	}
	/* A hive of 12 MB: a few pages of it, in a few calls.  */
	cr_expect_lt(r.source.bytes, 256 << 10, "%s", want->file);
	cr_expect_lt(r.source.calls, 100, "%s", want->file);
	read_done(&r);
	free(bytes);
}

Test(names, mounted_devices_of_real_hives_are_read_exactly)
{
	for (size_t i = 0; i < sizeof(reals) / sizeof(reals[0]); i++)
		check_real(&reals[i]);
}

/* --- hives built here -------------------------------------------------------- */

static struct hive_image image;

struct value {
	const char *name;
	uint32_t type;
	const char *data;
	size_t n;
};

static uint32_t cells[32];

static void build(const struct value *values, size_t n)
{
	uint32_t key;

	hive_image_start(&image);
	key = hive_image_only_subkey(&image, hive_image_key(&image, "ROOT"),
				     "MountedDevices");
	for (size_t i = 0; i < n; i++)
		cells[i] = hive_image_value(&image, values[i].name,
					    values[i].type, values[i].data,
					    values[i].n);
	hive_image_values(&image, key, cells, n);
	hive_image_finish(&image);
}

#define MBR_ID "\x3e\xa0\xbe\x5c\0\0\x10\0\0\0\0\0"
#define GUID_TEXT "656b1715-ecf6-11df-92e6-806e6f6e6963"

Test(names, each_form_of_a_name_is_told)
{
	static const struct {
		const char *name;
		enum name_kind kind;
		char letter;
		bool odd;
	} rows[] = {
		{ "\\DosDevices\\C:", NAME_DRIVE_LETTER, 'C', false },
		{ "\\DosDevices\\Z:", NAME_DRIVE_LETTER, 'Z', false },
		{ "\\DosDevices\\c:", NAME_DRIVE_LETTER, 'C', true },
		{ "\\dosdevices\\D:", NAME_DRIVE_LETTER, 'D', true },
		{ "\\DosDevices\\1:", NAME_OTHER, 0, false },
		{ "\\DosDevices\\C:\\mnt", NAME_OTHER, 0, false },
		{ "\\DosDevices\\C", NAME_OTHER, 0, false },
		{ "\\DosDevices\\", NAME_OTHER, 0, false },
		{ "\\DosDevices\\CC:", NAME_OTHER, 0, false },
		{ "\\??\\Volume{" GUID_TEXT "}", NAME_VOLUME, 0, false },
		{ "\\??\\volume{656B1715-ECF6-11DF-92E6-806E6F6E6963}",
		  NAME_VOLUME, 0, true },
		{ "\\??\\Volume{" GUID_TEXT "}\\", NAME_OTHER, 0, false },
		{ "\\??\\Volume{" GUID_TEXT, NAME_OTHER, 0, false },
		{ "\\??\\Volume{" GUID_TEXT "]", NAME_OTHER, 0, false },
		{ "\\??\\Volume{656b1715-ecf6-11df-92e6-806e6f6e696x}",
		  NAME_OTHER, 0, false },
		{ "#{" GUID_TEXT "}", NAME_NO_LETTER, 0, false },
		{ "#{" GUID_TEXT, NAME_OTHER, 0, false },
		{ "#", NAME_OTHER, 0, false },
		{ "", NAME_OTHER, 0, false },
		{ "\\DosDevices\\\xc7:", NAME_OTHER, 0, false },
	};
	enum { N = sizeof(rows) / sizeof(rows[0]) };
	struct value values[N];
	struct guid guid;
	size_t odd = 0;
	struct read r;

	cr_assert(guid_parse(GUID_TEXT, &guid));
	for (size_t i = 0; i < N; i++)
		values[i] = (struct value){ rows[i].name, 3, MBR_ID, 12 };
	build(values, N);
	read_devices(&r, image.bytes, image.n);
	cr_assert_eq(r.names.n, N);
	for (size_t i = 0; i < N; i++) {
		const struct mountmgr_name *n = &r.names.list[i];

		cr_expect_eq(n->kind, rows[i].kind, "%s", rows[i].name);
		cr_expect_eq(n->letter, rows[i].letter, "%s", rows[i].name);
		if (n->kind == NAME_VOLUME || n->kind == NAME_NO_LETTER)
			cr_expect(guid_equal(&n->guid, &guid));
		odd += rows[i].odd;
	}
	cr_expect_eq(found(&r, &FINDING_VOLUME_NAME_FORM), odd);
	/* "c:" is the same name as "C:" to Windows, the volume's too.  */
	cr_expect_eq(found(&r, &FINDING_VOLUME_NAME_TWICE), 2);
	read_done(&r);
}

/* dissect and EZ tools lose the values behind a bad one.  */
Test(names, one_bad_value_never_stops_the_next)
{
	static const struct value values[] = {
		{ "\\DosDevices\\A:", 3, "DMIO:ID:short", 13 },
		{ "\\DosDevices\\B:", 3, "abc", 3 },
		{ "\\DosDevices\\C:", 3, "", 0 },
		{ "\\DosDevices\\D:", 1, MBR_ID, 12 },
		{ "\\DosDevices\\E:", 3, "PGPdisk1", 8 },
		{ "\\DosDevices\\F:", 3, MBR_ID, 12 },
		{ "\\DosDevices\\G:", 3, MBR_ID, 12 },
		{ "\\DosDevices\\H:", 3,
		  "\1\2\3\4\xff\xff\xff\xff\xff\xff\xff\xff", 12 },
		{ "\\DosDevices\\I:", 3, MBR_ID, 12 },
	};
	static const char *const want[] = {
		"letter \\DosDevices\\A: = raw 13",
		"letter \\DosDevices\\B: = raw 3",
		"letter \\DosDevices\\C: = empty 0",
		"letter \\DosDevices\\D: = 5cbea03e @100000",
		"letter \\DosDevices\\E: = ft 8",
		/* F: lost its data, G: its record */
		"letter \\DosDevices\\F: = raw 0",
		"letter \\DosDevices\\H: = 04030201 @ffffffffffffffff",
		"letter \\DosDevices\\I: = 5cbea03e @100000",
	};
	struct read r;
	char buf[300];

	build(values, sizeof(values) / sizeof(values[0]));
	put32(hive_image_at(&image, cells[5]) + 8, 0x7ffffff8);
	hive_image_at(&image, cells[6])[0] = 0;
	put32(hive_image_at(&image, cells[6]) + 12, 0x1000003);
	read_devices(&r, image.bytes, image.n);
	cr_assert_eq(r.result, 0);
	cr_assert_eq(r.names.n, sizeof(want) / sizeof(want[0]));
	for (size_t i = 0; i < r.names.n; i++)
		cr_expect_str_eq(line(&r.names.list[i], buf, sizeof(buf)),
				 want[i]);
	cr_expect_eq(found(&r, &FINDING_UNIQUE_ID), 2, "A: and H:");
	cr_expect_eq(found(&r, &FINDING_VALUE_TYPE), 1, "D:");
	cr_expect_eq(found(&r, &FINDING_UNIQUE_ID_AMBIGUOUS), 1, "E:");
	cr_expect_eq(found(&r, &FINDING_VALUE_DATA), 1, "F:");
	cr_expect_eq(found(&r, &FINDING_VALUE_UNREADABLE), 1, "G:");
	for (size_t i = 0; i < r.diags.n; i++)
		cr_expect_gt(r.diags.list[i].cites.n, 0, "%s",
			     r.diags.list[i].message);
	read_done(&r);
}

/* What one damaged field of a record has taken from the map: the whole name, or
 * its letter, or what it stands for.  */
Test(names, a_name_is_read_whose_record_has_one_damaged_field)
{
	static const struct value value = {
		"\\DosDevices\\C:", 3, MBR_ID, 12,
	};
	static const struct {
		size_t at;
		uint8_t byte;
	} rows[] = {
		{ 0, 0 }, { 1, 'K' }, { 2, 0 }, { 2, 1 }, { 2, 13 }, { 2, 15 },
		{ 2, 255 }, { 3, 255 }, { 16, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct read r;
		uint8_t *vk;
		char buf[300];

		build(&value, 1);
		vk = hive_image_at(&image, cells[0]);
		vk[rows[i].at] = rows[i].byte;
		read_devices(&r, image.bytes, image.n);
		cr_assert_eq(r.names.n, 1, "%zu", i);
		cr_expect_str_eq(line(&r.names.list[0], buf, sizeof(buf)),
				 "letter \\DosDevices\\C: = 5cbea03e @100000",
				 "%zu", i);
		cr_expect(r.names.list[0].doubtful, "%zu", i);
		cr_expect(r.names.whole, "%zu", i);
		cr_expect_eq(found(&r, &FINDING_RECORD_FIELD), 1, "%zu", i);
		cr_expect_eq(r.names.list[0].cites.list[0].length, 20 + 14);
		read_done(&r);
	}
}

/* Names that Windows made so, or a person, with nothing damaged.  */
Test(names, a_sound_name_of_another_form_stays_as_it_is)
{
	static const struct value values[] = {
		{ "\\DosDevices\\C:\\mnt", 3, MBR_ID, 12 },
		{ "\\DosDevices\\C:", 3, MBR_ID, 12 },
		{ "", 3, MBR_ID, 12 },
		{ "\\DosDevices\\", 3, MBR_ID, 12 },
		{ "#{C}", 3, MBR_ID, 12 },
	};
	struct read r;

	build(values, 5);
	read_devices(&r, image.bytes, image.n);
	cr_assert_eq(r.names.n, 5);
	for (size_t i = 0; i < 5; i++) {
		cr_expect_str_eq(r.names.list[i].name.utf8, values[i].name);
		cr_expect(!r.names.list[i].doubtful);
	}
	cr_expect_eq(found(&r, &FINDING_RECORD_FIELD), 0);
	read_done(&r);
}

/* Letters of one byte each that a lost flag makes Chinese of.  */
Test(names, letters_of_another_kind_are_said_where_no_form_proves_them)
{
	static const struct value values[] = {
		{ "\\DosDevices\\Cx", 3, MBR_ID, 12 },
		{ "abc", 3, MBR_ID, 12 },
	};
	struct read r;

	build(values, 2);
	hive_image_at(&image, cells[0])[16] = 0;
	hive_image_at(&image, cells[1])[16] = 0;
	read_devices(&r, image.bytes, image.n);
	cr_assert_eq(r.names.n, 2);
	cr_expect_eq(r.names.list[0].kind, NAME_OTHER);
	cr_expect(r.names.list[0].doubtful);
	cr_expect(!r.names.list[1].doubtful, "too short to tell");
	cr_expect_eq(found(&r, &FINDING_RECORD_FIELD), 1);
	cr_expect_neq(strstr(r.diags.list[0].message, "\\DosDevices\\Cx"),
		      NULL);
	read_done(&r);
}

#define TEXT_ID "_\0?\0?\0_\0U\0S\0B\0S\0"

/* The size of the cell is damaged that the data lies in.  */
Test(names, an_id_is_read_whose_cell_has_lost_its_size)
{
	static const uint8_t sizes[] = { 0, 5, 0xf8 };
	static const struct {
		const char *id;
		size_t n;
		enum unique_id_kind kind;	/* RAW: not taken */
	} rows[] = {
		{ "\x4e\xe4\x3f\x27\0\0\xf0\x15\0\0\0\0", 12,
		  UNIQUE_ID_MBR },
		{ "DMIO:ID:0123456789abcdef", 24, UNIQUE_ID_DMIO },
		{ TEXT_ID, 16, UNIQUE_ID_DEVICE },
		/* No signature, no offset, none that a partition has.  */
		{ "\0\0\0\0\0\0\xf0\x15\0\0\0\0", 12, UNIQUE_ID_RAW },
		{ "\x4e\xe4\x3f\x27\0\0\0\0\0\0\0\0", 12, UNIQUE_ID_RAW },
		{ "\x4e\xe4\x3f\x27\1\0\xf0\x15\0\0\0\0", 12,
		  UNIQUE_ID_RAW },
		{ "\0\0\0\0\0\0\0\0\0\0\0\0", 12, UNIQUE_ID_RAW },
		{ "DMIO:ID:\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 24,
		  UNIQUE_ID_RAW },
		{ "\1\2\3\4\5\6\7\10", 8, UNIQUE_ID_RAW },
	};

	for (size_t i = 0; i < 3 * sizeof(rows) / sizeof(rows[0]); i++) {
		const size_t row = i / 3;
		const bool taken = rows[row].kind != UNIQUE_ID_RAW;
		struct value value = { "\\DosDevices\\C:", 3, rows[row].id,
				       rows[row].n };
		struct read r;
		uint8_t *vk;
		uint32_t data;

		build(&value, 1);
		vk = hive_image_at(&image, cells[0]);
		data = (uint32_t)(vk[8] | vk[9] << 8);
		put32(hive_image_at(&image, data) - 4,
		      sizes[i % 3] == 0xf8 ? 0xfffffff8 : sizes[i % 3]);
		read_devices(&r, image.bytes, image.n);
		cr_assert_eq(r.names.n, 1);
		cr_expect_eq(r.names.list[0].id.kind, rows[row].kind, "%zu", i);
		cr_expect_eq(r.names.list[0].doubtful, taken, "%zu", i);
		cr_expect_eq(found(&r, &FINDING_DATA_CELL), taken, "%zu", i);
		cr_expect_eq(found(&r, &FINDING_VALUE_DATA), !taken, "%zu", i);
		if (taken) {
			cr_expect_eq(r.names.list[0].id.raw.n, rows[row].n);
			cr_expect_arr_eq(r.names.list[0].id.raw.p,
					 rows[row].id, rows[row].n);
			cr_expect_arr_eq(image.bytes +
					 r.names.list[0].cites.list[1].offset,
					 rows[row].id, rows[row].n);
		}
		read_done(&r);
	}
}

/* Eight of twelve bytes are no NT4 fault-tolerant set.  */
Test(names, data_that_is_not_there_whole_is_raw)
{
	static const struct value value = {
		"\\DosDevices\\C:", 3, MBR_ID, 12,
	};
	struct read r;
	uint8_t *vk;

	build(&value, 1);
	vk = hive_image_at(&image, cells[0]);
	put32(vk + 4, 12 + 24);		/* more than its cell has */
	read_devices(&r, image.bytes, image.n);
	cr_assert_eq(r.names.n, 1);
	cr_expect_eq(r.names.list[0].id.kind, UNIQUE_ID_RAW);
	cr_expect_eq(r.names.list[0].id.raw.n, 12);
	cr_expect_eq(found(&r, &FINDING_VALUE_DATA), 1);
	read_done(&r);
}

Test(names, a_name_given_twice_is_listed_twice_and_said)
{
	static const struct value values[] = {
		{ "\\DosDevices\\C:", 3, MBR_ID, 12 },
		{ "\\DosDevices\\D:", 3, MBR_ID, 12 },
		{ "\\DosDevices\\C:", 3, "x", 1 },
	};
	struct read r;

	build(values, 3);
	read_devices(&r, image.bytes, image.n);
	cr_expect_eq(r.names.n, 3);
	cr_expect_eq(found(&r, &FINDING_VOLUME_NAME_TWICE), 1);
	cr_assert_eq(r.diags.n, 1);
	cr_expect_eq(r.diags.list[0].cites.n, 5,
		     "record and data of both, and their key");
	read_done(&r);
}

Test(names, a_tombstone_is_no_name)
{
	static const struct value values[] = {
		{ "\\DosDevices\\C:", 3, MBR_ID, 12 },
		{ "\\DosDevices\\D:", 0, "", 0 },
	};
	struct read r;

	build(values, 2);
	put16(hive_image_at(&image, cells[1]) + 16, 3);
	put32(image.bytes + 24, 6);
	hive_image_sum(&image);
	read_devices(&r, image.bytes, image.n);
	cr_expect_eq(r.names.n, 1);
	cr_expect_eq(found(&r, &FINDING_VALUE_TOMBSTONE), 1);
	read_done(&r);
	/* A hive of version 1.5 lies over none: the flag means nothing.  */
	put32(image.bytes + 24, 5);
	hive_image_sum(&image);
	read_devices(&r, image.bytes, image.n);
	cr_expect_eq(r.names.n, 2);
	cr_expect_eq(found(&r, &FINDING_VALUE_TOMBSTONE), 0);
	read_done(&r);
}

#define GUID_NAME "{a08efec3-a076-11e5-824f-806e6f6e6963}"

/*
 * A count of 25 whose byte became 5 made 19 names deleted ones, without a word.
 * Behind one value that the key counts, its list has a volume name and a
 * marker; then what is in the rest of lists that Windows made: the value once
 * more, one that was deleted, one of another key, and a number of Offline.
 */
static void build_uncounted(uint32_t *ret_devices, uint32_t *ret_volume)
{
	uint32_t root, devices, list[7];

	hive_image_start(&image);
	root = hive_image_key(&image, "ROOT");
	devices = hive_image_only_subkey(&image, root, "MountedDevices");
	list[0] = hive_image_value(&image, "\\DosDevices\\C:", 3, MBR_ID, 12);
	list[1] = hive_image_value(&image, "\\??\\Volume" GUID_NAME, 3, MBR_ID,
				   12);
	list[2] = hive_image_value(&image, "#" GUID_NAME, 3, "x", 1);
	list[3] = list[0];
	list[4] = hive_image_value(&image, "\\DosDevices\\D:", 3, MBR_ID, 12);
	put32(hive_image_at(&image, list[4]) - 4, 40);	/* free */
	list[5] = hive_image_value(&image, "ImagePath", 3, "xyz", 3);
	list[6] = hive_image_value(&image, "\\DosDevices\\E:", 4, "\1\0\0\0",
				   4);
	hive_image_values(&image, devices, list, 7);
	put32(hive_image_at(&image, devices) + 36, 1);
	hive_image_finish(&image);
	*ret_devices = devices;
	*ret_volume = list[1];
}

Test(names, values_in_use_behind_the_count_of_their_list_are_live)
{
	uint32_t devices, volume;
	const struct cites *c;
	struct read r;

	build_uncounted(&devices, &volume);
	read_devices(&r, image.bytes, image.n);
	cr_assert_eq(r.names.n, 3);
	cr_expect_eq(r.names.list[0].kind, NAME_DRIVE_LETTER);
	cr_expect_eq(r.names.list[1].kind, NAME_VOLUME);
	cr_expect_eq(r.names.list[2].kind, NAME_NO_LETTER);
	cr_assert_eq(r.diags.n, 1);
	cr_expect_eq(found(&r, &FINDING_NAMES_UNCOUNTED), 1);
	c = &r.diags.list[0].cites;
	cr_assert_eq(c->n, 3);
	cr_expect_eq(c->list[0].offset, (uint64_t)(
		hive_image_at(&image, devices) - image.bytes));
	cr_expect_eq(c->list[1].offset, (uint64_t)(
		hive_image_at(&image, volume) - image.bytes));
	read_done(&r);
}

/* A list that was not written back is older than the cells of its values.  */
Test(names, values_behind_the_count_are_not_live_in_a_dirty_hive)
{
	uint32_t devices, volume;
	struct read r;

	build_uncounted(&devices, &volume);
	image.bytes[4]++;
	hive_image_sum(&image);
	read_devices(&r, image.bytes, image.n);
	cr_expect_eq(r.names.n, 1);
	cr_expect_eq(found(&r, &FINDING_NAMES_UNCOUNTED), 0);
	read_done(&r);
}

/* Read a MountedDevices that has one volume name 16384 times, and then, for each
 * of @more, that name again if it is NULL, else the value of that name.  */
static uint8_t *read_full(struct read *r, const char *const *more,
			  size_t n_more)
{
	static uint8_t list[(16384 + 200) * 4];
	const size_t n = 2 << 20;
	uint32_t root, devices, volume;
	uint8_t *bytes;

	hive_image_start(&image);
	root = hive_image_key(&image, "ROOT");
	devices = hive_image_only_subkey(&image, root, "MountedDevices");
	volume = hive_image_value(
		&image, "\\??\\Volume{656b1715-ecf6-11df-92e6-806e6f6e6963}", 3,
		"x", 1);
	for (size_t i = 0; i < 16384 + n_more; i++) {
		const char *name = i < 16384 ? NULL : more[i - 16384];

		put32(list + 4 * i, name == NULL ? volume :
		      hive_image_value(&image, name, 3, "y", 1));
	}
	put32(hive_image_at(&image, devices) + 36, (uint32_t)(16384 + n_more));
	put32(hive_image_at(&image, devices) + 40,
	      hive_image_cell(&image, list, 4 * (16384 + n_more)));
	hive_image_finish(&image);
	bytes = hive_image_stretched(&image, n);
	read_devices(r, bytes, n);
	cr_expect_eq(found(r, &FINDING_VALUE_UNREADABLE), 0);
	return bytes;
}

static bool cut_says(const struct read *r, const char *part)
{
	for (size_t i = 0; i < r->diags.n; i++)
		if (r->diags.list[i].kind == &FINDING_NAMES_CUT)
			return strstr(r->diags.list[i].message, part) != NULL;
	return false;
}

/* They were lost where volume names had filled the key before.  */
Test(names, letters_are_kept_behind_more_values_than_a_machine_can_have)
{
	static const char *const more[] = {
		NULL, "\\DosDevices\\Q:", "\\DosDevices\\AB", NULL,
		"\\dosdevices\\r:", "x",
		"a name that is longer than any that a filter is asked for",
	};
	struct read r;
	uint8_t *bytes = read_full(&r, more, sizeof(more) / sizeof(more[0]));

	cr_assert_eq(r.names.n, 16386);
	cr_expect_str_eq(r.names.list[16384].name.utf8, more[1]);
	cr_expect_eq(r.names.list[16384].letter, 'Q');
	cr_expect_eq(r.names.list[16384].id.raw.n, 1);
	cr_expect_eq(r.names.list[16385].letter, 'R');
	cr_expect(cut_says(&r, "has 16391 values; the first 16384 are read, "
			       "and of the rest every drive letter: 2."));
	cr_expect_not(r.names.whole);
	read_done(&r);
	free(bytes);
}

/* Some were said to be left out.  */
Test(names, letters_alone_behind_those_that_are_kept_are_all_there_is)
{
	static const char *const more[] = {
		"\\DosDevices\\Q:", "\\DosDevices\\R:",
	};
	struct read r;
	uint8_t *bytes = read_full(&r, more, sizeof(more) / sizeof(more[0]));

	cr_assert_eq(r.names.n, 16386);
	cr_expect_eq(r.names.list[16385].letter, 'R');
	cr_expect_eq(found(&r, &FINDING_NAMES_CUT), 0);
	read_done(&r);
	free(bytes);
}

Test(names, no_more_values_are_kept_than_a_machine_can_have)
{
	const char *more[200];
	uint8_t *bytes;
	struct read r;

	for (size_t i = 0; i < 200; i++)
		more[i] = "\\DosDevices\\C:";
	bytes = read_full(&r, more, 200);
	cr_expect_eq(r.names.n, 16384 + 64);
	cr_expect(cut_says(&r, "not every drive letter: 64."));
	read_done(&r);
	free(bytes);
}

Test(names, a_hive_without_the_key_is_told_from_one_without_values)
{
	struct read r;

	build(NULL, 0);
	read_devices(&r, image.bytes, image.n);
	cr_expect_eq(r.result, 0);
	cr_expect_eq(r.names.n, 0);
	read_done(&r);
	hive_image_start(&image);
	hive_image_key(&image, "ROOT");
	hive_image_finish(&image);
	read_devices(&r, image.bytes, image.n);
	cr_expect_eq(r.result, ERR_NOT_FOUND);
	cr_expect_eq(r.diags.n, 0);
	read_done(&r);
}

/* --- remote database --------------------------------------------------------- */

static size_t put_entry(uint8_t *p, const char *name, uint32_t references,
			const char *id, size_t id_bytes)
{
	size_t chars = strlen(name), n = 16 + 2 * chars + id_bytes;

	memset(p, 0, n);
	put32(p, (uint32_t)n);
	put32(p + 4, references);
	put16(p + 8, 16);
	put16(p + 10, (uint32_t)(2 * chars));
	put16(p + 12, (uint32_t)(16 + 2 * chars));
	put16(p + 14, (uint32_t)id_bytes);
	for (size_t i = 0; i < chars; i++)
		p[16 + 2 * i] = (uint8_t)name[i];
	memcpy(p + 16 + 2 * chars, id, id_bytes);
	return n;
}

static uint8_t database[1024];
static size_t starts[4];

/* Three entries; starts[3] is their end.  */
static void build_database(void)
{
	starts[1] = put_entry(database, "\\??\\Volume{" GUID_TEXT "}", 2, MBR_ID,
			      12);
	starts[2] = starts[1] +
		put_entry(database + starts[1],
			  "\\??\\Volume{09931f21-7faf-44a9-81d8-1e73c14b9eaf}",
			  1, "DMIO:ID:0123456789abcdef", 24);
	starts[3] = starts[2] + put_entry(database + starts[2],
					  "\\DosDevices\\X:", 1, "?", 1);
}

Test(names, entries_of_a_remote_database_are_names_of_volumes)
{
	struct read r;
	char buf[300];

	build_database();
	read_database(&r, database, starts[3]);
	cr_assert_eq(r.result, 0);
	cr_assert_eq(r.names.n, 3);
	cr_expect_str_eq(line(&r.names.list[0], buf, sizeof(buf)),
			 "volume \\??\\Volume{" GUID_TEXT "} = "
			 "5cbea03e @100000");
	cr_expect_eq(r.names.list[0].references, 2);
	cr_expect_str_eq(line(&r.names.list[1], buf, sizeof(buf)),
			 "volume \\??\\Volume{09931f21-7faf-44a9-81d8-"
			 "1e73c14b9eaf} = "
			 "dmio 33323130-3534-3736-3839-616263646566");
	cr_expect_eq(r.names.list[2].kind, NAME_OTHER,
		     "a letter has no business here");
	cr_expect_eq(r.names.list[2].letter, 0);
	for (size_t i = 0; i < 3; i++) {
		const struct cites *c = &r.names.list[i].cites;

		cr_assert_eq(c->n, 1);
		cr_expect_eq(c->list[0].offset, starts[i]);
		cr_expect_eq(c->list[0].length, starts[i + 1] - starts[i]);
	}
	/* One changed letter of a volume name looks like that, too.  */
	cr_assert_eq(r.diags.n, 1);
	cr_expect_eq(found(&r, &FINDING_VOLUME_NAME_FORM), 1);
	cr_expect_eq(r.diags.list[0].cites.list[0].offset, starts[2]);
	read_done(&r);
}

Test(names, an_empty_remote_database_is_an_empty_list)
{
	struct read r;

	read_database(&r, database, 0);
	cr_expect_eq(r.result, 0);
	cr_expect_eq(r.names.n, 0);
	cr_expect_eq(r.diags.n, 0);
	read_done(&r);
}

Test(names, every_truncation_of_a_remote_database_is_said_with_its_place)
{
	build_database();
	for (size_t n = 0; n <= starts[3]; n++) {
		uint8_t *copy = malloc(n);	/* its end is guarded by ASan */
		size_t whole = n < starts[1] ? 0 : n < starts[2] ? 1
			     : n < starts[3] ? 2 : 3;
		struct read r;

		memcpy(copy, database, n);
		read_database(&r, copy, n);
		cr_assert_eq(r.result, 0);
		cr_expect_eq(r.names.n, whole, "%zu", n);
		cr_expect_eq(found(&r, &FINDING_REMOTE_DATABASE),
			     n != starts[whole], "%zu", n);
		if (found(&r, &FINDING_REMOTE_DATABASE) > 0) {
			const struct cite *c = &r.diags.list[0].cites.list[0];

			cr_expect_eq(c->offset, starts[whole]);
			cr_expect_eq(c->length, n - starts[whole]);
		}
		read_done(&r);
		free(copy);
	}
}

Test(names, every_changed_byte_of_a_remote_database_is_survived)
{
	build_database();
	for (size_t at = 0; at < starts[3]; at++)
		for (unsigned x = 1; x < 256; x += 5) {
			struct read r;

			database[at] ^= (uint8_t)x;
			read_database(&r, database, starts[3]);
			cr_assert_eq(r.result, 0);
			/* What lies before the change is not lost by it.  */
			cr_expect_geq(r.names.n, at < starts[1] ? 0
				      : at < starts[2] ? 1 : 2);
			database[at] ^= (uint8_t)x;
			read_done(&r);
		}
}

Test(names, a_remote_database_over_the_limit_is_read_up_to_it)
{
	const size_t entry = 4096, n = 300 * entry;
	uint8_t *p = calloc(1, n);
	struct read r;

	for (size_t i = 0; i < 300; i++) {
		put_entry(p + i * entry, "\\??\\Volume{" GUID_TEXT "}", 1,
			  MBR_ID, 12);
		put32(p + i * entry, (uint32_t)entry);
	}
	read_database(&r, p, n);
	cr_expect_eq(r.result, 0);
	cr_expect_eq(r.names.n, 256, "1 MiB of it");
	cr_expect_eq(found(&r, &FINDING_REMOTE_DATABASE), 1);
	cr_expect_gt(found(&r, &FINDING_VOLUME_NAME_TWICE), 0);
	read_done(&r);
	free(p);
}

/* --- stable GUIDs ------------------------------------------------------------ */

/* From cached partition layouts of real Windows 10 systems.  */
Test(names, stable_guids_are_computed_and_read_back)
{
	static const struct {
		uint32_t signature;
		uint64_t offset;
		const char *guid;
	} rows[] = {
		{ 0xdf4546ae, 525336576,
		  "df4546ae-0000-0000-0000-501f00000000" },
		{ 0xdf4546ae, 149812510720,
		  "df4546ae-0000-0000-0080-85e122000000" },
		{ 0x629458e4, 65536, "629458e4-0000-0000-0000-010000000000" },
		{ 0x8a314204, 0x15f00000,
		  "8a314204-0000-0000-0000-f01500000000" },
		{ 0x75e80748, 0x100000,
		  "75e80748-0000-0000-0000-100000000000" },
		/* Of a disk without a table, on a live host.  */
		{ 1, 0, "00000001-0000-0000-0000-000000000000" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct guid g = mbr_stable_guid(rows[i].signature,
						rows[i].offset);
		char text[GUID_TEXT_CHARS + 1];
		uint32_t signature = 0;
		uint64_t offset = 0;

		cr_expect_str_eq(guid_text(&g, text), rows[i].guid);
		cr_assert(mbr_stable_guid_parse(&g, &signature, &offset));
		cr_expect_eq(signature, rows[i].signature);
		cr_expect_eq(offset, rows[i].offset);
	}
}

Test(names, other_guids_are_not_stable_guids)
{
	static const char *const rows[] = {
		"656b1715-ecf6-11df-92e6-806e6f6e6963",	/* of a clock */
		"09931f21-7faf-44a9-81d8-1e73c14b9eaf",	/* random */
		"df4546ae-0001-0000-0000-501f00000000",
		"df4546ae-0000-0001-0000-501f00000000",
		"df4546ae-0000-0000-0000-000000000000",	/* the MBR itself */
		"00000000-0000-0000-0000-000000000000",
		"d0000000-0000-0000-0000-000000000002",	/* somebody's own */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint32_t signature = 1;
		uint64_t offset = 2;
		struct guid g;

		cr_assert(guid_parse(rows[i], &g));
		cr_expect(!mbr_stable_guid_parse(&g, &signature, &offset), "%s",
			  rows[i]);
		cr_expect_eq(signature, 1);
		cr_expect_eq(offset, 2);
	}
}
