/*
 * volume_repair.c - volumes that are not quite where their tables say, or whose
 * first sector is lost
 *
 * What is put right here is put right in memory, for all that reads the volume
 * afterwards: libfsntfs as well, which knows no backup boot sector.
 */
#include <inttypes.h>

#include "machine/internal.h"

/* Where a volume is looked at for anything but zeros: so many places all over
 * it, and its start, where most of what is small lies.  */
#define PROBES 256
#define PROBE_BYTES 4096
#define START_PROBES 16

/* Let the volume reach as far as its file system does.  */
static int lengthen(struct machine *m, size_t volume, uint64_t length,
		    struct err *reterr)
{
	const struct machine_volume *v = &m->model.volumes[volume];
	struct open_volume *open = &m->volumes[volume];
	const struct extent *x = &v->extents[0];
	struct source *disk = m->model.disks[x->disk].table.source;
	struct source *longer = source_window(disk, x->offset, length);
	struct diag *d;

	if (longer == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "volume", 0, 0);
	longer->sector_size = open->window->sector_size;
	source_free(open->window);
	open->window = longer;
	d = diag_add(&m->model.findings, &FINDING_VOLUME_LENGTHENED,
		     "the partition has %" PRIu64 " bytes, but the backup of "
		     "its NTFS boot sector ends %" PRIu64 " bytes past its "
		     "end; the volume is read up to there.", x->length,
		     length - x->length);
	if (d != NULL)
		source_cite(longer, length - 512, 512, "boot sector", m->arena,
			    &d->cites);
	return 0;
}

/* Whether a backup boot sector proves that the volume goes on behind its
 * partition.  */
static uint64_t true_length(struct machine *m, size_t volume)
{
	const struct machine_volume *v = &m->model.volumes[volume];
	const struct extent *x = &v->extents[0];
	struct source *disk = m->model.disks[x->disk].table.source;
	uint64_t size = x->length;

	if (v->kind != VOLUME_PARTITION || v->bitlocker != NULL ||
	    v->identity.from_backup ||
	    !(v->identity.kind == FS_UNKNOWN ||
	      (v->identity.kind == FS_NTFS && v->identity.bytes > size)))
		return 0;
	if (v->identity.kind == FS_NTFS)
		size = v->identity.bytes;
	if (x->offset > disk->size || size > disk->size - x->offset)
		return 0;
	return volume_backup_behind(disk, x->offset, size, m->arena);
}

/* Lay the backup boot sector over the first sector.  */
static int restore_boot_sector(struct machine *m, size_t volume,
			       struct err *reterr)
{
	struct open_volume *open = &m->volumes[volume];
	const uint64_t at = m->model.volumes[volume].identity.backup_at;
	const struct source_piece pieces[] = {
		{ open->window, at, 512 },
		{ open->window, 512, open->window->size - 512 },
	};
	struct source *s = source_concat(pieces, 2);

	if (s == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "volume", 0, 0);
	s->sector_size = open->window->sector_size;
	open->unrepaired = open->window;
	open->window = s;
	return 0;
}

int machine_replace_boot_sector(struct machine *m, size_t volume,
				const uint8_t *sector, struct err *reterr)
{
	struct open_volume *open = &m->volumes[volume];
	struct source *made = source_memory(sector, 512), *s;
	const struct source_piece pieces[] = {
		{ made, 0, 512 },
		{ open->window, 512, open->window->size - 512 },
	};

	s = made == NULL ? NULL : source_concat(pieces, 2);
	if (s == NULL) {
		source_free(made);
		return err_set(reterr, ERR_NOMEM, 0, "volume", 0, 0);
	}
	s->sector_size = open->window->sector_size;
	open->made = made;
	open->unrepaired = open->window;
	open->window = s;
	return 0;
}

int machine_repair_volume(struct machine *m, size_t volume, struct err *reterr)
{
	struct volume_identity *v = &m->model.volumes[volume].identity;
	uint64_t length = true_length(m, volume);
	int r = 0;

	if (length > m->volumes[volume].window->size) {
		r = lengthen(m, volume, length, reterr);
		if (r == 0)
			r = volume_identify(m->volumes[volume].window,
					    m->arena, &m->model.findings, v,
					    reterr);
	}
	if (r == 0 && v->from_backup && v->kind == FS_NTFS)
		r = restore_boot_sector(m, volume, reterr);
	return r;
}

static bool is_blank_at(struct source *s, uint64_t off)
{
	uint8_t buf[PROBE_BYTES];
	size_t n = sizeof(buf);

	if (off >= s->size)
		return true;
	if (n > s->size - off)
		n = (size_t)(s->size - off);
	return source_read(s, off, buf, n, NULL) < 0 ||
	       span_is_zero((struct span){ buf, n, off });
}

static bool is_blank(struct source *s)
{
	uint64_t step = s->size / PROBES / PROBE_BYTES * PROBE_BYTES;

	for (uint64_t i = 0; i < START_PROBES; i++)
		if (!is_blank_at(s, i * PROBE_BYTES))
			return false;
	for (uint64_t i = 0; i < PROBES; i++)
		if (!is_blank_at(s, i * step))
			return false;
	return true;
}

bool machine_volume_is_lost(struct machine *m, size_t volume)
{
	const struct machine_volume *v = &m->model.volumes[volume];
	const struct partition *p = v->partition == NONE ? NULL :
		m->model.partitions[v->partition].entry;

	return p != NULL &&
	       partition_is_mountable(&m->model.disks[v->extents[0].disk].table,
				      p) &&
	       !is_blank(m->volumes[volume].window);
}
