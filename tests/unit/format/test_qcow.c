#include <criterion/criterion.h>

#include "format/qcow.h"
#include "lib/guard.h"

/* Version 3, 1 MiB in clusters of 64 KiB, a backing file, a data file.  */
static const uint8_t image[160] = {
	'Q', 'F', 'I', 0xfb, 0, 0, 0, 3,
	[0x0f] = 0x90, [0x13] = 4,		/* backing file name */
	[0x17] = 16,				/* cluster bits */
	[0x1d] = 0x10,				/* size */
	[0x27] = 1,				/* level 1 entries */
	[0x2d] = 3,				/* level 1 table */
	[0x4f] = 5,				/* dirty, data file */
	[0x67] = 104,				/* header length */
	[0x68] = 0x44, 0x41, 0x54, 0x41, 0, 0, 0, 3, 'd', '.', 'b',
	[0x90] = 'b', 'a', 's', 'e',
};

static int parse(const uint8_t *bytes, size_t n, struct qcow *q, struct err *e)
{
	struct span s = guard_copy(bytes, n, 0);
	struct span data;
	int r = qcow_header_parse(s, q, e);

	if (r == 0)
		qcow_extension_find(s, q, QCOW_EXTENSION_DATA_FILE, &data);
	guard_free(s);
	return r;
}

Test(qcow, reads_a_header_and_its_extension)
{
	struct span s = guard_copy(image, sizeof(image), 0);
	struct span data;
	struct qcow q;

	cr_assert_eq(qcow_header_parse(s, &q, NULL), 0);
	cr_expect_eq(q.version, 3);
	cr_expect_eq(q.size, 1 << 20);
	cr_expect_eq(q.cluster_bits, 16);
	cr_expect_eq(q.l2_bits, 13);
	cr_expect_eq(q.l1_offset, 3 << 16);
	cr_expect_eq(q.l1_entries, 1);
	cr_expect_eq(q.backing_offset, 0x90);
	cr_expect_eq(q.backing_bytes, 4);
	cr_expect(q.dirty);
	cr_expect(q.external_data);
	cr_expect_not(q.corrupt);
	cr_assert(qcow_extension_find(s, &q, QCOW_EXTENSION_DATA_FILE, &data));
	cr_expect_eq(data.n, 3);
	cr_expect_arr_eq(data.p, "d.b", 3);
	guard_free(s);
}

Test(qcow, survives_every_truncation_and_every_byte)
{
	struct qcow q;
	struct err e;

	for (size_t n = 0; n < 112; n++)
		cr_expect_eq(parse(image, n, &q, &e), ERR_TRUNCATED);
	for (size_t i = 0; i < sizeof(image); i++)
		for (unsigned x = 0; x < 256; x++) {
			uint8_t bad[sizeof(image)];

			memcpy(bad, image, sizeof(bad));
			bad[i] = (uint8_t)x;
			if (parse(bad, sizeof(bad), &q, &e) < 0)
				cr_expect_lt(e.at, sizeof(bad));
		}
}

Test(qcow, refuses_what_it_would_misread)
{
	static const struct {
		size_t at;
		uint8_t value;
		enum err_code want;
	} cases[] = {
		{ 0, 'X', ERR_MAGIC },
		{ 7, 4, ERR_UNSUPPORTED },	/* version */
		{ 0x17, 8, ERR_VALUE }, { 0x17, 22, ERR_VALUE },
		{ 0x1d, 0, ERR_VALUE },		/* size */
		{ 0x18, 0x7f, ERR_LIMIT },
		{ 0x1a, 0x01, ERR_VALUE },	/* level 1 is too short */
		{ 0x23, 1, ERR_UNSUPPORTED },	/* AES */
		{ 0x4f, 16, ERR_UNSUPPORTED },	/* subclusters */
		{ 0x4f, 32, ERR_UNSUPPORTED },	/* not invented yet */
		{ 0x12, 4, ERR_LIMIT },		/* length of a name */
		{ 0x67, 72, ERR_VALUE },	/* header length */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint8_t bad[sizeof(image)];
		struct qcow q;
		struct err e = { 0 };

		memcpy(bad, image, sizeof(bad));
		bad[cases[i].at] = cases[i].value;
		cr_expect_eq(parse(bad, sizeof(bad), &q, &e), cases[i].want,
			     "case %zu", i);
	}
}

Test(qcow, tells_clusters_apart)
{
	struct qcow q = { .version = 3, .cluster_bits = 16 };
	struct qcow_cluster c;

	cr_expect_eq(qcow_cluster_of(&q, 0).kind, QCOW_HOLE);
	cr_expect_eq(qcow_cluster_of(&q, 1).kind, QCOW_ZERO);
	c = qcow_cluster_of(&q, 0x8000000000050000);
	cr_expect_eq(c.kind, QCOW_DATA);
	cr_expect_eq(c.offset, 0x50000);
	/* 54 bits of offset, two more sectors behind the first.  */
	c = qcow_cluster_of(&q, (uint64_t)1 << 62 | (uint64_t)2 << 54 | 0x50064);
	cr_expect_eq(c.kind, QCOW_COMPRESSED);
	cr_expect_eq(c.offset, 0x50064);
	cr_expect_eq(c.bytes, 3 * 512 - 0x64);
	/* In a file of its own, a cluster may be the first.  */
	q.external_data = true;
	cr_expect_eq(qcow_cluster_of(&q, 0).kind, QCOW_HOLE);
	cr_expect_eq(qcow_cluster_of(&q, (uint64_t)1 << 63).kind, QCOW_DATA);
	/* Version 2 knows no zeros, version 1 has lengths in bytes.  */
	q = (struct qcow){ .version = 2, .cluster_bits = 16 };
	cr_expect_eq(qcow_cluster_of(&q, 1).kind, QCOW_HOLE);
	q = (struct qcow){ .version = 1, .cluster_bits = 12 };
	c = qcow_cluster_of(&q, (uint64_t)1 << 63 | (uint64_t)300 << 51 | 77);
	cr_expect_eq(c.kind, QCOW_COMPRESSED);
	cr_expect_eq(c.bytes, 300);
	cr_expect_eq(c.offset, 77);
}
