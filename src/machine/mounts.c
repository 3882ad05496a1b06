/*
 * mounts.c - who is mounted where: drive roots, mounted folders, access paths
 *
 * In each installation's namespace a volume is reached by its drive letters and
 * by every directory in which it is mounted.  Mounted folders nest, and a
 * volume may be mounted below itself, so paths are built outwards from the
 * letters, and no path passes twice through one host volume.
 */
#include <stdlib.h>
#include <string.h>

#include "machine/internal.h"

/* A folder of a volume that has a letter is one path.  Those through a chain of
 * mounted volumes multiply: a real machine has one or two for each volume; past
 * these bounds they are cut, with a finding.  */
#define MAX_NESTED_PATHS 64
#define MAX_HOSTS_PER_PATH 16

/* What all facts together may take, for mount points and paths to be added: a
 * report fits into 256 MiB.  */
#define MOUNTS_MAX_BYTES (144u << 20)
#define PATHS_MAX_BYTES (152u << 20)

static struct machine_mount *push_mount(struct machine *m, struct err *reterr)
{
	struct model *o = &m->model;
	struct machine_mount *mount = arena_push(m->arena, &o->mounts,
						 o->n_mounts, sizeof(*mount));

	if (mount == NULL) {
		err_set(reterr, ERR_NOMEM, 0, "mount point", 0, 0);
		return NULL;
	}
	o->n_mounts++;
	return mount;
}

/* Whether there is no room for one more mount point, which is then counted.  */
static bool mounts_cut(struct machine *m, size_t volume)
{
	if (arena_bytes(m->arena) <= MOUNTS_MAX_BYTES)
		return false;
	diag_add(&m->model.findings, &FINDING_MOUNTS_CUT,
		 "volume%zu: a mount point is not listed: there are too many.",
		 volume);
	return true;
}

static const char *drive_root(struct machine *m, char letter)
{
	return arena_printf(m->arena, "%c:\\", letter);
}

static const char *nt_name(struct machine *m, const struct guid *g)
{
	char buf[GUID_TEXT_CHARS + 1];

	return arena_printf(m->arena, "\\?\?\\Volume{%s}\\", guid_text(g, buf));
}

/* "\??\Volume{G}\" for the volume's name in the namespace; NULL where it has
 * none.  */
static const char *nt_volume_name(struct machine *m, size_t installation,
				  size_t volume)
{
	struct guid g;

	if (!machine_volume_name(m, installation, volume, &g))
		return NULL;
	return nt_name(m, &g);
}

static int add_root(struct machine *m, size_t installation, char letter,
		    const struct resolution *r, struct err *reterr)
{
	struct machine_mount *mount;

	if (mounts_cut(m, r->volume))
		return 0;
	mount = push_mount(m, reterr);
	if (mount == NULL)
		return ERR_NOMEM;
	*mount = (struct machine_mount){
		.installation = installation,
		.kind = MOUNT_DRIVE_ROOT,
		.host_volume = NONE,
		.directory = { .utf8 = drive_root(m, letter) },
		.target = { .utf8 = nt_volume_name(m, installation,
						   r->volume) },
		.resolution = *r,
	};
	return 0;
}

/* The value that gives @letter in @installation; NULL: none does.  */
static const struct machine_name *find_letter(const struct model *o,
					      size_t installation, char letter)
{
	for (size_t i = 0; i < o->n_names; i++)
		if (o->names[i].installation == installation &&
		    !o->names[i].superseded &&
		    o->names[i].name->kind == NAME_DRIVE_LETTER &&
		    o->names[i].name->letter == letter)
			return &o->names[i];
	return NULL;
}

static bool volume_has_letter(const struct model *o, size_t installation,
			      size_t volume)
{
	for (size_t i = 0; i < o->n_names; i++)
		if (o->names[i].installation == installation &&
		    !o->names[i].superseded &&
		    o->names[i].name->kind == NAME_DRIVE_LETTER &&
		    o->names[i].resolution.volume == volume)
			return true;
	return false;
}

static void report_system_letter(struct machine *m, size_t installation,
				 size_t now)
{
	const struct system_letter *s = &m->installations[installation].letter;
	size_t volume = m->model.installations[installation].volume;
	struct diag *d;

	d = diag_add(&m->model.findings, &FINDING_SYSTEM_LETTER_CONFLICTS,
		     "windows%zu: SystemRoot is on %c:, MountedDevices leads "
		     "%c: to %s, but the installation lies on %s.",
		     installation, s->letter, s->letter, machine_place(m, now),
		     machine_place(m, volume));
	if (d != NULL)
		cites_join(m->arena, &d->cites, &s->cites);
}

/*
 * The letter of the volume that an installation lies on, where no value of
 * MountedDevices leads there (a restored image has another disk signature): the
 * one in SystemRoot, or else C:, if no value gives C: to another volume.  It is
 * called inferred, and the finding says from what.
 */
static int infer_system_letter(struct machine *m, size_t installation,
			       struct err *reterr)
{
	struct model *o = &m->model;
	const struct machine_installation *i = &o->installations[installation];
	const struct system_letter *s = &m->installations[installation].letter;
	char letter = s->letter != 0 ? s->letter : 'C';
	const struct machine_name *n = find_letter(o, installation, letter);
	size_t now = n != NULL ? n->resolution.volume : NONE;
	struct resolution r = { .volume = i->volume,
				.certainty = CERTAINTY_INFERRED };
	struct diag *d;

	if (i->volume == NONE)
		return 0;
	if (s->letter != 0 && now != NONE && now != i->volume)
		report_system_letter(m, installation, now);
	if (volume_has_letter(o, installation, i->volume) || now != NONE ||
	    (s->letter == 0 && n != NULL))
		return 0;
	cites_join(m->arena, &r.cites, s->letter != 0 ? &s->cites : &i->cites);
	d = diag_add(&o->findings, &FINDING_LETTER_INFERRED,
		     "windows%zu: no value of MountedDevices leads to %s "
		     "alone, on which the installation lies; %c: is inferred "
		     "from %s.",
		     installation, machine_place(m, i->volume), letter,
		     s->letter != 0 ? "SystemRoot in the SOFTWARE hive"
				    : "the usual letter of a system volume");
	if (d != NULL)
		cites_join(m->arena, &d->cites, &r.cites);
	return add_root(m, installation, letter, &r, reterr);
}

static void report_letter(struct machine *m, const struct diag_kind *kind,
			  const struct machine_name *n,
			  const struct machine_name *other)
{
	struct diag *d = diag_add(&m->model.findings, kind,
				  "windows%zu: %s and %s both lead to %s.",
				  n->installation, n->name->name.utf8,
				  other->name->name.utf8,
				  machine_place(m, n->resolution.volume));

	if (d == NULL)
		return;
	cites_join(m->arena, &d->cites, &n->name->cites);
	cites_join(m->arena, &d->cites, &other->name->cites);
}

/* Findings about letters: several for one volume, one beside a marker that says
 * there shall be none.  One of each for a letter, or a hostile hive makes as
 * many as its values squared.  */
static void explain_letter(struct machine *m, const struct machine_name *n)
{
	const struct model *o = &m->model;
	bool several = false, marker = false;

	for (size_t i = 0; i < o->n_names && !(several && marker); i++) {
		const struct machine_name *other = &o->names[i];

		if (other->installation != n->installation ||
		    other->superseded ||
		    other->resolution.volume != n->resolution.volume)
			continue;
		if (!marker && other->name->kind == NAME_NO_LETTER) {
			marker = true;
			report_letter(m, &FINDING_LETTER_DESPITE_MARKER, n,
				      other);
		}
		if (!several && other->name->kind == NAME_DRIVE_LETTER &&
		    other->name->letter > n->name->letter) {
			several = true;
			report_letter(m, &FINDING_SEVERAL_LETTERS, n, other);
		}
	}
}

static int list_roots(struct machine *m, size_t installation,
		      struct err *reterr)
{
	struct model *o = &m->model;
	bool explained['Z' - 'A' + 1] = { false };

	for (size_t i = 0; i < o->n_names; i++) {
		const struct machine_name *n = &o->names[i];
		int r;

		if (n->installation != installation || n->superseded ||
		    n->name->kind != NAME_DRIVE_LETTER ||
		    n->resolution.volume == NONE)
			continue;
		if (!explained[n->name->letter - 'A'])
			explain_letter(m, n);
		explained[n->name->letter - 'A'] = true;
		r = add_root(m, installation, n->name->letter, &n->resolution,
			     reterr);
		if (r < 0)
			return r;
	}
	return infer_system_letter(m, installation, reterr);
}

/* The first drive root of @volume in the namespace; NULL: none.  The roots are
 * listed before all directories.  */
static const char *first_root(const struct model *o, size_t installation,
			      size_t volume)
{
	const char *first = NULL;

	for (size_t i = 0; i < o->n_mounts; i++) {
		const struct machine_mount *r = &o->mounts[i];

		if (r->kind != MOUNT_DRIVE_ROOT)
			break;
		if (r->installation == installation &&
		    r->resolution.volume == volume &&
		    (first == NULL || strcmp(r->directory.utf8, first) < 0))
			first = r->directory.utf8;
	}
	return first;
}

/* "\\?\Volume{G}\" for the volume's name in the namespace; NULL where it has
 * none.  */
static const char *volume_prefix(struct machine *m, size_t installation,
				 size_t volume)
{
	struct guid g;

	if (!machine_volume_name(m, installation, volume, &g))
		return NULL;
	return volume_name_text(m->arena, &g);
}

/* The UTF-16LE bytes of @t in hexadecimal, exact or not.  */
static const char *text_hex(struct arena *a, const struct text *t)
{
	struct span wide;

	if (t->hex != NULL)
		return t->hex;
	return utf16_from_utf8(a, t->utf8, &wide)
		? hex_encode(a, wide.p, wide.n) : "";
}

/* @prefix, which closes with a backslash, @path, which opens with one, and
 * @close.  */
static struct text join_path(struct machine *m, const struct text *prefix,
			     const struct text *path, const char *close)
{
	struct arena *a = m->arena;
	struct text t = { 0 };

	if (prefix->utf8 == NULL)
		return t;
	t.utf8 = arena_printf(a, "%s%s%s", prefix->utf8, path->utf8 + 1, close);
	if (prefix->hex != NULL || path->hex != NULL)
		t.hex = arena_printf(a, "%s%s%s", text_hex(a, prefix),
				     text_hex(a, path) + 4,
				     *close != '\0' ? "5c00" : "");
	return t;
}

/* Where the prefix of @volume in the namespace is kept.  */
static const char **prefix_slot(struct machine *m, size_t installation,
				size_t volume)
{
	size_t row = installation != NONE ? installation : 0;

	return &m->prefixes[row * m->n_volumes + volume];
}

/* How each volume is called in each namespace, when all roots are listed: by
 * its first root, or else by its name.  Once for all directories of a volume,
 * of which there may be many.  */
static int find_prefixes(struct machine *m, struct err *reterr)
{
	const struct model *o = &m->model;
	size_t rows = o->n_installations > 0 ? o->n_installations : 1;

	m->prefixes = arena_alloc(m->arena, rows * m->n_volumes *
				  sizeof(m->prefixes[0]));
	if (m->prefixes == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "volume names", 0, 0);
	for (size_t row = 0; row < rows; row++)
		for (size_t v = 0; v < m->n_volumes; v++) {
			size_t i = o->n_installations > 0 ? row : NONE;
			const char *prefix = first_root(o, i, v);

			if (prefix == NULL)
				prefix = volume_prefix(m, i, v);
			*prefix_slot(m, i, v) = prefix;
		}
	return 0;
}

static struct text directory_of(struct machine *m, size_t installation,
				size_t host, const struct ntfs_path *path)
{
	struct text prefix = { .utf8 = *prefix_slot(m, installation, host) };

	if (path->state != PATH_WHOLE)
		return (struct text){ 0 };
	return join_path(m, &prefix, &path->text, "");
}

/* What is to be said of a mount point; NULL: nothing.  */
static const struct diag_kind *target_finding(const struct machine *m,
					      const struct machine_mount *p,
					      const char **ret_phrase)
{
	if (p->deleted) {
		*ret_phrase = "but the directory was deleted";
		return &FINDING_MOUNT_DELETED;
	}
	switch (p->resolution.certainty) {
	case CERTAINTY_NOT_IN_EVIDENCE:
		*ret_phrase = p->resolution.tier == TIER_NONE
			? "a name that no source here knows"
			: p->resolution.untold
			? "a volume that is not in this evidence, as the chain "
			  "of logical drives of its disk breaks off before it"
			: "a volume that is not in this evidence";
		return &FINDING_TARGET_MISSING;
	case CERTAINTY_STALE:
		*ret_phrase = p->resolution.no_volume
			? "a partition that is not a volume"
			: "a partition that its disk no longer has";
		return &FINDING_TARGET_STALE;
	case CERTAINTY_AMBIGUOUS:
		if (p->resolution.possible) {
			*ret_phrase =
				machine_possible_phrase(m, &p->resolution);
			return &FINDING_NAME_POSSIBLE;
		}
		*ret_phrase = "a name that several volumes of this evidence "
			      "have";
		return &FINDING_TARGET_AMBIGUOUS;
	case CERTAINTY_CONFLICTING:
		*ret_phrase = "a name that sources resolve to different "
			      "volumes";
		return &FINDING_TARGET_CONFLICTING;
	default:
		*ret_phrase = "the volume that it is on itself";
		return p->resolution.volume == p->host_volume
			? &FINDING_MOUNT_LOOPS : NULL;
	}
}

static void explain_target(struct machine *m, const struct machine_mount *p,
			   const struct guid *volume)
{
	const char *phrase;
	const struct diag_kind *kind = target_finding(m, p, &phrase);
	const char *who = "";
	struct diag *d;

	if (kind == NULL)
		return;
	/* What one installation can resolve, another need not.  */
	if (p->installation != NONE)
		who = arena_printf(m->arena, "windows%zu: ", p->installation);
	d = diag_add(&m->model.findings, kind,
		     "%s%s: the mount point %s leads to %s, %s%s%s%s%s.", who,
		     machine_place(m, p->host_volume), p->path.utf8,
		     p->target.utf8, phrase,
		     machine_leads_phrase(m, &p->resolution),
		     p->resolution.tier == TIER_NONE ?
		     machine_elsewhere_phrase(m, p->installation, volume) : "",
		     machine_known_phrase(m, &p->resolution),
		     p->resolution.tier == TIER_NONE &&
		     p->resolution.n_known_disks == 0 ?
		     machine_lost_phrase(m) : "");
	if (d == NULL)
		return;
	cites_join(m->arena, &d->cites, &p->cites);
	cites_join(m->arena, &d->cites, &p->resolution.cites);
}

static int add_directory(struct machine *m, size_t installation, size_t host,
			 const struct ntfs_reparse *point,
			 enum ntfs_witness fsntfs, struct err *reterr)
{
	/* Made before it is pushed, as its directory is looked for among the
	 * mount points that are there.  */
	struct machine_mount made = {
		.installation = installation,
		.kind = MOUNT_DIRECTORY,
		.deleted = point->deleted,
		.host_volume = host,
		.path = point->path.text,
		.directory = directory_of(m, installation, host, &point->path),
		/* One spelling, by which it is found among the names.  */
		.target = { .utf8 = nt_name(m, &point->data.volume) },
		.in_index = point->in_index,
		.in_record = point->in_record,
		.ref = point->ref,
		.point = point,
		.resolution = resolve_guid(m, installation, host,
					   &point->data.volume),
		.fsntfs = fsntfs,
		.cites = point->cites,
	};
	struct machine_mount *mount = push_mount(m, reterr);

	if (mount == NULL)
		return ERR_NOMEM;
	cites_join(m->arena, &made.cites, &point->path.cites);
	*mount = made;
	explain_target(m, mount, &point->data.volume);
	return 0;
}

static void check_directory(struct machine *m, const struct ntfs_reparse *point)
{
	struct diag *d;

	if (point->is_directory)
		return;
	d = diag_add(&m->model.findings, &FINDING_MOUNT_ON_FILE,
		     "The mount point %s is on a file, where Windows never "
		     "makes one.", point->path.text.utf8);
	if (d != NULL)
		cites_join(m->arena, &d->cites, &point->cites);
}

/* Take a reparse point of @host into the model, and, where it is a volume mount
 * point, into every namespace.  */
static int add_point(struct machine *m, size_t host,
		     const struct ntfs_reparse *point, struct err *reterr)
{
	struct model *o = &m->model;
	struct machine_reparse *r = arena_push(m->arena, &o->reparses,
					       o->n_reparses, sizeof(*r));
	size_t namespaces = o->n_installations;
	enum ntfs_witness fsntfs = NTFS_WITNESS_UNAVAILABLE;

	if (r == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "reparse point", 0, 0);
	r->volume = host;
	r->point = point;
	if (point->data.substitute_name.n > 0)
		r->target = text_from_utf16(m->arena,
					    point->data.substitute_name);
	o->n_reparses++;
	if (point->raw.n == 0 ||
	    point->data.kind != REPARSE_VOLUME_MOUNT_POINT ||
	    mounts_cut(m, host))
		return 0;
	machine_look_at(m, host);
	check_directory(m, point);
	ntfs_check_name(m->volumes[host].ntfs, point);
	if (!point->deleted &&
	    ntfs_witness_fsntfs(m->volumes[host].ntfs, point, &fsntfs,
				reterr) < 0)
		return ERR_NOMEM;
	machine_look_at(m, NONE);
	if (namespaces == 0)
		return add_directory(m, NONE, host, point, fsntfs, reterr);
	for (size_t i = 0; i < namespaces; i++) {
		int e = add_directory(m, i, host, point, fsntfs, reterr);

		if (e < 0)
			return e;
	}
	return 0;
}

/* A chain of mounted volumes on the way to one of them.  */
struct chain {
	size_t hosts[MAX_HOSTS_PER_PATH];
	size_t n;
};

struct walk {
	struct machine *m;
	size_t installation;
	struct chain chain;
};

static bool chain_has(const struct chain *c, size_t volume)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->hosts[i] == volume)
			return true;
	return false;
}

static int reach(struct walk *w, size_t volume, const struct text *prefix,
		 const struct text *path, struct err *reterr);

/* Go on from @volume, reached by @path, to all that is mounted inside it.  */
static int reach_mounted(struct walk *w, size_t volume, const struct text *path,
			 struct err *reterr)
{
	const struct model *o = &w->m->model;
	struct open_volume *host = &w->m->volumes[volume];

	if (w->chain.n == MAX_HOSTS_PER_PATH || chain_has(&w->chain, volume) ||
	    machine_is_hidden(o, volume))
		return 0;
	/* Each visit gives a path to all that is mounted here: by now it has as
	 * many as are listed, and the last visit has said so.  */
	if (w->chain.n > 0 && host->n_visits++ > MAX_NESTED_PATHS)
		return 0;
	w->chain.hosts[w->chain.n++] = volume;
	for (size_t i = 0; i < host->n_mounts; i++) {
		const struct machine_mount *p =
			&o->mounts[host->first_mount + i];
		int r;

		if (p->deleted || p->installation != w->installation ||
		    p->resolution.volume == NONE ||
		    p->directory.utf8 == NULL)
			continue;
		r = reach(w, p->resolution.volume, path, &p->path, reterr);
		if (r < 0)
			return r;
	}
	w->chain.n--;
	return 0;
}

/* Whether a path by the hosts of @c to @volume leads to one volume through two
 * folders.  The volume with the letter is reached by none.  */
static bool loops(const struct chain *c, size_t volume)
{
	for (size_t i = 1; i < c->n; i++)
		if (c->hosts[i] == volume)
			return true;
	return false;
}

static void say_paths_cut(struct machine *m, size_t volume)
{
	if (!m->volumes[volume].paths_cut)
		diag_add(&m->model.findings, &FINDING_PATHS_CUT,
			 "%s has more access paths than are listed.",
			 machine_place(m, volume));
	m->volumes[volume].paths_cut = true;
}

/* @volume is mounted on @path below @prefix; a drive root is its own prefix,
 * with a @path of NULL.  Ends: the chain of hosts grows with each step and
 * holds no volume twice, and through others each volume takes a bounded number
 * of paths.  */
static int reach(struct walk *w, size_t volume, const struct text *prefix,
		 const struct text *path, struct err *reterr)
{
	struct machine *m = w->m;
	struct machine_volume *v = &m->model.volumes[volume];
	const bool nested = w->chain.n > 1;
	size_t *n_nested = &m->volumes[volume].n_nested;
	struct access_path *slot;
	struct text here;

	if (machine_is_hidden(&m->model, volume))
		return 0;
	if ((nested && *n_nested == MAX_NESTED_PATHS) ||
	    arena_bytes(m->arena) > PATHS_MAX_BYTES) {
		say_paths_cut(m, volume);
		return 0;
	}
	slot = arena_push(m->arena, &v->paths, v->n_paths, sizeof(*slot));
	if (slot == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "access path", 0, 0);
	here = path != NULL ? join_path(m, prefix, path, "\\") : *prefix;
	*slot = (struct access_path){ w->installation, here,
				      loops(&w->chain, volume) };
	v->n_paths++;
	*n_nested += nested;
	return reach_mounted(w, volume, &here, reterr);
}

static bool has_path(const struct machine_volume *v, size_t installation)
{
	for (size_t i = 0; i < v->n_paths; i++)
		if (v->paths[i].installation == installation)
			return true;
	return false;
}

/* First from the drive roots; then from the volumes that no root leads to, by
 * their names, for what is mounted in them.  */
static int find_paths(struct machine *m, size_t installation,
		      struct err *reterr)
{
	const struct model *o = &m->model;
	struct walk w = { .m = m, .installation = installation };

	for (size_t i = 0; i < m->n_volumes; i++)
		m->volumes[i].n_visits = m->volumes[i].n_nested = 0;
	for (size_t i = 0; i < o->n_mounts; i++) {
		const struct machine_mount *p = &o->mounts[i];
		int r;

		if (p->kind != MOUNT_DRIVE_ROOT ||
		    p->installation != installation)
			continue;
		r = reach(&w, p->resolution.volume, &p->directory, NULL,
			  reterr);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < o->n_volumes; i++) {
		struct text name = { 0 };
		int r;

		if (has_path(&o->volumes[i], installation))
			continue;
		name.utf8 = volume_prefix(m, installation, i);
		if (name.utf8 == NULL)
			continue;
		r = reach_mounted(&w, i, &name, reterr);
		if (r < 0)
			return r;
	}
	return 0;
}

static int compare_paths(const void *a, const void *b)
{
	const struct access_path *x = a, *y = b;
	size_t nx = strlen(x->path.utf8), ny = strlen(y->path.utf8);

	if (x->installation != y->installation)
		return x->installation < y->installation ? -1 : 1;
	/* Letters before folders.  */
	if ((nx == 3) != (ny == 3))
		return nx == 3 ? -1 : 1;
	return strcmp(x->path.utf8, y->path.utf8);
}

/* Order without case, as a directory listing has it, then with it; below a
 * letter before below a volume name.  */
static int compare_text(const struct text *a, const struct text *b)
{
	int r;

	if (a->utf8 == NULL || b->utf8 == NULL)
		return (a->utf8 == NULL) - (b->utf8 == NULL);
	r = (a->utf8[0] == '\\') - (b->utf8[0] == '\\');
	if (r != 0)
		return r;
	r = strcasecmp(a->utf8, b->utf8);
	return r != 0 ? r : strcmp(a->utf8, b->utf8);
}

/* By namespace, roots first, present before deleted, then by directory.  */
static int compare_mounts(const void *a, const void *b)
{
	const struct machine_mount *x = a, *y = b;
	int r;

	if (x->installation != y->installation)
		return x->installation < y->installation ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->deleted != y->deleted)
		return x->deleted ? 1 : -1;
	r = compare_text(&x->directory, &y->directory);
	if (r != 0)
		return r;
	if (x->host_volume != y->host_volume)
		return x->host_volume < y->host_volume ? -1 : 1;
	if (x->ref != y->ref)
		return x->ref < y->ref ? -1 : 1;
	return compare_text(&x->target, &y->target);
}

static int list_points(struct machine *m, struct err *reterr)
{
	for (size_t v = 0; v < m->n_volumes; v++) {
		struct open_volume *host = &m->volumes[v];

		host->first_mount = m->model.n_mounts;
		for (size_t i = 0; i < host->reparse.n; i++) {
			int r = add_point(m, v, &host->reparse.list[i], reterr);

			if (r < 0)
				return r;
		}
		host->n_mounts = m->model.n_mounts - host->first_mount;
	}
	return 0;
}

int machine_list_mounts(struct machine *m, struct err *reterr)
{
	struct model *o = &m->model;
	int r = 0;

	for (size_t i = 0; i < o->n_installations && r == 0; i++)
		r = list_roots(m, i, reterr);
	if (r == 0)
		r = find_prefixes(m, reterr);
	if (r == 0)
		r = list_points(m, reterr);
	if (r == 0 && o->n_installations == 0)
		r = find_paths(m, NONE, reterr);
	for (size_t i = 0; i < o->n_installations && r == 0; i++)
		r = find_paths(m, i, reterr);
	if (r < 0)
		return r;
	/* Then a path may have no text to be sorted by.  */
	if (arena_failed(m->arena))
		return err_set(reterr, ERR_NOMEM, 0, "mount points", 0, 0);
	for (size_t i = 0; i < o->n_volumes; i++)
		if (o->volumes[i].n_paths > 0)
			qsort(o->volumes[i].paths, o->volumes[i].n_paths,
			      sizeof(o->volumes[i].paths[0]), compare_paths);
	if (o->n_mounts > 0)
		qsort(o->mounts, o->n_mounts, sizeof(o->mounts[0]),
		      compare_mounts);
	return 0;
}
