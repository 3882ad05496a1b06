/*
 * record_states.c - what hives remember of disks, before their logs and after
 *
 * A record is a key, and is the same one where its path is: what the logs have
 * changed in it is read as they have it.  What only the hive itself has, the
 * logs have taken away; it comes behind all others.
 */
#include <stdlib.h>
#include <string.h>

#include "machine/internal.h"

/* What tells one record from another.  */
struct record_key {
	enum record_place place;
	unsigned source;
	const char *instance;
};

struct record_keys {
	struct record_key *list;
	size_t n;
};

static int compare_keys(const void *a, const void *b)
{
	const struct record_key *x = a, *y = b;

	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	return device_path_compare(x->instance, y->instance);
}

static struct record_key device_key(const struct device_record *d)
{
	return (struct record_key){ d->place, 0, d->instance.utf8 };
}

static struct record_key volume_key(const struct volume_record *v)
{
	return (struct record_key){ v->place, v->source, v->instance.utf8 };
}

static int new_keys(struct machine *m, struct record_keys *k, size_t n)
{
	k->list = arena_malloc(m->arena, (n + 1) * sizeof(*k->list));
	k->n = n;
	return k->list != NULL ? 0 : ERR_NOMEM;
}

static bool has_key(const struct record_keys *k, struct record_key key)
{
	return k->n > 0 && bsearch(&key, k->list, k->n, sizeof(*k->list),
				   compare_keys) != NULL;
}

static int device_keys(struct machine *m, const struct disk_records *r,
		       struct record_keys *ret)
{
	if (new_keys(m, ret, r->n_devices) < 0)
		return ERR_NOMEM;
	for (size_t i = 0; i < r->n_devices; i++)
		ret->list[i] = device_key(&r->devices[i]);
	qsort(ret->list, ret->n, sizeof(*ret->list), compare_keys);
	return 0;
}

static int volume_keys(struct machine *m, const struct volume_record *list,
		       size_t n, struct record_keys *ret)
{
	if (new_keys(m, ret, n) < 0)
		return ERR_NOMEM;
	for (size_t i = 0; i < n; i++)
		ret->list[i] = volume_key(&list[i]);
	qsort(ret->list, ret->n, sizeof(*ret->list), compare_keys);
	return 0;
}

/* Of a record that is there now, with the logs that were applied.  @before: it
 * was there without them, too; else its key, which is cited first, may be.  */
static unsigned states_of(const struct open_hive *h, bool before,
			  const struct cites *c)
{
	const struct cites key = { c->list, c->n > 0 };

	before = before || machine_hive_hid(h, &key);
	if (h->recovered != NULL)
		return before ? RECORD_BEFORE | RECORD_AFTER : RECORD_AFTER;
	return h->replay.needed ? RECORD_BEFORE : RECORD_BEFORE | RECORD_AFTER;
}

static int join_devices(struct machine *m, const struct open_hive *h,
			struct disk_records *now,
			const struct disk_records *before)
{
	struct record_keys old = { 0 }, new = { 0 };
	int r = device_keys(m, before, &old);

	if (r == 0)
		r = device_keys(m, now, &new);
	for (size_t i = 0; i < now->n_devices && r == 0; i++)
		now->devices[i].states = states_of(
			h, has_key(&old, device_key(&now->devices[i])),
			&now->devices[i].cites);
	for (size_t i = 0; i < before->n_devices && r == 0; i++) {
		struct device_record *d;

		/* Of one whose key is lost there, and is not any more, all is
		 * told that there is.  */
		if (has_key(&new, device_key(&before->devices[i])) ||
		    strcmp(before->devices[i].instance.utf8,
			   LOST_INSTANCE) == 0)
			continue;
		d = arena_push(m->arena, &now->devices, now->n_devices,
			       sizeof(*d));
		if (d == NULL) {
			r = ERR_NOMEM;
			break;
		}
		*d = before->devices[i];
		d->states = RECORD_BEFORE;
		now->n_devices++;
	}
	free(old.list);
	free(new.list);
	return r;
}

static int join_volumes(struct machine *m, const struct open_hive *h,
			struct volume_record **now, size_t *n_now,
			const struct volume_record *before, size_t n_before)
{
	struct record_keys old = { 0 }, new = { 0 };
	int r = volume_keys(m, before, n_before, &old);

	if (r == 0)
		r = volume_keys(m, *now, *n_now, &new);
	for (size_t i = 0; i < *n_now && r == 0; i++)
		(*now)[i].states = states_of(
			h, has_key(&old, volume_key(&(*now)[i])),
			&(*now)[i].cites);
	for (size_t i = 0; i < n_before && r == 0; i++) {
		struct volume_record *v;

		if (has_key(&new, volume_key(&before[i])))
			continue;
		v = arena_push(m->arena, now, *n_now, sizeof(*v));
		if (v == NULL) {
			r = ERR_NOMEM;
			break;
		}
		*v = before[i];
		v->states = RECORD_BEFORE;
		++*n_now;
	}
	free(old.list);
	free(new.list);
	return r;
}

int machine_read_disk_records(struct machine *m, size_t installation,
			      struct open_hive *h, struct err *reterr)
{
	const unsigned set = m->model.installations[installation].control_set;
	struct disk_records *now = &m->installations[installation].disks;
	struct disk_records before = { 0 };
	int r = disk_records_read(h->hive, m->arena, &m->model.findings, set,
				  now, reterr);

	if (r == 0 && h->before != NULL)
		r = disk_records_read(h->before, m->arena, &h->before_findings,
				      set, &before, reterr);
	if (r < 0)
		return r;
	r = join_devices(m, h, now, &before);
	if (r == 0)
		r = join_volumes(m, h, &now->volumes, &now->n_volumes,
				 before.volumes, before.n_volumes);
	return r < 0 ? err_set(reterr, r, 0, "disk records", 0, 0) : 0;
}

int machine_read_volume_traces(struct machine *m, size_t installation,
			       struct open_hive *h, struct err *reterr)
{
	struct volume_traces *now = &m->installations[installation].traces;
	struct volume_traces before = { 0 };
	int r = volume_traces_read(h->hive, m->arena, &m->model.findings, now,
				   reterr);

	if (r == 0 && h->before != NULL)
		r = volume_traces_read(h->before, m->arena,
				       &h->before_findings, &before, reterr);
	if (r < 0)
		return r;
	r = join_volumes(m, h, &now->list, &now->n, before.list, before.n);
	return r < 0 ? err_set(reterr, r, 0, "volume traces", 0, 0) : 0;
}
