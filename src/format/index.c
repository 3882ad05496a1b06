/*
 * index.c - the nodes and entries of an NTFS index
 *
 *   INDEX_ROOT                            INDX block
 *   OFFSET  SIZE  FIELD                   OFFSET  SIZE  FIELD
 *        0     4  type of the key              0     4  "INDX"
 *        4     4  collation                    4     4  fix-up array
 *        8     4  bytes in a block             8     8  $LogFile number
 *       12     1  clusters in a block         16     8  its own VCN
 *       16        node header                 24        node header
 *
 *   node header                           entry
 *        0     4  offset of the entries        0     8  file reference, or
 *        4     4  bytes used                   0     2  \ offset and length of
 *        8     4  bytes allocated              2     2  / the data, in a view
 *       12     4  1: has sub-nodes             8     2  length of the entry
 *                                             10     2  length of the key
 *                                             12     2  1: sub-node, 2: last
 *                                             16        key
 *                                             -8     8  VCN of the sub-node
 *
 * Offsets and sizes in the node header count from the header.
 * Sources: libfsntfs, "New Technologies File System", 7; layout.h of ntfs-3g.
 */
#include "format/index.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"

enum { NODE_HAS_CHILDREN = 1, ENTRY_HAS_CHILD = 1, ENTRY_LAST = 2 };

struct index_node_disk {
	le32 entries_offset;
	le32 used;
	le32 allocated;
	le32 flags;
};
static_assert(sizeof(struct index_node_disk) == 16, "index node");

struct index_root_disk {
	le32 type;
	le32 collation;
	le32 block_bytes;
	uint8_t clusters_per_block;
	uint8_t padding[3];
	struct index_node_disk node;
};
static_assert(sizeof(struct index_root_disk) == 32, "index root");

struct index_block_disk {
	uint8_t signature[4];
	le16 array_offset, array_count;
	le64 lsn;
	le64 vcn;
	struct index_node_disk node;
};
static_assert(sizeof(struct index_block_disk) == 40, "index block");

struct index_entry_disk {
	le64 ref;		/* in a view: le16 data offset, le16 length */
	le16 length;
	le16 key_length;
	le16 flags;
	uint8_t padding[2];
};
static_assert(sizeof(struct index_entry_disk) == 16, "index entry");

static int parse_node(struct span node, bool *ret_has_children,
		      struct span *ret_entries, struct err *reterr)
{
	const struct index_node_disk *d =
		span_view(node, 0, struct index_node_disk);
	uint64_t first, used;

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, node.at, "index node",
			       sizeof(*d), node.n);
	first = get_le32(d->entries_offset);
	used = get_le32(d->used);
	if (used > node.n)
		return err_set(reterr, ERR_VALUE, node.at + 4,
			       "index node: bytes used", node.n, used);
	if (first < sizeof(*d) || first > used)
		return err_set(reterr, ERR_VALUE, node.at,
			       "index node: offset of the entries", used,
			       first);
	*ret_has_children = (get_le32(d->flags) & NODE_HAS_CHILDREN) != 0;
	span_sub(node, first, used - first, ret_entries);
	return 0;
}

int index_root_parse(struct span value, struct index_root *ret,
		     struct err *reterr)
{
	const struct index_root_disk *d =
		span_view(value, 0, struct index_root_disk);
	struct index_root root;
	struct span node;
	int r;

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, value.at, "index root",
			       sizeof(*d), value.n);
	root.type = get_le32(d->type);
	root.collation = get_le32(d->collation);
	root.block_bytes = get_le32(d->block_bytes);
	span_sub(value, offsetof(struct index_root_disk, node),
		 value.n - offsetof(struct index_root_disk, node), &node);
	r = parse_node(node, &root.has_children, &root.entries, reterr);
	if (r < 0)
		return r;
	*ret = root;
	return 0;
}

int index_block_parse(struct span block, struct index_block *ret,
		      struct err *reterr)
{
	const struct index_block_disk *d =
		span_view(block, 0, struct index_block_disk);
	struct index_block b;
	struct span node;
	int r;

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, block.at, "index block",
			       sizeof(*d), block.n);
	if (memcmp(d->signature, "INDX", 4) != 0)
		return err_set(reterr, ERR_MAGIC, block.at, "index block",
			       0x58444e49,
			       get_le32(*(const le32 *)d->signature));
	b.vcn = get_le64(d->vcn);
	span_sub(block, offsetof(struct index_block_disk, node),
		 block.n - offsetof(struct index_block_disk, node), &node);
	r = parse_node(node, &b.has_children, &b.entries, reterr);
	if (r < 0)
		return r;
	*ret = b;
	return 0;
}

/* The data of a view entry, which lies behind its key.  */
static int parse_data(struct span raw, struct span *ret, struct err *reterr)
{
	unsigned off = (unsigned)(raw.p[0] | raw.p[1] << 8);
	unsigned n = (unsigned)(raw.p[2] | raw.p[3] << 8);

	if (n == 0)
		return 0;
	if (off < sizeof(struct index_entry_disk) ||
	    !span_sub(raw, off, n, ret))
		return err_set(reterr, ERR_VALUE, raw.at,
			       "index entry: offset of the data", raw.n, off);
	return 0;
}

static int parse_entry(struct span raw, bool is_view, struct index_entry *e,
		       struct err *reterr)
{
	const struct index_entry_disk *d =
		span_view(raw, 0, struct index_entry_disk);
	size_t tail = raw.n - sizeof(*d);
	unsigned flags = get_le16(d->flags);

	e->raw = raw;
	e->last = (flags & ENTRY_LAST) != 0;
	e->has_child = (flags & ENTRY_HAS_CHILD) != 0;
	if (e->has_child) {
		if (tail < 8)
			return err_set(reterr, ERR_TRUNCATED, raw.at,
				       "index entry: sub-node",
				       sizeof(*d) + 8, raw.n);
		tail -= 8;
		e->child = get_le64(*(const le64 *)(raw.p + raw.n - 8));
	}
	if (e->last)
		return 0;
	if (get_le16(d->key_length) > tail)
		return err_set(reterr, ERR_VALUE, raw.at + 10,
			       "index entry: length of the key", tail,
			       get_le16(d->key_length));
	span_sub(raw, sizeof(*d), get_le16(d->key_length), &e->key);
	if (is_view)
		return parse_data(raw, &e->data, reterr);
	e->ref = get_le64(d->ref);
	return 0;
}

/* How long an entry is by what its head says to be in it.  */
static size_t needed_bytes(const struct index_entry_disk *d, bool is_view)
{
	const le16 *data = (const le16 *)&d->ref;
	size_t end = sizeof(*d) + get_le16(d->key_length);
	unsigned flags = get_le16(d->flags);

	if ((flags & ENTRY_LAST) != 0)
		end = sizeof(*d);
	else if (is_view && get_le16(data[1]) > 0 &&
		 (size_t)get_le16(data[0]) + get_le16(data[1]) > end)
		end = (size_t)get_le16(data[0]) + get_le16(data[1]);
	end = (end + 7) / 8 * 8;
	return (flags & ENTRY_HAS_CHILD) != 0 ? end + 8 : end;
}

/* Take the first @length bytes of *@left as an entry.  */
static int take_entry(struct span *left, size_t length, bool is_view,
		      struct index_entry *ret, struct err *reterr)
{
	struct index_entry e = { 0 };
	struct span raw;
	int r;

	if (!span_sub(*left, 0, length, &raw))
		return err_set(reterr, ERR_TRUNCATED, left->at, "index entry",
			       length, left->n);
	r = parse_entry(raw, is_view, &e, reterr);
	if (r < 0)
		return r;
	span_sub(*left, length, left->n - length, left);
	*ret = e;
	return 1;
}

int index_entry_by_key(struct span *left, bool is_view, struct index_entry *ret,
		       struct err *reterr)
{
	const struct index_entry_disk *d =
		span_view(*left, 0, struct index_entry_disk);

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, left->at, "index entry",
			       sizeof(*d), left->n);
	return take_entry(left, needed_bytes(d, is_view), is_view, ret,
			  reterr);
}

int index_entry_next(struct span *left, bool is_view, struct index_entry *ret,
		     struct err *reterr)
{
	const struct index_entry_disk *d =
		span_view(*left, 0, struct index_entry_disk);
	struct index_entry e;
	struct span rest = *left;
	size_t length;
	int r;

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, left->at, "index entry",
			       sizeof(*d), left->n);
	length = get_le16(d->length);
	if (length < sizeof(*d) || length % 8 != 0 || length > left->n)
		return err_set(reterr, ERR_VALUE, left->at + 8,
			       "index entry: length", left->n, length);
	r = take_entry(&rest, length, is_view, &e, reterr);
	if (r < 0)
		return r;
	if (length != needed_bytes(d, is_view))
		return err_set(reterr, ERR_VALUE, left->at + 8,
			       "index entry: length by what is in it",
			       needed_bytes(d, is_view), length);
	*left = rest;
	*ret = e;
	return 1;
}

struct reparse_key_disk {
	le32 tag;
	le64 ref;
};
static_assert(sizeof(struct reparse_key_disk) == 12, "key of $R");

int reparse_key_parse(struct span key, struct reparse_key *ret,
		      struct err *reterr)
{
	const struct reparse_key_disk *d =
		span_view(key, 0, struct reparse_key_disk);

	if (d == NULL || key.n != sizeof(*d))
		return err_set(reterr, ERR_VALUE, key.at, "key of $R: length",
			       sizeof(*d), key.n);
	*ret = (struct reparse_key){ get_le32(d->tag), get_le64(d->ref) };
	return 0;
}
