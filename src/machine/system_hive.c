/*
 * system_hive.c - what the SYSTEM hive of an installation says
 */
#include <stdlib.h>
#include <string.h>

#include "machine/internal.h"
#include "registry/system.h"

static int compare_names(const void *a, const void *b)
{
	const struct mountmgr_name *x = *(const struct mountmgr_name *const *)a;
	const struct mountmgr_name *y = *(const struct mountmgr_name *const *)b;
	int r = strcmp(x->name.utf8, y->name.utf8);

	if (r != 0)
		return r;
	if (x->id.raw.n != y->id.raw.n)
		return x->id.raw.n < y->id.raw.n ? -1 : 1;
	return x->id.raw.n == 0
		? 0 : memcmp(x->id.raw.p, y->id.raw.p, x->id.raw.n);
}

/* The names of @names in the order of compare_names(); in the arena, NULL when
 * out of memory.  */
static const struct mountmgr_name **
sort_names(struct machine *m, const struct mountmgr_names *names)
{
	const struct mountmgr_name **sorted =
		arena_alloc(m->arena, (names->n + 1) * sizeof(*sorted));

	if (sorted == NULL)
		return NULL;
	for (size_t i = 0; i < names->n; i++)
		sorted[i] = &names->list[i];
	if (names->n > 0)
		qsort(sorted, names->n, sizeof(*sorted), compare_names);
	return sorted;
}

/* The values of MountedDevices of one state of a hive.  */
struct name_state {
	struct mountmgr_names names;
	const struct mountmgr_name **sorted;
};

static int read_names(struct machine *m, const struct open_hive *h,
		      struct hive *hive, struct diag_list *findings,
		      struct name_state *ret, struct err *reterr)
{
	struct err e = { 0 };
	char text[256];

	if (mounted_devices_read(hive, m->arena, findings, &ret->names,
				 &e) < 0) {
		if (e.code == ERR_NOMEM)
			return err_set(reterr, e.code, e.at, e.what, 0, 0);
		diag_add(findings, &FINDING_NO_MOUNTED_DEVICES,
			 "MountedDevices of %s could not be read: %s.",
			 h->path.utf8, err_text(&e, text, sizeof(text)));
	}
	ret->sorted = sort_names(m, &ret->names);
	if (ret->sorted == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "names", 0, 0);
	return 0;
}

static bool state_has(const struct name_state *s, const struct mountmgr_name *n)
{
	return s->names.n > 0 && bsearch(&n, s->sorted, s->names.n,
					 sizeof(*s->sorted),
					 compare_names) != NULL;
}

static int add_name(struct machine *m, size_t installation,
		    const struct mountmgr_name *name, enum presence presence,
		    struct err *reterr)
{
	struct model *o = &m->model;
	struct machine_name *n = arena_push(m->arena, &o->names, o->n_names,
					    sizeof(*n));

	if (n == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "name", 0, 0);
	n->installation = installation;
	n->name = name;
	n->presence = presence;
	o->n_names++;
	return 0;
}

/* The values of MountedDevices, as names of @installation: those that there
 * are, and then those that were before the logs were applied.  */
static int add_names(struct machine *m, size_t installation,
		     struct open_hive *h, struct err *reterr)
{
	struct model *o = &m->model;
	struct name_state now = { 0 }, before = { 0 };
	int r = read_names(m, h, h->hive, &o->findings, &now, reterr);

	if (r == 0 && h->before != NULL)
		r = read_names(m, h, h->before, &h->before_findings, &before,
			       reterr);
	for (size_t i = 0; i < now.names.n && r == 0; i++) {
		const struct mountmgr_name *n = &now.names.list[i];
		enum presence presence = PRESENT_BOTH;

		if (h->recovered != NULL && !state_has(&before, n))
			presence = PRESENT_AFTER;
		else if (h->recovered == NULL && h->replay.needed)
			presence = PRESENT_BEFORE;
		r = add_name(m, installation, n, presence, reterr);
	}
	for (size_t i = 0; i < before.names.n && r == 0; i++) {
		if (state_has(&now, &before.names.list[i]))
			continue;
		r = add_name(m, installation, &before.names.list[i],
			     PRESENT_BEFORE, reterr);
		if (r == 0)
			o->names[o->n_names - 1].superseded = true;
	}
	return r;
}

static void add_facts(struct machine *m, size_t installation,
		      struct open_hive *h)
{
	struct machine_installation *i =
		&m->model.installations[installation];
	struct system_facts facts = { 0 };

	if (system_read(h->hive, m->arena, &m->model.findings, &facts,
			NULL) < 0)
		return;
	i->computer_name = facts.computer_name.text;
	i->time_zone = facts.time_zone.text;
	i->control_set = facts.current_control_set;
	cites_join(m->arena, &i->cites, &facts.control_set_cites);
	cites_join(m->arena, &i->cites, &facts.computer_name.cites);
	cites_join(m->arena, &i->cites, &facts.time_zone.cites);
}

int machine_read_system_hive(struct machine *m, size_t installation,
			     struct open_hive *h, struct err *reterr)
{
	int r;

	source_cite(h->source, 0, 512, "regf", m->arena,
		    &m->model.installations[installation].cites);
	add_facts(m, installation, h);
	r = machine_hive_describe(
		m, h, &m->model.installations[installation].hive, reterr);
	if (r < 0)
		return r;
	return add_names(m, installation, h, reterr);
}
