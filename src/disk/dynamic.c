/*
 * dynamic.c - the volumes of dynamic disks, put together
 *
 * A volume has components: one, or two if it is mirrored.  A component has
 * partitions, in line (simple, spanned) or in columns (striped, RAID-5).  A
 * partition lies on a disk of the group, which is known by its GUID.
 */
#include "disk/dynamic.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "disk/findings.h"
#include "disk/ldm_database.h"
#include "evidence/striped.h"

/* Windows makes two sides of a mirror, and takes up to three.  */
#define MAX_COMPONENTS 4

/* Sides of a mirror are compared at so many places, so that a large volume does
 * not have to be read from end to end.  */
#define COMPARED_PLACES 64
#define COMPARED_BYTES 4096

/* Disks that are missing are named in one finding, so many at most.  */
#define MAX_NAMED 8

struct member {
	size_t disk;		/* index among the disks given */
	const struct disk *table;
	struct ldm_database db;
	bool stale;		/* the group has gone on without it */
};

struct group {
	struct member **members;
	size_t n;
	const struct ldm_database *db;	/* the newest */
	struct ldm_database joined;	/* of several damaged copies */
};

/* A partition of a component, and the disk that it lies on.  */
struct part {
	const struct ldm_partition *p;
	const struct ldm_entry *entry;
	const struct member *member;	/* NULL: not in the evidence */
	uint64_t offset, length;	/* bytes, on that disk */
	bool cut;			/* which ends before it does */
};

struct plex {
	const struct ldm_component *component;
	struct part *parts;
	size_t n;
	size_t n_missing, n_stale, n_cut;
	size_t n_left;		/* of n_stale: the parity is read for them */
	bool holes;		/* the source cannot be read everywhere */
	struct source *source;	/* NULL: it would be of no use */
};

struct assembly {
	const struct disk *const *disks;
	struct arena *arena;
	struct diag_list *diags;
	struct dynamic_volumes out;
	struct member *members;
	size_t n_members;
	const char *nameless;	/* "disk1, disk4": without a private header;
				 * NULL: none is */
	const struct group *group;
	struct source *nothing;		/* cannot be read anywhere */
};

static struct text ascii_text(struct assembly *a, struct span s)
{
	uint8_t *wide = arena_alloc(a->arena, 2 * s.n + 1);

	if (wide == NULL)
		return (struct text){ 0 };
	for (size_t i = 0; i < s.n; i++)
		wide[2 * i] = s.p[i];
	return text_from_utf16(a->arena, (struct span){ wide, 2 * s.n, 0 });
}

/* Keep @s until dynamic_volumes_done(); NULL if it cannot be kept.  */
static struct source *own(struct assembly *a, struct source *s)
{
	struct source **slot = s == NULL ? NULL :
		arena_push(a->arena, &a->out.owned, a->out.n_owned,
			   sizeof(*slot));

	if (slot == NULL) {
		source_free(s);
		return NULL;
	}
	*slot = s;
	a->out.n_owned++;
	return s;
}

static struct diag *say(struct assembly *a, const struct diag_kind *kind,
			const struct cites *cites, const char *message)
{
	struct diag *d = diag_add(a->diags, kind, "%s", message);

	if (d != NULL && cites != NULL)
		cites_join(a->arena, &d->cites, cites);
	return d;
}

/* Which of two copies of one disk is read: one that went along with its group
 * before one that was left behind, a whole one before one that is cut off.  */
static const struct member *better_member(const struct member *x,
					  const struct member *y)
{
	if (x == NULL || x->stale != y->stale)
		return x == NULL || x->stale ? y : x;
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

/* The disk with the id @id of the group; NULL where it is not in the
 * evidence.  */
static const struct member *find_member(const struct group *g, uint64_t id)
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
		(h->data_start + h->data_size) * m->table->sector_size : 0;

	return end > m->table->size ? end : m->table->size;
}

/* Where the partition lies, in bytes.  False: not on that disk.  */
static bool locate(struct part *part)
{
	const struct member *m = part->member;
	uint64_t first, start, end;

	if (!checked_mul(m->db.head.data_start, m->table->sector_size,
			 &first) ||
	    !checked_mul(part->p->start, LDM_BLOCK_BYTES, &start) ||
	    !checked_add(first, start, &part->offset) ||
	    !checked_mul(part->p->size, LDM_BLOCK_BYTES, &part->length) ||
	    !checked_add(part->offset, part->length, &end) ||
	    end > whole_size(m) || part->length == 0)
		return false;
	part->cut = end > m->table->size;
	return true;
}

static int compare_parts(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	if (x->p->column != y->p->column)
		return x->p->column < y->p->column ? -1 : 1;
	if (x->p->volume_offset != y->p->volume_offset)
		return x->p->volume_offset < y->p->volume_offset ? -1 : 1;
	return x->p->id < y->p->id ? -1 : x->p->id > y->p->id;
}

static int collect_parts(struct assembly *a, struct plex *x,
			 struct err *reterr)
{
	const struct ldm_database *db = a->group->db;

	for (size_t i = 0; i < db->n; i++) {
		const struct ldm_entry *e = &db->entries[i];
		struct part *p;

		if (e->kind != LDM_PARTITION ||
		    e->u.partition.component != x->component->id)
			continue;
		p = arena_push(a->arena, &x->parts, x->n, sizeof(*p));
		if (p == NULL)
			return err_set(reterr, ERR_NOMEM, 0, "LDM", 0, 0);
		x->n++;
		p->p = &e->u.partition;
		p->entry = e;
		p->member = find_member(a->group, e->u.partition.disk);
		if (p->member != NULL && !locate(p)) {
			say(a, &FINDING_LDM_VOLUME, &e->cites,
			    "A partition of a dynamic volume does not lie on "
			    "its disk.");
			p->member = NULL;
		}
		x->n_missing += p->member == NULL;
		x->n_stale += p->member != NULL && p->member->stale;
		x->n_cut += p->member != NULL && p->cut;
	}
	if (x->n > 0)
		qsort(x->parts, x->n, sizeof(x->parts[0]), compare_parts);
	return 0;
}

/* The place of a partition; that of one that is missing cannot be read.  */
static struct source_piece piece_of(struct assembly *a, const struct part *p)
{
	uint64_t length;

	if (p->member != NULL)
		return (struct source_piece){ p->member->table->source,
					      p->offset, p->length };
	/* One that is too long makes the sum of all too long.  */
	if (!checked_mul(p->p->size, LDM_BLOCK_BYTES, &length))
		length = UINT64_MAX;
	return (struct source_piece){ a->nothing, 0, length };
}

static bool any_there(const struct part *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i].member != NULL)
			return true;
	return false;
}

/* The @n partitions from @p on in line, without a gap.  NULL: they are not.  */
static struct source *concatenated(struct assembly *a, const struct part *p,
				   size_t n)
{
	struct source_piece *pieces =
		arena_alloc(a->arena, (n + 1) * sizeof(*pieces));
	uint64_t next = 0;

	if (pieces == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		if (p[i].p->volume_offset != next ||
		    !checked_add(next, p[i].p->size, &next))
			return NULL;
		pieces[i] = piece_of(a, &p[i]);
	}
	return n == 0 ? NULL : own(a, source_concat(pieces, n));
}

static bool any_missing(const struct part *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i].member == NULL)
			return true;
	return false;
}

static bool any_cut(const struct part *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i].cut)
			return true;
	return false;
}

static size_t count_left_behind(const struct part *p, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += p[i].member != NULL && p[i].member->stale && !p[i].cut;
	return count;
}

/* The columns of @x, each of one partition or, if the volume was extended, of
 * several; NULL the one of RAID-5 of which a part is missing, cut off or left
 * behind by the group, where the others make up for it.  False: they do not
 * fit.  */
static bool take_columns(struct assembly *a, struct plex *x,
			 struct source **columns, size_t *ret_n)
{
	const bool raid5 = x->component->layout == LDM_RAID5;
	size_t n = 0, holes = 0, hole = 0, stale = 0, behind = 0, left = 0;

	for (size_t i = 0, count; i < x->n; i += count, n++) {
		for (count = 1; i + count < x->n; count++)
			if (x->parts[i + count].p->column !=
			    x->parts[i].p->column)
				break;
		if (n == STRIPED_MAX_COLUMNS || x->parts[i].p->column != n)
			return false;
		columns[n] = concatenated(a, &x->parts[i], count);
		if (columns[n] == NULL)
			return false;
		if (any_missing(&x->parts[i], count) ||
		    any_cut(&x->parts[i], count)) {
			holes++;
			hole = n;
		} else if (count_left_behind(&x->parts[i], count) > 0) {
			stale++;
			behind = n;
			left = count_left_behind(&x->parts[i], count);
		}
	}
	x->holes = holes > (raid5 ? 1 : 0);
	if (raid5 && holes == 1)
		columns[hole] = NULL;
	if (raid5 && holes == 0 && stale == 1) {
		columns[behind] = NULL;
		x->n_left = left;
	}
	*ret_n = n;
	return n > 0 && n == x->component->n_columns;
}

/* The partitions as columns, a chunk of each in turn.  */
static struct source *in_columns(struct assembly *a, struct plex *x,
				 uint64_t size)
{
	const bool raid5 = x->component->layout == LDM_RAID5;
	struct source *columns[STRIPED_MAX_COLUMNS];
	uint64_t chunk;
	size_t n;

	if (!take_columns(a, x, columns, &n) ||
	    !checked_mul(x->component->chunk, LDM_BLOCK_BYTES, &chunk))
		return NULL;
	return own(a, raid5 ? source_raid5(columns, n, chunk, size) :
			      source_striped(columns, n, chunk, size));
}

static uint64_t capacity_of(const struct plex *x)
{
	uint64_t total = 0;

	for (size_t i = 0; i < x->n; i++)
		if (!checked_add(total, x->parts[i].p->size, &total))
			return 0;
	if (x->component->layout == LDM_RAID5 && x->component->n_columns > 0)
		total -= total / x->component->n_columns;
	return total;
}

static const char *or_empty(struct text t)
{
	return t.utf8 != NULL ? t.utf8 : "";
}

static bool is_active(struct span state)
{
	return span_has(state, 0, "ACTIVE", 6) && state.n == 6;
}

static int make_plex(struct assembly *a, const struct ldm_volume *v,
		     uint64_t size, struct plex *x, struct err *reterr)
{
	int r = collect_parts(a, x, reterr);

	/* A volume that is larger than its parts would be read past their
	 * end.  */
	if (r < 0 || capacity_of(x) < v->size || !any_there(x->parts, x->n))
		return r;
	if (x->component->layout == LDM_CONCATENATED) {
		x->source = concatenated(a, x->parts, x->n);
		x->holes = x->n_missing > 0 || x->n_cut > 0;
	} else {
		x->source = in_columns(a, x, size);
	}
	return 0;
}

static enum dynamic_layout layout_of(const struct plex *x, size_t n)
{
	if (n > 1)
		return DYNAMIC_MIRRORED;
	switch (x[0].component->layout) {
	case LDM_STRIPED:
		return DYNAMIC_STRIPED;
	case LDM_RAID5:
		return DYNAMIC_RAID5;
	case LDM_CONCATENATED:
		break;
	}
	return x[0].n > 1 ? DYNAMIC_SPANNED : DYNAMIC_SIMPLE;
}

/* By offset in the volume, then column, then component.  */
struct ordered_part {
	const struct part *part;
	size_t plex;
};

static int compare_extents(const void *a, const void *b)
{
	const struct ordered_part *x = a, *y = b;

	if (x->part->p->volume_offset != y->part->p->volume_offset)
		return x->part->p->volume_offset < y->part->p->volume_offset ?
			-1 : 1;
	if (x->part->p->column != y->part->p->column)
		return x->part->p->column < y->part->p->column ? -1 : 1;
	return x->plex < y->plex ? -1 : x->plex > y->plex;
}

static int list_extents(struct assembly *a, const struct plex *x, size_t n,
			struct dynamic_volume *v, struct err *reterr)
{
	struct ordered_part *order;
	size_t total = 0, k = 0;

	for (size_t i = 0; i < n; i++)
		total += x[i].n;
	order = arena_alloc(a->arena, (total + 1) * sizeof(*order));
	v->extents = arena_alloc(a->arena, (total + 1) * sizeof(*v->extents));
	if (order == NULL || v->extents == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "LDM", 0, 0);
	for (size_t i = 0; i < n; i++)
		for (size_t p = 0; p < x[i].n; p++)
			order[k++] = (struct ordered_part){ &x[i].parts[p], i };
	if (total > 0)
		qsort(order, total, sizeof(*order), compare_extents);
	for (size_t i = 0; i < total; i++) {
		const struct part *p = order[i].part;

		v->extents[i] = (struct dynamic_extent){
			p->member != NULL ? p->member->disk : SIZE_MAX,
			p->offset, p->length
		};
		cites_join(a->arena, &v->cites, &p->entry->cites);
	}
	v->n_extents = total;
	return 0;
}

static bool sides_equal(struct source *a, struct source *b, uint64_t *ret_at)
{
	uint8_t x[COMPARED_BYTES], y[COMPARED_BYTES];
	const uint64_t size = a->size < b->size ? a->size : b->size;

	if (size < COMPARED_BYTES)
		return true;
	for (uint64_t i = 0; i < COMPARED_PLACES; i++) {
		uint64_t at = (size - COMPARED_BYTES) / (COMPARED_PLACES - 1) *
			      i / COMPARED_BYTES * COMPARED_BYTES;

		if (source_read(a, at, x, sizeof(x), NULL) < 0 ||
		    source_read(b, at, y, sizeof(y), NULL) < 0 ||
		    memcmp(x, y, sizeof(x)) == 0)
			continue;
		*ret_at = at;
		return false;
	}
	return true;
}

/* What speaks against reading a side of a mirror.  */
static int demerits(const struct plex *x)
{
	return (x->holes ? 4 : 0) + (is_active(x->component->state) ? 0 : 2) +
	       (x->n_stale > 0 ? 1 : 0);
}

/* The side that is read: a whole one before one with holes, an active one
 * before another, one that went along with its group before one that was left
 * behind.  */
static const struct plex *choose(const struct plex *x, size_t n)
{
	const struct plex *best = NULL;

	for (size_t i = 0; i < n; i++)
		if (x[i].source != NULL &&
		    (best == NULL || demerits(&x[i]) < demerits(best)))
			best = &x[i];
	return best;
}

static const struct ldm_entry *disk_record(const struct group *g, uint64_t id)
{
	for (size_t i = 0; i < g->db->n; i++)
		if (g->db->entries[i].kind == LDM_DISK &&
		    g->db->entries[i].u.disk.id == id)
			return &g->db->entries[i];
	return NULL;
}

static bool is_named_before(const struct plex *x, size_t plex, size_t part)
{
	const uint64_t disk = x[plex].parts[part].p->disk;

	for (size_t i = 0; i <= plex; i++)
		for (size_t k = 0; k < (i < plex ? x[i].n : part); k++)
			if (x[i].parts[k].member == NULL &&
			    x[i].parts[k].p->disk == disk)
				return true;
	return false;
}

/* The disks of the parts that are missing, each once, as " Disk4 {...}, ...";
 * at most MAX_NAMED.  NULL: none is known.  */
static const char *missing_disks(struct assembly *a, const struct plex *x,
				 size_t n)
{
	const char *s = NULL;
	size_t named = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < x[i].n && named < MAX_NAMED; k++) {
			const struct part *p = &x[i].parts[k];
			char guid[GUID_TEXT_CHARS + 1];
			const struct ldm_entry *e;
			struct text name;

			if (p->member != NULL || is_named_before(x, i, k))
				continue;
			e = disk_record(a->group, p->p->disk);
			if (e == NULL)
				continue;
			name = ascii_text(a, e->u.disk.name);
			s = arena_printf(a->arena, "%s%s %s {%s}",
					 s != NULL ? s : "",
					 s != NULL ? "," : "", or_empty(name),
					 guid_text(&e->u.disk.guid, guid));
			named++;
		}
	return s;
}

/* Parts that are not read, and why.  */
struct unread {
	size_t missing, cut, left;
};

/* "1 is not in this evidence, 2 are cut off" */
static const char *what_is_missing(struct assembly *a, struct unread u)
{
	const struct {
		size_t n;
		const char *what;
	} why[] = {
		{ u.missing, a->nameless != NULL ? "not found" :
						    "not in this evidence" },
		{ u.cut, "cut off" },
		{ u.left, "of an older state" },
	};
	const char *s = NULL;

	for (size_t i = 0; i < sizeof(why) / sizeof(why[0]); i++)
		if (why[i].n > 0)
			s = arena_printf(a->arena, "%s%s%zu %s %s",
					 s != NULL ? s : "",
					 s != NULL ? ", " : "", why[i].n,
					 why[i].n == 1 ? "is" : "are",
					 why[i].what);
	return s != NULL ? s : "none is missing";
}

/* " Missing: Disk4 {...}.", and which disk may be one of those: it does not say
 * who it is.  Empty where nothing is known.  */
static const char *who_is_missing(struct assembly *a, const struct plex *x,
				  size_t n, struct unread u)
{
	const char *disks = missing_disks(a, x, n);
	const bool maybe = u.missing > 0 && a->nameless != NULL;
	const char *s;

	s = arena_printf(a->arena, "%s%s%s%s%s%s",
			 disks != NULL ? " Missing:" : "",
			 disks != NULL ? disks : "",
			 disks != NULL ? "." : "",
			 maybe ? " A dynamic disk whose private headers are "
				 "lost may be one of those: " : "",
			 maybe ? a->nameless : "", maybe ? "." : "");
	return s != NULL ? s : "";
}

static void explain_missing(struct assembly *a, const struct dynamic_volume *v,
			    const struct plex *x, size_t n, size_t parts,
			    struct unread u)
{
	const size_t unread = u.missing + u.cut + u.left;
	const char *who = who_is_missing(a, x, n, u);
	const char *less = what_is_missing(a, u);
	const char *m;

	if (v->state == DYNAMIC_INCOMPLETE)
		m = arena_printf(a->arena, "The dynamic volume %s %s: of its "
				 "%zu part%s, %s%s.%s", or_empty(v->name),
				 v->source != NULL ? "is read as far as it is "
				 "here" : "cannot be put together", parts,
				 parts == 1 ? "" : "s", less,
				 unread == 0 ? ", but they do not fit" : "",
				 who);
	else
		m = arena_printf(a->arena, "The dynamic volume %s is read "
				 "without %zu of its %zu parts, by %s: %s.%s",
				 or_empty(v->name), unread, parts,
				 v->layout == DYNAMIC_RAID5 ? "the parity" :
				 "its other side", less, who);
	say(a, v->state == DYNAMIC_INCOMPLETE ? &FINDING_LDM_INCOMPLETE :
	    &FINDING_LDM_MEMBER_MISSING, &v->cites, m != NULL ? m : "");
}

/* Of the sides of a mirror one that was left behind is not read where another
 * one was not.  */
static struct unread count_unread(const struct plex *x, size_t n,
				  const struct plex *best)
{
	struct unread u = { 0 };

	for (size_t i = 0; i < n; i++) {
		u.missing += x[i].n_missing;
		u.cut += x[i].n_cut;
		if (best == &x[i])
			u.left += x[i].n_left;
		else if (best != NULL && best->n_stale == 0)
			u.left += count_left_behind(x[i].parts, x[i].n);
	}
	return u;
}

static void explain(struct assembly *a, const struct dynamic_volume *v,
		    const struct plex *x, size_t n, const struct plex *best)
{
	size_t parts = 0;
	uint64_t at = 0;
	const char *m;

	for (size_t i = 0; i < n; i++) {
		parts += x[i].n;
		if (is_active(x[i].component->state))
			continue;
		m = arena_printf(a->arena, "A component of the dynamic volume "
				 "%s is not active: %s.", v->name.utf8,
				 or_empty(ascii_text(a,
						     x[i].component->state)));
		say(a, &FINDING_LDM_STATE, &v->cites, m != NULL ? m : "");
	}
	if (v->state != DYNAMIC_WHOLE)
		explain_missing(a, v, x, n, parts, count_unread(x, n, best));
	if (n < 2 || x[0].source == NULL || x[1].source == NULL ||
	    sides_equal(x[0].source, x[1].source, &at))
		return;
	m = arena_printf(a->arena, "The sides of the mirrored volume %s differ "
			 "at byte %llu; %s is read.", v->name.utf8,
			 (unsigned long long)at, best == &x[0] ? "the first" :
			 "the second");
	say(a, &FINDING_LDM_SIDES_DIFFER, &v->cites, m != NULL ? m : "");
}

static char letter_of(struct span hint)
{
	char c = hint.n == 2 && hint.p[1] == ':' ? (char)hint.p[0] : 0;

	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	return c >= 'A' && c <= 'Z' ? c : 0;
}

static int collect_plexes(struct assembly *a, const struct ldm_volume *v,
			  uint64_t size, struct plex *x, size_t *ret_n,
			  struct cites *cites, struct err *reterr)
{
	const struct ldm_database *db = a->group->db;

	for (size_t i = 0; i < db->n && *ret_n < MAX_COMPONENTS; i++) {
		const struct ldm_entry *e = &db->entries[i];
		int r;

		if (e->kind != LDM_COMPONENT || e->u.component.volume != v->id)
			continue;
		cites_join(a->arena, cites, &e->cites);
		x[*ret_n].component = &e->u.component;
		r = make_plex(a, v, size, &x[(*ret_n)++], reterr);
		if (r < 0)
			return r;
	}
	return 0;
}

static void check_volume(struct assembly *a, const struct ldm_volume *v,
			 const struct dynamic_volume *out, size_t components)
{
	const char *m;

	if (!is_active(v->state)) {
		m = arena_printf(a->arena, "The dynamic volume %s is not "
				 "active: %s.", or_empty(out->name),
				 or_empty(ascii_text(a, v->state)));
		say(a, &FINDING_LDM_STATE, &out->cites, m != NULL ? m : "");
	}
	if (v->n_components != components) {
		m = arena_printf(a->arena, "The dynamic volume %s should have "
				 "%llu components; %zu are used.",
				 or_empty(out->name),
				 (unsigned long long)v->n_components,
				 components);
		say(a, &FINDING_LDM_VOLUME, &out->cites, m != NULL ? m : "");
	}
}

static int add_volume(struct assembly *a, const struct ldm_entry *e,
		      struct err *reterr)
{
	const struct ldm_volume *v = &e->u.volume;
	const struct ldm_privhead *head = &a->group->db->head;
	struct plex x[MAX_COMPONENTS] = { { 0 } };
	const struct plex *best;
	struct dynamic_volume *out;
	struct unread u;
	size_t n = 0;
	int r;

	out = arena_push(a->arena, &a->out.list, a->out.n, sizeof(*out));
	if (out == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "LDM", 0, 0);
	out->guid = v->guid;
	out->group = head->group_guid;
	out->name = ascii_text(a, v->name);
	out->group_name = ascii_text(a, head->group_name);
	out->hint = letter_of(v->hint);
	cites_join(a->arena, &out->cites, &e->cites);
	out->sector_size = a->group->members[0]->table->sector_size;
	if (!checked_mul(v->size, LDM_BLOCK_BYTES, &out->size))
		out->size = 0;
	r = collect_plexes(a, v, out->size, x, &n, &out->cites, reterr);
	if (r < 0)
		return r;
	if (n == 0) {
		say(a, &FINDING_LDM_VOLUME, &e->cites,
		    "A dynamic volume has no component.");
		return 0;
	}
	check_volume(a, v, out, n);
	best = choose(x, n);
	out->layout = layout_of(x, n);
	u = count_unread(x, n, best);
	out->state = best == NULL || best->holes ? DYNAMIC_INCOMPLETE :
		u.missing + u.cut + u.left > 0 ? DYNAMIC_DEGRADED :
		DYNAMIC_WHOLE;
	if (best != NULL)
		out->source = own(a, source_window(best->source, 0, out->size));
	a->out.n++;
	r = list_extents(a, x, n, out, reterr);
	if (r == 0)
		explain(a, out, x, n, best);
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
	const uint64_t sector = p->member->table->sector_size;

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
			say(a, &FINDING_LDM_VOLUME, &p->entry->cites,
			    "A part of a dynamic volume reaches past the end "
			    "of its disk's data.");
		if (p->offset <= LDM_PRIVHEAD_LBA *
				 (uint64_t)p->member->table->sector_size)
			say(a, &FINDING_LDM_VOLUME, &p->entry->cites,
			    "A part of a dynamic volume lies over the table "
			    "of its disk.");
		if (far != NULL && far->member->disk != p->member->disk)
			far = NULL;
		if (far != NULL && p->offset < far->offset + far->length) {
			d = say(a, &FINDING_LDM_VOLUME, &far->entry->cites,
				"Two parts of dynamic volumes lie over one "
				"another.");
			if (d != NULL)
				cites_join(a->arena, &d->cites,
					   &p->entry->cites);
		}
		if (far == NULL ||
		    p->offset + p->length > far->offset + far->length)
			far = p;
	}
}

static int check_group(struct assembly *a, struct err *reterr)
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
		*p = (struct part){ &e->u.partition, e,
				    find_member(a->group, e->u.partition.disk),
				    0, 0, false };
		if (p->member != NULL && locate(p))
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
		say(a, &FINDING_LDM_STALE, &m->db.cites,
		    message != NULL ? message : "");
	}
}

static int assemble_group(struct assembly *a, const struct group *g,
			  struct err *reterr)
{
	int r;

	a->group = g;
	check_members(a);
	r = check_group(a, reterr);
	for (size_t i = 0; i < g->db->n && r == 0; i++)
		if (g->db->entries[i].kind == LDM_VOLUME)
			r = add_volume(a, &g->db->entries[i], reterr);
	return r;
}

/* Each disk of a group holds a copy of its database: the newest is used, and of
 * several of that state one of which nothing is missing.  */
static bool is_better_database(const struct ldm_database *x,
			       const struct ldm_database *y)
{
	if (y == NULL || x->vmdb.committed != y->vmdb.committed)
		return y == NULL || x->vmdb.committed > y->vmdb.committed;
	return y->damaged && !x->damaged;
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
				 "%llu, which is used.", g->members[i]->disk,
				 (unsigned long long)db->vmdb.committed,
				 (unsigned long long)g->db->vmdb.committed);
		say(a, &FINDING_LDM_STALE, &db->cites, m != NULL ? m : "");
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
		m = arena_printf(a->arena, "%zu of the records that are used "
				 "of a dynamic disk group are only in the copy "
				 "of its database on disk%zu: others are "
				 "damaged.", added, g->members[i]->disk);
		say(a, &FINDING_LDM_RECORD, &db->cites, m != NULL ? m : "");
	}
	return 0;
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
			best = member_of_guid(g, &x->db.head.disk_guid);
			m = arena_printf(a->arena, "disk%zu and disk%zu are "
					 "one dynamic disk, by its id; disk%zu "
					 "is read.", x->disk, y->disk,
					 best->disk);
			say(a, &FINDING_LDM_VOLUME, &y->db.cites,
			    m != NULL ? m : "");
		}
}

/* The members of the group of @m that come with or behind it.  False: it was
 * dealt with, with one before it.  */
static bool collect_group(struct assembly *a, size_t first, struct group *g)
{
	const struct guid *id = &a->members[first].db.head.group_guid;

	g->n = 0;
	g->db = NULL;
	for (size_t i = 0; i < a->n_members; i++) {
		if (!guid_equal(&a->members[i].db.head.group_guid, id))
			continue;
		if (i < first)
			return false;
		g->members[g->n++] = &a->members[i];
	}
	return true;
}

static int read_members(struct assembly *a, size_t n, struct err *reterr)
{
	const char *where = a->diags->where;
	int r = 0;

	for (size_t i = 0; i < n && r != ERR_NOMEM; i++) {
		struct member *m = &a->members[a->n_members];

		if (!a->disks[i]->ldm)
			continue;
		a->diags->where = arena_printf(a->arena, "disk%zu", i);
		m->disk = i;
		m->table = a->disks[i];
		r = ldm_database_read(a->disks[i], a->arena, a->diags, &m->db,
				      reterr);
		a->n_members += r == 0;
		if (r != 0)
			a->nameless = arena_printf(
				a->arena, "%s%sdisk%zu",
				a->nameless != NULL ? a->nameless : "",
				a->nameless != NULL ? ", " : "", i);
	}
	a->diags->where = where;
	return r == ERR_NOMEM ? r : 0;
}

int dynamic_volumes_read(const struct disk *const *disks, size_t n,
			 struct arena *arena, struct diag_list *d,
			 struct dynamic_volumes *ret, struct err *reterr)
{
	struct assembly a = { .disks = disks, .arena = arena, .diags = d };
	struct group g = { .members =
			   arena_alloc(arena, (n + 1) * sizeof(*g.members)),
			   .n = 0 };
	int r;

	a.members = arena_alloc(arena, (n + 1) * sizeof(*a.members));
	if (a.members == NULL || g.members == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "LDM", 0, 0);
	a.nothing = own(&a, source_memory("", 0));
	if (a.nothing == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "LDM", 0, 0);
	r = read_members(&a, n, reterr);
	for (size_t i = 0; i < a.n_members && r == 0; i++) {
		if (!collect_group(&a, i, &g))
			continue;
		choose_database(&a, &g);
		report_twins(&a, &g);
		r = join_copies(&a, &g, reterr);
		if (g.db != NULL && r == 0)
			r = assemble_group(&a, &g, reterr);
	}
	if (r < 0) {
		dynamic_volumes_done(&a.out);
		return r;
	}
	*ret = a.out;
	return 0;
}

void dynamic_volumes_done(struct dynamic_volumes *v)
{
	/* What is made of others comes behind them.  */
	for (size_t i = v->n_owned; i > 0; i--)
		source_free(v->owned[i - 1]);
	v->n_owned = 0;
}

const char *dynamic_layout_name(enum dynamic_layout l)
{
	static const char *const names[] = {
		[DYNAMIC_SIMPLE] = "simple", [DYNAMIC_SPANNED] = "spanned",
		[DYNAMIC_STRIPED] = "striped", [DYNAMIC_MIRRORED] = "mirrored",
		[DYNAMIC_RAID5] = "raid5",
	};

	return names[l];
}

const char *dynamic_state_name(enum dynamic_state s)
{
	static const char *const names[] = {
		[DYNAMIC_WHOLE] = "whole", [DYNAMIC_DEGRADED] = "degraded",
		[DYNAMIC_INCOMPLETE] = "incomplete",
	};

	return names[s];
}
