/*
 * place_paths.c - every path that leads to a volume, or led there
 */
#include <stdlib.h>
#include <string.h>

#include "machine/internal.h"
#include "machine/path_list.h"

/* What hostile evidence can repeat without end is told so often.  */
#define MAX_PATHS 16384

const char *path_basis_name(enum path_basis b)
{
	static const char *const names[] = {
		[PATH_OF_MAP] = "map",
		[PATH_OF_DELETED_FOLDER] = "deleted-folder",
		[PATH_OF_OLD_VALUE] = "old-value",
		[PATH_OF_OLDER_HIVE] = "older-hive",
		[PATH_OF_SHADOW_COPY] = "shadow-copy",
		[PATH_OF_USER] = "user",
		[PATH_OF_DISK_RECORD] = "disk-record",
	};

	return names[b];
}

/* How long the name of a volume is, without a backslash at its end.  */
#define VOLUME_NAME_CHARS (sizeof("\\\\?\\Volume{}") - 1 + GUID_TEXT_CHARS)

/* @prefix, with or without a backslash at its end, and what lies inside.  */
static const char *join(const struct path_list *l, const char *prefix)
{
	const char *inside = l->inside;
	size_t n = strlen(prefix);
	bool is_root;

	while (n > 0 && prefix[n - 1] == '\\')
		n--;
	is_root = prefix[0] == '\\' ? n == VOLUME_NAME_CHARS : n == 2;
	if (strcmp(inside, "\\") == 0 && !is_root)
		inside = "";
	return arena_printf(l->arena, "%.*s%s", (int)n, prefix, inside);
}

/* Whether a path of the map leads to what was asked for, as far as is known:
 * the path was not looked for in vain, and the mount manager knows the
 * volume.  */
static bool is_there(const struct path_list *l)
{
	const struct place *p = l->place;

	if (p->volume != NONE && machine_is_hidden(&l->m->model, p->volume))
		return false;
	if (!p->walked)
		return true;
	switch (p->walk.end) {
	case WALK_NO_NAME:
	case WALK_NO_STREAM:
	case WALK_NO_DIRECTORY:
	case WALK_NO_VOLUME:
	case WALK_LOOP:
		return false;
	case WALK_FOUND:
	case WALK_NOT_FOLLOWED:
	case WALK_ENCRYPTED:
	case WALK_NOT_READ:
	case WALK_DAMAGED:
		break;
	}
	return true;
}

void path_list_add(struct path_list *l, const char *prefix,
		   const struct resolution *r, struct place_path path)
{
	struct place *p = l->place;
	struct place_path *slot;

	if (prefix == NULL || p->n_paths == MAX_PATHS)
		return;
	slot = arena_push(l->arena, &p->paths, p->n_paths, sizeof(*slot));
	if (slot == NULL)
		return;
	path.path = join(l, prefix);
	path.live = path.basis == PATH_OF_MAP && is_there(l);
	if (r != NULL) {
		path.resolved = true;
		path.tier = r->tier;
		path.certainty = r->certainty;
	}
	if (path.path == NULL)
		return;
	*slot = path;
	p->n_paths++;
}

/* The last path leads nowhere now.  */
static void end_last(struct path_list *l)
{
	if (l->place->n_paths > 0)
		l->place->paths[l->place->n_paths - 1].live = false;
}

const char *path_list_prefix(const struct path_list *l,
			     const struct mountmgr_name *n)
{
	if (n->kind == NAME_DRIVE_LETTER)
		return arena_printf(l->arena, "%c:\\", n->letter);
	if (n->kind == NAME_VOLUME)
		return volume_name_text(l->arena, &n->guid);
	return NULL;
}

static bool is_listed(const struct path_list *l, size_t installation,
		      const char *prefix)
{
	const char *path = join(l, prefix);

	for (size_t i = 0; path != NULL && i < l->place->n_paths; i++)
		if (l->place->paths[i].installation == installation &&
		    strcmp(l->place->paths[i].path, path) == 0)
			return true;
	return false;
}

/* When a deleted folder was last changed, by its record.  The list has those
 * that are there first, then deleted ones by record number.  */
static uint64_t time_of(const struct path_list *l,
			const struct machine_mount *mount)
{
	const struct ntfs_reparse_list *list =
		&l->m->volumes[mount->host_volume].reparse;
	uint64_t record = NTFS_RECORD(mount->ref);
	size_t low = 0, high = list->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct ntfs_reparse *p = &list->list[mid];

		if (!p->deleted || NTFS_RECORD(p->ref) < record)
			low = mid + 1;
		else
			high = mid;
	}
	return low < list->n && list->list[low].ref == mount->ref ?
	       list->list[low].times.record_changed : 0;
}

static void add_mounts(struct path_list *l)
{
	const struct model *o = &l->m->model;

	for (size_t i = 0; i < o->n_mounts; i++) {
		const struct machine_mount *mount = &o->mounts[i];
		struct place_path p = { .installation = mount->installation,
					.cites = mount->cites };

		if (mount->resolution.volume != l->place->volume ||
		    mount->directory.utf8 == NULL)
			continue;
		if (mount->deleted) {
			p.basis = PATH_OF_DELETED_FOLDER;
			p.time = time_of(l, mount);
		}
		path_list_add(l, mount->directory.utf8, &mount->resolution, p);
		if (mount->kind == MOUNT_DIRECTORY &&
		    machine_is_hidden(o, mount->host_volume))
			end_last(l);
	}
}

/* Those through several mounted folders, and the volume's names.  */
static void add_map(struct path_list *l)
{
	const struct machine_volume *v =
		&l->m->model.volumes[l->place->volume];

	for (size_t i = 0; i < v->n_paths; i++)
		if (!is_listed(l, v->paths[i].installation,
			       v->paths[i].path.utf8))
			path_list_add(l, v->paths[i].path.utf8, NULL,
			    (struct place_path){
				.installation = v->paths[i].installation });
	for (size_t i = 0; i < v->n_names; i++)
		path_list_add(l, volume_name_text(l->arena, &v->names[i]), NULL,
		    (struct place_path){ .installation = NONE });
}

void path_list_add_name(struct path_list *l, const struct machine_name *n)
{
	path_list_add(l, path_list_prefix(l, n->name), &n->resolution,
		      (struct place_path){
		.basis = n->superseded ? PATH_OF_OLD_VALUE : PATH_OF_MAP,
		.installation = n->installation,
		.time = n->superseded ? n->name->last_written : 0,
		.cites = n->name->cites });
}

void path_list_add_former(struct path_list *l,
			  const struct machine_former_name *n)
{
	path_list_add(l, path_list_prefix(l, n->name), &n->resolution,
		      (struct place_path){
		.basis = n->shadow_copy == NONE ? PATH_OF_OLDER_HIVE :
			 PATH_OF_SHADOW_COPY,
		.installation = n->installation,
		.time = n->name->last_written,
		.cites = n->name->cites });
}

void path_list_add_record(struct path_list *l,
			  const struct machine_known_volume *k)
{
	path_list_add(l, arena_printf(l->arena, "%c:\\", k->letter), NULL,
		      (struct place_path){
		.basis = PATH_OF_DISK_RECORD,
		.installation = k->installation,
		.time = k->last_written, .cites = k->cites });
}

static void add_old_names(struct path_list *l)
{
	const struct model *o = &l->m->model;
	size_t volume = l->place->volume;

	for (size_t i = 0; i < o->n_names; i++)
		if (o->names[i].superseded &&
		    o->names[i].resolution.volume == volume)
			path_list_add_name(l, &o->names[i]);
	for (size_t i = 0; i < o->n_former_names; i++)
		if (o->former_names[i].resolution.volume == volume)
			path_list_add_former(l, &o->former_names[i]);
}

static void add_shadow_mounts(struct path_list *l)
{
	const struct model *o = &l->m->model;

	for (size_t i = 0; i < o->n_former_mounts; i++) {
		const struct machine_former_mount *f = &o->former_mounts[i];
		const struct machine_shadow_copy *s =
			&o->shadow_copies[f->shadow_copy];
		uint64_t made = s->copy != NULL ? s->copy->entry.created : 0;

		if (f->mount->resolution.volume == l->place->volume &&
		    f->mount->kind == MOUNT_DIRECTORY)
			path_list_add(l, f->mount->directory.utf8,
				      &f->mount->resolution,
				      (struct place_path){
				.basis = PATH_OF_SHADOW_COPY,
				.installation = f->installation,
				.time = made,
				.cites = f->mount->cites });
	}
}

static void add_users(struct path_list *l)
{
	const struct model *o = &l->m->model;

	for (size_t i = 0; i < o->n_user_volumes; i++) {
		const struct machine_user_volume *u = &o->user_volumes[i];
		const struct user_trace *t = u->trace;
		const char *prefix = NULL;

		if (!u->is_volume || u->resolution.volume != l->place->volume)
			continue;
		if (t->kind == TRACE_FOLDER)
			prefix = t->key.utf8;
		else if (t->letter != 0)
			prefix = arena_printf(l->arena, "%c:\\", t->letter);
		else if (t->has_guid)
			prefix = volume_name_text(l->arena, &t->guid);
		path_list_add(l, prefix, &u->resolution, (struct place_path){
			.basis = PATH_OF_USER,
			.installation = o->users[u->user].installation,
			.time = t->last_written, .cites = t->cites });
	}
}

static void add_disk_records(struct path_list *l)
{
	const struct model *o = &l->m->model;

	for (size_t i = 0; i < o->n_known_volumes; i++) {
		const struct machine_known_volume *k = &o->known_volumes[i];

		if (k->letter != 0 && k->volume == l->place->volume)
			path_list_add_record(l, k);
	}
}

static int compare_index(size_t a, size_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_paths(const void *a, const void *b)
{
	const struct place_path *x = a, *y = b;
	int r;

	if (x->live != y->live)
		return x->live ? -1 : 1;
	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	r = compare_index(x->installation, y->installation);
	if (r == 0)
		r = strcmp(x->path, y->path);
	if (r == 0)
		r = (int)x->basis - (int)y->basis;
	if (r == 0 && x->cites.n > 0 && y->cites.n > 0)
		r = x->cites.list[0].offset < y->cites.list[0].offset ? -1 :
		    x->cites.list[0].offset > y->cites.list[0].offset;
	return r;
}

void path_list_sort(struct path_list *l)
{
	struct place *p = l->place;

	if (p->n_paths > 0)
		qsort(p->paths, p->n_paths, sizeof(p->paths[0]),
		      compare_paths);
}

void place_add_paths(struct machine *m, struct arena *a, const char *inside,
		     struct place *p)
{
	struct path_list l = { m, a, p, *inside != '\0' ? inside : "\\" };

	add_mounts(&l);
	add_map(&l);
	add_old_names(&l);
	add_shadow_mounts(&l);
	add_users(&l);
	add_disk_records(&l);
	path_list_sort(&l);
}
