#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "disk/findings.h"
#include "lib/test_disk.h"

#define MIB (1u << 20)
#define SECTOR 512

/* Two primaries behind an extended partition in the table, and two logical
 * drives that lie before them on the disk.  */
static void put_disk(uint8_t *p)
{
	memset(p, 0, MIB);
	memcpy(p + 0x1b8, "\x78\x56\x34\x12", 4);
	test_mbr_entry(p, 0, 0x80, 0x07, 1500, 100);
	test_mbr_entry(p, 1, 0, 0x0f, 100, 400);
	test_mbr_entry(p, 2, 0, 0x83, 1600, 100);
	/* in LBA 100: a drive, and the link to LBA 100 + 200 */
	test_mbr_entry(p + 100 * SECTOR, 0, 0, 0x06, 10, 50);
	test_mbr_entry(p + 100 * SECTOR, 1, 0, 0x05, 200, 100);
	/* in LBA 300: a drive */
	test_mbr_entry(p + 300 * SECTOR, 0, 0, 0x07, 20, 60);
}

struct want {
	uint64_t first, sectors;
	uint8_t type;
	bool logical;
	uint64_t cite;
};

static void expect_list(const struct test_reading *t, const struct want *want,
			size_t n)
{
	cr_assert_eq(t->r, 0);
	cr_expect_eq(t->table.scheme, SCHEME_MBR);
	cr_assert_eq(t->table.n_partitions, n, "%zu partitions",
		     t->table.n_partitions);
	for (size_t i = 0; i < n; i++) {
		const struct partition *p = &t->table.partitions[i];

		cr_expect_eq(p->number, i + 1);
		/* No slot is free before one that is used, and the second one
		 * has the extended partition.  */
		cr_expect_eq(p->wmi_index, want[i].logical ? 1 :
			     (int)(want[i].cite - 0x1be) / 16);
		cr_expect_eq(p->offset, want[i].first * SECTOR);
		cr_expect_eq(p->length, want[i].sectors * SECTOR);
		cr_expect_eq(p->mbr_type, want[i].type);
		cr_expect_eq(p->logical, want[i].logical);
		cr_assert_eq(p->cites.n, 1);
		cr_expect_eq(p->cites.list[0].offset, want[i].cite);
		cr_expect_eq(p->cites.list[0].length, 16);
	}
}

static const struct want whole[] = {
	{ 1500, 100, 0x07, false, 0x1be },
	{ 1600, 100, 0x83, false, 0x1de },
	{ 110, 50, 0x06, true, 100 * SECTOR + 0x1be },
	{ 320, 60, 0x07, true, 300 * SECTOR + 0x1be },
};

Test(mbr_layout, primaries_come_first_then_the_chain)
{
	static uint8_t p[MIB];
	struct test_reading t;

	put_disk(p);
	test_read(&t, p, MIB, MIB, SECTOR);
	expect_list(&t, whole, 4);
	cr_expect(t.table.has_signature);
	cr_expect_eq(t.table.signature, 0x12345678);
	cr_expect(t.table.partitions[0].active);
	cr_expect_not(t.table.partitions[1].active);
	cr_expect_eq(t.diags.n, 1);	/* what WMI calls them is not certain */
	cr_expect_not_null(test_finding(&t.diags, &FINDING_WMI_INDEX));
	test_read_done(&t);
}

/* Where the chain goes from LBA 300, and what is said of it.  */
Test(mbr_layout, a_chain_that_breaks_off_says_where)
{
	static const struct {
		uint32_t link;		/* from LBA 100 */
		size_t n;		/* partitions */
		bool finding;
		uint64_t cite;		/* of the finding */
	} cases[] = {
		{ 0, 4, true, 300 * SECTOR + 0x1ce },	/* back to LBA 100 */
		{ 200, 4, true, 300 * SECTOR + 0x1ce },	/* to itself */
		{ 400, 4, true, 300 * SECTOR + 0x1ce },	/* outside */
		{ 0xffffffff, 4, true, 300 * SECTOR + 0x1ce },
		{ 250, 4, true, 300 * SECTOR + 0x1ce },	/* no EBR there */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		static uint8_t p[MIB];
		struct test_reading t;
		const struct diag *d;

		put_disk(p);
		test_mbr_entry(p + 300 * SECTOR, 1, 0, 0x05, cases[i].link, 9);
		/* what lies outside is not read, though it could be */
		test_mbr_entry(p + 500 * SECTOR, 0, 0, 0x07, 1, 1);
		test_read(&t, p, MIB, MIB, SECTOR);
		cr_expect_eq(t.table.n_partitions, cases[i].n, "case %zu", i);
		d = test_finding(&t.diags, &FINDING_EBR_STOP);
		cr_assert_not_null(d, "case %zu", i);
		cr_assert_eq(d->cites.n, 1);
		cr_expect_eq(d->cites.list[0].offset, cases[i].cite,
			     "case %zu", i);
		test_read_done(&t);
	}
}

Test(mbr_layout, the_first_ebr_may_be_lost)
{
	static uint8_t p[MIB];
	struct test_reading t;
	const struct diag *d;

	put_disk(p);
	p[100 * SECTOR + 511] = 0;	/* no end marker */
	test_read(&t, p, MIB, MIB, SECTOR);
	expect_list(&t, whole, 2);
	d = test_finding(&t.diags, &FINDING_EBR_STOP);
	cr_assert_not_null(d);
	cr_expect_eq(d->cites.list[0].offset, 0x1ce);
	cr_expect(d->kind->partial);
	test_read_done(&t);
}

Test(mbr_layout, a_link_backwards_is_followed_and_told)
{
	static const struct want want[] = {
		{ 1500, 100, 0x07, false, 0x1be },
		{ 1600, 100, 0x83, false, 0x1de },
		{ 110, 50, 0x06, true, 100 * SECTOR + 0x1be },
		{ 320, 60, 0x07, true, 300 * SECTOR + 0x1be },
		{ 205, 30, 0x0b, true, 200 * SECTOR + 0x1be },
	};
	static uint8_t p[MIB];
	struct test_reading t;

	put_disk(p);
	test_mbr_entry(p + 300 * SECTOR, 1, 0, 0x05, 100, 50);
	test_mbr_entry(p + 200 * SECTOR, 0, 0, 0x0b, 5, 30);
	test_read(&t, p, MIB, MIB, SECTOR);
	expect_list(&t, want, 5);
	cr_expect_not_null(test_finding(&t.diags, &FINDING_EBR_ODD));
	cr_expect_null(test_finding(&t.diags, &FINDING_EBR_STOP));
	test_read_done(&t);
}

/* Both count from their own EBR, and both are listed.  */
Test(mbr_layout, an_ebr_may_hold_two_partitions)
{
	static const struct want want[] = {
		{ 1500, 100, 0x07, false, 0x1be },
		{ 1600, 100, 0x83, false, 0x1de },
		{ 110, 50, 0x06, true, 100 * SECTOR + 0x1be },
		{ 170, 40, 0x0c, true, 100 * SECTOR + 0x1de },
		{ 320, 60, 0x07, true, 300 * SECTOR + 0x1be },
	};
	static uint8_t p[MIB];
	struct test_reading t;
	const struct diag *d;

	put_disk(p);
	test_mbr_entry(p + 100 * SECTOR, 2, 0, 0x0c, 70, 40);
	test_read(&t, p, MIB, MIB, SECTOR);
	expect_list(&t, want, 5);
	d = test_finding(&t.diags, &FINDING_EBR_ODD);
	cr_assert_not_null(d);
	cr_expect_eq(d->cites.list[0].offset, 100 * SECTOR + 0x1de);
	test_read_done(&t);
}

/* Linux would look for more in 0x85, Windows does not.  */
Test(mbr_layout, type_85_is_a_partition_as_any_other)
{
	static uint8_t p[MIB];
	struct test_reading t;

	put_disk(p);
	p[0x1ce + 4] = 0x85;
	test_read(&t, p, MIB, MIB, SECTOR);
	cr_assert_eq(t.table.n_partitions, 3);
	cr_expect_eq(t.table.partitions[1].mbr_type, 0x85);
	cr_expect_eq(t.table.partitions[1].number, 2);
	cr_expect_eq(t.diags.n, 0);
	test_read_done(&t);
}

Test(mbr_layout, odd_entries_are_listed_and_told)
{
	static const struct {
		unsigned slot;
		uint8_t status;
		uint32_t first, sectors;
		const struct diag_kind *kind;
	} cases[] = {
		{ 3, 0x01, 1800, 10, &FINDING_MBR_ENTRY },
		{ 3, 0x80, 1800, 10, &FINDING_MBR_ENTRY },	/* 2nd active */
		{ 3, 0x00, 1800, 0, &FINDING_MBR_ENTRY },
		{ 3, 0x00, 1599, 1, &FINDING_PARTITION_OVERLAP },
		{ 3, 0x00, 1500, 1, &FINDING_PARTITION_OVERLAP },
		{ 3, 0x00, 2000, 49, &FINDING_PARTITION_BEYOND_END },
		{ 3, 0x00, 0xffffffff, 0xffffffff,
		  &FINDING_PARTITION_BEYOND_END },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		static uint8_t p[MIB];
		struct test_reading t;

		put_disk(p);
		test_mbr_entry(p, cases[i].slot, cases[i].status, 0x07,
			       cases[i].first, cases[i].sectors);
		test_read(&t, p, MIB, MIB, SECTOR);
		cr_assert_eq(t.table.n_partitions, 5, "case %zu", i);
		cr_expect_eq(t.table.partitions[2].number, 3);
		cr_expect_eq(t.table.partitions[2].offset,
			     (uint64_t)cases[i].first * SECTOR);
		cr_expect_not_null(test_finding(&t.diags, cases[i].kind),
				   "case %zu", i);
		cr_expect_eq(t.diags.n, 2, "case %zu: %zu findings", i,
			     t.diags.n);
		test_read_done(&t);
	}
}

Test(mbr_layout, of_two_extended_partitions_the_first_is_read)
{
	static uint8_t p[MIB];
	struct test_reading t;
	const struct diag *d;

	put_disk(p);
	test_mbr_entry(p, 3, 0, 0x05, 1800, 100);
	test_read(&t, p, MIB, MIB, SECTOR);
	expect_list(&t, whole, 4);
	d = test_finding(&t.diags, &FINDING_EBR_STOP);
	cr_assert_not_null(d);
	cr_expect_eq(d->cites.list[0].offset, 0x1ee);
	test_read_done(&t);
}

/* 300 EBRs, one behind the other: our limit is 256.  */
Test(mbr_layout, an_endless_chain_ends)
{
	static uint8_t p[MIB];
	struct test_reading t;

	memset(p, 0, sizeof(p));
	test_mbr_entry(p, 0, 0, 0x0f, 100, 1900);
	for (uint32_t i = 0; i < 300; i++) {
		uint8_t *ebr = p + (100 + 2 * i) * SECTOR;

		test_mbr_entry(ebr, 0, 0, 0x07, 1, 1);
		test_mbr_entry(ebr, 1, 0, 0x05, 2 * (i + 1), 2);
	}
	test_read(&t, p, MIB, MIB, SECTOR);
	cr_expect_eq(t.table.n_partitions, 256);
	cr_expect_not_null(test_finding(&t.diags, &FINDING_EBR_STOP));
	test_read_done(&t);
}

Test(mbr_layout, disk_managers_of_old_are_told)
{
	static const uint8_t types[] = { 0x54, 0x55 };

	for (int i = 0; i < 2; i++) {
		static uint8_t p[SECTOR];
		struct test_reading t;

		memset(p, 0, sizeof(p));
		test_mbr_entry(p, 0, 0x80, types[i], 1, 1000);
		test_read(&t, p, sizeof(p), MIB, SECTOR);
		cr_expect_eq(t.table.n_partitions, 1);
		cr_expect_not_null(test_finding(&t.diags,
						&FINDING_MBR_OVERLAY));
		test_read_done(&t);
	}
}

/* Nothing that a table may say makes us crash, hang or fail.  */
Test(mbr_layout, survives_every_byte_of_the_tables_changed)
{
	static const size_t tables[] = { 0, 100 * SECTOR, 300 * SECTOR };
	static uint8_t p[MIB];

	put_disk(p);
	for (int i = 0; i < 3; i++)
		for (size_t at = 0x1b8; at < 0x200; at++)
			for (int bit = 0; bit < 8; bit++) {
				struct test_reading t;

				p[tables[i] + at] ^= (uint8_t)(1 << bit);
				test_read(&t, p, MIB, MIB, 0);
				cr_expect_eq(t.r, 0);
				cr_expect_leq(t.table.n_partitions, 16);
				test_read_done(&t);
				p[tables[i] + at] ^= (uint8_t)(1 << bit);
			}
}
