#include "machine/place.h"

#include <string.h>

#include "format/attribute.h"
#include "machine/internal.h"

/* The one that has the byte; NULL where there are several, or none.  */
static const struct place_owner *owner_of(const struct place *p)
{
	const struct place_owner *one = NULL;

	for (size_t i = 0; i < p->n_owners; i++) {
		const struct place_owner *o = &p->owners[i];

		if (!o->owner.in_use || o->path.state != PATH_WHOLE)
			continue;
		if (one != NULL)
			return NULL;
		one = o;
	}
	return one;
}

static const char *with_stream(struct arena *a, const char *path,
			       const char *stream)
{
	return stream == NULL ? path : arena_printf(a, "%s:%s", path, stream);
}

/* The stream that the byte is of; NULL: of no named one.  */
static const char *stream_of(const struct place_owner *o)
{
	return o->owner.type == ATTRIBUTE_DATA && !o->is_record ?
	       o->owner.name.utf8 : NULL;
}

/* What is there of the path, which was found or not, for the paths by which
 * the volume is reached.  */
static const char *inside_of(struct arena *a, const struct target *t,
			     const struct place *p)
{
	const struct path_walk *w = &p->walk;

	if (t->form == TARGET_OFFSET || t->form == TARGET_DISK)
		return "\\";
	if (w->end == WALK_FOUND || w->end == WALK_NO_STREAM)
		return with_stream(a, w->path, w->stream);
	if (w->path[1] == '\0')
		return w->rest;
	return arena_printf(a, "%s%s%s", w->path, *w->rest != '\\' ? "\\" : "",
			    w->rest);
}

/* What a walk that ended on another volume has come to.  */
static void move_to(struct machine *m, struct place *p, size_t volume)
{
	const struct machine_volume *v = &m->model.volumes[volume];

	p->volume = volume;
	p->partition = v->kind == VOLUME_PARTITION ? v->partition : NONE;
	p->disk = v->kind != VOLUME_LDM && v->n_extents > 0 ?
		  v->extents[0].disk : NONE;
}

/* What is being put together.  */
struct putting {
	struct machine *m;
	size_t installation;
	const struct target *target;
	struct arena *arena;
	struct places *places;
};

static struct place *push(struct putting *u, const struct target_match *t)
{
	struct places *s = u->places;
	struct place *p;

	if (s->n == TARGET_MAX_MATCHES) {
		s->cut = true;
		return NULL;
	}
	p = arena_push(u->arena, &s->list, s->n, sizeof(*p));
	if (p == NULL)
		return NULL;
	s->n++;
	*p = (struct place){ .match = *t, .volume = t->volume,
			     .partition = t->partition, .disk = t->disk };
	return p;
}

static void add_inside(struct putting *u, struct place *p, const char *inside)
{
	if (inside != NULL)
		place_add_paths(u->m, u->arena, inside, p);
}

/* By each name of a file but @but.  */
static void add_links(struct putting *u, struct place *p,
		      const struct place_links *links, const char *but,
		      const char *stream)
{
	for (size_t i = 0; i < links->n; i++) {
		const char *path = links->list[i].text.utf8;

		if (links->list[i].state == PATH_WHOLE &&
		    (but == NULL || strcmp(path, but) != 0))
			add_inside(u, p, with_stream(u->arena, path, stream));
	}
}

static void add_paths(struct putting *u, struct place *p)
{
	const struct place_owner *owner = owner_of(p);

	if (owner != NULL) {
		add_links(u, p, &owner->links, NULL, stream_of(owner));
		return;
	}
	add_inside(u, p, inside_of(u->arena, u->target, p));
	if (p->walk.end == WALK_FOUND)
		add_links(u, p, &p->links, p->walk.path, p->walk.stream);
}

/* A match by itself, or by the byte of a disk.  */
static void add_plain(struct putting *u, const struct target_match *t)
{
	struct place *p = push(u, t);

	if (p == NULL)
		return;
	if (u->target->form == TARGET_OFFSET && p->partition == NONE &&
	    p->volume == NONE)
		p->note = place_why_bare(u->m, u->arena, p->disk,
					     u->target->offset);
	if (p->volume == NONE)
		return;
	p->volume_offset = u->target->offset;
	place_add_owners(u->m, u->arena, p);
	add_paths(u, p);
}

/* The mount manager follows no folder to a volume that is hidden.  */
static void note_hidden(const struct putting *u, struct place *p)
{
	const struct model *o = &u->m->model;
	size_t hidden = NONE;

	if (machine_is_hidden(o, p->volume))
		hidden = p->volume;
	for (size_t i = 0; i < p->walk.n_hops; i++)
		if (p->walk.hops[i].to != NONE &&
		    machine_is_hidden(o, p->walk.hops[i].to))
			hidden = p->walk.hops[i].to;
	if (hidden != NONE && p->note == NULL)
		p->note = arena_printf(u->arena, "volume%zu is hidden from the "
				       "mount manager by an attribute of its "
				       "partition: nothing leads there now.",
				       hidden);
}

static void add_walk(struct putting *u, const struct target_match *t,
		     const struct path_walk *w)
{
	struct place *p = push(u, t);

	if (p == NULL)
		return;
	p->walk = *w;
	p->walked = true;
	if (w->volume != p->volume)
		move_to(u->m, p, w->volume);
	if (w->end == WALK_FOUND && *u->target->path != '\0')
		place_add_file(u->m, u->arena, p);
	note_hidden(u, p);
	add_paths(u, p);
}

/* The file of the target's last name, colon and all, which may be meant and not
 * a stream.  */
static int add_file(struct putting *u, const struct target_match *t,
		    size_t choice, struct err *reterr)
{
	struct path_walk walk;
	int r = path_walk_file(u->m, u->installation, t->volume,
			       u->target->path, choice, u->arena, &walk,
			       reterr);

	if (r == 0)
		add_walk(u, t, &walk);
	return r;
}

/* Follow the path.  Where a link may lead to several volumes, each of these is
 * a place, and none is surer than the link.  */
static int add_walks(struct putting *u, const struct target_match *t,
		     struct err *reterr)
{
	struct path_walks all;
	int r = path_walk_all(u->m, u->installation, t->volume,
			      u->target->path, u->arena, &all, reterr);

	for (size_t i = 0; r == 0 && i < all.n; i++) {
		struct target_match doubtful = *t;

		path_walk_doubt(&all.list[i], &doubtful.certainty);
		if (all.list[i].or_file)
			doubtful.certainty = CERTAINTY_AMBIGUOUS;
		add_walk(u, &doubtful, &all.list[i]);
		if (all.list[i].or_file)
			r = add_file(u, &doubtful,
				     all.list[i].n_choices > 0 ? i : NONE,
				     reterr);
	}
	return r;
}

/* Nothing of this evidence is meant, but the paths of what is meant may be
 * known.  */
static void add_absent(struct putting *u, const char *why)
{
	const struct target_match none = {
		.volume = NONE, .partition = NONE, .disk = NONE,
		.certainty = CERTAINTY_NOT_IN_EVIDENCE, .why = why,
	};
	struct place *p = push(u, &none);

	if (p == NULL)
		return;
	p->absent = true;
	place_add_absent_paths(u->m, u->installation, u->target, u->arena, p);
	if (p->n_paths == 0)
		u->places->n = 0;
}

/* What was at that byte of the disk once, each a place that is not here.  */
static void add_formers(struct putting *u, size_t disk)
{
	struct place_former *list;
	size_t n;

	place_find_formers(u->m, u->arena, disk, u->target->offset, &list, &n);
	for (size_t i = 0; i < n; i++) {
		struct place *p = push(u, &list[i].match);

		if (p == NULL)
			return;
		p->absent = true;
		place_add_former_paths(u->m, u->installation, &list[i],
				       u->arena, p);
		if (p->n_paths == 0 && !list[i].kept)
			u->places->n--;
	}
}

/* The disks of a byte.  */
static void add_all_formers(struct putting *u, const struct target_matches *f)
{
	for (size_t i = 0; i < f->n; i++) {
		size_t k = 0;

		while (k < i && f->list[k].disk != f->list[i].disk)
			k++;
		if (k == i)
			add_formers(u, f->list[i].disk);
	}
}

int target_places(struct machine *m, size_t installation,
		  const struct target *t, struct arena *a, struct places *ret,
		  struct err *reterr)
{
	struct places places = { .target = t, .installation = installation };
	struct putting u = { m, installation, t, a, &places };
	struct target_matches found;
	int r = target_find(m, installation, t, a, &found, reterr);

	if (r < 0)
		return r;
	places.cut = found.cut;
	places.why_none = found.why_none;
	for (size_t i = 0; i < found.n; i++) {
		if (found.list[i].volume == NONE || t->form == TARGET_OFFSET)
			add_plain(&u, &found.list[i]);
		else if (add_walks(&u, &found.list[i], reterr) < 0)
			return ERR_NOMEM;
	}
	if (t->form == TARGET_OFFSET)
		add_all_formers(&u, &found);
	if (found.n == 0)
		add_absent(&u, found.why_none);
	if (arena_failed(a) || arena_failed(m->arena))
		return err_set(reterr, ERR_NOMEM, 0, "target", 0, 0);
	*ret = places;
	return 0;
}
