/*
 * profiles.c - the accounts that have a profile
 *
 *   Microsoft\Windows NT\CurrentVersion\ProfileList
 *     ProfilesDirectory          where profiles of new accounts go
 *     <SID>\ProfileImagePath     the profile of an account
 *     <SID>\ProfileLoadTimeHigh, ...Low, ProfileUnloadTimeHigh, ...Low
 *                                the halves of two times; Windows 10 puts
 *                                "Local" before their names
 *
 * Where a profile could not be loaded, Windows names its key <SID>.bak and
 * gives the account another.
 *
 * Source: SOFTWARE hives of Windows XP to 11.
 */
#include "registry/profiles.h"

#include <stdlib.h>
#include <string.h>

#include "registry/findings.h"

/* A terminal server or a school's machine has hundreds.  */
#define ACCOUNTS_MAX 4096

enum { REG_NONE, REG_SZ, REG_EXPAND_SZ, REG_BINARY, REG_MULTI_SZ = 7 };

struct reader {
	struct hive *hive;
	struct arena *arena;
	struct diag_list *diags;
	struct profile_list list;
	bool full;
};

/* The time in the two halves @high and @low of @k; 0 where they are not
 * there.  */
static uint64_t read_time(struct reader *r, const struct hive_key *k,
			  const char *high, const char *low)
{
	uint32_t h = 0, l = 0;

	if (hive_get_dword(r->hive, k, high, &h, NULL) < 0 ||
	    hive_get_dword(r->hive, k, low, &l, NULL) < 0)
		return 0;
	return (uint64_t)h << 32 | l;
}

static struct span up_to_nul(struct span s)
{
	for (size_t i = 0; i + 1 < s.n; i += 2)
		if (s.p[i] == 0 && s.p[i + 1] == 0)
			s.n = i;
	return s;
}

/* The value @v of @k, which is not of a type of text: its bytes as such, if
 * that type may hold any.  */
static void read_wrong_type(struct reader *r, const struct hive_key *k,
			    const struct hive_value *v, struct text *ret,
			    struct cites *cites)
{
	const bool any = v->type == REG_NONE || v->type == REG_BINARY ||
			 v->type == REG_MULTI_SZ;
	struct span data = { 0 };
	struct diag *d;

	cites_join(r->arena, cites, &v->cites);
	if (any && hive_read_value(r->hive, v, &data, cites, NULL) == 0)
		*ret = text_from_utf16(r->arena, up_to_nul(data));
	d = diag_add(r->diags, &FINDING_PROFILE_PATH,
		     "%s of %s is of type %u, not REG_SZ (1) or REG_EXPAND_SZ "
		     "(2); it is %s.", v->name.utf8, k->name.utf8, v->type,
		     any ? "read as if it were" : "not used");
	if (d != NULL)
		cites_join(r->diags->arena, &d->cites, &v->cites);
}

/* The path in the value @name of @k; none where there is no such value.  */
static void read_path(struct reader *r, const struct hive_key *k,
		      const char *name, struct text *ret, struct cites *cites)
{
	struct hive_value v;

	if (hive_find_value(r->hive, k, name, &v, NULL) < 0)
		return;
	if (v.type == REG_SZ || v.type == REG_EXPAND_SZ)
		hive_get_string_cited(r->hive, k, name, ret, cites, NULL);
	else
		read_wrong_type(r, k, &v, ret, cites);
}

static int add_account(void *ctx, const struct hive_key *k)
{
	struct reader *r = ctx;
	struct profile_account *a;

	if (r->list.n == ACCOUNTS_MAX) {
		r->full = true;
		return 1;
	}
	a = arena_push(r->arena, &r->list.list, r->list.n, sizeof(*a));
	if (a == NULL || k->name.utf8 == NULL)
		return ERR_NOMEM;
	r->list.n++;
	a->sid = k->name;
	a->last_written = k->last_written;
	cites_join(r->arena, &a->cites, &k->cites);
	read_path(r, k, "ProfileImagePath", &a->path, &a->cites);
	a->loaded = read_time(r, k, "LocalProfileLoadTimeHigh",
			      "LocalProfileLoadTimeLow");
	if (a->loaded == 0)
		a->loaded = read_time(r, k, "ProfileLoadTimeHigh",
				      "ProfileLoadTimeLow");
	a->unloaded = read_time(r, k, "LocalProfileUnloadTimeHigh",
				"LocalProfileUnloadTimeLow");
	if (a->unloaded == 0)
		a->unloaded = read_time(r, k, "ProfileUnloadTimeHigh",
					"ProfileUnloadTimeLow");
	return 0;
}

static bool is_put_aside(const struct profile_account *a)
{
	size_t n = strlen(a->sid.utf8);

	return n > 4 && strcmp(a->sid.utf8 + n - 4, ".bak") == 0;
}

/* qsort() keeps no order among equals; their place in the hive does.  */
static int compare_accounts(const void *a, const void *b)
{
	const struct profile_account *x = a, *y = b;
	int r = is_put_aside(x) - is_put_aside(y);

	if (r == 0)
		r = strcmp(x->sid.utf8, y->sid.utf8);
	if (r != 0 || x->cites.n == 0 || y->cites.n == 0)
		return r;
	return (x->cites.list[0].offset > y->cites.list[0].offset) -
	       (x->cites.list[0].offset < y->cites.list[0].offset);
}

int profile_list_read(struct hive *h, struct arena *a, struct diag_list *d,
		      struct profile_list *ret, struct err *reterr)
{
	struct reader r = { .hive = h, .arena = a, .diags = d };
	struct hive_key k;

	*ret = r.list;
	if (hive_find_key(h, NULL, "Microsoft\\Windows NT\\CurrentVersion\\"
			  "ProfileList", &k, NULL) < 0)
		return 0;
	read_path(&r, &k, "ProfilesDirectory", &r.list.directory,
		  &r.list.directory_cites);
	/* Keys that cannot be read have their findings already.  */
	if (hive_each_subkey(h, &k, add_account, &r, NULL) == ERR_NOMEM)
		return err_set(reterr, ERR_NOMEM, 0, "ProfileList", 0, 0);
	if (r.full)
		diag_add(d, &FINDING_ACCOUNTS_CUT,
			 "ProfileList has %u accounts; only the first %zu were "
			 "read.", k.n_subkeys, r.list.n);
	if (r.list.n > 1)
		qsort(r.list.list, r.list.n, sizeof(*r.list.list),
		      compare_accounts);
	*ret = r.list;
	return 0;
}
