/*
 * mbr.c - the Master Boot Record
 *
 *   OFFSET  SIZE  FIELD
 *    0x000   440  boot code
 *    0x1b8     4  disk signature
 *    0x1bc     2  0, or 0x5a5a if the disk is copy-protected
 *    0x1be    64  four partition entries
 *    0x1fe     2  55 aa
 *
 * and an entry:
 *
 *        0     1  status: 0x80 if active
 *        1     3  first sector as cylinder, head, sector
 *        4     1  type
 *        5     3  last sector as cylinder, head, sector
 *        8     4  first LBA
 *       12     4  sectors
 *
 * The CHS fields are not decoded, as in libblkid and The Sleuth Kit.
 *
 * Source: libvsmbr, "Master Boot Record (MBR) partition table format"; but what
 * the entries of an EBR are relative to is told as ReactOS (disksup.c) and
 * Linux (msdos.c) have it.
 */
#include "format/mbr.h"

#include <assert.h>

#include "base/bytes.h"

struct mbr_entry_disk {
	uint8_t status;
	uint8_t chs_first[3];
	uint8_t type;
	uint8_t chs_last[3];
	le32 first_lba;
	le32 sectors;
};

struct mbr_disk {
	uint8_t boot_code[440];
	le32 disk_signature;
	le16 copy_protected;
	struct mbr_entry_disk entry[MBR_ENTRIES];
	be16 end_marker;
};
static_assert(sizeof(struct mbr_entry_disk) == MBR_ENTRY_BYTES, "MBR entry");
static_assert(offsetof(struct mbr_disk, disk_signature) ==
	      MBR_SIGNATURE_OFFSET, "MBR");
static_assert(offsetof(struct mbr_disk, entry) == MBR_ENTRY_OFFSET(0), "MBR");
static_assert(sizeof(struct mbr_disk) == MBR_BYTES, "MBR");

static struct mbr_entry decode_entry(const struct mbr_entry_disk *e)
{
	return (struct mbr_entry){
		.status = e->status,
		.type = e->type,
		.first_lba = get_le32(e->first_lba),
		.sectors = get_le32(e->sectors),
	};
}

int mbr_parse(struct span sector, struct mbr *ret, struct err *reterr)
{
	const struct mbr_disk *d = span_view(sector, 0, struct mbr_disk);

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, sector.at, "MBR",
			       sizeof(*d), sector.n);
	if (get_be16(d->end_marker) != 0x55aa)
		return err_set(reterr, ERR_MAGIC,
			       sector.at + offsetof(struct mbr_disk,
						    end_marker),
			       "MBR", 0x55aa, get_be16(d->end_marker));

	ret->disk_signature = get_le32(d->disk_signature);
	for (int i = 0; i < MBR_ENTRIES; i++)
		ret->entry[i] = decode_entry(&d->entry[i]);
	return 0;
}

bool mbr_is_container(uint8_t type)
{
	return type == MBR_TYPE_EXTENDED || type == MBR_TYPE_EXTENDED_LBA;
}
