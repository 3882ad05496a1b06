/*
 * drive_layout.c - a partition table as Windows' partition manager keeps it
 *
 * The answer to IOCTL_DISK_GET_DRIVE_LAYOUT_EX, DRIVE_LAYOUT_INFORMATION_EX.
 * It is kept whole in the value PartitionTableCache of a disk's Enum key, and
 * in event 1006 of the partition manager's log:
 *
 *   OFFSET  SIZE  FIELD
 *        0     4  scheme: 0 MBR, 1 GPT, 2 raw
 *        4     4  number of slots; of an MBR four for each table of its chain
 *        8    40  MBR: disk signature (4), checksum (4), zeros
 *                 GPT: disk GUID (16), first usable byte (8), usable bytes (8),
 *                 entries of the array (4), zeros
 *       48        slots
 *
 * and a slot, PARTITION_INFORMATION_EX:
 *
 *        0     4  scheme
 *        8     8  first byte on the disk
 *       16     8  length in bytes
 *       24     4  partition number; -1 in every layout that was seen stored
 *       28     1  the table is to be rewritten
 *       29     1  a service partition
 *       32   112  MBR: type (1), active (1), recognized (1), pad (1), hidden
 *                 sectors (4), GUID {signature, 0, offset} (16)
 *                 GPT: type (16), unique GUID (16), attributes (8), name (72)
 *
 * An unused slot of an MBR has type 0, and since Windows 10 the GUID
 * {signature, 0, 0}; one of a GPT has the type of zeros.
 *
 * Sources: Microsoft, winioctl.h; ReactOS drivers/storage/partmgr; and the
 * PartitionTableCache of eleven disks of a Windows 10, for which see also the
 * checksum: minus the sum of the 128 little-endian words of sector 0.
 */
#include "format/drive_layout.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"
#include "base/checked.h"
#include "base/utf16.h"
#include "format/mbr.h"

struct layout_mbr_disk {
	le32 signature;
	le32 checksum;
	uint8_t zeros[32];
};

struct layout_gpt_disk {
	uint8_t guid[16];
	le64 usable_offset;
	le64 usable_length;
	le32 max_partitions;
	uint8_t zeros[4];
};
static_assert(sizeof(struct layout_mbr_disk) == 40, "drive layout");
static_assert(sizeof(struct layout_gpt_disk) == 40, "drive layout");

struct layout_disk {
	le32 scheme;
	le32 slots;
	union {
		struct layout_mbr_disk mbr;
		struct layout_gpt_disk gpt;
	} u;
};
static_assert(sizeof(struct layout_disk) == DRIVE_LAYOUT_HEAD_BYTES, "layout");

struct slot_mbr_disk {
	uint8_t type;
	uint8_t active;
	uint8_t recognized;
	uint8_t pad;
	le32 hidden_sectors;
	uint8_t id[16];
	uint8_t unused[88];
};

struct slot_gpt_disk {
	uint8_t type[16];
	uint8_t guid[16];
	le64 attributes;
	uint8_t name[72];
};
static_assert(sizeof(struct slot_mbr_disk) == 112, "drive layout slot");
static_assert(sizeof(struct slot_gpt_disk) == 112, "drive layout slot");

struct slot_disk {
	le32 scheme;
	uint8_t pad_4[4];
	le64 offset;
	le64 length;
	le32 number;
	uint8_t rewrite;
	uint8_t service;
	uint8_t pad_30[2];
	union {
		struct slot_mbr_disk mbr;
		struct slot_gpt_disk gpt;
	} u;
};
static_assert(offsetof(struct slot_disk, u) == 32, "drive layout slot");
static_assert(sizeof(struct slot_disk) == DRIVE_LAYOUT_SLOT_BYTES, "slot");

/* Offsets and lengths are signed.  */
#define MAX_BYTE INT64_MAX

static bool is_used(enum drive_layout_scheme scheme, const struct slot_disk *d,
		    struct span slot)
{
	static const struct guid unused;

	if (span_is_zero(slot))
		return false;
	if (scheme == DRIVE_LAYOUT_MBR)
		return d->u.mbr.type != 0;
	if (scheme == DRIVE_LAYOUT_GPT)
		return memcmp(d->u.gpt.type, unused.b, sizeof(unused.b)) != 0;
	return get_le64(d->length) != 0;
}

/* Whether what is behind the scheme in the head can be that of @scheme.  */
static bool head_fits(const struct layout_disk *d, struct span s,
		      uint32_t scheme)
{
	static const struct guid none;
	struct span zeros;

	if (scheme == DRIVE_LAYOUT_MBR)
		return span_sub(s, offsetof(struct layout_disk, u.mbr.zeros),
				sizeof(d->u.mbr.zeros), &zeros) &&
		       span_is_zero(zeros);
	return scheme == DRIVE_LAYOUT_GPT &&
	       memcmp(d->u.gpt.guid, none.b, sizeof(none.b)) != 0 &&
	       get_le64(d->u.gpt.usable_offset) != 0 &&
	       get_le64(d->u.gpt.usable_length) != 0 &&
	       get_le32(d->u.gpt.max_partitions) != 0;
}

/* The scheme that all used slots of @l give; false where there is none, or they
 * differ.  */
static bool scheme_of_slots(const struct drive_layout *l, uint32_t *ret)
{
	bool any = false;

	for (size_t i = 0; i < l->n_partitions; i++) {
		const struct slot_disk *d;
		struct span slot;
		uint32_t scheme;

		span_sub(l->slots, (uint64_t)i * DRIVE_LAYOUT_SLOT_BYTES,
			 DRIVE_LAYOUT_SLOT_BYTES, &slot);
		d = span_view(slot, 0, struct slot_disk);
		scheme = get_le32(d->scheme);
		if (scheme > DRIVE_LAYOUT_RAW)
			return false;
		if (!is_used((enum drive_layout_scheme)scheme, d, slot))
			continue;
		if (any && scheme != *ret)
			return false;
		any = true;
		*ret = scheme;
	}
	return any;
}

/* The scheme of @l is told by the head, by each slot, and by what the head has
 * of a disk: the one that two of them give.  Where the three differ, the slots
 * can be read.  */
static uint32_t settle_scheme(struct drive_layout *l,
			      const struct layout_disk *d)
{
	uint32_t slots = l->told;

	if (!scheme_of_slots(l, &slots) || slots == l->told ||
	    slots == DRIVE_LAYOUT_RAW || head_fits(d, l->bytes, l->told))
		return l->told;
	l->nameless = !head_fits(d, l->bytes, slots);
	return slots;
}

static void find_slots(struct drive_layout *l, const struct layout_disk *d)
{
	uint64_t whole = (l->bytes.n - sizeof(*d)) / DRIVE_LAYOUT_SLOT_BYTES;

	l->declared = get_le32(d->slots);
	l->n_partitions = l->declared < whole ? l->declared : (size_t)whole;
	span_sub(l->bytes, sizeof(*d), l->bytes.n - sizeof(*d), &l->slots);
	if (l->n_partitions == l->declared)
		l->excess = l->slots.n -
			    l->n_partitions * DRIVE_LAYOUT_SLOT_BYTES;
}

static void decode_head(struct drive_layout *l, const struct layout_disk *d)
{
	if (l->scheme == DRIVE_LAYOUT_MBR) {
		l->signature = get_le32(d->u.mbr.signature);
		l->checksum = get_le32(d->u.mbr.checksum);
	} else if (l->scheme == DRIVE_LAYOUT_GPT) {
		memcpy(l->guid.b, d->u.gpt.guid, sizeof(l->guid.b));
		l->usable_offset = get_le64(d->u.gpt.usable_offset);
		l->usable_length = get_le64(d->u.gpt.usable_length);
		l->max_partitions = get_le32(d->u.gpt.max_partitions);
	}
}

int drive_layout_parse(struct span s, struct drive_layout *ret,
		       struct err *reterr)
{
	const struct layout_disk *d = span_view(s, 0, struct layout_disk);
	struct drive_layout l = { .bytes = s };
	uint32_t scheme;

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, "drive layout",
			       sizeof(*d), s.n);
	l.told = get_le32(d->scheme);
	find_slots(&l, d);
	scheme = settle_scheme(&l, d);
	if (scheme > DRIVE_LAYOUT_RAW)
		return err_set(reterr, ERR_VALUE, s.at, "drive layout: scheme",
			       DRIVE_LAYOUT_RAW, l.told);
	l.scheme = (enum drive_layout_scheme)scheme;
	if (!l.nameless)
		decode_head(&l, d);
	*ret = l;
	return 0;
}

static void decode_mbr(const struct slot_mbr_disk *d,
		       struct drive_layout_partition *p)
{
	p->mbr_type = d->type;
	p->container = mbr_is_container(d->type);
	p->active = d->active != 0;
	p->recognized = d->recognized != 0;
	p->hidden_sectors = get_le32(d->hidden_sectors);
	memcpy(p->id.b, d->id, sizeof(p->id.b));
}

static void decode_gpt(const struct slot_gpt_disk *d, struct span slot,
		       struct drive_layout_partition *p)
{
	memcpy(p->type.b, d->type, sizeof(p->type.b));
	memcpy(p->id.b, d->guid, sizeof(p->id.b));
	p->attributes = get_le64(d->attributes);
	span_sub(slot, offsetof(struct slot_disk, u.gpt.name), sizeof(d->name),
		 &p->name);
	p->name = utf16_trim_nul(p->name);
}

static int check_slot(const struct drive_layout *l, const struct slot_disk *d,
		      uint64_t at, struct err *reterr)
{
	uint64_t offset = get_le64(d->offset), length = get_le64(d->length);

	if (get_le32(d->scheme) != l->scheme)
		return err_set(reterr, ERR_VALUE, at,
			       "drive layout slot: scheme", l->scheme,
			       get_le32(d->scheme));
	if (offset > MAX_BYTE)
		return err_set(reterr, ERR_VALUE,
			       at + offsetof(struct slot_disk, offset),
			       "drive layout slot: offset", MAX_BYTE, offset);
	if (length > MAX_BYTE - offset)
		return err_set(reterr, ERR_VALUE,
			       at + offsetof(struct slot_disk, length),
			       "drive layout slot: length", MAX_BYTE - offset,
			       length);
	return 0;
}

int drive_layout_partition(const struct drive_layout *l, size_t i,
			   struct drive_layout_partition *ret,
			   struct err *reterr)
{
	struct drive_layout_partition p = { 0 };
	const struct slot_disk *d;
	struct span slot;
	int r;

	if (i >= l->n_partitions ||
	    !span_sub(l->slots, (uint64_t)i * DRIVE_LAYOUT_SLOT_BYTES,
		      DRIVE_LAYOUT_SLOT_BYTES, &slot))
		return err_set(reterr, ERR_LIMIT, l->slots.at,
			       "drive layout: slot", l->n_partitions, i);
	d = span_view(slot, 0, struct slot_disk);
	p.at = slot.at;
	p.used = is_used(l->scheme, d, slot);
	if (p.used) {
		r = check_slot(l, d, slot.at, reterr);
		if (r < 0)
			return r;
	}
	p.offset = get_le64(d->offset);
	p.length = get_le64(d->length);
	p.number = get_le32(d->number);
	p.rewrite = d->rewrite != 0;
	p.service = d->service != 0;
	if (l->scheme == DRIVE_LAYOUT_MBR)
		decode_mbr(&d->u.mbr, &p);
	else if (l->scheme == DRIVE_LAYOUT_GPT)
		decode_gpt(&d->u.gpt, slot, &p);
	*ret = p;
	return 0;
}

bool drive_layout_has_no_table(const struct drive_layout *l)
{
	struct drive_layout_partition p;

	return l->scheme == DRIVE_LAYOUT_MBR && l->signature == 1 &&
	       l->n_partitions > 0 &&
	       drive_layout_partition(l, 0, &p, NULL) == 0 && p.used &&
	       p.offset == 0;
}

bool drive_layout_has_id(const struct drive_layout *l)
{
	if (l->scheme == DRIVE_LAYOUT_MBR)
		return l->signature != 0 && !drive_layout_has_no_table(l);
	return !guid_is_zero(&l->guid);
}

void drive_layout_put_head(const struct drive_layout *l,
			   uint8_t ret[DRIVE_LAYOUT_HEAD_BYTES])
{
	struct layout_disk d = {
		.scheme = put_le32(l->scheme), .slots = put_le32(l->declared),
	};

	if (l->scheme == DRIVE_LAYOUT_MBR) {
		d.u.mbr.signature = put_le32(l->signature);
		d.u.mbr.checksum = put_le32(l->checksum);
	} else if (l->scheme == DRIVE_LAYOUT_GPT) {
		memcpy(d.u.gpt.guid, l->guid.b, sizeof(d.u.gpt.guid));
		d.u.gpt.usable_offset = put_le64(l->usable_offset);
		d.u.gpt.usable_length = put_le64(l->usable_length);
		d.u.gpt.max_partitions = put_le32(l->max_partitions);
	}
	memcpy(ret, &d, sizeof(d));
}

static void encode_mbr(const struct drive_layout_partition *p,
		       struct slot_mbr_disk *d)
{
	d->type = p->mbr_type;
	d->active = p->active;
	d->recognized = p->recognized;
	d->hidden_sectors = put_le32(p->hidden_sectors);
	memcpy(d->id, p->id.b, sizeof(d->id));
}

static void encode_gpt(const struct drive_layout_partition *p,
		       struct slot_gpt_disk *d)
{
	size_t n = p->name.n < sizeof(d->name) ? p->name.n : sizeof(d->name);

	memcpy(d->type, p->type.b, sizeof(d->type));
	memcpy(d->guid, p->id.b, sizeof(d->guid));
	d->attributes = put_le64(p->attributes);
	if (n > 0)
		memcpy(d->name, p->name.p, n);
}

void drive_layout_put_slot(enum drive_layout_scheme scheme,
			   const struct drive_layout_partition *p,
			   uint8_t ret[DRIVE_LAYOUT_SLOT_BYTES])
{
	struct slot_disk d = {
		.scheme = put_le32(scheme), .offset = put_le64(p->offset),
		.length = put_le64(p->length), .number = put_le32(p->number),
		.rewrite = p->rewrite, .service = p->service,
	};

	if (scheme == DRIVE_LAYOUT_MBR)
		encode_mbr(p, &d.u.mbr);
	else if (scheme == DRIVE_LAYOUT_GPT)
		encode_gpt(p, &d.u.gpt);
	memcpy(ret, &d, sizeof(d));
}

#define FIELD(NAME, STRUCT, MEMBER) \
	{ NAME, offsetof(STRUCT, MEMBER), sizeof(((STRUCT *)0)->MEMBER) }
#define COUNT(A) (sizeof(A) / sizeof((A)[0]))

static const struct drive_layout_field mbr_head[] = {
	FIELD("PartitionStyle", struct layout_disk, scheme),
	FIELD("PartitionCount", struct layout_disk, slots),
	FIELD("Signature", struct layout_disk, u.mbr.signature),
	FIELD("CheckSum", struct layout_disk, u.mbr.checksum),
	FIELD("padding", struct layout_disk, u.mbr.zeros),
}, gpt_head[] = {
	FIELD("PartitionStyle", struct layout_disk, scheme),
	FIELD("PartitionCount", struct layout_disk, slots),
	FIELD("DiskId", struct layout_disk, u.gpt.guid),
	FIELD("StartingUsableOffset", struct layout_disk, u.gpt.usable_offset),
	FIELD("UsableLength", struct layout_disk, u.gpt.usable_length),
	FIELD("MaxPartitionCount", struct layout_disk, u.gpt.max_partitions),
	FIELD("padding", struct layout_disk, u.gpt.zeros),
}, raw_head[] = {
	FIELD("PartitionStyle", struct layout_disk, scheme),
	FIELD("PartitionCount", struct layout_disk, slots),
	FIELD("padding", struct layout_disk, u),
};

#define SLOT_FIELDS \
	FIELD("PartitionStyle", struct slot_disk, scheme), \
	FIELD("padding", struct slot_disk, pad_4), \
	FIELD("StartingOffset", struct slot_disk, offset), \
	FIELD("PartitionLength", struct slot_disk, length), \
	FIELD("PartitionNumber", struct slot_disk, number), \
	FIELD("RewritePartition", struct slot_disk, rewrite), \
	FIELD("IsServicePartition", struct slot_disk, service), \
	FIELD("padding", struct slot_disk, pad_30)

static const struct drive_layout_field mbr_slot[] = {
	SLOT_FIELDS,
	FIELD("PartitionType", struct slot_disk, u.mbr.type),
	FIELD("BootIndicator", struct slot_disk, u.mbr.active),
	FIELD("RecognizedPartition", struct slot_disk, u.mbr.recognized),
	FIELD("padding", struct slot_disk, u.mbr.pad),
	FIELD("HiddenSectors", struct slot_disk, u.mbr.hidden_sectors),
	FIELD("PartitionId", struct slot_disk, u.mbr.id),
	FIELD("padding", struct slot_disk, u.mbr.unused),
}, gpt_slot[] = {
	SLOT_FIELDS,
	FIELD("PartitionType", struct slot_disk, u.gpt.type),
	FIELD("PartitionId", struct slot_disk, u.gpt.guid),
	FIELD("Attributes", struct slot_disk, u.gpt.attributes),
	FIELD("Name", struct slot_disk, u.gpt.name),
}, raw_slot[] = {
	SLOT_FIELDS,
	FIELD("padding", struct slot_disk, u),
};

const struct drive_layout_field *
drive_layout_fields(enum drive_layout_scheme scheme, bool of_slot,
		    size_t *ret_n)
{
	static const struct {
		const struct drive_layout_field *fields;
		size_t n;
	} tables[][2] = {
		[DRIVE_LAYOUT_MBR] = { { mbr_head, COUNT(mbr_head) },
				       { mbr_slot, COUNT(mbr_slot) } },
		[DRIVE_LAYOUT_GPT] = { { gpt_head, COUNT(gpt_head) },
				       { gpt_slot, COUNT(gpt_slot) } },
		[DRIVE_LAYOUT_RAW] = { { raw_head, COUNT(raw_head) },
				       { raw_slot, COUNT(raw_slot) } },
	};

	*ret_n = tables[scheme][of_slot].n;
	return tables[scheme][of_slot].fields;
}

bool drive_layout_checksum(struct span mbr, uint32_t *ret)
{
	uint32_t sum = 0;

	if (mbr.n != MBR_BYTES)
		return false;
	for (size_t i = 0; i < MBR_BYTES; i += sizeof(le32))
		sum += get_le32(*span_view(mbr, i, le32));
	*ret = 0 - sum;
	return true;
}

const char *drive_layout_scheme_name(enum drive_layout_scheme scheme)
{
	static const char *const names[] = {
		[DRIVE_LAYOUT_MBR] = "mbr",
		[DRIVE_LAYOUT_GPT] = "gpt",
		[DRIVE_LAYOUT_RAW] = "raw",
	};

	return names[scheme];
}
