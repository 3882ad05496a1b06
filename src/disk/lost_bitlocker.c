/*
 * lost_bitlocker.c - an encrypted volume by what its metadata say of themselves
 *
 * A block has the offsets of all three from the volume's start.  It is one of
 * them, so that the volume begins at one of three places; what tells which is
 * the other blocks, or that a partition begins there.
 *
 * Sources: those of format/fve.c and format/bitlocker.c.
 */
#include "disk/lost_bitlocker.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "format/fve.h"

/* Where a block may be without the whole volume being searched.  Windows 7 and
 * later have been seen to put the first one 33 MiB behind the start.  */
#define FIND_BYTES (64u << 20)
#define FIND_STEP (64u << 10)

#define COPIES 3

bool lost_bitlocker_may_begin(const uint8_t *sector)
{
	return memcmp(sector, "-FVE-FS-", 8) == 0;
}

/* What there is of the block at @at, whose entries go with the buffer.  */
static bool read_block(struct source *s, uint64_t at, uint8_t *buf,
		       struct fve_block *ret)
{
	size_t n = FVE_BLOCK_BYTES;

	if (at >= s->size)
		return false;
	if (n > s->size - at)
		n = (size_t)(s->size - at);
	/* The end of a block may be bad, and nothing in it.  */
	while (n >= BOOT_SECTOR_BYTES && source_read(s, at, buf, n, NULL) < 0)
		n /= 2;
	return n >= BOOT_SECTOR_BYTES && lost_bitlocker_may_begin(buf) &&
	       fve_block_parse((struct span){ buf, n, at }, ret, NULL) == 0 &&
	       (!ret->has_checksum || ret->checksum_ok);
}

static bool is_copy(const struct fve_block *a, const struct fve_block *b)
{
	return memcmp(a->metadata, b->metadata, sizeof(a->metadata)) == 0 &&
	       guid_equal(&a->volume, &b->volume);
}

/* How many of the blocks of @b are there, if the volume begins at @start.  */
static unsigned count_copies(struct source *s, uint64_t start,
			     const struct fve_block *b, uint8_t *buf)
{
	struct fve_block other;
	unsigned n = 0;
	uint64_t at;

	for (int i = 0; i < COPIES; i++)
		n += checked_add(start, b->metadata[i], &at) &&
		     read_block(s, at, buf, &other) && is_copy(b, &other);
	return n;
}

static bool find_start(struct source *s, uint64_t at, uint64_t begin,
		       const struct fve_block *b, uint8_t *buf,
		       uint64_t *ret)
{
	unsigned best = 0;	/* twice how many, and 1 for @begin */
	bool tie = false;

	for (int i = 0; i < COPIES; i++) {
		uint64_t start = at - b->metadata[i];
		unsigned n;

		if (b->metadata[i] == 0 || b->metadata[i] > at ||
		    start < begin || (best > 0 && start == *ret))
			continue;
		n = count_copies(s, start, b, buf);
		if (n < 2 && start != begin)
			continue;
		n = 2 * n + (start == begin);
		tie = n == best || (tie && n < best);
		if (n <= best)
			continue;
		best = n;
		*ret = start;
	}
	/* Blocks that lie equally far apart, and one of them is lost.  */
	return best > 0 && !tie;
}

static void put(uint8_t *p, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

static void make_sector(const struct fve_block *b, unsigned sector_size,
			uint8_t *p)
{
	static const uint8_t start[] = {
		0xeb, 0x58, 0x90, '-', 'F', 'V', 'E', '-', 'F', 'S', '-',
	};
	static const uint8_t form[16] = {
		0x3b, 0xd6, 0x67, 0x49, 0x29, 0x2e, 0xd8, 0x4a,
		0x83, 0x99, 0xf6, 0xa3, 0x39, 0xe3, 0xd0, 0x01,
	};

	memset(p, 0, BOOT_SECTOR_BYTES);
	memcpy(p, start, sizeof(start));
	put(p + 0x0b, sector_size, 2);
	p[0x0d] = 8;
	p[0x15] = 0xf8;
	memcpy(p + 0xa0, form, sizeof(form));
	for (int i = 0; i < COPIES; i++)
		put(p + 0xb0 + 8 * i, b->metadata[i], 8);
	put(p + 0x1fe, 0xaa55, 2);
}

/* How much is encrypted: all of it, unless that is still under way, when less
 * is than where the metadata lie.  */
static uint64_t length_of(const struct fve_block *b)
{
	for (int i = 0; i < COPIES; i++)
		if (b->encrypted_bytes < FVE_BLOCK_BYTES ||
		    b->metadata[i] > b->encrypted_bytes - FVE_BLOCK_BYTES)
			return 0;
	return b->encrypted_bytes;
}

bool lost_bitlocker_read(struct source *disk, uint64_t at, uint64_t begin,
			 struct arena *a, struct lost_bitlocker *ret)
{
	uint8_t *buf = arena_malloc(a, FVE_BLOCK_BYTES);
	unsigned sector = disk->sector_size != 0 ? disk->sector_size :
						   BOOT_SECTOR_BYTES;
	struct fve_block b;
	uint64_t start = 0;
	bool found = buf != NULL && read_block(disk, at, buf, &b) &&
		     b.version == 2 &&
		     find_start(disk, at, begin, &b, buf, &start);

	free(buf);
	if (!found)
		return false;
	ret->offset = start;
	ret->length = length_of(&b);
	make_sector(&b, sector, ret->sector);
	return true;
}

bool lost_bitlocker_find(struct source *volume, struct arena *a,
			 struct lost_bitlocker *ret, uint64_t *ret_at)
{
	uint8_t sector[BOOT_SECTOR_BYTES];

	for (uint64_t at = FIND_STEP;
	     at < FIND_BYTES && at + FVE_BLOCK_BYTES <= volume->size;
	     at += FIND_STEP) {
		uint64_t next = source_next_data(volume, at);

		if (next >= at + FIND_STEP) {
			at = next / FIND_STEP * FIND_STEP - FIND_STEP;
			continue;
		}
		if (source_read(volume, at, sector, sizeof(sector), NULL) < 0 ||
		    !lost_bitlocker_may_begin(sector) ||
		    !lost_bitlocker_read(volume, at, 0, a, ret) ||
		    ret->offset != 0)
			continue;
		*ret_at = at;
		return true;
	}
	return false;
}
