/*
 * target_find.c - from what a user names to what is in the evidence
 *
 * Names of volumes are the resolver's.  Numbers, serial numbers and times are
 * compared with those of the disks that are here.  All that fit are matches.
 */
#include "machine/target.h"

#include <inttypes.h>
#include <stdlib.h>

#include "machine/internal.h"
#include "machine/place.h"

struct search {
	struct machine *m;
	const struct model *model;
	size_t installation;
	const struct target *target;
	struct arena *arena;
	struct target_matches *found;
};

/* One more match; NULL where there is no room, or it is there already.  */
static struct target_match *add(struct search *s, struct target_match t)
{
	struct target_matches *f = s->found;
	struct target_match *slot;

	for (size_t i = 0; i < f->n; i++)
		if (f->list[i].volume == t.volume &&
		    f->list[i].partition == t.partition &&
		    f->list[i].disk == t.disk)
			return NULL;
	if (f->n == TARGET_MAX_MATCHES) {
		f->cut = true;
		return NULL;
	}
	slot = arena_push(s->arena, &f->list, f->n, sizeof(*slot));
	if (slot == NULL)
		return NULL;
	*slot = t;
	f->n++;
	return slot;
}

/* A volume, with the partition and the disk that it has for itself.  */
static struct target_match of_volume(const struct search *s, size_t volume)
{
	const struct machine_volume *v = &s->model->volumes[volume];
	bool one = v->kind != VOLUME_LDM && v->n_extents > 0;

	return (struct target_match){
		.volume = volume,
		.partition = v->kind == VOLUME_PARTITION ? v->partition : NONE,
		.disk = one ? v->extents[0].disk : NONE,
	};
}

static const char *why_none(struct search *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The last reason counts.  */
static const char *why_none(struct search *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	s->found->why_none = arena_vprintf(s->arena, fmt, ap);
	va_end(ap);
	return s->found->why_none;
}

/* "windows0", or who else says it.  */
static const char *namespace_of(const struct search *s)
{
	if (s->installation == NONE)
		return "no installation";
	return arena_printf(s->arena, "windows%zu", s->installation);
}

/* --- by name -------------------------------------------------------------- */

/* What @tier says of the name @name.  */
static const char *why_tier(const struct search *s, enum tier tier,
			    const char *name)
{
	struct arena *a = s->arena;

	switch (tier) {
	case TIER_REGISTRY:
		return arena_printf(a, "MountedDevices of %s has %s",
				    namespace_of(s), name);
	case TIER_GPT_GUID:
		return "it is the GUID of a GPT partition";
	case TIER_MBR_STABLE:
		return "the GUID holds the disk's signature and the "
		       "partition's offset";
	case TIER_LDM_GUID:
		return "it is the GUID of a dynamic volume";
	case TIER_REMOTE_DATABASE:
		return "a MountPointManagerRemoteDatabase has it";
	default:
		break;
	}
	return arena_printf(a, "%s lies on it, and nothing says which other "
			    "volume is %s", namespace_of(s), name);
}

static void add_lead(struct search *s, const struct resolution *r,
		     size_t volume, enum tier tier, const char *name)
{
	struct target_match t;

	if (volume == NONE)
		return;
	t = of_volume(s, volume);
	t.tier = tier;
	t.certainty = r->certainty;
	t.why = why_tier(s, tier, name);
	t.cites = r->cites;
	add(s, t);
}

/* Why a name leads nowhere.  */
static void tell_unresolved(struct search *s, const struct resolution *r,
			    const char *name)
{
	const char *known = machine_known_phrase(s->m, r);
	const char *pool = machine_pool_phrase(s->m, r);

	if (r->certainty == CERTAINTY_STALE)
		why_none(s, "\"%s\" leads to a disk of this evidence, where no "
			 "volume is any more%s.", name, known);
	else if (r->tier == TIER_NONE)
		why_none(s, "Nothing in the namespace of %s or on the disks "
			 "knows \"%s\"%s.", namespace_of(s), name, pool);
	else
		why_none(s, "\"%s\" leads to a disk that is not in this "
			 "evidence%s%s.", name, known, pool);
}

/* All to which the name @name leads.  */
static void add_resolution(struct search *s, const struct resolution *r,
			   const char *name)
{
	size_t before = s->found->n;

	add_lead(s, r, r->volume, r->tier, name);
	for (size_t i = 0; i < r->n_leads; i++)
		add_lead(s, r, r->leads[i].volume, r->leads[i].tier, name);
	if (s->found->n == before && r->volume == NONE)
		tell_unresolved(s, r, name);
}

static void find_letter(struct search *s)
{
	const struct model *o = s->model;
	const char root[] = { s->target->letter, ':', '\\', '\0' };
	const char *name = arena_printf(s->arena, "%c:", root[0]);
	const struct machine_mount *mount;
	size_t n;

	if (name == NULL)
		return;
	if (s->installation == NONE) {
		why_none(s, "There is no installation of Windows in this "
			 "evidence, so nothing says which volume was %s", name);
		return;
	}
	why_none(s, "windows%zu has no volume %s.", s->installation, name);
	for (size_t i = 0; i < o->n_names; i++)
		if (o->names[i].installation == s->installation &&
		    !o->names[i].superseded &&
		    o->names[i].name->kind == NAME_DRIVE_LETTER &&
		    o->names[i].name->letter == s->target->letter)
			add_resolution(s, &o->names[i].resolution, name);
	/* That of the installation itself may be in no value.  */
	mount = machine_mounts_at(s->m, s->installation, MOUNT_DRIVE_ROOT,
				  root, &n);
	for (size_t i = 0; i < n; i++)
		add_resolution(s, &mount[i].resolution, name);
}

static void find_volume_name(struct search *s)
{
	struct resolution r = resolve_guid(s->m, s->installation,
					   s->target->host, &s->target->guid);
	const char *name = volume_name_text(s->arena, &s->target->guid);

	if (name != NULL)
		add_resolution(s, &r, name);
}

/* --- by number ------------------------------------------------------------ */

/* Whether disk @disk is meant by the number or by the id.  */
static bool is_meant(const struct search *s, size_t disk)
{
	const struct target *t = s->target;

	return s->model->disks[disk].number == t->disk ||
	       (t->or_id && disk == t->disk);
}

/* How sure it is that @disk is meant.  */
static struct target_match of_disk(const struct search *s, size_t disk)
{
	const struct machine_disk *d = &s->model->disks[disk];
	struct target_match t = { .volume = NONE, .partition = NONE,
				  .disk = disk, .cites = d->number_cites };

	t.certainty = CERTAINTY_SINGLE;
	if (s->target->or_id && disk == s->target->disk) {
		t.why = "it is the disk's id in the report";
	} else if (d->basis == NUMBER_RECORDED) {
		t.why = "an event log or a live export has the disk's number";
	} else if (d->basis == NUMBER_GIVEN) {
		t.why = "the disk was given with this number";
	} else {
		t.certainty = CERTAINTY_INFERRED;
		t.why = "disk numbers are assumed, in the order of the images";
	}
	return t;
}

static void tell_no_disk(struct search *s)
{
	if (s->model->n_disks == 0)
		why_none(s, "No disk is in this evidence.");
	else
		why_none(s, "No disk of this evidence has the number %u.",
			 s->target->disk);
}

/* What the volume on the whole of a disk without a table is, is seldom asked
 * for by the disk's number; it is told with the disk.  */
static void add_disk(struct search *s, size_t disk)
{
	struct target_match t = of_disk(s, disk);

	t.volume = s->model->disks[disk].whole_volume;
	cites_join(s->arena, &t.cites, &s->model->disks[disk].table.cites);
	add(s, t);
}

/* So many of a disk's former partitions are told where there is no such one:
 * the message of an error is short, and its bytes tell all of them.  */
#define MAX_TOLD 2

/* Those of @list that began on this disk of @size bytes, and had the number,
 * which is 0 where any is good.  */
static size_t list_gone(const struct place_former *list, size_t n,
			uint64_t size, unsigned number,
			const struct place_former *ret[])
{
	size_t told = 0;

	for (size_t i = 0; i < n && told < MAX_TOLD; i++)
		if (list[i].match.certainty == CERTAINTY_STALE &&
		    list[i].start < size &&
		    (number == 0 || list[i].number == number))
			ret[told++] = &list[i];
	return told;
}

static void tell_no_partition(struct search *s, size_t disk)
{
	unsigned number = s->target->partition;
	uint64_t size = s->model->disks[disk].table.size;
	const struct place_former *told[MAX_TOLD];
	struct place_former *gone;
	size_t all, n;

	why_none(s, "disk%zu (PhysicalDrive%u) has no partition %s%u.", disk,
		 s->model->disks[disk].number,
		 s->target->by_index ? "of the Index " : "", number);
	if (s->target->by_index)	/* which is kept nowhere */
		number = 0;
	place_find_gone(s->m, s->arena, disk, &gone, &all);
	n = list_gone(gone, all, size, number, told);
	if (n == 0)
		n = list_gone(gone, all, size, 0, told);
	for (size_t i = 0; i < n; i++) {
		why_none(s, "%s %s at byte %" PRIu64, s->found->why_none,
			 i == 0 ? "Once one began" : "and one",
			 told[i]->start);
		if (told[i]->number != 0)
			why_none(s, "%s (partition %u then)",
				 s->found->why_none, told[i]->number);
	}
	if (n > 0)
		why_none(s, "%s: \"resolve disk%zu@%" PRIu64 "\" shows more.",
			 s->found->why_none, disk, told[0]->start);
}

static bool is_number_of(const struct target *t, const struct partition *p)
{
	return t->by_index ? p->wmi_index >= 0 &&
			     (unsigned)p->wmi_index == t->partition :
			     p->number == t->partition;
}

static void add_partition(struct search *s, size_t disk)
{
	const struct machine_disk *d = &s->model->disks[disk];

	for (size_t i = 0; i < d->n_partitions; i++) {
		size_t k = d->first_partition + i;
		const struct machine_partition *p = &s->model->partitions[k];
		struct target_match t = of_disk(s, disk);

		if (!is_number_of(s->target, p->entry))
			continue;
		t.partition = k;
		t.volume = p->volume;
		cites_join(s->arena, &t.cites, &p->entry->cites);
		add(s, t);
	}
	if (s->found->n == 0)
		tell_no_partition(s, disk);
}

/* Bytes @offset on are in the @length bytes at @start.  */
static bool covers(uint64_t start, uint64_t length, uint64_t offset)
{
	return offset >= start && offset - start < length;
}

/* Volumes of @disk at the offset that no partition has for itself.  */
static void add_volumes_at(struct search *s, size_t disk)
{
	const struct model *o = s->model;

	for (size_t v = 0; v < o->n_volumes; v++) {
		const struct machine_volume *volume = &o->volumes[v];
		struct target_match t = of_disk(s, disk);

		if (volume->kind == VOLUME_PARTITION)
			continue;
		t.volume = v;
		for (size_t i = 0; i < volume->n_extents; i++) {
			const struct extent *e = &volume->extents[i];

			if (e->disk == disk &&
			    covers(e->offset, e->length, s->target->offset))
				add(s, t);
		}
	}
}

static void add_offset(struct search *s, size_t disk)
{
	const struct machine_disk *d = &s->model->disks[disk];
	size_t before = s->found->n;

	if (s->target->offset >= d->table.size) {
		why_none(s, "disk%zu ends at byte %" PRIu64 ".", disk,
			 d->table.size);
		return;
	}
	add_volumes_at(s, disk);
	for (size_t i = 0; i < d->n_partitions; i++) {
		size_t k = d->first_partition + i;
		const struct partition *p = s->model->partitions[k].entry;
		struct target_match t = of_disk(s, disk);

		if (!covers(p->offset, p->length, s->target->offset))
			continue;
		t.partition = k;
		t.volume = s->model->partitions[k].volume;
		cites_join(s->arena, &t.cites, &p->cites);
		add(s, t);
	}
	if (s->found->n == before)
		add(s, of_disk(s, disk));
}

/* Call @fn for each disk that is meant.  */
static void find_on_disks(struct search *s,
			  void (*fn)(struct search *s, size_t disk))
{
	size_t n = 0;

	for (size_t i = 0; i < s->model->n_disks; i++)
		if (is_meant(s, i)) {
			fn(s, i);
			n++;
		}
	if (n == 0)
		tell_no_disk(s);
	for (size_t i = 0; n > 1 && i < s->found->n; i++)
		s->found->list[i].certainty = CERTAINTY_AMBIGUOUS;
}

/* The disk with the least number that is greater than @above, or from it on;
 * NONE.  */
static size_t next_disk(const struct model *o, unsigned from)
{
	size_t best = NONE;

	for (size_t i = 0; i < o->n_disks; i++)
		if (o->disks[i].number >= from &&
		    (best == NONE ||
		     o->disks[i].number < o->disks[best].number))
			best = i;
	return best;
}

/* Windows counts the volumes as they come, which no disk stores: most likely
 * disk by disk, partition by partition.  */
static void find_harddisk_volume(struct search *s)
{
	const struct model *o = s->model;
	size_t left = s->target->volume - 1, disk;
	struct target_match t;

	why_none(s, "This evidence has fewer than %u partitions.",
		 s->target->volume);
	for (disk = next_disk(o, 0); disk != NONE;
	     disk = next_disk(o, o->disks[disk].number + 1)) {
		if (left < o->disks[disk].n_partitions)
			break;
		left -= o->disks[disk].n_partitions;
	}
	if (disk == NONE)
		return;
	t = of_disk(s, disk);
	t.partition = o->disks[disk].first_partition + left;
	t.volume = o->partitions[t.partition].volume;
	t.certainty = CERTAINTY_INFERRED;
	t.why = "no disk keeps this number; counted in the order of disks and "
		"partitions, as Windows usually does";
	cites_join(s->arena, &t.cites,
		   &o->partitions[t.partition].entry->cites);
	add(s, t);
}

static void find_volume_id(struct search *s)
{
	struct target_match t;

	if (s->target->volume >= s->model->n_volumes) {
		why_none(s, "The report has no volume%u.", s->target->volume);
		return;
	}
	t = of_volume(s, s->target->volume);
	t.certainty = CERTAINTY_SINGLE;
	t.why = "it is the volume's id in the report";
	add(s, t);
}

/* --- by serial number ----------------------------------------------------- */

static uint64_t time_of(const struct machine_volume *v)
{
	return v->is_ntfs ? v->ntfs.times.created : 0;
}

/* Whether the volume has the serial number, and the time when it was made.  A
 * time of 0 is not told.  */
static bool fits(const struct search *s, const struct machine_volume *v,
		 enum certainty *ret, const char **ret_why)
{
	const struct target *t = s->target;
	bool serial = v->identity.has_serial &&
		      v->identity.serial == t->serial;
	bool time = time_of(v) != 0 && time_of(v) == t->created;

	*ret = serial && time ? CERTAINTY_CONFIRMED : CERTAINTY_CONFLICTING;
	if (serial && !time && time_of(v) == 0)
		*ret = CERTAINTY_SINGLE;
	*ret_why = serial && time ?
		   "its serial number and the time when it was made are these" :
		   !serial ?
		   "it was made at this time, but has another serial number" :
		   time_of(v) == 0 ?
		   "its serial number is this; when it was made is not known" :
		   "its serial number is this, but it was made at another time";
	return serial || time;
}

/* As what the digits of @t are @serial, which is not always one question; NULL:
 * they are not.  */
static const char *reading(const struct target *t, uint64_t serial)
{
	if (t->serial == serial)
		return t->has_decimal ? ", in hexadecimal digits" : "";
	return t->has_decimal && t->decimal == serial ? ", in decimal digits" :
							NULL;
}

static bool has_serial(const struct search *s, const struct machine_volume *v,
		       enum certainty *ret, const char **ret_why)
{
	const struct volume_identity *i = &v->identity;
	bool wide = s->target->is_serial64;
	const char *as = NULL;

	if (wide ? i->has_serial64 : i->has_serial)
		as = reading(s->target, wide ? i->serial64 : i->serial);
	*ret = CERTAINTY_SINGLE;
	if (as != NULL)
		*ret_why = *as == '\0' ? "its serial number is this" :
			   arena_printf(s->arena, "its serial number is "
					"this%s", as);
	return as != NULL;
}

/* Disks whose signature the digits may be.  Returns how many.  */
static size_t add_signed(struct search *s)
{
	size_t before = s->found->n;

	for (size_t i = 0; i < s->model->n_disks; i++) {
		const struct disk *d = &s->model->disks[i].table;
		uint32_t signature = d->infers_signature ?
				     d->inferred_signature : d->signature;
		struct target_match t = { .volume = NONE, .partition = NONE,
					  .disk = i, .cites = d->cites,
					  .certainty = CERTAINTY_SINGLE };
		const char *as = reading(s->target, signature);

		if (as == NULL || !machine_has_signature(d, signature))
			continue;
		t.why = arena_printf(s->arena, "it is the signature of the "
				     "disk%s", as);
		add(s, t);
	}
	return s->found->n - before;
}

/* Who remembers a volume with the serial number that is not here: "".  */
static const char *remembered(const struct search *s)
{
	const struct model *o = s->model;

	for (size_t i = 0; i < o->n_known_volumes; i++) {
		const struct machine_known_volume *k = &o->known_volumes[i];

		if (!k->has_serial || s->target->is_serial64 ||
		    reading(s->target, k->serial) == NULL)
			continue;
		if (k->known_disk == NONE)
			return arena_printf(s->arena, "; windows%zu remembers "
					    "one", k->installation);
		return arena_printf(s->arena, "; windows%zu remembers one, on "
				    "known%zu", k->installation,
				    k->known_disk);
	}
	return "";
}

/* Those that fit before those that something speaks against.  */
static int by_fit(const void *a, const void *b)
{
	const struct target_match *x = a, *y = b;
	bool p = x->certainty == CERTAINTY_CONFLICTING;
	bool q = y->certainty == CERTAINTY_CONFLICTING;

	return p != q ? p - q : (x->volume > y->volume) -
				(x->volume < y->volume);
}

static void find_serial(struct search *s)
{
	bool is_prefetch = s->target->form == TARGET_PREFETCH;
	size_t n_alike = 0;

	for (size_t v = 0; v < s->model->n_volumes; v++) {
		const struct machine_volume *volume = &s->model->volumes[v];
		struct target_match t = of_volume(s, v);

		if (!(is_prefetch ? fits : has_serial)(s, volume, &t.certainty,
						       &t.why))
			continue;
		t.cites = volume->identity.cites;
		if (is_prefetch)
			cites_join(s->arena, &t.cites,
				   &volume->ntfs.times.cites);
		n_alike += t.certainty != CERTAINTY_CONFLICTING;
		add(s, t);
	}
	if (s->target->or_signature && *s->target->path == '\0')
		n_alike += add_signed(s);
	for (size_t i = 0; n_alike > 1 && i < s->found->n; i++)
		if (s->found->list[i].certainty != CERTAINTY_CONFLICTING)
			s->found->list[i].certainty = CERTAINTY_AMBIGUOUS;
	if (s->found->n > 1)
		qsort(s->found->list, s->found->n, sizeof(s->found->list[0]),
		      by_fit);
	if (s->found->n == 0)
		why_none(s, "No volume of this evidence has this serial number"
			 "%s%s%s.", is_prefetch ? ", or was made at that time" :
			 "", s->target->or_signature ? ", and no disk this "
			 "signature" : "", remembered(s));
}

static void find(struct search *s)
{
	switch (s->target->form) {
	case TARGET_LETTER:
		find_letter(s);
		break;
	case TARGET_VOLUME_NAME:
		find_volume_name(s);
		break;
	case TARGET_DISK:
		find_on_disks(s, add_disk);
		break;
	case TARGET_PARTITION:
		find_on_disks(s, add_partition);
		break;
	case TARGET_OFFSET:
		find_on_disks(s, add_offset);
		break;
	case TARGET_HARDDISK_VOLUME:
		find_harddisk_volume(s);
		break;
	case TARGET_VOLUME_ID:
		find_volume_id(s);
		break;
	case TARGET_PREFETCH:
	case TARGET_SERIAL:
		find_serial(s);
		break;
	}
}

int target_find(struct machine *m, size_t installation, const struct target *t,
		struct arena *a, struct target_matches *ret,
		struct err *reterr)
{
	struct target_matches found = { .n = 0 };
	struct search s = { m, machine_model(m), installation, t, a, &found };

	find(&s);
	if (arena_failed(a) || arena_failed(m->arena))
		return err_set(reterr, ERR_NOMEM, 0, "target", 0, 0);
	if (found.n > 0)
		found.why_none = NULL;
	*ret = found;
	return 0;
}
