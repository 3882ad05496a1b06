/*
 * former_devices.c - events of a disk from before it got another DiskId
 *
 * When Windows is upgraded it sets up its devices anew, and each gets another
 * DiskId: older events have one that no registry knows.  A copy of the disk
 * would have its table, too, and another serial number; one event is of the
 * known disk where table, serial number and size are its own, where what the
 * device says of itself is the same, and where the new DiskId was not in use
 * before.  That is inferred.
 *
 * When a disk goes, the event has neither table nor size.  It is of the disk of
 * which the events are that have its DiskId and a table; where none has, its
 * serial number, its model and what the device says of itself have to tell.
 */
#include <stdlib.h>

#include "machine/internal.h"

/* What the events that are of a known disk for certain say of its device.  */
struct told {
	size_t first;		/* of them; NONE: there are none */
	uint64_t capacity;	/* bytes; 0: they do not say, or differ */
	struct guid device;	/* as the device says itself; zero likewise */
	const char *serial;	/* NULL likewise */
	const char *model;	/* of one of them; NULL: they do not say */
	bool differ;
};

static void take(struct told *t, size_t i, const struct partition_event *e)
{
	if (t->first == NONE)
		t->first = i;
	if (partition_event_tells(e->serial)) {
		t->differ = t->differ || (t->serial != NULL &&
					  !machine_same_serial(
						  t->serial, e->serial.utf8));
		t->serial = e->serial.utf8;
	}
	if (t->model == NULL && partition_event_tells(e->model))
		t->model = e->model.utf8;
	if (e->capacity == 0)
		return;
	t->differ = t->differ || (t->capacity != 0 &&
				  (t->capacity != e->capacity ||
				   !guid_equal(&t->device, &e->disk_id)));
	t->capacity = e->capacity;
	t->device = e->disk_id;
}

static struct told *read_told(const struct machine *m)
{
	const struct model *o = &m->model;
	struct told *told = calloc(o->n_known_disks + 1, sizeof(*told));

	for (size_t i = 0; told != NULL && i < o->n_known_disks; i++)
		told[i].first = NONE;
	for (size_t i = 0; told != NULL && i < o->n_disk_events; i++) {
		const struct machine_disk_event *e = &o->disk_events[i];
		const size_t k = e->known_disk;

		if (k != NONE && machine_known_has_device(
				     &o->known_disks[k],
				     partition_event_device(e->event)))
			take(&told[k], i, e->event);
	}
	return told;
}

/* Those of the registry and of other events, as far as they tell one.  */
static bool has_serial(const struct machine_known_disk *k, const struct told *t,
		       const char *serial)
{
	if (k->serial == NULL && t->serial == NULL)
		return false;
	return (k->serial == NULL || machine_same_serial(k->serial, serial)) &&
	       (t->serial == NULL || machine_same_serial(t->serial, serial));
}

/* Whether event @i may be of the device of @k.  */
static bool is_former_device(const struct machine_known_disk *k,
			     const struct told *t,
			     const struct machine_disk_event *e, size_t i)
{
	const struct partition_event *p = e->event;

	return k->installation == e->installation && t->first != NONE &&
	       t->first > i && !t->differ &&
	       guid_equal(&t->device, &p->disk_id) &&
	       has_serial(k, t, p->serial.utf8) &&
	       (e->disk == NONE || k->disk == NONE || e->disk == k->disk);
}

/* Whether event @i is of @k, as nothing contradicts that.  */
static bool is_former(const struct machine_known_disk *k, const struct told *t,
		      const struct machine_disk_event *e, size_t i)
{
	const struct guid table = machine_event_table(e->event);
	const struct guid own = machine_known_table(k);

	return is_former_device(k, t, e, i) &&
	       t->capacity == e->event->capacity && guid_equal(&table, &own);
}

/* Signatures that many disks have tell none.  */
static bool tells_all(const struct partition_event *e)
{
	return partition_event_has_id(e) && e->capacity != 0 &&
	       !guid_is_zero(&e->registry_id) &&
	       partition_event_tells(e->serial) &&
	       ((e->has_layout && e->layout.scheme == DRIVE_LAYOUT_GPT) ||
		e->signature > 1);
}

static void infer(struct machine *m, const struct told *told, size_t i)
{
	struct machine_disk_event *e = &m->model.disk_events[i];
	size_t found = NONE;

	if (e->known_disk != NONE || !tells_all(e->event))
		return;
	for (size_t k = 0; k < m->model.n_known_disks; k++) {
		if (!is_former(&m->model.known_disks[k], &told[k], e, i))
			continue;
		if (found != NONE)
			return;
		found = k;
	}
	e->known_disk = found;
	e->inferred = found != NONE;
}

/* The known disk of which all of the @n events are that have a table; NONE,
 * with *@ret_other where there are some, but not of one.  */
static size_t known_by_tables(const struct model *o,
			      const struct known_by_guid *list, size_t n,
			      bool *ret_other)
{
	size_t found = NONE;

	*ret_other = false;
	for (size_t i = 0; i < n; i++) {
		const struct machine_disk_event *e =
			&o->disk_events[list[i].index];

		if (!partition_event_has_id(e->event))
			continue;
		*ret_other = !e->inferred ||
			     (found != NONE && found != e->known_disk);
		if (*ret_other)
			return NONE;
		found = e->known_disk;
	}
	return found;
}

/* Whether event @i, without a table, may be of @k, and @alone, when no other
 * tells of its device: is of it by all else that it tells.  */
static bool is_former_goer(const struct machine_known_disk *k,
			   const struct told *t,
			   const struct machine_disk_event *e, size_t i,
			   bool alone)
{
	const struct partition_event *p = e->event;

	if (!is_former_device(k, t, e, i))
		return false;
	if (t->model == NULL || !partition_event_tells(p->model))
		return !alone;
	return machine_same_serial(t->model, p->model.utf8) &&
	       !(alone && guid_is_zero(&p->disk_id));
}

static size_t known_by_device(const struct model *o, const struct told *told,
			      const struct machine_disk_event *e, size_t i)
{
	size_t found = NONE;

	for (size_t k = 0; k < o->n_known_disks; k++) {
		if (!is_former_goer(&o->known_disks[k], &told[k], e, i,
				    true))
			continue;
		if (found != NONE)
			return NONE;
		found = k;
	}
	return found;
}

/* Those of the @n events of one device that tell no table and no size, as of a
 * disk that goes.  */
static void infer_gone(struct model *o, const struct told *told,
		       const struct known_by_guid *list, size_t n)
{
	bool other;
	const size_t known = known_by_tables(o, list, n, &other);

	for (size_t i = 0; i < n && !other; i++) {
		const size_t at = list[i].index;
		struct machine_disk_event *e = &o->disk_events[at];
		size_t k = known;

		if (e->known_disk != NONE || e->event->capacity != 0 ||
		    partition_event_has_id(e->event) ||
		    !partition_event_tells(e->event->serial))
			continue;
		if (k == NONE)
			k = known_by_device(o, told, e, at);
		else if (!is_former_goer(&o->known_disks[k], &told[k], e, at,
					 false))
			k = NONE;
		e->known_disk = k;
		e->inferred = k != NONE;
	}
}

static int infer_all_gone(struct model *o, const struct told *told)
{
	struct known_by_guid *list;
	size_t n = 0;

	list = calloc(o->n_disk_events + 1, sizeof(*list));
	if (list == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < o->n_disk_events; i++) {
		const struct machine_disk_event *e = &o->disk_events[i];

		if (!guid_is_zero(&e->event->registry_id))
			list[n++] = (struct known_by_guid){
				e->installation, e->event->registry_id, i,
			};
	}
	qsort(list, n, sizeof(*list), machine_compare_known);
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n &&
		     list[end].installation == list[i].installation &&
		     guid_equal(&list[end].id, &list[i].id);)
			end++;
		infer_gone(o, told, list + i, end - i);
	}
	free(list);
	return 0;
}

int machine_infer_event_disks(struct machine *m, struct err *reterr)
{
	struct told *told = read_told(m);
	int r;

	if (told == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "events", 0, 0);
	for (size_t i = 0; i < m->model.n_disk_events; i++)
		infer(m, told, i);
	r = infer_all_gone(&m->model, told);
	free(told);
	return r < 0 ? err_set(reterr, r, 0, "events", 0, 0) : 0;
}
