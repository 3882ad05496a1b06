/*
 * tree_events.c - the disks that came, by the partition manager's log
 */
#include <inttypes.h>

#include "mountmgr/partition_events.h"
#include "report/tree.h"

/* A machine meets a dozen sticks; more disks than these are counted.  */
#define MAX_LISTED 24

enum { EVENT_INDENT = 4, TIME_COLUMN = 14, TEXT_COLUMN = 36 };

/* Whether two events are of one device, as far as they tell.  */
static bool is_same_device(const struct machine_disk_event *a,
			   const struct machine_disk_event *b)
{
	if (a->disk != NONE || b->disk != NONE)
		return a->disk == b->disk;
	return guid_equal(partition_event_device(a->event),
			  partition_event_device(b->event)) &&
	       !guid_is_zero(partition_event_device(a->event));
}

static void put_word(struct tree *t, struct text s)
{
	if (!partition_event_tells(s))
		return;
	tree_put(t, " ");
	tree_text(t, s.utf8);
}

static void put_device(struct tree *t, const struct partition_event *e)
{
	const char *bus = partition_event_bus_name(e->bus);
	char guid[GUID_TEXT_CHARS + 1];
	char size[SIZE_TEXT_BYTES];

	tree_put(t, e->has_bus && e->bus != 0 && bus != NULL ? bus : "disk");
	put_word(t, e->manufacturer);
	put_word(t, e->model);
	if (!partition_event_tells(e->model) && !guid_is_zero(&e->disk_id))
		tree_printf(t, " {%s}", guid_text(&e->disk_id, guid));
	if (partition_event_tells(e->serial))
		tree_put(t, ", serial number");
	put_word(t, e->serial);
	if (e->has_capacity && e->capacity > 0)
		tree_printf(t, ", %s", size_text(e->capacity, size));
}

static void put_id(struct tree *t, const struct machine_disk_event *e)
{
	const struct drive_layout *l = &e->event->layout;
	char guid[GUID_TEXT_CHARS + 1];

	if (e->disk != NONE) {
		tree_put(t, "; this is ");
		tree_text(t, t->model->images
			  [t->model->disks[e->disk].image].file);
		return;
	}
	if (e->event->has_layout && l->scheme == DRIVE_LAYOUT_GPT)
		tree_printf(t, "; GPT {%s}", guid_text(&l->guid, guid));
	else if (e->event->has_layout && drive_layout_has_no_table(l))
		tree_put(t, "; no partition table");
	else if (e->event->has_signature)
		tree_printf(t, "; MBR signature %08" PRIx32,
			    e->event->signature);
	tree_put(t, e->has_id ? ", not in this evidence" : "");
}

static bool is_removal(const struct machine_disk_event *e)
{
	return e->event->has_capacity && e->event->capacity == 0;
}

/* @gone: the event that tells of its removal, or NULL.  */
static void put_event(struct tree *t, const struct machine_disk_event *e,
		      size_t times, const struct machine_disk_event *gone)
{
	tree_pad(t, EVENT_INDENT);
	if (e->event->has_number)
		tree_printf(t, "disk %" PRIu32, e->event->number);
	else
		tree_put(t, "disk ?");
	tree_pad(t, TIME_COLUMN);
	tree_time(t, e->event->time);
	tree_pad(t, TEXT_COLUMN);
	if (is_removal(e))
		tree_put(t, "removed: ");
	put_device(t, e->event);
	put_id(t, e);
	if (times > 1)
		tree_printf(t, "; %zu times in all", times);
	if (e->event->remnant)
		tree_put(t, "; a remnant in the log");
	if (gone != NULL) {
		tree_put(t, "; removed ");
		tree_time(t, gone->event->time);
	}
	tree_end_line(t);
	tree_cites(t, TEXT_COLUMN, &e->event->cites, NULL);
}

/* How often the device of event @i came in [@first, @end); 0 where a later
 * event than @i tells of it.  */
static size_t count_device(const struct model *m, size_t i, size_t first,
			   size_t end)
{
	const struct machine_disk_event *list = m->disk_events;
	size_t n = 1;

	for (size_t k = i + 1; k < end; k++)
		if (list[k].event->capacity > 0 &&
		    is_same_device(&list[i], &list[k]))
			return 0;
	for (size_t k = first; k < i; k++)
		n += list[k].event->capacity > 0 &&
		     is_same_device(&list[i], &list[k]);
	return n;
}

/* Of others, the disk or the registry's record says when it went.  */
static bool is_known_here_only(const struct machine_disk_event *e)
{
	return e->disk == NONE && e->known_disk == NONE;
}

/* The last event before @end which tells that the device of @i went.  */
static const struct machine_disk_event *removal_of(const struct model *m,
						   size_t i, size_t end)
{
	const struct machine_disk_event *list = m->disk_events;

	if (!is_known_here_only(&list[i]))
		return NULL;
	for (size_t k = end; k > i + 1; k--)
		if (is_removal(&list[k - 1]) &&
		    is_same_device(&list[i], &list[k - 1]))
			return &list[k - 1];
	return NULL;
}

/* Whether no event but @i tells of its device, except earlier removals.  */
static bool only_went(const struct model *m, size_t i, size_t first, size_t end)
{
	const struct machine_disk_event *list = m->disk_events;

	if (!is_removal(&list[i]) || !is_known_here_only(&list[i]))
		return false;
	for (size_t k = first; k < end; k++)
		if (k != i && (k > i || !is_removal(&list[k])) &&
		    is_same_device(&list[i], &list[k]))
			return false;
	return true;
}

/* Each device once, as it came last, the latest first.  */
static void put_devices(struct tree *t, size_t first, size_t end)
{
	const struct model *m = t->model;
	size_t n = 0;

	for (size_t i = end; i > first && n < MAX_LISTED; i--) {
		const struct machine_disk_event *e = &m->disk_events[i - 1];
		size_t times = e->event->capacity > 0 ?
			       count_device(m, i - 1, first, end) :
			       only_went(m, i - 1, first, end);

		if (times == 0)
			continue;
		put_event(t, e, times, removal_of(m, i - 1, end));
		n++;
	}
	if (n < MAX_LISTED)
		return;
	tree_pad(t, EVENT_INDENT);
	tree_printf(t, "these are the last %d; --verbose lists all events",
		    MAX_LISTED);
	tree_end_line(t);
}

void tree_disk_events(struct tree *t, size_t installation)
{
	const struct model *m = t->model;
	size_t first = 0, end;

	while (first < m->n_disk_events &&
	       m->disk_events[first].installation != installation)
		first++;
	for (end = first; end < m->n_disk_events &&
	     m->disk_events[end].installation == installation;)
		end++;
	if (first == end)
		return;
	tree_end_line(t);
	tree_put(t, t->verbose ? "  Disks that were attached and removed, by "
		 "the partition manager's log "
		 "(UTC):" : "  Disks that were attached, by the "
		 "partition manager's log, and when last (UTC):");
	tree_end_line(t);
	if (!t->verbose) {
		put_devices(t, first, end);
		return;
	}
	for (size_t i = first; i < end; i++)
		put_event(t, &m->disk_events[i], 1, NULL);
}
