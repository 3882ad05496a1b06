/*
 * pools.c - the storage pools whose disks are in the evidence
 *
 * The virtual disks of a pool are not read.  What is known of them is told, so
 * that nobody takes their volumes for those of a disk that is missing.
 */
#include <inttypes.h>

#include "base/ascii.h"
#include "base/count.h"
#include "machine/internal.h"

/* How many virtual disks a message names.  */
#define MAX_NAMED 8

int machine_read_pool(struct machine *m, size_t volume,
		      const struct cites *entry, struct err *reterr)
{
	struct machine_volume *v = &m->model.volumes[volume];
	struct storage_pool *pool = arena_alloc(m->arena, sizeof(*pool));
	int r;

	if (pool == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "pool", 0, 0);
	r = storage_pool_read(m->volumes[volume].window, m->arena,
			      &m->model.findings, pool, reterr);
	if (r < 0)
		return r;
	v->pool = pool;
	v->identity = (struct volume_identity){
		.kind = FS_STORAGE_SPACES, .name = "Storage Spaces",
	};
	cites_join(m->arena, &v->identity.cites, entry);
	cites_join(m->arena, &v->identity.cites, &pool->cites);
	return 0;
}

static bool same_pool(const struct storage_pool *a,
		      const struct storage_pool *b)
{
	return a != NULL && b != NULL && a->known && b->known &&
	       guid_equal(&a->guid, &b->guid);
}

/* The volume whose copy of the pool's database is the newest.  */
static size_t newest_database(const struct model *o, size_t volume)
{
	const struct storage_pool *own = o->volumes[volume].pool;
	size_t best = NONE;

	for (size_t i = 0; i < o->n_volumes; i++) {
		const struct storage_pool *p = o->volumes[i].pool;

		if (same_pool(own, p) && p->has_database &&
		    (best == NONE ||
		     p->sequence > o->volumes[best].pool->sequence))
			best = i;
	}
	return best;
}

/* The disk that is @member; NONE: not in the evidence.  */
static size_t find_member(const struct model *o,
			  const struct storage_pool *pool,
			  const struct pool_member *member)
{
	for (size_t i = 0; i < o->n_volumes; i++) {
		const struct machine_volume *v = &o->volumes[i];

		if (same_pool(v->pool, pool) &&
		    guid_equal(&v->pool->disk, &member->guid))
			return v->extents[0].disk;
	}
	return NONE;
}

static void join_pools(const struct model *o)
{
	for (size_t i = 0; i < o->n_volumes; i++) {
		struct machine_volume *v = &o->volumes[i];

		if (v->pool == NULL)
			continue;
		v->pool_database = newest_database(o, i);
		for (size_t k = 0; k < v->pool->n_members; k++)
			v->pool->members[k].evidence_disk = find_member(
				o, v->pool, &v->pool->members[k]);
	}
}

static const char *or_empty(const char *s)
{
	return s != NULL ? s : "";
}

static const char *named_disks(struct machine *m, const struct storage_pool *p)
{
	const char *s = "";

	for (size_t i = 0; i < p->n_disks && i < MAX_NAMED; i++) {
		const struct pool_virtual_disk *d = &p->disks[i];

		s = arena_printf(m->arena, "%s%s %s (%" PRIu64 " bytes%s%s)",
				 or_empty(s), i == 0 ? ":" : ",",
				 or_empty(d->name.utf8), d->size,
				 pool_resiliency_name(d->resiliency) != NULL ?
					", " : "",
				 or_empty(pool_resiliency_name(d->resiliency)));
	}
	if (p->n_disks > MAX_NAMED)
		s = arena_printf(m->arena, "%s, and %zu more", or_empty(s),
				 p->n_disks - MAX_NAMED);
	return or_empty(s);
}

static size_t missing_members(const struct storage_pool *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_members; i++)
		n += p->members[i].evidence_disk == NONE;
	return n;
}

static const char *pool_message(struct machine *m, size_t volume)
{
	const struct model *o = &m->model;
	const struct storage_pool *own = o->volumes[volume].pool;
	const size_t from = o->volumes[volume].pool_database;
	const struct storage_pool *p;
	char guid[GUID_TEXT_CHARS + 1];
	size_t missing;

	if (!own->known)
		return "The partition belongs to a storage pool, of which "
		       "nothing could be read; nor are its virtual disks.";
	if (from == NONE)
		return arena_printf(m->arena, "The partition belongs to the "
				    "storage pool {%s}, whose virtual disks "
				    "are not read; the pool's database is not "
				    "in this evidence.",
				    guid_text(&own->guid, guid));
	p = o->volumes[from].pool;
	missing = missing_members(p);
	return arena_printf(m->arena, "The partition belongs to the storage "
			    "pool %s, {%s}. Of the pool's %zu %s %zu %s not in "
			    "this evidence. Its %zu virtual %s and their "
			    "volumes are not read%s.",
			    or_empty(p->name.utf8),
			    guid_text(&own->guid, guid), p->n_members,
			    count_word(p->n_members, "disk", "disks"), missing,
			    count_word(missing, "is", "are"), p->n_disks,
			    count_word(p->n_disks, "disk", "disks"),
			    named_disks(m, p));
}

void machine_explain_pools(struct machine *m)
{
	const struct model *o = &m->model;

	join_pools(o);
	for (size_t i = 0; i < o->n_volumes; i++) {
		const char *text;
		struct diag *d;

		if (o->volumes[i].pool == NULL)
			continue;
		machine_look_at(m, i);
		text = pool_message(m, i);
		d = diag_add(&m->model.findings, &FINDING_STORAGE_SPACES, "%s",
			     or_empty(text));
		if (d != NULL)
			cites_join(m->arena, &d->cites,
				   &o->volumes[i].identity.cites);
	}
	machine_look_at(m, NONE);
}

/* Whether the registry's name for a disk, STORAGE\Disk\{GUID}, is that of the
 * virtual disk.  */
static bool is_instance_of(const struct text *instance,
			   const struct pool_virtual_disk *d)
{
	char guid[GUID_TEXT_CHARS + 1];

	return instance->utf8 != NULL &&
	       ascii_find(instance->utf8, guid_text(&d->guid, guid)) != NULL;
}

static const char *known_phrase(struct machine *m, const struct storage_pool *p,
				const struct resolution *r)
{
	for (size_t i = 0; i < r->n_known_disks; i++)
		for (size_t k = 0; k < p->n_disks; k++)
			if (is_instance_of(&m->model.known_disks[
				r->known_disks[i]].instance, &p->disks[k]))
				return or_empty(arena_printf(m->arena,
					", the virtual disk %s of the storage "
					"pool %s, which is not read",
					or_empty(p->disks[k].name.utf8),
					or_empty(p->name.utf8)));
	return NULL;
}

const char *machine_pool_phrase(struct machine *m, const struct resolution *r)
{
	const struct model *o = &m->model;
	const char *s = "";

	for (size_t i = 0; i < o->n_volumes; i++) {
		const struct storage_pool *p = o->volumes[i].pool;
		const char *known = p == NULL ? NULL : known_phrase(m, p, r);

		if (known != NULL)
			return known;
		if (p != NULL)
			s = ", unless it lies on a virtual disk of a storage "
			    "pool here: they are not read";
	}
	return s;
}
