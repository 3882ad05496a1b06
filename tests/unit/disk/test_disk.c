#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "disk/findings.h"
#include "lib/test_disk.h"

#define MIB (1u << 20)

/* Three partitions; the order of the slots is not that on the disk.  */
static const char gpt_script[] =
	"label: gpt\n"
	"label-id: 11223344-5566-7788-99AA-BBCCDDEEFF00\n"
	"start=8192, size=4096, type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7,"
	" uuid=AAAAAAAA-0001-4000-8000-000000000001, name=\"Data\"\n"
	"start=2048, size=2048, type=E3C9E316-0B5C-4DB8-817D-F92DF00215AE,"
	" uuid=AAAAAAAA-0002-4000-8000-000000000002\n"
	"start=4096, size=2048, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B,"
	" uuid=AAAAAAAA-0003-4000-8000-000000000003\n";

static void expect_gpt(const struct test_reading *t, uint64_t sector)
{
	static const struct {
		uint64_t first, sectors;
		int wmi;
		const char *type;
	} want[] = {
		{ 8192, 4096, 0, "Basic data" },
		{ 2048, 2048, -1, "Microsoft reserved" },
		{ 4096, 2048, 1, "EFI system" },
	};
	char text[GUID_TEXT_CHARS + 1];

	cr_assert_eq(t->r, 0);
	cr_expect_eq(t->table.scheme, SCHEME_GPT);
	cr_expect_eq(t->table.sector_size, sector);
	cr_expect_str_eq(guid_text(&t->table.guid, text),
			 "11223344-5566-7788-99aa-bbccddeeff00");
	cr_assert_eq(t->table.n_partitions, 3);
	for (unsigned i = 0; i < 3; i++) {
		const struct partition *p = &t->table.partitions[i];

		cr_expect_eq(p->number, i + 1);
		cr_expect_eq(p->wmi_index, want[i].wmi);
		cr_expect_eq(p->offset, want[i].first * sector);
		cr_expect_eq(p->length, want[i].sectors * sector);
		cr_expect_str_eq(partition_type_name(&t->table, p),
				 want[i].type);
		cr_expect_eq(p->guid.b[15], i + 1);
		cr_assert_eq(p->cites.n, 1);
		cr_expect_eq(p->cites.list[0].offset, 2 * sector + 128 * i);
		cr_expect_str_eq(p->cites.list[0].structure, "gpt entry");
	}
	cr_expect_str_eq(t->table.partitions[0].name.utf8, "Data");
	cr_expect_null(t->table.partitions[1].name.utf8);
}

Test(disk, numbers_gpt_partitions_by_slot_and_leaves_the_msr_out_of_wmi)
{
	uint8_t *p = test_fdisk(16 * MIB, 512, gpt_script);
	struct test_reading t;

	test_read(&t, p, 16 * MIB, 16 * MIB, 0);
	expect_gpt(&t, 512);
	cr_expect_eq(t.table.sector_size_basis, SECTOR_SIZE_GPT);
	cr_expect_eq(t.diags.n, 0);
	cr_expect_leq(t.disk.stats.calls, 2);
	cr_expect_not(t.table.from_backup);
	cr_expect(t.table.has_signature);
	cr_expect_eq(t.table.signature, 0);
	test_read_done(&t);
	free(p);
}

Test(disk, probes_sectors_of_4096_bytes)
{
	uint8_t *p = test_fdisk(64 * MIB, 4096, gpt_script);
	struct test_reading t;

	test_read(&t, p, 64 * MIB, 64 * MIB, 0);
	expect_gpt(&t, 4096);
	cr_expect_eq(t.diags.n, 0);
	test_read_done(&t);

	/* the container says otherwise, against the GPT's checksum */
	test_read(&t, p, 64 * MIB, 64 * MIB, 512);
	expect_gpt(&t, 4096);
	cr_expect_eq(t.table.sector_size_basis, SECTOR_SIZE_GPT);
	cr_expect_not_null(test_finding(&t.diags, &FINDING_SECTOR_SIZE));
	test_read_done(&t);

	test_read(&t, p, 64 * MIB, 64 * MIB, 4096);
	expect_gpt(&t, 4096);
	cr_expect_eq(t.table.sector_size_basis, SECTOR_SIZE_GIVEN);
	cr_expect_eq(t.diags.n, 0);
	test_read_done(&t);
	free(p);
}

/* 5 GiB of zeros: nothing, and hardly read.  */
Test(disk, a_blank_disk_has_no_table_and_is_no_error)
{
	struct test_reading t;

	test_read(&t, NULL, 0, 5ull << 30, 0);
	cr_expect_eq(t.r, 0);
	cr_expect_eq(t.table.scheme, SCHEME_NONE);
	cr_expect_eq(t.table.n_partitions, 0);
	cr_expect_not(t.table.has_signature);
	cr_expect_eq(t.table.size, 5ull << 30);
	cr_expect_eq(t.table.sector_size, 512);
	cr_expect_eq(t.table.sector_size_basis, SECTOR_SIZE_ASSUMED);
	cr_expect_eq(t.diags.n, 1);
	cr_expect_not_null(test_finding(&t.diags, &FINDING_BLANK));
	cr_expect_leq(t.disk.stats.calls, 1100);
	cr_expect_leq(t.disk.stats.bytes, 8 * MIB);
	test_read_done(&t);
}

/* A disk with a wiped table was called blank, and its report complete.  */
Test(disk, a_wiped_table_is_a_finding)
{
	static const uint64_t places[] = {
		1 << 20, 137 << 20, (5ull << 30) / 512 * 300,
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		size_t n = (size_t)places[i] / 4096 * 4096 + 512;
		uint8_t *p = calloc(1, n);
		struct test_reading t;

		memcpy(p + n - 509, "NTFS    ", 8);
		test_read(&t, p, n, 5ull << 30, 0);
		cr_expect_eq(t.diags.n, 1);
		cr_expect_not_null(test_finding(&t.diags, &FINDING_NO_TABLE));
		test_read_done(&t);
		free(p);
	}
}

Test(disk, disks_of_every_small_size_are_read)
{
	static uint8_t p[1200];

	p[0x1b8] = 0x78;
	test_mbr_entry(p, 0, 0x80, 0x07, 1, 1);
	for (size_t n = 1; n < sizeof(p); n++) {
		struct test_reading t;

		test_read(&t, p, n, n, 0);
		cr_assert_eq(t.r, 0, "size %zu", n);
		cr_expect_eq(t.table.n_partitions, n >= 512, "size %zu", n);
		test_read_done(&t);
	}
}

Test(disk, a_disk_of_which_nothing_can_be_read_is_an_error)
{
	struct test_disk d;
	struct arena *a = arena_new();
	struct diag_list diags = { .arena = a };
	struct disk table;
	struct err e = { 0 };

	test_disk_init(&d, NULL, 0, MIB);
	d.bad_n = MIB;
	cr_expect_eq(disk_read(&d.source, a, &diags, &table, &e), ERR_IO);
	cr_expect_eq(e.code, ERR_IO);
	arena_free(a);
}

/* One bad sector behind the table, at 40 KiB, costs a finding, no table.  */
Test(disk, a_bad_sector_near_the_table_does_not_hide_it)
{
	uint8_t *p = test_fdisk(16 * MIB, 512, gpt_script);
	struct arena *a = arena_new();
	struct diag_list diags = { .arena = a };
	struct test_disk d;
	struct disk table;

	test_disk_init(&d, p, 16 * MIB, 16 * MIB);
	d.bad_off = 40960;
	d.bad_n = 512;
	cr_assert_eq(disk_read(&d.source, a, &diags, &table, NULL), 0);
	cr_expect_eq(table.scheme, SCHEME_GPT);
	cr_expect_eq(table.n_partitions, 3);
	cr_expect_not_null(test_finding(&diags, &FINDING_DISK_UNREADABLE));
	arena_free(a);
	free(p);
}

/* A FAT12 volume with one sector a cluster.  */
static void put_fat_boot(uint8_t *p, uint16_t sectors)
{
	static const uint8_t start[] = {
		0xeb, 0x3c, 0x90, 'M', 'S', 'D', 'O', 'S', '5', '.', '0',
		0x00, 0x02, 1, 1, 0, 2, 0x00, 0x02,
	};

	memcpy(p, start, sizeof(start));
	p[0x13] = (uint8_t)sectors;
	p[0x14] = (uint8_t)(sectors >> 8);
	p[0x15] = 0xf8;
	p[0x16] = 9;
	p[0x1fe] = 0x55;
	p[0x1ff] = 0xaa;
}

Test(disk, a_volume_without_table_is_partition_0)
{
	static uint8_t p[4096];
	struct test_reading t;

	put_fat_boot(p, 2880);
	memcpy(p + 0x1c0, "Insert system disk", 18);	/* where a table is */
	test_read(&t, p, sizeof(p), 1474560, 0);
	cr_assert_eq(t.r, 0);
	cr_expect_eq(t.table.scheme, SCHEME_NONE);
	cr_assert_eq(t.table.n_partitions, 1);
	cr_expect_eq(t.table.partitions[0].number, 0);
	cr_expect_eq(t.table.partitions[0].offset, 0);
	cr_expect_eq(t.table.partitions[0].length, 1474560);
	cr_expect_eq(t.table.partitions[0].cites.n, 1);
	cr_expect_not(t.table.has_signature);
	cr_expect_eq(t.diags.n, 0);
	test_read_done(&t);
}

Test(disk, a_table_beside_a_boot_sectors_fields_is_the_mbr)
{
	static uint8_t p[4096];
	struct test_reading t;

	put_fat_boot(p, 2880);
	test_mbr_entry(p, 0, 0x80, 0x06, 63, 1000);
	test_read(&t, p, sizeof(p), 1474560, 0);
	cr_expect_eq(t.table.scheme, SCHEME_MBR);
	cr_assert_eq(t.table.n_partitions, 1);
	cr_expect_eq(t.table.partitions[0].offset, 63 * 512);
	cr_expect_not_null(test_finding(&t.diags,
					&FINDING_SECTOR_0_AMBIGUOUS));
	test_read_done(&t);
}

/* The first sector of such a volume is wiped; the last one is its backup.  */
Test(disk, a_whole_disk_ntfs_volume_is_found_by_its_backup)
{
	enum { SIZE = 8 * MIB };
	uint8_t *p = calloc(1, SIZE), *boot = p + SIZE - 512;
	struct test_reading t;
	le64 sectors = put_le64(SIZE / 512 - 1);

	memcpy(boot, "\xeb\x52\x90NTFS    \0\2\1", 14);
	memcpy(boot + 0x28, &sectors, 8);
	boot[0x30] = 4;
	boot[0x40] = 0xf6;
	boot[0x44] = 0xf4;
	boot[0x1fe] = 0x55;
	boot[0x1ff] = 0xaa;
	test_read(&t, p, SIZE, SIZE, 0);
	cr_assert_eq(t.table.n_partitions, 1);
	cr_expect_eq(t.table.partitions[0].number, 0);
	cr_expect_eq(t.table.partitions[0].length, SIZE);
	cr_expect_eq(t.table.partitions[0].cites.list[0].offset, SIZE - 512);
	test_read_done(&t);

	sectors = put_le64(SIZE / 4096 - 1);	/* not the sector it says */
	memcpy(boot + 0x28, &sectors, 8);
	boot[0x0c] = 0x10;
	test_read(&t, p, SIZE, SIZE, 0);
	cr_expect_eq(t.table.n_partitions, 0);
	test_read_done(&t);

	boot[0x0c] = 2;
	sectors = put_le64(SIZE / 512 - 2);	/* a smaller volume's */
	memcpy(boot + 0x28, &sectors, 8);
	test_read(&t, p, SIZE, SIZE, 0);
	cr_expect_eq(t.table.n_partitions, 0);
	cr_expect_not_null(test_finding(&t.diags, &FINDING_NO_TABLE));
	test_read_done(&t);
	free(p);
}

/* VHD footer: big-endian, and a checksum that is the complement of the sum of
 * all other bytes (Microsoft, "Virtual Hard Disk Image Format", 1.0).  */
static void put_vhd_footer(uint8_t *f, uint64_t disk_size)
{
	uint32_t sum = 0;

	memset(f, 0, 512);
	memcpy(f, "conectix\0\0\0\2\0\1\0\0", 16);
	memset(f + 16, 0xff, 8);		/* no dynamic header */
	for (int i = 0; i < 8; i++)
		f[40 + i] = f[48 + i] = (uint8_t)(disk_size >> (56 - 8 * i));
	f[63] = 2;				/* fixed */
	for (int i = 0; i < 512; i++)
		sum += f[i];
	for (int i = 0; i < 4; i++)
		f[64 + i] = (uint8_t)(~sum >> (24 - 8 * i));
}

Test(disk, a_vhd_footer_is_no_part_of_the_disk)
{
	uint8_t *disk = test_fdisk(16 * MIB, 512, gpt_script);
	uint8_t *p = malloc(16 * MIB + 512);
	struct test_reading t;
	const struct diag *d;

	memcpy(p, disk, 16 * MIB);
	put_vhd_footer(p + 16 * MIB, 16 * MIB);
	test_read(&t, p, 16 * MIB + 512, 16 * MIB + 512, 0);
	expect_gpt(&t, 512);
	cr_expect_eq(t.table.size, 16 * MIB);
	cr_expect_eq(t.diags.n, 1);
	d = test_finding(&t.diags, &FINDING_VHD_FOOTER);
	cr_assert_not_null(d);
	cr_expect_eq(d->cites.list[0].offset, 16 * MIB);
	test_read_done(&t);

	p[16 * MIB + 67] ^= 1;	/* not its checksum: bytes of the disk */
	test_read(&t, p, 16 * MIB + 512, 16 * MIB + 512, 0);
	expect_gpt(&t, 512);
	cr_expect_eq(t.table.size, 16 * MIB + 512);
	cr_expect_null(test_finding(&t.diags, &FINDING_VHD_FOOTER));
	test_read_done(&t);
	free(p);
	free(disk);
}

Test(disk, dynamic_disks_are_named)
{
	static const char gpt_ldm[] =
		"label: gpt\n"
		"start=2048, size=2048,"
		" type=5808C8AA-7E8F-42E0-85D2-E1E90434CFB3\n"
		"start=4096, size=2048,"
		" type=AF9B60A0-1431-4F62-BC68-3311714A69AD\n";
	static uint8_t mbr[512];
	uint8_t *p = test_fdisk(16 * MIB, 512, gpt_ldm);
	struct test_reading t;

	test_mbr_entry(mbr, 1, 0, 0x42, 63, 1000);
	test_read(&t, mbr, sizeof(mbr), MIB, 0);
	cr_expect(t.table.ldm);
	cr_expect_eq(t.table.n_partitions, 1);
	cr_expect_not_null(test_finding(&t.diags, &FINDING_DYNAMIC_DISK));
	test_read_done(&t);
	test_read(&t, p, 16 * MIB, 16 * MIB, 0);
	cr_expect(t.table.ldm);
	cr_expect_eq(t.table.n_partitions, 2);
	test_read_done(&t);
	free(p);
}

Test(disk, storage_spaces_are_known_by_their_partitions_type)
{
	static const char script[] =
		"label: gpt\n"
		"start=2048, size=2048,"
		" type=E75CAF8F-F680-4CEE-AFA3-B001E56EFC2D\n"
		"start=4096, size=2048,"
		" type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7\n";
	uint8_t *p = test_fdisk(16 * MIB, 512, script);
	struct test_reading t;

	test_read(&t, p, 16 * MIB, 16 * MIB, 0);
	cr_assert_eq(t.table.n_partitions, 2);
	cr_expect(partition_is_storage_spaces(&t.table,
					      &t.table.partitions[0]));
	cr_expect_not(partition_is_storage_spaces(&t.table,
						  &t.table.partitions[1]));
	test_read_done(&t);
	free(p);
}

/* 4096-byte sectors under an MBR show in where the volumes begin.  */
Test(disk, the_mbrs_sector_size_follows_from_the_boot_sectors)
{
	enum { SIZE = 64 * MIB };
	uint8_t *p = calloc(1, SIZE);
	struct test_reading t;

	test_mbr_entry(p, 0, 0, 0x06, 256, 4096);
	put_fat_boot(p + 256 * 4096, 4096);
	p[256 * 4096 + 0x0c] = 0x10;	/* 4096 bytes per sector */
	test_read(&t, p, SIZE, SIZE, 0);
	cr_expect_eq(t.table.sector_size, 4096);
	cr_expect_eq(t.table.sector_size_basis, SECTOR_SIZE_VOLUME);
	cr_expect_eq(t.table.partitions[0].offset, 256 * 4096);
	cr_expect_eq(t.diags.n, 0);
	test_read_done(&t);

	p[256 * 4096 + 0x0c] = 0x02;	/* 512: against where it lies */
	test_read(&t, p, SIZE, SIZE, 0);
	cr_expect_eq(t.table.sector_size, 4096);
	cr_expect_not_null(test_finding(&t.diags, &FINDING_SECTOR_SIZE));
	test_read_done(&t);

	/* Only a logical drive is where it would be, which says nothing.  */
	memset(p, 0, SIZE);
	test_mbr_entry(p, 0, 0, 0x0f, 256, 4096);
	test_mbr_entry(p + 256 * 4096, 0, 0, 0x07, 64, 1024);
	test_read(&t, p, SIZE, SIZE, 0);
	cr_expect_eq(t.table.sector_size, 4096);
	cr_expect_null(test_finding(&t.diags, &FINDING_SECTOR_SIZE));
	test_read_done(&t);
	free(p);
}

/* Text where the table should be: no partitions out of it.  */
Test(disk, garbage_with_an_end_marker_is_no_table)
{
	static uint8_t p[512];
	struct test_reading t;

	memset(p, 'x', sizeof(p));
	p[510] = 0x55;
	p[511] = 0xaa;
	test_read(&t, p, sizeof(p), MIB, 0);
	cr_expect_eq(t.table.scheme, SCHEME_NONE);
	cr_expect_eq(t.table.n_partitions, 0);
	cr_expect_not_null(test_finding(&t.diags, &FINDING_NO_TABLE));
	test_read_done(&t);
}
