/*
 * bitlocker.h - the boot sector of a volume that BitLocker encrypts
 */
#ifndef FORMAT_BITLOCKER_H
#define FORMAT_BITLOCKER_H

#include "base/span.h"

enum bitlocker_form {
	BITLOCKER_VISTA,
	BITLOCKER_WINDOWS_7,	/* and later */
	BITLOCKER_TO_GO,	/* a FAT32 discovery volume around it */
};

struct bitlocker_boot {
	enum bitlocker_form form;
	bool on_write;		/* it is encrypted while it is in use: not all
				 * of it may be */
	uint32_t bytes_per_sector;
	uint64_t metadata[3];	/* offsets of the metadata blocks, bytes; of the
				 * Vista form only the first, and not checked */
	uint64_t maps[2];	/* of the two lists of what is encrypted, bytes;
				 * on_write only */
};

/* ERR_MAGIC where the sector is none of the three forms.  */
int bitlocker_boot_parse(struct span sector, struct bitlocker_boot *ret,
			 struct err *reterr);

#endif /* FORMAT_BITLOCKER_H */
