#include "machine/disk_target.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

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

	if (read_number(text, &t.number))
		t.form = DISK_TARGET_NUMBER;
	else if (read_signature(text, &t.number))
		t.form = DISK_TARGET_SIGNATURE;
	else if (target_parse(a, text, &t.other, reterr) < 0)
		return -1;
	*ret = t;
	return 0;
}

/* Which disks are meant, by their index in the model.  */
static void mark_by_id(const struct model *o, const struct disk_target *t,
		       bool *meant)
{
	for (size_t i = 0; i < o->n_disks; i++) {
		const struct machine_disk *d = &o->disks[i];

		if (t->form == DISK_TARGET_NUMBER)
			meant[i] = d->number == t->number;
		else if (t->form == DISK_TARGET_SIGNATURE)
			meant[i] = (d->table.has_signature ||
				    d->table.infers_signature) &&
				   d->table.signature == t->number;
		else if (t->other.form == TARGET_VOLUME_NAME)
			meant[i] = !guid_is_zero(&d->table.guid) &&
				   guid_equal(&d->table.guid, &t->other.guid);
	}
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

static int mark_by_target(struct machine *m, size_t installation,
			  const struct target *t, struct arena *a, bool *meant,
			  const char **ret_why_none, struct err *reterr)
{
	struct target_matches found = { 0 };
	int r = target_find(m, installation, t, a, &found, reterr);

	if (r < 0)
		return r;
	for (size_t i = 0; i < found.n; i++)
		mark_match(machine_model(m), &found.list[i], meant);
	*ret_why_none = found.why_none;
	return 0;
}

static size_t collect(const bool *meant, size_t n, size_t *list)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		if (meant[i])
			list[count++] = i;
	return count;
}

static const char *why_none(const struct disk_target *t, struct arena *a)
{
	if (t->form == DISK_TARGET_NUMBER)
		return arena_printf(a, "No disk of this evidence has the "
				    "number %" PRIu32 ".", t->number);
	return arena_printf(a, "No disk of this evidence has the signature %08"
			    PRIx32 ".", t->number);
}

int disk_target_find(struct machine *m, size_t installation,
		     const struct disk_target *t, struct arena *a,
		     struct disk_matches *ret, struct err *reterr)
{
	const struct model *o = machine_model(m);
	struct disk_matches found = { 0 };
	bool *meant = arena_alloc(a, (o->n_disks + 1) * sizeof(*meant));

	found.list = arena_alloc(a, (o->n_disks + 1) * sizeof(*found.list));
	if (meant == NULL || found.list == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "disks", 0, 0);
	mark_by_id(o, t, meant);
	found.n = collect(meant, o->n_disks, found.list);
	if (found.n == 0 && t->form == DISK_TARGET_OTHER) {
		int r = mark_by_target(m, installation, &t->other, a, meant,
				       &found.why_none, reterr);

		if (r < 0)
			return r;
		found.n = collect(meant, o->n_disks, found.list);
	} else if (found.n == 0) {
		found.why_none = why_none(t, a);
	}
	*ret = found;
	return 0;
}
