#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "disk/findings.h"
#include "format/udf.h"
#include "lib/identified.h"

enum { SIZE = 3 << 20, BLOCK = 2048 };

/* The block of the last descriptor with @tag, which says that it lies so many
 * blocks behind @base.  */
static uint32_t find_tag(const uint8_t *p, uint16_t tag, uint32_t base)
{
	for (uint32_t i = SIZE / BLOCK - 1; i > 0; i--) {
		struct span s = { p + (size_t)i * BLOCK, BLOCK, 0 };
		uint16_t is;

		if (i >= base && udf_tag_parse(s, i - base, &is, NULL) == 0 &&
		    is == tag)
			return i;
	}
	cr_assert_fail("no tag %u", tag);
	return 0;
}

static bool found(const struct identified *t, const struct diag_kind *kind)
{
	return test_finding(&t->diags, kind) != NULL;
}

static uint32_t first_block(const uint8_t *p)
{
	const uint8_t *d = p + (size_t)BLOCK *
			   find_tag(p, UDF_TAG_PARTITION, 0);

	return get_le32(*(const le32 *)(d + 0xbc));
}

/* Let the tag of @d, of @n bytes, be right, with a checksum of no bytes.  */
static void seal(uint8_t *d)
{
	unsigned sum = 0;

	memset(d + 8, 0, 4);
	d[4] = 0;
	for (size_t i = 0; i < 16; i++)
		sum += d[i];
	d[4] = (uint8_t)sum;
}

static void expect_serial(const uint8_t *p, size_t n, bool has, uint32_t serial)
{
	struct identified t;

	identify_bytes(&t, p, n, n);
	cr_expect_eq(t.v.kind, FS_UDF);
	cr_expect_eq(t.v.has_serial, has);
	cr_expect(!has || t.v.serial == serial);
	cr_expect_eq(found(&t, &FINDING_UDF_FILE_SET), !has);
	identified_done(&t);
}

/* A packet that could not be written lies elsewhere.  */
Test(udf_blocks, a_packet_may_be_replaced)
{
	uint8_t *p = volume_made_by("mkudffs -m cdrw -l Spared", SIZE);
	const uint32_t base = first_block(p), elsewhere = 800;
	uint8_t *table[2] = { p + 160 * BLOCK, NULL };
	struct identified t;
	uint32_t serial;

	identify_bytes(&t, p, SIZE, SIZE);
	cr_assert(t.v.has_serial);
	serial = t.v.serial;
	cr_expect_eq(t.diags.n, 0);
	identified_done(&t);

	table[1] = p + (size_t)find_tag(p, UDF_TAG_NONE, 0) * BLOCK;
	cr_assert_neq(table[0], table[1]);
	for (int i = 0; i < 2; i++) {
		memset(table[i] + 0x38, 0, 4);	/* packet 0 */
		table[i][0x3c] = elsewhere & 0xff;
		table[i][0x3d] = (uint8_t)(elsewhere >> 8);
		seal(table[i]);
	}
	memcpy(p + (size_t)elsewhere * BLOCK, p + (size_t)base * BLOCK,
	       32 * BLOCK);
	memset(p + (size_t)base * BLOCK, 0, 32 * BLOCK);
	expect_serial(p, SIZE, true, serial);

	table[0][0] ^= 1;
	identify_bytes(&t, p, SIZE, SIZE);
	cr_expect_eq(t.v.serial, serial);
	cr_expect(found(&t, &FINDING_UDF_COPY));
	cr_expect_eq(t.diags.n, 1);
	identified_done(&t);
	table[1][0] ^= 1;
	expect_serial(p, SIZE, false, 0);
	table[0][0] ^= 1;

	/* Of copies that differ, the newer one counts.  */
	table[1][0] ^= 1;
	table[1][0x38] = 32;
	table[1][0x34] = 1;
	seal(table[1]);
	expect_serial(p, SIZE, false, 0);
	table[0][0x34] = 2;
	seal(table[0]);
	expect_serial(p, SIZE, true, serial);
	free(p);
}

/* On what can be written once, the file set may have been written anew.  */
Test(udf_blocks, blocks_lie_where_the_last_table_says)
{
	static const struct {
		const char *mkfs;
		uint16_t tag;
	} cases[] = {
		{ "mkudffs -m cdr -l Written", UDF_TAG_EXTENDED_FILE },
		{ "mkudffs -m cdr -r 1.50 -l Written", UDF_TAG_FILE },
	};

	for (size_t i = 0; i < 2; i++) {
		uint8_t *p = volume_made_by(cases[i].mkfs, SIZE), *set, *vat;
		const uint32_t base = first_block(p);
		const uint32_t last = find_tag(p, cases[i].tag, base);
		const size_t n = (size_t)(last + 1) * BLOCK;
		struct identified t;
		uint32_t serial, at;

		identify_bytes(&t, p, n, n);
		cr_assert(t.v.has_serial);
		serial = t.v.serial;
		cr_expect_eq(t.diags.n, 0);
		identified_done(&t);
		expect_serial(p, n + 150 * BLOCK, true, serial);
		expect_serial(p, n - BLOCK, false, 0);

		/* The first virtual block is another one now.  */
		set = p + (size_t)base * BLOCK;
		memcpy(set + 20 * BLOCK, set, BLOCK);
		set[20 * BLOCK + 0x1ff] ^= 1;
		seal(set + 20 * BLOCK);
		identify_bytes(&t, p, n, n);
		cr_expect_eq(t.v.serial, serial);
		identified_done(&t);
		vat = p + (size_t)last * BLOCK;
		at = cases[i].tag == UDF_TAG_FILE ?
			0xb0u + vat[0xa8] : 0xd8u + vat[0xd0] + 152;
		cr_assert_eq(get_le32(*(const le32 *)(vat + at)), 0);
		vat[at] = 20;
		seal(vat);
		identify_bytes(&t, p, n, n);
		cr_expect(t.v.has_serial);
		cr_expect_neq(t.v.serial, serial);
		identified_done(&t);
		memset(vat + at, 0xff, 4);	/* not in use */
		seal(vat);
		expect_serial(p, n, false, 0);
		free(p);
	}
}

/* Each byte of the tables changed, with a right tag: an answer.  */
Test(udf_blocks, hostile_tables_are_survived)
{
	static const char *const commands[] = {
		"mkudffs -m cdrw", "mkudffs -m cdr", "mkudffs -m cdr -r 1.50",
	};

	for (size_t i = 0; i < 3; i++) {
		uint8_t *p = volume_made_by(commands[i], SIZE), *d;
		const uint32_t base = i == 0 ? 0 : first_block(p);
		const uint16_t tag = i == 0 ? UDF_TAG_NONE :
				     i == 1 ? UDF_TAG_EXTENDED_FILE :
					      UDF_TAG_FILE;

		d = p + (size_t)find_tag(p, tag, base) * BLOCK;
		for (size_t k = 16; k < 512; k++) {
			const uint8_t old = d[k];

			for (int x = 1; x < 256; x += 127) {
				struct identified t;

				d[k] = (uint8_t)(old ^ x);
				seal(d);
				identify_bytes(&t, p, SIZE, SIZE);
				cr_expect_eq(t.v.kind, FS_UDF);
				identified_done(&t);
			}
			d[k] = old;
		}
		free(p);
	}
}
