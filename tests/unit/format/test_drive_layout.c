#include <criterion/criterion.h>

#include <string.h>

#include "base/bytes.h"
#include "format/drive_layout.h"
#include "lib/guard.h"

/* What Windows 10 kept of a disk with the signature df4546ae: three partitions
 * in four slots.  */
static const uint8_t mbr[48 + 4 * 144] = {
	[0] = 0, 0, 0, 0,			/* scheme: MBR */
	[4] = 4,				/* slots */
	[8] = 0xae, 0x46, 0x45, 0xdf,		/* signature */
	[12] = 0x8a, 0x17, 0xc3, 0xb7,		/* checksum */

	[48 + 8] = 0, 0, 0x10, 0,		/* offset: 1 MiB */
	[48 + 16] = 0, 0, 0x40, 0x1f,		/* length: 500 MiB */
	[48 + 24] = 0xff, 0xff, 0xff, 0xff,	/* number */
	[48 + 32] = 7, 1, 1, 0,			/* NTFS, active, recognized */
	[48 + 36] = 0, 8, 0, 0,			/* hidden sectors */
	[48 + 40] = 0xae, 0x46, 0x45, 0xdf, 0, 0, 0, 0, 0, 0, 0x10, 0,

	[192 + 8] = 0, 0, 0x50, 0x1f,
	[192 + 16] = 0, 0, 0xe0, 0xc1, 0x22,	/* 149281570816 */
	[192 + 24] = 0xff, 0xff, 0xff, 0xff,
	[192 + 32] = 7, 0, 1, 0,
	[192 + 36] = 0, 0xa8, 0x0f, 0,
	[192 + 40] = 0xae, 0x46, 0x45, 0xdf, 0, 0, 0, 0, 0, 0, 0x50, 0x1f,

	[336 + 8] = 0, 0x80, 0x85, 0xe1, 0x22,
	[336 + 16] = 0, 0x80, 0x5a, 0x1e,
	[336 + 24] = 0xff, 0xff, 0xff, 0xff,
	[336 + 32] = 0x0f, 0, 0, 0,		/* an extended partition */
	[336 + 36] = 0xc0, 0xc2, 0x70, 0x11,

	[480 + 24] = 0xff, 0xff, 0xff, 0xff,	/* unused, not of zeros only */
	[480 + 40] = 0xae, 0x46, 0x45, 0xdf,
};

/* And of a GPT disk with a pool of Storage Spaces; the last slot is unused.  */
static const uint8_t gpt[48 + 3 * 144] = {
	[0] = 1, 0, 0, 0,			/* scheme: GPT */
	[4] = 3,				/* slots */
	[8] = 0x1a, 0xe8, 0xb5, 0xb0, 0xca, 0x82, 0xe9, 0x11,
	      0xbc, 0xf7, 0x78, 0x4f, 0x43, 0x9f, 0xa6, 0x57,
	[24] = 0, 0x44,				/* first usable byte: 17408 */
	[32] = 0, 0x7a, 0xff, 0xff, 4,		/* usable bytes */
	[40] = 128,				/* entries of the array */

	[48] = 1,
	[48 + 8] = 0, 0x44,			/* offset */
	[48 + 16] = 0, 0xbc, 0xff, 0,		/* length */
	[48 + 24] = 0xff, 0xff, 0xff, 0xff,
	[48 + 32] = 0x16, 0xe3, 0xc9, 0xe3, 0x5c, 0x0b, 0xb8, 0x4d,
		    0x81, 0x7d, 0xf9, 0x2d, 0xf0, 0x02, 0x15, 0xae,
	[48 + 48] = 0x1b, 0xe8, 0xb5, 0xb0, 0xca, 0x82, 0xe9, 0x11,
		    0xbc, 0xf7, 0x78, 0x4f, 0x43, 0x9f, 0xa6, 0x57,
	[48 + 72] = 'M', 0, 'S', 0, 'R', 0,

	[192] = 1,
	[192 + 8] = 0, 0, 0, 1,			/* 16 MiB */
	[192 + 16] = 0, 0, 0xf0, 0xfe, 4,
	[192 + 24] = 0xff, 0xff, 0xff, 0xff,
	[192 + 32] = 0x8f, 0xaf, 0x5c, 0xe7, 0x80, 0xf6, 0xee, 0x4c,
		     0xaf, 0xa3, 0xb0, 0x01, 0xe5, 0x6e, 0xfc, 0x2d,
	[192 + 48] = 0x1c, 0xe8, 0xb5, 0xb0, 0xca, 0x82, 0xe9, 0x11,
		     0xbc, 0xf7, 0x78, 0x4f, 0x43, 0x9f, 0xa6, 0x57,
	[192 + 64] = 1, 0, 0, 0, 0, 0, 0, 0x80,	/* attributes */
};

static struct drive_layout_partition slot(struct span s, size_t i)
{
	struct drive_layout_partition p = { 0 };
	struct drive_layout l;

	cr_assert_eq(drive_layout_parse(s, &l, NULL), 0);
	cr_assert_eq(drive_layout_partition(&l, i, &p, NULL), 0, "%zu", i);
	cr_expect_eq(p.at, s.at + 48 + 144 * i);
	return p;
}

static void expect_guid(const struct guid *g, const char *want)
{
	char text[GUID_TEXT_CHARS + 1];

	cr_expect_str_eq(guid_text(g, text), want);
}

Test(drive_layout, reads_the_table_of_an_mbr_disk)
{
	struct span s = guard_copy(mbr, sizeof(mbr), 0x1000);
	struct drive_layout_partition p;
	struct drive_layout l;

	cr_assert_eq(drive_layout_parse(s, &l, NULL), 0);
	cr_expect_str_eq(drive_layout_scheme_name(l.scheme), "mbr");
	cr_expect_eq(l.signature, 0xdf4546ae);
	cr_expect_eq(l.checksum, 0xb7c3178a);
	cr_expect_eq(l.declared, 4);
	cr_expect_eq(l.n_partitions, 4);
	cr_expect_eq(l.excess, 0);

	p = slot(s, 1);
	cr_expect(p.used && p.recognized && !p.active && !p.container);
	cr_expect_eq(p.offset, 525336576);
	cr_expect_eq(p.length, 149281570816);
	cr_expect_eq(p.number, UINT32_MAX);
	cr_expect_eq(p.mbr_type, 7);
	cr_expect_eq(p.hidden_sectors, 1026048);
	expect_guid(&p.id, "df4546ae-0000-0000-0000-501f00000000");
	cr_expect(slot(s, 0).active);
	p = slot(s, 2);
	cr_expect(p.used && p.container);
	cr_expect_eq(p.offset, 149812510720);
	cr_expect(!slot(s, 3).used);
	guard_free(s);
}

/* Windows calls each disk without a table 1.  */
Test(drive_layout, tells_what_is_no_id_of_a_disk)
{
	static const struct {
		uint8_t signature[4], offset[4];
		uint8_t type;
		bool no_table, has_id;
	} rows[] = {
		{ { 1 }, { 0 }, 7, true, false },
		{ { 1 }, { 0, 0, 0x10 }, 7, false, true },
		{ { 1 }, { 0 }, 0, false, true },
		{ { 0, 1 }, { 0 }, 7, false, true },
		{ { 0 }, { 0 }, 7, false, false },
	};
	uint8_t copy[sizeof(mbr)];
	struct drive_layout l;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span s = { copy, sizeof(copy), 0 };

		memcpy(copy, mbr, sizeof(mbr));
		memcpy(copy + 8, rows[i].signature, 4);
		memcpy(copy + 48 + 8, rows[i].offset, 4);
		copy[48 + 32] = rows[i].type;
		cr_assert_eq(drive_layout_parse(s, &l, NULL), 0);
		cr_expect_eq(drive_layout_has_no_table(&l), rows[i].no_table,
			     "row %zu", i);
		cr_expect_eq(drive_layout_has_id(&l), rows[i].has_id,
			     "row %zu", i);
	}
	cr_assert_eq(drive_layout_parse((struct span){ gpt, sizeof(gpt), 0 },
					&l, NULL), 0);
	cr_expect(!drive_layout_has_no_table(&l));
	cr_expect(drive_layout_has_id(&l));
	memset(&l.guid, 0, sizeof(l.guid));
	cr_expect(!drive_layout_has_id(&l));
}

Test(drive_layout, reads_the_table_of_a_gpt_disk)
{
	struct span s = guard_copy(gpt, sizeof(gpt), 0x1000);
	struct drive_layout_partition p;
	struct drive_layout l;

	cr_assert_eq(drive_layout_parse(s, &l, NULL), 0);
	cr_expect_str_eq(drive_layout_scheme_name(l.scheme), "gpt");
	expect_guid(&l.guid, "b0b5e81a-82ca-11e9-bcf7-784f439fa657");
	cr_expect_eq(l.usable_offset, 17408);
	cr_expect_eq(l.usable_length, 21474802176);
	cr_expect_eq(l.max_partitions, 128);
	cr_expect_eq(l.n_partitions, 3);

	p = slot(s, 0);
	cr_expect(p.used);
	cr_expect_eq(p.offset, 17408);
	cr_expect_eq(p.length, 16759808);
	expect_guid(&p.type, "e3c9e316-0b5c-4db8-817d-f92df00215ae");
	expect_guid(&p.id, "b0b5e81b-82ca-11e9-bcf7-784f439fa657");
	cr_expect_eq(p.name.n, 6);
	cr_expect_eq(p.name.at, 0x1000 + 48 + 72);
	cr_expect_arr_eq(p.name.p, "M\0S\0R\0", 6);
	p = slot(s, 1);
	cr_expect_eq(p.attributes, 0x8000000000000001);
	cr_expect_eq(p.name.n, 0);
	cr_expect(!slot(s, 2).used);
	guard_free(s);
}

Test(drive_layout, a_disk_without_a_table_is_raw)
{
	uint8_t raw[48] = { [0] = 2 };
	struct span s = guard_copy(raw, sizeof(raw), 0);
	struct drive_layout l;

	cr_assert_eq(drive_layout_parse(s, &l, NULL), 0);
	cr_expect_str_eq(drive_layout_scheme_name(l.scheme), "raw");
	cr_expect_eq(l.n_partitions, 0);
	guard_free(s);
}

/* The number of slots is a number of the evidence: what is not there is not
 * read, whatever it says.  */
Test(drive_layout, survives_every_truncation)
{
	for (size_t n = 0; n < sizeof(mbr); n++) {
		struct span s = guard_copy(mbr, n, 0x1000);
		struct drive_layout_partition p;
		struct drive_layout l = { .declared = 77 };
		struct err e = { 0 };
		int r = drive_layout_parse(s, &l, &e);

		if (n < 48) {
			cr_assert_eq(r, ERR_TRUNCATED, "%zu", n);
			cr_expect_eq(e.at, 0x1000);
			cr_expect_eq(e.want, 48);
			cr_expect_eq(e.got, n);
			cr_expect_eq(l.declared, 77);
			guard_free(s);
			continue;
		}
		cr_assert_eq(r, 0);
		cr_expect_eq(l.declared, 4);
		cr_expect_eq(l.n_partitions, (n - 48) / 144);
		for (size_t i = 0; i < 5; i++)
			cr_expect_eq(drive_layout_partition(&l, i, &p, NULL),
				     i < l.n_partitions ? 0 : ERR_LIMIT);
		guard_free(s);
	}
}

Test(drive_layout, survives_every_byte_changed)
{
	for (size_t at = 0; at < sizeof(gpt); at++)
		for (unsigned x = 1; x < 256; x++) {
			struct span s = guard_copy(gpt, sizeof(gpt), 0);
			struct drive_layout_partition p;
			struct drive_layout l;

			((uint8_t *)s.p)[at] ^= (uint8_t)x;
			if (drive_layout_parse(s, &l, NULL) < 0) {
				cr_expect_lt(at, 4);
				guard_free(s);
				continue;
			}
			cr_expect_leq(l.n_partitions, 3);
			for (size_t i = 0; i < l.n_partitions; i++)
				if (drive_layout_partition(&l, i, &p,
							   NULL) == 0)
					cr_expect_leq(p.name.at + p.name.n,
						      sizeof(gpt));
			guard_free(s);
		}
}

/* Each change of one byte of a table, what it makes of it or of a slot, and the
 * place that the error names.  */
Test(drive_layout, what_cannot_be_is_refused)
{
	static const struct {
		size_t at;
		uint8_t value;
		size_t slot;
		uint64_t error_at;	/* 0: no error */
	} rows[] = {
		{ 48, 0, 0, 0x1000 + 48 },	/* an MBR slot in a GPT */
		{ 48 + 15, 0x80, 0, 0x1000 + 56 },	/* offset negative */
		{ 48 + 23, 0x80, 0, 0x1000 + 64 },	/* length negative */
		{ 48 + 23, 0x7f, 0, 0 },	/* ends just before 2^63 */
		{ 48 + 23, 0, 1, 0 },
		{ 336, 1, 2, 0 },		/* unused, but for its scheme */
		{ 336 + 15, 0x80, 2, 0 },	/* what an unused slot says */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span s = guard_copy(gpt, sizeof(gpt), 0x1000);
		struct drive_layout_partition p = { .number = 77 };
		struct drive_layout l;
		struct err e = { 0 };
		int r;

		((uint8_t *)s.p)[rows[i].at] = rows[i].value;
		cr_assert_eq(drive_layout_parse(s, &l, NULL), 0);
		r = drive_layout_partition(&l, rows[i].slot, &p, &e);
		cr_expect_eq(r, rows[i].error_at != 0 ? ERR_VALUE : 0,
			     "row %zu", i);
		cr_expect_eq(e.at, rows[i].error_at, "row %zu", i);
		if (r < 0)
			cr_expect_eq(p.number, 77);
		guard_free(s);
	}
}

/* What was read is written again, byte for byte, also what is not used.  */
static void expect_written(const uint8_t *bytes, size_t n)
{
	struct span s = guard_copy(bytes, n, 0);
	uint8_t head[48], slot[144];
	struct drive_layout_partition p;
	struct drive_layout l;

	cr_assert_eq(drive_layout_parse(s, &l, NULL), 0);
	drive_layout_put_head(&l, head);
	cr_expect_arr_eq(head, bytes, sizeof(head));
	for (size_t i = 0; i < l.n_partitions; i++) {
		cr_assert_eq(drive_layout_partition(&l, i, &p, NULL), 0);
		drive_layout_put_slot(l.scheme, &p, slot);
		cr_expect_arr_eq(slot, bytes + 48 + i * 144, sizeof(slot));
	}
	guard_free(s);
}

Test(drive_layout, writes_what_it_reads)
{
	static const uint8_t raw[48 + 144] = {
		[0] = 2, [4] = 1, [48] = 2, [48 + 16] = 7, [48 + 28] = 1, 1,
	};
	uint8_t used[sizeof(gpt)];

	expect_written(mbr, sizeof(mbr));
	expect_written(raw, sizeof(raw));
	memcpy(used, gpt, sizeof(gpt));
	used[336] = 1;
	memset(used + 336 + 72, 'x', 72);	/* a name without an end */
	expect_written(used, sizeof(used));
}

/* Each byte belongs to one field.  */
Test(drive_layout, fields_cover_head_and_slot)
{
	for (int scheme = 0; scheme < 3; scheme++)
		for (int of_slot = 0; of_slot < 2; of_slot++) {
			size_t n, at = 0;
			const struct drive_layout_field *f =
				drive_layout_fields(
					(enum drive_layout_scheme)scheme,
					of_slot != 0, &n);

			for (size_t i = 0; i < n; i++) {
				cr_expect_eq(f[i].offset, at, "%s",
					     f[i].name);
				at += f[i].size;
			}
			cr_expect_eq(at, of_slot ? 144u : 48u);
		}
}

Test(drive_layout, an_unknown_scheme_is_refused)
{
	uint8_t bytes[48] = { [0] = 3 };
	struct span s = guard_copy(bytes, sizeof(bytes), 0x1000);
	struct drive_layout l;
	struct err e = { 0 };

	cr_expect_eq(drive_layout_parse(s, &l, &e), ERR_VALUE);
	cr_expect_eq(e.at, 0x1000);
	cr_expect_eq(e.got, 3);
	guard_free(s);
}

/* The head gives its scheme twice, by its first field and by what it has of a
 * disk, and each slot gives it.  Told of a table whose first byte is damaged:
 * a GPT's GUID for an MBR's signature, "b0b5e81a".  */
Test(drive_layout, a_head_of_another_scheme_than_all_its_slots_is_damaged)
{
	static const struct {
		const uint8_t *bytes;
		size_t n;
		uint8_t told, other;	/* other: a byte of the head, set */
		enum drive_layout_scheme scheme;
		bool nameless;
	} rows[] = {
		{ gpt, sizeof(gpt), 0, 0, DRIVE_LAYOUT_GPT, false },
		{ gpt, sizeof(gpt), 2, 0, DRIVE_LAYOUT_GPT, false },
		{ gpt, sizeof(gpt), 99, 0, DRIVE_LAYOUT_GPT, false },
		{ gpt, sizeof(gpt), 0, 40, DRIVE_LAYOUT_GPT, true },
		{ mbr, sizeof(mbr), 1, 0, DRIVE_LAYOUT_MBR, false },
		{ mbr, sizeof(mbr), 2, 0, DRIVE_LAYOUT_MBR, false },
		{ mbr, sizeof(mbr), 1, 47, DRIVE_LAYOUT_MBR, true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span s = guard_copy(rows[i].bytes, rows[i].n, 0);
		bool is_gpt = rows[i].scheme == DRIVE_LAYOUT_GPT;
		bool named = !rows[i].nameless;
		struct drive_layout l;

		((uint8_t *)s.p)[0] = rows[i].told;
		if (rows[i].other != 0)		/* 128 entries become none */
			((uint8_t *)s.p)[rows[i].other] ^= 128;
		cr_assert_eq(drive_layout_parse(s, &l, NULL), 0, "%zu", i);
		cr_expect_eq(l.scheme, rows[i].scheme, "%zu", i);
		cr_expect_eq(l.told, rows[i].told, "%zu", i);
		cr_expect_eq(l.nameless, rows[i].nameless, "%zu", i);
		cr_expect_eq(l.guid.b[0], is_gpt && named ? 0x1a : 0, "%zu", i);
		cr_expect_eq(l.signature, is_gpt || !named ? 0 : 0xdf4546ae,
			     "%zu", i);
		cr_expect(slot(s, 0).used);
		guard_free(s);
	}
}

/* One witness against two, or no slot that says anything.  */
Test(drive_layout, a_damaged_slot_does_not_change_the_scheme_of_the_disk)
{
	struct drive_layout l;
	struct span s = guard_copy(gpt, sizeof(gpt), 0);
	uint8_t *p = (uint8_t *)s.p;

	p[48] = p[192] = 0;		/* all used slots */
	cr_assert_eq(drive_layout_parse(s, &l, NULL), 0);
	cr_expect_eq(l.scheme, DRIVE_LAYOUT_GPT);
	cr_expect_eq(l.guid.b[0], 0x1a);
	p[192] = 1;			/* the slots differ */
	p[0] = 0;
	cr_assert_eq(drive_layout_parse(s, &l, NULL), 0);
	cr_expect_eq(l.scheme, DRIVE_LAYOUT_MBR);
	memset(p + 48, 0, sizeof(gpt) - 48);
	cr_assert_eq(drive_layout_parse(s, &l, NULL), 0);
	cr_expect_eq(l.scheme, DRIVE_LAYOUT_MBR);
	cr_expect_eq(l.told, DRIVE_LAYOUT_MBR);
	guard_free(s);
}

Test(drive_layout, bytes_behind_the_last_slot_are_counted)
{
	uint8_t bytes[48 + 144 + 5] = { [0] = 1, [4] = 1 };
	struct span s = guard_copy(bytes, sizeof(bytes), 0);
	struct drive_layout l;

	cr_assert_eq(drive_layout_parse(s, &l, NULL), 0);
	cr_expect_eq(l.n_partitions, 1);
	cr_expect_eq(l.excess, 5);
	((uint8_t *)s.p)[7] = 0x80;		/* two thousand million */
	cr_assert_eq(drive_layout_parse(s, &l, NULL), 0);
	cr_expect_eq(l.declared, 0x80000001);
	cr_expect_eq(l.n_partitions, 1);
	cr_expect_eq(l.excess, 0);
	guard_free(s);
}

/* Two disks that a Windows 10 had initialised and never partitioned: nothing
 * but a signature and the end marker in sector 0.  It kept these checksums.  */
Test(drive_layout, the_checksum_is_the_one_that_windows_keeps)
{
	static const struct {
		uint8_t signature[4];
		uint32_t checksum;
	} rows[] = {
		{ { 0xb3, 0x4d, 0xa9, 0x54 }, 0x0101b24d },
		{ { 0x70, 0x4a, 0xa9, 0x54 }, 0x0101b590 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t sector[512] = { [510] = 0x55, 0xaa };
		uint32_t sum = 0;
		struct span s;

		memcpy(sector + 0x1b8, rows[i].signature, 4);
		s = guard_copy(sector, sizeof(sector), 0);
		cr_assert(drive_layout_checksum(s, &sum));
		cr_expect_eq(sum, rows[i].checksum);
		s.n--;
		cr_expect(!drive_layout_checksum(s, &sum));
		s.n++;
		guard_free(s);
	}
}
