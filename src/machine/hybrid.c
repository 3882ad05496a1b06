/*
 * hybrid.c - volumes that the MBR of a GPT disk has, and its GPT has not
 *
 * Windows that was set up for the BIOS, as Boot Camp did it, takes the MBR of a
 * hybrid disk; Windows that knows the GPT does not see what only the MBR has.
 * It is read as a volume without a number, and in doubt.
 */
#include "machine/internal.h"

#include <inttypes.h>

#include "base/checked.h"
#include "disk/findings.h"
#include "format/mbr.h"

static bool overlaps(const struct partition *a, const struct partition *b)
{
	uint64_t a_end, b_end;

	if (!checked_add(a->offset, a->length, &a_end))
		a_end = UINT64_MAX;
	if (!checked_add(b->offset, b->length, &b_end))
		b_end = UINT64_MAX;
	return a->length > 0 && b->length > 0 && a->offset < b_end &&
	       b->offset < a_end;
}

/* Whether @p begins where partitions of the GPT can lie, and not over its
 * headers and entries.  */
static bool is_usable(const struct disk *d, const struct partition *p)
{
	return d->usable_length == 0 ||
	       (p->offset >= d->usable_offset &&
		p->offset - d->usable_offset < d->usable_length);
}

/* Whether the MBR's entry @p can be a volume beside what the GPT says: it lies
 * over no partition of it, nor over the GPT.  */
static bool stands_alone(const struct disk *d, const struct partition *p)
{
	if (p->length == 0 || p->offset >= d->size || !is_usable(d, p) ||
	    p->mbr_type == MBR_TYPE_LDM)
		return false;
	for (size_t i = 0; i < d->n_partitions; i++)
		if (overlaps(p, &d->partitions[i]))
			return false;
	return true;
}

static void report(struct machine *m, size_t volume)
{
	const struct partition *p = m->model.volumes[volume].hybrid;
	struct diag *d = diag_add(
		&m->model.findings, &FINDING_HYBRID_VOLUME,
		"The partition at byte %" PRIu64 " is in the MBR only: Windows "
		"that goes by the GPT has no such volume. It is read as "
		"volume%zu, without a number.", p->offset, volume);

	if (d != NULL)
		cites_join(m->arena, &d->cites, &p->cites);
}

int machine_add_hybrid_volumes(struct machine *m, size_t disk,
			       struct err *reterr)
{
	const struct disk *d = &m->model.disks[disk].table;
	int r = 0;

	for (size_t i = 0; i < d->n_others && d->scheme == SCHEME_GPT &&
	     r == 0; i++) {
		size_t volume;

		if (!stands_alone(d, &d->others[i]))
			continue;
		r = machine_add_volume(m, disk, &d->others[i], VOLUME_HYBRID,
				       &volume, reterr);
		if (r < 0)
			return r;
		m->model.volumes[volume].hybrid = &d->others[i];
		report(m, volume);
	}
	return r;
}

size_t machine_hybrid_volume(const struct model *o, const struct partition *p)
{
	for (size_t i = 0; i < o->n_volumes; i++)
		if (o->volumes[i].hybrid == p)
			return i;
	return NONE;
}
