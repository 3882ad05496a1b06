/*
 * columns_history.c - names in SYSTEM hives that are not in use
 */
#include "report/kinds.h"
#include "report/shared.h"

static const struct machine_former_name *former_of(const struct row *r)
{
	return r->record;
}

static void former_installation(const struct row *r, struct value *v)
{
	value_id(v, "windows", former_of(r)->installation);
}

static void former_shadow_copy(const struct row *r, struct value *v)
{
	value_id(v, "shadow", former_of(r)->shadow_copy);
}

static void former_hive(const struct row *r, struct value *v)
{
	value_hive(v, r, former_of(r)->hive);
}

static void former_name(const struct row *r, struct value *v)
{
	value_text(v, former_of(r)->name->name);
}

static void former_kind_text(const struct row *r, struct value *v)
{
	value_string(v, name_kind_name(former_of(r)->name->kind));
}

static void former_unique_id(const struct row *r, struct value *v)
{
	if (has_unique_id(former_of(r)->lost))
		value_unique_id(v, r, former_of(r)->name);
}

static void former_present(const struct row *r, struct value *v)
{
	value_string(v, presence_name(former_of(r)->presence));
}

static void former_recovered(const struct row *r, struct value *v)
{
	value_recovered(v, r, former_of(r)->lost);
}

static void former_last_written(const struct row *r, struct value *v)
{
	value_time(v, former_of(r)->name->last_written);
}

static void former_guid_time(const struct row *r, struct value *v)
{
	value_guid_time(v, r, &former_of(r)->name->guid);
}

static void former_change(const struct row *r, struct value *v)
{
	value_string(v, name_change_name(former_of(r)->change));
}

static void former_volume(const struct row *r, struct value *v)
{
	value_volume(v, &former_of(r)->resolution);
}

static void former_tier(const struct row *r, struct value *v)
{
	value_tier(v, &former_of(r)->resolution);
}

static void former_certainty(const struct row *r, struct value *v)
{
	value_certainty(v, &former_of(r)->resolution);
}

static void former_leads(const struct row *r, struct value *v)
{
	value_leads(v, r, &former_of(r)->resolution);
}

static void former_known_disk(const struct row *r, struct value *v)
{
	value_known_disk(v, &former_of(r)->resolution);
}

static void former_known_disk_at(const struct row *r, size_t i, struct value *v)
{
	value_known_disk_at(v, &former_of(r)->resolution, i);
}

static void former_known_disks(const struct row *r, struct value *v)
{
	value_array(v, r, former_of(r)->resolution.n_known_disks,
		    former_known_disk_at);
}

static void former_cite_at(const struct row *r, size_t i, struct value *v)
{
	value_cite(v, r, &former_of(r)->name->cites,
		   &former_of(r)->resolution.cites, i);
}

static void former_cites(const struct row *r, struct value *v)
{
	value_array(v, r, cites_count(&former_of(r)->name->cites,
				      &former_of(r)->resolution.cites),
		    former_cite_at);
}

static const struct column former_columns[] = {
	{ "installation", VALUE_STRING, former_installation },
	{ "shadowCopy", VALUE_STRING, former_shadow_copy },
	{ "hive", VALUE_OBJECT, former_hive },
	{ "name", VALUE_TEXT, former_name },
	{ "kind", VALUE_STRING, former_kind_text },
	{ "uniqueId", VALUE_OBJECT, former_unique_id },
	{ "present", VALUE_STRING, former_present },
	{ "recovered", VALUE_OBJECT, former_recovered },
	{ "lastWritten", VALUE_STRING, former_last_written },
	{ "guidTime", VALUE_OBJECT, former_guid_time },
	{ "change", VALUE_STRING, former_change },
	{ "volume", VALUE_STRING, former_volume },
	{ "tier", VALUE_STRING, former_tier },
	{ "certainty", VALUE_STRING, former_certainty },
	{ "leads", VALUE_ARRAY, former_leads },
	{ "knownDisk", VALUE_STRING, former_known_disk },
	{ "knownDisks", VALUE_ARRAY, former_known_disks },
	{ "citations", VALUE_ARRAY, former_cites },
};

static size_t former_count(const struct model *m)
{
	return m->n_former_names;
}

static const void *former_at(const struct model *m, size_t i)
{
	return &m->former_names[i];
}

const struct record_kind name_history_kind = {
	"nameHistory", "historicName",
	{ former_columns, ARRAY_LENGTH(former_columns) },
	former_count, former_at
};
