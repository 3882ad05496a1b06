#include <criterion/criterion.h>

#include <string.h>
#include <zlib.h>

#include "base/bytes.h"
#include "format/gpt.h"
#include "lib/guard.h"
#include "lib/shared_data.h"
#include "lib/test_disk.h"

/* The primary header of a disk of 10483712 sectors, in one of 512 bytes.  */
static const uint8_t header[512] = {
	'E', 'F', 'I', ' ', 'P', 'A', 'R', 'T',
	[8] = 0, 0, 1, 0,			/* revision 1.0 */
	[12] = 92,				/* size */
	[16] = 0, 0, 0, 0,			/* CRC, see fix_crc() */
	[24] = 1,				/* its own LBA */
	[32] = 0xff, 0xf7, 0x9f,		/* LBA of the backup */
	[40] = 34,				/* first usable LBA */
	[48] = 0xde, 0xf7, 0x9f,		/* last usable LBA */
	[56] = 0xe1, 0x76, 0xd4, 0xe4, 0x33, 0x9a, 0x07, 0x45,
	       0x85, 0x35, 0x79, 0xb6, 0xed, 0x08, 0x40, 0xbd,
	[72] = 2,				/* LBA of the entries */
	[80] = 128,				/* how many */
	[84] = 128,				/* bytes of each */
	[88] = 1, 2, 3, 4,			/* their CRC */
};

static const struct gpt_place first_lba = { 1, 10485760, 512 };

/* zlib knows the checksum, not our code.  */
static void fix_crc(uint8_t *h)
{
	le32 crc;

	memset(h + 16, 0, 4);
	crc = put_le32((uint32_t)crc32(0, h, 92));
	memcpy(h + 16, &crc, 4);
}

static struct span with(uint8_t *h, size_t at, const void *bytes, size_t n)
{
	memcpy(h, header, sizeof(header));
	memcpy(h + at, bytes, n);
	fix_crc(h);
	return guard_copy(h, sizeof(header), 512);
}

Test(gpt, decodes_a_header)
{
	uint8_t h[512];
	char text[GUID_TEXT_CHARS + 1];
	struct gpt_header g;
	struct span s = with(h, 0, header, 1);

	cr_assert_eq(gpt_header_parse(s, &g, NULL), 0);
	cr_expect_eq(g.revision, 0x10000);
	cr_expect_eq(g.header_bytes, 92);
	cr_expect_eq(g.header_crc, g.computed_crc);
	cr_expect_eq(g.my_lba, 1);
	cr_expect_eq(g.alternate_lba, 10483711);
	cr_expect_eq(g.first_usable_lba, 34);
	cr_expect_eq(g.last_usable_lba, 10483678);
	cr_expect_str_eq(guid_text(&g.disk_guid, text),
			 "e4d476e1-9a33-4507-8535-79b6ed0840bd");
	cr_expect_eq(g.entries_lba, 2);
	cr_expect_eq(gpt_array_bytes(&g), 16384);
	cr_expect_eq(g.entries_crc, 0x04030201);
	for (enum gpt_check i = 0; i < GPT_CHECKS; i++)
		cr_expect_eq(gpt_header_check(&g, i, first_lba, NULL), 0,
			     "check %d", i);
	guard_free(s);
}

Test(gpt, survives_every_truncation)
{
	for (size_t n = 0; n < 92; n++) {
		struct gpt_header g;
		struct err e = { 0 };
		struct span s = guard_copy(header, n, 512);

		cr_assert_eq(gpt_header_parse(s, &g, &e), ERR_TRUNCATED);
		cr_expect_eq(e.at, 512);
		cr_expect_eq(e.want, 92);
		cr_expect_eq(e.got, n);
		guard_free(s);
	}
}

/* The checksum sees every changed byte of the header, and none behind it.  */
Test(gpt, no_changed_byte_goes_unseen)
{
	uint8_t h[512];

	memcpy(h, header, sizeof(h));
	fix_crc(h);
	for (size_t i = 0; i < sizeof(h); i++) {
		struct gpt_header g;
		struct span s;
		bool seen;

		h[i] ^= 0xff;
		s = guard_copy(h, sizeof(h), 512);
		seen = gpt_header_parse(s, &g, NULL) < 0 ||
		       gpt_header_check(&g, GPT_CHECK_CRC, first_lba, NULL) < 0;
		cr_expect_eq(seen, i < 92, "byte %zu", i);
		guard_free(s);
		h[i] ^= 0xff;
	}
}

Test(gpt, says_which_field_is_wrong)
{
	static const uint8_t ff[8] = { 0xff, 0xff, 0xff, 0xff,
				       0xff, 0xff, 0xff, 0xff };
	static const struct {
		enum gpt_check check;
		size_t at, n;
		uint8_t bytes[8];
		int code;
	} cases[] = {
		{ GPT_CHECK_SIZE, 12, 4, { 91 }, ERR_VALUE },
		{ GPT_CHECK_SIZE, 12, 4, { 1, 2 }, ERR_VALUE },	/* 513 */
		{ GPT_CHECK_MY_LBA, 24, 8, { 2 }, ERR_VALUE },
		{ GPT_CHECK_ENTRY_BYTES, 84, 4, { 64 }, ERR_VALUE },
		{ GPT_CHECK_ENTRY_BYTES, 84, 4, { 129 }, ERR_VALUE },
		{ GPT_CHECK_ENTRY_BYTES, 84, 4, { 0, 32 }, ERR_VALUE },
		{ GPT_CHECK_ENTRY_COUNT, 80, 4, { 0 }, ERR_LIMIT },
		{ GPT_CHECK_ENTRY_COUNT, 80, 4, { 1, 32 }, ERR_LIMIT },
		{ GPT_CHECK_REVISION, 8, 4, { 0, 0, 2 }, ERR_VALUE },
		{ GPT_CHECK_RESERVED, 20, 4, { 1 }, ERR_VALUE },
		{ GPT_CHECK_USABLE, 40, 8, { 0, 0, 0xff }, ERR_VALUE },
		{ GPT_CHECK_USABLE_END, 48, 8, { 0, 0, 0xff }, ERR_VALUE },
		{ GPT_CHECK_ENTRIES_LBA, 72, 8, { 1 }, ERR_VALUE },
	};
	uint8_t h[512];
	struct gpt_header g;
	struct err e = { 0 };
	struct span s;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		s = with(h, cases[i].at, cases[i].bytes, cases[i].n);
		cr_assert_eq(gpt_header_parse(s, &g, NULL), 0);
		cr_expect_eq(gpt_header_check(&g, cases[i].check, first_lba,
					      &e), cases[i].code, "case %zu",
			     i);
		cr_expect_eq(e.at, 512 + cases[i].at, "case %zu", i);
		guard_free(s);
	}
	/* Where they should lie, but the disk ends before: "expected 2, found
	 * 2" was said.  */
	s = with(h, 72, (const uint8_t[8]){ 2 }, 8);
	cr_assert_eq(gpt_header_parse(s, &g, NULL), 0);
	cr_expect_eq(gpt_header_check(&g, GPT_CHECK_ENTRIES_LBA,
				      (struct gpt_place){ 1, 2, 512 }, &e),
		     ERR_VALUE);
	cr_expect_eq(e.got, 2);
	cr_expect_eq(e.want, 1);
	guard_free(s);
	s = with(h, 80, ff, 8);		/* 2^32 entries of 2^32 bytes */
	cr_assert_eq(gpt_header_parse(s, &g, NULL), 0);
	cr_expect_eq(gpt_array_bytes(&g), 0xfffffffe00000001);
	cr_expect_eq(gpt_header_check(&g, GPT_CHECK_ENTRY_COUNT, first_lba,
				      &e), ERR_LIMIT);
	guard_free(s);
}

/* The second entry of that disk, with a shorter name and an attribute.  */
static const uint8_t entry[128] = {
	0xa2, 0xa0, 0xd0, 0xeb, 0xe5, 0xb9, 0x33, 0x44,
	0x87, 0xc0, 0x68, 0xb6, 0xb7, 0x26, 0x99, 0xc7,
	0xd1, 0x2d, 0x61, 0x1d, 0xcb, 0x5c, 0x1d, 0x4f,
	0x80, 0x7e, 0x1c, 0x4f, 0x42, 0xc9, 0x4a, 0x77,
	[32] = 0x00, 0x08, 0x01,		/* first LBA 67584 */
	[40] = 0xff, 0xf7, 0x9f,		/* last LBA 10483711 */
	[55] = 0x80,				/* no drive letter */
	[56] = 'B', 0, 'a', 0, 's', 0, 'i', 0, 'c', 0,
};

Test(gpt, decodes_an_entry)
{
	char text[GUID_TEXT_CHARS + 1];
	struct gpt_entry e;
	struct span s = guard_copy(entry, sizeof(entry), 1152);

	cr_assert_eq(gpt_entry_parse(s, &e, NULL), 0);
	cr_expect_str_eq(guid_text(&e.type, text),
			 "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7");
	cr_expect_str_eq(guid_text(&e.guid, text),
			 "1d612dd1-5ccb-4f1d-807e-1c4f42c94a77");
	cr_expect_eq(e.first_lba, 67584);
	cr_expect_eq(e.last_lba, 10483711);
	cr_expect_eq(e.attributes, 1ull << 63);
	cr_assert_eq(e.name.n, 10);
	cr_expect_eq(e.name.p[8], 'c');
	guard_free(s);
}

Test(gpt, an_entry_survives_every_truncation)
{
	for (size_t n = 0; n < sizeof(entry); n++) {
		struct gpt_entry g;
		struct err e = { 0 };
		struct span s = guard_copy(entry, n, 1152);

		cr_assert_eq(gpt_entry_parse(s, &g, &e), ERR_TRUNCATED);
		cr_expect_eq(e.at, 1152);
		cr_expect_eq(e.got, n);
		guard_free(s);
	}
}

/* A header and entries that Apple's tools wrote: their checksums agree.  */
Test(gpt, agrees_with_real_checksums)
{
	size_t n;
	uint8_t *p = test_file(shared_data("fox-it__dissect.volume/tests/data/"
					   "gpt.bin"), &n);
	struct gpt_header g;
	struct err e = { 0 };

	if (p == NULL)
		cr_skip_test("no shared data");
	cr_assert_eq(gpt_header_parse((struct span){ p + 512, 512, 512 }, &g,
				      NULL), 0);
	cr_expect_eq(gpt_header_check(&g, GPT_CHECK_CRC, first_lba, &e), 0);
	cr_expect_eq(gpt_array_check(&g, (struct span){ p + 1024, 16384, 1024 },
				     &e), 0);
	p[1024 + 77] ^= 1;
	cr_expect_eq(gpt_array_check(&g, (struct span){ p + 1024, 16384, 1024 },
				     &e), ERR_CHECKSUM);
	cr_expect_eq(e.at, 512 + 88);
	free(p);
}
