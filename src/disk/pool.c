/*
 * pool.c - what a partition tells of the storage pool that it belongs to
 */
#include "disk/pool.h"

#include <stdlib.h>
#include <string.h>

#include "disk/findings.h"
#include "disk/fragments.h"

/* A pool of a hundred virtual disks takes a few pages of 4 KiB; but each piece
 * of a disk of theirs takes a slot or two as well.  */
#define MAX_DATABASE_BYTES (4u << 20)

/* No record was seen that took more than ten slots of 48 bytes; this many hold
 * the longest names.  */
#define MAX_FRAGMENTS 256

/* Windows takes 416 disks into a pool at most, and 64 virtual disks.  */
#define MAX_DISKS 1024

struct reader {
	struct source *partition;
	struct arena *arena;
	struct diag_list *diags;
	struct storage_pool pool;
	struct pool_database db;
	bool old;	/* its header does not tell of a database */
};

static void report(struct reader *r, uint64_t at, uint64_t n,
		   const char *structure, const char *what,
		   const struct err *e)
{
	char text[200];
	struct diag *d = diag_add(r->diags, &FINDING_POOL_DAMAGED,
				  e == NULL ? "%s." : "%s: %s.", what,
				  e == NULL ? "" :
				  err_text(e, text, sizeof(text)));

	if (d != NULL)
		source_cite(r->partition, at, n, structure, r->arena,
			    &d->cites);
}

static struct text text_of(struct reader *r, struct span s)
{
	uint8_t *swapped = arena_alloc(r->arena, s.n + 1);

	if (swapped == NULL || s.n == 0)
		return (struct text){ 0 };
	for (size_t i = 0; i + 1 < s.n; i += 2) {
		swapped[i] = s.p[i + 1];
		swapped[i + 1] = s.p[i];
	}
	return text_from_utf16(r->arena,
			       (struct span){ swapped, s.n & ~(size_t)1, 0 });
}

static bool read_header(struct reader *r)
{
	static const char what[] = "The header of the storage pool's disk "
				   "cannot be used";
	uint8_t buf[POOL_HEADER_BYTES];
	struct pool_header h;
	struct err e;

	if (source_read(r->partition, 0, buf, sizeof(buf), &e) < 0 ||
	    pool_header_parse((struct span){ buf, sizeof(buf), 0 }, &h, &e) <
		    0) {
		report(r, 0, sizeof(buf), "SPACEDB", what, &e);
		return false;
	}
	if (h.checksum != h.checksum_computed) {
		err_set(&e, ERR_CHECKSUM, 0x0c, "SPACEDB: CRC-32",
			h.checksum_computed, h.checksum);
		report(r, 0, sizeof(buf), "SPACEDB", what, &e);
		return false;
	}
	r->old = h.version < POOL_HEADER_VERSION;
	r->pool.known = true;
	r->pool.guid = h.pool;
	r->pool.disk = h.disk;
	r->pool.joined = h.joined;
	source_cite(r->partition, 0, sizeof(buf), "SPACEDB", r->arena,
		    &r->pool.cites);
	return h.has_database;
}

static bool read_database_header(struct reader *r)
{
	static const char what[] = "The database of the storage pool cannot "
				   "be used";
	const uint64_t at = POOL_DATABASE_OFFSET;
	uint8_t buf[POOL_HEADER_BYTES];
	struct err e;

	if (source_read(r->partition, at, buf, sizeof(buf), &e) < 0 ||
	    pool_database_parse((struct span){ buf, sizeof(buf), at }, &r->db,
				&e) < 0) {
		if (r->old && e.code == ERR_MAGIC)
			return false;
		report(r, at, sizeof(buf), "SDBC", what, &e);
		return false;
	}
	if (r->db.checksum != r->db.checksum_computed) {
		err_set(&e, ERR_CHECKSUM, at + 0x0c, "SDBC: CRC-32",
			r->db.checksum_computed, r->db.checksum);
		report(r, at, sizeof(buf), "SDBC", what, &e);
		return false;
	}
	if (!guid_equal(&r->db.owner, &r->pool.guid)) {
		report(r, at, sizeof(buf), "SDBC",
		       "The database is that of another storage pool", NULL);
		return false;
	}
	r->pool.sequence = r->db.sequence;
	r->pool.updated = r->db.updated;
	source_cite(r->partition, at, sizeof(buf), "SDBC", r->arena,
		    &r->pool.cites);
	return true;
}

static bool is_wanted(const struct record_slot *f)
{
	return f->fragment != 0 || f->content.n == 0 ||
	       f->content.p[0] == POOL_POOL ||
	       f->content.p[0] == POOL_DISK ||
	       f->content.p[0] == POOL_SPACE;
}

static int take_pool(struct reader *r, const struct pool_record *record,
		     struct err *reterr)
{
	struct pool_info v;
	int status = pool_info_parse(record, &v, reterr);

	if (status < 0)
		return status;
	r->pool.name = text_of(r, v.name);
	r->pool.version = v.version;
	return 0;
}

/* Whether there are as many disks, or virtual disks, as are kept.  */
static bool is_full(struct reader *r, size_t n)
{
	if (n == MAX_DISKS)
		report(r, POOL_DATABASE_OFFSET, POOL_HEADER_BYTES, "SDBC",
		       "The storage pool has more disks than are listed",
		       NULL);
	return n >= MAX_DISKS;
}

static int take_member(struct reader *r, const struct pool_record *record,
		       struct err *reterr)
{
	struct pool_member *slot;
	struct pool_disk v;
	int status = pool_disk_parse(record, &v, reterr);

	if (status < 0 || is_full(r, r->pool.n_members))
		return status;
	slot = arena_push(r->arena, &r->pool.members, r->pool.n_members,
			  sizeof(*slot));
	if (slot == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "pool", 0, 0);
	*slot = (struct pool_member){
		.guid = v.guid,
		.name = text_of(r, v.name),
		.manufacturer = text_of(r, v.manufacturer),
		.model = text_of(r, v.model),
		.size = v.size,
		.evidence_disk = SIZE_MAX,
	};
	r->pool.n_members++;
	return 0;
}

static int take_space(struct reader *r, const struct pool_record *record,
		      const struct record_slot *f, size_t n, struct err *reterr)
{
	struct pool_virtual_disk *slot;
	struct pool_space v;
	int status = pool_space_parse(record, &v, reterr);

	if (status < 0 || v.internal || is_full(r, r->pool.n_disks))
		return status;
	slot = arena_push(r->arena, &r->pool.disks, r->pool.n_disks,
			  sizeof(*slot));
	if (slot == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "pool", 0, 0);
	*slot = (struct pool_virtual_disk){
		.guid = v.guid,
		.name = text_of(r, v.name),
		.size = v.size,
		.provisioning = v.provisioning,
		.resiliency = v.resiliency,
		.columns = v.columns,
		.copies = v.copies,
	};
	for (size_t i = 0; i < n; i++)
		source_cite(r->partition, f[i].at, r->db.slot_bytes, "SDBB",
			    r->arena, &slot->cites);
	r->pool.n_disks++;
	return 0;
}

static int take_record(struct reader *r, const struct record_slot *f, size_t n,
		       struct err *reterr)
{
	static const char what[] = "A record of the storage pool's database "
				   "cannot be used";
	struct pool_record record;
	struct err e = { 0 };
	struct span s;
	int status = 0;

	if (!is_wanted(f))
		return 0;
	if (n > MAX_FRAGMENTS || !fragments_whole(f, n)) {
		err_set(&e, ERR_TRUNCATED, f->at, "SDBB: fragments",
			f->n_fragments, n);
		report(r, f->at, r->db.slot_bytes, "SDBB", what, &e);
		return 0;
	}
	s = fragments_join(f, n, r->arena);
	if (s.p == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "pool", 0, 0);
	status = pool_record_parse(s, &record, &e);
	if (status == 0 && record.kind == POOL_POOL)
		status = take_pool(r, &record, &e);
	else if (status == 0 && record.kind == POOL_DISK)
		status = take_member(r, &record, &e);
	else if (status == 0)
		status = take_space(r, &record, f, n, &e);
	if (status == ERR_NOMEM)
		return err_set(reterr, ERR_NOMEM, 0, "pool", 0, 0);
	if (status < 0)
		report(r, f->at, r->db.slot_bytes, "SDBB", what, &e);
	return 0;
}

/* The fragments in use among the slots at @p, behind the header's.  */
static size_t take_slots(struct reader *r, const uint8_t *p, size_t n,
			 struct record_slot *ret)
{
	const uint32_t slot = r->db.slot_bytes;
	size_t count = 0;

	for (size_t off = 0; off + slot <= n; off += slot) {
		const uint64_t at = POOL_DATABASE_OFFSET + POOL_HEADER_BYTES +
				    off;
		struct record_slot f;
		struct err e;

		if (record_slot_parse((struct span){ p + off, slot, at },
				      "SDBB", &f, &e) < 0)
			report(r, at, slot, "SDBB", "A slot of the storage "
			       "pool's database cannot be used", &e);
		else if (f.n_fragments > 0 && f.record != 0)
			ret[count++] = f;
	}
	return count;
}

static int take_records(struct reader *r, struct record_slot *f, size_t n,
			struct err *reterr)
{
	fragments_sort(f, n);
	for (size_t i = 0, count; i < n; i += count) {
		int status;

		count = fragments_of_record(f + i, n - i);
		status = take_record(r, f + i, count, reterr);
		if (status < 0)
			return status;
	}
	r->pool.has_database = true;
	return 0;
}

static int read_records(struct reader *r, struct err *reterr)
{
	const uint64_t at = POOL_DATABASE_OFFSET + POOL_HEADER_BYTES;
	uint64_t n = (uint64_t)r->db.n_slots * r->db.slot_bytes -
		     POOL_HEADER_BYTES;
	struct record_slot *f;
	uint8_t *bytes;
	struct err e;
	int status = 0;

	if (n > MAX_DATABASE_BYTES) {
		n = MAX_DATABASE_BYTES;
		report(r, at, n, "SDBB", "Only the first 4 MiB of the storage "
		       "pool's database are read", NULL);
	}
	bytes = arena_malloc(r->arena, (size_t)n + 1);
	f = arena_malloc(r->arena, ((size_t)n / r->db.slot_bytes + 1) *
			 sizeof(*f));
	if (bytes == NULL || f == NULL)
		status = err_set(reterr, ERR_NOMEM, 0, "pool", 0, 0);
	else if (n > 0 && source_read(r->partition, at, bytes, (size_t)n,
				      &e) < 0)
		report(r, at, n, "SDBB", "The storage pool's database cannot "
		       "be read", &e);
	else
		status = take_records(r, f, take_slots(r, bytes, (size_t)n, f),
				      reterr);
	free(bytes);
	free(f);
	return status;
}

int storage_pool_read(struct source *partition, struct arena *a,
		      struct diag_list *d, struct storage_pool *ret,
		      struct err *reterr)
{
	struct reader r = { .partition = partition, .arena = a, .diags = d };
	int status = 0;

	if (read_header(&r) && read_database_header(&r))
		status = read_records(&r, reterr);
	if (status == 0)
		*ret = r.pool;
	return status;
}

const char *pool_resiliency_name(unsigned r)
{
	static const char *const names[] = {
		[POOL_SIMPLE] = "simple", [POOL_MIRROR] = "mirror",
		[POOL_PARITY] = "parity",
	};

	return r < sizeof(names) / sizeof(names[0]) ? names[r] : NULL;
}

const char *pool_provisioning_name(unsigned p)
{
	static const char *const names[] = {
		[POOL_THIN] = "thin", [POOL_FIXED] = "fixed",
	};

	return p < sizeof(names) / sizeof(names[0]) ? names[p] : NULL;
}
