/*
 * gpt.c - the GUID Partition Table
 *
 * The header lies in LBA 1, its backup in the last LBA:
 *
 *   OFFSET  SIZE  FIELD
 *        0     8  "EFI PART"
 *        8     4  revision, 1.0
 *       12     4  size of the header, from 92
 *       16     4  CRC-32 of the header, this field taken as zero
 *       20     4  reserved, zero
 *       24     8  LBA of this header
 *       32     8  LBA of the other header
 *       40     8  first usable LBA
 *       48     8  last usable LBA
 *       56    16  disk GUID
 *       72     8  first LBA of the array of entries
 *       80     4  number of entries
 *       84     4  size of an entry, 128 * 2^n
 *       88     4  CRC-32 of the array
 *
 * and an entry:
 *
 *        0    16  type GUID, zero if unused
 *       16    16  unique GUID
 *       32     8  first LBA
 *       40     8  last LBA, inclusive
 *       48     8  attributes
 *       56    72  name, UTF-16LE
 *
 * Source: UEFI specification 2.10, 5.3.
 */
#include "format/gpt.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>
#include <zlib.h>

#include "base/bytes.h"
#include "base/utf16.h"

struct gpt_header_disk {
	uint8_t signature[8];
	le32 revision;
	le32 header_bytes;
	le32 header_crc;
	le32 reserved;
	le64 my_lba;
	le64 alternate_lba;
	le64 first_usable_lba;
	le64 last_usable_lba;
	uint8_t disk_guid[16];
	le64 entries_lba;
	le32 entry_count;
	le32 entry_bytes;
	le32 entries_crc;
};
static_assert(offsetof(struct gpt_header_disk, disk_guid) == 56, "GPT");
static_assert(sizeof(struct gpt_header_disk) == GPT_HEADER_BYTES, "GPT");

struct gpt_entry_disk {
	uint8_t type[16];
	uint8_t guid[16];
	le64 first_lba;
	le64 last_lba;
	le64 attributes;
	uint8_t name[GPT_NAME_BYTES];
};
static_assert(sizeof(struct gpt_entry_disk) == GPT_MIN_ENTRY_BYTES, "GPT");

#define GPT_REVISION_1_0 0x00010000

static uint32_t header_crc(struct span sector, uint32_t n)
{
	static const uint8_t zero[4];
	const size_t field = offsetof(struct gpt_header_disk, header_crc);
	uLong crc = crc32(0, sector.p, (uInt)field);

	crc = crc32(crc, zero, sizeof(zero));
	return (uint32_t)crc32(crc, sector.p + field + sizeof(zero),
			       (uInt)(n - field - sizeof(zero)));
}

int gpt_header_parse(struct span sector, struct gpt_header *ret,
		     struct err *reterr)
{
	const struct gpt_header_disk *d =
		span_view(sector, 0, struct gpt_header_disk);

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, sector.at, "GPT header",
			       sizeof(*d), sector.n);
	if (!span_has(sector, 0, "EFI PART", 8))
		return err_set(reterr, ERR_MAGIC, sector.at, "GPT header", 'E',
			       d->signature[0]);

	*ret = (struct gpt_header){
		.revision = get_le32(d->revision),
		.header_bytes = get_le32(d->header_bytes),
		.header_crc = get_le32(d->header_crc),
		.reserved = get_le32(d->reserved),
		.my_lba = get_le64(d->my_lba),
		.alternate_lba = get_le64(d->alternate_lba),
		.first_usable_lba = get_le64(d->first_usable_lba),
		.last_usable_lba = get_le64(d->last_usable_lba),
		.entries_lba = get_le64(d->entries_lba),
		.entry_count = get_le32(d->entry_count),
		.entry_bytes = get_le32(d->entry_bytes),
		.entries_crc = get_le32(d->entries_crc),
		.at = sector.at,
	};
	memcpy(ret->disk_guid.b, d->disk_guid, sizeof(d->disk_guid));
	if (ret->header_bytes >= GPT_HEADER_BYTES &&
	    ret->header_bytes <= sector.n)
		ret->computed_crc = header_crc(sector, ret->header_bytes);
	return 0;
}

static int value_unless(bool good, const struct gpt_header *h, size_t field,
			const char *what, uint64_t want, uint64_t got,
			struct err *reterr)
{
	if (good)
		return 0;
	return err_set(reterr, ERR_VALUE, h->at + field, what, want, got);
}

#define VALUE_UNLESS(good, field, what, want) \
	value_unless((good), h, offsetof(struct gpt_header_disk, field), \
		     "GPT header: " what, (want), h->field, reterr)

static bool entry_bytes_good(uint32_t n)
{
	return n >= GPT_MIN_ENTRY_BYTES && n <= GPT_MAX_ENTRY_BYTES &&
	       (n & (n - 1)) == 0;
}

static int check_entry_count(const struct gpt_header *h, struct err *reterr)
{
	if (h->entry_count != 0 && gpt_array_bytes(h) <= GPT_MAX_ARRAY_BYTES)
		return 0;
	return err_set(reterr, ERR_LIMIT,
		       h->at + offsetof(struct gpt_header_disk, entry_count),
		       "GPT header: number of entries",
		       GPT_MAX_ARRAY_BYTES / GPT_MIN_ENTRY_BYTES,
		       h->entry_count);
}

int gpt_header_check(const struct gpt_header *h, enum gpt_check which,
		     struct gpt_place place, struct err *reterr)
{
	switch (which) {
	case GPT_CHECK_SIZE:
		return VALUE_UNLESS(h->header_bytes >= GPT_HEADER_BYTES &&
				    h->header_bytes <= place.sector_bytes,
				    header_bytes, "size", GPT_HEADER_BYTES);
	case GPT_CHECK_CRC:
		if (h->header_crc == h->computed_crc)
			return 0;
		return err_set(reterr, ERR_CHECKSUM,
			       h->at + offsetof(struct gpt_header_disk,
						header_crc),
			       "GPT header: CRC-32", h->computed_crc,
			       h->header_crc);
	case GPT_CHECK_MY_LBA:
		return VALUE_UNLESS(h->my_lba == place.lba, my_lba,
				    "its own LBA", place.lba);
	case GPT_CHECK_ENTRY_BYTES:
		return VALUE_UNLESS(entry_bytes_good(h->entry_bytes),
				    entry_bytes, "size of an entry",
				    GPT_MIN_ENTRY_BYTES);
	case GPT_CHECK_ENTRY_COUNT:
		return check_entry_count(h, reterr);
	case GPT_CHECK_REVISION:
		return VALUE_UNLESS(h->revision == GPT_REVISION_1_0, revision,
				    "revision", GPT_REVISION_1_0);
	case GPT_CHECK_RESERVED:
		return VALUE_UNLESS(h->reserved == 0, reserved,
				    "reserved field", 0);
	case GPT_CHECK_USABLE:
		return VALUE_UNLESS(h->first_usable_lba <= h->last_usable_lba,
				    first_usable_lba, "first usable LBA",
				    h->last_usable_lba);
	case GPT_CHECK_USABLE_START:
		return VALUE_UNLESS(h->first_usable_lba >= 2, first_usable_lba,
				    "first usable LBA", 2);
	case GPT_CHECK_USABLE_END:
		return VALUE_UNLESS(h->last_usable_lba < place.disk_sectors,
				    last_usable_lba, "last usable LBA",
				    place.disk_sectors - 1);
	case GPT_CHECK_ENTRIES_LBA:
		return VALUE_UNLESS(h->entries_lba >= 2 &&
				    h->entries_lba < place.disk_sectors,
				    entries_lba, "LBA of the entries",
				    h->entries_lba < 2 ? 2 :
				    place.disk_sectors - 1);
	case GPT_CHECKS:
		break;
	}
	return 0;
}

uint64_t gpt_array_bytes(const struct gpt_header *h)
{
	return (uint64_t)h->entry_count * h->entry_bytes;
}

int gpt_array_check(const struct gpt_header *h, struct span array,
		    struct err *reterr)
{
	uint32_t crc = (uint32_t)crc32(0, array.p, (uInt)array.n);

	if (crc == h->entries_crc)
		return 0;
	return err_set(reterr, ERR_CHECKSUM,
		       h->at + offsetof(struct gpt_header_disk, entries_crc),
		       "GPT entries: CRC-32", crc, h->entries_crc);
}

int gpt_entry_parse(struct span entry, struct gpt_entry *ret,
		    struct err *reterr)
{
	const struct gpt_entry_disk *d =
		span_view(entry, 0, struct gpt_entry_disk);

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, entry.at, "GPT entry",
			       sizeof(*d), entry.n);
	*ret = (struct gpt_entry){
		.first_lba = get_le64(d->first_lba),
		.last_lba = get_le64(d->last_lba),
		.attributes = get_le64(d->attributes),
	};
	memcpy(ret->type.b, d->type, sizeof(d->type));
	memcpy(ret->guid.b, d->guid, sizeof(d->guid));
	span_sub(entry, offsetof(struct gpt_entry_disk, name), GPT_NAME_BYTES,
		 &ret->name);
	ret->name = utf16_trim_nul(ret->name);
	return 0;
}
