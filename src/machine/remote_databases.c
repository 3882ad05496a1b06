/*
 * remote_databases.c - what the volumes themselves say of the names of others:
 * their MountPointManagerRemoteDatabase
 */
#include "machine/internal.h"

/* The database is a file; before Windows XP it was a stream of the root
 * directory, whose name sources give in two ways.  */
static const struct database_place {
	const char *path, *stream, *name;
} database_places[] = {
	{ "\\System Volume Information\\MountPointManagerRemoteDatabase", NULL,
	  "\\System Volume Information\\MountPointManagerRemoteDatabase" },
	{ "\\", "$MountMgrRemoteDatabase", "\\:$MountMgrRemoteDatabase" },
	{ "\\", "$MountMgrDatabase", "\\:$MountMgrDatabase" },
};

static int open_database(struct ntfs *n, const struct database_place *p,
			 struct source **ret, struct err *reterr)
{
	ntfs_ref ref;
	int r = ntfs_find_path(n, p->path, &ref, reterr);

	if (r < 0)
		return r;
	r = ntfs_open_stream(n, ref, p->stream, p->name, ret, reterr);
	/* Its directory names the file, so that it should be there.  */
	if (r == ERR_NOT_FOUND && p->stream == NULL)
		return err_set(reterr, ERR_IO, reterr->at,
			       "file, whose record is empty or another file's",
			       0, 0);
	return r;
}

static int add_remote_names(struct machine *m, size_t volume,
			    const struct mountmgr_names *names,
			    struct err *reterr)
{
	struct model *o = &m->model;

	for (size_t i = 0; i < names->n; i++) {
		struct machine_remote_name *n;

		n = arena_push(m->arena, &o->remote_names, o->n_remote_names,
			       sizeof(*n));
		if (n == NULL)
			return err_set(reterr, ERR_NOMEM, 0, "name", 0, 0);
		n->host_volume = volume;
		n->name = &names->list[i];
		o->n_remote_names++;
	}
	return 0;
}

static int read_database(struct machine *m, size_t volume,
			 const struct database_place *p, struct err *reterr)
{
	struct diag_list *findings = &m->model.findings;
	struct mountmgr_names names = { 0 };
	struct source *s = NULL;
	struct err e = { 0 };
	char text[256];

	if (open_database(m->volumes[volume].ntfs, p, &s, &e) == 0)
		(void)remote_database_read(s, m->arena, findings, &names, &e);
	source_free(s);
	if (e.code == ERR_NOMEM)
		return err_set(reterr, e.code, e.at, e.what, 0, 0);
	if (e.code != 0 && e.code != ERR_NOT_FOUND)
		diag_add(findings, &FINDING_REMOTE_DATABASE_UNREADABLE,
			 "%s could not be read: %s.", p->name,
			 err_text(&e, text, sizeof(text)));
	return add_remote_names(m, volume, &names, reterr);
}

int machine_read_remote_databases(struct machine *m, struct err *reterr)
{
	size_t n_places = sizeof(database_places) / sizeof(database_places[0]);

	for (size_t i = 0; i < m->n_volumes; i++) {
		machine_look_at(m, i);
		for (size_t k = 0; k < n_places; k++) {
			int r;

			if (m->volumes[i].ntfs == NULL)
				continue;
			r = read_database(m, i, &database_places[k], reterr);
			if (r < 0)
				return r;
		}
	}
	machine_look_at(m, NONE);
	return 0;
}
