// SPDX-License-Identifier: MIT
/*
 * quota_index.c - writes entries of $Extend\$Quota
 *
 *   $Q, key:  0x00  4  owner id
 *   $Q, data: 0x00  4  version 2     0x18  8  threshold
 *             0x04  4  flags         0x20  8  limit
 *             0x08  8  bytes used    0x28  8  exceeded
 *             0x10  8  changed       0x30  n  SID, filled up to 8 bytes
 *   $O, key:  0x00  n  SID
 *   $O, data: 0x00  4  owner id
 *
 * libntfs-3g puts an entry into its node, and splits that where it is full. It
 * has no order for SIDs, though, so that while it works on $O the index says
 * that its keys are plain bytes; the order is then not that of Windows.
 *
 * Sources: ntfs-3g, layout.h; [MS-DTYP] 2.4.2.2 for the SID.
 */
#include "quota_index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <ntfs-3g/index.h>

#include "ntfs_tree.h"
#include "text.h"

enum { DATA_BYTES = 0x30, HEADER_BYTES = 16, ENTRY_BYTES = 2048 };
enum { COLLATION_RULE_AT = 4 };

static ntfschar q_name[] = { const_cpu_to_le16('$'), const_cpu_to_le16('Q') };
static ntfschar o_name[] = { const_cpu_to_le16('$'), const_cpu_to_le16('O') };

int quota_sid(const char *text, uint8_t ret[QUOTA_SID_BYTES])
{
	unsigned long long authority;
	char *end;
	int n = 0;

	if (strncmp(text, "S-1-", 4) != 0)
		return -1;
	authority = strtoull(text + 4, &end, 0);
	ret[0] = 1;
	for (int i = 0; i < 6; i++)
		ret[2 + i] = (uint8_t)(authority >> (40 - 8 * i));
	for (; *end == '-' && n < 255; n++)
		put_le32(ret + 8 + 4 * n,
			 (uint32_t)strtoul(end + 1, &end, 10));
	ret[1] = (uint8_t)n;
	return *end == '\0' ? 8 + 4 * n : -1;
}

/* An index entry, as it lies in a node. */
static int make_entry(uint8_t *e, const uint8_t *key, size_t key_n,
		      const uint8_t *data, size_t data_n)
{
	size_t data_at = HEADER_BYTES + key_n;
	size_t n = (data_at + data_n + 7) / 8 * 8;

	if (n > ENTRY_BYTES) {
		errno = EINVAL;
		return -1;
	}
	memset(e, 0, ENTRY_BYTES);
	put_le16(e, (unsigned)data_at);
	put_le16(e + 2, (unsigned)data_n);
	put_le16(e + 8, (unsigned)n);
	put_le16(e + 10, (unsigned)key_n);
	memcpy(e + HEADER_BYTES, key, key_n);
	memcpy(e + data_at, data, data_n);
	return 0;
}

static int add(ntfs_inode *ni, ntfschar *name, uint8_t *entry)
{
	ntfs_index_context *x = ntfs_index_ctx_get(ni, name, 2);
	int err;

	if (x == NULL)
		return -1;
	err = ntfs_ie_add(x, (INDEX_ENTRY *)entry);
	ntfs_index_ctx_put(x);
	return err;
}

/* Overwrites the data of the entry with this key, if there is one: 1. */
static int replace(ntfs_inode *ni, ntfschar *name, const uint8_t *key,
		   const uint8_t *data, size_t n)
{
	ntfs_index_context *x = ntfs_index_ctx_get(ni, name, 2);
	int found = 0;

	if (x == NULL)
		return -1;
	if (ntfs_index_lookup(key, 4, x) == 0) {
		uint8_t *e = (uint8_t *)x->entry;
		size_t old = le16_to_cpu(x->entry->data_length);

		memcpy(e + le16_to_cpu(x->entry->data_offset), data,
		       old < n ? old : n);
		ntfs_index_entry_mark_dirty(x);
		found = 1;
	}
	ntfs_index_ctx_put(x);
	return found;
}

static int set_rule(ntfs_inode *ni, uint32_t rule)
{
	ntfs_attr *na = ntfs_attr_open(ni, AT_INDEX_ROOT, o_name, 2);
	uint8_t bytes[4];
	int err = -1;

	put_le32(bytes, rule);
	if (na != NULL && ntfs_attr_pwrite(na, COLLATION_RULE_AT, 4, bytes) == 4)
		err = 0;
	if (na != NULL)
		ntfs_attr_close(na);
	return err;
}

int quota_add(ntfs_volume *vol, const struct quota_entry *q,
	      const uint8_t *sid, int n)
{
	uint8_t entry[ENTRY_BYTES], key[4], data[DATA_BYTES + QUOTA_SID_BYTES];
	ntfs_inode *ni = tree_open(vol, "/$Extend/$Quota");
	size_t data_n = DATA_BYTES + ((size_t)n + 7) / 8 * 8;
	int err;

	if (ni == NULL)
		return -1;
	memset(data, 0, sizeof(data));
	put_le32(key, q->owner);
	put_le32(data, 2);
	put_le32(data + 4, q->flags);
	put_le64(data + 8, q->used);
	put_le64(data + 16, q->changed);
	put_le64(data + 24, (uint64_t)q->threshold);
	put_le64(data + 32, (uint64_t)q->limit);
	put_le64(data + 40, q->exceeded);
	if (n > 0)
		memcpy(data + DATA_BYTES, sid, (size_t)n);
	err = replace(ni, q_name, key, data, data_n);
	if (err == 0 && make_entry(entry, key, 4, data, data_n) == 0)
		err = add(ni, q_name, entry);
	return ntfs_inode_close(ni) < 0 || err < 0 ? -1 : 0;
}

int quota_add_owner(ntfs_volume *vol, const uint8_t *sid, int n,
		    uint32_t owner)
{
	uint8_t entry[ENTRY_BYTES], data[4];
	ntfs_inode *ni = tree_open(vol, "/$Extend/$Quota");
	int err = -1;

	if (ni == NULL)
		return -1;
	put_le32(data, owner);
	if (make_entry(entry, sid, (size_t)n, data, 4) == 0 &&
	    set_rule(ni, le32_to_cpu(COLLATION_BINARY)) == 0) {
		err = add(ni, o_name, entry);
		if (set_rule(ni, le32_to_cpu(COLLATION_NTOFS_SID)) < 0)
			err = -1;
	}
	return ntfs_inode_close(ni) < 0 ? -1 : err;
}
