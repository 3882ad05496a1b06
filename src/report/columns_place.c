/*
 * columns_place.c - where what a user has named lies, and its paths
 */
#include "report/columns_place.h"

#include <inttypes.h>

#include "report/shared.h"

const char *hop_kind_name(enum reparse_kind k)
{
	static const char *const names[] = {
		[REPARSE_VOLUME_MOUNT_POINT] = "mount-point",
		[REPARSE_JUNCTION] = "junction",
		[REPARSE_SYMLINK] = "symlink",
		[REPARSE_OTHER] = "other",
	};

	return names[k];
}

/* --- a link on the way ---------------------------------------------------- */

static const struct walk_hop *hop_of(const struct row *r)
{
	return r->record;
}

static void hop_kind(const struct row *r, struct value *v)
{
	value_string(v, hop_kind_name(hop_of(r)->kind));
}

static void hop_volume(const struct row *r, struct value *v)
{
	value_id(v, "volume", hop_of(r)->volume);
}

static void hop_path(const struct row *r, struct value *v)
{
	value_string(v, hop_of(r)->path);
}

static void hop_record(const struct row *r, struct value *v)
{
	value_integer(v, NTFS_RECORD(hop_of(r)->ref));
}

static void hop_target(const struct row *r, struct value *v)
{
	value_text(v, hop_of(r)->target);
}

static void hop_leads_to(const struct row *r, struct value *v)
{
	value_id(v, "volume", hop_of(r)->to);
}

static void hop_tier(const struct row *r, struct value *v)
{
	value_string(v, tier_name(hop_of(r)->tier));
}

static void hop_certainty(const struct row *r, struct value *v)
{
	value_string(v, certainty_name(hop_of(r)->certainty));
}

static void hop_cite(const struct row *r, size_t i, struct value *v)
{
	value_cite(v, r, &hop_of(r)->cites, NULL, i);
}

static void hop_citations(const struct row *r, struct value *v)
{
	value_array(v, r, cites_count(&hop_of(r)->cites, NULL), hop_cite);
}

static const struct column hop_columns[] = {
	{ "kind", VALUE_STRING, hop_kind },
	{ "volume", VALUE_STRING, hop_volume },
	{ "path", VALUE_STRING, hop_path },
	{ "mftRecord", VALUE_INTEGER, hop_record },
	{ "target", VALUE_TEXT, hop_target },
	{ "leadsTo", VALUE_STRING, hop_leads_to },
	{ "tier", VALUE_STRING, hop_tier },
	{ "certainty", VALUE_STRING, hop_certainty },
	{ "citations", VALUE_ARRAY, hop_citations },
};
static const struct table hop_table = { hop_columns,
					ARRAY_LENGTH(hop_columns) };

/* --- a piece of a file ---------------------------------------------------- */

static const struct place_extent *extent_of(const struct row *r)
{
	return r->record;
}

static void extent_file_offset(const struct row *r, struct value *v)
{
	value_integer(v, extent_of(r)->file_offset);
}

static void extent_length(const struct row *r, struct value *v)
{
	value_integer(v, extent_of(r)->length);
}

static void extent_stored(const struct row *r, struct value *v)
{
	value_bool(v, extent_of(r)->stored);
}

static void extent_zeros(const struct row *r, struct value *v)
{
	value_bool(v, extent_of(r)->zeros);
}

static void extent_copy(const struct row *r, struct value *v)
{
	value_bool(v, extent_of(r)->copy);
}

static void extent_disk(const struct row *r, struct value *v)
{
	value_id(v, "disk", extent_of(r)->disk);
}

static void extent_image(const struct row *r, struct value *v)
{
	if (extent_of(r)->in_image)
		value_id(v, "image", extent_of(r)->at.image);
}

static void extent_offset(const struct row *r, struct value *v)
{
	if (extent_of(r)->in_image)
		value_integer(v, extent_of(r)->at.offset);
}

static void extent_encrypted(const struct row *r, struct value *v)
{
	value_bool(v, extent_of(r)->at.encrypted);
}

static const struct column extent_columns[] = {
	{ "fileOffset", VALUE_INTEGER, extent_file_offset },
	{ "length", VALUE_INTEGER, extent_length },
	{ "stored", VALUE_BOOL, extent_stored },
	{ "zeros", VALUE_BOOL, extent_zeros },
	{ "copy", VALUE_BOOL, extent_copy },
	{ "disk", VALUE_STRING, extent_disk },
	{ "image", VALUE_STRING, extent_image },
	{ "offset", VALUE_INTEGER, extent_offset },
	{ "encrypted", VALUE_BOOL, extent_encrypted },
};
static const struct table extent_table = { extent_columns,
					   ARRAY_LENGTH(extent_columns) };

/* --- a file --------------------------------------------------------------- */

static const struct place *place_of(const struct row *r)
{
	return r->record;
}

static void data_stream(const struct row *r, struct value *v)
{
	value_string(v, place_of(r)->walk.stream);
}

static void data_size(const struct row *r, struct value *v)
{
	value_integer(v, place_of(r)->stream.size);
}

static void data_initialised(const struct row *r, struct value *v)
{
	value_integer(v, place_of(r)->stream.initialised);
}

static void data_resident(const struct row *r, struct value *v)
{
	value_bool(v, place_of(r)->stream.resident);
}

static void data_compressed(const struct row *r, struct value *v)
{
	value_bool(v, place_of(r)->stream.compressed);
}

static void data_sparse(const struct row *r, struct value *v)
{
	value_bool(v, place_of(r)->stream.sparse);
}

static void data_encrypted(const struct row *r, struct value *v)
{
	value_bool(v, place_of(r)->stream.encrypted);
}

static void data_damaged(const struct row *r, struct value *v)
{
	value_bool(v, place_of(r)->stream.damaged);
}

static void data_extent(const struct row *r, size_t i, struct value *v)
{
	value_object(v, r, &extent_table, &place_of(r)->extents[i], i);
}

static void data_extents(const struct row *r, struct value *v)
{
	value_array(v, r, place_of(r)->n_extents, data_extent);
}

static void data_not_listed(const struct row *r, struct value *v)
{
	value_integer(v, place_of(r)->bytes_cut);
}

static void data_cite(const struct row *r, size_t i, struct value *v)
{
	value_cite(v, r, &place_of(r)->stream.cites, NULL, i);
}

static void data_citations(const struct row *r, struct value *v)
{
	value_array(v, r, cites_count(&place_of(r)->stream.cites, NULL),
		    data_cite);
}

static const struct column data_columns[] = {
	{ "stream", VALUE_STRING, data_stream },
	{ "size", VALUE_INTEGER, data_size },
	{ "initialised", VALUE_INTEGER, data_initialised },
	{ "resident", VALUE_BOOL, data_resident },
	{ "compressed", VALUE_BOOL, data_compressed },
	{ "sparse", VALUE_BOOL, data_sparse },
	{ "encrypted", VALUE_BOOL, data_encrypted },
	{ "damaged", VALUE_BOOL, data_damaged },
	{ "extents", VALUE_ARRAY, data_extents },
	{ "bytesNotListed", VALUE_INTEGER, data_not_listed },
	{ "citations", VALUE_ARRAY, data_citations },
};
static const struct table data_table = { data_columns,
					 ARRAY_LENGTH(data_columns) };

static void file_record(const struct row *r, struct value *v)
{
	value_integer(v, NTFS_RECORD(place_of(r)->record.ref));
}

static void file_sequence(const struct row *r, struct value *v)
{
	value_integer(v, NTFS_SEQUENCE(place_of(r)->record.ref));
}

static void file_directory(const struct row *r, struct value *v)
{
	value_bool(v, place_of(r)->record.is_directory);
}

static void file_path(const struct row *r, struct value *v)
{
	if (place_of(r)->name.state == PATH_WHOLE)
		value_text(v, place_of(r)->name.text);
}

static void file_tag(const struct row *r, struct value *v)
{
	if (place_of(r)->walk.point != NULL)
		value_format(v, "0x%08" PRIx32, place_of(r)->walk.point->tag);
}

static void file_data(const struct row *r, struct value *v)
{
	if (place_of(r)->has_stream)
		value_object(v, r, &data_table, place_of(r), r->index);
}

static void file_cite(const struct row *r, size_t i, struct value *v)
{
	value_cite(v, r, &place_of(r)->record.cites, &place_of(r)->name.cites,
		   i);
}

static void file_citations(const struct row *r, struct value *v)
{
	value_array(v, r, cites_count(&place_of(r)->record.cites,
				      &place_of(r)->name.cites), file_cite);
}

static const struct column file_columns[] = {
	{ "mftRecord", VALUE_INTEGER, file_record },
	{ "sequence", VALUE_INTEGER, file_sequence },
	{ "directory", VALUE_BOOL, file_directory },
	{ "path", VALUE_TEXT, file_path },
	{ "reparseTag", VALUE_STRING, file_tag },
	{ "data", VALUE_OBJECT, file_data },
	{ "citations", VALUE_ARRAY, file_citations },
};
static const struct table file_table = { file_columns,
					 ARRAY_LENGTH(file_columns) };

/* --- who has a byte ------------------------------------------------------- */

static const struct place_owner *owner_of(const struct row *r)
{
	return r->record;
}

static void owner_record(const struct row *r, struct value *v)
{
	value_integer(v, NTFS_RECORD(owner_of(r)->record));
}

static void owner_sequence(const struct row *r, struct value *v)
{
	value_integer(v, NTFS_SEQUENCE(owner_of(r)->record));
}

static void owner_path(const struct row *r, struct value *v)
{
	if (owner_of(r)->path.state != PATH_UNNAMED)
		value_text(v, owner_of(r)->path.text);
}

static void owner_in_use(const struct row *r, struct value *v)
{
	value_bool(v, owner_of(r)->owner.in_use);
}

static void owner_holds(const struct row *r, struct value *v)
{
	const struct place_owner *o = owner_of(r);

	if (o->is_record)
		value_string(v, "record");
	else if (o->owner.type == 0x80)
		value_string(v, "data");
	else
		value_format(v, "attribute 0x%" PRIx32, o->owner.type);
}

static void owner_name(const struct row *r, struct value *v)
{
	value_text(v, owner_of(r)->owner.name);
}

static void owner_vcn(const struct row *r, struct value *v)
{
	value_integer(v, owner_of(r)->owner.vcn);
}

static const struct column owner_columns[] = {
	{ "mftRecord", VALUE_INTEGER, owner_record },
	{ "sequence", VALUE_INTEGER, owner_sequence },
	{ "path", VALUE_TEXT, owner_path },
	{ "inUse", VALUE_BOOL, owner_in_use },
	{ "holds", VALUE_STRING, owner_holds },
	{ "attributeName", VALUE_TEXT, owner_name },
	{ "vcn", VALUE_INTEGER, owner_vcn },
};
static const struct table owner_table = { owner_columns,
					  ARRAY_LENGTH(owner_columns) };

/* --- a path to it --------------------------------------------------------- */

static const struct place_path *path_of(const struct row *r)
{
	return r->record;
}

static void path_path(const struct row *r, struct value *v)
{
	value_string(v, path_of(r)->path);
}

static void path_live(const struct row *r, struct value *v)
{
	value_bool(v, path_of(r)->live);
}

static void path_basis(const struct row *r, struct value *v)
{
	value_string(v, path_basis_name(path_of(r)->basis));
}

static void path_installation(const struct row *r, struct value *v)
{
	value_id(v, "windows", path_of(r)->installation);
}

static void path_time(const struct row *r, struct value *v)
{
	value_time(v, path_of(r)->time);
}

static void path_tier(const struct row *r, struct value *v)
{
	if (path_of(r)->resolved)
		value_string(v, tier_name(path_of(r)->tier));
}

static void path_certainty(const struct row *r, struct value *v)
{
	if (path_of(r)->resolved)
		value_string(v, certainty_name(path_of(r)->certainty));
}

static void path_cite(const struct row *r, size_t i, struct value *v)
{
	value_cite(v, r, &path_of(r)->cites, NULL, i);
}

static void path_citations(const struct row *r, struct value *v)
{
	value_array(v, r, cites_count(&path_of(r)->cites, NULL), path_cite);
}

static const struct column path_columns[] = {
	{ "path", VALUE_STRING, path_path },
	{ "live", VALUE_BOOL, path_live },
	{ "basis", VALUE_STRING, path_basis },
	{ "installation", VALUE_STRING, path_installation },
	{ "time", VALUE_STRING, path_time },
	{ "tier", VALUE_STRING, path_tier },
	{ "certainty", VALUE_STRING, path_certainty },
	{ "citations", VALUE_ARRAY, path_citations },
};
static const struct table path_table = { path_columns,
					 ARRAY_LENGTH(path_columns) };

/* --- a place -------------------------------------------------------------- */

static void place_certainty(const struct row *r, struct value *v)
{
	value_string(v, certainty_name(place_of(r)->match.certainty));
}

static void place_tier(const struct row *r, struct value *v)
{
	value_string(v, tier_name(place_of(r)->match.tier));
}

static void place_why(const struct row *r, struct value *v)
{
	value_string(v, place_of(r)->match.why);
}

static void place_found(const struct row *r, struct value *v)
{
	const struct place *p = place_of(r);

	value_bool(v, !p->absent &&
		      (!p->walked || p->walk.end == WALK_FOUND));
}

static void place_end(const struct row *r, struct value *v)
{
	if (place_of(r)->absent)
		value_string(v, walk_end_name(WALK_NO_VOLUME));
	else if (place_of(r)->walked)
		value_string(v, walk_end_name(place_of(r)->walk.end));
}

static void place_reason(const struct row *r, struct value *v)
{
	if (place_of(r)->walked && place_of(r)->walk.why != NULL)
		value_string(v, place_of(r)->walk.why);
	else
		value_string(v, place_of(r)->note);
}

static void place_disk(const struct row *r, struct value *v)
{
	value_id(v, "disk", place_of(r)->disk);
}

static void place_disk_number(const struct row *r, struct value *v)
{
	if (place_of(r)->disk != NONE)
		value_integer(v, r->model->disks[place_of(r)->disk].number);
}

static void place_partition(const struct row *r, struct value *v)
{
	value_partition_id(v, r->model, place_of(r)->partition);
}

static void place_volume(const struct row *r, struct value *v)
{
	value_id(v, "volume", place_of(r)->volume);
}

static void place_path(const struct row *r, struct value *v)
{
	if (place_of(r)->walked)
		value_string(v, place_of(r)->walk.path);
}

static void place_rest(const struct row *r, struct value *v)
{
	if (place_of(r)->walked)
		value_string(v, place_of(r)->walk.rest);
}

static void place_other_case(const struct row *r, struct value *v)
{
	value_bool(v, place_of(r)->walk.other_case);
}

static void place_hop(const struct row *r, size_t i, struct value *v)
{
	value_object(v, r, &hop_table, &place_of(r)->walk.hops[i], i);
}

static void place_hops(const struct row *r, struct value *v)
{
	value_array(v, r, place_of(r)->walk.n_hops, place_hop);
}

static void place_file(const struct row *r, struct value *v)
{
	if (place_of(r)->has_record)
		value_object(v, r, &file_table, place_of(r), r->index);
}

static void place_volume_offset(const struct row *r, struct value *v)
{
	if (place_of(r)->has_offset)
		value_integer(v, place_of(r)->volume_offset);
}

static void place_cluster(const struct row *r, struct value *v)
{
	if (place_of(r)->has_cluster)
		value_integer(v, place_of(r)->cluster);
}

static void place_owner(const struct row *r, size_t i, struct value *v)
{
	value_object(v, r, &owner_table, &place_of(r)->owners[i], i);
}

static void place_owners(const struct row *r, struct value *v)
{
	value_array(v, r, place_of(r)->n_owners, place_owner);
}

static void place_path_at(const struct row *r, size_t i, struct value *v)
{
	value_object(v, r, &path_table, &place_of(r)->paths[i], i);
}

static void place_paths(const struct row *r, struct value *v)
{
	value_array(v, r, place_of(r)->n_paths, place_path_at);
}

static void place_cite(const struct row *r, size_t i, struct value *v)
{
	value_cite(v, r, &place_of(r)->match.cites, NULL, i);
}

static void place_citations(const struct row *r, struct value *v)
{
	value_array(v, r, cites_count(&place_of(r)->match.cites, NULL),
		    place_cite);
}

static const struct column place_columns[] = {
	{ "certainty", VALUE_STRING, place_certainty },
	{ "tier", VALUE_STRING, place_tier },
	{ "why", VALUE_STRING, place_why },
	{ "found", VALUE_BOOL, place_found },
	{ "end", VALUE_STRING, place_end },
	{ "reason", VALUE_STRING, place_reason },
	{ "volume", VALUE_STRING, place_volume },
	{ "partition", VALUE_STRING, place_partition },
	{ "disk", VALUE_STRING, place_disk },
	{ "diskNumber", VALUE_INTEGER, place_disk_number },
	{ "path", VALUE_STRING, place_path },
	{ "rest", VALUE_STRING, place_rest },
	{ "otherCase", VALUE_BOOL, place_other_case },
	{ "hops", VALUE_ARRAY, place_hops },
	{ "file", VALUE_OBJECT, place_file },
	{ "volumeOffset", VALUE_INTEGER, place_volume_offset },
	{ "cluster", VALUE_INTEGER, place_cluster },
	{ "owners", VALUE_ARRAY, place_owners },
	{ "paths", VALUE_ARRAY, place_paths },
	{ "citations", VALUE_ARRAY, place_citations },
};
const struct table place_table = { place_columns,
				   ARRAY_LENGTH(place_columns) };
