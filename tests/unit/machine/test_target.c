/*
 * What users name, against the forms as Windows documents them, and what it
 * means on disks that are laid out by hand.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "lib/guard.h"
#include "machine/internal.h"
#include "machine/target.h"

static const struct guid sample = { {
	0x15, 0x17, 0x6b, 0x65, 0xf6, 0xec, 0xdf, 0x11,
	0x92, 0xe6, 0x80, 0x6e, 0x6f, 0x6e, 0x69, 0x63 } };
#define SAMPLE "656b1715-ecf6-11df-92e6-806e6f6e6963"

/* The numbers that a form has: disk and partition, or volume, or letter.  */
static const struct form_row {
	const char *text;
	enum target_form form;
	uint64_t first, second;
	const char *path;
} forms[] = {
	{ "C:", TARGET_LETTER, 'C', 0, "" },
	{ "c:\\", TARGET_LETTER, 'C', 0, "\\" },
	{ "C:\\dir\\file", TARGET_LETTER, 'C', 0, "\\dir\\file" },
	{ "C:/dir/file", TARGET_LETTER, 'C', 0, "\\dir\\file" },
	{ "\\\\?\\C:\\dir", TARGET_LETTER, 'C', 0, "\\dir" },
	{ "\\\\.\\C:", TARGET_LETTER, 'C', 0, "" },
	{ "\\\?\?\\c:\\dir", TARGET_LETTER, 'C', 0, "\\dir" },
	{ "\\DosDevices\\C:", TARGET_LETTER, 'C', 0, "" },
	{ "\\\\?\\Volume{" SAMPLE "}\\", TARGET_VOLUME_NAME, 0, 0, "\\" },
	{ "\\\?\?\\Volume{" SAMPLE "}", TARGET_VOLUME_NAME, 0, 0, "" },
	{ "Volume{" SAMPLE "}", TARGET_VOLUME_NAME, 0, 0, "" },
	{ "{" SAMPLE "}\\x", TARGET_VOLUME_NAME, 0, 0, "\\x" },
	{ SAMPLE, TARGET_VOLUME_NAME, 0, 0, "" },
	{ "\\\\.\\PhysicalDrive2", TARGET_DISK, 2, 0, "" },
	{ "\\\\.\\PHYSICALDRIVE12", TARGET_DISK, 12, 0, "" },
	{ "PhysicalDrive2@512", TARGET_OFFSET, 2, 512, "" },
	{ "disk7", TARGET_DISK, 7, 0, "" },
	{ "\\Device\\Harddisk1\\Partition0", TARGET_DISK, 1, 0, "" },
	{ "\\Device\\Harddisk1\\DR1", TARGET_DISK, 1, 0, "" },
	{ "\\Device\\Harddisk1\\Partition2", TARGET_PARTITION, 1, 2, "" },
	{ "\\Device\\Harddisk1\\Partition2\\a\\b", TARGET_PARTITION, 1, 2,
	  "\\a\\b" },
	{ "\\\\?\\GLOBALROOT\\Device\\Harddisk1\\Partition2\\a",
	  TARGET_PARTITION, 1, 2, "\\a" },
	{ "\\\\.\\Harddisk1Partition2", TARGET_PARTITION, 1, 2, "" },
	{ "1:2", TARGET_PARTITION, 1, 2, "" },
	{ "1:0", TARGET_DISK, 1, 0, "" },
	{ "disk1/partition2", TARGET_PARTITION, 1, 2, "" },
	{ "disk1/p2", TARGET_PARTITION, 1, 2, "" },
	{ "Disk #1, Partition #0", TARGET_PARTITION, 1, 0, "" },
	{ "DISK #1, PARTITION #2\\x", TARGET_PARTITION, 1, 2, "\\x" },
	{ "\\Device\\HarddiskVolume3\\x", TARGET_HARDDISK_VOLUME, 3, 0,
	  "\\x" },
	{ "\\\\?\\GLOBALROOT\\Device\\HarddiskVolume3",
	  TARGET_HARDDISK_VOLUME, 3, 0, "" },
	{ "\\\\.\\HarddiskVolume3", TARGET_HARDDISK_VOLUME, 3, 0, "" },
	{ "\\VOLUME{01d0a5b5c5f5a0c6-61f2a88f}\\WINDOWS\\A.EXE",
	  TARGET_PREFETCH, 0x01d0a5b5c5f5a0c6, 0x61f2a88f,
	  "\\WINDOWS\\A.EXE" },
	{ "61F2-A88F", TARGET_SERIAL, 0x61f2a88f, 0, "" },
	{ "serial:61F2-a88f\\x", TARGET_SERIAL, 0x61f2a88f, 0, "\\x" },
	{ "serial:61F2A88F", TARGET_SERIAL, 0x61f2a88f, 0, "" },
	{ "serial:1234567861F2A88F", TARGET_SERIAL, 0x1234567861f2a88f, 1,
	  "" },
	{ "61F2A88F\\x", TARGET_SERIAL, 0x61f2a88f, 0, "\\x" },
	{ "0x61F2A88F", TARGET_SERIAL, 0x61f2a88f, 0, "" },
	{ "0X1f2a88f", TARGET_SERIAL, 0x1f2a88f, 0, "" },
	{ "1643292815", TARGET_SERIAL, 0x61f2a88f, 0, "" },
	{ "serial:0123456789", TARGET_SERIAL, 123456789, 0, "" },
	{ "1234567861f2A88F", TARGET_SERIAL, 0x1234567861f2a88f, 1, "" },
	{ "0x1234567861F2A88F/x", TARGET_SERIAL, 0x1234567861f2a88f, 1,
	  "\\x" },
	{ "12345678", TARGET_SERIAL, 0x12345678, 0, "" },
	{ "12345678:1", TARGET_PARTITION, 12345678, 1, "" },
	{ "disk0@1048576", TARGET_OFFSET, 0, 1048576, "" },
	{ "0:@0x100000", TARGET_OFFSET, 0, 1048576, "" },
	{ "0:@18446744073709551615", TARGET_OFFSET, 0, UINT64_MAX, "" },
	{ "volume4\\x", TARGET_VOLUME_ID, 4, 0, "\\x" },
	/* Names as Windows' programs hand them on.  */
	{ "C:\\a\\.\\b\\..\\c", TARGET_LETTER, 'C', 0, "\\a\\c" },
	{ "C:\\..\\..", TARGET_LETTER, 'C', 0, "\\" },
	{ "C:\\a\\\\b\\", TARGET_LETTER, 'C', 0, "\\a\\b\\" },
	{ "C:\\a.\\b. .", TARGET_LETTER, 'C', 0, "\\a\\b" },
	{ "C:\\a...\\b", TARGET_LETTER, 'C', 0, "\\a...\\b" },
	{ "C:\\a \\b ", TARGET_LETTER, 'C', 0, "\\a \\b" },
	/* And as they are written.  */
	{ "\\\\?\\C:\\a.\\..\\b. ", TARGET_LETTER, 'C', 0, "\\a.\\..\\b. " },
	{ "\\\\?\\C:\\a/b", TARGET_LETTER, 'C', 0, "\\a/b" },
};

static void check_numbers(const struct form_row *row, const struct target *t)
{
	uint64_t first = t->disk, second = t->partition;

	switch (row->form) {
	case TARGET_LETTER:
		first = (uint64_t)t->letter;
		break;
	case TARGET_VOLUME_NAME:
		cr_expect(guid_equal(&t->guid, &sample), "%s", row->text);
		break;
	case TARGET_OFFSET:
		second = t->offset;
		break;
	case TARGET_PREFETCH:
		first = t->created;
		second = t->serial;
		break;
	case TARGET_SERIAL:
		first = t->serial;
		second = t->is_serial64;
		break;
	case TARGET_HARDDISK_VOLUME:
	case TARGET_VOLUME_ID:
		first = t->volume;
		break;
	case TARGET_DISK:
	case TARGET_PARTITION:
		break;
	}
	cr_expect_eq(first, row->first, "%s: %llx", row->text,
		     (unsigned long long)first);
	cr_expect_eq(second, row->second, "%s: %llx", row->text,
		     (unsigned long long)second);
}

Test(target, reads_each_form)
{
	struct arena *a = arena_new();

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const struct form_row *row = &forms[i];
		struct target_error e;
		struct target t;

		if (target_parse(a, row->text, &t, &e) < 0) {
			cr_expect_fail("%s: %s", row->text, e.text);
			continue;
		}
		cr_expect_str_eq(target_form_name(t.form),
				 target_form_name(row->form), "%s", row->text);
		cr_expect_str_eq(t.path, row->path, "%s: %s", row->text,
				 t.path);
		check_numbers(row, &t);
	}
	arena_free(a);
}

Test(target, says_at_which_byte_it_has_no_known_form)
{
	static const struct { const char *text; size_t at; } rows[] = {
		{ "", 0 }, { "hello", 0 }, { "C:dir", 2 }, { "\\dir", 0 },
		{ "\\\\?\\dir", 4 }, { "\\\\server\\share", 2 },
		{ "\\\\?\\Volume{656b1715}", 11 },
		{ "{" SAMPLE, 37 }, { SAMPLE "x", 36 },
		{ "1:", 2 }, { "1:2x", 3 }, { "12", 2 }, { "1234567890:1", 0 },
		{ "disk", 4 }, { "disk1x", 5 }, { "disk1@", 6 },
		{ "disk1@12k", 8 }, { "disk1@0x", 8 },
		{ "disk1@18446744073709551616", 6 },
		{ "\\Device\\CdRom0", 8 }, { "\\Device\\Harddisk1", 17 },
		{ "\\Device\\HarddiskVolume0", 22 },
		{ "\\Device\\HarddiskVolumeShadowCopy1", 32 },
		{ "\\VOLUME{01d0-61f2a88f}", 12 },
		{ "\\VOLUME{01d0a5b5c5f5a0c6-61f2a88f", 33 },
		{ "61F2-A88", 8 }, { "serial:", 7 }, { "serial:1234", 11 },
		{ "61F2A88", 2 }, { "61F2A88F1", 2 }, { "4294967296", 0 },
		{ "61F2A88F-", 0 }, { "0x", 2 }, { "0x61F2A88g", 9 },
		{ "61F2A88F:1", 2 },
		{ "PhysicalDrive1\\x", 14 }, { "C:\\a\xff", 0 },
		{ "\xc0\x80:", 0 },
	};
	struct arena *a = arena_new();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct target_error e = { 0 };
		struct target t;

		cr_expect_lt(target_parse(a, rows[i].text, &t, &e), 0, "%s",
			     rows[i].text);
		cr_expect_eq(e.at, rows[i].at, "%s: %zu", rows[i].text, e.at);
		cr_expect_neq(e.text[0], '\0', "%s", rows[i].text);
	}
	arena_free(a);
}

/* Windows' bound counts UTF-16 units: U+1F600 has two.  */
Test(target, bounds_a_path_as_windows_does)
{
	static const char face[] = "\xf0\x9f\x98\x80";
	struct arena *a = arena_new();
	char *text = calloc(1, 4 * TARGET_MAX_CHARS);
	struct target_error e;
	struct target t;
	size_t n = 0;

	cr_assert_not_null(text);
	for (const char *p = "C:\\"; *p != '\0'; p++)
		text[n++] = *p;
	for (size_t i = 0; i < (TARGET_MAX_CHARS - 3) / 2; i++)
		for (const char *p = face; *p != '\0'; p++)
			text[n++] = *p;
	cr_expect_eq(target_parse(a, text, &t, &e), 0);
	text[n] = 'x';
	cr_expect_lt(target_parse(a, text, &t, &e), 0);
	free(text);
	arena_free(a);
}

/* Every beginning of every form, with nothing readable behind it.  */
Test(target, reads_no_byte_behind_the_text)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		for (size_t n = 0; n <= strlen(forms[i].text); n++) {
			struct arena *a = arena_new();
			char text[128] = { 0 };
			struct target_error e;
			struct target t;
			struct span guarded;

			memcpy(text, forms[i].text, n);
			guarded = guard_copy(text, n + 1, 0);
			target_parse(a, (const char *)guarded.p, &t, &e);
			guard_free(guarded);
			arena_free(a);
		}
}

/* --- what is meant -------------------------------------------------------- */

/*
 * disk0  MBR 5ca1ab1e, number 1, assumed   p1 at 1 MiB, p2 at 3 MiB
 * disk1  GPT, number 0, given              p1 with the sample's GUID
 * A volume in each partition, each of 2 MiB; windows0 on the first.
 */
struct stage {
	struct machine m;
	struct machine_disk disks[2];
	struct partition entries[3];
	struct machine_partition partitions[3];
	struct extent extents[3];
	struct machine_volume volumes[3];
	struct machine_installation installation;
	struct mountmgr_name facts[2];
	struct machine_name names[2];
	struct target_matches found;
};

#define MIB 1048576

static void set_up_partition(struct stage *s, size_t i, size_t disk,
			     unsigned number, uint64_t offset)
{
	s->entries[i] = (struct partition){
		.number = number, .offset = offset, .length = 2 * MIB,
	};
	s->partitions[i] = (struct machine_partition){ disk, &s->entries[i],
						       i };
	s->extents[i] = (struct extent){ disk, offset, 2 * MIB };
	s->volumes[i] = (struct machine_volume){
		.kind = VOLUME_PARTITION, .partition = i,
		.extents = &s->extents[i], .n_extents = 1,
	};
}

static void set_up(struct stage *s)
{
	*s = (struct stage){ 0 };
	s->disks[0] = (struct machine_disk){
		.number = 1, .n_partitions = 2, .whole_volume = NONE,
		.table = { .scheme = SCHEME_MBR, .has_signature = true,
			   .signature = 0x5ca1ab1e, .size = 8 * MIB },
	};
	s->disks[1] = (struct machine_disk){
		.number = 0, .basis = NUMBER_GIVEN, .first_partition = 2,
		.n_partitions = 1, .whole_volume = NONE,
		.table = { .scheme = SCHEME_GPT, .size = 8 * MIB },
	};
	set_up_partition(s, 0, 0, 1, MIB);
	set_up_partition(s, 1, 0, 2, 3 * MIB);
	set_up_partition(s, 2, 1, 1, MIB);
	s->entries[2].guid = sample;
	s->m.arena = arena_new();
	s->m.model = (struct model){
		.disks = s->disks, .n_disks = 2,
		.partitions = s->partitions, .n_partitions = 3,
		.volumes = s->volumes, .n_volumes = 3,
		.installations = &s->installation, .n_installations = 1,
		.names = s->names,
		.findings = { .arena = s->m.arena },
	};
	cr_assert_eq(machine_index_guids(&s->m, NULL), 0);
}

static void tear_down(struct stage *s)
{
	arena_free(s->m.arena);
}

static void find(struct stage *s, size_t installation, const char *text)
{
	struct target_error e;
	struct target t;

	cr_assert_eq(target_parse(s->m.arena, text, &t, &e), 0, "%s: %s", text,
		     e.text);
	cr_assert_eq(target_find(&s->m, installation, &t, s->m.arena,
				 &s->found, NULL), 0);
	cr_expect_eq(s->found.n == 0, s->found.why_none != NULL, "%s", text);
}

static void expect(const struct stage *s, size_t i, size_t disk,
		   size_t partition, size_t volume, enum certainty certainty)
{
	const struct target_match *t = &s->found.list[i];

	cr_assert_lt(i, s->found.n);
	cr_expect_eq(t->disk, disk, "disk%zd", t->disk);
	cr_expect_eq(t->partition, partition, "%zd", t->partition);
	cr_expect_eq(t->volume, volume, "volume%zd", t->volume);
	cr_expect_str_eq(certainty_name(t->certainty),
			 certainty_name(certainty));
	cr_expect_not_null(t->why);
}

Test(target, knows_a_disk_by_its_number_and_by_its_id)
{
	struct stage s;

	set_up(&s);
	find(&s, NONE, "\\\\.\\PhysicalDrive0");
	cr_expect_eq(s.found.n, 1);
	expect(&s, 0, 1, NONE, NONE, CERTAINTY_SINGLE);
	find(&s, NONE, "\\\\.\\PhysicalDrive1");
	expect(&s, 0, 0, NONE, NONE, CERTAINTY_INFERRED);
	find(&s, NONE, "disk0");
	cr_expect_eq(s.found.n, 2);
	expect(&s, 0, 0, NONE, NONE, CERTAINTY_AMBIGUOUS);
	expect(&s, 1, 1, NONE, NONE, CERTAINTY_AMBIGUOUS);
	find(&s, NONE, "disk2");
	cr_expect_eq(s.found.n, 0);
	tear_down(&s);
}

Test(target, knows_a_partition_by_its_number)
{
	struct stage s;

	set_up(&s);
	find(&s, NONE, "\\Device\\Harddisk1\\Partition2");
	cr_expect_eq(s.found.n, 1);
	expect(&s, 0, 0, 1, 1, CERTAINTY_INFERRED);
	find(&s, NONE, "1:1");
	cr_expect_eq(s.found.n, 1);
	find(&s, NONE, "0:1");
	expect(&s, 0, 1, 2, 2, CERTAINTY_SINGLE);
	find(&s, NONE, "0:2");
	cr_expect_eq(s.found.n, 0);
	/* PhysicalDrive0, which is disk1, comes first.  */
	find(&s, NONE, "\\Device\\HarddiskVolume3");
	expect(&s, 0, 0, 1, 1, CERTAINTY_INFERRED);
	find(&s, NONE, "\\Device\\HarddiskVolume1");
	expect(&s, 0, 1, 2, 2, CERTAINTY_INFERRED);
	find(&s, NONE, "\\Device\\HarddiskVolume4");
	cr_expect_eq(s.found.n, 0);
	tear_down(&s);
}

Test(target, knows_what_lies_at_a_byte)
{
	struct stage s;

	set_up(&s);
	find(&s, NONE, "1:@3145728");
	cr_expect_eq(s.found.n, 1);
	expect(&s, 0, 0, 1, 1, CERTAINTY_INFERRED);
	find(&s, NONE, "1:@3145727");
	expect(&s, 0, 0, 0, 0, CERTAINTY_INFERRED);
	find(&s, NONE, "1:@1048575");
	expect(&s, 0, 0, NONE, NONE, CERTAINTY_INFERRED);
	find(&s, NONE, "1:@8388607");
	expect(&s, 0, 0, NONE, NONE, CERTAINTY_INFERRED);
	find(&s, NONE, "1:@8388608");
	cr_expect_eq(s.found.n, 0);
	tear_down(&s);
}

Test(target, knows_a_volume_by_its_name)
{
	struct stage s;

	set_up(&s);
	find(&s, NONE, "\\\\?\\Volume{" SAMPLE "}\\x");
	cr_expect_eq(s.found.n, 1);
	expect(&s, 0, 1, 2, 2, CERTAINTY_SINGLE);
	cr_expect_eq(s.found.list[0].tier, TIER_GPT_GUID);
	/* The bytes of 5ca1ab1e, 0, 3 MiB.  */
	find(&s, NONE, "5ca1ab1e-0000-0000-0000-300000000000");
	expect(&s, 0, 0, 1, 1, CERTAINTY_SINGLE);
	cr_expect_eq(s.found.list[0].tier, TIER_MBR_STABLE);
	find(&s, NONE, "5ca1ab1e-0000-0000-0000-310000000000");
	cr_expect_eq(s.found.n, 0);
	tear_down(&s);
}

/* Two values for one letter, and one that leads to two volumes.  */
Test(target, chooses_none_of_several_volumes)
{
	struct resolution_lead leads[] = { { TIER_REGISTRY, 1 },
					   { TIER_REGISTRY, 2 } };
	struct stage s;

	set_up(&s);
	find(&s, 0, "C:");
	cr_expect_eq(s.found.n, 0);
	s.facts[0] = (struct mountmgr_name){ .kind = NAME_DRIVE_LETTER,
					     .letter = 'C' };
	s.names[0] = (struct machine_name){
		.name = &s.facts[0],
		.resolution = { .volume = NONE, .tier = TIER_REGISTRY,
				.certainty = CERTAINTY_AMBIGUOUS,
				.leads = leads, .n_leads = 2 },
	};
	s.names[1] = (struct machine_name){
		.name = &s.facts[0],
		.resolution = { .volume = 0, .tier = TIER_REGISTRY,
				.certainty = CERTAINTY_SINGLE },
	};
	s.m.model.n_names = 2;
	find(&s, 0, "C:");
	cr_expect_eq(s.found.n, 3);
	expect(&s, 0, 0, 1, 1, CERTAINTY_AMBIGUOUS);
	expect(&s, 1, 1, 2, 2, CERTAINTY_AMBIGUOUS);
	expect(&s, 2, 0, 0, 0, CERTAINTY_SINGLE);
	find(&s, NONE, "C:");
	cr_expect_eq(s.found.n, 0);
	s.names[1].superseded = true;
	find(&s, 0, "C:");
	cr_expect_eq(s.found.n, 2);
	tear_down(&s);
}

Test(target, knows_volumes_by_serial_number_and_time)
{
	struct stage s;

	set_up(&s);
	for (size_t i = 0; i < 3; i++) {
		s.volumes[i].identity.has_serial = true;
		s.volumes[i].identity.serial = 0x61f2a88f;
	}
	s.volumes[2].identity.serial = 0x12345678;
	s.volumes[0].is_ntfs = true;
	s.volumes[0].ntfs.times.created = 0x01d0a5b5c5f5a0c6;
	find(&s, NONE, "61F2-A88F");
	cr_expect_eq(s.found.n, 2);
	expect(&s, 0, 0, 0, 0, CERTAINTY_AMBIGUOUS);
	expect(&s, 1, 0, 1, 1, CERTAINTY_AMBIGUOUS);
	find(&s, NONE, "1234-5678");
	expect(&s, 0, 1, 2, 2, CERTAINTY_SINGLE);
	find(&s, NONE, "305419896");
	expect(&s, 0, 1, 2, 2, CERTAINTY_SINGLE);
	s.volumes[1].identity.serial = 0;
	find(&s, NONE, "\\VOLUME{01d0a5b5c5f5a0c6-61f2a88f}\\A.EXE");
	cr_expect_eq(s.found.n, 1);
	expect(&s, 0, 0, 0, 0, CERTAINTY_CONFIRMED);
	find(&s, NONE, "\\VOLUME{01d0a5b5c5f5a0c7-61f2a88f}");
	expect(&s, 0, 0, 0, 0, CERTAINTY_CONFLICTING);
	find(&s, NONE, "\\VOLUME{01d0a5b5c5f5a0c6-61f2a88e}");
	expect(&s, 0, 0, 0, 0, CERTAINTY_CONFLICTING);
	find(&s, NONE, "\\VOLUME{01d0a5b5c5f5a0c7-12345678}");
	expect(&s, 0, 1, 2, 2, CERTAINTY_SINGLE);
	find(&s, NONE, "serial:0000-0001");
	cr_expect_eq(s.found.n, 0);
	tear_down(&s);
}

/* Eight digits that are decimal ones, too, and a signature.  */
Test(target, tells_all_that_eight_digits_may_be)
{
	struct stage s;

	set_up(&s);
	for (size_t i = 0; i < 2; i++)
		s.volumes[i].identity.has_serial = true;
	s.volumes[0].identity.serial = 0x12345678;
	s.volumes[1].identity.serial = 12345678;
	find(&s, NONE, "12345678");
	cr_expect_eq(s.found.n, 2);
	expect(&s, 0, 0, 0, 0, CERTAINTY_AMBIGUOUS);
	expect(&s, 1, 0, 1, 1, CERTAINTY_AMBIGUOUS);
	find(&s, NONE, "0x12345678");
	cr_expect_eq(s.found.n, 1);
	expect(&s, 0, 0, 0, 0, CERTAINTY_SINGLE);
	s.disks[1].table.scheme = SCHEME_MBR;
	s.disks[1].table.has_signature = true;
	s.disks[1].table.signature = 0x12345678;
	find(&s, NONE, "0x12345678");
	cr_expect_eq(s.found.n, 2);
	expect(&s, 0, 0, 0, 0, CERTAINTY_AMBIGUOUS);
	expect(&s, 1, 1, NONE, NONE, CERTAINTY_AMBIGUOUS);
	find(&s, NONE, "serial:12345678");
	cr_expect_eq(s.found.n, 2);
	find(&s, NONE, "0x12345678\\dir");
	cr_expect_eq(s.found.n, 1);
	tear_down(&s);
}
