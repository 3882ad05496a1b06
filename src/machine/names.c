/*
 * names.c - each name led to its volume, each volume given its names
 */
#include <string.h>

#include "machine/internal.h"

const char *volume_name_text(struct arena *a, const struct guid *g)
{
	char buf[GUID_TEXT_CHARS + 1];

	return arena_printf(a, "\\\\?\\Volume{%s}\\", guid_text(g, buf));
}

const char *machine_id_text(struct machine *m, const struct mountmgr_name *n)
{
	const struct unique_id *id = &n->id;
	size_t shown = id->raw.n < 32 ? id->raw.n : 32;
	char buf[GUID_TEXT_CHARS + 1];
	const char *text;

	switch (id->kind) {
	case UNIQUE_ID_MBR:
		text = arena_printf(m->arena, "MBR signature %08x, byte offset "
				    "%llu", id->signature,
				    (unsigned long long)id->offset);
		break;
	case UNIQUE_ID_DMIO:
		text = arena_printf(m->arena, "GPT partition or dynamic volume "
				    "%s", guid_text(&id->guid, buf));
		break;
	case UNIQUE_ID_DEVICE:
		text = arena_printf(m->arena, "device %s", n->id_text.utf8);
		break;
	case UNIQUE_ID_EMPTY:
		text = "no data";
		break;
	default:
		text = arena_printf(m->arena, "%zu byte%s %s", id->raw.n,
				    id->raw.n == 1 ? "" : "s",
				    hex_encode(m->arena, id->raw.p, shown));
	}
	return text != NULL ? text : "?";
}

/* Whether a name with this id speaks of a fixed disk's partition, so that the
 * disk is missing where it is not found.  */
static bool names_a_partition(const struct unique_id *id)
{
	return id->kind == UNIQUE_ID_MBR || id->kind == UNIQUE_ID_DMIO;
}

/* What is to be said of a name that leads to no one volume; NULL: nothing.  */
static const struct diag_kind *name_finding(const struct machine *m,
					    const struct machine_name *n,
					    const char **ret_phrase)
{
	enum unique_id_kind id = n->name->id.kind;

	switch (n->resolution.certainty) {
	case CERTAINTY_CONFLICTING:
		*ret_phrase = "which other sources contradict";
		return &FINDING_NAME_CONFLICTING;
	case CERTAINTY_AMBIGUOUS:
		if (n->resolution.possible) {
			*ret_phrase =
				machine_possible_phrase(m, &n->resolution);
			return &FINDING_NAME_POSSIBLE;
		}
		*ret_phrase = "which several volumes of this evidence have";
		return &FINDING_NAME_AMBIGUOUS;
	case CERTAINTY_STALE:
		*ret_phrase = n->resolution.no_volume
			? "where a partition is, but no volume"
			: "where that disk has no volume";
		return &FINDING_NAME_STALE;
	case CERTAINTY_NOT_IN_EVIDENCE:
		break;
	default:
		return NULL;
	}
	*ret_phrase = n->resolution.untold ?
		"which is not in this evidence, as the chain of logical drives "
		"of that disk breaks off before it" :
		"which is not in this evidence";
	if (names_a_partition(&n->name->id))
		return &FINDING_DISK_MISSING;
	/* An image seldom tells of which device it is.  */
	if (id == UNIQUE_ID_DEVICE)
		*ret_phrase = "which is not known to be any disk in this "
			      "evidence";
	if (id != UNIQUE_ID_RAW && id != UNIQUE_ID_EMPTY)
		return &FINDING_DEVICE_MISSING;
	*ret_phrase = "which is not a known form of id";
	return &FINDING_ID_NOT_UNDERSTOOD;
}

static bool has_dynamic_disk(const struct model *o)
{
	for (size_t i = 0; i < o->n_disks; i++)
		if (o->disks[i].table.ldm)
			return true;
	return false;
}

/* A letter or volume name that was damaged looks like this, and then one is
 * missing.  */
static void explain_form(struct machine *m, const struct machine_name *n)
{
	struct diag *d;

	if (n->name->kind != NAME_OTHER)
		return;
	d = diag_add(&m->model.findings, &FINDING_NAME_OF_NO_FORM,
		     "windows%zu: %s is neither a drive letter, nor a volume "
		     "name, nor a no-letter marker.", n->installation,
		     mountmgr_name_title(&n->name->name));
	if (d != NULL)
		cites_join(m->arena, &d->cites, &n->name->cites);
}

/* What has the id of a dynamic disk, or begins where an MBR's id leads, since
 * the disk was made dynamic.  */
static const char *dynamic_phrase(struct machine *m,
				  const struct machine_name *n,
				  const char *phrase)
{
	const struct unique_id *id = &n->name->id;
	const char *s = NULL;

	if (n->resolution.certainty != CERTAINTY_STALE)
		return phrase;
	if (id->kind == UNIQUE_ID_MBR)
		s = arena_printf(m->arena, "%s%s", phrase, machine_dynamic_at(
			m, id->signature, id->offset));
	else if (id->kind == UNIQUE_ID_DMIO)
		s = machine_dynamic_thing(m, &id->guid, NULL);
	if (s != NULL && id->kind == UNIQUE_ID_DMIO)
		s = arena_printf(m->arena, "which is %s, not a volume", s);
	return s != NULL ? s : phrase;
}

static void explain_name(struct machine *m, const struct machine_name *n)
{
	const char *phrase;
	const struct diag_kind *kind = name_finding(m, n, &phrase);
	const char *lost;
	struct diag *d;

	if (kind == NULL)
		return;
	/* Who gives a hive alone has no disk to be missed.  */
	if (kind == &FINDING_DISK_MISSING &&
	    m->model.installations[n->installation].volume == NONE)
		kind = &FINDING_DISK_NOT_GIVEN;
	if (kind == &FINDING_DISK_MISSING &&
	    n->name->id.kind == UNIQUE_ID_DMIO && has_dynamic_disk(&m->model))
		phrase = "which no GPT and no dynamic volume here has";
	phrase = dynamic_phrase(m, n, phrase);
	lost = machine_lost_phrase(m);
	d = diag_add(&m->model.findings, kind,
		     "windows%zu: the name %s stands for %s, %s%s%s%s.",
		     n->installation, mountmgr_name_title(&n->name->name),
		     machine_id_text(m, n->name), phrase,
		     machine_leads_phrase(m, &n->resolution),
		     machine_known_phrase(m, &n->resolution),
		     kind != &FINDING_DISK_MISSING ? "" :
		     n->name->id.kind == UNIQUE_ID_DMIO &&
		     n->resolution.n_known_disks == 0 && lost[0] != '\0' ?
		     lost : machine_pool_phrase(m, &n->resolution));
	if (d != NULL)
		cites_join(m->arena, &d->cites, &n->resolution.cites);
}

static struct resolution resolve_name(struct machine *m,
				      const struct machine_name *n)
{
	/* Only a volume name is a GUID that the other tiers can know.  */
	if (n->name->kind == NAME_VOLUME && !n->superseded)
		return resolve_guid(m, n->installation, NONE, &n->name->guid);
	return resolve_id(m, &n->name->id, TIER_REGISTRY);
}

/* The value itself goes first, then what it led to.  */
static void cite_first(struct machine *m, const struct mountmgr_name *n,
		       struct resolution *r)
{
	struct cites all = { 0 };

	cites_join(m->arena, &all, &n->cites);
	cites_join(m->arena, &all, &r->cites);
	r->cites = all;
}

/* The database of the dynamic disks keeps the letter that a volume had: a
 * second source for what the registry says.  */
static void hear_hint(struct machine *m, struct machine_name *n)
{
	struct resolution *r = &n->resolution;
	const struct dynamic_volume *d = r->volume == NONE ? NULL :
		m->model.volumes[r->volume].dynamic;

	if (d != NULL && n->name->kind == NAME_DRIVE_LETTER &&
	    d->hint == n->name->letter &&
	    r->certainty == CERTAINTY_SINGLE) {
		r->certainty = CERTAINTY_CONFIRMED;
		r->tiers |= 1u << TIER_LDM_GUID;
		cites_join(m->arena, &r->cites, &d->cites);
	}
}

/* What is left of a damaged record may be wrong.  */
static void weaken_doubtful(struct machine_name *n)
{
	struct resolution *r = &n->resolution;

	if (n->name->doubtful && (r->certainty == CERTAINTY_CONFIRMED ||
				  r->certainty == CERTAINTY_SINGLE))
		r->certainty = CERTAINTY_INFERRED;
}

static void contradict(struct machine *m, struct machine_name *n,
		       const struct machine_name *other)
{
	machine_add_lead(m, &n->resolution, TIER_REGISTRY,
			 n->resolution.volume);
	machine_add_lead(m, &n->resolution, TIER_REGISTRY,
			 other->resolution.volume);
	n->resolution.certainty = CERTAINTY_CONFLICTING;
	cites_join(m->arena, &n->resolution.cites, &other->name->cites);
}

/* A letter that a damaged key gives twice, as C: and c:, may lead to two
 * volumes.  The names of an installation lie side by side.  */
static void compare_letters(struct machine *m)
{
	struct model *o = &m->model;
	struct machine_name *first[26] = { NULL };

	for (size_t i = 0; i < o->n_names; i++) {
		struct machine_name *n = &o->names[i], **slot;

		if (i > 0 && n->installation != n[-1].installation)
			memset(first, 0, sizeof(first));
		if (n->name->kind != NAME_DRIVE_LETTER || n->superseded)
			continue;
		slot = &first[n->name->letter - 'A'];
		if (*slot == NULL) {
			*slot = n;
		} else if ((*slot)->resolution.volume != n->resolution.volume) {
			contradict(m, *slot, n);
			contradict(m, n, *slot);
		}
	}
}

int machine_resolve_names(struct machine *m, struct err *reterr)
{
	struct model *o = &m->model;

	(void)reterr;
	for (size_t i = 0; i < o->n_names; i++) {
		struct machine_name *n = &o->names[i];

		n->resolution = resolve_name(m, n);
		hear_hint(m, n);
		machine_prefer_known(m, n->installation, &n->resolution);
		weaken_doubtful(n);
		cite_first(m, n->name, &n->resolution);
	}
	compare_letters(m);
	/* Where a name led to that is gone is no loss.  */
	for (size_t i = 0; i < o->n_names; i++) {
		if (o->names[i].superseded)
			continue;
		explain_form(m, &o->names[i]);
		explain_name(m, &o->names[i]);
	}
	for (size_t i = 0; i < o->n_remote_names; i++) {
		struct machine_remote_name *r = &o->remote_names[i];

		r->resolution = resolve_id(m, &r->name->id,
					   TIER_REMOTE_DATABASE);
		cite_first(m, r->name, &r->resolution);
	}
	return 0;
}

static int add_volume_name(struct machine *m, size_t volume,
			   const struct guid *g, struct err *reterr)
{
	struct machine_volume *v = &m->model.volumes[volume];
	struct guid *slot;

	for (size_t i = 0; i < v->n_names; i++)
		if (guid_equal(&v->names[i], g))
			return 0;
	slot = arena_push(m->arena, &v->names, v->n_names, sizeof(*slot));
	if (slot == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "volume name", 0, 0);
	*slot = *g;
	v->n_names++;
	return 0;
}

/* The same for a recovered volume, of which no GPT tells the GUID.  */
static bool recovered_name(const struct model *o,
			   const struct machine_volume *v, struct guid *ret)
{
	const struct disk *d = &o->disks[v->extents[0].disk].table;

	if (d->scheme == SCHEME_GPT || !d->has_signature || d->signature == 0)
		return false;
	*ret = mbr_stable_guid(d->signature, v->extents[0].offset);
	return true;
}

bool machine_is_whole_disk(const struct model *o, size_t volume)
{
	const struct machine_volume *v = &o->volumes[volume];

	if (v->kind != VOLUME_WHOLE_DISK || v->identity.first_sector != 0 ||
	    !o->disks[v->extents[0].disk].table.marked)
		return false;
	for (size_t i = 0; i < o->n_installations; i++)
		if (o->installations[i].volume == volume)
			return false;
	return true;
}

/* The name of a volume without a table, {1, 0, 0}, as a live host shows it of a
 * fixed disk.  That the medium is fixed is likely of NTFS and ReFS only, and of
 * several such disks Windows gives the name to one.  */
static bool whole_disk_name(const struct model *o, size_t volume,
			    struct guid *ret)
{
	enum fs_kind kind = o->volumes[volume].identity.kind;
	size_t n = 0;

	for (size_t i = 0; i < o->n_volumes; i++)
		n += machine_is_whole_disk(o, i);
	if (n != 1 || !machine_is_whole_disk(o, volume) ||
	    (kind != FS_NTFS && kind != FS_REFS))
		return false;
	*ret = mbr_stable_guid(WHOLE_DISK_SIGNATURE, 0);
	return true;
}

/* The name that @n's id, which is that of the same volume, has in its
 * installation.  */
static bool name_of_id(const struct model *o, const struct machine_name *n,
		       struct guid *ret)
{
	const struct unique_id *id = &n->name->id;

	for (size_t i = 0; i < o->n_names; i++) {
		const struct machine_name *other = &o->names[i];

		if (other->installation != n->installation ||
		    other->superseded || other->name->kind != NAME_VOLUME ||
		    !unique_id_equal(&other->name->id, id))
			continue;
		*ret = other->name->guid;
		return true;
	}
	if (id->kind == UNIQUE_ID_MBR)
		*ret = mbr_stable_guid(id->signature, id->offset);
	else if (id->kind == UNIQUE_ID_DMIO)
		*ret = id->guid;
	return id->kind == UNIQUE_ID_MBR || id->kind == UNIQUE_ID_DMIO;
}

/* Whether @r speaks of no other volume than @volume.  */
static bool leaves_open(const struct resolution *r, size_t volume)
{
	bool only = r->possible;

	for (size_t i = 0; i < r->n_leads; i++)
		only = only && (r->leads[i].volume == volume ||
				r->leads[i].volume == NONE);
	return only || r->certainty == CERTAINTY_NOT_IN_EVIDENCE;
}

/* Of an image of a partition alone the table is not there, but where Windows
 * lies in it the value of the letter in SystemRoot has its id.  */
static bool system_drive_name(struct machine *m, size_t volume,
			      struct guid *ret)
{
	const struct model *o = &m->model;

	for (size_t i = 0; i < o->n_names; i++) {
		const struct machine_name *n = &o->names[i];

		if (n->name->kind == NAME_DRIVE_LETTER && !n->superseded &&
		    o->installations[n->installation].volume == volume &&
		    n->name->letter ==
			    m->installations[n->installation].letter.letter &&
		    leaves_open(&n->resolution, volume))
			return name_of_id(o, n, ret);
	}
	return false;
}

/* The name that Windows 10 and later compute for the volume of a basic
 * partition.  False where there is none.  */
static bool stable_name(struct machine *m, size_t volume, struct guid *ret)
{
	const struct model *o = &m->model;
	const struct machine_volume *v = &o->volumes[volume];
	const struct machine_partition *p;
	const struct disk *d;

	if (v->kind == VOLUME_RECOVERED)
		return recovered_name(o, v, ret);
	if (v->kind == VOLUME_HYBRID) {
		d = &o->disks[v->extents[0].disk].table;
		*ret = mbr_stable_guid(d->signature, v->hybrid->offset);
		return d->signature != 0;
	}
	if (v->kind == VOLUME_WHOLE_DISK)
		return system_drive_name(m, volume, ret) ||
		       whole_disk_name(o, volume, ret);
	/* Windows makes no volume of what belongs to a storage pool.  */
	if (v->kind != VOLUME_PARTITION || v->pool != NULL)
		return false;
	p = &o->partitions[v->partition];
	d = &o->disks[p->disk].table;
	if (d->scheme == SCHEME_GPT)
		*ret = p->entry->guid;
	else
		*ret = mbr_stable_guid(d->signature, p->entry->offset);
	return d->scheme == SCHEME_GPT || d->signature != 0;
}

bool machine_volume_name(struct machine *m, size_t installation, size_t volume,
			 struct guid *ret)
{
	const struct model *o = &m->model;
	const struct machine_volume *v = &o->volumes[volume];

	for (size_t i = 0; i < o->n_names; i++)
		if (o->names[i].installation == installation &&
		    !o->names[i].superseded &&
		    o->names[i].name->kind == NAME_VOLUME &&
		    o->names[i].resolution.volume == volume) {
			*ret = o->names[i].name->guid;
			return true;
		}
	if (stable_name(m, volume, ret))
		return true;
	if (v->n_names > 0)
		*ret = v->names[0];
	return v->n_names > 0;
}

/* Whether what a remote database calls @g is called so in every namespace.  */
static bool is_uncontested(struct machine *m,
			   const struct machine_remote_name *r)
{
	const struct guid *g = &r->name->guid;
	size_t n = m->model.n_installations;

	if (resolve_guid(m, NONE, r->host_volume, g).volume !=
	    r->resolution.volume)
		return false;
	for (size_t i = 0; i < n; i++)
		if (resolve_guid(m, i, r->host_volume, g).volume !=
		    r->resolution.volume)
			return false;
	return true;
}

static int add_remote_volume_names(struct machine *m, struct err *reterr)
{
	const struct model *o = &m->model;
	int e = 0;

	for (size_t i = 0; i < o->n_remote_names && e == 0; i++) {
		const struct machine_remote_name *r = &o->remote_names[i];

		if (r->name->kind == NAME_VOLUME &&
		    r->resolution.volume != NONE && is_uncontested(m, r))
			e = add_volume_name(m, r->resolution.volume,
					    &r->name->guid, reterr);
	}
	return e;
}

/* The names that the registries know come first, then the computed one, then
 * those of the remote databases, which may come from another machine.  */
int machine_name_volumes(struct machine *m, struct err *reterr)
{
	const struct model *o = &m->model;
	int r = 0;

	for (size_t i = 0; i < o->n_names && r == 0; i++)
		if (o->names[i].name->kind == NAME_VOLUME &&
		    !o->names[i].superseded &&
		    o->names[i].resolution.volume != NONE)
			r = add_volume_name(m, o->names[i].resolution.volume,
					    &o->names[i].name->guid, reterr);
	for (size_t i = 0; i < o->n_volumes && r == 0; i++) {
		struct guid g;

		if (stable_name(m, i, &g))
			r = add_volume_name(m, i, &g, reterr);
	}
	return r < 0 ? r : add_remote_volume_names(m, reterr);
}

static void report_difference(struct machine *m,
			      const struct known_guid *registry,
			      const struct known_guid *remote)
{
	const struct mountmgr_name *n = registry->name, *r = remote->name;
	struct diag *d;

	d = diag_add(&m->model.findings, &FINDING_REMOTE_DATABASE_DIFFERS,
		     "%s: windows%zu has %s, the remote database of %s has %s.",
		     n->name.utf8, registry->owner, machine_id_text(m, n),
		     machine_place(m, remote->owner), machine_id_text(m, r));
	if (d == NULL)
		return;
	cites_join(m->arena, &d->cites, &n->cites);
	cites_join(m->arena, &d->cites, &r->cites);
}

/* A remote database names the GUID of @registry, with another id.  The first
 * that does is told: a database may give one name any number of times.  */
static void compare_ids(struct machine *m, const struct known_guid *registry)
{
	const struct guid *g = &registry->name->guid;
	size_t i = machine_first_known(m, g, true, 0);

	for (; i < m->n_guids; i++) {
		const struct known_guid *k = &m->guids[i];

		if (!guid_equal(&k->name->guid, g))
			return;
		if (unique_id_equal(&registry->name->id, &k->name->id))
			continue;
		report_difference(m, registry, k);
		return;
	}
}

int machine_compare_databases(struct machine *m, struct err *reterr)
{
	(void)reterr;
	for (size_t i = 0; i < m->n_guids; i++)
		if (!m->guids[i].remote)
			compare_ids(m, &m->guids[i]);
	return 0;
}
