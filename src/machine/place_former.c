/*
 * place_former.c - what a byte of a disk was part of, which no partition of
 * now accounts for
 *
 * Registries and event logs keep the tables of disks as they were, and the
 * records of volumes; names hold the disk's signature and the place where their
 * partition began.  What of these is not what the disk has now was there once.
 * So it may have been where the disk is one of several that have that id, or
 * has lost its own.
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
	bool anywhere;		/* not at the offset only */
	enum certainty certainty;	/* that it was on this disk */
	struct place_former *list;
	size_t n;
};

static bool covers(uint64_t start, uint64_t length, uint64_t offset)
{
	return offset >= start && offset - start < length;
}

static bool is_asked(const struct search *s, uint64_t start, uint64_t length)
{
	return s->anywhere || covers(start, length, s->offset);
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
			.certainty = s->certainty, .why = why,
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

/* The registry keeps tables before partitions have numbers, event logs
 * after.  */
static void take_number(struct search *s, uint64_t start,
			const struct guid *guid, uint32_t number)
{
	if (number == 0 || number == UINT32_MAX)
		return;
	for (size_t i = 0; i < s->n; i++)
		if (s->list[i].start == start && s->list[i].number == 0 &&
		    guid_equal(&s->list[i].guid, guid))
			s->list[i].number = number;
}

/* A disk that may be another has no room for what lies behind its end.  */
static bool has_room(const struct search *s, const struct drive_layout *l)
{
	uint64_t size = s->m->model.disks[s->disk].table.size;
	struct drive_layout_partition p;

	for (size_t i = 0; i < l->n_partitions; i++)
		if (drive_layout_partition(l, i, &p, NULL) == 0 && p.used &&
		    (p.offset > size || p.length > size - p.offset))
			return false;
	return true;
}

/* Of a table that was kept; @where ends the sentence on it.  */
static void add_layout(struct search *s, const struct drive_layout *l,
		       enum tier tier, const char *where,
		       const struct cites *cites)
{
	struct drive_layout_partition p;

	if (s->certainty == CERTAINTY_AMBIGUOUS && !has_room(s, l))
		return;
	for (size_t i = 0; i < l->n_partitions && s->n < MAX_FORMERS; i++) {
		struct guid guid;

		if (drive_layout_partition(l, i, &p, NULL) < 0 || !p.used ||
		    p.container || !is_asked(s, p.offset, p.length))
			continue;
		guid = l->scheme == DRIVE_LAYOUT_MBR ?
		       mbr_stable_guid(l->signature, p.offset) : p.id;
		if (is_new(s, p.offset, &guid))
			add(s, p.offset, &guid, tier, arena_printf(s->arena,
			    "a partition of %" PRIu64 " bytes began at byte %"
			    PRIu64 " of %s", p.length, p.offset, where),
			    cites);
		take_number(s, p.offset, &guid, p.number);
	}
}

/* Of a volume's record, whose name holds its place.  One without a length is
 * known by its first byte.  */
static void add_volume(struct search *s, const struct machine_known_volume *v,
		       const char *where)
{
	const struct machine_known_disk *k =
		&s->m->model.known_disks[v->known_disk];
	struct guid guid;

	if (!v->at.has_offset ||
	    !is_asked(s, v->at.offset, v->at.length > 0 ? v->at.length : 1))
		return;
	guid = mbr_stable_guid(k->signature, v->at.offset);
	if (k->has_signature && is_new(s, v->at.offset, &guid))
		add(s, v->at.offset, &guid, TIER_NONE, arena_printf(s->arena,
		    "a volume began at byte %" PRIu64 " of %s", v->at.offset,
		    where), &v->cites);
}

/* Bytes of the image of a partition alone are those of no disk.  */
static bool has_lost_id(const struct search *s)
{
	const struct model *o = &s->m->model;
	const struct machine_disk *d = &o->disks[s->disk];

	return machine_has_lost_id(&d->table) &&
	       (d->whole_volume == NONE ||
		o->volumes[d->whole_volume].identity.first_sector == 0);
}

/* Whether the disk is the known one, as far as @s->certainty says.  */
static bool may_be(struct search *s, const struct machine_known_disk *k)
{
	const struct model *o = &s->m->model;
	const struct disk *d = &o->disks[s->disk].table;

	s->certainty = k->disk == s->disk ? CERTAINTY_STALE :
					    CERTAINTY_AMBIGUOUS;
	if (k->disk != NONE)
		return k->disk == s->disk;
	if (has_lost_id(s))
		return true;
	return guid_is_zero(&k->guid) ?
	       k->signature != 0 && machine_is_meant(o, d, k->signature) :
	       d->scheme == SCHEME_GPT && guid_equal(&k->guid, &d->guid);
}

static void add_known_disk(struct search *s, size_t known)
{
	const struct model *o = &s->m->model;
	const struct machine_known_disk *k = &o->known_disks[known];
	const char *what = machine_known_text(s->m, known), *where;

	if (!may_be(s, k) || what == NULL)
		return;
	where = s->certainty == CERTAINTY_STALE ?
		arena_printf(s->arena, "disk%zu, as the registry of windows%zu "
			     "has it of %s; none does now", s->disk,
			     k->installation, what) :
		arena_printf(s->arena, "%s, as the registry of windows%zu has "
			     "it; disk%zu may be that disk", what,
			     k->installation, s->disk);
	if (where == NULL)
		return;
	for (size_t i = 0; i < k->n_records; i++)
		if (k->records[i]->has_layout)
			add_layout(s, &k->records[i]->layout,
				   TIER_PARTITION_CACHE, where,
				   &k->records[i]->layout_cites);
	for (size_t i = 0; i < k->n_volumes; i++)
		add_volume(s, &o->known_volumes[k->first_volume + i], where);
}

static void add_events(struct search *s)
{
	const struct model *o = &s->m->model;

	for (size_t i = 0; i < o->n_disk_events; i++) {
		const struct machine_disk_event *e = &o->disk_events[i];
		const char *where;

		if (e->disk != s->disk || !e->event->has_layout)
			continue;
		where = arena_printf(s->arena, "disk%zu, as event %" PRIu64
				     " of windows%zu has it; none does now",
				     s->disk, e->event->record,
				     e->installation);
		if (where != NULL)
			add_layout(s, &e->event->layout, TIER_NONE, where,
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

static bool is_on_a_disk(const struct model *o, uint32_t signature)
{
	for (size_t i = 0; i < o->n_disks; i++)
		if (machine_has_signature(&o->disks[i].table, signature))
			return true;
	return false;
}

/* Of a disk that has lost its id: names that hold one which no disk has.  */
static void add_names(struct search *s)
{
	const struct model *o = &s->m->model;

	s->certainty = CERTAINTY_AMBIGUOUS;
	for (size_t i = 0; i < o->n_names; i++) {
		const struct unique_id *id = &o->names[i].name->id;
		struct guid guid;

		if (o->names[i].superseded || id->kind != UNIQUE_ID_MBR ||
		    id->offset != s->offset || id->signature == 0 ||
		    is_on_a_disk(o, id->signature))
			continue;
		guid = mbr_stable_guid(id->signature, id->offset);
		if (is_new(s, id->offset, &guid))
			add(s, id->offset, &guid, TIER_NONE,
			    arena_printf(s->arena, "names hold the signature "
					 "%08" PRIx32 " and this byte; disk%zu "
					 "may be that disk", id->signature,
					 s->disk), NULL);
	}
}

static void find_kept(struct search *s)
{
	for (size_t i = 0; i < s->m->model.n_known_disks; i++)
		add_known_disk(s, i);
	s->certainty = CERTAINTY_STALE;
	add_events(s);
}

void place_find_gone(struct machine *m, struct arena *a, size_t disk,
		     struct place_former **ret, size_t *ret_n)
{
	struct search s = { .m = m, .arena = a, .disk = disk,
			    .anywhere = true };

	find_kept(&s);
	*ret = s.list;
	*ret_n = s.n;
}

void place_find_formers(struct machine *m, struct arena *a, size_t disk,
			uint64_t offset, struct place_former **ret,
			size_t *ret_n)
{
	struct search s = { .m = m, .arena = a, .disk = disk,
			    .offset = offset };

	find_kept(&s);
	add_signature(&s);
	if (has_lost_id(&s))
		add_names(&s);
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
