/*
 * tree_disks.c - the disks with their partitions and volumes
 */
#include <inttypes.h>

#include "base/filetime.h"
#include "base/count.h"
#include "disk/bitlocker_plain.h"
#include "report/shared.h"
#include "report/tree.h"

/* Where the columns of a partition's line begin.  */
enum { COLUMN_OFFSET = 36, COLUMN_SIZE = 52, COLUMN_VOLUME = 64 };

/* Shadow copies of one volume that are shown; --verbose shows all.  */
#define MAX_LISTED_SHADOWS 12

/* What stands before the lines of a partition: the first, the others.  */
struct branch {
	const char *first, *rest;
};

static struct branch branch_of(bool last)
{
	return last ? (struct branch){ "└─ ", "   " } :
		      (struct branch){ "├─ ", "│  " };
}

static void begin(struct tree *t, const char *branch)
{
	tree_style(t, STYLE_DIM);
	tree_put(t, branch);
	tree_plain(t);
}

static void put_names(struct tree *t, const char *rest,
		      const struct machine_volume *v)
{
	char guid[GUID_TEXT_CHARS + 1];

	for (size_t i = 0; i < v->n_names; i++) {
		begin(t, rest);
		tree_printf(t, "   \\\\?\\Volume{%s}\\",
			    guid_text(&v->names[i], guid));
		tree_end_line(t);
	}
}

static void put_paths(struct tree *t, const char *rest,
		      const struct machine_volume *v)
{
	for (size_t i = 0; i < v->n_paths; i++) {
		begin(t, rest);
		tree_put(t, "   ");
		tree_style(t, STYLE_HEAD);
		tree_text(t, v->paths[i].path.utf8);
		tree_plain(t);
		if (t->model->n_installations > 1 &&
		    v->paths[i].installation != NONE)
			tree_printf(t, "  (windows%zu)",
				    v->paths[i].installation);
		tree_end_line(t);
	}
	if (v->n_paths == 0 && v->n_names > 0) {
		begin(t, rest);
		tree_style(t, STYLE_DIM);
		tree_put(t, v->in_doubt
			 ? "   letters or folders may lead here, see above"
			 : "   no letter and no folder leads here");
		tree_plain(t);
		tree_end_line(t);
	}
}

static void put_folder(struct tree *t, const char *rest, size_t folder)
{
	const struct machine_mount *p = t->folders[folder];

	begin(t, rest);
	tree_put(t, "   ");
	tree_text(t, p->path.utf8 != NULL ? p->path.utf8 : "?");
	tree_put(t, " → ");
	if (p->resolution.volume != NONE)
		tree_place(t, p->resolution.volume);
	else
		tree_text(t, p->target.utf8 != NULL ? p->target.utf8 : "?");
	tree_whose(t, folder);
	tree_end_line(t);
	tree_cites(t, 6, &p->cites, NULL);
}

static void put_folders(struct tree *t, const char *rest, size_t volume)
{
	for (size_t i = 0; i < t->n_folders; i = tree_next_folder(t, i))
		if (t->folders[i]->host_volume == volume &&
		    !t->folders[i]->deleted)
			put_folder(t, rest, i);
}

static void put_shadow(struct tree *t, const char *rest, size_t index)
{
	const struct machine_shadow_copy *s = &t->model->shadow_copies[index];
	char time[FILETIME_TEXT_BYTES];

	begin(t, rest);
	tree_printf(t, "   shadow%zu: ", index);
	if (s->copy == NULL)
		tree_put(t, "a shadow copy of another volume is kept here");
	else
		tree_printf(t, "shadow copy of %s",
			    filetime_text(s->copy->entry.created, time));
	if (s->copy != NULL && s->state != SHADOW_AVAILABLE)
		tree_printf(t, ", %s", shadow_state_name(s->state));
	if (s->volume != NONE && s->store_volume != NONE &&
	    s->volume != s->store_volume) {
		tree_put(t, ", kept on ");
		tree_place(t, s->store_volume);
	}
	tree_end_line(t);
	tree_cites(t, 6, &s->cites, NULL);
}

static void put_shadows(struct tree *t, const char *rest, size_t volume)
{
	const struct model *m = t->model;
	size_t n = 0;

	for (size_t i = 0; i < m->n_shadow_copies; i++) {
		const struct machine_shadow_copy *s = &m->shadow_copies[i];

		if (s->volume != volume &&
		    (s->volume != NONE || s->store_volume != volume))
			continue;
		if (t->verbose || n < MAX_LISTED_SHADOWS)
			put_shadow(t, rest, i);
		n++;
	}
	if (t->verbose || n <= MAX_LISTED_SHADOWS)
		return;
	begin(t, rest);
	tree_printf(t, "   and %zu more shadow %s)", n - MAX_LISTED_SHADOWS,
		    count_word(n - MAX_LISTED_SHADOWS,
			       "copy (--verbose lists it",
			       "copies (--verbose lists them"));
	tree_end_line(t);
}

/* A volume of Windows has up to four or five.  */
#define MAX_LISTED_PROTECTORS 16

static void put_protector(struct tree *t, const char *rest,
			  const struct bitlocker_protector *p)
{
	const char *kind = fve_protection_name(p->fve.protection);
	char guid[GUID_TEXT_CHARS + 1];

	begin(t, rest);
	tree_printf(t, "     %-18s {%s}, ", kind != NULL ? kind : "unknown",
		    guid_text(&p->fve.identifier, guid));
	tree_time(t, p->fve.modified);
	tree_end_line(t);
}

static void put_bitlocker(struct tree *t, const char *rest,
			  const struct machine_volume *v)
{
	const struct bitlocker *b = v->bitlocker;
	const char *method = b->known ? fve_method_name(b->block.method) : NULL;

	begin(t, rest);
	if (bitlocker_is_decrypted(b))
		tree_put(t, "   BitLocker, nothing is encrypted");
	else
		tree_printf(t, "   BitLocker, %s, %s",
			    method != NULL ? method : "unknown method",
			    volume_lock_name(v->lock));
	if (b->description.text.utf8 != NULL) {
		tree_put(t, ": \"");
		tree_text(t, b->description.text.utf8);
		tree_put(t, "\"");
	}
	tree_end_line(t);
	for (size_t i = 0; i < b->n_protectors; i++) {
		if (!t->verbose && i == MAX_LISTED_PROTECTORS) {
			begin(t, rest);
			tree_printf(t, "     and %zu more (--verbose lists "
				    "them)", b->n_protectors - i);
			tree_end_line(t);
			return;
		}
		put_protector(t, rest, &b->protectors[i]);
	}
}

/* The pool that a partition belongs to; its virtual disks are not read.  */
static void put_pool(struct tree *t, const char *rest,
		     const struct machine_volume *v)
{
	const struct storage_pool *p = v->pool_database == NONE ? v->pool :
		t->model->volumes[v->pool_database].pool;
	char guid[GUID_TEXT_CHARS + 1], size[SIZE_TEXT_BYTES];

	begin(t, rest);
	tree_put(t, "   pool ");
	tree_text(t, p->name.utf8 != NULL ? p->name.utf8 : "of no known name");
	if (p->known)
		tree_printf(t, "  {%s}", guid_text(&p->guid, guid));
	tree_end_line(t);
	for (size_t i = 0; i < p->n_disks; i++) {
		begin(t, rest);
		tree_put(t, "      virtual disk ");
		tree_text(t, p->disks[i].name.utf8 != NULL ?
			  p->disks[i].name.utf8 : "?");
		tree_printf(t, "  %s  not read",
			    size_text(p->disks[i].size, size));
		tree_end_line(t);
	}
}

static void put_limit(struct tree *t, const char *what, int64_t bytes)
{
	char size[SIZE_TEXT_BYTES];

	if (bytes >= 0)
		tree_printf(t, "%s %s", what, size_text((uint64_t)bytes, size));
	else
		tree_printf(t, "%s none", what);
}

/* Of a volume whose quotas are off, nothing is worth a line: each that Windows
 * has made has such quotas.  */
static void put_quotas(struct tree *t, const char *rest,
		       const struct machine_volume *v)
{
	const struct ntfs_quotas *q = v->quotas;
	uint32_t flags = q->defaults != NULL ? q->defaults->quota.flags : 0;
	size_t n = 0;

	if ((flags & (QUOTA_TRACKING | QUOTA_ENFORCEMENT)) == 0)
		return;
	for (size_t i = 0; i < q->n; i++)
		n += ntfs_quota_is_user(&q->list[i]);
	begin(t, rest);
	tree_printf(t, "quotas %s, of %zu %s; ",
		    (flags & QUOTA_ENFORCEMENT) != 0 ? "enforced" : "tracked",
		    n, count_word(n, "user", "users"));
	put_limit(t, "default limit", q->defaults->quota.limit);
	put_limit(t, ", warning", q->defaults->quota.threshold);
	tree_end_line(t);
	tree_cites(t, 6, &q->defaults->cites, NULL);
}

static void put_volume(struct tree *t, const char *rest, size_t volume)
{
	const struct machine_volume *v = &t->model->volumes[volume];

	if (v->bitlocker != NULL)
		put_bitlocker(t, rest, v);
	if (v->pool != NULL)
		put_pool(t, rest, v);
	if (v->quotas != NULL)
		put_quotas(t, rest, v);
	put_names(t, rest, v);
	put_paths(t, rest, v);
	put_folders(t, rest, volume);
	put_shadows(t, rest, volume);
}

static void put_partition(struct tree *t, const struct machine_partition *p,
			  bool last)
{
	const struct disk *table = &t->model->disks[p->disk].table;
	struct branch b = branch_of(last);
	char size[SIZE_TEXT_BYTES];

	begin(t, b.first);
	tree_printf(t, "%-3u", p->entry->number);
	tree_text(t, partition_type_name(table, p->entry));
	tree_pad(t, COLUMN_OFFSET);
	tree_printf(t, "@%" PRIu64, p->entry->offset);
	tree_pad(t, COLUMN_SIZE);
	tree_put(t, size_text(p->entry->length, size));
	if (p->volume != NONE) {
		tree_pad(t, COLUMN_VOLUME);
		tree_identity(t, &t->model->volumes[p->volume]);
	}
	tree_end_line(t);
	tree_cites(t, 6, &p->entry->cites, NULL);
	if (p->volume != NONE)
		put_volume(t, b.rest, p->volume);
}

static void put_whole_disk(struct tree *t, size_t volume, bool last)
{
	struct branch b = branch_of(last);

	begin(t, b.first);
	tree_put(t, "the whole disk");
	tree_pad(t, COLUMN_VOLUME);
	tree_identity(t, &t->model->volumes[volume]);
	tree_end_line(t);
	put_volume(t, b.rest, volume);
}

/* What the MBR of a GPT disk alone has.  */
static void put_hybrid(struct tree *t, size_t volume, bool last)
{
	const struct machine_volume *v = &t->model->volumes[volume];
	const struct disk *table = &t->model->disks[v->extents[0].disk].table;
	struct branch b = branch_of(last);
	char size[SIZE_TEXT_BYTES];

	begin(t, b.first);
	tree_put(t, "MBR only: ");
	tree_text(t, partition_type_name(table, v->hybrid));
	tree_pad(t, COLUMN_OFFSET);
	tree_printf(t, "@%" PRIu64, v->hybrid->offset);
	tree_pad(t, COLUMN_SIZE);
	tree_put(t, size_text(v->hybrid->length, size));
	tree_pad(t, COLUMN_VOLUME);
	tree_identity(t, v);
	tree_end_line(t);
	tree_cites(t, 6, &v->hybrid->cites, NULL);
	put_volume(t, b.rest, volume);
}

/* What is there by its boot sectors only.  */
static void put_recovered(struct tree *t, const struct machine_recovered *x,
			  size_t index, bool last)
{
	struct branch b = branch_of(last);
	char size[SIZE_TEXT_BYTES];

	begin(t, b.first);
	tree_printf(t, "recovered%zu, %s", index, lost_provenance(&x->found));
	tree_pad(t, COLUMN_OFFSET);
	tree_printf(t, "@%" PRIu64, x->found.offset);
	tree_pad(t, COLUMN_SIZE);
	tree_put(t, size_text(x->found.length, size));
	tree_pad(t, COLUMN_VOLUME);
	if (x->volume != NONE)
		tree_identity(t, &t->model->volumes[x->volume]);
	else
		tree_put(t, "only listed");
	if (x->other != NONE)
		tree_printf(t, "  (%s recovered%zu)",
			    recovered_doubt_name(x), x->other);
	else if (recovered_doubt_name(x) != NULL)
		tree_printf(t, "  (%s)", recovered_doubt_name(x));
	tree_end_line(t);
	tree_cites(t, 6, &x->cites, NULL);
	if (x->volume != NONE)
		put_volume(t, b.rest, x->volume);
}

static void put_disk_id(struct tree *t, const struct disk *d)
{
	char guid[GUID_TEXT_CHARS + 1];

	switch (d->scheme) {
	case SCHEME_GPT:
		tree_printf(t, "  GPT {%s}", guid_text(&d->guid, guid));
		break;
	case SCHEME_MBR:
		tree_printf(t, "  MBR signature %08" PRIx32, d->signature);
		break;
	case SCHEME_NONE:
		tree_put(t, "  no partition table");
		break;
	}
	if (d->ldm)
		tree_put(t, "  dynamic");
}

static bool has_recovered(const struct model *m, size_t disk)
{
	for (size_t i = 0; i < m->n_recovered; i++)
		if (m->recovered[i].disk == disk)
			return true;
	return false;
}

static void put_all_recovered(struct tree *t, size_t disk)
{
	const struct model *m = t->model;

	for (size_t i = 0; i < m->n_recovered; i++)
		if (m->recovered[i].disk == disk)
			put_recovered(t, &m->recovered[i], i,
				      i + 1 == m->n_recovered ||
				      m->recovered[i + 1].disk != disk);
}

static bool is_hybrid(const struct model *m, size_t volume, size_t disk)
{
	const struct machine_volume *v = &m->volumes[volume];

	return v->kind == VOLUME_HYBRID && v->extents[0].disk == disk;
}

/* The last one; NONE: there is none.  */
static size_t last_hybrid(const struct model *m, size_t disk)
{
	size_t last = NONE;

	for (size_t i = 0; i < m->n_volumes; i++)
		if (is_hybrid(m, i, disk))
			last = i;
	return last;
}

static void put_all_hybrid(struct tree *t, size_t disk, size_t last, bool more)
{
	for (size_t i = 0; last != NONE && i <= last; i++)
		if (is_hybrid(t->model, i, disk))
			put_hybrid(t, i, i == last && !more);
}

static void put_disk(struct tree *t, const struct machine_disk *d)
{
	const struct machine_image *image = &t->model->images[d->image];
	const size_t index = (size_t)(d - t->model->disks);
	const bool more = has_recovered(t->model, index);
	const size_t hybrid = last_hybrid(t->model, index);
	char size[SIZE_TEXT_BYTES];

	tree_style(t, STYLE_HEAD);
	tree_printf(t, "Disk %u", d->number);
	tree_plain(t);
	tree_put(t, "  ");
	tree_text(t, image->file);
	put_disk_id(t, &d->table);
	tree_printf(t, "  %s (%" PRIu64 " bytes)",
		    size_text(d->table.size, size), d->table.size);
	tree_style(t, STYLE_DIM);
	tree_printf(t, "  number %s", number_basis_name(d->basis));
	tree_plain(t);
	tree_end_line(t);
	for (size_t i = 0; i < d->n_partitions; i++)
		put_partition(t,
			      &t->model->partitions[d->first_partition + i],
			      i + 1 == d->n_partitions && !more &&
			      hybrid == NONE);
	if (d->whole_volume != NONE)
		put_whole_disk(t, d->whole_volume, !more);
	put_all_hybrid(t, index, hybrid, more);
	put_all_recovered(t, index);
	tree_end_line(t);
}

/* What the database of the dynamic disks says beside: the letter may be that of
 * another machine.  */
static void put_database(struct tree *t, const struct dynamic_volume *d)
{
	tree_put(t, "   of the group ");
	tree_text(t, d->group_name.utf8 != NULL ? d->group_name.utf8 : "?");
	if (d->hint != 0)
		tree_printf(t, "; it had the letter %c: there", d->hint);
	tree_end_line(t);
}

static void put_dynamic_volume(struct tree *t, size_t volume)
{
	const struct machine_volume *v = &t->model->volumes[volume];
	char size[SIZE_TEXT_BYTES];

	tree_style(t, STYLE_HEAD);
	tree_put(t, "Dynamic volume ");
	tree_text(t, v->dynamic->name.utf8 != NULL ?
		  v->dynamic->name.utf8 : "?");
	tree_plain(t);
	tree_printf(t, "  %s, %s  ", dynamic_layout_name(v->dynamic->layout),
		    dynamic_state_name(v->dynamic->state));
	tree_identity(t, v);
	tree_end_line(t);
	put_database(t, v->dynamic);
	for (size_t i = 0; i < v->dynamic->n_extents; i++) {
		const struct dynamic_extent *e = &v->dynamic->extents[i];

		begin(t, branch_of(i + 1 == v->dynamic->n_extents).first);
		if (e->disk != SIZE_MAX)
			tree_printf(t, "disk %u",
				    t->model->disks[e->disk].number);
		else
			tree_text(t, e->disk_name.utf8 != NULL ?
				  e->disk_name.utf8 : "?");
		tree_pad(t, COLUMN_OFFSET);
		if (e->disk != SIZE_MAX)
			tree_printf(t, "@%" PRIu64, e->offset);
		else
			tree_put(t, "missing");
		tree_pad(t, COLUMN_SIZE);
		tree_put(t, size_text(e->length, size));
		tree_end_line(t);
	}
	put_volume(t, "", volume);
	tree_end_line(t);
}

static void put_unreadable(struct tree *t, const struct machine_image *image)
{
	tree_style(t, STYLE_BAD);
	tree_put(t, "Unreadable");
	tree_plain(t);
	tree_put(t, "  ");
	tree_text(t, image->file);
	tree_end_line(t);
	tree_end_line(t);
}

void tree_disks(struct tree *t)
{
	const struct model *m = t->model;

	for (size_t i = 0; i < m->n_disks; i++)
		put_disk(t, &m->disks[i]);
	for (size_t i = 0; i < m->n_volumes; i++)
		if (m->volumes[i].kind == VOLUME_LDM)
			put_dynamic_volume(t, i);
	for (size_t i = 0; i < m->n_images; i++)
		if (m->images[i].format == NULL)
			put_unreadable(t, &m->images[i]);
}
