/*
 * api_layout.c - the public interface: partition tables as Windows gives them
 */
#include "report/api.h"

#include <string.h>

#include "base/bytes.h"
#include "machine/disk_target.h"
#include "report/drive_layout_report.h"

struct layout_request {
	struct machine *machine;
	struct arena *arena;
	enum { SHAPE_TEXT, SHAPE_JSON, SHAPE_BINARY, SHAPE_CACHED } shape;
	bool verbose;
	size_t installation;
	struct disk_target target;
};

static int read_shape(const char *shape, struct layout_request *q)
{
	static const char *const names[] = {
		[SHAPE_TEXT] = "text", [SHAPE_JSON] = "json",
		[SHAPE_BINARY] = "binary", [SHAPE_CACHED] = "cached",
	};

	for (unsigned i = 0; i < 4; i++)
		if (strcmp(shape != NULL ? shape : "text", names[i]) == 0) {
			q->shape = i;
			return 0;
		}
	return -1;
}

static int parse_disk(struct arena *a, const char *text, struct disk_target *t,
		      struct cm_error *error)
{
	struct target_error e;

	if (text == NULL)
		return api_fail(error, CM_ERROR_ARGUMENT, "nothing is named");
	if (disk_target_parse(a, text, t, &e) == 0)
		return 0;
	return arena_failed(a) ?
	       api_fail(error, CM_ERROR_MEMORY, "out of memory") :
	       api_fail_text(error, CM_ERROR_ARGUMENT, e.text);
}

int cm_layout_check(const char *disk, struct cm_error *error)
{
	struct arena *a = arena_new();
	struct disk_target t;
	int r;

	if (a == NULL)
		return api_fail(error, CM_ERROR_MEMORY, "out of memory");
	r = parse_disk(a, disk, &t, error);
	arena_free(a);
	return r;
}

static int write_bytes(const struct layout_request *q,
		       const struct disk_matches *found, struct out *out,
		       struct cm_error *error)
{
	const struct model *o = machine_model(q->machine);
	struct err e = { 0 };
	struct span bytes;

	if (found->n > 1)
		return api_fail(error, CM_ERROR_ARGUMENT,
				"several disks match, but bytes can be written "
				"for one only");
	if (ioctl_layout_make(&o->disks[found->list[0]].table,
			      q->shape == SHAPE_CACHED ? LAYOUT_AS_KEPT :
							 LAYOUT_NUMBERED,
			      q->arena, &bytes, &e) < 0)
		return api_fail_err(error, &e);
	out_bytes(out, bytes.p, bytes.n);
	return 0;
}

static int write_layouts(const struct layout_request *q,
			 const struct disk_matches *found, struct out *out,
			 struct cm_error *error)
{
	const struct model *o = machine_model(q->machine);
	struct disk_layout *list =
		arena_alloc(q->arena, found->n * sizeof(*list));
	struct err e = { 0 };
	int r = list == NULL ? ERR_NOMEM : 0;

	for (size_t i = 0; i < found->n && r == 0; i++)
		r = disk_layout_make(o, found->list[i], q->arena, &list[i],
				     &e);
	if (r == 0)
		r = q->shape == SHAPE_JSON ?
		    drive_layout_json(o, list, found->n, out) :
		    drive_layout_text(o, list, found->n, q->verbose, out);
	return r < 0 ? api_fail(error, CM_ERROR_MEMORY, "out of memory") : 0;
}

static int answer(const struct layout_request *q, struct out *out,
		  size_t *ret_count, struct cm_error *error)
{
	struct disk_matches found;
	struct err e = { 0 };
	int r;

	if (disk_target_find(q->machine, q->installation, &q->target, q->arena,
			     &found, &e) < 0)
		return api_fail_err(error, &e);
	if (found.n == 0)
		return api_fail_text(error, CM_ERROR_NOT_FOUND,
				     found.why_none != NULL ? found.why_none :
				     "it lies on no disk of this evidence");
	r = q->shape == SHAPE_TEXT || q->shape == SHAPE_JSON ?
	    write_layouts(q, &found, out, error) :
	    write_bytes(q, &found, out, error);
	if (r < 0)
		return r;
	if (out_end(out) < 0)
		return api_fail(error, CM_ERROR_WRITE,
				"the answer could not be written");
	if (ret_count != NULL)
		*ret_count = found.n;
	return 0;
}

int cm_layout(const struct cm_machine *m, const char *disk, const char *shape,
	      const struct cm_report_options *o, cm_write_fn *write, void *ctx,
	      size_t *ret_count, struct cm_error *error)
{
	struct layout_request q = { .verbose = o != NULL && o->verbose };
	struct out out;
	int r = api_check_writing(m, write, error);

	if (r < 0)
		return r;
	if (read_shape(shape, &q) < 0)
		return api_fail(error, CM_ERROR_ARGUMENT, "unknown shape");
	q.machine = m->machine;
	r = api_installation(m, o, &q.installation, error);
	if (r < 0)
		return r;
	q.arena = arena_new();
	if (q.arena == NULL)
		return api_fail(error, CM_ERROR_MEMORY, "out of memory");
	out_init(&out, write, ctx);
	r = parse_disk(q.arena, disk, &q.target, error);
	if (r == 0)
		r = answer(&q, &out, ret_count, error);
	arena_free(q.arena);
	return r;
}

/* --- structs -------------------------------------------------------------- */

static void give_head(const struct drive_layout *l, struct cm_drive_layout *ret)
{
	*ret = (struct cm_drive_layout){
		.partition_style = (uint32_t)l->scheme,
		.partition_count = l->declared,
		.signature = l->signature, .checksum = l->checksum,
		.starting_usable_offset = l->usable_offset,
		.usable_length = l->usable_length,
		.max_partition_count = l->max_partitions,
	};
	memcpy(ret->disk_id, l->guid.b, sizeof(ret->disk_id));
}

static void give_slot(const struct drive_layout_partition *p,
		      struct cm_drive_partition *ret)
{
	*ret = (struct cm_drive_partition){
		.starting_offset = p->offset, .partition_length = p->length,
		.partition_number = p->number, .mbr_type = p->mbr_type,
		.boot_indicator = p->active, .recognized = p->recognized,
		.hidden_sectors = p->hidden_sectors,
		.attributes = p->attributes,
	};
	memcpy(ret->type, p->type.b, sizeof(ret->type));
	memcpy(ret->partition_id, p->id.b, sizeof(ret->partition_id));
	for (size_t i = 0; i < sizeof(ret->name) / sizeof(ret->name[0]); i++) {
		const le16 *c = span_view(p->name, i * sizeof(*c), le16);

		if (c != NULL)
			ret->name[i] = get_le16(*c);
	}
}

int cm_drive_layout(const struct cm_machine *m, size_t disk,
		    struct cm_drive_layout *ret,
		    struct cm_drive_partition *partitions, size_t n,
		    struct cm_error *error)
{
	const struct model *o;
	struct arena *a;
	struct drive_layout l;
	struct span bytes;
	int r = api_check(m, error);

	if (r < 0)
		return r;
	o = machine_model(m->machine);
	if (ret == NULL || (partitions == NULL && n > 0))
		return api_fail(error, CM_ERROR_ARGUMENT,
				"there is nowhere to put the layout");
	if (disk >= o->n_disks)
		return api_fail(error, CM_ERROR_ARGUMENT,
				"there is no such disk");
	a = arena_new();
	if (a == NULL)
		return api_fail(error, CM_ERROR_MEMORY, "out of memory");
	r = ioctl_layout_make(&o->disks[disk].table, LAYOUT_NUMBERED, a,
			      &bytes, NULL);
	if (r == 0)
		r = drive_layout_parse(bytes, &l, NULL);
	for (size_t i = 0; r == 0 && i < n && i < l.n_partitions; i++) {
		struct drive_layout_partition p = { 0 };

		drive_layout_partition(&l, i, &p, NULL);
		give_slot(&p, &partitions[i]);
	}
	if (r == 0)
		give_head(&l, ret);
	arena_free(a);
	return r == 0 ? 0 : api_fail(error, CM_ERROR_MEMORY, "out of memory");
}
