/*
 * dynamic_volumes.c - the volumes of dynamic disks as volumes of the machine
 */
#include "machine/internal.h"

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
		    m->model.disks[d->extents[i].disk].table.n_ldm_heads > 0)
			v->provenance = "ldm-database";
	m->volumes[m->n_volumes - 1].window->sector_size = d->sector_size;
	return add_extents(m, d, v, reterr);
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
	return r;
}
