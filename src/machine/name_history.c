/*
 * name_history.c - names in SYSTEM hives that are not in use
 *
 *   System32\config\RegBack\SYSTEM   copied by a task, from Vista to version
 *                                    1709 of Windows 10; later it is empty
 *   System32\config\SYSTEM.sav       left by setup
 *   System32\config\SYSTEM.alt       kept as a second copy before Windows XP
 *   System32\config\SYSTEM.bak .old  renamed by people who repair
 *   repair\SYSTEM                    as setup left it, before Vista
 *   repair\RegBack\SYSTEM            copied with an emergency repair disk
 *
 * and the same, with SYSTEM itself, below a system root that was replaced; and
 * what Windows XP keeps with each restore point (restore_points.c), which may
 * be left on a volume that has no Windows any more.
 * They tell which letters there were before.  What they say never reaches the
 * map: they are read last, resolved by the id alone, and what they lead to is
 * no finding.  A hive that is damaged is evidence that could not be used, here
 * as elsewhere, so the report is not complete then.
 */
#include "machine/former_names.h"
#include "machine/hive_names.h"
#include "machine/internal.h"
#include "machine/restore_points.h"
#include "registry/system.h"

/* Each system root has two or three, Windows XP one a day for 90 days and one
 * for each program that was installed.  Empty ones count: they, too, have to be
 * looked for.  */
#define MAX_OLDER_HIVES 512

/* A copy that Windows makes has no cells that are free; what was in use once
 * does, and in them what was deleted.  */
enum origin { COPIED, ONCE_IN_USE, REPLACED };

struct folder {
	const char *names[3];
	const char *path;
	enum origin origin;
	bool below_config;	/* else below the system root */
};

static const struct folder folders[] = {
	{ { NULL }, "", ONCE_IN_USE, true },
	{ { "RegBack", NULL }, "\\RegBack", COPIED, true },
	{ { "repair", NULL }, "\\repair", COPIED, false },
	{ { "repair", "RegBack", NULL }, "\\repair\\RegBack", COPIED,
	  false },
};

/* The first of them in the first folder is the one in use, or was; it is not
 * sought here.  */
static const char *const files[] = {
	"SYSTEM", "SYSTEM.sav", "SYSTEM.alt", "SYSTEM.bak", "SYSTEM.old",
};

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

/* Of so many bytes all can be read to find that: in about two seconds.  A
 * machine has a hive or two of 20 MiB.  */
#define MAX_SCANNED_BYTES ((uint64_t)1 << 30)

struct history {
	struct machine *m;
	const struct system_root *root;
	struct live_names live;
	size_t n_hives;
	uint64_t n_scanned;	/* bytes */
	bool full;		/* no more are read */
};

static int add_name(struct history *h, const struct machine_hive *hive,
		    const struct mountmgr_name *name, enum presence presence,
		    const struct lost_name *lost, struct err *reterr)
{
	const struct machine_former_name n = {
		.installation = h->root->installation,
		.shadow_copy = NONE,
		.host_volume = h->root->system.volume,
		.hive = hive,
		.name = name,
		.presence = presence,
		.lost = lost,
	};

	return machine_add_former_name(h->m, &h->live, &n, reterr);
}

/* Setup's copy was made before there was a mount manager to fill the key.  */
static void explain_unread(struct machine *m, const struct open_hive *open,
			   const struct err *e)
{
	const struct diag_kind *kind = e->code == ERR_NOT_FOUND
		? &FINDING_OLDER_HIVE_EMPTY : &FINDING_HIVE_UNREADABLE;
	char text[256];
	struct diag *d = diag_add(&m->model.findings, kind,
				  "MountedDevices of the older hive %s could "
				  "not be read: %s.", open->path.utf8,
				  err_text(e, text, sizeof(text)));

	if (d != NULL)
		source_cite(open->source, 0, 512, "regf", m->arena, &d->cites);
}

/* Whose hive this is: what was replaced may have been another machine's.  */
static void explain_former(struct history *h, struct open_hive *open)
{
	struct machine *m = h->m;
	struct diag_list unsaid = { .arena = m->arena };
	struct system_facts facts = { 0 };
	struct diag *d;

	system_read(open->hive, m->arena, &unsaid, &facts, NULL);
	d = diag_add(&m->model.findings, &FINDING_ROOT_REPLACED,
		     "%s is read as history of windows%zu, which lies on the "
		     "same volume: it has no map of its own. Its computer "
		     "name is %s.", h->root->path, h->root->installation,
		     facts.computer_name.text.utf8 != NULL
		     ? facts.computer_name.text.utf8 : "unknown");
	if (d == NULL)
		return;
	source_cite(open->source, 0, 512, "regf", m->arena, &d->cites);
	cites_join(m->arena, &d->cites, &facts.computer_name.cites);
}

/* The names that the hive's tree leads to.  *@ret_whole: all of them.  */
static int add_tree_names(struct history *h, struct open_hive *open,
			  const struct machine_hive *hive, bool *ret_whole,
			  struct err *reterr)
{
	struct hive_names names = { 0 };
	int r = machine_hive_names(h->m, open, &names, reterr);

	if (r == 0 && names.unread.code != 0)
		explain_unread(h->m, open, &names.unread);
	for (size_t i = 0; i < names.n && r == 0; i++)
		r = add_name(h, hive, names.list[i].name,
			     names.list[i].presence, NULL, reterr);
	*ret_whole = names.whole;
	return r;
}

static bool may_scan(struct history *h, const struct open_hive *open)
{
	const uint64_t size = open->source->size;

	if (size <= MAX_SCANNED_BYTES - h->n_scanned) {
		h->n_scanned += size;
		return true;
	}
	diag_add(&h->m->model.findings, &FINDING_OLDER_HIVES_CUT,
		 "%s is not searched for names outside of its tree: older "
		 "hives have more than %u MiB.", open->path.utf8,
		 (unsigned)(MAX_SCANNED_BYTES >> 20));
	return false;
}

static int add_lost_names(struct history *h, struct open_hive *open,
			  struct machine_hive *hive, struct err *reterr)
{
	struct lost_names lost = { 0 };
	int r;

	if (!may_scan(h, open))
		return 0;
	r = machine_find_lost_names(h->m, open, &lost, reterr);
	for (size_t i = 0; i < lost.n && r == 0; i++)
		r = add_name(h, hive, &lost.list[i].name,
			     machine_lost_presence(open, &lost, &lost.list[i]),
			     &lost.list[i], reterr);
	hive->scanned = lost.scanned;
	return r;
}

/* The names of @open, which may have no tree that can be read.  */
static int add_names(struct history *h, struct open_hive *open,
		     enum origin origin, struct err *reterr)
{
	struct machine *m = h->m;
	struct machine_hive *hive = arena_alloc(m->arena, sizeof(*hive));
	bool whole = false;
	int r;

	if (hive == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "hive", 0, 0);
	r = machine_hive_describe(m, open, hive, reterr);
	if (r == 0 && open->hive != NULL)
		r = add_tree_names(h, open, hive, &whole, reterr);
	if (r < 0 || (whole && origin == COPIED) ||
	    !machine_wants_lost_names(m, open, whole))
		return r;
	return add_lost_names(h, open, hive, reterr);
}

static int read_hive(struct history *h, struct open_hive *open,
		     enum origin origin, struct err *reterr)
{
	struct err e = { 0 };
	int r = machine_hive_open_tree(h->m, open, &e);

	if (r == ERR_NOMEM)
		return err_set(reterr, e.code, e.at, e.what, 0, 0);
	if (r < 0)
		machine_hive_unreadable(h->m, &open->place, &e);
	else if (origin == REPLACED)
		explain_former(h, open);
	return add_names(h, open, origin, reterr);
}

static int stop(void *ctx, const struct ntfs_dir_entry *e)
{
	(void)ctx;
	(void)e;
	return 1;
}

enum found { NOTHING, EMPTY_FILE, HIVE };

/* What is at @p, and its path as it is stored.  What cannot be told is left to
 * who opens the hive.  */
static enum found look_at(struct machine *m, const struct hive_place *p,
			  const char **ret_path)
{
	const char *const names[] = { p->file, NULL };
	struct ntfs *n = m->volumes[p->volume].ntfs;
	enum found found = HIVE;
	struct source *s = NULL;
	struct text stored;
	ntfs_ref ref;
	int r = machine_find_below(m, n, p->directory, names, &ref, NULL);

	if (r < 0)
		return r == ERR_NOT_FOUND ? NOTHING : HIVE;
	r = ntfs_open_stream(n, ref, NULL, p->file, &s, NULL);
	if (r == 0 && s->size == 0)
		found = EMPTY_FILE;
	stored = machine_stored_path(n, ref, p->file);
	if (stored.utf8 != NULL)
		*ret_path = stored.utf8;
	/* People keep directories of such names, too.  */
	if (r == ERR_NOT_FOUND && ntfs_list(n, ref, stop, NULL, NULL) >= 0)
		found = NOTHING;
	source_free(s);
	return found;
}

static bool is_older_hive(struct history *h, const struct hive_place *p)
{
	struct diag_list *findings = &h->m->model.findings;
	const char *path = p->file;
	enum found found = look_at(h->m, p, &path);

	if (found == EMPTY_FILE)
		diag_add(findings, &FINDING_OLDER_HIVE_EMPTY,
			 "the file %s is empty: no older hive was kept there.",
			 path);
	if (found == NOTHING || h->n_hives++ < MAX_OLDER_HIVES)
		return found == HIVE;
	diag_add(findings, &FINDING_OLDER_HIVES_CUT,
		 "%s is not read, nor are any older hives that may follow: "
		 "there are more than %d.", path, MAX_OLDER_HIVES);
	h->full = true;
	return false;
}

static int try_hive(struct history *h, const struct hive_place *p,
		    enum origin origin, struct err *reterr)
{
	struct open_hive open;
	struct err e = { 0 };
	int r;

	if (h->full || !is_older_hive(h, p))
		return 0;
	r = machine_hive_open_bytes(h->m, p, &open, &e);
	if (r == ERR_NOMEM)
		return err_set(reterr, e.code, e.at, e.what, 0, 0);
	if (r < 0) {
		machine_hive_unreadable(h->m, p, &e);
		return 0;
	}
	r = read_hive(h, &open, origin, reterr);
	machine_hive_close(&open);
	return r;
}

static void folder_unread(struct machine *m, const struct hive_place *p,
			  const struct err *e)
{
	char text[256];

	diag_add(&m->model.findings, &FINDING_HIVE_UNREADABLE,
		 "it is not known whether %s holds older hives: %s.", p->path,
		 err_text(e, text, sizeof(text)));
}

static int search_folder(struct history *h, const struct folder *f,
			 struct err *reterr)
{
	struct machine *m = h->m;
	const struct system_root *root = h->root;
	ntfs_ref base = f->below_config ? root->system.directory
					: root->directory;
	struct hive_place p = {
		.volume = root->system.volume,
		.path = arena_printf(m->arena, "%s%s", f->below_config
				     ? root->system.path : root->path, f->path),
	};
	struct err e = { 0 };
	int r;

	if (p.path == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "path", 0, 0);
	r = machine_find_below(m, m->volumes[p.volume].ntfs, base, f->names,
			       &p.directory, &e);
	if (r == ERR_NOMEM)
		return err_set(reterr, r, 0, "path", 0, 0);
	if (r < 0 && r != ERR_NOT_FOUND)
		folder_unread(m, &p, &e);
	if (r < 0)
		return 0;
	for (size_t i = f == &folders[0]; i < LENGTH(files) && r == 0; i++) {
		p.file = files[i];
		r = try_hive(h, &p, f->origin, reterr);
	}
	return r;
}

static int search_root(struct history *h, struct err *reterr)
{
	const struct system_root *root = h->root;
	const size_t before = h->n_hives;
	int r = 0;

	if (root->former)
		r = try_hive(h, &root->system, REPLACED, reterr);
	for (size_t i = 0; i < LENGTH(folders) && !h->full && r == 0; i++)
		r = search_folder(h, &folders[i], reterr);
	/* That there is a copy tells that it is missed.  */
	if (root->missing && root->installation == NONE && h->n_hives > before)
		machine_no_system(h->m, &root->system);
	return r;
}

/* On the volume of the root at hand.  They are those of the Windows that has
 * it as its system volume; of two, nothing tells.  */
static int search_restore_points(struct history *h, struct err *reterr)
{
	struct restore_points points;
	int r = machine_find_restore_points(h->m, h->root->system.volume,
					    &points, reterr);

	for (size_t i = 0; r == 0 && i < points.n && !h->full; i++)
		r = try_hive(h, &points.list[i], COPIED, reterr);
	return r;
}

static bool has_root(const struct machine *m, size_t volume)
{
	for (size_t i = 0; i < m->n_roots; i++)
		if (m->roots[i].system.volume == volume)
			return true;
	return false;
}

/* Where no Windows is, one may have been: whose they are, nothing tells.  */
static int search_other_volumes(struct history *h, struct err *reterr)
{
	struct machine *m = h->m;
	int r = 0;

	for (size_t i = 0; i < m->n_volumes && !h->full && r == 0; i++) {
		const struct system_root none = {
			.installation = NONE, .system = { .volume = i },
		};

		if (m->volumes[i].ntfs == NULL || has_root(m, i))
			continue;
		h->root = &none;
		machine_look_at(m, i);
		r = search_restore_points(h, reterr);
	}
	h->root = NULL;
	return r;
}

/* The roots of one volume adjoin.  */
static bool is_first_of_volume(const struct machine *m, size_t root)
{
	return root == 0 || m->roots[root - 1].system.volume !=
			    m->roots[root].system.volume;
}

int machine_find_name_history(struct machine *m, struct err *reterr)
{
	struct history h = { .m = m };
	int r = machine_sort_live_names(m, &h.live, reterr);

	for (size_t i = 0; i < m->n_roots && !h.full && r == 0; i++) {
		h.root = &m->roots[i];
		machine_look_at(m, h.root->system.volume);
		r = search_root(&h, reterr);
		if (r == 0 && is_first_of_volume(m, i))
			r = search_restore_points(&h, reterr);
	}
	if (r == 0)
		r = search_other_volumes(&h, reterr);
	machine_look_at(m, NONE);
	return r;
}
