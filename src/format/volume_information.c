/*
 * volume_information.c - $VOLUME_INFORMATION of the file $Volume
 *
 *   OFFSET  SIZE  FIELD
 *        0     8  unknown, 0
 *        8     1  version of NTFS, before the point
 *        9     1  and behind it: 1.2 (NT 4), 3.0 (2000), 3.1 (XP and later)
 *       10     2  flags: 1 dirty
 *
 * Sources: libfsntfs, "New Technologies File System", 6.8; layout.h of ntfs-3g.
 */
#include "format/volume_information.h"

#include <assert.h>

#include "base/bytes.h"

struct volume_information_disk {
	le64 unknown_0x00;
	uint8_t version_major;
	uint8_t version_minor;
	le16 flags;
};
static_assert(sizeof(struct volume_information_disk) == 12,
	      "$VOLUME_INFORMATION");

int volume_information_parse(struct span s, struct volume_information *ret,
			     struct err *reterr)
{
	const struct volume_information_disk *d =
		span_view(s, 0, struct volume_information_disk);

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at,
			       "$VOLUME_INFORMATION", sizeof(*d), s.n);
	*ret = (struct volume_information){
		d->version_major, d->version_minor, get_le16(d->flags),
	};
	return 0;
}
