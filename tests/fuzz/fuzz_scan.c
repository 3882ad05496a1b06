#include "registry/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char *const prefixes[] = { "\\DosDevices\\", "#{", NULL };

static int scan(const uint8_t *hive, size_t n, const uint8_t *log_bytes,
		size_t log_n)
{
	struct source *s = source_memory(hive, n);
	struct source *log = source_memory(log_bytes, log_n);
	struct arena *a = arena_new();
	struct diag_list d = { .arena = a };
	struct scan_request q = {
		.hive = s, .logs = &log, .n_logs = 1, .key = "MountedDevices",
		.prefixes = prefixes,
	};
	struct scan_result found = { 0 };

	if (hive_open(s, a, &d, &q.tree, NULL) < 0)
		q.tree = NULL;
	if (hive_scan(&q, a, &d, &found, NULL) < 0)
		__builtin_trap();
	for (size_t i = 0; i < found.n; i++)
		if (found.list[i].data.n > found.list[i].size)
			__builtin_trap();
	hive_close(q.tree);
	source_free(log);
	source_free(s);
	arena_free(a);
	return 0;
}

/* Two bytes say how many sectors are the hive; the rest is its log.  */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	size_t own;

	if (n < 2)
		return 0;
	n -= 2;
	own = (size_t)(data[0] | data[1] << 8) * 512;
	if (own > n)
		own = n;
	return scan(data + 2, own, data + 2 + own, n - own);
}
