/*
 * diskpart.c - disks, volumes and partitions, as diskpart lists them
 *
 * A session: list disk, list volume, and for each disk select disk and list
 * partition.  What is there, and whole, is online and healthy; what is not
 * whole has no status, as live it may have any.  Numbers of volumes count as
 * the report does: those of a running system are stored nowhere.
 *
 * Sizes are cut, not rounded, to four digits at most: 1024 KB, 9313 GB.  Free
 * is what lies between partitions in whole MiB, in which Windows aligns them;
 * of a dynamic disk it is left empty.
 */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "format/mbr.h"
#include "format/partition_type.h"
#include "provider/classes.h"
#include "provider/device_facts.h"
#include "report/familiar.h"

#define MIB (UINT64_C(1) << 20)
#define ATTRIBUTE_OFFLINE 1	/* Partmgr\Attributes */

/* Where columns begin, or end, where what is in them stands at the right.  */
enum { DISK_STATUS = 12, DISK_SIZE_END = 34, DISK_FREE_END = 43, DISK_DYN = 46,
       DISK_GPT = 51 };
enum { VOLUME_LETTER = 15, VOLUME_LABEL = 19, VOLUME_FS = 32, VOLUME_TYPE = 39,
       VOLUME_SIZE_END = 58, VOLUME_STATUS = 60, VOLUME_INFO = 71 };
enum { PART_TYPE = 17, PART_SIZE_END = 42, PART_OFFSET_END = 51 };
enum { LABEL_COLUMNS = 11, FS_COLUMNS = 5 };

#define SIZE_BYTES 32
static const char *size_of(uint64_t bytes, char buf[SIZE_BYTES])
{
	static const char *const units[] = { "B", "KB", "MB", "GB", "TB" };
	size_t unit = 0;

	while (bytes > 9999 && unit + 1 < ARRAY_LENGTH(units)) {
		bytes /= 1024;
		unit++;
	}
	snprintf(buf, SIZE_BYTES, "%" PRIu64 " %s", bytes, units[unit]);
	return buf;
}

static void put_size(struct line *l, unsigned to, uint64_t bytes)
{
	char buf[SIZE_BYTES];

	line_right(l, to, size_of(bytes, buf));
}

static void put_number(struct line *l, const char *what, uint64_t n)
{
	char buf[32];

	snprintf(buf, sizeof(buf), "%s %" PRIu64, what, n);
	line_put(l, buf);
}

/* --- list disk ------------------------------------------------------------ */

struct range {
	uint64_t from, to;
};

static int compare_ranges(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	return (x->from > y->from) - (x->from < y->from);
}

/* Whole MiB between @from and @to.  */
static uint64_t between(uint64_t from, uint64_t to)
{
	from = from / MIB + (from % MIB != 0);
	to /= MIB;
	return to > from ? (to - from) * MIB : 0;
}

/* Where partitions may lie on @d.  */
static struct range usable(const struct disk *d)
{
	if (d->usable_length > 0 &&
	    d->usable_length <= UINT64_MAX - d->usable_offset)
		return (struct range){ d->usable_offset,
				       d->usable_offset + d->usable_length };
	return (struct range){ d->sector_size, d->size };
}

/* What no partition covers; false when out of memory.  */
static bool free_space(struct arena *a, const struct disk *d, uint64_t *ret)
{
	struct range all = usable(d);
	struct range *used = arena_alloc(a, (d->n_partitions + 1) *
					 sizeof(*used));
	uint64_t at = all.from;

	if (used == NULL)
		return false;
	for (size_t i = 0; i < d->n_partitions; i++) {
		const struct partition *p = &d->partitions[i];

		used[i].from = p->offset;
		used[i].to = p->length > UINT64_MAX - p->offset ? UINT64_MAX :
			     p->offset + p->length;
	}
	qsort(used, d->n_partitions, sizeof(*used), compare_ranges);
	*ret = 0;
	for (size_t i = 0; i < d->n_partitions; i++) {
		uint64_t to = used[i].from < all.to ? used[i].from : all.to;

		*ret += between(at, to);
		at = used[i].to > at ? used[i].to : at;
	}
	*ret += between(at, all.to);
	return true;
}

static const char *disk_status(const struct provider *p, size_t disk)
{
	const struct machine_known_disk *k = disk_record(p, disk);

	return k != NULL && k->has_attributes &&
	       (k->attributes & ATTRIBUTE_OFFLINE) != 0 ? "Offline" : "Online";
}

static void put_disk(struct provider *p, size_t disk, struct line *l)
{
	const struct machine_disk *d = &p->model->disks[disk];
	bool has_table = d->table.scheme != SCHEME_NONE;
	uint64_t space;

	line_pad(l, 2);
	put_number(l, "Disk", d->number);
	line_left(l, DISK_STATUS, disk_status(p, disk));
	put_size(l, DISK_SIZE_END, d->table.size);
	if (has_table && !d->table.ldm &&
	    free_space(p->arena, &d->table, &space))
		put_size(l, DISK_FREE_END, space);
	line_left(l, DISK_DYN, d->table.ldm ? "*" : NULL);
	line_left(l, DISK_GPT, d->table.scheme == SCHEME_GPT ? "*" : NULL);
	line_end(l);
}

static void list_disks(struct provider *p, struct line *l)
{
	line_put(l, "DISKPART> list disk\n\n"
		 "  Disk ###  Status         Size     Free     Dyn  Gpt\n"
		 "  --------  -------------  -------  -------  ---  ---\n");
	l->column = 0;
	for (size_t i = 0; i < p->model->n_disks; i++)
		put_disk(p, i, l);
	line_end(l);
}

/* --- list volume ---------------------------------------------------------- */

static const struct partition *entry_of(const struct provider *p, size_t volume)
{
	size_t i = p->model->volumes[volume].partition;

	return i == NONE ? NULL : p->model->partitions[i].entry;
}

static const char *basic_type(const struct provider *p, size_t volume)
{
	switch (volume_media(p, volume)) {
	case MEDIA_REMOVABLE:
		return "Removable";
	case MEDIA_FIXED:
		return "Partition";
	case MEDIA_UNSAID:
	case MEDIA_DISPUTED:
		break;
	}
	return NULL;
}

static const char *volume_type(const struct provider *p, size_t volume)
{
	const struct machine_volume *v = &p->model->volumes[volume];

	switch (v->kind) {
	case VOLUME_PARTITION:
	case VOLUME_WHOLE_DISK:
		return basic_type(p, volume);
	case VOLUME_RECOVERED:
	case VOLUME_HYBRID:
		return NULL;
	case VOLUME_LDM:
		break;
	}
	switch (v->dynamic->layout) {
	case DYNAMIC_SIMPLE: return "Simple";
	case DYNAMIC_SPANNED: return "Spanned";
	case DYNAMIC_STRIPED: return "Stripe";
	case DYNAMIC_MIRRORED: return "Mirror";
	case DYNAMIC_RAID5: return "RAID-5";
	}
	return NULL;
}

/* Whether all its bytes are there.  */
static bool is_whole(const struct model *m, const struct machine_volume *v)
{
	if (v->kind == VOLUME_LDM && v->dynamic->state == DYNAMIC_INCOMPLETE)
		return false;
	for (size_t i = 0; i < v->n_extents; i++) {
		const struct extent *x = &v->extents[i];
		uint64_t size = x->disk == NONE ? 0 :
				m->disks[x->disk].table.size;

		if (x->offset > size || x->length > size - x->offset)
			return false;
	}
	return true;
}

/* "RAW" is what Windows calls a file system that it does not know; of one that
 * is encrypted, or is not all there, nothing is said.  */
static const char *volume_fs(const struct provider *p, size_t volume)
{
	const struct volume_identity *i = &p->model->volumes[volume].identity;
	const char *name = volume_file_system(p, volume);

	if (name != NULL || i->damaged || i->unread.code != 0 ||
	    !is_whole(p->model, &p->model->volumes[volume]))
		return name;
	switch (i->kind) {
	case FS_UNKNOWN:
	case FS_OTHER:
		return "RAW";
	default:
		return NULL;
	}
}

static const char *volume_status(const struct model *m,
				 const struct machine_volume *v)
{
	if (v->kind != VOLUME_LDM)
		return is_whole(m, v) ? "Healthy" : NULL;
	switch (v->dynamic->state) {
	case DYNAMIC_WHOLE:
		return is_whole(m, v) ? "Healthy" : NULL;
	case DYNAMIC_DEGRADED:
		return "Failed Rd";
	case DYNAMIC_INCOMPLETE:
		return "Failed";
	case DYNAMIC_STALE:	/* "Healthy" at times, "Stale Data" at others */
		return NULL;
	}
	return NULL;
}

/* Types of an MBR that Windows keeps from users.  */
static const char *special_type(uint8_t mbr_type)
{
	switch (mbr_type) {
	case 0x27:
		return "Recovery";
	case 0x12:
	case 0x84:
	case 0xa0:
	case 0xde:
	case 0xfe:
		return "OEM";
	default:
		return NULL;
	}
}

static bool is_hidden(const struct provider *p, size_t volume)
{
	const struct partition *e = entry_of(p, volume);

	if (e == NULL)
		return false;
	if (p->model->disks[p->model->volumes[volume].extents[0].disk]
		    .table.scheme == SCHEME_GPT)
		return !guid_equal(&e->type_guid, &GPT_TYPE_BASIC_DATA) ||
		       (e->attributes & GPT_ATTRIBUTE_HIDDEN) != 0;
	return special_type(e->mbr_type) != NULL;
}

static bool is_true(struct provider *p, size_t volume, const char *property)
{
	return familiar_value(p, &class_volume, volume, property).boolean;
}

static const char *volume_info(struct provider *p, size_t volume)
{
	if (is_true(p, volume, "SystemVolume"))
		return "System";
	if (is_true(p, volume, "BootVolume"))
		return "Boot";
	if (is_true(p, volume, "PageFilePresent"))
		return "Pagefile";
	return is_hidden(p, volume) ? "Hidden" : NULL;
}

static uint64_t volume_bytes(const struct machine_volume *v)
{
	return v->kind == VOLUME_LDM ? v->dynamic->size : v->extents[0].length;
}

static void put_folders(const struct provider *p, size_t volume,
			struct line *l)
{
	const struct machine_volume *v = &p->model->volumes[volume];

	if (!provider_lists_volume(p, volume))
		return;
	for (size_t i = 0; i < v->n_paths; i++) {
		if (provider_access_path(p, v, i) == NULL ||
		    v->paths[i].path.utf8[3] == '\0')
			continue;
		line_pad(l, 4);
		line_text(l, v->paths[i].path.utf8, UINT_MAX);
		line_end(l);
	}
}

static void put_volume(struct provider *p, size_t volume, uint64_t number,
		       struct line *l)
{
	const struct machine_volume *v = &p->model->volumes[volume];
	const char letter[] = { volume_letter(p, volume), '\0' };
	const char *label = volume_label(p, volume);

	line_pad(l, 2);
	put_number(l, "Volume", number);
	line_left(l, VOLUME_LETTER, letter);
	if (label != NULL) {
		line_pad(l, VOLUME_LABEL);
		line_text(l, label, LABEL_COLUMNS);
	}
	if (volume_fs(p, volume) != NULL) {
		line_pad(l, VOLUME_FS);
		line_text(l, volume_fs(p, volume), FS_COLUMNS);
	}
	line_left(l, VOLUME_TYPE, volume_type(p, volume));
	put_size(l, VOLUME_SIZE_END, volume_bytes(v));
	line_left(l, VOLUME_STATUS, volume_status(p->model, v));
	line_left(l, VOLUME_INFO, volume_info(p, volume));
	line_end(l);
	put_folders(p, volume, l);
}

static void list_volumes(struct provider *p, struct line *l)
{
	uint64_t number = 0;

	line_put(l, "DISKPART> list volume\n\n"
		 "  Volume ###  Ltr  Label        Fs     Type        Size     "
		 "Status     Info\n"
		 "  ----------  ---  -----------  -----  ----------  -------  "
		 "---------  --------\n");
	l->column = 0;
	for (size_t i = 0; i < p->model->n_volumes; i++)
		if (familiar_shows(p, i))
			put_volume(p, i, number++, l);
	line_end(l);
}

/* --- list partition ------------------------------------------------------- */

/* A line of the list.  */
struct part_line {
	uint64_t number, offset, length;
	const char *type;
};

static int compare_parts(const void *a, const void *b)
{
	const struct part_line *x = a, *y = b;

	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

static const char *mbr_part_type(const struct partition *e)
{
	const char *special = special_type(e->mbr_type);

	if (e->mbr_type == MBR_TYPE_LDM)
		return "Dynamic Data";
	return special != NULL ? special : e->logical ? "Logical" : "Primary";
}

static const char *gpt_part_type(const struct partition *e)
{
	static const struct {
		const struct guid *type;
		const char *text;
	} types[] = {
		{ &GPT_TYPE_BASIC_DATA, "Primary" },
		{ &GPT_TYPE_EFI_SYSTEM, "System" },
		{ &GPT_TYPE_MICROSOFT_RESERVED, "Reserved" },
		{ &GPT_TYPE_RECOVERY, "Recovery" },
		{ &GPT_TYPE_LDM_METADATA, "Dynamic Reserved" },
		{ &GPT_TYPE_LDM_DATA, "Dynamic Data" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(types); i++)
		if (guid_equal(&e->type_guid, types[i].type))
			return types[i].text;
	return (e->attributes & GPT_ATTRIBUTE_REQUIRED) != 0 ? "OEM" :
	       "Unknown";
}

/* The extended partition, which has no number.  */
static size_t take_containers(const struct disk *d, struct part_line *list)
{
	size_t n = 0;

	if (d->scheme != SCHEME_MBR)
		return 0;
	for (size_t i = 0; i < d->n_slots && i < MBR_ENTRIES; i++)
		if (mbr_is_container(d->slots[i].mbr_type))
			list[n++] = (struct part_line){
				0, d->slots[i].offset, d->slots[i].length,
				"Extended"
			};
	return n;
}

static size_t take_parts(const struct disk *d, struct part_line *list)
{
	size_t n = take_containers(d, list);

	for (size_t i = 0; i < d->n_partitions; i++) {
		const struct partition *e = &d->partitions[i];

		if (e->number == 0)	/* a volume without a table */
			continue;
		list[n++] = (struct part_line){
			e->number, e->offset, e->length,
			d->scheme == SCHEME_GPT ? gpt_part_type(e)
						: mbr_part_type(e)
		};
	}
	qsort(list, n, sizeof(*list), compare_parts);
	return n;
}

static void list_partitions(struct provider *p, size_t disk, struct line *l)
{
	const struct disk *d = &p->model->disks[disk].table;
	struct part_line *list = arena_alloc(p->arena, sizeof(*list) *
					     (d->n_partitions + MBR_ENTRIES));
	size_t n = list == NULL ? 0 : take_parts(d, list);

	line_put(l, n == 0 ? "DISKPART> list partition\n\n"
		 "There are no partitions on this disk to show.\n" :
		 "DISKPART> list partition\n\n"
		 "  Partition ###  Type              Size     Offset\n"
		 "  -------------  ----------------  -------  -------\n");
	l->column = 0;
	for (size_t i = 0; i < n; i++) {
		line_pad(l, 2);
		put_number(l, "Partition", list[i].number);
		line_left(l, PART_TYPE, list[i].type);
		put_size(l, PART_SIZE_END, list[i].length);
		put_size(l, PART_OFFSET_END, list[i].offset);
		line_end(l);
	}
}

void diskpart_write(struct provider *p, struct out *out)
{
	struct line l = { out, 0 };

	list_disks(p, &l);
	list_volumes(p, &l);
	for (size_t i = 0; i < p->model->n_disks; i++) {
		unsigned number = p->model->disks[i].number;

		out_printf(out, "%sDISKPART> select disk %u\n\n"
			   "Disk %u is now the selected disk.\n\n",
			   i == 0 ? "" : "\n", number, number);
		list_partitions(p, i, &l);
	}
}
