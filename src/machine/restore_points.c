/*
 * restore_points.c - the hives that Windows XP keeps with each restore point
 *
 *   \System Volume Information\_restore{guid}\RP<n>\snapshot\
 *       _REGISTRY_MACHINE_SYSTEM
 *
 * Vista and later have shadow copies instead.
 */
#include "machine/restore_points.h"

#include <string.h>

#include "machine/internal.h"

#define SVI "\\System Volume Information"

/* A set for each Windows that had the volume.  */
#define MAX_SETS 16

/* One a day for 90 days, and one for each program that was installed.  */
#define MAX_RESTORE_POINTS 1024

/* Restore points, or sets of them, of one directory.  */
struct subdirs {
	struct arena *arena;
	const char *parent;	/* path of that directory */
	const char *beginning;	/* of their names */
	size_t max;
	bool is_said;		/* that the directory cannot be read */
	struct subdir {
		ntfs_ref ref;
		const char *path;
	} *list;
	size_t n;
	bool cut;
};

static bool begins_with(struct span name, const char *beginning)
{
	size_t n = strlen(beginning);

	if (name.n < 2 * n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (name.p[2 * i] != (uint8_t)beginning[i] ||
		    name.p[2 * i + 1] != 0)
			return false;
	return true;
}

static int collect_subdir(void *ctx, const struct ntfs_dir_entry *e)
{
	struct subdirs *s = ctx;
	struct subdir *d;

	if (!e->is_directory || !begins_with(e->name, s->beginning))
		return 0;
	if (s->n == s->max) {
		s->cut = true;
		return 1;
	}
	d = arena_push(s->arena, &s->list, s->n, sizeof(*d));
	if (d == NULL)
		return ERR_NOMEM;
	d->ref = e->ref;
	d->path = arena_printf(s->arena, "%s\\%s", s->parent,
			       text_from_utf16(s->arena, e->name).utf8);
	if (d->path == NULL)
		return ERR_NOMEM;
	s->n++;
	return 0;
}

static void say_unread(struct machine *m, const char *path, const struct err *e)
{
	char text[256];

	diag_add(&m->model.findings, &FINDING_HIVE_UNREADABLE,
		 "it is not known whether %s holds restore points: %s.", path,
		 err_text(e, text, sizeof(text)));
}

/* Fill @s with subdirectories of @dir.  */
static int list_subdirs(struct machine *m, size_t volume, ntfs_ref dir,
			struct subdirs *s, struct err *reterr)
{
	struct err e = { 0 };
	int r = ntfs_list(m->volumes[volume].ntfs, dir, collect_subdir, s, &e);

	if (r == ERR_NOMEM)
		return err_set(reterr, r, 0, "restore points", 0, 0);
	if (r < 0 && !s->is_said)
		say_unread(m, s->parent, &e);
	if (s->cut)
		diag_add(&m->model.findings, &FINDING_OLDER_HIVES_CUT,
			 "%s holds more than %zu directories %s...; restore "
			 "points in the rest are not read.", s->parent,
			 s->max, s->beginning);
	return 0;
}

/* The hive of one restore point; there may be none yet.  */
static int add_point(struct machine *m, size_t volume, const struct subdir *d,
		     struct restore_points *points, struct err *reterr)
{
	static const char *const names[] = { "snapshot", NULL };
	struct hive_place p = {
		.volume = volume,
		.path = arena_printf(m->arena, "%s\\snapshot", d->path),
		.file = "_REGISTRY_MACHINE_SYSTEM",
	}, *slot;
	struct err e = { 0 };
	int r = ERR_NOMEM;

	if (p.path != NULL)
		r = machine_find_below(m, m->volumes[volume].ntfs, d->ref,
				       names, &p.directory, &e);
	if (r == ERR_NOMEM)
		return err_set(reterr, r, 0, "restore point", 0, 0);
	if (r < 0 && r != ERR_NOT_FOUND)
		say_unread(m, p.path, &e);
	if (r < 0)
		return 0;
	slot = arena_push(m->arena, &points->list, points->n, sizeof(*slot));
	if (slot == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "restore point", 0, 0);
	*slot = p;
	points->n++;
	return 0;
}

static int add_set(struct machine *m, size_t volume, const struct subdir *set,
		   struct restore_points *points, struct err *reterr)
{
	struct subdirs found = {
		.arena = m->arena, .parent = set->path, .beginning = "RP",
		.max = MAX_RESTORE_POINTS,
	};
	int r = list_subdirs(m, volume, set->ref, &found, reterr);

	for (size_t i = 0; i < found.n && r == 0; i++)
		r = add_point(m, volume, &found.list[i], points, reterr);
	return r;
}

int machine_find_restore_points(struct machine *m, size_t volume,
				struct restore_points *ret, struct err *reterr)
{
	struct restore_points points = { 0 };
	struct subdirs sets = {
		.arena = m->arena, .parent = SVI, .beginning = "_restore{",
		.max = MAX_SETS,
		/* with the remote database in it */
		.is_said = true,
	};
	ntfs_ref dir;
	int r = 0;

	if (ntfs_find_path(m->volumes[volume].ntfs, SVI, &dir, NULL) == 0)
		r = list_subdirs(m, volume, dir, &sets, reterr);
	for (size_t i = 0; i < sets.n && r == 0; i++)
		r = add_set(m, volume, &sets.list[i], &points, reterr);
	if (r == 0)
		*ret = points;
	return r;
}
