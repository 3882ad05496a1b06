/*
 * columns_name.c - names: those of MountedDevices, and of remote databases
 */
#include "report/kinds.h"
#include "report/shared.h"

/* Names: the values of MountedDevices */

static const struct machine_name *name_of(const struct row *r)
{
	return r->record;
}

static void name_installation(const struct row *r, struct value *v)
{
	value_id(v, "windows", name_of(r)->installation);
}

static void name_text(const struct row *r, struct value *v)
{
	value_text(v, name_of(r)->name->name);
}

static void name_kind_text(const struct row *r, struct value *v)
{
	value_string(v, name_kind_name(name_of(r)->name->kind));
}

static void name_unique_id(const struct row *r, struct value *v)
{
	if (has_unique_id(name_of(r)->lost))
		value_unique_id(v, r, name_of(r)->name);
}

static void name_present(const struct row *r, struct value *v)
{
	value_string(v, presence_name(name_of(r)->presence));
}

static void name_recovered(const struct row *r, struct value *v)
{
	value_recovered(v, r, name_of(r)->lost);
}

static void name_last_written(const struct row *r, struct value *v)
{
	value_time(v, name_of(r)->name->last_written);
}

static void name_guid_time(const struct row *r, struct value *v)
{
	value_guid_time(v, r, &name_of(r)->name->guid);
}

static void name_offline(const struct row *r, struct value *v)
{
	value_bool(v, name_of(r)->offline);
}

static void name_volume(const struct row *r, struct value *v)
{
	value_volume(v, &name_of(r)->resolution);
}

static void name_tier(const struct row *r, struct value *v)
{
	value_tier(v, &name_of(r)->resolution);
}

static void name_certainty(const struct row *r, struct value *v)
{
	value_certainty(v, &name_of(r)->resolution);
}

/* In which order of its bytes the id of a dynamic volume matched.  */
static void name_id_order(const struct row *r, struct value *v)
{
	const struct resolution *res = &name_of(r)->resolution;

	if (res->volume != NONE &&
	    r->model->volumes[res->volume].kind == VOLUME_LDM)
		value_string(v, res->printed_order ? "printed" : "windows");
}

static void name_tier_at(const struct row *r, size_t i, struct value *v)
{
	value_tier_at(v, &name_of(r)->resolution, i);
}

static void name_tiers(const struct row *r, struct value *v)
{
	value_array(v, r, tier_count(&name_of(r)->resolution), name_tier_at);
}

static void name_leads(const struct row *r, struct value *v)
{
	value_leads(v, r, &name_of(r)->resolution);
}

static void name_known_disk(const struct row *r, struct value *v)
{
	value_known_disk(v, &name_of(r)->resolution);
}

static void name_known_disk_at(const struct row *r, size_t i, struct value *v)
{
	value_known_disk_at(v, &name_of(r)->resolution, i);
}

static void name_known_disks(const struct row *r, struct value *v)
{
	value_array(v, r, name_of(r)->resolution.n_known_disks,
		    name_known_disk_at);
}

static void name_cite_at(const struct row *r, size_t i, struct value *v)
{
	value_cite(v, r, &name_of(r)->name->cites,
		   &name_of(r)->resolution.cites, i);
}

static void name_cites(const struct row *r, struct value *v)
{
	value_array(v, r, cites_count(&name_of(r)->name->cites,
				      &name_of(r)->resolution.cites),
		    name_cite_at);
}

static const struct column name_columns[] = {
	{ "installation", VALUE_STRING, name_installation },
	{ "name", VALUE_TEXT, name_text },
	{ "kind", VALUE_STRING, name_kind_text },
	{ "uniqueId", VALUE_OBJECT, name_unique_id },
	{ "present", VALUE_STRING, name_present },
	{ "recovered", VALUE_OBJECT, name_recovered },
	{ "lastWritten", VALUE_STRING, name_last_written },
	{ "guidTime", VALUE_OBJECT, name_guid_time },
	{ "offline", VALUE_BOOL, name_offline },
	{ "volume", VALUE_STRING, name_volume },
	{ "tier", VALUE_STRING, name_tier },
	{ "certainty", VALUE_STRING, name_certainty },
	{ "dynamicIdOrder", VALUE_STRING, name_id_order },
	{ "tiers", VALUE_ARRAY, name_tiers },
	{ "leads", VALUE_ARRAY, name_leads },
	{ "knownDisk", VALUE_STRING, name_known_disk },
	{ "knownDisks", VALUE_ARRAY, name_known_disks },
	{ "citations", VALUE_ARRAY, name_cites },
};

static size_t name_count(const struct model *m)
{
	return m->n_names;
}

static const void *name_at(const struct model *m, size_t i)
{
	return &m->names[i];
}

const struct record_kind name_kind = {
	"names", "name", { name_columns, ARRAY_LENGTH(name_columns) },
	name_count, name_at
};

/* Remote names: entries of MountPointManagerRemoteDatabase */

static const struct machine_remote_name *remote_of(const struct row *r)
{
	return r->record;
}

static void remote_host_volume(const struct row *r, struct value *v)
{
	value_id(v, "volume", remote_of(r)->host_volume);
}

static void remote_name(const struct row *r, struct value *v)
{
	value_text(v, remote_of(r)->name->name);
}

static void remote_unique_id(const struct row *r, struct value *v)
{
	value_unique_id(v, r, remote_of(r)->name);
}

static void remote_references(const struct row *r, struct value *v)
{
	value_integer(v, remote_of(r)->name->references);
}

static void remote_guid_time(const struct row *r, struct value *v)
{
	value_guid_time(v, r, &remote_of(r)->name->guid);
}

static void remote_volume(const struct row *r, struct value *v)
{
	value_volume(v, &remote_of(r)->resolution);
}

static void remote_tier(const struct row *r, struct value *v)
{
	value_tier(v, &remote_of(r)->resolution);
}

static void remote_certainty(const struct row *r, struct value *v)
{
	value_certainty(v, &remote_of(r)->resolution);
}

static void remote_tier_at(const struct row *r, size_t i, struct value *v)
{
	value_tier_at(v, &remote_of(r)->resolution, i);
}

static void remote_tiers(const struct row *r, struct value *v)
{
	value_array(v, r, tier_count(&remote_of(r)->resolution),
		    remote_tier_at);
}

static void remote_leads(const struct row *r, struct value *v)
{
	value_leads(v, r, &remote_of(r)->resolution);
}

static void remote_cite_at(const struct row *r, size_t i, struct value *v)
{
	value_cite(v, r, &remote_of(r)->name->cites,
		   &remote_of(r)->resolution.cites, i);
}

static void remote_cites(const struct row *r, struct value *v)
{
	value_array(v, r, cites_count(&remote_of(r)->name->cites,
				      &remote_of(r)->resolution.cites),
		    remote_cite_at);
}

static const struct column remote_columns[] = {
	{ "hostVolume", VALUE_STRING, remote_host_volume },
	{ "name", VALUE_TEXT, remote_name },
	{ "uniqueId", VALUE_OBJECT, remote_unique_id },
	{ "referenceCount", VALUE_INTEGER, remote_references },
	{ "guidTime", VALUE_OBJECT, remote_guid_time },
	{ "volume", VALUE_STRING, remote_volume },
	{ "tier", VALUE_STRING, remote_tier },
	{ "certainty", VALUE_STRING, remote_certainty },
	{ "tiers", VALUE_ARRAY, remote_tiers },
	{ "leads", VALUE_ARRAY, remote_leads },
	{ "citations", VALUE_ARRAY, remote_cites },
};

static size_t remote_count(const struct model *m)
{
	return m->n_remote_names;
}

static const void *remote_at(const struct model *m, size_t i)
{
	return &m->remote_names[i];
}

const struct record_kind remote_name_kind = {
	"remoteNames", "remoteName",
	{ remote_columns, ARRAY_LENGTH(remote_columns) },
	remote_count, remote_at
};
