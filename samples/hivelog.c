// SPDX-License-Identifier: MIT
/*
 * hivelog.c - the transaction logs of a hive that was not closed
 *
 *   hivelog LOG1 LOG2 SEQUENCE HIVE0 HIVE1 HIVE2 HIVE3
 *
 * The four hives are states of one that follow each other. An entry holds the
 * pages in which a state differs from the one before: SEQUENCE and the next are
 * in LOG1, the third in LOG2. Who replays them on HIVE0 has HIVE3, and a sound
 * hive after each. Behind its entries LOG1 has one more, of an old sequence, as
 * the remnants in real logs: it must not be applied.
 *
 * A log of Windows 8.1 and later:
 *
 *   OFFSET  SIZE  FIELD
 *        0   512  the hive's base block, but: both sequences are the first
 *                 entry's, type 6
 *      512        entries, each at a multiple of 512
 *
 * An entry:
 *
 *     0x00     4  HvLE
 *     0x04     4  size, a multiple of 512
 *     0x08     4  flags of the base block
 *     0x0c     4  sequence
 *     0x10     4  size of the hive's bins afterwards
 *     0x14     4  number of pages
 *     0x18     8  Marvin32 of everything from 0x28 to the end
 *     0x20     8  Marvin32 of the first 0x20 bytes
 *     0x28   8*n  of each page: offset in the bins, size
 *     ....        the pages, without gaps; padding
 *
 * Sources: msuhanov/regf, "Windows registry file format specification".
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hive_new.h"
#include "text.h"

enum {
	HIVE_BYTES_MAX = 16 << 20,
	PAGE_BYTES = 4096,
	PAGES_MAX = HIVE_BYTES_MAX / PAGE_BYTES,
	ENTRY_ALIGN = 512,
	ENTRY_HEADER_BYTES = 0x28,
	LOG_HEADER_BYTES = 512,
	LOG_TYPE = 6,
};

struct hive {
	uint8_t bytes[HIVE_BYTES_MAX];
	size_t n;
};

struct log {
	uint8_t bytes[HIVE_BYTES_MAX];
	size_t n;
};

static uint32_t rotate_left(uint32_t v, int n)
{
	return v << n | v >> (32 - n);
}

struct marvin {
	uint32_t low, high;
};

static void marvin_mix(struct marvin *m, uint32_t v)
{
	m->low += v;
	m->high ^= m->low;
	m->low = rotate_left(m->low, 20) + m->high;
	m->high = rotate_left(m->high, 9) ^ m->low;
	m->low = rotate_left(m->low, 27) + m->high;
	m->high = rotate_left(m->high, 19);
}

/* Of a length that is a multiple of four, with the seed that Windows uses. */
static uint64_t marvin32(const uint8_t *p, size_t n)
{
	struct marvin m = { .low = 0x7a4e55c5, .high = 0x82ef4d88 };

	for (size_t i = 0; i < n; i += 4)
		marvin_mix(&m, get_le32(p + i));
	marvin_mix(&m, 0x80);
	marvin_mix(&m, 0);
	return (uint64_t)m.high << 32 | m.low;
}

/* The pages of `after` that `before` lacks or has otherwise. */
static int differing_pages(const struct hive *before, const struct hive *after,
			   uint32_t *page)
{
	int n = 0;

	for (size_t at = HIVE_BASE_BYTES; at < after->n; at += PAGE_BYTES)
		if (at >= before->n || memcmp(before->bytes + at,
					      after->bytes + at, PAGE_BYTES))
			page[n++] = (uint32_t)(at - HIVE_BASE_BYTES);
	return n;
}

static void log_start(struct log *log, const struct hive *after,
		      uint32_t sequence)
{
	uint8_t *p = log->bytes;

	memcpy(p, after->bytes, LOG_HEADER_BYTES);
	put_le32(p + 4, sequence);
	put_le32(p + 8, sequence);
	put_le32(p + 28, LOG_TYPE);
	hive_set_checksum(p);
	log->n = LOG_HEADER_BYTES;
}

/* Adds what leads from one state to the next. */
static void log_add(struct log *log, const struct hive *before,
		    const struct hive *after, uint32_t sequence)
{
	static uint32_t page[PAGES_MAX];
	int n = differing_pages(before, after, page);
	uint8_t *p = log->bytes + log->n;
	uint8_t *data = p + ENTRY_HEADER_BYTES + 8 * (size_t)n;
	size_t size = (size_t)(data - p) + (size_t)n * PAGE_BYTES;

	size = (size + ENTRY_ALIGN - 1) / ENTRY_ALIGN * ENTRY_ALIGN;
	memset(p, 0, size);
	memcpy(p, "HvLE", 4);
	put_le32(p + 0x04, (uint32_t)size);
	put_le32(p + 0x08, 0);
	put_le32(p + 0x0c, sequence);
	put_le32(p + 0x10, (uint32_t)(after->n - HIVE_BASE_BYTES));
	put_le32(p + 0x14, (uint32_t)n);
	for (int i = 0; i < n; i++) {
		put_le32(p + ENTRY_HEADER_BYTES + 8 * i, page[i]);
		put_le32(p + ENTRY_HEADER_BYTES + 8 * i + 4, PAGE_BYTES);
		memcpy(data + (size_t)i * PAGE_BYTES,
		       after->bytes + HIVE_BASE_BYTES + page[i], PAGE_BYTES);
	}
	put_le64(p + 0x18, marvin32(p + ENTRY_HEADER_BYTES,
				    size - ENTRY_HEADER_BYTES));
	put_le64(p + 0x20, marvin32(p, 0x20));
	log->n += size;
}

static int read_hive(const char *path, struct hive *hive)
{
	FILE *f = fopen(path, "rb");

	if (f == NULL)
		return -1;
	hive->n = fread(hive->bytes, 1, sizeof(hive->bytes), f);
	return fclose(f) == 0 && hive->n >= HIVE_NEW_BYTES ? 0 : -1;
}

static int write_log(const char *path, const struct log *log)
{
	FILE *f = fopen(path, "wb");

	if (f == NULL)
		return -1;
	size_t n = fwrite(log->bytes, 1, log->n, f);

	return fclose(f) == 0 && n == log->n ? 0 : -1;
}

int main(int argc, char **argv)
{
	static struct hive hive[4];
	static struct log log1, log2;

	if (argc != 8) {
		fprintf(stderr, "usage: hivelog LOG1 LOG2 SEQUENCE "
			"HIVE0 HIVE1 HIVE2 HIVE3\n");
		return 2;
	}
	for (int i = 0; i < 4; i++)
		if (read_hive(argv[4 + i], &hive[i]) < 0) {
			perror(argv[4 + i]);
			return 1;
		}
	uint32_t sequence = (uint32_t)strtoul(argv[3], NULL, 0);

	log_start(&log1, &hive[2], sequence);
	log_add(&log1, &hive[0], &hive[1], sequence);
	log_add(&log1, &hive[1], &hive[2], sequence + 1);
	log_add(&log1, &hive[2], &hive[0], sequence - 20);
	log_start(&log2, &hive[3], sequence + 2);
	log_add(&log2, &hive[2], &hive[3], sequence + 2);
	if (write_log(argv[1], &log1) < 0 || write_log(argv[2], &log2) < 0) {
		perror("hivelog");
		return 1;
	}
	return 0;
}
