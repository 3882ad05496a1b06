/*
 * What Windows keeps of shadow copies: the input lies where the header does,
 * the rest of the volume is zeros.
 */
#include <stdlib.h>
#include <string.h>

#include "disk/shadow_view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define VOLUME_BYTES (512u << 10)
#define MAX_COPIES 4

/* Read the copy @i of @c, by the copy @k as a newer one.  */
static void read_copy(struct source *volume, const struct shadow_catalog *c,
		      size_t i, size_t k, struct arena *a, struct diag_list *d)
{
	const struct shadow_store *newer =
		shadow_find_store(c, &c->copies[k].entry.store);
	const struct shadow_store *store =
		shadow_find_store(c, &c->copies[i].entry.store);
	struct shadow_budget budget = { 4096 };
	struct shadow_stack stack;
	struct source *view;
	uint8_t buf[4096];

	if (store == NULL || newer == NULL)
		return;
	shadow_stack_init(&stack, volume, &budget, a, d);
	if ((i == k || shadow_stack_push(&stack, volume, newer, NULL) == 0) &&
	    shadow_stack_push(&stack, volume, store, NULL) == 0 &&
	    shadow_view_open(&stack, c->copies[i].entry.volume_bytes, &view,
			     NULL) == 0) {
		struct cites cites = { 0 };

		for (uint64_t at = 0; at < VOLUME_BYTES; at += 0x3f00)
			(void)source_read(view, at, buf, sizeof(buf), NULL);
		source_cite(view, 0x3fff, VOLUME_BYTES, "x", a, &cites);
		source_free(view);
	}
	shadow_stack_done(&stack);
}

static void check(struct source *volume, const struct shadow_catalog *c,
		  struct arena *a, struct diag_list *d)
{
	if (!c->found && c->n_copies + c->n_stores > 0)
		__builtin_trap();
	for (size_t i = 0; i < c->n_copies && i < MAX_COPIES; i++)
		read_copy(volume, c, i, c->n_copies - 1, a, d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const size_t room = VOLUME_BYTES - VSS_HEADER_OFFSET;
	uint8_t *p = calloc(1, VOLUME_BYTES);
	struct arena *a = arena_new();
	struct diag_list d = { .arena = a };
	struct source *s = source_memory(p, VOLUME_BYTES);
	struct shadow_catalog c;

	if (p != NULL && a != NULL && s != NULL) {
		memcpy(p + VSS_HEADER_OFFSET, data, n < room ? n : room);
		if (shadow_catalog_read(s, a, &d, &c, NULL) == 0)
			check(s, &c, a, &d);
	}
	source_free(s);
	arena_free(a);
	free(p);
	return 0;
}
