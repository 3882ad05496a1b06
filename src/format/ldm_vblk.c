/*
 * ldm_vblk.c - the records of a dynamic disk's database
 *
 * All numbers are big-endian.  A slot:
 *
 *   OFFSET  SIZE  FIELD
 *     0x00     4  "VBLK"
 *     0x04     4  number of the slot
 *     0x08     4  id of the record
 *     0x0c     4  number of the fragment, and of all fragments
 *     0x10        content
 *
 * A record begins with
 *
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

struct ldm_slot_disk {
	uint8_t magic[4];
	be32 number;
	be32 record;
	be16 fragment, n_fragments;
};
static_assert(sizeof(struct ldm_slot_disk) == LDM_SLOT_HEAD_BYTES, "VBLK");

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

int ldm_slot_parse(struct span s, struct ldm_slot *ret, struct err *reterr)
{
	const struct ldm_slot_disk *d = span_view(s, 0, struct ldm_slot_disk);
	struct ldm_slot slot;

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, "VBLK", sizeof(*d),
			       s.n);
	if (!span_has(s, 0, "VBLK", 4))
		return err_set(reterr, ERR_MAGIC, s.at, "VBLK", 'V',
			       d->magic[0]);
	slot = (struct ldm_slot){
		.number = get_be32(d->number),
		.record = get_be32(d->record),
		.fragment = get_be16(d->fragment),
		.n_fragments = get_be16(d->n_fragments),
	};
	if (slot.n_fragments != 0 && slot.fragment >= slot.n_fragments)
		return err_set(reterr, ERR_VALUE, s.at + 0x0c,
			       "VBLK: number of the fragment",
			       slot.n_fragments, slot.fragment);
	span_sub(s, sizeof(*d), s.n - sizeof(*d), &slot.content);
	*ret = slot;
	return 0;
}

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

static struct span var_bytes(struct cur *c, const char *what)
{
	return cur_take(c, cur_u8(c, what), what);
}

static uint64_t var_number(struct cur *c, const char *what)
{
	struct span s = var_bytes(c, what);
	uint64_t x = 0;

	if (s.n > sizeof(x) && c->err.code == 0)
		err_set(&c->err, ERR_VALUE, s.at, what, sizeof(x), s.n);
	for (size_t i = 0; i < s.n && i < sizeof(x); i++)
		x = x << 8 | s.p[i];
	return x;
}

static struct guid binary_guid(struct cur *c, const char *what)
{
	struct span s = cur_take(c, sizeof(struct guid), what);
	static const struct guid none;

	return s.n == 0 ? none : guid_from_printed(s.p);
}

static struct guid text_guid(struct cur *c, const char *what)
{
	struct span s = var_bytes(c, what);
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
	v.id = var_number(&c, "volume: id");
	v.name = var_bytes(&c, "volume: name");
	v.type = var_bytes(&c, "volume: type");
	var_bytes(&c, "volume: disabled letter");
	v.state = up_to_nul(cur_take(&c, STATE_BYTES, "volume: state"));
	cur_take(&c, 1, "volume: read policy");
	var_number(&c, "volume: number");
	cur_take(&c, 4, "volume: flags");
	v.n_components = var_number(&c, "volume: components");
	cur_take(&c, 8 + 8, "volume: commit id, id");
	v.size = var_number(&c, "volume: size");
	cur_take(&c, 4, "volume: zeros");
	v.partition_type = cur_u8(&c, "volume: partition type");
	v.guid = binary_guid(&c, "volume: GUID");
	if (r->flags & VOLUME_ID1)
		var_bytes(&c, "volume: first id");
	if (r->flags & VOLUME_ID2)
		var_bytes(&c, "volume: second id");
	if (r->flags & VOLUME_SIZE2)
		var_number(&c, "volume: second size");
	if (r->flags & VOLUME_HINT)
		v.hint = var_bytes(&c, "volume: letter");
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
	v.id = var_number(&c, "component: id");
	v.name = var_bytes(&c, "component: name");
	v.state = up_to_nul(var_bytes(&c, "component: state"));
	layout = cur_u8(&c, "component: layout");
	cur_take(&c, 4, "component: zeros");
	v.n_partitions = var_number(&c, "component: partitions");
	cur_take(&c, 8 + 8, "component: commit id, zeros");
	v.volume = var_number(&c, "component: volume");
	var_number(&c, "component: log");
	if (r->flags & COMPONENT_STRIPED) {
		v.chunk = var_number(&c, "component: chunk");
		v.n_columns = var_number(&c, "component: columns");
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
	v.id = var_number(&c, "partition: id");
	v.name = var_bytes(&c, "partition: name");
	cur_take(&c, 4 + 8, "partition: zeros, commit id");
	v.start = cur_be64(&c, "partition: start");
	v.volume_offset = cur_be64(&c, "partition: offset in the volume");
	v.size = var_number(&c, "partition: size");
	v.component = var_number(&c, "partition: component");
	v.disk = var_number(&c, "partition: disk");
	if (r->flags & PARTITION_COLUMN)
		v.column = var_number(&c, "partition: column");
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
	uint64_t id = var_number(&c, "record: id");
	struct span name = var_bytes(&c, "record: name");
	struct guid guid;

	if (r->revision != 3 && r->revision != 4)
		return unknown_revision(r, reterr);
	guid = r->revision == 3 ? text_guid(&c, "record: GUID") :
				  binary_guid(&c, "record: GUID");
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
