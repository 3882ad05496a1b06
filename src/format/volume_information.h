/*
 * volume_information.h - $VOLUME_INFORMATION of the file $Volume
 */
#ifndef FORMAT_VOLUME_INFORMATION_H
#define FORMAT_VOLUME_INFORMATION_H

#include "base/span.h"

enum { VOLUME_IS_DIRTY = 1u << 0 };

struct volume_information {
	unsigned version_major, version_minor;
	uint16_t flags;
};

int volume_information_parse(struct span s, struct volume_information *ret,
			     struct err *reterr);

#endif /* FORMAT_VOLUME_INFORMATION_H */
