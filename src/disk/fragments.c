/*
 * fragments.c - records that are cut into fragments, put together again
 */
#include "disk/fragments.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
	const struct record_slot *x = a, *y = b;

	if (x->record != y->record)
		return x->record < y->record ? -1 : 1;
	if (x->fragment != y->fragment)
		return x->fragment < y->fragment ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

void fragments_sort(struct record_slot *f, size_t n)
{
	if (n > 0)
		qsort(f, n, sizeof(*f), compare);
}

size_t fragments_of_record(const struct record_slot *f, size_t n)
{
	size_t i = 1;

	while (i < n && f[i].record == f[0].record)
		i++;
	return i;
}

bool fragments_whole(const struct record_slot *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (f[i].n_fragments != n || f[i].fragment != i)
			return false;
	return true;
}

struct span fragments_join(const struct record_slot *f, size_t n,
			   struct arena *a)
{
	const size_t each = f[0].content.n;
	uint8_t *bytes = arena_alloc(a, n * each + 1);

	if (bytes == NULL)
		return (struct span){ 0 };
	for (size_t i = 0; i < n; i++)
		memcpy(bytes + i * each, f[i].content.p, each);
	return (struct span){ bytes, n * each, f[0].at + SLOT_HEAD_BYTES };
}
