/*
 * place_file.c - where the bytes of a file lie, and whose a byte is
 */
#include <inttypes.h>
#include <string.h>

#include "evidence/striped.h"
#include "machine/internal.h"
#include "machine/place.h"

static size_t disk_of_image(const struct model *o, size_t image)
{
	for (size_t i = 0; i < o->n_disks; i++)
		if (o->disks[i].image == image)
			return i;
	return NONE;
}

struct extents {
	struct machine *m;
	struct arena *arena;
	struct place *place;
	struct source *volume;
	uint64_t cluster_size;
	uint64_t stored_end;	/* the cluster of the file behind the last that
				 * is stored */
};

/* One more; false where there is no room.  */
static bool add_extent(struct extents *x, const struct place_extent *e)
{
	struct place *p = x->place;
	struct place_extent *slot;

	if (p->n_extents == PLACE_MAX_EXTENTS) {
		p->bytes_cut += e->length;
		return false;
	}
	slot = arena_push(x->arena, &p->extents, p->n_extents, sizeof(*slot));
	if (slot == NULL)
		return false;
	*slot = *e;
	slot->disk = e->in_image ?
		     disk_of_image(&x->m->model, e->at.image) : NONE;
	p->n_extents++;
	return true;
}

/* The same bytes on the other sides of a mirror, each of which lies on a disk
 * in one piece.  */
static void add_copies(struct extents *x, const struct place_extent *e)
{
	const struct machine_volume *v = &x->m->model.volumes[x->place->volume];

	if (v->dynamic == NULL || v->dynamic->layout != DYNAMIC_MIRRORED)
		return;
	for (size_t i = 0; i < v->dynamic->n_extents; i++) {
		const struct dynamic_extent *d = &v->dynamic->extents[i];
		struct place_extent copy = *e;

		if (d->disk >= x->m->model.n_disks ||
		    d->length < v->dynamic->size)
			continue;
		copy.at.image = (unsigned)x->m->model.disks[d->disk].image;
		copy.at.offset = d->offset + e->volume_offset;
		copy.copy = copy.in_image = true;
		if (e->in_image && copy.at.image == e->at.image &&
		    copy.at.offset == e->at.offset)
			continue;
		add_extent(x, &copy);
	}
}

/* Of what a file with such a reparse point has no clusters of, a driver of
 * Windows gives the bytes: decompressed, from a store, from the network.  */
static bool is_filled(const struct place *p)
{
	return p->walk.point != NULL && p->walk.stream == NULL;
}

/* Of a unit that could be compressed, the clusters that this has saved follow
 * those with the bytes of all of it.  */
static uint64_t saved_clusters(const struct extents *x, const struct run *hole)
{
	const struct ntfs_stream_place *s = &x->place->stream;
	uint64_t begun = s->unit > 0 ? hole->vcn % s->unit : 0;

	if (!s->compressed || begun == 0 || x->stored_end <= hole->vcn - begun)
		return 0;
	return hole->clusters < s->unit - begun ? hole->clusters :
						  s->unit - begun;
}

static void add_hole(struct extents *x, const struct run *hole)
{
	uint64_t saved = saved_clusters(x, hole);
	struct place_extent e = {
		.file_offset = hole->vcn * x->cluster_size,
		.length = saved * x->cluster_size,
	};

	if (saved > 0)
		add_extent(x, &e);
	e.file_offset += e.length;
	e.length = (hole->clusters - saved) * x->cluster_size;
	e.zeros = !is_filled(x->place);
	if (e.length > 0)
		add_extent(x, &e);
}

/* The pieces in which the run lies in the images.  */
static void add_run(struct extents *x, const struct run *run)
{
	struct place_extent e = {
		.file_offset = run->vcn * x->cluster_size,
		.length = run->clusters * x->cluster_size,
		.volume_offset = run->lcn * x->cluster_size, .stored = true,
	};
	uint64_t left = e.length;

	if (run->lcn == RUN_HOLE) {
		add_hole(x, run);
		return;
	}
	x->stored_end = run->vcn + run->clusters;
	while (left > 0) {
		e.in_image = source_locate(x->volume, e.volume_offset, left,
					   "data", &e.at);
		e.length = e.at.length > 0 ? e.at.length : left;
		if (!add_extent(x, &e)) {
			x->place->bytes_cut += left - e.length;
			return;
		}
		add_copies(x, &e);
		e.file_offset += e.length;
		e.volume_offset += e.length;
		left -= e.length;
	}
}

/* A resident value lies in its record, and where fix-ups take bytes of it, in
 * these.  */
static void add_resident(struct extents *x)
{
	const struct cites *c = &x->place->stream.cites;
	uint64_t at = 0;

	for (size_t i = 0; i < c->n; i++) {
		struct place_extent e = {
			.file_offset = at, .length = c->list[i].length,
			.stored = true, .in_image = true, .at = c->list[i],
		};

		add_extent(x, &e);
		at += e.length;
	}
}

/* A directory has no unnamed one, and what was asked for is there.  */
static void tell_no_stream(struct arena *a, struct place *p)
{
	if (p->walk.stream == NULL)
		return;
	p->walk.end = WALK_NO_STREAM;
	p->walk.why = arena_printf(a, "\"%s\" of volume%zu has no stream "
				   "\"%s\".", p->walk.path, p->volume,
				   p->walk.stream);
}

static void add_links(struct ntfs *n, struct arena *a, ntfs_ref ref,
		      struct place_links *links)
{
	while (links->n < PLACE_MAX_LINKS) {
		struct ntfs_path path, *slot;

		if (ntfs_link_path(n, ref, links->n, &path, NULL) < 0)
			return;
		slot = arena_push(a, &links->list, links->n, sizeof(*slot));
		if (slot == NULL)
			return;
		*slot = path;
		links->n++;
	}
}

void place_add_file(struct machine *m, struct arena *a, struct place *p)
{
	struct ntfs *n = m->volumes[p->volume].ntfs;
	const struct ntfs_stream_place *s = &p->stream;
	struct extents x = { .m = m, .arena = a, .place = p,
			     .volume = m->volumes[p->volume].window };

	if (n == NULL || ntfs_record_place(n, p->walk.ref, a, &p->record,
					   NULL) < 0)
		return;
	p->has_record = true;
	if (ntfs_path_of(n, p->walk.ref, &p->name, NULL) < 0)
		p->name = (struct ntfs_path){ .state = PATH_UNNAMED };
	add_links(n, a, p->walk.ref, &p->links);
	if (ntfs_stream_place(n, p->walk.ref, p->walk.stream, a, &p->stream,
			      NULL) < 0) {
		tell_no_stream(a, p);
		return;
	}
	p->has_stream = true;
	if (s->name.utf8 != NULL)
		p->walk.stream = s->name.utf8;
	x.cluster_size = ntfs_info(n)->cluster_size;
	if (s->resident)
		add_resident(&x);
	for (size_t i = 0; i < s->n_runs; i++)
		add_run(&x, &s->runs[i]);
}

/* --- backwards ------------------------------------------------------------ */

/* Where the byte of a disk lies in a volume that is put together of disks: its
 * pieces are gone through.  */
static bool find_in_pieces(const struct machine *m, struct place *p,
			   uint64_t offset)
{
	struct source *s = m->volumes[p->volume].window;
	size_t image = m->model.disks[p->match.disk].image;
	uint64_t at = 0;

	while (s != NULL && at < s->size) {
		struct cite c;
		bool found = source_locate(s, at, s->size - at, "data", &c);

		if (found && c.image == image && offset >= c.offset &&
		    offset - c.offset < c.length) {
			p->volume_offset = at + (offset - c.offset);
			return true;
		}
		if (c.length == 0)
			return false;
		at += c.length;
	}
	return false;
}

/* The same, where it is the side of a mirror that is not read.  */
static bool find_in_mirror(const struct machine_volume *v, struct place *p,
			   uint64_t offset)
{
	for (size_t i = 0; i < v->n_extents; i++) {
		const struct extent *e = &v->extents[i];

		if (e->disk == p->match.disk && offset >= e->offset &&
		    offset - e->offset < e->length) {
			p->volume_offset = offset - e->offset;
			return v->n_extents == 1 ||
			       (v->dynamic != NULL &&
				v->dynamic->layout == DYNAMIC_MIRRORED);
		}
	}
	return false;
}

/* The same, where it is in a column of RAID-5 that is not read; or it is
 * parity, which is a note.  */
static bool find_in_raid5(const struct machine_volume *v, struct arena *a,
			  struct place *p, uint64_t offset)
{
	const struct dynamic_volume *d = v->dynamic;
	uint64_t at;

	if (d == NULL || d->layout != DYNAMIC_RAID5 || d->chunk == 0 ||
	    d->n_columns < 2 || d->n_columns > STRIPED_MAX_COLUMNS)
		return false;
	for (size_t i = 0; i < d->n_extents; i++) {
		const struct dynamic_extent *e = &d->extents[i];

		if (e->disk != p->match.disk || offset < e->offset ||
		    offset - e->offset >= e->length ||
		    e->column >= d->n_columns)
			continue;
		if (source_raid5_byte(d->n_columns, d->chunk, e->column,
				      e->column_offset + offset - e->offset,
				      &at)) {
			p->volume_offset = at;
			return at < d->size;
		}
		if (at < d->size)
			p->note = arena_printf(
				a, "This byte is parity, of stripe %" PRIu64
				" of volume%zu: of %zu of its bytes, %" PRIu64
				" apart, the first at %" PRIu64 ".",
				at / d->chunk / (d->n_columns - 1), p->volume,
				d->n_columns - 1, d->chunk, at);
		return false;
	}
	return false;
}

static void add_owner(struct ntfs *n, struct arena *a, struct place *p,
		      const struct ntfs_owner *owner)
{
	const struct ntfs_info *info = ntfs_info(n);
	struct place_owner *slot = arena_push(a, &p->owners, p->n_owners,
					      sizeof(*slot));
	uint64_t at;

	if (slot == NULL)
		return;
	p->n_owners++;
	slot->owner = *owner;
	at = owner->vcn * info->cluster_size +
	     p->volume_offset % info->cluster_size;
	slot->record = owner->ref;
	if (NTFS_RECORD(owner->ref) == 0 && owner->type == 0x80 &&
	    owner->name.utf8 == NULL) {
		struct ntfs_record_place record;

		slot->is_record = true;
		slot->record = at / info->record_size;
		if (ntfs_record_place(n, slot->record, a, &record, NULL) == 0)
			slot->record = record.ref;
	}
	if (ntfs_path_of(n, slot->record, &slot->path, NULL) < 0)
		slot->path = (struct ntfs_path){ .state = PATH_UNNAMED };
	if (owner->in_use)
		add_links(n, a, slot->record, &slot->links);
}

/* Whether it is the plain text of the volume that is read.  */
static bool is_open(const struct machine_volume *v)
{
	return v->lock == LOCK_UNLOCKED || v->lock == LOCK_CLEAR_KEY;
}

void place_add_owners(struct machine *m, struct arena *a, struct place *p)
{
	const struct machine_volume *v = &m->model.volumes[p->volume];
	uint64_t offset = p->volume_offset;
	struct ntfs_owner owners[NTFS_MAX_OWNERS];
	struct ntfs *n = m->volumes[p->volume].ntfs;
	size_t count;

	/* What BitLocker keeps for itself is no byte of the plain text, and
	 * where the first sectors would be, others are.  */
	p->has_offset = find_in_pieces(m, p, offset) ||
			(!is_open(v) && find_in_mirror(v, p, offset));
	if (!p->has_offset)
		p->has_offset = find_in_raid5(v, a, p, offset) && !is_open(v);
	if (!p->has_offset && is_open(v) && p->note == NULL)
		p->note = arena_printf(a, "This byte of volume%zu is "
				       "BitLocker's own.", p->volume);
	if (!p->has_offset || v->identity.cluster_size == 0 || n == NULL)
		return;
	p->has_cluster = true;
	p->cluster = p->volume_offset / ntfs_info(n)->cluster_size;
	if (ntfs_cluster_owners(n, p->cluster, a, owners, &count, NULL) < 0)
		return;
	for (size_t i = 0; i < count; i++)
		add_owner(n, a, p, &owners[i]);
}
