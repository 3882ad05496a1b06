/*
 * What Windows keeps of shadow copies: the input lies where the header does,
 * the rest of the volume is zeros.
 */
#include <stdlib.h>
#include <string.h>

#include "disk/shadow.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define VOLUME_BYTES (512u << 10)

static void check(const struct shadow_catalog *c)
{
	for (size_t i = 0; i < c->n_copies; i++)
		(void)shadow_find_store(c, &c->copies[i].entry.store);
	if (!c->found && c->n_copies + c->n_stores > 0)
		__builtin_trap();
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
			check(&c);
	}
	source_free(s);
	arena_free(a);
	free(p);
	return 0;
}
