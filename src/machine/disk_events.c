/*
 * disk_events.c - when disks came and went, by the partition manager's logs,
 * and which of them are in this evidence
 */
#include <stdlib.h>
#include <string.h>

#include "machine/internal.h"
#include "mountmgr/partition_events.h"

static const char *const log_path[] = {
	"System32", "winevt", "Logs",
	"Microsoft-Windows-Partition%4Diagnostic.evtx", NULL,
};

/* A slash in the name of a channel is %4 in that of its file.  */
#define LOG_BELOW_ROOT \
	"\\System32\\winevt\\Logs\\Microsoft-Windows-Partition%%4" \
	"Diagnostic.evtx"

static int log_unreadable(struct machine *m, const char *path,
			  const struct err *e, struct err *reterr)
{
	char text[256];

	if (e->code == ERR_NOMEM)
		return err_set(reterr, e->code, 0, "event log", 0, 0);
	diag_add(&m->model.findings, &FINDING_EVENT_LOG_UNREADABLE,
		 "%s could not be read: %s.", path,
		 err_text(e, text, sizeof(text)));
	return 0;
}

/* Open the log of @installation; *@ret is NULL where it has none.  */
static int open_log(struct machine *m, size_t installation,
		    struct source **ret, struct err *reterr)
{
	const struct machine_installation *i =
		&m->model.installations[installation];
	struct ntfs *n;
	const char *path = arena_printf(m->arena, "%s" LOG_BELOW_ROOT,
					i->system_root.utf8);
	struct err e = { 0 };
	struct text stored;
	ntfs_ref ref;
	int r;

	*ret = NULL;
	/* Of a hive that lies in no image.  */
	if (i->volume == NONE)
		return 0;
	if (path == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "event log", 0, 0);
	n = m->volumes[i->volume].ntfs;
	r = machine_find_below(m, n, m->installations[installation].root,
			       log_path, &ref, &e);
	/* Before Windows 10 there was none, and it can be switched off.  */
	if (r == ERR_NOT_FOUND)
		return 0;
	if (r < 0)
		return log_unreadable(m, path, &e, reterr);
	stored = machine_stored_path(n, ref, path);
	r = ntfs_open_stream(n, ref, NULL, stored.utf8, ret, &e);
	return r < 0 ? log_unreadable(m, path, &e, reterr) : 0;
}

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

static int read_log(struct machine *m, size_t installation, uint32_t *budget,
		    struct err *reterr)
{
	struct partition_events events = { 0 };
	struct source *log;
	int r = open_log(m, installation, &log, reterr);

	if (r < 0 || log == NULL)
		return r;
	r = partition_events_read(log, budget, m->arena, &m->model.findings,
				  &events, reterr);
	source_free(log);
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

/* A device by the id that Windows gave it, and the supplied disk that it was
 * when its table was told.  */
struct device {
	size_t installation;
	struct guid id;
	size_t disk;
};

static int compare_devices(const void *a, const void *b)
{
	const struct device *x = a, *y = b;
	int r;

	if (x->installation != y->installation)
		return x->installation < y->installation ? -1 : 1;
	r = memcmp(x->id.b, y->id.b, sizeof(x->id.b));
	if (r != 0)
		return r;
	return x->disk < y->disk ? -1 : x->disk > y->disk;
}

/* The disk that the device of @e always was; NONE where it was several.  The
 * ids of virtual disks can be the same.  */
static size_t disk_of_device(const struct device *list, size_t n,
			     const struct machine_disk_event *e)
{
	struct device key = { e->installation, e->event->disk_id, 0 };
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare_devices(&list[mid], &key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	key.disk = NONE;
	for (; low < n && list[low].installation == key.installation &&
	     guid_equal(&list[low].id, &key.id); low++) {
		if (key.disk != NONE && key.disk != list[low].disk)
			return NONE;
		key.disk = list[low].disk;
	}
	return key.disk;
}

/* Whether the registry's record @k is of the device, or of the table, that the
 * event tells of.  */
static bool is_same_device(const struct machine_known_disk *k,
			   const struct partition_event *e)
{
	return !guid_is_zero(&e->disk_id) &&
	       guid_equal(&k->disk_id, &e->disk_id);
}

static bool is_same_table_id(const struct machine_known_disk *k,
			     const struct partition_event *e)
{
	if (e->has_layout && e->layout.scheme == DRIVE_LAYOUT_GPT)
		return !guid_is_zero(&e->layout.guid) &&
		       guid_equal(&k->guid, &e->layout.guid);
	return e->has_signature && e->signature != 0 && k->has_signature &&
	       k->signature == e->signature;
}

/* The one record of the registry that @is tells to be the event's; NONE where
 * there are several.  */
static size_t find_known(const struct model *o,
			 const struct machine_disk_event *e,
			 bool (*is)(const struct machine_known_disk *,
				    const struct partition_event *))
{
	size_t found = NONE;

	for (size_t i = 0; i < o->n_known_disks; i++) {
		if (o->known_disks[i].installation != e->installation ||
		    !is(&o->known_disks[i], e->event))
			continue;
		if (found != NONE)
			return NONE;
		found = i;
	}
	return found;
}

/* Events that tell no partition table, as when a disk goes, are of the device
 * that others tell of.  */
static void join_device(struct model *o, struct machine_disk_event *e,
			const struct device *list, size_t n)
{
	const size_t known = find_known(o, e, is_same_device);

	e->known_disk = known != NONE ? known :
			find_known(o, e, is_same_table_id);
	if (e->disk != NONE || e->ambiguous || e->has_id ||
	    guid_is_zero(&e->event->disk_id))
		return;
	e->disk = disk_of_device(list, n, e);
	if (e->disk == NONE && known != NONE)
		e->disk = o->known_disks[known].disk;
}

static int join_devices(struct machine *m, struct err *reterr)
{
	struct model *o = &m->model;
	struct device *list = malloc((o->n_disk_events + 1) * sizeof(*list));
	size_t n = 0;

	if (list == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "events", 0, 0);
	for (size_t i = 0; i < o->n_disk_events; i++) {
		const struct machine_disk_event *e = &o->disk_events[i];

		if (e->disk != NONE && !guid_is_zero(&e->event->disk_id))
			list[n++] = (struct device){
				e->installation, e->event->disk_id, e->disk,
			};
	}
	qsort(list, n, sizeof(*list), compare_devices);
	for (size_t i = 0; i < o->n_disk_events; i++)
		join_device(o, &o->disk_events[i], list, n);
	free(list);
	return 0;
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
		"windows%zu: %zu events of the partition manager's log are of "
		"a disk whose id several supplied disks have, and none of them "
		"is more like it than the others.", installation, n);

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
	uint32_t budget = PARTITION_EVENTS_BUDGET;
	int r = 0;

	for (size_t i = 0; i < m->n_installations && r == 0; i++) {
		size_t first = m->model.n_disk_events;

		/* Hives without a disk have no log beside them.  */
		if (m->model.installations[i].volume == NONE)
			continue;
		machine_look_at(m, m->model.installations[i].volume);
		r = read_log(m, i, &budget, reterr);
		machine_look_at(m, NONE);
		join_by_id(m, i, first);
	}
	return r < 0 ? r : join_devices(m, reterr);
}
