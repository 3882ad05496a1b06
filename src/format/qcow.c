/*
 * qcow.c - QEMU's copy-on-write images; all numbers are big-endian
 *
 *   OFFSET  SIZE  FIELD
 *        0     4  "QFI" fb
 *        4     4  version
 *        8     8  offset of the backing file's name, 0 if there is none
 *       16     4  its length
 *
 *   Version 1
 *       20     4  time of change
 *       24     8  size of the disk
 *       32     1  cluster bits
 *       33     1  level 2 bits
 *       36     4  encryption, 0 if none
 *       40     8  offset of the level 1 table
 *
 *   Versions 2 and 3
 *       20     4  cluster bits
 *       24     8  size of the disk
 *       32     4  encryption
 *       36     4  level 1 entries
 *       40     8  offset of the level 1 table
 *       48    12  reference counts
 *       60     4  snapshots
 *       64     8  their offset
 *
 *   Version 3
 *       72     8  incompatible features, the bits below
 *       80    16  compatible and autoclear features
 *       96     4  reference count order
 *      100     4  header length; extensions follow: type (4), length (4), data,
 *                 padded to 8 bytes; type 0 is the end
 *      104     1  compression type
 *
 * Entries of level 2, versions 2 and 3: bit 62 compressed, else bits 9 to 55
 * the offset and bit 0 all zeros.  Compressed: 62 - (cluster bits - 8) bits of
 * offset, above it the number of further sectors.  Version 1: bit 63
 * compressed, below it cluster bits of length, then the offset.
 *
 * Sources: qemu docs/interop/qcow2.txt, block/qcow.c.
 */
#include "format/qcow.h"

#include <assert.h>

#include "base/bytes.h"

struct qcow1_disk {
	be32 magic;			/* "QFI" fb */
	be32 version;
	be64 backing_offset;
	be32 backing_bytes;
	be32 mtime;
	be64 size;
	uint8_t cluster_bits;
	uint8_t l2_bits;
	uint8_t padding[2];
	be32 encryption;
	be64 l1_offset;
};
static_assert(sizeof(struct qcow1_disk) == 48, "QCOW");

struct qcow2_disk {
	be32 magic;
	be32 version;
	be64 backing_offset;
	be32 backing_bytes;
	be32 cluster_bits;
	be64 size;
	be32 encryption;
	be32 l1_entries;
	be64 l1_offset;
	be64 refcount_offset;
	be32 refcount_clusters;
	be32 n_snapshots;
	be64 snapshots_offset;
	/* version 3 */
	be64 incompatible;
	be64 compatible;
	be64 autoclear;
	be32 refcount_order;
	be32 header_bytes;
	uint8_t compression;
	uint8_t padding[7];
};
static_assert(offsetof(struct qcow2_disk, incompatible) == 72, "QCOW2");
static_assert(offsetof(struct qcow2_disk, compression) == 104, "QCOW2");
static_assert(sizeof(struct qcow2_disk) == 112, "QCOW2");

#define VERSION_2_BYTES 72

enum {
	DIRTY = 1u << 0, CORRUPT = 1u << 1, EXTERNAL_DATA = 1u << 2,
	COMPRESSION = 1u << 3, EXTENDED_L2 = 1u << 4,
};

enum { COMPRESSION_DEFLATE, COMPRESSION_ZSTD };

#define MAGIC 0x514649fbu
#define OFFSET_MASK 0x00fffffffffffe00u

/* Of a level 1 table, as in qemu: 32 MiB.  */
#define MAX_L1_ENTRIES (4u << 20)

static int check_backing(struct span s, const struct qcow *q,
			 struct err *reterr)
{
	if (q->backing_offset != 0 && q->backing_bytes > 1023)
		return err_set(reterr, ERR_LIMIT, s.at + 16,
			       "QCOW backing file name", 1023,
			       q->backing_bytes);
	return 0;
}

/* Check the geometry, and compute the length of the level 1 table.  */
static int set_tables(struct span s, struct qcow *q, unsigned l2_bits,
		      struct err *reterr)
{
	unsigned bits = q->cluster_bits + l2_bits;

	if (q->cluster_bits < 9 || q->cluster_bits > 21)
		return err_set(reterr, ERR_VALUE, s.at + 20,
			       "QCOW cluster bits", 16, q->cluster_bits);
	if (l2_bits < 6 || l2_bits > 18)
		return err_set(reterr, ERR_VALUE, s.at + 33, "QCOW table bits",
			       9, l2_bits);
	if (q->size == 0)
		return err_set(reterr, ERR_VALUE, s.at + 24, "QCOW disk size",
			       512, 0);
	q->l2_bits = l2_bits;
	q->l1_entries = ((q->size - 1) >> bits) + 1;
	if (q->l1_entries > MAX_L1_ENTRIES)
		return err_set(reterr, ERR_LIMIT, s.at + 24,
			       "QCOW level 1 table", MAX_L1_ENTRIES,
			       q->l1_entries);
	return check_backing(s, q, reterr);
}

static int refuse_encryption(struct span s, be32 method, size_t at,
			     struct err *reterr)
{
	if (get_be32(method) == 0)
		return 0;
	return err_set(reterr, ERR_UNSUPPORTED, s.at + at,
		       "QCOW with encryption", 0, get_be32(method));
}

static int parse_1(struct span s, struct qcow *ret, struct err *reterr)
{
	const struct qcow1_disk *d = span_view(s, 0, struct qcow1_disk);
	struct qcow q = {
		.version = 1,
		.size = get_be64(d->size),
		.cluster_bits = d->cluster_bits,
		.l1_offset = get_be64(d->l1_offset),
		.backing_offset = get_be64(d->backing_offset),
		.backing_bytes = get_be32(d->backing_bytes),
	};
	int r = refuse_encryption(s, d->encryption, 36, reterr);

	if (r == 0)
		r = set_tables(s, &q, d->l2_bits, reterr);
	if (r < 0)
		return r;
	*ret = q;
	return 0;
}

static int check_features(struct span s, const struct qcow2_disk *d,
			  struct err *reterr)
{
	uint64_t features = get_be64(d->incompatible);

	if (get_be32(d->header_bytes) < 104)
		return err_set(reterr, ERR_VALUE, s.at + 100,
			       "QCOW2 header length", 104,
			       get_be32(d->header_bytes));
	if (features & COMPRESSION && d->compression > COMPRESSION_ZSTD)
		return err_set(reterr, ERR_UNSUPPORTED, s.at + 104,
			       "QCOW2 with an unknown compression",
			       COMPRESSION_ZSTD, d->compression);
	if (features & EXTENDED_L2)
		return err_set(reterr, ERR_UNSUPPORTED, s.at + 72,
			       "QCOW2 with subclusters", 0, features);
	if (features & ~(uint64_t)(DIRTY | CORRUPT | EXTERNAL_DATA |
				   COMPRESSION))
		return err_set(reterr, ERR_UNSUPPORTED, s.at + 72,
			       "QCOW2 with features of its future", 0,
			       features);
	return 0;
}

static int parse_2(struct span s, struct qcow *ret, struct err *reterr)
{
	const struct qcow2_disk *d = span_view(s, 0, struct qcow2_disk);
	struct qcow q = {
		.version = get_be32(d->version),
		.size = get_be64(d->size),
		.cluster_bits = get_be32(d->cluster_bits),
		.l1_offset = get_be64(d->l1_offset),
		.backing_offset = get_be64(d->backing_offset),
		.backing_bytes = get_be32(d->backing_bytes),
		.n_snapshots = get_be32(d->n_snapshots),
		.header_bytes = VERSION_2_BYTES,
	};
	int r = refuse_encryption(s, d->encryption, 32, reterr);

	if (r < 0)
		return r;
	if (q.version == 3) {
		r = check_features(s, d, reterr);
		if (r < 0)
			return r;
		q.dirty = get_be64(d->incompatible) & DIRTY;
		q.corrupt = get_be64(d->incompatible) & CORRUPT;
		q.external_data = get_be64(d->incompatible) & EXTERNAL_DATA;
		q.zstd = get_be64(d->incompatible) & COMPRESSION &&
			 d->compression == COMPRESSION_ZSTD;
		q.header_bytes = get_be32(d->header_bytes);
	}
	r = set_tables(s, &q, q.cluster_bits - 3, reterr);
	if (r < 0)
		return r;
	if (q.l1_entries > get_be32(d->l1_entries))
		return err_set(reterr, ERR_VALUE, s.at + 36,
			       "QCOW2 level 1 table: entries", q.l1_entries,
			       get_be32(d->l1_entries));
	*ret = q;
	return 0;
}

int qcow_header_parse(struct span s, struct qcow *ret, struct err *reterr)
{
	const struct qcow2_disk *d = span_view(s, 0, struct qcow2_disk);
	uint32_t version;

	/* No image ends there: its tables and data follow.  */
	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at, "QCOW header",
			       sizeof(*d), s.n);
	if (get_be32(d->magic) != MAGIC)
		return err_set(reterr, ERR_MAGIC, s.at, "QCOW header", MAGIC,
			       get_be32(d->magic));
	version = get_be32(d->version);
	if (version == 1)
		return parse_1(s, ret, reterr);
	if (version == 2 || version == 3)
		return parse_2(s, ret, reterr);
	return err_set(reterr, ERR_UNSUPPORTED, s.at + 4, "QCOW version", 3,
		       version);
}

bool qcow_extension_find(struct span s, const struct qcow *q, uint32_t type,
			 struct span *ret)
{
	uint64_t at = q->header_bytes;

	/* Ends: each turn moves on by 8 bytes or more.  */
	while (q->version > 1) {
		const be32 *h = span_view(s, at, be32);
		const be32 *n = span_view(s, at + 4, be32);

		if (h == NULL || n == NULL || get_be32(*h) == 0)
			return false;
		if (get_be32(*h) == type)
			return span_sub(s, at + 8, get_be32(*n), ret);
		at += 8 + ((uint64_t)get_be32(*n) + 7) / 8 * 8;
	}
	return false;
}

uint64_t qcow_l2_offset(const struct qcow *q, uint64_t l1_entry)
{
	return q->version == 1 ? l1_entry : l1_entry & OFFSET_MASK;
}

static struct qcow_cluster cluster_1(const struct qcow *q, uint64_t entry)
{
	unsigned bits = 63 - q->cluster_bits;

	if (entry == 0)
		return (struct qcow_cluster){ QCOW_HOLE, 0, 0 };
	if (!(entry >> 63))
		return (struct qcow_cluster){ QCOW_DATA, entry, 0 };
	return (struct qcow_cluster){
		QCOW_COMPRESSED, entry & (((uint64_t)1 << bits) - 1),
		(uint32_t)(entry >> bits) & ((1u << q->cluster_bits) - 1),
	};
}

static struct qcow_cluster compressed_2(const struct qcow *q, uint64_t entry)
{
	unsigned bits = 62 - (q->cluster_bits - 8);
	uint64_t offset = entry & (((uint64_t)1 << bits) - 1);
	uint64_t more = (entry & ~((uint64_t)3 << 62)) >> bits;

	return (struct qcow_cluster){
		QCOW_COMPRESSED, offset,
		(uint32_t)((more + 1) * 512 - offset % 512),
	};
}

struct qcow_cluster qcow_cluster_of(const struct qcow *q, uint64_t entry)
{
	uint64_t offset = entry & OFFSET_MASK;

	if (q->version == 1)
		return cluster_1(q, entry);
	if (entry >> 62 & 1)
		return compressed_2(q, entry);
	if (q->version == 3 && entry & 1)
		return (struct qcow_cluster){ QCOW_ZERO, 0, 0 };
	/* In a file of its own, data may lie at 0; bit 63 says so.  */
	if (offset == 0 && !(q->external_data && entry >> 63))
		return (struct qcow_cluster){ QCOW_HOLE, 0, 0 };
	return (struct qcow_cluster){ QCOW_DATA, offset, 0 };
}
