/*
 * timeline.c - all times that the evidence tells, in their order
 *
 * An event is a time and the record that tells it; what happened then is for
 * the report to say.  So events cost little, however many there are.
 */
#include <stdlib.h>

#include "format/reparse.h"
#include "machine/internal.h"

/* 24 bytes each: 6 MiB.  A timeline of real evidence has hundreds.  */
#define MAX_EVENTS (1u << 18)

struct collector {
	struct machine *m;
	uint64_t left_out;
	struct err *err;
};

/* Add the event, unless there is no time.  */
static int add_event(struct collector *c, enum event_kind kind, size_t index,
		     uint64_t time)
{
	struct model *o = &c->m->model;
	struct machine_event *e;

	if (time == 0)
		return 0;
	if (o->n_events == MAX_EVENTS) {
		c->left_out++;
		return 0;
	}
	e = arena_push(c->m->arena, &o->events, o->n_events, sizeof(*e));
	if (e == NULL)
		return err_set(c->err, ERR_NOMEM, 0, "timeline", 0, 0);
	*e = (struct machine_event){ time, kind, index };
	o->n_events++;
	return 0;
}

static int add_volumes(struct collector *c)
{
	const struct model *o = &c->m->model;
	int r = 0;

	for (size_t i = 0; i < o->n_volumes && r == 0; i++)
		if (o->volumes[i].is_ntfs)
			r = add_event(c, EVENT_VOLUME_CREATED, i,
				      o->volumes[i].ntfs.times.created);
	return r;
}

static int add_hives(struct collector *c)
{
	const struct model *o = &c->m->model;
	int r = 0;

	for (size_t i = 0; i < o->n_installations && r == 0; i++)
		r = add_event(c, EVENT_HIVE_WRITTEN, i,
			      o->installations[i].hive.last_written);
	return r;
}

/* When @g was made, if it tells.  */
static int add_guid(struct collector *c, enum event_kind kind, size_t index,
		    const struct guid *g)
{
	struct guid_time t;

	return guid_time(g, &t) ? add_event(c, kind, index, t.filetime) : 0;
}

static int add_names(struct collector *c)
{
	const struct model *o = &c->m->model;
	int r = 0;

	for (size_t i = 0; i < o->n_names && r == 0; i++) {
		const struct mountmgr_name *n = o->names[i].name;

		r = add_event(c, EVENT_NAME_SET, i, n->last_written);
		if (r == 0)
			r = add_guid(c, EVENT_NAME_MADE, i, &n->guid);
	}
	for (size_t i = 0; i < o->n_remote_names && r == 0; i++)
		r = add_guid(c, EVENT_REMOTE_NAME_MADE, i,
			     &o->remote_names[i].name->guid);
	return r;
}

static int add_former_names(struct collector *c)
{
	const struct model *o = &c->m->model;
	int r = 0;

	for (size_t i = 0; i < o->n_former_names && r == 0; i++) {
		const struct machine_former_name *f = &o->former_names[i];

		/* There may be hundreds of copies, each with all names.  */
		if (f->shadow_copy != NONE && f->change == NAME_SAME)
			continue;
		r = add_event(c, EVENT_FORMER_NAME_SET, i,
			      f->name->last_written);
		/* Of a name that is still there, that one tells it.  */
		if (r == 0 && f->change != NAME_SAME)
			r = add_guid(c, EVENT_FORMER_NAME_MADE, i,
				     &f->name->guid);
	}
	return r;
}

static int add_directory(struct collector *c, size_t reparse)
{
	const struct ntfs_times *t =
		&c->m->model.reparses[reparse].point->times;
	int r = add_event(c, EVENT_MOUNT_CREATED, reparse, t->created);

	if (r == 0)
		r = add_event(c, EVENT_MOUNT_MODIFIED, reparse, t->modified);
	if (r == 0)
		r = add_event(c, EVENT_MOUNT_CHANGED, reparse,
			      t->record_changed);
	return r;
}

static int add_directories(struct collector *c)
{
	const struct model *o = &c->m->model;
	int r = 0;

	for (size_t i = 0; i < o->n_reparses && r == 0; i++) {
		const struct ntfs_reparse *p = o->reparses[i].point;

		if (p->raw.n > 0 &&
		    p->data.kind == REPARSE_VOLUME_MOUNT_POINT)
			r = add_directory(c, i);
	}
	return r;
}

static int add_users(struct collector *c)
{
	const struct model *o = &c->m->model;
	int r = 0;

	for (size_t i = 0; i < o->n_users && r == 0; i++) {
		const struct machine_user *u = &o->users[i];

		if (u->n_accounts == 0)
			continue;
		r = add_event(c, EVENT_PROFILE_LOADED, i,
			      u->accounts[0]->loaded);
		if (r == 0)
			r = add_event(c, EVENT_PROFILE_UNLOADED, i,
				      u->accounts[0]->unloaded);
	}
	return r;
}

static int add_user_volumes(struct collector *c)
{
	const struct model *o = &c->m->model;
	int r = 0;

	for (size_t i = 0; i < o->n_user_volumes && r == 0; i++) {
		const struct user_trace *t = o->user_volumes[i].trace;

		r = add_event(c, EVENT_USER_MET, i, t->last_written);
		if (r == 0 && t->has_guid)
			r = add_guid(c, EVENT_USER_NAME_MADE, i, &t->guid);
	}
	return r;
}

/* Up to Windows 7 no time of the last arrival is kept: then those of the keys
 * are the latest that are known.  */
static int add_disk_keys(struct collector *c, size_t i)
{
	const struct machine_known_disk *k = &c->m->model.known_disks[i];
	int r = 0;

	if (k->times.last_arrival != 0)
		return 0;
	r = add_event(c, EVENT_DISK_KEY, i, k->last_written);
	return r < 0 ? r : add_event(c, EVENT_DISK_INTERFACE, i,
				     k->interface_written);
}

static int add_known_disk(struct collector *c, size_t i)
{
	const struct machine_known_disk *k = &c->m->model.known_disks[i];
	int r = add_event(c, EVENT_DISK_INSTALLED, i, k->times.first_installed);

	if (r == 0)
		r = add_event(c, EVENT_DISK_ARRIVED, i, k->times.last_arrival);
	if (r == 0)
		r = add_event(c, EVENT_DISK_REMOVED, i, k->times.last_removal);
	if (r == 0)
		r = add_disk_keys(c, i);
	if (r == 0 && k->layout != NULL)
		r = add_event(c, EVENT_DISK_TABLE, i, k->layout_written);
	return r < 0 ? r : add_guid(c, EVENT_DISK_ID_MADE, i, &k->disk_id);
}

static int add_known_disks(struct collector *c)
{
	int r = 0;

	for (size_t i = 0; i < c->m->model.n_known_disks && r == 0; i++)
		r = add_known_disk(c, i);
	return r;
}

static int add_known_volumes(struct collector *c)
{
	const struct model *o = &c->m->model;
	int r = 0;

	for (size_t i = 0; i < o->n_known_volumes && r == 0; i++) {
		const struct machine_known_volume *v = &o->known_volumes[i];
		const struct device_times *t = &v->times;

		r = add_event(c, EVENT_TRACE_INSTALLED, i, t->first_installed);
		if (r == 0)
			r = add_event(c, EVENT_TRACE_ARRIVED, i,
				      t->last_arrival);
		if (r == 0)
			r = add_event(c, EVENT_TRACE_REMOVED, i,
				      t->last_removal);
		if (r == 0)
			r = add_event(c, EVENT_TRACE_TESTED, i, v->last_tested);
		if (r == 0 && t->last_arrival == 0)
			r = add_event(c, EVENT_TRACE_KEY, i, v->last_written);
	}
	return r;
}

static int add_disk_events(struct collector *c)
{
	const struct model *o = &c->m->model;
	int r = 0;

	for (size_t i = 0; i < o->n_disk_events && r == 0; i++) {
		const struct partition_event *e = o->disk_events[i].event;

		r = add_event(c, !e->has_capacity ? EVENT_DISK_TOLD :
			      e->capacity > 0 ? EVENT_DISK_CAME :
			      EVENT_DISK_WENT, i, e->time);
	}
	return r;
}

static int add_shadow_copies(struct collector *c)
{
	const struct model *o = &c->m->model;
	int r = 0;

	for (size_t i = 0; i < o->n_shadow_copies && r == 0; i++)
		if (o->shadow_copies[i].copy != NULL)
			r = add_event(c, EVENT_SHADOW_CREATED, i,
				      o->shadow_copies[i].copy->entry.created);
	return r;
}

/* Of what is still mounted the map tells.  */
static int add_former_mounts(struct collector *c)
{
	const struct model *o = &c->m->model;
	int r = 0;

	for (size_t i = 0; i < o->n_former_mounts && r == 0; i++) {
		const struct machine_former_mount *f = &o->former_mounts[i];

		if (f->change == NAME_SAME)
			continue;
		/* A deleted one was mounted before.  */
		if (!f->mount->deleted)
			r = add_event(c, EVENT_FORMER_MOUNT_SEEN, i,
				      o->shadow_copies[f->shadow_copy].copy
				      ->entry.created);
		if (r == 0 && f->point != NULL)
			r = add_event(c, EVENT_FORMER_MOUNT_CREATED, i,
				      f->point->times.created);
		if (r == 0 && f->point != NULL)
			r = add_event(c, EVENT_FORMER_MOUNT_CHANGED, i,
				      f->point->times.record_changed);
	}
	return r;
}

/* A key that was written again since, or is gone.  */
static int add_former_user_volumes(struct collector *c)
{
	const struct model *o = &c->m->model;
	int r = 0;

	for (size_t i = 0; i < o->n_former_user_volumes && r == 0; i++) {
		const struct machine_former_user_volume *f =
			&o->former_user_volumes[i];

		if (f->change != NAME_SAME)
			r = add_event(c, EVENT_FORMER_USER_MET, i,
				      f->then.trace->last_written);
	}
	return r;
}

static int compare_events(const void *a, const void *b)
{
	const struct machine_event *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

int machine_make_timeline(struct machine *m, struct err *reterr)
{
	static int (*const sources[])(struct collector *) = {
		add_volumes, add_hives, add_names, add_former_names,
		add_directories, add_users, add_user_volumes,
		add_known_disks, add_known_volumes, add_disk_events,
		add_shadow_copies, add_former_mounts, add_former_user_volumes,
	};
	struct model *o = &m->model;
	struct collector c = { .m = m, .err = reterr };

	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		int r = sources[i](&c);

		if (r < 0)
			return r;
	}
	if (o->n_events > 0)
		qsort(o->events, o->n_events, sizeof(o->events[0]),
		      compare_events);
	if (c.left_out > 0)
		diag_add(&o->findings, &FINDING_TIMELINE_CUT,
			 "%llu more events are not in the timeline, which "
			 "holds %u.",
			 (unsigned long long)c.left_out, MAX_EVENTS);
	return 0;
}
