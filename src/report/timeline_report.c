/*
 * timeline_report.c - the timeline, an event a line
 */
#include "base/filetime.h"
#include "report/timeline.h"
#include "report/tree.h"

/* Where what follows the time begins; longer words push it along.  */
enum { EVENT_COLUMN = 30, SUBJECT_COLUMN = 56 };

static void put_place(struct tree *t, const struct cite *c)
{
	tree_printf(t, "image%u @%llu +%llu ", c->image,
		    (unsigned long long)c->offset,
		    (unsigned long long)c->length);
	tree_text(t, c->structure);
	if (c->file != NULL) {
		tree_put(t, " ");
		tree_text(t, c->file);
	}
}

/* The first place; the record itself names all.  */
static void put_cites(struct tree *t, const struct cites *c)
{
	tree_style(t, STYLE_DIM);
	tree_put(t, "  [");
	if (c->n > 0)
		put_place(t, &c->list[0]);
	for (size_t i = 1; t->verbose && i < c->n; i++) {
		tree_put(t, "; ");
		put_place(t, &c->list[i]);
	}
	tree_put(t, "]");
	tree_plain(t);
}

static void put_subject(struct tree *t, const struct told *told)
{
	const char *subject = told->subject.utf8;

	if (subject == NULL)
		subject = "?";
	if (*subject == '\0' && told->unnamed != NULL)
		subject = told->unnamed;
	tree_text(t, subject);
}

static void put_event(struct tree *t, const struct row *r)
{
	const struct machine_event *e = r->record;
	char time[FILETIME_TEXT_BYTES];
	struct told told;

	timeline_tell(r, &told);
	tree_put(t, filetime_text(e->time, time));
	tree_pad(t, EVENT_COLUMN);
	tree_style(t, STYLE_HEAD);
	tree_put(t, told.event);
	tree_plain(t);
	tree_pad(t, SUBJECT_COLUMN);
	if (told.installation != NONE)
		tree_printf(t, "windows%zu ", told.installation);
	put_subject(t, &told);
	tree_put(t, " — ");
	tree_text(t, told.description != NULL ? told.description : "");
	tree_printf(t, " (%s, %s)", told.source, told.basis);
	put_cites(t, told.cites);
	tree_end_line(t);
}

int timeline_report(const struct model *m, const struct report_options *o,
		    struct out *out)
{
	struct tree t = { .model = m, .out = out, .colour = o->colour,
			  .verbose = o->verbose };

	for (size_t i = 0; i < m->n_events; i++) {
		struct row r = { m, &m->events[i], i, arena_new() };
		bool failed;

		if (r.scratch == NULL)
			return ERR_NOMEM;
		put_event(&t, &r);
		failed = arena_failed(r.scratch);
		arena_free(r.scratch);
		if (failed)
			return ERR_NOMEM;
	}
	return 0;
}
