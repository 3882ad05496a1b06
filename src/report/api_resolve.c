/*
 * api_resolve.c - the public interface to where a name leads
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/filetime.h"
#include "report/api.h"
#include "report/columns_place.h"
#include "report/resolve_report.h"

static const struct resolve_shape *shape_find(const char *name)
{
	for (size_t i = 0; i < n_resolve_shapes; i++)
		if (name == NULL || strcmp(resolve_shapes[i].name, name) == 0)
			return &resolve_shapes[i];
	return NULL;
}

bool cm_resolve_shape(size_t i, const char **ret_name, const char **ret_purpose)
{
	if (i >= n_resolve_shapes)
		return false;
	api_give(ret_name, resolve_shapes[i].name);
	api_give(ret_purpose, resolve_shapes[i].purpose);
	return true;
}

bool cm_target_form(size_t i, const char **ret_form)
{
	if (i >= n_target_forms)
		return false;
	api_give(ret_form, target_forms[i]);
	return true;
}

/* The place of an error is told in characters, as an editor counts them.  */
static int fail_target(struct cm_error *error, const char *target,
		       const struct target_error *e)
{
	size_t column = 1;
	char text[sizeof(e->text) + 64];

	for (size_t i = 0; i < e->at; i++)
		column += ((unsigned char)target[i] & 0xc0) != 0x80;
	snprintf(text, sizeof(text), "target, character %zu: %s", column,
		 e->text);
	return api_fail(error, CM_ERROR_ARGUMENT, text);
}

static int parse(struct arena *a, const char *target, struct target *ret,
		 struct cm_error *error)
{
	struct target_error e;

	if (target == NULL)
		return api_fail(error, CM_ERROR_ARGUMENT,
				"there is no target");
	if (target_parse(a, target, ret, &e) == 0)
		return 0;
	if (arena_failed(a))
		return api_fail(error, CM_ERROR_MEMORY, "out of memory");
	return fail_target(error, target, &e);
}

int cm_target_check(const char *target, struct cm_error *error)
{
	struct arena *a = arena_new();
	struct target t;
	int r;

	if (a == NULL)
		return api_fail(error, CM_ERROR_MEMORY, "out of memory");
	r = parse(a, target, &t, error);
	arena_free(a);
	return r;
}

static bool is_found(const struct place *p)
{
	return !p->absent && (!p->walked || p->walk.end == WALK_FOUND);
}

/* How many of @p are what was asked for.  */
static size_t count_found(const struct places *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += is_found(&p->list[i]);
	return n;
}

/* Find what @target means, into @a.  */
static int find(const struct cm_machine *m, struct arena *a,
		const char *target, int installation, struct target *ret_target,
		struct places *ret, struct cm_error *error)
{
	const struct cm_report_options o = {
		.one_installation = installation != -1,
		.installation = (unsigned)installation,
	};
	struct err e = { 0 };
	size_t index = NONE;
	int r = api_installation(m, &o, &index, error);

	if (r == 0)
		r = parse(a, target, ret_target, error);
	if (r < 0)
		return r;
	if (target_places(m->machine, index, ret_target, a, ret, &e) < 0)
		return api_fail_err(error, &e);
	return 0;
}

static int answer(const struct cm_machine *m, struct arena *a,
		  const char *target, const struct resolve_shape *shape,
		  int installation, struct out *out, size_t *ret_count,
		  struct cm_error *error)
{
	const struct report_options options = { 0 };
	struct places places;
	struct resolve_answer all = { target, &places };
	struct target t;
	int r = find(m, a, target, installation, &t, &places, error);

	if (r < 0)
		return r;
	if (shape->write(machine_model(m->machine), &all, &options, out) < 0)
		return api_fail(error, CM_ERROR_MEMORY, "out of memory");
	if (out_end(out) < 0)
		return api_fail(error, CM_ERROR_WRITE,
				"the answer could not be written");
	if (ret_count != NULL)
		*ret_count = count_found(&places);
	return 0;
}

int cm_resolve(const struct cm_machine *m, const char *target,
	       const char *shape, int installation, cm_write_fn *write,
	       void *ctx, size_t *ret_count, struct cm_error *error)
{
	const struct resolve_shape *s = shape_find(shape);
	struct arena *a;
	struct out out;
	int r;

	if (s == NULL)
		return api_fail(error, CM_ERROR_ARGUMENT, "unknown shape");
	r = api_check_writing(m, write, error);
	if (r < 0)
		return r;
	a = arena_new();
	if (a == NULL)
		return api_fail(error, CM_ERROR_MEMORY, "out of memory");
	out_init(&out, write, ctx);
	r = answer(m, a, target, s, installation, &out, ret_count, error);
	arena_free(a);
	return r;
}

/* --- places as structs ---------------------------------------------------- */

struct cm_places {
	struct arena *arena;
	const char *reason;
	struct cm_place *list;
	size_t n;
};

static struct cm_place_hop hop_of(struct arena *a, const struct walk_hop *h)
{
	return (struct cm_place_hop){
		.kind = hop_kind_name(h->kind), .volume = h->volume,
		.path = h->path, .mft_record = NTFS_RECORD(h->ref),
		.target = h->target.utf8, .leads_to = h->to,
		.tier = tier_name(h->tier),
		.certainty = certainty_name(h->certainty),
		.citations = api_citations(a, &h->cites, NULL),
	};
}

static struct cm_file_extent extent_of(const struct place_extent *e)
{
	return (struct cm_file_extent){
		.file_offset = e->file_offset, .length = e->length,
		.stored = e->stored, .copy = e->copy, .disk = e->disk,
		.image = e->in_image ? e->at.image : NONE,
		.offset = e->in_image ? e->at.offset : 0,
		.encrypted = e->in_image && e->at.encrypted,
		.zeros = e->zeros,
	};
}

static struct cm_place_path path_of(struct arena *a, const struct place_path *p)
{
	char buf[FILETIME_TEXT_BYTES];

	return (struct cm_place_path){
		.path = p->path, .live = p->live,
		.basis = path_basis_name(p->basis),
		.installation = p->installation,
		.time = p->time == 0 ? NULL :
			arena_strdup(a, filetime_text(p->time, buf)),
		.tier = p->resolved ? tier_name(p->tier) : NULL,
		.certainty = p->resolved ? certainty_name(p->certainty) : NULL,
		.citations = api_citations(a, &p->cites, NULL),
	};
}

/* The lists of a place.  */
static bool add_lists(struct arena *a, const struct place *p,
		      struct cm_place *ret)
{
	struct cm_place_hop *hops = arena_alloc(a, p->walk.n_hops *
						   sizeof(*hops) + 1);
	struct cm_file_extent *extents = arena_alloc(a, p->n_extents *
						     sizeof(*extents) + 1);
	struct cm_place_path *paths = arena_alloc(a, p->n_paths *
						     sizeof(*paths) + 1);

	if (hops == NULL || extents == NULL || paths == NULL)
		return false;
	for (size_t i = 0; i < p->walk.n_hops; i++)
		hops[i] = hop_of(a, &p->walk.hops[i]);
	for (size_t i = 0; i < p->n_extents; i++)
		extents[i] = extent_of(&p->extents[i]);
	for (size_t i = 0; i < p->n_paths; i++)
		paths[i] = path_of(a, &p->paths[i]);
	ret->hops = hops;
	ret->n_hops = p->walk.n_hops;
	ret->extents = extents;
	ret->n_extents = p->n_extents;
	ret->paths = paths;
	ret->n_paths = p->n_paths;
	return true;
}

static struct cm_place place_of(struct arena *a, const struct place *p)
{
	const struct ntfs_stream_place *s = &p->stream;

	return (struct cm_place){
		.volume = p->volume, .partition = p->partition, .disk = p->disk,
		.tier = tier_name(p->match.tier),
		.certainty = certainty_name(p->match.certainty),
		.why = p->match.why,
		.found = is_found(p),
		.end = p->walked ? walk_end_name(p->walk.end) : NULL,
		.reason = p->walked && p->walk.why != NULL ? p->walk.why :
			  p->note,
		.path = p->walk.path, .rest = p->walk.rest,
		.stream = p->walk.stream,
		.has_file = p->has_record,
		.mft_record = NTFS_RECORD(p->record.ref),
		.sequence = NTFS_SEQUENCE(p->record.ref),
		.is_directory = p->record.is_directory,
		.has_data = p->has_stream, .size = s->size,
		.is_resident = s->resident, .is_compressed = s->compressed,
		.is_sparse = s->sparse, .is_encrypted = s->encrypted,
		.has_offset = p->has_offset,
		.volume_offset = p->has_offset ? p->volume_offset : 0,
		.citations = api_citations(a, &p->match.cites, NULL),
		.initialised = s->initialised,
	};
}

static int fill(const struct cm_machine *m, const char *target,
		int installation, struct cm_places *p, struct cm_error *error)
{
	struct places found;
	struct target t;
	int r = find(m, p->arena, target, installation, &t, &found, error);

	if (r < 0)
		return r;
	p->reason = found.why_none;
	p->list = arena_alloc(p->arena, found.n * sizeof(*p->list) + 1);
	for (; p->list != NULL && p->n < found.n; p->n++) {
		p->list[p->n] = place_of(p->arena, &found.list[p->n]);
		if (!add_lists(p->arena, &found.list[p->n], &p->list[p->n]))
			break;
	}
	if (arena_failed(p->arena))
		return api_fail(error, CM_ERROR_MEMORY, "out of memory");
	return 0;
}

int cm_places_new(const struct cm_machine *m, const char *target,
		  int installation, struct cm_places **ret,
		  struct cm_error *error)
{
	struct cm_places *p;
	int r;

	if (ret == NULL)
		return api_fail(error, CM_ERROR_ARGUMENT,
				"there is nowhere to put the places");
	p = calloc(1, sizeof(*p));
	if (p != NULL)
		p->arena = arena_new();
	if (p == NULL || p->arena == NULL) {
		free(p);
		return api_fail(error, CM_ERROR_MEMORY, "out of memory");
	}
	r = fill(m, target, installation, p, error);
	if (r < 0) {
		cm_places_free(p);
		return r;
	}
	*ret = p;
	return 0;
}

void cm_places_free(struct cm_places *p)
{
	if (p == NULL)
		return;
	arena_free(p->arena);
	free(p);
}

const struct cm_place *cm_place_at(const struct cm_places *p, size_t i)
{
	return p != NULL && i < p->n ? &p->list[i] : NULL;
}

const char *cm_places_reason(const struct cm_places *p)
{
	return p != NULL ? p->reason : NULL;
}
