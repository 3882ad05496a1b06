/*
 * refs.c - the boot sector of a ReFS volume
 *
 *   OFFSET  SIZE  FIELD
 *    0x000     3  jump; zeros
 *    0x003     8  "ReFS", zeros
 *    0x010     4  "FSRS"
 *    0x014     2  bytes that the checksum is of, from the name on: 512
 *    0x016     2  checksum, leaving itself out: rotated right, and added to
 *    0x018     8  total sectors
 *    0x020     4  bytes per sector
 *    0x024     4  sectors per cluster
 *    0x028     1  major version
 *    0x029     1  minor version
 *    0x038     8  volume serial number
 *    0x040     8  bytes of a container; zero before version 3.4
 *
 * Sources: libfsrefs, "Resilient File System (ReFS)", Volume header; of the
 * checksum learn.microsoft.com, "Computing a File System Recognition
 * Checksum".
 */
#include "format/refs.h"

#include <assert.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/checked.h"

struct refs_boot_disk {
	uint8_t jump[3];
	uint8_t name[8];
	uint8_t unused_0x0b[5];
	uint8_t structure[4];
	le16 length, checksum;
	le64 total_sectors;
	le32 bytes_per_sector;
	le32 sectors_per_cluster;
	uint8_t major, minor;
	uint8_t unused_0x2a[14];
	le64 serial;
	le64 container_bytes;
	uint8_t unused_0x48[440];
};
static_assert(offsetof(struct refs_boot_disk, checksum) == 0x16, "ReFS");
static_assert(offsetof(struct refs_boot_disk, total_sectors) == 0x18, "ReFS");
static_assert(offsetof(struct refs_boot_disk, serial) == 0x38, "ReFS");
static_assert(sizeof(struct refs_boot_disk) == 512, "ReFS");

/* Windows makes clusters of 4 and of 64 KiB.  */
#define MAX_CLUSTER_BYTES (2u << 20)

static bool is_power_of_two(uint64_t x)
{
	return x != 0 && (x & (x - 1)) == 0;
}

static int value(struct span s, size_t field, const char *what, uint64_t want,
		 uint64_t got, struct err *reterr)
{
	return err_set(reterr, ERR_VALUE, s.at + field, what, want, got);
}

/* Of the first @n bytes of @s, or as many as there are.  */
static uint16_t sum(struct span s, size_t n)
{
	const size_t own = offsetof(struct refs_boot_disk, checksum);
	uint16_t c = 0;

	for (size_t i = offsetof(struct refs_boot_disk, name);
	     i < n && i < sizeof(struct refs_boot_disk); i++)
		if (i != own && i != own + 1)
			c = (uint16_t)((c << 15 | c >> 1) + s.p[i]);
	return c;
}

#define BAD_VALUE(field, what, want, got) \
	value(s, offsetof(struct refs_boot_disk, field), \
	      "ReFS boot sector: " what, (want), (got), reterr)

int refs_boot_parse(struct span s, struct refs_boot *ret, struct err *reterr)
{
	const struct refs_boot_disk *d = span_view(s, 0, struct refs_boot_disk);
	uint32_t sector, per_cluster;
	uint64_t bytes;

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, "ReFS boot sector",
			       sizeof(*d), s.n);
	if (!span_has(s, offsetof(struct refs_boot_disk, name), "ReFS\0\0\0\0",
		      8) ||
	    !span_has(s, offsetof(struct refs_boot_disk, structure), "FSRS", 4))
		return err_set(reterr, ERR_MAGIC,
			       s.at + offsetof(struct refs_boot_disk, name),
			       "ReFS boot sector", 'R', d->name[0]);
	sector = get_le32(d->bytes_per_sector);
	per_cluster = get_le32(d->sectors_per_cluster);
	if (!is_power_of_two(sector) || sector < 512 || sector > 4096)
		return BAD_VALUE(bytes_per_sector, "bytes per sector", 512,
				 sector);
	if (!is_power_of_two(per_cluster) ||
	    per_cluster > MAX_CLUSTER_BYTES / sector)
		return BAD_VALUE(sectors_per_cluster, "sectors per cluster", 8,
				 per_cluster);
	if (!checked_mul(get_le64(d->total_sectors), sector, &bytes) ||
	    bytes == 0)
		return BAD_VALUE(total_sectors, "total sectors",
				 UINT64_MAX / sector,
				 get_le64(d->total_sectors));
	*ret = (struct refs_boot){
		.major = d->major,
		.minor = d->minor,
		.bytes_per_sector = sector,
		.cluster_bytes = sector * per_cluster,
		.total_sectors = get_le64(d->total_sectors),
		.serial = get_le64(d->serial),
		.container_bytes = get_le64(d->container_bytes),
		.checksum = get_le16(d->checksum),
		.checksum_computed = sum(s, get_le16(d->length)),
	};
	return 0;
}
