/*
 * tree_history.c - what older SYSTEM hives say otherwise than the one in use
 */
#include "base/filetime.h"
#include "report/tree.h"

/* Names of one hive that are shown; --verbose shows all.  */
#define MAX_LISTED_NAMES 12

enum { HISTORY_INDENT = 4 };

static bool is_told(const struct machine_former_name *n, size_t installation)
{
	return n->installation == installation && n->change != NAME_SAME &&
	       n->shadow_copy == NONE;
}

static void put_heading(struct tree *t, size_t installation)
{
	if (installation == NONE) {
		tree_style(t, STYLE_HEAD);
		tree_put(t, "Names in older SYSTEM hives, beside one that "
			 "is not there or cannot be read");
		tree_plain(t);
	} else {
		tree_end_line(t);
		tree_put(t, "  Older SYSTEM hives have other names:");
	}
	tree_end_line(t);
}

static void put_hive(struct tree *t, const struct machine_former_name *n)
{
	char time[FILETIME_TEXT_BYTES];
	const char *path = n->hive->path.utf8;

	tree_pad(t, HISTORY_INDENT);
	tree_text(t, path != NULL ? path : "?");
	if (n->name->last_written != 0)
		tree_printf(t, ", MountedDevices written %s",
			    filetime_text(n->name->last_written, time));
	tree_end_line(t);
}

static void put_target(struct tree *t, const struct machine_former_name *n)
{
	if (n->lost != NULL && n->lost->data != SCAN_INTACT) {
		tree_printf(t, "its data is %s",
			    scan_data_name(n->lost->data));
		return;
	}
	if (n->resolution.volume != NONE) {
		tree_place(t, n->resolution.volume);
		return;
	}
	tree_unique_id(t, n->name);
	for (size_t i = 0; i < n->resolution.n_known_disks; i++) {
		tree_put(t, ", ");
		tree_known_disk(t, n->resolution.known_disks[i]);
	}
}

static void put_name(struct tree *t, const struct machine_former_name *n)
{
	tree_pad(t, HISTORY_INDENT + 2);
	if (n->name->kind == NAME_DRIVE_LETTER)
		tree_printf(t, "%c:", n->name->letter);
	else
		tree_text(t, mountmgr_name_title(&n->name->name));
	tree_put(t, " → ");
	put_target(t, n);
	tree_put(t, n->change == NAME_DIFFERS
		 ? "; now it stands for another id" : "; now not there");
	if (n->presence == PRESENT_DELETED)
		tree_printf(t, "; deleted then (%s)",
			    scan_place_name(n->lost->place));
	else if (n->presence == PRESENT_BEFORE && n->hive != NULL &&
		 n->hive->n_logs > 0)
		tree_put(t, "; taken away or changed by its logs");
	tree_end_line(t);
	tree_cites(t, HISTORY_INDENT + 4, &n->name->cites,
		   &n->resolution.cites);
}

static void put_left_out(struct tree *t, size_t n)
{
	if (n == 0)
		return;
	tree_pad(t, HISTORY_INDENT + 2);
	tree_printf(t, "and %zu more (--verbose lists them)", n);
	tree_end_line(t);
}

void tree_history(struct tree *t, size_t installation)
{
	const struct model *m = t->model;
	const struct machine_hive *hive = NULL;
	size_t n = 0, left_out = 0;

	for (size_t i = 0; i < m->n_former_names; i++) {
		const struct machine_former_name *f = &m->former_names[i];

		if (!is_told(f, installation))
			continue;
		if (hive == NULL)
			put_heading(t, installation);
		if (f->hive != hive) {
			put_left_out(t, left_out);
			put_hive(t, f);
			n = left_out = 0;
			hive = f->hive;
		}
		if (t->verbose || n++ < MAX_LISTED_NAMES)
			put_name(t, f);
		else
			left_out++;
	}
	put_left_out(t, left_out);
	if (hive != NULL && installation == NONE)
		tree_end_line(t);
}
