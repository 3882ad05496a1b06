/*
 * policy.c - what each installation was told to do with new volumes and disks,
 * and which volumes it keeps offline
 */
#include "machine/internal.h"
#include "machine/sorted_names.h"
#include "registry/system.h"

int machine_read_policy(struct machine *m, size_t installation,
			struct open_hive *h, struct err *reterr)
{
	struct machine_installation *i =
		&m->model.installations[installation];
	struct diag_list *findings = &m->model.findings;
	char name[CONTROL_SET_NAME_BYTES];
	const char *set = NULL;

	if (i->control_set != 0)
		set = control_set_name(i->control_set, name);
	i->policy = mount_policy_read(h->hive, set, m->arena, findings);
	cites_join(m->arena, &i->cites, &i->policy.no_automount.cites);
	cites_join(m->arena, &i->cites, &i->policy.san_policy.cites);
	return offline_links_read(h->hive, m->arena, findings,
				  &m->installations[installation].offline,
				  reterr);
}

static void keep_offline(struct machine *m, size_t installation,
			 const struct offline_link *link, size_t volume)
{
	struct machine_volume *v = &m->model.volumes[volume];
	struct offline_volume *slot = arena_push(m->arena, &v->offline,
						 v->n_offline, sizeof(*slot));

	if (slot == NULL)
		return;
	*slot = (struct offline_volume){ installation, link->name,
					 link->cites };
	v->n_offline++;
}

/* A link without a value in MountedDevices: Windows 10 and later keep none for
 * the names that they compute.  */
static void explain_link(struct machine *m, size_t installation,
			 const struct offline_link *link)
{
	struct resolution r = { .volume = NONE };
	const char *place = "no volume of this evidence";
	struct guid guid;
	struct diag *d;

	if (mountmgr_volume_guid(link->name.utf8, &guid))
		r = resolve_guid(m, installation, NONE, &guid);
	if (r.volume != NONE) {
		place = machine_place(m, r.volume);
		keep_offline(m, installation, link, r.volume);
	}
	d = diag_add(&m->model.findings, &FINDING_OFFLINE_LINK,
		     "windows%zu: MountedDevices\\Offline keeps %s offline, "
		     "which has no value in MountedDevices; it leads to %s.",
		     installation, link->name.utf8, place);
	if (d == NULL)
		return;
	cites_join(m->arena, &d->cites, &link->cites);
	cites_join(m->arena, &d->cites, &r.cites);
}

static void mark_offline(struct machine *m, size_t installation,
			 const struct offline_link *link,
			 const struct sorted_names *names)
{
	const char *name = link->name.utf8;
	size_t first = sorted_names_first(names, name), i = first;

	for (; sorted_names_has(names, i, name); i++) {
		struct machine_name *n = names->list[i];

		n->offline = true;
		cites_join(m->arena, &n->resolution.cites, &link->cites);
		if (!n->superseded && n->resolution.volume != NONE)
			keep_offline(m, installation, link,
				     n->resolution.volume);
	}
	if (i == first)
		explain_link(m, installation, link);
}

int machine_mark_offline(struct machine *m, struct err *reterr)
{
	for (size_t i = 0; i < m->n_installations; i++) {
		const struct offline_links *l = &m->installations[i].offline;
		struct sorted_names names = { 0 };
		int r;

		if (l->n == 0)
			continue;
		r = machine_sort_names(m, i, &names, reterr);
		if (r < 0)
			return r;
		for (size_t k = 0; k < l->n; k++)
			if (l->list[k].offline)
				mark_offline(m, i, &l->list[k], &names);
	}
	return 0;
}
