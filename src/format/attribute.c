/*
 * attribute.c - the attributes in a record of the $MFT, and the attribute list
 *
 *   OFFSET  SIZE  FIELD
 *     0x00     4  type; ff ff ff ff and four bytes more end the list
 *     0x04     4  length of all of it, a multiple of 8
 *     0x08     1  1 if not resident
 *     0x09     1  length of the name, in UTF-16 units
 *     0x0a     2  offset of the name
 *     0x0c     2  flags
 *     0x0e     2  id
 *   resident:
 *     0x10     4  length of the value
 *     0x14     2  offset of the value
 *   not resident:
 *     0x10     8  first VCN
 *     0x18     8  last VCN; -1 if there is none
 *     0x20     2  offset of the run list
 *     0x22     2  log2 of the compression unit, in clusters
 *     0x28     8  allocated size
 *     0x30     8  real size
 *     0x38     8  initialised size
 *
 * Entry of an attribute list:
 *     0x00     4  type
 *     0x04     2  length of the entry
 *     0x06     1  length of the name, in UTF-16 units
 *     0x07     1  offset of the name
 *     0x08     8  first VCN
 *     0x10     8  file reference of the record that holds the piece
 *     0x18     2  id of the attribute there
 *
 * Sources: libfsntfs, "New Technologies File System", 6 and 6.3; layout.h of
 * ntfs-3g.
 */
#include "format/attribute.h"

#include <assert.h>

#include "base/bytes.h"

#define TYPE_END 0xffffffffu
#define ALIGNMENT 8

/* The bytes in use reach so far from the start of the end marker: in each of
 * 7178 records that several versions of Windows and Linux wrote.  */
#define END_BYTES 8

struct attribute_disk {
	le32 type;
	le32 length;
	uint8_t non_resident;
	uint8_t name_units;
	le16 name_offset;
	le16 flags;
	le16 id;
};
static_assert(sizeof(struct attribute_disk) == 0x10, "attribute");

struct resident_disk {
	struct attribute_disk head;
	le32 value_length;
	le16 value_offset;
	uint8_t indexed;
	uint8_t padding;
};
static_assert(sizeof(struct resident_disk) == 0x18, "resident attribute");

struct non_resident_disk {
	struct attribute_disk head;
	le64 first_vcn;
	le64 last_vcn;
	le16 runs_offset;
	le16 compression_unit;
	uint8_t padding[4];
	le64 allocated;
	le64 real;
	le64 initialised;
};
static_assert(offsetof(struct non_resident_disk, allocated) == 0x28,
	      "non-resident attribute");
static_assert(sizeof(struct non_resident_disk) == 0x40,
	      "non-resident attribute");

struct attribute_entry_disk {
	le32 type;
	le16 length;
	uint8_t name_units;
	uint8_t name_offset;
	le64 first_vcn;
	le64 ref;
	le16 id;
};
static_assert(sizeof(struct attribute_entry_disk) == 0x1a,
	      "attribute list entry");

static size_t round_up(size_t n)
{
	return (n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static int parse_resident(struct span raw, struct attribute *a,
			  struct err *reterr)
{
	const struct resident_disk *d = span_view(raw, 0, struct resident_disk);

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, raw.at,
			       "resident attribute", sizeof(*d), raw.n);
	if (get_le16(d->value_offset) < sizeof(*d))
		return err_set(reterr, ERR_VALUE,
			       raw.at + offsetof(struct resident_disk,
						 value_offset),
			       "attribute: offset of the value", sizeof(*d),
			       get_le16(d->value_offset));
	if (!span_sub(raw, get_le16(d->value_offset),
		      get_le32(d->value_length), &a->value))
		return err_set(reterr, ERR_VALUE,
			       raw.at + offsetof(struct resident_disk,
						 value_length),
			       "attribute: length of the value", raw.n,
			       get_le32(d->value_length));
	a->loose = round_up(get_le16(d->value_offset) + a->value.n) != raw.n;
	return 0;
}

static int parse_non_resident(struct span raw, struct attribute *a,
			      struct err *reterr)
{
	const struct non_resident_disk *d =
		span_view(raw, 0, struct non_resident_disk);
	uint64_t last;

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, raw.at,
			       "non-resident attribute", sizeof(*d), raw.n);
	a->first_vcn = get_le64(d->first_vcn);
	last = get_le64(d->last_vcn);
	/* Both wrap where the last VCN is -1: no clusters.  */
	a->clusters = last + 1 - a->first_vcn;
	if (last + 1 < a->first_vcn || last + 1 > INT64_MAX)
		return err_set(reterr, ERR_VALUE,
			       raw.at + offsetof(struct non_resident_disk,
						 last_vcn),
			       "attribute: last VCN", a->first_vcn, last);
	a->compression_unit = get_le16(d->compression_unit);
	a->allocated = get_le64(d->allocated);
	a->real = get_le64(d->real);
	a->initialised = get_le64(d->initialised);
	if (get_le16(d->runs_offset) < sizeof(*d) ||
	    get_le16(d->runs_offset) > raw.n)
		return err_set(reterr, ERR_VALUE,
			       raw.at + offsetof(struct non_resident_disk,
						 runs_offset),
			       "attribute: offset of the run list", raw.n,
			       get_le16(d->runs_offset));
	span_sub(raw, get_le16(d->runs_offset),
		 raw.n - get_le16(d->runs_offset), &a->runs);
	return 0;
}

/* The length of the attribute at the start of @left, or 0 if it cannot be.  The
 * upper half of the length of an $INDEX_ALLOCATION has been seen to hold
 * garbage (libfsntfs); no record is so long that it would be used.  */
static size_t length_of(struct span left, const struct attribute_disk *d)
{
	uint32_t n = get_le32(d->length);

	if (n > left.n && d->non_resident != 0)
		n &= 0xffff;
	return n < sizeof(struct resident_disk) || n % 8 != 0 || n > left.n ?
	       0 : n;
}

static bool is_end(struct span s, size_t off)
{
	const le32 *type = span_view(s, off, le32);

	return type != NULL && get_le32(*type) == TYPE_END;
}

/* Of what is left of a walk, its end.  */
static int check_end(struct span left, struct err *reterr)
{
	if (is_end(left, 0) && left.n <= END_BYTES)
		return 0;
	return err_set(reterr, ERR_VALUE, left.at,
		       "attributes: bytes in use behind the end marker's start",
		       END_BYTES, left.n);
}

/* Types are multiples of 16 from 10 to 100; $AttrDef could define others, and
 * nothing does.  */
static int check_type(struct span raw, uint32_t type, struct err *reterr)
{
	if (type % 0x10 == 0 && type >= ATTRIBUTE_STANDARD_INFORMATION &&
	    type <= ATTRIBUTE_LAST)
		return 0;
	return err_set(reterr, ERR_VALUE, raw.at, "attribute: type",
		       ATTRIBUTE_LAST, type);
}

int attribute_next(struct span *left, struct attribute *ret,
		   struct err *reterr)
{
	const struct attribute_disk *d;
	struct attribute a = { 0 };
	struct span all = *left;
	size_t length;
	int r;

	if (all.p == NULL)
		return 0;
	left->n = 0;
	left->p = NULL;
	/* A type that became the marker hides what is behind it: then the real
	 * one is where the bytes in use end.  */
	if (all.n <= END_BYTES ||
	    (is_end(all, 0) && !is_end(all, all.n - END_BYTES)))
		return check_end(all, reterr);
	d = span_view(all, 0, struct attribute_disk);
	length = d != NULL ? length_of(all, d) : 0;
	if (length == 0)
		return err_set(reterr, ERR_VALUE, all.at + 4,
			       "attribute: length", all.n,
			       d != NULL ? get_le32(d->length) : 0);
	span_sub(all, 0, length, &a.raw);
	span_sub(all, length, all.n - length, left);
	a.type = get_le32(d->type);
	r = check_type(a.raw, a.type, reterr);
	if (r < 0)
		return r;
	a.flags = get_le16(d->flags);
	a.id = get_le16(d->id);
	a.resident = d->non_resident == 0;
	if (d->name_units > 0 &&
	    !span_sub(a.raw, get_le16(d->name_offset), 2u * d->name_units,
		      &a.name))
		return err_set(reterr, ERR_VALUE,
			       a.raw.at + offsetof(struct attribute_disk,
						   name_offset),
			       "attribute: offset of the name", length,
			       get_le16(d->name_offset));
	r = a.resident ? parse_resident(a.raw, &a, reterr)
		       : parse_non_resident(a.raw, &a, reterr);
	if (r < 0)
		return r;
	*ret = a;
	return 1;
}

int attribute_entry_next(struct span *left, struct attribute_entry *ret,
			 struct err *reterr)
{
	const struct attribute_entry_disk *d;
	struct attribute_entry e = { 0 };
	struct span all = *left, raw;
	size_t length;

	if (left->n == 0)
		return 0;
	d = span_view(all, 0, struct attribute_entry_disk);
	length = d != NULL ? get_le16(d->length) : 0;
	left->n = 0;
	if (length < sizeof(*d) || length > all.n)
		return err_set(reterr, ERR_VALUE, all.at + 4,
			       "attribute list entry: length", all.n, length);
	span_sub(all, 0, length, &raw);
	span_sub(all, length, all.n - length, left);
	if (d->name_units > 0 &&
	    !span_sub(raw, d->name_offset, 2u * d->name_units, &e.name))
		return err_set(reterr, ERR_VALUE, raw.at + 7,
			       "attribute list entry: offset of the name",
			       length, d->name_offset);
	e.type = get_le32(d->type);
	e.id = get_le16(d->id);
	e.first_vcn = get_le64(d->first_vcn);
	e.ref = get_le64(d->ref);
	*ret = e;
	return 1;
}
