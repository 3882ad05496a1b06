/*
 * policy.c - what each installation was told to do with new volumes and disks,
 * and which volumes it keeps offline
 */
#include <stdlib.h>

#include "machine/internal.h"
#include "mountmgr/policy.h"

int machine_read_policy(struct machine *m, size_t installation,
			struct open_hive *h, struct err *reterr)
{
	struct machine_installation *i =
		&m->model.installations[installation];
	struct diag_list *findings = &m->model.findings;
	const char *set = NULL;

	if (i->control_set != 0) {
		set = arena_printf(m->arena, "ControlSet%03u", i->control_set);
		if (set == NULL)
			return err_set(reterr, ERR_NOMEM, 0, "policy", 0, 0);
	}
	i->policy = mount_policy_read(h->hive, set, m->arena, findings);
	cites_join(m->arena, &i->cites, &i->policy.no_automount.cites);
	cites_join(m->arena, &i->cites, &i->policy.san_policy.cites);
	return offline_links_read(h->hive, m->arena, findings,
				  &m->installations[installation].offline,
				  reterr);
}

/* The names of one installation, sorted by their text.  */
struct sorted_names {
	struct machine_name **list;
	size_t n;
};

static int by_name(const void *a, const void *b)
{
	const struct machine_name *x = *(const struct machine_name *const *)a;
	const struct machine_name *y = *(const struct machine_name *const *)b;

	return mountmgr_compare_names(x->name->name.utf8, y->name->name.utf8);
}

static int sort_names(struct machine *m, size_t installation,
		      struct sorted_names *ret, struct err *reterr)
{
	struct model *o = &m->model;
	struct sorted_names s = {
		.list = arena_alloc(m->arena, (o->n_names + 1) *
				    sizeof(*s.list)),
	};

	if (s.list == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "names", 0, 0);
	for (size_t i = 0; i < o->n_names; i++)
		if (o->names[i].installation == installation)
			s.list[s.n++] = &o->names[i];
	if (s.n > 0)
		qsort(s.list, s.n, sizeof(*s.list), by_name);
	*ret = s;
	return 0;
}

static int compare_at(const struct sorted_names *s, size_t i, const char *name)
{
	return mountmgr_compare_names(s->list[i]->name->name.utf8, name);
}

/* The first that is called @name, or where it would be.  */
static size_t first_called(const struct sorted_names *s, const char *name)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare_at(s, mid, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
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
	if (r.volume != NONE)
		place = machine_place(m, r.volume);
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
	size_t first = first_called(names, name), i = first;

	for (; i < names->n && compare_at(names, i, name) == 0; i++) {
		names->list[i]->offline = true;
		cites_join(m->arena, &names->list[i]->resolution.cites,
			   &link->cites);
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
		r = sort_names(m, i, &names, reterr);
		if (r < 0)
			return r;
		for (size_t k = 0; k < l->n; k++)
			if (l->list[k].offline)
				mark_offline(m, i, &l->list[k], &names);
	}
	return 0;
}
