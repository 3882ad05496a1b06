/*
 * users.c - which user knew which volume, and when
 *
 * A volume's GUID is led to a volume as the installation of the user knows it.
 * A letter says only what it stands for now, at the time of the evidence: what
 * the user saw there may have been another volume, so that the answer is
 * inferred at best.
 */
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/count.h"
#include "machine/profiles.h"

/* The places of all users together: each is a record of the report.  */
#define MAX_USER_VOLUMES 65536

/* All that is read of users' hives and their logs.  A terminal server of five
 * hundred users who were all logged on has half of this; hostile evidence can
 * show the same hundred megabytes in each of thousands of profiles.  */
#define MAX_BYTES_READ (UINT64_C(4) << 30)

int machine_read_profile_list(struct machine *m, size_t installation,
			      struct open_hive *h, struct err *reterr)
{
	return profile_list_read(h->hive, m->arena, &m->model.findings,
				 &m->installations[installation].profiles,
				 reterr);
}

/* The traces of one state of a hive, sorted.  */
struct traces {
	const struct user_trace **list;
	size_t n;
};

static int compare_keys(const struct user_trace *x, const struct user_trace *y)
{
	int r = strcmp(x->place, y->place);

	return r != 0 ? r : strcmp(x->key.utf8, y->key.utf8);
}

static int same_trace(const void *a, const void *b)
{
	return compare_keys(*(const struct user_trace *const *)a,
			    *(const struct user_trace *const *)b);
}

/* Those of one name in the order in which they were read.  */
static int compare_traces(const void *a, const void *b)
{
	const struct user_trace *x = *(const struct user_trace *const *)a;
	const struct user_trace *y = *(const struct user_trace *const *)b;
	int r = compare_keys(x, y);

	return r != 0 ? r : x < y ? -1 : x > y;
}

static int read_traces(struct machine *m, struct hive *h,
		       struct diag_list *findings, struct traces *ret,
		       struct err *reterr)
{
	struct user_traces t;
	int r = user_traces_read(h, m->arena, findings, &t, reterr);

	if (r < 0)
		return r;
	ret->list = arena_alloc(m->arena, (t.n + 1) * sizeof(*ret->list));
	if (ret->list == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "user's hive", 0, 0);
	for (size_t i = 0; i < t.n; i++)
		ret->list[i] = &t.list[i];
	ret->n = t.n;
	if (t.n > 1)
		qsort(ret->list, t.n, sizeof(*ret->list), compare_traces);
	return 0;
}

static bool has_trace(const struct traces *t, const struct user_trace *trace)
{
	return t->n > 0 && bsearch(&trace, t->list, t->n, sizeof(*t->list),
				   same_trace) != NULL;
}

static int add_trace(struct machine *m, const struct user_trace *trace,
		     enum presence presence, struct err *reterr)
{
	struct model *o = &m->model;
	struct machine_user_volume *v;

	if (o->n_user_volumes == MAX_USER_VOLUMES) {
		diag_add(&o->findings, &FINDING_PROFILES_CUT,
			 "%s of user%zu is not listed: more than %d were found "
			 "of all users together.", trace->key.utf8,
			 o->n_users - 1, MAX_USER_VOLUMES);
		return 0;
	}
	v = arena_push(m->arena, &o->user_volumes, o->n_user_volumes,
		       sizeof(*v));
	if (v == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "user's volume", 0, 0);
	v->user = o->n_users - 1;
	v->trace = trace;
	v->presence = presence;
	v->resolution.volume = NONE;
	o->n_user_volumes++;
	return 0;
}

/* The traces in @h, as the last user's: those that there are, and then those
 * that were before the logs were applied.  */
static int add_traces(struct machine *m, struct open_hive *h,
		      struct err *reterr)
{
	struct traces now = { 0 }, before = { 0 };
	int r = read_traces(m, h->hive, &m->model.findings, &now, reterr);

	if (r == 0 && h->before != NULL)
		r = read_traces(m, h->before, &h->before_findings, &before,
				reterr);
	for (size_t i = 0; i < now.n && r == 0; i++) {
		enum presence presence = PRESENT_BOTH;

		if (h->recovered != NULL && !has_trace(&before, now.list[i]) &&
		    !machine_hive_hid(h, &now.list[i]->cites))
			presence = PRESENT_AFTER;
		else if (h->recovered == NULL && h->replay.needed)
			presence = PRESENT_BEFORE;
		r = add_trace(m, now.list[i], presence, reterr);
	}
	for (size_t i = 0; i < before.n && r == 0; i++)
		if (!has_trace(&now, before.list[i]))
			r = add_trace(m, before.list[i], PRESENT_BEFORE,
				      reterr);
	return r;
}

static struct machine_user *add_user(struct machine *m,
				     const struct profile *p,
				     struct err *reterr)
{
	struct model *o = &m->model;
	struct machine_user *u = arena_push(m->arena, &o->users, o->n_users,
					    sizeof(*u));

	if (u == NULL) {
		err_set(reterr, ERR_NOMEM, 0, "user", 0, 0);
		return NULL;
	}
	o->n_users++;
	u->installation = p->installation;
	u->name = p->name;
	u->volume = p->volume;
	u->profile = p->path;
	u->accounts = p->accounts;
	u->n_accounts = p->n_accounts;
	u->former = p->former;
	for (size_t i = 0; i < p->n_accounts; i++)
		cites_join(m->arena, &u->cites, &p->accounts[i]->cites);
	return u;
}

static int add_hive(struct machine *m, const struct profile *p,
		    struct open_hive *h, struct err *reterr)
{
	struct machine_user *u = add_user(m, p, reterr);
	int r;

	if (u == NULL)
		return ERR_NOMEM;
	machine_hive_cite(m, h, &u->cites);
	r = machine_hive_describe(m, h, &u->hive, reterr);
	return r < 0 ? r : add_traces(m, h, reterr);
}

/* Read the hive @file of @p; *@ret_there: it is there, if only as damage.  */
static int read_hive(struct machine *m, const struct profile *p,
		     const char *file, bool *ret_there, struct err *reterr)
{
	const struct hive_place place = {
		.volume = p->volume, .directory = p->directory,
		.path = p->path.utf8, .file = file,
	};
	struct open_hive h;
	struct err e = { 0 };
	int r = machine_hive_open(m, &place, &h, &e);

	if (r == ERR_NOT_FOUND && machine_must_be_there(m, &place, file))
		r = machine_hive_open(m, &place, &h, &e);
	if (r == ERR_NOMEM)
		return err_set(reterr, e.code, e.at, e.what, 0, 0);
	if (r == ERR_NOT_FOUND)
		return 0;
	*ret_there = true;
	if (r < 0) {
		machine_hive_unreadable(m, &place, &e);
		return 0;
	}
	/* All that an empty one has is its logs'.  */
	if (h.source->size > 0)
		r = add_hive(m, p, &h, reterr);
	machine_hive_close(&h);
	return r;
}

/* What the logs of a user's hive have, of which nothing else is left.  */
static int read_its_logs(struct machine *m, const struct profile *p,
			 bool *ret_there, struct err *reterr)
{
	const struct hive_place place = {
		.volume = p->volume, .directory = p->directory,
		.path = p->path.utf8, .file = "NTUSER.DAT",
	};
	struct open_hive h;
	struct err e = { 0 };
	int r = machine_hive_open_logs(m, &place, &h, &e);

	if (r < 0)
		return r != ERR_NOMEM ? 0 : err_set(reterr, r, 0, "log", 0, 0);
	r = machine_hive_open_pages(m, &h, &m->model.findings, &e);
	if (r == ERR_NOMEM)
		err_set(reterr, r, 0, "log", 0, 0);
	else if (r < 0 || !user_traces_in_pages(h.hive))
		r = 0;
	else {
		*ret_there = true;
		diag_add(&m->model.findings, &FINDING_HIVE_UNREADABLE,
			 "the hive %s\\NTUSER.DAT is lost or empty; what is "
			 "listed comes from keys of the user's volumes in the "
			 "pages of its logs.", p->path.utf8);
		r = add_hive(m, p, &h, reterr);
	}
	machine_hive_close(&h);
	return r;
}

/* The services' accounts do without a hive of their own in many versions of
 * Windows.  */
static bool is_service(const struct profile *p)
{
	static const char *const sids[] = {
		"S-1-5-18", "S-1-5-19", "S-1-5-20",
	};

	for (size_t i = 0; i < sizeof(sids) / sizeof(sids[0]); i++)
		if (strcmp(p->accounts[0]->sid.utf8, sids[i]) == 0)
			return true;
	return false;
}

/* Others than those that machine_locate() knows are set for each session.  */
static bool has_unknown_variable(const char *path)
{
	return path != NULL && path[0] == '%' &&
	       ascii_after(path, "%SystemRoot%") == NULL &&
	       ascii_after(path, "%SystemDrive%") == NULL &&
	       ascii_after(path, "%windir%") == NULL;
}

static void say_missing(struct machine *m, const struct profile *p)
{
	const struct profile_account *a = p->accounts[0];
	struct diag *d;

	if (is_service(p))
		return;
	d = diag_add(&m->model.findings, &FINDING_PROFILE_MISSING,
		     "windows%zu: the profile of %s, %s, %s.", p->installation,
		     a->sid.utf8,
		     a->path.utf8 != NULL && a->path.utf8[0] != '\0'
			     ? a->path.utf8 : "without a path",
		     p->volume != NONE ? "holds no hive" :
		     has_unknown_variable(a->path.utf8)
			     ? "is not found: what its variable stood for is "
			       "not known" : "is not in this evidence");
	if (d != NULL)
		cites_join(m->arena, &d->cites, &a->cites);
}

static void say_shared(struct machine *m, const struct profile *p)
{
	struct diag *d = diag_add(&m->model.findings, &FINDING_PROFILE_SHARED,
				  "windows%zu: %s is the profile of %zu "
				  "accounts, of which one is %s.",
				  p->installation, p->path.utf8, p->n_accounts,
				  p->accounts[0]->sid.utf8);

	if (d == NULL)
		return;
	for (size_t i = 0; i < p->n_accounts; i++)
		cites_join(m->arena, &d->cites, &p->accounts[i]->cites);
}

/* A profile that Windows must not write has NTUSER.MAN; a machine may have had
 * both, each with its own history.  */
static int read_profile(struct machine *m, const struct profile *p,
			struct err *reterr)
{
	size_t before = m->model.n_users;
	bool there = false;
	int r = 0;

	machine_look_at(m, p->volume);
	if (p->is_default)
		return read_hive(m, p, "DEFAULT", &there, reterr);
	if (p->volume != NONE)
		r = read_hive(m, p, "NTUSER.DAT", &there, reterr);
	if (r == 0 && p->volume != NONE)
		r = read_hive(m, p, "NTUSER.MAN", &there, reterr);
	if (r == 0 && p->volume != NONE && m->model.n_users == before)
		r = read_its_logs(m, p, &there, reterr);
	if (p->n_accounts > 1)
		say_shared(m, p);
	if (!there && p->n_accounts > 0)
		say_missing(m, p);
	if (r < 0 || m->model.n_users > before)
		return r;
	return add_user(m, p, reterr) == NULL ? ERR_NOMEM : 0;
}

/* The same characters at the end of both, as many as the shorter one has?  */
static bool same_end(const char *a, const char *b)
{
	size_t n_a = strlen(a), n_b = strlen(b);

	if (n_a < n_b)
		return ascii_compare(a, b + (n_b - n_a)) == 0;
	return ascii_compare(a + (n_a - n_b), b) == 0;
}

/* Is @l the hive in the profile of @a?  Text of HKEY_USERS has the SID for a
 * name; a hive says in its base block where it was, or the end of that.  */
static bool is_hive_of(struct machine *m, const struct loose_hive *l,
		       const struct profile_account *a)
{
	const char *file = hive_info(l->hive.hive)->file_name.utf8;
	const char *path = a->path.utf8, *name, *rest, *whole;

	if (file == NULL)
		return l->hive.is_text &&
		       ascii_compare(a->sid.utf8, l->name) == 0;
	rest = ascii_after(file, "\\\?\?\\");
	if (rest != NULL)
		file = rest;
	name = strrchr(file, '\\');
	/* The profile's name must be there whole.  */
	if (path == NULL || name == NULL || name == strchr(file, '\\'))
		return false;
	/* "%SystemDrive%\Users\joe".  */
	if (*path == '%' && (rest = strchr(path + 1, '%')) != NULL)
		path = rest + 1;
	whole = arena_printf(m->arena, "%s%s", path, name);
	return whole != NULL && same_end(file, whole);
}

static int find_accounts(struct machine *m, const struct loose_hive *l,
			 struct profile *p, struct err *reterr)
{
	const struct profile_list *list =
		&m->installations[l->installation].profiles;

	for (size_t i = 0; i < list->n; i++) {
		const struct profile_account **slot;

		if (!is_hive_of(m, l, &list->list[i]))
			continue;
		slot = arena_push(m->arena, &p->accounts, p->n_accounts,
				  sizeof(*slot));
		if (slot == NULL)
			return err_set(reterr, ERR_NOMEM, 0, "user", 0, 0);
		*slot = &list->list[i];
		p->n_accounts++;
	}
	return 0;
}

static bool is_sid(const char *name)
{
	const char *rest = ascii_after(name, "S-1-");

	return rest != NULL && *rest != '\0' &&
	       rest[strspn(rest, "0123456789-")] == '\0';
}

/* Text of HKEY_USERS says whose it is, even where nothing lists profiles.  */
static int add_named_account(struct machine *m, const struct loose_hive *l,
			     struct profile *p, struct err *reterr)
{
	struct profile_account *a;
	const struct profile_account **list;

	if (p->n_accounts > 0 || !l->hive.is_text || !is_sid(l->name))
		return 0;
	a = arena_alloc(m->arena, sizeof(*a));
	list = arena_alloc(m->arena, sizeof(*list));
	if (a == NULL || list == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "user", 0, 0);
	a->sid.utf8 = l->name;
	machine_hive_cite(m, &l->hive, &a->cites);
	*list = a;
	p->accounts = list;
	p->n_accounts = 1;
	return 0;
}

/* "joe", of C:\Users\joe; the SID of an account without a path.  */
static const char *account_directory(const struct profile_account *a)
{
	const char *slash = a->path.utf8 != NULL
		? strrchr(a->path.utf8, '\\') : NULL;

	return slash != NULL && slash[1] != '\0' ? slash + 1 : a->sid.utf8;
}

/* A hive that lies in no profile, if it is a user's.  */
static int read_loose(struct machine *m, struct loose_hive *l,
		      struct err *reterr)
{
	struct profile p = {
		.installation = l->installation, .name = { l->name, NULL },
		.volume = NONE,
	};
	int r;

	if (l->role != HIVE_USER || l->installation == NONE)
		return 0;
	m->model.findings.where = l->where;
	r = find_accounts(m, l, &p, reterr);
	if (r == 0)
		r = add_named_account(m, l, &p, reterr);
	if (r == 0 && l->hive.is_text && p.n_accounts > 0)
		p.name.utf8 = account_directory(p.accounts[0]);
	return r < 0 ? r : add_hive(m, &p, &l->hive, reterr);
}

static bool is_listed(const struct model *o, const struct profile_account *a)
{
	for (size_t i = 0; i < o->n_users; i++)
		for (size_t k = 0; k < o->users[i].n_accounts; k++)
			if (o->users[i].accounts[k] == a)
				return true;
	return false;
}

/* The accounts of hives without a disk whose own hive is not there.  */
static int add_accounts(struct machine *m, size_t installation,
			struct err *reterr)
{
	const struct profile_list *l = &m->installations[installation].profiles;

	if (m->model.installations[installation].volume != NONE)
		return 0;
	for (size_t i = 0; i < l->n; i++) {
		const struct profile_account *a = &l->list[i];
		struct profile p = {
			.installation = installation, .volume = NONE,
			.name = { account_directory(a), NULL },
			.n_accounts = 1,
		};

		if (is_listed(&m->model, a))
			continue;
		p.accounts = arena_copy(m->arena, &a, sizeof(a));
		if (p.accounts == NULL)
			return err_set(reterr, ERR_NOMEM, 0, "user", 0, 0);
		if (add_user(m, &p, reterr) == NULL)
			return ERR_NOMEM;
	}
	return 0;
}

/* The share that @user has mapped to the letter; NULL: none.  */
static const struct user_trace *mapped(const struct model *o, size_t first,
				       size_t end, char letter)
{
	for (size_t i = first; i < end; i++) {
		const struct user_trace *t = o->user_volumes[i].trace;

		if (t->kind == TRACE_SHARE && t->letter == letter)
			return t;
	}
	return NULL;
}

/* A rule, not a fact, leads from what @r says to what the user saw.  */
static void weaken(struct resolution *r)
{
	if (r->certainty == CERTAINTY_CONFIRMED ||
	    r->certainty == CERTAINTY_SINGLE)
		r->certainty = CERTAINTY_INFERRED;
}

/* What is mounted at @directory in the installation's map now.  */
static struct resolution mounted_at(const struct machine *m,
				    size_t installation, enum mount_kind kind,
				    const char *directory)
{
	size_t n;
	const struct machine_mount *p =
		machine_mounts_at(m, installation, kind, directory, &n);
	struct resolution r;

	if (n == 0)
		return (struct resolution){
			.volume = NONE,
			.certainty = CERTAINTY_NOT_IN_EVIDENCE,
		};
	r = p->resolution;
	for (size_t i = 1; i < n; i++)
		if (p[i].resolution.volume != r.volume) {
			r.volume = NONE;
			r.certainty = CERTAINTY_AMBIGUOUS;
		}
	weaken(&r);
	return r;
}

/* The names that are letters, by installation and letter: hostile evidence
 * holds too many names to look for each letter in all.  */
typedef const struct machine_name *letters[26];

static letters *index_letters(struct machine *m)
{
	const struct model *o = &m->model;
	letters *l = arena_alloc(m->arena,
				 (o->n_installations + 1) * sizeof(*l));

	for (size_t i = 0; l != NULL && i < o->n_names; i++) {
		const struct machine_name *n = &o->names[i];

		if (n->name->kind == NAME_DRIVE_LETTER && !n->superseded &&
		    n->presence != PRESENT_DELETED &&
		    n->installation < o->n_installations)
			l[n->installation][n->name->letter - 'A'] = n;
	}
	return l;
}

/* What the letter is in the map; of one that leads to no volume, what the
 * registry says of it.  */
static void resolve_letter(const struct machine *m, const letters *l,
			   size_t installation, struct machine_user_volume *v)
{
	const char directory[] = { v->trace->letter, ':', '\\', '\0' };
	const struct machine_name *n =
		l[installation][v->trace->letter - 'A'];

	v->resolution = mounted_at(m, installation, MOUNT_DRIVE_ROOT,
				   directory);
	if (n == NULL)
		return;
	v->name = n->name;
	if (v->resolution.volume == NONE) {
		v->resolution = n->resolution;
		weaken(&v->resolution);
	}
}

/* @path closes with a backslash, as no directory does.  */
static struct resolution by_folder(const struct machine *m,
				   size_t installation, const char *path)
{
	size_t n = strlen(path);
	const char *directory = arena_printf(
		m->arena, "%.*s", (int)(n > 0 && path[n - 1] == '\\' ? n - 1
								     : n),
		path);

	return mounted_at(m, installation, MOUNT_DIRECTORY,
			  directory != NULL ? directory : path);
}

/* The name by which the installation's registry knows the volume now, or the
 * first of several.  */
static const struct mountmgr_name *registry_name(const struct machine *m,
						 size_t installation,
						 const struct guid *g)
{
	size_t i = machine_first_known(m, g, false, installation);

	if (i == m->n_guids || m->guids[i].remote ||
	    m->guids[i].owner != installation ||
	    !guid_equal(&m->guids[i].name->guid, g))
		return NULL;
	return m->guids[i].name;
}

static void resolve(struct machine *m, const letters *l, size_t i,
		    size_t first, size_t end)
{
	const struct model *o = &m->model;
	struct machine_user_volume *v = &m->model.user_volumes[i];
	size_t installation = o->users[v->user].installation;
	const struct user_trace *t = v->trace;

	v->is_volume = true;
	if (t->has_guid) {
		v->resolution = resolve_guid(m, installation, NONE, &t->guid);
		v->name = registry_name(m, installation, &t->guid);
	} else if (t->kind == TRACE_FOLDER) {
		v->resolution = by_folder(m, installation, t->key.utf8);
	} else if (t->letter != 0 &&
		   mapped(o, first, end, t->letter) == NULL) {
		resolve_letter(m, l, installation, v);
	} else {
		v->is_volume = false;
	}
}

/* Volumes that nobody supplied are history.  */
static void say_absent(struct machine *m, size_t user, size_t first, size_t end)
{
	struct model *o = &m->model;
	struct cites cites = { 0 };
	struct diag *d;
	size_t n = 0;

	for (size_t i = first; i < end; i++) {
		const struct machine_user_volume *v = &o->user_volumes[i];

		if (!v->trace->has_guid || v->resolution.volume != NONE)
			continue;
		n++;
		cites_join(m->arena, &cites, &v->trace->cites);
	}
	if (n == 0)
		return;
	d = diag_add(&o->findings, &FINDING_USER_VOLUMES_ABSENT,
		     "user%zu: %zu volume name%s in %s lead%s to no volume of "
		     "this evidence.", user, n, n == 1 ? "" : "s",
		     o->users[user].hive.path.utf8, n == 1 ? "s" : "");
	if (d != NULL)
		cites_join(m->arena, &d->cites, &cites);
}

static int resolve_users(struct machine *m, struct err *reterr)
{
	const struct model *o = &m->model;
	const letters *l = index_letters(m);
	size_t first = 0;

	if (l == NULL)
		return err_set(reterr, ERR_NOMEM, 0, "letters", 0, 0);
	for (size_t user = 0; user < o->n_users; user++) {
		size_t end = first;

		while (end < o->n_user_volumes &&
		       o->user_volumes[end].user == user)
			end++;
		for (size_t i = first; i < end; i++)
			resolve(m, l, i, first, end);
		say_absent(m, user, first, end);
		first = end;
	}
	return 0;
}

static void say_cut(struct machine *m, size_t n)
{
	diag_add(&m->model.findings, &FINDING_PROFILES_CUT,
		 "the hives of %zu more %s are not read: what was read of the "
		 "others is over %llu GiB.", n,
		 count_word(n, "profile", "profiles"),
		 (unsigned long long)(MAX_BYTES_READ >> 30));
}

int machine_read_users(struct machine *m, struct err *reterr)
{
	const uint64_t before = m->stats->bytes;
	struct profiles profiles = { 0 };
	int r = machine_find_profiles(m, &profiles, reterr);

	for (size_t i = 0; i < profiles.n && r == 0; i++) {
		if (m->stats->bytes - before > MAX_BYTES_READ) {
			say_cut(m, profiles.n - i);
			break;
		}
		r = read_profile(m, &profiles.list[i], reterr);
	}
	for (size_t i = 0; i < m->loose.n_hives && r == 0; i++)
		r = read_loose(m, m->loose.hives[i], reterr);
	for (size_t i = 0; i < m->n_installations && r == 0; i++)
		r = add_accounts(m, i, reterr);
	machine_look_at(m, NONE);
	return r < 0 ? r : resolve_users(m, reterr);
}
