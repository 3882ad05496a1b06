/*
 * ldm_database.c - the database that one dynamic disk holds of its group
 */
#include "disk/ldm_database.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "disk/findings.h"
#include "disk/fragments.h"
#include "disk/ldm_copies.h"
#include "format/partition_type.h"

/* Every disk that is known has a configuration of 1 MiB.  This also bounds the
 * number of records, which are compared each with each.  */
#define MAX_DATABASE_BYTES (1u << 20)

/* Of several copies, too: records are joined in the square of their number.  */
#define MAX_RECORDS (MAX_DATABASE_BYTES / 128)

/* A record of more fragments than this is no record of Windows: Linux takes
 * four.  */
#define MAX_FRAGMENTS 16

/* How far before the end of an MBR disk its configuration is looked for.  */
#define SEARCH_BYTES (4u << 20)

/* Tables of contents at both ends, private headers and a database.  */
#define MIN_CONFIG_SECTORS 8

/* More sectors than a disk can have: what is counted in bytes of regions within
 * them does not overflow.  */
#define MAX_SECTORS (UINT64_C(1) << 48)

/* An MBR disk has a private header in three places.  */
#define MAX_PLACES 3

/* Damaged private headers that are kept in mind, so as to be told once.  */
#define MAX_TOLD 8

struct reader {
	const struct disk *given;
	const struct disk *disk;	/* the same; sectors by the header */
	struct arena *arena;
	struct diag_list *diags;
	struct ldm_database db;
	uint64_t config;	/* byte where the configuration begins */
	uint64_t tried[MAX_PLACES];	/* bytes looked at for a header */
	size_t n_tried;
	uint64_t told[MAX_TOLD];	/* of these, what a finding is about */
	size_t n_told;
	uint64_t cut_head;	/* byte of one of a longer disk; 0: none */
	size_t n_not_in_force;	/* records that are not to be used (yet) */
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

/* Sectors as they may be.  */
static bool is_sector_size(uint32_t n)
{
	return n >= 512 && n <= 4096 && (n & (n - 1)) == 0;
}

/* The disk with sectors of the size that @h tells, where the header lies as one
 * does on a disk with such sectors: all that it says counts in them.  Else the
 * disk as it is.  */
static const struct disk *disk_by_head(const struct reader *r,
				       const struct ldm_privhead *h)
{
	struct disk *d;

	if (h->sector_bytes == r->disk->sector_size ||
	    !is_sector_size(h->sector_bytes) || !ldm_privhead_is_at_home(h))
		return r->disk;
	d = arena_copy(r->arena, r->disk, sizeof(*d));
	if (d == NULL)
		return r->disk;
	d->sector_size = h->sector_bytes;
	return d;
}

static bool fits_disk(const struct reader *r, const struct ldm_privhead *h)
{
	const uint64_t sectors = r->disk->size /
				 disk_by_head(r, h)->sector_size;

	return h->config_size >= MIN_CONFIG_SECTORS &&
	       h->config_start <= sectors &&
	       h->config_size <= sectors - h->config_start &&
	       h->data_start <= sectors &&
	       h->data_size <= sectors - h->data_start;
}

/* Whether the header can be that of this disk, before its end was cut off.  */
static bool fits_longer_disk(const struct reader *r,
			     const struct ldm_privhead *h)
{
	const uint32_t sector = disk_by_head(r, h)->sector_size;

	return h->sector_bytes == sector &&
	       h->config_size >= MIN_CONFIG_SECTORS &&
	       h->config_size <= MAX_SECTORS &&
	       h->config_start <= MAX_SECTORS &&
	       h->data_size <= MAX_SECTORS &&
	       h->data_start < r->disk->size / sector;
}

static bool read_sector(const struct reader *r, uint64_t at,
			uint8_t buf[LDM_BLOCK_BYTES])
{
	return source_read(r->disk->source, at, buf, LDM_BLOCK_BYTES,
			   NULL) == 0;
}

/* A private header tells the size of sectors as well.  */
static void check_sector_size(struct reader *r, uint32_t was)
{
	const uint32_t says = r->db.head.sector_bytes;
	const char *m;

	if (says == was)
		return;
	m = arena_printf(r->arena, "The private header of the dynamic disk "
			 "says that sectors have %u bytes; %s %u.", says,
			 says == r->disk->sector_size ? "it lies where it does "
			 "only if that is so, and the dynamic disk is read by "
			 "that, although the disk is taken to have" :
			 "the disk is read as if they had", was);
	report(r, &FINDING_SECTOR_SIZE,
	       (struct region){ r->db.head.at, LDM_BLOCK_BYTES, "PRIVHEAD" },
	       m != NULL ? m : FINDING_SECTOR_SIZE.title);
}

static bool keep_head(struct reader *r, uint64_t at,
		      const uint8_t buf[LDM_BLOCK_BYTES])
{
	const uint32_t was = r->given->sector_size;
	uint8_t *kept = arena_copy(r->arena, buf, LDM_BLOCK_BYTES);

	if (kept == NULL ||
	    ldm_privhead_parse((struct span){ kept, LDM_BLOCK_BYTES, at },
			       &r->db.head, NULL) < 0)
		return false;
	r->disk = disk_by_head(r, &r->db.head);
	r->db.sector_size = r->disk->sector_size;
	r->config = r->db.head.config_start * r->disk->sector_size;
	source_cite(r->disk->source, at, LDM_BLOCK_BYTES, "PRIVHEAD", r->arena,
		    &r->db.cites);
	check_sector_size(r, was);
	return true;
}

/* Take the private header at byte @at, if it is one.  */
static bool take_head(struct reader *r, uint64_t at)
{
	static const char structure[] = "PRIVHEAD";
	uint8_t buf[LDM_BLOCK_BYTES];
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
	else if (!fits_disk(r, &h)) {
		if (r->cut_head == 0 && fits_longer_disk(r, &h))
			r->cut_head = at;
		what = "A private header of the dynamic disk gives regions "
		       "that the disk does not have.";
	}
	if (what != NULL) {
		report(r, &FINDING_LDM_HEADER,
		       (struct region){ at, sizeof(buf), structure }, what);
		if (r->n_told < MAX_TOLD)
			r->told[r->n_told++] = at;
		return false;
	}
	return keep_head(r, at, buf);
}

/* A disk of which the end is missing is known by its header all the same: its
 * own database or another's says what lies on what is left of it.  */
static bool take_cut_head(struct reader *r)
{
	uint8_t buf[LDM_BLOCK_BYTES];

	if (r->cut_head == 0 || !read_sector(r, r->cut_head, buf) ||
	    !keep_head(r, r->cut_head, buf))
		return false;
	r->db.cut = true;
	report(r, &FINDING_LDM_HEADER,
	       (struct region){ r->cut_head, LDM_BLOCK_BYTES, "PRIVHEAD" },
	       "The dynamic disk ends before the regions that its private "
	       "header gives: the image is cut short. What the group's "
	       "database places on it is read as far as it is there.");
	return true;
}

/* The partition that is the configuration of a GPT disk; NULL: it has none.  */
static const struct partition *metadata_partition(const struct disk *disk)
{
	for (size_t i = 0; i < disk->n_partitions; i++) {
		const struct partition *p = &disk->partitions[i];

		if (disk->scheme == SCHEME_GPT && p->length > 0 &&
		    guid_equal(&p->type_guid, &GPT_TYPE_LDM_METADATA))
			return p;
	}
	return NULL;
}

static bool was_tried(const struct reader *r, uint64_t at)
{
	for (size_t i = 0; i < r->n_tried; i++)
		if (r->tried[i] == at)
			return true;
	return false;
}

/* A place where a private header should be.  */
static bool try_place(struct reader *r, uint64_t at)
{
	if (was_tried(r, at))
		return false;
	r->tried[r->n_tried++] = at;
	return take_head(r, at);
}

/* Look for a copy in each sector of the last part of the range.  */
static bool search_head(struct reader *r, uint64_t begin, uint64_t end)
{
	uint64_t at = end - begin > SEARCH_BYTES ? end - SEARCH_BYTES : begin;

	at -= at % r->disk->sector_size;
	for (; at < end && end - at >= LDM_BLOCK_BYTES;
	     at += r->disk->sector_size)
		if (!was_tried(r, at) && take_head(r, at))
			return true;
	return false;
}

static bool find_head(struct reader *r)
{
	const unsigned sector = r->disk->sector_size;
	const struct partition *p = metadata_partition(r->disk);
	uint64_t begin = 0, end = r->disk->size;
	bool found;

	for (size_t i = 0; i < r->disk->n_ldm_heads; i++)
		if (take_head(r, r->disk->ldm_heads[i]))
			return true;
	if (p != NULL && p->offset < end) {
		begin = p->offset;
		end = p->length < end - begin ? begin + p->length : end;
	} else if (try_place(r, (uint64_t)LDM_PRIVHEAD_LBA * sector)) {
		return true;
	}
	end -= end % sector;
	found = end - begin >= sector && try_place(r, end - sector);
	if (!found && (end - begin) / sector >= LDM_PRIVHEAD_COPY_FROM_END)
		found = try_place(r, end - (uint64_t)sector *
				  LDM_PRIVHEAD_COPY_FROM_END);
	return found || search_head(r, begin, end);
}

/* Tables of contents */

static void take_toc(struct reader *r, uint64_t at, struct ldm_toc *best,
		     bool *found)
{
	uint8_t buf[LDM_BLOCK_BYTES];
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

/* The first sector of the configuration that begins as a database does; 0: none
 * does.  */
static uint64_t search_database(const struct reader *r)
{
	const uint64_t n = r->db.head.config_size;
	uint8_t buf[LDM_BLOCK_BYTES];

	for (uint64_t i = 1; i < n && i < SEARCH_BYTES / LDM_BLOCK_BYTES; i++)
		if (read_sector(r, r->config + i * r->disk->sector_size, buf) &&
		    memcmp(buf, "VMDB", 4) == 0)
			return i;
	return 0;
}

/*
 * The newest of all, as libldm does not: it takes that in sector 2.  Disks with
 * sectors of 512 bytes have two pairs, in the sectors 1 and 2 and in the last
 * but two and one; with 4096 bytes the first ones are in 0 and 1.  The private
 * header names the pair in use.
 */
static struct ldm_toc find_toc(struct reader *r)
{
	const struct ldm_privhead *h = &r->db.head;
	const uint64_t places[] = {
		0, 1, 2, h->config_size - 3, h->config_size - 2, h->toc,
		h->toc_mirror,
	};
	struct ldm_toc toc = { 0 };
	bool found = false;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		bool again = places[i] >= h->config_size;

		for (size_t k = 0; k < i && !again; k++)
			again = places[k] == places[i];
		if (!again)
			take_toc(r, r->config + places[i] *
				 r->disk->sector_size, &toc, &found);
	}
	if (found)
		return toc;
	report(r, &FINDING_LDM_HEADER,
	       (struct region){ r->config, LDM_BLOCK_BYTES, "TOCBLOCK" },
	       "No table of contents of the dynamic disk can be used; its "
	       "database is searched for in the whole private region.");
	toc.config.start = search_database(r);
	return toc;
}

/* Records */

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

static void bad_record(struct reader *r, const struct record_slot *f,
		       const char *what, const struct err *e)
{
	r->db.damaged = true;
	report_err(r, &FINDING_LDM_RECORD,
		   (struct region){ f->at, f->content.n +
				    SLOT_HEAD_BYTES, "VBLK" }, what, e);
}

/* While a change is under way, records lie there that are not in force yet, and
 * then those that no longer are.  */
static bool in_force(struct reader *r, const struct ldm_record *record)
{
	const unsigned idle = r->db.vmdb.status == LDM_COMMIT ? LDM_LEAVING :
								LDM_COMING;

	r->n_not_in_force += record->status == idle;
	return record->status != idle;
}

static int add_record(struct reader *r, const struct record_slot *f, size_t n,
		      struct err *reterr)
{
	static const char what[] = "A record of the dynamic disk's database "
				   "cannot be used";
	struct ldm_record record;
	struct ldm_entry *entry;
	struct err e = { 0 };
	struct span s;

	if (n > MAX_FRAGMENTS || !fragments_whole(f, n)) {
		err_set(&e, ERR_TRUNCATED, f->at, "VBLK: fragments",
			f->n_fragments, n);
		bad_record(r, f, what, &e);
		return 0;
	}
	s = fragments_join(f, n, r->arena);
	entry = arena_push(r->arena, &r->db.entries, r->db.n, sizeof(*entry));
	if (s.p == NULL || entry == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "LDM database", 0, 0);
	if (ldm_record_parse(s, &record, &e) < 0 ||
	    decode(&record, entry, &e) < 0) {
		bad_record(r, f, what, &e);
		return 0;
	}
	if (!in_force(r, &record))
		return 0;
	for (size_t i = 0; i < n; i++)
		source_cite(r->disk->source, f[i].at,
			    f[i].content.n + SLOT_HEAD_BYTES, "VBLK",
			    r->arena, &entry->cites);
	r->db.n++;
	return 0;
}

/* Take the fragments that are in use out of the @n bytes of slots at @p, which
 * lie at @at of the disk.  */
static size_t take_slots(struct reader *r, const uint8_t *p, size_t n,
			 uint64_t at, struct record_slot *ret)
{
	const uint32_t slot = r->db.vmdb.slot_bytes;
	size_t count = 0;

	for (size_t off = 0; off + slot <= n; off += slot) {
		struct span s = { p + off, slot, at + off };
		struct record_slot f;
		struct err e;

		if (record_slot_parse(s, "VBLK", &f, &e) < 0) {
			r->db.damaged = true;
			report_err(r, &FINDING_LDM_RECORD,
				   (struct region){ s.at, s.n, "VBLK" },
				   "A slot of the dynamic disk's database "
				   "cannot be used", &e);
			continue;
		}
		if (f.n_fragments == 0)
			continue;
		r->db.digest = (uint32_t)crc32(r->db.digest, s.p,
						(uInt)s.n);
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

static uint64_t id_of(const struct ldm_entry *e)
{
	switch (e->kind) {
	case LDM_VOLUME:
		return e->u.volume.id;
	case LDM_COMPONENT:
		return e->u.component.id;
	case LDM_PARTITION:
		return e->u.partition.id;
	case LDM_DISK:
		return e->u.disk.id;
	case LDM_GROUP:
		return e->u.group.id;
	}
	return 0;
}

/* Which record it is.  */
static int compare_identity(const void *a, const void *b)
{
	const struct ldm_entry *x = *(struct ldm_entry *const *)a;
	const struct ldm_entry *y = *(struct ldm_entry *const *)b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return id_of(x) < id_of(y) ? -1 : id_of(x) > id_of(y);
}

static int compare_ids(const void *a, const void *b)
{
	const struct ldm_entry *x = *(struct ldm_entry *const *)a;
	const struct ldm_entry *y = *(struct ldm_entry *const *)b;
	int c = compare_identity(a, b);

	return c != 0 ? c : x < y ? -1 : x > y;
}

/* Ids join records: of several with one id only the first is kept.  This also
 * keeps the time of joining them within the square of their number.  */
static int drop_repeated_ids(struct reader *r, struct err *reterr)
{
	const size_t n = r->db.n;
	struct ldm_entry **sorted =
		arena_alloc(r->arena, (n + 1) * sizeof(*sorted));

	if (sorted == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "LDM database", 0, 0);
	for (size_t i = 0; i < n; i++)
		sorted[i] = &r->db.entries[i];
	if (n > 0)
		qsort(sorted, n, sizeof(*sorted), compare_ids);
	for (size_t i = 1; i < n; i++) {
		const struct ldm_entry *x = sorted[i - 1];
		struct ldm_entry *y = sorted[i];
		struct diag *d;

		if (x->kind != y->kind || id_of(x) != id_of(y))
			continue;
		y->repeated = true;
		r->db.damaged = true;
		d = diag_add(r->diags, &FINDING_LDM_RECORD,
			     "Two records of the dynamic disk's database have "
			     "the same id; the first is used.");
		if (d != NULL)
			cites_join(r->arena, &d->cites, &y->cites);
	}
	r->db.n = 0;
	for (size_t i = 0; i < n; i++)
		if (!r->db.entries[i].repeated)
			r->db.entries[r->db.n++] = r->db.entries[i];
	return 0;
}

static int add_records(struct reader *r, struct record_slot *f, size_t n,
		       struct err *reterr)
{
	fragments_sort(f, n);
	for (size_t i = 0, count; i < n; i += count) {
		int status;

		count = fragments_of_record(f + i, n - i);
		status = add_record(r, f + i, count, reterr);
		if (status < 0)
			return status;
	}
	if (r->db.n > 0)
		qsort(r->db.entries, r->db.n, sizeof(r->db.entries[0]),
		      compare_entries);
	return drop_repeated_ids(r, reterr);
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
	    r->db.vmdb.status != LDM_CLEAN || r->n_not_in_force > 0)
		report(r, &FINDING_LDM_PENDING, vmdb,
		       "A change of the dynamic disks was under way: their "
		       "database may describe what was not yet done.");
	else if (count_of(&r->db, LDM_VOLUME) != c->volumes ||
		 count_of(&r->db, LDM_COMPONENT) != c->components ||
		 count_of(&r->db, LDM_PARTITION) != c->partitions ||
		 count_of(&r->db, LDM_DISK) != c->disks) {
		r->db.damaged = true;
		report(r, &FINDING_LDM_RECORD, vmdb,
		       "The dynamic disk's database does not hold as many "
		       "records as its header says.");
	}
}

/* Read the slots of the database whose header is at byte @at.  */
static int read_slots(struct reader *r, uint64_t at, size_t n,
		      struct err *reterr)
{
	const uint32_t slot = r->db.vmdb.slot_bytes;
	const uint64_t first = at + r->db.vmdb.first_slot;
	uint8_t *bytes = arena_alloc(r->arena, n);
	struct record_slot *f = arena_alloc(r->arena,
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
	uint8_t *buf = arena_alloc(r->arena, LDM_BLOCK_BYTES);
	struct region at = { 0, LDM_BLOCK_BYTES, "VMDB" };
	struct ldm_vmdb *v = &r->db.vmdb;
	struct err e = { 0 };
	uint64_t n;
	int status;

	if (buf == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "LDM database", 0, 0);
	if (toc.config.start > 0 && toc.config.start < r->db.head.config_size)
		at.at = r->config + toc.config.start * sector;
	if (at.at == 0) {
		at = (struct region){ r->config, LDM_BLOCK_BYTES, "TOCBLOCK" };
		report(r, &FINDING_LDM_HEADER, at, "The dynamic disk's "
		       "database is not in its private region.");
		return 0;
	}
	if (source_read(r->disk->source, at.at, buf, at.n, &e) < 0 ||
	    ldm_vmdb_parse((struct span){ buf, at.n, at.at }, v, &e) < 0) {
		report_err(r, &FINDING_LDM_HEADER, at,
			   "The dynamic disk's database cannot be used", &e);
		return 0;
	}
	source_cite(r->disk->source, at.at, at.n, at.structure, r->arena,
		    &r->db.cites);
	if (!guid_equal(&v->group_guid, &r->db.head.group_guid)) {
		report(r, &FINDING_LDM_HEADER, at,
		       "The database on the dynamic disk belongs to another "
		       "group than its private header names; it is not used.");
		return 0;
	}
	n = (uint64_t)v->n_slots * v->slot_bytes - v->first_slot;
	if (n > MAX_DATABASE_BYTES)
		n = MAX_DATABASE_BYTES;
	status = read_slots(r, at.at, (size_t)n, reterr);
	if (status == 0 && r->db.has_records)
		check_counts(r, at);
	return status;
}

/* Of a disk that is cut off the copies are where it ends, or behind.  */
static void check_copies(const struct reader *r)
{
	const struct ldm_copies c = {
		r->disk, &r->db.head, r->told, r->n_told, r->arena, r->diags,
	};

	if (!r->db.cut)
		ldm_copies_check(&c);
}

int ldm_database_read(const struct disk *disk, struct arena *a,
		      struct diag_list *d, struct ldm_database *ret,
		      struct err *reterr)
{
	struct reader r = { .given = disk, .disk = disk, .arena = a,
			    .diags = d };
	int status;

	if (!find_head(&r) && !take_cut_head(&r)) {
		report(&r, &FINDING_LDM_HEADER,
		       (struct region){ LDM_PRIVHEAD_LBA * disk->sector_size,
					LDM_BLOCK_BYTES, "PRIVHEAD" },
		       "The dynamic disk has no usable private header: its "
		       "volumes are unknown.");
		return err_set(reterr, ERR_NOT_FOUND, 0, "PRIVHEAD", 0, 0);
	}
	check_copies(&r);
	status = read_database(&r, reterr);
	if (status == 0)
		*ret = r.db;
	return status;
}

/* Whether the database has fewer records of the kind than its header counts. */
static bool is_short_of(const struct ldm_database *db, enum ldm_kind kind)
{
	const struct ldm_counts *c = &db->vmdb.counts;

	switch (kind) {
	case LDM_VOLUME:
		return count_of(db, kind) < c->volumes;
	case LDM_COMPONENT:
		return count_of(db, kind) < c->components;
	case LDM_PARTITION:
		return count_of(db, kind) < c->partitions;
	case LDM_DISK:
		return count_of(db, kind) < c->disks;
	case LDM_GROUP:
		break;
	}
	return false;
}

int ldm_database_complete(struct ldm_database *to,
			  const struct ldm_database *from, struct arena *a,
			  size_t *ret_added, struct err *reterr)
{
	const bool older = from->vmdb.committed != to->vmdb.committed;
	const struct ldm_database had = *to;
	const size_t n = to->n;
	struct ldm_entry *all =
		arena_alloc(a, (n + from->n + 1) * sizeof(*all));
	struct ldm_entry **sorted = arena_alloc(a, (n + 1) * sizeof(*sorted));

	if (all == NULL || sorted == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "LDM database", 0, 0);
	for (size_t i = 0; i < n; i++) {
		all[i] = to->entries[i];
		sorted[i] = &all[i];
	}
	if (n > 0)
		qsort(sorted, n, sizeof(*sorted), compare_ids);
	for (size_t i = 0; i < from->n && to->n < MAX_RECORDS; i++) {
		const struct ldm_entry *e = &from->entries[i];

		if ((older && !is_short_of(&had, e->kind)) ||
		    bsearch(&e, sorted, n, sizeof(*sorted),
			    compare_identity) != NULL)
			continue;
		all[to->n] = *e;
		all[to->n++].older = older;
	}
	to->entries = all;
	if (to->n > 0)
		qsort(all, to->n, sizeof(*all), compare_entries);
	*ret_added = to->n - n;
	return 0;
}
