/*
 * columns_mount.c - installations, names, mount points and reparse points
 */
#include "report/value.h"

#include <inttypes.h>

#include "report/kinds.h"

/* Installations */

static const struct machine_installation *installation_of(const struct row *r)
{
	return r->record;
}

static void installation_id(const struct row *r, struct value *v)
{
	value_id(v, "windows", r->index);
}

static void installation_volume(const struct row *r, struct value *v)
{
	value_id(v, "volume", installation_of(r)->volume);
}

static void installation_system_root(const struct row *r, struct value *v)
{
	value_text(v, installation_of(r)->system_root);
}

static void installation_computer_name(const struct row *r, struct value *v)
{
	value_text(v, installation_of(r)->computer_name);
}

static void installation_product_name(const struct row *r, struct value *v)
{
	value_text(v, installation_of(r)->product_name);
}

static void installation_build(const struct row *r, struct value *v)
{
	value_text(v, installation_of(r)->build);
}

static void installation_control_set(const struct row *r, struct value *v)
{
	if (installation_of(r)->control_set != 0)
		value_format(v, "ControlSet%03u",
			     installation_of(r)->control_set);
}

static void installation_time_zone(const struct row *r, struct value *v)
{
	value_text(v, installation_of(r)->time_zone);
}

static const struct machine_hive *hive_of(const struct row *r)
{
	return r->record;
}

static void hive_path(const struct row *r, struct value *v)
{
	value_text(v, hive_of(r)->path);
}

static void hive_dirty(const struct row *r, struct value *v)
{
	value_bool(v, hive_of(r)->dirty);
}

static void hive_checksum_valid(const struct row *r, struct value *v)
{
	value_bool(v, hive_of(r)->checksum_ok);
}

static void hive_primary_sequence(const struct row *r, struct value *v)
{
	value_integer(v, hive_of(r)->primary_sequence);
}

static void hive_secondary_sequence(const struct row *r, struct value *v)
{
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

static const struct column hive_columns[] = {
	{ "path", VALUE_TEXT, hive_path },
	{ "dirty", VALUE_BOOL, hive_dirty },
	{ "checksumValid", VALUE_BOOL, hive_checksum_valid },
	{ "primarySequence", VALUE_INTEGER, hive_primary_sequence },
	{ "secondarySequence", VALUE_INTEGER, hive_secondary_sequence },
	{ "lastWritten", VALUE_STRING, hive_last_written },
	{ "logsApplied", VALUE_ARRAY, hive_logs_applied },
};
static const struct table hive_table = {
	hive_columns, ARRAY_LENGTH(hive_columns)
};

static void installation_hive(const struct row *r, struct value *v)
{
	value_object(v, r, &hive_table, &installation_of(r)->hive, 0);
}

static void installation_cite_at(const struct row *r, size_t i, struct value *v)
{
	value_cite(v, r, &installation_of(r)->cites, NULL, i);
}

static void installation_cites(const struct row *r, struct value *v)
{
	value_array(v, r, installation_of(r)->cites.n, installation_cite_at);
}

static const struct column installation_columns[] = {
	{ "id", VALUE_STRING, installation_id },
	{ "volume", VALUE_STRING, installation_volume },
	{ "systemRoot", VALUE_TEXT, installation_system_root },
	{ "computerName", VALUE_TEXT, installation_computer_name },
	{ "productName", VALUE_TEXT, installation_product_name },
	{ "build", VALUE_TEXT, installation_build },
	{ "currentControlSet", VALUE_STRING, installation_control_set },
	{ "timeZone", VALUE_TEXT, installation_time_zone },
	{ "hive", VALUE_OBJECT, installation_hive },
	{ "citations", VALUE_ARRAY, installation_cites },
};

static size_t installation_count(const struct model *m)
{
	return m->n_installations;
}

static const void *installation_at(const struct model *m, size_t i)
{
	return &m->installations[i];
}

const struct record_kind installation_kind = {
	"installations", "installation",
	{ installation_columns, ARRAY_LENGTH(installation_columns) },
	installation_count, installation_at
};

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

static void value_unique_id(struct value *v, const struct row *r,
			    const struct mountmgr_name *owner)
{
	value_object(v, r, &unique_id_table, owner, 0);
}

/* Resolutions */

static void value_volume(struct value *v, const struct resolution *res)
{
	value_id(v, "volume", res->volume);
}

static void value_tier(struct value *v, const struct resolution *res)
{
	value_string(v, tier_name(res->tier));
}

static void value_certainty(struct value *v, const struct resolution *res)
{
	value_string(v, certainty_name(res->certainty));
}

static size_t tier_count(const struct resolution *res)
{
	size_t n = 0;

	for (unsigned t = TIER_NONE + 1; t < N_TIERS; t++)
		n += res->tiers >> t & 1;
	return n;
}

static void value_tier_at(struct value *v, const struct resolution *res,
			  size_t i)
{
	for (unsigned t = TIER_NONE + 1; t < N_TIERS; t++)
		if ((res->tiers >> t & 1) != 0 && i-- == 0)
			value_string(v, tier_name((enum tier)t));
}

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
	value_unique_id(v, r, name_of(r)->name);
}

static void name_present(const struct row *r, struct value *v)
{
	value_string(v, presence_name(name_of(r)->presence));
}

static void name_last_written(const struct row *r, struct value *v)
{
	value_time(v, name_of(r)->name->last_written);
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

static void name_tier_at(const struct row *r, size_t i, struct value *v)
{
	value_tier_at(v, &name_of(r)->resolution, i);
}

static void name_tiers(const struct row *r, struct value *v)
{
	value_array(v, r, tier_count(&name_of(r)->resolution), name_tier_at);
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
	{ "lastWritten", VALUE_STRING, name_last_written },
	{ "volume", VALUE_STRING, name_volume },
	{ "tier", VALUE_STRING, name_tier },
	{ "certainty", VALUE_STRING, name_certainty },
	{ "tiers", VALUE_ARRAY, name_tiers },
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
	{ "volume", VALUE_STRING, remote_volume },
	{ "tier", VALUE_STRING, remote_tier },
	{ "certainty", VALUE_STRING, remote_certainty },
	{ "tiers", VALUE_ARRAY, remote_tiers },
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

/* Mount points */

static const struct machine_mount *mount_of(const struct row *r)
{
	return r->record;
}

static bool is_directory(const struct row *r)
{
	return mount_of(r)->kind == MOUNT_DIRECTORY;
}

static void mount_installation(const struct row *r, struct value *v)
{
	value_id(v, "windows", mount_of(r)->installation);
}

static void mount_kind_text(const struct row *r, struct value *v)
{
	value_string(v, is_directory(r) ? "directory" : "drive-root");
}

static void mount_state(const struct row *r, struct value *v)
{
	value_string(v, mount_of(r)->deleted ? "deleted" : "present");
}

static void mount_host_volume(const struct row *r, struct value *v)
{
	if (is_directory(r))
		value_id(v, "volume", mount_of(r)->host_volume);
}

static void mount_path(const struct row *r, struct value *v)
{
	value_text(v, mount_of(r)->path);
}

static void mount_directory(const struct row *r, struct value *v)
{
	value_text(v, mount_of(r)->directory);
}

static void mount_target(const struct row *r, struct value *v)
{
	value_text(v, mount_of(r)->target);
}

static void mount_volume(const struct row *r, struct value *v)
{
	value_volume(v, &mount_of(r)->resolution);
}

static void mount_tier(const struct row *r, struct value *v)
{
	value_tier(v, &mount_of(r)->resolution);
}

static void mount_certainty(const struct row *r, struct value *v)
{
	value_certainty(v, &mount_of(r)->resolution);
}

static void mount_tier_at(const struct row *r, size_t i, struct value *v)
{
	value_tier_at(v, &mount_of(r)->resolution, i);
}

static void mount_tiers(const struct row *r, struct value *v)
{
	value_array(v, r, tier_count(&mount_of(r)->resolution), mount_tier_at);
}

/* The readers of a directory's reparse point.  One that was not asked, or that
 * cannot know, is no witness: the index of a deleted one, an index not
 * read.  */
static bool index_testifies(const struct row *r)
{
	const struct machine_mount *m = mount_of(r);

	return m->in_index ||
	       (!m->deleted && r->model->volumes[m->host_volume].index_read);
}

static void witness_index(const struct row *r, struct value *v)
{
	value_bool(v, mount_of(r)->in_index);
}

static bool record_testifies(const struct row *r)
{
	(void)r;
	return true;
}

static void witness_record(const struct row *r, struct value *v)
{
	value_bool(v, mount_of(r)->in_record);
}

static bool fsntfs_testifies(const struct row *r)
{
	return !mount_of(r)->deleted &&
	       mount_of(r)->fsntfs != NTFS_WITNESS_UNAVAILABLE;
}

static void witness_fsntfs(const struct row *r, struct value *v)
{
	value_bool(v, mount_of(r)->fsntfs == NTFS_WITNESS_AGREES);
}

static const struct {
	const char *source;
	bool (*testifies)(const struct row *r);
	void (*agrees)(const struct row *r, struct value *v);
} witnesses[] = {
	{ "reparse-index", index_testifies, witness_index },
	{ "mft-record", record_testifies, witness_record },
	{ "libfsntfs", fsntfs_testifies, witness_fsntfs },
};

/* The record of a witness is its mount point, the index says which it is.  */
static void witness_source(const struct row *r, struct value *v)
{
	value_string(v, witnesses[r->index].source);
}

static void witness_agrees(const struct row *r, struct value *v)
{
	witnesses[r->index].agrees(r, v);
}

static const struct column witness_columns[] = {
	{ "source", VALUE_STRING, witness_source },
	{ "agrees", VALUE_BOOL, witness_agrees },
};
static const struct table witness_table = {
	witness_columns, ARRAY_LENGTH(witness_columns)
};

static void witness_at(const struct row *r, size_t i, struct value *v)
{
	for (size_t w = 0; w < ARRAY_LENGTH(witnesses); w++)
		if (witnesses[w].testifies(r) && i-- == 0)
			value_object(v, r, &witness_table, r->record, w);
}

static void mount_witnesses(const struct row *r, struct value *v)
{
	size_t n = 0;

	for (size_t w = 0; is_directory(r) && w < ARRAY_LENGTH(witnesses); w++)
		n += witnesses[w].testifies(r);
	value_array(v, r, n, witness_at);
}

static void mount_mft_record(const struct row *r, struct value *v)
{
	if (is_directory(r))
		value_integer(v, NTFS_RECORD(mount_of(r)->ref));
}

static void mount_mft_sequence(const struct row *r, struct value *v)
{
	if (is_directory(r))
		value_integer(v, NTFS_SEQUENCE(mount_of(r)->ref));
}

static void mount_cite_at(const struct row *r, size_t i, struct value *v)
{
	value_cite(v, r, &mount_of(r)->cites, &mount_of(r)->resolution.cites,
		   i);
}

static void mount_cites(const struct row *r, struct value *v)
{
	value_array(v, r, cites_count(&mount_of(r)->cites,
				      &mount_of(r)->resolution.cites),
		    mount_cite_at);
}

static const struct column mount_columns[] = {
	{ "installation", VALUE_STRING, mount_installation },
	{ "kind", VALUE_STRING, mount_kind_text },
	{ "state", VALUE_STRING, mount_state },
	{ "hostVolume", VALUE_STRING, mount_host_volume },
	{ "path", VALUE_TEXT, mount_path },
	{ "directory", VALUE_TEXT, mount_directory },
	{ "target", VALUE_TEXT, mount_target },
	{ "volume", VALUE_STRING, mount_volume },
	{ "tier", VALUE_STRING, mount_tier },
	{ "certainty", VALUE_STRING, mount_certainty },
	{ "tiers", VALUE_ARRAY, mount_tiers },
	{ "witnesses", VALUE_ARRAY, mount_witnesses },
	{ "mftRecord", VALUE_INTEGER, mount_mft_record },
	{ "mftSequence", VALUE_INTEGER, mount_mft_sequence },
	{ "citations", VALUE_ARRAY, mount_cites },
};

static size_t mount_count(const struct model *m)
{
	return m->n_mounts;
}

static const void *mount_at(const struct model *m, size_t i)
{
	return &m->mounts[i];
}

const struct record_kind mount_point_kind = {
	"mountPoints", "mountPoint",
	{ mount_columns, ARRAY_LENGTH(mount_columns) },
	mount_count, mount_at
};

/* Reparse points of any tag */

static const struct machine_reparse *reparse_of(const struct row *r)
{
	return r->record;
}

static void reparse_volume(const struct row *r, struct value *v)
{
	value_id(v, "volume", reparse_of(r)->volume);
}

static void reparse_path(const struct row *r, struct value *v)
{
	value_text(v, reparse_of(r)->point->path.text);
}

static void reparse_tag(const struct row *r, struct value *v)
{
	value_format(v, "0x%08" PRIx32, reparse_of(r)->point->tag);
}

static void reparse_tag_text(const struct row *r, struct value *v)
{
	value_string(v, reparse_tag_name(reparse_of(r)->point->tag));
}

static void reparse_kind_text(const struct row *r, struct value *v)
{
	value_string(v, reparse_kind_name(reparse_of(r)->point));
}

static void reparse_target(const struct row *r, struct value *v)
{
	value_text(v, reparse_of(r)->target);
}

static void reparse_print_name(const struct row *r, struct value *v)
{
	const struct ntfs_reparse *p = reparse_of(r)->point;

	if (p->raw.n > 0 && p->data.kind != REPARSE_OTHER)
		value_text(v, text_from_utf16(r->scratch, p->data.print_name));
}

static void reparse_relative(const struct row *r, struct value *v)
{
	const struct ntfs_reparse *p = reparse_of(r)->point;

	if (p->raw.n > 0 && p->data.kind == REPARSE_SYMLINK)
		value_bool(v, (p->data.symlink_flags & 1) != 0);
}

static void reparse_state(const struct row *r, struct value *v)
{
	value_string(v, reparse_of(r)->point->deleted ? "deleted" : "present");
}

static void reparse_in_index(const struct row *r, struct value *v)
{
	value_bool(v, reparse_of(r)->point->in_index);
}

static void reparse_in_record(const struct row *r, struct value *v)
{
	value_bool(v, reparse_of(r)->point->in_record);
}

static void reparse_is_directory(const struct row *r, struct value *v)
{
	value_bool(v, reparse_of(r)->point->is_directory);
}

static void reparse_mft_record(const struct row *r, struct value *v)
{
	value_integer(v, NTFS_RECORD(reparse_of(r)->point->ref));
}

static void reparse_mft_sequence(const struct row *r, struct value *v)
{
	value_integer(v, NTFS_SEQUENCE(reparse_of(r)->point->ref));
}

static void reparse_cite_at(const struct row *r, size_t i, struct value *v)
{
	value_cite(v, r, &reparse_of(r)->point->cites, NULL, i);
}

static void reparse_cites(const struct row *r, struct value *v)
{
	value_array(v, r, reparse_of(r)->point->cites.n, reparse_cite_at);
}

static const struct column reparse_columns[] = {
	{ "volume", VALUE_STRING, reparse_volume },
	{ "path", VALUE_TEXT, reparse_path },
	{ "tag", VALUE_STRING, reparse_tag },
	{ "tagName", VALUE_STRING, reparse_tag_text },
	{ "kind", VALUE_STRING, reparse_kind_text },
	{ "target", VALUE_TEXT, reparse_target },
	{ "printName", VALUE_TEXT, reparse_print_name },
	{ "relative", VALUE_BOOL, reparse_relative },
	{ "state", VALUE_STRING, reparse_state },
	{ "inIndex", VALUE_BOOL, reparse_in_index },
	{ "inRecord", VALUE_BOOL, reparse_in_record },
	{ "isDirectory", VALUE_BOOL, reparse_is_directory },
	{ "mftRecord", VALUE_INTEGER, reparse_mft_record },
	{ "mftSequence", VALUE_INTEGER, reparse_mft_sequence },
	{ "citations", VALUE_ARRAY, reparse_cites },
};

static size_t reparse_count(const struct model *m)
{
	return m->n_reparses;
}

static const void *reparse_at(const struct model *m, size_t i)
{
	return &m->reparses[i];
}

const struct record_kind reparse_point_kind = {
	"reparsePoints", "reparsePoint",
	{ reparse_columns, ARRAY_LENGTH(reparse_columns) },
	reparse_count, reparse_at
};
