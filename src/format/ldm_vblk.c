/*
 * ldm_vblk.c - the records of a dynamic disk's database
 *
 * All numbers are big-endian.  A record, taken out of its slots, begins with
 *
 *   OFFSET  SIZE  FIELD
 *     0x00     2  status: 0 in use, 1 to be deleted, 2 not yet in use
 *     0x02     1  flags: which of the last fields there are
 *     0x03     1  kind, in the low four bits, and revision
 *     0x04     4  bytes that follow
 *
 * and goes on with fields that are fixed, or (n) a length byte and that many
 * bytes of a number, or (s) of a text:
 *
 *   volume 5      id n, name s, type s, s, state 14, 1, n, 4, components n, 16,
 *                 size n, 4, partition type 1, GUID 16; by flag 08: s, 20: s,
 *                 80: n, 02: hint s
 *   component 3   id n, name s, state s, layout 1, 4, partitions n, 16, volume
 *                 n, n; by flag 10: chunk n, columns n
 *   partition 3   id n, name s, 12, start 8, offset in the volume 8, size n,
 *                 component n, disk n; by flag 08: column n
 *   disk 3, 4     id n, name s, GUID s; GUID 16
 *   group 3, 4    id n, name s, GUID s; GUID 16
 *
 * All the offsets in a record depend on what precedes them, which is why these
 * are read with a cursor and not through a struct.
 *
 * Sources: linux block/partitions/ldm.c, libldm src/ldm.c, checked on the disks
 * of libldm's tests; the status and the unit of 512 bytes: DiskAccessLibrary,
 * LogicalDiskManager/.
 */
#include "format/ldm_vblk.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"

struct ldm_record_disk {
	be16 status;
	uint8_t flags;
	uint8_t type;
	be32 length;
};
static_assert(sizeof(struct ldm_record_disk) == LDM_RECORD_HEAD_BYTES, "VBLK");

enum {
	VOLUME_ID1 = 0x08, VOLUME_ID2 = 0x20, VOLUME_SIZE2 = 0x80,
	VOLUME_HINT = 0x02, COMPONENT_STRIPED = 0x10, PARTITION_COLUMN = 0x08,
};

#define STATE_BYTES 14

int ldm_record_parse(struct span s, struct ldm_record *ret, struct err *reterr)
{
	const struct ldm_record_disk *d =
		span_view(s, 0, struct ldm_record_disk);
	struct ldm_record r;

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, "VBLK record",
			       sizeof(*d), s.n);
	r.status = get_be16(d->status);
	r.flags = d->flags;
	r.kind = (enum ldm_kind)(d->type & 0x0f);
	r.revision = d->type >> 4;
	if (r.kind < LDM_VOLUME || r.kind > LDM_GROUP)
		return err_set(reterr, ERR_UNSUPPORTED, s.at + 3,
			       "VBLK record: kind", LDM_GROUP, d->type);
	if (!span_sub(s, sizeof(*d), get_be32(d->length), &r.body))
		return err_set(reterr, ERR_TRUNCATED, s.at + 4,
			       "VBLK record: length", s.n - sizeof(*d),
			       get_be32(d->length));
	*ret = r;
	return 0;
}

static struct guid text_guid(struct cur *c, const char *what)
{
	struct span s = cur_counted(c, what);
	char buf[GUID_TEXT_CHARS + 1] = "";
	struct guid g = { { 0 } };

	if (c->err.code != 0)
		return g;
	if (s.n == GUID_TEXT_CHARS)
		memcpy(buf, s.p, s.n);
	if (!guid_parse(buf, &g))
		err_set(&c->err, ERR_VALUE, s.at, what, GUID_TEXT_CHARS, s.n);
	return g;
}

static struct span up_to_nul(struct span s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] != '\0')
		n++;
	s.n = n;
	return s;
}

static int unknown_revision(const struct ldm_record *r, struct err *reterr)
{
	return err_set(reterr, ERR_UNSUPPORTED, r->body.at,
		       "VBLK record: revision", 0, r->revision);
}

int ldm_volume_parse(const struct ldm_record *r, struct ldm_volume *ret,
		     struct err *reterr)
{
	struct cur c = cur_of(r->body);
	struct ldm_volume v = { 0 };

	if (r->revision != 5)
		return unknown_revision(r, reterr);
	v.id = cur_counted_be(&c, "volume: id");
	v.name = cur_counted(&c, "volume: name");
	v.type = cur_counted(&c, "volume: type");
	cur_counted(&c, "volume: disabled letter");
	v.state = up_to_nul(cur_take(&c, STATE_BYTES, "volume: state"));
	cur_take(&c, 1, "volume: read policy");
	cur_counted_be(&c, "volume: number");
	cur_take(&c, 4, "volume: flags");
	v.n_components = cur_counted_be(&c, "volume: components");
	cur_take(&c, 8 + 8, "volume: commit id, id");
	v.size = cur_counted_be(&c, "volume: size");
	cur_take(&c, 4, "volume: zeros");
	v.partition_type = cur_u8(&c, "volume: partition type");
	v.guid = cur_printed_guid(&c, "volume: GUID");
	if (r->flags & VOLUME_ID1)
		cur_counted(&c, "volume: first id");
	if (r->flags & VOLUME_ID2)
		cur_counted(&c, "volume: second id");
	if (r->flags & VOLUME_SIZE2)
		cur_counted_be(&c, "volume: second size");
	if (r->flags & VOLUME_HINT)
		v.hint = cur_counted(&c, "volume: letter");
	if (cur_end(&c, reterr) < 0)
		return c.err.code;
	*ret = v;
	return 0;
}

int ldm_component_parse(const struct ldm_record *r, struct ldm_component *ret,
			struct err *reterr)
{
	struct cur c = cur_of(r->body);
	struct ldm_component v = { 0 };
	uint8_t layout;

	if (r->revision != 3)
		return unknown_revision(r, reterr);
	v.id = cur_counted_be(&c, "component: id");
	v.name = cur_counted(&c, "component: name");
	v.state = up_to_nul(cur_counted(&c, "component: state"));
	layout = cur_u8(&c, "component: layout");
	cur_take(&c, 4, "component: zeros");
	v.n_partitions = cur_counted_be(&c, "component: partitions");
	cur_take(&c, 8 + 8, "component: commit id, zeros");
	v.volume = cur_counted_be(&c, "component: volume");
	cur_counted_be(&c, "component: log");
	if (r->flags & COMPONENT_STRIPED) {
		v.chunk = cur_counted_be(&c, "component: chunk");
		v.n_columns = cur_counted_be(&c, "component: columns");
	}
	if (cur_end(&c, reterr) < 0)
		return c.err.code;
	if (layout < LDM_STRIPED || layout > LDM_RAID5)
		return err_set(reterr, ERR_UNSUPPORTED, r->body.at,
			       "component: layout", LDM_RAID5, layout);
	v.layout = (enum ldm_layout)layout;
	*ret = v;
	return 0;
}

int ldm_partition_parse(const struct ldm_record *r, struct ldm_partition *ret,
			struct err *reterr)
{
	struct cur c = cur_of(r->body);
	struct ldm_partition v = { 0 };

	if (r->revision != 3)
		return unknown_revision(r, reterr);
	v.id = cur_counted_be(&c, "partition: id");
	v.name = cur_counted(&c, "partition: name");
	cur_take(&c, 4 + 8, "partition: zeros, commit id");
	v.start = cur_be64(&c, "partition: start");
	v.volume_offset = cur_be64(&c, "partition: offset in the volume");
	v.size = cur_counted_be(&c, "partition: size");
	v.component = cur_counted_be(&c, "partition: component");
	v.disk = cur_counted_be(&c, "partition: disk");
	if (r->flags & PARTITION_COLUMN)
		v.column = cur_counted_be(&c, "partition: column");
	if (cur_end(&c, reterr) < 0)
		return c.err.code;
	*ret = v;
	return 0;
}

/* Disks and groups begin alike.  */
static int named_guid_parse(const struct ldm_record *r, uint64_t *ret_id,
			    struct span *ret_name, struct guid *ret_guid,
			    struct err *reterr)
{
	struct cur c = cur_of(r->body);
	uint64_t id = cur_counted_be(&c, "record: id");
	struct span name = cur_counted(&c, "record: name");
	struct guid guid;

	if (r->revision != 3 && r->revision != 4)
		return unknown_revision(r, reterr);
	guid = r->revision == 3 ? text_guid(&c, "record: GUID") :
				  cur_printed_guid(&c, "record: GUID");
	if (cur_end(&c, reterr) < 0)
		return c.err.code;
	*ret_id = id;
	*ret_name = name;
	*ret_guid = guid;
	return 0;
}

int ldm_disk_parse(const struct ldm_record *r, struct ldm_disk *ret,
		   struct err *reterr)
{
	return named_guid_parse(r, &ret->id, &ret->name, &ret->guid, reterr);
}

int ldm_group_parse(const struct ldm_record *r, struct ldm_group *ret,
		    struct err *reterr)
{
	return named_guid_parse(r, &ret->id, &ret->name, &ret->guid, reterr);
}
