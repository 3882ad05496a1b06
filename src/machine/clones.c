/*
 * clones.c - disks and volumes that should differ, and have one id
 *
 * A GPT may have thousands of partitions that all lie over one volume: ids are
 * sorted, and each owner of one is told beside the first one only.
 */
#include <stdlib.h>
#include <string.h>

#include "machine/internal.h"

/* An id that nobody else should have.  A number is in the first bytes of
 * @id.  */
struct owned_id {
	struct guid id;
	size_t owner;
	const struct cites *cites;
};

struct owned_ids {
	struct owned_id *list;
	size_t n;
};

static int by_id(const void *a, const void *b)
{
	const struct owned_id *x = a, *y = b;
	int r = memcmp(&x->id, &y->id, sizeof(x->id));

	return r != 0 ? r : (x->owner > y->owner) - (x->owner < y->owner);
}

static int add_id(struct machine *m, struct owned_ids *ids, const void *id,
		  size_t n, size_t owner, const struct cites *cites)
{
	struct owned_id *slot = arena_push(m->arena, &ids->list, ids->n,
					   sizeof(*slot));

	if (slot == NULL)
		return ERR_NOMEM;
	*slot = (struct owned_id){ .owner = owner, .cites = cites };
	memcpy(&slot->id, id, n);
	ids->n++;
	return 0;
}

static void report_clone(struct machine *m, const struct diag_kind *kind,
			 const char *what, const char *value,
			 const struct owned_id *a, const struct owned_id *b)
{
	struct diag *d = diag_add(&m->model.findings, kind,
				  "%s%zu and %s%zu both have %s.", what,
				  a->owner, what, b->owner, value);

	if (d == NULL)
		return;
	cites_join(m->arena, &d->cites, a->cites);
	cites_join(m->arena, &d->cites, b->cites);
}

/* @value_of says an id in words; NULL, for want of memory, is no end.
 * @is_one, which may be NULL, tells that two owners are one thing.  */
static void report_clones(struct machine *m, struct owned_ids *ids,
			  const struct diag_kind *kind, const char *what,
			  const char *(*value_of)(struct arena *,
						  const struct guid *),
			  bool (*is_one)(const struct model *, size_t, size_t))
{
	const struct owned_id *first = ids->list;
	const char *value = NULL;

	if (ids->n > 0)
		qsort(ids->list, ids->n, sizeof(ids->list[0]), by_id);
	for (size_t i = 1; i < ids->n; i++) {
		const struct owned_id *o = &ids->list[i];

		if (!guid_equal(&o->id, &first->id)) {
			first = o;
			value = NULL;
			continue;
		}
		if (is_one != NULL && is_one(&m->model, first->owner, o->owner))
			continue;
		if (value == NULL)
			value = value_of(m->arena, &o->id);
		report_clone(m, kind, what, value != NULL ? value : "one id",
			     first, o);
	}
}

static const char *signature_text(struct arena *a, const struct guid *id)
{
	uint32_t signature;

	memcpy(&signature, id, sizeof(signature));
	return arena_printf(a, "the MBR signature %08x", signature);
}

static const char *serial_text(struct arena *a, const struct guid *id)
{
	uint64_t serial;

	memcpy(&serial, id, sizeof(serial));
	return arena_printf(a, "the serial number %016llx",
			    (unsigned long long)serial);
}

static const char *disk_guid_text(struct arena *a, const struct guid *id)
{
	char buf[GUID_TEXT_CHARS + 1];

	return arena_printf(a, "the GPT disk GUID %s", guid_text(id, buf));
}

static const char *partition_guid_text(struct arena *a, const struct guid *id)
{
	char buf[GUID_TEXT_CHARS + 1];

	return arena_printf(a, "the GPT partition GUID %s",
			    guid_text(id, buf));
}

static int find_disk_clones(struct machine *m)
{
	struct owned_ids signatures = { 0 }, guids = { 0 };
	int r = 0;

	for (size_t i = 0; i < m->model.n_disks && r == 0; i++) {
		const struct disk *d = &m->model.disks[i].table;

		if (d->scheme == SCHEME_MBR && d->signature != 0)
			r = add_id(m, &signatures, &d->signature,
				   sizeof(d->signature), i, &d->cites);
		if (d->scheme == SCHEME_GPT && !guid_is_zero(&d->guid))
			r = add_id(m, &guids, &d->guid, sizeof(d->guid), i,
				   &d->cites);
	}
	report_clones(m, &signatures, &FINDING_SIGNATURE_CLONED, "disk",
		      signature_text, NULL);
	report_clones(m, &guids, &FINDING_DISK_GUID_CLONED, "disk",
		      disk_guid_text, NULL);
	return r;
}

/* The volume's entry in a GPT; NULL where it has none.  */
static const struct partition *gpt_entry(const struct model *o,
					 const struct machine_volume *v)
{
	if (v->partition == NONE ||
	    o->disks[v->extents[0].disk].table.scheme != SCHEME_GPT)
		return NULL;
	return o->partitions[v->partition].entry;
}

/* Whether two volumes are the same bytes: a part of the one begins where a part
 * of the other does.  */
static bool begin_alike(const struct model *o, size_t a, size_t b)
{
	const struct machine_volume *x = &o->volumes[a], *y = &o->volumes[b];

	for (size_t i = 0; i < x->n_extents; i++)
		for (size_t k = 0; k < y->n_extents; k++)
			if (x->extents[i].disk == y->extents[k].disk &&
			    x->extents[i].offset == y->extents[k].offset)
				return true;
	return false;
}

static int find_volume_clones(struct machine *m)
{
	struct owned_ids serials = { 0 }, guids = { 0 };
	int r = 0;

	for (size_t i = 0; i < m->model.n_volumes && r == 0; i++) {
		const struct machine_volume *v = &m->model.volumes[i];
		const struct partition *p = gpt_entry(&m->model, v);

		if (p != NULL)
			r = add_id(m, &guids, &p->guid, sizeof(p->guid), i,
				   &p->cites);
		if (r == 0 && v->identity.has_serial64)
			r = add_id(m, &serials, &v->identity.serial64,
				   sizeof(v->identity.serial64), i,
				   &v->identity.cites);
	}
	report_clones(m, &guids, &FINDING_PARTITION_GUID_CLONED, "volume",
		      partition_guid_text, NULL);
	report_clones(m, &serials, &FINDING_SERIAL_CLONED, "volume",
		      serial_text, begin_alike);
	return r;
}

int machine_find_clones(struct machine *m, struct err *reterr)
{
	int r = find_disk_clones(m);

	if (r == 0)
		r = find_volume_clones(m);
	if (r < 0)
		return err_set(reterr, r, 0, "clones", 0, 0);
	return 0;
}
