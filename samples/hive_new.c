// SPDX-License-Identifier: MIT
/*
 * hive_new.c - a registry hive from nothing
 *
 * hivex adds keys and values to a hive but cannot make one. The smallest that
 * it accepts is a base block and one bin of 4096 bytes with three cells: the
 * root key, the security descriptor that every new key shares, and free space.
 *
 * Sources: msuhanov/regf, "Windows registry file format specification".
 */
#include "hive_new.h"

#include <string.h>

#include "text.h"

enum {
	BIN_BYTES = 4096,
	BIN_HEADER_BYTES = 32,
	NO_CELL = -1,

	/* cells, counted from the first bin */
	ROOT_AT = BIN_HEADER_BYTES,
	ROOT_BYTES = 88,
	SECURITY_AT = ROOT_AT + ROOT_BYTES,
	SECURITY_BYTES = 112,
	FREE_AT = SECURITY_AT + SECURITY_BYTES,
};

/* Base block: 4096 bytes before the first bin. */
static void put_base_block(uint8_t *p)
{
	memcpy(p, "regf", 4);
	put_le32(p + 4, 1);		/* primary sequence */
	put_le32(p + 8, 1);		/* secondary sequence */
	put_le64(p + 12, 0);		/* last written; set later */
	put_le32(p + 20, 1);		/* major version */
	put_le32(p + 24, 5);		/* minor version: since Windows XP */
	put_le32(p + 28, 0);		/* a primary file, no log */
	put_le32(p + 32, 1);		/* format: direct memory load */
	put_le32(p + 36, ROOT_AT);	/* root key */
	put_le32(p + 40, BIN_BYTES);	/* size of all bins */
	put_le32(p + 44, 1);		/* clustering factor */
	/* 48: name; 508: checksum; both set later */
}

static void put_bin_header(uint8_t *p)
{
	memcpy(p, "hbin", 4);
	put_le32(p + 4, 0);		/* distance from the first bin */
	put_le32(p + 8, BIN_BYTES);	/* size */
	put_le64(p + 20, 0);		/* time stamp, as in the base block */
}

static void put_root_key(uint8_t *cell)
{
	uint8_t *p = cell + 4;

	put_le32(cell, (uint32_t)-ROOT_BYTES);	/* negative: in use */
	memcpy(p, "nk", 2);
	put_le16(p + 2, 0x2c);		/* root, no deletion, name is 8-bit */
	put_le64(p + 4, 0);		/* last written; set later */
	put_le32(p + 12, 0);		/* access bits */
	put_le32(p + 16, (uint32_t)NO_CELL);	/* parent */
	put_le32(p + 20, 0);		/* subkeys */
	put_le32(p + 24, 0);		/* volatile subkeys */
	put_le32(p + 28, (uint32_t)NO_CELL);	/* list of subkeys */
	put_le32(p + 32, (uint32_t)NO_CELL);	/* list of volatile subkeys */
	put_le32(p + 36, 0);		/* values */
	put_le32(p + 40, (uint32_t)NO_CELL);	/* list of values */
	put_le32(p + 44, SECURITY_AT);	/* security descriptor */
	put_le32(p + 48, (uint32_t)NO_CELL);	/* class name */
					/* 52-71: longest names, work area */
	put_le16(p + 72, 4);		/* length of the name */
	put_le16(p + 74, 0);		/* length of the class name */
	memcpy(p + 76, "ROOT", 4);
}

/* Owner and only party with rights: S-1-5-32-544, the administrators. */
static const uint8_t security_descriptor[] = {
	1, 0,			/* revision, alignment */
	0x04, 0x80,		/* has a DACL; offsets are relative */
	20, 0, 0, 0,		/* owner */
	36, 0, 0, 0,		/* group */
	0, 0, 0, 0,		/* no SACL */
	48, 0, 0, 0,		/* DACL */
	/* 20: owner S-1-5-32-544 */
	1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0,
	/* 36: group S-1-5-18, the system */
	1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,
	/* 48: DACL: revision 2, 32 bytes, one entry */
	2, 0, 32, 0, 1, 0, 0, 0,
	/* 56: allowed, for subkeys too, 24 bytes, full access */
	0, 2, 24, 0, 0x3f, 0, 0x0f, 0,
	1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0,
};

_Static_assert(4 + 20 + sizeof(security_descriptor) <= SECURITY_BYTES,
	       "the descriptor fits its cell");

static void put_security(uint8_t *cell)
{
	uint8_t *p = cell + 4;

	put_le32(cell, (uint32_t)-SECURITY_BYTES);
	memcpy(p, "sk", 2);
	put_le32(p + 4, SECURITY_AT);	/* next in a ring of one */
	put_le32(p + 8, SECURITY_AT);	/* previous */
	put_le32(p + 12, 1);		/* keys that use it */
	put_le32(p + 16, sizeof(security_descriptor));
	memcpy(p + 20, security_descriptor, sizeof(security_descriptor));
}

void hive_new(uint8_t hive[HIVE_NEW_BYTES])
{
	uint8_t *bin = hive + HIVE_BASE_BYTES;

	memset(hive, 0, HIVE_NEW_BYTES);
	put_base_block(hive);
	put_bin_header(bin);
	put_root_key(bin + ROOT_AT);
	put_security(bin + SECURITY_AT);
	put_le32(bin + FREE_AT, BIN_BYTES - FREE_AT);
	hive_set_header(hive, &(struct hive_header){ 1, 1, 0, "" });
}

/* XOR of what precedes it; two results have another meaning and are moved. */
void hive_set_checksum(uint8_t *base)
{
	uint32_t sum = 0;

	for (int i = 0; i < 508; i += 4)
		sum ^= get_le32(base + i);
	put_le32(base + 508, sum == 0xffffffff ? 0xfffffffe :
			     sum == 0 ? 1 : sum);
}

int hive_set_header(uint8_t *base, const struct hive_header *h)
{
	memset(base + 48, 0, 64);
	if (text_to_utf16(h->file_name, strlen(h->file_name), base + 48,
			  31) < 0)
		return -1;
	put_le32(base + 4, h->primary_sequence);
	put_le32(base + 8, h->secondary_sequence);
	put_le64(base + 12, h->last_written);
	put_le64(base + HIVE_BASE_BYTES + 20, h->last_written);
	hive_set_checksum(base);
	return 0;
}

void hive_set_time(uint8_t *hive, size_t at, uint64_t filetime)
{
	put_le64(hive + at + 8, filetime);
}

/* hivex has just written the file, so that its sizes can be trusted. */
static void set_times_in_bin(uint8_t *bin, size_t n, uint64_t filetime)
{
	for (size_t at = BIN_HEADER_BYTES; at < n;) {
		int32_t size = (int32_t)get_le32(bin + at);

		if (size < 0 && memcmp(bin + at + 4, "nk", 2) == 0)
			hive_set_time(bin, at, filetime);
		at += (size_t)(size < 0 ? -size : size);
	}
}

void hive_set_all_times(uint8_t *hive, size_t n, uint64_t filetime)
{
	for (size_t at = HIVE_BASE_BYTES; at < n;) {
		size_t size = get_le32(hive + at + 8);

		set_times_in_bin(hive + at, size, filetime);
		at += size;
	}
}
