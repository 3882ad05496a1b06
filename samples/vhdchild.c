// SPDX-License-Identifier: MIT
/*
 * vhdchild.c - a differencing VHD, which qemu-img cannot write
 *
 *   vhdchild older NEW.raw OLD.raw
 *	an older state of a disk: of the sectors that hold anything, every third
 *	has other bytes
 *   vhdchild stamp FILE.vhd UUID
 *	gives a VHD made by qemu-img a fixed unique id
 *   vhdchild make PARENT.vhd OLD.raw NEW.raw CHILD.vhd
 *	PARENT.vhd holds OLD.raw; on top of it CHILD.vhd holds NEW.raw
 *
 * The child, all integers big-endian:
 *
 *   OFFSET  SIZE  FIELD
 *        0   512  copy of the footer
 *      512  1024  dynamic disk header
 *     1536   512  locator W2ru: the parent's path, relative to the child
 *     2048   512  locator W2ku: the parent's path, absolute
 *     2560     n  block table: of each block its first sector, or ffffffff
 *     ....        blocks: a sector of bitmap, then the block's data; a sector
 *                 whose bit is 0 is the parent's
 *     last   512  footer
 *
 * Source: Microsoft, "Virtual Hard Disk Image Format Specification" 1.0.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

enum {
	SECTOR_BYTES = 512,
	BLOCK_BYTES = 2 << 20,
	BLOCK_SECTORS = BLOCK_BYTES / SECTOR_BYTES,
	BITMAP_BYTES = BLOCK_SECTORS / 8,	/* one sector */
	FOOTER_BYTES = 512,
	HEADER_AT = 512,
	HEADER_BYTES = 1024,
	RELATIVE_AT = 1536,
	ABSOLUTE_AT = 2048,
	TABLE_AT = 2560,
};

_Static_assert(BITMAP_BYTES == SECTOR_BYTES, "the bitmap fills one sector");

static void put_be16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put_be32(uint8_t *p, uint32_t v)
{
	put_be16(p, v >> 16);
	put_be16(p + 2, v & 0xffff);
}

static void put_be64(uint8_t *p, uint64_t v)
{
	put_be32(p, (uint32_t)(v >> 32));
	put_be32(p + 4, (uint32_t)v);
}

static uint64_t get_be64(const uint8_t *p)
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return v;
}

/* Complement of the sum of all bytes, the checksum's own taken as zero. */
static void put_checksum(uint8_t *record, size_t n, size_t at)
{
	uint32_t sum = 0;

	put_be32(record + at, 0);
	for (size_t i = 0; i < n; i++)
		sum += record[i];
	put_be32(record + at, ~sum);
}

static int is_zero(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != 0)
			return 0;
	return 1;
}

static int older(FILE *new, FILE *old)
{
	uint8_t sector[SECTOR_BYTES];
	uint64_t holding = 0;

	while (fread(sector, 1, SECTOR_BYTES, new) == SECTOR_BYTES) {
		int changed = !is_zero(sector, SECTOR_BYTES) &&
			      holding++ % 3 == 0;

		for (int i = 0; changed && i < SECTOR_BYTES; i++)
			sector[i] ^= 0xff;
		if (fwrite(sector, 1, SECTOR_BYTES, old) != SECTOR_BYTES)
			return -1;
	}
	return ferror(new) ? -1 : 0;
}

static int read_footer(FILE *vhd, uint8_t *footer)
{
	if (fseek(vhd, -FOOTER_BYTES, SEEK_END) != 0 ||
	    fread(footer, 1, FOOTER_BYTES, vhd) != FOOTER_BYTES)
		return -1;
	if (memcmp(footer, "conectix", 8) != 0) {
		errno = EINVAL;
		return -1;
	}
	return 0;
}

/* The footer stands at the end, and again at the start of a dynamic VHD. */
static int stamp(FILE *vhd, const char *uuid)
{
	uint8_t footer[FOOTER_BYTES];
	int fixed;

	if (read_footer(vhd, footer) < 0)
		return -1;
	fixed = footer[63] == 2;
	if (text_to_bytes(uuid, footer + 68, 16) != 16) {
		errno = EINVAL;
		return -1;
	}
	put_checksum(footer, FOOTER_BYTES, 64);
	if (fseek(vhd, -FOOTER_BYTES, SEEK_END) != 0 ||
	    fwrite(footer, 1, FOOTER_BYTES, vhd) != FOOTER_BYTES)
		return -1;
	if (fixed)
		return 0;
	if (fseek(vhd, 0, SEEK_SET) != 0 ||
	    fwrite(footer, 1, FOOTER_BYTES, vhd) != FOOTER_BYTES)
		return -1;
	return 0;
}

/* Sizes and geometry are the parent's. */
static void put_footer(uint8_t *p, const uint8_t *parent)
{
	memset(p, 0, FOOTER_BYTES);
	memcpy(p, "conectix", 8);
	put_be32(p + 8, 2);		/* features: always set */
	put_be32(p + 12, 0x00010000);	/* version of the format */
	put_be64(p + 16, HEADER_AT);
	memcpy(p + 24, parent + 24, 4);	/* seconds since 2000 */
	memcpy(p + 28, "win ", 4);	/* creator: Windows' disk management */
	put_be32(p + 32, 0x000a0000);	/* its version */
	memcpy(p + 36, "Wi2k", 4);	/* host: Windows */
	memcpy(p + 40, parent + 40, 8);	/* original size */
	memcpy(p + 48, parent + 48, 8);	/* current size */
	memcpy(p + 56, parent + 56, 4);	/* cylinders, heads, sectors */
	put_be32(p + 60, 4);		/* differencing */
	memcpy(p + 68, parent + 68, 16);	/* unique id, made another: */
	p[68] ^= 0xff;
	p[84] = 0;			/* no saved state */
	put_checksum(p, FOOTER_BYTES, 64);
}

/* One of eight locators in the header: where a path lies, and its length. */
static void put_locator(uint8_t *p, const char *code, size_t at, size_t n)
{
	memcpy(p, code, 4);
	put_be32(p + 4, SECTOR_BYTES);	/* room, in bytes as Windows has it */
	put_be32(p + 8, (uint32_t)n);
	put_be32(p + 12, 0);
	put_be64(p + 16, at);
}

/* The parent's name in the header is in UTF-16BE; here it is plain ASCII. */
static void put_parent_name(uint8_t *p, const char *name)
{
	for (; *name != '\0'; name++, p += 2)
		put_be16(p, (unsigned char)*name);
}

struct paths {
	uint8_t relative[SECTOR_BYTES], absolute[SECTOR_BYTES];
	size_t relative_bytes, absolute_bytes;
};

static size_t put_path(uint8_t *p, const char *dir, const char *name)
{
	char path[200];

	snprintf(path, sizeof(path), "%s%s", dir, name);
	return 2 * (size_t)text_to_utf16(path, strlen(path), p,
					 SECTOR_BYTES / 2);
}

static void put_header(uint8_t *p, const uint8_t *parent, const char *name,
		       uint32_t n_blocks, const struct paths *paths)
{
	memset(p, 0, HEADER_BYTES);
	memcpy(p, "cxsparse", 8);
	memset(p + 8, 0xff, 8);		/* no further header */
	put_be64(p + 16, TABLE_AT);
	put_be32(p + 24, 0x00010000);	/* version */
	put_be32(p + 28, n_blocks);	/* entries in the block table */
	put_be32(p + 32, BLOCK_BYTES);
	memcpy(p + 40, parent + 68, 16);	/* parent's unique id */
	memcpy(p + 56, parent + 24, 4);	/* parent's time */
	put_parent_name(p + 64, name);
	put_locator(p + 576, "W2ru", RELATIVE_AT, paths->relative_bytes);
	put_locator(p + 600, "W2ku", ABSOLUTE_AT, paths->absolute_bytes);
	put_checksum(p, HEADER_BYTES, 36);
}

/*
 * Writes the block with the sectors that differ, the others zero, unless none
 * does. Returns 1 if it was written, 0 if not, -1 on failure.
 */
static int write_block(FILE *old, FILE *new, FILE *child)
{
	static uint8_t before[BLOCK_BYTES], after[BLOCK_BYTES];
	uint8_t bitmap[BITMAP_BYTES] = { 0 };

	memset(before, 0, sizeof(before));
	memset(after, 0, sizeof(after));
	if (fread(before, 1, BLOCK_BYTES, old) !=
	    fread(after, 1, BLOCK_BYTES, new))
		return -1;
	for (int i = 0; i < BLOCK_SECTORS; i++) {
		size_t at = (size_t)i * SECTOR_BYTES;

		if (memcmp(before + at, after + at, SECTOR_BYTES) != 0)
			bitmap[i / 8] |= (uint8_t)(0x80 >> i % 8);
		else
			memset(after + at, 0, SECTOR_BYTES);
	}
	if (is_zero(bitmap, BITMAP_BYTES))
		return 0;
	if (fwrite(bitmap, 1, BITMAP_BYTES, child) != BITMAP_BYTES ||
	    fwrite(after, 1, BLOCK_BYTES, child) != BLOCK_BYTES)
		return -1;
	return 1;
}

/* The table fills whole sectors; what is beyond its entries is "absent". */
static int write_blocks(FILE *old, FILE *new, FILE *child, uint32_t n_blocks)
{
	size_t table_bytes = ((size_t)n_blocks * 4 + SECTOR_BYTES - 1) /
			     SECTOR_BYTES * SECTOR_BYTES;
	uint8_t *table = malloc(table_bytes);
	uint32_t next = (uint32_t)((TABLE_AT + table_bytes) / SECTOR_BYTES);
	int err = 0;

	if (table == NULL)
		return -1;
	memset(table, 0xff, table_bytes);
	if (fwrite(table, 1, table_bytes, child) != table_bytes)
		err = -1;
	for (uint32_t i = 0; err >= 0 && i < n_blocks; i++) {
		err = write_block(old, new, child);
		if (err > 0) {
			put_be32(table + 4 * i, next);
			next += 1 + BLOCK_SECTORS;
		}
	}
	if (err >= 0 && (fseek(child, TABLE_AT, SEEK_SET) != 0 ||
			 fwrite(table, 1, table_bytes, child) != table_bytes ||
			 fseek(child, 0, SEEK_END) != 0))
		err = -1;
	free(table);
	return err < 0 ? -1 : 0;
}

static int make(FILE *parent, const char *parent_path, FILE *old, FILE *new,
		FILE *child)
{
	uint8_t parent_footer[FOOTER_BYTES], head[TABLE_AT] = { 0 };
	const char *slash = strrchr(parent_path, '/');
	const char *name = slash == NULL ? parent_path : slash + 1;
	struct paths paths = { .relative_bytes = 0 };

	if (read_footer(parent, parent_footer) < 0)
		return -1;
	uint32_t n_blocks = (uint32_t)
		((get_be64(parent_footer + 48) + BLOCK_BYTES - 1) /
		 BLOCK_BYTES);

	paths.relative_bytes = put_path(paths.relative, ".\\", name);
	paths.absolute_bytes = put_path(paths.absolute, "E:\\Machines\\", name);
	put_footer(head, parent_footer);
	put_header(head + HEADER_AT, parent_footer, name, n_blocks, &paths);
	memcpy(head + RELATIVE_AT, paths.relative, SECTOR_BYTES);
	memcpy(head + ABSOLUTE_AT, paths.absolute, SECTOR_BYTES);
	if (fwrite(head, 1, TABLE_AT, child) != TABLE_AT ||
	    write_blocks(old, new, child, n_blocks) < 0 ||
	    fwrite(head, 1, FOOTER_BYTES, child) != FOOTER_BYTES)
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

static int done(int err, FILE *written)
{
	if (fclose(written) != 0 || err < 0) {
		perror("vhdchild");
		return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "older") == 0) {
		FILE *old = open_file(argv[3], "wb");

		return done(older(open_file(argv[2], "rb"), old), old);
	}
	if (argc == 4 && strcmp(argv[1], "stamp") == 0) {
		FILE *vhd = open_file(argv[2], "r+b");

		return done(stamp(vhd, argv[3]), vhd);
	}
	if (argc == 6 && strcmp(argv[1], "make") == 0) {
		FILE *child = open_file(argv[5], "wb");

		return done(make(open_file(argv[2], "rb"), argv[2],
				 open_file(argv[3], "rb"),
				 open_file(argv[4], "rb"), child), child);
	}
	fprintf(stderr, "usage: vhdchild older NEW.raw OLD.raw\n"
			"       vhdchild stamp FILE.vhd UUID\n"
			"       vhdchild make PARENT.vhd OLD.raw NEW.raw "
			"CHILD.vhd\n");
	return 2;
}
