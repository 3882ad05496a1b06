#include "machine/device_number.h"

#include <inttypes.h>
#include <string.h>

#include "base/ascii.h"
#include "machine/path_walk.h"

struct search {
	struct machine *m;
	const struct model *model;
	size_t installation;
	const struct disk_target *target;
	struct arena *arena;
	struct device_numbers *found;
};

const char *device_type_name(enum device_type t)
{
	return t == FILE_DEVICE_CD_ROM ? "FILE_DEVICE_CD_ROM" :
					 "FILE_DEVICE_DISK";
}

const char *device_error_name(enum device_error e)
{
	static const char *const names[] = {
		[DEVICE_INVALID_FUNCTION] = "ERROR_INVALID_FUNCTION",
		[DEVICE_NOT_FOUND] = "ERROR_FILE_NOT_FOUND",
	};

	return names[e];
}

/* --- what a device is ----------------------------------------------------- */

static bool overlaps(const struct extent *e, size_t disk, uint64_t offset,
		     uint64_t length)
{
	return e->disk == disk && e->offset - offset < length &&
	       e->offset >= offset;
}

/* Whether @v has bytes in the @length ones at @offset of @disk.  */
static bool lies_in(const struct machine_volume *v, size_t disk,
		    uint64_t offset, uint64_t length)
{
	for (size_t i = 0; i < v->n_extents; i++)
		if (overlaps(&v->extents[i], disk, offset, length))
			return true;
	return false;
}

/* The volumes that begin, or have a part that does, in those bytes; what was
 * recovered has no place in Windows' view.  */
static int list_volumes(struct search *s, struct device_number *d,
			uint64_t offset, uint64_t length)
{
	const struct model *o = s->model;
	size_t *list = arena_alloc(s->arena, (o->n_volumes + 1) *
						     sizeof(*list));

	if (list == NULL)
		return -1;
	for (size_t i = 0; i < o->n_volumes; i++)
		if (o->volumes[i].kind != VOLUME_RECOVERED &&
		    o->volumes[i].kind != VOLUME_HYBRID &&
		    lies_in(&o->volumes[i], d->disk, offset, length))
			list[d->n_volumes++] = i;
	d->volumes = list;
	return 0;
}

static void fails(struct device_number *d, enum device_error e,
		  const char *reason)
{
	d->error = e;
	d->reason = reason;
}

static void answers(struct device_number *d, uint32_t number,
		    uint32_t partition)
{
	d->type = FILE_DEVICE_DISK;
	d->number = number;
	d->partition_number = partition;
}

static int of_partition(struct search *s, struct device_number *d)
{
	const struct machine_partition *p =
		&s->model->partitions[d->partition];
	const struct machine_disk *disk = &s->model->disks[p->disk];

	d->disk = p->disk;
	if (partition_is_storage_spaces(&disk->table, p->entry))
		fails(d, DEVICE_NOT_FOUND, "the partition belongs to a storage "
		      "pool: Windows shows the virtual disks of the pool, "
		      "which are not read, and neither this disk nor its "
		      "partitions");
	else
		answers(d, disk->number, p->entry->number);
	if (p->volume != NONE && machine_is_hidden(s->model, p->volume))
		d->reason = "an attribute of the partition hides its volume "
			    "from the mount manager: no name leads there now";
	return list_volumes(s, d, p->entry->offset, p->entry->length);
}

static int of_disk(struct search *s, struct device_number *d)
{
	const struct machine_disk *disk = &s->model->disks[d->disk];

	answers(d, disk->number, 0);
	return list_volumes(s, d, 0, UINT64_MAX);
}

/* A volume that is no partition of a table.  */
static int of_volume(struct search *s, struct device_number *d)
{
	const struct machine_volume *v = &s->model->volumes[d->volume];
	size_t *list = arena_alloc(s->arena, sizeof(*list));

	if (list == NULL)
		return -1;
	*list = d->volume;
	d->volumes = list;
	d->n_volumes = 1;
	if (v->kind == VOLUME_LDM)
		fails(d, DEVICE_INVALID_FUNCTION, "it is a dynamic volume, "
		      "which is not a partition of one disk: its extents show "
		      "where it lies");
	else if (v->kind == VOLUME_RECOVERED)
		fails(d, DEVICE_NOT_FOUND, "no partition table leads to it, so "
		      "that Windows shows no such volume");
	else if (v->kind == VOLUME_HYBRID)
		fails(d, DEVICE_NOT_FOUND, "only the MBR of a GPT disk leads "
		      "to it, and Windows, where it uses the GPT, shows no "
		      "such volume");
	else
		answers(d, s->model->disks[d->disk].number, 0);
	if (v->kind == VOLUME_WHOLE_DISK)
		d->reason = "the disk has no partition table: the volume is "
			    "the whole of it";
	return 0;
}

/* Tell what @d, whose volume, partition and disk are set, is answered with.  */
static int number(struct search *s, struct device_number *d)
{
	if (d->partition != NONE)
		return of_partition(s, d);
	/* A disk, although all of it may be a volume.  */
	if (d->disk != NONE && s->target->other.form == TARGET_DISK)
		return of_disk(s, d);
	if (d->volume != NONE)
		return of_volume(s, d);
	if (d->disk == NONE)
		return 0;
	return of_disk(s, d);
}

/* --- what is meant -------------------------------------------------------- */

/* The same device twice: a path may come to it in two ways.  */
static bool is_listed(const struct search *s, const struct device_number *d)
{
	const struct device_numbers *f = s->found;

	for (size_t i = 0; i < f->n; i++)
		if (f->list[i].volume == d->volume &&
		    f->list[i].partition == d->partition &&
		    f->list[i].disk == d->disk)
			return true;
	return false;
}

static int add(struct search *s, struct device_number d)
{
	struct device_numbers *f = s->found;
	struct device_number *slot;

	if (number(s, &d) < 0)
		return -1;
	if (is_listed(s, &d))
		return 0;
	if (f->n == TARGET_MAX_MATCHES) {
		f->cut = true;
		return 0;
	}
	slot = arena_push(s->arena, &f->list, f->n, sizeof(*slot));
	if (slot == NULL)
		return -1;
	*slot = d;
	f->n++;
	return 0;
}

static struct device_number of_match(const struct target_match *t)
{
	return (struct device_number){
		.volume = t->volume, .partition = t->partition,
		.disk = t->disk, .tier = t->tier, .certainty = t->certainty,
		.why = t->why, .cites = t->cites,
	};
}

/* The last link that leads to a volume; NULL: none does.  */
static const struct walk_hop *last_lead(const struct path_walk *w)
{
	for (size_t i = w->n_hops; i-- > 0;)
		if (w->hops[i].tier != TIER_NONE ||
		    w->hops[i].to != w->hops[i].volume)
			return &w->hops[i];
	return NULL;
}

/* The volume to which the last link of @w leads takes the place of that where
 * the path begins.  */
static void arrive(struct search *s, const struct path_walk *w,
		   struct device_number *d)
{
	const struct machine_volume *v = &s->model->volumes[w->volume];
	const struct walk_hop *last = last_lead(w);

	if (last == NULL)
		return;
	d->volume = w->volume;
	d->partition = v->kind == VOLUME_PARTITION ? v->partition : NONE;
	d->disk = v->kind != VOLUME_LDM && v->n_extents > 0 ?
		  v->extents[0].disk : NONE;
	d->tier = last->tier;
	d->certainty = last->certainty;
	d->why = arena_printf(s->arena, "%s of volume%zu leads to it",
			      last->path, last->volume);
	path_walk_doubt(w, &d->certainty);
	for (size_t i = 0; i < w->n_hops; i++)
		cites_join(s->arena, &d->cites, &w->hops[i].cites);
}

/* What the path of @t, which is a volume, may lead to.  */
static int add_walks(struct search *s, const struct target_match *t,
		     const char *path, struct err *reterr)
{
	struct path_walks all;
	int r = path_walk_all(s->m, s->installation, t->volume, path, s->arena,
			      &all, reterr);

	for (size_t i = 0; r == 0 && i < all.n; i++) {
		struct device_number d = of_match(t);

		if (path_walk_stays(s->m, &all.list[i])) {
			d.reason = arena_printf(s->arena, "whether %s is there "
				"is not known: %s", all.list[i].rest,
				all.list[i].why);
		} else if (all.list[i].end != WALK_FOUND) {
			s->found->why_none = all.list[i].why;
			continue;
		}
		arrive(s, &all.list[i], &d);
		if (add(s, d) < 0)
			r = err_set(reterr, ERR_NOMEM, 0, "device numbers", 0,
				    0);
	}
	return r;
}

static int add_match(struct search *s, const struct target_match *t,
		     struct err *reterr)
{
	const char *path = s->target->other.path;

	if (path != NULL && *path != '\0' && t->volume != NONE)
		return add_walks(s, t, path, reterr);
	return add(s, of_match(t)) < 0 ?
	       err_set(reterr, ERR_NOMEM, 0, "device numbers", 0, 0) : 0;
}

static int add_targets(struct search *s, const struct target *t,
		       struct err *reterr)
{
	struct target_matches all = { 0 };
	int r = target_find(s->m, s->installation, t, s->arena, &all, reterr);

	if (r < 0)
		return r;
	s->found->why_none = all.why_none;
	s->found->cut = all.cut;
	for (size_t i = 0; i < all.n && r == 0; i++)
		r = add_match(s, &all.list[i], reterr);
	return r;
}

/* Disks, by what they have.  */
static int add_disks(struct search *s, const struct disk_matches *disks,
		     const char *why, struct err *reterr)
{
	for (size_t i = 0; i < disks->n; i++) {
		struct device_number d = {
			.volume = NONE, .partition = NONE,
			.disk = disks->list[i], .why = why,
			.certainty = disks->n > 1 ? CERTAINTY_AMBIGUOUS :
						    CERTAINTY_SINGLE,
			.cites = s->model->disks[disks->list[i]].table.cites,
		};

		if (add(s, d) < 0)
			return err_set(reterr, ERR_NOMEM, 0, "device numbers",
				       0, 0);
	}
	return 0;
}

static int add_by_id(struct search *s, struct err *reterr)
{
	struct disk_matches disks = { 0 };
	int r = disk_target_find_by_id(s->model, s->target, s->arena, &disks,
				       reterr);

	if (r < 0)
		return r;
	s->found->why_none = disks.why_none;
	return add_disks(s, &disks, s->target->form == DISK_TARGET_SIGNATURE ?
			 "it is the signature of its MBR" :
			 "it is the GUID of its GPT", reterr);
}

/* --- what is on no disk --------------------------------------------------- */

static bool names_drive(const struct search *s, const struct machine_name *n)
{
	const struct target *t = &s->target->other;

	if (n->installation != s->installation || n->superseded ||
	    s->target->form != DISK_TARGET_OTHER)
		return false;
	return t->form == TARGET_LETTER ?
	       n->name->kind == NAME_DRIVE_LETTER &&
	       n->name->letter == t->letter :
	       t->form == TARGET_VOLUME_NAME && n->name->kind == NAME_VOLUME &&
	       guid_equal(&n->name->guid, &t->guid);
}

static bool is_cd_rom(const char *device)
{
	return device != NULL && ascii_find(device, "#CdRom") != NULL;
}

/* A drive for CD-ROMs has a number of its own kind, which no disk keeps.  */
static int add_cd_roms(struct search *s, struct err *reterr)
{
	for (size_t i = 0; i < s->model->n_names; i++) {
		const struct machine_name *n = &s->model->names[i];
		struct device_number d = {
			.type = FILE_DEVICE_CD_ROM,
			.number = DEVICE_NO_NUMBER,
			.partition_number = DEVICE_NO_NUMBER,
			.volume = NONE, .partition = NONE, .disk = NONE,
			.tier = TIER_REGISTRY,
			.certainty = CERTAINTY_NOT_IN_EVIDENCE,
			.reason = "it is a drive for CD-ROMs; its number is "
				  "not kept",
			.why = "MountedDevices has it",
			.cites = n->name->cites,
		};

		if (names_drive(s, n) && is_cd_rom(n->name->id_text.utf8) &&
		    add(s, d) < 0)
			return err_set(reterr, ERR_NOMEM, 0, "device numbers",
				       0, 0);
	}
	return 0;
}

int device_numbers_find(struct machine *m, size_t installation,
			const struct disk_target *t, struct arena *a,
			struct device_numbers *ret, struct err *reterr)
{
	struct device_numbers found = { 0 };
	struct search s = { m, machine_model(m), installation, t, a, &found };
	int r = 0;

	if (t->form != DISK_TARGET_NUMBER)
		r = add_by_id(&s, reterr);
	if (r == 0 && found.n == 0 && t->form != DISK_TARGET_SIGNATURE)
		r = add_targets(&s, &t->other, reterr);
	if (r == 0 && found.n == 0)
		r = add_cd_roms(&s, reterr);
	if (r < 0)
		return r;
	*ret = found;
	return 0;
}
