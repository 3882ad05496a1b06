/*
 * records.c - the public records of a machine, made from the model
 */
#include "coldmount/coldmount.h"

#include <inttypes.h>
#include <stdlib.h>

#include "report/api.h"
#include "report/columns.h"

struct cm_records {
	struct arena *arena;
	struct cm_disk *disks;
	size_t n_disks;
	struct cm_partition *partitions;
	size_t n_partitions;
	struct cm_volume *volumes;
	size_t n_volumes;
	struct cm_installation *installations;
	size_t n_installations;
	struct cm_name *names;
	size_t n_names;
	struct cm_mount_point *mount_points;
	size_t n_mount_points;
};

struct cm_citations api_citations(struct arena *a, const struct cites *own,
				  const struct cites *more)
{
	struct cites all = { 0 };
	struct cm_citation *list;

	cites_join(a, &all, own);
	if (more != NULL)
		cites_join(a, &all, more);
	list = arena_alloc(a, all.n * sizeof(*list));
	if (list == NULL)
		return (struct cm_citations){ 0 };
	for (size_t i = 0; i < all.n; i++)
		list[i] = (struct cm_citation){
			all.list[i].image, all.list[i].offset,
			all.list[i].length, all.list[i].structure,
			all.list[i].file, all.list[i].encrypted,
			all.list[i].compressed
		};
	return (struct cm_citations){ list, all.n };
}

static const char *guid_or_null(struct arena *a, const struct guid *g)
{
	char text[GUID_TEXT_CHARS + 1];

	return guid_is_zero(g) ? NULL : arena_strdup(a, guid_text(g, text));
}

static struct cm_disk disk(struct arena *a, const struct model *m, size_t i)
{
	const struct machine_disk *d = &m->disks[i];

	return (struct cm_disk){
		.number = d->number,
		.number_basis = number_basis_name(d->basis),
		.image = m->images[d->image].file,
		.size = d->table.size,
		.sector_size = d->table.sector_size,
		.scheme = disk_scheme_name(d->table.scheme),
		.signature = d->table.has_signature ?
			arena_printf(a, "%08" PRIx32, d->table.signature) :
			NULL,
		.guid = guid_or_null(a, &d->table.guid),
		.first_partition = d->first_partition,
		.n_partitions = d->n_partitions,
		.citations = api_citations(a, &d->table.cites, NULL),
	};
}

static struct cm_partition partition(struct arena *a, const struct model *m,
				     size_t i)
{
	const struct partition *p = m->partitions[i].entry;

	return (struct cm_partition){
		.disk = m->partitions[i].disk,
		.number = p->number,
		.offset = p->offset,
		.length = p->length,
		.type = !guid_is_zero(&p->type_guid) ?
			guid_or_null(a, &p->type_guid) :
			arena_printf(a, "%02x", (unsigned)p->mbr_type),
		.guid = guid_or_null(a, &p->guid),
		.name = p->name.utf8,
		.volume = m->partitions[i].volume,
		.citations = api_citations(a, &p->cites, NULL),
	};
}

static const struct cm_extent *extents(struct arena *a,
				       const struct machine_volume *v)
{
	struct cm_extent *list = arena_alloc(a, v->n_extents * sizeof(*list));

	for (size_t i = 0; list != NULL && i < v->n_extents; i++)
		list[i] = (struct cm_extent){ v->extents[i].disk,
					      v->extents[i].offset,
					      v->extents[i].length };
	return list;
}

static const struct cm_missing_extent *
missing_extents(struct arena *a, const struct machine_volume *v, size_t *ret_n)
{
	const size_t n = v->dynamic != NULL ? v->dynamic->n_extents : 0;
	struct cm_missing_extent *list = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct dynamic_extent *e = &v->dynamic->extents[i];
		struct cm_missing_extent *slot = e->disk != SIZE_MAX ? NULL :
			arena_push(a, &list, *ret_n, sizeof(*slot));

		if (slot == NULL)
			continue;
		*slot = (struct cm_missing_extent){
			i, e->data_offset, e->length, e->disk_name.utf8,
			guid_or_null(a, &e->disk_guid)
		};
		(*ret_n)++;
	}
	return list;
}

static const char *const *volume_names(struct arena *a,
				       const struct machine_volume *v)
{
	const char **list = arena_alloc(a, v->n_names * sizeof(*list));

	for (size_t i = 0; list != NULL && i < v->n_names; i++)
		list[i] = volume_name_text(a, &v->names[i]);
	return list;
}

static const struct cm_access_path *paths(struct arena *a,
					  const struct machine_volume *v)
{
	struct cm_access_path *list =
		arena_alloc(a, v->n_paths * sizeof(*list));

	for (size_t i = 0; list != NULL && i < v->n_paths; i++)
		list[i] = (struct cm_access_path){
			v->paths[i].installation, v->paths[i].path.utf8
		};
	return list;
}

static struct cm_volume volume(struct arena *a, const struct model *m, size_t i)
{
	const struct machine_volume *v = &m->volumes[i];
	char serial[VOLUME_SERIAL_BYTES];
	size_t n_missing = 0;
	const struct cm_missing_extent *missing =
		missing_extents(a, v, &n_missing);

	return (struct cm_volume){
		.missing = missing,
		.n_missing = n_missing,
		.kind = volume_kind_name(v->kind),
		.partition = v->partition,
		.extents = extents(a, v),
		.n_extents = v->n_extents,
		.file_system = v->identity.name,
		.label = v->identity.label.utf8,
		.serial = v->identity.has_serial ?
			arena_strdup(a, volume_serial_text(&v->identity,
							   serial)) : NULL,
		.names = volume_names(a, v),
		.n_names = v->n_names,
		.paths = paths(a, v),
		.n_paths = v->n_paths,
	};
}

static struct cm_installation installation(struct arena *a,
					   const struct model *m, size_t i)
{
	const struct machine_installation *w = &m->installations[i];

	return (struct cm_installation){
		w->volume, w->system_root.utf8, w->computer_name.utf8,
		w->product_name.utf8, w->build.utf8,
		api_citations(a, &w->cites, NULL)
	};
}

static struct cm_name name(struct arena *a, const struct model *m, size_t i)
{
	const struct machine_name *n = &m->names[i];

	return (struct cm_name){
		.installation = n->installation,
		.name = n->name->name.utf8,
		.presence = presence_name(n->presence),
		.in_force = !n->superseded,
		.volume = n->resolution.volume,
		.tier = tier_name(n->resolution.tier),
		.certainty = certainty_name(n->resolution.certainty),
		.citations = api_citations(a, &n->name->cites,
				       &n->resolution.cites),
	};
}

static struct cm_mount_point mount_point(struct arena *a, const struct model *m,
					 size_t i)
{
	const struct machine_mount *p = &m->mounts[i];

	return (struct cm_mount_point){
		.installation = p->installation,
		.deleted = p->deleted,
		.host_volume = p->kind == MOUNT_DIRECTORY ? p->host_volume :
							    CM_NONE,
		.path = p->path.utf8,
		.directory = p->directory.utf8,
		.target = p->target.utf8,
		.volume = p->resolution.volume,
		.tier = tier_name(p->resolution.tier),
		.certainty = certainty_name(p->resolution.certainty),
		.citations = api_citations(a, &p->cites, &p->resolution.cites),
	};
}

/* Fill the array of what @make makes.  */
#define MAKE(r, m, array, n_array, model_n, make)                       \
	do {                                                            \
		(r)->array = arena_alloc((r)->arena, (m)->model_n *     \
					 sizeof(*(r)->array));          \
		(r)->n_array = (r)->array != NULL ? (m)->model_n : 0;   \
		for (size_t i_ = 0; i_ < (r)->n_array; i_++)            \
			(r)->array[i_] = make((r)->arena, (m), i_);     \
	} while (0)

static void make_all(struct cm_records *r, const struct model *m)
{
	MAKE(r, m, disks, n_disks, n_disks, disk);
	MAKE(r, m, partitions, n_partitions, n_partitions, partition);
	MAKE(r, m, volumes, n_volumes, n_volumes, volume);
	MAKE(r, m, installations, n_installations, n_installations,
	     installation);
	MAKE(r, m, names, n_names, n_names, name);
	MAKE(r, m, mount_points, n_mount_points, n_mounts, mount_point);
}

int cm_records_new(const struct cm_machine *m, struct cm_records **ret,
		   struct cm_error *error)
{
	int checked = api_check(m, error);
	struct cm_records *r;

	if (checked < 0)
		return checked;
	if (ret == NULL)
		return api_fail(error, CM_ERROR_ARGUMENT,
				"there is nowhere to put the records");
	r = calloc(1, sizeof(*r));
	if (r != NULL)
		r->arena = arena_new();
	if (r == NULL || r->arena == NULL) {
		free(r);
		return api_fail(error, CM_ERROR_MEMORY, "out of memory");
	}
	make_all(r, machine_model(m->machine));
	if (arena_failed(r->arena)) {
		cm_records_free(r);
		return api_fail(error, CM_ERROR_MEMORY, "out of memory");
	}
	*ret = r;
	return 0;
}

void cm_records_free(struct cm_records *r)
{
	if (r == NULL)
		return;
	arena_free(r->arena);
	free(r);
}

const struct cm_disk *cm_disk_at(const struct cm_records *r, size_t i)
{
	return r != NULL && i < r->n_disks ? &r->disks[i] : NULL;
}

const struct cm_partition *cm_partition_at(const struct cm_records *r, size_t i)
{
	return r != NULL && i < r->n_partitions ? &r->partitions[i] : NULL;
}

const struct cm_volume *cm_volume_at(const struct cm_records *r, size_t i)
{
	return r != NULL && i < r->n_volumes ? &r->volumes[i] : NULL;
}

const struct cm_installation *cm_installation_at(const struct cm_records *r,
						 size_t i)
{
	return r != NULL && i < r->n_installations ?
	       &r->installations[i] : NULL;
}

const struct cm_name *cm_name_at(const struct cm_records *r, size_t i)
{
	return r != NULL && i < r->n_names ? &r->names[i] : NULL;
}

const struct cm_mount_point *cm_mount_point_at(const struct cm_records *r,
					       size_t i)
{
	return r != NULL && i < r->n_mount_points ? &r->mount_points[i] : NULL;
}
