/*
 * shadow_history.c - what was mounted when shadow copies were made
 *
 * Copies that were made at once, one of each volume, are one state of the
 * machine.  That is read as the machine is, by the same code: a second machine
 * of the same disks, whose volumes have what the copies hold.  Volumes without
 * a copy are there to be led to, and nothing of theirs is read.
 *
 * What it finds becomes history of the machine, compared with the map, and is
 * never part of it.  Where its names lead is no finding, since disks that are
 * gone are what history is made of; what of it is damaged is one.
 */
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/count.h"
#include "disk/shadow_view.h"
#include "machine/former_names.h"
#include "machine/internal.h"
#include "machine/shadow_users.h"

/* Of all copies together: the changes of 128 GiB.  A block takes 100 bytes at
 * most, however many copies have it.  */
#define MAX_DESCRIPTORS (UINT64_C(8) << 20)

/* Of one volume Windows keeps 512, and shows 64.  */
#define MAX_COPIES_READ 1024

/* All that is read of copies.  The hives of one have a dozen megabytes; hostile
 * evidence can show the same hundreds of them in each.  */
#define MAX_BYTES_READ (UINT64_C(8) << 30)

/* The copies of a volume that are still to be read, which goes from the newest
 * to the oldest.  */
struct lane {
	size_t first, end;	/* in model.shadow_copies */
	struct shadow_stack stack;
};

/* Where in the model the history of a state begins.  */
struct mark {
	size_t names, mounts, traces;
};

struct history {
	struct machine *m;
	struct live_names live;
	struct live_traces traces;
	struct shadow_budget budget;
	struct lane *lanes;	/* by volume */
	size_t n_lanes;
	struct mark *marks;	/* from the newest state on */
	size_t n_marks;
	size_t n_read;		/* copies */
	uint64_t bytes_before;	/* that were read of the machine */
};

/* Copies that were made at once, and the machine of then.  */
struct state {
	struct history *h;
	size_t *copies;
	struct lane **lanes;	/* of each */
	size_t n;
	struct machine then;
	size_t *installations;	/* of the map, by those of then */
	bool live_names;
};

static struct machine_shadow_copy *copy_at(const struct history *h, size_t i)
{
	return &h->m->model.shadow_copies[i];
}

static void not_read(struct history *h, size_t i, const char *why)
{
	struct diag *d = diag_add(&h->m->model.findings,
				  &FINDING_SHADOW_NOT_READ,
				  "shadow%zu is not read: %s.", i, why);

	if (d != NULL)
		cites_join(h->m->arena, &d->cites, &copy_at(h, i)->cites);
}

/* None of what is left in @l can be read.  */
static void close_lane(struct history *h, struct lane *l)
{
	while (l->end > l->first)
		not_read(h, --l->end, "reading it needs a newer copy of its "
			 "volume, which cannot be read");
}

/* Go back to the newest copy that is left in @l, and take it out.  *@ret_read:
 * it can be read.  */
static int push_copy(struct history *h, struct lane *l, bool *ret_read,
		     struct err *reterr)
{
	const size_t i = --l->end;
	struct machine_shadow_copy *s = copy_at(h, i);
	struct err e = { 0 };
	char text[256];
	int r;

	machine_look_at(h->m, s->volume);
	if (s->store == NULL) {
		not_read(h, i, "its store is not in this evidence");
		close_lane(h, l);
		return 0;
	}
	r = shadow_stack_push(&l->stack,
			      h->m->volumes[s->store_volume].window, s->store,
			      &e);
	if (r == ERR_NOMEM)
		return err_set(reterr, e.code, e.at, e.what, 0, 0);
	if (r < 0) {
		not_read(h, i, err_text(&e, text, sizeof(text)));
		close_lane(h, l);
	}
	*ret_read = s->is_read = r == 0;
	return 0;
}

static uint64_t time_of(const struct history *h, const struct lane *l)
{
	return copy_at(h, l->end - 1)->copy->entry.created;
}

/* The lane whose next copy is the newest of all; NULL: all were read.  */
static struct lane *newest(struct history *h)
{
	struct lane *found = NULL;

	for (size_t i = 0; i < h->n_lanes; i++) {
		struct lane *l = &h->lanes[i];

		if (l->end > l->first &&
		    (found == NULL || time_of(h, l) > time_of(h, found)))
			found = l;
	}
	return found;
}

/* Whether copies @x and @y were made at once.  */
static bool is_of_set(const struct machine_shadow_copy *x,
		      const struct machine_shadow_copy *y)
{
	return x->store != NULL && x->store->has_info && y->store != NULL &&
	       y->store->has_info && !guid_is_zero(&x->store->set) &&
	       guid_equal(&x->store->set, &y->store->set);
}

/* The next copy of @from, and those of other volumes that were made with it, as
 * far as these are next.  */
static int take_set(struct history *h, struct lane *from, struct state *s,
		    struct err *reterr)
{
	const struct machine_shadow_copy *first = copy_at(h, from->end - 1);
	struct arena *a = h->m->arena;
	int r = 0;

	s->copies = arena_alloc(a, h->n_lanes * sizeof(s->copies[0]));
	s->lanes = arena_alloc(a, h->n_lanes * sizeof(s->lanes[0]));
	if (s->copies == NULL || s->lanes == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "shadow copy", 0, 0);
	for (size_t i = 0; i < h->n_lanes && r == 0; i++) {
		struct lane *l = &h->lanes[i];
		bool is_read = false;

		if (l->end == l->first ||
		    (l != from && !is_of_set(first, copy_at(h, l->end - 1))))
			continue;
		s->lanes[s->n] = l;
		s->copies[s->n] = l->end - 1;
		r = push_copy(h, l, &is_read, reterr);
		s->n += is_read;
	}
	machine_look_at(h->m, NONE);
	return r;
}

/* The machine of then: the same disks and volumes, of which nothing is open,
 * and nothing that was read of them.  */
static int make_then(struct state *s, struct err *reterr)
{
	struct machine *m = s->h->m, *t = &s->then;
	struct model *o = &t->model;
	const size_t n = m->n_volumes;

	*t = (struct machine){
		.arena = m->arena, .options = m->options,
		.n_volumes = n, .known_keys = m->known_keys,
		.n_known_keys = m->n_known_keys, .stats = m->stats,
		.images = m->images, .n_images = m->n_images,
	};
	*o = (struct model){
		.images = m->model.images, .n_images = m->model.n_images,
		.disks = m->model.disks, .n_disks = m->model.n_disks,
		.partitions = m->model.partitions,
		.n_partitions = m->model.n_partitions,
		.n_volumes = n,
		.known_disks = m->model.known_disks,
		.n_known_disks = m->model.n_known_disks,
		.known_volumes = m->model.known_volumes,
		.n_known_volumes = m->model.n_known_volumes,
		.findings = { .arena = m->arena },
		.complete = true,
	};
	o->volumes = arena_copy(m->arena, m->model.volumes,
				n * sizeof(o->volumes[0]));
	t->volumes = arena_alloc(m->arena, n * sizeof(t->volumes[0]));
	if (o->volumes == NULL || t->volumes == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "shadow copy", 0, 0);
	for (size_t i = 0; i < n; i++) {
		o->volumes[i].names = NULL;
		o->volumes[i].paths = NULL;
		o->volumes[i].n_names = o->volumes[i].n_paths = 0;
		t->volumes[i].window = m->volumes[i].window;
	}
	return 0;
}

/* Open the volumes of the state as the copies have them.  */
static int open_views(struct state *s, struct err *reterr)
{
	struct machine *t = &s->then;

	for (size_t i = 0; i < s->n; i++) {
		const struct machine_shadow_copy *c =
			copy_at(s->h, s->copies[i]);
		struct source *view;
		int r = shadow_view_open(&s->lanes[i]->stack,
					 c->copy->entry.volume_bytes, &view,
					 reterr);

		if (r < 0)
			return r;
		t->volumes[c->volume].window = view;
		machine_look_at(t, c->volume);
		r = machine_open_ntfs(t, c->volume, reterr);
		if (r < 0)
			return r;
	}
	machine_look_at(t, NONE);
	return 0;
}

static void close_views(struct state *s)
{
	for (size_t i = 0; i < s->n; i++) {
		size_t volume = copy_at(s->h, s->copies[i])->volume;
		struct open_volume *open = &s->then.volumes[volume];

		if (open->window == s->h->m->volumes[volume].window)
			continue;
		if (open->ntfs != NULL)
			ntfs_tell_unread(open->ntfs);
		ntfs_close(open->ntfs);
		source_free(open->window);
	}
}

/* Copies of volumes that hold no Windows: what is mounted in them is led on by
 * the names that the machine has now.  */
static int take_live_names(struct state *s, struct err *reterr)
{
	struct machine *m = s->h->m, *t = &s->then;
	const struct model *now = &m->model;
	struct model *o = &t->model;

	if (o->n_installations > 0 || now->n_installations == 0)
		return 0;
	s->live_names = true;
	o->n_installations = t->n_installations = now->n_installations;
	o->n_names = now->n_names;
	o->installations = arena_copy(m->arena, now->installations,
				      now->n_installations *
				      sizeof(o->installations[0]));
	t->installations = arena_copy(m->arena, m->installations,
				      now->n_installations *
				      sizeof(t->installations[0]));
	o->names = arena_copy(m->arena, now->names,
			      now->n_names * sizeof(o->names[0]));
	if (o->installations == NULL || t->installations == NULL ||
	    (o->n_names > 0 && o->names == NULL))
		return err_set(reterr, ERR_NOMEM, 0, "shadow copy", 0, 0);
	return 0;
}

static int analyse_then(struct state *s, struct err *reterr)
{
	static int (*const steps[])(struct machine *, struct err *) = {
		machine_read_remote_databases, machine_index_guids,
		machine_resolve_names, machine_name_volumes,
		machine_list_mounts, machine_find_name_history,
		machine_read_users,
	};
	int r = machine_find_installations(&s->then, reterr);

	if (r == 0)
		r = take_live_names(s, reterr);
	for (size_t i = 0; r == 0 && i < sizeof(steps) / sizeof(steps[0]); i++)
		r = steps[i](&s->then, reterr);
	return r;
}

/* The installation of the map that lies where @then does; NONE: none.  */
static size_t same_place(const struct model *o,
			 const struct machine_installation *then)
{
	for (size_t i = 0; i < o->n_installations; i++) {
		const struct machine_installation *now = &o->installations[i];

		if (now->volume == then->volume &&
		    now->system_root.utf8 != NULL &&
		    then->system_root.utf8 != NULL &&
		    ascii_compare(now->system_root.utf8,
				  then->system_root.utf8) == 0)
			return i;
	}
	return NONE;
}

static int match_installations(struct state *s, struct err *reterr)
{
	const struct model *then = &s->then.model;

	s->installations = arena_alloc(s->h->m->arena,
				       (then->n_installations + 1) *
				       sizeof(s->installations[0]));
	if (s->installations == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "shadow copy", 0, 0);
	for (size_t i = 0; i < then->n_installations; i++)
		s->installations[i] = same_place(&s->h->m->model,
						 &then->installations[i]);
	return 0;
}

/* The copy of @volume in the state; that has one.  */
static size_t copy_of(const struct state *s, size_t volume)
{
	for (size_t i = 0; i < s->n; i++)
		if (copy_at(s->h, s->copies[i])->volume == volume)
			return s->copies[i];
	return s->copies[0];
}

static int keep_names(struct state *s, struct err *reterr)
{
	const struct model *then = &s->then.model;
	int r = 0;

	for (size_t i = 0; i < then->n_names && !s->live_names && r == 0;
	     i++) {
		const struct machine_name *n = &then->names[i];
		const struct machine_installation *w =
			&then->installations[n->installation];
		const struct machine_former_name former = {
			.installation = s->installations[n->installation],
			.shadow_copy = copy_of(s, w->volume),
			.host_volume = w->volume,
			.hive = &w->hive,
			.name = n->name,
			.presence = n->presence,
			.lost = n->lost,
		};

		r = machine_add_former_name(s->h->m, &s->h->live, &former,
					    reterr);
	}
	return r;
}

/* What the older hives in a copy have, which are older still.  */
static int keep_older_names(struct state *s, struct err *reterr)
{
	const struct model *then = &s->then.model;
	int r = 0;

	for (size_t i = 0; i < then->n_former_names && r == 0; i++) {
		struct machine_former_name n = then->former_names[i];

		n.shadow_copy = copy_of(s, n.host_volume);
		n.older = true;
		if (n.installation != NONE)
			n.installation = s->installations[n.installation];
		r = machine_add_former_name(s->h->m, &s->h->live, &n, reterr);
	}
	return r;
}

static bool text_equal(const struct text *a, const struct text *b)
{
	if (a->utf8 == NULL || b->utf8 == NULL)
		return a->utf8 == b->utf8;
	return ascii_compare(a->utf8, b->utf8) == 0;
}

/* Whether the mount points are at the same place.  */
static bool is_same_place(const struct machine_former_mount *f,
			  const struct machine_mount *now)
{
	const struct machine_mount *then = f->mount;

	/* What was deleted then may still be there as deleted.  */
	if (now->kind != then->kind || (now->deleted && !then->deleted))
		return false;
	if (now->kind == MOUNT_DRIVE_ROOT)
		return now->installation == f->installation &&
		       text_equal(&now->directory, &then->directory);
	return now->host_volume == then->host_volume &&
	       text_equal(&now->path, &then->path);
}

/* Of a letter it counts where it leads, and where that is unknown, by which
 * id; of a directory, what stands in it.  */
static bool is_same_target(const struct machine_mount *then,
			   const struct machine_mount *now)
{
	if (then->kind == MOUNT_DRIVE_ROOT && then->resolution.volume != NONE)
		return then->resolution.volume == now->resolution.volume;
	return text_equal(&then->target, &now->target);
}

static enum name_change mount_change(const struct model *o,
				     const struct machine_former_mount *f)
{
	enum name_change change = NAME_ABSENT;

	for (size_t i = 0; i < o->n_mounts; i++) {
		if (!is_same_place(f, &o->mounts[i]))
			continue;
		if (is_same_target(f->mount, &o->mounts[i]))
			return NAME_SAME;
		change = NAME_DIFFERS;
	}
	return change;
}

static const struct ntfs_reparse *point_of(const struct model *then,
					   const struct machine_mount *p)
{
	for (size_t i = 0; i < then->n_reparses; i++)
		if (then->reparses[i].volume == p->host_volume &&
		    then->reparses[i].point->ref == p->ref)
			return then->reparses[i].point;
	return NULL;
}

static int keep_mount(struct state *s, const struct machine_mount *p,
		      struct err *reterr)
{
	const struct model *then = &s->then.model;
	struct model *o = &s->h->m->model;
	struct machine_former_mount *f;
	size_t volume = p->kind == MOUNT_DIRECTORY ? p->host_volume :
			then->installations[p->installation].volume;

	/* Of the letters that the machine has now, a copy without a registry
	 * says nothing.  */
	if (p->kind == MOUNT_DRIVE_ROOT && s->live_names)
		return 0;
	f = arena_push(s->h->m->arena, &o->former_mounts, o->n_former_mounts,
		       sizeof(*f));
	if (f == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "mount point", 0, 0);
	*f = (struct machine_former_mount){
		.shadow_copy = copy_of(s, volume),
		.installation = p->installation == NONE ? NONE :
				s->installations[p->installation],
		.mount = p,
		.live_names = s->live_names,
	};
	if (p->kind == MOUNT_DIRECTORY)
		f->point = point_of(then, p);
	f->change = mount_change(o, f);
	o->n_former_mounts++;
	return 0;
}

static int keep_mounts(struct state *s, struct err *reterr)
{
	const struct model *then = &s->then.model;
	int r = 0;

	for (size_t i = 0; i < then->n_mounts && r == 0; i++)
		r = keep_mount(s, &then->mounts[i], reterr);
	return r;
}

static int keep_users(struct state *s, struct err *reterr)
{
	const struct model *then = &s->then.model;
	int r = 0;

	for (size_t i = 0; i < then->n_user_volumes && r == 0; i++) {
		const struct machine_user_volume *v = &then->user_volumes[i];
		const struct machine_user *u = &then->users[v->user];
		const struct machine_former_user_volume former = {
			.then = *v,
			.whose = u,
			.shadow_copy = copy_of(s, u->volume),
			.installation = s->installations[u->installation],
		};

		r = machine_add_former_trace(s->h->m, &s->h->traces, &former,
					     reterr);
	}
	return r;
}

/* Findings of the machine layer that tell of something which could not be read;
 * the others judge a map.  */
static bool is_kept(const struct diag_kind *kind)
{
	static const struct diag_kind *const kept[] = {
		&FINDING_VOLUME_UNREADABLE, &FINDING_REPARSE_UNREADABLE,
		&FINDING_HIVE_UNREADABLE, &FINDING_ROOT_NOT_SEARCHED,
		&FINDING_REMOTE_DATABASE_UNREADABLE,
		&FINDING_INSTALLATIONS_CUT, &FINDING_MOUNTS_CUT,
		&FINDING_OLDER_HIVES_CUT, &FINDING_PROFILES_CUT,
		&FINDING_PROFILES_NOT_SEARCHED,
	};

	if (strncmp(kind->code, "CM06", 4) != 0)
		return true;
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (kind == kept[i])
			return true;
	return false;
}

/* The same bytes were found so before: in the volume as it is, or in another
 * copy.  */
static bool is_known(const struct diag_list *list, const struct diag *d)
{
	const struct cite *c = d->cites.list;

	for (size_t i = 0; i < list->n && d->cites.n > 0; i++) {
		const struct diag *x = &list->list[i];

		if (x->kind == d->kind && x->cites.n > 0 &&
		    x->cites.list[0].image == c->image &&
		    x->cites.list[0].offset == c->offset)
			return true;
	}
	return false;
}

static void keep_findings(struct state *s)
{
	struct diag_list *list = &s->h->m->model.findings;
	const struct diag_list *then = &s->then.model.findings;

	list->where = NULL;
	for (size_t i = 0; i < then->n; i++) {
		const struct diag *d = &then->list[i];
		struct diag *kept;

		if (!is_kept(d->kind) || is_known(list, d))
			continue;
		kept = diag_add(list, d->kind, "in shadow%zu%s: %s",
				s->copies[0], s->n > 1 ? " and its set" : "",
				d->message);
		if (kept != NULL)
			cites_join(s->h->m->arena, &kept->cites, &d->cites);
	}
	list->lost |= then->lost;
}

static int read_state(struct state *s, struct err *reterr)
{
	int r = make_then(s, reterr);

	if (r < 0)
		return r;
	r = open_views(s, reterr);
	if (r == 0)
		r = analyse_then(s, reterr);
	if (r == 0)
		r = match_installations(s, reterr);
	if (r == 0)
		r = keep_names(s, reterr);
	if (r == 0)
		r = keep_older_names(s, reterr);
	if (r == 0)
		r = keep_mounts(s, reterr);
	if (r == 0)
		r = keep_users(s, reterr);
	if (r == 0)
		keep_findings(s);
	close_views(s);
	return r;
}

/* False, and a finding, where no more are read.  */
static bool may_read(struct history *h)
{
	const uint64_t bytes = h->m->model.stats.bytes - h->bytes_before;
	size_t left = 0;

	if (h->n_read < MAX_COPIES_READ && bytes < MAX_BYTES_READ)
		return true;
	for (size_t i = 0; i < h->n_lanes; i++)
		left += h->lanes[i].end - h->lanes[i].first;
	diag_add(&h->m->model.findings, &FINDING_SHADOWS_CUT,
		 "%zu older shadow %s not read: %s.", left,
		 count_word(left, "copy is", "copies are"),
		 h->n_read < MAX_COPIES_READ ?
		 "more than 8 GiB were read of newer ones" :
		 "there are more than 1024");
	return false;
}

static int read_states(struct history *h, struct err *reterr)
{
	const struct model *o = &h->m->model;
	struct lane *l;
	int r = 0;

	/* Ends: each turn takes a copy out of a lane.  */
	while (r == 0 && (l = newest(h)) != NULL && may_read(h)) {
		struct state s = { .h = h };
		struct mark *mark = arena_push(h->m->arena, &h->marks,
					       h->n_marks, sizeof(*mark));

		if (mark == NULL)
			return err_set(reterr, ERR_NOMEM, 0, "shadow copies",
				       0, 0);
		*mark = (struct mark){ o->n_former_names, o->n_former_mounts,
				       o->n_former_user_volumes };
		h->n_marks++;
		r = take_set(h, l, &s, reterr);
		h->n_read += s.n;
		if (r == 0 && s.n > 0)
			r = read_state(&s, reterr);
	}
	return r;
}

/* The states were read from the newest on; the model has them in the order of
 * time.  */
static int put_in_order(struct history *h, struct err *reterr)
{
	struct model *o = &h->m->model;
	struct arena *a = h->m->arena;
	struct mark end = { o->n_former_names, o->n_former_mounts,
			    o->n_former_user_volumes };
	struct machine_former_name *names, *name;
	struct machine_former_mount *mounts, *mount;
	struct machine_former_user_volume *traces, *trace;

	if (h->n_marks == 0)
		return 0;
	name = names = arena_alloc(a, (end.names + 1) * sizeof(*names));
	mount = mounts = arena_alloc(a, (end.mounts + 1) * sizeof(*mounts));
	trace = traces = arena_alloc(a, (end.traces + 1) * sizeof(*traces));
	if (names == NULL || mounts == NULL || traces == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "shadow copies", 0, 0);
	for (size_t i = 0; i < h->marks[0].names; i++)
		*name++ = o->former_names[i];
	for (size_t k = h->n_marks; k-- > 0; end = h->marks[k]) {
		for (size_t i = h->marks[k].names; i < end.names; i++)
			*name++ = o->former_names[i];
		for (size_t i = h->marks[k].mounts; i < end.mounts; i++)
			*mount++ = o->former_mounts[i];
		for (size_t i = h->marks[k].traces; i < end.traces; i++)
			*trace++ = o->former_user_volumes[i];
	}
	o->former_names = names;
	o->former_mounts = mounts;
	o->former_user_volumes = traces;
	return 0;
}

static int make_lanes(struct history *h, struct err *reterr)
{
	struct machine *m = h->m;
	const struct model *o = &m->model;

	h->lanes = arena_alloc(m->arena,
			       o->n_volumes * sizeof(h->lanes[0]));
	if (h->lanes == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "shadow copies", 0, 0);
	for (size_t i = 0; i < o->n_shadow_copies; i++) {
		const size_t volume = o->shadow_copies[i].volume;
		struct lane *l;

		if (volume == NONE)
			break;
		if (i == 0 || o->shadow_copies[i - 1].volume != volume) {
			l = &h->lanes[h->n_lanes++];
			l->first = i;
			shadow_stack_init(&l->stack,
					  m->volumes[volume].window,
					  &h->budget, m->arena,
					  &m->model.findings);
		}
		h->lanes[h->n_lanes - 1].end = i + 1;
	}
	return 0;
}

int machine_read_shadow_copies(struct machine *m, struct err *reterr)
{
	struct history h = {
		.m = m, .budget = { MAX_DESCRIPTORS },
		.bytes_before = m->model.stats.bytes,
	};
	int r;

	if (!m->options.shadows || m->model.n_shadow_copies == 0)
		return 0;
	r = machine_sort_live_names(m, &h.live, reterr);
	if (r == 0)
		r = machine_sort_traces(m, &h.traces, reterr);
	if (r == 0)
		r = make_lanes(&h, reterr);
	if (r == 0)
		r = read_states(&h, reterr);
	for (size_t i = 0; i < h.n_lanes; i++)
		shadow_stack_done(&h.lanes[i].stack);
	return r < 0 ? r : put_in_order(&h, reterr);
}
