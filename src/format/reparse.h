/*
 * reparse.h - the data of a reparse point ($REPARSE_POINT, attribute 0xc0)
 */
#ifndef FORMAT_REPARSE_H
#define FORMAT_REPARSE_H

#include "base/guid.h"
#include "base/span.h"

#define REPARSE_TAG_MOUNT_POINT 0xa0000003u
#define REPARSE_TAG_SYMLINK     0xa000000cu
#define REPARSE_TAG_WOF         0x80000017u

/* [MS-FSCC] 2.1.2: the whole buffer has at most this many bytes.  */
#define REPARSE_MAX_BYTES 16384

enum reparse_kind {
	REPARSE_VOLUME_MOUNT_POINT,	/* \??\Volume{G}\, nothing more */
	REPARSE_JUNCTION,	/* any other target of the mount point tag */
	REPARSE_SYMLINK,
	REPARSE_OTHER,
};

struct reparse {
	uint32_t tag;
	size_t data_bytes;	/* behind tag, length and owner, as the head
				 * says it */
	size_t data_bytes_there;
	enum reparse_kind kind;
	struct span data;	/* behind the head, as far as it is there */
	struct span substitute_name, print_name;	/* UTF-16LE, without
							 * trailing NULs */
	/* Of the two names, bytes as stored.  */
	uint16_t substitute_offset, substitute_length;
	uint16_t print_offset, print_length;
	bool odd_target;	/* of a junction: no path as Windows writes it,
				 * so perhaps a damaged one */
	uint32_t symlink_flags;	/* 1: relative */
	struct guid volume;	/* of a volume mount point, and of a junction
				 * into a volume: the GUID named; else zero */
	struct guid owner;	/* of a tag that is not Microsoft's */
};

/* Decode the reparse data @s.  Names that do not lie in it are errors; a wrong
 * data length alone is not, if the names fit.  Spans point into @s.  */
int reparse_parse(struct span s, struct reparse *ret, struct err *reterr);

/* "mount-point", "symlink", "wof", "cloud"...; "unknown" if not listed.  */
const char *reparse_tag_name(uint32_t tag);

#endif /* FORMAT_REPARSE_H */
