#include "machine/disk_target.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "machine/path_walk.h"

/* The number of a disk is shorter than a signature.  */
#define SIGNATURE_DIGITS 8

static bool read_number(const char *s, uint32_t *ret)
{
	size_t n = strspn(s, "0123456789");

	if (n == 0 || n >= SIGNATURE_DIGITS || s[n] != '\0')
		return false;
	*ret = (uint32_t)strtoul(s, NULL, 10);
	return true;
}

static bool read_signature(const char *s, uint32_t *ret)
{
	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
		s += 2;
	if (strspn(s, "0123456789abcdefABCDEF") != SIGNATURE_DIGITS ||
	    s[SIGNATURE_DIGITS] != '\0')
		return false;
	*ret = (uint32_t)strtoul(s, NULL, 16);
	return true;
}

int disk_target_parse(struct arena *a, const char *text,
		      struct disk_target *ret, struct target_error *reterr)
{
	struct disk_target t = { .form = DISK_TARGET_OTHER, .text = text };

	if (read_number(text, &t.number)) {
		t.form = DISK_TARGET_NUMBER;
		t.other = (struct target){ .form = TARGET_DISK,
					   .disk = t.number, .path = "",
					   .host = NONE };
	} else if (read_signature(text, &t.number)) {
		t.form = DISK_TARGET_SIGNATURE;
	} else if (target_parse(a, text, &t.other, reterr) < 0) {
		return -1;
	}
	*ret = t;
	return 0;
}

/* Whether @d has what @t says of a disk itself.  */
static bool has_id(const struct disk *d, const struct disk_target *t)
{
	if (t->form == DISK_TARGET_SIGNATURE)
		return (d->has_signature && d->signature == t->number) ||
		       (d->infers_signature &&
			d->inferred_signature == t->number);
	return t->form == DISK_TARGET_OTHER &&
	       t->other.form == TARGET_VOLUME_NAME &&
	       *t->other.path == '\0' && !guid_is_zero(&d->guid) &&
	       guid_equal(&d->guid, &t->other.guid);
}

int disk_target_find_by_id(const struct model *o, const struct disk_target *t,
			   struct arena *a, struct disk_matches *ret,
			   struct err *reterr)
{
	struct disk_matches found = { 0 };

	found.list = arena_alloc(a, (o->n_disks + 1) * sizeof(*found.list));
	if (found.list == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "disks", 0, 0);
	for (size_t i = 0; i < o->n_disks; i++)
		if (has_id(&o->disks[i].table, t))
			found.list[found.n++] = i;
	if (found.n == 0)
		found.why_none = arena_printf(a, "No disk of this evidence has "
					      "the signature %08" PRIx32 ".",
					      t->number);
	*ret = found;
	return 0;
}

static void mark_match(const struct model *o, const struct target_match *t,
		       bool *meant)
{
	if (t->disk != NONE)
		meant[t->disk] = true;
	if (t->disk != NONE || t->volume == NONE)
		return;
	for (size_t i = 0; i < o->volumes[t->volume].n_extents; i++)
		meant[o->volumes[t->volume].extents[i].disk] = true;
}

/* The disks of the volumes to which @path, which begins in that of @t, may
 * lead.  */
static int mark_walks(struct machine *m, size_t installation,
		      const struct target_match *t, const char *path,
		      struct arena *a, bool *meant, const char **ret_why,
		      struct err *reterr)
{
	struct path_walks all;
	int r = path_walk_all(m, installation, t->volume, path, a, &all,
			      reterr);

	for (size_t i = 0; r == 0 && i < all.n; i++) {
		const struct target_match there = {
			.volume = all.list[i].volume, .disk = NONE,
		};

		if (all.list[i].end == WALK_FOUND ||
		    path_walk_stays(m, &all.list[i]))
			mark_match(machine_model(m), &there, meant);
		else
			*ret_why = all.list[i].why;
	}
	return r;
}

/* The disks on which what @t names lies.  */
static int find_below(struct machine *m, size_t installation,
		      const struct target *t, struct arena *a,
		      struct disk_matches *ret, struct err *reterr)
{
	const struct model *o = machine_model(m);
	bool *meant = arena_alloc(a, (o->n_disks + 1) * sizeof(*meant));
	struct target_matches found = { 0 };
	int r;

	if (meant == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "disks", 0, 0);
	r = target_find(m, installation, t, a, &found, reterr);
	if (r < 0)
		return r;
	for (size_t i = 0; i < found.n && r == 0; i++)
		if (*t->path != '\0' && found.list[i].volume != NONE)
			r = mark_walks(m, installation, &found.list[i],
				       t->path, a, meant, &found.why_none,
				       reterr);
		else
			mark_match(o, &found.list[i], meant);
	if (r < 0)
		return r;
	for (size_t i = 0; i < o->n_disks; i++)
		if (meant[i])
			ret->list[ret->n++] = i;
	ret->why_none = found.why_none;
	return 0;
}

int disk_target_find(struct machine *m, size_t installation,
		     const struct disk_target *t, struct arena *a,
		     struct disk_matches *ret, struct err *reterr)
{
	struct disk_matches found;
	int r = disk_target_find_by_id(machine_model(m), t, a, &found, reterr);

	if (r == 0 && found.n == 0 && t->form != DISK_TARGET_SIGNATURE)
		r = find_below(m, installation, &t->other, a, &found, reterr);
	if (r < 0)
		return r;
	*ret = found;
	return 0;
}
