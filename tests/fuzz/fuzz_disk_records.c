#include <string.h>

#include "mountmgr/disk_records.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* A SYSTEM hive and a SOFTWARE hive in one, so that both are read.  */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct source *s = source_memory(data, n);
	struct arena *a = arena_new();
	struct diag_list d = { .arena = a };
	struct disk_records records = { 0 };
	struct volume_traces traces;
	struct hive *h;

	if (hive_open(s, a, &d, &h, NULL) == 0) {
		disk_records_read(h, a, &d, 1, &records, NULL);
		for (size_t i = 0; i < records.n_devices; i++)
			if (records.devices[i].instance.utf8 == NULL)
				__builtin_trap();
		volume_traces_read(h, a, &d, &traces, NULL);
		hive_close(h);
	}
	source_free(s);
	arena_free(a);
	return 0;
}
