#include "mountmgr/names.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct source *s = source_memory(data, n);
	struct arena *a = arena_new();
	struct diag_list d = { .arena = a };
	struct mountmgr_names names;

	if (remote_database_read(s, a, &d, &names, NULL) == 0 &&
	    names.n > n / 16)
		__builtin_trap();
	source_free(s);
	arena_free(a);
	return 0;
}
