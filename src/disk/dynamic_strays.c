/*
 * dynamic_strays.c - disks of a group that no table calls dynamic
 *
 * Windows takes a disk for dynamic by its partition table alone.  Where that is
 * gone, or was changed, the private header still tells which disk of which
 * group it is.  One that was given to something else since may have kept its
 * header, too: it is believed where other disks of the group, which have their
 * tables, list it and miss it, and where no partition lies elsewhere than the
 * group has it, or holds a volume of its own.
 */
#include "base/checked.h"
#include "disk/boot_sector.h"
#include "disk/dynamic_parts.h"
#include "disk/findings.h"

/* A disk without a table is looked through so far from each end: a GPT disk has
 * its header in a partition of 1 MiB close to its start.  */
#define SEARCH_BYTES (4u << 20)

/* A file system leaves what is no whole cluster of its volume: those of NTFS
 * have up to 2 MiB.  */
#define MAX_CLUSTER_REST (2u << 20)

static bool head_at(const struct disk *d, uint64_t at,
		    struct ldm_privhead *ret)
{
	uint8_t buf[LDM_BLOCK_BYTES];
	struct span s = { buf, sizeof(buf), at };

	return source_read(d->source, at, buf, sizeof(buf), NULL) == 0 &&
	       span_has(s, 0, "PRIVHEAD", 8) &&
	       ldm_privhead_parse(s, ret, NULL) == 0 &&
	       ret->checksum == ret->checksum_computed &&
	       ldm_privhead_is_at_home(ret);
}

static bool search_head(const struct disk *d, uint64_t begin, uint64_t end,
			struct ldm_privhead *ret)
{
	for (uint64_t at = begin; at < end && end - at >= LDM_BLOCK_BYTES;
	     at += LDM_BLOCK_BYTES)
		if (head_at(d, at, ret))
			return true;
	return false;
}

static bool find_head(const struct disk *d, struct ldm_privhead *ret)
{
	const uint64_t sector = d->sector_size;
	const uint64_t sectors = d->size / sector;
	const uint64_t end = sectors * sector;

	if (d->scheme == SCHEME_GPT || sectors <= LDM_PRIVHEAD_COPY_FROM_END)
		return false;
	if (head_at(d, LDM_PRIVHEAD_LBA * sector, ret) ||
	    head_at(d, end - sector, ret) ||
	    head_at(d, end - LDM_PRIVHEAD_COPY_FROM_END * sector, ret))
		return true;
	if (d->n_partitions > 0)
		return false;
	if (end <= SEARCH_BYTES)
		return search_head(d, 0, end, ret);
	return search_head(d, 0, SEARCH_BYTES, ret) ||
	       search_head(d, end - SEARCH_BYTES, end, ret);
}

/* What the newest database of the group says of the disk, among the first @n
 * members.  NULL: it does not know it, or has it here.  */
static const struct ldm_entry *listed(const struct assembly *a, size_t n,
				      const struct ldm_privhead *h,
				      const struct ldm_database **ret_db)
{
	const struct ldm_database *newest = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct ldm_database *db = &a->members[i].db;

		if (!guid_equal(&db->head.group_guid, &h->group_guid))
			continue;
		if (guid_equal(&db->head.disk_guid, &h->disk_guid))
			return NULL;
		if (db->has_records &&
		    (newest == NULL ||
		     db->vmdb.committed > newest->vmdb.committed))
			newest = db;
	}
	*ret_db = newest;
	for (size_t i = 0; newest != NULL && i < newest->n; i++)
		if (newest->entries[i].kind == LDM_DISK &&
		    guid_equal(&newest->entries[i].u.disk.guid, &h->disk_guid))
			return &newest->entries[i];
	return NULL;
}

/* Where the disk @id has the partition @e, if it is one of it.  */
static bool place_of(const struct ldm_entry *e, uint64_t id, uint64_t data,
		     uint64_t *ret_start, uint64_t *ret_end)
{
	uint64_t start, size;

	return e->kind == LDM_PARTITION && e->u.partition.disk == id &&
	       checked_mul(e->u.partition.start, LDM_BLOCK_BYTES, &start) &&
	       checked_mul(e->u.partition.size, LDM_BLOCK_BYTES, &size) &&
	       checked_add(data, start, ret_start) &&
	       checked_add(*ret_start, size, ret_end);
}

/* The bytes of the volume of which @part is a part; 0: not known.  */
static uint64_t volume_bytes(const struct ldm_database *db,
			     const struct ldm_partition *part)
{
	uint64_t volume = 0, bytes = 0;

	for (size_t i = 0; i < db->n; i++)
		if (db->entries[i].kind == LDM_COMPONENT &&
		    db->entries[i].u.component.id == part->component)
			volume = db->entries[i].u.component.volume;
	for (size_t i = 0; i < db->n; i++)
		if (db->entries[i].kind == LDM_VOLUME &&
		    db->entries[i].u.volume.id == volume &&
		    !checked_mul(db->entries[i].u.volume.size,
				 LDM_BLOCK_BYTES, &bytes))
			bytes = 0;
	return bytes;
}

/* How long the volume is that begins with the partition; 0: none that ends with
 * it does.  */
static uint64_t own_bytes(const struct disk *d, const struct partition *p)
{
	struct boot_sector b;
	uint64_t bytes;

	if (boot_sector_read(d->source, p->offset, &b, NULL) < 0 ||
	    !checked_mul(b.total_sectors, b.bytes_per_sector, &bytes))
		return 0;
	return bytes <= p->length ? bytes : 0;
}

/* Whether the group has something of its own where the partition is: it begins
 * and ends where parts of volumes do, or the disk's data, and the volume that
 * begins there is not another one than that of the group.  */
static bool partition_fits(const struct disk *d, const struct partition *p,
			   const struct ldm_privhead *h,
			   const struct ldm_database *db, uint64_t id)
{
	uint64_t data, size, limit, start, end, own = own_bytes(d, p);
	bool begins, ends;

	if (!checked_mul(h->data_start, d->sector_size, &data) ||
	    !checked_mul(h->data_size, d->sector_size, &size) ||
	    !checked_add(data, size, &limit))
		return false;
	begins = p->offset == data;
	ends = p->offset <= limit && p->length == limit - p->offset;
	for (size_t i = 0; i < db->n; i++) {
		const struct ldm_partition *part = &db->entries[i].u.partition;
		uint64_t bytes;

		if (!place_of(&db->entries[i], id, data, &start, &end))
			continue;
		begins = begins || start == p->offset;
		ends = ends || (p->offset <= end &&
				p->length == end - p->offset);
		bytes = volume_bytes(db, part);
		if (start == p->offset && part->volume_offset == 0 &&
		    own <= bytes && bytes - own <= MAX_CLUSTER_REST)
			own = 0;
	}
	return begins && ends && own == 0;
}

/* A table whose types alone were changed has its partitions where the dynamic
 * ones were.  */
static bool table_fits(const struct disk *d, const struct ldm_privhead *h,
		       const struct ldm_database *db, uint64_t id)
{
	for (size_t i = 0; i < d->n_partitions; i++)
		if (!partition_fits(d, &d->partitions[i], h, db, id))
			return false;
	return true;
}

static void say_taken(struct assembly *a, const struct member *m,
		      const struct ldm_entry *e)
{
	char guid[GUID_TEXT_CHARS + 1];
	struct diag *d = dynamic_say(
		a, &FINDING_LDM_STRAY, &m->db.cites, arena_printf(
		a->arena, "disk%zu %s; but its private header, at byte %llu, "
		"makes it %s {%s} of a dynamic disk group, and other disks of "
		"the group list it. It is read as such. Windows would report "
		"it as missing.", m->disk, m->table->n_partitions > 0 ?
		"is not dynamic by its partition table" :
		"has no usable partition table",
		(unsigned long long)m->db.head.at,
		dynamic_name(dynamic_text(a, e->u.disk.name)),
		guid_text(&e->u.disk.guid, guid)));

	if (d != NULL)
		cites_join(a->arena, &d->cites, &e->cites);
}

static int push_stray(struct assembly *a, size_t disk, struct err *reterr)
{
	size_t *slot = arena_push(a->arena, &a->out.strays, a->out.n_strays,
				  sizeof(*slot));

	if (slot == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "LDM", 0, 0);
	*slot = disk;
	a->out.n_strays++;
	return 0;
}

/* Read the disk as the member that @h says.  */
static int take(struct assembly *a, size_t disk, const struct ldm_privhead *h,
		const struct ldm_entry *e, struct err *reterr)
{
	struct member *m = &a->members[a->n_members];
	struct disk *table = arena_copy(a->arena, a->disks[disk],
					sizeof(*table));
	uint64_t *at = arena_copy(a->arena, &h->at, sizeof(*at));
	const char *where = a->diags->where;
	int r;

	if (table == NULL || at == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "LDM", 0, 0);
	table->ldm_heads = at;
	table->n_ldm_heads = 1;
	m->disk = disk;
	m->table = table;
	a->diags->where = arena_printf(a->arena, "disk%zu", disk);
	r = ldm_database_read(table, a->arena, a->diags, &m->db, reterr);
	a->diags->where = where;
	if (r < 0)
		return r == ERR_NOMEM ? r : 0;
	a->n_members++;
	say_taken(a, m, e);
	return push_stray(a, disk, reterr);
}

static int refuse(struct assembly *a, size_t disk,
		  const struct ldm_privhead *h, struct err *reterr)
{
	struct refused *r = arena_push(a->arena, &a->refused, a->n_refused,
				       sizeof(*r));

	if (r == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "LDM", 0, 0);
	*r = (struct refused){ disk, h->disk_guid, h->at };
	a->n_refused++;
	return 0;
}

int dynamic_take_strays(struct assembly *a, size_t n, struct err *reterr)
{
	const size_t known = a->n_members;
	int r = 0;

	for (size_t i = 0; i < n && known > 0 && r == 0; i++) {
		const struct disk *d = a->disks[i];
		const struct ldm_database *db;
		const struct ldm_entry *e;
		struct ldm_privhead h;

		if (d->ldm || !find_head(d, &h))
			continue;
		e = listed(a, known, &h, &db);
		if (e == NULL)
			continue;
		r = table_fits(d, &h, db, e->u.disk.id) ?
			take(a, i, &h, e, reterr) : refuse(a, i, &h, reterr);
	}
	return r;
}
