/*
 * resolve_api.c - the public interface to where a name leads
 */
#include <stdio.h>
#include <string.h>

#include "report/api.h"
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
	*ret_name = resolve_shapes[i].name;
	*ret_purpose = resolve_shapes[i].purpose;
	return true;
}

bool cm_target_form(size_t i, const char **ret_form)
{
	if (i >= n_target_forms)
		return false;
	*ret_form = target_forms[i];
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

/* How many of @p are what was asked for.  */
static size_t count_found(const struct places *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += !p->list[i].walked || p->list[i].walk.end == WALK_FOUND;
	return n;
}

static int answer(const struct cm_machine *m, struct arena *a,
		  const char *target, const struct resolve_shape *shape,
		  size_t installation, struct out *out, size_t *ret_count,
		  struct cm_error *error)
{
	const struct report_options options = { 0 };
	struct places places;
	struct resolve_answer all = { target, &places };
	struct err e = { 0 };
	struct target t;
	int r = parse(a, target, &t, error);

	if (r < 0)
		return r;
	if (target_places(m->machine, installation, &t, a, &places, &e) < 0)
		return api_fail_err(error, &e);
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
	size_t n, index = NONE;
	struct arena *a;
	struct out out;
	int r;

	if (s == NULL)
		return api_fail(error, CM_ERROR_ARGUMENT, "unknown shape");
	if (!m->analysed)
		return api_fail(error, CM_ERROR_ARGUMENT,
				"the machine was not analysed");
	n = machine_model(m->machine)->n_installations;
	if (installation < -1 ||
	    (installation >= 0 && (size_t)installation >= n))
		return api_fail(error, CM_ERROR_ARGUMENT,
				"there is no such installation");
	if (n > 0)
		index = installation < 0 ? 0 : (size_t)installation;
	a = arena_new();
	if (a == NULL)
		return api_fail(error, CM_ERROR_MEMORY, "out of memory");
	out_init(&out, write, ctx);
	r = answer(m, a, target, s, index, &out, ret_count, error);
	arena_free(a);
	return r;
}
