/*
 * vhd.c - Virtual Hard Disk; all numbers are big-endian
 *
 * Footer: the last 512 bytes of the file, and its first where the disk is
 * dynamic or differencing.
 *
 *   OFFSET  SIZE  FIELD
 *    0x000     8  "conectix"
 *    0x008     4  features, bit 1 always set
 *    0x00c     4  version, 0x00010000
 *    0x010     8  offset of the dynamic header; -1 if fixed
 *    0x018     4  time, seconds since 2000-01-01
 *    0x01c     4  creator, "win ", "vpc ", "qemu"
 *    0x020     4  its version
 *    0x024     4  its system, "Wi2k"
 *    0x028     8  original size
 *    0x030     8  current size
 *    0x038     4  cylinders, heads, sectors
 *    0x03c     4  type: 2 fixed, 3 dynamic, 4 differencing
 *    0x040     4  checksum: complement of the sum of all other bytes
 *    0x044    16  unique id
 *    0x054     1  saved state
 *    0x055   427  zero
 *
 * Dynamic header
 *
 *    0x000     8  "cxsparse"
 *    0x008     8  -1
 *    0x010     8  offset of the block allocation table (BAT)
 *    0x018     4  version, 0x00010000
 *    0x01c     4  BAT entries
 *    0x020     4  block size
 *    0x024     4  checksum, as above
 *    0x028    16  the parent's unique id
 *    0x038     4  the parent's time
 *    0x03c     4  zero
 *    0x040   512  the parent's name, UTF-16
 *    0x240   192  eight parent locators
 *    0x300   256  zero
 *
 * A BAT entry is the sector where a block begins with its sector bitmap, most
 * significant bit first; the block's data follow.
 *
 * The size is the current size, not the product of cylinders, heads and
 * sectors, which old tools round down.
 *
 * Sources: Microsoft, Virtual Hard Disk Image Format Specification 1.0;
 * libyal/libvhdi documentation, qemu block/vpc.c.
 */
#include "format/vhd.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"

struct vhd_footer_disk {
	uint8_t cookie[8];		/* "conectix" */
	be32 features;
	be32 version;
	be64 data_offset;
	be32 timestamp;
	uint8_t creator[4];
	be32 creator_version;
	uint8_t creator_os[4];
	be64 original_size;
	be64 current_size;
	be16 cylinders;
	uint8_t heads;
	uint8_t sectors;
	be32 type;
	be32 checksum;
	uint8_t uuid[16];
	uint8_t saved_state;
	uint8_t reserved[427];
};
static_assert(offsetof(struct vhd_footer_disk, current_size) == 0x30, "VHD");
static_assert(offsetof(struct vhd_footer_disk, checksum) == 0x40, "VHD");
static_assert(sizeof(struct vhd_footer_disk) == VHD_FOOTER_BYTES, "VHD");

struct vhd_locator_disk {
	uint8_t platform[4];
	be32 space;
	be32 length;
	be32 reserved;
	be64 offset;
};
static_assert(sizeof(struct vhd_locator_disk) == 24, "VHD locator");

struct vhd_header_disk {
	uint8_t cookie[8];		/* "cxsparse" */
	be64 next;
	be64 bat_offset;
	be32 version;
	be32 bat_entries;
	be32 block_bytes;
	be32 checksum;
	uint8_t parent_uuid[16];
	be32 parent_timestamp;
	be32 reserved;
	uint8_t parent_name[512];
	struct vhd_locator_disk locator[VHD_LOCATORS];
	uint8_t reserved_0x300[256];
};
static_assert(offsetof(struct vhd_header_disk, checksum) == 0x24, "VHD");
static_assert(offsetof(struct vhd_header_disk, locator) == 0x240, "VHD");
static_assert(sizeof(struct vhd_header_disk) == VHD_HEADER_BYTES, "VHD");

#define VERSION_1 0x00010000u

/* The format names no largest block; Windows makes them of 512 KiB or 2 MiB.
 * Below this bound a block's bitmap stays small enough to be kept.  */
#define MAX_BLOCK_BYTES (256u << 20)

/* Complement of the sum of the bytes of @s but the four at @field.  */
static uint32_t sum_without(struct span s, size_t field)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < s.n; i++)
		if (i < field || i >= field + 4)
			sum += s.p[i];
	return ~sum;
}

static int check_signature(struct span s, const char *cookie, const char *what,
			   struct err *reterr)
{
	uint64_t want = 0, got = 0;

	for (int i = 0; i < 8; i++) {
		want = want << 8 | (uint8_t)cookie[i];
		got = got << 8 | s.p[i];
	}
	if (want == got)
		return 0;
	return err_set(reterr, ERR_MAGIC, s.at, what, want, got);
}

#define FOOTER_AT(s, field) ((s).at + offsetof(struct vhd_footer_disk, field))
#define HEADER_AT(s, field) ((s).at + offsetof(struct vhd_header_disk, field))

static int check_footer(struct span s, const struct vhd_footer_disk *f,
			struct err *reterr)
{
	uint32_t type = get_be32(f->type);
	int r = check_signature(s, "conectix", "VHD footer", reterr);

	if (r < 0)
		return r;
	if (get_be32(f->version) >> 16 != VERSION_1 >> 16)
		return err_set(reterr, ERR_UNSUPPORTED, FOOTER_AT(s, version),
			       "VHD footer: version", VERSION_1,
			       get_be32(f->version));
	if (type != VHD_FIXED && type != VHD_DYNAMIC &&
	    type != VHD_DIFFERENCING)
		return err_set(reterr, ERR_UNSUPPORTED, FOOTER_AT(s, type),
			       "VHD footer: disk type", VHD_FIXED, type);
	return 0;
}

int vhd_footer_parse(struct span s, struct vhd_footer *ret, struct err *reterr)
{
	struct vhd_footer_disk f = { 0 };
	struct span whole = { (const uint8_t *)&f, sizeof(f), s.at };
	uint32_t sum;
	int r;

	if (s.n < VHD_FOOTER_BYTES - 1)
		return err_set(reterr, ERR_TRUNCATED, s.at, "VHD footer",
			       VHD_FOOTER_BYTES, s.n);
	memcpy(&f, s.p, s.n < sizeof(f) ? s.n : sizeof(f));
	r = check_footer(whole, &f, reterr);
	if (r < 0)
		return r;
	sum = sum_without(whole, offsetof(struct vhd_footer_disk, checksum));
	*ret = (struct vhd_footer){
		.data_offset = get_be64(f.data_offset),
		.timestamp = get_be32(f.timestamp),
		.current_size = get_be64(f.current_size),
		.type = (enum vhd_type)get_be32(f.type),
		.checksum = get_be32(f.checksum),
		.sum = sum,
		.bad_checksum = get_be32(f.checksum) != sum,
	};
	memcpy(ret->uuid, f.uuid, sizeof(ret->uuid));
	return 0;
}

static int check_header(struct span s, const struct vhd_header_disk *h,
			struct err *reterr)
{
	uint32_t block = get_be32(h->block_bytes);
	int r = check_signature(s, "cxsparse", "VHD dynamic header", reterr);

	if (r < 0)
		return r;
	if (get_be32(h->version) >> 16 != VERSION_1 >> 16)
		return err_set(reterr, ERR_UNSUPPORTED, HEADER_AT(s, version),
			       "VHD dynamic header: version", VERSION_1,
			       get_be32(h->version));
	if (block < 512 || (block & (block - 1)) != 0)
		return err_set(reterr, ERR_VALUE, HEADER_AT(s, block_bytes),
			       "VHD dynamic header: block size", 2u << 20,
			       block);
	if (block > MAX_BLOCK_BYTES)
		return err_set(reterr, ERR_LIMIT, HEADER_AT(s, block_bytes),
			       "VHD dynamic header: block size",
			       MAX_BLOCK_BYTES, block);
	return 0;
}

static struct vhd_locator decode_locator(const struct vhd_locator_disk *d)
{
	struct vhd_locator l = {
		.length = get_be32(d->length),
		.offset = get_be64(d->offset),
	};

	memcpy(l.platform, d->platform, sizeof(d->platform));
	return l;
}

int vhd_header_parse(struct span s, struct vhd_header *ret, struct err *reterr)
{
	const struct vhd_header_disk *h =
		span_view(s, 0, struct vhd_header_disk);
	int r;

	if (h == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at,
			       "VHD dynamic header", sizeof(*h), s.n);
	s.n = sizeof(*h);
	r = check_header(s, h, reterr);
	if (r < 0)
		return r;
	*ret = (struct vhd_header){
		.bat_offset = get_be64(h->bat_offset),
		.bat_entries = get_be32(h->bat_entries),
		.block_bytes = get_be32(h->block_bytes),
		.parent_name = { h->parent_name, sizeof(h->parent_name),
				 HEADER_AT(s, parent_name) },
		.bad_checksum = get_be32(h->checksum) !=
			sum_without(s, offsetof(struct vhd_header_disk,
						checksum)),
	};
	memcpy(ret->parent_uuid, h->parent_uuid, sizeof(ret->parent_uuid));
	for (int i = 0; i < VHD_LOCATORS; i++)
		ret->locator[i] = decode_locator(&h->locator[i]);
	return 0;
}

uint32_t vhd_bitmap_bytes(uint32_t block_bytes)
{
	uint32_t bytes = (block_bytes / 512 + 7) / 8;

	return (bytes + 511) / 512 * 512;
}
