/*
 * recover.c - volumes that no table leads to
 *
 * Searched is what no partition covers: a whole disk that has no table, the
 * space between partitions, and partitions in which nothing was recognised.
 * What is found that way has a place on its disk and no number, and never
 * stands among what a table says.  Only what nothing speaks against, or nothing
 * but another one that is as good, becomes a volume of the machine.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "machine/internal.h"
#include "base/count.h"
#include "format/mbr.h"

/* A disk has a handful; each is read like any other volume.  */
#define MAX_RECOVERED_VOLUMES 64

struct range {
	uint64_t off, end;
};

static int by_offset(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	return x->off < y->off ? -1 : x->off > y->off;
}

static uint64_t end_of(uint64_t off, uint64_t n)
{
	return n > UINT64_MAX - off ? UINT64_MAX : off + n;
}

static int search(struct machine *m, size_t disk, uint64_t off, uint64_t end,
		  struct err *reterr)
{
	const struct disk *d = &m->model.disks[disk].table;

	if (end > d->size)
		end = d->size;
	if (off >= end)
		return 0;
	return lost_volumes_search(d->source, off, end - off, m->arena,
				   &m->lost[disk], reterr);
}

/* What no partition covers.  */
static int search_disk(struct machine *m, size_t disk, struct err *reterr)
{
	const struct disk *d = &m->model.disks[disk].table;
	struct range *used = arena_alloc(m->arena, (d->n_partitions + 1) *
						   sizeof(*used));
	uint64_t at = 0;
	int r = 0;

	if (used == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "lost volumes", 0, 0);
	for (size_t i = 0; i < d->n_partitions; i++) {
		const struct partition *p = &d->partitions[i];

		used[i] = (struct range){ p->offset,
					  end_of(p->offset, p->length) };
	}
	if (d->n_partitions > 0)
		qsort(used, d->n_partitions, sizeof(*used), by_offset);
	for (size_t i = 0; i < d->n_partitions && r == 0; i++) {
		r = search(m, disk, at, used[i].off, reterr);
		if (used[i].end > at)
			at = used[i].end;
	}
	return r == 0 ? search(m, disk, at, d->size, reterr) : r;
}

static void report_head(struct machine *m, size_t disk, uint64_t at,
			const char *what)
{
	struct diag *f = diag_add(
		&m->model.findings, &FINDING_RECOVERED_LDM,
		"disk%zu: a private header of a dynamic disk lies at byte "
		"%" PRIu64 ", where no table leads; %s.", disk, at, what);

	if (f != NULL)
		source_cite(m->model.disks[disk].table.source, at, 512,
			    "PRIVHEAD", m->arena, &f->cites);
}

/* A database of dynamic disks rules where there is no table.  */
static void take_database(struct machine *m, size_t disk)
{
	struct disk *d = &m->model.disks[disk].table;
	const struct lost_search *l = &m->lost[disk];

	if (l->n_ldm == 0 || d->ldm || d->n_partitions > 0)
		return;
	report_head(m, disk, l->ldm[0],
		    "the volumes are those of its database");
	d->ldm = true;
	d->ldm_heads = l->ldm;
	d->n_ldm_heads = l->n_ldm;
}

/* A basic disk may still hold a header of the time when it was dynamic; and the
 * disk of a virtual machine, its own.  */
void machine_report_unused_databases(struct machine *m)
{
	for (size_t i = 0; m->lost != NULL && i < m->model.n_disks; i++) {
		const struct lost_search *l = &m->lost[i];

		if (m->model.disks[i].table.ldm || machine_disk_is_stray(m, i))
			continue;
		if (l->n_ldm > 0)
			report_head(m, i, l->ldm[0], "it is not used, since "
				    "the disk has a table");
		else if (l->n_strange_ldm > 0)
			report_head(m, i, l->strange_ldm, "it is not used, "
				    "since no disk has its own header there: "
				    "it belongs to another disk, such as that "
				    "of a virtual machine");
	}
}

int machine_search_disks(struct machine *m, struct err *reterr)
{
	struct model *o = &m->model;
	int r = 0;

	if (!m->options.recover)
		return 0;
	m->lost = arena_alloc(m->arena, (o->n_disks + 1) * sizeof(*m->lost));
	if (m->lost == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "lost volumes", 0, 0);
	for (size_t i = 0; i < o->n_disks && r == 0; i++) {
		if (o->disks[i].whole_volume != NONE)
			continue;
		r = search_disk(m, i, reterr);
		take_database(m, i);
	}
	return r;
}

static bool has_dynamic_volume(const struct model *o, size_t disk)
{
	for (size_t i = 0; i < o->n_volumes; i++)
		for (size_t e = 0; e < o->volumes[i].n_extents; e++)
			if (o->volumes[i].kind == VOLUME_LDM &&
			    o->volumes[i].extents[e].disk == disk)
				return true;
	return false;
}

/* A dynamic disk of which no database can be used: its partitions are no
 * volumes, and lead to none.  */
static int search_dynamic(struct machine *m, size_t disk, struct err *reterr)
{
	const struct model *o = &m->model;
	const struct disk *d = &o->disks[disk].table;
	int r = 0;

	if (!d->ldm || has_dynamic_volume(o, disk))
		return 0;
	for (size_t i = 0; i < o->n_partitions && r == 0; i++) {
		const struct machine_partition *p = &o->partitions[i];

		if (p->disk == disk && p->volume == NONE)
			r = search(m, disk, p->entry->offset,
				   end_of(p->entry->offset, p->entry->length),
				   reterr);
	}
	return r;
}

/* Descriptors of CDFS, which Windows mounts on no disk, may be left of what was
 * there before a table that is lost; those of UDF only where something else
 * tells of that.  */
static bool may_be_left_over(const struct model *o,
			     const struct machine_volume *v)
{
	if (v->kind != VOLUME_WHOLE_DISK)
		return false;
	return v->identity.kind == FS_ISO9660 ||
	       (v->identity.kind == FS_UDF &&
		(v->identity.doubtful ||
		 o->disks[v->extents[0].disk].table.doubtful_disc));
}

/* A partition in which nothing was recognised, and that is not empty.  */
static bool is_unknown(struct machine *m, size_t volume)
{
	const struct machine_volume *v = &m->model.volumes[volume];

	return v->kind == VOLUME_PARTITION &&
	       v->identity.kind == FS_UNKNOWN && v->bitlocker == NULL &&
	       machine_volume_is_lost(m, volume);
}

/* Volumes that may hold others.  */
static int search_unknown(struct machine *m, struct err *reterr)
{
	struct model *o = &m->model;
	int r = 0;

	for (size_t i = 0; i < o->n_disks && r == 0; i++)
		r = search_dynamic(m, i, reterr);
	for (size_t i = 0; i < o->n_volumes && r == 0; i++) {
		const struct machine_volume *v = &o->volumes[i];

		if (is_unknown(m, i) || may_be_left_over(o, v))
			r = search(m, v->extents[0].disk, v->extents[0].offset,
				   end_of(v->extents[0].offset,
					  v->extents[0].length), reterr);
	}
	return r;
}

/* The volume of the machine that has bytes of @v and is known; NONE: none.  */
static size_t known_volume_at(const struct machine *m, size_t disk,
			      const struct lost_volume *v)
{
	const struct model *o = &m->model;
	uint64_t end = end_of(v->offset, v->length);

	for (size_t i = 0; i < m->n_table_volumes; i++) {
		const struct machine_volume *k = &o->volumes[i];

		if (k->identity.kind == FS_UNKNOWN || may_be_left_over(o, k))
			continue;
		for (size_t e = 0; e < k->n_extents; e++)
			if (k->extents[e].disk == disk &&
			    k->extents[e].offset < end &&
			    v->offset < end_of(k->extents[e].offset,
					       k->extents[e].length))
				return i;
	}
	return NONE;
}

/* What a dynamic volume, or the volume of a partition, has for a first or last
 * sector is no find.  */
static bool is_part_of(const struct machine_volume *k, size_t disk,
		       const struct lost_volume *v)
{
	for (size_t e = 0; e < k->n_extents; e++)
		if (k->extents[e].disk == disk &&
		    (k->kind == VOLUME_LDM ?
			     v->offset >= k->extents[e].offset &&
			     v->offset - k->extents[e].offset <
				     k->extents[e].length :
			     v->offset == k->extents[e].offset))
			return true;
	return false;
}

static void report_found(struct machine *m, const struct machine_recovered *x)
{
	static const char *const doubts[] = {
		[LOST_INSIDE] = "it lies inside another one, as a virtual "
				"machine's disk would, and is only listed",
		[LOST_REPLACED] = "its first sector belongs to another one, "
				  "and it is only listed",
		[LOST_COPY] = "its first sectors are a copy of another one's, "
			      "and it is only listed",
		[LOST_OVERLAPS] = "it overlaps another one that is as "
				  "plausible",
	};
	const struct lost_volume *v = &x->found;
	const char *says =
		x->table_volume != NONE ?
		"it overlaps a volume that a table leads to, and is only "
		"listed" :
		v->doubt != LOST_CLEAR ? doubts[v->doubt] :
		x->volume == NONE ? "there are too many to read them all" :
		!v->has_files ? "what it leads to is not there" : NULL;
	struct diag *d = diag_add(
		&m->model.findings, says == NULL ? &FINDING_RECOVERED :
						   &FINDING_RECOVERED_DOUBT,
		"disk%zu: %" PRIu64 " bytes at byte %" PRIu64 " are a volume "
		"by its %s%s%s.", x->disk, v->length, v->offset,
		v->made != NULL && v->boot.kind == FS_BITLOCKER ?
		"BitLocker metadata" :
		v->made != NULL ? "$MFT's own record" :
		v->has_boot && v->has_backup ? "boot sector and its backup" :
		v->has_boot ? "boot sector" : "backup boot sector",
		says != NULL ? "; " :
		x->volume < m->n_table_volumes ? ", that of its partition" :
		", which no table leads to", says != NULL ? says : "");

	if (d != NULL)
		cites_join(m->arena, &d->cites, &x->cites);
}

static struct machine_recovered *add(struct machine *m, size_t disk,
				     const struct lost_volume *v)
{
	struct model *o = &m->model;
	struct source *s = o->disks[disk].table.source;
	struct machine_recovered *x =
		arena_push(m->arena, &o->recovered, o->n_recovered,
			   sizeof(*x));

	if (x == NULL)
		return NULL;
	*x = (struct machine_recovered){
		.disk = disk, .found = *v, .volume = NONE, .other = NONE,
		.table_volume = known_volume_at(m, disk, v),
	};
	source_cite(s, v->found_at, BOOT_SECTOR_BYTES, v->made == NULL ?
		    "boot sector" : v->boot.kind == FS_BITLOCKER ?
		    "FVE metadata" : "mft record", m->arena, &x->cites);
	o->n_recovered++;
	return x;
}

/* The volume of a partition that begins there and in which nothing was
 * recognised; NONE: there is none.  */
static size_t unknown_volume_at(const struct machine *m,
				const struct machine_recovered *x)
{
	for (size_t i = 0; i < m->n_table_volumes; i++) {
		const struct machine_volume *v = &m->model.volumes[i];

		if ((v->kind == VOLUME_PARTITION ||
		     v->kind == VOLUME_HYBRID) &&
		    v->identity.kind == FS_UNKNOWN &&
		    v->extents[0].disk == x->disk &&
		    v->extents[0].offset == x->found.offset)
			return i;
	}
	return NONE;
}

static void report_made(struct machine *m, const struct machine_recovered *x)
{
	const struct ntfs_boot *b = &x->found.boot.ntfs;
	struct diag *d = diag_add(
		&m->model.findings, &FINDING_RECOVERED_GEOMETRY,
		"%s: both of its boot sectors are lost; that it is NTFS, has %"
		PRIu64 " bytes%s in clusters of %" PRIu32 " and its $MFT in "
		"cluster %" PRIu64 " is known from the $MFT's own record. Its "
		"serial number is unknown.", machine_place(m, x->volume),
		b->total_sectors * b->bytes_per_sector,
		x->found.has_length ? "" : ", as far as its place goes,",
		b->cluster_bytes, b->mft_lcn);

	if (d != NULL)
		cites_join(m->arena, &d->cites, &x->cites);
}

/* What the $MFT told, or the metadata of BitLocker, stands for the boot sectors
 * of @volume.  */
static int take_made(struct machine *m, struct machine_recovered *x,
		     size_t volume, struct err *reterr)
{
	x->volume = volume;
	if (x->found.made == NULL)
		return 0;
	if (x->found.boot.kind != FS_BITLOCKER)
		report_made(m, x);
	return machine_replace_boot_sector(m, volume, x->found.made, reterr);
}

/* Make it a volume of the machine, if nothing speaks against that.  */
static int make_volume(struct machine *m, struct machine_recovered *x,
		       struct err *reterr)
{
	const struct lost_volume *v = &x->found;
	struct model *o = &m->model;
	const struct disk *d = &o->disks[x->disk].table;
	struct machine_volume *new;

	if (x->table_volume != NONE || v->doubt == LOST_INSIDE ||
	    v->doubt == LOST_REPLACED || v->doubt == LOST_COPY ||
	    o->n_volumes - m->n_table_volumes >= MAX_RECOVERED_VOLUMES)
		return 0;
	if (v->made != NULL && unknown_volume_at(m, x) != NONE)
		return take_made(m, x, unknown_volume_at(m, x), reterr);
	new = machine_push_volume(m, d->source, v->offset, v->length);
	if (new != NULL)
		new->extents = arena_alloc(m->arena, sizeof(*new->extents));
	if (new == NULL || new->extents == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "volume", 0, 0);
	new->kind = VOLUME_RECOVERED;
	new->provenance = lost_provenance(v);
	new->extents[0] = (struct extent){ x->disk, v->offset, v->length };
	new->n_extents = 1;
	m->volumes[o->n_volumes - 1].window->sector_size = d->sector_size;
	return take_made(m, x, o->n_volumes - 1, reterr);
}

static void report_search(struct machine *m, size_t disk)
{
	const struct lost_search *l = &m->lost[disk];
	struct diag_list *f = &m->model.findings;

	if (l->n_left_out > 0)
		diag_add(f, &FINDING_RECOVERED_CUT,
			 "disk%zu: of the sectors that look like boot sectors "
			 "of lost volumes, %zu %s not followed or not kept.",
			 disk, l->n_left_out,
			 count_word(l->n_left_out, "is", "are"));
	if (l->n_nowhere > 0)
		diag_add(f, &FINDING_RECOVERED_NOWHERE,
			 "disk%zu: of the sectors that look like boot sectors, "
			 "%zu %s to nothing that is there, and %s passed "
			 "over.", disk, l->n_nowhere,
			 count_word(l->n_nowhere, "leads", "lead"),
			 count_word(l->n_nowhere, "is", "are"));
	if (l->unread > 0)
		diag_add(f, &FINDING_RECOVERED_UNREAD,
			 "disk%zu: %" PRIu64 " bytes could not be searched for "
			 "lost volumes, since they cannot be read.", disk,
			 l->unread);
}

/* By the index that each got; it comes with the others of its disk.  */
static void name_others(struct machine *m, size_t first, const size_t *ids)
{
	struct model *o = &m->model;

	for (size_t i = first; i < o->n_recovered; i++) {
		struct machine_recovered *x = &o->recovered[i];

		if (x->found.doubt != LOST_CLEAR)
			x->other = ids[x->found.other];
		report_found(m, x);
	}
}

static bool is_known(const struct machine *m, size_t disk,
		     const struct lost_volume *v)
{
	for (size_t i = 0; i < m->n_table_volumes; i++)
		if (m->model.volumes[i].identity.kind != FS_UNKNOWN &&
		    is_part_of(&m->model.volumes[i], disk, v))
			return true;
	return false;
}

static int take_disk(struct machine *m, size_t disk, struct err *reterr)
{
	struct lost_search *l = &m->lost[disk];
	const size_t first = m->model.n_recovered;
	size_t *ids = arena_alloc(m->arena, (l->n + 1) * sizeof(*ids));
	size_t n = 0;

	if (ids == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "lost volumes", 0, 0);
	for (size_t i = 0; i < l->n; i++)
		if (!is_known(m, disk, &l->list[i]))
			l->list[n++] = l->list[i];
	l->n = n;
	lost_volumes_judge(l);
	for (size_t i = 0; i < l->n; i++) {
		struct machine_recovered *x = add(m, disk, &l->list[i]);

		if (x == NULL)
			return err_set(reterr, ERR_NOMEM, 0, "lost volumes", 0,
				       0);
		ids[i] = m->model.n_recovered - 1;
		if (make_volume(m, x, reterr) < 0)
			return ERR_NOMEM;
	}
	name_others(m, first, ids);
	report_search(m, disk);
	return 0;
}

/* What was found at the start of the plain text of @volume.  */
static int take_plain(struct machine *m, size_t volume,
		      const struct lost_volume *v, struct err *reterr)
{
	struct model *o = &m->model;
	struct source *plain = m->volumes[volume].window;
	struct machine_recovered *x =
		arena_push(m->arena, &o->recovered, o->n_recovered,
			   sizeof(*x));

	if (x == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "lost volumes", 0, 0);
	*x = (struct machine_recovered){
		.disk = o->volumes[volume].extents[0].disk, .found = *v,
		.volume = NONE, .other = NONE, .table_volume = NONE,
	};
	x->found.offset += o->volumes[volume].extents[0].offset;
	o->n_recovered++;
	source_cite(plain, v->found_at, BOOT_SECTOR_BYTES, "mft record",
		    m->arena, &x->cites);
	return take_made(m, x, volume, reterr);
}

/* Of a volume that was unlocked and of which the first sectors are lost.  What
 * lies behind the end of a cut image is not looked for.  */
static int search_plain(struct machine *m, size_t volume, struct err *reterr)
{
	const struct machine_volume *v = &m->model.volumes[volume];
	struct source *plain = m->volumes[volume].window;
	struct lost_search l = { 0 };
	uint64_t size;
	int r;

	if (v->bitlocker == NULL || v->identity.kind != FS_UNKNOWN ||
	    v->n_extents != 1)
		return 0;
	size = m->model.disks[v->extents[0].disk].table.size;
	size = size > v->extents[0].offset ? size - v->extents[0].offset : 0;
	r = lost_volumes_search(plain, 0,
				size < plain->size ? size : plain->size,
				m->arena, &l, reterr);
	for (size_t i = 0; i < l.n && r == 0; i++)
		if (l.list[i].made != NULL && l.list[i].offset == 0 &&
		    l.list[i].boot.kind == FS_NTFS)
			return take_plain(m, volume, &l.list[i], reterr);
	return r;
}

int machine_take_recovered(struct machine *m, struct err *reterr)
{
	int r;

	m->n_table_volumes = m->model.n_volumes;
	if (!m->options.recover)
		return 0;
	r = search_unknown(m, reterr);
	for (size_t i = 0; i < m->model.n_disks && r == 0; i++)
		r = take_disk(m, i, reterr);
	for (size_t i = 0; i < m->n_table_volumes && r == 0; i++)
		r = search_plain(m, i, reterr);
	return r;
}

/* Ids that lead to this many places where volumes were found are no chance.  */
#define MIN_PLACES 2

/* So many signatures are tried; a machine has met a few dozen disks.  */
#define MAX_SIGNATURES 64

/* Of these as many are counted as a disk has volumes.  */
#define MAX_COUNTED 64

/* Windows gives each disk with an MBR a signature: 0 is as none.  */
static bool lacks_signature(const struct disk *d)
{
	return d->scheme == SCHEME_MBR ? d->signature == 0 :
	       d->scheme == SCHEME_NONE && !d->has_signature;
}

static bool has_volume_at(const struct model *o, size_t disk, uint64_t offset)
{
	const struct machine_disk *d = &o->disks[disk];

	for (size_t i = 0; i < d->n_partitions &&
	     d->table.scheme == SCHEME_MBR; i++) {
		const struct machine_partition *p =
			&o->partitions[d->first_partition + i];

		if (p->volume != NONE && p->entry->offset == offset)
			return true;
	}
	for (size_t i = 0; i < o->n_recovered; i++)
		if (o->recovered[i].disk == disk &&
		    o->recovered[i].volume != NONE &&
		    o->recovered[i].found.offset == offset)
			return true;
	return false;
}

static const struct unique_id *id_of(const struct model *o, size_t name)
{
	const struct unique_id *id = &o->names[name].name->id;

	return id->kind == UNIQUE_ID_MBR && !o->names[name].superseded ? id :
									 NULL;
}

static bool is_among(const uint64_t *list, size_t n, uint64_t offset)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == offset)
			return true;
	return false;
}

/* How many places on @disk the ids with @signature lead to where a volume
 * is.  */
static size_t count_places(const struct model *o, size_t disk,
			   uint32_t signature, struct cites *cites,
			   struct arena *a)
{
	uint64_t places[MAX_COUNTED];
	size_t n = 0;

	for (size_t k = 0; k < o->n_names && n < MAX_COUNTED; k++) {
		const struct unique_id *id = id_of(o, k);

		if (id == NULL || id->signature != signature ||
		    !has_volume_at(o, disk, id->offset))
			continue;
		if (cites != NULL)
			cites_join(a, cites, &o->names[k].name->cites);
		if (!is_among(places, n, id->offset))
			places[n++] = id->offset;
	}
	return n;
}

static bool is_signature_here(const struct model *o, uint32_t signature)
{
	for (size_t i = 0; i < o->n_disks; i++)
		if ((o->disks[i].table.has_signature &&
		     o->disks[i].table.signature == signature) ||
		    (o->disks[i].table.infers_signature &&
		     o->disks[i].table.inferred_signature == signature))
			return true;
	return false;
}

/* The one signature that fits; false: none does, or more than one.  */
static bool find_signature(const struct model *o, size_t disk, uint32_t *ret)
{
	size_t n = 0, tried = 0;

	for (size_t i = 0; i < o->n_names; i++) {
		const struct unique_id *id = id_of(o, i);

		if (id == NULL || (n > 0 && id->signature == *ret) ||
		    !has_volume_at(o, disk, id->offset) ||
		    is_signature_here(o, id->signature))
			continue;
		if (tried++ == MAX_SIGNATURES)
			return false;
		if (count_places(o, disk, id->signature, NULL, NULL) <
		    MIN_PLACES)
			continue;
		*ret = id->signature;
		n++;
	}
	return n == 1;
}

/* Whether @signature fits another disk as well that has none.  */
static bool fits_another(const struct model *o, size_t disk,
			 uint32_t signature)
{
	for (size_t i = 0; i < o->n_disks; i++)
		if (i != disk && lacks_signature(&o->disks[i].table) &&
		    count_places(o, i, signature, NULL, NULL) >= MIN_PLACES)
			return true;
	return false;
}

/* Whether a registry calls volumes of @disk by the signature that its MBR has:
 * then 0 is what Windows saw, too.  */
static bool is_used_unsigned(const struct model *o, size_t disk)
{
	return o->disks[disk].table.scheme == SCHEME_MBR &&
	       count_places(o, disk, 0, NULL, NULL) > 0;
}

static void infer_signature(struct machine *m, size_t disk)
{
	struct model *o = &m->model;
	struct disk *d = &o->disks[disk].table;
	struct cites cites = { 0 };
	uint32_t signature = 0;
	struct diag *f;
	size_t n;

	if (!lacks_signature(d) || is_used_unsigned(o, disk) ||
	    !find_signature(o, disk, &signature) ||
	    fits_another(o, disk, signature))
		return;
	d->infers_signature = true;
	d->inferred_signature = signature;
	n = count_places(o, disk, signature, &cites, m->arena);
	f = diag_add(&o->findings, &FINDING_RECOVERED_SIGNATURE,
		     "disk%zu has %s; it is taken for the disk "
		     "%08" PRIx32 ", since ids with that signature lead to %zu "
		     "of the places where volumes %s.", disk,
		     d->scheme == SCHEME_MBR ?
		     "the signature 0 in its MBR, which means none" :
		     "lost its signature", signature, n,
		     d->scheme == SCHEME_MBR ? "are" : "were found");
	if (f == NULL)
		return;
	if (d->scheme == SCHEME_MBR)
		source_cite(d->source, MBR_SIGNATURE_OFFSET, 4,
			    "mbr signature", m->arena, &f->cites);
	cites_join(m->arena, &f->cites, &cites);
}

int machine_infer_signatures(struct machine *m, struct err *reterr)
{
	(void)reterr;
	for (size_t i = 0; i < m->model.n_disks; i++)
		infer_signature(m, i);
	return 0;
}
