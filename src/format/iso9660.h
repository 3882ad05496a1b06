/*
 * iso9660.h - volume descriptors of CD-ROM file systems
 */
#ifndef FORMAT_ISO9660_H
#define FORMAT_ISO9660_H

#include <stdbool.h>

#include "base/span.h"

/* The descriptors lie in the sectors of 2048 bytes from the 17th on.  */
#define ISO9660_OFFSET (16u * 2048)
#define ISO9660_DESCRIPTOR_BYTES 2048
#define ISO9660_LABEL_BYTES 32

enum iso9660_type {
	ISO9660_BOOT = 0, ISO9660_PRIMARY = 1, ISO9660_SUPPLEMENTARY = 2,
	ISO9660_END = 255,
};

struct iso9660_descriptor {
	uint8_t type;		/* enum iso9660_type, or another */
	bool joliet;		/* a supplementary one, of Joliet */
	uint32_t serial;	/* what Windows takes it to be, where this is
				 * the descriptor that it uses */
	struct span label;	/* without what pads it; of Joliet UCS-2,
				 * big-endian; else of one byte each */
	uint32_t block_bytes;	/* of a primary one, 2048 with known discs */
	uint32_t root_block, root_bytes;	/* directory, of the same */
	uint32_t boot_catalog;	/* block of it, of a boot record of El Torito;
				 * 0: none */
};

/* A file or directory, as a directory names it.  */
struct iso9660_record {
	uint32_t block, bytes;
	bool directory;
};

/* ERR_MAGIC: the descriptors ended without one that says so.  ERR_VALUE: it is
 * of a version that Windows does not read.  */
int iso9660_descriptor_parse(struct span sector,
			     struct iso9660_descriptor *ret,
			     struct err *reterr);

/* Decode the record at *@off of @s, which is a directory or some blocks of one,
 * and move *@off behind it.  False: there is none any more.  */
bool iso9660_record_next(struct span s, size_t *off,
			 struct iso9660_record *ret);

/* The same of an entry of a boot catalog, which leads to an image.  */
bool iso9660_boot_next(struct span s, size_t *off, uint32_t *ret_block);

#endif /* FORMAT_ISO9660_H */
