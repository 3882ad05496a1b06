#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/bytes.h"
#include "disk/findings.h"
#include "lib/store.h"
#include "lib/test_disk.h"

/* A disk of 16 MiB: 32768 sectors, the backup of the header in the last one, of
 * the entries in the 32 before.  */
#define MIB (1u << 20)
#define SIZE (16 * MIB)
#define PRIMARY 512u
#define ENTRIES 1024u
#define BACKUP (SIZE - 512)
#define BACKUP_ENTRIES (SIZE - 33 * 512)

static const char script[] =
	"label: gpt\n"
	"label-id: 11223344-5566-7788-99AA-BBCCDDEEFF00\n"
	"start=2048, size=2048, type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7,"
	" uuid=AAAAAAAA-0001-4000-8000-000000000001\n"
	"start=8192, size=4096, type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7,"
	" uuid=AAAAAAAA-0002-4000-8000-000000000002\n";

/* Make the checksums right again, by zlib.  */
static void seal(uint8_t *disk, uint32_t header, uint32_t entries)
{
	store_le32(disk + header + 88, (uint32_t)crc32(0, disk + entries, 16384));
	store_le32(disk + header + 16, 0);
	store_le32(disk + header + 16, (uint32_t)crc32(0, disk + header, 92));
}

static void seal_both(uint8_t *disk)
{
	memcpy(disk + BACKUP_ENTRIES, disk + ENTRIES, 16384);
	seal(disk, PRIMARY, ENTRIES);
	seal(disk, BACKUP, BACKUP_ENTRIES);
}

static void expect_partitions(const struct test_reading *t, bool from_backup)
{
	cr_assert_eq(t->r, 0);
	cr_expect_eq(t->table.scheme, SCHEME_GPT);
	cr_expect_eq(t->table.from_backup, from_backup);
	cr_assert_eq(t->table.n_partitions, 2);
	cr_expect_eq(t->table.partitions[0].offset, 2048 * 512);
	cr_expect_eq(t->table.partitions[0].length, 2048 * 512);
	cr_expect_eq(t->table.partitions[1].offset, 8192 * 512);
	cr_expect_eq(t->table.partitions[1].length, 4096 * 512);
	cr_expect_eq(t->table.partitions[1].cites.list[0].offset,
		     (from_backup ? BACKUP_ENTRIES : ENTRIES) + 128);
}

/* Any byte of the primary copy: the backup is used, and all is found.  */
Test(gpt_layout, no_damage_to_one_copy_hides_a_partition)
{
	uint8_t *p = test_fdisk(SIZE, 512, script);

	for (uint32_t at = PRIMARY; at < ENTRIES + 300;
	     at = at == PRIMARY + 91 ? ENTRIES : at + 1) {
		struct test_reading t;

		p[at] ^= 0x55;
		test_read(&t, p, SIZE, SIZE, 0);
		expect_partitions(&t, true);
		cr_expect_not_null(test_finding(&t.diags,
						&FINDING_GPT_DAMAGED),
				   "byte %u", at);
		test_read_done(&t);
		p[at] ^= 0x55;
	}
	for (uint32_t at = BACKUP_ENTRIES; at < SIZE - 512 + 92;
	     at = at == BACKUP_ENTRIES + 255 ? BACKUP : at + 1) {
		struct test_reading t;

		p[at] ^= 0x55;
		test_read(&t, p, SIZE, SIZE, 0);
		expect_partitions(&t, false);
		/* without its signature, it is not there */
		cr_expect_not_null(test_finding(&t.diags,
			at >= BACKUP && at < BACKUP + 8 ?
				&FINDING_GPT_BACKUP : &FINDING_GPT_DAMAGED),
			"byte %u", at);
		test_read_done(&t);
		p[at] ^= 0x55;
	}
	free(p);
}

/* All of the disk's start is gone: MBR, header and entries.  */
Test(gpt_layout, the_backup_alone_is_enough)
{
	uint8_t *p = test_fdisk(SIZE, 512, script);
	struct test_reading t;

	memset(p, 0, MIB);
	test_read(&t, p, SIZE, SIZE, 0);
	expect_partitions(&t, true);
	cr_expect_eq(t.table.sector_size_basis, SECTOR_SIZE_GPT);
	cr_expect_not(t.table.has_signature);
	cr_expect_not_null(test_finding(&t.diags,
					&FINDING_GPT_PROTECTIVE_MBR));
	test_read_done(&t);
	free(p);
}

/* The container has rounded up the disk's size to whole cylinders, or the disk
 * was cloned to a larger one: the backup is not in the last sector.  */
Test(gpt_layout, the_backup_is_found_before_the_end)
{
	static const uint32_t more[] = { 512, 63 * 512, 1032192, 2088448 };
	uint8_t *p = test_fdisk(SIZE, 512, script);
	struct test_reading t;

	for (int i = 0; i < 4; i++) {
		test_read(&t, p, SIZE, SIZE + more[i], 0);
		expect_partitions(&t, false);
		cr_expect_eq(t.diags.n, 1);
		cr_expect_not_null(test_finding(&t.diags,
						&FINDING_GPT_BACKUP));
		test_read_done(&t);
	}
	memset(p, 0, MIB);	/* now only a search can find it */
	for (int i = 0; i < 4; i++) {
		test_read(&t, p, SIZE, SIZE + more[i], 0);
		expect_partitions(&t, true);
		test_read_done(&t);
	}
	free(p);
}

/* The message of the finding that the start of the disk is missing in the image
 * of @n bytes at @p; NULL: there is none.  */
static const char *front_of(const uint8_t *p, size_t n, char buf[512])
{
	struct test_reading t;
	const struct diag *d;

	test_read(&t, p, n, n, 0);
	cr_assert_eq(t.r, 0);
	d = test_finding(&t.diags, &FINDING_GPT_FRONT);
	if (d != NULL) {
		cr_assert_eq(d->cites.n, 2);
		cr_expect_eq(d->cites.list[0].length, 92);
		snprintf(buf, 512, "%s", d->message);
	}
	test_read_done(&t);
	return d != NULL ? buf : NULL;
}

/* An image that was begun at a partition, or between two, and goes on to the
 * end of the disk.  */
Test(gpt_layout, an_image_without_its_start_is_told)
{
	static const struct {
		const char *script;
		unsigned sector, cut;
		const char *says, *entry;
	} rows[] = {
		{ script, 512, 2048, "first 2048 sectors", "of entry 1." },
		{ script, 512, 8192, "first 8192 sectors", "of entry 2." },
		{ script, 512, 63, "first 63 sectors", NULL },
		{ "label: gpt\nstart=256, size=512\n", 4096, 256,
		  "first 256 sectors", "of entry 1." },
	};
	char text[512];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t *p = test_fdisk(SIZE, rows[i].sector, rows[i].script);
		size_t cut = (size_t)rows[i].cut * rows[i].sector;

		cr_assert_not_null(front_of(p + cut, SIZE - cut, text),
				   "%zu", i);
		cr_expect_not_null(strstr(text, rows[i].says), "%s", text);
		if (rows[i].entry != NULL)
			cr_expect_not_null(strstr(text, rows[i].entry), "%s",
					   text);
		else
			cr_expect_null(strstr(text, "of entry"), "%s", text);
		cr_expect_not_null(strstr(text, "are not theirs"));
		free(p);
	}
}

/* The volume there is found: that others are behind it is said.  */
Test(gpt_layout, an_image_that_begins_at_its_volume_is_told)
{
	static const uint8_t start[] = {
		0xeb, 0x52, 0x90, 'N', 'T', 'F', 'S', ' ', ' ', ' ', ' ',
		0x00, 0x02, 0x08,
	};
	uint8_t *p = test_fdisk(SIZE, 512, script);
	char text[512];

	memcpy(p + MIB, start, sizeof(start));
	p[MIB + 0x15] = 0xf8;
	store_le64(p + MIB + 0x28, 2047);
	store_le64(p + MIB + 0x30, 4);
	store_le64(p + MIB + 0x38, 2);
	p[MIB + 0x40] = 0xf6;
	p[MIB + 0x44] = 1;
	p[MIB + 510] = 0x55;
	p[MIB + 511] = 0xaa;
	cr_assert_not_null(front_of(p + MIB, SIZE - MIB, text));
	cr_expect_not_null(strstr(text, "partitions are not listed"), "%s",
			   text);
	/* All of the disk, and with its first sectors wiped.  */
	cr_expect_null(front_of(p, SIZE, text));
	memset(p, 0, MIB);
	cr_expect_null(front_of(p, SIZE, text));
	/* Entries that do not have its checksum prove nothing.  */
	p[BACKUP_ENTRIES] ^= 1;
	cr_expect_null(front_of(p + MIB, SIZE - MIB, text));
	free(p);
}

Test(gpt_layout, an_image_without_its_end_is_told)
{
	uint8_t *p = test_fdisk(SIZE, 512, script);
	struct test_reading t;
	const struct diag *d;

	test_read(&t, p, SIZE / 2, SIZE / 2, 0);
	expect_partitions(&t, false);
	d = test_finding(&t.diags, &FINDING_GPT_BACKUP);
	cr_assert_not_null(d);
	cr_expect_not_null(strstr(d->message, "LBA 32767"));
	cr_expect_not_null(strstr(d->message, "16383"));
	test_read_done(&t);
	free(p);
}

Test(gpt_layout, both_copies_damaged_is_better_than_nothing)
{
	uint8_t *p = test_fdisk(SIZE, 512, script);
	struct test_reading t;

	p[PRIMARY + 16] ^= 1;
	p[BACKUP + 16] ^= 1;
	test_read(&t, p, SIZE, SIZE, 0);
	expect_partitions(&t, false);
	cr_expect_not_null(test_finding(&t.diags, &FINDING_GPT_UNTRUSTED));
	cr_expect_eq(diag_count(&t.diags, &FINDING_GPT_DAMAGED), 2);
	test_read_done(&t);
	free(p);
}

Test(gpt_layout, a_gpt_of_which_nothing_is_left_is_told)
{
	uint8_t *p = test_fdisk(SIZE, 512, script);
	struct test_reading t;

	memset(p + PRIMARY, 0, MIB);
	memset(p + BACKUP_ENTRIES, 0, SIZE - BACKUP_ENTRIES);
	test_read(&t, p, SIZE, SIZE, 0);
	cr_assert_eq(t.r, 0);
	cr_expect_eq(t.table.scheme, SCHEME_NONE);
	cr_expect_eq(t.table.n_partitions, 0);
	cr_expect_not_null(test_finding(&t.diags, &FINDING_GPT_LOST));
	test_read_done(&t);

	/* a hybrid's own partitions are there, behind the EE entry */
	test_mbr_entry(p, 1, 0, 0x07, 2048, 2048);
	test_read(&t, p, SIZE, SIZE, 0);
	cr_expect_eq(t.table.scheme, SCHEME_MBR);
	cr_assert_eq(t.table.n_partitions, 2);
	cr_expect_eq(t.table.partitions[1].number, 2);
	cr_expect_eq(t.table.partitions[1].offset, 2048 * 512);
	test_read_done(&t);
	free(p);
}

Test(gpt_layout, copies_that_differ_are_told_with_both_values)
{
	static const struct {
		uint32_t at;		/* in the backup's header */
		uint64_t value;
		const char *text;
	} cases[] = {
		{ 32, 7, "LBA of the primary" },
		{ 40, 99, "first usable LBA: 0x800 in the primary, 0x63" },
		{ 48, 9999, "last usable LBA" },
		{ 56, 1, "disk GUID" },
	};
	uint8_t *p = test_fdisk(SIZE, 512, script);

	for (int i = 0; i < 4; i++) {
		uint8_t saved[512];
		struct test_reading t;
		const struct diag *d;

		memcpy(saved, p + BACKUP, 512);
		store_le64(p + BACKUP + cases[i].at, cases[i].value);
		seal(p, BACKUP, BACKUP_ENTRIES);
		test_read(&t, p, SIZE, SIZE, 0);
		expect_partitions(&t, false);
		cr_expect_eq(diag_count(&t.diags, &FINDING_GPT_COPIES_DIFFER),
			     1, "case %d", i);
		d = test_finding(&t.diags, &FINDING_GPT_COPIES_DIFFER);
		cr_assert_not_null(d);
		cr_expect_not_null(strstr(d->message, cases[i].text), "%s",
				   d->message);
		test_read_done(&t);
		memcpy(p + BACKUP, saved, 512);
	}
	free(p);
}

/* What an entry may say that cannot be; the others keep their numbers.  */
Test(gpt_layout, odd_entries_are_told)
{
	static const struct {
		uint64_t first, last;
		const struct diag_kind *kind;
		uint64_t length;
	} cases[] = {
		{ 9000, 8999, &FINDING_GPT_ENTRY, 0 },
		{ 0, UINT64_MAX, &FINDING_GPT_ENTRY, 0 },
		{ 1, UINT64_MAX / 256, &FINDING_GPT_ENTRY, 0 },
		{ 5, 33, &FINDING_GPT_ENTRY, 29 * 512 },
		{ 20000, 32767, &FINDING_GPT_ENTRY, 12768 * 512 },
		{ 20000, 40000, &FINDING_PARTITION_BEYOND_END, 20001 * 512 },
		{ 8192, 8192, &FINDING_PARTITION_OVERLAP, 512 },
	};
	uint8_t *p = test_fdisk(SIZE, 512, script);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct test_reading t;

		store_le64(p + ENTRIES + 32, cases[i].first);
		store_le64(p + ENTRIES + 40, cases[i].last);
		seal_both(p);
		test_read(&t, p, SIZE, SIZE, 0);
		cr_assert_eq(t.table.n_partitions, 2);
		cr_expect_eq(t.table.partitions[0].length, cases[i].length,
			     "case %zu", i);
		cr_expect_eq(t.table.partitions[1].number, 2);
		cr_expect_not_null(test_finding(&t.diags, cases[i].kind),
				   "case %zu", i);
		test_read_done(&t);
	}
	free(p);
}

/* Fields of the header that say nothing about a partition: both copies have
 * them so, with good checksums.  */
Test(gpt_layout, an_unusual_header_is_told_and_used)
{
	static const struct {
		unsigned off;
		uint8_t value;
	} fields[] = {
		{ 8, 1 },	/* revision 1.1 */
		{ 20, 1 },	/* reserved */
		{ 46, 1 },	/* first usable LBA: behind the last */
		{ 41, 0 },	/* of 0x800: the MBR's */
		{ 54, 1 },	/* last usable LBA: behind the disk */
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		uint8_t *p = test_fdisk(SIZE, 512, script);
		struct test_reading t;
		const struct diag *d;

		p[PRIMARY + fields[i].off] = fields[i].value;
		p[BACKUP + fields[i].off] = fields[i].value;
		seal_both(p);
		test_read(&t, p, SIZE, SIZE, 0);
		expect_partitions(&t, false);
		cr_expect_eq(diag_count(&t.diags, &FINDING_GPT_ODD), 2,
			     "field %u", fields[i].off);
		d = test_finding(&t.diags, &FINDING_GPT_ODD);
		cr_assert_not_null(d);
		cr_expect_eq(d->cites.list[0].offset, PRIMARY);
		test_read_done(&t);
		free(p);
	}
}

Test(gpt_layout, one_guid_twice_is_told)
{
	uint8_t *p = test_fdisk(SIZE, 512, script);
	struct test_reading t;
	const struct diag *d;

	memcpy(p + ENTRIES + 128 + 16, p + ENTRIES + 16, 16);
	seal_both(p);
	test_read(&t, p, SIZE, SIZE, 0);
	cr_assert_eq(t.table.n_partitions, 2);
	d = test_finding(&t.diags, &FINDING_GPT_ENTRY);
	cr_assert_not_null(d);
	cr_expect_not_null(strstr(d->message,
				  "aaaaaaaa-0001-4000-8000-000000000001"));
	cr_expect_eq(d->cites.n, 2);
	test_read_done(&t);
	free(p);
}

/* 2^32 entries of 4 KiB: 16 TiB, of which nothing is read.  */
Test(gpt_layout, a_hostile_number_of_entries_costs_nothing)
{
	uint8_t *p = test_fdisk(SIZE, 512, script);
	struct test_reading t;

	store_le32(p + PRIMARY + 80, 0xffffffff);
	store_le32(p + PRIMARY + 84, 4096);
	seal(p, PRIMARY, ENTRIES);
	test_read(&t, p, SIZE, SIZE, 0);
	expect_partitions(&t, true);
	cr_expect_leq(t.disk.stats.bytes, 4 * MIB);
	test_read_done(&t);
	memset(p + BACKUP, 0, 512);
	test_read(&t, p, SIZE, SIZE, 0);
	cr_assert_eq(t.r, 0);
	/* the entries are where they always are */
	cr_expect_eq(t.table.n_partitions, 2);
	cr_expect_not_null(test_finding(&t.diags, &FINDING_GPT_UNTRUSTED));
	cr_expect_leq(t.disk.stats.bytes, 4 * MIB);
	test_read_done(&t);
	free(p);
}

/* As many entries as we read, all in use and all the same.  */
Test(gpt_layout, the_largest_table_is_read)
{
	uint8_t *p = test_fdisk(SIZE, 512, script);
	struct test_reading t;
	uint32_t entries = 4 * MIB;

	for (uint32_t i = 0; i < 8192; i++)
		memcpy(p + entries + 128 * i, p + ENTRIES, 128);
	store_le64(p + PRIMARY + 72, entries / 512);
	store_le32(p + PRIMARY + 80, 8192);
	store_le32(p + PRIMARY + 88, (uint32_t)crc32(0, p + entries, MIB));
	store_le32(p + PRIMARY + 16, 0);
	store_le32(p + PRIMARY + 16, (uint32_t)crc32(0, p + PRIMARY, 92));
	test_read(&t, p, SIZE, SIZE, 0);
	cr_expect_eq(t.table.n_partitions, 8192);
	cr_expect_eq(t.table.partitions[8191].number, 8192);
	cr_expect_eq(diag_count(&t.diags, &FINDING_GPT_ENTRY), 8191);
	cr_expect_leq(t.disk.stats.calls, 4);
	test_read_done(&t);
	free(p);
}

/* Names need not be text: lone surrogates, all ones.  */
Test(gpt_layout, names_may_hold_anything)
{
	uint8_t *p = test_fdisk(SIZE, 512, script);
	struct test_reading t;

	memcpy(p + ENTRIES + 56, "a\0\x00\xd8" "b", 6);
	memset(p + ENTRIES + 128 + 56, 0xff, 72);
	seal_both(p);
	test_read(&t, p, SIZE, SIZE, 0);
	expect_partitions(&t, false);
	cr_expect_str_eq(t.table.partitions[0].name.utf8, "a<U+D800>b");
	cr_expect_str_eq(t.table.partitions[0].name.hex, "610000d86200");
	cr_expect_eq(strlen(t.table.partitions[1].name.utf8), 36 * 3);
	test_read_done(&t);
	free(p);
}

Test(gpt_layout, an_mbr_without_protective_entry_rules)
{
	uint8_t *p = test_fdisk(SIZE, 512, script);
	struct test_reading t;

	memset(p + 0x1be, 0, 64);
	test_mbr_entry(p, 0, 0, 0x07, 2048, 4096);
	test_read(&t, p, SIZE, SIZE, 0);
	cr_expect_eq(t.table.scheme, SCHEME_MBR);
	cr_assert_eq(t.table.n_partitions, 1);
	cr_expect_eq(t.table.partitions[0].length, 4096 * 512);
	cr_assert_eq(t.table.n_others, 2);
	cr_expect_eq(t.table.others[1].offset, 8192 * 512);
	cr_expect_eq(t.table.others[1].number, 0);
	cr_expect_eq(t.table.others[1].wmi_index, -1);
	cr_expect_str_eq(partition_type_name(&t.table, &t.table.others[1]),
			 "Basic data");
	cr_expect_not_null(test_finding(&t.diags, &FINDING_GPT_LEFTOVER));
	test_read_done(&t);
	free(p);
}

Test(gpt_layout, the_gpt_of_a_hybrid_disk_rules)
{
	uint8_t *p = test_fdisk(SIZE, 512, script);
	struct test_reading t;

	test_mbr_entry(p, 2, 0x80, 0x07, 8192, 4096);
	test_read(&t, p, SIZE, SIZE, 0);
	expect_partitions(&t, false);
	cr_assert_eq(t.table.n_others, 1);
	cr_expect_eq(t.table.others[0].offset, 8192 * 512);
	cr_expect_eq(t.table.others[0].mbr_type, 0x07);
	cr_assert_not_null(test_finding(&t.diags, &FINDING_GPT_HYBRID));
	cr_expect_not_null(strstr(
		test_finding(&t.diags, &FINDING_GPT_HYBRID)->message,
		"holds 1 partition beside"));
	test_read_done(&t);

	test_mbr_entry(p, 3, 0, 0x07, 16384, 4096);
	test_read(&t, p, SIZE, SIZE, 0);
	cr_assert_not_null(test_finding(&t.diags, &FINDING_GPT_HYBRID));
	cr_expect_not_null(strstr(
		test_finding(&t.diags, &FINDING_GPT_HYBRID)->message,
		"holds 2 partitions beside"));
	test_read_done(&t);
	free(p);
}
