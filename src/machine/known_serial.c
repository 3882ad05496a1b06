/*
 * known_serial.c - known disks without a table, told by a serial number
 *
 * Before Windows 10 1903 the registry keeps no table of partitions.  Of a stick
 * ReadyBoost has noted the label and the serial number of its volume.  Where a
 * volume of the evidence has them, its disk is taken for the stick.  That is no
 * more than inferred: the number has 32 bits, and copies of a volume share it.
 * Where volumes on several disks have it, or several known disks lead to one,
 * none is chosen.
 */
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "machine/internal.h"

static char plain(char c)
{
	return c == ' ' ? '_' : ascii_lower(c);
}

bool machine_same_but_blanks(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (plain(a[i]) != plain(b[i]))
			return false;
	return true;
}

/* Some versions of Windows write a space of a label as an underscore.  */
static bool same_label(const char *a, const char *b)
{
	const size_t n = strlen(a);

	return strlen(b) == n && machine_same_but_blanks(a, b, n);
}

/* Whether both labels are known for certain, and not one.  */
static bool labels_differ(const struct machine_known_volume *k,
			  const struct volume_identity *v)
{
	return k->label.utf8 != NULL && v->label.utf8 != NULL &&
	       k->label.hex == NULL && v->label.hex == NULL &&
	       v->oem_label_n == 0 && !same_label(k->label.utf8, v->label.utf8);
}

/* Programs that give no serial number leave these.  */
static bool is_number(uint32_t serial)
{
	return serial != 0 && serial != UINT32_MAX;
}

static bool is_volume(const struct machine_known_volume *k,
		      const struct machine_volume *v)
{
	return is_number(k->serial) && v->identity.has_serial &&
	       v->identity.serial == k->serial && v->n_extents == 1 &&
	       !labels_differ(k, &v->identity);
}

/* Whether what the registry has kept of @k cannot tell it from other disks.  */
static bool needs_serial(const struct machine_known_disk *k)
{
	return !k->has_certainty;
}

/* The volumes of the evidence that are @k's by their serial numbers.  */
static int find_volumes(struct machine *m, struct machine_known_disk *k,
			struct err *reterr)
{
	const struct model *o = &m->model;
	struct known_set found = { .n = 0 };

	for (size_t i = 0; i < k->n_volumes; i++) {
		const struct machine_known_volume *v =
			&o->known_volumes[k->first_volume + i];
		const size_t before = found.n;

		for (size_t n = 0; v->has_serial && n < o->n_volumes; n++)
			if (is_volume(v, &o->volumes[n]))
				known_set_add(&found, n);
		if (found.n > before)
			cites_join(m->arena, &k->serial_cites, &v->cites);
	}
	if (found.n == 0)
		return 0;
	k->by_serial = arena_copy(m->arena, found.list,
				  found.n * sizeof(found.list[0]));
	if (k->by_serial == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "known disk", 0, 0);
	k->n_by_serial = found.n;
	return 0;
}

static size_t disk_at(const struct model *o, const struct machine_known_disk *k,
		      size_t i)
{
	return o->volumes[k->by_serial[i]].extents[0].disk;
}

/* Whether another volume before @i has led there.  */
static bool is_again(const struct model *o, const struct machine_known_disk *k,
		     size_t i)
{
	for (size_t n = 0; n < i; n++)
		if (disk_at(o, k, n) == disk_at(o, k, i))
			return true;
	return false;
}

/* Count for each disk of the evidence the known ones that may be it.  */
static void claim(const struct model *o, const struct machine_known_disk *k,
		  size_t *claims)
{
	if (k->disk != NONE)
		claims[k->disk]++;
	for (size_t i = 0; i < k->n_by_serial; i++)
		if (!is_again(o, k, i))
			claims[disk_at(o, k, i)]++;
}

static const char *volumes_text(struct machine *m,
				const struct machine_known_disk *k)
{
	const char *s = "";

	for (size_t i = 0; i < k->n_by_serial && s != NULL; i++)
		s = arena_printf(m->arena, "%s%svolume%zu on disk%zu", s,
				 i > 0 ? ", " : "", k->by_serial[i],
				 disk_at(&m->model, k, i));
	return s != NULL ? s : "";
}

static void report(struct machine *m, size_t known)
{
	const struct machine_known_disk *k = &m->model.known_disks[known];
	struct diag *d = diag_add(
		&m->model.findings, &FINDING_KNOWN_BY_SERIAL,
		"windows%zu: %s %s: the serial number of a volume that was on "
		"it, 32 bits that copies share, is that of %s; nothing else "
		"that identifies the disk was kept.", k->installation,
		machine_known_text(m, known),
		k->disk != NONE ? "is taken for a disk of this evidence" :
		"may be a disk of this evidence, but other disks are as likely",
		volumes_text(m, k));

	if (d != NULL)
		cites_join(m->arena, &d->cites, &k->serial_cites);
}

static void decide(struct machine *m, size_t known, const size_t *claims)
{
	const struct model *o = &m->model;
	struct machine_known_disk *k = &o->known_disks[known];
	const size_t disk = k->n_by_serial > 0 ? disk_at(o, k, 0) : NONE;
	bool one = disk != NONE && claims[disk] == 1;

	if (disk == NONE)
		return;
	for (size_t i = 0; i < k->n_by_serial; i++) {
		one = one && disk_at(o, k, i) == disk;
		cites_join(m->arena, &k->serial_cites,
			   &o->volumes[k->by_serial[i]].identity.cites);
	}
	cites_join(m->arena, &k->cites, &k->serial_cites);
	k->has_certainty = true;
	k->certainty = one ? CERTAINTY_INFERRED : CERTAINTY_AMBIGUOUS;
	k->disk = one ? disk : NONE;
	report(m, known);
}

/* The known disks of one installation, from @first on, before @end.  */
static int place_some(struct machine *m, size_t first, size_t end,
		      struct err *reterr)
{
	struct model *o = &m->model;
	size_t *claims = calloc(o->n_disks + 1, sizeof(*claims));
	int r = claims != NULL ? 0 : err_set(reterr, ERR_NOMEM, 0, "known disk",
					     0, 0);

	for (size_t i = first; i < end && r == 0; i++)
		if (needs_serial(&o->known_disks[i]))
			r = find_volumes(m, &o->known_disks[i], reterr);
	for (size_t i = first; i < end && r == 0; i++)
		claim(o, &o->known_disks[i], claims);
	for (size_t i = first; i < end && r == 0; i++)
		decide(m, i, claims);
	free(claims);
	return r;
}

int machine_place_by_serial(struct machine *m, struct err *reterr)
{
	const struct model *o = &m->model;
	size_t end;
	int r = 0;

	for (size_t i = 0; i < o->n_known_disks && r == 0; i = end) {
		for (end = i + 1; end < o->n_known_disks &&
		     o->known_disks[end].installation ==
			     o->known_disks[i].installation; end++)
			;
		r = place_some(m, i, end, reterr);
	}
	return r;
}

const char *machine_serial_phrase(struct machine *m, size_t known)
{
	const struct model *o = &m->model;
	const struct machine_known_disk *k = &o->known_disks[known];
	const char *s = NULL;

	for (size_t i = 0; i < k->n_volumes && s == NULL; i++) {
		const struct machine_known_volume *v =
			&o->known_volumes[k->first_volume + i];

		if (v->has_serial && v->volume != NONE)
			s = arena_printf(m->arena, ", of which a volume had "
					 "the serial number of volume%zu",
					 v->volume);
	}
	return s != NULL ? s : "";
}
