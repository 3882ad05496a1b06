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
#include "disk/boot_sector.h"
#include "disk/findings.h"
#include "disk/lost_volumes.h"
#include "format/mbr.h"

static bool overlaps(const struct partition *p, uint64_t off, uint64_t n)
{
	uint64_t p_end, end;

	if (!checked_add(p->offset, p->length, &p_end))
		p_end = UINT64_MAX;
	if (!checked_add(off, n, &end))
		end = UINT64_MAX;
	return p->length > 0 && n > 0 && p->offset < end && off < p_end;
}

/* Whether @p begins where partitions of the GPT can lie, and not over its
 * headers and entries.  Without a header, there are as many entries behind LBA
 * 1, and before the last one, as were found, which can lie elsewhere.  */
static bool is_usable(const struct disk *d, const struct partition *p)
{
	if (d->usable_length > 0)
		return p->offset >= d->usable_offset &&
		       p->offset - d->usable_offset < d->usable_length;
	return p->offset >= 2ull * d->sector_size + d->entries_length &&
	       d->size - p->offset > d->sector_size + d->entries_length &&
	       !overlaps(p, d->entries_offset, d->entries_length);
}

/* Whether the MBR's entry @p can be a volume: it lies on the disk and not over
 * the GPT.  */
static bool may_be_volume(const struct disk *d, const struct partition *p)
{
	return p->length > 0 && p->offset < d->size && is_usable(d, p) &&
	       p->mbr_type != MBR_TYPE_LDM;
}

/* The first partition of the GPT that @p lies over, or NULL.  */
static const struct partition *find_under(const struct disk *d,
					  const struct partition *p)
{
	for (size_t i = 0; i < d->n_partitions; i++)
		if (overlaps(p, d->partitions[i].offset,
			     d->partitions[i].length))
			return &d->partitions[i];
	return NULL;
}

static bool begins_volume(const struct disk *d, const struct partition *p)
{
	struct boot_sector b;

	return boot_sector_read(d->source, p->offset, &b, NULL) == 0 &&
	       lost_volume_leads(d->source, p->offset, &b);
}

/* Whether the MBR's entry @p, which lies over partitions of the GPT, begins
 * elsewhere than each of them, and there is a volume while nothing is known in
 * any of these: then it is the GPT that is out of step.  */
static bool is_out_of_step(struct machine *m, const struct disk *d,
			   const struct partition *p)
{
	if (!begins_volume(d, p))
		return false;
	for (size_t i = 0; i < d->n_partitions; i++) {
		const struct partition *q = &d->partitions[i];
		struct volume_identity v;

		if (!overlaps(p, q->offset, q->length))
			continue;
		if (q->offset == p->offset)
			return false;
		volume_glance(d->source, q->offset, q->length, m->arena, &v);
		if (v.kind != FS_UNKNOWN)
			return false;
	}
	return true;
}

static void report(struct machine *m, size_t volume,
		   const struct partition *under)
{
	const struct partition *p = m->model.volumes[volume].hybrid;
	const char *over = under == NULL ? "" :
		arena_printf(m->arena, ", over the GPT partition at byte %"
			     PRIu64 ", in which nothing was recognised",
			     under->offset);
	struct diag *d = diag_add(
		&m->model.findings, &FINDING_HYBRID_VOLUME,
		"The partition at byte %" PRIu64 " is in the MBR only%s: "
		"Windows, where it uses the GPT, has no such volume. It is "
		"read as volume%zu, without a number.", p->offset,
		over != NULL ? over : "", volume);

	if (d == NULL)
		return;
	cites_join(m->arena, &d->cites, &p->cites);
	if (under != NULL)
		cites_join(m->arena, &d->cites, &under->cites);
}

int machine_add_hybrid_volumes(struct machine *m, size_t disk,
			       struct err *reterr)
{
	const struct disk *d = &m->model.disks[disk].table;
	int r = 0;

	for (size_t i = 0; i < d->n_others && d->scheme == SCHEME_GPT &&
	     r == 0; i++) {
		const struct partition *p = &d->others[i];
		const struct partition *under = find_under(d, p);
		size_t volume;

		if (!may_be_volume(d, p) ||
		    (under != NULL && !is_out_of_step(m, d, p)))
			continue;
		r = machine_add_volume(m, disk, p, VOLUME_HYBRID, &volume,
				       reterr);
		if (r < 0)
			return r;
		m->model.volumes[volume].hybrid = p;
		report(m, volume, under);
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
