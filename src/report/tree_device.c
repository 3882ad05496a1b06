/*
 * tree_device.c - device numbers and the extents of volumes, for people
 */
#include <inttypes.h>

#include "report/device_report.h"
#include "report/tree.h"

#define TEXT_WIDTH 80

static void put_line(struct tree *t, unsigned indent, const char *s)
{
	for (unsigned i = 0; i < indent; i++)
		tree_put(t, " ");
	tree_wrap(t, indent + 2, s);
}

/* "C:\", of which installation where there are several.  */
static void put_path(struct tree *t, const struct access_path *p)
{
	tree_text(t, p->path.utf8);
	if (t->model->n_installations > 1 && p->installation != NONE)
		tree_printf(t, "  (windows%zu)", p->installation);
	tree_end_line(t);
}

static void put_names(struct tree *t, const struct machine_volume *v)
{
	char guid[GUID_TEXT_CHARS + 1];

	for (size_t i = 0; i < v->n_names; i++) {
		tree_printf(t, "    \\\\?\\Volume{%s}\\",
			    guid_text(&v->names[i], guid));
		tree_end_line(t);
	}
	for (size_t i = 0; i < v->n_paths; i++) {
		tree_put(t, "    ");
		put_path(t, &v->paths[i]);
	}
	if (v->n_names + v->n_paths == 0)
		put_line(t, 4, "no name leads to it");
}

/* ": Disk5 {...}", as far as the database knows it.  */
static void put_dynamic_disk(struct tree *t, const struct dynamic_extent *d)
{
	char guid[GUID_TEXT_CHARS + 1];

	if (guid_is_zero(&d->disk_guid))
		return;
	tree_put(t, ": ");
	if (d->disk_name.utf8 != NULL)
		tree_text(t, d->disk_name.utf8);
	tree_printf(t, " {%s}", guid_text(&d->disk_guid, guid));
}

/* A part of a dynamic volume whose disk is not here.  Where the data of that
 * begin only it says.  */
static void put_missing(struct tree *t, const struct dynamic_extent *d)
{
	tree_put(t, "a disk that is not in this evidence");
	if (d == NULL)
		return;
	put_dynamic_disk(t, d);
	tree_printf(t, " @%" PRIu64 " of its data", d->data_offset);
}

static void put_extents(struct tree *t, const struct machine_volume *v)
{
	for (size_t i = 0; i < volume_extent_count(v); i++) {
		struct extent e = volume_extent_at(v, i);

		tree_put(t, "    ");
		if (e.disk != NONE)
			tree_printf(t, "disk %u", t->model->disks[e.disk]
					.number);
		else
			put_missing(t, volume_dynamic_extent_at(v, i));
		if (e.disk != NONE)
			tree_printf(t, " @%" PRIu64, e.offset);
		tree_printf(t, ", %" PRIu64 " bytes", e.length);
		tree_end_line(t);
	}
}

static void put_volume(struct tree *t, size_t volume, bool extents)
{
	const struct machine_volume *v = &t->model->volumes[volume];

	tree_printf(t, "  volume%zu  ", volume);
	tree_identity(t, v);
	tree_end_line(t);
	put_names(t, v);
	if (extents)
		put_extents(t, v);
}

/* By which source it is known, how sure, and why.  */
static void put_why(struct tree *t, const struct device_number *d)
{
	tree_put(t, "  ");
	tree_hang(t, 4);
	if (d->tier != TIER_NONE)
		tree_printf(t, "%s, ", tier_name(d->tier));
	tree_put(t, certainty_name(d->certainty));
	if (d->why != NULL) {
		tree_put(t, ": ");
		tree_text(t, d->why);
	}
	tree_hang(t, 0);
	tree_end_line(t);
	tree_cites(t, 4, &d->cites, NULL);
}

static void put_number(struct tree *t, uint32_t n)
{
	if (n == DEVICE_NO_NUMBER)
		tree_put(t, "unknown");
	else
		tree_printf(t, "%" PRIu32, n);
}

static void put_answer(struct tree *t, const struct device_number *d)
{
	tree_style(t, STYLE_HEAD);
	tree_printf(t, "DeviceType %d (%s), DeviceNumber ", (int)d->type,
		    device_type_name(d->type));
	put_number(t, d->number);
	tree_printf(t, ", PartitionNumber ");
	if (d->partition_number == DEVICE_NO_NUMBER)
		tree_put(t, "-1");
	else
		tree_printf(t, "%" PRIu32, d->partition_number);
	tree_plain(t);
	tree_end_line(t);
	if (d->disk == NONE)
		return;
	tree_printf(t, "  \\Device\\Harddisk%" PRIu32 "\\Partition%" PRIu32
		    "  ", d->number, d->partition_number);
	tree_text(t, t->model->images[t->model->disks[d->disk].image].file);
	tree_printf(t, "  number %s",
		    number_basis_name(t->model->disks[d->disk].basis));
	tree_end_line(t);
}

static void put_error(struct tree *t, const struct device_number *d)
{
	tree_style(t, STYLE_HEAD);
	tree_printf(t, "No device number: error %d (%s)", (int)d->error,
		    device_error_name(d->error));
	tree_plain(t);
	tree_end_line(t);
}

static void put_device(struct tree *t, const struct device_number *d)
{
	if (d->error == DEVICE_ANSWERS)
		put_answer(t, d);
	else
		put_error(t, d);
	if (d->reason != NULL)
		put_line(t, 2, d->reason);
	put_why(t, d);
	for (size_t i = 0; i < d->n_volumes; i++)
		put_volume(t, d->volumes[i], d->error != DEVICE_ANSWERS ||
			   t->model->volumes[d->volumes[i]].kind ==
			   VOLUME_LDM);
	if (d->n_volumes == 0 && d->disk != NONE)
		put_line(t, 2, "no volume lies in it");
}

int device_numbers_text(const struct model *m, const struct device_numbers *d,
			bool verbose, struct out *out)
{
	struct tree t = { .model = m, .out = out, .verbose = verbose,
			  .width = TEXT_WIDTH };

	for (size_t i = 0; i < d->n; i++) {
		if (i > 0)
			tree_end_line(&t);
		put_device(&t, &d->list[i]);
	}
	if (d->cut)
		put_line(&t, 0, "and more, which are not listed");
	return 0;
}

/* --- extents -------------------------------------------------------------- */

/* As diskext prints them.  */
static void put_extent(struct tree *t, const struct machine_volume *v, size_t i)
{
	const struct extent e = volume_extent_at(v, i);
	const struct dynamic_extent *d = volume_dynamic_extent_at(v, i);

	tree_printf(t, "   Extent [%zu]:", i + 1);
	tree_end_line(t);
	if (e.disk != NONE)
		tree_printf(t, "       Disk:   %u",
			    t->model->disks[e.disk].number);
	else
		tree_put(t, "       Disk:   not in this evidence");
	if (e.disk == NONE && d != NULL)
		put_dynamic_disk(t, d);
	tree_end_line(t);
	if (e.disk != NONE || d == NULL)
		tree_printf(t, "       Offset: %" PRIu64, e.offset);
	else
		tree_printf(t, "       Offset: %" PRIu64 " of that disk's data",
			    d->data_offset);
	tree_end_line(t);
	tree_printf(t, "       Length: %" PRIu64, e.length);
	tree_end_line(t);
}

static void put_place(struct tree *t, const struct volume_place *p)
{
	const struct machine_volume *v = &t->model->volumes[p->volume];
	char guid[GUID_TEXT_CHARS + 1];

	tree_style(t, STYLE_HEAD);
	if (v->n_names > 0)
		tree_printf(t, "Volume: \\\\?\\Volume{%s}\\",
			    guid_text(&v->names[0], guid));
	else
		tree_printf(t, "Volume: volume%zu", p->volume);
	tree_plain(t);
	tree_end_line(t);
	for (size_t i = 0; i < v->n_paths; i++) {
		tree_put(t, "   Mounted at: ");
		put_path(t, &v->paths[i]);
	}
	for (size_t i = 0; i < volume_extent_count(v); i++)
		put_extent(t, v, i);
	if (p->by->error == DEVICE_ANSWERS && p->by->reason != NULL)
		put_line(t, 2, p->by->reason);
	put_why(t, p->by);
}

int volume_extents_text(const struct model *m, const struct volume_place *list,
			size_t n, bool verbose, struct out *out)
{
	struct tree t = { .model = m, .out = out, .verbose = verbose,
			  .width = TEXT_WIDTH };

	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			tree_end_line(&t);
		put_place(&t, &list[i]);
	}
	return 0;
}
