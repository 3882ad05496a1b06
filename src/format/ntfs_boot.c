/*
 * ntfs_boot.c - the boot sector of an NTFS volume
 *
 *   OFFSET  SIZE  FIELD
 *    0x000     3  jump
 *    0x003     8  "NTFS    "
 *    0x00b     2  bytes per sector
 *    0x00d     1  sectors per cluster; from 0xf4: 2^(256 - n) sectors
 *    0x01c     4  hidden sectors
 *    0x028     8  total sectors, without the backup of this sector
 *    0x030     8  first cluster of $MFT
 *    0x038     8  first cluster of $MFTMirr
 *    0x040     1  size of a file record: n clusters, or 2^-n bytes if negative
 *    0x044     1  size of an index block, likewise
 *    0x048     8  volume serial number
 *    0x1fe     2  55 aa
 *
 * Sources: libfsntfs, "New Technologies File System (NTFS)", Volume header;
 * ntfs-3g, layout.h, NTFS_BOOT_SECTOR.
 */
#include "format/ntfs_boot.h"

#include <assert.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/checked.h"

struct ntfs_boot_disk {
	uint8_t jump[3];
	uint8_t oem_id[8];
	le16 bytes_per_sector;
	uint8_t sectors_per_cluster;
	uint8_t unused_0x0e[14];
	le32 hidden_sectors;
	uint8_t unused_0x20[8];
	le64 total_sectors;
	le64 mft_lcn;
	le64 mftmirr_lcn;
	uint8_t record_size;
	uint8_t unused_0x41[3];
	uint8_t index_block_size;
	uint8_t unused_0x45[3];
	le64 serial;
	le32 checksum;
	uint8_t boot_code[426];
	be16 end_marker;
};
static_assert(offsetof(struct ntfs_boot_disk, hidden_sectors) == 0x1c, "NTFS");
static_assert(offsetof(struct ntfs_boot_disk, serial) == 0x48, "NTFS");
static_assert(sizeof(struct ntfs_boot_disk) == 512, "NTFS");

/* Byte values from here on are exponents.  2^12 sectors, which 0xf4 says, make
 * the largest cluster of a volume with sectors of 512 bytes.  */
#define SECTORS_PER_CLUSTER_EXPONENT 0xf4

/* So many sectors of 4096 bytes, the largest, fit 64 bits.  */
#define MAX_TOTAL_SECTORS (UINT64_MAX >> 12)

#define AT(sector, field) \
	((sector).at + offsetof(struct ntfs_boot_disk, field))

static bool is_power_of_two(uint64_t x)
{
	return x != 0 && (x & (x - 1)) == 0;
}

static int parse_sector_size(struct span s, const struct ntfs_boot_disk *d,
			     struct ntfs_boot *b, struct err *reterr)
{
	b->bytes_per_sector = get_le16(d->bytes_per_sector);
	if (!is_power_of_two(b->bytes_per_sector) ||
	    b->bytes_per_sector < 256 || b->bytes_per_sector > 4096)
		return err_set(reterr, ERR_VALUE, AT(s, bytes_per_sector),
			       "NTFS boot sector: bytes per sector", 512,
			       b->bytes_per_sector);
	return 0;
}

static int parse_cluster_size(struct span s, const struct ntfs_boot_disk *d,
			      struct ntfs_boot *b, struct err *reterr)
{
	uint32_t n = d->sectors_per_cluster;

	if (n >= SECTORS_PER_CLUSTER_EXPONENT)
		n = 1u << (256 - n);
	if (!is_power_of_two(n) ||
	    n > NTFS_MAX_CLUSTER_BYTES / b->bytes_per_sector)
		return err_set(reterr, ERR_VALUE, AT(s, sectors_per_cluster),
			       "NTFS boot sector: sectors per cluster", 8,
			       d->sectors_per_cluster);
	b->sectors_per_cluster = n;
	b->cluster_bytes = n * b->bytes_per_sector;
	return 0;
}

/* Of a record or an index block; 0 if the byte makes no sense.  */
static uint32_t block_bytes(uint8_t size, uint32_t cluster_bytes)
{
	uint64_t bytes;

	if (size < 0x80)
		bytes = (uint64_t)size * cluster_bytes;
	else if (size >= 0x100 - 16)
		bytes = 1u << (0x100 - size);
	else
		return 0;
	if (!is_power_of_two(bytes) || bytes < 256 ||
	    bytes > NTFS_MAX_BLOCK_BYTES)
		return 0;
	return (uint32_t)bytes;
}

static int parse_block_sizes(struct span s, const struct ntfs_boot_disk *d,
			     struct ntfs_boot *b, struct err *reterr)
{
	b->record_bytes = block_bytes(d->record_size, b->cluster_bytes);
	if (b->record_bytes == 0)
		return err_set(reterr, ERR_VALUE, AT(s, record_size),
			       "NTFS boot sector: size of a file record", 0xf6,
			       d->record_size);
	b->index_block_bytes = block_bytes(d->index_block_size,
					   b->cluster_bytes);
	if (b->index_block_bytes == 0)
		return err_set(reterr, ERR_VALUE, AT(s, index_block_size),
			       "NTFS boot sector: size of an index block", 0xf4,
			       d->index_block_size);
	return 0;
}

static int parse_extent(struct span s, const struct ntfs_boot_disk *d,
			struct ntfs_boot *b, struct err *reterr)
{
	uint64_t mft;

	b->total_sectors = get_le64(d->total_sectors);
	b->mft_lcn = get_le64(d->mft_lcn);
	b->mftmirr_lcn = get_le64(d->mftmirr_lcn);
	if (b->total_sectors == 0 ||
	    b->total_sectors > MAX_TOTAL_SECTORS)
		return err_set(reterr, ERR_VALUE, AT(s, total_sectors),
			       "NTFS boot sector: total sectors",
			       MAX_TOTAL_SECTORS, b->total_sectors);
	if (b->mft_lcn == 0 ||
	    !checked_mul(b->mft_lcn, b->sectors_per_cluster, &mft) ||
	    !range_fits(mft, b->sectors_per_cluster, b->total_sectors))
		return err_set(reterr, ERR_VALUE, AT(s, mft_lcn),
			       "NTFS boot sector: cluster of $MFT", 4,
			       b->mft_lcn);
	return 0;
}

int ntfs_boot_parse(struct span sector, struct ntfs_boot *ret,
		    struct err *reterr)
{
	const struct ntfs_boot_disk *d =
		span_view(sector, 0, struct ntfs_boot_disk);
	struct ntfs_boot b = { 0 };
	int r;

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, sector.at,
			       "NTFS boot sector", sizeof(*d), sector.n);
	if (!span_has(sector, offsetof(struct ntfs_boot_disk, oem_id),
		      "NTFS    ", 8))
		return err_set(reterr, ERR_MAGIC, AT(sector, oem_id),
			       "NTFS boot sector", 'N', d->oem_id[0]);
	r = parse_sector_size(sector, d, &b, reterr);
	if (r == 0)
		r = parse_cluster_size(sector, d, &b, reterr);
	if (r == 0)
		r = parse_block_sizes(sector, d, &b, reterr);
	if (r == 0)
		r = parse_extent(sector, d, &b, reterr);
	if (r < 0)
		return r;

	b.serial = get_le64(d->serial);
	b.hidden_sectors = get_le32(d->hidden_sectors);
	b.has_end_marker = get_be16(d->end_marker) == 0x55aa;
	*ret = b;
	return 0;
}

uint64_t ntfs_boot_total_sectors(struct span sector)
{
	const struct ntfs_boot_disk *d =
		span_view(sector, 0, struct ntfs_boot_disk);

	return d != NULL ? get_le64(d->total_sectors) : 0;
}

uint64_t ntfs_boot_capacity(const struct ntfs_boot *b)
{
	return b->total_sectors * b->bytes_per_sector / b->cluster_bytes *
	       b->cluster_bytes;
}
