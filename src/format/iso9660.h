/*
 * iso9660.h - volume descriptors of CD-ROM file systems
 */
#ifndef FORMAT_ISO9660_H
#define FORMAT_ISO9660_H

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
};

/* ERR_MAGIC: the descriptors ended without one that says so.  ERR_VALUE: it is
 * of a version that Windows does not read.  */
int iso9660_descriptor_parse(struct span sector,
			     struct iso9660_descriptor *ret,
			     struct err *reterr);

#endif /* FORMAT_ISO9660_H */
