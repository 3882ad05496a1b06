/*
 * vss.c - the metadata of volume shadow copies
 *
 * All numbers are little-endian.  Each block begins with the GUID
 * 3808876b-c176-4e48-b7ae-04046e6cc752.  The header of the volume, at 0x1e00:
 *
 *   OFFSET  SIZE  FIELD
 *     0x00    16  the GUID
 *     0x10     4  version: 1, since Windows 8 2
 *     0x14     4  record: 1
 *     0x18     8  its own offset, 0x1e00
 *     0x30     8  offset of the catalogue
 *     0x38     8  the most that all stores may take
 *     0x40    16  GUID of the volume
 *     0x50    16  GUID of the volume that its copies are kept on
 *
 * the header of a block of 16 KiB, of the catalogue and of a store:
 *
 *     0x00    16  the GUID
 *     0x10     4  version: 1
 *     0x14     4  record: 2 catalogue, 3 block list, 4 store, 5 ranges,
 *                 6 bitmap
 *     0x18     8  offset in its file
 *     0x20     8  offset on the volume
 *     0x28     8  offset of the next block, 0 in the last
 *     0x30     8  of a store: bytes of the information behind the header
 *
 * entries of 128 bytes in the catalogue, of a copy and of a store:
 *
 *     0x00     8  2: a copy           3: a store
 *     0x08     8  size of the volume  offset of the block list
 *     0x10    16  GUID of the store   GUID of the store
 *     0x20     8  sequence number     offset of the store's header
 *     0x28     8  flags               offset of the list of ranges
 *     0x30     8  time, FILETIME      offset of the bitmap
 *     0x38     8                      file reference
 *     0x40     8                      allocated size
 *     0x48     8                      offset of the previous bitmap
 *
 * the information behind the header of a store:
 *
 *     0x00    16  unknown GUID, one for each context
 *     0x10    16  GUID of the copy
 *     0x20    16  GUID of the set of copies that were made at once
 *     0x30     4  context
 *     0x34     4  unknown: 1 or 2, perhaps how many copies the set has
 *     0x38     4  attributes
 *     0x40     2  bytes of the name of the machine, which follows; then the
 *                 same of the machine that made the copy
 *
 * and a descriptor of the block list:
 *
 *     0x00     8  offset of the block on the volume
 *     0x08     8  offset in the store's file
 *     0x10     8  offset of the former content
 *     0x18     4  flags
 *     0x1c     4  bitmap of an overlay
 *
 * Sources: the documentation of libvshadow; [MSDN]
 * _VSS_VOLUME_SNAPSHOT_ATTRIBUTES and _VSS_SNAPSHOT_CONTEXT; the volumes of
 * dfvfs, dfir_ntfs and ntfs-samples.
 */
#include "format/vss.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"

static const uint8_t vss_guid[16] = {
	0x6b, 0x87, 0x08, 0x38, 0x76, 0xc1, 0x48, 0x4e,
	0xb7, 0xae, 0x04, 0x04, 0x6e, 0x6c, 0xc7, 0x52,
};

struct vss_header_disk {
	uint8_t guid[16];
	le32 version;
	le32 record;
	le64 own_offset;
	le64 unknown_0x20[2];
	le64 catalog;
	le64 max_size;
	struct guid volume;
	struct guid storage;
	uint8_t unknown_0x60[416];
};
static_assert(offsetof(struct vss_header_disk, catalog) == 0x30, "VSS header");
static_assert(sizeof(struct vss_header_disk) == VSS_HEADER_BYTES, "VSS header");

struct vss_block_disk {
	uint8_t guid[16];
	le32 version;
	le32 record;
	le64 relative;
	le64 own_offset;
	le64 next;
	le64 info_bytes;
	uint8_t unknown_0x38[72];
};
static_assert(offsetof(struct vss_block_disk, next) == 0x28, "VSS block");
static_assert(sizeof(struct vss_block_disk) == VSS_BLOCK_HEADER_BYTES,
	      "VSS block");

struct vss_entry_disk {
	le64 type;
	le64 size_or_list;
	struct guid store;
	le64 field[12];
};
static_assert(sizeof(struct vss_entry_disk) == VSS_ENTRY_BYTES, "VSS entry");

struct vss_info_disk {
	struct guid unknown_0x00;
	struct guid copy;
	struct guid set;
	le32 context;
	le32 unknown_0x34;
	le32 attributes;
	le32 unknown_0x3c;
};
static_assert(sizeof(struct vss_info_disk) == 0x40, "VSS store information");

struct vss_descriptor_disk {
	le64 original;
	le64 relative;
	le64 offset;
	le32 flags;
	le32 bitmap;
};
static_assert(sizeof(struct vss_descriptor_disk) == VSS_DESCRIPTOR_BYTES,
	      "VSS descriptor");

int vss_header_parse(struct span s, struct vss_header *ret, struct err *reterr)
{
	const struct vss_header_disk *d =
		span_view(s, 0, struct vss_header_disk);
	bool is_named, is_placed;

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, "VSS header",
			       sizeof(*d), s.n);
	is_named = memcmp(d->guid, vss_guid, sizeof(vss_guid)) == 0;
	is_placed = get_le64(d->own_offset) == VSS_HEADER_OFFSET;
	if (!is_named && !is_placed)
		return err_set(reterr, ERR_NOT_FOUND, s.at, "VSS header",
			       vss_guid[0], d->guid[0]);
	if (!is_named)
		return err_set(reterr, ERR_MAGIC, s.at, "VSS header: GUID",
			       vss_guid[0], d->guid[0]);
	if (get_le32(d->version) < 1 || get_le32(d->version) > 2)
		return err_set(reterr, ERR_VALUE, s.at + 0x10,
			       "VSS header: version", 1, get_le32(d->version));
	if (get_le32(d->record) != VSS_VOLUME_HEADER)
		return err_set(reterr, ERR_VALUE, s.at + 0x14,
			       "VSS header: record", VSS_VOLUME_HEADER,
			       get_le32(d->record));
	if (!is_placed)
		return err_set(reterr, ERR_VALUE, s.at + 0x18,
			       "VSS header: its own offset", VSS_HEADER_OFFSET,
			       get_le64(d->own_offset));
	*ret = (struct vss_header){
		.version = get_le32(d->version),
		.catalog = get_le64(d->catalog),
		.max_size = get_le64(d->max_size),
		.volume = d->volume,
		.storage = d->storage,
	};
	return 0;
}

int vss_block_parse(struct span s, enum vss_record record,
		    struct vss_block *ret, struct err *reterr)
{
	const struct vss_block_disk *d = span_view(s, 0, struct vss_block_disk);
	struct vss_block b;

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, "VSS block",
			       sizeof(*d), s.n);
	if (memcmp(d->guid, vss_guid, sizeof(vss_guid)) != 0)
		return err_set(reterr, ERR_MAGIC, s.at, "VSS block: GUID",
			       vss_guid[0], d->guid[0]);
	if (get_le32(d->version) < 1 || get_le32(d->version) > 2)
		return err_set(reterr, ERR_VALUE, s.at + 0x10,
			       "VSS block: version", 1, get_le32(d->version));
	if (get_le32(d->record) != (uint32_t)record)
		return err_set(reterr, ERR_VALUE, s.at + 0x14,
			       "VSS block: record", record,
			       get_le32(d->record));
	if (get_le64(d->own_offset) != s.at)
		return err_set(reterr, ERR_VALUE, s.at + 0x20,
			       "VSS block: its own offset", s.at,
			       get_le64(d->own_offset));
	b = (struct vss_block){
		.relative = get_le64(d->relative),
		.next = get_le64(d->next),
		.info_bytes = get_le64(d->info_bytes),
	};
	span_sub(s, sizeof(*d), s.n - sizeof(*d), &b.content);
	*ret = b;
	return 0;
}

int vss_entry_parse(struct span s, struct vss_entry *ret, struct err *reterr)
{
	const struct vss_entry_disk *d = span_view(s, 0, struct vss_entry_disk);

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, "VSS entry",
			       sizeof(*d), s.n);
	switch (get_le64(d->type)) {
	case 0:
	case 1:
		*ret = (struct vss_entry){ .kind = VSS_ENTRY_UNUSED };
		return 0;
	case 2:
		*ret = (struct vss_entry){
			.kind = VSS_ENTRY_COPY,
			.volume_bytes = get_le64(d->size_or_list),
			.store = d->store,
			.sequence = get_le64(d->field[0]),
			.flags = get_le64(d->field[1]),
			.created = get_le64(d->field[2]),
		};
		return 0;
	case 3:
		*ret = (struct vss_entry){
			.kind = VSS_ENTRY_STORE,
			.block_list = get_le64(d->size_or_list),
			.store = d->store,
			.header = get_le64(d->field[0]),
			.ranges = get_le64(d->field[1]),
			.bitmap = get_le64(d->field[2]),
			.file = get_le64(d->field[3]),
			.allocated = get_le64(d->field[4]),
			.previous_bitmap = get_le64(d->field[5]),
		};
		return 0;
	}
	return err_set(reterr, ERR_VALUE, s.at, "VSS entry: type", 3,
		       get_le64(d->type));
}

int vss_store_info_parse(struct span s, struct vss_store_info *ret,
			 struct err *reterr)
{
	const struct vss_info_disk *d = span_view(s, 0, struct vss_info_disk);
	struct vss_store_info info;
	struct cur c = cur_of(s);
	int r;

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at,
			       "VSS store information", sizeof(*d), s.n);
	info = (struct vss_store_info){
		.copy = d->copy,
		.set = d->set,
		.context = get_le32(d->context),
		.attributes = get_le32(d->attributes),
	};
	cur_take(&c, sizeof(*d), "VSS store information");
	info.machine = cur_take(&c, cur_le16(&c, "VSS store: machine"),
				"VSS store: machine");
	info.service_machine = cur_take(
		&c, cur_le16(&c, "VSS store: service machine"),
		"VSS store: service machine");
	r = cur_end(&c, reterr);
	if (r == 0)
		*ret = info;
	return r;
}

int vss_descriptor_parse(struct span s, struct vss_descriptor *ret,
			 struct err *reterr)
{
	const struct vss_descriptor_disk *d =
		span_view(s, 0, struct vss_descriptor_disk);

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, "VSS descriptor",
			       sizeof(*d), s.n);
	*ret = (struct vss_descriptor){
		.original = get_le64(d->original),
		.relative = get_le64(d->relative),
		.offset = get_le64(d->offset),
		.flags = get_le32(d->flags),
		.bitmap = get_le32(d->bitmap),
	};
	return 0;
}

const char *vss_attribute_name(unsigned bit)
{
	static const char *const names[] = {
		[0] = "persistent", [1] = "no-autorecovery",
		[2] = "client-accessible", [3] = "no-auto-release",
		[4] = "no-writers", [5] = "transportable",
		[6] = "not-surfaced", [7] = "not-transacted",
		[16] = "hardware-assisted", [17] = "differential",
		[18] = "plex", [19] = "imported", [20] = "exposed-locally",
		[21] = "exposed-remotely", [22] = "autorecover",
		[23] = "rollback-recovery", [24] = "delayed-postsnapshot",
		[25] = "txf-recovery",
	};

	return bit < sizeof(names) / sizeof(names[0]) ? names[bit] : NULL;
}

const char *vss_context_name(uint32_t context)
{
	switch (context) {
	case 0x00:
		return "backup";
	case 0x09:
		return "app-rollback";
	case 0x0d:
		return "client-accessible-writers";
	case 0x10:
		return "file-share-backup";
	case 0x19:
		return "nas-rollback";
	case 0x1d:
		return "client-accessible";
	}
	return NULL;
}
