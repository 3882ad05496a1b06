/*
 * container.h - which container format a file is, by its signatures
 */
#ifndef FORMAT_CONTAINER_H
#define FORMAT_CONTAINER_H

#include <stdbool.h>

#include "base/span.h"

enum container_kind {
	CONTAINER_RAW,		/* no signature: the disk's bytes as they are */
	CONTAINER_VHD, CONTAINER_VHDX, CONTAINER_EWF, CONTAINER_VMDK,
	CONTAINER_QCOW, CONTAINER_VDI,
	CONTAINER_AFF,
	CONTAINER_GZIP,		/* of a raw image, or of whatever */
	CONTAINER_OTHER,	/* one that is known, and not read */
};

struct container_guess {
	enum container_kind kind;
	const char *name;	/* "EWF image": what it is, for messages */
	uint64_t at;		/* offset in the file of what gave it away */
	bool damaged;		/* by a second signature, or by a first with one
				 * wrong byte */
};

/* How much of a file's start and end container_detect() can use.  */
#define CONTAINER_HEAD_BYTES 0x30010
#define CONTAINER_TAIL_BYTES 512

/* Decide from the first and the last bytes of a file; all of them where it is
 * smaller than that.  */
struct container_guess container_detect(struct span head, struct span tail);

/* The signature that a file should have by its name.  */
struct container_mark {
	enum container_kind kind;
	const char *bytes;
	unsigned n;
	unsigned at;		/* from the file's start, or from its end */
	bool from_end;
};

/* What a file with the extension @ext ("E01", without dot) should begin or end
 * with; false if the extension promises nothing.  */
bool container_of_extension(const char *ext, struct container_mark *ret);

/* What a file with the extension @ext is, whatever its bytes are, if it is not
 * a disk; of a format that is not read.  NULL: that is not known.  */
const char *container_unread(const char *ext);

#endif /* FORMAT_CONTAINER_H */
