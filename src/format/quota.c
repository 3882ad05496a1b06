/*
 * quota.c - an entry of the indexes $Q and $O of $Extend\$Quota
 *
 *	$Q: key
 *	00  4  owner id: 1 the defaults, 100 and above users
 *
 *	$Q: data
 *	00  4  version: 2
 *	04  4  flags
 *	08  8  bytes used
 *	10  8  changed, FILETIME
 *	18  8  threshold, -1 none
 *	20  8  limit, -1 none
 *	28  8  when it was exceeded, FILETIME
 *	30  n  SID; the defaults have none
 *
 *	$O: key
 *	00  n  SID
 *
 *	$O: data
 *	00  4  owner id
 *
 *	SID
 *	00  1  revision: 1
 *	01  1  number of sub-authorities, 15 at most
 *	02  6  authority, big-endian
 *	08  4  each sub-authority
 *
 * Sources: ntfs-3g, layout.h (QUOTA_CONTROL_ENTRY); [MS-DTYP] 2.4.2 for SIDs;
 * volumes of Windows.
 */
#include "format/quota.h"

#include <assert.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#include "base/bytes.h"

#define VERSION 2u

struct quota_disk {
	le32 version;
	le32 flags;
	le64 used;
	le64 changed;
	le64 threshold;
	le64 limit;
	le64 exceeded;
};
static_assert(sizeof(struct quota_disk) == 0x30, "quota");

struct quota_key_disk {
	le32 owner;
};

struct sid_disk {
	uint8_t revision;
	uint8_t n_parts;
	uint8_t authority[6];
};

struct sid_part_disk {
	le32 value;
};
static_assert(sizeof(struct sid_disk) == 8, "SID");

#define SID_REVISION 1
#define SID_MAX_PARTS 15

/* A 64-bit pattern as the signed number that it is.  */
static int64_t get_signed(le64 v)
{
	uint64_t n = get_le64(v);

	return n <= INT64_MAX ? (int64_t)n : -(int64_t)(UINT64_MAX - n) - 1;
}

int quota_parse(struct span key, struct span data, struct quota *ret,
		struct err *reterr)
{
	const struct quota_key_disk *k =
		span_view(key, 0, struct quota_key_disk);
	const struct quota_disk *d = span_view(data, 0, struct quota_disk);
	struct quota q;

	if (k == NULL)
		return err_set(reterr, ERR_TRUNCATED, key.at, "quota: owner",
			       sizeof(*k), key.n);
	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, data.at, "quota",
			       sizeof(*d), data.n);
	if (get_le32(d->version) != VERSION)
		return err_set(reterr, ERR_UNSUPPORTED, data.at,
			       "quota: version", VERSION,
			       get_le32(d->version));
	q = (struct quota){
		.owner = get_le32(k->owner),
		.flags = get_le32(d->flags),
		.used = get_le64(d->used),
		.changed = get_le64(d->changed),
		.threshold = get_signed(d->threshold),
		.limit = get_signed(d->limit),
		.exceeded = get_le64(d->exceeded),
	};
	span_sub(data, sizeof(*d), data.n - sizeof(*d), &q.sid);
	*ret = q;
	return 0;
}

int quota_owner_parse(struct span key, struct span data,
		      struct quota_owner *ret, struct err *reterr)
{
	const struct quota_key_disk *d =
		span_view(data, 0, struct quota_key_disk);

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, data.at,
			       "quota: owner of a SID", sizeof(*d), data.n);
	*ret = (struct quota_owner){ key, get_le32(d->owner) };
	return 0;
}

const char *sid_text(struct span sid, char buf[SID_TEXT_BYTES])
{
	const struct sid_disk *d = span_view(sid, 0, struct sid_disk);
	uint64_t authority = 0;
	int n;

	if (d == NULL || d->revision != SID_REVISION ||
	    d->n_parts > SID_MAX_PARTS)
		return NULL;
	for (size_t i = 0; i < sizeof(d->authority); i++)
		authority = authority << 8 | d->authority[i];
	/* [MS-DTYP] 2.4.2.1: above 32 bits in hexadecimal.  */
	n = snprintf(buf, SID_TEXT_BYTES, authority <= UINT32_MAX ?
		     "S-1-%" PRIu64 : "S-1-0x%012" PRIx64, authority);
	for (size_t i = 0; i < d->n_parts; i++) {
		const struct sid_part_disk *part =
			span_view(sid, sizeof(*d) + i * sizeof(*part),
				  struct sid_part_disk);

		if (part == NULL)
			return NULL;
		n += snprintf(buf + n, (size_t)(SID_TEXT_BYTES - n),
			      "-%" PRIu32, get_le32(part->value));
	}
	return buf;
}
