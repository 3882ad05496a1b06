#include "disk/free_space.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "disk/boot_sector.h"

#define CHUNK_BYTES ((size_t)256 * 1024)

/* A FAT12 has at most 4085 clusters.  */
#define MAX_FAT12_BYTES 6144

/* The allocation bitmap is told of at the start of the root directory, of which
 * so many bytes are looked at.  */
#define MAX_ROOT_BYTES (1u << 20)

#define FIRST_CLUSTER 2
#define FAT32_MASK 0x0fffffffu

struct counting {
	struct source *volume;
	uint8_t *buf;		/* CHUNK_BYTES */
	uint64_t free;
};

/* --- FAT ------------------------------------------------------------------ */

/* Three bytes hold two entries.  */
static int count_fat12(struct counting *c, const struct fat_boot *b,
		       struct err *reterr)
{
	size_t end = FIRST_CLUSTER + b->clusters, n = (end * 3 + 1) / 2;
	int r;

	if (n > MAX_FAT12_BYTES || n > b->fat_bytes)
		return err_set(reterr, ERR_TRUNCATED, b->fat_offset, "FAT", n,
			       b->fat_bytes);
	r = source_read(c->volume, b->fat_offset, c->buf, n, reterr);
	if (r < 0)
		return r;
	for (size_t i = FIRST_CLUSTER; i < end; i++) {
		const uint8_t *p = c->buf + i * 3 / 2;
		unsigned entry = (unsigned)p[0] | (unsigned)p[1] << 8;

		entry = i % 2 == 0 ? entry & 0xfff : entry >> 4;
		c->free += entry == 0;
	}
	return 0;
}

static void count_entries(struct counting *c, size_t n, unsigned size)
{
	for (size_t i = 0; i < n; i += size)
		c->free += size == sizeof(le16) ?
			get_le16(*(const le16 *)(c->buf + i)) == 0 :
			(get_le32(*(const le32 *)(c->buf + i)) & FAT32_MASK)
			== 0;
}

static int count_fat(struct counting *c, const struct fat_boot *b,
		     struct err *reterr)
{
	unsigned size = b->bits / 8;
	uint64_t off = FIRST_CLUSTER * size;
	uint64_t end = off + (uint64_t)b->clusters * size;

	if (b->bits == 12)
		return count_fat12(c, b, reterr);
	if (end > b->fat_bytes)
		return err_set(reterr, ERR_TRUNCATED, b->fat_offset, "FAT",
			       end, b->fat_bytes);
	while (off < end) {
		size_t n = end - off < CHUNK_BYTES ? (size_t)(end - off) :
						     CHUNK_BYTES;
		int r = source_read(c->volume, b->fat_offset + off, c->buf, n,
				    reterr);

		if (r < 0)
			return r;
		count_entries(c, n, size);
		off += n;
	}
	return 0;
}

/* --- exFAT ---------------------------------------------------------------- */

/* What is done with @n bytes of a chain, in the buffer: 1 ends the walk.  */
struct chain_walk {
	int (*take)(struct chain_walk *w, struct counting *c, size_t n);
	uint64_t left;		/* bytes that are wanted */
	struct exfat_bitmap bitmap;	/* once it is found */
};

static int walk_cluster(struct counting *c, const struct exfat_boot *b,
			uint32_t cluster, struct chain_walk *w,
			struct err *reterr)
{
	uint64_t at = b->heap_offset +
		      (uint64_t)(cluster - FIRST_CLUSTER) * b->cluster_bytes;
	uint64_t end = at + b->cluster_bytes;
	int r = 0;

	while (at < end && w->left > 0 && r == 0) {
		uint64_t n = end - at < CHUNK_BYTES ? end - at : CHUNK_BYTES;

		if (n > w->left)
			n = w->left;
		r = source_read(c->volume, at, c->buf, (size_t)n, reterr);
		if (r == 0)
			r = w->take(w, c, (size_t)n);
		at += n;
		w->left -= n;
	}
	return r;
}

/* Go through what is wanted of the chain from @cluster on.  Ends: each turn
 * takes a cluster of it.  */
static int walk_chain(struct counting *c, const struct exfat_boot *b,
		      uint32_t cluster, struct chain_walk *w,
		      struct err *reterr)
{
	uint64_t at = 0;
	le32 next;
	int r = 0;

	while (w->left > 0 && r == 0) {
		if (cluster < FIRST_CLUSTER ||
		    cluster - FIRST_CLUSTER >= b->clusters)
			return err_set(reterr, ERR_VALUE, at,
				       "exFAT: chain of clusters",
				       b->clusters + 1, cluster);
		r = walk_cluster(c, b, cluster, w, reterr);
		if (r != 0 || w->left == 0)
			break;
		if (sizeof(next) * (cluster + 1ull) > b->fat_bytes)
			return err_set(reterr, ERR_TRUNCATED, b->fat_offset,
				       "exFAT: FAT",
				       sizeof(next) * (cluster + 1ull),
				       b->fat_bytes);
		at = b->fat_offset + sizeof(next) * (uint64_t)cluster;
		r = source_read(c->volume, at, &next, sizeof(next), reterr);
		cluster = r == 0 ? get_le32(next) : 0;
	}
	return r;
}

static int find_bitmap(struct chain_walk *w, struct counting *c, size_t n)
{
	return exfat_scan_bitmap((struct span){ c->buf, n, 0 }, &w->bitmap) !=
	       LABEL_NOT_YET;
}

/* Of the last byte not all bits are of clusters: it is counted apart.  */
static int count_clear_bits(struct chain_walk *w, struct counting *c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		c->free += 8u - (unsigned)__builtin_popcount(c->buf[i]);
	if (w->left == n)
		c->free -= 8u - (unsigned)__builtin_popcount(c->buf[n - 1]);
	return 0;
}

static void count_last_bits(struct counting *c, uint8_t last, unsigned bits)
{
	for (unsigned i = 0; i < bits; i++)
		c->free += (last >> i & 1) == 0;
}

static int count_exfat(struct counting *c, const struct exfat_boot *b,
		       struct err *reterr)
{
	uint64_t bytes = ((uint64_t)b->clusters + 7) / 8;
	struct chain_walk root = { find_bitmap, MAX_ROOT_BYTES, { 0 } };
	struct chain_walk bits = { count_clear_bits, bytes, { 0 } };
	int r = walk_chain(c, b, b->root_cluster, &root, reterr);

	if (r < 0)
		return r;
	if (root.bitmap.first_cluster == 0)
		return err_set(reterr, ERR_NOT_FOUND, b->heap_offset,
			       "exFAT: allocation bitmap", 0, 0);
	if (root.bitmap.bytes < bytes)
		return err_set(reterr, ERR_TRUNCATED, b->heap_offset,
			       "exFAT: allocation bitmap", bytes,
			       root.bitmap.bytes);
	r = walk_chain(c, b, root.bitmap.first_cluster, &bits, reterr);
	if (r == 0)
		count_last_bits(c, c->buf[(bytes - 1) % b->cluster_bytes %
					  CHUNK_BYTES],
				(b->clusters - 1) % 8 + 1);
	return r;
}

static int count(struct counting *c, struct err *reterr)
{
	struct boot_sector b;
	int r = boot_sector_read(c->volume, 0, &b, reterr);

	if (r < 0)
		return r;
	switch (b.kind) {
	case FS_FAT12:
	case FS_FAT16:
	case FS_FAT32:
		return count_fat(c, &b.fat, reterr);
	case FS_EXFAT:
		return count_exfat(c, &b.exfat, reterr);
	default:
		return err_set(reterr, ERR_UNSUPPORTED, 0, "file system", 0,
			       (uint64_t)b.kind);
	}
}

int volume_free_clusters(struct source *volume, struct arena *a, uint64_t *ret,
			 struct err *reterr)
{
	struct counting c = { volume, arena_malloc(a, CHUNK_BYTES), 0 };
	int r;

	if (c.buf == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "FAT", CHUNK_BYTES, 0);
	r = count(&c, reterr);
	free(c.buf);
	if (r == 0)
		*ret = c.free;
	return r;
}
