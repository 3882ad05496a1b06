/*
 * disk_events.c - when disks came and went, by the partition manager's logs,
 * and which of them are in this evidence
 */
#include <inttypes.h>
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

/* Whether a partition of the event lies behind where a table would be.  */
static bool has_table(const struct partition_event *e)
{
	if (e->has_layout && e->layout.scheme == DRIVE_LAYOUT_GPT)
		return true;
	for (size_t i = 0; e->has_layout && i < e->layout.n_partitions; i++) {
		struct drive_layout_partition p;

		if (drive_layout_partition(&e->layout, i, &p, NULL) == 0 &&
		    p.used && p.offset != 0)
			return true;
	}
	return false;
}

/* A disk without a partition table is known by its one volume.  */
static bool is_same_floppy(const struct model *o, const struct machine_disk *d,
			   const struct partition_event *e)
{
	const struct volume_identity *v;

	if (d->whole_volume == NONE || d->table.size != e->capacity ||
	    !e->vbr[0].has_serial || has_table(e))
		return false;
	v = &o->volumes[d->whole_volume].identity;
	return v->kind == e->vbr[0].kind && v->has_serial &&
	       v->serial == e->vbr[0].serial;
}

static bool is_same_id(const struct model *o, const struct machine_disk *d,
		       const struct partition_event *e)
{
	if (!partition_event_has_id(e))
		return is_same_floppy(o, d, e);
	if (e->has_layout && e->layout.scheme == DRIVE_LAYOUT_GPT)
		return guid_equal(&e->layout.guid, &d->table.guid);
	return machine_has_signature(&d->table, e->signature);
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

struct index {
	struct known_by_guid *list;
	size_t n;
};

int machine_compare_known(const void *a, const void *b)
{
	const struct known_by_guid *x = a, *y = b;
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
		x->list[x->n++] = (struct known_by_guid){ installation, *id,
						      index };
}

/* The first that @id is the id of, or where it would be.  */
static size_t index_first(const struct index *x, size_t installation,
			  const struct guid *id)
{
	struct known_by_guid key = { installation, *id, 0 };
	size_t low = 0, high = x->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (machine_compare_known(&x->list[mid], &key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool index_has(const struct index *x, size_t at, size_t installation,
		      const struct guid *id)
{
	return at < x->n && x->list[at].installation == installation &&
	       guid_equal(&x->list[at].id, id);
}

/* What @id is the id of; NONE where that are several, or none.  */
static size_t index_find(const struct index *x, size_t installation,
			 const struct guid *id)
{
	size_t found = NONE;

	for (size_t i = index_first(x, installation, id);
	     index_has(x, i, installation, id); i++) {
		if (found != NONE && found != x->list[i].index)
			return NONE;
		found = x->list[i].index;
	}
	return found;
}

struct guid machine_event_table(const struct partition_event *e)
{
	static const struct guid none;

	if (!partition_event_has_id(e))
		return none;
	return e->has_layout && e->layout.scheme == DRIVE_LAYOUT_GPT ?
	       e->layout.guid : mbr_stable_guid(e->signature, 0);
}

struct guid machine_known_table(const struct machine_known_disk *k)
{
	static const struct guid none;

	if (!machine_known_has_id(k))
		return none;
	return guid_is_zero(&k->guid) ? mbr_stable_guid(k->signature, 0) :
	       k->guid;
}

/* As it stands in a device instance: without blanks around it, and with '_' for
 * those inside.  */
static size_t serial_span(const char **s)
{
	size_t n;

	*s += strspn(*s, " ");
	for (n = strlen(*s); n > 0 && (*s)[n - 1] == ' ';)
		n--;
	return n;
}

bool machine_same_serial(const char *a, const char *b)
{
	const size_t n = serial_span(&a);

	return serial_span(&b) == n && machine_same_but_blanks(a, b, n);
}

static bool has_device(const struct machine_known_disk *k)
{
	for (size_t i = 0; i < k->n_records; i++)
		if (!guid_is_zero(&k->records[i]->disk_id))
			return true;
	return !guid_is_zero(&k->disk_id);
}

/* Whether the event tells of another device than @k.  Copies of a disk have its
 * table.  */
static bool is_other_device(const struct machine_known_disk *k,
			    const struct partition_event *e)
{
	if (!guid_is_zero(&e->registry_id) && has_device(k) &&
	    !machine_known_has_device(k, &e->registry_id))
		return true;
	return k->serial != NULL && partition_event_tells(e->serial) &&
	       !machine_same_serial(k->serial, e->serial.utf8);
}

struct indexes {
	struct index devices;	/* disks, by the device's id */
	struct index known_devices;	/* known disks, likewise, */
	struct index known_tables;	/* and by the table's */
};

static int new_indexes(const struct model *o, struct indexes *x,
		       struct err *reterr)
{
	size_t n_ids = 1;

	for (size_t i = 0; i < o->n_known_disks; i++)
		n_ids += 1 + o->known_disks[i].n_records;
	x->devices.list = calloc(o->n_disk_events + 1,
				 sizeof(*x->devices.list));
	x->known_devices.list = calloc(n_ids, sizeof(*x->known_devices.list));
	x->known_tables.list = calloc(o->n_known_disks + 1,
				      sizeof(*x->known_tables.list));
	if (x->devices.list == NULL || x->known_devices.list == NULL ||
	    x->known_tables.list == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "events", 0, 0);
	return 0;
}

static void index_known(struct indexes *x, const struct machine_known_disk *k,
			size_t i)
{
	struct guid table = machine_known_table(k);

	index_add(&x->known_tables, k->installation, &table, i);
	index_add(&x->known_devices, k->installation, &k->disk_id, i);
	for (size_t r = 0; r < k->n_records; r++)
		index_add(&x->known_devices, k->installation,
			  &k->records[r]->disk_id, i);
}

static void index_sort(struct index *x)
{
	qsort(x->list, x->n, sizeof(struct known_by_guid),
	      machine_compare_known);
}

static int fill_indexes(const struct model *o, struct indexes *x,
			struct err *reterr)
{
	int r = new_indexes(o, x, reterr);

	if (r < 0)
		return r;
	for (size_t i = 0; i < o->n_disk_events; i++) {
		const struct machine_disk_event *e = &o->disk_events[i];

		if (e->disk != NONE)
			index_add(&x->devices, e->installation,
				  partition_event_device(e->event), e->disk);
	}
	for (size_t i = 0; i < o->n_known_disks; i++)
		index_known(x, &o->known_disks[i], i);
	index_sort(&x->devices);
	index_sort(&x->known_devices);
	index_sort(&x->known_tables);
	return 0;
}

/* The known disk that has the table of the event, and may be its device.  */
static size_t find_by_table(const struct model *o,
			    const struct machine_disk_event *e,
			    const struct index *tables)
{
	struct guid id = machine_event_table(e->event);
	size_t found = NONE;

	for (size_t i = index_first(tables, e->installation, &id);
	     index_has(tables, i, e->installation, &id); i++) {
		size_t known = tables->list[i].index;

		if (is_other_device(&o->known_disks[known], e->event))
			continue;
		if (found != NONE)
			return NONE;
		found = known;
	}
	return found;
}

/* Events that tell no partition table, as when a disk goes, are of the device
 * that others tell of.  The ids of virtual disks can be the same.  */
static void join_device(struct model *o, struct machine_disk_event *e,
			const struct indexes *x)
{
	const struct guid *device = partition_event_device(e->event);
	size_t known = index_find(&x->known_devices, e->installation, device);

	e->known_disk = known != NONE ? known :
			find_by_table(o, e, &x->known_tables);
	if (e->disk != NONE || e->ambiguous || e->has_id)
		return;
	e->disk = index_find(&x->devices, e->installation, device);
	if (e->disk == NONE && known != NONE)
		e->disk = o->known_disks[known].disk;
}

/* Whether the registry knows the disk whose table the event has, and by its
 * table the device of the event is another.  */
static bool is_of_two(const struct model *o, const struct machine_disk_event *e)
{
	const struct machine_known_disk *k;

	if (e->disk == NONE || e->known_disk == NONE)
		return false;
	k = &o->known_disks[e->known_disk];
	if (k->disk == e->disk ||
	    !machine_known_has_device(k, partition_event_device(e->event)))
		return false;
	if (k->disk != NONE)
		return true;
	for (size_t i = 0; i < o->n_known_disks; i++)
		if (o->known_disks[i].disk == e->disk &&
		    o->known_disks[i].installation == e->installation)
			return true;
	return false;
}

/* Those of one installation, from @first to @end.  */
static void report_of_two(struct machine *m, size_t first, size_t end)
{
	const struct machine_disk_event *list = m->model.disk_events;
	const struct machine_disk_event *one = NULL;
	struct cites cites = { 0 };
	struct diag *d;
	size_t n = 0;

	for (size_t i = first; i < end; i++) {
		if (!is_of_two(&m->model, &list[i]))
			continue;
		one = one == NULL ? &list[i] : one;
		n++;
		cites_join(m->arena, &cites, &list[i].event->cites);
	}
	if (n == 0)
		return;
	d = diag_add(&m->model.findings, &FINDING_EVENT_OF_TWO,
		     "windows%zu: %zu %s of the partition manager's log %s the "
		     "partition table of one disk and the device of another: "
		     "record %" PRIu64 " the table of disk%zu, and the device "
		     "of %s, which by the registry had another table.",
		     one->installation, n, count_word(n, "event", "events"),
		     count_word(n, "has", "have"), one->event->record,
		     one->disk, machine_known_text(m, one->known_disk));
	if (d == NULL)
		return;
	cites_join(m->arena, &d->cites, &cites);
	cites_join(m->arena, &d->cites,
		   &m->model.known_disks[one->known_disk].layout_cites);
}

static void report_all_of_two(struct machine *m)
{
	const struct model *o = &m->model;

	for (size_t i = 0, end; i < o->n_disk_events; i = end) {
		for (end = i; end < o->n_disk_events &&
		     o->disk_events[end].installation ==
		     o->disk_events[i].installation;)
			end++;
		report_of_two(m, i, end);
	}
}

static int join_devices(struct machine *m, struct err *reterr)
{
	struct model *o = &m->model;
	struct indexes x = { 0 };
	int r = fill_indexes(o, &x, reterr);

	for (size_t i = 0; i < o->n_disk_events && r == 0; i++)
		join_device(o, &o->disk_events[i], &x);
	if (r == 0)
		r = machine_infer_event_disks(m, reterr);
	report_all_of_two(m);
	free(x.devices.list);
	free(x.known_devices.list);
	free(x.known_tables.list);
	return r;
}

static void say_ambiguous(struct machine *m, size_t installation, size_t n,
			  const struct cites *cites)
{
	struct diag *d = diag_add(
		&m->model.findings, &FINDING_EVENT_AMBIGUOUS,
		"windows%zu: %zu %s of the partition manager's log %s about a "
		"disk whose id several supplied disks have, and none of them "
		"matches better than the others.", installation, n,
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

		e->has_id = partition_event_has_id(e->event);
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
