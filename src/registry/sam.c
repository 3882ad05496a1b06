/*
 * sam.c - the users and groups of a computer
 *
 *   SAM\Domains\Account\V                  holds the computer's SID
 *   SAM\Domains\Account\Users\<RID>\V, F   a user
 *   SAM\Domains\Account\Users\Names\<name> whose value has the RID for a type
 *   SAM\Domains\Account\Aliases\<RID>\C    a group
 *   SAM\Domains\Builtin\Aliases\<RID>\C    a group that all computers have
 *
 * A user is thus numbered three times, by key, name and F, and named twice.
 * Windows writes all of them alike; who gives a user another's rights by hand
 * changes F.
 *
 * Source: SAM hives of Windows XP to 11.
 */
#include "registry/sam.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "format/quota.h"
#include "format/sam.h"
#include "registry/findings.h"

/* A school's server has as many users; a domain keeps its own elsewhere.  */
#define MAX_ACCOUNTS 4096

#define ACCOUNT "SAM\\Domains\\Account"
#define BUILTIN "SAM\\Domains\\Builtin"

/* A user's name, by the list of names.  */
struct listed_name {
	uint32_t rid;
	struct text name;
	struct cites cites;
};

struct reader {
	struct hive *hive;
	struct arena *arena;
	struct diag_list *diags;
	struct sam_accounts accounts;
	struct listed_name *names;	/* by RID */
	size_t n_names;
	const char *domain;	/* SID of the accounts at hand */
	bool full;
};

static int no_memory(struct reader *r, struct err *reterr)
{
	arena_set_failed(r->arena);
	return err_set(reterr, ERR_NOMEM, 0, "SAM", 0, 0);
}

static void tell(struct reader *r, const struct hive_key *k,
		 const struct err *e)
{
	char text[256];
	struct diag *d = diag_add(r->diags, &FINDING_SAM_ACCOUNT,
				  "The key %s of the SAM cannot be used: %s.",
				  k->name.utf8, err_text(e, text,
							 sizeof(text)));

	if (d != NULL)
		cites_join(r->arena, &d->cites, &k->cites);
}

/* The data of the value @name; its vk, and not what it holds, is cited.  */
static int read_value(struct reader *r, const struct hive_key *k,
		      const char *name, struct span *ret, struct cites *cites,
		      struct err *reterr)
{
	struct hive_value v;
	int status = hive_find_value(r->hive, k, name, &v, reterr);

	if (status == 0)
		status = hive_read_value(r->hive, &v, ret, NULL, reterr);
	if (status == 0 && cites != NULL)
		cites_join(r->arena, cites, &v.cites);
	return status;
}

/* "000003E9".  */
static bool rid_of_key(const struct hive_key *k, uint32_t *ret)
{
	const char *s = k->name.utf8;
	char *end;

	if (s == NULL || strlen(s) != 8 ||
	    strspn(s, "0123456789ABCDEFabcdef") != 8)
		return false;
	*ret = (uint32_t)strtoul(s, &end, 16);
	return true;
}

static struct text text_or_none(struct reader *r, struct span s)
{
	return s.n > 0 ? text_from_utf16(r->arena, s) : (struct text){ 0 };
}

/* One more account; NULL, with r->full, where no more are kept.  */
static struct sam_account *add_account(struct reader *r,
				       const struct hive_key *k, uint32_t rid)
{
	struct sam_account *a;

	if (r->accounts.n == MAX_ACCOUNTS) {
		r->full = true;
		return NULL;
	}
	a = arena_push(r->arena, &r->accounts.list, r->accounts.n, sizeof(*a));
	if (a == NULL)
		return NULL;
	a->sid = arena_printf(r->arena, "%s-%u", r->domain, rid);
	if (a->sid == NULL)
		return NULL;
	cites_join(r->arena, &a->cites, &k->cites);
	r->accounts.n++;
	return a;
}

/* --- names ---------------------------------------------------------------- */

static int add_name(void *ctx, const struct hive_key *k)
{
	struct reader *r = ctx;
	struct listed_name *n;
	struct hive_value v;

	if (hive_find_value(r->hive, k, "", &v, NULL) < 0)
		return 0;
	if (r->n_names == MAX_ACCOUNTS) {
		r->full = true;
		return 1;
	}
	n = arena_push(r->arena, &r->names, r->n_names, sizeof(*n));
	if (n == NULL)
		return ERR_NOMEM;
	r->n_names++;
	n->rid = v.type;
	n->name = k->name;
	cites_join(r->arena, &n->cites, &k->cites);
	cites_join(r->arena, &n->cites, &v.cites);
	return 0;
}

static const struct listed_name *name_of(const struct reader *r, uint32_t rid)
{
	for (size_t i = 0; i < r->n_names; i++)
		if (r->names[i].rid == rid)
			return &r->names[i];
	return NULL;
}

/* --- users ---------------------------------------------------------------- */

static void tell_contradiction(struct reader *r, const struct sam_account *a,
			       const char *what, const struct cites *more)
{
	struct diag *d = diag_add(r->diags, &FINDING_SAM_CONTRADICTION,
				  "User %s (%s) of the SAM: %s.",
				  a->name.utf8 != NULL ? a->name.utf8 :
				  "without a name", a->sid, what);

	if (d == NULL)
		return;
	cites_join(r->arena, &d->cites, &a->cites);
	if (more != NULL)
		cites_join(r->arena, &d->cites, more);
}

static void check_name(struct reader *r, const struct sam_account *a,
		       uint32_t rid)
{
	const struct listed_name *n = name_of(r, rid);

	if (n == NULL)
		tell_contradiction(r, a, "the list of names does not have it",
				   NULL);
	else if (ascii_compare(n->name.utf8, a->name.utf8) != 0)
		tell_contradiction(
			r, a, arena_printf(r->arena, "the list of names "
					   "calls it %s", n->name.utf8),
			&n->cites);
}

static void read_control(struct reader *r, const struct hive_key *k,
			 struct sam_account *a, uint32_t rid)
{
	struct sam_control c;
	struct span f;
	struct err e = { 0 };
	int status = read_value(r, k, "F", &f, &a->cites, &e);

	if (status == 0)
		status = sam_control_parse(f, &c, &e);
	if (status < 0) {
		tell(r, k, &e);
		return;
	}
	a->disabled = (c.flags & SAM_USER_DISABLED) != 0;
	if (c.rid != rid)
		tell_contradiction(
			r, a, arena_printf(r->arena, "its value F has the RID "
					   "%u: it logs on with the rights of "
					   "that account", c.rid), NULL);
}

static int add_user(void *ctx, const struct hive_key *k)
{
	struct reader *r = ctx;
	struct sam_account *a;
	struct sam_user u;
	struct span v;
	struct err e = { 0 };
	uint32_t rid;

	if (!rid_of_key(k, &rid))
		return 0;
	a = add_account(r, k, rid);
	if (a == NULL)
		return r->full ? 1 : ERR_NOMEM;
	if (read_value(r, k, "V", &v, &a->cites, &e) == 0 &&
	    sam_user_parse(v, &u, &e) == 0) {
		a->name = text_from_utf16(r->arena, u.name);
		a->full_name = text_or_none(r, u.full_name);
		a->comment = text_or_none(r, u.comment);
		if (a->name.utf8 == NULL)
			return ERR_NOMEM;
		check_name(r, a, rid);
	} else {
		tell(r, k, &e);
		if (name_of(r, rid) != NULL)
			a->name = name_of(r, rid)->name;
	}
	read_control(r, k, a, rid);
	return 0;
}

/* --- groups --------------------------------------------------------------- */

static int add_alias(void *ctx, const struct hive_key *k)
{
	struct reader *r = ctx;
	struct sam_account *a;
	struct sam_alias alias;
	struct cites cites = { 0 };
	struct span c;
	struct err e = { 0 };
	uint32_t rid;

	if (!rid_of_key(k, &rid))
		return 0;
	if (read_value(r, k, "C", &c, &cites, &e) < 0 ||
	    sam_alias_parse(c, &alias, &e) < 0) {
		tell(r, k, &e);
		return 0;
	}
	a = add_account(r, k, rid);
	if (a == NULL)
		return r->full ? 1 : ERR_NOMEM;
	cites_join(r->arena, &a->cites, &cites);
	a->is_alias = true;
	a->name = text_from_utf16(r->arena, alias.name);
	a->comment = text_or_none(r, alias.comment);
	return a->name.utf8 != NULL ? 0 : ERR_NOMEM;
}

/* --- the hive ------------------------------------------------------------- */

static int each(struct reader *r, const char *path, hive_key_fn *fn,
		struct err *reterr)
{
	struct hive_key k;

	if (hive_find_key(r->hive, NULL, path, &k, NULL) < 0)
		return 0;
	/* Keys that cannot be read have their findings already.  */
	return hive_each_subkey(r->hive, &k, fn, r, NULL) == ERR_NOMEM ?
	       no_memory(r, reterr) : 0;
}

/* The SID that the RIDs of users are the ends of.  */
static int read_domain(struct reader *r, struct err *reterr)
{
	char buf[SID_TEXT_BYTES];
	struct hive_key k;
	struct span v, sid;
	struct err e = { 0 };

	if (hive_find_key(r->hive, NULL, ACCOUNT, &k, NULL) < 0)
		return 0;
	if (read_value(r, &k, "V", &v, &r->accounts.sid_cites, &e) < 0 ||
	    sam_domain_parse(v, &sid, &e) < 0) {
		tell(r, &k, &e);
		return 0;
	}
	if (sid_text(sid, buf) == NULL) {
		err_set(&e, ERR_VALUE, sid.at, "SAM: SID of the computer", 1,
			sid.n);
		tell(r, &k, &e);
		return 0;
	}
	r->accounts.sid = arena_strdup(r->arena, buf);
	return r->accounts.sid != NULL ? 0 : no_memory(r, reterr);
}

static int compare(const void *a, const void *b)
{
	const struct sam_account *x = a, *y = b;

	return strcmp(x->sid, y->sid);
}

int sam_read(struct hive *h, struct arena *a, struct diag_list *d,
	     struct sam_accounts *ret, struct err *reterr)
{
	struct reader r = { .hive = h, .arena = a, .diags = d };
	int status = read_domain(&r, reterr);

	r.domain = r.accounts.sid;
	if (status == 0 && r.domain != NULL)
		status = each(&r, ACCOUNT "\\Users\\Names", add_name, reterr);
	if (status == 0 && r.domain != NULL)
		status = each(&r, ACCOUNT "\\Users", add_user, reterr);
	if (status == 0 && r.domain != NULL)
		status = each(&r, ACCOUNT "\\Aliases", add_alias, reterr);
	r.domain = "S-1-5-32";
	if (status == 0)
		status = each(&r, BUILTIN "\\Aliases", add_alias, reterr);
	if (status < 0)
		return status;
	if (r.full)
		diag_add(d, &FINDING_ACCOUNTS_CUT, "The SAM has more than %d "
			 "accounts; the rest were not read.", MAX_ACCOUNTS);
	if (r.accounts.n > 1)
		qsort(r.accounts.list, r.accounts.n, sizeof(*r.accounts.list),
		      compare);
	*ret = r.accounts;
	return 0;
}
