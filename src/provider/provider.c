#include "provider/provider.h"

#include <stdlib.h>
#include <string.h>

#include "base/filetime.h"
#include "format/mbr.h"
#include "provider/accounts.h"
#include "provider/classes.h"

#define WHOLE_DISK_TYPE 0x04

static int no_memory(struct err *reterr)
{
	return err_set(reterr, ERR_NOMEM, 0, "WMI objects", 0, 0);
}

/* --- rows ----------------------------------------------------------------- */

static int add_letter(struct provider *p, const struct machine_mount *m)
{
	struct logical_disk *d = arena_push(p->arena, &p->letters,
					    p->n_letters, sizeof(*d));

	if (d == NULL)
		return -1;
	*d = (struct logical_disk){ m->directory.utf8[0], m->resolution.volume,
				    p->n_directories - 1 };
	p->n_letters++;
	return 0;
}

static int add_directory(struct provider *p, size_t mount)
{
	const struct machine_mount *m = &p->model->mounts[mount];
	struct mounted_directory *d = arena_push(p->arena, &p->directories,
						 p->n_directories, sizeof(*d));

	if (d == NULL)
		return -1;
	*d = (struct mounted_directory){ m->directory.utf8, mount,
					 m->resolution.volume };
	p->n_directories++;
	return m->kind == MOUNT_DRIVE_ROOT ? add_letter(p, m) : 0;
}

bool provider_lists_volume(const struct provider *p, size_t volume)
{
	const struct machine_volume *v = &p->model->volumes[volume];

	return v->kind != VOLUME_HYBRID && v->pool == NULL &&
	       !machine_is_hidden(p->model, volume) &&
	       (v->kind != VOLUME_LDM || v->n_extents > 0);
}

/* Windows lists what is mounted now, and of that what is there.  */
static bool lists_mount(const struct provider *p, const struct machine_mount *m)
{
	return m->installation == p->installation && !m->deleted &&
	       m->resolution.volume != NONE && m->directory.utf8 != NULL &&
	       provider_lists_volume(p, m->resolution.volume) &&
	       (m->kind == MOUNT_DRIVE_ROOT ||
		provider_lists_volume(p, m->host_volume));
}

static int take_mounts(struct provider *p)
{
	for (size_t i = 0; i < p->model->n_mounts; i++) {
		if (!lists_mount(p, &p->model->mounts[i]))
			continue;
		if (add_directory(p, i) < 0)
			return -1;
	}
	return 0;
}

static int list_partition(struct provider *p,
			  const struct machine_partition *part, size_t index)
{
	struct listed_partition *row = arena_push(
		p->arena, &p->partitions, p->n_partitions, sizeof(*row));

	if (row == NULL)
		return -1;
	*row = (struct listed_partition){ part, index };
	p->n_partitions++;
	return 0;
}

/* A disk without a partition table, of which a volume is the whole, has to
 * Windows one partition at byte 0, of the type FAT16.  */
static int list_whole_disk(struct provider *p, size_t disk)
{
	const struct machine_disk *d = &p->model->disks[disk];
	struct machine_partition *part = arena_alloc(p->arena, sizeof(*part));
	struct partition *entry = arena_alloc(p->arena, sizeof(*entry));

	if (part == NULL || entry == NULL)
		return -1;
	*entry = (struct partition){
		.length = d->table.size, .mbr_type = WHOLE_DISK_TYPE,
	};
	*part = (struct machine_partition){ disk, entry, d->whole_volume };
	return list_partition(p, part, NONE);
}

/* The extended partition of @disk in @slot, which the model has not, as no
 * volume is in it but in its logical drives.  */
static int list_extended(struct provider *p, size_t disk,
			 const struct table_slot *slot)
{
	struct machine_partition *part = arena_alloc(p->arena, sizeof(*part));
	struct partition *entry = arena_alloc(p->arena, sizeof(*entry));

	if (part == NULL || entry == NULL)
		return -1;
	*entry = (struct partition){
		.wmi_index = slot->wmi_index, .mbr_type = slot->mbr_type,
		.offset = slot->offset, .length = slot->length,
		.active = slot->active,
	};
	*part = (struct machine_partition){ disk, entry, NONE };
	return list_partition(p, part, NONE);
}

/* What the table in sector 0 has.  */
static int take_mbr(struct provider *p, size_t disk)
{
	const struct machine_disk *d = &p->model->disks[disk];
	const struct table_slot *slots = d->table.slots;
	int r = 0;

	for (size_t i = 0; i < MBR_ENTRIES && r == 0; i++) {
		size_t k = d->first_partition + slots[i].partition;

		if (slots[i].partition != SIZE_MAX)
			r = list_partition(p, &p->model->partitions[k], k);
		else if (mbr_is_container(slots[i].mbr_type))
			r = list_extended(p, disk, &slots[i]);
	}
	return r;
}

static int take_table(struct provider *p, size_t disk)
{
	const struct model *m = p->model;
	const struct machine_disk *d = &m->disks[disk];
	size_t end = d->first_partition + d->n_partitions;
	int r = 0;

	if (d->table.scheme == SCHEME_MBR && d->table.n_slots >= MBR_ENTRIES)
		return take_mbr(p, disk);
	for (size_t k = d->first_partition; k < end && r == 0; k++)
		if (m->partitions[k].entry->wmi_index >= 0)
			r = list_partition(p, &m->partitions[k], k);
	return r;
}

static int take_partitions(struct provider *p)
{
	const struct model *m = p->model;
	int r = 0;

	for (size_t i = 0; i < m->n_disks && r == 0; i++) {
		const struct machine_disk *d = &m->disks[i];

		if (d->whole_volume != NONE &&
		    machine_is_whole_disk(m, d->whole_volume))
			r = list_whole_disk(p, i);
		if (r == 0)
			r = take_table(p, i);
	}
	return r;
}

static int take_ntfs_volumes(struct provider *p)
{
	for (size_t i = 0; i < p->model->n_volumes; i++) {
		size_t *row;

		if (p->model->volumes[i].identity.kind != FS_NTFS ||
		    !provider_lists_volume(p, i))
			continue;
		row = arena_push(p->arena, &p->ntfs_volumes, p->n_ntfs_volumes,
				 sizeof(*row));
		if (row == NULL)
			return -1;
		*row = i;
		p->n_ntfs_volumes++;
	}
	return 0;
}

/* Whether @v has bytes in @part.  */
static bool lies_in(const struct machine_volume *v,
		    const struct machine_partition *part)
{
	for (size_t i = 0; i < v->n_extents; i++) {
		const struct extent *x = &v->extents[i];

		if (x->disk == part->disk &&
		    x->offset >= part->entry->offset &&
		    x->offset - part->entry->offset < part->entry->length)
			return true;
	}
	return false;
}

static int add_placed(struct provider *p, struct placed_list *list,
		      struct placed placed)
{
	struct placed *new = arena_push(p->arena, &list->list, list->n,
					sizeof(*new));

	if (new == NULL)
		return -1;
	*new = placed;
	list->n++;
	return 0;
}

/* The partition that @volume lies in of those in @row, which are its logical
 * drives where that is an extended one.  */
static const struct machine_partition *entry_in(
	const struct provider *p, const struct listed_partition *row,
	size_t volume)
{
	const struct model *m = p->model;
	const struct machine_disk *d = &m->disks[row->partition->disk];

	for (size_t i = 0; row->index == NONE && i < d->n_partitions; i++) {
		const struct machine_partition *part =
			&m->partitions[d->first_partition + i];

		if (part->entry->logical && lies_in(&m->volumes[volume], part))
			return part;
	}
	return row->partition;
}

/* Add where @volume lies to @list, as row @row of it.  */
static int place(struct provider *p, struct placed_list *list, size_t row,
		 size_t volume)
{
	for (size_t i = 0; i < p->n_partitions; i++)
		if (lies_in(&p->model->volumes[volume],
			    p->partitions[i].partition) &&
		    add_placed(p, list, (struct placed){
				row, i,
				entry_in(p, &p->partitions[i], volume) }) < 0)
			return -1;
	return 0;
}

/* The same of the model's partitions, which are those of tables.  */
static int place_in_tables(struct provider *p, size_t volume)
{
	const struct model *m = p->model;

	for (size_t k = 0; k < m->n_partitions; k++)
		if (lies_in(&m->volumes[volume], &m->partitions[k]) &&
		    add_placed(p, &p->volumes_in_tables, (struct placed){
				volume, k, &m->partitions[k] }) < 0)
			return -1;
	return 0;
}

static int place_all(struct provider *p)
{
	int r = 0;

	for (size_t i = 0; i < p->n_letters && r == 0; i++)
		r = place(p, &p->letters_placed, i, p->letters[i].volume);
	for (size_t i = 0; i < p->model->n_volumes && r == 0; i++)
		if (provider_lists_volume(p, i))
			r = place(p, &p->volumes_placed, i, i);
	for (size_t i = 0; i < p->model->n_volumes && r == 0; i++)
		if (provider_lists_volume(p, i))
			r = place_in_tables(p, i);
	for (size_t i = 0; i < p->n_directories && r == 0; i++)
		r = place(p, &p->directories_placed, i,
			  p->directories[i].volume);
	return r;
}

int provider_new(struct machine *m, size_t installation, struct provider **ret,
		 struct err *reterr)
{
	struct arena *a = arena_new();
	struct provider *p = a == NULL ? NULL : arena_alloc(a, sizeof(*p));

	if (p == NULL) {
		arena_free(a);
		return no_memory(reterr);
	}
	p->machine = m;
	p->model = machine_model(m);
	p->arena = a;
	p->installation = installation;
	if (installation != NONE)
		p->host = p->model->installations[installation]
				.computer_name.utf8;
	p->computer = p->host != NULL ? p->host : "";
	p->facts = arena_alloc(a, (p->model->n_volumes + 1) *
			       sizeof(*p->facts));
	if (p->facts == NULL || take_mounts(p) < 0 || take_partitions(p) < 0 ||
	    take_ntfs_volumes(p) < 0 || place_all(p) < 0 ||
	    provider_take_accounts(p) < 0) {
		provider_free(p);
		return no_memory(reterr);
	}
	*ret = p;
	return 0;
}

void provider_free(struct provider *p)
{
	if (p != NULL)
		arena_free(p->arena);
}

/* --- what the classes share ----------------------------------------------- */

const char *provider_volume_name(const struct provider *p, size_t volume)
{
	struct guid g;

	if (!machine_volume_name(p->machine, p->installation, volume, &g))
		return NULL;
	return volume_name_text(p->arena, &g);
}

const struct ntfs_space *provider_space(const struct provider *p,
					size_t volume)
{
	struct volume_facts *f = &p->facts[volume];
	struct ntfs *n = machine_volume_ntfs(p->machine, volume);

	if (!f->space_read && n != NULL) {
		machine_look_at(p->machine, volume);
		f->has_space = ntfs_space_read(n, &f->space, NULL) == 0;
		machine_look_at(p->machine, NONE);
	}
	f->space_read = true;
	return f->has_space ? &f->space : NULL;
}

bool provider_free_clusters(const struct provider *p, size_t volume,
			    uint64_t *ret)
{
	const struct ntfs_space *s = provider_space(p, volume);
	struct volume_facts *f = &p->facts[volume];

	if (s != NULL) {
		*ret = s->free;
		return true;
	}
	if (!f->free_read)
		f->has_free = machine_free_clusters(p->machine, volume,
						    &f->free);
	f->free_read = true;
	*ret = f->free;
	return f->has_free;
}

const struct ntfs_fragments *provider_fragments(const struct provider *p,
						size_t volume)
{
	struct volume_facts *f = &p->facts[volume];
	struct ntfs *n = machine_volume_ntfs(p->machine, volume);

	if (!f->fragments_read && n != NULL) {
		machine_look_at(p->machine, volume);
		f->has_fragments = ntfs_fragments_read(n, &f->fragments,
						       NULL) == 0;
		machine_look_at(p->machine, NONE);
	}
	f->fragments_read = true;
	return f->has_fragments ? &f->fragments : NULL;
}

unsigned provider_build(const struct provider *p)
{
	const char *build = p->installation == NONE ? NULL :
		p->model->installations[p->installation].build.utf8;

	return build != NULL ? (unsigned)strtoul(build, NULL, 10) : 0;
}

/* IOCTL_MOUNTMGR_QUERY_DOS_VOLUME_PATHS goes up from a volume to letters, and
 * of one that it comes through a second time it takes the letter only; what is
 * below the name of a volume, "\\?\Volume{G}\Mount\", it does not know.  */
const char *provider_access_path(const struct provider *p,
				 const struct machine_volume *v, size_t i)
{
	const struct access_path *path = &v->paths[i];

	return path->installation == p->installation && !path->loops &&
	       path->path.utf8[0] != '\\' ? path->path.utf8 : NULL;
}

const char *provider_volume_path(const struct provider *p, size_t volume)
{
	const struct machine_volume *v = &p->model->volumes[volume];

	for (size_t i = 0; i < v->n_paths; i++) {
		const char *path = provider_access_path(p, v, i);

		if (path != NULL)
			return path;
	}
	return provider_volume_name(p, volume);
}

const char *disk_device_id(const struct provider *p, size_t disk)
{
	return arena_printf(p->arena, "\\\\.\\PHYSICALDRIVE%u",
			    p->model->disks[disk].number);
}

const char *partition_device_id(const struct provider *p, size_t row)
{
	const struct machine_partition *part =
		p->partitions[row].partition;

	return arena_printf(p->arena, "Disk #%u, Partition #%d",
			    p->model->disks[part->disk].number,
			    part->entry->wmi_index);
}

const char *letter_device_id(const struct provider *p, char letter)
{
	return arena_printf(p->arena, "%c:", letter);
}

bool file_information(const struct provider *p, size_t volume, ntfs_ref ref,
		      struct standard_information *ret)
{
	struct ntfs *n = machine_volume_ntfs(p->machine, volume);

	return n != NULL && ntfs_standard_information(n, ref, ret, NULL) == 0;
}

/* Of "2021-01-02T03:04:05.1234567Z" the digits; a year of five digits has no
 * form in CIM.  */
void cim_set_time(const struct provider *p, struct cim_value *v,
		  uint64_t filetime)
{
	char text[FILETIME_TEXT_BYTES];

	if (filetime == 0 || filetime_text(filetime, text)[4] != '-')
		return;
	cim_set_string(v, arena_printf(p->arena,
				       "%.4s%.2s%.2s%.2s%.2s%.2s.%.6s+000",
				       text, text + 5, text + 8, text + 11,
				       text + 14, text + 17, text + 20));
}

void get_class_name(const struct cim_object *o, struct cim_value *v)
{
	cim_set_string(v, o->class->name);
}

void get_computer_system(const struct cim_object *o, struct cim_value *v)
{
	(void)o;
	cim_set_string(v, "Win32_ComputerSystem");
}

void get_host(const struct cim_object *o, struct cim_value *v)
{
	cim_set_string(v, o->provider->host);
}

const char *volume_label(const struct provider *p, size_t volume)
{
	const char *label = p->model->volumes[volume].identity.label.utf8;

	return label != NULL && *label != '\0' ? label : NULL;
}

const char *volume_file_system(const struct provider *p, size_t volume)
{
	const struct volume_identity *v = &p->model->volumes[volume].identity;

	switch (v->kind) {
	case FS_FAT12:	/* Windows calls all but FAT32 so */
	case FS_FAT16:
		return "FAT";
	case FS_NTFS:
	case FS_FAT32:
	case FS_EXFAT:
	case FS_REFS:
	case FS_ISO9660:
	case FS_UDF:
		return v->name;
	default:	/* "RAW" is what some tools make of NULL */
		return NULL;
	}
}
