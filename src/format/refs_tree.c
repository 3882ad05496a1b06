/*
 * refs_tree.c - pages of ReFS: superblock, checkpoint and nodes of its trees
 *
 * Blocks are 16 KiB in version 1 and clusters in version 3. Superblock and
 * checkpoint take one; a node one, or four with clusters of 4 KiB.
 *
 * Header of a page
 *   VERSION 1  VERSION 3
 *              0x00  4    "SUPB", "CHKP" or "MSB+"
 *   0x00  8    0x20  8    its block; version 3: four of them
 *   0x30       0x50       end of the header
 *
 * Superblock, behind the header
 *   0x18  8    generation
 *   0x20  4    offset in the page of the blocks of the checkpoints, 8 each
 *   0x24  4    how many: 2
 *   0x28  4    offset in the page of a reference to this page
 *   0x2c  4    its size
 *
 * Checkpoint, behind the header
 *   0x04  2    major version
 *   0x08  4    offset in the page of a reference to this page
 *   0x0c  4    its size
 *   0x10  8    clock
 *              0x28  4    flags; 0x200: what follows the number of roots is the
 *                         offset in the page of the list, not the list
 *   0x28  4    0x40  4    number of roots
 *   0x2c       0x44       offsets in the page of references to them, 4 each
 *
 * Reference
 *   0x00  8    0x00  32   blocks
 *   0x0a  1    0x22  1    checksum: 1 CRC-32C, 2 CRC-64, 4 SHA-256
 *   0x0b  1    0x23  1    where it is, from 2 bytes before its type on: 8
 *   0x0c  2    0x24  2    its size
 *   0x10       0x28       checksum, of all blocks of the page. A reference of a
 *                         page to itself is taken as zeros for it.
 *
 * Node, behind the header of the page
 *   0x00  4    offset from here of the node's header
 * Node's header
 *   0x00  4    start of the rows, from this header on
 *   0x04  4    end of the rows
 *   0x0d  1    0x01: the rows refer to nodes below
 *   0x10  4    offset from here of the offsets of the rows, 4 each, from here;
 *              version 3: 2 bytes are the offset
 *   0x14  4    number of rows
 * Row
 *   0x00  4    size
 *   0x04  2    key: offset from here
 *   0x06  2    key: size
 *   0x0a  2    value: offset from here
 *   0x0c  2    value: size
 *
 * Tree of objects: key 8 zeros, 8 bytes object; value: a reference, in version
 * 3 at 0x20.  Tree of containers: key and value begin with the container, 8
 * bytes; value: 0x18 number of blocks, 4 bytes; 16 bytes before its end the
 * first block.  Blocks of version 3 are told as the container and, behind a bit
 * that is zero, the block in it; those of containers 0 and 1, and of that tree,
 * as they are.  The object with the volume's information has records with the
 * number as key, 8 bytes; 0x510 is the label, in UTF-16.
 *
 * Sources: libfsrefs, "Resilient File System (ReFS)"; forefst, docs/structures,
 * for version 3; refsprogs.  The checksums were tried on the superblocks and
 * checkpoints, of versions 1.2 and 3.1, in the tests of libfsrefs.
 */
#include "format/refs_tree.h"

#include <string.h>

#include "base/bytes.h"

/* With no size in the boot sector containers are as large as with one.  */
#define CONTAINER_BYTES (64u << 20)

#define V1_BLOCK_BYTES (16u << 10)
#define NODE_BYTES (16u << 10)

enum { SUM_CRC32C = 1, SUM_CRC64 = 2 };

#define FLAG_INDIRECT_ROOTS 0x200
#define NODE_BRANCH 0x01

/* Thirteen in version 3; the list has place for 32.  */
#define MAX_ROOTS 32

bool refs_layout_of(const struct refs_boot *b, struct refs_layout *ret)
{
	uint64_t bytes = b->container_bytes != 0 ? b->container_bytes :
						   CONTAINER_BYTES;
	struct refs_layout l = { b->major, b->cluster_bytes, 1, 0 };

	if (b->cluster_bytes != 4096 && b->cluster_bytes != 65536)
		return false;
	if (b->major == 1) {
		l.block_bytes = V1_BLOCK_BYTES;
		*ret = l;
		return b->cluster_bytes == 65536;
	}
	if (b->major != 3 || (bytes & (bytes - 1)) != 0 ||
	    bytes < b->cluster_bytes || bytes > UINT32_MAX)
		return false;
	if (b->cluster_bytes < NODE_BYTES)
		l.page_blocks = NODE_BYTES / b->cluster_bytes;
	while (b->cluster_bytes << l.container_shift < bytes)
		l.container_shift++;
	*ret = l;
	return true;
}

/* Bytes that do not fit are 0: who calls has looked.  */
static uint64_t number(struct span s, uint64_t off, unsigned n)
{
	uint64_t v = 0;

	if (off > s.n || n > s.n - off)
		return 0;
	while (n-- > 0)
		v = v << 8 | s.p[off + n];
	return v;
}

static size_t header_bytes(const struct refs_layout *l)
{
	return l->major == 1 ? 0x30 : 0x50;
}

int refs_ref_parse(struct span s, const struct refs_layout *l,
		   struct refs_ref *ret, struct err *reterr)
{
	const unsigned sum = l->major == 1 ? 8 : 32;
	struct refs_ref r = { .blocks = { 0 } };
	unsigned want;

	if (s.n < sum + 16)
		return err_set(reterr, ERR_TRUNCATED, s.at,
			       "ReFS page reference", sum + 16, s.n);
	for (unsigned i = 0; i < l->page_blocks; i++)
		r.blocks[i] = number(s, 8ull * i, 8);
	r.sum_type = s.p[sum + 2];
	if (r.sum_type != SUM_CRC32C && r.sum_type != SUM_CRC64)
		return err_set(reterr, ERR_UNSUPPORTED, s.at + sum + 2,
			       "ReFS page reference: kind of checksum",
			       SUM_CRC64, r.sum_type);
	want = r.sum_type == SUM_CRC32C ? 4 : 8;
	if (s.p[sum + 3] != 8)
		return err_set(reterr, ERR_VALUE, s.at + sum + 3,
			       "ReFS page reference: offset of checksum", 8,
			       s.p[sum + 3]);
	if (number(s, sum + 4, 2) != want)
		return err_set(reterr, ERR_VALUE, s.at + sum + 4,
			       "ReFS page reference: size of checksum", want,
			       number(s, sum + 4, 2));
	r.sum = number(s, sum + 8, want);
	*ret = r;
	return 0;
}

/* The CRC of @s, the @n bytes at @zero of it taken as zeros.  CRC-32C and the
 * one of 64 bits that NVMe has are both reflected and inverted.  */
static uint64_t crc(struct span s, unsigned type, size_t zero, size_t n)
{
	const uint64_t poly = type == SUM_CRC32C ? 0x82f63b78 :
						   0x9a6c9329ac4bc9b5;
	const uint64_t ones = type == SUM_CRC32C ? UINT32_MAX : UINT64_MAX;
	uint64_t table[16], c = ones;

	for (unsigned i = 0; i < 16; i++) {
		table[i] = i;
		for (int bit = 0; bit < 4; bit++)
			table[i] = table[i] >> 1 ^
				   (table[i] & 1 ? poly : 0);
	}
	for (size_t i = 0; i < s.n; i++) {
		c ^= i >= zero && i - zero < n ? 0 : s.p[i];
		c = table[c & 15] ^ c >> 4;
		c = table[c & 15] ^ c >> 4;
	}
	return c ^ ones;
}

int refs_page_check(struct span page, const struct refs_ref *ref,
		    struct err *reterr)
{
	uint64_t sum = crc(page, ref->sum_type, page.n, 0);

	if (sum != ref->sum)
		return err_set(reterr, ERR_CHECKSUM, page.at, "ReFS page", sum,
			       ref->sum);
	return 0;
}

/* The page that @s is must have @magic, in version 3, and say that it is block
 * @block; its reference to itself is told at @field, and must be right.  */
static int check_own(struct span s, const struct refs_layout *l,
		     const char *magic, uint64_t block, size_t field,
		     struct err *reterr)
{
	const size_t own = l->major == 1 ? 0 : 0x20;
	struct refs_layout single = *l;
	struct refs_ref ref;
	struct span self;
	uint64_t sum;
	int r;

	if (s.n < l->block_bytes)
		return err_set(reterr, ERR_TRUNCATED, s.at, "ReFS page",
			       l->block_bytes, s.n);
	if (l->major != 1 && !span_has(s, 0, magic, 4))
		return err_set(reterr, ERR_MAGIC, s.at, "ReFS page",
			       (uint8_t)magic[0], s.p[0]);
	if (number(s, own, 8) != block)
		return err_set(reterr, ERR_VALUE, s.at + own,
			       "ReFS page: its block", block,
			       number(s, own, 8));
	if (!span_sub(s, number(s, field, 4), number(s, field + 4, 4), &self))
		return err_set(reterr, ERR_VALUE, s.at + field,
			       "ReFS page: reference to itself", s.n,
			       number(s, field, 4));
	single.page_blocks = 1;
	r = refs_ref_parse(self, &single, &ref, reterr);
	if (r < 0)
		return r;
	if (ref.blocks[0] != block)
		return err_set(reterr, ERR_VALUE, self.at,
			       "ReFS page: reference to itself", block,
			       ref.blocks[0]);
	sum = crc(s, ref.sum_type, self.at - s.at, self.n);
	if (sum != ref.sum)
		return err_set(reterr, ERR_CHECKSUM, s.at, "ReFS page", sum,
			       ref.sum);
	return 0;
}

int refs_superblock_parse(struct span s, const struct refs_layout *l,
			  uint64_t block, struct refs_superblock *ret,
			  struct err *reterr)
{
	const size_t at = header_bytes(l);
	struct refs_superblock b;
	struct span list;
	int r = check_own(s, l, "SUPB", block, at + 0x28, reterr);

	if (r < 0)
		return r;
	if (number(s, at + 0x24, 4) != REFS_CHECKPOINTS)
		return err_set(reterr, ERR_VALUE, s.at + at + 0x24,
			       "ReFS superblock: checkpoints",
			       REFS_CHECKPOINTS, number(s, at + 0x24, 4));
	if (!span_sub(s, number(s, at + 0x20, 4), 8 * REFS_CHECKPOINTS, &list))
		return err_set(reterr, ERR_VALUE, s.at + at + 0x20,
			       "ReFS superblock: place of checkpoints", s.n,
			       number(s, at + 0x20, 4));
	b.generation = number(s, at + 0x18, 8);
	for (unsigned i = 0; i < REFS_CHECKPOINTS; i++)
		b.checkpoints[i] = number(list, 8ull * i, 8);
	*ret = b;
	return 0;
}

/* The references to roots whose offsets begin at @list.  */
static int parse_roots(struct span s, const struct refs_layout *l,
		       uint64_t list, struct refs_checkpoint *c,
		       struct err *reterr)
{
	for (unsigned i = 0; i < c->n; i++) {
		struct span offset, ref;
		uint64_t at;
		int r;

		if (!span_sub(s, list + 4ull * i, 4, &offset))
			return err_set(reterr, ERR_TRUNCATED, s.at + list,
				       "ReFS checkpoint: list of roots",
				       4ull * c->n, s.n);
		at = number(offset, 0, 4);
		if (at > s.n || !span_sub(s, at, s.n - at, &ref))
			return err_set(reterr, ERR_VALUE, offset.at,
				       "ReFS checkpoint: place of a root",
				       s.n, at);
		r = refs_ref_parse(ref, l, &c->roots[i], reterr);
		if (r < 0)
			return r;
	}
	return 0;
}

int refs_checkpoint_parse(struct span s, const struct refs_layout *l,
			  uint64_t block, struct refs_checkpoint *ret,
			  struct err *reterr)
{
	const size_t at = header_bytes(l);
	const size_t count = at + (l->major == 1 ? 0x28 : 0x40);
	struct refs_checkpoint c = { .n = 0 };
	uint64_t n, list = count + 4;
	int r = check_own(s, l, "CHKP", block, at + 8, reterr);

	if (r < 0)
		return r;
	if (number(s, at + 4, 2) != l->major)
		return err_set(reterr, ERR_VALUE, s.at + at + 4,
			       "ReFS checkpoint: version", l->major,
			       number(s, at + 4, 2));
	n = number(s, count, 4);
	if (n == 0 || n > MAX_ROOTS)
		return err_set(reterr, ERR_VALUE, s.at + count,
			       "ReFS checkpoint: number of roots", MAX_ROOTS,
			       n);
	if (l->major != 1 &&
	    (number(s, at + 0x28, 4) & FLAG_INDIRECT_ROOTS) != 0)
		list = number(s, list, 4);
	c.clock = number(s, at + 0x10, 8);
	c.n = n < REFS_ROOTS ? (unsigned)n : REFS_ROOTS;
	r = parse_roots(s, l, list, &c, reterr);
	if (r == 0)
		*ret = c;
	return r;
}

int refs_node_parse(struct span page, const struct refs_layout *l,
		    struct refs_node *ret, struct err *reterr)
{
	const size_t at = header_bytes(l);
	struct refs_node n = { .major = l->major };
	struct span head;
	uint64_t off;

	if (page.n < at + 4)
		return err_set(reterr, ERR_TRUNCATED, page.at, "ReFS node",
			       at + 4, page.n);
	if (l->major != 1 && !span_has(page, 0, "MSB+", 4))
		return err_set(reterr, ERR_MAGIC, page.at, "ReFS node", 'M',
			       page.p[0]);
	off = at + number(page, at, 4);
	if (!span_sub(page, off, 0x20, &head))
		return err_set(reterr, ERR_VALUE, page.at + at,
			       "ReFS node: place of its header", page.n, off);
	span_sub(page, off, page.n - off, &n.body);
	n.branch = (head.p[0x0d] & NODE_BRANCH) != 0;
	n.first = (uint32_t)number(head, 0x10, 4);
	n.n = (uint32_t)number(head, 0x14, 4);
	if (!span_sub(n.body, n.first, 4ull * n.n, &head))
		return err_set(reterr, ERR_VALUE, n.body.at + 0x14,
			       "ReFS node: number of rows", page.n / 4, n.n);
	*ret = n;
	return 0;
}

static int bad_row(struct span s, const char *what, struct err *reterr)
{
	return err_set(reterr, ERR_VALUE, s.at, what, s.n, number(s, 0, 4));
}

/* Row @i.  */
static int row_parse(const struct refs_node *node, uint32_t i,
		     struct span *ret_key, struct span *ret_value,
		     struct err *reterr)
{
	struct span offset, row, key, value;
	uint64_t at;

	span_sub(node->body, node->first + 4ull * i, 4, &offset);
	at = number(offset, 0, node->major == 1 ? 4 : 2);
	if (at < number(node->body, 0, 4) || at >= number(node->body, 4, 4) ||
	    !span_sub(node->body, at, 16, &row) ||
	    !span_sub(node->body, at, number(row, 0, 4), &row) || row.n < 16)
		return bad_row(offset, "ReFS node: place of a row", reterr);
	if (!span_sub(row, number(row, 4, 2), number(row, 6, 2), &key) ||
	    !span_sub(row, number(row, 0x0a, 2), number(row, 0x0c, 2), &value))
		return bad_row(row, "ReFS node: key or value of a row",
			       reterr);
	*ret_key = key;
	*ret_value = value;
	return 0;
}

/* The number in @key.  False if it is too short.  */
static bool key_number(struct span key, enum refs_key k, uint64_t *ret)
{
	const unsigned at = k == REFS_KEY_OBJECT ? 8 : 0;
	const unsigned n = k == REFS_KEY_RECORD ? 2 : 8;

	if (key.n < at + n)
		return false;
	*ret = number(key, at, n);
	return true;
}

int refs_leaf_find(const struct refs_node *node, enum refs_key k, uint64_t want,
		   struct span *ret, struct err *reterr)
{
	struct span key, value, found = { 0 };
	bool has = false;

	for (uint32_t i = 0; i < node->n; i++) {
		uint64_t v;
		int r = row_parse(node, i, &key, &value, reterr);

		if (r < 0)
			return r;
		if (!key_number(key, k, &v) || v != want)
			continue;
		if (has)
			return err_set(reterr, ERR_VALUE, key.at,
				       "ReFS node: key that is there twice",
				       want + 1, want);
		has = true;
		found = value;
	}
	if (!has)
		return err_set(reterr, ERR_NOT_FOUND, node->body.at,
			       "ReFS row", want, 0);
	*ret = found;
	return 0;
}

int refs_branch_find(const struct refs_node *node, enum refs_key k,
		     uint64_t want, const struct refs_layout *l,
		     struct refs_ref ret[2], struct err *reterr)
{
	struct span key, value, last = { 0 };
	int r;

	for (uint32_t i = 0; i < node->n; i++) {
		uint64_t v = i + 1 < node->n ? 0 : UINT64_MAX;

		r = row_parse(node, i, &key, &value, reterr);
		if (r < 0)
			return r;
		if (key.n > 0 && !key_number(key, k, &v))
			return bad_row(key, "ReFS node: key", reterr);
		if (v < want && i + 1 < node->n) {
			last = value;
			continue;
		}
		r = refs_ref_parse(value, l, &ret[0], reterr);
		if (r == 0 && i > 0)
			r = refs_ref_parse(last, l, &ret[1], reterr);
		return r < 0 ? r : i > 0 ? 2 : 1;
	}
	return 0;
}

int refs_object_parse(struct span value, const struct refs_layout *l,
		      struct refs_ref *ret, struct err *reterr)
{
	const size_t at = l->major == 1 ? 0 : 0x20;
	struct span s;

	if (value.n < at || !span_sub(value, at, value.n - at, &s))
		return err_set(reterr, ERR_TRUNCATED, value.at, "ReFS object",
			       at, value.n);
	return refs_ref_parse(s, l, ret, reterr);
}

int refs_container_parse(struct span value, uint64_t id,
			 const struct refs_layout *l, uint64_t *ret,
			 struct err *reterr)
{
	/* The number of blocks, and what lies behind the first one.  */
	if (value.n < 0x1c + 16)
		return err_set(reterr, ERR_TRUNCATED, value.at,
			       "ReFS container", 0x1c + 16, value.n);
	if (number(value, 0, 8) != id)
		return err_set(reterr, ERR_VALUE, value.at, "ReFS container",
			       id, number(value, 0, 8));
	if (number(value, 0x18, 4) != UINT64_C(1) << l->container_shift)
		return err_set(reterr, ERR_VALUE, value.at + 0x18,
			       "ReFS container: size",
			       UINT64_C(1) << l->container_shift,
			       number(value, 0x18, 4));
	*ret = number(value, value.n - 16, 8);
	return 0;
}

int refs_label_parse(struct span value, struct span *ret, struct err *reterr)
{
	size_t n = 0;

	if (value.n % 2 != 0)
		return err_set(reterr, ERR_VALUE, value.at,
			       "ReFS label: size", value.n - 1, value.n);
	while (n < value.n && (value.p[n] != 0 || value.p[n + 1] != 0))
		n += 2;
	span_sub(value, 0, n, ret);
	return 0;
}
