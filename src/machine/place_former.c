/*
 * place_former.c - what a byte of a disk was part of, which no partition of
 * now accounts for
 *
 * Registries and event logs keep the tables of disks as they were, and the
 * records of volumes; names hold the disk's signature and the place where their
 * partition began.  What of these is not what the disk has now was there once.
 */
#include <inttypes.h>

#include "format/mbr.h"
#include "machine/internal.h"
#include "machine/place.h"

/* A disk is partitioned anew a few times; hostile logs can tell of more.  */
#define MAX_FORMERS 32

struct search {
	struct machine *m;
	struct arena *arena;
	size_t disk;
	uint64_t offset;
	struct place_former *list;
	size_t n;
};

static bool covers(uint64_t start, uint64_t length, uint64_t offset)
{
	return offset >= start && offset - start < length;
}

/* Whether a partition of now begins at @start and is called @guid, where
 * partitions have GUIDs of their own.  */
static bool is_here(const struct search *s, uint64_t start,
		    const struct guid *guid)
{
	const struct machine_disk *d = &s->m->model.disks[s->disk];
	uint32_t signature;
	uint64_t offset;
	bool of_mbr = mbr_stable_guid_parse(guid, &signature, &offset);

	for (size_t i = 0; i < d->n_partitions; i++) {
		const struct partition *p =
			s->m->model.partitions[d->first_partition + i].entry;

		if (p->offset == start &&
		    (of_mbr || d->table.scheme != SCHEME_GPT ||
		     guid_equal(&p->guid, guid)))
			return true;
	}
	return false;
}

static bool is_listed(const struct search *s, uint64_t start,
		      const struct guid *guid)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->list[i].start == start &&
		    guid_equal(&s->list[i].guid, guid))
			return true;
	return false;
}

/* @tier: the one that says so; TIER_NONE: none does.  @cites: NULL where only
 * names may say it.  */
static void add(struct search *s, uint64_t start, const struct guid *guid,
		enum tier tier, const char *why, const struct cites *cites)
{
	struct place_former *f;

	if (why == NULL || s->n == MAX_FORMERS)
		return;
	f = arena_push(s->arena, &s->list, s->n, sizeof(*f));
	if (f == NULL)
		return;
	s->n++;
	*f = (struct place_former){
		.start = start, .guid = *guid, .kept = cites != NULL,
		.match = {
			.volume = NONE, .partition = NONE, .disk = s->disk,
			.tier = tier,
			.certainty = CERTAINTY_STALE, .why = why,
		},
	};
	if (cites != NULL)
		cites_join(s->arena, &f->match.cites, cites);
}

static bool is_new(const struct search *s, uint64_t start,
		   const struct guid *guid)
{
	return !is_here(s, start, guid) && !is_listed(s, start, guid);
}

/* Of a table that @who kept.  */
static void add_layout(struct search *s, const struct drive_layout *l,
		       enum tier tier, const char *who,
		       const struct cites *cites)
{
	struct drive_layout_partition p;

	for (size_t i = 0; i < l->n_partitions; i++) {
		struct guid guid;

		if (drive_layout_partition(l, i, &p, NULL) < 0 || !p.used ||
		    p.container || !covers(p.offset, p.length, s->offset))
			continue;
		guid = l->scheme == DRIVE_LAYOUT_MBR ?
		       mbr_stable_guid(l->signature, p.offset) : p.id;
		if (is_new(s, p.offset, &guid))
			add(s, p.offset, &guid, tier, arena_printf(s->arena,
			    "a partition of %" PRIu64 " bytes began at byte %"
			    PRIu64 " of disk%zu, as %s has it; none does now",
			    p.length, p.offset, s->disk, who), cites);
	}
}

/* Of a volume's record, whose name holds its place.  One without a length is
 * known by its first byte.  */
static void add_volume(struct search *s, const struct machine_known_volume *v)
{
	const struct machine_known_disk *k =
		&s->m->model.known_disks[v->known_disk];
	struct guid guid;

	if (!v->at.has_offset ||
	    !covers(v->at.offset, v->at.length > 0 ? v->at.length : 1,
		    s->offset))
		return;
	guid = mbr_stable_guid(k->signature, v->at.offset);
	if (k->has_signature && is_new(s, v->at.offset, &guid))
		add(s, v->at.offset, &guid, TIER_NONE, arena_printf(s->arena,
		    "a volume began at byte %" PRIu64 " of disk%zu, as its "
		    "record in windows%zu has it; none does now",
		    v->at.offset, s->disk, v->installation), &v->cites);
}

static void add_known_disk(struct search *s, size_t known)
{
	const struct model *o = &s->m->model;
	const struct machine_known_disk *k = &o->known_disks[known];
	const char *who = arena_printf(s->arena, "the registry of windows%zu "
				       "of %s", k->installation,
				       machine_known_text(s->m, known));

	if (who == NULL)
		return;
	for (size_t i = 0; i < k->n_records; i++)
		if (k->records[i]->has_layout)
			add_layout(s, &k->records[i]->layout,
				   TIER_PARTITION_CACHE, who,
				   &k->records[i]->layout_cites);
	for (size_t i = 0; i < k->n_volumes; i++)
		add_volume(s, &o->known_volumes[k->first_volume + i]);
}

static void add_events(struct search *s)
{
	const struct model *o = &s->m->model;

	for (size_t i = 0; i < o->n_disk_events; i++) {
		const struct machine_disk_event *e = &o->disk_events[i];
		const char *who;

		if (e->disk != s->disk || !e->event->has_layout)
			continue;
		who = arena_printf(s->arena, "event %" PRIu64 " of windows%zu",
				   e->event->record, e->installation);
		if (who != NULL)
			add_layout(s, &e->event->layout, TIER_NONE, who,
				   &e->event->cites);
	}
}

/* What the names say that lead to this byte of a disk with a signature, is for
 * who looks for them.  */
static void add_signature(struct search *s)
{
	const struct model *o = &s->m->model;
	const struct disk *d = &o->disks[s->disk].table;
	uint32_t signature = d->infers_signature ? d->inferred_signature :
						   d->signature;
	struct guid guid = mbr_stable_guid(signature, s->offset);

	if (signature != 0 && machine_is_meant(o, d, signature) &&
	    is_new(s, s->offset, &guid))
		add(s, s->offset, &guid, TIER_NONE, arena_printf(s->arena,
		    "names hold the signature of disk%zu and this byte, where "
		    "no partition begins now", s->disk), NULL);
}

/* The paths of one that is here under the same name, at another place of its
 * disk or on another one, lead there.  */
void place_add_former_paths(struct machine *m, size_t installation,
			    const struct place_former *f, struct arena *a,
			    struct place *p)
{
	const struct target t = {
		.form = TARGET_VOLUME_NAME, .guid = f->guid, .path = "",
		.host = NONE,
	};

	if (resolve_guid(m, installation, NONE, &f->guid).volume == NONE)
		place_add_absent_paths(m, installation, &t, a, p);
}

void place_find_formers(struct machine *m, struct arena *a, size_t disk,
			uint64_t offset, struct place_former **ret,
			size_t *ret_n)
{
	struct search s = { m, a, disk, offset, NULL, 0 };

	for (size_t i = 0; i < m->model.n_known_disks; i++)
		if (m->model.known_disks[i].disk == disk)
			add_known_disk(&s, i);
	add_events(&s);
	add_signature(&s);
	*ret = s.list;
	*ret_n = s.n;
}

const char *place_why_bare(const struct machine *m, struct arena *a,
			   size_t disk, uint64_t offset)
{
	const struct disk *d = &m->model.disks[disk].table;

	for (size_t i = 0; i < d->n_slots; i++) {
		const struct table_slot *t = &d->slots[i];

		if (d->scheme == SCHEME_MBR && t->partition == SIZE_MAX &&
		    mbr_is_container(t->mbr_type) &&
		    covers(t->offset, t->length, offset))
			return arena_printf(a, "No partition covers byte %"
				PRIu64 " of disk%zu but the extended one, from "
				"byte %" PRIu64 " on.", offset, disk,
				t->offset);
	}
	return arena_printf(a, "No partition covers byte %" PRIu64 " of "
			    "disk%zu.", offset, disk);
}
