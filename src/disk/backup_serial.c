#include "disk/backup_serial.h"

#include <inttypes.h>

#include "base/checked.h"
#include "disk/findings.h"

/* How many sectors behind the first one.  */
#define FAT32_BACKUP 6
#define EXFAT_BACKUP 12

static bool backup_at(const struct boot_sector *b, uint64_t *ret)
{
	switch (b->kind) {
	case FS_NTFS:
		return checked_mul(b->total_sectors, b->bytes_per_sector, ret);
	case FS_REFS:
		return checked_mul(b->total_sectors - 1, b->bytes_per_sector,
				   ret);
	case FS_FAT32:
		*ret = FAT32_BACKUP * b->bytes_per_sector;
		return b->fat.has_serial;
	case FS_EXFAT:
		*ret = EXFAT_BACKUP * b->bytes_per_sector;
		return true;
	default:
		return false;
	}
}

static uint64_t serial_of(const struct boot_sector *b)
{
	switch (b->kind) {
	case FS_NTFS:
		return b->ntfs.serial;
	case FS_REFS:
		return b->refs.serial;
	case FS_EXFAT:
		return b->exfat.serial;
	default:
		return b->fat.serial;
	}
}

/* As `vol' shows it; of NTFS and ReFS, all of it as well.  */
static const char *serial_text(const struct boot_sector *b, struct arena *a)
{
	const uint64_t serial = serial_of(b);
	const unsigned high = serial >> 16 & 0xffff, low = serial & 0xffff;
	const char *s = b->kind == FS_NTFS || b->kind == FS_REFS ?
		arena_printf(a, "%04X-%04X (%016" PRIx64 ")", high, low,
			     serial) :
		arena_printf(a, "%04X-%04X", high, low);

	return s != NULL ? s : "";
}

void backup_serial_compare(struct source *volume, const struct boot_sector *b,
			   struct arena *a, struct diag_list *d)
{
	struct boot_sector backup;
	struct diag *f;
	uint64_t at;

	if (!backup_at(b, &at) ||
	    boot_sector_read(volume, at, &backup, NULL) < 0 ||
	    backup.kind != b->kind || serial_of(&backup) == serial_of(b) ||
	    (b->kind == FS_FAT32 && !backup.fat.has_serial))
		return;
	f = diag_add(d, &FINDING_VOLUME_SERIALS_DIFFER,
		     "The boot sector has the serial number %s, which Windows "
		     "shows; its backup, at byte %" PRIu64 " of the volume, "
		     "has %s: one of the two was changed.",
		     serial_text(b, a), at, serial_text(&backup, a));
	if (f == NULL)
		return;
	source_cite(volume, 0, BOOT_SECTOR_BYTES, "boot sector", a, &f->cites);
	source_cite(volume, at, BOOT_SECTOR_BYTES, "backup boot sector", a,
		    &f->cites);
}
