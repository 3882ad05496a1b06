#include "registry/hive.h"
#include "registry/replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define HIVE_BYTES 8192

static void replay(struct source *hive, struct source *log)
{
	struct source *logs[] = { log, log };
	struct source *recovered = NULL;
	struct arena *a = arena_new();
	struct diag_list d = { .arena = a };
	struct replay_report report;
	struct hive *h;
	uint8_t byte;

	if (hive_replay(hive, logs, 2, a, &d, &recovered, &report, NULL) == 0 &&
	    recovered != NULL) {
		if (source_read(recovered, recovered->size - 1, &byte, 1,
				NULL) < 0)
			__builtin_trap();
		if (hive_open(recovered, a, &d, &h, NULL) == 0)
			hive_close(h);
	}
	source_free(recovered);
	arena_free(a);
}

/* The first bytes are a hive, the rest is its log.  */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	size_t split = n < HIVE_BYTES ? n : HIVE_BYTES;
	struct source *hive = source_memory(data, split);
	struct source *log = source_memory(data + split, n - split);

	replay(hive, log);
	source_free(log);
	source_free(hive);
	return 0;
}
