/*
 * dynamic_words.c - what of a dynamic volume is not read, and why
 */
#include <string.h>

#include "disk/dynamic_parts.h"
#include "disk/findings.h"
#include "evidence/striped.h"

/* Sides of a mirror are compared at so many places, so that a large volume does
 * not have to be read from end to end.  */
#define COMPARED_PLACES 64
#define COMPARED_BYTES 4096

/* The columns of RAID-5 at fewer, as each place is read of all of them.  */
#define PARITY_PLACES 32

/* Copies of one disk are compared at more: all of a small part.  A database of
 * many parts does not make it more in all.  */
#define MAX_COPY_PLACES 32768
#define MAX_ALL_PLACES (2 * MAX_COPY_PLACES)
#define MAX_ORDERED_PLACES (2 * MAX_ALL_PLACES)

/* Disks are named in one finding, so many at most.  */
#define MAX_NAMED 8

struct text dynamic_text(struct assembly *a, struct span s)
{
	uint8_t *wide = arena_alloc(a->arena, 2 * s.n + 1);

	if (wide == NULL)
		return (struct text){ 0 };
	for (size_t i = 0; i < s.n; i++)
		wide[2 * i] = s.p[i];
	return text_from_utf16(a->arena, (struct span){ wide, 2 * s.n, 0 });
}

const char *dynamic_name(struct text t)
{
	return t.utf8 != NULL ? t.utf8 : "";
}

const char *dynamic_title(struct assembly *a, const struct dynamic_volume *v)
{
	const char *name = dynamic_name(v->name), *title;

	if (!a->many_groups)
		return name;
	title = arena_printf(a->arena, "%s of the group %s", name,
			     dynamic_name(v->group_name));
	return title != NULL ? title : name;
}

struct diag *dynamic_say(struct assembly *a, const struct diag_kind *kind,
			 const struct cites *cites, const char *message)
{
	struct diag *d = diag_add(a->diags, kind, "%s",
				  message != NULL ? message : kind->title);

	if (d != NULL && cites != NULL)
		cites_join(a->arena, &d->cites, cites);
	return d;
}

bool dynamic_is_active(struct span state)
{
	return span_has(state, 0, "ACTIVE", 6) && state.n == 6;
}

uint64_t dynamic_state_of(const struct group *g, const struct member *m)
{
	return m->db.has_records ? m->db.vmdb.committed :
				   g->db->vmdb.committed;
}

const struct ldm_entry *dynamic_disk_record(const struct group *g, uint64_t id)
{
	for (size_t i = 0; i < g->db->n; i++)
		if (g->db->entries[i].kind == LDM_DISK &&
		    g->db->entries[i].u.disk.id == id)
			return &g->db->entries[i];
	return NULL;
}

/* Parts of a volume, by what they have in common.  */
struct choice {
	const struct plex *x;
	size_t n;
	enum part_use use;
	const struct plex *read;	/* only parts of this side; NULL: all */
	bool stale;			/* only of disks left behind */
};

static bool is_chosen(const struct choice *c, const struct plex *x,
		      const struct part *p)
{
	return p->use == c->use && (c->read == NULL || c->read == x) &&
	       (!c->stale || (p->member != NULL && p->member->stale));
}

static size_t count_parts(const struct choice *c)
{
	size_t count = 0;

	for (size_t i = 0; i < c->n; i++)
		for (size_t k = 0; k < c->x[i].n; k++)
			count += is_chosen(c, &c->x[i], &c->x[i].parts[k]);
	return count;
}

static bool is_named_before(const struct choice *c, size_t plex, size_t part)
{
	const uint64_t disk = c->x[plex].parts[part].p->disk;

	for (size_t i = 0; i <= plex; i++)
		for (size_t k = 0; k < (i < plex ? c->x[i].n : part); k++)
			if (is_chosen(c, &c->x[i], &c->x[i].parts[k]) &&
			    c->x[i].parts[k].p->disk == disk)
				return true;
	return false;
}

/* A disk of the evidence is "disk1", or "disk1 (38)" with its state, one that
 * is missing " Disk4 {...}".  NULL: nothing is known of it.  */
static const char *name_disk(struct assembly *a, const struct part *p,
			     bool states)
{
	char guid[GUID_TEXT_CHARS + 1];
	const struct ldm_entry *e;

	if (p->member != NULL && states)
		return arena_printf(a->arena, "disk%zu (%llu)",
				    p->member->disk, (unsigned long long)
				    dynamic_state_of(a->group, p->member));
	if (p->member != NULL)
		return arena_printf(a->arena, "disk%zu", p->member->disk);
	e = dynamic_disk_record(a->group, p->p->disk);
	if (e == NULL)
		return NULL;
	return arena_printf(a->arena, "%s {%s}",
			    dynamic_name(dynamic_text(a, e->u.disk.name)),
			    guid_text(&e->u.disk.guid, guid));
}

/* The disks of the parts that are chosen, each once, with commas between them;
 * at most MAX_NAMED.  NULL: none is known.  */
static const char *name_disks(struct assembly *a, const struct choice *c,
			      bool states)
{
	const char *s = NULL;
	size_t named = 0;

	for (size_t i = 0; i < c->n; i++)
		for (size_t k = 0; k < c->x[i].n && named < MAX_NAMED; k++) {
			const struct part *p = &c->x[i].parts[k];
			const char *name;

			if (!is_chosen(c, &c->x[i], p) ||
			    is_named_before(c, i, k))
				continue;
			name = name_disk(a, p, states);
			if (name == NULL)
				continue;
			s = arena_printf(a->arena, "%s%s%s",
					 s != NULL ? s : "",
					 s != NULL ? ", " : "", name);
			named++;
		}
	return s;
}

/* Whether the disk with that GUID is one of those that are missing.  */
static bool is_missing(const struct assembly *a, const struct choice *c,
		       const struct guid *guid)
{
	for (size_t i = 0; i < c->n; i++)
		for (size_t k = 0; k < c->x[i].n; k++) {
			const struct part *p = &c->x[i].parts[k];
			const struct ldm_entry *e =
				dynamic_disk_record(a->group, p->p->disk);

			if (is_chosen(c, &c->x[i], p) && e != NULL &&
			    guid_equal(&e->u.disk.guid, guid))
				return true;
		}
	return false;
}

/* Whether a disk that is missing may be here all the same.  */
static bool may_be_here(const struct assembly *a, const struct plex *x,
			size_t n)
{
	const struct choice c = { x, n, PART_MISSING, NULL, false };

	for (size_t i = 0; i < a->n_refused; i++)
		if (is_missing(a, &c, &a->refused[i].guid))
			return true;
	return a->nameless != NULL;
}

/* "1 is not in this evidence, 2 are cut off (disk3, disk4)" */
static const char *what_is_missing(struct assembly *a, const struct plex *x,
				   size_t n)
{
	const struct {
		enum part_use use;
		const char *what;
	} why[] = {
		{ PART_MISSING, may_be_here(a, x, n) ? "not found" :
						       "not in this evidence" },
		{ PART_CUT, "cut off" },
		{ PART_LEFT, "of an older state" },
		{ PART_NEWER, "in a newer state than the others" },
		{ PART_INACTIVE, "not active" },
	};
	const char *s = NULL;

	for (size_t i = 0; i < sizeof(why) / sizeof(why[0]); i++) {
		const struct choice c = { x, n, why[i].use, NULL, false };
		const size_t count = count_parts(&c);
		const char *disks = count > 0 && why[i].use != PART_MISSING ?
				    name_disks(a, &c, false) : NULL;

		if (count > 0)
			s = arena_printf(a->arena, "%s%s%zu %s %s%s%s%s",
					 s != NULL ? s : "",
					 s != NULL ? ", " : "", count,
					 count == 1 ? "is" : "are", why[i].what,
					 disks != NULL ? " (" : "",
					 disks != NULL ? disks : "",
					 disks != NULL ? ")" : "");
	}
	return s != NULL ? s : "none is missing";
}

/* " The private header of one of those lies on disk1, ..."; "" for none.  */
static const char *who_was_it(struct assembly *a, const struct choice *c)
{
	const char *s = "";

	for (size_t i = 0; i < a->n_refused && s != NULL; i++) {
		const struct refused *r = &a->refused[i];

		if (is_missing(a, c, &r->guid))
			s = arena_printf(a->arena, "%s The private header of "
					 "%s lies on disk%zu, at byte %llu, "
					 "which is not read as that disk: its "
					 "sector 0 says otherwise.",
					 s,
					 count_parts(c) > 1 ? "one of those" :
					 "that", r->disk,
					 (unsigned long long)r->at);
	}
	return s != NULL ? s : "";
}

/* " Missing: Disk4 {...}.", and which disk may be one of those: it does not say
 * who it is.  Empty where nothing is known.  */
static const char *who_is_missing(struct assembly *a, const struct plex *x,
				  size_t n)
{
	const struct choice c = { x, n, PART_MISSING, NULL, false };
	const char *disks = name_disks(a, &c, false);
	const bool maybe = count_parts(&c) > 0 && a->nameless != NULL;
	const char *s;

	s = arena_printf(a->arena, "%s%s%s%s%s%s%s",
			 disks != NULL ? " Missing: " : "",
			 disks != NULL ? disks : "",
			 disks != NULL ? "." : "",
			 maybe ? " A dynamic disk whose private headers are "
				 "lost may be one of those: " : "",
			 maybe ? a->nameless : "", maybe ? "." : "",
			 who_was_it(a, &c));
	return s != NULL ? s : "";
}

static void explain_missing(struct assembly *a, const struct dynamic_volume *v,
			    const struct plex *x, size_t n)
{
	const char *who = who_is_missing(a, x, n);
	const char *less = what_is_missing(a, x, n);
	const bool incomplete = v->state == DYNAMIC_INCOMPLETE;
	size_t parts = 0, unread = 0;
	const char *m;

	for (size_t i = 0; i < n; i++)
		parts += x[i].n;
	for (int use = PART_READ + 1; use < PART_USES; use++)
		unread += count_parts(&(struct choice){
			x, n, (enum part_use)use, NULL, false });
	if (unread == 0 && !incomplete)
		return;
	if (incomplete && parts == 0)
		m = arena_printf(a->arena, "The dynamic volume %s cannot be "
				 "put together: the database has no usable "
				 "parts of it.",
				 dynamic_title(a, v));
	else if (incomplete)
		m = arena_printf(a->arena, "The dynamic volume %s %s: of its "
				 "%zu part%s, %s%s.%s", dynamic_title(a, v),
				 v->source != NULL ? "is read as far as it is "
				 "here" : "cannot be put together", parts,
				 parts == 1 ? "" : "s", less,
				 unread == 0 ? ", but they do not fit" : "",
				 who);
	else
		m = arena_printf(a->arena, "The dynamic volume %s is read "
				 "without %zu of its %zu parts, by %s: %s.%s",
				 dynamic_title(a, v), unread, parts,
				 v->layout == DYNAMIC_RAID5 ? "the parity" :
				 "its other side", less, who);
	dynamic_say(a, incomplete ? &FINDING_LDM_INCOMPLETE :
				    &FINDING_LDM_MEMBER_MISSING, &v->cites, m);
}

/* Whether all that is read of the side @x is of one state.  */
static bool is_of_one_state(const struct group *g, const struct plex *x)
{
	const struct member *first = NULL;

	for (size_t i = 0; i < x->n; i++) {
		const struct part *p = &x->parts[i];

		if (p->use != PART_READ)
			continue;
		if (first != NULL && dynamic_state_of(g, p->member) !=
				     dynamic_state_of(g, first))
			return false;
		first = p->member;
	}
	return true;
}

/* What is read of disks that the group has gone on without.  */
static void explain_stale(struct assembly *a, const struct dynamic_volume *v,
			  const struct plex *x, size_t n,
			  const struct plex *best)
{
	const struct choice c = { x, n, PART_READ, best, true };
	const size_t count = count_parts(&c);
	const char *disks = name_disks(a, &c, true);
	size_t parts = 0;
	struct diag *d;

	if (best == NULL || count == 0)
		return;
	for (size_t i = 0; i < n; i++)
		parts += x[i].n;
	d = dynamic_say(a, &FINDING_LDM_VOLUME_STALE, &v->cites, arena_printf(
		a->arena, "The dynamic volume %s is read with %zu of its %zu "
		"part%s of an older state of the group than %llu, the newest "
		"one here: %s. Its contents %s.", dynamic_title(a, v), count,
		parts, parts == 1 ? "" : "s",
		(unsigned long long)a->group->db->vmdb.committed,
		disks != NULL ? disks : "?",
		is_of_one_state(a->group, best) ? "are of that time" :
			"may be of different times"));
	for (size_t i = 0; d != NULL && i < best->n; i++)
		if (is_chosen(&c, best, &best->parts[i]))
			cites_join(a->arena, &d->cites,
				   &best->parts[i].member->db.cites);
}

static uint64_t blocks_of(uint64_t size)
{
	return size / COMPARED_BYTES + (size % COMPARED_BYTES != 0);
}

/* Where the @i-th of @n places begins that are spread over @size bytes, and
 * which of these it takes, up to COMPARED_BYTES: the last one ends with them,
 * since the backup of a boot sector does.  */
static uint64_t place_of(uint64_t i, uint64_t n, uint64_t size, size_t *ret_n)
{
	const uint64_t blocks = blocks_of(size);
	const uint64_t at = (blocks / n * i + blocks % n * i / n) *
			    COMPARED_BYTES;
	const size_t take = size < COMPARED_BYTES ? (size_t)size :
						    COMPARED_BYTES;

	*ret_n = take;
	return i == n - 1 || at > size - take ? size - take : at;
}

static bool sides_equal(struct source *a, struct source *b, uint64_t size,
			uint64_t *ret_at)
{
	uint8_t x[COMPARED_BYTES], y[COMPARED_BYTES];

	for (uint64_t i = 0; i < COMPARED_PLACES; i++) {
		size_t n;
		uint64_t at = place_of(i, COMPARED_PLACES, size, &n);

		if (source_read(a, at, x, n, NULL) < 0 ||
		    source_read(b, at, y, n, NULL) < 0 ||
		    memcmp(x, y, n) == 0)
			continue;
		*ret_at = at;
		return false;
	}
	return true;
}

static void say_sides_differ(struct assembly *a, const struct dynamic_volume *v,
			     size_t best, size_t other, size_t n, uint64_t at)
{
	const char *m = n == 2 ?
		arena_printf(a->arena, "The sides of the mirrored volume %s "
			     "differ at byte %llu; %s is read.",
			     dynamic_title(a, v), (unsigned long long)at,
			     best == 0 ? "the first" : "the second") :
		arena_printf(a->arena, "Of the %zu sides of the mirrored "
			     "volume %s number %zu and number %zu differ at "
			     "byte %llu; number %zu is read.", n,
			     dynamic_title(a, v), best + 1, other + 1,
			     (unsigned long long)at, best + 1);

	dynamic_say(a, &FINDING_LDM_SIDES_DIFFER, &v->cites, m);
}

/* The one that is read with each of the others.  */
static void compare_sides(struct assembly *a, const struct dynamic_volume *v,
			  const struct plex *x, size_t n,
			  const struct plex *best)
{
	for (size_t i = 0; best != NULL && i < n; i++) {
		uint64_t at, size = v->size;

		if (&x[i] == best || x[i].source == NULL)
			continue;
		if (size > x[i].source->size)
			size = x[i].source->size;
		if (size > best->source->size)
			size = best->source->size;
		if (!sides_equal(best->source, x[i].source, size, &at))
			say_sides_differ(a, v, (size_t)(best - x), i, n, at);
	}
}

/* One column of RAID-5 that is not of the time of the others shows where the
 * parity does not fit.  Windows, too, reads the data as they are while all
 * columns are there; which one is wrong, a sum does not tell.  */
static void check_parity(struct assembly *a, const struct dynamic_volume *v,
			 const struct plex *best)
{
	const uint64_t bytes = best == NULL || best->source == NULL ? 0 :
			       source_raid5_column_bytes(best->source);
	uint64_t first = 0, first_byte = 0;
	size_t wrong = 0;
	struct diag *d;

	for (uint64_t i = 0; bytes > 0 && i < PARITY_PLACES; i++) {
		size_t n;
		uint64_t at = place_of(i, PARITY_PLACES, bytes, &n), byte;

		if (source_raid5_fits(best->source, at, n, &byte))
			continue;
		if (wrong++ == 0) {
			first = at;
			first_byte = byte;
		}
	}
	if (wrong == 0)
		return;
	d = dynamic_say(a, &FINDING_LDM_PARITY, &v->cites, arena_printf(
		a->arena, "The columns of the RAID-5 volume %s do not agree: "
		"in %zu of %d places, the first at byte %llu of each column, "
		"the parity is not that of the data. The data are read as they "
		"are, the first of them at byte %llu of the volume; a column "
		"may be damaged, or of another time than the others.",
		dynamic_title(a, v), wrong, PARITY_PLACES,
		(unsigned long long)first, (unsigned long long)first_byte));
	if (d != NULL && first_byte < best->source->size)
		source_cite(best->source, first_byte, 1, "RAID-5 data",
			    a->arena, &d->cites);
}

/* Compare @n places of the @length bytes at @offset of two disks, as memcmp()
 * has it, up to the first one that differs.  */
static int compare_copies(const struct member *x, const struct member *y,
			  uint64_t offset, uint64_t length, size_t limit,
			  size_t *places, uint64_t *ret_at)
{
	const uint64_t blocks = blocks_of(length);
	const uint64_t n = blocks < MAX_COPY_PLACES ? blocks : MAX_COPY_PLACES;
	uint8_t p[COMPARED_BYTES], q[COMPARED_BYTES];

	for (uint64_t i = 0; i < n && *places < limit; i++) {
		size_t take;
		uint64_t at = offset + place_of(i, n, length, &take);
		int r;

		(*places)++;
		if (source_read(x->table->source, at, p, take, NULL) < 0 ||
		    source_read(y->table->source, at, q, take, NULL) < 0)
			continue;
		r = memcmp(p, q, take);
		if (r == 0)
			continue;
		*ret_at = at;
		return r;
	}
	return 0;
}

int dynamic_compare_copies(struct assembly *a, const struct part *p,
			   const struct member *x, const struct member *y)
{
	uint64_t at;

	if (x->table->size != y->table->size)
		return x->table->size < y->table->size ? -1 : 1;
	return compare_copies(x, y, p->offset, p->length, MAX_ORDERED_PLACES,
			      &a->n_ordered, &at);
}

/* The next copy of the disk of @p, from the @from-th member of the group on,
 * that has other bytes of the part; NULL: there is none.  */
static const struct member *other_copy(struct assembly *a, const struct part *p,
				       size_t *from, uint64_t *ret_at)
{
	while (*from < a->group->n) {
		const struct member *m = a->group->members[(*from)++];

		if (m != p->member && m->stale == p->member->stale &&
		    m->apart == p->member->apart &&
		    guid_equal(&m->db.head.disk_guid,
			       &p->member->db.head.disk_guid) &&
		    compare_copies(p->member, m, p->offset, p->length,
				   MAX_ALL_PLACES, &a->n_compared, ret_at) != 0)
			return m;
	}
	return NULL;
}

/* Whether all that is read of the side is on the disk of @p.  */
static bool is_alone(const struct plex *x, const struct part *p)
{
	for (size_t k = 0; k < x->n; k++)
		if (x->parts[k].use == PART_READ &&
		    x->parts[k].member != p->member)
			return false;
	return true;
}

/* Of one disk several copies may be here, taken at several times.  Returns
 * whether it is not known which of them goes with the other disks.  */
static bool explain_copies(struct assembly *a, const struct dynamic_volume *v,
			   const struct plex *x, size_t i)
{
	const struct part *p = &x->parts[i];
	const bool alone = is_alone(x, p);
	const struct member *m;
	bool differ = false;
	size_t from = 0;
	uint64_t at = 0;

	while ((m = other_copy(a, p, &from, &at)) != NULL) {
		differ = true;
		dynamic_say(a, &FINDING_LDM_COPIES_DIFFER, &v->cites,
			    arena_printf(a->arena, "The dynamic volume %s is "
			    "read from disk%zu; disk%zu is a copy of the same "
			    "disk with other contents; the first difference "
			    "that was found is at byte %llu of the disk.%s",
			    dynamic_title(a, v), p->member->disk, m->disk,
			    (unsigned long long)at, alone ? "" :
			    " It is not known which of them belongs with the "
			    "volume's other disks: its contents may be of "
			    "different times."));
	}
	return differ && !alone;
}

/* A side that the database does not call active; read or not.  */
static void explain_inactive(struct assembly *a,
			     const struct dynamic_volume *v,
			     const struct plex *x, const struct plex *best)
{
	const char *disks = NULL;

	for (int use = PART_READ; use < PART_USES && disks == NULL; use++)
		if (use != PART_MISSING)
			disks = name_disks(a, &(struct choice){
				x, 1, (enum part_use)use, NULL, false }, false);
	dynamic_say(a, &FINDING_LDM_STATE, &v->cites, arena_printf(
		a->arena, "A component of the dynamic volume %s is not active: "
		"%s. It%s%s%s %s.", dynamic_title(a, v),
		dynamic_name(dynamic_text(a, x->component->state)),
		disks != NULL ? " is on " : "",
		disks != NULL ? disks : "", disks != NULL ? ", and is" : " is",
		x == best ? "read all the same" : "not read"));
}

void dynamic_explain(struct assembly *a, struct dynamic_volume *v,
		     const struct plex *x, size_t n, const struct plex *best)
{
	bool mixed = false;

	for (size_t i = 0; i < n; i++)
		if (!dynamic_is_active(x[i].component->state))
			explain_inactive(a, v, &x[i], best);
	if (v->state != DYNAMIC_WHOLE)
		explain_missing(a, v, x, n);
	explain_stale(a, v, x, n, best);
	for (size_t i = 0; best != NULL && i < best->n; i++)
		if (best->parts[i].use == PART_READ)
			mixed |= explain_copies(a, v, best, i);
	if (mixed && v->state != DYNAMIC_INCOMPLETE)
		v->state = DYNAMIC_STALE;
	compare_sides(a, v, x, n, best);
	check_parity(a, v, best);
}
