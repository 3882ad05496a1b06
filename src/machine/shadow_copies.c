/*
 * shadow_copies.c - what volumes say of their shadow copies, joined
 *
 * That there is a copy stands in the catalogue of the volume that it is of;
 * where its blocks are, in that of the volume which keeps them.  These may be
 * two, of which one may be missing.
 */
#include <inttypes.h>

#include "machine/internal.h"

static struct machine_shadow_copy *push(struct machine *m, struct err *reterr)
{
	struct model *o = &m->model;
	struct machine_shadow_copy *s;

	s = arena_push(m->arena, &o->shadow_copies, o->n_shadow_copies,
		       sizeof(*s));
	if (s == NULL) {
		err_set(reterr, ERR_NOMEM, 0, "shadow copy", 0, 0);
		return NULL;
	}
	s->volume = s->store_volume = NONE;
	o->n_shadow_copies++;
	return s;
}

/* How many volumes but @volume hold the store of @s; the last of them goes into
 * it.  */
static size_t find_store(const struct machine *m, size_t volume,
			 struct machine_shadow_copy *s)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n_volumes; i++) {
		const struct shadow_store *store = i == volume ? NULL :
			shadow_find_store(&m->volumes[i].shadows,
					  &s->copy->entry.store);

		if (store == NULL)
			continue;
		s->store = store;
		s->store_volume = i;
		n++;
	}
	return n;
}

static void find_place(const struct machine *m, size_t volume,
		       struct machine_shadow_copy *s)
{
	const struct shadow_catalog *c = &m->volumes[volume].shadows;
	size_t n = 1;

	s->state = SHADOW_AVAILABLE;
	s->store = shadow_find_store(c, &s->copy->entry.store);
	s->store_volume = volume;
	if (s->store == NULL)
		n = find_store(m, volume, s);
	if (n == 1 && !s->store->has_info)
		s->state = SHADOW_DAMAGED;
	if (n == 1)
		return;
	s->store = NULL;
	s->store_volume = NONE;
	s->state = n > 1 ? SHADOW_STORE_AMBIGUOUS :
		   guid_equal(&c->header.volume, &c->header.storage) ?
		   SHADOW_DAMAGED : SHADOW_STORE_MISSING;
}

static const char *const state_words[] = {
	[SHADOW_AVAILABLE] = "is kept on another volume",
	[SHADOW_STORE_MISSING] = "is kept on a volume that is not in this "
				 "evidence",
	[SHADOW_STORE_AMBIGUOUS] = "is kept on a volume of which there are "
				   "several in this evidence",
	[SHADOW_VOLUME_MISSING] = "is of a volume that is not in this evidence",
	[SHADOW_DAMAGED] = "has no store, although its volume should keep it",
};

/* What is not on one volume, or not there.  Of a header that cannot be read it
 * was said when that was tried.  */
static void explain(struct machine *m, size_t index)
{
	const struct machine_shadow_copy *s = &m->model.shadow_copies[index];
	const enum shadow_state state =
		s->state == SHADOW_DAMAGED && s->store != NULL ?
		SHADOW_AVAILABLE : s->state;
	const struct diag_kind *kind = state == SHADOW_DAMAGED
		? &FINDING_SHADOW_NO_STORE : &FINDING_SHADOW_ELSEWHERE;
	const char *place = "";
	char storage[GUID_TEXT_CHARS + 1];
	struct diag *d;

	if (state == SHADOW_AVAILABLE && s->volume == s->store_volume)
		return;
	if (state == SHADOW_AVAILABLE)
		place = arena_printf(m->arena, ", %s",
				     machine_place(m, s->store_volume));
	else if (s->header != NULL)
		place = arena_printf(m->arena, ", VSS' volume {%s}",
				     guid_text(&s->header->storage, storage));
	d = diag_add(&m->model.findings, kind,
		     "the shadow copy shadow%zu %s%s.", index,
		     state_words[state], place != NULL ? place : "");
	if (d != NULL)
		cites_join(m->arena, &d->cites, &s->cites);
}

static int add_copies(struct machine *m, size_t volume, struct err *reterr)
{
	const struct shadow_catalog *c = &m->volumes[volume].shadows;

	for (size_t i = 0; i < c->n_copies; i++) {
		struct machine_shadow_copy *s = push(m, reterr);

		if (s == NULL)
			return ERR_NOMEM;
		s->volume = volume;
		s->header = &c->header;
		s->copy = &c->copies[i];
		find_place(m, volume, s);
		cites_join(m->arena, &s->cites, &s->copy->cites);
		if (s->store != NULL)
			cites_join(m->arena, &s->cites, &s->store->cites);
		explain(m, m->model.n_shadow_copies - 1);
	}
	return 0;
}

static bool is_taken(const struct machine *m, const struct shadow_store *store)
{
	const struct model *o = &m->model;

	for (size_t i = 0; i < o->n_shadow_copies; i++) {
		const struct machine_shadow_copy *s = &o->shadow_copies[i];

		if (s->copy != NULL && guid_equal(&s->copy->entry.store,
						  &store->entry.store))
			return true;
	}
	return false;
}

/* The stores that nobody here has a copy for.  */
static int add_stores(struct machine *m, size_t volume, struct err *reterr)
{
	const struct shadow_catalog *c = &m->volumes[volume].shadows;

	for (size_t i = 0; i < c->n_stores; i++) {
		struct machine_shadow_copy *s;

		if (is_taken(m, &c->stores[i]))
			continue;
		s = push(m, reterr);
		if (s == NULL)
			return ERR_NOMEM;
		s->store = &c->stores[i];
		s->store_volume = volume;
		s->state = SHADOW_VOLUME_MISSING;
		cites_join(m->arena, &s->cites, &s->store->cites);
		explain(m, m->model.n_shadow_copies - 1);
	}
	return 0;
}

int machine_list_shadow_copies(struct machine *m, struct err *reterr)
{
	int r = 0;

	for (size_t i = 0; i < m->n_volumes && r == 0; i++) {
		machine_look_at(m, i);
		r = add_copies(m, i, reterr);
	}
	for (size_t i = 0; i < m->n_volumes && r == 0; i++) {
		machine_look_at(m, i);
		r = add_stores(m, i, reterr);
	}
	machine_look_at(m, NONE);
	return r;
}
