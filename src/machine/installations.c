/*
 * installations.c - the Windows installations in the evidence, and the names
 * that their mount managers and the volumes' remote databases hold
 *
 * A system root is a directory in the root of an NTFS volume, of any name,
 * below which System32\config\SYSTEM is; or Windows or WINNT in such a
 * directory, since an upgrade leaves the old one in \Windows.old\Windows.
 */
#include <stdlib.h>
#include <string.h>

#include "machine/internal.h"
#include "registry/replay.h"
#include "registry/system.h"

/* Directories of one root that are tried as system roots.  A root of a system
 * volume holds dozens; each try costs a read or two.  */
#define MAX_ROOT_DIRECTORIES 4096

/* A disk holds one, two or three.  Each gives every mount point once more.  */
#define MAX_INSTALLATIONS 32

struct root_dirs {
	struct machine *m;
	struct root_dir {
		ntfs_ref ref;
		struct text name;
	} *list;
	size_t n;
	bool cut;
};

static int collect_directory(void *ctx, const struct ntfs_dir_entry *e)
{
	struct root_dirs *dirs = ctx;
	struct root_dir *d;

	/* Below record 16 lie the file system's own files, and the root's own
	 * entry for itself.  */
	if (!e->is_directory || NTFS_RECORD(e->ref) < 16)
		return 0;
	if (dirs->n == MAX_ROOT_DIRECTORIES) {
		dirs->cut = true;
		return 1;
	}
	d = arena_push(dirs->m->arena, &dirs->list, dirs->n, sizeof(*d));
	if (d == NULL)
		return ERR_NOMEM;
	d->ref = e->ref;
	d->name = text_from_utf16(dirs->m->arena, e->name);
	dirs->n++;
	return 0;
}

/* Follow @names, ASCII and closed by NULL, down from @dir.  */
static int find_below(struct machine *m, struct ntfs *n, ntfs_ref dir,
		      const char *const *names, ntfs_ref *ret,
		      struct err *reterr)
{
	for (; *names != NULL; names++) {
		struct span name;
		int r;

		if (!utf16_from_utf8(m->arena, *names, &name))
			return err_set(reterr, ERR_NOMEM, 0, "name", 0, 0);
		r = ntfs_find(n, dir, name, &dir, reterr);
		if (r < 0)
			return r;
	}
	*ret = dir;
	return 0;
}

static const char *const system_hive[] = {
	"System32", "config", "SYSTEM", NULL,
};
static const char *const software_hive[] = {
	"System32", "config", "SOFTWARE", NULL,
};

static const char *path_below(struct machine *m, const struct root_dir *root,
			      const char *file)
{
	return arena_printf(m->arena, "\\%s\\System32\\config\\%s",
			    root->name.utf8, file);
}

/* The path of the file @ref as its directories spell it; @path, where a damaged
 * record does not lead back to the root.  */
static struct text stored_path(struct ntfs *n, ntfs_ref ref, const char *path)
{
	struct ntfs_path p;

	if (ntfs_path_of(n, ref, &p, NULL) < 0 || p.state != PATH_WHOLE)
		return (struct text){ .utf8 = path };
	return p.text;
}

/* A hive in a volume, open, as its logs complete it.  */
struct open_hive {
	struct source *source;		/* the file */
	struct source *logs[REPLAY_LOGS];
	struct source *recovered;	/* NULL: no log was applied */
	struct replay_report replay;
	struct hive *hive;		/* recovered, where it was */
	struct hive *before;		/* the file alone; NULL: the same, or it
					 * cannot be read without its logs */
	struct diag_list before_findings;
	struct text path;
};

static void hive_done(struct open_hive *h)
{
	hive_close(h->hive);
	hive_close(h->before);
	source_free(h->recovered);
	for (size_t i = 0; i < REPLAY_LOGS; i++)
		source_free(h->logs[i]);
	source_free(h->source);
}

static const char *const log_suffixes[REPLAY_LOGS] = {
	[REPLAY_LOG1] = ".LOG1", [REPLAY_LOG2] = ".LOG2", [REPLAY_LOG] = ".LOG",
};

static int open_log(struct machine *m, size_t volume,
		    const struct root_dir *root, const char *file,
		    struct source **ret, struct err *reterr)
{
	const char *const below[] = { "System32", "config", file, NULL };
	struct ntfs *n = m->volumes[volume].ntfs;
	struct text path;
	ntfs_ref ref;
	int r = find_below(m, n, root->ref, below, &ref, reterr);

	if (r < 0)
		return r;
	path = stored_path(n, ref, path_below(m, root, file));
	if (path.utf8 == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "path", 0, 0);
	return ntfs_open_stream(n, ref, NULL, path.utf8, ret, reterr);
}

/* Open the logs of a dirty hive.  One that is not there is no loss, another
 * is in use.  */
static int open_logs(struct machine *m, size_t volume,
		     const struct root_dir *root, const char *hive,
		     struct open_hive *h, struct err *reterr)
{
	for (size_t i = 0; i < REPLAY_LOGS; i++) {
		const char *file = arena_printf(m->arena, "%s%s", hive,
						log_suffixes[i]);
		struct err e = { 0 };
		char text[256];
		int r = ERR_NOMEM;

		if (file != NULL)
			r = open_log(m, volume, root, file, &h->logs[i], &e);
		if (r == ERR_NOMEM)
			return err_set(reterr, r, 0, "log", 0, 0);
		if (r < 0 && r != ERR_NOT_FOUND)
			diag_add(&m->model.findings, &FINDING_HIVE_UNREADABLE,
				 "the transaction log %s could not be read: "
				 "%s.", file, err_text(&e, text, sizeof(text)));
	}
	return 0;
}

/* Lay the logs of the hive over it, if it asks for them.  */
static int recover(struct machine *m, size_t volume,
		   const struct root_dir *root, const char *file,
		   struct open_hive *h, struct err *reterr)
{
	struct diag_list *findings = &m->model.findings;
	/* Without logs this only tells if the hive needs them.  */
	int r = hive_replay(h->source, NULL, 0, m->arena, findings,
			    &h->recovered, &h->replay, reterr);

	if (r < 0 || !h->replay.needed)
		return r;
	r = open_logs(m, volume, root, file, h, reterr);
	if (r < 0)
		return r;
	return hive_replay(h->source, h->logs, REPLAY_LOGS, m->arena, findings,
			   &h->recovered, &h->replay, reterr);
}

/* Open the hive as the logs complete it, and as it is without them.  What is
 * wrong with the latter is what the logs are there to mend: no finding.  */
static int open_states(struct machine *m, struct open_hive *h,
		       struct err *reterr)
{
	struct diag_list *findings = &m->model.findings;

	if (h->recovered == NULL)
		return hive_open(h->source, m->arena, findings, &h->hive,
				 reterr);
	h->before_findings.arena = m->arena;
	hive_open(h->source, m->arena, &h->before_findings, &h->before, NULL);
	return hive_open(h->recovered, m->arena, findings, &h->hive, reterr);
}

/* Open the hive @file of @root, whose record is @ref.  On success @ret must
 * stay where it is.  */
static int hive_init(struct machine *m, size_t volume,
		     const struct root_dir *root, const char *file,
		     ntfs_ref ref, struct open_hive *ret, struct err *reterr)
{
	struct ntfs *n = m->volumes[volume].ntfs;
	int r;

	*ret = (struct open_hive){
		.path = stored_path(n, ref, path_below(m, root, file)),
	};
	if (ret->path.utf8 == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "path", 0, 0);
	r = ntfs_open_stream(n, ref, NULL, ret->path.utf8, &ret->source,
			     reterr);
	if (r == 0)
		r = recover(m, volume, root, file, ret, reterr);
	if (r == 0)
		r = open_states(m, ret, reterr);
	if (r < 0)
		hive_done(ret);
	return r;
}

static void hive_unreadable(struct machine *m, const char *path,
			    const struct err *e)
{
	char text[256];

	diag_add(&m->model.findings, &FINDING_HIVE_UNREADABLE,
		 "the hive %s could not be read: %s.",
		 path != NULL ? path : "SYSTEM",
		 err_text(e, text, sizeof(text)));
}

/* The hive as it was found: its own base block, and the logs that were
 * applied.  */
static int describe_hive(struct machine *m, const struct open_hive *h,
			 struct machine_hive *ret, struct err *reterr)
{
	const struct hive_info *i = hive_info(h->before != NULL ? h->before
								: h->hive);
	const char **logs = arena_alloc(m->arena, REPLAY_LOGS * sizeof(*logs));

	if (logs == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "logs", 0, 0);
	for (size_t k = 0; k < REPLAY_LOGS; k++)
		if (h->replay.logs[k].applied)
			logs[h->replay.logs[k].order] = h->logs[k]->file;
	*ret = (struct machine_hive){
		.path = h->path,
		.dirty = h->replay.needed,
		.checksum_ok = i->checksum_ok && !h->replay.base_rebuilt,
		.primary_sequence = i->primary_sequence,
		.secondary_sequence = i->secondary_sequence,
		.last_written = i->last_written,
		.logs = logs,
		.n_logs = h->replay.n_applied,
	};
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	const struct mountmgr_name *x = *(const struct mountmgr_name *const *)a;
	const struct mountmgr_name *y = *(const struct mountmgr_name *const *)b;
	int r = strcmp(x->name.utf8, y->name.utf8);

	if (r != 0)
		return r;
	if (x->id.raw.n != y->id.raw.n)
		return x->id.raw.n < y->id.raw.n ? -1 : 1;
	return x->id.raw.n == 0
		? 0 : memcmp(x->id.raw.p, y->id.raw.p, x->id.raw.n);
}

/* The names of @names in the order of compare_names(); in the arena, NULL when
 * out of memory.  */
static const struct mountmgr_name **
sort_names(struct machine *m, const struct mountmgr_names *names)
{
	const struct mountmgr_name **sorted =
		arena_alloc(m->arena, (names->n + 1) * sizeof(*sorted));

	if (sorted == NULL)
		return NULL;
	for (size_t i = 0; i < names->n; i++)
		sorted[i] = &names->list[i];
	if (names->n > 0)
		qsort(sorted, names->n, sizeof(*sorted), compare_names);
	return sorted;
}

/* The values of MountedDevices of one state of a hive.  */
struct name_state {
	struct mountmgr_names names;
	const struct mountmgr_name **sorted;
};

static int read_names(struct machine *m, const struct open_hive *h,
		      struct hive *hive, struct diag_list *findings,
		      struct name_state *ret, struct err *reterr)
{
	struct err e = { 0 };
	char text[256];

	if (mounted_devices_read(hive, m->arena, findings, &ret->names,
				 &e) < 0) {
		if (e.code == ERR_NOMEM)
			return err_set(reterr, e.code, e.at, e.what, 0, 0);
		diag_add(findings, &FINDING_NO_MOUNTED_DEVICES,
			 "MountedDevices of %s could not be read: %s.",
			 h->path.utf8, err_text(&e, text, sizeof(text)));
	}
	ret->sorted = sort_names(m, &ret->names);
	if (ret->sorted == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "names", 0, 0);
	return 0;
}

static bool state_has(const struct name_state *s, const struct mountmgr_name *n)
{
	return s->names.n > 0 && bsearch(&n, s->sorted, s->names.n,
					 sizeof(*s->sorted),
					 compare_names) != NULL;
}

static int add_name(struct machine *m, size_t installation,
		    const struct mountmgr_name *name, enum presence presence,
		    struct err *reterr)
{
	struct model *o = &m->model;
	struct machine_name *n = arena_push(m->arena, &o->names, o->n_names,
					    sizeof(*n));

	if (n == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "name", 0, 0);
	n->installation = installation;
	n->name = name;
	n->presence = presence;
	o->n_names++;
	return 0;
}

/* The values of MountedDevices, as names of @installation: those that there
 * are, and then those that were before the logs were applied.  */
static int add_names(struct machine *m, size_t installation,
		     struct open_hive *h, struct err *reterr)
{
	struct model *o = &m->model;
	struct name_state now = { 0 }, before = { 0 };
	int r = read_names(m, h, h->hive, &o->findings, &now, reterr);

	if (r == 0 && h->before != NULL)
		r = read_names(m, h, h->before, &h->before_findings, &before,
			       reterr);
	for (size_t i = 0; i < now.names.n && r == 0; i++) {
		const struct mountmgr_name *n = &now.names.list[i];
		enum presence presence = PRESENT_BOTH;

		if (h->recovered != NULL && !state_has(&before, n))
			presence = PRESENT_AFTER;
		else if (h->recovered == NULL && h->replay.needed)
			presence = PRESENT_BEFORE;
		r = add_name(m, installation, n, presence, reterr);
	}
	for (size_t i = 0; i < before.names.n && r == 0; i++) {
		if (state_has(&now, &before.names.list[i]))
			continue;
		r = add_name(m, installation, &before.names.list[i],
			     PRESENT_BEFORE, reterr);
		if (r == 0)
			o->names[o->n_names - 1].superseded = true;
	}
	return r;
}

/* The letter that @root, "C:\\Windows", begins with.  */
static struct system_letter letter_of(const struct system_text *root)
{
	const char *s = root->text.utf8;
	char letter;

	if (s == NULL || s[0] == '\0' || s[1] != ':')
		return (struct system_letter){ 0 };
	letter = s[0] >= 'a' && s[0] <= 'z' ? (char)(s[0] - 'a' + 'A') : s[0];
	if (letter < 'A' || letter > 'Z')
		return (struct system_letter){ 0 };
	return (struct system_letter){ letter, root->cites };
}

static int add_software(struct machine *m, size_t volume,
			const struct root_dir *root,
			struct machine_installation *i,
			struct system_letter *letter, struct err *reterr)
{
	struct ntfs *n = m->volumes[volume].ntfs;
	const char *path = path_below(m, root, "SOFTWARE");
	struct software_facts facts = { 0 };
	struct open_hive h = { 0 };
	struct err e = { 0 };
	ntfs_ref ref;

	if (find_below(m, n, root->ref, software_hive, &ref, &e) < 0)
		return e.code == ERR_NOMEM
			? err_set(reterr, e.code, e.at, e.what, 0, 0) : 0;
	if (hive_init(m, volume, root, "SOFTWARE", ref, &h, &e) < 0) {
		if (e.code == ERR_NOMEM)
			return err_set(reterr, e.code, e.at, e.what, 0, 0);
		hive_unreadable(m, path, &e);
		return 0;
	}
	if (software_read(h.hive, m->arena, &m->model.findings, &facts,
			  &e) == 0) {
		i->product_name = facts.product_name.text;
		i->build = facts.build.text;
		cites_join(m->arena, &i->cites, &facts.product_name.cites);
		*letter = letter_of(&facts.system_root);
	}
	hive_done(&h);
	return e.code == ERR_NOMEM
		? err_set(reterr, e.code, e.at, e.what, 0, 0) : 0;
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

static int add_installation(struct machine *m, size_t volume,
			    const struct root_dir *root, ntfs_ref ref,
			    struct err *reterr)
{
	struct model *o = &m->model;
	const char *path = path_below(m, root, "SYSTEM");
	struct system_facts facts = { 0 };
	struct machine_installation *i;
	struct system_letter *letter;
	struct open_hive h = { 0 };
	struct err e = { 0 };
	int r;

	if (o->n_installations == MAX_INSTALLATIONS) {
		diag_add(&o->findings, &FINDING_INSTALLATIONS_CUT,
			 "%s: %s is not read: there are more than %d "
			 "installations.", machine_place(m, volume),
			 path != NULL ? path : "SYSTEM", MAX_INSTALLATIONS);
		return 0;
	}
	if (hive_init(m, volume, root, "SYSTEM", ref, &h, &e) < 0) {
		if (e.code == ERR_NOMEM)
			return err_set(reterr, e.code, e.at, e.what, 0, 0);
		hive_unreadable(m, path, &e);
		return 0;
	}
	i = arena_push(m->arena, &o->installations, o->n_installations,
		       sizeof(*i));
	letter = arena_push(m->arena, &m->letters, m->n_letters,
			    sizeof(*letter));
	if (i == NULL || letter == NULL) {
		hive_done(&h);
		return err_set(reterr, ERR_NOMEM, 0, "installation", 0, 0);
	}
	m->n_letters++;
	o->n_installations++;
	i->volume = volume;
	i->system_root = root_path(m, root);
	source_cite(h.source, 0, 512, "regf", m->arena, &i->cites);
	if (system_read(h.hive, m->arena, &o->findings, &facts, &e) == 0) {
		i->computer_name = facts.computer_name.text;
		i->time_zone = facts.time_zone.text;
		i->control_set = facts.current_control_set;
		cites_join(m->arena, &i->cites, &facts.control_set_cites);
		cites_join(m->arena, &i->cites, &facts.computer_name.cites);
		cites_join(m->arena, &i->cites, &facts.time_zone.cites);
	}
	r = describe_hive(m, &h, &i->hive, reterr);
	if (r == 0)
		r = add_names(m, o->n_installations - 1, &h, reterr);
	hive_done(&h);
	return r < 0 ? r : add_software(m, volume, root, i, letter, reterr);
}

static void root_not_searched(struct machine *m, const struct root_dir *root,
			      const struct err *e)
{
	char text[256];

	diag_add(&m->model.findings, &FINDING_ROOT_NOT_SEARCHED,
		 "whether the directory \\%s holds a Windows installation "
		 "cannot be told: %s.", root->name.utf8,
		 err_text(e, text, sizeof(text)));
}

/* Take @root for an installation if it holds one.  */
static int try_root(struct machine *m, size_t volume,
		    const struct root_dir *root, struct err *reterr)
{
	struct ntfs *n = m->volumes[volume].ntfs;
	struct err e = { 0 };
	ntfs_ref ref;
	int r = find_below(m, n, root->ref, system_hive, &ref, &e);

	if (r == 0)
		return add_installation(m, volume, root, ref, reterr);
	if (r == ERR_NOMEM)
		return err_set(reterr, r, 0, "installation", 0, 0);
	if (r != ERR_NOT_FOUND)
		root_not_searched(m, root, &e);
	return 0;
}

/* The text behind the backslash that @t opens with.  */
static struct text without_backslash(struct text t)
{
	if (t.utf8 != NULL && t.utf8[0] == '\\')
		t.utf8++;
	if (t.hex != NULL)
		t.hex += 4;
	return t;
}

/* What an upgrade or a copy has moved into the directory @root.  */
static int try_inner_roots(struct machine *m, size_t volume,
			   const struct root_dir *root, struct err *reterr)
{
	static const char *const names[][2] = {
		{ "Windows", NULL }, { "WINNT", NULL },
	};
	struct ntfs *n = m->volumes[volume].ntfs;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct root_dir inner;
		int r;

		/* Where this fails, try_root() has said so.  */
		if (find_below(m, n, root->ref, names[i], &inner.ref, NULL) < 0)
			continue;
		inner.name = without_backslash(
			stored_path(n, inner.ref,
				    arena_printf(m->arena, "\\%s\\%s",
						 root->name.utf8,
						 names[i][0])));
		r = try_root(m, volume, &inner, reterr);
		if (r < 0)
			return r;
	}
	return 0;
}

static int search_root(struct machine *m, size_t volume, struct err *reterr)
{
	struct root_dirs dirs = { .m = m };
	struct err e = { 0 };
	char text[256];
	int r = ntfs_list(m->volumes[volume].ntfs, NTFS_ROOT,
			  collect_directory, &dirs, &e);

	if (r == ERR_NOMEM)
		return err_set(reterr, ERR_NOMEM, 0, "root directory", 0, 0);
	if (r < 0)
		diag_add(&m->model.findings, &FINDING_ROOT_NOT_SEARCHED,
			 "the root could not be searched for a Windows "
			 "installation: %s.", err_text(&e, text, sizeof(text)));
	if (dirs.cut)
		diag_add(&m->model.findings, &FINDING_ROOT_NOT_SEARCHED,
			 "the root holds more than %d directories; only "
			 "that many were searched for a Windows "
			 "installation.", MAX_ROOT_DIRECTORIES);
	for (size_t i = 0; i < dirs.n; i++) {
		r = try_root(m, volume, &dirs.list[i], reterr);
		if (r == 0)
			r = try_inner_roots(m, volume, &dirs.list[i], reterr);
		if (r < 0)
			return r;
	}
	return 0;
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
	machine_look_at(m, NONE);
	if (m->model.n_installations == 0 && m->model.n_volumes > 0)
		diag_add(&m->model.findings, &FINDING_NO_INSTALLATION,
			 "No Windows installation was found: there are no "
			 "drive letters, and mount points are given by volume "
			 "name.");
	return 0;
}

/* The database is a file; before Windows XP it was a stream of the root
 * directory, whose name sources give in two ways.  */
static const struct database_place {
	const char *path, *stream, *name;
} database_places[] = {
	{ "\\System Volume Information\\MountPointManagerRemoteDatabase", NULL,
	  "\\System Volume Information\\MountPointManagerRemoteDatabase" },
	{ "\\", "$MountMgrRemoteDatabase", "\\:$MountMgrRemoteDatabase" },
	{ "\\", "$MountMgrDatabase", "\\:$MountMgrDatabase" },
};

static int open_database(struct ntfs *n, const struct database_place *p,
			 struct source **ret, struct err *reterr)
{
	ntfs_ref ref;
	int r = ntfs_find_path(n, p->path, &ref, reterr);

	if (r < 0)
		return r;
	r = ntfs_open_stream(n, ref, p->stream, p->name, ret, reterr);
	/* Its directory names the file, so that it should be there.  */
	if (r == ERR_NOT_FOUND && p->stream == NULL)
		return err_set(reterr, ERR_IO, reterr->at,
			       "file, whose record is empty or another file's",
			       0, 0);
	return r;
}

static int add_remote_names(struct machine *m, size_t volume,
			    const struct mountmgr_names *names,
			    struct err *reterr)
{
	struct model *o = &m->model;

	for (size_t i = 0; i < names->n; i++) {
		struct machine_remote_name *n;

		n = arena_push(m->arena, &o->remote_names, o->n_remote_names,
			       sizeof(*n));
		if (n == NULL)
			return err_set(reterr, ERR_NOMEM, 0, "name", 0, 0);
		n->host_volume = volume;
		n->name = &names->list[i];
		o->n_remote_names++;
	}
	return 0;
}

static int read_database(struct machine *m, size_t volume,
			 const struct database_place *p, struct err *reterr)
{
	struct diag_list *findings = &m->model.findings;
	struct mountmgr_names names = { 0 };
	struct source *s = NULL;
	struct err e = { 0 };
	char text[256];

	if (open_database(m->volumes[volume].ntfs, p, &s, &e) == 0)
		(void)remote_database_read(s, m->arena, findings, &names, &e);
	source_free(s);
	if (e.code == ERR_NOMEM)
		return err_set(reterr, e.code, e.at, e.what, 0, 0);
	if (e.code != 0 && e.code != ERR_NOT_FOUND)
		diag_add(findings, &FINDING_REMOTE_DATABASE_UNREADABLE,
			 "%s could not be read: %s.", p->name,
			 err_text(&e, text, sizeof(text)));
	return add_remote_names(m, volume, &names, reterr);
}

int machine_read_remote_databases(struct machine *m, struct err *reterr)
{
	size_t n_places = sizeof(database_places) / sizeof(database_places[0]);

	for (size_t i = 0; i < m->n_volumes; i++) {
		machine_look_at(m, i);
		for (size_t k = 0; k < n_places; k++) {
			int r;

			if (m->volumes[i].ntfs == NULL)
				continue;
			r = read_database(m, i, &database_places[k], reterr);
			if (r < 0)
				return r;
		}
	}
	machine_look_at(m, NONE);
	return 0;
}
