/*
 * profiles.c - the profiles of users, and where they lie
 *
 *   ProfileList\<SID>\ProfileImagePath     of an account
 *   \Users\*, \Documents and Settings\*    of Windows since Vista, and before
 *   ProfilesDirectory\*                    where the installation keeps them
 *   <system root>\Profiles\*             of Windows NT 4
 *   <system root>\ServiceProfiles\*
 *   <system root>\System32\config\systemprofile
 *   <system root>\System32\config\DEFAULT  the hive of who is not logged on
 *
 * A directory is a profile if it holds the hive of a user; one that an account
 * has is a profile anyway.  Where no SOFTWARE hive says where profiles are, and
 * the directory may be called "Dokumente und Einstellungen", each directory of
 * the root is searched for them.
 */
#include "machine/profiles.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/count.h"

/* A terminal server has hundreds of profiles, each a hive to be read.  */
#define MAX_PROFILES 2048

/* Subdirectories of one directory that are tried, and of all together.  */
#define MAX_TRIED 4096
#define MAX_TRIED_IN_ALL 65536

struct search {
	struct machine *m;
	struct home home;
	struct hive_place config;	/* its hive SYSTEM */
	struct profile_list accounts;
	bool former;
	struct profiles found;
	size_t n_searched;	/* directories that were there */
	size_t n_tried;
	bool full;		/* no more profiles are kept */
	bool cut;		/* no more directories were tried */
	struct err *reterr;
};

static int no_memory(struct search *s)
{
	return err_set(s->reterr, ERR_NOMEM, 0, "profiles", 0, 0);
}

/* What is behind the last backslash of the path @p.  */
static struct text last_part(struct arena *a, const struct ntfs_path *p)
{
	struct span s = p->utf16;
	size_t begin = 0;

	for (size_t i = 0; i + 1 < s.n; i += 2)
		if (s.p[i] == '\\' && s.p[i + 1] == 0)
			begin = i + 2;
	span_sub(s, begin, s.n - begin, &s);
	return text_from_utf16(a, s);
}

static struct text last_part_of_text(struct text t)
{
	const char *end = t.utf8 != NULL ? strrchr(t.utf8, '\\') : NULL;

	return (struct text){ .utf8 = end != NULL ? end + 1 : t.utf8 };
}

/* A directory whose record is damaged, and the name that the index of the
 * directory above has for it.  */
struct indexed_name {
	struct arena *arena;
	ntfs_ref want;
	struct text name;
};

static int take_indexed_name(void *ctx, const struct ntfs_dir_entry *e)
{
	struct indexed_name *i = ctx;

	if (e->ref != i->want)
		return 0;
	i->name = text_from_utf16(i->arena, e->name);
	return i->name.utf8 != NULL ? 1 : ERR_NOMEM;
}

/* Call the profile @p, which is in no other's words, @path by @source.  */
static void call_profile(struct search *s, struct profile *p, struct text path,
			 struct text name, const char *source,
			 const struct cites *cites)
{
	struct diag *d = diag_add(
		&s->m->model.findings, &FINDING_PROFILE_NAMED,
		"windows%zu: the record of the directory of a user's profile "
		"(MFT record %llu), or of one above it, cannot be read; %s is "
		"its path according to %s.", p->installation,
		(unsigned long long)NTFS_RECORD(p->directory), path.utf8,
		source);

	p->path = path;
	p->name = name;
	p->unnamed = false;
	if (d != NULL && cites != NULL)
		cites_join(s->m->arena, &d->cites, cites);
}

/* Name the profile by the index of @parent.  */
static int name_by_index(struct search *s, struct profile *p, ntfs_ref parent)
{
	struct ntfs *n = s->m->volumes[p->volume].ntfs;
	struct indexed_name i = { .arena = s->m->arena, .want = p->directory };
	bool in_root = NTFS_RECORD(parent) == NTFS_RECORD(NTFS_ROOT);
	struct ntfs_path above;
	struct text path;
	struct err e;
	int r = ntfs_list(n, parent, take_indexed_name, &i, NULL);

	if (r != ERR_NOMEM && i.name.utf8 != NULL)
		r = ntfs_path_of(n, parent, &above, &e);
	if (r == ERR_NOMEM)
		return no_memory(s);
	if (r < 0 || i.name.utf8 == NULL)
		return 0;
	path = (struct text){
		.utf8 = arena_printf(s->m->arena, "%s\\%s",
				     in_root ? "" : above.text.utf8,
				     i.name.utf8),
	};
	if (path.utf8 == NULL)
		return no_memory(s);
	call_profile(s, p, path, i.name, "the index of the directory above it",
		     NULL);
	return 0;
}

/* Name the profile @p, which lies in @parent; 0: in an unknown one.  */
static int name_profile(struct search *s, struct profile *p, ntfs_ref parent)
{
	struct ntfs_path path;
	struct err e;
	int r = ntfs_path_of(s->m->volumes[p->volume].ntfs, p->directory,
			     &path, &e);

	if (r == ERR_NOMEM)
		return no_memory(s);
	/* The record is damaged, and a finding has said so; what led here may
	 * still lead to the hive.  */
	if (r < 0 && p->is_default) {
		p->path = (struct text){ .utf8 = s->config.path };
		r = 0;
	} else if (r < 0) {
		p->path = p->name = (struct text){ .utf8 = "?" };
		p->unnamed = true;
		r = parent != 0 ? name_by_index(s, p, parent) : 0;
	} else {
		p->path = path.text;
		p->name = last_part(s->m->arena, &path);
		p->unnamed = path.state != PATH_WHOLE;
	}
	if (p->is_default)
		p->name = (struct text){ .utf8 = "DEFAULT" };
	return p->path.utf8 == NULL || p->name.utf8 == NULL ? no_memory(s) : r;
}

static struct profile *add_profile(struct search *s)
{
	struct profile *p;

	if (s->found.n == MAX_PROFILES) {
		s->full = true;
		return NULL;
	}
	p = arena_push(s->m->arena, &s->found.list, s->found.n, sizeof(*p));
	if (p == NULL) {
		no_memory(s);
		return NULL;
	}
	s->found.n++;
	p->installation = s->home.installation;
	p->former = s->former;
	p->volume = NONE;
	return p;
}

static bool same_place(const struct profile *a, const struct profile *b)
{
	return a->volume != NONE && a->volume == b->volume &&
	       NTFS_RECORD(a->directory) == NTFS_RECORD(b->directory) &&
	       a->is_default == b->is_default;
}

/* The profile in @directory, which lies in @parent, if that is known (else 0);
 * NULL, with s->full, where no more are kept.  */
static int profile_at(struct search *s, size_t volume, ntfs_ref directory,
		      ntfs_ref parent, bool is_default, struct profile **ret)
{
	struct profile want = { .volume = volume, .directory = directory,
				.is_default = is_default };

	for (size_t i = 0; i < s->found.n; i++)
		if (s->found.list[i].installation == s->home.installation &&
		    same_place(&s->found.list[i], &want)) {
			*ret = &s->found.list[i];
			return 0;
		}
	*ret = add_profile(s);
	if (*ret == NULL)
		return s->full ? 0 : ERR_NOMEM;
	(*ret)->volume = volume;
	(*ret)->directory = directory;
	(*ret)->is_default = is_default;
	return name_profile(s, *ret, parent);
}

static int give_account(struct search *s, struct profile *p,
			const struct profile_account *a)
{
	const struct profile_account **slot;

	/* What was replaced may have had the account already.  */
	for (size_t i = 0; i < p->n_accounts; i++)
		if (strcmp(p->accounts[i]->sid.utf8, a->sid.utf8) == 0)
			return 0;
	slot = arena_push(s->m->arena, &p->accounts, p->n_accounts,
			  sizeof(const struct profile_account *));
	if (slot == NULL)
		return no_memory(s);
	*slot = a;
	p->n_accounts++;
	return 0;
}

/* Damage on the way to a directory.  */
static void not_searched(struct search *s, const char *path,
			 const struct err *e)
{
	char text[256];

	diag_add(&s->m->model.findings, &FINDING_PROFILES_NOT_SEARCHED,
		 "windows%zu: %s could not be searched for users' profiles: "
		 "%s.", s->home.installation, path,
		 err_text(e, text, sizeof(text)));
}

/* Follow @path; *@ret_found says whether a directory is there.  */
static int locate(struct search *s, const char *path, size_t *ret_volume,
		  ntfs_ref *ret_directory, bool *ret_found)
{
	struct err e = { 0 };
	int r = machine_locate(s->m, &s->home, path, ret_volume, ret_directory,
			       &e);

	*ret_found = r == 0;
	if (r == ERR_NOMEM)
		return no_memory(s);
	if (r < 0 && r != ERR_NOT_FOUND)
		not_searched(s, path, &e);
	return 0;
}

/* The path that the account @a has, below the root of the volume @p lies on:
 * "\\Users\\joe".  NULL where it leads through another volume, or cannot be
 * told.  */
static const char *path_of_account(struct search *s, const struct profile *p,
				   const struct profile_account *a)
{
	const char *said = a->path.utf8, *rest;
	const struct machine_installation *i =
		&s->m->model.installations[s->home.installation];

	if (p->volume != s->home.volume || s->home.base != NTFS_ROOT)
		return NULL;
	rest = ascii_after(said, "%SystemRoot%");
	if (rest != NULL)
		return arena_printf(s->m->arena, "%s%s", i->system_root.utf8,
				    rest);
	rest = ascii_after(said, "%SystemDrive%");
	if (rest == NULL && said[0] != '\0' && said[1] == ':')
		rest = said + 2;
	return rest != NULL && *rest == '\\' ? rest : NULL;
}

static int name_by_account(struct search *s, struct profile *p,
			   const struct profile_account *a)
{
	const struct text path = { .utf8 = path_of_account(s, p, a) };
	const char *source;

	if (path.utf8 == NULL)
		return 0;
	source = arena_printf(s->m->arena, "ProfileImagePath of %s",
			      a->sid.utf8);
	if (source == NULL)
		return no_memory(s);
	call_profile(s, p, path, last_part_of_text(path), source, &a->cites);
	return 0;
}

static int add_account(struct search *s, const struct profile_account *a)
{
	struct profile *p = NULL;
	ntfs_ref directory;
	bool found = false;
	size_t volume;
	int r = 0;

	if (a->path.utf8 != NULL && a->path.hex == NULL)
		r = locate(s, a->path.utf8, &volume, &directory, &found);
	if (r < 0)
		return r;
	if (found) {
		r = profile_at(s, volume, directory, 0, false, &p);
		if (r == 0 && p != NULL && p->unnamed)
			r = name_by_account(s, p, a);
	} else {
		p = add_profile(s);
		if (p != NULL)
			p->name = last_part_of_text(a->path);
		else if (!s->full)
			r = ERR_NOMEM;
	}
	return r < 0 || p == NULL ? r : give_account(s, p, a);
}

/* Whether the directory @ref on @volume holds the hive of a user.  */
static bool has_user_hive(struct search *s, size_t volume, ntfs_ref ref)
{
	static const char *const hives[][2] = {
		{ "NTUSER.DAT", NULL }, { "NTUSER.MAN", NULL },
		/* Where that is lost, what they have is told.  */
		{ "NTUSER.DAT.LOG1", NULL }, { "NTUSER.DAT.LOG", NULL },
	};
	const struct hive_place place = { .volume = volume, .directory = ref };
	struct ntfs *n = s->m->volumes[volume].ntfs;

	for (size_t i = 0; i < sizeof(hives) / sizeof(hives[0]); i++) {
		struct err e = { 0 };
		ntfs_ref hive;
		int r = machine_find_below(s->m, n, ref, hives[i], &hive, &e);

		/* Where the directory is damaged, the hive will say so.  */
		if (r != ERR_NOT_FOUND)
			return true;
	}
	/* An account will lead to it, if there is any.  */
	return s->accounts.n == 0 &&
	       machine_must_be_there(s->m, &place, "NTUSER.DAT");
}

/* The directories of one directory; they are tried after the walk, which lends
 * its names for the call only.  */
struct subdirectories {
	struct search *s;
	struct ntfs *ntfs;
	ntfs_ref directory;
	ntfs_ref *list;
	size_t n;
};

static int collect(void *ctx, const struct ntfs_dir_entry *e)
{
	struct subdirectories *d = ctx;
	ntfs_ref *slot;

	/* Below record 16 lie the file system's own files, and the root's own
	 * entry for itself.  */
	if (!e->is_directory || NTFS_RECORD(e->ref) < 16)
		return 0;
	if (d->n == MAX_TRIED) {
		d->s->cut = true;
		return 1;
	}
	slot = arena_push(d->s->m->arena, &d->list, d->n, sizeof(*slot));
	if (slot == NULL)
		return ERR_NOMEM;
	*slot = e->ref;
	d->n++;
	/* Where the reference is damaged, the name may lead to the record.  */
	if (!ntfs_check_entry(d->ntfs, d->directory, e->ref, e->name) &&
	    ntfs_find(d->ntfs, d->directory, e->name, slot,
		      NULL) == ERR_NOMEM)
		return ERR_NOMEM;
	return 0;
}

/* The subdirectories of @directory, which is called @path.  */
static int list_directory(struct search *s, size_t volume, ntfs_ref directory,
			  const char *path, struct subdirectories *ret)
{
	struct err e = { 0 };
	int r;

	*ret = (struct subdirectories){
		.s = s, .ntfs = s->m->volumes[volume].ntfs,
		.directory = directory,
	};
	r = ntfs_list(ret->ntfs, directory, collect, ret, &e);
	if (r == ERR_NOMEM)
		return no_memory(s);
	if (r < 0)
		not_searched(s, path, &e);
	return 0;
}

/* Take the subdirectories of @directory that are profiles.  */
static int search_directory(struct search *s, size_t volume,
			    ntfs_ref directory, const char *path)
{
	struct subdirectories d;

	if (list_directory(s, volume, directory, path, &d) < 0)
		return ERR_NOMEM;
	for (size_t i = 0; i < d.n && !s->full; i++) {
		struct profile *p;

		if (s->n_tried == MAX_TRIED_IN_ALL) {
			s->cut = true;
			return 0;
		}
		s->n_tried++;
		if (!has_user_hive(s, volume, d.list[i]))
			continue;
		if (profile_at(s, volume, d.list[i], directory, false,
			       &p) < 0)
			return ERR_NOMEM;
	}
	return 0;
}

/* Each directory of the home's root may be the one that holds profiles.  */
static int search_everywhere(struct search *s)
{
	struct subdirectories d;
	int r = list_directory(s, s->home.volume, s->home.base, "the root",
			       &d);

	for (size_t i = 0; i < d.n && r == 0; i++)
		r = search_directory(s, s->home.volume, d.list[i],
				     "a directory of the root");
	return r;
}

/* A sound directory that has lost the entry of a profile without an account
 * gives no sign of it.  A full scan asks the records of the volume.  */
static int ask_for_all(struct search *s, size_t volume)
{
	struct ntfs *n = s->m->volumes[volume].ntfs;

	if (s->m->options.scan != NTFS_SCAN_FULL || n == NULL)
		return 0;
	return ntfs_ask_records(n, NULL) < 0 ? no_memory(s) : 0;
}

static int search_path(struct search *s, const char *path)
{
	ntfs_ref directory;
	size_t volume;
	bool found;
	int r = locate(s, path, &volume, &directory, &found);

	if (r < 0 || !found)
		return r;
	s->n_searched++;
	r = ask_for_all(s, volume);
	return r < 0 ? r : search_directory(s, volume, directory, path);
}

static int add_services(struct search *s)
{
	struct profile *p;
	size_t volume;
	ntfs_ref directory;
	bool found = false;
	int r = search_path(s, "%SystemRoot%\\ServiceProfiles");

	if (r == 0)
		r = locate(s, "%SystemRoot%\\System32\\config\\systemprofile",
			   &volume, &directory, &found);
	if (r == 0 && found && has_user_hive(s, volume, directory))
		r = profile_at(s, volume, directory, 0, false, &p);
	return r < 0 ? r : profile_at(s, s->config.volume, s->config.directory,
				      0, true, &p);
}

/* Where an account has none, or there is no account, its profile may lie
 * anywhere.  */
static bool all_have_paths(const struct profile_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->list[i].path.utf8 == NULL ||
		    l->list[i].path.hex != NULL)
			return false;
	return l->n > 0;
}

static int search_usual_paths(struct search *s)
{
	static const char *const paths[] = {
		"%SystemDrive%\\Users", "%SystemDrive%\\Documents and Settings",
		"%SystemRoot%\\Profiles",
	};
	int r = 0;

	s->n_searched = 0;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]) && r == 0; i++)
		r = search_path(s, paths[i]);
	return r;
}

/* Whether the account @a is a user's, and no directory is where its profile
 * should be.  */
static bool is_lost(struct search *s, const struct profile_account *a)
{
	ntfs_ref directory;
	size_t volume;

	return ascii_after(a->sid.utf8, "S-1-5-21-") != NULL &&
	       a->path.utf8 != NULL && a->path.hex == NULL &&
	       machine_locate(s->m, &s->home, a->path.utf8, &volume,
			      &directory, NULL) == ERR_NOT_FOUND;
}

/* Whether there are users' accounts, and of none of them is the profile
 * there.  */
static bool all_are_lost(struct search *s)
{
	const struct profile_list *l = &s->accounts;
	bool any = false;

	for (size_t i = 0; i < l->n; i++) {
		const struct profile_account *a = &l->list[i];

		if (ascii_after(a->sid.utf8, "S-1-5-21-") == NULL ||
		    a->path.utf8 == NULL || a->path.hex != NULL)
			continue;
		if (!is_lost(s, a))
			return false;
		any = true;
	}
	return any;
}

/* The volume on which the directory lies in which the profile of @a should be;
 * NONE: it is not there either.  */
static size_t volume_above(struct search *s, const struct profile_account *a)
{
	const char *end = strrchr(a->path.utf8, '\\'), *above;
	ntfs_ref directory;
	size_t volume;

	if (end == NULL)
		return NONE;
	above = arena_printf(s->m->arena, "%.*s", (int)(end - a->path.utf8),
			     a->path.utf8);
	return above != NULL &&
	       machine_locate(s->m, &s->home, above, &volume, &directory,
			      NULL) == 0 ? volume : NONE;
}

/* A directory may have lost the entry of one profile, and be sound.  The
 * accounts know of it; where its record does, too, it is there.  */
static int ask_for_accounts(struct search *s)
{
	const struct profile_list *l = &s->accounts;
	int r = 0;

	for (size_t i = 0; i < l->n && r >= 0; i++) {
		size_t volume = is_lost(s, &l->list[i])
			? volume_above(s, &l->list[i]) : NONE;

		if (volume != NONE && s->m->volumes[volume].ntfs != NULL)
			r = ntfs_ask_records(s->m->volumes[volume].ntfs, NULL);
	}
	return r < 0 ? no_memory(s) : 0;
}

/* A Windows that has users, and no directory for them, has lost it.  */
static int search_for_users(struct search *s)
{
	struct ntfs *n = s->m->volumes[s->home.volume].ntfs;
	int r = search_usual_paths(s);

	if (r < 0 || s->n_searched > 0 || !all_are_lost(s))
		return r;
	r = ntfs_ask_records(n, NULL);
	return r > 0 ? search_usual_paths(s) : r;
}

static int search_home(struct search *s)
{
	const struct profile_list *l = &s->accounts;
	int r = ask_for_all(s, s->home.volume);

	if (r == 0)
		r = ask_for_accounts(s);
	if (r == 0)
		r = search_for_users(s);
	if (r == 0 && l->directory.utf8 != NULL && l->directory.hex == NULL)
		r = search_path(s, l->directory.utf8);
	else if (r == 0 && !all_have_paths(l))
		r = search_everywhere(s);
	if (r == 0)
		r = add_services(s);
	/* Last: what is there goes before what is only said to be there.  */
	for (size_t i = 0; i < l->n && r == 0; i++)
		r = add_account(s, &l->list[i]);
	return r;
}

/* Whether the profile is an account's of another installation only.  */
static bool is_of_another(const struct profiles *all, const struct profile *p)
{
	if (p->n_accounts > 0)
		return false;
	for (size_t i = 0; i < all->n; i++)
		if (all->list[i].installation != p->installation &&
		    all->list[i].n_accounts > 0 &&
		    same_place(&all->list[i], p))
			return true;
	return false;
}

static int compare_texts(const struct text *a, const struct text *b)
{
	if (a->utf8 == NULL || b->utf8 == NULL)
		return (a->utf8 != NULL) - (b->utf8 != NULL);
	return strcmp(a->utf8, b->utf8);
}

static int compare_profiles(const void *a, const void *b)
{
	const struct profile *x = a, *y = b;
	int r;

	if (x->installation != y->installation)
		return x->installation < y->installation ? -1 : 1;
	if (x->volume != y->volume)
		return x->volume < y->volume ? -1 : 1;
	r = compare_texts(&x->path, &y->path);
	if (r == 0)
		r = compare_texts(&x->name, &y->name);
	if (r == 0 && x->n_accounts > 0 && y->n_accounts > 0)
		r = compare_texts(&x->accounts[0]->sid, &y->accounts[0]->sid);
	if (r != 0 || x->directory == y->directory)
		return r != 0 ? r : x->is_default - y->is_default;
	return x->directory < y->directory ? -1 : 1;
}

static void drop_others(struct profiles *all)
{
	struct profiles kept = { all->list, 0 };
	bool other[MAX_PROFILES];

	for (size_t i = 0; i < all->n; i++)
		other[i] = is_of_another(all, &all->list[i]);
	for (size_t i = 0; i < all->n; i++)
		if (!other[i])
			kept.list[kept.n++] = all->list[i];
	*all = kept;
}

/* The directory that @path lies in: "\\Windows.old", of a system root in
 * it.  */
static int find_base(struct search *s, const char *path, ntfs_ref *ret)
{
	const char *end = path != NULL ? strrchr(path, '\\') : NULL;
	struct err e = { 0 };
	int r;

	*ret = NTFS_ROOT;
	if (end == NULL || end == path)
		return 0;
	path = arena_printf(s->m->arena, "%.*s", (int)(end - path), path);
	if (path == NULL)
		return no_memory(s);
	r = ntfs_find_path(s->m->volumes[s->home.volume].ntfs, path, ret, &e);
	if (r < 0 && r != ERR_NOMEM)
		not_searched(s, path, &e);
	return r == ERR_NOMEM ? no_memory(s) : 0;
}

/* Search where Windows lives, or lived: at @root, which is @path.  */
static int search_root(struct search *s, size_t volume, ntfs_ref root,
		       const char *path)
{
	int r;

	s->home.volume = volume;
	s->home.root = root;
	machine_look_at(s->m, volume);
	r = find_base(s, path, &s->home.base);
	return r < 0 ? r : search_home(s);
}

static int search_installations(struct search *s)
{
	const struct machine *m = s->m;
	int r = 0;

	s->former = false;
	for (size_t i = 0; i < m->n_installations && r == 0; i++) {
		const struct machine_installation *w =
			&m->model.installations[i];

		if (w->volume == NONE || m->volumes[w->volume].ntfs == NULL)
			continue;
		s->home.installation = i;
		s->accounts = m->installations[i].profiles;
		s->config = m->installations[i].config;
		r = search_root(s, w->volume, m->installations[i].root,
				w->system_root.utf8);
	}
	return r;
}

/* The accounts that Windows had before it was replaced.  */
static int read_accounts(struct search *s)
{
	struct hive_place p = s->config;
	struct open_hive h;
	struct err e = { 0 };
	int r;

	p.file = "SOFTWARE";
	s->accounts = (struct profile_list){ 0 };
	r = machine_hive_open(s->m, &p, &h, &e);
	if (r == ERR_NOMEM)
		return no_memory(s);
	if (r < 0) {
		if (r != ERR_NOT_FOUND)
			machine_hive_unreadable(s->m, &p, &e);
		return 0;
	}
	r = profile_list_read(h.hive, s->m->arena, &s->m->model.findings,
			      &s->accounts, s->reterr);
	machine_hive_close(&h);
	return r;
}

static int search_former(struct search *s)
{
	const struct machine *m = s->m;
	int r = 0;

	s->former = true;
	for (size_t i = 0; i < m->n_roots && r == 0; i++) {
		const struct system_root *root = &m->roots[i];

		if (!root->former || root->installation == NONE)
			continue;
		s->home.installation = root->installation;
		s->config = root->system;
		machine_look_at(s->m, root->system.volume);
		r = read_accounts(s);
		if (r == 0)
			r = search_root(s, root->system.volume, root->directory,
					root->path);
	}
	return r;
}

int machine_find_profiles(struct machine *m, struct profiles *ret,
			  struct err *reterr)
{
	struct search s = { .m = m, .reterr = reterr };

	if (search_installations(&s) < 0 || search_former(&s) < 0)
		return ERR_NOMEM;
	machine_look_at(m, NONE);
	if (s.full || s.cut)
		diag_add(&m->model.findings, &FINDING_PROFILES_CUT,
			 "there are more users' profiles, or directories that "
			 "could be profiles, than are read; %zu %s found.",
			 s.found.n, count_word(s.found.n, "was", "were"));
	drop_others(&s.found);
	if (s.found.n > 1)
		qsort(s.found.list, s.found.n, sizeof(*s.found.list),
		      compare_profiles);
	*ret = s.found;
	return 0;
}
