#include <criterion/criterion.h>

#include <string.h>

#include "format/evtx.h"
#include "lib/guard.h"
#include "lib/mutate.h"

/* As a log of Windows 11 begins that was in use. The checksum is that log's. */
static const uint8_t file_head[128] = {
	'E', 'l', 'f', 'F', 'i', 'l', 'e', 0,
	[24] = 9,			/* next record */
	[32] = 0x80,			/* size of the header */
	[36] = 2, 0, 3, 0,		/* version 3.2 */
	0, 0x10, 1, 0,			/* chunks: from 4096 on, one */
	[120] = 1, 0, 0, 0,		/* dirty */
	0x13, 0x18, 0x00, 0xca,
};

Test(evtx, decodes_the_head_of_a_file)
{
	struct span s = guard_copy(file_head, sizeof(file_head), 0);
	struct evtx_file f;

	cr_assert_eq(evtx_file_parse(s, &f, NULL), 0);
	cr_expect_eq(f.first_chunk, 0);
	cr_expect_eq(f.last_chunk, 0);
	cr_expect_eq(f.next_record, 9);
	cr_expect_eq(f.major, 3);
	cr_expect_eq(f.minor, 2);
	cr_expect_eq(f.n_chunks, 1);
	cr_expect(f.dirty && !f.full);
	cr_expect_eq(f.checksum, 0xca001813);
	cr_expect_eq(f.checksum_computed, f.checksum);
	((uint8_t *)s.p)[24]++;
	cr_assert_eq(evtx_file_parse(s, &f, NULL), 0, "for the caller");
	cr_expect_neq(f.checksum_computed, f.checksum);
	guard_free(s);
}

Test(evtx, a_file_that_is_none_is_refused)
{
	uint8_t b[sizeof(file_head)];
	struct evtx_file f;
	struct err e;

	memcpy(b, file_head, sizeof(b));
	b[7] = 1;
	cr_expect_eq(evtx_file_parse((struct span){ b, sizeof(b), 64 }, &f, &e),
		     ERR_MAGIC);
	cr_expect_eq(e.at, 64);
	cr_expect_eq(evtx_file_parse((struct span){ b, 127, 64 }, &f, &e),
		     ERR_TRUNCATED);
	cr_expect_eq(e.want, 128);
}

/* A chunk with one record of 40 bytes, whose event are the bytes 1 to 12. The
 * checksums are of Python's zlib.crc32.  */
static void make_chunk(uint8_t c[EVTX_CHUNK_BYTES])
{
	static const uint8_t head[56] = {
		'E', 'l', 'f', 'C', 'h', 'n', 'k', 0,
		1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,
		[24] = 7, [32] = 7,	/* ids of its records */
		[40] = 0x80,
		[44] = 0, 2, 0, 0,	/* last record */
		0x28, 2, 0, 0,		/* free space */
		0xfd, 0x5d, 0x8f, 0x48,
	};
	static const uint8_t record[40] = {
		'*', '*', 0, 0, 40, 0, 0, 0,
		7, 0, 0, 0, 0, 0, 0, 0,
		0xbb, 0xe7, 0xf2, 0x4e, 0xda, 0x1a, 0xd8, 0x01,
		1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
		40, 0, 0, 0,
	};

	memset(c, 0, EVTX_CHUNK_BYTES);
	memcpy(c, head, sizeof(head));
	memcpy(c + 512, record, sizeof(record));
}

Test(evtx, decodes_a_chunk)
{
	static uint8_t c[EVTX_CHUNK_BYTES];
	struct span s = { c, sizeof(c), 4096 };
	struct evtx_chunk k;
	struct err e;

	make_chunk(c);
	cr_assert_eq(evtx_chunk_parse(s, &k, NULL), 0);
	cr_expect_eq(k.first_record, 7);
	cr_expect_eq(k.last_record, 7);
	cr_expect_eq(k.free_offset, 552);
	cr_expect_eq(k.checksum_computed, k.checksum, "%08x",
		     k.checksum_computed);
	cr_expect_eq(k.head_checksum_computed, 0x2363b82a, "%08x",
		     k.head_checksum_computed);
	cr_expect_eq(k.head_checksum, 0);
	c[124] = 0x2a;
	cr_assert_eq(evtx_chunk_parse(s, &k, NULL), 0);
	cr_expect_eq(k.head_checksum, 0x2a);
	cr_expect_eq(k.head_checksum_computed, 0x2363b82a,
		     "it does not count itself");
	s.n--;
	cr_expect_eq(evtx_chunk_parse(s, &k, &e), ERR_TRUNCATED);
	s.n++;
	c[49] = 1;
	cr_expect_eq(evtx_chunk_parse(s, &k, &e), ERR_VALUE);
	cr_expect_eq(e.at, 4096 + 48);
	c[49] = 0;
	c[50] = 1;
	cr_expect_eq(evtx_chunk_parse(s, &k, &e), ERR_VALUE);
	c[0] = 0;
	cr_expect_eq(evtx_chunk_parse(s, &k, &e), ERR_MAGIC);
	cr_expect_eq(e.at, 4096);
	/* "ElfChnk": messages said that 0 was expected, and found.  */
	cr_expect_eq(e.want, 0x456c6643686e6b00);
	cr_expect_eq(e.got, 0x006c6643686e6b00);
}

Test(evtx, decodes_a_record)
{
	static uint8_t c[EVTX_CHUNK_BYTES];
	struct span s = { c, sizeof(c), 4096 };
	struct evtx_record r = { 0 };
	struct err e;

	make_chunk(c);
	cr_assert_eq(evtx_record_parse(s, 512, &r, NULL), 0);
	cr_expect_eq(r.size, 40);
	cr_expect_eq(r.id, 7);
	cr_expect_eq(r.written, 132885713937164219u);
	cr_expect(r.sound);
	cr_expect_eq(r.event.n, 12);
	cr_expect_eq(r.event.at, 4096 + 536);
	cr_expect_eq(r.event.p[0], 1);
	cr_expect_eq(evtx_size_before(s, 552), 40);
	cr_expect_eq(evtx_find_record(s, 512, s.n), 512);
	cr_expect_eq(evtx_find_record(s, 513, s.n), s.n);
	cr_expect_eq(evtx_find_record(s, 0, 515), 515, "not all of it");
	c[548] = 41;
	cr_assert_eq(evtx_record_parse(s, 512, &r, NULL), 0, "for the caller");
	cr_expect(!r.sound);
	cr_assert_eq(evtx_record_parse_sized(s, 512, 48, &r, NULL), 0);
	cr_expect(!r.sound);
	cr_expect_eq(r.event.n, 20);
	c[516] = 27;
	cr_expect_eq(evtx_record_parse(s, 512, &r, &e), ERR_VALUE);
	cr_expect_eq(e.at, 4096 + 516);
	c[518] = 1;
	cr_expect_eq(evtx_record_parse(s, 512, &r, &e), ERR_TRUNCATED);
	c[515] = 1;
	cr_expect_eq(evtx_record_parse_sized(s, 512, 40, &r, &e), ERR_MAGIC);
	cr_expect_eq(evtx_record_parse(s, s.n - 23, &r, &e), ERR_TRUNCATED);
	cr_expect_eq(evtx_record_parse(s, s.n + 5, &r, &e), ERR_TRUNCATED);
}

/* Where the record 7 is @want: of its signature, sizes and id, what @c has.  */
static void expect_damaged(const uint8_t *c, bool want, int line)
{
	struct span s = { c, EVTX_CHUNK_BYTES, 4096 };

	cr_expect_eq(evtx_is_damaged_record(s, 512, 7), want, "line %d", line);
}

/* A sound one is none, nor are bytes that only have its id.  */
Test(evtx, a_damaged_record_is_known_by_its_id_and_one_thing_more)
{
	static uint8_t c[EVTX_CHUNK_BYTES];
	struct span s = { c, sizeof(c), 4096 };

	make_chunk(c);
	expect_damaged(c, false, __LINE__);
	c[512] = 0;
	expect_damaged(c, true, __LINE__);
	c[516]++;
	expect_damaged(c, false, __LINE__);
	c[512] = '*';
	expect_damaged(c, true, __LINE__);
	c[519] = 0xff;
	expect_damaged(c, true, __LINE__);
	c[520]++;
	expect_damaged(c, false, __LINE__);
	cr_expect(!evtx_is_damaged_record(s, s.n - 23, 0));
}

static void parse(struct span s)
{
	struct evtx_file f;
	struct evtx_chunk k;
	struct evtx_record r;

	evtx_file_parse(s, &f, NULL);
	evtx_chunk_parse(s, &k, NULL);
	for (size_t off = 0; off <= s.n; off++) {
		if (evtx_record_parse(s, off, &r, NULL) == 0)
			cr_expect_leq(off + r.size, s.n);
		evtx_size_before(s, off);
		evtx_find_record(s, off, s.n);
		evtx_is_damaged_record(s, off, 7);
	}
}

Test(evtx, survives_every_truncation_and_changed_byte)
{
	static uint8_t c[EVTX_CHUNK_BYTES];

	make_chunk(c);
	mutate(file_head, sizeof(file_head), parse);
	mutate(c + 512, 40, parse);
}
