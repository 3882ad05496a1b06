/*
 * former_devices.c - events of a disk from before it got another DiskId
 *
 * When Windows is upgraded it sets up its devices anew, and each gets another
 * DiskId: older events have one that no registry knows.  A copy of the disk
 * would have its table, too, and another serial number; one event is of the
 * known disk where table, serial number and size are its own, where what the
 * device says of itself is the same, and where the new DiskId was not in use
 * before.  That is inferred.
 */
#include <stdlib.h>

#include "machine/internal.h"

/* What the events that are of a known disk for certain say of its device.  */
struct told {
	size_t first;		/* of them; NONE: there are none */
	uint64_t capacity;	/* bytes; 0: they do not say, or differ */
	struct guid device;	/* as the device says itself; zero likewise */
	const char *serial;	/* NULL likewise */
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

/* Whether event @i is of @k, as nothing contradicts that.  */
static bool is_former(const struct machine_known_disk *k, const struct told *t,
		      const struct machine_disk_event *e, size_t i)
{
	const struct partition_event *p = e->event;
	const struct guid table = machine_event_table(p);
	const struct guid own = machine_known_table(k);

	return k->installation == e->installation && t->first != NONE &&
	       t->first > i && !t->differ &&
	       t->capacity == p->capacity && guid_equal(&table, &own) &&
	       guid_equal(&t->device, &p->disk_id) &&
	       has_serial(k, t, p->serial.utf8) &&
	       (e->disk == NONE || k->disk == NONE || e->disk == k->disk);
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

int machine_infer_event_disks(struct machine *m, struct err *reterr)
{
	struct told *told = read_told(m);

	if (told == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "events", 0, 0);
	for (size_t i = 0; i < m->model.n_disk_events; i++)
		infer(m, told, i);
	free(told);
	return 0;
}
