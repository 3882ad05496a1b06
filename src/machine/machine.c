/*
 * machine.c - from image files to volumes, and the order of the analysis
 */
#include "machine/machine.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/file.h"
#include "format/mbr.h"
#include "format/partition_type.h"
#include "disk/findings.h"
#include "disk/free_space.h"
#include "machine/internal.h"

/* Each that is open takes a quarter of a megabyte.  The letters of a machine
 * reach for 26, its folders for a few more.  */
#define MAX_NTFS_VOLUMES 128

struct machine *machine_new(void)
{
	struct machine *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	m->arena = arena_new();
	if (m->arena == NULL) {
		free(m);
		return NULL;
	}
	m->model.findings.arena = m->arena;
	m->model.complete = true;
	m->stats = &m->model.stats;
	return m;
}

void machine_free(struct machine *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->n_volumes; i++) {
		ntfs_close(m->volumes[i].ntfs);
		source_free(m->volumes[i].window);
		source_free(m->volumes[i].unrepaired);
		source_free(m->volumes[i].made);
		source_free(m->volumes[i].encrypted);
	}
	bitlocker_keys_done(&m->keys);
	dynamic_volumes_done(&m->dynamic);
	source_free(m->nothing);
	for (size_t i = 0; i < m->n_images; i++)
		image_close(m->images[i]);
	machine_close_loose(m);
	arena_free(m->arena);
	free(m);
}

struct ntfs *machine_volume_ntfs(const struct machine *m, size_t volume)
{
	return m->volumes[volume].ntfs;
}

bool machine_free_clusters(struct machine *m, size_t volume, uint64_t *ret)
{
	const struct machine_volume *v = &m->model.volumes[volume];
	enum fs_kind kind = v->identity.kind;
	struct err e = { 0 };
	char text[256];

	if ((kind != FS_FAT12 && kind != FS_FAT16 && kind != FS_FAT32 &&
	     kind != FS_EXFAT) || v->identity.damaged)
		return false;
	if (volume_free_clusters(m->volumes[volume].window, m->arena, ret,
				 &e) == 0)
		return true;
	machine_look_at(m, volume);
	diag_add(&m->model.findings, &FINDING_FREE_SPACE,
		 "the number of free clusters is unknown: %s.",
		 err_text(&e, text, sizeof(text)));
	machine_look_at(m, NONE);
	return false;
}

const struct model *machine_model(const struct machine *m)
{
	return &m->model;
}

static bool number_taken(const struct machine *m, unsigned number)
{
	for (size_t i = 0; i < m->n_requests; i++)
		if (m->requests[i].given && m->requests[i].number == number)
			return true;
	return false;
}

int machine_add_image(struct machine *m, const char *path,
		      const struct supplied_bytes *bytes, int number,
		      struct err *reterr)
{
	struct request *r;

	if (number >= 0 && number_taken(m, (unsigned)number))
		return err_set(reterr, ERR_VALUE, 0, "disk number, given twice",
			       0, (uint64_t)number);
	r = arena_push(m->arena, &m->requests, m->n_requests, sizeof(*r));
	if (r == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "image", 0, 0);
	*r = (struct request){
		.path = arena_strdup(m->arena, path),
		.number = number < 0 ? 0 : (unsigned)number,
		.given = number >= 0,
	};
	if (bytes != NULL)
		r->supplied = *bytes;
	if (r->path == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "image", 0, 0);
	m->n_requests++;
	return 0;
}

/* Give the disks that were named without a number the free ones, in order.  */
static void number_disks(struct machine *m)
{
	unsigned next = 0;

	for (size_t i = 0; i < m->n_requests; i++) {
		if (m->requests[i].given)
			continue;
		while (number_taken(m, next))
			next++;
		m->requests[i].number = next++;
	}
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static int add_image(struct machine *m, size_t index, struct err *reterr)
{
	const struct request *q = &m->requests[index];
	const struct image_options o = {
		m->options.parents, m->options.n_parents,
		m->options.sector_size,
		q->supplied.read_at != NULL ? &q->supplied : NULL,
	};
	struct model *model = &m->model;
	struct machine_image *i;
	struct image *image = NULL, **slot;
	struct err e = { 0 };
	char text[2048];	/* a parent has several paths */

	i = arena_push(m->arena, &model->images, model->n_images, sizeof(*i));
	slot = arena_push(m->arena, &m->images, m->n_images, sizeof(*slot));
	if (i == NULL || slot == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "image", 0, 0);
	i->file = base_name(q->path);
	model->n_images++;
	m->n_images++;
	if (image_open(q->path, (unsigned)index, &o, &model->stats, m->arena,
		       &model->findings, &image, &e) < 0) {
		if (e.code == ERR_NOMEM)
			return err_set(reterr, e.code, e.at, e.what, 0, 0);
		model->unreadable = true;
		diag_add(&model->findings, &FINDING_IMAGE_UNREADABLE,
			 "the image could not be opened: %s.",
			 err_text(&e, text, sizeof(text)));
		return 0;
	}
	*slot = image;
	i->format = image_format_name(image->format);
	i->size = image->disk->size;
	i->sector_size = image->disk->sector_size;
	i->segments = image->segments;
	i->n_segments = image->n_segments;
	return 0;
}

/* Partitions that hold something which Windows could mount.  The Microsoft
 * reserved partition and those of dynamic disks do not.  */
static bool holds_volume(const struct disk *d, const struct partition *p)
{
	const struct guid *type = &p->type_guid;

	if (p->length == 0)
		return false;
	if (d->scheme == SCHEME_MBR)
		return p->mbr_type != MBR_TYPE_LDM;
	return !guid_equal(type, &GPT_TYPE_MICROSOFT_RESERVED) &&
	       !guid_equal(type, &GPT_TYPE_LDM_METADATA) &&
	       !guid_equal(type, &GPT_TYPE_LDM_DATA);
}

void machine_look_at(struct machine *m, size_t volume)
{
	m->model.findings.where =
		volume == NONE ? NULL : machine_place(m, volume);
}

struct machine_volume *machine_push_volume(struct machine *m,
					   struct source *below, uint64_t off,
					   uint64_t length)
{
	struct model *o = &m->model;
	struct machine_volume *v;
	struct open_volume *open;

	v = arena_push(m->arena, &o->volumes, o->n_volumes, sizeof(*v));
	open = arena_push(m->arena, &m->volumes, m->n_volumes, sizeof(*open));
	if (v == NULL || open == NULL)
		return NULL;
	open->window = source_window(below, off, length);
	if (open->window == NULL)
		return NULL;
	v->partition = NONE;
	m->n_volumes++;
	o->n_volumes++;
	return v;
}

int machine_add_volume(struct machine *m, size_t disk,
		       const struct partition *entry, enum volume_kind kind,
		       size_t *ret, struct err *reterr)
{
	const struct disk *table = &m->model.disks[disk].table;
	struct machine_volume *v = machine_push_volume(
		m, table->source, entry->offset, entry->length);

	if (v != NULL)
		v->extents = arena_alloc(m->arena, sizeof(*v->extents));
	if (v == NULL || v->extents == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "volume", 0, 0);
	v->kind = kind;
	v->extents[0] = (struct extent){ disk, entry->offset, entry->length };
	v->n_extents = 1;
	*ret = m->model.n_volumes - 1;
	m->volumes[*ret].window->sector_size = table->sector_size;
	return 0;
}

/* Number 0 is not a partition, but a volume that takes the whole disk.  */
static int add_partition(struct machine *m, size_t disk,
			 const struct partition *entry, struct err *reterr)
{
	struct model *o = &m->model;
	struct machine_partition *p;
	int r;

	if (entry->number == 0)
		return machine_add_volume(m, disk, entry, VOLUME_WHOLE_DISK,
					  &o->disks[disk].whole_volume,
					  reterr);
	p = arena_push(m->arena, &o->partitions, o->n_partitions, sizeof(*p));
	if (p == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "partition", 0, 0);
	*p = (struct machine_partition){ disk, entry, NONE };
	o->n_partitions++;
	o->disks[disk].n_partitions++;
	if (!holds_volume(&o->disks[disk].table, entry))
		return 0;
	r = machine_add_volume(m, disk, entry, VOLUME_PARTITION, &p->volume,
			       reterr);
	if (r == 0)
		o->volumes[p->volume].partition = o->n_partitions - 1;
	return r;
}

static int add_disk(struct machine *m, size_t image, struct err *reterr)
{
	struct model *o = &m->model;
	struct machine_disk *d;
	struct err e = { 0 };
	char text[256];

	if (m->images[image] == NULL)
		return 0;
	d = arena_push(m->arena, &o->disks, o->n_disks, sizeof(*d));
	if (d == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "disk", 0, 0);
	d->image = image;
	d->number = m->requests[image].number;
	d->basis = m->requests[image].given ? NUMBER_GIVEN : NUMBER_ASSUMED;
	d->first_partition = o->n_partitions;
	d->whole_volume = NONE;
	if (disk_read(m->images[image]->disk, m->arena, &o->findings, &d->table,
		      &e) < 0) {
		if (e.code == ERR_NOMEM)
			return err_set(reterr, e.code, e.at, e.what, 0, 0);
		diag_add(&o->findings, &FINDING_DISK_NOT_READ,
			 "no byte of the disk can be read: %s.",
			 err_text(&e, text, sizeof(text)));
		d->table = (struct disk){ .source = m->images[image]->disk,
					  .size = o->images[image].size };
	} else {
		o->images[image].sector_size = d->table.sector_size;
		if (disk_witness_tsk(&d->table, m->arena, &o->findings, &d->tsk,
				     reterr) < 0)
			return ERR_NOMEM;
	}
	o->n_disks++;
	for (size_t i = 0; i < d->table.n_partitions; i++) {
		int r = add_partition(m, o->n_disks - 1,
				      &d->table.partitions[i], reterr);

		if (r < 0)
			return r;
	}
	return machine_add_hybrid_volumes(m, o->n_disks - 1, reterr);
}

const char *machine_place(struct machine *m, size_t volume)
{
	const struct model *o = &m->model;
	const struct machine_volume *v = &o->volumes[volume];
	size_t disk = v->n_extents > 0 ? v->extents[0].disk : NONE;
	const char *text;

	if (v->kind == VOLUME_LDM)
		text = arena_printf(m->arena, "volume%zu (dynamic volume %s)",
				    volume, v->dynamic->name.utf8);
	else if (v->kind == VOLUME_RECOVERED)
		text = arena_printf(m->arena, "volume%zu (disk%zu, recovered "
				    "at byte %" PRIu64 ")", volume, disk,
				    v->extents[0].offset);
	else if (v->kind == VOLUME_HYBRID)
		text = arena_printf(m->arena, "volume%zu (disk%zu, in its MBR "
				    "only, at byte %" PRIu64 ")", volume, disk,
				    v->extents[0].offset);
	else if (v->partition == NONE)
		text = arena_printf(m->arena, "volume%zu (all of disk%zu)",
				    volume, disk);
	else
		text = arena_printf(m->arena,
				    "volume%zu (disk%zu, partition %u)",
				    volume, disk,
				    o->partitions[v->partition].entry->number);
	return text != NULL ? text : "volume";
}

/* Say where in the disk the bytes are that could not be read.  */
static void tell_unread(struct machine *m, size_t volume)
{
	const struct machine_volume *v = &m->model.volumes[volume];
	const struct err *e = &v->identity.unread;
	const char *on_disk = v->kind == VOLUME_LDM ? "" :
		arena_printf(m->arena, ", byte %" PRIu64 " of the disk,",
			     v->extents[0].offset + e->at);
	char text[256];
	struct diag *d = diag_add(
		&m->model.findings, &FINDING_VOLUME_UNREAD,
		"byte %" PRIu64 " of the volume%s cannot be read, so its file "
		"system is %s: %s.", e->at, on_disk != NULL ? on_disk : "",
		v->identity.kind == FS_UNKNOWN ? "unknown" :
		"known from elsewhere only", err_text(e, text, sizeof(text)));

	if (d != NULL)
		source_cite(m->volumes[volume].window, e->at, 512,
			    "boot sector", m->arena, &d->cites);
}

/* Say what keeps a volume from being read as NTFS.  */
static void explain_volume(struct machine *m, size_t volume)
{
	struct machine_volume *v = &m->model.volumes[volume];
	const struct diag_kind *kind;
	struct diag *d;

	if (v->identity.unread.code != 0)
		tell_unread(m, volume);
	switch (v->identity.kind) {
	case FS_BITLOCKER:
		machine_explain_lock(m, volume);
		return;
	case FS_REFS:
		kind = &FINDING_REFS_NOT_READ;
		break;
	case FS_UNKNOWN:
		if (v->identity.damaged || v->identity.unread.code != 0)
			return;
		kind = machine_volume_is_lost(m, volume) ?
			       &FINDING_VOLUME_LOST : &FINDING_VOLUME_UNKNOWN;
		break;
	default:
		return;
	}
	d = diag_add(&m->model.findings, kind, "%s.", kind->title);
	if (d == NULL)
		return;
	cites_join(m->arena, &d->cites, &v->identity.cites);
}

static void explain_dirty(struct machine *m, size_t volume)
{
	const struct volume_identity *id = &m->model.volumes[volume].identity;
	struct diag *d;

	if (!id->has_dirty || !id->dirty)
		return;
	d = diag_add(&m->model.findings, &FINDING_VOLUME_DIRTY,
		     "the dirty flag of the %s volume is set.", id->name);
	if (d != NULL)
		cites_join(m->arena, &d->cites, &id->cites);
}

/* NTFS goes by the sectors of its disk.  Only where something else than the
 * volume tells how large these are can it be told that they differ.  */
static void explain_sectors(struct machine *m, size_t volume)
{
	const struct machine_volume *v = &m->model.volumes[volume];
	const struct volume_identity *id = &v->identity;
	const struct disk *disk;
	struct diag *d;

	if ((v->kind != VOLUME_PARTITION && v->kind != VOLUME_HYBRID) ||
	    id->kind != FS_NTFS || m->volumes[volume].made != NULL)
		return;
	disk = &m->model.disks[v->extents[0].disk].table;
	if (id->sector_size == disk->sector_size ||
	    (disk->sector_size_basis != SECTOR_SIZE_GPT &&
	     disk->sector_size_basis != SECTOR_SIZE_GIVEN))
		return;
	d = diag_add(&m->model.findings, &FINDING_SECTOR_SIZE,
		     "The boot sector of NTFS says that sectors have %" PRIu32
		     " bytes; the disk has sectors of %u, by %s. Windows "
		     "mounts no such volume from it.", id->sector_size,
		     disk->sector_size,
		     disk->sector_size_basis == SECTOR_SIZE_GPT ?
		     "where its GPT lies" : "its image, or as it was given");
	if (d == NULL)
		return;
	cites_join(m->arena, &d->cites, &id->cites);
	cites_join(m->arena, &d->cites, &disk->cites);
}

static bool may_open_ntfs(struct machine *m, size_t volume)
{
	if (m->n_ntfs < MAX_NTFS_VOLUMES) {
		m->n_ntfs++;
		return true;
	}
	diag_add(&m->model.findings, &FINDING_VOLUMES_CUT,
		 "%s: the NTFS volume is not read: there are more than %d.",
		 machine_place(m, volume), MAX_NTFS_VOLUMES);
	return false;
}

int machine_open_ntfs(struct machine *m, size_t volume, struct err *reterr)
{
	struct machine_volume *v = &m->model.volumes[volume];
	struct open_volume *open = &m->volumes[volume];
	struct diag_list *findings = &m->model.findings;
	struct err e = { 0 };
	char text[256];
	struct diag *d;

	if (ntfs_open(open->window, m->arena, findings, &open->ntfs, &e) < 0) {
		if (e.code == ERR_NOMEM)
			return err_set(reterr, e.code, e.at, e.what, 0, 0);
		d = diag_add(findings, &FINDING_VOLUME_UNREADABLE,
			     "the NTFS volume could not be opened: %s.",
			     err_text(&e, text, sizeof(text)));
		if (d != NULL)
			cites_join(m->arena, &d->cites, &v->identity.cites);
		return 0;
	}
	v->is_ntfs = true;
	v->ntfs = *ntfs_info(open->ntfs);
	v->identity.label = v->ntfs.label;
	if (v->ntfs.dirty)
		diag_add(findings, &FINDING_VOLUME_DIRTY,
			 "the dirty flag of the NTFS volume is set.");
	if (ntfs_reparse_points(open->ntfs, m->options.scan, &open->reparse,
				&e) < 0) {
		if (e.code == ERR_NOMEM)
			return err_set(reterr, e.code, e.at, e.what, 0, 0);
		diag_add(findings, &FINDING_REPARSE_UNREADABLE,
			 "the reparse points could not be listed: %s.",
			 err_text(&e, text, sizeof(text)));
	}
	v->index_read = open->reparse.index_read;
	v->swept = open->reparse.swept;
	return 0;
}

static int read_ntfs(struct machine *m, size_t volume, struct err *reterr)
{
	struct open_volume *open = &m->volumes[volume];
	int r = machine_open_ntfs(m, volume, reterr);

	if (r < 0 || open->ntfs == NULL)
		return r;
	return shadow_catalog_read(open->window, m->arena, &m->model.findings,
				   &open->shadows, reterr);
}

static int read_volume(struct machine *m, size_t volume, struct err *reterr)
{
	struct model *o = &m->model;
	struct machine_volume *v = &o->volumes[volume];
	const struct partition *entry = v->partition != NONE
		? o->partitions[v->partition].entry : NULL;
	struct err e = { 0 };

	/* What is missing of it was said when it was put together.  */
	if (v->kind == VOLUME_LDM && v->dynamic->source == NULL)
		return 0;
	if (entry != NULL &&
	    partition_is_storage_spaces(&o->disks[v->extents[0].disk].table,
					entry))
		return machine_read_pool(m, volume, &entry->cites, reterr);
	if (volume_identify(m->volumes[volume].window, m->arena,
				   &o->findings, &v->identity, &e) < 0) {
		if (e.code == ERR_NOMEM)
			return err_set(reterr, e.code, e.at, e.what, 0, 0);
		v->identity = (struct volume_identity){ .kind = FS_UNKNOWN };
	} else if (machine_repair_volume(m, volume, reterr) < 0) {
		return ERR_NOMEM;
	}
	/* What was made of the $MFT has none.  */
	if (m->volumes[volume].made != NULL)
		v->identity.has_serial = v->identity.has_serial64 = false;
	if (machine_unlock(m, volume, reterr) < 0)
		return ERR_NOMEM;
	explain_volume(m, volume);
	explain_dirty(m, volume);
	explain_sectors(m, volume);
	if (v->identity.kind == FS_NTFS && may_open_ntfs(m, volume))
		return read_ntfs(m, volume, reterr);
	return 0;
}

static int compare_cites(const struct cites *a, const struct cites *b)
{
	if (a->n == 0 || b->n == 0)
		return (a->n > 0) - (b->n > 0);
	if (a->list[0].image != b->list[0].image)
		return a->list[0].image < b->list[0].image ? -1 : 1;
	if (a->list[0].offset != b->list[0].offset)
		return a->list[0].offset < b->list[0].offset ? -1 : 1;
	return 0;
}

static int compare_findings(const void *a, const void *b)
{
	const struct diag *x = a, *y = b;
	int r = strcmp(x->kind->code, y->kind->code);

	if (r == 0)
		r = x->of_more - y->of_more;
	if (r == 0)
		r = compare_cites(&x->cites, &y->cites);
	return r != 0 ? r : strcmp(x->message, y->message);
}

static void tell_unread_records(struct machine *m)
{
	for (size_t i = 0; i < m->n_volumes; i++) {
		machine_look_at(m, i);
		if (m->volumes[i].ntfs != NULL)
			ntfs_tell_unread(m->volumes[i].ntfs);
	}
	machine_look_at(m, NONE);
}

/* Say of each kind how many findings were counted and not kept.  */
static void count_findings(struct machine *m)
{
	struct diag_list *f = &m->model.findings;
	size_t kinds = f->n_counts;

	for (size_t i = 0; i < kinds; i++) {
		struct diag_count *c = &f->counts[i];
		size_t more = c->n > DIAG_MAX_PER_KIND ?
			      c->n - DIAG_MAX_PER_KIND : 0;

		if (c->kind->partial)
			m->model.complete = false;
		if (more > c->told)
			diag_add_more(f, c->kind, more - c->told);
		c->told = more;
	}
	if (f->lost || m->model.unreadable)
		m->model.complete = false;
}

static void finish_findings(struct machine *m)
{
	struct diag_list *f = &m->model.findings;

	count_findings(m);
	if (f->n > 0)
		qsort(f->list, f->n, sizeof(f->list[0]), compare_findings);
}

/* A parent that is not needed is not opened by any image; but who named it
 * should know that it is not what was meant.  */
static int check_parents(struct machine *m, struct err *reterr)
{
	const struct machine_options *o = &m->options;

	m->model.findings.where = NULL;
	for (size_t i = 0; i < o->n_parents; i++) {
		struct source *s;
		struct err e = { 0 };
		char text[256];

		if (file_open(o->parents[i], m->arena, &s, &e) == 0) {
			source_free(s);
			continue;
		}
		if (e.code == ERR_NOMEM)
			return err_set(reterr, e.code, 0, "parent", 0, 0);
		m->model.unreadable = true;
		diag_add(&m->model.findings, &FINDING_PARENT_UNREADABLE,
			 "%s, which was named as the parent of an image, could "
			 "not be opened: %s.", file_name(o->parents[i]),
			 err_text(&e, text, sizeof(text)));
	}
	return 0;
}

static int read_volumes(struct machine *m, size_t first, struct err *reterr)
{
	int r = 0;

	for (size_t i = first; i < m->n_volumes && r == 0; i++) {
		machine_look_at(m, i);
		r = read_volume(m, i, reterr);
	}
	machine_look_at(m, NONE);
	return r;
}

/* Volumes of partitions whose boot sectors were lost when they were read.  */
static int read_made_volumes(struct machine *m, struct err *reterr)
{
	int r = 0;

	for (size_t i = 0; i < m->n_table_volumes && r == 0; i++) {
		if (m->volumes[i].made == NULL)
			continue;
		machine_look_at(m, i);
		r = read_volume(m, i, reterr);
	}
	machine_look_at(m, NONE);
	return r;
}

/* Findings begin with what they are about, by its number in the report: the
 * same for the same disk, whatever its file is called.  */
static int read_disks(struct machine *m, struct err *reterr)
{
	struct model *o = &m->model;
	int r = 0;

	number_disks(m);
	for (size_t i = 0; i < m->n_requests && r == 0; i++) {
		o->findings.where = arena_printf(m->arena, "image%zu", i);
		r = add_image(m, i, reterr);
	}
	if (r == 0)
		r = check_parents(m, reterr);
	for (size_t i = 0; i < m->n_images && r == 0; i++) {
		o->findings.where = arena_printf(m->arena, "disk%zu",
						 o->n_disks);
		r = add_disk(m, i, reterr);
	}
	o->findings.where = NULL;
	if (r == 0)
		r = machine_search_disks(m, reterr);
	if (r == 0)
		r = machine_add_dynamic_volumes(m, reterr);
	if (r == 0)
		machine_report_unused_databases(m);
	if (r == 0)
		r = read_volumes(m, 0, reterr);
	if (r == 0)
		r = machine_take_recovered(m, reterr);
	if (r == 0)
		r = read_volumes(m, m->n_table_volumes, reterr);
	if (r == 0)
		r = read_made_volumes(m, reterr);
	if (r == 0)
		machine_explain_pools(m);
	return r == 0 ? machine_tell_keys(m, reterr) : r;
}

/* A layer below may have taken want of memory for damage, or left something
 * out.  */
static int check_memory(const struct machine *m, struct err *reterr)
{
	if (!arena_failed(m->arena))
		return 0;
	return err_set(reterr, ERR_NOMEM, 0, "analysis", 0, 0);
}

int machine_end_query(struct machine *m, struct err *reterr)
{
	tell_unread_records(m);
	count_findings(m);
	return check_memory(m, reterr);
}

int machine_analyse(struct machine *m, const struct machine_options *o,
		    struct err *reterr)
{
	static int (*const steps[])(struct machine *, struct err *) = {
		read_disks, machine_open_loose, machine_find_installations,
		machine_decode_labels,
		machine_read_remote_databases, machine_merge_known_disks,
		machine_place_known_disks, machine_read_disk_events,
		machine_complete_known_disks,
		machine_number_disks, machine_infer_signatures,
		machine_index_guids,
		machine_resolve_names, machine_mark_offline,
		machine_explain_hints,
		machine_name_volumes,
		machine_list_mounts, machine_explain_hidden,
		machine_mark_doubt, machine_find_clones,
		machine_find_copies, machine_compare_databases,
		machine_find_name_history,
		machine_read_users, machine_read_accounts, machine_read_quotas,
		machine_list_shadow_copies, machine_read_shadow_copies,
		machine_make_timeline,
	};

	if (m->analysed)
		return err_set(reterr, ERR_VALUE, 0, "machine, analysed twice",
			       0, 0);
	m->analysed = true;
	m->options = *o;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		int r = steps[i](m, reterr);

		if (r == 0)
			r = check_memory(m, reterr);
		if (r < 0)
			return r;
	}
	tell_unread_records(m);
	finish_findings(m);
	return check_memory(m, reterr);
}
