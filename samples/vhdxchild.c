// SPDX-License-Identifier: MIT
/*
 * vhdxchild.c - a differencing VHDX, which qemu-img cannot write
 *
 *   vhdxchild PARENT.vhdx OLD.raw NEW.raw CHILD.vhdx mixed|whole
 *
 * PARENT.vhdx holds OLD.raw; on top of it CHILD.vhdx holds NEW.raw. "mixed" has
 * blocks of which some sectors are the parent's, and others that are whole;
 * "whole" has only whole ones, and so no sector bitmap.
 *
 *   OFFSET    FIELD
 *        0    file type identifier
 *   64 KiB    header, and again at 128 KiB; the higher sequence counts
 *  192 KiB    region table, and again at 256 KiB
 *    1 MiB    log, empty
 *    2 MiB    metadata: a table of 64 KiB, then the items
 *    3 MiB    block allocation table
 *    4 MiB    sector bitmap, then the blocks of 2 MiB
 *
 * Source: [MS-VHDX] 2.1 to 2.6.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crc32c.h"
#include "text.h"

enum {
	SECTOR_BYTES = 512,
	KIB = 1024,
	MIB = 1024 * KIB,
	HEADER_AT = 64 * KIB,
	HEADER_BYTES = 4 * KIB,
	HEADER_STEP = 64 * KIB,
	REGIONS_AT = 192 * KIB,
	REGIONS_BYTES = 64 * KIB,
	LOG_AT = 1 * MIB,
	METADATA_AT = 2 * MIB,
	TABLE_AT = 3 * MIB,
	BITMAP_AT = 4 * MIB,
	ITEMS_AT = METADATA_AT + 64 * KIB,
	LOCATOR_AT = 64,		/* among the items */
	BLOCK_BYTES = 2 * MIB,
	BLOCK_SECTORS = BLOCK_BYTES / SECTOR_BYTES,
	/* blocks that one sector bitmap of 1 MiB covers; no larger disks */
	CHUNK_BLOCKS = MIB * 8 / BLOCK_SECTORS,
};

enum block_state { NOT_PRESENT = 0, FULLY_PRESENT = 6, PARTIALLY_PRESENT = 7 };

/* Everything before the first block. */
struct child {
	uint8_t head[BITMAP_AT + MIB];
	FILE *file;
	uint64_t next_mib;
	int whole;
};

static void put_guid(uint8_t *p, const char *text)
{
	if (text_to_guid(text, p) < 0)
		abort();	/* the GUIDs stand in this file */
}

static size_t put_text(uint8_t *p, const char *text)
{
	return 2 * (size_t)text_to_utf16(text, strlen(text), p, 512);
}

static void put_header(uint8_t *p, uint64_t sequence)
{
	memcpy(p, "head", 4);
	put_le64(p + 8, sequence);
	put_guid(p + 16, "c01d5a3b-0001-4000-8000-000000000001");
	put_guid(p + 32, "c01d5a3b-0002-4000-8000-000000000002");
					/* 48: log GUID: none, nothing to
					 * replay */
	put_le16(p + 64, 0);		/* version of the log */
	put_le16(p + 66, 1);		/* version of the format */
	put_le32(p + 68, MIB);		/* length of the log */
	put_le64(p + 72, LOG_AT);
	put_le32(p + 4, crc32c(p, HEADER_BYTES));
}

static void put_region(uint8_t *p, const char *guid, uint64_t at)
{
	put_guid(p, guid);
	put_le64(p + 16, at);
	put_le32(p + 24, MIB);		/* length */
	put_le32(p + 28, 1);		/* required */
}

static void put_regions(uint8_t *p)
{
	memcpy(p, "regi", 4);
	put_le32(p + 8, 2);		/* entries */
	put_region(p + 16, "2dc27766-f623-4200-9d64-115e9bfd4a08", TABLE_AT);
	put_region(p + 48, "8b7ca206-4790-4b9a-b8fe-575f050f886e", METADATA_AT);
	put_le32(p + 4, crc32c(p, REGIONS_BYTES));
}

/* Flags of an item: 2 = of the virtual disk, 4 = required. */
static void put_item(uint8_t *table, int i, const char *guid, uint32_t at,
		     uint32_t n, uint32_t flags)
{
	uint8_t *p = table + 32 + 32 * (size_t)i;

	put_guid(p, guid);
	put_le32(p + 16, 64 * KIB + at);	/* from the region's start */
	put_le32(p + 20, n);
	put_le32(p + 24, flags);
}

/*
 * Parent locator: type, number of pairs; for each pair the offsets and lengths
 * of key and value; then the texts, in UTF-16 without a NUL. Returns its size.
 */
static uint32_t put_locator(uint8_t *p, const char *const pair[][2], int n)
{
	size_t end = 20 + 12 * (size_t)n;

	put_guid(p, "b04aefb7-d19e-4a81-b789-25b8e9445913");
	put_le16(p + 18, (unsigned)n);
	for (int i = 0; i < n; i++) {
		uint8_t *entry = p + 20 + 12 * (size_t)i;
		size_t key = put_text(p + end, pair[i][0]);
		size_t value = put_text(p + end + key, pair[i][1]);

		put_le32(entry, (uint32_t)end);
		put_le32(entry + 4, (uint32_t)(end + key));
		put_le16(entry + 8, (unsigned)key);
		put_le16(entry + 10, (unsigned)value);
		end += key + value;
	}
	return (uint32_t)end;
}

/* The parent is known by its name and by the GUID of its last data write. */
static uint32_t put_parent(uint8_t *p, const char *linkage, const char *name)
{
	char relative[300], absolute[300], volume[300];
	const char *const pair[][2] = {
		{ "parent_linkage", linkage },
		{ "relative_path", relative },
		{ "volume_path", volume },
		{ "absolute_win32_path", absolute },
	};

	snprintf(relative, sizeof(relative), ".\\%s", name);
	snprintf(absolute, sizeof(absolute), "E:\\Machines\\%s", name);
	snprintf(volume, sizeof(volume), "\\\\?\\Volume{40570000-1d2c-4e3b-"
		 "8f4a-0a0b0c0d0e0f}\\Machines\\%s", name);
	return put_locator(p, pair, 4);
}

static void put_metadata(uint8_t *head, uint64_t disk_bytes,
			 const char *linkage, const char *name)
{
	uint8_t *table = head + METADATA_AT, *item = head + ITEMS_AT;
	uint32_t locator = put_parent(item + LOCATOR_AT, linkage, name);

	put_le32(item + 0, BLOCK_BYTES);
	put_le32(item + 4, 2);		/* has a parent */
	put_le64(item + 8, disk_bytes);
	put_guid(item + 16, "c01d5a3b-0003-4000-8000-000000000003");
	put_le32(item + 32, SECTOR_BYTES);
	put_le32(item + 36, 4096);	/* of the physical disk */
	memcpy(table, "metadata", 8);
	put_le16(table + 10, 6);	/* items */
	put_item(table, 0, "caa16737-fa36-4d43-b3b6-33f0aa44e76b", 0, 8, 4);
	put_item(table, 1, "2fa54224-cd1b-4876-b211-5dbed83bf4b8", 8, 8, 6);
	put_item(table, 2, "beca12ab-b2e6-4523-93ef-c309e000c746", 16, 16, 6);
	put_item(table, 3, "8141bf1d-a96f-4709-ba47-f233a8faab5f", 32, 4, 6);
	put_item(table, 4, "cda348c7-445d-4471-9cc9-e9885251c556", 36, 4, 6);
	put_item(table, 5, "a8d35f2d-b30b-454d-abf7-d3d84834ab0c", LOCATOR_AT,
		 locator, 4);
}

static void put_head(uint8_t *head, uint64_t disk_bytes, const char *linkage,
		     const char *name)
{
	memcpy(head, "vhdxfile", 8);
	put_text(head + 8, "coldmount samples");	/* creator */
	put_header(head + HEADER_AT, 1);
	put_header(head + HEADER_AT + HEADER_STEP, 2);
	put_regions(head + REGIONS_AT);
	put_regions(head + REGIONS_AT + REGIONS_BYTES);
	put_metadata(head, disk_bytes, linkage, name);
}

/* An entry of the table: the state, and the place in MiB from bit 20 on. */
static void put_entry(uint8_t *head, uint64_t i, enum block_state state,
		      uint64_t mib)
{
	put_le64(head + TABLE_AT + 8 * i, (uint64_t)state | mib << 20);
}

/*
 * Clears the sectors of `after` that are as before, marks the others in the
 * bitmap, low bits first. Returns the number of the others.
 */
static int keep_changed(const uint8_t *before, uint8_t *after, uint8_t *bitmap)
{
	int n = 0;

	for (int i = 0; i < BLOCK_SECTORS; i++) {
		size_t at = (size_t)i * SECTOR_BYTES;

		if (memcmp(before + at, after + at, SECTOR_BYTES) == 0) {
			memset(after + at, 0, SECTOR_BYTES);
			continue;
		}
		bitmap[i / 8] |= (uint8_t)(1 << i % 8);
		n++;
	}
	return n;
}

/* Every other block that has changed is stored whole. */
static int write_block(struct child *c, uint64_t i, const uint8_t *before,
		       uint8_t *after)
{
	uint8_t *bitmap = c->head + BITMAP_AT + i * BLOCK_SECTORS / 8;
	int whole = c->whole || i % 2 == 1;

	if (memcmp(before, after, BLOCK_BYTES) == 0)
		return 0;
	if (!whole)
		keep_changed(before, after, bitmap);
	if (fwrite(after, 1, BLOCK_BYTES, c->file) != BLOCK_BYTES)
		return -1;
	put_entry(c->head, i, whole ? FULLY_PRESENT : PARTIALLY_PRESENT,
		  c->next_mib);
	c->next_mib += BLOCK_BYTES / MIB;
	return 0;
}

static int write_blocks(struct child *c, FILE *old, FILE *new)
{
	static uint8_t before[BLOCK_BYTES], after[BLOCK_BYTES];
	size_t n;

	for (uint64_t i = 0; i < CHUNK_BLOCKS; i++) {
		memset(before, 0, sizeof(before));
		memset(after, 0, sizeof(after));
		n = fread(after, 1, BLOCK_BYTES, new);
		if (n == 0)
			return 0;
		if (fread(before, 1, BLOCK_BYTES, old) != n ||
		    write_block(c, i, before, after) < 0)
			return -1;
	}
	return 0;
}

/* Writes "{...}" of the parent's data write GUID, of the header that counts. */
static int read_linkage(FILE *parent, char *ret, size_t room)
{
	uint8_t header[2][64];
	const uint8_t *g;

	for (int i = 0; i < 2; i++)
		if (fseek(parent, HEADER_AT + i * HEADER_STEP, SEEK_SET) != 0 ||
		    fread(header[i], 1, 64, parent) != 64 ||
		    memcmp(header[i], "head", 4) != 0)
			return -1;
	/* qemu-img begins with any sequence number */
	g = header[get_le64(header[1] + 8) > get_le64(header[0] + 8)] + 32;
	snprintf(ret, room, "{%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
		 "%02x%02x%02x%02x%02x%02x}", g[3], g[2], g[1], g[0], g[5],
		 g[4], g[7], g[6], g[8], g[9], g[10], g[11], g[12], g[13],
		 g[14], g[15]);
	return 0;
}

static int make(struct child *c, FILE *parent, const char *parent_path,
		FILE *old, FILE *new)
{
	const char *slash = strrchr(parent_path, '/');
	const char *name = slash == NULL ? parent_path : slash + 1;
	char linkage[40];
	size_t head_bytes = c->whole ? BITMAP_AT : sizeof(c->head);

	if (read_linkage(parent, linkage, sizeof(linkage)) < 0 ||
	    fseek(new, 0, SEEK_END) != 0)
		return -1;
	put_head(c->head, (uint64_t)ftell(new), linkage, name);
	rewind(new);
	c->next_mib = head_bytes / MIB;
	if (!c->whole)
		put_entry(c->head, CHUNK_BLOCKS, FULLY_PRESENT,
			  BITMAP_AT / MIB);
	if (fseek(c->file, (long)head_bytes, SEEK_SET) != 0 ||
	    write_blocks(c, old, new) < 0 ||
	    fseek(c->file, 0, SEEK_SET) != 0 ||
	    fwrite(c->head, 1, head_bytes, c->file) != head_bytes)
		return -1;
	return 0;
}

static FILE *open_file(const char *path, const char *mode)
{
	FILE *f = fopen(path, mode);

	if (f == NULL) {
		perror(path);
		exit(1);
	}
	return f;
}

int main(int argc, char **argv)
{
	static struct child c;

	if (argc != 6) {
		fprintf(stderr, "usage: vhdxchild PARENT.vhdx OLD.raw NEW.raw "
			"CHILD.vhdx mixed|whole\n");
		return 2;
	}
	c.whole = strcmp(argv[5], "whole") == 0;
	c.file = open_file(argv[4], "wb");
	int err = make(&c, open_file(argv[1], "rb"), argv[1],
		       open_file(argv[2], "rb"), open_file(argv[3], "rb"));

	if (fclose(c.file) != 0 || err < 0) {
		fprintf(stderr, "vhdxchild: %s: %s\n", argv[4],
			errno != 0 ? strerror(errno) : "malformed input");
		return 1;
	}
	return 0;
}
