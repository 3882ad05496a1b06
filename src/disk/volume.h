/*
 * volume.h - which file system lies in a volume, and how it calls itself
 */
#ifndef DISK_VOLUME_H
#define DISK_VOLUME_H

#include "base/utf16.h"
#include "disk/bitlocker.h"

/* FAT does not say in which code page its names are.  */
#define OEM_USUAL_CODE_PAGE 437

enum fs_kind {
	FS_UNKNOWN, FS_NTFS, FS_FAT12, FS_FAT16, FS_FAT32, FS_EXFAT, FS_REFS,
	FS_BITLOCKER, FS_STORAGE_SPACES, FS_ISO9660, FS_UDF,
	FS_OTHER,
};

struct volume_identity {
	enum fs_kind kind;
	const char *name;	/* as Windows prints it: "NTFS", "FAT32",
				 * "exFAT", "ReFS", "UDF", "BitLocker"; NULL:
				 * unknown; for FS_OTHER as libtsk calls it
				 * ("Ext4"), or of what it does not know
				 * ("LUKS") */
	bool has_serial, has_serial64;
	uint32_t serial;	/* as `vol' shows it */
	uint64_t serial64;	/* NTFS and ReFS */
	uint32_t sector_size;	/* bytes, by the boot sector; 0 if unknown */
	uint32_t cluster_size;	/* bytes; 0 if unknown */
	uint64_t bytes;		/* how long the file system says that it is; 0:
				 * it does not */
	uint64_t first_sector;	/* of it on its disk, as the boot sector of
				 * NTFS, FAT or exFAT has it: a hint */
	uint64_t capacity;	/* bytes, as Win32_Volume counts; 0: unknown */
	struct text label;	/* utf8 NULL: none, not readable, or (NTFS) not
				 * read here */
	/* The bytes of a label of FAT or CDFS that is not all ASCII, and where
	 * in the volume they are; `label' is read of them by
	 * OEM_USUAL_CODE_PAGE. */
	uint64_t oem_label_at;
	size_t oem_label_n;
	uint8_t oem_label[32];
	bool has_dirty, dirty;	/* FAT and exFAT: not cleanly dismounted */
	bool has_version;	/* ReFS */
	uint8_t major, minor;
	uint16_t udf_revision;	/* as it is stored, 0x0201; 0: none */
	bool from_backup;	/* the first boot sector was not usable */
	uint64_t backup_at;	/* then: the byte of the volume at which the one
				 * lies that is used */
	bool doubtful;		/* UDF, by descriptors that may be left over: a
				 * finding says of what */
	bool damaged;		/* it has a known signature, but cannot be
				 * used; a finding says why */
	struct err unread;	/* why the bytes that would tell more cannot be
				 * read; code 0: they can */
	const struct bitlocker *bitlocker;	/* of FS_BITLOCKER */
	struct cites cites;	/* the boot sector; label of ReFS; descriptors
				 * of UDF and CDFS */
};

/*
 * Recognise the volume whose bytes are @volume.  NTFS, FAT32 and exFAT are
 * found by their backup boot sector too.  Labels of FAT and exFAT are read from
 * their root directory, that of ReFS from its trees.  UDF comes before a CD-ROM
 * file system on the same volume, as in Windows.
 * Never fails for what the evidence holds: FS_UNKNOWN, with findings in @d
 * where a known boot sector is damaged.  What cannot be read is left to the
 * caller to tell, who knows where the volume lies.
 */
int volume_identify(struct source *volume, struct arena *a, struct diag_list *d,
		    struct volume_identity *ret, struct err *reterr);

/* What is known in the @size bytes at @off of @disk, without a word about what
 * is wrong with it.  */
void volume_glance(struct source *disk, uint64_t off, uint64_t size,
		   struct arena *a, struct volume_identity *ret);

/* Look for the backup of an NTFS boot sector behind the @size bytes at @off of
 * @disk, where a table says that the volume ends.  Returns how long the volume
 * is by it, with the backup; 0: there is none.  */
uint64_t volume_backup_behind(struct source *disk, uint64_t off,
			      uint64_t size, struct arena *a);

#endif /* DISK_VOLUME_H */
