/*
 * accounts.c - the users and groups of each installation
 */
#include <stdlib.h>
#include <string.h>

#include "machine/internal.h"
#include "machine/well_known.h"

/* The SAM lies beside SYSTEM; who copied files out of Windows may have left it
 * out.  */
static int read_sam(struct machine *m, size_t installation,
		    const struct hive_place *system, struct err *reterr)
{
	struct hive_place p = *system;
	struct open_hive h;
	struct err e = { 0 };
	int r;

	p.file = "SAM";
	r = machine_hive_open(m, &p, &h, &e);
	if (r == ERR_NOT_FOUND && machine_must_be_there(m, &p, p.file))
		r = machine_hive_open(m, &p, &h, &e);
	if (r == ERR_NOMEM)
		return err_set(reterr, ERR_NOMEM, 0, "SAM", 0, 0);
	if (r == ERR_NOT_FOUND)
		return 0;
	if (r < 0) {
		machine_hive_unreadable(m, &p, &e);
		return 0;
	}
	r = sam_read(h.hive, m->arena, &m->model.findings,
		     &m->model.installations[installation].accounts, reterr);
	machine_hive_close(&h);
	return r;
}

static int compare_profiles(const void *a, const void *b)
{
	const struct machine_profile *x = a, *y = b;
	int r = strcmp(x->sid, y->sid);

	if (r != 0 || x->installation != y->installation)
		return r != 0 ? r : x->installation < y->installation ? -1 : 1;
	return 0;
}

static int order_profiles(const void *a, const void *b)
{
	const struct machine_profile *x = a, *y = b;
	int r = compare_profiles(a, b);

	return r != 0 ? r : (x->user > y->user) - (x->user < y->user);
}

static int add_profile(struct machine *m, size_t user,
		       const struct profile_account *a)
{
	struct model *o = &m->model;
	struct machine_profile *p = arena_push(m->arena, &o->profiles,
					       o->n_profiles, sizeof(*p));

	if (p == NULL)
		return ERR_NOMEM;
	*p = (struct machine_profile){ a->sid.utf8, o->users[user].installation,
				       user, a };
	o->n_profiles++;
	return 0;
}

/* A user with two hives is there twice: the first is the profile's.  */
static int index_profiles(struct machine *m, struct err *reterr)
{
	struct model *o = &m->model;
	size_t n = 0;

	for (size_t i = 0; i < o->n_users; i++)
		for (size_t k = 0; k < o->users[i].n_accounts; k++)
			if (!o->users[i].former &&
			    add_profile(m, i, o->users[i].accounts[k]) < 0)
				return err_set(reterr, ERR_NOMEM, 0,
					       "profiles", 0, 0);
	if (o->n_profiles > 0)
		qsort(o->profiles, o->n_profiles, sizeof(*o->profiles),
		      order_profiles);
	for (size_t i = 0; i < o->n_profiles; i++)
		if (n == 0 || compare_profiles(&o->profiles[n - 1],
					       &o->profiles[i]) != 0)
			o->profiles[n++] = o->profiles[i];
	o->n_profiles = n;
	return 0;
}

int machine_read_accounts(struct machine *m, struct err *reterr)
{
	int r = index_profiles(m, reterr);

	for (size_t i = 0; i < m->n_installations && r == 0; i++) {
		size_t volume = m->model.installations[i].volume;

		if (volume == NONE || m->volumes[volume].ntfs == NULL)
			continue;
		machine_look_at(m, volume);
		r = read_sam(m, i, &m->installations[i].config, reterr);
	}
	machine_look_at(m, NONE);
	return r;
}

static int compare(const void *a, const void *b)
{
	const struct sam_account *x = a, *y = b;

	return strcmp(x->sid, y->sid);
}

static const struct sam_account *find(const struct sam_accounts *s,
				      const char *sid)
{
	const struct sam_account want = { .sid = sid };

	return s->n == 0 ? NULL :
	       bsearch(&want, s->list, s->n, sizeof(want), compare);
}

bool machine_account_name(const struct model *o, size_t installation,
			  const char *sid, struct account_name *ret)
{
	const struct well_known *w = well_known_account(sid);
	const struct sam_account *a = installation == NONE ? NULL :
		find(&o->installations[installation].accounts, sid);

	if (a != NULL && a->name.utf8 != NULL)
		*ret = (struct account_name){ a->name, a };
	else if (w != NULL)
		*ret = (struct account_name){ { .utf8 = w->name }, NULL };
	else
		return false;
	return true;
}

const struct machine_profile *machine_profile_of(const struct model *o,
						 size_t installation,
						 const char *sid)
{
	const struct machine_profile want = {
		.sid = sid, .installation = installation,
	};

	return o->n_profiles == 0 ? NULL :
	       bsearch(&want, o->profiles, o->n_profiles, sizeof(want),
		       compare_profiles);
}
