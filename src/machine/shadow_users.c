/*
 * shadow_users.c - what users' hives in shadow copies remember
 *
 * Each is compared with the hive of the same profile as it is now: Windows
 * writes a key when the user meets the volume, so that another time tells that
 * it was met again since.
 */
#include "machine/shadow_users.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "machine/internal.h"

/* Of all copies together, as the map keeps them of all users.  */
#define MAX_FORMER_TRACES 65536

static int compare_traces(const void *a, const void *b)
{
	const struct machine_user_volume *x =
		*(const struct machine_user_volume *const *)a;
	const struct machine_user_volume *y =
		*(const struct machine_user_volume *const *)b;
	int r;

	if (x->user != y->user)
		return x->user < y->user ? -1 : 1;
	r = strcmp(x->trace->place, y->trace->place);
	return r != 0 ? r : strcmp(x->trace->key.utf8, y->trace->key.utf8);
}

int machine_sort_traces(struct machine *m, struct live_traces *ret,
			struct err *reterr)
{
	const struct model *o = &m->model;

	*ret = (struct live_traces){ .n = o->n_user_volumes };
	ret->list = arena_alloc(m->arena, (ret->n + 1) * sizeof(*ret->list));
	if (ret->list == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "users", 0, 0);
	for (size_t i = 0; i < ret->n; i++)
		ret->list[i] = &o->user_volumes[i];
	if (ret->n > 1)
		qsort(ret->list, ret->n, sizeof(*ret->list), compare_traces);
	return 0;
}

/* The user of the map whose hive lies where that of @then does.  */
static size_t same_user(const struct model *o, size_t installation,
			const struct machine_user *then)
{
	for (size_t i = 0; i < o->n_users; i++) {
		const struct machine_user *now = &o->users[i];

		if (now->installation == installation &&
		    now->volume == then->volume &&
		    now->hive.path.utf8 != NULL &&
		    ascii_compare(now->hive.path.utf8,
				  then->hive.path.utf8) == 0)
			return i;
	}
	return NONE;
}

/* The first of @live that is not before @v.  */
static size_t lower_bound(const struct live_traces *live,
			  const struct machine_user_volume *v)
{
	size_t from = 0, to = live->n;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (compare_traces(&live->list[mid], &v) < 0)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

static enum name_change change_of(const struct machine *m,
				  const struct live_traces *live, size_t user,
				  const struct machine_user_volume *then)
{
	struct machine_user_volume want = *then;
	const struct machine_user_volume *v = &want;
	enum name_change change = NAME_ABSENT;

	want.user = user;
	for (size_t i = lower_bound(live, v);
	     i < live->n && compare_traces(&live->list[i], &v) == 0; i++) {
		const struct machine_user_volume *now = live->list[i];

		/* The logs have taken it away.  */
		if (now->presence == PRESENT_BEFORE &&
		    m->model.users[user].hive.n_logs > 0)
			continue;
		if (now->trace->last_written == then->trace->last_written)
			return NAME_SAME;
		change = NAME_DIFFERS;
	}
	return change;
}

int machine_add_former_trace(struct machine *m, struct live_traces *live,
			     const struct machine_former_user_volume *f,
			     struct err *reterr)
{
	struct model *o = &m->model;
	struct machine_former_user_volume *slot;

	if (o->n_former_user_volumes == MAX_FORMER_TRACES) {
		if (!live->full)
			diag_add(&o->findings, &FINDING_PROFILES_CUT,
				 "the volumes and shares that users knew in "
				 "shadow%zu and in older shadow copies are not "
				 "all listed: more than %d were found.",
				 f->shadow_copy, MAX_FORMER_TRACES);
		live->full = true;
		return 0;
	}
	slot = arena_push(m->arena, &o->former_user_volumes,
			  o->n_former_user_volumes, sizeof(*slot));
	if (slot == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "user's volume", 0, 0);
	*slot = *f;
	slot->user = same_user(o, f->installation, f->whose);
	slot->change = slot->user == NONE ? NAME_ABSENT :
		       change_of(m, live, slot->user, &f->then);
	o->n_former_user_volumes++;
	return 0;
}
