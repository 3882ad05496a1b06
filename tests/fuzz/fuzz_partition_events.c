#include "mountmgr/partition_events.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* A whole log.  */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct source *s = source_memory(data, n);
	struct arena *a = arena_new();
	struct diag_list d = { .arena = a };
	struct partition_events events;
	struct partition_events_budget budget = { 100000, 1000 };

	/* A record takes 28 bytes at least.  */
	if (partition_events_read(s, &budget, a, &d, &events, NULL) == 0 &&
	    events.n > n / 28)
		__builtin_trap();
	for (size_t i = 1; i < events.n; i++)
		if (events.list[i].record < events.list[i - 1].record)
			__builtin_trap();
	source_free(s);
	arena_free(a);
	return 0;
}
