// SPDX-License-Identifier: MIT
/*
 * vhdxlog.c - leaves a VHDX as a crash leaves it: with a log to be replayed
 *
 *   vhdxlog FILE.vhdx
 *
 * Takes a dynamic VHDX that qemu-img has made and spoils three pages of 4 KiB
 * in it: the first of the block table, the one with the disk's first sector,
 * and one that holds zeros. The log has what belongs there, in two entries; the
 * first has the disk's first sector wrong and is overruled by the second. The
 * disk is what it was for who replays both in their order, and for nobody else.
 *
 * An entry in the log:
 *
 *     0x00     4  loge
 *     0x04     4  CRC-32C of the entry, this field zero
 *     0x08     4  length of the entry, a multiple of 4 KiB
 *     0x0c     4  where the sequence of entries begins in the log
 *     0x10     8  sequence number
 *     0x18     4  number of descriptors
 *     0x20    16  log GUID, as in the header
 *     0x30     8  size of the file, flushed
 *     0x38     8  size of the file, needed
 *     0x40  32*n  descriptors; padding to 4 KiB
 *     ....        of each "desc" a sector of 4 KiB: data, sequence high, bytes
 *                 8 to 4091 of the page, sequence low
 *
 * Source: [MS-VHDX] 2.3.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crc32c.h"
#include "text.h"

enum {
	KIB = 1024,
	PAGE_BYTES = 4 * KIB,
	HEADER_AT = 64 * KIB,
	HEADER_STEP = 64 * KIB,
	REGIONS_AT = 192 * KIB,
	ENTRY_PAGES = 4,
	ENTRY_HEADER_BYTES = 64,
	DESCRIPTOR_BYTES = 32,
	/* a block table entry: the place in its upper bits, the state below */
	ENTRY_FLAGS = 0xfffff,
};

struct vhdx {
	uint8_t *bytes;
	size_t n;
	uint64_t log_at, table_at;
};

struct entry {
	uint8_t bytes[ENTRY_PAGES * PAGE_BYTES];
	uint32_t descriptors, pages;	/* pages: of data, so far */
	uint64_t sequence;
};

static const char log_guid[] = "c01d5a3b-0004-4000-8000-000000000004";

/* The entry's next descriptor, with what all descriptors have. */
static uint8_t *add_descriptor(struct entry *e, const char *type, uint64_t at)
{
	uint8_t *p = e->bytes + ENTRY_HEADER_BYTES +
		     DESCRIPTOR_BYTES * (size_t)e->descriptors++;

	memcpy(p, type, 4);
	put_le64(p + 16, at);
	put_le64(p + 24, e->sequence);
	return p;
}

static void add_zeros(struct entry *e, uint64_t at)
{
	put_le64(add_descriptor(e, "zero", at) + 8, PAGE_BYTES);
}

/* The bytes that the data sector gives up for its marks are kept here. */
static void add_data(struct entry *e, uint64_t at, const uint8_t *page)
{
	uint8_t *descriptor = add_descriptor(e, "desc", at);
	uint8_t *data = e->bytes + PAGE_BYTES * (size_t)++e->pages;

	memcpy(descriptor + 4, &page[PAGE_BYTES - 4], 4);
	memcpy(descriptor + 8, page, 8);
	memcpy(data, page, PAGE_BYTES);
	memcpy(data, "data", 4);
	put_le32(data + 4, (uint32_t)(e->sequence >> 32));
	put_le32(data + PAGE_BYTES - 4, (uint32_t)e->sequence);
}

/* Closes the entry and puts it into the log; returns where the next begins. */
static uint64_t finish(struct vhdx *v, struct entry *e, uint64_t at)
{
	uint8_t *p = e->bytes;
	uint32_t length = (1 + e->pages) * PAGE_BYTES;

	memcpy(p, "loge", 4);
	put_le32(p + 8, length);
	put_le32(p + 12, 0);
	put_le64(p + 16, e->sequence);
	put_le32(p + 24, e->descriptors);
	text_to_guid(log_guid, p + 32);
	put_le64(p + 48, v->n);
	put_le64(p + 56, v->n);
	put_le32(p + 4, crc32c(p, length));
	memcpy(v->bytes + at, p, length);
	return at + length;
}

/* The header that counts gets a successor in the other place. */
static int demand_replay(struct vhdx *v)
{
	uint8_t *first = v->bytes + HEADER_AT, *second = first + HEADER_STEP;
	int second_counts = get_le64(second + 8) > get_le64(first + 8);
	uint8_t *now = second_counts ? second : first;
	uint8_t *next = second_counts ? first : second;

	if (memcmp(now, "head", 4) != 0)
		return -1;
	memcpy(next, now, PAGE_BYTES);
	put_le64(next + 8, get_le64(now + 8) + 1);
	text_to_guid(log_guid, next + 48);
	put_le32(next + 4, 0);
	put_le32(next + 4, crc32c(next, PAGE_BYTES));
	v->log_at = get_le64(next + 72);
	return 0;
}

static int find_table(struct vhdx *v)
{
	const uint8_t *p = v->bytes + REGIONS_AT;
	uint8_t guid[16];

	text_to_guid("2dc27766-f623-4200-9d64-115e9bfd4a08", guid);
	for (uint32_t i = 0; i < 2; i++)
		if (memcmp(p + 16 + 32 * (size_t)i, guid, 16) == 0)
			v->table_at = get_le64(p + 32 + 32 * (size_t)i);
	return v->table_at == 0 ? -1 : 0;
}

/* The first page from `at` on that holds nothing. */
static uint64_t zero_page(const struct vhdx *v, uint64_t at)
{
	static const uint8_t zeros[PAGE_BYTES];

	while (at + PAGE_BYTES < v->n &&
	       memcmp(v->bytes + at, zeros, PAGE_BYTES) != 0)
		at += PAGE_BYTES;
	return at;
}

static int spoil(struct vhdx *v)
{
	static struct entry first = { .sequence = 1 };
	static struct entry second = { .sequence = 2 };
	static uint8_t wrong[PAGE_BYTES];

	if (demand_replay(v) < 0 || find_table(v) < 0)
		return -1;
	uint64_t disk_at = get_le64(v->bytes + v->table_at) &
			   ~(uint64_t)ENTRY_FLAGS;

	if (disk_at == 0 || disk_at >= v->n)
		return -1;
	uint64_t zeros_at = zero_page(v, disk_at);

	memset(wrong, 0x5a, sizeof(wrong));
	add_data(&first, disk_at, wrong);
	add_zeros(&first, zeros_at);
	add_data(&second, v->table_at, v->bytes + v->table_at);
	add_data(&second, disk_at, v->bytes + disk_at);
	finish(v, &second, finish(v, &first, v->log_at));
	memset(v->bytes + v->table_at, 0, PAGE_BYTES);
	memset(v->bytes + disk_at, 0xa5, PAGE_BYTES);
	memset(v->bytes + zeros_at, 0xa5, PAGE_BYTES);
	return 0;
}

static int rewrite(FILE *f)
{
	struct vhdx v = { .bytes = NULL };
	int err = -1;

	if (fseek(f, 0, SEEK_END) != 0)
		return -1;
	v.n = (size_t)ftell(f);
	rewind(f);
	v.bytes = malloc(v.n);
	if (v.bytes != NULL && v.n > REGIONS_AT + PAGE_BYTES &&
	    fread(v.bytes, 1, v.n, f) == v.n && spoil(&v) == 0) {
		rewind(f);
		err = fwrite(v.bytes, 1, v.n, f) == v.n ? 0 : -1;
	}
	free(v.bytes);
	return err;
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: vhdxlog FILE.vhdx\n");
		return 2;
	}
	FILE *f = fopen(argv[1], "r+b");

	if (f == NULL) {
		perror(argv[1]);
		return 1;
	}
	int err = rewrite(f);

	if (fclose(f) != 0 || err < 0) {
		fprintf(stderr, "vhdxlog: %s: cannot be rewritten\n", argv[1]);
		return 1;
	}
	return 0;
}
