#include "machine/place.h"

#include "machine/internal.h"

/* What is there of the path, which was found or not, for the paths by which
 * the volume is reached.  */
static const char *inside_of(struct arena *a, const struct target *t,
			     const struct place *p)
{
	const struct path_walk *w = &p->walk;
	const char *colon = w->stream != NULL ? ":" : "";
	const char *stream = w->stream != NULL ? w->stream : "";
	size_t named = 0, last = 0;

	for (size_t i = 0; i < p->n_owners; i++)
		if (p->owners[i].owner.in_use &&
		    p->owners[i].path.state == PATH_WHOLE) {
			last = i;
			named++;
		}
	if (named == 1)
		return p->owners[last].path.text.utf8;
	if (t->form == TARGET_OFFSET || t->form == TARGET_DISK)
		return "\\";
	if (w->end == WALK_FOUND || w->end == WALK_NO_STREAM)
		return arena_printf(a, "%s%s%s", w->path, colon, stream);
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

static int fill(struct machine *m, size_t installation,
		const struct target *t, struct arena *a, struct place *p,
		struct err *reterr)
{
	const char *inside;
	int r;

	p->volume = p->match.volume;
	p->partition = p->match.partition;
	p->disk = p->match.disk;
	if (p->volume == NONE)
		return 0;
	if (t->form == TARGET_OFFSET) {
		p->volume_offset = t->offset;
		place_add_owners(m, a, p);
	} else {
		r = path_walk(m, installation, p->volume, t->path, a, &p->walk,
			      reterr);
		if (r < 0)
			return r;
		p->walked = true;
		if (p->walk.volume != p->volume)
			move_to(m, p, p->walk.volume);
		if (p->walk.end == WALK_FOUND && *t->path != '\0')
			place_add_file(m, a, p);
	}
	inside = inside_of(a, t, p);
	if (inside != NULL)
		place_add_paths(m, a, inside, p);
	return 0;
}

int target_places(struct machine *m, size_t installation,
		  const struct target *t, struct arena *a, struct places *ret,
		  struct err *reterr)
{
	struct places places = { .target = t, .installation = installation };
	struct target_matches found;
	int r = target_find(m, installation, t, a, &found, reterr);

	if (r < 0)
		return r;
	places.cut = found.cut;
	places.why_none = found.why_none;
	places.list = arena_alloc(a, (found.n + 1) * sizeof(places.list[0]));
	for (size_t i = 0; places.list != NULL && i < found.n; i++) {
		places.list[i].match = found.list[i];
		r = fill(m, installation, t, a, &places.list[i], reterr);
		if (r < 0)
			return r;
		places.n++;
	}
	if (arena_failed(a) || arena_failed(m->arena))
		return err_set(reterr, ERR_NOMEM, 0, "target", 0, 0);
	*ret = places;
	return 0;
}
