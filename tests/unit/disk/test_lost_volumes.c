#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "disk/lost_volumes.h"
#include "lib/fve_writer.h"
#include "lib/test_disk.h"

#define MIB (1u << 20)

/* Where volumes begin in these tests: at no boundary that tools use.  */
#define PLACE (1234u * 512)

struct searched {
	struct test_disk disk;
	struct arena *arena;
	struct lost_search found;
};

static void search_with_bad_bytes(struct searched *t, const uint8_t *p,
				  size_t n, uint64_t bad_off, uint64_t bad_n)
{
	*t = (struct searched){ .arena = arena_new() };
	test_disk_init(&t->disk, p, n, n);
	t->disk.bad_off = bad_off;
	t->disk.bad_n = bad_n;
	cr_assert_eq(lost_volumes_search(&t->disk.source, 0, n, t->arena,
					 &t->found, NULL), 0);
	lost_volumes_judge(&t->found);
}

static void search(struct searched *t, const uint8_t *p, size_t n)
{
	search_with_bad_bytes(t, p, n, 0, 0);
}

static void done(struct searched *t)
{
	arena_free(t->arena);
}

/* A disk of @size bytes with a volume of @volume bytes that `@mkfs FILE' makes
 * at PLACE.  */
static uint8_t *disk_with(const char *mkfs, size_t volume, size_t size)
{
	char path[TEST_PATH_SIZE], command[512];
	uint8_t *p = calloc(1, size), *v;
	size_t n = volume;

	test_new_file(path, volume);
	snprintf(command, sizeof(command),
		 "PATH=$PATH:/sbin:/usr/sbin %s %s > /dev/null 2>&1", mkfs,
		 path);
	cr_assert_eq(system(command), 0);
	v = test_file(path, &n);
	unlink(path);
	memcpy(p + PLACE, v, n);
	free(v);
	return p;
}

/* What mkfs made is found at its place, also with the first sector gone, where
 * there is a backup of it.  */
Test(lost_volumes, are_found_by_either_boot_sector)
{
	static const struct {
		const char *mkfs;
		enum fs_kind kind;
		bool has_backup;
		size_t bytes;
	} cases[] = {
		{ "mkntfs -F -q -s 512 -p 0", FS_NTFS, true, 8 * MIB },
		{ "mkntfs -F -q -s 4096 -p 0", FS_NTFS, true, 8 * MIB },
		{ "mkfs.fat -F 12", FS_FAT12, false, 2 * MIB },
		{ "mkfs.fat -F 16", FS_FAT16, false, 16 * MIB },
		{ "mkfs.fat -F 32", FS_FAT32, true, 40 * MIB },
		{ "mkfs.exfat", FS_EXFAT, true, 16 * MIB },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t size = cases[i].bytes + 4 * MIB;
		uint8_t *p = disk_with(cases[i].mkfs, cases[i].bytes, size);
		struct searched t;

		search(&t, p, size);
		cr_assert_eq(t.found.n, 1, "case %zu: %zu", i, t.found.n);
		cr_expect_eq(t.found.list[0].offset, PLACE);
		cr_expect_eq(t.found.list[0].length, cases[i].bytes);
		cr_expect_eq(t.found.list[0].boot.kind, cases[i].kind);
		cr_expect(t.found.list[0].has_boot);
		cr_expect_eq(t.found.list[0].has_backup, cases[i].has_backup,
			     "case %zu", i);
		cr_expect(t.found.list[0].has_files);
		cr_expect_eq(t.found.list[0].doubt, LOST_CLEAR);
		done(&t);

		memset(p + PLACE, 0, 512);
		search(&t, p, size);
		cr_assert_eq(t.found.n, cases[i].has_backup, "case %zu", i);
		if (t.found.n > 0) {
			cr_expect_eq(t.found.list[0].offset, PLACE);
			cr_expect_eq(t.found.list[0].length, cases[i].bytes);
			cr_expect_not(t.found.list[0].has_boot);
			cr_expect_str_eq(lost_provenance(&t.found.list[0]),
					 "backup-boot-sector");
		}
		done(&t);
		free(p);
	}
}

/* One that leads to nothing is counted, and no more; with its backup where it
 * says it is one, although the files are gone.  */
Test(lost_volumes, a_boot_sector_needs_something_to_confirm_it)
{
	enum { SIZE = 12 * MIB, VOLUME = 8 * MIB };
	uint8_t *p = disk_with("mkntfs -F -q -s 512 -p 0", VOLUME, SIZE);
	struct searched t;

	memset(p + PLACE + 512, 0, VOLUME - 1024);
	search(&t, p, SIZE);
	cr_assert_eq(t.found.n, 1);
	cr_expect_not(t.found.list[0].has_files);
	cr_expect(t.found.list[0].has_boot && t.found.list[0].has_backup);
	done(&t);
	memset(p + PLACE + VOLUME - 512, 0, 512);
	search(&t, p, SIZE);
	cr_expect_eq(t.found.n, 0);
	cr_expect_eq(t.found.n_nowhere, 1);
	done(&t);
	free(p);
}

static void put_metadata(uint8_t *v, const uint64_t *at, unsigned version)
{
	struct fve_writer_block b = {
		.version = version, .state = 4, .next_state = 4,
		.encrypted_bytes = 8 * MIB,
		.metadata = { at[0], at[1], at[2] },
	};
	static struct fve_writer w;

	fve_begin(&w, &b, b.volume, 0);
	fve_end(&w);
	for (int i = 0; i < 3; i++)
		memcpy(v + at[i], w.bytes, sizeof(w.bytes));
}

/* Of an encrypted volume the first sector is lost: each block of metadata has
 * the places of all.  */
Test(lost_volumes, metadata_of_bitlocker_tell_where_a_volume_begins)
{
	enum { SIZE = 16 * MIB };
	static const uint64_t at[] = { 2 * MIB, 3 * MIB, 5 * MIB + 4096 };
	static const uint64_t even[] = { 2 * MIB, 3 * MIB, 4 * MIB };
	static const struct {
		const uint64_t *at;
		bool lost[3];
		unsigned version;
		size_t n;
	} rows[] = {
		{ at, { false, false, false }, 2, 1 },
		{ at, { true, false, false }, 2, 1 },
		{ at, { false, true, false }, 2, 1 },
		{ at, { false, false, true }, 2, 1 },
		{ at, { true, true, false }, 2, 0 },
		{ even, { false, false, false }, 2, 1 },
		{ even, { true, false, false }, 2, 0 },
		{ at, { false, false, false }, 1, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t *p = calloc(1, SIZE);
		const struct lost_volume *v;
		struct searched t;

		put_metadata(p + PLACE, rows[i].at, rows[i].version);
		for (int k = 0; k < 3; k++)
			if (rows[i].lost[k])
				memset(p + PLACE + rows[i].at[k], 0, 512);
		search(&t, p, SIZE);
		cr_assert_eq(t.found.n, rows[i].n, "row %zu: %zu", i,
			     t.found.n);
		for (size_t k = 0; k < t.found.n; k++) {
			v = &t.found.list[k];
			cr_expect_eq(v->offset, PLACE);
			cr_expect_eq(v->length, 8 * MIB);
			cr_expect_eq(v->boot.kind, FS_BITLOCKER);
			cr_expect_not(v->has_boot);
			cr_expect_arr_eq(v->boot.bitlocker.metadata,
					 rows[i].at, sizeof(at));
		}
		done(&t);
		free(p);
	}
}

/* Written field by field: src/format/refs.c and fve.c say what is where.  */
Test(lost_volumes, refs_and_bitlocker_are_known_by_what_they_lead_to)
{
	enum { SIZE = 16 * MIB, VOLUME = 8 * MIB, METADATA = 2 * MIB };
	uint8_t *p = calloc(1, SIZE), *v = p + PLACE;
	static const uint8_t guid[16] = {
		0x3b, 0xd6, 0x67, 0x49, 0x29, 0x2e, 0xd8, 0x4a,
		0x83, 0x99, 0xf6, 0xa3, 0x39, 0xe3, 0xd0, 0x01,
	};
	le64 n = put_le64(VOLUME / 512);
	struct searched t;

	memcpy(v + 3, "ReFS", 4);
	memcpy(v + 0x10, "FSRS", 4);
	memcpy(v + 0x18, &n, 8);
	v[0x21] = 2;			/* 512 bytes per sector */
	v[0x24] = 8;
	v[0x28] = 3;
	search(&t, p, SIZE);
	cr_expect_eq(t.found.n, 0);
	done(&t);
	memcpy(v + 30 * 4096, "SUPB", 4);
	search(&t, p, SIZE);
	cr_assert_eq(t.found.n, 1);
	cr_expect_eq(t.found.list[0].boot.kind, FS_REFS);
	cr_expect_eq(t.found.list[0].length, VOLUME);
	done(&t);

	memset(p, 0, SIZE);
	memcpy(v, "\xeb\x58\x90-FVE-FS-\0\2\10", 14);
	memcpy(v + 0xa0, guid, sizeof(guid));
	n = put_le64(METADATA);
	for (int i = 0; i < 3; i++)
		memcpy(v + 0xb0 + 8 * i, &n, 8);
	memcpy(v + 0x1fe, "\x55\xaa", 2);
	search(&t, p, SIZE);
	cr_expect_eq(t.found.n, 0);
	done(&t);
	memcpy(v + METADATA, "-FVE-FS-", 8);
	search(&t, p, SIZE);
	cr_assert_eq(t.found.n, 1);
	cr_expect_eq(t.found.list[0].boot.kind, FS_BITLOCKER);
	cr_expect_not(t.found.list[0].has_length);
	done(&t);

	/* How much is encrypted is how long it is, unless the metadata lie
	 * behind that.  */
	for (int whole = 0; whole < 2; whole++) {
		struct fve_writer_block b = {
			.version = 2, .state = 4, .next_state = 4,
			.encrypted_bytes = whole ? VOLUME : MIB,
			.metadata = { METADATA, METADATA, METADATA },
		};
		static struct fve_writer w;

		fve_begin(&w, &b, b.volume, 0);
		fve_end(&w);
		memcpy(v + METADATA, w.bytes, sizeof(w.bytes));
		search(&t, p, SIZE);
		cr_assert_eq(t.found.n, 1);
		cr_expect_eq(t.found.list[0].has_length, whole == 1);
		if (whole)
			cr_expect_eq(t.found.list[0].length, VOLUME);
		done(&t);
	}
	free(p);
}

/* Each sector is the first one of a volume of one sector, with its backup right
 * behind: more than are kept.  */
Test(lost_volumes, a_disk_full_of_boot_sectors_is_bounded)
{
	enum { SIZE = 48 * MIB };
	uint8_t *p = calloc(1, SIZE);
	struct searched t;
	le64 n = put_le64(8);

	for (size_t at = 0; at < SIZE; at += 512) {
		memcpy(p + at, "\xeb\x52\x90NTFS    \0\2\1", 14);
		memcpy(p + at + 0x28, &n, 8);
		p[at + 0x30] = 4;
		p[at + 0x40] = 0xf6;
		p[at + 0x44] = 0xf4;
		p[at + 0x1fe] = 0x55;
		p[at + 0x1ff] = 0xaa;
	}
	search(&t, p, SIZE);
	cr_expect_eq(t.found.n, LOST_MAX);
	cr_expect_gt(t.found.n_left_out, SIZE / 512 / 2);
	cr_expect_leq(t.disk.stats.calls, 6 * 65536);
	done(&t);
	free(p);
}

/* What lies around a sector that cannot be read is found, and it is told.  */
Test(lost_volumes, a_bad_sector_hides_nothing_else)
{
	enum { SIZE = 12 * MIB, VOLUME = 8 * MIB };
	uint8_t *p = disk_with("mkntfs -F -q -s 512 -p 0", VOLUME, SIZE);
	struct searched t;

	search_with_bad_bytes(&t, p, SIZE, PLACE - 65536, 512);
	cr_expect_eq(t.found.n, 1);
	cr_expect_gt(t.found.unread, 0);
	cr_expect_leq(t.found.unread, 64 << 10);
	done(&t);
	free(p);
}

/* --- what speaks against a volume that was found --------------------------- */

static struct lost_volume ntfs(uint64_t offset, uint64_t length,
			       uint64_t serial, bool backup)
{
	struct lost_volume v = {
		.offset = offset, .length = length, .has_length = true,
		.has_boot = true, .has_backup = backup, .has_files = true,
	};

	v.boot.kind = FS_NTFS;
	v.boot.ntfs.serial = serial;
	return v;
}

/* A volume of Windows begins with its $MFTMirr, and a shadow copy of it keeps
 * both: at 20 MiB seems to lie a volume that reaches over the next one.  */
Test(lost_volumes, a_copy_of_the_first_sectors_is_no_volume)
{
	struct lost_volume list[] = {
		ntfs(1 * MIB, 32 * MIB, 0xc, true),
		ntfs(20 * MIB, 32 * MIB, 0xc, false),
		ntfs(33 * MIB, 8 * MIB, 0xd, true),
	};
	struct lost_search s = { .list = list, .n = 3 };

	lost_volumes_judge(&s);
	cr_expect_eq(list[0].doubt, LOST_CLEAR);
	cr_expect_eq(list[1].doubt, LOST_COPY);
	cr_expect_eq(list[1].other, 0);
	cr_expect_eq(list[2].doubt, LOST_CLEAR);
}

/* On another volume, where its shadow copies are kept.  */
Test(lost_volumes, nor_is_one_inside_of_another_volume)
{
	struct lost_volume list[] = {
		ntfs(1 * MIB, 16 * MIB, 0xd, true),
		ntfs(10 * MIB, 32 * MIB, 0xc, false),
		ntfs(17 * MIB, 32 * MIB, 0xc, true),
	};
	struct lost_search s = { .list = list, .n = 3 };

	lost_volumes_judge(&s);
	cr_expect_eq(list[0].doubt, LOST_CLEAR);
	cr_expect_eq(list[1].doubt, LOST_COPY);
	cr_expect_eq(list[1].other, 2);
	cr_expect_eq(list[2].doubt, LOST_CLEAR);
}

/* A clone that has lost its end lies behind its original, not in it.  */
Test(lost_volumes, a_clone_without_backup_is_a_volume)
{
	struct lost_volume list[] = {
		ntfs(1 * MIB, 32 * MIB, 0xc, true),
		ntfs(33 * MIB, 32 * MIB, 0xc, false),
	};
	struct lost_search s = { .list = list, .n = 2 };

	lost_volumes_judge(&s);
	cr_expect_eq(list[0].doubt, LOST_CLEAR);
	cr_expect_eq(list[1].doubt, LOST_CLEAR);
}

/* Another volume that overlaps: which of them is there, cannot be told.  */
Test(lost_volumes, what_overlaps_with_a_serial_of_its_own_is_in_doubt)
{
	struct lost_volume list[] = {
		ntfs(1 * MIB, 32 * MIB, 0xc, true),
		ntfs(20 * MIB, 32 * MIB, 0xd, false),
	};
	struct lost_search s = { .list = list, .n = 2 };

	lost_volumes_judge(&s);
	cr_expect_eq(list[0].doubt, LOST_OVERLAPS);
	cr_expect_eq(list[1].doubt, LOST_OVERLAPS);
}
