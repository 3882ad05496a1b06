/*
 * known_lookup.c - known disks found by what they had, and in the evidence
 *
 * A known disk is in the evidence where a supplied disk has its signature or
 * its GUID.  That is certain only where one supplied disk and one known disk
 * have it; it is confirmed where the table of partitions is the same, too.  Of
 * one that has neither, a volume's serial number may tell (known_serial.c).
 */
#include <stdlib.h>
#include <string.h>

#include "evidence/image.h"
#include "format/mbr.h"
#include "machine/internal.h"

/* Index */

/* As keys are sorted: devices first, then whole disks, then volumes.  */
static int compare_keys(const struct known_key *a, const struct known_key *b)
{
	if (a->device != NULL && b->device != NULL)
		return device_path_compare(a->device, b->device);
	if (a->device != NULL || b->device != NULL)
		return a->device != NULL ? -1 : 1;
	if (a->whole != b->whole)
		return a->whole ? -1 : 1;
	return memcmp(&a->guid, &b->guid, sizeof(a->guid));
}

static int sort_keys(const void *a, const void *b)
{
	const struct known_key *x = a, *y = b;
	int r = compare_keys(x, y);

	if (r != 0)
		return r;
	return x->known_disk < y->known_disk ? -1
					     : x->known_disk > y->known_disk;
}

static int add_key(struct machine *m, struct known_key key, struct err *reterr)
{
	struct known_key *k;

	if (key.device == NULL && guid_is_zero(&key.guid))
		return 0;
	k = arena_push(m->arena, &m->known_keys, m->n_known_keys, sizeof(*k));
	if (k == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "known disk", 0, 0);
	*k = key;
	m->n_known_keys++;
	return 0;
}

static int add_device(struct machine *m, struct text device, size_t known,
		      struct err *reterr)
{
	if (device.utf8 == NULL)
		return 0;
	return add_key(m, (struct known_key){ .device = device.utf8,
					      .known_disk = known }, reterr);
}

static struct known_key key_of_layout(const struct drive_layout *l,
				      size_t known)
{
	return (struct known_key){
		.whole = true,
		.guid = l->scheme == DRIVE_LAYOUT_MBR
			? mbr_stable_guid(l->signature, 0) : l->guid,
		.known_disk = known,
	};
}

/* The name that Windows 10 gives the volume of @p; earlier ones, and other
 * programs, leave it out of an MBR's slots.  */
static struct known_key key_of_partition(const struct drive_layout *l,
					 const struct drive_layout_partition *p,
					 size_t known)
{
	return (struct known_key){
		.guid = l->scheme == DRIVE_LAYOUT_MBR
			? mbr_stable_guid(l->signature, p->offset) : p->id,
		.known_disk = known,
	};
}

static int index_layout(struct machine *m, const struct drive_layout *l,
			size_t known, struct err *reterr)
{
	struct drive_layout_partition p;
	int r;

	if (!drive_layout_has_id(l))
		return 0;
	r = add_key(m, key_of_layout(l, known), reterr);
	for (size_t i = 0; i < l->n_partitions && r == 0; i++)
		if (drive_layout_partition(l, i, &p, NULL) == 0 && p.used)
			r = add_key(m, key_of_partition(l, &p, known), reterr);
	return r;
}

/* The older records, too: a name may be as old as they are.  */
static int index_record(struct machine *m, const struct device_record *r,
			size_t known, struct err *reterr)
{
	int e = add_device(m, r->instance, known, reterr);

	if (e == 0)
		e = add_device(m, r->parent_prefix, known, reterr);
	if (e == 0 && r->has_layout)
		e = index_layout(m, &r->layout, known, reterr);
	return e;
}

static int index_disk(struct machine *m, size_t known, struct err *reterr)
{
	const struct model *o = &m->model;
	const struct machine_known_disk *k = &o->known_disks[known];
	struct known_key key = {
		.whole = true, .guid = mbr_stable_guid(k->signature, 0),
		.known_disk = known,
	};
	int r = 0;

	for (size_t i = 0; i < k->n_records && r == 0; i++)
		r = index_record(m, k->records[i], known, reterr);
	if (r == 0 && k->has_signature && k->layout == NULL)
		r = add_key(m, key, reterr);
	if (r == 0 && k->layout_event && k->layout != NULL)
		r = index_layout(m, k->layout, known, reterr);
	key.whole = false;
	for (size_t i = 0; i < k->n_volumes && r == 0; i++) {
		const struct machine_known_volume *v =
			&o->known_volumes[k->first_volume + i];

		if (v->at.form != VOLUME_FORM_SIGNATURE)
			continue;
		key.guid = mbr_stable_guid(v->at.signature, v->at.offset);
		r = add_key(m, key, reterr);
	}
	return r;
}

static size_t first_key(const struct machine *m, const struct known_key *key)
{
	size_t low = 0, high = m->n_known_keys;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare_keys(&m->known_keys[mid], key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Add to @set the known disks that have @key.  */
static void look_up(const struct machine *m, struct known_key key,
		    struct known_set *set)
{
	for (size_t i = first_key(m, &key);
	     i < m->n_known_keys && set->n < KNOWN_DISKS_MAX &&
	     compare_keys(&m->known_keys[i], &key) == 0; i++)
		known_set_add(set, m->known_keys[i].known_disk);
}

/* Sets */

void known_set_add(struct known_set *set, size_t known_disk)
{
	size_t i = set->n;

	for (size_t k = 0; k < set->n; k++)
		if (set->list[k] == known_disk)
			return;
	if (set->n == KNOWN_DISKS_MAX)
		return;
	for (; i > 0 && set->list[i - 1] > known_disk; i--)
		set->list[i] = set->list[i - 1];
	set->list[i] = known_disk;
	set->n++;
}

void machine_known_by_guid(const struct machine *m, const struct guid *g,
			   struct known_set *set)
{
	if (!guid_is_zero(g))
		look_up(m, (struct known_key){ .guid = *g }, set);
}

/* The device in the text of an id: "_??_USBSTOR#Disk&Ven_X#serial&0#{...}", or
 * up to Windows XP "\??\STORAGE#RemovableMedia#7&326659cd&0&RM#{...}".  NULL
 * where there is none.  */
static const char *device_of(struct arena *a, const struct unique_id *id)
{
	static const char media[] = "\\??\\STORAGE#RemovableMedia#";
	struct text t = id->text_is_utf16
		? text_from_utf16(a, utf16_trim_nul(id->raw))
		: text_from_latin1(a, id->raw);
	char *name, *end;

	if (t.utf8 == NULL)
		return NULL;
	if (strncmp(t.utf8, media, sizeof(media) - 1) != 0)
		return volume_form_parse(a, t.utf8).device;
	name = arena_strdup(a, t.utf8 + sizeof(media) - 1);
	end = name != NULL ? strchr(name, '#') : NULL;
	if (end == NULL)
		return NULL;
	*end = '\0';
	return volume_form_parse(a, name).device;
}

static void known_by_device(struct machine *m, const struct unique_id *id,
			    struct known_set *set)
{
	const char *device;

	if (m->n_known_keys == 0)
		return;
	device = device_of(m->arena, id);
	if (device != NULL)
		look_up(m, (struct known_key){ .device = device }, set);
}

bool machine_known_by_id(struct machine *m, const struct unique_id *id,
			 struct known_set *set)
{
	struct guid g;

	switch (id->kind) {
	case UNIQUE_ID_MBR:
		g = mbr_stable_guid(id->signature, id->offset);
		machine_known_by_guid(m, &g, set);
		if (set->n > 0)
			return true;
		/* That disk, if not that partition of it.  */
		if (id->signature != 0)
			look_up(m, (struct known_key){
					.whole = true,
					.guid = mbr_stable_guid(id->signature,
								0) }, set);
		return false;
	case UNIQUE_ID_DMIO:
		machine_known_by_guid(m, &id->guid, set);
		return set->n > 0;
	case UNIQUE_ID_DEVICE:
		known_by_device(m, id, set);
		return false;
	default:
		return false;
	}
}

bool machine_known_volume_at(const struct machine *m,
			     const struct known_set *set, uint64_t offset)
{
	const struct model *o = &m->model;

	for (size_t i = 0; i < set->n; i++) {
		const struct machine_known_disk *k =
			&o->known_disks[set->list[i]];

		for (size_t n = 0; n < k->n_volumes; n++) {
			const struct volume_form_parts *at =
				&o->known_volumes[k->first_volume + n].at;

			if (at->has_offset && at->offset == offset)
				return true;
		}
	}
	return false;
}

void machine_keep_known(struct machine *m, size_t installation,
			const struct known_set *set, struct resolution *r)
{
	const struct machine_known_disk *known = m->model.known_disks;
	struct known_set kept = { .n = 0 };

	for (size_t i = 0; i < set->n; i++)
		if (known[set->list[i]].installation == installation)
			known_set_add(&kept, set->list[i]);
	if (kept.n == 0)
		kept = *set;
	if (kept.n == 0)
		return;
	r->known_disks = arena_copy(m->arena, kept.list,
				    kept.n * sizeof(kept.list[0]));
	r->n_known_disks = r->known_disks != NULL ? kept.n : 0;
}

void machine_prefer_known(struct machine *m, size_t installation,
			  struct resolution *r)
{
	struct known_set set = { .n = 0 };

	for (size_t i = 0; i < r->n_known_disks; i++)
		known_set_add(&set, r->known_disks[i]);
	machine_keep_known(m, installation, &set, r);
}

const char *machine_known_text(struct machine *m, size_t known_disk)
{
	const struct machine_known_disk *k = &m->model.known_disks[known_disk];
	const char *name = k->model.utf8 != NULL ? k->model.utf8
			 : k->product == NULL ? NULL
			 : k->vendor == NULL ? k->product
			 : arena_printf(m->arena, "%s %s", k->vendor,
					k->product);

	if (name == NULL)
		return arena_printf(m->arena, "a disk of unknown make "
				    "(known%zu)", known_disk);
	if (k->serial == NULL)
		return arena_printf(m->arena, "\"%s\" (known%zu)", name,
				    known_disk);
	return arena_printf(m->arena, "\"%s\", serial number %s (known%zu)",
			    name, k->serial, known_disk);
}

/* Of a disk that is here, what it was called says nothing new, unless only the
 * registry tells that it is this one.  */
bool resolution_needs_known(const struct resolution *r)
{
	return r->certainty == CERTAINTY_NOT_IN_EVIDENCE ||
	       (r->certainty == CERTAINTY_STALE &&
		r->tier == TIER_PARTITION_CACHE);
}

const char *machine_known_phrase(struct machine *m, const struct resolution *r)
{
	const char *s = "";
	const char *first = r->disk_only ?
		": a disk with the signature of this id was " : ": it was on ";
	const char *next = r->disk_only ? ", and so was " : ", or on ";

	if (!resolution_needs_known(r) || r->n_known_disks == 0)
		return s;
	for (size_t i = 0; i < r->n_known_disks && s != NULL; i++)
		s = arena_printf(m->arena, "%s%s%s%s", s,
				 i == 0 ? first : next,
				 machine_known_text(m, r->known_disks[i]),
				 machine_serial_phrase(m, r->known_disks[i]));
	if (s != NULL && r->disk_only)
		s = arena_printf(m->arena, "%s, but no partition at that "
				 "offset is remembered", s);
	return s != NULL ? s : "";
}

/* In the evidence */

bool machine_known_has_id(const struct machine_known_disk *k)
{
	return k->layout != NULL ? drive_layout_has_id(k->layout)
				 : k->has_signature && k->signature != 0;
}

bool machine_known_has_device(const struct machine_known_disk *k,
			      const struct guid *device)
{
	if (guid_is_zero(device))
		return false;
	for (size_t i = 0; i < k->n_records; i++)
		if (guid_equal(&k->records[i]->disk_id, device))
			return true;
	return guid_equal(&k->disk_id, device);
}

static bool is_disk(const struct model *o, const struct machine_known_disk *k,
		    const struct disk *d)
{
	if (!guid_is_zero(&k->guid))
		return d->scheme == SCHEME_GPT && guid_equal(&k->guid,
							     &d->guid);
	return machine_is_meant(o, d, k->signature);
}

/* Whether @p is a partition of the disk @d.  */
static bool disk_has(const struct model *o, const struct machine_disk *d,
		     const struct drive_layout_partition *p)
{
	for (size_t i = 0; i < d->n_partitions; i++) {
		const struct partition *e =
			o->partitions[d->first_partition + i].entry;

		if (e->offset == p->offset && e->length == p->length &&
		    (d->table.scheme != SCHEME_GPT ||
		     guid_equal(&e->guid, &p->id)))
			return true;
	}
	return false;
}

/* Whether the table of @k, as it was kept, is that of the disk @d now.  */
static bool same_table(const struct model *o,
		       const struct machine_known_disk *k,
		       const struct machine_disk *d)
{
	struct drive_layout_partition p;
	size_t n = 0;

	for (size_t i = 0; i < k->partitions.n; i++) {
		drive_layout_partition(k->layout, k->partitions.slots[i], &p,
				       NULL);
		if (p.container)
			continue;
		if (!disk_has(o, d, &p))
			return false;
		n++;
	}
	return n > 0 && n == d->n_partitions;
}

/* Sector 0 as it was: Windows kept a checksum of it.  */
static bool same_sector(const struct machine *m,
			const struct machine_known_disk *k, size_t disk)
{
	const struct machine_disk *d = &m->model.disks[disk];
	uint8_t sector[MBR_BYTES];
	uint32_t sum;

	return k->layout != NULL && k->layout->scheme == DRIVE_LAYOUT_MBR &&
	       m->images[d->image] != NULL &&
	       source_read(m->images[d->image]->disk, 0, sector,
			   sizeof(sector), NULL) == 0 &&
	       drive_layout_checksum((struct span){ sector, sizeof(sector), 0 },
				     &sum) &&
	       sum == k->layout->checksum;
}

static int find_alike(struct machine *m, size_t known, struct err *reterr)
{
	struct model *o = &m->model;
	struct machine_known_disk *k = &o->known_disks[known];
	struct known_key key = { .whole = true, .guid = k->guid };
	struct known_set all = { .n = 0 };
	size_t list[KNOWN_DISKS_MAX], n = 0;

	if (!machine_known_has_id(k))
		return 0;
	if (guid_is_zero(&k->guid))
		key.guid = mbr_stable_guid(k->signature, 0);
	look_up(m, key, &all);
	for (size_t i = 0; i < all.n; i++)
		if (all.list[i] != known &&
		    o->known_disks[all.list[i]].installation == k->installation)
			list[n++] = all.list[i];
	if (n == 0)
		return 0;
	k->alike = arena_copy(m->arena, list, n * sizeof(list[0]));
	if (k->alike == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "known disk", 0, 0);
	k->n_alike = n;
	return 0;
}

static void place(struct machine *m, struct machine_known_disk *k)
{
	struct model *o = &m->model;
	size_t found = NONE, n = 0;

	k->disk = NONE;
	k->has_certainty = machine_known_has_id(k);
	if (!k->has_certainty)
		return;
	for (size_t i = 0; i < o->n_disks; i++) {
		if (!is_disk(o, k, &o->disks[i].table))
			continue;
		found = i;
		n++;
		cites_join(m->arena, &k->cites, &o->disks[i].table.cites);
	}
	k->certainty = CERTAINTY_NOT_IN_EVIDENCE;
	if (n == 0)
		return;
	k->certainty = CERTAINTY_AMBIGUOUS;
	if (n > 1 || k->n_alike > 0)
		return;
	k->disk = found;
	k->certainty = CERTAINTY_SINGLE;
	if (k->layout != NULL && (same_table(o, k, &o->disks[found]) ||
				  same_sector(m, k, found)))
		k->certainty = CERTAINTY_CONFIRMED;
}

/* Said once of all that are alike, by the first.  */
static void report_alike(struct machine *m, size_t known)
{
	const struct machine_known_disk *k = &m->model.known_disks[known];
	const char *list = machine_known_text(m, known);
	struct diag *d;

	if (k->n_alike == 0 || k->alike[0] < known)
		return;
	for (size_t i = 0; i < k->n_alike; i++)
		list = arena_printf(m->arena, "%s and %s", list,
				    machine_known_text(m, k->alike[i]));
	d = diag_add(&m->model.findings, &FINDING_KNOWN_DISKS_ALIKE,
		     "windows%zu: its registry remembers %s with the same "
		     "signature or GUID: one disk that was attached in several "
		     "ways, or copies of a disk.", k->installation, list);
	if (d == NULL)
		return;
	cites_join(m->arena, &d->cites, &k->layout_cites);
	for (size_t i = 0; i < k->n_alike; i++)
		cites_join(m->arena, &d->cites,
			   &m->model.known_disks[k->alike[i]].layout_cites);
}

/* The one volume of the evidence whose file system has the serial number.  */
static size_t volume_with_serial(const struct model *o, uint32_t serial)
{
	size_t found = NONE;

	for (size_t i = 0; i < o->n_volumes; i++) {
		const struct volume_identity *v = &o->volumes[i].identity;

		if (!v->has_serial || v->serial != serial)
			continue;
		if (found != NONE)
			return NONE;
		found = i;
	}
	return found;
}

static void place_volumes(struct machine *m)
{
	struct model *o = &m->model;

	for (size_t i = 0; i < o->n_known_volumes; i++) {
		struct machine_known_volume *v = &o->known_volumes[i];

		if (!v->has_serial)
			continue;
		v->volume = volume_with_serial(o, v->serial);
		if (v->volume != NONE)
			cites_join(m->arena, &v->cites,
				   &o->volumes[v->volume].identity.cites);
	}
}

int machine_place_known_disks(struct machine *m, struct err *reterr)
{
	struct model *o = &m->model;
	int r = 0;

	m->n_known_keys = 0;
	for (size_t i = 0; i < o->n_known_disks && r == 0; i++)
		r = index_disk(m, i, reterr);
	if (m->n_known_keys > 0)
		qsort(m->known_keys, m->n_known_keys, sizeof(m->known_keys[0]),
		      sort_keys);
	for (size_t i = 0; i < o->n_known_disks && r == 0; i++)
		r = find_alike(m, i, reterr);
	for (size_t i = 0; i < o->n_known_disks && r == 0; i++)
		place(m, &o->known_disks[i]);
	return r;
}

static void take_text(const char **to, struct text from)
{
	if (*to == NULL && partition_event_tells(from))
		*to = from.utf8;
}

/* What an event about the disk @k tells that the registry does not: of internal
 * disks the serial number, before Windows 10 1903 the table.  */
static void take_event(struct machine *m, struct machine_known_disk *k,
		       const struct machine_disk_event *d)
{
	const struct partition_event *e = d->event;

	take_text(&k->model.utf8, e->model);
	take_text(&k->serial, e->serial);
	if (e->capacity != 0)
		k->capacity = e->capacity;
	if (e->has_layout && e->layout.scheme != DRIVE_LAYOUT_RAW &&
	    (k->layout == NULL || k->layout_event)) {
		k->layout = &e->layout;
		k->layout_event = true;
		k->partitions = d->partitions;
		k->has_signature = e->layout.scheme == DRIVE_LAYOUT_MBR &&
				   !e->layout.nameless;
		k->signature = e->layout.signature;
		k->guid = e->layout.guid;
		k->layout_cites = (struct cites){ 0 };
		cites_join(m->arena, &k->layout_cites, &e->cites);
	}
	cites_join(m->arena, &k->cites, &e->cites);
}

int machine_complete_known_disks(struct machine *m, struct err *reterr)
{
	struct model *o = &m->model;
	int r = 0;

	for (size_t i = 0; i < o->n_disk_events; i++) {
		const struct machine_disk_event *e = &o->disk_events[i];
		struct machine_known_disk *k;

		if (e->known_disk == NONE)
			continue;
		k = &o->known_disks[e->known_disk];
		if (machine_known_has_device(k,
					     partition_event_device(e->event)))
			take_event(m, k, e);
	}
	if (o->n_disk_events > 0)
		r = machine_place_known_disks(m, reterr);
	for (size_t i = 0; i < o->n_known_disks && r == 0; i++)
		report_alike(m, i);
	place_volumes(m);
	return r == 0 ? machine_place_by_serial(m, reterr) : r;
}
