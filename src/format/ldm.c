/*
 * ldm.c - the private regions of a dynamic disk (Logical Disk Manager)
 *
 * All numbers are big-endian.  A private header, in sector 6 of an MBR disk and
 * twice in the configuration:
 *
 *   OFFSET  SIZE  FIELD
 *     0x00     8  "PRIVHEAD"
 *     0x08     4  sum of all bytes, this field taken as zero
 *     0x0c     4  version, major and minor
 *     0x10     8  time, FILETIME
 *     0x18     8  sequence number
 *     0x20    16  where its copies are
 *     0x30    64  GUID of the disk, ASCII
 *     0x70    64  GUID of the host
 *     0xb0    64  GUID of the disk group
 *     0xf0    31  name of the disk group
 *    0x10f     4  bytes of a sector
 *    0x11b    16  data: first sector, sectors
 *    0x12b    16  configuration: first sector, sectors
 *    0x13b    16  sectors of the table of contents in use, and of its mirror
 *
 * the table of contents:
 *
 *     0x00     8  "TOCBLOCK"
 *     0x08     4  sum, as above
 *     0x0c     8  sequence number
 *     0x24    34  region: name 8, flags 2, first sector 8, sectors 8, flags 8
 *     0x46    34  another one
 *
 * and the header of the database:
 *
 *     0x00     4  "VMDB"
 *     0x04    12  slots, bytes of a slot, byte of the first one
 *     0x10     2  status
 *     0x12     4  version
 *     0x16    31  name of the disk group
 *     0x35    64  GUID of the disk group, ASCII
 *     0x75    16  sequence numbers: committed, pending
 *     0x85    16  committed volumes, components, partitions, disks
 *     0xbd     8  last access, FILETIME
 *
 * Sources: linux block/partitions/ldm.h, libldm src/ldm.c; where they differ,
 * the disks of libldm's tests.  What both call a sequence or a reserved field
 * at 0x08 is the checksum there.  On disks with sectors of 4096 bytes:
 * DiskAccessLibrary, LogicalDiskManager/.
 */
#include "format/ldm.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"
#include "base/checked.h"

#define GUID_FIELD_BYTES 64
#define NAME_FIELD_BYTES 31

struct ldm_privhead_disk {
	uint8_t magic[8];
	be32 checksum;
	be16 major, minor;
	be64 timestamp;
	be64 sequence;
	be64 copies[LDM_PRIVHEAD_COPIES];
	uint8_t disk_guid[GUID_FIELD_BYTES];
	uint8_t host_guid[GUID_FIELD_BYTES];
	uint8_t group_guid[GUID_FIELD_BYTES];
	uint8_t group_name[NAME_FIELD_BYTES];
	be32 sector_bytes;
	uint8_t zero[8];
	be64 data_start, data_size;
	be64 config_start, config_size;
	be64 toc, toc_mirror;
	uint8_t unknown_0x14b[181];
};
static_assert(offsetof(struct ldm_privhead_disk, sector_bytes) == 0x10f, "");
static_assert(offsetof(struct ldm_privhead_disk, toc) == 0x13b, "PRIVHEAD");
static_assert(sizeof(struct ldm_privhead_disk) == LDM_BLOCK_BYTES, "PRIVHEAD");

struct ldm_region_disk {
	uint8_t name[8];
	be16 flags;
	be64 start, size;
	be64 more_flags;
};

struct ldm_toc_disk {
	uint8_t magic[8];
	be32 checksum;
	be64 sequence;
	uint8_t zero[16];
	struct ldm_region_disk regions[2];
	uint8_t unknown_0x68[408];
};
static_assert(offsetof(struct ldm_toc_disk, regions) == 0x24, "TOCBLOCK");
static_assert(sizeof(struct ldm_toc_disk) == LDM_BLOCK_BYTES, "TOCBLOCK");

struct ldm_vmdb_disk {
	uint8_t magic[4];
	be32 n_slots;
	be32 slot_bytes;
	be32 first_slot;
	be16 status;
	be16 major, minor;
	uint8_t group_name[NAME_FIELD_BYTES];
	uint8_t group_guid[GUID_FIELD_BYTES];
	be64 committed, pending;
	be32 counts[4];
	uint8_t zero[12];
	be32 pending_counts[4];
	uint8_t zero_0xb1[12];
	be64 last_accessed;
	uint8_t unknown_0xc5[315];
};
static_assert(offsetof(struct ldm_vmdb_disk, committed) == 0x75, "VMDB");
static_assert(sizeof(struct ldm_vmdb_disk) == LDM_BLOCK_BYTES, "VMDB");

/* Slots are small; more of them than this would fill a hundred times the region
 * that any disk has.  */
#define MAX_SLOTS (1u << 20)
#define MIN_SLOT_BYTES 128

static uint32_t sum_without(struct span s, size_t field)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < LDM_BLOCK_BYTES; i++)
		if (i < field || i >= field + sizeof(be32))
			sum += s.p[i];
	return sum;
}

/* The text in the field of @n bytes at @off, up to its NUL.  */
static struct span text_field(struct span s, size_t off, size_t n)
{
	struct span text = { s.p + off, 0, s.at + off };

	while (text.n < n && text.p[text.n] != '\0')
		text.n++;
	return text;
}

static int guid_field(struct span s, size_t off, const char *what,
		      struct guid *ret, struct err *reterr)
{
	struct span text = text_field(s, off, GUID_FIELD_BYTES);
	char buf[GUID_FIELD_BYTES + 1] = "";

	memcpy(buf, text.p, text.n);
	if (text.n != GUID_TEXT_CHARS || !guid_parse(buf, ret))
		return err_set(reterr, ERR_VALUE, s.at + off, what,
			       GUID_TEXT_CHARS, text.n);
	return 0;
}

int ldm_privhead_parse(struct span s, struct ldm_privhead *ret,
		       struct err *reterr)
{
	const struct ldm_privhead_disk *d =
		span_view(s, 0, struct ldm_privhead_disk);
	struct ldm_privhead h;

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, "PRIVHEAD",
			       sizeof(*d), s.n);
	if (!span_has(s, 0, "PRIVHEAD", 8))
		return err_set(reterr, ERR_MAGIC, s.at, "PRIVHEAD", 'P',
			       d->magic[0]);
	if (get_be16(d->major) != 2)
		return err_set(reterr, ERR_VALUE, s.at + 0x0c,
			       "PRIVHEAD: version", 2, get_be16(d->major));
	h = (struct ldm_privhead){
		.major = get_be16(d->major),
		.minor = get_be16(d->minor),
		.timestamp = get_be64(d->timestamp),
		.sequence = get_be64(d->sequence),
		.copies = { get_be64(d->copies[0]), get_be64(d->copies[1]) },
		.group_name = text_field(s, 0xf0, NAME_FIELD_BYTES),
		.sector_bytes = get_be32(d->sector_bytes),
		.data_start = get_be64(d->data_start),
		.data_size = get_be64(d->data_size),
		.config_start = get_be64(d->config_start),
		.config_size = get_be64(d->config_size),
		.toc = get_be64(d->toc),
		.toc_mirror = get_be64(d->toc_mirror),
		.at = s.at,
		.checksum = get_be32(d->checksum),
		.checksum_computed = sum_without(s, 0x08),
	};
	if (guid_field(s, 0x30, "PRIVHEAD: disk GUID", &h.disk_guid,
		       reterr) < 0 ||
	    guid_field(s, 0xb0, "PRIVHEAD: group GUID", &h.group_guid,
		       reterr) < 0)
		return ERR_VALUE;
	*ret = h;
	return 0;
}

bool ldm_privhead_is_at_home(const struct ldm_privhead *h)
{
	const uint64_t lba = h->sector_bytes == 0 ? 0 :
			     h->at / h->sector_bytes;
	uint64_t end;

	if (h->sector_bytes == 0 || h->at % h->sector_bytes != 0 ||
	    !checked_add(h->config_start, h->config_size, &end))
		return false;
	for (int i = 0; i < LDM_PRIVHEAD_COPIES; i++)
		if (h->copies[i] < h->config_size &&
		    lba == h->config_start + h->copies[i])
			return true;
	return lba == LDM_PRIVHEAD_LBA || lba + 1 == end ||
	       lba + LDM_PRIVHEAD_COPY_FROM_END == end;
}

int ldm_toc_parse(struct span s, struct ldm_toc *ret, struct err *reterr)
{
	const struct ldm_toc_disk *d = span_view(s, 0, struct ldm_toc_disk);
	struct ldm_toc toc = { 0 };

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, "TOCBLOCK",
			       sizeof(*d), s.n);
	if (!span_has(s, 0, "TOCBLOCK", 8))
		return err_set(reterr, ERR_MAGIC, s.at, "TOCBLOCK", 'T',
			       d->magic[0]);
	for (size_t i = 0; i < 2; i++) {
		const struct ldm_region_disk *r = &d->regions[i];
		struct ldm_region region = { get_be64(r->start),
					     get_be64(r->size) };

		if (memcmp(r->name, "config\0", 8) == 0)
			toc.config = region;
		else if (memcmp(r->name, "log\0\0\0\0", 8) == 0)
			toc.log = region;
	}
	if (toc.config.size == 0)
		return err_set(reterr, ERR_VALUE, s.at + 0x24,
			       "TOCBLOCK: no region called config", 0, 0);
	toc.sequence = get_be64(d->sequence);
	toc.checksum = get_be32(d->checksum);
	toc.checksum_computed = sum_without(s, 0x08);
	*ret = toc;
	return 0;
}

static int check_slots(struct span s, const struct ldm_vmdb *v,
		       struct err *reterr)
{
	if (v->major != 4)
		return err_set(reterr, ERR_VALUE, s.at + 0x12, "VMDB: version",
			       4, v->major);
	if (v->slot_bytes < MIN_SLOT_BYTES ||
	    LDM_BLOCK_BYTES % v->slot_bytes != 0)
		return err_set(reterr, ERR_VALUE, s.at + 0x08,
			       "VMDB: size of a slot", MIN_SLOT_BYTES,
			       v->slot_bytes);
	if (v->first_slot < LDM_BLOCK_BYTES ||
	    v->first_slot % v->slot_bytes != 0)
		return err_set(reterr, ERR_VALUE, s.at + 0x0c,
			       "VMDB: first slot", LDM_BLOCK_BYTES,
			       v->first_slot);
	if (v->n_slots > MAX_SLOTS ||
	    v->n_slots < v->first_slot / v->slot_bytes)
		return err_set(reterr, ERR_VALUE, s.at + 0x04, "VMDB: slots",
			       MAX_SLOTS, v->n_slots);
	return 0;
}

int ldm_vmdb_parse(struct span s, struct ldm_vmdb *ret, struct err *reterr)
{
	const struct ldm_vmdb_disk *d = span_view(s, 0, struct ldm_vmdb_disk);
	struct ldm_vmdb v;
	int r;

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, "VMDB", sizeof(*d),
			       s.n);
	if (!span_has(s, 0, "VMDB", 4))
		return err_set(reterr, ERR_MAGIC, s.at, "VMDB", 'V',
			       d->magic[0]);
	v = (struct ldm_vmdb){
		.n_slots = get_be32(d->n_slots),
		.slot_bytes = get_be32(d->slot_bytes),
		.first_slot = get_be32(d->first_slot),
		.status = get_be16(d->status),
		.major = get_be16(d->major),
		.minor = get_be16(d->minor),
		.group_name = text_field(s, 0x16, NAME_FIELD_BYTES),
		.committed = get_be64(d->committed),
		.pending = get_be64(d->pending),
		.counts = {
			get_be32(d->counts[0]), get_be32(d->counts[1]),
			get_be32(d->counts[2]), get_be32(d->counts[3]),
		},
		.last_accessed = get_be64(d->last_accessed),
	};
	r = check_slots(s, &v, reterr);
	if (r == 0)
		r = guid_field(s, 0x35, "VMDB: group GUID", &v.group_guid,
			       reterr);
	if (r == 0)
		*ret = v;
	return r;
}
