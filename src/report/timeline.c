/*
 * timeline.c - events in words
 */
#include "report/timeline.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "machine/machine.h"

/* A key's time is that of its last change: no value of it is younger.  */
#define NO_LATER "no-later-than"
/* The clock of the machine, when the record was written.  */
#define EXACT "exact"
/* The clock of the machine as the GUID's maker knew it: see guid_time().  */
#define BY_GUID "guid"

static enum event_kind kind_of(const struct row *r)
{
	return ((const struct machine_event *)r->record)->kind;
}

static const char *place_text(const struct row *r, size_t volume)
{
	const struct model *m = r->model;
	const struct machine_volume *v;
	const char *text;

	if (volume == NONE)
		return "no volume of this evidence";
	v = &m->volumes[volume];
	if (v->n_extents == 0 || v->partition == NONE)
		text = arena_printf(r->scratch, "volume%zu", volume);
	else
		text = arena_printf(r->scratch, "volume%zu (disk%zu, partition "
				    "%u)", volume, v->extents[0].disk,
				    m->partitions[v->partition].entry->number);
	return text != NULL ? text : "";
}

static const char *id_text(const struct row *r, const struct mountmgr_name *n)
{
	const struct unique_id *id = &n->id;
	char guid[GUID_TEXT_CHARS + 1];
	const char *text = NULL;

	switch (id->kind) {
	case UNIQUE_ID_MBR:
		text = arena_printf(r->scratch, "MBR signature %08" PRIx32
				    ", offset %" PRIu64, id->signature,
				    id->offset);
		break;
	case UNIQUE_ID_DMIO:
		text = arena_printf(r->scratch, "GUID {%s}",
				    guid_text(&id->guid, guid));
		break;
	case UNIQUE_ID_DEVICE:
		/* Quoted: a blank before a backslash looks like the end of a
		 * name, which is made visible.  */
		text = arena_printf(r->scratch, "\"%s\"", n->id_text.utf8);
		break;
	default:
		text = arena_printf(r->scratch, "data of %zu byte%s",
				    id->raw.n, id->raw.n == 1 ? "" : "s");
	}
	return text != NULL ? text : "";
}

static const char *describe(const struct row *r, const char *what,
			    const char *detail)
{
	const char *text = arena_printf(r->scratch, "%s%s", what, detail);

	return text != NULL ? text : what;
}

static void tell_volume(const struct row *r, size_t i, struct told *ret)
{
	const struct machine_volume *v = &r->model->volumes[i];

	ret->volume = i;
	ret->subject.utf8 = place_text(r, i);
	ret->description = describe(r, "the file system was made: its $Volume "
				    "file was created", "");
	ret->cites = &v->ntfs.times.cites;
}

static void tell_hive(const struct row *r, size_t i, struct told *ret)
{
	const struct machine_installation *w = &r->model->installations[i];

	ret->installation = i;
	ret->subject = w->hive.path;
	ret->description = "the base block was last written; not kept up since "
			   "Windows 8.1";
	ret->cites = &w->cites;
}

/* The words for a name of each kind, set and made.  */
static const char *const set_words[] = {
	[NAME_DRIVE_LETTER] = "letter-set", [NAME_VOLUME] = "volume-name-set",
	[NAME_NO_LETTER] = "marker-set", [NAME_OTHER] = "name-set",
};
static const char *const made_words[] = {
	[NAME_DRIVE_LETTER] = "letter-made", [NAME_VOLUME] = "volume-name-made",
	[NAME_NO_LETTER] = "marker-made", [NAME_OTHER] = "name-made",
};

static void tell_name(const struct row *r, size_t i, struct told *ret)
{
	const struct machine_name *n = &r->model->names[i];

	ret->installation = n->installation;
	ret->volume = n->resolution.volume;
	ret->subject = n->name->name;
	ret->unnamed = NAME_TITLE_DEFAULT;
	ret->cites = &n->name->cites;
	ret->more = &n->resolution.cites;
}

/* What is only in a page of a log may be older than the hive, or newer: of an
 * entry that was not applied.  */
static const char *lost_words(const struct lost_name *lost)
{
	if (lost != NULL && lost->place == SCAN_LOG_PAGE)
		return "; only in a page of a log that was not applied";
	return "; a deleted value";
}

static void tell_name_set(const struct row *r, size_t i, struct told *ret)
{
	const struct machine_name *n = &r->model->names[i];

	tell_name(r, i, ret);
	ret->event = set_words[n->name->kind];
	ret->description = arena_printf(
		r->scratch, "%s, which leads to %s (%s)%s",
		id_text(r, n->name), place_text(r, ret->volume),
		certainty_name(n->resolution.certainty),
		n->presence == PRESENT_AFTER ? "; by the transaction logs" :
		n->presence == PRESENT_DELETED ? lost_words(n->lost) :
		n->superseded ? "; before the transaction logs" : "");
}

/* A clock may have been set, and zones differ by a day.  */
#define CLOCK_TOLERANCE (UINT64_C(2) * 24 * 3600 * 10000000)

/* Of what a version-1 GUID says: none was written before it was made.  */
static const char *doubt_of(const struct guid *g, uint64_t last_written)
{
	struct guid_time t;

	if (last_written == 0 || !guid_time(g, &t) ||
	    t.filetime < CLOCK_TOLERANCE ||
	    t.filetime - CLOCK_TOLERANCE <= last_written)
		return "";
	return "; doubtful: its key was written before that time";
}

static void tell_made(const struct row *r, const struct mountmgr_name *n,
		      struct told *ret)
{
	ret->event = made_words[n->kind];
	ret->description = arena_printf(
		r->scratch, "%s%s%s", n->kind == NAME_NO_LETTER ?
		"the letter was taken from " : "the name was made for ",
		id_text(r, n), doubt_of(&n->guid, n->last_written));
}

static void tell_name_made(const struct row *r, size_t i, struct told *ret)
{
	const struct machine_name *n = &r->model->names[i];

	tell_name(r, i, ret);
	tell_made(r, n->name, ret);
}

static void tell_former_name(const struct row *r, size_t i, struct told *ret)
{
	const struct machine_former_name *n = &r->model->former_names[i];

	ret->installation = n->installation;
	ret->volume = n->resolution.volume;
	ret->subject = n->name->name;
	ret->unnamed = NAME_TITLE_DEFAULT;
	ret->cites = &n->name->cites;
	ret->more = &n->resolution.cites;
}

static void tell_former_name_set(const struct row *r, size_t i,
				 struct told *ret)
{
	const struct machine_former_name *n = &r->model->former_names[i];

	tell_former_name(r, i, ret);
	ret->event = set_words[n->name->kind];
	ret->description = arena_printf(
		r->scratch, "%s, by the older hive \"%s\"%s%s",
		id_text(r, n->name),
		n->hive->path.utf8 != NULL ? n->hive->path.utf8 : "?",
		n->shadow_copy != NONE ? " in a shadow copy" : "",
		n->presence == PRESENT_DELETED ? "; a deleted value" : "");
}

static void tell_former_name_made(const struct row *r, size_t i,
				  struct told *ret)
{
	const struct machine_former_name *n = &r->model->former_names[i];

	tell_former_name(r, i, ret);
	tell_made(r, n->name, ret);
}

static void tell_remote_name_made(const struct row *r, size_t i,
				  struct told *ret)
{
	const struct machine_remote_name *n = &r->model->remote_names[i];

	ret->volume = n->resolution.volume;
	ret->subject = n->name->name;
	ret->event = made_words[n->name->kind];
	ret->description = describe(r, "the name was made for ",
				    id_text(r, n->name));
	ret->cites = &n->name->cites;
	ret->more = &n->resolution.cites;
}

static void tell_directory(const struct row *r, size_t i, struct told *ret)
{
	const struct machine_reparse *p = &r->model->reparses[i];

	ret->volume = p->volume;
	ret->subject = p->point->path.text;
	ret->description = arena_printf(
		r->scratch, "on %s, a %smount point of \"%s\"",
		place_text(r, p->volume), p->point->deleted ? "deleted " : "",
		p->target.utf8 != NULL ? p->target.utf8 : "?");
	ret->cites = &p->point->times.cites;
	ret->more = &p->point->cites;
}

static const char *user_name(const struct machine_user *u)
{
	return u->name.utf8 != NULL ? u->name.utf8 : "?";
}

static void tell_profile(const struct row *r, size_t i, struct told *ret)
{
	const struct machine_user *u = &r->model->users[i];

	ret->installation = u->installation;
	ret->volume = u->volume;
	ret->subject = u->accounts[0]->sid;
	ret->description = describe(r, "the last time of the profile of ",
				    user_name(u));
	ret->cites = kind_of(r) == EVENT_PROFILE_LOADED
		? &u->accounts[0]->loaded_cites
		: &u->accounts[0]->unloaded_cites;
	ret->more = &u->accounts[0]->cites;
}

static void tell_user_volume(const struct row *r, size_t i, struct told *ret)
{
	const struct machine_user_volume *v = &r->model->user_volumes[i];

	ret->installation = r->model->users[v->user].installation;
	ret->volume = v->resolution.volume;
	ret->subject = v->trace->key;
	ret->cites = &v->trace->cites;
	ret->more = &v->resolution.cites;
}

static const char *met_word(enum trace_kind kind)
{
	static const char *const events[] = {
		[TRACE_VOLUME] = "user-met-volume",
		[TRACE_LETTER] = "user-met-volume",
		[TRACE_FOLDER] = "user-met-volume",
		[TRACE_SHARE] = "user-met-share",
		[TRACE_DEVICE] = "user-noted",
		[TRACE_RECYCLE_BIN] = "user-noted",
		[TRACE_OTHER] = "user-noted",
	};

	return events[kind];
}

static void tell_user_met(const struct row *r, size_t i, struct told *ret)
{
	const struct machine_user_volume *v = &r->model->user_volumes[i];
	const char *place = strrchr(v->trace->place, '\\');

	tell_user_volume(r, i, ret);
	ret->event = met_word(v->trace->kind);
	ret->description = arena_printf(
		r->scratch, "by %s, in %s%s%s%s",
		user_name(&r->model->users[v->user]),
		place != NULL ? place + 1 : v->trace->place,
		v->is_volume ? "; it leads to " : "",
		v->is_volume ? place_text(r, ret->volume) : "",
		r->model->users[v->user].hive.is_log
			? "; recovered from the logs of a lost hive" :
		v->presence == PRESENT_AFTER ? "; by the transaction logs" :
		"");
}

static void tell_user_name_made(const struct row *r, size_t i,
				struct told *ret)
{
	const struct machine_user_volume *v = &r->model->user_volumes[i];

	tell_user_volume(r, i, ret);
	ret->event = made_words[NAME_VOLUME];
	ret->description = arena_printf(
		r->scratch, "the name was made of a volume known to %s%s",
		user_name(&r->model->users[v->user]),
		doubt_of(&v->trace->guid, v->trace->last_written));
}

static const char *known_words(const struct row *r,
			       const struct machine_known_disk *k)
{
	if (k->disk != NONE)
		return arena_printf(r->scratch, ", disk%zu of this evidence",
				    k->disk);
	if (k->has_certainty && k->certainty == CERTAINTY_NOT_IN_EVIDENCE)
		return ", which is not in this evidence";
	return "";
}

/* Where the time of the event lies; the other cites are of what it is of.  */
static const struct cites *known_time(const struct row *r,
				      const struct machine_known_disk *k)
{
	switch (kind_of(r)) {
	case EVENT_DISK_INSTALLED:
		return &k->times.first_cites;
	case EVENT_DISK_ARRIVED:
		return &k->times.arrival_cites;
	case EVENT_DISK_REMOVED:
		return &k->times.removal_cites;
	case EVENT_DISK_KEY:
		return &k->written_cites;
	case EVENT_DISK_INTERFACE:
		return &k->interface_cites;
	case EVENT_DISK_TABLE:
		return &k->partmgr_cites;
	case EVENT_DISK_ID_MADE:
		return &k->disk_id_cites;
	default:
		return NULL;
	}
}

static const struct cites *trace_time(const struct row *r,
				      const struct machine_known_volume *v)
{
	switch (kind_of(r)) {
	case EVENT_TRACE_INSTALLED:
		return &v->times.first_cites;
	case EVENT_TRACE_ARRIVED:
		return &v->times.arrival_cites;
	case EVENT_TRACE_REMOVED:
		return &v->times.removal_cites;
	case EVENT_TRACE_TESTED:
		return &v->tested_cites;
	default:
		return &v->written_cites;
	}
}

static void tell_known_disk(const struct row *r, size_t i, struct told *ret)
{
	const struct machine_known_disk *k = &r->model->known_disks[i];
	const char *where = known_words(r, k);

	ret->installation = k->installation;
	ret->subject = k->instance;
	ret->description = arena_printf(
		r->scratch, "%s%s%s%s",
		k->model.utf8 != NULL ? k->model.utf8 :
		k->product != NULL ? k->product : "a disk",
		k->serial != NULL ? ", serial number " : "",
		k->serial != NULL ? k->serial : "",
		where != NULL ? where : "");
	ret->cites = &k->cites;
	if (known_time(r, k) != NULL) {
		ret->cites = known_time(r, k);
		ret->more = &k->cites;
	}
}

static void tell_disk(const struct row *r, size_t i, struct told *ret)
{
	const struct machine_disk_event *e = &r->model->disk_events[i];
	const struct partition_event *p = e->event;
	char number[16] = "?", disk[48] = "";
	bool serial = partition_event_tells(p->serial);

	if (p->has_number)
		snprintf(number, sizeof(number), "%" PRIu32, p->number);
	if (e->disk != NONE)
		snprintf(disk, sizeof(disk), ", which is disk%zu", e->disk);
	ret->installation = e->installation;
	if (partition_event_tells(p->model))
		ret->subject = p->model;
	ret->description = arena_printf(
		r->scratch, "as disk %s%s%s%s%s", number,
		serial ? ", serial number " : "",
		serial ? p->serial.utf8 : "", disk,
		p->remnant ? "; by a remnant in the log" : "");
	ret->cites = &p->cites;
}

/* The array has only those of no known disk, behind each other.  */
static size_t place_in_traces(const struct model *m, size_t i)
{
	while (i > 0 && m->known_volumes[i - 1].known_disk == NONE)
		i--;
	return i;
}

static void tell_trace(const struct row *r, size_t i, struct told *ret)
{
	const struct model *m = r->model;
	const struct machine_known_volume *v = &m->known_volumes[i];

	if (v->known_disk != NONE) {
		ret->array = "knownDisks";
		ret->index = v->known_disk;
	} else {
		ret->index = i - place_in_traces(m, i);
	}
	ret->installation = v->installation;
	ret->volume = v->volume;
	ret->subject = v->instance;
	ret->description = v->known_disk == NONE ? "a volume" :
		arena_printf(r->scratch, "a volume of known%zu",
			     v->known_disk);
	ret->cites = trace_time(r, v);
	ret->more = &v->cites;
}

static void tell_trace_key(const struct row *r, size_t i, struct told *ret)
{
	static const char *const sources[] = {
		[VOLUME_SOURCE_STORAGE] = "Enum",
		[VOLUME_SOURCE_INTERFACE] = "DeviceClasses",
		[VOLUME_SOURCE_PORTABLE] = "portable devices",
		[VOLUME_SOURCE_READY_BOOST] = "EMDMgmt",
		[VOLUME_SOURCE_SEARCH] = "VolumeInfoCache",
	};

	tell_trace(r, i, ret);
	ret->source = sources[r->model->known_volumes[i].source];
}

static void tell_shadow(const struct row *r, size_t i, struct told *ret)
{
	const struct machine_shadow_copy *s = &r->model->shadow_copies[i];
	char guid[GUID_TEXT_CHARS + 1];

	ret->volume = s->volume;
	ret->subject.utf8 = arena_printf(r->scratch, "shadow%zu", i);
	ret->description = arena_printf(
		r->scratch, "a shadow copy of %s, store {%s}",
		place_text(r, s->volume),
		guid_text(&s->copy->entry.store, guid));
	ret->cites = &s->cites;
}

static void tell_former_mount(const struct row *r, size_t i, struct told *ret)
{
	const struct machine_former_mount *f = &r->model->former_mounts[i];
	const struct machine_mount *p = f->mount;

	ret->installation = f->installation;
	ret->volume = p->resolution.volume;
	ret->subject = p->directory.utf8 != NULL ? p->directory : p->path;
	ret->description = arena_printf(
		r->scratch,
		"in shadow%zu%s%s%s: \"%s\", which led to %s (%s); %s",
		f->shadow_copy, p->deleted ? ", deleted then" : "",
		p->kind == MOUNT_DIRECTORY ? ", on " : "",
		p->kind == MOUNT_DIRECTORY ? place_text(r, p->host_volume) : "",
		p->target.utf8 != NULL ? p->target.utf8 : "?",
		place_text(r, ret->volume),
		certainty_name(p->resolution.certainty),
		f->change == NAME_DIFFERS ? "now something else is there" :
					    "now nothing is there");
	/* The time is the copy's.  */
	ret->cites = &r->model->shadow_copies[f->shadow_copy].cites;
	ret->more = &p->cites;
}

static void tell_former_user_met(const struct row *r, size_t i,
				 struct told *ret)
{
	const struct machine_former_user_volume *f =
		&r->model->former_user_volumes[i];
	const struct machine_user_volume *v = &f->then;

	ret->installation = f->installation;
	ret->volume = v->resolution.volume;
	ret->subject = v->trace->key;
	ret->event = met_word(v->trace->kind);
	ret->description = arena_printf(
		r->scratch, "in shadow%zu, by %s%s%s; %s", f->shadow_copy,
		user_name(f->whose), v->is_volume ? "; it led to " : "",
		v->is_volume ? place_text(r, ret->volume) : "",
		f->change == NAME_DIFFERS ? "now it is noted at another time" :
					    "now it is not noted");
	ret->cites = &v->trace->cites;
	ret->more = &v->resolution.cites;
}

static const struct event_type {
	const char *event, *basis, *source, *array;
	void (*tell)(const struct row *r, size_t i, struct told *ret);
} types[N_EVENT_KINDS] = {
	[EVENT_VOLUME_CREATED] = { "volume-created", EXACT,
		"$STANDARD_INFORMATION of $Volume", "volumes", tell_volume },
	[EVENT_HIVE_WRITTEN] = { "hive-written", EXACT,
		"base block", "installations", tell_hive },
	[EVENT_NAME_SET] = { NULL, NO_LATER,
		"MountedDevices", "names", tell_name_set },
	[EVENT_NAME_MADE] = { NULL, BY_GUID,
		"version-1 GUID", "names", tell_name_made },
	[EVENT_FORMER_NAME_SET] = { NULL, NO_LATER,
		"MountedDevices of an older hive", "nameHistory",
		tell_former_name_set },
	[EVENT_FORMER_NAME_MADE] = { NULL, BY_GUID,
		"version-1 GUID", "nameHistory", tell_former_name_made },
	[EVENT_REMOTE_NAME_MADE] = { NULL, BY_GUID,
		"version-1 GUID", "remoteNames", tell_remote_name_made },
	[EVENT_MOUNT_CREATED] = { "mount-directory-created", EXACT,
		"$STANDARD_INFORMATION", "reparsePoints", tell_directory },
	[EVENT_MOUNT_MODIFIED] = { "mount-directory-modified", EXACT,
		"$STANDARD_INFORMATION", "reparsePoints", tell_directory },
	[EVENT_MOUNT_CHANGED] = { "mount-directory-changed", EXACT,
		"$STANDARD_INFORMATION", "reparsePoints", tell_directory },
	[EVENT_PROFILE_LOADED] = { "profile-loaded", EXACT,
		"ProfileList", "users", tell_profile },
	[EVENT_PROFILE_UNLOADED] = { "profile-unloaded", EXACT,
		"ProfileList", "users", tell_profile },
	[EVENT_USER_MET] = { NULL, NO_LATER,
		"NTUSER.DAT", "userVolumes", tell_user_met },
	[EVENT_USER_NAME_MADE] = { NULL, BY_GUID,
		"version-1 GUID", "userVolumes", tell_user_name_made },
	[EVENT_DISK_INSTALLED] = { "disk-installed", EXACT,
		"Enum", "knownDisks", tell_known_disk },
	[EVENT_DISK_ARRIVED] = { "disk-arrived", EXACT,
		"Enum", "knownDisks", tell_known_disk },
	[EVENT_DISK_REMOVED] = { "disk-removed", EXACT,
		"Enum", "knownDisks", tell_known_disk },
	[EVENT_DISK_KEY] = { "disk-noted", NO_LATER,
		"Enum", "knownDisks", tell_known_disk },
	[EVENT_DISK_INTERFACE] = { "disk-noted", NO_LATER,
		"DeviceClasses", "knownDisks", tell_known_disk },
	[EVENT_DISK_TABLE] = { "disk-table-kept", NO_LATER,
		"PartitionTableCache", "knownDisks", tell_known_disk },
	[EVENT_DISK_ID_MADE] = { "disk-id-made", BY_GUID,
		"version-1 GUID", "knownDisks", tell_known_disk },
	[EVENT_TRACE_INSTALLED] = { "volume-installed", EXACT,
		"Enum", "volumeTraces", tell_trace },
	[EVENT_TRACE_ARRIVED] = { "volume-arrived", EXACT,
		"Enum", "volumeTraces", tell_trace },
	[EVENT_TRACE_REMOVED] = { "volume-removed", EXACT,
		"Enum", "volumeTraces", tell_trace },
	[EVENT_TRACE_TESTED] = { "volume-tested", EXACT,
		"EMDMgmt", "volumeTraces", tell_trace },
	[EVENT_TRACE_KEY] = { "volume-noted", NO_LATER,
		NULL, "volumeTraces", tell_trace_key },
	[EVENT_DISK_CAME] = { "disk-arrived", EXACT,
		"event 1006", "diskEvents", tell_disk },
	[EVENT_DISK_WENT] = { "disk-removed", EXACT,
		"event 1006", "diskEvents", tell_disk },
	[EVENT_DISK_TOLD] = { "disk-noted", EXACT,
		"event 1006", "diskEvents", tell_disk },
	[EVENT_SHADOW_CREATED] = { "shadow-copy-created", EXACT,
		"catalogue of shadow copies", "shadowCopies", tell_shadow },
	[EVENT_FORMER_USER_MET] = { NULL, NO_LATER,
		"NTUSER.DAT in a shadow copy", "userVolumeHistory",
		tell_former_user_met },
	[EVENT_FORMER_MOUNT_SEEN] = { "was-mounted", EXACT,
		"shadow copy", "mountHistory", tell_former_mount },
	[EVENT_FORMER_MOUNT_CREATED] = { "mount-directory-created", EXACT,
		"$STANDARD_INFORMATION in a shadow copy", "mountHistory",
		tell_former_mount },
	[EVENT_FORMER_MOUNT_CHANGED] = { "mount-directory-changed", EXACT,
		"$STANDARD_INFORMATION in a shadow copy", "mountHistory",
		tell_former_mount },
};

void timeline_tell(const struct row *r, struct told *ret)
{
	static const struct cites none;
	const struct machine_event *e = r->record;
	const struct event_type *t = &types[e->kind];

	*ret = (struct told){
		.event = t->event, .basis = t->basis, .source = t->source,
		.array = t->array, .index = e->index,
		.installation = NONE, .volume = NONE, .cites = &none,
	};
	t->tell(r, e->index, ret);
}
