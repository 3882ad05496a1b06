/*
 * vdi.c - VirtualBox disk images; numbers are little-endian
 *
 *   OFFSET  SIZE  FIELD
 *    0x000    64  text, "<<< Oracle VM VirtualBox Disk Image >>>\n"
 *    0x040     4  7f 10 da be
 *    0x044     4  version, 0x00010001
 *    0x048     4  bytes of the header from here on, from 0x180
 *    0x04c     4  type: 1 dynamic, 2 fixed, 3 undo, 4 differencing
 *    0x050     4  flags
 *    0x054   256  description
 *    0x154     4  offset of the block map
 *    0x158     4  offset of block 0
 *    0x15c    16  cylinders, heads, sectors, bytes of a sector
 *    0x16c     4  unused
 *    0x170     8  bytes of the disk
 *    0x178     4  bytes of a block, 1 MiB
 *    0x17c     4  bytes before the data of each block, 0
 *    0x180     4  blocks of the disk
 *    0x184     4  blocks in the file
 *    0x188    16  UUID of the image
 *    0x198    16  UUID of its last change
 *    0x1a8    16  UUID of the parent
 *    0x1b8    16  UUID of the parent's last change
 *
 * UUIDs lie as Windows' GUIDs do. An entry of the block map is the number of a
 * block in the file, -1 for none, or -2 for zeros. Neither header nor map has a
 * checksum. The parent's name is not there: VirtualBox keeps it in the .vbox
 * file of the virtual machine.
 *
 * Version 0, which VirtualBox wrote before 1.0, has another header; "undo" was
 * never written.
 *
 * Sources: qemu block/vdi.c; VirtualBox src/VBox/Storage/VDICore.h and VDI.cpp.
 */
#include "format/vdi.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"

#define MAGIC 0xbeda107fu
#define LEAST_HEADER 0x180u
#define VDI_UNDO 3u

struct vdi_header_disk {
	uint8_t text[64];
	le32 magic;
	le32 version;
	le32 header_bytes;
	le32 type;
	le32 flags;
	uint8_t description[256];
	le32 map_offset;
	le32 data_offset;
	le32 cylinders, heads, sectors, sector_bytes;
	le32 unused;
	le64 disk_bytes;
	le32 block_bytes;
	le32 extra_bytes;
	le32 n_blocks;
	le32 n_allocated;
	uint8_t uuid[16];
	uint8_t modified[16];
	uint8_t parent[16];
	uint8_t parent_modified[16];
};
static_assert(offsetof(struct vdi_header_disk, magic) == 0x40, "VDI");
static_assert(offsetof(struct vdi_header_disk, map_offset) == 0x154, "VDI");
static_assert(offsetof(struct vdi_header_disk, disk_bytes) == 0x170, "VDI");
static_assert(offsetof(struct vdi_header_disk, uuid) == 0x188, "VDI");
static_assert(sizeof(struct vdi_header_disk) == 0x1c8, "VDI");

#define AT(s, field) ((s).at + offsetof(struct vdi_header_disk, field))

static int check_kind(struct span s, const struct vdi_header_disk *d,
		      struct err *reterr)
{
	uint32_t type = get_le32(d->type);

	if (get_le32(d->magic) != MAGIC)
		return err_set(reterr, ERR_MAGIC, AT(s, magic), "VDI", MAGIC,
			       get_le32(d->magic));
	if (get_le32(d->version) >> 16 != 1)
		return err_set(reterr, ERR_UNSUPPORTED, AT(s, version),
			       "VDI: version", 0x10001, get_le32(d->version));
	if (get_le32(d->header_bytes) < LEAST_HEADER)
		return err_set(reterr, ERR_VALUE, AT(s, header_bytes),
			       "VDI: header size", LEAST_HEADER,
			       get_le32(d->header_bytes));
	if (type == VDI_UNDO)
		return err_set(reterr, ERR_UNSUPPORTED, AT(s, type),
			       "VDI: undo image", VDI_DYNAMIC, type);
	if (type != VDI_DYNAMIC && type != VDI_FIXED &&
	    type != VDI_DIFFERENCING)
		return err_set(reterr, ERR_UNSUPPORTED, AT(s, type),
			       "VDI: image type", VDI_DYNAMIC, type);
	return 0;
}

static int check_sizes(struct span s, const struct vdi_header_disk *d,
		       struct err *reterr)
{
	uint32_t block = get_le32(d->block_bytes);
	uint64_t room = (uint64_t)get_le32(d->n_blocks) * block;
	uint64_t size = get_le64(d->disk_bytes);

	if (block < 512 || (block & (block - 1)) != 0)
		return err_set(reterr, ERR_VALUE, AT(s, block_bytes),
			       "VDI: block size", 1u << 20, block);
	if (size == 0 || size > room)
		return err_set(reterr, ERR_VALUE, AT(s, disk_bytes),
			       "VDI: disk size", room, size);
	return 0;
}

int vdi_header_parse(struct span s, struct vdi_header *ret, struct err *reterr)
{
	const struct vdi_header_disk *d =
		span_view(s, 0, struct vdi_header_disk);
	int r;

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, "VDI header",
			       sizeof(*d), s.n);
	r = check_kind(s, d, reterr);
	if (r < 0)
		return r;
	r = check_sizes(s, d, reterr);
	if (r < 0)
		return r;
	*ret = (struct vdi_header){
		.type = (enum vdi_type)get_le32(d->type),
		.map_offset = get_le32(d->map_offset),
		.data_offset = get_le32(d->data_offset),
		.disk_bytes = get_le64(d->disk_bytes),
		.block_bytes = get_le32(d->block_bytes),
		.extra_bytes = get_le32(d->extra_bytes),
		.n_blocks = get_le32(d->n_blocks),
		.n_allocated = get_le32(d->n_allocated),
	};
	memcpy(ret->uuid.b, d->uuid, sizeof(d->uuid));
	memcpy(ret->modified.b, d->modified, sizeof(d->modified));
	memcpy(ret->parent.b, d->parent, sizeof(d->parent));
	memcpy(ret->parent_modified.b, d->parent_modified,
	       sizeof(d->parent_modified));
	return 0;
}
