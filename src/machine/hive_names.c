/*
 * hive_names.c - the values of MountedDevices of an open hive
 */
#include "machine/hive_names.h"

#include <stdlib.h>
#include <string.h>

#include "machine/internal.h"

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

	/* Then a name may have no text.  */
	if (sorted == NULL || arena_failed(m->arena))
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

static int read_state(struct machine *m, struct hive *hive,
		      struct diag_list *findings, struct name_state *ret,
		      struct err *ret_unread, struct err *reterr)
{
	struct err e = { 0 };

	if (mounted_devices_read(hive, m->arena, findings, &ret->names,
				 &e) < 0) {
		if (e.code == ERR_NOMEM)
			return err_set(reterr, e.code, e.at, e.what, 0, 0);
		*ret_unread = e;
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

static int add_name(struct machine *m, struct hive_names *names,
		    const struct mountmgr_name *name, enum presence presence,
		    bool superseded, struct err *reterr)
{
	struct hive_name *n = arena_push(m->arena, &names->list, names->n,
					 sizeof(*n));

	if (n == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "name", 0, 0);
	*n = (struct hive_name){ name, presence, superseded };
	names->n++;
	return 0;
}

/* The cites of the value @n itself, without those of its key.  */
static struct cites value_cites(const struct mountmgr_name *n)
{
	struct cites c = { n->cites.list, 0 };

	while (c.n < n->cites.n && strcmp(c.list[c.n].structure, "nk") != 0)
		c.n++;
	return c;
}

/* In which states of @h a name is that is there now.  */
static enum presence presence_of(const struct open_hive *h,
				 const struct name_state *before,
				 const struct mountmgr_name *n)
{
	const struct cites value = value_cites(n);

	if (h->recovered != NULL && !state_has(before, n))
		return machine_hive_hid(h, &value) ? PRESENT_BOTH
						   : PRESENT_AFTER;
	if (h->recovered == NULL && h->replay.needed)
		return PRESENT_BEFORE;
	return PRESENT_BOTH;
}

static int join_states(struct machine *m, const struct open_hive *h,
		       const struct name_state *now,
		       const struct name_state *before,
		       struct hive_names *names, struct err *reterr)
{
	int r = 0;

	for (size_t i = 0; i < now->names.n && r == 0; i++) {
		const struct mountmgr_name *n = &now->names.list[i];

		r = add_name(m, names, n, presence_of(h, before, n), false,
			     reterr);
	}
	for (size_t i = 0; i < before->names.n && r == 0; i++) {
		const struct mountmgr_name *n = &before->names.list[i];

		if (!state_has(now, n))
			r = add_name(m, names, n, PRESENT_BEFORE, true,
				     reterr);
	}
	return r;
}

int machine_hive_names(struct machine *m, struct open_hive *h,
		       struct hive_names *ret, struct err *reterr)
{
	struct name_state now = { 0 }, before = { 0 };
	struct hive_names names = { 0 };
	struct err unread;
	int r = read_state(m, h->hive, &m->model.findings, &now, &names.unread,
			   reterr);

	if (r == 0 && h->before != NULL)
		r = read_state(m, h->before, &h->before_findings, &before,
			       &unread, reterr);
	if (r == 0)
		r = join_states(m, h, &now, &before, &names, reterr);
	names.whole = now.names.whole;
	if (r == 0)
		*ret = names;
	return r;
}
