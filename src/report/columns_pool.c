/*
 * columns_pool.c - the storage pool that a partition belongs to
 */
#include "report/columns_pool.h"

static const struct machine_volume *volume_of(const struct row *r)
{
	return r->record;
}

/* The copy of the pool's database that is the newest; of what only the database
 * knows, the partition's own tells nothing then.  */
static const struct storage_pool *newest(const struct row *r)
{
	const struct machine_volume *v = volume_of(r);

	return v->pool_database == NONE ? v->pool :
		r->model->volumes[v->pool_database].pool;
}

static void pool_guid(const struct row *r, struct value *v)
{
	value_guid(v, &volume_of(r)->pool->guid);
}

static void pool_disk_guid(const struct row *r, struct value *v)
{
	value_guid(v, &volume_of(r)->pool->disk);
}

static void pool_joined(const struct row *r, struct value *v)
{
	value_time(v, volume_of(r)->pool->joined);
}

static void pool_database(const struct row *r, struct value *v)
{
	value_id(v, "volume", volume_of(r)->pool_database);
}

static void pool_name(const struct row *r, struct value *v)
{
	value_text(v, newest(r)->name);
}

static void pool_version(const struct row *r, struct value *v)
{
	if (newest(r)->version != 0)
		value_integer(v, newest(r)->version);
}

static void pool_updated(const struct row *r, struct value *v)
{
	value_time(v, newest(r)->updated);
}

static const struct pool_member *member_of(const struct row *r)
{
	return r->record;
}

static void member_guid(const struct row *r, struct value *v)
{
	value_guid(v, &member_of(r)->guid);
}

static void member_name(const struct row *r, struct value *v)
{
	value_text(v, member_of(r)->name);
}

static void member_manufacturer(const struct row *r, struct value *v)
{
	value_text(v, member_of(r)->manufacturer);
}

static void member_model(const struct row *r, struct value *v)
{
	value_text(v, member_of(r)->model);
}

static void member_size(const struct row *r, struct value *v)
{
	if (member_of(r)->size != 0)
		value_integer(v, member_of(r)->size);
}

static void member_disk(const struct row *r, struct value *v)
{
	value_id(v, "disk", member_of(r)->evidence_disk);
}

static const struct column member_columns[] = {
	{ "guid", VALUE_STRING, member_guid },
	{ "name", VALUE_TEXT, member_name },
	{ "manufacturer", VALUE_TEXT, member_manufacturer },
	{ "model", VALUE_TEXT, member_model },
	{ "size", VALUE_INTEGER, member_size },
	{ "disk", VALUE_STRING, member_disk },
};
static const struct table member_table = {
	member_columns, ARRAY_LENGTH(member_columns)
};

static void member_at(const struct row *r, size_t i, struct value *v)
{
	value_object(v, r, &member_table, &newest(r)->members[i], i);
}

static void pool_members(const struct row *r, struct value *v)
{
	value_array(v, r, newest(r)->n_members, member_at);
}

static const struct pool_virtual_disk *virtual_of(const struct row *r)
{
	return r->record;
}

static void virtual_guid(const struct row *r, struct value *v)
{
	value_guid(v, &virtual_of(r)->guid);
}

static void virtual_name(const struct row *r, struct value *v)
{
	value_text(v, virtual_of(r)->name);
}

static void virtual_size(const struct row *r, struct value *v)
{
	value_integer(v, virtual_of(r)->size);
}

static void virtual_resiliency(const struct row *r, struct value *v)
{
	value_string(v, pool_resiliency_name(virtual_of(r)->resiliency));
}

static void virtual_provisioning(const struct row *r, struct value *v)
{
	value_string(v, pool_provisioning_name(virtual_of(r)->provisioning));
}

static void virtual_cite_at(const struct row *r, size_t i, struct value *v)
{
	value_cite(v, r, &virtual_of(r)->cites, NULL, i);
}

static void virtual_cites(const struct row *r, struct value *v)
{
	value_array(v, r, cites_count(&virtual_of(r)->cites, NULL),
		    virtual_cite_at);
}

static const struct column virtual_columns[] = {
	{ "guid", VALUE_STRING, virtual_guid },
	{ "name", VALUE_TEXT, virtual_name },
	{ "size", VALUE_INTEGER, virtual_size },
	{ "resiliency", VALUE_STRING, virtual_resiliency },
	{ "provisioning", VALUE_STRING, virtual_provisioning },
	{ "citations", VALUE_ARRAY, virtual_cites },
};
static const struct table virtual_table = {
	virtual_columns, ARRAY_LENGTH(virtual_columns)
};

static void virtual_at(const struct row *r, size_t i, struct value *v)
{
	value_object(v, r, &virtual_table, &newest(r)->disks[i], i);
}

static void pool_virtual_disks(const struct row *r, struct value *v)
{
	value_array(v, r, newest(r)->n_disks, virtual_at);
}

static const struct column pool_columns[] = {
	{ "guid", VALUE_STRING, pool_guid },
	{ "name", VALUE_TEXT, pool_name },
	{ "version", VALUE_INTEGER, pool_version },
	{ "updated", VALUE_STRING, pool_updated },
	{ "databaseFrom", VALUE_STRING, pool_database },
	{ "memberGuid", VALUE_STRING, pool_disk_guid },
	{ "joined", VALUE_STRING, pool_joined },
	{ "members", VALUE_ARRAY, pool_members },
	{ "virtualDisks", VALUE_ARRAY, pool_virtual_disks },
};
static const struct table pool_table = {
	pool_columns, ARRAY_LENGTH(pool_columns)
};

void volume_pool(const struct row *r, struct value *v)
{
	const struct machine_volume *volume = r->record;

	if (volume->pool != NULL)
		value_object(v, r, &pool_table, volume, 0);
}
