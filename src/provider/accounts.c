/*
 * accounts.c - whom the quotas of an installation are of
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

	if (q == NULL)
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

static int compare_accounts(const void *a, const void *b)
{
	return strcmp(((const struct account *)a)->sid,
		      ((const struct account *)b)->sid);
}

static void name_well_known(const struct provider *p, struct account *a,
			    const struct well_known *w)
{
	a->domain = w->domain != NULL ? w->domain :
		    p->host != NULL ? p->host : "";
	a->name = w->name;
	a->sid_type = w->type;
	a->known = true;
	a->is_local = true;
}

static void name_account(const struct provider *p, struct account *a)
{
	const struct well_known *w = well_known_account(a->sid);

	if (w != NULL) {
		name_well_known(p, a, w);
		return;
	}
	a->domain = "";
	a->name = a->sid;
	a->description = "a SID that nothing in this evidence names";
	a->sid_type = SID_TYPE_UNKNOWN;
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
