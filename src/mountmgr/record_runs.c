/*
 * record_runs.c - which records of an event log are there, by their numbers
 */
#include "mountmgr/record_runs.h"

#include <stdlib.h>

/* A sound log has one in each of its chunks, and a log of 64 MiB 1024 of
 * these; there are more only where damage lies between records.  */
#define RUNS_MAX 4096

void record_runs_done(struct record_runs *r)
{
	free(r->list);
	*r = (struct record_runs){ 0 };
}

static int push(struct record_runs *r, struct record_run run,
		struct err *reterr)
{
	if (r->list == NULL || r->n == r->room) {
		size_t room = r->n > 0 ? 2 * r->n : 16;
		struct record_run *list = realloc(r->list,
						  room * sizeof(*list));

		if (list == NULL)
			return err_set(reterr, ERR_NOMEM, 0, "event log", 0, 0);
		r->list = list;
		r->room = room;
	}
	r->list[r->n++] = run;
	return 0;
}

int record_runs_add(struct record_runs *r, uint64_t chunk, uint64_t number,
		    bool counted, struct err *reterr)
{
	struct record_run *last = r->n > 0 ? &r->list[r->n - 1] : NULL;

	if (last != NULL && last->chunk == chunk && number > last->last &&
	    number - last->last == 1) {
		last->last = number;
		last->counted = last->counted || counted;
		return 0;
	}
	if (r->n == RUNS_MAX) {
		r->full = true;
		return 0;
	}
	return push(r, (struct record_run){ number, number, chunk, counted },
		    reterr);
}

static int by_number(const void *a, const void *b)
{
	const struct record_run *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	if (x->last != y->last)
		return x->last < y->last ? -1 : 1;
	return x->chunk < y->chunk ? -1 : x->chunk > y->chunk;
}

static bool is_sure(const struct record_run *run)
{
	return run->counted || run->first != run->last;
}

static bool follows(const struct record_run *a, const struct record_run *b)
{
	return b->first > a->last && b->first - a->last == 1;
}

void record_runs_sort(struct record_runs *r)
{
	size_t from = 0, to = r->n;

	if (r->n == 0)
		return;
	qsort(r->list, r->n, sizeof(*r->list), by_number);
	while (from < to && !is_sure(&r->list[from]) &&
	       !(from + 1 < to && follows(&r->list[from], &r->list[from + 1])))
		from++;
	while (to > from && !is_sure(&r->list[to - 1]) &&
	       !(to - from > 1 && follows(&r->list[to - 2], &r->list[to - 1])))
		to--;
	for (size_t i = from; i < to; i++)
		r->list[i - from] = r->list[i];
	r->n = to - from;
}
