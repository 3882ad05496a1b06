#include <criterion/criterion.h>

#include <string.h>

#include "format/udf.h"
#include "lib/guard.h"
#include "lib/mutate.h"

#define AT 0x20000

/* Checksums in these are as python's binascii.crc_hqx() computes them.  */
static const uint8_t anchor[512] = {
	0x02, 0x00, 0x03, 0x00,		/* anchor, 3rd edition */
	0xee, 0x00, 0x00, 0x00, 0xc5, 0x32, 0xf0, 0x01,
	0x00, 0x01, 0x00, 0x00,		/* block 256 */
	0x00, 0x20, 0x00, 0x00,		/* 16 blocks of 512 bytes */
	0x60, 0x00, 0x00, 0x00,		/* from 96 on */
	0x00, 0x40, 0x00, 0x00,
	0xe0, 0x4f, 0x00, 0x01,
};

static const uint8_t pointer[512] = {
	0x03, 0x00, 0x03, 0x00,
	0x56, 0x00, 0x00, 0x00, 0x90, 0x6e, 0xf0, 0x01,
	0x61, 0x00, 0x00, 0x00,
	0x07, 0x00, 0x00, 0x00,		/* number 7 */
	0x00, 0x08, 0x00, 0x00, 0x34, 0x12, 0x00, 0x00,
};

static const uint8_t partition[512] = {
	0x05, 0x00, 0x03, 0x00,
	0x07, 0x00, 0x00, 0x00, 0x1f, 0x8d, 0xf0, 0x01,
	0x62, 0x00, 0x00, 0x00,
	0x09, 0x00, 0x00, 0x00,
	0x01, 0x00,
	0x02, 0x01,			/* partition 258 */
	[0xbc] = 0x20, 0x01, 0x00, 0x00,
	[0xc0] = 0xc0, 0x4d, 0x00, 0x00,
};

static const uint8_t volume[512] = {
	0x06, 0x00, 0x03, 0x00,
	0x30, 0x00, 0x00, 0x00, 0xf7, 0xdc, 0xf0, 0x01,
	0x63, 0x00, 0x00, 0x00,
	0x0a, 0x00, 0x00, 0x00,
	[0x54] = 8, 'D', 'a', 't', 'a', [0xd3] = 5,
	[0xd4] = 0x00, 0x02, 0x00, 0x00,
	[0xd9] = '*', 'O', 'S', 'T', 'A', ' ', 'U', 'D', 'F', ' ',
		 'C', 'o', 'm', 'p', 'l', 'i', 'a', 'n', 't',
	[0xf0] = 0x50, 0x02,
	[0xf8] = 0x00, 0x04, 0x00, 0x00, 0x11, 0x00, 0x00, 0x00, 0x01, 0x00,
	[0x108] = 70, 0, 0, 0, 2, 0, 0, 0,
	[0x1b8] = 1, 6, 1, 0, 0x02, 0x01,
	[0x1be] = 2, 64, 0, 0,
		  0, '*', 'U', 'D', 'F', ' ', 'M', 'e', 't', 'a', 'd', 'a',
		  't', 'a', ' ', 'P', 'a', 'r', 't', 'i', 't', 'i', 'o', 'n',
	[0x1be + 36] = 1, 0, 0x02, 0x01, 0x05, 0, 0, 0, 0x06, 0, 1, 0,
};

static const uint8_t file_set[512] = {
	0x00, 0x01, 0x03, 0x00,
	0x61, 0x00, 0x00, 0x00, 0x9b, 0xc0, 0xf0, 0x01,
	0x11, 0x00, 0x00, 0x00,
	[0x70] = 16, 0x04, 0x14, [0xef] = 3,
	[0x1fc] = 0x01, 0x02, 0x03, 0x04,
};

/* Of 3000 bytes in blocks 40, 41 and 90 to 93, of which the last is not
 * recorded.  */
static const uint8_t file[512] = {
	0x0a, 0x01, 0x03, 0x00,
	0x18, 0x00, 0x00, 0x00, 0x2c, 0xe8, 0xf0, 0x01,
	0x05, 0x00, 0x00, 0x00,
	[0xd0] = 8, 0, 0, 0, 24, 0, 0, 0,
	[0xe0] = 0x00, 0x04, 0x00, 0x00, 40, 0, 0, 0,
		 0xb8, 0x05, 0x00, 0x00, 90, 0, 0, 0,
		 0x00, 0x02, 0x00, 0x40, 93, 0, 0, 0,
};

/* Packet 0x20 lies in block 0x1000, packet 0x40 in block 0x1040.  */
static const uint8_t sparing[512] = {
	0x00, 0x00, 0x03, 0x00,
	0xf1, 0x00, 0x00, 0x00, 0x96, 0x03, 0xf0, 0x01,
	0x64, 0x00, 0x00, 0x00,
	0, '*', 'U', 'D', 'F', ' ', 'S', 'p', 'a', 'r', 'i', 'n', 'g', ' ',
	   'T', 'a', 'b', 'l', 'e',
	[0x30] = 3, 0, 0, 0, 5, 0, 0, 0,
	[0x38] = 0x20, 0, 0, 0, 0x00, 0x10, 0, 0,
		 0xff, 0xff, 0xff, 0xff, 0x20, 0x10, 0, 0,
		 0x40, 0, 0, 0, 0x40, 0x10, 0, 0,
};

/* A virtual allocation table of two entries, as UDF 1.50 has it.  */
static const uint8_t table[512] = {
	0x05, 0x01, 0x03, 0x00,
	0x7c, 0x00, 0x00, 0x00, 0x41, 0x3b, 0xf0, 0x01,
	0x06, 0x00, 0x00, 0x00,
	[0x22] = 3,
	[0x38] = 44, [0xa8] = 8, [0xac] = 44,
	[0xb8] = 7, 0, 0, 0, 9, 0, 0, 0,
		 0, '*', 'U', 'D', 'F', ' ', 'V', 'i', 'r', 't', 'u', 'a', 'l',
		 ' ', 'A', 'l', 'l', 'o', 'c', ' ', 'T', 'b', 'l',
};

static int check(const uint8_t *bytes, uint32_t block, uint16_t *ret_tag,
		 struct err *reterr)
{
	struct span s = guard_copy(bytes, 512, AT);
	int r = udf_tag_parse(s, block, ret_tag, reterr);

	guard_free(s);
	return r;
}

static struct span span_of(const uint8_t *bytes)
{
	return (struct span){ bytes, 512, AT };
}

static const struct {
	const uint8_t *bytes;
	uint32_t block;
	uint16_t tag;
} descriptors[] = {
	{ anchor, 256, UDF_TAG_ANCHOR },
	{ pointer, 97, UDF_TAG_POINTER },
	{ partition, 98, UDF_TAG_PARTITION },
	{ volume, 99, UDF_TAG_LOGICAL_VOLUME },
	{ file_set, 17, UDF_TAG_FILE_SET },
	{ file, 5, UDF_TAG_EXTENDED_FILE },
	{ sparing, 100, UDF_TAG_NONE },
	{ table, 6, UDF_TAG_FILE },
};

Test(udf, checks_tags)
{
	for (size_t i = 0; i < sizeof(descriptors) / sizeof(*descriptors);
	     i++) {
		struct err e = { 0 };
		uint16_t tag = 0;

		cr_expect_eq(check(descriptors[i].bytes, descriptors[i].block,
				   &tag, &e), 0, "%zu: %x, not %x", i,
			     (unsigned)e.want, (unsigned)e.got);
		cr_expect_eq(tag, descriptors[i].tag);
		cr_expect_eq(check(descriptors[i].bytes,
				   descriptors[i].block + 1, &tag, &e),
			     ERR_VALUE);
		cr_expect_eq(e.at, AT + 12);
	}
}

/* ECMA-167, 3/7.2.6: that of 70 6a 77 is 3299.  */
Test(udf, the_checksum_is_that_of_the_standard)
{
	uint8_t b[512] = { 1, 0, 2, 0, 0, 0, 0, 0, 0x99, 0x32, 3,
			   [16] = 0x70, 0x6a, 0x77 };
	uint16_t tag;

	b[4] = (uint8_t)(1 + 2 + 0x99 + 0x32 + 3);
	cr_expect_eq(check(b, 0, &tag, NULL), 0);
	b[18] ^= 1;
	cr_expect_eq(check(b, 0, &tag, NULL), ERR_CHECKSUM);
}

Test(udf, every_changed_byte_is_told)
{
	for (size_t i = 0; i < 512; i++)
		for (int x = 1; x < 256; x++) {
			struct err e = { 0 };
			uint8_t copy[512];
			uint16_t tag;

			memcpy(copy, volume, sizeof(copy));
			copy[i] ^= (uint8_t)x;
			cr_assert_lt(check(copy, 99, &tag, &e), 0, "%zu", i);
			cr_assert(e.at >= AT && e.at < AT + 16);
		}
}

Test(udf, a_descriptor_cannot_be_longer_than_its_block)
{
	uint8_t copy[512];
	struct err e;
	uint16_t tag;

	memcpy(copy, anchor, sizeof(copy));
	copy[10]++;	/* 497 bytes behind the tag */
	copy[4]++;
	cr_expect_eq(check(copy, 256, &tag, &e), ERR_VALUE);
	cr_expect_eq(e.at, AT + 10);
	cr_expect_eq(e.want, 496);
	cr_expect_eq(e.got, 497);
}

Test(udf, knows_the_descriptors_of_the_recognition_sequence)
{
	static const struct {
		const char *bytes;
		enum udf_vsd want;
	} cases[] = {
		{ "\0BEA01\1", UDF_VSD_OTHER }, { "\0NSR02\1", UDF_VSD_NSR },
		{ "\0NSR03\1", UDF_VSD_NSR }, { "\0TEA01\1", UDF_VSD_OTHER },
		{ "\0BOOT2\1", UDF_VSD_OTHER }, { "\1CD001\1", UDF_VSD_OTHER },
		{ "\0CDW02\1", UDF_VSD_OTHER }, { "\0NSR01\1", UDF_VSD_END },
		{ "\0\0\0\0\0\0\0", UDF_VSD_END },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t n = 0; n <= UDF_VSD_NAME_BYTES; n++) {
			struct span s = guard_copy(cases[i].bytes, n, 0);

			cr_expect_eq(udf_vsd_parse(s), n < 6 ? UDF_VSD_END :
				     cases[i].want, "%s", cases[i].bytes + 1);
			guard_free(s);
		}
}

Test(udf, decodes_an_anchor_and_a_pointer)
{
	struct udf_anchor a;
	struct udf_pointer p;

	cr_assert_eq(udf_anchor_parse(span_of(anchor), &a, NULL), 0);
	cr_expect_eq(a.main.bytes, 8192);
	cr_expect_eq(a.main.block, 96);
	cr_expect_eq(a.reserve.bytes, 16384);
	cr_expect_eq(a.reserve.block, 0x01004fe0);
	cr_assert_eq(udf_pointer_parse(span_of(pointer), &p, NULL), 0);
	cr_expect_eq(p.number, 7);
	cr_expect_eq(p.next.bytes, 2048);
	cr_expect_eq(p.next.block, 0x1234);
}

Test(udf, decodes_a_partition)
{
	struct udf_partition p;

	cr_assert_eq(udf_partition_parse(span_of(partition), &p, NULL), 0);
	cr_expect_eq(p.number, 9);
	cr_expect_eq(p.partition, 258);
	cr_expect_eq(p.first_block, 288);
	cr_expect_eq(p.blocks, 19904);
}

Test(udf, decodes_a_logical_volume)
{
	struct udf_logical_volume v;

	cr_assert_eq(udf_logical_volume_parse(span_of(volume), &v, NULL), 0);
	cr_expect_eq(v.number, 10);
	cr_expect_eq(v.label.at, AT + 0x54);
	cr_expect_eq(v.label.n, 128);
	cr_expect_eq(v.block_bytes, 512);
	cr_expect_eq(v.revision, 0x250);
	cr_expect_eq(v.file_set.bytes, 1024);
	cr_expect_eq(v.file_set.block, 17);
	cr_expect_eq(v.file_set_map, 1);
	cr_assert_eq(v.n_maps, 2);
	cr_expect_eq(v.maps[0].kind, UDF_MAP_PHYSICAL);
	cr_expect_eq(v.maps[0].partition, 258);
	cr_expect_eq(v.maps[1].kind, UDF_MAP_METADATA);
	cr_expect_eq(v.maps[1].partition, 258);
	cr_expect_eq(v.maps[1].file, 5);
	cr_expect_eq(v.maps[1].mirror, 0x10006);
}

Test(udf, a_volume_need_not_be_one_of_udf)
{
	struct udf_logical_volume v;
	uint8_t copy[512];

	memcpy(copy, volume, sizeof(copy));
	copy[0xd9] = '+';
	copy[0x1be + 10] = 'X';	/* a map that is none of metadata */
	copy[0x1b8] = 3;
	cr_assert_eq(udf_logical_volume_parse(span_of(copy), &v, NULL), 0);
	cr_expect_eq(v.revision, 0);
	cr_expect_eq(v.maps[0].kind, UDF_MAP_OTHER);
	cr_expect_eq(v.maps[1].kind, UDF_MAP_OTHER);
}

/* The map of metadata with another name.  */
static struct udf_map map_named(const char *name, const uint8_t *more, size_t n)
{
	struct udf_logical_volume v;
	uint8_t copy[512];

	memcpy(copy, volume, sizeof(copy));
	memset(copy + 0x1be + 5, 0, 23);
	for (size_t i = 0; name[i] != '\0'; i++)
		copy[0x1be + 5 + i] = (uint8_t)name[i];
	memcpy(copy + 0x1be + 40, more, n);
	cr_assert_eq(udf_logical_volume_parse(span_of(copy), &v, NULL), 0);
	cr_assert_eq(v.n_maps, 2);
	return v.maps[1];
}

Test(udf, decodes_maps_of_discs_that_are_written_otherwise)
{
	static const uint8_t tables[] = {
		32, 0, 2, 0, 0x38, 1, 0, 0, 160, 0, 0, 0, 0xe0, 0x7f, 0, 0,
	};
	static const uint8_t many[] = { 32, 0, 255, 0 };
	struct udf_map m = map_named("*UDF Sparable Partition", tables,
				     sizeof(tables));

	cr_expect_eq(m.kind, UDF_MAP_SPARABLE);
	cr_expect_eq(m.partition, 258);
	cr_expect_eq(m.packet_blocks, 32);
	cr_expect_eq(m.table_bytes, 312);
	cr_assert_eq(m.n_tables, 2);
	cr_expect_eq(m.tables[0], 160);
	cr_expect_eq(m.tables[1], 32736);
	m = map_named("*UDF Sparable Partition", many, sizeof(many));
	cr_expect_eq(m.n_tables, UDF_MAX_SPARING_TABLES);
	m = map_named("*UDF Virtual Partition", many, 0);
	cr_expect_eq(m.kind, UDF_MAP_VIRTUAL);
	cr_expect_eq(m.partition, 258);
}

Test(udf, finds_what_replaces_a_packet)
{
	static const struct {
		uint32_t packet, at;	/* 0: nothing */
	} cases[] = {
		{ 0x20, 0x1000 }, { 0x40, 0x1040 }, { 0x60, 0 }, { 0, 0 },
		{ 0xffffffff, 0 },
	};
	struct udf_sparing t;
	struct err e;
	uint8_t copy[512];

	cr_assert_eq(udf_sparing_parse(span_of(sparing), &t, NULL), 0);
	cr_expect_eq(t.number, 5);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t at = 0;

		cr_expect_eq(udf_sparing_find(&t, cases[i].packet, &at),
			     cases[i].at != 0, "%zu", i);
		cr_expect_eq(at, cases[i].at, "%zu", i);
	}
	memcpy(copy, sparing, sizeof(copy));
	copy[0x30] = (512 - 0x38) / 8 + 1;
	cr_expect_eq(udf_sparing_parse(span_of(copy), &t, &e), ERR_VALUE);
	cr_expect_eq(e.at, AT + 0x30);
	copy[0x12] = 'X';
	cr_expect_eq(udf_sparing_parse(span_of(copy), &t, &e), ERR_MAGIC);
}

Test(udf, tells_what_is_in_a_file)
{
	struct udf_content c;
	struct span end;
	struct err e;
	uint8_t copy[512];

	cr_assert_eq(udf_content_parse(span_of(table), UDF_TAG_FILE, &c, NULL),
		     0);
	cr_expect_eq(c.type, 0);
	cr_expect_eq(c.bytes, 44);
	cr_assert(c.embedded);
	cr_expect_eq(c.data.at, AT + 0xb8);
	cr_expect_eq(c.data.n, 44);
	cr_assert(span_sub(c.data, 8, 36, &end));
	cr_expect(udf_is_old_vat(end));
	cr_assert(span_sub(c.data, 7, 36, &end));
	cr_expect_not(udf_is_old_vat(end));
	memcpy(copy, table, sizeof(copy));
	copy[0x38] = 45;
	cr_expect_eq(udf_content_parse(span_of(copy), UDF_TAG_FILE, &c, &e),
		     ERR_VALUE);
	cr_expect_eq(e.at, AT + 0x38);

	memcpy(copy, file, sizeof(copy));
	copy[0x1b] = UDF_FILE_VAT;
	copy[0x39] = 1;
	cr_assert_eq(udf_content_parse(span_of(copy), UDF_TAG_EXTENDED_FILE, &c,
				       NULL), 0);
	cr_expect_eq(c.type, 248);
	cr_expect_eq(c.bytes, 256);
	cr_expect_not(c.embedded);
}

Test(udf, says_which_field_of_a_volume_is_impossible)
{
	static const struct {
		size_t at;
		uint8_t byte;
		int code;
		size_t want_at;
	} cases[] = {
		{ 0xd5, 0x03, ERR_VALUE, 0xd4 },	/* 768 bytes */
		{ 0xd5, 0x01, ERR_VALUE, 0xd4 },
		{ 0xd5, 0x20, ERR_VALUE, 0xd4 },
		{ 0x108, 73, ERR_VALUE, 0x108 },
		{ 0x10c, 5, ERR_LIMIT, 0x10c },
		{ 0x10c, 3, ERR_VALUE, 0x1fe },	/* no third map */
		{ 0x1b9, 1, ERR_VALUE, 0x1b8 },
		{ 0x1bf, 65, ERR_VALUE, 0x1be },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct udf_logical_volume v;
		struct err e = { 0 };
		uint8_t copy[512];

		memcpy(copy, volume, sizeof(copy));
		copy[cases[i].at] = cases[i].byte;
		cr_expect_eq(udf_logical_volume_parse(span_of(copy), &v, &e),
			     cases[i].code, "case %zu", i);
		cr_expect_eq(e.at, AT + cases[i].want_at, "case %zu", i);
	}
}

/* Summed by hand, from the lowest byte: 61 9b 11 10 01; 01 c0 04 02;
 * 03 f0 14 03; 01 03 04.  */
Test(udf, computes_the_serial_number_of_a_file_set)
{
	struct udf_file_set f;

	cr_assert_eq(udf_file_set_parse(span_of(file_set), &f, NULL), 0);
	cr_expect_eq(f.label.at, AT + 0x70);
	cr_expect_eq(f.label.n, 128);
	cr_expect_eq(f.serial, 0x080ac71e, "%08x", f.serial);
}

Test(udf, finds_the_blocks_of_a_file)
{
	static const uint32_t want[] = { 40, 41, 90, 91, 92 };
	uint32_t block;
	struct err e;

	for (uint32_t i = 0; i < 5; i++) {
		cr_assert_eq(udf_file_block(span_of(file), UDF_TAG_EXTENDED_FILE,
					    512, i, &block, NULL), 0);
		cr_expect_eq(block, want[i]);
	}
	for (uint32_t i = 5; i < 7; i++)
		cr_expect_eq(udf_file_block(span_of(file),
					    UDF_TAG_EXTENDED_FILE, 512, i,
					    &block, &e), ERR_VALUE);
	/* That of an older file has its fields 40 bytes before.  */
	cr_expect_eq(udf_file_block((struct span){ file + 40, 472, AT },
				    UDF_TAG_FILE, 512, 2, &block, NULL), 0);
	cr_expect_eq(block, 90);
}

Test(udf, extents_of_another_form_are_not_read)
{
	uint8_t copy[512];
	uint32_t block;
	struct err e;

	memcpy(copy, file, sizeof(copy));
	copy[0x22] = 1;
	cr_expect_eq(udf_file_block(span_of(copy), UDF_TAG_EXTENDED_FILE, 512,
				    0, &block, &e), ERR_UNSUPPORTED);
	cr_expect_eq(e.at, AT + 0x22);
	memcpy(copy, file, sizeof(copy));
	copy[0xd5] = 2;
	cr_expect_eq(udf_file_block(span_of(copy), UDF_TAG_EXTENDED_FILE, 512,
				    0, &block, &e), ERR_VALUE);
	cr_expect_eq(e.at, AT + 0xd4);
	memcpy(copy, file, sizeof(copy));
	memset(copy + 0xec, 0xff, 4);	/* the second extent */
	cr_expect_eq(udf_file_block(span_of(copy), UDF_TAG_EXTENDED_FILE, 512,
				    3, &block, &e), ERR_VALUE);
}

Test(udf, strings_say_how_long_and_how_wide_they_are)
{
	static const struct {
		uint8_t bytes[8];
		int code;
		bool wide;
		size_t n;
		uint64_t at;
	} cases[] = {
		{ { 8, 'a', 'b', [7] = 3 }, 0, false, 2, 1 },
		{ { 16, 4, 0x14, 4, 0x15, [7] = 5 }, 0, true, 4, 1 },
		{ { 16, 4, 0x14, 4, 0x15, [7] = 4 }, 0, true, 2, 1 },
		{ { 8, 'a', 'b', 'c', 'd', 'e', 'f', 7 }, 0, false, 6, 1 },
		{ { 0 }, 0, false, 0, 0 },
		{ { 8, [7] = 1 }, 0, false, 0, 0 },
		{ { 8, 'a', [7] = 8 }, ERR_VALUE, false, 0, 7 },
		{ { 9, 'a', [7] = 2 }, ERR_VALUE, false, 0, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct udf_string t = { 0 };
		struct err e = { 0 };
		struct span s = guard_copy(cases[i].bytes, 8, 0);

		cr_expect_eq(udf_string_parse(s, &t, &e), cases[i].code,
			     "case %zu", i);
		cr_expect_eq(t.chars.n, cases[i].n, "case %zu", i);
		cr_expect_eq(t.wide, cases[i].wide, "case %zu", i);
		cr_expect_eq(cases[i].code < 0 ? e.at : t.chars.at,
			     cases[i].at, "case %zu", i);
		guard_free(s);
	}
}

static void look_at_string(struct span s)
{
	struct udf_string t;

	if (udf_string_parse(s, &t, NULL) == 0)
		for (size_t i = 0; i < t.chars.n; i++)
			cr_assert_leq(t.chars.p + i, s.p + s.n - 1);
}

static void look(struct span s)
{
	struct udf_logical_volume v;
	struct udf_partition p;
	struct udf_pointer next;
	struct udf_file_set f;
	struct udf_sparing t;
	struct udf_content c;
	struct udf_anchor a;
	uint32_t block;
	uint16_t tag;

	(void)udf_tag_parse(s, 99, &tag, NULL);
	(void)udf_anchor_parse(s, &a, NULL);
	(void)udf_pointer_parse(s, &next, NULL);
	(void)udf_partition_parse(s, &p, NULL);
	if (udf_logical_volume_parse(s, &v, NULL) == 0) {
		cr_assert_leq(v.n_maps, UDF_MAX_MAPS);
		look_at_string(v.label);
	}
	if (udf_file_set_parse(s, &f, NULL) == 0)
		look_at_string(f.label);
	if (udf_sparing_parse(s, &t, NULL) == 0)
		(void)udf_sparing_find(&t, 0x7fffffff, &block);
	if (udf_content_parse(s, UDF_TAG_FILE, &c, NULL) == 0 && c.embedded)
		cr_assert_leq(c.data.p + c.data.n, s.p + s.n);
	(void)udf_is_old_vat(s);
	(void)udf_file_block(s, UDF_TAG_FILE, 512, 3, &block, NULL);
	(void)udf_file_block(s, UDF_TAG_EXTENDED_FILE, 512, 3, &block, NULL);
}

Test(udf, survives_truncations_and_changes)
{
	for (size_t i = 0; i < sizeof(descriptors) / sizeof(*descriptors); i++)
		mutate(descriptors[i].bytes, 512, look);
	mutate(volume + 0x54, 128, look_at_string);
}
