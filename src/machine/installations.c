/*
 * installations.c - the Windows installations in the evidence
 *
 * A system root is a directory in the root of an NTFS volume, of any name,
 * below which System32\config\SYSTEM is; or Windows or WINNT in such a
 * directory, since an upgrade leaves the old one in \Windows.old\Windows.
 *
 * Such an inner root does not start any more where it lies.  Beside a root of
 * the first kind it is what that one has replaced: its letters are older ones
 * of the same machine, and a map of its own would give each mount point again
 * under letters that nobody sees.  Then it is history (name_history.c).  Alone
 * on its volume it is the only map that there is, and an installation.
 *
 * SYSTEM can be lost: deleted, renamed by who repairs, zeroed.  Its directory
 * still holds copies of it, and hives that tell what Windows and which users
 * that were.  Such a root replaces no other, and comes behind those that have a
 * map.
 */
#include <string.h>

#include "base/ascii.h"
#include "machine/internal.h"

/* Directories of one root that are tried as system roots.  A root of a system
 * volume holds dozens; each try costs a read or two.  */
#define MAX_ROOT_DIRECTORIES 4096

struct root_dirs {
	struct machine *m;
	struct root_dir {
		ntfs_ref ref;
		struct text name;
		struct span utf16;	/* the name in the root's list */
		size_t live;	/* the installation that has replaced it, if
				 * it is a system root; or NONE */
	} *list;
	size_t n;
	bool cut;
};

/* A system root without a SYSTEM hive that tells anything.  */
struct lost_root {
	struct root_dir root;
	struct hive_place system;	/* where that should be */
	bool missing;		/* there is no such file */
};

/* The search of one volume.  */
struct root_search {
	struct machine *m;
	size_t volume;
	struct lost_root *lost;
	size_t n_lost;
};

/* Installations that lie side by side in the root of one volume.  */
struct live_roots {
	size_t first, end;
};

/* The text behind the backslash that @t opens with.  */
static struct text without_backslash(struct text t)
{
	if (t.utf8 != NULL && t.utf8[0] == '\\')
		t.utf8++;
	if (t.hex != NULL)
		t.hex += 4;
	return t;
}

/* Below record 16 lie the file system's own files, and the root's own entry for
 * itself.  A changed bit makes a directory a file to the one that lists it, or
 * leads to one of these; this one has all that there is to find.  */
static bool may_be_directory(const struct ntfs_dir_entry *e)
{
	return (e->is_directory && NTFS_RECORD(e->ref) >= 16) ||
	       utf16_equals_ascii(e->name, "Windows") ||
	       utf16_equals_ascii(e->name, "WINNT");
}

static int collect_directory(void *ctx, const struct ntfs_dir_entry *e)
{
	struct root_dirs *dirs = ctx;
	struct root_dir *d;

	if (!may_be_directory(e))
		return 0;
	if (dirs->n == MAX_ROOT_DIRECTORIES) {
		dirs->cut = true;
		return 1;
	}
	d = arena_push(dirs->m->arena, &dirs->list, dirs->n, sizeof(*d));
	if (d == NULL)
		return ERR_NOMEM;
	d->ref = e->ref;
	d->name = without_backslash(text_from_names(dirs->m->arena, &e->name,
						    1));
	d->utf16.p = arena_copy(dirs->m->arena, e->name.p, e->name.n);
	d->utf16.n = d->utf16.p != NULL ? e->name.n : 0;
	d->live = NONE;
	dirs->n++;
	return 0;
}

/* The text "\<name of @root>", as stored.  */
static struct text root_path(struct machine *m, const struct root_dir *root)
{
	struct text t = { arena_printf(m->arena, "\\%s", root->name.utf8),
			  NULL };

	if (root->name.hex != NULL)
		t.hex = arena_printf(m->arena, "5c00%s", root->name.hex);
	return t;
}

/* Every Windows has this hive: a map without it is of a part of one, or of a
 * damaged one.  */
static void no_software(struct machine *m, size_t installation,
			const struct hive_place *p)
{
	struct machine_installation *i =
		&m->model.installations[installation];
	struct diag *d;

	if (i->volume == NONE)
		return;
	d = diag_add(&m->model.findings, &FINDING_NO_SOFTWARE,
		     "there is no SOFTWARE hive in %s, so that product, users "
		     "and their volumes are unknown.", p->path);
	if (d != NULL)
		cites_join(m->arena, &d->cites, &i->cites);
}

/* Open the SOFTWARE hive @p of the installation.  *@ret_found: it is open;
 * where it is not, that is a finding.  */
static int open_or_say(struct machine *m, size_t installation,
		       const struct hive_place *p, struct open_hive *ret,
		       bool *ret_found, struct err *reterr)
{
	struct err e = { 0 };
	int r = machine_hive_open(m, p, ret, &e);

	if (r == ERR_NOT_FOUND && machine_must_be_there(m, p, p->file))
		r = machine_hive_open(m, p, ret, &e);
	*ret_found = r == 0;
	if (r == ERR_NOMEM)
		return err_set(reterr, e.code, e.at, e.what, 0, 0);
	if (r == ERR_NOT_FOUND)
		no_software(m, installation, p);
	else if (r < 0)
		machine_hive_unreadable(m, p, &e);
	return 0;
}

static int read_software(struct machine *m, size_t installation,
			 struct hive_place p, struct err *reterr)
{
	struct open_hive h;
	bool found;
	int r;

	p.file = "SOFTWARE";
	r = open_or_say(m, installation, &p, &h, &found, reterr);
	if (r < 0 || !found)
		return r;
	r = machine_read_software_hive(m, installation, &h, reterr);
	machine_hive_close(&h);
	return r;
}

int machine_new_installation(struct machine *m, size_t volume, struct text path,
			     ntfs_ref root, const struct hive_place *system,
			     struct err *reterr)
{
	struct model *o = &m->model;
	struct machine_installation *i;
	struct open_installation *open;

	i = arena_push(m->arena, &o->installations, o->n_installations,
		       sizeof(*i));
	open = arena_push(m->arena, &m->installations, m->n_installations,
			  sizeof(*open));
	if (i == NULL || open == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "installation", 0, 0);
	i->volume = volume;
	i->system_root = path;
	open->root = root;
	open->config = *system;
	o->n_installations++;
	m->n_installations++;
	return 0;
}

static int new_installation(struct machine *m, size_t volume,
			    const struct root_dir *root,
			    const struct hive_place *system,
			    struct err *reterr)
{
	return machine_new_installation(m, volume, root_path(m, root),
					root->ref, system, reterr);
}

/* An installation whose SYSTEM hive has no tree that can be read: of the hive's
 * bytes are left its names.  */
static int add_broken_installation(struct machine *m, size_t volume,
				   const struct root_dir *root,
				   struct open_hive *h, struct err *reterr)
{
	const size_t index = m->model.n_installations;
	struct lost_names lost = { 0 };
	int r = machine_find_lost_names(m, h, &lost, reterr);

	if (r < 0 || lost.n == 0)
		return r;
	r = new_installation(m, volume, root, &h->place, reterr);
	if (r == 0)
		r = machine_hive_describe(
			m, h, &m->model.installations[index].hive, reterr);
	if (r < 0)
		return r;
	machine_hive_cite(m, h, &m->model.installations[index].cites);
	r = machine_add_lost_names(m, index, h, &lost, reterr);
	return r < 0 ? r : read_software(m, index, h->place, reterr);
}

/* Read the installation of the open bytes of its SYSTEM hive.  */
static int read_installation(struct machine *m, size_t volume,
			     const struct root_dir *root, struct open_hive *h,
			     struct err *reterr)
{
	const size_t index = m->model.n_installations;
	struct err e = { 0 };
	int r = machine_hive_open_tree(m, h, &e);

	if (r == ERR_NOMEM)
		return err_set(reterr, e.code, e.at, e.what, 0, 0);
	if (r < 0) {
		machine_hive_unreadable(m, &h->place, &e);
		return add_broken_installation(m, volume, root, h, reterr);
	}
	r = new_installation(m, volume, root, &h->place, reterr);
	if (r == 0)
		r = machine_read_system_hive(m, index, h, reterr);
	return r < 0 ? r : read_software(m, index, h->place, reterr);
}

static int add_installation(struct machine *m, size_t volume,
			    const struct root_dir *root,
			    const struct hive_place *system,
			    struct err *reterr)
{
	struct model *o = &m->model;
	struct open_hive h;
	struct err e = { 0 };
	int r;

	if (o->n_installations == MAX_INSTALLATIONS) {
		diag_add(&o->findings, &FINDING_INSTALLATIONS_CUT,
			 "%s: %s\\SYSTEM is not read: there are more than %d "
			 "installations.", machine_place(m, volume),
			 system->path, MAX_INSTALLATIONS);
		return 0;
	}
	r = machine_hive_open_bytes(m, system, &h, &e);
	if (r == ERR_NOMEM)
		return err_set(reterr, e.code, e.at, e.what, 0, 0);
	if (r < 0) {
		if (r != ERR_NOT_FOUND)
			machine_hive_unreadable(m, system, &e);
		return 0;
	}
	r = read_installation(m, volume, root, &h, reterr);
	machine_hive_close(&h);
	return r;
}

/* Remember where older hives of @installation may lie.  */
static int add_root(struct machine *m, size_t installation,
		    const struct root_dir *root,
		    const struct hive_place *system, bool missing,
		    struct err *reterr)
{
	struct system_root *s = arena_push(m->arena, &m->roots, m->n_roots,
					   sizeof(*s));
	struct text path = root_path(m, root);

	if (s == NULL || path.utf8 == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "system root", 0, 0);
	*s = (struct system_root){ root->ref, path.utf8, *system, installation,
				   root->live != NONE, missing };
	m->n_roots++;
	return 0;
}

/* A root that has been replaced is history at once; the others wait until it
 * is known which installations there are.  */
static int remember_lost(struct root_search *s, const struct root_dir *root,
			 const struct hive_place *system, bool missing,
			 struct err *reterr)
{
	struct lost_root *l;

	if (root->live != NONE)
		return add_root(s->m, root->live, root, system, missing,
				reterr);
	l = arena_push(s->m->arena, &s->lost, s->n_lost, sizeof(*l));
	if (l == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "system root", 0, 0);
	*l = (struct lost_root){ *root, *system, missing };
	s->n_lost++;
	return 0;
}

/* Take @root, whose SYSTEM hive is @system, for an installation; or for what
 * another has replaced.  */
static int take_root(struct root_search *s, const struct root_dir *root,
		     const struct hive_place *system, struct err *reterr)
{
	struct machine *m = s->m;
	size_t index = m->model.n_installations;
	int r;

	if (root->utf16.n > 0)
		ntfs_check_entry(m->volumes[s->volume].ntfs, NTFS_ROOT,
				 root->ref, root->utf16);
	if (root->live != NONE)
		return add_root(m, root->live, root, system, false, reterr);
	r = add_installation(m, s->volume, root, system, reterr);
	if (r < 0)
		return r;
	if (index == m->model.n_installations)
		return remember_lost(s, root, system, false, reterr);
	return add_root(m, index, root, system, false, reterr);
}

static void root_not_searched(struct machine *m, const struct root_dir *root,
			      const struct err *e)
{
	char text[256];

	diag_add(&m->model.findings, &FINDING_ROOT_NOT_SEARCHED,
		 "it is not known whether the directory \\%s holds a Windows "
		 "installation: %s.", root->name.utf8,
		 err_text(e, text, sizeof(text)));
}

/* Names that Windows cannot tell apart, unless it is told to.  */
static void several_cases(struct machine *m, const char *path, const char *name)
{
	diag_add(&m->model.findings, &FINDING_NAMES_BY_CASE,
		 "%s holds several names that differ from %s in letter case "
		 "only; each was taken for a part of an installation, although "
		 "Windows may have seen only one of them.", path, name);
}

/* Files that no directory lists can have the very same name.  */
static bool same_names(const struct ntfs_case *list, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (strcmp(list[i].name.utf8, list[0].name.utf8) != 0)
			return false;
	return n > 0;
}

/* Below @dir, which is @path of @root, look for @names: of directories, and of
 * a hive.  Ends: each call takes a name.  */
static int try_below(struct root_search *s, const struct root_dir *root,
		     const char *path, ntfs_ref dir, const char *const *names,
		     struct err *reterr)
{
	struct machine *m = s->m;
	struct ntfs *n = m->volumes[s->volume].ntfs;
	struct hive_place p = {
		.volume = s->volume, .directory = dir, .path = path,
		.file = "SYSTEM",
	};
	struct ntfs_case cases[NTFS_MAX_CASES];
	size_t n_cases = 0;
	struct err e = { 0 };
	struct span name;
	int r = ERR_NOMEM;

	if (path != NULL && utf16_from_utf8(m->arena, names[0], &name))
		r = ntfs_find_cases(n, dir, name, cases, &n_cases, &e);
	if (r == ERR_NOT_FOUND && names[1] == NULL &&
	    machine_must_be_there(m, &p, names[0]))
		r = ntfs_find_cases(n, dir, name, cases, &n_cases, &e);
	if (r == ERR_NOMEM)
		return err_set(reterr, r, 0, "installation", 0, 0);
	if (r < 0 && r != ERR_NOT_FOUND)
		root_not_searched(m, root, &e);
	if (n_cases > 1 && !same_names(cases, n_cases))
		several_cases(m, path, names[0]);
	if (r == ERR_NOT_FOUND && names[1] == NULL)
		return remember_lost(s, root, &p, true, reterr);
	/* Who opens one of several hives of the same name has the choice.  */
	if (names[1] == NULL && same_names(cases, n_cases))
		n_cases = 1;
	for (size_t i = 0; i < n_cases; i++) {
		p.file = cases[i].name.utf8;
		r = names[1] == NULL ?
		    take_root(s, root, &p, reterr) :
		    try_below(s, root,
			      arena_printf(m->arena, "%s\\%s", path, p.file),
			      cases[i].ref, names + 1, reterr);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Take @root if it is a system root.  */
static int try_root(struct root_search *s, const struct root_dir *root,
		    struct err *reterr)
{
	static const char *const names[] = {
		"System32", "config", "SYSTEM", NULL,
	};

	return try_below(s, root,
			 arena_printf(s->m->arena, "\\%s", root->name.utf8),
			 root->ref, names, reterr);
}

/* Which of them has replaced a system root called @name: the one of that name,
 * else the first; NONE where there are none.  */
static size_t successor(const struct machine *m, const struct live_roots *live,
			const char *name)
{
	for (size_t i = live->first; i < live->end; i++) {
		const char *root = m->model.installations[i].system_root.utf8;

		if (root != NULL && mountmgr_compare_names(root + 1, name) == 0)
			return i;
	}
	return live->first < live->end ? live->first : NONE;
}

/* What an upgrade or a copy has moved into the directory @root, by the name
 * @name.  */
static int try_inner(struct root_search *s, const struct root_dir *root,
		     const char *name, const struct live_roots *live,
		     struct err *reterr)
{
	struct machine *m = s->m;
	struct ntfs *n = m->volumes[s->volume].ntfs;
	struct ntfs_case cases[NTFS_MAX_CASES];
	size_t n_cases = 0;
	struct span wanted;
	int r = ERR_NOMEM;

	/* Where this fails, try_root() has said so.  */
	if (utf16_from_utf8(m->arena, name, &wanted))
		r = ntfs_find_cases(n, root->ref, wanted, cases, &n_cases,
				    NULL);
	if (r == ERR_NOMEM)
		return err_set(reterr, r, 0, "installation", 0, 0);
	for (size_t i = 0; i < n_cases; i++) {
		const char *path = arena_printf(m->arena, "\\%s\\%s",
						root->name.utf8,
						cases[i].name.utf8);
		struct root_dir inner = {
			.ref = cases[i].ref,
			.name = without_backslash(machine_stored_path(
				n, cases[i].ref, path)),
			.live = successor(m, live, name),
		};

		r = try_root(s, &inner, reterr);
		if (r < 0)
			return r;
	}
	return 0;
}

static int try_inner_roots(struct root_search *s, const struct root_dir *root,
			   const struct live_roots *live, struct err *reterr)
{
	int r = try_inner(s, root, "Windows", live, reterr);

	return r < 0 ? r : try_inner(s, root, "WINNT", live, reterr);
}

static bool was_collected(const struct root_dirs *dirs, ntfs_ref ref)
{
	for (size_t i = 0; i < dirs->n; i++)
		if (dirs->list[i].ref == ref)
			return true;
	return false;
}

/* Of a root that holds too many directories, those that Windows is in by
 * default are not left out.  */
static int try_usual_root(struct root_search *s, const struct root_dirs *dirs,
			  const char *name, struct err *reterr)
{
	struct machine *m = s->m;
	struct ntfs_case cases[NTFS_MAX_CASES];
	size_t n_cases = 0;
	struct span wanted;
	int r = ERR_NOMEM;

	if (utf16_from_utf8(m->arena, name, &wanted))
		r = ntfs_find_cases(m->volumes[s->volume].ntfs, NTFS_ROOT,
				    wanted, cases, &n_cases, NULL);
	if (r == ERR_NOMEM)
		return err_set(reterr, r, 0, "installation", 0, 0);
	for (size_t i = 0; i < n_cases; i++) {
		struct root_dir root = {
			.ref = cases[i].ref, .name = cases[i].name,
			.live = NONE,
		};

		if (was_collected(dirs, root.ref))
			continue;
		r = try_root(s, &root, reterr);
		if (r < 0)
			return r;
	}
	return 0;
}

static bool is_there(struct root_search *s, ntfs_ref directory,
		     const char *name)
{
	const char *const names[] = { name, NULL };
	ntfs_ref ref;

	/* Damage on the way: the rest of the search will say so.  */
	return machine_find_below(s->m, s->m->volumes[s->volume].ntfs,
				  directory, names, &ref,
				  NULL) != ERR_NOT_FOUND;
}

/* Whether Windows was in @l.  Directories called System32\config are copied by
 * people, too; where another Windows is on the volume, the users there are
 * that one's.  */
static bool was_windows(struct root_search *s, const struct lost_root *l,
			bool alone)
{
	static const char *const hives[] = {
		"SOFTWARE", "DEFAULT", "SAM", "SECURITY", "SYSTEM.LOG1",
	};

	for (size_t i = 0; i < sizeof(hives) / sizeof(hives[0]); i++)
		if (is_there(s, l->system.directory, hives[i]))
			return true;
	return alone && (is_there(s, NTFS_ROOT, "Users") ||
			 is_there(s, NTFS_ROOT, "Documents and Settings") ||
			 is_there(s, l->root.ref, "Profiles"));
}

void machine_no_system(struct machine *m, const struct hive_place *p)
{
	struct ntfs_path path = { 0 };
	struct diag *d = diag_add(
		&m->model.findings, &FINDING_NO_SYSTEM,
		"there is no SYSTEM hive in %s: which letters and volume names "
		"this Windows had is known from its logs and older copies "
		"of it only, if there are any.", p->path);

	if (d != NULL && ntfs_path_of(m->volumes[p->volume].ntfs, p->directory,
				      &path, NULL) == 0)
		cites_join(m->arena, &d->cites, &path.cites);
}

/* The names that the logs of a lost SYSTEM hive still hold.  */
static int read_logs(struct machine *m, size_t installation,
		     const struct hive_place *system, struct err *reterr)
{
	struct machine_installation *i = &m->model.installations[installation];
	struct lost_names lost = { 0 };
	struct open_hive h;
	struct err e;
	int r = machine_hive_open_logs(m, system, &h, &e);

	if (r == ERR_NOT_FOUND)
		return 0;
	if (r < 0)
		return err_set(reterr, e.code, e.at, e.what, 0, 0);
	r = machine_find_lost_names(m, &h, &lost, reterr);
	if (r == 0 && lost.n > 0) {
		r = machine_hive_describe(m, &h, &i->hive, reterr);
		machine_hive_cite(m, &h, &i->cites);
	}
	if (r == 0)
		r = machine_add_lost_names(m, installation, &h, &lost, reterr);
	if (r == 0)
		r = machine_read_log_disks(m, installation, &h, reterr);
	machine_hive_close(&h);
	return r;
}

/* An installation without a SYSTEM hive, if Windows was there.  */
static int add_lost(struct root_search *s, const struct lost_root *l,
		    bool alone, struct err *reterr)
{
	struct machine *m = s->m;
	size_t index = m->model.n_installations;
	int r;

	if (index == MAX_INSTALLATIONS || !was_windows(s, l, alone))
		return add_root(m, NONE, &l->root, &l->system, l->missing,
				reterr);
	if (l->missing)
		machine_no_system(m, &l->system);
	r = new_installation(m, s->volume, &l->root, &l->system, reterr);
	if (r == 0)
		r = read_logs(m, index, &l->system, reterr);
	if (r == 0)
		r = read_software(m, index, l->system, reterr);
	return r < 0 ? r : add_root(m, index, &l->root, &l->system, l->missing,
				    reterr);
}

/* Each directory, as a system root.  */
static int try_live_roots(struct root_search *s, const struct root_dirs *dirs,
			  struct err *reterr)
{
	int r = 0;

	for (size_t i = 0; i < dirs->n && r == 0; i++)
		r = try_root(s, &dirs->list[i], reterr);
	if (r == 0 && dirs->cut)
		r = try_usual_root(s, dirs, "Windows", reterr);
	if (r == 0 && dirs->cut)
		r = try_usual_root(s, dirs, "WINNT", reterr);
	return r;
}

static bool has_directory(const struct root_dirs *dirs, const char *name)
{
	for (size_t i = 0; i < dirs->n; i++)
		if (dirs->list[i].name.utf8 != NULL &&
		    ascii_compare(dirs->list[i].name.utf8, name) == 0)
			return true;
	return false;
}

/* Whether a volume on which no system root was found looks like one that has
 * lost it.  That takes a pass through the $MFT to find out, which a volume of
 * data must not pay.  */
static bool looks_like_windows(const struct root_dirs *dirs)
{
	return has_directory(dirs, "Windows") || has_directory(dirs, "WINNT") ||
	       (has_directory(dirs, "Program Files") &&
		(has_directory(dirs, "Users") ||
		 has_directory(dirs, "Documents and Settings")));
}

/* What is left to search when the roots that start are known: what they have
 * replaced, and what has no SYSTEM hive.  */
static int try_other_roots(struct root_search *s, const struct root_dirs *dirs,
			   const struct live_roots *live, struct err *reterr)
{
	bool alone;
	int r = 0;

	for (size_t i = 0; i < dirs->n && r == 0; i++)
		r = try_inner_roots(s, &dirs->list[i], live, reterr);
	alone = live->first == s->m->model.n_installations;
	for (size_t i = 0; i < s->n_lost && r == 0; i++)
		r = add_lost(s, &s->lost[i], alone, reterr);
	return r;
}

static int collect_directories(struct machine *m, size_t volume,
			       struct root_dirs *ret, struct err *reterr)
{
	struct err e = { 0 };
	char text[256];
	int r;

	*ret = (struct root_dirs){ .m = m };
	r = ntfs_list(m->volumes[volume].ntfs, NTFS_ROOT, collect_directory,
		      ret, &e);
	if (r == ERR_NOMEM)
		return err_set(reterr, ERR_NOMEM, 0, "root directory", 0, 0);
	if (r < 0)
		diag_add(&m->model.findings, &FINDING_ROOT_NOT_SEARCHED,
			 "the root could not be searched for a Windows "
			 "installation: %s.", err_text(&e, text, sizeof(text)));
	if (ret->cut)
		diag_add(&m->model.findings, &FINDING_ROOT_NOT_SEARCHED,
			 "the root holds more than %d directories; only "
			 "that many, Windows and WINNT were searched for a "
			 "Windows installation.", MAX_ROOT_DIRECTORIES);
	return 0;
}

static bool found_nothing(const struct root_search *s,
			  const struct live_roots *live)
{
	return s->m->model.n_installations == live->first && s->n_lost == 0;
}

/* Search again, for directories that are not listed, or to whose records the
 * list does not lead.  */
static int try_lost_roots(struct root_search *s, struct root_dirs *dirs,
			  const struct live_roots *live, struct err *reterr)
{
	struct ntfs *n = s->m->volumes[s->volume].ntfs;
	int r = 0;

	if (ntfs_ask_records(n, NULL) > 0) {
		r = collect_directories(s->m, s->volume, dirs, reterr);
		if (r == 0)
			r = try_live_roots(s, dirs, reterr);
	}
	if (r == 0 && found_nothing(s, live))
		r = try_usual_root(s, dirs, "Windows", reterr);
	if (r == 0 && found_nothing(s, live))
		r = try_usual_root(s, dirs, "WINNT", reterr);
	return r;
}

static int search_root(struct machine *m, size_t volume, struct err *reterr)
{
	struct root_search s = { .m = m, .volume = volume };
	struct live_roots live = { .first = m->model.n_installations };
	struct root_dirs dirs;
	int r = collect_directories(m, volume, &dirs, reterr);

	if (r == 0)
		r = try_live_roots(&s, &dirs, reterr);
	if (r == 0 && found_nothing(&s, &live) && looks_like_windows(&dirs))
		r = try_lost_roots(&s, &dirs, &live, reterr);
	live.end = m->model.n_installations;
	return r < 0 ? r : try_other_roots(&s, &dirs, &live, reterr);
}

int machine_find_installations(struct machine *m, struct err *reterr)
{
	for (size_t i = 0; i < m->n_volumes; i++) {
		int r;

		if (m->volumes[i].ntfs == NULL)
			continue;
		machine_look_at(m, i);
		r = search_root(m, i, reterr);
		if (r < 0)
			return r;
	}
	if (machine_take_loose(m, reterr) < 0)
		return ERR_NOMEM;
	machine_look_at(m, NONE);
	if (m->model.n_installations == 0 && m->model.n_volumes > 0)
		diag_add(&m->model.findings, &FINDING_NO_INSTALLATION,
			 "No Windows installation was found: there are no "
			 "drive letters, and mount points are given by volume "
			 "name.");
	return 0;
}
