/*
 * fuzz_container.h - a container from its file to the sectors of its disk
 */
#ifndef FUZZ_CONTAINER_H
#define FUZZ_CONTAINER_H

#include <stdlib.h>

#include "evidence/opening.h"

/* Of the disk, so that a small file with a large one does not cost seconds.  */
#define MAX_DISK_BYTES (1u << 20)

typedef int container_open_fn(struct opening *o, const char *path,
			      struct source *file, struct container *ret,
			      struct err *reterr);

static inline int fuzz_container(container_open_fn *open, const uint8_t *data,
				 size_t n)
{
	struct arena *a = arena_new();
	struct diag_list d = { .arena = a };
	struct opening o = { .arena = a, .diags = &d };
	struct source *file = source_memory(data, n);
	struct container c = { 0 };
	uint8_t buf[8192];

	if (a != NULL && file != NULL &&
	    open(&o, "fuzz", file, &c, NULL) == 0)
		for (uint64_t off = 0;
		     off < c.disk->size && off < MAX_DISK_BYTES;
		     off += sizeof(buf) + 100)
			source_read(c.disk, off, buf, sizeof(buf), NULL);
	opening_done(&o);
	source_free(file);
	arena_free(a);
	return 0;
}

#endif /* FUZZ_CONTAINER_H */
