/*
 * accounts.c - whom the quotas of an installation are of, and its own accounts
 *
 * As WMI does, what belongs to the computer goes by the computer's own name,
 * well-known accounts and built-in groups too.  A SID that nothing names is an
 * account all the same, by its SID, since its quota is one.
 */
#include "provider/accounts.h"

#include <stdlib.h>
#include <string.h>

#include "machine/well_known.h"

static int add_user_quota(struct provider *p, size_t volume,
			  const struct ntfs_quota *q)
{
	struct user_quota *u = arena_push(p->arena, &p->user_quotas,
					  p->n_user_quotas, sizeof(*u));

	if (u == NULL)
		return -1;
	*u = (struct user_quota){ .volume = volume, .quota = q };
	p->n_user_quotas++;
	return 0;
}

static int take_volume(struct provider *p, size_t volume)
{
	const struct ntfs_quotas *q = p->model->volumes[volume].quotas;

	if (q == NULL || !provider_lists_volume(p, volume))
		return 0;
	if (q->defaults != NULL)
		p->quota_volumes[p->n_quota_volumes++] = volume;
	for (size_t i = 0; i < q->n; i++)
		if (ntfs_quota_is_user(&q->list[i]) &&
		    add_user_quota(p, volume, &q->list[i]) < 0)
			return -1;
	return 0;
}

static int add_account(struct provider *p, const char *sid)
{
	struct account *a = arena_push(p->arena, &p->accounts, p->n_accounts,
				       sizeof(*a));

	if (a == NULL)
		return -1;
	a->sid = sid;
	p->n_accounts++;
	return 0;
}

/* The accounts of the computer itself.  */
static int take_sam(struct provider *p)
{
	const struct sam_accounts *s = p->installation == NONE ? NULL :
		&p->model->installations[p->installation].accounts;

	for (size_t i = 0; s != NULL && i < s->n; i++)
		if (s->list[i].name.utf8 != NULL &&
		    add_account(p, s->list[i].sid) < 0)
			return -1;
	return 0;
}

static int compare_accounts(const void *a, const void *b)
{
	return strcmp(((const struct account *)a)->sid,
		      ((const struct account *)b)->sid);
}

static void name_well_known(const struct provider *p, struct account *a,
			    const struct well_known *w)
{
	a->domain = w->domain != NULL ? w->domain : p->computer;
	a->name = w->name;
	a->sid_type = w->type;
	a->known = true;
	a->is_local = true;
}

static void name_by_sam(const struct provider *p, struct account *a,
			const struct sam_account *s)
{
	a->domain = p->computer;
	a->name = s->name.utf8;
	a->description = s->comment.utf8;
	a->sid_type = s->is_alias ? SID_TYPE_ALIAS : SID_TYPE_USER;
	a->known = true;
	a->is_local = true;
	a->disabled = s->disabled;
}

/* Whether @sid is one that this computer has given.  */
static bool is_own(const struct provider *p, const char *sid)
{
	const char *own = p->installation == NONE ? NULL :
		p->model->installations[p->installation].accounts.sid;
	size_t n = own != NULL ? strlen(own) : 0;

	return n > 0 && strncmp(sid, own, n) == 0 && sid[n] == '-';
}

/* The directory of a profile most often, and not always, has the name of the
 * account.  */
static void name_unknown(const struct provider *p, struct account *a)
{
	const struct machine_profile *profile =
		machine_profile_of(p->model, p->installation, a->sid);

	a->is_local = is_own(p, a->sid);
	a->domain = a->is_local ? p->computer : "";
	a->name = a->sid;
	a->description = a->is_local ?
		"an account of this computer that its SAM does not have" :
		"nothing in this evidence names this SID";
	if (profile != NULL && profile->account->path.utf8 != NULL)
		a->description = arena_printf(p->arena, "%s; its profile is %s",
					      a->description,
					      profile->account->path.utf8);
	a->sid_type = SID_TYPE_UNKNOWN;
}

static void name_account(const struct provider *p, struct account *a)
{
	struct account_name n;

	if (!machine_account_name(p->model, p->installation, a->sid, &n))
		name_unknown(p, a);
	else if (n.account != NULL)
		name_by_sam(p, a, n.account);
	else
		name_well_known(p, a, well_known_account(a->sid));
}

/* One of each, and named.  */
static void settle_accounts(struct provider *p)
{
	size_t n = 0;

	if (p->n_accounts > 0)
		qsort(p->accounts, p->n_accounts, sizeof(*p->accounts),
		      compare_accounts);
	for (size_t i = 0; i < p->n_accounts; i++)
		if (n == 0 || compare_accounts(&p->accounts[n - 1],
					       &p->accounts[i]) != 0)
			p->accounts[n++] = p->accounts[i];
	p->n_accounts = n;
	for (size_t i = 0; i < n; i++)
		name_account(p, &p->accounts[i]);
}

int provider_take_accounts(struct provider *p)
{
	p->quota_volumes = arena_alloc(p->arena, (p->model->n_volumes + 1) *
				       sizeof(*p->quota_volumes));
	if (p->quota_volumes == NULL)
		return -1;
	for (size_t i = 0; i < p->model->n_volumes; i++)
		if (take_volume(p, i) < 0)
			return -1;
	for (size_t i = 0; i < p->n_user_quotas; i++)
		if (add_account(p, p->user_quotas[i].quota->sid) < 0)
			return -1;
	if (take_sam(p) < 0)
		return -1;
	settle_accounts(p);
	for (size_t i = 0; i < p->n_user_quotas; i++) {
		const struct account want = {
			.sid = p->user_quotas[i].quota->sid,
		};
		const struct account *a = bsearch(
			&want, p->accounts, p->n_accounts, sizeof(want),
			compare_accounts);

		p->user_quotas[i].account = (size_t)(a - p->accounts);
	}
	return 0;
}
