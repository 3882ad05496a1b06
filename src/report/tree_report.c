/*
 * tree_report.c - the report for people
 */
#include "report/tree.h"

#include <inttypes.h>
#include <stdlib.h>

#define DEFAULT_WIDTH 100
/* Narrower than this, wrapping only makes it worse.  */
#define MIN_WIDTH 60

/* More of the other reparse points than this are counted, not listed.  */
#define MAX_LISTED_REPARSES 12

static void put_count(struct tree *t, const char *before, size_t n,
		      const char *one, const char *many)
{
	tree_printf(t, "%s%zu %s", before, n, n == 1 ? one : many);
}

/* What was read to find mount points: who did not sweep has not looked for
 * deleted ones.  */
static void put_scan(struct tree *t)
{
	const struct model *m = t->model;
	size_t indexes = 0, swept = 0;

	for (size_t i = 0; i < m->n_volumes; i++) {
		indexes += m->volumes[i].index_read;
		swept += m->volumes[i].swept;
	}
	if (indexes + swept == 0)
		return;
	tree_put(t, "Mount points were looked for in ");
	if (indexes > 0)
		put_count(t, "$Extend\\$Reparse of ", indexes, "volume",
			  "volumes");
	if (indexes > 0 && swept > 0)
		tree_put(t, ", in ");
	if (swept > 0)
		put_count(t, "the whole $MFT of ", swept, "volume", "volumes");
	tree_put(t, ".");
	tree_end_line(t);
}

static void put_summary(struct tree *t)
{
	const struct model *m = t->model;

	put_count(t, "", m->n_installations, "Windows installation",
		  "Windows installations");
	put_count(t, ", ", m->n_disks, "disk", "disks");
	put_count(t, ", ", m->n_partitions, "partition", "partitions");
	put_count(t, ", ", m->n_volumes, "volume", "volumes");
	put_count(t, ", ", m->n_mounts, "mount point", "mount points");
	put_count(t, ", ", m->findings.n, "finding", "findings");
	tree_end_line(t);
	tree_style(t, m->complete ? STYLE_GOOD : STYLE_BAD);
	tree_put(t, m->complete ? "Complete: all of the evidence was read and "
		 "understood." : "PARTIAL: some of the evidence could not be "
		 "used; the findings below say what.");
	tree_plain(t);
	tree_end_line(t);
	put_scan(t);
	tree_end_line(t);
}

static void put_heading(struct tree *t, const char *s)
{
	tree_style(t, STYLE_HEAD);
	tree_put(t, s);
	tree_plain(t);
	tree_end_line(t);
}

static void put_deleted_mount(struct tree *t, size_t folder)
{
	const struct machine_mount *p = t->folders[folder];

	tree_put(t, "    ");
	tree_text(t, p->path.utf8 != NULL ? p->path.utf8 : "?");
	tree_put(t, " on ");
	tree_place(t, p->host_volume);
	tree_printf(t, " (MFT record %" PRIu64 ", sequence %u)",
		    NTFS_RECORD(p->ref), NTFS_SEQUENCE(p->ref));
	tree_end_line(t);
	tree_put(t, "      → ");
	if (p->resolution.volume != NONE)
		tree_place(t, p->resolution.volume);
	else
		tree_text(t, p->target.utf8 != NULL ? p->target.utf8 : "?");
	tree_put(t, "; ");
	tree_how(t, &p->resolution);
	tree_whose(t, folder);
	tree_end_line(t);
	tree_leads(t, 8, &p->resolution);
	tree_missing_disk(t, 8, &p->resolution);
	tree_cites(t, 8, &p->cites, &p->resolution.cites);
}

static void put_deleted(struct tree *t)
{
	bool any = false;

	for (size_t i = 0; i < t->n_folders; i = tree_next_folder(t, i)) {
		if (!t->folders[i]->deleted)
			continue;
		if (!any)
			put_heading(t, "Deleted mount points");
		any = true;
		put_deleted_mount(t, i);
	}
	if (any)
		tree_end_line(t);
}

static bool is_other(const struct machine_reparse *r)
{
	return r->point->raw.n == 0 ||
	       r->point->data.kind != REPARSE_VOLUME_MOUNT_POINT;
}

static void put_reparse(struct tree *t, const struct machine_reparse *r)
{
	tree_printf(t, "    %-12s ", reparse_kind_name(r->point));
	tree_place(t, r->volume);
	tree_put(t, "  ");
	tree_text(t, r->point->path.text.utf8 != NULL ?
		  r->point->path.text.utf8 : "?");
	if (r->target.utf8 != NULL) {
		tree_put(t, " → ");
		tree_text(t, r->target.utf8);
	}
	if (r->point->deleted)
		tree_put(t, "  (deleted)");
	tree_end_line(t);
	tree_cites(t, 8, &r->point->cites, NULL);
}

static void put_reparses(struct tree *t)
{
	const struct model *m = t->model;
	size_t n = 0;

	for (size_t i = 0; i < m->n_reparses; i++)
		n += is_other(&m->reparses[i]);
	if (n == 0)
		return;
	tree_style(t, STYLE_HEAD);
	put_count(t, "", n, "other reparse point", "other reparse points");
	tree_plain(t);
	if (n > MAX_LISTED_REPARSES && !t->verbose) {
		tree_put(t, " (--verbose lists them)");
		n = 0;
	}
	tree_end_line(t);
	for (size_t i = 0; n > 0 && i < m->n_reparses; i++)
		if (is_other(&m->reparses[i]))
			put_reparse(t, &m->reparses[i]);
	tree_end_line(t);
}

static enum style severity_style(enum severity s)
{
	switch (s) {
	case SEVERITY_ERROR:
		return STYLE_BAD;
	case SEVERITY_WARNING:
		return STYLE_WARNING;
	case SEVERITY_INFO:
		break;
	}
	return STYLE_DIM;
}

/* Where the message of a finding begins.  */
enum { FINDING_COLUMN = 20 };

static void put_finding(struct tree *t, const struct diag *d)
{
	tree_put(t, "    ");
	tree_style(t, severity_style(d->kind->severity));
	tree_put(t, severity_name(d->kind->severity));
	tree_plain(t);
	tree_pad(t, 12);
	tree_put(t, d->kind->code);
	tree_pad(t, FINDING_COLUMN);
	tree_wrap(t, FINDING_COLUMN, d->message);
	if (d->cites.n > 0 && !t->verbose) {
		tree_pad(t, FINDING_COLUMN);
		tree_style(t, STYLE_DIM);
		tree_printf(t, "image%u @%" PRIu64 " +%" PRIu64 " ",
			    d->cites.list[0].image, d->cites.list[0].offset,
			    d->cites.list[0].length);
		tree_text(t, d->cites.list[0].structure);
		tree_plain(t);
		tree_end_line(t);
	}
	tree_cites(t, FINDING_COLUMN, &d->cites, NULL);
}

static void put_findings(struct tree *t)
{
	const struct diag_list *d = &t->model->findings;

	if (d->n == 0 && !d->lost)
		return;
	put_heading(t, "Findings");
	for (size_t i = 0; i < d->n; i++)
		put_finding(t, &d->list[i]);
	if (!d->lost)
		return;
	tree_put(t, "    Memory ran out: some findings are missing.");
	tree_end_line(t);
}

static unsigned width_of(const struct report_options *o)
{
	if (o->width == 0)
		return DEFAULT_WIDTH;
	return o->width > MIN_WIDTH ? o->width : MIN_WIDTH;
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_folders(const struct machine_mount *a,
			   const struct machine_mount *b)
{
	int r = compare_numbers(a->host_volume, b->host_volume);

	if (r == 0)
		r = compare_numbers(a->deleted, b->deleted);
	return r != 0 ? r : compare_numbers(a->ref, b->ref);
}

static int compare_answers(const struct machine_mount *a,
			   const struct machine_mount *b)
{
	int r = compare_numbers(a->resolution.volume, b->resolution.volume);

	return r != 0 ? r : compare_numbers(a->resolution.certainty,
					    b->resolution.certainty);
}

size_t tree_next_folder(const struct tree *t, size_t i)
{
	const struct machine_mount *const *f = t->folders;
	size_t next = i + 1;

	while (next < t->n_folders && compare_folders(f[i], f[next]) == 0 &&
	       compare_answers(f[i], f[next]) == 0)
		next++;
	return next;
}

void tree_whose(struct tree *t, size_t i)
{
	const struct machine_mount *const *f = t->folders;
	size_t next = tree_next_folder(t, i);
	const char *before = "  (";

	if ((i == 0 || compare_folders(f[i - 1], f[i]) != 0) &&
	    (next == t->n_folders || compare_folders(f[i], f[next]) != 0))
		return;
	for (; i < next; i++) {
		tree_printf(t, "%swindows%zu", before, f[i]->installation);
		before = ", ";
	}
	tree_put(t, ")");
}

/* qsort() keeps no order among equals; their order in the model does.  */
static int compare_slots(const void *a, const void *b)
{
	const struct machine_mount *x = *(const struct machine_mount *const *)a;
	const struct machine_mount *y = *(const struct machine_mount *const *)b;
	int r = compare_folders(x, y);

	if (r == 0)
		r = compare_answers(x, y);
	return r != 0 ? r : x < y ? -1 : x > y;
}

static int list_folders(struct tree *t)
{
	const struct model *m = t->model;
	size_t n = 0;

	t->folders = calloc(m->n_mounts + 1, sizeof(t->folders[0]));
	if (t->folders == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < m->n_mounts; i++)
		if (m->mounts[i].kind == MOUNT_DIRECTORY)
			t->folders[n++] = &m->mounts[i];
	qsort(t->folders, n, sizeof(t->folders[0]), compare_slots);
	t->n_folders = n;
	return 0;
}

int tree_report(const struct model *m, const struct report_options *o,
		struct out *out)
{
	struct tree t = { .model = m, .out = out, .colour = o->colour,
			  .verbose = o->verbose, .width = width_of(o) };

	if (list_folders(&t) < 0)
		return ERR_NOMEM;
	put_summary(&t);
	tree_installations(&t);
	tree_disks(&t);
	tree_known_disks(&t);
	tree_shadows(&t);
	put_deleted(&t);
	put_reparses(&t);
	put_findings(&t);
	free(t.folders);
	return 0;
}
