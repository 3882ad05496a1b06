#include "lib/bytes_source.h"
#include "mountmgr/names.h"
#include "mountmgr/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* What is cited lies in the hive.  */
static void check(const struct cites *c, size_t n)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->list[i].length > n ||
		    c->list[i].offset > n - c->list[i].length)
			__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct bytes_source s = bytes_source(data, n);
	struct arena *a = arena_new();
	struct diag_list d = { .arena = a };
	struct mount_policy policy;
	struct offline_links links = { 0 };
	struct mountmgr_names names = { 0 };
	struct hive *h;

	if (hive_open(&s.source, a, &d, &h, NULL) == 0) {
		policy = mount_policy_read(h, "ControlSet001", a, &d);
		check(&policy.no_automount.cites, n);
		check(&policy.san_policy.cites, n);
		offline_links_read(h, a, &d, &links, NULL);
		for (size_t i = 0; i < links.n; i++)
			check(&links.list[i].cites, n);
		mounted_devices_read(h, a, &d, &names, NULL);
		for (size_t i = 0; i < names.n; i++)
			check(&names.list[i].cites, n);
		hive_close(h);
	}
	arena_free(a);
	return 0;
}
