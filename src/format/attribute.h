/*
 * attribute.h - the attributes in a record of the $MFT, and the attribute list
 */
#ifndef FORMAT_ATTRIBUTE_H
#define FORMAT_ATTRIBUTE_H

#include "base/span.h"

enum attribute_type {
	ATTRIBUTE_STANDARD_INFORMATION = 0x10,
	ATTRIBUTE_LIST                 = 0x20,
	ATTRIBUTE_FILE_NAME            = 0x30,
	ATTRIBUTE_OBJECT_ID            = 0x40,
	ATTRIBUTE_VOLUME_NAME          = 0x60,
	ATTRIBUTE_VOLUME_INFORMATION   = 0x70,
	ATTRIBUTE_DATA                 = 0x80,
	ATTRIBUTE_INDEX_ROOT           = 0x90,
	ATTRIBUTE_INDEX_ALLOCATION     = 0xa0,
	ATTRIBUTE_BITMAP               = 0xb0,
	ATTRIBUTE_REPARSE_POINT        = 0xc0,
	ATTRIBUTE_LAST                 = 0x100,
};

enum {
	ATTRIBUTE_COMPRESSED = 0x00ff,	/* any of these bits: the method */
	ATTRIBUTE_ENCRYPTED  = 0x4000,
	ATTRIBUTE_SPARSE     = 0x8000,
};

struct attribute {
	uint32_t type;
	uint16_t flags, id;
	bool resident;
	struct span raw;	/* all of it */
	struct span name;	/* UTF-16LE; empty: unnamed */
	struct span value;	/* if resident */
	bool loose;		/* it is not as long as what is in it */
	/* If not resident.  The sizes hold for the whole attribute, in the
	 * piece whose first_vcn is 0 only.  */
	uint64_t first_vcn, clusters;
	uint64_t allocated, real, initialised;	/* bytes */
	unsigned compression_unit;	/* log2 of clusters; 0: none */
	struct span runs;
};

/*
 * The next attribute in *@left, which moves behind it.  Returns 1; 0 at the
 * end; an error for one that cannot be true, after which the walk may go on: it
 * ends, since each call takes at least a header's length, or all that is left.
 */
int attribute_next(struct span *left, struct attribute *ret,
		   struct err *reterr);

/* An entry of an attribute list: which record holds which piece.  */
struct attribute_entry {
	uint32_t type;
	uint16_t id;
	struct span name;
	uint64_t first_vcn;
	uint64_t ref;		/* file reference of the record */
};

/* As attribute_next().  */
int attribute_entry_next(struct span *left, struct attribute_entry *ret,
			 struct err *reterr);

#endif /* FORMAT_ATTRIBUTE_H */
