/*
 * disk_numbers.c - which PhysicalDrive each supplied disk was
 *
 * A disk does not know its number: Windows gives it anew at each start, in the
 * order in which disks come.  The partition manager's log has the numbers of
 * the past.  A disk gets the one with which it came last, where
 *
 *   - the caller has given none, and no other disk the same;
 *   - no disk that came later had the same.  Those two were not there at one
 *     time, and the later start is nearer to what was captured.
 *
 * The registry of a machine that was exported while it ran has numbers, too,
 * but only as the order of the disks that are there: they fill in what no log
 * has.
 *
 * Where several installations have seen the disk, the log counts first in which
 * a supplied disk came last of all: that installation ran last.  Numbers of
 * different installations belong to different starts, so the others only fill
 * in what that log does not know.
 */
#include <stdlib.h>

#include "machine/internal.h"
#include "mountmgr/partition_events.h"

/* A disk that came for the last time, by the log of one installation.  */
struct arrival {
	size_t disk;
	const struct machine_disk_event *event;
	uint64_t latest;	/* time of the latest one of its installation */
};

struct arrivals {
	struct arrival *list;
	size_t n;
};

static bool is_arrival(const struct machine_disk_event *e)
{
	return e->disk != NONE && e->event->has_number &&
	       e->event->has_capacity && e->event->capacity > 0;
}

/* Of the log in use; archived ones are older whatever their ids, which begin
 * anew where its file was deleted.  */
static bool in_use(const struct partition_event *e)
{
	return e->log == 0;
}

/* Whether @a says more of the number of @d than @b, of the same installation.
 * Ids tell the order, since the clock may have been set; remnants come from
 * before the log was emptied.  An event of another size is of a clone, or of an
 * image that is cut.  */
static bool is_better(const struct machine_disk *d,
		      const struct machine_disk_event *a,
		      const struct machine_disk_event *b)
{
	bool fits_a = a->event->capacity == d->table.size;
	bool fits_b = b->event->capacity == d->table.size;

	if (fits_a != fits_b)
		return fits_a;
	if (a->event->remnant != b->event->remnant)
		return b->event->remnant;
	if (in_use(a->event) != in_use(b->event))
		return in_use(a->event);
	return a->event->record >= b->event->record;
}

/* The last arrival of each disk in the events [@first, @end), which are those
 * of one installation.  */
static void add_arrivals(struct machine *m, size_t first, size_t end,
			 const struct machine_disk_event **last,
			 struct arrivals *a)
{
	const struct model *o = &m->model;
	uint64_t latest = 0;
	size_t n = a->n;

	for (size_t i = 0; i < o->n_disks; i++)
		last[i] = NULL;
	for (size_t i = first; i < end; i++) {
		const struct machine_disk_event *e = &o->disk_events[i];

		if (is_arrival(e) &&
		    (last[e->disk] == NULL ||
		     is_better(&o->disks[e->disk], e, last[e->disk])))
			last[e->disk] = e;
	}
	for (size_t i = 0; i < o->n_disks; i++) {
		if (last[i] == NULL)
			continue;
		a->list[a->n++] = (struct arrival){ i, last[i], 0 };
		if (last[i]->event->time > latest)
			latest = last[i]->event->time;
	}
	for (; n < a->n; n++)
		a->list[n].latest = latest;
}

static int collect(struct machine *m, struct arrivals *a, struct err *reterr)
{
	const struct model *o = &m->model;
	const struct machine_disk_event **last;

	last = calloc(o->n_disks + 1, sizeof(*last));
	a->list = calloc(o->n_disks * o->n_installations + 1, sizeof(*a->list));
	if (a->list == NULL || last == NULL) {
		free(last);
		return err_set(reterr, ERR_NOMEM, 0, "disk numbers", 0, 0);
	}
	for (size_t i = 0, end; i < o->n_disk_events; i = end) {
		size_t installation = o->disk_events[i].installation;

		for (end = i; end < o->n_disk_events &&
		     o->disk_events[end].installation == installation;)
			end++;
		add_arrivals(m, i, end, last, a);
	}
	free(last);
	return 0;
}

/* Those that count first come first.  */
static int compare_arrivals(const void *a, const void *b)
{
	const struct arrival *x = a, *y = b;
	const struct partition_event *e = x->event->event;
	const struct partition_event *f = y->event->event;

	if (x->latest != y->latest)
		return x->latest > y->latest ? -1 : 1;
	if (x->event->installation != y->event->installation)
		return x->event->installation < y->event->installation ? -1 : 1;
	if (e->remnant != f->remnant)
		return e->remnant ? 1 : -1;
	if (in_use(e) != in_use(f))
		return in_use(e) ? -1 : 1;
	if (e->record != f->record)
		return e->record > f->record ? -1 : 1;
	return x->disk < y->disk ? -1 : x->disk > y->disk;
}

/* Somebody says that a disk has a number.  */
struct claim {
	size_t disk;
	unsigned number;
	const char *by;
	const struct cites *cites;
};

static void differs(struct machine *m, const struct diag_kind *kind,
		    const struct claim *c, const char *text)
{
	struct diag *d = diag_add(&m->model.findings, kind,
				  "disk%zu: %s has it as disk %u; %s.", c->disk,
				  c->by, c->number,
				  text != NULL ? text : kind->title);

	if (d != NULL)
		cites_join(m->arena, &d->cites, c->cites);
}

/* The disk that has @number for good; NONE: nobody.  */
static size_t owner_of(const struct model *o, unsigned number)
{
	for (size_t i = 0; i < o->n_disks; i++)
		if (o->disks[i].basis != NUMBER_ASSUMED &&
		    o->disks[i].number == number)
			return i;
	return NONE;
}

static void take_number(struct machine *m, const struct claim *c)
{
	struct model *o = &m->model;
	struct machine_disk *d = &o->disks[c->disk];
	size_t owner;

	if (d->basis == NUMBER_GIVEN && d->number != c->number)
		differs(m, &FINDING_NUMBER_GIVEN, c,
			arena_printf(m->arena, "disk %u was given, and is kept",
				     d->number));
	if (d->basis == NUMBER_RECORDED && d->number != c->number)
		differs(m, &FINDING_NUMBERS_DISAGREE, c,
			arena_printf(m->arena, "the log that counts has it as "
				     "disk %u", d->number));
	if (d->basis != NUMBER_ASSUMED)
		return;
	owner = owner_of(o, c->number);
	if (owner != NONE) {
		differs(m, &FINDING_NUMBER_TAKEN, c,
			arena_printf(m->arena, "that is the number of disk%zu, "
				     "which %s; this one's is assumed", owner,
				     o->disks[owner].basis == NUMBER_GIVEN ?
				     "was given it" :
				     "has it by what counts more"));
		return;
	}
	d->number = c->number;
	d->basis = NUMBER_RECORDED;
	cites_join(m->arena, &d->number_cites, c->cites);
}

static int take_arrival(struct machine *m, const struct arrival *a,
			struct err *reterr)
{
	const struct claim c = {
		a->disk, a->event->event->number,
		arena_printf(m->arena, "the log of windows%zu",
			     a->event->installation),
		&a->event->event->cites,
	};

	if (c.by == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "disk numbers", 0, 0);
	take_number(m, &c);
	return 0;
}

static int take_logs(struct machine *m, struct err *reterr)
{
	struct arrivals a = { 0 };
	int r;

	if (m->model.n_disk_events == 0)
		return 0;
	r = collect(m, &a, reterr);
	if (r == 0 && a.n > 0)
		qsort(a.list, a.n, sizeof(*a.list), compare_arrivals);
	for (size_t i = 0; i < a.n && r == 0; i++)
		r = take_arrival(m, &a.list[i], reterr);
	free(a.list);
	return r;
}

static int take_registries(struct machine *m, struct err *reterr)
{
	const struct model *o = &m->model;

	for (size_t i = 0; i < o->n_known_disks; i++) {
		const struct machine_known_disk *k = &o->known_disks[i];
		struct claim c = { k->disk, k->number, NULL, &k->cites };

		if (!k->has_number || k->disk == NONE ||
		    k->certainty == CERTAINTY_INFERRED)
			continue;
		c.by = arena_printf(m->arena, "the registry of windows%zu, "
				    "exported while it ran,", k->installation);
		if (c.by == NULL)
			return err_set(reterr, ERR_NOMEM, 0, "disk numbers", 0,
				       0);
		take_number(m, &c);
	}
	return 0;
}

static bool is_taken(const struct model *o, unsigned number, size_t but)
{
	for (size_t i = 0; i < o->n_disks; i++)
		if (i != but && o->disks[i].number == number)
			return true;
	return false;
}

/* Those that are still assumed keep their numbers where these are free, else
 * they get the lowest that is.  */
static void renumber_assumed(struct machine *m)
{
	struct model *o = &m->model;

	for (size_t i = 0; i < o->n_disks; i++) {
		struct machine_disk *d = &o->disks[i];
		unsigned next = 0;

		if (d->basis != NUMBER_ASSUMED ||
		    owner_of(o, d->number) == NONE)
			continue;
		while (is_taken(o, next, i))
			next++;
		d->number = next;
	}
}

int machine_number_disks(struct machine *m, struct err *reterr)
{
	int r = take_logs(m, reterr);

	if (r == 0)
		r = take_registries(m, reterr);
	if (r == 0)
		renumber_assumed(m);
	return r;
}
