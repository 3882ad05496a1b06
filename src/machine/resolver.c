/*
 * resolver.c - from a name to a volume
 *
 * A volume GUID is looked for in every tier: the installation's registry, the
 * GPT partition GUIDs, the MBR stable form {signature, 0, offset}, the remote
 * databases on the volumes.  Each tier that knows the GUID gives a lead.  The
 * first lead is the answer; the others corroborate or contradict it, and none
 * is dropped.  Where none leads to a volume, the partition tables that a
 * registry has kept may still tell which disk had it.
 */
#include <stdlib.h>
#include <string.h>

#include "machine/internal.h"

/* A name has one value.  One with more values than this is contradicted: they
 * are not weighed one by one, for each mount point anew.  */
#define MAX_HEARD 3

enum outcome {
	LEAD_NONE,		/* the tier does not know the name */
	LEAD_VOLUMES,		/* one, or several that cannot be told apart */
	LEAD_POSSIBLE,		/* none here has the id; a disk that has lost
				 * its own may have had it */
	LEAD_STALE,
	LEAD_ABSENT,
	LEAD_SPLIT,		/* the tier contradicts itself */
};

struct lead {
	size_t volumes[MAX_CANDIDATES];
	size_t n;
	size_t n_all;		/* with those that contradict the first @n */
	struct known_set known;		/* disks that had it once, */
	struct cites cites;
	enum outcome outcome;
	bool kept;		/* those by a table that the registry kept */
	bool volume_known;	/* of those, the volume is remembered, too */
	bool printed_order;	/* see struct resolution */
	bool no_volume;		/* of a stale one: likewise */
	bool untold;		/* of an absent one: likewise */
	bool unsigned_disk;	/* the id is the signature 0, or its disk is
				 * only taken for the one that had it */
	bool by_serial;		/* taken so by a volume's serial number */
};

static void lead_add(struct machine *m, struct lead *l, size_t volume,
		     const struct cites *cites)
{
	l->outcome = LEAD_VOLUMES;
	if (l->n == MAX_CANDIDATES)
		return;
	cites_join(m->arena, &l->cites, cites);
	l->volumes[l->n++] = volume;
	l->n_all = l->n;
}

/* A partition is where the name leads, but it is no volume: the Microsoft
 * reserved one, or a part of dynamic volumes.  */
static void lead_add_partition(struct machine *m, struct lead *l,
			       const struct cites *cites)
{
	if (l->outcome == LEAD_VOLUMES)
		return;
	l->outcome = LEAD_STALE;
	l->no_volume = true;
	cites_join(m->arena, &l->cites, cites);
}

static bool lead_has(const struct lead *l, size_t volume)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->volumes[i] == volume)
			return true;
	return false;
}

/* Whether the disk is the one that Windows called by @signature.  A GPT disk
 * had one while it was an MBR disk, or still has to a Windows that boots from
 * its hybrid MBR; then its partitions lie where that MBR has them.  */
bool machine_has_signature(const struct disk *d, uint32_t signature)
{
	if (d->infers_signature)
		return d->inferred_signature == signature;
	if (!d->has_signature || d->signature != signature)
		return false;
	return d->scheme == SCHEME_MBR ||
	       (d->scheme == SCHEME_GPT && signature != 0);
}

/* Whether the MBR holds nothing but the protective entry.  */
static bool is_protective(const struct disk *d)
{
	return d->scheme == SCHEME_GPT && d->n_others == 0;
}

/* Whether an MBR with partitions of its own carries @signature.  Beside such a
 * disk, one whose MBR only protects its GPT is not meant: it is a copy of the
 * other that was converted.  */
static bool mbr_has_signature(const struct model *o, uint32_t signature)
{
	for (size_t i = 0; i < o->n_disks; i++) {
		const struct disk *d = &o->disks[i].table;

		if (machine_has_signature(d, signature) && !is_protective(d))
			return true;
	}
	return false;
}

bool machine_is_meant(const struct model *o, const struct disk *d,
		      uint32_t signature)
{
	return machine_has_signature(d, signature) &&
	       !(is_protective(d) && mbr_has_signature(o, signature));
}

/* The recovered volumes of @disk that begin at byte @offset.  A table that
 * leads to a volume there is heard first.  */
static void add_recovered(struct machine *m, size_t disk, uint64_t offset,
			  struct lead *l)
{
	const struct model *o = &m->model;

	if (l->outcome == LEAD_VOLUMES)
		return;
	for (size_t i = 0; i < o->n_recovered; i++) {
		const struct machine_recovered *x = &o->recovered[i];

		if (x->disk == disk && x->found.offset == offset &&
		    x->volume != NONE)
			lead_add(m, l, x->volume, &x->cites);
	}
}

/* All disks without a signature have the same: that one of them is meant is no
 * more than likely, even where it has a partition in the right place.  */
static void doubt_unsigned(struct lead *l)
{
	l->unsigned_disk = true;
	if (l->outcome == LEAD_STALE)
		*l = (struct lead){ .outcome = LEAD_ABSENT };
}

/* Disks without a table have all the same signature, and begin where their
 * volume does.  */
static void add_whole_disks(struct machine *m, uint32_t signature,
			    uint64_t offset, struct lead *l)
{
	const struct model *o = &m->model;

	if (signature != WHOLE_DISK_SIGNATURE || offset != 0)
		return;
	for (size_t i = 0; i < o->n_disks; i++) {
		size_t volume = o->disks[i].whole_volume;

		if (volume != NONE && machine_is_whole_disk(o, volume))
			lead_add(m, l, volume,
				 &o->volumes[volume].identity.cites);
	}
}

/* Whether the chain of logical drives cannot be read to its end, and so there
 * may be a partition at @offset after all.  */
static bool is_untold(const struct disk *d, uint64_t offset)
{
	return offset >= d->untold_offset &&
	       offset - d->untold_offset < d->untold_length;
}

/* What the MBR of a GPT disk alone has at @offset.  Not all of that is read as
 * a volume.  */
static void add_hybrid(struct machine *m, const struct disk *d, uint64_t offset,
		       struct lead *l)
{
	for (size_t i = 0; d->scheme == SCHEME_GPT && i < d->n_others; i++) {
		const struct partition *p = &d->others[i];
		size_t volume = p->offset == offset ?
				machine_hybrid_volume(&m->model, p) : NONE;

		if (volume != NONE)
			lead_add(m, l, volume, &p->cites);
		else if (p->offset == offset)
			lead_add_partition(m, l, &p->cites);
	}
}

/* The volumes of disks with @signature that begin at byte @offset.  A disk that
 * has the signature but no such partition makes the id stale.  */
static struct lead lead_by_signature(struct machine *m, uint32_t signature,
				     uint64_t offset)
{
	const struct model *o = &m->model;
	const bool is_mbr = mbr_has_signature(o, signature);
	struct lead l = { .outcome = LEAD_ABSENT };

	for (size_t i = 0; i < o->n_disks; i++) {
		const struct machine_disk *d = &o->disks[i];

		if (!machine_has_signature(&d->table, signature) ||
		    (is_mbr && is_protective(&d->table)))
			continue;
		cites_join(m->arena, &l.cites, &d->table.cites);
		if (l.outcome == LEAD_ABSENT)
			l.outcome = LEAD_STALE;
		for (size_t k = 0; k < d->n_partitions; k++) {
			const struct machine_partition *p =
				&o->partitions[d->first_partition + k];

			if (p->entry->offset != offset)
				continue;
			l.unsigned_disk |= d->table.infers_signature;
			if (p->volume != NONE)
				lead_add(m, &l, p->volume, &p->entry->cites);
			else
				lead_add_partition(m, &l, &p->entry->cites);
		}
		if (l.outcome == LEAD_STALE)
			add_hybrid(m, &d->table, offset, &l);
		add_recovered(m, i, offset, &l);
		l.untold |= is_untold(&d->table, offset);
	}
	if (l.untold && l.outcome == LEAD_STALE && !l.no_volume)
		l.outcome = LEAD_ABSENT;
	add_whole_disks(m, signature, offset, &l);
	if (signature == 0)
		doubt_unsigned(&l);
	return l;
}

/* The volumes whose GPT partition has the unique GUID @g.  */
static struct lead lead_by_partition_guid(struct machine *m,
					  const struct guid *g)
{
	const struct model *o = &m->model;
	struct lead l = { .outcome = LEAD_NONE };

	for (size_t i = 0; i < o->n_partitions; i++) {
		const struct machine_partition *p = &o->partitions[i];

		if (o->disks[p->disk].table.scheme != SCHEME_GPT ||
		    guid_is_zero(g) || !guid_equal(&p->entry->guid, g))
			continue;
		if (p->volume != NONE)
			lead_add(m, &l, p->volume, &p->entry->cites);
		else
			lead_add_partition(m, &l, &p->entry->cites);
	}
	return l;
}

/* The volumes with a serial number that the device's volume had.  */
static struct lead lead_by_serial(struct machine *m,
				  const struct machine_known_disk *k)
{
	struct lead l = { .outcome = LEAD_NONE };

	for (size_t i = 0; i < k->n_by_serial; i++)
		lead_add(m, &l, k->by_serial[i], &k->serial_cites);
	if (k->certainty != CERTAINTY_INFERRED)
		l.outcome = LEAD_POSSIBLE;
	l.unsigned_disk = true;
	l.by_serial = true;
	return l;
}

/* A removable disk goes by its device.  The registry remembers its signature or
 * GUID; where that is in the evidence, with one volume, it is that volume.  */
static struct lead lead_by_device(struct machine *m,
				  const struct known_set *known)
{
	const struct model *o = &m->model;
	struct lead l = { .outcome = LEAD_NONE };
	const struct machine_known_disk *k;

	if (known->n != 1)
		return l;
	k = &o->known_disks[known->list[0]];
	if (k->n_by_serial > 0)
		return lead_by_serial(m, k);
	if (k->disk == NONE)
		return l;
	for (size_t i = 0; i < o->disks[k->disk].n_partitions; i++) {
		const struct machine_partition *p =
			&o->partitions[o->disks[k->disk].first_partition + i];

		if (p->volume != NONE)
			lead_add(m, &l, p->volume, &p->entry->cites);
	}
	if (l.n != 1)
		return (struct lead){ .outcome = LEAD_NONE };
	cites_join(m->arena, &l.cites, &k->layout_cites);
	return l;
}

/* The dynamic volumes with the id @g.  Windows stores a GUID in another order
 * than the database of the dynamic disks does; no source says in which one the
 * mount manager keeps it, so that both are tried.  */
static struct lead lead_by_ldm_guid(struct machine *m, const struct guid *g)
{
	const struct model *o = &m->model;
	const struct guid printed = guid_from_printed(g->b);
	struct lead l = { .outcome = LEAD_NONE };

	for (size_t i = 0; i < o->n_volumes; i++) {
		const struct dynamic_volume *d = o->volumes[i].dynamic;
		bool in_order;

		if (d == NULL || guid_is_zero(g))
			continue;
		in_order = guid_equal(&d->guid, g);
		if (!in_order && !guid_equal(&d->guid, &printed))
			continue;
		l.printed_order |= !in_order;
		lead_add(m, &l, i, &d->cites);
	}
	return l;
}

/* The 24 bytes DMIO:ID: name a GPT partition or a dynamic volume.  */
static struct lead lead_by_dmio(struct machine *m, const struct guid *g)
{
	struct lead l = lead_by_partition_guid(m, g);
	const struct lead ldm = lead_by_ldm_guid(m, g);

	for (size_t i = 0; i < ldm.n; i++)
		lead_add(m, &l, ldm.volumes[i], &ldm.cites);
	l.printed_order = ldm.printed_order;
	if (l.outcome == LEAD_NONE &&
	    machine_dynamic_thing(m, g, &l.cites) != NULL) {
		l.outcome = LEAD_STALE;
		l.no_volume = true;
	}
	return l;
}

/* Where nothing here has the id of the partition @g: what may be meant.  */
static void lead_to_candidates(struct machine *m, const struct known_set *known,
			       const struct guid *g, struct lead *l)
{
	struct candidates c;

	machine_find_candidates(m, known, g, &c);
	for (size_t i = 0; i < c.n; i++)
		lead_add(m, l, c.volumes[i], i == 0 ? &c.cites :
						      &(struct cites){ 0 });
	if (c.n > 0 && !c.is_disk)
		l->outcome = LEAD_POSSIBLE;
}

static struct lead lead_by_id(struct machine *m, const struct unique_id *id)
{
	struct guid g = id->guid;
	struct lead l = { .outcome = LEAD_ABSENT };
	struct known_set known = { .n = 0 };
	bool kept = machine_known_by_id(m, id, &known);

	switch (id->kind) {
	case UNIQUE_ID_MBR:
		l = lead_by_signature(m, id->signature, id->offset);
		g = mbr_stable_guid(id->signature, id->offset);
		break;
	case UNIQUE_ID_DMIO:
		l = lead_by_dmio(m, &id->guid);
		break;
	case UNIQUE_ID_DEVICE:
		l = lead_by_device(m, &known);
		break;
	default:
		break;
	}
	l.known = known;
	l.kept = kept;
	l.volume_known = kept || id->kind != UNIQUE_ID_MBR ||
			 machine_known_volume_at(m, &known, id->offset);
	/* A registry that names a device which no image holds does answer: the
	 * device is not in this evidence.  */
	if (l.outcome == LEAD_NONE)
		l.outcome = LEAD_ABSENT;
	if (l.outcome == LEAD_ABSENT &&
	    (id->kind == UNIQUE_ID_MBR || id->kind == UNIQUE_ID_DMIO))
		lead_to_candidates(m, &known, &g, &l);
	return l;
}

static bool has_volumes(const struct lead *l)
{
	return l->outcome == LEAD_VOLUMES || l->outcome == LEAD_POSSIBLE;
}

static bool leads_agree(const struct lead *a, const struct lead *b)
{
	if (!has_volumes(a) || !has_volumes(b))
		return a->outcome == b->outcome;
	for (size_t i = 0; i < b->n; i++)
		if (lead_has(a, b->volumes[i]))
			return true;
	return false;
}

/* Keep where @more leads, which contradicts @l.  */
static void lead_contradict(struct lead *l, const struct lead *more)
{
	l->outcome = LEAD_SPLIT;
	for (size_t i = 0; i < more->n_all && l->n_all < MAX_CANDIDATES; i++)
		l->volumes[l->n_all++] = more->volumes[i];
}

/* Take in what another value of the same tier says.  */
static void lead_merge(struct machine *m, struct lead *l, struct lead more,
		       const struct cites *source)
{
	cites_join(m->arena, &l->cites, source);
	cites_join(m->arena, &l->cites, &more.cites);
	for (size_t i = 0; i < l->known.n; i++)
		known_set_add(&more.known, l->known.list[i]);
	more.kept = more.kept || l->kept;
	more.volume_known = more.volume_known || l->volume_known;
	more.cites = l->cites;
	l->known = more.known;
	l->kept = more.kept;
	l->volume_known = more.volume_known;
	if (l->outcome == LEAD_NONE)
		*l = more;
	else if (!leads_agree(l, &more))
		lead_contradict(l, &more);
}

/* By GUID; registry values before remote entries; by owner.  */
static int compare_known(const struct known_guid *k, const struct guid *g,
			 bool remote, size_t owner)
{
	int r = memcmp(&k->name->guid, g, sizeof(*g));

	if (r != 0)
		return r;
	if (k->remote != remote)
		return k->remote ? 1 : -1;
	return k->owner < owner ? -1 : k->owner > owner;
}

/* And in stored order: the records of one array lie in that order in
 * memory.  */
static int sort_known(const void *a, const void *b)
{
	const struct known_guid *x = a, *y = b;
	int r = compare_known(x, &y->name->guid, y->remote, y->owner);

	return r != 0 ? r : x->name < y->name ? -1 : x->name > y->name;
}

static int add_known(struct machine *m, const struct mountmgr_name *name,
		     bool remote, size_t owner, struct err *reterr)
{
	struct known_guid *k;

	if (name->kind != NAME_VOLUME)
		return 0;
	k = arena_push(m->arena, &m->guids, m->n_guids, sizeof(*k));
	if (k == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "volume name", 0, 0);
	*k = (struct known_guid){ name, remote, owner };
	m->n_guids++;
	return 0;
}

/* Hostile evidence holds many names and many mount points, so that each cannot
 * be looked for in all.  */
int machine_index_guids(struct machine *m, struct err *reterr)
{
	const struct model *o = &m->model;
	int r = 0;

	m->n_guids = 0;
	for (size_t i = 0; i < o->n_names && r == 0; i++)
		if (!o->names[i].superseded)
			r = add_known(m, o->names[i].name, false,
				      o->names[i].installation, reterr);
	for (size_t i = 0; i < o->n_remote_names && r == 0; i++)
		r = add_known(m, o->remote_names[i].name, true,
			      o->remote_names[i].host_volume, reterr);
	if (m->n_guids > 0)
		qsort(m->guids, m->n_guids, sizeof(m->guids[0]), sort_known);
	return r;
}

size_t machine_first_known(const struct machine *m, const struct guid *g,
			   bool remote, size_t owner)
{
	size_t low = 0, high = m->n_guids;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare_known(&m->guids[mid], g, remote, owner) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* What the known names of @g say that @remote or not belong to the owners from
 * @owner on, before @end.  */
static void hear(struct machine *m, struct lead *l, const struct guid *g,
		 bool remote, size_t owner, size_t end)
{
	size_t first = machine_first_known(m, g, remote, owner);

	for (size_t i = first; i < m->n_guids; i++) {
		const struct known_guid *k = &m->guids[i];

		if (!guid_equal(&k->name->guid, g) || k->remote != remote ||
		    k->owner >= end)
			return;
		if (i - first == MAX_HEARD) {
			l->outcome = LEAD_SPLIT;
			return;
		}
		lead_merge(m, l, lead_by_id(m, &k->name->id), &k->name->cites);
	}
}

static struct lead lead_registry(struct machine *m, size_t installation,
				 const struct guid *g)
{
	struct lead l = { .outcome = LEAD_NONE };

	if (installation != NONE)
		hear(m, &l, g, false, installation, installation + 1);
	return l;
}

/* The host's own database speaks of the host's own mount points, so it goes
 * first; but the others are heard too.  */
static struct lead lead_remote(struct machine *m, size_t host,
			       const struct guid *g)
{
	struct lead l = { .outcome = LEAD_NONE };

	if (host != NONE)
		hear(m, &l, g, true, host, host + 1);
	hear(m, &l, g, true, 0, host);
	if (host != NONE)
		hear(m, &l, g, true, host + 1, NONE);
	return l;
}

static struct lead lead_mbr_stable(struct machine *m, const struct guid *g)
{
	uint32_t signature;
	uint64_t offset;
	struct lead l;

	if (!mbr_stable_guid_parse(g, &signature, &offset))
		return (struct lead){ .outcome = LEAD_NONE };
	l = lead_by_signature(m, signature, offset);
	if (l.outcome != LEAD_ABSENT)
		return l;
	machine_known_by_guid(m, g, &l.known);
	l.kept = true;
	lead_to_candidates(m, &l.known, g, &l);
	return l;
}

/* The tables that registries have kept, where no other source knows @g.  */
static struct lead lead_kept(struct machine *m, const struct lead *leads,
			     const struct guid *g)
{
	struct lead l = { .outcome = LEAD_NONE };

	for (int t = 0; t < N_TIERS; t++)
		if (leads[t].outcome != LEAD_NONE)
			return l;
	l.kept = true;
	machine_known_by_guid(m, g, &l.known);
	lead_to_candidates(m, &l.known, g, &l);
	if (l.outcome == LEAD_NONE)
		return (struct lead){ .outcome = LEAD_NONE };
	return l;
}

static enum certainty certainty_of(const struct lead *l)
{
	switch (l->outcome) {
	case LEAD_STALE:
		return CERTAINTY_STALE;
	case LEAD_SPLIT:
		return CERTAINTY_CONFLICTING;
	case LEAD_POSSIBLE:
		return CERTAINTY_AMBIGUOUS;
	case LEAD_VOLUMES:
		return l->n > 1 ? CERTAINTY_AMBIGUOUS : CERTAINTY_SINGLE;
	default:
		return CERTAINTY_NOT_IN_EVIDENCE;
	}
}

/* Where each tier leads, for who has to choose.  */
static void tell_leads(struct machine *m, const struct lead leads[N_TIERS],
		       struct resolution *r)
{
	if (r->certainty != CERTAINTY_CONFLICTING &&
	    r->certainty != CERTAINTY_AMBIGUOUS)
		return;
	for (int t = 0; t < N_TIERS; t++) {
		if (leads[t].outcome == LEAD_NONE)
			continue;
		for (size_t i = 0; i < leads[t].n_all; i++)
			machine_add_lead(m, r, (enum tier)t,
					 leads[t].volumes[i]);
		if (leads[t].n_all == 0 || leads[t].outcome == LEAD_POSSIBLE)
			machine_add_lead(m, r, (enum tier)t, NONE);
	}
}

/* Join the leads of all tiers, @leads by enum tier.  */
static struct resolution join_leads(struct machine *m,
				    const struct lead leads[N_TIERS])
{
	struct resolution r = { .volume = NONE,
				.certainty = CERTAINTY_NOT_IN_EVIDENCE };
	const struct lead *first = NULL;
	bool conflict = false, is_signed = false;

	for (int t = 0; t < N_TIERS; t++) {
		if (leads[t].outcome == LEAD_NONE)
			continue;
		is_signed = is_signed || !leads[t].unsigned_disk;
		cites_join(m->arena, &r.cites, &leads[t].cites);
		if (first == NULL) {
			first = &leads[t];
			r.tier = (enum tier)t;
			r.certainty = certainty_of(first);
		}
		if (leads_agree(first, &leads[t]))
			r.tiers |= 1u << t;
		else
			conflict = true;
	}
	if (first == NULL)
		return r;
	if (first->n == 1 && first->outcome != LEAD_POSSIBLE)
		r.volume = first->volumes[0];
	r.printed_order = first->printed_order;
	r.no_volume = first->no_volume && first->outcome == LEAD_STALE;
	r.untold = first->untold && first->outcome == LEAD_ABSENT;
	r.possible = first->outcome == LEAD_POSSIBLE && !conflict;
	r.by_serial = r.possible && first->by_serial;
	if (conflict)
		r.certainty = CERTAINTY_CONFLICTING;
	else if (r.certainty == CERTAINTY_SINGLE &&
		 (r.tiers & (r.tiers - 1)) != 0)
		r.certainty = CERTAINTY_CONFIRMED;
	/* That a volume was there when the name was given is not said by any
	 * table, or not by that which rules.  */
	if (r.volume != NONE &&
	    (m->model.volumes[r.volume].kind == VOLUME_RECOVERED ||
	     m->model.volumes[r.volume].kind == VOLUME_HYBRID || !is_signed) &&
	    r.certainty != CERTAINTY_CONFLICTING)
		r.certainty = CERTAINTY_INFERRED;
	tell_leads(m, leads, &r);
	return r;
}

/* The disk of a name that leads to no volume may be one that the registry
 * remembers.  Where that disk is in the evidence after all, the partition is no
 * longer on it.  */
static void join_known(struct machine *m, struct resolution *r, bool kept)
{
	const struct machine_known_disk *known = m->model.known_disks;

	if (r->certainty != CERTAINTY_NOT_IN_EVIDENCE ||
	    r->n_known_disks == 0)
		return;
	for (size_t i = 0; i < r->n_known_disks; i++)
		cites_join(m->arena, &r->cites,
			   &known[r->known_disks[i]].layout_cites);
	if (!kept || r->untold)
		return;
	if (r->tier == TIER_NONE)
		r->tier = TIER_PARTITION_CACHE;
	r->tiers |= 1u << TIER_PARTITION_CACHE;
	if (r->n_known_disks == 1 && known[r->known_disks[0]].disk != NONE)
		r->certainty = CERTAINTY_STALE;
}

/* @g: the volume's GUID, or NULL.  */
static struct resolution resolve(struct machine *m, size_t installation,
				 const struct lead leads[N_TIERS],
				 const struct guid *g)
{
	struct resolution r = join_leads(m, leads);
	struct known_set known = { .n = 0 };
	bool kept = false, volume_known = false;

	for (int t = 0; t < N_TIERS; t++) {
		for (size_t i = 0; i < leads[t].known.n; i++)
			known_set_add(&known, leads[t].known.list[i]);
		kept = kept || leads[t].kept;
		volume_known = volume_known || leads[t].kept ||
			       (leads[t].known.n > 0 && leads[t].volume_known);
	}
	if (known.n == 0 && g != NULL) {
		machine_known_by_guid(m, g, &known);
		kept = volume_known = known.n > 0;
	}
	machine_keep_known(m, installation, &known, &r);
	r.disk_only = r.n_known_disks > 0 && !volume_known;
	join_known(m, &r, kept);
	return r;
}

struct resolution resolve_guid(struct machine *m, size_t installation,
			       size_t host, const struct guid *g)
{
	struct lead leads[N_TIERS] = { 0 };

	leads[TIER_REGISTRY] = lead_registry(m, installation, g);
	leads[TIER_GPT_GUID] = lead_by_partition_guid(m, g);
	leads[TIER_LDM_GUID] = lead_by_ldm_guid(m, g);
	leads[TIER_MBR_STABLE] = lead_mbr_stable(m, g);
	leads[TIER_REMOTE_DATABASE] = lead_remote(m, host, g);
	leads[TIER_PARTITION_CACHE] = lead_kept(m, leads, g);
	/* The GUID of a partition that was converted may name the dynamic
	 * volume now.  */
	if (leads[TIER_GPT_GUID].no_volume &&
	    (leads[TIER_REGISTRY].outcome == LEAD_VOLUMES ||
	     leads[TIER_LDM_GUID].outcome == LEAD_VOLUMES))
		leads[TIER_GPT_GUID] = (struct lead){ .outcome = LEAD_NONE };
	return resolve(m, installation, leads, g);
}

struct resolution resolve_id(struct machine *m, const struct unique_id *id,
			     enum tier tier)
{
	struct lead leads[N_TIERS] = { 0 };

	leads[tier] = lead_by_id(m, id);
	return resolve(m, NONE, leads, NULL);
}

const char *tier_name(enum tier t)
{
	static const char *const names[N_TIERS] = {
		[TIER_REGISTRY] = "registry",
		[TIER_GPT_GUID] = "gpt-guid",
		[TIER_MBR_STABLE] = "mbr-stable",
		[TIER_LDM_GUID] = "ldm-guid",
		[TIER_REMOTE_DATABASE] = "remote-database",
		[TIER_PARTITION_CACHE] = "partition-cache",
	};

	return names[t];
}

const char *certainty_name(enum certainty c)
{
	static const char *const names[] = {
		[CERTAINTY_CONFIRMED] = "confirmed",
		[CERTAINTY_SINGLE] = "single",
		[CERTAINTY_INFERRED] = "inferred",
		[CERTAINTY_CONFLICTING] = "conflicting",
		[CERTAINTY_STALE] = "stale",
		[CERTAINTY_NOT_IN_EVIDENCE] = "not-in-evidence",
		[CERTAINTY_AMBIGUOUS] = "ambiguous",
	};

	return names[c];
}
