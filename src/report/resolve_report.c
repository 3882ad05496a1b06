#include "report/resolve_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report/columns_place.h"
#include "report/escape.h"
#include "report/json_record.h"
#include "report/tree.h"

/* --- JSON ----------------------------------------------------------------- */

static void write_string(struct json *j, const char *key, const char *s)
{
	if (s != NULL)
		json_string(j, key, s);
	else
		json_null(j, key);
}

static int write_places(const struct model *m, const struct places *p,
			struct json *j)
{
	for (size_t i = 0; i < p->n; i++) {
		struct row r = { m, &p->list[i], i, arena_new() };
		bool failed;

		if (r.scratch == NULL)
			return ERR_NOMEM;
		json_object_open(j, NULL);
		json_table(j, &place_table, &r);
		json_object_close(j);
		failed = arena_failed(r.scratch);
		arena_free(r.scratch);
		if (failed)
			return ERR_NOMEM;
	}
	return 0;
}

static int write_json(const struct model *m, const struct resolve_answer *a,
		      const struct report_options *o, struct out *out)
{
	const struct places *p = a->places;
	char installation[32];
	struct json j;
	int r;

	(void)o;
	json_init(&j, out, false);
	json_object_open(&j, NULL);
	json_string(&j, "schema", REPORT_SCHEMA);
	json_bool(&j, "complete", m->complete);
	json_string(&j, "target", a->text);
	json_string(&j, "form", target_form_name(p->target->form));
	snprintf(installation, sizeof(installation), "windows%zu",
		 p->installation);
	write_string(&j, "installation",
		     p->installation != NONE ? installation : NULL);
	write_string(&j, "reason", p->why_none);
	json_bool(&j, "cut", p->cut);
	json_array_open(&j, "places");
	r = write_places(m, p, &j);
	json_array_close(&j);
	json_object_close(&j);
	out_string(out, "\n");
	return r;
}

/* --- text ----------------------------------------------------------------- */

/* Where what is said of a place begins.  */
#define LABEL_COLUMN 2
#define TEXT_COLUMN 16

/* Lines of extents that a person reads; JSON has all.  */
#define SHOWN_EXTENTS 16

/* And of links.  */
#define SHOWN_HOPS 16

static void label(struct tree *t, const char *word)
{
	tree_pad(t, LABEL_COLUMN);
	tree_put(t, word);
	tree_pad(t, TEXT_COLUMN);
}

static void put_head(struct tree *t, const struct place *p)
{
	const struct model *m = t->model;

	if (p->volume != NONE) {
		tree_printf(t, "volume%zu: ", p->volume);
		tree_place(t, p->volume);
		tree_put(t, ", ");
		tree_identity(t, &m->volumes[p->volume]);
	} else if (p->partition != NONE) {
		tree_printf(t, "disk%zu/p%u: a partition without a volume",
			    p->disk, m->partitions[p->partition].entry->number);
	} else {
		tree_printf(t, "disk%zu: PhysicalDrive%u", p->disk,
			    m->disks[p->disk].number);
	}
	tree_end_line(t);
	label(t, "because");
	tree_text(t, p->match.why);
	tree_printf(t, " (%s", certainty_name(p->match.certainty));
	if (p->match.tier != TIER_NONE)
		tree_printf(t, ", by %s", tier_name(p->match.tier));
	tree_put(t, ")");
	tree_end_line(t);
	tree_cites(t, TEXT_COLUMN, &p->match.cites, NULL);
	if (p->note != NULL) {
		label(t, "");
		tree_text(t, p->note);
		tree_end_line(t);
	}
}

/* What is not here.  A disk is where a partition of it was.  */
static void put_absent(struct tree *t, const struct place *p)
{
	if (p->disk != NONE)
		tree_put(t, "Once: ");
	tree_text(t, p->match.why);
	if (p->disk != NONE)
		tree_printf(t, " (%s)", certainty_name(p->match.certainty));
	tree_end_line(t);
	tree_cites(t, TEXT_COLUMN, &p->match.cites, NULL);
}

/* Of a circle, which has 63, the first tell enough; JSON has all.  */
static void put_hops(struct tree *t, const struct path_walk *w)
{
	for (size_t i = 0; i < w->n_hops && i < SHOWN_HOPS; i++) {
		const struct walk_hop *h = &w->hops[i];

		label(t, "through");
		tree_text(t, h->path);
		tree_printf(t, " on volume%zu, MFT record %" PRIu64 ": %s to ",
			    h->volume, NTFS_RECORD(h->ref),
			    hop_kind_name(h->kind));
		tree_text(t, h->target.utf8);
		if (h->to != NONE && h->to != h->volume)
			tree_printf(t, ", volume%zu", h->to);
		tree_printf(t, " (%s", certainty_name(h->certainty));
		if (h->tier != TIER_NONE)
			tree_printf(t, ", by %s", tier_name(h->tier));
		tree_put(t, ")");
		tree_end_line(t);
		tree_cites(t, TEXT_COLUMN, &h->cites, NULL);
	}
	if (w->n_hops > SHOWN_HOPS) {
		label(t, "");
		tree_printf(t, "... and %zu more", w->n_hops - SHOWN_HOPS);
		tree_end_line(t);
	}
}

static void put_hole(struct tree *t, const struct place *p,
		     const struct place_extent *e)
{
	if (e->zeros)
		tree_put(t, "not stored: reads as zeros");
	else if (p->stream.compressed)
		tree_put(t, "not stored: compressed into what is before it");
	else
		tree_printf(t, "not stored: a driver of Windows gives its "
			    "bytes (%s)",
			    reparse_tag_name(p->walk.point->tag));
}

static void put_extent(struct tree *t, const struct place *p,
		       const struct place_extent *e)
{
	tree_pad(t, TEXT_COLUMN);
	tree_printf(t, "%-12" PRIu64 " %-12" PRIu64 " ", e->file_offset,
		    e->length);
	if (!e->stored)
		put_hole(t, p, e);
	else if (!e->in_image)
		tree_put(t, "in no image");
	else
		tree_printf(t, "image%u at %" PRIu64 "%s%s", e->at.image,
			    e->at.offset,
			    e->at.encrypted ? ", encrypted by BitLocker" : "",
			    e->copy ? ", the mirror's other side" : "");
	tree_end_line(t);
}

static void put_data(struct tree *t, const struct place *p)
{
	const struct ntfs_stream_place *s = &p->stream;
	size_t n = p->n_extents;

	label(t, "data");
	if (p->walk.stream != NULL) {
		tree_put(t, "stream ");
		tree_text(t, p->walk.stream);
		tree_put(t, ", ");
	}
	tree_printf(t, "%" PRIu64 " bytes%s%s%s%s%s", s->size,
		    s->resident ? ", resident in the MFT record" : "",
		    s->compressed ? ", compressed: the clusters hold other "
				    "bytes" : "",
		    s->sparse ? ", sparse" : "",
		    s->encrypted ? ", encrypted by EFS" : "",
		    s->damaged ? ", with a damaged run list" : "");
	tree_end_line(t);
	/* A driver that gives the bytes leaves it at 0.  */
	if (s->initialised < s->size &&
	    (p->walk.point == NULL || p->walk.stream != NULL)) {
		tree_pad(t, TEXT_COLUMN);
		tree_printf(t, "from byte %" PRIu64 " on never written: reads "
			    "as zeros", s->initialised);
		tree_end_line(t);
	}
	if (n == 0)
		return;
	tree_pad(t, TEXT_COLUMN);
	tree_put(t, "in the file  length       where");
	tree_end_line(t);
	if (n > SHOWN_EXTENTS)
		n = SHOWN_EXTENTS;
	for (size_t i = 0; i < n; i++)
		put_extent(t, p, &p->extents[i]);
	if (n < p->n_extents || p->bytes_cut > 0) {
		tree_pad(t, TEXT_COLUMN);
		tree_printf(t, "... and %zu more pieces", p->n_extents - n);
		if (p->bytes_cut > 0)
			tree_printf(t, ", %" PRIu64 " bytes not listed",
				    p->bytes_cut);
		tree_end_line(t);
	}
}

/* The other names of the file.  */
static void put_links(struct tree *t, const struct place *p)
{
	for (size_t i = 0; i < p->links.n; i++) {
		const struct ntfs_path *link = &p->links.list[i];

		if (link->state != PATH_WHOLE ||
		    strcmp(link->text.utf8, p->walk.path) == 0)
			continue;
		label(t, "by its record");
		tree_text(t, link->text.utf8);
		tree_end_line(t);
	}
}

static void put_file(struct tree *t, const struct place *p)
{
	const struct cites *at = &p->record.cites;

	if (!p->has_record)
		return;
	label(t, "MFT record");
	tree_printf(t, "%" PRIu64 ", sequence %u%s", NTFS_RECORD(p->record.ref),
		    NTFS_SEQUENCE(p->record.ref),
		    p->record.is_directory ? ", a directory" : "");
	if (at->n > 0)
		tree_printf(t, ", image%u at %" PRIu64 "%s", at->list[0].image,
			    at->list[0].offset,
			    at->list[0].encrypted ?
			    ", encrypted by BitLocker" : "");
	tree_end_line(t);
	put_links(t, p);
	if (p->walk.point != NULL) {
		label(t, "reparse tag");
		tree_printf(t, "0x%08" PRIx32 ", %s, not followed",
			    p->walk.point->tag,
			    reparse_tag_name(p->walk.point->tag));
		tree_end_line(t);
	}
	if (p->has_stream)
		put_data(t, p);
}

static void put_walk(struct tree *t, const struct place *p)
{
	const struct path_walk *w = &p->walk;

	put_hops(t, w);
	label(t, w->end == WALK_FOUND ? "path" : "came to");
	tree_text(t, w->path);
	tree_end_line(t);
	if (w->end != WALK_FOUND) {
		label(t, "not found");
		tree_text(t, w->end != WALK_NO_STREAM ? w->rest : w->stream);
		tree_end_line(t);
		label(t, "");
		tree_text(t, w->why);
		tree_end_line(t);
	}
	if (w->other_case) {
		label(t, "");
		tree_put(t, "A name on the path exists in several letter "
			 "cases; the one as written was taken, or else the "
			 "first.");
		tree_end_line(t);
	}
	put_file(t, p);
}

static void put_owners(struct tree *t, const struct place *p)
{
	if (p->has_offset) {
		label(t, "in the volume");
		tree_printf(t, "byte %" PRIu64, p->volume_offset);
		if (p->has_cluster)
			tree_printf(t, ", cluster %" PRIu64, p->cluster);
		tree_end_line(t);
	}
	for (size_t i = 0; i < p->n_owners; i++) {
		const struct place_owner *o = &p->owners[i];

		label(t, o->owner.in_use ? "owner" : "deleted owner");
		tree_printf(t, "MFT record %" PRIu64 ", ",
			    NTFS_RECORD(o->record));
		if (o->is_record)
			tree_put(t, "the record itself");
		else
			tree_printf(t, "attribute 0x%" PRIx32 ", cluster %"
				    PRIu64 " of it", o->owner.type,
				    o->owner.vcn);
		if (o->path.state != PATH_UNNAMED) {
			tree_put(t, ": ");
			tree_text(t, o->path.text.utf8);
		}
		if (!o->is_record && o->owner.name.utf8 != NULL) {
			tree_put(t, ":");
			tree_text(t, o->owner.name.utf8);
		}
		tree_end_line(t);
	}
}

static void put_path(struct tree *t, const struct place_path *p)
{
	tree_pad(t, TEXT_COLUMN);
	tree_text(t, p->path);
	if (p->basis == PATH_OF_MAP)
		tree_put(t, p->live ? "  live" : "  of the map, not live");
	else
		tree_printf(t, "  history: %s", path_basis_name(p->basis));
	if (p->installation != NONE)
		tree_printf(t, ", windows%zu", p->installation);
	if (p->resolved)
		tree_printf(t, ", %s", certainty_name(p->certainty));
	if (p->time != 0) {
		tree_put(t, ", ");
		tree_time(t, p->time);
	}
	tree_end_line(t);
	tree_cites(t, TEXT_COLUMN + 2, &p->cites, NULL);
}

static void put_place(struct tree *t, const struct place *p)
{
	if (p->absent)
		put_absent(t, p);
	else
		put_head(t, p);
	if (p->walked)
		put_walk(t, p);
	put_owners(t, p);
	if (p->n_paths > 0) {
		tree_pad(t, LABEL_COLUMN);
		tree_put(t, "paths");
		tree_end_line(t);
	}
	for (size_t i = 0; i < p->n_paths; i++)
		put_path(t, &p->paths[i]);
}

static int write_text(const struct model *m, const struct resolve_answer *a,
		      const struct report_options *o, struct out *out)
{
	struct tree t = { .model = m, .out = out, .colour = o->colour,
			  .verbose = o->verbose, .width = 100 };

	tree_text(&t, a->text);
	tree_end_line(&t);
	if (a->places->n == 0) {
		tree_text(&t, a->places->why_none);
		tree_end_line(&t);
	}
	for (size_t i = 0; i < a->places->n; i++)
		put_place(&t, &a->places->list[i]);
	if (a->places->cut) {
		tree_put(&t, "There are more places than are listed.");
		tree_end_line(&t);
	}
	return 0;
}

const struct resolve_shape resolve_shapes[] = {
	{ "text", "lines for people", write_text },
	{ "json", "one JSON document, with the bytes that each fact rests on",
	  write_json },
};
const size_t n_resolve_shapes =
	sizeof(resolve_shapes) / sizeof(resolve_shapes[0]);
