/*
 * dynamic_group.c - disks of one dynamic disk group, and what they say of it
 *
 * Each disk has the group's database, of the state in which it was last used
 * with the others.  Disks may be missing, left behind, copied, or damaged.
 */
#include <stdlib.h>

#include "base/checked.h"
#include "disk/dynamic_parts.h"
#include "disk/findings.h"

/* Which of two copies of one disk is read: one that went along with its group
 * before one that was left behind or changed apart, a whole one before one that
 * is cut off.  */
static const struct member *better_member(const struct member *x,
					  const struct member *y)
{
	if (x == NULL || x->stale != y->stale)
		return x == NULL || x->stale ? y : x;
	if (x->apart != y->apart)
		return x->apart ? y : x;
	return x->db.cut && !y->db.cut ? y : x;
}

/* The disk of the group with the GUID @guid; NULL where it is not in the
 * evidence.  */
static const struct member *member_of_guid(const struct group *g,
					   const struct guid *guid)
{
	const struct member *best = NULL;

	for (size_t i = 0; i < g->n; i++)
		if (guid_equal(&g->members[i]->db.head.disk_guid, guid))
			best = better_member(best, g->members[i]);
	return best;
}

const struct member *dynamic_member(const struct group *g, uint64_t id)
{
	for (size_t i = 0; i < g->db->n; i++) {
		const struct ldm_entry *e = &g->db->entries[i];

		if (e->kind == LDM_DISK && e->u.disk.id == id)
			return member_of_guid(g, &e->u.disk.guid);
	}
	return NULL;
}

/* The disk's size, or what it was before its end was cut off.  */
static uint64_t whole_size(const struct member *m)
{
	const struct ldm_privhead *h = &m->db.head;
	const uint64_t end = m->db.cut ?
		(h->data_start + h->data_size) * m->db.sector_size : 0;

	return end > m->table->size ? end : m->table->size;
}

bool dynamic_locate(struct part *part)
{
	const struct member *m = part->member;
	uint64_t first, start, end;

	if (!checked_mul(m->db.head.data_start, m->db.sector_size,
			 &first) ||
	    !checked_mul(part->p->start, LDM_BLOCK_BYTES, &start) ||
	    !checked_add(first, start, &part->offset) ||
	    !checked_mul(part->p->size, LDM_BLOCK_BYTES, &part->length) ||
	    !checked_add(part->offset, part->length, &end) ||
	    end > whole_size(m) || part->length == 0)
		return false;
	if (end > m->table->size)
		part->use = PART_CUT;
	return true;
}

/* Each disk of a group holds a copy of its database: the newest is used, and of
 * several of that state one of which nothing is missing.  */
static bool is_better_database(const struct ldm_database *x,
			       const struct ldm_database *y)
{
	if (y == NULL || x->vmdb.committed != y->vmdb.committed)
		return y == NULL || x->vmdb.committed > y->vmdb.committed;
	if (x->damaged != y->damaged)
		return y->damaged;
	return x->digest < y->digest;
}

/* Copies of a group that were used each by itself may have come to states of
 * one number.  */
static void check_apart(struct assembly *a, struct group *g)
{
	const struct member *used = NULL;

	for (size_t i = 0; g->db != NULL && i < g->n; i++)
		if (&g->members[i]->db == g->db)
			used = g->members[i];
	for (size_t i = 0; used != NULL && i < g->n; i++) {
		struct member *m = g->members[i];
		struct diag *d;

		if (!m->db.has_records || m->stale || m->db.damaged ||
		    used->db.damaged || m->db.digest == used->db.digest)
			continue;
		m->apart = true;
		d = dynamic_say(a, &FINDING_LDM_APART, &m->db.cites,
				arena_printf(a->arena, "disk%zu and disk%zu "
				"hold different databases of state %llu of "
				"their dynamic disk group, as copies that were "
				"changed apart do; that of disk%zu is used.",
				used->disk, m->disk, (unsigned long long)
				m->db.vmdb.committed, used->disk));
		if (d != NULL)
			cites_join(a->arena, &d->cites, &used->db.cites);
	}
}

/* Members that hold an older state than the newest one were taken out of the
 * machine before the others.  */
static void choose_database(struct assembly *a, struct group *g)
{
	for (size_t i = 0; i < g->n; i++) {
		const struct ldm_database *db = &g->members[i]->db;

		if (db->has_records && is_better_database(db, g->db))
			g->db = db;
	}
	for (size_t i = 0; g->db != NULL && i < g->n; i++) {
		const struct ldm_database *db = &g->members[i]->db;
		const char *m;

		if (!db->has_records ||
		    db->vmdb.committed == g->db->vmdb.committed)
			continue;
		g->members[i]->stale = true;
		m = arena_printf(a->arena, "disk%zu holds state %llu of its "
				 "dynamic disk group; the newest one here is "
				 "%llu, whose database is used.",
				 g->members[i]->disk,
				 (unsigned long long)db->vmdb.committed,
				 (unsigned long long)g->db->vmdb.committed);
		dynamic_say(a, &FINDING_LDM_STALE, &db->cites, m);
	}
}

/* Where every copy of the newest state is damaged, what one lacks another may
 * have.  */
static int join_copies(struct assembly *a, struct group *g, struct err *reterr)
{
	const struct ldm_database *best = g->db;

	if (best == NULL || !best->damaged)
		return 0;
	g->joined = *best;
	g->db = &g->joined;
	for (size_t i = 0; i < g->n; i++) {
		const struct ldm_database *db = &g->members[i]->db;
		const char *m;
		size_t added;
		int r;

		if (db == best || !db->has_records || g->members[i]->stale)
			continue;
		r = ldm_database_complete(&g->joined, db, a->arena, &added,
					  reterr);
		if (r < 0)
			return r;
		if (added == 0)
			continue;
		m = arena_printf(a->arena, "%zu of the records used for a "
				 "dynamic disk group are found only in the "
				 "copy of its database on disk%zu: the others "
				 "are damaged.", added, g->members[i]->disk);
		dynamic_say(a, &FINDING_LDM_RECORD, &db->cites, m);
	}
	return 0;
}

/* Where all copies of the newest state lack something, an older one that is
 * whole may tell it.  */
static int take_older(struct assembly *a, struct group *g, struct err *reterr)
{
	const struct member *older = NULL;
	size_t added;
	int r;

	if (g->db == NULL || !g->db->damaged)
		return 0;
	for (size_t i = 0; i < g->n; i++) {
		const struct member *m = g->members[i];

		if (m->stale && !m->db.damaged &&
		    (older == NULL ||
		     m->db.vmdb.committed > older->db.vmdb.committed))
			older = m;
	}
	if (older == NULL)
		return 0;
	r = ldm_database_complete(&g->joined, &older->db, a->arena, &added,
				  reterr);
	if (r == 0 && added > 0)
		g->older = older;
	return r;
}

static void report_twins(struct assembly *a, const struct group *g)
{
	for (size_t i = 0; i < g->n; i++)
		for (size_t k = i + 1; k < g->n; k++) {
			const struct member *x = g->members[i];
			const struct member *y = g->members[k];
			const struct member *best;
			const char *m;

			if (!guid_equal(&x->db.head.disk_guid,
					&y->db.head.disk_guid))
				continue;
			if (x->disk > y->disk) {
				x = g->members[k];
				y = g->members[i];
			}
			best = member_of_guid(g, &x->db.head.disk_guid);
			m = arena_printf(a->arena, "disk%zu and disk%zu have "
					 "the id of the same dynamic disk; "
					 "disk%zu is read.", x->disk, y->disk,
					 best->disk);
			dynamic_say(a, &FINDING_LDM_VOLUME, &y->db.cites, m);
		}
}

bool dynamic_collect_group(struct assembly *a, size_t first, struct group *g)
{
	const struct guid *id = &a->members[first].db.head.group_guid;

	g->n = 0;
	g->db = NULL;
	g->older = NULL;
	for (size_t i = 0; i < a->n_members; i++) {
		if (!guid_equal(&a->members[i].db.head.group_guid, id))
			continue;
		if (i < first)
			return false;
		g->members[g->n++] = &a->members[i];
	}
	return true;
}

/* Compare what volumes have of two copies of one disk.  */
static int compare_copies(struct assembly *a, const struct group *g,
			  const struct member *x, const struct member *y)
{
	const struct ldm_entry *disk = NULL;
	int r = 0;

	for (size_t i = 0; i < g->db->n && disk == NULL; i++)
		if (g->db->entries[i].kind == LDM_DISK &&
		    guid_equal(&g->db->entries[i].u.disk.guid,
			       &x->db.head.disk_guid))
			disk = &g->db->entries[i];
	for (size_t i = 0; i < g->db->n && disk != NULL && r == 0; i++) {
		const struct ldm_entry *e = &g->db->entries[i];
		struct part p = { .p = &e->u.partition, .member = x };

		if (e->kind == LDM_PARTITION &&
		    p.p->disk == disk->u.disk.id && dynamic_locate(&p))
			r = dynamic_compare_copies(a, &p, x, y);
	}
	return r;
}

/* Copies of one disk change places until they stand by their bytes: which of
 * them is read does not follow from the order in which they were named.  */
static void order_copies(struct assembly *a, struct group *g)
{
	for (size_t i = 0; i < g->n; i++)
		for (size_t k = i + 1; k < g->n; k++) {
			struct member *x = g->members[i];

			if (!guid_equal(&x->db.head.disk_guid,
					&g->members[k]->db.head.disk_guid) ||
			    compare_copies(a, g, x, g->members[k]) <= 0)
				continue;
			g->members[i] = g->members[k];
			g->members[k] = x;
		}
}

int dynamic_settle_group(struct assembly *a, struct group *g,
			 struct err *reterr)
{
	int r;

	choose_database(a, g);
	check_apart(a, g);
	r = join_copies(a, g, reterr);
	if (r == 0)
		r = take_older(a, g, reterr);
	if (r == 0 && g->db != NULL)
		order_copies(a, g);
	report_twins(a, g);
	return r;
}

static int compare_places(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	if (x->member->disk != y->member->disk)
		return x->member->disk < y->member->disk ? -1 : 1;
	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	return x->p->id < y->p->id ? -1 : x->p->id > y->p->id;
}

static bool reaches_past_data(const struct part *p)
{
	const struct ldm_privhead *head = &p->member->db.head;
	const uint64_t sector = p->member->db.sector_size;

	return p->offset + p->length >
	       (head->data_start + head->data_size) * sector;
}

/* Parts that lie over one another, or reach into what is no part's: each is
 * read as the records have it.  */
static void check_places(struct assembly *a, struct part *list, size_t n)
{
	const struct part *far = NULL;

	if (n > 0)
		qsort(list, n, sizeof(*list), compare_places);
	for (size_t i = 0; i < n; i++) {
		const struct part *p = &list[i];
		struct diag *d;

		if (reaches_past_data(p))
			dynamic_say(a, &FINDING_LDM_VOLUME, &p->entry->cites,
				    "A part of a dynamic volume reaches past "
				    "the end of its disk's data.");
		if (p->offset <= LDM_PRIVHEAD_LBA *
				 (uint64_t)p->member->db.sector_size)
			dynamic_say(a, &FINDING_LDM_VOLUME, &p->entry->cites,
				    "A part of a dynamic volume overlaps the "
				    "partition table of its disk.");
		if (far != NULL && far->member->disk != p->member->disk)
			far = NULL;
		if (far != NULL && p->offset < far->offset + far->length) {
			d = dynamic_say(a, &FINDING_LDM_VOLUME,
					&far->entry->cites, "Two parts of "
					"dynamic volumes overlap.");
			if (d != NULL)
				cites_join(a->arena, &d->cites,
					   &p->entry->cites);
		}
		if (far == NULL ||
		    p->offset + p->length > far->offset + far->length)
			far = p;
	}
}

static int check_parts(struct assembly *a, struct err *reterr)
{
	const struct ldm_database *db = a->group->db;
	struct part *list = arena_alloc(a->arena, (db->n + 1) * sizeof(*list));
	size_t n = 0;

	if (list == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "LDM", 0, 0);
	for (size_t i = 0; i < db->n; i++) {
		const struct ldm_entry *e = &db->entries[i];
		struct part *p = &list[n];

		if (e->kind != LDM_PARTITION)
			continue;
		*p = (struct part){ .p = &e->u.partition, .entry = e };
		p->member = dynamic_member(a->group, e->u.partition.disk);
		if (p->member != NULL && dynamic_locate(p))
			n++;
	}
	check_places(a, list, n);
	return 0;
}

/* A disk says itself which group it is of; the group may not know it.  */
static void check_members(struct assembly *a)
{
	const struct group *g = a->group;

	for (size_t i = 0; i < g->n; i++) {
		const struct member *m = g->members[i];
		const char *message;
		bool known = false;

		for (size_t k = 0; k < g->db->n && !known; k++)
			known = g->db->entries[k].kind == LDM_DISK &&
				guid_equal(&g->db->entries[k].u.disk.guid,
					   &m->db.head.disk_guid);
		if (known)
			continue;
		message = arena_printf(a->arena, "disk%zu says that it belongs "
				       "to a dynamic disk group, whose newest "
				       "database does not list it.", m->disk);
		dynamic_say(a, &FINDING_LDM_STALE, &m->db.cites, message);
	}
}

int dynamic_check_group(struct assembly *a, struct err *reterr)
{
	check_members(a);
	return check_parts(a, reterr);
}
