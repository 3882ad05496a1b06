/*
 * known_disks.c - the disks that the registries remember
 *
 * A disk has left a key in Enum for each way in which it was attached, in each
 * control set, and more where Windows was upgraded.  Records are of one disk
 * where they have
 *   - one DiskId, which the partition manager made for this disk,
 *   - one device instance,
 *   - one serial number and product, on one unit of the device,
 * and nothing that cannot be true of one disk: two serial numbers, partition
 * tables with different ids, or instances of one bus with a ContainerID or a
 * DiskId each.  Nothing else joins them: a signature may be a clone's.
 * Volumes are joined by DiskId, by device instance, and before Windows Vista by
 * signature.
 */
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "machine/internal.h"

/* What one installation remembers is from `first' and `first_volume' on.  */
struct merge {
	struct machine *m;
	size_t installation;
	size_t first, first_volume;
	struct err *err;
};

static int out_of_memory(struct merge *g)
{
	return err_set(g->err, ERR_NOMEM, 0, "known disk", 0, 0);
}

static bool same_text(const char *a, const char *b)
{
	return a != NULL && b != NULL && ascii_compare(a, b) == 0;
}

static bool differ(const char *a, const char *b)
{
	return a != NULL && b != NULL && ascii_compare(a, b) != 0;
}

enum same_id { ID_UNTOLD, ID_SAME, ID_OTHER };

/* Whether the tables of two records have one id.  One that was empty tells
 * nothing.  */
static enum same_id compare_ids(const struct device_record *x,
				const struct device_record *y)
{
	const struct drive_layout *a = &x->layout, *b = &y->layout;

	if (!x->has_layout || !y->has_layout ||
	    a->scheme == DRIVE_LAYOUT_RAW || b->scheme == DRIVE_LAYOUT_RAW)
		return ID_UNTOLD;
	if (a->scheme != b->scheme)
		return ID_OTHER;
	if (a->scheme == DRIVE_LAYOUT_GPT)
		return guid_equal(&a->guid, &b->guid) ? ID_SAME : ID_OTHER;
	if (a->signature == 0 || b->signature == 0)
		return ID_UNTOLD;
	return a->signature == b->signature ? ID_SAME : ID_OTHER;
}

/* The unit of a device that has several: the number behind the serial number,
 * or the last two digits of a SCSI instance.  */
static unsigned long unit_of(const struct device_record *r)
{
	const char *s = r->instance.utf8, *end;

	if (same_text(r->bus, "USBSTOR")) {
		end = strrchr(s, '&');
		return end != NULL ? strtoul(end + 1, NULL, 10) : 0;
	}
	return strlen(s) >= 2 ? strtoul(s + strlen(s) - 2, NULL, 16) : 0;
}

/* The serial number of a disk of USB Attached SCSI without what Windows puts
 * before it in the name of the USB device, which tells the kind of the port:
 * the disk may have been at the other.  */
static const char *own_serial(const struct device_record *r)
{
	static const char *const prefixes[] = { "MSFT20", "MSFT30" };

	for (size_t i = 0; i < 2 && r->serial != NULL; i++) {
		const char *rest = ascii_after(r->serial, prefixes[i]);

		if (rest != NULL && *rest != '\0')
			return rest;
	}
	return r->serial;
}

static bool guids_differ(const struct guid *a, const struct guid *b)
{
	return !guid_is_zero(a) && !guid_is_zero(b) && !guid_equal(a, b);
}

/* Makers give the serial number 0123456789ABCDEF to many disks.  On one bus,
 * Windows knows those apart, by a ContainerID for each; on another bus, or at
 * the other kind of port, a disk is another device.  A DiskId is an instance's
 * own, and one disk has several where its firmware was replaced: it is certain
 * that this is so only where the container, or else the table, is the same.  */
static bool are_two_devices(const struct device_record *a,
			    const struct device_record *b)
{
	if (!same_text(a->bus, b->bus) || !same_text(a->serial, b->serial) ||
	    device_path_equal(a->instance.utf8, b->instance.utf8))
		return false;
	if (!guid_is_zero(&a->container) && !guid_is_zero(&b->container))
		return !guid_equal(&a->container, &b->container);
	return guids_differ(&a->disk_id, &b->disk_id) &&
	       compare_ids(a, b) != ID_SAME;
}

static bool can_be_one(const struct device_record *a,
		       const struct device_record *b)
{
	return !differ(own_serial(a), own_serial(b)) &&
	       !are_two_devices(a, b) && compare_ids(a, b) != ID_OTHER;
}

/* Whether no part of the instance @s is lost: of several that are, none is
 * known to be the other.  */
static bool is_whole(const char *s)
{
	const size_t n = strlen(s);

	return s[0] != '?' && strstr(s, "\\?\\") == NULL &&
	       (n < 2 || strcmp(s + n - 2, "\\?") != 0);
}

/* How certain it is that two records are of one disk.  Serial numbers that are
 * alike say less than a ContainerID, which the disk has wherever it is.  */
enum likeness { NOT_ONE, SAME_SERIAL, SAME_CONTAINER, SAME_DEVICE };

static enum likeness likeness_of(const struct device_record *a,
				 const struct device_record *b)
{
	bool have_ids = !guid_is_zero(&a->disk_id) &&
			!guid_is_zero(&b->disk_id);

	if (have_ids && guid_equal(&a->disk_id, &b->disk_id))
		return differ(own_serial(a), own_serial(b)) ? NOT_ONE
							    : SAME_DEVICE;
	if (!can_be_one(a, b))
		return NOT_ONE;
	if (device_path_equal(a->instance.utf8, b->instance.utf8))
		return have_ids || !is_whole(a->instance.utf8) ? NOT_ONE :
		       SAME_DEVICE;
	if (!same_text(own_serial(a), own_serial(b)) ||
	    !same_text(a->product, b->product) ||
	    differ(a->vendor, b->vendor) || unit_of(a) != unit_of(b))
		return NOT_ONE;
	return !guid_is_zero(&a->container) &&
	       guid_equal(&a->container, &b->container) ? SAME_CONTAINER
							: SAME_SERIAL;
}

/* How certain it is that @r is of the disk @k, which none of its records
 * speaks against.  */
static enum likeness likeness_to(const struct machine_known_disk *k,
				 const struct device_record *r)
{
	enum likeness best = NOT_ONE, one;

	for (size_t i = 0; i < k->n_records; i++) {
		one = likeness_of(k->records[i], r);
		if (one == NOT_ONE && !can_be_one(k->records[i], r))
			return NOT_ONE;
		if (one > best)
			best = one;
	}
	return best;
}

/* The disk that @r is of; NULL: of none so far, or of one of several that have
 * its serial number.  *@ret_likeness is how certain that is.  */
static struct machine_known_disk *known_of(struct merge *g,
					   const struct device_record *r,
					   enum likeness *ret_likeness)
{
	struct model *o = &g->m->model;
	struct machine_known_disk *found = NULL;
	enum likeness best = NOT_ONE, one;

	for (size_t i = g->first; i < o->n_known_disks; i++) {
		one = likeness_to(&o->known_disks[i], r);
		if (one > best)
			found = &o->known_disks[i];
		else if (one == best && best != SAME_DEVICE)
			found = NULL;
		if (one > best)
			best = one;
		if (best == SAME_DEVICE)
			break;
	}
	*ret_likeness = best;
	return found;
}

static struct machine_known_disk *new_known(struct merge *g)
{
	struct model *o = &g->m->model;
	struct machine_known_disk *k = arena_push(
		g->m->arena, &o->known_disks, o->n_known_disks, sizeof(*k));

	if (k == NULL)
		return NULL;
	k->installation = g->installation;
	k->disk = NONE;
	o->n_known_disks++;
	return k;
}

static void take_text(struct text *to, struct text from)
{
	if (to->utf8 == NULL)
		*to = from;
}

static void take_string(const char **to, const char *from)
{
	if (*to == NULL)
		*to = from;
}

static void take_guid(struct guid *to, const struct guid *from)
{
	if (guid_is_zero(to))
		*to = *from;
}

static bool earliest(uint64_t *to, uint64_t from)
{
	if (from == 0 || (*to != 0 && *to <= from))
		return false;
	*to = from;
	return true;
}

static bool latest(uint64_t *to, uint64_t from)
{
	if (from <= *to)
		return false;
	*to = from;
	return true;
}

/* How far from the running system the time of a key in @p is: an upgrade writes
 * copies of all records, which says nothing of the disks.  */
static int distance(enum record_place p)
{
	if (p == RECORD_MIGRATION)
		return 2;
	return p == RECORD_OTHER_SET ? 1 : 0;
}

/* Whether the key of a record at @place, written at @time, is the better one to
 * tell when this was last written; if so, it does.  */
static bool take_written(uint64_t *to, enum record_place *to_place,
			 uint64_t time, enum record_place place)
{
	if (time == 0 ||
	    (*to != 0 && distance(place) > distance(*to_place)) ||
	    (*to >= time && distance(place) == distance(*to_place)))
		return false;
	*to = time;
	*to_place = place;
	return true;
}

static void take_times(struct device_times *to, const struct device_times *from)
{
	if (earliest(&to->first_installed, from->first_installed))
		to->first_cites = from->first_cites;
	latest(&to->installed, from->installed);
	if (latest(&to->last_arrival, from->last_arrival))
		to->arrival_cites = from->arrival_cites;
	if (latest(&to->last_removal, from->last_removal))
		to->removal_cites = from->removal_cites;
	latest(&to->last_present, from->last_present);
}

int machine_keep_partitions(struct machine *m, const struct drive_layout *l,
			    struct kept_partitions *ret, struct err *reterr)
{
	struct drive_layout_partition p;
	uint32_t *slots = arena_alloc(m->arena,
				      l->n_partitions * sizeof(*slots));
	size_t n = 0;

	if (slots == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "partitions", 0, 0);
	for (size_t i = 0; i < l->n_partitions; i++)
		if (drive_layout_partition(l, i, &p, NULL) == 0 && p.used)
			slots[n++] = (uint32_t)i;
	*ret = (struct kept_partitions){ l, slots, n };
	return 0;
}

static int take_layout(struct merge *g, struct machine_known_disk *k,
		       const struct device_record *r)
{
	if (!r->has_layout || k->layout != NULL)
		return 0;
	if (machine_keep_partitions(g->m, &r->layout, &k->partitions,
				    g->err) < 0)
		return out_of_memory(g);
	k->layout = &r->layout;
	k->layout_written = r->layout_written;
	k->partmgr_cites = r->partmgr_cites;
	k->has_attributes = r->has_attributes;
	k->attributes = r->attributes;
	k->attributes_table = r->attributes_table;
	k->has_signature = r->layout.scheme == DRIVE_LAYOUT_MBR &&
			   !r->layout.nameless;
	k->signature = r->layout.signature;
	k->guid = r->layout.guid;
	cites_join(g->m->arena, &k->layout_cites, &r->layout_cites);
	return 0;
}

/* A disk that was attached in several ways has an instance for each.  */
static int take_instance(struct merge *g, struct machine_known_disk *k,
			 const struct device_record *r)
{
	const struct device_record **slot;

	for (size_t i = 0; i < k->n_instances; i++)
		if (device_path_equal(k->instances[i]->instance.utf8,
				      r->instance.utf8))
			return 0;
	slot = arena_push(g->m->arena, &k->instances, k->n_instances,
			  sizeof(*slot));
	if (slot == NULL)
		return out_of_memory(g);
	*slot = r;
	k->n_instances++;
	return 0;
}

/* The record becomes one of @k's; what newer ones have said stays.  */
static int take_record(struct merge *g, struct machine_known_disk *k,
		       const struct device_record *r)
{
	const struct device_record **slot = arena_push(
		g->m->arena, &k->records, k->n_records, sizeof(*slot));

	if (slot == NULL)
		return out_of_memory(g);
	*slot = r;
	k->n_records++;
	if (take_instance(g, k, r) < 0)
		return -1;
	k->states |= r->states;
	take_text(&k->instance, r->instance);
	take_text(&k->model, r->friendly_name);
	take_text(&k->location, r->location);
	take_text(&k->parent, r->parent);
	take_text(&k->maker, r->maker);
	take_string(&k->bus, r->bus);
	take_string(&k->vendor, r->vendor);
	take_string(&k->product, r->product);
	take_string(&k->revision, r->revision);
	take_string(&k->serial, r->serial);
	take_guid(&k->container, &r->container);
	if (guid_is_zero(&k->disk_id) && !guid_is_zero(&r->disk_id)) {
		k->disk_id = r->disk_id;
		k->disk_id_cites = r->disk_id_cites;
	}
	if (r->has_number && !k->has_number) {
		k->has_number = true;
		k->number = r->number;
	}
	take_times(&k->times, &r->times);
	if (latest(&k->interface_written, r->interface_written))
		k->interface_cites = r->interface_cites;
	if (take_written(&k->last_written, &k->written_place, r->last_written,
			 r->place))
		k->written_cites = r->cites;
	cites_join(g->m->arena, &k->cites, &r->cites);
	return take_layout(g, k, r);
}

/* Where no more than a serial number tells the disk, and @may_wait, nothing is
 * done and *@ret_waits set.  */
static int add_device(struct merge *g, const struct device_record *r,
		      bool may_wait, bool *ret_waits)
{
	enum likeness likeness;
	struct machine_known_disk *k = known_of(g, r, &likeness);

	*ret_waits = may_wait && likeness == SAME_SERIAL;
	if (*ret_waits)
		return 0;
	if (k == NULL)
		k = new_known(g);
	return k != NULL ? take_record(g, k, r) : out_of_memory(g);
}

/* What is more certain goes first, so that the order of the records does not
 * tell which of two disks with one serial number has a third record.  */
static int add_devices(struct merge *g, const struct disk_records *r)
{
	bool *waits = calloc(r->n_devices + 1, sizeof(*waits)), no;
	int status = waits != NULL ? 0 : out_of_memory(g);

	for (size_t i = 0; i < r->n_devices && status == 0; i++)
		status = add_device(g, &r->devices[i], true, &waits[i]);
	for (size_t i = 0; i < r->n_devices && status == 0; i++)
		if (waits[i])
			status = add_device(g, &r->devices[i], false, &no);
	free(waits);
	return status;
}

/* The one known disk for which @match holds.  NONE where there is none; *@ret
 * says whether there are several.  */
typedef bool match_fn(const struct machine_known_disk *k,
		      const struct volume_form_parts *at);

static size_t find_one(struct merge *g, match_fn *match,
		       const struct volume_form_parts *at, bool *ret_several)
{
	const struct model *o = &g->m->model;
	size_t found = NONE;

	*ret_several = false;
	for (size_t i = g->first; i < o->n_known_disks; i++) {
		if (!match(&o->known_disks[i], at))
			continue;
		*ret_several = found != NONE;
		if (*ret_several)
			return NONE;
		found = i;
	}
	return found;
}

static bool has_disk_id(const struct machine_known_disk *k,
			const struct volume_form_parts *at)
{
	for (size_t i = 0; i < k->n_records; i++)
		if (guid_equal(&k->records[i]->disk_id, &at->guid))
			return true;
	return guid_equal(&k->disk_id, &at->guid);
}

static bool has_device(const struct machine_known_disk *k,
		       const struct volume_form_parts *at)
{
	for (size_t i = 0; i < k->n_records; i++)
		if (device_path_equal(k->records[i]->instance.utf8, at->device))
			return true;
	return false;
}

static bool has_prefix(const struct machine_known_disk *k,
		       const struct volume_form_parts *at)
{
	for (size_t i = 0; i < k->n_records; i++)
		if (same_text(k->records[i]->parent_prefix.utf8, at->device))
			return true;
	return false;
}

static bool has_signature(const struct machine_known_disk *k,
			  const struct volume_form_parts *at)
{
	return k->has_signature && k->signature == at->signature;
}

static bool has_partition(const struct machine_known_disk *k,
			  const struct volume_form_parts *at)
{
	struct drive_layout_partition p;

	if (k->layout == NULL || k->layout->scheme != DRIVE_LAYOUT_GPT)
		return false;
	for (size_t i = 0; i < k->partitions.n; i++) {
		const uint32_t slot = k->partitions.slots[i];

		if (drive_layout_partition(k->layout, slot, &p, NULL) == 0 &&
		    guid_equal(&p.id, &at->guid))
			return true;
	}
	return false;
}

/* A disk of which only a volume speaks.  */
static int disk_of_volume(struct merge *g, const struct volume_record *v,
			  size_t *ret)
{
	struct machine_known_disk *k = new_known(g);
	struct device_record *r;

	if (k == NULL)
		return out_of_memory(g);
	*ret = g->m->model.n_known_disks - 1;
	if (v->at.form == VOLUME_FORM_DISK_ID) {
		k->disk_id = v->at.guid;
		k->disk_id_cites = v->cites;
	}
	k->has_signature = v->at.form == VOLUME_FORM_SIGNATURE;
	k->signature = v->at.signature;
	cites_join(g->m->arena, &k->cites, &v->cites);
	if (v->at.form != VOLUME_FORM_DEVICE)
		return 0;
	r = arena_alloc(g->m->arena, sizeof(*r));
	if (r == NULL)
		return out_of_memory(g);
	*r = (struct device_record){
		.place = v->place, .instance = { v->at.device, NULL },
	};
	device_record_name(g->m->arena, r, NULL);
	return take_record(g, k, r);
}

/* The disk on which @v lies; NONE where the record does not tell for
 * certain.  */
static int disk_of(struct merge *g, const struct volume_record *v, size_t *ret)
{
	static const struct {
		match_fn *match;
		bool makes_disk;	/* the record itself names a disk */
	} forms[] = {
		[VOLUME_FORM_OTHER] = { NULL, false },
		[VOLUME_FORM_DISK_ID] = { has_disk_id, true },
		[VOLUME_FORM_DEVICE] = { has_device, true },
		[VOLUME_FORM_SIGNATURE] = { has_signature, true },
		[VOLUME_FORM_GPT] = { has_partition, false },
		[VOLUME_FORM_PREFIX] = { has_prefix, false },
	};
	bool several;

	*ret = NONE;
	if (forms[v->at.form].match == NULL)
		return 0;
	*ret = find_one(g, forms[v->at.form].match, &v->at, &several);
	if (*ret != NONE || several || !forms[v->at.form].makes_disk)
		return 0;
	return disk_of_volume(g, v, ret);
}

static bool text_differs(struct text a, struct text b)
{
	return a.utf8 != NULL && b.utf8 != NULL &&
	       (strcmp(a.utf8, b.utf8) != 0 || a.hex != NULL || b.hex != NULL);
}

/* Whether @k speaks of the same volume as @v does.  A disk that is formatted
 * anew has another volume in the same place, told by its serial number; one
 * that has got another label or letter is told once for each.  */
static bool is_same_volume(const struct machine_known_volume *k, size_t disk,
			   const struct volume_record *v)
{
	if (k->has_serial != v->has_serial ||
	    (v->has_serial && k->serial != v->serial))
		return false;
	if (text_differs(k->label, v->label) ||
	    (k->letter != 0 && v->letter != 0 && k->letter != v->letter))
		return false;
	if (disk == NONE || k->known_disk == NONE)
		return device_path_equal(k->instance.utf8, v->instance.utf8);
	return k->known_disk == disk && k->at.has_offset == v->at.has_offset &&
	       (!v->at.has_offset || k->at.offset == v->at.offset);
}

static struct machine_known_volume *volume_of(struct merge *g, size_t disk,
					      const struct volume_record *v)
{
	struct model *o = &g->m->model;
	struct machine_known_volume *k;

	for (size_t i = g->first_volume; i < o->n_known_volumes; i++) {
		k = &o->known_volumes[i];
		if (is_same_volume(k, disk, v))
			return k;
	}
	k = arena_push(g->m->arena, &o->known_volumes, o->n_known_volumes,
		       sizeof(*k));
	if (k == NULL)
		return NULL;
	o->n_known_volumes++;
	k->installation = g->installation;
	k->known_disk = disk;
	k->source = v->source;
	k->at = v->at;
	k->has_serial = v->has_serial;
	k->serial = v->serial;
	k->volume = NONE;
	return k;
}

static int add_volume(struct merge *g, const struct volume_record *v)
{
	struct machine_known_volume *k;
	size_t disk;

	if (disk_of(g, v, &disk) < 0)
		return out_of_memory(g);
	k = volume_of(g, disk, v);
	if (k == NULL)
		return out_of_memory(g);
	k->states |= v->states;
	if (disk != NONE && g->m->model.known_disks[disk].n_records == 0)
		g->m->model.known_disks[disk].states |= v->states;
	take_text(&k->instance, v->instance);
	take_text(&k->label, v->label);
	if (k->letter == 0)
		k->letter = v->letter;
	if (v->has_drive_type && !k->has_drive_type) {
		k->has_drive_type = true;
		k->drive_type = v->drive_type;
	}
	take_times(&k->times, &v->times);
	if (latest(&k->last_tested, v->last_tested))
		k->tested_cites = v->tested_cites;
	if (take_written(&k->last_written, &k->written_place, v->last_written,
			 v->place))
		k->written_cites = v->cites;
	cites_join(g->m->arena, &k->cites, &v->cites);
	return 0;
}

static int merge_records(struct machine *m, size_t installation,
			 struct err *reterr)
{
	const struct disk_records *r = &m->installations[installation].disks;
	const struct volume_traces *t = &m->installations[installation].traces;
	struct merge g = {
		m, installation, m->model.n_known_disks,
		m->model.n_known_volumes, reterr,
	};
	int status = add_devices(&g, r);

	for (size_t i = 0; i < r->n_volumes && status == 0; i++)
		status = add_volume(&g, &r->volumes[i]);
	for (size_t i = 0; i < t->n && status == 0; i++)
		status = add_volume(&g, &t->list[i]);
	return status;
}

/* By known disk, by place on it, by name.  */
static int compare_volumes(const void *a, const void *b)
{
	const struct machine_known_volume *x = a, *y = b;

	if (x->known_disk != y->known_disk)
		return x->known_disk < y->known_disk ? -1 : 1;
	if (x->installation != y->installation)
		return x->installation < y->installation ? -1 : 1;
	if (x->at.offset != y->at.offset)
		return x->at.offset < y->at.offset ? -1 : 1;
	return strcmp(x->instance.utf8, y->instance.utf8);
}

static void give_volumes(struct model *o)
{
	if (o->n_known_volumes > 0)
		qsort(o->known_volumes, o->n_known_volumes,
		      sizeof(o->known_volumes[0]), compare_volumes);
	for (size_t i = 0; i < o->n_known_volumes; i++) {
		size_t disk = o->known_volumes[i].known_disk;

		if (disk == NONE)
			return;
		if (o->known_disks[disk].n_volumes++ == 0)
			o->known_disks[disk].first_volume = i;
	}
}

int machine_merge_known_disks(struct machine *m, struct err *reterr)
{
	int r = 0;

	for (size_t i = 0; i < m->n_installations && r == 0; i++)
		r = merge_records(m, i, reterr);
	if (r == 0)
		give_volumes(&m->model);
	return r;
}
