/*
 * iso9660.c - volume descriptors of CD-ROM file systems
 *
 *   OFFSET  SIZE  FIELD
 *    0x000     1  type: 0: boot record, 1: primary, 2: supplementary,
 *                 3: partition, 255: no more
 *    0x001     5  "CD001"
 *    0x006     1  version: 1
 *    0x028    32  label, padded with blanks
 *    0x058    32  of a supplementary one: escape sequences, which say of what
 *                 characters its names are; %/@, %/C and %/E: UCS-2 (Joliet)
 *    0x080     4  bytes of a block, in both byte orders
 *    0x09c    34  of a primary one: record of the root directory
 *
 * a boot record of El Torito has "EL TORITO SPECIFICATION" at 0x007, and the
 * block of its catalog at 0x047; in that each 32 bytes with 88 at the start
 * lead to an image, whose block is at 0x08 of them.  A record of a directory:
 *
 *    0x000     1  its length; 0: the next one is in the next block
 *    0x002     8  first block, in both byte orders
 *    0x00a     8  bytes, in both byte orders
 *    0x019     1  flags: 2: a directory
 *    0x020     1  length of the name; those of one byte 0 and 1 are the
 *                 directory itself and the one above it
 *
 * Windows takes the label and the serial number from the first descriptor of
 * Joliet, or from the first primary one where there is none.  The serial number
 * is not stored: its bytes, from the highest to the lowest, are the sums of
 * every fourth byte of the descriptor, from the first, second, third and fourth
 * one on.
 *
 * Sources: ECMA-119, 8 and 9.1; "El Torito" 1.0, 2; Microsoft, "Joliet
 * Specification"; Microsoft's cdfs sample (microsoft/Windows-driver-samples,
 * filesys/cdfs), fsctrl.c CdFindPrimaryVd and CdFindActiveVolDescriptor,
 * cddata.c CdSerial32.
 */
#include "format/iso9660.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"

struct iso9660_record_disk {
	uint8_t length;
	uint8_t extended;
	le32 block;
	be32 block_be;
	le32 bytes;
	be32 bytes_be;
	uint8_t time[7];
	uint8_t flags;
	uint8_t interleave[2];
	uint8_t volume[4];
	uint8_t name_length;
	uint8_t name[1];
};
static_assert(sizeof(struct iso9660_record_disk) == 34, "ISO");

struct iso9660_boot_disk {
	uint8_t head[7];
	uint8_t system[32];
	uint8_t unread_0x27[32];
	le32 catalog;
};
static_assert(offsetof(struct iso9660_boot_disk, catalog) == 0x47, "ISO");

#define RECORD_DIRECTORY 0x02
#define BOOT_ENTRY_BYTES 32
#define BOOT_ENTRY_LEADS 0x88

struct iso9660_descriptor_disk {
	uint8_t type;
	uint8_t name[5];
	uint8_t version;
	uint8_t flags;
	uint8_t system[32];
	uint8_t label[ISO9660_LABEL_BYTES];
	uint8_t zero[8];
	uint8_t blocks[8];
	uint8_t escapes[32];
	uint8_t volume_set[8];
	le16 block_bytes;
	uint8_t unread_0x82[26];
	struct iso9660_record_disk root;
	uint8_t rest[1858];
};
static_assert(offsetof(struct iso9660_descriptor_disk, label) == 0x28, "ISO");
static_assert(offsetof(struct iso9660_descriptor_disk, escapes) == 0x58,
	      "ISO");
static_assert(offsetof(struct iso9660_descriptor_disk, root) == 0x9c, "ISO");
static_assert(sizeof(struct iso9660_descriptor_disk) ==
	      ISO9660_DESCRIPTOR_BYTES, "ISO");

static bool is_joliet(const struct iso9660_descriptor_disk *d)
{
	static const char escapes[][4] = { "%/@", "%/C", "%/E" };

	if (d->type != ISO9660_SUPPLEMENTARY)
		return false;
	for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++)
		if (memcmp(d->escapes, escapes[i], 3) == 0)
			return true;
	return false;
}

static uint32_t serial(const uint8_t *p, size_t n)
{
	uint8_t sum[4] = { 0 };

	for (size_t i = 0; i < n; i++)
		sum[i % 4] = (uint8_t)(sum[i % 4] + p[i]);
	return get_be32((be32){ { sum[0], sum[1], sum[2], sum[3] } });
}

/* Windows pads with zeros and blanks.  */
static struct span trim(struct span s, bool wide)
{
	const size_t unit = wide ? 2 : 1;

	while (s.n > 0) {
		const uint8_t low = s.p[s.n - 1];

		if ((low != ' ' && low != '\0') ||
		    (wide && s.p[s.n - 2] != '\0'))
			break;
		s.n -= unit;
	}
	return s;
}

int iso9660_descriptor_parse(struct span sector,
			     struct iso9660_descriptor *ret,
			     struct err *reterr)
{
	const struct iso9660_descriptor_disk *d =
		span_view(sector, 0, struct iso9660_descriptor_disk);
	struct iso9660_descriptor v = { 0 };

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, sector.at,
			       "volume descriptor", sizeof(*d), sector.n);
	if (memcmp(d->name, "CD001", sizeof(d->name)) != 0)
		return err_set(reterr, ERR_MAGIC, sector.at + 1,
			       "volume descriptor", 'C', d->name[0]);
	if (d->version != 1)
		return err_set(reterr, ERR_VALUE, sector.at + 6,
			       "volume descriptor: version", 1, d->version);
	v.type = d->type;
	v.joliet = is_joliet(d);
	v.serial = serial(sector.p, sizeof(*d));
	span_sub(sector, offsetof(struct iso9660_descriptor_disk, label),
		 sizeof(d->label), &v.label);
	v.label = trim(v.label, v.joliet);
	if (v.type == ISO9660_PRIMARY) {
		v.block_bytes = get_le16(d->block_bytes);
		v.root_block = get_le32(d->root.block);
		v.root_bytes = get_le32(d->root.bytes);
	}
	if (v.type == ISO9660_BOOT &&
	    span_has(sector, 7, "EL TORITO SPECIFICATION", 23))
		v.boot_catalog = get_le32(span_view(sector, 0,
			struct iso9660_boot_disk)->catalog);
	*ret = v;
	return 0;
}

/* Records do not reach over the end of a block.  */
static bool next_block(struct span s, size_t *off)
{
	*off = (*off / ISO9660_DESCRIPTOR_BYTES + 1) * ISO9660_DESCRIPTOR_BYTES;
	return *off < s.n;
}

static bool is_self_or_parent(const struct iso9660_record_disk *d)
{
	return d->name_length == 1 && d->name[0] <= 1;
}

bool iso9660_record_next(struct span s, size_t *off,
			 struct iso9660_record *ret)
{
	const struct iso9660_record_disk *d;

	/* Ends: *off grows.  */
	while ((d = span_view(s, *off, struct iso9660_record_disk)) != NULL) {
		if (d->length < sizeof(*d)) {
			if (!next_block(s, off))
				return false;
			continue;
		}
		*off += d->length;
		if (is_self_or_parent(d))
			continue;
		ret->block = get_le32(d->block);
		ret->bytes = get_le32(d->bytes);
		ret->directory = (d->flags & RECORD_DIRECTORY) != 0;
		return true;
	}
	return false;
}

bool iso9660_boot_next(struct span s, size_t *off, uint32_t *ret_block)
{
	for (; *off < s.n && s.n - *off >= BOOT_ENTRY_BYTES;
	     *off += BOOT_ENTRY_BYTES) {
		const le32 *block = span_view(s, *off + 8, le32);

		if (s.p[*off] != BOOT_ENTRY_LEADS || block == NULL)
			continue;
		*off += BOOT_ENTRY_BYTES;
		*ret_block = get_le32(*block);
		return true;
	}
	return false;
}
