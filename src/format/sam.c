/*
 * sam.c - values of the registry hive SAM
 *
 *	part: what most of these values begin with a table of
 *	00  4  offset, from the end of the table
 *	04  4  size
 *	08  4  not known
 *
 *	V of a domain
 *	00  c  part: security descriptor
 *	0c  c  part: SID
 *	18  18  two more parts
 *
 *	V of a user
 *	00  c  part: security descriptor
 *	0c  c  part: name
 *	18  c  part: full name
 *	24  c  part: comment
 *	30  9c  thirteen more parts
 *
 *	F of a user
 *	30  4  RID
 *	34  4  RID of the primary group
 *	38  2  flags
 *	3a  n  other counts
 *
 *	C of an alias
 *	00  4  RID
 *	04  c  part: security descriptor
 *	10  c  part: name
 *	1c  c  part: comment
 *	28  c  part: SIDs of the members
 *
 * Sources: libyal/winreg-kb, Security Accounts Manager; [MS-SAMR] 2.2.1.12 for
 * the flags; hives of Windows XP, 7, 8.1, 10 and 11.
 */
#include "format/sam.h"

#include <assert.h>
#include <stddef.h>

#include "base/bytes.h"

struct part_disk {
	le32 offset;
	le32 size;
	le32 unknown;
};
static_assert(sizeof(struct part_disk) == 12, "SAM: part");

struct domain_v_disk {
	struct part_disk security, sid, more[2];
};
static_assert(sizeof(struct domain_v_disk) == 0x30, "SAM: domain");

struct user_v_disk {
	struct part_disk security, name, full_name, comment, more[13];
};
static_assert(sizeof(struct user_v_disk) == 0xcc, "SAM: user");

struct user_f_disk {
	uint8_t times[0x30];
	le32 rid;
	le32 group;
	le16 flags;
};
static_assert(offsetof(struct user_f_disk, flags) == 0x38, "SAM: F");

struct alias_c_disk {
	le32 rid;
	struct part_disk security, name, comment, members;
};
static_assert(sizeof(struct alias_c_disk) == 0x34, "SAM: alias");

/* The bytes of @p, which lies in @table, the table of the value @value.  */
static int part_bytes(struct span value, size_t table_bytes,
		      const struct part_disk *p, const char *what,
		      struct span *ret, struct err *reterr)
{
	uint32_t offset = get_le32(p->offset), size = get_le32(p->size);
	size_t place = (size_t)((const uint8_t *)p - value.p);
	struct span data;

	if (!span_sub(value, table_bytes, value.n - table_bytes, &data) ||
	    offset > data.n)
		return err_set(reterr, ERR_TRUNCATED, value.at + place, what,
			       offset, value.n - table_bytes);
	if (size > data.n - offset)
		return err_set(reterr, ERR_TRUNCATED, value.at + place + 4,
			       what, size, data.n - offset);
	span_sub(data, offset, size, ret);
	return 0;
}

static int truncated(struct span value, const char *what, size_t want,
		     struct err *reterr)
{
	return err_set(reterr, ERR_TRUNCATED, value.at, what, want, value.n);
}

int sam_domain_parse(struct span v, struct span *ret_sid, struct err *reterr)
{
	const struct domain_v_disk *d = span_view(v, 0, struct domain_v_disk);

	if (d == NULL)
		return truncated(v, "SAM: domain", sizeof(*d), reterr);
	return part_bytes(v, sizeof(*d), &d->sid, "SAM: SID of the domain",
			  ret_sid, reterr);
}

int sam_user_parse(struct span v, struct sam_user *ret, struct err *reterr)
{
	const struct user_v_disk *d = span_view(v, 0, struct user_v_disk);
	struct sam_user u;
	int r;

	if (d == NULL)
		return truncated(v, "SAM: user", sizeof(*d), reterr);
	r = part_bytes(v, sizeof(*d), &d->name, "SAM: user's name", &u.name,
		       reterr);
	if (r == 0)
		r = part_bytes(v, sizeof(*d), &d->full_name,
			       "SAM: user's full name", &u.full_name, reterr);
	if (r == 0)
		r = part_bytes(v, sizeof(*d), &d->comment,
			       "SAM: user's comment", &u.comment, reterr);
	if (r == 0)
		*ret = u;
	return r;
}

int sam_control_parse(struct span f, struct sam_control *ret,
		      struct err *reterr)
{
	const struct user_f_disk *d = span_view(f, 0, struct user_f_disk);

	if (d == NULL)
		return truncated(f, "SAM: F of a user", sizeof(*d), reterr);
	*ret = (struct sam_control){ get_le32(d->rid), get_le16(d->flags) };
	return 0;
}

int sam_alias_parse(struct span c, struct sam_alias *ret, struct err *reterr)
{
	const struct alias_c_disk *d = span_view(c, 0, struct alias_c_disk);
	struct sam_alias a;
	int r;

	if (d == NULL)
		return truncated(c, "SAM: alias", sizeof(*d), reterr);
	a.rid = get_le32(d->rid);
	r = part_bytes(c, sizeof(*d), &d->name, "SAM: alias' name", &a.name,
		       reterr);
	if (r == 0)
		r = part_bytes(c, sizeof(*d), &d->comment,
			       "SAM: alias' comment", &a.comment, reterr);
	if (r == 0)
		*ret = a;
	return r;
}
