/*
 * dynamic_volumes.c - the volumes of dynamic disks as volumes of the machine
 */
#include "machine/internal.h"

#include <inttypes.h>

#include "disk/findings.h"

/* The extents that lie on disks of the evidence.  */
static int add_extents(struct machine *m, const struct dynamic_volume *d,
		       struct machine_volume *v, struct err *reterr)
{
	v->extents = arena_alloc(m->arena,
				 (d->n_extents + 1) * sizeof(*v->extents));
	if (v->extents == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "volume", 0, 0);
	for (size_t i = 0; i < d->n_extents; i++) {
		const struct dynamic_extent *e = &d->extents[i];

		if (e->disk != SIZE_MAX)
			v->extents[v->n_extents++] = (struct extent){
				e->disk, e->offset, e->length
			};
	}
	return 0;
}

bool machine_disk_is_stray(const struct machine *m, size_t disk)
{
	for (size_t i = 0; i < m->dynamic.n_strays; i++)
		if (m->dynamic.strays[i] == disk)
			return true;
	return false;
}

/* Whether its database was found where no table leads.  */
static bool is_found(const struct machine *m, size_t disk)
{
	return m->model.disks[disk].table.n_ldm_heads > 0 ||
	       machine_disk_is_stray(m, disk);
}

static int add_dynamic_volume(struct machine *m, const struct dynamic_volume *d,
			      struct err *reterr)
{
	struct machine_volume *v = machine_push_volume(
		m, d->source != NULL ? d->source : m->nothing, 0, d->size);

	if (v == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "volume", 0, 0);
	v->kind = VOLUME_LDM;
	v->dynamic = d;
	for (size_t i = 0; i < d->n_extents; i++)
		if (d->extents[i].disk != SIZE_MAX &&
		    is_found(m, d->extents[i].disk))
			v->provenance = "ldm-database";
	m->volumes[m->n_volumes - 1].window->sector_size = d->sector_size;
	return add_extents(m, d, v, reterr);
}

static void say_same(struct machine *m, size_t volume, size_t part,
		     size_t dynamic)
{
	const struct machine_volume *v = &m->model.volumes[volume];
	const struct extent *x = &m->model.volumes[dynamic].extents[part];
	struct diag *d = diag_add(
		&m->model.findings, &FINDING_LDM_SAME_BYTES,
		"%s and %s are the same bytes of disk%zu, from byte %" PRIu64
		" on: a partition by its table, and a dynamic volume%s by its "
		"private header. %s", machine_place(m, volume),
		machine_place(m, dynamic), x->disk, x->offset,
		m->model.volumes[dynamic].dynamic->n_extents > 1 ?
		"'s part" : "", machine_disk_is_stray(m, x->disk) ?
		"Windows uses the table." :
		"Its table calls the disk dynamic as well.");

	if (d == NULL)
		return;
	cites_join(m->arena, &d->cites,
		   &m->model.partitions[v->partition].entry->cites);
	cites_join(m->arena, &d->cites,
		   &m->model.volumes[dynamic].dynamic->cites);
}

/* A disk that its table no longer calls dynamic, or not all of it, has volumes
 * twice.  */
static void explain_same_bytes(struct machine *m, size_t dynamic)
{
	const struct model *o = &m->model;
	const struct machine_volume *v = &o->volumes[dynamic];

	for (size_t e = 0; e < v->n_extents; e++) {
		const struct extent *x = &v->extents[e];
		const struct machine_disk *d = &o->disks[x->disk];

		for (size_t i = 0; i < d->n_partitions; i++) {
			const struct machine_partition *p =
				&o->partitions[d->first_partition + i];

			if (p->volume != NONE && p->entry->offset == x->offset)
				say_same(m, p->volume, e, dynamic);
		}
	}
}

int machine_add_dynamic_volumes(struct machine *m, struct err *reterr)
{
	struct model *o = &m->model;
	const struct disk **disks =
		arena_alloc(m->arena, (o->n_disks + 1) * sizeof(*disks));
	int r;

	m->nothing = source_memory("", 0);
	if (disks == NULL || m->nothing == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "volume", 0, 0);
	for (size_t i = 0; i < o->n_disks; i++)
		disks[i] = &o->disks[i].table;
	o->findings.where = NULL;
	r = dynamic_volumes_read(disks, o->n_disks, m->arena, &o->findings,
				 &m->dynamic, reterr);
	for (size_t i = 0; i < m->dynamic.n && r == 0; i++)
		r = add_dynamic_volume(m, &m->dynamic.list[i], reterr);
	for (size_t i = 0; i < o->n_volumes && r == 0; i++)
		if (o->volumes[i].kind == VOLUME_LDM)
			explain_same_bytes(m, i);
	return r;
}

/* The name of the disk with the id @g on which a part of @d lies.  */
static const char *disk_of(const struct dynamic_volume *d, const struct guid *g)
{
	for (size_t i = 0; i < d->n_extents; i++) {
		const struct dynamic_extent *e = &d->extents[i];

		if (e->disk != SIZE_MAX && guid_equal(&e->disk_guid, g))
			return e->disk_name.utf8 != NULL ? e->disk_name.utf8 :
							   "";
	}
	return NULL;
}

const char *machine_dynamic_thing(struct machine *m, const struct guid *g,
				  struct cites *ret_cites)
{
	const struct guid orders[] = { *g, guid_from_printed(g->b) };

	for (size_t i = 0; i < 2 * m->dynamic.n; i++) {
		const struct dynamic_volume *d = &m->dynamic.list[i / 2];
		const struct guid *id = &orders[i % 2];
		const char *disk = guid_is_zero(g) ? NULL : disk_of(d, id);
		const bool group = guid_equal(&d->group, id);

		if (disk == NULL && !group)
			continue;
		if (ret_cites != NULL)
			cites_join(m->arena, ret_cites, &d->cites);
		return arena_printf(m->arena, "the dynamic disk%s %s",
				    group ? "s' group" : "", !group ? disk :
				    d->group_name.utf8 != NULL ?
				    d->group_name.utf8 : "");
	}
	return NULL;
}

const char *machine_dynamic_at(struct machine *m, uint32_t signature,
			       uint64_t offset)
{
	const struct model *o = &m->model;

	for (size_t i = 0; i < o->n_volumes; i++) {
		const struct machine_volume *v = &o->volumes[i];

		if (v->dynamic == NULL)
			continue;
		for (size_t k = 0; k < v->n_extents; k++) {
			const struct extent *e = &v->extents[k];
			const char *s;

			if (e->offset != offset ||
			    !machine_is_meant(o, &o->disks[e->disk].table,
					      signature))
				continue;
			s = arena_printf(m->arena, "; %sthe dynamic volume %s "
					 "begins there", v->dynamic->n_extents >
					 1 ? "a part of " : "",
					 v->dynamic->name.utf8 != NULL ?
					 v->dynamic->name.utf8 : "");
			return s != NULL ? s : "";
		}
	}
	return "";
}

/* The names that give a dynamic volume a letter: few of many.  */
struct letters {
	const struct machine_name **list;
	size_t n;
};

static int find_letters(struct machine *m, struct letters *ret,
			struct err *reterr)
{
	const struct model *o = &m->model;

	for (size_t i = 0; i < o->n_names; i++) {
		const struct machine_name *n = &o->names[i], **slot;

		if (n->name->kind != NAME_DRIVE_LETTER || n->superseded ||
		    n->presence == PRESENT_DELETED ||
		    n->resolution.volume == NONE ||
		    o->volumes[n->resolution.volume].dynamic == NULL)
			continue;
		slot = arena_push(m->arena, &ret->list, ret->n, sizeof(*slot));
		if (slot == NULL)
			return err_set(reterr, ERR_NOMEM, 0, "letters", 0, 0);
		*slot = n;
		ret->n++;
	}
	return 0;
}

/* The letters of @volume, as "G: and X:"; NULL: it has none.  *@ret_hint tells
 * whether one of them is @hint.  */
static const char *letters_of(struct machine *m, const struct letters *l,
			      size_t volume, char hint, bool *ret_hint)
{
	const char *s = NULL;

	*ret_hint = false;
	for (size_t i = 0; i < l->n; i++) {
		const char letter = l->list[i]->name->letter;

		if (l->list[i]->resolution.volume != volume)
			continue;
		*ret_hint |= letter == hint;
		s = s == NULL ? arena_printf(m->arena, "%c:", letter) :
		    arena_printf(m->arena, "%s and %c:", s, letter);
	}
	return s;
}

static void explain_hint(struct machine *m, size_t volume, const char *letters)
{
	const struct dynamic_volume *d = m->model.volumes[volume].dynamic;
	struct diag *finding = diag_add(
		&m->model.findings, &FINDING_LETTER_HINT,
		"%s: the database of the dynamic disks says that it had the "
		"letter %c:; %s%s.", machine_place(m, volume), d->hint,
		letters != NULL ? "the registry calls it " :
				  "no letter in a registry leads to it",
		letters != NULL ? letters : "");

	if (finding != NULL)
		cites_join(m->arena, &finding->cites, &d->cites);
}

/* The database of the dynamic disks keeps the letter that a volume had, which
 * may have been on another machine.  */
int machine_explain_hints(struct machine *m, struct err *reterr)
{
	const struct model *o = &m->model;
	struct letters all = { NULL, 0 };
	int r = find_letters(m, &all, reterr);

	if (r < 0 || o->n_installations == 0)
		return r;
	for (size_t i = 0; i < o->n_volumes; i++) {
		const struct dynamic_volume *d = o->volumes[i].dynamic;
		const char *letters;
		bool confirmed;

		if (d == NULL || d->hint == 0)
			continue;
		letters = letters_of(m, &all, i, d->hint, &confirmed);
		if (!confirmed)
			explain_hint(m, i, letters);
	}
	return 0;
}
