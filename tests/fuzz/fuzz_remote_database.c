#include "lib/bytes_source.h"
#include "mountmgr/names.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct bytes_source s = bytes_source(data, n);
	struct arena *a = arena_new();
	struct diag_list d = { .arena = a };
	struct mountmgr_names names;

	if (remote_database_read(&s.source, a, &d, &names, NULL) == 0 &&
	    names.n > n / 16)
		__builtin_trap();
	arena_free(a);
	return 0;
}
