/*
 * remote_database.c - a volume's MountPointManagerRemoteDatabase
 *
 * Names of the volumes that are mounted on directories of this one, kept in its
 * System Volume Information so that another machine can find them too.  Entries
 * lie one behind the other:
 *
 *   OFFSET  SIZE  FIELD
 *        0     4  size of the entry
 *        4     4  reference count
 *        8     2  offset of the name, from the start of the entry
 *       10     2  its length in bytes
 *       12     2  offset of the unique id
 *       14     2  its length
 *       16        name in UTF-16LE, unique id
 *
 * Source: ReactOS drivers/filters/mountmgr.
 */
#include "format/remote_database.h"

#include <assert.h>

#include "base/bytes.h"

struct remote_database_disk {
	le32 size;
	le32 references;
	le16 name_offset;
	le16 name_size;
	le16 unique_id_offset;
	le16 unique_id_size;
};
static_assert(sizeof(struct remote_database_disk) == 16, "remote database");

/* A field of the entry that lies behind its head, or is empty.  */
static int take_field(struct span entry, le16 offset, le16 size,
		      const char *what, struct span *ret, struct err *reterr)
{
	uint16_t off = get_le16(offset), n = get_le16(size);

	if (n == 0) {
		*ret = (struct span){ entry.p, 0, entry.at };
		return 0;
	}
	if (off < sizeof(struct remote_database_disk) ||
	    !span_sub(entry, off, n, ret))
		return err_set(reterr, ERR_VALUE, entry.at, what, entry.n,
			       (uint64_t)off + n);
	return 0;
}

int remote_database_parse(struct span s, struct remote_database_entry *ret,
			  struct err *reterr)
{
	const struct remote_database_disk *d =
		span_view(s, 0, struct remote_database_disk);
	struct remote_database_entry e;
	struct span entry;
	int r;

	if (d == NULL)
		return err_set(reterr, ERR_TRUNCATED, s.at,
			       "remote database entry", sizeof(*d), s.n);
	e.size = get_le32(d->size);
	e.references = get_le32(d->references);
	if (e.size < sizeof(*d))
		return err_set(reterr, ERR_VALUE, s.at,
			       "remote database entry: size", sizeof(*d),
			       e.size);
	if (!span_sub(s, 0, e.size, &entry))
		return err_set(reterr, ERR_TRUNCATED, s.at,
			       "remote database entry", e.size, s.n);
	r = take_field(entry, d->name_offset, d->name_size,
		       "remote database entry: end of its name", &e.name,
		       reterr);
	if (r == 0)
		r = take_field(entry, d->unique_id_offset, d->unique_id_size,
			       "remote database entry: end of its unique id",
			       &e.unique_id, reterr);
	if (r == 0)
		*ret = e;
	return r;
}
