/*
 * fat.c - boot sector and root directory of FAT12, FAT16 and FAT32
 *
 *   OFFSET  SIZE  FIELD
 *    0x000     3  jump: eb xx xx or e9 xx xx
 *    0x003     8  name of the system that formatted it; free text
 *    0x00b     2  bytes per sector
 *    0x00d     1  sectors per cluster
 *    0x00e     2  reserved sectors: the first FAT begins behind them
 *    0x010     1  number of FATs
 *    0x011     2  entries of the root directory; 0 on FAT32
 *    0x013     2  sectors, or 0
 *    0x015     1  media: f0, or f8 to ff
 *    0x016     2  sectors of a FAT; 0 on FAT32
 *    0x01c     4  sectors before the volume, when it was formatted
 *    0x020     4  sectors, if the 16-bit field is 0
 *
 *   FAT12, FAT16              FAT32
 *                             0x024     4  sectors of a FAT
 *                             0x02c     4  first cluster of the root directory
 *    0x025     1  state       0x041     1  bit 0: not cleanly dismounted
 *    0x026     1  28 or 29    0x042     1  28 or 29: there is a serial number,
 *    0x027     4  serial      0x043     4
 *    0x02b    11  label       0x047    11  and with 29 a label
 *
 *    0x1fe     2  55 aa
 *
 * Entry 0 of a FAT has the media byte; entry 1 is an end of a chain, but for
 * bit 15 (FAT32: 27) and bit 14 (26): clear where the volume was not cleanly
 * dismounted, and where the disk had errors.  Windows NT clears bit 31 of a
 * FAT32 instead, and goes by the boot sector itself.
 *
 * Sources: Microsoft, "FAT32 File System Specification" 1.03; Microsoft's
 * fastfat sample, fat.h.  Like that driver, a volume is FAT32 if its 16-bit FAT
 * size is 0, whatever its number of clusters.
 */
#include "format/fat.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "base/bytes.h"

struct fat_boot_disk {
	uint8_t jump[3];
	uint8_t oem_name[8];
	le16 bytes_per_sector;
	uint8_t sectors_per_cluster;
	le16 reserved_sectors;
	uint8_t fats;
	le16 root_entries;
	le16 sectors16;
	uint8_t media;
	le16 fat_sectors16;
	uint8_t geometry[4];
	le32 hidden_sectors;
	le32 sectors32;
	le32 fat_sectors32;		/* FAT32, and so on */
	uint8_t flags_version[4];
	le32 root_cluster;
	uint8_t unused_0x30[462];
	be16 end_marker;
};
static_assert(offsetof(struct fat_boot_disk, fat_sectors16) == 0x16, "FAT");
static_assert(offsetof(struct fat_boot_disk, root_cluster) == 0x2c, "FAT");
static_assert(sizeof(struct fat_boot_disk) == 512, "FAT");

struct fat_extension_disk {
	uint8_t marker;
	le32 serial;
	uint8_t label[FAT_LABEL_CHARS];
};
static_assert(sizeof(struct fat_extension_disk) == 16, "FAT");

#define EXTENSION_AT_FAT16 0x26
#define EXTENSION_AT_FAT32 0x42
#define EXTENSION_SERIAL 0x28
#define STATE_DIRTY 0x01	/* in the byte before the extension */
#define EXTENSION_SERIAL_AND_LABEL 0x29

#define FAT12_MAX_CLUSTERS 4084

static bool is_power_of_two(uint32_t x)
{
	return x != 0 && (x & (x - 1)) == 0;
}

static int value(struct span s, size_t field, const char *what, uint64_t want,
		 uint64_t got, struct err *reterr)
{
	return err_set(reterr, ERR_VALUE, s.at + field, what, want, got);
}

#define BAD_VALUE(field, what, want, got) \
	value(s, offsetof(struct fat_boot_disk, field), \
	      "FAT boot sector: " what, (want), (got), reterr)

static int check_fields(struct span s, const struct fat_boot_disk *d,
			struct err *reterr)
{
	uint32_t sector = get_le16(d->bytes_per_sector);

	if (d->jump[0] != 0xeb && d->jump[0] != 0xe9)
		return err_set(reterr, ERR_MAGIC, s.at, "FAT boot sector",
			       0xeb, d->jump[0]);
	if (!is_power_of_two(sector) || sector < 512 || sector > 4096)
		return BAD_VALUE(bytes_per_sector, "bytes per sector", 512,
				 sector);
	if (!is_power_of_two(d->sectors_per_cluster))
		return BAD_VALUE(sectors_per_cluster, "sectors per cluster", 1,
				 d->sectors_per_cluster);
	if (get_le16(d->reserved_sectors) == 0)
		return BAD_VALUE(reserved_sectors, "reserved sectors", 1, 0);
	if (d->fats == 0 || d->fats > 4)
		return BAD_VALUE(fats, "number of FATs", 2, d->fats);
	if (d->media != 0xf0 && d->media < 0xf8)
		return BAD_VALUE(media, "media", 0xf8, d->media);
	return 0;
}

/* Where the parts of the volume lie follows from their sizes.  */
static int lay_out(struct span s, const struct fat_boot_disk *d,
		   struct fat_boot *b, struct err *reterr)
{
	uint32_t sector = get_le16(d->bytes_per_sector);
	bool fat32 = get_le16(d->fat_sectors16) == 0;
	uint64_t fat_sectors = fat32 ? get_le32(d->fat_sectors32) :
				       get_le16(d->fat_sectors16);
	uint64_t data;

	b->total_sectors = get_le16(d->sectors16);
	if (b->total_sectors == 0)
		b->total_sectors = get_le32(d->sectors32);
	b->hidden_sectors = get_le32(d->hidden_sectors);
	b->bytes_per_sector = sector;
	b->cluster_bytes = sector * d->sectors_per_cluster;
	b->fat_offset = (uint64_t)get_le16(d->reserved_sectors) * sector;
	b->fat_bytes = fat_sectors * sector;
	b->root_offset = b->fat_offset + d->fats * b->fat_bytes;
	b->root_bytes = FAT_ENTRY_BYTES * (uint32_t)get_le16(d->root_entries);
	data = b->root_offset + b->root_bytes;
	b->data_offset = (data + sector - 1) / sector * sector;
	b->root_cluster = fat32 ? get_le32(d->root_cluster) : 0;

	if (fat_sectors == 0)
		return BAD_VALUE(fat_sectors32, "sectors of a FAT", 1, 0);
	if (fat32 && b->root_cluster < 2)
		return BAD_VALUE(root_cluster, "cluster of the root directory",
				 2, b->root_cluster);
	if (!fat32 && b->root_bytes == 0)
		return BAD_VALUE(root_entries, "root entries", 512, 0);
	data = (uint64_t)b->total_sectors * sector;
	if (data < b->data_offset + b->cluster_bytes)
		return BAD_VALUE(sectors16, "sectors",
				 b->data_offset / sector + 1,
				 b->total_sectors);
	b->clusters = (uint32_t)((data - b->data_offset) / sector /
				 d->sectors_per_cluster);
	if (fat32)
		b->bits = 32;
	else
		b->bits = b->clusters <= FAT12_MAX_CLUSTERS ? 12 : 16;
	return 0;
}

static void parse_extension(struct span s, struct fat_boot *b)
{
	const size_t at = b->bits == 32 ? EXTENSION_AT_FAT32 :
					  EXTENSION_AT_FAT16;
	const struct fat_extension_disk *x =
		span_view(s, at, struct fat_extension_disk);

	memset(b->label, ' ', sizeof(b->label));
	b->has_serial = x->marker == EXTENSION_SERIAL ||
			x->marker == EXTENSION_SERIAL_AND_LABEL;
	if (b->has_serial)
		b->serial = get_le32(x->serial);
	b->dirty = b->has_serial &&
		   (s.p[at - 1] & STATE_DIRTY) != 0;
	if (x->marker == EXTENSION_SERIAL_AND_LABEL)
		memcpy(b->label, x->label, sizeof(b->label));
}

int fat_boot_parse(struct span sector, struct fat_boot *ret,
		   struct err *reterr)
{
	const struct fat_boot_disk *d =
		span_view(sector, 0, struct fat_boot_disk);
	struct fat_boot b = { 0 };
	int r;

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, sector.at,
			       "FAT boot sector", sizeof(*d), sector.n);
	r = check_fields(sector, d, reterr);
	if (r == 0)
		r = lay_out(sector, d, &b, reterr);
	if (r < 0)
		return r;
	parse_extension(sector, &b);
	b.has_end_marker = get_be16(d->end_marker) == 0x55aa;
	*ret = b;
	return 0;
}

/*
 *   OFFSET  SIZE  FIELD of an entry of a directory
 *        0    11  name; its first byte is 00 behind the last entry and e5 in a
 *                 deleted one
 *       11     1  attributes
 */
enum {
	ENTRY_END = 0x00, ENTRY_DELETED = 0xe5,
	ATTRIBUTES = 11,
	ATTRIBUTE_VOLUME = 0x08, ATTRIBUTE_DIRECTORY = 0x10,
	ATTRIBUTES_OF_LONG_NAME = 0x0f,
};

struct fat16_start {
	le16 media, state;
};

struct fat32_start {
	le32 media, state;
};

/* Entries 0 and 1 of a FAT of 16 or 32 bits.  */
static bool read_start(struct span fat, unsigned bits, uint32_t *ret_media,
		       uint32_t *ret_state)
{
	const struct fat16_start *s = span_view(fat, 0, struct fat16_start);
	const struct fat32_start *l = span_view(fat, 0, struct fat32_start);

	if ((bits != 16 && bits != 32) || s == NULL || l == NULL)
		return false;
	*ret_media = bits == 16 ? get_le16(s->media) : get_le32(l->media);
	*ret_state = bits == 16 ? get_le16(s->state) : get_le32(l->state);
	return true;
}

/* The media byte below ones; an end of a chain, of which the three lowest bits
 * do not have to be ones.  */
bool fat_state_parse(struct span fat, unsigned bits, struct fat_state *ret)
{
	const uint32_t all = bits == 16 ? 0xffff : 0x0fffffff;
	const uint32_t clean = bits == 16 ? 0x8000 : 0x08000000;
	const uint32_t whole = clean >> 1;
	uint32_t media, state;

	if (!read_start(fat, bits, &media, &state) ||
	    (media & all) < (all & ~15u) ||
	    ((state | clean | whole | 7) & all) != all)
		return false;
	ret->dirty = (state & clean) == 0 ||
		     (bits == 32 && state >> 28 == 7);
	ret->errors = (state & whole) == 0;
	return true;
}

typedef bool entry_fn(const uint8_t e[FAT_ENTRY_BYTES]);

static bool is_label(const uint8_t e[FAT_ENTRY_BYTES])
{
	return e[0] != ENTRY_DELETED &&
	       (e[ATTRIBUTES] & 0x3f) != ATTRIBUTES_OF_LONG_NAME &&
	       (e[ATTRIBUTES] & (ATTRIBUTE_VOLUME | ATTRIBUTE_DIRECTORY)) ==
		       ATTRIBUTE_VOLUME;
}

static bool is_windows(const uint8_t e[FAT_ENTRY_BYTES])
{
	return (e[ATTRIBUTES] & (ATTRIBUTE_VOLUME | ATTRIBUTE_DIRECTORY)) ==
		       ATTRIBUTE_DIRECTORY &&
	       (memcmp(e, "WINDOWS    ", FAT_LABEL_CHARS) == 0 ||
		memcmp(e, "WINNT      ", FAT_LABEL_CHARS) == 0);
}

/* The name of the first entry that is wanted.  */
static enum label_scan scan(struct span directory, entry_fn *is_wanted,
			    struct span *ret)
{
	struct span e;

	for (uint64_t off = 0;
	     span_sub(directory, off, FAT_ENTRY_BYTES, &e);
	     off += FAT_ENTRY_BYTES) {
		if (e.p[0] == ENTRY_END)
			return LABEL_NONE;
		if (!is_wanted(e.p))
			continue;
		span_sub(e, 0, FAT_LABEL_CHARS, ret);
		return LABEL_FOUND;
	}
	return LABEL_NOT_YET;
}

enum label_scan fat_scan_label(struct span directory, struct span *ret_label)
{
	return scan(directory, is_label, ret_label);
}

enum label_scan fat_scan_windows(struct span directory, struct span *ret_name)
{
	return scan(directory, is_windows, ret_name);
}

/* Names have no control characters; but 05 stands for e5, and an entry of a
 * long name begins with its number.  Two attributes are not in use.  */
bool fat_may_be_directory(struct span directory)
{
	struct span e;

	for (uint64_t off = 0;
	     span_sub(directory, off, FAT_ENTRY_BYTES, &e) &&
	     e.p[0] != ENTRY_END;
	     off += FAT_ENTRY_BYTES)
		if ((e.p[ATTRIBUTES] & ~0x3f) != 0 ||
		    (e.p[0] <= ' ' && e.p[0] != 0x05 &&
		     e.p[ATTRIBUTES] != ATTRIBUTES_OF_LONG_NAME))
			return false;
	return true;
}
