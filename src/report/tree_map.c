/*
 * tree_map.c - for each installation, what its letters and folders lead to
 */
#include <inttypes.h>
#include <string.h>

#include "report/tree.h"

/* Where a line of the map begins, and how wide its first column may grow; what
 * is wider has a line of its own.  */
enum { MAP_INDENT = 4, MAP_MAX_PATH = 32 };

/* How a mount point is called: in the namespace, else by its path in its own
 * volume.  */
static const char *mount_title(const struct machine_mount *p)
{
	if (p->directory.utf8 != NULL)
		return p->directory.utf8;
	return p->path.utf8 != NULL ? p->path.utf8 : "?";
}

static bool in_map(const struct machine_mount *p, size_t installation)
{
	return p->installation == installation && !p->deleted;
}

static bool leads_nowhere(const struct machine_name *n, size_t installation)
{
	return n->installation == installation && !n->superseded &&
	       n->resolution.volume == NONE;
}

/* The letter as people write it, else the name as stored.  */
static const char *name_title(const struct machine_name *n, char buf[3])
{
	if (n->name->kind != NAME_DRIVE_LETTER)
		return mountmgr_name_title(&n->name->name);
	buf[0] = n->name->letter;
	buf[1] = ':';
	buf[2] = '\0';
	return buf;
}

static unsigned widest_title(const struct model *m, size_t installation)
{
	unsigned widest = 0;

	for (size_t i = 0; i < m->n_mounts; i++) {
		unsigned n;

		if (!in_map(&m->mounts[i], installation))
			continue;
		n = text_columns(mount_title(&m->mounts[i]));
		if (n > widest && n <= MAP_MAX_PATH)
			widest = n;
	}
	return widest;
}

static void put_disk_file(struct tree *t, const struct machine_volume *v)
{
	const struct model *m = t->model;

	if (v->n_extents != 1)
		return;
	tree_put(t, " (");
	tree_text(t, m->images[m->disks[v->extents[0].disk].image].file);
	tree_put(t, ")");
}

static void put_target(struct tree *t, const struct machine_mount *p)
{
	const struct machine_volume *v;

	if (p->resolution.volume == NONE) {
		tree_text(t, p->target.utf8 != NULL ? p->target.utf8 : "?");
		return;
	}
	v = &t->model->volumes[p->resolution.volume];
	tree_place(t, p->resolution.volume);
	put_disk_file(t, v);
	tree_put(t, "  ");
	tree_identity(t, v);
}

/* What begins a line: a name that leads nowhere catches the eye.  */
static void put_mark(struct tree *t, bool lost)
{
	if (!lost) {
		tree_pad(t, MAP_INDENT);
		return;
	}
	tree_style(t, STYLE_BAD);
	tree_put(t, "  ! ");
	tree_plain(t);
}

/* Where a folder lies that has no letter above it: clones share the name that
 * it is given by.  */
static void put_host(struct tree *t, const struct machine_mount *p)
{
	const char *directory = p->directory.utf8;

	if (p->kind != MOUNT_DIRECTORY ||
	    (directory != NULL && directory[0] != '\\'))
		return;
	tree_put(t, "; the folder is on ");
	tree_place(t, p->host_volume);
}

static void put_mount(struct tree *t, const struct machine_mount *p,
		      unsigned column)
{
	put_mark(t, p->resolution.volume == NONE);
	tree_style(t, STYLE_HEAD);
	tree_text(t, mount_title(p));
	tree_plain(t);
	if (t->column > column)
		tree_end_line(t);
	tree_pad(t, column);
	tree_put(t, "→ ");
	put_target(t, p);
	tree_end_line(t);
	tree_pad(t, column + 2);
	tree_how(t, &p->resolution);
	put_host(t, p);
	if (p->fsntfs == NTFS_WITNESS_DISAGREES)
		tree_put(t, "; libfsntfs reads something else");
	tree_end_line(t);
	tree_leads(t, column + 2, &p->resolution);
	tree_missing_disk(t, column + 2, &p->resolution);
	tree_cites(t, column + 2, &p->cites, &p->resolution.cites);
}

static void put_map(struct tree *t, size_t installation)
{
	const struct model *m = t->model;
	unsigned column = MAP_INDENT + 2 + widest_title(m, installation);

	for (size_t i = 0; i < m->n_mounts; i++)
		if (in_map(&m->mounts[i], installation))
			put_mount(t, &m->mounts[i], column);
}

/* Why a name leads nowhere: an id that says nothing of a disk is not looked for
 * on one.  */
static void put_why(struct tree *t, const struct machine_name *n)
{
	if (n->resolution.certainty != CERTAINTY_NOT_IN_EVIDENCE) {
		tree_how(t, &n->resolution);
		return;
	}
	switch (n->name->id.kind) {
	case UNIQUE_ID_RAW:
	case UNIQUE_ID_EMPTY:
		tree_put(t, "an id of unknown form");
		break;
	case UNIQUE_ID_DEVICE:
		tree_put(t, "not in this evidence: no disk here is known to "
			 "be that device");
		break;
	default:
		tree_how(t, &n->resolution);
	}
}

static void put_lost_name(struct tree *t, const struct machine_name *n)
{
	char letter[3];

	put_mark(t, true);
	tree_text(t, name_title(n, letter));
	tree_put(t, " → ");
	tree_unique_id(t, n->name);
	tree_end_line(t);
	tree_pad(t, MAP_INDENT + 4);
	put_why(t, n);
	tree_end_line(t);
	tree_leads(t, MAP_INDENT + 4, &n->resolution);
	tree_missing_disk(t, MAP_INDENT + 4, &n->resolution);
	tree_cites(t, MAP_INDENT + 4, &n->name->cites, &n->resolution.cites);
}

static void put_lost_names(struct tree *t, size_t installation)
{
	const struct model *m = t->model;
	bool any = false;

	for (size_t i = 0; i < m->n_names; i++) {
		if (!leads_nowhere(&m->names[i], installation))
			continue;
		if (!any) {
			tree_end_line(t);
			tree_put(t, "  Names in the registry that lead to no "
				 "volume here, or to several:");
			tree_end_line(t);
		}
		any = true;
		put_lost_name(t, &m->names[i]);
	}
}

/* Names that the hive has, and that its logs take away or give another id.  */
static void put_replaced_names(struct tree *t, size_t installation)
{
	const struct model *m = t->model;
	bool any = false;

	for (size_t i = 0; i < m->n_names; i++) {
		const struct machine_name *n = &m->names[i];
		char letter[3];

		if (n->installation != installation || !n->superseded ||
		    n->presence != PRESENT_BEFORE)
			continue;
		if (!any) {
			tree_end_line(t);
			tree_put(t, "  Names that the logs of the hive removed "
				 "or changed:");
			tree_end_line(t);
		}
		any = true;
		tree_pad(t, MAP_INDENT);
		tree_text(t, name_title(n, letter));
		tree_put(t, " → ");
		tree_unique_id(t, n->name);
		if (n->resolution.volume != NONE) {
			tree_put(t, ": ");
			tree_place(t, n->resolution.volume);
		}
		tree_end_line(t);
		tree_cites(t, MAP_INDENT + 4, &n->name->cites,
			   &n->resolution.cites);
	}
}

/* What a person wants to know of a deleted name: what it stood for, and how
 * sure that is.  */
static void put_deleted_name(struct tree *t, const struct machine_name *n)
{
	char letter[3];

	tree_pad(t, MAP_INDENT);
	tree_text(t, name_title(n, letter));
	tree_put(t, " → ");
	if (n->lost->data == SCAN_INTACT) {
		tree_unique_id(t, n->name);
		if (n->resolution.volume != NONE) {
			tree_put(t, ": ");
			tree_place(t, n->resolution.volume);
		}
	} else {
		tree_printf(t, "its data is %s", scan_data_name(n->lost->data));
	}
	tree_printf(t, " (%s)", scan_place_name(n->lost->place));
	tree_end_line(t);
	tree_cites(t, MAP_INDENT + 4, &n->name->cites, &n->resolution.cites);
}

static void put_deleted_names(struct tree *t, size_t installation)
{
	const struct model *m = t->model;
	bool any = false;

	for (size_t i = 0; i < m->n_names; i++) {
		if (m->names[i].installation != installation ||
		    m->names[i].presence != PRESENT_DELETED)
			continue;
		if (!any) {
			tree_end_line(t);
			tree_put(t, "  Names that were deleted, or are only "
				 "in log pages that were not applied:");
			tree_end_line(t);
		}
		any = true;
		put_deleted_name(t, &m->names[i]);
	}
}

static void put_part(struct tree *t, const char *before, struct text text)
{
	if (text.utf8 == NULL || *text.utf8 == '\0')
		return;
	tree_put(t, before);
	tree_text(t, text.utf8);
}

static void put_hive(struct tree *t, const char *name,
		     const struct machine_hive *h)
{
	if (h->path.utf8 == NULL) {
		tree_printf(t, "  no %s hive that can be read", name);
		tree_end_line(t);
		return;
	}
	tree_printf(t, "  %s hive ", name);
	tree_text(t, h->path.utf8);
	if (h->is_text) {
		tree_put(t, ", exported as text");
	} else if (h->is_log) {
		tree_style(t, STYLE_WARNING);
		tree_put(t, ", a transaction log whose hive is not here");
		tree_plain(t);
	} else if (!h->dirty) {
		tree_put(t, ", clean");
	} else if (h->n_logs == 0) {
		tree_style(t, STYLE_WARNING);
		tree_put(t, ", dirty: its logs may hold newer values");
		tree_plain(t);
	} else {
		tree_put(t, ", dirty, read with its logs");
		for (size_t i = 0; i < h->n_logs; i++) {
			tree_put(t, i == 0 ? " " : ", ");
			tree_text(t, h->logs[i]);
		}
	}
	tree_end_line(t);
}

/* Where nothing was decided, Windows mounts what is new.  */
static void put_policy(struct tree *t, const struct mount_policy *p)
{
	const char *name = san_policy_name(p->san_policy.value);

	if (!p->no_automount.is_set && !p->san_policy.is_set)
		return;
	if (p->no_automount.is_set)
		tree_put(t, p->no_automount.value == 0
			 ? "  new volumes are mounted"
			 : "  new volumes are not mounted (NoAutoMount)");
	if (p->san_policy.is_set) {
		tree_printf(t, "%sSAN policy %" PRIu32,
			    p->no_automount.is_set ? ", " : "  ",
			    p->san_policy.value);
		if (name != NULL)
			tree_printf(t, " (%s)", name);
	}
	tree_end_line(t);
}

static void put_offline_volume(struct tree *t, size_t installation,
			       size_t volume)
{
	const struct machine_volume *v = &t->model->volumes[volume];

	for (size_t i = 0; i < v->n_offline; i++) {
		if (v->offline[i].installation != installation)
			continue;
		tree_put(t, "  kept offline: ");
		tree_text(t, mountmgr_name_title(&v->offline[i].name));
		tree_put(t, ", ");
		tree_place(t, volume);
		tree_end_line(t);
	}
}

/* The volumes that stay offline: first the names that lead to none here.  */
static void put_offline(struct tree *t, size_t installation)
{
	const struct model *m = t->model;

	for (size_t i = 0; i < m->n_names; i++) {
		const struct machine_name *n = &m->names[i];

		if (n->installation != installation || !n->offline ||
		    (!n->superseded && n->resolution.volume != NONE))
			continue;
		tree_put(t, "  kept offline: ");
		tree_text(t, mountmgr_name_title(&n->name->name));
		tree_end_line(t);
	}
	for (size_t i = 0; i < m->n_volumes; i++)
		put_offline_volume(t, installation, i);
}

static void put_installation(struct tree *t, size_t i)
{
	const struct machine_installation *w = &t->model->installations[i];

	tree_style(t, STYLE_HEAD);
	tree_printf(t, "Windows %zu", i);
	tree_plain(t);
	put_part(t, "  ", w->computer_name);
	put_part(t, "  ", w->product_name);
	put_part(t, ", build ", w->build);
	tree_end_line(t);
	put_part(t, "  ", w->system_root);
	if (w->volume != NONE) {
		tree_put(t, " on ");
		tree_place(t, w->volume);
	} else {
		tree_put(t, "  without its disk");
	}
	put_part(t, ", time zone ", w->time_zone);
	tree_end_line(t);
	put_hive(t, "SYSTEM", &w->hive);
	if (w->software.dirty)
		put_hive(t, "SOFTWARE", &w->software);
	put_policy(t, &w->policy);
	put_offline(t, i);
	tree_cites(t, 2, &w->cites, NULL);
	tree_end_line(t);
	put_map(t, i);
	put_lost_names(t, i);
	tree_history(t, i);
	tree_disk_events(t, i);
	tree_users(t, i);
	put_replaced_names(t, i);
	put_deleted_names(t, i);
	tree_end_line(t);
}

static bool any_outside(const struct model *m)
{
	for (size_t i = 0; i < m->n_mounts; i++)
		if (in_map(&m->mounts[i], NONE))
			return true;
	return false;
}

void tree_installations(struct tree *t)
{
	const struct model *m = t->model;

	for (size_t i = 0; i < m->n_installations; i++)
		put_installation(t, i);
	if (m->n_installations == 0) {
		tree_put(t, "No Windows installation was found: nothing says "
			 "which letters the volumes had.");
		tree_end_line(t);
		tree_end_line(t);
	}
	tree_history(t, NONE);
	if (!any_outside(m))
		return;
	tree_style(t, STYLE_HEAD);
	tree_put(t, "Mounted folders that no installation here can name");
	tree_plain(t);
	tree_end_line(t);
	put_map(t, NONE);
	tree_end_line(t);
}
