/*
 * columns_disk.c - images, disks and partitions
 */
#include "report/shared.h"

#include <inttypes.h>
#include <stdio.h>

#include "report/kinds.h"

/* Images */

static const struct machine_image *image_of(const struct row *r)
{
	return r->record;
}

static void image_id(const struct row *r, struct value *v)
{
	value_id(v, "image", r->index);
}

static void image_file(const struct row *r, struct value *v)
{
	value_string(v, image_of(r)->file);
}

static void image_format(const struct row *r, struct value *v)
{
	value_string(v, image_of(r)->format);
}

static void image_size(const struct row *r, struct value *v)
{
	if (image_of(r)->format != NULL)
		value_integer(v, image_of(r)->size);
}

static void image_sector_size(const struct row *r, struct value *v)
{
	if (image_of(r)->sector_size != 0)
		value_integer(v, image_of(r)->sector_size);
}

static void segment_at(const struct row *r, size_t i, struct value *v)
{
	value_string(v, image_of(r)->segments[i]);
}

static void image_segments(const struct row *r, struct value *v)
{
	value_array(v, r, image_of(r)->n_segments, segment_at);
}

static const struct column image_columns[] = {
	{ "id", VALUE_STRING, image_id },
	{ "file", VALUE_STRING, image_file },
	{ "format", VALUE_STRING, image_format },
	{ "size", VALUE_INTEGER, image_size },
	{ "sectorSize", VALUE_INTEGER, image_sector_size },
	{ "segments", VALUE_ARRAY, image_segments },
};

static size_t image_count(const struct model *m)
{
	return m->n_images;
}

static const void *image_at(const struct model *m, size_t i)
{
	return &m->images[i];
}

const struct record_kind image_kind = {
	"images", "image", { image_columns, ARRAY_LENGTH(image_columns) },
	image_count, image_at
};

/* Entries of a partition table */

/* A partition's type as its table writes it.  */
static void value_type_code(struct value *v, const struct partition *p)
{
	if (!guid_is_zero(&p->type_guid))
		value_guid(v, &p->type_guid);
	else if (p->mbr_type != 0)
		value_format(v, "%02x", (unsigned)p->mbr_type);
}

static void value_type_name(struct value *v, const struct disk *d,
			    const struct partition *p)
{
	if (!guid_is_zero(&p->type_guid) || p->mbr_type != 0)
		value_string(v, partition_type_name(d, p));
}

static const struct {
	unsigned bit;
	const char *name;
} gpt_attributes[] = {
	{ 0, "platform-required" },
	{ 1, "no-block-io-protocol" },
	{ 2, "legacy-bios-bootable" },
	{ 60, "read-only" },
	{ 61, "shadow-copy" },
	{ 62, "hidden" },
	{ 63, "no-default-drive-letter" },
};

/* Has room for "bit 63".  */
#define ATTRIBUTE_BYTES 16

static const char *gpt_attribute_name(unsigned bit, char buf[ATTRIBUTE_BYTES])
{
	for (size_t i = 0; i < ARRAY_LENGTH(gpt_attributes); i++)
		if (gpt_attributes[i].bit == bit)
			return gpt_attributes[i].name;
	snprintf(buf, ATTRIBUTE_BYTES, "bit %u", bit);
	return buf;
}

/* How many attributes the table gives @p.  */
static size_t attribute_count(const struct partition *p)
{
	size_t n = (size_t)p->active + (size_t)p->logical;

	for (unsigned bit = 0; bit < 64; bit++)
		n += p->attributes >> bit & 1;
	return n;
}

/* The word for number @i of them.  */
static const char *attribute_name(const struct partition *p, size_t i,
				  char buf[ATTRIBUTE_BYTES])
{
	if (p->active && i-- == 0)
		return "active";
	if (p->logical && i-- == 0)
		return "logical";
	for (unsigned bit = 0; bit < 64; bit++)
		if ((p->attributes >> bit & 1) != 0 && i-- == 0)
			return gpt_attribute_name(bit, buf);
	return NULL;
}

static void entry_cite(struct value *v, const struct row *r,
		       const struct partition *p, size_t i)
{
	value_cite(v, r, &p->cites, NULL, i);
}

/* Disks */

static const struct machine_disk *disk_of(const struct row *r)
{
	return r->record;
}

static void disk_id(const struct row *r, struct value *v)
{
	value_id(v, "disk", r->index);
}

static void disk_number(const struct row *r, struct value *v)
{
	value_integer(v, disk_of(r)->number);
}

static void disk_number_basis(const struct row *r, struct value *v)
{
	value_string(v, number_basis_name(disk_of(r)->basis));
}

static void disk_number_cite_at(const struct row *r, size_t i, struct value *v)
{
	value_cite(v, r, &disk_of(r)->number_cites, NULL, i);
}

static void disk_number_cites(const struct row *r, struct value *v)
{
	value_array(v, r, disk_of(r)->number_cites.n, disk_number_cite_at);
}

static void disk_image(const struct row *r, struct value *v)
{
	value_id(v, "image", disk_of(r)->image);
}

static void disk_size(const struct row *r, struct value *v)
{
	value_integer(v, disk_of(r)->table.size);
}

static void disk_sector_size(const struct row *r, struct value *v)
{
	if (disk_of(r)->table.sector_size != 0)
		value_integer(v, disk_of(r)->table.sector_size);
}

static void disk_scheme(const struct row *r, struct value *v)
{
	value_string(v, disk_scheme_name(disk_of(r)->table.scheme));
}

static void disk_ldm(const struct row *r, struct value *v)
{
	value_bool(v, disk_of(r)->table.ldm);
}

static void disk_signature(const struct row *r, struct value *v)
{
	if (disk_of(r)->table.has_signature)
		value_format(v, "%08" PRIx32, disk_of(r)->table.signature);
}

static void disk_guid(const struct row *r, struct value *v)
{
	value_guid(v, &disk_of(r)->table.guid);
}

/* An entry that no partition number counts: of a hybrid MBR, or of a GPT that
 * an MBR overrules.  Its row is the disk's, with the entry's index.  */
static const struct partition *other_of(const struct row *r)
{
	return &disk_of(r)->table.others[r->index];
}

static void other_offset(const struct row *r, struct value *v)
{
	value_integer(v, other_of(r)->offset);
}

static void other_length(const struct row *r, struct value *v)
{
	value_integer(v, other_of(r)->length);
}

static void other_type(const struct row *r, struct value *v)
{
	value_type_code(v, other_of(r));
}

static void other_type_name(const struct row *r, struct value *v)
{
	value_type_name(v, &disk_of(r)->table, other_of(r));
}

static void other_guid(const struct row *r, struct value *v)
{
	value_guid(v, &other_of(r)->guid);
}

static void other_name(const struct row *r, struct value *v)
{
	value_text(v, other_of(r)->name);
}

static void other_volume(const struct row *r, struct value *v)
{
	size_t volume = machine_hybrid_volume(r->model, other_of(r));

	if (volume != NONE)
		value_id(v, "volume", volume);
}

static void other_cite_at(const struct row *r, size_t i, struct value *v)
{
	entry_cite(v, r, other_of(r), i);
}

static void other_cites(const struct row *r, struct value *v)
{
	value_array(v, r, other_of(r)->cites.n, other_cite_at);
}

static const struct column other_columns[] = {
	{ "offset", VALUE_INTEGER, other_offset },
	{ "length", VALUE_INTEGER, other_length },
	{ "type", VALUE_STRING, other_type },
	{ "typeName", VALUE_STRING, other_type_name },
	{ "guid", VALUE_STRING, other_guid },
	{ "name", VALUE_TEXT, other_name },
	{ "volume", VALUE_STRING, other_volume },
	{ "citations", VALUE_ARRAY, other_cites },
};
static const struct table other_table = {
	other_columns, ARRAY_LENGTH(other_columns)
};

static void disk_other_at(const struct row *r, size_t i, struct value *v)
{
	value_object(v, r, &other_table, r->record, i);
}

static void disk_others(const struct row *r, struct value *v)
{
	value_array(v, r, disk_of(r)->table.n_others, disk_other_at);
}

/* The one other reader of a partition table, if it was asked and said
 * something.  Its row is the disk's.  */
static void tsk_source(const struct row *r, struct value *v)
{
	(void)r;
	value_string(v, "libtsk");
}

static void tsk_agrees(const struct row *r, struct value *v)
{
	value_bool(v, disk_of(r)->tsk == WITNESS_AGREES);
}

static const struct column tsk_columns[] = {
	{ "source", VALUE_STRING, tsk_source },
	{ "agrees", VALUE_BOOL, tsk_agrees },
};
static const struct table tsk_table = {
	tsk_columns, ARRAY_LENGTH(tsk_columns)
};

static void disk_witness_at(const struct row *r, size_t i, struct value *v)
{
	value_object(v, r, &tsk_table, r->record, i);
}

static void disk_witnesses(const struct row *r, struct value *v)
{
	bool testifies = disk_of(r)->tsk == WITNESS_AGREES ||
			 disk_of(r)->tsk == WITNESS_DISAGREES;

	value_array(v, r, testifies ? 1 : 0, disk_witness_at);
}

static void disk_cite_at(const struct row *r, size_t i, struct value *v)
{
	value_cite(v, r, &disk_of(r)->table.cites, NULL, i);
}

static void disk_cites(const struct row *r, struct value *v)
{
	value_array(v, r, disk_of(r)->table.cites.n, disk_cite_at);
}

static const struct column disk_columns[] = {
	{ "id", VALUE_STRING, disk_id },
	{ "number", VALUE_INTEGER, disk_number },
	{ "numberBasis", VALUE_STRING, disk_number_basis },
	{ "numberCitations", VALUE_ARRAY, disk_number_cites },
	{ "image", VALUE_STRING, disk_image },
	{ "size", VALUE_INTEGER, disk_size },
	{ "sectorSize", VALUE_INTEGER, disk_sector_size },
	{ "scheme", VALUE_STRING, disk_scheme },
	{ "ldm", VALUE_BOOL, disk_ldm },
	{ "signature", VALUE_STRING, disk_signature },
	{ "guid", VALUE_STRING, disk_guid },
	{ "otherEntries", VALUE_ARRAY, disk_others },
	{ "witnesses", VALUE_ARRAY, disk_witnesses },
	{ "citations", VALUE_ARRAY, disk_cites },
};

static size_t disk_count(const struct model *m)
{
	return m->n_disks;
}

static const void *disk_at(const struct model *m, size_t i)
{
	return &m->disks[i];
}

const struct record_kind disk_kind = {
	"disks", "disk", { disk_columns, ARRAY_LENGTH(disk_columns) },
	disk_count, disk_at
};

/* Partitions */

static const struct machine_partition *partition_of(const struct row *r)
{
	return r->record;
}

static const struct partition *entry_of(const struct row *r)
{
	return partition_of(r)->entry;
}

static void partition_id(const struct row *r, struct value *v)
{
	value_partition_id(v, r->model, r->index);
}

static void partition_disk(const struct row *r, struct value *v)
{
	value_id(v, "disk", partition_of(r)->disk);
}

static void partition_number(const struct row *r, struct value *v)
{
	value_integer(v, entry_of(r)->number);
}

static void partition_wmi_index(const struct row *r, struct value *v)
{
	if (entry_of(r)->wmi_index >= 0)
		value_integer(v, (uint64_t)entry_of(r)->wmi_index);
}

static void partition_offset(const struct row *r, struct value *v)
{
	value_integer(v, entry_of(r)->offset);
}

static void partition_length(const struct row *r, struct value *v)
{
	value_integer(v, entry_of(r)->length);
}

static void partition_type(const struct row *r, struct value *v)
{
	value_type_code(v, entry_of(r));
}

static void partition_type_text(const struct row *r, struct value *v)
{
	value_type_name(v, &r->model->disks[partition_of(r)->disk].table,
			entry_of(r));
}

static void partition_guid(const struct row *r, struct value *v)
{
	value_guid(v, &entry_of(r)->guid);
}

static void partition_name(const struct row *r, struct value *v)
{
	value_text(v, entry_of(r)->name);
}

static void attribute_at(const struct row *r, size_t i, struct value *v)
{
	value_string(v, attribute_name(entry_of(r), i, v->buf));
}

static void partition_attributes(const struct row *r, struct value *v)
{
	value_array(v, r, attribute_count(entry_of(r)), attribute_at);
}

static void partition_volume(const struct row *r, struct value *v)
{
	value_id(v, "volume", partition_of(r)->volume);
}

static void partition_cite_at(const struct row *r, size_t i, struct value *v)
{
	entry_cite(v, r, entry_of(r), i);
}

static void partition_cites(const struct row *r, struct value *v)
{
	value_array(v, r, entry_of(r)->cites.n, partition_cite_at);
}

static const struct column partition_columns[] = {
	{ "id", VALUE_STRING, partition_id },
	{ "disk", VALUE_STRING, partition_disk },
	{ "number", VALUE_INTEGER, partition_number },
	{ "wmiIndex", VALUE_INTEGER, partition_wmi_index },
	{ "offset", VALUE_INTEGER, partition_offset },
	{ "length", VALUE_INTEGER, partition_length },
	{ "type", VALUE_STRING, partition_type },
	{ "typeName", VALUE_STRING, partition_type_text },
	{ "guid", VALUE_STRING, partition_guid },
	{ "name", VALUE_TEXT, partition_name },
	{ "attributes", VALUE_ARRAY, partition_attributes },
	{ "volume", VALUE_STRING, partition_volume },
	{ "citations", VALUE_ARRAY, partition_cites },
};

static size_t partition_count(const struct model *m)
{
	return m->n_partitions;
}

static const void *partition_at(const struct model *m, size_t i)
{
	return &m->partitions[i];
}

const struct record_kind partition_kind = {
	"partitions", "partition",
	{ partition_columns, ARRAY_LENGTH(partition_columns) },
	partition_count, partition_at
};
