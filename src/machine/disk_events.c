/*
 * disk_events.c - when disks came and went, by the partition manager's logs,
 * and which of them are in this evidence
 */
#include <stdlib.h>
#include <string.h>

#include "machine/event_logs.h"
#include "base/count.h"
#include "machine/internal.h"
#include "mountmgr/partition_events.h"

static int add_event(struct machine *m, size_t installation,
		     const struct partition_event *event, struct err *reterr)
{
	struct model *o = &m->model;
	struct machine_disk_event *e = arena_push(
		m->arena, &o->disk_events, o->n_disk_events, sizeof(*e));

	if (e == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "event", 0, 0);
	e->installation = installation;
	e->event = event;
	e->disk = NONE;
	e->known_disk = NONE;
	o->n_disk_events++;
	return event->has_layout ?
	       machine_keep_partitions(m, &event->layout, &e->partitions,
				       reterr) : 0;
}

static int add_events(struct machine *m, size_t installation,
		      struct partition_events_budget *budget,
		      struct err *reterr)
{
	struct partition_events events = { 0 };
	int r = machine_read_event_logs(m, installation, budget, &events,
					reterr);

	for (size_t i = 0; i < events.n && r == 0; i++)
		r = add_event(m, installation, &events.list[i], reterr);
	return r;
}

/* A disk without a partition table is known by its one volume.  */
static bool is_same_floppy(const struct model *o, const struct machine_disk *d,
			   const struct partition_event *e)
{
	const struct volume_identity *v;

	if (d->whole_volume == NONE || d->table.size != e->capacity ||
	    !e->vbr[0].has_serial)
		return false;
	v = &o->volumes[d->whole_volume].identity;
	return v->kind == e->vbr[0].kind && v->has_serial &&
	       v->serial == e->vbr[0].serial;
}

static bool is_same_id(const struct model *o, const struct machine_disk *d,
		       const struct partition_event *e)
{
	if (e->has_layout && e->layout.scheme == DRIVE_LAYOUT_GPT)
		return !guid_is_zero(&e->layout.guid) &&
		       guid_equal(&e->layout.guid, &d->table.guid);
	if (e->has_signature && e->signature != 0)
		return machine_has_signature(&d->table, e->signature);
	return is_same_floppy(o, d, e);
}

static bool has_partition(const struct disk *table, uint64_t offset,
			  uint64_t length)
{
	for (size_t i = 0; i < table->n_partitions; i++)
		if (table->partitions[i].offset == offset &&
		    table->partitions[i].length == length)
			return true;
	return false;
}

/* Whether the event has the partitions that @table has, and no other.  */
static bool is_same_table(const struct disk *table,
			  const struct kept_partitions *kept)
{
	size_t n = 0;

	for (size_t i = 0; i < kept->n; i++) {
		struct drive_layout_partition p;

		if (drive_layout_partition(kept->layout, kept->slots[i], &p,
					   NULL) < 0)
			return false;
		if (p.container)
			continue;
		if (!has_partition(table, p.offset, p.length))
			return false;
		n++;
	}
	return n > 0 && n == table->n_partitions;
}

/* How closely @d and the disk of the event agree, beyond their ids.  */
static unsigned likeness(const struct machine_disk *d,
			 const struct machine_disk_event *e)
{
	return 2u * (d->table.size == e->event->capacity) +
	       is_same_table(&d->table, &e->partitions);
}

/* The supplied disk that came; NONE where none has its id, and where several
 * have, none of them more like it than the others: then *@ret_many.  */
static size_t find_disk(const struct model *o,
			const struct machine_disk_event *e, bool *ret_many)
{
	size_t found = NONE;
	unsigned best = 0;

	*ret_many = false;
	for (size_t i = 0; i < o->n_disks; i++) {
		const struct machine_disk *d = &o->disks[i];
		unsigned like;

		if (!is_same_id(o, d, e->event))
			continue;
		like = likeness(d, e);
		if (found != NONE && like == best)
			*ret_many = true;
		if (found != NONE && like <= best)
			continue;
		*ret_many = false;
		found = i;
		best = like;
	}
	return *ret_many ? NONE : found;
}

/* Something that an installation knows by a GUID.  */
struct known {
	size_t installation;
	struct guid id;
	size_t index;		/* of a disk, or of a known disk */
};

struct index {
	struct known *list;
	size_t n;
};

static int compare_known(const void *a, const void *b)
{
	const struct known *x = a, *y = b;
	int r;

	if (x->installation != y->installation)
		return x->installation < y->installation ? -1 : 1;
	r = memcmp(x->id.b, y->id.b, sizeof(x->id.b));
	if (r != 0)
		return r;
	return x->index < y->index ? -1 : x->index > y->index;
}

static void index_add(struct index *x, size_t installation,
		      const struct guid *id, size_t index)
{
	if (!guid_is_zero(id))
		x->list[x->n++] = (struct known){ installation, *id, index };
}

/* What @id is the id of; NONE where that are several, or none.  */
static size_t index_find(const struct index *x, size_t installation,
			 const struct guid *id)
{
	struct known key = { installation, *id, 0 };
	size_t low = 0, high = x->n, found = NONE;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare_known(&x->list[mid], &key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < x->n && x->list[low].installation == installation &&
	     guid_equal(&x->list[low].id, id); low++) {
		if (found != NONE && found != x->list[low].index)
			return NONE;
		found = x->list[low].index;
	}
	return found;
}

/* By what a partition table is known: zero where it has no id.  */
static struct guid table_key(bool has_signature, uint32_t signature,
			     const struct guid *guid)
{
	static const struct guid none;

	if (!guid_is_zero(guid))
		return *guid;
	return has_signature && signature != 0 ?
	       mbr_stable_guid(signature, 0) : none;
}

struct indexes {
	struct index devices;	/* disks, by the device's id */
	struct index known_devices;	/* known disks, likewise, */
	struct index known_tables;	/* and by the table's */
};

static int fill_indexes(const struct model *o, struct indexes *x,
			struct err *reterr)
{
	x->devices.list = calloc(o->n_disk_events + 1, sizeof(struct known));
	x->known_devices.list = calloc(o->n_known_disks + 1,
				       sizeof(struct known));
	x->known_tables.list = calloc(o->n_known_disks + 1,
				      sizeof(struct known));
	if (x->devices.list == NULL || x->known_devices.list == NULL ||
	    x->known_tables.list == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "events", 0, 0);
	for (size_t i = 0; i < o->n_disk_events; i++)
		if (o->disk_events[i].disk != NONE)
			index_add(&x->devices, o->disk_events[i].installation,
				  partition_event_device(
					o->disk_events[i].event),
				  o->disk_events[i].disk);
	for (size_t i = 0; i < o->n_known_disks; i++) {
		const struct machine_known_disk *k = &o->known_disks[i];
		struct guid table = table_key(k->has_signature, k->signature,
					      &k->guid);

		index_add(&x->known_devices, k->installation, &k->disk_id, i);
		index_add(&x->known_tables, k->installation, &table, i);
	}
	qsort(x->devices.list, x->devices.n, sizeof(struct known),
	      compare_known);
	qsort(x->known_devices.list, x->known_devices.n, sizeof(struct known),
	      compare_known);
	qsort(x->known_tables.list, x->known_tables.n, sizeof(struct known),
	      compare_known);
	return 0;
}

/* Events that tell no partition table, as when a disk goes, are of the device
 * that others tell of.  The ids of virtual disks can be the same.  */
static void join_device(struct model *o, struct machine_disk_event *e,
			const struct indexes *x)
{
	static const struct guid none;
	const struct partition_event *p = e->event;
	const bool gpt = p->has_layout && p->layout.scheme == DRIVE_LAYOUT_GPT;
	struct guid table = table_key(p->has_signature, p->signature,
				      gpt ? &p->layout.guid : &none);
	const struct guid *device = partition_event_device(p);
	size_t known = index_find(&x->known_devices, e->installation, device);

	e->known_disk = known != NONE ? known :
			index_find(&x->known_tables, e->installation, &table);
	if (e->disk != NONE || e->ambiguous || e->has_id)
		return;
	e->disk = index_find(&x->devices, e->installation, device);
	if (e->disk == NONE && known != NONE)
		e->disk = o->known_disks[known].disk;
}

static int join_devices(struct machine *m, struct err *reterr)
{
	struct model *o = &m->model;
	struct indexes x = { 0 };
	int r = fill_indexes(o, &x, reterr);

	for (size_t i = 0; i < o->n_disk_events && r == 0; i++)
		join_device(o, &o->disk_events[i], &x);
	free(x.devices.list);
	free(x.known_devices.list);
	free(x.known_tables.list);
	return r;
}

/* Whether the event says which partition table the disk had.  */
static bool has_id(const struct partition_event *e)
{
	if (e->has_layout && e->layout.scheme == DRIVE_LAYOUT_GPT)
		return !guid_is_zero(&e->layout.guid);
	return e->has_signature && e->signature != 0;
}

static void say_ambiguous(struct machine *m, size_t installation, size_t n,
			  const struct cites *cites)
{
	struct diag *d = diag_add(
		&m->model.findings, &FINDING_EVENT_AMBIGUOUS,
		"windows%zu: %zu %s of the partition manager's log %s of a "
		"disk whose id several supplied disks have, and none of them "
		"is more like it than the others.", installation, n,
		count_word(n, "event", "events"), count_word(n, "is", "are"));

	if (d != NULL)
		cites_join(m->arena, &d->cites, cites);
}

/* The events of one installation, from @first on.  */
static void join_by_id(struct machine *m, size_t installation, size_t first)
{
	struct model *o = &m->model;
	struct cites cites = { 0 };
	size_t n = 0;

	for (size_t i = first; i < o->n_disk_events; i++) {
		struct machine_disk_event *e = &o->disk_events[i];

		e->has_id = has_id(e->event);
		e->disk = find_disk(o, e, &e->ambiguous);
		if (!e->ambiguous)
			continue;
		n++;
		cites_join(m->arena, &cites, &e->event->cites);
	}
	if (n > 0)
		say_ambiguous(m, installation, n, &cites);
}

int machine_read_disk_events(struct machine *m, struct err *reterr)
{
	struct partition_events_budget budget = PARTITION_EVENTS_BUDGET;
	int r = 0;

	for (size_t i = 0; i < m->n_installations && r == 0; i++) {
		size_t first = m->model.n_disk_events;

		/* Hives without a disk have no log beside them.  */
		if (m->model.installations[i].volume == NONE)
			continue;
		machine_look_at(m, m->model.installations[i].volume);
		r = add_events(m, i, &budget, reterr);
		machine_look_at(m, NONE);
		join_by_id(m, i, first);
	}
	return r < 0 ? r : join_devices(m, reterr);
}
