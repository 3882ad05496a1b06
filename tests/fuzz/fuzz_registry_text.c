#include "registry/registry_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* All keys and values of a hive, to a depth that no stack minds.  */
struct visit {
	struct hive *hive;
	unsigned depth;
};

static int visit_value(void *ctx, const struct hive_value *v)
{
	const struct visit *at = ctx;
	struct span s;

	if (hive_read_value(at->hive, v, &s, NULL, NULL) == 0 &&
	    s.n > v->size)
		__builtin_trap();
	return 0;
}

static int visit_key(void *ctx, const struct hive_key *k)
{
	const struct visit *at = ctx;
	struct visit below = { at->hive, at->depth + 1 };
	struct hive_key again;

	/* A name without a backslash leads back to its key.  */
	if (k->name.hex == NULL && at->depth == 0 && *k->name.utf8 != '\0' &&
	    (hive_find_key(at->hive, NULL, k->name.utf8, &again, NULL) < 0 ||
	     again.cell != k->cell))
		__builtin_trap();
	hive_each_value(at->hive, k, visit_value, &below, NULL);
	if (below.depth < 64)
		hive_each_subkey(at->hive, k, visit_key, &below, NULL);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct source *s = source_memory(data, n);
	struct arena *a = arena_new();
	struct diag_list d = { .arena = a };
	const struct registry_text_hive *hives;
	struct registry_text *t;
	size_t n_hives;

	if (registry_text_open(s, a, &d, &t, NULL) == 0) {
		hives = registry_text_hives(t, &n_hives);
		for (size_t i = 0; i < n_hives; i++) {
			struct visit v = { 0 };
			struct hive_key root;

			registry_text_hive(t, &hives[i], &v.hive, NULL);
			hive_root(v.hive, &root, NULL);
			hive_each_subkey(v.hive, &root, visit_key, &v, NULL);
			hive_close(v.hive);
		}
		registry_text_close(t);
	}
	source_free(s);
	arena_free(a);
	return 0;
}
