#include "mountmgr/lost_partmgr.h"

#include <string.h>

#include "mountmgr/findings.h"

#define PARTMGR "Partmgr"

/* Keys above one another: Windows makes no more.  */
#define MAX_DEPTH 512

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
	struct hive_key left[LOST_PARTMGR_MAX];	/* whose, nothing tells */
	size_t n_left;
	bool next;		/* the key above the last one is the lost one */
};

/* The driver's own service has a key of this name, too.  */
static bool is_of_disk(struct hive *h, const struct hive_key *k)
{
	static const char *const names[] = {
		"DiskId", "PartitionTableCache", "Attributes",
	};
	struct hive_value v;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (hive_find_value(h, k, names[i], &v, NULL) == 0)
			return true;
	return false;
}

static void say(struct lost_partmgr *l, const struct hive_key *partmgr,
		const struct partmgr_way *way, const char *what)
{
	struct diag *d = diag_add(l->diags, &FINDING_RECORD_KEY_LOST,
				  "A key above a key Partmgr, which has the "
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

/* Whether a key above @k is lost.  *@ret_next: it is the next one.  */
static bool is_cut_off(struct hive *h, const struct hive_key *k, bool *ret_next)
{
	struct hive_key at = *k, root = { 0 };

	hive_root(h, &root, NULL);
	for (unsigned i = 0; i < MAX_DEPTH; i++) {
		if (at.cell == root.cell)
			return false;
		*ret_next = i == 0;
		if (!hive_find_parent(h, &at, &at))
			return true;
	}
	return true;
}

static int visit(void *ctx, const struct hive_key *k)
{
	struct walk *w = ctx;
	struct lost_partmgr *l = w->from;
	bool next = false;

	if (strcmp(k->name.utf8, PARTMGR) != 0 ||
	    w->to->is_read(w->to->ctx, k) || !is_of_disk(l->hive, k) ||
	    !is_cut_off(l->hive, k, &next))
		return 0;
	for (size_t i = 0; next && i < l->n_ways; i++) {
		if (!hive_lost_parent_names(l->hive, k, &l->ways[i].key))
			continue;
		join(w, i, k, ", which the lost key still names");
		return 0;
	}
	w->next = next;
	w->left[w->n_left++] = *k;
	return w->n_left == LOST_PARTMGR_MAX;
}

static int keep_left(struct walk *w)
{
	int r = 0;

	for (size_t i = 0; i < w->n_left && r == 0; i++) {
		say(w->from, &w->left[i], NULL, "; it is not known of which "
		    "disk it is, so it is listed by itself");
		r = w->to->keep(w->to->ctx, &w->left[i]);
	}
	return r;
}

int lost_partmgr_join(struct lost_partmgr *l, const struct partmgr_reader *to)
{
	struct walk w = { .from = l, .to = to };
	int status;

	status = hive_each_key_like(l->hive, PARTMGR, visit, &w);
	if (status == ERR_NOMEM)
		return status;
	if (w.n_left == 1 && w.next && l->n_ways == 1 && !l->more) {
		join(&w, 0, &w.left[0], ", the only disk without one, as far "
		     "as is known");
		return 0;
	}
	return keep_left(&w);
}
