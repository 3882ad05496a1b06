/*
 * What is read of a user's hive, of the list of profiles, and of the SAM.
 */
#include "mountmgr/user_traces.h"
#include "registry/profiles.h"
#include "registry/sam.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct source *s = source_memory(data, n);
	struct arena *a = arena_new();
	struct diag_list d = { .arena = a };
	struct user_traces traces = { 0 };
	struct profile_list list = { 0 };
	struct sam_accounts sam = { 0 };
	struct hive *h;

	if (hive_open(s, a, &d, &h, NULL) == 0) {
		if (user_traces_read(h, a, &d, &traces, NULL) < 0 ||
		    profile_list_read(h, a, &d, &list, NULL) < 0 ||
		    sam_read(h, a, &d, &sam, NULL) < 0)
			__builtin_trap();
		for (size_t i = 0; i < traces.n; i++)
			if (traces.list[i].key.utf8 == NULL)
				__builtin_trap();
		for (size_t i = 0; i < list.n; i++)
			if (list.list[i].sid.utf8 == NULL)
				__builtin_trap();
		for (size_t i = 0; i < sam.n; i++)
			if (sam.list[i].sid == NULL)
				__builtin_trap();
		hive_close(h);
	}
	source_free(s);
	arena_free(a);
	return 0;
}
