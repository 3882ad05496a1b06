#include <stdlib.h>

#include "evidence/opening.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* The whole way: header, tables, clusters.  */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new();
	struct diag_list d = { .arena = a };
	struct opening o = { .arena = a, .diags = &d };
	struct source *file = source_memory(data, n);
	struct container c = { 0 };
	uint8_t buf[8192];

	if (a != NULL && file != NULL &&
	    qcow_open(&o, "fuzz", file, &c, NULL) == 0)
		for (uint64_t off = 0; off < c.disk->size && off < 1 << 20;
		     off += sizeof(buf) + 100)
			source_read(c.disk, off, buf, sizeof(buf), NULL);
	opening_done(&o);
	source_free(file);
	arena_free(a);
	return 0;
}
