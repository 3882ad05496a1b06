/*
 * tree_users.c - who knew which volume, and since when
 */
#include "report/tree.h"

#include <string.h>

/* A stick's user meets a few dozen; more than these are counted.  */
#define MAX_LISTED 24

enum { USER_INDENT = 4, TRACE_INDENT = 6, KEY_COLUMN = 28 };

static const char *kind_words(enum trace_kind k)
{
	static const char *const words[] = {
		[TRACE_VOLUME] = "", [TRACE_LETTER] = "letter ",
		[TRACE_SHARE] = "share ", [TRACE_FOLDER] = "mounted folder ",
		[TRACE_DEVICE] = "device ",
		[TRACE_RECYCLE_BIN] = "recycle bin of ", [TRACE_OTHER] = "",
	};

	return words[k];
}

static void put_key(struct tree *t, const struct machine_user_volume *v)
{
	const struct user_trace *r = v->trace;

	tree_put(t, kind_words(r->kind));
	if (r->kind == TRACE_SHARE && r->letter != 0)
		tree_printf(t, "on %c: ", r->letter);
	tree_text(t, r->share.utf8 != NULL ? r->share.utf8 : r->key.utf8);
	if (r->label.utf8 != NULL || r->media_label.utf8 != NULL) {
		tree_put(t, " \"");
		tree_text(t, r->label.utf8 != NULL ? r->label.utf8
						   : r->media_label.utf8);
		tree_put(t, "\"");
	}
	if (r->kind == TRACE_LETTER && !v->is_volume)
		tree_put(t, ", a share of the user's");
	if (t->model->users[v->user].hive.is_log)
		tree_put(t, "  (recovered from a log; the hive is lost)");
	else if (v->presence == PRESENT_AFTER)
		tree_put(t, "  (only in the logs)");
	else if (v->presence == PRESENT_BEFORE &&
		 t->model->users[v->user].hive.n_logs > 0)
		tree_put(t, "  (taken away by the logs)");
}

/* Where it leads; where to none, as what the registry knew it.  */
static void put_volume(struct tree *t, const struct machine_user_volume *v)
{
	size_t volume = v->resolution.volume;

	if (volume != NONE) {
		tree_put(t, "→ ");
		tree_place(t, volume);
		tree_put(t, "  ");
		tree_identity(t, &t->model->volumes[volume]);
		tree_put(t, "; ");
	} else if (v->name != NULL) {
		tree_put(t, "→ ");
		tree_unique_id(t, v->name);
		tree_put(t, "; ");
	}
	tree_how(t, &v->resolution);
	tree_end_line(t);
	tree_leads(t, KEY_COLUMN + 2, &v->resolution);
	tree_missing_disk(t, KEY_COLUMN + 2, &v->resolution);
}

static void put_trace(struct tree *t, const struct machine_user_volume *v)
{
	tree_pad(t, TRACE_INDENT);
	tree_time(t, v->trace->last_written);
	tree_pad(t, KEY_COLUMN);
	put_key(t, v);
	tree_end_line(t);
	if (v->is_volume) {
		tree_pad(t, KEY_COLUMN + 2);
		put_volume(t, v);
	}
	tree_cites(t, KEY_COLUMN + 2, &v->trace->cites, &v->resolution.cites);
}

/* A SID, and the name of its account, which the directory need not have.  */
static void put_account(struct tree *t, const struct machine_user *u,
			const char *sid)
{
	struct account_name n;

	if (u->name.utf8 == NULL || strcmp(u->name.utf8, sid) != 0) {
		tree_put(t, "  ");
		tree_text(t, sid);
	}
	if (!machine_account_name(t->model, u->installation, sid, &n))
		return;
	tree_put(t, " (");
	tree_text(t, n.name.utf8);
	tree_put(t, ")");
}

static void put_user(struct tree *t, const struct machine_user *u, size_t n)
{
	tree_pad(t, USER_INDENT);
	tree_style(t, STYLE_HEAD);
	tree_text(t, u->name.utf8 != NULL ? u->name.utf8 : "?");
	tree_plain(t);
	if (u->former)
		tree_put(t, ", before Windows was replaced");
	for (size_t i = 0; i < u->n_accounts; i++)
		put_account(t, u, u->accounts[i]->sid.utf8);
	if (u->hive.path.utf8 != NULL) {
		tree_put(t, "  ");
		tree_text(t, u->hive.path.utf8);
		/* A hive file of the user's lies on none.  */
		if (u->volume != NONE) {
			tree_put(t, " on ");
			tree_place(t, u->volume);
		}
	} else {
		tree_put(t, "  no hive was found");
	}
	if (n > MAX_LISTED && !t->verbose)
		tree_printf(t, "; the first %d of %zu, --verbose lists all",
			    MAX_LISTED, n);
	tree_end_line(t);
	tree_cites(t, TRACE_INDENT, &u->cites, NULL);
}

/* Who knew nothing is listed only on demand: a machine has half a dozen
 * services.  */
static void put_traces(struct tree *t, size_t user, size_t first, size_t end,
		       bool *any)
{
	const struct model *m = t->model;
	size_t n = end - first;

	if (n == 0 && !t->verbose)
		return;
	if (!*any) {
		tree_end_line(t);
		tree_put(t, "  Users, the volumes that they used, and when "
			 "these were noted (UTC):");
		tree_end_line(t);
	}
	*any = true;
	put_user(t, &m->users[user], n);
	if (n > MAX_LISTED && !t->verbose)
		end = first + MAX_LISTED;
	for (size_t i = first; i < end; i++)
		put_trace(t, &m->user_volumes[i]);
}

void tree_users(struct tree *t, size_t installation)
{
	const struct model *m = t->model;
	size_t first = 0;
	bool any = false;

	for (size_t user = 0; user < m->n_users; user++) {
		size_t end = first;

		while (end < m->n_user_volumes &&
		       m->user_volumes[end].user == user)
			end++;
		if (m->users[user].installation == installation)
			put_traces(t, user, first, end, &any);
		first = end;
	}
}
