#include "machine/kept_layouts.h"

#include <string.h>

struct making {
	const struct model *model;
	struct arena *arena;
	struct disk_layout *to;
	const struct disk *disk;
	bool failed;		/* out of memory */
};

/* --- what differs --------------------------------------------------------- */

static void differ(struct making *g, struct kept_layout *k, const char *field,
		   size_t slot, struct span here, struct span kept)
{
	struct layout_difference *d;

	k->n_all_differences++;
	if (k->n_differences == KEPT_MAX_DIFFERENCES)
		return;
	d = arena_push(g->arena, &k->differences, k->n_differences,
		       sizeof(*d));
	if (d == NULL) {
		g->failed = true;
		return;
	}
	*d = (struct layout_difference){ field, slot, here, kept };
	k->n_differences++;
}

/* The @n bytes at @off of @s, with that as their place; or nothing.  */
static struct span part(struct span s, size_t off, size_t n)
{
	struct span ret = { 0 };

	if (!span_sub(s, off, n, &ret))
		return (struct span){ .at = off };
	ret.at = off;
	return ret;
}

static bool same_bytes(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* What the registry keeps has -1 for every number.  */
static bool is_no_number(const struct drive_layout_field *f, struct span kept)
{
	static const uint8_t none[4] = { 0xff, 0xff, 0xff, 0xff };

	return strcmp(f->name, "PartitionNumber") == 0 &&
	       kept.n == sizeof(none) && memcmp(kept.p, none, kept.n) == 0;
}

/* The head, or slot @slot, which lie at @off of both.  */
static void compare_fields(struct making *g, struct kept_layout *k,
			   size_t slot, size_t off)
{
	size_t n;
	const struct drive_layout_field *f = drive_layout_fields(
		g->to->layout.scheme, slot != NONE, &n);

	for (size_t i = 0; i < n; i++) {
		struct span here = part(g->to->bytes, off + f[i].offset,
					f[i].size);
		struct span kept = part(k->layout->bytes, off + f[i].offset,
					f[i].size);

		if (is_no_number(&f[i], kept))
			continue;
		if (slot != NONE && strcmp(f[i].name, "PartitionNumber") == 0)
			k->numbered = true;
		if (!same_bytes(here, kept))
			differ(g, k, f[i].name, slot, here, kept);
	}
}

static size_t slot_offset(size_t slot)
{
	return DRIVE_LAYOUT_HEAD_BYTES + slot * DRIVE_LAYOUT_SLOT_BYTES;
}

/* Of two schemes nothing else can be compared.  */
static void compare_schemes(struct making *g, struct kept_layout *k)
{
	differ(g, k, "PartitionStyle", NONE, part(g->to->bytes, 0, 4),
	       part(k->layout->bytes, 0, 4));
}

static void compare(struct making *g, struct kept_layout *k)
{
	size_t here = g->to->layout.n_partitions;
	size_t kept = k->layout->n_partitions;
	size_t end = slot_offset(kept);

	if (g->to->layout.scheme != k->layout->scheme) {
		compare_schemes(g, k);
		return;
	}
	compare_fields(g, k, NONE, 0);
	for (size_t i = 0; i < here || i < kept; i++) {
		size_t off = slot_offset(i);

		if (i < here && i < kept)
			compare_fields(g, k, i, off);
		else
			differ(g, k, NULL, i,
			       part(g->to->bytes, off, DRIVE_LAYOUT_SLOT_BYTES),
			       part(k->layout->bytes, off,
				    DRIVE_LAYOUT_SLOT_BYTES));
	}
	if (k->layout->bytes.n > end)
		differ(g, k, "excess", NONE, (struct span){ .at = end },
		       part(k->layout->bytes, end, k->layout->bytes.n - end));
}

/* --- what is kept --------------------------------------------------------- */

static struct kept_layout *push(struct making *g, const struct drive_layout *l)
{
	struct kept_layout *k = arena_push(g->arena, &g->to->kept,
					   g->to->n_kept, sizeof(*k));

	if (k == NULL) {
		g->failed = true;
		return NULL;
	}
	*k = (struct kept_layout){
		.layout = l, .installation = NONE, .known_disk = NONE,
		.event = NONE,
	};
	g->to->n_kept++;
	return k;
}

/* By the signature or GUID alone.  */
static bool has_id(const struct disk *d, const struct drive_layout *l)
{
	if (d->scheme == SCHEME_GPT)
		return l->scheme == DRIVE_LAYOUT_GPT &&
		       !guid_is_zero(&d->guid) &&
		       guid_equal(&d->guid, &l->guid);
	return d->scheme == SCHEME_MBR && l->scheme == DRIVE_LAYOUT_MBR &&
	       d->signature != 0 && d->signature == l->signature;
}

static void take_record(struct making *g, size_t known,
			const struct device_record *r)
{
	const struct machine_known_disk *d = &g->model->known_disks[known];
	bool here = d->disk == g->to->disk;
	struct kept_layout *k;

	if (!r->has_layout ||
	    (!here && (d->disk != NONE || !has_id(g->disk, &r->layout))))
		return;
	k = push(g, &r->layout);
	if (k == NULL)
		return;
	k->by_id = !here;
	k->installation = d->installation;
	k->known_disk = known;
	k->first = r->layout_written;
	k->last = r->layout_written;
	k->cites = &r->layout_cites;
	compare(g, k);
}

/* Whether event @e says the same as the last one that was taken.  */
static struct kept_layout *same_event(struct making *g,
				      const struct machine_disk_event *e,
				      bool by_id)
{
	struct kept_layout *k = g->to->n_kept == 0 ? NULL :
				&g->to->kept[g->to->n_kept - 1];

	return k != NULL && k->event != NONE && k->by_id == by_id &&
	       k->installation == e->installation &&
	       k->known_disk == e->known_disk &&
	       same_bytes(k->layout->bytes, e->event->layout.bytes) ?
	       k : NULL;
}

static void take_event(struct making *g, size_t index)
{
	const struct machine_disk_event *e = &g->model->disk_events[index];
	bool here = e->disk == g->to->disk;
	struct kept_layout *k;

	if (!e->event->has_layout ||
	    (!here && (e->disk != NONE ||
		       !has_id(g->disk, &e->event->layout))))
		return;
	k = same_event(g, e, !here);
	if (k == NULL) {
		k = push(g, &e->event->layout);
		if (k == NULL)
			return;
		k->by_id = !here;
		k->installation = e->installation;
		k->known_disk = e->known_disk;
		k->event = index;
		k->first = e->event->time;
		k->cites = &e->event->cites;
		compare(g, k);
	}
	k->last = e->event->time;
	k->n_events++;
}

int disk_layout_make(const struct model *o, size_t disk, struct arena *a,
		     struct disk_layout *ret, struct err *reterr)
{
	struct disk_layout l = { .disk = disk };
	struct making g = { o, a, &l, &o->disks[disk].table, false };
	int r = ioctl_layout_make(g.disk, LAYOUT_NUMBERED, a, &l.bytes,
				  reterr);

	if (r == 0)
		r = drive_layout_parse(l.bytes, &l.layout, reterr);
	if (r < 0)
		return r;
	for (size_t i = 0; i < o->n_known_disks; i++)
		for (size_t k = 0; k < o->known_disks[i].n_records; k++)
			take_record(&g, i, o->known_disks[i].records[k]);
	for (size_t i = 0; i < o->n_disk_events; i++)
		take_event(&g, i);
	if (g.failed)
		return err_set(reterr, ERR_NOMEM, 0, "drive layout", 0, 0);
	*ret = l;
	return 0;
}
