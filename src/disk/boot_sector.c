#include "disk/boot_sector.h"

static int parse_ntfs(struct span s, struct boot_sector *b, struct err *reterr)
{
	int r = ntfs_boot_parse(s, &b->ntfs, reterr);

	b->kind = FS_NTFS;
	if (r < 0)
		return r;
	b->bytes_per_sector = b->ntfs.bytes_per_sector;
	b->total_sectors = b->ntfs.total_sectors;
	return 0;
}

static int parse_exfat(struct span s, struct boot_sector *b,
		       struct err *reterr)
{
	int r = exfat_boot_parse(s, &b->exfat, reterr);

	b->kind = FS_EXFAT;
	if (r < 0)
		return r;
	b->bytes_per_sector = b->exfat.bytes_per_sector;
	b->total_sectors = b->exfat.total_sectors;
	return 0;
}

static int parse_refs(struct span s, struct boot_sector *b, struct err *reterr)
{
	int r = refs_boot_parse(s, &b->refs, reterr);

	b->kind = FS_REFS;
	if (r < 0)
		return r;
	b->bytes_per_sector = b->refs.bytes_per_sector;
	b->total_sectors = b->refs.total_sectors;
	return 0;
}

static int parse_bitlocker(struct span s, struct boot_sector *b,
			   struct err *reterr)
{
	int r = bitlocker_boot_parse(s, &b->bitlocker, reterr);

	b->kind = FS_BITLOCKER;
	if (r < 0)
		return r;
	b->bytes_per_sector = b->bitlocker.bytes_per_sector;
	return 0;
}

/* FAT has no signature: what is not one is no damaged FAT either.  */
static int parse_fat(struct span s, struct boot_sector *b, struct err *reterr)
{
	struct err e;
	int r = fat_boot_parse(s, &b->fat, &e);

	if (r == ERR_VALUE)
		r = ERR_MAGIC;
	if (r < 0)
		return err_set(reterr, r, e.at, "boot sector", e.want, e.got);
	b->kind = b->fat.bits == 12 ? FS_FAT12 :
		  b->fat.bits == 16 ? FS_FAT16 : FS_FAT32;
	b->bytes_per_sector = b->fat.bytes_per_sector;
	b->total_sectors = b->fat.total_sectors;
	return 0;
}

int boot_sector_parse(struct span s, struct boot_sector *ret,
		      struct err *reterr)
{
	/* BitLocker To Go looks like FAT32 as well, so FAT comes last.  */
	static int (*const parsers[])(struct span, struct boot_sector *,
				      struct err *) = {
		parse_ntfs, parse_exfat, parse_refs, parse_bitlocker,
		parse_fat,
	};
	int r = ERR_MAGIC;

	for (size_t i = 0; i < sizeof(parsers) / sizeof(parsers[0]); i++) {
		struct boot_sector b = { 0 };

		r = parsers[i](s, &b, reterr);
		if (r == ERR_MAGIC)
			continue;
		*ret = b;
		return r;
	}
	return r;
}

int boot_sector_read(struct source *s, uint64_t at, struct boot_sector *ret,
		     struct err *reterr)
{
	uint8_t sector[BOOT_SECTOR_BYTES];
	int r = source_read(s, at, sector, sizeof(sector), reterr);

	return r < 0 ? r : boot_sector_parse(
		(struct span){ sector, sizeof(sector), at }, ret, reterr);
}
