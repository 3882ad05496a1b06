/*
 * api_device.c - the public interface: device numbers, and extents of volumes
 */
#include "report/api.h"

#include <string.h>

#include "report/device_report.h"

struct device_request {
	const struct model *model;
	struct arena *arena;
	const char *shape;
	bool verbose;
	struct device_numbers found;
};

static int no_memory(struct cm_error *error)
{
	return api_fail(error, CM_ERROR_MEMORY, "out of memory");
}

static int find(const struct cm_machine *m, const char *target,
		const struct cm_report_options *o, struct device_request *q,
		struct cm_error *error)
{
	struct disk_target t;
	struct target_error bad;
	struct err e = { 0 };
	size_t installation = NONE;
	int r = api_installation(m, o, &installation, error);

	if (r < 0)
		return r;
	if (target == NULL)
		return api_fail(error, CM_ERROR_ARGUMENT, "nothing is named");
	if (disk_target_parse(q->arena, target, &t, &bad) < 0)
		return arena_failed(q->arena) ? no_memory(error) :
		       api_fail_text(error, CM_ERROR_ARGUMENT, bad.text);
	if (device_numbers_find(m->machine, installation, &t, q->arena,
				&q->found, &e) < 0)
		return api_fail_err(error, &e);
	if (q->found.n == 0)
		return api_fail_text(error, CM_ERROR_NOT_FOUND,
				     q->found.why_none != NULL ?
				     q->found.why_none :
				     "nothing in this evidence has that name");
	return 0;
}

/* What a call writes when its target was found; *@ret_count: how many.  */
typedef int answer_fn(const struct device_request *q, struct out *out,
		      size_t *ret_count, struct cm_error *error);

static int answer(const struct cm_machine *m, const char *target,
		  const char *shape, const struct cm_report_options *o,
		  answer_fn *fn, struct out *out, size_t *ret_count,
		  struct cm_error *error)
{
	struct device_request q = {
		.model = machine_model(m->machine), .arena = arena_new(),
		.shape = shape != NULL ? shape : "text",
		.verbose = o != NULL && o->verbose,
	};
	size_t n = 0;
	int r = q.arena == NULL ? no_memory(error) :
				  find(m, target, o, &q, error);

	if (r == 0)
		r = fn(&q, out, &n, error);
	if (r == 0 && arena_failed(q.arena))
		r = no_memory(error);
	if (r == 0 && out_end(out) < 0)
		r = api_fail(error, CM_ERROR_WRITE,
			     "the answer could not be written");
	if (r == 0 && ret_count != NULL)
		*ret_count = n;
	arena_free(q.arena);
	return r;
}

static int unknown_shape(struct cm_error *error)
{
	return api_fail(error, CM_ERROR_ARGUMENT, "unknown shape");
}

/* --- device numbers ------------------------------------------------------- */

static int write_numbers(const struct device_request *q, struct out *out,
			 size_t *ret_count, struct cm_error *error)
{
	int r;

	if (strcmp(q->shape, "json") == 0)
		r = device_numbers_json(q->model, &q->found, out);
	else if (strcmp(q->shape, "text") == 0)
		r = device_numbers_text(q->model, &q->found, q->verbose, out);
	else
		return unknown_shape(error);
	*ret_count = q->found.n;
	return r < 0 ? no_memory(error) : 0;
}

int cm_device_number(const struct cm_machine *m, const char *target,
		     const char *shape, const struct cm_report_options *o,
		     cm_write_fn *write, void *ctx, size_t *ret_count,
		     struct cm_error *error)
{
	struct out out;
	int r = api_check_writing(m, write, error);

	if (r < 0)
		return r;
	out_init(&out, write, ctx);
	return answer(m, target, shape, o, write_numbers, &out, ret_count,
		      error);
}

static void give(const struct device_number *d, struct cm_storage_device *ret)
{
	bool answers = d->error == DEVICE_ANSWERS;

	*ret = (struct cm_storage_device){
		.error = (uint32_t)d->error,
		.device_type = answers ? (uint32_t)d->type : 0,
		.device_number = answers ? d->number : 0,
		.partition_number = answers ? d->partition_number : 0,
		.volume = d->volume, .partition = d->partition,
		.disk = d->disk,
		.tier = tier_name(d->tier),
		.certainty = certainty_name(d->certainty),
	};
}

int cm_storage_devices(const struct cm_machine *m, const char *target,
		       const struct cm_report_options *o,
		       struct cm_storage_device *list, size_t n,
		       size_t *ret_count, struct cm_error *error)
{
	struct device_request q = { .arena = arena_new() };
	int r = q.arena == NULL ? no_memory(error) :
		list == NULL && n > 0 ?
		api_fail(error, CM_ERROR_ARGUMENT,
			 "there is nowhere to put the devices") :
		find(m, target, o, &q, error);

	for (size_t i = 0; r == 0 && i < n && i < q.found.n; i++)
		give(&q.found.list[i], &list[i]);
	if (r == 0 && ret_count != NULL)
		*ret_count = q.found.n;
	arena_free(q.arena);
	return r;
}

/* --- extents -------------------------------------------------------------- */

struct place_list {
	struct volume_place *list;
	size_t n;
};

static void add_place(struct place_list *places, size_t volume,
		      const struct device_number *by)
{
	for (size_t i = 0; i < places->n; i++)
		if (places->list[i].volume == volume)
			return;
	places->list[places->n++] = (struct volume_place){ volume, by };
}

/* The volumes that are meant: of a disk, or of a partition without one of its
 * own, those that lie in it.  */
static int list_places(const struct device_request *q, struct place_list *ret)
{
	ret->list = arena_alloc(q->arena, (q->model->n_volumes + 1) *
						  sizeof(*ret->list));
	if (ret->list == NULL)
		return -1;
	for (size_t i = 0; i < q->found.n; i++) {
		const struct device_number *d = &q->found.list[i];

		if (d->error == DEVICE_NOT_FOUND)
			continue;
		for (size_t k = 0; k < d->n_volumes; k++)
			if (d->volume == NONE || d->volumes[k] == d->volume)
				add_place(ret, d->volumes[k], d);
	}
	return 0;
}

static int write_extent_bytes(const struct device_request *q,
			      const struct place_list *places, struct out *out,
			      struct cm_error *error)
{
	size_t volume = places->list[0].volume;
	struct err e = { 0 };
	struct span bytes;

	if (places->n > 1)
		return api_fail(error, CM_ERROR_ARGUMENT, "several volumes "
				"match, but bytes can be written for one only");
	if (!volume_extents_are_here(&q->model->volumes[volume]))
		return api_fail(error, CM_ERROR_NOT_FOUND, "part of the volume "
				"lies on a disk that is not in this evidence "
				"and has no number");
	if (volume_extents_make(q->model, volume, q->arena, &bytes, &e) < 0)
		return api_fail_err(error, &e);
	out_bytes(out, bytes.p, bytes.n);
	return 0;
}

/* Why Windows has no volume where one was asked for.  */
static const char *why_no_volume(const struct device_request *q)
{
	const struct device_number *d = q->found.list;

	return q->found.n > 0 && d->error != DEVICE_ANSWERS &&
	       d->reason != NULL ?
	       d->reason : "no volume in this evidence matches";
}

static int write_extents(const struct device_request *q, struct out *out,
			 size_t *ret_count, struct cm_error *error)
{
	struct place_list places = { 0 };
	int r;

	if (list_places(q, &places) < 0)
		return no_memory(error);
	if (places.n == 0)
		return api_fail(error, CM_ERROR_NOT_FOUND, why_no_volume(q));
	*ret_count = places.n;
	if (strcmp(q->shape, "binary") == 0)
		return write_extent_bytes(q, &places, out, error);
	if (strcmp(q->shape, "json") == 0)
		r = volume_extents_json(q->model, places.list, places.n, out);
	else if (strcmp(q->shape, "text") == 0)
		r = volume_extents_text(q->model, places.list, places.n,
					q->verbose, out);
	else
		return unknown_shape(error);
	return r < 0 ? no_memory(error) : 0;
}

int cm_extents(const struct cm_machine *m, const char *target,
	       const char *shape, const struct cm_report_options *o,
	       cm_write_fn *write, void *ctx, size_t *ret_count,
	       struct cm_error *error)
{
	struct out out;
	int r = api_check_writing(m, write, error);

	if (r < 0)
		return r;
	out_init(&out, write, ctx);
	return answer(m, target, shape, o, write_extents, &out, ret_count,
		      error);
}
