/*
 * hidden.c - volumes that their GPT hides from the mount manager
 *
 * What the registry and the folders say of them was true before the attribute
 * was set, and is again when it is cleared; it is told, and that it is not in
 * force.
 */
#include "machine/internal.h"

#include <stdlib.h>

#include "format/partition_type.h"

/* What leads to a volume.  */
struct leading {
	size_t names, folders;
};

bool machine_is_hidden(const struct model *o, size_t volume)
{
	const struct machine_partition *p;

	if (o->volumes[volume].partition == NONE)
		return false;
	p = &o->partitions[o->volumes[volume].partition];
	return o->disks[p->disk].table.scheme == SCHEME_GPT &&
	       guid_equal(&p->entry->type_guid, &GPT_TYPE_BASIC_DATA) &&
	       (p->entry->attributes & GPT_ATTRIBUTE_HIDDEN) != 0;
}

static void count_leading(const struct model *o, struct leading *of)
{
	for (size_t i = 0; i < o->n_names; i++)
		if (!o->names[i].superseded &&
		    o->names[i].resolution.volume != NONE)
			of[o->names[i].resolution.volume].names++;
	for (size_t i = 0; i < o->n_mounts; i++)
		if (!o->mounts[i].deleted &&
		    o->mounts[i].kind != MOUNT_DRIVE_ROOT &&
		    o->mounts[i].resolution.volume != NONE)
			of[o->mounts[i].resolution.volume].folders++;
}

static void report(struct machine *m, size_t volume, const struct leading *l)
{
	const struct machine_partition *p =
		&m->model.partitions[m->model.volumes[volume].partition];
	struct diag *d;

	d = diag_add(&m->model.findings, &FINDING_HIDDEN_VOLUME,
		     "%s is hidden from the mount manager by an attribute of "
		     "its partition: Windows gives it no letter and no name, "
		     "and no mounted folder leads to it. Names in the registry "
		     "that lead there: %zu, folders: %zu.",
		     machine_place(m, volume), l->names, l->folders);
	if (d != NULL)
		cites_join(m->arena, &d->cites, &p->entry->cites);
}

int machine_explain_hidden(struct machine *m, struct err *reterr)
{
	const struct model *o = &m->model;
	struct leading *of;

	if (o->n_volumes == 0)
		return 0;
	of = calloc(o->n_volumes, sizeof(*of));
	if (of == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "volumes",
			       o->n_volumes * sizeof(*of), 0);
	count_leading(o, of);
	for (size_t i = 0; i < o->n_volumes; i++)
		if (machine_is_hidden(o, i))
			report(m, i, &of[i]);
	free(of);
	return 0;
}
