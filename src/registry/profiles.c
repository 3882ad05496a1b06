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

#include "base/bytes.h"
#include "base/filetime.h"
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

static void time_finding(struct reader *r, const struct hive_key *k,
			 const char *name, const char *why,
			 const struct cites *c)
{
	struct diag *d = diag_add(r->diags, &FINDING_PROFILE_TIME,
				  "%s of %s %s.", name, k->name.utf8, why);

	if (d != NULL)
		cites_join(r->diags->arena, &d->cites, c);
}

/* The number in the value @name of @k; false where it has none.  */
static bool read_half(struct reader *r, const struct hive_key *k,
		      const char *name, uint32_t *ret, struct cites *cites)
{
	struct cites own = { 0 };
	struct hive_value v;
	struct span s = { 0 };
	const le32 *n;

	if (hive_find_value(r->hive, k, name, &v, NULL) < 0 ||
	    hive_read_value(r->hive, &v, &s, &own, NULL) < 0)
		return false;
	cites_join(r->arena, cites, &v.cites);
	cites_join(r->arena, cites, &own);
	n = span_view(s, 0, le32);
	if (n == NULL || s.n != sizeof(*n)) {
		time_finding(r, k, name, "is not a number of four bytes",
			     cites);
		return false;
	}
	*ret = get_le32(*n);
	return true;
}

/* The time in the two halves @high and @low of @k, and where it lies; 0 where
 * they are not there.  */
static uint64_t read_time(struct reader *r, const struct hive_key *k,
			  const char *high, const char *low,
			  struct cites *ret_cites)
{
	struct cites cites = { 0 }, low_cites = { 0 };
	uint32_t h = 0, l = 0;
	bool has_high = read_half(r, k, high, &h, &cites);
	bool has_low = read_half(r, k, low, &l, &low_cites);

	cites_join(r->arena, &cites, &low_cites);
	if (!has_high && !has_low)
		return 0;
	if (!has_high || !has_low) {
		time_finding(r, k, has_high ? high : low,
			     "is there without its other half", &cites);
		return 0;
	}
	if (h > FILETIME_MAX >> 32) {
		time_finding(r, k, high, "is that of a time later than any of "
			     "Windows", &cites);
		return 0;
	}
	*ret_cites = cites;
	return (uint64_t)h << 32 | l;
}

/* The time in @names, those of Windows 10 first.  */
static uint64_t read_profile_time(struct reader *r, const struct hive_key *k,
				  const char *const names[4],
				  struct cites *ret_cites)
{
	uint64_t time = read_time(r, k, names[0], names[1], ret_cites);

	return time != 0 ? time : read_time(r, k, names[2], names[3],
					    ret_cites);
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

	if (hive_find_value_nearly(r->hive, k, name, &v, NULL) < 0)
		return;
	if (v.type == REG_SZ || v.type == REG_EXPAND_SZ)
		hive_read_string(r->hive, &v, ret, cites, NULL);
	else
		read_wrong_type(r, k, &v, ret, cites);
}

static int add_account(void *ctx, const struct hive_key *k)
{
	static const char *const loaded[4] = {
		"LocalProfileLoadTimeHigh", "LocalProfileLoadTimeLow",
		"ProfileLoadTimeHigh", "ProfileLoadTimeLow",
	};
	static const char *const unloaded[4] = {
		"LocalProfileUnloadTimeHigh", "LocalProfileUnloadTimeLow",
		"ProfileUnloadTimeHigh", "ProfileUnloadTimeLow",
	};
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
	a->loaded = read_profile_time(r, k, loaded, &a->loaded_cites);
	a->unloaded = read_profile_time(r, k, unloaded, &a->unloaded_cites);
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
