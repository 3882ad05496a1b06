#include "mountmgr/lost_partmgr.h"

#include "mountmgr/findings.h"

#define PARTMGR "Partmgr"

void lost_partmgr_miss(struct lost_partmgr *l, size_t device,
		       const char *instance, const struct hive_key *k)
{
	if (l->n_ways == LOST_PARTMGR_MAX) {
		l->more = true;
		return;
	}
	l->ways[l->n_ways++] = (struct partmgr_way){ device, instance, *k };
}

/* One way through the lost keys above a Partmgr.  */
struct walk {
	struct lost_partmgr *from;
	const struct partmgr_reader *to;
	struct hive_key left;	/* whose, nothing tells */
	size_t n_left;
};

static void say(struct lost_partmgr *l, const struct hive_key *partmgr,
		const struct partmgr_way *way, const char *what)
{
	struct diag *d = diag_add(l->diags, &FINDING_RECORD_KEY_LOST,
				  "The key above a key Partmgr, which has the "
				  "partitions of a disk, is lost, and the list "
				  "that it was in%s%s%s.",
				  way != NULL ? "; it is that of " : "",
				  way != NULL ? way->instance : "", what);

	if (d == NULL)
		return;
	cites_join(l->diags->arena, &d->cites, &partmgr->cites);
	if (way != NULL)
		cites_join(l->diags->arena, &d->cites, &way->key.cites);
}

static void join(struct walk *w, size_t way, const struct hive_key *partmgr,
		 const char *why)
{
	struct lost_partmgr *l = w->from;

	say(l, partmgr, &l->ways[way], why);
	w->to->read(w->to->ctx, l->ways[way].device, partmgr);
	l->ways[way] = l->ways[--l->n_ways];
}

/* @k: a lost key above a Partmgr.  */
static int visit(void *ctx, const struct hive_key *k)
{
	struct walk *w = ctx;
	struct lost_partmgr *l = w->from;
	struct hive_key partmgr;

	if (hive_find_key(l->hive, k, PARTMGR, &partmgr, NULL) < 0 ||
	    w->to->is_read(w->to->ctx, &partmgr))
		return 0;
	for (size_t i = 0; i < l->n_ways; i++) {
		if (!hive_lost_key_names(l->hive, k, &l->ways[i].key))
			continue;
		join(w, i, &partmgr, ", which the lost key still names");
		return 0;
	}
	w->left = partmgr;
	w->n_left++;
	if (w->n_left > 1)
		say(l, &partmgr, NULL, "; of which disk it is, is not known");
	return 0;
}

int lost_partmgr_join(struct lost_partmgr *l, const struct partmgr_reader *to)
{
	struct walk w = { .from = l, .to = to };
	int status;

	if (l->n_ways == 0)
		return 0;
	status = hive_each_lost_parent(l->hive, PARTMGR, PARTMGR, visit, &w);
	if (status == ERR_NOMEM || w.n_left == 0)
		return status;
	if (w.n_left == 1 && l->n_ways == 1 && !l->more)
		join(&w, 0, &w.left, ", the only disk without one, as far as "
		     "is known");
	else
		say(l, &w.left, NULL, "; of which disk it is, is not known");
	return status;
}
