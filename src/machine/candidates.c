/*
 * candidates.c - volumes of disks without an id that a name may mean
 *
 * A disk that has lost its table has lost its signature or GUID with it; and an
 * MBR whose signature is 0 has lost that alone.  That a name's disk is not here
 * cannot be said then: a volume that was found where the name leads to may be
 * the one that is meant, as may another one elsewhere.
 * An MBR id says itself where; for a GUID, the table does that a registry has
 * kept of the disk.  The image of a partition alone has no table either; where
 * on its disk it lay its first sector says.
 */
#include "base/checked.h"
#include "format/mbr.h"
#include "machine/internal.h"

/* Tables that are kept of one partition: of each known disk a few.  */
#define MAX_PLACES 16

/* Where the partition lay, as one source has it.  */
struct place {
	uint64_t offset, length;	/* length 0: not said */
	size_t disk;		/* the one that it is in the evidence; NONE */
	const struct cites *cites;	/* of who says so; NULL: the id */
};

struct places {
	struct place list[MAX_PLACES];
	size_t n;
};

static bool has_lost_table(const struct disk *d)
{
	return d->scheme == SCHEME_NONE && !d->has_signature &&
	       !d->infers_signature;
}

/* Windows gives each disk with an MBR a signature: 0 is as none.  */
bool machine_has_lost_id(const struct disk *d)
{
	return has_lost_table(d) ||
	       (d->scheme == SCHEME_MBR && d->signature == 0 &&
		!d->infers_signature);
}

static bool is_partition(const struct drive_layout *l,
			 const struct drive_layout_partition *p,
			 const struct guid *g)
{
	const struct guid own = l->scheme == DRIVE_LAYOUT_MBR ?
		mbr_stable_guid(l->signature, p->offset) : p->id;

	return p->used && !p->container && guid_equal(&own, g);
}

static void add_places(const struct drive_layout *l, const struct guid *g,
		       size_t disk, const struct cites *cites,
		       struct places *ret)
{
	struct drive_layout_partition p;

	for (size_t i = 0; i < l->n_partitions && ret->n < MAX_PLACES; i++)
		if (drive_layout_partition(l, i, &p, NULL) == 0 &&
		    is_partition(l, &p, g))
			ret->list[ret->n++] = (struct place){
				p.offset, p.length, disk, cites
			};
}

/* Where the tables that are kept of @known have the partition @g.  */
static void find_places(const struct model *o, const struct known_set *known,
			const struct guid *g, struct places *ret)
{
	for (size_t i = 0; i < known->n; i++) {
		const struct machine_known_disk *k =
			&o->known_disks[known->list[i]];
		const size_t disk = known->n == 1 &&
				    k->certainty != CERTAINTY_INFERRED ?
				    k->disk : NONE;

		for (size_t n = 0; n < k->n_records; n++)
			if (k->records[n]->has_layout)
				add_places(&k->records[n]->layout, g, disk,
					   &k->records[n]->layout_cites, ret);
		if (k->layout_event && k->layout != NULL)
			add_places(k->layout, g, disk, &k->layout_cites, ret);
	}
}

/* A file system is no longer than its partition.  */
static bool fits(const struct machine_recovered *x, const struct place *p)
{
	return x->found.offset == p->offset &&
	       (p->length == 0 || !x->found.has_length ||
		x->found.length <= p->length);
}

static void take(struct machine *m, size_t volume, const struct cites *cites,
		 const struct place *p, struct candidates *ret)
{
	for (size_t i = 0; i < ret->n; i++)
		if (ret->volumes[i] == volume)
			return;
	if (ret->n == MAX_CANDIDATES)
		return;
	ret->volumes[ret->n++] = volume;
	ret->is_disk = p->disk != NONE;
	cites_join(m->arena, &ret->cites, cites);
	if (p->cites != NULL)
		cites_join(m->arena, &ret->cites, p->cites);
}

static void take_at(struct machine *m, const struct place *p,
		    struct candidates *ret)
{
	const struct model *o = &m->model;

	for (size_t i = 0; i < o->n_recovered; i++) {
		const struct machine_recovered *x = &o->recovered[i];
		const struct disk *d = &o->disks[x->disk].table;

		if (x->volume == NONE || !fits(x, p))
			continue;
		if (p->disk != NONE ? p->disk == x->disk :
				      machine_has_lost_id(d))
			take(m, x->volume, &x->cites, p, ret);
	}
}

/* A table that is whole but for its signature says how long, too.  */
static void take_partitions(struct machine *m, const struct place *p,
			    struct candidates *ret)
{
	const struct model *o = &m->model;

	for (size_t i = 0; i < o->n_disks; i++) {
		const struct machine_disk *d = &o->disks[i];

		if (d->table.scheme != SCHEME_MBR ||
		    !machine_has_lost_id(&d->table) ||
		    (p->disk != NONE && p->disk != i))
			continue;
		for (size_t k = 0; k < d->n_partitions; k++) {
			const struct machine_partition *e =
				&o->partitions[d->first_partition + k];

			if (e->volume != NONE &&
			    e->entry->offset == p->offset &&
			    (p->length == 0 || p->length == e->entry->length))
				take(m, e->volume, &e->entry->cites, p, ret);
		}
	}
}

/* A file system takes all of its partition but what is no whole cluster.  */
static bool fills(const struct volume_identity *v, uint64_t length)
{
	return v->bytes <= length && length - v->bytes <= v->cluster_size;
}

/* @d: the disk that the volume seems to be all of.  */
static bool began_at(const struct volume_identity *v, const struct disk *d,
		     const struct place *p)
{
	uint64_t at;

	return v->first_sector > 0 &&
	       checked_mul(v->first_sector, d->sector_size, &at) &&
	       at == p->offset &&
	       (p->length == 0 || p->length == d->size || fills(v, p->length));
}

static void take_images(struct machine *m, const struct place *p,
			struct candidates *ret)
{
	const struct model *o = &m->model;

	for (size_t i = 0; i < o->n_disks && p->disk == NONE; i++) {
		const struct machine_disk *d = &o->disks[i];
		const struct machine_volume *v;

		if (d->whole_volume == NONE)
			continue;
		v = &o->volumes[d->whole_volume];
		if (began_at(&v->identity, &d->table, p))
			take(m, d->whole_volume, &v->identity.cites, p, ret);
	}
}

static bool may_hold_more(const struct model *o)
{
	if (o->n_recovered > 0)
		return true;
	for (size_t i = 0; i < o->n_disks; i++)
		if (machine_has_lost_id(&o->disks[i].table))
			return true;
	return false;
}

void machine_find_candidates(struct machine *m, const struct known_set *known,
			     const struct guid *g, struct candidates *ret)
{
	struct places places = { .n = 0 };
	uint32_t signature;
	uint64_t offset;

	*ret = (struct candidates){ .n = 0 };
	if (!may_hold_more(&m->model) || guid_is_zero(g))
		return;
	find_places(&m->model, known, g, &places);
	if (places.n == 0 && mbr_stable_guid_parse(g, &signature, &offset))
		places.list[places.n++] = (struct place){ offset, 0, NONE,
							  NULL };
	for (size_t i = 0; i < places.n; i++) {
		take_partitions(m, &places.list[i], ret);
		take_at(m, &places.list[i], ret);
		take_images(m, &places.list[i], ret);
	}
}

/* "disk0", "disk0 or disk1": those that have lost their table, and on which
 * volumes were found.  NULL: there is none.  */
static const char *lost_disks(struct machine *m)
{
	const struct model *o = &m->model;
	size_t last = NONE;
	const char *s = NULL;

	for (size_t i = 0; i < o->n_recovered; i++) {
		const struct machine_recovered *x = &o->recovered[i];

		if (x->volume == NONE || x->disk == last ||
		    !has_lost_table(&o->disks[x->disk].table))
			continue;
		last = x->disk;
		s = arena_printf(m->arena, "%s%sdisk%zu", s != NULL ? s : "",
				 s != NULL ? " or " : "", x->disk);
	}
	return s;
}

const char *machine_lost_phrase(struct machine *m)
{
	const char *disks = lost_disks(m), *s;

	if (disks == NULL)
		return "";
	s = arena_printf(m->arena, ", unless it lies on %s, of which no table "
			 "is left to say so", disks);
	return s != NULL ? s : "";
}

const char *machine_possible_phrase(const struct machine *m,
				    const struct resolution *r)
{
	if (r->by_serial)
		return "which a disk here may be that has a volume with the "
		       "serial number of one on it";
	for (size_t i = 0; i < r->n_leads; i++)
		if (r->leads[i].volume != NONE &&
		    m->model.volumes[r->leads[i].volume].kind ==
			    VOLUME_WHOLE_DISK)
			return "which no disk here has, though a volume whose "
			       "partition table is not here says that it began "
			       "there";
	return "which no disk here has, though one that has lost its own may "
	       "have had it";
}
