/*
 * udf.c - the descriptors by which a UDF volume is found and named
 *
 * At 32 KiB a sequence of descriptors says which standards the volume follows:
 *
 *   OFFSET  SIZE  FIELD
 *    0x000     1  type
 *    0x001     5  "BEA01", "NSR02" or "NSR03" (ECMA-167, 2nd or 3rd edition),
 *                 "TEA01", "BOOT2"; "CD001" and "CDW02" of other file systems
 *    0x006     1  version
 *
 * Block 256, the last one, and the one 256 before it can hold an anchor.  It
 * tells where a sequence of descriptors lies, and its reserve.  Each descriptor
 * begins with a tag:
 *
 *    0x000     2  which descriptor this is
 *    0x002     2  version
 *    0x004     1  sum of the other bytes of the tag
 *    0x006     2  serial number
 *    0x008     2  checksum of what follows the tag: CRC-16, polynomial 1021
 *    0x00a     2  so many bytes of it
 *    0x00c     4  the block in which it lies, of the volume or its partition
 *
 *   anchor (2)
 *    0x010     8  sequence: bytes, first block
 *    0x018     8  reserve
 *   pointer (3)
 *    0x010     4  number
 *    0x014     8  where the sequence goes on
 *   partition (5)
 *    0x010     4  number
 *    0x016     2  number of the partition
 *    0x0bc     4  first block
 *    0x0c0     4  blocks
 *   logical volume (6)
 *    0x010     4  number
 *    0x054   128  label
 *    0x0d4     4  bytes per block
 *    0x0d8    32  flags, "*OSTA UDF Compliant", at 0x0f0 the revision of UDF
 *    0x0f8    16  file set: bytes, block, partition map
 *    0x108     4  bytes of the partition maps
 *    0x10c     4  partition maps
 *    0x1b8        partition maps: type, bytes, ...
 *                 type 1:  at 4 the number of the partition
 *                 type 2:  at 5 "*UDF Metadata Partition", ..., at 38 the
 *                          number, at 40 and 44 the block of the file that
 *                          has its blocks, and of the copy of that
 *                 type 2:  "*UDF Sparable Partition", at 38 the number, at 40
 *                          blocks of a packet (2 bytes), at 42 tables (1), at
 *                          44 bytes of each, at 48 blocks of the volume where
 *                          they lie
 *                 type 2:  "*UDF Virtual Partition", at 38 the number
 *   sparing table (0)
 *    0x010    32  "*UDF Sparing Table"
 *    0x030     2  entries
 *    0x034     4  number of this state of the table
 *    0x038        entries: first block of a packet of the partition; fffffff0
 *                 and above: none; block of the volume that replaces it
 *   file set (256)
 *    0x070   128  label of the logical volume
 *   file (261), extended file (266)
 *    0x01b     1  type of the file, 248: virtual allocation table
 *    0x022     2  flags, 7: how extents are written, 0: short, 3: the file lies
 *                 in their place
 *    0x038     8  bytes of the file
 *    0x0a8     4  bytes of extended attributes (266: 0x0d0)
 *    0x0ac     4  bytes of extents             (266: 0x0d4)
 *    0x0b0        attributes and extents       (266: 0x0d8)
 *                 a short extent: bytes and (bits 30, 31) type, first block
 *
 * A virtual allocation table is the last file that was written.  It has for
 * each virtual block the one of the partition: behind a head, which begins with
 * its length (2 bytes), or, up to UDF 1.50, before "*UDF Virtual Alloc Tbl" and
 * the place of the table before it, 36 bytes.
 *
 * A string has in its last byte how many bytes it takes, and in its first how
 * many bits a character has.
 *
 * The serial number that Windows shows is not stored: its bytes, from the
 * lowest to the highest, are the sums of every fourth byte of the file set's
 * descriptor.  Microsoft has not published that; udfinfo and Wine compute it
 * in this way, and both show them in the reverse order of CDFS.
 *
 * Sources: ECMA-167, 2/8.3, 2/9.1, 3/7.2, 3/8.4, 3/10, 4/14.1, 4/14.9, 4/14.17
 * and 1/7.2.12; OSTA, "Universal Disk Format Specification" 2.60, 2.2.4 and
 * 2.2.8 to 2.2.12, and 1.50, 2.2.10; udftools, udfinfo(1) and udfinfo/main.c;
 * Wine, dlls/mountmgr.sys/device.c; util-linux, libblkid/src/superblocks/udf.c.
 */
#include "format/udf.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"

struct udf_tag_disk {
	le16 id;
	le16 version;
	uint8_t sum;
	uint8_t reserved;
	le16 serial;
	le16 crc;
	le16 crc_bytes;
	le32 block;
};
static_assert(sizeof(struct udf_tag_disk) == 16, "UDF");

struct udf_extent_disk {
	le32 bytes;
	le32 block;
};

struct udf_anchor_disk {
	struct udf_tag_disk tag;
	struct udf_extent_disk main;
	struct udf_extent_disk reserve;
};

struct udf_pointer_disk {
	struct udf_tag_disk tag;
	le32 number;
	struct udf_extent_disk next;
};

struct udf_partition_disk {
	struct udf_tag_disk tag;
	le32 number;
	le16 flags;
	le16 partition;
	uint8_t contents[32];
	uint8_t contents_use[128];
	le32 access;
	le32 first_block;
	le32 blocks;
	uint8_t rest[316];
};
static_assert(offsetof(struct udf_partition_disk, first_block) == 0xbc, "UDF");
static_assert(sizeof(struct udf_partition_disk) == 512, "UDF");

struct udf_logical_volume_disk {
	struct udf_tag_disk tag;
	le32 number;
	uint8_t characters[64];
	uint8_t label[UDF_LABEL_BYTES];
	le32 block_bytes;
	uint8_t domain_flags;
	uint8_t domain[23];
	le16 revision;
	uint8_t domain_rest[6];
	struct udf_extent_disk file_set;
	le16 file_set_map;
	uint8_t file_set_use[6];
	le32 maps_bytes;
	le32 maps;
	uint8_t implementation[32];
	uint8_t implementation_use[128];
	struct udf_extent_disk integrity;
};
static_assert(offsetof(struct udf_logical_volume_disk, label) == 0x54, "UDF");
static_assert(offsetof(struct udf_logical_volume_disk, file_set) == 0xf8,
	      "UDF");
static_assert(sizeof(struct udf_logical_volume_disk) == 0x1b8, "UDF");

struct udf_file_set_disk {
	struct udf_tag_disk tag;
	uint8_t unused_0x10[96];
	uint8_t label[UDF_LABEL_BYTES];
	uint8_t rest[272];
};
static_assert(sizeof(struct udf_file_set_disk) == UDF_FILE_SET_BYTES, "UDF");

static const char domain[23] = "*OSTA UDF Compliant";

enum udf_vsd udf_vsd_parse(struct span s)
{
	static const char others[][6] = {
		"BEA01", "TEA01", "BOOT2", "CD001", "CDW02",
	};

	if (span_has(s, 1, "NSR02", 5) || span_has(s, 1, "NSR03", 5))
		return UDF_VSD_NSR;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (span_has(s, 1, others[i], 5))
			return UDF_VSD_OTHER;
	return UDF_VSD_END;
}

/* CRC-16 of polynomial 1021, all bits of a byte at once.  */
static uint16_t crc16(struct span s)
{
	uint16_t crc = 0;

	for (size_t i = 0; i < s.n; i++) {
		uint8_t x = (uint8_t)(crc >> 8 ^ s.p[i]);

		x = (uint8_t)(x ^ x >> 4);
		crc = (uint16_t)(crc << 8 ^ x << 12 ^ x << 5 ^ x);
	}
	return crc;
}

static uint8_t tag_sum(const uint8_t *p)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < sizeof(struct udf_tag_disk); i++)
		if (i != offsetof(struct udf_tag_disk, sum))
			sum = (uint8_t)(sum + p[i]);
	return sum;
}

static int truncated(struct span s, const char *what, size_t want,
		     struct err *reterr)
{
	return err_set(reterr, ERR_TRUNCATED, s.at, what, want, s.n);
}

int udf_tag_parse(struct span s, uint32_t block, uint16_t *ret_tag,
		  struct err *reterr)
{
	const struct udf_tag_disk *d = span_view(s, 0, struct udf_tag_disk);
	struct span body;

	if (d == NULL)
		return truncated(s, "UDF tag", sizeof(*d), reterr);
	if (d->sum != tag_sum(s.p))
		return err_set(reterr, ERR_CHECKSUM, s.at + 4,
			       "UDF tag: checksum", tag_sum(s.p), d->sum);
	if (get_le32(d->block) != block)
		return err_set(reterr, ERR_VALUE, s.at + 12, "UDF tag: block",
			       block, get_le32(d->block));
	if (!span_sub(s, sizeof(*d), get_le16(d->crc_bytes), &body))
		return err_set(reterr, ERR_VALUE, s.at + 10,
			       "UDF tag: bytes of the descriptor",
			       s.n - sizeof(*d), get_le16(d->crc_bytes));
	if (crc16(body) != get_le16(d->crc))
		return err_set(reterr, ERR_CHECKSUM, s.at + 8,
			       "UDF descriptor: checksum", crc16(body),
			       get_le16(d->crc));
	*ret_tag = get_le16(d->id);
	return 0;
}

static struct udf_extent extent(struct udf_extent_disk d)
{
	return (struct udf_extent){ get_le32(d.bytes), get_le32(d.block) };
}

int udf_anchor_parse(struct span s, struct udf_anchor *ret, struct err *reterr)
{
	const struct udf_anchor_disk *d =
		span_view(s, 0, struct udf_anchor_disk);

	if (d == NULL)
		return truncated(s, "UDF anchor", sizeof(*d), reterr);
	ret->main = extent(d->main);
	ret->reserve = extent(d->reserve);
	return 0;
}

int udf_pointer_parse(struct span s, struct udf_pointer *ret,
		      struct err *reterr)
{
	const struct udf_pointer_disk *d =
		span_view(s, 0, struct udf_pointer_disk);

	if (d == NULL)
		return truncated(s, "UDF volume descriptor pointer",
				 sizeof(*d), reterr);
	ret->number = get_le32(d->number);
	ret->next = extent(d->next);
	return 0;
}

int udf_partition_parse(struct span s, struct udf_partition *ret,
			struct err *reterr)
{
	const struct udf_partition_disk *d =
		span_view(s, 0, struct udf_partition_disk);

	if (d == NULL)
		return truncated(s, "UDF partition descriptor", sizeof(*d),
				 reterr);
	ret->number = get_le32(d->number);
	ret->partition = get_le16(d->partition);
	ret->first_block = get_le32(d->first_block);
	ret->blocks = get_le32(d->blocks);
	return 0;
}

enum { MAP_TYPE_1_BYTES = 6, MAP_TYPE_2_BYTES = 64 };

struct udf_map_2_disk {
	uint8_t type, bytes;
	uint8_t reserved[2];
	uint8_t flags;
	uint8_t name[23];
	uint8_t suffix[8];
	le16 volume;
	le16 partition;
	union {
		struct {
			le32 file;
			le32 mirror;
		} metadata;
		struct {
			le16 packet_blocks;
			uint8_t tables, reserved;
			le32 table_bytes;
			le32 table[UDF_MAX_SPARING_TABLES];
		} sparable;
	} u;
};
static_assert(sizeof(struct udf_map_2_disk) == MAP_TYPE_2_BYTES, "UDF");

static void parse_sparable(const struct udf_map_2_disk *d, struct udf_map *m)
{
	m->packet_blocks = get_le16(d->u.sparable.packet_blocks);
	m->n_tables = d->u.sparable.tables;
	if (m->n_tables > UDF_MAX_SPARING_TABLES)
		m->n_tables = UDF_MAX_SPARING_TABLES;
	m->table_bytes = get_le32(d->u.sparable.table_bytes);
	for (size_t i = 0; i < m->n_tables; i++)
		m->tables[i] = get_le32(d->u.sparable.table[i]);
}

static struct udf_map parse_map_2(const struct udf_map_2_disk *d)
{
	static const struct {
		char name[24];
		enum udf_map_kind kind;
	} names[] = {
		{ "*UDF Metadata Partition", UDF_MAP_METADATA },
		{ "*UDF Sparable Partition", UDF_MAP_SPARABLE },
		{ "*UDF Virtual Partition", UDF_MAP_VIRTUAL },
	};
	struct udf_map m = { .kind = UDF_MAP_OTHER };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (memcmp(d->name, names[i].name, sizeof(d->name)) == 0)
			m.kind = names[i].kind;
	m.partition = get_le16(d->partition);
	if (m.kind == UDF_MAP_METADATA) {
		m.file = get_le32(d->u.metadata.file);
		m.mirror = get_le32(d->u.metadata.mirror);
	} else if (m.kind == UDF_MAP_SPARABLE) {
		parse_sparable(d, &m);
	}
	return m;
}

static struct udf_map parse_map(struct span s)
{
	const struct udf_map_2_disk *d = span_view(s, 0, struct udf_map_2_disk);
	const le16 *partition = span_view(s, 4, le16);
	struct udf_map m = { .kind = UDF_MAP_OTHER };

	if (s.p[0] == 1 && s.n == MAP_TYPE_1_BYTES && partition != NULL) {
		m.kind = UDF_MAP_PHYSICAL;
		m.partition = get_le16(*partition);
	} else if (s.p[0] == 2 && d != NULL) {
		m = parse_map_2(d);
	}
	return m;
}

/* Ends: each map takes two bytes or more of the @bytes.  */
static int parse_maps(struct span s, const struct udf_logical_volume_disk *d,
		      struct udf_logical_volume *v, struct err *reterr)
{
	uint32_t n = get_le32(d->maps);
	struct span all, map;
	uint64_t off = 0;

	if (!span_sub(s, sizeof(*d), get_le32(d->maps_bytes), &all))
		return err_set(reterr, ERR_VALUE, s.at + 0x108,
			       "UDF logical volume: bytes of partition maps",
			       s.n - sizeof(*d), get_le32(d->maps_bytes));
	if (n > UDF_MAX_MAPS)
		return err_set(reterr, ERR_LIMIT, s.at + 0x10c,
			       "UDF logical volume: partition maps",
			       UDF_MAX_MAPS, n);
	for (v->n_maps = 0; v->n_maps < n; v->n_maps++) {
		const uint8_t *head = span_bytes(all, off, 2, 1);

		if (head == NULL || head[1] < 2 ||
		    !span_sub(all, off, head[1], &map))
			return err_set(reterr, ERR_VALUE, all.at + off,
				       "UDF partition map: bytes",
				       off < all.n ? all.n - off : 0,
				       head != NULL ? head[1] : 0);
		v->maps[v->n_maps] = parse_map(map);
		off += map.n;
	}
	return 0;
}

int udf_logical_volume_parse(struct span s, struct udf_logical_volume *ret,
			     struct err *reterr)
{
	const struct udf_logical_volume_disk *d =
		span_view(s, 0, struct udf_logical_volume_disk);
	struct udf_logical_volume v = { 0 };
	int r;

	if (d == NULL)
		return truncated(s, "UDF logical volume", sizeof(*d), reterr);
	v.number = get_le32(d->number);
	v.block_bytes = get_le32(d->block_bytes);
	if (v.block_bytes < UDF_MIN_BLOCK || v.block_bytes > UDF_MAX_BLOCK ||
	    (v.block_bytes & (v.block_bytes - 1)) != 0)
		return err_set(reterr, ERR_VALUE, s.at + 0xd4,
			       "UDF logical volume: bytes per block",
			       UDF_MAX_BLOCK, v.block_bytes);
	span_sub(s, offsetof(struct udf_logical_volume_disk, label),
		 sizeof(d->label), &v.label);
	if (memcmp(d->domain, domain, sizeof(domain)) == 0)
		v.revision = get_le16(d->revision);
	v.file_set = extent(d->file_set);
	v.file_set_map = get_le16(d->file_set_map);
	r = parse_maps(s, d, &v, reterr);
	if (r == 0)
		*ret = v;
	return r;
}

struct udf_sparing_disk {
	struct udf_tag_disk tag;
	uint8_t flags;
	uint8_t name[23];
	uint8_t suffix[8];
	le16 entries;
	le16 reserved;
	le32 number;
};
static_assert(sizeof(struct udf_sparing_disk) == 56, "UDF");

struct udf_sparing_entry_disk {
	le32 packet;
	le32 at;
};

int udf_sparing_parse(struct span s, struct udf_sparing *ret,
		      struct err *reterr)
{
	static const char name[23] = "*UDF Sparing Table";
	const struct udf_sparing_disk *d =
		span_view(s, 0, struct udf_sparing_disk);
	struct udf_sparing t;

	if (d == NULL)
		return truncated(s, "UDF sparing table", sizeof(*d), reterr);
	if (memcmp(d->name, name, sizeof(name)) != 0)
		return err_set(reterr, ERR_MAGIC, s.at + 0x11,
			       "UDF sparing table", '*', d->name[0]);
	t.number = get_le32(d->number);
	if (!span_sub(s, sizeof(*d), sizeof(struct udf_sparing_entry_disk) *
		      (uint64_t)get_le16(d->entries), &t.entries))
		return err_set(reterr, ERR_VALUE, s.at + 0x30,
			       "UDF sparing table: entries",
			       (s.n - sizeof(*d)) /
			       sizeof(struct udf_sparing_entry_disk),
			       get_le16(d->entries));
	*ret = t;
	return 0;
}

/* What no packet can be.  */
#define SPARING_UNUSED 0xfffffff0u

/* Ends: each turn takes eight bytes of the entries.  */
bool udf_sparing_find(const struct udf_sparing *t, uint32_t packet,
		      uint32_t *ret)
{
	const struct udf_sparing_entry_disk *d;

	for (uint64_t off = 0;
	     (d = span_view(t->entries, off,
			    struct udf_sparing_entry_disk)) != NULL;
	     off += sizeof(*d)) {
		if (get_le32(d->packet) >= SPARING_UNUSED ||
		    get_le32(d->packet) != packet)
			continue;
		*ret = get_le32(d->at);
		return true;
	}
	return false;
}

static uint32_t serial(const uint8_t *p, size_t n)
{
	uint8_t sum[4] = { 0 };

	for (size_t i = 0; i < n; i++)
		sum[i % 4] = (uint8_t)(sum[i % 4] + p[i]);
	return get_le32((le32){ { sum[0], sum[1], sum[2], sum[3] } });
}

int udf_file_set_parse(struct span s, struct udf_file_set *ret,
		       struct err *reterr)
{
	const struct udf_file_set_disk *d =
		span_view(s, 0, struct udf_file_set_disk);

	if (d == NULL)
		return truncated(s, "UDF file set", sizeof(*d), reterr);
	span_sub(s, offsetof(struct udf_file_set_disk, label),
		 sizeof(d->label), &ret->label);
	ret->serial = serial(s.p, sizeof(*d));
	return 0;
}

enum { EXTENTS_SHORT, EXTENTS_EMBEDDED = 3 };

/* Where the extents of a file are, and in which form.  */
static int find_extents(struct span s, uint16_t tag, unsigned *ret_form,
			struct span *ret, struct err *reterr)
{
	const size_t at = tag == UDF_TAG_FILE ? 0xa8 : 0xd0;
	const le16 *flags = span_view(s, 0x22, le16);
	const le32 *attributes = span_view(s, at, le32);
	const le32 *extents = span_view(s, at + 4, le32);

	if (flags == NULL || attributes == NULL || extents == NULL)
		return truncated(s, "UDF file", at + 8, reterr);
	*ret_form = get_le16(*flags) & 7;
	if (*ret_form != EXTENTS_SHORT && *ret_form != EXTENTS_EMBEDDED)
		return err_set(reterr, ERR_UNSUPPORTED, s.at + 0x22,
			       "UDF file: form of its extents", EXTENTS_SHORT,
			       *ret_form);
	if (!span_sub(s, at + 8 + (uint64_t)get_le32(*attributes),
		      get_le32(*extents), ret))
		return err_set(reterr, ERR_VALUE, s.at + at + 4,
			       "UDF file: bytes of extents", s.n,
			       get_le32(*extents));
	return 0;
}

int udf_content_parse(struct span s, uint16_t tag, struct udf_content *ret,
		      struct err *reterr)
{
	const uint8_t *type = span_bytes(s, 0x1b, 1, 1);
	const le64 *bytes = span_view(s, 0x38, le64);
	struct udf_content c = { 0 };
	struct span extents;
	unsigned form;
	int r = find_extents(s, tag, &form, &extents, reterr);

	if (r < 0)
		return r;
	if (type == NULL || bytes == NULL)
		return truncated(s, "UDF file", 0x40, reterr);
	c.type = *type;
	c.bytes = get_le64(*bytes);
	c.embedded = form == EXTENTS_EMBEDDED;
	if (c.embedded && !span_sub(extents, 0, c.bytes, &c.data))
		return err_set(reterr, ERR_VALUE, s.at + 0x38,
			       "UDF file: bytes", extents.n, c.bytes);
	*ret = c;
	return 0;
}

bool udf_is_old_vat(struct span end)
{
	static const char name[23] = "*UDF Virtual Alloc Tbl";

	return end.n == UDF_VAT_END_BYTES &&
	       span_has(end, 1, name, sizeof(name));
}

#define EXTENT_BYTES 0x3fffffffu	/* the rest: 0: it is recorded */

/* Ends: each turn takes eight bytes of the extents.  */
int udf_file_block(struct span s, uint16_t tag, uint32_t block_bytes,
		   uint32_t index, uint32_t *ret, struct err *reterr)
{
	const struct udf_extent_disk *d;
	struct span extents;
	unsigned form;
	int r = find_extents(s, tag, &form, &extents, reterr);

	if (r < 0)
		return r;
	if (form != EXTENTS_SHORT)
		return err_set(reterr, ERR_UNSUPPORTED, s.at + 0x22,
			       "UDF file: form of its extents", EXTENTS_SHORT,
			       form);
	for (uint64_t off = 0;
	     (d = span_view(extents, off, struct udf_extent_disk)) != NULL;
	     off += sizeof(*d)) {
		const struct udf_extent e = extent(*d);
		const uint32_t bytes = e.bytes & EXTENT_BYTES;
		const uint32_t blocks = bytes / block_bytes +
					(bytes % block_bytes != 0);

		if (index >= blocks) {
			index -= blocks;
			continue;
		}
		if (e.bytes > EXTENT_BYTES || e.block > UINT32_MAX - index)
			break;
		*ret = e.block + index;
		return 0;
	}
	return err_set(reterr, ERR_VALUE, extents.at, "UDF file: extents",
		       index, extents.n);
}

/*
 *   OFFSET  SIZE  FIELD of a string
 *        0     1  bits of a character: 8 or 16
 *        1        characters
 *     last     1  bytes in use, the first included; 0: there is no text
 */
int udf_string_parse(struct span field, struct udf_string *ret,
		     struct err *reterr)
{
	struct udf_string v = { { field.p, 0, field.at }, false };
	size_t n;

	if (field.n < 2)
		return truncated(field, "UDF string", 2, reterr);
	n = field.p[field.n - 1];
	if (n > field.n - 1)
		return err_set(reterr, ERR_VALUE, field.at + field.n - 1,
			       "UDF string: bytes", field.n - 1, n);
	if (n > 0 && field.p[0] != 8 && field.p[0] != 16)
		return err_set(reterr, ERR_VALUE, field.at,
			       "UDF string: bits of a character", 8,
			       field.p[0]);
	v.wide = n > 0 && field.p[0] == 16;
	if (n > 1)
		span_sub(field, 1, v.wide ? (n - 1) / 2 * 2 : n - 1, &v.chars);
	*ret = v;
	return 0;
}
