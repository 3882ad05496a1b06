#include "ntfs/quota.h"

#include <stdlib.h>
#include <string.h>

#include "ntfs/findings.h"
#include "ntfs/index_tree.h"
#include "ntfs/ntfs_volume.h"

static int take_entry(void *ctx, struct tree *t, const struct tree_entry *e)
{
	struct ntfs_quotas *q = ctx;
	struct arena *a = t->ntfs->arena;
	char buf[SID_TEXT_BYTES];
	struct ntfs_quota *new;
	struct quota quota;
	struct err err;

	if (quota_parse(e->entry.key, e->entry.data, &quota, &err) < 0) {
		index_tree_entry_finding(t, e, &err);
		return 0;
	}
	if (q->n == NTFS_MAX_QUOTAS) {
		err_set(&err, ERR_LIMIT, e->entry.key.at, "quotas",
			NTFS_MAX_QUOTAS, q->n + 1);
		index_tree_entry_finding(t, e, &err);
		return 1;
	}
	new = arena_push(a, &q->list, q->n, sizeof(*new));
	if (new == NULL)
		return ERR_NOMEM;
	q->n++;
	if (quota.sid.n > 0 && sid_text(quota.sid, buf) != NULL)
		new->sid = arena_strdup(a, buf);
	quota.sid = (struct span){ 0 };
	new->quota = quota;
	index_tree_cite(t, e, "quota entry", &new->cites);
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct ntfs_quota *x = a, *y = b;

	return (x->quota.owner > y->quota.owner) -
	       (x->quota.owner < y->quota.owner);
}

static void sort(struct ntfs_quotas *q)
{
	if (q->n > 0)
		qsort(q->list, q->n, sizeof(q->list[0]), compare);
	for (size_t i = 0; i < q->n; i++)
		if (q->list[i].quota.owner == QUOTA_DEFAULTS)
			q->defaults = &q->list[i];
}

int ntfs_quotas_read(struct ntfs *n, struct ntfs_quotas *ret,
		     struct err *reterr)
{
	struct ntfs_quotas q = { 0 };
	ntfs_ref ref;
	struct tree t;
	int r = ntfs_find_path(n, "\\$Extend\\$Quota", &ref, reterr);

	if (r == 0)
		r = index_tree_open(n, ref, "$Q", true, &t, reterr);
	if (r < 0)
		return r;
	if (t.blocks != NULL)
		t.blocks->file = "\\$Extend\\$Quota:$Q";
	r = index_tree_each(&t, take_entry, &q);
	index_tree_done(&t);
	if (r < 0)
		return err_set(reterr, r, 0, "$Q", 0, q.n);
	sort(&q);
	*ret = q;
	return 0;
}
