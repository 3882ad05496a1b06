#include <criterion/criterion.h>

#include "base/bytes.h"
#include "format/vhdx.h"
#include "lib/guard.h"
#include "lib/store.h"

static void put(uint8_t *p, size_t at, const void *bytes, size_t n)
{
	memcpy(p + at, bytes, n);
}

/* CRC-32C a bit at a time, by its definition; the field at 4 is zero yet.  */
static void seal(uint8_t *p, size_t n)
{
	uint32_t crc = 0xffffffff;

	store_le32(p + 4, 0);
	for (size_t i = 0; i < n; i++) {
		crc ^= p[i];
		for (int k = 0; k < 8; k++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	store_le32(p + 4, ~crc);
}

/* The check value of CRC-32C, as RFC 3720 and its catalogues give it.  */
Test(vhdx, sums_with_crc_32c)
{
	struct span s = { (const uint8_t *)"123456789", 9, 0 };

	cr_expect_eq(vhdx_crc(s, 100), 0xe3069283);
}

static uint8_t *make_header(void)
{
	uint8_t *h = calloc(1, 4096);

	put(h, 0, "head", 4);
	store_le64(h + 8, 7);			/* sequence number */
	h[0x20] = 0xda;			/* data write GUID */
	h[0x30] = 0x10;			/* log GUID */
	h[0x42] = 1;			/* version */
	store_le32(h + 0x44, 1 << 20);	/* log */
	store_le64(h + 0x48, 1 << 20);
	seal(h, 4096);
	return h;
}

Test(vhdx, reads_a_header_and_notices_every_changed_byte)
{
	uint8_t *bytes = make_header();
	struct span s = guard_copy(bytes, 4096, 0x10000);
	uint8_t *p = (uint8_t *)s.p;
	struct vhdx_header h;
	struct err e;

	cr_assert_eq(vhdx_header_parse(s, &h, NULL), 0);
	cr_expect_eq(h.sequence, 7);
	cr_expect_eq(h.data_write_guid.b[0], 0xda);
	cr_expect_eq(h.log_guid.b[0], 0x10);
	cr_expect_eq(h.log_length, 1 << 20);
	cr_expect_eq(h.log_offset, 1 << 20);
	for (size_t i = 0; i < 4096; i += i < 128 ? 1 : 61) {
		p[i] ^= 0x40;
		cr_expect_lt(vhdx_header_parse(s, &h, &e), 0, "%zu", i);
		cr_expect_eq(e.code, i < 4 ? ERR_MAGIC : ERR_CHECKSUM);
		cr_expect_eq(e.at, i < 4 ? 0x10000 : 0x10004);
		p[i] ^= 0x40;
	}
	guard_free(s);
	for (size_t n = 0; n < 4096; n += 7) {
		s = guard_copy(bytes, n, 0x10000);
		cr_expect_eq(vhdx_header_parse(s, &h, &e), ERR_TRUNCATED);
		guard_free(s);
	}
	free(bytes);
}

static const uint8_t bat_guid[16] = {
	0x66, 0x77, 0xc2, 0x2d, 0x23, 0xf6, 0x00, 0x42,
	0x9d, 0x64, 0x11, 0x5e, 0x9b, 0xfd, 0x4a, 0x08,
};
static const uint8_t metadata_guid[16] = {
	0x06, 0xa2, 0x7c, 0x8b, 0x90, 0x47, 0x9a, 0x4b,
	0xb8, 0xfe, 0x57, 0x5f, 0x05, 0x0f, 0x88, 0x6e,
};

static uint8_t *make_regions(void)
{
	uint8_t *r = calloc(1, 0x10000);

	put(r, 0, "regi", 4);
	store_le32(r + 8, 2);
	put(r, 16, bat_guid, 16);
	store_le64(r + 32, 3 << 20);
	store_le32(r + 40, 1 << 20);
	store_le32(r + 44, 1);
	put(r, 48, metadata_guid, 16);
	store_le64(r + 64, 2 << 20);
	store_le32(r + 72, 1 << 20);
	store_le32(r + 76, 1);
	seal(r, 0x10000);
	return r;
}

Test(vhdx, reads_a_region_table)
{
	uint8_t *bytes = make_regions();
	struct span s = guard_copy(bytes, 0x10000, 0x30000);
	struct vhdx_regions r;

	cr_assert_eq(vhdx_regions_parse(s, &r, NULL), 0);
	cr_expect_eq(r.bat.offset, 3 << 20);
	cr_expect_eq(r.bat.length, 1 << 20);
	cr_expect_eq(r.metadata.offset, 2 << 20);
	guard_free(s);
	free(bytes);
}

Test(vhdx, refuses_regions_that_it_cannot_have)
{
	static const struct {
		size_t at;
		uint32_t value;
		int want;
	} cases[] = {
		{ 0, 0, ERR_MAGIC },
		{ 8, 0, ERR_NOT_FOUND },	/* no regions */
		{ 8, 1, ERR_NOT_FOUND },	/* no metadata */
		{ 8, 2048, ERR_LIMIT },
		{ 16, 1, ERR_UNSUPPORTED },	/* unknown, required */
		{ 32, 512, ERR_VALUE },		/* not at a MiB */
		{ 32, 0, ERR_VALUE },
		{ 60, 0, ERR_UNSUPPORTED },	/* GUID of the second */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint8_t *bytes = make_regions();
		struct vhdx_regions r;

		store_le32(bytes + cases[i].at, cases[i].value);
		seal(bytes, 0x10000);
		cr_expect_eq(vhdx_regions_parse(
			(struct span){ bytes, 0x10000, 0 }, &r, NULL),
			cases[i].want, "case %zu", i);
		free(bytes);
	}
}

#define METADATA_BYTES (0x10000 + 0x200)

static const uint8_t item_guids[4][16] = {
	{ 0x37, 0x67, 0xa1, 0xca, 0x36, 0xfa, 0x43, 0x4d,
	  0xb3, 0xb6, 0x33, 0xf0, 0xaa, 0x44, 0xe7, 0x6b },	/* parameters */
	{ 0x24, 0x42, 0xa5, 0x2f, 0x1b, 0xcd, 0x76, 0x48,
	  0xb2, 0x11, 0x5d, 0xbe, 0xd8, 0x3b, 0xf4, 0xb8 },	/* size */
	{ 0x1d, 0xbf, 0x41, 0x81, 0x6f, 0xa9, 0x09, 0x47,
	  0xba, 0x47, 0xf2, 0x33, 0xa8, 0xfa, 0xab, 0x5f },	/* sector */
	{ 0x2d, 0x5f, 0xd3, 0xa8, 0x0b, 0xb3, 0x4d, 0x45,
	  0xab, 0xf7, 0xd3, 0xd8, 0x48, 0x34, 0xab, 0x0c },	/* locator */
};

static void add_item(uint8_t *m, int i, uint32_t at, uint32_t n)
{
	put(m, 32 + 32 * (size_t)i, item_guids[i], 16);
	store_le32(m + 48 + 32 * (size_t)i, at);
	store_le32(m + 52 + 32 * (size_t)i, n);
	store_le32(m + 56 + 32 * (size_t)i, 4);	/* required */
}

static uint8_t *make_metadata(void)
{
	uint8_t *m = calloc(1, METADATA_BYTES);

	put(m, 0, "metadata", 8);
	m[10] = 4;
	add_item(m, 0, 0x10000, 8);
	add_item(m, 1, 0x10008, 8);
	add_item(m, 2, 0x10010, 4);
	add_item(m, 3, 0x10020, 0x60);
	store_le32(m + 0x10000, 2 << 20);		/* block size */
	store_le32(m + 0x10004, 2);			/* has a parent */
	store_le64(m + 0x10008, 64 << 20);		/* disk size */
	store_le32(m + 0x10010, 4096);		/* sector size */
	/* locator: type, count, one key and its value */
	m[0x10020 + 18] = 1;
	store_le32(m + 0x10020 + 20, 0x20);
	store_le32(m + 0x10020 + 24, 0x30);
	m[0x10020 + 28] = 6;
	m[0x10020 + 30] = 4;
	put(m, 0x10020 + 0x20, "k\0e\0y", 5);
	put(m, 0x10020 + 0x30, "v\0w", 3);
	return m;
}

Test(vhdx, reads_metadata_and_its_parent_locator)
{
	uint8_t *bytes = make_metadata();
	struct span s = guard_copy(bytes, METADATA_BYTES, 0x200000);
	struct vhdx_metadata m;
	struct span value;

	cr_assert_eq(vhdx_metadata_parse(s, &m, NULL), 0);
	cr_expect_eq(m.block_bytes, 2 << 20);
	cr_expect_eq(m.size, 64 << 20);
	cr_expect_eq(m.sector_bytes, 4096);
	cr_expect(m.has_parent);
	cr_expect_not(m.leave_allocated);
	cr_assert(vhdx_locator_find(m.locator, "key", &value));
	cr_expect_eq(value.n, 4);
	cr_expect_eq(value.p[2], 'w');
	cr_expect_not(vhdx_locator_find(m.locator, "ke", &value));
	cr_expect_not(vhdx_locator_find(m.locator, "other", &value));
	guard_free(s);
	free(bytes);
}

Test(vhdx, survives_every_byte_of_its_metadata)
{
	uint8_t *bytes = make_metadata();
	struct span s = guard_copy(bytes, METADATA_BYTES, 0);
	uint8_t *p = (uint8_t *)s.p;

	for (size_t i = 0; i < METADATA_BYTES; i++) {
		uint8_t was = p[i];

		if (i == 0xa0)
			i = 0x10000;
		for (unsigned x = 0; x < 256; x += 15) {
			struct vhdx_metadata m;
			struct span value;
			struct err e = { 0 };

			p[i] = (uint8_t)x;
			if (vhdx_metadata_parse(s, &m, &e) == 0)
				vhdx_locator_find(m.locator, "key", &value);
			else
				cr_expect(e.at < METADATA_BYTES);
		}
		p[i] = was;
	}
	guard_free(s);
	free(bytes);
}

Test(vhdx, refuses_metadata_that_cannot_be)
{
	static const struct {
		size_t at;
		uint32_t value;
		int want;
	} cases[] = {
		{ 0, 0, ERR_MAGIC },
		{ 0x10000, 3 << 20, ERR_VALUE },	/* block size */
		{ 0x10000, 1 << 19, ERR_VALUE },
		{ 0x10000, 512u << 20, ERR_VALUE },
		{ 0x10008, 100, ERR_VALUE },		/* disk size */
		{ 0x10008, 0, ERR_VALUE },
		{ 0x1000c, 1 << 20, ERR_LIMIT },
		{ 0x10010, 2048, ERR_VALUE },		/* sector size */
		{ 32 + 16, METADATA_BYTES - 4, ERR_TRUNCATED },
		{ 32 + 16, UINT32_MAX, ERR_TRUNCATED },
		{ 32 + 20, 4, ERR_TRUNCATED },
		{ 32, 0, ERR_UNSUPPORTED },	/* unknown, and required */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint8_t *bytes = make_metadata();
		struct vhdx_metadata m;

		store_le32(bytes + cases[i].at, cases[i].value);
		cr_expect_eq(vhdx_metadata_parse(
			(struct span){ bytes, METADATA_BYTES, 0 }, &m, NULL),
			cases[i].want, "case %zu", i);
		free(bytes);
	}
}

#define ENTRY_BYTES 8192

static const struct guid log_guid = { { 0x10 } };

/* One page of data and a run of zeros.  */
static uint8_t *make_entry(void)
{
	uint8_t *e = calloc(1, ENTRY_BYTES);

	put(e, 0, "loge", 4);
	store_le32(e + 8, ENTRY_BYTES);
	store_le32(e + 12, 0x2000);			/* tail */
	store_le64(e + 16, 0x100000005);		/* sequence number */
	store_le32(e + 24, 2);			/* descriptors */
	put(e, 32, &log_guid, 16);
	store_le64(e + 48, 5 << 20);
	store_le64(e + 56, 6 << 20);
	put(e, 64, "desc", 4);
	put(e, 68, "TAIL", 4);
	put(e, 72, "LEADLEAD", 8);
	store_le64(e + 80, 3 << 20);
	store_le64(e + 88, 0x100000005);
	put(e, 96, "zero", 4);
	store_le64(e + 104, 12288);
	store_le64(e + 112, 4 << 20);
	store_le64(e + 120, 0x100000005);
	put(e, 4096, "data", 4);
	store_le32(e + 4100, 1);
	memset(e + 4104, 'x', 4084);
	store_le32(e + 8188, 5);
	seal(e, ENTRY_BYTES);
	return e;
}

Test(vhdx, reads_what_a_log_entry_writes)
{
	uint8_t *bytes = make_entry();
	struct span s = guard_copy(bytes, ENTRY_BYTES, 0);
	struct vhdx_log_entry e;
	struct vhdx_log_write w;
	uint32_t data = 0;

	cr_assert_eq(vhdx_log_entry_parse(s, &log_guid, &e, NULL), 0);
	cr_expect_eq(e.sequence, 0x100000005);
	cr_expect_eq(e.tail, 0x2000);
	cr_expect_eq(e.flushed_size, 5 << 20);
	cr_expect_eq(e.last_size, 6 << 20);
	cr_assert_eq(vhdx_log_write_parse(s, &e, 0, &data, &w, NULL), 0);
	cr_expect_eq(w.offset, 3 << 20);
	cr_expect_not(w.zero);
	cr_expect_arr_eq(w.page, "LEADLEADxx", 10);
	cr_expect_arr_eq(w.page + 4090, "xxTAIL", 6);
	cr_assert_eq(vhdx_log_write_parse(s, &e, 1, &data, &w, NULL), 0);
	cr_expect(w.zero);
	cr_expect_eq(w.offset, 4 << 20);
	cr_expect_eq(w.length, 12288);
	cr_expect_eq(data, 1);
	guard_free(s);
	free(bytes);
}

Test(vhdx, believes_no_log_entry_with_a_changed_byte)
{
	uint8_t *bytes = make_entry();

	for (size_t i = 0; i < ENTRY_BYTES; i += i < 128 ? 1 : 97) {
		struct span s;
		struct vhdx_log_entry e;

		bytes[i] ^= 1;
		s = guard_copy(bytes, ENTRY_BYTES, 0);
		cr_expect_lt(vhdx_log_entry_parse(s, &log_guid, &e, NULL), 0,
			     "%zu", i);
		guard_free(s);
		bytes[i] ^= 1;
	}
	for (size_t n = 0; n < ENTRY_BYTES; n += 11) {
		struct span s = guard_copy(bytes, n, 0);
		struct vhdx_log_entry e;

		cr_expect_lt(vhdx_log_entry_parse(s, &log_guid, &e, NULL), 0);
		guard_free(s);
	}
	free(bytes);
}

/* A checksum that is right does not make the rest true.  */
Test(vhdx, believes_no_log_entry_that_contradicts_itself)
{
	static const struct {
		size_t at;
		uint32_t value;
	} cases[] = {
		{ 8, 4095 }, { 8, 0 }, { 8, 16384 },	/* length */
		{ 16, 6 },				/* sequence numbers */
		{ 24, 300 }, { 24, 3 },			/* descriptors */
		{ 32, 0 },				/* log GUID */
		{ 64, 0 }, { 80, 1 }, { 88, 0 },	/* a descriptor */
		{ 4096, 0 }, { 4100, 0 }, { 8188, 0 },	/* its page */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint8_t *bytes = make_entry();
		struct span s = { bytes, ENTRY_BYTES, 0 };
		struct vhdx_log_entry e;
		struct vhdx_log_write w;
		uint32_t data = 0;
		int r;

		store_le32(bytes + cases[i].at, cases[i].value);
		seal(bytes, ENTRY_BYTES);
		r = vhdx_log_entry_parse(s, &log_guid, &e, NULL);
		for (uint32_t k = 0; r == 0 && k < e.n_descriptors; k++)
			r = vhdx_log_write_parse(s, &e, k, &data, &w, NULL);
		cr_expect_lt(r, 0, "case %zu", i);
		free(bytes);
	}
}
