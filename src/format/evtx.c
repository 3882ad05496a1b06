/*
 * evtx.c - a Windows event log
 *
 * File header, 4096 bytes:
 *
 *   OFFSET  SIZE  FIELD
 *        0     8  "ElfFile", 0
 *        8     8  first chunk
 *       16     8  last chunk
 *       24     8  id of the next record
 *       32     4  size of this header: 128
 *       36     2  minor version
 *       38     2  major version: 3
 *       40     2  where chunks begin: 4096
 *       42     2  number of chunks
 *      120     4  flags: 1 dirty, 2 full
 *      124     4  CRC-32 of the first 120 bytes
 *
 * Chunk, 65536 bytes:
 *
 *        0     8  "ElfChnk", 0
 *        8     8  number of its first record
 *       16     8  of its last
 *       24     8  id of its first record
 *       32     8  of its last
 *       40     4  size of this header: 128
 *       44     4  offset of the last record
 *       48     4  offset of the space behind it
 *       52     4  CRC-32 of the records
 *      120     4  flags
 *      124     4  CRC-32 of the first 120 bytes and of those from 128 to 512
 *      128   256  offsets of names, by their hash
 *      384   128  offsets of templates, by their id
 *      512        records
 *
 * Record:
 *
 *        0     4  "**", 0, 0
 *        4     4  size, a multiple of 8
 *        8     8  id
 *       16     8  when it was written, FILETIME
 *       24        binary XML
 *      ...     4  size
 *
 * Sources: libyal, libevtx, "Windows XML Event Log (EVTX) format"; and logs of
 * Windows 10 and 11.
 */
/* For memmem(), also where the compiler is called without options.  */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "format/evtx.h"

#include <assert.h>
#include <string.h>
#include <zlib.h>

#include "base/bytes.h"

struct evtx_file_disk {
	be64 signature;
	le64 first_chunk;
	le64 last_chunk;
	le64 next_record;
	le32 header_size;
	le16 minor;
	le16 major;
	le16 chunks_offset;
	le16 n_chunks;
	uint8_t unknown_0x2c[76];
	le32 flags;
	le32 checksum;
};
static_assert(offsetof(struct evtx_file_disk, flags) == 120, "EVTX file");
static_assert(sizeof(struct evtx_file_disk) == 128, "EVTX file");

#define FILE_SIGNATURE 0x456c6646696c6500	/* "ElfFile", 0 */
#define CHUNK_SIGNATURE 0x456c6643686e6b00	/* "ElfChnk", 0 */

#define FLAG_DIRTY 1u
#define FLAG_FULL 2u

struct evtx_chunk_disk {
	be64 signature;
	le64 first_number;
	le64 last_number;
	le64 first_record;
	le64 last_record;
	le32 header_size;
	le32 last_offset;
	le32 free_offset;
	le32 checksum;
	uint8_t unknown_0x38[64];
	le32 flags;
	le32 head_checksum;
	le32 names[64];
	le32 templates[32];
};
static_assert(offsetof(struct evtx_chunk_disk, names) == 128, "EVTX chunk");
static_assert(sizeof(struct evtx_chunk_disk) == EVTX_CHUNK_HEAD_BYTES, "chunk");

struct evtx_record_disk {
	be32 signature;
	le32 size;
	le64 id;
	le64 written;
};
static_assert(sizeof(struct evtx_record_disk) == EVTX_RECORD_HEAD_BYTES, "rec");

#define RECORD_SIGNATURE 0x2a2a0000			/* "**", 0, 0 */

static uint32_t crc_of(struct span s, size_t from, size_t to)
{
	return (uint32_t)crc32(0, s.p + from, (uInt)(to - from));
}

int evtx_file_parse(struct span s, struct evtx_file *ret, struct err *reterr)
{
	const struct evtx_file_disk *d = span_view(s, 0, struct evtx_file_disk);

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, "event log",
			       sizeof(*d), s.n);
	if (get_be64(d->signature) != FILE_SIGNATURE)
		return err_set(reterr, ERR_MAGIC, s.at, "event log",
			       FILE_SIGNATURE, get_be64(d->signature));
	*ret = (struct evtx_file){
		.first_chunk = get_le64(d->first_chunk),
		.last_chunk = get_le64(d->last_chunk),
		.next_record = get_le64(d->next_record),
		.major = get_le16(d->major),
		.minor = get_le16(d->minor),
		.n_chunks = get_le16(d->n_chunks),
		.dirty = (get_le32(d->flags) & FLAG_DIRTY) != 0,
		.full = (get_le32(d->flags) & FLAG_FULL) != 0,
		.checksum = get_le32(d->checksum),
		.checksum_computed = crc_of(s, 0, offsetof(
			struct evtx_file_disk, flags)),
	};
	return 0;
}

static uint32_t chunk_head_crc(struct span s)
{
	const size_t names = offsetof(struct evtx_chunk_disk, names);
	uLong crc = crc_of(s, 0, offsetof(struct evtx_chunk_disk, flags));

	return (uint32_t)crc32(crc, s.p + names,
			       (uInt)(EVTX_CHUNK_HEAD_BYTES - names));
}

int evtx_chunk_parse(struct span s, struct evtx_chunk *ret, struct err *reterr)
{
	const struct evtx_chunk_disk *d =
		span_view(s, 0, struct evtx_chunk_disk);
	uint32_t end;

	if (d == NULL || s.n < EVTX_CHUNK_BYTES)
		return err_set(reterr, ERR_TRUNCATED, s.at, "event log chunk",
			       EVTX_CHUNK_BYTES, s.n);
	if (get_be64(d->signature) != CHUNK_SIGNATURE)
		return err_set(reterr, ERR_MAGIC, s.at, "event log chunk",
			       CHUNK_SIGNATURE, get_be64(d->signature));
	end = get_le32(d->free_offset);
	if (end < EVTX_CHUNK_HEAD_BYTES || end > EVTX_CHUNK_BYTES)
		return err_set(reterr, ERR_VALUE,
			       s.at + offsetof(struct evtx_chunk_disk,
					       free_offset),
			       "event log chunk: offset of its free space",
			       EVTX_CHUNK_BYTES, end);
	*ret = (struct evtx_chunk){
		.first_record = get_le64(d->first_record),
		.last_record = get_le64(d->last_record),
		.free_offset = end,
		.head_checksum = get_le32(d->head_checksum),
		.head_checksum_computed = chunk_head_crc(s),
		.checksum = get_le32(d->checksum),
		.checksum_computed = crc_of(s, EVTX_CHUNK_HEAD_BYTES, end),
	};
	return 0;
}

uint32_t evtx_size_before(struct span s, size_t end)
{
	const le32 *d = end < sizeof(*d)
		? NULL : span_view(s, end - sizeof(*d), le32);

	return d == NULL ? 0 : get_le32(*d);
}

int evtx_record_parse_sized(struct span s, size_t off, uint32_t size,
			    struct evtx_record *ret, struct err *reterr)
{
	const struct evtx_record_disk *d =
		span_view(s, off, struct evtx_record_disk);
	struct evtx_record r;
	struct span record;

	if (d == NULL || !span_sub(s, off, size, &record))
		return err_set(reterr, ERR_TRUNCATED, s.at + off,
			       "event record", size, off < s.n ? s.n - off : 0);
	if (get_be32(d->signature) != RECORD_SIGNATURE)
		return err_set(reterr, ERR_MAGIC, s.at + off, "event record",
			       RECORD_SIGNATURE,
			       get_be32(d->signature));
	if (size < EVTX_RECORD_MIN_BYTES)
		return err_set(reterr, ERR_VALUE,
			       s.at + off + offsetof(struct evtx_record_disk,
						     size),
			       "event record: size", EVTX_RECORD_MIN_BYTES,
			       size);
	r.size = size;
	r.id = get_le64(d->id);
	r.written = get_le64(d->written);
	span_sub(record, sizeof(*d), size - EVTX_RECORD_MIN_BYTES, &r.event);
	r.sound = get_le32(d->size) == size &&
		  evtx_size_before(record, size) == size;
	*ret = r;
	return 0;
}

int evtx_record_parse(struct span s, size_t off, struct evtx_record *ret,
		      struct err *reterr)
{
	const struct evtx_record_disk *d =
		span_view(s, off, struct evtx_record_disk);

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at + off,
			       "event record", sizeof(*d),
			       off < s.n ? s.n - off : 0);
	return evtx_record_parse_sized(s, off, get_le32(d->size), ret, reterr);
}

bool evtx_is_damaged_record(struct span s, size_t off, uint64_t id)
{
	const struct evtx_record_disk *d =
		span_view(s, off, struct evtx_record_disk);
	struct span record;
	bool whole;

	if (d == NULL || get_le64(d->id) != id)
		return false;
	whole = get_le32(d->size) >= EVTX_RECORD_MIN_BYTES &&
		span_sub(s, off, get_le32(d->size), &record) &&
		evtx_size_before(record, record.n) == record.n;
	return whole != (get_be32(d->signature) == RECORD_SIGNATURE);
}

size_t evtx_find_record(struct span s, size_t off, size_t end)
{
	const be32 signature = put_be32(RECORD_SIGNATURE);
	const uint8_t *p;

	if (end > s.n || off >= end)
		return end;
	p = memmem(s.p + off, end - off, signature.b, sizeof(signature.b));
	return p == NULL ? end : (size_t)(p - s.p);
}
