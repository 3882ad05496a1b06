/*
 * columns_mount.c - mount points and reparse points
 */
#include <inttypes.h>

#include "report/kinds.h"
#include "report/shared.h"

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

static void mount_leads(const struct row *r, struct value *v)
{
	value_leads(v, r, &mount_of(r)->resolution);
}

static void mount_known_disk(const struct row *r, struct value *v)
{
	value_known_disk(v, &mount_of(r)->resolution);
}

static void mount_known_disk_at(const struct row *r, size_t i, struct value *v)
{
	value_known_disk_at(v, &mount_of(r)->resolution, i);
}

static void mount_known_disks(const struct row *r, struct value *v)
{
	value_array(v, r, mount_of(r)->resolution.n_known_disks,
		    mount_known_disk_at);
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
	{ "leads", VALUE_ARRAY, mount_leads },
	{ "knownDisk", VALUE_STRING, mount_known_disk },
	{ "knownDisks", VALUE_ARRAY, mount_known_disks },
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
