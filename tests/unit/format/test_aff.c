#include <criterion/criterion.h>

#include "format/aff.h"
#include "lib/guard.h"
#include "lib/mutate.h"

/* Page 7, of 0x300 zeros.  */
static const uint8_t segment[] = {
	'A', 'F', 'F', 0,
	0, 0, 0, 5,			/* bytes of the name */
	0, 0, 0, 4,			/* of the data */
	0, 0, 0, 0x33,			/* coded, as much as it can be, zeros */
	'p', 'a', 'g', 'e', '7',
	0, 0, 3, 0,
	'A', 'T', 'T', 0,
	0, 0, 0, 33,
};

static struct span at(const void *p, size_t n, uint64_t where)
{
	return (struct span){ p, n, where };
}

Test(aff, begins_with_its_signature)
{
	struct err e;

	cr_expect_eq(aff_header_parse(at("AFF10\r\n", 8, 0), &e), 0);
	cr_expect_eq(aff_header_parse(at("AFF10\r\n", 7, 0), &e),
		     ERR_TRUNCATED);
	cr_expect_eq(aff_header_parse(at("AFF10\n\r", 8, 0), &e), ERR_MAGIC);
	cr_expect_eq(aff_header_parse(at("AFF10\r\nx", 8, 0), &e), ERR_MAGIC);
}

Test(aff, reads_a_segment)
{
	struct span s = guard_copy(segment, sizeof(segment), 0x1000);
	struct span part;
	struct aff_segment h;
	uint32_t zeros = 0;
	struct err e;

	cr_assert_eq(aff_segment_parse(s, &h, NULL), 0);
	cr_expect_eq(h.name_bytes, 5);
	cr_expect_eq(h.data_bytes, 4);
	cr_expect_eq(h.arg, 0x33);
	cr_expect_eq(aff_segment_bytes(&h), sizeof(segment));
	cr_assert(span_sub(s, 25, 8, &part));
	cr_expect_eq(aff_tail_parse(part, 33, NULL), 0);
	cr_expect_eq(aff_tail_parse(part, 34, &e), ERR_VALUE);
	cr_expect_eq(e.at, 0x1000 + 29);
	cr_expect(e.want == 34 && e.got == 33);
	cr_assert(span_sub(s, 24, 8, &part));
	cr_expect_eq(aff_tail_parse(part, 33, &e), ERR_MAGIC);
	cr_assert(span_sub(s, 21, 4, &part));
	cr_expect_eq(aff_zeros_parse(part, &zeros, NULL), 0);
	cr_expect_eq(zeros, 768);
	cr_expect_eq(aff_zeros_parse(s, &zeros, &e), ERR_VALUE);
	cr_assert(span_sub(s, 1, 20, &part));
	cr_expect_eq(aff_segment_parse(part, &h, &e), ERR_MAGIC);
	cr_expect_eq(e.at, 0x1001);
	guard_free(s);
}

Test(aff, counts_the_bytes_of_the_largest_segment)
{
	struct aff_segment h = { UINT32_MAX, UINT32_MAX, 0 };

	cr_expect_eq(aff_segment_bytes(&h), 0x200000016u);
}

Test(aff, has_the_lower_half_of_a_number_first)
{
	static const uint8_t n[9] = { 0, 0, 2, 0, 0, 0, 0, 1 };
	uint64_t v = 5;

	cr_expect_eq(aff_number_parse(at(n, 8, 0), &v, NULL), 0);
	cr_expect_eq(v, 0x100000200u);
	v = 5;
	cr_expect_eq(aff_number_parse(at(n, 7, 0), &v, NULL), ERR_VALUE);
	cr_expect_eq(aff_number_parse(at(n, 9, 0), &v, NULL), ERR_VALUE);
	cr_expect_eq(v, 5);
}

Test(aff, knows_its_segments_by_name)
{
	static const struct {
		const char *name;
		enum aff_kind kind;
		uint64_t page;
	} rows[] = {
		{ "", AFF_UNUSED, 0 },
		{ "page0", AFF_PAGE, 0 },
		{ "page7", AFF_PAGE, 7 },
		{ "page9223372036854775", AFF_PAGE, 9223372036854775 },
		{ "seg12", AFF_OLD_PAGE, 12 },
		{ "page7_md5", AFF_PAGE_MD5, 7 },
		{ "page10_sha1", AFF_PAGE_SHA1, 10 },
		{ "page3/aes256", AFF_ENCRYPTED_PAGE, 3 },
		{ "pagesize", AFF_PAGE_SIZE, 0 },
		{ "segsize", AFF_PAGE_SIZE, 0 },
		{ "imagesize", AFF_DISK_SIZE, 0 },
		{ "sectorsize", AFF_SECTOR_SIZE, 0 },
		{ "badflag", AFF_BAD_FLAG, 0 },
		{ "badsectors", AFF_BAD_SECTORS, 0 },
		{ "aff_file_type", AFF_FILE_TYPE, 0 },
		{ "raw_image_file_extension", AFF_RAW_EXTENSION, 0 },
		{ "page", AFF_OTHER, 0 },
		{ "page07", AFF_OTHER, 0 },
		{ "page-1", AFF_OTHER, 0 },
		{ "page 1", AFF_OTHER, 0 },
		{ "page7x", AFF_OTHER, 0 },
		{ "Page7", AFF_OTHER, 0 },
		{ "page99999999999999999999", AFF_OTHER, 0 },
		{ "page0/sha256", AFF_OTHER, 0 },
		{ "imagesiz", AFF_OTHER, 0 },
		{ "imagesizes", AFF_OTHER, 0 },
		{ "affkey_aes256", AFF_OTHER, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct span s = guard_copy(rows[i].name, strlen(rows[i].name),
					   0);
		struct aff_name n = aff_name_parse(s);

		cr_expect_eq(n.kind, rows[i].kind, "%s", rows[i].name);
		cr_expect_eq(n.page, rows[i].page, "%s", rows[i].name);
		guard_free(s);
	}
}

Test(aff, knows_how_a_page_is_coded)
{
	cr_expect_eq(aff_coding(0), AFF_PLAIN);
	cr_expect_eq(aff_coding(0x30), AFF_PLAIN);
	cr_expect_eq(aff_coding(1), AFF_ZLIB);
	cr_expect_eq(aff_coding(3), AFF_ZLIB);
	cr_expect_eq(aff_coding(0x11), AFF_UNKNOWN_CODING);
	cr_expect_eq(aff_coding(0x21), AFF_LZMA);
	cr_expect_eq(aff_coding(0x33), AFF_ZEROS);
	cr_expect_eq(aff_coding(0x41), AFF_UNKNOWN_CODING);
	cr_expect_eq(aff_coding(0xf1), AFF_UNKNOWN_CODING);
}

static void parse_all(struct span s)
{
	struct aff_segment h;
	struct span part;
	uint64_t number;
	uint32_t zeros;

	aff_header_parse(s, NULL);
	if (aff_segment_parse(s, &h, NULL) == 0 &&
	    span_sub(s, AFF_HEAD_BYTES, h.name_bytes, &part))
		aff_name_parse(part);
	for (size_t i = 0; i < s.n; i++) {
		span_sub(s, i, s.n - i, &part);
		aff_tail_parse(part, 33, NULL);
		aff_name_parse(part);
		aff_number_parse(part, &number, NULL);
		aff_zeros_parse(part, &zeros, NULL);
	}
}

Test(aff, survives_every_truncation_and_every_changed_byte)
{
	mutate(segment, sizeof(segment), parse_all);
}
