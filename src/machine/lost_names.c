/*
 * lost_names.c - names that a SYSTEM hive holds outside of its tree: values
 * that were deleted, and those of a key that cannot be read
 *
 * To find them, all bytes of the hive and of its logs are read: a hive of 16
 * MiB takes 20 ms, three times that out of a compressed image. A look-up reads
 * some KiB, and shall go on doing so where there is nothing to find. So a hive
 * in an image is scanned on request, where the tree does not lead to all names,
 * and where a look around the key's own cells finds one that was deleted; a
 * hive that was given by itself is all that the examiner has, and is scanned.
 */
#include "machine/hives.h"
#include "machine/internal.h"

#include <string.h>

static struct scan_request request_for(const struct open_hive *h)
{
	return (struct scan_request){
		.hive = h->recovered != NULL ? h->recovered : h->source,
		.tree = h->hive,
		.file = h->recovered != NULL ? h->source : NULL,
		/* Without a tree, what it was before is not told apart.  */
		.file_tree = h->hive != NULL ? h->before : NULL,
		.logs = h->logs, .n_logs = REPLAY_LOGS,
	};
}

bool machine_wants_lost_names(const struct machine *m,
			      const struct open_hive *h, bool whole)
{
	/* Text has no bytes but those of its keys.  */
	if (h->is_text)
		return false;
	if (!whole || m->options.scan == NTFS_SCAN_FULL)
		return true;
	if (m->options.scan == NTFS_SCAN_INDEX)
		return false;
	return h->place.volume == NONE || lost_names_near(request_for(h));
}

int machine_find_lost_names(struct machine *m, struct open_hive *h,
			    struct lost_names *ret, struct err *reterr)
{
	return lost_names_read(request_for(h), m->arena, &m->model.findings,
			       ret, reterr);
}

enum presence machine_lost_presence(const struct open_hive *h,
				    const struct lost_names *lost,
				    const struct lost_name *n)
{
	if (lost->key_whole || !n->in_use)
		return PRESENT_DELETED;
	if (h->recovered != NULL && n->in_log)
		return PRESENT_AFTER;
	if (h->recovered == NULL && h->replay.needed)
		return PRESENT_BEFORE;
	return PRESENT_BOTH;
}

static void report_unreachable(struct machine *m, size_t installation,
			       const struct open_hive *h,
			       const struct lost_names *lost)
{
	struct cites cites = { 0 };
	struct diag *d;
	size_t n = 0;

	for (size_t i = 0; i < lost->n; i++) {
		if (!lost->list[i].in_use)
			continue;
		n++;
		cites_join(m->arena, &cites, &lost->list[i].name.cites);
	}
	if (n == 0)
		return;
	d = diag_add(&m->model.findings, &FINDING_NAMES_UNREACHABLE,
		     "windows%zu: the tree of %s does not lead to all values "
		     "of MountedDevices; %zu more %s found by a scan of the "
		     "hive, in cells that are in use, and taken for names of "
		     "the installation.", installation, h->path.utf8, n,
		     n == 1 ? "was" : "were");
	if (d != NULL)
		cites_join(m->arena, &d->cites, &cites);
}

static bool same_record(const struct mountmgr_name *a,
			const struct mountmgr_name *b)
{
	const struct cite *x = a->cites.list, *y = b->cites.list;

	return a->cites.n > 0 && b->cites.n > 0 && x->image == y->image &&
	       x->offset == y->offset && x->length == y->length &&
	       strcmp(x->structure, y->structure) == 0;
}

/* The name of @installation that the tree without the logs has of the very
 * record @l, to which the tree with them does not lead; NULL: none.  */
static struct machine_name *told_before(struct model *o, size_t installation,
					const struct lost_name *l)
{
	if (!l->in_use || l->place != SCAN_UNREACHABLE)
		return NULL;
	for (size_t i = o->n_names; i-- > 0;) {
		struct machine_name *n = &o->names[i];

		if (n->installation != installation)
			break;
		if (n->presence == PRESENT_BEFORE && n->lost == NULL &&
		    same_record(n->name, &l->name))
			return n;
	}
	return NULL;
}

int machine_add_lost_names(struct machine *m, size_t installation,
			   const struct open_hive *h,
			   const struct lost_names *lost, struct err *reterr)
{
	struct model *o = &m->model;

	if (!lost->key_whole)
		report_unreachable(m, installation, h, lost);
	for (size_t i = 0; i < lost->n; i++) {
		const struct lost_name *l = &lost->list[i];
		struct machine_name *n = told_before(o, installation, l);

		if (n == NULL) {
			n = arena_push(m->arena, &o->names, o->n_names,
				       sizeof(*n));
			if (n == NULL)
				return err_set(reterr, ERR_NOMEM, 0, "name", 0,
					       0);
			n->installation = installation;
			n->name = &l->name;
			o->n_names++;
		}
		n->lost = l;
		n->presence = machine_lost_presence(h, lost, l);
		n->superseded = n->presence == PRESENT_DELETED;
	}
	o->installations[installation].hive.scanned = lost->scanned;
	return 0;
}

int machine_read_lost_names(struct machine *m, size_t installation,
			    struct open_hive *h, bool whole,
			    struct err *reterr)
{
	struct lost_names lost;
	int r;

	if (!machine_wants_lost_names(m, h, whole))
		return 0;
	r = machine_find_lost_names(m, h, &lost, reterr);
	if (r < 0)
		return r;
	return machine_add_lost_names(m, installation, h, &lost, reterr);
}
