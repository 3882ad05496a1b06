/*
 * ldm_database.c - the database that one dynamic disk holds of its group
 */
#include "disk/ldm_database.h"

#include <stdlib.h>
#include <string.h>

#include "disk/findings.h"
#include "format/partition_type.h"

/* Every disk that is known has a configuration of 1 MiB.  This also bounds the
 * number of records, which are compared each with each.  */
#define MAX_DATABASE_BYTES (1u << 20)

/* A record of more fragments than this is no record of Windows: Linux takes
 * four.  */
#define MAX_FRAGMENTS 16

/* How far before the end of an MBR disk its configuration is looked for.  */
#define SEARCH_BYTES (4u << 20)

struct reader {
	const struct disk *disk;
	struct arena *arena;
	struct diag_list *diags;
	struct ldm_database db;
	uint64_t config;	/* byte where the configuration begins */
};

/* A place on the disk, for the cite of a finding.  */
struct region {
	uint64_t at, n;
	const char *structure;
};

static void report(struct reader *r, const struct diag_kind *kind,
		   struct region at, const char *message)
{
	struct diag *d = diag_add(r->diags, kind, "%s", message);

	if (d != NULL)
		source_cite(r->disk->source, at.at, at.n, at.structure,
			    r->arena, &d->cites);
}

static void report_err(struct reader *r, const struct diag_kind *kind,
		       struct region at, const char *what, const struct err *e)
{
	char text[256];
	const char *message = arena_printf(r->arena, "%s: %s.", what,
					   err_text(e, text, sizeof(text)));

	report(r, kind, at, message != NULL ? message : what);
}

/* Private headers */

static bool fits_disk(const struct reader *r, const struct ldm_privhead *h)
{
	const uint64_t sectors = r->disk->size / r->disk->sector_size;

	return h->config_size >= LDM_CONFIG_SECTORS &&
	       h->config_start <= sectors &&
	       h->config_size <= sectors - h->config_start &&
	       h->data_start <= sectors &&
	       h->data_size <= sectors - h->data_start;
}

static bool read_sector(const struct reader *r, uint64_t at,
			uint8_t buf[LDM_SECTOR_BYTES])
{
	return source_read(r->disk->source, at, buf, LDM_SECTOR_BYTES,
			   NULL) == 0;
}

/* Take the private header at byte @at, if it is one.  */
static bool take_head(struct reader *r, uint64_t at)
{
	static const char structure[] = "PRIVHEAD";
	uint8_t buf[LDM_SECTOR_BYTES], *kept;
	struct ldm_privhead h;
	struct span s = { buf, sizeof(buf), at };
	const char *what = NULL;

	if (!read_sector(r, at, buf) || !span_has(s, 0, structure, 8))
		return false;
	if (ldm_privhead_parse(s, &h, NULL) < 0)
		what = "A private header of the dynamic disk cannot be "
		       "decoded.";
	else if (h.checksum != h.checksum_computed)
		what = "The checksum of a private header of the dynamic disk "
		       "is wrong.";
	else if (!fits_disk(r, &h))
		what = "A private header of the dynamic disk gives regions "
		       "that the disk does not have.";
	if (what != NULL) {
		report(r, &FINDING_LDM_HEADER,
		       (struct region){ at, sizeof(buf), structure }, what);
		return false;
	}
	kept = arena_copy(r->arena, buf, sizeof(buf));
	if (kept == NULL ||
	    ldm_privhead_parse((struct span){ kept, sizeof(buf), at },
			       &r->db.head, NULL) < 0)
		return false;
	r->config = r->db.head.config_start * r->disk->sector_size;
	source_cite(r->disk->source, at, sizeof(buf), structure, r->arena,
		    &r->db.cites);
	return true;
}

/* Where the configuration of a GPT disk lies; false: it has none.  */
static bool metadata_partition(const struct disk *disk, uint64_t *ret)
{
	for (size_t i = 0; i < disk->n_partitions; i++) {
		const struct partition *p = &disk->partitions[i];

		if (disk->scheme == SCHEME_GPT &&
		    guid_equal(&p->type_guid, &GPT_TYPE_LDM_METADATA)) {
			*ret = p->offset;
			return true;
		}
	}
	return false;
}

static bool take_copies(struct reader *r, uint64_t config)
{
	const unsigned sector = r->disk->sector_size;

	return take_head(r, config + LDM_PRIVHEAD_COPY_1 * sector) ||
	       take_head(r, config + LDM_PRIVHEAD_COPY_2 * sector);
}

/* Look for a copy at each sector of the last part of the disk.  */
static bool search_head(struct reader *r)
{
	const uint64_t size = r->disk->size;
	uint64_t at = size > SEARCH_BYTES ? size - SEARCH_BYTES : 0;

	at -= at % r->disk->sector_size;
	for (; at < size && size - at >= LDM_SECTOR_BYTES;
	     at += r->disk->sector_size)
		if (take_head(r, at))
			return true;
	return false;
}

static bool find_head(struct reader *r)
{
	const unsigned sector = r->disk->sector_size;
	const uint64_t region = (uint64_t)LDM_CONFIG_SECTORS * sector;
	uint64_t config;

	if (metadata_partition(r->disk, &config))
		return take_copies(r, config);
	return take_head(r, LDM_PRIVHEAD_LBA * sector) ||
	       (r->disk->size > region &&
		take_copies(r, r->disk->size / sector * sector - region)) ||
	       search_head(r);
}

/* Tables of contents */

static void take_toc(struct reader *r, uint64_t at, struct ldm_toc *best,
		     bool *found)
{
	uint8_t buf[LDM_SECTOR_BYTES];
	struct span s = { buf, sizeof(buf), at };
	struct ldm_toc toc;

	/* A slot that was never used is zeros.  */
	if (!read_sector(r, at, buf) || !span_has(s, 0, "TOCBLOCK", 8))
		return;
	if (ldm_toc_parse(s, &toc, NULL) < 0 ||
	    toc.checksum != toc.checksum_computed) {
		report(r, &FINDING_LDM_HEADER,
		       (struct region){ at, sizeof(buf), "TOCBLOCK" },
		       "A table of contents of the dynamic disk is damaged.");
		return;
	}
	if (*found && toc.sequence <= best->sequence)
		return;
	*best = toc;
	*found = true;
}

/* The newest of the four, as libldm does not: it takes that in sector 2.  */
static struct ldm_toc find_toc(struct reader *r)
{
	static const uint64_t places[] = { 1, 2, 2045, 2046 };
	/* Where all disks have their database.  */
	struct ldm_toc toc = { .config = { 17, 1481 } };
	bool found = false;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		take_toc(r, r->config + places[i] * r->disk->sector_size, &toc,
			 &found);
	if (!found)
		report(r, &FINDING_LDM_HEADER,
		       (struct region){ r->config, LDM_SECTOR_BYTES,
					"TOCBLOCK" },
		       "No table of contents of the dynamic disk can be used; "
		       "its database is looked for in the usual place.");
	return toc;
}

/* Records */

struct fragment {
	struct ldm_slot slot;
	uint64_t at;
};

static int compare_fragments(const void *a, const void *b)
{
	const struct fragment *x = a, *y = b;

	if (x->slot.record != y->slot.record)
		return x->slot.record < y->slot.record ? -1 : 1;
	if (x->slot.fragment != y->slot.fragment)
		return x->slot.fragment < y->slot.fragment ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static bool is_whole(const struct fragment *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (f[i].slot.n_fragments != n || f[i].slot.fragment != i)
			return false;
	return n <= MAX_FRAGMENTS;
}

/* The content of the @n fragments behind each other, in the arena.  */
static struct span join(struct reader *r, const struct fragment *f, size_t n)
{
	size_t each = f[0].slot.content.n;
	uint8_t *bytes = arena_alloc(r->arena, n * each);

	if (bytes == NULL)
		return (struct span){ 0 };
	for (size_t i = 0; i < n; i++)
		memcpy(bytes + i * each, f[i].slot.content.p, each);
	return (struct span){ bytes, n * each, f[0].at + LDM_SLOT_HEAD_BYTES };
}

static int decode(const struct ldm_record *record, struct ldm_entry *ret,
		  struct err *reterr)
{
	ret->kind = record->kind;
	switch (record->kind) {
	case LDM_VOLUME:
		return ldm_volume_parse(record, &ret->u.volume, reterr);
	case LDM_COMPONENT:
		return ldm_component_parse(record, &ret->u.component, reterr);
	case LDM_PARTITION:
		return ldm_partition_parse(record, &ret->u.partition, reterr);
	case LDM_DISK:
		return ldm_disk_parse(record, &ret->u.disk, reterr);
	case LDM_GROUP:
		return ldm_group_parse(record, &ret->u.group, reterr);
	}
	return err_set(reterr, ERR_UNSUPPORTED, record->body.at, "VBLK", 0, 0);
}

static void bad_record(struct reader *r, const struct fragment *f,
		       const char *what, const struct err *e)
{
	r->db.damaged = true;
	report_err(r, &FINDING_LDM_RECORD,
		   (struct region){ f->at, f->slot.content.n +
				    LDM_SLOT_HEAD_BYTES, "VBLK" }, what, e);
}

static int add_record(struct reader *r, const struct fragment *f, size_t n,
		      struct err *reterr)
{
	static const char what[] = "A record of the dynamic disk's database "
				   "cannot be used";
	struct ldm_record record;
	struct ldm_entry *entry;
	struct err e = { 0 };
	struct span s;

	if (!is_whole(f, n)) {
		err_set(&e, ERR_TRUNCATED, f->at, "VBLK: fragments",
			f->slot.n_fragments, n);
		bad_record(r, f, what, &e);
		return 0;
	}
	s = join(r, f, n);
	entry = arena_push(r->arena, &r->db.entries, r->db.n, sizeof(*entry));
	if (s.p == NULL || entry == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "LDM database", 0, 0);
	if (ldm_record_parse(s, &record, &e) < 0 ||
	    decode(&record, entry, &e) < 0) {
		bad_record(r, f, what, &e);
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		source_cite(r->disk->source, f[i].at,
			    f[i].slot.content.n + LDM_SLOT_HEAD_BYTES, "VBLK",
			    r->arena, &entry->cites);
	r->db.n++;
	return 0;
}

/* Take the fragments that are in use out of the @n bytes of slots at @p, which
 * lie at @at of the disk.  */
static size_t take_slots(struct reader *r, const uint8_t *p, size_t n,
			 uint64_t at, struct fragment *ret)
{
	const uint32_t slot = r->db.vmdb.slot_bytes;
	size_t count = 0;

	for (size_t off = 0; off + slot <= n; off += slot) {
		struct span s = { p + off, slot, at + off };
		struct fragment f = { .at = at + off };
		struct err e;

		if (ldm_slot_parse(s, &f.slot, &e) < 0) {
			r->db.damaged = true;
			report_err(r, &FINDING_LDM_RECORD,
				   (struct region){ s.at, s.n, "VBLK" },
				   "A slot of the dynamic disk's database "
				   "cannot be used", &e);
			continue;
		}
		if (f.slot.n_fragments > 0)
			ret[count++] = f;
	}
	return count;
}

static int compare_entries(const void *a, const void *b)
{
	const struct ldm_entry *x = a, *y = b;
	uint64_t p, q;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	p = x->cites.n > 0 ? x->cites.list[0].offset : 0;
	q = y->cites.n > 0 ? y->cites.list[0].offset : 0;
	return p < q ? -1 : p > q;
}

static int add_records(struct reader *r, struct fragment *f, size_t n,
		       struct err *reterr)
{
	qsort(f, n, sizeof(*f), compare_fragments);
	for (size_t i = 0, count; i < n; i += count) {
		int status;

		for (count = 1; i + count < n; count++)
			if (f[i + count].slot.record != f[i].slot.record)
				break;
		status = add_record(r, f + i, count, reterr);
		if (status < 0)
			return status;
	}
	if (r->db.n > 0)
		qsort(r->db.entries, r->db.n, sizeof(r->db.entries[0]),
		      compare_entries);
	return 0;
}

static uint32_t count_of(const struct ldm_database *db, enum ldm_kind kind)
{
	uint32_t n = 0;

	for (size_t i = 0; i < db->n; i++)
		n += db->entries[i].kind == kind;
	return n;
}

/* The header counts the records; a change under way adds or takes some.  */
static void check_counts(struct reader *r, struct region vmdb)
{
	const struct ldm_counts *c = &r->db.vmdb.counts;

	if (r->db.vmdb.committed != r->db.vmdb.pending ||
	    r->db.vmdb.status != 1)
		report(r, &FINDING_LDM_PENDING, vmdb,
		       "A change of the dynamic disks was under way: their "
		       "database may say what was not yet done.");
	else if (count_of(&r->db, LDM_VOLUME) != c->volumes ||
		 count_of(&r->db, LDM_COMPONENT) != c->components ||
		 count_of(&r->db, LDM_PARTITION) != c->partitions ||
		 count_of(&r->db, LDM_DISK) != c->disks)
		report(r, &FINDING_LDM_RECORD, vmdb,
		       "The dynamic disk's database does not hold as many "
		       "records as its header says.");
}

/* Read the slots of the database whose header is at byte @at.  */
static int read_slots(struct reader *r, uint64_t at, size_t n,
		      struct err *reterr)
{
	const uint32_t slot = r->db.vmdb.slot_bytes;
	const uint64_t first = at + r->db.vmdb.first_slot;
	uint8_t *bytes = arena_alloc(r->arena, n);
	struct fragment *f = arena_alloc(r->arena,
					 (n / slot + 1) * sizeof(*f));
	struct err e;

	if (bytes == NULL || f == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "LDM database", 0, 0);
	if (source_read(r->disk->source, first, bytes, n, &e) < 0) {
		report_err(r, &FINDING_LDM_HEADER,
			   (struct region){ first, n, "VBLK" },
			   "The dynamic disk's database cannot be read", &e);
		r->db.damaged = true;
		return 0;
	}
	r->db.has_records = true;
	return add_records(r, f, take_slots(r, bytes, n, first, f), reterr);
}

static int read_database(struct reader *r, struct err *reterr)
{
	const struct ldm_toc toc = find_toc(r);
	const uint64_t sector = r->disk->sector_size;
	uint8_t *buf = arena_alloc(r->arena, LDM_SECTOR_BYTES);
	struct region at = { 0, LDM_SECTOR_BYTES, "VMDB" };
	struct ldm_vmdb *v = &r->db.vmdb;
	struct err e = { 0 };
	uint64_t n;
	int status;

	if (buf == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "LDM database", 0, 0);
	if (toc.config.start < r->db.head.config_size)
		at.at = r->config + toc.config.start * sector;
	if (at.at == 0 ||
	    source_read(r->disk->source, at.at, buf, at.n, &e) < 0 ||
	    ldm_vmdb_parse((struct span){ buf, at.n, at.at }, v, &e) < 0) {
		report_err(r, &FINDING_LDM_HEADER, at,
			   "The dynamic disk's database cannot be used", &e);
		return 0;
	}
	source_cite(r->disk->source, at.at, at.n, at.structure, r->arena,
		    &r->db.cites);
	n = (uint64_t)v->n_slots * v->slot_bytes - v->first_slot;
	if (n > MAX_DATABASE_BYTES)
		n = MAX_DATABASE_BYTES;
	status = read_slots(r, at.at, (size_t)n, reterr);
	if (status == 0 && r->db.has_records)
		check_counts(r, at);
	return status;
}

int ldm_database_read(const struct disk *disk, struct arena *a,
		      struct diag_list *d, struct ldm_database *ret,
		      struct err *reterr)
{
	struct reader r = { .disk = disk, .arena = a, .diags = d };
	int status;

	if (!find_head(&r)) {
		report(&r, &FINDING_LDM_HEADER,
		       (struct region){ LDM_PRIVHEAD_LBA * disk->sector_size,
					LDM_SECTOR_BYTES, "PRIVHEAD" },
		       "The dynamic disk has no private header that can be "
		       "used: its volumes are unknown.");
		return err_set(reterr, ERR_NOT_FOUND, 0, "PRIVHEAD", 0, 0);
	}
	status = read_database(&r, reterr);
	if (status == 0)
		*ret = r.db;
	return status;
}
