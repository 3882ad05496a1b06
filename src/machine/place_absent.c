/*
 * place_absent.c - by which paths a volume was reached that is not here
 *
 * A registry that knows the name of a volume has its unique id, and with it
 * every other name of that volume; folders and users know it by its GUID.
 */
#include <string.h>

#include "base/ascii.h"
#include "machine/internal.h"
#include "machine/path_list.h"

/* A volume has one unique id in each registry; more than a few are doubted
 * elsewhere.  */
#define MAX_IDS 8

struct absent {
	struct path_list list;
	const struct target *target;
	size_t installation;
	struct unique_id ids[MAX_IDS];
	size_t n_ids;
	struct guid guids[MAX_IDS];	/* of names with these ids */
	size_t n_guids;
};

static bool has_id(const struct absent *a, const struct unique_id *id)
{
	const struct target *t = a->target;
	uint32_t signature;
	uint64_t offset;

	for (size_t i = 0; i < a->n_ids; i++)
		if (unique_id_equal(&a->ids[i], id))
			return true;
	if (t->form != TARGET_VOLUME_NAME)
		return false;
	if (id->kind == UNIQUE_ID_DMIO)
		return guid_equal(&id->guid, &t->guid);
	return id->kind == UNIQUE_ID_MBR &&
	       mbr_stable_guid_parse(&t->guid, &signature, &offset) &&
	       id->signature == signature && id->offset == offset;
}

/* Whether the target itself is this name, of @installation.  */
static bool is_target(const struct absent *a, const struct mountmgr_name *n,
		      size_t installation)
{
	const struct target *t = a->target;

	if (t->form == TARGET_VOLUME_NAME)
		return n->kind == NAME_VOLUME && guid_equal(&n->guid, &t->guid);
	return t->form == TARGET_LETTER && installation == a->installation &&
	       n->kind == NAME_DRIVE_LETTER && n->letter == t->letter;
}

/* The id is as good as the name: an empty one is no volume's.  */
static void take_id(struct absent *a, const struct mountmgr_name *n,
		    size_t installation)
{
	if (is_target(a, n, installation) && n->id.kind != UNIQUE_ID_EMPTY &&
	    a->n_ids < MAX_IDS && !has_id(a, &n->id))
		a->ids[a->n_ids++] = n->id;
}

static void take_ids(struct absent *a)
{
	const struct model *o = &a->list.m->model;

	for (size_t i = 0; i < o->n_names; i++)
		if (!o->names[i].superseded)
			take_id(a, o->names[i].name, o->names[i].installation);
	if (a->target->form != TARGET_VOLUME_NAME)
		return;
	for (size_t i = 0; i < o->n_remote_names; i++)
		take_id(a, o->remote_names[i].name, NONE);
	for (size_t i = 0; i < o->n_former_names; i++)
		take_id(a, o->former_names[i].name, NONE);
}

static bool is_meant(const struct absent *a, const struct mountmgr_name *n,
		     size_t installation)
{
	return is_target(a, n, installation) || has_id(a, &n->id);
}

static void add_names(struct absent *a)
{
	const struct model *o = &a->list.m->model;

	for (size_t i = 0; i < o->n_names; i++)
		if (is_meant(a, o->names[i].name, o->names[i].installation))
			path_list_add_name(&a->list, &o->names[i]);
	for (size_t i = 0; i < o->n_former_names; i++)
		if (has_id(a, &o->former_names[i].name->id))
			path_list_add_former(&a->list, &o->former_names[i]);
}

static bool has_guid(const struct absent *a, const struct guid *g)
{
	for (size_t i = 0; i < a->n_guids; i++)
		if (guid_equal(&a->guids[i], g))
			return true;
	return false;
}

static void take_guids(struct absent *a)
{
	const struct model *o = &a->list.m->model;

	if (a->target->form == TARGET_VOLUME_NAME)
		a->guids[a->n_guids++] = a->target->guid;
	for (size_t i = 0; i < o->n_names && a->n_guids < MAX_IDS; i++) {
		const struct mountmgr_name *n = o->names[i].name;

		if (n->kind == NAME_VOLUME && has_id(a, &n->id) &&
		    !has_guid(a, &n->guid))
			a->guids[a->n_guids++] = n->guid;
	}
}

/* Whether the target of a folder, "\??\Volume{G}\", is one of the volume's
 * names.  */
static bool leads_to(const struct absent *a, const char *target)
{
	const char *rest = ascii_after(target, "\\\?\?\\Volume{");
	struct guid g;

	return rest != NULL && strlen(rest) >= GUID_TEXT_CHARS &&
	       guid_parse(rest, &g) && has_guid(a, &g);
}

static void add_folders(struct absent *a)
{
	const struct model *o = &a->list.m->model;

	for (size_t i = 0; i < o->n_mounts; i++) {
		const struct machine_mount *mount = &o->mounts[i];

		if (mount->kind == MOUNT_DIRECTORY &&
		    mount->directory.utf8 != NULL &&
		    mount->target.utf8 != NULL &&
		    leads_to(a, mount->target.utf8))
			path_list_add(&a->list, mount->directory.utf8,
				      &mount->resolution, (struct place_path){
				.basis = mount->deleted ?
					 PATH_OF_DELETED_FOLDER : PATH_OF_MAP,
				.installation = mount->installation,
				.cites = mount->cites });
	}
}

static void add_users(struct absent *a)
{
	const struct model *o = &a->list.m->model;

	for (size_t i = 0; i < o->n_user_volumes; i++) {
		const struct machine_user_volume *u = &o->user_volumes[i];
		const struct user_trace *t = u->trace;
		size_t installation = o->users[u->user].installation;
		const char *prefix = NULL;

		if (!u->is_volume)
			continue;
		if (t->has_guid && has_guid(a, &t->guid))
			prefix = volume_name_text(a->list.arena, &t->guid);
		else if (u->name != NULL && is_meant(a, u->name, installation))
			prefix = path_list_prefix(&a->list, u->name);
		path_list_add(&a->list, prefix, &u->resolution,
			      (struct place_path){
			.basis = PATH_OF_USER, .installation = installation,
			.time = t->last_written, .cites = t->cites });
	}
}

static void add_records(struct absent *a)
{
	const struct model *o = &a->list.m->model;

	for (size_t i = 0; i < o->n_known_volumes; i++) {
		const struct machine_known_volume *k = &o->known_volumes[i];

		if (k->has_serial && k->letter != 0 &&
		    !a->target->is_serial64 &&
		    (k->serial == a->target->serial ||
		     (a->target->has_decimal &&
		      k->serial == a->target->decimal)))
			path_list_add_record(&a->list, k);
	}
}

void place_add_absent_paths(struct machine *m, size_t installation,
			    const struct target *t, struct arena *arena,
			    struct place *p)
{
	struct absent a = {
		.list = { m, arena, p, *t->path != '\0' ? t->path : "\\" },
		.target = t, .installation = installation,
	};

	if (t->form == TARGET_LETTER || t->form == TARGET_VOLUME_NAME) {
		take_ids(&a);
		take_guids(&a);
		add_names(&a);
		add_folders(&a);
		add_users(&a);
	} else if (t->form == TARGET_SERIAL || t->form == TARGET_PREFETCH) {
		add_records(&a);
	}
	path_list_sort(&a.list);
}
