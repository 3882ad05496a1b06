/* A run list: its runs follow each other, and it ends.  */
#include <stdlib.h>

#include "format/runlist.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct run_walk w = run_walk_of((struct span){ data, size, 0 }, 0);
	uint64_t vcn = 0;
	struct run r;

	while (run_next(&w, &r, NULL) > 0) {
		if (r.vcn != vcn || r.clusters == 0)
			abort();
		vcn += r.clusters;
	}
	return 0;
}
