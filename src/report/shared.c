/*
 * shared.c - columns that several record kinds have
 */
#include "report/shared.h"

#include <inttypes.h>

/* Hives */

static const struct machine_hive *hive_of(const struct row *r)
{
	return r->record;
}

static void hive_path(const struct row *r, struct value *v)
{
	value_text(v, hive_of(r)->path);
}

/* What was exported as text has no base block, and that of a log by itself is
 * not the hive's.  */
static bool has_base_block(const struct row *r)
{
	const struct machine_hive *h = hive_of(r);

	return h->path.utf8 != NULL && !h->is_text && !h->is_log;
}

static void hive_dirty(const struct row *r, struct value *v)
{
	if (has_base_block(r))
		value_bool(v, hive_of(r)->dirty);
}

static void hive_checksum_valid(const struct row *r, struct value *v)
{
	if (has_base_block(r))
		value_bool(v, hive_of(r)->checksum_ok);
}

static void hive_primary_sequence(const struct row *r, struct value *v)
{
	if (has_base_block(r))
		value_integer(v, hive_of(r)->primary_sequence);
}

static void hive_secondary_sequence(const struct row *r, struct value *v)
{
	if (has_base_block(r))
		value_integer(v, hive_of(r)->secondary_sequence);
}

static void hive_last_written(const struct row *r, struct value *v)
{
	value_time(v, hive_of(r)->last_written);
}

static void hive_log_at(const struct row *r, size_t i, struct value *v)
{
	value_string(v, hive_of(r)->logs[i]);
}

static void hive_logs_applied(const struct row *r, struct value *v)
{
	value_array(v, r, hive_of(r)->n_logs, hive_log_at);
}

static void hive_scanned(const struct row *r, struct value *v)
{
	value_bool(v, hive_of(r)->scanned);
}

static void hive_listed(const struct row *r, struct value *v)
{
	value_bool(v, !hive_of(r)->unlisted);
}

static const struct column hive_columns[] = {
	{ "path", VALUE_TEXT, hive_path },
	{ "dirty", VALUE_BOOL, hive_dirty },
	{ "checksumValid", VALUE_BOOL, hive_checksum_valid },
	{ "primarySequence", VALUE_INTEGER, hive_primary_sequence },
	{ "secondarySequence", VALUE_INTEGER, hive_secondary_sequence },
	{ "lastWritten", VALUE_STRING, hive_last_written },
	{ "logsApplied", VALUE_ARRAY, hive_logs_applied },
	{ "scanned", VALUE_BOOL, hive_scanned },
	{ "listed", VALUE_BOOL, hive_listed },
};
static const struct table hive_table = {
	hive_columns, ARRAY_LENGTH(hive_columns)
};

void value_hive(struct value *v, const struct row *r,
		const struct machine_hive *h)
{
	value_object(v, r, &hive_table, h, 0);
}

/* Unique ids */

/* The record of a unique id is the name that has it: the text is decoded
 * there.  */
static const struct mountmgr_name *id_owner(const struct row *r)
{
	return r->record;
}

static void id_kind(const struct row *r, struct value *v)
{
	value_string(v, unique_id_kind_name(id_owner(r)->id.kind));
}

static void id_signature(const struct row *r, struct value *v)
{
	if (id_owner(r)->id.kind == UNIQUE_ID_MBR)
		value_format(v, "%08" PRIx32, id_owner(r)->id.signature);
}

static void id_offset(const struct row *r, struct value *v)
{
	if (id_owner(r)->id.kind == UNIQUE_ID_MBR)
		value_integer(v, id_owner(r)->id.offset);
}

static void id_guid(const struct row *r, struct value *v)
{
	char guid[GUID_TEXT_CHARS + 1];

	if (id_owner(r)->id.kind == UNIQUE_ID_DMIO)
		value_format(v, "%s", guid_text(&id_owner(r)->id.guid, guid));
}

static void id_text(const struct row *r, struct value *v)
{
	value_text(v, id_owner(r)->id_text);
}

static void id_hex(const struct row *r, struct value *v)
{
	value_bytes(v, id_owner(r)->id.raw);
}

static const struct column unique_id_columns[] = {
	{ "kind", VALUE_STRING, id_kind },
	{ "signature", VALUE_STRING, id_signature },
	{ "offset", VALUE_INTEGER, id_offset },
	{ "guid", VALUE_STRING, id_guid },
	{ "text", VALUE_TEXT, id_text },
	{ "hex", VALUE_BYTES, id_hex },
};
static const struct table unique_id_table = {
	unique_id_columns, ARRAY_LENGTH(unique_id_columns)
};

void value_unique_id(struct value *v, const struct row *r,
		     const struct mountmgr_name *owner)
{
	value_object(v, r, &unique_id_table, owner, 0);
}

/* Resolutions */

bool has_unique_id(const struct lost_name *lost)
{
	return lost == NULL || lost->data == SCAN_INTACT ||
	       lost->data == SCAN_PARTIAL;
}

static const struct lost_name *lost_of(const struct row *r)
{
	return r->record;
}

static void recovered_place(const struct row *r, struct value *v)
{
	value_string(v, scan_place_name(lost_of(r)->place));
}

static void recovered_data(const struct row *r, struct value *v)
{
	value_string(v, scan_data_name(lost_of(r)->data));
}

static const struct column recovered_columns[] = {
	{ "place", VALUE_STRING, recovered_place },
	{ "data", VALUE_STRING, recovered_data },
};
static const struct table recovered_table = {
	recovered_columns, ARRAY_LENGTH(recovered_columns)
};

void value_recovered(struct value *v, const struct row *r,
		     const struct lost_name *lost)
{
	if (lost != NULL)
		value_object(v, r, &recovered_table, lost, 0);
}

void value_known_disk(struct value *v, const struct resolution *res)
{
	if (res->n_known_disks == 1)
		value_id(v, "known", res->known_disks[0]);
}

void value_known_disk_at(struct value *v, const struct resolution *res,
			 size_t i)
{
	value_id(v, "known", res->known_disks[i]);
}

void value_volume(struct value *v, const struct resolution *res)
{
	value_id(v, "volume", res->volume);
}

void value_tier(struct value *v, const struct resolution *res)
{
	value_string(v, tier_name(res->tier));
}

void value_certainty(struct value *v, const struct resolution *res)
{
	value_string(v, certainty_name(res->certainty));
}

size_t tier_count(const struct resolution *res)
{
	size_t n = 0;

	for (unsigned t = TIER_NONE + 1; t < N_TIERS; t++)
		n += res->tiers >> t & 1;
	return n;
}

void value_tier_at(struct value *v, const struct resolution *res, size_t i)
{
	for (unsigned t = TIER_NONE + 1; t < N_TIERS; t++)
		if ((res->tiers >> t & 1) != 0 && i-- == 0)
			value_string(v, tier_name((enum tier)t));
}

/* Leads: the record is the resolution */

static const struct resolution_lead *lead_of(const struct row *r)
{
	return &((const struct resolution *)r->record)->leads[r->index];
}

static void lead_tier(const struct row *r, struct value *v)
{
	value_string(v, tier_name(lead_of(r)->tier));
}

static void lead_volume(const struct row *r, struct value *v)
{
	value_id(v, "volume", lead_of(r)->volume);
}

static const struct column lead_columns[] = {
	{ "tier", VALUE_STRING, lead_tier },
	{ "volume", VALUE_STRING, lead_volume },
};
static const struct table lead_table = {
	lead_columns, ARRAY_LENGTH(lead_columns)
};

static void lead_at(const struct row *r, size_t i, struct value *v)
{
	value_object(v, r, &lead_table, r->record, i);
}

void value_leads(struct value *v, const struct row *r,
		 const struct resolution *res)
{
	struct row of = *r;

	of.record = res;
	value_array(v, &of, res->n_leads, lead_at);
}

/* GUIDs that tell time: the record is the GUID */

static struct guid_time time_of(const struct row *r)
{
	struct guid_time t = { 0 };

	guid_time(r->record, &t);
	return t;
}

static void guid_time_time(const struct row *r, struct value *v)
{
	value_time(v, time_of(r).filetime);
}

static void guid_time_node(const struct row *r, struct value *v)
{
	const struct guid_time t = time_of(r);

	value_format(v, "%02x:%02x:%02x:%02x:%02x:%02x", t.node[0], t.node[1],
		     t.node[2], t.node[3], t.node[4], t.node[5]);
}

static void guid_time_is_mac(const struct row *r, struct value *v)
{
	value_bool(v, time_of(r).node_is_mac);
}

static void guid_time_clock(const struct row *r, struct value *v)
{
	value_integer(v, time_of(r).clock_sequence);
}

static const struct column guid_time_columns[] = {
	{ "time", VALUE_STRING, guid_time_time },
	{ "node", VALUE_STRING, guid_time_node },
	{ "nodeIsMac", VALUE_BOOL, guid_time_is_mac },
	{ "clockSequence", VALUE_INTEGER, guid_time_clock },
};
static const struct table guid_time_table = {
	guid_time_columns, ARRAY_LENGTH(guid_time_columns)
};

void value_guid_time(struct value *v, const struct row *r, const struct guid *g)
{
	struct guid_time t;

	if (guid_time(g, &t))
		value_object(v, r, &guid_time_table, g, 0);
}

bool known_disk_is_of_log(const struct model *m,
			  const struct machine_known_disk *k)
{
	bool told = k->n_records > 0;

	for (size_t i = 0; i < k->n_volumes; i++) {
		enum volume_source s =
			m->known_volumes[k->first_volume + i].source;

		told = told || s == VOLUME_SOURCE_STORAGE ||
		       s == VOLUME_SOURCE_INTERFACE;
	}
	return told && k->installation < m->n_installations &&
	       m->installations[k->installation].hive.is_log;
}
