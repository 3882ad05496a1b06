/*
 * former_names.c - names of another time, compared with those of the map
 */
#include "machine/former_names.h"

#include "machine/internal.h"

int machine_sort_live_names(struct machine *m, struct live_names *ret,
			    struct err *reterr)
{
	size_t n = m->model.n_installations;
	int r = 0;

	ret->list = arena_alloc(m->arena, (n + 1) * sizeof(ret->list[0]));
	if (ret->list == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "names", 0, 0);
	for (size_t i = 0; i < n && r == 0; i++)
		r = machine_sort_names(m, i, &ret->list[i], reterr);
	return r;
}

static enum name_change change_of(const struct sorted_names *live,
				  const struct mountmgr_name *n)
{
	enum name_change change = NAME_ABSENT;
	const char *text = n->name.utf8;
	size_t i = sorted_names_first(live, text);

	for (; sorted_names_has(live, i, text); i++) {
		const struct machine_name *now = live->list[i];

		if (now->superseded || now->presence == PRESENT_DELETED)
			continue;
		if (unique_id_equal(&now->name->id, &n->id))
			return NAME_SAME;
		change = NAME_DIFFERS;
	}
	return change;
}

int machine_add_former_name(struct machine *m, const struct live_names *live,
			    const struct machine_former_name *n,
			    struct err *reterr)
{
	struct model *o = &m->model;
	size_t i = n->installation != NONE ? n->installation
					   : o->n_installations;
	struct machine_former_name *slot;

	slot = arena_push(m->arena, &o->former_names, o->n_former_names,
			  sizeof(*slot));
	if (slot == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "former name", 0, 0);
	*slot = *n;
	slot->change = change_of(&live->list[i], n->name);
	slot->resolution = resolve_id(m, &n->name->id, TIER_REGISTRY);
	machine_prefer_known(m, n->installation, &slot->resolution);
	o->n_former_names++;
	return 0;
}
