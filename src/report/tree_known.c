/*
 * tree_known.c - the disks that a registry remembers
 */
#include <inttypes.h>

#include "base/filetime.h"
#include "format/partition_type.h"
#include "report/shared.h"
#include "report/tree.h"

enum { DISK_INDENT = 2, FACT_INDENT = 6, SIZE_COLUMN = 24, TYPE_COLUMN = 36 };

/* Partitions of one disk that are shown; --verbose shows all.  */
#define MAX_LISTED 16

static void put_maker(struct tree *t, const struct machine_known_disk *k)
{
	if (k->model.utf8 != NULL) {
		tree_text(t, k->model.utf8);
		return;
	}
	if (k->vendor != NULL) {
		tree_text(t, k->vendor);
		tree_put(t, " ");
	}
	tree_text(t, k->product != NULL ? k->product
					: "a disk of unknown make");
}

static void put_id(struct tree *t, const struct machine_known_disk *k)
{
	char guid[GUID_TEXT_CHARS + 1];

	if (!guid_is_zero(&k->guid))
		tree_printf(t, ", GPT %s", guid_text(&k->guid, guid));
	else if (k->has_signature)
		tree_printf(t, ", MBR signature %08" PRIx32, k->signature);
}

void tree_known_disk(struct tree *t, size_t known)
{
	const struct machine_known_disk *k = &t->model->known_disks[known];

	tree_printf(t, "known%zu, ", known);
	put_maker(t, k);
	if (k->serial != NULL) {
		tree_put(t, ", serial number ");
		tree_text(t, k->serial);
	}
}

static void put_where(struct tree *t, const struct machine_known_disk *k)
{
	if (!k->has_certainty) {
		tree_put(t, "the registry did not keep its partition table");
		return;
	}
	if (k->disk != NONE) {
		tree_style(t, STYLE_GOOD);
		tree_printf(t, "disk%zu of this evidence", k->disk);
		if (k->certainty == CERTAINTY_CONFIRMED)
			tree_put(t, ", with the same table");
		else if (k->certainty == CERTAINTY_INFERRED)
			tree_put(t, ", by the serial number of a volume alone");
	} else if (k->certainty == CERTAINTY_AMBIGUOUS) {
		tree_style(t, STYLE_BAD);
		tree_put(t, k->n_by_serial > 0 ?
			 "ambiguous: a volume here has the serial number of "
			 "one on it, but others may too" :
			 "ambiguous: more than one disk has its id");
	} else {
		tree_style(t, STYLE_WARNING);
		tree_put(t, "not in this evidence");
	}
	tree_plain(t);
}

static void put_time(struct tree *t, const char *what, uint64_t filetime)
{
	char time[FILETIME_TEXT_BYTES];

	if (filetime == 0)
		return;
	tree_pad(t, FACT_INDENT);
	tree_printf(t, "%s %s", what, filetime_text(filetime, time));
	tree_end_line(t);
}

static void put_partition(struct tree *t, const struct drive_layout *l,
			  const struct drive_layout_partition *p)
{
	char size[SIZE_TEXT_BYTES];

	tree_pad(t, FACT_INDENT);
	tree_printf(t, "@%" PRIu64, p->offset);
	tree_pad(t, SIZE_COLUMN);
	tree_put(t, size_text(p->length, size));
	tree_pad(t, TYPE_COLUMN);
	if (l->scheme == DRIVE_LAYOUT_GPT)
		tree_put(t, gpt_type_name(&p->type));
	else if (l->scheme == DRIVE_LAYOUT_MBR)
		tree_printf(t, "%02x %s", p->mbr_type,
			    mbr_type_name(p->mbr_type));
	tree_end_line(t);
}

static void put_partitions(struct tree *t, const struct machine_known_disk *k)
{
	const struct kept_partitions *kept = &k->partitions;
	struct drive_layout_partition p;

	for (size_t i = 0; i < kept->n; i++) {
		if (i == MAX_LISTED && !t->verbose) {
			tree_pad(t, FACT_INDENT);
			tree_printf(t, "and %zu more", kept->n - i);
			tree_end_line(t);
			return;
		}
		if (drive_layout_partition(kept->layout, kept->slots[i], &p,
					   NULL) == 0)
			put_partition(t, kept->layout, &p);
	}
}

/* Whether the table that was kept of @k has a partition where @v is.  */
static bool in_table(const struct machine_known_disk *k,
		     const struct machine_known_volume *v)
{
	const struct kept_partitions *kept = &k->partitions;
	struct drive_layout_partition p;

	for (size_t i = 0; i < kept->n; i++)
		if (drive_layout_partition(kept->layout, kept->slots[i], &p,
					   NULL) == 0 &&
		    p.offset == v->at.offset)
			return true;
	return false;
}

/* Else the table has said it.  */
static bool is_worth_a_line(const struct machine_known_disk *k,
			    const struct machine_known_volume *v)
{
	return v->label.utf8 != NULL || v->has_serial || k->layout == NULL ||
	       (v->at.has_offset && !in_table(k, v));
}

static void put_volumes(struct tree *t, const struct machine_known_disk *k)
{
	for (size_t i = 0; i < k->n_volumes; i++) {
		const struct machine_known_volume *v =
			&t->model->known_volumes[k->first_volume + i];

		if (!is_worth_a_line(k, v))
			continue;
		if (i == MAX_LISTED && !t->verbose)
			return;
		tree_pad(t, FACT_INDENT);
		tree_put(t, "volume");
		if (v->at.has_offset)
			tree_printf(t, " @%" PRIu64, v->at.offset);
		if (v->at.has_offset && k->layout != NULL && !in_table(k, v))
			tree_put(t, ", which the table does not have");
		if (v->label.utf8 != NULL) {
			tree_put(t, " \"");
			tree_text(t, v->label.utf8);
			tree_put(t, "\"");
		}
		if (v->has_serial)
			tree_printf(t, " %04X-%04X", v->serial >> 16,
				    v->serial & 0xffff);
		if (v->has_serial && v->volume != NONE) {
			tree_put(t, ", which is ");
			tree_place(t, v->volume);
		}
		tree_end_line(t);
	}
}

/* A disk that was attached in one way needs no more name than its maker's.  */
static void put_instances(struct tree *t, const struct machine_known_disk *k)
{
	for (size_t i = 0; k->n_instances > 1 && i < k->n_instances; i++) {
		tree_pad(t, FACT_INDENT);
		tree_put(t, "attached as ");
		tree_text(t, k->instances[i]->instance.utf8);
		tree_end_line(t);
	}
}

static void put_known(struct tree *t, size_t i)
{
	const struct machine_known_disk *k = &t->model->known_disks[i];

	tree_pad(t, DISK_INDENT);
	tree_known_disk(t, i);
	put_id(t, k);
	tree_put(t, ": ");
	put_where(t, k);
	if (known_disk_is_of_log(t->model, k))
		tree_put(t, "  (recovered from a log; the hive is lost)");
	tree_end_line(t);
	tree_cites(t, FACT_INDENT + 2, &k->cites, NULL);
	if (t->verbose)
		put_instances(t, k);
	/* Of a disk that is here, the disk itself says more.  */
	if (k->disk != NONE && !t->verbose)
		return;
	put_time(t, "first installed", k->times.first_installed);
	put_time(t, "last arrived   ", k->times.last_arrival);
	put_time(t, "last removed   ", k->times.last_removal);
	put_time(t, "last present   ", k->times.last_present);
	if (k->times.last_arrival == 0) {
		put_time(t, "key written    ", k->last_written);
		put_time(t, "class written  ", k->interface_written);
	}
	put_time(t, "table as of    ", k->layout_written);
	put_partitions(t, k);
	put_volumes(t, k);
}

void tree_known_disks(struct tree *t)
{
	const struct model *m = t->model;

	for (size_t i = 0; i < m->n_known_disks; i++) {
		size_t installation = m->known_disks[i].installation;

		if (i == 0 ||
		    installation != m->known_disks[i - 1].installation) {
			tree_style(t, STYLE_HEAD);
			tree_printf(t, "Disks that the registry of windows%zu "
				    "remembers", installation);
			tree_plain(t);
			tree_end_line(t);
		}
		put_known(t, i);
	}
	if (m->n_known_disks > 0)
		tree_end_line(t);
}
