/*
 * Volumes of the dynamic disks of libldm's tests, put together: their labels,
 * ids and parts are what ldmtool and Windows' own tools say (the data's README).
 */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "disk/dynamic.h"
#include "disk/findings.h"
#include "lib/shared_data.h"
#include "lib/test_disk.h"
#include "ntfs/ntfs.h"

#define LDM_DATA "mdbooth__libldm/test/data/ldm-data.tar.xz"
#define MAX_DISKS 10

static const char *const all_2003[MAX_DISKS] = {
	"simple-1", "spanned-1", "spanned-2", "striped-1", "striped-2",
	"mirrored-1", "mirrored-2", "raid5-1", "raid5-2", "raid5-3",
};

struct set {
	uint8_t *bytes[MAX_DISKS];
	size_t sizes[MAX_DISKS];
	struct test_reading disks[MAX_DISKS];
	size_t n;
	struct arena *arena;
	struct diag_list diags;
	struct dynamic_volumes volumes;
};

static bool load(struct set *s, const char *const *names, size_t n)
{
	memset(s, 0, sizeof(*s));
	for (; s->n < n; s->n++) {
		char member[64];

		snprintf(member, sizeof(member), "ldm-2003r2-%s.img",
			 names[s->n]);
		s->bytes[s->n] = test_file(shared_data_unpacked(LDM_DATA,
								member),
					   &s->sizes[s->n]);
		if (s->bytes[s->n] == NULL)
			return false;
	}
	return true;
}

static void unload(struct set *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->bytes[i]);
}

static void assemble(struct set *s)
{
	const struct disk *disks[MAX_DISKS];

	s->arena = arena_new();
	s->diags = (struct diag_list){ .arena = s->arena };
	for (size_t i = 0; i < s->n; i++) {
		test_read(&s->disks[i], s->bytes[i], s->sizes[i], s->sizes[i],
			  512);
		disks[i] = &s->disks[i].table;
	}
	cr_assert_eq(dynamic_volumes_read(disks, s->n, s->arena, &s->diags,
					  &s->volumes, NULL), 0);
}

static void take_apart(struct set *s)
{
	dynamic_volumes_done(&s->volumes);
	for (size_t i = 0; i < s->n; i++)
		test_read_done(&s->disks[i]);
	arena_free(s->arena);
}

/* What the file test.txt of the volume holds, up to its end of line.  */
static void read_test_file(struct set *s, struct source *volume, char buf[32])
{
	struct ntfs *n;
	struct source *file;
	ntfs_ref ref;
	size_t size;

	cr_assert_eq(ntfs_open(volume, s->arena, &s->diags, &n, NULL), 0);
	cr_assert_eq(ntfs_find_path(n, "\\test.txt", &ref, NULL), 0);
	cr_assert_eq(ntfs_open_stream(n, ref, NULL, "\\test.txt", &file, NULL),
		     0);
	size = file->size < 31 ? (size_t)file->size : 31;
	cr_assert_eq(source_read(file, 0, buf, size, NULL), 0);
	buf[size] = '\0';
	buf[strcspn(buf, "\r\n")] = '\0';
	source_free(file);
	ntfs_close(n);
}

Test(dynamic, volumes_of_every_layout_are_read_as_ntfs)
{
	static const struct {
		const char *name, *guid;
		enum dynamic_layout layout;
		uint64_t sectors;
		char hint;
	} rows[] = {
		{ "Volume2", "fad18ad4-5054-4dea-8fe3-ca433d5fe1d1",
		  DYNAMIC_SPANNED, 192512, 'F' },
		{ "Volume1", "6e30daae-8e42-40fb-9af0-807416c3fede",
		  DYNAMIC_SIMPLE, 96256, 'E' },
		{ "Volume4", "782ff9fb-f2f6-465e-9f13-935a20458f00",
		  DYNAMIC_SPANNED, 69632, 'J' },
		{ "Stripe1", "e5396ff0-7477-4b1a-91e8-476b9b5c6fb5",
		  DYNAMIC_STRIPED, 122880, 'G' },
		{ "Raid1", "f8528b30-cbe8-4ce0-9188-e60e39afcc72",
		  DYNAMIC_RAID5, 192512, 'I' },
		{ "Volume3", "1010eeb7-09e4-4a6d-9c43-6753ec9d3af2",
		  DYNAMIC_MIRRORED, 96256, 'H' },
	};
	struct set s;

	if (!load(&s, all_2003, MAX_DISKS))
		cr_skip_test("no shared data");
	assemble(&s);
	cr_assert_eq(s.volumes.n, 6);
	for (size_t i = 0; i < 6; i++) {
		const struct dynamic_volume *v = &s.volumes.list[i];
		char guid[GUID_TEXT_CHARS + 1], text[32];

		cr_expect_str_eq(v->name.utf8, rows[i].name);
		cr_expect_str_eq(guid_text(&v->guid, guid), rows[i].guid);
		cr_expect_eq(v->layout, rows[i].layout, "%s", rows[i].name);
		cr_expect_eq(v->size, rows[i].sectors * 512);
		cr_expect_eq(v->hint, rows[i].hint);
		cr_expect_eq(v->state, DYNAMIC_WHOLE);
		cr_assert_not_null(v->source);
		read_test_file(&s, v->source, text);
		cr_expect_str_eq(text, "Filesystem test");
	}
	cr_expect_eq(s.diags.n, 0);
	take_apart(&s);
	unload(&s);
}

static const struct dynamic_volume *by_name(const struct set *s,
					    const char *name)
{
	for (size_t i = 0; i < s->volumes.n; i++)
		if (strcmp(s->volumes.list[i].name.utf8, name) == 0)
			return &s->volumes.list[i];
	cr_assert(false, "no volume %s", name);
	return NULL;
}

static const struct diag *finding_of(const struct set *s,
				     const struct diag_kind *kind,
				     const char *part)
{
	for (size_t i = 0; i < s->diags.n; i++)
		if (s->diags.list[i].kind == kind &&
		    strstr(s->diags.list[i].message, part) != NULL)
			return &s->diags.list[i];
	return NULL;
}

/* The bytes of the file are made of the other columns where its own are
 * gone.  */
Test(dynamic, raid5_is_read_without_any_one_disk)
{
	static const char *const pairs[][2] = {
		{ "raid5-1", "raid5-2" }, { "raid5-1", "raid5-3" },
		{ "raid5-2", "raid5-3" },
	};

	for (size_t i = 0; i < 3; i++) {
		const struct dynamic_volume *v;
		struct set s;
		char text[32];

		if (!load(&s, pairs[i], 2))
			cr_skip_test("no shared data");
		assemble(&s);
		v = by_name(&s, "Raid1");
		cr_expect_eq(v->state, DYNAMIC_DEGRADED);
		cr_assert_not_null(v->source);
		read_test_file(&s, v->source, text);
		cr_expect_str_eq(text, "Filesystem test");
		cr_expect_not_null(test_finding(&s.diags,
						&FINDING_LDM_MEMBER_MISSING));
		take_apart(&s);
		unload(&s);
	}
}

Test(dynamic, one_column_of_raid5_is_not_enough)
{
	const struct dynamic_volume *v;
	struct set s;
	uint8_t buf[512];

	if (!load(&s, (const char *const []){ "raid5-2" }, 1))
		cr_skip_test("no shared data");
	assemble(&s);
	v = by_name(&s, "Raid1");
	cr_expect_eq(v->state, DYNAMIC_INCOMPLETE);
	cr_assert_not_null(v->source);
	/* Its chunks are data of the second column, parity, ...  */
	cr_expect_lt(source_read(v->source, 0, buf, 512, NULL), 0);
	cr_expect_eq(source_read(v->source, 65536, buf, 512, NULL), 0);
	cr_expect_eq(v->n_extents, 3);
	cr_expect_not_null(test_finding(&s.diags, &FINDING_LDM_INCOMPLETE));
	take_apart(&s);
	unload(&s);
}

/* The first part of the spanned volume is on the disk spanned-2, the other on
 * spanned-1.  */
Test(dynamic, the_first_part_of_a_spanned_volume_is_read)
{
	const struct dynamic_volume *v;
	const struct diag *d;
	struct set s;
	uint8_t buf[512];

	if (!load(&s, (const char *const []){ "spanned-2" }, 1))
		cr_skip_test("no shared data");
	assemble(&s);
	v = by_name(&s, "Volume2");
	cr_expect_eq(v->state, DYNAMIC_INCOMPLETE);
	cr_assert_not_null(v->source);
	cr_expect_eq(v->source->size, v->size);
	cr_assert_eq(source_read(v->source, 0, buf, 512, NULL), 0);
	cr_expect_arr_eq(buf, s.bytes[0] + 63 * 512, 512);
	cr_expect_eq(source_read(v->source, 96256 * 512 - 512, buf, 512, NULL),
		     0);
	cr_expect_lt(source_read(v->source, 96256 * 512, buf, 512, NULL), 0);
	d = finding_of(&s, &FINDING_LDM_INCOMPLETE, "Volume2");
	cr_assert_not_null(d);
	cr_expect_not_null(strstr(d->message, "Missing: Disk2 "
				  "{c85a6ce4-edb3-4dbc-a3b9-7fba4b6e6f75}."));
	take_apart(&s);
	unload(&s);
	/* Without the first one, what is in the other.  */
	if (!load(&s, (const char *const []){ "spanned-1" }, 1))
		cr_skip_test("no shared data");
	assemble(&s);
	v = by_name(&s, "Volume2");
	cr_assert_not_null(v->source);
	cr_expect_lt(source_read(v->source, 0, buf, 512, NULL), 0);
	cr_expect_eq(source_read(v->source, 96256 * 512, buf, 512, NULL), 0);
	take_apart(&s);
	unload(&s);
}

/* The first row's parity is on Disk8, where the volume begins at sector 63: so
 * says ldmtool, whose columns are Disk10, Disk9, Disk8.  */
Test(dynamic, parity_that_does_not_fit_is_told)
{
	static const char *const names[] = { "raid5-1", "raid5-2", "raid5-3" };
	static const struct {
		const char *what;
		size_t disk, at, n;	/* bytes that are changed */
		const char *says;
	} rows[] = {
		{ "nothing", 0, 0, 0, NULL },
		{ "a byte of the parity", 0, 63 * 512 + 17, 1,
		  "in 1 of 32 places, the first at byte 0 of each column" },
		{ "all of a column", 1, 63 * 512, 96256 * 512,
		  "in 32 of 32 places, the first at byte 0 of each column" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct dynamic_volume *v;
		const struct diag *d;
		struct set s;
		char text[32];

		if (!load(&s, names, 3))
			cr_skip_test("no shared data");
		for (size_t k = 0; k < rows[i].n; k++)
			s.bytes[rows[i].disk][rows[i].at + k] ^= 0x41;
		assemble(&s);
		v = by_name(&s, "Raid1");
		cr_expect_eq(v->state, DYNAMIC_WHOLE);
		d = test_finding(&s.diags, &FINDING_LDM_PARITY);
		cr_assert_eq(d != NULL, rows[i].says != NULL, "%s",
			     rows[i].what);
		if (d != NULL)
			cr_expect_not_null(strstr(d->message, rows[i].says),
					   "%s", d->message);
		/* 32 places of 4 KiB, beside the 1 MiB of the group's
		 * database and what is looked at to know the disk.  */
		for (size_t k = 0; k < 3; k++)
			cr_expect_lt(s.disks[k].disk.stats.bytes,
				     32 * 4096 + (5 << 20) / 4, "%llu",
				     (unsigned long long)
				     s.disks[k].disk.stats.bytes);
		if (rows[i].n < 2) {
			read_test_file(&s, v->source, text);
			cr_expect_str_eq(text, "Filesystem test");
		}
		take_apart(&s);
		unload(&s);
	}
}

/* It is there, but does not say which one it is.  */
Test(dynamic, a_disk_without_private_header_may_be_the_missing_one)
{
	const struct diag *d;
	struct set s;

	if (!load(&s, (const char *const []){ "spanned-2", "spanned-1" }, 2))
		cr_skip_test("no shared data");
	for (size_t i = 0; i + 8 <= s.sizes[1]; i += 512)
		if (memcmp(s.bytes[1] + i, "PRIVHEAD", 8) == 0)
			s.bytes[1][i] = 'x';
	assemble(&s);
	d = finding_of(&s, &FINDING_LDM_INCOMPLETE, "Volume2");
	cr_assert_not_null(d);
	cr_expect_not_null(strstr(d->message, "1 is not found. Missing: Disk"));
	cr_expect_not_null(strstr(d->message, "A dynamic disk whose private "
				  "headers are lost may be one of those: "
				  "disk1."));
	take_apart(&s);
	unload(&s);
}

/* Of an image that was cut off the private header's first copy is left, and the
 * database of another disk tells what lies on it.  */
Test(dynamic, a_disk_that_is_cut_off_is_read_as_far_as_it_is_there)
{
	static const struct {
		const char *names[3];
		size_t n;
		const char *volume;
		enum dynamic_state state;
	} rows[] = {
		{ { "simple-1", "spanned-1" }, 2, "Volume1",
		  DYNAMIC_INCOMPLETE },
		{ { "mirrored-1", "mirrored-2" }, 2, "Volume3",
		  DYNAMIC_DEGRADED },
		{ { "mirrored-2", "mirrored-1" }, 2, "Volume3",
		  DYNAMIC_DEGRADED },
		{ { "raid5-1", "raid5-2", "raid5-3" }, 3, "Raid1",
		  DYNAMIC_DEGRADED },
		{ { "raid5-2", "raid5-1", "raid5-3" }, 3, "Raid1",
		  DYNAMIC_DEGRADED },
		{ { "raid5-3", "raid5-1", "raid5-2" }, 3, "Raid1",
		  DYNAMIC_DEGRADED },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct dynamic_volume *v;
		struct set s;
		char text[32];
		uint8_t byte;

		if (!load(&s, rows[i].names, rows[i].n))
			cr_skip_test("no shared data");
		s.sizes[0] = 40 << 20;
		assemble(&s);
		v = by_name(&s, rows[i].volume);
		cr_expect_eq(v->state, rows[i].state, "row %zu", i);
		cr_assert_not_null(v->source, "row %zu", i);
		cr_expect_eq(v->extents[v->n_extents - 1].length, 96256 * 512);
		read_test_file(&s, v->source, text);
		cr_expect_str_eq(text, "Filesystem test", "row %zu", i);
		cr_expect_eq(source_read(v->source, v->size - 1, &byte, 1,
					 NULL) == 0,
			     rows[i].state == DYNAMIC_DEGRADED, "row %zu", i);
		cr_expect_not_null(test_finding(&s.diags, &FINDING_LDM_HEADER));
		cr_expect_not_null(finding_of(&s, rows[i].state ==
					      DYNAMIC_INCOMPLETE ?
					      &FINDING_LDM_INCOMPLETE :
					      &FINDING_LDM_MEMBER_MISSING,
					      "1 is cut off (disk0)."), "row %zu",
				   i);
		take_apart(&s);
		unload(&s);
	}
}

#define SECTOR(s, lba) ((s)->bytes[0] + (size_t)(lba) * 512)
#define CONFIG 100352	/* of all disks of the set */

/* Each copy of the private header is gone but one, which is enough; even one
 * that is nowhere it should be, in the last part of the disk.  */
Test(dynamic, one_private_header_is_enough)
{
	static const unsigned copies[] = { 6, CONFIG + 1856, CONFIG + 2047 };
	struct set s;

	if (!load(&s, (const char *const []){ "simple-1" }, 1))
		cr_skip_test("no shared data");
	for (size_t keep = 0; keep < 3; keep++) {
		uint8_t saved[512];

		memcpy(saved, SECTOR(&s, copies[keep]), 512);
		for (size_t i = 0; i < 3; i++)
			memset(SECTOR(&s, copies[i]), 0, 512);
		memcpy(SECTOR(&s, copies[keep]), saved, 512);
		assemble(&s);
		cr_expect_not_null(by_name(&s, "Volume1")->source);
		take_apart(&s);
		/* The next round zeroes this one, and needs another.  */
		for (size_t i = 0; i < 3; i++)
			memcpy(SECTOR(&s, copies[i]), saved, 512);
	}
	memcpy(SECTOR(&s, CONFIG - 1000), SECTOR(&s, 6), 512);
	for (size_t i = 0; i < 3; i++)
		memset(SECTOR(&s, copies[i]), 0, 512);
	assemble(&s);
	cr_expect_not_null(by_name(&s, "Volume1")->source);
	take_apart(&s);
	memset(SECTOR(&s, CONFIG - 1000), 0, 512);
	assemble(&s);
	cr_expect_eq(s.volumes.n, 0);
	cr_expect_not_null(test_finding(&s.diags, &FINDING_LDM_HEADER));
	take_apart(&s);
	unload(&s);
}

/* The first table of contents of the set has sequence 5, the second 4: of
 * either the other is enough; the newer counts, even where it leads astray.  */
Test(dynamic, the_newest_table_of_contents_counts)
{
	uint8_t bad[512];
	struct set s;

	if (!load(&s, (const char *const []){ "simple-1" }, 1))
		cr_skip_test("no shared data");
	memset(SECTOR(&s, CONFIG + 1), 0, 512);
	memset(SECTOR(&s, CONFIG + 2046), 0, 512);
	assemble(&s);
	cr_expect_not_null(by_name(&s, "Volume1")->source);
	take_apart(&s);
	/* Of a copy with sequence 9 and another place for the database; the
	 * checksum is the sum of the bytes.  */
	memcpy(bad, SECTOR(&s, CONFIG + 2), 512);
	cr_assert_eq(bad[0x13], 4);
	bad[0x13] = 9;
	bad[0x35] = 18;
	bad[0x0b] = (uint8_t)(bad[0x0b] + 5 + 1);
	memcpy(SECTOR(&s, CONFIG + 2046), bad, 512);
	assemble(&s);
	cr_expect_eq(s.volumes.n, 0);
	cr_expect_not_null(test_finding(&s.diags, &FINDING_LDM_HEADER));
	take_apart(&s);
	unload(&s);
}

#define VMDB (CONFIG + 17)
#define COMMITTED_LOW (0x75 + 7)	/* low byte of the sequence */
#define MIRROR_AT 63	/* first sector of either side */

/* A side that was left behind when the other went on holds old bytes: it is not
 * read, whichever side it is.  */
Test(dynamic, of_a_mirror_the_side_that_went_along_is_read)
{
	static const char *const sides[] = { "mirrored-1", "mirrored-2" };

	for (size_t old = 0; old < 2; old++) {
		const struct dynamic_volume *v;
		struct set s;
		uint8_t *vmdb;
		char text[32];

		if (!load(&s, sides, 2))
			cr_skip_test("no shared data");
		vmdb = s.bytes[old] + VMDB * 512;
		cr_assert_gt(vmdb[COMMITTED_LOW], 0);
		vmdb[COMMITTED_LOW]--;
		vmdb[COMMITTED_LOW + 8]--;
		/* The boot sector of the old side is another one's.  */
		memset(s.bytes[old] + MIRROR_AT * 512, 0xee, 512);
		assemble(&s);
		v = by_name(&s, "Volume3");
		cr_assert_not_null(v->source);
		read_test_file(&s, v->source, text);
		cr_expect_str_eq(text, "Filesystem test", "side %zu", old);
		cr_expect_not_null(test_finding(&s.diags, &FINDING_LDM_STALE));
		cr_expect_not_null(test_finding(&s.diags,
						&FINDING_LDM_SIDES_DIFFER));
		take_apart(&s);
		unload(&s);
	}
}

/* Where the records' bytes hold @text: 0, not at all.  */
static size_t find_text(const struct set *s, const char *text)
{
	const size_t n = strlen(text);

	for (size_t i = VMDB * 512; i < (VMDB + 100) * 512; i++)
		if (memcmp(s->bytes[0] + i, text, n) == 0)
			return i;
	return 0;
}

/* The database of one disk with a byte changed, and what is said of it.  A
 * partition's first sector stands 12 bytes behind its name.  */
Test(dynamic, damage_of_the_database_is_told)
{
	static const struct {
		const char *text;	/* NULL: the header */
		size_t off;
		uint8_t byte;
		const struct diag_kind *kind;
		bool is_assembled;
	} rows[] = {
		{ NULL, COMMITTED_LOW + 8, 0xee, &FINDING_LDM_PENDING, true },
		{ NULL, 0x85 + 3, 9, &FINDING_LDM_RECORD, true },
		{ "VBLK", 0, 'v', &FINDING_LDM_RECORD, true },
		{ "Disk1-01", 8 + 12, 0x7f, &FINDING_LDM_VOLUME, false },
		{ "Disk1-01", 8 + 12 + 16, 0x7f, &FINDING_LDM_RECORD, false },
	};
	struct set s;

	if (!load(&s, (const char *const []){ "simple-1" }, 1))
		cr_skip_test("no shared data");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const size_t at = rows[i].text == NULL ? VMDB * 512 :
				  find_text(&s, rows[i].text);
		uint8_t *p = s.bytes[0] + at + rows[i].off;
		const uint8_t old = *p;

		cr_assert_neq(at, 0, "row %zu", i);
		*p = rows[i].byte;
		assemble(&s);
		cr_expect_not_null(test_finding(&s.diags, rows[i].kind),
				   "row %zu", i);
		cr_expect_eq(by_name(&s, "Volume1")->source != NULL,
			     rows[i].is_assembled, "row %zu", i);
		take_apart(&s);
		*p = old;
	}
	unload(&s);
}

/* Each byte of the slots in use and of the headers, changed: what is left is
 * assembled, and nothing is read that is not there.  */
Test(dynamic, survives_each_changed_byte_of_the_database)
{
	static const unsigned first[] = { CONFIG + 17, 6 };
	static const size_t lengths[] = { 26 * 512, 512 };
	struct set s;

	if (!load(&s, (const char *const []){ "striped-1", "striped-2" }, 2))
		cr_skip_test("no shared data");
	/* Of both disks, since the other's database would do instead.  */
	memset(s.bytes[1] + (CONFIG + 17) * 512, 0, 512);
	for (size_t part = 0; part < 2; part++)
		for (size_t i = 0; i < lengths[part]; i += 3) {
			uint8_t *p = SECTOR(&s, first[part]) + i;
			const uint8_t old = *p;

			*p = (uint8_t)~old;
			assemble(&s);
			for (size_t k = 0; k < s.volumes.n; k++) {
				uint8_t byte;
				const struct dynamic_volume *v =
					&s.volumes.list[k];

				if (v->source != NULL && v->size > 0)
					(void)source_read(v->source,
							  v->size - 1, &byte,
							  1, NULL);
			}
			take_apart(&s);
			*p = old;
		}
	unload(&s);
}
