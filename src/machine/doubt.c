/*
 * doubt.c - what is said where no one volume is the answer
 */
#include "machine/internal.h"

void machine_add_lead(struct machine *m, struct resolution *r, enum tier tier,
		      size_t volume)
{
	struct resolution_lead *l;

	for (size_t i = 0; i < r->n_leads; i++)
		if (r->leads[i].tier == tier && r->leads[i].volume == volume)
			return;
	l = arena_push(m->arena, &r->leads, r->n_leads, sizeof(*l));
	if (l == NULL)
		return;
	*l = (struct resolution_lead){ tier, volume };
	r->n_leads++;
}

const char *machine_leads_phrase(struct machine *m, const struct resolution *r)
{
	const bool by_tier = r->certainty == CERTAINTY_CONFLICTING;
	const char *s = "";

	for (size_t i = 0; i < r->n_leads && s != NULL; i++) {
		const struct resolution_lead *l = &r->leads[i];

		s = arena_printf(m->arena, "%s%s%s%s%s", s,
				 i == 0 ? ": " : ", ",
				 by_tier ? tier_name(l->tier) : "",
				 by_tier ? " leads to " : "",
				 l->volume == NONE ? "no volume here" :
				 machine_place(m, l->volume));
	}
	return s != NULL ? s : "";
}

const char *machine_elsewhere_phrase(struct machine *m, size_t installation,
				     const struct guid *g)
{
	const char *s = "";

	for (size_t i = machine_first_known(m, g, false, 0);
	     i < m->n_guids && guid_equal(&m->guids[i].name->guid, g) &&
	     !m->guids[i].remote; i++) {
		const struct known_guid *k = &m->guids[i];
		size_t volume;

		if (k->owner == installation)
			continue;
		volume = resolve_guid(m, k->owner, NONE, g).volume;
		s = arena_printf(m->arena, "; windows%zu has it for %s, %s",
				 k->owner, machine_id_text(m, k->name),
				 volume == NONE ? "no volume here" :
				 machine_place(m, volume));
		break;
	}
	return s != NULL ? s : "";
}

static void doubt(struct model *o, const struct resolution *r)
{
	for (size_t i = 0; i < r->n_leads; i++)
		if (r->leads[i].volume != NONE)
			o->volumes[r->leads[i].volume].in_doubt = true;
}

int machine_mark_doubt(struct machine *m, struct err *reterr)
{
	struct model *o = &m->model;

	(void)reterr;
	for (size_t i = 0; i < o->n_names; i++)
		if (!o->names[i].superseded &&
		    o->names[i].name->kind == NAME_DRIVE_LETTER)
			doubt(o, &o->names[i].resolution);
	for (size_t i = 0; i < o->n_mounts; i++)
		if (!o->mounts[i].deleted)
			doubt(o, &o->mounts[i].resolution);
	return 0;
}
