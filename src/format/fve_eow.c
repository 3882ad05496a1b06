/*
 * fve_eow.c - which parts of a volume BitLocker has encrypted, where it
 * encrypts while the volume is in use ("encrypt on write")
 *
 * The descriptor, twice in the volume:
 *
 *   OFFSET  SIZE  FIELD
 *     0x00     8  "FVE-EOW" NUL
 *     0x08     2  bytes of the head: 56
 *     0x0a     2  bytes of all
 *     0x0c     4  logical sector
 *     0x10     4  physical sector
 *     0x14     4  bytes of a chunk
 *     0x18     4  bytes of a map's log
 *     0x1c     4  bytes of a log's entry
 *     0x20     4  number of maps
 *     0x24     4  CRC-32 of all, this taken for 0
 *     0x28    16  offsets of the two descriptors in the volume
 *     0x38        offsets of the maps, 8 bytes each
 *
 * A map, of one region of the volume:
 *
 *     0x00    10  "FVE-EOWBM" NUL
 *     0x0a     2  bytes of the head: 60
 *     0x0c     4  bytes of the map and its records
 *     0x10     4  its number
 *     0x14     8  offset of the region in the volume
 *     0x1c     8  size of the region
 *     0x24     8  offset of the log in the volume
 *     0x2c     8  offsets of the two records in the map
 *     0x34     4  bytes of a record
 *     0x38     4  CRC-32 of what is in front of the first record, this 0
 *
 * A record:
 *
 *     0x00    10  "FVE-EOWBR" NUL
 *     0x0a     2  bytes of the head: 36
 *     0x0c     4  bytes of all, or of a physical sector
 *     0x10     4  number of bits
 *     0x14     8  sequence
 *     0x1c     4  flags
 *     0x20     4  CRC-32 of all, this taken for 0
 *     0x24        bits
 *
 * Sources: dissect.fve, dissect/fve/bde/c_bde.py and eow.py; libbde,
 * libbde/bde_eow.h; keramics, bde formats.  They differ in what a record's size
 * at 0x0c is, and the checksum with it; on a volume of Windows 10 that holds
 * both are 512, and all its checksums are as they are here.
 */
#include "format/fve_eow.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>
#include <zlib.h>

#include "base/bytes.h"

struct fve_eow_disk {
	uint8_t signature[8];
	le16 header_bytes;
	le16 bytes;
	le32 logical_sector;
	le32 physical_sector;
	le32 chunk_bytes;
	le32 log_bytes;
	le32 log_entry_bytes;
	le32 n_maps;
	le32 crc32;
	le64 copies[2];
};
static_assert(sizeof(struct fve_eow_disk) == 56, "FVE EOW");

struct fve_eow_map_disk {
	uint8_t signature[10];
	le16 header_bytes;
	le32 bytes;
	le32 index;
	le64 offset;
	le64 size;
	le64 log;
	le32 records[2];
	le32 record_bytes;
	le32 crc32;
};
static_assert(sizeof(struct fve_eow_map_disk) == 60, "FVE EOW");

struct fve_eow_record_disk {
	uint8_t signature[10];
	le16 header_bytes;
	le32 bytes;
	le32 n_bits;
	le64 sequence;
	le32 flags;
	le32 crc32;
};
static_assert(sizeof(struct fve_eow_record_disk) == 36, "FVE EOW");

/* Of the first @n bytes of @s, those of the sum at @at taken for 0.  */
static bool sum_is(struct span s, size_t n, size_t at, uint32_t want)
{
	static const uint8_t zeros[4];
	uLong sum = crc32(0, s.p, (uInt)at);

	sum = crc32(sum, zeros, sizeof(zeros));
	sum = crc32(sum, s.p + at + 4, (uInt)(n - at - 4));
	return sum == want;
}

/* Each of the three begins with its name and the size of its head.  */
static int check_head(struct span s, const char *name, size_t name_bytes,
		      size_t bytes, const char *what, struct err *reterr)
{
	const le16 *size = s.n < bytes ? NULL :
			   (const le16 *)(const void *)(s.p + name_bytes);

	if (size == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, what, bytes, s.n);
	if (memcmp(s.p, name, name_bytes) != 0)
		return err_set(reterr, ERR_MAGIC, s.at, what, 'F', s.p[0]);
	if (get_le16(*size) != bytes)
		return err_set(reterr, ERR_VALUE, s.at + name_bytes, what,
			       bytes, get_le16(*size));
	return 0;
}

int fve_eow_parse(struct span s, struct fve_eow *ret, struct err *reterr)
{
	const struct fve_eow_disk *d = span_view(s, 0, struct fve_eow_disk);
	const char *what = "BitLocker's list of maps";
	struct fve_eow e;
	int r = check_head(s, "FVE-EOW", 8, sizeof(*d), what, reterr);

	if (r < 0)
		return r;
	e.bytes = get_le16(d->bytes);
	e.chunk_bytes = get_le32(d->chunk_bytes);
	e.log_bytes = get_le32(d->log_bytes);
	e.n_maps = get_le32(d->n_maps);
	for (int i = 0; i < 2; i++)
		e.copies[i] = get_le64(d->copies[i]);
	if (e.bytes < sizeof(*d) || e.bytes > s.n)
		return err_set(reterr, ERR_TRUNCATED, s.at, what, e.bytes,
			       s.n);
	if (!sum_is(s, e.bytes, offsetof(struct fve_eow_disk, crc32),
		    get_le32(d->crc32)))
		return err_set(reterr, ERR_CHECKSUM, s.at, what, 0, 0);
	if (e.chunk_bytes < 512 || (e.chunk_bytes & (e.chunk_bytes - 1)) != 0)
		return err_set(reterr, ERR_VALUE,
			       s.at + offsetof(struct fve_eow_disk,
					       chunk_bytes),
			       "BitLocker list of maps: bytes of a chunk", 512,
			       e.chunk_bytes);
	if (e.n_maps > FVE_EOW_MAX_MAPS ||
	    e.n_maps > (e.bytes - sizeof(*d)) / 8)
		return err_set(reterr, ERR_VALUE,
			       s.at + offsetof(struct fve_eow_disk, n_maps),
			       "BitLocker's list of maps: number",
			       (e.bytes - sizeof(*d)) / 8, e.n_maps);
	span_sub(s, sizeof(*d), 8 * (size_t)e.n_maps, &e.maps);
	*ret = e;
	return 0;
}

uint64_t fve_eow_map_at(const struct fve_eow *e, uint32_t i)
{
	return get_le64(*span_view(e->maps, 8 * (size_t)i, le64));
}

int fve_eow_map_parse(struct span s, struct fve_eow_map *ret,
		      struct err *reterr)
{
	const struct fve_eow_map_disk *d =
		span_view(s, 0, struct fve_eow_map_disk);
	const char *what = "BitLocker's map of a region";
	uint32_t first;
	int r = check_head(s, "FVE-EOWBM", 10, sizeof(*d), what, reterr);

	if (r < 0)
		return r;
	first = get_le32(d->records[0]);
	if (first < sizeof(*d) || first > s.n)
		return err_set(reterr, ERR_VALUE,
			       s.at + offsetof(struct fve_eow_map_disk,
					       records),
			       "BitLocker's map of a region: first record",
			       s.n, first);
	if (!sum_is(s, first, offsetof(struct fve_eow_map_disk, crc32),
		    get_le32(d->crc32)))
		return err_set(reterr, ERR_CHECKSUM, s.at, what, 0, 0);
	ret->bytes = get_le32(d->bytes);
	ret->offset = get_le64(d->offset);
	ret->size = get_le64(d->size);
	ret->log = get_le64(d->log);
	ret->records[0] = first;
	ret->records[1] = get_le32(d->records[1]);
	ret->record_bytes = get_le32(d->record_bytes);
	return 0;
}

int fve_eow_record_parse(struct span s, struct fve_eow_record *ret,
			 struct err *reterr)
{
	const struct fve_eow_record_disk *d =
		span_view(s, 0, struct fve_eow_record_disk);
	const size_t sum_at = offsetof(struct fve_eow_record_disk, crc32);
	const char *what = "BitLocker's bitmap of a region";
	uint32_t bytes, n_bits;
	int r = check_head(s, "FVE-EOWBR", 10, sizeof(*d), what, reterr);

	if (r < 0)
		return r;
	bytes = get_le32(d->bytes);
	n_bits = get_le32(d->n_bits);
	if (bytes < sizeof(*d) || bytes > s.n)
		return err_set(reterr, ERR_TRUNCATED, s.at, what, bytes, s.n);
	if (!sum_is(s, bytes, sum_at, get_le32(d->crc32)) &&
	    !sum_is(s, s.n, sum_at, get_le32(d->crc32)))
		return err_set(reterr, ERR_CHECKSUM, s.at, what, 0, 0);
	if (n_bits > 8 * (uint64_t)(s.n - sizeof(*d)))
		return err_set(reterr, ERR_VALUE,
			       s.at + offsetof(struct fve_eow_record_disk,
					       n_bits),
			       "BitLocker's bitmap of a region: bits",
			       8 * (s.n - sizeof(*d)), n_bits);
	ret->sequence = get_le64(d->sequence);
	ret->n_bits = n_bits;
	span_sub(s, sizeof(*d), ((size_t)n_bits + 7) / 8, &ret->bits);
	return 0;
}
