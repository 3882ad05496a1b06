/*
 * sorted_names.c - the names of one installation, found by their text: deleted
 * ones are not among them
 */
#include "machine/sorted_names.h"

#include <stdlib.h>

#include "machine/internal.h"

/* By text; those of one text as they lie in the model.  */
static int by_text(const void *a, const void *b)
{
	const struct machine_name *x = *(const struct machine_name *const *)a;
	const struct machine_name *y = *(const struct machine_name *const *)b;
	int r = mountmgr_compare_names(x->name->name.utf8, y->name->name.utf8);

	return r != 0 ? r : (x > y) - (x < y);
}

int machine_sort_names(struct machine *m, size_t installation,
		       struct sorted_names *ret, struct err *reterr)
{
	struct model *o = &m->model;
	struct sorted_names s = { 0 };

	for (size_t i = 0; i < o->n_names; i++) {
		struct machine_name **slot;

		if (o->names[i].installation != installation ||
		    o->names[i].presence == PRESENT_DELETED)
			continue;
		slot = arena_push(m->arena, &s.list, s.n, sizeof(*slot));
		if (slot == NULL)
			return err_set(reterr, ERR_NOMEM, 0, "names", 0, 0);
		*slot = &o->names[i];
		s.n++;
	}
	if (s.n > 0)
		qsort(s.list, s.n, sizeof(*s.list), by_text);
	*ret = s;
	return 0;
}

static int compare_at(const struct sorted_names *s, size_t i, const char *name)
{
	return mountmgr_compare_names(s->list[i]->name->name.utf8, name);
}

size_t sorted_names_first(const struct sorted_names *s, const char *name)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare_at(s, mid, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

bool sorted_names_has(const struct sorted_names *s, size_t i, const char *name)
{
	return i < s->n && compare_at(s, i, name) == 0;
}
