/*
 * tree_drive_layout.c - the partition table of a disk, and what of it Windows
 * had kept, for people
 */
#include <inttypes.h>

#include "base/count.h"
#include "format/partition_type.h"
#include "report/drive_layout_report.h"
#include "report/tree.h"

/* Where the columns of a slot begin.  */
enum {
	COLUMN_NUMBER = 6, COLUMN_OFFSET = 16, COLUMN_LENGTH = 32,
	COLUMN_HIDDEN = 48, COLUMN_TYPE = 64,
};

#define TEXT_WIDTH 80

/* Of what differs that much is shown; JSON has more.  */
#define MAX_SHOWN_DIFFERENCES 16
#define MAX_SHOWN_BYTES 24

static const char *style_name(enum drive_layout_scheme s)
{
	static const char *const names[] = {
		[DRIVE_LAYOUT_MBR] = "MBR", [DRIVE_LAYOUT_GPT] = "GPT",
		[DRIVE_LAYOUT_RAW] = "RAW",
	};

	return names[s];
}

static void put_head(struct tree *t, const struct disk_layout *l)
{
	const struct machine_disk *d = &t->model->disks[l->disk];
	const struct drive_layout *h = &l->layout;
	char guid[GUID_TEXT_CHARS + 1];

	tree_style(t, STYLE_HEAD);
	tree_printf(t, "Disk %u", d->number);
	tree_plain(t);
	tree_put(t, "  ");
	tree_text(t, t->model->images[d->image].file);
	tree_printf(t, "  number %s", number_basis_name(d->basis));
	tree_end_line(t);
	tree_printf(t, "PartitionStyle %s, PartitionCount %" PRIu32
		    ", %zu bytes", style_name(h->scheme), h->declared,
		    l->bytes.n);
	tree_end_line(t);
	if (h->scheme == DRIVE_LAYOUT_MBR)
		tree_printf(t, "Signature %08" PRIx32 ", CheckSum %08" PRIx32,
			    h->signature, h->checksum);
	else if (h->scheme == DRIVE_LAYOUT_GPT)
		tree_printf(t, "DiskId {%s}, StartingUsableOffset %" PRIu64
			    ", UsableLength %" PRIu64
			    ", MaxPartitionCount %" PRIu32,
			    guid_text(&h->guid, guid), h->usable_offset,
			    h->usable_length, h->max_partitions);
	if (h->scheme != DRIVE_LAYOUT_RAW)
		tree_end_line(t);
	tree_cites(t, 2, &d->table.cites, NULL);
	if (!ioctl_layout_is_super_floppy(&d->table))
		return;
	tree_wrap(t, 2, "The disk has no partition table, but a volume in its "
		  "first sector: Windows presents it so, with a signature and "
		  "a type that it makes up.");
}

static void put_mbr_slot(struct tree *t, const struct drive_layout_partition *p)
{
	char guid[GUID_TEXT_CHARS + 1];

	tree_pad(t, COLUMN_HIDDEN);
	tree_printf(t, "%" PRIu32, p->hidden_sectors);
	tree_pad(t, COLUMN_TYPE);
	tree_printf(t, "%02x %s", p->mbr_type, mbr_type_name(p->mbr_type));
	tree_put(t, p->active ? ", active" : "");
	tree_put(t, p->recognized ? "" : ", not recognized");
	tree_printf(t, "  {%s}", guid_text(&p->id, guid));
}

static void put_gpt_slot(struct tree *t, const struct drive_layout_partition *p,
			 struct arena *a)
{
	char guid[GUID_TEXT_CHARS + 1];

	tree_pad(t, COLUMN_HIDDEN);
	tree_printf(t, "%016" PRIx64 "  ", p->attributes);
	tree_put(t, gpt_type_name(&p->type));
	tree_printf(t, "  {%s}", guid_text(&p->id, guid));
	if (p->name.n > 0) {
		tree_put(t, "  \"");
		tree_text(t, text_from_utf16(a, p->name).utf8);
		tree_put(t, "\"");
	}
}

static void put_slot(struct tree *t, const struct drive_layout *l, size_t i,
		     struct arena *a)
{
	struct drive_layout_partition p;

	if (drive_layout_partition(l, i, &p, NULL) < 0)
		return;
	tree_printf(t, "%4zu", i);
	tree_pad(t, COLUMN_NUMBER);
	if (!p.used) {
		tree_put(t, "unused");
		tree_end_line(t);
		return;
	}
	tree_printf(t, "%" PRIu32, p.number);
	tree_pad(t, COLUMN_OFFSET);
	tree_printf(t, "%" PRIu64, p.offset);
	tree_pad(t, COLUMN_LENGTH);
	tree_printf(t, "%" PRIu64, p.length);
	if (l->scheme == DRIVE_LAYOUT_MBR)
		put_mbr_slot(t, &p);
	else
		put_gpt_slot(t, &p, a);
	tree_end_line(t);
}

static void put_slots(struct tree *t, const struct drive_layout *l,
		      struct arena *a)
{
	if (l->n_partitions == 0)
		return;
	tree_end_line(t);
	tree_style(t, STYLE_DIM);
	tree_put(t, "Slot");
	tree_pad(t, COLUMN_NUMBER);
	tree_put(t, "Number");
	tree_pad(t, COLUMN_OFFSET);
	tree_put(t, "StartingOffset");
	tree_pad(t, COLUMN_LENGTH);
	tree_put(t, "PartitionLength");
	tree_pad(t, COLUMN_HIDDEN);
	if (l->scheme == DRIVE_LAYOUT_MBR) {
		tree_put(t, "HiddenSectors");
		tree_pad(t, COLUMN_TYPE);
		tree_put(t, "PartitionType  PartitionId");
	} else {
		tree_put(t, "Attributes        PartitionType  PartitionId  "
			 "Name");
	}
	tree_plain(t);
	tree_end_line(t);
	for (size_t i = 0; i < l->n_partitions; i++)
		put_slot(t, l, i, a);
}

static void put_bytes(struct tree *t, struct span s)
{
	size_t n = s.n < MAX_SHOWN_BYTES ? s.n : MAX_SHOWN_BYTES;

	if (s.n == 0)
		tree_put(t, "nothing");
	for (size_t i = 0; i < n; i++)
		tree_printf(t, "%02x", s.p[i]);
	if (n < s.n)
		tree_put(t, "...");
}

static void put_difference(struct tree *t, const struct layout_difference *d)
{
	tree_printf(t, "  byte %" PRIu64 ": ", d->here.at);
	if (d->slot != NONE)
		tree_printf(t, "slot %zu", d->slot);
	if (d->field != NULL)
		tree_printf(t, "%s%s", d->slot != NONE ? ", " : "", d->field);
	tree_put(t, ": here ");
	put_bytes(t, d->here);
	tree_put(t, ", kept ");
	put_bytes(t, d->kept);
	tree_end_line(t);
}

static void put_kept_source(struct tree *t, const struct kept_layout *k)
{
	tree_printf(t, "Kept by windows%zu in ", k->installation);
	if (k->event == NONE) {
		tree_put(t, "its registry");
	} else {
		tree_printf(t, "its event log, record %" PRIu64,
			    t->model->disk_events[k->event].event->record);
		if (k->n_events > 1)
			tree_printf(t, " and %zu after it", k->n_events - 1);
	}
	if (k->known_disk != NONE)
		tree_printf(t, " (known%zu)", k->known_disk);
	if (k->last != 0) {
		tree_put(t, ", ");
		tree_time(t, k->last);
	}
	if (k->by_id)
		tree_put(t, ", which is of this disk by its id only");
}

static void put_kept(struct tree *t, const struct kept_layout *k)
{
	size_t n = t->verbose || k->n_differences < MAX_SHOWN_DIFFERENCES ?
		   k->n_differences : MAX_SHOWN_DIFFERENCES;

	put_kept_source(t, k);
	if (k->n_all_differences == 0)
		tree_put(t, k->numbered ? ": the same" :
			 ": the same, except for the numbers, which are not "
			 "kept");
	else
		tree_printf(t, ": %zu %s", k->n_all_differences,
			    count_word(k->n_all_differences, "field differs",
				       "fields differ"));
	tree_end_line(t);
	for (size_t i = 0; i < n; i++)
		put_difference(t, &k->differences[i]);
	if (n < k->n_all_differences) {
		tree_printf(t, "  and %zu more", k->n_all_differences - n);
		tree_end_line(t);
	}
	tree_cites(t, 2, k->cites, NULL);
}

static void put_layout(struct tree *t, const struct disk_layout *l,
		       struct arena *a)
{
	put_head(t, l);
	put_slots(t, &l->layout, a);
	tree_end_line(t);
	for (size_t i = 0; i < l->n_kept; i++)
		put_kept(t, &l->kept[i]);
	if (l->n_kept == 0) {
		tree_put(t, "No layout that Windows kept of it is in this "
			 "evidence.");
		tree_end_line(t);
	}
}

int drive_layout_text(const struct model *m, const struct disk_layout *list,
		      size_t n, bool verbose, struct out *out)
{
	struct tree t = { .model = m, .out = out, .verbose = verbose,
			  .width = TEXT_WIDTH };
	struct arena *a = arena_new();
	bool failed;

	if (a == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			tree_end_line(&t);
		put_layout(&t, &list[i], a);
	}
	failed = arena_failed(a);
	arena_free(a);
	return failed ? ERR_NOMEM : 0;
}
