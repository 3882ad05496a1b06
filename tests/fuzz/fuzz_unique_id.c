#include "format/unique_id.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct unique_id id = unique_id_parse((struct span){ data, n, 0 });

	if (id.raw.n != n || (id.kind == UNIQUE_ID_EMPTY) != (n == 0) ||
	    (id.kind == UNIQUE_ID_DMIO && n != 24) ||
	    (id.kind == UNIQUE_ID_MBR && n != 12))
		__builtin_trap();
	return 0;
}
