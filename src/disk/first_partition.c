#include "disk/first_partition.h"

/* Behind a track, at what Windows aligns it to, and where the makers of memory
 * cards have it.  */
static const uint64_t places[] = {
	63 * 512, 63 * 4096, 1 << 20, 4 << 20, 8 << 20, 16 << 20,
};

bool first_partition_find(struct source *disk, uint64_t from, bool discs,
			  struct arena *a, struct volume_identity *ret,
			  uint64_t *ret_at)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct volume_identity v;

		if (places[i] < from || places[i] >= disk->size)
			continue;
		volume_glance(disk, places[i], disk->size - places[i], a, &v);
		if (v.kind == FS_UNKNOWN ||
		    (!discs && (v.kind == FS_UDF || v.kind == FS_ISO9660)))
			continue;
		*ret = v;
		*ret_at = places[i];
		return true;
	}
	return false;
}
