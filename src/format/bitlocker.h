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
	bool used_space_only;
	uint32_t bytes_per_sector;
	uint64_t metadata[3];	/* offsets of the metadata blocks, bytes; of the
				 * Vista form only the first, and not checked */
};

/* ERR_MAGIC where the sector is none of the three forms.  */
int bitlocker_boot_parse(struct span sector, struct bitlocker_boot *ret,
			 struct err *reterr);

#endif /* FORMAT_BITLOCKER_H */
