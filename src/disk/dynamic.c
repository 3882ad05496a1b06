/*
 * dynamic.c - the volumes of dynamic disks, put together
 *
 * A volume has components: one, or two if it is mirrored.  A component has
 * partitions, in line (simple, spanned) or in columns (striped, RAID-5).  A
 * partition lies on a disk of the group, which is known by its GUID.
 */
#include "disk/dynamic.h"

#include <stdlib.h>

#include "base/checked.h"
#include "disk/dynamic_parts.h"
#include "disk/findings.h"
#include "evidence/striped.h"

/* Windows makes two sides of a mirror, and takes up to three.  */
#define MAX_COMPONENTS 4

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

static int compare_parts(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	if (x->p->column != y->p->column)
		return x->p->column < y->p->column ? -1 : 1;
	if (x->p->volume_offset != y->p->volume_offset)
		return x->p->volume_offset < y->p->volume_offset ? -1 : 1;
	return x->p->id < y->p->id ? -1 : x->p->id > y->p->id;
}

/* Whether only an older state tells of the disk with the id @id.  */
static bool is_of_older(const struct group *g, uint64_t id)
{
	const struct ldm_entry *e = dynamic_disk_record(g, id);

	return e != NULL && e->older;
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
		x->older |= e->older || is_of_older(a->group,
						    e->u.partition.disk);
		p->p = &e->u.partition;
		p->entry = e;
		p->member = dynamic_member(a->group, e->u.partition.disk);
		if (p->member != NULL && !dynamic_locate(p)) {
			dynamic_say(a, &FINDING_LDM_VOLUME, &e->cites,
				    "A partition of a dynamic volume does not "
				    "lie on its disk.");
			p->member = NULL;
		}
		if (p->member == NULL)
			p->use = PART_MISSING;
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

static bool any_not_read(const struct part *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i].use != PART_READ)
			return true;
	return false;
}

/* A column of a component: its partitions, and the state of the group that
 * their disks hold.  */
struct column {
	struct part *parts;
	size_t n;
	uint64_t state;		/* 0: not of one state */
};

static uint64_t state_of_column(const struct group *g, const struct part *p,
				size_t n)
{
	const uint64_t first = dynamic_state_of(g, p[0].member);

	for (size_t i = 1; i < n; i++)
		if (dynamic_state_of(g, p[i].member) != first)
			return 0;
	return first;
}

/* Whether all columns but @odd are of one state, and it is not.  */
static bool is_odd_one(const struct column *c, size_t n, size_t odd)
{
	const uint64_t state = c[odd == 0 ? 1 : 0].state;

	for (size_t i = 0; i < n; i++)
		if (i != odd && c[i].state != state)
			return false;
	return state != 0 && c[odd].state != state;
}

/*
 * Of RAID-5 the column that is better made of the others, all of which are
 * here: where the others are of one state and it is of another, what they give
 * is of one time.  That is so, too, if it is newer than they are.  @n: there is
 * none.
 */
static size_t find_odd_column(struct column *c, size_t n)
{
	size_t odd = n;

	/* Of two columns, the older one.  */
	for (size_t i = 0; n > 1 && i < n; i++)
		if (is_odd_one(c, n, i) &&
		    (odd == n || c[i].state < c[odd].state))
			odd = i;
	return odd;
}

/* Each part of the column that speaks against reading it.  */
static void set_column_aside(struct column *c, uint64_t others)
{
	const bool newer = c->state > others;

	for (size_t i = 0; i < c->n; i++)
		if (newer || c->parts[i].member->stale)
			c->parts[i].use = newer ? PART_NEWER : PART_LEFT;
}

/* The columns of @x, each of one partition or, if the volume was extended, of
 * several; NULL the one of RAID-5 for which the others make up.  False: they do
 * not fit.  */
static bool take_columns(struct assembly *a, struct plex *x,
			 struct source **columns, size_t *ret_n)
{
	const bool raid5 = x->component->layout == LDM_RAID5;
	struct column c[STRIPED_MAX_COLUMNS];
	size_t n = 0, holes = 0, odd = STRIPED_MAX_COLUMNS;

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
		c[n] = (struct column){ &x->parts[i], count, 0 };
		if (any_not_read(c[n].parts, count)) {
			holes++;
			odd = n;
		} else {
			c[n].state = state_of_column(a->group, c[n].parts,
						     count);
		}
	}
	x->holes = holes > (raid5 ? 1 : 0);
	if (raid5 && holes == 0) {
		odd = find_odd_column(c, n);
		if (odd < n)
			set_column_aside(&c[odd], c[odd == 0 ? 1 : 0].state);
	}
	if (raid5 && holes <= 1 && odd < n)
		columns[odd] = NULL;
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
		x->holes = any_not_read(x->parts, x->n);
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

/* What the database says of it, even where its disk is not here.  */
static struct dynamic_extent extent_of(struct assembly *a,
				       const struct part *p)
{
	const struct ldm_entry *e = dynamic_disk_record(a->group, p->p->disk);
	struct dynamic_extent x = { .disk = SIZE_MAX };

	/* Of one that cannot be, 0.  */
	if (!checked_mul(p->p->start, LDM_BLOCK_BYTES, &x.data_offset))
		x.data_offset = 0;
	if (!checked_mul(p->p->size, LDM_BLOCK_BYTES, &x.length))
		x.length = 0;
	x.column = (size_t)p->p->column;
	if (!checked_mul(p->p->volume_offset, LDM_BLOCK_BYTES,
			 &x.column_offset))
		x.column_offset = 0;
	if (p->member != NULL) {
		x.disk = p->member->disk;
		x.offset = p->offset;
	}
	if (e != NULL) {
		x.disk_name = dynamic_text(a, e->u.disk.name);
		x.disk_guid = e->u.disk.guid;
	}
	return x;
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

		v->extents[i] = extent_of(a, p);
		cites_join(a->arena, &v->cites, &p->entry->cites);
	}
	v->n_extents = total;
	return 0;
}

/* The oldest state of the group of which something is read.  */
static uint64_t oldest_state(const struct group *g, const struct plex *x)
{
	uint64_t oldest = UINT64_MAX;

	for (size_t i = 0; i < x->n; i++) {
		uint64_t state = x->parts[i].use != PART_READ ? UINT64_MAX :
				 dynamic_state_of(g, x->parts[i].member);

		oldest = state < oldest ? state : oldest;
	}
	return oldest;
}

static bool is_better_side(const struct group *g, const struct plex *x,
			   const struct plex *y)
{
	const bool active = dynamic_is_active(x->component->state);

	if (x->holes != y->holes)
		return y->holes;
	if (active != dynamic_is_active(y->component->state))
		return active;
	return oldest_state(g, x) > oldest_state(g, y);
}

/* The side that is read: a whole one before one with holes, an active one
 * before another, one that went along with its group before one that was left
 * behind.  */
static const struct plex *choose(const struct group *g, const struct plex *x,
				 size_t n)
{
	const struct plex *best = NULL;

	for (size_t i = 0; i < n; i++)
		if (x[i].source != NULL &&
		    (best == NULL || is_better_side(g, &x[i], best)))
			best = &x[i];
	return best;
}

/* What is not read of the other sides, although it is here.  */
static void set_sides_aside(const struct group *g, struct plex *x, size_t n,
			    const struct plex *best)
{
	for (size_t i = 0; i < n && best != NULL; i++) {
		const bool active = dynamic_is_active(x[i].component->state);

		for (size_t k = 0; k < x[i].n && &x[i] != best; k++) {
			struct part *p = &x[i].parts[k];

			if (p->use != PART_READ)
				continue;
			if (!active)
				p->use = PART_INACTIVE;
			else if (p->member->stale &&
				 dynamic_state_of(g, p->member) <
				 oldest_state(g, best))
				p->use = PART_LEFT;
		}
	}
}

static enum dynamic_state state_of(const struct plex *x, size_t n,
				   const struct plex *best)
{
	enum dynamic_state state = DYNAMIC_WHOLE;

	if (best == NULL || best->holes)
		return DYNAMIC_INCOMPLETE;
	for (size_t i = 0; i < n; i++)
		if (any_not_read(x[i].parts, x[i].n))
			state = DYNAMIC_DEGRADED;
	for (size_t i = 0; i < best->n; i++)
		if (best->parts[i].use == PART_READ &&
		    (best->parts[i].member->stale ||
		     best->parts[i].member->apart))
			state = DYNAMIC_STALE;
	return state;
}

/* What only an older state tells may have been changed since.  */
static void check_older(struct assembly *a, const struct ldm_entry *e,
			const struct plex *x, size_t n,
			struct dynamic_volume *v)
{
	const struct member *m = a->group->older;
	bool older = e->older;

	for (size_t i = 0; i < n; i++)
		older = older || x[i].older;
	if (!older || m == NULL)
		return;
	if (v->state != DYNAMIC_INCOMPLETE)
		v->state = DYNAMIC_STALE;
	dynamic_say(a, &FINDING_LDM_OLDER, &v->cites, arena_printf(
		a->arena, "Of the dynamic volume %s records are damaged in "
		"each copy of state %llu of the group; those of state %llu on "
		"disk%zu are used. It may have been changed since, or "
		"deleted.", dynamic_title(a, v),
		(unsigned long long)a->group->db->vmdb.committed,
		(unsigned long long)m->db.vmdb.committed, m->disk));
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
		x[*ret_n].older = e->older;
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

	if (!dynamic_is_active(v->state)) {
		m = arena_printf(a->arena, "The dynamic volume %s is not "
				 "active: %s.", dynamic_title(a, out),
				 dynamic_name(dynamic_text(a, v->state)));
		dynamic_say(a, &FINDING_LDM_STATE, &out->cites, m);
	}
	if (v->n_components != components) {
		m = arena_printf(a->arena, "The dynamic volume %s should have "
				 "%llu components; %zu are used.",
				 dynamic_title(a, out),
				 (unsigned long long)v->n_components,
				 components);
		dynamic_say(a, &FINDING_LDM_VOLUME, &out->cites, m);
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
	size_t n = 0;
	int r;

	out = arena_push(a->arena, &a->out.list, a->out.n, sizeof(*out));
	if (out == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "LDM", 0, 0);
	out->guid = v->guid;
	out->group = head->group_guid;
	out->name = dynamic_text(a, v->name);
	out->group_name = dynamic_text(a, head->group_name);
	out->hint = letter_of(v->hint);
	cites_join(a->arena, &out->cites, &e->cites);
	out->sector_size = a->group->members[0]->db.sector_size;
	if (!checked_mul(v->size, LDM_BLOCK_BYTES, &out->size))
		out->size = 0;
	r = collect_plexes(a, v, out->size, x, &n, &out->cites, reterr);
	if (r < 0)
		return r;
	if (n == 0) {
		dynamic_say(a, &FINDING_LDM_VOLUME, &e->cites,
			    "A dynamic volume has no component.");
		return 0;
	}
	check_volume(a, v, out, n);
	best = choose(a->group, x, n);
	set_sides_aside(a->group, x, n, best);
	out->layout = layout_of(x, n);
	if (x[0].component->layout != LDM_CONCATENATED && n == 1 &&
	    checked_mul(x[0].component->chunk, LDM_BLOCK_BYTES, &out->chunk))
		out->n_columns = x[0].component->n_columns;
	out->state = state_of(x, n, best);
	if (best != NULL)
		out->source = own(a, source_window(best->source, 0, out->size));
	a->out.n++;
	r = list_extents(a, x, n, out, reterr);
	if (r == 0)
		check_older(a, e, x, n, out);
	if (r == 0)
		dynamic_explain(a, out, x, n, best);
	return r;
}

static int assemble_group(struct assembly *a, const struct group *g,
			  struct err *reterr)
{
	int r;

	a->group = g;
	r = dynamic_check_group(a, reterr);
	for (size_t i = 0; i < g->db->n && r == 0; i++)
		if (g->db->entries[i].kind == LDM_VOLUME)
			r = add_volume(a, &g->db->entries[i], reterr);
	return r;
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

/* Whether there are groups that their names tell apart.  */
static bool has_groups(const struct assembly *a)
{
	for (size_t i = 1; i < a->n_members; i++) {
		struct span x = a->members[i].db.head.group_name;
		struct span y = a->members[0].db.head.group_name;

		if (x.n != y.n || !span_has(x, 0, y.p, y.n))
			return true;
	}
	return false;
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
	if (r == 0)
		r = dynamic_take_strays(&a, n, reterr);
	a.many_groups = has_groups(&a);
	for (size_t i = 0; i < a.n_members && r == 0; i++) {
		if (!dynamic_collect_group(&a, i, &g))
			continue;
		r = dynamic_settle_group(&a, &g, reterr);
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
		[DYNAMIC_STALE] = "stale", [DYNAMIC_INCOMPLETE] = "incomplete",
	};

	return names[s];
}
