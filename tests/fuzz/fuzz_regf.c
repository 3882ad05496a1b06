#include "registry/hive.h"
#include "registry/system.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct walk {
	struct hive *hive;
	unsigned depth;
};

static int value(void *ctx, const struct hive_value *v)
{
	struct walk *w = ctx;
	struct span s;

	if (hive_read_value(w->hive, v, &s, NULL, NULL) == 0 && s.n > v->size)
		__builtin_trap();
	return 0;
}

static int key(void *ctx, const struct hive_key *k)
{
	struct walk *w = ctx;

	hive_each_value(w->hive, k, value, w, NULL);
	if (w->depth++ < 2)
		hive_each_subkey(w->hive, k, key, w, NULL);
	w->depth--;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct source *s = source_memory(data, n);
	struct arena *a = arena_new();
	struct diag_list d = { .arena = a };
	struct walk w = { 0 };
	struct system_facts facts;
	struct software_facts software;
	struct hive_key root;

	if (hive_open(s, a, &d, &w.hive, NULL) == 0) {
		hive_root(w.hive, &root, NULL);
		key(&w, &root);
		system_read(w.hive, a, &d, &facts, NULL);
		software_read(w.hive, a, &d, &software, NULL);
		hive_close(w.hive);
	}
	source_free(s);
	arena_free(a);
	return 0;
}
