/*
 * storage_pool.c - what a disk holds of the storage pool that it belongs to
 *
 * All numbers are big-endian, and the bytes of GUIDs in the order of their
 * text.  A pool's partition begins with
 *
 *   OFFSET  SIZE  FIELD
 *     0x00     8  "SPACEDB "
 *     0x08     2  version
 *     0x0c     4  CRC-32 of the first 512 bytes, this field taken as zero
 *     0x18     8  when the disk came to the pool, FILETIME
 *     0x20    16  GUID of the pool
 *     0x30    16  GUID of the disk
 *     0x41     1  1: the disk has a copy of the database
 *
 * that copy with
 *
 *     0x00     8  "SDBC    "
 *     0x0c     4  CRC-32, as above
 *     0x10    16  GUID of the pool
 *     0x24     4  bytes of a slot
 *     0x28     4  slots in use, with the eight of this header
 *     0x40     8  sequence number of the last change
 *     0x48     8  its time, FILETIME
 *
 * and a record, taken out of its slots, with
 *
 *     0x00     1  kind
 *     0x01     1  version
 *     0x04     4  bytes that follow
 *
 * It goes on with fields that are fixed, or (n) a length byte and that many
 * bytes of a number, or (s) two bytes with a number of units and so much
 * UTF-16BE, its NUL among them:
 *
 *   pool 1     n, n, GUID 16, name s, s, n, version 2, log2 of a sector 1 ...
 *   disk 2     id n, n, GUID 16, name s, s, 3, manufacturer s, model s, s, s,
 *              2, 32, size n ...
 *   space 3    id n, n, GUID 16, name s, s, 1, internal 1, role 1, size n, n,
 *              provisioning 1, n, 1, 5 or 4 by version, resiliency 1, n,
 *              copies n, n, columns n ...
 *
 * In pools of Windows 8 and Server 2012 the header has no generation, the GUIDs
 * of pool and disk at 0x10 and 0x20, the time at 0x58, and nothing that is
 * known at 0x41. There and up to Server 2016 the size of a space is a number of
 * slabs, and a disk has no texts behind its usage.
 *
 * Microsoft documents none of this. Sources: the docs/ of a reader of such
 * pools that was checked against Windows 11 (github, crate storage-spaces),
 * whose records are fixtures of our tests; for older Windows
 * StorageSpaceReconstructor (SSR/storagespace.py, reconstructor.py), for sizes
 * StorageSpace by gus33000, too. No pool of an older Windows was at hand.
 */
#include "format/storage_pool.h"

#include <assert.h>
#include <stddef.h>
#include <zlib.h>

#include "base/bytes.h"
#include "format/record_slot.h"

struct pool_header_disk {
	uint8_t magic[8];
	be16 version;
	uint8_t unknown_0x0a[2];
	be32 checksum;
	be64 generation;
	be64 joined;
	uint8_t pool[16];
	uint8_t disk[16];
	uint8_t unknown_0x40;
	uint8_t has_database;
	uint8_t unknown_0x42[446];
};
static_assert(offsetof(struct pool_header_disk, has_database) == 0x41, "SP");
static_assert(sizeof(struct pool_header_disk) == POOL_HEADER_BYTES, "SPACEDB");

struct pool_database_disk {
	uint8_t magic[8];
	uint8_t unknown_0x08[4];
	be32 checksum;
	uint8_t owner[16];
	uint8_t unknown_0x20[4];
	be32 slot_bytes;
	be32 n_slots;
	uint8_t unknown_0x2c[20];
	be64 sequence;
	be64 updated;
	uint8_t unknown_0x50[432];
};
static_assert(offsetof(struct pool_database_disk, sequence) == 0x40, "SDBC");
static_assert(sizeof(struct pool_database_disk) == POOL_HEADER_BYTES, "SDBC");

struct pool_record_disk {
	uint8_t kind;
	uint8_t version;
	uint8_t unknown_0x02[2];
	be32 length;
};
static_assert(sizeof(struct pool_record_disk) == 8, "SDBB");

/* Of Windows 8 and Server 2012, as far as it is known; same magic, version and
 * checksum.  */
struct pool_old_header_disk {
	uint8_t magic[8];
	be16 version;
	uint8_t unknown_0x0a[6];
	uint8_t pool[16];
	uint8_t disk[16];
	uint8_t unknown_0x30[40];
	be64 joined;
	uint8_t unknown_0x60[416];
};
static_assert(offsetof(struct pool_old_header_disk, joined) == 0x58, "SP");
static_assert(sizeof(struct pool_old_header_disk) == POOL_HEADER_BYTES,
	      "SPACEDB");

/* Space is given out in slabs.  Nothing is smaller than one, and no pool has as
 * many: a size below this is a number of slabs, as pools of before Windows 11
 * have it.  */
#define SLAB_BYTES (UINT64_C(256) << 20)

/* Slots are small: this many fill a hundred times the place that a pool of the
 * largest size was seen to take.  */
#define MAX_SLOTS (1u << 20)
#define MAX_SLOT_BYTES 4096

static uint32_t crc_without(struct span s, size_t field)
{
	static const uint8_t zero[4];
	uLong crc = crc32(0, s.p, (uInt)field);

	crc = crc32(crc, zero, sizeof(zero));
	return (uint32_t)crc32(crc, s.p + field + sizeof(zero),
			       (uInt)(POOL_HEADER_BYTES - field -
				      sizeof(zero)));
}

static void old_header_parse(struct span s, struct pool_header *ret)
{
	const struct pool_old_header_disk *d =
		span_view(s, 0, struct pool_old_header_disk);

	*ret = (struct pool_header){
		.version = get_be16(d->version),
		.joined = get_be64(d->joined),
		.pool = guid_from_printed(d->pool),
		.disk = guid_from_printed(d->disk),
		.has_database = true,
		.checksum = get_be32(span_view(s, 0,
				     struct pool_header_disk)->checksum),
		.checksum_computed = crc_without(
			s, offsetof(struct pool_header_disk, checksum)),
	};
}

int pool_header_parse(struct span s, struct pool_header *ret,
		      struct err *reterr)
{
	const struct pool_header_disk *d =
		span_view(s, 0, struct pool_header_disk);

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, "SPACEDB",
			       sizeof(*d), s.n);
	if (!span_has(s, 0, "SPACEDB ", 8))
		return err_set(reterr, ERR_MAGIC, s.at, "SPACEDB", 'S',
			       d->magic[0]);
	if (get_be16(d->version) == 0 ||
	    get_be16(d->version) > POOL_HEADER_VERSION)
		return err_set(reterr, ERR_UNSUPPORTED, s.at + 8,
			       "SPACEDB: version", POOL_HEADER_VERSION,
			       get_be16(d->version));
	if (get_be16(d->version) < POOL_HEADER_VERSION) {
		old_header_parse(s, ret);
		return 0;
	}
	*ret = (struct pool_header){
		.version = get_be16(d->version),
		.joined = get_be64(d->joined),
		.pool = guid_from_printed(d->pool),
		.disk = guid_from_printed(d->disk),
		.has_database = d->has_database != 0,
		.checksum = get_be32(d->checksum),
		.checksum_computed = crc_without(
			s, offsetof(struct pool_header_disk, checksum)),
	};
	return 0;
}

int pool_database_parse(struct span s, struct pool_database *ret,
			struct err *reterr)
{
	const struct pool_database_disk *d =
		span_view(s, 0, struct pool_database_disk);
	uint32_t slot, n;

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, "SDBC", sizeof(*d),
			       s.n);
	if (!span_has(s, 0, "SDBC    ", 8))
		return err_set(reterr, ERR_MAGIC, s.at, "SDBC", 'S',
			       d->magic[0]);
	slot = get_be32(d->slot_bytes);
	n = get_be32(d->n_slots);
	if (slot <= SLOT_HEAD_BYTES || slot > MAX_SLOT_BYTES ||
	    POOL_HEADER_BYTES % slot != 0)
		return err_set(reterr, ERR_VALUE, s.at + 0x24,
			       "SDBC: size of a slot", 64, slot);
	if (n < POOL_HEADER_BYTES / slot || n > MAX_SLOTS)
		return err_set(reterr, ERR_VALUE, s.at + 0x28, "SDBC: slots",
			       MAX_SLOTS, n);
	*ret = (struct pool_database){
		.owner = guid_from_printed(d->owner),
		.slot_bytes = slot,
		.n_slots = n,
		.sequence = get_be64(d->sequence),
		.updated = get_be64(d->updated),
		.checksum = get_be32(d->checksum),
		.checksum_computed = crc_without(
			s, offsetof(struct pool_database_disk, checksum)),
	};
	return 0;
}

int pool_record_parse(struct span s, struct pool_record *ret,
		      struct err *reterr)
{
	const struct pool_record_disk *d =
		span_view(s, 0, struct pool_record_disk);
	struct pool_record r;

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, "SDBB record",
			       sizeof(*d), s.n);
	r.kind = d->kind;
	r.version = d->version;
	if (!span_sub(s, sizeof(*d), get_be32(d->length), &r.body))
		return err_set(reterr, ERR_TRUNCATED, s.at + 4,
			       "SDBB record: length", s.n - sizeof(*d),
			       get_be32(d->length));
	*ret = r;
	return 0;
}

static struct span take_text(struct cur *c, const char *what)
{
	size_t units = (size_t)cur_u8(c, what) << 8;
	struct span s;

	units |= cur_u8(c, what);
	s = cur_take(c, 2 * units, what);
	while (s.n >= 2 && s.p[s.n - 1] == 0 && s.p[s.n - 2] == 0)
		s.n -= 2;
	return s;
}

/* A text that may be none: its NUL must be there.  */
static struct span take_ended_text(struct cur *c, const char *what)
{
	const struct span left = c->left;
	struct span s = take_text(c, what);

	if (c->err.code == 0 && s.n > 0 && c->left.p == s.p + s.n)
		err_set(&c->err, ERR_VALUE, left.at, what, s.n / 2 + 1,
			s.n / 2);
	return s;
}

int pool_info_parse(const struct pool_record *r, struct pool_info *ret,
		    struct err *reterr)
{
	struct cur c = cur_of(r->body);
	struct pool_info v = { .version = 0 };
	uint8_t log2;

	cur_counted_be(&c, "pool: zero");
	cur_counted_be(&c, "pool: sequence");
	v.guid = cur_printed_guid(&c, "pool: GUID");
	v.name = take_text(&c, "pool: name");
	take_text(&c, "pool: description");
	cur_counted_be(&c, "pool: zero");
	v.version = (unsigned)cur_u8(&c, "pool: version") << 8;
	v.version |= cur_u8(&c, "pool: version");
	log2 = cur_u8(&c, "pool: size of a sector");
	if (cur_end(&c, reterr) < 0)
		return c.err.code;
	if (log2 >= 9 && log2 <= 16)
		v.sector_bytes = 1u << log2;
	else
		v.version = 0;
	*ret = v;
	return 0;
}

int pool_disk_parse(const struct pool_record *r, struct pool_disk *ret,
		    struct err *reterr)
{
	struct cur c = cur_of(r->body), rest;
	struct pool_disk v = { .id = 0 };

	v.id = cur_counted_be(&c, "disk: id");
	cur_counted_be(&c, "disk: sequence");
	v.guid = cur_printed_guid(&c, "disk: GUID");
	v.name = take_text(&c, "disk: name");
	if (cur_end(&c, reterr) < 0)
		return c.err.code;
	/* What follows is known from one source alone, and is laid out
	 * otherwise in pools of older Windows.  */
	rest = c;
	take_text(&rest, "disk: description");
	cur_take(&rest, 3, "disk: flags, usage");
	v.manufacturer = take_ended_text(&rest, "disk: manufacturer");
	v.model = take_ended_text(&rest, "disk: model");
	take_ended_text(&rest, "disk: text");
	take_ended_text(&rest, "disk: text");
	cur_take(&rest, 2 + 32, "disk: media, zeros");
	v.size = cur_counted_be(&rest, "disk: size");
	if (rest.err.code != 0) {
		v.manufacturer = v.model = (struct span){ 0 };
		v.size = 0;
	}
	*ret = v;
	return 0;
}

/* The bytes before the resiliency: 4 in records of version 16, 5 in those of
 * version 17.  Others are not known.  */
static void take_policy(struct cur *c, unsigned version, struct pool_space *v)
{
	struct span prefix;

	if (version != 16 && version != 17)
		return;
	prefix = cur_take(c, version == 16 ? 4 : 5, "space: prefix");
	if (prefix.n == 0 || prefix.p[0] != 1)
		return;
	v->resiliency = cur_u8(c, "space: resiliency");
	cur_counted_be(c, "space: redundancy");
	v->copies = cur_counted_be(c, "space: copies");
	cur_counted_be(c, "space: groups");
	v->columns = cur_counted_be(c, "space: columns");
	if (c->err.code != 0)
		v->resiliency = 0;
}

int pool_space_parse(const struct pool_record *r, struct pool_space *ret,
		     struct err *reterr)
{
	struct cur c = cur_of(r->body);
	struct pool_space v = { .id = 0 };

	v.id = cur_counted_be(&c, "space: id");
	cur_counted_be(&c, "space: sequence");
	v.guid = cur_printed_guid(&c, "space: GUID");
	v.name = take_text(&c, "space: name");
	take_text(&c, "space: description");
	cur_u8(&c, "space: zero");
	v.internal = cur_u8(&c, "space: internal") != 0;
	cur_u8(&c, "space: role");
	v.size = cur_counted_be(&c, "space: size");
	if (cur_end(&c, reterr) < 0)
		return c.err.code;
	if (v.size < SLAB_BYTES)
		v.size *= SLAB_BYTES;
	cur_counted_be(&c, "space: number");
	v.provisioning = cur_u8(&c, "space: provisioning");
	cur_counted_be(&c, "space: allocation unit");
	cur_u8(&c, "space: tiers");
	take_policy(&c, r->version, &v);
	*ret = v;
	return 0;
}
