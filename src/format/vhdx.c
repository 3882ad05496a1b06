/*
 * vhdx.c - VHDX; all numbers are little-endian
 *
 *   OFFSET   SIZE  FIELD
 *   0x00000     8  "vhdxfile", then the creator's name
 *   0x10000  4096  header 1
 *   0x20000  4096  header 2; that with the higher sequence number counts
 *   0x30000   64K  region table 1
 *   0x40000   64K  region table 2
 *
 * Header
 *
 *     0x00      4  "head"
 *     0x04      4  CRC-32C of the 4096 bytes, this field taken as zero
 *     0x08      8  sequence number
 *     0x10     16  file write GUID
 *     0x20     16  data write GUID
 *     0x30     16  log GUID, zero if the log is empty
 *     0x40      2  log version, 0
 *     0x42      2  version, 1
 *     0x44      4  log length
 *     0x48      8  log offset
 *
 * Region table: "regi", CRC-32C over the 64 KiB, count, zero, then entries of
 * 32 bytes: GUID, offset (8), length (4), required (4).
 *
 * Metadata table: "metadata", zero (2), count (2), 20 bytes of zero, then
 * entries of 32 bytes: GUID, offset in the region (4), length (4), flags (4),
 * zero (4).
 *
 * BAT: an entry of 8 bytes for each block, and after each chunk of 2^23 sectors
 * one for its sector bitmap, least significant bit first.  Bits 0-2 are the
 * state, bits 20-63 the offset in the file, in MiB.
 *
 * Log entry: whole sectors of 4096 bytes in a ring
 *
 *     0x00      4  "loge"
 *     0x04      4  CRC-32C of the entry, this field taken as zero
 *     0x08      4  length of the entry
 *     0x0c      4  tail: offset in the log of the sequence's first entry
 *     0x10      8  sequence number, not zero
 *     0x18      4  number of descriptors
 *     0x20     16  log GUID
 *     0x30      8  flushed file offset
 *     0x38      8  last file offset
 *     0x40         descriptors of 32 bytes:
 *                  "desc", the page's last 4 bytes, its first 8, file offset
 *                  (8), sequence number (8); or "zero", 4 bytes of zero, length
 *                  (8), file offset, sequence number
 *                  From the next sector on, one sector for each "desc": "data",
 *                  high half of the sequence number, the page's other 4084
 *                  bytes, low half.
 *
 * Sources: [MS-VHDX] 2.2 to 2.6; qemu block/vhdx.h and vhdx-log.c; libyal
 * libvhdi documentation.
 */
#include "format/vhdx.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"
#include "base/utf16.h"

struct vhdx_header_disk {
	uint8_t signature[4];		/* "head" */
	le32 checksum;
	le64 sequence;
	struct guid file_write_guid;
	struct guid data_write_guid;
	struct guid log_guid;
	le16 log_version;
	le16 version;
	le32 log_length;
	le64 log_offset;
	uint8_t reserved[4016];
};
static_assert(offsetof(struct vhdx_header_disk, log_offset) == 0x48, "VHDX");
static_assert(sizeof(struct vhdx_header_disk) == VHDX_HEADER_BYTES, "VHDX");

struct vhdx_table_disk {
	uint8_t signature[4];		/* "regi" */
	le32 checksum;
	le32 count;
	le32 reserved;
};
static_assert(sizeof(struct vhdx_table_disk) == 16, "VHDX region table");

struct vhdx_region_disk {
	struct guid id;
	le64 offset;
	le32 length;
	le32 required;			/* bit 0 */
};
static_assert(sizeof(struct vhdx_region_disk) == 32, "VHDX region");

struct vhdx_metadata_disk {
	uint8_t signature[8];		/* "metadata" */
	le16 reserved;
	le16 count;
	uint8_t reserved_0x0c[20];
};
static_assert(sizeof(struct vhdx_metadata_disk) == 32, "VHDX metadata");

struct vhdx_item_disk {
	struct guid id;
	le32 offset;
	le32 length;
	le32 flags;
	le32 reserved;
};
static_assert(sizeof(struct vhdx_item_disk) == 32, "VHDX metadata item");

struct vhdx_parameters_disk {
	le32 block_bytes;
	le32 flags;
};

struct vhdx_locator_disk {
	struct guid type;
	le16 reserved;
	le16 count;
};
static_assert(sizeof(struct vhdx_locator_disk) == 20, "VHDX locator");

struct vhdx_key_disk {
	le32 key_offset;
	le32 value_offset;
	le16 key_length;
	le16 value_length;
};
static_assert(sizeof(struct vhdx_key_disk) == 12, "VHDX locator key");

struct vhdx_entry_disk {
	uint8_t signature[4];		/* "loge" */
	le32 checksum;
	le32 length;
	le32 tail;
	le64 sequence;
	le32 n_descriptors;
	le32 reserved;
	struct guid log_guid;
	le64 flushed_size;
	le64 last_size;
};
static_assert(sizeof(struct vhdx_entry_disk) == 64, "VHDX log entry");

struct vhdx_descriptor_disk {
	uint8_t signature[4];		/* "desc" or "zero" */
	uint8_t trailing[4];
	union {
		uint8_t leading[8];	/* of "desc" */
		le64 length;		/* of "zero" */
	} u;
	le64 offset;
	le64 sequence;
};
static_assert(sizeof(struct vhdx_descriptor_disk) == 32, "VHDX log");

struct vhdx_data_disk {
	uint8_t signature[4];		/* "data" */
	le32 sequence_high;
	uint8_t bytes[4084];
	le32 sequence_low;
};
static_assert(sizeof(struct vhdx_data_disk) == VHDX_LOG_SECTOR, "VHDX log");

enum { REGION_REQUIRED = 1u << 0, ITEM_REQUIRED = 1u << 2 };
enum { LEAVE_ALLOCATED = 1u << 0, HAS_PARENT = 1u << 1 };

/* [MS-VHDX] 2.2.3.1, 2.6.1.1 */
#define MAX_REGIONS 2047
#define MAX_ITEMS 1023
/* 2.6.2.1, 2.6.2.2 */
#define MIN_BLOCK_BYTES (1u << 20)
#define MAX_BLOCK_BYTES (256u << 20)
#define MAX_DISK_BYTES ((uint64_t)64 << 40)
/* A locator has six keys at most.  */
#define MAX_KEYS 64

static const struct guid bat_id = { {
	0x66, 0x77, 0xc2, 0x2d, 0x23, 0xf6, 0x00, 0x42,
	0x9d, 0x64, 0x11, 0x5e, 0x9b, 0xfd, 0x4a, 0x08 } };
static const struct guid metadata_id = { {
	0x06, 0xa2, 0x7c, 0x8b, 0x90, 0x47, 0x9a, 0x4b,
	0xb8, 0xfe, 0x57, 0x5f, 0x05, 0x0f, 0x88, 0x6e } };
static const struct guid parameters_id = { {
	0x37, 0x67, 0xa1, 0xca, 0x36, 0xfa, 0x43, 0x4d,
	0xb3, 0xb6, 0x33, 0xf0, 0xaa, 0x44, 0xe7, 0x6b } };
static const struct guid size_id = { {
	0x24, 0x42, 0xa5, 0x2f, 0x1b, 0xcd, 0x76, 0x48,
	0xb2, 0x11, 0x5d, 0xbe, 0xd8, 0x3b, 0xf4, 0xb8 } };
static const struct guid sector_size_id = { {
	0x1d, 0xbf, 0x41, 0x81, 0x6f, 0xa9, 0x09, 0x47,
	0xba, 0x47, 0xf2, 0x33, 0xa8, 0xfa, 0xab, 0x5f } };
static const struct guid physical_size_id = { {
	0xc7, 0x48, 0xa3, 0xcd, 0x5d, 0x44, 0x71, 0x44,
	0x9c, 0xc9, 0xe9, 0x88, 0x52, 0x51, 0xc5, 0x56 } };
static const struct guid disk_id = { {
	0xab, 0x12, 0xca, 0xbe, 0xe6, 0xb2, 0x23, 0x45,
	0x93, 0xef, 0xc3, 0x09, 0xe0, 0x00, 0xc7, 0x46 } };
static const struct guid locator_id = { {
	0x2d, 0x5f, 0xd3, 0xa8, 0x0b, 0xb3, 0x4d, 0x45,
	0xab, 0xf7, 0xd3, 0xd8, 0x48, 0x34, 0xab, 0x0c } };

/* CRC-32C of @s, with four bytes at @field taken as zero.  */
uint32_t vhdx_crc(struct span s, size_t field)
{
	/* Of each half byte.  */
	static const uint32_t table[16] = {
		0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1,
		0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
		0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
		0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
	};
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < s.n; i++) {
		unsigned b = i >= field && i < field + 4 ? 0 : s.p[i];

		crc = table[(crc ^ b) & 15] ^ crc >> 4;
		crc = table[(crc ^ b >> 4) & 15] ^ crc >> 4;
	}
	return ~crc;
}

static int check_magic(struct span s, const char *magic, const char *what,
		       struct err *reterr)
{
	uint32_t want = 0, got = 0;

	for (int i = 0; i < 4; i++) {
		want = want << 8 | (uint8_t)magic[i];
		got = got << 8 | s.p[i];
	}
	if (want == got)
		return 0;
	return err_set(reterr, ERR_MAGIC, s.at, what, want, got);
}

/* All checksums stand behind the signature.  */
static int check_crc(struct span s, const char *what, struct err *reterr)
{
	uint32_t want = vhdx_crc(s, 4);
	const le32 *stored = span_view(s, 4, le32);

	if (stored != NULL && get_le32(*stored) == want)
		return 0;
	return err_set(reterr, ERR_CHECKSUM, s.at + 4, what, want,
		       stored != NULL ? get_le32(*stored) : 0);
}

int vhdx_header_parse(struct span s, struct vhdx_header *ret,
		      struct err *reterr)
{
	const struct vhdx_header_disk *h =
		span_view(s, 0, struct vhdx_header_disk);
	int r;

	if (h == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, "VHDX header",
			       sizeof(*h), s.n);
	s.n = sizeof(*h);
	r = check_magic(s, "head", "VHDX header", reterr);
	if (r < 0)
		return r;
	r = check_crc(s, "VHDX header", reterr);
	if (r < 0)
		return r;
	if (get_le16(h->version) != 1)
		return err_set(reterr, ERR_UNSUPPORTED, s.at + 0x42,
			       "VHDX header: version", 1, get_le16(h->version));
	*ret = (struct vhdx_header){
		.sequence = get_le64(h->sequence),
		.data_write_guid = h->data_write_guid,
		.log_guid = h->log_guid,
		.log_version = get_le16(h->log_version),
		.log_length = get_le32(h->log_length),
		.log_offset = get_le64(h->log_offset),
	};
	return 0;
}

static int add_region(struct span s, const struct vhdx_region_disk *d,
		      struct vhdx_regions *ret, struct err *reterr)
{
	struct vhdx_region r = { get_le64(d->offset), get_le32(d->length) };
	struct vhdx_region *which = NULL;

	if (guid_equal(&d->id, &bat_id))
		which = &ret->bat;
	else if (guid_equal(&d->id, &metadata_id))
		which = &ret->metadata;
	else if (get_le32(d->required) & REGION_REQUIRED)
		return err_set(reterr, ERR_UNSUPPORTED, s.at,
			       "VHDX region of an unknown kind", 0, d->id.b[0]);
	else
		return 0;
	if (r.offset < VHDX_MIB || r.offset % VHDX_MIB != 0)
		return err_set(reterr, ERR_VALUE, s.at + 16,
			       "VHDX region: offset", VHDX_MIB, r.offset);
	if (which->offset != 0)
		return err_set(reterr, ERR_VALUE, s.at,
			       "VHDX region: given twice", 1, 2);
	*which = r;
	return 0;
}

int vhdx_regions_parse(struct span s, struct vhdx_regions *ret,
		       struct err *reterr)
{
	const struct vhdx_table_disk *t =
		span_view(s, 0, struct vhdx_table_disk);
	struct vhdx_regions regions = { 0 };
	uint32_t n;
	int r;

	if (t == NULL || s.n < VHDX_TABLE_BYTES)
		return err_set(reterr, ERR_TRUNCATED, s.at, "VHDX region table",
			       VHDX_TABLE_BYTES, s.n);
	s.n = VHDX_TABLE_BYTES;
	r = check_magic(s, "regi", "VHDX region table", reterr);
	if (r < 0)
		return r;
	r = check_crc(s, "VHDX region table", reterr);
	if (r < 0)
		return r;
	n = get_le32(t->count);
	if (n > MAX_REGIONS)
		return err_set(reterr, ERR_LIMIT, s.at + 8,
			       "VHDX region table: entries", MAX_REGIONS, n);
	for (uint32_t i = 0; i < n; i++) {
		struct span e;

		span_sub(s, sizeof(*t) + i * 32, 32, &e);
		r = add_region(e, span_view(e, 0, struct vhdx_region_disk),
			       &regions, reterr);
		if (r < 0)
			return r;
	}
	if (regions.bat.offset == 0 || regions.metadata.offset == 0)
		return err_set(reterr, ERR_NOT_FOUND, s.at,
			       "VHDX region: BAT or metadata", 0, 0);
	*ret = regions;
	return 0;
}

static int read_parameters(struct span item, struct vhdx_metadata *m,
			   struct err *reterr)
{
	const struct vhdx_parameters_disk *p =
		span_view(item, 0, struct vhdx_parameters_disk);
	uint32_t block;

	if (p == NULL)
		return err_set(reterr, ERR_TRUNCATED, item.at,
			       "VHDX file parameters", sizeof(*p), item.n);
	block = get_le32(p->block_bytes);
	if (block < MIN_BLOCK_BYTES || block > MAX_BLOCK_BYTES ||
	    (block & (block - 1)) != 0)
		return err_set(reterr, ERR_VALUE, item.at, "VHDX block size",
			       32u << 20, block);
	m->block_bytes = block;
	m->leave_allocated = get_le32(p->flags) & LEAVE_ALLOCATED;
	m->has_parent = get_le32(p->flags) & HAS_PARENT;
	return 0;
}

static int read_size(struct span item, struct vhdx_metadata *m,
		     struct err *reterr)
{
	const le64 *size = span_view(item, 0, le64);

	if (size == NULL)
		return err_set(reterr, ERR_TRUNCATED, item.at,
			       "VHDX disk size", sizeof(*size), item.n);
	m->size = get_le64(*size);
	if (m->size == 0 || m->size % 512 != 0)
		return err_set(reterr, ERR_VALUE, item.at, "VHDX disk size",
			       512, m->size);
	if (m->size > MAX_DISK_BYTES)
		return err_set(reterr, ERR_LIMIT, item.at, "VHDX disk size",
			       MAX_DISK_BYTES, m->size);
	return 0;
}

static int read_sector_size(struct span item, struct vhdx_metadata *m,
			    struct err *reterr)
{
	const le32 *size = span_view(item, 0, le32);

	if (size == NULL)
		return err_set(reterr, ERR_TRUNCATED, item.at,
			       "VHDX sector size", sizeof(*size), item.n);
	m->sector_bytes = get_le32(*size);
	if (m->sector_bytes != 512 && m->sector_bytes != 4096)
		return err_set(reterr, ERR_VALUE, item.at, "VHDX sector size",
			       512, m->sector_bytes);
	return 0;
}

static int read_locator(struct span item, struct vhdx_metadata *m,
			struct err *reterr)
{
	(void)reterr;
	m->locator = item;
	return 0;
}

/* Known, and of no use to us.  */
static int pass_over(struct span item, struct vhdx_metadata *m,
		     struct err *reterr)
{
	(void)item;
	(void)m;
	(void)reterr;
	return 0;
}

static const struct {
	const struct guid *id;
	int (*read)(struct span item, struct vhdx_metadata *m,
		    struct err *reterr);
} items[] = {
	{ &parameters_id, read_parameters },
	{ &size_id, read_size },
	{ &sector_size_id, read_sector_size },
	{ &locator_id, read_locator },
	{ &physical_size_id, pass_over },
	{ &disk_id, pass_over },
};

static int add_item(struct span s, uint64_t at, struct vhdx_metadata *m,
		    struct err *reterr)
{
	const struct vhdx_item_disk *d =
		span_view(s, at, struct vhdx_item_disk);
	struct span item;

	for (size_t i = 0; i < sizeof(items) / sizeof(*items); i++) {
		if (!guid_equal(&d->id, items[i].id))
			continue;
		if (!span_sub(s, get_le32(d->offset), get_le32(d->length),
			      &item))
			return err_set(reterr, ERR_TRUNCATED, s.at + at + 16,
				       "VHDX metadata item",
				       (uint64_t)get_le32(d->offset) +
				       get_le32(d->length), s.n);
		return items[i].read(item, m, reterr);
	}
	if (get_le32(d->flags) & ITEM_REQUIRED)
		return err_set(reterr, ERR_UNSUPPORTED, s.at + at,
			       "VHDX metadata item of an unknown kind", 0,
			       d->id.b[0]);
	return 0;
}

int vhdx_metadata_parse(struct span s, struct vhdx_metadata *ret,
			struct err *reterr)
{
	const struct vhdx_metadata_disk *t =
		span_view(s, 0, struct vhdx_metadata_disk);
	struct vhdx_metadata m = { 0 };
	unsigned n;

	if (t == NULL || s.n < VHDX_TABLE_BYTES)
		return err_set(reterr, ERR_TRUNCATED, s.at, "VHDX metadata",
			       VHDX_TABLE_BYTES, s.n);
	if (memcmp(t->signature, "metadata", 8) != 0)
		return err_set(reterr, ERR_MAGIC, s.at, "VHDX metadata",
			       'm', t->signature[0]);
	n = get_le16(t->count);
	if (n > MAX_ITEMS)
		return err_set(reterr, ERR_LIMIT, s.at + 10,
			       "VHDX metadata: items", MAX_ITEMS, n);
	for (unsigned i = 0; i < n; i++) {
		int r = add_item(s, sizeof(*t) + i * 32, &m, reterr);

		if (r < 0)
			return r;
	}
	if (m.block_bytes == 0 || m.size == 0 || m.sector_bytes == 0)
		return err_set(reterr, ERR_NOT_FOUND, s.at,
			       "VHDX metadata: block size, disk size or sector "
			       "size", 0, 0);
	*ret = m;
	return 0;
}

bool vhdx_locator_find(struct span locator, const char *key, struct span *ret)
{
	const struct vhdx_locator_disk *l =
		span_view(locator, 0, struct vhdx_locator_disk);
	unsigned n = l != NULL ? get_le16(l->count) : 0;

	for (unsigned i = 0; i < n && i < MAX_KEYS; i++) {
		const struct vhdx_key_disk *k =
			span_view(locator, sizeof(*l) + i * sizeof(*k),
				  struct vhdx_key_disk);
		struct span name;

		if (k == NULL)
			return false;
		if (!span_sub(locator, get_le32(k->key_offset),
			      get_le16(k->key_length), &name) ||
		    !utf16_equals_ascii(name, key))
			continue;
		return span_sub(locator, get_le32(k->value_offset),
				get_le16(k->value_length), ret);
	}
	return false;
}

/* Sectors of the header and of @n descriptors.  */
static uint64_t descriptor_bytes(uint32_t n)
{
	uint64_t bytes = sizeof(struct vhdx_entry_disk) +
			 (uint64_t)n * sizeof(struct vhdx_descriptor_disk);

	return (bytes + VHDX_LOG_SECTOR - 1) / VHDX_LOG_SECTOR *
	       VHDX_LOG_SECTOR;
}

static int check_entry(struct span s, const struct vhdx_entry_disk *e,
		       const struct guid *log_guid, struct err *reterr)
{
	uint32_t length = get_le32(e->length);

	if (length < VHDX_LOG_SECTOR || length % VHDX_LOG_SECTOR != 0)
		return err_set(reterr, ERR_VALUE, s.at + 8,
			       "VHDX log entry: length", VHDX_LOG_SECTOR,
			       length);
	if (length > s.n)
		return err_set(reterr, ERR_TRUNCATED, s.at + 8,
			       "VHDX log entry", length, s.n);
	if (!guid_equal(&e->log_guid, log_guid))
		return err_set(reterr, ERR_VALUE, s.at + 0x20,
			       "VHDX log entry: GUID", log_guid->b[0],
			       e->log_guid.b[0]);
	if (get_le64(e->sequence) == 0)
		return err_set(reterr, ERR_VALUE, s.at + 0x10,
			       "VHDX log entry: sequence number", 1, 0);
	if (descriptor_bytes(get_le32(e->n_descriptors)) > length)
		return err_set(reterr, ERR_VALUE, s.at + 0x18,
			       "VHDX log entry: descriptors", length / 32,
			       get_le32(e->n_descriptors));
	s.n = length;
	return check_crc(s, "VHDX log entry", reterr);
}

int vhdx_log_entry_parse(struct span s, const struct guid *log_guid,
			 struct vhdx_log_entry *ret, struct err *reterr)
{
	const struct vhdx_entry_disk *e =
		span_view(s, 0, struct vhdx_entry_disk);
	int r;

	if (e == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, "VHDX log entry",
			       sizeof(*e), s.n);
	r = check_magic(s, "loge", "VHDX log entry", reterr);
	if (r < 0)
		return r;
	r = check_entry(s, e, log_guid, reterr);
	if (r < 0)
		return r;
	*ret = (struct vhdx_log_entry){
		.length = get_le32(e->length),
		.tail = get_le32(e->tail),
		.sequence = get_le64(e->sequence),
		.n_descriptors = get_le32(e->n_descriptors),
		.flushed_size = get_le64(e->flushed_size),
		.last_size = get_le64(e->last_size),
	};
	return 0;
}

static int decode_page(struct span s, uint64_t at,
		       const struct vhdx_descriptor_disk *d,
		       struct vhdx_log_write *ret, struct err *reterr)
{
	const struct vhdx_data_disk *page =
		span_view(s, at, struct vhdx_data_disk);
	uint64_t sequence;

	if (page == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at + at,
			       "VHDX log data", sizeof(*page), 0);
	if (memcmp(page->signature, "data", 4) != 0)
		return err_set(reterr, ERR_MAGIC, s.at + at, "VHDX log data",
			       'd', page->signature[0]);
	sequence = (uint64_t)get_le32(page->sequence_high) << 32 |
		   get_le32(page->sequence_low);
	if (sequence != get_le64(d->sequence))
		return err_set(reterr, ERR_VALUE, s.at + at,
			       "VHDX log data: sequence number",
			       get_le64(d->sequence), sequence);
	ret->zero = false;
	ret->length = VHDX_LOG_SECTOR;
	memcpy(ret->page, d->u.leading, 8);
	memcpy(ret->page + 8, page->bytes, sizeof(page->bytes));
	memcpy(ret->page + 8 + sizeof(page->bytes), d->trailing, 4);
	return 0;
}

int vhdx_log_write_parse(struct span s, const struct vhdx_log_entry *entry,
			 uint32_t i, uint32_t *data,
			 struct vhdx_log_write *ret, struct err *reterr)
{
	uint64_t at = sizeof(struct vhdx_entry_disk) + (uint64_t)i * 32;
	const struct vhdx_descriptor_disk *d =
		span_view(s, at, struct vhdx_descriptor_disk);

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at + at,
			       "VHDX log descriptor", sizeof(*d), 0);
	if (get_le64(d->sequence) != entry->sequence)
		return err_set(reterr, ERR_VALUE, s.at + at + 24,
			       "VHDX log descriptor: sequence number",
			       entry->sequence, get_le64(d->sequence));
	ret->offset = get_le64(d->offset);
	if (ret->offset % VHDX_LOG_SECTOR != 0)
		return err_set(reterr, ERR_VALUE, s.at + at + 16,
			       "VHDX log descriptor: offset", VHDX_LOG_SECTOR,
			       ret->offset);
	if (memcmp(d->signature, "zero", 4) == 0) {
		ret->zero = true;
		ret->length = get_le64(d->u.length);
		return 0;
	}
	if (memcmp(d->signature, "desc", 4) != 0)
		return err_set(reterr, ERR_MAGIC, s.at + at,
			       "VHDX log descriptor", 'd', d->signature[0]);
	at = descriptor_bytes(entry->n_descriptors) +
	     (uint64_t)(*data)++ * VHDX_LOG_SECTOR;
	s.n = s.n < entry->length ? s.n : entry->length;
	return decode_page(s, at, d, ret, reterr);
}
