/*
 * quota.c - the quotas of a volume, by both of its indexes
 *
 * $Q has the entries by owner id, $O the owner ids by SID.  Windows charges
 * what a user writes by $O, so that where the two contradict each other the
 * figures of $Q are of another than it says, or of nobody.
 */
#include "ntfs/quota.h"

#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "ntfs/findings.h"
#include "ntfs/index_tree.h"
#include "ntfs/ntfs_volume.h"

/* An entry of $O.  */
struct owner {
	const char *sid;
	uint32_t id;
	struct cites cites;
};

#define NO_LIMIT (-1)

/* The record of $Extend, of which $Quota is a file.  */
#define EXTEND ((ntfs_ref)11)

struct reading {
	struct ntfs_quotas quotas;
	struct owner *owners;	/* by SID */
	size_t n_owners, most;
	bool whole;		/* nothing of either is damaged or left out */
};

static int too_many(struct reading *r, struct tree *t,
		    const struct tree_entry *e)
{
	struct err err;

	err_set(&err, ERR_LIMIT, e->entry.key.at, "quotas", r->most,
		r->most + 1);
	index_tree_entry_finding(t, e, &err);
	return 1;
}

/* A copy of the text of @sid; NULL, with a finding, where it is none.  */
static const char *keep_sid(struct tree *t, const struct tree_entry *e,
			    struct span sid)
{
	char buf[SID_TEXT_BYTES];
	struct err err;

	if (sid_text(sid, buf) != NULL)
		return arena_strdup(t->ntfs->arena, buf);
	err_set(&err, ERR_VALUE, sid.at, "quota: SID", 1, sid.n);
	index_tree_entry_finding(t, e, &err);
	return NULL;
}

static int take_quota(void *ctx, struct tree *t, const struct tree_entry *e)
{
	struct reading *r = ctx;
	struct ntfs_quotas *q = &r->quotas;
	struct ntfs_quota *new;
	struct quota quota;
	struct err err;

	if (quota_parse(e->entry.key, e->entry.data, &quota, &err) < 0) {
		index_tree_entry_finding(t, e, &err);
		return 0;
	}
	if (q->n == r->most)
		return too_many(r, t, e);
	new = arena_push(t->ntfs->arena, &q->list, q->n, sizeof(*new));
	if (new == NULL)
		return ERR_NOMEM;
	q->n++;
	if (quota.owner != QUOTA_DEFAULTS)
		new->sid = keep_sid(t, e, quota.sid);
	quota.sid = (struct span){ 0 };
	new->quota = quota;
	index_tree_cite(t, e, "quota entry", &new->cites);
	return 0;
}

static int take_owner(void *ctx, struct tree *t, const struct tree_entry *e)
{
	struct reading *r = ctx;
	struct quota_owner owner;
	struct owner *new;
	const char *sid;
	struct err err;

	if (quota_owner_parse(e->entry.key, e->entry.data, &owner, &err) < 0) {
		index_tree_entry_finding(t, e, &err);
		return 0;
	}
	sid = keep_sid(t, e, owner.sid);
	if (sid == NULL)
		return 0;
	if (r->n_owners == r->most)
		return too_many(r, t, e);
	new = arena_push(t->ntfs->arena, &r->owners, r->n_owners,
			 sizeof(*new));
	if (new == NULL)
		return ERR_NOMEM;
	r->n_owners++;
	new->sid = sid;
	new->id = owner.owner;
	index_tree_cite(t, e, "quota owner", &new->cites);
	return 0;
}

static bool is_quota(const struct index_entry *e)
{
	struct quota q;

	return quota_parse(e->key, e->data, &q, NULL) == 0;
}

static bool is_owner(const struct index_entry *e)
{
	struct quota_owner o;
	char buf[SID_TEXT_BYTES];

	return quota_owner_parse(e->key, e->data, &o, NULL) == 0 &&
	       sid_text(o.sid, buf) != NULL;
}

static int read_index(struct ntfs *n, ntfs_ref ref, bool of_owners,
		      struct reading *r, struct err *reterr)
{
	const char *name = of_owners ? "$O" : "$Q";
	struct tree t;
	int status = index_tree_open(n, ref, name, true, &t, reterr);

	if (status < 0)
		return status;
	t.is_plausible = of_owners ? is_owner : is_quota;
	if (t.blocks != NULL)
		t.blocks->file = of_owners ? "\\$Extend\\$Quota:$O" :
				 "\\$Extend\\$Quota:$Q";
	status = index_tree_each(&t, of_owners ? take_owner : take_quota, r);
	if (t.damaged)
		r->whole = false;
	index_tree_done(&t);
	return status < 0 ? err_set(reterr, status, 0, name, 0, 0) : 0;
}

/* --- $Q and $O ------------------------------------------------------------ */

static int compare_quotas(const void *a, const void *b)
{
	const struct ntfs_quota *x = a, *y = b;

	if (x->quota.owner != y->quota.owner)
		return x->quota.owner < y->quota.owner ? -1 : 1;
	if (x->sid == NULL || y->sid == NULL)
		return (x->sid != NULL) - (y->sid != NULL);
	return strcmp(x->sid, y->sid);
}

static int compare_owners(const void *a, const void *b)
{
	const struct owner *x = a, *y = b;
	int r = strcmp(x->sid, y->sid);

	return r != 0 ? r : (x->id > y->id) - (x->id < y->id);
}

static void sort(struct reading *r)
{
	struct ntfs_quotas *q = &r->quotas;

	if (q->n > 0)
		qsort(q->list, q->n, sizeof(q->list[0]), compare_quotas);
	if (r->n_owners > 0)
		qsort(r->owners, r->n_owners, sizeof(r->owners[0]),
		      compare_owners);
	for (size_t i = 0; i < q->n; i++)
		if (q->list[i].quota.owner == QUOTA_DEFAULTS)
			q->defaults = &q->list[i];
}

static bool has_owner(const struct reading *r, const struct ntfs_quota *q)
{
	const struct owner want = { .sid = q->sid, .id = q->quota.owner };

	return r->n_owners > 0 &&
	       bsearch(&want, r->owners, r->n_owners, sizeof(want),
		       compare_owners) != NULL;
}

static bool has_quota(const struct reading *r, const struct owner *o)
{
	const struct ntfs_quota want = { .quota.owner = o->id, .sid = o->sid };

	return r->quotas.n > 0 &&
	       bsearch(&want, r->quotas.list, r->quotas.n, sizeof(want),
		       compare_quotas) != NULL;
}

/* What contradicts: how many entries, the first of them, and their places.  */
struct contradiction {
	size_t n;
	const char *sid;
	uint32_t id;
	struct cites cites;
};

static void note(struct ntfs *n, struct contradiction *c, const char *sid,
		 uint32_t id, const struct cites *cites)
{
	if (c->n++ == 0) {
		c->sid = sid;
		c->id = id;
	}
	cites_join(n->arena, &c->cites, cites);
}

static void tell(struct ntfs *n, const struct diag_kind *kind,
		 const struct contradiction *c, const char *index,
		 const char *what)
{
	struct diag *d;

	if (c->n == 0)
		return;
	d = diag_add(n->diags, kind,
		     "%zu %s of \\$Extend\\$Quota:%s %s; the first is %s with "
		     "the owner id %u.", c->n,
		     count_word(c->n, "entry", "entries"), index, what, c->sid,
		     c->id);
	if (d != NULL)
		cites_join(n->arena, &d->cites, &c->cites);
}

/* What was deleted may be gone from either already.  Of a damaged index its own
 * findings tell that something is missing.  */
static void compare(struct ntfs *n, const struct reading *r)
{
	struct contradiction quotas = { 0 }, owners = { 0 }, twice = { 0 };
	const struct ntfs_quota *before = NULL;

	for (size_t i = 0; i < r->quotas.n; i++) {
		const struct ntfs_quota *q = &r->quotas.list[i];

		if (!ntfs_quota_is_user(q))
			continue;
		if (!has_owner(r, q))
			note(n, &quotas, q->sid, q->quota.owner, &q->cites);
		if (before != NULL && before->quota.owner == q->quota.owner)
			note(n, &twice, q->sid, q->quota.owner, &q->cites);
		before = q;
	}
	for (size_t i = 0; i < r->n_owners; i++)
		if (!has_quota(r, &r->owners[i]))
			note(n, &owners, r->owners[i].sid, r->owners[i].id,
			     &r->owners[i].cites);
	tell(n, &FINDING_NTFS_QUOTA, &twice, "$Q",
	     "with an owner id that another one has as well");
	tell(n, &FINDING_NTFS_QUOTA, &quotas, "$Q",
	     "without a counterpart in $O");
	tell(n, &FINDING_NTFS_QUOTA, &owners, "$O",
	     "without a counterpart in $Q");
}

/* Files are charged in full where they are sparse or compressed: more may be
 * used than a volume holds.  */
static bool is_possible(const struct quota *q)
{
	return q->limit >= NO_LIMIT && q->threshold >= NO_LIMIT &&
	       q->used <= INT64_MAX;
}

static void check_figures(struct ntfs *n, const struct ntfs_quotas *q)
{
	struct contradiction odd = { 0 };

	for (size_t i = 0; i < q->n; i++)
		if (!is_possible(&q->list[i].quota))
			note(n, &odd, q->list[i].sid != NULL ?
			     q->list[i].sid : "none",
			     q->list[i].quota.owner, &q->list[i].cites);
	tell(n, &FINDING_NTFS_QUOTA_FIGURES, &odd, "$Q",
	     "with a limit below -1, or a usage larger than any file");
}

bool ntfs_quota_is_user(const struct ntfs_quota *q)
{
	return q->quota.owner != QUOTA_DEFAULTS && q->sid != NULL &&
	       (q->quota.flags & QUOTA_ID_DELETED) == 0;
}

unsigned ntfs_quota_status(const struct ntfs_quota *q)
{
	if (q->quota.limit >= 0 && q->quota.used > (uint64_t)q->quota.limit)
		return 2;
	return q->quota.threshold >= 0 &&
	       q->quota.used > (uint64_t)q->quota.threshold;
}

/* Why a volume that has quotas seems to have none, a finding says.  */
static int find_quota_file(struct ntfs *n, ntfs_ref *ret, struct err *reterr)
{
	struct err e = { 0 };
	int status = ntfs_find_path(n, "\\$Extend\\$Quota", ret, &e);

	if (status < 0 && status != ERR_NOT_FOUND && status != ERR_NOMEM)
		ntfs_finding(n, &FINDING_NTFS_INDEX, EXTEND, &e,
			     "The file \\$Extend\\$Quota cannot be looked up");
	return status < 0 ? err_set(reterr, status, e.at, e.what, e.want,
				    e.got) : 0;
}

static int read_or_tell(struct ntfs *n, ntfs_ref ref, bool of_owners,
			struct reading *r, struct err *reterr)
{
	struct err e = { 0 };
	int status = read_index(n, ref, of_owners, r, &e);

	if (status < 0 && status != ERR_NOMEM)
		ntfs_finding(n, &FINDING_NTFS_INDEX, ref, &e,
			     "Index %s of MFT record %llu",
			     of_owners ? "$O" : "$Q",
			     (unsigned long long)NTFS_RECORD(ref));
	return status < 0 ? err_set(reterr, status, e.at, e.what, e.want,
				    e.got) : 0;
}

int ntfs_quotas_read(struct ntfs *n, size_t most, struct ntfs_quotas *ret,
		     struct err *reterr)
{
	struct reading r = { .most = most, .whole = true };
	ntfs_ref ref;
	int status = find_quota_file(n, &ref, reterr);

	if (status == 0)
		status = read_or_tell(n, ref, false, &r, reterr);
	if (status < 0)
		return status;
	status = read_or_tell(n, ref, true, &r, reterr);
	if (status == ERR_NOMEM)
		return status;
	r.whole = r.whole && status == 0;
	sort(&r);
	check_figures(n, &r.quotas);
	if (r.whole)
		compare(n, &r);
	*ret = r.quotas;
	return 0;
}
