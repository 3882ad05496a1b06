/*
 * volume_extents.c - where the bytes of a volume lie, as Windows gives it
 *
 * VOLUME_DISK_EXTENTS, of a 64-bit process:
 *
 *   OFFSET  SIZE  FIELD
 *        0     4  number of extents
 *        8        extents
 *
 * and DISK_EXTENT:
 *
 *        0     4  number of the disk
 *        8     8  first byte on it
 *       16     8  length in bytes
 *
 * A volume in a partition has one, which is the partition.  A dynamic one has
 * an extent for each of its parts, by component, then by column or by place in
 * the volume.
 *
 * Sources: Microsoft, winioctl.h and IOCTL_VOLUME_GET_VOLUME_DISK_EXTENTS.
 */
#include <assert.h>
#include <string.h>

#include "base/bytes.h"
#include "machine/device_number.h"

struct extents_head_disk {
	le32 count;
	uint8_t pad[4];
};

struct disk_extent_disk {
	le32 disk;
	uint8_t pad[4];
	le64 offset, length;
};
static_assert(sizeof(struct extents_head_disk) == 8, "extents");
static_assert(sizeof(struct disk_extent_disk) == 24, "extents");

size_t volume_extent_count(const struct machine_volume *v)
{
	return v->dynamic != NULL ? v->dynamic->n_extents : v->n_extents;
}

struct extent volume_extent_at(const struct machine_volume *v, size_t i)
{
	const struct dynamic_extent *e;

	if (v->dynamic == NULL)
		return v->extents[i];
	e = &v->dynamic->extents[i];
	return (struct extent){ e->disk == SIZE_MAX ? NONE : e->disk,
				e->offset, e->length };
}

const struct dynamic_extent *
volume_dynamic_extent_at(const struct machine_volume *v, size_t i)
{
	return v->dynamic == NULL ? NULL : &v->dynamic->extents[i];
}

bool volume_extents_are_here(const struct machine_volume *v)
{
	for (size_t i = 0; i < volume_extent_count(v); i++)
		if (volume_extent_at(v, i).disk == NONE)
			return false;
	return true;
}

int volume_extents_make(const struct model *o, size_t volume, struct arena *a,
			struct span *ret, struct err *reterr)
{
	const struct machine_volume *v = &o->volumes[volume];
	size_t count = volume_extent_count(v);
	size_t n = sizeof(struct extents_head_disk) +
		   count * sizeof(struct disk_extent_disk);
	struct extents_head_disk head = { .count = put_le32((uint32_t)count) };
	uint8_t *p = arena_alloc(a, n);

	if (p == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "extents", n, 0);
	memcpy(p, &head, sizeof(head));
	for (size_t i = 0; i < count; i++) {
		struct extent e = volume_extent_at(v, i);
		struct disk_extent_disk d = {
			.disk = put_le32(e.disk == NONE ? DEVICE_NO_NUMBER :
					 o->disks[e.disk].number),
			.offset = put_le64(e.offset),
			.length = put_le64(e.length),
		};

		memcpy(p + sizeof(head) + i * sizeof(d), &d, sizeof(d));
	}
	*ret = (struct span){ p, n, 0 };
	return 0;
}
