#include "disk/foreign.h"

#include <string.h>

#include "disk/tsk.h"

/* What libtsk does not know, and Linux or macOS puts where Windows had a
 * volume, whose backup boot sector or BitLocker metadata may still be there.
 * Sources: util-linux, libblkid/src/superblocks; mdadm, md(4), format 1.2.  */
static const struct foreign_signature {
	const char *name;
	unsigned at, n;
	const char *bytes;
} signatures[] = {
	{ "LUKS", 0, 6, "LUKS\xba\xbe" },
	{ "XFS", 0, 4, "XFSB" },
	{ "APFS", 32, 4, "NXSB" },
	{ "LVM2", 512 + 24, 8, "LVM2 001" },
	{ "F2FS", 1024, 4, "\x10\x20\xf5\xf2" },
	{ "Linux swap", 4096 - 10, 10, "SWAPSPACE2" },
	{ "Linux RAID", 4096, 4, "\xfc\x4e\x2b\xa9" },
	{ "JFS", 32768, 4, "JFS1" },
	{ "ReiserFS", 65536 + 52, 6, "ReIsEr" },
	{ "Btrfs", 65536 + 64, 8, "_BHRfS_M" },
};

bool foreign_find(struct source *s, struct arena *a, struct foreign *ret)
{
	const char *name = tsk_file_system_name(s, a);

	if (name != NULL) {
		*ret = (struct foreign){ .name = name };
		return true;
	}
	for (size_t i = 0; i < sizeof(signatures) / sizeof(*signatures); i++) {
		const struct foreign_signature *f = &signatures[i];
		uint8_t b[10];

		if (source_read(s, f->at, b, f->n, NULL) == 0 &&
		    memcmp(b, f->bytes, f->n) == 0) {
			*ret = (struct foreign){ f->name, f->at, f->n };
			return true;
		}
	}
	return false;
}

bool foreign_over_disc(struct source *s, struct arena *a, struct foreign *ret)
{
	struct foreign f;

	if (!foreign_find(s, a, &f) || strcmp(f.name, TSK_HFS_NAME) == 0)
		return false;
	*ret = f;
	return true;
}
