/*
 * tree_shadows.c - what shadow copies show that is otherwise now
 */
#include "base/filetime.h"
#include "report/tree.h"

/* Lines of one copy that are shown; --verbose shows all.  */
#define MAX_LISTED 12

enum { SHADOW_INDENT = 4 };

static const char *change_words(enum name_change c)
{
	return c == NAME_DIFFERS ? "; now something else is there" :
				   "; now nothing is there";
}

static void put_leads(struct tree *t, const struct resolution *r,
		      struct text else_text)
{
	if (r->volume != NONE)
		tree_place(t, r->volume);
	else
		tree_text(t, else_text.utf8 != NULL ? else_text.utf8 : "?");
	for (size_t i = 0; i < r->n_known_disks && r->volume == NONE; i++) {
		tree_put(t, ", ");
		tree_known_disk(t, r->known_disks[i]);
	}
}

static bool is_told(const struct machine_former_mount *f)
{
	return f->change != NAME_SAME && !f->mount->deleted;
}

static void put_mount(struct tree *t, const struct machine_former_mount *f)
{
	const struct machine_mount *p = f->mount;
	struct text where = p->directory.utf8 != NULL ? p->directory : p->path;

	tree_pad(t, SHADOW_INDENT + 2);
	tree_text(t, where.utf8 != NULL ? where.utf8 : "?");
	tree_put(t, " → ");
	put_leads(t, &p->resolution, p->target);
	tree_put(t, change_words(f->change));
	if (f->live_names)
		tree_put(t, "; by the present names");
	tree_end_line(t);
	tree_cites(t, SHADOW_INDENT + 4, &p->cites, &p->resolution.cites);
}

/* Letters that were in use are told as mount points.  */
static bool is_name_told(const struct machine_former_name *n)
{
	return n->shadow_copy != NONE && n->change != NAME_SAME &&
	       n->presence != PRESENT_DELETED &&
	       (n->older || n->name->kind != NAME_DRIVE_LETTER);
}

static void put_name(struct tree *t, const struct machine_former_name *n)
{
	tree_pad(t, SHADOW_INDENT + 2);
	tree_text(t, mountmgr_name_title(&n->name->name));
	tree_put(t, " → ");
	if (n->resolution.volume != NONE)
		tree_place(t, n->resolution.volume);
	else
		tree_unique_id(t, n->name);
	tree_put(t, n->change == NAME_DIFFERS
		 ? "; now it stands for another id" : "; now not there");
	if (n->older)
		tree_put(t, "; older then");
	tree_end_line(t);
	tree_cites(t, SHADOW_INDENT + 4, &n->name->cites,
		   &n->resolution.cites);
}

static void put_trace(struct tree *t,
		      const struct machine_former_user_volume *f)
{
	const struct user_trace *r = f->then.trace;
	struct text none = { 0 };

	tree_pad(t, SHADOW_INDENT + 2);
	tree_time(t, r->last_written);
	tree_put(t, "  ");
	tree_text(t, f->whose->name.utf8 != NULL ? f->whose->name.utf8 : "?");
	tree_put(t, ": ");
	tree_text(t, r->share.utf8 != NULL ? r->share.utf8 : r->key.utf8);
	tree_end_line(t);
	tree_pad(t, SHADOW_INDENT + 4);
	if (f->then.is_volume) {
		tree_put(t, "→ ");
		put_leads(t, &f->then.resolution, none);
		tree_put(t, "; ");
	}
	tree_put(t, f->change == NAME_DIFFERS ? "now noted at another time" :
						"now not noted");
	tree_end_line(t);
	tree_cites(t, SHADOW_INDENT + 4, &r->cites, &f->then.resolution.cites);
}

static void put_copy(struct tree *t, size_t index)
{
	const struct machine_shadow_copy *s = &t->model->shadow_copies[index];
	char time[FILETIME_TEXT_BYTES];

	tree_pad(t, SHADOW_INDENT);
	tree_printf(t, "shadow%zu, %s, of ", index,
		    filetime_text(s->copy->entry.created, time));
	tree_place(t, s->volume);
	tree_end_line(t);
}

/* What is shown of one copy.  */
struct listing {
	struct tree *t;
	size_t copy;		/* at hand; NONE: none yet */
	size_t n;
};

static void end_copy(struct listing *l)
{
	if (l->n <= MAX_LISTED || l->t->verbose)
		return;
	tree_pad(l->t, SHADOW_INDENT + 2);
	tree_printf(l->t, "and %zu more (--verbose lists them)",
		    l->n - MAX_LISTED);
	tree_end_line(l->t);
}

/* Whether a line of @copy is to be shown; behind its heading.  */
static bool may_put(struct listing *l, size_t copy)
{
	if (l->copy != copy) {
		end_copy(l);
		put_copy(l->t, copy);
		l->copy = copy;
		l->n = 0;
	}
	return l->n++ < MAX_LISTED || l->t->verbose;
}

static void put_heading(struct tree *t, const char *s)
{
	tree_style(t, STYLE_HEAD);
	tree_put(t, s);
	tree_plain(t);
	tree_end_line(t);
}

static void put_traces(struct tree *t, struct listing *l)
{
	const struct model *m = t->model;

	for (size_t i = 0; i < m->n_former_user_volumes; i++) {
		const struct machine_former_user_volume *f =
			&m->former_user_volumes[i];

		if (f->change == NAME_SAME)
			continue;
		if (l->copy == NONE)
			put_heading(t, "Known to users when shadow copies were "
				    "made");
		if (may_put(l, f->shadow_copy))
			put_trace(t, f);
	}
	end_copy(l);
}

void tree_shadows(struct tree *t)
{
	const struct model *m = t->model;
	struct listing mounts = { t, NONE, 0 }, names = mounts, traces = mounts;

	for (size_t i = 0; i < m->n_former_mounts; i++) {
		const struct machine_former_mount *f = &m->former_mounts[i];

		if (!is_told(f))
			continue;
		if (mounts.copy == NONE)
			put_heading(t, "Mounted when shadow copies were made");
		if (may_put(&mounts, f->shadow_copy))
			put_mount(t, f);
	}
	end_copy(&mounts);
	for (size_t i = 0; i < m->n_former_names; i++) {
		const struct machine_former_name *n = &m->former_names[i];

		if (!is_name_told(n))
			continue;
		if (names.copy == NONE)
			put_heading(t, "Other names in shadow copies");
		if (may_put(&names, n->shadow_copy))
			put_name(t, n);
	}
	end_copy(&names);
	put_traces(t, &traces);
	if (mounts.copy != NONE || names.copy != NONE || traces.copy != NONE)
		tree_end_line(t);
}
